//! A before and an after, and how they found each other.

use std::fmt::Write as _;

use super::page::{MarkdownPage, escape, footprint, list, taken};
use crate::audit::AppRef;
use crate::compare::{ChangeKind, Comparison, Effect};
use crate::report::content::comparison::{STANDINGS, sign};
use crate::report::content::pairing::Pairing;
use crate::report::content::wording::Wording;
use crate::vocabulary::Standing;

/// A before and an after.
pub(super) fn comparison(comparison: &Comparison<'_>, words: Wording<'_>) -> String {
    let mut page = MarkdownPage::new(words);
    let texts = words.texts();
    page.heading(2, &format!("{} – {}", texts.get("compare-title"), words.device(&comparison.after.device)));
    for (key, snapshot) in [("compare-before", comparison.before), ("compare-after", comparison.after)] {
        let said = format!("{}; {}", words.device(&snapshot.device), taken(words, snapshot));
        page.item("", &texts.with("compare-app", &[("kind", &texts.get(key)), ("what", &said)]));
        words.clock(snapshot).iter().for_each(|line| page.inner(line));
    }
    if let Some(partial) = words.partial_comparison(comparison.before, comparison.after) {
        page.item("", &partial);
    }
    if let Some(warning) = words.other_device(comparison.device) {
        page.item("", &warning);
    }
    for judgement in &comparison.judgements {
        let after = &judgement.after;
        let title = after.profile_title.of(words.language());
        page.heading(3, &format!("{title} ({} {})", after.profile_id, after.profile_version));
        let standings = words.standings(judgement.counts());
        let _ = writeln!(page.text, "**{}**\n", escape(&texts.with("compare-findings", &[("standings", &standings)])));
        for (key, audit) in [("compare-verdict-before", &judgement.before), ("compare-verdict-after", after)] {
            page.item("", &texts.with(key, &[("verdict", &words.verdict(audit))]));
        }
        for standing in STANDINGS {
            rules(&mut page, comparison, judgement, standing);
        }
    }
    changes(&mut page, comparison);
    footprint(&mut page, comparison.after);
    page.text
}

fn rules(
    page: &mut MarkdownPage<'_>,
    comparison: &Comparison<'_>,
    judgement: &crate::compare::Judgement<'_>,
    standing: Standing,
) {
    if !judgement.counts().contains_key(&standing) {
        return;
    }
    let words = page.words;
    page.heading(4, &words.standing(standing));
    let open = matches!(standing, Standing::New | Standing::PerhapsNew | Standing::StillFailing);
    for change in judgement.rules.iter().filter(|change| change.standing == standing) {
        let Some(finding) = judgement.finding(change) else { continue };
        let app = finding.app.as_deref().map(|app| format!("{}: ", words.compared_app(comparison, app)));
        let severity = page.key(&format!("severity-{}", finding.severity));
        let moved =
            match (words.judged(judgement.finding_before(change)), words.judged(judgement.finding_after(change))) {
                (was, is) if was == is => is,
                (was, is) => words.texts().with("compare-was-is", &[("before", &was), ("after", &is)]),
            };
        let said =
            format!("({severity}) {}{}: {moved} · {}", app.unwrap_or_default(), words.subject(finding), finding.code());
        page.item(if open { "[ ] " } else { "" }, &said);
        if let Some(press) = finding.remediation(words.language()).filter(|_| open) {
            page.inner(&words.texts().with("table-press", &[("text", &press)]));
        }
    }
}

fn changes(page: &mut MarkdownPage<'_>, comparison: &Comparison<'_>) {
    let words = page.words;
    let texts = words.texts();
    let named = |app: &Option<AppRef>| match app {
        Some(app) => words.compared_app(comparison, app),
        None => texts.get("compare-heading-phone"),
    };
    page.heading(3, &texts.get("compare-heading-changes"));
    let told: Vec<_> = comparison.changes.iter().filter(|change| change.kind != ChangeKind::NotComparable).collect();
    if told.is_empty() {
        page.paragraph(&texts.get("compare-no-change"));
    }
    for change in told {
        let said = format!("{} {} – {}", sign(change.effect), named(&change.app), words.change_line(change));
        page.item("", &said);
    }
    if comparison.hidden > 0 {
        page.item("", &texts.count("compare-hidden", comparison.hidden, &[]));
    }
    let unknown = comparison.changes.iter().filter(|change| change.effect == Effect::Unknown);
    let lines = unknown.map(|change| format!("{} – {}", named(&change.app), words.change_line(change))).collect();
    list(page, "compare-heading-not-comparable", lines);
}

/// How befores and afters found each other.
pub(super) fn pairing(pairing: &Pairing, words: Wording<'_>) -> String {
    let mut page = MarkdownPage::new(words);
    page.heading(2, &words.texts().get("compare-summary-heading"));
    words.pairing(pairing).iter().for_each(|line| page.item("", line));
    page.text
}
