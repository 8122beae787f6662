//! Indexes in every form that backups have, and in forms that they have not.

use super::super::cipher::tests::{encrypt, file_of};
use super::super::entry::{LONGEST_DOMAIN, MOST_DOMAINS, file_id};
use super::super::keybag::Keybag;
use super::super::password::Password;
use super::*;
use crate::parse::ios::archive::Archive;
use crate::parse::ios::plist;
use crate::parse::ios::sqlite::tests::bytes_of;

const FILES: &str = "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
        INSERT INTO Files VALUES ('a1', 'AppDomain-org.b', 'p', 1, x'0102'), ('a2', 'AppDomain-org.a', '', 2, NULL),
            ('a3', 'AppDomain-org.a', 'q', 1, x''), ('a4', 'AppDomainGroup-x', 'q', 1, x''), ('a5', 'HomeDomain', 'q', 1, x''),
            ('b1', NULL, NULL, NULL, NULL), ('b2', x'00', 5, 'text', 'text'), ('b3', CAST(x'ff' AS TEXT), 'p', 1.5, x'07');";
const BY_DOMAIN: &str = "CREATE INDEX FilesDomainIdx ON Files(domain);";
const UTF_16: &str = "PRAGMA encoding = 'UTF-16le';";

fn key() -> FileKey {
    FileKey::new([9; 32])
}

/// As on a phone: write-ahead mode in the header.
fn manifest(scripts: &[&str]) -> Vec<u8> {
    let mut bytes = bytes_of(&scripts.concat());
    bytes[18..20].fill(2);
    bytes
}

fn look(index: &mut Index) {
    let entry = |flags, blob: Option<&[u8]>, domain: Option<&str>, path: Option<&str>| {
        Some(Entry { flags, blob: blob.map(Into::into), domain: domain.map(Into::into), path: path.map(Into::into) })
    };
    assert_eq!(index.entry("a1").unwrap(), entry(Some(1), Some(&[1, 2]), Some("AppDomain-org.b"), Some("p")));
    assert_eq!(index.entry("a2").unwrap(), entry(Some(2), None, Some("AppDomain-org.a"), Some("")));
    // Odd rows are rows, and cost no other.
    assert_eq!(index.entry("b1").unwrap(), Some(Entry::default()));
    assert_eq!(index.entry("b2").unwrap(), entry(None, None, None, Some("5")));
    assert_eq!(index.entry("b3").unwrap(), entry(None, Some(&[7]), Some("\u{fffd}"), Some("p")));
    for absent in ["", "a", "a11", "A1", "zz", "' OR 1 --"] {
        assert_eq!(index.entry(absent).unwrap(), None);
    }
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn names_of_files_follow_from_domain_and_path() {
    assert_eq!(file_id("HomeDomain", "Library/TCC/TCC.db"), "64d0019cb3d46bfc8cce545a8ba54b93e7ea9347");
    assert_eq!(file_id("HomeDomain", "Library/TCC/TCC.db-wal").get(..8), Some("7dda30fc"));
}

#[test]
fn an_index_in_the_clear_is_read_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    // A path that means something in an address, and a block of padding at the end.
    let inner = folder.path().join("a b?mode=rw&c#d%41é'\"");
    std::fs::create_dir(&inner).unwrap();
    let path = inner.join("Manifest.db");
    let mut bytes = manifest(&[FILES, BY_DOMAIN]);
    bytes.extend([16; 16]);
    std::fs::write(&path, &bytes).unwrap();
    let mut index = Index::plain(&path).unwrap();
    look(&mut index);
    assert_eq!(index.app_domains().unwrap().unwrap(), ["org.a", "org.b"]);
    assert_eq!(listing(&inner), ["Manifest.db"]);
    drop(index);
    assert_eq!(listing(&inner), ["Manifest.db"]);
    assert_eq!(listing(folder.path()).len(), 1);
    assert!(std::fs::read(&path).unwrap() == bytes);
}

#[test]
fn rows_are_found_by_an_index_and_not_by_a_search() {
    let database = Database::open(manifest(&[FILES, BY_DOMAIN]), None).unwrap();
    for query in [ENTRY, NEXT_DOMAIN] {
        let mut plan = database.connection().prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let steps: Vec<String> = plan.query_map(["x"], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(steps[0].starts_with("SEARCH Files USING ") && steps[0].contains("INDEX"), "{steps:?}");
    }
}

#[test]
fn a_log_beside_the_index_is_applied_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let live = folder.path().join("live.db");
    let connection = Connection::open(&live).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.execute_batch("CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain, relativePath, flags, file); PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    connection.execute_batch("INSERT INTO Files VALUES ('a1', 'd', 'p', 1, x'00')").unwrap();
    let backup = folder.path().join("backup");
    std::fs::create_dir(&backup).unwrap();
    let path = backup.join("Manifest.db");
    std::fs::copy(&live, &path).unwrap();
    std::fs::write(backup.join("Manifest.db-wal"), []).unwrap();
    assert_eq!(Index::plain(&path).unwrap().entry("a1").unwrap(), None);
    std::fs::copy(folder.path().join("live.db-wal"), backup.join("Manifest.db-wal")).unwrap();
    let mut index = Index::plain(&path).unwrap();
    assert_eq!(index.entry("a1").unwrap().unwrap().flags, Some(1));
    assert_eq!(listing(&backup), ["Manifest.db", "Manifest.db-wal"]);
}

#[test]
fn what_is_no_index_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Manifest.db");
    let outcome = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        Index::plain(&path).err()
    };
    let encrypted = encrypt(&key(), &manifest(&[FILES]), true);
    assert_eq!(outcome(&[]), Some(IndexError::NotADatabase));
    assert_eq!(outcome(&encrypted), Some(IndexError::NotADatabase));
    let others = [
        "CREATE TABLE Other (a);",
        "CREATE VIEW Files AS SELECT 1 AS fileID, 2 AS domain, 3 AS relativePath, 4 AS flags, 5 AS file;",
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain);",
    ];
    for other in others {
        assert_eq!(outcome(&manifest(&[other])), Some(IndexError::NoTable), "{other}");
        let encrypted = Index::encrypted(file_of(&encrypt(&key(), &manifest(&[other]), true)), key());
        assert_eq!(encrypted.err(), Some(IndexError::NoTable), "{other}");
    }
    assert!(matches!(Index::plain(&folder.path().join("absent")), Err(IndexError::Read(_))));
    assert!(matches!(Index::plain(folder.path()), Err(IndexError::Read(_))));
    for length in [0, 96, 112] {
        let index = Index::encrypted(file_of(&encrypted[..length]), key());
        assert!(index.is_err(), "{length}");
    }
    assert_eq!(Index::encrypted(file_of(&encrypted), FileKey::new([8; 32])).err(), Some(IndexError::NotADatabase));
    let length = encrypted.len() as u64 - 1;
    assert_eq!(
        Index::encrypted(file_of(&encrypted[..encrypted.len() - 1]), key()).err(),
        Some(IndexError::Truncated { length })
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("Manifest.db"));
    std::fs::write(&real, manifest(&[FILES])).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(Index::plain(&real).is_ok());
    assert!(matches!(Index::plain(&link), Err(IndexError::Read(_))));
}

#[test]
fn an_encrypted_index_is_read_by_the_page_with_and_without_padding() {
    for padded in [true, false] {
        let encrypted = encrypt(&key(), &manifest(&[FILES, BY_DOMAIN]), padded);
        let mut index = Index::encrypted(file_of(&encrypted), key()).unwrap();
        look(&mut index);
        assert_eq!(index.app_domains().unwrap().unwrap(), ["org.a", "org.b"]);
        assert!(matches!(index.0, Inner::Pages(_)));
    }
}

#[test]
fn an_odd_encrypted_index_is_left_to_sqlite() {
    for padded in [true, false] {
        let encrypted = encrypt(&key(), &manifest(&[UTF_16, FILES, BY_DOMAIN]), padded);
        let mut index = Index::encrypted(file_of(&encrypted), key()).unwrap();
        assert!(matches!(index.0, Inner::Sqlite(_)));
        assert_eq!(index.entry("a1").unwrap().unwrap().blob.unwrap(), [1, 2]);
        assert_eq!(index.app_domains().unwrap().unwrap(), ["org.a", "org.b"]);
    }
    // Only the question that the reader has no answer to changes over.
    let odd = "CREATE INDEX d ON Files(domain DESC);";
    let encrypted = encrypt(&key(), &manifest(&[FILES, odd]), true);
    let mut index = Index::encrypted(file_of(&encrypted), key()).unwrap();
    look(&mut index);
    assert!(matches!(index.0, Inner::Pages(_)));
    assert_eq!(index.app_domains().unwrap().unwrap(), ["org.a", "org.b"]);
    assert!(matches!(index.0, Inner::Sqlite(_)));
    look(&mut index);
}

#[test]
fn without_an_index_by_domain_there_is_no_list() {
    let bytes = manifest(&[FILES]);
    let mut index = Index::encrypted(file_of(&encrypt(&key(), &bytes, true)), key()).unwrap();
    assert_eq!(index.app_domains(), Ok(None));
    let partial = manifest(&[FILES, "CREATE INDEX d ON Files(domain) WHERE flags = 1;"]);
    let mut index = Index::encrypted(file_of(&encrypt(&key(), &partial, true)), key()).unwrap();
    assert_eq!(index.app_domains(), Ok(None));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    assert_eq!(Index::plain(file.path()).unwrap().app_domains(), Ok(None));
}

#[test]
fn domains_are_bounded_in_number_and_length() {
    let mut asked = 0;
    let ids = bundle_ids(|after| {
        asked += 1;
        let long = if asked % 3 == 0 { "x".repeat(LONGEST_DOMAIN) } else { String::new() };
        let next = format!("AppDomain-{asked:08}{long}").into_bytes();
        assert!(next.as_slice() > after);
        Ok::<_, IndexError>(Some(next))
    })
    .unwrap();
    assert_eq!(ids.len(), MOST_DOMAINS);
    assert!(ids.iter().all(|id| id.len() == 8));
    // What does not move on ends.
    let ids = bundle_ids(|_| Ok::<_, IndexError>(Some(b"AppDomain-a".to_vec()))).unwrap();
    assert_eq!(ids, ["a"]);
    let ids = bundle_ids(|_| Err(IndexError::NoTable));
    assert_eq!(ids, Err(IndexError::NoTable));
}

#[test]
fn a_damaged_index_costs_only_what_is_damaged() {
    let rows: String = (0..3000)
        .map(|number| format!("INSERT INTO Files VALUES ('{number:05}', 'HomeDomain', 'p', 1, zeroblob(300));"))
        .collect();
    let create =
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);";
    let mut bytes = manifest(&[create, "BEGIN;", &rows, "COMMIT;"]);
    let pages = bytes.len() / 4096;
    bytes[pages / 2 * 4096..][..4096].fill(0xee);
    let mut index = Index::encrypted(file_of(&encrypt(&key(), &bytes, true)), key()).unwrap();
    let read = (0..3000).filter(|number| matches!(index.entry(&format!("{number:05}")), Ok(Some(_)))).count();
    assert!((2900..3000).contains(&read), "{read}");
    assert!(matches!(index.0, Inner::Sqlite(_)));
}

fn corpus() -> Option<PathBuf> {
    crate::skip::corpus("ios")
}

/// The wrapped key and the size of an `MBFile`. One of the backups that others made has a plain property list in its place.
fn key_and_size(blob: &[u8]) -> (Vec<u8>, Option<u64>) {
    let size = |size: Option<&plist::Value>| size.and_then(plist::Value::int).and_then(|size| u64::try_from(size).ok());
    let Ok(archive) = Archive::read(blob) else {
        let plain = plist::read(blob).unwrap();
        let key = plain.at(&["EncryptionKey", "NS.data"]).and_then(plist::Value::data).unwrap();
        return (key.to_vec(), size(plain.get("Size")));
    };
    let root = archive.root().unwrap();
    let key = archive.member(root, "EncryptionKey").and_then(|key| archive.data(key)).unwrap();
    (key.to_vec(), size(archive.member(root, "Size")))
}

/// Opens an encrypted backup, looks up a file and decrypts it.
fn file_of_backup(folder: &Path, password: &str, domain: &str, path: &str) -> (Index, Vec<u8>) {
    let manifest = plist::read(&std::fs::read(folder.join("Manifest.plist")).unwrap()).unwrap();
    let data = |key| manifest.get(key).and_then(plist::Value::data).unwrap();
    let keybag = Keybag::parse(data("BackupKeyBag")).unwrap();
    let keys = keybag.unlock(&Password::from_bytes(password.into())).unwrap();
    let key = keys.unwrap_key(data("ManifestKey")).unwrap();
    let mut index = Index::encrypted(File::open(folder.join("Manifest.db")).unwrap(), key).unwrap();
    let id = file_id(domain, path);
    let entry = index.entry(&id).unwrap().unwrap();
    assert_eq!((entry.flags, entry.domain.as_deref(), entry.path.as_deref()), (Some(1), Some(domain), Some(path)));
    let (wrapped, size) = key_and_size(&entry.blob.unwrap());
    let payload = std::fs::read(folder.join(id.get(..2).unwrap()).join(&id)).unwrap();
    let decrypted = keys.unwrap_key(&wrapped).unwrap().decrypt(payload, size).unwrap();
    assert_eq!(decrypted.note.is_some(), folder.to_string_lossy().contains("stalesize"), "{:?}", decrypted.note);
    (index, decrypted.bytes)
}

fn permissions(folder: &Path, password: &str) {
    let (mut index, bytes) = file_of_backup(folder, password, "HomeDomain", "Library/TCC/TCC.db");
    assert!(bytes.starts_with(sqlite::MAGIC));
    assert_eq!(bytes.len() % sqlite::page_size(&bytes).unwrap(), 0, "{}", folder.display());
    let database = Database::open(bytes, None).unwrap();
    let sound: String = database.connection().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let count: i64 = database.connection().query_row("SELECT count(*) FROM access", [], |row| row.get(0)).unwrap();
    assert!(count > 0, "{}", folder.display());
    let listed = index.app_domains().unwrap();
    // SQLite, given the whole, says the same.
    let Inner::Pages(tree) = &mut index.0 else { panic!("not read by the page") };
    let database = whole(tree.pages()).unwrap();
    assert_eq!(listed, app_domains(&database).unwrap());
    let mut statement = database.connection().prepare("SELECT fileID FROM Files").unwrap();
    let ids: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(!ids.is_empty());
    for id in ids {
        let same = index.entry(&id).unwrap();
        assert!(same.is_some() && same == entry(&database, &id).unwrap(), "{id}");
    }
}

#[test]
fn encrypted_backups_made_here_open() {
    let Some(corpus) = corpus() else { return };
    let mut opened = 0;
    for folder in corpus.join("generated").read_dir().unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().into_string().unwrap();
        if let Some((_, password)) = name.split_once("_pw_")
            && !name.ends_with(".json")
            && !name.contains("fullkdf")
        {
            permissions(&folder.path(), if password == "paesswoerd" { "pässwörd" } else { password });
            opened += 1;
        }
    }
    assert_eq!(opened, 5);
}

#[test]
fn encrypted_backups_of_others_open() {
    let Some(corpus) = corpus() else { return };
    permissions(&corpus.join("traceloupe_fixture_encrypted"), "fixture-pass");
}

#[test]
#[ignore = "20,000,000 rounds: 40 seconds without optimisation"]
fn backups_with_the_rounds_of_a_phone_open() {
    let Some(corpus) = corpus() else { return };
    permissions(&corpus.join("generated/enc-ios26.1-fullkdf_pw_test-password"), "test-password");
    let folder = corpus.join("pyiosbackup_mini_encrypted");
    let (index, bytes) = file_of_backup(&folder, "0000", "MyTestDomain", "Media/Test.txt");
    assert_eq!(bytes, b"Test data");
    // Its table has no primary key, and so no index: SQLite reads it.
    assert!(matches!(index.0, Inner::Sqlite(_)));
}

#[test]
fn indexes_in_the_clear_open() {
    let Some(corpus) = corpus() else { return };
    let mut real = Index::plain(&corpus.join("mvt_ios_backup/Manifest.db")).unwrap();
    let entry = real.entry("64d0019cb3d46bfc8cce545a8ba54b93e7ea9347").unwrap().unwrap();
    assert_eq!(entry.path.as_deref(), Some("Library/TCC/TCC.db"));
    assert!(Archive::read(&entry.blob.unwrap()).unwrap().root().is_some());
    assert!(real.app_domains().unwrap().is_some_and(|domains| domains.len() > 10));
    // The same index, encrypted with its block of padding still in it.
    let bytes = std::fs::read(corpus.join("mvt_ios_backup/Manifest.db")).unwrap();
    let mut encrypted = Index::encrypted(file_of(&encrypt(&key(), &bytes, false)), key()).unwrap();
    assert_eq!(encrypted.app_domains(), real.app_domains());
    for folder in corpus.join("generated").read_dir().unwrap() {
        let path = folder.unwrap().path().join("Manifest.db");
        if path.to_string_lossy().contains("plain-") && path.is_file() {
            let mut index = Index::plain(&path).unwrap();
            assert!(index.entry(&file_id("HomeDomain", "Library/TCC/TCC.db")).unwrap().is_some(), "{path:?}");
        }
    }
}
