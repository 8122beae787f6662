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
use crate::snapshot::{EvidenceRow, LastUse, Snapshot};
use crate::text::Language;
use crate::text::clean::sanitize;

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

/// The columns of the summary of many phones, in the long form: one value a row, so that every program reads it and puts the tables
/// together by itself.
const FLEET: [&str; 4] = ["table", "row", "column", "value"];

/// What all phones of a batch come to: the tables of `poucet.fleet/1` in one sheet, with the words and names of that.
pub(super) fn fleet(summary: &Summary, words: Wording<'_>) -> String {
    let report = super::fleet::json::report(summary, words);
    let mut rows = Vec::new();
    for (table, records) in super::fleet::tables(&report) {
        for (number, record) in (1_u64..).zip(records) {
            for (column, value) in record.into_iter().filter(|(_, value)| !value.is_empty()) {
                // What becomes of a value is for its own column to say, as if the tables were apart.
                rows.push(vec![table.to_owned(), number.to_string(), column.to_owned(), cell(column, &value)]);
            }
        }
    }
    let mut text = String::new();
    Sheet::new(words).write(&FLEET, rows.into_iter(), &mut text);
    text
}

/// A table alone.
pub(super) fn sheet(columns: &[&str], rows: Vec<Vec<String>>, words: Wording<'_>) -> String {
    let mut text = String::new();
    Sheet::new(words).write(columns, rows.into_iter(), &mut text);
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
    pub(super) fn write(&mut self, columns: &[&str], rows: impl Iterator<Item = Vec<String>>, text: &mut String) {
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
            let named = columns.iter().copied().chain(std::iter::repeat(""));
            let _ = sheet.write_record(row.iter().zip(named).map(|(value, column)| cell(column, value)));
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
        let partial = words.partial_comparison(comparison.before, comparison.after).map(|line| {
            let mut row = phone(comparison);
            row.extend(["not-comparable", "unknown", "", "", "", "", "", "", "reading", ""].map(str::to_owned));
            let parts = |snapshot: &Snapshot| {
                snapshot.unread_parts().into_iter().map(|part| part.word()).collect::<Vec<_>>().join(" ")
            };
            row.extend([parts(comparison.before), parts(comparison.after), line, String::new(), String::new()]);
            row
        });
        self.write(&COMPARISON, partial.into_iter().chain(changes).chain(rules), text);
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

/// The columns that hold days and times: a spreadsheet may take them for what they are.
const MOMENTS: [&str; 11] = [
    "taken_at",
    "taken_before",
    "taken_after",
    "last_used",
    "waiver_expires",
    "first",
    "latest",
    "taken_utc",
    "stored_utc",
    "start",
    "value",
];

/// The signs that begin a formula in some spreadsheet, as they are typed in several scripts.
const SIGNS: [char; 13] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '−', '﹣', '﹦', '﹢', '﹫'];

/// A cell that is text and nothing else: one line, no control characters, no formula, whatever the program that reads the file takes for
/// the separator. In a column without days and times, what a spreadsheet would change into a number or a date begins with an apostrophe.
fn cell(column: &str, value: &str) -> String {
    let flat: String =
        value.chars().map(|character| if matches!(character, '\n' | '\r' | '\t') { ' ' } else { character }).collect();
    let safe = without_inner_formulas(&sanitize(&flat, LONGEST_CELL));
    // A tab or a newline at the beginning is a formula's sign too, and was one in the value as it came.
    let first = safe.trim_start_matches(|character: char| character.is_whitespace() || character == '\u{fffd}');
    let begins = first.starts_with(SIGNS) || first.starts_with(['|', '%']) || value.starts_with(['\t', '\r', '\n']);
    let mistaken = !MOMENTS.contains(&column) && (is_other_number(&safe) || is_like_a_date(&safe));
    if begins || mistaken { format!("'{safe}") } else { safe }
}

/// A file whose separator is `,` may be opened with `;` or a tab, and the other way round: what stands behind any of them begins a cell
/// then, and is no formula either.
fn without_inner_formulas(text: &str) -> String {
    if !text.contains([',', ';', '|']) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    let mut begins = false;
    for character in text.chars() {
        if begins && SIGNS.contains(&character) {
            safe.push('\'');
        }
        let between = character.is_whitespace() || matches!(character, '"' | '\u{fffd}');
        begins = matches!(character, ',' | ';' | '|') || begins && between;
        safe.push(character);
    }
    safe
}

/// Whether a text is read as a number and comes out as another text: `2026.10`, `00123`, `1e5`, `5%`, or more digits than the 15 that a
/// spreadsheet keeps. `15` and `26.1` stay what they are.
fn is_other_number(text: &str) -> bool {
    let text = text.trim();
    let number = text.trim_end_matches('%').trim_end();
    let (digits, power) = match number.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, Some(power.trim_start_matches(['+', '-']))),
        None => (number, None),
    };
    let (whole, part) = match digits.split_once(['.', ',']) {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let some = !whole.is_empty() || part.is_some_and(|part| !part.is_empty());
    let is_number = some
        && all_digits(whole)
        && part.is_none_or(all_digits)
        && power.is_none_or(|power| !power.is_empty() && all_digits(power));
    let stays = number.len() == text.len()
        && power.is_none()
        && !whole.is_empty()
        && (whole == "0" || !whole.starts_with('0'))
        && part.is_none_or(|part| !part.is_empty() && !part.ends_with('0'))
        && whole.len() + part.map_or(0, str::len) <= 15;
    is_number && !stays
}

/// Whether a text is read as a day, a time or a fraction: `1-2`, `3/4`, `2026-10-05`, `12:30`, `Mar 5`.
fn is_like_a_date(text: &str) -> bool {
    /// The names of months and their short forms, in English and French.
    const MONTHS: [&str; 44] = [
        "jan",
        "january",
        "janv",
        "janvier",
        "feb",
        "february",
        "fév",
        "févr",
        "février",
        "mar",
        "march",
        "mars",
        "apr",
        "april",
        "avr",
        "avril",
        "may",
        "mai",
        "jun",
        "june",
        "juin",
        "jul",
        "july",
        "juil",
        "juillet",
        "aug",
        "august",
        "août",
        "sep",
        "sept",
        "september",
        "septembre",
        "oct",
        "october",
        "octobre",
        "nov",
        "november",
        "novembre",
        "dec",
        "december",
        "déc",
        "décembre",
        "fevr",
        "aout",
    ];
    if text.len() > 40 {
        return false;
    }
    let is_number = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.trim().to_lowercase();
    if ['-', '/', ':'].into_iter().any(|sign| {
        let parts: Vec<&str> = text.split(sign).map(str::trim).collect();
        matches!(parts.len(), 2 | 3) && parts.into_iter().all(is_number)
    }) {
        return true;
    }
    let is_month = |name: &str| MONTHS.contains(&name);
    let letters = |part: &str| !part.is_empty() && part.chars().all(char::is_alphabetic);
    let words: Vec<&str> = text.split(['-', '/', ' ', '.', ',']).filter(|part| !part.is_empty()).collect();
    let named = words.iter().filter(|part| letters(part) && is_month(part)).count();
    let numbers = words.iter().filter(|part| is_number(part)).count();
    let joined = text.find(|character: char| character.is_ascii_digit()).and_then(|at| text.split_at_checked(at));
    let joined = joined.is_some_and(|(name, number)| letters(name) && is_month(name) && is_number(number));
    joined || named == 1 && (1..=2).contains(&numbers) && named + numbers == words.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_nor_a_second_row() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\u{202e}=1", "%0A", "|cmd"] {
            assert!(cell("", hostile).starts_with('\''), "{hostile:?} → {:?}", cell("", hostile));
        }
        assert_eq!(cell("", "a\nb\u{1b}[31m\"c\""), "a b\u{fffd}[31m\"c\"");
        assert_eq!(cell("", "<= 60"), "<= 60");
        assert_eq!(cell("", "com.example"), "com.example");
        assert!(cell("", &"x".repeat(100_000)).chars().count() <= 32_001);
    }

    #[test]
    fn a_formula_behind_another_separator_is_text_too() {
        for (hostile, safe) in [
            ("a;=1+1", "a;'=1+1"),
            ("a,@SUM(A1)", "a,'@SUM(A1)"),
            ("a|=cmd", "a|'=cmd"),
            ("a\t=1", "a =1"),
            ("x; \"=1", "x; \"'=1"),
            ("x;＝1;-2", "x;'＝1;'-2"),
        ] {
            assert_eq!(cell("app_name", hostile), safe);
        }
        for harmless in ["a;b", "flags=[ A|B ]", "time=1; mode=allow", "a - b, c"] {
            assert_eq!(cell("app_name", harmless), harmless);
        }
        // However the file is split, no piece of it begins with a sign.
        for hostile in ["n;=1,+2|@3", "\";=1", ";;=1", "|,;-1"] {
            let safe = cell("app_name", hostile);
            for piece in safe.split([',', ';', '|', '\t']) {
                assert!(!piece.trim_start_matches([' ', '"']).starts_with(SIGNS), "{hostile}: {safe}");
            }
        }
    }

    #[test]
    fn what_a_spreadsheet_would_change_into_a_number_or_a_date_stays_text() {
        let changed = [
            "1e5",
            "1E5",
            "12e3",
            "2026.10",
            "0.10",
            "00123",
            "007",
            "1-2",
            "3/4",
            "1-2-3",
            "2026-10",
            "2026-10-05",
            "10/12/2026",
            "12:30",
            "5%",
            "Mar 5",
            "MAR5",
            "1-Sep",
            "mai 2026",
            "2 mars",
            "1234567890123456",
            "12345678901234567890123456789012",
            ".5",
            "5.",
            "1,50",
        ];
        for text in changed {
            assert_eq!(cell("before", text), format!("'{text}"));
        }
        let same = [
            "15",
            "0",
            "26.1",
            "0.495",
            "16.0.1",
            "2026.2.0",
            "45.7.3",
            "SM-A356W",
            "7c142682371c5d1f833fd836c194492e",
            "TikTok",
            "May",
            "Marvel 5",
            "10.0.1-rc2",
            "1.2.3.4",
            "v1",
            "",
            "<= 60",
            "true",
            "Nova 5T",
        ];
        for text in same {
            assert_eq!(cell("before", text), text);
        }
        assert_eq!(cell("taken_at", "2026-11-16T09:30:00-05:00"), "2026-11-16T09:30:00-05:00");
        assert_eq!(cell("waiver_expires", "2026-12-01"), "2026-12-01");
    }
}
