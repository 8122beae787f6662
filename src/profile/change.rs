//! What a profile changes in the profiles it extends. A weakened rule must be seen in the report, with the reason.

use std::collections::BTreeSet;

use serde::Serialize;

use super::difference::types::Limit;
use super::expected::Expected;
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
    /// The apps of the catalogue that the rule is about.
    Apps {
        /// Apps it did not cover before.
        added: BTreeSet<String>,
        /// Apps it no longer covers.
        removed: BTreeSet<String>,
    },
    /// A number that a kind of rule asks for, whose word stands for `what`.
    #[serde(untagged)]
    Limit(Limit),
}

impl Change {
    /// A number that a kind of rule asks for.
    pub(crate) fn limit(what: &'static str, from: impl Into<i64>, to: impl Into<i64>) -> Change {
        Change::Limit(Limit { what, from: from.into(), to: to.into() })
    }
}
