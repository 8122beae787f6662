//! `presence = "absent"`: how much of an app may be on the phone.

use std::borrow::Cow;

use super::{Actual, Case, Finding, Judge, Reason};
use crate::catalog::IdStatus;
use crate::vocabulary::{Platform, Presence, Verdict};

/// The area of gaps about whether apps are there: with an app, about that one; without, about what removed ones left behind.
const AREA: &str = "app-presence";

impl<'s> Judge<'s, '_> {
    /// One finding for each app that is there in part or whole; one for the rule when none is.
    pub(super) fn presence(&self, case: &Case<'_>, at_most: Presence, residue: bool, findings: &mut Vec<Finding<'s>>) {
        let platform = self.snapshot.device.platform;
        let press = self.press(case, None);
        let mut found = 0;
        for listed in self.selected(case) {
            let app = listed.app;
            // Two lists that disagree: it is not known whether the app is there at all.
            // One that somebody installed is there, switched on or off; what was preloaded may be off for good.
            let is_there = self.snapshot.device.platform == Platform::Android && app.installer.is_some();
            if !(is_there && at_most < Presence::Disabled)
                && app.presence > Presence::Residual
                && (residue || app.presence > at_most)
                && let Some(gap) = self.gaps(AREA).iter().find(|gap| gap.app.as_deref() == Some(app.id.as_str()))
            {
                let mut finding = self.finding(case, Verdict::NotAssessed, Reason::Gap(Cow::Borrowed(gap)));
                finding.actual = Actual::Unknown;
                finding.evidence = Cow::Borrowed(&app.evidence);
                findings.push(Judge::about(finding, listed));
                found += 1;
                continue;
            }
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
            let mut finding = self.finding(case, verdict, Reason::Text(reason, Cow::Borrowed(app.presence.word())));
            finding.actual = Actual::Presence(app.presence);
            finding.evidence = Cow::Borrowed(&app.evidence);
            if verdict == Verdict::Fail {
                finding.press = press.clone();
            }
            findings.push(Judge::about(finding, listed));
            found += 1;
        }
        // That nothing is left behind takes every place where something could be.
        if residue && let Some(gap) = self.gaps(AREA).iter().find(|gap| gap.app.is_none()) {
            let mut finding = self.finding(case, Verdict::NotAssessed, Reason::Gap(Cow::Borrowed(gap)));
            finding.actual = Actual::Unknown;
            findings.push(finding);
            return;
        }
        if !self.needs_no_app(found) {
            return;
        }
        let mut last = self.no_app(case);
        // An absence that rests on an id which nobody verified says so.
        if let Some(selection) = &case.apps
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
                last.because = Reason::Text("reason-no-such-app-unverified", unverified.join(", ").into());
            }
        }
        findings.push(last);
    }
}
