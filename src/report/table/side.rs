//! `--format table` with several profiles: what each of them says of the same phone, and what it takes to move from one to another.

use std::fmt::Write as _;

use super::page::TablePage;
use crate::audit::moves::{Row, Subject, Thing, side_by_side, steps};
use crate::audit::{Asked, Audit, Finding};
use crate::report::content::wording::Wording;
use crate::report::form::Layout;
use crate::vocabulary::Verdict;
use crate::vocabulary::permissions::describe_check;

/// One phone, judged by several profiles, as text that ends in a newline. Nothing for no audit.
pub(super) fn render(audits: &[Audit<'_>], words: Wording<'_>, layout: Layout) -> String {
    let Some(first) = audits.first() else { return String::new() };
    let mut page = TablePage::new(words, layout);
    page.phone(first);
    for audit in audits {
        page.text.push('\n');
        page.profile(audit);
        page.verdict(audit);
    }
    let rows = side_by_side(audits);
    differences(&mut page, audits, &rows);
    for (from, to) in (0..audits.len()).zip(1..audits.len()) {
        changes(&mut page, audits, &rows, from, to);
    }
    if audits.len() > 1 {
        // The way back, from the last to the first.
        changes(&mut page, audits, &rows, audits.len() - 1, 0);
    }
    for audit in audits {
        page.tailored(audit);
    }
    page.gaps(first);
    page.footprint(first);
    page.read(first);
    page.text
}

/// What at least one profile does not accept, one row a thing, one column a profile.
fn differences(page: &mut TablePage<'_>, audits: &[Audit<'_>], rows: &[Row<'_, '_>]) {
    let texts = page.words.texts();
    let shown: Vec<&Row<'_, '_>> = rows
        .iter()
        .filter(|row| {
            let settled = |finding: &&Finding<'_>| matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable);
            row.cells.iter().flatten().any(|finding| !settled(finding))
        })
        .collect();
    page.heading("side-heading");
    if shown.is_empty() {
        page.wrap(&texts.get("side-nothing"), "  ", "  ");
    } else {
        let mut table = page.table();
        let mut header = vec![texts.get("side-column-what"), texts.get("side-column-now")];
        header.extend(audits.iter().map(|audit| audit.profile_id.to_owned()));
        table.set_header(header);
        for row in &shown {
            let known = row.cells.iter().flatten().next();
            let now = known.map(|finding| page.words.actual(finding)).unwrap_or_default();
            let mut cells = vec![name(page, audits, &row.subject, known.copied()), now];
            cells.extend(row.cells.iter().map(|cell| cell.map_or_else(|| "–".to_owned(), |it| self::cell(page, it))));
            table.add_row(cells);
        }
        page.print(&table);
        page.wrap(&texts.get("side-legend"), "  ", "  ");
    }
    let others = rows.len() - shown.len();
    if others > 0 {
        page.wrap(&texts.count("side-others", u64::try_from(others).unwrap_or(u64::MAX), &[]), "  ", "  ");
    }
}

/// The app with the thing, or the thing alone.
fn name(page: &TablePage<'_>, audits: &[Audit<'_>], subject: &Subject, finding: Option<&Finding<'_>>) -> String {
    let thing = match &subject.thing {
        Thing::Permission(permission) => page.words.permission(*permission).to_owned(),
        Thing::Check(check) => describe_check(*check).name.of(page.words.language()).to_owned(),
        Thing::Presence => page.words.texts().get("kind-presence-subject"),
        Thing::Topic(topic) => page.words.texts().get(&format!("kind-{topic}-subject")),
        Thing::Rule(code) => {
            finding.map_or_else(|| code.clone(), |finding| finding.rule.title.of(page.words.language()).to_owned())
        }
    };
    match (&subject.app, audits.first()) {
        (Some(app), Some(audit)) => {
            // Beside other columns the id would leave no room.
            let mut name = if app.id == crate::audit::HIDDEN { page.words.app(audit, app) } else { app.name.clone() };
            if app.user != 0 {
                let _ = write!(name, " [{}]", app.user);
            }
            format!("{name} · {thing}")
        }
        _ => thing,
    }
}

/// What one profile says: accepted, or what it asks for instead.
fn cell(page: &TablePage<'_>, finding: &Finding<'_>) -> String {
    let texts = page.words.texts();
    match finding.verdict {
        Verdict::Pass => texts.get("side-pass"),
        Verdict::Fail => {
            let expected = page.words.expected(finding);
            // Levels are written small inside a row; the names of stores and apps keep their capitals.
            let small = matches!(finding.expected, Asked::Level(_));
            texts.with("side-fail", &[("expected", if small { expected.to_lowercase() } else { expected }.as_str())])
        }
        other => texts.get(&format!("verdict-{other}")).to_lowercase(),
    }
}

/// What has to change to move from one profile to another.
fn changes(page: &mut TablePage<'_>, audits: &[Audit<'_>], rows: &[Row<'_, '_>], from: usize, to: usize) {
    let texts = page.words.texts();
    let (Some(one), Some(other)) = (audits.get(from), audits.get(to)) else { return };
    let steps = steps(rows, from, to);
    let heading = texts.count(
        "side-move",
        u64::try_from(steps.len()).unwrap_or(u64::MAX),
        &[("from", one.profile_id), ("to", other.profile_id)],
    );
    page.title(&heading);
    if steps.is_empty() {
        let worse = rows.iter().any(|row| row.fails(to));
        page.wrap(&texts.get(if worse { "side-move-none" } else { "side-move-met" }), "  ", "  ");
    }
    for finding in steps {
        let app = finding.app.as_deref().map(|app| page.words.app(other, app));
        let subject = page.words.subject(finding);
        let severity = texts.get(&format!("severity-{}", finding.severity));
        let what = app.map_or(subject.clone(), |app| format!("{app}: {subject}"));
        let line = texts.with(
            "side-step",
            &[
                ("severity", &severity),
                ("what", &what),
                ("actual", &page.words.actual(finding)),
                ("expected", &page.words.expected(finding)),
            ],
        );
        page.wrap(&line, "  ", "    ");
        if let Some(remediation) = finding.remediation(page.words.language()) {
            let press = texts.with("table-press", &[("text", &remediation)]);
            page.wrap(&press, "    ", "      ");
        }
    }
    let unknown = rows
        .iter()
        .filter(|row| row.verdict(to) == Some(Verdict::NotAssessed) && row.verdict(from) != Some(Verdict::NotAssessed))
        .count();
    if unknown > 0 {
        page.wrap(&texts.count("side-unknown", u64::try_from(unknown).unwrap_or(u64::MAX), &[]), "  ", "  ");
    }
    let eased = rows.iter().filter(|row| row.fails(from) && !row.fails(to)).count();
    if eased > 0 {
        let eased = u64::try_from(eased).unwrap_or(u64::MAX);
        page.wrap(&texts.count("side-eased", eased, &[("to", other.profile_id)]), "  ", "  ");
    }
}
