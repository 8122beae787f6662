//! The differences between two profiles, as data.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::profile::collect::Collect;
use crate::profile::expected::Expected;
use crate::text::Text;
use crate::vocabulary::{AppSource, Check, Level, Permission, Platform, Presence, Severity};

/// The version of the JSON that a [`Difference`] becomes.
pub const SCHEMA: &str = "poucet.profile-difference/1";

/// The differences from one profile to another; each list is sorted by rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The profile that is compared from.
    pub from: Side,
    /// The profile that is compared to.
    pub to: Side,
    /// Whether both are one and the same resolved profile.
    pub same: bool,
    /// What the second profile asks more of.
    pub stricter: Vec<Item>,
    /// What the second profile asks less of.
    pub laxer: Vec<Item>,
    /// What is neither more nor less.
    pub different: Vec<Item>,
    /// What changes in words only and judges the same.
    pub texts: Vec<Item>,
}

/// One of the two profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its id.
    pub id: String,
    /// Its version; empty when it has none.
    pub version: String,
    /// Its title.
    pub title: Text,
    /// SHA-256 of the resolved profile.
    pub sha256: String,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The rule; `None` for the profile as a whole.
    pub rule: Option<String>,
    /// The title of the rule, as the second profile has it when both do.
    pub title: Option<Text>,
    /// What changes.
    #[serde(flatten)]
    pub what: What,
    /// The reason, when a profile gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Text>,
}

/// An app of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NamedApp {
    /// The word of the catalogue.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A text of a rule or a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The title.
    Title,
    /// Why the rule is there.
    Why,
    /// How to look by hand.
    Look,
    /// What to press.
    Fix,
    /// Where a person looks, for a rule that only a person can judge.
    Manual,
    /// The references.
    Refs,
    /// How the apps are written; the same ones are selected.
    Apps,
    /// What conformity does not mean.
    Note,
    /// The version.
    Version,
}

/// What changes from the first profile to the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// The rule is new.
    RuleAdded {
        /// Its severity.
        severity: Severity,
    },
    /// The rule was off in the first profile.
    RuleOn {
        /// Its severity.
        severity: Severity,
    },
    /// The rule is gone.
    RuleRemoved {
        /// Its severity before.
        severity: Severity,
    },
    /// The second profile inherits the rule and switches it off.
    RuleOff {
        /// Its severity before.
        severity: Severity,
    },
    /// How much a failure matters.
    Severity {
        /// Before.
        from: Severity,
        /// After.
        to: Severity,
    },
    /// The highest level of a permission; `None` = the rule says nothing of it.
    Level {
        /// The permission.
        permission: Permission,
        /// The platform, when the other one has no such change.
        platform: Option<Platform>,
        /// Before.
        from: Option<Level>,
        /// After.
        to: Option<Level>,
    },
    /// Apps that the rule covers now.
    AppsAdded {
        /// The apps.
        apps: Vec<NamedApp>,
    },
    /// Apps that the rule no longer covers.
    AppsRemoved {
        /// The apps.
        apps: Vec<NamedApp>,
    },
    /// The same apps of the catalogue, and other ids outside it.
    Selector {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// How much of an app may be there.
    Presence {
        /// Before.
        from: Presence,
        /// After.
        to: Presence,
    },
    /// Whether data left behind counts.
    Residue {
        /// Whether it does now.
        counts: bool,
    },
    /// Places that apps may come from now.
    SourcesAdded {
        /// The places.
        sources: Vec<AppSource>,
    },
    /// Places that apps may no longer come from.
    SourcesRemoved {
        /// The places.
        sources: Vec<AppSource>,
    },
    /// What a property of the phone is compared with.
    Expected {
        /// The property.
        check: Check,
        /// Before.
        from: Expected,
        /// After.
        to: Expected,
    },
    /// Another property of the phone.
    Check {
        /// Before.
        from: Check,
        /// After.
        to: Check,
    },
    /// The rule states another kind of thing: the key of the statement, as `max` or `presence`.
    Statement {
        /// Before.
        from: &'static str,
        /// After.
        to: &'static str,
    },
    /// Whether stored grants count while a main switch of the phone is off.
    IgnoreMaster {
        /// Whether they do now.
        counts: bool,
    },
    /// Whether the visit itself breaks the rule.
    Footprint {
        /// Whether the rule says so now.
        says: bool,
    },
    /// The only platform that the rule, or the profile, is for.
    Platform {
        /// Before.
        from: Option<Platform>,
        /// After.
        to: Option<Platform>,
    },
    /// The only phones that the rule is for, as `ownership:institution`.
    For {
        /// Before.
        from: Option<String>,
        /// After.
        to: Option<String>,
    },
    /// Whether what could not be judged counts as a failure.
    Strict {
        /// Whether it does now.
        counts: bool,
    },
    /// Whether the profile is made to be extended only.
    Abstract {
        /// Whether it is now.
        is: bool,
    },
    /// Which apps may be read and kept.
    Collect {
        /// Before.
        from: Collect,
        /// After.
        to: Collect,
    },
    /// Whether the person must agree first.
    Consent {
        /// Whether the person must now.
        required: bool,
    },
    /// Apps that are no longer named in a report.
    Hidden {
        /// The apps.
        apps: Vec<NamedApp>,
    },
    /// Apps that a report names now.
    Shown {
        /// The apps.
        apps: Vec<NamedApp>,
    },
    /// The same apps of the catalogue are hidden, and other ids outside it.
    Hide {
        /// Before.
        from: Vec<String>,
        /// After.
        to: Vec<String>,
    },
    /// Words only.
    Texts {
        /// Which ones.
        parts: BTreeSet<Part>,
    },
    /// A number that a kind of rule asks for, whose word stands for `what`.
    #[serde(untagged)]
    Limit(Limit),
}

/// A number that a kind of rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// The word of the kind, as `unused-days`; `kind-<word>-difference` says it.
    pub what: &'static str,
    /// Before.
    pub from: i64,
    /// After.
    pub to: i64,
}

impl What {
    /// A number that a kind of rule asks for.
    pub(crate) fn limit(what: &'static str, from: impl Into<i64>, to: impl Into<i64>) -> What {
        What::Limit(Limit { what, from: from.into(), to: to.into() })
    }
}

/// Which way a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Stricter,
    Laxer,
    Different,
    Text,
}

impl Way {
    pub(crate) fn stricter_if(stricter: bool) -> Way {
        if stricter { Way::Stricter } else { Way::Laxer }
    }
}

impl Difference {
    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.stricter.is_empty() && self.laxer.is_empty() && self.different.is_empty() && self.texts.is_empty()
    }
}
