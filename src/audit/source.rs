//! `source = ["play-store", …]`: where an app may come from.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Actual, Case, Finding, Judge, Reason};
use crate::snapshot::{AppSource, Presence, Verdict};

impl<'s> Judge<'s, '_> {
    /// One finding for each installed app; one for the rule when there is none.
    pub(super) fn source(&self, case: &Case<'_>, allowed: &BTreeSet<AppSource>, findings: &mut Vec<Finding<'s>>) {
        let press = self.press(case, None);
        let mut found = 0;
        for listed in self.selected(case).filter(|listed| listed.app.presence >= Presence::Disabled) {
            let app = listed.app;
            let verdict = match app.source {
                AppSource::Unknown => Verdict::NotAssessed,
                source if allowed.contains(&source) => Verdict::Pass,
                _ => Verdict::Fail,
            };
            let reason = match app.installer.as_ref().filter(|installer| !installer.trim().is_empty()) {
                Some(installer) => Reason::Text("reason-installer", Cow::Borrowed(installer)),
                None => Reason::plain("reason-no-installer"),
            };
            let mut finding = self.finding(case, verdict, reason);
            finding.actual =
                if app.source == AppSource::Unknown { Actual::Unknown } else { Actual::Source(app.source) };
            finding.evidence = Cow::Borrowed(&app.evidence);
            if verdict != Verdict::Pass {
                finding.press = press.clone();
            }
            findings.push(Judge::about(finding, listed));
            found += 1;
        }
        if self.needs_no_app(found) {
            findings.push(self.no_app(case));
        }
    }
}
