//! A store in a file.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;

use super::address::StoreAddress;
use super::error::StoreError;
use super::sql::{Access, Connection, Failed, LONGEST_DETAIL, Transaction, from_sqlite, settled};
use super::tables::{expected, migrate, newest, refuse_newer, version};
use super::value::Value;
use super::{schema, tables};
use crate::text::clean::sanitize;

/// How long a desk waits for another one's writing.
const BUSY: Duration = Duration::from_secs(30);
/// `PRAGMA application_id` of our files: "pouc".
const APPLICATION: i64 = 0x706f_7563;
/// How many bytes SQLite takes for a row.
const LONGEST_ROW: i32 = 128 << 20;
/// How many tables and the like are looked at in a file.
const MOST_OBJECTS: usize = 1000;

pub(super) fn open(place: &StoreAddress, path: &Path, may_make: bool) -> Result<Connection, StoreError> {
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
    if found == newest(&tables::SQLITE) {
        return Ok(connection);
    }
    // Whose file it is and its tables are settled as one, so that no other desk sees the half of it.
    let make = |transaction: &mut Transaction<'_>| {
        look(transaction)?;
        transaction.batch(&format!("PRAGMA application_id = {APPLICATION}"))?;
        migrate(transaction, &tables::SQLITE)
    };
    connection.transact(place, Access::Write, make).map_err(|failed| settled(place, failed))?;
    Ok(connection)
}

/// Opens a file without writing to it, as it may be one that this user can only read.
pub(super) fn open_to_read(place: &StoreAddress, path: &Path) -> Result<Connection, StoreError> {
    if !std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0) {
        return Err(StoreError::Missing { place: place.shown() });
    }
    use rusqlite::OpenFlags;
    let open_with = |path: &Path, flags: OpenFlags| {
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
    let opened = match open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE) {
        Err(Failed::For(StoreError::Refused { .. })) if is_at_rest(path) => {
            // It cannot put its files beside, and nobody else has: what is in the file is all there is.
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            open_with(Path::new(&format!("file:{}?immutable=1", for_uri(path))), flags)
        }
        opened => opened,
    };
    let (connection, version) = opened.map_err(|failed| settled(place, failed))?;
    if version == newest(&tables::SQLITE) {
        return Ok(connection);
    }
    match open(place, path, false) {
        // Of an earlier version, and it cannot be brought to this one: it is read as it is.
        Err(StoreError::Refused { .. }) if version > 0 => Ok(connection),
        brought => brought,
    }
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
    refuse_newer(transaction.place, version, &tables::SQLITE)?;
    let expected = expected(transaction.place, version)?;
    schema::fault(&expected, &objects).map_or(Ok(version), |fault| Err(transaction.changed(&fault)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_addressed_whatever_its_name_is() {
        assert_eq!(for_uri(Path::new("/a b/c?d#e%é.db")), "/a%20b/c%3Fd%23e%25%C3%A9.db");
    }
}
