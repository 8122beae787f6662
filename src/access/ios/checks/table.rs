//! The file `restrictions.toml`: which feature of a phone's restrictions serves which check.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::access::ios::facts::Version;
use crate::vocabulary::Check;

/// A feature that is on or off.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Its name in `restrictedBool`.
    pub name: String,
    /// The check that it serves.
    pub check: Check,
    /// Its value where nobody chose.
    pub default: bool,
    /// The value that hardening guides ask for.
    pub hardened: bool,
    /// The value at which the check's answer is yes, or its stricter word.
    pub yes: bool,
    /// The first version of iOS that has it.
    pub since: String,
}

/// A feature that is a number, or a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherFeature {
    /// Its name in `restrictedValue`, `union` or `intersection`.
    pub name: String,
    /// The check that it serves.
    pub check: Check,
    /// The number that hardening guides ask for at most, in seconds.
    #[serde(default)]
    pub hardened: Option<i64>,
    /// The first version of iOS that has it.
    pub since: String,
}

/// Types of payloads that matter to checks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payloads {
    pub(super) intercepting: Vec<String>,
    pub(super) roots: Vec<String>,
    pub(super) management: String,
    pub(super) dns: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jailbreak {
    pub(super) apps: Vec<String>,
}

/// The file `restrictions.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Features that are on or off.
    pub feature: Vec<Feature>,
    /// Features that are numbers.
    pub number: Vec<OtherFeature>,
    /// Features that are lists.
    pub list: Vec<OtherFeature>,
    pub(super) payloads: Payloads,
    pub(super) jailbreak: Jailbreak,
}

pub(super) const TEXT: &str = include_str!("../restrictions.toml");

/// The table, read once. It is part of the program and a test reads it whole.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(TEXT).unwrap_or_default())
}

/// The value of a feature at which its check's answer is yes.
pub(super) fn yes_at(name: &str) -> bool {
    table().feature.iter().find(|feature| feature.name == name).is_none_or(|feature| feature.yes)
}

/// The first version of iOS that has a feature.
pub(super) fn since(name: &str) -> Option<Version> {
    table().feature.iter().find(|feature| feature.name == name).and_then(|feature| Version::read(&feature.since))
}
