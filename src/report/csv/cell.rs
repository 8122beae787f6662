//! What a spreadsheet takes for text.

use crate::text::clean::sanitize;

/// Excel keeps so many characters of a cell.
const LONGEST_CELL: usize = 32_000;

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
pub(super) fn cell(column: &str, value: &str) -> String {
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
