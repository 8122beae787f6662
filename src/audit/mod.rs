//! Judging a snapshot by a profile: Snapshot × Profile → findings.
//!
//! One file per kind of assertion. Unknown is never pass: where a gap is in the way, the verdict is `not-assessed` and the
//! reason is the gap's.

mod device;
mod max;
mod presence;
mod source;
mod summary;

use crate::catalog::Catalog;
use crate::evidence::SourceKind;
use crate::profile::{AppView, Assertion, Expected as DeviceExpected, Profile, Rule, Selection};
use crate::snapshot::{
    App, AppSource, Because, Check, DecidedBy, EvidenceRow, Gap, Inert, LastUse, Level, OwnCatalog, Permission,
    Platform, Presence, PrivacyReport, Severity, Snapshot, Value, Verdict,
};
use crate::text::Text;

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
    /// The catalogue that the selectors were judged with.
    pub catalog: CatalogUsed,
    /// Findings, the worst first.
    pub findings: Vec<Finding>,
    /// Ids of apps that the profile judges and never names.
    pub hidden: Vec<String>,
    /// Counts over the rules.
    pub summary: Summary,
}

/// Which catalogue judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogUsed {
    /// The day of the catalogue that ships, `YYYY-MM-DD`.
    pub as_of: String,
    /// The files of an organization that extended it.
    pub own: Vec<OwnCatalog>,
}

impl Audit<'_> {
    /// What the phone's own App Privacy Report says the apps did; apps that the profile never names are counted with the others.
    pub fn privacy_report(&self) -> Option<PrivacyReport> {
        let mut report = self.snapshot.privacy_report.clone()?;
        let before = report.apps.len();
        report.apps.retain(|app| !self.hidden.contains(&app.id));
        report.other_apps += u64::try_from(before - report.apps.len()).unwrap_or(u64::MAX);
        Some(report)
    }
}

/// The outcome of one rule, for one app and permission where it is about apps.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's id.
    pub code: String,
    /// The rule's title.
    pub title: Text,
    /// Why the rule exists.
    pub why: Text,
    /// How much it matters.
    pub severity: Severity,
    /// The outcome.
    pub verdict: Verdict,
    /// The app it is about.
    pub app: Option<AppRef>,
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
    pub last_used: Option<LastUse>,
    /// Who decided.
    pub decided_by: Option<DecidedBy>,
    /// Why the outcome is what it is.
    pub because: Reason,
    /// The raw rows.
    pub evidence: Vec<EvidenceRow>,
    /// What to press. Empty when nothing is to be done.
    pub remediation: Option<Text>,
    /// Published guidance that the rule serves.
    pub references: Vec<String>,
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

impl AppRef {
    fn of(app: &App) -> AppRef {
        AppRef { id: app.id.clone(), name: app.name.clone().unwrap_or_else(|| app.id.clone()), user: app.user }
    }
}

/// What a rule asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// At most this level.
    Level(Level),
    /// At most this much of the app.
    Presence(Presence),
    /// One of these places.
    Sources(Vec<AppSource>),
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
pub enum Reason {
    /// The grant's own reason.
    Grant(Because),
    /// A gap is in the way.
    Gap(Gap),
    /// A sentence of the text files (`reason-…`), with a value for `$value`.
    Text(&'static str, String),
}

/// What judging needs beside profile and snapshot.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The catalogue that the selectors of the profile were resolved with.
    pub catalog: &'c Catalog,
    /// What the person said of who owns the phone (`institution`, …), for rules with `for = "ownership:…"`.
    pub ownership: Option<&'c str>,
}

/// Judges one phone by one profile.
pub fn audit<'s>(snapshot: &'s Snapshot, profile: &Profile, context: Context<'_>) -> Audit<'s> {
    let hidden: Vec<&App> = snapshot
        .apps
        .iter()
        .filter(|app| profile.privacy.hides(&AppView::installed(context.catalog, snapshot.device.platform, &app.id)))
        .collect();
    // Of apps that are on the phone no longer, the App Privacy Report may still tell.
    let active = snapshot.privacy_report.iter().flat_map(|report| &report.apps).map(|app| &app.id);
    let active_and_hidden: Vec<String> = active
        .filter(|id| profile.privacy.hides(&AppView::installed(context.catalog, snapshot.device.platform, id)))
        .filter(|id| hidden.iter().all(|app| app.id != **id))
        .cloned()
        .collect();
    let judge = Judge { snapshot, context, hidden: &hidden };
    let mut findings: Vec<Finding> = profile.rules.iter().flat_map(|rule| judge.rule(rule)).collect();
    for finding in &mut findings {
        hide(finding, &hidden);
    }
    let summary = Summary::of(&findings);
    // The worst first; within that grouped by app, so that the order never depends on the evidence's.
    findings.sort_by(|one, other| {
        (one.verdict, std::cmp::Reverse(one.severity), &one.app, &one.code, one.permission, one.check).cmp(&(
            other.verdict,
            std::cmp::Reverse(other.severity),
            &other.app,
            &other.code,
            other.permission,
            other.check,
        ))
    });
    Audit {
        snapshot,
        profile_id: profile.id.clone(),
        profile_version: profile.version.clone(),
        profile_sha256: profile.sha256.clone(),
        profile_title: profile.title.clone(),
        catalog: CatalogUsed { as_of: context.catalog.as_of().to_owned(), own: OwnCatalog::of(context.catalog) },
        hidden: hidden.iter().map(|app| app.id.clone()).chain(active_and_hidden).collect(),
        findings,
        summary,
    }
}

/// The id that stands in a finding for an app that the profile judges and never names.
pub const HIDDEN: &str = "hidden";

/// Takes the name of an app that the profile never names out of a finding, with every row that could tell it.
fn hide(finding: &mut Finding, hidden: &[&App]) {
    let Some(app) = &mut finding.app else {
        hide_in_phone(finding, hidden);
        return;
    };
    if hidden.iter().any(|hidden| hidden.id == app.id) {
        HIDDEN.clone_into(&mut app.id);
        "…".clone_into(&mut app.name);
        finding.evidence.clear();
        finding.last_used = None;
        match &mut finding.because {
            Reason::Text(_, value) => value.clear(),
            Reason::Gap(gap) => {
                gap.app = gap.app.take().map(|_| HIDDEN.to_owned());
                gap.detail.clear();
            }
            Reason::Grant(_) => {}
        }
    }
}

/// Takes the names of such apps out of a finding about the phone: lists of services and default apps name them.
fn hide_in_phone(finding: &mut Finding, hidden: &[&App]) {
    let tells = |text: &str| hidden.iter().any(|app| text.contains(app.id.as_str()));
    finding.evidence.iter_mut().filter(|row| tells(&row.text)).for_each(|row| "…".clone_into(&mut row.text));
    if let Actual::Value(Value::Text(value)) = &mut finding.actual
        && tells(value)
    {
        "…".clone_into(value);
    }
    match &mut finding.because {
        Reason::Text(_, value) if tells(value) => "…".clone_into(value),
        Reason::Gap(gap) => {
            if tells(&gap.detail) {
                gap.detail.clear();
            }
            if gap.app.as_deref().is_some_and(tells) {
                gap.app = Some(HIDDEN.to_owned());
            }
        }
        Reason::Text(..) | Reason::Grant(_) => {}
    }
}

struct Judge<'j> {
    snapshot: &'j Snapshot,
    context: Context<'j>,
    /// Apps that are judged and never named.
    hidden: &'j [&'j App],
}

impl<'j> Judge<'j> {
    fn rule(&self, rule: &Rule) -> Vec<Finding> {
        if rule.platform.is_some_and(|platform| platform != self.snapshot.device.platform) {
            return vec![self.finding(
                rule,
                Verdict::NotApplicable,
                Reason::Text("reason-other-platform", String::new()),
            )];
        }
        if let Some(condition) = &rule.applies_for {
            let holds = condition
                .split_once(':')
                .is_some_and(|(key, value)| key == "ownership" && self.context.ownership == Some(value));
            if !holds {
                return vec![self.finding(
                    rule,
                    Verdict::NotApplicable,
                    Reason::Text("reason-condition", condition.clone()),
                )];
            }
        }
        match &rule.assertion {
            Assertion::Max { levels, on_ios } => self.max(rule, levels, on_ios),
            Assertion::Presence { at_most, residue } => self.presence(rule, *at_most, *residue),
            Assertion::Source { one_of } => self.source(rule, one_of),
            Assertion::Device { check, expected } => vec![self.device(rule, *check, expected)],
            Assertion::UnusedDays { at_most } => self.unused(rule, *at_most),
            Assertion::Manual { how } => {
                let mut finding = self.finding(rule, Verdict::Manual, Reason::Text("reason-manual", String::new()));
                finding.remediation = Some(how.clone());
                vec![finding]
            }
        }
    }

    /// A finding of a rule about nothing in particular yet.
    fn finding(&self, rule: &Rule, verdict: Verdict, because: Reason) -> Finding {
        let expected = match &rule.assertion {
            Assertion::Presence { at_most, .. } => Expected::Presence(*at_most),
            Assertion::Source { one_of } => Expected::Sources(one_of.iter().copied().collect()),
            Assertion::Device { expected, .. } => Expected::Device(expected.clone()),
            Assertion::UnusedDays { at_most } => Expected::UsedWithin(*at_most),
            Assertion::Max { levels, .. } => Expected::Level(levels.values().copied().max().unwrap_or(Level::Always)),
            Assertion::Manual { .. } => Expected::Look,
        };
        let os =
            self.snapshot.device.os_version.as_deref().and_then(|version| version.split('.').next()).unwrap_or("{os}");
        Finding {
            code: rule.id.clone(),
            title: rule.title.clone(),
            why: rule.why.clone(),
            severity: rule.severity,
            verdict,
            app: None,
            permission: None,
            check: None,
            expected,
            actual: Actual::Nothing,
            inert: None,
            last_used: None,
            decided_by: None,
            because,
            evidence: Vec::new(),
            remediation: None,
            references: rule.refs.iter().map(|reference| reference.replace("{os}", os)).collect(),
        }
    }

    /// The apps on the phone that a rule is about.
    fn apps<'a>(&'a self, rule: &'a Rule) -> impl Iterator<Item = &'j App> + 'a {
        let snapshot = self.snapshot;
        snapshot.apps.iter().filter(move |app| rule.apps.as_ref().is_some_and(|selection| self.selects(selection, app)))
    }

    fn selects(&self, selection: &Selection, app: &App) -> bool {
        selection.matches(&AppView::installed(self.context.catalog, self.snapshot.device.platform, &app.id))
    }

    /// The gap that stands between poucet and the list of installed apps, if there is one.
    fn list_gap(&self) -> Option<&'j Gap> {
        self.snapshot.gaps.iter().find(|gap| gap.area == crate::snapshot::APP_LIST)
    }

    /// A rule that names no app of the phone: it holds, unless the list of apps is not whole.
    fn no_app(&self, rule: &Rule) -> Finding {
        match self.list_gap() {
            Some(gap) => {
                let mut finding = self.finding(rule, Verdict::NotAssessed, Reason::Gap(gap.clone()));
                finding.actual = Actual::Unknown;
                finding
            }
            None => self.finding(rule, Verdict::Pass, Reason::Text("reason-no-such-app", String::new())),
        }
    }

    /// Adds what is missing to say that a rule holds for the whole list.
    fn with_list_gap(&self, rule: &Rule, mut findings: Vec<Finding>) -> Vec<Finding> {
        if findings.is_empty() || self.list_gap().is_some() {
            findings.push(self.no_app(rule));
        }
        findings
    }

    /// Whether the phone was on a cable, so that the visit itself may have broken the rule.
    fn is_live(&self) -> bool {
        let source = &self.snapshot.source;
        let road = source.collected.as_ref().unwrap_or(&source.kind);
        SourceKind::ALL.into_iter().any(|kind| kind.is_live() && kind.word() == road)
    }

    fn unused(&self, rule: &Rule, days: u32) -> Vec<Finding> {
        let now = self.snapshot.taken_at.as_deref().and_then(day_of);
        let findings = self
            .apps(rule)
            .filter(|app| app.presence >= Presence::Disabled)
            .map(|app| {
                let last = app.grants.iter().filter_map(|grant| grant.last_used.as_ref()).filter(|last| !last.doubtful);
                let last = last.max_by(|one, other| one.at.cmp(&other.at));
                let age = match (now, last.and_then(|last| day_of(&last.at))) {
                    (Some(now), Some(used)) => now.since(used).ok().map(|span| i64::from(span.get_days())),
                    _ => None,
                };
                let verdict = match age {
                    Some(age) if age <= i64::from(days) => Verdict::Pass,
                    // A backup tells the last use of the location and little else: that nothing newer is in it proves nothing.
                    Some(_) if self.snapshot.device.platform == Platform::Ios => Verdict::NotAssessed,
                    Some(_) => Verdict::Fail,
                    None => Verdict::NotAssessed,
                };
                let mut finding = self.finding(
                    rule,
                    verdict,
                    Reason::Text("reason-last-use", last.map_or_else(String::new, |last| last.at.clone())),
                );
                finding.app = Some(AppRef::of(app));
                finding.actual = age.map_or(Actual::Unknown, |age| Actual::Value(Value::Int(age)));
                finding.last_used = last.cloned();
                finding.remediation = self.remediation(
                    rule,
                    Some(app),
                    crate::snapshot::permissions::describe_removal().of(self.snapshot.device.platform),
                );
                finding
            })
            .collect();
        self.with_list_gap(rule, findings)
    }

    /// The rule's own text on what to press, else the vocabulary's, with the app's name in it.
    fn remediation(&self, rule: &Rule, app: Option<&App>, vocabulary: Option<&Text>) -> Option<Text> {
        let device = &self.snapshot.device;
        let text = rule.fix.of(device.platform, device.manufacturer.as_deref()).or(vocabulary)?;
        let name = match app {
            Some(app) if self.hidden.iter().any(|hidden| hidden.id == app.id) => "…",
            Some(app) => app.name.as_deref().unwrap_or(&app.id),
            None => "",
        };
        Some(Text { en: text.en.replace("{app}", name), fr: text.fr.replace("{app}", name) })
    }
}

/// The day of an RFC 3339 time.
fn day_of(time: &str) -> Option<jiff::civil::Date> {
    time.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests;
