//! What a profile says of both readings: fixed, new, still failing, waived, no longer assessed.

use std::collections::BTreeMap;

use super::apps::{Readings, When};
use super::model::{Judgement, RuleChange};
use super::pairs::Pairs;
use super::unread::Room;
use crate::audit::{Audit, Baseline, Context, Finding, audit};
use crate::profile::Profile;
use crate::snapshot::App;
use crate::vocabulary::{Check, Permission, Standing, Verdict};

/// What a finding is about, by the names of the earlier reading.
type Key<'a> = (&'a str, Option<(&'a str, u32)>, Option<Permission>, Option<Check>, String);

/// Judges both readings by one profile.
pub(super) fn judge<'s>(
    readings: &Readings<'s, '_>,
    profile: &'s Profile,
    context: Context<'_>,
    pairs: &Pairs<'s>,
) -> Judgement<'s> {
    let before = audit(readings.before, profile, context);
    let mut after = audit(readings.after, profile, context);
    let mut rules = changes(readings, &before, &after, pairs);
    for change in &rules {
        if let Some(finding) = change.after.and_then(|place| after.findings.get_mut(place)) {
            finding.standing = Some(change.standing);
        }
    }
    let severity = |change: &RuleChange| {
        let old = change.before.and_then(|place| before.findings.get(place));
        let new = change.after.and_then(|place| after.findings.get(place));
        new.or(old).map(|finding| finding.severity)
    };
    rules.sort_by_key(|change| (change.standing, std::cmp::Reverse(severity(change)), change.after, change.before));
    let mut counts = BTreeMap::new();
    for change in &rules {
        *counts.entry(change.standing).or_insert(0) += 1;
    }
    after.baseline = Some(Baseline {
        taken_at: before.snapshot.taken_at.clone(),
        other_device: super::model::same_device(before.snapshot, after.snapshot) == super::model::SameDevice::Different,
        partial: before.snapshot.unread_parts().into_iter().collect(),
        counts,
    });
    Judgement { before, after, rules }
}

fn changes(readings: &Readings<'_, '_>, before: &Audit<'_>, after: &Audit<'_>, pairs: &Pairs<'_>) -> Vec<RuleChange> {
    // Apps that are never named have one name between them, so that a key may stand for several findings: in their order.
    let mut earlier: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for (place, finding) in before.findings.iter().enumerate().rev() {
        let app = finding.app.as_deref().map(|app| (app.id.as_str(), app.user));
        earlier.entry(key(finding, app)).or_default().push(place);
    }
    let mut found = Vec::new();
    for (place, finding) in after.findings.iter().enumerate() {
        let app = finding
            .app
            .as_deref()
            .map(|app| pairs.earlier_name(&app.id, app.user).unwrap_or((app.id.as_str(), app.user)));
        let old = earlier.get_mut(&key(finding, app)).and_then(Vec::pop);
        let was = match old.and_then(|place| before.findings.get(place)) {
            Some(old) if switch_untold(readings, old, finding) => Told::Not,
            Some(old) => Told::As(old.verdict),
            None => missing(readings, pairs, When::Before, finding),
        };
        if let Some(standing) = standing(was, Told::As(finding.verdict)) {
            found.push(RuleChange { standing, before: old, after: Some(place) });
        }
    }
    // What the earlier reading says alone: the app is gone, or the list of apps can be read no longer.
    for place in earlier.into_values().flatten() {
        let Some(finding) = before.findings.get(place) else { continue };
        let general = after.findings.iter().enumerate().find(|(_, other)| {
            finding.app.is_some() && other.app.is_none() && other.code() == finding.code() && !other.rule.is_waiver
        });
        let is = missing(readings, pairs, When::After, finding);
        // A list of apps that is not whole for one user hides those of that user alone.
        let general = general.filter(|(_, other)| match other.verdict {
            Verdict::NotApplicable => true,
            Verdict::NotAssessed => is == Told::Not,
            _ => false,
        });
        let is = general.map_or(is, |(_, other)| Told::As(other.verdict));
        if let Some(standing) = standing(Told::As(finding.verdict), is) {
            found.push(RuleChange { standing, before: Some(place), after: general.map(|(place, _)| place) });
        }
    }
    found
}

/// What one reading tells of what a rule asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The outcome.
    As(Verdict),
    /// There is no such app there, or it has no such access.
    Nothing,
    /// It does not tell.
    Not,
}

/// What a reading tells that has no finding like one of the other reading.
fn missing(readings: &Readings<'_, '_>, pairs: &Pairs<'_>, when: When, finding: &Finding<'_>) -> Told {
    let Some(app) = finding.app.as_deref() else { return Told::Nothing };
    let (other, unread, user) = match when {
        When::Before => (readings.after, &readings.unread_before, pairs.earlier_user(app.user)),
        When::After => (readings.before, &readings.unread_after, pairs.later_user(app.user)),
    };
    let Some(user) = user else {
        // The user itself was not there, unless nobody knows who was.
        return if unread.room(Room::Users).is_some() { Told::Not } else { Told::Nothing };
    };
    let untold = match other.apps.iter().find(|other| other.id == app.id && other.user == app.user) {
        Some(named) => readings.is_untold(when, &App { user, ..named.clone() }, finding.permission),
        // An app that the profile never names.
        None => unread.app_list(user).is_some(),
    };
    if untold { Told::Not } else { Told::Nothing }
}

/// Whether an outcome is another one only because a reading does not tell of a main switch of the phone.
fn switch_untold(readings: &Readings<'_, '_>, before: &Finding<'_>, after: &Finding<'_>) -> bool {
    let (Some(permission), Some(was), Some(is)) = (after.permission, before.app.as_deref(), after.app.as_deref())
    else {
        return false;
    };
    before.verdict != after.verdict
        && (readings.unread_before.hides_switch(permission, was.user, before.inert, after.inert)
            || readings.unread_after.hides_switch(permission, is.user, after.inert, before.inert))
}

fn key<'a>(finding: &'a Finding<'_>, app: Option<(&'a str, u32)>) -> Key<'a> {
    // What a waiver has to say is told apart by the rule that it is about.
    let about = match &finding.waiver {
        Some(note) if finding.rule.is_waiver => note.rule.to_string(),
        _ => String::new(),
    };
    (finding.code(), app, finding.permission, finding.check, about)
}

/// Where an outcome stands; `None` where nothing is to be said.
fn standing(was: Told, is: Told) -> Option<Standing> {
    use Told::{As, Not, Nothing};
    use Verdict::{Fail, Manual, NotApplicable, NotAssessed, Noted, Pass, Waived};
    match (was, is) {
        (As(Fail), As(Fail)) => Some(Standing::StillFailing),
        (Not | As(NotAssessed | Manual), As(Fail)) => Some(Standing::PerhapsNew),
        (_, As(Fail)) => Some(Standing::New),
        (_, As(Waived)) => Some(Standing::Waived),
        (As(Fail | Waived | Noted | Pass), As(NotAssessed)) | (As(Fail | Waived | Noted), Not | As(Manual)) => {
            Some(Standing::NoLongerAssessed)
        }
        (As(Fail | Waived), As(NotApplicable)) => Some(Standing::NoLongerApplies),
        (As(Fail | Waived), As(Noted | Pass) | Nothing) => Some(Standing::Fixed),
        (Not | As(NotAssessed | Manual), As(Noted | Pass)) => Some(Standing::NewlyAssessed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Fail, Manual, NotApplicable, NotAssessed, Pass, Waived};

    const EVERY: [Told; 8] = [
        Told::As(Pass),
        Told::As(Fail),
        Told::As(Waived),
        Told::As(NotAssessed),
        Told::As(Manual),
        Told::As(NotApplicable),
        Told::Nothing,
        Told::Not,
    ];

    #[test]
    fn what_cannot_be_seen_in_one_reading_is_neither_fixed_nor_new() {
        for other in EVERY {
            for untold in [Told::Not, Told::As(NotAssessed), Told::As(Manual)] {
                for (was, is) in [(untold, other), (other, untold)] {
                    let standing = standing(was, is);
                    assert!(!matches!(standing, Some(Standing::Fixed | Standing::New)), "{was:?} {is:?} {standing:?}");
                }
            }
            // A failure is told, whatever was before.
            let failing = standing(other, Told::As(Fail));
            assert!(matches!(failing, Some(Standing::New | Standing::PerhapsNew | Standing::StillFailing)));
        }
        assert_eq!(standing(Told::As(Fail), Told::Nothing), Some(Standing::Fixed));
        assert_eq!(standing(Told::As(Fail), Told::Not), Some(Standing::NoLongerAssessed));
        assert_eq!(standing(Told::Nothing, Told::As(Fail)), Some(Standing::New));
        assert_eq!(standing(Told::As(Pass), Told::As(NotAssessed)), Some(Standing::NoLongerAssessed));
        assert_eq!(standing(Told::Nothing, Told::As(NotAssessed)), None);
        // What is noted is no failure, new or old; that it cannot be seen any more is said.
        assert_eq!(standing(Told::Nothing, Told::As(Verdict::Noted)), None);
        assert_eq!(standing(Told::As(Verdict::Noted), Told::Nothing), None);
        assert_eq!(standing(Told::As(Verdict::Noted), Told::As(NotAssessed)), Some(Standing::NoLongerAssessed));
    }
}
