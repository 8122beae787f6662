//! What a rule asks for, and everything that belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use super::selector::{as_written, in_words, platform_name, selected};
use super::sentences::{code, codes, list, list_with, same, sentences};
use super::vocabulary::{self, Read};
use super::words::{readable, severity_meaning};
use super::{Explanation, Kind, Library, Line, Variant, of_any_app, step_lines};
use crate::profile::{Assertion, Expected, Profile, Rule, Value, permission_to_change};
use crate::text::Text;
use crate::vocabulary::guidance::{self, Steps};
use crate::vocabulary::permissions::{CheckValue, describe, describe_check};
use crate::vocabulary::{Check, Level, Permission, Platform};

impl Library<'_> {
    /// A rule, in one of its forms.
    pub(super) fn rule(&self, variant: &Variant<'_>) -> Explanation {
        let rule = variant.rule;
        let mut explanation = Explanation::new(Kind::Rule, &rule.id, rule.title.clone());
        explanation.profiles = variant.profiles.iter().map(|profile| profile.id.clone()).collect();
        explanation.add("what", self.about(variant));
        explanation.say("why", rule.why.clone());
        explanation.add("asks", asks(rule));
        explanation.add("apps", self.apps(rule));
        explanation.add("look", look(rule));
        explanation.add("fix", fix(rule));
        explanation.add("reads", reads(rule));
        explanation.add("verdicts", verdicts(rule));
        explanation.add("references", self.reference_lines(&rule.refs));
        explanation
    }

    fn about(&self, variant: &Variant<'_>) -> Vec<Line> {
        let rule = variant.rule;
        let names: Vec<Text> = variant.profiles.iter().map(|profile| code(&profile.id)).collect();
        let name = sentences().get(&format!("severity-{}", rule.severity));
        let severity = sentences().with(
            "explain-severity",
            &[("name", &name), ("word", &same(rule.severity.word())), ("meaning", &severity_meaning(rule.severity))],
        );
        let mut lines = vec![
            Line::about(sentences().count("explain-label-profiles", names.len(), &[]), list(&names)),
            Line::about(sentences().get("explain-label-severity"), severity),
        ];
        for profile in &variant.profiles {
            lines.extend(tailored(profile, rule));
        }
        lines
    }

    fn apps(&self, rule: &Rule) -> Vec<Line> {
        let Some(selection) = &rule.apps else { return Vec::new() };
        let mut lines: Vec<Line> = in_words(selection, self.catalog).map(Line::new).into_iter().collect();
        lines.push(Line::about(sentences().get("explain-label-selector"), code(&as_written(selection))));
        lines.push(Line::about(sentences().get("explain-label-selected"), selected(selection, self.catalog)));
        lines
    }

    /// The references, each with title and edition, sorted, each once.
    pub(super) fn reference_lines<'r>(&self, references: impl IntoIterator<Item = &'r String>) -> Vec<Line> {
        let references: BTreeSet<&String> = references.into_iter().collect();
        let mut lines: Vec<Line> = references.iter().map(|id| Line::new(reference(id))).collect();
        if references.iter().any(|id| id.contains("{os}")) {
            lines.push(Line::new(sentences().get("explain-reference-os")));
        }
        lines
    }

    /// One rule in a list of rules.
    pub(super) fn rule_line(&self, variant: &Variant<'_>, asks: Option<&Text>) -> Line {
        let text = match asks {
            Some(asks) => sentences().with("explain-rule-asks", &[("title", &variant.rule.title), ("asks", asks)]),
            None => variant.rule.title.clone(),
        };
        Line::about(code(&variant.full_name()), text)
    }

    /// The rules that say something of a permission, with what they say.
    pub(super) fn rules_about_permission(&self, permission: Permission) -> Vec<(Variant<'_>, Text)> {
        let mut found: Vec<(Variant<'_>, Text)> = Vec::new();
        let mut seen = BTreeSet::new();
        for variant in self.all_variants() {
            let Assertion::Max { levels, on_ios } = &variant.rule.assertion else { continue };
            let Some(level) = levels.get(&permission).or_else(|| on_ios.get(&permission)) else { continue };
            let text = at_most(permission, *level);
            // A profile that changes only something else of the rule adds nothing here.
            if seen.insert((variant.defined_in(), &variant.rule.id, text.clone())) {
                found.push((variant, text));
            }
        }
        found
    }

    /// The rules that compare a check, with what they ask for.
    pub(super) fn rules_about_check(&self, wanted: Check) -> Vec<(Variant<'_>, Text)> {
        let mut found: Vec<(Variant<'_>, Text)> = Vec::new();
        let mut seen = BTreeSet::new();
        for variant in self.all_variants() {
            let Assertion::Device { check, expected } = &variant.rule.assertion else { continue };
            let text = expectation(*check, expected);
            if *check == wanted && seen.insert((variant.defined_in(), &variant.rule.id, text.clone())) {
                found.push((variant, text));
            }
        }
        found
    }
}

/// What a profile changed in a rule, with its reason.
fn tailored(profile: &Profile, rule: &Rule) -> Option<Line> {
    let change = profile.tailored.iter().find(|change| change.rule == rule.id && change.profile == profile.id)?;
    let names = [("profile", &code(&change.profile)), ("parent", &code(&change.parent))];
    let text = match &change.because {
        Some(because) => {
            let [profile, parent] = names;
            sentences().with("explain-tailored-because", &[profile, parent, ("because", because)])
        }
        None => sentences().with("explain-tailored", &names),
    };
    Some(Line::new(text))
}

/// One reference with its title and edition.
pub(super) fn reference(id: &str) -> Text {
    let Some(control) = vocabulary::control(id) else { return code(id) };
    let edition = same(&control.edition);
    match &control.title {
        Some(title) => {
            sentences().with("explain-reference-titled", &[("id", &code(id)), ("title", title), ("edition", &edition)])
        }
        None => sentences().with("explain-reference", &[("id", &code(id)), ("edition", &edition)]),
    }
}

/// The platforms on which a rule says something of a permission.
fn platforms_of(rule: &Rule, permission: Permission) -> Vec<Platform> {
    let wanted = |platform: &Platform| rule.platform.is_none_or(|only| only == *platform);
    Platform::ALL.iter().copied().filter(wanted).filter(|platform| describe(permission).exists_on(*platform)).collect()
}

fn at_most(permission: Permission, level: Level) -> Text {
    let name = describe(permission).level_name(level);
    sentences().with("explain-at-most-level", &[("level", name), ("word", &same(level.word()))])
}

/// What the rule states.
fn asks(rule: &Rule) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(platform) = rule.platform {
        lines.push(Line::new(sentences().with("explain-only-on", &[("platform", &same(platform_name(platform)))])));
    }
    match &rule.assertion {
        Assertion::Max { levels, .. } => {
            for (permission, level) in levels {
                let name = sentences().with(
                    "explain-named",
                    &[("name", &describe(*permission).name), ("word", &same(permission.word()))],
                );
                let platforms = platforms_of(rule, *permission);
                let limits: Vec<(Platform, Level)> = platforms
                    .iter()
                    .map(|platform| (*platform, rule.assertion.max_level(*permission, *platform).unwrap_or(*level)))
                    .collect();
                let alike = limits.iter().all(|(_, limit)| Some(*limit) == limits.first().map(|(_, first)| *first));
                if alike && (platforms.len() == Platform::ALL.len() || rule.platform.is_some()) {
                    let limit = limits.first().map_or(*level, |(_, limit)| *limit);
                    lines.push(Line::about(name, at_most(*permission, limit)));
                } else {
                    lines.extend(limits.into_iter().map(|(platform, limit)| Line {
                        platform: Some(platform),
                        ..Line::about(name.clone(), at_most(*permission, limit))
                    }));
                }
            }
            if rule.ignore_master {
                lines.push(Line::new(sentences().get("explain-ignore-master")));
            }
        }
        Assertion::Presence { at_most, residue } => {
            let key = if *residue { "explain-asks-residue".to_owned() } else { format!("explain-asks-{at_most}") };
            lines.push(Line::new(sentences().get(&key)));
        }
        Assertion::Source { one_of } => {
            let names: Vec<Text> = one_of.iter().map(|source| sentences().get(&format!("source-{source}"))).collect();
            let names = list_with(&names, "explain-list-or");
            lines.push(Line::new(sentences().with("explain-asks-source", &[("sources", &names)])));
        }
        Assertion::Device { check, expected } => {
            let name = sentences()
                .with("explain-named", &[("name", &describe_check(*check).name), ("word", &same(check.word()))]);
            lines.push(Line::about(name, expectation(*check, expected)));
        }
        Assertion::UnusedDays { at_most } => {
            let days = usize::try_from(*at_most).unwrap_or(usize::MAX);
            lines.push(Line::new(sentences().count("explain-asks-unused", days, &[])));
        }
        Assertion::Manual { .. } => lines.push(Line::new(sentences().get("explain-asks-manual"))),
    }
    lines
}

/// What a check is compared with, in words.
fn expectation(check: Check, expected: &Expected) -> Text {
    match expected {
        Expected::Is(wanted) => value(check, wanted),
        Expected::AtMost(number) => {
            sentences().with("explain-at-most", &[("value", &value(check, &Value::Int(*number)))])
        }
        Expected::AtLeast(number) => {
            sentences().with("explain-at-least", &[("value", &value(check, &Value::Int(*number)))])
        }
        Expected::OneOf(values) => {
            let values: Vec<Text> = values.iter().map(|wanted| value(check, wanted)).collect();
            list_with(&values, "explain-list-or")
        }
    }
}

fn value(check: Check, value: &Value) -> Text {
    match value {
        Value::Bool(true) => sentences().get("value-yes"),
        Value::Bool(false) => sentences().get("value-no"),
        Value::Int(number) => {
            let number = same(&number.to_string());
            match describe_check(check).value {
                CheckValue::Days => sentences().with("value-days", &[("number", &number)]),
                CheckValue::Seconds => sentences().with("value-seconds", &[("number", &number)]),
                _ => number,
            }
        }
        Value::Text(word) => {
            let key = format!("value-{word}");
            if sentences().has(&key) {
                sentences().with("explain-named", &[("name", &sentences().get(&key)), ("word", &same(word))])
            } else {
                code(word)
            }
        }
    }
}

/// A rule's own steps, and the vocabulary's where it has none for a platform or a maker.
fn steps_of(own: &Steps, vocabulary: Steps) -> Steps {
    let mut steps = vocabulary;
    if own.android.is_some() {
        steps.android.clone_from(&own.android);
        steps.vendors.clear();
    }
    if own.ios.is_some() {
        steps.ios.clone_from(&own.ios);
    }
    steps.vendors.extend(own.vendors.iter().map(|(vendor, text)| (*vendor, text.clone())));
    steps
}

/// How a person sees it.
fn look(rule: &Rule) -> Vec<Line> {
    match &rule.assertion {
        Assertion::Manual { how } if rule.look.is_empty() => vec![Line::new(of_any_app(how))],
        _ => {
            let of_permission = |permission, _| guidance::permission(permission).look.clone();
            by_hand(rule, &rule.look, of_permission, |check| guidance::check(check).look.clone())
        }
    }
}

/// What to press.
fn fix(rule: &Rule) -> Vec<Line> {
    let of_permission = |permission, limit| vocabulary::fix(permission_to_change(permission, Some(limit)));
    let of_check = |check| match check {
        Check::AppPresence | Check::AppSource => vocabulary::removal(),
        other => guidance::check(other).fix.clone(),
    };
    by_hand(rule, &rule.fix, of_permission, of_check)
}

fn by_hand(
    rule: &Rule,
    own: &Steps,
    of_permission: impl Fn(Permission, Level) -> Steps,
    of_check: impl Fn(Check) -> Steps,
) -> Vec<Line> {
    let check = match &rule.assertion {
        Assertion::Max { levels, .. } => {
            let several = levels.len() > 1;
            let whole = Platform::ALL.iter().all(|platform| own.of(*platform, None).is_some());
            if whole {
                return step_lines(None, own, rule.platform);
            }
            // The rule's own steps are for all its permissions; the vocabulary's are for each.
            let mut lines = step_lines(None, own, rule.platform);
            for (permission, level) in levels {
                let name = &describe(*permission).name;
                let steps = steps_of(&Steps::default(), of_permission(*permission, *level));
                let steps = step_lines(several.then_some(name), &steps, rule.platform);
                lines.extend(steps.into_iter().filter(|line| {
                    line.platform.is_none_or(|platform| {
                        own.of(platform, None).is_none() && describe(*permission).exists_on(platform)
                    })
                }));
            }
            return lines;
        }
        Assertion::Presence { .. } | Assertion::UnusedDays { .. } => Some(Check::AppPresence),
        Assertion::Source { .. } => Some(Check::AppSource),
        Assertion::Device { check, .. } => Some(*check),
        Assertion::Manual { .. } => None,
    };
    step_lines(None, &steps_of(own, check.map(of_check).unwrap_or_default()), rule.platform)
}

/// What poucet reads, one line a source.
pub(super) fn read_lines(platform: Platform, reads: Vec<Read>) -> Vec<Line> {
    let mut keys_of: Vec<Read> = Vec::new();
    for (source, keys) in reads {
        match keys_of.iter_mut().find(|(known, _)| *known == source) {
            Some((_, known)) => known.extend(keys),
            None => keys_of.push((source, keys)),
        }
    }
    let line = |(source, keys): Read| {
        let source = code(&source);
        let mut seen: Vec<&str> = Vec::new();
        for key in &keys {
            if !seen.contains(&key.as_str()) {
                seen.push(key);
            }
        }
        let text = if seen.is_empty() {
            source
        } else {
            sentences().with("explain-read", &[("source", &source), ("keys", &codes(seen))])
        };
        Line::on(platform, text)
    };
    keys_of.into_iter().map(line).collect()
}

fn reads(rule: &Rule) -> Vec<Line> {
    let wanted = Platform::ALL.iter().copied().filter(|platform| rule.platform.is_none_or(|only| only == *platform));
    wanted
        .flat_map(|platform| {
            let reads: Vec<Read> = match &rule.assertion {
                Assertion::Max { levels, .. } => levels
                    .keys()
                    .flat_map(|permission| vocabulary::reads_for_permission(*permission, platform))
                    .collect(),
                Assertion::Presence { .. } => vocabulary::reads_for_check(Check::AppPresence, platform),
                Assertion::Source { .. } => vocabulary::reads_for_check(Check::AppSource, platform),
                Assertion::Device { check, .. } => vocabulary::reads_for_check(*check, platform),
                Assertion::UnusedDays { .. } => match platform {
                    Platform::Android => vec![("dumpsys appops".to_owned(), Vec::new())],
                    Platform::Ios => vec![("clients.plist".to_owned(), Vec::new())],
                },
                Assertion::Manual { .. } => Vec::new(),
            };
            read_lines(platform, reads)
        })
        .collect()
}

/// When the answer is something else than “passes” or “fails”, for each platform.
fn verdicts(rule: &Rule) -> Vec<Line> {
    let mut lines = Vec::new();
    for platform in Platform::ALL.iter().copied() {
        if rule.platform.is_some_and(|only| only != platform) {
            lines.push(Line::on(platform, sentences().get("explain-verdict-other-platform")));
            continue;
        }
        match &rule.assertion {
            Assertion::Max { levels, .. } => lines.extend(verdicts_of_permissions(levels, platform)),
            Assertion::Device { check, .. } => lines.push(Line::on(platform, readable(*check, platform))),
            Assertion::Presence { .. } => lines.push(Line::on(platform, sentences().get("explain-verdict-list"))),
            Assertion::Source { .. } => lines.push(Line::on(platform, sentences().get("explain-verdict-source"))),
            Assertion::UnusedDays { .. } => {
                lines.push(Line::on(platform, sentences().get(&format!("explain-verdict-unused-{platform}"))));
            }
            Assertion::Manual { .. } => lines.push(Line::on(platform, sentences().get("explain-readable-manual"))),
        }
    }
    if rule.footprint {
        lines.push(Line::new(sentences().get("explain-verdict-footprint")));
    }
    if let Some(condition) = &rule.applies_for {
        let condition = condition.split_once(':').map_or(condition.as_str(), |(_, value)| value);
        lines.push(Line::new(sentences().with("explain-verdict-condition", &[("condition", &same(condition))])));
    }
    lines
}

fn verdicts_of_permissions(levels: &BTreeMap<Permission, Level>, platform: Platform) -> Vec<Line> {
    let names = |wanted: &dyn Fn(Permission) -> bool| -> Vec<Text> {
        let of = levels.keys().copied().filter(|permission| wanted(*permission));
        of.map(|permission| describe(permission).name.clone()).collect()
    };
    let absent = names(&|permission| !describe(permission).exists_on(platform));
    let hidden = names(&|permission| {
        describe(permission).exists_on(platform) && !describe(permission).is_observable_on(platform)
    });
    let judged = levels.len() - absent.len() - hidden.len();
    let mut lines = Vec::new();
    if judged > 0 {
        lines.push(Line::on(platform, sentences().get("explain-verdict-judged")));
    }
    if !hidden.is_empty() {
        let text = sentences().with("explain-verdict-unobservable", &[("names", &list(&hidden))]);
        lines.push(Line::on(platform, text));
    }
    if !absent.is_empty() {
        let text = sentences().with("explain-verdict-absent", &[("names", &list(&absent))]);
        lines.push(Line::on(platform, text));
    }
    lines
}
