//! `device = "check"`: a property of the phone itself.

use std::borrow::Cow;

use super::{Actual, Case, Finding, Judge, Reason};
use crate::profile::Expected;
use crate::snapshot::Value;
use crate::vocabulary::permissions::{Readable, describe_check};
use crate::vocabulary::{Check, Verdict};

impl<'s> Judge<'s, '_> {
    /// One finding.
    pub(super) fn device(&self, case: &Case<'_>, check: Check, expected: &Expected) -> Finding<'s> {
        let mut finding = self.device_outcome(case, check, expected);
        finding.check = Some(check);
        if matches!(finding.verdict, Verdict::Manual | Verdict::NotAssessed) {
            finding.by_hand = self.by_hand(case, None);
        }
        if !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable) {
            finding.press = self.press(case, None);
        }
        finding
    }

    fn device_outcome(&self, case: &Case<'_>, check: Check, expected: &Expected) -> Finding<'s> {
        let Some(setting) = self.snapshot.settings.get(&check) else {
            let mut finding = match self.gaps(check.word()).first() {
                Some(gap) => self.finding(case, Verdict::NotAssessed, Reason::Gap(Cow::Borrowed(gap))),
                None => match describe_check(check).readable.of(self.snapshot.device.platform) {
                    Readable::Absent => {
                        self.finding(case, Verdict::NotApplicable, Reason::plain("reason-not-on-platform"))
                    }
                    Readable::Manual => self.finding(case, Verdict::Manual, Reason::plain("reason-manual")),
                    Readable::Automatic | Readable::Partly => {
                        self.finding(case, Verdict::NotAssessed, Reason::plain("reason-not-in-evidence"))
                    }
                },
            };
            finding.actual = Actual::Unknown;
            return finding;
        };
        let holds = holds(expected, &setting.value);
        // The visit itself needs debugging: what it switched on is for the person to look at after the cable is out.
        let by_visit = case.footprint && self.is_live() && !holds;
        let (verdict, reason) = if holds {
            (Verdict::Pass, "reason-value")
        } else if by_visit {
            (Verdict::Manual, "reason-footprint")
        } else {
            (Verdict::Fail, "reason-value")
        };
        let mut finding = self.finding(case, verdict, Reason::Text(reason, setting.value.to_string().into()));
        finding.actual = Actual::Value(setting.value.clone());
        finding.evidence = Cow::Borrowed(&setting.evidence);
        finding
    }
}

/// Whether a value is what the rule asks for. A value of another kind than the rule's is not.
fn holds(expected: &Expected, value: &Value) -> bool {
    match (expected, value) {
        (Expected::Is(wanted), value) => wanted == value,
        (Expected::OneOf(wanted), value) => wanted.contains(value),
        (Expected::AtMost(limit), Value::Int(value)) => value <= limit,
        (Expected::AtLeast(limit), Value::Int(value)) => value >= limit,
        _ => false,
    }
}
