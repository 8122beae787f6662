//! A before and an after on a terminal.

use anstyle::Style;

use super::page::TablePage;
use crate::audit::AppRef;
use crate::compare::{Change, ChangeKind, Comparison, Effect, Judgement, Subject};
use crate::report::content::comparison::{STANDINGS, sign};
use crate::report::content::pairing::Pairing;
use crate::report::content::wording::Wording;
use crate::report::form::Layout;
use crate::snapshot::Snapshot;
use crate::vocabulary::Standing;

/// A before and an after as text that ends in a newline.
pub(super) fn render(comparison: &Comparison<'_>, words: Wording<'_>, layout: Layout) -> String {
    let mut page = TablePage::new(words, layout);
    head(&mut page, comparison);
    for judgement in &comparison.judgements {
        page.text.push('\n');
        verdicts(&mut page, judgement);
        for standing in STANDINGS {
            rules(&mut page, comparison, judgement, standing);
        }
    }
    changes(&mut page, comparison);
    not_comparable(&mut page, comparison);
    footprint(&mut page, comparison);
    page.text
}

/// How befores and afters found each other, as text that ends in a newline.
pub(super) fn summary(pairing: &Pairing, words: Wording<'_>, layout: Layout) -> String {
    let mut page = TablePage::new(words, layout);
    page.strong(&words.texts().get("compare-summary-heading"));
    for line in words.pairing(pairing) {
        page.wrap(&line, "  ", "    ");
    }
    page.text
}

/// What is compared with what.
fn head(page: &mut TablePage<'_>, comparison: &Comparison<'_>) {
    let texts = page.words.texts();
    let words = page.words;
    let reading = |label: &str, snapshot: &Snapshot| {
        let source = match &snapshot.source.name {
            Some(name) => format!("{} ({name})", snapshot.source.kind),
            None => snapshot.source.kind.clone(),
        };
        texts.with(
            "compare-reading",
            &[
                ("label", &texts.get(label)),
                ("device", &words.device(&snapshot.device)),
                ("at", &words.moment(snapshot.taken_at.as_deref())),
                ("source", &source),
                ("tool", &snapshot.tool.version),
            ],
        )
    };
    page.strong(&texts.get("compare-title"));
    for (label, snapshot) in [("compare-before", comparison.before), ("compare-after", comparison.after)] {
        page.wrap(&reading(label, snapshot), "  ", "    ");
        if let Some(clock) = page.words.clock(snapshot) {
            page.wrap(&clock, "    ", "    ");
        }
    }
    if let Some(partial) = page.words.partial_comparison(comparison.before, comparison.after) {
        page.wrap(&partial, "  ", "    ");
    }
    if let Some(warning) = page.words.other_device(comparison.device) {
        page.wrap(&warning, "  ", "    ");
    }
}

/// The verdict on both sides, the two numbers, and how many findings stand where.
fn verdicts(page: &mut TablePage<'_>, judgement: &Judgement<'_>) {
    let texts = page.words.texts();
    page.profile(&judgement.after);
    for (key, audit) in [("compare-verdict-before", &judgement.before), ("compare-verdict-after", &judgement.after)] {
        let verdict = page.words.verdict(audit);
        page.wrap(&texts.with(key, &[("verdict", &verdict)]), "", "  ");
    }
    let (was, is) = (&judgement.before.summary, &judgement.after.summary);
    let number = |conformity: Option<f64>| match conformity {
        Some(share) => page.words.percent(share),
        None => texts.get("compare-no-number"),
    };
    let numbers = texts.with(
        "compare-numbers",
        &[
            ("before-conformity", &number(was.conformity)),
            ("after-conformity", &number(is.conformity)),
            ("before-coverage", &page.words.percent(was.coverage)),
            ("after-coverage", &page.words.percent(is.coverage)),
        ],
    );
    if judgement.after.applies() {
        page.wrap(&numbers, "", "  ");
    }
    let standings = page.words.standings(judgement.counts());
    page.wrap(&texts.with("compare-findings", &[("standings", &standings)]), "", "  ");
}

/// The findings that stand in one place.
fn rules(page: &mut TablePage<'_>, comparison: &Comparison<'_>, judgement: &Judgement<'_>, standing: Standing) {
    let texts = page.words.texts();
    if !judgement.counts().contains_key(&standing) {
        return;
    }
    page.title(&page.words.standing(standing));
    for change in judgement.rules.iter().filter(|change| change.standing == standing) {
        let Some(finding) = judgement.finding(change) else { continue };
        let (old, new) = (judgement.finding_before(change), judgement.finding_after(change));
        let mut what = page.words.subject(finding);
        if let Some(app) = &finding.app {
            what = format!("{} · {what}", page.words.compared_app(comparison, app));
        }
        let severity = texts.get(&format!("severity-{}", finding.severity));
        let title = format!("[{severity}] {what} · {}", finding.code());
        page.wrap(&title, "  ", "    ");
        let (was, is) = (page.words.judged(old), page.words.judged(new));
        if was != is {
            page.wrap(&texts.with("compare-was-is", &[("before", &was), ("after", &is)]), "    ", "      ");
        }
        if let Some(new) = new {
            if standing == Standing::NoLongerAssessed {
                page.wrap(&page.words.because(new), "    ", "      ");
            }
            if let Some(note) = &new.waiver {
                page.wrap(&page.words.waiver(note), "    ", "      ");
            }
            if matches!(standing, Standing::New | Standing::PerhapsNew | Standing::StillFailing)
                && let Some(remediation) = new.remediation(page.words.language())
            {
                page.wrap(&texts.with("table-press", &[("text", &remediation)]), "    ", "      ");
            }
        }
    }
}

/// What changed, app by app, then the phone.
fn changes(page: &mut TablePage<'_>, comparison: &Comparison<'_>) {
    let texts = page.words.texts();
    page.heading("compare-heading-changes");
    let told: Vec<&Change<'_>> = comparison
        .changes
        .iter()
        .filter(|change| change.kind != ChangeKind::NotComparable && !matches!(change.subject, Subject::Footprint(_)))
        .collect();
    if told.is_empty() {
        page.wrap(&texts.get("compare-no-change"), "  ", "  ");
    }
    let mut last: Option<Option<&AppRef>> = None;
    for change in &told {
        if last != Some(change.app.as_ref()) {
            let name = match &change.app {
                Some(app) => page.words.compared_app(comparison, app),
                None => texts.get("compare-heading-phone"),
            };
            let name = page.paint(&name, Style::new().bold());
            page.wrap(&name, "  ", "    ");
            last = Some(change.app.as_ref());
        }
        let line = format!("{} {}", sign(change.effect), page.words.change_line(change));
        page.wrap(&line, "    ", "      ");
    }
    if comparison.hidden > 0 {
        page.wrap(&texts.count("compare-hidden", comparison.hidden, &[]), "  ", "  ");
    }
    if !told.is_empty() {
        page.wrap(&texts.get("compare-legend"), "  ", "  ");
    }
}

/// What one reading does not tell, one line an app.
fn not_comparable(page: &mut TablePage<'_>, comparison: &Comparison<'_>) {
    let texts = page.words.texts();
    let mut groups: Vec<(Option<&AppRef>, Vec<String>)> = Vec::new();
    for change in comparison.changes.iter().filter(|change| change.effect == Effect::Unknown) {
        let said = match change.subject {
            Subject::App => page.words.change_line(change),
            _ => page.words.change_subject(change),
        };
        match groups.last_mut() {
            Some((app, things)) if *app == change.app.as_ref() => things.push(said),
            _ => groups.push((change.app.as_ref(), vec![said])),
        }
    }
    if groups.is_empty() {
        return;
    }
    page.heading("compare-heading-not-comparable");
    for (app, things) in groups {
        let name = match app {
            Some(app) => page.words.compared_app(comparison, app),
            None => texts.get("compare-heading-phone"),
        };
        page.wrap(&texts.with("compare-app", &[("kind", &name), ("what", &things.join(", "))]), "  ", "    ");
    }
}

/// What the visits left behind: what went, and what is still there.
fn footprint(page: &mut TablePage<'_>, comparison: &Comparison<'_>) {
    let texts = page.words.texts();
    let moved: Vec<&Change<'_>> = comparison
        .changes
        .iter()
        .filter(|change| matches!(change.subject, Subject::Footprint(_)) && change.kind != ChangeKind::NotComparable)
        .collect();
    if moved.is_empty() && comparison.after.footprint.is_empty() {
        return;
    }
    page.heading("compare-heading-footprint");
    for change in moved {
        page.wrap(&page.words.change_line(change), "  ", "    ");
    }
    for footprint in &comparison.after.footprint {
        let trace = texts.get(&format!("trace-{}", footprint.trace));
        let fix = texts.get(&format!("trace-{}-fix", footprint.trace));
        page.wrap(&texts.with("compare-footprint-still", &[("trace", &trace), ("fix", &fix)]), "  ", "    ");
    }
}
