//! Judging a snapshot by a profile: Snapshot × Profile → findings.
//!
//! One file per kind of assertion. Unknown is never pass: where a gap is in the way, the verdict is `not-assessed` and the
//! reason is the gap's.

mod device;
pub mod example;
mod judge;
mod max;
pub mod moves;
mod presence;
mod source;
mod summary;
mod waive;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::catalog::OwnCatalog;
use crate::evidence::SourceKind;
use crate::profile::{AppView, Assertion, Expected as DeviceExpected, Profile, Tailored};
use crate::snapshot::{App, Because, EvidenceRow, Gap, LastUse, Part, PrivacyReport, Snapshot, Value};
use crate::text::{Language, Text, any_app};
use crate::vocabulary::{
    AppSource, Check, DecidedBy, Inert, Level, Permission, Platform, Presence, Severity, Standing, Verdict,
};
use crate::waiver::{WaiverNote, WaiverUse, Waivers};

pub(crate) use judge::{Case, Judge, Listed};
pub(crate) use summary::share;
pub use summary::{COVERAGE_FLOOR, Summary};

/// What one profile says of one phone.
#[derive(Clone, Debug)]
pub struct Audit<'s> {
    /// The phone.
    pub snapshot: &'s Snapshot,
    /// Id of the profile.
    pub profile_id: String,
    /// Version of the profile.
    pub profile_version: String,
    /// SHA-256 of the resolved profile, hexadecimal.
    pub profile_sha256: String,
    /// Title of the profile.
    pub profile_title: Text,
    /// What conformity with the profile does not mean.
    pub profile_note: Option<Text>,
    /// The only platform that the profile is for; on another one no rule of it applies.
    pub profile_platform: Option<Platform>,
    /// Whether what could not be judged counts as a failure.
    pub strict: bool,
    /// What the profile changes in the rules that it inherits, the weakening ones first.
    pub tailored: Vec<Tailored>,
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
pub struct RuleText {
    /// The rule's id, or the word of what a waiver has to say.
    pub code: String,
    /// The rule's title.
    pub title: Text,
    /// Why the rule exists.
    pub why: Text,
    /// Published guidance that the rule serves, the phone's version filled in.
    pub references: Vec<String>,
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
    pub rule: Arc<RuleText>,
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
    pub expected: Expected,
    /// What was found.
    pub actual: Actual,
    /// Why the grant can do nothing for now.
    pub inert: Option<Inert>,
    /// The last use.
    pub last_used: Option<&'s LastUse>,
    /// Who decided.
    pub decided_by: Option<DecidedBy>,
    /// Why the outcome is what it is.
    pub because: Reason<'s>,
    /// The raw rows.
    pub evidence: Cow<'s, [EvidenceRow]>,
    /// What to press, with `{app}` for the name of the app; see [`Finding::remediation`].
    pub(crate) press: Option<Arc<Text>>,
    /// How a person sees by hand what the evidence does not show, as [`Finding::look`] tells.
    pub(crate) by_hand: Option<Arc<Text>>,
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
        &self.rule.code
    }

    /// What to press to put it right, with the app's name in it; `None` when nothing is to be done.
    pub fn remediation(&self, language: Language) -> Option<String> {
        self.named(self.press.as_deref()?, language)
    }

    /// How a person sees by hand what the evidence does not show.
    pub fn look(&self, language: Language) -> Option<String> {
        self.named(self.by_hand.as_deref()?, language)
    }

    /// What puts it right and where a person looks, for any app: what the rule says of itself, whatever the finding is about.
    pub fn general(&self, language: Language) -> [Option<String>; 2] {
        [&self.press, &self.by_hand].map(|text| {
            let text = text.as_deref()?.of(language);
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
    fn order(&self) -> u128 {
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

/// What a rule asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// At most this level.
    Level(Level),
    /// At most this much of the app.
    Presence(Presence),
    /// One of these places.
    Sources(Arc<[AppSource]>),
    /// This of the phone.
    Device(DeviceExpected),
    /// Used within this many days.
    UsedWithin(u32),
    /// That a person looks.
    Look,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Actual {
    /// A level.
    Level(Level),
    /// The app's presence.
    Presence(Presence),
    /// Where the app came from.
    Source(AppSource),
    /// A value.
    Value(Value),
    /// No such app, or nothing declared.
    Nothing,
    /// It could not be read.
    Unknown,
}

/// Why the outcome of a rule is what it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason<'s> {
    /// The grant's own reason.
    Grant(&'s Because),
    /// A gap is in the way.
    Gap(Cow<'s, Gap>),
    /// A sentence of the text files (`reason-…`), with a value for `$value`.
    Text(&'static str, Cow<'s, str>),
}

impl Reason<'_> {
    /// The word of the reason, without particulars.
    pub fn word(&self) -> &str {
        match self {
            Reason::Grant(because) => because.code.word(),
            Reason::Gap(gap) => &gap.reason,
            Reason::Text(key, _) => key.strip_prefix("reason-").unwrap_or(key),
        }
    }

    /// A sentence that needs no value.
    pub(crate) fn plain(key: &'static str) -> Reason<'static> {
        Reason::Text(key, Cow::Borrowed(""))
    }
}

/// What judging needs beside profile and snapshot.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The catalogue that the selectors of the profile were resolved with.
    pub catalog: &'c Catalog,
    /// What the person said of who owns the phone (`institution`, `personal`), for rules with `for = "ownership:…"`.
    pub ownership: Option<&'c str>,
    /// The waivers that somebody signed.
    pub waivers: Option<&'c Waivers>,
    /// The day for which waivers are looked at; without it none holds.
    pub today: Option<jiff::civil::Date>,
}

impl<'c> Context<'c> {
    /// A catalogue, and nothing said of the phone.
    pub fn new(catalog: &'c Catalog) -> Context<'c> {
        Context { catalog, ownership: None, waivers: None, today: None }
    }
}

/// Judges one phone by one profile.
pub fn audit<'s>(snapshot: &'s Snapshot, profile: &Profile, context: Context<'_>) -> Audit<'s> {
    let judge = Judge::new(snapshot, profile, context);
    let mut findings = Vec::new();
    for (rank, rule) in profile.rules.iter().enumerate() {
        let case = judge.case(rule, rank);
        match judge.is_for(profile) {
            true => judge.rule(&case, &mut findings),
            false => findings.push(judge.not_for(&case, profile)),
        }
    }
    // Of a phone that the profile is not for nothing was signed either.
    let waivers = if judge.is_for(profile) { judge.waive(profile, &mut findings) } else { Vec::new() };
    // What is told and not judged is no failure, whoever tells it.
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::Info) {
        if finding.verdict == Verdict::Fail {
            finding.verdict = Verdict::Noted;
        }
    }
    let hidden = judge.hidden();
    for finding in &mut findings {
        hide(finding, &hidden);
    }
    let summary = Summary::of(&findings);
    findings.sort_by_cached_key(Finding::order);
    // Of apps that are on the phone no longer, the App Privacy Report may still tell.
    let active = snapshot.privacy_report.iter().flat_map(|report| &report.apps).map(|app| &app.id);
    let active_and_hidden: Vec<String> = active
        .filter(|id| profile.privacy.hides(&AppView::installed(context.catalog, snapshot.device.platform, id)))
        .filter(|id| hidden.iter().all(|app| app.id != **id))
        .cloned()
        .collect();
    Audit {
        snapshot,
        profile_id: profile.id.clone(),
        profile_version: profile.version.clone(),
        profile_sha256: profile.sha256.clone(),
        profile_title: profile.title.clone(),
        profile_note: profile.note.clone(),
        profile_platform: profile.platform,
        strict: profile.strict,
        tailored: profile.tailored.clone(),
        catalog: CatalogUsed { as_of: context.catalog.as_of().to_owned(), own: OwnCatalog::of(context.catalog) },
        hidden: hidden.iter().map(|app| app.id.clone()).chain(active_and_hidden).collect(),
        findings,
        summary,
        waivers,
        baseline: None,
    }
}

/// The id that stands in a finding for an app that the profile judges and never names.
pub const HIDDEN: &str = "hidden";

/// Takes the name of an app that the profile never names out of a finding, with every row that could tell it.
fn hide(finding: &mut Finding<'_>, hidden: &[&App]) {
    if hidden.is_empty() {
        return;
    }
    let Some(app) = &finding.app else {
        hide_in_phone(finding, hidden);
        return;
    };
    if app.id == HIDDEN {
        finding.evidence = Cow::Borrowed(&[]);
        finding.last_used = None;
        match &mut finding.because {
            // How much of it is there tells no name.
            Reason::Text("reason-presence" | "reason-preloaded-disabled", _) => {}
            // A sentence without a value has none to hide; with one, it must not come out with a hole.
            Reason::Text(_, value) if !value.is_empty() => *value = Cow::Borrowed("…"),
            Reason::Text(..) => {}
            Reason::Gap(gap) => {
                let gap = gap.to_mut();
                gap.app = gap.app.take().map(|_| HIDDEN.to_owned());
                gap.detail.clear();
            }
            Reason::Grant(_) => {}
        }
    }
}

/// Takes the names of such apps out of a finding about the phone: lists of services and default apps name them.
fn hide_in_phone(finding: &mut Finding<'_>, hidden: &[&App]) {
    let tells = |text: &str| hidden.iter().any(|app| text.contains(app.id.as_str()));
    if finding.evidence.iter().any(|row| tells(&row.text)) {
        let rows = finding.evidence.to_mut();
        rows.iter_mut().filter(|row| tells(&row.text)).for_each(|row| "…".clone_into(&mut row.text));
    }
    if let Actual::Value(Value::Text(value)) = &mut finding.actual
        && tells(value)
    {
        "…".clone_into(value);
    }
    match &mut finding.because {
        Reason::Text(_, value) if tells(value) => *value = Cow::Borrowed("…"),
        Reason::Gap(gap) => {
            if tells(&gap.detail) {
                gap.to_mut().detail.clear();
            }
            if gap.app.as_deref().is_some_and(tells) {
                gap.to_mut().app = Some(HIDDEN.to_owned());
            }
        }
        Reason::Text(..) | Reason::Grant(_) => {}
    }
}

/// The day of an RFC 3339 time.
fn day_of(time: &str) -> Option<jiff::civil::Date> {
    time.get(..10)?.parse().ok()
}

#[cfg(test)]
pub(crate) mod tests;
