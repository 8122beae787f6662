//! Targets of every form.

use super::*;
use crate::evidence::Reason;
use std::io::Write;
use zip::write::SimpleFileOptions;

const DUMPSTATE: &str = "========================================================\n== dumpstate: 2026-08-20 09:00:00\n========================================================\n\nBuild: X\n------ SYSTEM PROPERTIES (getprop) ------\n[ro.build.version.sdk]: [34]\n------ 0.02s was the duration of 'SYSTEM PROPERTIES' ------\n------ DUMPSYS (/system/bin/dumpsys) ------\n-------------------------------------------------------------------------------\nDUMP OF SERVICE appops:\nCurrent AppOps Service state:\n--------- 0.053s was the duration of dumpsys appops, ending at: x\n-------------------------------------------------------------------------------\nDUMP OF SERVICE package:\nPackages:\n  Package [a.b] (1):\n--------- 0.053s was the duration of dumpsys package, ending at: x\n------ 2.4s was the duration of 'DUMPSYS' ------\n";
const SNAPSHOT: &str = "{\"schema\":\"poucet.snapshot/1\",\"apps\":[]}\n";

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn bugreport_zip() -> Vec<u8> {
    zip_of(&[
        ("version.txt", b"2.0"),
        ("main_entry.txt", b"b.txt"),
        ("FS/x.txt", b"x"),
        ("b.txt", DUMPSTATE.as_bytes()),
    ])
}

struct Tree(tempfile::TempDir);

impl Tree {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let tree = Tree(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            let path = tree.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn open(&self, name: &str) -> Result<Opened, SourceError> {
        open_path(&self.path(name), &OpenOptions::default())
    }

    fn evidence(&self, name: &str) -> Evidence {
        match self.open(name) {
            Ok(Opened::Evidence { evidence, .. }) => *evidence,
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_bug_report_is_found_whatever_its_name_and_wrapping() {
    let tree = Tree::new(&[
        ("holiday.jpg", &bugreport_zip()),
        ("text", DUMPSTATE.as_bytes()),
        ("unpacked/version.txt", b"2.0"),
        ("unpacked/main_entry.txt", b"b.txt"),
        ("unpacked/b.txt", DUMPSTATE.as_bytes()),
        ("alone/x.zip", &bugreport_zip()),
    ]);
    for (name, origin) in [("holiday.jpg", "b.txt"), ("text", "text"), ("unpacked", "b.txt"), ("alone", "b.txt")] {
        let evidence = tree.evidence(name);
        assert_eq!(evidence.source, SourceKind::Bugreport, "{name}");
        let packages = evidence.first(Kind::Packages).unwrap();
        assert_eq!((packages.origin.as_str(), packages.first_line, packages.cut), (origin, 16, None));
        assert!(evidence.missing.iter().any(|gap| gap.kind == Kind::LockSettings && gap.reason == Reason::Absent));
        assert!(!evidence.missing.iter().any(|gap| gap.kind == Kind::WindowPolicy), "not needed on Android 14");
    }
    assert_eq!(tree.evidence("holiday.jpg").target, "holiday.jpg");
}

#[test]
fn a_zip_that_was_cut_short_gives_what_is_there_and_says_so() {
    let noise: String = (0u32..40_000).map(|n| format!("    {:x}\n", n.wrapping_mul(2_654_435_761))).collect();
    let text = DUMPSTATE.replace("  Package [a.b] (1):\n", &format!("  Package [a.b] (1):\n{noise}"));
    let whole = zip_of(&[("version.txt", b"2.0"), ("main_entry.txt", b"b.txt"), ("b.txt", text.as_bytes())]);
    let tree = Tree::new(&[("half.zip", &whole[..whole.len() / 2]), ("begin.zip", &whole[..20])]);
    let evidence = tree.evidence("half.zip");
    assert_eq!(evidence.first(Kind::AppOps).unwrap().cut, None);
    assert_eq!(evidence.first(Kind::Packages).unwrap().cut, Some(Reason::Truncated));
    assert!(evidence.missing.iter().any(|gap| gap.kind == Kind::LockSettings && gap.reason == Reason::Truncated));
    assert!(matches!(tree.open("begin.zip"), Err(SourceError::Damaged { .. })));
}

#[test]
fn an_entry_with_a_wrong_byte_never_panics() {
    let whole = bugreport_zip();
    let tree = Tree::new(&[]);
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(tree.path("x.zip"), bytes).unwrap();
        let _ = tree.open("x.zip");
    }
}

#[test]
fn an_acquisition_is_read_from_a_folder_a_zip_and_one_folder_down() {
    let dumpsys = DUMPSTATE.split_once("------ DUMPSYS (/system/bin/dumpsys) ------\n").unwrap().1;
    let files: Vec<(String, Vec<u8>)> = [
        ("acquisition.json", "{\"uuid\":\"u\",\"started\":\"2026-08-20T08:50:00Z\"}"),
        ("dumpsys.txt", dumpsys),
        ("getprop.txt", "[ro.build.version.sdk]: [34]\n"),
        ("settings_global.txt", "adb_enabled=1\n"),
        ("files.json", "never read"),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .to_vec();
    let entries: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let zipped = zip_of(&entries);
    let down: Vec<(String, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (format!("a/b/{name}"), bytes.clone())).collect();
    let mut all: Vec<(&str, &[u8])> = down.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    all.push(("z", &zipped));
    let tree = Tree::new(&all);
    for name in ["a/b", "a", "z"] {
        let evidence = tree.evidence(name);
        assert_eq!((evidence.source, evidence.taken_at), (SourceKind::AndroidQf, Some(1_787_215_800)), "{name}");
        for kind in [Kind::Packages, Kind::AppOps, Kind::Properties, Kind::SettingsGlobal, Kind::Acquisition] {
            assert!(evidence.first(kind).is_some(), "{name}: {kind:?}");
        }
        assert!(evidence.missing.iter().any(|gap| gap.kind == Kind::SettingsSecure && gap.reason == Reason::Absent));
    }
}

#[test]
fn an_acquisition_without_dumpsys_uses_its_bug_report() {
    let inner = bugreport_zip();
    let files: [(&str, &[u8]); 3] =
        [("acquisition.json", b"{}"), ("getprop.txt", b"[ro.build.version.sdk]: [34]\n"), ("bugreport.zip", &inner)];
    let zipped = zip_of(&files);
    let mut all: Vec<(String, &[u8])> = files.iter().map(|(name, bytes)| (format!("f/{name}"), *bytes)).collect();
    all.push(("z".to_owned(), &zipped));
    let tree = Tree::new(&all.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect::<Vec<_>>());
    for name in ["f", "z"] {
        let evidence = tree.evidence(name);
        assert_eq!(evidence.first(Kind::Packages).unwrap().origin, "bugreport.zip/b.txt", "{name}");
        assert_eq!(evidence.of(Kind::Properties).count(), 1, "{name}");
        assert!(!evidence.missing.iter().any(|gap| gap.kind == Kind::Packages), "{name}");
    }
}

#[test]
fn a_folder_of_several_targets_lists_them() {
    let tree = Tree::new(&[
        ("many/2.zip", &bugreport_zip()),
        ("many/1.txt", DUMPSTATE.as_bytes()),
        ("many/3/dumpsys.txt", b"DUMP OF SERVICE appops:\nx\n"),
        ("many/3/getprop.txt", b"[ro.a]: [b]\n"),
        ("many/4/Manifest.db", b"x"),
        ("many/4/Manifest.plist", b"x"),
        ("many/notes.txt", b"x"),
        ("snaps/a.json", SNAPSHOT.as_bytes()),
        ("snaps/b.json", SNAPSHOT.as_bytes()),
    ]);
    match tree.open("many").unwrap() {
        Opened::Several(paths) => {
            assert_eq!(paths, ["1.txt", "2.zip", "3", "4"].map(|name| tree.path("many").join(name)))
        }
        other => panic!("{other:?}"),
    }
    match tree.open("snaps").unwrap() {
        Opened::Snapshots { paths } => assert_eq!(paths.len(), 2),
        other => panic!("{other:?}"),
    }
    assert!(matches!(tree.open("snaps/a.json"), Ok(Opened::Snapshots { .. })));
}

#[test]
fn what_cannot_be_read_is_an_error_that_names_it() {
    let tree = Tree::new(&[
        ("empty", b""),
        ("diary.txt", b"Dear diary\n"),
        ("folder/photo", &[0xFF, 0xD8, 0]),
        ("photos.zip", &zip_of(&[("a.jpg", &[0xFF, 0xD8, 0])])),
        ("evil.zip", &zip_of(&[("../../etc/x", b"x"), ("b.txt", DUMPSTATE.as_bytes())])),
    ]);
    fs::create_dir(tree.path("hollow")).unwrap();
    for (name, key) in [
        ("nowhere", "source-not-found"),
        ("empty", "source-empty"),
        ("hollow", "source-empty"),
        ("diary.txt", "source-unrecognised"),
        ("folder", "source-unrecognised"),
        ("photos.zip", "source-unrecognised"),
        ("evil.zip", "source-unsafe-name"),
    ] {
        let error = tree.open(name).unwrap_err();
        assert_eq!(error.key(), key, "{name}: {error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_backup_is_found_from_above_and_from_within() {
    const UDID: &str = "00008110-000A1B2C3D4E5F60";
    let payload = format!("one/{UDID}/64/64d0019cb3d46bfc8cce545a8ba54b93e7ea9347");
    let files: Vec<(String, &[u8])> = [
        (format!("one/{UDID}/Manifest.db"), &b"x"[..]),
        (format!("one/{UDID}/Info.plist"), b"x"),
        (payload.clone(), b"x"),
        // Nobody takes it for anything, here as elsewhere.
        (format!("one/{UDID}.truth.json"), b"{}"),
        ("Library/MobileSync/Backup/a/Manifest.db".to_owned(), b"x"),
        ("Library/MobileSync/Backup/a/Manifest.plist".to_owned(), b"x"),
        ("Library/MobileSync/Backup/a-20240601-120000/Status.plist".to_owned(), b"x"),
        ("Library/MobileSync/Backup/a-20240601-120000/Manifest.plist".to_owned(), b"x"),
        ("empty/MobileSync/Backup/.DS_Store".to_owned(), b"x"),
        ("fleet/iphone/b/Manifest.db".to_owned(), b"x"),
        ("fleet/iphone/b/Info.plist".to_owned(), b"x"),
        ("fleet/android.txt".to_owned(), DUMPSTATE.as_bytes()),
    ]
    .into();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let tree = Tree::new(&files);
    let whole = format!("one/{UDID}");
    for name in ["one".to_owned(), whole.clone(), format!("{whole}/Manifest.db"), format!("{whole}/Info.plist")] {
        match tree.open(&name) {
            Ok(Opened::IosBackup(path)) => assert_eq!(path, tree.path(&whole), "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    for name in [format!("{whole}/64"), payload] {
        let error = tree.open(&name).unwrap_err();
        assert_eq!(error.key(), "source-inside-backup", "{name}");
        let backup = tree.path(&whole).display().to_string();
        assert!(error.arguments().contains(&("backup", backup)), "{name}");
    }
    for name in ["Library/MobileSync/Backup", "Library/MobileSync", "Library"] {
        let mut found = tree.open(name);
        // One folder with one thing in it leads on by itself.
        if let Ok(Opened::Several(paths)) = &found
            && let [only] = paths.as_slice()
        {
            found = open_path(only, &OpenOptions::default());
        }
        let Ok(Opened::Several(paths)) = found else { panic!("{name}: {found:?}") };
        let names: Vec<String> = paths.iter().map(|path| name_of(path)).collect();
        assert_eq!(names, ["a", "a-20240601-120000"], "{name}");
    }
    for name in ["empty/MobileSync", "empty/MobileSync/Backup"] {
        assert_eq!(tree.open(name).unwrap_err().key(), "source-no-backups", "{name}");
    }
    let Ok(Opened::Several(paths)) = tree.open("fleet") else { panic!("a fleet of both platforms") };
    assert_eq!(paths, [tree.path("fleet/android.txt"), tree.path("fleet/iphone")]);
    assert!(matches!(tree.open("fleet/iphone"), Ok(Opened::IosBackup(_))));
}

#[test]
fn an_odd_name_that_nobody_reads_does_not_spoil_a_bug_report() {
    let tree = Tree::new(&[(
        "b.zip",
        &zip_of(&[("FS//data/x", b"x"), ("main_entry.txt", b"b.txt"), ("b.txt", DUMPSTATE.as_bytes())]),
    )]);
    assert!(tree.evidence("b.zip").first(Kind::Packages).is_some());
}

#[test]
fn a_file_saved_by_windows_powershell_is_read_as_its_plain_copy_is() {
    let Some(corpus) = crate::skip::corpus("") else { return };
    let folder = Path::new(&corpus).join("android").join("single-package");
    let name = "pkg-a16-samsung-oneui-secure-folder-user150";
    let [raw, plain] = ["utf16le-crlf.raw.txt", "txt"].map(|end| {
        match open_path(&folder.join(format!("{name}.{end}")), &OpenOptions::default()) {
            Ok(Opened::Evidence { evidence, .. }) => *evidence,
            other => panic!("{other:?}"),
        }
    });
    let lines = |evidence: &Evidence| evidence.first(Kind::Packages).unwrap().text.lines().count();
    assert_eq!(lines(&raw), lines(&plain));
}

#[test]
fn a_zip_bomb_is_given_up() {
    let mut text = DUMPSTATE.split_once("------ DUMPSYS (").unwrap().0.to_owned();
    text.push_str(&"a\n".repeat(2_000_000));
    let tree = Tree::new(&[("bomb.zip", &zip_of(&[("main_entry.txt", b"b.txt"), ("b.txt", text.as_bytes())]))]);
    let options = OpenOptions { inflate_limit: 1 << 20, ..OpenOptions::default() };
    match open_path(&tree.path("bomb.zip"), &options) {
        Ok(Opened::Evidence { evidence, .. }) => {
            assert!(evidence.missing.iter().any(|gap| gap.kind == Kind::Packages && gap.reason == Reason::Truncated));
        }
        other => panic!("{other:?}"),
    }
}
