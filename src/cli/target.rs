//! Targets: what the person named, or every phone plugged in, becomes evidence or snapshots.

use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ArgMatches;
use poucet::evidence::ios::Artefact;
use poucet::evidence::{Evidence, Reason};
use poucet::files::plain::plain;
use poucet::snapshot::Snapshot;
use poucet::source::adb::{self, AdbError};
use poucet::source::{SourceError, loose};
use poucet::text::clean::sanitize;

use super::{Exit, Session, devices};

/// How long a list of targets may be, in bytes: some hundred thousand paths.
const LONGEST_LIST: u64 = 64 << 20;

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
    pub(crate) fn parse(word: impl AsRef<OsStr>) -> Target {
        let path = word.as_ref();
        let word = path.to_str().unwrap_or_default();
        if word == "-" {
            return Target::Stdin;
        }
        if ["adb:", "usb:", "tcp:"].iter().any(|prefix| word.starts_with(prefix)) {
            return Target::Phone(word.to_owned());
        }
        Target::Path(PathBuf::from(path))
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
    /// A file or folder among targets that nothing is known of: no target, and said so that the account is whole.
    Aside(PathBuf),
    /// A link among targets that nobody named.
    Link(PathBuf),
    /// An empty folder among targets, as a backup that never began leaves.
    Hollow(PathBuf),
    /// The phone has no user of this number: target, number, and the numbers that it has.
    NoUser(String, u32, String),
    /// Reading this target went wrong in a way that nobody foresaw.
    Defect(String),
}

impl Failure {
    /// The exit code: a target that is written in no known form is a wrong argument.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Phone(AdbError::BadTarget { .. } | AdbError::BadAddress { .. }) | Failure::Backup(_) => {
                Exit::USAGE
            }
            Failure::Aside(_) | Failure::Link(_) | Failure::Hollow(_) => Exit::default(),
            _ => Exit::UNREADABLE,
        }
    }

    /// What happened, and what to do.
    pub(crate) fn told(&self, session: &Session) -> (String, Option<String>) {
        let texts = &session.texts;
        match self {
            Failure::Phone(error) => (session.adb_error(error), Some(texts.get(error.hint_key()))),
            Failure::Path(error) => {
                let arguments = error.arguments();
                let variables: Vec<(&str, &str)> =
                    arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
                (texts.with(error.key(), &variables), Some(texts.with(error.hint_key(), &variables)))
            }
            Failure::Snapshot(place, detail) => (
                texts.with("cli-bad-snapshot", &[("place", place), ("detail", detail)]),
                Some(texts.get("cli-bad-snapshot-hint")),
            ),
            Failure::Backup(path) => (
                texts.with("cli-collect-backup", &[("path", &path.display().to_string())]),
                Some(texts.get("cli-collect-backup-hint")),
            ),
            Failure::Aside(path) => {
                let place = sanitize(&path.display().to_string(), 500);
                (texts.with("cli-aside", &[("file", &place)]), None)
            }
            Failure::Link(path) => {
                let place = sanitize(&path.display().to_string(), 500);
                (texts.with("cli-link-aside", &[("file", &place)]), None)
            }
            Failure::Hollow(path) => {
                let place = sanitize(&path.display().to_string(), 500);
                (texts.with("cli-hollow", &[("folder", &place)]), None)
            }
            Failure::NoUser(target, user, users) => (
                texts.with("cli-no-user", &[("target", target), ("user", &user.to_string())]),
                Some(texts.with("cli-one-of", &[("words", users)])),
            ),
            Failure::Defect(target) => {
                let target = sanitize(target, 500);
                (texts.with("cli-defect", &[("target", &target)]), Some(texts.get("cli-defect-hint")))
            }
        }
    }

    /// Says what happened, where what to do has been said already.
    pub(crate) fn say_alone(&self, session: &Session) {
        session.error(&self.told(session).0, None);
    }

    /// Says what happened and what to do.
    pub(crate) fn say(&self, session: &Session) {
        let (message, hint) = self.told(session);
        match self {
            // Nothing went wrong.
            Failure::Aside(_) | Failure::Link(_) | Failure::Hollow(_) => session.say(&message),
            _ => session.error(&message, hint.as_deref()),
        }
    }
}

/// What there is to read.
#[derive(Default)]
pub(crate) struct Resolved {
    /// The targets.
    pub(crate) targets: Vec<Target>,
    /// Phones that are in sight and not ready, with what was said of each.
    pub(crate) unready: Vec<(String, String)>,
    pub(crate) exit: Exit,
}

impl Resolved {
    /// For those who do nothing where nothing can be read.
    pub(crate) fn ready(self) -> Result<(Vec<Target>, Exit), Exit> {
        if self.targets.is_empty() { Err(self.exit) } else { Ok((self.targets, self.exit)) }
    }
}

/// The targets of a call: those named, else every phone that is in sight.
pub(crate) fn resolve(session: &Session, matches: &ArgMatches) -> Result<Resolved, Exit> {
    let words = matches.get_many::<OsString>("target").into_iter().flatten();
    let mut targets: Vec<Target> = words.map(Target::parse).collect();
    // Not every command takes a list.
    if let Ok(Some(list)) = matches.try_get_one::<String>("targets-from") {
        let listed = listed(session, list)?;
        if list == "-" && targets.iter().chain(&listed).any(|target| matches!(target, Target::Stdin)) {
            let hint = session.texts.get("cli-compare-stdin-hint");
            session.error(&session.texts.get("cli-stdin-list"), Some(&hint));
            return Err(Exit::USAGE);
        }
        targets.extend(listed);
        if targets.is_empty() {
            session.error(
                &session.texts.with("cli-empty-list", &[("file", list)]),
                Some(&session.texts.get("cli-list-hint")),
            );
            return Err(Exit::USAGE);
        }
    }
    if !targets.is_empty() {
        return Ok(Resolved { targets, ..Resolved::default() });
    }
    let options = match adb::Options::from_environment() {
        Ok(options) => options,
        Err(error) => {
            Failure::Phone(error).say(session);
            return Err(Exit::USAGE);
        }
    };
    let sightings = adb::devices::sightings(&options);
    let mut resolved = Resolved::default();
    if let Some(trouble) = devices::trouble(&options, &sightings) {
        Failure::Phone(trouble.clone()).say(session);
        resolved.exit = Exit::UNREADABLE;
        // Phones that the server has are not seen; those on USB are, and may be free.
        if sightings.phones.is_empty() {
            return Err(resolved.exit);
        }
    } else if sightings.phones.is_empty() {
        devices::no_phone(session, &options, &sightings);
        return Err(Exit::NO_PHONE);
    }
    for phone in meant(session, &options, &sightings)? {
        if phone.state.is_ready() {
            resolved.targets.push(Target::Phone(phone.target.clone()));
        } else {
            resolved.unready.push(devices::not_ready(session, phone));
            resolved.exit = Exit::UNREADABLE;
        }
    }
    Ok(resolved)
}

/// The phones that are meant where no target is named: every one, or the one of `ANDROID_SERIAL`. Who exports that means
/// one phone, and nobody asked the owners of the others.
fn meant<'s>(
    session: &Session,
    options: &adb::Options,
    sightings: &'s adb::Sightings,
) -> Result<Vec<&'s adb::Sighting>, Exit> {
    let Some(serial) = &options.serial else { return Ok(sightings.phones.iter().collect()) };
    devices::tell_serial(session, serial);
    let named = sightings.named(serial);
    if named.is_empty() {
        let seen = sightings.phones.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Failure::Phone(AdbError::NotFound { serial: serial.clone(), seen }).say(session);
        return Err(Exit::UNREADABLE);
    }
    if named.iter().filter(|phone| phone.state.is_ready()).count() > 1 {
        let seen = named.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Failure::Phone(AdbError::Ambiguous { target: format!("ANDROID_SERIAL={serial}"), seen }).say(session);
        return Err(Exit::UNREADABLE);
    }
    Ok(named)
}

/// The targets of `--targets-from`: one a line; empty lines, and those that begin with `#`, are for people. A path starts at the
/// folder in which poucet runs, as on the command line, and need be no text: names of files are bytes.
fn listed(session: &Session, list: &str) -> Result<Vec<Target>, Exit> {
    let failed = |error: std::io::Error| {
        let file = if list == "-" { session.texts.get("cli-standard-input") } else { list.to_owned() };
        let message = session.texts.with("cli-bad-list", &[("file", &file), ("detail", &error.to_string())]);
        session.error(&message, Some(&session.texts.get("cli-list-hint")));
        Exit::USAGE
    };
    let source: Box<dyn std::io::Read> = match list {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(std::fs::File::open(path).map_err(failed)?),
    };
    let mut bytes = Vec::new();
    let count = plain(source).take(LONGEST_LIST + 1).read_to_end(&mut bytes);
    // Half a list would be taken for all of it.
    if u64::try_from(count.map_err(failed)?).is_ok_and(|count| count > LONGEST_LIST) {
        let hint = session.texts.get("cli-list-too-long-hint");
        session.error(&session.texts.with("cli-list-too-long", &[("file", list)]), Some(&hint));
        return Err(Exit::USAGE);
    }
    // No name holds a zero byte, and every other kind of file does.
    if bytes.contains(&0) {
        return Err(failed(std::io::ErrorKind::InvalidData.into()));
    }
    let lines = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes).split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let named = lines.filter(|line| !matches!(line.trim_ascii_start().first(), None | Some(b'#')));
    Ok(named.map(|line| Target::parse(name_of(line))).collect())
}

/// The name of a file in its own bytes.
#[cfg(unix)]
fn name_of(line: &[u8]) -> OsString {
    <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(line).to_os_string()
}

/// The name of a file; what is no text names none.
#[cfg(not(unix))]
fn name_of(line: &[u8]) -> OsString {
    String::from_utf8_lossy(line).into_owned().into()
}

/// `--timeout`.
pub(crate) fn timeout(matches: &ArgMatches) -> Duration {
    Duration::from_secs(matches.get_one::<u64>("timeout").copied().unwrap_or(60))
}

/// `--jobs`: as many phones at a time as there are, and as many files as there are processors, unless said.
pub(crate) fn jobs(matches: &ArgMatches) -> usize {
    matches.get_one::<u64>("jobs").and_then(|jobs| usize::try_from(*jobs).ok()).unwrap_or(0)
}

/// How long the owner of a phone has to accept this computer, where `--timeout` does not say less: to find the phone, unlock it and read
/// the question.
const ACCEPT: Duration = Duration::from_secs(30);

/// The evidence of a phone. Somebody is told where the phone's owner is waited for.
pub(crate) fn phone(session: &Session, target: &str, timeout: Duration) -> Result<Evidence, AdbError> {
    let options = adb::Options {
        timeout: timeout.min(Duration::from_secs(10)),
        accept: timeout.min(ACCEPT),
        ..adb::Options::from_environment()?
    };
    let tell = |told: adb::Told<'_>| match told {
        adb::Told::Allow => {
            session.say(&session.texts.with("cli-waiting-allow", &[("target", &sanitize(target, 200))]))
        }
        adb::Told::BadKey(error) => {
            session.say(&session.texts.with("cli-bad-key", &[("text", &session.adb_error(error))]));
        }
    };
    adb::read(target, &options, timeout, &tell)
}

/// Says which files of a folder were left aside, and why.
pub(crate) fn note_ignored(session: &Session, path: &Path, ignored: &[loose::Ignored]) {
    for file in ignored.iter().take(10) {
        let reason = session.texts.get(&format!("cli-ignored-{}", file.why.word()));
        let place = sanitize(&path.join(&file.file).display().to_string(), 500);
        let key = if file.why.is_doubt() { "cli-doubted" } else { "cli-ignored" };
        session.say(&session.texts.with(key, &[("file", &place), ("reason", &reason)]));
    }
    if ignored.len() > 10 {
        session.say(&session.texts.count("cli-ignored-more", u64::try_from(ignored.len() - 10).unwrap_or(0), &[]));
    }
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
    use poucet::access::{Options, Scope};
    use poucet::catalog::Catalog;
    use poucet::evidence::ios::{BackupEvidence, BackupMissing};

    #[test]
    fn what_a_backup_should_hold_and_does_not_is_damage() {
        let damaged = |artefact, reason| {
            let missing = vec![BackupMissing { artefact, reason, detail: String::new() }];
            let evidence = BackupEvidence { missing, ..BackupEvidence::default() };
            let scope = Scope { catalog: Catalog::builtin(), all_apps: false, user: None };
            let options = Options { scope, id_key: None, show_serial: false };
            let mut snapshot = poucet::access::ios::build::snapshot(&evidence, options);
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
