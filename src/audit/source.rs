//! `source = ["play-store", …]`: where an app may come from.

use std::collections::BTreeSet;

use super::{Actual, AppRef, Finding, Judge, Reason};
use crate::profile::Rule;
use crate::snapshot::{AppSource, Presence, Verdict};

impl Judge<'_> {
    /// One finding for each installed app; one for the rule when there is none.
    pub(super) fn source(&self, rule: &Rule, allowed: &BTreeSet<AppSource>) -> Vec<Finding> {
        let findings = self
            .apps(rule)
            .filter(|app| app.presence >= Presence::Disabled)
            .map(|app| {
                let verdict = match app.source {
                    AppSource::Unknown => Verdict::NotAssessed,
                    source if allowed.contains(&source) => Verdict::Pass,
                    _ => Verdict::Fail,
                };
                let reason = match &app.installer {
                    Some(installer) => Reason::Text("reason-installer", installer.clone()),
                    None => Reason::Text("reason-no-installer", String::new()),
                };
                let mut finding = self.finding(rule, verdict, reason);
                finding.app = Some(AppRef::of(app));
                finding.actual =
                    if app.source == AppSource::Unknown { Actual::Unknown } else { Actual::Source(app.source) };
                finding.evidence = app.evidence.clone();
                if verdict != Verdict::Pass {
                    finding.remediation = self.remediation(rule, Some(app), None);
                }
                finding
            })
            .collect();
        self.with_list_gap(rule, findings)
    }
}
