//! `poucet devices`: phones in sight, and what to do for those that are not ready; and the iOS backups that this computer keeps.

use std::time::Duration;

use clap::ArgMatches;
use poucet::source::adb::devices::{Sighting, Sightings, sightings};
use poucet::source::adb::{self, AdbError};
use poucet::source::ios_backup::{self, Summary};
use poucet::text::clean::sanitize;
use poucet::vocabulary::Platform;

use super::target::{Failure, timeout};
use super::{Exit, Session};

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    let options = match adb::Options::from_environment() {
        Ok(options) => adb::Options { timeout: timeout(matches).min(Duration::from_secs(60)), ..options },
        Err(error) => {
            Failure::Phone(error).say(session);
            return Exit::USAGE;
        }
    };
    let found = sightings(&options);
    let mut backups = Vec::new();
    for summary in ios_backup::summaries(&ios_backup::usual_places()) {
        match summary {
            Ok(summary) => backups.push(summary),
            // Nobody named the place, so it fails nothing.
            Err(error) => Failure::Path(error).say(session),
        }
    }
    let with_identifier = matches.get_flag("show-serial");
    let trouble = trouble(&options, &found);
    if let Some(error) = trouble {
        Failure::Phone(error.clone()).say(session);
    }
    if let Some(serial) = options.serial.as_ref().filter(|_| !found.phones.is_empty()) {
        tell_serial(session, serial);
    }
    let exit = if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
        session.print(&json(session, &found, &backups, with_identifier))
    } else {
        table(session, &found).and(backup_table(session, &found, &backups, with_identifier))
    };
    if trouble.is_some() {
        return exit.and(Exit::UNREADABLE);
    }
    if found.phones.is_empty() && backups.is_empty() {
        no_phone(session, &options, &found);
        return exit.and(Exit::NO_PHONE);
    }
    exit
}

/// What hides the phones that a server may have: then nobody knows whether there are any.
pub(crate) fn trouble<'f>(options: &adb::Options, found: &'f Sightings) -> Option<&'f AdbError> {
    found.server.as_ref().err().filter(|error| error.hides_phones(options.server.is_loopback()))
}

/// Says that there is no phone, and what to do.
pub(crate) fn no_phone(session: &Session, options: &adb::Options, found: &Sightings) {
    session.error(&session.texts.get("cli-no-phone"), Some(&session.texts.get("cli-no-phone-hint")));
    server_line(session, found);
    if let Some(serial) = &options.serial {
        tell_serial(session, serial);
    }
    for key in ["no-phone-in-sight", "cable-for-data"] {
        session.say(&format!("{} {}", session.texts.get("cli-hint"), session.texts.get(key)));
    }
}

/// Says which phone `ANDROID_SERIAL` names: who forgot it would look for the others.
pub(crate) fn tell_serial(session: &Session, serial: &str) {
    session.say(&session.texts.with("cli-android-serial", &[("serial", &sanitize(serial, 80))]));
}

/// The backups of this computer, one a line.
fn backup_table(session: &Session, found: &Sightings, backups: &[Summary], with_identifier: bool) -> Exit {
    if backups.is_empty() {
        return Exit::default();
    }
    let texts = &session.texts;
    let mut text = String::new();
    if !found.phones.is_empty() {
        text.push('\n');
    }
    text.push_str(&texts.get("cli-backups-heading"));
    text.push('\n');
    let unknown = || texts.get("cli-backup-unknown");
    let digits = backups.len().to_string().len();
    let rows: Vec<[String; 6]> = backups
        .iter()
        .zip(1_u32..)
        .map(|(backup, number)| {
            let word = |known: Option<bool>, yes: &str, no: &str| {
                known.map_or_else(unknown, |known| texts.get(if known { yes } else { no }))
            };
            let date = backup.date.as_deref().map(|date| date.get(..16).unwrap_or(date).replace('T', " "));
            [
                format!("{number:digits$}  {}", backup.model.clone().unwrap_or_else(unknown)),
                backup.os_version.as_deref().map_or_else(unknown, |version| {
                    let system = Platform::Ios.system(backup.model.as_deref(), Some(version));
                    format!("{system} {version}")
                }),
                date.unwrap_or_else(unknown),
                word(backup.encrypted, "cli-backup-encrypted", "cli-backup-plain"),
                word(backup.finished, "cli-backup-whole", "cli-backup-half"),
                sanitize(&backup.shown(with_identifier), 500),
            ]
        })
        .collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(format!("  {}", cells.join("  ")).trim_end());
        text.push('\n');
    }
    if !with_identifier && backups.iter().any(|backup| backup.shown(false) != backup.shown(true)) {
        text.push_str(&texts.get("cli-backups-hidden"));
        text.push('\n');
    }
    session.print(&text)
}

fn table(session: &Session, found: &Sightings) -> Exit {
    if found.phones.is_empty() {
        return Exit::default();
    }
    let width =
        |text: fn(&Sighting) -> String| found.phones.iter().map(|phone| text(phone).chars().count()).max().unwrap_or(0);
    let (targets, states) = (width(|phone| sanitize(&phone.target, 80)), width(|phone| phone.state.word().to_owned()));
    let mut text = String::new();
    for phone in &found.phones {
        let line = format!(
            "{:targets$}  {:states$}  {:4}  {}",
            sanitize(&phone.target, 80),
            phone.state.word(),
            phone.transport.word(),
            phone.model.as_deref().map(|model| sanitize(model, 60)).unwrap_or_default(),
        );
        text.push_str(line.trim_end());
        text.push('\n');
        for advice in advice(session, phone) {
            text.push_str(&format!("    → {advice}\n"));
        }
    }
    session.print(&text)
}

/// What to do for a phone, most likely first.
fn advice(session: &Session, phone: &Sighting) -> Vec<String> {
    phone.advice().into_iter().map(|advice| session.texts.get(advice.key())).collect()
}

/// Says of one phone that it is not ready, and what to do; gives its name and what was said.
pub(crate) fn not_ready(session: &Session, phone: &Sighting) -> (String, String) {
    let name = if phone.target.is_empty() { phone.detail.clone() } else { phone.target.clone() };
    let message =
        session.texts.with("cli-not-ready", &[("target", &sanitize(&name, 80)), ("state", phone.state.word())]);
    let advice = advice(session, phone);
    session.error(&message, advice.first().map(String::as_str));
    for more in advice.iter().skip(1) {
        session.say(&format!("{} {more}", session.texts.get("cli-hint")));
    }
    (name, message)
}

/// Says which server was asked, or why there is none.
pub(crate) fn server_line(session: &Session, found: &Sightings) {
    match &found.server {
        Ok(server) => {
            let version = server.version.map_or_else(String::new, |version| version.to_string());
            session.say(&session.texts.with("cli-server", &[("address", &server.address), ("version", &version)]));
        }
        Err(error) => session.say(&session.adb_error(error)),
    }
}

fn json(session: &Session, found: &Sightings, backups: &[Summary], with_identifier: bool) -> String {
    let phones: Vec<serde_json::Value> = found
        .phones
        .iter()
        .map(|phone| {
            serde_json::json!({
                "target": phone.target,
                "state": phone.state.word(),
                "ready": phone.state.is_ready(),
                "transport": phone.transport.word(),
                "model": phone.model,
                "advice": phone.advice().first().map(|advice| advice.key()),
            })
        })
        .collect();
    let backups: Vec<serde_json::Value> = backups
        .iter()
        .map(|backup| {
            serde_json::json!({
                "target": backup.shown(with_identifier),
                "model": backup.model,
                "os_version": backup.os_version,
                "date": backup.date,
                "encrypted": backup.encrypted,
                "finished": backup.finished,
            })
        })
        .collect();
    let server = found.server.as_ref().ok();
    let error = found.server.as_ref().err().map(|error| {
        let hint = session.texts.get(error.hint_key());
        serde_json::json!({ "key": error.key(), "message": session.adb_error(error), "hint": hint })
    });
    let value = serde_json::json!({
        "schema": "poucet.devices/1",
        "server": server.map(|server| serde_json::json!({ "address": server.address, "version": server.version })),
        "server_error": error,
        "phones": phones,
        "backups": backups,
    });
    format!("{value:#}\n")
}
