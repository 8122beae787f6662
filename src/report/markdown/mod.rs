//! `--format markdown`: a ticket's text, for GitHub, GitLab, Jira and the like.
//!
//! Everything that comes from a phone or a file is text: no link, picture, HTML, mention, table cell or heading comes of it.

mod audit;
mod batch;
mod comparison;
mod page;

use super::content::pairing::Pairing;
use super::form::{Between, Form, Languages, Portion};
use crate::audit::Audit;
use crate::batch::Summary;
use crate::compare::Comparison;

pub(super) use page::escape;

/// One text a result and language.
pub(super) struct Ticket<'t> {
    languages: Languages<'t>,
}

impl<'t> Ticket<'t> {
    pub(super) fn new(languages: Languages<'t>) -> Ticket<'t> {
        Ticket { languages }
    }
}

/// The texts with a line between every two.
pub(super) fn join() -> Between {
    Between::new("\n---\n\n")
}

impl Form for Ticket<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        Portion::of(audits.iter().flat_map(|one| self.languages.each().map(|words| audit::audit(one, words))))
    }

    fn comparison(&self, one: &Comparison<'_>) -> Portion {
        Portion::of(self.languages.each().map(|words| comparison::comparison(one, words)))
    }

    fn pairing(&self, pairing: &Pairing) -> Portion {
        Portion::of(self.languages.each().map(|words| comparison::pairing(pairing, words)))
    }

    fn batch(&self, summary: &Summary) -> Portion {
        Portion::of(self.languages.each().map(|words| batch::batch(summary, words)))
    }
}

/// What all phones of a batch come to, as a text of its own.
pub(super) fn batch(summary: &Summary, languages: Languages<'_>) -> String {
    let texts: Vec<String> = languages.each().map(|words| batch::batch(summary, words)).collect();
    texts.join("\n---\n\n")
}
