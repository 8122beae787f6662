//! One phone judged by one profile.

use std::fmt::Write as _;

use super::page::{MarkdownPage, escape, footprint, list, row, row_of, taken};
use crate::audit::{AppRef, Audit, Finding};
use crate::report::content::overview::OVERVIEW;
use crate::report::content::wording::Wording;
use crate::snapshot::{App, name_or_id};
use crate::vocabulary::{Level, Permission, Presence, Verdict};

/// One phone judged by one profile.
pub(super) fn audit(audit: &Audit<'_>, words: Wording<'_>) -> String {
    let mut page = MarkdownPage::new(words);
    let texts = words.texts();
    page.heading(2, &words.device(&audit.snapshot.device));
    let _ = writeln!(page.text, "**{}**\n", escape(&words.verdict(audit)));
    if let Some(numbers) = words.numbers(audit) {
        page.paragraph(&numbers);
    }
    let profile = texts.with(
        "table-profile",
        &[
            ("id", audit.profile_id),
            ("version", audit.profile_version),
            ("title", audit.profile_title.of(words.language())),
        ],
    );
    page.item("", &profile);
    page.item("", &format!("SHA-256 {}", audit.profile_sha256));
    page.item("", &taken(words, audit.snapshot));
    words.clock(audit.snapshot).iter().chain(&words.partial(audit.snapshot)).for_each(|line| page.item("", line));
    if let Some(baseline) = &audit.baseline {
        let at = words.moment(baseline.taken_at.as_deref());
        let standings = words.standings(&baseline.counts);
        page.item("", &texts.with("compare-baseline", &[("at", &at), ("standings", &standings)]));
        words.partial_baseline(baseline).iter().for_each(|line| page.item("", line));
    }
    if let Some(note) = &audit.profile_note {
        page.item("", &texts.with("table-note", &[("note", note.of(words.language()))]));
    }
    overview(&mut page, audit);
    findings(&mut page, audit, Verdict::Fail, "table-heading-fail");
    findings(&mut page, audit, Verdict::NotAssessed, "table-heading-unassessed");
    findings(&mut page, audit, Verdict::Manual, "table-heading-manual");
    findings(&mut page, audit, Verdict::Waived, "table-heading-waived");
    findings(&mut page, audit, Verdict::Noted, "table-heading-noted");
    let gaps = audit.snapshot.gaps.iter().filter(|gap| gap.app.is_none());
    list(&mut page, "table-heading-gaps", gaps.map(|gap| words.gap(gap)).collect());
    footprint(&mut page, audit.snapshot);
    let read = audit.snapshot.read.iter().map(|item| format!("{} – {}", item.source, item.origin));
    list(&mut page, "table-heading-read", read.collect());
    page.text
}

/// Apps by permissions.
fn overview(page: &mut MarkdownPage<'_>, audit: &Audit<'_>) {
    let words = page.words;
    let apps: Vec<&App> = audit
        .snapshot
        .apps
        .iter()
        .filter(|app| app.presence >= Presence::Disabled && !audit.hidden.contains(&app.id))
        .collect();
    page.heading(3, &page.key("table-heading-apps"));
    if apps.is_empty() {
        page.paragraph(&page.key("table-no-apps"));
        return;
    }
    let mut header = vec![page.key("table-column-app")];
    header.extend(OVERVIEW.iter().map(|(_, key)| page.key(key)));
    row(page, &header);
    row_of(page, header.iter().map(|_| "---".to_owned()));
    for app in apps {
        let reference =
            AppRef { id: app.id.clone(), name: name_or_id(app.name.as_deref(), &app.id).to_owned(), user: app.user };
        let mut cells = vec![words.app(audit, &reference)];
        cells.extend(OVERVIEW.iter().map(|(permission, _)| cell(words, audit, app, *permission)));
        row(page, &cells);
    }
}

fn cell(words: Wording<'_>, audit: &Audit<'_>, app: &App, permission: Permission) -> String {
    let Some(grant) = app.grants.iter().find(|grant| grant.permission == permission) else {
        let gap = audit.snapshot.gaps.iter().any(|gap| {
            gap.area == permission.word()
                && gap.app.as_ref().is_none_or(|id| *id == app.id)
                && gap.user.is_none_or(|user| user == app.user)
        });
        return if gap { "?" } else { "–" }.to_owned();
    };
    let failing = audit.findings.iter().any(|finding| {
        finding.verdict == Verdict::Fail
            && finding.permission == Some(permission)
            && finding.app.as_ref().is_some_and(|named| named.id == app.id && named.user == app.user)
    });
    let mut said = words.texts().get(&format!("table-short-{}", grant.level));
    if grant.inert.is_some() && grant.level > Level::None {
        said.push(' ');
        said.push_str(&words.texts().get("table-short-inert"));
    }
    if failing {
        said.push_str(" ✗");
    }
    said
}

/// The findings of one verdict; those that fail have a box to tick.
fn findings(page: &mut MarkdownPage<'_>, audit: &Audit<'_>, verdict: Verdict, heading: &str) {
    let found: Vec<&Finding<'_>> = audit.findings.iter().filter(|finding| finding.verdict == verdict).collect();
    if found.is_empty() {
        return;
    }
    page.heading(3, &page.key(heading));
    let words = page.words;
    for finding in found {
        let app = finding.app.as_deref().map(|app| format!("{}: ", words.app(audit, app))).unwrap_or_default();
        let standing = finding.standing.map(|standing| format!("{} · ", words.standing(standing))).unwrap_or_default();
        let said = if verdict.tells_what_was_found() && !finding.rule.is_waiver {
            words.line(finding)
        } else if finding.permission.is_some() {
            format!("{} – {}", words.subject(finding), words.because(finding))
        } else {
            words.because(finding)
        };
        let severity = page.key(&format!("severity-{}", finding.severity));
        let tick = if verdict == Verdict::Fail { "[ ] " } else { "" };
        let title = finding.rule.title.of(words.language());
        page.item(tick, &format!("({severity}) {standing}{app}{said} · {title} · {}", finding.code()));
        if let Some(note) = &finding.waiver {
            page.inner(&words.waiver(note));
        }
        if let Some(look) = finding.look(words.language()).filter(|_| finding.app.is_none()) {
            page.inner(&words.texts().with("table-look", &[("text", &look)]));
        }
        if let Some(press) = finding
            .remediation(words.language())
            .filter(|_| matches!(verdict, Verdict::Fail | Verdict::Manual | Verdict::Noted))
        {
            page.inner(&words.texts().with("table-press", &[("text", &press)]));
        }
    }
}
