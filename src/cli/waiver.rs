//! `poucet waiver`: what somebody signed for, and until when.

use clap::{Arg, ArgAction, ArgMatches, Command};
use poucet::text::Texts;
use poucet::text::clean::sanitize;
use poucet::waiver::{Devices, RuleName};

use super::arguments::{self, Commands, catalog, format, required};
use super::loading::{load, profile_options, today, waivers};
use super::{LONGEST_MESSAGE, Outcome, Session};

/// Days that a waiver holds when nobody says otherwise.
const DEFAULT_DAYS: i64 = 90;

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    make.group("waiver")
        .subcommand(
            make.named("list", "waiver-list")
                .arg(arguments::waivers(texts))
                .arg(
                    Arg::new("expiring")
                        .long("expiring")
                        .value_name("30d")
                        .value_parser(days)
                        .help(texts.get("cli-option-expiring")),
                )
                .arg(arguments::today(texts))
                .arg(format(texts, &["table", "json"]))
                .arg(catalog(texts)),
        )
        .subcommand(
            make.named("new", "waiver-new")
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
                .arg(arguments::today(texts))
                .arg(catalog(texts)),
        )
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    match matches.subcommand() {
        Some(("list", matches)) => list(session, matches),
        Some(("new", matches)) => new(session, matches),
        _ => Outcome::REFUSED,
    }
}

fn list(session: &Session, matches: &ArgMatches) -> Outcome {
    let texts = &session.texts;
    let waivers = match waivers(session, matches, &[]) {
        Ok(Some(waivers)) => waivers,
        Ok(None) => {
            session.error(&texts.get("cli-no-waivers"), Some(&texts.get("cli-no-waivers-hint")));
            return Outcome::REFUSED;
        }
        Err(exit) => return exit,
    };
    let today = today(matches);
    let within = matches.get_one::<i64>("expiring").copied();
    let mut shown: Vec<_> =
        waivers.list.iter().filter(|waiver| within.is_none_or(|days| waiver.days_left(today) <= days)).collect();
    shown.sort_by(|one, other| {
        (one.expires, &one.rule, &one.file, one.line).cmp(&(other.expires, &other.rule, &other.file, other.line))
    });
    if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
        let list: Vec<serde_json::Value> = shown
            .iter()
            .map(|waiver| {
                serde_json::json!({
                    "rule": waiver.rule.to_string(),
                    "device": match &waiver.devices {
                        Devices::Any => serde_json::json!("any"),
                        Devices::Ids(ids) => serde_json::json!(ids),
                    },
                    "apps": waiver.apps.as_ref().map(ToString::to_string),
                    "permissions": waiver.permissions,
                    "state": waiver.on(today),
                    "days_left": waiver.days_left(today),
                    "granted": waiver.granted.to_string(),
                    "expires": waiver.expires.to_string(),
                    "approver": waiver.approver,
                    "ticket": waiver.ticket,
                    "reason": waiver.reason,
                    "mitigations": waiver.mitigations.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "file": waiver.file,
                    "line": waiver.line,
                })
            })
            .collect();
        return session.print(&format!("{:#}\n", serde_json::Value::Array(list)));
    }
    let mut page = String::new();
    for waiver in &shown {
        let days = waiver.days_left(today);
        let left = match u64::try_from(days) {
            Ok(days) => texts.count("cli-waiver-left", days, &[]),
            Err(_) => texts.count("cli-waiver-past", days.unsigned_abs(), &[]),
        };
        let devices = match &waiver.devices {
            Devices::Any => texts.get("cli-waiver-any-phone"),
            Devices::Ids(ids) => {
                texts.with("cli-waiver-phones", &[("ids", &ids.iter().cloned().collect::<Vec<_>>().join(", "))])
            }
        };
        let apps = match &waiver.apps {
            Some(apps) => texts.with("cli-waiver-apps", &[("apps", &apps.to_string())]),
            None => texts.get("cli-waiver-any-app"),
        };
        page.push_str(&format!("{}  {}  {left}\n", waiver.expires, waiver.rule));
        let safe = |text: &str| sanitize(text, LONGEST_MESSAGE);
        let place = format!("{}:{}", waiver.file, waiver.line);
        let signed = texts.with(
            "cli-waiver-signed",
            &[
                ("approver", &safe(&waiver.approver)),
                ("reason", &safe(waiver.reason.of(texts.language()))),
                ("place", &safe(&place)),
            ],
        );
        page.push_str(&format!("    {devices}; {apps}\n    {signed}\n"));
        if !waiver.mitigations.is_empty() {
            let rules = waiver.mitigations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            page.push_str(&format!("    {}\n", texts.with("cli-waiver-rests", &[("rules", &rules)])));
        }
    }
    let all = u64::try_from(waivers.list.len()).unwrap_or(u64::MAX);
    let count = u64::try_from(shown.len()).unwrap_or(u64::MAX);
    page.push_str(&texts.count("cli-waiver-count", all, &[("shown", &count.to_string())]));
    page.push('\n');
    session.print(&page)
}

/// Writes one block of a waiver file on standard output, to be filled in and signed.
fn new(session: &Session, matches: &ArgMatches) -> Outcome {
    let texts = &session.texts;
    let Some(finding) = matches.get_one::<String>("finding") else { return Outcome::REFUSED };
    let mut parts = finding.splitn(3, '/');
    let (Some(id), Some(rule)) = (parts.next(), parts.next()) else {
        let message = texts.with("cli-waiver-form", &[("finding", finding)]);
        session.error(&message, Some(&texts.get("cli-waiver-form-hint")));
        return Outcome::REFUSED;
    };
    let app = parts.next().map(str::to_owned).or_else(|| matches.get_one::<String>("app").cloned());
    let Ok(profile) = load(session, id, &profile_options(session, matches)) else { return Outcome::REFUSED };
    let Some(known) = profile.rule(rule) else {
        let message = texts.with("cli-waiver-no-rule", &[("profile", &profile.id), ("rule", rule)]);
        let rules = profile.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", ");
        session.error(&message, Some(&texts.with("cli-one-of", &[("words", &rules)])));
        return Outcome::REFUSED;
    };
    let today = today(matches);
    let days = matches.get_one::<i64>("days").copied().unwrap_or(DEFAULT_DAYS);
    let expires = today.checked_add(jiff::Span::new().days(days)).unwrap_or(today);
    let said = |name: &str| quoted(matches.get_one::<String>(name).map_or("…", String::as_str));
    let rule = RuleName { profile: profile.id.clone(), rule: known.id.clone() };
    let mut block = format!("# {}\n", sanitize(known.title.of(texts.language()), LONGEST_MESSAGE));
    block.push_str(&format!("# {}\n[[waiver]]\n", texts.get("cli-waiver-new-remark")));
    block.push_str(&format!("rule     = {}\n", quoted(&rule.to_string())));
    block.push_str(&format!(
        "device   = {}\n",
        quoted(matches.get_one::<String>("device").map_or("any", String::as_str))
    ));
    if let Some(app) = app {
        // An id that the catalogue knows is written with the word that stands for it on both platforms.
        let listed = session.catalog().by_android_id(&app).or_else(|| session.catalog().by_ios_id(&app));
        block.push_str(&format!("apps     = {}\n", quoted(listed.map_or(app.as_str(), |listed| &listed.slug))));
    }
    block.push_str(&format!("reason   = {{ en = {}, fr = {} }}\n", said("reason-en"), said("reason-fr")));
    block.push_str(&format!("approver = {}\n", said("approver")));
    if let Some(ticket) = matches.get_one::<String>("ticket") {
        block.push_str(&format!("ticket   = {}\n", quoted(ticket)));
    }
    block.push_str(&format!("granted  = {today}\nexpires  = {expires}\n"));
    let mitigations: Vec<String> =
        matches.get_many::<String>("mitigation").into_iter().flatten().map(|rule| quoted(rule)).collect();
    if !mitigations.is_empty() {
        block.push_str(&format!("mitigations = [{}]\n", mitigations.join(", ")));
    }
    session.print(&block)
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn waiver_text(name: &'static str, value: &'static str, texts: &Texts) -> Arg {
    Arg::new(name).long(name).value_name(value).help(texts.get(&format!("cli-option-waiver-{name}")))
}

/// A number of days: `30d`, or `30`.
fn days(text: &str) -> Result<i64, String> {
    let number = text.strip_suffix('d').unwrap_or(text).parse::<i64>().map_err(|error| error.to_string())?;
    if (0..=poucet::waiver::LONGEST_DAYS).contains(&number) { Ok(number) } else { Err(text.to_owned()) }
}
