//! SQLite databases from a phone, opened from memory.
//!
//! The bytes are hostile. Nothing is written, nothing of the schema runs (no views, no triggers, no functions of the file's own
//! choosing), every table is looked at before it is asked, and a query that takes too long is stopped. A header that says
//! write-ahead log is set back in the copy, as the log, where there is one, is applied before (bytes 18 and 19 of the file header).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, MAIN_DB};

pub use super::sqlite_header::{MAGIC, page_size};

/// How many thousands of steps of SQLite's machine one database may cost: some seconds.
const THOUSANDS_OF_STEPS: u64 = 200_000;

/// Why a database could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqliteError {
    /// It does not begin like an SQLite file, or its header cannot be true.
    #[error("no SQLite database")]
    NotSqlite,
    /// SQLite cannot read it.
    #[error("damaged SQLite database: {0}")]
    Damaged(String),
    /// The table is missing, or something else has its name: a view, a virtual table.
    #[error("no table {0}")]
    NoTable(&'static str),
}

impl From<rusqlite::Error> for SqliteError {
    fn from(error: rusqlite::Error) -> SqliteError {
        SqliteError::Damaged(error.to_string())
    }
}

/// An open database.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
}

impl Database {
    /// Opens a database from its bytes and, where there is one, its write-ahead log.
    ///
    /// # Errors
    /// When it is no database.
    pub fn open(mut bytes: Vec<u8>, log: Option<&[u8]>) -> Result<Database, SqliteError> {
        if let Some(log) = log {
            super::wal::apply(&mut bytes, log);
        }
        set_rollback_mode(&mut bytes)?;
        let length = bytes.len();
        Database::from_reader(bytes.as_slice(), length)
    }

    /// Opens a database of `length` bytes that `reader` gives; its header must not say write-ahead log. SQLite holds the only
    /// copy.
    ///
    /// # Errors
    /// When it cannot be read, or is no database.
    pub fn from_reader(reader: impl std::io::Read, length: usize) -> Result<Database, SqliteError> {
        let mut connection = Connection::open_in_memory()?;
        connection.deserialize_read_exact(MAIN_DB, reader, length, true)?;
        Database::guard(connection)
    }

    /// Guards a connection that somebody else opened, read-only.
    ///
    /// # Errors
    /// When SQLite refuses one of the guards.
    pub fn guard(mut connection: Connection) -> Result<Database, SqliteError> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.pragma_update(None, "cache_size", -2000)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, 64 << 20)?;
        connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20)?;
        connection.set_limit(Limit::SQLITE_LIMIT_COLUMN, 200)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        let steps = Arc::new(AtomicU64::new(0));
        connection.progress_handler(1000, Some(move || steps.fetch_add(1, Ordering::Relaxed) > THOUSANDS_OF_STEPS))?;
        Ok(Database { connection })
    }

    /// The connection, for queries on tables that [`Database::columns`] has looked at.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The columns of a table, if a real table has this name.
    ///
    /// # Errors
    /// When there is no such table, or the schema cannot be read.
    pub fn columns(&self, table: &'static str) -> Result<Vec<String>, SqliteError> {
        let sql: Option<String> = self
            .connection
            .query_row(
                "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE AND rootpage > 0",
                [table],
                |row| row.get(0),
            )
            .map_err(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => SqliteError::NoTable(table),
                other => other.into(),
            })?;
        if sql.is_some_and(|sql| sql.trim_start().to_ascii_lowercase().starts_with("create virtual")) {
            return Err(SqliteError::NoTable(table));
        }
        let mut statement = self.connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let names = statement.query_map([table], |row| row.get::<_, String>(0))?;
        Ok(names.collect::<Result<Vec<_>, _>>()?)
    }
}

/// Sets the header of a database in write-ahead mode back, so that it opens from memory, and cuts what stands behind its last page
/// (a block of padding that a decrypting tool left).
///
/// # Errors
/// When the bytes do not begin like a database.
pub fn set_rollback_mode(bytes: &mut Vec<u8>) -> Result<(), SqliteError> {
    let page = page_size(bytes).ok_or(SqliteError::NotSqlite)?;
    if let Some(versions) = bytes.get_mut(18..20) {
        versions.fill(1);
    }
    bytes.truncate(bytes.len() - bytes.len() % page);
    if bytes.is_empty() { Err(SqliteError::NotSqlite) } else { Ok(()) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The bytes of a database that a script makes.
    pub(crate) fn bytes_of(script: &str) -> Vec<u8> {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(script).unwrap();
        connection.serialize(MAIN_DB).unwrap().to_vec()
    }

    #[test]
    fn a_header_in_write_ahead_mode_opens() {
        let mut bytes = bytes_of("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2);");
        bytes[18..20].fill(2);
        bytes.extend([16; 16]);
        let database = Database::open(bytes, None).unwrap();
        assert_eq!(database.columns("t").unwrap(), ["a", "b"]);
        let sum: i64 = database.connection().query_row("SELECT a + b FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(sum, 3);
    }

    #[test]
    fn views_and_virtual_tables_are_no_tables() {
        let bytes = bytes_of("CREATE TABLE real (a); CREATE VIEW Files AS SELECT randomblob(1000000000) AS fileID;");
        let database = Database::open(bytes, None).unwrap();
        assert_eq!(database.columns("Files"), Err(SqliteError::NoTable("Files")));
        assert!(database.connection().query_row("SELECT * FROM Files", [], |_| Ok(())).is_err());
        assert!(database.connection().execute("DELETE FROM real", []).is_err());
    }

    #[test]
    fn what_is_no_database_is_said_so() {
        for bytes in [vec![], vec![0; 4096], b"SQLite format 3\0".to_vec()] {
            assert_eq!(Database::open(bytes, None).err(), Some(SqliteError::NotSqlite));
        }
        let mut broken = bytes_of("CREATE TABLE t (a);");
        broken[100..4000].fill(0xff);
        let outcome = Database::open(broken, None).and_then(|database| database.columns("t"));
        assert!(matches!(outcome, Err(SqliteError::Damaged(_))), "{outcome:?}");
    }

    #[test]
    fn a_query_without_end_is_stopped() {
        let database = Database::open(bytes_of("CREATE TABLE t (a);"), None).unwrap();
        let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
        assert!(database.connection().query_row(endless, [], |row| row.get::<_, i64>(0)).is_err());
    }
}
