//! `poucet.comparison/1`: a before and an after for programs.
//!
//! The structs here are the contract of `docs/schemas/comparison.json`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::audit::{
    AppName, CatalogReport, FindingReport, ProfileName, SummaryReport, catalog_report, finding_report, profile_name,
    summary_report,
};
use crate::compare::{Change, ChangeKind, Comparison, Effect, Fact, Judgement, RuleChange, SameDevice, Side};
use crate::report::content::comparison::side_value;
use crate::report::content::phrases::Phrases;
use crate::report::content::wording::Wording;
use crate::snapshot::{ClockError, Device, EvidenceRow, Gap, LastUse, Part, Snapshot, SourceName, Tool};
use crate::vocabulary::{AppSource, DecidedBy, Inert, Presence, Standing, State};

/// The value of `schema` in every comparison of this form.
pub const SCHEMA: &str = "poucet.comparison/1";

/// A before and an after.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonReport<'a> {
    /// `poucet.comparison/1`.
    pub schema: String,
    /// What wrote it.
    pub tool: Tool,
    /// The language of the sentences: `en` or `fr`.
    pub language: String,
    /// The earlier reading.
    pub before: ReadingReport,
    /// The later reading.
    pub after: ReadingReport,
    /// Whether both are of one phone.
    pub device: SameDevice,
    /// That one of the readings is partial, or both, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<String>,
    /// How many changes there are of each kind.
    pub counts: BTreeMap<ChangeKind, u64>,
    /// What changed: apps by name, each with what it may touch; then the phone.
    pub changes: Vec<ChangeReport>,
    /// How many changes are of apps that a profile never names; they are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hidden_changes: u64,
    /// What each profile says of both readings; empty without a profile.
    pub profiles: Vec<JudgementReport<'a>>,
}

/// One of the two readings.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ReadingReport {
    /// What wrote its snapshot.
    pub tool: Tool,
    /// The phone.
    pub device: Device,
    /// Where its evidence came from.
    pub source: SourceName,
    /// When it was taken.
    pub taken_at: Option<String>,
    /// By how much the phone's clock was wrong, where something tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockError>,
    /// The parts of the phone that it does not tell whole; absent for a whole reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<Part>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// One thing that is not as it was.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ChangeReport {
    /// What kind of change.
    pub kind: ChangeKind,
    /// Whether the app, or an app, may do more or less than before.
    pub effect: Effect,
    /// The app; absent for the phone itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<AppName<'static>>,
    /// What it is about: `app`, `permission`, `system`, `switch`, `check`, `management`, `config-profile`, `user`, `footprint`.
    pub about: String,
    /// The thing by its word: a permission, a check, `os-version`, the number of a user; absent for an app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thing: Option<String>,
    /// The change in one sentence.
    pub text: String,
    /// Before.
    pub before: SideReport,
    /// After.
    pub after: SideReport,
}

/// What one side says.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SideReport {
    /// A level, a version, a value, `on` or `off`, `there`; null when it is not there or could not be read.
    pub value: Option<String>,
    /// Whether it could be read.
    pub known: bool,
    /// Why the access can do nothing for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inert: Option<Inert>,
    /// What produced the level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<DecidedBy>,
    /// The last use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<LastUse>,
    /// The id of the app, which another edition may have changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How much of the app is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
    /// Whether the app is suspended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// What kind of place the app came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<AppSource>,
    /// Package name of the installer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installer: Option<String>,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// The raw rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceRow>,
}

/// What one profile says of both readings.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct JudgementReport<'a> {
    /// The profile; both readings are judged by it as it is today.
    pub profile: ProfileName,
    /// The catalogue that the selectors were judged with.
    pub catalog: CatalogReport,
    /// Counts over the rules, before.
    pub before: SummaryReport,
    /// Counts over the rules, after.
    pub after: SummaryReport,
    /// How many findings stand where; what holds on both sides, or could be judged on neither, is not counted.
    pub counts: BTreeMap<Standing, u64>,
    /// What moved or still fails.
    pub rules: Vec<RuleChangeReport<'a>>,
}

/// How one rule's outcome for one thing moved.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RuleChangeReport<'a> {
    /// Fixed, new, still failing, …
    pub standing: Standing,
    /// The finding before; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<FindingReport<'a>>,
    /// The finding after; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<FindingReport<'a>>,
}

/// A comparison in the form of the contract.
pub fn report<'a>(comparison: &'a Comparison<'_>, words: Wording<'_>) -> ComparisonReport<'a> {
    let mut counts = BTreeMap::new();
    for change in &comparison.changes {
        *counts.entry(change.kind).or_insert(0) += 1;
    }
    let reading = |snapshot: &Snapshot| ReadingReport {
        tool: snapshot.tool.clone(),
        device: snapshot.device.clone(),
        source: snapshot.source.clone(),
        taken_at: snapshot.taken_at.clone(),
        clock: snapshot.clock,
        partial: snapshot.unread_parts().into_iter().collect(),
        gaps: snapshot.gaps.iter().filter(|gap| comparison.names(gap.app.as_deref())).cloned().collect(),
    };
    ComparisonReport {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        language: words.language().word().to_owned(),
        before: reading(comparison.before),
        after: reading(comparison.after),
        device: comparison.device,
        partial: words.partial_comparison(comparison.before, comparison.after),
        counts,
        changes: comparison.changes.iter().map(|change| change_report(change, words)).collect(),
        hidden_changes: comparison.hidden,
        profiles: comparison.judgements.iter().map(|judgement| judgement_report(judgement, words)).collect(),
    }
}

fn change_report(change: &Change<'_>, words: Wording<'_>) -> ChangeReport {
    let thing = change.subject.thing();
    ChangeReport {
        kind: change.kind,
        effect: change.effect,
        app: change.app.as_ref().map(|app| AppName {
            id: app.id.clone().into(),
            name: app.name.clone().into(),
            user: app.user,
        }),
        about: change.subject.word().to_owned(),
        thing: (!thing.is_empty()).then(|| thing.into_owned()),
        text: words.change_line(change),
        before: side_report(&change.before),
        after: side_report(&change.after),
    }
}

fn side_report(side: &Side<'_>) -> SideReport {
    let mut report = SideReport { known: true, evidence: side.evidence.to_vec(), ..SideReport::default() };
    report.value = side_value(side).map(Cow::into_owned);
    match &side.fact {
        Fact::App(app) => {
            report.id = Some(app.id.clone());
            report.presence = Some(app.presence);
            report.suspended = app.suspended;
            report.source = Some(app.source);
            report.installer.clone_from(&app.installer);
        }
        Fact::Grant(grant) => {
            report.inert = grant.inert;
            report.state = Some(grant.state);
            report.decided_by = Some(grant.decided_by);
        }
        Fact::Use(last) => report.last_used = last.cloned(),
        Fact::Unknown(gap) => {
            report.known = false;
            report.gap = gap.cloned();
        }
        Fact::Nothing | Fact::There | Fact::Value(_) | Fact::Switch(_) | Fact::Text(_) | Fact::ConfigProfile(_) => {}
    }
    report
}

fn judgement_report<'a>(judgement: &'a Judgement<'_>, words: Wording<'_>) -> JudgementReport<'a> {
    let phrases = Phrases::new(words);
    let rule = |change: &RuleChange| RuleChangeReport {
        standing: change.standing,
        before: judgement.finding_before(change).map(|finding| finding_report(finding, &phrases)),
        after: judgement.finding_after(change).map(|finding| finding_report(finding, &phrases)),
    };
    JudgementReport {
        profile: profile_name(&judgement.after, words),
        catalog: catalog_report(&judgement.after),
        before: summary_report(&judgement.before.summary),
        after: summary_report(&judgement.after.summary),
        counts: judgement.counts().clone(),
        rules: judgement.rules.iter().map(rule).collect(),
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
