//! What judging one phone by one profile needs to know at every rule, found once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use super::{Actual, AppRef, Assertion, Context, Expected, Finding, HIDDEN, Reason, RuleText, SourceKind, day_of};
use crate::profile::{AppView, Profile, Rule};
use crate::snapshot::{App, Gap, Grant, Snapshot, Value, name_or_id};
use crate::text::Text;
use crate::vocabulary::{Level, Permission, Platform, Presence, Verdict};

/// A phone on its way through a profile.
pub(crate) struct Judge<'s, 'c> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) context: Context<'c>,
    /// The apps of the phone, in the order of the snapshot.
    pub(super) apps: Vec<Listed<'s>>,
    gaps: BTreeMap<&'s str, Vec<&'s Gap>>,
}

/// An app of the phone, as the rules see it.
pub(crate) struct Listed<'s> {
    pub(super) app: &'s App,
    /// Its place in the catalogue.
    listed: Option<usize>,
    /// As findings name it.
    pub(super) name: Arc<AppRef>,
    /// Its place in the order of the report; 0 is for findings about no app.
    rank: u32,
    /// Its grants, by permission.
    grants: Vec<Option<&'s Grant>>,
}

impl<'s> Listed<'s> {
    /// What it may touch of one kind.
    pub(super) fn grant(&self, permission: Permission) -> Option<&'s Grant> {
        self.grants.get(permission as usize).copied().flatten()
    }

    /// Whether the profile judges it and never names it.
    fn is_hidden(&self) -> bool {
        self.name.id == HIDDEN
    }
}

/// A rule with what its findings share.
pub(crate) struct Case<'r> {
    rule: &'r Rule,
    shared: Arc<RuleText>,
    expected: Expected,
    rank: u32,
}

impl Deref for Case<'_> {
    type Target = Rule;

    fn deref(&self) -> &Rule {
        self.rule
    }
}

/// A reference with the version of the operating system in it; none where that is not known, as no document has such a number. A fleet
/// asks for this a million times, and most have no place for one.
fn filled_in(reference: &str, os: Option<&str>) -> Option<String> {
    match os {
        _ if !reference.contains('{') => Some(reference.to_owned()),
        Some(os) => Some(reference.replace("{os}", os)),
        None => (!reference.contains("{os}")).then(|| reference.to_owned()),
    }
}

impl<'s, 'c> Judge<'s, 'c> {
    pub(super) fn new(snapshot: &'s Snapshot, profile: &Profile, context: Context<'c>) -> Judge<'s, 'c> {
        let platform = snapshot.device.platform;
        let mut apps: Vec<Listed<'s>> = snapshot
            .apps
            .iter()
            .map(|app| {
                let view = AppView::installed(context.catalog, platform, &app.id);
                let name = if profile.privacy.hides(&view) {
                    AppRef { id: HIDDEN.to_owned(), name: "…".to_owned(), user: app.user }
                } else {
                    AppRef {
                        id: app.id.clone(),
                        name: name_or_id(app.name.as_deref(), &app.id).to_owned(),
                        user: app.user,
                    }
                };
                let mut grants = vec![None; Permission::ALL.len()];
                for grant in &app.grants {
                    if let Some(place) = grants.get_mut(grant.permission as usize) {
                        // The first counts, should a snapshot made by hand hold two.
                        place.get_or_insert(grant);
                    }
                }
                Listed {
                    app,
                    listed: context.catalog.place_of(platform, &app.id),
                    name: Arc::new(name),
                    rank: 0,
                    grants,
                }
            })
            .collect();
        let mut order: Vec<usize> = (0..apps.len()).collect();
        order.sort_by_key(|place| apps.get(*place).map(|app| Arc::clone(&app.name)));
        for (rank, place) in (1..).zip(order) {
            if let Some(app) = apps.get_mut(place) {
                app.rank = rank;
            }
        }
        let mut gaps: BTreeMap<&str, Vec<&Gap>> = BTreeMap::new();
        for gap in &snapshot.gaps {
            gaps.entry(gap.area.as_str()).or_default().push(gap);
        }
        Judge { snapshot, context, apps, gaps }
    }

    /// The apps that are judged and never named.
    pub(super) fn hidden(&self) -> Vec<&'s App> {
        self.apps.iter().filter(|app| app.is_hidden()).map(|app| app.app).collect()
    }

    pub(super) fn case<'r>(&self, rule: &'r Rule, rank: usize) -> Case<'r> {
        let os = self.snapshot.device.os_version.as_deref().and_then(|version| version.split('.').next());
        let os = os.filter(|os| !os.trim().is_empty());
        let shared = RuleText {
            code: rule.id.clone(),
            title: rule.title.clone(),
            why: rule.why.clone(),
            references: rule.refs.iter().filter_map(|reference| filled_in(reference, os)).collect(),
            is_waiver: false,
        };
        let expected = match &rule.assertion {
            Assertion::Presence { at_most, .. } => Expected::Presence(*at_most),
            Assertion::Source { one_of } => Expected::Sources(one_of.iter().copied().collect()),
            Assertion::Device { expected, .. } => Expected::Device(expected.clone()),
            Assertion::UnusedDays { at_most } => Expected::UsedWithin(*at_most),
            Assertion::Max { levels, .. } => Expected::Level(levels.values().copied().max().unwrap_or(Level::Always)),
            Assertion::Manual { .. } => Expected::Look,
        };
        Case { rule, shared: Arc::new(shared), expected, rank: u32::try_from(rank).unwrap_or(u32::MAX) }
    }

    /// Whether a profile is for phones of this platform.
    pub(super) fn is_for(&self, profile: &Profile) -> bool {
        profile.platform.is_none_or(|platform| platform == self.snapshot.device.platform)
    }

    /// A rule of a profile that is for the other platform: also one that it inherits, as the word of the profile is one word.
    pub(super) fn not_for(&self, case: &Case<'_>, profile: &Profile) -> Finding<'s> {
        let platform = profile.platform.map_or("", |platform| platform.word());
        self.finding(case, Verdict::NotApplicable, Reason::Text("reason-other-profile", platform.into()))
    }

    pub(super) fn rule(&self, case: &Case<'_>, findings: &mut Vec<Finding<'s>>) {
        if case.platform.is_some_and(|platform| platform != self.snapshot.device.platform) {
            findings.push(self.finding(case, Verdict::NotApplicable, Reason::plain("reason-other-platform")));
            return;
        }
        if let Some(condition) = &case.applies_for {
            let wanted = condition.split_once(':').and_then(|(key, value)| (key == "ownership").then_some(value));
            if self.context.ownership.is_none() {
                // Whose phone it is stands in no evidence: only a person can tell whether the rule holds for it.
                let reason = Reason::Text("reason-condition-unknown", condition.clone().into());
                let mut finding = self.finding(case, Verdict::Manual, reason);
                finding.by_hand = self.by_hand(case, None);
                findings.push(finding);
                return;
            }
            if wanted != self.context.ownership {
                let reason = Reason::Text("reason-condition", condition.clone().into());
                findings.push(self.finding(case, Verdict::NotApplicable, reason));
                return;
            }
        }
        match &case.assertion {
            Assertion::Max { levels, on_ios } => self.max(case, levels, on_ios, findings),
            Assertion::Presence { at_most, residue } => self.presence(case, *at_most, *residue, findings),
            Assertion::Source { one_of } => self.source(case, one_of, findings),
            Assertion::Device { check, expected } => findings.push(self.device(case, *check, expected)),
            Assertion::UnusedDays { at_most } => self.unused(case, *at_most, findings),
            Assertion::Manual { how } => {
                let mut finding = self.finding(case, Verdict::Manual, Reason::plain("reason-manual"));
                finding.by_hand = Some(Arc::new(how.clone()));
                findings.push(finding);
            }
        }
    }

    /// A finding of a rule about nothing in particular yet.
    pub(super) fn finding(&self, case: &Case<'_>, verdict: Verdict, because: Reason<'s>) -> Finding<'s> {
        Finding {
            rule: Arc::clone(&case.shared),
            severity: case.severity,
            verdict,
            app: None,
            permission: None,
            check: None,
            expected: case.expected.clone(),
            actual: Actual::Nothing,
            inert: None,
            last_used: None,
            decided_by: None,
            because,
            evidence: Cow::Borrowed(&[]),
            press: None,
            by_hand: None,
            waiver: None,
            standing: None,
            place: (0, case.rank),
        }
    }

    /// The same finding, about an app.
    pub(super) fn about(mut finding: Finding<'s>, app: &Listed<'s>) -> Finding<'s> {
        finding.app = Some(Arc::clone(&app.name));
        finding.place.0 = app.rank;
        finding
    }

    /// The apps on the phone that a rule is about.
    pub(super) fn selected<'a>(&'a self, rule: &'a Rule) -> impl Iterator<Item = &'a Listed<'s>> + 'a {
        let platform = self.snapshot.device.platform;
        self.apps.iter().filter(move |app| {
            rule.apps.as_ref().is_some_and(|selection| {
                selection.matches_place(app.listed).unwrap_or_else(|| {
                    selection.matches(&AppView::installed(self.context.catalog, platform, &app.app.id))
                })
            })
        })
    }

    /// The app that a finding is about, whether it may be named or not.
    pub(super) fn app_of(&self, finding: &Finding<'_>) -> Option<&'s App> {
        self.apps.iter().find(|app| app.rank == finding.place.0).map(|app| app.app)
    }

    /// The gaps about one area.
    pub(super) fn gaps(&self, area: &str) -> &[&'s Gap] {
        self.gaps.get(area).map_or(&[], Vec::as_slice)
    }

    /// The gap that stands between poucet and the list of installed apps, if there is one.
    pub(super) fn list_gap(&self) -> Option<&'s Gap> {
        self.gaps(crate::snapshot::APP_LIST).first().copied()
    }

    /// A rule that names no app of the phone: it holds, unless the list of apps is not whole.
    pub(super) fn no_app(&self, case: &Case<'_>) -> Finding<'s> {
        match self.list_gap() {
            Some(gap) => {
                let mut finding = self.finding(case, Verdict::NotAssessed, Reason::Gap(Cow::Borrowed(gap)));
                finding.actual = Actual::Unknown;
                finding
            }
            None => self.finding(case, Verdict::Pass, Reason::plain("reason-no-such-app")),
        }
    }

    /// Whether something is missing to say that a rule holds for the whole list, when `found` findings name an app.
    pub(super) fn needs_no_app(&self, found: usize) -> bool {
        found == 0 || self.list_gap().is_some()
    }

    /// Whether the phone was on a cable, so that the visit itself may have broken the rule.
    pub(super) fn is_live(&self) -> bool {
        let source = &self.snapshot.source;
        let road = source.collected.as_ref().unwrap_or(&source.kind);
        SourceKind::ALL.into_iter().any(|kind| kind.is_live() && kind.word() == road)
    }

    fn unused(&self, case: &Case<'_>, days: u32, findings: &mut Vec<Finding<'s>>) {
        let platform = self.snapshot.device.platform;
        let now = self.snapshot.taken_at.as_deref().and_then(day_of);
        let press = self.press(case, None);
        let mut found = 0;
        for listed in self.selected(case).filter(|listed| listed.app.presence >= Presence::Disabled) {
            let app = listed.app;
            let last = app.grants.iter().filter_map(|grant| grant.last_used.as_ref()).filter(|last| !last.doubtful);
            let last = last.max_by(|one, other| one.recency().cmp(&other.recency()));
            let age = last.and_then(|last| last.days_before(now));
            let verdict = match age {
                Some(age) if age <= i64::from(days) => Verdict::Pass,
                // A backup tells the last use of the location and little else: that nothing newer is in it proves nothing.
                Some(_) if platform == Platform::Ios => Verdict::NotAssessed,
                Some(_) => Verdict::Fail,
                None => Verdict::NotAssessed,
            };
            let reason = match last {
                None => Reason::plain("reason-no-last-use"),
                Some(last) if last.now => Reason::plain("reason-in-use-now"),
                Some(last) => match (last.at.as_deref(), age) {
                    (Some(at), _) => Reason::Text("reason-last-use", Cow::Borrowed(at)),
                    (None, Some(days)) => Reason::Text("reason-last-use-ago", days.to_string().into()),
                    (None, None) => Reason::plain("reason-no-last-use"),
                },
            };
            let mut finding = self.finding(case, verdict, reason);
            finding.actual = age.map_or(Actual::Unknown, |age| Actual::Value(Value::Int(age)));
            finding.last_used = last;
            finding.press = press.clone();
            findings.push(Judge::about(finding, listed));
            found += 1;
        }
        if self.needs_no_app(found) {
            findings.push(self.no_app(case));
        }
    }

    /// What to press, in the menus of the phone's maker.
    pub(super) fn press(&self, rule: &Rule, permission: Option<Permission>) -> Option<Arc<Text>> {
        let device = &self.snapshot.device;
        rule.fix_of(device.platform, device.manufacturer.as_deref(), permission).cloned().map(Arc::new)
    }

    /// How a person sees by hand what the evidence does not show.
    pub(super) fn by_hand(&self, rule: &Rule, permission: Option<Permission>) -> Option<Arc<Text>> {
        let device = &self.snapshot.device;
        rule.look_of(device.platform, device.manufacturer.as_deref(), permission).cloned().map(Arc::new)
    }
}
