//! `poucet profile`: the profiles that ship, and mistakes in one's own.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};
use poucet::profile::{self, Profile};
use poucet::text::clean::sanitize;

use super::arguments::{Commands, catalog, flag, format, output, required, set};
use super::loading::{load, profile_options};
use super::{LONGEST_MESSAGE, Outcome, Session, lint, profile_test, profile_tools};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    make.group("profile")
        .subcommand(make.named("list", "profile-list").arg(format(texts, &["table", "json"])).arg(catalog(texts)))
        .subcommand(
            make.named("show", "profile-show")
                .arg(required("id", "ID|FILE", texts))
                .arg(flag("resolved", texts))
                .arg(format(texts, &["toml", "json"]).requires("resolved").help(texts.get("cli-option-show-format")))
                .arg(set(texts).requires("resolved"))
                .arg(catalog(texts)),
        )
        .subcommand(
            make.named("lint", "profile-lint")
                .arg(
                    Arg::new("file")
                        .value_name("PATH")
                        .num_args(1..)
                        .required(true)
                        .help(texts.get("cli-option-lint-file")),
                )
                .arg(format(texts, &["table", "json"]))
                .arg(catalog(texts)),
        )
        .subcommand(
            make.named("new", "profile-new")
                .arg(
                    Arg::new("from")
                        .long("from")
                        .value_name("ID|FILE")
                        .required(true)
                        .help(texts.get("cli-option-new-from")),
                )
                .arg(Arg::new("id").long("id").value_name("ID").help(texts.get("cli-option-new-id")))
                .arg(output(texts).help(texts.get("cli-option-new-output")))
                .arg(catalog(texts)),
        )
        .subcommand(
            make.named("diff", "profile-diff")
                .arg(required("a", "A", texts).help(texts.get("cli-option-diff-a")))
                .arg(required("b", "B", texts).help(texts.get("cli-option-diff-b")))
                .arg(format(texts, &["table", "json"]))
                .arg(catalog(texts)),
        )
        .subcommand(
            make.named("schema", "profile-schema")
                .arg(
                    Arg::new("kind")
                        .value_name("profile|waivers")
                        .value_parser(["profile", "waivers"])
                        .hide_possible_values(true)
                        .help(texts.get("cli-option-schema-kind")),
                )
                .arg(output(texts)),
        )
        .subcommand(
            make.named("test", "profile-test")
                .arg(
                    Arg::new("profile")
                        .value_name("ID|FILE")
                        .num_args(1..)
                        .required(true)
                        .help(texts.get("cli-option-test-profile")),
                )
                .arg(format(texts, &["table", "json"]))
                .arg(set(texts))
                .arg(catalog(texts)),
        )
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    match matches.subcommand() {
        Some(("list", matches)) => list(session, matches),
        Some(("show", matches)) => show(session, matches),
        Some(("lint", matches)) => lint::run(session, matches),
        Some(("new", matches)) => profile_tools::new(session, matches),
        Some(("diff", matches)) => profile_tools::diff(session, matches),
        Some(("schema", matches)) => profile_tools::schema(session, matches),
        Some(("test", matches)) => profile_test::run(session, matches),
        _ => Outcome::REFUSED,
    }
}

fn list(session: &Session, matches: &ArgMatches) -> Outcome {
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
fn own(session: &Session) -> (Vec<(PathBuf, Profile)>, Outcome) {
    let mut found = Vec::new();
    let mut exit = Outcome::default();
    match session.own_profiles() {
        Ok(files) => {
            for file in files {
                match profile::load(&file.display().to_string(), session.catalog()) {
                    Ok(profile) => found.push((file, profile)),
                    Err(errors) => {
                        session.mistakes(&errors);
                        exit = Outcome::REFUSED;
                    }
                }
            }
        }
        Err(error) => {
            session.error(&error.to_string(), None);
            exit = Outcome::REFUSED;
        }
    }
    (found, exit)
}

fn show(session: &Session, matches: &ArgMatches) -> Outcome {
    let Some(reference) = matches.get_one::<String>("id") else { return Outcome::REFUSED };
    let options = profile_options(session, matches);
    let Ok(profile) = load(session, reference, &options) else { return Outcome::REFUSED };
    if matches.get_flag("resolved") {
        if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
            // These bytes and no other, not even a line break: their SHA-256 is the one in every report.
            return session.print(&profile.canonical_json());
        }
        let sentences = |key: &str, arguments: &[(&str, String)]| session.texts.filled(key, arguments);
        return session.print(&profile::show::toml(&profile, session.texts.language(), &sentences));
    }
    match profile::text_of(reference, &options) {
        Ok(text) => session.print(&sanitize_lines(&text)),
        Err(errors) => {
            session.mistakes(&errors);
            Outcome::REFUSED
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
