use super::*;
use crate::audit::tests::{app, gap, phone};
use crate::audit::{Context, audit};
use crate::catalog::Catalog;
use crate::profile;
use crate::snapshot::Snapshot;

/// Why a target gave no result; without a sentence, its key stands for itself.
#[derive(Debug)]
pub(crate) struct Said(pub(crate) &'static str);

impl Told for Said {
    fn key(&self) -> &'static str {
        self.0
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn hint_key(&self) -> Option<&'static str> {
        None
    }
}

fn judged(snapshot: &Snapshot, target: &str) -> Entry {
    let profile = profile::load("byod", Catalog::builtin()).unwrap();
    let audits = [audit(snapshot, &profile, Context::new(Catalog::builtin()))];
    Entry::of(target, snapshot, &audits, target == "hurt")
}

fn phones() -> [Snapshot; 3] {
    let mut with = phone();
    with.device.id = Some("one".to_owned());
    with.apps.push(app("com.zhiliaoapp.musically"));
    let mut again = with.clone();
    again.device.id = Some("two".to_owned());
    let mut unknown = phone();
    unknown.device.id = Some("one".to_owned());
    unknown.gaps.push(gap(crate::snapshot::APP_LIST, None, None));
    [with, again, unknown]
}

#[test]
fn the_summary_counts_what_each_audit_says() {
    let mut summary = Summary::default();
    let entries: Vec<Entry> =
        phones().iter().zip(["a", "b", "hurt"]).map(|(phone, name)| judged(phone, name)).collect();
    for (entry, known) in entries.iter().zip([false, true, false]) {
        summary.add(entry.clone(), known);
    }
    summary.fail("broken.zip", Arc::new(Said("damaged")));
    summary.leave_aside();
    assert_eq!(
        (summary.targets(), summary.read, summary.known, summary.damaged, summary.failed, summary.aside),
        (4, 3, 1, 1, 1, 1)
    );
    assert_eq!(summary.devices(), Some(2), "two readings are of one phone");
    let tiktok = &summary.apps["tiktok"];
    assert_eq!((tiktok.name.as_str(), tiktok.phones), ("TikTok", 2));
    let profile = &summary.profiles["byod"];
    assert_eq!(profile.verdicts.values().sum::<u64>(), 3);
    for (code, rule) in &profile.rules {
        assert_eq!(rule.outcomes.values().sum::<u64>(), 3, "{code}: each phone has one outcome");
        let expected =
            entries.iter().filter(|entry| entry.judged[0].rules[code].verdict == Verdict::Fail).count() as u64;
        assert_eq!(rule.count(Verdict::Fail), expected, "{code}");
    }
    let order: Vec<u64> = profile.rules_by_failures().iter().map(|(_, rule)| rule.count(Verdict::Fail)).collect();
    assert!(order.is_sorted_by(|a, b| a >= b), "{order:?}");
    assert!(profile.not_assessed.values().all(|reason| reason.findings >= reason.phones && reason.phones > 0));
    let mean = entries.iter().filter_map(|entry| entry.judged[0].conformity).collect::<Vec<_>>();
    let told = profile.conformity();
    assert_eq!(told.is_some(), !mean.is_empty());
}

#[test]
fn an_entry_survives_being_kept() {
    let [phone, ..] = phones();
    let entry = judged(&phone, "a");
    let kept: Entry = serde_json::from_str(&serde_json::to_string(&entry).unwrap()).unwrap();
    assert_eq!(kept, entry);
    assert_eq!(entry.judged[0].verdict, entry.judged[0].rules.values().map(|rule| rule.verdict).min().unwrap());
}

#[test]
fn an_app_that_the_profile_never_names_is_not_kept() {
    let [phone, ..] = phones();
    let profile = profile::load("byod", Catalog::builtin()).unwrap();
    let mut one = audit(&phone, &profile, Context::new(Catalog::builtin()));
    one.hidden.push("com.zhiliaoapp.musically".to_owned());
    let entry = Entry::of("a", &phone, &[one], false);
    assert!(!entry.apps.contains_key("tiktok"));
}

#[test]
fn lists_end_and_counts_go_on() {
    let mut summary = Summary::default();
    for n in 0..=MOST_LISTED {
        summary.fail(&n.to_string(), Arc::new(Said("x")));
    }
    assert_eq!((summary.failures.len(), summary.failed), (MOST_LISTED, MOST_LISTED as u64 + 1));
}

#[test]
fn more_phones_than_are_counted_are_not_told_as_fewer() {
    let snapshot = phone();
    let mut summary = Summary::default();
    for number in 0..=MOST_LISTED {
        let mut snapshot = snapshot.clone();
        snapshot.device.id = Some(format!("phone-{number}"));
        assert_eq!(summary.devices(), Some(number as u64));
        summary.add(Entry::of("a phone", &snapshot, &[], false), false);
    }
    assert_eq!(summary.devices(), None);
}
