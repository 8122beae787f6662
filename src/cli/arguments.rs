//! The arguments, with their help in the person's language.

use std::ffi::OsString;

use clap::builder::PossibleValue;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use poucet::report::Format;
use poucet::store::PeriodLength;
use poucet::text::{Language, Texts};
use poucet::vocabulary::guidance::Vendor;
use poucet::vocabulary::{Platform, Severity};

use super::output::BOTH;
use super::{Exit, Session, language_words};

/// The language of the help, which is needed before the arguments are understood: `--lang`, else that of the desk's configuration,
/// which was written on purpose, else the environment's.
pub(crate) fn language(
    words: &[OsString],
    configured: Option<Language>,
    variable: impl Fn(&str) -> Option<String>,
) -> Language {
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

/// The flag that leaves the configuration file aside; it too is looked for before the arguments are understood.
pub(crate) const NO_CONFIG: &str = "no-config";

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
            .arg(flag(NO_CONFIG, texts))
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
                .arg(timeout(texts))
                .args_conflicts_with_subcommands(true)
                .disable_help_subcommand(true)
                .subcommand(
                    named("pair", "devices-pair")
                        .arg(required("pair-address", "HOST:PORT", texts))
                        .arg(timeout(texts))
                        .after_help(texts.get("cli-devices-pair-more")),
                ),
        )
        .subcommand(reading(
            texts,
            judging(texts, build("audit").arg(targets(texts)))
                .arg(file("baseline", texts))
                .arg(flag("fail-on-new", texts).requires("baseline"))
                .arg(file("targets-from", texts))
                .arg(output_dir(texts).conflicts_with_all(["output", "summary"]))
                .arg(flag("summary", texts))
                .arg(store(texts))
                .arg(keep(texts))
                .arg(flag("explain-collection", texts)),
        ))
        .subcommand(reading(
            texts,
            judging(
                texts,
                build("compare")
                    .arg(required("before", "BEFORE", texts).value_parser(clap::value_parser!(std::ffi::OsString)))
                    .arg(
                        required("after", "AFTER", texts)
                            .required(false)
                            .value_parser(clap::value_parser!(std::ffi::OsString)),
                    )
                    .arg(store(texts).help(texts.get("cli-option-compare-store"))),
            )
            .mut_arg("profile", |profile| profile.help(texts.get("cli-option-compare-profile")))
            .arg(flag("fail-on-new", texts).help(texts.get("cli-option-compare-fail-on-new"))),
        ))
        .subcommand(reading(
            texts,
            build("snapshot").arg(targets(texts)).arg(file("targets-from", texts)).arg(output(texts)),
        ))
        .subcommand(
            build("collect")
                .arg(targets(texts))
                .arg(
                    output(texts)
                        .required(true)
                        .help(texts.get("cli-option-collect-output"))
                        .value_name("DIR|FILE.zip"),
                )
                .arg(catalog(texts))
                .arg(flag("follow-links", texts))
                .arg(timeout(texts))
                .arg(jobs(texts)),
        )
        .subcommand(
            build("profile")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommand(named("list", "profile-list").arg(format(texts, &["table", "json"])).arg(catalog(texts)))
                .subcommand(
                    named("show", "profile-show")
                        .arg(required("id", "ID|FILE", texts))
                        .arg(flag("resolved", texts))
                        .arg(
                            format(texts, &["toml", "json"])
                                .requires("resolved")
                                .help(texts.get("cli-option-show-format")),
                        )
                        .arg(set(texts).requires("resolved"))
                        .arg(catalog(texts)),
                )
                .subcommand(
                    named("lint", "profile-lint")
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
                    named("new", "profile-new")
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
                    named("diff", "profile-diff")
                        .arg(required("a", "A", texts).help(texts.get("cli-option-diff-a")))
                        .arg(required("b", "B", texts).help(texts.get("cli-option-diff-b")))
                        .arg(format(texts, &["table", "json"]))
                        .arg(catalog(texts)),
                )
                .subcommand(
                    named("schema", "profile-schema")
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
                    named("test", "profile-test")
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
                ),
        )
        .subcommand(
            build("waiver")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommand(
                    named("list", "waiver-list")
                        .arg(waivers(texts))
                        .arg(
                            Arg::new("expiring")
                                .long("expiring")
                                .value_name("30d")
                                .value_parser(days)
                                .help(texts.get("cli-option-expiring")),
                        )
                        .arg(today(texts))
                        .arg(format(texts, &["table", "json"]))
                        .arg(catalog(texts)),
                )
                .subcommand(
                    named("new", "waiver-new")
                        .arg(required("finding", "PROFILE/RULE[/APP]", texts))
                        .arg(waiver_text("device", "ID", texts))
                        .arg(waiver_text("app", "APP", texts))
                        .arg(waiver_text("approver", "TEXT", texts))
                        .arg(waiver_text("reason-en", "TEXT", texts))
                        .arg(waiver_text("reason-fr", "TEXT", texts))
                        .arg(waiver_text("ticket", "TEXT", texts))
                        .arg(waiver_text("mitigation", "PROFILE/RULE", texts).action(ArgAction::Append))
                        .arg(
                            Arg::new("days")
                                .long("days")
                                .value_name("N")
                                .value_parser(clap::value_parser!(i64).range(0..=poucet::waiver::LONGEST_DAYS))
                                .help(texts.get("cli-option-waiver-days")),
                        )
                        .arg(today(texts))
                        .arg(catalog(texts)),
                ),
        )
        .subcommand(
            build("apps")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommand(named("list", "apps-list").arg(format(texts, &["table", "json"])).arg(catalog(texts)))
                .subcommand(
                    named("show", "apps-show")
                        .arg(required("id", "ID", texts))
                        .arg(format(texts, &["table", "json"]))
                        .arg(catalog(texts)),
                )
                .subcommand(named("search", "apps-search").arg(required("word", "WORD", texts)).arg(catalog(texts)))
                .subcommand(
                    named("lint", "apps-lint").arg(
                        Arg::new("file")
                            .value_name("FILE")
                            .num_args(1..)
                            .required(true)
                            .help(texts.get("cli-option-own-file")),
                    ),
                ),
        )
        .subcommand(explain(texts, build("explain")))
        .subcommand(reading(
            texts,
            judging(texts, build("watch"))
                .mut_arg("output", |output| output.help(texts.get("cli-option-watch-output")))
                .arg(output_dir(texts).conflicts_with("output").help(texts.get("cli-option-watch-output-dir")))
                .arg(store(texts))
                .arg(keep(texts)),
        ))
        .subcommand(fleet(texts, build("fleet"), named))
}

/// The subcommands of `fleet`.
fn fleet(texts: &Texts, command: Command, named: impl Fn(&'static str, &str) -> Command) -> Command {
    let store = || store(texts).help(texts.get("cli-option-fleet-store"));
    let lists = ["table", "json", "csv"];
    let device = |name: &'static str| required(name, "DEVICE[@DATE]", texts).help(texts.get("cli-option-fleet-device"));
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(named("list", "fleet-list").arg(format(texts, &lists)).arg(output(texts)).arg(store()))
        .subcommand(
            named("show", "fleet-show")
                .arg(device("device"))
                .arg(format(texts, &lists))
                .arg(output(texts))
                .arg(store()),
        )
        .subcommand(
            named("trend", "fleet-trend")
                .arg(
                    Arg::new("by")
                        .long("by")
                        .value_name("day|week|month")
                        .value_parser(PeriodLength::ALL.map(PeriodLength::word))
                        .hide_possible_values(true)
                        .help(texts.get("cli-option-fleet-by")),
                )
                .arg(
                    Arg::new("profile")
                        .short('p')
                        .long("profile")
                        .value_name("ID")
                        .action(ArgAction::Append)
                        .help(texts.get("cli-option-fleet-profile")),
                )
                .arg(format(texts, &lists))
                .arg(output(texts))
                .arg(store()),
        )
        .subcommand(
            judging(
                texts,
                named("compare", "fleet-compare").arg(device("before")).arg(device("after").required(false)),
            )
            .mut_arg("profile", |profile| profile.help(texts.get("cli-option-compare-profile")))
            .arg(flag("fail-on-new", texts).help(texts.get("cli-option-compare-fail-on-new")))
            .arg(catalog(texts))
            .arg(store()),
        )
        .subcommand(
            named("prune", "fleet-prune")
                .arg(
                    Arg::new("older-than")
                        .long("older-than")
                        .value_name("90d")
                        .value_parser(super::store::days)
                        .required_unless_present_any(["keep", "undo-window", "clock-is-right"])
                        .help(texts.get("cli-option-fleet-older-than")),
                )
                .arg(keep(texts))
                .arg(
                    Arg::new("undo-window")
                        .long("undo-window")
                        .value_name("7d|0")
                        .value_parser(super::store::undo_days)
                        .help(texts.get("cli-option-undo-window")),
                )
                .arg(flag("clock-is-right", texts).help(texts.get("cli-option-clock-is-right")))
                .arg(store()),
        )
        .subcommand(
            named("restore", "fleet-restore")
                .arg(
                    Arg::new("deletion")
                        .value_name("DELETION")
                        .value_parser(clap::value_parser!(u64))
                        .help(texts.get("cli-option-restore-deletion")),
                )
                .arg(
                    Arg::new("list")
                        .long("list")
                        .action(ArgAction::SetTrue)
                        .conflicts_with("deletion")
                        .help(texts.get("cli-option-restore-list")),
                )
                .arg(store()),
        )
        .subcommand(
            named("export", "fleet-export").arg(device("device").required(false)).arg(output(texts)).arg(store()),
        )
}

/// `--store`, with or without a place; with `=`, so that no target is taken for one.
fn store(texts: &Texts) -> Arg {
    Arg::new("store")
        .long("store")
        .value_name("FILE|postgres://…")
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("")
        .help(texts.get("cli-option-store"))
}

fn keep(texts: &Texts) -> Arg {
    Arg::new("keep")
        .long("keep")
        .value_name("90d|forever")
        .value_parser(super::store::Keep::parse)
        .help(texts.get("cli-option-keep"))
}

/// Options of the subcommands that judge and report.
fn judging(texts: &Texts, command: Command) -> Command {
    command
        .arg(
            Arg::new("profile")
                .short('p')
                .long("profile")
                .value_name("ID|FILE")
                .action(ArgAction::Append)
                .help(texts.get("cli-option-profile")),
        )
        .arg(set(texts))
        .arg(format(texts, &Format::words(|_| true)))
        .arg(flag("wide", texts))
        .arg(output(texts))
        .mut_arg("lang", both_languages)
        .arg(
            Arg::new("fail-on")
                .long("fail-on")
                .value_name(texts.get("cli-value-severity"))
                .value_parser(Severity::ALL.iter().map(|severity| severity.word()).chain(["none"]).collect::<Vec<_>>())
                .default_value("low")
                .hide_default_value(true)
                .hide_possible_values(true)
                .help(texts.get("cli-option-fail-on")),
        )
        .arg(flag("strict", texts))
        .arg(waivers(texts))
        .arg(today(texts))
        .arg(
            Arg::new("ownership")
                .long("ownership")
                .value_name("institution|personal")
                // An older word for the same.
                .value_parser([PossibleValue::new("institution"), PossibleValue::new("personal").alias("person")])
                .hide_possible_values(true)
                .help(texts.get("cli-option-ownership")),
        )
}

/// Options of the subcommands that make snapshots.
fn reading(texts: &Texts, command: Command) -> Command {
    command
        .arg(catalog(texts))
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
        .arg(flag("follow-links", texts))
        .arg(timeout(texts))
        .arg(jobs(texts))
}

/// The options of `explain`.
fn explain(texts: &Texts, command: Command) -> Command {
    let choice = |name: &'static str, words: Vec<&'static str>| {
        Arg::new(name)
            .long(name)
            .value_name(words.join("|"))
            .value_parser(words)
            .hide_possible_values(true)
            .help(texts.get(&format!("cli-option-explain-{name}")))
    };
    command
        .arg(Arg::new("word").value_name("WORD").help(texts.get("cli-option-explain-word")))
        .arg(format(texts, &["table", "markdown", "json"]))
        .arg(output(texts))
        .arg(choice("platform", Platform::ALL.iter().map(|platform| platform.word()).collect()))
        .arg(choice("vendor", Vendor::ALL.iter().map(|vendor| vendor.word()).collect()))
        .arg(
            Arg::new("profile")
                .short('p')
                .long("profile")
                .value_name("ID|FILE")
                .action(ArgAction::Append)
                .help(texts.get("cli-option-explain-profile")),
        )
}

fn targets(texts: &Texts) -> Arg {
    Arg::new("target")
        .value_name(texts.get("cli-value-target"))
        .num_args(0..)
        .value_parser(clap::value_parser!(std::ffi::OsString))
        .help(texts.get("cli-option-target"))
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

fn set(texts: &Texts) -> Arg {
    Arg::new("set")
        .long("set")
        .value_name(texts.get("cli-value-set"))
        .action(ArgAction::Append)
        .help(texts.get("cli-option-set"))
}

fn output(texts: &Texts) -> Arg {
    Arg::new("output").short('o').long("output").value_name("FILE").help(texts.get("cli-option-output"))
}

fn output_dir(texts: &Texts) -> Arg {
    file("output-dir", texts).value_name("DIR").value_parser(clap::builder::NonEmptyStringValueParser::new())
}

fn waivers(texts: &Texts) -> Arg {
    Arg::new("waivers")
        .long("waivers")
        .value_name("FILE")
        .action(ArgAction::Append)
        .help(texts.get("cli-option-waivers"))
}

fn waiver_text(name: &'static str, value: &'static str, texts: &Texts) -> Arg {
    Arg::new(name).long(name).value_name(value).help(texts.get(&format!("cli-option-waiver-{name}")))
}

/// The day for which waivers are looked at, so that a run can be repeated.
fn today(texts: &Texts) -> Arg {
    let day = |text: &str| text.parse::<jiff::civil::Date>().map_err(|error| error.to_string());
    Arg::new("today").long("today").value_name("YYYY-MM-DD").value_parser(day).help(texts.get("cli-option-today"))
}

/// A number of days: `30d`, or `30`.
fn days(text: &str) -> Result<i64, String> {
    let number = text.strip_suffix('d').unwrap_or(text).parse::<i64>().map_err(|error| error.to_string())?;
    if (0..=poucet::waiver::LONGEST_DAYS).contains(&number) { Ok(number) } else { Err(text.to_owned()) }
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

/// The organization's own catalogue.
fn catalog(texts: &Texts) -> Arg {
    file("catalog", texts).action(ArgAction::Append)
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

/// For the results that can be in both languages at once.
fn both_languages(option: Arg) -> Arg {
    option.value_name("en|fr|both").value_parser(language_words().into_iter().chain([BOTH]).collect::<Vec<_>>())
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
    Exit::USAGE
}
