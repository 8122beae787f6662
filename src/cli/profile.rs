//! `poucet profile`: the profiles that ship, and mistakes in one's own.

use std::io::IsTerminal as _;

use clap::ArgMatches;
use poucet::catalog::Catalog;
use poucet::profile::{self, Profile};

use super::{Exit, Session};

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    match matches.subcommand() {
        Some(("list", matches)) => list(session, matches),
        Some(("show", matches)) => show(session, matches),
        Some(("lint", matches)) => lint(session, matches),
        Some(("test", matches)) => super::profile_test::run(session, matches),
        _ => Exit::USAGE,
    }
}

/// Loads a profile; a wrong one is shown with every mistake.
pub(crate) fn load(session: &Session, reference: &str) -> Result<Profile, ()> {
    profile::load(reference, Catalog::builtin()).map_err(|errors| show_mistakes(session, &errors))
}

/// Shows every mistake of a profile.
pub(crate) fn show_mistakes(session: &Session, errors: &profile::ProfileErrors) {
    let sentences = |key: &str, arguments: &[(&str, String)]| {
        let variables: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        session.texts.with(key, &variables)
    };
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    session.say(errors.render(&sentences, colour).trim_end());
}

fn list(session: &Session, matches: &ArgMatches) -> Exit {
    let shipped = profile::shipped();
    if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
        let profiles: Vec<serde_json::Value> = shipped
            .iter()
            .map(|profile| serde_json::json!({ "id": profile.id, "title": profile.title, "abstract": profile.is_abstract }))
            .collect();
        return session.print(&format!("{:#}\n", serde_json::Value::Array(profiles)));
    }
    let width = shipped.iter().map(|profile| profile.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for profile in &shipped {
        let note = if profile.is_abstract { session.texts.get("cli-profile-abstract") } else { String::new() };
        let line = format!("{:width$}  {} {note}", profile.id, profile.title.of(session.texts.language()));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    session.print(&text)
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
    match std::fs::read_to_string(reference) {
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
        // A mistake in an example is one to show here, though it stops no audit.
        let loaded =
            profile::load_with_examples(file, Catalog::builtin()).map_err(|errors| show_mistakes(session, &errors));
        match loaded.map(|loaded| loaded.profile) {
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
