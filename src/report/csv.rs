//! `--format csv`: one row a finding, or a change, for a spreadsheet.
//!
//! UTF-8 with the byte order mark that Excel looks for; `;` between the cells in French, whose decimal sign is the comma. A cell that a
//! spreadsheet would take for a formula begins with an apostrophe, which makes it text.

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::comparison::side_word;
use super::json;
use super::{Wording, Writer};
use crate::audit::{Audit, Finding};
use crate::compare::{Comparison, Fact};
use crate::fleet::Summary;
use crate::parse::text::sanitize;
use crate::snapshot::{EvidenceRow, LastUse, Snapshot};
use crate::text::Language;

/// Excel keeps so many characters of a cell.
const LONGEST_CELL: usize = 32_000;

/// The columns of an audit: words of the vocabulary, except `title`, `because`, `remediation`, `look` and `waiver`, which are sentences.
const AUDIT: [&str; 30] = [
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

/// The columns of a comparison: first what changed, then, with a profile, where each finding stands.
const COMPARISON: [&str; 20] = [
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

/// The columns of the summary of many phones; the first two are words, the others as [`super::fleet`] names them, table by table.
const FLEET: [&str; 11] = ["table", "profile", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];

/// What all phones of a batch come to: one sheet, in which the rows of each table follow a row with its columns.
pub(super) fn fleet(summary: &Summary, words: Wording<'_>) -> String {
    let (mut sheet, mut text) = (Sheet::new(words), String::new());
    let mut rows = Vec::new();
    for one in super::fleet::sheets(summary, words) {
        let profile = one.profile.clone().unwrap_or_default();
        let width = FLEET.len() - 2;
        let mut row = |kind: &str, values: Vec<String>| {
            let mut row = vec![kind.to_owned(), profile.clone()];
            row.extend(values.into_iter().chain(std::iter::repeat(String::new())).take(width));
            rows.push(row);
        };
        row(&format!("{}-columns", one.kind), one.columns);
        one.rows.into_iter().for_each(|values| row(one.kind, values));
    }
    sheet.write(&FLEET, rows.into_iter(), &mut text);
    text
}

/// A table alone.
pub(super) fn sheet(columns: &[String], rows: Vec<Vec<String>>, words: Wording<'_>) -> String {
    let mut text = String::new();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    Sheet::new(words).write(&columns, rows.into_iter(), &mut text);
    text
}

/// `--format csv`.
pub(super) struct Sheet<'t> {
    words: Wording<'t>,
    begun: bool,
}

impl<'t> Sheet<'t> {
    pub(super) fn new(words: Wording<'t>) -> Sheet<'t> {
        Sheet { words, begun: false }
    }

    /// Writes rows, after the mark and the names of the columns when they are the first.
    fn write(&mut self, columns: &[&str], rows: impl Iterator<Item = Vec<String>>, text: &mut String) {
        let separator = if self.words.language() == Language::Fr { b';' } else { b',' };
        let mut sheet = WriterBuilder::new()
            .delimiter(separator)
            .terminator(Terminator::CRLF)
            .quote_style(QuoteStyle::Necessary)
            .from_writer(Vec::new());
        if !self.begun {
            text.push('\u{feff}');
            // Memory takes every row.
            let _ = sheet.write_record(columns);
            self.begun = true;
        }
        for row in rows {
            let _ = sheet.write_record(row.iter().map(|value| cell(value)));
        }
        let bytes = sheet.into_inner().unwrap_or_default();
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
}

impl Writer for Sheet<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String) {
        let words = self.words;
        for audit in audits {
            let rows = audit.findings.iter().map(|finding| finding_row(audit, finding, words));
            self.write(&AUDIT, rows, text);
        }
    }

    fn comparison(&mut self, comparison: &Comparison<'_>, text: &mut String) {
        let words = self.words;
        let changes = comparison.changes.iter().map(|change| {
            let mut row = phone(comparison);
            row.extend([change.kind.word(), change.effect.word(), "", "", ""].map(str::to_owned));
            row.extend(app(change.app.as_ref()));
            row.extend([change.subject.word().to_owned(), change.subject.thing().into_owned()]);
            row.extend([side_word(&change.before), side_word(&change.after)]);
            row.extend([words.change_line(change), String::new()]);
            let evidence = match change.after.fact {
                Fact::Nothing | Fact::Unknown(_) => change.before.evidence,
                _ => change.after.evidence,
            };
            row.push(rows(evidence));
            row
        });
        let rules = comparison.judgements.iter().flat_map(|judgement| {
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
        self.write(&COMPARISON, changes.chain(rules), text);
    }

    fn end(&mut self, _: &mut String) {}
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

fn app(app: Option<&crate::audit::AppRef>) -> [String; 3] {
    app.map_or_else(Default::default, |app| [app.id.clone(), app.name.clone(), app.user.to_string()])
}

/// What a finding is about, by its own word.
fn thing(finding: &Finding<'_>) -> String {
    let permission = finding.permission.map(|permission| permission.word());
    permission.or(finding.check.map(|check| check.word())).unwrap_or_default().to_owned()
}

fn finding_row(audit: &Audit<'_>, finding: &Finding<'_>, words: Wording<'_>) -> Vec<String> {
    let snapshot: &Snapshot = audit.snapshot;
    let device = &snapshot.device;
    let language = words.language();
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
        json::expected(&finding.expected).into_owned(),
        json::actual(&finding.actual).unwrap_or_default().into_owned(),
        word(finding.inert.map(|inert| inert.word())),
        finding.last_used.and_then(|last| last.at.clone()).unwrap_or_default(),
        word(finding.last_used.map(LastUse::word)),
        word(finding.decided_by.map(|who| who.word())),
        words.because(finding),
        finding.remediation(language).unwrap_or_default(),
        finding.look(language).unwrap_or_default(),
        finding.rule.references.join(" "),
        finding.waiver.as_ref().map(|note| words.waiver(note)).unwrap_or_default(),
        finding.waiver.as_ref().map(|note| note.expires.to_string()).unwrap_or_default(),
        rows(&finding.evidence),
    ]);
    row
}

fn rows(evidence: &[EvidenceRow]) -> String {
    let said: Vec<String> = evidence.iter().map(|row| format!("{} {}: {}", row.source, row.line, row.text)).collect();
    said.join(" | ")
}

/// A cell that is text and nothing else: one line, no control characters, no formula.
fn cell(value: &str) -> String {
    let flat: String =
        value.chars().map(|character| if matches!(character, '\n' | '\r' | '\t') { ' ' } else { character }).collect();
    let safe = sanitize(&flat, LONGEST_CELL);
    // A tab or a newline at the beginning is a formula's sign too, and was one in the value as it came.
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '−', '﹣', '﹦', '﹢', '﹫', '|', '%'];
    let first = safe.trim_start_matches(|character: char| character.is_whitespace() || character == '\u{fffd}');
    let begins = first.starts_with(signs) || value.starts_with(['\t', '\r', '\n']);
    if begins { format!("'{safe}") } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_nor_a_second_row() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\u{202e}=1", "%0A", "|cmd"] {
            assert!(cell(hostile).starts_with('\''), "{hostile:?} → {:?}", cell(hostile));
        }
        assert_eq!(cell("a\nb\u{1b}[31m\"c\""), "a b\u{fffd}[31m\"c\"");
        assert_eq!(cell("<= 60"), "<= 60");
        assert_eq!(cell("com.example"), "com.example");
        assert!(cell(&"x".repeat(100_000)).chars().count() <= 32_001);
    }
}
