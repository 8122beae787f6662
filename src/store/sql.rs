//! One way to speak to both databases: statements with `$1`, `$2` … in this order, and rows of plain values.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::{IsNull, ToSql, Type};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;

use super::{Place, StoreError, schema};
use crate::files::fingerprint::hex;
use crate::text::clean::sanitize;

/// How long a desk waits for another one's writing.
const BUSY: Duration = Duration::from_secs(30);
/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// After how long a silence a server is asked whether it is still there, and how often until it counts as gone.
const SILENCE: Duration = Duration::from_secs(10);
const PROBE: Duration = Duration::from_secs(5);
const PROBES: u32 = 2;
/// What `postgres` takes for a silence where an address names none.
const USUAL_SILENCE: Duration = Duration::from_secs(2 * 60 * 60);
/// The least that a server is given for a statement.
const LEAST_PATIENCE: Duration = Duration::from_millis(100);
/// `PRAGMA application_id` of our files: "pouc".
const APPLICATION: i64 = 0x706f_7563;
/// The number of the lock under which a server's tables are made: any, and always this.
const LOCK: i64 = 0x706f_7563_6574;
/// How much of what a database says is told.
const LONGEST_DETAIL: usize = 300;

/// How many bytes a text of a row may have, the snapshot aside: poucet writes no longer ones.
const LONGEST_CELL: usize = 1 << 16;
/// How many bytes a snapshot may have.
pub(super) const LONGEST_SNAPSHOT: usize = 64 << 20;
/// How many bytes SQLite takes for a row.
const LONGEST_ROW: i32 = 128 << 20;
/// How much is told of what names a row.
const LONGEST_NAME: usize = 80;
/// How many rows that are passed over are told.
const MOST_BROKEN: usize = 20;
/// How many tables and the like are looked at in a file.
const MOST_OBJECTS: usize = 1000;
/// How many steps of SQLite's machine a transaction may take, for the file and for each byte of it. Lists take some three for a byte.
const THOUSANDS_OF_STEPS: u64 = 20_000;
const STEPS_FOR_A_BYTE: u64 = 16;

/// The steps that lead from no tables to those of this version.
const SQLITE: [&str; 5] = [
    include_str!("migrations/sqlite/0001_readings.sql"),
    include_str!("migrations/sqlite/0002_indexes.sql"),
    include_str!("migrations/sqlite/0003_partial.sql"),
    include_str!("migrations/sqlite/0004_seals.sql"),
    include_str!("migrations/sqlite/0005_deletions.sql"),
];
/// The same for PostgreSQL.
const POSTGRES: [&str; 5] = [
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

/// A value of a column, or for a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Nothing,
    Text(String),
    Integer(i64),
    Real(f64),
    /// What no column of ours holds: bytes, or a text that is no UTF-8. It is kept as it is, so that a page can go on after it.
    Broken {
        bytes: Vec<u8>,
        is_text: bool,
    },
}

/// A text as both databases can keep it: PostgreSQL refuses NUL.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(plain(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::from(text.as_str())
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        text.map_or(Value::Nothing, Value::from)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Value {
        number.map_or(Value::Nothing, Value::Real)
    }
}

impl Value {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> u64 {
        match self {
            Value::Integer(number) => u64::try_from(*number).unwrap_or(0),
            _ => 0,
        }
    }

    pub(super) fn real(&self) -> Option<f64> {
        match self {
            Value::Real(number) => Some(*number),
            // SQLite keeps a whole number as one.
            Value::Integer(number) => i32::try_from(*number).ok().map(f64::from),
            _ => None,
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::ToSqlOutput::Borrowed;
        Ok(Borrowed(match self {
            Value::Nothing => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Real(number) => ValueRef::Real(*number),
            Value::Broken { bytes, is_text: true } => ValueRef::Text(bytes),
            Value::Broken { bytes, is_text: false } => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Nothing | Value::Broken { .. } => Ok(IsNull::Yes),
            Value::Text(text) => text.as_str().to_sql(kind, out),
            Value::Integer(number) => number.to_sql(kind, out),
            Value::Real(number) => number.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// A row.
pub(super) type Row = Vec<Value>;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    TextOrNothing,
    Integer,
    IntegerOrNothing,
    RealOrNothing,
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Kind::Text | Kind::TextOrNothing, Value::Text(text)) => text.len() <= LONGEST_CELL,
            (Kind::TextOrNothing | Kind::IntegerOrNothing | Kind::RealOrNothing, Value::Nothing)
            | (Kind::Integer | Kind::IntegerOrNothing, Value::Integer(_)) => true,
            (Kind::RealOrNothing, value) => value.real().is_some(),
            _ => false,
        }
    }
}

/// What the rows of a question are made of: which column names the reading, and what each column holds.
pub(super) struct Shape<'s> {
    pub(super) reading: usize,
    pub(super) columns: &'s [(&'static str, Kind)],
}

impl Shape<'_> {
    /// What is wrong with a row, if anything: the reading, and the column.
    fn fault(&self, row: &[Value]) -> Option<Broken> {
        let wrong = self.columns.iter().zip(row).find(|((_, kind), value)| !kind.fits(value))?;
        let (reading, column) = (row.get(self.reading).map(named).unwrap_or_default(), wrong.0.0.to_owned());
        Some(Broken { reading, column })
    }
}

/// A value that names a row, for a person, whatever it is.
pub(super) fn named(value: &Value) -> String {
    match value {
        Value::Text(text) => sanitize(text, LONGEST_NAME),
        Value::Broken { bytes, .. } => {
            let shown = bytes.get(..LONGEST_NAME / 2).unwrap_or(bytes);
            format!("x'{}'", hex(shown))
        }
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Nothing => "NULL".to_owned(),
    }
}

/// A row that is not what poucet writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Broken {
    pub(super) reading: String,
    pub(super) column: String,
}

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
    connection: &'c mut Connection,
    place: &'c Place,
    told: Told,
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
    /// Opens the file or calls the server, and brings its tables to this version. No statement of a server takes longer than patience.
    pub(super) fn open(place: &Place, access: Access, patience: Duration) -> Result<Connection, Failed> {
        match place {
            Place::File(path) => match access {
                Access::Read => sqlite_to_read(place, path),
                Access::Write | Access::Make => sqlite(place, path, access == Access::Make),
            }
            .map_err(Failed::For),
            Place::Server { address, password } => postgres(place, address, password.as_deref(), patience),
        }
    }

    /// Runs statements as one: all or none. Those that only read take no lock and need no right to write.
    pub(super) fn transact<R>(
        &mut self,
        place: &Place,
        access: Access,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<R, Failed>,
    ) -> Result<R, Failed> {
        self.transact_and_tell(place, access, work).map(|(result, _)| result)
    }

    /// As [`Connection::transact`]; gives what is told of its rows too.
    pub(super) fn transact_and_tell<R>(
        &mut self,
        place: &Place,
        access: Access,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<R, Failed>,
    ) -> Result<(R, Told), Failed> {
        if let (Connection::Sqlite(sqlite), Place::File(path)) = (&mut *self, place) {
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

fn changed(place: &Place, detail: &str) -> Failed {
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

fn from_sqlite(place: &Place, error: &rusqlite::Error) -> Failed {
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

fn from_postgres(place: &Place, error: &postgres::Error) -> Failed {
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
fn settled(place: &Place, failed: Failed) -> StoreError {
    match failed {
        Failed::For(error) => error,
        Failed::Again(detail) => StoreError::Gone { place: place.shown(), detail },
    }
}

fn sqlite(place: &Place, path: &Path, may_make: bool) -> Result<Connection, StoreError> {
    let refused =
        |detail: String| StoreError::Refused { place: place.shown(), detail: sanitize(&detail, LONGEST_DETAIL) };
    let from_sqlite = |error: &rusqlite::Error| settled(place, from_sqlite(place, error));
    let length = std::fs::metadata(path).map(|metadata| metadata.len());
    if !may_make && !length.as_ref().is_ok_and(|length| *length > 0) {
        return Err(StoreError::Missing { place: place.shown() });
    }
    if length.as_ref().is_ok_and(|length| *length == 0) {
        // An empty file that somebody made for it, with the rights of any other.
        keep_private(path).map_err(|error| refused(error.to_string()))?;
    }
    if length.is_err() {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| refused(error.to_string()))?;
        }
        make_private(path).map_err(|error| refused(error.to_string()))?;
    }
    use rusqlite::OpenFlags;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sqlite = rusqlite::Connection::open_with_flags(path, flags).map_err(|error| from_sqlite(&error))?;
    guard(&sqlite).map_err(|error| from_sqlite(&error))?;
    let mut connection = Connection::Sqlite(sqlite);
    // Looked at before anything is written: another program's database stays as it is.
    let look = |transaction: &mut Transaction<'_>| look(transaction);
    let found = connection.transact(place, Access::Read, look).map_err(|failed| settled(place, failed))?;
    let Connection::Sqlite(sqlite) = &connection else { return Ok(connection) };
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                   PRAGMA secure_delete = ON;";
    // Two desks that make the same file at once wait for each other.
    let begun = Instant::now();
    while let Err(error) = sqlite.execute_batch(pragmas) {
        if begun.elapsed() > BUSY || error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy) {
            return Err(from_sqlite(&error));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    if found == newest(&SQLITE) {
        return Ok(connection);
    }
    // Whose file it is and its tables are settled as one, so that no other desk sees the half of it.
    let make = |transaction: &mut Transaction<'_>| {
        look(transaction)?;
        transaction.batch(&format!("PRAGMA application_id = {APPLICATION}"))?;
        migrate(transaction, &SQLITE)
    };
    connection.transact(place, Access::Write, make).map_err(|failed| settled(place, failed))?;
    Ok(connection)
}

/// The version of the tables of a file, 0 where there are none yet, unless it is another program's, of a later version, or not as poucet
/// made it.
fn look(transaction: &mut Transaction<'_>) -> Result<i64, Failed> {
    let application = match transaction.query("PRAGMA application_id", &[])?.first().and_then(|row| row.first()) {
        Some(Value::Integer(number)) => *number,
        _ => 0,
    };
    let statement = format!("SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT {MOST_OBJECTS}");
    let objects: Vec<schema::Object> = transaction.query(&statement, &[])?.iter().map(schema::Object::of).collect();
    if application != APPLICATION && (application != 0 || !objects.is_empty()) {
        return Err(Failed::For(StoreError::NotOurs { place: transaction.place.shown() }));
    }
    if objects.is_empty() {
        return Ok(0);
    }
    if !objects.iter().any(|object| object.is_table("setting")) {
        return Err(transaction.changed("setting"));
    }
    let version = version(transaction)?.ok_or_else(|| transaction.changed("setting.version"))?;
    refuse_newer(transaction.place, version, &SQLITE)?;
    let expected = expected(transaction.place, version)?;
    schema::fault(&expected, &objects).map_or(Ok(version), |fault| Err(transaction.changed(&fault)))
}

/// The tables and indexes that a file of this version has.
fn expected(place: &Place, version: i64) -> Result<Vec<schema::Object>, Failed> {
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

/// Nothing of a file's own choosing runs: no view, no trigger, no function that its schema calls. What is larger than anything that
/// poucet writes is refused.
fn guard(sqlite: &rusqlite::Connection) -> rusqlite::Result<()> {
    sqlite.busy_timeout(BUSY)?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    sqlite.pragma_update(None, "cell_size_check", true)?;
    sqlite.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_ROW)?;
    sqlite.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20)?;
    sqlite.set_limit(Limit::SQLITE_LIMIT_COLUMN, 200)?;
    sqlite.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    Ok(())
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

/// Opens a file without writing to it, as it may be one that this user can only read.
fn sqlite_to_read(place: &Place, path: &Path) -> Result<Connection, StoreError> {
    if !std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0) {
        return Err(StoreError::Missing { place: place.shown() });
    }
    use rusqlite::OpenFlags;
    let open = |path: &Path, flags: OpenFlags| {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = rusqlite::Connection::open_with_flags(path, flags).and_then(|sqlite| {
            guard(&sqlite)?;
            sqlite.execute_batch("PRAGMA query_only = ON")?;
            Ok(Connection::Sqlite(sqlite))
        });
        let mut connection = opened.map_err(|error| from_sqlite(place, &error))?;
        let version = connection.transact(place, Access::Read, look)?;
        Ok((connection, version))
    };
    // SQLite itself falls back to reading where the file is not to be written.
    let opened = match open(path, OpenFlags::SQLITE_OPEN_READ_WRITE) {
        Err(Failed::For(StoreError::Refused { .. })) if is_at_rest(path) => {
            // It cannot put its files beside, and nobody else has: what is in the file is all there is.
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            open(Path::new(&format!("file:{}?immutable=1", for_uri(path))), flags)
        }
        opened => opened,
    };
    let (connection, version) = opened.map_err(|failed| settled(place, failed))?;
    if version == newest(&SQLITE) {
        return Ok(connection);
    }
    match sqlite(place, path, false) {
        // Of an earlier version, and it cannot be brought to this one: it is read as it is.
        Err(StoreError::Refused { .. }) if version > 0 => Ok(connection),
        brought => brought,
    }
}

/// Whether no desk has written to a file what is not yet in it.
fn is_at_rest(path: &Path) -> bool {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-wal");
    std::fs::metadata(beside).map_or(true, |metadata| metadata.len() == 0)
}

/// A path as the address of an SQLite file has it.
fn for_uri(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let text = path.to_string_lossy().replace('\\', "/");
    let root = if text.starts_with('/') { "" } else { "/" };
    let sign = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    root.chars().map(String::from).chain(text.bytes().map(sign)).collect()
}

/// Takes an empty file from everybody but its owner.
fn keep_private(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let _ = path;
    Ok(())
}

/// An empty file that only its owner can read, as what will be in it is about people.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

fn postgres(place: &Place, address: &str, password: Option<&str>, patience: Duration) -> Result<Connection, Failed> {
    let patience = patience.max(LEAST_PATIENCE);
    let bad = |detail: String| {
        Failed::For(StoreError::BadAddress { place: place.shown(), detail: sanitize(&detail, LONGEST_DETAIL) })
    };
    // What the parser says may quote the address, password and all.
    let mut config: postgres::Config =
        address.parse().map_err(|_| bad("postgres://USER@HOST:PORT/DATABASE".to_owned()))?;
    if config.get_password().is_none()
        && let Some(password) = password
    {
        config.password(password);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    // A server whose machine or network is gone says nothing more: without these its silence would last for hours.
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(patience.max(CONNECT));
    }
    if config.get_keepalives_idle() == USUAL_SILENCE {
        config.keepalives_idle(SILENCE).keepalives_interval(PROBE).keepalives_retries(PROBES);
    }
    config.application_name("poucet");
    if config.get_ssl_mode() == SslMode::Prefer {
        // What leaves this machine is encrypted, and the server proves who it is, unless somebody said otherwise.
        config.ssl_mode(if stays_here(&config) { SslMode::Disable } else { SslMode::Require });
    }
    let client = match config.get_ssl_mode() {
        SslMode::Disable => config.connect(postgres::NoTls),
        _ => {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let (connector, _) = tokio_postgres_rustls::MakeRustlsConnect::with_native_certs()
                .map_err(|_| Failed::For(StoreError::NoAuthorities { place: place.shown() }))?;
            config.connect(connector)
        }
    };
    let client = client.map_err(|error| from_postgres(place, &error))?;
    let mut connection = Connection::Postgres(Box::new(client));
    // What another desk, or a person with a console, holds is waited for as long as a server that is away.
    let limit = patience.as_millis();
    // Nothing of another schema stands for a table of ours, not even a temporary one.
    let settings = format!(
        "SET client_min_messages TO warning; SET search_path TO poucet, pg_temp; SET lock_timeout TO {limit}; \
         SET statement_timeout TO {limit}"
    );
    Transaction { connection: &mut connection, place, told: Told::default() }.batch(&settings)?;
    // A role that may only read makes no tables, and needs none made.
    let version = connection.transact(place, Access::Read, look_at_server)?;
    if version == newest(&POSTGRES) {
        return Ok(connection);
    }
    connection.transact(place, Access::Write, |transaction| {
        transaction.batch(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
        // Many readings take their time to be brought along.
        transaction.batch("SET LOCAL statement_timeout TO 0; CREATE SCHEMA IF NOT EXISTS poucet")?;
        look_at_server(transaction)?;
        migrate(transaction, &POSTGRES)
    })?;
    Ok(connection)
}

/// As [`look`], for a server: each of our tables is a table, with the columns that poucet made, and nothing hangs on it that runs.
fn look_at_server(transaction: &mut Transaction<'_>) -> Result<i64, Failed> {
    let ours = "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'poucet'";
    let kinds = format!("SELECT c.relname::text, c.relkind::text FROM pg_catalog.pg_class c {ours}");
    let kinds: Vec<(String, String)> =
        transaction.query(&kinds, &[])?.iter().map(|row| (schema::text(row, 0), schema::text(row, 1))).collect();
    let is_there = |name: &str| kinds.iter().any(|(found, _)| found == name);
    if !is_there("setting") {
        return match is_there("reading") || is_there("verdict") || is_there("finding") {
            true => Err(transaction.changed("setting")),
            false => Ok(0),
        };
    }
    let is_table = |name: &str| kinds.iter().any(|(found, kind)| found == name && kind == "r");
    if !is_table("setting") {
        return Err(transaction.changed("setting"));
    }
    let version = version(transaction)?.ok_or_else(|| transaction.changed("setting.version"))?;
    refuse_newer(transaction.place, version, &POSTGRES)?;
    let expected = expected(transaction.place, version)?;
    let tables: Vec<&str> = expected.iter().filter_map(schema::Object::table).collect();
    if let Some(missing) = tables.iter().find(|table| !is_table(table)) {
        return Err(transaction.changed(missing));
    }
    let columns = format!(
        "SELECT c.relname::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated::text \
         FROM pg_catalog.pg_class c {ours} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
         AND NOT a.attisdropped"
    );
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    for row in transaction.query(&columns, &[])?.iter().filter(|row| tables.contains(&&*schema::text(row, 0))) {
        let name = format!("{}.{}", schema::text(row, 0), schema::text(row, 1));
        if !schema::text(row, 3).is_empty() {
            return Err(transaction.changed(&name));
        }
        found.insert((name, schema::text(row, 2)));
    }
    let wanted: BTreeSet<(String, String)> = schema::columns(&expected).into_iter().collect();
    if let Some((name, _)) = wanted.symmetric_difference(&found).next() {
        return Err(transaction.changed(name));
    }
    // What runs by itself, and what adds rows of another table.
    for (kind, what) in [
        (
            "trigger",
            "SELECT c.relname::text, t.tgname::text FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid {ours} WHERE NOT t.tgisinternal",
        ),
        (
            "rule",
            "SELECT c.relname::text, t.rulename::text FROM pg_catalog.pg_rewrite t JOIN pg_catalog.pg_class c ON c.oid = t.ev_class {ours}",
        ),
        (
            "table",
            "SELECT c.relname::text, t.inhrelid::regclass::text FROM pg_catalog.pg_inherits t JOIN pg_catalog.pg_class c ON c.oid = t.inhparent {ours}",
        ),
    ] {
        let rows = transaction.query(&what.replace("{ours}", ours), &[])?;
        if let Some(row) = rows.iter().find(|row| tables.contains(&&*schema::text(row, 0))) {
            return Err(transaction.changed(&format!("{kind} {}", schema::text(row, 1))));
        }
    }
    Ok(version)
}

/// Whether a server is reached without a network. `hostaddr` says where to, whatever the name is.
fn stays_here(config: &postgres::Config) -> bool {
    let named_here = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    named_here && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

/// The version of the tables, unless none is written down.
fn version(transaction: &mut Transaction<'_>) -> Result<Option<i64>, Failed> {
    let rows = transaction.query("SELECT value FROM setting WHERE name = 'version'", &[])?;
    let Some(value) = rows.first().and_then(|row| row.first()) else { return Ok(None) };
    match value.text().and_then(|value| value.parse().ok()).filter(|version: &i64| *version > 0) {
        Some(version) => Ok(Some(version)),
        None => Err(transaction.changed(&format!("setting.version = {}", named(value)))),
    }
}

/// The version that these steps lead to.
fn newest(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

fn refuse_newer(place: &Place, version: i64, steps: &[&str]) -> Result<(), Failed> {
    if version > newest(steps) {
        return Err(Failed::For(StoreError::Newer { place: place.shown(), version }));
    }
    Ok(())
}

/// Brings the tables to this version, in one transaction.
fn migrate(transaction: &mut Transaction<'_>, steps: &[&str]) -> Result<(), Failed> {
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
            let values = [Value::from(super::rows::parts_of(body)), row.first().cloned().unwrap_or(Value::Nothing)];
            marked += transaction.execute("UPDATE reading SET partial = $1 WHERE sha256 = $2", &values)?;
        }
        if marked == 0 {
            return Err(transaction.changed("reading.sha256"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_this_machine_is_told_by_where_it_goes() {
        let here = |address: &str| stays_here(&address.parse().unwrap());
        assert!(here("postgres://u@localhost/x") && here("postgres:///x?host=/run/postgresql"));
        assert!(here("postgres://u@[::1]/x") && here("postgres://u@localhost/x?hostaddr=127.0.0.1"));
        assert!(!here("postgres://u@localhost/x?hostaddr=10.0.0.1"));
        assert!(!here("postgres://u@localhost,db.example/x"));
    }

    #[test]
    fn a_file_is_addressed_whatever_its_name_is() {
        assert_eq!(for_uri(Path::new("/a b/c?d#e%é.db")), "/a%20b/c%3Fd%23e%25%C3%A9.db");
    }
}
