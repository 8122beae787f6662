//! The page of one phone.

use super::audit::render;
use crate::access::ios::privacy::{self, tests as reports};
use crate::audit::{Context, audit};
use crate::catalog::Catalog;
use crate::parse::ios::privacy_report::parse;
use crate::profile::{Profile, load};
use crate::report::content::wording::Wording;
use crate::report::form::Layout;
use crate::snapshot::Snapshot;
use crate::text::{Language, Texts};

fn profile(more: &str) -> Profile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let text = format!(
        "format = 1\nid = \"mine\"\ntitle = {{ en = \"Mine\", fr = \"Le mien\" }}\n{more}[rule.look]\n\
         title = {{ en = \"One\", fr = \"Un\" }}\nwhy = {{ en = \"So\", fr = \"Donc\" }}\nseverity = \"low\"\n\
         apps = \"any\"\nmax = {{ camera = \"always\" }}\n"
    );
    std::fs::write(&path, text).unwrap();
    load(path.to_str().unwrap(), Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn phone() -> Snapshot {
    let mut snapshot = reports::phone("com.example.app", None);
    privacy::join(&mut snapshot, &parse(reports::REPORT.as_bytes()), Catalog::builtin(), false);
    snapshot
}

fn page(snapshot: &Snapshot, profile: &Profile, language: Language) -> String {
    let texts = Texts::new(language);
    let context = Context::new(Catalog::builtin());
    let layout = Layout { width: 400, colour: false, today: None, wide: false };
    render(&audit(snapshot, profile, context), Wording::new(&texts), layout)
}

#[test]
fn what_the_apps_did_stands_in_its_own_section() {
    let english = page(&phone(), &profile(""), Language::En);
    for line in [
        "What the apps did (App Privacy Report, 2024-05-25 to 2024-05-28)",
        "    Camera: used once, last 2024-05-26 10:25",
        "    Photos and videos: chosen once by the person through the system, which is no use of the permission",
        "    2 domains contacted by itself, hits: 13",
        "    One of them belongs to a known tracker: Example Ads, Inc.",
        "    Most contacted: a.example, b.example",
        "    One further domain was contacted from web pages or in the background; this may be browsing and is not named",
        "    somethingNew: used once, last 2024-05-28 08:00",
        "  One other app is counted and not named.",
        "  One line was not understood, of 9.",
    ] {
        assert!(english.lines().any(|found| found == line), "{line}\n{english}");
    }
    assert!(!english.contains("secret.example") && !english.contains("com.example.other"));
    let french = page(&phone(), &profile(""), Language::Fr);
    for words in [
        "du 2024-05-25 au 2024-05-28",
        "utilisé une fois, la dernière 2024-05-26 10:25",
        "traqueur connu\u{a0}: Example",
    ] {
        assert!(french.contains(words), "{words}\n{french}");
    }
    assert!(!french.contains("activity-") && !english.contains("activity-"));
}

#[test]
fn at_most_five_domains_are_named() {
    let mut snapshot = phone();
    let report = snapshot.privacy_report.as_mut().unwrap();
    let app = report.apps.iter_mut().find(|app| app.id == "com.example.app").unwrap();
    let one = app.contacted[0].clone();
    app.contacted =
        (0..8).map(|n| crate::snapshot::Domain { domain: format!("d{n}.example"), ..one.clone() }).collect();
    app.domains = 8;
    let english = page(&snapshot, &profile(""), Language::En);
    let line = "d0.example, d1.example, d2.example, d3.example, d4.example and 3 more (--format json lists them)";
    assert!(english.contains(line), "{english}");
    assert!(!english.contains("d5.example"));
}

#[test]
fn an_app_that_the_profile_never_names_is_counted_only() {
    let profile = profile("[privacy]\nhide = [\"instagram\"]\n");
    let snapshot = phone();
    let english = page(&snapshot, &profile, Language::En);
    assert!(!english.contains("instagram"), "{english}");
    assert!(english.contains("  2 other apps are counted and not named."), "{english}");
    let texts = Texts::new(Language::En);
    let context = Context::new(Catalog::builtin());
    let audit = audit(&snapshot, &profile, context);
    let json = crate::report::json::report(&audit, Wording::new(&texts));
    let section = json.privacy_report.clone().unwrap();
    assert_eq!((section.apps.len(), section.other_apps), (1, 2));
    assert!(!serde_json::to_string(&json).unwrap().contains("instagram"));
}

#[test]
fn a_phone_without_a_report_has_no_such_section() {
    let english = page(&reports::phone("com.example.app", None), &profile(""), Language::En);
    assert!(!english.contains("App Privacy Report"));
}

#[test]
fn the_word_of_a_sentence_in_a_gap_is_put_in_the_readers_language() {
    let gap = crate::snapshot::Gap {
        area: "health".to_owned(),
        user: None,
        app: Some("com.example.app".to_owned()),
        reason: "unreadable".to_owned(),
        read: Some(0),
        of: Some(2),
        detail: "health-asked".to_owned(),
    };
    let english = Wording::new(&Texts::new(Language::En)).gap(&gap);
    assert!(
        english
            .ends_with("0 of 2 read – The app has asked for health data; the backup does not tell what was answered."),
        "{english}"
    );
    let french = Wording::new(&Texts::new(Language::Fr)).gap(&gap);
    assert!(french.contains("a demandé des données de santé"), "{french}");
}
