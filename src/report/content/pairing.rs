//! How befores and afters found each other.

use std::collections::BTreeMap;

use super::wording::Wording;
use crate::vocabulary::Standing;

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

impl Wording<'_> {
    /// How befores and afters found each other, a sentence each.
    pub fn pairing(&self, pairing: &Pairing) -> Vec<String> {
        let texts = self.texts();
        let counts = [("wider", &*pairing.wider.to_string()), ("unchanged", &pairing.unchanged.to_string())];
        let mut said = vec![texts.count("compare-summary-pairs", pairing.pairs, &counts)];
        for (profile, counts) in &pairing.standings {
            said.push(texts.with("compare-app", &[("kind", profile), ("what", &self.standings(counts))]));
        }
        for (key, names) in [
            ("compare-summary-only-before", &pairing.only_before),
            ("compare-summary-only-after", &pairing.only_after),
            ("compare-summary-older", &pairing.older),
            ("compare-summary-partial", &pairing.partial),
        ] {
            if !names.is_empty() {
                let count = u64::try_from(names.len()).unwrap_or(u64::MAX);
                said.push(texts.count(key, count, &[("names", &names.join("; "))]));
            }
        }
        said
    }
}
