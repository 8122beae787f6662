//! What a reader must know of a reading before anything else: that it is partial, and that the phone's clock was wrong.

use super::wording::Wording;
use crate::audit::Baseline;
use crate::snapshot::{ClockError, Part, Snapshot};
use crate::vocabulary::ClockWitness;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Wording<'_> {
    /// That a reading is partial, and what it does not tell whole.
    pub fn partial(&self, snapshot: &Snapshot) -> Option<String> {
        self.about("partial-reading", snapshot.unread_parts())
    }

    /// The same of the earlier reading that an audit was held against.
    pub fn partial_baseline(&self, baseline: &Baseline) -> Option<String> {
        self.about("partial-baseline", baseline.partial.iter().copied())
    }

    /// That one of two readings is partial, or both, in one sentence.
    pub fn partial_comparison(&self, before: &Snapshot, after: &Snapshot) -> Option<String> {
        let (before, after) = (before.unread_parts(), after.unread_parts());
        match (before.is_empty(), after.is_empty()) {
            (true, true) => None,
            (false, true) => self.about("partial-before", before),
            (true, false) => self.about("partial-after", after),
            (false, false) => {
                let parts = [("before", &*self.parts(before)), ("after", &self.parts(after))];
                Some(self.texts().with("partial-both", &parts))
            }
        }
    }

    fn about(&self, key: &str, parts: impl IntoIterator<Item = Part>) -> Option<String> {
        let parts = self.parts(parts);
        (!parts.is_empty()).then(|| self.texts().with(key, &[("parts", &parts)]))
    }

    /// Parts of a phone, by name.
    pub fn parts(&self, parts: impl IntoIterator<Item = Part>) -> String {
        let names: Vec<String> = parts.into_iter().map(|part| self.texts().get(&format!("part-{part}"))).collect();
        names.join(", ")
    }

    /// That the phone's clock was wrong, and by how much.
    pub fn clock(&self, snapshot: &Snapshot) -> Option<String> {
        let ClockError { ahead, by } = snapshot.clock?;
        let key = match (by, ahead > 0) {
            (ClockWitness::Computer, true) => "clock-ahead",
            (ClockWitness::Computer, false) => "clock-behind",
            (ClockWitness::Evidence, _) => "clock-behind-evidence",
        };
        Some(self.texts().with(key, &[("span", &self.span(ahead.unsigned_abs()))]))
    }

    fn span(&self, seconds: u64) -> String {
        let (key, unit) = match seconds {
            days if days >= 2 * DAY => ("clock-days", DAY),
            hours if hours >= 2 * HOUR => ("clock-hours", HOUR),
            _ => ("clock-minutes", MINUTE),
        };
        self.texts().count(key, seconds / unit, &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::{gap, phone};
    use crate::text::{Language, Texts};

    #[test]
    fn half_readings_and_wrong_clocks_are_told_in_both_languages() {
        for (language, partial, clock) in [(Language::En, "partial", "clock"), (Language::Fr, "partielle", "horloge")] {
            let texts = Texts::new(language);
            let words = Wording::new(&texts);
            let whole = phone();
            assert_eq!((words.partial(&whole), words.clock(&whole)), (None, None));
            assert_eq!(words.partial_comparison(&whole, &whole), None);
            let mut half = phone();
            half.gaps.push(gap("dumpsys appops", None, None));
            let told = [
                words.partial(&half),
                words.partial_comparison(&half, &whole),
                words.partial_comparison(&whole, &half),
                words.partial_comparison(&half, &half),
            ];
            let told: Vec<String> = told.into_iter().flatten().collect();
            assert!(told.len() == 4 && told.iter().all(|line| line.contains(partial)), "{told:?}");
            for (by, ahead) in [
                (ClockWitness::Computer, 400),
                (ClockWitness::Computer, 9_000),
                (ClockWitness::Computer, -77_760_000),
                (ClockWitness::Evidence, -77_760_000),
            ] {
                half.clock = Some(ClockError { ahead, by });
                let line = words.clock(&half).unwrap();
                assert!(line.contains(clock), "{line}");
            }
        }
    }
}
