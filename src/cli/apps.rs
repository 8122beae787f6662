//! `poucet apps`: the catalogue.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};
use poucet::Catalog;
use poucet::inner::catalog::{App, IdStatus};
use poucet::text::Language;
use poucet::vocabulary::Platform;

use super::arguments::{Commands, catalog, format, required};
use super::{Outcome, Session};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    make.group("apps")
        .subcommand(make.named("list", "apps-list").arg(format(texts, &["table", "json"])).arg(catalog(texts)))
        .subcommand(
            make.named("show", "apps-show")
                .arg(required("id", "ID", texts))
                .arg(format(texts, &["table", "json"]))
                .arg(catalog(texts)),
        )
        .subcommand(make.named("search", "apps-search").arg(required("word", "WORD", texts)).arg(catalog(texts)))
        .subcommand(make.named("lint", "apps-lint").arg(
            Arg::new("file").value_name("FILE").num_args(1..).required(true).help(texts.get("cli-option-own-file")),
        ))
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let catalog = session.catalog();
    match matches.subcommand() {
        Some(("list", matches)) => {
            let apps: Vec<&App> = catalog.apps().iter().collect();
            if wants_json(matches) {
                return session.print(&format!(
                    "{:#}\n",
                    serde_json::Value::Array(apps.iter().map(|app| json(catalog, app)).collect())
                ));
            }
            list(session, &apps)
        }
        Some(("search", matches)) => {
            let word = matches.get_one::<String>("word").map_or("", String::as_str);
            let found = catalog.search(word);
            if found.is_empty() {
                session.error(
                    &session.texts.with("cli-no-app", &[("word", word)]),
                    Some(&session.texts.get("cli-no-app-hint")),
                );
                return Outcome::REFUSED;
            }
            list(session, &found)
        }
        Some(("show", matches)) => {
            let word = matches.get_one::<String>("id").map_or("", String::as_str);
            let app = catalog.by_slug(word).or_else(|| catalog.by_android_id(word)).or_else(|| catalog.by_ios_id(word));
            match app {
                Some(app) if wants_json(matches) => session.print(&format!("{:#}\n", json(catalog, app))),
                Some(app) => show(session, catalog, app),
                None => {
                    session.error(
                        &session.texts.with("cli-no-app", &[("word", word)]),
                        Some(&session.texts.get("cli-no-app-hint")),
                    );
                    Outcome::REFUSED
                }
            }
        }
        Some(("lint", matches)) => lint(session, matches),
        _ => Outcome::REFUSED,
    }
}

fn wants_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("format").is_some_and(|format| format == "json")
}

/// Looks for mistakes in an organization's catalogue files, taken together as an audit takes them.
fn lint(session: &Session, matches: &ArgMatches) -> Outcome {
    let files: Vec<PathBuf> = matches.get_many::<String>("file").into_iter().flatten().map(PathBuf::from).collect();
    match poucet::profile::extend_catalog(Catalog::builtin(), &files) {
        Ok(catalog) => {
            let mut text = String::new();
            for file in catalog.provenance() {
                let (apps, corrections) = (file.apps.to_string(), file.corrections.to_string());
                let variables = [
                    ("file", file.name.as_str()),
                    ("apps", &apps),
                    ("corrections", &corrections),
                    ("sha256", &file.sha256),
                ];
                text.push_str(&session.texts.with("cli-apps-lint-good", &variables));
                text.push('\n');
            }
            session.print(&text)
        }
        Err(errors) => {
            session.mistakes(&errors);
            Outcome::REFUSED
        }
    }
}

fn list(session: &Session, apps: &[&App]) -> Outcome {
    let width = |text: fn(&App) -> &str| apps.iter().map(|app| text(app).chars().count()).max().unwrap_or(0);
    let (slugs, names) = (width(|app| &app.slug), width(|app| &app.name));
    let mut text = String::new();
    for app in apps {
        text.push_str(&format!(
            "{:slugs$}  {:names$}  {}  {}{}\n",
            app.slug,
            app.name,
            app.country_of_control,
            app.publisher,
            said_here(session, app).map_or_else(String::new, |note| format!("  [{note}]"))
        ));
    }
    session.print(&text)
}

/// What an organization's own file has to do with an app, with its day.
fn said_here(session: &Session, app: &App) -> Option<String> {
    let key = if app.own { "cli-app-own" } else { "cli-app-corrected" };
    app.as_of.as_ref().map(|date| session.texts.with(key, &[("date", date)]))
}

fn show(session: &Session, catalog: &Catalog, app: &App) -> Outcome {
    let texts = &session.texts;
    let language = texts.language();
    let word = |text: Option<&poucet::text::Text>, otherwise: &str| {
        text.map_or_else(|| otherwise.to_owned(), |text| text.of(language).to_owned())
    };
    let mut text = format!("{} ({})\n", app.name, app.slug);
    let control = word(catalog.country(&app.country_of_control), &app.country_of_control);
    let control = texts.with("cli-app-control", &[("country", &control), ("date", catalog.as_of_of(&app.slug))]);
    text.push_str(&format!("  {}: {}\n", texts.get("cli-app-publisher"), app.publisher));
    text.push_str(&format!("  {control}\n"));
    text.push_str(&format!(
        "  {}: {}\n",
        texts.get("cli-app-category"),
        word(catalog.category(&app.category), &app.category)
    ));
    for platform in Platform::ALL {
        for id in app.ids(*platform) {
            let status = match id.status {
                IdStatus::Verified => "cli-id-verified",
                IdStatus::SingleSource => "cli-id-single-source",
                IdStatus::Unverified => "cli-id-unverified",
            };
            text.push_str(&format!("  {platform}: {} ({})\n", id.id, texts.get(status)));
        }
    }
    if let Some(note) = said_here(session, app) {
        text.push_str(&format!("  {note}\n"));
    }
    if let Some(note) = &app.note {
        text.push_str(&format!("  {}\n", note.of(language)));
    }
    if let Some(open) = &app.cannot_tell {
        let open = texts.with("cli-app-cannot-tell", &[("what", open.of(language))]);
        text.push_str(&format!("  {open}\n"));
    }
    session.print(&text)
}

fn json(catalog: &Catalog, app: &App) -> serde_json::Value {
    let ids = |platform: Platform| app.ids(platform).iter().map(|id| id.id.clone()).collect::<Vec<_>>();
    let status = |status: IdStatus| match status {
        IdStatus::Verified => "verified",
        IdStatus::SingleSource => "single-source",
        IdStatus::Unverified => "unverified",
    };
    let sources: Vec<serde_json::Value> = Platform::ALL
        .iter()
        .flat_map(|platform| app.ids(*platform).iter().map(move |id| (platform, id)))
        .map(|(platform, id)| {
            serde_json::json!({
                "platform": platform.to_string(),
                "id": id.id,
                "status": status(id.status),
                "sources": id.sources.split('+').filter(|letter| !letter.is_empty()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let both = |text: &Option<poucet::text::Text>| {
        text.as_ref().map(|text| serde_json::json!({"en": text.of(Language::En), "fr": text.of(Language::Fr)}))
    };
    serde_json::json!({
        "slug": app.slug,
        "name": app.name,
        "publisher": app.publisher,
        "country_of_control": app.country_of_control,
        "category": app.category,
        "variant_of": app.variant_of,
        "android": ids(Platform::Android),
        "ios": ids(Platform::Ios),
        "ids": sources,
        "note": both(&app.note),
        "ids_cannot_tell": both(&app.cannot_tell),
        "as_of": catalog.as_of_of(&app.slug),
        "own": app.own,
        "corrected": app.as_of.is_some() && !app.own,
    })
}
