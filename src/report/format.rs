//! The forms by name.

use super::form::{Languages, Layout, Writer};
use super::{csv, html, json, junit, markdown, ocsf, oscal, sarif, table, verdict};
use crate::fleet::Summary;

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

/// The writer of a form. `layout` is for the table alone.
pub fn writer<'t>(format: Format, languages: Languages<'t>, layout: Layout) -> Box<dyn Writer + 't> {
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
        Format::Html => Box::new(html::HtmlPage::new(languages)),
        Format::Table => Box::new(table::Pages::new(words, layout)),
    }
}

/// The forms in which a summary can stand alone.
pub const FORMS: [Format; 5] = [Format::Table, Format::Json, Format::Csv, Format::Html, Format::Markdown];

/// The summary alone.
pub fn render(format: Format, languages: Languages<'_>, layout: Layout, summary: &Summary) -> String {
    let words = languages.first;
    match format {
        Format::Csv => csv::fleet(summary, words),
        Format::Html => html::fleet(summary, languages),
        Format::Markdown => markdown::fleet(summary, languages),
        Format::Table => table::fleet(summary, words, layout),
        _ => json::fleet(summary, words),
    }
}
