//! What this reader says of an index is what SQLite says.

use proptest::prelude::*;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, MAIN_DB, params_from_iter};

use super::super::record::{Record, integer, varint};
use super::super::schema::{columns, index_by, tokens};
use super::super::{entry, index};
use super::*;
use crate::parse::ios::sqlite::Database;

const FILES: &str =
    "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);";
const BY_DOMAIN: &str = "CREATE INDEX FilesDomainIdx ON Files(domain);
        CREATE INDEX FilesRelativePathIdx ON Files(relativePath); CREATE INDEX FilesFlagsIdx ON Files(flags);";

/// A database in memory, as pages.
struct Bytes(Vec<u8>);

impl Pages for Bytes {
    fn page(&mut self, number: u32) -> Answer<Vec<u8>> {
        let size = sqlite::page_size(&self.0).ok_or(Damaged("no header"))?;
        let from = (number as usize).checked_sub(1).ok_or(Damaged("page 0"))? * size;
        self.0.get(from..from + size).map(<[u8]>::to_vec).ok_or(Damaged("a page that is not there"))
    }
}

fn database(page_size: usize, script: &str, rows: &[Vec<Sql>]) -> Vec<u8> {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&format!("PRAGMA page_size = {page_size}; PRAGMA auto_vacuum = 2; {script}")).unwrap();
    let transaction = connection.transaction().unwrap();
    for row in rows {
        // Rows that the table refuses, as their key is there already, are left out.
        let _ = transaction.execute("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", params_from_iter(row));
    }
    transaction.commit().unwrap();
    connection.serialize(MAIN_DB).unwrap().to_vec()
}

fn open(bytes: &[u8]) -> Answer<Tree<Bytes>> {
    Tree::open(Bytes(bytes.to_vec())).map_err(|(error, _)| error)
}

/// Asks this reader and SQLite the same, and wants the same answers.
fn compare(bytes: &[u8], ids: &[String]) {
    let mut tree = open(bytes).unwrap();
    let sqlite = Database::open(bytes.to_vec(), None).unwrap();
    for id in ids {
        assert_eq!(tree.entry(id).unwrap(), index::entry(&sqlite, id).unwrap(), "{id}");
    }
    assert_eq!(tree.app_domains().unwrap(), index::app_domains(&sqlite).unwrap());
}

fn row(id: &str, domain: &str, blob: usize) -> Vec<Sql> {
    let path = format!("Library/{id}");
    vec![
        Sql::Text(id.into()),
        Sql::Text(domain.into()),
        Sql::Text(path),
        Sql::Integer(1),
        Sql::Blob((0..blob).map(|place| place as u8).collect()),
    ]
}

#[test]
fn deep_trees_give_what_sqlite_gives() {
    for (page_size, count) in [(512, 6000), (1024, 3000), (4096, 3000), (65_536, 500)] {
        let ids: Vec<String> = (0..count).map(|number| entry::file_id("d", &number.to_string())).collect();
        let rows: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(number, id)| {
                let domain = match number % 5 {
                    0 => "HomeDomain".to_owned(),
                    1 => format!("AppDomainGroup-{number}"),
                    _ => format!("AppDomain-com.example.app{}", number % 400),
                };
                row(id, &domain, if number % 100 == 0 { number * 20 } else { number % 700 })
            })
            .collect();
        let bytes = database(page_size, &[FILES, BY_DOMAIN].concat(), &rows);
        compare(&bytes, &ids);
        let mut tree = open(&bytes).unwrap();
        assert_eq!(tree.app_domains().unwrap().unwrap().len(), 240);
        assert_eq!(tree.entry("absent").unwrap(), None);
        // A row costs pages by the depth of two trees, not by the size of the table.
        tree.reader.kept.clear();
        tree.entry(&ids[count - 1]).unwrap().unwrap();
        assert!(tree.reader.visits < 20, "{} pages of {page_size} bytes", tree.reader.visits);
    }
}

#[test]
fn a_long_blob_of_many_overflow_pages() {
    let rows = [row("a", "d", 3_000_000), row("b", "d", 0), row("c", "d", 480)];
    let bytes = database(512, FILES, &rows);
    compare(&bytes, &["a".into(), "b".into(), "c".into()]);
    assert_eq!(open(&bytes).unwrap().entry("a").unwrap().unwrap().blob.unwrap().len(), 3_000_000);
}

#[test]
fn what_phones_do_not_write_is_left_to_sqlite() {
    let forms = [
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain, relativePath, flags, file) WITHOUT ROWID;",
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY COLLATE NOCASE, domain, relativePath, flags, file);",
        "CREATE TABLE Files (fileID TEXT, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
        "CREATE TABLE Files (fileID INTEGER PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY DESC, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT UNIQUE, relativePath TEXT, flags INTEGER, file BLOB);",
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER DEFAULT 7, file BLOB);",
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER AS (1), file BLOB);",
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER);",
        "CREATE TABLE Other (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
        "CREATE VIEW Files AS SELECT 1 AS fileID;",
        "CREATE TABLE Files (fileID TEXT, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB, PRIMARY KEY (fileID));",
        "PRAGMA encoding = 'UTF-16'; CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
    ];
    for form in forms {
        let outcome = open(&database(4096, form, &[]));
        assert!(matches!(outcome, Err(Unsupported(_))), "{form} {outcome:?}", outcome = outcome.err());
    }
}

#[test]
fn forms_that_mean_the_same_are_read() {
    let forms = [
        "CREATE TABLE \"Files\" ([fileID] TEXT PRIMARY KEY NOT NULL, `domain` TEXT, relativePath TEXT NOT NULL, flags INTEGER, file BLOB)",
        "create table files(fileid text primary key,domain,relativepath,flags,file)",
        "CREATE TABLE IF NOT EXISTS main.Files\n(\n fileID TEXT PRIMARY KEY,\n domain TEXT, relativePath TEXT, flags INTEGER, file BLOB\n)",
    ];
    let rows = [row("a", "AppDomain-x", 10), row("b", "HomeDomain", 20)];
    for form in forms {
        let by_domain = "; CREATE INDEX d ON Files(domain, relativePath)";
        compare(&database(1024, &[form, by_domain].concat(), &rows), &["a".into(), "b".into(), "c".into()]);
    }
    let other_order =
        "CREATE TABLE Files (file BLOB, flags INTEGER, fileID TEXT PRIMARY KEY, extra, domain TEXT, relativePath TEXT);
            INSERT INTO Files VALUES (x'01', 1, 'a', 5, 'AppDomain-y', 'p');";
    compare(&database(1024, other_order, &[]), &["a".into()]);
}

#[test]
fn odd_indexes_by_domain_are_left_to_sqlite() {
    let cases = [
        ("", DomainIndex::None),
        ("CREATE INDEX p ON Files(relativePath);", DomainIndex::None),
        ("CREATE INDEX p ON Files(relativePath, domain);", DomainIndex::None),
        ("CREATE INDEX d ON Files(domain DESC);", DomainIndex::Odd),
        ("CREATE INDEX d ON Files(domain COLLATE NOCASE);", DomainIndex::Odd),
        ("CREATE INDEX d ON Files(domain) WHERE flags = 1;", DomainIndex::Odd),
        ("CREATE INDEX d ON Files(lower(domain));", DomainIndex::Odd),
    ];
    for (script, expected) in cases {
        let tree = open(&database(4096, &[FILES, script].concat(), &[]));
        assert_eq!(tree.unwrap().domains, expected, "{script}");
    }
    let tree = open(&database(4096, &[FILES, "CREATE INDEX o ON Files(flags DESC);", BY_DOMAIN].concat(), &[]));
    assert!(matches!(tree.unwrap().domains, DomainIndex::Root(_)));
}

#[test]
fn endless_trees_and_chains_end() {
    let rows: Vec<_> = (0..400).map(|number| row(&format!("{number:05}"), "AppDomain-x", 2000)).collect();
    let bytes = database(512, &[FILES, BY_DOMAIN].concat(), &rows);
    let tree = open(&bytes).unwrap();
    for root in [tree.table, tree.file_ids] {
        let mut bytes = bytes.clone();
        let start = (root as usize - 1) * 512;
        assert!([2, 5].contains(&bytes[start]), "a tree of more than one page");
        let cells = u16::from_be_bytes([bytes[start + 3], bytes[start + 4]]) as usize;
        // Every child of the root is the root.
        for cell in 0..cells {
            let pointer = start + 12 + 2 * cell;
            let cell = start + u16::from_be_bytes([bytes[pointer], bytes[pointer + 1]]) as usize;
            bytes[cell..cell + 4].copy_from_slice(&root.to_be_bytes());
        }
        bytes[start + 8..start + 12].copy_from_slice(&root.to_be_bytes());
        let outcome = open(&bytes).unwrap().entry("00399");
        assert_eq!(outcome, Err(Damaged("a tree without end")));
    }
}

#[test]
fn numbers_of_every_length() {
    for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), 1 << 56, u64::MAX >> 1, u64::MAX] {
        let mut bytes: Vec<u8> = if value >> 56 > 0 {
            let mut bytes = vec![value as u8];
            bytes.extend((0..8).map(|place| (value >> (8 + 7 * place)) as u8 | 0x80));
            bytes
        } else {
            let groups = (0..8).map(|place| (value >> (7 * place)) as u8 & 0x7f);
            let count = (64 - value.leading_zeros()).div_ceil(7).max(1) as usize;
            groups.take(count).enumerate().map(|(place, byte)| if place > 0 { byte | 0x80 } else { byte }).collect()
        };
        bytes.reverse();
        assert_eq!(varint(&bytes).unwrap(), (value, &[][..]));
        bytes.pop();
        assert!(varint(&bytes).is_err());
    }
    assert_eq!(integer(&[0xff, 0xfe]), -2);
    assert_eq!(integer(&[0x80, 0, 0]), -(1 << 23));
    assert_eq!(integer(&i64::MIN.to_be_bytes()), i64::MIN);
}

fn value() -> impl Strategy<Value = Sql> {
    prop_oneof![
        1 => Just(Sql::Null),
        2 => any::<i64>().prop_map(Sql::Integer),
        1 => (-9i64..300).prop_map(Sql::Integer),
        1 => any::<f64>().prop_map(Sql::Real),
        2 => "[a-zé]{0,60}".prop_map(Sql::Text),
        2 => prop::collection::vec(any::<u8>(), 0..3000).prop_map(Sql::Blob),
    ]
}

fn domain() -> impl Strategy<Value = Sql> {
    prop_oneof![
        6 => "AppDomain-[ab]{0,3}".prop_map(Sql::Text),
        1 => "AppDomain-[ab]{500,900}".prop_map(Sql::Text),
        2 => "(A|AppDomain|AppDomain\\.|AppDomainGroup-|HomeDomain)[a-c]{0,2}".prop_map(Sql::Text),
        1 => value(),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Vec<Sql>>> {
    let id = prop_oneof![9 => "[0-9a-f]{0,4}".prop_map(Sql::Text), 1 => value()];
    let columns = (id, domain(), value(), value(), value());
    let row = columns.prop_map(|(id, domain, path, flags, file)| vec![id, domain, path, flags, file]);
    prop::collection::vec(row, 0..120)
}

fn ids(rows: &[Vec<Sql>]) -> Vec<String> {
    let ids = rows.iter().filter_map(|row| match &row[0] {
        Sql::Text(id) => Some(id.clone()),
        Sql::Integer(id) => Some(id.to_string()),
        _ => None,
    });
    ids.flat_map(|id| [format!("{id}0"), id]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_table_gives_what_sqlite_gives(
        rows in rows(), size in prop::sample::select(vec![512, 1024, 4096, 65_536]), vacuumed in any::<bool>(), removed in 0usize..30,
    ) {
        let script = [FILES, BY_DOMAIN].concat();
        let mut bytes = database(size, &script, &rows);
        if removed > 0 {
            // Free places inside of pages, and pages that were trees.
            let mut connection = Connection::open_in_memory().unwrap();
            connection.deserialize_read_exact(MAIN_DB, bytes.as_slice(), bytes.len(), false).unwrap();
            connection.execute("DELETE FROM Files WHERE rowid % 31 < ?", [removed as i64]).unwrap();
            bytes = connection.serialize(MAIN_DB).unwrap().to_vec();
        }
        if vacuumed {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.deserialize_read_exact(MAIN_DB, bytes.as_slice(), bytes.len(), false).unwrap();
            let _ = connection.execute_batch("VACUUM");
            bytes = connection.serialize(MAIN_DB).unwrap().to_vec();
        }
        compare(&bytes, &ids(&rows));
    }

    #[test]
    fn without_an_index_by_domain_nothing_is_searched(rows in rows()) {
        let bytes = database(1024, FILES, &rows);
        compare(&bytes, &ids(&rows));
        prop_assert_eq!(open(&bytes).unwrap().app_domains(), Ok(None));
    }

    #[test]
    fn never_panics_on_changed_pages(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in any::<prop::sample::Index>()) {
        static WHOLE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let whole = WHOLE.get_or_init(|| {
            let rows: Vec<_> = (0..150).map(|number| row(&format!("{number:03}"), &format!("AppDomain-{}", number % 40), number * 9)).collect();
            database(512, &[FILES, BY_DOMAIN].concat(), &rows)
        });
        let mut bytes = whole.clone();
        // Half of the changes hit what leads the reader: headers of pages, and pointers.
        for (number, (place, byte)) in changes.iter().enumerate() {
            let place = place.index(bytes.len());
            let place = if number % 2 == 0 { place } else { place / 512 * 512 + place % 24 };
            bytes[place.max(100)] = *byte;
        }
        if cut.index(4) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(mut tree) = open(&bytes) {
            for number in 0..160 {
                let _ = tree.entry(&format!("{number:03}"));
            }
            let _ = tree.app_domains();
        }
    }

    #[test]
    fn never_panics_on_any_record(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let record = Record(bytes);
        for number in 0..8 {
            let _ = record.column(number);
        }
        let _ = record.last();
    }

    #[test]
    fn never_panics_on_any_schema(sql in "[ -~é]{0,60}|CREATE (TABLE|INDEX) [a-z\"(), ]{0,60}") {
        if let Some(tokens) = tokens(sql.as_bytes()) {
            let _ = (columns(&tokens), index_by(&tokens));
        }
    }
}
