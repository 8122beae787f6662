//! `poucet explain`: what a word means, without a phone and without a network.

use clap::{Arg, ArgMatches, Command};
use poucet::Catalog;
use poucet::inner::explain::{Explanation, Library, index, without_repeats};
use poucet::profile::Profile;
use poucet::report::Wording;
use poucet::report::explain::{self as report, Layout};
use poucet::vocabulary::Platform;
use poucet::vocabulary::guidance::Vendor;

use super::arguments::{Commands, format, output, profiles};
use super::{Outcome, Session};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    let choice = |name: &'static str, words: Vec<&'static str>| {
        Arg::new(name)
            .long(name)
            .value_name(words.join("|"))
            .value_parser(words)
            .hide_possible_values(true)
            .help(texts.get(&format!("cli-option-explain-{name}")))
    };
    make.build("explain")
        .arg(Arg::new("word").value_name("WORD").help(texts.get("cli-option-explain-word")))
        .arg(format(texts, &["table", "markdown", "json"]))
        .arg(output(texts))
        .arg(choice("platform", Platform::ALL.iter().map(|platform| platform.word()).collect()))
        .arg(choice("vendor", Vendor::ALL.iter().map(|vendor| vendor.word()).collect()))
        .arg(profiles("cli-option-explain-profile", texts))
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let catalog = session.catalog();
    let options = super::loading::profile_options(session, matches);
    let library = match matches.get_many::<String>("profile") {
        None => Library::shipped(catalog),
        Some(references) => {
            let loaded: Vec<Result<Profile, ()>> =
                references.map(|reference| super::loading::load(session, reference, &options)).collect();
            let Ok(profiles) = loaded.into_iter().collect() else { return Outcome::REFUSED };
            Library::of(profiles, catalog)
        }
    };
    let platform = matches.get_one::<String>("platform").and_then(|word| Platform::from_word(word));
    let vendor = matches.get_one::<String>("vendor").and_then(|word| Vendor::from_word(word));
    if vendor.is_some() && platform == Some(Platform::Ios) {
        session.error(&session.texts.get("explain-vendor-not-ios"), None);
        return Outcome::REFUSED;
    }
    // A maker's phones are Android phones.
    let platform = platform.or(vendor.map(|_| Platform::Android));
    let words = Wording::new(&session.texts);
    let layout = Layout { width: session.width(), colour: session.colour(matches) };
    let format = matches.get_one::<String>("format").map(String::as_str);
    let Some(word) = matches.get_one::<String>("word") else {
        let groups = index(&library);
        return session.deliver(
            matches,
            &match format {
                Some("json") => report::index_json(&groups),
                Some("markdown") => report::index_markdown(&groups, words),
                _ => report::index_table(&groups, words, layout),
            },
        );
    };
    let found = library.explain(word);
    if found.is_empty() {
        return unknown(session, &library, catalog, word);
    }
    let found: Vec<Explanation> = found.into_iter().map(|one| one.narrowed(platform, vendor)).collect();
    if format == Some("json") {
        return session.deliver(matches, &report::json(word, &found));
    }
    let shorter = |one: Explanation| if vendor.is_none() { one.without_makers() } else { one };
    let found = without_repeats(found.into_iter().map(shorter).collect());
    session.deliver(
        matches,
        &match format {
            Some("markdown") => report::markdown(&found, words),
            _ => report::table(&found, words, layout),
        },
    )
}

/// Says that nobody knows a word, with the next step.
fn unknown(session: &Session, library: &Library<'_>, catalog: &Catalog, word: &str) -> Outcome {
    let texts = &session.texts;
    let hint = match (library.suggest(word), catalog.by_slug(word)) {
        (_, Some(app)) => texts.with("explain-unknown-app", &[("word", &app.slug)]),
        (Some(near), None) => texts.with("cli-did-you-mean", &[("word", &near)]),
        (None, None) => texts.get("explain-unknown-hint"),
    };
    session.error(&texts.with("explain-unknown", &[("word", word)]), Some(&hint));
    Outcome::REFUSED
}
