//! `poucet devices`: phones in sight, and what to do for those that are not ready; and the iOS backups that this computer keeps.

use std::time::Duration;

use clap::{ArgMatches, Command};
use poucet::inner::source::adb;
use poucet::inner::source::adb::devices::{Sighting, Sightings, sightings};
use poucet::inner::source::ios_backup::{self, Summary};
use poucet::text::clean::sanitize;
use poucet::visit::sight::trouble;
use poucet::visit::{Failure, Note};
use poucet::vocabulary::Platform;

use super::arguments::{self, Commands, flag, format};
use super::options::timeout;
use super::{Outcome, Session, pair, told};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    make.build("devices")
        .arg(format(texts, &["table", "json"]))
        .arg(flag("show-serial", texts).help(texts.get("cli-option-devices-show-serial")))
        .arg(arguments::timeout(texts))
        .args_conflicts_with_subcommands(true)
        .disable_help_subcommand(true)
        .subcommand(pair::command(make))
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let options = match adb::Options::from_environment() {
        Ok(options) => adb::Options { timeout: timeout(matches).min(Duration::from_secs(60)), ..options },
        Err(error) => {
            told::failure(session, &Failure::Phone(error));
            return Outcome::REFUSED;
        }
    };
    let found = sightings(&options);
    let mut backups = Vec::new();
    for summary in ios_backup::summaries(&ios_backup::usual_places()) {
        match summary {
            Ok(summary) => backups.push(summary),
            // Nobody named the place, so it fails nothing.
            Err(error) => told::failure(session, &Failure::Path(error)),
        }
    }
    let with_identifier = matches.get_flag("show-serial");
    let trouble = trouble(&options, &found);
    if let Some(error) = trouble {
        told::failure(session, &Failure::Phone(error.clone()));
    }
    if let Some(serial) = options.serial.as_ref().filter(|_| !found.phones.is_empty()) {
        told::note(session, Note::OnePhone(serial), false);
    }
    let exit = if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
        session.print(&json(session, &found, &backups, with_identifier))
    } else {
        table(session, &found).and(backup_table(session, &found, &backups, with_identifier))
    };
    if trouble.is_some() {
        return exit.and(Outcome::UNREADABLE);
    }
    if found.phones.is_empty() && backups.is_empty() {
        told::no_phone(session, &options, &found);
        return exit.and(Outcome::NO_PHONE);
    }
    exit
}

/// The backups of this computer, one a line.
fn backup_table(session: &Session, found: &Sightings, backups: &[Summary], with_identifier: bool) -> Outcome {
    if backups.is_empty() {
        return Outcome::default();
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

fn table(session: &Session, found: &Sightings) -> Outcome {
    if found.phones.is_empty() {
        return Outcome::default();
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
        for advice in told::advice(session, phone) {
            text.push_str(&format!("    → {advice}\n"));
        }
    }
    session.print(&text)
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
