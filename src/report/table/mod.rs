//! `--format table`: one phone on a terminal, for the person at the desk.

mod audit;
mod batch;
mod comparison;
mod page;
mod side;

use super::content::pairing::Pairing;
use super::content::wording::Wording;
use super::form::{Between, Form, Layout, Portion};
use crate::audit::Audit;
use crate::batch::Summary;
use crate::compare::Comparison;

pub(super) use batch::batch;
pub use batch::sheet_table;

/// One page a phone.
pub(super) struct Pages<'t> {
    words: Wording<'t>,
    layout: Layout,
}

impl<'t> Pages<'t> {
    pub(super) fn new(words: Wording<'t>, layout: Layout) -> Pages<'t> {
        Pages { words, layout }
    }
}

/// The pages with a line between every two.
pub(super) fn join(layout: Layout) -> Between {
    Between::new(format!("\n{}\n\n", "─".repeat(layout.width)))
}

impl Form for Pages<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        Portion::of([match audits {
            [one] => audit::render(one, self.words, self.layout),
            several => side::render(several, self.words, self.layout),
        }])
    }

    fn comparison(&self, comparison: &Comparison<'_>) -> Portion {
        Portion::of([comparison::render(comparison, self.words, self.layout)])
    }

    fn pairing(&self, pairing: &Pairing) -> Portion {
        Portion::of([comparison::summary(pairing, self.words, self.layout)])
    }

    fn batch(&self, summary: &Summary) -> Portion {
        Portion::of([batch(summary, self.words, self.layout)])
    }
}

#[cfg(test)]
mod tests;
