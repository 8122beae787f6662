//! What is deleted, what of it can be brought back, and by which clock.

use jiff::Timestamp;

use super::clock::{self, DAY, Doubt, Heard, Judged};
use super::moments::{moment, utc};
use super::sql::{Failed, Transaction};
use super::value::{Kind, Shape, Value, named};

/// How many of the latest readings tell when the store was last written to.
const LATEST: usize = 101;
/// For how many days what was deleted can be brought back, unless somebody settles otherwise.
const UNDO_DAYS: u32 = 7;
/// What `doubted` is for a reading whose time of storing is none of any clock.
const NO_TIME: i64 = 2;
/// The columns of the tables, which are the same for what was deleted.
const READING: &str = "sha256, device, platform, model, os_version, source, taken_at, taken_utc, stored_utc, snapshot, partial, sequence, \
     seal, doubted";
const VERDICT: &str = "id, reading, profile, profile_version, profile_sha256, tool_version, judged_utc, verdict, worst, pass, fail, waived, \
     not_assessed, manual, not_applicable, conformity, coverage, noted, findings_sha256, seal";
const FINDING: &str = "verdict_id, place, rule, severity, verdict, app, app_user, permission";

/// What a deletion came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// How many readings are in no list any more.
    pub readings: u64,
    /// For how many days they can be brought back.
    pub undo_days: u32,
    /// How many that were deleted before are gone for good.
    pub purged: u64,
    /// Why nothing, or less, was deleted than the clock of the desk says.
    pub doubt: Option<Doubt>,
}

/// One deletion, as the store has written it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Its number.
    pub id: u64,
    /// When it was, UTC.
    pub deleted_utc: String,
    /// `keep`, as the store keeps readings no longer, or `older-than`, as a person asked for it.
    pub why: String,
    /// What was older than this was deleted, UTC.
    pub cutoff_utc: String,
    /// How many readings.
    pub readings: u64,
    /// Until when they can be brought back, UTC.
    pub until_utc: String,
    /// When they were brought back, UTC.
    pub restored_utc: Option<String>,
    /// When they went for good, UTC.
    pub purged_utc: Option<String>,
}

/// What a desk is to be told that asks what was deleted.
const DELETION: [(&str, Kind); 8] = [
    ("deletion.id", Kind::Integer),
    ("deletion.deleted_utc", Kind::Text),
    ("deletion.why", Kind::Text),
    ("deletion.cutoff_utc", Kind::Text),
    ("deletion.readings", Kind::Integer),
    ("deletion.until_utc", Kind::Text),
    ("deletion.restored_utc", Kind::TextOrNothing),
    ("deletion.purged_utc", Kind::TextOrNothing),
];

/// A setting of the store.
pub(super) fn setting(transaction: &mut Transaction<'_>, name: &str) -> Result<Option<String>, Failed> {
    let rows = transaction.query("SELECT value FROM setting WHERE name = $1", &[Value::from(name)])?;
    Ok(rows.first().and_then(|row| row.first()).map(|value| value.text().map_or_else(|| named(value), str::to_owned)))
}

/// Settles something for every desk; `None` as if it never had been.
pub(super) fn settle(transaction: &mut Transaction<'_>, name: &str, value: Option<String>) -> Result<(), Failed> {
    let statement = match value {
        Some(_) => {
            "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        }
        None => "DELETE FROM setting WHERE name = $1",
    };
    let values: Vec<Value> = [Some(name.to_owned()), value].into_iter().flatten().map(Value::from).collect();
    transaction.execute(statement, &values).map(|_| ())
}

/// A number of days that is settled; what is none is never guessed.
pub(super) fn days(transaction: &mut Transaction<'_>, name: &str) -> Result<Option<u32>, Failed> {
    let Some(value) = setting(transaction, name)? else { return Ok(None) };
    value.parse().map(Some).map_err(|_| transaction.changed(&format!("setting.{name} = {value}")))
}

/// For how many days what was deleted can be brought back.
pub(super) fn undo_days(transaction: &mut Transaction<'_>) -> Result<u32, Failed> {
    Ok(days(transaction, "undo_days")?.unwrap_or(UNDO_DAYS))
}

/// The last place of a reading. Of desks that write at once, each waits here for the one before.
fn sequence(transaction: &mut Transaction<'_>) -> Result<i64, Failed> {
    let lock = if transaction.is_server() { " FOR UPDATE" } else { "" };
    let rows = transaction.query(&format!("SELECT value FROM setting WHERE name = 'sequence'{lock}"), &[])?;
    let written = rows.first().and_then(|row| row.first()?.text()?.parse::<i64>().ok()).filter(|last| *last >= 0);
    let written = written.ok_or_else(|| transaction.changed("setting.sequence"))?;
    let rows = transaction.query("SELECT coalesce(max(sequence), 0) FROM reading", &[])?;
    match rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(last)) => Ok(written.max(*last)),
        _ => Err(transaction.changed("reading.sequence")),
    }
}

fn seconds(text: &str) -> Option<i64> {
    moment(text).map(Timestamp::as_second)
}

fn text_of(seconds: i64) -> String {
    utc(Timestamp::from_second(seconds).unwrap_or(Timestamp::MIN))
}

/// Holds the clock of a desk against what the store has heard, and writes down what it has heard now. `settled`, where a person says that it
/// is right. Also the last place of a reading, which no other desk changes from here on.
pub(super) fn hear(transaction: &mut Transaction<'_>, desk: Timestamp, settled: bool) -> Result<(Judged, i64), Failed> {
    let last = sequence(transaction)?;
    let server = match transaction.is_server() {
        true => {
            // A cast alone would round, so that what is written now could be of the next second.
            let rows = transaction.query("SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)", &[])?;
            match rows.first().and_then(|row| row.first()) {
                Some(Value::Integer(seconds)) => Some(*seconds),
                _ => None,
            }
        }
        false => None,
    };
    let latest =
        format!("SELECT stored_utc FROM reading WHERE doubted < {NO_TIME} ORDER BY sequence DESC LIMIT {LATEST}");
    let rows = transaction.query(&latest, &[])?;
    let mut stored: Vec<i64> = rows.iter().filter_map(|row| seconds(row.first()?.text()?)).collect();
    stored.sort_unstable();
    let median = stored.get(stored.len().saturating_sub(1) / 2).copied();
    let believed = setting(transaction, "clock")?.as_deref().and_then(seconds);
    let leap = setting(transaction, "leap")?;
    let leap = leap.as_deref().and_then(|leap| leap.split_once(' '));
    let leap = leap.and_then(|(from, to)| Some((seconds(from)?, seconds(to)?)));
    let settled_at = setting(transaction, "clock_settled")?.as_deref().and_then(seconds);
    let heard = Heard { believed, leap, median, settled: settled_at };
    let desk = desk.as_second();
    let judged = if settled { clock::settled(desk, server, heard) } else { clock::judge(desk, server, heard) };
    if judged.heard != heard {
        settle(transaction, "clock", judged.heard.believed.map(text_of))?;
        let leap = judged.heard.leap.map(|(from, to)| format!("{} {}", text_of(from), text_of(to)));
        settle(transaction, "leap", leap)?;
        settle(transaction, "clock_settled", judged.heard.settled.map(text_of))?;
    }
    Ok((judged, last))
}

/// What is written down of a reading that is stored now, in `doubted`.
pub(super) fn doubted(judged: &Judged) -> i64 {
    match judged.doubt {
        Some(Doubt::TooEarly { .. }) => NO_TIME,
        _ => judged.doubted.into(),
    }
}

/// The time before which readings are old, if the clock is believed.
pub(super) fn cutoff(judged: &Judged, days: u32) -> Option<i64> {
    judged.ages_from.map(|from| from - i64::from(days) * DAY)
}

/// A time as the store keeps it.
pub(super) fn cutoff_text(cutoff: i64) -> String {
    text_of(cutoff)
}

/// Deletes the readings before a time, with what was judged of them; they can be brought back for as long as is settled. What hangs on a
/// reading goes with it. A phone's clock that is ahead makes no reading younger than it is, and one whose time of storing is doubtful goes
/// when three have gone by that came in after it.
pub(super) fn delete_before(
    transaction: &mut Transaction<'_>,
    judged: &Judged,
    days: u32,
    why: &str,
) -> Result<u64, Failed> {
    let (Some(cutoff), Some(from)) = (cutoff(judged, days), judged.ages_from) else { return Ok(0) };
    let after =
        "SELECT sequence FROM reading WHERE doubted = 0 AND stored_utc < $1 ORDER BY sequence DESC LIMIT 1 OFFSET 2";
    let after = transaction.query(after, &[Value::from(text_of(cutoff))])?;
    let after = match after.first().and_then(|row| row.first()) {
        Some(Value::Integer(sequence)) => *sequence,
        _ => 0,
    };
    // SQLite numbers values by where they first stand.
    let old = |first: usize| {
        let (second, third) = (first + 1, first + 2);
        format!(
            "(doubted = 0 AND (taken_utc < ${first} OR stored_utc < ${first}) AND stored_utc <= ${second}) \
             OR ((doubted <> 0 OR stored_utc > ${second}) AND sequence < ${third})"
        )
    };
    let values = [Value::from(text_of(cutoff)), Value::from(text_of(from + DAY)), Value::Integer(after)];
    let count = transaction.query(&format!("SELECT count(*) FROM reading WHERE {}", old(1)), &values)?;
    let count = count.first().and_then(|row| row.first()).map_or(0, Value::number);
    if count == 0 {
        return Ok(0);
    }
    let undo = undo_days(transaction)?;
    let rows = transaction.query("SELECT coalesce(max(id), 0) FROM deletion", &[])?;
    let last = match rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(last)) => *last,
        _ => return Err(transaction.changed("deletion.id")),
    };
    let (id, now) = (Value::Integer(last.saturating_add(1)), text_of(judged.now));
    if undo == 0 {
        transaction.execute(&format!("DELETE FROM reading WHERE {}", old(1)), &values)?;
    } else {
        let with: Vec<Value> = std::iter::once(id.clone()).chain(values).collect();
        let to = format!(
            "INSERT INTO deleted_reading (deletion, {READING}) SELECT $1, {READING} FROM reading WHERE {}",
            old(2)
        );
        transaction.execute(&to, &with)?;
        let id = [id.clone()];
        for statement in [
            format!(
                "INSERT INTO deleted_verdict (deletion, {VERDICT}) SELECT $1, {VERDICT} FROM verdict WHERE reading IN \
                 (SELECT sha256 FROM deleted_reading WHERE deletion = $1)"
            ),
            format!(
                "INSERT INTO deleted_finding (deletion, {FINDING}) SELECT $1, {FINDING} FROM finding WHERE verdict_id IN \
                 (SELECT id FROM deleted_verdict WHERE deletion = $1)"
            ),
            "DELETE FROM reading WHERE sha256 IN (SELECT sha256 FROM deleted_reading WHERE deletion = $1)".to_owned(),
        ] {
            transaction.execute(&statement, &id)?;
        }
    }
    let until = text_of(judged.now + i64::from(undo) * DAY);
    let log = "INSERT INTO deletion (id, deleted_utc, why, cutoff_utc, readings, until_utc, purged_utc) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let purged = if undo == 0 { Value::from(now.as_str()) } else { Value::Nothing };
    let values = [
        id,
        Value::from(now),
        Value::from(why),
        Value::from(text_of(cutoff)),
        Value::from(count),
        Value::from(until),
        purged,
    ];
    transaction.execute(log, &values)?;
    Ok(count)
}

/// Lets go for good what can be brought back no longer, if the clock is believed; all of it, where nothing is to be brought back at all.
pub(super) fn purge(transaction: &mut Transaction<'_>, judged: &Judged, all: bool) -> Result<u64, Failed> {
    let before = match (judged.ages_from, all) {
        (_, true) => "9999".to_owned(),
        (Some(from), false) => text_of(from),
        (None, false) => return Ok(0),
    };
    let over = "SELECT id FROM deletion WHERE restored_utc IS NULL AND purged_utc IS NULL AND until_utc <= $1";
    let mut count = 0;
    for row in transaction.query(over, &[Value::from(before)])? {
        let Some(id @ Value::Integer(_)) = row.into_iter().next() else {
            return Err(transaction.changed("deletion.id"));
        };
        count += empty(transaction, &id)?;
        let values = [Value::from(text_of(judged.now)), id];
        transaction.execute("UPDATE deletion SET purged_utc = $1 WHERE id = $2", &values)?;
    }
    Ok(count)
}

fn empty(transaction: &mut Transaction<'_>, id: &Value) -> Result<u64, Failed> {
    let id = [id.clone()];
    transaction.execute("DELETE FROM deleted_finding WHERE deletion = $1", &id)?;
    transaction.execute("DELETE FROM deleted_verdict WHERE deletion = $1", &id)?;
    transaction.execute("DELETE FROM deleted_reading WHERE deletion = $1", &id)
}

/// Brings back what a deletion took, by default the last; gives its number and how many readings came back.
pub(super) fn restore(
    transaction: &mut Transaction<'_>,
    wished: Option<u64>,
    desk: Timestamp,
) -> Result<Option<(u64, u64)>, Failed> {
    // By the clock that dates deletions: that of a desk may be behind it.
    let (judged, _) = hear(transaction, desk, false)?;
    let (filter, values) = match wished {
        Some(id) => (" AND id = $1", vec![Value::from(id)]),
        None => ("", Vec::new()),
    };
    let last = format!(
        "SELECT id FROM deletion WHERE restored_utc IS NULL AND purged_utc IS NULL{filter} ORDER BY id DESC LIMIT 1"
    );
    let Some(row) = transaction.query(&last, &values)?.into_iter().next() else { return Ok(None) };
    let Some(id @ Value::Integer(_)) = row.into_iter().next() else { return Err(transaction.changed("deletion.id")) };
    let of = [id.clone()];
    // What was stored again meanwhile stays as it is.
    let count = transaction.execute(
        &format!(
            "INSERT INTO reading ({READING}) SELECT {READING} FROM deleted_reading WHERE deletion = $1 ON CONFLICT DO NOTHING"
        ),
        &of,
    )?;
    for statement in [
        format!(
            "INSERT INTO verdict ({VERDICT}) SELECT {VERDICT} FROM deleted_verdict WHERE deletion = $1 ON CONFLICT DO NOTHING"
        ),
        format!(
            "INSERT INTO finding ({FINDING}) SELECT {FINDING} FROM deleted_finding WHERE deletion = $1 ON CONFLICT DO NOTHING"
        ),
    ] {
        transaction.execute(&statement, &of)?;
    }
    empty(transaction, &id)?;
    let values = [Value::from(text_of(judged.now)), id.clone()];
    transaction.execute("UPDATE deletion SET restored_utc = $1 WHERE id = $2", &values)?;
    Ok(Some((id.number(), count)))
}

/// The latest deletions, the last first.
pub(super) fn deletions(transaction: &mut Transaction<'_>) -> Result<Vec<Deletion>, Failed> {
    let statement = "SELECT id, deleted_utc, why, cutoff_utc, readings, until_utc, restored_utc, purged_utc FROM deletion \
                     ORDER BY id DESC LIMIT 1000";
    let rows = transaction.rows(&Shape { reading: 0, columns: &DELETION }, statement, &[])?;
    let text = |row: &[Value], column: usize| row.get(column).and_then(Value::text).map(str::to_owned);
    let of = |row: &Vec<Value>| Deletion {
        id: row.first().map_or(0, Value::number),
        deleted_utc: text(row, 1).unwrap_or_default(),
        why: text(row, 2).unwrap_or_default(),
        cutoff_utc: text(row, 3).unwrap_or_default(),
        readings: row.get(4).map_or(0, Value::number),
        until_utc: text(row, 5).unwrap_or_default(),
        restored_utc: text(row, 6),
        purged_utc: text(row, 7),
    };
    Ok(rows.iter().map(of).collect())
}

/// For how many days readings are kept; `None` for as long as the store is there.
pub(super) fn kept_days(transaction: &mut Transaction<'_>) -> Result<Option<u32>, Failed> {
    days(transaction, "keep_days")
}
