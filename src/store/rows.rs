//! What is stored of a judgement: plain data that outlives the audit it was made from.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::audit::Audit;
use crate::files::fingerprint;
use crate::snapshot::{Gap, Part, damage};
use crate::vocabulary::Verdict;

/// What of a snapshot tells which parts of the phone it does not tell whole.
#[derive(Deserialize)]
struct Marked {
    #[serde(default)]
    partial: Vec<Part>,
    #[serde(default)]
    gaps: Vec<Gap>,
}

/// The parts that a snapshot, as it is stored, does not tell whole, as the store keeps them. What is no snapshot any more tells nothing.
pub(super) fn parts_of(body: &str) -> String {
    match serde_json::from_str::<Marked>(body) {
        Ok(marked) => words(damage::parts(&marked.partial, &marked.gaps)),
        Err(_) => words(Part::ALL.iter().copied().collect()),
    }
}

/// Parts as the store keeps them.
pub(super) fn words(parts: BTreeSet<Part>) -> String {
    parts.into_iter().map(Part::word).collect::<Vec<_>>().join(" ")
}

/// What one profile says of one reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerdictRow {
    /// What tells this judgement from every other of the same reading: the same profile, catalogue, waivers and version give the same,
    /// as long as the same comes out of them.
    pub identity: String,
    /// Id of the profile.
    pub profile: String,
    /// Its version.
    pub profile_version: String,
    /// SHA-256 of the resolved profile.
    pub profile_sha256: String,
    /// The version of poucet that judged.
    pub tool_version: String,
    /// The verdict on the phone: the worst outcome among the rules.
    pub verdict: Verdict,
    /// The highest severity of a rule that fails, as a word.
    pub worst: Option<String>,
    /// Rules by outcome: pass, fail, waived, not assessed, manual, not applicable.
    pub counts: [u64; 6],
    /// Weighted share of the rules that hold, 0 to 1.
    pub conformity: Option<f64>,
    /// Share of the applicable rules that could be judged, 0 to 1.
    pub coverage: f64,
    /// The findings that do not simply hold.
    pub findings: Vec<FindingRow>,
}

/// A finding that fails, is waived, could not be judged, or is for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// The rule's code.
    pub rule: String,
    /// How much it matters, as a word.
    pub severity: String,
    /// The outcome.
    pub verdict: Verdict,
    /// The app; `hidden` for one that the profile never names.
    pub app: Option<String>,
    /// The user of the phone that has the app.
    pub user: Option<u32>,
    /// The permission, as a word.
    pub permission: Option<String>,
}

impl VerdictRow {
    /// What is stored of an audit.
    pub fn of(audit: &Audit<'_>) -> VerdictRow {
        let findings: Vec<FindingRow> = audit
            .open_findings()
            .map(|finding| FindingRow {
                rule: finding.code().to_owned(),
                severity: finding.severity.word().to_owned(),
                verdict: finding.verdict,
                app: finding.app.as_ref().map(|app| app.id.clone()),
                user: finding.app.as_ref().map(|app| app.user),
                permission: finding.permission.map(|permission| permission.word().to_owned()),
            })
            .collect();
        let summary = &audit.summary;
        let catalog: Vec<&str> = audit.catalog.own.iter().map(|own| own.sha256.as_str()).collect();
        let tool_version = env!("CARGO_PKG_VERSION").to_owned();
        let counts =
            [summary.pass, summary.fail, summary.waived, summary.not_assessed, summary.manual, summary.not_applicable];
        // Rules that hold are in no finding that is kept, so what they come to is counted too.
        let identity = format!(
            "{} {} {tool_version} {} {catalog:?} {findings:?} {counts:?} {:?} {}",
            audit.profile_id, audit.profile_sha256, audit.catalog.as_of, summary.conformity, summary.coverage
        );
        VerdictRow {
            identity: fingerprint::of_text(&identity),
            profile: audit.profile_id.to_owned(),
            profile_version: audit.profile_version.to_owned(),
            profile_sha256: audit.profile_sha256.to_owned(),
            tool_version,
            verdict: audit.verdict(),
            worst: summary.worst.map(|worst| worst.word().to_owned()),
            counts,
            conformity: summary.conformity,
            coverage: summary.coverage,
            findings,
        }
    }
}
