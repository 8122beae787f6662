//! `device = "check"`: a property of the phone itself.

use super::{Actual, Finding, Judge, Reason};
use crate::profile::{Expected, Rule};
use crate::snapshot::permissions::{Readable, describe_check};
use crate::snapshot::{Check, Value, Verdict};

impl Judge<'_> {
    /// One finding.
    pub(super) fn device(&self, rule: &Rule, check: Check, expected: &Expected) -> Finding {
        let mut finding = self.device_outcome(rule, check, expected);
        finding.check = Some(check);
        if !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable) {
            finding.remediation = self.remediation(rule, None, None);
        }
        finding
    }

    fn device_outcome(&self, rule: &Rule, check: Check, expected: &Expected) -> Finding {
        let Some(setting) = self.snapshot.settings.get(&check) else {
            let mut finding = match self.snapshot.gaps.iter().find(|gap| gap.area == check.word()) {
                Some(gap) => self.finding(rule, Verdict::NotAssessed, Reason::Gap(gap.clone())),
                None => match describe_check(check).readable.of(self.snapshot.device.platform) {
                    Readable::Absent => self.finding(
                        rule,
                        Verdict::NotApplicable,
                        Reason::Text("reason-not-on-platform", String::new()),
                    ),
                    Readable::Manual => {
                        self.finding(rule, Verdict::Manual, Reason::Text("reason-manual", String::new()))
                    }
                    Readable::Automatic | Readable::Partly => {
                        self.finding(rule, Verdict::NotAssessed, Reason::Text("reason-not-in-evidence", String::new()))
                    }
                },
            };
            finding.actual = Actual::Unknown;
            return finding;
        };
        let holds = holds(expected, &setting.value);
        // The visit itself needs debugging: what it switched on is for the person to look at after the cable is out.
        let by_visit = rule.footprint && self.is_live() && !holds;
        let (verdict, reason) = if holds {
            (Verdict::Pass, "reason-value")
        } else if by_visit {
            (Verdict::Manual, "reason-footprint")
        } else {
            (Verdict::Fail, "reason-value")
        };
        let mut finding = self.finding(rule, verdict, Reason::Text(reason, setting.value.to_string()));
        finding.actual = Actual::Value(setting.value.clone());
        finding.evidence = setting.evidence.clone();
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
