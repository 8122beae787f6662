//! Rows under the names of their columns.

use super::cell;
use crate::report::content::wording::Wording;
use crate::text::Language;

/// Rows on their way, each cell written where it stands.
///
/// UTF-8; `;` between the cells in French, whose decimal sign is the comma; CRLF at the end of a row.
pub(in crate::report) struct Rows {
    separator: char,
    /// Whether the column holds days and times, by column.
    moments: Vec<bool>,
    /// The column whose turn it is.
    column: usize,
    text: String,
}

impl Rows {
    pub(in crate::report) fn new(columns: &[&str], words: Wording<'_>) -> Rows {
        let separator = if words.language() == Language::Fr { ';' } else { ',' };
        let moments = columns.iter().map(|column| cell::holds_moments(column)).collect();
        Rows { separator, moments, column: 0, text: String::new() }
    }

    /// The next cell of the row.
    pub(in crate::report) fn cell(&mut self, value: &str) {
        let holds_moments = self.moments.get(self.column).copied().unwrap_or(false);
        self.add(value, holds_moments);
    }

    /// The next cells of the row.
    pub(in crate::report) fn cells<'v>(&mut self, values: impl IntoIterator<Item = &'v str>) {
        values.into_iter().for_each(|value| self.cell(value));
    }

    /// The next cell, of a column that is told by its name.
    pub(in crate::report) fn cell_of(&mut self, column: &str, value: &str) {
        self.add(value, cell::holds_moments(column));
    }

    fn add(&mut self, value: &str, holds_moments: bool) {
        if self.column > 0 {
            self.text.push(self.separator);
        }
        self.column += 1;
        if !value.is_empty() {
            cell::write(value, holds_moments, self.separator, &mut self.text);
        }
    }

    /// The cells of the row so far, for rows that begin alike.
    pub(in crate::report) fn take_begun(&mut self) -> (String, usize) {
        (std::mem::take(&mut self.text), std::mem::take(&mut self.column))
    }

    /// Begins a row with cells that are written already.
    pub(in crate::report) fn begin(&mut self, (cells, count): &(String, usize)) {
        self.text.push_str(cells);
        self.column = *count;
    }

    /// The end of the row.
    pub(in crate::report) fn end(&mut self) {
        self.text.push_str("\r\n");
        self.column = 0;
    }

    /// A row of its own.
    pub(in crate::report) fn row<'v>(&mut self, values: impl IntoIterator<Item = &'v str>) {
        self.cells(values);
        self.end();
    }

    /// The rows.
    pub(in crate::report) fn into_text(self) -> String {
        self.text
    }
}

/// What stands above the first row: the mark that Excel looks for, and the names of the columns.
pub(in crate::report) fn head(columns: &[&str], words: Wording<'_>) -> String {
    let separator = if words.language() == Language::Fr { ";" } else { "," };
    format!("\u{feff}{}\r\n", columns.join(separator))
}

/// A table alone.
pub(in crate::report) fn sheet(columns: &[&str], rows: Vec<Vec<String>>, words: Wording<'_>) -> String {
    let mut text = Rows::new(columns, words);
    rows.iter().for_each(|row| text.row(row.iter().map(String::as_str)));
    head(columns, words) + &text.into_text()
}
