//! Reading: from what the person named to snapshots, several at a time, however many there are.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::ArgMatches;
use poucet::access::android::build;
use poucet::access::{Options, Scope};
use poucet::evidence::ios::BackupEvidence;
use poucet::evidence::{Evidence, Reason};
use poucet::files;
use poucet::files::lines::{Line, Lines};
use poucet::files::plain::plain;
use poucet::snapshot::{APP_LIST, Gap, Snapshot, read};
use poucet::source::ios_backup::{self, report};
use poucet::source::survey::{Found, Survey};
use poucet::source::{OpenOptions, Opened, SourceError, fingerprint, open_path};
use poucet::text::clean::sanitize;

use super::collect::MOST_AT_ONCE;
use super::password::Passwords;
use super::progress::Progress;
use super::target::{Failure, Target, jobs, note_ignored, phone, timeout};
use super::{Exit, Session, identity, queue};

/// How many lines one hand takes at a time.
const LINES: usize = 64;

/// How snapshots are made in one call.
pub(crate) struct Reading<'s> {
    session: &'s Session,
    scope: Scope<'s>,
    id_key: Option<Vec<u8>>,
    show_serial: bool,
    timeout: Duration,
    jobs: usize,
    passwords: Passwords,
    /// `--privacy-report`: the App Privacy Report of the phone whose backup is read.
    privacy_report: Option<PathBuf>,
    /// A folder that is no evidence: the results go there.
    pub(crate) without: Option<PathBuf>,
    options: OpenOptions,
    stopped: Arc<AtomicBool>,
    /// Apps that are only counted in snapshots of an older catalogue, by target.
    older: Mutex<BTreeMap<String, u64>>,
}

/// Where one snapshot comes from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// As the person named or would name it; a line by the name of its file and its number.
    pub(crate) name: String,
    /// Whether it is a phone, of which each reading is another.
    pub(crate) live: bool,
    /// The fingerprint of the evidence, where it was asked for.
    pub(crate) fingerprint: Option<String>,
    /// Whether the fingerprint leaves out some of the evidence.
    pub(crate) is_partial: bool,
}

/// What is made of each snapshot, by several hands at a time.
pub(crate) trait Judge<R>: Sync {
    /// Whether fingerprints are needed.
    fn wants_fingerprints(&self) -> bool {
        false
    }

    /// What is known already of evidence that need not be read.
    fn known(&self, _origin: &Origin) -> Option<R> {
        None
    }

    /// The result for one snapshot.
    fn judge(&self, origin: &Origin, snapshot: Snapshot) -> R;
}

/// What [`Reading::each`] hands over.
pub(crate) enum Step<R> {
    /// What became of one target.
    Result(Origin, Result<R, Failure>),
    /// The next result may be long in coming.
    Pause,
}

/// Snapshots as they are.
struct Plain;

impl Judge<Snapshot> for Plain {
    fn judge(&self, _origin: &Origin, snapshot: Snapshot) -> Snapshot {
        snapshot
    }
}

/// A piece of work.
enum Piece {
    Phone(String),
    Path { path: PathBuf, named: bool },
    Lines { name: Arc<str>, lines: Vec<Line> },
    Failed(String, Failure),
}

/// The pieces of all targets, found as they are needed.
struct Pieces {
    targets: std::vec::IntoIter<Target>,
    survey: Option<Survey>,
    lines: Option<Open>,
    without: Option<PathBuf>,
    follow_links: bool,
    /// Nobody wants more.
    stopped: Arc<AtomicBool>,
}

/// A text of snapshots that is being read.
struct Open {
    name: Arc<str>,
    lines: Lines<Box<dyn Read + Send>>,
    any: bool,
}

impl Pieces {
    fn of(reading: &Reading<'_>, targets: Vec<Target>) -> Pieces {
        Pieces {
            targets: targets.into_iter(),
            survey: None,
            lines: None,
            without: reading.without.clone(),
            follow_links: reading.options.follow_links,
            stopped: reading.stopped.clone(),
        }
    }

    fn text(&mut self, name: &str, source: Box<dyn Read + Send>) {
        self.lines = Some(Open { name: name.into(), lines: Lines::new(Box::new(plain(source))), any: false });
    }

    /// The next lines of the text that is being read; it ends where there are none.
    fn next_lines(&mut self) -> Option<Piece> {
        let open = self.lines.as_mut()?;
        let name = open.name.clone();
        let failed =
            |detail: String| Some(Piece::Failed(name.to_string(), Failure::Snapshot(name.to_string(), detail)));
        match open.lines.next_lines(LINES) {
            Ok(lines) if !lines.is_empty() => {
                open.any = true;
                Some(Piece::Lines { name, lines })
            }
            ended => {
                let any = open.any;
                self.lines = None;
                match ended {
                    Err(error) => failed(error.to_string()),
                    // A filter whose first half failed sends nothing, which is no verdict.
                    Ok(_) if !any => failed("0 B".to_owned()),
                    Ok(_) => None,
                }
            }
        }
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        while !self.stopped.load(Ordering::Relaxed) {
            if let Some(piece) = self.next_lines() {
                return Some(piece);
            }
            match self.survey.as_mut().and_then(Iterator::next) {
                Some(Found::Target { path, named }) => return Some(Piece::Path { path, named }),
                Some(Found::Aside(path)) => {
                    let name = path.display().to_string();
                    let is_hollow = std::fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none());
                    let failure = if is_hollow { Failure::Hollow(path) } else { Failure::Aside(path) };
                    return Some(Piece::Failed(name, failure));
                }
                Some(Found::Link(path)) => {
                    return Some(Piece::Failed(path.display().to_string(), Failure::Link(path)));
                }
                Some(Found::Failed(path, error)) => {
                    return Some(Piece::Failed(path.display().to_string(), Failure::Path(error)));
                }
                Some(Found::Snapshots(path)) => match File::open(&path) {
                    Ok(file) => self.text(&path.display().to_string(), Box::new(file)),
                    Err(error) => {
                        let failure = Failure::Path(SourceError::io(&path, error));
                        return Some(Piece::Failed(path.display().to_string(), failure));
                    }
                },
                None => {
                    self.survey = None;
                    match self.targets.next()? {
                        Target::Phone(name) => return Some(Piece::Phone(name)),
                        Target::Path(path) => {
                            let survey = Survey::new(&path).without(self.without.clone());
                            self.survey = Some(survey.following(self.follow_links));
                        }
                        Target::Stdin => self.text("-", Box::new(std::io::stdin())),
                    }
                }
            }
        }
        None
    }
}

impl<'s> Reading<'s> {
    /// From the arguments.
    ///
    /// # Errors
    /// With a message, when a file that the arguments name cannot be read.
    pub(crate) fn from(session: &'s Session, matches: &ArgMatches) -> Result<Reading<'s>, Exit> {
        let privacy_report = matches.get_one::<String>("privacy-report").map(PathBuf::from);
        if let Some(path) = &privacy_report
            && let Err(error) = readable_file(path)
        {
            Failure::Path(error).say(session);
            return Err(Exit::USAGE);
        }
        Ok(Reading {
            session,
            passwords: Passwords::from(session, matches)?,
            privacy_report,
            scope: Scope {
                catalog: session.catalog(),
                all_apps: matches.get_flag("all-apps"),
                user: matches.get_one::<u32>("user").copied(),
            },
            id_key: identity::key(session)?,
            show_serial: matches.get_flag("show-serial"),
            timeout: timeout(matches),
            jobs: jobs(matches),
            without: None,
            options: OpenOptions { follow_links: matches.get_flag("follow-links"), ..OpenOptions::default() },
            stopped: Arc::default(),
            older: Mutex::default(),
        })
    }

    fn building(&self) -> Options<'_> {
        Options { scope: self.scope, id_key: self.id_key.as_deref(), show_serial: self.show_serial }
    }

    fn snapshot(&self, evidence: &Evidence) -> Snapshot {
        build::snapshot(evidence, self.building())
    }

    /// Everything but the evidence that a snapshot follows from.
    pub(crate) fn settings(&self) -> String {
        let report = self.privacy_report.as_deref().and_then(|path| fingerprint::of_path(path).ok());
        let key = self.id_key.as_deref().map(|key| files::fingerprint::of_text(&format!("{key:?}")));
        let catalog = self.scope.catalog.provenance();
        let catalog: Vec<&str> = catalog.iter().map(|file| file.sha256.as_str()).collect();
        format!("{:?} {} {:?} {report:?} {key:?} {catalog:?}", self.scope.user, self.scope.all_apps, self.show_serial)
    }

    /// A phone, now.
    pub(crate) fn phone(&self, target: &str) -> Result<Snapshot, Failure> {
        let evidence = phone(self.session, target, self.timeout).map_err(Failure::Phone);
        let snapshot = evidence.map(|evidence| self.snapshot(&evidence));
        self.with_user(target, snapshot)
    }

    /// Opens a backup, says what is to be said of it, and makes its snapshot.
    fn backup(&self, path: &Path) -> Result<Snapshot, Failure> {
        let name = path.display().to_string();
        let mut evidence = ios_backup::open(path, &mut |ask| self.passwords.answer(self.session, &name, ask))
            .map_err(Failure::Path)?;
        let report = self.privacy_report.clone().or_else(|| report::privacy_report_near(path));
        if let Some(report) = report {
            let (item, missing) = report::privacy_report(&report).map_err(Failure::Path)?;
            evidence.items.push(item);
            evidence.missing.extend(missing);
        }
        self.note_backup(&name, &evidence);
        Ok(poucet::access::ios::build::snapshot(&evidence, self.building()))
    }

    /// Says how a backup was read, where that is not as usual.
    fn note_backup(&self, target: &str, evidence: &BackupEvidence) {
        let session = self.session;
        let target = sanitize(target, 500);
        if evidence.locked {
            session.say(&session.texts.with("cli-backup-locked", &[("target", &target)]));
            session.say(&format!("{} {}", session.texts.get("cli-hint"), session.texts.get("cli-backup-locked-hint")));
        }
        if self.passwords.is_given() && !evidence.encrypted {
            session.say(&session.texts.with("cli-password-not-needed", &[("target", &target)]));
        }
        if let Some(state) = &evidence.unfinished {
            session.say(&session.texts.with("cli-backup-unfinished", &[("target", &target), ("state", state)]));
        }
        if !evidence.resized.is_empty() {
            let count = u64::try_from(evidence.resized.len()).unwrap_or(u64::MAX);
            let files: Vec<&str> = evidence.resized.iter().map(|artefact| artefact.label()).collect();
            let variables = [("target", target.as_str()), ("files", &files.join(", "))];
            session.say(&session.texts.count("cli-backup-resized", count, &variables));
        }
    }

    /// Without the user that was asked for there is nothing to judge, and nothing that passes.
    fn with_user(&self, target: &str, result: Result<Snapshot, Failure>) -> Result<Snapshot, Failure> {
        let mut snapshot = result?;
        if let Some(user) = self.scope.user {
            // Evidence is read for the user alone; a snapshot was made before.
            snapshot.apps.retain(|app| app.user == user);
        }
        match self.scope.user {
            Some(user) if !snapshot.users.iter().any(|known| known.id == user) => {
                let known: Vec<String> = snapshot.users.iter().map(|known| known.id.to_string()).collect();
                Err(Failure::NoUser(target.to_owned(), user, known.join(", ")))
            }
            _ => Ok(snapshot),
        }
    }

    /// Reads every target, several at a time, and hands over what was made of each: in the order in which they were named and found,
    /// but for phones, which come as they are done. A target that fails is one result like any other.
    pub(crate) fn each<R: Send>(&self, targets: Vec<Target>, judge: &impl Judge<R>, mut handle: impl FnMut(Step<R>)) {
        let phones = targets.iter().filter(|target| matches!(target, Target::Phone(_))).count();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let hands = if self.jobs == 0 { phones.min(MOST_AT_ONCE).max(processors) } else { self.jobs };
        let hands = queue::affordable(hands);
        // More hands than phones are of no use where there is nothing else.
        let hands = if phones == targets.len() { hands.min(phones) } else { hands };
        let progress = Progress::new(&self.session.texts, (phones == targets.len()).then_some(targets.len()));
        progress.during(|| {
            let work = |index: usize, piece: Piece| {
                let name = piece.name();
                progress.begin(index, &name);
                let defect = || {
                    let origin = Origin { name: name.clone(), live: false, fingerprint: None, is_partial: false };
                    vec![(origin, Err(Failure::Defect(name.clone())))]
                };
                let results = queue::guarded(|| self.piece(piece, judge), defect);
                progress.end(index, results.len());
                results
            };
            let is_phone = |piece: &Piece| matches!(piece, Piece::Phone(_));
            let pieces = Pieces::of(self, targets);
            queue::run(pieces, hands, is_phone, work, |results| {
                results.into_iter().for_each(|(origin, result)| handle(Step::Result(origin, result)));
                handle(Step::Pause);
            });
        });
        self.tell_older();
    }

    /// Everything that one place holds, and what became of it; what cannot be read is said.
    pub(crate) fn all(&self, word: &OsStr) -> (Vec<Snapshot>, Exit) {
        let (mut snapshots, mut exit) = (Vec::new(), Exit::default());
        self.snapshots(vec![Target::parse(word)], |result| match result {
            Ok(snapshot) => snapshots.push(snapshot),
            Err(failure) => {
                failure.say(self.session);
                exit = exit.and(failure.exit());
            }
        });
        (snapshots, exit)
    }

    /// What every target gives, as snapshots.
    pub(crate) fn snapshots(&self, targets: Vec<Target>, mut handle: impl FnMut(Result<Snapshot, Failure>)) {
        self.each(targets, &Plain, |step| {
            if let Step::Result(_, result) = step {
                handle(result);
            }
        });
    }

    /// Takes up no further target: nobody reads the results any more.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn piece<R>(&self, piece: Piece, judge: &impl Judge<R>) -> Vec<(Origin, Result<R, Failure>)> {
        let origin = |name: String, live: bool| Origin { name, live, fingerprint: None, is_partial: false };
        match piece {
            Piece::Failed(name, failure) => vec![(origin(name, false), Err(failure))],
            Piece::Phone(name) => {
                let origin = origin(name, true);
                let result = self.phone(&origin.name).map(|snapshot| judge.judge(&origin, snapshot));
                vec![(origin, result)]
            }
            Piece::Path { path, named } => {
                let mut origin = origin(path.display().to_string(), false);
                if judge.wants_fingerprints() {
                    match fingerprint::of_path_without(&path, self.without.as_deref(), self.options.follow_links) {
                        Ok(fingerprint) => origin.fingerprint = Some(fingerprint),
                        Err(error) => return vec![(origin, Err(Failure::Path(error)))],
                    }
                    origin.is_partial = fingerprint::is_partial(&path);
                    if let Some(known) = judge.known(&origin) {
                        return vec![(origin, Ok(known))];
                    }
                }
                let snapshot = self.with_user(&origin.name, self.path(&path, named));
                let result = snapshot.map(|snapshot| judge.judge(&origin, snapshot));
                vec![(origin, result)]
            }
            Piece::Lines { name, lines } => lines.into_iter().map(|line| self.line(&name, line, judge)).collect(),
        }
    }

    /// One line of a text of snapshots.
    fn line<R>(&self, name: &str, line: Line, judge: &impl Judge<R>) -> (Origin, Result<R, Failure>) {
        // A document has no line of its own.
        let is_document = line.text.as_deref().is_some_and(|text| text.contains('\n'));
        let place = if is_document { name.to_owned() } else { format!("{name}:{}", line.number) };
        let mut origin = Origin { name: place, live: false, fingerprint: None, is_partial: false };
        let wrong = |detail: String| Failure::Snapshot(origin.name.clone(), detail);
        let Some(text) = line.text else {
            let failure = wrong(self.session.texts.get("cli-no-line"));
            return (origin, Err(failure));
        };
        if judge.wants_fingerprints() {
            origin.fingerprint = Some(files::fingerprint::of_text(&text));
            if let Some(known) = judge.known(&origin) {
                return (origin, Ok(known));
            }
        }
        let snapshot = match read::parse(&text) {
            Ok(snapshot) => self.with_user(&origin.name, Ok(self.older(name, snapshot))),
            Err(error) => Err(wrong(error.to_string())),
        };
        let result = snapshot.map(|snapshot| judge.judge(&origin, snapshot));
        (origin, result)
    }

    /// A snapshot names the apps that its own catalogue listed. Where the organization's catalogue adds some, they may be on the phone
    /// and only be counted there: the list of apps is not whole then, and nothing that is missing from it counts as absent.
    fn older(&self, target: &str, mut snapshot: Snapshot) -> Snapshot {
        let adding = self.scope.catalog.provenance().iter().filter(|file| file.apps > 0 || file.corrections > 0);
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

    /// Says for which targets [`Reading::older`] found apps that it cannot name.
    fn tell_older(&self) {
        let texts = &self.session.texts;
        let older = std::mem::take(&mut *self.older.lock().unwrap_or_else(PoisonError::into_inner));
        for (target, count) in &older {
            let variables = [("target", &*sanitize(target, 500)), ("count", &count.to_string())];
            self.session.say(&texts.with("cli-older-catalog", &variables));
        }
        if !older.is_empty() {
            self.session.say(&format!("{} {}", texts.get("cli-hint"), texts.get("cli-older-catalog-hint")));
        }
    }

    /// What a path that is one target holds.
    fn path(&self, path: &Path, named: bool) -> Result<Snapshot, Failure> {
        match open_path(path, &self.options) {
            Ok(Opened::Evidence { evidence, ignored }) => {
                note_ignored(self.session, path, &ignored);
                Ok(self.snapshot(&evidence))
            }
            Ok(Opened::IosBackup(path)) => self.backup(&path),
            // A single snapshot in a folder of other files.
            Ok(Opened::Snapshots { paths } | Opened::Several(paths)) => match paths.as_slice() {
                [only] => self.one_snapshot(only),
                _ => Err(Failure::Path(SourceError::Unrecognised { path: path.to_owned() })),
            },
            Err(SourceError::Unrecognised { path }) if !named => Err(Failure::Aside(path)),
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
            Err(error) => Err(Failure::Snapshot(name, error.to_string())),
        }
    }
}

/// Whether a file that the person named can be read: it is opened, and a device or a pipe, which may have no end, is none.
fn readable_file(path: &Path) -> Result<(), SourceError> {
    let metadata = std::fs::metadata(path).map_err(|error| SourceError::io(path, error))?;
    if !metadata.is_file() {
        return Err(SourceError::NotAFile { path: path.to_owned() });
    }
    File::open(path).map(|_| ()).map_err(|error| SourceError::io(path, error))
}

impl Piece {
    /// What the progress shows.
    fn name(&self) -> String {
        match self {
            Piece::Phone(name) | Piece::Failed(name, _) => name.clone(),
            Piece::Path { path, .. } => path.display().to_string(),
            Piece::Lines { name, .. } => name.to_string(),
        }
    }
}
