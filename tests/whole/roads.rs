//! The same phone gets the same verdicts by every road.
//!
//! A road that does not carry a fact (AndroidQF has the settings of the current user only, bug reports have no
//! `getenforce`) may say `not-assessed` where another judges; it may never judge otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::common::skip::skipped;
use crate::common_roads::{self, PHONES, ROADS, Road, build, fixtures, json, run};
use serde_json::Value;

/// The profiles that ship and that need no organization (`base` is abstract).
const PROFILES: [&str; 3] = ["byod", "location-off", "precautionary"];

const NOT_ASSESSED: &str = "not-assessed";

/// What a finding is about: rule, app, user, permission.
type Subject = (String, String, String, String);

/// The verdicts of one audit, by subject; a subject with several has them in order.
fn verdicts(target: &Path, profile: &str) -> BTreeMap<Subject, Vec<String>> {
    let home = tempfile::tempdir().expect("a temporary folder");
    let report = json(&run(home.path(), &["audit", "-p", profile, "--format", "json"], target));
    let mut verdicts: BTreeMap<Subject, Vec<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("findings") {
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let subject = (
            word(&finding["code"]),
            word(&finding["app"]["id"]),
            word(&finding["app"]["user"]),
            word(&finding["permission"]),
        );
        verdicts.entry(subject).or_default().push(word(&finding["verdict"]));
    }
    verdicts.values_mut().for_each(|words| words.sort());
    assert!(verdicts.len() > 5, "{}: only {} findings", target.display(), verdicts.len());
    verdicts
}

fn only_not_assessed(words: Option<&Vec<String>>) -> bool {
    words.is_some_and(|words| words.iter().all(|word| word == NOT_ASSESSED))
}

fn assert_same_by_every_road(phone: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let targets: Vec<_> = ROADS.iter().map(|road| (*road, build(phone, *road, folder.path()))).collect();
    let (mut equal, mut compared) = (0_usize, 0_usize);
    let mut contradictions = Vec::new();
    let mut differences = Vec::new();
    for profile in PROFILES {
        let by_road: Vec<(Road, BTreeMap<Subject, Vec<String>>)> =
            targets.iter().map(|(road, target)| (*road, verdicts(target, profile))).collect();
        let (_, reference) = by_road.first().expect("the folder road");
        for (road, other) in by_road.iter().skip(1) {
            let mut subjects: Vec<&Subject> = reference.keys().chain(other.keys()).collect();
            subjects.sort();
            subjects.dedup();
            for subject in subjects {
                compared += 1;
                let (left, right) = (reference.get(subject), other.get(subject));
                if left == right {
                    equal += 1;
                } else {
                    let line = format!("{profile}, {road:?}: {subject:?}: {left:?} by loose files, {right:?} here");
                    if only_not_assessed(left) || only_not_assessed(right) {
                        differences.push(line);
                    } else {
                        contradictions.push(line);
                    }
                }
            }
        }
    }
    assert!(contradictions.is_empty(), "{phone}:\n{}", contradictions.join("\n"));
    assert!(equal * 10 >= compared * 9, "{phone}: {equal} of {compared} are equal:\n{}", differences.join("\n"));
}

macro_rules! phones {
    ($($name:ident => $phone:literal;)*) => {
        $(
            #[test]
            fn $name() {
                assert_same_by_every_road($phone);
            }
        )*

        #[test]
        fn every_phone_has_its_test() {
            assert_eq!(PHONES, [$($phone),*]);
        }
    };
}

phones! {
    android_08_is_judged_alike_by_every_road => "android-08";
    android_09_is_judged_alike_by_every_road => "android-09";
    android_10_is_judged_alike_by_every_road => "android-10";
    android_11_is_judged_alike_by_every_road => "android-11";
    android_12_is_judged_alike_by_every_road => "android-12";
    android_13_is_judged_alike_by_every_road => "android-13";
    android_14_is_judged_alike_by_every_road => "android-14";
    android_15_is_judged_alike_by_every_road => "android-15";
    android_16_is_judged_alike_by_every_road => "android-16";
    android_17_is_judged_alike_by_every_road => "android-17";
}

#[test]
fn the_roads_give_the_same_bytes_on_every_run() {
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for road in [Road::BugreportZip, Road::DumpstateText, Road::AndroidQfZip] {
        let read = |folder: &Path| std::fs::read(build("android-16", road, folder)).expect("the file is readable");
        assert_eq!(read(one.path()), read(two.path()), "{road:?}");
    }
}

// ---- containers and forms of evidence -----------------------------------------------------------------------------

/// A folder for one test.
struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Room {
        Room(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Exit code, standard output and standard error of a snapshot of all apps.
    fn snapshot(&self, target: &Path) -> (i32, Value, String) {
        let home = tempfile::tempdir().unwrap();
        let output = run(home.path(), &["snapshot", "--all-apps"], target);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let snapshot = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().unwrap(), snapshot, told)
    }

    /// What is said where nothing can be judged; the exit code is 3, and nothing is printed as data.
    fn refusal(&self, target: &Path) -> String {
        let (code, snapshot, told) = self.snapshot(target);
        assert_eq!((code, snapshot), (3, Value::Null), "{}: {told}", target.display());
        assert!(told.contains("hint: "), "{told}");
        assert!(!told.contains("nothing that poucet knows"), "{told}");
        told
    }
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A tar of ustar headers.
fn tar_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, bytes) in entries {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[257..262].copy_from_slice(b"ustar");
        tar.extend_from_slice(&header);
        tar.extend_from_slice(bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

fn utf16(text: &str, turn: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{feff}{}", text.replace('\n', "\r\n")).encode_utf16().flat_map(turn).collect()
}

fn gaps<'s>(snapshot: &'s Value, area: &str) -> Vec<&'s Value> {
    snapshot["gaps"].as_array().unwrap().iter().filter(|gap| gap["area"] == area).collect()
}

#[test]
fn a_dump_that_windows_powershell_saved_is_judged_as_its_plain_copy_under_any_name() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/staff-phone");
    let room = Room::new();
    let names = ["dumpsys.txt", "getprop.txt", "settings_secure.txt"];
    type Way = (&'static str, fn(&str) -> Vec<u8>);
    let ways: [Way; 5] = [
        ("plain", |text| text.as_bytes().to_vec()),
        ("utf-16", |text| utf16(text, u16::to_le_bytes)),
        ("utf-16-big-endian", |text| utf16(text, u16::to_be_bytes)),
        ("utf-8-with-mark", |text| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes()),
        ("gzip", |text| gzip(&utf16(text, u16::to_le_bytes))),
    ];
    for (way, save) in ways {
        for name in names {
            let text = fs::read_to_string(example.join(name)).unwrap();
            room.write(&format!("{way}/{name}"), save(&text));
        }
        room.write(&format!("{way}-renamed/all.txt"), save(&fs::read_to_string(example.join("dumpsys.txt")).unwrap()));
        room.write(&format!("{way}-renamed/p.txt"), save(&fs::read_to_string(example.join("getprop.txt")).unwrap()));
        room.write(
            &format!("{way}-renamed/s.txt"),
            save(&fs::read_to_string(example.join("settings_secure.txt")).unwrap()),
        );
    }
    let expected = verdicts(&room.path("plain"), "byod");
    assert!(expected.values().flatten().any(|word| word == "fail"));
    for (way, _) in ways {
        assert_eq!(verdicts(&room.path(way), "byod"), expected, "{way}");
        assert_eq!(verdicts(&room.path(&format!("{way}-renamed")), "byod"), expected, "{way}, renamed");
    }
}

#[test]
fn loose_outputs_beside_names_of_androidqf_are_not_absent() {
    let room = Room::new();
    let phone = fixtures().join("android-14");
    for (from, to) in [
        ("dumpsys_package_packages.txt", "dumpsys.txt"),
        ("dumpsys_appops.txt", "ops.txt"),
        ("getprop.txt", "getprop.txt"),
        ("settings_global.txt", "settings_global.txt"),
    ] {
        room.write(&format!("x/{to}"), fs::read(phone.join(from)).unwrap());
    }
    let (_, snapshot, told) = room.snapshot(&room.path("x"));
    assert!(gaps(&snapshot, "dumpsys package").is_empty() && gaps(&snapshot, "dumpsys appops").is_empty(), "{told}");
    assert!(snapshot["apps"].as_array().unwrap().len() > 3);
}

#[test]
fn an_array_of_snapshots_is_read_and_one_of_results_is_named() {
    let room = Room::new();
    let (_, one, _) = room.snapshot(&fixtures().join("android-14"));
    let (_, two, _) = room.snapshot(&fixtures().join("android-11"));
    let array = Value::Array(vec![one, two]);
    for (name, text) in [
        ("all.json", serde_json::to_string_pretty(&array).unwrap().into_bytes()),
        ("line.json", array.to_string().into_bytes()),
        ("windows.json", utf16(&array.to_string(), u16::to_le_bytes)),
        ("all.json.gz", gzip(array.to_string().as_bytes())),
    ] {
        let target = room.write(name, text);
        let home = tempfile::tempdir().unwrap();
        let output = run(home.path(), &["audit", "--fail-on", "none", "-f", "verdicts"], &target);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2, "{name}: {told}");
        assert_eq!(output.status.code(), Some(0), "{name}: {told}");
    }
    let home = tempfile::tempdir().unwrap();
    let audit = run(home.path(), &["audit", "-f", "json"], &fixtures().join("android-14")).stdout;
    let audit: Value = serde_json::from_slice(&audit).unwrap();
    for (name, results) in [("one.json", audit.clone()), ("many.json", Value::Array(vec![audit.clone(), audit]))] {
        let told = room.refusal(&room.write(name, results.to_string()));
        assert!(told.contains("poucet.audit/1") && told.contains("no evidence"), "{told}");
    }
}

/// Four outputs as a support thread has them: `adb shell "dumpsys package; dumpsys appops; getprop; settings list secure" > all.txt`.
const PACKAGE: &str = "Packages:\n  Package [android] (a1b2c000):\n    appId=1000\n    flags=[ SYSTEM HAS_CODE ]\n    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0\n  Package [org.sample.cam] (a1b2c171):\n    appId=10171\n    versionName=1.0\n    flags=[ HAS_CODE ]\n    installerPackageName=com.android.vending\n    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0\n      runtime permissions:\n        android.permission.CAMERA: granted=true, flags=[ USER_SET|USER_SENSITIVE_WHEN_GRANTED]\n\n";
const APP_OPS: &str = "Current AppOps Service state:\n  Settings:\n    top_state_settle_time=+5s0ms\n\n  Uid u0a171:\n    state=cch\n      CAMERA: mode=ignore\n\n";
const OTHERS: &str = "[ro.build.version.release]: [15]\n[ro.build.version.sdk]: [35]\naccessibility_enabled=1\nenabled_accessibility_services=org.sample.keeper/org.sample.keeper.WatchService\n";

#[test]
fn several_outputs_in_one_file_are_all_read() {
    let room = Room::new();
    let target = room.write("x/all.txt", [PACKAGE, APP_OPS, OTHERS].concat());
    let (_, snapshot, told) = room.snapshot(target.parent().unwrap());
    let read: Vec<&str> =
        snapshot["read"].as_array().unwrap().iter().filter_map(|read| read["source"].as_str()).collect();
    for source in ["dumpsys package", "dumpsys appops", "getprop", "settings secure"] {
        assert!(read.iter().any(|read| read.starts_with(source)), "{source}: {read:?}: {told}");
    }
    let camera = snapshot["apps"].as_array().unwrap().iter().find(|app| app["id"] == "org.sample.cam").unwrap();
    assert!(
        camera["grants"]
            .as_array()
            .unwrap()
            .iter()
            .any(|grant| grant["permission"] == "camera" && grant["level"] == "none" || grant["level"] == "denied"),
        "{camera}"
    );
    assert_eq!(snapshot["device"]["api_level"], 35);
    // The same from a terminal, with what was typed.
    let typed = format!(
        "$ adb shell getprop\n{}$ adb shell dumpsys package\n{PACKAGE}$ adb shell dumpsys appops\n{APP_OPS}$ exit\n",
        "[ro.build.version.sdk]: [35]\n[ro.a]: [b]\n"
    );
    let (_, typed, told) = room.snapshot(&room.write("typed.txt", typed));
    assert_eq!(typed["apps"], snapshot["apps"], "{told}");
}

#[test]
fn an_output_that_an_app_wrote_is_not_read_and_told_with_its_lines() {
    let room = Room::new();
    let forged = PACKAGE.replace("versionName=1.0\n", &format!("versionName=1.0\n{APP_OPS}"));
    let (code, snapshot, told) = room.snapshot(&room.write("forged.txt", &forged));
    let gap = gaps(&snapshot, "dumpsys appops");
    assert_eq!((gap.len(), &gap[0]["reason"]), (1, &Value::from("unreadable")), "{snapshot}");
    assert!(gap[0]["detail"].as_str().unwrap().starts_with("lines 9-"), "{gap:?}");
    assert!(told.contains("forged.txt:9") && told.contains("a file of its own") && code == 3, "{code}: {told}");
    let read = snapshot["read"].to_string();
    assert!(!read.contains("appops"), "{read}");
}

#[test]
fn outputs_of_a_phone_in_one_file_are_judged_as_in_files_of_their_own() {
    let room = Room::new();
    let phone = fixtures().join("android-14");
    let joined = [
        "getprop",
        "pm_list_users",
        "pm_list_packages_0",
        "dumpsys_package_packages",
        "dumpsys_package_shared-users",
        "dumpsys_appops",
    ];
    let mut all = String::new();
    for entry in fs::read_dir(&phone).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // Names as people and browsers give them.
        let to = format!("x/2026-08-21_{}", name.replace(".txt", " (1).txt"));
        if !joined.iter().any(|joined| name == format!("{joined}.txt")) {
            room.write(&to, fs::read(phone.join(&name)).unwrap());
        }
    }
    for name in joined {
        all.push_str(&fs::read_to_string(phone.join(format!("{name}.txt"))).unwrap());
    }
    room.write("x/all.txt", all);
    assert_eq!(verdicts(&room.path("x"), "byod"), verdicts(&phone, "byod"));
}

#[test]
fn a_bug_report_in_a_zip_of_its_own_is_judged_as_without_it() {
    let room = Room::new();
    let inner = fs::read(build("android-14", Road::BugreportZip, room.0.path())).unwrap();
    let expected = verdicts(&room.path("android-14-bugreport.zip"), "byod");
    let wrapped = zip_of(&[
        ("bugreport-model-AP3A-2026-08-21.zip", inner.as_slice()),
        ("common/wlan/trace.txt", b"trace\n"),
        ("com.android.phone/log.txt", b"log\n"),
    ]);
    let target = room.write("bugreport-2026-08-21-100000.zip", &wrapped);
    assert_eq!(verdicts(&target, "byod"), expected);
    // In a folder, alone and beside what is no evidence.
    room.write("alone/b.zip", &wrapped);
    room.write("beside/b.zip", &wrapped);
    room.write("beside/notes.txt", "of the third floor\n");
    for folder in ["alone", "beside"] {
        assert_eq!(verdicts(&room.path(folder), "byod"), expected, "{folder}");
    }
    let (_, snapshot, _) = room.snapshot(&target);
    assert!(snapshot["read"][0]["origin"].as_str().unwrap().starts_with("bugreport-model-AP3A-2026-08-21.zip/"));
    let two = zip_of(&[("a.zip", &inner), ("b.zip", &inner)]);
    let told = room.refusal(&room.write("two.zip", two));
    assert!(told.contains("a.zip, b.zip"), "{told}");
    // An acquisition that somebody zipped twice.
    let inner = fs::read(build("android-14", Road::AndroidQfZip, room.0.path())).unwrap();
    let expected = verdicts(&room.path("android-14-androidqf.zip"), "byod");
    assert_eq!(verdicts(&room.write("twice.zip", zip_of(&[("a.zip", &inner)])), "byod"), expected);
}

#[test]
fn a_bug_report_beside_saved_outputs_is_not_absent() {
    let room = Room::new();
    build("android-14", Road::BugreportZip, &room.path(""));
    let report = fs::read(room.path("android-14-bugreport.zip")).unwrap();
    let phone = fixtures().join("android-14");
    for name in ["getprop.txt", "settings_global.txt"] {
        room.write(&format!("x/{name}"), fs::read(phone.join(name)).unwrap());
        room.write(&format!("other/{name}"), fs::read_to_string(phone.join(name)).unwrap().replace("Pixel", "Pixie"));
    }
    room.write("x/bugreport.zip", &report);
    let (_, snapshot, told) = room.snapshot(&room.path("x"));
    assert!(snapshot["apps"].as_array().unwrap().len() > 3 && !told.contains("left aside"), "{told}");
    // … unless it is another phone's.
    let properties = fs::read_to_string(phone.join("getprop.txt")).unwrap();
    let other: String = properties
        .lines()
        .map(|line| match line.starts_with("[ro.product.model]") {
            true => "[ro.product.model]: [Another]\n".to_owned(),
            false => format!("{line}\n"),
        })
        .collect();
    room.write("other/getprop.txt", other);
    room.write("other/bugreport.zip", &report);
    let (code, snapshot, told) = room.snapshot(&room.path("other"));
    assert!(
        snapshot["apps"].as_array().unwrap().is_empty() && told.contains("left aside") && code == 3,
        "{code} {told}"
    );
}

#[test]
fn what_is_encrypted_or_packed_is_named_with_the_next_step() {
    let room = Room::new();
    let backup: [(&str, &[u8]); 3] = [("UDID/Manifest.db", b"x"), ("UDID/Info.plist", b"x"), ("UDID/00/x", b"x")];
    let files: [(&str, &[u8]); 2] = [("private/var/mobile/Library/TCC/TCC.db", b"x"), ("private/etc/x", b"x")];
    let mut locked = zip_of(&[("dumpsys.txt", b"DUMP OF SERVICE appops:\n")]);
    // The bit that says so, in the entry's own header and in the directory.
    let at = locked.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    locked[6] |= 1;
    locked[at + 8] |= 1;
    let list = "Currently running services:\n  DockObserver\n  package\n  appops\n";
    let report = fs::read(fixtures().join("ios-17.App_Privacy_Report.ndjson")).unwrap();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("u.zip.age", b"age-encryption.org/v1\n-> X25519 c2FtcGxl\n--- mac\n\x00\x01".to_vec(), "age -d -i"),
        ("armour.age", b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n".to_vec(), "age -d -i"),
        ("x.asc", b"-----BEGIN PGP MESSAGE-----\n\nabc\n".to_vec(), "gpg --output"),
        ("x.gpg", b"\x85\x01\x0c\x03abcdefghijklmnop".to_vec(), "gpg --output"),
        ("x.7z", b"7z\xBC\xAF\x27\x1C\0\x04abc".to_vec(), "7z x"),
        ("x.rar", b"Rar!\x1A\x07\x01\0abc".to_vec(), "unrar x"),
        ("x.xz", b"\xFD7zXZ\0\0\x04abc".to_vec(), "xz -d"),
        ("x.ab", b"ANDROID BACKUP\n5\n1\nnone\n\x78\xda".to_vec(), "adb bugreport"),
        ("locked.zip", locked, "password"),
        ("x.tar", tar_of(&[("notes/a.txt", b"hello")]), "tar -xf"),
        ("backup.zip", zip_of(&backup), "Manifest.db"),
        ("backup.tar", tar_of(&backup), "Manifest.db"),
        ("backup.tgz", gzip(&tar_of(&backup)), "Manifest.db"),
        ("files.zip", zip_of(&files), "no backup"),
        ("services.txt", list.as_bytes().to_vec(), "without -l"),
        ("App_Privacy_Report_v4_2026.ndjson", report, "--privacy-report"),
    ];
    for (name, bytes, words) in cases {
        let target = room.write(name, bytes);
        let told = room.refusal(&target);
        assert!(told.contains(words) && told.contains(name), "{name}: {told}");
        // A folder with nothing else says the same.
        let folder = format!("folder-of-{}", name.replace('.', "-"));
        let told = room.refusal(room.write(&format!("{folder}/{name}"), fs::read(&target).unwrap()).parent().unwrap());
        assert!(told.contains(words), "{folder}: {told}");
    }
}

#[test]
fn the_files_of_an_iphone_by_their_paths_are_no_empty_folder() {
    let room = Room::new();
    for file in ["x/private/var/mobile/Library/TCC/TCC.db", "domains/HomeDomain/Library/a/b/c/d.plist"] {
        let folder = room.path(file.split('/').next().unwrap());
        room.write(file, "x");
        let told = room.refusal(&folder);
        assert!(told.contains("under their own paths") && !told.contains("empty"), "{told}");
    }
}

#[test]
fn an_empty_folder_beside_backups_is_left_aside() {
    let room = Room::new();
    let to = room.path("Backup/00008110-000A1B2C3D4E5F60");
    copy(&fixtures().join("ios-17"), &to);
    copy(&fixtures().join("ios-17"), &room.path("Backup/00008110-000A1B2C3D4E5F61"));
    let home = tempfile::tempdir().unwrap();
    let arguments = ["audit", "--fail-on", "none", "-f", "verdicts"];
    let without = run(home.path(), &arguments, &room.path("Backup"));
    fs::create_dir_all(room.path("Backup/00008110-000A1B2C3D4E5F62")).unwrap();
    let with = run(home.path(), &arguments, &room.path("Backup"));
    let told = String::from_utf8_lossy(&with.stderr);
    assert_eq!((with.status.code(), &with.stdout), (without.status.code(), &without.stdout), "{told}");
    assert!(told.contains("an empty folder") && !told.contains("bug report"), "{told}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

#[test]
fn of_two_entries_of_one_name_none_is_believed() {
    let room = Room::new();
    let phone = fixtures().join("android-14");
    let read = |name: &str| fs::read(phone.join(name)).unwrap();
    let (getprop, packages, ops) =
        (read("getprop.txt"), read("dumpsys_package_packages.txt"), read("dumpsys_appops.txt"));
    let mut loose = zip_of(&[
        ("getprop.txt", &getprop),
        ("packages.txt", &packages),
        ("ops1.txt", &ops),
        ("ops2.txt", b"[a]: [b]\n"),
    ]);
    while let Some(at) = loose.windows(8).position(|bytes| bytes == b"ops2.txt") {
        loose[at + 3] = b'1';
    }
    let (code, snapshot, told) = room.snapshot(&room.write("loose.zip", loose));
    let gap = gaps(&snapshot, "dumpsys appops");
    assert_eq!((code, gap.len(), &gap[0]["reason"]), (3, 1, &Value::from("unreadable")), "{told}");
    assert!(gap[0]["detail"].as_str().unwrap().contains("twice"), "{gap:?}");
    let report = fs::read(build("android-14", Road::DumpstateText, room.0.path())).unwrap();
    let mut twice = zip_of(&[("main_entry.txt", b"b1.txt"), ("b1.txt", &report), ("b2.txt", &report)]);
    while let Some(at) = twice.windows(6).position(|bytes| bytes == b"b2.txt") {
        twice[at + 1] = b'1';
    }
    let told = room.refusal(&room.write("twice.zip", twice));
    assert!(told.contains("two files named b1.txt"), "{told}");
}

#[test]
fn a_file_of_a_zip_with_a_wrong_checksum_is_a_gap() {
    let room = Room::new();
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("acquisition.json", "{\"uuid\":\"u\"}"),
        ("getprop.txt", "[ro.build.version.sdk]: [34]\n[ro.x]: [y]\n"),
        ("settings_global.txt", "adb_enabled=1\ndevelopment_settings_enabled=1\n"),
    ] {
        writer.start_file(name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let mut bytes = writer.finish().unwrap().into_inner();
    let at = bytes.windows(13).position(|bytes| bytes == b"adb_enabled=1").unwrap();
    bytes[at + 12] = b'0';
    let (code, snapshot, told) = room.snapshot(&room.write("a.zip", bytes));
    let gap = gaps(&snapshot, "settings global");
    assert!(
        code == 3 && gap.iter().any(|gap| gap["reason"] == "truncated" || gap["reason"] == "unreadable"),
        "{told} {snapshot}"
    );
}

#[test]
fn a_bundle_is_read_with_a_folder_around_it_and_without() {
    let room = Room::new();
    let home = tempfile::tempdir().unwrap();
    let bundle = room.path("bundle");
    let arguments = ["collect", "-o", bundle.to_str().unwrap()];
    assert_eq!(run(home.path(), &arguments, &fixtures().join("android-14")).status.code(), Some(0));
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut folders = vec![bundle.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(&bundle).unwrap().to_str().unwrap().to_owned();
                    files.push((name, fs::read(path).unwrap()));
                }
            }
        }
    }
    let zipped = |prefix: &str, separator: &str| {
        let names: Vec<String> =
            files.iter().map(|(name, _)| format!("{prefix}{name}").replace('/', separator)).collect();
        let entries: Vec<(&str, &[u8])> =
            names.iter().map(String::as_str).zip(files.iter().map(|(_, bytes)| bytes.as_slice())).collect();
        zip_of(&entries)
    };
    let expected = verdicts(&bundle, "byod");
    // The last as some programs of Windows write names.
    for (name, bytes) in
        [("bare.zip", zipped("", "/")), ("top.zip", zipped("case-12/", "/")), ("windows.zip", zipped("case-12/", "\\"))]
    {
        assert_eq!(verdicts(&room.write(name, bytes), "byod"), expected, "{name}");
    }
}

#[test]
fn what_androidqf_could_not_list_for_a_user_is_a_gap() {
    let room = Room::new();
    let target = build("android-14", Road::AndroidQfFolder, room.0.path());
    let report = "{\"users\":[{\"id\":0,\"name\":\"x\",\"running\":true,\"inventory_status\":\"collected\"},{\"id\":10,\"name\":\"x\",\"running\":false,\"inventory_status\":\"failed\",\"error\":\"java.lang.SecurityException: Shell does not have permission to access user 10\"},{\"id\":11,\"name\":\"x\",\"running\":false,\"inventory_status\":\"partial\",\"error\":\"exit status 1\"}],\"enumeration_error\":\"enumerating Android users: exit status 255\"}";
    fs::write(target.join("package_users.json"), report).unwrap();
    let (_, snapshot, told) = room.snapshot(&target);
    let found: BTreeSet<(String, String)> = gaps(&snapshot, "packages.json")
        .iter()
        .map(|gap| (gap["user"].to_string(), gap["reason"].to_string()))
        .collect();
    for (user, reason) in [("null", "unreadable"), ("10", "refused"), ("11", "truncated")] {
        assert!(found.contains(&(user.to_owned(), format!("\"{reason}\""))), "{user}: {found:?}: {told}");
    }
}

#[test]
fn a_dump_of_single_packages_is_said_to_be_one() {
    let room = Room::new();
    let single = PACKAGE.replace("  Package [android] (a1b2c000):\n    appId=1000\n    flags=[ SYSTEM HAS_CODE ]\n    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0\n", "").replace("    User 0", "    requested permissions:\n      android.permission.CAMERA\n    User 0");
    let target = room.write("x/dumpsys_package_cam.txt", single);
    room.write("x/getprop.txt", "[ro.build.version.sdk]: [36]\n[ro.build.version.release]: [16]\n");
    for (language, words) in [("en", "asked for single packages only"), ("fr", "que pour certaines applications")] {
        let home = tempfile::tempdir().unwrap();
        let output = run(home.path(), &["audit", "-f", "markdown", "--lang", language], target.parent().unwrap());
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(shown.contains(words), "{shown}");
    }
}

/// Who may read everything cannot be refused.
#[cfg(unix)]
#[test]
fn a_file_or_folder_that_may_not_be_read_is_refused_in_the_systems_words() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = Room::new();
    let close = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o0)).unwrap();
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    copy(&fixtures().join("android-15"), &room.path("above/p"));
    let file = room.path("above/p/dumpsys_package_packages.txt");
    close(&file);
    if fs::read(&file).is_ok() {
        skipped("this user may read everything");
        return;
    }
    let (code, snapshot, told) = room.snapshot(&room.path("above/p"));
    let gap = gaps(&snapshot, "dumpsys package");
    assert!(code == 3 && gap.iter().all(|gap| gap["reason"] == "refused") && !gap.is_empty(), "{told} {snapshot}");
    assert!(gap[0]["detail"].as_str().unwrap().contains("denied"), "{gap:?}");
    open(&file);
    close(&room.path("above/p"));
    let told = ["above", "above/p"].map(|target| room.refusal(&room.path(target)));
    open(&room.path("above/p"));
    for told in told {
        assert!(told.contains("denied") && !told.contains("empty"), "{told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_name_is_no_text_is_read() {
    use std::os::unix::ffi::OsStrExt as _;
    let room = Room::new();
    let phone = room.path("p");
    copy(&fixtures().join("android-14"), &phone);
    let expected = verdicts(&phone, "byod");
    let odd = phone.join(std::ffi::OsStr::from_bytes(b"paquets_\xe9.txt"));
    fs::rename(phone.join("dumpsys_package_packages.txt"), odd).unwrap();
    assert_eq!(verdicts(&phone, "byod"), expected);
}

/// Who may read everything cannot be refused.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_in_a_tree_is_no_file_of_something_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = Room::new();
    copy(&fixtures().join("android-15"), &room.path("tree/p"));
    let secret = room.write("tree/secret.zip", "PK\x03\x04");
    fs::create_dir(room.path("tree/closed")).unwrap();
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&secret, 0);
    mode(&room.path("tree/closed"), 0);
    let readable = fs::read(&secret).is_ok();
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["audit", "-f", "jsonl"], &room.path("tree"));
    mode(&room.path("tree/closed"), 0o755);
    if readable {
        skipped("this user may read everything");
        return;
    }
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), output.stdout.iter().filter(|byte| **byte == b'\n').count()),
        (Some(3), 1),
        "{told}"
    );
    for place in ["secret.zip could not be read", "closed could not be read"] {
        assert!(told.contains(place) && told.contains("denied"), "{told}");
    }
    assert!(!told.contains("nothing that poucet knows"), "{told}");
}

/// A zip of one bug report, stored or packed, whose text goes on behind what is read of it.
fn report_zip(method: zip::CompressionMethod, tail: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut report = fs::read(build("android-14", Road::DumpstateText, folder.path())).unwrap();
    report.extend(b"------ SOME LOG (x) ------\n".iter().chain(b"a line of a log\n".repeat(tail).iter()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [("main_entry.txt", b"bugreport.txt".as_slice()), ("bugreport.txt", &report)] {
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_bug_report_with_a_wrong_checksum_is_damaged_wherever_the_byte_lies() {
    let room = Room::new();
    let whole = report_zip(zip::CompressionMethod::Stored, 50_000);
    let (code, ..) = room.snapshot(&room.write("whole.zip", &whole));
    assert_eq!(code, 0);
    let place = |words: &[u8]| whole.windows(words.len()).rposition(|window| window == words).unwrap();
    for (name, at) in [("log", place(b"a line of a log")), ("packages", place(b"versionName="))] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let (code, snapshot, told) = room.snapshot(&room.write(&format!("{name}.zip"), bytes));
        let gap = gaps(&snapshot, "dumpsys package");
        assert_eq!((code, gap[0]["reason"].as_str()), (3, Some("truncated")), "{name}: {told} {gap:?}");
        assert!(gap[0]["detail"].as_str().unwrap().contains("checksum"), "{name}: {gap:?}");
    }
    // The sum that the directory tells, of a packed entry.
    let mut bytes = report_zip(zip::CompressionMethod::Deflated, 50_000);
    let directory = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes[directory + 16] ^= 1;
    assert_eq!(room.snapshot(&room.write("packed.zip", bytes)).0, 3);
}

#[test]
fn an_entry_that_is_encrypted_with_aes_is_said_to_be() {
    let room = Room::new();
    let mut bytes = zip_of(&[("dumpsys.txt", b"DUMP OF SERVICE appops:\n")]);
    let at = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    // Flag 1 and method 99, in the entry's own header and in the directory.
    for (flag, method) in [(6, 8), (at + 8, at + 10)] {
        bytes[flag] |= 1;
        bytes[method] = 99;
    }
    let told = room.refusal(&room.write("aes.zip", bytes));
    assert!(told.contains("password") && told.contains("hint:"), "{told}");
}

#[test]
fn files_that_do_not_agree_with_the_list_of_their_sums_are_named() {
    use sha2::Digest as _;
    let room = Room::new();
    let target = build("android-14", Road::AndroidQfFolder, room.0.path());
    let sum = |name: &str| -> String {
        sha2::Sha256::digest(fs::read(target.join(name)).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let names: Vec<String> = fs::read_dir(&target)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !["acquisition.json", "hashes.csv"].contains(&name.as_str()))
        .collect();
    let list = |but: &str| -> String {
        let lines = names.iter().filter(|name| *name != but);
        lines.map(|name| format!("/home/desk/1234/{name},{}\n", sum(name))).collect()
    };
    fs::write(target.join("hashes.csv"), list("")).unwrap();
    let (code, _, told) = room.snapshot(&target);
    assert!(code == 0 && !told.contains("hashes.csv"), "{told}");

    fs::write(target.join("hashes.csv"), list("settings_global.txt")).unwrap();
    let (code, _, told) = room.snapshot(&target);
    assert!(code == 0 && told.contains("settings_global.txt: hashes.csv does not list it"), "{told}");

    fs::write(target.join("hashes.csv"), list("")).unwrap();
    for name in ["dumpsys.txt", "settings_global.txt"] {
        let before = fs::read(target.join(name)).unwrap();
        fs::write(target.join(name), [before.as_slice(), b"x=1\n"].concat()).unwrap();
        let (code, snapshot, told) = room.snapshot(&target);
        assert!(code == 3 && told.contains(&format!("{name}: contradicts hashes.csv")), "{code} {told}");
        let area = if name == "dumpsys.txt" { "dumpsys appops" } else { "settings global" };
        let gap = gaps(&snapshot, area);
        assert!(
            gap.iter().any(|gap| gap["detail"].as_str().unwrap_or_default().contains("another SHA-256")),
            "{gap:?}"
        );
        fs::write(target.join(name), before).unwrap();
    }

    fs::remove_file(target.join("settings_secure.txt")).unwrap();
    let (_, snapshot, told) = room.snapshot(&target);
    assert!(told.contains("settings_secure.txt: hashes.csv lists it, and it is not there"), "{told}");
    let gap = gaps(&snapshot, "settings secure");
    assert!(gap.iter().any(|gap| gap["reason"] == "absent"), "{snapshot}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_target_whose_name_is_no_text_is_read_by_that_name() {
    use std::os::unix::ffi::OsStrExt as _;
    let room = Room::new();
    let name = |bytes: &[u8]| room.0.path().join(std::ffi::OsStr::from_bytes(bytes));
    copy(&fixtures().join("android-14"), &room.path("p"));
    let expected = verdicts(&room.path("p"), "byod");
    fs::rename(room.path("p"), name(b"t\xe9l\xe9phone")).unwrap();
    assert_eq!(verdicts(&name(b"t\xe9l\xe9phone"), "byod"), expected);
    // In a list one such name costs nothing, and one that is not there itself.
    let list = room.write("list", [b"t\xe9l\xe9phone\n".as_slice(), b"nowhere\xff\n"].concat());
    let home = tempfile::tempdir().unwrap();
    let mut command = common_roads::poucet(home.path());
    let output = command.current_dir(room.0.path()).args(["audit", "-f", "jsonl", "--targets-from"]).arg(&list);
    let output = output.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), output.stdout.iter().filter(|byte| **byte == b'\n').count()),
        (Some(3), 1),
        "{told}"
    );
    assert!(told.contains("nowhere"), "{told}");
    // Elsewhere than as a target, the message is one sentence with a hint.
    let mut command = common_roads::poucet(home.path());
    let output = command.args(["audit", "x", "-o"]).arg(name(b"\xff")).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("error: an argument is no UTF-8 text") && told.contains("hint:"), "{told}");
}
