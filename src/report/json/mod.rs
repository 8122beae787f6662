//! `--format json` and `jsonl`: one result as it is, several as an array; or one a line.

mod audit;
mod batch;
mod comparison;

use super::content::serial::{to_json, to_pretty_json};
use super::content::wording::Wording;
use super::form::Writer;
use crate::audit::Audit;
use crate::compare::Comparison;
use crate::fleet::Summary;

pub use audit::{
    AppName, AuditReport, BaselineReport, CatalogReport, FindingReport, FootprintReport, MitigationReport, ProfileName,
    SCHEMA, SummaryReport, TailoredReport, WaiverReport, report,
};
pub use batch::{
    AppReport, FleetReport, PhoneReport, ProfileReport, ReasonReport, RuleReport, SCHEMA as FLEET_SCHEMA, Targets,
    report as fleet_report,
};
pub use comparison::{
    ChangeReport, ComparisonReport, JudgementReport, ReadingReport, RuleChangeReport, SCHEMA as COMPARISON_SCHEMA,
    SideReport, report as comparison_report,
};

/// `--format json`: one result as it is, several as an array.
pub(super) struct Document<'t> {
    words: Wording<'t>,
    /// The only result so far: whether it is alone is known when the next one comes, or none does.
    first: Option<String>,
    several: bool,
}

impl<'t> Document<'t> {
    pub(super) fn new(words: Wording<'t>) -> Document<'t> {
        Document { words, first: None, several: false }
    }

    /// As the library writes an array, each result two columns further in; no line of a result is inside a string.
    fn add(&mut self, result: String, text: &mut String) {
        if !self.several && self.first.is_none() {
            self.first = Some(result);
            return;
        }
        if let Some(first) = self.first.take() {
            text.push_str("[\n  ");
            text.push_str(&first.replace('\n', "\n  "));
            self.several = true;
        }
        text.push_str(",\n  ");
        text.push_str(&result.replace('\n', "\n  "));
    }
}

impl Writer for Document<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String) {
        for audit in audits {
            self.add(to_pretty_json(&report(audit, self.words)), text);
        }
    }

    fn comparison(&mut self, comparison: &Comparison<'_>, text: &mut String) {
        self.add(to_pretty_json(&comparison_report(comparison, self.words)), text);
    }

    fn end(&mut self, text: &mut String) {
        match &self.first {
            Some(only) => text.push_str(&format!("{only}\n")),
            None if self.several => text.push_str("\n]\n"),
            None => {}
        }
    }
}

/// `--format jsonl`: one result a line, as soon as it is made.
pub(super) struct Lines<'t> {
    words: Wording<'t>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(words: Wording<'t>) -> Lines<'t> {
        Lines { words }
    }
}

impl Writer for Lines<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String) {
        for audit in audits {
            text.push_str(&to_json(&report(audit, self.words)));
            text.push('\n');
        }
    }

    fn comparison(&mut self, comparison: &Comparison<'_>, text: &mut String) {
        text.push_str(&to_json(&comparison_report(comparison, self.words)));
        text.push('\n');
    }

    fn end(&mut self, _: &mut String) {}
}

/// What all phones of a batch come to, as a document.
pub(super) fn fleet(summary: &Summary, words: Wording<'_>) -> String {
    to_pretty_json(&fleet_report(summary, words)) + "\n"
}
