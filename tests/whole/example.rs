//! The example that the README shows: it can be audited with no phone at hand, and it names no place of a computer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const EXAMPLE: &str = "docs/examples/staff-phone";
/// A bundle that somebody reads in a browser should stay small.
const LARGEST: u64 = 200_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn poucet(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_poucet"))
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("POUCET_CONFIG", "")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C")
        .env("LANG", "C")
        .current_dir(root())
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

#[test]
fn the_first_command_of_the_readme_shows_failures_and_what_was_not_assessed() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let output = poucet(home.path(), &["audit", EXAMPLE]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "nothing to complain about");
    let first = text.lines().next().expect("a first line");
    assert!(first.starts_with("samsung SM-A356W · Android 15 · security patch 2026-10-01"), "{first}");
    for words in ["Profile byod ", "2026-11-16 09:30", "TikTok", "[critical]", "Not assessed", "Not read"] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
}

#[test]
fn the_example_has_every_level_worth_seeing() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let output = poucet(home.path(), &["audit", EXAMPLE, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let verdict = |app: &str, permission: &str| {
        report["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .find(|finding| finding["app"]["id"] == app && finding["permission"] == permission)
            .map(|finding| finding["verdict"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(verdict("com.zhiliaoapp.musically", "location").as_deref(), Some("fail"));
    assert_eq!(verdict("com.instagram.android", "location").as_deref(), Some("pass"));
    assert_eq!(verdict("org.telegram.messenger.web", "accessibility").as_deref(), Some("fail"));
    for count in ["pass", "fail", "not_assessed"] {
        assert!(report["summary"][count].as_u64() > Some(0), "{count}: {}", report["summary"]);
    }

    let snapshot = poucet(home.path(), &["snapshot", EXAMPLE]);
    let snapshot: serde_json::Value = serde_json::from_slice(&snapshot.stdout).expect("JSON");
    let level = |app: &str, permission: &str| {
        let apps = snapshot["apps"].as_array().expect("apps");
        let app = apps.iter().find(|other| other["id"] == app).expect("the app");
        let grants = app["grants"].as_array().expect("grants");
        let grant = grants.iter().find(|grant| grant["permission"] == permission).expect("the grant");
        grant["level"].as_str().expect("a level").to_owned()
    };
    assert_eq!(level("com.zhiliaoapp.musically", "location"), "always");
    assert_eq!(level("com.instagram.android", "location"), "while-in-use");
    assert_eq!(level("com.facebook.katana", "location-precise"), "limited");
    assert_eq!(level("com.snapchat.android", "location"), "ask");
    assert_eq!(level("com.twitter.android", "location"), "denied");
    assert_eq!(level("com.instagram.android", "photos"), "limited");
    assert_eq!(snapshot["users"][1]["kind"], "work-profile");
}

#[test]
fn the_example_is_small_and_names_no_person_and_no_place_of_a_computer() {
    let mut found = Vec::new();
    files(&root().join(EXAMPLE), &mut found);
    assert!(found.len() > 10, "{found:?}");
    let mut total = 0;
    for path in found {
        let text = fs::read_to_string(&path).expect("text");
        total += u64::try_from(text.len()).expect("a size");
        for word in ["/home/", "/Users/", "/tmp/", "/work/", "C:\\", "EXAMPLE0001", "desk@example"] {
            assert!(!text.contains(word), "{word} stands in {}", path.display());
        }
    }
    assert!(total < LARGEST, "{total} bytes");
}

#[test]
fn the_picture_of_the_readme_shows_what_is_printed() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(env!("CARGO_BIN_EXE_poucet"))
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("POUCET_CONFIG", "")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C")
        .env("COLUMNS", "100")
        .current_dir(root())
        .args(["audit", EXAMPLE])
        .output()
        .expect("the program starts");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let picture = fs::read_to_string(root().join("docs/images/audit.svg")).expect("the picture");
    let mut shown = 0;
    for line in picture.lines() {
        let Some(text) = line.strip_prefix("<text ").and_then(|rest| rest.split_once('>')) else { continue };
        let text = text.1.trim_end_matches("</text>");
        let text = text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&");
        if text.starts_with("$ ") || text == "…" {
            continue;
        }
        assert!(printed.contains(&text), "`{text}` is not printed any more; run `python3 docs/picture.py`");
        shown += 1;
    }
    assert!(shown > 60, "{shown} pieces of text");
}
