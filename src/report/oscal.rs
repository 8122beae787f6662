//! `--format oscal`: OSCAL 1.2.2 assessment results (NIST). One document, one result an audit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::content::identity;
use super::content::serial::{HERE, fill, insert, item};
use super::content::wording::Wording;
use super::form::{Form, Join, Portion};
use crate::audit::{Audit, Finding};
use crate::compare::{Change, Comparison};
use crate::snapshot::{Snapshot, Tool};
use crate::text::clean::sanitize;
use crate::vocabulary::{Standing, Verdict};

/// How long one text may be, in characters.
const LONGEST: usize = 4000;

/// The namespace of our own properties.
const NAMESPACE: &str = "urn:poucet:oscal:1";

/// A finding with the UUIDs of its observation and of its risk.
type Observed<'a> = (&'a Finding<'a>, String, Option<String>);

/// How far in a result stands in the document.
const COLUMNS: usize = 6;

/// `--format oscal`: one result an audit.
pub(super) struct Results<'t> {
    words: Wording<'t>,
}

/// The results of one part on their way, with what the document tells of them.
#[derive(Default)]
struct Told {
    results: Vec<String>,
    aside: Aside,
}

/// What the document tells of its results.
#[derive(Default)]
struct Aside {
    /// The UUIDs of the results.
    ids: Vec<String>,
    /// The profiles, as the plans that were assessed, by UUID.
    resources: BTreeMap<String, Value>,
    /// The latest moment.
    latest: Option<String>,
}

impl Told {
    fn add(&mut self, result: &Value, at: &str) {
        self.aside.ids.extend(result.get("uuid").and_then(Value::as_str).map(str::to_owned));
        self.aside.latest = self.aside.latest.take().max(Some(at.to_owned()));
        self.results.push(item(result, COLUMNS));
    }

    fn portion(self) -> Portion {
        Portion::with(self.results, self.aside)
    }
}

impl<'t> Results<'t> {
    pub(super) fn new(words: Wording<'t>) -> Results<'t> {
        Results { words }
    }

    /// Takes note of a profile as the plan that was assessed.
    fn profile(&self, audit: &Audit<'_>, told: &mut Told) {
        let uuid = identity::uuid(&format!("profile:{}:{}", audit.profile_id, audit.profile_sha256));
        let resource = json!({
            "uuid": uuid,
            "title": clean(&format!("{} {}", audit.profile_id, audit.profile_version)),
            "description": clean(audit.profile_title.of(self.words.language())),
            "rlinks": [{
                "href": format!("{}.toml", audit.profile_id),
                "hashes": [{ "algorithm": "SHA-256", "value": audit.profile_sha256 }],
            }],
        });
        told.aside.resources.insert(uuid, resource);
    }

    fn result(&self, audit: &Audit<'_>, standings: &BTreeMap<usize, Standing>, told: &mut Told) {
        self.profile(audit, told);
        let snapshot = audit.snapshot;
        let (at, exact) = identity::moment(snapshot);
        let key = format!("{}:{}:{at}", audit.profile_id, identity::device(snapshot));
        let phone = identity::uuid(&format!("phone:{}", identity::device(snapshot)));
        let (mut observations, mut risks) = (Vec::new(), Vec::new());
        let mut rules: BTreeMap<&str, Vec<Observed<'_>>> = BTreeMap::new();
        let mut left_out: BTreeSet<&str> = BTreeSet::new();
        for (place, finding) in audit.findings.iter().enumerate() {
            if finding.verdict == Verdict::NotApplicable {
                left_out.insert(finding.code());
                continue;
            }
            let name = format!("{}@{at}", identity::finding(audit.profile_id, snapshot, finding));
            let observation = identity::uuid(&format!("observation:{name}:{place}"));
            let standing = finding.standing.or(standings.get(&place).copied());
            observations.push(self.observation(audit, finding, &observation, &phone, &at, standing));
            let risk = matches!(finding.verdict, Verdict::Fail | Verdict::Waived).then(|| {
                let uuid = identity::uuid(&format!("risk:{name}:{place}"));
                risks.push(self.risk(audit, finding, &uuid, &observation));
                uuid
            });
            rules.entry(finding.code()).or_default().push((finding, observation, risk));
        }
        let controls: Vec<Value> = rules.keys().map(|code| json!({ "control-id": clean(code) })).collect();
        let findings: Vec<Value> = rules.iter().filter_map(|(code, parts)| self.finding(&key, code, parts)).collect();
        let mut remarks = Vec::new();
        if !exact {
            remarks.push(self.words.texts().get("oscal-no-offset"));
        }
        if !left_out.is_empty() {
            let rules = left_out.into_iter().collect::<Vec<_>>().join(", ");
            remarks.push(self.words.texts().with("oscal-not-applicable", &[("rules", &rules)]));
        }
        let mut selection = json!({});
        match controls.is_empty() {
            true => insert(&mut selection, "include-all", Some(json!({}))),
            false => insert(&mut selection, "include-controls", Some(Value::Array(controls))),
        }
        let mut result = json!({
            "uuid": identity::uuid(&format!("result:{key}")),
            "title": clean(audit.profile_title.of(self.words.language())),
            "description": clean(&self.words.verdict(audit)),
            "start": at,
            "end": at,
            "local-definitions": { "inventory-items": [self.phone(snapshot, &phone)] },
            "reviewed-controls": { "control-selections": [selection] },
        });
        insert(&mut result, "observations", list(observations));
        insert(&mut result, "risks", list(risks));
        insert(&mut result, "findings", list(findings));
        insert(&mut result, "remarks", (!remarks.is_empty()).then(|| json!(clean(&remarks.join(" ")))));
        told.add(&result, &at);
    }

    fn phone(&self, snapshot: &Snapshot, uuid: &str) -> Value {
        let device = &snapshot.device;
        let mut properties = vec![json!({ "name": "asset-id", "value": value(identity::device(snapshot)) })];
        let rows = [
            ("vendor-name", device.manufacturer.as_deref()),
            ("model", device.model.as_deref()),
            ("os-name", Some(device.platform.word())),
            ("os-version", device.os_version.as_deref()),
            ("patch-level", device.patch_level.as_deref()),
        ];
        for (name, text) in rows {
            // Properties that OSCAL names itself need no namespace; `os-version` is one of those.
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                let own = !matches!(name, "vendor-name" | "model" | "os-name" | "os-version" | "patch-level");
                let mut property = json!({ "name": name, "value": value(text) });
                insert(&mut property, "ns", own.then(|| json!(NAMESPACE)));
                properties.push(property);
            }
        }
        json!({ "uuid": uuid, "description": clean(&self.words.device(device)), "props": properties })
    }

    fn observation(
        &self,
        audit: &Audit<'_>,
        finding: &Finding<'_>,
        uuid: &str,
        phone: &str,
        at: &str,
        standing: Option<Standing>,
    ) -> Value {
        let words = self.words;
        let subject = match finding.app.as_deref() {
            Some(app) => format!("{}: {}", words.app(audit, app), words.subject(finding)),
            None => words.subject(finding),
        };
        let mut properties = vec![
            own("verdict", finding.verdict.word()),
            own("severity", finding.severity.word()),
            own("rule", finding.code()),
        ];
        if let Some(app) = finding.app.as_deref() {
            properties.push(own("app", &app.id));
            properties.push(own("user", &app.user.to_string()));
        }
        properties.extend(finding.permission.map(|permission| own("permission", permission.word())));
        properties.extend(finding.check.map(|check| own("check", check.word())));
        properties.extend(standing.map(|standing| own("standing", standing.word())));
        let evidence: Vec<Value> = finding
            .evidence
            .iter()
            .map(|row| json!({ "description": clean(&format!("{} {}: {}", row.source, row.line, row.text)) }))
            .collect();
        let mut observation = json!({
            "uuid": uuid,
            "title": clean(&subject),
            "description": clean(&self.line(finding)),
            "props": properties,
            "methods": [if finding.verdict == Verdict::Manual { "INTERVIEW" } else { "EXAMINE" }],
            "types": ["finding"],
            "subjects": [{ "subject-uuid": phone, "type": "inventory-item" }],
            "collected": at,
        });
        insert(&mut observation, "relevant-evidence", list(evidence));
        observation
    }

    fn line(&self, finding: &Finding<'_>) -> String {
        let words = self.words;
        let because = words.because(finding);
        if !finding.verdict.tells_what_was_found() || finding.rule.is_waiver {
            return because;
        }
        let line = words.line(finding);
        format!("{line}. {because}")
    }

    fn risk(&self, audit: &Audit<'_>, finding: &Finding<'_>, uuid: &str, observation: &str) -> Value {
        let words = self.words;
        let waived = finding.verdict == Verdict::Waived;
        let mut risk = json!({
            "uuid": uuid,
            "title": clean(finding.rule.title.of(words.language())),
            "description": clean(&self.line(finding)),
            "statement": clean(finding.rule.why.of(words.language())),
            "status": if waived { "deviation-approved" } else { "open" },
            "props": [own("severity", finding.severity.word())],
            "related-observations": [{ "observation-uuid": observation }],
        });
        if let Some(press) = finding.remediation(words.language()) {
            let response = json!([{
                "uuid": identity::uuid(&format!("remediation:{uuid}")),
                "lifecycle": "recommendation",
                "title": clean(finding.rule.title.of(words.language())),
                "description": clean(&press),
            }]);
            insert(&mut risk, "remediations", Some(response));
        }
        let waiver = finding.waiver.as_ref().filter(|_| waived);
        if let Some(note) = waiver {
            insert(&mut risk, "deadline", Some(json!(format!("{}T23:59:59Z", note.expires))));
            let log = json!({ "entries": [{
                "uuid": identity::uuid(&format!("waiver:{uuid}")),
                "title": clean(&note.rule.to_string()),
                "description": clean(&words.waiver(note)),
                "start": identity::moment(audit.snapshot).0,
                "status-change": "deviation-approved",
            }] });
            insert(&mut risk, "risk-log", Some(log));
        }
        risk
    }

    /// A rule: satisfied only when every observation passed. One that only a person can look at has no finding.
    fn finding(&self, key: &str, code: &str, parts: &[Observed<'_>]) -> Option<Value> {
        let (first, ..) = parts.first()?;
        let outcome = parts.iter().map(|(finding, ..)| finding.verdict).min()?;
        let status = match outcome {
            Verdict::Pass => json!({ "state": "satisfied", "reason": "pass" }),
            Verdict::Fail => json!({ "state": "not-satisfied", "reason": "fail" }),
            Verdict::Waived => json!({ "state": "not-satisfied", "reason": "other", "remarks": "waived" }),
            Verdict::NotAssessed => json!({ "state": "not-satisfied", "reason": "other", "remarks": "not-assessed" }),
            Verdict::Manual | Verdict::Noted | Verdict::NotApplicable => return None,
        };
        let related: Vec<Value> =
            parts.iter().map(|(_, observation, _)| json!({ "observation-uuid": observation })).collect();
        let risks: Vec<Value> =
            parts.iter().filter_map(|(.., risk)| Some(json!({ "risk-uuid": risk.as_ref()? }))).collect();
        let language = self.words.language();
        let properties: Vec<Value> =
            first.rule.references.iter().map(|reference| own("reference", reference)).collect();
        let mut finding = json!({
            "uuid": identity::uuid(&format!("finding:{key}:{code}")),
            "title": clean(first.rule.title.of(language)),
            "description": clean(first.rule.why.of(language)),
            "target": { "type": "objective-id", "target-id": clean(code), "status": status },
            "related-observations": related,
        });
        insert(&mut finding, "related-risks", list(risks));
        insert(&mut finding, "props", list(properties));
        Some(finding)
    }

    /// Changes without a profile: observations, and no finding.
    fn changes(&self, comparison: &Comparison<'_>, told: &mut Told) {
        let snapshot = comparison.after;
        let (at, _) = identity::moment(snapshot);
        let (begin, _) = identity::moment(comparison.before);
        let phone = identity::uuid(&format!("phone:{}", identity::device(snapshot)));
        let key = format!("changes:{}:{begin}:{at}", identity::device(snapshot));
        let observation = |(place, change): (usize, &Change<'_>)| {
            let app = change.app.as_ref().map(|app| format!("{}: ", app.name)).unwrap_or_default();
            let mut properties = vec![own("change", change.kind.word()), own("effect", change.effect.word())];
            properties.extend(change.app.as_ref().map(|app| own("app", &app.id)));
            json!({
                "uuid": identity::uuid(&format!("observation:{key}:{place}")),
                "title": clean(&format!("{app}{}", self.words.change_subject(change))),
                "description": clean(&self.words.change_line(change)),
                "props": properties,
                "methods": ["EXAMINE"],
                "subjects": [{ "subject-uuid": phone, "type": "inventory-item" }],
                "collected": at,
            })
        };
        let observations = comparison.changes.iter().enumerate().map(observation).collect();
        let title = clean(&self.words.texts().get("compare-title"));
        let mut result = json!({
            "uuid": identity::uuid(&format!("result:{key}")),
            "title": title,
            "description": clean(&self.words.device(&snapshot.device)),
            "start": begin.clone().min(at.clone()),
            "end": begin.max(at.clone()),
            "local-definitions": { "inventory-items": [self.phone(snapshot, &phone)] },
            "reviewed-controls": { "control-selections": [{ "include-all": {} }] },
        });
        insert(&mut result, "observations", list(observations));
        let partial = self.words.partial_comparison(comparison.before, snapshot);
        insert(&mut result, "remarks", partial.map(|line| json!(clean(&line))));
        told.add(&result, &at);
    }
}

impl Form for Results<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        let mut told = Told::default();
        audits.iter().for_each(|audit| self.result(audit, &BTreeMap::new(), &mut told));
        told.portion()
    }

    fn comparison(&self, comparison: &Comparison<'_>) -> Portion {
        let mut told = Told::default();
        for judgement in &comparison.judgements {
            // Of what was fixed, the earlier result tells.
            let before = judgement.rules.iter().filter_map(|change| Some((change.before?, change.standing)));
            self.result(&judgement.before, &before.collect(), &mut told);
            self.result(&judgement.after, &BTreeMap::new(), &mut told);
        }
        self.changes(comparison, &mut told);
        told.portion()
    }
}

/// The document, once every result is known.
pub(super) struct Joined<'t> {
    words: Wording<'t>,
    told: Told,
}

impl<'t> Joined<'t> {
    pub(super) fn new(words: Wording<'t>) -> Joined<'t> {
        Joined { words, told: Told::default() }
    }
}

impl Join for Joined<'_> {
    fn add(&mut self, portion: Portion, _: &mut String) {
        let (results, Aside { ids, resources, latest }) = portion.open();
        let told = &mut self.told;
        told.results.extend(results);
        told.aside.ids.extend(ids);
        told.aside.resources.extend(resources);
        told.aside.latest = told.aside.latest.take().max(latest);
    }

    fn end(&mut self, text: &mut String) {
        let Told { results, aside: Aside { ids, resources, latest } } = &self.told;
        if results.is_empty() {
            return;
        }
        let mut without_plan = None;
        let plan = match resources.keys().next() {
            Some(uuid) => format!("#{uuid}"),
            None => {
                // A comparison without a profile has no plan; the document demands one.
                let uuid = identity::uuid("no profile");
                let resource = json!({ "uuid": uuid, "title": self.words.texts().get("oscal-no-profile") });
                without_plan = Some(resource);
                format!("#{uuid}")
            }
        };
        let document = json!({ "assessment-results": {
            "uuid": identity::uuid(&format!("document:{}", ids.join(","))),
            "metadata": {
                "title": self.words.texts().get("html-title"),
                "last-modified": latest.as_deref().unwrap_or_default(),
                "version": Tool::this().version,
                "oscal-version": "1.2.2",
            },
            "import-ap": { "href": plan, "remarks": self.words.texts().get("oscal-plan") },
            "results": HERE,
            "back-matter": { "resources": resources.values().chain(&without_plan).collect::<Vec<_>>() },
        } });
        fill(&document, results, COLUMNS, text);
    }
}

/// A property of our own.
fn own(name: &str, text: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": value(text) })
}

/// The value of a property has no white space at its ends and is not empty.
fn value(text: &str) -> String {
    let safe = clean(text.trim());
    if safe.trim().is_empty() { "-".to_owned() } else { safe }
}

fn list(values: Vec<Value>) -> Option<Value> {
    (!values.is_empty()).then_some(Value::Array(values))
}

fn clean(text: &str) -> String {
    sanitize(text, LONGEST)
}
