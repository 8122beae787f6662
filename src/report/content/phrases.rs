//! Sentences that are put together once, however many findings say them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::wording::Wording;
use crate::audit::{Finding, Why};
use crate::vocabulary::BecauseCode;

/// What the sentence of a finding follows from, where it follows from nothing else.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Grant(BecauseCode, Option<&'a str>, Option<&'a str>),
    Text(&'static str, &'a str),
}

/// Words with the sentences of one audit: of thousands of findings, most give one of a few reasons.
pub(in crate::report) struct Phrases<'t, 'a> {
    words: Wording<'t>,
    because: RefCell<HashMap<Key<'a>, Rc<str>>>,
}

impl<'t, 'a> Phrases<'t, 'a> {
    pub(in crate::report) fn new(words: Wording<'t>) -> Phrases<'t, 'a> {
        Phrases { words, because: RefCell::default() }
    }

    /// The words.
    pub(in crate::report) fn words(&self) -> Wording<'t> {
        self.words
    }

    /// [`Wording::because`].
    pub(in crate::report) fn because(&self, finding: &'a Finding<'_>) -> Rc<str> {
        let key = match &finding.because {
            Why::Grant(because) => Key::Grant(because.code, because.subject.as_deref(), because.value.as_deref()),
            Why::Text(key, value) if !Wording::tells_what_was_found(key) => Key::Text(key, value),
            Why::Gap(_) | Why::Text(..) => return self.words.because(finding).into(),
        };
        let mut known = self.because.borrow_mut();
        Rc::clone(known.entry(key).or_insert_with(|| self.words.because(finding).into()))
    }
}
