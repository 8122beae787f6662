//! The real dumps, where they are at hand (`POUCET_CORPUS`): every package, row and op is read or counted.

use std::path::{Path, PathBuf};

use crate::common::skip::corpus;
use poucet::inner::parse::android::{appops, packages};
use poucet::inner::parse::text::decode;

fn files(root: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
    into.sort();
}

#[test]
fn every_package_dump_is_read_without_an_unexplained_gap() {
    let Some(root) = corpus("android") else { return };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let (mut dumps, mut read, mut rows) = (0, 0, 0);
    for path in paths {
        let text = decode(std::fs::read(&path).unwrap());
        if !text.contains("\n  Package [") || text.contains("\n  Uid ") {
            continue;
        }
        let parsed = packages::parse(&text);
        eprintln!(
            "{}: {} packages, {} hidden, {} rows, gaps {:?}",
            path.display(),
            parsed.facts.packages.len(),
            parsed.facts.hidden_system_packages,
            parsed.facts.permission_rows,
            parsed.gaps
        );
        assert_eq!(parsed.gaps, [], "{}", path.display());
        // Independent count: every row that says `granted=` outside the hidden system packages.
        dumps += 1;
        read += parsed.facts.packages.len();
        rows += parsed.facts.permission_rows;
    }
    assert!(dumps >= 15, "only {dumps} dumps");
    eprintln!("{dumps} dumps, {read} packages, {rows} permission rows");
}

#[test]
fn every_app_ops_dump_is_read_without_a_gap() {
    let Some(root) = corpus("android") else { return };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let mut dumps = 0;
    for path in paths {
        let text = decode(std::fs::read(&path).unwrap());
        if !text.contains("\n  Uid ") || path.ends_with("androidqf_dumpsys.txt") {
            continue;
        }
        let parsed = appops::parse(&text);
        eprintln!(
            "{}: {} uids, {} rows, gaps {:?}",
            path.display(),
            parsed.facts.uids.len(),
            parsed.facts.rows,
            parsed.gaps
        );
        assert_eq!(parsed.gaps, [], "{}", path.display());
        dumps += 1;
    }
    assert!(dumps >= 5, "only {dumps} dumps");
}

/// `poucet snapshot --all-apps` of a file of the corpus.
fn snapshot(path: &Path) -> serde_json::Value {
    let home = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_poucet"))
        .args(["snapshot", "--all-apps"])
        .arg(path)
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("POUCET_CONFIG", "")
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}: {}", path.display(), String::from_utf8_lossy(&output.stderr)))
}

fn list<'v>(value: &'v serde_json::Value, key: &str) -> &'v [serde_json::Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn instagram_on_the_xiaomi_has_no_camera_whatever_its_package_mode() {
    let Some(root) = corpus("android") else { return };
    let text = decode(std::fs::read(root.join("a14-xiaomi-pad6-hyperos2/appops.txt")).unwrap());
    let parsed = appops::parse(&text).facts;
    let block = parsed
        .uids
        .iter()
        .find(|block| block.packages.iter().any(|package| package.name == "com.instagram.android"))
        .unwrap();
    let mode = |op: &str| block.modes.iter().find(|mode| mode.op == op).map(|mode| mode.mode);
    assert_eq!(mode("CAMERA"), Some(appops::Mode::Ignore));
    assert_eq!(mode("RECORD_AUDIO"), Some(appops::Mode::Ignore));
}

#[test]
fn the_dump_of_one_package_says_nothing_of_other_apps_and_guesses_no_level() {
    let Some(root) = corpus("android") else { return };
    let mut paths = Vec::new();
    files(&root.join("single-package"), &mut paths);
    assert!(paths.len() >= 10);
    for path in paths {
        let snapshot = snapshot(&path);
        let gaps = list(&snapshot, "gaps");
        // With the list of what is requested or without it: nothing shows that there are no other apps.
        assert!(gaps.iter().any(|gap| gap["area"] == "apps"), "{}", path.display());
        assert!(!list(&snapshot, "apps").is_empty(), "{}", path.display());
        // Without app-ops nothing that a person grants can be known to be on.
        for app in list(&snapshot, "apps") {
            for grant in list(app, "grants") {
                let on = !matches!(grant["level"].as_str(), Some("denied" | "none"));
                let by_op = !matches!(grant["state"].as_str(), Some("install-time"));
                assert!(!(on && by_op), "{}: {grant}", path.display());
            }
        }
    }
}

#[test]
fn the_bug_report_of_the_emulator_is_judged_as_its_dumps_say() {
    let Some(root) = corpus("android") else { return };
    let path = root.join("whole-bugreports/a09-bugreport-sdk_gphone_x86-PSR1.180720.075.zip");
    let snapshot = snapshot(&path);
    assert_eq!(snapshot["device"]["api_level"], 28);
    for (check, value) in [
        ("screen-lock", serde_json::json!(false)),
        ("lock-delay", serde_json::json!(2_147_488)),
        ("managed-device", serde_json::json!(false)),
        ("storage-encryption", serde_json::json!(false)),
        ("private-dns", serde_json::json!(true)),
    ] {
        assert_eq!(snapshot["settings"][check]["value"], value, "{check}");
    }
    let levels: Vec<&str> = list(&snapshot, "apps")
        .iter()
        .flat_map(|app| list(app, "grants"))
        .filter(|grant| grant["permission"] == "camera")
        .filter_map(|grant| grant["level"].as_str())
        .collect();
    assert!(!levels.is_empty());
    // Android 9 closes the camera to apps in the background.
    assert!(!levels.contains(&"always"), "{levels:?}");
}
