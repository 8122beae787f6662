//! `poucet waiver`: what somebody signed for, and until when.

use std::path::PathBuf;

use clap::ArgMatches;
use jiff::civil::Date;
use poucet::profile::{self, Profile};
use poucet::text::clean::sanitize;
use poucet::waiver::{self, Devices, Readers, RuleName, Waivers};

use super::profile::{load, options};
use super::{Exit, LONGEST_MESSAGE, Session};

/// Days that a waiver holds when nobody says otherwise.
const DEFAULT_DAYS: i64 = 90;

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    match matches.subcommand() {
        Some(("list", matches)) => list(session, matches),
        Some(("new", matches)) => new(session, matches),
        _ => Exit::USAGE,
    }
}

/// The day for which waivers are looked at: that of the arguments, else the day it is.
pub(crate) fn today(matches: &ArgMatches) -> Date {
    matches.get_one::<Date>("today").copied().unwrap_or_else(|| jiff::ZonedDateTime::now().date())
}

/// The waivers of a call: those of the arguments, else those of the configuration. `None` where there are none. Mistakes are shown,
/// and judge nothing.
pub(crate) fn waivers(session: &Session, matches: &ArgMatches, loaded: &[Profile]) -> Result<Option<Waivers>, Exit> {
    let named: Vec<PathBuf> = matches.get_many::<String>("waivers").into_iter().flatten().map(PathBuf::from).collect();
    let files = if named.is_empty() { session.config.waivers.clone() } else { named };
    if files.is_empty() {
        return Ok(None);
    }
    let options = options(session, matches);
    // The profiles of this call first: one that is named by its file has its id inside.
    let find = |id: &str| {
        let own = loaded.iter().find(|profile| profile.id == id).cloned();
        own.or_else(|| {
            profile::load_with(id, session.catalog(), &profile::Options { set: Vec::new(), ..options.clone() }).ok()
        })
    };
    let shipped = profile::shipped().into_iter().map(|shipped| shipped.id.to_owned());
    let ids = loaded.iter().map(|profile| profile.id.clone()).chain(shipped).collect();
    match waiver::read(&files, session.catalog(), &Readers { profile: &find, ids }) {
        Ok(waivers) => Ok(Some(waivers)),
        Err(errors) => {
            session.mistakes(&errors);
            Err(Exit::USAGE)
        }
    }
}

fn list(session: &Session, matches: &ArgMatches) -> Exit {
    let texts = &session.texts;
    let waivers = match waivers(session, matches, &[]) {
        Ok(Some(waivers)) => waivers,
        Ok(None) => {
            session.error(&texts.get("cli-no-waivers"), Some(&texts.get("cli-no-waivers-hint")));
            return Exit::USAGE;
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
fn new(session: &Session, matches: &ArgMatches) -> Exit {
    let texts = &session.texts;
    let Some(finding) = matches.get_one::<String>("finding") else { return Exit::USAGE };
    let mut parts = finding.splitn(3, '/');
    let (Some(id), Some(rule)) = (parts.next(), parts.next()) else {
        let message = texts.with("cli-waiver-form", &[("finding", finding)]);
        session.error(&message, Some(&texts.get("cli-waiver-form-hint")));
        return Exit::USAGE;
    };
    let app = parts.next().map(str::to_owned).or_else(|| matches.get_one::<String>("app").cloned());
    let Ok(profile) = load(session, id, &options(session, matches)) else { return Exit::USAGE };
    let Some(known) = profile.rule(rule) else {
        let message = texts.with("cli-waiver-no-rule", &[("profile", &profile.id), ("rule", rule)]);
        let rules = profile.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", ");
        session.error(&message, Some(&texts.with("cli-one-of", &[("words", &rules)])));
        return Exit::USAGE;
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

/// Tells of waivers for any phone that none of the phones of the call needed.
pub(crate) fn tell_unused(session: &Session, waivers: &Waivers, judged: &[bool], needed: &[bool]) {
    for (place, waiver) in waivers.list.iter().enumerate() {
        let is = |list: &[bool]| list.get(place).copied().unwrap_or(false);
        if waiver.devices == Devices::Any && is(judged) && !is(needed) {
            let place = format!("{}:{}", waiver.file, waiver.line);
            session.say(
                &session.texts.with("cli-waiver-unused", &[("rule", &waiver.rule.to_string()), ("place", &place)]),
            );
        }
    }
}
