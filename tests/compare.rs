//! `poucet compare` and `audit --baseline` as whole commands: exit codes, folders of befores and afters, other phones, what is refused.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod common;

use std::path::PathBuf;

use common::desk::{Answer, Desk};
use common::server::free_port;
use serde_json::{Value, json};

fn path(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name).display().to_string()
}

fn staff_phone() -> String {
    path("docs/examples/staff-phone")
}

fn later() -> String {
    path("docs/examples/staff-phone-later.json")
}

fn desk() -> Desk {
    Desk::new(free_port())
}

/// A snapshot file of the example phone, changed.
fn write(desk: &Desk, name: &str, from: &str, change: impl Fn(&mut Value)) -> String {
    let answer = desk.run(&["snapshot", from]);
    let mut snapshot: Value = serde_json::from_str(&answer.stdout).unwrap();
    change(&mut snapshot);
    let schema = snapshot["schema"].take().to_string();
    let text = snapshot.to_string().replace(",\"schema\":null", "");
    let file = desk.here().join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, format!("{{\"schema\":{schema},{}", &text[1..])).unwrap();
    file.display().to_string()
}

fn report(answer: &Answer) -> Value {
    serde_json::from_str(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

#[test]
fn the_exit_code_tells_of_failures_only_with_a_profile() {
    let desk = desk();
    let (before, after) = (staff_phone(), later());
    let code = |more: &[&str]| {
        let words: Vec<&str> = ["compare", &before, &after].into_iter().chain(more.iter().copied()).collect();
        desk.run(&words).code
    };
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["-p", "byod"]), Some(1));
    assert_eq!(code(&["-p", "byod", "--fail-on", "critical"]), Some(0), "the critical failure was fixed");
    assert_eq!(code(&["-p", "byod", "--fail-on", "none"]), Some(0));
    assert_eq!(code(&["-p", "byod", "--fail-on-new"]), Some(1));
    // Back again: the critical failure is new.
    assert_eq!(
        desk.run(&["compare", &after, &before, "-p", "byod", "--fail-on-new", "--fail-on", "critical"]).code,
        Some(1)
    );
    assert_eq!(desk.run(&["compare", &before, &before, "-p", "byod", "--fail-on-new"]).code, Some(0));
    assert_eq!(desk.run(&["compare", &before, &before, "-p", "byod"]).code, Some(1));
    assert_eq!(code(&["-p", "nowhere.toml"]), Some(2));
    assert_eq!(code(&["-p", "base"]), Some(2));
}

#[test]
fn what_cannot_be_compared_is_refused_with_a_hint() {
    let desk = desk();
    let phone = staff_phone();
    for (words, expected) in [
        (vec!["compare", &phone], 2),
        (vec!["compare", "-", "-"], 2),
        (vec!["compare", &phone, "nowhere"], 3),
        (vec!["audit", &phone, "--fail-on-new"], 2),
        (vec!["audit", &phone, "--baseline", "nowhere"], 3),
    ] {
        let answer = desk.run(&words);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(expected), ""), "{words:?}: {answer:?}");
        assert!(answer.stderr.contains("error: ") && answer.stderr.contains("hint: "), "{words:?}: {}", answer.stderr);
    }
}

#[test]
fn a_replacement_phone_is_compared_with_a_warning() {
    let desk = desk();
    let other = write(&desk, "other.json", &staff_phone(), |snapshot| snapshot["device"]["id"] = json!("ffff"));
    let answer = desk.run(&["compare", &staff_phone(), &other, "--format", "json"]);
    assert_eq!(answer.code, Some(0));
    assert!(answer.stderr.starts_with("warning: These are two different phones"), "{}", answer.stderr);
    let report = report(&answer);
    assert_eq!((report["device"].as_str(), report["changes"].as_array().unwrap().len()), (Some("different"), 0));
}

#[test]
fn folders_are_matched_by_device_and_summed_up() {
    let desk = desk();
    let name = |snapshot: &mut Value, id: &str, at: &str| {
        snapshot["device"]["id"] = json!(id);
        snapshot["taken_at"] = json!(at);
    };
    let (early, mid, late) = ("2026-11-01T09:00:00+00:00", "2026-11-05T09:00:00+00:00", "2026-11-20T09:00:00+00:00");
    for (file, from, id, at) in [
        ("befores/a-old.json", staff_phone(), "aa", early),
        ("befores/a.json", staff_phone(), "aa", mid),
        ("befores/b.json", staff_phone(), "bb", early),
        ("befores/gone.json", staff_phone(), "cc", early),
        ("afters/a.json", later(), "aa", late),
        ("afters/b.json", staff_phone(), "bb", late),
        ("afters/new.json", later(), "dd", late),
    ] {
        write(&desk, file, &from, |snapshot| {
            name(snapshot, id, at);
            snapshot["source"]["name"] = json!(file);
        });
    }
    let answer = desk.run(&["compare", "befores", "afters", "-p", "byod", "--format", "json"]);
    assert_eq!(answer.code, Some(1));
    let reports = report(&answer);
    let pairs: Vec<(Value, Value)> = reports
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["before"]["device"]["id"].clone(), one["after"]["device"]["id"].clone()))
        .collect();
    assert_eq!(pairs, [(json!("aa"), json!("aa")), (json!("bb"), json!("bb"))]);
    assert_eq!(reports[0]["before"]["taken_at"], json!(mid), "the latest of each side");
    let table = desk.run(&["compare", "befores", "afters", "-p", "byod"]).stdout;
    let summary = table.split("Summary\n").nth(1).unwrap();
    for line in [
        "2 phones compared: 1 with more access than before, 1 without any change.",
        "befores/gone.json",
        "afters/new.json",
        "befores/a-old.json",
    ] {
        assert!(summary.contains(line), "{line}: {summary}");
    }
    for form in ["html", "markdown"] {
        let text = desk.run(&["compare", "befores", "afters", "--format", form]).stdout;
        assert!(text.contains("2 phones compared"), "{form}");
    }
    // No phone in both: nothing is compared, and that is said.
    std::fs::remove_file(desk.here().join("afters/a.json")).unwrap();
    std::fs::remove_file(desk.here().join("afters/b.json")).unwrap();
    std::fs::copy(desk.here().join("afters/new.json"), desk.here().join("afters/new2.json")).unwrap();
    let none = desk.run(&["compare", "befores", "afters"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(3), ""));
    assert!(none.stderr.contains("hint: "), "{}", none.stderr);
}

#[test]
fn a_desk_fails_a_phone_at_return_for_what_is_new() {
    let desk = desk();
    let (phone, after) = (staff_phone(), later());
    let run = |words: &[&str]| desk.run(words);
    assert_eq!(run(&["audit", &phone, "--baseline", &phone, "--fail-on-new"]).code, Some(0), "it fails as it did");
    assert_eq!(run(&["audit", &after, "--baseline", &phone, "--fail-on-new"]).code, Some(1));
    assert_eq!(run(&["audit", &after, "--baseline", &phone, "--fail-on-new", "--fail-on", "critical"]).code, Some(0));
    let answer = run(&["audit", &after, "--baseline", &phone, "--format", "json"]);
    let report = report(&answer);
    assert_eq!(
        report["baseline"]["counts"],
        json!({"new": 1, "still-failing": 6, "no-longer-assessed": 1, "fixed": 5})
    );
    let new: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().filter(|finding| finding["standing"] == "new").collect();
    assert_eq!((new.len(), &new[0]["code"]), (1, &json!("no-background-location")));
    // A baseline of another phone is used for one target with a warning; among several phones it is no baseline.
    let other = write(&desk, "other.json", &phone, |snapshot| snapshot["device"]["id"] = json!("ffff"));
    let alone = run(&["audit", &other, "--baseline", &phone, "--fail-on-new"]);
    assert_eq!(alone.code, Some(0));
    assert!(alone.stderr.contains("warning: "), "{}", alone.stderr);
    let among = run(&["audit", &phone, &other, "--baseline", &phone, "--fail-on-new"]);
    assert_eq!(among.code, Some(1), "whatever fails on a phone without a baseline is new");
    assert!(among.stderr.contains("note: the baseline has no reading of"), "{}", among.stderr);
}

#[test]
fn a_snapshot_from_standard_input_is_one_side() {
    let desk = desk();
    let snapshot = desk.run(&["snapshot", &staff_phone()]).stdout;
    let line: Value = serde_json::from_str(&snapshot).unwrap();
    let mut child = desk
        .command(&["compare", "-", &later(), "--format", "json"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{line}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report["schema"].as_str(), report["device"].as_str()), (Some("poucet.comparison/1"), Some("same")));
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(path("docs/schemas/comparison.json")).unwrap()).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&report));
}

#[test]
fn no_line_is_longer_than_the_terminal() {
    let desk = desk();
    let (phone, after, iphone) = (staff_phone(), later(), path("tests/fixtures/ios-17"));
    let commands: [&[&str]; 4] = [
        &["audit", &phone, "--waivers", &path("docs/examples/waivers.toml"), "--today", "2026-11-20"],
        &["audit", &iphone, "-p", "cis-ios"],
        &["audit", &after, "--baseline", &phone, "-p", "byod", "-p", "precautionary"],
        &["compare", &phone, &after, "-p", "byod"],
    ];
    for words in commands {
        for language in ["en", "fr"] {
            for columns in [60, 80, 100, 160] {
                let words: Vec<&str> = words.iter().copied().chain(["--lang", language]).collect();
                let output = desk.command(&words).env("COLUMNS", columns.to_string()).output().unwrap();
                for line in String::from_utf8(output.stdout).unwrap().lines() {
                    // Every sign of these pages is one column wide. A path or id longer than the terminal is left whole.
                    let fits = line.chars().count() <= columns || !line.trim().contains(' ');
                    assert!(fits, "{columns} {words:?}: {line}");
                }
            }
        }
    }
    // As wide as it is: one line an app, and no sentence is wrapped.
    let wide = desk.run(&["audit", &phone, "--wide"]).stdout;
    for app in ["Telegram", "com.microsoft.windowsintune.companyportal [10]"] {
        assert_eq!(wide.lines().filter(|line| line.starts_with(&format!(" {app} "))).count(), 1, "{app}: {wide}");
    }
    assert!(wide.lines().any(|line| line.chars().count() > 160));
}
