//! Backups of every kind, and backups that are odd or hostile.

use super::*;
use std::fs;
use std::path::PathBuf;

const UDID: &str = "00008110-000A1B2C3D4E5F60";
const FINISHED: &str = "<key>SnapshotState</key><string>finished</string>";

/// A folder that is filled as a test needs it; not a faithful backup.
struct Fake {
    place: tempfile::TempDir,
    rows: rusqlite::Connection,
}

fn plist(members: &str) -> String {
    format!("<plist version=\"1.0\"><dict>{members}</dict></plist>")
}

/// The record of a file of this size.
fn record(size: usize) -> Vec<u8> {
    format!(
        "<plist version=\"1.0\"><dict><key>$top</key><dict/><key>$objects</key><array><string>$null</string><dict><key>Size</key>\
             <integer>{size}</integer><key>$class</key><dict><key>$classname</key><string>MBFile</string></dict></dict></array></dict>\
             </plist>"
    )
    .into_bytes()
}

impl Fake {
    fn new() -> Fake {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join(UDID)).unwrap();
        let rows = rusqlite::Connection::open(place.path().join(UDID).join("Manifest.db")).unwrap();
        rows.execute_batch(
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)",
        )
        .unwrap();
        Fake { place, rows }
    }

    fn folder(&self) -> PathBuf {
        self.place.path().join(UDID)
    }

    fn top(self, artefact: Artefact, members: &str) -> Fake {
        fs::write(self.folder().join(artefact.path()), plist(members)).unwrap();
        self
    }

    fn row(&self, id: &str, flags: Option<i64>, blob: Option<Vec<u8>>) {
        self.rows
            .execute("INSERT INTO Files VALUES (?1, 'SomeDomain', '../../outside', ?2, ?3)", (id, flags, blob))
            .unwrap();
    }

    fn payload(&self, id: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder().join(id.get(..2).unwrap()).join(id);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A file as it is in a real backup.
    fn file(self, domain: &str, path: &str, bytes: &[u8]) -> Fake {
        let id = file_id(domain, path);
        self.row(&id, Some(1), Some(record(bytes.len())));
        self.payload(&id, bytes);
        self
    }

    fn artefact(self, artefact: Artefact, bytes: &[u8]) -> Fake {
        self.file(artefact.domain(), artefact.path(), bytes)
    }

    fn open(&self) -> Result<BackupEvidence, SourceError> {
        open(&self.folder(), &mut |_| panic!("nothing here needs a password"))
    }

    fn gap(&self, artefact: Artefact) -> (Reason, String) {
        let evidence = self.open().unwrap();
        assert!(evidence.first(artefact).is_none());
        let gap = evidence.missing.iter().find(|gap| gap.artefact == artefact).unwrap();
        (gap.reason, gap.detail.clone())
    }
}

fn id(artefact: Artefact) -> String {
    file_id(artefact.domain(), artefact.path())
}

/// A folder whose index is no SQLite file, with a `Manifest.plist` of these members.
fn locked(members: &[(&str, ::plist::Value)]) -> Fake {
    let fake = Fake::new().top(Artefact::Info, "<key>a</key><true/>");
    let members = members.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
    let path = fake.folder().join("Manifest.plist");
    ::plist::Value::Dictionary(members.collect()).to_file_binary(path).unwrap();
    fs::write(fake.folder().join("Manifest.db"), [7; 64]).unwrap();
    fake
}

/// A keybag in the form that phones write, of one class, which no password opens.
fn bag() -> Vec<u8> {
    let mut bag = Vec::new();
    let mut tag = |name: &str, value: &[u8]| {
        bag.extend(name.as_bytes());
        bag.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        bag.extend(value);
    };
    tag("VERS", &5_u32.to_be_bytes());
    tag("TYPE", &1_u32.to_be_bytes());
    tag("UUID", &[1; 16]);
    tag("HMCK", &[0; 40]);
    tag("WRAP", &0_u32.to_be_bytes());
    tag("SALT", &[2; 20]);
    tag("ITER", &10_u32.to_be_bytes());
    tag("DPWT", &1_u32.to_be_bytes());
    tag("DPIC", &10_u32.to_be_bytes());
    tag("DPSL", &[3; 20]);
    tag("UUID", &[4; 16]);
    tag("CLAS", &3_u32.to_be_bytes());
    tag("WRAP", &2_u32.to_be_bytes());
    tag("KTYP", &0_u32.to_be_bytes());
    tag("WPKY", &[5; 40]);
    bag
}

fn encrypted(bag: Vec<u8>) -> Fake {
    locked(&[
        ("IsEncrypted", true.into()),
        ("BackupKeyBag", ::plist::Value::Data(bag)),
        ("ManifestKey", ::plist::Value::Data([&[3, 0, 0, 0][..], &[6; 40]].concat())),
    ])
}

#[test]
fn a_plain_backup_gives_what_is_there_and_says_what_is_not() {
    let lockdown =
        "<key>Lockdown</key><dict><key>UniqueDeviceID</key><string>00008110-000a1b2c3d4e5f60</string></dict>";
    // As every unencrypted backup of today, it has a keybag.
    let bag = "<key>IsEncrypted</key><false/><key>BackupKeyBag</key><data>VkVSUw==</data>";
    let fake = Fake::new()
        .top(Artefact::Info, "<key>Product Version</key><string>17.5</string>")
        .top(Artefact::Manifest, &format!("{bag}{lockdown}"))
        .top(Artefact::Status, FINISHED)
        .artefact(Artefact::Tcc, b"tcc")
        .artefact(Artefact::EffectiveSettingsOld, b"old place");
    let evidence = fake.open().unwrap();
    assert!(!evidence.encrypted && !evidence.locked);
    assert_eq!((evidence.target.as_str(), evidence.serial.as_deref()), (UDID, Some(UDID)));
    assert_eq!((evidence.unfinished, evidence.resized), (None, Vec::new()));
    let read: Vec<Artefact> = evidence.items.iter().map(|item| item.artefact).collect();
    use Artefact::{EffectiveSettingsOld, Info, Manifest, Status, Tcc};
    assert_eq!(read, [Info, Manifest, Status, Tcc, EffectiveSettingsOld]);
    assert_eq!(evidence.items[3].origin, "HomeDomain/Library/TCC/TCC.db");
    let gaps: Vec<(Artefact, Reason)> = evidence.missing.iter().map(|gap| (gap.artefact, gap.reason)).collect();
    assert_eq!(
        gaps,
        [
            (Artefact::LocationClients, Reason::Absent),
            (Artefact::GlobalPreferences, Reason::Absent),
            (Artefact::Health, Reason::EncryptedOnly)
        ],
        "what a phone need not have is no gap, and neither is the new place of the settings"
    );
}

#[test]
fn rows_are_found_by_the_computed_name_alone() {
    // The columns of every row of this fake lie, and these rows would lead out of the folder.
    let fake = Fake::new().top(Artefact::Info, FINISHED).artefact(Artefact::Tcc, b"right");
    fs::write(fake.place.path().join("passwd"), b"secret").unwrap();
    for odd in ["../../passwd", "/etc/passwd", "zz", ""] {
        fake.row(odd, Some(1), Some(record(6)));
    }
    fake.row("null", None, None);
    let evidence = fake.open().unwrap();
    assert_eq!(evidence.first(Artefact::Tcc).unwrap().bytes, b"right");
    assert!(evidence.items.iter().all(|item| item.bytes != b"secret"));
}

#[test]
fn a_row_without_payload_is_absent_and_a_bad_record_costs_nothing_in_the_clear() {
    let tcc = id(Artefact::Tcc);
    let fake = Fake::new().top(Artefact::Info, FINISHED);
    fake.row(&tcc, Some(1), Some(record(5)));
    assert_eq!(fake.gap(Artefact::Tcc), (Reason::Absent, "no payload".to_owned()));
    for blob in [None, Some(b"not a plist".to_vec()), Some(record(5))] {
        let fake = Fake::new().top(Artefact::Info, FINISHED);
        fake.row(&tcc, Some(1), blob);
        fake.payload(&tcc, b"12345");
        assert_eq!(fake.open().unwrap().first(Artefact::Tcc).unwrap().bytes, b"12345");
    }
    let fake = Fake::new().top(Artefact::Info, FINISHED);
    fake.row(&tcc, Some(2), Some(record(5)));
    fake.payload(&tcc, b"12345");
    assert_eq!(fake.gap(Artefact::Tcc).0, Reason::Unreadable);
}

#[test]
fn a_log_without_bytes_is_nothing_to_speak_of() {
    let fake = Fake::new().top(Artefact::Info, FINISHED).artefact(Artefact::TccLog, b"");
    fake.row(&id(Artefact::AppRegistryLog), Some(1), Some(record(0)));
    fake.row(&id(Artefact::HealthLog), Some(1), Some(record(4_152)));
    let evidence = fake.open().unwrap();
    assert!(Artefact::ALL.iter().filter(|artefact| artefact.is_log()).all(|log| evidence.first(*log).is_none()));
    let gaps: Vec<Artefact> =
        evidence.missing.iter().map(|gap| gap.artefact).filter(|artefact| artefact.is_log()).collect();
    assert_eq!(gaps, [Artefact::HealthLog], "one that should have bytes is missed");
}

#[test]
fn a_changed_size_is_a_note_and_a_huge_file_a_gap() {
    let tcc = id(Artefact::Tcc);
    let fake = Fake::new().top(Artefact::Info, FINISHED);
    fake.row(&tcc, Some(1), Some(record(3)));
    let path = fake.payload(&tcc, b"12345");
    let evidence = fake.open().unwrap();
    assert_eq!(
        (evidence.resized.as_slice(), evidence.first(Artefact::Tcc).unwrap().bytes.len()),
        (&[Artefact::Tcc][..], 5)
    );
    assert!(evidence.missing.iter().all(|gap| gap.artefact != Artefact::Tcc));
    fs::File::options().write(true).open(path).unwrap().set_len(LARGEST + 1).unwrap();
    let (reason, detail) = fake.gap(Artefact::Tcc);
    assert_eq!((reason, detail.contains("67108865")), (Reason::Truncated, true), "{detail}");
}

#[cfg(unix)]
#[test]
fn a_payload_or_a_manifest_that_is_a_link_is_not_read() {
    use std::os::unix::fs::symlink;
    let tcc = id(Artefact::Tcc);
    let fake = Fake::new().top(Artefact::Info, FINISHED);
    fake.row(&tcc, Some(1), Some(record(6)));
    let secret = fake.place.path().join("secret");
    fs::write(&secret, plist("<key>a</key><true/>")).unwrap();
    let path = fake.payload(&tcc, b"");
    fs::remove_file(&path).unwrap();
    symlink(&secret, &path).unwrap();
    symlink(&secret, fake.folder().join("Manifest.plist")).unwrap();
    assert_eq!(fake.gap(Artefact::Tcc).0, Reason::Unreadable);
    assert_eq!(fake.gap(Artefact::Manifest).0, Reason::Unreadable);
    fs::rename(fake.folder().join("Manifest.db"), fake.place.path().join("elsewhere.db")).unwrap();
    symlink(fake.place.path().join("elsewhere.db"), fake.folder().join("Manifest.db")).unwrap();
    assert_eq!(fake.open().unwrap_err().key(), "source-damaged-index");
}

#[test]
fn profiles_are_found_by_the_hash_of_their_identifier() {
    let identifiers = |key: &str, words: &[&str]| {
        let words: String = words.iter().map(|word| format!("<string>{word}</string>")).collect();
        format!("<key>{key}</key><array>{words}</array>")
    };
    let list = plist(&format!(
        "{}{}",
        identifiers("OrderedProfiles", &["com.example.a", "com.example.gone"]),
        identifiers("HiddenProfiles", &["com.apple.attwifi", "com.example.a"])
    ));
    let stub = |identifier: &str| format!("Library/ConfigurationProfiles/{}", stub_name(identifier));
    // The name of a real file of iOS 7.
    assert_eq!(
        stub_name("com.apple.attwifi"),
        "profile-2ccdb2ebb375ce31cfde3b30b2e7c6e17dc09e63231ba70394567dbe0bf8c20b.stub"
    );
    let domain = Artefact::ProfileStub.domain();
    let fake = Fake::new()
        .top(Artefact::Info, FINISHED)
        .artefact(Artefact::PayloadManifest, list.as_bytes())
        .file(domain, &stub("com.example.a"), b"a")
        .file(domain, &stub("com.apple.attwifi"), b"wifi");
    let evidence = fake.open().unwrap();
    let stubs: Vec<&[u8]> = evidence.of(Artefact::ProfileStub).map(|item| item.bytes.as_slice()).collect();
    assert_eq!(stubs, [&b"a"[..], &b"wifi"[..]]);
    let gone = evidence.missing.iter().filter(|gap| gap.artefact == Artefact::ProfileStub).count();
    assert_eq!(gone, 1);

    let many: Vec<String> = (0..MOST_PROFILES + 7).map(|number| format!("p{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let list = plist(&identifiers("OrderedProfiles", &many));
    let fake = Fake::new().top(Artefact::Info, FINISHED).artefact(Artefact::PayloadManifest, list.as_bytes());
    let evidence = fake.open().unwrap();
    let last = evidence.missing.last().unwrap();
    assert_eq!((last.reason, last.detail.as_str()), (Reason::Truncated, "7 more than 500"));
}

#[test]
fn an_unfinished_backup_is_read_and_says_so() {
    let state = |members: &str| {
        let fake = Fake::new().top(Artefact::Status, members).artefact(Artefact::Tcc, b"x");
        let evidence = fake.open().unwrap();
        assert!(evidence.first(Artefact::Tcc).is_some());
        evidence.unfinished
    };
    assert_eq!(state("<key>SnapshotState</key><string>uploading</string>").as_deref(), Some("uploading"));
    assert_eq!(
        state("<key>SnapshotState</key><string>\u{202e}x\nz</string>").map(|state| state.contains('\n')),
        Some(false)
    );
    assert_eq!(state(FINISHED), None);
    let fake = Fake::new().top(Artefact::Status, FINISHED);
    fs::create_dir(fake.folder().join("Snapshot")).unwrap();
    assert_eq!(fake.open().unwrap().unfinished.as_deref(), Some("Snapshot"));
}

#[test]
fn the_phone_is_known_by_what_it_says_then_by_the_computer_then_by_the_folder() {
    let upper = "<key>Unique Identifier</key><string>0123456789ABCDEF0123456789ABCDEF01234567</string>";
    let evidence = Fake::new().top(Artefact::Info, upper).open().unwrap();
    assert_eq!(evidence.serial.as_deref(), Some("0123456789abcdef0123456789abcdef01234567"));
    assert_eq!(Fake::new().top(Artefact::Info, FINISHED).open().unwrap().serial.as_deref(), Some(UDID));
    assert_eq!(serial(None, None, &format!("{UDID}-20240601-120000")).as_deref(), Some(UDID));
    assert_eq!(serial(None, None, "backup"), None, "a name that many folders have is no identifier");
}

#[test]
fn without_a_password_the_files_at_the_top_are_read() {
    let fake = encrypted(bag());
    let mut asked = Vec::new();
    let evidence = open(&fake.folder(), &mut |ask| {
        asked.push(ask.attempt);
        None
    })
    .unwrap();
    assert_eq!(asked, [1]);
    assert!(evidence.encrypted && evidence.locked);
    assert_eq!(evidence.items.len(), 2);
    assert_eq!(evidence.why_missing(Artefact::Tcc), Reason::NoPassword);
    assert!(evidence.missing.iter().any(|gap| (gap.artefact, gap.reason) == (Artefact::Tcc, Reason::NoPassword)));
    assert_eq!(evidence.app_domains, None);
    // A password that is wrong is not the same as none.
    let wrong = open(&fake.folder(), &mut |ask| (ask.attempt == 1).then(|| Password::from_bytes(b"x".to_vec())));
    assert_eq!(wrong.unwrap_err().key(), "source-wrong-password");
}

#[test]
fn a_wrong_password_is_asked_for_again_until_there_is_none() {
    let mut asked = Vec::new();
    let mut ask = |ask: Ask| {
        asked.push(ask.attempt);
        (ask.attempt < 4).then(|| Password::from_bytes(vec![1]))
    };
    let wrong = unlock(Path::new("b"), 1, &mut ask, |_| Err::<(), _>(KeybagError::WrongPassword));
    assert_eq!((wrong.unwrap_err().key(), asked), ("source-wrong-password", vec![1, 2, 3, 4]));
    let mut tried = 0;
    let right = unlock(Path::new("b"), 1, &mut |_| Some(Password::from_bytes(vec![1])), |_| {
        tried += 1;
        if tried == 3 { Ok(7) } else { Err(KeybagError::WrongPassword) }
    });
    assert_eq!(right.unwrap(), Some(7));
    // Whoever answers without end is not listened to without end.
    let endless = unlock(Path::new("b"), 1, &mut |_| Some(Password::from_bytes(vec![1])), |_| {
        Err::<(), _>(KeybagError::WrongPassword)
    });
    assert_eq!(endless.unwrap_err().key(), "source-wrong-password");
    assert!(unlock(Path::new("b"), 1, &mut |_| None, |_| Ok(())).unwrap().is_none());
}

#[test]
fn each_kind_of_wrong_folder_has_its_own_words() {
    let key = |fake: &Fake| open(&fake.folder(), &mut |_| None).unwrap_err().key();
    assert_eq!(key(&locked(&[("IsEncrypted", true.into())])), "source-damaged-keybag");
    assert_eq!(key(&encrypted(vec![1, 2, 3])), "source-damaged-keybag");
    assert_eq!(key(&locked(&[("IsEncrypted", false.into())])), "source-damaged-index");
    assert_eq!(key(&locked(&[])), "source-damaged-index");
    let empty = encrypted(bag());
    fs::write(empty.folder().join("Manifest.db"), b"").unwrap();
    assert_eq!(key(&empty), "source-damaged-index");
    let cut = Fake::new().top(Artefact::Info, FINISHED);
    fs::write(cut.folder().join("Manifest.db"), [MAGIC.as_slice(), &[0; 40]].concat()).unwrap();
    assert_eq!(key(&cut), "source-damaged-index");
    let without = Fake::new().top(Artefact::Info, FINISHED).top(Artefact::Status, FINISHED);
    fs::remove_file(without.folder().join("Manifest.db")).unwrap();
    assert_eq!(key(&without), "source-incomplete-backup");
    fs::write(without.folder().join("Manifest.mbdb"), b"mbdb\x05\x00").unwrap();
    assert_eq!(key(&without), "source-old-backup");
    let nowhere = without.folder().join("nowhere");
    assert_eq!(open(&nowhere, &mut |_| None).unwrap_err().key(), "source-not-found");
    let rounds = keybag_error(Path::new("b"), &KeybagError::TooManyRounds { rounds: 4_000_000_000 });
    assert!(rounds.arguments().contains(&("rounds", "4000000000".to_owned())));
}

#[test]
fn encryption_is_decided_by_two_witnesses() {
    let doors = |says, has_magic, has_manifest_key| {
        let doors = Doors { says, has_magic, has_manifest_key };
        (doors.is_encrypted(), doors.needs_password())
    };
    assert_eq!(doors(Some(true), false, true), (true, true), "the usual");
    assert_eq!(doors(Some(true), true, false), (true, true), "iOS 10.0: files alone are encrypted");
    assert_eq!(doors(Some(true), true, true), (true, false), "decrypted by a tool");
    assert_eq!(doors(None, true, false), (false, false), "no Manifest.plist");
    assert_eq!(doors(Some(false), true, false), (false, false));
    assert_eq!(doors(Some(false), false, true), (true, true), "the flag lies");
    assert_eq!(doors(Some(false), false, false), (false, false), "damaged, said elsewhere");
}

#[test]
fn garbage_in_the_property_lists_is_survived() {
    let fake = Fake::new().artefact(Artefact::Tcc, b"x");
    for name in ["Info.plist", "Manifest.plist", "Status.plist"] {
        fs::write(fake.folder().join(name), b"bplist00 and then nothing").unwrap();
    }
    let evidence = fake.open().unwrap();
    assert_eq!((evidence.items.len(), evidence.encrypted), (4, false));
    fs::write(fake.folder().join("Info.plist"), b"x").unwrap();
    fs::File::options().write(true).open(fake.folder().join("Info.plist")).unwrap().set_len(LARGEST + 1).unwrap();
    assert_eq!(fake.gap(Artefact::Info).0, Reason::Truncated);
}
fn corpus() -> Option<PathBuf> {
    crate::skip::corpus("ios")
}

/// The generated backups whose names begin so, with the password that the name ends in.
fn generated(kind: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let Some(corpus) = corpus() else { return Vec::new() };
    let mut found: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(corpus.join("generated"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && name_of(path).starts_with(kind))
        .map(|path| {
            let name = name_of(&path);
            let password = name.split_once("_pw_").map_or("", |(_, password)| password);
            (path, password.replace("paesswoerd", "p\u{e4}ssw\u{f6}rd").into_bytes())
        })
        .collect();
    found.sort();
    found
}

fn assert_whole(evidence: &BackupEvidence, name: &str) {
    for (artefact, begins) in [
        (Artefact::Tcc, MAGIC.as_slice()),
        (Artefact::LocationClients, b"bplist"),
        (Artefact::GlobalPreferences, b"bplist"),
        (Artefact::EffectiveSettings, b"bplist"),
    ] {
        let item = evidence.first(artefact).unwrap_or_else(|| panic!("{name}: no {artefact:?}"));
        assert!(item.bytes.starts_with(begins), "{name}: {artefact:?}");
    }
    let tcc = evidence.first(Artefact::Tcc).unwrap().bytes.len();
    assert_eq!(tcc % 4096, 0, "{name}: whole pages, not cut to a stale size");
    assert_eq!(evidence.serial.is_some(), evidence.first(Artefact::Manifest).is_some(), "{name}");
    let bad: Vec<_> = evidence.missing.iter().filter(|gap| gap.reason != Reason::EncryptedOnly).collect();
    assert!(bad.is_empty(), "{name}: {bad:?}");
}

#[test]
fn plain_backups_of_the_corpus_open() {
    for (path, _) in generated("plain") {
        let name = name_of(&path);
        let evidence = open(&path, &mut |_| panic!("{name} has no password")).unwrap();
        assert_whole(&evidence, &name);
        assert!(!evidence.encrypted);
        assert_eq!(evidence.unfinished.is_some(), name.contains("unfinished"), "{name}");
        assert_eq!(evidence.first(Artefact::TccLog).is_some(), name.contains("tccwal"), "{name}");
        assert_eq!(evidence.first(Artefact::Mdm).is_some(), name.contains("mdm"), "{name}");
        if evidence.first(Artefact::PayloadManifest).is_some() {
            assert!(evidence.first(Artefact::ProfileStub).is_some(), "{name}");
        }
    }
    // Decrypted by a tool: no Manifest.plist, no Status.plist, most payloads left behind.
    if let Some(corpus) = corpus() {
        let evidence = open(&corpus.join("mvt_ios_backup"), &mut |_| panic!("decrypted")).unwrap();
        assert!(!evidence.encrypted && evidence.serial.is_some());
        assert!(evidence.first(Artefact::Tcc).is_some() && evidence.first(Artefact::GlobalPreferences).is_some());
        assert_eq!(evidence.why_missing(Artefact::Manifest), Reason::Absent);
    }
}

#[test]
fn encrypted_backups_of_the_corpus_open_with_their_password_alone() {
    for (path, password) in generated("enc") {
        let name = name_of(&path);
        // Ten million rounds take half a minute without optimisation.
        if name.contains("fullkdf") {
            continue;
        }
        let mut asked = 0;
        let evidence = open(&path, &mut |ask| {
            asked = ask.attempt;
            // Wrong at first.
            Some(Password::from_bytes(if ask.attempt == 1 { b"nonsense".to_vec() } else { password.clone() }))
        })
        .unwrap();
        assert_eq!(asked, 2, "{name}");
        assert_whole(&evidence, &name);
        assert!(evidence.encrypted && !evidence.locked);
        let stale = if name.contains("stalesize") { vec![Artefact::Tcc] } else { Vec::new() };
        assert_eq!(evidence.resized, stale, "{name}");
        let locked = open(&path, &mut |_| None).unwrap();
        assert!(locked.locked && locked.first(Artefact::Tcc).is_none() && locked.items.len() == 3, "{name}");
    }
}
