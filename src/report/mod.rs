//! Results for people and programs, one file per format. Nothing here reads a phone or a file.

pub mod comparison;
mod csv;
pub mod difference;
pub mod explain;
pub mod fleet;
pub mod history;
mod html;
mod identity;
pub mod json;
mod junit;
mod markdown;
mod notes;
mod ocsf;
mod oscal;
mod sarif;
pub mod side;
pub mod table;
pub mod verdict;
mod wording;

use serde::Serialize;

use crate::audit::Audit;
use crate::compare::Comparison;
use crate::fleet::Summary;
use crate::vocabulary::Level;

pub use wording::Wording;

/// A form of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Table,
    /// `poucet.audit/1` and `poucet.comparison/1`.
    Json,
    /// The same, one a line.
    JsonLines,
    /// Comma- or semicolon-separated, for a spreadsheet.
    Csv,
    /// One page that stands by itself.
    Html,
    /// For tickets.
    Markdown,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// OSCAL assessment results.
    Oscal,
    /// OCSF compliance findings, one a line.
    Ocsf,
    /// `poucet.verdict/1`, one short line per phone and profile.
    Verdicts,
}

impl Format {
    /// Every form, with the table, which is the default, first.
    pub const ALL: [Format; 11] = [
        Format::Table,
        Format::Json,
        Format::JsonLines,
        Format::Csv,
        Format::Html,
        Format::Markdown,
        Format::Sarif,
        Format::Junit,
        Format::Oscal,
        Format::Ocsf,
        Format::Verdicts,
    ];

    /// The word of `--format`.
    pub fn word(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Json => "json",
            Format::JsonLines => "jsonl",
            Format::Csv => "csv",
            Format::Html => "html",
            Format::Markdown => "markdown",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::Oscal => "oscal",
            Format::Ocsf => "ocsf",
            Format::Verdicts => "verdicts",
        }
    }

    /// The form of a word.
    pub fn from_word(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.word() == word)
    }

    /// Whether results can be in both languages at once.
    pub fn takes_both_languages(self) -> bool {
        matches!(self, Format::Html | Format::Markdown)
    }
}

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
    fn pairing(&mut self, _pairing: &comparison::Pairing, _text: &mut String) {}

    /// What all phones come to, once each is written. Forms for programs leave it out: it follows from the results, and a line that is
    /// no result would be in the way.
    fn fleet(&mut self, _summary: &Summary, _text: &mut String) {}

    /// Adds what makes a whole document of what came so far. More may come all the same: a day at a desk is written as it
    /// comes, and ended anew each time.
    fn end(&mut self, text: &mut String);
}

/// The writer of a form. `layout` is for the table alone.
pub fn writer<'t>(format: Format, languages: Languages<'t>, layout: table::Layout) -> Box<dyn Writer + 't> {
    let words = languages.first;
    match format {
        Format::Json => Box::new(json::Document::new(words)),
        Format::JsonLines => Box::new(json::Lines::new(words)),
        Format::Csv => Box::new(csv::Sheet::new(words)),
        Format::Markdown => Box::new(markdown::Ticket::new(languages)),
        Format::Junit => Box::new(junit::Suites::new(words)),
        Format::Sarif => Box::new(sarif::Log::new(words)),
        Format::Oscal => Box::new(oscal::Results::new(words)),
        Format::Ocsf => Box::new(ocsf::Events::new(words)),
        Format::Verdicts => Box::new(verdict::Lines),
        Format::Html => Box::new(html::Page::new(languages)),
        Format::Table => Box::new(table::Pages::new(words, layout)),
    }
}

/// A structure of plain data always serialises.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// As [`to_json`], for a person to read.
pub(crate) fn to_pretty_json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Adds a member that is there to an object.
fn insert(object: &mut serde_json::Value, name: &str, value: Option<serde_json::Value>) {
    if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
        members.insert(name.to_owned(), value);
    }
}

/// The sign that stands beside the word of a level.
fn dot(level: Level) -> &'static str {
    match level {
        Level::Always => "●",
        Level::WhileInUse => "◐",
        Level::Limited => "◔",
        Level::Ask => "◌",
        Level::None | Level::Denied => "○",
    }
}
