//! Examples judged: what a phone of an example is, which verdicts a rule can have, and that the order of facts does not matter.

use proptest::prelude::*;

use super::*;
use crate::profile::load;
use crate::vocabulary::permissions::describe;
use crate::vocabulary::{AppSource, Check};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/profiles/examples.toml");

fn quiet(finding: &Finding<'_>) -> String {
    format!("{:?}", finding.because)
}

fn possible_of(rest: &str) -> [Vec<&'static str>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let head = "format = 1\nid = \"mine\"\ntitle = { en = \"Mine\", fr = \"Le mien\" }\n[rule.one]\n\
                title = { en = \"One\", fr = \"Un\" }\nwhy = { en = \"So\", fr = \"Donc\" }\nseverity = \"low\"\n";
    std::fs::write(&path, format!("{head}{rest}\n")).unwrap();
    let catalog = Catalog::builtin();
    let profile = load(path.to_str().unwrap(), catalog).unwrap_or_else(|errors| panic!("{errors}"));
    [Platform::Android, Platform::Ios].map(|platform| {
        let found = possible(&profile.rules[0], &profile, platform, catalog);
        found.into_iter().map(Verdict::word).collect()
    })
}

#[test]
fn the_verdicts_that_a_rule_can_have() {
    let all = || vec!["fail", "not-assessed", "pass"];
    let never_fails = || vec!["not-assessed", "pass"];
    let none = Vec::<&str>::new;
    for (rule, android, ios) in [
        ("apps = \"any\"\nmax = { location = \"none\" }", all(), all()),
        // No level is higher.
        ("apps = \"any\"\nmax = { location = \"always\" }", never_fails(), never_fails()),
        ("apps = \"any\"\nmax = { location = \"none\" }\non_ios = { location = \"always\" }", all(), never_fails()),
        // iOS has no such thing.
        ("apps = \"any\"\nmax = { sms = \"none\" }", all(), none()),
        // Android does not show it.
        ("apps = \"any\"\nmax = { tracking = \"none\" }", never_fails(), all()),
        // An app of Android alone.
        ("apps = \"google-messages\"\npresence = \"absent\"", all(), never_fails()),
        ("apps = \"any\"\npresence = \"installed\"", never_fails(), never_fails()),
        // iOS has no disabled apps; residues it has.
        ("apps = \"tiktok\"\npresence = \"absent\"\nresidue = true", all(), all()),
        ("apps = \"any\"\nsource = [\"play-store\"]", all(), all()),
        // That nothing newer is in a backup proves nothing.
        ("apps = \"any\"\nunused_days = 30", all(), never_fails()),
        ("device = \"screen-lock\"\nis = true", all(), all()),
        ("device = \"default-sms\"\nis = \"com.google.android.apps.messaging\"", all(), none()),
        ("device = \"screen-lock\"\none_of = [true, false]", never_fails(), never_fails()),
        ("device = \"os-updates\"\nat_most = 90", all(), all()),
        ("device = \"os-updates\"\nat_least = 0", never_fails(), never_fails()),
        // Only a person can look on iOS, and a backup is no business of Android.
        ("device = \"developer-options\"\nis = false\nfootprint = true", all(), none()),
        ("device = \"backup-encrypted\"\nis = true", none(), all()),
        ("device = \"app-blocklist\"\nis = true\nfor = \"ownership:institution\"", all(), all()),
        ("device = \"screen-lock\"\nis = true\nplatform = \"ios\"", none(), all()),
        ("manual = { en = \"Look\", fr = \"Regarder\" }", none(), none()),
    ] {
        assert_eq!(possible_of(rule), [android, ios], "{rule}");
    }
}

#[test]
fn the_examples_of_the_fixture_hold_and_say_what_is_shown() {
    let tested =
        test(FIXTURE, Catalog::builtin(), &Options::default(), &quiet).unwrap_or_else(|errors| panic!("{errors}"));
    let wrong: Vec<_> = tested.outcomes.iter().filter(|outcome| !outcome.holds()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let lacking: Vec<(&str, Platform, Vec<Verdict>)> = tested
        .coverage
        .iter()
        .map(|one| (one.rule.as_str(), one.platform, one.missing().collect()))
        .filter(|(_, _, missing): &(_, _, Vec<_>)| !missing.is_empty())
        .collect();
    assert_eq!(lacking, [("blocked", Platform::Ios, vec![Verdict::Pass])]);
}

#[test]
fn an_example_that_expects_otherwise_is_told_and_shows_nothing() {
    let text = std::fs::read_to_string(FIXTURE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, text.replace("os-updates = 400", "os-updates = 20")).unwrap();
    let tested = test(path.to_str().unwrap(), Catalog::builtin(), &Options::default(), &quiet)
        .unwrap_or_else(|errors| panic!("{errors}"));
    let [wrong] = tested.outcomes.iter().filter(|outcome| !outcome.holds()).collect::<Vec<_>>()[..] else { panic!() };
    let [mismatch] = wrong.mismatches.as_slice() else { panic!("{wrong:?}") };
    assert_eq!((wrong.example.as_str(), mismatch.rule.as_str()), ("ios-open", "patched"));
    assert_eq!((mismatch.expected, mismatch.found), (Verdict::Fail, Verdict::Pass));
    assert!(mismatch.because.contains("20"), "{}", mismatch.because);
    let patched = tested.coverage.iter().find(|one| one.rule == "patched" && one.platform == Platform::Ios).unwrap();
    assert_eq!(patched.missing().collect::<Vec<_>>(), [Verdict::Fail]);
}

#[test]
fn a_disabled_app_holds_nothing_that_counts() {
    let grants = [(Permission::Camera, Level::Always)].into();
    let app = ExampleApp {
        id: "com.zhiliaoapp.musically".to_owned(),
        presence: Presence::Disabled,
        source: AppSource::PlayStore,
        system: false,
        inert: None,
        last_used_days: Some(14),
        grants,
    };
    let app = installed(&app, Platform::Android, Catalog::builtin());
    assert_eq!((app.slug.as_deref(), app.enabled), (Some("tiktok"), false));
    assert_eq!(app.grants[0].inert, Some(Inert::AppDisabled));
    assert_eq!(app.grants[0].last_used.as_ref().and_then(|last| last.at.as_deref()), Some("2026-01-01T12:00:00+00:00"));
}

/// Facts of any phone that an example can describe, as lines of a file.
fn facts() -> impl Strategy<Value = (Platform, Vec<String>)> {
    let platform = proptest::sample::select(Platform::ALL);
    let picks = proptest::collection::vec((0_usize..10_000, 0_usize..10_000, 0_usize..10_000), 0..24);
    (platform, picks).prop_map(|(platform, picks)| {
        let catalog = Catalog::builtin();
        let mut lines = BTreeMap::new();
        for (kind, which, value) in picks {
            let app = &catalog.apps()[which % catalog.apps().len()];
            if app.ids(platform).is_empty() {
                continue;
            }
            let (key, line) = match kind % 4 {
                0 => {
                    let checks: Vec<Check> =
                        Check::ALL.iter().copied().filter(|check| phone::can_tell(*check, platform)).collect();
                    let check = checks[which % checks.len()];
                    let values = phone::values(check, &[90]);
                    if values.is_empty() {
                        continue;
                    }
                    let written = match &values[value % values.len()] {
                        Value::Text(word) => format!("\"{word}\""),
                        other => other.to_string(),
                    };
                    (format!("settings.{check}"), written)
                }
                1 => {
                    let source = AppSource::ALL[value % AppSource::ALL.len()];
                    (format!("apps.{}", app.slug), format!("{{ source = \"{source}\", presence = \"residual\" }}"))
                }
                _ => {
                    let seen: Vec<Permission> = Permission::ALL
                        .iter()
                        .copied()
                        .filter(|permission| phone::can_show(*permission, platform))
                        .collect();
                    let permission = seen[value % seen.len()];
                    let levels = &describe(permission).levels;
                    let (level, days) = (levels[kind % levels.len()], value % 400);
                    (format!("apps.{}", app.slug), format!("{{ {permission} = \"{level}\", last_used_days = {days} }}"))
                }
            };
            lines.insert(key, line);
        }
        (platform, lines.into_iter().map(|(key, value)| format!("{key} = {value}")).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Of any phone every rule says one of the six verdicts, and the order in which the facts are written changes none.
    #[test]
    fn the_order_of_facts_never_matters(
        (platform, lines) in facts(),
        shift in 0_usize..24,
        ownership in proptest::option::of(proptest::sample::select(vec!["institution", "personal"])),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        let head = std::fs::read_to_string(FIXTURE).unwrap();
        let rules = head.split("[[example]]").next().unwrap();
        let mut verdicts = Vec::new();
        let mut turned = lines.clone();
        turned.rotate_left(shift % lines.len().max(1));
        turned.reverse();
        for lines in [&lines, &turned] {
            let who = ownership.map(|who| format!("ownership = \"{who}\"\n")).unwrap_or_default();
            let text = format!(
                "{rules}[[example]]\nname = \"one\"\nplatform = \"{platform}\"\n{who}{}\nexpect.pass = [\"look\"]\n",
                lines.join("\n")
            );
            std::fs::write(&path, &text).unwrap();
            let loaded = load_with_examples(path.to_str().unwrap(), Catalog::builtin(), &Options::default())
                .unwrap_or_else(|errors| panic!("{errors}"));
            let mut example = loaded.examples[0].clone();
            example.expect = loaded.profile.rules.iter().map(|rule| (rule.id.clone(), Verdict::Waived)).collect();
            let outcome = judge(&example, &loaded.profile, Catalog::builtin(), &quiet);
            prop_assert_eq!(outcome.rules.len(), loaded.profile.rules.len());
            prop_assert!(outcome.rules.values().all(|verdict| Verdict::ALL.contains(verdict)));
            verdicts.push(outcome);
        }
        prop_assert_eq!(&verdicts[0], &verdicts[1]);
    }
}
