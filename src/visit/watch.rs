//! A watch: each phone as it is plugged in, until somebody says that it is enough.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::judge::is_damaged;
use super::keep::StoreWriter;
use super::read::Reader;
use super::results::ResultsFolder;
use super::run::{consent, open_results, write_summaries};
use super::settings::Settings;
use super::workers::{self, MOST_PHONES};
use super::{
    Event, Face, Failure, Flow, JudgeOptions, Note, Options, Outcome, ResultsOptions, Shown, Tally, Target, TargetName,
    Unread, Watched, sight,
};
use crate::audit::{Audit, audit};
use crate::batch::Entry;
use crate::compare::compare;
use crate::files::fingerprint;
use crate::snapshot::Snapshot;
use crate::source::adb::devices::{Sighting, State};
use crate::source::adb::track::Tracker;
use crate::source::adb::{AdbError, Sightings};
use crate::store::VerdictRow;

/// How long the first reading of a phone is remembered, for the comparison with a later one.
const MEMORY: Duration = Duration::from_secs(3600);
/// How often is looked whether somebody wants to end.
const TICK: Duration = Duration::from_millis(200);
/// How long a phone may take to be ready before anything is said of it: what it is greeted with takes a moment, and nobody
/// should pull the cable of a phone that is about to be read.
const GREETING: Duration = Duration::from_secs(2);
/// How long it must have been in one state for that to be said.
const SETTLED: Duration = Duration::from_secs(1);

/// What happens while watching.
enum Happened {
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

/// Why a phone was not read that is not ready, with its name.
fn unready(phone: &Sighting) -> (String, Unread) {
    (sight::name(phone).to_owned(), sight::not_ready(phone))
}

/// Reads and judges each phone as it is plugged in, until somebody asks [`super::Cancel`] for the end or nobody takes the results. What is
/// there to show of each goes to `take`, unless it goes to [`Options::results`].
pub fn watch(options: Options<'_>, face: &dyn Face, take: impl FnMut(Shown<'_>) -> Flow) -> Tally {
    watched(options, face, take).unwrap_or_else(Tally::ended)
}

fn watched(options: Options<'_>, face: &dyn Face, take: impl FnMut(Shown<'_>) -> Flow) -> Result<Tally, Outcome> {
    let Options { read, judge, store, results, .. } = options;
    let reader = Reader::new(read, face);
    let store = store.map(|store| StoreWriter::open(store, face)).transpose()?;
    let phones = sight::options(face)?;
    let folder = match &results {
        None => None,
        Some(results) => {
            let settings = Settings {
                command: "watch",
                look: results.look.clone(),
                judged_by: judge.settings(),
                read_by: None,
                baseline: None,
                store: None,
            };
            Some(open_results(results, settings, face)?)
        }
    };
    consent(&judge.profiles, &[Target::Phone(String::new())], face);
    let serial = phones.serial.clone();
    let mut watch = Watch {
        face,
        judge,
        take,
        is_stopped: false,
        results: results.as_ref().zip(folder.as_ref()),
        store,
        serial: serial.as_deref(),
        is_local: phones.server.is_loopback(),
        served: false,
        away: None,
        plugged: BTreeMap::new(),
        most: if read.jobs == 0 { MOST_PHONES } else { read.jobs },
        waiting: VecDeque::new(),
        reading: BTreeSet::new(),
        again: BTreeMap::new(),
        unready: BTreeMap::new(),
        first: BTreeMap::new(),
        tally: Tally::default(),
    };
    read.cancel.listen(true);
    let (sender, events) = mpsc::channel();
    let seen = sender.clone();
    let tracker = Tracker::start(phones, move |sightings| seen.send(Happened::Seen(sightings)).is_ok());
    let tracker = tracker.map_err(|error| {
        face.event(Event::NoWatch(&error));
        Outcome::UNREADABLE
    })?;
    if let Some(serial) = &serial {
        face.event(Event::Note(Note::OnePhone(serial)));
    }
    face.event(Event::Watch(Watched::Ready));
    std::thread::scope(|scope| {
        loop {
            match events.recv_timeout(TICK) {
                Ok(Happened::Seen(sightings)) => watch.seen(sightings),
                Ok(Happened::Read(phone, result)) => watch.read(&phone, *result),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            watch.tell_unready();
            while let Some(phone) = watch.next() {
                let (sender, reader) = (sender.clone(), &reader);
                scope.spawn(move || {
                    let defect = || Err(Failure::Defect(phone.target.clone()));
                    let result = workers::guarded(|| reader.phone(&phone.target), defect);
                    // The one who waits for it is there until all have come.
                    let _ = sender.send(Happened::Read(phone, Box::new(result)));
                });
            }
            if read.cancel.is_asked() || watch.is_stopped {
                break;
            }
        }
        drop(tracker);
        if !watch.reading.is_empty() {
            let count = u64::try_from(watch.reading.len()).unwrap_or(u64::MAX);
            face.event(Event::Watch(Watched::Ending(count)));
        }
        // What has begun is brought to its end; a phone takes no longer than its time.
        while !watch.reading.is_empty() {
            match events.recv() {
                Ok(Happened::Read(phone, result)) => watch.read(&phone, *result),
                Ok(Happened::Seen(_)) => {}
                Err(_) => break,
            }
        }
    });
    read.cancel.listen(false);
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
struct Watch<'a, T> {
    face: &'a dyn Face,
    judge: &'a JudgeOptions<'a>,
    take: T,
    /// Whether nobody takes the results any more.
    is_stopped: bool,
    results: Option<(&'a ResultsOptions<'a>, &'a ResultsFolder)>,
    store: Option<StoreWriter<'a>>,
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
    /// Those that were never ready yet, with the name of each and why it was not read.
    unready: BTreeMap<String, (String, Unread)>,
    /// The first reading of each phone, for an hour, by its id.
    first: BTreeMap<String, (Instant, Snapshot)>,
    tally: Tally,
}

impl<T: FnMut(Shown<'_>) -> Flow> Watch<'_, T> {
    /// Lets what is newly ready be read.
    fn seen(&mut self, sightings: Sightings) {
        let Some(phones) = self.present(sightings) else { return };
        let now: BTreeSet<Plug> = phones.iter().map(plug).collect();
        self.plugged.retain(|plug, _| now.contains(plug));
        // Pulled before its turn came: nothing is known of it, and that is said at the end, unless it comes again.
        let gone = self.waiting.iter().filter(|phone| !now.contains(&plug(phone)));
        self.unready.extend(gone.map(|phone| (plug(phone).0, (phone.target.clone(), Unread::Unplugged))));
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
        let face = self.face;
        match &sightings.server {
            Ok(server) => {
                if self.away.take().is_some() {
                    let (address, version) = (server.address.as_str(), server.version);
                    face.event(Event::Watch(Watched::ServerBack { address, version }));
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
                            face.event(Event::Watch(Watched::ServerGone(address)));
                        }
                        error => {
                            face.event(Event::Failed(None, &Failure::Phone(error.clone())));
                        }
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

    /// Tells which phones are not ready, once they stay so.
    fn tell_unready(&mut self) {
        for (place, seat) in &mut self.plugged {
            let state = seat.phone.state;
            let stays = seat.unready_since.elapsed() >= GREETING && seat.since.elapsed() >= SETTLED;
            if state.is_ready() || !stays || seat.told.contains(&state) {
                continue;
            }
            seat.told.push(state);
            self.face.event(Event::Unready(&seat.phone));
            if !seat.whole {
                self.unready.insert(place.0.clone(), unready(&seat.phone));
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
        self.face.event(Event::Watch(Watched::Reading(&phone.target)));
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
                self.face.event(Event::Failed(Some(&TargetName::new(phone.target.clone(), true)), &failure));
                self.tally.add(failure.outcome());
                self.tally.summary.fail(&phone.target, Arc::new(failure));
            }
        }
        self.pause();
        if let Some((options, folder)) = self.results {
            self.tally.add(write_summaries(options, folder, &self.tally, self.face));
        }
        self.face.event(Event::Watch(Watched::Next));
    }

    fn pause(&mut self) {
        self.is_stopped |= self.face.event(Event::Pause) == Flow::Stop;
    }

    fn judge(&mut self, phone: &Sighting, snapshot: &Snapshot) {
        let (judge, context) = (self.judge, self.judge.context());
        let damaged = is_damaged(snapshot);
        let audits: Vec<Audit<'_>> = judge.profiles.iter().map(|profile| audit(snapshot, profile, context)).collect();
        let mut outcome = judge.outcome_of(&audits, damaged);
        let id = snapshot.device.id.clone();
        let before = id.as_ref().and_then(|id| self.first.get(id));
        let comparison = before.map(|(_, before)| compare(before, snapshot, &judge.profiles, context));
        let shown = match &comparison {
            Some(comparison) => Shown::Comparison(comparison),
            None => Shown::Audits(&audits),
        };
        let entry = Entry::of(&phone.target, snapshot, &audits, damaged);
        match self.results {
            Some((options, folder)) => {
                let text = (options.write)(shown);
                outcome = outcome.and(report(self.face, folder, &entry, outcome, &text));
            }
            None => self.is_stopped |= (self.take)(shown) == Flow::Stop,
        }
        self.tally.add(outcome);
        if self.store.is_some() {
            self.pause();
        }
        if let Some(store) = self.store.as_mut() {
            store.keep(snapshot, &audits.iter().map(VerdictRow::of).collect::<Vec<_>>());
        }
        self.tally.summary.add(entry, false);
        // Half a reading is nothing to compare with.
        if let Some(id) = id.filter(|_| !damaged && !snapshot.is_partial()) {
            self.first.entry(id).or_insert_with(|| (Instant::now(), snapshot.clone()));
        }
    }

    fn finish(mut self) -> Tally {
        // Every phone that was seen is accounted for, those too that came a moment ago.
        for (place, seat) in &self.plugged {
            let known = self.unready.contains_key(&place.0) || seat.whole || seat.phone.state.is_ready();
            if !known {
                self.face.event(Event::Unready(&seat.phone));
                self.unready.insert(place.0.clone(), unready(&seat.phone));
            }
        }
        let Watch { face, results, store, mut tally, unready, waiting, away, is_local, served, .. } = self;
        let unread = waiting.iter().map(|phone| (phone.target.clone(), Unread::Ended));
        for (name, why) in unready.into_values().chain(unread) {
            tally.summary.fail(&name, Arc::new(why));
            tally.add(Outcome::UNREADABLE);
        }
        // A server that does not answer may have any number of phones; one that somebody ended has none.
        if away.is_some_and(|error| error.hides_phones(is_local || served)) {
            tally.add(Outcome::UNREADABLE);
        }
        if let Some((options, folder)) = results {
            tally.add(write_summaries(options, folder, &tally, face));
        }
        face.event(Event::Done(&tally));
        if let Some(store) = store {
            tally.add(store.finish());
        }
        tally
    }
}

/// Writes the report of one plugging-in, and tells where.
fn report(face: &dyn Face, folder: &ResultsFolder, entry: &Entry, outcome: Outcome, text: &str) -> Outcome {
    // The same phone may be plugged in twice with the same result: two reports.
    let moment = format!("{} {text}", jiff::Timestamp::now());
    let target =
        TargetName { fingerprint: Some(fingerprint::of_text(&moment)), ..TargetName::new(entry.target.clone(), true) };
    match folder.write(&target, text, entry, outcome) {
        Ok(file) => {
            face.event(Event::Watch(Watched::Written { target: &entry.target, file: &file }));
            Outcome::default()
        }
        Err(error) => {
            face.event(Event::Unwritten(&error));
            Outcome::REFUSED
        }
    }
}
