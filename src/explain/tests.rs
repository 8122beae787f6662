//! What explanations keep, and that any word is answered.

use proptest::prelude::*;

use super::model::{Line, step_lines};
use super::*;
use crate::catalog::Catalog;
use crate::text::both::same;
use crate::vocabulary::Platform;
use crate::vocabulary::guidance::{Steps, Vendor};

fn library() -> &'static Library<'static> {
    static LIBRARY: std::sync::OnceLock<Library<'static>> = std::sync::OnceLock::new();
    LIBRARY.get_or_init(|| Library::shipped(Catalog::builtin()))
}

fn line(platform: Option<Platform>, vendor: Option<Vendor>, text: &str) -> Line {
    Line { platform, vendor, ..Line::new(same(text)) }
}

#[test]
fn narrowing_keeps_what_holds() {
    let mut whole = Explanation::new(Kind::Check, "lock-delay", same("x"));
    whole.add(
        "fix",
        vec![
            line(Some(Platform::Android), None, "common"),
            line(Some(Platform::Android), Some(Vendor::Samsung), "samsung"),
            line(Some(Platform::Ios), None, "ios"),
            line(None, None, "both"),
        ],
    );
    whole.add("reads", vec![line(Some(Platform::Ios), None, "ios")]);
    let texts = |platform, vendor| -> Vec<String> {
        let narrowed = whole.clone().narrowed(platform, vendor);
        narrowed.sections.iter().flat_map(|section| &section.lines).map(|line| line.text.en.clone()).collect()
    };
    assert_eq!(texts(None, None), ["common", "samsung", "ios", "both", "ios"]);
    assert_eq!(texts(Some(Platform::Android), None), ["common", "samsung", "both"]);
    assert_eq!(texts(Some(Platform::Android), Some(Vendor::Samsung)), ["samsung", "both"]);
    assert_eq!(texts(Some(Platform::Android), Some(Vendor::Oppo)), ["common", "both"]);
    assert_eq!(texts(Some(Platform::Ios), None), ["ios", "both", "ios"]);
}

#[test]
fn makers_of_several_things_become_a_hint() {
    let mut whole = Explanation::new(Kind::Rule, "one", same("x"));
    let maker = |subject: &str| Line {
        subject: Some(same(subject)),
        ..line(Some(Platform::Android), Some(Vendor::Samsung), "samsung")
    };
    whole.add("fix", vec![line(Some(Platform::Android), None, "common"), maker("Camera"), maker("Contacts")]);
    let shorter = whole.without_makers();
    let texts: Vec<&str> = shorter.sections[0].lines.iter().map(|line| line.text.en.as_str()).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts[1].contains("poucet explain one --vendor NAME`, with one of `samsung`"), "{texts:?}");
}

#[test]
fn alike_on_both_platforms_is_said_once() {
    let steps = Steps { android: Some(same("do it")), ios: Some(same("do it")), ..Steps::default() };
    assert_eq!(step_lines(None, &steps, None), [Line::new(same("do it"))]);
    assert_eq!(step_lines(None, &steps, Some(Platform::Ios)).len(), 1);
}

#[test]
fn each_rule_is_at_home_in_some_profile() {
    let library = library();
    for profile in library.profiles() {
        for rule in &profile.rules {
            let home = library.home_of(&profile.id, &rule.id).unwrap();
            assert!(library.rules_at_home_in(home).contains(rule.id.as_str()), "{} {}", profile.id, rule.id);
        }
    }
    assert_eq!(library.home_of("location-off", "no-control"), Some("base"));
    assert_eq!(library.home_of("byod", "no-control"), Some("byod"));
    assert_eq!(library.home_of("byod", "nothing"), None);
}

proptest! {
    #[test]
    fn any_word_is_answered(word in "\\PC{0,250}") {
        if library().explain(&word).is_empty() {
            let _ = library().suggest(&word);
        }
    }

    #[test]
    fn likely_words_are_answered(parts in prop::collection::vec(prop::sample::select(vec![
        "base", "/", "no-control", "camera", ":", "stig", "GOOG-{os}-006500", "GOOG-", "{os}", "cis-ios", "1.2",
        "android.permission.", "kTCCService", "*", "\u{0}", "\n", "none", "é", "(", "SC-42",
    ]), 0..6)) {
        let word = parts.concat();
        for one in library().explain(&word) {
            prop_assert!(!one.sections.is_empty(), "{word}");
        }
        let _ = library().suggest(&word);
    }
}
