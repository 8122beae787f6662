//! Targets: what the person named, or every phone plugged in, becomes evidence or snapshots.

use std::collections::VecDeque;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use clap::ArgMatches;
use poucet::evidence::ios::{Artefact, BackupEvidence};
use poucet::evidence::{Evidence, Reason};
use poucet::parse::text::sanitize;
use poucet::snapshot::android::apps::Scope;
use poucet::snapshot::android::build;
use poucet::snapshot::{APP_LIST, Gap, SCHEMA, Snapshot};
use poucet::source::adb::devices::Sighting;
use poucet::source::adb::{self, AdbError};
use poucet::source::ios_backup::{self, payload};
use poucet::source::{OpenOptions, Opened, SourceError, loose, open_path};

use super::password::Passwords;
use super::progress::Progress;
use super::{Exit, Session, devices, identity};

/// How long a word of a snapshot file may be, in characters; what poucet writes is shorter.
const LONGEST_WORD: usize = 1000;

/// One place to read.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A phone: `adb:…`, `usb:…`, `tcp:…`.
    Phone(String),
    /// A path.
    Path(PathBuf),
    /// Snapshots as JSON Lines on standard input.
    Stdin,
}

impl Target {
    /// What a word on the command line names.
    pub(crate) fn parse(word: &str) -> Target {
        if word == "-" {
            return Target::Stdin;
        }
        if ["adb:", "usb:", "tcp:"].iter().any(|prefix| word.starts_with(prefix)) {
            return Target::Phone(word.to_owned());
        }
        Target::Path(PathBuf::from(word))
    }

    /// The target as the person wrote it.
    pub(crate) fn name(&self) -> String {
        match self {
            Target::Phone(name) => name.clone(),
            Target::Path(path) => path.display().to_string(),
            Target::Stdin => "-".to_owned(),
        }
    }
}

/// Why a target gave nothing.
pub(crate) enum Failure {
    /// A phone.
    Phone(AdbError),
    /// A path.
    Path(SourceError),
    /// A snapshot that cannot be read: file or line, and what is wrong.
    Snapshot(String, String),
    /// A backup, which is evidence already and is never copied.
    Backup(PathBuf),
    /// The phone has no user of this number: target, number, and the numbers that it has.
    NoUser(String, u32, String),
}

impl Failure {
    /// The exit code: a target that is written in no known form is a wrong argument.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Phone(AdbError::BadTarget { .. } | AdbError::BadAddress { .. }) | Failure::Backup(_) => {
                Exit::USAGE
            }
            _ => Exit::UNREADABLE,
        }
    }

    /// Says what happened and what to do.
    pub(crate) fn say(&self, session: &Session) {
        let texts = &session.texts;
        match self {
            Failure::Phone(error) => session.error(&session.adb_error(error), Some(&texts.get(error.hint_key()))),
            Failure::Path(error) => {
                let arguments = error.arguments();
                let variables: Vec<(&str, &str)> =
                    arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let hint = texts.with(error.hint_key(), &variables);
                session.error(&texts.with(error.key(), &variables), Some(&hint));
            }
            Failure::Snapshot(place, detail) => session.error(
                &texts.with("cli-bad-snapshot", &[("place", place), ("detail", detail)]),
                Some(&texts.get("cli-bad-snapshot-hint")),
            ),
            Failure::Backup(path) => session.error(
                &texts.with("cli-collect-backup", &[("path", &path.display().to_string())]),
                Some(&texts.get("cli-collect-backup-hint")),
            ),
            Failure::NoUser(target, user, users) => session.error(
                &texts.with("cli-no-user", &[("target", target), ("user", &user.to_string())]),
                Some(&texts.with("cli-one-of", &[("words", users)])),
            ),
        }
    }
}

/// The targets of a call: those named, else every phone that is ready; with what is to be said of the others.
pub(crate) fn resolve(session: &Session, matches: &ArgMatches) -> Result<(Vec<Target>, Exit), Exit> {
    let words: Vec<&String> = matches.get_many::<String>("target").into_iter().flatten().collect();
    if !words.is_empty() {
        return Ok((words.into_iter().map(|word| Target::parse(word)).collect(), Exit::default()));
    }
    let options = match adb::Options::from_environment() {
        Ok(options) => options,
        Err(error) => {
            Failure::Phone(error).say(session);
            return Err(Exit::USAGE);
        }
    };
    let sightings = adb::devices::sightings(&options);
    let (ready, others): (Vec<Sighting>, Vec<Sighting>) = sightings
        .phones
        .iter()
        .cloned()
        .partition(|phone| phone.state.is_ready() || phone.state == adb::devices::State::Present);
    if sightings.phones.is_empty() {
        session.error(&session.texts.get("cli-no-phone"), Some(&session.texts.get("cli-no-phone-hint")));
        devices::server_line(session, &sightings);
        for key in ["no-phone-in-sight", "cable-for-data"] {
            session.say(&format!("{} {}", session.texts.get("cli-hint"), session.texts.get(key)));
        }
        return Err(Exit::NO_PHONE);
    }
    let mut exit = Exit::default();
    for phone in &others {
        devices::not_ready(session, phone);
        exit = exit.and(Exit::UNREADABLE);
    }
    if ready.is_empty() {
        return Err(exit);
    }
    Ok((ready.into_iter().map(|phone| Target::Phone(phone.target)).collect(), exit))
}

/// How snapshots are made in one call.
pub(crate) struct Reading<'s> {
    scope: Scope<'s>,
    id_key: Option<Vec<u8>>,
    show_serial: bool,
    timeout: Duration,
    jobs: usize,
    passwords: Passwords,
    /// `--privacy-report`: the App Privacy Report of the phone whose backup is read.
    privacy_report: Option<PathBuf>,
}

impl<'s> Reading<'s> {
    /// From the arguments.
    ///
    /// # Errors
    /// With a message, when a file that the arguments name cannot be read.
    pub(crate) fn from(session: &'s Session, matches: &ArgMatches) -> Result<Reading<'s>, Exit> {
        let privacy_report = matches.get_one::<String>("privacy-report").map(PathBuf::from);
        if let Some(path) = &privacy_report
            && let Err(source) = std::fs::File::open(path)
        {
            Failure::Path(SourceError::io(path, source)).say(session);
            return Err(Exit::USAGE);
        }
        Ok(Reading {
            passwords: Passwords::from(session, matches)?,
            privacy_report,
            scope: Scope {
                catalog: session.catalog(),
                all_apps: matches.get_flag("all-apps"),
                user: matches.get_one::<u32>("user").copied(),
            },
            id_key: identity::key(session),
            show_serial: matches.get_flag("show-serial"),
            timeout: timeout(matches),
            jobs: jobs(matches),
        })
    }

    fn options(&self) -> build::Options<'_> {
        build::Options { scope: self.scope, id_key: self.id_key.as_deref(), show_serial: self.show_serial }
    }

    fn snapshot(&self, evidence: &Evidence) -> Snapshot {
        build::snapshot(evidence, self.options())
    }

    /// Opens a backup, says what is to be said of it, and makes its snapshot.
    fn backup(&self, session: &Session, path: &Path) -> Result<Snapshot, Failure> {
        let name = path.display().to_string();
        let mut evidence =
            ios_backup::open(path, &mut |ask| self.passwords.answer(session, &name, ask)).map_err(Failure::Path)?;
        let report = self.privacy_report.clone().or_else(|| payload::privacy_report_near(path));
        if let Some(report) = report {
            let (item, missing) = payload::privacy_report(&report).map_err(Failure::Path)?;
            evidence.items.push(item);
            evidence.missing.extend(missing);
        }
        self.note_backup(session, &name, &evidence);
        Ok(poucet::snapshot::ios::build::snapshot(&evidence, self.options()))
    }

    /// Says how a backup was read, where that is not as usual.
    fn note_backup(&self, session: &Session, target: &str, evidence: &BackupEvidence) {
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
    fn with_user(&self, target: &Target, result: Result<Snapshot, Failure>) -> Result<Snapshot, Failure> {
        let mut snapshot = result?;
        if let Some(user) = self.scope.user {
            // Evidence is read for the user alone; a snapshot was made before.
            snapshot.apps.retain(|app| app.user == user);
        }
        match self.scope.user {
            Some(user) if !snapshot.users.iter().any(|known| known.id == user) => {
                let known: Vec<String> = snapshot.users.iter().map(|known| known.id.to_string()).collect();
                Err(Failure::NoUser(target.name(), user, known.join(", ")))
            }
            _ => Ok(snapshot),
        }
    }

    /// Reads every target, several at a time, and hands each result over in the order of the targets.
    pub(crate) fn each(
        &self,
        session: &Session,
        targets: Vec<Target>,
        mut handle: impl FnMut(&Target, Result<Snapshot, Failure>),
    ) {
        let read = |target: &Target| -> Vec<Result<Snapshot, Failure>> {
            match target {
                Target::Phone(name) => {
                    vec![phone(name, self.timeout).map(|evidence| self.snapshot(&evidence)).map_err(Failure::Phone)]
                }
                Target::Stdin => self.older(session, "-", lines(Box::new(std::io::stdin().lock()), "-")),
                Target::Path(path) => self.path(session, path),
            }
        };
        in_order(targets, self.jobs, read, |target, result| handle(target, self.with_user(target, result)));
    }

    /// Everything that one place holds, and what became of it; what cannot be read is said.
    pub(crate) fn all(&self, session: &Session, word: &str) -> (Vec<Snapshot>, Exit) {
        let (mut snapshots, mut exit) = (Vec::new(), Exit::default());
        self.each(session, vec![Target::parse(word)], |_, result| match result {
            Ok(snapshot) => snapshots.push(snapshot),
            Err(failure) => {
                failure.say(session);
                exit = exit.and(failure.exit());
            }
        });
        (snapshots, exit)
    }

    /// A snapshot names the apps that its own catalogue listed. Where the organization's catalogue adds some, they may be on the phone
    /// and only be counted there: the list of apps is not whole then, and nothing that is missing from it counts as absent.
    fn older(
        &self,
        session: &Session,
        target: &str,
        mut snapshots: Vec<Result<Snapshot, Failure>>,
    ) -> Vec<Result<Snapshot, Failure>> {
        let adding = self.scope.catalog.provenance().iter().filter(|file| file.apps > 0 || file.corrections > 0);
        let adding: Vec<_> = adding.collect();
        let mut unsure = 0_u64;
        for snapshot in snapshots.iter_mut().flatten() {
            let counted = snapshot.other_apps.values().fold(0_u64, |sum, count| sum.saturating_add(*count));
            let known = |sha256: &str| snapshot.own_catalogs.iter().any(|own| own.sha256 == sha256);
            let unknown: Vec<&str> =
                adding.iter().filter(|file| !known(&file.sha256)).map(|file| file.name.as_str()).collect();
            if counted == 0 || unknown.is_empty() {
                continue;
            }
            unsure = unsure.saturating_add(counted);
            let named = u64::try_from(snapshot.apps.len()).unwrap_or(u64::MAX);
            snapshot.gaps.push(Gap {
                area: APP_LIST.to_owned(),
                user: None,
                app: None,
                reason: Reason::Absent.word().to_owned(),
                read: Some(named),
                of: Some(named.saturating_add(counted)),
                detail: unknown.join(", "),
            });
        }
        if unsure > 0 {
            let texts = &session.texts;
            let variables = [("target", &*sanitize(target, 500)), ("count", &unsure.to_string())];
            session.say(&texts.with("cli-older-catalog", &variables));
            session.say(&format!("{} {}", texts.get("cli-hint"), texts.get("cli-older-catalog-hint")));
        }
        snapshots
    }

    /// Everything that a path holds.
    fn path(&self, session: &Session, path: &Path) -> Vec<Result<Snapshot, Failure>> {
        match open_path(path, &OpenOptions::default()) {
            Ok(Opened::Evidence { evidence, ignored }) => {
                note_ignored(session, path, &ignored);
                vec![Ok(self.snapshot(&evidence))]
            }
            Ok(Opened::Snapshots { paths }) => paths
                .iter()
                .flat_map(|path| self.older(session, &path.display().to_string(), snapshots(path)))
                .collect(),
            Ok(Opened::IosBackup(path)) => vec![self.backup(session, &path)],
            Ok(Opened::Several(paths)) => paths.iter().flat_map(|path| self.path(session, path)).collect(),
            Err(error) => vec![Err(Failure::Path(error))],
        }
    }
}

/// `--timeout`.
pub(crate) fn timeout(matches: &ArgMatches) -> Duration {
    Duration::from_secs(matches.get_one::<u64>("timeout").copied().unwrap_or(60))
}

/// `--jobs`: as many phones at a time as there are, and as many files as there are processors, unless said.
pub(crate) fn jobs(matches: &ArgMatches) -> usize {
    matches.get_one::<u64>("jobs").and_then(|jobs| usize::try_from(*jobs).ok()).unwrap_or(0)
}

/// The evidence of a phone.
pub(crate) fn phone(target: &str, timeout: Duration) -> Result<Evidence, AdbError> {
    let options = adb::Options { timeout: timeout.min(Duration::from_secs(10)), ..adb::Options::from_environment()? };
    let started = std::time::Instant::now();
    let phone = adb::open(target, &options)?;
    let left = timeout.saturating_sub(started.elapsed());
    let kind = phone.source();
    let serial = phone.serial().map(str::to_owned);
    Ok(adb::collect(phone.as_ref(), kind, kind.word(), serial.as_deref(), left))
}

/// Says which files of a folder were left aside, and why.
pub(crate) fn note_ignored(session: &Session, path: &Path, ignored: &[loose::Ignored]) {
    for file in ignored.iter().take(10) {
        let reason = session.texts.get(&format!("cli-ignored-{}", file.why.word()));
        let place = sanitize(&path.join(&file.file).display().to_string(), 500);
        session.say(&session.texts.with("cli-ignored", &[("file", &place), ("reason", &reason)]));
    }
    if ignored.len() > 10 {
        session.say(&session.texts.count("cli-ignored-more", u64::try_from(ignored.len() - 10).unwrap_or(0), &[]));
    }
}

/// The snapshots of a `.json` or `.jsonl` file.
fn snapshots(path: &Path) -> Vec<Result<Snapshot, Failure>> {
    let name = path.display().to_string();
    match std::fs::File::open(path) {
        Ok(file) => {
            let mut reader = std::io::BufReader::new(file);
            let whole = std::io::read_to_string(&mut reader);
            match whole {
                // One snapshot may be spread over many lines; several stand one on each.
                Ok(text) => match parse(&text, &name) {
                    Ok(snapshot) => vec![Ok(snapshot)],
                    Err(_)
                        if text.lines().filter(|line| !line.trim().is_empty()).count() > 1
                            && parse(text.lines().next().unwrap_or(""), &name).is_ok() =>
                    {
                        lines(Box::new(std::io::Cursor::new(text)), &name)
                    }
                    Err(failure) => vec![Err(failure)],
                },
                Err(error) => vec![Err(Failure::Snapshot(name, error.to_string()))],
            }
        }
        Err(error) => vec![Err(Failure::Snapshot(name, error.to_string()))],
    }
}

fn lines(reader: Box<dyn std::io::BufRead + '_>, name: &str) -> Vec<Result<Snapshot, Failure>> {
    let mut found = Vec::new();
    for (index, line) in reader.lines().enumerate() {
        let place = format!("{name}:{}", index + 1);
        match line {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => found.push(parse(&line, &place)),
            Err(error) => {
                found.push(Err(Failure::Snapshot(place, error.to_string())));
                break;
            }
        }
    }
    // A filter whose first half failed sends nothing, which is no verdict.
    if found.is_empty() {
        found.push(Err(Failure::Snapshot(name.to_owned(), "0 B".to_owned())));
    }
    found
}

fn parse(text: &str, place: &str) -> Result<Snapshot, Failure> {
    let wrong = |detail: String| Failure::Snapshot(place.to_owned(), sanitize(&detail, 300));
    let mut value: serde_json::Value = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    clean(&mut value);
    let snapshot: Snapshot = serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
    if snapshot.schema != SCHEMA {
        return Err(wrong(format!("schema `{}`, not `{SCHEMA}`", snapshot.schema)));
    }
    Ok(snapshot)
}

/// A snapshot file is as hostile as a phone: its words are made safe to show and bounded before anything else sees them.
fn clean(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = sanitize(text, LONGEST_WORD),
        serde_json::Value::Array(values) => values.iter_mut().for_each(clean),
        serde_json::Value::Object(members) => members.values_mut().for_each(clean),
        _ => {}
    }
}

/// Runs a piece of work for each target, several at a time, and hands the results over in the order of the targets.
pub(crate) fn in_order<R: Send>(
    targets: Vec<Target>,
    jobs: usize,
    work: impl Fn(&Target) -> Vec<R> + Sync,
    mut handle: impl FnMut(&Target, R),
) {
    let phones = targets.iter().filter(|target| matches!(target, Target::Phone(_))).count();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = if jobs == 0 { phones.max(processors) } else { jobs }.min(targets.len()).max(1);
    let progress = Progress::new(targets.len());
    let queue: Mutex<VecDeque<usize>> = Mutex::new((0..targets.len()).collect());
    let (sender, receiver) = std::sync::mpsc::channel();
    let (done, watched) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let watching = &progress;
        scope.spawn(move || watching.watch(&watched));
        for _ in 0..jobs {
            let (sender, queue, targets, work, progress) = (sender.clone(), &queue, &targets, &work, &progress);
            scope.spawn(move || {
                loop {
                    let next = queue.lock().map_or(None, |mut queue| queue.pop_front());
                    let Some(index) = next else { break };
                    let Some(target) = targets.get(index) else { break };
                    progress.begin(index, target);
                    let results = work(target);
                    progress.end(index);
                    if sender.send((index, results)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = std::collections::BTreeMap::new();
        let mut next = 0;
        for (index, results) in receiver {
            waiting.insert(index, results);
            while let Some(results) = waiting.remove(&next) {
                if let Some(target) = targets.get(next) {
                    results.into_iter().for_each(|result| handle(target, result));
                }
                next += 1;
            }
        }
        drop(done);
    });
    progress.clear();
}

/// Whether evidence that should be there was refused, cut short or damaged.
pub(crate) fn is_damaged(snapshot: &Snapshot) -> bool {
    use poucet::evidence::Kind;
    snapshot.gaps.iter().any(|gap| {
        // A row that is not understood among many that are: counted in the report, and no damage.
        if gap.reason == Reason::Unreadable.word() && gap.read.is_some_and(|read| read > 0) {
            return false;
        }
        let is = |reasons: &[Reason]| reasons.iter().any(|reason| reason.word() == gap.reason);
        let broken = is(&[Reason::Refused, Reason::TimedOut, Reason::Truncated, Reason::Unreadable]);
        let absent = is(&[Reason::Absent]);
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.label() == gap.area) {
            // Installed packages follow from another dump; a user that this list is refused for is read all the same.
            return kind != Kind::PackageList && (broken || absent && matches!(kind, Kind::Packages | Kind::AppOps));
        }
        let artefact = Artefact::ALL.iter().find(|artefact| artefact.label() == gap.area);
        artefact.is_some_and(|artefact| broken || is(&[Reason::NoPassword]) || absent && artefact.is_expected())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use poucet::catalog::Catalog;
    use poucet::evidence::ios::BackupMissing;

    #[test]
    fn what_a_backup_should_hold_and_does_not_is_damage() {
        let damaged = |artefact, reason| {
            let missing = vec![BackupMissing { artefact, reason, detail: String::new() }];
            let evidence = BackupEvidence { missing, ..BackupEvidence::default() };
            let scope = Scope { catalog: Catalog::builtin(), all_apps: false, user: None };
            let options = build::Options { scope, id_key: None, show_serial: false };
            let mut snapshot = poucet::snapshot::ios::build::snapshot(&evidence, options);
            snapshot.gaps.retain(|gap| gap.area == artefact.label());
            is_damaged(&snapshot)
        };
        for reason in [Reason::Refused, Reason::TimedOut, Reason::Truncated, Reason::Unreadable, Reason::NoPassword] {
            assert!(damaged(Artefact::Tcc, reason) && damaged(Artefact::Mdm, reason), "{reason:?}");
        }
        assert!(damaged(Artefact::Tcc, Reason::Absent));
        assert!(!damaged(Artefact::Mdm, Reason::Absent), "most phones are not managed");
        assert!(!damaged(Artefact::Health, Reason::EncryptedOnly) && !damaged(Artefact::Tcc, Reason::NotSupported));
    }
}
