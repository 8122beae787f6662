//! The index of a backup: `Manifest.db`, a row for each file.
//!
//! The rows that are needed are looked up by their `fileID`, which follows from domain and path; nothing is searched. An index in
//! the clear is opened where it is, without a trace beside it. An encrypted one is read by the page ([`super::btree`]), or, when it
//! has a form that this reader does not know, decrypted whole into SQLite's own memory. No plaintext touches a disk.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::btree::Tree;
use super::cipher::{CipherError, EncryptedFile, EncryptedPages, FileKey};
use super::entry::{APP_DOMAIN, Entry, bundle_ids};
use super::page::TreeError;
use crate::parse::ios::sqlite::{self, Database, SqliteError};

/// The largest index that is read into memory, in bytes: SQLite's own limit. The index of a phone has about 1 KiB for each file.
const LARGEST: u64 = 1 << 30;
/// The longest `file` of a row in bytes. Those of phones have less than a thousand, a few some thousand.
const LONGEST_BLOB: usize = 16 << 20;
/// The columns that a row needs. `fileID` is the key.
const COLUMNS: [&str; 5] = ["fileID", "flags", "file", "domain", "relativePath"];

const ENTRY: &str = "SELECT flags, file, domain, relativePath FROM Files WHERE fileID = ?1 LIMIT 1";
/// The domain behind another one. With an index by domain it costs one step down its tree.
const NEXT_DOMAIN: &str = "SELECT domain FROM Files WHERE domain > ?1 ORDER BY domain LIMIT 1";

/// Why an index, or a row of it, could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It does not begin like a database: it is encrypted, or was decrypted with another key.
    #[error("Manifest.db is no SQLite database")]
    NotADatabase,
    /// It has no table `Files` with the columns that are needed.
    #[error("Manifest.db has no table of files")]
    NoTable,
    /// Its length is not that of an encrypted file: it was cut off.
    #[error("Manifest.db is cut off after {length} bytes; copy the backup again")]
    Truncated {
        /// The length in bytes.
        length: u64,
    },
    /// It is too large to be read into memory.
    #[error("Manifest.db has {length} bytes, more than any phone's")]
    TooLarge {
        /// The length in bytes.
        length: u64,
    },
    /// SQLite cannot read it.
    #[error("Manifest.db: {0}")]
    Damaged(String),
    /// The operating system refused or failed.
    #[error("Manifest.db: {0}")]
    Read(String),
}

impl From<SqliteError> for IndexError {
    fn from(error: SqliteError) -> IndexError {
        match error {
            SqliteError::NotSqlite => IndexError::NotADatabase,
            SqliteError::NoTable(_) => IndexError::NoTable,
            SqliteError::Damaged(detail) => IndexError::Damaged(detail),
        }
    }
}

impl From<rusqlite::Error> for IndexError {
    fn from(error: rusqlite::Error) -> IndexError {
        IndexError::Damaged(error.to_string())
    }
}

impl From<std::io::Error> for IndexError {
    fn from(error: std::io::Error) -> IndexError {
        IndexError::Read(error.to_string())
    }
}

impl From<CipherError> for IndexError {
    fn from(error: CipherError) -> IndexError {
        match error {
            CipherError::Truncated { length } => IndexError::Truncated { length },
            CipherError::Outside { .. } => IndexError::Damaged(error.to_string()),
            CipherError::Read(detail) => IndexError::Read(detail),
        }
    }
}

/// The index of a backup.
#[derive(Debug)]
pub struct Index(Inner);

#[derive(Debug)]
enum Inner {
    /// SQLite reads it: from its file in the clear, or from memory.
    Sqlite(Database),
    /// Encrypted, read by the page.
    Pages(Tree<EncryptedPages>),
    /// Encrypted, and SQLite could not read it either.
    Failed(IndexError),
}

impl Index {
    /// Opens an index in the clear where it is. SQLite is told that nobody changes it, so that it makes no file beside it. A
    /// write-ahead log that lies beside it is applied in memory.
    ///
    /// # Errors
    /// When it is no database, has no table `Files`, or cannot be read.
    pub fn plain(path: &Path) -> Result<Index, IndexError> {
        let length = regular(path)?.ok_or_else(|| IndexError::Read("not found".into()))?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let log = PathBuf::from(log);
        let log_length = regular(&log)?.unwrap_or(0);
        let database = if log_length > 0 {
            let length = length.saturating_add(log_length);
            if length > LARGEST {
                return Err(IndexError::TooLarge { length });
            }
            Database::open(bounded(path)?, Some(&bounded(&log)?))?
        } else {
            let mut head = [0; 100];
            if length < 100 || File::open(path)?.read_exact(&mut head).is_err() || sqlite::page_size(&head).is_none() {
                return Err(IndexError::NotADatabase);
            }
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Database::guard(Connection::open_with_flags(address(path)?, flags)?)?
        };
        checked(database).map(|database| Index(Inner::Sqlite(database)))
    }

    /// Opens an encrypted index with its key.
    ///
    /// # Errors
    /// When it was cut off, the key is not its key, it has no table `Files`, or cannot be read.
    pub fn encrypted(file: File, key: FileKey) -> Result<Index, IndexError> {
        let Some(pages) = EncryptedPages::new(EncryptedFile::new(file, key)?)? else {
            return Err(IndexError::NotADatabase);
        };
        match Tree::open(pages) {
            Ok(tree) => Ok(Index(Inner::Pages(tree))),
            Err((TreeError::Read(detail), _)) => Err(IndexError::Read(detail)),
            Err((_, mut pages)) => whole(&mut pages).map(|database| Index(Inner::Sqlite(database))),
        }
    }

    /// The row of a file by its [`file_id`]; `None` when there is none.
    ///
    /// # Errors
    /// When the row, or the way to it, is damaged. Other rows may still be read.
    pub fn entry(&mut self, file_id: &str) -> Result<Option<Entry>, IndexError> {
        self.ask(|tree| tree.entry(file_id), |database| entry(database, file_id))
    }

    /// The bundle ids of the domains `AppDomain-<bundle id>`, sorted, at most [`MOST_DOMAINS`]. `None` when the index has no index
    /// by domain: all rows would have to be read.
    ///
    /// # Errors
    /// When the index is damaged or cannot be read.
    pub fn app_domains(&mut self) -> Result<Option<Vec<String>>, IndexError> {
        self.ask(Tree::app_domains, app_domains)
    }

    /// Asks the reader of pages, and, when it has no answer, SQLite from then on.
    fn ask<T>(
        &mut self,
        tree: impl FnOnce(&mut Tree<EncryptedPages>) -> Result<T, TreeError>,
        database: impl FnOnce(&Database) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        if let Inner::Pages(pages) = &mut self.0 {
            match tree(pages) {
                Ok(answer) => return Ok(answer),
                Err(TreeError::Read(detail)) => return Err(IndexError::Read(detail)),
                Err(_) => self.0 = whole(pages.pages()).map_or_else(Inner::Failed, Inner::Sqlite),
            }
        }
        match &self.0 {
            Inner::Sqlite(open) => database(open),
            Inner::Failed(error) => Err(error.clone()),
            Inner::Pages(_) => Err(IndexError::NoTable),
        }
    }
}

/// Decrypts a whole index into SQLite's memory, without the padding, in the mode that opens from memory.
fn whole(pages: &mut EncryptedPages) -> Result<Database, IndexError> {
    let page_size = u64::try_from(pages.page_size()).unwrap_or(u64::MAX);
    let file = pages.file();
    let length = file.length() - file.length() % page_size;
    if length > LARGEST {
        return Err(IndexError::TooLarge { length });
    }
    let reader = RollbackMode { reader: file.reader(length), offset: 0 };
    let length = usize::try_from(length).map_err(|_| IndexError::TooLarge { length })?;
    checked(Database::from_reader(reader, length)?)
}

/// A database with its header set back from write-ahead mode on the way (bytes 18 and 19).
struct RollbackMode<R> {
    reader: R,
    offset: usize,
}

impl<R: Read> Read for RollbackMode<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        for place in [18_usize, 19] {
            if let Some(byte) = place.checked_sub(self.offset).and_then(|place| buffer.get_mut(..count)?.get_mut(place))
            {
                *byte = 1;
            }
        }
        self.offset += count;
        Ok(count)
    }
}

/// Looks whether `Files` is a real table with the columns that are needed.
fn checked(database: Database) -> Result<Database, IndexError> {
    let columns = database.columns("Files")?;
    let has = |name: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    if COLUMNS.into_iter().all(has) { Ok(database) } else { Err(IndexError::NoTable) }
}

pub(super) fn entry(database: &Database, file_id: &str) -> Result<Option<Entry>, IndexError> {
    let mut statement = database.connection().prepare_cached(ENTRY)?;
    let entry = statement.query_row([file_id], |row| {
        let text = |column| {
            Ok::<_, rusqlite::Error>(match row.get_ref(column)? {
                ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                _ => None,
            })
        };
        Ok(Entry {
            flags: match row.get_ref(0)? {
                ValueRef::Integer(flags) => Some(flags),
                _ => None,
            },
            blob: match row.get_ref(1)? {
                ValueRef::Blob(blob) if blob.len() <= LONGEST_BLOB => Some(blob.to_vec()),
                _ => None,
            },
            domain: text(2)?,
            path: text(3)?,
        })
    });
    Ok(entry.optional()?)
}

pub(super) fn app_domains(database: &Database) -> Result<Option<Vec<String>>, IndexError> {
    let connection = database.connection();
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {NEXT_DOMAIN}"))?;
    let plan = plan.query_map([text(APP_DOMAIN)], |row| row.get::<_, String>(3))?.collect::<Result<Vec<_>, _>>()?;
    if !plan.iter().all(|step| step.starts_with("SEARCH Files USING") && step.contains("INDEX")) {
        return Ok(None);
    }
    let mut statement = connection.prepare(NEXT_DOMAIN)?;
    bundle_ids(|after| {
        let next = statement.query_row([text(after)], |row| {
            Ok(match row.get_ref(0)? {
                ValueRef::Text(domain) => Some(domain.to_vec()),
                _ => None,
            })
        });
        Ok(next.optional()?.flatten())
    })
    .map(Some)
}

/// A text as the phone wrote it, be it UTF-8 or not.
fn text(bytes: &[u8]) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(bytes))
}

/// The length of a regular file; `None` when there is none. A link may lead out of the backup, and is refused.
fn regular(path: &Path) -> Result<Option<u64>, IndexError> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => Ok(Some(metadata.len())),
        Ok(_) => Err(IndexError::Read("not a regular file".into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn bounded(path: &Path) -> Result<Vec<u8>, IndexError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The address under which SQLite opens a file that nobody changes, whatever characters its path has
/// (`sqlite.org/uri.html`).
fn address(path: &Path) -> Result<String, IndexError> {
    let path = std::path::absolute(path)?;
    let mut address = String::from("file://");
    let bytes = path.as_os_str().as_encoded_bytes();
    if !bytes.starts_with(b"/") {
        address.push('/');
    }
    for byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => address.push('/'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                address.push(char::from(*byte))
            }
            b':' if cfg!(windows) => address.push(':'),
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address.push_str("?mode=ro&immutable=1");
    Ok(address)
}

#[cfg(test)]
mod tests;
