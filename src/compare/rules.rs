//! What a profile says of both readings: fixed, new, still failing, waived, no longer assessed.

use std::collections::BTreeMap;

use super::pairs::Pairs;
use super::{Judgement, RuleChange};
use crate::audit::{Audit, Baseline, Context, Finding, audit};
use crate::profile::Profile;
use crate::snapshot::{Check, Permission, Snapshot, Standing, Verdict};

/// What a finding is about, by the names of the earlier reading.
type Key<'a> = (&'a str, Option<(&'a str, u32)>, Option<Permission>, Option<Check>, String);

/// Judges both readings by one profile.
pub(super) fn judge<'s>(
    before: &'s Snapshot,
    after: &'s Snapshot,
    profile: &Profile,
    context: Context<'_>,
    pairs: &Pairs<'s>,
) -> Judgement<'s> {
    let before = audit(before, profile, context);
    let mut after = audit(after, profile, context);
    let mut rules = changes(&before, &after, pairs);
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
        other_device: super::same_device(before.snapshot, after.snapshot) == super::SameDevice::Different,
        counts,
    });
    Judgement { before, after, rules }
}

fn changes(before: &Audit<'_>, after: &Audit<'_>, pairs: &Pairs<'_>) -> Vec<RuleChange> {
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
        let was = old.and_then(|place| before.findings.get(place)).map(|finding| finding.verdict);
        if let Some(standing) = standing(was, Some(finding.verdict)) {
            found.push(RuleChange { standing, before: old, after: Some(place) });
        }
    }
    // What the earlier reading says alone: the app is gone, or the list of apps can be read no longer.
    for place in earlier.into_values().flatten() {
        let Some(finding) = before.findings.get(place) else { continue };
        let general = after.findings.iter().enumerate().find(|(_, other)| {
            finding.app.is_some() && other.app.is_none() && other.code() == finding.code() && !other.rule.is_waiver
        });
        let general =
            general.filter(|(_, other)| matches!(other.verdict, Verdict::NotAssessed | Verdict::NotApplicable));
        let now = general.map(|(_, other)| other.verdict);
        if let Some(standing) = standing(Some(finding.verdict), now) {
            found.push(RuleChange { standing, before: Some(place), after: general.map(|(place, _)| place) });
        }
    }
    found
}

fn key<'a>(finding: &'a Finding<'_>, app: Option<(&'a str, u32)>) -> Key<'a> {
    // What a waiver has to say is told apart by the rule that it is about.
    let about = match &finding.waiver {
        Some(note) if finding.rule.is_waiver => note.rule.to_string(),
        _ => String::new(),
    };
    (finding.code(), app, finding.permission, finding.check, about)
}

/// Where an outcome stands; `None` where nothing is to be said. A side without a finding has no such app.
fn standing(was: Option<Verdict>, is: Option<Verdict>) -> Option<Standing> {
    use Verdict::{Fail, Manual, NotApplicable, NotAssessed, Noted, Pass, Waived};
    match (was, is) {
        (Some(Fail), Some(Fail)) => Some(Standing::StillFailing),
        (_, Some(Fail)) => Some(Standing::New),
        (_, Some(Waived)) => Some(Standing::Waived),
        (Some(Fail | Waived | Noted | Pass), Some(NotAssessed)) | (Some(Fail | Waived | Noted), Some(Manual)) => {
            Some(Standing::NoLongerAssessed)
        }
        (Some(Fail | Waived), Some(NotApplicable)) => Some(Standing::NoLongerApplies),
        (Some(Fail | Waived), Some(Noted | Pass) | None) => Some(Standing::Fixed),
        (Some(NotAssessed | Manual), Some(Noted | Pass)) => Some(Standing::NewlyAssessed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_any_more_is_never_fixed() {
        for was in [None, Some(Verdict::Fail), Some(Verdict::Waived), Some(Verdict::Pass), Some(Verdict::NotAssessed)] {
            for is in [Verdict::NotAssessed, Verdict::Manual, Verdict::Fail, Verdict::Waived, Verdict::NotApplicable] {
                assert_ne!(standing(was, Some(is)), Some(Standing::Fixed), "{was:?} {is:?}");
            }
            assert!(matches!(standing(was, Some(Verdict::Fail)), Some(Standing::New | Standing::StillFailing)));
        }
        assert_eq!(standing(Some(Verdict::Fail), None), Some(Standing::Fixed));
        assert_eq!(standing(Some(Verdict::Pass), Some(Verdict::NotAssessed)), Some(Standing::NoLongerAssessed));
        assert_eq!(standing(None, Some(Verdict::NotAssessed)), None);
        // What is noted is no failure, new or old; that it cannot be seen any more is said.
        assert_eq!(standing(None, Some(Verdict::Noted)), None);
        assert_eq!(standing(Some(Verdict::Noted), None), None);
        assert_eq!(standing(Some(Verdict::Noted), Some(Verdict::NotAssessed)), Some(Standing::NoLongerAssessed));
    }
}
