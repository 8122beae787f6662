//! What a rule asks for, and everything that belongs to it.

use std::collections::BTreeSet;

use super::library::{Library, Variant};
use super::lines::{read_lines, readable, severity_meaning};
use super::model::{Explanation, Kind, Line, platform_name, step_lines};
use super::selector::{as_written, in_words, selected};
use super::vocabulary::{self, Read};
use crate::profile::kind::about::About;
use crate::profile::kind::at_most;
use crate::profile::{Assertion, Profile, Rule, permission_to_change};
use crate::text::Text;
use crate::text::both::{code, list, of_any_app, same, sentences};
use crate::vocabulary::guidance::{self, Steps};
use crate::vocabulary::permissions::describe;
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
            let About::Permissions { levels, on_ios } = variant.rule.assertion.about() else { continue };
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
            let Assertion::Device(device) = &variant.rule.assertion else { continue };
            let text = device.in_words();
            if device.check == wanted && seen.insert((variant.defined_in(), &variant.rule.id, text.clone())) {
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

/// What the rule states.
fn asks(rule: &Rule) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(platform) = rule.platform {
        lines.push(Line::new(sentences().with("explain-only-on", &[("platform", &same(platform_name(platform)))])));
    }
    let said = rule.assertion.statement().asks(rule.platform);
    lines.extend(said.into_iter().map(|said| Line {
        subject: said.subject,
        platform: said.platform,
        ..Line::new(said.text)
    }));
    if rule.ignore_master {
        lines.push(Line::new(sentences().get("explain-ignore-master")));
    }
    lines
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
    match rule.assertion.about() {
        About::Person(how) if rule.look.is_empty() => vec![Line::new(of_any_app(how))],
        About::Person(_) | About::Permissions { .. } | About::Apps(_) | About::Phone(_) => {
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
    let check = match rule.assertion.about() {
        About::Permissions { levels, .. } => {
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
        about @ (About::Apps(_) | About::Phone(_) | About::Person(_)) => about.check(),
    };
    step_lines(None, &steps_of(own, check.map(of_check).unwrap_or_default()), rule.platform)
}

fn reads(rule: &Rule) -> Vec<Line> {
    let wanted = Platform::ALL.iter().copied().filter(|platform| rule.platform.is_none_or(|only| only == *platform));
    wanted
        .flat_map(|platform| {
            let own = rule.assertion.statement().evidence(platform);
            let reads: Vec<Read> = match (own, rule.assertion.about()) {
                (Some(source), _) => vec![(source.to_owned(), Vec::new())],
                (None, About::Permissions { levels, .. }) => levels
                    .keys()
                    .flat_map(|permission| vocabulary::reads_for_permission(*permission, platform))
                    .collect(),
                (None, About::Apps(check) | About::Phone(check)) => vocabulary::reads_for_check(check, platform),
                (None, About::Person(_)) => Vec::new(),
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
        match rule.assertion.about() {
            About::Phone(check) => lines.push(Line::on(platform, readable(check, platform))),
            About::Permissions { .. } | About::Apps(_) | About::Person(_) => {
                let texts = rule.assertion.verdicts(platform);
                lines.extend(texts.into_iter().map(|text| Line::on(platform, text)));
            }
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
