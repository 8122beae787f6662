//! Two snapshots side by side: Snapshot × Snapshot → what changed between a before and an after.
//!
//! Nothing is guessed. What one side could not read is [`ChangeKind::NotComparable`], never a removal; what neither side could read is
//! no change. With profiles, both sides are judged by the same one, and each rule says whether it was fixed, fails anew or still; what
//! fails and was only unread before is [`Standing::PerhapsNew`].

mod apps;
mod model;
mod pairs;
mod phone;
mod rules;
mod unread;

use std::collections::BTreeSet;

use apps::Readings;
use pairs::Pairs;

use crate::audit::{Audit, Context};
use crate::profile::Profile;
use crate::snapshot::{Snapshot, Value};
use crate::vocabulary::{Standing, Verdict};

pub use model::{
    Change, ChangeKind, Comparison, Effect, Fact, Judgement, RuleChange, SameDevice, Side, Subject, same_device,
};

/// Compares two readings, and judges both by each profile.
///
/// Apps are matched by id and user; those of another platform, and other editions of one product, by the catalogue. Users are matched
/// by number, else by what they are.
pub fn compare<'s>(
    before: &'s Snapshot,
    after: &'s Snapshot,
    profiles: &'s [Profile],
    context: Context<'_>,
) -> Comparison<'s> {
    let readings = Readings::of(before, after, context);
    let pairs = Pairs::of(before, after, context.catalog);
    let mut changes = Vec::new();
    readings.apps(&pairs, &mut changes);
    readings.phone(&pairs, &mut changes);
    let judgements: Vec<Judgement<'s>> =
        profiles.iter().map(|profile| rules::judge(&readings, profile, context, &pairs)).collect();
    let named = changes.len();
    let hidden: BTreeSet<&str> = judgements
        .iter()
        .flat_map(|judgement| judgement.before.hidden.iter().chain(&judgement.after.hidden))
        .map(String::as_str)
        .collect();
    if !hidden.is_empty() {
        changes.retain_mut(|change| hide(change, &hidden));
    }
    let hidden = u64::try_from(named - changes.len()).unwrap_or(u64::MAX);
    Comparison { before, after, device: same_device(before, after), changes, judgements, hidden }
}

/// Judges one phone by one profile and holds the findings against an earlier reading: each that moved or still fails gets its
/// [`Standing`], and the audit its [`crate::audit::Baseline`].
pub fn audit_against<'s>(
    before: &'s Snapshot,
    after: &'s Snapshot,
    profile: &'s Profile,
    context: Context<'_>,
) -> Audit<'s> {
    let pairs = Pairs::of(before, after, context.catalog);
    rules::judge(&Readings::of(before, after, context), profile, context, &pairs).after
}

/// Judges a phone of which no earlier reading is known: whatever fails is new.
pub fn audit_against_nothing<'s>(after: &'s Snapshot, profile: &'s Profile, context: Context<'_>) -> Audit<'s> {
    let mut audit = crate::audit::audit(after, profile, context);
    for finding in audit.findings.iter_mut().filter(|finding| finding.verdict == Verdict::Fail) {
        finding.standing = Some(Standing::New);
    }
    audit
}

/// Takes the rows that name an app which a profile never names out of a change; `false` when the change itself tells of one.
fn hide(change: &mut Change<'_>, hidden: &BTreeSet<&str>) -> bool {
    let tells = |text: &str| hidden.iter().any(|id| text.contains(id));
    if change.app.as_ref().is_some_and(|app| hidden.contains(app.id.as_str())) {
        return false;
    }
    for side in [&mut change.before, &mut change.after] {
        let told = match &side.fact {
            Fact::App(app) => hidden.contains(app.id.as_str()),
            Fact::Text(text) => tells(text),
            Fact::Value(Value::Text(text)) => tells(text),
            Fact::Unknown(Some(gap)) => gap.app.as_deref().is_some_and(tells) || tells(&gap.detail),
            _ => false,
        };
        if told {
            return false;
        }
        if side.evidence.iter().any(|row| tells(&row.text)) {
            side.evidence = &[];
        }
    }
    true
}

#[cfg(test)]
mod tests;
