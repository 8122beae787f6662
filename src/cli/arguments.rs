//! The arguments, with their help in the person's language.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use poucet::snapshot::Severity;
use poucet::text::{Language, Texts};

use super::{Exit, Session, language_words};

/// The language of the help, which is needed before the arguments are understood: `--lang`, else the environment's.
pub(crate) fn language(words: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Language {
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
    Language::from_environment(variable)
}

/// The whole command line.
pub(crate) fn command(texts: &Texts) -> Command {
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
        texts.get("cli-usage-heading")
    );
    let named = |name: &'static str, key: &str| {
        Command::new(name)
            .about(texts.get(&format!("cli-{key}")))
            .help_template(template.clone())
            .disable_help_flag(true)
            .disable_version_flag(true)
            .next_help_heading(texts.get("cli-options-heading"))
            .arg(help_flag(texts))
            .arg(language_option(texts))
            .subcommand_help_heading(texts.get("cli-commands-heading"))
    };
    let build = |name: &'static str| named(name, name);
    build("poucet")
        .version(env!("CARGO_PKG_VERSION"))
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(texts.get("cli-option-version")),
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .after_help(texts.get("cli-exit-codes"))
        .subcommand(
            build("devices")
                .arg(format(texts, &["table", "json"]))
                .arg(flag("show-serial", texts).help(texts.get("cli-option-devices-show-serial")))
                .arg(timeout(texts)),
        )
        .subcommand(reading(
            texts,
            build("audit")
                .arg(targets(texts))
                .arg(
                    Arg::new("profile")
                        .short('p')
                        .long("profile")
                        .value_name("ID|FILE")
                        .action(ArgAction::Append)
                        .help(texts.get("cli-option-profile")),
                )
                .arg(format(texts, &["table", "json", "jsonl"]))
                .arg(output(texts))
                .arg(
                    Arg::new("fail-on")
                        .long("fail-on")
                        .value_name(texts.get("cli-value-severity"))
                        .value_parser(
                            Severity::ALL.iter().map(|severity| severity.word()).chain(["none"]).collect::<Vec<_>>(),
                        )
                        .default_value("low")
                        .hide_default_value(true)
                        .hide_possible_values(true)
                        .help(texts.get("cli-option-fail-on")),
                )
                .arg(flag("strict", texts))
                .arg(
                    Arg::new("ownership")
                        .long("ownership")
                        .value_name("institution|person")
                        .value_parser(["institution", "person"])
                        .hide_possible_values(true)
                        .help(texts.get("cli-option-ownership")),
                )
                .arg(flag("explain-collection", texts)),
        ))
        .subcommand(reading(texts, build("snapshot").arg(targets(texts)).arg(output(texts))))
        .subcommand(
            build("collect")
                .arg(targets(texts))
                .arg(
                    output(texts)
                        .required(true)
                        .help(texts.get("cli-option-collect-output"))
                        .value_name("DIR|FILE.zip"),
                )
                .arg(timeout(texts))
                .arg(jobs(texts)),
        )
        .subcommand(
            build("profile")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommand(named("list", "profile-list").arg(format(texts, &["table", "json"])))
                .subcommand(
                    named("show", "profile-show").arg(required("id", "ID|FILE", texts)).arg(flag("resolved", texts)),
                )
                .subcommand(
                    named("lint", "profile-lint").arg(
                        Arg::new("file")
                            .value_name("FILE")
                            .num_args(1..)
                            .required(true)
                            .help(texts.get("cli-option-lint-file")),
                    ),
                )
                .subcommand(
                    named("test", "profile-test")
                        .arg(
                            Arg::new("profile")
                                .value_name("ID|FILE")
                                .num_args(1..)
                                .required(true)
                                .help(texts.get("cli-option-test-profile")),
                        )
                        .arg(format(texts, &["table", "json"])),
                ),
        )
        .subcommand(
            build("apps")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommand(named("list", "apps-list").arg(format(texts, &["table", "json"])))
                .subcommand(named("show", "apps-show").arg(required("id", "ID", texts)))
                .subcommand(named("search", "apps-search").arg(required("word", "WORD", texts))),
        )
}

/// Options of the subcommands that make snapshots.
fn reading(texts: &Texts, command: Command) -> Command {
    command
        .arg(
            Arg::new("user")
                .long("user")
                .value_name("N")
                .value_parser(clap::value_parser!(u32))
                .help(texts.get("cli-option-user")),
        )
        .arg(flag("all-apps", texts))
        .arg(flag("show-serial", texts))
        .arg(file("password-file", texts).conflicts_with("password-stdin"))
        .arg(flag("password-stdin", texts))
        .arg(file("privacy-report", texts))
        .arg(timeout(texts))
        .arg(jobs(texts))
}

fn targets(texts: &Texts) -> Arg {
    Arg::new("target").value_name(texts.get("cli-value-target")).num_args(0..).help(texts.get("cli-option-target"))
}

fn required(name: &'static str, value: &'static str, texts: &Texts) -> Arg {
    Arg::new(name).value_name(value).required(true).help(texts.get(&format!("cli-option-{name}")))
}

fn format(texts: &Texts, words: &[&'static str]) -> Arg {
    Arg::new("format")
        .short('f')
        .long("format")
        .value_name(words.join("|"))
        .value_parser(words.to_vec())
        .hide_possible_values(true)
        .help(texts.get("cli-option-format"))
}

fn output(texts: &Texts) -> Arg {
    Arg::new("output").short('o').long("output").value_name("FILE").help(texts.get("cli-option-output"))
}

fn timeout(texts: &Texts) -> Arg {
    Arg::new("timeout")
        .long("timeout")
        .value_name(texts.get("cli-value-seconds"))
        .value_parser(clap::value_parser!(u64).range(1..=86_400))
        .default_value("60")
        .hide_default_value(true)
        .help(texts.get("cli-option-timeout"))
}

fn jobs(texts: &Texts) -> Arg {
    Arg::new("jobs")
        .long("jobs")
        .value_name("N")
        .value_parser(clap::value_parser!(u64).range(1..=256))
        .help(texts.get("cli-option-jobs"))
}

fn file(name: &'static str, texts: &Texts) -> Arg {
    Arg::new(name).long(name).value_name("FILE").help(texts.get(&format!("cli-option-{name}")))
}

fn flag(name: &'static str, texts: &Texts) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(texts.get(&format!("cli-option-{name}")))
}

fn help_flag(texts: &Texts) -> Arg {
    Arg::new("help").short('h').long("help").action(ArgAction::Help).help(texts.get("cli-option-help"))
}

fn language_option(texts: &Texts) -> Arg {
    Arg::new("lang")
        .long("lang")
        .value_name("en|fr")
        .value_parser(language_words().to_vec())
        .hide_possible_values(true)
        .help(texts.get("cli-option-lang"))
}

/// Says what is wrong with the arguments; help and version are no error.
pub(crate) fn refuse(session: &Session, error: &clap::Error) -> Exit {
    let texts = &session.texts;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return session.print(&error.render().to_string()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            session.say(error.render().to_string().trim_end());
            return Exit::USAGE;
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
        None if !valid.is_empty() => texts.with("cli-one-of", &[("words", &valid)]),
        None => texts.get("cli-see-help"),
    };
    session.error(&message, Some(&hint));
    Exit::USAGE
}
