//! Arguments that several subcommands have, with their help in the person's language. Those of one subcommand stand beside it.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};
use poucet::report::Format;
use poucet::text::{Language, Texts};
use poucet::visit::Keep;
use poucet::vocabulary::Severity;

/// The flag that leaves the configuration file aside; it too is looked for before the arguments are understood.
pub(crate) const NO_CONFIG: &str = "no-config";

/// The words of `--lang`.
fn language_words() -> [&'static str; 2] {
    Language::ALL.map(Language::word)
}

/// The word of `--lang` that asks for both languages.
pub(crate) const BOTH: &str = "both";

/// Makes commands that all have what every command has.
pub(crate) struct Commands<'t> {
    texts: &'t Texts,
    template: String,
}

impl<'t> Commands<'t> {
    /// In the person's language.
    pub(crate) fn new(texts: &'t Texts) -> Commands<'t> {
        let template = format!(
            "{{before-help}}{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
            texts.get("cli-usage-heading")
        );
        Commands { texts, template }
    }

    /// The sentences of the help.
    pub(crate) fn texts(&self) -> &'t Texts {
        self.texts
    }

    /// A command whose sentence has its name for a key.
    pub(crate) fn build(&self, name: &'static str) -> Command {
        self.named(name, name)
    }

    /// A command that does nothing without one of its subcommands.
    pub(crate) fn group(&self, name: &'static str) -> Command {
        self.build(name).subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true)
    }

    /// A command, by its name and the key of its sentence.
    pub(crate) fn named(&self, name: &'static str, key: &str) -> Command {
        let texts = self.texts;
        Command::new(name)
            .about(texts.get(&format!("cli-{key}")))
            .help_template(self.template.clone())
            .disable_help_flag(true)
            .disable_version_flag(true)
            .next_help_heading(texts.get("cli-options-heading"))
            .arg(help_flag(texts))
            .arg(language_option(texts))
            .arg(flag(NO_CONFIG, texts))
            .subcommand_help_heading(texts.get("cli-commands-heading"))
    }
}

/// `--store`, with or without a place; with `=`, so that no target is taken for one.
pub(crate) fn store(texts: &Texts) -> Arg {
    Arg::new("store")
        .long("store")
        .value_name("FILE|postgres://…")
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("")
        .help(texts.get("cli-option-store"))
}

pub(crate) fn keep(texts: &Texts) -> Arg {
    Arg::new("keep").long("keep").value_name("90d|forever").value_parser(keep_word).help(texts.get("cli-option-keep"))
}

/// `--profile`, as often as there are profiles; the sentence of its help has this key.
pub(crate) fn profiles(help: &str, texts: &Texts) -> Arg {
    Arg::new("profile").short('p').long("profile").value_name("ID|FILE").action(ArgAction::Append).help(texts.get(help))
}

/// Options of the subcommands that judge and report.
pub(crate) fn judging(texts: &Texts, command: Command) -> Command {
    command
        .arg(profiles("cli-option-profile", texts))
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
pub(crate) fn reading(texts: &Texts, command: Command) -> Command {
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

pub(crate) fn targets(texts: &Texts) -> Arg {
    Arg::new("target")
        .value_name(texts.get("cli-value-target"))
        .num_args(0..)
        .value_parser(clap::value_parser!(std::ffi::OsString))
        .help(texts.get("cli-option-target"))
}

pub(crate) fn required(name: &'static str, value: &'static str, texts: &Texts) -> Arg {
    Arg::new(name).value_name(value).required(true).help(texts.get(&format!("cli-option-{name}")))
}

pub(crate) fn format(texts: &Texts, words: &[&'static str]) -> Arg {
    Arg::new("format")
        .short('f')
        .long("format")
        .value_name(words.join("|"))
        .value_parser(words.to_vec())
        .hide_possible_values(true)
        .help(texts.get("cli-option-format"))
}

pub(crate) fn set(texts: &Texts) -> Arg {
    Arg::new("set")
        .long("set")
        .value_name(texts.get("cli-value-set"))
        .action(ArgAction::Append)
        .help(texts.get("cli-option-set"))
}

pub(crate) fn output(texts: &Texts) -> Arg {
    Arg::new("output").short('o').long("output").value_name("FILE").help(texts.get("cli-option-output"))
}

pub(crate) fn output_dir(texts: &Texts) -> Arg {
    file("output-dir", texts).value_name("DIR").value_parser(clap::builder::NonEmptyStringValueParser::new())
}

pub(crate) fn waivers(texts: &Texts) -> Arg {
    Arg::new("waivers")
        .long("waivers")
        .value_name("FILE")
        .action(ArgAction::Append)
        .help(texts.get("cli-option-waivers"))
}

/// The day for which waivers are looked at, so that a run can be repeated.
pub(crate) fn today(texts: &Texts) -> Arg {
    let day = |text: &str| text.parse::<jiff::civil::Date>().map_err(|error| error.to_string());
    Arg::new("today").long("today").value_name("YYYY-MM-DD").value_parser(day).help(texts.get("cli-option-today"))
}

pub(crate) fn timeout(texts: &Texts) -> Arg {
    Arg::new("timeout")
        .long("timeout")
        .value_name(texts.get("cli-value-seconds"))
        .value_parser(clap::value_parser!(u64).range(1..=86_400))
        .default_value("60")
        .hide_default_value(true)
        .help(texts.get("cli-option-timeout"))
}

pub(crate) fn jobs(texts: &Texts) -> Arg {
    Arg::new("jobs")
        .long("jobs")
        .value_name("N")
        .value_parser(clap::value_parser!(u64).range(1..=256))
        .help(texts.get("cli-option-jobs"))
}

pub(crate) fn file(name: &'static str, texts: &Texts) -> Arg {
    Arg::new(name).long(name).value_name("FILE").help(texts.get(&format!("cli-option-{name}")))
}

/// The organization's own catalogue.
pub(crate) fn catalog(texts: &Texts) -> Arg {
    file("catalog", texts).action(ArgAction::Append)
}

pub(crate) fn flag(name: &'static str, texts: &Texts) -> Arg {
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

/// The word of `--keep`: `90d`, `90`, `forever`.
pub(crate) fn keep_word(text: &str) -> Result<Keep, String> {
    if text == "forever" {
        return Ok(Keep::Forever);
    }
    days(text).map(Keep::Days)
}

/// A number of days, at least one: `90d`, or `90`; `52w` for weeks.
pub(crate) fn days(text: &str) -> Result<u32, String> {
    let (number, factor) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    let number = number.parse::<u32>().map_err(|error| error.to_string())?;
    number.checked_mul(factor).filter(|days| (1..=36_500).contains(days)).ok_or_else(|| text.to_owned())
}

/// A number of days that may be none: `0`, else as [`days`].
pub(crate) fn undo_days(text: &str) -> Result<u32, String> {
    if matches!(text, "0" | "0d") { Ok(0) } else { days(text) }
}
