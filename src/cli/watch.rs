//! `poucet watch`: each phone as it is plugged in, until somebody says that it is enough.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use clap::ArgMatches;
use poucet::audit::{Audit, audit};
use poucet::compare::compare;
use poucet::fleet::{Entry, Summary};
use poucet::snapshot::Snapshot;
use poucet::source::adb::devices::{Sighting, State};
use poucet::source::adb::track::Tracker;
use poucet::source::adb::{self, Sightings};
use poucet::store::VerdictRow;

use super::audit::{consent, default_profiles};
use super::collect::MOST_AT_ONCE;
use super::judging::Judging;
use super::output::{Output, second_language};
use super::reading::Reading;
use super::store::Keeper;
use super::target::{Failure, Target, is_damaged, jobs};
use super::{Exit, Session, devices, queue};

/// How long the first reading of a phone is remembered, for the comparison with a later one.
const MEMORY: Duration = Duration::from_secs(3600);
/// How often is looked whether somebody wants to end.
const TICK: Duration = Duration::from_millis(200);

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
    consent(session, &judging.profiles, &[Target::Phone(String::new())]);
    let second = second_language(session, matches);
    let mut watch = Watch {
        session,
        judging: &judging,
        page: Output::new(session, matches, format, second.as_ref(), judging.today),
        keeper,
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
    session.say(&session.texts.get("cli-watch-ready"));
    std::thread::scope(|scope| {
        loop {
            match events.recv_timeout(TICK) {
                Ok(Event::Seen(sightings)) => watch.seen(sightings),
                Ok(Event::Read(phone, result)) => watch.read(&phone, *result),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
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

/// The state of one watch.
struct Watch<'a> {
    session: &'a Session,
    judging: &'a Judging<'a>,
    page: Output<'a>,
    keeper: Option<Keeper<'a>>,
    /// The phones that are plugged in, by their state as it was last said.
    plugged: BTreeMap<Plug, State>,
    /// How many are read at a time.
    most: usize,
    /// Those that are ready and wait for their turn.
    waiting: VecDeque<Sighting>,
    /// Those that are being read.
    reading: BTreeSet<Plug>,
    /// Those that went and came back while they were being read: half a reading is not the last word on them.
    again: BTreeMap<Plug, Sighting>,
    /// Those that were never ready yet, with the name of each and what was said of it.
    unready: BTreeMap<String, (String, String)>,
    /// The first reading of each phone, for an hour, by its id.
    first: BTreeMap<String, (Instant, Snapshot)>,
    summary: Summary,
    exit: Exit,
}

impl Watch<'_> {
    /// Lets what is newly ready be read, and says what is newly not.
    fn seen(&mut self, sightings: Sightings) {
        let now: BTreeSet<Plug> = sightings.phones.iter().map(plug).collect();
        self.plugged.retain(|plug, _| now.contains(plug));
        self.waiting.retain(|phone| now.contains(&plug(phone)));
        for phone in sightings.phones {
            let before = self.plugged.insert(plug(&phone), phone.state);
            if before == Some(phone.state) {
                continue;
            }
            if !phone.state.is_ready() {
                // A phone that is being greeted will say more in a moment.
                if !matches!(phone.state, State::Connecting | State::Authorizing) {
                    let told = devices::not_ready(self.session, &phone);
                    self.unready.insert(plug(&phone).0, told);
                }
            } else if self.reading.contains(&plug(&phone)) {
                self.again.insert(plug(&phone), phone);
            } else {
                self.waiting.push_back(phone);
            }
        }
    }

    /// The next phone to be read, where it is its turn.
    fn next(&mut self) -> Option<Sighting> {
        if self.reading.len() >= self.most {
            return None;
        }
        let phone = self.waiting.pop_front()?;
        self.reading.insert(plug(&phone));
        self.unready.remove(&plug(&phone).0);
        self.session.say(&self.session.texts.with("cli-watch-reading", &[("target", &phone.target)]));
        Some(phone)
    }

    /// The result of one phone.
    fn read(&mut self, phone: &Sighting, result: Result<Snapshot, Failure>) {
        self.reading.remove(&plug(phone));
        if let Some(phone) = self.again.remove(&plug(phone))
            && result.as_ref().map_or(true, is_damaged)
            && self.plugged.get(&plug(&phone)).is_some_and(|state| state.is_ready())
        {
            self.waiting.push_back(phone);
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
        // The desk may be across the room.
        let _ = write!(std::io::stderr(), "{}", bell());
        self.session.say(&self.session.texts.get("cli-watch-next"));
    }

    fn judge(&mut self, phone: &Sighting, snapshot: &Snapshot) {
        let context = self.judging.context(self.session);
        let damaged = is_damaged(snapshot);
        if damaged {
            self.exit = self.exit.and(Exit::UNREADABLE);
        }
        let audits: Vec<Audit<'_>> =
            self.judging.profiles.iter().map(|profile| audit(snapshot, profile, context)).collect();
        for audit in &audits {
            self.exit = self.exit.and(self.judging.outcome(audit));
        }
        let id = snapshot.device.id.clone();
        match id.as_ref().and_then(|id| self.first.get(id)) {
            Some((_, before)) => {
                let comparison = compare(before, snapshot, &self.judging.profiles, context);
                self.page.add(|writer, text| writer.comparison(&comparison, text));
            }
            None => self.page.add(|writer, text| writer.audits(&audits, text)),
        }
        if let Some(keeper) = self.keeper.as_mut() {
            self.page.flush();
            keeper.keep(snapshot, &audits.iter().map(VerdictRow::of).collect::<Vec<_>>());
        }
        self.summary.add(Entry::of(&phone.target, snapshot, &audits, damaged), false);
        // Half a reading is nothing to compare with.
        if let Some(id) = id.filter(|_| !damaged && !snapshot.is_partial()) {
            self.first.entry(id).or_insert_with(|| (Instant::now(), snapshot.clone()));
        }
    }

    fn finish(self) -> Exit {
        let Watch { session, mut page, keeper, mut summary, mut exit, unready, waiting, .. } = self;
        // Every phone that was seen is accounted for.
        let unread = waiting.iter().map(|phone| (phone.target.clone(), session.texts.get("cli-watch-unread")));
        for (name, message) in unready.into_values().chain(unread) {
            summary.fail(&name, &message);
            exit = exit.and(Exit::UNREADABLE);
        }
        if summary.targets() > 1 {
            page.add(|writer, text| writer.fleet(&summary, text));
        }
        let exit = exit.and(page.finish());
        keeper.map_or(exit, |keeper| exit.and(keeper.finish()))
    }
}

/// The bell of a terminal; nothing where there is none.
fn bell() -> &'static str {
    use std::io::IsTerminal as _;
    if std::io::stderr().is_terminal() { "\u{7}" } else { "" }
}
