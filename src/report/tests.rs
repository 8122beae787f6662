use std::sync::Arc;

use super::{Format, Languages, Layout, Wording, json};
use crate::audit::tests::{app, phone};
use crate::audit::{Context, audit};
use crate::batch::tests::Said;
use crate::batch::{Entry, Summary};
use crate::catalog::Catalog;
use crate::profile;
use crate::text::{Language, Texts};

fn summary(count: usize) -> Summary {
    let profile = profile::load("byod", Catalog::builtin()).unwrap();
    let mut summary = Summary::default();
    for n in 0..count {
        let mut phone = phone();
        phone.device.id = Some(format!("id-{n}"));
        phone.device.model = Some("<b>|*Model*".to_owned());
        phone.apps.push(app("com.zhiliaoapp.musically"));
        let audits = [audit(&phone, &profile, Context::new(Catalog::builtin()))];
        summary.add(Entry::of(&format!("=cmd/{n}"), &phone, &audits, n == 0), false);
    }
    summary.fail("broken | <script>.zip", Arc::new(Said("@damaged")));
    summary.leave_aside();
    summary
}

fn shown(format: Format, language: Language, summary: &Summary) -> String {
    let texts = Texts::new(language);
    let layout = Layout { width: 100, colour: false, today: None, wide: false };
    format.batch(summary, Languages { first: Wording::new(&texts), second: None }, layout)
}

#[test]
fn every_form_tells_the_whole_account_in_both_languages() {
    let summary = summary(3);
    for language in Language::ALL {
        let texts = Texts::new(language);
        for format in [Format::Table, Format::Html, Format::Markdown, Format::Csv] {
            let text = shown(format, language, &summary);
            for kind in ["verdicts", "rules", "apps", "phones", "failures"] {
                let wanted = if format == Format::Csv { kind.to_owned() } else { texts.get(&format!("fleet-{kind}")) };
                assert!(text.contains(&wanted), "{format:?}: {wanted}\n{text}");
            }
            assert!(text.contains("TikTok") && text.contains("broken"), "{text}");
            assert!(!text.contains("fleet-"), "{text}");
        }
    }
}

#[test]
fn nothing_from_a_target_is_more_than_text() {
    let summary = summary(2);
    let page = shown(Format::Html, Language::En, &summary);
    assert!(!page.contains("<script>") && !page.contains("<b>|"), "{page}");
    let ticket = shown(Format::Markdown, Language::En, &summary);
    assert!(ticket.contains(r"\<script\>") && ticket.contains(r"\|"), "{ticket}");
    let sheet = shown(Format::Csv, Language::En, &summary);
    assert!(sheet.contains("'=cmd/0") && sheet.contains("'@damaged"), "{sheet}");
}

#[test]
fn a_long_list_is_cut_for_a_person_and_whole_for_a_program() {
    let summary = summary(130);
    assert!(shown(Format::Table, Language::En, &summary).contains("And 30 more."));
    assert_eq!(
        shown(Format::Csv, Language::En, &summary).lines().filter(|line| line.contains(",device,id-")).count(),
        130
    );
    let json: json::FleetReport = serde_json::from_str(&shown(Format::Json, Language::En, &summary)).unwrap();
    assert_eq!((json.phones.len(), json.targets.total, json.targets.failed, json.targets.aside), (130, 131, 1, 1));
    assert_eq!(json.profiles[0].verdicts.values().sum::<u64>(), 130);
}

#[test]
fn words_and_endings_are_told_apart_and_the_reports_page_tells_every_form() {
    let page = include_str!("../../docs/reports.md");
    for (place, format) in Format::ALL.iter().enumerate() {
        assert_eq!(Format::from_word(format.word()), Some(*format));
        assert!(Format::ALL.iter().skip(place + 1).all(|other| other.extension() != format.extension()));
        let row =
            |line: &&str| line.split(" | ").next().is_some_and(|cell| cell.contains(&format!("`{}`", format.word())));
        assert!(page.lines().filter(|line| line.starts_with("| `")).any(|line| row(&line)), "{format:?}");
    }
    for told in [Format::takes_both_languages, Format::tells_batches] {
        assert!(Format::words(told).len() < Format::ALL.len());
    }
}
