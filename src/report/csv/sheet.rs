//! Rows under the names of their columns.

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::cell::cell;
use crate::report::content::wording::Wording;
use crate::text::Language;

/// `--format csv`.
pub(in crate::report) struct Sheet<'t> {
    words: Wording<'t>,
    begun: bool,
}

impl<'t> Sheet<'t> {
    pub(in crate::report) fn new(words: Wording<'t>) -> Sheet<'t> {
        Sheet { words, begun: false }
    }

    /// The words of its sentences.
    pub(super) fn words(&self) -> Wording<'t> {
        self.words
    }

    /// Writes rows, after the mark and the names of the columns when they are the first.
    pub(in crate::report) fn write(
        &mut self,
        columns: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
        text: &mut String,
    ) {
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

/// A table alone.
pub(in crate::report) fn sheet(columns: &[&str], rows: Vec<Vec<String>>, words: Wording<'_>) -> String {
    let mut text = String::new();
    Sheet::new(words).write(columns, rows.into_iter(), &mut text);
    text
}
