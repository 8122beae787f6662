//! What a profile changes in the profiles it extends. A weakened rule must be seen in the report, with the reason.

use std::collections::BTreeSet;

use serde::Serialize;

use super::resolve::Resolved;
use super::{Assertion, Expected, Rule};
use crate::text::Text;
use crate::vocabulary::{Level, Permission, Platform, Presence, Severity};

/// One change to an inherited rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tailored {
    /// The id of the profile that changes the rule.
    pub profile: String,
    /// The id of the profile it inherits the rule from.
    pub parent: String,
    /// The rule.
    pub rule: String,
    /// What changes.
    pub change: Change,
    /// Whether the rule is weaker for it: these are the ones a report lists first.
    pub looser: bool,
    /// The reason, when the profile gives one.
    pub because: Option<Text>,
}

/// What a profile changes in an inherited rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Change {
    /// The rule is not judged any more.
    Off,
    /// Its severity.
    Severity {
        /// Before.
        from: Severity,
        /// After.
        to: Severity,
    },
    /// The highest level of one permission; `None` = the rule says nothing of it.
    Level {
        /// The permission.
        permission: Permission,
        /// The platform, when the level holds for one only.
        platform: Option<Platform>,
        /// Before.
        from: Option<Level>,
        /// After.
        to: Option<Level>,
    },
    /// How much of an app may be there.
    Presence {
        /// Before.
        from: Presence,
        /// After.
        to: Presence,
    },
    /// What a check is compared with.
    Expected {
        /// Before.
        from: Expected,
        /// After.
        to: Expected,
    },
    /// The highest number of days without use.
    UnusedDays {
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// The apps of the catalogue that the rule is about.
    Apps {
        /// Apps it did not cover before.
        added: BTreeSet<String>,
        /// Apps it no longer covers.
        removed: BTreeSet<String>,
    },
}

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
    match (&before.assertion, &after.assertion) {
        (Assertion::Max { levels: from, on_ios: from_ios }, Assertion::Max { levels: to, on_ios: to_ios }) => {
            for (platform, from, to) in [(None, from, to), (Some(Platform::Ios), from_ios, to_ios)] {
                for permission in from.keys().chain(to.keys()).copied().collect::<BTreeSet<_>>() {
                    let (from, to) = (from.get(&permission).copied(), to.get(&permission).copied());
                    if from != to {
                        // On iOS a level that is not given falls back on the common one, which may be higher or lower: such a
                        // change counts as weaker rather than pass unseen.
                        let looser = match (from, to) {
                            (Some(from), Some(to)) => to > from,
                            (Some(_), None) => true,
                            (None, _) => platform.is_some(),
                        };
                        note(Change::Level { permission, platform, from, to }, looser);
                    }
                }
            }
        }
        (Assertion::Presence { at_most: from, .. }, Assertion::Presence { at_most: to, .. }) if from != to => {
            note(Change::Presence { from: *from, to: *to }, to > from);
        }
        (Assertion::Device { expected: from, .. }, Assertion::Device { expected: to, .. }) if from != to => {
            let looser = match (from, to) {
                (Expected::AtMost(from), Expected::AtMost(to)) => to > from,
                (Expected::AtLeast(from), Expected::AtLeast(to)) => to < from,
                // Another value altogether: nobody can say which is stricter, so a person should look.
                _ => true,
            };
            note(Change::Expected { from: from.clone(), to: to.clone() }, looser);
        }
        (Assertion::UnusedDays { at_most: from }, Assertion::UnusedDays { at_most: to }) if from != to => {
            note(Change::UnusedDays { from: *from, to: *to }, to > from);
        }
        _ => {}
    }
}
