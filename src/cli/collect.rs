//! `poucet collect`: the raw evidence, to audit later or elsewhere.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use poucet::access::Scope;
use poucet::access::{Options, android::build::snapshot, device_id};
use poucet::evidence::{Evidence, Kind};
use poucet::files::output::private_folder;
use poucet::source::ios_backup::is_backup;
use poucet::source::{OpenOptions, Opened, bundle, open_path};

use super::progress::Progress;
use super::target::{Failure, Resolved, Target, is_damaged, jobs, note_ignored, phone, resolve, timeout};
use super::{Exit, Session, identity, queue};

/// How many phones are read at a time where nobody said: each has its dumps in memory.
pub(crate) const MOST_AT_ONCE: usize = 16;

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    let Some(output) = matches.get_one::<String>("output").map(PathBuf::from) else { return Exit::USAGE };
    let (targets, mut exit) = match resolve(session, matches).and_then(Resolved::ready) {
        Ok(resolved) => resolved,
        Err(exit) => return exit,
    };
    let several = targets.len() > 1;
    if several && output.extension().is_some_and(|extension| extension == "zip") {
        session.error(&session.texts.get("cli-collect-one-zip"), Some(&session.texts.get("cli-collect-one-zip-hint")));
        return Exit::USAGE;
    }
    let key = match identity::key(session) {
        Ok(key) => key,
        Err(exit) => return exit,
    };
    let wait = timeout(matches);
    let options = OpenOptions { follow_links: matches.get_flag("follow-links"), ..OpenOptions::default() };
    let read = |target: &Target| -> Result<Evidence, Failure> {
        match target {
            Target::Phone(name) => phone(session, name, wait).map_err(Failure::Phone),
            Target::Path(path) => match open_path(path, &options) {
                Ok(Opened::Evidence { evidence, ignored }) => {
                    note_ignored(session, path, &ignored);
                    Ok(*evidence)
                }
                Ok(Opened::IosBackup(path)) => Err(Failure::Backup(path)),
                Ok(Opened::Several(paths)) if paths.iter().any(|path| is_backup(path)) => {
                    Err(Failure::Backup(path.clone()))
                }
                Ok(_) => Err(Failure::Snapshot(target.name(), session.texts.get("cli-collect-no-evidence"))),
                Err(error) => Err(Failure::Path(error)),
            },
            Target::Stdin => Err(Failure::Snapshot("-".to_owned(), session.texts.get("cli-collect-no-evidence"))),
        }
    };
    let mut count = 0_u32;
    let hands = match jobs(matches) {
        0 => targets.len().min(MOST_AT_ONCE),
        jobs => jobs.min(targets.len()),
    };
    let hands = queue::affordable(hands);
    let progress = Progress::new(&session.texts, Some(targets.len()));
    progress.during(|| {
        let work = |index: usize, target: Target| {
            progress.begin(index, &target.name());
            let result = read(&target);
            progress.end(index, 1);
            result
        };
        queue::run(
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
                    failure.say(session);
                    exit = exit.and(failure.exit());
                }
            },
        );
    });
    exit
}

fn write(session: &Session, evidence: &Evidence, destination: &Path, key: Option<&[u8]>) -> Exit {
    let taken_at = evidence.taken_at.or_else(|| {
        let clock = evidence.first(Kind::Clock)?;
        poucet::parse::android::simple::clock(&clock.text).facts
    });
    let serial = evidence.serial.clone().or_else(|| {
        let properties = poucet::parse::android::properties::parse(&evidence.first(Kind::Properties)?.text).facts;
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
            if is_damaged(&snapshot) { Exit::UNREADABLE } else { Exit::default() }
        }
        Err(error) => {
            session.output_error(&error);
            Exit::USAGE
        }
    }
}
