//! `poucet compare`: a before and an after.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use clap::ArgMatches;
use poucet::compare::{self, ChangeKind, Comparison, Effect, SameDevice, compare};
use poucet::report::Pairing;
use poucet::report::Wording;
use poucet::snapshot::Snapshot;

use super::judging::Judging;
use super::output::{Output, second_language};
use super::reading::Reading;
use super::target::{Target, is_damaged, resolve};
use super::{Exit, Session};

/// The word for what the store has of the phone that is read now; a file of this name is `./last`.
const LAST: &str = "last";

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    match prepared(session, matches) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn prepared(session: &Session, matches: &ArgMatches) -> Result<Exit, Exit> {
    let judging = Judging::from(session, matches, &[])?;
    let format = Output::format(session, matches)?;
    let reading = Reading::from(session, matches)?;
    let place = |name: &str| matches.get_one::<OsString>(name).map_or(OsStr::new(""), OsString::as_os_str);
    let (before, after) = (place("before"), place("after"));
    if before == "-" && after == "-" {
        let hint = session.texts.get("cli-compare-stdin-hint");
        session.error(&session.texts.get("cli-compare-stdin"), Some(&hint));
        return Err(Exit::USAGE);
    }
    let (earlier, later, mut exit) = if before == LAST {
        last(session, matches, &judging, &reading)?
    } else {
        if after.is_empty() {
            let hint = session.texts.get("cli-see-help");
            session.error(&session.texts.with("cli-missing-argument", &[("argument", "AFTER")]), Some(&hint));
            return Err(Exit::USAGE);
        }
        super::audit::consent(session, &judging.profiles, &[Target::parse(before), Target::parse(after)]);
        let (earlier, exit) = reading.all(before);
        let (later, other) = reading.all(after);
        (earlier, later, exit.and(other))
    };
    if earlier.is_empty() || later.is_empty() {
        return Err(exit);
    }
    if earlier.iter().chain(&later).any(|snapshot| is_damaged(snapshot) || snapshot.is_partial()) {
        exit = exit.and(Exit::UNREADABLE);
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
        return Err(exit.and(Exit::UNREADABLE));
    }
    let context = judging.context(session);
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
    judging: &Judging<'_>,
    reading: &Reading<'_>,
) -> Result<(Vec<Snapshot>, Vec<Snapshot>, Exit), Exit> {
    let mut store = super::store::open(session, matches)?;
    let (targets, mut exit) = match matches.get_one::<OsString>("after") {
        Some(after) => (vec![Target::parse(after)], Exit::default()),
        None => resolve(session, matches)?.ready()?,
    };
    super::audit::consent(session, &judging.profiles, &targets);
    let (mut earlier, mut later) = (Vec::new(), Vec::new());
    reading.snapshots(targets, |result| match result {
        Ok(snapshot) => later.push(snapshot),
        Err(failure) => {
            failure.say(session);
            exit = exit.and(failure.exit());
        }
    });
    later.retain(|snapshot| {
        let Some(id) = snapshot.device.id.as_deref() else {
            let hint = session.texts.get("cli-no-last-id-hint");
            session.error(&session.texts.get("cli-no-last-id"), Some(&hint));
            exit = exit.and(Exit::UNREADABLE);
            return false;
        };
        let found = store.find(id).map_err(|error| super::store::refuse(session, &error));
        match found.and_then(|id| super::fleet::earlier(session, &mut store, &id, snapshot)) {
            Ok(before) => {
                earlier.push(before);
                true
            }
            Err(_) => {
                exit = exit.and(Exit::UNREADABLE);
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
        let counts = pairing.standings.entry(judgement.after.profile_id.clone()).or_default();
        for change in &judgement.rules {
            *counts.entry(change.standing).or_insert(0) += 1;
        }
    }
}
