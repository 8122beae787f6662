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

/// Adds a cell that is text and nothing else: one line, no control characters, no formula, whatever the program that reads the file takes
/// for the separator. In a column without days and times, what a spreadsheet would change into a number or a date begins with an
/// apostrophe. Quoted as RFC 4180 has it, where it must be; nothing is made that is not written.
pub(super) fn write(value: &str, holds_moments: bool, separator: char, text: &mut String) {
    let start = text.len();
    let signs = match signs(value) {
        signs if signs & OTHER == 0 && value.len() <= LONGEST_CELL => {
            text.push_str(value);
            signs
        }
        _ => {
            let flat = |character: char| if matches!(character, '\n' | '\r' | '\t') { ' ' } else { character };
            let clean = sanitize(&value.chars().map(flat).collect::<String>(), LONGEST_CELL);
            text.push_str(&clean);
            self::signs(&clean)
        }
    };
    if signs & BETWEEN != 0
        && let Some(parted) = without_inner_formulas(text.get(start..).unwrap_or_default())
    {
        text.truncate(start);
        text.push_str(&parted);
    }
    let safe = text.get(start..).unwrap_or_default();
    // A tab or a newline at the beginning is a formula's sign too, and was one in the value as it came.
    let first = safe.trim_start_matches(|character: char| character.is_whitespace() || character == '\u{fffd}');
    let begins = first.starts_with(SIGNS) || first.starts_with(['|', '%']) || value.starts_with(['\t', '\r', '\n']);
    // What has no digit is no number and no date.
    let mistaken = || !holds_moments && signs & DIGIT != 0 && (is_other_number(safe) || is_like_a_date(safe));
    if begins || mistaken() {
        text.insert(start, '\'');
    }
    if signs & (BETWEEN | QUOTE) != 0 {
        quote(start, separator, signs & QUOTE != 0, text);
    }
}

/// What a text has of the signs that ask for something: digits, what stands between cells, quotation marks, and all that is not
/// printable ASCII.
fn signs(text: &str) -> u8 {
    text.bytes().fold(0, |signs, byte| {
        signs
            | match byte {
                b'0'..=b'9' => DIGIT,
                b',' | b';' | b'|' => BETWEEN,
                b'"' => QUOTE,
                b' '..=b'~' => 0,
                _ => OTHER,
            }
    })
}

const DIGIT: u8 = 1;
const BETWEEN: u8 = 2;
const QUOTE: u8 = 4;
const OTHER: u8 = 8;

/// Quotes what stands from a place on, where a separator or a quotation mark in it asks for that.
fn quote(start: usize, separator: char, has_marks: bool, text: &mut String) {
    let cell = text.get(start..).unwrap_or_default();
    if !has_marks && !cell.contains(separator) {
        return;
    }
    if has_marks {
        let doubled = cell.replace('"', "\"\"");
        text.truncate(start);
        text.push_str(&doubled);
    }
    text.insert(start, '"');
    text.push('"');
}

/// A file whose separator is `,` may be opened with `;` or a tab, and the other way round: what stands behind any of them begins a cell
/// then, and is no formula either. `None` where nothing is changed.
fn without_inner_formulas(text: &str) -> Option<String> {
    let mut places = Vec::new();
    let mut begins = false;
    for (place, character) in text.char_indices() {
        if begins && SIGNS.contains(&character) {
            places.push(place);
        }
        let between = character.is_whitespace() || matches!(character, '"' | '\u{fffd}');
        begins = matches!(character, ',' | ';' | '|') || begins && between;
    }
    if places.is_empty() {
        return None;
    }
    let mut safe = String::with_capacity(text.len() + places.len());
    let mut done = 0;
    for place in places {
        safe.push_str(text.get(done..place).unwrap_or_default());
        safe.push('\'');
        done = place;
    }
    safe.push_str(text.get(done..).unwrap_or_default());
    Some(safe)
}

/// Whether a column holds days and times.
pub(super) fn holds_moments(column: &str) -> bool {
    MOMENTS.contains(&column)
}

/// The cell of a column, unquoted.
#[cfg(test)]
fn cell(column: &str, value: &str) -> String {
    let mut text = String::new();
    write(value, holds_moments(column), '\t', &mut text);
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inside) => inside.replace("\"\"", "\""),
        None => text,
    }
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
    let text = text.trim();
    if ['-', '/', ':'].into_iter().any(|sign| {
        let parts = text.split(sign).map(str::trim);
        matches!(parts.clone().count(), 2 | 3) && parts.into_iter().all(is_number)
    }) {
        return true;
    }
    // The shortest name of a month has three letters.
    if text.chars().filter(|character| character.is_alphabetic()).nth(2).is_none() {
        return false;
    }
    let text = text.to_lowercase();
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
    fn a_cell_is_quoted_as_the_library_quotes_it() {
        let texts =
            ["", "plain", "a,b", "a;b", "say \"so\"", "\"", ",", "a\nb", "é, è", "x | y", "a;=1,+2", "=1,\"2\""];
        for separator in [',', ';'] {
            for text in texts {
                let mut ours = String::new();
                write(text, true, separator, &mut ours);
                let mut library = ::csv::WriterBuilder::new()
                    .delimiter(u8::try_from(separator).unwrap())
                    .terminator(::csv::Terminator::CRLF)
                    .from_writer(Vec::new());
                library.write_record([cell("taken_at", text).as_str(), "x"]).unwrap();
                let theirs = String::from_utf8(library.into_inner().unwrap()).unwrap();
                assert_eq!(format!("{ours}{separator}x\r\n"), theirs, "{text:?}");
            }
        }
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
