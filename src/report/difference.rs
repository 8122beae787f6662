//! The differences between two profiles, in words.

use crate::document::diagnostic::clean;
use crate::profile::difference::{Difference, Item, NamedApp, What};
use crate::profile::{Expected, Value};
use crate::text::Texts;
use crate::vocabulary::permissions::{CheckValue, describe_check};
use crate::vocabulary::{AppSource, Check, Level, Permission, Platform};

use super::content::wording::Wording;

/// Apps named for one change; the JSON names them all.
const MOST_APPS: usize = 12;

/// The page: a heading, a summary, and each group of changes by rule. `width` is in columns.
pub fn render(difference: &Difference, texts: &Texts, width: usize) -> String {
    let page = DifferencePage { texts, wording: Wording::new(texts), width };
    page.render(difference)
}

struct DifferencePage<'t> {
    texts: &'t Texts,
    wording: Wording<'t>,
    width: usize,
}

impl DifferencePage<'_> {
    fn render(&self, difference: &Difference) -> String {
        let named = |id: &str, version: &str| clean(format!("{id} {version}").trim_end());
        let from = named(&difference.from.id, &difference.from.version);
        let to = named(&difference.to.id, &difference.to.version);
        let mut text = self.texts.with("tools-diff-heading", &[("from", &from), ("to", &to)]);
        text.push_str("\n\n");
        self.lines(&mut text, "", &self.summary(difference));
        for (key, items) in [
            ("tools-diff-stricter", &difference.stricter),
            ("tools-diff-laxer", &difference.laxer),
            ("tools-diff-different", &difference.different),
            ("tools-diff-texts", &difference.texts),
        ] {
            if items.is_empty() {
                continue;
            }
            text.push_str(&format!("\n{} ({})\n", self.texts.get(key), items.len()));
            self.items(&mut text, items);
        }
        text
    }

    fn summary(&self, difference: &Difference) -> String {
        // The id of a profile that loads is a kebab-case word; nothing in it needs cleaning.
        let (from, to) = (difference.from.id.as_str(), difference.to.id.as_str());
        if difference.same {
            return self.texts.with("tools-diff-same", &[("sha256", &difference.to.sha256)]);
        }
        let count = |items: &[Item]| u64::try_from(items.len()).unwrap_or(u64::MAX);
        let stricter = self.texts.count("tools-diff-stricter-count", count(&difference.stricter), &[]);
        let laxer = self.texts.count("tools-diff-laxer-count", count(&difference.laxer), &[]);
        let mut sentences = Vec::new();
        match (difference.stricter.is_empty(), difference.laxer.is_empty()) {
            (false, false) => {
                let too = self.texts.count("tools-diff-laxer-too", count(&difference.laxer), &[]);
                let variables = [("to", to), ("stricter", stricter.as_str()), ("laxer", too.as_str())];
                sentences.push(self.texts.with("tools-diff-summary-both", &variables));
            }
            (false, true) => {
                sentences.push(self.texts.with("tools-diff-summary-one", &[("to", to), ("change", &stricter)]));
            }
            (true, false) => {
                sentences.push(self.texts.with("tools-diff-summary-one", &[("to", to), ("change", &laxer)]));
            }
            (true, true) if difference.different.is_empty() => {
                sentences.push(self.texts.with("tools-diff-alike", &[("from", from), ("to", to)]));
            }
            (true, true) => {}
        }
        for (key, items) in
            [("tools-diff-summary-different", &difference.different), ("tools-diff-summary-texts", &difference.texts)]
        {
            if !items.is_empty() {
                sentences.push(self.texts.count(key, count(items), &[]));
            }
        }
        sentences.join(" ")
    }

    fn items(&self, text: &mut String, items: &[Item]) {
        let mut above: Option<&Item> = None;
        for item in items {
            if above.is_none_or(|above| above.rule != item.rule) {
                let heading = match (&item.rule, &item.title) {
                    (Some(rule), Some(title)) => {
                        format!("{rule}: {}", clean(title.of(self.texts.language())))
                    }
                    _ => self.texts.get("tools-diff-profile"),
                };
                self.lines(text, "  ", &heading);
            }
            above = Some(item);
            self.lines(text, "    ", &self.sentence(&item.what));
            if let Some(because) = &item.because {
                let reason = clean(because.of(self.texts.language()));
                self.lines(text, "    ", &self.texts.with("tools-diff-because", &[("reason", &reason)]));
            }
        }
    }

    fn lines(&self, text: &mut String, indent: &str, sentence: &str) {
        let more = format!("{indent}  ");
        let options = textwrap::Options::new(self.width)
            .initial_indent(indent)
            .subsequent_indent(if indent.is_empty() { indent } else { &more })
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for line in textwrap::wrap(sentence, options) {
            text.push_str(&line);
            text.push('\n');
        }
    }

    fn sentence(&self, what: &What) -> String {
        let say = |key: &str, variables: &[(&str, &str)]| self.texts.with(&format!("tools-diff-{key}"), variables);
        let yes_no = |key: &str, yes: bool| say(&format!("{key}-{}", if yes { "yes" } else { "no" }), &[]);
        let change = |key: &str, from: &str, to: &str| say(key, &[("from", from), ("to", to)]);
        match what {
            What::RuleAdded { severity } => say("rule-added", &[("severity", &self.severity(severity.word()))]),
            What::RuleOn { severity } => say("rule-on", &[("severity", &self.severity(severity.word()))]),
            What::RuleRemoved { severity } => say("rule-removed", &[("severity", &self.severity(severity.word()))]),
            What::RuleOff { severity } => say("rule-off", &[("severity", &self.severity(severity.word()))]),
            What::Severity { from, to } => change("severity", &self.severity(from.word()), &self.severity(to.word())),
            What::Level { permission, platform, from, to } => self.level(*permission, *platform, *from, *to),
            What::AppsAdded { apps } => say("apps-added", &[("apps", &self.apps(apps))]),
            What::AppsRemoved { apps } => say("apps-removed", &[("apps", &self.apps(apps))]),
            What::Selector { from, to } => change("selector", &quoted(from), &quoted(to)),
            What::Presence { from, to } => {
                let name = |word: &str| self.texts.get(&format!("presence-{word}"));
                change("presence", &name(from.word()), &name(to.word()))
            }
            What::Residue { counts } => yes_no("residue", *counts),
            What::SourcesAdded { sources } => say("sources-added", &[("sources", &self.sources(sources))]),
            What::SourcesRemoved { sources } => say("sources-removed", &[("sources", &self.sources(sources))]),
            What::Expected { check, from, to } => {
                let (from, to) = (self.expected(*check, from), self.expected(*check, to));
                say("expected", &[("check", self.check(*check)), ("from", &from), ("to", &to)])
            }
            What::Check { from, to } => change("check", self.check(*from), self.check(*to)),
            What::Limit(limit) => {
                let key = format!("kind-{}-difference", limit.what);
                self.texts.with(&key, &[("from", &limit.from.to_string()), ("to", &limit.to.to_string())])
            }
            What::Statement { from, to } => change("statement", from, to),
            What::IgnoreMaster { counts } => yes_no("ignore-master", *counts),
            What::Footprint { says } => yes_no("footprint", *says),
            What::Platform { from, to } => {
                let name = |platform: &Option<Platform>| {
                    say(&format!("platform-{}", platform.map_or("both", Platform::word)), &[])
                };
                change("platform", &name(from), &name(to))
            }
            What::For { from, to } => {
                let name = |phones: &Option<String>| {
                    let word = phones.as_deref().and_then(|phones| phones.split(':').nth(1)).unwrap_or("all");
                    say(&format!("for-{word}"), &[])
                };
                change("for", &name(from), &name(to))
            }
            What::Strict { counts } => yes_no("strict", *counts),
            What::Abstract { is } => yes_no("abstract", *is),
            What::Collect { to, .. } => match to {
                crate::profile::Collect::CatalogueOnly => say("collect-catalogue-only", &[]),
                crate::profile::Collect::AllApps => say("collect-all-apps", &[]),
            },
            What::Consent { required } => yes_no("consent", *required),
            What::Hidden { apps } => say("hidden", &[("apps", &self.apps(apps))]),
            What::Shown { apps } => say("shown", &[("apps", &self.apps(apps))]),
            What::Hide { from, to } => change("hide", &quoted(&from.join(", ")), &quoted(&to.join(", "))),
            What::Texts { parts } => {
                let names: Vec<String> = parts
                    .iter()
                    .map(|part| say(&format!("part-{}", format!("{part:?}").to_lowercase()), &[]))
                    .collect();
                say("changed", &[("parts", &names.join(", "))])
            }
        }
    }

    fn severity(&self, word: &str) -> String {
        self.texts.get(&format!("severity-{word}"))
    }

    fn check(&self, check: Check) -> &'static str {
        describe_check(check).name.of(self.texts.language())
    }

    fn level(
        &self,
        permission: Permission,
        platform: Option<Platform>,
        from: Option<Level>,
        to: Option<Level>,
    ) -> String {
        let name = |level: Option<Level>| {
            level.map_or_else(
                || self.texts.get("tools-diff-anything"),
                |level| self.wording.level(Some(permission), level),
            )
        };
        let (from, to) = (name(from), name(to));
        let mut variables = vec![("permission", self.wording.permission(permission)), ("from", &from), ("to", &to)];
        let Some(platform) = platform else { return self.texts.with("tools-diff-level", &variables) };
        let platform = match platform {
            Platform::Android => "Android",
            Platform::Ios => "iOS",
        };
        variables.push(("platform", platform));
        self.texts.with("tools-diff-level-on", &variables)
    }

    fn apps(&self, apps: &[NamedApp]) -> String {
        let mut names: Vec<String> = apps.iter().map(|app| clean(&app.name)).collect();
        names.sort_by_key(|name| name.to_lowercase());
        let more = names.len().saturating_sub(MOST_APPS);
        names.truncate(MOST_APPS);
        let mut text = names.join(", ");
        if more > 0 {
            let count = u64::try_from(more).unwrap_or(u64::MAX);
            text.push(' ');
            text.push_str(&self.texts.count("tools-diff-more-apps", count, &[]));
        }
        text
    }

    fn sources(&self, sources: &[AppSource]) -> String {
        let names: Vec<String> = sources.iter().map(|source| self.texts.get(&format!("source-{source}"))).collect();
        names.join(", ")
    }

    fn expected(&self, check: Check, expected: &Expected) -> String {
        let value = |value: &Value| match value {
            Value::Int(number) => self.number(check, *number),
            other => self.wording.value(other),
        };
        match expected {
            Expected::Is(only) => value(only),
            Expected::AtMost(number) => {
                self.texts.with("tools-diff-at-most", &[("value", &self.number(check, *number))])
            }
            Expected::AtLeast(number) => {
                self.texts.with("tools-diff-at-least", &[("value", &self.number(check, *number))])
            }
            Expected::OneOf(values) => {
                let values: Vec<String> = values.iter().map(value).collect();
                self.texts.with("tools-diff-one-of", &[("values", &values.join(", "))])
            }
        }
    }

    fn number(&self, check: Check, number: i64) -> String {
        let key = match &describe_check(check).value {
            CheckValue::Days => "value-days",
            CheckValue::Seconds => "value-seconds",
            _ => return number.to_string(),
        };
        self.texts.with(key, &[("number", &number.to_string())])
    }
}

/// A selector as it is written, cleaned; a word for none.
fn quoted(selector: &str) -> String {
    if selector.is_empty() { "–".to_owned() } else { format!("`{}`", clean(selector)) }
}
