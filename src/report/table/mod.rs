//! `--format table`: one phone on a terminal, for the person at the desk.

mod audit;
mod batch;
mod comparison;
mod page;
mod side;

use std::fmt::Write as _;

use super::content::pairing::Pairing;
use super::content::wording::Wording;
use super::form::{Layout, Writer};
use crate::audit::Audit;
use crate::compare::Comparison;
use crate::fleet::Summary;

pub(super) use batch::fleet;
pub use batch::sheet_table;

/// `--format table`: one page a phone.
pub(super) struct Pages<'t> {
    words: Wording<'t>,
    layout: Layout,
    count: usize,
}

impl<'t> Pages<'t> {
    pub(super) fn new(words: Wording<'t>, layout: Layout) -> Pages<'t> {
        Pages { words, layout, count: 0 }
    }

    /// A line between two phones.
    fn next(&mut self, text: &mut String) {
        if self.count > 0 {
            let _ = write!(text, "\n{}\n\n", "─".repeat(self.layout.width));
        }
        self.count += 1;
    }
}

impl Writer for Pages<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String) {
        self.next(text);
        text.push_str(&match audits {
            [one] => audit::render(one, self.words, self.layout),
            several => side::render(several, self.words, self.layout),
        });
    }

    fn comparison(&mut self, comparison: &Comparison<'_>, text: &mut String) {
        self.next(text);
        text.push_str(&comparison::render(comparison, self.words, self.layout));
    }

    fn pairing(&mut self, pairing: &Pairing, text: &mut String) {
        self.next(text);
        text.push_str(&comparison::summary(pairing, self.words, self.layout));
    }

    fn fleet(&mut self, summary: &Summary, text: &mut String) {
        self.next(text);
        text.push_str(&fleet(summary, self.words, self.layout));
    }

    fn end(&mut self, _: &mut String) {}
}

#[cfg(test)]
mod tests;
