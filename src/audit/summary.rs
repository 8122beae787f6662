//! The counts of an audit, and its two numbers.

use super::model::{COVERAGE_FLOOR, Finding, Summary};
use crate::vocabulary::{Severity, Verdict};

impl Summary {
    /// The outcome of one rule: the worst of its findings; `None` when it has none.
    pub(crate) fn outcome(findings: &[Finding<'_>], rule: &str) -> Option<Verdict> {
        let own = findings.iter().filter(|finding| !finding.rule.is_waiver && finding.code() == rule);
        own.map(|finding| finding.verdict).min()
    }

    pub(super) fn of(findings: &[Finding<'_>]) -> Summary {
        // By the place of the rule among the rules: a fleet asks for this a million times.
        let mut rules: Vec<Option<(Verdict, Severity)>> = Vec::new();
        for finding in findings.iter().filter(|finding| !finding.rule.is_waiver) {
            let place = usize::try_from(finding.place.1).unwrap_or(usize::MAX);
            if rules.len() <= place {
                rules.resize(place.saturating_add(1), None);
            }
            if let Some(outcome) = rules.get_mut(place) {
                let (verdict, severity) = outcome.unwrap_or((finding.verdict, finding.severity));
                // The order of the verdicts is the order in which they count.
                *outcome = Some((verdict.min(finding.verdict), severity));
            }
        }
        let mut summary = Summary::default();
        let (mut held, mut judged) = (0, 0);
        for (verdict, severity) in rules.iter().flatten() {
            match verdict {
                Verdict::Pass => summary.pass += 1,
                Verdict::Fail => summary.fail += 1,
                Verdict::Waived => summary.waived += 1,
                Verdict::NotAssessed => summary.not_assessed += 1,
                Verdict::Manual => summary.manual += 1,
                Verdict::Noted => summary.noted += 1,
                Verdict::NotApplicable => summary.not_applicable += 1,
            }
            if matches!(verdict, Verdict::Pass | Verdict::Fail | Verdict::Waived) {
                judged += weight(*severity);
            }
            if matches!(verdict, Verdict::Pass) {
                held += weight(*severity);
            }
            if *verdict == Verdict::Fail {
                summary.worst = summary.worst.max(Some(*severity));
                summary.critical += u64::from(*severity == Severity::Critical);
            }
        }
        let seen = summary.pass + summary.fail + summary.waived + summary.noted;
        let applicable = seen + summary.not_assessed + summary.manual;
        // Where no rule applies, none was left unjudged.
        summary.coverage = share(seen, applicable).unwrap_or(1.0);
        if summary.coverage >= COVERAGE_FLOOR {
            summary.conformity = share(held, judged);
        }
        summary
    }
}

/// The weight of a rule in the conformity: ours, published with the number.
fn weight(severity: Severity) -> u64 {
    match severity {
        Severity::Critical => 10,
        Severity::High => 6,
        Severity::Medium => 3,
        Severity::Low => 1,
        Severity::Info => 0,
    }
}

/// A share to three decimals, so that the same counts give the same bytes everywhere; `None` of nothing.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    let thousandths = (part * 1000 + whole / 2).checked_div(whole)?;
    Some(f64::from(u32::try_from(thousandths).unwrap_or(1000)) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Texts};

    #[test]
    fn the_report_tells_the_weights_and_the_floor_that_count() {
        for (language, names) in [
            (Language::En, ["critical", "high", "medium", "low"]),
            (Language::Fr, ["critique", "élevée", "moyenne", "faible"]),
        ] {
            let told = Texts::new(language).with("table-numbers", &[("conformity", "1"), ("coverage", "1")]);
            let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
            for (name, severity) in names.into_iter().zip(severities) {
                assert!(told.contains(&format!("{name} {}", weight(severity))), "{told}");
            }
            assert_eq!(weight(Severity::Info), 0);
        }
        let page = include_str!("../../docs/profiles.md");
        assert!(page.contains("critical 10, high 6, medium 3, low 1, info 0"));
    }
}
