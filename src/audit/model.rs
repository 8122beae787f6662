//! What one profile says of one phone, as data.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::references::References;
use crate::catalog::OwnCatalog;
use crate::profile::{Actual, Asked, Tailored, Why};
use crate::snapshot::{Cited, LastUse, Part, PrivacyReport, Snapshot};
use crate::text::{Language, Text, any_app};
use crate::vocabulary::{Check, DecidedBy, Inert, Permission, Platform, Severity, Standing, Verdict};
use crate::waiver::{WaiverNote, WaiverUse};

/// What one profile says of one phone.
#[derive(Clone, Debug)]
pub struct Audit<'s> {
    /// The phone.
    pub snapshot: &'s Snapshot,
    /// Id of the profile.
    pub profile_id: &'s str,
    /// Version of the profile.
    pub profile_version: &'s str,
    /// SHA-256 of the resolved profile, hexadecimal.
    pub profile_sha256: &'s str,
    /// Title of the profile.
    pub profile_title: &'s Text,
    /// What conformity with the profile does not mean.
    pub profile_note: Option<&'s Text>,
    /// The only platform that the profile is for; on another one no rule of it applies.
    pub profile_platform: Option<Platform>,
    /// Whether what could not be judged counts as a failure.
    pub strict: bool,
    /// What the profile changes in the rules that it inherits, the weakening ones first.
    pub tailored: &'s [Tailored],
    /// The catalogue that the selectors were judged with.
    pub catalog: CatalogUsed,
    /// Findings, the worst first.
    pub findings: Vec<Finding<'s>>,
    /// Ids of apps that the profile judges and never names.
    pub hidden: Vec<String>,
    /// Counts over the rules.
    pub summary: Summary,
    /// The waivers about this profile and phone, with what became of them.
    pub waivers: Vec<WaiverUse>,
    /// The earlier reading that the findings were held against, where there is one.
    pub baseline: Option<Baseline>,
}

/// An earlier reading that an audit was held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// When it was taken.
    pub taken_at: Option<String>,
    /// Whether its device id is another's: a replacement phone, or a mistake.
    pub other_device: bool,
    /// The parts of the phone that it does not tell whole.
    pub partial: Vec<Part>,
    /// How many findings stand where; what did not move is not counted.
    pub counts: BTreeMap<Standing, u64>,
}

/// Which catalogue judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogUsed {
    /// The day of the catalogue that ships, `YYYY-MM-DD`.
    pub as_of: String,
    /// The files of an organization that extended it.
    pub own: Vec<OwnCatalog>,
}

impl<'s> Audit<'s> {
    /// The verdict on the phone: the worst outcome among the rules.
    pub fn verdict(&self) -> Verdict {
        let rules = self.findings.iter().filter(|finding| !finding.rule.is_waiver);
        rules.map(|finding| finding.verdict).min().unwrap_or(Verdict::NotApplicable)
    }

    /// Whether the profile is for phones of this platform. Where it is not, every rule does not apply, whatever it inherits.
    pub fn applies(&self) -> bool {
        self.profile_platform.is_none_or(|platform| platform == self.snapshot.device.platform)
    }

    /// The findings that somebody may want to act on, the worst first: all but those that simply hold or do not apply.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding<'s>> {
        let is_open = |finding: &&Finding<'s>| !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable);
        self.findings.iter().filter(is_open)
    }

    /// What the phone's own App Privacy Report says the apps did; apps that the profile never names are counted with the others.
    pub fn privacy_report(&self) -> Option<PrivacyReport> {
        let mut report = self.snapshot.privacy_report.clone()?;
        let before = report.apps.len();
        report.apps.retain(|app| !self.hidden.contains(&app.id));
        report.other_apps += u64::try_from(before - report.apps.len()).unwrap_or(u64::MAX);
        Some(report)
    }
}

/// What all findings of one rule share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText<'s> {
    /// The rule's id, or the word of what a waiver has to say.
    pub code: &'s str,
    /// The rule's title.
    pub title: &'s Text,
    /// Why the rule exists.
    pub why: &'s Text,
    /// Published guidance that the rule serves, the phone's version filled in.
    pub references: References<'s>,
    /// The word of the rule's kind, where findings about an app are about the app as a whole: `presence`, `source`, `unused-days`.
    pub topic: Option<&'static str>,
    /// Whether it is no rule, but what a waiver has to say; such findings are in no count of rules.
    pub is_waiver: bool,
}

/// The outcome of one rule, for one app and permission where it is about apps.
///
/// A phone with many apps has tens of thousands of findings under a long profile, nearly all of which hold: so they share what
/// belongs to the rule and to the app, and borrow the evidence from the snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding<'s> {
    /// The rule.
    pub rule: Arc<RuleText<'s>>,
    /// How much it matters.
    pub severity: Severity,
    /// The outcome.
    pub verdict: Verdict,
    /// The app it is about.
    pub app: Option<Arc<AppRef>>,
    /// The permission it is about.
    pub permission: Option<Permission>,
    /// The property of the phone it is about.
    pub check: Option<Check>,
    /// What the rule asks for.
    pub expected: Asked<'s>,
    /// What was found.
    pub actual: Actual,
    /// Why the grant can do nothing for now.
    pub inert: Option<Inert>,
    /// The last use.
    pub last_used: Option<&'s LastUse>,
    /// Who decided.
    pub decided_by: Option<DecidedBy>,
    /// Why the outcome is what it is.
    pub because: Why<'s>,
    /// The raw rows.
    pub evidence: Cited<'s>,
    /// What to press, with `{app}` for the name of the app; see [`Finding::remediation`].
    pub(crate) press: Option<&'s Text>,
    /// How a person sees by hand what the evidence does not show, as [`Finding::look`] tells.
    pub(crate) by_hand: Option<&'s Text>,
    /// The waiver that somebody signed for it, whether it holds or not.
    pub waiver: Option<Arc<WaiverNote>>,
    /// Where it stands beside an earlier reading, where there is one and it moved or still fails.
    pub standing: Option<Standing>,
    /// The place of the app among the apps, and of the rule among the rules, for the order of the report.
    pub(crate) place: (u32, u32),
}

impl Finding<'_> {
    /// The rule's id.
    pub fn code(&self) -> &str {
        self.rule.code
    }

    /// What to press to put it right, with the app's name in it; `None` when nothing is to be done.
    pub fn remediation(&self, language: Language) -> Option<String> {
        self.named(self.press?, language)
    }

    /// How a person sees by hand what the evidence does not show.
    pub fn look(&self, language: Language) -> Option<String> {
        self.named(self.by_hand?, language)
    }

    /// What puts it right and where a person looks, for any app: what the rule says of itself, whatever the finding is about.
    pub fn general(&self, language: Language) -> [Option<String>; 2] {
        [self.press, self.by_hand].map(|text| {
            let text = text?.of(language);
            Some(text.replace("{app}", any_app(language)))
        })
    }

    /// Filled in when it is read: of tens of thousands of findings, a report words a few.
    fn named(&self, text: &Text, language: Language) -> Option<String> {
        let text = text.of(language);
        if !text.contains("{app}") {
            return Some(text.to_owned());
        }
        let name = self.app.as_ref().map_or_else(|| any_app(language), |app| app.name.as_str());
        Some(text.replace("{app}", name))
    }

    /// The order of the report: the worst first; within that grouped by app, so that it never depends on the evidence's.
    pub(super) fn order(&self) -> u128 {
        // One number rather than five fields: it is compared many times over. A word's place counts from 1, as 0 stands for none.
        let word = |place: Option<usize>| place.map_or(0, |place| place as u128 + 1);
        let (app, rule) = self.place;
        let mildest = Severity::Critical as u128 - self.severity as u128;
        let parts = [(self.verdict as u128, 8), (mildest, 8), (app.into(), 32), (rule.into(), 32)];
        let parts = parts.into_iter().chain([
            (word(self.permission.map(|permission| permission as usize)), 16),
            (word(self.check.map(|check| check as usize)), 16),
        ]);
        parts.fold(0, |order, (part, bits)| (order << bits) | part)
    }
}

/// An app as a finding names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppRef {
    /// Package name or bundle id.
    pub id: String,
    /// The catalogue's name, else the id.
    pub name: String,
    /// The user of the phone.
    pub user: u32,
}

/// Below this share of judged rules no conformity is given: too little was seen.
pub const COVERAGE_FLOOR: f64 = 0.5;

/// Counts over the rules of a profile. The outcome of a rule is the worst of its findings: fail before waived before
/// not assessed before manual before noted before pass before not applicable.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Rules that hold.
    pub pass: u64,
    /// Rules that tell and do not judge, and have something to tell.
    pub noted: u64,
    /// Rules that do not.
    pub fail: u64,
    /// Rules that do not, and somebody signed for it.
    pub waived: u64,
    /// Rules with a gap in the way.
    pub not_assessed: u64,
    /// Rules for which a person must look.
    pub manual: u64,
    /// Rules that mean nothing on this platform.
    pub not_applicable: u64,
    /// Weighted share of the rules that hold among those that hold or fail, 0 to 1; `None` below [`COVERAGE_FLOOR`].
    pub conformity: Option<f64>,
    /// Share of the applicable rules that could be judged, 0 to 1.
    pub coverage: f64,
    /// The highest severity of a rule that fails.
    pub worst: Option<Severity>,
    /// Critical rules that fail: whatever the two numbers, the verdict says so.
    pub critical: u64,
}
