//! `poucet compare`: a before and an after.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use clap::{ArgMatches, Command};
use poucet::compare::{self, ChangeKind, Comparison, Effect, SameDevice, compare};
use poucet::report::Pairing;
use poucet::report::Wording;
use poucet::snapshot::Snapshot;
use poucet::visit::judge::is_damaged;
use poucet::visit::sight::resolve;
use poucet::visit::{JudgeOptions, Reader, Target, consent};

use super::arguments::{self, Commands, flag, required};
use super::output::{Output, second_language};
use super::terminal::Terminal;
use super::{Outcome, Session, options};

/// The word for what the store has of the phone that is read now; a file of this name is `./last`.
const LAST: &str = "last";

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    arguments::reading(
        texts,
        arguments::judging(
            texts,
            make.build("compare")
                .arg(required("before", "BEFORE", texts).value_parser(clap::value_parser!(std::ffi::OsString)))
                .arg(
                    required("after", "AFTER", texts)
                        .required(false)
                        .value_parser(clap::value_parser!(std::ffi::OsString)),
                )
                .arg(arguments::store(texts).help(texts.get("cli-option-compare-store"))),
        )
        .mut_arg("profile", |profile| profile.help(texts.get("cli-option-compare-profile")))
        .arg(flag("fail-on-new", texts).help(texts.get("cli-option-compare-fail-on-new"))),
    )
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    match prepared(session, matches) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn prepared(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let judging = options::judge(session, matches, &[])?;
    let format = Output::format(session, matches)?;
    let (read, passwords) = options::read(session, matches)?;
    let terminal = Terminal::new(session, passwords);
    let reader = Reader::new(&read, &terminal);
    let place = |name: &str| matches.get_one::<OsString>(name).map_or(OsStr::new(""), OsString::as_os_str);
    let (before, after) = (place("before"), place("after"));
    if before == "-" && after == "-" {
        let hint = session.texts.get("cli-compare-stdin-hint");
        session.error(&session.texts.get("cli-compare-stdin"), Some(&hint));
        return Err(Outcome::REFUSED);
    }
    let (earlier, later, mut exit) = if before == LAST {
        last(session, matches, &judging, &reader, &terminal)?
    } else {
        if after.is_empty() {
            let hint = session.texts.get("cli-see-help");
            session.error(&session.texts.with("cli-missing-argument", &[("argument", "AFTER")]), Some(&hint));
            return Err(Outcome::REFUSED);
        }
        consent(&judging.profiles, &[Target::parse(before), Target::parse(after)], &terminal);
        let (earlier, exit) = terminal.during(|| reader.all(Target::parse(before)));
        let (later, other) = terminal.during(|| reader.all(Target::parse(after)));
        (earlier, later, exit.and(other))
    };
    if earlier.is_empty() || later.is_empty() {
        return Err(exit);
    }
    if earlier.iter().chain(&later).any(|snapshot| is_damaged(snapshot) || snapshot.is_partial()) {
        exit = exit.and(Outcome::UNREADABLE);
    }
    let words = Wording::new(&session.texts);
    let (pairs, mut pairing) = pair(&earlier, &later, words);
    if pairs.is_empty() {
        session.error(
            &session
                .texts
                .with("cli-no-pair", &[("before", &before.to_string_lossy()), ("after", &after.to_string_lossy())]),
            Some(&session.texts.get("cli-no-pair-hint")),
        );
        return Err(exit.and(Outcome::UNREADABLE));
    }
    let context = judging.context();
    let second = second_language(session, matches);
    let mut page = Output::new(session, matches, format, second.as_ref(), judging.today);
    for (before, after) in &pairs {
        let comparison = compare(before, after, &judging.profiles, context);
        if comparison.device != SameDevice::Same {
            let key = format!("compare-device-{}", comparison.device);
            session.say(&session.texts.with("cli-warning", &[("message", &session.texts.get(&key))]));
        }
        count(&comparison, &mut pairing);
        for judgement in &comparison.judgements {
            exit = exit.and(judging.outcome(&judgement.after));
        }
        page.add(|form| form.comparison(&comparison));
    }
    if earlier.len() > 1 || later.len() > 1 {
        page.add(|form| form.pairing(&pairing));
    }
    Ok(exit.and(page.finish()))
}

/// What each phone that is read now was the time before, by the store.
fn last(
    session: &Session,
    matches: &ArgMatches,
    judging: &JudgeOptions<'_>,
    reader: &Reader<'_>,
    terminal: &Terminal<'_>,
) -> Result<(Vec<Snapshot>, Vec<Snapshot>, Outcome), Outcome> {
    let mut store = super::store::open(session, matches)?;
    let (targets, mut exit) = match matches.get_one::<OsString>("after") {
        Some(after) => (vec![Target::parse(after)], Outcome::default()),
        None => resolve(options::targets(session, matches)?, terminal)?.ready()?,
    };
    consent(&judging.profiles, &targets, terminal);
    let (mut later, read) = terminal.during(|| reader.snapshots(targets));
    exit = exit.and(read);
    let mut earlier = Vec::new();
    later.retain(|snapshot| {
        let Some(id) = snapshot.device.id.as_deref() else {
            let hint = session.texts.get("cli-no-last-id-hint");
            session.error(&session.texts.get("cli-no-last-id"), Some(&hint));
            exit = exit.and(Outcome::UNREADABLE);
            return false;
        };
        let found = store.find(id).map_err(|error| super::store::refuse(session, &error));
        match found.and_then(|id| super::fleet::earlier(session, &mut store, &id, snapshot)) {
            Ok(before) => {
                earlier.push(before);
                true
            }
            Err(_) => {
                exit = exit.and(Outcome::UNREADABLE);
                false
            }
        }
    });
    Ok((earlier, later, exit))
}

/// One reading against one is meant so. Of several, those of one phone belong together: the latest of each side.
fn pair<'s>(
    earlier: &'s [Snapshot],
    later: &'s [Snapshot],
    words: Wording<'_>,
) -> (Vec<(&'s Snapshot, &'s Snapshot)>, Pairing) {
    let mut pairing = Pairing::default();
    if let ([before], [after]) = (earlier, later) {
        return (vec![(before, after)], pairing);
    }
    let (mut befores, mut afters) = (latest(earlier, words, &mut pairing), latest(later, words, &mut pairing));
    let mut pairs = Vec::new();
    for (id, after) in std::mem::take(&mut afters.by_id) {
        match befores.by_id.remove(id) {
            Some(before) => pairs.push((before, after)),
            None => afters.unknown.push(after),
        }
    }
    befores.unknown.extend(befores.by_id.into_values());
    pairing.only_before = names(&befores.unknown, words);
    pairing.only_after = names(&afters.unknown, words);
    (pairs, pairing)
}

/// The readings of one side.
#[derive(Default)]
struct Side<'s> {
    by_id: BTreeMap<&'s str, &'s Snapshot>,
    unknown: Vec<&'s Snapshot>,
}

fn latest<'s>(snapshots: &'s [Snapshot], words: Wording<'_>, pairing: &mut Pairing) -> Side<'s> {
    let mut side = Side::default();
    for snapshot in snapshots {
        let Some(id) = snapshot.device.id.as_deref() else {
            side.unknown.push(snapshot);
            continue;
        };
        // Half a reading is nothing to compare with where there is a whole one.
        let rank = |snapshot: &Snapshot| (!snapshot.is_partial(), snapshot.moment());
        let (aside, kept) = match side.by_id.get(id).copied() {
            Some(known) if rank(known) >= rank(snapshot) => (Some(snapshot), known),
            known => (known, snapshot),
        };
        side.by_id.insert(id, kept);
        let Some(aside) = aside else { continue };
        let later = aside.is_partial() && !kept.is_partial();
        if later { &mut pairing.partial } else { &mut pairing.older }.push(name(aside, words));
    }
    side
}

fn names(snapshots: &[&Snapshot], words: Wording<'_>) -> Vec<String> {
    let mut names: Vec<String> = snapshots.iter().map(|snapshot| name(snapshot, words)).collect();
    names.sort();
    names
}

/// A reading by what a person knows of it.
fn name(snapshot: &Snapshot, words: Wording<'_>) -> String {
    match &snapshot.source.name {
        Some(name) => format!("{name} ({})", words.device(&snapshot.device)),
        None => words.device(&snapshot.device),
    }
}

fn count(comparison: &Comparison<'_>, pairing: &mut Pairing) {
    pairing.pairs += 1;
    let told = |change: &&compare::Change<'_>| change.kind != ChangeKind::NotComparable;
    let changes: Vec<&compare::Change<'_>> = comparison.changes.iter().filter(told).collect();
    // Of half a reading nobody knows that nothing changed.
    let whole = !comparison.before.is_partial() && !comparison.after.is_partial();
    pairing.unchanged += u64::from(changes.is_empty() && comparison.hidden == 0 && whole);
    pairing.wider += u64::from(changes.iter().any(|change| change.effect == Effect::More));
    for judgement in &comparison.judgements {
        let counts = pairing.standings.entry(judgement.after.profile_id.to_owned()).or_default();
        for change in &judgement.rules {
            *counts.entry(change.standing).or_insert(0) += 1;
        }
    }
}
