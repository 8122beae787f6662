//! A value with the line it stands on, and the gaps that every dump parser reports in the same way.

use crate::evidence::Reason;
use crate::parse::text::failure;
use crate::text::clean::sanitize;

use super::parsed::ParseGap;

/// A value and where it was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// The line of the parsed text it was read from, 1-based.
    pub line: u32,
}

impl<T> Located<T> {
    /// A value read from a line.
    pub fn new(value: T, line: u32) -> Self {
        Located { value, line }
    }
}

/// From which key to which a list of rows `key=value` reaches, for one that is sorted by key and that may be cut at its beginning or end:
/// a key inside is set or it is not; of one outside nothing is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySpan {
    first: Option<String>,
    last: Option<String>,
    ordered: bool,
    last_may_go_on: bool,
}

impl Default for KeySpan {
    fn default() -> Self {
        KeySpan { first: None, last: None, ordered: true, last_may_go_on: false }
    }
}

impl KeySpan {
    /// Takes the next row. `behind` is the sign behind a key, which counts in the order of whole lines.
    pub(super) fn add(&mut self, key: &str, value: &str, behind: char) {
        let key = format!("{key}{behind}");
        self.ordered &= self.last.as_ref().is_none_or(|last| *last < key);
        // A number goes over no line end.
        let number = value.trim_end_matches('\n');
        self.last_may_go_on =
            number != "null" && !number.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
        self.first.get_or_insert_with(|| key.clone());
        self.last = Some(key);
    }

    /// Whether the list tells all of a key, be it that it is not set.
    pub fn tells(&self, key: &str, behind: char) -> bool {
        let key = format!("{key}{behind}");
        let (Some(first), Some(last)) = (&self.first, &self.last) else { return false };
        let inside = if self.last_may_go_on { key < *last } else { key <= *last };
        self.ordered && *first <= key && inside
    }
}

/// The gaps of a text as a whole: the phone's own timeout, and, when a parser found nothing it knows, why that may be.
pub(super) fn whole_gaps(text: &str, recognised: bool) -> Vec<ParseGap> {
    let said = failure(text);
    let (reason, detail) = match said {
        Some((Reason::TimedOut, line)) => (Reason::TimedOut, line),
        _ if recognised => return Vec::new(),
        Some((reason, line)) => (reason, line),
        None => match text.lines().map(str::trim).enumerate().find(|(_, line)| !line.is_empty()) {
            None => (Reason::Absent, ""),
            Some((_, line)) if line.contains("Permission denied") || line.contains("SecurityException") => {
                (Reason::Refused, line)
            }
            // Nobody knows what such a text holds, so only its place is told.
            Some((index, _)) => {
                let detail = format!("line {}", index + 1);
                return vec![ParseGap { reason: Reason::Unreadable, read: None, of: None, detail }];
            }
        },
    };
    vec![ParseGap { reason, read: None, of: None, detail: sanitize(detail, 200) }]
}

/// Rows that look like rows of the format, counted, so that none is lost without a word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    read: u64,
    malformed: u64,
    first_malformed: u32,
}

impl Tally {
    /// Counts a row that was understood.
    pub(super) fn read(&mut self) {
        self.read += 1;
    }

    /// Counts a row that was not, and remembers the first.
    pub(super) fn malformed(&mut self, line: u32) {
        if self.malformed == 0 {
            self.first_malformed = line;
        }
        self.malformed += 1;
    }

    /// Whether any row at all was met.
    pub(super) fn any(self) -> bool {
        self.read + self.malformed > 0
    }

    /// The gap for the rows that were not understood, if there are any. Only a line number is told: such a row may hold
    /// anything, names of people included.
    pub(super) fn gap(self) -> Option<ParseGap> {
        (self.malformed > 0).then(|| ParseGap {
            reason: Reason::Unreadable,
            read: Some(self.read),
            of: Some(self.read + self.malformed),
            detail: format!("line {}", self.first_malformed),
        })
    }
}

/// `true` or `false`, as Java prints a boolean; `1` and `0` are read as well.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The text of a corpus file, or `None` when this run has no corpus.
#[cfg(test)]
pub(super) fn corpus(path: &str) -> Option<String> {
    let folder = crate::skip::corpus("")?;
    let mut root = folder;
    if root.join("android").is_dir() {
        root.push("android");
    }
    Some(crate::parse::text::decode(std::fs::read(root.join(path)).expect(path)))
}

/// A real-shaped text that lost a part and got something else in its place; for tests that nothing panics.
#[cfg(test)]
pub(super) fn mangled(text: &'static str) -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let length = text.chars().count();
    (0..=length, 0..=length, "[a-z0-9={}\\[\\]:/,. \n\u{e9}-]{0,6}").prop_map(move |(start, end, junk)| {
        let (start, end) = (start.min(end), start.max(end));
        text.chars().take(start).chain(junk.chars()).chain(text.chars().skip(end)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_why_there_is_nothing() {
        let reason = |text| whole_gaps(text, false).first().map(|gap| gap.reason);
        assert_eq!(reason(""), Some(Reason::Absent));
        assert_eq!(reason("Can't find service: role\n"), Some(Reason::NotSupported));
        assert_eq!(reason("java.lang.SecurityException: no\n"), Some(Reason::Refused));
        assert_eq!(reason("hello\n"), Some(Reason::Unreadable));
        assert_eq!(whole_gaps("\nsomebody's name\n", false)[0].detail, "line 2");
        assert_eq!(whole_gaps("hello\n", true), Vec::new());
        let expired = "half\n*** SERVICE 'x' DUMP TIMEOUT (10000ms) EXPIRED ***\n";
        assert_eq!(whole_gaps(expired, true).first().map(|gap| gap.reason), Some(Reason::TimedOut));
    }
}
