//! iOS backups by whole commands: every form of them, every way to give a password, samples of others, hostile files, and
//! nothing personal in any output.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::skip::corpus;
use crate::common_ios;
use crate::common_ios::look::{Room, Seen, any, state_of, whole};
use crate::common_ios::plists::{Configuration, Profile, binary, bomb, dict, text};
use crate::common_ios::stores::Schema;
use crate::common_ios::{
    Backup, CLIENTS, EFFECTIVE, FIND_MY, GLOBAL, INSTAGRAM, Index, MDM, NETWORK, Place, REGISTRY, SECTIONS, SIGNAL,
    TCC, TIKTOK, TRUST, WHATSAPP, X, personal,
};
use serde_json::Value;

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

/// Writes the backups that other programs are asked about (`tests/compare_mvt.py`), into the folder `POUCET_WRITE_BACKUPS`.
#[test]
#[ignore = "writes a folder of backups for tests/compare_mvt.py"]
fn backups_for_other_programs() {
    let parent = std::path::PathBuf::from(
        std::env::var_os("POUCET_WRITE_BACKUPS").expect("POUCET_WRITE_BACKUPS names a folder"),
    );
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

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The backup with its password, by the environment.
fn opened(room: &Room, root: &Path, password: &str, arguments: &[&str]) -> Seen {
    let path = root.display().to_string();
    let words: Vec<&str> = ["snapshot", path.as_str()].into_iter().chain(arguments.iter().copied()).collect();
    Seen::of(room.command(&words).env("POUCET_BACKUP_PASSWORD", password))
}

// ---- (a) both platforms -----------------------------------------------------------------------------------------------

#[test]
fn an_app_is_judged_by_the_same_rules_on_both_platforms() {
    let room = Room::new();
    let (android, ios) = (fixture("android-14"), fixture("ios-17"));
    let seen = room.run(&["audit", &android, &ios, "--format", "json"]);
    // The Android fixture has gaps of its own.
    assert!(matches!(seen.code, Some(1 | 3)), "{seen:?}");
    let reports = seen.value.as_array().expect("two reports");
    let of = |platform: &str| reports.iter().find(|report| report["device"]["platform"] == platform).unwrap();
    let codes = |report: &Value, name: &str| -> BTreeSet<String> {
        let findings = report["findings"].as_array().unwrap().iter();
        let mine = findings.filter(|finding| finding["app"]["name"] == name && finding["verdict"] != "not-applicable");
        mine.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    };
    for name in ["TikTok", "Instagram", "WhatsApp"] {
        let (android, ios) = (codes(of("android"), name), codes(of("ios"), name));
        // Contacts are a messenger's business.
        let codes = ["store-only", "no-background-location", "approximate", "contacts"];
        for code in codes.iter().filter(|code| **code != "contacts" || name != "WhatsApp") {
            // A rule may be silent about an app without the permission, on Android only: there the app tells.
            assert!(ios.contains(*code), "{name}: {code}: {ios:?}");
            if name == "TikTok" {
                assert!(android.contains(*code), "{name}: {code}: {android:?}");
            }
        }
    }
    // TikTok may know the position at any time on this iPhone; on the Android phone it may not.
    let background = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["app"]["name"] == "TikTok" && finding["code"] == "no-background-location")
            .map(|finding| finding["verdict"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(background(of("ios")), ["fail"]);
    assert_eq!(background(of("android")), ["pass"]);
    // The table has both, too.
    let table = room.run(&["audit", &android, &ios]);
    assert!(table.stdout.contains("TikTok"), "{table:?}");
}

// ---- (b) forms of TCC.db ---------------------------------------------------------------------------------------------

/// What every form of `TCC.db` can say.
fn common_answers(schema: Schema) -> Backup {
    let mut backup = Backup::social("17.5.1");
    backup.tcc.schema = schema;
    backup.tcc.rows.retain(|row| matches!(row.value, 0 | 2));
    backup
}

#[test]
fn every_form_of_tcc_gives_the_same_grants() {
    let newest = whole(&common_answers(Schema::Ios27)).grants();
    assert!(newest.len() > 20, "{newest:?}");
    for schema in Schema::ALL {
        assert_eq!(whole(&common_answers(schema)).grants(), newest, "{schema:?}");
        let mut split = common_answers(schema);
        split.tcc.split = true;
        assert_eq!(whole(&split).grants(), newest, "{schema:?} with a log");
    }
    // `access_overrides` is in all of them.
    for schema in Schema::ALL {
        let mut backup = common_answers(schema);
        backup.tcc.overrides.push("kTCCServiceCamera".into());
        let seen = whole(&backup);
        seen.assert_level(TIKTOK, "camera", "denied");
        seen.assert_level(TIKTOK, "contacts", "always");
    }
}

#[test]
fn the_newer_answers_are_the_same_in_every_newer_form() {
    let told = |schema: Schema| {
        let mut backup = Backup::social("18.2");
        backup.tcc.schema = schema;
        whole(&backup).grants()
    };
    let newest = told(Schema::Ios27);
    assert_eq!(newest[&(INSTAGRAM.to_owned(), "photos".to_owned())], "limited");
    assert_eq!(newest[&(WHATSAPP.to_owned(), "calendar".to_owned())], "limited");
    for schema in [Schema::Ios14, Schema::Ios17, Schema::Ios26] {
        assert_eq!(told(schema), newest, "{schema:?}");
    }
}

#[test]
fn what_device_management_forces_counts_before_the_persons_answer() {
    let mut backup = Backup::social("27.0");
    backup.tcc.managed.push(("kTCCServiceCamera".into(), TIKTOK.into(), 0));
    let seen = whole(&backup);
    seen.assert_level(TIKTOK, "camera", "denied");
    assert_eq!(seen.field(TIKTOK, "camera", "decided_by"), "policy");
    seen.assert_level(INSTAGRAM, "camera", "while-in-use");
}

#[test]
fn a_table_that_is_not_access_is_a_gap_and_no_answer() {
    for script in ["CREATE TABLE access (x TEXT)", "CREATE TABLE another (x TEXT)", "CREATE VIEW access AS SELECT 1"] {
        let mut backup = Backup::social("17.5.1");
        backup.file(TCC, common_ios::stores::database(script));
        let seen = any(&backup);
        assert_eq!(seen.code, Some(3), "{script}: {seen:?}");
        seen.assert_gap("TCC.db", "unreadable");
        assert!(seen.grant(WHATSAPP, "camera").is_none_or(|grant| grant["level"] != "denied"), "{script}");
    }
}

// ---- (c) forms of encryption -----------------------------------------------------------------------------------------

/// A snapshot without what an encrypted backup must have otherwise: its own words on encryption, health, sizes.
fn comparable(seen: &Seen) -> Value {
    let mut value = seen.value.clone();
    let members = value.as_object_mut().unwrap();
    members.remove("source");
    members["settings"].as_object_mut().unwrap().remove("backup-encrypted");
    let about_health = |entry: &Value| {
        ["area", "source"].iter().any(|key| entry[key].as_str().is_some_and(|name| name.contains("health")))
    };
    members["gaps"].as_array_mut().unwrap().retain(|gap| !about_health(gap));
    let read = members["read"].as_array_mut().unwrap();
    read.retain(|item| !item["source"].as_str().unwrap().starts_with("Manifest.") && !about_health(item));
    without_places(&mut value);
    value
}

/// Takes out the places of rows in `Manifest.plist`, where an encrypted backup has a key more.
fn without_places(value: &mut Value) {
    match value {
        Value::Array(members) => members.iter_mut().for_each(without_places),
        Value::Object(members) => {
            if members.get("source").is_some_and(|source| source == "Manifest.plist") {
                members.remove("line");
            }
            members.values_mut().for_each(without_places);
        }
        _ => (),
    }
}

#[test]
fn every_form_of_encryption_gives_the_same_snapshot() {
    type Form = fn(&mut Backup);
    let forms: [(&str, Form); 9] = [
        ("usual", |_| ()),
        ("one round", |backup| {
            backup.encrypted("word", 1, 1);
        }),
        ("before 10.2", |backup| {
            backup.sealing(|seal| (seal.dpic, seal.manifest_class) = (None, 4));
        }),
        ("index in the clear", |backup| {
            backup.sealing(|seal| (seal.dpic, seal.manifest_encrypted) = (None, false));
        }),
        ("no padding", |backup| {
            backup.sealing(|seal| seal.pad_manifest = false);
        }),
        ("stale size", |backup| {
            backup.size(TCC, 40_960).size(CLIENTS, 1).size(GLOBAL, 1 << 40);
        }),
        ("ascending", |backup| {
            backup.sealing(|seal| seal.descending = false);
        }),
        ("wrap 3", |backup| {
            backup.sealing(|seal| seal.wrap = |_| 3);
        }),
        ("wrap 1", |backup| {
            backup.sealing(|seal| seal.wrap = |_| 1);
        }),
    ];
    let mut plain = Backup::social("17.5.1");
    // What the phone thinks of its backups is the same in all of them.
    plain.set(common_ios::BACKUP_SETTINGS, "WillEncrypt", true.into());
    let room = Room::new();
    let expected = comparable(&room.snapshot(&plain, &["--all-apps"]));
    for (name, form) in forms {
        let room = Room::new();
        let mut backup = plain.clone();
        backup.encrypted("word", 20, 10);
        form(&mut backup);
        let seen = opened(&room, &backup.write(&room.backups()), "word", &["--all-apps"]);
        assert_eq!(seen.code, Some(0), "{name}: {seen:?}");
        assert_eq!(seen.setting("backup-encrypted"), true, "{name}");
        assert_eq!(comparable(&seen), expected, "{name}");
    }
}

#[test]
fn two_readings_give_the_same_bytes() {
    let room = Room::new();
    let mut backup = Backup::social("26.1");
    backup.encrypted("word", 20, 10);
    let root = backup.write(&room.backups());
    let first = opened(&room, &root, "word", &["--all-apps"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(first.stdout, opened(&room, &root, "word", &["--all-apps"]).stdout);
}

// ---- (d) passwords ---------------------------------------------------------------------------------------------------

#[test]
fn every_password_opens_by_each_of_the_three_ways() {
    let long = "long ".repeat(40);
    let passwords = [
        "p\u{e4}ssw\u{f6}rd",
        "two words",
        " first and last ",
        "trailing space ",
        "\"double\" and 'single'",
        "$HOME `ls` $(ls) \\ %s {x}",
        "\u{1f511}\u{1f9d2}\u{1f3fd}",
        long.as_str(),
        "0000",
        "-p",
        "#",
        "tab\there",
    ];
    for password in passwords {
        let room = Room::new();
        let mut backup = Backup::social("17.5.1");
        backup.encrypted(password, 20, 10);
        let path = backup.write(&room.backups()).display().to_string();
        let by_environment = Seen::of(room.command(&["snapshot", &path]).env("POUCET_BACKUP_PASSWORD", password));
        assert_eq!(by_environment.code, Some(0), "{password}: {by_environment:?}");
        by_environment.assert_level(TIKTOK, "camera", "while-in-use");
        // As an editor writes it, with a line end, and as `printf` does, without; Windows has two characters for one.
        for end in ["", "\n", "\r\n"] {
            let bytes = format!("{password}{end}");
            let file = room.with_file("password.txt", bytes.as_bytes());
            let by_file = room.run(&["snapshot", &path, "--password-file", &file]);
            assert_eq!((by_file.code, &by_file.stdout), (Some(0), &by_environment.stdout), "{bytes:?}: {by_file:?}");
            let begun = Instant::now();
            let mut child = room
                .command(&["snapshot", &path, "--password-stdin"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            child.stdin.take().unwrap().write_all(bytes.as_bytes()).unwrap();
            let by_input = Seen::after(&child.wait_with_output().unwrap(), begun.elapsed());
            assert_eq!((by_input.code, &by_input.stdout), (Some(0), &by_environment.stdout), "{bytes:?}: {by_input:?}");
        }
        for seen in [room.run(&["snapshot", &path]), room.run(&["audit", &path])] {
            assert!(!seen.stdout.contains(password) || password.len() < 5, "{password}");
            assert!(!seen.stderr.contains(password) || password.len() < 5, "{password}");
        }
    }
}

#[test]
fn a_password_is_never_an_argument_and_a_wrong_one_reads_nothing() {
    let room = Room::new();
    let mut backup = Backup::social("17.5.1");
    backup.encrypted("the right one", 20, 10);
    let path = backup.write(&room.backups()).display().to_string();
    for option in ["--password", "--passphrase"] {
        assert_eq!(room.run(&["snapshot", &path, option, "the right one"]).code, Some(2), "{option}");
    }
    for wrong in ["the right on", "the right one ", "The right one", "x"] {
        let seen = Seen::of(room.command(&["snapshot", &path]).env("POUCET_BACKUP_PASSWORD", wrong));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(3), ""), "{wrong}: {seen:?}");
    }
    let missing = room.run(&["snapshot", &path, "--password-file", "/nowhere/at/all"]);
    assert!(matches!(missing.code, Some(2 | 3)) && missing.stdout.is_empty(), "{missing:?}");
    // Words of the wrong password differ from those of a missing one and of a damaged backup.
    let wrong = Seen::of(room.command(&["snapshot", &path]).env("POUCET_BACKUP_PASSWORD", "x")).stderr;
    let none = room.run(&["snapshot", &path]);
    assert_eq!(none.code, Some(3), "{none:?}");
    assert!(none.ids().contains(&TIKTOK), "{none:?}");
    assert_ne!(wrong, none.stderr);
    // Both languages.
    let french = Seen::of(room.command(&["snapshot", &path, "--lang", "fr"]).env("POUCET_BACKUP_PASSWORD", "x"));
    assert_eq!((french.code, french.stdout.as_str()), (Some(3), ""), "{french:?}");
    assert_ne!(french.stderr, wrong);
    // A backup in the clear needs none, and takes none amiss.
    backup.seal = None;
    backup.folder = "00008110-00000000000000C1".into();
    let plain = backup.write(&room.backups()).display().to_string();
    let seen = Seen::of(room.command(&["snapshot", &plain]).env("POUCET_BACKUP_PASSWORD", "x"));
    assert_eq!(seen.code, Some(0), "{seen:?}");
}

#[test]
fn one_password_serves_a_folder_of_backups() {
    let room = Room::new();
    let mut backup = Backup::social("17.5.1");
    backup.write(&room.backups());
    backup.encrypted("word", 20, 10).folder = "00008110-00000000000000C2".into();
    backup.write(&room.backups());
    let seen = opened(&room, &room.backups(), "word", &[]);
    assert_eq!(seen.code, Some(0), "{seen:?}");
    assert_eq!(seen.stdout.lines().count(), 2, "{seen:?}");
    // Without it, the one that is not encrypted is told whole.
    let seen = room.snapshot_of(&room.backups(), &[]);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    let whole = seen.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let granted = whole.filter(|value| value["apps"].to_string().contains("while-in-use")).count();
    assert_eq!(granted, 1, "{seen:?}");
}

#[test]
fn a_backup_is_not_collected_and_a_privacy_report_goes_with_it() {
    let room = Room::new();
    let backup = Backup::social("17.5.1");
    let path = backup.write(&room.backups()).display().to_string();
    let refused = room.run(&["collect", &path, "-o", "out"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
    assert_eq!(std::fs::read_dir(room.here()).unwrap().count(), 0);
    let at = |second: u32| format!("2026-05-27T10:53:{second:02}.555-04:00");
    let access = |app: &str, category: &str, kind: &str, id: &str, second: u32| {
        serde_json::json!({
            "accessor": { "identifier": app, "identifierType": "bundleID" }, "category": category,
            "identifier": id, "kind": kind, "timeStamp": at(second), "type": "access",
        })
        .to_string()
    };
    let network = |app: &str, domain: &str, hits: u32, context: &str, owner: &str| {
        let (initiated, kind) =
            (if context.is_empty() { "AppInitiated" } else { "NonAppInitiated" }, if owner.is_empty() { 2 } else { 1 });
        serde_json::json!({
            "bundleID": app, "context": context, "contextVerificationType": 0, "domain": domain, "domainClassification": 1,
            "domainOwner": owner, "domainType": kind, "firstTimeStamp": at(1), "hits": hits, "initiatedType": initiated,
            "timeStamp": at(50), "type": "networkActivity",
        })
        .to_string()
    };
    let lines = [
        access(TIKTOK, "photos", "intervalBegin", "A", 2),
        access(TIKTOK, "photos", "intervalEnd", "A", 3),
        access(TIKTOK, "camera", "intervalBegin", "B", 4),
        access("com.example.unlisted", "contacts", "event", "C", 5),
        network(TIKTOK, "tracker.example", 7, "", "Example Trackers Inc."),
        network(TIKTOK, "browsed-planted.example", 3, "page-planted.example", ""),
        "{\"_marker\":\"<metadata>\"}".to_owned(),
        "{\"type\":\"acc".to_owned(),
    ];
    let report = room.with_file("App_Privacy_Report_v4_2026-05-28T08_00_00.ndjson", lines.join("\n").as_bytes());
    let seen = room.run(&["snapshot", &path, "--privacy-report", &report]);
    assert!(matches!(seen.code, Some(0 | 3)), "{seen:?}");
    let told = &seen.value["privacy_report"];
    let tiktok = told["apps"].as_array().unwrap().iter().find(|app| app["id"] == TIKTOK).unwrap();
    let uses = tiktok["uses"].as_array().unwrap();
    assert_eq!(uses.iter().find(|one| one["category"] == "photos").unwrap()["count"], 1);
    assert_eq!(uses.iter().find(|one| one["category"] == "camera").unwrap()["count"], 1);
    assert_eq!((&tiktok["domains"], &tiktok["browsed_domains"]), (&1.into(), &1.into()), "{tiktok}");
    assert_eq!(tiktok["contacted"][0]["owner"], "Example Trackers Inc.");
    assert_eq!(told["other_apps"], 1);
    assert_eq!(told["lines"], lines.len());
    assert!(
        !seen.stdout.contains("planted.example") && !seen.stdout.contains("com.example.unlisted"),
        "{}",
        seen.stdout
    );
}

// ---- (e) samples of others -------------------------------------------------------------------------------------------

/// The word that the samples' truth has for a permission, and poucet's.
const TRUTH: [(&str, &str); 16] = [
    ("camera", "camera"),
    ("microphone", "microphone"),
    ("contacts", "contacts"),
    ("photos", "photos"),
    ("photos_add", "photos-add"),
    ("calendar", "calendar"),
    ("reminders", "reminders"),
    ("bluetooth", "nearby-devices"),
    ("motion", "motion"),
    ("media_library", "audio-files"),
    ("speech", "speech"),
    ("siri", "siri"),
    ("face_id", "face-id"),
    ("tracking", "tracking"),
    ("homekit", "home"),
    ("focus", ""),
];

fn level_of(permission: &str, answer: &str) -> &'static str {
    match answer {
        "denied" => "denied",
        "limited" | "add_modify_added" => "limited",
        "allowed" if matches!(permission, "camera" | "microphone") => "while-in-use",
        "allowed" => "always",
        other => panic!("{other}"),
    }
}

/// Compares a snapshot with what the generator of the sample meant; returns how many facts were compared.
fn assert_truth(name: &str, seen: &Seen, truth: &Value) -> usize {
    let mut compared = 0;
    let tracking_off = truth["device"]["tracking_requests_allowed"] == false;
    for (app, told) in truth["apps"].as_object().unwrap() {
        for (key, permission) in TRUTH {
            let answer = &told["tcc"][key];
            if permission.is_empty() {
                continue;
            }
            let level = seen.level(app, permission);
            let major: u32 = truth["ios"].as_str().unwrap().split('.').next().unwrap().parse().unwrap();
            // Who sees photos may add some; before these versions nobody was asked.
            let follows = permission == "photos-add" && matches!(seen.level(app, "photos"), "limited" | "always")
                || permission == "tracking" && major < 15
                || permission == "nearby-devices" && major < 13;
            if follows && answer["value"] != "allowed" {
                continue;
            }
            if permission == "tracking" && tracking_off {
                assert_eq!(level, "denied", "{name}: {app}: {key}");
            } else if let Some(answer) = answer["value"].as_str() {
                assert_eq!(level, level_of(permission, answer), "{name}: {app}: {key}");
            } else {
                assert_eq!(level, "none", "{name}: {app}: {key} was never asked");
            }
            if let (Some(changed), Some(when)) = (
                seen.grant(app, permission).and_then(|grant| grant["changed_at"].as_str()),
                answer["last_modified"].as_i64(),
            ) {
                assert_eq!(changed.parse::<jiff::Timestamp>().unwrap().as_second(), when, "{name}: {app}: {key}");
            }
            compared += 1;
        }
        let location = &told["location"];
        let level = seen.level(app, "location");
        match location["authorization"].as_str().unwrap() {
            "always" => assert_eq!(level, "always", "{name}: {app}"),
            "while_using" if location["provisional_always"] == true => assert_eq!(level, "always", "{name}: {app}"),
            "while_using" => assert_eq!(level, "while-in-use", "{name}: {app}"),
            "never" => assert_eq!(level, "denied", "{name}: {app}"),
            "ask" => assert!(matches!(level, "ask" | "none"), "{name}: {app}: {level}"),
            "no_entry" => assert_eq!(level, "none", "{name}: {app}"),
            other => panic!("{other}"),
        }
        match location["precise"].as_bool() {
            Some(true) => assert_eq!(seen.level(app, "location-precise"), "always", "{name}: {app}"),
            Some(false) => assert_eq!(seen.level(app, "location-precise"), "limited", "{name}: {app}"),
            None => (),
        }
        let notifications = match told["notifications"].as_str().unwrap() {
            "not_determined" => "none",
            "denied" => "denied",
            "authorized" => "always",
            "provisional" => "limited",
            other => panic!("{other}"),
        };
        assert_eq!(seen.level(app, "notifications"), notifications, "{name}: {app}");
        let refresh = seen.level(app, "background-activity");
        assert_eq!(refresh != "denied", told["background_refresh"] == true, "{name}: {app}: {refresh}");
        let network = match told["local_network"].as_str() {
            Some("allowed") => "always",
            Some("denied") => "denied",
            // Before iOS 14 nobody is asked.
            _ if told["local_network"].is_null() => seen.level(app, "local-network"),
            _ => "none",
        };
        assert_eq!(seen.level(app, "local-network"), network, "{name}: {app}");
        compared += 5;
    }
    let device = &truth["device"];
    assert_eq!(seen.value["device"]["os_version"], truth["ios"], "{name}");
    assert_eq!(seen.setting("screen-lock"), &device["passcode_set"], "{name}");
    assert_eq!(seen.setting("lockdown-mode"), &device["lockdown_mode"], "{name}");
    assert_eq!(seen.setting("find-my"), &device["find_my"], "{name}");
    assert_eq!(seen.setting("backup-encrypted"), &truth["encrypted"], "{name}");
    let delay = device["auto_lock_s"].as_i64().unwrap() + device["max_grace_period_s"].as_i64().unwrap();
    assert_eq!(seen.setting("lock-delay"), delay, "{name}");
    assert_eq!(seen.value["management"]["supervised"], device["supervised"], "{name}");
    let told = |profiles: &Value, id: &str, payloads: &str| -> BTreeMap<String, (bool, BTreeSet<String>)> {
        let words = |value: &Value| value.as_str().unwrap().to_owned();
        let of = |profile: &Value| {
            let payloads = profile[payloads].as_array().into_iter().flatten().map(words).collect();
            (words(&profile[id]), (profile["hidden"] == true, payloads))
        };
        profiles.as_array().unwrap().iter().map(of).collect()
    };
    assert_eq!(
        told(&seen.value["config_profiles"], "id", "payloads"),
        told(&device["profiles"], "identifier", "payload_types"),
        "{name}"
    );
    compared + 8
}

/// The generated samples, by the part of their name.
fn generated(wanted: impl Fn(&str) -> bool) -> Vec<(String, PathBuf, Value)> {
    let Some(root) = corpus("ios") else { return Vec::new() };
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(root.join("generated")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && wanted(&name) {
            let truth = std::fs::read(path.with_file_name(format!("{name}.truth.json"))).unwrap();
            samples.push((name, path, serde_json::from_slice(&truth).unwrap()));
        }
    }
    samples.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(!samples.is_empty());
    samples
}

fn assert_samples(samples: Vec<(String, PathBuf, Value)>) {
    for (name, path, truth) in samples {
        let room = Room::new();
        let password = truth["password"].as_str().unwrap_or("unneeded");
        let before = state_of(&path);
        let seen = opened(&room, &path, password, &["--all-apps"]);
        if !name.contains("fullkdf") {
            seen.assert_calm(&name);
        }
        let whole = if name.contains("unfinished") {
            vec![3]
        } else if name.contains("hostile") {
            vec![0, 3]
        } else {
            vec![0]
        };
        assert!(
            whole.contains(&seen.code.unwrap()),
            "{name}: {:?} {} {:#?}",
            seen.code,
            seen.stderr,
            seen.list("gaps")
        );
        let compared = assert_truth(&name, &seen, &truth);
        assert!(compared > 15 * truth["apps"].as_object().unwrap().len(), "{name}: {compared}");
        assert_eq!(state_of(&path), before, "{name} was touched");
    }
}

#[test]
fn the_generated_samples_in_the_clear_say_what_they_were_meant_to() {
    assert_samples(generated(|name| name.starts_with("plain-")));
}

#[test]
fn the_generated_samples_that_are_encrypted_say_what_they_were_meant_to() {
    assert_samples(generated(|name| name.starts_with("enc-") && !name.contains("fullkdf")));
}

/// Ten million rounds take a second where the program is optimized, and half a minute where it is not.
#[test]
#[ignore = "takes half a minute where the program is not optimized"]
fn the_sample_at_full_cost_opens_in_bounded_time() {
    let begun = Instant::now();
    assert_samples(generated(|name| name.contains("fullkdf")));
    assert!(cfg!(debug_assertions) || begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

/// One file of no interest, an index without padding, ten million rounds.
#[test]
#[ignore = "takes a minute where the program is not optimized"]
fn a_backup_of_another_author_at_full_cost_opens() {
    let Some(root) = corpus("ios") else { return };
    let room = Room::new();
    let seen = opened(&room, &root.join("pyiosbackup_mini_encrypted"), "0000", &["--all-apps"]);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert_eq!(seen.value["device"]["os_version"], "10.3");
    assert_eq!(seen.setting("backup-encrypted"), true);
    assert!(!seen.list("gaps").iter().any(|gap| gap["reason"] == "no-password"), "{seen:?}");
    seen.assert_gap("TCC.db", "absent");
    let wrong = opened(&room, &root.join("pyiosbackup_mini_encrypted"), "0001", &[]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(3), ""), "{wrong:?}");
}

#[test]
fn a_backup_of_another_author_opens() {
    let Some(root) = corpus("ios") else { return };
    let room = Room::new();
    let seen = opened(&room, &root.join("traceloupe_fixture_encrypted"), "fixture-pass", &["--all-apps"]);
    seen.assert_calm("traceloupe");
    assert_eq!(seen.value["device"]["os_version"], "17.5.1", "{seen:?}");
    assert_eq!(seen.setting("backup-encrypted"), true);
    assert!(!seen.list("gaps").iter().any(|gap| gap["reason"] == "no-password"), "{seen:?}");
}

/// A backup that another tool decrypted: neither `Manifest.plist` nor `Status.plist`, sixteen bytes after the index. Each row
/// of its `TCC.db` is a grant of an app, or counted.
#[test]
fn a_real_decrypted_backup_loses_no_row() {
    let Some(root) = corpus("ios") else { return };
    let sample = root.join("mvt_ios_backup");
    let room = Room::new();
    let before = state_of(&sample);
    let seen = room.snapshot_of(&sample, &["--all-apps"]);
    assert_eq!(state_of(&sample), before);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    seen.assert_gap("Manifest.plist", "absent");
    let copy = room.with_file("tcc.db", &std::fs::read(Backup::path_of(&sample, TCC)).unwrap());
    let connection = rusqlite::Connection::open(copy).unwrap();
    let mut statement = connection.prepare("SELECT client, service, auth_value FROM access").unwrap();
    let rows: Vec<(String, String, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(!rows.is_empty());
    let apps: BTreeSet<&str> = seen.ids().into_iter().collect();
    let mut others = BTreeSet::new();
    for (client, service, value) in &rows {
        if !apps.contains(client.as_str()) {
            others.insert(client.as_str());
            continue;
        }
        let permission = match service.as_str() {
            "kTCCServiceCamera" => "camera",
            "kTCCServiceMicrophone" => "microphone",
            "kTCCServiceAddressBook" => "contacts",
            "kTCCServicePhotos" => "photos",
            "kTCCServiceCalendar" => "calendar",
            "kTCCServiceUserTracking" => "tracking",
            _ => continue,
        };
        let level = seen.level(client, permission);
        match value {
            0 => assert_eq!(level, "denied", "{client}: {service}"),
            2 => assert!(matches!(level, "always" | "while-in-use"), "{client}: {service}: {level}"),
            3 | 4 => assert_eq!(level, "limited", "{client}: {service}"),
            _ => (),
        }
    }
    let counted = &seen.value["other_clients"];
    let total: u64 = ["system", "extensions", "removed"].iter().filter_map(|key| counted[key].as_u64()).sum();
    assert!(total >= others.len() as u64, "{counted}: {others:?}");
}

// ---- (f) hostile backups ---------------------------------------------------------------------------------------------

/// `poucet snapshot --all-apps` with a bound on the memory of the process.
fn bounded(room: &Room, root: &Path, password: Option<&str>) -> Seen {
    let inner = room.command::<&str>(&[]);
    let mut command = std::process::Command::new("/bin/sh");
    command
        .args(["-c", "ulimit -v 3000000; exec \"$0\" \"$@\""])
        .arg(inner.get_program())
        .args(["snapshot", "--all-apps"])
        .arg(root)
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(room.here())
        .stdin(Stdio::null());
    if let Some(password) = password {
        command.env("POUCET_BACKUP_PASSWORD", password);
    }
    Seen::of(&mut command)
}

fn deep_xml(depth: usize) -> Vec<u8> {
    let head = "<?xml version=\"1.0\"?><plist version=\"1.0\">";
    format!("{head}{}{}</plist>", "<array>".repeat(depth), "</array>".repeat(depth)).into_bytes()
}

fn entities() -> Vec<u8> {
    let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE plist [<!ENTITY a0 \"laugh\">");
    for number in 1..12 {
        let inner = format!("&a{};", number - 1).repeat(10);
        text.push_str(&format!("<!ENTITY a{number} \"{inner}\">"));
    }
    text.push_str("]><plist version=\"1.0\"><dict><key>Product Version</key><string>&a11;</string></dict></plist>");
    text.into_bytes()
}

/// A list that says to be of 2^56 objects, and data of 2^62 bytes.
fn boasts() -> [Vec<u8>; 2] {
    let make = |marker: u8, length: u64| {
        let mut bytes = b"bplist00".to_vec();
        bytes.extend_from_slice(&[marker, 0x13]);
        bytes.extend_from_slice(&length.to_be_bytes());
        let table = bytes.len() as u64;
        bytes.push(8);
        bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 1, 1]);
        for number in [1, 0, table] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes
    };
    [make(0xAF, 1 << 56), make(0x4F, 1 << 62)]
}

/// What may stand where a property list is expected.
fn bad_plists() -> Vec<(&'static str, Vec<u8>)> {
    let [many, long] = boasts();
    vec![
        ("empty", Vec::new()),
        ("noise", vec![0xA5; 5000]),
        ("a bomb", bomb(60)),
        ("a deep one", deep_xml(200_000)),
        ("entities", entities()),
        ("a long list", many),
        ("long data", long),
        ("cut", binary(&dict([("LocationServicesEnabledIn8.0", true.into())]).into())[..20].to_vec()),
        ("another kind", binary(&text("no dictionary"))),
        ("a list", binary(&plist::Value::Array(vec![1.into(); 10]))),
    ]
}

#[test]
fn no_property_list_of_a_backup_takes_the_program_down() {
    let places: [Place; 6] = [CLIENTS, SECTIONS, GLOBAL, NETWORK, EFFECTIVE, FIND_MY];
    let mut silent = Vec::new();
    for (name, bytes) in bad_plists() {
        let room = Room::new();
        let mut backup = Backup::social("17.5.1");
        for place in places {
            backup.file(place, bytes.clone());
        }
        let seen = bounded(&room, &backup.write(&room.backups()), None);
        seen.assert_calm(name);
        // The rest is read, and what is not read is said.
        seen.assert_level(TIKTOK, "camera", "while-in-use");
        // A dictionary with strange words in it is a dictionary.
        if name == "entities" {
            continue;
        }
        assert_eq!(seen.code, Some(3), "{name}: {seen:?}");
        assert!(seen.grant(TIKTOK, "location").is_none(), "{name}: {seen:?}");
        for place in places {
            let area = place.1.rsplit('/').next().unwrap();
            // Without a byte it is as good as not there; anything else is damage.
            if !(seen.has_gap(area, "unreadable") || name == "empty" && seen.has_gap(area, "absent")) {
                silent.push(format!("{area}: {name}: {:?}", seen.gaps_of(area)));
            }
        }
    }
    assert!(silent.is_empty(), "damaged files without a gap that says so:\n{}", silent.join("\n"));
}

#[test]
fn no_file_at_the_top_takes_the_program_down() {
    let mut silent = Vec::new();
    for file in ["Info.plist", "Manifest.plist", "Status.plist", "Manifest.db"] {
        let mut bad = bad_plists();
        bad.push(("half", Vec::new()));
        for (name, bytes) in bad {
            let room = Room::new();
            let root = Backup::social("17.5.1").write(&room.backups());
            let path = root.join(file);
            let whole = std::fs::read(&path).unwrap();
            let bytes = if name == "half" { whole[..whole.len() / 2].to_vec() } else { bytes };
            std::fs::write(&path, bytes).unwrap();
            let seen = bounded(&room, &root, None);
            seen.assert_calm(&format!("{file}: {name}"));
            let is_optional = file == "Info.plist" || file == "Status.plist";
            if is_optional {
                seen.assert_level(TIKTOK, "camera", "while-in-use");
            }
            // A dictionary with strange words in it is a dictionary.
            if name == "entities" && file != "Manifest.db" {
                continue;
            }
            if seen.code != Some(3) || is_optional && !seen.has_gap(file, "unreadable") {
                silent.push(format!("{file}: {name}: exit code {:?}, {:?}", seen.code, seen.gaps_of(file)));
            }
        }
    }
    assert!(silent.is_empty(), "damaged files that nobody hears of:\n{}", silent.join("\n"));
}

#[test]
fn no_database_of_a_backup_takes_the_program_down() {
    let tcc = Backup::social("17.5.1").tcc.bytes().0;
    let mut wild = tcc.clone();
    for (position, byte) in wild.iter_mut().enumerate().skip(100) {
        if position % 97 == 0 {
            *byte ^= 0xFF;
        }
    }
    let mut pages = tcc.clone();
    // The header says to have four thousand million pages.
    pages[28..32].copy_from_slice(&u32::MAX.to_be_bytes());
    let endless = "CREATE VIEW access AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
         SELECT 'kTCCServiceCamera' AS service, 'c' || x AS client, 0 AS client_type, 2 AS auth_value, 2 AS auth_reason,
         1 AS auth_version, 0 AS flags, 0 AS last_modified FROM c;
         CREATE TABLE admin (key TEXT, value INTEGER);";
    let huge =
        "CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, auth_value INTEGER, auth_reason INTEGER,
         auth_version INTEGER, flags INTEGER, last_modified INTEGER);
         INSERT INTO access VALUES ('kTCCServiceCamera', zeroblob(50000000), 0, 2, 2, 1, 0, 0);
         INSERT INTO access VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
         INSERT INTO access VALUES (x'ff', 1.5, 'x', 'x', x'00', 'x', 'x', 9e99);";
    let bad = [
        ("empty", Vec::new()),
        ("noise", vec![0x5A; 9000]),
        ("cut", tcc[..tcc.len() / 2].to_vec()),
        ("a header alone", tcc[..100].to_vec()),
        ("wild", wild),
        ("many pages", pages),
        ("an endless view", common_ios::stores::database(endless)),
        ("huge and odd values", common_ios::stores::database(huge)),
    ];
    for (name, bytes) in bad {
        for place in [TCC, REGISTRY, TRUST] {
            let room = Room::new();
            let mut backup = Backup::social("17.5.1");
            backup.file(place, bytes.clone());
            let seen = bounded(&room, &backup.write(&room.backups()), None);
            seen.assert_calm(&format!("{place:?}: {name}"));
            if place == TCC {
                assert_eq!(seen.code, Some(3), "{name}: {seen:?}");
                assert!(!seen.gaps_of("TCC.db").is_empty(), "{name}: {:#?}", seen.list("gaps"));
            }
            seen.assert_level(TIKTOK, "location", "always");
        }
    }
}

#[test]
fn no_breakage_of_an_encrypted_backup_takes_the_program_down() {
    type Break = fn(&Path);
    let breaks: [(&str, Break); 7] = [
        ("payload cut to no block", |root| cut(&Backup::path_of(root, TCC), 1001)),
        ("payload of another file", |root| {
            std::fs::copy(Backup::path_of(root, CLIENTS), Backup::path_of(root, TCC)).unwrap();
        }),
        ("payload of nothing", |root| cut(&Backup::path_of(root, TCC), 0)),
        ("payload gone", |root| std::fs::remove_file(Backup::path_of(root, TCC)).unwrap()),
        ("index cut to no block", |root| cut(&root.join("Manifest.db"), 5001)),
        ("index of nothing", |root| cut(&root.join("Manifest.db"), 0)),
        ("index gone", |root| std::fs::remove_file(root.join("Manifest.db")).unwrap()),
    ];
    for (name, broken) in breaks {
        let room = Room::new();
        let mut backup = Backup::social("17.5.1");
        backup.encrypted("word", 20, 10);
        let root = backup.write(&room.backups());
        broken(&root);
        let seen = bounded(&room, &root, Some("word"));
        seen.assert_calm(name);
        assert_eq!(seen.code, Some(3), "{name}: {seen:?}");
        assert!(!seen.stdout.contains("while-in-use") || name.starts_with("payload"), "{name}");
        if name.starts_with("payload") {
            assert!(!seen.gaps_of("TCC.db").is_empty(), "{name}: {seen:?}");
            seen.assert_level(TIKTOK, "location", "always");
        }
    }
    // A bag that says nothing, too much, or ends in the middle.
    for bag in
        [Vec::new(), b"VERS".to_vec(), b"SALT\xff\xff\xff\xff".to_vec(), vec![0; 5000], b"UUID\0\0\0\0".repeat(100_000)]
    {
        let room = Room::new();
        let mut backup = Backup::social("17.5.1");
        backup.encrypted("word", 20, 10);
        let root = backup.write(&room.backups());
        let mut manifest = plist::Value::from_file(root.join("Manifest.plist")).unwrap();
        manifest.as_dictionary_mut().unwrap().insert("BackupKeyBag".into(), plist::Value::Data(bag));
        std::fs::write(root.join("Manifest.plist"), binary(&manifest)).unwrap();
        let seen = bounded(&room, &root, Some("word"));
        seen.assert_calm("a bad bag");
        assert_eq!(seen.code, Some(3), "{seen:?}");
    }
}

fn cut(path: &Path, length: u64) {
    std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
}

#[test]
fn a_payload_beyond_every_bound_is_not_read_into_memory() {
    let room = Room::new();
    let root = Backup::social("17.5.1").write(&room.backups());
    for path in [Backup::path_of(&root, TCC), Backup::path_of(&root, CLIENTS), root.join("Info.plist")] {
        // A file with a hole: eight thousand million bytes that take no place.
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(8 << 30).unwrap();
    }
    let seen = bounded(&room, &root, None);
    seen.assert_calm("a huge payload");
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert!(!seen.gaps_of("TCC.db").is_empty(), "{seen:?}");
}

#[test]
fn words_of_a_backup_are_tamed() {
    let evil = "\u{1b}[31m\u{202e}X\n[high] forged\u{9b}";
    let mut backup = Backup::social("17.5.1");
    backup
        .lockdown("ProductVersion", text(evil))
        .lockdown("ProductType", text(evil))
        .lockdown("BuildVersion", text(evil));
    backup.app(&format!("com.example.{evil}"), evil, evil, evil);
    backup.tcc.allow(evil, "Camera", 2);
    backup.tcc.allow(TIKTOK, evil, 2);
    backup.profiles.push(Profile::new(evil, evil, evil, &[evil]));
    backup.status.as_mut().unwrap().insert("SnapshotState".into(), text(evil));
    let room = Room::new();
    let root = backup.write(&room.backups()).display().to_string();
    for words in [
        vec!["snapshot", &root, "--all-apps"],
        vec!["audit", &root, "--all-apps", "--format", "table"],
        vec!["audit", &root, "--all-apps", "--format", "jsonl"],
    ] {
        let seen = room.run(&words);
        seen.assert_calm("evil words");
        assert!(seen.stdout.len() > 200, "there is no report: {seen:?}");
        for text in [&seen.stdout, &seen.stderr] {
            let bad = text.chars().find(|character| {
                character.is_control() && *character != '\n'
                    || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            });
            assert_eq!(bad, None, "{words:?}: {text}");
            assert!(!text.lines().any(|line| line.starts_with("[high] forged")), "{words:?}: {text}");
        }
        assert!(!seen.stdout.contains("\\u001b") && !seen.stdout.contains("\\u202e"), "{}", seen.stdout);
    }
}

#[test]
fn an_older_form_of_backup_is_named_and_refused() {
    let room = Room::new();
    let mut backup = Backup::social("9.3.5");
    backup.index = Index::Mbdb;
    let root = backup.write(&room.backups());
    let seen = room.snapshot_of(&root, &[]);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert!(!seen.stdout.contains("while-in-use"), "{seen:?}");
    assert!(seen.stderr.contains("iOS 9") || !seen.gaps_of("Manifest.db").is_empty(), "{seen:?}");
    // An empty folder, and one that only looks like a backup.
    for files in [vec![], vec!["Info.plist"], vec!["Manifest.plist"]] {
        let other = room.backups().join(format!("00008110-{:016X}", 77 + files.len()));
        std::fs::create_dir_all(&other).unwrap();
        for file in files {
            std::fs::copy(root.join(file), other.join(file)).unwrap();
        }
        let seen = room.snapshot_of(&other, &[]);
        seen.assert_calm("hardly a backup");
        assert_eq!(seen.code, Some(3), "{seen:?}");
    }
}

#[test]
fn nothing_is_written_into_a_backup_nor_beside_it_nor_to_a_temporary_folder() {
    let mut plain = Backup::social("26.1");
    plain.tcc.split = true;
    let mut sealed = plain.clone();
    sealed.encrypted("word", 20, 10);
    let mut broken = plain.clone();
    broken.without_payload(CLIENTS).payload(TCC, vec![1; 5000]);
    for (number, backup) in [plain, sealed, broken].iter().enumerate() {
        for command in ["snapshot", "audit"] {
            for password in ["word", "wrong"] {
                let room = Room::new();
                let root = backup.write(&room.backups()).display().to_string();
                let (evidence, tmp) = (state_of(&room.backups()), state_of(&room.tmp()));
                let seen = Seen::of(room.command(&[command, &root]).env("POUCET_BACKUP_PASSWORD", password));
                seen.assert_calm(command);
                // A wrong password of an encrypted backup gives no report; everything else does.
                assert_eq!(seen.stdout.is_empty(), number == 1 && password == "wrong", "{seen:?}");
                assert_eq!(state_of(&room.backups()), evidence, "{command}");
                // A file that was made and removed again changes the time of its folder.
                assert_eq!(state_of(&room.tmp()), tmp, "{command}");
                assert_eq!(std::fs::read_dir(room.here()).unwrap().count(), 0, "{command}");
            }
        }
    }
}

// ---- (g) privacy -----------------------------------------------------------------------------------------------------

/// A backup with something personal in every place that has room for it.
fn planted() -> Backup {
    let mut backup = Backup::social("17.5.1");
    let mut wifi = Profile::carrier();
    wifi.hidden = false;
    wifi.payloads[0].insert("SSID_STR".into(), text(personal::WIFI));
    wifi.payloads[0].insert("Password".into(), text(personal::WIFI_PASSWORD));
    wifi.payloads[0].insert("PayloadDisplayName".into(), text(personal::WIFI));
    backup.profiles.push(wifi);
    let mut mdm = Profile::new("com.example.mdm", "Enrolment", "Example Org", &["com.apple.mdm"]);
    let url = format!("https://mdm.example.org/server/{}?t={}", personal::TOKEN, personal::TOKEN);
    mdm.payloads[0].insert("ServerURL".into(), text(&url));
    mdm.payloads[0].insert("IdentityCertificateUUID".into(), text(personal::SERIAL));
    backup.profiles.push(mdm);
    backup.plist(
        MDM,
        dict([
            ("AccessRights", 8191.into()),
            ("CheckInURL", text(&url)),
            ("ManagingProfileIdentifier", text("com.example.mdm")),
            ("ServerURL", text(&url)),
            ("Topic", text(&format!("com.apple.mgmt.External.{}", personal::TOKEN))),
            ("UserLongName", text(personal::DEVICE_NAME)),
        ]),
    );
    backup.set(common_ios::CLOUD, "ConfigurationURL", text(&url));
    backup.set(common_ios::CLOUD, "OrganizationName", text("Example Org"));
    backup.set(common_ios::CLOUD, "OrganizationEmail", text(personal::APPLE_ID));
    backup.set(common_ios::CLOUD, "OrganizationPhone", text(personal::PHONE));
    backup.set(GLOBAL, "AppleID", text(personal::APPLE_ID));
    backup.set(FIND_MY, "fmipAccount", text(personal::APPLE_ID));
    backup.set(FIND_MY, "deviceUDID", text(personal::UDID));
    backup.set(common_ios::BACKUP_SETTINGS, "LastiTunesBackupComputer", text(personal::DEVICE_NAME));
    backup.set(common_ios::SAFARI, "SearchEngine", text(personal::APPLE_ID));
    for (key, value) in [
        ("PhoneNumber", personal::PHONE),
        ("InternationalMobileEquipmentIdentity", personal::IMEI),
        ("IntegratedCircuitCardIdentity", personal::ICCID),
    ] {
        backup.lockdown(key, text(value));
    }
    backup.lockdown("com.apple.mobile.wireless_lockdown", dict([("WirelessBuddyID", text(personal::GUID))]).into());
    backup.configurations.push(Configuration {
        name: format!("VPN of {}", personal::APPLE_ID),
        application: SIGNAL.into(),
        kind: "VPN".into(),
    });
    for bundle in [TIKTOK, X] {
        let mut entry = common_ios::plists::client(2);
        entry.insert("BundlePath".into(), text(&format!("/var/{}/{}", personal::APPLE_ID, personal::UDID)));
        backup.client(bundle, entry);
    }
    backup.tcc.allow(&format!("/private/var/{}/bin", personal::APPLE_ID), "Camera", 2).client_type = 1;
    backup
}

fn assert_private(what: &str, seen: &Seen, but: &[&str]) {
    for (stream, text) in [("standard output", &seen.stdout), ("standard error", &seen.stderr)] {
        let undashed = personal::UDID.replace('-', "");
        let lower = personal::UDID.to_lowercase();
        for secret in personal::SECRETS.iter().copied().chain([personal::UDID, &undashed, &lower]) {
            if but.contains(&secret) {
                continue;
            }
            let around = text.find(secret).map(|at| {
                let before: String = text[..at].chars().rev().take(160).collect();
                before.chars().rev().collect::<String>()
            });
            assert!(around.is_none(), "{what}: {secret} stands on {stream} after: {}", around.unwrap_or_default());
        }
    }
}

#[test]
fn nothing_personal_in_any_output() {
    let room = Room::new();
    let root = planted().write(&room.backups()).display().to_string();
    let outputs: [&[&str]; 8] = [
        &["snapshot"],
        &["snapshot", "--all-apps"],
        &["audit", "--format", "table"],
        &["audit", "--format", "table", "--lang", "fr", "--all-apps"],
        &["audit", "--format", "json", "--all-apps"],
        &["audit", "--format", "jsonl"],
        &["audit", "--profile", "precautionary", "--format", "json"],
        &["audit", "--profile", "location-off"],
    ];
    for arguments in outputs {
        let words: Vec<&str> = [arguments[0], &root].into_iter().chain(arguments[1..].iter().copied()).collect();
        let seen = room.run(&words);
        assert!(matches!(seen.code, Some(0 | 1 | 3)), "{arguments:?}: {seen:?}");
        assert!(seen.stdout.len() > 200, "{arguments:?}: there is no report: {seen:?}");
        assert_private(&format!("{arguments:?}"), &seen, &[]);
    }
    // What the report says of management, without its token.
    let seen = room.run(&["snapshot", &root]);
    assert_eq!(seen.value["management"]["mdm"]["server"], "mdm.example.org");
    // The folder's name is the phone's identifier, and so is no name of a source.
    assert!(
        seen.value["source"]["name"].as_str().is_none_or(|name| !name.contains("A11CE")),
        "{}",
        seen.value["source"]
    );
    let id = seen.value["device"]["id"].as_str().expect("a keyed id").to_owned();
    // `--show-serial` shows the UDID, and nothing else.
    let shown = room.run(&["snapshot", &root, "--show-serial"]);
    assert!(shown.value["device"]["id"].as_str().unwrap().contains(personal::UDID), "{}", shown.value["device"]);
    assert_private(
        "--show-serial",
        &shown,
        &[personal::UDID, &personal::UDID.replace('-', ""), &personal::UDID.to_lowercase()],
    );
    // The same phone has the same id in a copy of the folder under another name, another key makes another id.
    let mut moved = planted();
    moved.folder = "00008110-000A11CE0DDBA115-20260101-101010".into();
    let copy = room.snapshot(&moved, &[]);
    assert_eq!(copy.value["device"]["id"], id.as_str());
    let other = Seen::of(room.command(&["snapshot", &root]).env("POUCET_ID_KEY", "another key of the tests"));
    assert_ne!(other.value["device"]["id"], id.as_str());
}

#[test]
fn nothing_personal_where_something_is_wrong() {
    let mut locked = planted();
    locked.encrypted("word", 20, 10);
    let mut damaged = planted();
    damaged.payload(TCC, b"SQLite format 3\0 alice.planted@example.org".to_vec());
    damaged.payload(CLIENTS, format!("<plist><dict><key>{}</key>", personal::APPLE_ID).into_bytes());
    damaged.status.as_mut().unwrap().insert("SnapshotState".into(), text("uploading"));
    let mut other = planted();
    other.info = None;
    other.without(EFFECTIVE).without(GLOBAL);
    for (name, backup) in [("locked", locked), ("damaged", damaged), ("partial", other)] {
        for password in [None, Some("not the word")] {
            for command in ["snapshot", "audit"] {
                let room = Room::new();
                let root = backup.write(&room.backups()).display().to_string();
                let mut command = room.command(&[command, &root]);
                if let Some(password) = password {
                    command.env("POUCET_BACKUP_PASSWORD", password);
                }
                let mut seen = Seen::of(&mut command);
                assert_eq!(seen.code, Some(3), "{name}: {seen:?}");
                // Messages name the target as the person typed it.
                seen.stderr = seen.stderr.replace(&root, "TARGET");
                let is_refused = name == "locked" && password.is_some();
                assert_eq!(seen.stdout.is_empty(), is_refused, "{name}: {seen:?}");
                assert_private(name, &seen, &[]);
            }
        }
    }
}

#[test]
fn apps_that_are_not_listed_are_counted_only() {
    let mut backup = Backup::social("17.5.1");
    backup.app("com.example.dating.planted", "Planted", "Somebody", "Lifestyle");
    backup.tcc.allow("com.example.dating.planted", "Camera", 2);
    backup.client("com.example.dating.planted", common_ios::plists::client(4));
    let room = Room::new();
    let seen = room.snapshot(&backup, &[]);
    assert!(!seen.stdout.contains("dating.planted"), "{}", seen.stdout);
    let counted = |seen: &Seen| seen.value["other_apps"]["0"].as_u64().unwrap_or(0);
    // Safari may be counted beside it.
    assert!(matches!(counted(&seen), 1 | 2), "{}", seen.value["other_apps"]);
    let all = room.snapshot(&backup, &["--all-apps"]);
    all.assert_level("com.example.dating.planted", "camera", "while-in-use");
    assert_eq!(counted(&all), 0);
}

/// Rows that are lost may have been anybody's: an app without a row is not one that never asked.
#[test]
fn lost_rows_of_tcc_never_turn_into_an_answer() {
    let mut lost_log = Backup::social("26.1");
    lost_log.tcc.split = true;
    lost_log.without_payload(common_ios::TCC_LOG);
    let mut empty_log = Backup::social("26.1");
    empty_log.tcc.split = true;
    empty_log.payload(common_ios::TCC_LOG, Vec::new());
    // The columns of a real phone are NOT NULL; those of a damaged file need not be.
    let mut nameless = Backup::social("17.5.1");
    nameless.tcc.also = "PRAGMA writable_schema = ON; \
         UPDATE sqlite_schema SET sql = replace(sql, 'client TEXT NOT NULL', 'client TEXT') WHERE name = 'access'; \
         PRAGMA writable_schema = RESET; \
         UPDATE access SET client = NULL WHERE client = 'net.whatsapp.WhatsApp';"
        .to_owned();
    for (name, backup) in [("no log", lost_log), ("empty log", empty_log), ("no names", nameless)] {
        let seen = any(&backup);
        assert_eq!(seen.code, Some(3), "{name}: {seen:?}");
        let none = seen
            .list("apps")
            .iter()
            .flat_map(|app| app["grants"].as_array().unwrap())
            .filter(|grant| grant["because"]["code"] == "no-row" && grant["evidence"][0]["source"] == "TCC.db");
        assert_eq!(none.count(), 0, "{name}");
        assert!(seen.list("gaps").iter().any(|gap| gap["area"] == "camera" && gap["app"] == WHATSAPP), "{name}");
    }
}

/// A file that is no App Privacy Report is said to be none; of one that is damaged, what is read counts.
#[test]
fn a_privacy_report_that_is_not_understood_is_a_gap() {
    let room = Room::new();
    let root = Backup::social("17.5.1").write(&room.backups()).display().to_string();
    let line = r#"{"accessor":{"identifier":"com.burbn.instagram","identifierType":"bundleID"},"category":"camera","identifier":"1","kind":"event","timeStamp":"2026-05-27T09:12:00.125-04:00","type":"access"}"#;
    for (name, text, code) in [
        ("none", "[[[\nno line\n".to_owned(), 3),
        ("half", format!("{line}\n{{\n"), 0),
        ("whole", format!("{line}\n"), 0),
    ] {
        let report = room.with_file("report.ndjson", text.as_bytes());
        let seen = room.run(&["snapshot", &root, "--privacy-report", &report]);
        assert_eq!(seen.code, Some(code), "{name}: {seen:?}");
        assert_eq!(seen.gaps_of("App Privacy Report").is_empty(), name == "whole", "{name}: {seen:?}");
        let used = seen.grant(INSTAGRAM, "camera").unwrap()["last_used"]["at"].as_str();
        assert_eq!(used.is_some(), name != "none", "{name}: {seen:?}");
    }
}

#[test]
fn a_result_without_the_password_is_not_taken_over_with_it() {
    let room = Room::new();
    let mut backup = Backup::social("17.5.1");
    backup.encrypted("a password", 20, 10);
    let path = backup.write(&room.backups()).display().to_string();
    let password = room.with_file("password.txt", b"a password");
    let out = room.with_file("out-beside", b"") + ".d";
    let known = |arguments: &[&str]| {
        let words = [&["audit", &path, "--output-dir", &out, "-f", "json", "--fail-on", "none"], arguments].concat();
        let code = room.command(&words).output().unwrap().status.code();
        let summary: Value = serde_json::from_slice(&std::fs::read(format!("{out}/fleet.json")).unwrap()).unwrap();
        (code, summary["targets"]["known"].as_u64())
    };
    assert_eq!(known(&[]), (Some(3), Some(0)));
    assert_eq!(known(&["--password-file", &password]), (Some(0), Some(0)));
    assert_eq!(known(&["--password-file", &password]), (Some(0), Some(1)));
    // What lies beside the backup is evidence too.
    std::fs::write(format!("{path}/App_Privacy_Report_v4.ndjson"), "{}\n").unwrap();
    assert_eq!(known(&["--password-file", &password]).1, Some(0));
}
