//! A visit to everything that was named, or to every phone in sight.

use std::sync::Arc;

use super::baseline::{Baselines, Doubtful};
use super::judge::is_damaged;
use super::keep::StoreWriter;
use super::read::{ForEachSnapshot, Reader, Step};
use super::results::ResultsFolder;
use super::settings::{HeldAgainst, Settings};
use super::sight::{Resolved, resolve};
use super::tally::WaiversUsed;
use super::{
    Event, Face, Failure, Flow, JudgeOptions, Note, Options, Outcome, ResultsOptions, Shown, Summarise, Tally, Target,
    TargetName,
};
use crate::audit::{Audit, audit};
use crate::batch::Entry;
use crate::compare::{audit_against, audit_against_nothing};
use crate::profile::Profile;
use crate::snapshot::Snapshot;
use crate::store::VerdictRow;

/// Reads and judges every target, and tells of it.
pub fn run(options: Options<'_>, face: &dyn Face) -> Tally {
    run_with(options, face, &|_, _| (), |_, ()| Flow::Go)
}

/// As [`run`]. `make` makes something of the audits of each target, by several hands at a time; `take` gets what was made in the order of
/// the targets, but for phones, which come as they are done. Reports of [`Options::results`] are written by themselves, and then neither
/// is called.
pub fn run_with<R: Send>(
    options: Options<'_>,
    face: &dyn Face,
    make: &(impl Fn(&TargetName, &[Audit<'_>]) -> R + Sync),
    take: impl FnMut(&TargetName, R) -> Flow,
) -> Tally {
    visit(options, face, make, take).unwrap_or_else(Tally::ended)
}

fn visit<R: Send>(
    options: Options<'_>,
    face: &dyn Face,
    make: &(impl Fn(&TargetName, &[Audit<'_>]) -> R + Sync),
    take: impl FnMut(&TargetName, R) -> Flow,
) -> Result<Tally, Outcome> {
    let Options { targets, read, judge, baseline, store, results, summary } = options;
    let reader = Reader::new(read, face);
    let baselines = baseline.map(|target| baselines(&reader, target)).transpose()?;
    let Resolved { targets, unready, outcome } = resolve(targets, face)?;
    // Without a summary nobody would read an empty report.
    if targets.is_empty() && summary != Summarise::Always {
        return Err(outcome);
    }
    let only = match targets.as_slice() {
        [only] => Some(only.name()),
        _ => None,
    };
    let folder = match &results {
        None => None,
        Some(results) => {
            let settings = Settings {
                command: "audit",
                look: results.look.clone(),
                judged_by: judge.settings(),
                read_by: Some(read.settings()),
                baseline: baselines
                    .as_ref()
                    .map(|baselines| HeldAgainst { sha256: baselines.fingerprint(), only: only.clone() }),
                // What is to be stored must be read: results of another store, or of none, count for nothing.
                store: store.as_ref().map(|store| store.address.shown()),
            };
            Some(open_results(results, settings, face)?)
        }
    };
    let reader = reader.without(folder.as_ref().and_then(ResultsFolder::place));
    let store = store.map(|store| StoreWriter::open(store, face)).transpose()?;
    consent(&judge.profiles, &targets, face);
    let auditor = Auditor {
        judge,
        face,
        make,
        baselines: baselines.as_ref(),
        only,
        summarises: summary != Summarise::No,
        results: results.as_ref().zip(folder.as_ref()),
        keeps: store.is_some(),
    };
    let mut account = Account {
        auditor: &auditor,
        take,
        tally: Tally { outcome, waivers: WaiversUsed::of(judge.waivers.as_ref()), ..Tally::default() },
        live: Vec::new(),
        store,
    };
    for (name, why) in unready {
        account.tally.summary.fail(&name, Arc::new(why));
    }
    reader.each(targets, &auditor, |step| {
        let flow = match step {
            Step::Result(target, Ok(judged)) => account.judged(&target, judged),
            Step::Result(target, Err(failure)) => account.failed(&target, failure),
            Step::Pause => face.event(Event::Pause),
        };
        if flow == Flow::Stop {
            read.cancel.stop();
        }
    });
    Ok(account.finish())
}

/// The earlier readings of a path or a phone.
fn baselines(reader: &Reader<'_>, target: Target) -> Result<Baselines, Outcome> {
    let (snapshots, outcome) = reader.all(target);
    // Against half a baseline everything would look new.
    if snapshots.is_empty() || outcome != Outcome::default() {
        return Err(outcome.and(Outcome::UNREADABLE));
    }
    Ok(Baselines(snapshots))
}

/// Makes a folder of results ready.
pub(super) fn open_results(
    options: &ResultsOptions<'_>,
    settings: Settings,
    face: &dyn Face,
) -> Result<ResultsFolder, Outcome> {
    let folder = ResultsFolder::open(options.place, options.extension, settings).map_err(|error| {
        face.event(Event::Unwritten(&error));
        Outcome::REFUSED
    })?;
    if folder.has_other_keys() {
        face.event(Event::Note(Note::OtherResults(options.place)));
    }
    Ok(folder)
}

/// Reminds of the person's agreement before a phone is read, where a profile asks for it: poucet cannot know whether it was given.
pub fn consent(profiles: &[Profile], targets: &[Target], face: &dyn Face) {
    let live = targets.iter().any(Target::is_phone);
    if let Some(profile) = profiles.iter().find(|profile| live && profile.privacy.consent_required) {
        face.event(Event::Note(Note::Consent(profile)));
    }
}

/// Judges the snapshots, by several hands at a time.
struct Auditor<'a, F> {
    judge: &'a JudgeOptions<'a>,
    face: &'a dyn Face,
    make: &'a F,
    baselines: Option<&'a Baselines>,
    /// The target, where one was named.
    only: Option<String>,
    /// Whether anybody will see what all phones come to.
    summarises: bool,
    results: Option<(&'a ResultsOptions<'a>, &'a ResultsFolder)>,
    /// Whether readings are kept in a store.
    keeps: bool,
}

/// The result for one snapshot.
struct Judged<R> {
    outcome: Outcome,
    /// What is to be told of its baseline.
    doubtful: Option<Doubtful>,
    /// The waivers that were looked at, and whether they were needed.
    waivers: Vec<(usize, bool)>,
    entry: Option<Entry>,
    known: bool,
    /// What was made of it, where its report is not in a folder.
    made: Option<R>,
    /// For the store.
    snapshot: Option<Snapshot>,
    /// For the store.
    rows: Vec<VerdictRow>,
}

impl<F> Auditor<'_, F> {
    fn audits<'s>(&'s self, target: &TargetName, snapshot: &'s Snapshot) -> (Vec<Audit<'s>>, Option<Doubtful>) {
        // What is found in a tree was not named, nor is any but the first line of a file.
        let first = target.name.strip_suffix(":1").unwrap_or(&target.name);
        let only = self.only.as_ref().is_some_and(|only| *only == target.name || only == first);
        let before = self.baselines.map(|baselines| baselines.of(snapshot, only));
        let context = self.judge.context();
        let judge = |profile| match before {
            Some((Some(before), _)) => audit_against(before, snapshot, profile, context),
            Some((None, _)) => audit_against_nothing(snapshot, profile, context),
            None => audit(snapshot, profile, context),
        };
        (self.judge.profiles.iter().map(judge).collect(), before.and_then(|(_, doubtful)| doubtful))
    }
}

impl<R: Send, F: Fn(&TargetName, &[Audit<'_>]) -> R + Sync> ForEachSnapshot<Judged<R>> for Auditor<'_, F> {
    fn wants_fingerprints(&self) -> bool {
        self.results.is_some()
    }

    fn known(&self, target: &TargetName) -> Option<Judged<R>> {
        let (_, folder) = self.results?;
        let (entry, outcome) = folder.known(target)?;
        Some(Judged {
            outcome,
            doubtful: None,
            waivers: Vec::new(),
            entry: Some(entry),
            known: true,
            made: None,
            snapshot: None,
            rows: Vec::new(),
        })
    }

    fn make(&self, target: &TargetName, snapshot: Snapshot) -> Judged<R> {
        let (audits, doubtful) = self.audits(target, &snapshot);
        let damaged = is_damaged(&snapshot);
        let mut outcome = self.judge.outcome_of(&audits, damaged);
        let used = audits.iter().flat_map(|audit| &audit.waivers);
        let waivers = used.map(|used| (used.waiver, used.matched > 0)).collect();
        let entry = self.summarises.then(|| Entry::of(&target.name, &snapshot, &audits, damaged));
        let made = match (self.results, &entry) {
            (Some((options, folder)), Some(entry)) => {
                let text = (options.write)(Shown::Audits(&audits));
                if let Err(error) = folder.write(target, &text, entry, outcome) {
                    self.face.event(Event::Unwritten(&error));
                    outcome = outcome.and(Outcome::REFUSED);
                }
                None
            }
            _ => Some((self.make)(target, &audits)),
        };
        let rows = if self.keeps { audits.iter().map(VerdictRow::of).collect() } else { Vec::new() };
        drop(audits);
        let snapshot = self.keeps.then_some(snapshot);
        Judged { outcome, doubtful, waivers, entry, known: false, made, snapshot, rows }
    }
}

/// What became of every target so far.
struct Account<'a, F, T> {
    auditor: &'a Auditor<'a, F>,
    take: T,
    tally: Tally,
    /// The phones that were read now, each once.
    live: Vec<Entry>,
    store: Option<StoreWriter<'a>>,
}

impl<F, T> Account<'_, F, T> {
    fn judged<R>(&mut self, target: &TargetName, judged: Judged<R>) -> Flow
    where
        T: FnMut(&TargetName, R) -> Flow,
    {
        let face = self.auditor.face;
        if let Some(doubtful) = judged.doubtful {
            face.event(Event::Note(doubtful.note(target)));
        }
        self.tally.add(judged.outcome);
        self.tally.waivers.add(&judged.waivers);
        let mut flow = Flow::Go;
        if let Some(made) = judged.made {
            flow = (self.take)(target, made);
        }
        if let (Some(store), Some(snapshot)) = (self.store.as_mut(), &judged.snapshot) {
            // A database may be long in answering; what is there is shown first.
            face.event(Event::Pause);
            store.keep(snapshot, &judged.rows);
        }
        match judged.entry {
            Some(entry) if target.live => self.take_live(entry),
            Some(entry) => self.tally.summary.add(entry, judged.known),
            None => {}
        }
        flow
    }

    fn failed(&mut self, target: &TargetName, failure: Failure) -> Flow {
        let flow = self.auditor.face.event(Event::Failed(Some(target), &failure));
        self.tally.add(failure.outcome());
        if failure.is_no_target() {
            self.tally.summary.leave_aside();
        } else if self.auditor.summarises {
            self.tally.summary.fail(&target.name, Arc::new(failure));
        }
        flow
    }

    /// A phone that is reached by two roads, as over a cable and over Wi-Fi, is one phone. Of two readings the whole one counts.
    fn take_live(&mut self, entry: Entry) {
        let is_same = |other: &&mut Entry| entry.device.id.is_some() && other.device.id == entry.device.id;
        let Some(other) = self.live.iter_mut().find(is_same) else {
            self.live.push(entry);
            return;
        };
        self.auditor.face.event(Event::Note(Note::SamePhone(&entry.target, &other.target)));
        self.tally.summary.add_again(entry.damaged && other.damaged);
        if other.damaged && !entry.damaged {
            *other = entry;
        }
    }

    fn finish(self) -> Tally {
        let Account { auditor, mut tally, live, store, .. } = self;
        live.into_iter().for_each(|entry| tally.summary.add(entry, false));
        if let Some((options, folder)) = auditor.results {
            tally.add(write_summaries(options, folder, &tally, auditor.face));
        }
        auditor.face.event(Event::Done(&tally));
        if let Some(store) = store {
            tally.add(store.finish());
        }
        tally
    }
}

/// Writes what all targets so far come to.
pub(super) fn write_summaries(
    options: &ResultsOptions<'_>,
    folder: &ResultsFolder,
    tally: &Tally,
    face: &dyn Face,
) -> Outcome {
    let mut outcome = Outcome::default();
    for (extension, text) in (options.summaries)(&tally.summary) {
        if let Err(error) = folder.summary(extension, &text) {
            face.event(Event::Unwritten(&error));
            outcome = Outcome::REFUSED;
        }
    }
    outcome
}
