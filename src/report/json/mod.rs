//! `--format json` and `jsonl`: one result as it is, several as an array; or one a line.

mod audit;
mod batch;
mod comparison;

use serde::Serialize;

use super::content::serial::{to_json, to_pretty_json};
use super::content::wording::Wording;
use super::form::{Form, Join, Portion};
use crate::audit::Audit;
use crate::batch::Summary;
use crate::compare::Comparison;

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

/// One result after the other: indented, or one a line.
pub(super) struct Results<'t> {
    words: Wording<'t>,
    lines: bool,
}

impl<'t> Results<'t> {
    /// `--format json`.
    pub(super) fn indented(words: Wording<'t>) -> Results<'t> {
        Results { words, lines: false }
    }

    /// `--format jsonl`: one result a line, as soon as it is made.
    pub(super) fn lines(words: Wording<'t>) -> Results<'t> {
        Results { words, lines: true }
    }

    fn text(&self, result: &impl Serialize) -> String {
        if self.lines { to_json(result) + "\n" } else { to_pretty_json(result) }
    }
}

impl Form for Results<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        Portion::of(audits.iter().map(|audit| self.text(&report(audit, self.words))))
    }

    fn comparison(&self, comparison: &Comparison<'_>) -> Portion {
        Portion::of([self.text(&comparison_report(comparison, self.words))])
    }
}

/// `--format json`: one result as it is, several as an array.
#[derive(Default)]
pub(super) struct Array {
    /// The only result so far: whether it is alone is known when the next one comes, or none does.
    first: Option<String>,
    several: bool,
}

impl Join for Array {
    /// As the library writes an array, each result two columns further in; no line of a result is inside a string.
    fn add(&mut self, portion: Portion, text: &mut String) {
        let (results, ()) = portion.open();
        for result in results {
            if !self.several && self.first.is_none() {
                self.first = Some(result);
                continue;
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

    fn end(&mut self, text: &mut String) {
        match &self.first {
            Some(only) => text.push_str(&format!("{only}\n")),
            None if self.several => text.push_str("\n]\n"),
            None => {}
        }
    }
}

/// What all phones of a batch come to, as a document.
pub(super) fn batch(summary: &Summary, words: Wording<'_>) -> String {
    to_pretty_json(&fleet_report(summary, words)) + "\n"
}
