//! One way to speak to both databases: statements with `$1`, `$2` … in this order, and rows of plain values.

use std::path::Path;
use std::time::{Duration, Instant};

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type};
use rusqlite::types::ValueRef;

use super::{Place, StoreError};
use crate::parse::text::sanitize;

/// How long a desk waits for another one's writing.
const BUSY: Duration = Duration::from_secs(30);
/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// `PRAGMA application_id` of our files: "pouc".
const APPLICATION: i64 = 0x706f_7563;
/// The number of the lock under which a server's tables are made: any, and always this.
const LOCK: i64 = 0x706f_7563_6574;
/// How much of what a database says is told.
const LONGEST_DETAIL: usize = 300;

/// The steps that lead from no tables to those of this version.
const SQLITE: [&str; 2] =
    [include_str!("migrations/sqlite/0001_readings.sql"), include_str!("migrations/sqlite/0002_indexes.sql")];
/// The same for PostgreSQL.
const POSTGRES: [&str; 2] =
    [include_str!("migrations/postgres/0001_readings.sql"), include_str!("migrations/postgres/0002_indexes.sql")];
/// What holds the version of the tables, and what is settled for the store.
const SETTINGS: &str = "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)";

/// A value of a column, or for a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Nothing,
    Text(String),
    Integer(i64),
    Real(f64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
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
            Value::Nothing => Ok(IsNull::Yes),
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

/// Why a statement failed.
pub(super) enum Failed {
    /// The connection broke, or the server is going down or coming up: the same may go well again.
    Again(String),
    /// It will not.
    For(StoreError),
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
}

impl Connection {
    /// Opens the file or calls the server, and brings its tables to this version.
    pub(super) fn open(place: &Place, may_make: bool) -> Result<Connection, Failed> {
        match place {
            Place::File(path) => sqlite(place, path, may_make).map_err(Failed::For),
            Place::Server { address, password } => postgres(place, address, password.as_deref()),
        }
    }

    /// Runs statements as one: all or none.
    pub(super) fn transact<R>(
        &mut self,
        place: &Place,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<R, Failed>,
    ) -> Result<R, Failed> {
        // SQLite: whoever will write waits at the beginning, and not in the middle.
        let begin = match self {
            Connection::Sqlite(_) => "BEGIN IMMEDIATE",
            Connection::Postgres(_) => "BEGIN",
        };
        let mut transaction = Transaction { connection: self, place };
        transaction.batch(begin)?;
        let result = work(&mut transaction).and_then(|result| transaction.batch("COMMIT").map(|()| result));
        if result.is_err() {
            // With the connection gone there is nothing to take back.
            let _ = transaction.batch("ROLLBACK");
        }
        result
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
        match &mut *self.connection {
            Connection::Sqlite(sqlite) => {
                let rows = || {
                    let mut prepared = sqlite.prepare_cached(statement)?;
                    let columns = prepared.column_count();
                    let rows = prepared.query_map(rusqlite::params_from_iter(values), |row| {
                        (0..columns)
                            .map(|column| row.get_ref(column).map(sqlite_value))
                            .collect::<rusqlite::Result<Row>>()
                    })?;
                    rows.collect::<rusqlite::Result<Vec<Row>>>()
                };
                rows().map_err(|error| from_sqlite(self.place, &error))
            }
            Connection::Postgres(client) => {
                let rows =
                    client.query(statement, &borrowed(values)).map_err(|error| from_postgres(self.place, &error))?;
                Ok(rows.iter().map(|row| (0..row.len()).map(|column| postgres_value(row, column)).collect()).collect())
            }
        }
    }
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn sqlite_value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Null | ValueRef::Blob(_) => Value::Nothing,
    }
}

fn postgres_value(row: &postgres::Row, column: usize) -> Value {
    let kind = row.columns().get(column).map(postgres::Column::type_);
    // A column of another kind is one that somebody else made: no value of ours.
    match kind {
        Some(&Type::INT8) => {
            row.try_get::<_, Option<i64>>(column).ok().flatten().map_or(Value::Nothing, Value::Integer)
        }
        Some(&Type::FLOAT8) => row.try_get::<_, Option<f64>>(column).ok().flatten().map_or(Value::Nothing, Value::Real),
        _ => row.try_get::<_, Option<String>>(column).ok().flatten().map_or(Value::Nothing, Value::Text),
    }
}

fn from_sqlite(place: &Place, error: &rusqlite::Error) -> Failed {
    let (place, detail) = (place.shown(), sanitize(&error.to_string(), LONGEST_DETAIL));
    Failed::For(match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => StoreError::NotOurs { place },
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            StoreError::Gone { place, detail }
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
            // Going down, coming up, full; another desk in the way; a connection that broke.
            let known = [
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::TOO_MANY_CONNECTIONS,
                SqlState::T_R_SERIALIZATION_FAILURE,
                SqlState::T_R_DEADLOCK_DETECTED,
                SqlState::FOREIGN_KEY_VIOLATION,
            ];
            known.contains(code) || code.code().starts_with("08")
        }
        None => true,
    };
    match again {
        true => Failed::Again(detail),
        false => Failed::For(StoreError::Refused { place: place.shown(), detail }),
    }
}

fn sqlite(place: &Place, path: &Path, may_make: bool) -> Result<Connection, StoreError> {
    let shown = || place.shown();
    let refused =
        |detail: String| StoreError::Refused { place: place.shown(), detail: sanitize(&detail, LONGEST_DETAIL) };
    let settled = |failed: Failed| match failed {
        Failed::For(error) => error,
        Failed::Again(detail) => StoreError::Gone { place: place.shown(), detail },
    };
    let length = std::fs::metadata(path).map(|metadata| metadata.len());
    if !may_make && !length.as_ref().is_ok_and(|length| *length > 0) {
        return Err(StoreError::Missing { place: shown() });
    }
    if length.is_err() {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| refused(error.to_string()))?;
        }
        make_private(path).map_err(|error| refused(error.to_string()))?;
    }
    use rusqlite::OpenFlags;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sqlite =
        rusqlite::Connection::open_with_flags(path, flags).map_err(|error| settled(from_sqlite(place, &error)))?;
    let ask = |statement: &str| {
        sqlite.query_row(statement, [], |row| row.get::<_, i64>(0)).map_err(|error| settled(from_sqlite(place, &error)))
    };
    sqlite.busy_timeout(BUSY).map_err(|error| settled(from_sqlite(place, &error)))?;
    // Looked at before anything is written: another program's database stays as it is.
    let (application, tables) = (ask("PRAGMA application_id")?, ask("SELECT count(*) FROM sqlite_master")?);
    if application != APPLICATION && (application != 0 || tables != 0) {
        return Err(StoreError::NotOurs { place: shown() });
    }
    let pragmas = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; \
         PRAGMA application_id = {APPLICATION};"
    );
    // Two desks that make the same file at once wait for each other.
    let begun = Instant::now();
    while let Err(error) = sqlite.execute_batch(&pragmas) {
        if begun.elapsed() > BUSY || error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy) {
            return Err(settled(from_sqlite(place, &error)));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut connection = Connection::Sqlite(sqlite);
    connection.transact(place, |transaction| migrate(transaction, &SQLITE)).map_err(settled)?;
    Ok(connection)
}

/// An empty file that only its owner can read, as what will be in it is about people.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

fn postgres(place: &Place, address: &str, password: Option<&str>) -> Result<Connection, Failed> {
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
    config.application_name("poucet");
    if !address.contains("sslmode=") {
        // What leaves this machine is encrypted, and the server proves who it is, unless somebody said otherwise.
        config.ssl_mode(if stays_here(&config) { SslMode::Disable } else { SslMode::Require });
    }
    let client = match config.get_ssl_mode() {
        SslMode::Disable => config.connect(postgres::NoTls),
        _ => {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let (connector, _) = tokio_postgres_rustls::MakeRustlsConnect::with_native_certs()
                .map_err(|_| bad("no certificate authorities on this computer".to_owned()))?;
            config.connect(connector)
        }
    };
    let client = client.map_err(|error| from_postgres(place, &error))?;
    let mut connection = Connection::Postgres(Box::new(client));
    let place_of_tables = "SET client_min_messages TO warning; SET search_path TO poucet";
    let mut transaction = Transaction { connection: &mut connection, place };
    transaction.batch(place_of_tables)?;
    // A role that may only read makes no tables, and needs none made.
    let known = transaction.query("SELECT value FROM information_schema.tables t, LATERAL (SELECT 1::BIGINT AS value) v WHERE t.table_schema = 'poucet' AND t.table_name = 'setting'", &[])?;
    let version = if known.is_empty() { 0 } else { version(&mut transaction)? };
    if version == i64::try_from(POSTGRES.len()).unwrap_or(0) {
        return Ok(connection);
    }
    connection.transact(place, |transaction| {
        transaction.batch(&format!("SELECT pg_advisory_xact_lock({LOCK}); CREATE SCHEMA IF NOT EXISTS poucet"))?;
        migrate(transaction, &POSTGRES)
    })?;
    Ok(connection)
}

/// Whether a server is reached without a network.
fn stays_here(config: &postgres::Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

fn version(transaction: &mut Transaction<'_>) -> Result<i64, Failed> {
    let rows = transaction.query("SELECT value FROM setting WHERE name = 'version'", &[])?;
    let value = rows.first().and_then(|row| row.first()).and_then(Value::text);
    Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
}

/// Brings the tables to this version, in one transaction.
fn migrate(transaction: &mut Transaction<'_>, steps: &[&str]) -> Result<(), Failed> {
    transaction.batch(SETTINGS)?;
    let version = version(transaction)?;
    let newest = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if version > newest {
        return Err(Failed::For(StoreError::Newer { place: transaction.place.shown(), version }));
    }
    for step in steps.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.batch(step)?;
    }
    if version < newest {
        let value = [Value::from(newest.to_string())];
        let statement = "INSERT INTO setting (name, value) VALUES ('version', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        transaction.execute(statement, &value)?;
    }
    Ok(())
}
