//! What a call judges by: profiles, waivers, who owns the phone, and from when on the exit code tells of a failure.

use clap::ArgMatches;
use poucet::audit::{Audit, Context, Finding};
use poucet::evidence::{Kind, Reason, SourceKind};
use poucet::profile::{self, Profile};
use poucet::snapshot::APP_LIST;
use poucet::vocabulary::{Check, Severity, Standing, Verdict};
use poucet::waiver::Waivers;

use super::profile::{load, options};
use super::{Exit, Session};

/// Settled before anything is read.
pub(crate) struct Judging<'s> {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) waivers: Option<Waivers>,
    pub(crate) today: jiff::civil::Date,
    ownership: Option<&'s str>,
    threshold: Option<Severity>,
    strict: bool,
    only_new: bool,
}

impl<'s> Judging<'s> {
    /// From the arguments; without a profile among them, `default` is the one.
    ///
    /// # Errors
    /// With every mistake of a profile or a waiver file shown: a wrong one judges nothing.
    pub(crate) fn from(session: &'s Session, matches: &'s ArgMatches, default: &[&str]) -> Result<Judging<'s>, Exit> {
        let profiles = profiles(session, matches, default).map_err(|()| Exit::USAGE)?;
        let waivers = super::waiver::waivers(session, matches, &profiles)?;
        let ownership = match matches.get_one::<String>("ownership").map(String::as_str) {
            // The older word for it.
            Some("person") => Some("personal"),
            said => said.or(session.config.ownership),
        };
        Ok(Judging {
            profiles,
            waivers,
            today: super::waiver::today(matches),
            ownership,
            threshold: matches.get_one::<String>("fail-on").and_then(|word| Severity::from_word(word)),
            strict: matches.get_flag("strict"),
            // A watch has nothing to hold new findings against.
            only_new: matches.try_get_one::<bool>("fail-on-new").ok().flatten().is_some_and(|only| *only),
        })
    }

    /// What judging needs beside profile and snapshot.
    pub(crate) fn context<'c>(&'c self, session: &'c Session) -> Context<'c> {
        Context {
            ownership: self.ownership,
            waivers: self.waivers.as_ref(),
            today: Some(self.today),
            ..Context::new(session.catalog())
        }
    }

    /// Everything that a verdict follows from beside the snapshot: the same text, the same verdict.
    pub(crate) fn settings(&self) -> String {
        let profiles: Vec<(&str, &str)> =
            self.profiles.iter().map(|profile| (profile.id.as_str(), profile.sha256.as_str())).collect();
        // Waivers end with a day; without any, the day changes nothing but the age of a backup.
        let waivers = self.waivers.as_ref().map(|waivers| (format!("{:?}", waivers.list), self.today));
        let threshold = self.threshold.map(Severity::word);
        format!("{profiles:?} {waivers:?} {:?} {threshold:?} {} {}", self.ownership, self.strict, self.only_new)
    }

    /// The exit code of an audit.
    pub(crate) fn outcome(&self, audit: &Audit<'_>) -> Exit {
        let Some(threshold) = self.threshold else { return Exit::default() };
        let strict = self.strict || audit.strict;
        let failing = audit.findings.iter().any(|finding| {
            let counts = match finding.verdict {
                Verdict::Fail => !self.only_new || finding.standing == Some(Standing::New),
                // Who asks for it by name has it counted.
                Verdict::Noted => threshold == Severity::Info && !self.only_new,
                Verdict::NotAssessed if strict => {
                    !self.only_new || finding.standing == Some(Standing::NoLongerAssessed)
                }
                _ => false,
            };
            counts && finding.severity >= threshold
        });
        // What fails, and may have failed before: neither is it known to be new, nor that nothing is.
        let unsure = self.only_new
            && audit
                .findings
                .iter()
                .any(|finding| finding.standing == Some(Standing::PerhapsNew) && finding.severity >= threshold);
        let unsure = unsure || !failing && lacks_evidence(audit, threshold, self.only_new);
        let exit = if unsure { Exit::UNREADABLE } else { Exit::default() };
        if failing { exit.and(Exit::FAILING) } else { exit }
    }
}

/// Whether a rule could not be judged because a piece of evidence is not there, or is not shown to be whole: what it would have said is not
/// known, and no exit code may make it look as if nothing failed.
fn lacks_evidence(audit: &Audit<'_>, threshold: Severity, only_new: bool) -> bool {
    let snapshot = audit.snapshot;
    let is_saved = snapshot.source.kind == SourceKind::Files.word();
    let unknown = |finding: &&Finding<'_>| {
        finding.verdict == Verdict::NotAssessed
            && finding.severity >= threshold
            && (!only_new || finding.standing == Some(Standing::NoLongerAssessed))
    };
    audit.findings.iter().filter(unknown).any(|finding| {
        let poucet::audit::Why::Gap(gap) = &finding.because else { return false };
        if gap.area == APP_LIST {
            // A snapshot that only counts some apps is whole.
            return snapshot.gaps.iter().any(|own| own.area == APP_LIST);
        }
        // What contradicts itself may be an app's doing, and of an app in two lists that disagree nobody knows.
        let in_doubt = [Reason::Unproven, Reason::Unreadable].iter().any(|reason| reason.word() == gap.reason);
        if in_doubt || gap.area == Check::AppPresence.word() && gap.app.is_some() {
            return true;
        }
        let of_gap = |kind: &Kind| [gap.area.as_str(), gap.detail.as_str()].contains(&kind.label());
        // Tools collect some outputs for one user only; a folder of saved texts lacks what nobody saved.
        let Some(kind) = Kind::ALL.into_iter().find(of_gap).filter(|_| gap.reason == Reason::Absent.word()) else {
            return false;
        };
        is_saved || !snapshot.read.iter().any(|read| read.source.starts_with(kind.label()))
    })
}

/// The profiles of a call; wrong ones are all shown, and judge nothing.
fn profiles(session: &Session, matches: &ArgMatches, default: &[&str]) -> Result<Vec<Profile>, ()> {
    let named: Vec<&str> = matches.get_many::<String>("profile").into_iter().flatten().map(String::as_str).collect();
    let named = if named.is_empty() { default.to_vec() } else { named };
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
