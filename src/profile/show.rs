//! A resolved profile as text: one file in which groups, parameters and overrides are filled in, with a remark on where each value
//! comes from. The file loads again, to the same rules and the same seal.

use std::fmt::Write as _;

use super::change::{Change, Tailored};
use super::collect::Collect;
use super::expected::{Expected, Value};
use super::kind::comparison;
use super::kind::statement::Shown;
use super::model::{self, Privacy, Profile, Rule};
use super::origin::{Origin, RuleOrigin};
use crate::document::Sentences;
use crate::document::diagnostic::is_invisible;
use crate::text::{Language, Text};
use crate::vocabulary::Platform;
use crate::vocabulary::guidance::Steps;

/// Characters of one remark.
const LONGEST_REMARK: usize = 600;
/// Apps named in one remark; a rule on all apps would fill pages.
const MOST_APPS: usize = 12;

/// The resolved profile as TOML, its remarks in a language. Nothing in it can steer a terminal.
pub fn toml(profile: &Profile, language: Language, sentences: &Sentences<'_>) -> String {
    let mut page = Page { text: String::new(), language, sentences };
    page.head(profile);
    page.privacy(&profile.privacy);
    page.references(profile);
    for rule in &profile.rules {
        page.rule(rule, profile.origins.rules.get(&rule.id));
    }
    page.text
}

struct Page<'s> {
    text: String,
    language: Language,
    sentences: &'s Sentences<'s>,
}

impl Page<'_> {
    fn say(&self, key: &str, arguments: &[(&str, String)]) -> String {
        (self.sentences)(key, arguments)
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn remark(&mut self, text: &str) {
        let text = format!("# {}", plain(text));
        self.line(text.trim_end());
    }

    /// `key = value`, with where the value comes from.
    fn entry(&mut self, key: &str, value: &str, origin: Option<&Origin>) {
        match origin.map(|origin| self.whence(origin)) {
            Some(whence) => self.line(&format!("{key} = {value}  # {}", plain(&whence))),
            None => self.line(&format!("{key} = {value}")),
        }
    }

    fn whence(&self, origin: &Origin) -> String {
        let mut words = String::new();
        if let Some(parameter) = &origin.parameter {
            words.push_str(&format!("{{{parameter}}} "));
        }
        words.push_str(&format!("{}:{}", origin.file, origin.line));
        if let Some(before) = &origin.before {
            let arguments = [("value", bare(&before.value)), ("profile", before.profile.clone())];
            words.push_str(", ");
            words.push_str(&self.say("profile-show-was", &arguments));
        }
        words
    }

    fn head(&mut self, profile: &Profile) {
        let named = [("id", profile.id.clone()), ("version", profile.version.clone())];
        let title = if profile.version.is_empty() { "profile-show-unversioned" } else { "profile-show-profile" };
        self.remark(&self.say(title, &named));
        self.remark(&self.say("profile-show-sha256", &[("sha256", profile.sha256.clone())]));
        self.remark(&self.say("profile-show-order", &[]));
        for ancestor in &profile.origins.order {
            self.remark(&format!("  {} {} ({})", ancestor.id, ancestor.version, ancestor.file).replace("  (", " ("));
        }
        if !profile.origins.parameters.is_empty() {
            self.remark(&self.say("profile-show-parameters", &[]));
        }
        for (name, parameter) in &profile.origins.parameters {
            let number = |bound: Option<i64>| bound.map_or("…".to_string(), |bound| bound.to_string());
            let bounds = if !parameter.choices.is_empty() {
                Some(self.say("profile-show-choices", &[("choices", parameter.choices.join(", "))]))
            } else if parameter.min.is_some() || parameter.max.is_some() {
                let bounds = [("min", number(parameter.min)), ("max", number(parameter.max))];
                Some(self.say("profile-show-range", &bounds))
            } else {
                None
            };
            let bounds = bounds.map(|bounds| format!(" ({bounds})")).unwrap_or_default();
            let whence = self.whence(&parameter.set);
            self.remark(&format!("  {name} = {}{bounds}, {whence}", bare(&parameter.value)));
        }
        let tailored = if profile.tailored.is_empty() { "profile-show-untailored" } else { "profile-show-tailored" };
        self.remark(&self.say(tailored, &[]));
        for change in &profile.tailored {
            self.remark(&format!("  {}", self.change(change)));
        }
        self.line("");
        self.line(&format!("format = {}", model::FORMAT));
        self.entry("id", &quoted(&profile.id), None);
        if !profile.version.is_empty() {
            self.entry("version", &quoted(&profile.version), None);
        }
        self.entry("title", &bilingual(&profile.title), None);
        if let Some(note) = &profile.note {
            self.entry("note", &bilingual(note), None);
        }
        if profile.is_abstract {
            self.line("abstract = true");
        }
        if profile.strict {
            self.line("strict = true");
        }
        if let Some(platform) = profile.platform {
            // The platform of the head would narrow inherited rules, which hold on both.
            if profile.rules.iter().all(|rule| rule.platform.is_some()) {
                self.entry("platform", &quoted(platform.word()), None);
            } else {
                self.remark(&self.say("profile-show-platform", &[("platform", platform.word().to_string())]));
            }
        }
    }

    /// One change to an inherited rule, with who made it and why. Names of keys and words of the language are the same in every
    /// language of the reader.
    fn change(&self, change: &Tailored) -> String {
        let nothing = || self.say("profile-show-nothing", &[]);
        let from_to = |what: &str, from: String, to: String| {
            self.say("profile-show-from-to", &[("what", what.to_string()), ("from", from), ("to", to)])
        };
        let what = match &change.change {
            Change::Off => self.say("profile-show-off", &[]),
            Change::Severity { from, to } => from_to("severity", quoted(from.word()), quoted(to.word())),
            Change::Level { permission, platform, from, to } => {
                let key = if *platform == Some(Platform::Ios) { "on_ios" } else { "max" };
                let level = |level: &Option<crate::vocabulary::Level>| level.map_or_else(nothing, |l| quoted(l.word()));
                from_to(&format!("{key}.{permission}"), level(from), level(to))
            }
            Change::Presence { from, to } => from_to("presence", quoted(from.word()), quoted(to.word())),
            Change::Expected { from, to } => {
                let ((key, from), (other, to)) = (expected(from), expected(to));
                let key = if key == other { key } else { "device" };
                from_to(key, from, to)
            }
            Change::Limit(limit) => {
                from_to(&limit.what.replace('-', "_"), limit.from.to_string(), limit.to.to_string())
            }
            Change::Apps { added, removed } => {
                let list = |slugs: &std::collections::BTreeSet<String>| match slugs.len() {
                    0 => nothing(),
                    count => {
                        let named: Vec<&str> = slugs.iter().take(MOST_APPS).map(String::as_str).collect();
                        let more = if count > MOST_APPS { format!(" … ({count})") } else { String::new() };
                        named.join(", ") + &more
                    }
                };
                self.say("profile-show-apps", &[("added", list(added)), ("removed", list(removed))])
            }
        };
        let weaker = self.say(if change.looser { "profile-show-looser" } else { "profile-show-stricter" }, &[]);
        let because = match (&change.because, change.looser) {
            (Some(because), _) => format!("; {}", because.of(self.language)),
            (None, true) => format!("; {}", self.say("profile-show-no-reason", &[])),
            (None, false) => String::new(),
        };
        format!("{}: {what} ({} → {}, {weaker}{because})", change.rule, change.parent, change.profile)
    }

    fn privacy(&mut self, privacy: &Privacy) {
        self.line("\n[privacy]");
        let collect = match privacy.collect {
            Collect::CatalogueOnly => "catalogue-only",
            Collect::AllApps => "all-apps",
        };
        self.entry("collect", &quoted(collect), None);
        if !privacy.hide.is_empty() {
            self.entry("hide", &list(privacy.hide.iter().map(|selection| quoted(&selection.to_string()))), None);
        }
        self.entry("consent", &quoted(if privacy.consent_required { "required" } else { "not-required" }), None);
    }

    fn references(&mut self, profile: &Profile) {
        if !profile.references.is_empty() {
            self.line("\n[references]");
        }
        for (id, reference) in &profile.references {
            let mut value =
                format!("{{ title = {}, publisher = {}", bilingual(&reference.title), quoted(&reference.publisher));
            for (key, text) in [("edition", &reference.edition), ("date", &reference.date)] {
                if let Some(text) = text {
                    // Writing into a string cannot fail.
                    let _ = write!(value, ", {key} = {}", quoted(text));
                }
            }
            self.entry(&quoted(id), &format!("{value} }}"), None);
        }
    }

    fn rule(&mut self, rule: &Rule, origin: Option<&RuleOrigin>) {
        self.line("");
        if let Some(origin) = origin {
            self.remark(&self.whence(&origin.defined));
        }
        self.line(&format!("[rule.{}]", rule.id));
        self.entry("title", &bilingual(&rule.title), None);
        self.entry("why", &bilingual(&rule.why), None);
        self.entry("severity", &quoted(rule.severity.word()), origin.map(|origin| &origin.severity));
        if let Some(platform) = rule.platform {
            self.entry("platform", &quoted(platform.word()), None);
        }
        if let Some(applies_for) = &rule.applies_for {
            self.entry("for", &quoted(applies_for), None);
        }
        if let Some(apps) = &rule.apps {
            self.entry("apps", &quoted(&apps.to_string()), origin.and_then(|origin| origin.apps.as_ref()));
        }
        for entry in rule.assertion.statement().entries() {
            match entry.value {
                Shown::Levels(levels) => {
                    for (permission, level) in levels {
                        let origin = origin.and_then(|origin| origin.level(entry.key, *permission));
                        self.entry(&format!("{}.{permission}", entry.key), &quoted(level.word()), origin);
                    }
                }
                value @ (Shown::One(_) | Shown::Several(_) | Shown::Both(_)) => {
                    let origin = origin.filter(|_| entry.is_value).and_then(|origin| origin.value.as_ref());
                    self.entry(entry.key, &stated(&value), origin);
                }
            }
        }
        for (flag, key) in [(rule.ignore_master, "ignore_master"), (rule.footprint, "footprint")] {
            if flag {
                self.line(&format!("{key} = true"));
            }
        }
        for (key, steps) in [("look", &rule.look), ("fix", &rule.fix)] {
            if !steps.is_empty() {
                self.entry(key, &by_hand(steps), None);
            }
        }
        if !rule.refs.is_empty() {
            self.entry("refs", &list(rule.refs.iter().map(|id| quoted(id))), None);
        }
    }
}

/// What a check is compared with: the key and the value.
fn expected(expected: &Expected) -> (&'static str, String) {
    let (key, value) = comparison(expected);
    (key, stated(&value))
}

/// A value as a file states it.
fn stated(value: &Shown<'_>) -> String {
    match value {
        Shown::One(value) => written(value),
        Shown::Several(values) => list(values.iter().map(written)),
        Shown::Both(text) => bilingual(text),
        Shown::Levels(levels) => {
            let levels = levels.iter().map(|(permission, level)| format!("{permission} = {}", quoted(level.word())));
            format!("{{ {} }}", levels.collect::<Vec<_>>().join(", "))
        }
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => quoted(text),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn bilingual(text: &Text) -> String {
    format!("{{ en = {}, fr = {} }}", quoted(&text.en), quoted(&text.fr))
}

/// What to do by hand, as one table.
fn by_hand(steps: &Steps) -> String {
    if let (Some(android), true, true) = (&steps.android, steps.android == steps.ios, steps.vendors.is_empty()) {
        return bilingual(android);
    }
    let platforms = [("android", &steps.android), ("ios", &steps.ios)];
    let common = platforms.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?)));
    let makers = steps.vendors.iter().map(|(vendor, text)| (vendor.word(), text));
    let tables = common.chain(makers).map(|(key, text)| format!("{key} = {}", bilingual(text)));
    format!("{{ {} }}", tables.collect::<Vec<_>>().join(", "))
}

/// A value as a file writes it: numbers, true and false without quotation marks.
fn bare(value: &str) -> String {
    if value.parse::<i64>().is_ok() || value.parse::<bool>().is_ok() { value.to_string() } else { quoted(value) }
}

/// A TOML string; what could steer a terminal is written as its number.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() || is_invisible(c) => {
                // Writing into a string cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A remark on one line, without anything that could end it or steer a terminal.
fn plain(text: &str) -> String {
    let visible = |c: char| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c };
    let mut plain: String = text.chars().take(LONGEST_REMARK).map(visible).collect();
    if text.chars().nth(LONGEST_REMARK).is_some() {
        plain.push('…');
    }
    plain
}
