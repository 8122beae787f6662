//! `poucet collect`: the raw evidence, to audit later or elsewhere.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use poucet::inner::access::Scope;
use poucet::inner::access::{Options, android::build::snapshot, device_id};
use poucet::inner::evidence::{Evidence, Kind};
use poucet::inner::files::output::private_folder;
use poucet::inner::source::ios_backup::is_backup;
use poucet::inner::source::{Opened, bundle, open_path};
use poucet::visit::judge::is_damaged;
use poucet::visit::read::phone;
use poucet::visit::sight::{Resolved, resolve};
use poucet::visit::workers::{self, MOST_PHONES};
use poucet::visit::{BadSnapshot, Event, Face as _, Failure, Note, Target};

use super::arguments::{Commands, catalog, flag, jobs, output, targets, timeout};
use super::password::Passwords;
use super::terminal::Terminal;
use super::{Outcome, Session, identity, options, told};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    make.build("collect")
        .arg(targets(texts))
        .arg(output(texts).required(true).help(texts.get("cli-option-collect-output")).value_name("DIR|FILE.zip"))
        .arg(catalog(texts))
        .arg(flag("follow-links", texts))
        .arg(timeout(texts))
        .arg(jobs(texts))
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let Some(output) = matches.get_one::<String>("output").map(PathBuf::from) else { return Outcome::REFUSED };
    let terminal = Terminal::new(session, Passwords::None);
    let named = options::targets(session, matches);
    let (targets, mut exit) = match named.and_then(|named| resolve(named, &terminal)).and_then(Resolved::ready) {
        Ok(resolved) => resolved,
        Err(exit) => return exit,
    };
    let several = targets.len() > 1;
    if several && output.extension().is_some_and(|extension| extension == "zip") {
        session.error(&session.texts.get("cli-collect-one-zip"), Some(&session.texts.get("cli-collect-one-zip-hint")));
        return Outcome::REFUSED;
    }
    let key = match identity::key(session) {
        Ok(key) => key,
        Err(exit) => return exit,
    };
    let wait = options::timeout(matches);
    let open = options::open(matches);
    let read = |target: &Target| -> Result<Evidence, Failure> {
        match target {
            Target::Phone(name) => phone(&terminal, name, wait).map_err(Failure::Phone),
            Target::Path(path) => match open_path(path, &open) {
                Ok(Opened::Evidence { evidence, ignored }) => {
                    if !ignored.is_empty() {
                        terminal.event(Event::Note(Note::Ignored(path, &ignored)));
                    }
                    Ok(*evidence)
                }
                Ok(Opened::IosBackup(path)) => Err(Failure::Backup(path)),
                Ok(Opened::Several(paths)) if paths.iter().any(|path| is_backup(path)) => {
                    Err(Failure::Backup(path.clone()))
                }
                Ok(_) => Err(no_evidence(target)),
                Err(error) => Err(Failure::Path(error)),
            },
            Target::Stdin => Err(no_evidence(target)),
        }
    };
    let mut count = 0_u32;
    let hands = match options::jobs(matches) {
        0 => targets.len().min(MOST_PHONES),
        jobs => jobs.min(targets.len()),
    };
    let hands = workers::affordable(hands);
    terminal.event(Event::Seen(Some(targets.len())));
    terminal.during(|| {
        let work = |place: usize, target: Target| {
            terminal.event(Event::Began { place, name: &target.name() });
            let result = read(&target);
            terminal.event(Event::Ended { place, results: 1 });
            result
        };
        workers::run(
            targets.into_iter(),
            hands,
            |_| false,
            work,
            |result| match result {
                Ok(evidence) => {
                    count += 1;
                    let destination = if several { output.join(format!("phone-{count}")) } else { output.clone() };
                    exit = exit.and(write(session, &evidence, &destination, key.as_deref()));
                }
                Err(failure) => {
                    told::failure(session, &failure);
                    exit = exit.and(failure.outcome());
                }
            },
        );
    });
    exit
}

fn no_evidence(target: &Target) -> Failure {
    Failure::Snapshot { place: target.name(), wrong: BadSnapshot::NoEvidence }
}

fn write(session: &Session, evidence: &Evidence, destination: &Path, key: Option<&[u8]>) -> Outcome {
    let taken_at = evidence.taken_at.or_else(|| {
        let clock = evidence.first(Kind::Clock)?;
        poucet::inner::parse::android::simple::clock(&clock.text).facts
    });
    let serial = evidence.serial.clone().or_else(|| {
        let properties =
            poucet::inner::parse::android::properties::parse(&evidence.first(Kind::Properties)?.text).facts;
        properties
            .get("ro.serialno")
            .or_else(|| properties.get("ro.boot.serialno"))
            .map(|serial| serial.trim().to_owned())
    });
    let serial = serial.filter(|serial| !serial.is_empty() && !serial.to_ascii_lowercase().contains("redacted"));
    let device = serial.and_then(|serial| device_id(key?, &serial)).or_else(|| evidence.device_id.clone());
    let meta = bundle::Meta { version: env!("CARGO_PKG_VERSION").to_owned(), taken_at, device_id: device };
    // Of several phones each has a folder in the folder that was asked for.
    if let Some(folder) = destination.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // What stands in the way of it is said when the bundle is written.
        let _ = private_folder(folder);
    }
    match bundle::write(evidence, destination, &meta) {
        Ok(written) => {
            let files = u64::try_from(written.files.len()).unwrap_or(u64::MAX);
            let place = destination.display().to_string();
            session.say(&session.texts.count("cli-collected", files, &[("path", &place)]));
            for missing in &evidence.missing {
                let reason = session.texts.get(&format!("reason-{}", missing.reason.word()));
                session.say(
                    &session.texts.with("cli-not-collected", &[("source", missing.kind.label()), ("reason", &reason)]),
                );
            }
            // The same evidence gives the same exit code, read now or later.
            let scope = Scope { catalog: session.catalog(), all_apps: false, user: None };
            let snapshot = snapshot(evidence, Options { scope, id_key: None, show_serial: false });
            if is_damaged(&snapshot) { Outcome::UNREADABLE } else { Outcome::default() }
        }
        Err(error) => {
            session.output_error(&error);
            Outcome::REFUSED
        }
    }
}
