//! The page: one style, no script, unique ids, one heading, hostile names inert, both languages leaf by leaf.

use std::collections::BTreeSet;

use super::*;
use crate::audit::tests::{app, grant, phone, profile, rule};
use crate::audit::{Context, audit};
use crate::catalog::Catalog;
use crate::compare::compare;
use crate::snapshot::Snapshot;
use crate::text::{Language, Texts};
use crate::vocabulary::{Level, Permission};

const TIKTOK: &str = "com.zhiliaoapp.musically";
const FACEBOOK: &str = "com.facebook.katana";

fn with(apps: &[(&str, Level)]) -> Snapshot {
    let mut snapshot = phone();
    snapshot.apps = apps
        .iter()
        .map(|(id, level)| crate::snapshot::App { grants: vec![grant(Permission::Camera, *level, None)], ..app(id) })
        .collect();
    snapshot
}

fn page(snapshot: &Snapshot, rest: &str, languages: &[Language]) -> String {
    let texts: Vec<Texts> = languages.iter().map(|language| Texts::new(*language)).collect();
    let languages = Languages { first: Wording::new(&texts[0]), second: texts.get(1).map(Wording::new) };
    let profile = profile(&rule("one", "high", rest));
    let audits = [audit(snapshot, &profile, Context::new(Catalog::builtin()))];
    joined(languages, |form| form.audits(&audits))
}

fn joined(languages: Languages<'_>, portion: impl FnOnce(&Sections<'_>) -> Portion) -> String {
    let (mut page, mut text) = (HtmlPage::new(languages), String::new());
    page.add(portion(&Sections::new(languages)), &mut text);
    page.end(&mut text);
    text
}

const ASKS: &str = "apps = \"any\"\nmax = { camera = \"none\" }";

#[test]
fn the_policy_has_the_hash_of_the_style_and_nothing_else_may_run() {
    let text = page(&with(&[(TIKTOK, Level::Always)]), ASKS, &[Language::En]);
    let style = text.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
    let digest = base64(&Sha256::digest(style.as_bytes()));
    let policy =
        format!("content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\"");
    assert!(text.contains(&policy));
    assert_eq!(text.matches("<style").count(), 1);
    for forbidden in [" style=", "<script", "<iframe", "<link", "<img", " onclick", "javascript:", "http:", "https:"] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
    // The example of RFC 4648, section 10.
    assert_eq!(["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="], ["", "f", "fo", "foo", "foob"].map(|t| base64(t.as_bytes())));
}

#[test]
fn ids_are_unique_and_there_is_one_first_heading() {
    let text = page(&with(&[(TIKTOK, Level::Always), (FACEBOOK, Level::Denied)]), ASKS, &[Language::En, Language::Fr]);
    let ids: Vec<&str> = text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    assert_eq!(text.matches("<h1>").count(), 1);
    for level in 1..6 {
        assert!(!text.contains(&format!("<h{level}></h{level}>")));
    }
}

#[test]
fn both_languages_stand_beside_each_other_and_rows_stand_once() {
    let text = page(&with(&[(TIKTOK, Level::Always)]), ASKS, &[Language::Fr, Language::En]);
    assert!(text.contains("<html lang=\"fr-CA\">") && text.contains("id=\"show-fr\" checked"));
    assert_eq!(text.matches("<span lang=\"en\">").count(), text.matches("<span lang=\"fr\">").count());
    assert_eq!(text.matches("Package [com.zhiliaoapp.musically]").count(), 1);
    let one = page(&with(&[(TIKTOK, Level::Always)]), ASKS, &[Language::Fr]);
    assert!(!one.contains("<span lang") && !one.contains("<fieldset"));
}

#[test]
fn the_verdict_is_one_sentence_in_every_case() {
    let sentence = |snapshot: &Snapshot, rest: &str, severity: &str, language| {
        let texts = Texts::new(language);
        let profile = profile(&rule("one", severity, rest));
        super::audit::sentence(&audit(snapshot, &profile, Context::new(Catalog::builtin())), Wording::new(&texts))
    };
    let failing = with(&[(TIKTOK, Level::WhileInUse), (FACEBOOK, Level::Denied)]);
    assert_eq!(
        sentence(&failing, ASKS, "high", Language::En),
        "1 of 2 judged apps meets “Mine”. Worst: TikTok – Camera: While in use.".replace("meets", "meet")
    );
    assert_eq!(
        sentence(&failing, ASKS, "critical", Language::Fr),
        "1 des 2 applications évaluées respectent «\u{a0}Le mien\u{a0}». Critique\u{a0}: TikTok – Appareil photo\u{a0}: Pendant l’utilisation."
    );
    let good = with(&[(TIKTOK, Level::Denied)]);
    assert_eq!(sentence(&good, ASKS, "high", Language::En), "1 of one judged app meets “Mine”. No rule fails.");
    assert_eq!(
        sentence(&phone(), ASKS, "high", Language::En),
        "No judged app is on the phone (“Mine”). No rule fails."
    );
    let unknown = "device = \"screen-lock\"\nis = true";
    assert_eq!(
        sentence(&phone(), unknown, "high", Language::En),
        "No judged app is on the phone (“Mine”). No rule fails among those that could be judged, and some could not."
    );
}

#[test]
fn an_app_counts_once_among_the_first_things() {
    let rest = "apps = \"any\"\nmax = { camera = \"none\", contacts = \"none\" }";
    let mut snapshot = with(&[(TIKTOK, Level::Always), (FACEBOOK, Level::Always)]);
    for app in &mut snapshot.apps {
        app.grants.push(grant(Permission::Contacts, Level::Always, None));
    }
    let text = page(&snapshot, rest, &[Language::En]);
    let todo = text.split("<ol class=\"todo\">").nth(1).and_then(|rest| rest.split("</ol>").next()).unwrap();
    assert_eq!(todo.matches("<li>").count(), 2);
    assert!(text.contains("The 2 things to do first"));
}

#[test]
fn hostile_words_are_text() {
    let mut snapshot = with(&[(TIKTOK, Level::Always)]);
    let hostile = "</bdi><script>window.x=1</script>\u{202e}\u{1b}[31m\" onclick=\"x";
    snapshot.apps[0].name = Some(hostile.to_owned());
    snapshot.apps[0].version = Some(hostile.to_owned());
    snapshot.apps[0].installer = Some("y".repeat(10_000));
    snapshot.apps[0].evidence[0].text = hostile.to_owned();
    snapshot.source.name = Some(hostile.to_owned());
    snapshot.device.model = Some(hostile.to_owned());
    let later = Snapshot { taken_at: Some("2026-12-01T00:00:00+00:00".to_owned()), ..snapshot.clone() };
    let texts = Texts::new(Language::En);
    let languages = Languages { first: Wording::new(&texts), second: None };
    let profiles = [profile(&rule("one", "high", ASKS))];
    let comparison = compare(&snapshot, &later, &profiles, Context::new(Catalog::builtin()));
    let compared = joined(languages, |form| form.comparison(&comparison));
    for text in [page(&snapshot, ASKS, &[Language::En]), compared] {
        assert!(!text.contains("<script") && !text.contains(" onclick=\"") && !text.contains("</bdi><s"));
        assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'));
        assert!(!text.contains(&"y".repeat(1500)));
        assert!(text.contains("&lt;script&gt;"));
    }
}

#[test]
fn an_app_that_the_profile_never_names_is_not_on_the_page() {
    let mut snapshot = with(&[(TIKTOK, Level::Always), (FACEBOOK, Level::Always)]);
    snapshot.apps[0].user = 10;
    snapshot.management.device_owner = Some(TIKTOK.to_owned());
    let texts = Texts::new(Language::En);
    let text = format!("[privacy]\nhide = [\"tiktok\"]\n{}", rule("one", "high", ASKS));
    let profiles = [profile(&text)];
    let languages = Languages { first: Wording::new(&texts), second: None };
    let audits = [audit(&snapshot, &profiles[0], Context::new(Catalog::builtin()))];
    let page = joined(languages, |form| form.audits(&audits));
    assert!(!page.contains(TIKTOK) && !page.contains("TikTok"), "{page}");
    assert!(page.contains("An app that this profile does not name"), "its failure counts, whichever user has it");
    assert!(page.contains("1 of 2 judged apps") || page.contains("0 of 2 judged apps"));
}
