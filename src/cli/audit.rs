//! `poucet audit`: the main job.

use clap::ArgMatches;
use poucet::audit::{Audit, audit};
use poucet::compare::{self, audit_against};
use poucet::profile::Profile;
use poucet::snapshot::Snapshot;

use super::judging::Judging;
use super::output::{Output, second_language};
use super::target::{Reading, Target, is_damaged, resolve};
use super::{Exit, Session};

/// The profile when none is named.
const DEFAULT_PROFILE: &str = "byod";

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    if matches.get_flag("explain-collection") {
        let head = session.texts.get("cli-explain-collection");
        let table = poucet::source::adb::questions::render(|key| session.texts.get(key));
        return session.deliver(matches, &format!("{head}\n\n{table}"));
    }
    match prepared(session, matches) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn prepared(session: &Session, matches: &ArgMatches) -> Result<Exit, Exit> {
    let mut default: Vec<&str> = session.config.profile.iter().map(String::as_str).collect();
    if default.is_empty() {
        default.push(DEFAULT_PROFILE);
    }
    let judging = Judging::from(session, matches, &default)?;
    let format = Output::format(session, matches)?;
    let reading = Reading::from(session, matches)?;
    let baselines = baselines(session, matches, &reading)?;
    let (targets, mut exit) = resolve(session, matches)?;
    let only = targets.len() == 1;
    consent(session, &judging.profiles, &targets);
    let context = judging.context(session);
    let second = second_language(session, matches);
    let mut page = Output::new(session, matches, format, second.as_ref(), judging.today);
    let count = judging.waivers.as_ref().map_or(0, |waivers| waivers.list.len());
    let (mut judged, mut needed) = (vec![false; count], vec![false; count]);
    reading.each(session, targets, |target, result| match result {
        Ok(snapshot) => {
            let before = baselines.as_ref().map(|baselines| baselines.of(session, target, &snapshot, only));
            let audits: Vec<Audit<'_>> = judging
                .profiles
                .iter()
                .map(|profile| match before {
                    Some(Some(before)) => audit_against(before, &snapshot, profile, context),
                    Some(None) => compare::audit_against_nothing(&snapshot, profile, context),
                    None => audit(&snapshot, profile, context),
                })
                .collect();
            for audit in &audits {
                exit = exit.and(judging.outcome(audit));
                for found in &audit.waivers {
                    note(&mut judged, found.waiver, true);
                    note(&mut needed, found.waiver, found.matched > 0);
                }
            }
            page.add(|writer, text| writer.audits(&audits, text));
            exit = exit.and(damage(&snapshot));
        }
        Err(failure) => {
            if matches!(target, Target::Phone(_)) {
                session.say(&session.texts.with("cli-target", &[("target", &target.name())]));
            }
            failure.say(session);
            exit = exit.and(failure.exit());
        }
    });
    let exit = exit.and(page.finish());
    if let Some(waivers) = &judging.waivers {
        super::waiver::tell_unused(session, waivers, &judged, &needed);
    }
    Ok(exit)
}

/// The earlier readings of `--baseline`.
struct Baselines(Vec<Snapshot>);

fn baselines(session: &Session, matches: &ArgMatches, reading: &Reading<'_>) -> Result<Option<Baselines>, Exit> {
    let Some(path) = matches.get_one::<String>("baseline") else { return Ok(None) };
    let (snapshots, exit) = reading.all(session, path);
    // Against half a baseline everything would look new.
    if snapshots.is_empty() || exit != Exit::default() {
        return Err(exit.and(Exit::UNREADABLE));
    }
    Ok(Some(Baselines(snapshots)))
}

impl Baselines {
    /// The latest reading of a phone. One baseline for one target is meant for it, and a warning says when it is another phone's.
    fn of(&self, session: &Session, target: &Target, after: &Snapshot, only: bool) -> Option<&Snapshot> {
        let same = |before: &&Snapshot| compare::same_device(before, after) == compare::SameDevice::Same;
        let latest = self.0.iter().filter(same).max_by_key(|before| before.taken_at.as_deref());
        let texts = &session.texts;
        match (latest, self.0.as_slice()) {
            (Some(before), _) => Some(before),
            (None, [before]) if only => {
                session.say(&texts.with("cli-baseline-other", &[("target", &target.name())]));
                Some(before)
            }
            (None, _) => {
                session.say(&texts.with("cli-no-baseline", &[("target", &target.name())]));
                None
            }
        }
    }
}

fn note(list: &mut [bool], place: usize, holds: bool) {
    if let Some(noted) = list.get_mut(place) {
        *noted |= holds;
    }
}

/// Reminds of the person's agreement before a phone is read, where a profile asks for it: poucet cannot know whether it was given.
pub(crate) fn consent(session: &Session, profiles: &[Profile], targets: &[Target]) {
    let live = targets.iter().any(|target| matches!(target, Target::Phone(_)));
    if let Some(profile) = profiles.iter().find(|profile| live && profile.privacy.consent_required) {
        session.say(&session.texts.with("cli-consent", &[("profile", &profile.id)]));
    }
}

fn damage(snapshot: &Snapshot) -> Exit {
    if is_damaged(snapshot) { Exit::UNREADABLE } else { Exit::default() }
}
