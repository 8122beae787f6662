//! `source = ["play-store", …]`: where an app may come from.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Actual, Case, Finding, Judge, Reason};
use crate::snapshot::App;
use crate::vocabulary::{AppSource, Presence, Verdict};

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
            let reason = decided_by(app);
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

/// The sentence of what decided on where an app came from: the row beside the installer's, where one of the phone's other
/// words said more than it.
fn decided_by(app: &App) -> Reason<'_> {
    let said = |word: &str| {
        let mut values = app.evidence.iter().filter_map(|row| row.text.strip_prefix(word));
        values.next().filter(|value| !value.is_empty())
    };
    if let Some(package) = said("initiatingPackageName=") {
        return Reason::Text("reason-initiated-by", Cow::Borrowed(package));
    }
    if let Some(package) = said("originatingPackageName=") {
        return Reason::Text("reason-brought-by", Cow::Borrowed(package));
    }
    if said("installReason=").is_some() {
        return Reason::plain("reason-by-policy");
    }
    match app.installer.as_deref().filter(|installer| !installer.is_empty()) {
        Some(installer) if said("packageSource=").is_some() => {
            Reason::Text("reason-from-store", Cow::Borrowed(installer))
        }
        Some(installer) => Reason::Text("reason-installer", Cow::Borrowed(installer)),
        None if said("packageSource=").is_some() => Reason::plain("reason-from-file"),
        None if app.source == AppSource::Preloaded => Reason::plain("reason-preloaded"),
        None => Reason::plain("reason-no-installer"),
    }
}
