//! One row a change, and one for each finding that moved.

use super::audit::{app, rows};
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
pub(super) fn rows_of(comparison: &Comparison<'_>, words: Wording<'_>) -> Vec<Vec<String>> {
    let changes = comparison.changes.iter().map(|change| {
        let mut row = phone(comparison);
        row.extend([change.kind.word(), change.effect.word(), "", "", ""].map(str::to_owned));
        row.extend(app(change.app.as_ref()));
        row.extend([change.subject.word().to_owned(), change.subject.thing().into_owned()]);
        row.extend([side_word(&change.before).into_owned(), side_word(&change.after).into_owned()]);
        row.extend([words.change_line(change), String::new()]);
        let evidence = match change.after.fact {
            Fact::Nothing | Fact::Unknown(_) => change.before.evidence,
            _ => change.after.evidence,
        };
        row.push(rows(evidence));
        row
    });
    let moved = comparison.judgements.iter().flat_map(|judgement| {
        judgement.rules.iter().filter_map(move |change| {
            let finding = judgement.finding(change)?;
            let (old, new) = (judgement.finding_before(change), judgement.finding_after(change));
            let verdict = |finding: Option<&Finding<'_>>| finding.map_or("", |one| one.verdict.word()).to_owned();
            let mut row = phone(comparison);
            row.extend([change.standing.word(), ""].map(str::to_owned));
            row.extend([judgement.after.profile_id.clone(), finding.code().to_owned()]);
            row.push(finding.severity.word().to_owned());
            row.extend(app(finding.app.as_deref()));
            row.extend(["rule".to_owned(), thing(finding)]);
            row.extend([verdict(old), verdict(new)]);
            row.push(finding.rule.title.of(words.language()).to_owned());
            row.push(new.and_then(|new| new.remediation(words.language())).unwrap_or_default());
            row.push(rows(&finding.evidence));
            Some(row)
        })
    });
    let partial = words.partial_comparison(comparison.before, comparison.after).map(|line| {
        let mut row = phone(comparison);
        row.extend(["not-comparable", "unknown", "", "", "", "", "", "", "reading", ""].map(str::to_owned));
        let parts = |snapshot: &Snapshot| {
            snapshot.unread_parts().into_iter().map(|part| part.word()).collect::<Vec<_>>().join(" ")
        };
        row.extend([parts(comparison.before), parts(comparison.after), line, String::new(), String::new()]);
        row
    });
    partial.into_iter().chain(changes).chain(moved).collect()
}

fn phone(comparison: &Comparison<'_>) -> Vec<String> {
    let (before, after) = (comparison.before, comparison.after);
    let device = &after.device;
    vec![
        device.id.clone().unwrap_or_default(),
        device.platform.word().to_owned(),
        device.model.clone().unwrap_or_default(),
        before.taken_at.clone().unwrap_or_default(),
        after.taken_at.clone().unwrap_or_default(),
    ]
}

/// What a finding is about, by its own word.
fn thing(finding: &Finding<'_>) -> String {
    let permission = finding.permission.map(|permission| permission.word());
    permission.or(finding.check.map(|check| check.word())).unwrap_or_default().to_owned()
}
