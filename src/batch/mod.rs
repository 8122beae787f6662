//! Many phones at once: what is kept of each result, and what all of them come to.
//!
//! Of ten thousand phones no more is kept here than counts, and a line for each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::audit::Audit;
use crate::snapshot::{Device, Part, Snapshot, name_or_id};
use crate::text::{Text, Told};
use crate::vocabulary::{Severity, Verdict};

/// How many phones and failed targets are listed one by one; the others are counted.
pub const MOST_LISTED: usize = 10_000;

/// What is kept of the result for one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The target as it was named or found.
    pub target: String,
    /// The phone.
    pub device: Device,
    /// When the reading was taken.
    pub taken_at: Option<String>,
    /// Whether evidence that should be there was refused, cut short or damaged.
    pub damaged: bool,
    /// The parts of the phone that the reading does not tell whole.
    #[serde(default)]
    pub partial: Vec<Part>,
    /// What each profile says.
    pub judged: Vec<Judged>,
    /// The apps of the catalogue that are installed, by their word in it, with their name.
    pub apps: BTreeMap<String, String>,
}

/// What one profile says of one phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Id of the profile.
    pub profile: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: Text,
    /// The verdict on the phone: the worst outcome among its rules.
    pub verdict: Verdict,
    /// The highest severity of a rule that fails.
    pub worst: Option<Severity>,
    /// Weighted share of the rules that hold, 0 to 1.
    pub conformity: Option<f64>,
    /// Share of the applicable rules that could be judged, 0 to 1.
    pub coverage: f64,
    /// The outcome of each rule, by its code.
    pub rules: BTreeMap<String, Outcome>,
    /// The words of the apps for which a rule fails.
    pub failing_apps: BTreeSet<String>,
    /// Why rules could not be judged: findings by the word of the reason.
    pub not_assessed: BTreeMap<String, u64>,
}

/// The outcome of one rule on one phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The rule's title.
    pub title: Text,
    /// How much it matters.
    pub severity: Severity,
    /// The outcome: the worst of its findings.
    pub verdict: Verdict,
}

impl Entry {
    /// What is kept of what all the profiles of a call say of one phone.
    pub fn of(target: &str, snapshot: &Snapshot, audits: &[Audit<'_>], damaged: bool) -> Entry {
        let hidden = |id: &String| audits.iter().any(|audit| audit.hidden.contains(id));
        let apps = snapshot.apps.iter().filter(|app| !hidden(&app.id));
        let apps = apps.filter_map(|app| {
            let slug = app.slug.clone()?;
            let name = name_or_id(app.name.as_deref(), &slug).to_owned();
            Some((slug, name))
        });
        Entry {
            target: target.to_owned(),
            device: snapshot.device.clone(),
            taken_at: snapshot.taken_at.clone(),
            damaged,
            partial: snapshot.unread_parts().into_iter().collect(),
            judged: audits.iter().map(Judged::of).collect(),
            apps: apps.collect(),
        }
    }
}

impl Judged {
    fn of(audit: &Audit<'_>) -> Judged {
        let slugs: BTreeMap<&str, &str> =
            audit.snapshot.apps.iter().filter_map(|app| Some((app.id.as_str(), app.slug.as_deref()?))).collect();
        let mut rules: BTreeMap<String, Outcome> = BTreeMap::new();
        let (mut failing_apps, mut not_assessed) = (BTreeSet::new(), BTreeMap::new());
        for finding in audit.findings.iter().filter(|finding| !finding.rule.is_waiver) {
            match rules.get_mut(finding.code()) {
                Some(outcome) => outcome.verdict = outcome.verdict.min(finding.verdict),
                None => {
                    let (title, severity, verdict) = (finding.rule.title.to_owned(), finding.severity, finding.verdict);
                    rules.insert(finding.code().to_owned(), Outcome { title, severity, verdict });
                }
            }
            let slug = finding.app.as_ref().and_then(|app| slugs.get(app.id.as_str()));
            if let (Verdict::Fail, Some(slug)) = (finding.verdict, slug) {
                failing_apps.insert((*slug).to_owned());
            }
            if finding.verdict == Verdict::NotAssessed {
                let word = finding.because.word().to_owned();
                *not_assessed.entry(word).or_insert(0) += 1;
            }
        }
        Judged {
            profile: audit.profile_id.to_owned(),
            version: audit.profile_version.to_owned(),
            title: audit.profile_title.to_owned(),
            verdict: audit.verdict(),
            worst: audit.summary.worst,
            conformity: audit.summary.conformity,
            coverage: audit.summary.coverage,
            rules,
            failing_apps,
            not_assessed,
        }
    }
}

/// What all the phones of a call come to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Targets that gave a result, those included whose result was there already.
    pub read: u64,
    /// Of these, those whose result was there already.
    pub known: u64,
    /// Of these, those with evidence that was refused, cut short or damaged.
    pub damaged: u64,
    /// Targets that gave none.
    pub failed: u64,
    /// Files among the targets of which nothing is known.
    pub aside: u64,
    /// The targets that gave no result, and why, as far as they are listed.
    pub failures: Vec<Failed>,
    /// A line for each phone and profile, as far as they are listed.
    pub phones: Vec<Phone>,
    /// The ids of the phones, as far as they have one.
    devices: BTreeSet<String>,
    /// By profile.
    pub profiles: BTreeMap<String, OfProfile>,
    /// The apps of the catalogue, by their word in it.
    pub apps: BTreeMap<String, OfApp>,
}

/// A target that gave no result.
#[derive(Clone, Debug)]
pub struct Failed {
    /// The target as it was named or found.
    pub target: String,
    /// Why; worded where the language is known.
    pub why: Arc<dyn Told>,
}

/// What one profile says of one phone, in a line.
#[derive(Clone, Debug)]
pub struct Phone {
    /// The target.
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
    pub worst: Option<Severity>,
    /// How many rules fail.
    pub failing: u64,
    /// How many rules could not be judged.
    pub not_assessed: u64,
    /// How many rules tell and do not judge, and have something to tell.
    pub noted: u64,
    /// Weighted share of the rules that hold, 0 to 1.
    pub conformity: Option<f64>,
    /// Whether evidence was refused, cut short or damaged.
    pub damaged: bool,
    /// The parts of the phone that the reading does not tell whole.
    pub partial: Vec<Part>,
}

/// What one profile says of all phones.
#[derive(Clone, Debug, Default)]
pub struct OfProfile {
    /// Its title.
    pub title: Option<Text>,
    /// Its version.
    pub version: String,
    /// Phones by verdict.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Failing phones by the highest severity of a rule that fails.
    pub worst: BTreeMap<Severity, u64>,
    /// Rules by code.
    pub rules: BTreeMap<String, OfRule>,
    /// Why rules could not be judged, by the word of the reason.
    pub not_assessed: BTreeMap<String, OfReason>,
    /// The conformities that could be told, added up, and how many they are.
    conformity: (f64, u32),
}

/// One rule on all phones.
#[derive(Clone, Debug)]
pub struct OfRule {
    /// Its title.
    pub title: Text,
    /// How much it matters; the highest, where profiles of one name differ.
    pub severity: Severity,
    /// Phones by outcome.
    pub outcomes: BTreeMap<Verdict, u64>,
}

impl OfRule {
    /// The phones with this outcome.
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.outcomes.get(&verdict).copied().unwrap_or(0)
    }
}

/// One reason on all phones.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfReason {
    /// Phones.
    pub phones: u64,
    /// Findings.
    pub findings: u64,
}

/// One app on all phones.
#[derive(Clone, Debug, Default)]
pub struct OfApp {
    /// Its name.
    pub name: String,
    /// Phones that have it.
    pub phones: u64,
    /// Phones on which a rule fails for it.
    pub failing: u64,
}

impl OfProfile {
    /// The mean conformity of the phones for which it can be told, 0 to 1.
    pub fn conformity(&self) -> Option<f64> {
        let (sum, count) = self.conformity;
        (count > 0).then(|| (sum / f64::from(count) * 1000.0).round() / 1000.0)
    }
}

impl Summary {
    /// Counts one result.
    pub fn add(&mut self, entry: Entry, known: bool) {
        self.read += 1;
        self.known += u64::from(known);
        self.damaged += u64::from(entry.damaged);
        // One more than are counted tells that they are too many.
        if self.devices.len() <= MOST_LISTED {
            self.devices.extend(entry.device.id.clone());
        }
        for (slug, name) in entry.apps {
            let failing = entry.judged.iter().any(|judged| judged.failing_apps.contains(&slug));
            let app = self.apps.entry(slug).or_insert_with(|| OfApp { name, ..OfApp::default() });
            app.phones += 1;
            app.failing += u64::from(failing);
        }
        for judged in entry.judged {
            let count = |verdict: Verdict| {
                u64::try_from(judged.rules.values().filter(|outcome| outcome.verdict == verdict).count()).unwrap_or(0)
            };
            if self.phones.len() < MOST_LISTED {
                self.phones.push(Phone {
                    target: entry.target.clone(),
                    device: entry.device.clone(),
                    taken_at: entry.taken_at.clone(),
                    profile: judged.profile.clone(),
                    verdict: judged.verdict,
                    worst: judged.worst,
                    failing: count(Verdict::Fail),
                    not_assessed: count(Verdict::NotAssessed),
                    noted: count(Verdict::Noted),
                    conformity: judged.conformity,
                    damaged: entry.damaged,
                    partial: entry.partial.clone(),
                });
            }
            self.profiles.entry(judged.profile.clone()).or_default().add(judged);
        }
    }

    /// Counts a target that turned out to be a phone which is counted already.
    pub fn add_again(&mut self, damaged: bool) {
        self.read += 1;
        self.damaged += u64::from(damaged);
    }

    /// Counts a target that gave no result.
    pub fn fail(&mut self, target: &str, why: Arc<dyn Told>) {
        self.failed += 1;
        if self.failures.len() < MOST_LISTED {
            self.failures.push(Failed { target: target.to_owned(), why });
        }
    }

    /// Counts a file of which nothing is known.
    pub fn leave_aside(&mut self) {
        self.aside += 1;
    }

    /// How many different phones the readings are of, as far as they have an id; `None` for more than [`MOST_LISTED`], which nobody counts.
    pub fn devices(&self) -> Option<u64> {
        let count = self.devices.len();
        (count <= MOST_LISTED).then(|| u64::try_from(count).ok()).flatten()
    }

    /// Targets in all.
    pub fn targets(&self) -> u64 {
        self.read + self.failed
    }
}

impl OfProfile {
    fn add(&mut self, judged: Judged) {
        self.title = Some(judged.title);
        self.version = judged.version;
        *self.verdicts.entry(judged.verdict).or_insert(0) += 1;
        if let Some(worst) = judged.worst {
            *self.worst.entry(worst).or_insert(0) += 1;
        }
        if let Some(share) = judged.conformity {
            self.conformity.0 += share;
            self.conformity.1 = self.conformity.1.saturating_add(1);
        }
        for (code, outcome) in judged.rules {
            let Outcome { title, severity, verdict } = outcome;
            let rule = self.rules.entry(code).or_insert_with(|| OfRule { title, severity, outcomes: BTreeMap::new() });
            rule.severity = rule.severity.max(severity);
            *rule.outcomes.entry(verdict).or_insert(0) += 1;
        }
        for (word, findings) in judged.not_assessed {
            let reason = self.not_assessed.entry(word).or_default();
            reason.phones += 1;
            reason.findings += findings;
        }
    }

    /// The rules that fail, tell something or could not be judged somewhere, those that fail on most phones first.
    pub fn rules_by_failures(&self) -> Vec<(&str, &OfRule)> {
        let mut rules: Vec<(&str, &OfRule)> = self
            .rules
            .iter()
            .filter(|(_, rule)| {
                let told = [Verdict::Fail, Verdict::Waived, Verdict::NotAssessed, Verdict::Noted];
                told.into_iter().any(|verdict| rule.count(verdict) > 0)
            })
            .map(|(code, rule)| (code.as_str(), rule))
            .collect();
        rules.sort_by_key(|(code, rule)| {
            let of = |verdict| std::cmp::Reverse(rule.count(verdict));
            (of(Verdict::Fail), std::cmp::Reverse(rule.severity), of(Verdict::NotAssessed), *code)
        });
        rules
    }
}

#[cfg(test)]
pub(crate) mod tests;
