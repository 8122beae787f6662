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

/// The steps that lead from no tables to those of this version.
const SQLITE: [&str; 3] = [
    include_str!("migrations/sqlite/0001_readings.sql"),
    include_str!("migrations/sqlite/0002_indexes.sql"),
    include_str!("migrations/sqlite/0003_partial.sql"),
];
/// The same for PostgreSQL.
const POSTGRES: [&str; 3] = [
    include_str!("migrations/postgres/0001_readings.sql"),
    include_str!("migrations/postgres/0002_indexes.sql"),
    include_str!("migrations/postgres/0003_partial.sql"),
];
/// The version from which on a reading is marked as partial or whole.
const MARKED: i64 = 3;
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
        let begin = match (&self, access) {
            (Connection::Sqlite(_), Access::Read) => "BEGIN",
            // Whoever will write waits at the beginning, and not in the middle.
            (Connection::Sqlite(_), _) => "BEGIN IMMEDIATE",
            // Of one moment, whatever other desks store between two questions.
            (Connection::Postgres(_), Access::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            (Connection::Postgres(_), _) => "BEGIN",
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
    if length.is_err() {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| refused(error.to_string()))?;
        }
        make_private(path).map_err(|error| refused(error.to_string()))?;
    }
    use rusqlite::OpenFlags;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sqlite = rusqlite::Connection::open_with_flags(path, flags).map_err(|error| from_sqlite(&error))?;
    sqlite.busy_timeout(BUSY).map_err(|error| from_sqlite(&error))?;
    let mut connection = Connection::Sqlite(sqlite);
    // Looked at before anything is written: another program's database stays as it is.
    let look = |transaction: &mut Transaction<'_>| look(transaction);
    let found = connection.transact(place, Access::Read, look).map_err(|failed| settled(place, failed))?;
    let Connection::Sqlite(sqlite) = &connection else { return Ok(connection) };
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                   PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;";
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

/// The version of the tables of a file, 0 where there are none yet, unless it is another program's or of a later version.
fn look(transaction: &mut Transaction<'_>) -> Result<i64, Failed> {
    let mut ask = |statement: &str| -> Result<i64, Failed> {
        let rows = transaction.query(statement, &[])?;
        Ok(match rows.first().and_then(|row| row.first()) {
            Some(Value::Integer(number)) => *number,
            _ => 0,
        })
    };
    let (application, tables) = (ask("PRAGMA application_id")?, ask("SELECT count(*) FROM sqlite_master")?);
    if application != APPLICATION && (application != 0 || tables != 0) {
        return Err(Failed::For(StoreError::NotOurs { place: transaction.place.shown() }));
    }
    if ask("SELECT count(*) FROM sqlite_master WHERE name = 'setting'")? == 0 {
        return Ok(0);
    }
    let version = version(transaction)?;
    refuse_newer(transaction.place, version, &SQLITE)?;
    Ok(version)
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
            sqlite.busy_timeout(BUSY)?;
            sqlite.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF")?;
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
    let settings = format!(
        "SET client_min_messages TO warning; SET search_path TO poucet; SET lock_timeout TO {limit}; \
         SET statement_timeout TO {limit}"
    );
    let mut transaction = Transaction { connection: &mut connection, place };
    transaction.batch(&settings)?;
    // A role that may only read makes no tables, and needs none made.
    let known = transaction.query("SELECT value FROM information_schema.tables t, LATERAL (SELECT 1::BIGINT AS value) v WHERE t.table_schema = 'poucet' AND t.table_name = 'setting'", &[])?;
    let version = if known.is_empty() { 0 } else { version(&mut transaction)? };
    if version == newest(&POSTGRES) {
        return Ok(connection);
    }
    connection.transact(place, Access::Write, |transaction| {
        transaction.batch(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
        // Many readings take their time to be brought along.
        transaction.batch("SET LOCAL statement_timeout TO 0; CREATE SCHEMA IF NOT EXISTS poucet")?;
        migrate(transaction, &POSTGRES)
    })?;
    Ok(connection)
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

fn version(transaction: &mut Transaction<'_>) -> Result<i64, Failed> {
    let rows = transaction.query("SELECT value FROM setting WHERE name = 'version'", &[])?;
    let value = rows.first().and_then(|row| row.first()).and_then(Value::text);
    Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
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
    let version = version(transaction)?;
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

/// How a statement asks of a reading `r` which parts it does not tell whole, and when it came in. A file of an earlier version that
/// cannot be brought to this one does not know.
pub(super) fn marks(transaction: &mut Transaction<'_>) -> Result<(&'static str, &'static str), Failed> {
    Ok(if version(transaction)? >= MARKED { ("r.partial", "r.sequence") } else { ("''", "0") })
}

/// Marks the readings that were stored before there was a mark, by the gaps of their snapshots.
fn mark(transaction: &mut Transaction<'_>) -> Result<(), Failed> {
    loop {
        let rows = transaction.query("SELECT sha256, snapshot FROM reading WHERE partial IS NULL LIMIT 32", &[])?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let text = |column: usize| row.get(column).and_then(Value::text).unwrap_or("");
            let values = [Value::from(super::rows::parts_of(text(1))), Value::from(text(0))];
            transaction.execute("UPDATE reading SET partial = $1 WHERE sha256 = $2", &values)?;
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
