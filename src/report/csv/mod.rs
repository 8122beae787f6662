//! `--format csv`: one row a finding, or a change, for a spreadsheet.
//!
//! UTF-8 with the byte order mark that Excel looks for; `;` between the cells in French, whose decimal sign is the comma. A cell that a
//! spreadsheet would take for a formula begins with an apostrophe, which makes it text.

mod audit;
mod batch;
mod cell;
mod comparison;
mod sheet;

use super::content::wording::Wording;
use super::form::{Form, Join, Portion};
use crate::audit::Audit;
use crate::compare::Comparison;

pub(super) use batch::batch;
pub(super) use sheet::{Rows, head, sheet};

/// One row a finding or a change.
pub(super) struct Findings<'t> {
    words: Wording<'t>,
}

impl<'t> Findings<'t> {
    pub(super) fn new(words: Wording<'t>) -> Findings<'t> {
        Findings { words }
    }
}

impl Form for Findings<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        let rows = audits.iter().map(|one| audit::rows(one, self.words)).collect();
        Portion::with(rows, Some(head(&audit::COLUMNS, self.words)))
    }

    fn comparison(&self, one: &Comparison<'_>) -> Portion {
        let rows = comparison::rows(one, self.words);
        Portion::with(vec![rows], Some(head(&comparison::COLUMNS, self.words)))
    }
}

/// The rows, below the names of the columns.
#[derive(Default)]
pub(super) struct Joined {
    begun: bool,
}

impl Join for Joined {
    fn add(&mut self, portion: Portion, text: &mut String) {
        let (rows, head): (_, Option<String>) = portion.open();
        if !self.begun && !rows.is_empty() {
            text.push_str(&head.unwrap_or_default());
            self.begun = true;
        }
        rows.iter().for_each(|rows| text.push_str(rows));
    }
}
