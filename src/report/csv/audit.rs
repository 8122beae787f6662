//! One row a finding.

use std::fmt::Write as _;

use super::sheet::Rows;
use crate::audit::{AppRef, Audit, Finding};
use crate::report::content::phrases::Phrases;
use crate::report::content::wording::Wording;
use crate::report::content::words::{actual, expected};
use crate::snapshot::{EvidenceRow, LastUse};

/// The columns of an audit: words of the vocabulary, except `title`, `because`, `remediation`, `look` and `waiver`, which are sentences.
pub(super) const COLUMNS: [&str; 30] = [
    "device",
    "platform",
    "model",
    "os_version",
    "taken_at",
    "profile",
    "profile_version",
    "code",
    "title",
    "severity",
    "verdict",
    "standing",
    "app",
    "app_name",
    "user",
    "permission",
    "check",
    "expected",
    "actual",
    "inert",
    "last_used",
    "last_used_how",
    "decided_by",
    "because",
    "remediation",
    "look",
    "references",
    "waiver",
    "waiver_expires",
    "evidence",
];

/// The rows of an audit.
pub(super) fn rows(audit: &Audit<'_>, words: Wording<'_>) -> String {
    let snapshot = audit.snapshot;
    let device = &snapshot.device;
    let mut rows = Rows::new(&COLUMNS, words);
    // What tells the phone and the profile stands in each row, and is written once.
    rows.cells([
        or_none(&device.id),
        device.platform.word(),
        or_none(&device.model),
        or_none(&device.os_version),
        or_none(&snapshot.taken_at),
        audit.profile_id,
        audit.profile_version,
    ]);
    let begun = rows.take_begun();
    let phrases = Phrases::new(words);
    let mut long = String::new();
    for finding in &audit.findings {
        rows.begin(&begun);
        row(finding, &phrases, &mut rows, &mut long);
    }
    rows.into_text()
}

fn or_none(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

/// What a row tells of its finding. `long` is room for texts that are put together.
fn row<'a>(finding: &'a Finding<'_>, phrases: &Phrases<'_, 'a>, rows: &mut Rows, long: &mut String) {
    let words = phrases.words();
    let language = words.language();
    rows.cells([
        finding.code(),
        finding.rule.title.of(language),
        finding.severity.word(),
        finding.verdict.word(),
        finding.standing.map(|standing| standing.word()).unwrap_or_default(),
    ]);
    app(finding.app.as_deref(), rows, long);
    rows.cells([
        finding.permission.map(|permission| permission.word()).unwrap_or_default(),
        finding.check.map(|check| check.word()).unwrap_or_default(),
        &expected(&finding.expected),
        &actual(&finding.actual).unwrap_or_default(),
        finding.inert.map(|inert| inert.word()).unwrap_or_default(),
        finding.last_used.and_then(|last| last.at.as_deref()).unwrap_or_default(),
        finding.last_used.map(LastUse::word).unwrap_or_default(),
        finding.decided_by.map(|who| who.word()).unwrap_or_default(),
        &phrases.because(finding),
        &finding.remediation(language).unwrap_or_default(),
        &finding.look(language).unwrap_or_default(),
    ]);
    long.clear();
    for (place, reference) in finding.rule.references.iter().enumerate() {
        long.push_str(if place == 0 { "" } else { " " });
        long.push_str(reference);
    }
    rows.cell(long);
    match &finding.waiver {
        Some(note) => rows.cells([words.waiver(note).as_str(), &note.expires.to_string()]),
        None => rows.cells(["", ""]),
    }
    evidence(&finding.evidence, rows, long);
    rows.end();
}

/// An app in three cells.
pub(super) fn app(app: Option<&AppRef>, rows: &mut Rows, long: &mut String) {
    let Some(app) = app else { return rows.cells(["", "", ""]) };
    rows.cells([app.id.as_str(), &app.name]);
    long.clear();
    let _ = write!(long, "{}", app.user);
    rows.cell(long);
}

/// Rows of evidence in one cell.
pub(super) fn evidence(evidence: &[EvidenceRow], rows: &mut Rows, long: &mut String) {
    long.clear();
    for (place, row) in evidence.iter().enumerate() {
        long.push_str(if place == 0 { "" } else { " | " });
        let _ = write!(long, "{} {}: {}", row.source, row.line, row.text);
    }
    rows.cell(long);
}
