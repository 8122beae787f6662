//! Visits to many targets by the library alone: what happened, collected, and no word of how it is told.
#![cfg(unix)]

use std::path::Path;

use crate::face::{Collecting, visit};
use serde_json::Value;

/// A snapshot on one line, of a phone of its own.
fn line(device: usize) -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/staff-phone-later.json");
    let mut snapshot: Value = serde_json::from_str(&std::fs::read_to_string(example).unwrap()).unwrap();
    snapshot["device"]["id"] = format!("device-{device}").into();
    snapshot.to_string()
}

#[test]
fn every_target_of_a_tree_is_accounted_for_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for device in 0..20 {
        std::fs::write(folder.path().join(format!("s{device:02}.json")), line(device)).unwrap();
    }
    std::fs::write(folder.path().join("notes.bin"), [0xff, 0xfe, 0x00]).unwrap();
    std::fs::write(folder.path().join("s99.json"), r#"{"schema":"poucet.snapshot/1"}"#).unwrap();
    let face = Collecting::default();
    let (tally, verdicts) = visit(&[folder.path()], &face, usize::MAX);
    let names: Vec<String> = verdicts.iter().map(|(name, _)| name.clone()).collect();
    let sorted = {
        let mut sorted = names.clone();
        sorted.sort();
        sorted
    };
    assert_eq!((names.len(), &names), (20, &sorted));
    let failed = face.failed.lock().unwrap();
    let keys: Vec<&str> = failed.iter().map(|(_, key)| *key).collect();
    assert_eq!(keys, ["cli-aside", "cli-bad-snapshot"], "{failed:?}");
    assert_eq!((tally.summary.read, tally.summary.failed, tally.summary.aside), (20, 1, 1));
    assert_eq!(tally.summary.devices(), Some(20));
    assert!(tally.outcome.is_unreadable() && tally.outcome.fails() && !tally.outcome.is_refused(), "{tally:?}");
    assert_eq!(*face.done.lock().unwrap(), 1);
}

#[test]
fn who_wants_no_more_gets_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..5000).map(|device| line(device % 7) + "\n").collect();
    std::fs::write(folder.path().join("many.jsonl"), lines).unwrap();
    let face = Collecting::default();
    let (tally, verdicts) = visit(&[&folder.path().join("many.jsonl")], &face, 1);
    // What had begun is brought to its end: a piece has 64 lines, and twelve may be under way.
    assert!(verdicts.len() < 64 * 14, "{}", verdicts.len());
    assert_eq!(usize::try_from(tally.summary.read).unwrap(), verdicts.len());
}

#[test]
fn a_place_that_is_not_there_is_a_failure_with_a_key_and_no_sentence() {
    let face = Collecting::default();
    let (tally, verdicts) = visit(&[Path::new("/nowhere/at/all")], &face, usize::MAX);
    assert_eq!(verdicts, []);
    assert_eq!(*face.failed.lock().unwrap(), [("/nowhere/at/all".to_owned(), "source-not-found")]);
    assert_eq!(tally.summary.failures.len(), 1);
    assert!(tally.outcome.is_unreadable());
    assert_eq!(tally.summary.failures[0].why.key(), "source-not-found");
}

#[test]
fn an_empty_text_of_snapshots_passes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.jsonl");
    std::fs::write(&empty, "").unwrap();
    let face = Collecting::default();
    let (tally, verdicts) = visit(&[&empty], &face, usize::MAX);
    assert_eq!((verdicts.len(), tally.summary.failed), (0, 1), "{:?}", face.failed);
    assert!(tally.outcome.is_unreadable());
}
