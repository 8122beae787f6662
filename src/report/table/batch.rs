//! What all phones of a batch come to, on a terminal; and any other table.

use super::page::TablePage;
use crate::batch::Summary;
use crate::report::content::sheets::Shown;
use crate::report::content::wording::Wording;
use crate::report::form::Layout;

/// What all phones of a batch come to, as text that ends in a newline.
pub(in crate::report) fn batch(summary: &Summary, words: Wording<'_>, layout: Layout) -> String {
    let mut page = TablePage::new(words, layout);
    page.strong(&words.texts().get("fleet-title"));
    let shown = Shown::of(summary, words);
    for line in &shown.lines {
        page.wrap(line, "  ", "    ");
    }
    for (sheet, more) in &shown.sheets {
        page.title(&sheet.heading);
        page.sheet(&sheet.columns, &sheet.rows);
        if let Some(more) = more {
            page.wrap(more, "  ", "    ");
        }
    }
    page.text
}

/// A table for a terminal, whatever is in it.
pub fn sheet_table(columns: &[String], rows: Vec<Vec<String>>, words: Wording<'_>, width: usize) -> String {
    let layout = Layout { width, colour: false, today: None, wide: false };
    let mut page = TablePage::new(words, layout);
    page.sheet(columns, &rows);
    page.text
}
