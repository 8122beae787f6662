//! One call: its language, its arguments, the command that they name, and the exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command};
use poucet::text::{Language, Texts};
use poucet::visit::Cancel;

use super::arguments::Commands;
use super::{
    Outcome, Session, apps, audit, collect, compare, desk, devices, explain, fleet, pair, password, profile, signals,
    snapshot, waiver, watch,
};

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    // Unfinished files go when the person stops the program; everything else of it ends with the process.
    let cancel = Cancel::default();
    let asked = cancel.clone();
    signals::on_end(move || {
        // A question hides what is typed, and must be the one to bring the terminal back.
        password::settle();
        // The second time the end of a watch is not waited for.
        if asked.ask() {
            return;
        }
        signals::stop();
    });
    let words: Vec<OsString> = std::env::args_os().collect();
    let settled = desk::config(&words);
    let wished = settled.as_ref().ok().and_then(|config| config.language);
    let language = language(&words, wished, |name| std::env::var(name).ok());
    let mut session = Session::new(Texts::new(language), cancel);
    let exit = match command(&session.texts).try_get_matches_from(words) {
        Ok(matches) => match desk::settle(&mut session, settled, &matches) {
            Ok(()) => dispatch(&session, &matches),
            Err(exit) => exit,
        },
        Err(error) => refuse(&session, &error),
    };
    ExitCode::from(code(exit))
}

/// The exit code: with several, 2 before 3 before 1; 4 stands alone.
///
/// 1: a failing finding at or above the threshold. 2: wrong arguments or a wrong profile. 3: a target could not be read, or evidence that
/// should be there was refused, cut short or damaged. 4: no phone found.
fn code(outcome: Outcome) -> u8 {
    if outcome.is_refused() {
        2
    } else if outcome.is_unreadable() {
        3
    } else if outcome.has_no_phone() {
        4
    } else {
        u8::from(outcome.fails())
    }
}

fn dispatch(session: &Session, matches: &ArgMatches) -> Outcome {
    match matches.subcommand() {
        Some(("devices", matches)) => match matches.subcommand() {
            Some(("pair", matches)) => pair::run(session, matches),
            _ => devices::run(session, matches),
        },
        Some(("audit", matches)) => audit::run(session, matches),
        Some(("compare", matches)) => compare::run(session, matches),
        Some(("snapshot", matches)) => snapshot::run(session, matches),
        Some(("collect", matches)) => collect::run(session, matches),
        Some(("profile", matches)) => profile::run(session, matches),
        Some(("waiver", matches)) => waiver::run(session, matches),
        Some(("apps", matches)) => apps::run(session, matches),
        Some(("explain", matches)) => explain::run(session, matches),
        Some(("fleet", matches)) => fleet::run(session, matches),
        Some(("watch", matches)) => watch::run(session, matches),
        _ => Outcome::REFUSED,
    }
}

/// The whole command line.
fn command(texts: &Texts) -> Command {
    let make = Commands::new(texts);
    make.group("poucet")
        .version(env!("CARGO_PKG_VERSION"))
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(texts.get("cli-option-version")),
        )
        .after_help(texts.get("cli-exit-codes"))
        .subcommand(devices::command(&make))
        .subcommand(audit::command(&make))
        .subcommand(compare::command(&make))
        .subcommand(snapshot::command(&make))
        .subcommand(collect::command(&make))
        .subcommand(profile::command(&make))
        .subcommand(waiver::command(&make))
        .subcommand(apps::command(&make))
        .subcommand(explain::command(&make))
        .subcommand(watch::command(&make))
        .subcommand(fleet::command(&make))
}

/// The language of the help, which is needed before the arguments are understood: `--lang`, else that of the desk's configuration,
/// which was written on purpose, else the environment's.
fn language(words: &[OsString], configured: Option<Language>, variable: impl Fn(&str) -> Option<String>) -> Language {
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        let value = match word {
            "--" => break,
            "--lang" => words.next(),
            _ => word.strip_prefix("--lang="),
        };
        if let Some(language) = value.and_then(Language::from_locale) {
            return language;
        }
    }
    configured.unwrap_or_else(|| Language::from_environment(variable))
}

/// Says what is wrong with the arguments; help and version are no error.
fn refuse(session: &Session, error: &clap::Error) -> Outcome {
    let texts = &session.texts;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return session.print(&error.render().to_string()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            session.say(error.render().to_string().trim_end());
            return Outcome::REFUSED;
        }
        _ => {}
    }
    let context = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(value)) => value.clone(),
        Some(ContextValue::Strings(values)) => values.join(", "),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => texts.with("cli-unknown-argument", &[("argument", &argument)]),
        ErrorKind::InvalidSubcommand => {
            texts.with("cli-unknown-command", &[("command", &context(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            texts.with("cli-missing-value", &[("argument", &argument)])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            texts.with("cli-wrong-value", &[("argument", &argument), ("value", &value)])
        }
        ErrorKind::MissingRequiredArgument => texts.with("cli-missing-argument", &[("argument", &argument)]),
        ErrorKind::InvalidUtf8 => texts.get("cli-not-utf8"),
        ErrorKind::ArgumentConflict => texts.with("cli-argument-twice", &[("argument", &argument)]),
        _ => error.to_string().trim().to_owned(),
    };
    let suggestions = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .map(context)
        .find(|suggestion| !suggestion.is_empty());
    let valid = context(ContextKind::ValidValue);
    let hint = match suggestions {
        Some(suggestion) => texts.with("cli-did-you-mean", &[("word", &suggestion)]),
        None if error.kind() == ErrorKind::InvalidUtf8 => texts.get("cli-not-utf8-hint"),
        None if !valid.is_empty() => texts.with("cli-one-of", &[("words", &valid)]),
        None => texts.get("cli-see-help"),
    };
    session.error(&message, Some(&hint));
    Outcome::REFUSED
}
