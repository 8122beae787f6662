//! What a verdict makes of the call, and what evidence makes of a verdict.

use super::{JudgeOptions, Outcome};
use crate::audit::{Audit, Finding};
use crate::evidence::ios::Artefact;
use crate::evidence::{Kind, Reason, SourceKind};
use crate::snapshot::{APP_LIST, Snapshot};
use crate::vocabulary::{Check, Severity, Standing, Verdict};

impl JudgeOptions<'_> {
    /// What all the audits of one phone make of the call, and whether its evidence is damaged.
    pub(super) fn outcome_of(&self, audits: &[Audit<'_>], damaged: bool) -> Outcome {
        let outcome = if damaged { Outcome::UNREADABLE } else { Outcome::default() };
        audits.iter().fold(outcome, |outcome, audit| {
            let outcome = outcome.and(self.outcome(audit));
            // What an earlier reading does not tell is no proof that nothing is new.
            let is_partial = audit.baseline.as_ref().is_some_and(|baseline| !baseline.partial.is_empty());
            if is_partial { outcome.and(Outcome::UNREADABLE) } else { outcome }
        })
    }

    /// What an audit makes of the call.
    pub fn outcome(&self, audit: &Audit<'_>) -> Outcome {
        let Some(threshold) = self.threshold else { return Outcome::default() };
        let strict = self.strict || audit.strict;
        let failing = audit.findings.iter().any(|finding| {
            let counts = match finding.verdict {
                Verdict::Fail => !self.only_new || finding.standing == Some(Standing::New),
                // Who asks for it by name has it counted.
                Verdict::Noted => threshold == Severity::Info && !self.only_new,
                Verdict::NotAssessed if strict => {
                    !self.only_new || finding.standing == Some(Standing::NoLongerAssessed)
                }
                _ => false,
            };
            counts && finding.severity >= threshold
        });
        // What fails, and may have failed before: neither is it known to be new, nor that nothing is.
        let unsure = self.only_new
            && audit
                .findings
                .iter()
                .any(|finding| finding.standing == Some(Standing::PerhapsNew) && finding.severity >= threshold);
        let unsure = unsure || !failing && lacks_evidence(audit, threshold, self.only_new);
        let outcome = if unsure { Outcome::UNREADABLE } else { Outcome::default() };
        if failing { outcome.and(Outcome::FAILING) } else { outcome }
    }
}

/// Whether a rule could not be judged because a piece of evidence is not there, or is not shown to be whole: what it would have said is not
/// known, and no outcome may make it look as if nothing failed.
fn lacks_evidence(audit: &Audit<'_>, threshold: Severity, only_new: bool) -> bool {
    let snapshot = audit.snapshot;
    let is_saved = snapshot.source.kind == SourceKind::Files.word();
    let unknown = |finding: &&Finding<'_>| {
        finding.verdict == Verdict::NotAssessed
            && finding.severity >= threshold
            && (!only_new || finding.standing == Some(Standing::NoLongerAssessed))
    };
    audit.findings.iter().filter(unknown).any(|finding| {
        let crate::audit::Why::Gap(gap) = &finding.because else { return false };
        if gap.area == APP_LIST {
            // A snapshot that only counts some apps is whole.
            return snapshot.gaps.iter().any(|own| own.area == APP_LIST);
        }
        // What contradicts itself may be an app's doing, and of an app in two lists that disagree nobody knows.
        let in_doubt = [Reason::Unproven, Reason::Unreadable].iter().any(|reason| reason.word() == gap.reason);
        if in_doubt || gap.area == Check::AppPresence.word() && gap.app.is_some() {
            return true;
        }
        let of_gap = |kind: &Kind| [gap.area.as_str(), gap.detail.as_str()].contains(&kind.label());
        // Tools collect some outputs for one user only; a folder of saved texts lacks what nobody saved.
        let Some(kind) = Kind::ALL.into_iter().find(of_gap).filter(|_| gap.reason == Reason::Absent.word()) else {
            return false;
        };
        is_saved || !snapshot.read.iter().any(|read| read.source.starts_with(kind.label()))
    })
}

/// Whether evidence that should be there was refused, cut short or damaged.
pub fn is_damaged(snapshot: &Snapshot) -> bool {
    snapshot.gaps.iter().any(|gap| {
        // A row that is not understood among many that are: counted in the report, and no damage.
        if gap.reason == Reason::Unreadable.word() && gap.read.is_some_and(|read| read > 0) {
            return false;
        }
        let is = |reasons: &[Reason]| reasons.iter().any(|reason| reason.word() == gap.reason);
        let broken = is(&[Reason::Refused, Reason::TimedOut, Reason::Truncated, Reason::Unreadable]);
        let absent = is(&[Reason::Absent]);
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.label() == gap.area) {
            // Installed packages follow from another dump; a user that this list is refused for is read all the same.
            return kind != Kind::PackageList && (broken || absent && matches!(kind, Kind::Packages | Kind::AppOps));
        }
        let artefact = Artefact::ALL.iter().find(|artefact| artefact.label() == gap.area);
        artefact.is_some_and(|artefact| broken || is(&[Reason::NoPassword]) || absent && artefact.is_expected())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Options, Scope};
    use crate::catalog::Catalog;
    use crate::evidence::ios::{BackupEvidence, BackupMissing};

    #[test]
    fn what_a_backup_should_hold_and_does_not_is_damage() {
        let damaged = |artefact, reason| {
            let missing = vec![BackupMissing { artefact, reason, detail: String::new() }];
            let evidence = BackupEvidence { missing, ..BackupEvidence::default() };
            let scope = Scope { catalog: Catalog::builtin(), all_apps: false, user: None };
            let options = Options { scope, id_key: None, show_serial: false };
            let mut snapshot = crate::access::ios::build::snapshot(&evidence, options);
            snapshot.gaps.retain(|gap| gap.area == artefact.label());
            is_damaged(&snapshot)
        };
        for reason in [Reason::Refused, Reason::TimedOut, Reason::Truncated, Reason::Unreadable, Reason::NoPassword] {
            assert!(damaged(Artefact::Tcc, reason) && damaged(Artefact::Mdm, reason), "{reason:?}");
        }
        assert!(damaged(Artefact::Tcc, Reason::Absent));
        assert!(!damaged(Artefact::Mdm, Reason::Absent), "most phones are not managed");
        assert!(!damaged(Artefact::Health, Reason::EncryptedOnly) && !damaged(Artefact::Tcc, Reason::NotSupported));
    }
}
