//! What all phones of a batch come to.

use std::fmt::Write as _;

use super::page::{MarkdownPage, escape};
use crate::batch::Summary;
use crate::report::content::sheets::Shown;
use crate::report::content::wording::Wording;

/// What all phones of a batch come to.
pub(super) fn batch(summary: &Summary, words: Wording<'_>) -> String {
    let mut page = MarkdownPage::new(words);
    let shown = Shown::of(summary, words);
    page.heading(2, &words.texts().get("fleet-title"));
    shown.lines.iter().for_each(|line| page.item("", line));
    for (sheet, more) in &shown.sheets {
        page.heading(3, &sheet.heading);
        let rule = vec!["---".to_owned(); sheet.columns.len()];
        let escaped = |row: &Vec<String>| row.iter().map(|text| escape(text)).collect();
        for row in [escaped(&sheet.columns), rule].into_iter().chain(sheet.rows.iter().map(escaped)) {
            let _ = writeln!(page.text, "| {} |", row.join(" | "));
        }
        if let Some(more) = more {
            page.text.push('\n');
            page.item("", more);
        }
    }
    page.text
}
