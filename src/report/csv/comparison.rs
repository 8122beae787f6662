//! One row a change, and one for each finding that moved.

use super::audit::{app, evidence};
use super::sheet::Rows;
use crate::audit::Finding;
use crate::compare::{Comparison, Fact};
use crate::report::content::comparison::side_word;
use crate::report::content::wording::Wording;
use crate::snapshot::Snapshot;

/// The columns of a comparison: first what changed, then, with a profile, where each finding stands.
pub(super) const COLUMNS: [&str; 20] = [
    "device",
    "platform",
    "model",
    "taken_before",
    "taken_after",
    "kind",
    "effect",
    "profile",
    "code",
    "severity",
    "app",
    "app_name",
    "user",
    "about",
    "thing",
    "before",
    "after",
    "text",
    "remediation",
    "evidence",
];

/// The rows of a comparison.
pub(super) fn rows(comparison: &Comparison<'_>, words: Wording<'_>) -> String {
    let (before, after) = (comparison.before, comparison.after);
    let device = &after.device;
    let mut rows = Rows::new(&COLUMNS, words);
    rows.cells([
        device.id.as_deref().unwrap_or_default(),
        device.platform.word(),
        device.model.as_deref().unwrap_or_default(),
        before.taken_at.as_deref().unwrap_or_default(),
        after.taken_at.as_deref().unwrap_or_default(),
    ]);
    let begun = rows.take_begun();
    let mut long = String::new();
    if let Some(line) = words.partial_comparison(before, after) {
        let parts = |snapshot: &Snapshot| {
            snapshot.unread_parts().into_iter().map(|part| part.word()).collect::<Vec<_>>().join(" ")
        };
        rows.begin(&begun);
        rows.cells(["not-comparable", "unknown", "", "", "", "", "", "", "reading", ""]);
        rows.row([parts(before).as_str(), &parts(after), &line, "", ""]);
    }
    for change in &comparison.changes {
        rows.begin(&begun);
        rows.cells([change.kind.word(), change.effect.word(), "", "", ""]);
        app(change.app.as_ref(), &mut rows, &mut long);
        rows.cells([change.subject.word(), &change.subject.thing()]);
        rows.cells([&*side_word(&change.before), &side_word(&change.after), &words.change_line(change), ""]);
        let shown = match change.after.fact {
            Fact::Nothing | Fact::Unknown(_) => change.before.evidence,
            _ => change.after.evidence,
        };
        evidence(shown, &mut rows, &mut long);
        rows.end();
    }
    for judgement in &comparison.judgements {
        for change in &judgement.rules {
            let Some(finding) = judgement.finding(change) else { continue };
            let (old, new) = (judgement.finding_before(change), judgement.finding_after(change));
            let verdict = |finding: Option<&Finding<'_>>| finding.map_or("", |one| one.verdict.word());
            rows.begin(&begun);
            rows.cells([change.standing.word(), "", judgement.after.profile_id, finding.code()]);
            rows.cell(finding.severity.word());
            app(finding.app.as_deref(), &mut rows, &mut long);
            rows.cells(["rule", thing(finding), verdict(old), verdict(new)]);
            rows.cell(finding.rule.title.of(words.language()));
            rows.cell(&new.and_then(|new| new.remediation(words.language())).unwrap_or_default());
            evidence(&finding.evidence, &mut rows, &mut long);
            rows.end();
        }
    }
    rows.into_text()
}

/// What a finding is about, by its own word.
fn thing(finding: &Finding<'_>) -> &'static str {
    let permission = finding.permission.map(|permission| permission.word());
    permission.or(finding.check.map(|check| check.word())).unwrap_or_default()
}
