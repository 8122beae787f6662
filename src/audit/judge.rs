//! Walking the rules of a profile over one phone, and making findings of what they judge.

use std::borrow::Cow;
use std::sync::Arc;

use super::context::Context;
use super::hide::HIDDEN;
use super::model::{AppRef, Finding, RuleText};
use super::references::References;
use crate::profile::{Asked, Judged, JudgedApp, Phone, Profile, Rule, RuleOnPhone, Why};
use crate::snapshot::{App, Snapshot, name_or_id};
use crate::vocabulary::{Severity, Verdict};

/// A phone on its way through a profile.
pub(super) struct Judge<'s, 'c> {
    pub(super) phone: Phone<'s, 'c>,
    pub(super) context: Context<'c>,
    /// The apps of the phone as findings name them, in the order of the snapshot.
    names: Vec<Named>,
}

/// An app as findings name it.
struct Named {
    app: Arc<AppRef>,
    /// Its place in the order of the report; 0 is for findings about no app.
    rank: u32,
}

/// What the findings of one rule share.
struct Shared<'s> {
    rule: &'s Rule,
    text: Arc<RuleText<'s>>,
    asked: Asked<'s>,
    rank: u32,
}

/// What is told and not judged is no failure, whoever tells it.
pub(super) fn note_what_only_tells(findings: &mut [Finding<'_>]) {
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::Info) {
        if finding.verdict == Verdict::Fail {
            finding.verdict = Verdict::Noted;
        }
    }
}

impl<'s, 'c> Judge<'s, 'c> {
    pub(super) fn new(snapshot: &'s Snapshot, profile: &Profile, context: Context<'c>) -> Judge<'s, 'c> {
        let phone = Phone::new(snapshot, context.catalog);
        let named = |judged: &JudgedApp<'s>| {
            let app = judged.app;
            let name = if profile.privacy.hide.iter().any(|apps| judged.is_one_of(apps, &phone)) {
                AppRef { id: HIDDEN.to_owned(), name: "…".to_owned(), user: app.user }
            } else {
                AppRef { id: app.id.clone(), name: name_or_id(app.name.as_deref(), &app.id).to_owned(), user: app.user }
            };
            Named { app: Arc::new(name), rank: 0 }
        };
        let mut names: Vec<Named> = phone.apps.iter().map(named).collect();
        let app = |place: usize| names.get(place).map(|name| &*name.app);
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|one, other| app(*one).cmp(&app(*other)));
        for (rank, place) in (1..).zip(order) {
            if let Some(name) = names.get_mut(place) {
                name.rank = rank;
            }
        }
        Judge { phone, context, names }
    }

    /// The apps that are judged and never named.
    pub(super) fn hidden(&self) -> Vec<&'s App> {
        let named = self.names.iter().zip(&self.phone.apps);
        named.filter(|(name, _)| name.app.id == HIDDEN).map(|(_, judged)| judged.app).collect()
    }

    /// The app that a finding is about, whether it may be named or not.
    pub(super) fn app_of(&self, finding: &Finding<'_>) -> Option<&'s App> {
        let mut named = self.names.iter().zip(&self.phone.apps);
        named.find(|(name, _)| name.rank == finding.place.0).map(|(_, judged)| judged.app)
    }

    /// Whether a profile is for phones of this platform.
    pub(super) fn is_for(&self, profile: &Profile) -> bool {
        profile.platform.is_none_or(|platform| platform == self.phone.platform())
    }

    /// What every rule of a profile finds.
    pub(super) fn rules(&self, profile: &'s Profile) -> Vec<Finding<'s>> {
        // Nearly every rule finds one thing, or one of each app.
        let mut findings = Vec::with_capacity(profile.rules.len() * 2);
        for (rank, rule) in profile.rules.iter().enumerate() {
            let shared = self.shared(rule, rank);
            match self.is_for(profile) {
                true => self.rule(&shared, &mut findings),
                false => findings.push(self.finding(&shared, not_for(profile))),
            }
        }
        findings
    }

    fn shared(&self, rule: &'s Rule, rank: usize) -> Shared<'s> {
        let os_version = self.phone.snapshot.device.os_version.as_deref();
        let text = RuleText {
            code: &rule.id,
            title: &rule.title,
            why: &rule.why,
            references: References::of(&rule.refs, os_version),
            topic: rule.assertion.topic(),
            is_waiver: false,
        };
        Shared {
            rule,
            text: Arc::new(text),
            asked: rule.assertion.statement().asked(),
            rank: u32::try_from(rank).unwrap_or(u32::MAX),
        }
    }

    fn rule(&self, shared: &Shared<'s>, findings: &mut Vec<Finding<'s>>) {
        let rule = shared.rule;
        let on_phone = RuleOnPhone {
            phone: &self.phone,
            apps: rule.apps.as_ref(),
            ignore_master: rule.ignore_master,
            footprint: rule.footprint,
            guide: rule.guide(),
        };
        match self.not_asked(rule, &on_phone) {
            Some(judged) => findings.push(self.finding(shared, judged)),
            None => {
                let mut tell = |judged| findings.push(self.finding(shared, judged));
                rule.assertion.statement().judge(&on_phone, &mut tell);
            }
        }
    }

    /// What a rule comes to that is for other phones, or for phones of which nobody said whose they are.
    fn not_asked(&self, rule: &'s Rule, on_phone: &RuleOnPhone<'_, 's>) -> Option<Judged<'s>> {
        if rule.platform.is_some_and(|platform| platform != self.phone.platform()) {
            return Some(Judged::new(Verdict::NotApplicable, Why::plain("reason-other-platform")));
        }
        let condition = rule.applies_for.as_ref()?;
        let wanted = condition.split_once(':').and_then(|(key, value)| (key == "ownership").then_some(value));
        if self.context.ownership.is_none() {
            // Whose phone it is stands in no evidence: only a person can tell whether the rule holds for it.
            let why = Why::Text("reason-condition-unknown", Cow::Borrowed(condition.as_str()));
            return Some(Judged { by_hand: on_phone.by_hand(None), ..Judged::new(Verdict::Manual, why) });
        }
        if wanted != self.context.ownership {
            let why = Why::Text("reason-condition", Cow::Borrowed(condition.as_str()));
            return Some(Judged::new(Verdict::NotApplicable, why));
        }
        None
    }

    /// The finding that something judged becomes.
    fn finding(&self, shared: &Shared<'s>, judged: Judged<'s>) -> Finding<'s> {
        let name = judged.app.and_then(|place| self.names.get(place));
        Finding {
            rule: Arc::clone(&shared.text),
            severity: shared.rule.severity,
            verdict: judged.verdict,
            app: name.map(|name| Arc::clone(&name.app)),
            permission: judged.permission,
            check: judged.check,
            expected: judged.asked.unwrap_or_else(|| shared.asked.clone()),
            actual: judged.actual,
            inert: judged.inert,
            last_used: judged.last_used,
            decided_by: judged.decided_by,
            because: judged.why,
            evidence: judged.evidence,
            press: judged.press,
            by_hand: judged.by_hand,
            waiver: None,
            standing: None,
            place: (name.map_or(0, |name| name.rank), shared.rank),
        }
    }
}

/// What a rule comes to of a profile that is for the other platform: also one that it inherits, as the word of the profile is one
/// word.
fn not_for<'s>(profile: &Profile) -> Judged<'s> {
    let platform = profile.platform.map_or("", |platform| platform.word());
    Judged::new(Verdict::NotApplicable, Why::Text("reason-other-profile", Cow::Borrowed(platform)))
}
