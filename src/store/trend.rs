//! How the fleet has fared, period by period.

use std::collections::BTreeMap;

use super::columns::{
    Outcome, READING, VERDICT, check_reading, check_verdict, reading_columns, verdict_columns, verdict_name,
};
use super::error::StoreError;
use super::model::{Period, PeriodLength};
use super::open::Store;
use super::seal::Sealed;
use super::tables::marks;
use super::value::{Broken, Shape, Value};
use crate::vocabulary::Verdict;

impl Store {
    /// How the fleet has fared, period by period, the earliest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn trend(&mut self, step: PeriodLength) -> Result<Vec<Period>, StoreError> {
        // The last one of a phone and profile in a period is the one that counts; those of whole readings come last.
        type Place = (String, u64);
        type Latest = BTreeMap<(String, String, String), (Place, bool, Outcome, Option<f64>)>;
        let shape = Shape { reading: 0, columns: &[&READING[..], &VERDICT[..]].concat() };
        let key = self.key.clone();
        let key = key.as_deref();
        let (latest, halves) = self.read(|transaction| {
            let marks = marks(transaction)?;
            let (readings, verdicts) = (reading_columns(&marks), verdict_columns(&marks));
            let statement = format!(
                "SELECT {readings}, {verdicts} FROM verdict v JOIN reading r ON r.sha256 = v.reading \
                 ORDER BY CASE WHEN {partial} = '' THEN 1 ELSE 0 END, r.taken_utc, {sequence}, r.sha256, v.judged_utc, v.id",
                partial = marks.partial,
                sequence = marks.sequence
            );
            let mut latest = Latest::new();
            let mut halves: BTreeMap<(String, String, String), Place> = BTreeMap::new();
            let (mut broken, mut unproven) = (Vec::new(), 0);
            transaction.each_of(&shape, &statement, &[], |row| {
                let (read, judged) = row.split_at(READING.len());
                let text = |row: &[Value], column: usize| row.get(column).and_then(Value::text).unwrap_or("").to_owned();
                let key_of = (step.period(&text(read, 7)), text(judged, 2), text(read, 1));
                let seals = [(check_reading(key, read), "reading".to_owned()), (check_verdict(key, judged), verdict_name(judged))];
                if let Some((_, column)) = seals.iter().find(|(sealed, _)| *sealed == Sealed::Wrong) {
                    broken.push(Broken { reading: text(read, 0), column: column.clone() });
                    // What was said before it is not what holds.
                    latest.remove(&key_of);
                    return;
                }
                unproven += u64::from(seals.iter().any(|(sealed, _)| *sealed == Sealed::Unproven));
                let place = (text(read, 7), read.get(10).map_or(0, Value::number));
                let is_half = !text(read, 9).is_empty();
                if is_half {
                    halves.insert(key_of.clone(), place.clone());
                }
                latest.insert(key_of, (place, is_half, Outcome::of(judged), judged.get(15).and_then(Value::real)));
            })?;
            broken.into_iter().for_each(|one| transaction.pass_over(one));
            transaction.unproven(unproven);
            Ok((latest, halves))
        })?;
        let mut periods: Vec<Period> = Vec::new();
        let mut shares: Vec<f64> = Vec::new();
        let mean = |shares: &[f64]| {
            let count = u32::try_from(shares.len()).ok().filter(|count| *count > 0)?;
            Some((shares.iter().sum::<f64>() / f64::from(count) * 1000.0).round() / 1000.0)
        };
        for (key, (place, is_half, outcome, conformity)) in latest {
            let later = !is_half && halves.get(&key).is_some_and(|half| *half > place);
            let (start, profile, _) = key;
            // A profile for another platform says nothing of the phone, and its phones are not those of the profile.
            if outcome.verdict == Verdict::NotApplicable.word() {
                continue;
            }
            if periods.last().is_none_or(|period| (&period.start, &period.profile) != (&start, &profile)) {
                shares.clear();
                periods.push(Period {
                    start,
                    profile,
                    phones: 0,
                    partial: 0,
                    later_partial: 0,
                    failing: 0,
                    unsure: 0,
                    worst: BTreeMap::new(),
                    failing_rules: 0,
                    conformity: None,
                });
            }
            let Some(period) = periods.last_mut() else { continue };
            period.phones += 1;
            period.partial += u64::from(is_half);
            period.later_partial += u64::from(later);
            period.failing += u64::from(outcome.verdict == Verdict::Fail.word());
            period.unsure += u64::from(outcome.verdict == Verdict::NotAssessed.word());
            if let Some(worst) = outcome.worst {
                *period.worst.entry(worst).or_insert(0) += 1;
            }
            period.failing_rules += outcome.fail;
            shares.extend(conformity);
            period.conformity = mean(&shares);
        }
        Ok(periods)
    }
}
