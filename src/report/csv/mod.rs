//! `--format csv`: one row a finding, or a change, for a spreadsheet.
//!
//! UTF-8 with the byte order mark that Excel looks for; `;` between the cells in French, whose decimal sign is the comma. A cell that a
//! spreadsheet would take for a formula begins with an apostrophe, which makes it text.

mod audit;
mod batch;
mod cell;
mod comparison;
mod sheet;

use super::form::Writer;
use crate::audit::Audit;
use crate::compare::Comparison;

pub(super) use batch::fleet;
pub(super) use sheet::{Sheet, sheet};

impl Writer for Sheet<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String) {
        let words = self.words();
        for one in audits {
            let rows = one.findings.iter().map(|finding| audit::row(one, finding, words));
            self.write(&audit::COLUMNS, rows, text);
        }
    }

    fn comparison(&mut self, one: &Comparison<'_>, text: &mut String) {
        let rows = comparison::rows_of(one, self.words());
        self.write(&comparison::COLUMNS, rows.into_iter(), text);
    }

    fn end(&mut self, _: &mut String) {}
}
