//! No sentence that a person reads has a hole in it: no placeholder that nobody filled in, no name that is empty.

#![cfg(unix)]

use crate::common;
use crate::common::desk::Desk;

const PHONES: [&str; 6] = ["android-08", "android-10", "android-13", "android-14", "android-16", "android-17"];
const PROFILES: [&str; 9] = [
    "byod",
    "location-off",
    "precautionary",
    "communications-team",
    "minors",
    "government-of-canada",
    "high-risk",
    "cis-android",
    "cis-ios",
];

/// What is wrong with a text, if anything is.
fn hole(text: &str) -> Option<&'static str> {
    let text = text.replace('\u{a0}', " ");
    let placeholder = |start: &str| {
        text.split(start).skip(1).any(|rest| {
            let name = rest.split('}').next().unwrap_or(rest).trim();
            rest.contains('}')
                && !name.is_empty()
                && name.chars().all(|sign| sign.is_ascii_alphanumeric() || "$_- ".contains(sign))
        })
    };
    if placeholder("{") {
        return Some("a placeholder");
    }
    for empty in ["()", "“”", "«  »", "« »", "\"\"", " ,", "( )", "  "] {
        if text.contains(empty) {
            return Some("an empty place");
        }
    }
    // French has no blank before a full stop either.
    (text.contains(" .") && !text.contains(" ..")).then_some("an empty end")
}

#[test]
fn a_hole_is_seen() {
    for text in
        ["wait {wait} seconds", "{ $value } is the installer", "The phone names  as it", "installed by ().", "by ."]
    {
        assert!(hole(text).is_some(), "{text}");
    }
    for text in ["Nothing to see.", "{\"a\": 1}", "the path C:\\{}", "« Marie »"] {
        assert_eq!(hole(text), None, "{text}");
    }
}

#[test]
fn no_sentence_of_a_report_has_a_hole() {
    let desk = Desk::new(common::server::free_port());
    let mut read = 0;
    for phone in PHONES {
        // French spreadsheets part columns by semicolons.
        for (language, delimiter) in [("en", b','), ("fr", b';')] {
            let target = format!("{}/tests/fixtures/{phone}", env!("CARGO_MANIFEST_DIR"));
            let mut arguments =
                vec!["audit", &target, "--lang", language, "-f", "csv", "--all-apps", "--fail-on", "none"];
            for profile in PROFILES {
                arguments.extend(["-p", profile]);
            }
            let answer = desk.run(&arguments);
            let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(answer.stdout.as_bytes());
            let names: Vec<String> = rows.headers().expect("a heading").iter().map(str::to_owned).collect();
            for row in rows.records() {
                let row = row.expect("a row");
                for (name, text) in names.iter().zip(row.iter()) {
                    // The phone's own words may hold anything.
                    if name.contains("evidence") || name == "actual" {
                        continue;
                    }
                    assert_eq!(hole(text), None, "{phone} {language} {name}: {text:?} in {row:?}");
                    read += 1;
                }
            }
            let gaps = desk.run(&["snapshot", &target, "--all-apps"]).json();
            for gap in gaps["gaps"].as_array().expect("gaps") {
                let detail = gap["detail"].as_str().expect("a detail");
                assert!(!detail.contains("{wait}") && !detail.contains("{user}"), "{phone}: {gap}");
            }
        }
    }
    assert!(read > 10_000, "{read} texts were read");
}
