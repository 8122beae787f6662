//! Apps that a profile judges and never names.

use std::borrow::Cow;

use super::model::Finding;
use crate::profile::{Actual, Value, Why};
use crate::snapshot::{App, Cited};

/// The id that stands in a finding for an app that the profile judges and never names.
pub const HIDDEN: &str = "hidden";

/// Takes the name of an app that the profile never names out of a finding, with every row that could tell it.
pub(super) fn hide(finding: &mut Finding<'_>, hidden: &[&App]) {
    if hidden.is_empty() {
        return;
    }
    let Some(app) = &finding.app else {
        hide_in_phone(finding, hidden);
        return;
    };
    if app.id == HIDDEN {
        finding.evidence = Cited::NONE;
        finding.last_used = None;
        match &mut finding.because {
            // How much of it is there tells no name.
            Why::Text("reason-presence" | "reason-preloaded-disabled", _) => {}
            // A sentence without a value has none to hide; with one, it must not come out with a hole.
            Why::Text(_, value) if !value.is_empty() => *value = Cow::Borrowed("…"),
            Why::Text(..) => {}
            Why::Gap(gap) => {
                gap.change(|gap| {
                    gap.app = gap.app.take().map(|_| HIDDEN.to_owned());
                    gap.detail.clear();
                });
            }
            Why::Grant(_) => {}
        }
    }
}

/// Takes the names of such apps out of a finding about the phone: lists of services and default apps name them.
fn hide_in_phone(finding: &mut Finding<'_>, hidden: &[&App]) {
    let tells = |text: &str| hidden.iter().any(|app| text.contains(app.id.as_str()));
    let may_tell = hidden.iter().any(|app| finding.evidence.may_hold(&app.id));
    if may_tell && finding.evidence.iter().any(|row| tells(&row.text)) {
        finding.evidence.change(|row| {
            if tells(&row.text) {
                "…".clone_into(&mut row.text);
            }
        });
    }
    if let Actual::Value(Value::Text(value)) = &mut finding.actual
        && tells(value)
    {
        "…".clone_into(value);
    }
    match &mut finding.because {
        Why::Text(_, value) if tells(value) => *value = Cow::Borrowed("…"),
        Why::Gap(gap) => {
            if tells(&gap.detail) {
                gap.change(|gap| gap.detail.clear());
            }
            if gap.app.as_deref().is_some_and(tells) {
                gap.change(|gap| gap.app = Some(HIDDEN.to_owned()));
            }
        }
        Why::Text(..) | Why::Grant(_) => {}
    }
}
