//! What a store tells.

use std::collections::BTreeMap;

use jiff::ToSpan as _;

use super::clock::Doubt;
use super::ids::NAMELESS;

/// What became of a reading that was to be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Whether it was not there before.
    pub new_reading: bool,
    /// How many of its verdicts were not there before.
    pub new_verdicts: u64,
    /// Whether it is older than the store keeps readings, and was not stored.
    pub too_old: bool,
    /// How many older readings were deleted, as the store keeps them no longer.
    pub expired: u64,
    /// For how many days those can be brought back.
    pub undo_days: u32,
    /// How many that were deleted before are gone for good.
    pub purged: u64,
    /// Why nothing, or less, was deleted than the clock of the desk says.
    pub doubt: Option<Doubt>,
}

/// A phone of the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// Its id; `unknown-` and the beginning of the reading's for a reading that names none.
    pub id: String,
    /// `android` or `ios`.
    pub platform: String,
    /// Maker and model, as in the latest reading.
    pub model: Option<String>,
    /// Version of the operating system in the latest reading.
    pub os_version: Option<String>,
    /// The time of the first reading, UTC.
    pub first: String,
    /// The time of the latest whole reading, UTC; of the latest one, where none is whole.
    pub latest: String,
    /// How many readings there are.
    pub readings: u64,
    /// The parts of the phone that the latest reading does not tell whole: it is the latest whole one, unless there is none.
    pub partial: Vec<String>,
    /// How many readings after it are partial, and the time of the latest of them, UTC.
    pub later_partial: Option<(u64, String)>,
    /// The latest verdicts on the latest reading, one for each profile.
    pub verdicts: Vec<StoredVerdict>,
}

impl Device {
    /// Whether it is a phone, and not a reading that names none.
    pub fn is_named(&self) -> bool {
        !self.id.starts_with(NAMELESS)
    }
}

/// One reading of the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// SHA-256 of its snapshot.
    pub sha256: String,
    /// The phone.
    pub device: String,
    /// When it was taken, as the snapshot says.
    pub taken_at: Option<String>,
    /// When it was taken, by the best clock there was and never after it was stored, or else stored; UTC.
    pub taken_utc: String,
    /// When it was stored, UTC.
    pub stored_utc: String,
    /// Version of the operating system.
    pub os_version: Option<String>,
    /// What kind of evidence it was made from.
    pub source: String,
    /// The parts of the phone that it does not tell whole, as words.
    pub partial: Vec<String>,
    /// The verdicts on it, the latest of each profile.
    pub verdicts: Vec<StoredVerdict>,
}

/// One verdict of the store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredVerdict {
    /// Id of the profile.
    pub profile: String,
    /// Its version.
    pub profile_version: String,
    /// The version of poucet that judged.
    pub tool_version: String,
    /// The verdict, as a word.
    pub verdict: String,
    /// The highest severity of a rule that fails, as a word.
    pub worst: Option<String>,
    /// How many rules fail.
    pub fail: u64,
    /// How many rules tell and do not judge, and have something to tell.
    pub noted: u64,
    /// How many rules could not be judged.
    pub not_assessed: u64,
    /// Weighted share of the rules that hold, 0 to 1.
    pub conformity: Option<f64>,
}

/// How long a period of a trend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodLength {
    /// A day, UTC.
    Day,
    /// A week from Monday, by its first day.
    Week,
    /// A month.
    Month,
}

impl PeriodLength {
    /// Every step.
    pub const ALL: [PeriodLength; 3] = [PeriodLength::Day, PeriodLength::Week, PeriodLength::Month];

    /// The word of `--by`.
    pub fn word(self) -> &'static str {
        match self {
            PeriodLength::Day => "day",
            PeriodLength::Week => "week",
            PeriodLength::Month => "month",
        }
    }

    /// The period of a time.
    pub(super) fn period(self, utc: &str) -> String {
        let day = utc.get(..10).unwrap_or(utc);
        match self {
            PeriodLength::Day => day.to_owned(),
            PeriodLength::Month => utc.get(..7).unwrap_or(utc).to_owned(),
            PeriodLength::Week => {
                let date: Option<jiff::civil::Date> = day.parse().ok();
                let monday = date
                    .and_then(|date| date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok());
                monday.map_or_else(|| day.to_owned(), |monday| monday.to_string())
            }
        }
    }
}

/// What one profile says of all phones that were read in a period: of each phone the latest reading counts, a whole one before any other.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// Its first day, or its month.
    pub start: String,
    /// The profile.
    pub profile: String,
    /// Phones that were read.
    pub phones: u64,
    /// Phones of which only half was read.
    pub partial: u64,
    /// Phones that count by a whole reading, and of which half was read after it.
    pub later_partial: u64,
    /// Phones with a rule that fails.
    pub failing: u64,
    /// Phones of which nothing fails, and something could not be judged.
    pub unsure: u64,
    /// Failing phones by the highest severity of a rule that fails.
    pub worst: BTreeMap<String, u64>,
    /// Failing rules of all phones.
    pub failing_rules: u64,
    /// The mean conformity of the phones for which it can be told, 0 to 1.
    pub conformity: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_where_people_say() {
        let of = |step: PeriodLength| step.period("2026-11-22T23:30:00Z");
        assert_eq!(
            (of(PeriodLength::Day), of(PeriodLength::Week), of(PeriodLength::Month)),
            ("2026-11-22".into(), "2026-11-16".into(), "2026-11".into())
        );
        assert_eq!(PeriodLength::Week.period("nonsense"), "nonsense");
    }
}
