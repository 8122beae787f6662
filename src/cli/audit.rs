//! `poucet audit`: the main job.

use clap::ArgMatches;
use poucet::audit::{Audit, Context, audit};
use poucet::profile::{self, Profile};
use poucet::snapshot::{Severity, Snapshot, Verdict};

use super::output::Output;
use super::profile::{load, options};
use super::target::{Reading, is_damaged, resolve};
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
    let Ok(profiles) = profiles(session, matches) else { return Exit::USAGE };
    let format = match Output::format(session, matches) {
        Ok(format) => format,
        Err(exit) => return exit,
    };
    let today = super::waiver::today(matches);
    let waivers = match super::waiver::waivers(session, matches, &profiles) {
        Ok(waivers) => waivers,
        Err(exit) => return exit,
    };
    let reading = match Reading::from(session, matches) {
        Ok(reading) => reading,
        Err(exit) => return exit,
    };
    let (targets, mut exit) = match resolve(session, matches) {
        Ok(resolved) => resolved,
        Err(exit) => return exit,
    };
    let ownership = match matches.get_one::<String>("ownership").map(String::as_str) {
        // The older word for it.
        Some("person") => Some("personal"),
        said => said.or(session.config.ownership),
    };
    let context =
        Context { ownership, waivers: waivers.as_ref(), today: Some(today), ..Context::new(session.catalog()) };
    consent(session, &profiles, &targets);
    let threshold = matches.get_one::<String>("fail-on").and_then(|word| Severity::from_word(word));
    let strict = matches.get_flag("strict");
    let second = super::output::second_language(session, matches);
    let mut page = Output::new(session, matches, format, second.as_ref(), today);
    let count = waivers.as_ref().map_or(0, |waivers| waivers.list.len());
    let (mut judged, mut needed) = (vec![false; count], vec![false; count]);
    reading.each(session, targets, |target, result| match result {
        Ok(snapshot) => {
            let audits: Vec<Audit<'_>> = profiles.iter().map(|profile| audit(&snapshot, profile, context)).collect();
            for audit in &audits {
                exit = exit.and(outcome(audit, threshold, strict || audit.strict));
                for found in &audit.waivers {
                    note(&mut judged, found.waiver, true);
                    note(&mut needed, found.waiver, found.matched > 0);
                }
            }
            page.add(|writer, text| writer.audits(&audits, text));
            exit = exit.and(damage(&snapshot));
        }
        Err(failure) => {
            if matches!(target, super::target::Target::Phone(_)) {
                session.say(&session.texts.with("cli-target", &[("target", &target.name())]));
            }
            failure.say(session);
            exit = exit.and(failure.exit());
        }
    });
    let exit = exit.and(page.finish());
    if let Some(waivers) = &waivers {
        super::waiver::tell_unused(session, waivers, &judged, &needed);
    }
    exit
}

fn note(list: &mut [bool], place: usize, holds: bool) {
    if let Some(noted) = list.get_mut(place) {
        *noted |= holds;
    }
}

/// Reminds of the person's agreement before a phone is read, where a profile asks for it: poucet cannot know whether it was given.
fn consent(session: &Session, profiles: &[Profile], targets: &[super::target::Target]) {
    let live = targets.iter().any(|target| matches!(target, super::target::Target::Phone(_)));
    if let Some(profile) = profiles.iter().find(|profile| live && profile.privacy.consent_required) {
        session.say(&session.texts.with("cli-consent", &[("profile", &profile.id)]));
    }
}

/// The profiles of a call; wrong ones are all shown, and judge nothing.
fn profiles(session: &Session, matches: &ArgMatches) -> Result<Vec<Profile>, ()> {
    let mut named: Vec<&str> =
        matches.get_many::<String>("profile").into_iter().flatten().map(String::as_str).collect();
    if named.is_empty() {
        named = session.config.profile.iter().map(String::as_str).collect();
    }
    if named.is_empty() {
        named.push(DEFAULT_PROFILE);
    }
    let mut profiles = Vec::new();
    let mut wrong = false;
    for name in named {
        match load(session, name, &options(session, matches)) {
            Ok(profile) if profile.is_abstract => {
                let usable: Vec<&str> = profile::shipped()
                    .iter()
                    .filter(|shipped| !shipped.is_abstract)
                    .map(|shipped| shipped.id)
                    .collect();
                let hint = session.texts.with("cli-abstract-profile-hint", &[("profiles", &usable.join(", "))]);
                session.error(&session.texts.with("cli-abstract-profile", &[("profile", name)]), Some(&hint));
                wrong = true;
            }
            Ok(profile) => profiles.push(profile),
            Err(()) => wrong = true,
        }
    }
    if wrong { Err(()) } else { Ok(profiles) }
}

fn outcome(audit: &Audit<'_>, threshold: Option<Severity>, strict: bool) -> Exit {
    let Some(threshold) = threshold else { return Exit::default() };
    let failing = audit.findings.iter().any(|finding| {
        finding.severity >= threshold
            && (finding.verdict == Verdict::Fail || strict && finding.verdict == Verdict::NotAssessed)
    });
    if failing { Exit::FAILING } else { Exit::default() }
}

fn damage(snapshot: &Snapshot) -> Exit {
    if is_damaged(snapshot) { Exit::UNREADABLE } else { Exit::default() }
}
