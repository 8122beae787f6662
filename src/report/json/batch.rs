//! `poucet.fleet/1`: what all phones of a batch come to, for programs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::batch::Summary;
use crate::report::content::wording::Wording;
use crate::snapshot::{Device, Part, Tool};
use crate::vocabulary::{Severity, Verdict};

/// The value of `schema` in every summary of this form.
pub const SCHEMA: &str = "poucet.fleet/1";

/// What all phones of a batch come to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FleetReport {
    /// `poucet.fleet/1`.
    pub schema: String,
    /// What wrote it.
    pub tool: Tool,
    /// The language of the sentences: `en` or `fr`.
    pub language: String,
    /// What became of the targets.
    pub targets: Targets,
    /// By profile.
    pub profiles: Vec<ProfileReport>,
    /// The apps of the catalogue, those on most phones first.
    pub apps: Vec<AppReport>,
    /// A line for each phone and profile; of more than 10,000 the first ones.
    pub phones: Vec<PhoneReport>,
    /// The targets that gave no result; of more than 10,000 the first ones.
    pub failures: Vec<Failed>,
}

/// A target that gave no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failed {
    /// The target as it was named or found.
    pub target: String,
    /// What was said of it.
    pub message: String,
}

/// What became of the targets.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Targets {
    /// All that were named or found.
    pub total: u64,
    /// Those that gave a result.
    pub read: u64,
    /// Of these, those whose result was there already.
    pub known: u64,
    /// Of these, those with evidence that was refused, cut short or damaged.
    pub damaged: u64,
    /// Those that gave none.
    pub failed: u64,
    /// Files among them of which nothing is known; they are in no other count.
    pub aside: u64,
    /// Different phones, by device id; null for more than 10,000.
    pub devices: Option<u64>,
}

/// What one profile says of all phones.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProfileReport {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Phones by verdict: the worst outcome among the rules.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Failing phones by the highest severity of a rule that fails.
    pub worst: BTreeMap<Severity, u64>,
    /// The mean conformity of the phones for which it can be told, 0 to 1.
    pub conformity: Option<f64>,
    /// The rules that fail, are waived, tell something or could not be judged on some phone, those that fail on most first.
    pub rules: Vec<RuleReport>,
    /// Why rules could not be judged.
    pub not_assessed: Vec<ReasonReport>,
}

/// One rule on all phones.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RuleReport {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// Phones by outcome.
    pub phones: BTreeMap<Verdict, u64>,
}

/// Why rules could not be judged.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ReasonReport {
    /// The word of the reason.
    pub reason: String,
    /// Phones on which it stood in the way.
    pub phones: u64,
    /// Findings for which it did.
    pub findings: u64,
}

/// One app on all phones.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AppReport {
    /// The catalogue's word.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Phones that have it.
    pub phones: u64,
    /// Phones on which a rule fails for it.
    pub failing: u64,
}

/// What one profile says of one phone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PhoneReport {
    /// The target as it was named or found.
    pub target: String,
    /// The phone.
    pub device: Device,
    /// When the reading was taken.
    pub taken_at: Option<String>,
    /// The profile.
    pub profile: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The highest severity of a rule that fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<Severity>,
    /// How many rules fail.
    pub failing: u64,
    /// How many rules could not be judged.
    pub not_assessed: u64,
    /// How many rules tell and do not judge, and have something to tell.
    #[serde(default)]
    pub noted: u64,
    /// Weighted share of the rules that hold, 0 to 1.
    pub conformity: Option<f64>,
    /// Whether evidence was refused, cut short or damaged.
    pub damaged: bool,
    /// The parts of the phone that the reading does not tell whole; absent for a whole reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<Part>,
}

/// The summary as it is written.
pub fn report(summary: &Summary, words: Wording<'_>) -> FleetReport {
    let mut apps: Vec<AppReport> = summary
        .apps
        .iter()
        .map(|(slug, app)| AppReport {
            slug: slug.clone(),
            name: app.name.clone(),
            phones: app.phones,
            failing: app.failing,
        })
        .collect();
    apps.sort_by(|a, b| (b.phones, b.failing, &a.slug).cmp(&(a.phones, a.failing, &b.slug)));
    FleetReport {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        language: words.language().word().to_owned(),
        targets: Targets {
            total: summary.targets(),
            read: summary.read,
            known: summary.known,
            damaged: summary.damaged,
            failed: summary.failed,
            aside: summary.aside,
            devices: summary.devices(),
        },
        profiles: summary
            .profiles
            .iter()
            .map(|(id, profile)| ProfileReport {
                id: id.clone(),
                version: profile.version.clone(),
                verdicts: profile.verdicts.clone(),
                worst: profile.worst.clone(),
                conformity: profile.conformity(),
                rules: profile
                    .rules_by_failures()
                    .into_iter()
                    .map(|(code, rule)| RuleReport {
                        code: code.to_owned(),
                        title: rule.title.of(words.language()).to_owned(),
                        severity: rule.severity,
                        phones: rule.outcomes.clone(),
                    })
                    .collect(),
                not_assessed: profile
                    .not_assessed
                    .iter()
                    .map(|(word, reason)| ReasonReport {
                        reason: word.clone(),
                        phones: reason.phones,
                        findings: reason.findings,
                    })
                    .collect(),
            })
            .collect(),
        apps,
        phones: summary
            .phones
            .iter()
            .map(|phone| PhoneReport {
                target: phone.target.clone(),
                device: phone.device.clone(),
                taken_at: phone.taken_at.clone(),
                profile: phone.profile.clone(),
                verdict: phone.verdict,
                worst: phone.worst,
                failing: phone.failing,
                not_assessed: phone.not_assessed,
                noted: phone.noted,
                conformity: phone.conformity,
                damaged: phone.damaged,
                partial: phone.partial.clone(),
            })
            .collect(),
        failures: summary
            .failures
            .iter()
            .map(|failed| Failed { target: failed.target.clone(), message: words.texts().told(&*failed.why) })
            .collect(),
    }
}
