//! The columns of the tables in the order in which they are asked for, and what their rows mean.

use super::seal::{self, Sealed};
use super::sql::{Failed, Transaction};
use super::tables::Marks;
use super::value::{Broken, Kind, Row, Shape, Value, named};
use crate::vocabulary::{Severity, Verdict};

/// The columns of a reading, as [`reading_columns`] asks for them: the seal is of all before it.
pub(super) const READING: [(&str, Kind); 12] = [
    ("reading.sha256", Kind::Text),
    ("reading.device", Kind::Text),
    ("reading.platform", Kind::Text),
    ("reading.model", Kind::TextOrNothing),
    ("reading.os_version", Kind::TextOrNothing),
    ("reading.source", Kind::Text),
    ("reading.taken_at", Kind::TextOrNothing),
    ("reading.taken_utc", Kind::Text),
    ("reading.stored_utc", Kind::Text),
    ("reading.partial", Kind::Text),
    ("reading.sequence", Kind::Integer),
    ("reading.seal", Kind::TextOrNothing),
];
/// Those of a partial reading.
pub(super) const HALF: Shape<'static> = Shape {
    reading: 3,
    columns: &[
        ("reading.device", Kind::Text),
        ("reading.taken_utc", Kind::Text),
        ("reading.sequence", Kind::Integer),
        ("reading.sha256", Kind::Text),
    ],
};
/// The columns of a verdict, as [`verdict_columns`] asks for them: the seal is of all before it, and after it is what is counted from the
/// findings.
pub(super) const VERDICT: [(&str, Kind); 22] = [
    ("verdict.id", Kind::Text),
    ("verdict.reading", Kind::Text),
    ("verdict.profile", Kind::Text),
    ("verdict.profile_version", Kind::Text),
    ("verdict.profile_sha256", Kind::Text),
    ("verdict.tool_version", Kind::Text),
    ("verdict.judged_utc", Kind::Text),
    ("verdict.verdict", Kind::Text),
    ("verdict.worst", Kind::TextOrNothing),
    ("verdict.pass", Kind::Integer),
    ("verdict.fail", Kind::Integer),
    ("verdict.waived", Kind::Integer),
    ("verdict.not_assessed", Kind::Integer),
    ("verdict.manual", Kind::Integer),
    ("verdict.not_applicable", Kind::Integer),
    ("verdict.conformity", Kind::RealOrNothing),
    ("verdict.coverage", Kind::RealOrNothing),
    ("verdict.noted", Kind::IntegerOrNothing),
    ("verdict.findings_sha256", Kind::TextOrNothing),
    ("verdict.seal", Kind::TextOrNothing),
    ("finding", Kind::Integer),
    ("finding", Kind::Integer),
];
/// Where the seals stand.
const READING_SEAL: usize = 11;
const VERDICT_SEAL: usize = 19;
/// The columns of a finding, in their order.
pub(super) const FINDING: [(&str, Kind); 9] = [
    ("verdict.id", Kind::Text),
    ("verdict.reading", Kind::Text),
    ("finding.place", Kind::Integer),
    ("finding.rule", Kind::Text),
    ("finding.severity", Kind::Text),
    ("finding.verdict", Kind::Text),
    ("finding.app", Kind::TextOrNothing),
    ("finding.app_user", Kind::IntegerOrNothing),
    ("finding.permission", Kind::TextOrNothing),
];

pub(super) fn reading_columns(marks: &Marks) -> String {
    format!(
        "r.sha256, r.device, r.platform, r.model, r.os_version, r.source, r.taken_at, r.taken_utc, r.stored_utc, {}, {}, {}",
        marks.partial, marks.sequence, marks.seal
    )
}

/// The two last are counted from the findings where the tables are from before what is noted was told apart: rules that are noted, and
/// rules that an earlier version counted as failing though they only tell.
pub(super) fn verdict_columns(marks: &Marks) -> String {
    let noted = marks.verdict.split(',').next().unwrap_or_default();
    format!(
        "v.id, v.reading, v.profile, v.profile_version, v.profile_sha256, v.tool_version, v.judged_utc, v.verdict, v.worst, v.pass, \
         v.fail, v.waived, v.not_assessed, v.manual, v.not_applicable, v.conformity, v.coverage, {marks}, \
         CASE WHEN {noted} IS NOT NULL THEN {noted} ELSE (SELECT count(DISTINCT f.rule) FROM finding f WHERE f.verdict_id = v.id \
         AND f.verdict = 'noted') END, \
         CASE WHEN {noted} IS NOT NULL THEN 0 ELSE (SELECT count(DISTINCT f.rule) FROM finding f WHERE f.verdict_id = v.id \
         AND f.verdict = 'fail' AND f.severity = 'info' AND f.rule NOT LIKE 'waiver-%') END",
        marks = marks.verdict
    )
}

pub(super) fn check_reading(key: Option<&[u8]>, row: &[Value]) -> Sealed {
    let seal = row.get(READING_SEAL).unwrap_or(&Value::Nothing);
    seal::check(key, seal, "reading", row.get(..READING_SEAL).unwrap_or_default())
}

pub(super) fn check_verdict(key: Option<&[u8]>, row: &[Value]) -> Sealed {
    let seal = row.get(VERDICT_SEAL).unwrap_or(&Value::Nothing);
    seal::check(key, seal, "verdict", row.get(..VERDICT_SEAL).unwrap_or_default())
}

/// How a verdict is named that is not what was stored.
pub(super) fn verdict_name(row: &[Value]) -> String {
    format!("verdict {}", row.get(2).map(named).unwrap_or_default())
}

/// Readings that are what was stored, as far as their seals tell; the others are passed over.
pub(super) fn sealed_readings(
    transaction: &mut Transaction<'_>,
    statement: &str,
    values: &[Value],
    key: Option<&[u8]>,
) -> Result<Vec<Row>, Failed> {
    let mut rows = transaction.rows(&Shape { reading: 0, columns: &READING }, statement, values)?;
    rows.retain(|row| {
        let is_right = check_reading(key, row) != Sealed::Wrong;
        if !is_right {
            let reading = row.first().map(named).unwrap_or_default();
            transaction.pass_over(Broken { reading, column: "reading".to_owned() });
        }
        is_right
    });
    Ok(rows)
}

/// What was judged of a reading, as this version counts it.
pub(super) struct Outcome {
    pub(super) verdict: String,
    pub(super) worst: Option<String>,
    pub(super) fail: u64,
    pub(super) noted: u64,
}

impl Outcome {
    /// From the columns of a verdict.
    pub(super) fn of(row: &[Value]) -> Outcome {
        let text = |column: usize| row.get(column).and_then(Value::text).map(str::to_owned);
        let number = |column: usize| row.get(column).map_or(0, Value::number);
        let (verdict, worst) = (text(7).unwrap_or_default(), text(8));
        let (noted, told) = (number(20), number(21));
        let fail = number(10).saturating_sub(told);
        if worst.as_deref() != Some(Severity::Info.word()) {
            return Outcome { verdict, worst, fail, noted: noted + told };
        }
        // Nothing failed but what only tells: the next worst is the verdict.
        let next = [(Verdict::Waived, number(11)), (Verdict::NotAssessed, number(12)), (Verdict::Manual, number(13))];
        let verdict = next.into_iter().find(|(_, count)| *count > 0).map_or(Verdict::Noted, |(verdict, _)| verdict);
        Outcome { verdict: verdict.word().to_owned(), worst: None, fail: 0, noted: noted + told.max(number(10)) }
    }
}
