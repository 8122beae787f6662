//! `--format verdicts`: `poucet.verdict/1`, one short line per phone and profile, for engines that judge fleets.
//!
//! Words of the vocabulary and no sentence, so that a line is in no language and loads into a table as it is. What simply holds, and
//! what does not apply, is only counted; the whole audit is in [`super::json`].

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::content::serial::to_json;
use super::content::words;
use super::form::{Form, Portion};
use crate::audit::{Audit, Finding};
use crate::compare::Comparison;
use crate::snapshot::{ClockError, Device, Part};
use crate::vocabulary::{Check, Permission, Severity, Verdict};

/// The value of `schema` in every line of this form.
pub const SCHEMA: &str = "poucet.verdict/1";

/// What one profile says of one phone.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerdictLine<'a> {
    /// `poucet.verdict/1`.
    pub schema: &'static str,
    /// The version of poucet that judged.
    pub version: &'static str,
    /// The profile.
    pub profile: ProfileId<'a>,
    /// The day of the catalogue that ships, `YYYY-MM-DD`.
    pub catalog: &'a str,
    /// The phone.
    pub device: &'a Device,
    /// The kind of evidence.
    pub source: &'a str,
    /// When it was taken.
    pub taken_at: Option<&'a str>,
    /// By how much the phone's clock was wrong, where something tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockError>,
    /// The parts of the phone that the reading does not tell whole; absent for a whole reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<Part>,
    /// The same of the earlier reading that it was held against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baseline_partial: Vec<Part>,
    /// The verdict on the phone: the worst outcome among the rules.
    pub verdict: Verdict,
    /// The highest severity of a rule that fails.
    pub worst: Option<Severity>,
    /// Rules that hold.
    pub pass: u64,
    /// Rules that do not.
    pub fail: u64,
    /// Rules that do not, and somebody signed for it.
    pub waived: u64,
    /// Rules that could not be judged.
    pub not_assessed: u64,
    /// Rules for which a person must look.
    pub manual: u64,
    /// Rules that tell and do not judge, and have something to tell: no failures.
    pub noted: u64,
    /// Rules that mean nothing on this platform.
    pub not_applicable: u64,
    /// Weighted share of the rules that hold, 0 to 1.
    pub conformity: Option<f64>,
    /// Share of the applicable rules that could be judged, 0 to 1.
    pub coverage: f64,
    /// The apps of the catalogue that are on the phone, by their word in it, each once.
    pub apps: Vec<&'a str>,
    /// The findings that neither hold nor do not apply, the worst first.
    pub findings: Vec<FindingLine<'a>>,
}

/// The profile of a line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProfileId<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its version.
    pub version: &'a str,
    /// SHA-256 of the resolved profile.
    pub sha256: &'a str,
}

/// One finding of a line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingLine<'a> {
    /// The rule's code.
    pub code: &'a str,
    /// The outcome.
    pub verdict: Verdict,
    /// How much it matters.
    pub severity: Severity,
    /// The app: package name or bundle id; `hidden` for one that the profile never names.
    pub app: Option<&'a str>,
    /// The user of the phone that has the app.
    pub user: Option<u32>,
    /// The permission.
    pub permission: Option<Permission>,
    /// The property of the phone.
    pub check: Option<Check>,
    /// What was found, as a word; nothing where it is not known.
    pub actual: Option<Cow<'a, str>>,
    /// Why it could not be judged, or what the outcome rests on: the word of the reason.
    pub reason: &'a str,
    /// The last use, where the platform tells.
    pub last_used: Option<&'a str>,
    /// In use at the moment that the evidence was taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_use_now: bool,
}

/// The line of an audit.
pub fn line<'a>(audit: &'a Audit<'_>) -> VerdictLine<'a> {
    let hidden = |id: &String| !audit.hidden.is_empty() && audit.hidden.contains(id);
    let listed = audit.snapshot.apps.iter().filter(|app| !hidden(&app.id));
    let mut apps: Vec<&str> = listed.filter_map(|app| app.slug.as_deref()).collect();
    apps.sort_unstable();
    apps.dedup();
    let summary = &audit.summary;
    VerdictLine {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        profile: ProfileId { id: audit.profile_id, version: audit.profile_version, sha256: audit.profile_sha256 },
        catalog: &audit.catalog.as_of,
        device: &audit.snapshot.device,
        source: &audit.snapshot.source.kind,
        taken_at: audit.snapshot.taken_at.as_deref(),
        clock: audit.snapshot.clock,
        partial: audit.snapshot.unread_parts().into_iter().collect(),
        baseline_partial: audit.baseline.as_ref().map(|baseline| baseline.partial.clone()).unwrap_or_default(),
        verdict: audit.verdict(),
        worst: summary.worst,
        pass: summary.pass,
        fail: summary.fail,
        waived: summary.waived,
        not_assessed: summary.not_assessed,
        manual: summary.manual,
        noted: summary.noted,
        not_applicable: summary.not_applicable,
        conformity: summary.conformity,
        coverage: summary.coverage,
        apps,
        findings: audit.open_findings().map(finding_line).collect(),
    }
}

fn finding_line<'a>(finding: &'a Finding<'_>) -> FindingLine<'a> {
    FindingLine {
        code: finding.code(),
        verdict: finding.verdict,
        severity: finding.severity,
        app: finding.app.as_ref().map(|app| app.id.as_str()),
        user: finding.app.as_ref().map(|app| app.user),
        permission: finding.permission,
        check: finding.check,
        actual: words::actual(&finding.actual),
        reason: finding.because.word(),
        last_used: finding.last_used.and_then(|last| last.at.as_deref()),
        in_use_now: finding.last_used.is_some_and(|last| last.now),
    }
}

/// `--format verdicts`.
pub(super) struct Lines;

impl Form for Lines {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        Portion::of(audits.iter().map(|audit| to_json(&line(audit)) + "\n"))
    }

    /// What holds after the change; the change itself is for other forms.
    fn comparison(&self, comparison: &Comparison<'_>) -> Portion {
        Portion::of(comparison.judgements.iter().map(|judgement| to_json(&line(&judgement.after)) + "\n"))
    }
}
