//! Evidence rows: from a line number of an evidence to the row as reports show it.

use std::cell::OnceCell;

use crate::evidence::{Evidence, Item, Kind};
use crate::snapshot::EvidenceRow;
use crate::text::clean::sanitize;

/// How long a row may be in a report, in characters.
const LONGEST_ROW: usize = 300;

/// How many bytes of a text lie between two places whose line is known.
const BLOCK: usize = 1024;

/// The texts of an evidence with the numbers of their lines at places not far apart, found on first use: dumps have a hundred thousand
/// lines, and rows of few are shown.
pub struct Rows<'e> {
    items: Vec<(&'e Item, OnceCell<Vec<u32>>)>,
}

impl<'e> Rows<'e> {
    /// All items of an evidence.
    pub fn new(evidence: &'e Evidence) -> Rows<'e> {
        Rows { items: evidence.items.iter().map(|item| (item, OnceCell::new())).collect() }
    }

    /// The row on a line of the item of a kind and user. `None` when there is no such item.
    pub fn row(&self, kind: Kind, user: Option<u32>, line: u32) -> Option<EvidenceRow> {
        let (item, counts) =
            self.items.iter().find(|(item, _)| item.kind == kind && (user.is_none() || item.user == user))?;
        let text = from_line(&item.text, counts.get_or_init(|| line_counts(&item.text)), line)?;
        let text = text.split('\n').next().unwrap_or(text);
        Some(EvidenceRow { source: item.source_name(), line, text: sanitize(text.trim(), LONGEST_ROW) })
    }

    /// The first row within some lines that stands at a depth and begins with a word: the first line is included, the
    /// last is not.
    pub fn starting(&self, kind: Kind, lines: std::ops::Range<u32>, depth: usize, word: &str) -> Option<EvidenceRow> {
        let (item, counts) = self.items.iter().find(|(item, _)| item.kind == kind)?;
        let text = from_line(&item.text, counts.get_or_init(|| line_counts(&item.text)), lines.start)?;
        lines.zip(text.split('\n')).find_map(|(line, text)| {
            let found = text.trim_start_matches(' ').starts_with(word)
                && text.len() - text.trim_start_matches(' ').len() == depth;
            found.then(|| EvidenceRow { source: item.source_name(), line, text: sanitize(text.trim(), LONGEST_ROW) })
        })
    }

    /// A row whose text is given: for lists of which only one entry may be shown, because the others name other apps.
    pub fn excerpt(&self, kind: Kind, user: Option<u32>, line: u32, text: &str) -> Option<EvidenceRow> {
        let (item, _) =
            self.items.iter().find(|(item, _)| item.kind == kind && (user.is_none() || item.user == user))?;
        Some(EvidenceRow { source: item.source_name(), line, text: sanitize(text, LONGEST_ROW) })
    }
}

/// How many lines have ended before each block of a text.
fn line_counts(text: &str) -> Vec<u32> {
    let mut ended = 0u32;
    let count = |block| u32::try_from(memchr::memchr_iter(b'\n', block).count()).unwrap_or(u32::MAX);
    let before = |block| {
        let before = ended;
        ended = ended.saturating_add(count(block));
        before
    };
    text.as_bytes().chunks(BLOCK).map(before).collect()
}

/// A text from one of its lines on, which are counted from 1. As [`str::split`] has them, there is one behind the last line end.
fn from_line<'t>(text: &'t str, counts: &[u32], line: u32) -> Option<&'t str> {
    let before = line.checked_sub(1)?;
    if before == 0 {
        return Some(text);
    }
    // The last block before which fewer lines have ended holds the end of the line before.
    let block = counts.partition_point(|ended| *ended < before).checked_sub(1)?;
    let start = block * BLOCK;
    let left = usize::try_from(before - counts.get(block)?).ok()?.checked_sub(1)?;
    let end = memchr::memchr_iter(b'\n', text.as_bytes().get(start..)?).nth(left)?;
    text.get(start + end + 1..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::SourceKind;

    proptest! {
        #[test]
        fn a_line_is_found_by_its_number(lines in proptest::collection::vec("( {0,4}[a-z]=)?[a-zé]{0,700}", 0..12), depth in 0_usize..5) {
            let text = lines.join("\n");
            let mut evidence = Evidence::empty(SourceKind::Files, "x");
            evidence.items.push(Item::new(Kind::Packages, text.clone(), "x"));
            let rows = Rows::new(&evidence);
            let all: Vec<&str> = text.split('\n').collect();
            for line in 0..14u32 {
                let expected = usize::try_from(line).unwrap().checked_sub(1).and_then(|index| all.get(index));
                let found = rows.row(Kind::Packages, None, line).map(|row| row.text);
                prop_assert_eq!(found, expected.map(|text| sanitize(text.trim(), LONGEST_ROW)));
                let first = all.iter().zip(1..).skip_while(|(_, number)| *number < line.max(1)).find(|(text, number)| {
                    *number < 9 && text.trim_start_matches(' ').starts_with("a=") && text.len() - text.trim_start_matches(' ').len() == depth
                });
                let found = rows.starting(Kind::Packages, line.max(1)..9, depth, "a=").map(|row| row.line);
                prop_assert_eq!(found, first.map(|(_, number)| number));
            }
        }
    }
}
