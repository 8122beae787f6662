//! `poucet profile`: the profiles that ship, and mistakes in one's own.

use std::path::PathBuf;

use clap::ArgMatches;
use poucet::parse::text::sanitize;
use poucet::profile::{self, Profile};

use super::{Exit, LONGEST_MESSAGE, Session};

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    match matches.subcommand() {
        Some(("list", matches)) => list(session, matches),
        Some(("show", matches)) => show(session, matches),
        Some(("lint", matches)) => lint(session, matches),
        _ => Exit::USAGE,
    }
}

/// Loads a profile; a wrong one is shown with every mistake.
pub(crate) fn load(session: &Session, reference: &str) -> Result<Profile, ()> {
    profile::load(&session.reference(reference), session.catalog()).map_err(|errors| session.mistakes(&errors))
}

fn list(session: &Session, matches: &ArgMatches) -> Exit {
    let shipped = profile::shipped();
    let (own, exit) = own(session);
    if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
        let shipped = shipped.iter().map(
            |profile| serde_json::json!({ "id": profile.id, "title": profile.title, "abstract": profile.is_abstract }),
        );
        let own = own.iter().map(|(file, profile)| {
            serde_json::json!({
                "id": profile.id,
                "title": profile.title,
                "abstract": profile.is_abstract,
                "file": file.display().to_string(),
            })
        });
        let profiles = shipped.chain(own).collect();
        return exit.and(session.print(&format!("{:#}\n", serde_json::Value::Array(profiles))));
    }
    let words = shipped.iter().map(|profile| profile.id).chain(own.iter().map(|(_, profile)| profile.id.as_str()));
    let width = words.map(str::len).max().unwrap_or(0);
    let mut text = String::new();
    for profile in &shipped {
        let note = if profile.is_abstract { session.texts.get("cli-profile-abstract") } else { String::new() };
        let line = format!("{:width$}  {} {note}", profile.id, profile.title.of(session.texts.language()));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (file, profile) in &own {
        let place = sanitize(&file.display().to_string(), LONGEST_MESSAGE);
        let mut note = session.texts.with("cli-profile-own", &[("file", &place)]);
        if profile.is_abstract {
            note = format!("{} {note}", session.texts.get("cli-profile-abstract"));
        }
        let title = sanitize(profile.title.of(session.texts.language()), LONGEST_MESSAGE);
        text.push_str(&format!("{:width$}  {title} {note}\n", profile.id));
    }
    exit.and(session.print(&text))
}

/// The profiles of the organization's own folder; those with mistakes are told with them, and are not among these.
fn own(session: &Session) -> (Vec<(PathBuf, Profile)>, Exit) {
    let mut found = Vec::new();
    let mut exit = Exit::default();
    match session.own_profiles() {
        Ok(files) => {
            for file in files {
                match profile::load(&file.display().to_string(), session.catalog()) {
                    Ok(profile) => found.push((file, profile)),
                    Err(errors) => {
                        session.mistakes(&errors);
                        exit = Exit::USAGE;
                    }
                }
            }
        }
        Err(error) => {
            session.error(&error.to_string(), None);
            exit = Exit::USAGE;
        }
    }
    (found, exit)
}

fn show(session: &Session, matches: &ArgMatches) -> Exit {
    let Some(reference) = matches.get_one::<String>("id") else { return Exit::USAGE };
    let Ok(profile) = load(session, reference) else { return Exit::USAGE };
    if matches.get_flag("resolved") {
        let value: serde_json::Value = serde_json::from_str(&profile.canonical_json()).unwrap_or_default();
        return session.print(&format!("{value:#}\n"));
    }
    if let Some(shipped) = profile::shipped().into_iter().find(|shipped| shipped.id == reference) {
        return session.print(shipped.text);
    }
    match std::fs::read_to_string(session.reference(reference)) {
        Ok(text) => session.print(&text),
        Err(error) => {
            session.error(&error.to_string(), None);
            Exit::USAGE
        }
    }
}

fn lint(session: &Session, matches: &ArgMatches) -> Exit {
    let mut exit = Exit::default();
    for file in matches.get_many::<String>("file").into_iter().flatten() {
        match load(session, file) {
            Ok(profile) => {
                let rules = u64::try_from(profile.rules.len()).unwrap_or(u64::MAX);
                let line = session.texts.count("cli-lint-good", rules, &[("file", file), ("sha256", &profile.sha256)]);
                exit = exit.and(session.print(&format!("{line}\n")));
            }
            Err(()) => exit = exit.and(Exit::USAGE),
        }
    }
    exit
}
