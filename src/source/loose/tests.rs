//! What saved texts are, whatever their names.

use super::tell::{SETTINGS_KEYS, rows};
use super::*;
use proptest::prelude::*;

#[test]
fn the_data_files_are_well_formed() {
    let lines = |table: &str| table.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(rows(SETTINGS_KEYS).count(), lines(SETTINGS_KEYS));
    let mut seen = BTreeSet::new();
    for (table, key) in rows(SETTINGS_KEYS) {
        assert!(["global", "secure", "system"].contains(&table), "{table}");
        assert!(seen.insert(key), "{key} twice");
    }
}

#[test]
fn content_tells_what_a_text_is() {
    let output = |kind| Found::Output(kind, None);
    for (content, expected) in [
        ("DUMP OF SERVICE appops:\nx\n", Found::Sections),
        ("Activity Resolver Table:\n\nPackages:\n  Package [a.b] (12ab):\n", output(Kind::Packages)),
        ("Current AppOps Service state:\n", output(Kind::AppOps)),
        ("[ro.product.model]: [X]\n[a]: [b]\n", output(Kind::Properties)),
        ("[DEVICE_PROVISIONED]: [1]\n[ro.build.type]: [user]\n", output(Kind::Properties)),
        ("Users:\n\tUserInfo{0:Owner:4c13} running\n", output(Kind::UserList)),
        ("Users:\n        UserInfo{0:Camille:c13} running\n", output(Kind::UserList)),
        ("Users:\nUserInfo{0:Camille:c13} running\n", output(Kind::UserList)),
        ("Users:\n  UserInfo{0:null:13} serialNo=0\n", output(Kind::Users)),
        ("1 users:\n0: id=0, name=Owner, type=full.SYSTEM\n", output(Kind::UserListVerbose)),
        ("a=1\nadb_enabled=1\n", output(Kind::SettingsGlobal)),
        ("accessibility_enabled=0\nx=y\n", output(Kind::SettingsSecure)),
        ("screen_off_timeout=60000\n", output(Kind::SettingsSystem)),
        ("system-excidle,com.android.shell,2000\nuser,com.whatsapp,10199\n", output(Kind::BatteryExemptions)),
        ("package:a.b\npackage:c.d\n", output(Kind::PackageList)),
        ("package:a.b  installer=null uid:1010044\n", Found::Output(Kind::PackageList, Some(10))),
        ("package:a.b  installer=null uid:10044,1010044\n", output(Kind::PackageList)),
        ("Enforcing\n", output(Kind::SelinuxMode)),
        ("Uid mode: COARSE_LOCATION: ignore\nCAMERA: allow; time=+3h ago\n", Found::AppOpsGet),
        ("Dear diary,\nPackages: none\n", Found::Nothing),
        ("", Found::Nothing),
    ] {
        assert_eq!(classify(content), expected, "{content}");
    }
}

#[test]
fn a_folder_of_saved_outputs_is_read_whatever_the_names() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let utf16: Vec<u8> =
        "\u{FEFF}Packages:\r\n  Package [a.b] (1):\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write("one", &utf16);
    write("sub/deeper/two.log", b"Current AppOps Service state:\n");
    write("photo.jpg", &[0xFF, 0xD8, 0, 1]);
    write("diary.txt", b"Dear diary\n");
    write("ops.txt", b"Uid mode: CAMERA: allow\n");
    let mut container = Container::folder(folder.path(), u64::MAX, false).unwrap();
    let (evidence, ignored) = read(&mut container, &OpenOptions::default()).unwrap();
    let packages = evidence.first(Kind::Packages).unwrap();
    assert_eq!((packages.text.as_str(), packages.origin.as_str()), ("Packages:\n  Package [a.b] (1):\n", "one"));
    assert_eq!(evidence.first(Kind::AppOps).unwrap().origin, "sub/deeper/two.log");
    let names: Vec<_> = ignored.iter().map(|file| (file.file.as_str(), file.why)).collect();
    assert_eq!(
        names,
        [("diary.txt", Why::Unrecognised), ("ops.txt", Why::AppOpsGet), ("photo.jpg", Why::Unrecognised)]
    );
    assert!(evidence.missing.iter().any(|gap| gap.kind == Kind::Properties && gap.reason == Reason::Absent));
}

#[test]
fn a_date_in_a_name_is_no_user_and_hides_no_output() {
    for (name, user) in [
        ("settings_secure_10.txt", Some(10)),
        ("settings_secure_0 (1).txt", Some(0)),
        ("settings_secure (1).txt", None),
        ("settings_secure-2.txt", None),
        ("settings_secure_2026-08-21.txt", None),
        ("2026-08-21_settings_secure_999.txt", Some(999)),
        ("settings_secure_20260821.txt", None),
        ("user10_settings_secure.txt", Some(10)),
        ("packages_user_150.txt", Some(150)),
        ("settings_secure.txt", None),
    ] {
        assert_eq!(user_in_name(name), user, "{name}");
    }
    for (name, kind) in [
        ("2026-08-21_dumpsys_package.txt", Some(Kind::Packages)),
        ("a/appops (1).txt", Some(Kind::AppOps)),
        ("dumpsys_60_device_policy", Some(Kind::DevicePolicy)),
        ("Dumpsys-Package - Copie.TXT", Some(Kind::Packages)),
        ("2026.08.21 dumpsys role.log", Some(Kind::Roles)),
        ("dumpsys_packages_of_august.txt", None),
        ("my package.txt", None),
    ] {
        assert_eq!(kind_in_name(name), kind, "{name}");
    }
}

proptest! {
    #[test]
    fn never_panics(content in "(\\PC|\n|\t|=|\\[ro\\.|package:|Uid mode: ){0,80}") {
        let _ = classify(&content);
    }
}

#[test]
fn the_folders_of_real_dumps_are_recognised() {
    let Some(corpus) = crate::skip::corpus("") else { return };
    let android = std::path::Path::new(&corpus).join("android");
    for (folder, kinds) in [
        (
            "a09-google-emulator",
            &[
                Kind::Packages,
                Kind::AppOps,
                Kind::Properties,
                Kind::SettingsDump,
                Kind::Users,
                Kind::Trust,
                Kind::LockSettings,
                Kind::DevicePolicy,
                Kind::DeviceIdle,
                Kind::Accessibility,
            ][..],
        ),
        (
            "a14-xiaomi-pad6-hyperos2",
            &[
                Kind::AppOps,
                Kind::Properties,
                Kind::SettingsGlobal,
                Kind::SettingsSecure,
                Kind::SettingsSystem,
                Kind::PackageList,
                Kind::DeviceIdle,
                Kind::Accessibility,
            ],
        ),
    ] {
        let mut container = Container::folder(&android.join(folder), u64::MAX, false).unwrap();
        let (evidence, _) = read(&mut container, &OpenOptions::default()).unwrap();
        for kind in kinds {
            assert!(evidence.first(*kind).is_some(), "{folder}: {kind:?}");
        }
    }
}
