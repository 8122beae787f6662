//! `--format markdown`: a ticket's text, for GitHub, GitLab, Jira and the like.
//!
//! Everything that comes from a phone or a file is text: no link, picture, HTML, mention, table cell or heading comes of it.

mod audit;
mod batch;
mod comparison;
mod page;

use super::content::pairing::Pairing;
use super::content::wording::Wording;
use super::form::{Languages, Writer};
use crate::audit::Audit;
use crate::compare::Comparison;
use crate::fleet::Summary;

pub(super) use page::escape;

/// `--format markdown`.
pub(super) struct Ticket<'t> {
    languages: Languages<'t>,
    count: usize,
}

impl<'t> Ticket<'t> {
    pub(super) fn new(languages: Languages<'t>) -> Ticket<'t> {
        Ticket { languages, count: 0 }
    }

    /// One text in each language, with a line between two.
    fn each(&mut self, text: &mut String, write: impl Fn(Wording<'_>) -> String) {
        for words in std::iter::once(self.languages.first).chain(self.languages.second) {
            if self.count > 0 {
                text.push_str("\n---\n\n");
            }
            text.push_str(&write(words));
            self.count += 1;
        }
    }
}

impl Writer for Ticket<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String) {
        for one in audits {
            self.each(text, |words| audit::audit(one, words));
        }
    }

    fn comparison(&mut self, one: &Comparison<'_>, text: &mut String) {
        self.each(text, |words| comparison::comparison(one, words));
    }

    fn pairing(&mut self, pairing: &Pairing, text: &mut String) {
        self.each(text, |words| comparison::pairing(pairing, words));
    }

    fn fleet(&mut self, summary: &Summary, text: &mut String) {
        self.each(text, |words| batch::fleet(summary, words));
    }

    fn end(&mut self, _: &mut String) {}
}

/// What all phones of a batch come to.
pub(super) fn fleet(summary: &Summary, languages: Languages<'_>) -> String {
    let mut text = String::new();
    Ticket::new(languages).fleet(summary, &mut text);
    text
}
