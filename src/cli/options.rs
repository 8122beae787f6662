//! From arguments to the options of a visit.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ArgMatches;
use poucet::inner::access::Scope;
use poucet::inner::files::plain::plain;
use poucet::inner::source::{OpenOptions, SourceError};
use poucet::profile::{self, Profile};
use poucet::visit::{Failure, JudgeOptions, ReadOptions, Target};
use poucet::vocabulary::Severity;

use super::loading::{load, profile_options, today, waivers};
use super::password::Passwords;
use super::{Outcome, Session, identity, told};

/// How long a list of targets may be, in bytes: some hundred thousand paths.
const LONGEST_LIST: u64 = 64 << 20;

/// The profile when none is named.
const DEFAULT_PROFILE: &str = "byod";

/// The profiles that judge where none is named: those of the desk, else the usual one.
pub(crate) fn default_profiles(session: &Session) -> Vec<&str> {
    let own: Vec<&str> = session.config.profile.iter().map(String::as_str).collect();
    if own.is_empty() { vec![DEFAULT_PROFILE] } else { own }
}

/// What a call judges by; without a profile among the arguments, `default` is the one.
///
/// # Errors
/// With every mistake of a profile or a waiver file shown: a wrong one judges nothing.
pub(crate) fn judge<'s>(
    session: &'s Session,
    matches: &'s ArgMatches,
    default: &[&str],
) -> Result<JudgeOptions<'s>, Outcome> {
    let profiles = profiles(session, matches, default).map_err(|()| Outcome::REFUSED)?;
    let waivers = waivers(session, matches, &profiles)?;
    let ownership = match matches.get_one::<String>("ownership").map(String::as_str) {
        // The older word for it.
        Some("person") => Some("personal"),
        said => said.or(session.config.ownership),
    };
    Ok(JudgeOptions {
        catalog: session.catalog(),
        profiles,
        waivers,
        today: today(matches),
        ownership,
        threshold: matches.get_one::<String>("fail-on").and_then(|word| Severity::from_word(word)),
        strict: matches.get_flag("strict"),
        // A watch has nothing to hold new findings against.
        only_new: matches.try_get_one::<bool>("fail-on-new").ok().flatten().is_some_and(|only| *only),
    })
}

/// How a call reads, and what answers for encrypted backups.
///
/// # Errors
/// With a message, when a file that the arguments name cannot be read.
pub(crate) fn read<'s>(session: &'s Session, matches: &ArgMatches) -> Result<(ReadOptions<'s>, Passwords), Outcome> {
    let privacy_report = matches.get_one::<String>("privacy-report").map(PathBuf::from);
    if let Some(path) = &privacy_report
        && let Err(error) = readable_file(path)
    {
        told::failure(session, &Failure::Path(error));
        return Err(Outcome::REFUSED);
    }
    let passwords = Passwords::from(session, matches)?;
    let read = ReadOptions {
        scope: Scope {
            catalog: session.catalog(),
            all_apps: matches.get_flag("all-apps"),
            user: matches.get_one::<u32>("user").copied(),
        },
        id_key: identity::key(session)?,
        show_serial: matches.get_flag("show-serial"),
        timeout: timeout(matches),
        jobs: jobs(matches),
        privacy_report,
        open: open(matches),
        cancel: session.cancel.clone(),
    };
    Ok((read, passwords))
}

/// How paths are opened.
pub(crate) fn open(matches: &ArgMatches) -> OpenOptions {
    OpenOptions { follow_links: matches.get_flag("follow-links"), ..OpenOptions::default() }
}

/// `--timeout`.
pub(crate) fn timeout(matches: &ArgMatches) -> Duration {
    Duration::from_secs(matches.get_one::<u64>("timeout").copied().unwrap_or(60))
}

/// `--jobs`: as many phones at a time as there are, and as many files as there are processors, unless said.
pub(crate) fn jobs(matches: &ArgMatches) -> usize {
    matches.get_one::<u64>("jobs").and_then(|jobs| usize::try_from(*jobs).ok()).unwrap_or(0)
}

/// The targets that a call names, on the command line and in a list.
///
/// # Errors
/// With a message, when a list cannot be read, or names nothing.
pub(crate) fn targets(session: &Session, matches: &ArgMatches) -> Result<Vec<Target>, Outcome> {
    let words = matches.get_many::<OsString>("target").into_iter().flatten();
    let mut targets: Vec<Target> = words.map(Target::parse).collect();
    // Not every command takes a list.
    let Ok(Some(list)) = matches.try_get_one::<String>("targets-from") else { return Ok(targets) };
    let listed = listed(session, list)?;
    if list == "-" && targets.iter().chain(&listed).any(|target| matches!(target, Target::Stdin)) {
        let hint = session.texts.get("cli-compare-stdin-hint");
        session.error(&session.texts.get("cli-stdin-list"), Some(&hint));
        return Err(Outcome::REFUSED);
    }
    targets.extend(listed);
    if targets.is_empty() {
        session
            .error(&session.texts.with("cli-empty-list", &[("file", list)]), Some(&session.texts.get("cli-list-hint")));
        return Err(Outcome::REFUSED);
    }
    Ok(targets)
}

/// The targets of `--targets-from`: one a line; empty lines, and those that begin with `#`, are for people. A path starts at the
/// folder in which poucet runs, as on the command line, and need be no text: names of files are bytes.
fn listed(session: &Session, list: &str) -> Result<Vec<Target>, Outcome> {
    let failed = |error: std::io::Error| {
        let file = if list == "-" { session.texts.get("cli-standard-input") } else { list.to_owned() };
        let message = session.texts.with("cli-bad-list", &[("file", &file), ("detail", &error.to_string())]);
        session.error(&message, Some(&session.texts.get("cli-list-hint")));
        Outcome::REFUSED
    };
    let source: Box<dyn std::io::Read> = match list {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(File::open(path).map_err(failed)?),
    };
    let mut bytes = Vec::new();
    let count = plain(source).take(LONGEST_LIST + 1).read_to_end(&mut bytes);
    // Half a list would be taken for all of it.
    if u64::try_from(count.map_err(failed)?).is_ok_and(|count| count > LONGEST_LIST) {
        let hint = session.texts.get("cli-list-too-long-hint");
        session.error(&session.texts.with("cli-list-too-long", &[("file", list)]), Some(&hint));
        return Err(Outcome::REFUSED);
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

/// The profiles of a call; wrong ones are all shown, and judge nothing.
fn profiles(session: &Session, matches: &ArgMatches, default: &[&str]) -> Result<Vec<Profile>, ()> {
    let named: Vec<&str> = matches.get_many::<String>("profile").into_iter().flatten().map(String::as_str).collect();
    let named = if named.is_empty() { default.to_vec() } else { named };
    let mut profiles = Vec::new();
    let mut wrong = false;
    for name in named {
        match load(session, name, &profile_options(session, matches)) {
            Ok(profile) if profile.is_abstract => {
                let usable: Vec<&str> = profile::shipped()
                    .iter()
                    .filter(|shipped| !shipped.is_abstract)
                    .map(|shipped| shipped.id)
                    .collect();
                let hint = session.texts.with("cli-abstract-profile-hint", &[("profiles", &usable.join(", "))]);
                session.error(&session.texts.with("cli-abstract-profile", &[("profile", name)]), Some(&hint));
                wrong = true;
            }
            Ok(profile) => profiles.push(profile),
            Err(()) => wrong = true,
        }
    }
    if wrong { Err(()) } else { Ok(profiles) }
}

/// Whether a file that the person named can be read: it is opened, and a device or a pipe, which may have no end, is none.
fn readable_file(path: &Path) -> Result<(), SourceError> {
    let metadata = std::fs::metadata(path).map_err(|error| SourceError::io(path, error))?;
    if !metadata.is_file() {
        return Err(SourceError::NotAFile { path: path.to_owned() });
    }
    File::open(path).map(|_| ()).map_err(|error| SourceError::io(path, error))
}
