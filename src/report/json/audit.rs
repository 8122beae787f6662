//! `poucet.audit/1`.
//!
//! The structs here are the contract of `docs/schemas/audit.json`; they are not the program's own types, so that those can
//! change without breaking a reader.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::{Audit, Baseline, Finding, Summary};
use crate::catalog::OwnCatalog;
use crate::report::content::phrases::Phrases;
use crate::report::content::wording::Wording;
use crate::report::content::words::{actual, expected};
use crate::snapshot::{Cited, ClockError, Device, Gap, LastUse, Part, PrivacyReport, ReadItem, Rows, SourceName, Tool};
use crate::vocabulary::{DecidedBy, Inert, Permission, Platform, Severity, Standing, Verdict};
use crate::waiver::WaiverState;

/// The value of `schema` in every audit of this form.
pub const SCHEMA: &str = "poucet.audit/1";

/// What a profile says of a phone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AuditReport<'a> {
    /// `poucet.audit/1`.
    pub schema: String,
    /// What wrote it.
    pub tool: Tool,
    /// The profile.
    pub profile: ProfileName,
    /// The catalogue that the selectors were judged with.
    pub catalog: CatalogReport,
    /// The phone.
    pub device: Cow<'a, Device>,
    /// Where the evidence came from.
    pub source: SourceName,
    /// When it was taken.
    pub taken_at: Option<String>,
    /// By how much the phone's clock was wrong, where something tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockError>,
    /// The parts of the phone that the reading does not tell whole; absent for a whole reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<Part>,
    /// The language of the sentences: `en` or `fr`.
    pub language: String,
    /// Counts over the rules.
    pub summary: SummaryReport,
    /// The earlier reading that the findings were held against, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineReport>,
    /// Findings, the worst first.
    pub findings: Vec<FindingReport<'a>>,
    /// What the phone's own App Privacy Report says the apps did, as in the snapshot; apps that the profile never names are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_report: Option<PrivacyReport>,
    /// What could not be read.
    pub gaps: Cow<'a, [Gap]>,
    /// What the visit switched on or left behind, with what to press.
    pub footprint: Vec<FootprintReport>,
    /// What was read.
    pub read: Cow<'a, [ReadItem]>,
}

/// The profile of an audit.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProfileName {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// SHA-256 of the resolved profile.
    pub sha256: String,
    /// What conformity with it does not mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The only platform that it is for. On a phone of another one no rule of it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Whether what could not be judged counts as a failure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// What it changes in the rules that it inherits, the weakening ones first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tailored: Vec<TailoredReport>,
}

/// A change to an inherited rule.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TailoredReport {
    /// The rule.
    pub rule: String,
    /// The profile that changes it.
    pub profile: String,
    /// The profile it is inherited from.
    pub parent: String,
    /// What changes, in words.
    pub change: String,
    /// Whether the rule is weaker for it.
    pub weaker: bool,
    /// The reason, when one is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What somebody signed for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct WaiverReport {
    /// The rule it is about, as `profile/rule`.
    pub rule: String,
    /// What became of it.
    pub state: WaiverState,
    /// Why it was given.
    pub reason: String,
    /// Who signed.
    pub approver: String,
    /// Where it is written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Its first day, `YYYY-MM-DD`.
    pub granted: String,
    /// Its last day, `YYYY-MM-DD`.
    pub expires: String,
    /// The rules that must pass for it to hold, with their outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mitigations: Vec<MitigationReport>,
}

/// A rule that a waiver rests on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct MitigationReport {
    /// The rule, as `profile/rule`.
    pub rule: String,
    /// Its outcome on this phone.
    pub verdict: Verdict,
}

/// The catalogue of an audit.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CatalogReport {
    /// The day of the catalogue that ships, `YYYY-MM-DD`.
    pub as_of: String,
    /// The files of an organization that added apps to it or corrected some; empty without any.
    pub own: Vec<OwnCatalog>,
}

/// Counts over the rules: a rule's outcome is the worst of its findings.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SummaryReport {
    /// Rules that hold.
    pub pass: u64,
    /// Rules that do not.
    pub fail: u64,
    /// Rules that do not, and somebody signed for it.
    pub waived: u64,
    /// Rules with a gap in the way.
    pub not_assessed: u64,
    /// Rules for which a person must look.
    pub manual: u64,
    /// Rules that tell and do not judge, and have something to tell: no failures.
    #[serde(default)]
    pub noted: u64,
    /// Rules that mean nothing on this platform.
    pub not_applicable: u64,
    /// Weighted share of the rules that hold among those judged, 0 to 1; null when fewer than half could be judged.
    pub conformity: Option<f64>,
    /// Share of the applicable rules that were judged, 0 to 1.
    pub coverage: f64,
    /// The highest severity of a rule that fails.
    pub worst: Option<Severity>,
}

/// An earlier reading.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BaselineReport {
    /// When it was taken.
    pub taken_at: Option<String>,
    /// Whether it is of another phone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other_device: bool,
    /// The parts of the phone that it does not tell whole; absent for a whole reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<Part>,
    /// How many findings stand where; what did not move is not counted.
    pub counts: BTreeMap<Standing, u64>,
}

/// One finding.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FindingReport<'a> {
    /// The rule.
    pub code: Cow<'a, str>,
    /// Its title.
    pub title: Cow<'a, str>,
    /// The outcome.
    pub verdict: Verdict,
    /// How much it matters.
    pub severity: Severity,
    /// The app it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<AppName<'a>>,
    /// The permission it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// The property of the phone it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Cow<'a, str>>,
    /// What the rule asks for: words of the vocabulary, numbers with `<=` or `>=`, lists with `|`.
    pub expected: Cow<'a, str>,
    /// What was found; null when it could not be read.
    pub actual: Option<Cow<'a, str>>,
    /// Why the grant can do nothing for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inert: Option<Inert>,
    /// The last use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Cow<'a, LastUse>>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<DecidedBy>,
    /// Why, in one sentence.
    pub because: String,
    /// The raw rows.
    #[schemars(with = "Rows")]
    pub evidence: Cited<'a>,
    /// What to press; null when nothing is to be done.
    pub remediation: Option<String>,
    /// How a person sees by hand what the evidence does not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<String>,
    /// Published guidance that the rule serves.
    pub references: Cow<'a, [String]>,
    /// The waiver that somebody signed for it, whether it holds or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<WaiverReport>,
    /// Where it stands beside the earlier reading, where there is one and it moved or still fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
}

/// An app in a finding.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AppName<'a> {
    /// Package name or bundle id; `hidden` for an app that the profile never names.
    pub id: Cow<'a, str>,
    /// Its name.
    pub name: Cow<'a, str>,
    /// The user of the phone.
    pub user: u32,
}

/// A trace of the visit.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FootprintReport {
    /// What.
    pub trace: crate::vocabulary::Trace,
    /// What to press before the phone goes back.
    pub remediation: String,
}

/// An audit in the form of the contract.
pub fn report<'a>(audit: &'a Audit<'_>, words: Wording<'_>) -> AuditReport<'a> {
    let snapshot = audit.snapshot;
    let phrases = Phrases::new(words);
    AuditReport {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        profile: profile_name(audit, words),
        catalog: catalog_report(audit),
        device: Cow::Borrowed(&snapshot.device),
        source: snapshot.source.clone(),
        taken_at: snapshot.taken_at.clone(),
        clock: snapshot.clock,
        partial: snapshot.unread_parts().into_iter().collect(),
        language: words.language().word().to_owned(),
        summary: summary_report(&audit.summary),
        baseline: audit.baseline.as_ref().map(baseline_report),
        findings: audit.findings.iter().map(|finding| finding_report(finding, &phrases)).collect(),
        privacy_report: audit.privacy_report(),
        gaps: match audit.hidden.is_empty() {
            true => Cow::Borrowed(snapshot.gaps.as_slice()),
            false => {
                let shown = |gap: &&Gap| gap.app.as_ref().is_none_or(|app| !audit.hidden.contains(app));
                Cow::Owned(snapshot.gaps.iter().filter(shown).cloned().collect())
            }
        },
        footprint: snapshot
            .footprint
            .iter()
            .map(|footprint| FootprintReport {
                trace: footprint.trace,
                remediation: words.texts().get(&format!("trace-{}-fix", footprint.trace)),
            })
            .collect(),
        read: Cow::Borrowed(snapshot.read.as_slice()),
    }
}

/// The profile of an audit, in the form of the contract.
pub(super) fn profile_name(audit: &Audit<'_>, words: Wording<'_>) -> ProfileName {
    ProfileName {
        id: audit.profile_id.to_owned(),
        version: audit.profile_version.to_owned(),
        title: audit.profile_title.of(words.language()).to_owned(),
        sha256: audit.profile_sha256.to_owned(),
        note: audit.profile_note.map(|note| note.of(words.language()).to_owned()),
        platform: audit.profile_platform,
        strict: audit.strict,
        tailored: audit
            .tailored
            .iter()
            .map(|change| TailoredReport {
                rule: change.rule.clone(),
                profile: change.profile.clone(),
                parent: change.parent.clone(),
                change: words.change(change),
                weaker: change.looser,
                because: change.because.as_ref().map(|because| because.of(words.language()).to_owned()),
            })
            .collect(),
    }
}

/// The catalogue of an audit, in the form of the contract.
pub(super) fn catalog_report(audit: &Audit<'_>) -> CatalogReport {
    CatalogReport { as_of: audit.catalog.as_of.clone(), own: audit.catalog.own.clone() }
}

/// The counts of an audit, in the form of the contract.
pub(super) fn summary_report(summary: &Summary) -> SummaryReport {
    SummaryReport {
        pass: summary.pass,
        fail: summary.fail,
        waived: summary.waived,
        not_assessed: summary.not_assessed,
        manual: summary.manual,
        noted: summary.noted,
        not_applicable: summary.not_applicable,
        conformity: summary.conformity,
        coverage: summary.coverage,
        worst: summary.worst,
    }
}

fn baseline_report(baseline: &Baseline) -> BaselineReport {
    BaselineReport {
        taken_at: baseline.taken_at.clone(),
        other_device: baseline.other_device,
        partial: baseline.partial.clone(),
        counts: baseline.counts.clone(),
    }
}

/// A finding, in the form of the contract.
pub(super) fn finding_report<'a>(finding: &'a Finding<'_>, phrases: &Phrases<'_, 'a>) -> FindingReport<'a> {
    let words = phrases.words();
    FindingReport {
        code: Cow::Borrowed(finding.code()),
        title: Cow::Borrowed(finding.rule.title.of(words.language())),
        verdict: finding.verdict,
        severity: finding.severity,
        app: finding.app.as_ref().map(|app| AppName {
            id: Cow::Borrowed(&app.id),
            name: Cow::Borrowed(&app.name),
            user: app.user,
        }),
        permission: finding.permission,
        check: finding.check.map(|check| Cow::Borrowed(check.word())),
        expected: expected(&finding.expected),
        actual: actual(&finding.actual),
        inert: finding.inert,
        last_used: finding.last_used.map(Cow::Borrowed),
        decided_by: finding.decided_by,
        because: (*phrases.because(finding)).to_owned(),
        evidence: finding.evidence.clone(),
        remediation: finding.remediation(words.language()),
        look: finding.look(words.language()),
        references: Cow::Borrowed(&finding.rule.references),
        standing: finding.standing,
        waiver: finding.waiver.as_ref().map(|note| WaiverReport {
            rule: note.rule.to_string(),
            state: note.state,
            reason: note.reason.of(words.language()).to_owned(),
            approver: note.approver.clone(),
            ticket: note.ticket.clone(),
            granted: note.granted.to_string(),
            expires: note.expires.to_string(),
            mitigations: note
                .mitigations
                .iter()
                .map(|(rule, verdict)| MitigationReport { rule: rule.to_string(), verdict: *verdict })
                .collect(),
        }),
    }
}
