//! The versions of the tables, and how those of an earlier one are brought to this one.

use super::address::StoreAddress;
use super::error::StoreError;
use super::sql::{Connection, Failed, Told, Transaction, from_sqlite};
use super::value::{Value, named};
use super::{rows, schema};

/// The steps that lead from no tables to those of this version.
pub(super) const SQLITE: [&str; 5] = [
    include_str!("migrations/sqlite/0001_readings.sql"),
    include_str!("migrations/sqlite/0002_indexes.sql"),
    include_str!("migrations/sqlite/0003_partial.sql"),
    include_str!("migrations/sqlite/0004_seals.sql"),
    include_str!("migrations/sqlite/0005_deletions.sql"),
];
/// The same for PostgreSQL.
pub(super) const POSTGRES: [&str; 5] = [
    include_str!("migrations/postgres/0001_readings.sql"),
    include_str!("migrations/postgres/0002_indexes.sql"),
    include_str!("migrations/postgres/0003_partial.sql"),
    include_str!("migrations/postgres/0004_seals.sql"),
    include_str!("migrations/postgres/0005_deletions.sql"),
];
/// The version from which on a reading is marked as partial or whole.
const MARKED: i64 = 3;
/// The version from which on rows are sealed.
const SEALED: i64 = 4;
/// What holds the version of the tables, and what is settled for the store.
const SETTINGS: &str = "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)";

/// The version of the tables, unless none is written down.
pub(super) fn version(transaction: &mut Transaction<'_>) -> Result<Option<i64>, Failed> {
    let rows = transaction.query("SELECT value FROM setting WHERE name = 'version'", &[])?;
    let Some(value) = rows.first().and_then(|row| row.first()) else { return Ok(None) };
    match value.text().and_then(|value| value.parse().ok()).filter(|version: &i64| *version > 0) {
        Some(version) => Ok(Some(version)),
        None => Err(transaction.changed(&format!("setting.version = {}", named(value)))),
    }
}

/// The version that these steps lead to.
pub(super) fn newest(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

pub(super) fn refuse_newer(place: &StoreAddress, version: i64, steps: &[&str]) -> Result<(), Failed> {
    if version > newest(steps) {
        return Err(Failed::For(StoreError::Newer { place: place.shown(), version }));
    }
    Ok(())
}

/// Brings the tables to this version, in one transaction.
pub(super) fn migrate(transaction: &mut Transaction<'_>, steps: &[&str]) -> Result<(), Failed> {
    transaction.batch(SETTINGS)?;
    let version = version(transaction)?.unwrap_or(0);
    let newest = newest(steps);
    refuse_newer(transaction.place, version, steps)?;
    for step in steps.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.batch(step)?;
    }
    if version < MARKED {
        mark(transaction)?;
    }
    if version < newest {
        let value = [Value::from(newest.to_string())];
        let statement = "INSERT INTO setting (name, value) VALUES ('version', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        transaction.execute(statement, &value)?;
    }
    Ok(())
}

/// How a statement asks for what earlier versions do not have. A file of one that cannot be brought to this one does not know.
pub(super) struct Marks {
    /// Which parts a reading `r` does not tell whole.
    pub(super) partial: &'static str,
    /// When it came in.
    pub(super) sequence: &'static str,
    /// Its seal.
    pub(super) seal: &'static str,
    /// Of a verdict `v` what is noted, the hash of its findings, and its seal.
    pub(super) verdict: &'static str,
}

/// What the tables of a store have.
pub(super) fn marks(transaction: &mut Transaction<'_>) -> Result<Marks, Failed> {
    let version = version(transaction)?.unwrap_or(0);
    let (partial, sequence) = if version >= MARKED { ("r.partial", "r.sequence") } else { ("''", "CAST(0 AS BIGINT)") };
    let (seal, verdict) = match version >= SEALED {
        true => ("r.seal", "v.noted, v.findings_sha256, v.seal"),
        false => ("NULL", "CAST(NULL AS BIGINT), NULL, NULL"),
    };
    Ok(Marks { partial, sequence, seal, verdict })
}

/// Marks the readings that were stored before there was a mark, by the gaps of their snapshots.
fn mark(transaction: &mut Transaction<'_>) -> Result<(), Failed> {
    loop {
        let rows = transaction.query("SELECT sha256, snapshot FROM reading WHERE partial IS NULL LIMIT 32", &[])?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut marked = 0;
        for row in rows {
            let body = row.get(1).and_then(Value::text).unwrap_or("");
            // By whatever names it, or it would come again and again.
            let values = [Value::from(rows::parts_of(body)), row.first().cloned().unwrap_or(Value::Nothing)];
            marked += transaction.execute("UPDATE reading SET partial = $1 WHERE sha256 = $2", &values)?;
        }
        if marked == 0 {
            return Err(transaction.changed("reading.sha256"));
        }
    }
}

/// The tables and indexes that a file of this version has.
pub(super) fn expected(place: &StoreAddress, version: i64) -> Result<Vec<schema::Object>, Failed> {
    let made = || {
        let sqlite = rusqlite::Connection::open_in_memory()?;
        sqlite.execute_batch(SETTINGS)?;
        for step in SQLITE.iter().take(usize::try_from(version).unwrap_or(0)) {
            sqlite.execute_batch(step)?;
        }
        Ok(Connection::Sqlite(sqlite))
    };
    let mut connection = made().map_err(|error| from_sqlite(place, &error))?;
    let mut transaction = Transaction { connection: &mut connection, place, told: Told::default() };
    let rows = transaction.query("SELECT type, name, tbl_name, sql FROM sqlite_schema", &[])?;
    Ok(rows.iter().map(schema::Object::of).collect())
}
