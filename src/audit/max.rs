//! `max = { permission = "level" }`: no app may hold more than this.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Actual, Case, Expected, Finding, Judge, Listed, Reason};
use crate::snapshot::{App, Gap, Grant};
use crate::text::Text;
use crate::vocabulary::permissions::{Description, describe};
use crate::vocabulary::{Inert, Level, Permission, Platform, Presence, Verdict};

impl<'s> Judge<'s, '_> {
    /// One finding for each app and permission; one for the rule when no app is concerned.
    pub(super) fn max(
        &self,
        case: &Case<'_>,
        levels: &BTreeMap<Permission, Level>,
        on_ios: &BTreeMap<Permission, Level>,
        findings: &mut Vec<Finding<'s>>,
    ) {
        let platform = self.snapshot.device.platform;
        let apps: Vec<&Listed<'s>> =
            self.selected(case).filter(|listed| listed.app.presence >= Presence::Disabled).collect();
        let (mut elsewhere, mut found) = (0, 0);
        for (permission, limit) in levels {
            let description = describe(*permission);
            let limit = match platform {
                Platform::Ios => on_ios.get(permission).unwrap_or(limit),
                Platform::Android => limit,
            };
            if !description.exists_on(platform) {
                let mut finding = self.finding(case, Verdict::NotApplicable, Reason::plain("reason-not-on-platform"));
                finding.permission = Some(*permission);
                finding.expected = Expected::Level(*limit);
                findings.push(finding);
                elsewhere += 1;
                continue;
            }
            let api = self.snapshot.device.api_level;
            if platform == Platform::Android && api.is_some_and(|api| !description.android.exists_at(api)) {
                let mut finding = self.finding(case, Verdict::NotApplicable, Reason::plain("reason-not-on-version"));
                finding.permission = Some(*permission);
                finding.expected = Expected::Level(*limit);
                findings.push(finding);
                elsewhere += 1;
                continue;
            }
            let gaps = self.gaps(permission.word());
            let (press, by_hand) = (self.press(case, Some(*permission)), self.by_hand(case, Some(*permission)));
            let asked = Asked { permission: *permission, limit: *limit, description, gaps, press, by_hand };
            for listed in &apps {
                findings.push(self.max_of(case, listed, &asked));
                found += 1;
            }
        }
        // A rule whose every permission is unknown to the platform says so; it says nothing of apps.
        if elsewhere > 0 && elsewhere == levels.len() {
            return;
        }
        if self.needs_no_app(found) {
            findings.push(self.no_app(case));
        }
    }

    fn max_of(&self, case: &Case<'_>, listed: &Listed<'s>, asked: &Asked<'_, 's>) -> Finding<'s> {
        let app = listed.app;
        let (permission, limit) = (asked.permission, asked.limit);
        let mut finding = match listed.grant(permission) {
            Some(grant) => self.max_of_grant(case, grant, limit),
            None => match gap_of(asked.gaps, app) {
                Some(gap) => {
                    let mut finding = self.finding(case, Verdict::NotAssessed, Reason::Gap(Cow::Borrowed(gap)));
                    finding.actual = Actual::Unknown;
                    finding
                }
                None if !asked.description.is_observable_on(self.snapshot.device.platform) => {
                    let mut finding = self.finding(case, Verdict::NotAssessed, Reason::plain("reason-not-observable"));
                    finding.actual = Actual::Unknown;
                    finding
                }
                None if self.snapshot.device.platform == Platform::Android
                    && !asked.description.android.is_settled_at(self.snapshot.device.api_level) =>
                {
                    let reason = Reason::plain("reason-not-told-by-version");
                    let mut finding = self.finding(case, Verdict::NotAssessed, reason);
                    finding.actual = Actual::Unknown;
                    finding
                }
                None => {
                    let mut finding = self.finding(case, Verdict::Pass, Reason::plain("reason-not-declared"));
                    finding.actual = Actual::Level(Level::Denied);
                    finding
                }
            },
        };
        finding.permission = Some(permission);
        finding.expected = Expected::Level(limit);
        if finding.verdict != Verdict::Pass {
            finding.press = asked.press.clone();
        }
        if finding.verdict == Verdict::NotAssessed {
            finding.by_hand = asked.by_hand.clone();
        }
        if finding.evidence.is_empty() {
            finding.evidence = Cow::Borrowed(app.evidence.get(..1).unwrap_or_default());
        }
        Judge::about(finding, listed)
    }

    fn max_of_grant(&self, case: &Case<'_>, grant: &'s Grant, limit: Level) -> Finding<'s> {
        // A grant that can do nothing for now counts as none; a rule with `ignore_master` looks past the main switch.
        let counts = match grant.inert {
            Some(Inert::MainSwitchOff) if case.ignore_master => grant.level,
            Some(_) => grant.level.min(Level::None),
            None => grant.level,
        };
        let verdict = if counts <= limit { Verdict::Pass } else { Verdict::Fail };
        let mut finding = self.finding(case, verdict, Reason::Grant(&grant.because));
        finding.actual = Actual::Level(grant.level);
        finding.inert = grant.inert;
        finding.last_used = grant.last_used.as_ref();
        finding.decided_by = Some(grant.decided_by);
        finding.evidence = Cow::Borrowed(&grant.evidence);
        finding
    }
}

/// What a rule asks of one permission, whichever the app.
struct Asked<'a, 's> {
    permission: Permission,
    limit: Level,
    description: &'a Description,
    gaps: &'a [&'s Gap],
    press: Option<Arc<Text>>,
    by_hand: Option<Arc<Text>>,
}

/// The gap that is in the way of one app, of those about one permission.
fn gap_of<'s>(gaps: &[&'s Gap], app: &App) -> Option<&'s Gap> {
    let about =
        |gap: &&&Gap| gap.app.as_ref().is_none_or(|id| *id == app.id) && gap.user.is_none_or(|user| user == app.user);
    gaps.iter().find(about).copied()
}
