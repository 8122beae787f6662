//! Comparing a profile with those it extends.

use std::collections::BTreeSet;

use super::change::{Change, Tailored};
use super::model::Rule;
use super::resolve::Resolved;

/// The changes from a parent to a child.
pub(super) fn compare(parent: (&str, &Resolved), child: (&str, &Resolved)) -> Vec<Tailored> {
    let mut found = Vec::new();
    for (id, before) in &parent.1.rules {
        let mut note = |change, looser| {
            found.push(Tailored {
                profile: child.0.to_string(),
                parent: parent.0.to_string(),
                rule: id.clone(),
                change,
                looser,
                because: child.1.reasons.get(id).cloned(),
            });
        };
        match child.1.rules.get(id) {
            Some(after) => changes(before, after, &mut note),
            None if child.1.off.contains(id) => note(Change::Off, true),
            None => {}
        }
    }
    found
}

fn changes(before: &Rule, after: &Rule, note: &mut impl FnMut(Change, bool)) {
    if before.severity != after.severity {
        note(Change::Severity { from: before.severity, to: after.severity }, after.severity < before.severity);
    }
    if let (Some(before), Some(after)) = (&before.apps, &after.apps)
        && !before.is_shared_with(after)
    {
        let removed: BTreeSet<String> = before.catalogue_slugs().difference(after.catalogue_slugs()).cloned().collect();
        let added: BTreeSet<String> = after.catalogue_slugs().difference(before.catalogue_slugs()).cloned().collect();
        let looser = !removed.is_empty();
        if looser || !added.is_empty() {
            note(Change::Apps { added, removed }, looser);
        }
    }
    before.assertion.tailor(&after.assertion, note);
}
