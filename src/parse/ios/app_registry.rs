//! `applicationState.db`: the home screen's registry of apps. It keeps removed apps for a while.
//!
//! Only the names of `application_identifier_tab` are read; the values of `kvs` say where a bundle lies, which tells nothing that
//! the lists of apps do not.

use super::sqlite::{Database, SqliteError};

/// How many rows are read at most. A phone has some hundreds.
const ROWS: u32 = 50_000;

/// What the registry lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    /// Bundle ids with their 1-based row, in the order of the table.
    pub ids: Vec<(u32, String)>,
    /// How many rows were not understood: an identifier that is no text, a page that is damaged.
    pub not_understood: u64,
}

/// Reads the registry, with its write-ahead log where there is one.
///
/// # Errors
/// When it is no database, or has no such table.
pub fn read(bytes: &[u8], log: Option<&[u8]>) -> Result<Registry, SqliteError> {
    let database = Database::open(bytes.to_vec(), log)?;
    let columns = database.columns("application_identifier_tab")?;
    if !columns.iter().any(|column| column.eq_ignore_ascii_case("application_identifier")) {
        return Err(SqliteError::NoTable("application_identifier_tab"));
    }
    let mut statement =
        database.connection().prepare("SELECT application_identifier FROM application_identifier_tab LIMIT ?1")?;
    let mut rows = statement.query([ROWS])?;
    let mut registry = Registry::default();
    let mut number = 0;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                number += 1;
                match row.get::<_, String>(0) {
                    Ok(id) if !id.is_empty() => registry.ids.push((number, id)),
                    _ => registry.not_understood += 1,
                }
            }
            Ok(None) => {
                let all: i64 = database
                    .connection()
                    .query_row("SELECT count(*) FROM application_identifier_tab", [], |row| row.get(0))
                    .unwrap_or(0);
                registry.not_understood += u64::try_from(all).unwrap_or(0).saturating_sub(number.into());
                break;
            }
            // What was read before a damaged page stays.
            Err(error) if registry.ids.is_empty() => return Err(error.into()),
            Err(_) => {
                registry.not_understood += 1;
                break;
            }
        }
    }
    Ok(registry)
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::tests::bytes_of;
    use super::*;

    #[test]
    fn rows_that_are_no_text_are_counted() {
        let bytes = bytes_of(
            "CREATE TABLE application_identifier_tab (id INTEGER PRIMARY KEY, application_identifier);
             INSERT INTO application_identifier_tab VALUES (1, 'a.b'), (2, NULL), (3, x'ff'), (4, 'c.d'), (5, '');",
        );
        let registry = read(&bytes, None).unwrap();
        assert_eq!(registry.ids, [(1, "a.b".to_owned()), (4, "c.d".to_owned())]);
        assert_eq!(registry.not_understood, 3);
    }

    #[test]
    fn another_schema_is_said_so() {
        for script in ["CREATE TABLE t (a);", "CREATE TABLE application_identifier_tab (a);"] {
            assert_eq!(
                read(&bytes_of(script), None),
                Err(SqliteError::NoTable("application_identifier_tab")),
                "{script}"
            );
        }
        assert_eq!(read(b"x", None), Err(SqliteError::NotSqlite));
    }

    #[test]
    fn a_generated_registry_reads() {
        let Some(corpus) = crate::skip::corpus("") else { return };
        let file = "ios/generated/plain-ios17.5.1/10/10d00bb4c9eddd89f462d1d19a1e0b352870d738";
        let registry = read(&std::fs::read(corpus.join(file)).unwrap(), None).unwrap();
        assert_eq!((registry.ids.len(), registry.not_understood), (6, 0));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), place in 0usize..8192, byte in proptest::num::u8::ANY) {
            let _ = read(&bytes, Some(&bytes));
            let mut broken = bytes_of("CREATE TABLE application_identifier_tab (application_identifier TEXT); INSERT INTO application_identifier_tab VALUES ('a.b');");
            let length = broken.len();
            broken[place % length] = byte;
            let _ = read(&broken, None);
        }
    }
}
