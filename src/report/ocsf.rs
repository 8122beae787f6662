//! `--format ocsf`: OCSF 1.8.0 Compliance Findings (class 2003), one JSON object a line, for a SIEM.

use serde_json::{Value, json};

use super::content::serial::{insert, to_json};
use super::content::wording::Wording;
use super::content::{identity, words as own};
use super::form::{Form, Portion};
use crate::audit::{Audit, Finding};
use crate::compare::Comparison;
use crate::snapshot::{Snapshot, Tool};
use crate::text::clean::sanitize;
use crate::vocabulary::{Platform, Severity, Standing, Verdict};

/// How long one text may be, in characters.
const LONGEST: usize = 4000;

/// `--format ocsf`.
pub(super) struct Events<'t> {
    words: Wording<'t>,
}

impl<'t> Events<'t> {
    pub(super) fn new(words: Wording<'t>) -> Events<'t> {
        Events { words }
    }

    fn audit(&self, audit: &Audit<'_>, text: &mut String) {
        if !audit.applies() {
            text.push_str(&to_json(&self.not_for(audit)));
            text.push('\n');
            return;
        }
        for finding in audit.findings.iter().filter(|finding| finding.verdict != Verdict::NotApplicable) {
            self.line(audit, finding, None, text);
        }
    }

    /// One event for a profile that is for the other platform: a SIEM that waits for its word gets it.
    fn not_for(&self, audit: &Audit<'_>) -> Value {
        let Some(finding) = audit.findings.first() else { return json!({}) };
        let mut event = self.event(audit, finding, None);
        let (time, name) = (
            identity::milliseconds(audit.snapshot),
            format!("{}::{}", audit.profile_id, identity::device(audit.snapshot)),
        );
        let said = clean(&self.words.verdict(audit));
        let title = clean(audit.profile_title.of(self.words.language()));
        for (path, value) in [
            ("/message", json!(said)),
            ("/severity_id", json!(1)),
            ("/severity", json!("Informational")),
            ("/metadata/uid", json!(identity::uuid(&format!("{name}@{time}")))),
            ("/finding_info/uid", json!(clean(&name))),
            ("/finding_info/title", json!(title)),
            ("/finding_info/desc", json!(said)),
            ("/finding_info/analytic/name", json!(clean(audit.profile_id))),
            ("/finding_info/analytic/uid", json!(clean(audit.profile_id))),
            ("/compliance/control", json!(clean(audit.profile_id))),
            ("/compliance/requirements", json!([])),
            ("/compliance/status_details", json!([said])),
        ] {
            if let Some(place) = event.pointer_mut(path) {
                *place = value;
            }
        }
        if let Some(compliance) = event.get_mut("compliance").and_then(Value::as_object_mut) {
            compliance.remove("checks");
        }
        event
    }

    fn line(&self, audit: &Audit<'_>, finding: &Finding<'_>, standing: Option<Standing>, text: &mut String) {
        text.push_str(&to_json(&self.event(audit, finding, standing.or(finding.standing))));
        text.push('\n');
    }

    fn event(&self, audit: &Audit<'_>, finding: &Finding<'_>, standing: Option<Standing>) -> Value {
        let words = self.words;
        let snapshot = audit.snapshot;
        let name = identity::finding(audit.profile_id, snapshot, finding);
        let time = identity::milliseconds(snapshot);
        // Closed as far as the person is concerned: suppressed where somebody signed, else new (1).
        let (status_id, status) = match (finding.verdict, standing) {
            (Verdict::Waived, _) => (3, "Suppressed"),
            (_, Some(Standing::Fixed)) => (4, "Resolved"),
            _ => (1, "New"),
        };
        let (compliance_id, compliance) = match (finding.verdict, standing) {
            (_, Some(Standing::Fixed)) => (1, "Pass"),
            (Verdict::Pass, _) => (1, "Pass"),
            (Verdict::Fail | Verdict::Waived, _) => (3, "Fail"),
            (Verdict::NotAssessed | Verdict::Manual, _) => (2, "Warning"),
            // Neither passed nor failed, nor a warning: what is told is for a person to know.
            (Verdict::Noted, _) => (99, "Noted"),
            (Verdict::NotApplicable, _) => (99, "Not applicable"),
        };
        let (severity_id, severity) = severity(finding.severity);
        let checks: Vec<Value> = finding
            .rule
            .references
            .iter()
            .filter(|reference| reference.starts_with("stig") || reference.starts_with("cis-"))
            .filter_map(|reference| {
                let (standard, id) = reference.split_once(':')?;
                Some(json!({
                    "uid": clean(id), "standards": [clean(standard)], "status_id": compliance_id, "status": compliance,
                }))
            })
            .collect();
        let mut details = vec![format!(
            "expected {}, actual {}",
            own::expected(&finding.expected),
            own::actual(&finding.actual).unwrap_or("unknown".into())
        )];
        details.push(words.because(finding));
        details.extend(finding.waiver.as_ref().map(|note| words.waiver(note)));
        let mut compliance = json!({
            "standards": [clean(&format!("{} {}", audit.profile_id, audit.profile_version))],
            "control": clean(finding.code()),
            "requirements": finding.rule.references.iter().map(|reference| clean(reference)).collect::<Vec<_>>(),
            "status_id": compliance_id,
            "status": compliance,
            "status_details": details.iter().map(|detail| clean(detail)).collect::<Vec<_>>(),
        });
        insert(&mut compliance, "checks", (!checks.is_empty()).then_some(Value::Array(checks)));
        let evidence: Vec<Value> = finding
            .evidence
            .iter()
            .map(|row| json!({ "name": clean(&row.source), "data": { "line": row.line, "text": clean(&row.text) } }))
            .collect();
        let mut event = json!({
            "activity_id": 1,
            "activity_name": "Create",
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": 2003,
            "class_name": "Compliance Finding",
            "type_uid": 200_301,
            "time": time,
            "severity_id": severity_id,
            "severity": severity,
            "status_id": status_id,
            "status": status,
            "message": clean(&message(words, finding)),
            "metadata": {
                "version": "1.8.0",
                "product": { "name": "poucet", "vendor_name": "poucet", "version": Tool::this().version },
                "uid": identity::uuid(&format!("{name}@{time}")),
            },
            "finding_info": {
                "uid": clean(&name),
                "title": clean(finding.rule.title.of(words.language())),
                "desc": clean(finding.rule.why.of(words.language())),
                "created_time": time,
                "analytic": { "type_id": 1, "type": "Rule", "name": clean(finding.code()), "uid": clean(finding.code()) },
            },
            "compliance": compliance,
            "resources": [resource(snapshot, finding)],
            "device": device(snapshot),
        });
        insert(&mut event, "evidences", (!evidence.is_empty()).then_some(Value::Array(evidence)));
        let press = finding.remediation(words.language()).filter(|_| finding.verdict != Verdict::Pass);
        insert(&mut event, "remediation", press.map(|press| json!({ "desc": clean(&press) })));
        let mut unmapped = serde_json::Map::new();
        unmapped.extend(standing.map(|standing| ("standing".to_owned(), json!(standing.word()))));
        if let Some(baseline) = &audit.baseline {
            let partial = [words.partial_baseline(baseline), words.partial(snapshot)];
            let said = partial.into_iter().flatten().collect::<Vec<_>>().join(" ");
            unmapped.extend((!said.is_empty()).then(|| ("partial".to_owned(), json!(clean(&said)))));
        }
        insert(&mut event, "unmapped", (!unmapped.is_empty()).then_some(Value::Object(unmapped)));
        event
    }
}

impl Form for Events<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        let mut text = String::new();
        audits.iter().for_each(|audit| self.audit(audit, &mut text));
        Portion::of([text])
    }

    fn comparison(&self, comparison: &Comparison<'_>) -> Portion {
        let mut text = String::new();
        for judgement in &comparison.judgements {
            self.audit(&judgement.after, &mut text);
            // Of what went, the earlier finding tells, now resolved.
            for change in judgement.rules.iter().filter(|change| change.after.is_none()) {
                if let Some(finding) = judgement.finding_before(change) {
                    self.line(&judgement.after, finding, Some(change.standing), &mut text);
                }
            }
        }
        Portion::of([text])
    }
}

fn message(words: Wording<'_>, finding: &Finding<'_>) -> String {
    let said = words.line(finding);
    match finding.app.as_deref() {
        Some(app) => format!("{}: {said}", app.name),
        None => said,
    }
}

/// The words and numbers of OCSF's `severity_id`.
fn severity(severity: Severity) -> (u8, &'static str) {
    match severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

fn resource(snapshot: &Snapshot, finding: &Finding<'_>) -> Value {
    match finding.app.as_deref() {
        Some(app) => json!({
            "uid": clean(&format!("{}/{}/{}", identity::device(snapshot), app.user, app.id)),
            "name": clean(&app.name),
            "type": "mobile app",
        }),
        None => json!({ "uid": clean(identity::device(snapshot)), "type": "mobile device" }),
    }
}

fn device(snapshot: &Snapshot) -> Value {
    let device = &snapshot.device;
    // OCSF 1.8, object `os`: 201 Android, 301 iOS.
    let (name, type_id) = match device.platform {
        Platform::Android => ("Android", 201),
        // OCSF has no number of its own for iPadOS in `os`; its name tells.
        Platform::Ios => (device.system(), 301),
    };
    let mut os = json!({ "name": name, "type_id": type_id });
    insert(&mut os, "version", device.os_version.as_deref().map(|version| json!(clean(version))));
    insert(&mut os, "build", device.build.as_deref().map(|build| json!(clean(build))));
    let mut it = json!({ "uid": clean(identity::device(snapshot)), "type_id": 5, "type": "Mobile", "os": os });
    insert(&mut it, "model", device.model.as_deref().map(|model| json!(clean(model))));
    insert(&mut it, "vendor_name", device.manufacturer.as_deref().map(|maker| json!(clean(maker))));
    it
}

fn clean(text: &str) -> String {
    sanitize(text, LONGEST)
}
