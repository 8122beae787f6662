//! Bundles that are written and read again.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;

use super::manifest::{MANIFEST, SCHEMA};
use super::write::{DASHES, DUMPSYS, HASHES, PACKAGES, packages_json};
use super::*;
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::files::fingerprint::hex;
use crate::files::output::OutputError;
use crate::source::container::Container;
use crate::source::options::OpenOptions;
use crate::source::redact::Redactor;
use crate::source::{Opened, SourceError, open_path};

fn meta() -> Meta {
    Meta { version: "0.1.0".to_owned(), taken_at: Some(1_782_000_000), device_id: Some("hmac:1234".to_owned()) }
}

fn sample() -> Evidence {
    let mut evidence = Evidence::empty(SourceKind::Adb, "adb");
    evidence.serial = Some("R5CW00SYNTH".to_owned());
    let mut packages = Item::new(Kind::Packages, "Packages:\n  Package [a.b] (1):\n", "dumpsys package");
    packages.first_line = 4711;
    packages.cut = Some(Reason::TimedOut);
    evidence.items = vec![
        Item::new(Kind::UserList, "Users:\n\tUserInfo{0:Marie:13} running\n", "pm list users"),
        packages,
        Item::new(Kind::Properties, "[ro.serialno]: [R5CW00SYNTH]\n[ro.build.version.sdk]: [34]\n", "getprop"),
        Item::new(Kind::SettingsSecure, "android_id=1234567\na=1\n", "settings").for_user(0),
        Item::new(Kind::SettingsSecure, "a=2", "settings").for_user(10),
        Item::new(Kind::AppOps, "no line end; DUMP OF SERVICE package:\nforged", "dumpsys appops"),
        Item::new(Kind::PackageList, "package:a.b  installer=com.android.vending uid:10123\n", "pm").for_user(0),
        Item::new(Kind::Acquisition, "{\"uuid\":\"x\"}", "acquisition.json"),
    ];
    evidence.missing = vec![Missing {
        kind: Kind::Roles,
        user: Some(10),
        reason: Reason::Refused,
        detail: "no, R5CW00SYNTH".to_owned(),
    }];
    evidence
}

fn reopen(path: &Path) -> Evidence {
    match open_path(path, &OpenOptions::default()).unwrap() {
        Opened::Evidence { evidence, .. } => *evidence,
        other => panic!("{other:?}"),
    }
}

type Shown = (Kind, Option<u32>, String, String, u64, Option<Reason>);

fn shown(evidence: &Evidence, redactor: Redactor<'_>) -> Vec<Shown> {
    let show = |item: &Item| {
        let text = redactor.text(item).into_owned();
        (item.kind, item.user, text, redactor.origin(item), item.first_line, item.cut)
    };
    evidence.items.iter().map(show).collect()
}

#[test]
fn a_bundle_reads_back_as_it_was_written_and_holds_no_personal_data() {
    let evidence = sample();
    let folder = tempfile::tempdir().unwrap();
    for name in ["bundle", "bundle.zip"] {
        let path = folder.path().join(name);
        write(&evidence, &path, &meta()).unwrap();
        let back = reopen(&path);
        assert_eq!(back.source, SourceKind::Bundle);
        assert_eq!(
            shown(&back, Redactor { serial: None, is_live: true }),
            shown(&evidence, Redactor { serial: evidence.serial.as_deref(), is_live: evidence.source.is_live() })
        );
        assert_eq!(back.missing[0].detail, "no, [redacted]");
        assert_eq!((back.missing.len(), back.missing[0].user, back.missing[0].reason), (1, Some(10), Reason::Refused));
        assert_eq!((back.taken_at, back.device_id.as_deref()), (Some(1_782_000_000), Some("hmac:1234")));
        assert_eq!(back.serial, None);
    }
    let mut container = Container::folder(&folder.path().join("bundle"), u64::MAX, false).unwrap();
    for name in container.names.clone() {
        let text = String::from_utf8(container.read(&name, 1 << 20).unwrap().0).unwrap();
        for secret in ["R5CW00SYNTH", "Marie", "1234567"] {
            assert!(!text.contains(secret), "{secret} in {name}");
        }
    }
}

#[test]
fn other_tools_find_androidqf_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle");
    let written = write(&sample(), &path, &meta()).unwrap();
    let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
    for name in [
        "acquisition.json",
        "getprop.txt",
        "settings_secure.txt",
        "poucet/users.txt",
        "poucet/user_10_settings_secure.txt",
        "poucet/packages_user_0.txt",
        "poucet/acquisition.txt",
    ] {
        assert!(path.join(name).is_file(), "{name} not in {written:?}");
    }
    let dumpsys = read(DUMPSYS);
    assert!(dumpsys.starts_with(&format!("{DASHES}\nDUMP OF SERVICE package:\nPackages:\n")));
    assert!(dumpsys.contains("s was the duration of dumpsys appops, ending at: "));
    let packages: serde_json::Value = serde_json::from_str(&read(PACKAGES)).unwrap();
    assert_eq!(packages[0]["name"], "a.b");
    assert_eq!(packages[0]["uid"], 10123);
    assert_eq!(packages[0]["installer"], "com.android.vending");
    for line in read(HASHES).lines() {
        let (name, hash) = line.rsplit_once(',').unwrap();
        assert_eq!(hash, hex(&Sha256::digest(fs::read(path.join(name)).unwrap())), "{name}");
    }
    assert_eq!(read(HASHES).lines().count() + 1, written.files.len());
    // Without its manifest the bundle is an AndroidQF acquisition.
    fs::remove_dir_all(path.join("poucet")).unwrap();
    let back = reopen(&path);
    assert_eq!(back.source, SourceKind::AndroidQf);
    assert!(back.first(Kind::Packages).is_some() && back.first(Kind::Properties).is_some());
}

#[test]
fn a_zip_has_one_folder_that_other_tools_look_into_and_reads_as_one_without() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.zip");
    for (id, top) in [(Some("hmac:1234"), "hmac-1234/"), (Some("../.."), "phone/"), (None, "phone/")] {
        let meta = Meta { device_id: id.map(str::to_owned), ..meta() };
        write(&sample(), &path, &meta).unwrap();
        let names = Container::zip(&path, u64::MAX).unwrap().names;
        assert!(names.iter().all(|name| name.starts_with(top)), "{names:?}");
        assert!(names.contains(&format!("{top}packages.json")), "{names:?}");
        assert_eq!(reopen(&path).items.len(), sample().items.len());
    }
    // Bundles of earlier versions had no folder in their zips, and other names for the settings of other users.
    let old = folder.path().join("old.zip");
    write(&sample(), &folder.path().join("plain"), &meta()).unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(&old).unwrap());
    let plain = Container::folder(&folder.path().join("plain"), u64::MAX, false).unwrap();
    for name in &plain.names {
        let text = fs::read_to_string(folder.path().join("plain").join(name)).unwrap();
        let (before, now) = ("poucet/settings_secure_10.txt", "poucet/user_10_settings_secure.txt");
        zip.start_file(name.replace(now, before), SimpleFileOptions::default()).unwrap();
        zip.write_all(text.replace(now, before).as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    assert_eq!(reopen(&old).items.len(), sample().items.len());
}

#[test]
fn the_list_of_packages_tells_what_the_dump_tells_and_nothing_else() {
    let mut evidence = sample();
    let block = |name: &str, flags: &str, users: &str| {
        format!(
            "  Package [{name}] (1a2b):\n    appId=10123\n    pkg=Package{{1 {name}}}\n    flags=[ {flags} ]\n{users}"
        )
    };
    let user =
        |id: u32, enabled: u32| format!("    User {id}: ceDataInode=1 installed=true hidden=false enabled={enabled}\n");
    let dump = format!(
        "Packages:\n{}{}{}{}\nShared users:\n",
        block("com.system", "SYSTEM HAS_CODE", &user(0, 3)),
        block("com.loaded", "HAS_CODE", &user(0, 0)),
        block("com.other", "HAS_CODE", &user(10, 2)),
        block("com.cut", "HAS_CODE", ""),
    );
    evidence.items = vec![
        Item::new(Kind::Packages, &dump, "dumpsys package"),
        Item::new(
            Kind::PackageList,
            "package:com.system  installer=null uid:10123\npackage:com.loaded  installer=null uid:10124\n\
                 package:com.other uid:10125\npackage:com.cut  installer=com.android.vending uid:10126\n\
                 package:com.unknown  installer=null uid:10127\n",
            "pm",
        )
        .for_user(0),
    ];
    let list: Vec<serde_json::Value> = serde_json::from_str(&packages_json(&evidence).unwrap()).unwrap();
    let told: Vec<String> = list
        .iter()
        .map(|one| {
            format!("{} {} {} {} {}", one["name"], one["system"], one["third_party"], one["disabled"], one["installer"])
        })
        .collect();
    assert_eq!(
        told,
        [
            r#""com.cut" null null null "com.android.vending""#,
            r#""com.loaded" false true false "null""#,
            r#""com.other" false true null null"#,
            r#""com.system" true false true "null""#,
            r#""com.unknown" null null null "null""#,
        ]
    );
    // Cut within the last package, the dump tells nothing of it.
    let end = dump.find("com.other] (1a2b)").unwrap() + 90;
    evidence.items[0].text.truncate(end);
    let list: Vec<serde_json::Value> = serde_json::from_str(&packages_json(&evidence).unwrap()).unwrap();
    assert_eq!((&list[1]["system"], &list[2]["system"]), (&serde_json::json!(false), &serde_json::Value::Null));
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["1.zip", "2.zip"].map(|name| folder.path().join(name));
    write(&sample(), &one, &meta()).unwrap();
    write(&sample(), &two, &meta()).unwrap();
    assert_eq!(fs::read(one).unwrap(), fs::read(two).unwrap());
}

#[test]
fn altered_evidence_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle");
    write(&sample(), &path, &meta()).unwrap();
    let text = fs::read_to_string(path.join(DUMPSYS)).unwrap();
    fs::write(path.join(DUMPSYS), text.replace("a.b", "x.y")).unwrap();
    match open_path(&path, &OpenOptions::default()) {
        Err(SourceError::Altered { file, .. }) => assert_eq!(file, DUMPSYS),
        other => panic!("{other:?}"),
    }
    fs::remove_file(path.join(DUMPSYS)).unwrap();
    assert!(matches!(open_path(&path, &OpenOptions::default()), Err(SourceError::Altered { .. })));
}

#[test]
fn a_manifest_that_points_outside_or_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle");
    write(&sample(), &path, &meta()).unwrap();
    let manifest = fs::read_to_string(path.join(MANIFEST)).unwrap();
    fs::write(path.join(MANIFEST), manifest.replace("\"getprop.txt\"", "\"../getprop.txt\"")).unwrap();
    assert!(matches!(open_path(&path, &OpenOptions::default()), Err(SourceError::UnsafeName { .. })));
    for broken in
        [manifest.replace(SCHEMA, "poucet.bundle/9"), manifest.replace("\"getprop\"", "\"nothing\""), "{".to_owned()]
    {
        fs::write(path.join(MANIFEST), broken).unwrap();
        assert!(matches!(open_path(&path, &OpenOptions::default()), Err(SourceError::BadManifest { .. })));
    }
    fs::write(path.join(MANIFEST), manifest.replace("\"bytes\": 2", "\"bytes\": 999999999992")).unwrap();
    assert!(matches!(open_path(&path, &OpenOptions::default()), Err(SourceError::TooLarge { .. })));
}

#[test]
fn a_folder_with_something_in_it_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine"), "x").unwrap();
    assert!(matches!(write(&sample(), folder.path(), &meta()), Err(OutputError::NotEmpty { .. })));
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    write(&sample(), &empty, &meta()).unwrap();
    assert!(empty.join(MANIFEST).is_file());
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let item = (
        0usize..Kind::ALL.len(),
        proptest::option::of(0u32..12),
        "(\\PC|\n|\r|=|\u{FEFF}|DUMP OF SERVICE package:\n|-{79}\n){0,20}",
        1u64..100_000,
        proptest::option::of(Just(Reason::Truncated)),
    );
    proptest::collection::vec(item, 0..12).prop_map(|items| {
        items
            .into_iter()
            .map(|(kind, user, text, first_line, cut)| Item {
                kind: Kind::ALL[kind],
                user,
                text,
                origin: "x".to_owned(),
                first_line,
                cut,
                proved: cut.is_none(),
                cut_detail: String::new(),
                left_out: 0,
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_evidence_reads_back(items in items(), zip in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(if zip { "b.zip" } else { "b" });
        let mut evidence = Evidence::empty(SourceKind::Files, "x");
        evidence.items = items;
        write(&evidence, &path, &meta()).unwrap();
        let back = reopen(&path);
        let plain: Vec<Shown> = back.items.iter().map(|item| (item.kind, item.user, item.text.clone(), item.origin.clone(), item.first_line, item.cut)).collect();
        prop_assert_eq!(plain, shown(&evidence, Redactor::default()));
    }
}
