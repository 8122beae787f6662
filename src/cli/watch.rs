//! `poucet watch`: each phone as it is plugged in, until somebody says that it is enough.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use clap::ArgMatches;
use poucet::audit::{Audit, audit};
use poucet::batch::{Entry, Summary};
use poucet::compare::compare;
use poucet::files::fingerprint;
use poucet::report::{Form, Format, Languages, Layout, Portion, Wording};
use poucet::snapshot::Snapshot;
use poucet::source::adb::devices::{Sighting, State};
use poucet::source::adb::track::Tracker;
use poucet::source::adb::{self, AdbError, Sightings};
use poucet::store::VerdictRow;
use poucet::text::Texts;

use super::audit::{FILE_WIDTH, consent, default_profiles};
use super::collect::MOST_AT_ONCE;
use super::folder::Folder;
use super::judging::Judging;
use super::output::{Output, layout, second_language};
use super::reading::{Origin, Reading};
use super::store::Keeper;
use super::target::{Failure, Target, is_damaged, jobs};
use super::{Exit, Session, devices, queue};

/// How long the first reading of a phone is remembered, for the comparison with a later one.
const MEMORY: Duration = Duration::from_secs(3600);
/// How often is looked whether somebody wants to end.
const TICK: Duration = Duration::from_millis(200);
/// How long a phone may take to be ready before anything is said of it: what it is greeted with takes a moment, and nobody
/// should pull the cable of a phone that is about to be read.
const GREETING: Duration = Duration::from_secs(2);
/// How long it must have been in one state for that to be said.
const SETTLED: Duration = Duration::from_secs(1);

/// Whether phones are being watched for, and whether somebody wants to end.
static WATCHING: AtomicBool = AtomicBool::new(false);
static ENDING: AtomicBool = AtomicBool::new(false);

/// For the handler of Ctrl-C: whether the end is in hand. The second time it is not waited for.
pub(crate) fn asked_to_end() -> bool {
    WATCHING.load(Ordering::Relaxed) && !ENDING.swap(true, Ordering::Relaxed)
}

/// What happens while watching.
enum Event {
    /// Somebody looked around.
    Seen(Sightings),
    /// A phone was read.
    Read(Sighting, Box<Result<Snapshot, Failure>>),
}

/// What tells one phone from another, and one plugging-in from the next: the server counts connections.
type Plug = (String, Option<u64>);

fn plug(phone: &Sighting) -> Plug {
    // Without a server there is no serial number, but the place on the bus.
    let name = if phone.serial.is_empty() { &phone.target } else { &phone.serial };
    (name.clone(), phone.transport_id)
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    match prepared(session, matches) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn prepared(session: &Session, matches: &ArgMatches) -> Result<Exit, Exit> {
    let judging = Judging::from(session, matches, &default_profiles(session))?;
    let format = Output::format(session, matches)?;
    let reading = Reading::from(session, matches)?;
    let keeper = Keeper::from(session, matches)?;
    let options = adb::Options::from_environment().map_err(|error| {
        Failure::Phone(error).say(session);
        Exit::USAGE
    })?;
    let second = second_language(session, matches);
    let page = Output::new(session, matches, format, second.as_ref(), judging.today).growing()?;
    let reports = Reports::from(session, matches, format, second.as_ref(), &judging)?;
    consent(session, &judging.profiles, &[Target::Phone(String::new())]);
    let serial = options.serial.clone();
    let mut watch = Watch {
        session,
        judging: &judging,
        page,
        reports,
        keeper,
        serial: serial.as_deref(),
        is_local: options.server.is_loopback(),
        served: false,
        away: None,
        plugged: BTreeMap::new(),
        most: match jobs(matches) {
            0 => MOST_AT_ONCE,
            jobs => jobs,
        },
        waiting: VecDeque::new(),
        reading: BTreeSet::new(),
        again: BTreeMap::new(),
        unready: BTreeMap::new(),
        first: BTreeMap::new(),
        summary: Summary::default(),
        exit: Exit::default(),
    };
    WATCHING.store(true, Ordering::Relaxed);
    let (sender, events) = mpsc::channel();
    let seen = sender.clone();
    let tracker = Tracker::start(options, move |sightings| seen.send(Event::Seen(sightings)).is_ok());
    let tracker = tracker.map_err(|error| {
        session.error(&error.to_string(), None);
        Exit::UNREADABLE
    })?;
    if let Some(serial) = &serial {
        devices::tell_serial(session, serial);
    }
    session.say(&session.texts.get("cli-watch-ready"));
    std::thread::scope(|scope| {
        loop {
            match events.recv_timeout(TICK) {
                Ok(Event::Seen(sightings)) => watch.seen(sightings),
                Ok(Event::Read(phone, result)) => watch.read(&phone, *result),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            watch.tell_unready();
            while let Some(phone) = watch.next() {
                let (sender, reading) = (sender.clone(), &reading);
                scope.spawn(move || {
                    let defect = || Err(Failure::Defect(phone.target.clone()));
                    let result = queue::guarded(|| reading.phone(&phone.target), defect);
                    // The one who waits for it is there until all have come.
                    let _ = sender.send(Event::Read(phone, Box::new(result)));
                });
            }
            if ENDING.load(Ordering::Relaxed) || watch.page.is_closed() {
                break;
            }
        }
        drop(tracker);
        if !watch.reading.is_empty() {
            let count = u64::try_from(watch.reading.len()).unwrap_or(u64::MAX);
            session.say(&session.texts.count("cli-watch-ending", count, &[]));
        }
        // What has begun is brought to its end; a phone takes no longer than its time.
        while !watch.reading.is_empty() {
            match events.recv() {
                Ok(Event::Read(phone, result)) => watch.read(&phone, *result),
                Ok(Event::Seen(_)) => {}
                Err(_) => break,
            }
        }
    });
    WATCHING.store(false, Ordering::Relaxed);
    Ok(watch.finish())
}

/// A phone that is plugged in.
struct Seat {
    phone: Sighting,
    /// When it came into this state.
    since: Instant,
    /// When it was ready last; when it came, where it never was.
    unready_since: Instant,
    /// The states that were told of since then.
    told: Vec<State>,
    /// Whether it was read whole since it was plugged in.
    whole: bool,
}

/// The state of one watch.
struct Watch<'a> {
    session: &'a Session,
    judging: &'a Judging<'a>,
    page: Output<'a>,
    reports: Option<Reports<'a>>,
    keeper: Option<Keeper<'a>>,
    /// The phone of `ANDROID_SERIAL`, where one is meant and no other.
    serial: Option<&'a str>,
    /// Whether the server would be on this machine.
    is_local: bool,
    /// Whether there was a server.
    served: bool,
    /// Why there is none now, as far as it was told.
    away: Option<AdbError>,
    /// The phones that are plugged in.
    plugged: BTreeMap<Plug, Seat>,
    /// How many are read at a time.
    most: usize,
    /// Those that are ready and wait for their turn.
    waiting: VecDeque<Sighting>,
    /// The targets of those that are being read.
    reading: BTreeSet<String>,
    /// Those that went and came back while they were being read, by target: half a reading is not the last word on them.
    again: BTreeMap<String, Sighting>,
    /// Those that were never ready yet, with the name of each and what was said of it.
    unready: BTreeMap<String, (String, String)>,
    /// The first reading of each phone, for an hour, by its id.
    first: BTreeMap<String, (Instant, Snapshot)>,
    summary: Summary,
    exit: Exit,
}

impl Watch<'_> {
    /// Lets what is newly ready be read.
    fn seen(&mut self, sightings: Sightings) {
        let Some(phones) = self.present(sightings) else { return };
        let now: BTreeSet<Plug> = phones.iter().map(plug).collect();
        self.plugged.retain(|plug, _| now.contains(plug));
        // Pulled before its turn came: nothing is known of it, and that is said at the end, unless it comes again.
        let unread = self.session.texts.get("cli-watch-unplugged");
        let gone = self.waiting.iter().filter(|phone| !now.contains(&plug(phone)));
        self.unready.extend(gone.map(|phone| (plug(phone).0, (phone.target.clone(), unread.clone()))));
        self.waiting.retain(|phone| now.contains(&plug(phone)));
        for phone in phones {
            let at = Instant::now();
            let place = plug(&phone);
            let Some(seat) = self.plugged.get_mut(&place) else {
                let fresh = |phone| Seat { phone, since: at, unready_since: at, told: Vec::new(), whole: false };
                self.plugged.insert(place, fresh(phone.clone()));
                self.ready(phone);
                continue;
            };
            let was_ready = seat.phone.state.is_ready();
            if seat.phone.state == phone.state {
                continue;
            }
            seat.since = at;
            seat.phone = phone.clone();
            if was_ready {
                seat.unready_since = at;
                seat.told.clear();
                self.waiting.retain(|waiting| plug(waiting) != place);
            }
            // What was read whole, and was away for a moment, was not plugged in anew.
            let blinked = seat.whole && seat.unready_since.elapsed() < GREETING;
            if !blinked || self.reading.contains(&phone.target) {
                self.ready(phone);
            }
        }
    }

    /// Lets a phone be read where it is ready.
    fn ready(&mut self, phone: Sighting) {
        if !phone.state.is_ready() {
            return;
        }
        if self.reading.contains(&phone.target) {
            self.again.insert(phone.target.clone(), phone);
        } else {
            self.waiting.push_back(phone);
        }
    }

    /// The phones that are there; `None` where nobody can tell.
    fn present(&mut self, sightings: Sightings) -> Option<Vec<Sighting>> {
        let session = self.session;
        match &sightings.server {
            Ok(server) => {
                if self.away.take().is_some() {
                    let version = server.version.map_or_else(String::new, |version| version.to_string());
                    let place = [("address", server.address.as_str()), ("version", &version)];
                    session.say(&session.texts.with("cli-watch-server-back", &place));
                }
                self.served = true;
            }
            // Where there never was a server, phones on USB are read without one.
            Err(AdbError::NoServer { .. }) if !self.served && self.is_local => {}
            Err(error) => {
                let gone = matches!(error, AdbError::NoServer { .. });
                if self.away.as_ref().is_none_or(|told| told.key() != error.key()) {
                    match error {
                        // Who ended it may want the phones for another program.
                        AdbError::NoServer { address, .. } if self.served => {
                            session.say(&session.texts.with("cli-watch-server-gone", &[("address", address)]));
                        }
                        error => Failure::Phone(error.clone()).say(session),
                    }
                    self.away = Some(error.clone());
                }
                return gone.then(Vec::new);
            }
        }
        Some(match self.serial {
            Some(serial) => sightings.named(serial).into_iter().cloned().collect(),
            None => sightings.phones,
        })
    }

    /// Says which phones are not ready, once they stay so.
    fn tell_unready(&mut self) {
        for (place, seat) in &mut self.plugged {
            let state = seat.phone.state;
            let stays = seat.unready_since.elapsed() >= GREETING && seat.since.elapsed() >= SETTLED;
            if state.is_ready() || !stays || seat.told.contains(&state) {
                continue;
            }
            seat.told.push(state);
            let told = devices::not_ready(self.session, &seat.phone);
            if !seat.whole {
                self.unready.insert(place.0.clone(), told);
            }
        }
    }

    /// The next phone to be read, where it is its turn.
    fn next(&mut self) -> Option<Sighting> {
        if self.reading.len() >= self.most {
            return None;
        }
        let phone = self.waiting.pop_front()?;
        self.reading.insert(phone.target.clone());
        self.unready.remove(&plug(&phone).0);
        self.session.say(&self.session.texts.with("cli-watch-reading", &[("target", &phone.target)]));
        Some(phone)
    }

    /// The result of one phone.
    fn read(&mut self, phone: &Sighting, result: Result<Snapshot, Failure>) {
        self.reading.remove(&phone.target);
        let damaged = result.as_ref().map_or(true, is_damaged);
        if let Some(again) = self.again.remove(&phone.target) {
            let is_ready = self.plugged.get(&plug(&again)).is_some_and(|seat| seat.phone.state.is_ready());
            if damaged && is_ready {
                self.waiting.push_back(again);
            } else if let Some(seat) = self.plugged.get_mut(&plug(&again)) {
                seat.whole |= !damaged;
            }
        }
        if let Some(seat) = self.plugged.get_mut(&plug(phone)) {
            seat.whole |= !damaged;
        }
        self.first.retain(|_, (at, _)| at.elapsed() < MEMORY);
        match result {
            Ok(snapshot) => self.judge(phone, &snapshot),
            Err(failure) => {
                self.session.say(&self.session.texts.with("cli-target", &[("target", &phone.target)]));
                failure.say(self.session);
                self.exit = self.exit.and(failure.exit());
                self.summary.fail(&phone.target, &failure.told(self.session).0);
            }
        }
        self.page.flush();
        if let Some(reports) = &self.reports {
            self.exit = self.exit.and(reports.account(self.session, &self.summary));
        }
        // The desk may be across the room.
        let _ = write!(std::io::stderr(), "{}", bell());
        self.session.say(&self.session.texts.get("cli-watch-next"));
    }

    fn judge(&mut self, phone: &Sighting, snapshot: &Snapshot) {
        let context = self.judging.context(self.session);
        let damaged = is_damaged(snapshot);
        let mut exit = if damaged { Exit::UNREADABLE } else { Exit::default() };
        let audits: Vec<Audit<'_>> =
            self.judging.profiles.iter().map(|profile| audit(snapshot, profile, context)).collect();
        for audit in &audits {
            exit = exit.and(self.judging.outcome(audit));
        }
        let id = snapshot.device.id.clone();
        let before = id.as_ref().and_then(|id| self.first.get(id));
        let comparison = before.map(|(_, before)| compare(before, snapshot, &self.judging.profiles, context));
        let tell = |form: &dyn Form| match &comparison {
            Some(comparison) => form.comparison(comparison),
            None => form.audits(&audits),
        };
        let entry = Entry::of(&phone.target, snapshot, &audits, damaged);
        match &self.reports {
            Some(reports) => exit = exit.and(reports.write(self.session, &entry, exit, tell)),
            None => self.page.add(tell),
        }
        self.exit = self.exit.and(exit);
        if let Some(keeper) = self.keeper.as_mut() {
            self.page.flush();
            keeper.keep(snapshot, &audits.iter().map(VerdictRow::of).collect::<Vec<_>>());
        }
        self.summary.add(entry, false);
        // Half a reading is nothing to compare with.
        if let Some(id) = id.filter(|_| !damaged && !snapshot.is_partial()) {
            self.first.entry(id).or_insert_with(|| (Instant::now(), snapshot.clone()));
        }
    }

    fn finish(mut self) -> Exit {
        // Every phone that was seen is accounted for, those too that came a moment ago.
        for (place, seat) in &self.plugged {
            let known = self.unready.contains_key(&place.0) || seat.whole || seat.phone.state.is_ready();
            if !known {
                self.unready.insert(place.0.clone(), devices::not_ready(self.session, &seat.phone));
            }
        }
        let Watch {
            session,
            mut page,
            reports,
            keeper,
            mut summary,
            mut exit,
            unready,
            waiting,
            away,
            is_local,
            served,
            ..
        } = self;
        let unread = waiting.iter().map(|phone| (phone.target.clone(), session.texts.get("cli-watch-unread")));
        for (name, message) in unready.into_values().chain(unread) {
            summary.fail(&name, &message);
            exit = exit.and(Exit::UNREADABLE);
        }
        // A server that does not answer may have any number of phones; one that somebody ended has none.
        if away.is_some_and(|error| error.hides_phones(is_local || served)) {
            exit = exit.and(Exit::UNREADABLE);
        }
        let exit = match &reports {
            Some(reports) => {
                page.add_text(&reports.summary(Format::Table, &summary));
                exit.and(reports.account(session, &summary)).and(page.finish_text())
            }
            None => {
                if summary.targets() > 1 {
                    page.add(|form| form.batch(&summary));
                }
                exit.and(page.finish())
            }
        };
        keeper.map_or(exit, |keeper| exit.and(keeper.finish()))
    }
}

/// `--output-dir`: one report for each time that a phone is plugged in.
struct Reports<'a> {
    folder: Folder,
    format: Format,
    languages: Languages<'a>,
    layout: Layout,
}

impl<'a> Reports<'a> {
    fn from(
        session: &'a Session,
        matches: &ArgMatches,
        format: Format,
        second: Option<&'a Texts>,
        judging: &Judging<'_>,
    ) -> Result<Option<Reports<'a>>, Exit> {
        let Some(path) = matches.get_one::<String>("output-dir") else { return Ok(None) };
        let settings = format!("watch {} {}", format.word(), judging.settings());
        let folder = Folder::open(Path::new(path), format, &settings).map_err(|error| {
            session.output_error(&error);
            Exit::USAGE
        })?;
        let languages = Languages { first: Wording::new(&session.texts), second: second.map(Wording::new) };
        let layout = Layout { width: FILE_WIDTH, colour: false, ..layout(session, matches, judging.today) };
        Ok(Some(Reports { folder, format, languages, layout }))
    }

    /// Writes the report of one plugging-in, and says where.
    fn write(&self, session: &Session, entry: &Entry, exit: Exit, tell: impl FnOnce(&dyn Form) -> Portion) -> Exit {
        let portion = tell(self.format.form(self.languages, self.layout).as_ref());
        let text = self.format.document(self.languages, self.layout, [portion]);
        // The same phone may be plugged in twice with the same result: two reports.
        let moment = format!("{} {text}", jiff::Timestamp::now());
        let origin = Origin {
            name: entry.target.clone(),
            live: true,
            fingerprint: Some(fingerprint::of_text(&moment)),
            is_partial: false,
        };
        match self.folder.write(&origin, &text, entry, exit) {
            Ok(name) => {
                let names = [("target", entry.target.as_str()), ("file", &name)];
                session.say(&session.texts.with("cli-watch-written", &names));
                Exit::default()
            }
            Err(error) => {
                session.output_error(&error);
                Exit::USAGE
            }
        }
    }

    fn summary(&self, format: Format, summary: &Summary) -> String {
        format.batch(summary, self.languages, self.layout)
    }

    /// Writes what all phones so far come to.
    fn account(&self, session: &Session, summary: &Summary) -> Exit {
        let own = [self.format].into_iter().filter(|form| form.tells_batches() && *form != Format::Json);
        let mut exit = Exit::default();
        for form in own.chain([Format::Json]) {
            if let Err(error) = self.folder.summary(form.extension(), &self.summary(form, summary)) {
                session.output_error(&error);
                exit = Exit::USAGE;
            }
        }
        exit
    }
}

/// The bell of a terminal; nothing where there is none.
fn bell() -> &'static str {
    use std::io::IsTerminal as _;
    if std::io::stderr().is_terminal() { "\u{7}" } else { "" }
}
