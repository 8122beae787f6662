//! Findings × waivers: what somebody signed for no longer fails, and a waiver that does not do its work says so itself.

use std::sync::Arc;

use super::context::Context;
use super::judge::{Judge, note_what_only_tells};
use super::model::{Finding, RuleText, Summary};
use super::references::References;
use crate::profile::{Actual, AppView, Asked, Profile, Why};
use crate::snapshot::Cited;
use crate::vocabulary::{Severity, Verdict};
use crate::waiver::{RuleName, Waiver, WaiverNote, WaiverState, WaiverUse, Waivers, saying};

/// Applies the waivers of this profile and phone, and adds a finding for each one that needs a word.
pub(super) fn waive<'s>(judge: &Judge<'s, '_>, profile: &Profile, findings: &mut Vec<Finding<'s>>) -> Vec<WaiverUse> {
    let (Some(waivers), Some(today)) = (judge.context.waivers, judge.context.today) else { return Vec::new() };
    let device = judge.phone.snapshot.device.id.as_deref();
    let mut used = Vec::new();
    let mut about: Vec<(usize, &Waiver)> = waivers
        .list
        .iter()
        .enumerate()
        .filter(|(_, waiver)| waiver.rule.profile == profile.id && waiver.devices.contains(device))
        .collect();
    // Those that hold come first: one that has ended, or has lost what it rests on, says nothing of a failure for which another
    // holds.
    let holds = |waiver: &Waiver| {
        waiver.on(today).is_in_force()
            && waiver.mitigations.iter().all(|rule| outcome(judge, rule, profile, findings, waivers) == Verdict::Pass)
    };
    about.sort_by_cached_key(|(place, waiver)| (!holds(waiver), *place));
    for (place, waiver) in about {
        let matched: Vec<usize> = findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| {
                matches!(finding.verdict, Verdict::Fail | Verdict::Noted) && covers(judge, waiver, finding)
            })
            .map(|(index, _)| index)
            .collect();
        let mitigations: Vec<(RuleName, Verdict)> = match matched.is_empty() {
            true => Vec::new(),
            false => {
                let outcome = |rule: &RuleName| (rule.clone(), outcome(judge, rule, profile, findings, waivers));
                waiver.mitigations.iter().map(outcome).collect()
            }
        };
        let mut state = waiver.on(today);
        if matched.is_empty() {
            state = WaiverState::Unused;
        } else if state.is_in_force() && mitigations.iter().any(|(_, verdict)| *verdict != Verdict::Pass) {
            state = WaiverState::Unmitigated;
        }
        let note = Arc::new(note(waiver, state, mitigations));
        let mut worst = Severity::Info;
        for index in &matched {
            if let Some(finding) = findings.get_mut(*index) {
                worst = worst.max(finding.severity);
                if state.is_in_force() {
                    finding.verdict = Verdict::Waived;
                }
                finding.waiver = Some(Arc::clone(&note));
            }
        }
        // A waiver for any phone that this one does not need may be needed by the next: only the end of the run can tell.
        let speaks = state != WaiverState::Unused || waiver.devices != crate::waiver::Devices::Any;
        if speaks && let Some(finding) = speak(&note, worst, place) {
            findings.push(finding);
        }
        used.push(WaiverUse { waiver: place, state, matched: matched.len() });
    }
    used
}

/// Whether a waiver is about a finding.
fn covers(judge: &Judge<'_, '_>, waiver: &Waiver, finding: &Finding<'_>) -> bool {
    if finding.rule.is_waiver || finding.code() != waiver.rule.rule {
        return false;
    }
    let permission = waiver.permissions.is_empty()
        || finding.permission.is_some_and(|permission| waiver.permissions.contains(&permission));
    let app = waiver.apps.as_ref().is_none_or(|selection| {
        judge.app_of(finding).is_some_and(|app| {
            selection.matches(&AppView::installed(judge.phone.catalog, judge.phone.platform(), &app.id))
        })
    });
    permission && app
}

/// The outcome on this phone of a rule that a waiver rests on. A rule that does not exist does not pass.
fn outcome(
    judge: &Judge<'_, '_>,
    rule: &RuleName,
    profile: &Profile,
    findings: &[Finding<'_>],
    waivers: &Waivers,
) -> Verdict {
    if rule.profile == profile.id {
        return Summary::outcome(findings, &rule.rule).unwrap_or(Verdict::NotAssessed);
    }
    let Some(other) = waivers.profiles.get(&rule.profile) else { return Verdict::NotAssessed };
    let Some(wanted) = other.rule(&rule.rule) else { return Verdict::NotAssessed };
    let only = Profile { rules: vec![wanted.clone()], ..other.clone() };
    let alone = Judge::new(judge.phone.snapshot, &only, Context { waivers: None, ..judge.context });
    let mut judged = alone.rules(&only);
    note_what_only_tells(&mut judged);
    Summary::outcome(&judged, &rule.rule).unwrap_or(Verdict::NotAssessed)
}

/// The finding by which a waiver speaks for itself.
fn speak<'s>(note: &Arc<WaiverNote>, worst: Severity, place: usize) -> Option<Finding<'s>> {
    let saying = saying(note.state)?;
    let shared = RuleText {
        code: &saying.code,
        title: &saying.title,
        why: &saying.why,
        references: References::none(),
        topic: None,
        is_waiver: true,
    };
    Some(Finding {
        rule: Arc::new(shared),
        severity: saying.severity.unwrap_or(worst),
        verdict: if saying.fails { Verdict::Fail } else { Verdict::Manual },
        app: None,
        permission: None,
        check: None,
        expected: Asked::Look,
        actual: Actual::Nothing,
        inert: None,
        last_used: None,
        decided_by: None,
        because: Why::Text("reason-waiver", note.rule.to_string().into()),
        evidence: Cited::NONE,
        press: Some(&saying.fix),
        by_hand: None,
        waiver: Some(Arc::clone(note)),
        standing: None,
        // After every rule, in the order of the files.
        place: (0, u32::MAX / 2 + u32::try_from(place).unwrap_or(0)),
    })
}

fn note(waiver: &Waiver, state: WaiverState, mitigations: Vec<(RuleName, Verdict)>) -> WaiverNote {
    WaiverNote {
        rule: waiver.rule.clone(),
        state,
        reason: waiver.reason.clone(),
        approver: waiver.approver.clone(),
        ticket: waiver.ticket.clone(),
        granted: waiver.granted,
        expires: waiver.expires,
        mitigations,
    }
}
