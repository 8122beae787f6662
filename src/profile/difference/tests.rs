//! Each kind of change, which way it goes, and back again.

use std::collections::BTreeSet;

use super::*;
use crate::catalog::Catalog;
use crate::profile::{Collect, Expected, Profile, Value, load, shipped};
use crate::vocabulary::Check;

/// A profile of one file: what follows the head.
fn profile(rest: &str) -> Profile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let text = format!("format = 1\nid = \"mine\"\ntitle = {{ en = \"Mine\", fr = \"Le mien\" }}\n{rest}");
    std::fs::write(&path, text).unwrap();
    load(path.to_str().unwrap(), Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}\n{rest}"))
}

/// A profile of one rule.
fn rule(rest: &str) -> Profile {
    let severity = if rest.contains("severity =") { "" } else { "severity = \"low\"\n" };
    profile(&format!(
        "[rule.one]\ntitle = {{ en = \"One\", fr = \"Un\" }}\nwhy = {{ en = \"So\", fr = \"Donc\" }}\n{severity}{rest}"
    ))
}

/// The changes of one direction as JSON of what changes.
fn told(a: &Profile, b: &Profile) -> [Vec<What>; 4] {
    let found = difference(a, b, Catalog::builtin());
    [found.stricter, found.laxer, found.different, found.texts]
        .map(|items| items.into_iter().map(|item| item.what).collect())
}

/// That the second is stricter in this one thing, and the first laxer in one.
fn assert_stricter(a: &Profile, b: &Profile, what: What) {
    assert_eq!(told(a, b), [vec![what], vec![], vec![], vec![]]);
    let [stricter, laxer, different, texts] = told(b, a);
    assert_eq!((stricter.len(), laxer.len(), different.len(), texts.len()), (0, 1, 0, 0));
}

/// That nobody can say.
fn assert_different(a: &Profile, b: &Profile, what: What) {
    assert_eq!(told(a, b), [vec![], vec![], vec![what], vec![]]);
    let [stricter, laxer, different, texts] = told(b, a);
    assert_eq!((stricter.len(), laxer.len(), different.len(), texts.len()), (0, 0, 1, 0));
}

#[test]
fn each_kind_of_change_has_its_way() {
    use crate::vocabulary::{AppSource, Level, Permission, Platform, Presence, Severity};
    let max = |levels: &str| rule(&format!("apps = \"tiktok\"\nmax = {{ {levels} }}"));
    let level = |permission, platform, from, to| What::Level { permission, platform, from, to };
    assert_stricter(
        &rule("severity = \"low\"\napps = \"any\"\npresence = \"absent\""),
        &rule("severity = \"high\"\napps = \"any\"\npresence = \"absent\""),
        What::Severity { from: Severity::Low, to: Severity::High },
    );
    assert_stricter(
        &max("camera = \"while-in-use\""),
        &max("camera = \"none\""),
        level(Permission::Camera, None, Some(Level::WhileInUse), Some(Level::None)),
    );
    assert_stricter(
        &max("camera = \"none\""),
        &max("camera = \"none\", contacts = \"none\""),
        level(Permission::Contacts, None, None, Some(Level::None)),
    );
    assert_stricter(
        &rule("apps = \"tiktok\"\nmax = { camera = \"none\" }\non_ios = { camera = \"while-in-use\" }"),
        &max("camera = \"none\""),
        level(Permission::Camera, Some(Platform::Ios), Some(Level::WhileInUse), Some(Level::None)),
    );
    // Written for iOS apart, and the same as for both.
    let apart = rule("apps = \"tiktok\"\nmax = { camera = \"none\" }\non_ios = { camera = \"none\" }");
    assert_eq!(told(&apart, &max("camera = \"none\"")), [vec![], vec![], vec![], vec![]]);
    assert_stricter(
        &rule("apps = \"tiktok\"\nmax = { camera = \"none\" }"),
        &rule("apps = \"tiktok\"\nmax = { camera = \"none\" }\nignore_master = true"),
        What::IgnoreMaster { counts: true },
    );
    let presence = |rest: &str| rule(&format!("apps = \"tiktok\"\npresence = {rest}"));
    assert_stricter(
        &presence("\"disabled\""),
        &presence("\"absent\""),
        What::Presence { from: Presence::Disabled, to: Presence::Absent },
    );
    assert_stricter(&presence("\"absent\""), &presence("\"absent\"\nresidue = true"), What::Residue { counts: true });
    let source = |list: &str| rule(&format!("apps = \"any\"\nsource = [{list}]"));
    assert_stricter(
        &source("\"play-store\", \"managed\""),
        &source("\"play-store\""),
        What::SourcesRemoved { sources: vec![AppSource::Managed] },
    );
    let device = |rest: &str| rule(&format!("device = {rest}"));
    let expected = |check, from, to| What::Expected { check, from, to };
    assert_stricter(
        &device("\"os-updates\"\nat_most = 90"),
        &device("\"os-updates\"\nat_most = 60"),
        expected(Check::OsUpdates, Expected::AtMost(90), Expected::AtMost(60)),
    );
    assert_stricter(
        &device("\"os-updates\"\nat_least = 1"),
        &device("\"os-updates\"\nat_least = 2"),
        expected(Check::OsUpdates, Expected::AtLeast(1), Expected::AtLeast(2)),
    );
    assert_stricter(
        &device("\"lock-delay\"\nat_most = 60"),
        &device("\"lock-delay\"\none_of = [30, 60]"),
        expected(Check::LockDelay, Expected::AtMost(60), Expected::OneOf(vec![Value::Int(30), Value::Int(60)])),
    );
    assert_different(
        &device("\"screen-lock\"\nis = true"),
        &device("\"screen-lock\"\nis = false"),
        expected(Check::ScreenLock, Expected::Is(Value::Bool(true)), Expected::Is(Value::Bool(false))),
    );
    assert_different(
        &device("\"os-updates\"\nat_most = 90"),
        &device("\"os-updates\"\nat_least = 30"),
        expected(Check::OsUpdates, Expected::AtMost(90), Expected::AtLeast(30)),
    );
    let (one, list) = (device("\"screen-lock\"\nis = true"), device("\"screen-lock\"\none_of = [true]"));
    assert_eq!(told(&one, &list), [vec![], vec![], vec![], vec![]]);
    assert_different(
        &device("\"screen-lock\"\nis = true"),
        &device("\"auto-time\"\nis = true"),
        What::Check { from: Check::ScreenLock, to: Check::AutoTime },
    );
    assert_different(
        &presence("\"absent\""),
        &source("\"play-store\"").clone_with_apps_of(&presence("\"absent\"")),
        What::Statement { from: "presence", to: "source" },
    );
    let unused = |days: u32| rule(&format!("apps = \"any\"\nunused_days = {days}"));
    assert_stricter(&unused(90), &unused(30), What::limit("unused-days", 90, 30));
    assert_stricter(
        &device("\"screen-lock\"\nis = true\nplatform = \"ios\""),
        &device("\"screen-lock\"\nis = true"),
        What::Platform { from: Some(Platform::Ios), to: None },
    );
    assert_different(
        &device("\"screen-lock\"\nis = true\nplatform = \"ios\""),
        &device("\"screen-lock\"\nis = true\nplatform = \"android\""),
        What::Platform { from: Some(Platform::Ios), to: Some(Platform::Android) },
    );
    assert_stricter(
        &device("\"screen-lock\"\nis = true\nfor = \"ownership:institution\""),
        &device("\"screen-lock\"\nis = true"),
        What::For { from: Some("ownership:institution".to_owned()), to: None },
    );
    assert_different(
        &device("\"host-pairing\"\nis = false"),
        &device("\"host-pairing\"\nis = false\nfootprint = true"),
        What::Footprint { says: true },
    );
}

/// The same rule, about the apps of another profile's.
trait WithApps {
    fn clone_with_apps_of(&self, other: &Profile) -> Profile;
}

impl WithApps for Profile {
    fn clone_with_apps_of(&self, other: &Profile) -> Profile {
        let mut changed = self.clone();
        changed.rules[0].apps = other.rules[0].apps.clone();
        changed.sealed()
    }
}

#[test]
fn apps_are_named_and_the_words_of_a_selector_alone_judge_nothing() {
    let apps = |selector: &str| rule(&format!("apps = '{selector}'\npresence = \"absent\""));
    let named = |slugs: &[&str]| -> Vec<NamedApp> {
        let one = |slug: &&str| NamedApp {
            slug: (*slug).to_owned(),
            name: Catalog::builtin().by_slug(slug).unwrap().name.clone(),
        };
        slugs.iter().map(one).collect()
    };
    assert_stricter(&apps("tiktok"), &apps("tiktok or instagram"), What::AppsAdded { apps: named(&["instagram"]) });
    let both = told(&apps("tiktok or facebook"), &apps("tiktok or instagram"));
    assert_eq!(
        both,
        [
            vec![What::AppsAdded { apps: named(&["instagram"]) }],
            vec![What::AppsRemoved { apps: named(&["facebook"]) }],
            vec![],
            vec![]
        ]
    );
    let words = told(&apps("tiktok or instagram"), &apps("instagram or tiktok"));
    assert_eq!(words, [vec![], vec![], vec![], vec![What::Texts { parts: BTreeSet::from([Part::Apps]) }]]);
    let id = Catalog::builtin().by_slug("tiktok").unwrap().android[0].id.clone();
    assert!(matches!(
        told(&apps("tiktok"), &apps(&format!("tiktok or android:{id}"))),
        [stricter, laxer, different, texts]
            if stricter.is_empty() && laxer.is_empty() && texts.is_empty()
                && matches!(different.as_slice(), [What::Selector { .. }])
    ));
}

#[test]
fn the_profile_as_a_whole_is_compared_too() {
    assert_stricter(&profile("strict = false"), &profile("strict = true"), What::Strict { counts: true });
    assert_different(&profile(""), &profile("abstract = true"), What::Abstract { is: true });
    let privacy = |rest: &str| profile(&format!("[privacy]\n{rest}"));
    assert_stricter(
        &privacy("collect = \"all-apps\""),
        &privacy("collect = \"catalogue-only\""),
        What::Collect { from: Collect::AllApps, to: Collect::CatalogueOnly },
    );
    assert_stricter(
        &privacy("consent = \"not-required\""),
        &privacy("consent = \"required\""),
        What::Consent { required: true },
    );
    let [stricter, ..] = told(&privacy(""), &privacy("hide = [\"tiktok\"]"));
    assert!(matches!(stricter.as_slice(), [What::Hidden { apps }] if apps[0].slug == "tiktok"), "{stricter:?}");
    let [_, laxer, ..] = told(&privacy("hide = [\"tiktok\"]"), &privacy(""));
    assert!(matches!(laxer.as_slice(), [What::Shown { .. }]), "{laxer:?}");
    let [.., texts] = told(&profile("version = \"1\""), &profile("version = \"2\""));
    assert_eq!(texts, [What::Texts { parts: BTreeSet::from([Part::Version]) }]);
}

#[test]
fn a_rule_that_is_switched_off_is_told_apart_from_one_that_is_not_there() {
    let base = load("base", Catalog::builtin()).unwrap();
    let off = profile(
        "extends = [\"base\"]\n[override.patched]\noff = true\nbecause = { en = \"Old phones.\", fr = \"Vieux téléphones.\" }",
    );
    let found = difference(&base, &off, Catalog::builtin());
    let [item] = found.laxer.as_slice() else { panic!("{:?}", found.laxer) };
    assert_eq!(item.rule.as_deref(), Some("patched"));
    assert_eq!(item.what, What::RuleOff { severity: crate::vocabulary::Severity::High });
    assert_eq!(item.because.as_ref().map(|because| because.en.as_str()), Some("Old phones."));
    let back = difference(&off, &base, Catalog::builtin());
    assert!(matches!(back.stricter.as_slice(), [Item { what: What::RuleOn { .. }, .. }]), "{:?}", back.stricter);
    let without = profile("");
    let gone = difference(&base, &without, Catalog::builtin());
    assert_eq!(gone.laxer.len(), base.rules.len());
    assert!(gone.laxer.iter().all(|item| matches!(item.what, What::RuleRemoved { .. })));
}

#[test]
fn shipped_profiles_compare_the_same_both_ways() {
    let profiles: Vec<Profile> =
        shipped().iter().map(|shipped| load(shipped.id, Catalog::builtin()).unwrap()).collect();
    for a in &profiles {
        let same = difference(a, a, Catalog::builtin());
        assert!(same.same && same.is_empty(), "{}", a.id);
        for b in &profiles {
            let (there, back) = (difference(a, b, Catalog::builtin()), difference(b, a, Catalog::builtin()));
            assert_eq!(there, difference(a, b, Catalog::builtin()));
            assert_eq!(there.same, a.id == b.id);
            assert_eq!(there.stricter.len(), back.laxer.len(), "{} {}", a.id, b.id);
            assert_eq!(there.different.len(), back.different.len());
            assert_eq!(there.texts.len(), back.texts.len());
            assert!(a.id == b.id || !there.is_empty(), "{} {}", a.id, b.id);
            for items in [&there.stricter, &there.laxer, &there.different, &there.texts] {
                assert!(items.is_sorted_by_key(|item| item.rule.clone()));
            }
        }
    }
}

#[test]
fn every_word_of_a_difference_has_its_sentence() {
    // The keys that are put together from words while the page is made.
    let parts = [
        Part::Title,
        Part::Why,
        Part::Look,
        Part::Fix,
        Part::Manual,
        Part::Refs,
        Part::Apps,
        Part::Note,
        Part::Version,
    ];
    let texts = crate::text::Texts::new(crate::text::Language::En);
    for part in parts {
        let key = format!("tools-diff-part-{}", serde_json::to_value(part).unwrap().as_str().unwrap());
        assert!(texts.has(&key), "{key}");
        assert_eq!(key, format!("tools-diff-part-{}", format!("{part:?}").to_lowercase()));
    }
    for word in ["residue", "ignore-master", "footprint", "strict", "abstract", "consent"] {
        for end in ["yes", "no"] {
            assert!(texts.has(&format!("tools-diff-{word}-{end}")), "{word}");
        }
    }
    for word in ["platform-android", "platform-ios", "platform-both", "for-all", "for-institution", "for-personal"] {
        assert!(texts.has(&format!("tools-diff-{word}")), "{word}");
    }
    for key in ["unreadable-folder", "empty-folder", "too-many"] {
        assert!(texts.has(&format!("tools-lint-{key}")) && texts.has(&format!("tools-lint-{key}-hint")));
    }
}
