//! `TrustStore.sqlite3`: certificates that the person, or a profile, made the phone trust. Each row of `tsettings` is one.

use super::sqlite::{Database, SqliteError};

/// How many certificates are trusted beyond Apple's own.
///
/// # Errors
/// When it is no database, or has no such table.
pub fn trusted(bytes: &[u8]) -> Result<u64, SqliteError> {
    let database = Database::open(bytes.to_vec(), None)?;
    database.columns("tsettings")?;
    let count: i64 = database.connection().query_row("SELECT count(*) FROM tsettings", [], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::tests::bytes_of;
    use super::*;

    #[test]
    fn rows_are_counted() {
        let table = "CREATE TABLE tsettings (sha1 BLOB, subj BLOB, tset BLOB, data BLOB);";
        assert_eq!(trusted(&bytes_of(table)), Ok(0));
        assert_eq!(
            trusted(&bytes_of(&format!(
                "{table} INSERT INTO tsettings VALUES (x'00', x'01', x'02', x'03'), (1, 2, 3, 4);"
            ))),
            Ok(2)
        );
    }

    #[test]
    fn a_view_of_that_name_and_other_bytes_are_none() {
        let view = bytes_of("CREATE TABLE t (a); CREATE VIEW tsettings AS SELECT a FROM t;");
        assert_eq!(trusted(&view), Err(SqliteError::NoTable("tsettings")));
        assert_eq!(trusted(b""), Err(SqliteError::NotSqlite));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(place in 0usize..8192, byte in proptest::num::u8::ANY) {
            let mut broken = bytes_of("CREATE TABLE tsettings (sha1 BLOB); INSERT INTO tsettings VALUES (x'00');");
            let length = broken.len();
            broken[place % length] = byte;
            let _ = trusted(&broken);
        }
    }
}
