//! What every form has in common.

use super::content::pairing::Pairing;
use super::content::wording::Wording;
use crate::audit::Audit;
use crate::compare::Comparison;
use crate::fleet::Summary;

/// The languages of a report: one, or two that the reader chooses from.
#[derive(Clone, Copy, Debug)]
pub struct Languages<'t> {
    /// The language, or the one that is shown first.
    pub first: Wording<'t>,
    /// The other one, where both are asked for.
    pub second: Option<Wording<'t>>,
}

/// Writes results in one form, piece by piece. What cannot be written before everything is known stays inside until [`Writer::end`].
pub trait Writer {
    /// What all the profiles of a call say of one phone; empty for none.
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String);

    /// A before and an after.
    fn comparison(&mut self, comparison: &Comparison<'_>, text: &mut String);

    /// How many befores and afters there were, once all comparisons are written. Forms for programs leave it out: it follows from
    /// the comparisons.
    fn pairing(&mut self, _pairing: &Pairing, _text: &mut String) {}

    /// What all phones come to, once each is written. Forms for programs leave it out: it follows from the results, and a line that is
    /// no result would be in the way.
    fn fleet(&mut self, _summary: &Summary, _text: &mut String) {}

    /// Adds what makes a whole document of what came so far. More may come all the same: a day at a desk is written as it
    /// comes, and ended anew each time.
    fn end(&mut self, text: &mut String);
}

/// How the table is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether colours may be used.
    pub colour: bool,
    /// The day on which the page is made, to say how old a backup is.
    pub today: Option<jiff::civil::Date>,
    /// Whether tables are as wide as they are, whatever the terminal.
    pub wide: bool,
}
