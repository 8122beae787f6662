//! `healthdb.sqlite`: which apps have asked for health data. Encrypted backups only.
//!
//! Table `authorization` has a row for each kind of data that an app asked for; its `source_id` is the `ROWID` of a row of `sources`,
//! whose `bundle_id` names the app. What the values in `authorization` mean is not established, so that no answer is made of them.

use std::collections::BTreeMap;

use super::sqlite::{Database, SqliteError};

/// How many apps one database may name; phones stay far below.
const APPS: usize = 20_000;

/// Who asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Bundle id → for how many kinds of data it asked.
    pub asked: BTreeMap<String, u64>,
    /// How many rows there are.
    pub rows: u64,
    /// How many of them name an app in `asked`, or a source that is there no longer.
    pub understood: u64,
}

/// Reads the database and, where there is one, its write-ahead log.
///
/// # Errors
/// When it is no database, a table or a column is missing, or it is damaged.
pub fn parse(bytes: Vec<u8>, log: Option<&[u8]>) -> Result<Health, SqliteError> {
    let database = Database::open(bytes, log)?;
    for (table, column) in [("authorization", "source_id"), ("sources", "bundle_id")] {
        if !database.columns(table)?.iter().any(|name| name.eq_ignore_ascii_case(column)) {
            return Err(SqliteError::Damaged(format!("table {table} has no column {column}")));
        }
    }
    let connection = database.connection();
    let rows: i64 = connection.query_row("SELECT count(*) FROM \"authorization\"", [], |row| row.get(0))?;
    let gone: i64 = connection.query_row(
        "SELECT count(*) FROM \"authorization\" LEFT JOIN sources ON sources.ROWID = \"authorization\".source_id \
         WHERE sources.ROWID IS NULL",
        [],
        |row| row.get(0),
    )?;
    let mut health = Health {
        asked: BTreeMap::new(),
        rows: u64::try_from(rows).unwrap_or(0),
        understood: u64::try_from(gone).unwrap_or(0),
    };
    let mut statement = connection.prepare(
        "SELECT sources.bundle_id, count(*) FROM \"authorization\" JOIN sources ON sources.ROWID = \"authorization\".source_id \
         WHERE typeof(sources.bundle_id) = 'text' GROUP BY sources.bundle_id ORDER BY sources.bundle_id LIMIT ?1",
    )?;
    let mut found = statement.query([i64::try_from(APPS).unwrap_or(i64::MAX)])?;
    while let Some(row) = found.next()? {
        // A name that is no text in UTF-8 is not understood, and its rows are counted with the others that are not.
        if let (Ok(app), Ok(count)) = (row.get::<_, String>(0), row.get::<_, i64>(1)) {
            let count = u64::try_from(count).unwrap_or(0);
            health.understood += count;
            *health.asked.entry(app).or_default() += count;
        }
    }
    Ok(health)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::ios::sqlite::tests::bytes_of;

    pub(crate) const SCRIPT: &str = "CREATE TABLE sources (ROWID INTEGER PRIMARY KEY, bundle_id TEXT, name TEXT);
        CREATE TABLE \"authorization\" (ROWID INTEGER PRIMARY KEY, source_id INTEGER, object_type INTEGER, status INTEGER);
        INSERT INTO sources VALUES (7, 'com.strava.stravaride', 'Strava'), (9, 'com.burbn.instagram', 'Instagram'), (11, NULL, 'x');
        INSERT INTO \"authorization\" (source_id, object_type, status) VALUES (7, 1, 101), (7, 2, 102), (9, 3, 1), (11, 1, 1), (99, 1, 1);";

    #[test]
    fn counts_what_each_app_asked_for_and_never_what_was_answered() {
        let health = parse(bytes_of(SCRIPT), None).unwrap();
        assert_eq!(
            health.asked,
            [("com.burbn.instagram".to_owned(), 1), ("com.strava.stravaride".to_owned(), 2)].into()
        );
        // One row is of a source that is gone, and one of a source without a bundle id.
        assert_eq!((health.rows, health.understood), (5, 4));
    }

    #[test]
    fn another_schema_is_an_error_and_not_an_empty_answer() {
        let without = "CREATE TABLE sources (bundle_id); CREATE TABLE \"authorization\" (source);";
        assert!(matches!(parse(bytes_of(without), None), Err(SqliteError::Damaged(_))));
        let view = "CREATE TABLE sources (bundle_id); CREATE VIEW \"authorization\" AS SELECT 1 AS source_id;";
        assert_eq!(parse(bytes_of(view), None), Err(SqliteError::NoTable("authorization")));
        assert_eq!(parse(vec![0; 200], None), Err(SqliteError::NotSqlite));
    }

    proptest! {
        #[test]
        fn never_panics(place in any::<usize>(), byte in any::<u8>()) {
            let mut bytes = bytes_of(SCRIPT);
            let length = bytes.len();
            bytes[place % length] = byte;
            if let Ok(health) = parse(bytes, None) {
                prop_assert!(health.asked.values().sum::<u64>() <= health.understood);
            }
        }
    }
}
