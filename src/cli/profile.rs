//! `poucet profile`: the profiles that ship, and mistakes in one's own.

use std::io::IsTerminal as _;

use clap::ArgMatches;
use poucet::catalog::Catalog;
use poucet::parse::text::sanitize;
use poucet::profile::{self, Options, Profile, ProfileErrors};
use poucet::text::Texts;

use super::{Exit, Session, lint, profile_tools};

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    match matches.subcommand() {
        Some(("list", matches)) => list(session, matches),
        Some(("show", matches)) => show(session, matches),
        Some(("lint", matches)) => lint::run(session, matches),
        Some(("new", matches)) => profile_tools::new(session, matches),
        Some(("diff", matches)) => profile_tools::diff(session, matches),
        Some(("schema", matches)) => profile_tools::schema(session, matches),
        _ => Exit::USAGE,
    }
}

/// What profiles of this call are loaded with.
pub(crate) fn options(matches: &ArgMatches) -> Options {
    let set = matches.try_get_many::<String>("set").ok().flatten().into_iter().flatten().cloned().collect();
    Options { set, ..Options::default() }
}

/// Loads a profile; a wrong one is shown with every mistake.
pub(crate) fn load(session: &Session, reference: &str, options: &Options) -> Result<Profile, ()> {
    profile::load_with(reference, Catalog::builtin(), options).map_err(|errors| show_errors(session, &errors))
}

/// Shows every mistake on standard error.
pub(crate) fn show_errors(session: &Session, errors: &ProfileErrors) {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    session.say(errors.render(&sentences(&session.texts), colour).trim_end());
}

/// The sentences of mistakes, in the person's language.
pub(crate) fn sentences(texts: &Texts) -> impl Fn(&str, &[(&str, String)]) -> String + '_ {
    |key, arguments| {
        let variables: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        texts.with(key, &variables)
    }
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
    let options = options(matches);
    let Ok(profile) = load(session, reference, &options) else { return Exit::USAGE };
    if matches.get_flag("resolved") {
        if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
            // These bytes and no other, not even a line break: their SHA-256 is the one in every report.
            return session.print(&profile.canonical_json());
        }
        return session.print(&profile::show::toml(&profile, session.texts.language(), &sentences(&session.texts)));
    }
    match profile::text_of(reference, &options) {
        Ok(text) => session.print(&sanitize_lines(&text)),
        Err(errors) => {
            show_errors(session, &errors);
            Exit::USAGE
        }
    }
}

/// A file on its way to a terminal: its lines as they are, without what could steer it.
fn sanitize_lines(text: &str) -> String {
    let mut page = String::with_capacity(text.len());
    for line in text.lines() {
        let safe: Vec<String> = line.split('\t').map(|part| sanitize(part, part.len())).collect();
        page.push_str(&safe.join("\t"));
        page.push('\n');
    }
    page
}
