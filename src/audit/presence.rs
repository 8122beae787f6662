//! `presence = "absent"`: how much of an app may be on the phone.

use super::{Actual, AppRef, Finding, Judge, Reason};
use crate::catalog::IdStatus;
use crate::profile::Rule;
use crate::snapshot::permissions::describe_removal;
use crate::snapshot::{Presence, Verdict};

impl Judge<'_> {
    /// One finding for each app that is there in part or whole; one for the rule when none is.
    pub(super) fn presence(&self, rule: &Rule, at_most: Presence, residue: bool) -> Vec<Finding> {
        let platform = self.snapshot.device.platform;
        let mut findings = Vec::new();
        for app in self.apps(rule) {
            // A rest of a removed app counts only for the rules that ask for it.
            if app.presence == Presence::Residual && !residue && at_most == Presence::Absent {
                continue;
            }
            // A rule on rests alone leaves what is installed to the rule on the app itself.
            if residue && app.presence > Presence::Residual {
                continue;
            }
            // A preloaded app cannot be taken off the phone: switched off is as far as a person gets.
            let preloaded = app.system && app.presence == Presence::Disabled;
            let (verdict, reason) = if app.presence <= at_most {
                (Verdict::Pass, "reason-presence")
            } else if preloaded {
                (Verdict::Pass, "reason-preloaded-disabled")
            } else {
                (Verdict::Fail, "reason-presence")
            };
            let mut finding = self.finding(rule, verdict, Reason::Text(reason, app.presence.word().to_owned()));
            finding.app = Some(AppRef::of(app));
            finding.actual = Actual::Presence(app.presence);
            finding.evidence = app.evidence.clone();
            if verdict == Verdict::Fail {
                finding.remediation = self.remediation(rule, Some(app), describe_removal().of(platform));
            }
            findings.push(finding);
        }
        let mut findings = self.with_list_gap(rule, findings);
        // An absence that rests on an id which nobody verified says so.
        if let (Some(selection), Some(last)) = (&rule.apps, findings.last_mut())
            && last.app.is_none()
            && last.verdict == Verdict::Pass
        {
            let unverified: Vec<&str> = selection
                .catalogue_slugs()
                .iter()
                .filter_map(|slug| self.context.catalog.by_slug(slug))
                .filter(|app| !app.ids(platform).is_empty())
                .filter(|app| app.ids(platform).iter().all(|id| id.status == IdStatus::Unverified))
                .map(|app| app.name.as_str())
                .collect();
            if !unverified.is_empty() {
                last.because = Reason::Text("reason-no-such-app-unverified", unverified.join(", "));
            }
        }
        findings
    }
}
