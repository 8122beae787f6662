//! What every form has in common: it makes a portion of each result by itself, and joins the portions in order to one document.

use std::any::Any;

use super::content::pairing::Pairing;
use super::content::wording::Wording;
use crate::audit::Audit;
use crate::batch::Summary;
use crate::compare::Comparison;

/// The languages of a report: one, or two that the reader chooses from.
#[derive(Clone, Copy, Debug)]
pub struct Languages<'t> {
    /// The language, or the one that is shown first.
    pub first: Wording<'t>,
    /// The other one, where both are asked for.
    pub second: Option<Wording<'t>>,
}

impl<'t> Languages<'t> {
    /// The first, and the second where there is one.
    pub(super) fn each(self) -> impl Iterator<Item = Wording<'t>> {
        std::iter::once(self.first).chain(self.second)
    }
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

/// What a form makes of one result, apart from all others: made wherever the result is, and joined to those before it by [`Join`].
#[derive(Debug, Default)]
pub struct Portion {
    /// Texts that stand in the document one after the other.
    texts: Vec<String>,
    /// What the frame around them must know, in the form's own words.
    aside: Option<Box<dyn Any + Send>>,
}

impl Portion {
    /// Texts that say everything.
    pub(super) fn of(texts: impl IntoIterator<Item = String>) -> Portion {
        Portion { texts: texts.into_iter().collect(), aside: None }
    }

    /// Texts with what the frame around them must know.
    pub(super) fn with(texts: Vec<String>, aside: impl Any + Send) -> Portion {
        Portion { texts, aside: Some(Box::new(aside)) }
    }

    /// The texts, and what the frame must know of them.
    pub(super) fn open<A: Default + 'static>(self) -> (Vec<String>, A) {
        let aside = self.aside.and_then(|aside| aside.downcast().ok());
        (self.texts, aside.map_or_else(A::default, |aside| *aside))
    }
}

/// A form of the results: what it makes of each by itself. It keeps nothing, so that several hands can use it at once.
pub trait Form: Send + Sync {
    /// What all the profiles of a call say of one phone; nothing for none.
    fn audits(&self, audits: &[Audit<'_>]) -> Portion;

    /// A before and an after.
    fn comparison(&self, comparison: &Comparison<'_>) -> Portion;

    /// How many befores and afters there were, once all comparisons are told. Forms for programs leave it out: it follows from the
    /// comparisons.
    fn pairing(&self, _pairing: &Pairing) -> Portion {
        Portion::default()
    }

    /// What all phones come to, once each is told. Forms for programs leave it out: it follows from the results, and a line that is
    /// no result would be in the way.
    fn batch(&self, _summary: &Summary) -> Portion {
        Portion::default()
    }
}

/// Joins the portions of a form in order to one document. What cannot be written before everything is known stays inside until
/// [`Join::end`].
pub trait Join: Send {
    /// Adds a portion that the same form made.
    fn add(&mut self, portion: Portion, text: &mut String);

    /// Adds what makes a whole document of what came so far. More may come all the same: a day at a desk is written as it
    /// comes, and ended anew each time.
    fn end(&mut self, _text: &mut String) {}
}

/// Portions as they come, with the same text between every two.
#[derive(Debug, Default)]
pub(super) struct Between {
    between: String,
    any: bool,
}

impl Between {
    /// With such a text between every two.
    pub(super) fn new(between: impl Into<String>) -> Between {
        Between { between: between.into(), any: false }
    }
}

impl Join for Between {
    fn add(&mut self, portion: Portion, text: &mut String) {
        for one in portion.texts {
            if self.any {
                text.push_str(&self.between);
            }
            self.any = true;
            text.push_str(&one);
        }
    }
}
