//! `poucet compare` and `audit --baseline` as whole commands: exit codes, folders of befores and afters, other phones, what is refused.
#![cfg(unix)]

use std::path::PathBuf;

use crate::common::desk::{Answer, Desk};
use crate::common::server::free_port;
use poucet::Catalog;
use poucet::audit::Context;
use poucet::compare::{ChangeKind, compare};
use poucet::inner::access::android::build;
use poucet::inner::access::{Options, Scope};
use poucet::inner::evidence::Reason;
use poucet::inner::source::{OpenOptions, Opened, open_path};
use poucet::profile::{self, Profile};
use poucet::report::Format;
use poucet::snapshot::Snapshot;
use poucet::vocabulary::Standing;
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
    assert_eq!(
        code(&["-p", "byod", "--fail-on", "critical"]),
        Some(3),
        "the critical failure was fixed; the lock is unread"
    );
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
        json!({"new": 1, "still-failing": 5, "no-longer-assessed": 1, "fixed": 5})
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

/// Evidence of a folder of saved outputs.
fn evidence(folder: &std::path::Path) -> Option<poucet::inner::evidence::Evidence> {
    match open_path(folder, &OpenOptions::default()).ok()? {
        Opened::Evidence { evidence, .. } => Some(*evidence),
        _ => None,
    }
}

fn read(evidence: &poucet::inner::evidence::Evidence) -> Snapshot {
    let scope = Scope { catalog: Catalog::builtin(), all_apps: false, user: None };
    build::snapshot(evidence, Options { scope, id_key: Some(b"test"), show_serial: false })
}

/// What a comparison of two readings of a phone on which nothing changed tells beside what only one of them tells.
fn invented(before: &Snapshot, after: &Snapshot, profiles: &[Profile]) -> Vec<String> {
    let comparison = compare(before, after, profiles, Context::new(Catalog::builtin()));
    let changes = comparison.changes.iter().filter(|change| change.kind != ChangeKind::NotComparable);
    let mut told: Vec<String> = changes
        .map(|change| {
            let app = change.app.as_ref().map(|app| format!("{} [{}] ", app.id, app.user)).unwrap_or_default();
            format!("{app}{} {} {}", change.subject.word(), change.subject.thing(), change.kind)
        })
        .collect();
    for judgement in &comparison.judgements {
        let rules = judgement
            .rules
            .iter()
            .filter(|change| matches!(change.standing, Standing::New | Standing::Fixed | Standing::NoLongerApplies));
        told.extend(rules.filter_map(|change| {
            let finding = judgement.finding(change)?;
            let app = finding.app.as_ref().map(|app| format!("{} [{}]", app.id, app.user)).unwrap_or_default();
            Some(format!("{} {app} {:?} {}", finding.code(), finding.permission, change.standing))
        }));
    }
    told
}

/// Holds every fixture against itself without one of its files, and with one cut at a line, in both orders. `cut` says what the source
/// of the evidence knows of a cut.
fn assert_nothing_is_invented(cut: Option<Reason>) {
    let catalog = Catalog::builtin();
    let profiles = ["byod", "precautionary"].map(|id| profile::load(id, catalog).unwrap());
    // With a number in the variable so many lines of each file are tried; usually two, the same on every run.
    let cuts: usize = std::env::var("POUCET_CUTS").ok().and_then(|cuts| cuts.parse().ok()).unwrap_or(2);
    let mut seed: u64 = 0x5eed_0014;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below.max(1)
    };
    let mut wrong = Vec::new();
    let mut tried = 0;
    for version in ["08", "09", "10", "11", "12", "13", "14", "15", "16"] {
        let whole_folder = PathBuf::from(path(&format!("tests/fixtures/android-{version}")));
        let whole = read(&evidence(&whole_folder).unwrap());
        assert!(invented(&whole, &whole, &profiles).is_empty(), "nothing changed");
        let folder = tempfile::tempdir().unwrap();
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&whole_folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in &files {
            std::fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        for file in &files {
            let name = file.file_name().unwrap().to_str().unwrap();
            let here = folder.path().join(name);
            let text = std::fs::read(file).unwrap();
            let ends: Vec<usize> =
                (0..text.len()).filter(|place| text[*place] == b'\n').map(|place| place + 1).collect();
            let mut parts = vec![None];
            parts.extend((0..cuts).filter(|_| ends.len() > 1).map(|_| Some(random(ends.len() - 1))));
            for line in parts {
                match line {
                    None => std::fs::remove_file(&here).unwrap(),
                    Some(line) => std::fs::write(&here, &text[..ends[line]]).unwrap(),
                }
                if let Some(mut evidence) = evidence(folder.path()) {
                    let items = evidence.items.iter_mut().filter(|item| line.is_some() && item.origin.contains(name));
                    items.for_each(|item| item.cut = item.cut.or(cut));
                    let half = read(&evidence);
                    tried += 1;
                    for (order, was, is) in [("half, then whole", &half, &whole), ("whole, then half", &whole, &half)] {
                        let told = invented(was, is, &profiles);
                        if !told.is_empty() {
                            let line = line.map(|line| line + 1);
                            wrong.push(format!("android-{version} {name} {line:?} {order}: {told:?}"));
                        }
                    }
                }
                std::fs::write(&here, &text).unwrap();
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn nothing_is_new_or_gone_on_a_phone_of_which_one_reading_lacks_a_part() {
    assert_nothing_is_invented(Some(Reason::Truncated));
}

#[test]
fn nothing_is_new_or_gone_on_a_phone_of_which_a_saved_output_ends_early_at_a_line() {
    assert_nothing_is_invented(None);
}

/// The example phone of which the list of apps never came, as a version before there was a mark wrote it.
fn without_apps(snapshot: &mut Value) {
    snapshot["apps"] = json!([]);
    snapshot["other_apps"] = json!({});
    for area in ["apps", "dumpsys package"] {
        let gap = json!({"area": area, "reason": "timed-out", "detail": ""});
        snapshot["gaps"].as_array_mut().unwrap().push(gap);
    }
    snapshot.as_object_mut().unwrap().remove("partial");
}

#[test]
fn a_comparison_with_half_a_reading_says_so_in_every_form_and_finds_nothing_new() {
    let desk = desk();
    let half = write(&desk, "half.json", &staff_phone(), without_apps);
    let marked = report(&desk.run(&["snapshot", &half]));
    assert_eq!(marked["partial"], json!(["apps"]), "{}", marked["gaps"]);
    assert_eq!(report(&desk.run(&["snapshot", &staff_phone()])).get("partial"), None);
    for (before, after) in [(&half, &staff_phone()), (&staff_phone(), &half)] {
        for form in Format::ALL.iter().map(|form| form.word()) {
            let answer = desk.run(&["compare", before, after, "-p", "byod", "--fail-on-new", "--format", form]);
            assert_eq!(answer.code, Some(3), "{form}: {}", answer.stderr);
            assert!(answer.stdout.contains("partial"), "{form}: {}", answer.stdout);
            for word in ["installed", "removed", "granted", "revoked"] {
                assert!(form != "jsonl" || !answer.stdout.contains(&format!("\"kind\":\"{word}\"")), "{word}");
            }
        }
        let french = desk.run(&["compare", before, after, "-p", "byod", "--lang", "fr"]).stdout;
        assert!(french.contains("est partielle (la liste des applications installées)"), "{french}");
        let report = report(&desk.run(&["compare", before, after, "-p", "byod", "--format", "json"]));
        let counts = &report["profiles"][0]["counts"];
        assert_eq!((counts.get("new"), counts.get("fixed")), (None, None), "{counts}");
        let kinds: Vec<&str> = report["counts"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(kinds, ["not-comparable"]);
    }
    // Held against it, what fails may be new: neither a failure that is new, nor proof that there is none.
    let audit = desk.run(&["audit", &staff_phone(), "--baseline", &half, "--fail-on-new", "--format", "json"]);
    assert_eq!(audit.code, Some(3));
    let report = report(&audit);
    assert_eq!(report["baseline"]["partial"], json!(["apps"]));
    assert_eq!(report["baseline"]["counts"].get("new"), None, "{}", report["baseline"]);
    assert!(report["baseline"]["counts"]["perhaps-new"].as_u64().unwrap() > 0);
    let table = desk.run(&["audit", &staff_phone(), "--baseline", &half]).stdout;
    assert!(table.contains("The earlier reading is partial"), "{table}");
    let audit = desk.run(&["audit", &half, "--baseline", &staff_phone(), "--fail-on-new", "--format", "json"]);
    assert_eq!(audit.code, Some(3));
}

#[test]
fn a_gap_about_one_app_hides_that_app_alone() {
    let desk = desk();
    let camera_off = |snapshot: &mut Value, hidden: bool| {
        let apps = snapshot["apps"].as_array_mut().unwrap();
        let mut gap = Value::Null;
        for app in apps.iter_mut().filter(|app| app["user"] == 0) {
            let id = app["id"].clone();
            let grants = app["grants"].as_array_mut().unwrap();
            if hidden
                && gap.is_null()
                && grants.iter().any(|grant| grant["permission"] == "camera" && grant["level"] == "while-in-use")
            {
                grants.retain(|grant| grant["permission"] != "camera");
                gap = json!({"area": "camera", "app": id, "user": 0, "reason": "unreadable", "detail": ""});
            }
            for grant in grants.iter_mut().filter(|grant| grant["permission"] == "camera") {
                grant["level"] = json!("denied");
            }
        }
        if hidden {
            snapshot["gaps"].as_array_mut().unwrap().push(gap);
        }
    };
    let whole = write(&desk, "whole.json", &staff_phone(), |snapshot| camera_off(snapshot, false));
    let gapped = write(&desk, "gapped.json", &staff_phone(), |snapshot| camera_off(snapshot, true));
    let changes = |after: &str| {
        let answer = desk.run(&["compare", &staff_phone(), after, "--format", "json"]);
        assert_eq!(answer.code, Some(0), "{answer:?}");
        let report = report(&answer);
        assert_eq!(report.get("partial"), None);
        let counts = &report["counts"];
        (counts["revoked"].as_u64().unwrap_or(0), counts["not-comparable"].as_u64().unwrap_or(0))
    };
    let (all, none) = changes(&whole);
    let (others, one) = changes(&gapped);
    assert!(all > 1, "{all}");
    assert_eq!((others, one), (all - 1, none + 1));
}

/// iOS: the switch for all apps is in `EffectiveUserSettings.plist`.
#[test]
fn a_switch_of_background_refresh_that_was_not_read_makes_nothing_new() {
    let desk = desk();
    let reading = |name: &str, has_switch: bool| {
        write(&desk, name, &path("tests/fixtures/ios-17"), |snapshot| {
            let apps = snapshot["apps"].as_array_mut().unwrap();
            let grants = apps.iter_mut().flat_map(|app| app["grants"].as_array_mut().unwrap());
            for grant in
                grants.filter(|grant| grant["permission"] == "background-activity" && grant["level"] == "always")
            {
                grant["inert"] = if has_switch { json!("main-switch-off") } else { Value::Null };
            }
            if !has_switch {
                let detail = "EffectiveUserSettings.plist";
                let gap = json!({"area": "camera-mic-policy", "app": null, "user": null, "reason": "absent", "detail": detail});
                snapshot["gaps"].as_array_mut().unwrap().push(gap);
            }
        })
    };
    let (off, unread) = (reading("off.json", true), reading("unread.json", false));
    for (before, after) in [(&off, &unread), (&unread, &off)] {
        let answer = desk.run(&["compare", before, after, "--format", "json"]);
        let report = report(&answer);
        let kinds: Vec<&str> = report["changes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|change| change.to_string().contains("background-activity"))
            .filter_map(|change| change["kind"].as_str())
            .collect();
        assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == "not-comparable"), "{kinds:?}");
    }
}

#[test]
fn of_several_readings_the_latest_whole_one_is_compared() {
    let desk = desk();
    for (file, at, whole) in [
        ("befores/1.json", "2026-11-01T09:00:00+00:00", true),
        ("befores/2.json", "2026-11-02T09:00:00+00:00", false),
        ("afters/3.json", "2026-11-03T09:00:00+00:00", false),
        // Later, though its text sorts before.
        ("afters/4.json", "2026-11-03T08:00:00-05:00", true),
        ("afters/5.json", "2026-11-05T09:00:00+00:00", false),
    ] {
        write(&desk, file, &staff_phone(), |snapshot| {
            if !whole {
                without_apps(snapshot);
            }
            snapshot["device"]["id"] = json!("aa");
            snapshot["taken_at"] = json!(at);
            snapshot["source"]["name"] = json!(file);
        });
    }
    let answer = desk.run(&["compare", "befores", "afters", "-p", "byod", "--fail-on-new"]);
    // The others are accounted for, and so is that they were half.
    assert_eq!(answer.code, Some(3), "{answer:?}");
    let summary = answer.stdout.split("Summary\n").nth(1).unwrap();
    assert!(summary.contains("3 readings were left aside, as they are partial"), "{summary}");
    let report = report(&desk.run(&["compare", "befores", "afters", "--format", "json"]));
    assert_eq!(
        (report["before"]["source"]["name"].as_str(), report["after"]["source"]["name"].as_str()),
        (Some("befores/1.json"), Some("afters/4.json"))
    );
    assert_eq!(report["changes"], json!([]));
    // A baseline of several likewise.
    let audit = desk.run(&["audit", "afters/4.json", "--baseline", "befores", "--fail-on-new"]);
    assert_eq!(audit.code, Some(0), "{audit:?}");
}
