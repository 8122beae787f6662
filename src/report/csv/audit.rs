//! One row a finding.

use crate::audit::{AppRef, Audit, Finding};
use crate::report::content::wording::Wording;
use crate::report::content::words;
use crate::snapshot::{EvidenceRow, LastUse, Snapshot};

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

/// The row of a finding.
pub(super) fn row(audit: &Audit<'_>, finding: &Finding<'_>, wording: Wording<'_>) -> Vec<String> {
    let snapshot: &Snapshot = audit.snapshot;
    let device = &snapshot.device;
    let language = wording.language();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
    let mut row = vec![
        text(&device.id),
        device.platform.word().to_owned(),
        text(&device.model),
        text(&device.os_version),
        text(&snapshot.taken_at),
        audit.profile_id.clone(),
        audit.profile_version.clone(),
        finding.code().to_owned(),
        finding.rule.title.of(language).to_owned(),
        finding.severity.word().to_owned(),
        finding.verdict.word().to_owned(),
        word(finding.standing.map(|standing| standing.word())),
    ];
    row.extend(app(finding.app.as_deref()));
    row.extend([
        word(finding.permission.map(|permission| permission.word())),
        word(finding.check.map(|check| check.word())),
        words::expected(&finding.expected).into_owned(),
        words::actual(&finding.actual).unwrap_or_default().into_owned(),
        word(finding.inert.map(|inert| inert.word())),
        finding.last_used.and_then(|last| last.at.clone()).unwrap_or_default(),
        word(finding.last_used.map(LastUse::word)),
        word(finding.decided_by.map(|who| who.word())),
        wording.because(finding),
        finding.remediation(language).unwrap_or_default(),
        finding.look(language).unwrap_or_default(),
        finding.rule.references.join(" "),
        finding.waiver.as_ref().map(|note| wording.waiver(note)).unwrap_or_default(),
        finding.waiver.as_ref().map(|note| note.expires.to_string()).unwrap_or_default(),
        rows(&finding.evidence),
    ]);
    row
}

/// An app in three cells.
pub(super) fn app(app: Option<&AppRef>) -> [String; 3] {
    app.map_or_else(Default::default, |app| [app.id.clone(), app.name.clone(), app.user.to_string()])
}

/// Rows of evidence in one cell.
pub(super) fn rows(evidence: &[EvidenceRow]) -> String {
    let said: Vec<String> = evidence.iter().map(|row| format!("{} {}: {}", row.source, row.line, row.text)).collect();
    said.join(" | ")
}
