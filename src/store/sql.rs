//! One way to speak to both databases: statements with `$1`, `$2` … in this order, and rows of plain values.

use std::collections::BTreeSet;
use std::path::Path;

use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::{ToSql, Type};
use rusqlite::types::ValueRef;

use super::address::StoreAddress;
use super::error::StoreError;
use super::value::{Broken, Row, Shape, Value};
use crate::text::clean::sanitize;

/// How much of what a database says is told.
pub(super) const LONGEST_DETAIL: usize = 300;

/// How many bytes a snapshot may have.
pub(super) const LONGEST_SNAPSHOT: usize = 64 << 20;
/// How many rows that are passed over are told.
const MOST_BROKEN: usize = 20;
/// How many steps of SQLite's machine a transaction may take, for the file and for each byte of it. Lists take some three for a byte.
const THOUSANDS_OF_STEPS: u64 = 20_000;
const STEPS_FOR_A_BYTE: u64 = 16;

/// Why a statement failed.
pub(super) enum Failed {
    /// The connection broke, or the server is going down or coming up: the same may go well again.
    Again(String),
    /// It will not.
    For(StoreError),
}

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// To look into one that is there. Nothing of it changes, unless its tables are of an earlier version.
    Read,
    /// To write to one that is there.
    Write,
    /// To write, and to make it where there is none.
    Make,
}

/// A connection to either database.
pub(super) enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

/// A transaction that has begun.
pub(super) struct Transaction<'c> {
    pub(super) connection: &'c mut Connection,
    pub(super) place: &'c StoreAddress,
    pub(super) told: Told,
}

/// What is told of the rows of a question.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Those that were passed over.
    pub(super) broken: BTreeSet<Broken>,
    /// How many verdicts nobody can prove here to be what was stored.
    pub(super) unproven: u64,
}

impl Connection {
    /// Runs statements as one: all or none. Those that only read take no lock and need no right to write.
    pub(super) fn transact<R>(
        &mut self,
        place: &StoreAddress,
        access: Access,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<R, Failed>,
    ) -> Result<R, Failed> {
        self.transact_and_tell(place, access, work).map(|(result, _)| result)
    }

    /// As [`Connection::transact`]; gives what is told of its rows too.
    pub(super) fn transact_and_tell<R>(
        &mut self,
        place: &StoreAddress,
        access: Access,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<R, Failed>,
    ) -> Result<(R, Told), Failed> {
        if let (Connection::Sqlite(sqlite), StoreAddress::File(path)) = (&mut *self, place) {
            count_steps(sqlite, path).map_err(|error| from_sqlite(place, &error))?;
        }
        let begin = match (&self, access) {
            (Connection::Sqlite(_), Access::Read) => "BEGIN",
            // Whoever will write waits at the beginning, and not in the middle.
            (Connection::Sqlite(_), _) => "BEGIN IMMEDIATE",
            // Of one moment, whatever other desks store between two questions.
            (Connection::Postgres(_), Access::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            (Connection::Postgres(_), _) => "BEGIN",
        };
        let mut transaction = Transaction { connection: self, place, told: Told::default() };
        transaction.batch(begin)?;
        let result = work(&mut transaction).and_then(|result| transaction.batch("COMMIT").map(|()| result));
        if result.is_err() {
            // With the connection gone there is nothing to take back.
            let _ = transaction.batch("ROLLBACK");
        }
        result.map(|result| (result, transaction.told))
    }
}

impl Transaction<'_> {
    pub(super) fn batch(&mut self, statements: &str) -> Result<(), Failed> {
        match &mut *self.connection {
            Connection::Sqlite(sqlite) => {
                sqlite.execute_batch(statements).map_err(|error| from_sqlite(self.place, &error))
            }
            Connection::Postgres(client) => {
                client.batch_execute(statements).map_err(|error| from_postgres(self.place, &error))
            }
        }
    }

    /// Runs a statement; gives the number of rows that it changed.
    pub(super) fn execute(&mut self, statement: &str, values: &[Value]) -> Result<u64, Failed> {
        match &mut *self.connection {
            Connection::Sqlite(sqlite) => sqlite
                .prepare_cached(statement)
                .and_then(|mut prepared| prepared.execute(rusqlite::params_from_iter(values)))
                .map(|count| u64::try_from(count).unwrap_or(u64::MAX))
                .map_err(|error| from_sqlite(self.place, &error)),
            Connection::Postgres(client) => {
                client.execute(statement, &borrowed(values)).map_err(|error| from_postgres(self.place, &error))
            }
        }
    }

    /// Runs a question.
    pub(super) fn query(&mut self, statement: &str, values: &[Value]) -> Result<Vec<Row>, Failed> {
        let mut rows = Vec::new();
        self.each(statement, values, |row| rows.push(row))?;
        Ok(rows)
    }

    /// Runs a question, and takes its rows one by one.
    pub(super) fn each(&mut self, statement: &str, values: &[Value], mut take: impl FnMut(Row)) -> Result<(), Failed> {
        match &mut *self.connection {
            Connection::Sqlite(sqlite) => {
                let mut all = || {
                    let mut prepared = sqlite.prepare_cached(statement)?;
                    let columns = prepared.column_count();
                    let mut rows = prepared.query(rusqlite::params_from_iter(values))?;
                    while let Some(row) = rows.next()? {
                        let row: rusqlite::Result<Row> =
                            (0..columns).map(|column| row.get_ref(column).map(sqlite_value)).collect();
                        take(row?);
                    }
                    Ok(())
                };
                all().map_err(|error| from_sqlite(self.place, &error))
            }
            Connection::Postgres(client) => {
                let mut all = || {
                    let mut rows = client.query_raw(statement, borrowed(values))?;
                    while let Some(row) = rows.next()? {
                        take((0..row.len()).map(|column| postgres_value(&row, column)).collect());
                    }
                    Ok(())
                };
                all().map_err(|error| from_postgres(self.place, &error))
            }
        }
    }

    /// As [`Transaction::each`]; rows that are not what poucet writes are passed over, and told.
    pub(super) fn each_of(
        &mut self,
        shape: &Shape<'_>,
        statement: &str,
        values: &[Value],
        mut take: impl FnMut(Row),
    ) -> Result<(), Failed> {
        let mut broken = Vec::new();
        self.each(statement, values, |row| match shape.fault(&row) {
            Some(fault) => broken.push(fault),
            None => take(row),
        })?;
        broken.into_iter().for_each(|fault| self.pass_over(fault));
        Ok(())
    }

    /// As [`Transaction::query`]; rows that are not what poucet writes are passed over, and told.
    pub(super) fn rows(&mut self, shape: &Shape<'_>, statement: &str, values: &[Value]) -> Result<Vec<Row>, Failed> {
        let mut rows = Vec::new();
        self.each_of(shape, statement, values, |row| rows.push(row))?;
        Ok(rows)
    }

    /// Takes note of a row that is passed over; of very many the first.
    pub(super) fn pass_over(&mut self, broken: Broken) {
        if self.told.broken.len() < MOST_BROKEN {
            self.told.broken.insert(broken);
        }
    }

    /// Takes note of verdicts that nobody can prove here to be what was stored.
    pub(super) fn unproven(&mut self, count: u64) {
        self.told.unproven += count;
    }

    /// Whether it is a server.
    pub(super) fn is_server(&self) -> bool {
        matches!(self.connection, Connection::Postgres(_))
    }

    /// That the store is not as poucet made it.
    pub(super) fn changed(&self, detail: &str) -> Failed {
        changed(self.place, detail)
    }
}

fn changed(place: &StoreAddress, detail: &str) -> Failed {
    Failed::For(StoreError::Changed { place: place.shown(), detail: sanitize(detail, LONGEST_DETAIL) })
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn sqlite_value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Broken { bytes: bytes.to_vec(), is_text: true },
        },
        ValueRef::Blob(bytes) => Value::Broken { bytes: bytes.to_vec(), is_text: false },
        ValueRef::Null => Value::Nothing,
    }
}

fn postgres_value(row: &postgres::Row, column: usize) -> Value {
    let kind = row.columns().get(column).map(postgres::Column::type_);
    // A database without an encoding may hold a text that is no UTF-8.
    let broken = |_| Value::Broken { bytes: Vec::new(), is_text: true };
    match kind {
        Some(&Type::INT8) => row
            .try_get::<_, Option<i64>>(column)
            .map_or_else(broken, |number| number.map_or(Value::Nothing, Value::Integer)),
        Some(&Type::FLOAT8) => row
            .try_get::<_, Option<f64>>(column)
            .map_or_else(broken, |number| number.map_or(Value::Nothing, Value::Real)),
        Some(&Type::BOOL) => row
            .try_get::<_, Option<bool>>(column)
            .map_or_else(broken, |is| is.map_or(Value::Nothing, |is| Value::Integer(is.into()))),
        _ => row
            .try_get::<_, Option<String>>(column)
            .map_or_else(broken, |text| text.map_or(Value::Nothing, Value::Text)),
    }
}

pub(super) fn from_sqlite(place: &StoreAddress, error: &rusqlite::Error) -> Failed {
    let (place, detail) = (place.shown(), sanitize(&error.to_string(), LONGEST_DETAIL));
    Failed::For(match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => StoreError::NotOurs { place },
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            StoreError::Gone { place, detail }
        }
        // A page that cannot be, or pages that lead back to themselves until the steps are used up.
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::OperationInterrupted) => {
            StoreError::Changed { place, detail }
        }
        _ => StoreError::Refused { place, detail },
    })
}

pub(super) fn from_postgres(place: &StoreAddress, error: &postgres::Error) -> Failed {
    let detail = match error.as_db_error() {
        Some(said) => said.message().to_owned(),
        // The cause says more than the error itself.
        None => std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")),
    };
    let detail = sanitize(&detail, LONGEST_DETAIL);
    let again = match error.code() {
        Some(code) => {
            // Another desk in the way, or full; going down or coming up (57P), a connection that broke (08).
            let known = [
                SqlState::LOCK_NOT_AVAILABLE,
                SqlState::QUERY_CANCELED,
                SqlState::TOO_MANY_CONNECTIONS,
                SqlState::T_R_SERIALIZATION_FAILURE,
                SqlState::T_R_DEADLOCK_DETECTED,
                SqlState::FOREIGN_KEY_VIOLATION,
            ];
            known.contains(code) || code.code().starts_with("08") || code.code().starts_with("57P")
        }
        None => true,
    };
    match again {
        true => Failed::Again(detail),
        false => Failed::For(StoreError::Refused { place: place.shown(), detail }),
    }
}

/// What a database that did not come to an answer says as an error.
pub(super) fn settled(place: &StoreAddress, failed: Failed) -> StoreError {
    match failed {
        Failed::For(error) => error,
        Failed::Again(detail) => StoreError::Gone { place: place.shown(), detail },
    }
}

/// Ends a transaction that takes more steps than a file of this size can need: its pages may lead back to themselves.
fn count_steps(sqlite: &mut rusqlite::Connection, path: &Path) -> rusqlite::Result<()> {
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let bytes = size(path).saturating_add(size(Path::new(&log)));
    let most = THOUSANDS_OF_STEPS.saturating_add(bytes.saturating_mul(STEPS_FOR_A_BYTE) / 1000);
    let mut thousands = 0_u64;
    sqlite.progress_handler(
        1000,
        Some(move || {
            thousands += 1;
            thousands > most
        }),
    )
}
