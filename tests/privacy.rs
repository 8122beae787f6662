//! No output repeats personal data of a phone: serial numbers, names, accounts, phone numbers, networks, messages.
//!
//! `tests/fixtures/personal.txt` lists what was planted in every fixture, in the places where real phones have it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops here"
)]

mod common_roads;

use common_roads::{Files, PHONES, ROADS, Road, build, personal, run};

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
