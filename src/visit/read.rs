//! Reading: from what was named to snapshots, several at a time, however many there are.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::pieces::{Piece, Pieces};
use super::workers::{self, MOST_PHONES};
use super::{BadSnapshot, Event, Face, Failure, Note, Outcome, ReadOptions, Target, TargetName};
use crate::access;
use crate::evidence::ios::BackupEvidence;
use crate::evidence::{Evidence, Reason};
use crate::files::fingerprint;
use crate::files::lines::{Line, Lines};
use crate::files::plain::plain;
use crate::snapshot::{APP_LIST, Gap, Snapshot, read};
use crate::source::adb::{self, AdbError};
use crate::source::ios_backup::{self, report};
use crate::source::{OpenOptions, Opened, SourceError, fingerprint as evidence_fingerprint, open_path};

/// What makes snapshots in one visit.
pub struct Reader<'o> {
    options: &'o ReadOptions<'o>,
    face: &'o dyn Face,
    /// A folder that is no evidence: the results go there.
    without: Option<PathBuf>,
    /// Apps that are only counted in snapshots of an older catalogue, by target.
    older: Mutex<BTreeMap<String, u64>>,
}

/// What is made of each snapshot, by several hands at a time.
pub trait ForEachSnapshot<R>: Sync {
    /// Whether fingerprints are needed.
    fn wants_fingerprints(&self) -> bool {
        false
    }

    /// What is known already of evidence that need not be read.
    fn known(&self, _target: &TargetName) -> Option<R> {
        None
    }

    /// The result for one snapshot.
    fn make(&self, target: &TargetName, snapshot: Snapshot) -> R;
}

/// What [`Reader::each`] hands over.
pub enum Step<R> {
    /// What became of one target.
    Result(TargetName, Result<R, Failure>),
    /// The next result may be long in coming.
    Pause,
}

/// Snapshots as they are.
struct Plain;

impl ForEachSnapshot<Snapshot> for Plain {
    fn make(&self, _target: &TargetName, snapshot: Snapshot) -> Snapshot {
        snapshot
    }
}

impl<'o> Reader<'o> {
    /// Ready to read; what there is to tell is told to `face`.
    pub fn new(options: &'o ReadOptions<'o>, face: &'o dyn Face) -> Reader<'o> {
        Reader { options, face, without: None, older: Mutex::default() }
    }

    /// Leaves a folder out in which results are: it is no evidence.
    #[must_use]
    pub fn without(mut self, folder: Option<PathBuf>) -> Reader<'o> {
        self.without = folder;
        self
    }

    fn building(&self) -> access::Options<'_> {
        let ReadOptions { scope, id_key, show_serial, .. } = self.options;
        access::Options { scope: *scope, id_key: id_key.as_deref(), show_serial: *show_serial }
    }

    fn snapshot(&self, evidence: &Evidence) -> Snapshot {
        access::android::build::snapshot(evidence, self.building())
    }

    /// A phone, now.
    ///
    /// # Errors
    /// It cannot be read, or has no user that was asked for.
    pub fn phone(&self, target: &str) -> Result<Snapshot, Failure> {
        let evidence = phone(self.face, target, self.options.timeout).map_err(Failure::Phone);
        let snapshot = evidence.map(|evidence| self.snapshot(&evidence));
        self.with_user(target, snapshot)
    }

    /// Opens a backup, says what is to be said of it, and makes its snapshot.
    fn backup(&self, path: &Path) -> Result<Snapshot, Failure> {
        let name = path.display().to_string();
        let mut evidence = ios_backup::open(path, &mut |ask| self.face.password(&name, ask)).map_err(Failure::Path)?;
        let place = self.options.privacy_report.clone().or_else(|| report::privacy_report_near(path));
        if let Some(place) = place {
            let (item, missing) = report::privacy_report(&place).map_err(Failure::Path)?;
            evidence.items.push(item);
            evidence.missing.extend(missing);
        }
        self.note_backup(&name, &evidence);
        Ok(access::ios::build::snapshot(&evidence, self.building()))
    }

    /// Tells how a backup was read, where that is not as usual.
    fn note_backup(&self, target: &str, evidence: &BackupEvidence) {
        if evidence.locked {
            self.note(Note::BackupLocked(target));
        }
        if !evidence.encrypted {
            self.note(Note::NotEncrypted(target));
        }
        if let Some(state) = &evidence.unfinished {
            self.note(Note::Unfinished(target, state));
        }
        if !evidence.resized.is_empty() {
            let files: Vec<&str> = evidence.resized.iter().map(|artefact| artefact.label()).collect();
            self.note(Note::Resized(target, &files));
        }
    }

    fn note(&self, note: Note<'_>) {
        self.face.event(Event::Note(note));
    }

    /// Without the user that was asked for there is nothing to judge, and nothing that passes.
    fn with_user(&self, target: &str, result: Result<Snapshot, Failure>) -> Result<Snapshot, Failure> {
        let mut snapshot = result?;
        if let Some(user) = self.options.scope.user {
            // Evidence is read for the user alone; a snapshot was made before.
            snapshot.apps.retain(|app| app.user == user);
        }
        match self.options.scope.user {
            Some(user) if !snapshot.users.iter().any(|known| known.id == user) => {
                let known = snapshot.users.iter().map(|known| known.id).collect();
                Err(Failure::NoUser { target: target.to_owned(), user, known })
            }
            _ => Ok(snapshot),
        }
    }

    /// Reads every target, several at a time, and hands over what was made of each: in the order in which they were named and found,
    /// but for phones, which come as they are done. A target that fails is one result like any other.
    pub fn each<R: Send>(&self, targets: Vec<Target>, make: &impl ForEachSnapshot<R>, mut handle: impl FnMut(Step<R>)) {
        let phones = targets.iter().filter(|target| target.is_phone()).count();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let hands = match self.options.jobs {
            0 => phones.min(MOST_PHONES).max(processors),
            jobs => jobs,
        };
        let hands = workers::affordable(hands);
        // More hands than phones are of no use where there is nothing else.
        let hands = if phones == targets.len() { hands.min(phones) } else { hands };
        self.face.event(Event::Seen((phones == targets.len()).then_some(targets.len())));
        let work = |place: usize, piece: Piece| {
            let name = piece.name();
            self.face.event(Event::Began { place, name: &name });
            let defect = || vec![(TargetName::new(name.clone(), false), Err(Failure::Defect(name.clone())))];
            let results = workers::guarded(|| self.piece(piece, make), defect);
            self.face.event(Event::Ended { place, results: results.len() });
            results
        };
        let is_phone = |piece: &Piece| matches!(piece, Piece::Phone(_));
        let options = self.options;
        let pieces = Pieces::of(targets, self.without.clone(), options.open.follow_links, options.cancel.clone());
        workers::run(pieces, hands, is_phone, work, |results| {
            results.into_iter().for_each(|(target, result)| handle(Step::Result(target, result)));
            handle(Step::Pause);
        });
        self.face.event(Event::AllRead);
        self.tell_older();
    }

    /// Everything that one place holds, and what became of it; what cannot be read is told.
    pub fn all(&self, target: Target) -> (Vec<Snapshot>, Outcome) {
        self.snapshots(vec![target])
    }

    /// What every target gives, as snapshots; what cannot be read is told.
    pub fn snapshots(&self, targets: Vec<Target>) -> (Vec<Snapshot>, Outcome) {
        let (mut snapshots, mut outcome) = (Vec::new(), Outcome::default());
        self.each_snapshot(targets, |result| match result {
            Ok(snapshot) => snapshots.push(snapshot),
            Err(failure) => {
                self.face.event(Event::Failed(None, &failure));
                outcome = outcome.and(failure.outcome());
            }
        });
        (snapshots, outcome)
    }

    /// What every target gives, one after the other.
    pub fn each_snapshot(&self, targets: Vec<Target>, mut handle: impl FnMut(Result<Snapshot, Failure>)) {
        self.each(targets, &Plain, |step| {
            if let Step::Result(_, result) = step {
                handle(result);
            }
        });
    }

    fn piece<R>(&self, piece: Piece, make: &impl ForEachSnapshot<R>) -> Vec<(TargetName, Result<R, Failure>)> {
        let origin = TargetName::new;
        match piece {
            Piece::Failed(name, failure) => vec![(origin(name, false), Err(failure))],
            Piece::Phone(name) => {
                let origin = origin(name, true);
                let result = self.phone(&origin.name).map(|snapshot| make.make(&origin, snapshot));
                vec![(origin, result)]
            }
            Piece::Path { path, named } => {
                let mut origin = origin(path.display().to_string(), false);
                if make.wants_fingerprints() {
                    match evidence_fingerprint::of_path_without(
                        &path,
                        self.without.as_deref(),
                        self.options.open.follow_links,
                    ) {
                        Ok(fingerprint) => origin.fingerprint = Some(fingerprint),
                        Err(error) => return vec![(origin, Err(Failure::Path(error)))],
                    }
                    origin.is_partial = evidence_fingerprint::is_partial(&path);
                    if let Some(known) = make.known(&origin) {
                        return vec![(origin, Ok(known))];
                    }
                }
                let snapshot = self.with_user(&origin.name, self.path(&path, named));
                let result = snapshot.map(|snapshot| make.make(&origin, snapshot));
                vec![(origin, result)]
            }
            Piece::Lines { name, lines } => lines.into_iter().map(|line| self.line(&name, line, make)).collect(),
        }
    }

    /// One line of a text of snapshots.
    fn line<R>(&self, name: &str, line: Line, make: &impl ForEachSnapshot<R>) -> (TargetName, Result<R, Failure>) {
        // A document has no line of its own.
        let is_document = line.text.as_deref().is_some_and(|text| text.contains('\n'));
        let place = if is_document { name.to_owned() } else { format!("{name}:{}", line.number) };
        let mut origin = TargetName::new(place, false);
        let Some(text) = line.text else {
            let failure = Failure::Snapshot { place: origin.name.clone(), wrong: BadSnapshot::NoLine };
            return (origin, Err(failure));
        };
        if make.wants_fingerprints() {
            origin.fingerprint = Some(fingerprint::of_text(&text));
            if let Some(known) = make.known(&origin) {
                return (origin, Ok(known));
            }
        }
        let snapshot = match read::parse(&text) {
            Ok(snapshot) => self.with_user(&origin.name, Ok(self.older(name, snapshot))),
            Err(error) => Err(Failure::Snapshot { place: origin.name.clone(), wrong: BadSnapshot::Damaged(error) }),
        };
        let result = snapshot.map(|snapshot| make.make(&origin, snapshot));
        (origin, result)
    }

    /// A snapshot names the apps that its own catalogue listed. Where the organization's catalogue adds some, they may be on the phone
    /// and only be counted there: the list of apps is not whole then, and nothing that is missing from it counts as absent.
    fn older(&self, target: &str, mut snapshot: Snapshot) -> Snapshot {
        let adding =
            self.options.scope.catalog.provenance().iter().filter(|file| file.apps > 0 || file.corrections > 0);
        let known = |sha256: &str| snapshot.own_catalogs.iter().any(|own| own.sha256 == sha256);
        let unknown: Vec<&str> = adding.filter(|file| !known(&file.sha256)).map(|file| file.name.as_str()).collect();
        let counted = snapshot.other_apps.values().fold(0_u64, |sum, count| sum.saturating_add(*count));
        if counted == 0 || unknown.is_empty() {
            return snapshot;
        }
        let mut older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = older.entry(target.to_owned()).or_insert(0);
        *sum = sum.saturating_add(counted);
        drop(older);
        let named = u64::try_from(snapshot.apps.len()).unwrap_or(u64::MAX);
        let detail = unknown.join(", ");
        snapshot.gaps.push(Gap {
            area: APP_LIST.to_owned(),
            user: None,
            app: None,
            reason: Reason::Absent.word().to_owned(),
            read: Some(named),
            of: Some(named.saturating_add(counted)),
            detail,
        });
        snapshot
    }

    /// Tells for which targets [`Reader::older`] found apps that it cannot name.
    fn tell_older(&self) {
        let older = std::mem::take(&mut *self.older.lock().unwrap_or_else(PoisonError::into_inner));
        if !older.is_empty() {
            self.note(Note::OlderCatalog(&older));
        }
    }

    /// What a path that is one target holds.
    fn path(&self, path: &Path, named: bool) -> Result<Snapshot, Failure> {
        // Of what is read here, a snapshot is all that is handed on.
        let open = OpenOptions { skim: true, ..self.options.open.clone() };
        match open_path(path, &open) {
            Ok(Opened::Evidence { evidence, ignored }) => {
                if !ignored.is_empty() {
                    self.note(Note::Ignored(path, &ignored));
                }
                Ok(self.snapshot(&evidence))
            }
            Ok(Opened::IosBackup(path)) => self.backup(&path),
            // A single snapshot in a folder of other files.
            Ok(Opened::Snapshots { paths } | Opened::Several(paths)) => match paths.as_slice() {
                [only] => self.one_snapshot(only),
                _ => Err(Failure::Path(SourceError::Unrecognised { path: path.to_owned() })),
            },
            Err(SourceError::Unrecognised { path }) if !named => Err(Failure::NotEvidence(path)),
            Err(SourceError::Empty { path }) if !named && path.is_dir() => Err(Failure::Hollow(path)),
            Err(SourceError::Links { path, file }) if !named => Err(Failure::Link(path.join(file))),
            Err(error) => Err(Failure::Path(error)),
        }
    }

    fn one_snapshot(&self, path: &Path) -> Result<Snapshot, Failure> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| Failure::Path(SourceError::io(path, error)))?;
        let mut lines = Lines::new(plain(file));
        // It was found to hold one; of several, a folder tells each.
        let lines = lines.next_lines(2).map_err(|error| Failure::Path(SourceError::io(path, error)))?;
        let text = match lines.as_slice() {
            [Line { text: Some(text), .. }] => text,
            _ => return Err(Failure::Path(SourceError::Unrecognised { path: path.to_owned() })),
        };
        match read::parse(text) {
            Ok(snapshot) => Ok(self.older(&name, snapshot)),
            Err(error) => Err(Failure::Snapshot { place: name, wrong: BadSnapshot::Damaged(error) }),
        }
    }
}

/// How long the owner of a phone has to accept this computer, where `timeout` does not say less: to find the phone, unlock it and read
/// the question.
const ACCEPT: Duration = Duration::from_secs(30);

/// The evidence of a phone. Somebody is told where the phone's owner is waited for.
///
/// # Errors
/// It cannot be reached, or says nothing.
pub fn phone(face: &dyn Face, target: &str, timeout: Duration) -> Result<Evidence, AdbError> {
    let options = adb::Options {
        timeout: timeout.min(Duration::from_secs(10)),
        accept: timeout.min(ACCEPT),
        ..adb::Options::from_environment()?
    };
    let tell = |told: adb::Told<'_>| {
        face.event(Event::Note(match told {
            adb::Told::Allow => Note::WaitingForOwner(target),
            adb::Told::BadKey(error) => Note::BadKey(error),
        }));
    };
    adb::read(target, &options, timeout, &tell)
}
