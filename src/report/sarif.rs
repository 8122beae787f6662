//! `--format sarif`: SARIF 2.1.0 (OASIS, errata 01). One run an audit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::content::serial::{HERE, fill, insert, item};
use super::content::wording::Wording;
use super::content::{identity, words as own};
use super::form::{Form, Join, Portion};
use super::markdown;
use crate::audit::{Audit, Finding};
use crate::compare::{Change, Comparison};
use crate::profile::references;
use crate::snapshot::{EvidenceRow, Snapshot, Tool};
use crate::text::clean::sanitize;
use crate::vocabulary::{Severity, Standing, Verdict};

/// How long one text may be, in characters.
const LONGEST: usize = 4000;

/// The schema that the file says it fits (OASIS, "Static Analysis Results Interchange Format 2.1.0 Plus Errata 01").
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How far in a run stands in the log.
const COLUMNS: usize = 4;

/// `--format sarif`: one run an audit.
pub(super) struct Runs<'t> {
    words: Wording<'t>,
}

impl<'t> Runs<'t> {
    pub(super) fn new(words: Wording<'t>) -> Runs<'t> {
        Runs { words }
    }

    fn run(
        &self,
        id: &str,
        snapshot: &Snapshot,
        rules: Vec<Value>,
        taxa: &BTreeSet<String>,
        results: Vec<Value>,
    ) -> Value {
        let mut run = json!({
            "tool": { "driver": {
                "name": "poucet",
                "version": Tool::this().version,
                "semanticVersion": Tool::this().version,
                "language": self.words.language().word(),
                "rules": rules,
            } },
            "automationDetails": { "id": clean(id) },
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {
                "platform": snapshot.device.platform.word(),
                "model": snapshot.device.model.as_deref().map(clean),
                "osVersion": snapshot.device.os_version.as_deref().map(clean),
                "takenAt": snapshot.taken_at.as_deref().map(clean),
            },
        });
        let taxonomies = taxonomies(taxa);
        if !taxonomies.is_empty()
            && let Some(run) = run.as_object_mut()
        {
            run.insert("taxonomies".to_owned(), Value::Array(taxonomies));
        }
        run
    }

    fn audit(&self, audit: &Audit<'_>, gone: &[&Finding<'_>]) -> Value {
        let mut of_rules: BTreeMap<&str, Vec<&Finding<'_>>> = BTreeMap::new();
        for finding in audit.findings.iter().chain(gone.iter().copied()) {
            of_rules.entry(finding.code()).or_default().push(finding);
        }
        let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
        let mut taxa = BTreeSet::new();
        for (code, findings) in of_rules {
            let Some(first) = findings.first() else { continue };
            taxa.extend(first.rule.references.iter().filter(|one| one.contains(':')).cloned());
            rules.insert(code, self.rule(first, &findings));
        }
        let places: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(place, code)| (*code, place)).collect();
        let results = audit.findings.iter().map(|finding| self.result(audit, finding, &places, None));
        let absent = gone.iter().map(|finding| self.result(audit, finding, &places, Some("absent")));
        let results = results.chain(absent).collect();
        let at = audit.snapshot.taken_at.as_deref().unwrap_or("");
        let id = format!("{}/{}/{at}", audit.profile_id, identity::device(audit.snapshot));
        self.run(&id, audit.snapshot, rules.into_values().collect(), &taxa, results)
    }

    fn rule(&self, finding: &Finding<'_>, findings: &[&Finding<'_>]) -> Value {
        let language = self.words.language();
        let related: Vec<Value> = finding
            .rule
            .references
            .iter()
            .filter_map(|reference| {
                let (component, id) = reference.split_once(':')?;
                Some(json!({
                    "target": { "id": clean(id), "toolComponent": { "name": clean(component) } },
                    "kinds": ["relevant"],
                }))
            })
            .collect();
        let mut rule = json!({
            "id": clean(finding.code()),
            "shortDescription": { "text": plain(finding.rule.title.of(language)) },
            "fullDescription": { "text": plain(finding.rule.why.of(language)) },
            "help": self.help(finding, findings),
            "defaultConfiguration": { "level": level(finding.severity) },
            "properties": { "security-severity": score(finding.severity), "severity": finding.severity.word() },
        });
        if !related.is_empty()
            && let Some(rule) = rule.as_object_mut()
        {
            rule.insert("relationships".to_owned(), Value::Array(related));
        }
        rule
    }

    /// What a person should know of a rule: why it exists, where to look, what to press, what it follows, and how to learn more.
    fn help(&self, finding: &Finding<'_>, findings: &[&Finding<'_>]) -> Value {
        let (language, texts) = (self.words.language(), self.words.texts());
        let mut lines: Vec<String> = Vec::new();
        let mut add = |line: String| {
            if !lines.contains(&line) {
                lines.push(line);
            }
        };
        for one in findings {
            let [press, look] = one.general(language);
            look.into_iter().for_each(|text| add(texts.with("table-look", &[("text", &text)])));
            press.into_iter().for_each(|text| add(texts.with("table-press", &[("text", &text)])));
        }
        for reference in finding.rule.references.iter() {
            add(match references::describe(reference) {
                Some(found) => format!("{reference} – {}", found.subject.of(language)),
                None => reference.clone(),
            });
        }
        if !finding.rule.is_waiver {
            add(texts.with("sarif-more", &[("code", finding.code())]));
        }
        let why = finding.rule.why.of(language);
        let text = std::iter::once(why.to_owned()).chain(lines.iter().cloned()).map(|line| plain(&line));
        let items: Vec<String> = lines.iter().map(|line| format!("- {}", markdown::escape(&clean(line)))).collect();
        json!({
            "text": text.collect::<Vec<_>>().join("\n"),
            "markdown": format!("{}\n\n{}", markdown::escape(&clean(why)), items.join("\n")).trim_end(),
        })
    }

    fn result(
        &self,
        audit: &Audit<'_>,
        finding: &Finding<'_>,
        places: &BTreeMap<&str, usize>,
        state: Option<&str>,
    ) -> Value {
        let words = self.words;
        let fails = matches!(finding.verdict, Verdict::Fail | Verdict::Waived);
        let mut message = match finding.verdict.tells_what_was_found() && !finding.rule.is_waiver {
            true => words.line(finding),
            false => words.because(finding),
        };
        if let Some(app) = finding.app.as_deref() {
            message = format!("{}: {message}", words.app(audit, app));
        }
        if let Some(press) = finding.remediation(words.language()).filter(|_| finding.verdict == Verdict::Fail) {
            message.push_str(" – ");
            message.push_str(&words.texts().with("table-press", &[("text", &press)]));
        }
        let evidence: Vec<String> =
            finding.evidence.iter().map(|row| clean(&format!("{} {}: {}", row.source, row.line, row.text))).collect();
        let name = identity::finding(audit.profile_id, audit.snapshot, finding);
        let mut result = json!({
            "ruleId": clean(finding.code()),
            "ruleIndex": places.get(finding.code()),
            "kind": kind(finding.verdict),
            "level": if fails { level(finding.severity) } else { "none" },
            "message": { "text": plain(&message) },
            "locations": [location(audit.snapshot, finding)],
            "partialFingerprints": { "findingIdentity/v1": identity::fingerprint(&name) },
            "properties": {
                "verdict": finding.verdict.word(),
                "severity": finding.severity.word(),
                "permission": finding.permission.map(|permission| permission.word()),
                "check": finding.check.map(|check| check.word()),
                "expected": clean(&own::expected(&finding.expected)),
                "actual": own::actual(&finding.actual).map(|actual| clean(&actual)),
                "evidence": evidence,
            },
        });
        let Some(members) = result.as_object_mut() else { return result };
        if finding.verdict == Verdict::Waived
            && let Some(note) = &finding.waiver
        {
            let justification = plain(&words.waiver(note));
            let suppression = json!({ "kind": "external", "status": "accepted", "justification": justification });
            members.insert("suppressions".to_owned(), json!([suppression]));
        }
        let state = match (state, finding.standing) {
            (Some(state), _) => Some(state),
            (None, _) if audit.baseline.is_none() => None,
            (None, Some(standing)) => Some(baseline_state(standing)),
            (None, None) => Some("unchanged"),
        };
        if let Some(state) = state {
            members.insert("baselineState".to_owned(), json!(state));
        }
        result
    }

    /// A run with the sentence on half readings, where one of the two is.
    fn partial(&self, mut run: Value, comparison: &Comparison<'_>) -> Value {
        if let Some(line) = self.words.partial_comparison(comparison.before, comparison.after)
            && let Some(run) = run.as_object_mut()
            && let Some(properties) = run.entry("properties").or_insert_with(|| json!({})).as_object_mut()
        {
            properties.insert("partial".to_owned(), json!(plain(&line)));
        }
        run
    }

    fn change(&self, change: &Change<'_>, snapshot: &Snapshot) -> Value {
        let place = match &change.app {
            Some(app) => format!("{}/user-{}/{}", identity::device(snapshot), app.user, app.id),
            None => identity::device(snapshot).to_owned(),
        };
        let about = change.app.as_ref().map(|app| format!("{}: ", app.name)).unwrap_or_default();
        json!({
            "ruleId": change.kind.word(),
            "kind": "informational",
            "level": "none",
            "message": { "text": plain(&format!("{about}{}", self.words.change_line(change))) },
            "locations": [{ "logicalLocations": [{ "fullyQualifiedName": clean(&place), "kind": "resource" }] }],
            "properties": {
                "effect": change.effect.word(),
                "about": change.subject.word(),
                "thing": clean(&change.subject.thing()),
            },
        })
    }
}

impl Form for Runs<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        Portion::of(audits.iter().map(|audit| item(&self.audit(audit, &[]), COLUMNS)))
    }

    fn comparison(&self, comparison: &Comparison<'_>) -> Portion {
        let mut runs = Vec::new();
        for judgement in &comparison.judgements {
            // What was fixed is absent now, unless a later finding says of the same thing that it holds.
            let gone: Vec<&Finding<'_>> = judgement
                .rules
                .iter()
                .filter(|change| change.standing == Standing::Fixed && change.after.is_none())
                .filter_map(|change| judgement.finding_before(change))
                .collect();
            let run = self.audit(&judgement.after, &gone);
            runs.push(self.partial(run, comparison));
        }
        let snapshot = comparison.after;
        let rules =
            comparison.changes.iter().map(|change| (change.kind.word(), change.kind)).collect::<BTreeMap<_, _>>();
        let rules = rules.into_iter().map(|(word, kind)| {
            let name = plain(&self.words.change_kind(kind));
            let text = json!({ "text": name });
            let help = json!({ "text": name, "markdown": name });
            json!({ "id": word, "shortDescription": text, "fullDescription": text, "help": help })
        });
        let rules = rules.collect();
        let results = comparison.changes.iter().map(|change| self.change(change, snapshot)).collect();
        let at = snapshot.taken_at.as_deref().unwrap_or("");
        let id = format!("changes/{}/{at}", identity::device(snapshot));
        let run = self.run(&id, snapshot, rules, &BTreeSet::new(), results);
        runs.push(self.partial(run, comparison));
        Portion::of(runs.iter().map(|run| item(run, COLUMNS)))
    }
}

/// The log, once every run is known.
#[derive(Default)]
pub(super) struct Log {
    runs: Vec<String>,
}

impl Join for Log {
    fn add(&mut self, portion: Portion, _: &mut String) {
        let (runs, ()) = portion.open();
        self.runs.extend(runs);
    }

    fn end(&mut self, text: &mut String) {
        if !self.runs.is_empty() {
            fill(&json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": HERE }), &self.runs, COLUMNS, text);
        }
    }
}

fn kind(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail | Verdict::Waived => "fail",
        Verdict::NotAssessed => "open",
        Verdict::Manual => "review",
        Verdict::Noted => "informational",
        Verdict::Pass => "pass",
        Verdict::NotApplicable => "notApplicable",
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The number by which GitHub sorts: the middle of its own ranges, over 9 critical, over 7 high, over 4 medium.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

fn baseline_state(standing: Standing) -> &'static str {
    match standing {
        Standing::New => "new",
        // It was there before, without an outcome.
        Standing::PerhapsNew => "updated",
        Standing::StillFailing | Standing::Waived => "unchanged",
        Standing::NoLongerAssessed | Standing::Fixed | Standing::NoLongerApplies | Standing::NewlyAssessed => "updated",
    }
}

/// Where it is: the phone, its user and the app; and the line of the evidence that the finding rests on, where it stands in a file.
fn location(snapshot: &Snapshot, finding: &Finding<'_>) -> Value {
    let name = match finding.app.as_deref() {
        Some(app) => format!("{}/user-{}/{}", identity::device(snapshot), app.user, app.id),
        None => identity::device(snapshot).to_owned(),
    };
    let mut location = json!({ "logicalLocations": [{ "fullyQualifiedName": clean(&name), "kind": "resource" }] });
    insert(&mut location, "physicalLocation", finding.evidence.iter().find_map(|row| physical(snapshot, row)));
    location
}

/// The place of a row in the files of the evidence; `None` where it stands in none.
fn physical(snapshot: &Snapshot, row: &EvidenceRow) -> Option<Value> {
    let mut read = snapshot.read.iter().filter(|item| item.source == row.source);
    // Of two texts of one name nobody can tell which the row is of.
    let (Some(item), None) = (read.next(), read.next()) else { return None };
    let line = u64::from(row.line).checked_sub(1)?.saturating_add(item.file_line.unwrap_or(1));
    let file: Vec<String> = item.file.as_ref()?.split(['/', '\\']).map(percent_encoded).collect();
    Some(json!({
        "artifactLocation": { "uri": file.join("/") },
        "region": { "startLine": line, "snippet": { "text": clean(&row.text) } },
    }))
}

fn taxonomies(taxa: &BTreeSet<String>) -> Vec<Value> {
    let mut components: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for reference in taxa {
        if let Some((component, id)) = reference.split_once(':') {
            let mut taxon = json!({ "id": clean(id) });
            if let (Some(found), Some(members)) = (references::describe(reference), taxon.as_object_mut()) {
                members.insert("shortDescription".to_owned(), json!({ "text": plain(&found.subject.en) }));
            }
            components.entry(component).or_default().push(taxon);
        }
    }
    components.into_iter().map(|(name, taxa)| json!({ "name": clean(name), "taxa": taxa })).collect()
}

/// One part of a path as a part of a relative reference (RFC 3986): nothing in it is a scheme, a host or a step to another folder.
fn percent_encoded(name: &str) -> String {
    if name.chars().all(|character| character == '.') {
        return "_".repeat(name.len().max(1));
    }
    let mut uri = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.') {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn clean(text: &str) -> String {
    sanitize(text, LONGEST)
}

/// A plain text message: brackets would make a link of it, and braces a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6).
fn plain(text: &str) -> String {
    let mut safe = String::new();
    for character in clean(text).chars() {
        match character {
            '[' | ']' | '\\' => {
                safe.push('\\');
                safe.push(character);
            }
            '{' => safe.push_str("{{"),
            '}' => safe.push_str("}}"),
            other => safe.push(other),
        }
    }
    safe
}
