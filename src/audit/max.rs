//! `max = { permission = "level" }`: no app may hold more than this.

use std::collections::BTreeMap;

use super::{Actual, AppRef, Expected, Finding, Judge, Reason};
use crate::profile::Rule;
use crate::snapshot::permissions::{Description, describe};
use crate::snapshot::{App, Gap, Grant, Inert, Level, Permission, Platform, Presence, Verdict};

impl Judge<'_> {
    /// One finding for each app and permission; one for the rule when no app is concerned.
    pub(super) fn max(
        &self,
        rule: &Rule,
        levels: &BTreeMap<Permission, Level>,
        on_ios: &BTreeMap<Permission, Level>,
    ) -> Vec<Finding> {
        let platform = self.snapshot.device.platform;
        let mut findings = Vec::new();
        for (permission, limit) in levels {
            let description = describe(*permission);
            let limit = match platform {
                Platform::Ios => on_ios.get(permission).unwrap_or(limit),
                Platform::Android => limit,
            };
            if !description.exists_on(platform) {
                let mut finding =
                    self.finding(rule, Verdict::NotApplicable, Reason::Text("reason-not-on-platform", String::new()));
                finding.permission = Some(*permission);
                finding.expected = Expected::Level(*limit);
                findings.push(finding);
                continue;
            }
            for app in self.apps(rule).filter(|app| app.presence >= Presence::Disabled) {
                findings.push(self.max_of(rule, app, *permission, *limit, description));
            }
        }
        // A rule whose every permission is unknown to the platform says so; it says nothing of apps.
        if !findings.is_empty() && findings.iter().all(|finding| finding.verdict == Verdict::NotApplicable) {
            return findings;
        }
        let any = findings.iter().any(|finding| finding.app.is_some());
        if !any || self.list_gap().is_some() {
            findings.push(self.no_app(rule));
        }
        findings
    }

    fn max_of(
        &self,
        rule: &Rule,
        app: &App,
        permission: Permission,
        limit: Level,
        description: &Description,
    ) -> Finding {
        let grant = app.grants.iter().find(|grant| grant.permission == permission);
        let mut finding = match grant {
            Some(grant) => self.max_of_grant(rule, grant, limit),
            None => match self.gap_of(app, permission) {
                Some(gap) => {
                    let mut finding = self.finding(rule, Verdict::NotAssessed, Reason::Gap(gap.clone()));
                    finding.actual = Actual::Unknown;
                    finding
                }
                None if !description.is_observable_on(self.snapshot.device.platform) => {
                    let mut finding =
                        self.finding(rule, Verdict::NotAssessed, Reason::Text("reason-not-observable", String::new()));
                    finding.actual = Actual::Unknown;
                    finding
                }
                None => {
                    let mut finding =
                        self.finding(rule, Verdict::Pass, Reason::Text("reason-not-declared", String::new()));
                    finding.actual = Actual::Level(Level::Denied);
                    finding
                }
            },
        };
        finding.app = Some(AppRef::of(app));
        finding.permission = Some(permission);
        finding.expected = Expected::Level(limit);
        if finding.verdict != Verdict::Pass {
            // A rule that lets an app know the place while it is in use asks for no more than that.
            let fix = match (permission, limit) {
                (Permission::Location, Level::WhileInUse) => &describe(Permission::LocationBackground).fix,
                _ => &description.fix,
            };
            finding.remediation = self.remediation(rule, Some(app), fix.of(self.snapshot.device.platform));
        }
        if finding.evidence.is_empty() {
            finding.evidence = app.evidence.iter().take(1).cloned().collect();
        }
        finding
    }

    fn max_of_grant(&self, rule: &Rule, grant: &Grant, limit: Level) -> Finding {
        // A grant that can do nothing for now counts as none; a rule with `ignore_master` looks past the main switch.
        let counts = match grant.inert {
            Some(Inert::MainSwitchOff) if rule.ignore_master => grant.level,
            Some(_) => grant.level.min(Level::None),
            None => grant.level,
        };
        let verdict = if counts <= limit { Verdict::Pass } else { Verdict::Fail };
        let mut finding = self.finding(rule, verdict, Reason::Grant(grant.because.clone()));
        finding.actual = Actual::Level(grant.level);
        finding.inert = grant.inert;
        finding.last_used = grant.last_used.clone();
        finding.decided_by = Some(grant.decided_by);
        finding.evidence = grant.evidence.clone();
        finding
    }

    /// The gap that is in the way of one permission of one app.
    fn gap_of(&self, app: &App, permission: Permission) -> Option<&Gap> {
        self.snapshot.gaps.iter().find(|gap| {
            gap.area == permission.word()
                && gap.app.as_ref().is_none_or(|id| *id == app.id)
                && gap.user.is_none_or(|user| user == app.user)
        })
    }
}
