//! `poucet profile`: the profiles that ship, and mistakes in one's own.

use std::path::PathBuf;

use clap::ArgMatches;
use poucet::profile::{self, Options, Profile};
use poucet::text::Texts;
use poucet::text::clean::sanitize;

use super::{Exit, LONGEST_MESSAGE, Session, lint, profile_tools};

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    match matches.subcommand() {
        Some(("list", matches)) => list(session, matches),
        Some(("show", matches)) => show(session, matches),
        Some(("lint", matches)) => lint::run(session, matches),
        Some(("new", matches)) => profile_tools::new(session, matches),
        Some(("diff", matches)) => profile_tools::diff(session, matches),
        Some(("schema", matches)) => profile_tools::schema(session, matches),
        Some(("test", matches)) => super::profile_test::run(session, matches),
        _ => Exit::USAGE,
    }
}

/// What profiles of this call are loaded with.
pub(crate) fn options(session: &Session, matches: &ArgMatches) -> Options {
    let set = matches.try_get_many::<String>("set").ok().flatten().into_iter().flatten().cloned().collect();
    Options { set, folder: session.config.profiles.clone(), ..Options::default() }
}

/// Loads a profile; a wrong one is shown with every mistake.
pub(crate) fn load(session: &Session, reference: &str, options: &Options) -> Result<Profile, ()> {
    profile::load_with(reference, session.catalog(), options).map_err(|errors| session.mistakes(&errors))
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
    let options = options(session, matches);
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
            session.mistakes(&errors);
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
