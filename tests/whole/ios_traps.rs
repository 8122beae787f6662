//! One test per trap of iOS backups: what a naive reader of them gets wrong.
//!
//! Each test builds an invented backup with the trap in it, runs the program, and looks at the few fields that the trap is
//! about. The sentence at the head of a test names the rule behind the expected value.
#![cfg(unix)]

use std::time::Duration;

use crate::common_ios;
use crate::common_ios::look::{Room, Seen, any, state_of, whole};
use crate::common_ios::plists::{self, Profile, Rule, Section, binary, client, date, dict, list, text};
use crate::common_ios::{
    BACKUP_SETTINGS, Backup, CLIENTS, CLOUD, EFFECTIVE, FIND_MY, GLOBAL, INSTAGRAM, Index, LOCATION, MDM, Place,
    REFRESH, Row, SAFARI, SIGNAL, SPRINGBOARD, SPRINGBOARD_TWIN, TCC, TIKTOK, WHATSAPP, X, file_id, member, personal,
};

/// The rounds of small key derivations.
const DPIC: u32 = 1000;
const ITER: u32 = 10;

fn encrypted(ios: &str) -> Backup {
    let mut backup = Backup::social(ios);
    backup.encrypted("secret word", DPIC, ITER);
    backup
}

/// `poucet snapshot --all-apps` of an encrypted backup with its password.
fn opened(backup: &Backup) -> Seen {
    let room = Room::new();
    let word = String::from_utf8(backup.seal.as_ref().unwrap().password.clone()).unwrap();
    let root = backup.write(&room.backups());
    let mut command = room.command(&["snapshot", &root.display().to_string(), "--all-apps"]);
    Seen::of(command.env("POUCET_BACKUP_PASSWORD", word))
}

fn opened_whole(backup: &Backup) -> Seen {
    let seen = opened(backup);
    assert_eq!(seen.code, Some(0), "{seen:?}");
    seen
}

/// TikTok may do everything, WhatsApp was refused the camera: a snapshot that says so has read `TCC.db` to its end.
fn assert_read(seen: &Seen) {
    seen.assert_level(TIKTOK, "camera", "while-in-use");
    seen.assert_level(TIKTOK, "photos", "always");
    seen.assert_level(WHATSAPP, "camera", "denied");
    seen.assert_level(X, "tracking", "denied");
}

/// The permissions that `TCC.db` alone decides.
const OF_TCC: [&str; 14] = [
    "camera",
    "microphone",
    "contacts",
    "calendar",
    "reminders",
    "photos",
    "photos-add",
    "audio-files",
    "nearby-devices",
    "motion",
    "tracking",
    "speech",
    "home",
    "siri",
];

/// No app has any grant that `TCC.db` alone could tell of.
fn assert_nothing_of_tcc(seen: &Seen) {
    for ((app, permission), level) in seen.grants() {
        assert!(!OF_TCC.contains(&permission.as_str()), "{app}: {permission} is {level} out of nothing");
    }
}

fn is_off(level: &str) -> bool {
    matches!(level, "denied" | "none")
}

// ---- reading without touching ---------------------------------------------------------------------------------------

/// The header names a log that is not there; opening the file in place would make one beside the evidence.
#[test]
fn trap_01_databases_that_name_an_absent_log_are_read_and_nothing_is_made_beside_them() {
    let room = Room::new();
    let backup = Backup::social("17.5.1");
    let root = backup.write(&room.backups());
    let index = std::fs::read(root.join("Manifest.db")).unwrap();
    assert_eq!(index[18..20], [2, 2], "the trap is set");
    let before = state_of(&room.backups());
    let seen = room.snapshot_of(&root, &["--all-apps"]);
    assert_eq!(seen.code, Some(0), "{seen:?}");
    assert_read(&seen);
    assert_eq!(state_of(&room.backups()), before);
}

/// Rows that stand only in the log of `TCC.db` are rows.
#[test]
fn trap_02_a_log_that_is_backed_up_by_itself_is_read() {
    for ios in ["13.7", "17.5.1", "26.1"] {
        let mut backup = Backup::social(ios);
        let together = whole(&backup).grants();
        backup.tcc.split = true;
        assert_eq!(whole(&backup).grants(), together, "{ios}");
        backup.encrypted("secret word", DPIC, ITER);
        let sealed = opened_whole(&backup).grants();
        assert_eq!(sealed, together, "{ios}, encrypted");
    }
}

/// Plaintext of an encrypted backup stays in memory.
#[test]
fn trap_03_no_plaintext_reaches_a_disk() {
    let room = Room::new();
    let mut backup = encrypted("17.5.1");
    backup.tcc.split = true;
    let root = backup.write(&room.backups());
    let mut command = room.command(&["snapshot", &root.display().to_string(), "--all-apps"]);
    let before = state_of(&room.tmp());
    let seen = Seen::of(command.env("POUCET_BACKUP_PASSWORD", "secret word"));
    assert_eq!(seen.code, Some(0), "{seen:?}");
    assert_read(&seen);
    // A file that was made and removed again changes the time of its folder.
    assert_eq!(state_of(&room.tmp()), before);
    assert_eq!(std::fs::read_dir(room.here()).unwrap().count(), 0);
}

// ---- crypto ---------------------------------------------------------------------------------------------------------

/// `Size` is taken before the file is copied, and may be short by a page.
#[test]
fn trap_04_a_stale_size_cuts_nothing() {
    for mut backup in [Backup::social("17.3"), encrypted("17.3")] {
        let length = i64::try_from(backup.tcc.bytes().0.len()).unwrap();
        for size in [length - 4096, length + 4096, 0, -1] {
            backup.size(TCC, size);
            let seen = if backup.seal.is_some() { opened(&backup) } else { any(&backup) };
            assert_eq!(seen.code, Some(0), "{size}: {seen:?}");
            assert_read(&seen);
        }
    }
}

/// Phones pad `Manifest.db`; some tools do not.
#[test]
fn trap_05_an_index_is_read_padded_or_not() {
    for pad in [true, false] {
        let mut backup = encrypted("14.3");
        backup.sealing(|seal| seal.pad_manifest = pad);
        assert_read(&opened_whole(&backup));
    }
}

/// Backups in the clear have a keybag too, of the empty password.
#[test]
fn trap_06_a_keybag_does_not_make_a_backup_encrypted() {
    let seen = whole(&Backup::social("17.5.1"));
    assert_read(&seen);
    assert_eq!(seen.setting("backup-encrypted"), false);
    assert_eq!(opened_whole(&encrypted("17.5.1")).setting("backup-encrypted"), true);
    // `IsEncrypted` is a word; the first bytes of the index are the fact. Tools decrypt folders and leave the words.
    let mut told = Backup::social("17.5.1");
    told.manifest.insert("IsEncrypted".into(), true.into());
    told.manifest.insert("ManifestKey".into(), plists::data(vec![3; 44]));
    let seen = any(&told);
    seen.assert_calm("decrypted by another tool");
    assert_read(&seen);
}

/// Big-endian in the bag, little-endian before a wrapped key. Read the wrong way round, no file opens.
#[test]
fn trap_07_numbers_of_the_bag_and_of_keys_have_different_orders() {
    let mut backup = encrypted("17.5.1");
    backup.sealing(|seal| seal.manifest_class = 4);
    assert_read(&opened_whole(&backup));
}

/// All classes of a backup's bag open with the password, whatever their `WRAP` says.
#[test]
fn trap_08_no_class_is_left_out_for_its_wrap() {
    for wrap in [|_| 1, |_| 2, |_| 3_u32] {
        let mut backup = encrypted("17.5.1");
        backup.sealing(|seal| seal.wrap = wrap);
        assert_read(&opened_whole(&backup));
    }
    // Classes that nobody needs may be damaged.
    let mut backup = encrypted("17.5.1");
    backup.sealing(|seal| seal.damaged = &[1, 2, 7, 11]);
    assert_read(&opened_whole(&backup));
    // A class that is needed may not, and then it is said which file is missing.
    backup.sealing(|seal| seal.damaged = &[4]);
    let seen = opened(&backup);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert!(!seen.gaps_of("TCC.db").is_empty(), "{seen:?}");
}

/// Before iOS 10.2 the bag has neither `DPSL` nor `DPIC`: one derivation instead of two, and not "wrong password".
#[test]
fn trap_09_a_bag_of_before_ios_10_2_opens() {
    for manifest_encrypted in [true, false] {
        let mut backup = encrypted("12.0");
        backup.sealing(|seal| {
            seal.dpic = None;
            seal.manifest_encrypted = manifest_encrypted;
            seal.manifest_class = 4;
        });
        let seen = opened(&backup);
        assert_eq!(seen.code, Some(0), "{seen:?}");
        seen.assert_level(TIKTOK, "camera", "while-in-use");
    }
}

/// Bytes as typed, in UTF-8: neither trimmed nor normalized.
#[test]
fn trap_10_a_password_is_its_bytes() {
    for word in ["pa\u{308}sswo\u{308}rd", "p\u{e4}ssw\u{f6}rd", " led and trailed ", "\u{a0}"] {
        let mut backup = encrypted("17.5.1");
        backup.encrypted(word, 10, 10);
        assert_read(&opened_whole(&backup));
    }
    // Other bytes of the same letters are tried as well; other letters are not.
    let mut composed = encrypted("17.5.1");
    composed.encrypted("p\u{e4}ss", 10, 10);
    let room = Room::new();
    let root = composed.write(&room.backups());
    let mut command = room.command(&["snapshot", &root.display().to_string()]);
    let seen = Seen::of(command.env("POUCET_BACKUP_PASSWORD", "pass"));
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(3), ""), "{seen:?}");
}

/// The rounds come from an untrusted file.
#[test]
fn trap_11_endless_key_derivation_is_refused() {
    type Claim = fn(&mut common_ios::seal::Seal);
    let claims: [Claim; 4] = [
        |seal| seal.claimed_dpic = Some(u32::MAX),
        |seal| seal.claimed_iter = Some(u32::MAX),
        |seal| seal.claimed_dpic = Some(0),
        |seal| seal.claimed_iter = Some(0),
    ];
    opened_whole(&encrypted("17.5.1"));
    for claim in claims {
        let mut backup = encrypted("17.5.1");
        backup.sealing(claim);
        let seen = opened(&backup);
        seen.assert_calm("rounds");
        assert!(seen.took < Duration::from_secs(10), "{:?}", seen.took);
        assert_eq!(seen.code, Some(3), "{seen:?}");
    }
}

/// A wrong password has its own words, and nothing comes after it.
#[test]
fn trap_12_a_wrong_password_is_told_from_everything_else() {
    let room = Room::new();
    let root = encrypted("17.5.1").write(&room.backups());
    let path = root.display().to_string();
    for command in ["snapshot", "audit"] {
        let mut command = room.command(&[command, &path]);
        let seen = Seen::of(command.env("POUCET_BACKUP_PASSWORD", "not-the-word-4711"));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(3), ""), "{seen:?}");
        assert!(seen.stderr.to_lowercase().contains("password"), "{}", seen.stderr);
        assert!(!seen.stderr.contains("4711"), "{}", seen.stderr);
    }
}

/// Without the password the apps are known, and nothing of what they may do.
#[test]
fn trap_13_without_a_password_permissions_are_not_knowable() {
    let seen = any(&encrypted("17.5.1"));
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert!(seen.ids().contains(&TIKTOK), "{seen:?}");
    assert!(seen.grants().is_empty(), "{:?}", seen.grants());
    seen.assert_gap("TCC.db", "no-password");
    seen.assert_gap("clients.plist", "no-password");
    assert_eq!(seen.value["device"]["os_version"], "17.5.1");
    assert_eq!(seen.setting("screen-lock"), true);
    let room = Room::new();
    let root = encrypted("17.5.1").write(&room.backups());
    let audit = room.run(&["audit", &root.display().to_string(), "--format", "json"]);
    assert_eq!(audit.code, Some(3), "{audit:?}");
    for finding in audit.list("findings").iter().filter(|finding| !finding["permission"].is_null()) {
        assert_ne!(finding["verdict"], "pass", "{finding}");
        assert_ne!(finding["verdict"], "fail", "{finding}");
    }
}

// ---- the index ------------------------------------------------------------------------------------------------------

fn row(file_id: &str, domain: Option<&str>, path: Option<&str>, blob: Option<Vec<u8>>) -> Row {
    Row {
        file_id: Some(file_id.into()),
        domain: domain.map(Into::into),
        path: path.map(Into::into),
        flags: Some(1),
        blob,
    }
}

fn hostile_rows() -> Vec<Row> {
    let home = Some("HomeDomain");
    let good = || Some(Backup::mbfile("x", 1));
    let circle = dict([
        ("$archiver", text("NSKeyedArchiver")),
        (
            "$objects",
            list([
                text("$null"),
                dict([
                    ("$class", plist::Value::Uid(plist::Uid::new(1))),
                    ("EncryptionKey", plist::Value::Uid(plist::Uid::new(99))),
                    ("RelativePath", plist::Value::Uid(plist::Uid::new(1))),
                    ("Size", plist::Value::Uid(plist::Uid::new(1))),
                ])
                .into(),
            ]),
        ),
        ("$top", dict([("root", plist::Value::Uid(plist::Uid::new(1)))]).into()),
        ("$version", 100_000.into()),
    ]);
    vec![
        row("../../../../etc/passwd", home, Some("Library/one"), good()),
        row("/etc/passwd", home, Some("Library/two"), good()),
        row(&"zz".repeat(20), home, Some("Library/three"), good()),
        row("ab", home, Some("Library/four"), good()),
        row("", home, Some("Library/five"), good()),
        row(&"0".repeat(40), home, Some("../../../outside"), good()),
        row(&"1".repeat(40), home, Some("Library/null"), None),
        row(&"2".repeat(40), None, None, Some(b"not a property list".to_vec())),
        row(&"3".repeat(40), home, Some("Library/circle"), Some(binary(&circle.into()))),
        row(&"4".repeat(40), home, Some("Library/huge"), Some(Backup::mbfile("Library/huge", 1 << 62))),
        row(&"5".repeat(40), Some("AppDomain-../../etc"), Some(""), good()),
        row(&"6".repeat(40), Some("AppDomain-"), Some(""), good()),
        Row::default(),
    ]
}

/// One bad row must not lose the others, and none may lead out of the folder.
#[test]
fn trap_14_hostile_rows_of_the_index_lose_nothing_else() {
    for mut backup in [Backup::social("18.2"), encrypted("18.2")] {
        let plain = if backup.seal.is_some() { opened(&backup).grants() } else { any(&backup).grants() };
        backup.extra_rows = hostile_rows();
        let seen = if backup.seal.is_some() { opened(&backup) } else { any(&backup) };
        seen.assert_calm("hostile rows");
        assert_read(&seen);
        assert_eq!(seen.grants(), plain);
        assert!(!seen.ids().iter().any(|id| id.is_empty() || id.contains('/')), "{:?}", seen.ids());
        assert!(!seen.stdout.contains("root:"), "{}", seen.stdout);
    }
    // The row of TCC.db itself: a blob that is none, a size beyond every disk.
    for blob in [None, Some(b"bplist00".to_vec()), Some(Backup::mbfile("x", 1 << 62))] {
        let mut backup = Backup::social("18.2");
        let bytes = backup.tcc.bytes().0;
        backup.without(TCC);
        backup.extra_rows.push(row(&file_id(TCC.0, TCC.1), Some(TCC.0), Some(TCC.1), blob));
        let room = Room::new();
        let root = backup.write(&room.backups());
        let path = Backup::path_of(&root, TCC);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        let seen = room.snapshot_of(&root, &["--all-apps"]);
        seen.assert_calm("a bad row of TCC.db");
        // Read all the same, or missed aloud.
        assert!(seen.level(TIKTOK, "camera") == "while-in-use" || !seen.gaps_of("TCC.db").is_empty(), "{seen:?}");
    }
    // `Files` as a view that would never end, with a trigger.
    let mut backup = Backup::social("18.2");
    backup.index = Index::View;
    let seen = any(&backup);
    seen.assert_calm("a view named Files");
}

/// A link in the backup leads out of it.
#[test]
fn trap_15_links_in_the_folder_are_not_followed() {
    let room = Room::new();
    let backup = Backup::social("17.5.1");
    let root = backup.write(&room.backups());
    let path = Backup::path_of(&root, TCC);
    let outside = room.here().join("outside.db");
    std::fs::rename(&path, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &path).unwrap();
    let seen = room.snapshot_of(&root, &["--all-apps"]);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert!(!seen.gaps_of("TCC.db").is_empty(), "{seen:?}");
    assert_nothing_of_tcc(&seen);
    // A pipe would wait for ever.
    std::fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let seen = room.snapshot_of(&root, &["--all-apps"]);
    seen.assert_calm("a pipe");
    assert!(!seen.gaps_of("TCC.db").is_empty(), "{seen:?}");
}

/// "Missing" is not "no permission".
#[test]
fn trap_16_a_row_without_payload_is_a_gap() {
    for place in [TCC, CLIENTS, EFFECTIVE, GLOBAL] {
        let mut backup = Backup::social("17.5.1");
        backup.without_payload(place);
        let seen = any(&backup);
        assert_eq!(seen.code, Some(3), "{place:?}: {seen:?}");
        let area = place.1.rsplit('/').next().unwrap();
        assert!(!seen.gaps_of(area).is_empty(), "{place:?}: {:#?}", seen.list("gaps"));
        if place == TCC {
            assert_nothing_of_tcc(&seen);
        } else {
            assert_read(&seen);
        }
    }
    // A payload of nothing is no database without rows.
    let mut backup = Backup::social("17.5.1");
    backup.payload(TCC, Vec::new());
    let seen = any(&backup);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert!(!seen.gaps_of("TCC.db").is_empty(), "{seen:?}");
}

/// Only `finished` is whole.
#[test]
fn trap_17_an_unfinished_backup_is_read_with_a_warning() {
    for state in ["uploading", "moving", "removing", "new"] {
        let mut backup = Backup::social("18.2");
        backup.status.as_mut().unwrap().insert("SnapshotState".into(), text(state));
        let seen = any(&backup);
        assert_eq!(seen.code, Some(3), "{seen:?}");
        assert_read(&seen);
        seen.assert_gap("Status.plist", "truncated");
        assert!(!seen.stderr.is_empty(), "no warning");
    }
}

/// Folders and links of the phone have rows, and no payload.
#[test]
fn trap_18_only_files_are_looked_for() {
    let mut backup = Backup::social("17.5.1");
    backup.without(TCC);
    let mut folder = row(&file_id(TCC.0, TCC.1), Some(TCC.0), Some(TCC.1), Some(Backup::mbfile(TCC.1, 0)));
    folder.flags = Some(2);
    backup.extra_rows.push(folder);
    let seen = any(&backup);
    seen.assert_calm("a folder");
    assert!(!seen.gaps_of("TCC.db").is_empty(), "{seen:?}");
    assert_nothing_of_tcc(&seen);
}

/// The same path stands in several domains, and not every index is indexed.
#[test]
fn trap_19_files_are_found_by_domain_and_path() {
    let mut decoy = Backup::social("17.5.1");
    for service in ["Camera", "Microphone", "AddressBook", "Photos"] {
        for app in [TIKTOK, INSTAGRAM, WHATSAPP, X, SIGNAL] {
            decoy.tcc.allow(app, service, 2);
        }
    }
    for index in [Index::Database, Index::WithoutIndexes] {
        let mut backup = Backup::social("17.5.1");
        backup.index = index;
        backup.file_at("AppDomain-com.example.evil", TCC.1, decoy.tcc.bytes().0);
        backup.file_at("AARootDomain", TCC.1, decoy.tcc.bytes().0);
        let seen = whole(&backup);
        assert_read(&seen);
        assert!(is_off(seen.level(SIGNAL, "camera")));
    }
}

/// Two names that differ by case only are two files.
#[test]
fn trap_20_twins_by_case_are_two_files() {
    assert_ne!(file_id(SPRINGBOARD.0, SPRINGBOARD.1), file_id(SPRINGBOARD_TWIN.0, SPRINGBOARD_TWIN.1));
    let mut backup = Backup::social("17.5.1");
    let twin: Place = ("HomeDomain", "Library/Preferences/com.apple.MobileSafari.plist");
    backup.plist(twin, dict([("PasscodeIsAvailable", false.into())]));
    let lower: Place = ("HomeDomain", "Library/Tcc/tcc.db");
    backup.file(lower, b"not the one".to_vec());
    let seen = whole(&backup);
    assert_read(&seen);
    assert_eq!(seen.setting("screen-lock"), true);
}

/// One tool writes no `Info.plist`, another a part of it.
#[test]
fn trap_21_the_apps_are_known_without_info_plist() {
    let mut none = Backup::social("17.5.1");
    none.info = None;
    let mut partial = Backup::social("17.5.1");
    partial.info = Some(dict([("Product Version", text("17.5.1")), ("Unique Identifier", text(personal::UDID))]));
    let mut empty = Backup::social("17.5.1");
    empty.info = Some(dict([]));
    for backup in [none, partial, empty] {
        let seen = any(&backup);
        assert_eq!(seen.people(), [X, INSTAGRAM, TIKTOK, WHATSAPP, SIGNAL], "{seen:?}");
        assert_read(&seen);
        assert_eq!(seen.value["device"]["os_version"], "17.5.1");
        // A computer that lists no apps is no damage of the phone's evidence.
        assert_eq!(seen.code, Some(0), "{:#?}", seen.list("gaps"));
    }
}

/// App groups, plug-ins and containers of the system stand among the apps.
#[test]
fn trap_22_containers_are_no_apps() {
    let mut backup = Backup::social("17.5.1");
    backup.info = None;
    let applications = member(&mut backup.manifest, "Applications");
    for (id, class) in [
        ("systemgroup.com.apple.media", "Shared/SystemGroup"),
        ("com.apple.geod", "Data/System"),
        ("243LU875E5.groups.com.apple.podcasts", "Shared/AppGroup"),
    ] {
        let entry = dict([("CFBundleIdentifier", text(id)), ("ContainerContentClass", text(class))]);
        applications.insert(id.into(), entry.into());
    }
    let seen = any(&backup);
    assert_eq!(seen.people(), [X, INSTAGRAM, TIKTOK, WHATSAPP, SIGNAL]);
}

/// A folder may hold several backups, under every form of name.
#[test]
fn trap_23_every_backup_of_a_folder_is_read() {
    let room = Room::new();
    let names = [
        "00008110-000A11CE0DDBA115",
        "00008110-000A11CE0DDBA115-20260528-120000",
        "00008110000a11ce0ddba115",
        "a11ce00000000000000000000000000000ddba11",
        "A11CE00000000000000000000000000000DDBA12",
    ];
    let mut backup = Backup::social("17.5.1");
    for name in names {
        backup.folder = name.into();
        backup.write(&room.backups());
    }
    std::fs::write(room.backups().join(".DS_Store"), "x").unwrap();
    let seen = room.snapshot_of(&room.backups(), &[]);
    assert_eq!(seen.code, Some(0), "{seen:?}");
    let lines: Vec<serde_json::Value> = seen.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), names.len());
    for line in &lines {
        assert_eq!(line["source"]["kind"], "ios-backup");
    }
}

// ---- TCC ------------------------------------------------------------------------------------------------------------

/// The columns tell the form, not the version of iOS.
#[test]
fn trap_24_the_form_of_tcc_is_told_by_its_columns() {
    use crate::common_ios::stores::Schema;
    for (ios, schema) in
        [("12.5.7", Schema::Ios14), ("13.7", Schema::Ios27), ("17.5.1", Schema::Ios12), ("27.0", Schema::Ios11)]
    {
        let mut backup = Backup::social(ios);
        backup.tcc.schema = schema;
        let seen = whole(&backup);
        seen.assert_level(TIKTOK, "camera", "while-in-use");
        seen.assert_level(WHATSAPP, "camera", "denied");
    }
    // A later version with a column that nobody knows.
    let mut backup = Backup::social("27.0");
    backup.tcc.version = Some(99);
    backup.tcc.also = "ALTER TABLE access ADD COLUMN from_the_future TEXT".into();
    assert_read(&whole(&backup));
}

/// No row is "never asked", and no refusal.
#[test]
fn trap_25_no_row_is_no_refusal() {
    let seen = whole(&Backup::social("17.5.1"));
    for permission in ["camera", "microphone", "contacts", "photos", "tracking"] {
        assert_eq!(seen.level(SIGNAL, permission), "none");
        if let Some(grant) = seen.grant(SIGNAL, permission) {
            assert_eq!(grant["because"]["code"], "no-row", "{grant}");
            assert_ne!(grant["state"], "refused-by-person", "{grant}");
        }
    }
    assert_eq!(seen.because(WHATSAPP, "camera"), "refused-by-person");
}

/// A number that is not zero is not "allowed".
#[test]
fn trap_26_each_value_means_what_it_means() {
    let mut backup = Backup::social("18.2");
    backup.tcc.allow(SIGNAL, "AddressBook", 1);
    backup.tcc.allow(SIGNAL, "Microphone", 9);
    backup.tcc.allow(SIGNAL, "Camera", 5);
    let seen = any(&backup);
    assert_eq!(seen.level(SIGNAL, "contacts"), "none");
    assert!(seen.grant(SIGNAL, "microphone").is_none(), "9 is no answer");
    assert!(seen.is_unknown(SIGNAL, "microphone", "TCC.db"), "9 is counted: {:#?}", seen.list("gaps"));
    seen.assert_level(SIGNAL, "camera", "ask");
    seen.assert_level(INSTAGRAM, "photos", "limited");
    assert_eq!(seen.because(INSTAGRAM, "photos"), "selected-only");
    seen.assert_level(INSTAGRAM, "contacts", "limited");
    assert_eq!(seen.because(INSTAGRAM, "contacts"), "selected-contacts-only");
    seen.assert_level(WHATSAPP, "calendar", "limited");
    assert_eq!(seen.because(WHATSAPP, "calendar"), "write-only");
}

/// 2 is protection, 0 is tracking.
#[test]
fn trap_27_the_protection_against_tracking_is_no_permission_to_track() {
    let plain = whole(&Backup::social("17.5.1"));
    for value in [0, 2] {
        let mut backup = Backup::social("17.5.1");
        for client in [TIKTOK, SIGNAL, "com.apple.mobilesafari"] {
            backup.tcc.reasoned(client, "WebKitIntelligentTrackingPrevention", value, 5);
        }
        let seen = whole(&backup);
        for app in [TIKTOK, SIGNAL, X] {
            assert_eq!(seen.level(app, "tracking"), plain.level(app, "tracking"), "{app}, {value}");
        }
    }
}

/// A service in `access_overrides` is off for every app.
#[test]
fn trap_28_a_service_that_is_off_for_all_is_off() {
    let mut backup = Backup::social("17.5.1");
    backup.tcc.overrides.push("kTCCServiceUserTracking".into());
    backup.switch("forceLimitAdTracking", true);
    let seen = whole(&backup);
    seen.assert_level(TIKTOK, "tracking", "denied");
    assert_eq!(seen.because(TIKTOK, "tracking"), "off-for-all-apps");
    seen.assert_level(TIKTOK, "camera", "while-in-use");
    whole(&Backup::social("17.5.1")).assert_level(TIKTOK, "tracking", "always");
}

/// CloudKit and iCloud Drive ask nobody.
#[test]
fn trap_29_what_asks_nobody_is_no_grant() {
    let plain = whole(&Backup::social("17.5.1")).grants();
    let mut backup = Backup::social("17.5.1");
    backup.tcc.reasoned(SIGNAL, "Liverpool", 2, 4);
    backup.tcc.reasoned(SIGNAL, "Ubiquity", 2, 4);
    assert_eq!(whole(&backup).grants(), plain);
}

/// The reasons of the system, of policy and of device management are no decision of the person.
#[test]
fn trap_30_who_decided_is_told() {
    for (reason, by) in [(2, "user"), (3, "user"), (6, "policy")] {
        let mut backup = Backup::social("17.5.1");
        backup.tcc.reasoned(SIGNAL, "Camera", 2, reason);
        assert_eq!(whole(&backup).field(SIGNAL, "camera", "decided_by"), by, "{reason}");
    }
    for reason in [4, 5, 7, 11] {
        let mut backup = Backup::social("17.5.1");
        backup.tcc.reasoned(SIGNAL, "Camera", 2, reason);
        backup.tcc.reasoned(SIGNAL, "Microphone", 0, reason);
        let seen = whole(&backup);
        for permission in ["camera", "microphone"] {
            assert_ne!(seen.field(SIGNAL, permission, "decided_by"), "user", "{reason}");
            let state = seen.field(SIGNAL, permission, "state").as_str().unwrap();
            assert!(!state.ends_with("by-person"), "{reason}: {state}");
        }
    }
}

/// The update to iOS 17 made old calendar grants write-only, and wrote its own time.
#[test]
fn trap_31_times_of_an_update_are_no_decisions() {
    let mut backup = Backup::social("17.5.1");
    backup.tcc.reasoned(SIGNAL, "Calendar", 4, 4);
    let seen = whole(&backup);
    seen.assert_level(SIGNAL, "calendar", "limited");
    assert_eq!(seen.because(SIGNAL, "calendar"), "narrowed-by-update");
    assert!(seen.field(SIGNAL, "calendar", "changed_at").is_null());
    // The update to iOS 12 or 13 gave every row one and the same time.
    let mut backup = Backup::social("13.7");
    for row in &mut backup.tcc.rows {
        row.changed = common_ios::stores::ANSWERED;
    }
    let seen = whole(&backup);
    assert!(seen.field(TIKTOK, "camera", "changed_at").is_null(), "{:#?}", seen.grant(TIKTOK, "camera"));
}

/// Changed is not used; one store counts from 1970, the other from 2001.
#[test]
fn trap_32_changes_are_no_uses() {
    let mut backup = Backup::social("17.5.1");
    backup.tcc.allow(SIGNAL, "Camera", 2).changed = 1_700_000_000;
    let seen = whole(&backup);
    assert_moment(seen.field(SIGNAL, "camera", "changed_at"), 1_700_000_000);
    for ((app, permission), _) in seen.grants() {
        if !permission.starts_with("location") {
            assert!(seen.field(&app, &permission, "last_used").is_null(), "{app}: {permission}");
        }
    }
    assert_moment(&seen.field(TIKTOK, "location", "last_used")["at"], backup.now - 7200);
}

fn assert_moment(value: &serde_json::Value, seconds: i64) {
    let moment: jiff::Timestamp = value.as_str().unwrap_or_else(|| panic!("{value} is no time")).parse().unwrap();
    assert_eq!(moment.as_second(), seconds);
}

/// Paths, extensions, watch apps and removed apps are counted, and are no app.
#[test]
fn trap_33_other_clients_are_counted() {
    let mut backup = Backup::social("17.5.1");
    backup.tcc.allow("/usr/libexec/somed", "Camera", 2).client_type = 1;
    backup.tcc.allow("com.apple.somed", "Microphone", 2);
    backup.tcc.allow(&format!("{TIKTOK}.ShareExtension"), "Photos", 2);
    backup.tcc.allow(&format!("{TIKTOK}.watchkitapp"), "Motion", 2);
    backup.tcc.allow("com.example.removed", "Photos", 2);
    let before = whole(&Backup::social("17.5.1")).value["other_clients"].clone();
    let seen = whole(&backup);
    // locationd has clients of the system on every phone.
    for (kind, more) in [("system", 2), ("extensions", 2), ("removed", 1)] {
        let count = |value: &serde_json::Value| value[kind].as_u64().unwrap_or(0);
        assert_eq!(count(&seen.value["other_clients"]), count(&before) + more, "{kind}");
    }
    assert_eq!(seen.people(), [X, INSTAGRAM, TIKTOK, WHATSAPP, SIGNAL]);
    // A row of the watch app is none of the app.
    assert!(is_off(seen.level(TIKTOK, "motion")));
}

/// Location, notifications, background refresh and the local network stand elsewhere.
#[test]
fn trap_34_what_is_not_in_tcc_is_not_looked_for_there() {
    let mut backup = Backup::social("17.5.1");
    backup.without(CLIENTS);
    let seen = any(&backup);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert!(!seen.gaps_of("clients.plist").is_empty(), "{:#?}", seen.list("gaps"));
    for permission in ["location", "location-precise", "location-background"] {
        assert!(seen.grant(TIKTOK, permission).is_none(), "{permission} out of nothing");
    }
    assert_read(&seen);
    let whole = whole(&Backup::social("17.5.1"));
    whole.assert_level(TIKTOK, "location", "always");
    whole.assert_level(TIKTOK, "location-background", "always");
    whole.assert_level(TIKTOK, "notifications", "always");
    whole.assert_level(TIKTOK, "local-network", "always");
    assert!(whole.has_gap("health", "encrypted-only") || whole.has_gap("healthdb.sqlite", "encrypted-only"));
}

/// Health has its store in encrypted backups only.
#[test]
fn trap_34_health_is_asked_of_its_own_store() {
    let mut backup = encrypted("17.5.1");
    backup.health.push(SIGNAL.into());
    let seen = opened_whole(&backup);
    // That it asked is known, and what was answered is not: no grant that is on, and a word on it.
    assert!(is_off(seen.level(SIGNAL, "health")), "{:#?}", seen.grant(SIGNAL, "health"));
    assert!(seen.stdout.contains("health-asked"), "{:#?}", seen.list("gaps"));
    assert_ne!(seen.grant(SIGNAL, "health").map(|grant| &grant["because"]["code"]), Some(&"no-row".into()));
    assert!(!seen.list("gaps").iter().any(|gap| gap["reason"] == "encrypted-only"), "{:#?}", seen.list("gaps"));
}

/// "All photos", "some" and "add only" come from two rows together.
#[test]
fn trap_35_photos_are_judged_as_a_pair() {
    let mut backup = Backup::social("17.5.1");
    backup.tcc.allow(SIGNAL, "PhotosAdd", 2);
    let seen = whole(&backup);
    // Refused to see, allowed to add.
    seen.assert_level(WHATSAPP, "photos", "denied");
    seen.assert_level(WHATSAPP, "photos-add", "always");
    // Allowed to add, never asked to see: no refusal, and no sight.
    assert_eq!(seen.level(SIGNAL, "photos"), "none");
    seen.assert_level(SIGNAL, "photos-add", "always");
    seen.assert_level(TIKTOK, "photos", "always");
}

/// A grant for once is over when the backup is made: that there is none proves nothing.
#[test]
fn trap_36_no_row_proves_no_refusal_and_no_abstinence() {
    let mut backup = Backup::social("17.5.1");
    backup.client(SIGNAL, client(0));
    let seen = whole(&backup);
    let level = seen.level(SIGNAL, "location");
    assert!(matches!(level, "ask" | "none"), "{level}");
    assert_ne!(seen.field(SIGNAL, "location", "state"), "refused-by-person");
    if let Some(grant) = seen.grant(SIGNAL, "camera") {
        assert_eq!(grant["because"]["code"], "no-row", "{grant}");
    }
}

// ---- location -------------------------------------------------------------------------------------------------------

/// One letter for the type, the anchor, a colon; and bundle ids may begin with that letter.
#[test]
fn trap_37_keys_of_clients_lose_their_letter_and_no_more() {
    const IMGUR: &str = "imgurmobile";
    for (ios, key) in
        [("16.5", IMGUR.to_owned()), ("17.5.1", format!("i{IMGUR}:")), ("27.0", format!("mobile:i{IMGUR}:"))]
    {
        for named in [true, false] {
            let mut backup = Backup::social(ios);
            backup.app(IMGUR, "Imgur", "Imgur", "Photo & Video");
            let mut entry = client(2);
            if named {
                entry.insert("BundleId".into(), text(IMGUR));
            }
            backup.clients.insert(key.clone(), entry.into());
            let seen = whole(&backup);
            seen.assert_level(IMGUR, "location", "while-in-use");
        }
    }
    // The old form of the key in a newer version, and the newer one without `BundleId`.
    let mut backup = Backup::social("17.5.1");
    backup.clients = dict([(TIKTOK, client(1).into()), (format!("i{SIGNAL}:").as_str(), client(4).into())]);
    let seen = whole(&backup);
    seen.assert_level(TIKTOK, "location", "denied");
    seen.assert_level(SIGNAL, "location", "always");
}

/// 1 is precise, 2 is approximate.
#[test]
fn trap_38_precise_and_approximate_are_not_yes_and_no() {
    let seen = whole(&Backup::social("17.5.1"));
    seen.assert_level(TIKTOK, "location-precise", "always");
    seen.assert_level(INSTAGRAM, "location-precise", "limited");
    assert_eq!(seen.because(INSTAGRAM, "location-precise"), "approximate-only");
    seen.assert_level(X, "location-precise", "always");
    assert_eq!(seen.because(X, "location-precise"), "precise-by-default");
    assert!(is_off(seen.level(WHATSAPP, "location-precise")));
}

/// While using, with a mark: at any time until the person is asked again.
#[test]
fn trap_39_a_provisional_grant_is_one_at_any_time() {
    let seen = whole(&Backup::social("17.5.1"));
    seen.assert_level(X, "location", "always");
    assert_eq!(seen.because(X, "location"), "provisional-always");
    seen.assert_level(X, "location-background", "always");
    seen.assert_level(INSTAGRAM, "location", "while-in-use");
    assert_eq!(seen.because(INSTAGRAM, "location"), "while-in-use-or-widgets");
    assert!(is_off(seen.level(INSTAGRAM, "location-background")));
}

/// Entries that are numbers, and clients without an answer.
#[test]
fn trap_40_odd_entries_of_the_clients_hold_nothing_up() {
    let mut backup = Backup::social("17.5.1");
    backup.clients.insert("icom.example.number:".into(), 5.into());
    backup.clients.insert("icom.example.text:".into(), text("x"));
    backup.clients.insert(":".into(), client(2).into());
    backup.clients.insert(String::new(), client(2).into());
    let seen = any(&backup);
    seen.assert_calm("odd entries");
    seen.assert_level(TIKTOK, "location", "always");
    assert_eq!(seen.level(SIGNAL, "location"), "none");
    // A number that nobody knows is no grant.
    let mut backup = Backup::social("17.5.1");
    backup.client(SIGNAL, client(3));
    let seen = any(&backup);
    assert!(seen.grant(SIGNAL, "location").is_none_or(|grant| is_off(grant["level"].as_str().unwrap())));
    assert!(seen.is_unknown(SIGNAL, "location", "clients.plist"), "3 is counted: {:#?}", seen.list("gaps"));
}

/// With the main switch off the entries stand and do nothing.
#[test]
fn trap_41_the_main_switch_makes_every_entry_idle() {
    let mut backup = Backup::social("17.5.1");
    backup.set(LOCATION, "LocationServicesEnabledIn8.0", false.into());
    let seen = whole(&backup);
    assert_eq!(seen.value["switches"]["location"], false);
    assert_eq!(seen.setting("location-master"), false);
    seen.assert_level(TIKTOK, "location", "always");
    assert_eq!(seen.field(TIKTOK, "location", "inert"), "main-switch-off");
    assert!(seen.field(TIKTOK, "camera", "inert").is_null());
    // iOS 27 keeps it elsewhere.
    let mut backup = Backup::social("27.0");
    backup.unset(LOCATION, "LocationServicesEnabledIn8.0");
    backup.set(common_ios::ROUTINE, "RTAuthorizationManagerCachedLocationServicesEnabled", false.into());
    assert_eq!(whole(&backup).value["switches"]["location"], false);
    assert_eq!(whole(&Backup::social("17.5.1")).value["switches"]["location"], true);
}

/// Times of use are absent, zero, negative; a beginning without an end is a use that goes on.
#[test]
fn trap_42_times_of_location_may_be_no_times() {
    for stopped in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, -1e300] {
        let mut backup = Backup::social("17.5.1");
        let mut entry = client(2);
        entry.insert("LocationTimeStopped".into(), stopped.into());
        backup.client(SIGNAL, entry);
        let seen = any(&backup);
        seen.assert_calm("a time that is none");
        assert!(seen.field(SIGNAL, "location", "last_used").is_null(), "{stopped}");
    }
    let mut backup = Backup::social("17.5.1");
    let mut entry = client(2);
    entry.insert("LocationTimeStarted".into(), plists::mac(backup.now - 60));
    backup.client(SIGNAL, entry);
    let seen = whole(&backup);
    let at = seen.field(SIGNAL, "location", "last_used")["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!((backup.now - 60..=backup.now).contains(&at.as_second()), "{at}");
}

// ---- other switches -------------------------------------------------------------------------------------------------

/// Background refresh: absent is allowed.
#[test]
fn trap_43_background_refresh_is_on_where_nobody_said_no() {
    let seen = whole(&Backup::social("17.5.1"));
    seen.assert_level(INSTAGRAM, "background-activity", "denied");
    assert_eq!(seen.because(INSTAGRAM, "background-activity"), "switched-off");
    for app in [TIKTOK, WHATSAPP] {
        assert_ne!(seen.level(app, "background-activity"), "denied", "{app}");
    }
    assert_eq!(seen.because(TIKTOK, "background-activity"), "on-by-default");
    // Without the file nothing is known.
    let mut backup = Backup::social("17.5.1");
    backup.without(REFRESH);
    assert_ne!(any(&backup).level(TIKTOK, "background-activity"), "denied");
}

/// The rule for everything is no app, and a rule that nobody answered is no answer.
#[test]
fn trap_44_only_answered_rules_of_the_local_network_count() {
    let mut backup = Backup::social("17.5.1");
    backup.rules.push(Rule { identifier: SIGNAL.into(), deny: false, answered: false });
    let seen = whole(&backup);
    seen.assert_level(TIKTOK, "local-network", "always");
    seen.assert_level(INSTAGRAM, "local-network", "denied");
    assert_eq!(seen.level(X, "local-network"), "none");
    assert_eq!(seen.level(SIGNAL, "local-network"), "none");
    assert_eq!(seen.level(WHATSAPP, "local-network"), "none");
    assert!(!seen.stdout.contains("PathRuleDefault"));
}

/// Quiet notifications came without a question.
#[test]
fn trap_45_provisional_notifications_are_quiet() {
    let mut backup = Backup::social("17.5.1");
    backup.sections.insert(SIGNAL.into(), Section::of(7));
    let seen = any(&backup);
    seen.assert_level(INSTAGRAM, "notifications", "limited");
    assert_eq!(seen.because(INSTAGRAM, "notifications"), "delivered-quietly");
    assert_ne!(seen.field(INSTAGRAM, "notifications", "decided_by"), "user");
    seen.assert_level(TIKTOK, "notifications", "always");
    seen.assert_level(WHATSAPP, "notifications", "denied");
    assert!(is_off(seen.level(SIGNAL, "notifications")), "7 is no answer");
}

/// Dozens of defaults are listed on every phone.
#[test]
fn trap_46_a_listed_restriction_is_none() {
    let seen = whole(&Backup::social("17.5.1"));
    assert_ne!(seen.setting("managed-device"), true);
    assert_ne!(seen.setting("app-blocklist"), true);
    assert_ne!(seen.setting("camera-mic-policy"), true);
    assert!(seen.value["management"]["mdm"].is_null());
    let mut backup = Backup::social("17.5.1");
    backup.effective_union.insert("blockedAppBundleIDs".into(), vec![TIKTOK.into()]);
    backup.forced.push(("A profile".into(), plists::union("blockedAppBundleIDs", &[TIKTOK])));
    assert_eq!(whole(&backup).setting("app-blocklist"), true);
}

/// Seconds here, minutes in the payload of device management.
#[test]
fn trap_47_delays_are_seconds() {
    let mut backup = Backup::social("17.5.1");
    backup.own_delay = 60;
    backup.value("maxGracePeriod", 300).value("maxInactivity", 60);
    assert_eq!(whole(&backup).setting("lock-delay"), 360);
    backup.own_delay = 120;
    backup.value("maxGracePeriod", 0).value("maxInactivity", 120);
    assert_eq!(whole(&backup).setting("lock-delay"), 120);
}

/// Carriers ship hidden profiles.
#[test]
fn trap_48_a_hidden_carrier_profile_is_no_management() {
    let mut backup = Backup::social("17.5.1");
    backup.profiles.push(Profile::carrier());
    let seen = whole(&backup);
    assert!(seen.value["management"]["mdm"].is_null());
    assert_eq!(seen.setting("managed-device"), false);
    let profiles = seen.list("config_profiles");
    assert_eq!(profiles.len(), 1);
    assert_eq!(profiles[0]["hidden"], true);
    assert_eq!(profiles[0]["payloads"], serde_json::json!(["com.apple.wifi.managed"]));
    backup.profiles.push(Profile::new(
        "com.example.vpn",
        "Free VPN",
        "Nobody Ltd",
        &["com.apple.vpn.managed", "com.apple.security.root"],
    ));
    let seen = whole(&backup);
    let shown: Vec<_> = seen.list("config_profiles").iter().filter(|profile| profile["hidden"] != true).collect();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["id"], "com.example.vpn");
    assert_eq!(shown[0]["payloads"], serde_json::json!(["com.apple.security.root", "com.apple.vpn.managed"]));
}

/// Device management is one thing, supervision another.
#[test]
fn trap_49_management_and_supervision_are_two_things() {
    let mut supervised = Backup::social("17.5.1");
    supervised.set(CLOUD, "IsSupervised", true.into());
    let seen = whole(&supervised);
    assert_eq!(seen.value["management"]["supervised"], true);
    assert!(seen.value["management"]["mdm"].is_null());
    let mut by_file = Backup::social("17.5.1");
    by_file.plist(
        MDM,
        dict([
            ("AccessRights", 8191.into()),
            ("CheckInURL", text("https://mdm.example.org/checkin?token=planted-token-4711")),
            ("ManagingProfileIdentifier", text("com.example.mdm")),
            ("ServerURL", text("https://mdm.example.org/server?token=planted-token-4711")),
            ("Topic", text("com.apple.mgmt.External.example")),
        ]),
    );
    let seen = whole(&by_file);
    assert_eq!(seen.value["management"]["mdm"]["server"], "mdm.example.org");
    assert_eq!(seen.value["management"]["mdm"]["access_rights"], 8191);
    assert_eq!(seen.setting("managed-device"), true);
    assert_ne!(seen.value["management"]["supervised"], true);
    assert!(!seen.stdout.contains("4711"));
    let mut by_payload = Backup::social("17.5.1");
    by_payload.profiles.push(Profile::new("com.example.mdm", "Enrolment", "Example", &["com.apple.mdm"]));
    let seen = whole(&by_payload);
    assert_eq!(seen.setting("managed-device"), true);
    assert!(!seen.value["management"]["mdm"].is_null());
}

/// Some tools write `false` for a phone with a passcode.
#[test]
fn trap_50_the_passcode_is_asked_of_two_witnesses() {
    let mut backup = Backup::social("17.5.1");
    backup.manifest.insert("WasPasscodeSet".into(), false.into());
    assert_ne!(any(&backup).setting("screen-lock"), false, "the witnesses disagree");
    backup.set(SAFARI, "PasscodeIsAvailable", false.into());
    backup.unset(GLOBAL, "ApplePasscodeKeyboards");
    assert_eq!(whole(&backup).setting("screen-lock"), false);
    assert_eq!(whole(&Backup::social("17.5.1")).setting("screen-lock"), true);
}

/// `Info.plist` is the computer's, `Manifest.plist` the phone's.
#[test]
fn trap_51_the_version_is_the_phones_own() {
    let mut backup = Backup::social("17.5.1");
    let info = backup.info.as_mut().unwrap();
    info.insert("Product Version".into(), text("14.3"));
    info.insert("Build Version".into(), text("18C66"));
    let seen = any(&backup);
    assert_eq!(seen.value["device"]["os_version"], "17.5.1");
    assert_eq!(seen.value["device"]["build"], backup.build.as_str());
    assert!(!seen.gaps_of("Info.plist").is_empty() || !seen.stderr.is_empty(), "no word on the mismatch");
    assert_read(&seen);
}

/// Before iOS 16 there is no Lockdown Mode; after it, absent is off.
#[test]
fn trap_52_lockdown_mode_before_ios_16_is_not_off() {
    let old = whole(&Backup::social("15.8"));
    assert!(old.setting("lockdown-mode").is_null());
    old.assert_gap("lockdown-mode", "not-supported");
    assert_eq!(whole(&Backup::social("17.5.1")).setting("lockdown-mode"), false);
    let mut backup = Backup::social("17.5.1");
    backup.unset(GLOBAL, "LDMGlobalEnabled");
    assert_eq!(whole(&backup).setting("lockdown-mode"), false);
    backup.set(GLOBAL, "LDMGlobalEnabled", true.into());
    assert_eq!(whole(&backup).setting("lockdown-mode"), true);
    // Without the file nobody knows.
    backup.without(GLOBAL);
    assert!(any(&backup).setting("lockdown-mode").is_null());
}

/// What no backup tells has no value.
#[test]
fn trap_53_unknown_stays_unknown() {
    let seen = whole(&Backup::social("17.5.1"));
    for check in
        ["developer-options", "default-sms", "privacy-report", "location-scanning", "play-protect", "verified-boot"]
    {
        assert!(seen.setting(check).is_null(), "{check}: {}", seen.setting(check));
    }
    // Find My is told by its own file, and by nothing else.
    assert_eq!(seen.setting("find-my"), true);
    let mut backup = Backup::social("17.5.1");
    backup.set(FIND_MY, "fmipActive", false.into());
    assert_eq!(whole(&backup).setting("find-my"), false);
    backup.without(FIND_MY);
    assert!(any(&backup).setting("find-my").is_null());
    backup.without(EFFECTIVE);
    for check in ["lock-delay", "diagnostics", "host-pairing", "usb-accessories"] {
        assert!(any(&backup).setting(check).is_null(), "{check}");
    }
}

// ---- output and people ----------------------------------------------------------------------------------------------

/// The report will be e-mailed.
#[test]
fn trap_54_nothing_personal_is_printed() {
    let room = Room::new();
    let root = Backup::social("17.5.1").write(&room.backups()).display().to_string();
    for words in [
        vec!["snapshot", &root, "--all-apps"],
        vec!["audit", &root, "--format", "table"],
        vec!["audit", &root, "--format", "json"],
    ] {
        let seen = room.run(&words);
        assert!(matches!(seen.code, Some(0 | 1)), "{words:?}: {seen:?}");
        assert!(seen.stdout.len() > 200, "{words:?}: there is no report");
        for secret in personal::SECRETS.iter().chain([&personal::UDID]) {
            assert!(!seen.stdout.contains(secret) && !seen.stderr.contains(secret), "{words:?}: {secret}: {seen:?}");
        }
    }
}

/// People need the words of Settings and the way there.
#[test]
fn trap_55_findings_say_where_to_change_it() {
    let room = Room::new();
    let root = Backup::social("17.5.1").write(&room.backups()).display().to_string();
    let seen = room.run(&["audit", &root, "--profile", "precautionary", "--format", "json"]);
    assert_eq!(seen.code, Some(1), "{seen:?}");
    let failing: Vec<_> = seen
        .list("findings")
        .iter()
        .filter(|finding| finding["verdict"] == "fail" && !finding["permission"].is_null())
        .collect();
    assert!(!failing.is_empty());
    for finding in failing {
        assert!(finding["remediation"].to_string().contains("Settings > "), "{finding}");
    }
    assert!(!seen.stdout.contains("\"title\":\"kTCC"));
}

/// Permissions may have changed since: the date of the backup stands at the head.
#[test]
fn trap_56_the_date_of_the_backup_stands_first() {
    let room = Room::new();
    let backup = Backup::social("17.5.1");
    let root = backup.write(&room.backups()).display().to_string();
    let seen = room.run(&["audit", &root, "--format", "table"]);
    let head: Vec<&str> = seen.stdout.lines().take(8).collect();
    assert!(head.iter().any(|line| line.contains("2026-05-28")), "{head:#?}");
    assert_moment(&room.run(&["snapshot", &root]).value["taken_at"], backup.now);
    // The computer's date is no witness where the phone's own is there.
    let mut backup = Backup::social("17.5.1");
    backup.info.as_mut().unwrap().insert("Last Backup Date".into(), date(1_900_000_000));
    assert_moment(&any(&backup).value["taken_at"], backup.now);
    backup.set(BACKUP_SETTINGS, "LastiTunesBackupDate", 1.into());
    assert_moment(&any(&backup).value["taken_at"], backup.now);
}

/// Bundle ids are not names.
#[test]
fn trap_57_the_catalogue_knows_bundle_ids() {
    let mut backup = Backup::new("17.5.1");
    let known = [
        (X, "x-twitter"),
        (TIKTOK, "tiktok"),
        ("com.toyopagroup.picaboo", "snapchat"),
        ("ph.telegra.Telegraph", "telegram"),
        ("pinterest", "pinterest"),
        ("com.burbn.barcelona", "threads"),
    ];
    for (bundle, slug) in known {
        backup.app(bundle, slug, "Somebody", "News");
    }
    backup.app("com.example.unknown", "Unknown", "Somebody", "News");
    let room = Room::new();
    let seen = room.snapshot(&backup, &[]);
    for (bundle, slug) in known {
        assert_eq!(seen.app(bundle)["slug"], slug, "{bundle}");
        assert_eq!(seen.app(bundle)["source"], "app-store", "{bundle}");
    }
    assert!(!seen.stdout.contains("com.example.unknown"), "only apps of the catalogue are named");
    // Safari may be counted beside it.
    assert!(matches!(seen.value["other_apps"]["0"].as_u64(), Some(1 | 2)), "{}", seen.value["other_apps"]);
}

/// Formats are facts; the code of others stays with them.
#[test]
fn trap_58_no_copyleft_reader_is_linked() {
    let lock = include_str!("../../Cargo.lock");
    for name in ["crabapple", "idevice", "pyiosbackup", "mvt"] {
        assert!(!lock.contains(&format!("name = \"{name}\"")), "{name}");
    }
}
