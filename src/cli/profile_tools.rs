//! `poucet profile new`, `diff` and `schema`: tools for people who write profiles.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use poucet::inner::files::output::OutputError;
use poucet::profile::scaffold::{self, Request, ScaffoldError};
use poucet::profile::{difference, schema};
use poucet::report;
use poucet::text::clean::sanitize;

use super::{Outcome, Session, loading};

/// `profile new --from ID|FILE`: to standard output, or to a file that does not exist yet.
pub(crate) fn new(session: &Session, matches: &ArgMatches) -> Outcome {
    let texts = &session.texts;
    let Some(from) = matches.get_one::<String>("from") else { return Outcome::REFUSED };
    let from = session.reference(from);
    let request = Request { from: &from, id: matches.get_one::<String>("id").map(String::as_str), year: this_year() };
    let made = match scaffold::scaffold(request, session.catalog(), texts) {
        Ok(made) => made,
        Err(error) => {
            match (&error, error.key()) {
                (ScaffoldError::Parent(errors), _) => session.mistakes(errors),
                (_, Some(key)) => {
                    let hint = texts.get(&format!("{key}-hint"));
                    session.error(&texts.with(key, &[("name", error.name())]), Some(&hint));
                }
                (_, None) => session.error(&error.to_string(), None),
            }
            return Outcome::REFUSED;
        }
    };
    let Some(output) = matches.get_one::<String>("output") else { return session.print(&made.text) };
    let path = Path::new(output);
    if let Some(folder) = &made.folder
        && folder_of(path).as_ref() != Some(folder)
    {
        let message = texts.with("tools-new-other-folder", &[("path", output), ("parent", &from)]);
        let folder = folder.display().to_string();
        session.error(&message, Some(&texts.with("tools-new-other-folder-hint", &[("folder", &folder)])));
        return Outcome::REFUSED;
    }
    // Made by this call or not at all: what another program puts there between a look and a write would be lost otherwise.
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| {
        let written = file.write_all(made.text.as_bytes()).and_then(|()| file.flush());
        if written.is_err() {
            // Half a profile is worse than none; the first error is the one to tell.
            let _ = std::fs::remove_file(path);
        }
        written
    });
    match written {
        Ok(()) => {
            let output = sanitize(output, super::LONGEST_MESSAGE);
            session.say(&texts.with("tools-new-written", &[("path", &output), ("id", &made.id)]));
            let hint = texts.with("tools-new-written-hint", &[("path", &output)]);
            session.say(&format!("{} {hint}", texts.get("cli-hint")));
            Outcome::default()
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let message = texts.with("tools-new-exists", &[("path", output)]);
            session.error(&message, Some(&texts.get("tools-new-exists-hint")));
            Outcome::REFUSED
        }
        Err(source) => {
            session.output_error(&OutputError::NotWritable { path: path.to_owned(), source });
            Outcome::REFUSED
        }
    }
}

/// The year of today in UTC, which is near enough for a version.
fn this_year() -> i16 {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).year()
}

/// The folder that a file will stand in, without links; `None` when there is no such folder.
fn folder_of(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.canonicalize().ok()
}

/// `profile diff A B`.
pub(crate) fn diff(session: &Session, matches: &ArgMatches) -> Outcome {
    let (Some(a), Some(b)) = (matches.get_one::<String>("a"), matches.get_one::<String>("b")) else {
        return Outcome::REFUSED;
    };
    // Both are read before either is refused: all mistakes at once.
    let options = loading::profile_options(session, matches);
    // Both are read, so that the mistakes of both are shown.
    let loaded = (loading::load(session, a, &options), loading::load(session, b, &options));
    let (Ok(a), Ok(b)) = loaded else { return Outcome::REFUSED };
    let found = difference::difference(&a, &b, session.catalog());
    if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
        let value = serde_json::to_value(&found).unwrap_or_default();
        return session.print(&format!("{value:#}\n"));
    }
    session.print(&report::difference::render(&found, &session.texts, session.width()))
}

/// `profile schema`.
pub(crate) fn schema(session: &Session, matches: &ArgMatches) -> Outcome {
    let schema = match matches.get_one::<String>("kind").map(String::as_str) {
        Some("waivers") => schema::waivers(),
        _ => schema::profile(),
    };
    session.deliver(matches, &format!("{schema:#}\n"))
}
