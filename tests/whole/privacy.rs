//! No output repeats personal data of a phone: serial numbers, names, accounts, phone numbers, networks, messages.
//!
//! `tests/fixtures/personal.txt` lists what was planted in every fixture, in the places where real phones have it.

use std::fs;
use std::path::Path;

use crate::common_roads::{Files, PHONES, ROADS, Road, build, personal, run};

/// Every way of showing a phone that needs no second target.
const COMMANDS: [&[&str]; 5] = [
    &["audit", "--format", "table"],
    &["audit", "--format", "json"],
    &["audit", "--format", "jsonl"],
    &["snapshot"],
    &["snapshot", "--all-apps"],
];

fn assert_private(phone: &str, road: Road) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = tempfile::tempdir().expect("a temporary folder");
    let target = build(phone, road, folder.path());
    for arguments in COMMANDS {
        let output = run(home.path(), arguments, &target);
        let shown = format!("{phone} by {road:?}, {arguments:?}");
        // 0 nothing fails, 1 something fails, 3 evidence was refused: anything else is no report.
        let status = output.status.code();
        assert!(
            matches!(status, Some(0 | 1 | 3)),
            "{shown}: status {status:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.stdout.len() > 200, "{shown}: there is no report");
        for (stream, bytes) in [("standard output", &output.stdout), ("standard error", &output.stderr)] {
            let text = String::from_utf8_lossy(bytes);
            for secret in personal() {
                let at = text.find(&secret);
                let around = at.map(|at| {
                    text.get(..at)
                        .unwrap_or("")
                        .chars()
                        .rev()
                        .take(120)
                        .collect::<Vec<_>>()
                        .into_iter()
                        .rev()
                        .collect::<String>()
                });
                assert!(at.is_none(), "{shown}: {secret} stands on {stream} after: {}", around.unwrap_or_default());
            }
        }
    }
}

#[test]
fn the_fixtures_hold_what_must_not_leak() {
    for phone in PHONES {
        let everything: String = Files::of(phone).0.into_values().collect();
        // Messages and coordinates are planted by the roads, in dumps that poucet must not read.
        let planted = personal().iter().filter(|secret| everything.contains(secret.as_str())).count();
        assert!(planted >= 10, "{phone}: only {planted} of the personal strings are planted");
    }
}

macro_rules! roads {
    ($($name:ident => $road:expr;)*) => {$(
        #[test]
        fn $name() {
            for phone in PHONES {
                assert_private(phone, $road);
            }
        }
    )*};
}

roads! {
    nothing_personal_by_loose_files => Road::Folder;
    nothing_personal_by_bug_report => Road::BugreportZip;
    nothing_personal_by_dumpstate_text => Road::DumpstateText;
    nothing_personal_by_androidqf_folder => Road::AndroidQfFolder;
    nothing_personal_by_androidqf_zip => Road::AndroidQfZip;
}

#[test]
fn every_road_has_its_test() {
    assert_eq!(ROADS.len(), 5);
}

/// What a person or an organization may write, in the place where each service prints it; behind a line end too, where one can stand.
/// Every marker begins with `ZQX`; those in rows that are none, which a bundle keeps for who looks into it, with `ZQR`.
const WRITTEN: [(&str, &str, &str); 17] = [
    ("pm_list_users", "Marie Tremblay", "ZQXa\nZQXb"),
    ("cmd_user_list", "Marie Tremblay", "ZQXa\nZQXb"),
    ("dumpsys_user", "Marie Tremblay", "ZQXa\nZQXb"),
    ("dumpsys_trust", "Marie Tremblay", "ZQXa\nZQXb"),
    ("settings_secure_0", "lock_screen_owner_info=", "lock_screen_owner_info=If found\ntel=ZQXc\nZQXd\nx="),
    ("settings_global", "device_name=", "some_note=ZQXe\nlockscreen_message=ZQXf\nphone=5145550199\ndevice_name="),
    (
        "getprop",
        "[ro.build.id]",
        "[gsm.operator.alpha]: [ZQXg]\n[vendor.serial]: [ZQXh]\n[ro.boot.uid]: [ZQXi]\n[ro.build.id]",
    ),
    ("settings_global", "device_name=", "a_note=\nZQXna\nb_note=5\nZQXnb\ndevice_name="),
    ("getprop", "[ro.build.id]", "[a.note]: [5\nZQXnc]\n[b.note]: [\nZQXnd]\n[ro.build.id]"),
    ("getprop", "[ro.build.id]", "[bluetooth.name]: [ZQXj\nZQXk]\n[dhcp.wlan0.ipaddress]: [10.0.ZQXl]\n[ro.build.id]"),
    (
        "dumpsys_device_policy",
        "  Enabled Device Admins (User 0",
        "  Device Owner: \n    admin=ComponentInfo{a.b/a.b.C}\n    name=ZQXm\nZQXn\n    package=a.b\n  Enabled Device Admins (User 0",
    ),
    (
        "dumpsys_device_policy",
        "  Enabled Device Admins (User 0",
        "  mOrganizationName=ZQXo\n  mDeviceOwnerLockScreenInfo=ZQXp\n  Enabled Device Admins (User 0",
    ),
    (
        "dumpsys_package_packages",
        "Packages:\n",
        "Active install sessions:\n  Session 1:\n    appLabel=ZQXq\n\nPackages:\n",
    ),
    ("dumpsys_package_packages", "    User 0: ", "      com.secret.app: granted=maybe for ZQRr\n    User 0: "),
    ("dumpsys_package_packages", "Packages:\n", "Packages:\n  Package [ZQRs tu] (1):\n"),
    (
        "dumpsys_appops",
        "    Package com.zhiliaoapp.musically:\n",
        "    Package com.zhiliaoapp.musically:\n      ZQRv of ZQRw\n",
    ),
    ("dumpsys_adb", "debugging_manager={", "debugging_manager={\n    note=ZQXz"),
];

fn assert_unmarked(place: &str, bytes: &[u8], markers: &[&str]) {
    let text = String::from_utf8_lossy(bytes);
    let at = markers.iter().find_map(|marker| text.find(marker));
    let around: String = at.and_then(|at| text.get(at..)).unwrap_or("").chars().take(90).collect();
    assert!(at.is_none(), "{place}: {around}");
}

fn each_file(folder: &Path, look: &mut dyn FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            each_file(&path, look);
        } else {
            look(&path, &fs::read(&path).expect("a file"));
        }
    }
}

#[test]
fn nothing_that_a_person_wrote_is_in_an_output_a_store_or_a_bundle() {
    for phone in ["android-11", "android-14", "android-16"] {
        let room = tempfile::tempdir().expect("a temporary folder");
        let home = tempfile::tempdir().expect("a temporary folder");
        let built = build(phone, Road::Folder, room.path());
        let target = room.path().join("ZQX-Marie-phone");
        fs::rename(&built, &target).expect("the folder has a person's name");
        let mut planted = 0;
        for (file, before, after) in WRITTEN {
            let path = target.join(format!("{file}.txt"));
            let Ok(text) = fs::read_to_string(&path) else { continue };
            planted += text.matches(before).count().min(1);
            fs::write(&path, text.replacen(before, after, 1)).expect("the text is written");
        }
        assert!(planted >= 12, "{phone}: only {planted} places");
        for file in ["dumpsys_appops", "pm_list_users"] {
            fs::rename(target.join(format!("{file}.txt")), target.join(format!("ZQX-{file}.txt")))
                .expect("a name of one's own");
        }
        let bundle = room.path().join("bundle");
        let store = format!("--store={}", room.path().join("fleet.db").display());
        for arguments in
            [vec!["collect", "-o", bundle.to_str().expect("a path")], vec!["audit", &store, "-f", "verdicts"]]
        {
            let output = run(home.path(), &arguments, &target);
            assert!(
                matches!(output.status.code(), Some(0 | 1 | 3)),
                "{arguments:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let mut seen = 0;
        each_file(&bundle, &mut |path, bytes| {
            seen += 1;
            assert_unmarked(&format!("{phone} {}", path.display()), bytes, &["ZQX", "5145550199"]);
        });
        assert!(seen > 10, "{seen} files");
        each_file(room.path(), &mut |path, bytes| {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("fleet.db")) {
                assert_unmarked(&format!("{phone} {}", path.display()), bytes, &["ZQ", "5145550199"]);
            }
        });
        // The name of the folder is said to whoever named it; nothing else is.
        for format in ["table", "json", "html", "markdown", "csv", "sarif", "junit", "oscal", "ocsf"] {
            let output = run(home.path(), &["audit", "--all-apps", "-f", format], &target);
            let text = String::from_utf8_lossy(&output.stdout).replace("ZQX-Marie-phone", "").replace("ZQX-", "");
            assert!(text.len() > 200, "{format}: {}", String::from_utf8_lossy(&output.stderr));
            assert_unmarked(&format!("{phone} as {format}"), text.as_bytes(), &["ZQ", "5145550199"]);
        }
    }
}
