//! Evidence rows: from a line number of an evidence to the row as reports show it.

use std::cell::OnceCell;

use crate::evidence::{Evidence, Item, Kind};
use crate::snapshot::EvidenceRow;
use crate::text::clean::sanitize;

/// How long a row may be in a report, in characters.
const LONGEST_ROW: usize = 300;

/// The texts of an evidence with the starts of their lines, found on first use: dumps have a hundred thousand lines, and
/// rows of few are shown.
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
        let (item, starts) =
            self.items.iter().find(|(item, _)| item.kind == kind && (user.is_none() || item.user == user))?;
        let starts = starts.get_or_init(|| line_starts(&item.text));
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = usize::try_from(*starts.get(index)?).ok()?;
        let text = item.text.get(start..)?;
        let text = text.split('\n').next().unwrap_or(text);
        Some(EvidenceRow { source: item.source_name(), line, text: sanitize(text.trim(), LONGEST_ROW) })
    }

    /// The first row within some lines that stands at a depth and begins with a word: the first line is included, the
    /// last is not.
    pub fn starting(&self, kind: Kind, lines: std::ops::Range<u32>, depth: usize, word: &str) -> Option<EvidenceRow> {
        let (item, starts) = self.items.iter().find(|(item, _)| item.kind == kind)?;
        let starts = starts.get_or_init(|| line_starts(&item.text));
        lines.take_while(|line| usize::try_from(*line).is_ok_and(|line| line <= starts.len())).find_map(|line| {
            let start = usize::try_from(*starts.get(usize::try_from(line).ok()?.checked_sub(1)?)?).ok()?;
            let text = item.text.get(start..)?.split('\n').next()?;
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

fn line_starts(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).filter_map(|end| u32::try_from(end + 1).ok()));
    starts
}
