//! The same phone gets the same verdicts by every road.
//!
//! A road that does not carry a fact (AndroidQF has the settings of the current user only, bug reports have no
//! `getenforce`) may say `not-assessed` where another judges; it may never judge otherwise.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops here"
)]

mod common_roads;

use std::collections::BTreeMap;
use std::path::Path;

use common_roads::{PHONES, ROADS, Road, build, json, run};
use serde_json::Value;

/// The profiles that ship and that need no organization (`base` is abstract).
const PROFILES: [&str; 3] = ["byod", "location-off", "precautionary"];

const NOT_ASSESSED: &str = "not-assessed";

/// What a finding is about: rule, app, user, permission.
type Subject = (String, String, String, String);

/// The verdicts of one audit, by subject; a subject with several has them in order.
fn verdicts(target: &Path, profile: &str) -> BTreeMap<Subject, Vec<String>> {
    let home = tempfile::tempdir().expect("a temporary folder");
    let report = json(&run(home.path(), &["audit", "-p", profile, "--format", "json"], target));
    let mut verdicts: BTreeMap<Subject, Vec<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("findings") {
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let subject = (
            word(&finding["code"]),
            word(&finding["app"]["id"]),
            word(&finding["app"]["user"]),
            word(&finding["permission"]),
        );
        verdicts.entry(subject).or_default().push(word(&finding["verdict"]));
    }
    verdicts.values_mut().for_each(|words| words.sort());
    assert!(verdicts.len() > 5, "{}: only {} findings", target.display(), verdicts.len());
    verdicts
}

fn only_not_assessed(words: Option<&Vec<String>>) -> bool {
    words.is_some_and(|words| words.iter().all(|word| word == NOT_ASSESSED))
}

fn assert_same_by_every_road(phone: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let targets: Vec<_> = ROADS.iter().map(|road| (*road, build(phone, *road, folder.path()))).collect();
    let (mut equal, mut compared) = (0_usize, 0_usize);
    let mut contradictions = Vec::new();
    let mut differences = Vec::new();
    for profile in PROFILES {
        let by_road: Vec<(Road, BTreeMap<Subject, Vec<String>>)> =
            targets.iter().map(|(road, target)| (*road, verdicts(target, profile))).collect();
        let (_, reference) = by_road.first().expect("the folder road");
        for (road, other) in by_road.iter().skip(1) {
            let mut subjects: Vec<&Subject> = reference.keys().chain(other.keys()).collect();
            subjects.sort();
            subjects.dedup();
            for subject in subjects {
                compared += 1;
                let (left, right) = (reference.get(subject), other.get(subject));
                if left == right {
                    equal += 1;
                } else {
                    let line = format!("{profile}, {road:?}: {subject:?}: {left:?} by loose files, {right:?} here");
                    if only_not_assessed(left) || only_not_assessed(right) {
                        differences.push(line);
                    } else {
                        contradictions.push(line);
                    }
                }
            }
        }
    }
    assert!(contradictions.is_empty(), "{phone}:\n{}", contradictions.join("\n"));
    assert!(equal * 10 >= compared * 9, "{phone}: {equal} of {compared} are equal:\n{}", differences.join("\n"));
}

macro_rules! phones {
    ($($name:ident => $phone:literal;)*) => {
        $(
            #[test]
            fn $name() {
                assert_same_by_every_road($phone);
            }
        )*

        #[test]
        fn every_phone_has_its_test() {
            assert_eq!(PHONES, [$($phone),*]);
        }
    };
}

phones! {
    android_08_is_judged_alike_by_every_road => "android-08";
    android_09_is_judged_alike_by_every_road => "android-09";
    android_10_is_judged_alike_by_every_road => "android-10";
    android_11_is_judged_alike_by_every_road => "android-11";
    android_12_is_judged_alike_by_every_road => "android-12";
    android_13_is_judged_alike_by_every_road => "android-13";
    android_14_is_judged_alike_by_every_road => "android-14";
    android_15_is_judged_alike_by_every_road => "android-15";
    android_16_is_judged_alike_by_every_road => "android-16";
    android_17_is_judged_alike_by_every_road => "android-17";
}

#[test]
fn the_roads_give_the_same_bytes_on_every_run() {
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for road in [Road::BugreportZip, Road::DumpstateText, Road::AndroidQfZip] {
        let read = |folder: &Path| std::fs::read(build("android-16", road, folder)).expect("the file is readable");
        assert_eq!(read(one.path()), read(two.path()), "{road:?}");
    }
}
