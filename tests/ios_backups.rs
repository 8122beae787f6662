//! iOS backups by whole commands.
#![cfg(unix)]
// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

mod common_ios;

use common_ios::Backup;
use common_ios::look::state_of;

/// The builder itself: the same calls give the same bytes, another seed gives other ones.
#[test]
fn the_builder_is_a_function_of_its_seed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, seed: u64| {
        let mut backup = Backup::social("18.2");
        backup.encrypted("word", 20, 10).seed(seed).folder = name.into();
        backup.tcc.split = true;
        let root = backup.write(folder.path());
        state_of(&root).into_iter().map(|(name, (bytes, _))| (name, bytes)).collect::<Vec<_>>()
    };
    assert_eq!(write("a", 1), write("b", 1));
    assert_ne!(write("c", 1), write("d", 2));
}

/// What the builder writes is what other programs read: SQLite itself reads the log that it makes.
#[test]
fn the_log_of_the_builder_is_one_that_sqlite_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut backup = Backup::social("26.1");
    backup.tcc.split = true;
    let (database, log) = backup.tcc.bytes();
    std::fs::write(folder.path().join("x.db"), &database).unwrap();
    let count = || {
        let connection = rusqlite::Connection::open(folder.path().join("x.db")).unwrap();
        connection.query_row("SELECT COUNT(*) FROM access", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let rows = i64::try_from(backup.tcc.rows.len()).unwrap();
    assert_eq!(count(), rows / 2);
    let _ = std::fs::remove_file(folder.path().join("x.db-shm"));
    std::fs::write(folder.path().join("x.db"), &database).unwrap();
    std::fs::write(folder.path().join("x.db-wal"), log.unwrap()).unwrap();
    assert_eq!(count(), rows);
}

/// Writes the backups that other programs are asked about (`tests/compare_mvt.py`), into the folder `POUCET_BACKUPS`.
#[test]
#[ignore = "writes a folder of backups for tests/compare_mvt.py"]
fn backups_for_other_programs() {
    let parent = std::path::PathBuf::from(std::env::var_os("POUCET_BACKUPS").expect("POUCET_BACKUPS names a folder"));
    for ios in VERSIONS {
        let mut backup = Backup::social(ios);
        backup.profiles.push(common_ios::plists::Profile::carrier());
        backup.folder = format!("plain-{ios}");
        backup.write(&parent);
        backup.encrypted("pw", 20, 10).folder = format!("encrypted-{ios}_pw_pw");
        backup.write(&parent);
    }
}

/// One version of iOS for each form of `TCC.db`, from the oldest that poucet reads.
const VERSIONS: [&str; 6] = ["12.5.7", "13.7", "16.5", "17.5.1", "26.1", "27.0"];

/// The backup that is checked in; written again with `POUCET_UPDATE=1`.
fn checked_in() -> Backup {
    let mut backup = Backup::social("17.5.1");
    backup.profiles.push(common_ios::plists::Profile::carrier());
    backup
}

#[test]
fn the_checked_in_backup_is_what_the_builder_writes() {
    let parent = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ios-17");
    let folder = tempfile::tempdir().unwrap();
    let fresh = checked_in().write(folder.path());
    if std::env::var("POUCET_UPDATE").as_deref() == Ok("1") {
        let _ = std::fs::remove_dir_all(&parent);
        checked_in().write(&parent);
    }
    let bytes = |root: &std::path::Path| {
        let state = state_of(root).into_iter().map(|(name, (bytes, _))| (name, bytes));
        state.collect::<std::collections::BTreeMap<String, Vec<u8>>>()
    };
    let (made, kept) = (bytes(&fresh), bytes(&parent.join(&checked_in().folder)));
    let size: usize = kept.values().map(Vec::len).sum();
    assert!(size < 200_000, "{size}");
    for (name, bytes) in &made {
        assert!(
            kept.get(name) == Some(bytes),
            "{name} differs: run this test with POUCET_UPDATE=1, and look at the change"
        );
    }
    assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
}
