//! Findings in words: the sentences that every format for people shares.

use std::collections::BTreeSet;

use crate::audit::{Actual, AppRef, Asked, Audit, COVERAGE_FLOOR, Finding, HIDDEN, Why};
use crate::profile::{self, Change, Tailored};
use crate::snapshot::{AppActivity, Device, Domain, Gap, LastUse, PrivacyReport, Value};
use crate::text::{Language, Texts};
use crate::vocabulary::permissions::{CheckValue, describe, describe_check};
use crate::vocabulary::{BecauseCode, Check, Level, Permission, Platform, Severity, Verdict};
use crate::waiver::WaiverNote;

/// The texts of one language with the vocabulary's own.
#[derive(Clone, Copy, Debug)]
pub struct Wording<'t> {
    texts: &'t Texts,
}

impl<'t> Wording<'t> {
    /// Words of one language.
    pub fn new(texts: &'t Texts) -> Wording<'t> {
        Wording { texts }
    }

    /// The texts themselves.
    pub fn texts(&self) -> &'t Texts {
        self.texts
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.texts.language()
    }

    /// The name of a permission.
    pub fn permission(&self, permission: Permission) -> &'static str {
        describe(permission).name.of(self.language())
    }

    /// The name of a level, as it reads for a permission.
    pub fn level(&self, permission: Option<Permission>, level: Level) -> String {
        match permission {
            Some(permission) => describe(permission).level_name(level).of(self.language()).to_owned(),
            None => crate::vocabulary::permissions::describe_level(level).name.of(self.language()).to_owned(),
        }
    }

    /// The reason of a finding in one sentence.
    pub fn because(&self, finding: &Finding<'_>) -> String {
        match &finding.because {
            Why::Grant(because) => self.texts.with(
                &format!("because-{}", because.code),
                &[
                    ("subject", told(because.subject.as_deref().map_or("", short))),
                    ("value", told(because.value.as_deref().unwrap_or(""))),
                ],
            ),
            Why::Gap(gap) => self.gap(gap),
            Why::Text(key, value) => {
                if let Some(profile) = (*key == "reason-other-profile").then(|| Platform::from_word(value)).flatten() {
                    return self.not_for(profile);
                }
                let value = if *key == "reason-presence" || *key == "reason-preloaded-disabled" {
                    self.texts.get(&format!("presence-{value}")).to_lowercase()
                } else if Wording::tells_what_was_found(key) {
                    // The value in the reader's language, with its unit.
                    self.actual(finding)
                } else {
                    value.clone().into_owned()
                };
                self.texts.with(key, &[("value", told(&value))])
            }
        }
    }

    /// Whether the sentence of a reason tells what was found, in the reader's language.
    pub(super) fn tells_what_was_found(key: &str) -> bool {
        key == "reason-value" || key == "reason-footprint"
    }

    /// A gap in one sentence.
    pub fn gap(&self, gap: &Gap) -> String {
        let area = self.area(&gap.area);
        let reason = self.texts.get(&format!("reason-{}", gap.reason));
        let mut sentence = self.texts.with("gap-sentence", &[("area", &area), ("reason", &reason)]);
        if let Some(user) = gap.user {
            sentence.push_str(&self.texts.with("gap-user", &[("user", &user.to_string())]));
        }
        if let (Some(read), Some(of)) = (gap.read, gap.of) {
            sentence.push_str(&self.texts.with("gap-count", &[("read", &read.to_string()), ("of", &of.to_string())]));
        }
        if !gap.detail.is_empty() {
            // A detail that is a word of the vocabulary stands for its sentence.
            let detail = match BecauseCode::from_word(&gap.detail) {
                Some(code) => self.texts.get(&format!("because-{code}")),
                None if gap.detail == crate::snapshot::SINGLE_PACKAGES => self.texts.get("gap-single-packages"),
                None => gap.detail.clone(),
            };
            sentence.push_str(&self.texts.with("gap-detail", &[("detail", &detail)]));
        }
        sentence
    }

    /// What a gap is about: the vocabulary's name of a permission or check, else the evidence's own name.
    fn area(&self, area: &str) -> String {
        if area == crate::snapshot::APP_LIST {
            return self.texts.get("gap-app-list");
        }
        if let Some(permission) = Permission::from_word(area) {
            return self.permission(permission).to_owned();
        }
        if let Some(check) = Check::from_word(area) {
            return describe_check(check).name.of(self.language()).to_owned();
        }
        told(area).to_owned()
    }

    /// What a rule asks for.
    pub fn expected(&self, finding: &Finding<'_>) -> String {
        match &finding.expected {
            Asked::Level(level) => self.level(finding.permission, *level),
            Asked::Presence(presence) => self.texts.get(&format!("presence-{presence}")),
            Asked::Sources(sources) => {
                let names: Vec<String> =
                    sources.iter().map(|source| self.texts.get(&format!("source-{source}"))).collect();
                names.join(", ")
            }
            Asked::Device(expected) => self.asked(finding.check, expected),
            Asked::Look => self.texts.get("expected-look"),
        }
    }

    /// What a rule asks of a property of the phone.
    pub fn asked(&self, check: Option<Check>, expected: &profile::Expected) -> String {
        match expected {
            profile::Expected::Is(value) => self.value(value),
            profile::Expected::AtMost(number) => format!("≤ {}", self.number(check, *number)),
            profile::Expected::AtLeast(number) => format!("≥ {}", self.number(check, *number)),
            profile::Expected::OneOf(values) => {
                values.iter().map(|value| self.value(value)).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// What was found.
    pub fn actual(&self, finding: &Finding<'_>) -> String {
        match &finding.actual {
            Actual::Level(level) => self.level(finding.permission, *level),
            Actual::Presence(presence) => self.texts.get(&format!("presence-{presence}")),
            Actual::Source(source) => self.texts.get(&format!("source-{source}")),
            Actual::Value(Value::Int(number)) => self.number(finding.check, *number),
            Actual::Value(value) => self.value(value),
            Actual::Nothing => self.texts.get("actual-nothing"),
            Actual::Unknown => self.texts.get("actual-unknown"),
        }
    }

    /// A change to an inherited rule in words: what it was and what it is.
    pub fn change(&self, tailored: &Tailored) -> String {
        let level = |permission, level: &Option<Level>| match level {
            Some(level) => self.level(Some(permission), *level),
            None => self.texts.get("change-nothing"),
        };
        let (what, from, to) = match &tailored.change {
            Change::Off => return self.texts.get("change-off"),
            Change::Severity { from, to } => {
                let word = |severity| self.texts.get(&format!("severity-{severity}")).to_lowercase();
                (self.texts.get("change-severity"), word(from), word(to))
            }
            Change::Level { permission, platform, from, to } => {
                let mut what = self.permission(*permission).to_owned();
                if let Some(platform) = platform {
                    what.push_str(&self.texts.with("change-on", &[("platform", self.platform(*platform))]));
                }
                (what, level(*permission, from), level(*permission, to))
            }
            Change::Presence { from, to } => {
                let word = |presence| self.texts.get(&format!("presence-{presence}")).to_lowercase();
                (self.texts.get("kind-presence-subject"), word(from), word(to))
            }
            Change::Expected { from, to } => {
                (self.texts.get("change-expected"), self.asked(None, from), self.asked(None, to))
            }
            Change::Limit(limit) => {
                let what = self.texts.get(&format!("kind-{}-subject", limit.what));
                (what, limit.from.to_string(), limit.to.to_string())
            }
            Change::Apps { added, removed } => {
                let list = |apps: &BTreeSet<String>| apps.iter().cloned().collect::<Vec<_>>().join(", ");
                let mut said = Vec::new();
                if !removed.is_empty() {
                    said.push(self.texts.with("change-apps-removed", &[("apps", &list(removed))]));
                }
                if !added.is_empty() {
                    said.push(self.texts.with("change-apps-added", &[("apps", &list(added))]));
                }
                return said.join("; ");
            }
        };
        self.texts.with("change-from-to", &[("what", &what), ("from", &from), ("to", &to)])
    }

    /// The name of a platform.
    pub fn platform(&self, platform: Platform) -> &'static str {
        match platform {
            Platform::Android => "Android",
            Platform::Ios => "iOS",
        }
    }

    /// A waiver in one sentence: who signed for it, until when, and why.
    pub fn waiver(&self, note: &WaiverNote) -> String {
        let (granted, expires) = (note.granted.to_string(), note.expires.to_string());
        let mut said = self.texts.with(
            "waiver-signed",
            &[
                ("approver", &note.approver),
                ("granted", &granted),
                ("expires", &expires),
                ("reason", note.reason.of(self.language())),
            ],
        );
        if let Some(ticket) = &note.ticket {
            said.push_str(&self.texts.with("waiver-ticket", &[("ticket", ticket)]));
        }
        let standing: Vec<String> = note
            .mitigations
            .iter()
            .filter(|(_, verdict)| *verdict != Verdict::Pass)
            .map(|(rule, verdict)| format!("{rule} ({})", self.texts.get(&format!("verdict-{verdict}")).to_lowercase()))
            .collect();
        if !standing.is_empty() {
            said.push_str(&self.texts.with("waiver-rests", &[("rules", &standing.join(", "))]));
        }
        said
    }

    /// The value of a setting in words, with its unit.
    pub fn setting(&self, check: Check, value: &Value) -> String {
        match value {
            Value::Int(number) => self.number(Some(check), *number),
            other => self.value(other),
        }
    }

    /// A share of one as a percentage.
    pub fn percent(&self, share: f64) -> String {
        self.texts.with("percent", &[("number", &format!("{:.0}", share * 100.0))])
    }

    /// A number with the unit of the check that it belongs to.
    pub(in crate::report) fn number(&self, check: Option<Check>, number: i64) -> String {
        let key = match check.map(|check| &describe_check(check).value) {
            Some(CheckValue::Days) => "value-days",
            Some(CheckValue::Seconds) => "value-seconds",
            _ => return number.to_string(),
        };
        self.texts.with(key, &[("number", &number.to_string())])
    }

    pub(in crate::report) fn value(&self, value: &Value) -> String {
        match value {
            Value::Bool(true) => self.texts.get("value-yes"),
            Value::Bool(false) => self.texts.get("value-no"),
            Value::Int(number) => number.to_string(),
            Value::Text(word) => {
                let key = format!("value-{word}");
                if self.texts.has(&key) { self.texts.get(&key) } else { word.clone() }
            }
        }
    }

    /// That a profile is for one platform, and not for the phone's.
    fn not_for(&self, profile: Platform) -> String {
        let phone = match profile {
            Platform::Android => Platform::Ios,
            Platform::Ios => Platform::Android,
        };
        let (profile, phone) = (self.platform(profile), self.platform(phone));
        self.texts.with("reason-other-profile", &[("value", profile), ("phone", phone)])
    }

    /// The verdict of an audit in one sentence: how many rules fail, and how badly.
    pub fn verdict(&self, audit: &Audit<'_>) -> String {
        let (texts, summary) = (self.texts, &audit.summary);
        if let Some(platform) = audit.profile_platform.filter(|_| !audit.applies()) {
            return self.not_for(platform);
        }
        match summary.worst {
            Some(Severity::Critical) => {
                let critical = summary.critical.to_string();
                texts.count("table-verdict-critical", summary.fail, &[("critical", &critical)])
            }
            Some(worst) => {
                let word = texts.get(&format!("severity-{worst}")).to_lowercase();
                texts.count("table-verdict-fail", summary.fail, &[("worst", &word)])
            }
            None if audit.strict && summary.not_assessed > 0 => {
                texts.count("table-verdict-strict", summary.not_assessed, &[])
            }
            None if summary.not_assessed > 0 => texts.get("table-verdict-unknown"),
            None if summary.waived > 0 => texts.count("table-verdict-waived", summary.waived, &[]),
            None if summary.noted > 0 => texts.count("table-verdict-noted", summary.noted, &[]),
            None => texts.get("table-verdict-pass"),
        }
    }

    /// The two numbers of an audit in one sentence; nothing where the profile is not for the phone, as nothing was judged.
    pub fn numbers(&self, audit: &Audit<'_>) -> Option<String> {
        let summary = &audit.summary;
        let coverage = self.percent(summary.coverage);
        audit.applies().then(|| match summary.conformity {
            Some(share) => {
                self.texts.with("table-numbers", &[("conformity", &self.percent(share)), ("coverage", &coverage)])
            }
            None => {
                let floor = self.percent(COVERAGE_FLOOR);
                self.texts.with("table-numbers-few", &[("coverage", &coverage), ("floor", &floor)])
            }
        })
    }

    /// A finding in one line: what it is about, what was found and what should be.
    pub fn line(&self, finding: &Finding<'_>) -> String {
        // What is told and not judged should be nothing in particular.
        let key = if finding.verdict == Verdict::Noted { "table-line-noted" } else { "table-line" };
        self.texts.with(
            key,
            &[
                ("subject", &self.subject(finding)),
                ("actual", &self.actual(finding)),
                ("expected", &self.expected(finding)),
            ],
        )
    }

    /// What a finding is about: the permission, the check, or the rule's own title.
    pub fn subject(&self, finding: &Finding<'_>) -> String {
        match (finding.permission, finding.check) {
            (Some(permission), _) => self.permission(permission).to_owned(),
            (None, Some(check)) => describe_check(check).name.of(self.language()).to_owned(),
            (None, None) => match finding.rule.topic {
                Some(topic) => self.texts.get(&format!("kind-{topic}-subject")),
                None => finding.rule.title.of(self.language()).to_owned(),
            },
        }
    }

    /// The name of an app in a finding; the user is told where it is not the main one.
    pub fn app(&self, audit: &Audit<'_>, app: &AppRef) -> String {
        if app.id == HIDDEN {
            return self.texts.get("app-hidden");
        }
        let mut name = if app.name == app.id || app.id.trim().is_empty() {
            app.name.clone()
        } else {
            format!("{} ({})", app.name, app.id)
        };
        if let Some(user) = audit.snapshot.users.iter().find(|user| user.id == app.user)
            && user.id != 0
        {
            let kind = self.texts.get(&format!("user-{}", user.kind));
            name.push_str(&self.texts.with("app-of-user", &[("kind", &kind), ("user", &user.id.to_string())]));
        }
        name
    }

    /// A last use: date, time and how; in use now; or how long ago, where no clock says when that was.
    pub fn last_use(&self, last: &LastUse) -> String {
        if last.now {
            return self.texts.get(&format!("last-use-{}", last.word()));
        }
        let Some(at) = last.at.as_deref() else {
            const UNITS: [(i64, &str); 3] = [(86_400, "days"), (3600, "hours"), (60, "minutes")];
            let seconds = last.ago.unwrap_or(0).max(0);
            let (length, unit) = UNITS.into_iter().find(|(length, _)| seconds >= *length).unwrap_or((60, "minutes"));
            let how = self.texts.get(&format!("usage-{}", last.how));
            let count = u64::try_from(seconds / length).unwrap_or(0);
            return self.texts.count(&format!("last-use-ago-{unit}"), count, &[("how", &how)]);
        };
        let at = at.replace('T', " ");
        let at = at.get(..16).unwrap_or(&at);
        let how = self.texts.get(&format!("usage-{}", last.how));
        let key = if last.doubtful { "last-use-doubtful" } else { "last-use" };
        self.texts.with(key, &[("at", at), ("how", &how)])
    }

    /// The heading of what an App Privacy Report tells, with its days where it tells of any.
    pub fn activity_heading(&self, report: &PrivacyReport) -> String {
        let day =
            |moment: &Option<String>| moment.as_deref().and_then(|moment| moment.get(..10)).unwrap_or("").to_owned();
        let (from, to) = (day(&report.from), day(&report.to));
        if from.is_empty() || to.is_empty() {
            return self.texts.get("activity-heading");
        }
        self.texts.with("activity-heading-days", &[("from", &from), ("to", &to)])
    }

    /// What one app did, one sentence for each thing it used and one for whom it contacted; at most `shown` domains are named.
    pub fn activity(&self, app: &AppActivity, shown: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for used in &app.uses {
            let what = used.permission.map_or(used.category.as_str(), |permission| self.permission(permission));
            let last = used.last.replace('T', " ");
            let last = last.get(..16).unwrap_or(&last);
            if used.count > 0 {
                lines.push(self.texts.count("activity-use", used.count, &[("what", what), ("last", last)]));
            }
            if used.through_picker > 0 {
                lines.push(self.texts.count("activity-picker", used.through_picker, &[("what", what)]));
            }
        }
        if app.domains > 0 {
            lines.push(self.texts.count("activity-domains", app.domains, &[("hits", &app.hits.to_string())]));
            let owners: BTreeSet<&str> = app.contacted.iter().filter_map(|domain| domain.owner.as_deref()).collect();
            // Snapshots of older versions name the owner alone.
            let is_tracker = |domain: &&Domain| domain.tracker || domain.owner.is_some();
            let trackers = app.contacted.iter().filter(is_tracker).count();
            let nameless = app.contacted.iter().filter(|domain| domain.tracker && domain.owner.is_none()).count();
            if trackers > 0 {
                let mut owners: Vec<String> = owners.into_iter().map(str::to_owned).collect();
                if nameless > 0 {
                    owners.push(self.texts.count("activity-owner-not-named", count(nameless), &[]));
                }
                let owners = owners.join("; ");
                lines.push(self.texts.count("activity-owned", count(trackers), &[("owners", &owners)]));
            }
            if app.addresses > 0 {
                lines.push(self.texts.count("activity-addresses", app.addresses, &[]));
            }
            let names: Vec<&str> = app.contacted.iter().take(shown).map(|domain| domain.domain.as_str()).collect();
            let names = names.join(", ");
            let more = app.domains.saturating_sub(count(app.contacted.len().min(shown)));
            lines.push(self.texts.count("activity-most", more, &[("names", &names)]));
        }
        if app.browsed_domains > 0 {
            lines.push(self.texts.count("activity-browsed", app.browsed_domains, &[]));
        }
        lines
    }

    /// The phone in one line: maker, model, system, patch.
    pub fn device(&self, device: &Device) -> String {
        let unknown = || self.texts.get("device-not-known");
        let mut line = match (&device.model, device.name()) {
            (Some(_), Some(name)) => name,
            (None, Some(maker)) => format!("{maker} {}", unknown()),
            (_, None) => unknown(),
        };
        if let Some(version) = &device.os_version {
            let system = device.system();
            line.push_str(&format!(" · {system} {version}"));
        }
        if let Some(patch) = &device.patch_level {
            line.push_str(" · ");
            line.push_str(&self.texts.with("device-patch", &[("date", patch)]));
        }
        if let Some(id) = &device.id {
            line.push_str(" · ");
            line.push_str(&self.texts.with("device-id", &[("id", id.get(..12).unwrap_or(id))]));
        }
        line
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// What stands in a sentence for a word that the evidence does not have.
fn told(word: &str) -> &str {
    if word.trim().is_empty() { "…" } else { word }
}

/// A platform permission without the package that defines it.
fn short(name: &str) -> &str {
    name.strip_prefix("android.permission.").unwrap_or(name)
}
