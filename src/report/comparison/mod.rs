//! A before and an after, for people and programs.

pub mod json;
pub mod table;
mod wording;

use std::collections::BTreeMap;

use crate::compare::Side;
use crate::vocabulary::Standing;

pub use wording::{STANDINGS, sign};

/// How befores and afters found each other, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairing {
    /// Phones that were compared.
    pub pairs: u64,
    /// Those with more access than before.
    pub wider: u64,
    /// Those without any change.
    pub unchanged: u64,
    /// Names of phones that only the first place holds.
    pub only_before: Vec<String>,
    /// Names of phones that only the second place holds.
    pub only_after: Vec<String>,
    /// Readings that were left aside, as a later one of the same phone is there.
    pub older: Vec<String>,
    /// Partial readings that were left aside, as a whole one of the same phone is there.
    pub partial: Vec<String>,
    /// How many findings stand where, by profile.
    pub standings: BTreeMap<String, BTreeMap<Standing, u64>>,
}

/// What one side says, as one word of the vocabulary or of the phone; empty where it is not there or not known.
pub(crate) fn side_word(side: &Side<'_>) -> String {
    let report = json::side_report(side);
    let used = report.last_used.map(|last| match &last.at {
        Some(at) if !last.now => at.clone(),
        _ => last.word().to_owned(),
    });
    report.value.or(used).unwrap_or_default()
}
