//! The second step: documents that extend each other become one list of rules, with groups, parameters and overrides filled in.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{
    AssertionDocument, Comparison, Document, OverrideDocument, ParameterDocument, ParameterType, RuleDocument,
};
use super::selector::{self, Expression, Node, Problem, Selection, Term};
use super::{Assertion, Collect, Expected, Privacy, Rule, Value};
use crate::catalog::Catalog;
use crate::document::{Argument, At, Code, Diagnostic, Diagnostics, Message, Place, Scalar, Written};
use crate::snapshot::permissions::{CheckValue, describe, describe_check, level_from_word};
use crate::snapshot::{Check, Level, Permission, Platform, Presence, Severity};
use crate::text::Text;

/// Terms of one selector, groups and parameters counted each time they are used.
const MOST_TERMS: usize = 1000;
/// Terms of all the selectors of a family of profiles: groups inside groups could ask for a thousand terms in each of many lines.
const MOST_TERMS_IN_ALL: usize = 100_000;
/// Bytes of one selector: a thousand long terms fit.
const LONGEST: usize = 64 * 1024;
/// Groups, parameters and operators inside each other.
const DEEPEST: usize = 256;
/// Ten years: a longer disuse is a slip of the finger.
const MOST_DAYS: i64 = 3650;

/// The profiles that were read, in the order they were met, and which of them each one extends.
#[derive(Clone, Copy)]
pub(super) struct Family<'a> {
    pub(super) documents: &'a [Document],
    pub(super) parents: &'a [Vec<usize>],
}

impl Family<'_> {
    /// A profile with all it extends: parents from left to right, each with its own parents first, then itself; a profile that is
    /// reached by two ways comes once, where it is met first.
    fn order(&self, profile: usize) -> Vec<usize> {
        fn visit(family: &Family<'_>, profile: usize, seen: &mut BTreeSet<usize>, order: &mut Vec<usize>) {
            if !seen.insert(profile) {
                return;
            }
            for parent in family.parents.get(profile).into_iter().flatten() {
                visit(family, *parent, seen, order);
            }
            order.push(profile);
        }
        let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
        visit(self, profile, &mut seen, &mut order);
        order
    }
}

/// A profile with everything filled in.
pub(super) struct Resolved {
    pub(super) rules: BTreeMap<String, Rule>,
    /// Rules switched off.
    pub(super) off: BTreeSet<String>,
    /// The last reason given for changing a rule.
    pub(super) reasons: BTreeMap<String, Text>,
    pub(super) privacy: Privacy,
    pub(super) strict: bool,
}

/// A parameter with its present value.
#[derive(Clone)]
struct Parameter<'a> {
    definition: &'a ParameterDocument,
    kind: ParameterType,
    value: Scalar,
}

type Parameters<'a> = BTreeMap<&'a str, Parameter<'a>>;

/// A rule on its way: where it comes from, and what later profiles change in it.
struct Draft<'a> {
    document: &'a RuleDocument,
    platform: Option<Platform>,
    overrides: Vec<&'a OverrideDocument>,
}

/// Resolves one profile of the family, noting every mistake.
pub(super) fn resolve(family: Family<'_>, profile: usize, catalog: &Catalog, notes: &mut Diagnostics) -> Resolved {
    Resolver { family, catalog, notes, groups: BTreeMap::new(), terms: 0 }.resolve(profile)
}

/// Reads a selector that stands outside a profile, with no groups and no parameters.
pub(crate) fn selection(written: &Written, catalog: &Catalog, notes: &mut Diagnostics) -> Option<Selection> {
    let family = Family { documents: &[], parents: &[] };
    Resolver { family, catalog, notes, groups: BTreeMap::new(), terms: 0 }.selection(written, &Parameters::new())
}

struct Resolver<'a, 'n> {
    family: Family<'a>,
    catalog: &'n Catalog,
    notes: &'n mut Diagnostics,
    groups: BTreeMap<&'a str, (Place, &'a Written)>,
    /// Terms of all the selectors so far.
    terms: usize,
}

/// What is counted while a selector is filled in.
#[derive(Default)]
struct Budget {
    terms: usize,
    depth: usize,
    open: Vec<String>,
    spent: bool,
    /// The selector that everything else is filled into: the one to shorten.
    root: Option<Place>,
}

impl<'a> Resolver<'a, '_> {
    fn resolve(mut self, profile: usize) -> Resolved {
        let mut parameters: Parameters<'a> = BTreeMap::new();
        let mut drafts: BTreeMap<&'a str, Draft<'a>> = BTreeMap::new();
        let (mut collect, mut consent, mut hide) = (None, None, None);
        let mut strict = false;
        let mut reasons = BTreeMap::new();
        let documents: Vec<&'a Document> =
            self.family.order(profile).into_iter().filter_map(|index| self.family.documents.get(index)).collect();
        for document in documents {
            for (name, (place, written)) in &document.groups {
                if let Some((first, _)) = self.groups.get(name.as_str()) {
                    self.redefined("profile-thing-group", name, *place, *first);
                } else {
                    self.groups.insert(name, (*place, written));
                }
            }
            for (name, definition) in &document.parameters {
                self.parameter(name, definition, &mut parameters);
            }
            for (id, change) in &document.overrides {
                if let Some(draft) = drafts.get_mut(id.as_str()) {
                    draft.overrides.push(change);
                    if let Some(because) = &change.because {
                        reasons.insert(id.clone(), because.clone());
                    }
                } else {
                    let note = Diagnostic::new(Code::UnknownRule, change.place).with("rule", id.as_str());
                    self.notes.push(note.suggest(id, drafts.keys().copied()));
                }
            }
            for (id, rule) in &document.rules {
                if let Some(first) = drafts.get(id.as_str()) {
                    self.redefined("profile-thing-rule", id, rule.place, first.document.place);
                } else {
                    let platform = rule.platform.or(document.platform);
                    drafts.insert(id, Draft { document: rule, platform, overrides: Vec::new() });
                }
            }
            collect = document.privacy.collect.as_ref().or(collect);
            consent = document.privacy.consent.as_ref().or(consent);
            hide = document.privacy.hide.as_ref().or(hide);
            strict = document.strict.unwrap_or(strict);
        }
        // A selector parameter is judged even where no rule uses it, and so is every group.
        for parameter in parameters.values().filter(|parameter| parameter.kind == ParameterType::Selector) {
            if let Scalar::Text(written) = &parameter.value {
                self.expression(written, &parameters, &mut Budget::default());
            }
        }
        for (name, (_, written)) in self.groups.clone() {
            let mut budget = Budget { open: vec![format!("@{name}")], ..Budget::default() };
            self.expression(written, &parameters, &mut budget);
        }
        let hidden = hide.into_iter().flatten().filter_map(|written| self.selection(written, &parameters)).collect();
        let privacy = Privacy {
            collect: if collect.is_some_and(|word| word == "all-apps") {
                Collect::AllApps
            } else {
                Collect::CatalogueOnly
            },
            hide: hidden,
            consent_required: consent.is_some_and(|word| word == "required"),
        };
        let (mut rules, mut off) = (BTreeMap::new(), BTreeSet::new());
        for (id, draft) in &drafts {
            let rule = self.rule(id, draft, &parameters);
            // A rule that is off is judged for form all the same: it may come back on tomorrow.
            if draft.overrides.iter().any(|change| change.off) {
                off.insert((*id).to_string());
            } else if let Some(rule) = rule {
                rules.insert((*id).to_string(), rule);
            }
        }
        Resolved { rules, off, reasons, privacy, strict }
    }

    fn redefined(&mut self, thing: &'static str, name: &str, place: Place, first: Place) {
        let note =
            Diagnostic::new(Code::Redefinition, place).with("thing", Argument::Message(thing)).with("name", name);
        let hint = if thing == "profile-thing-rule" { "profile-hint-override" } else { "profile-hint-other-name" };
        self.notes.push(note.also(first, "profile-label-first").hint(Message::new(hint).with("name", name)));
    }

    fn parameter(&mut self, name: &'a str, written: &'a ParameterDocument, parameters: &mut Parameters<'a>) {
        let Some(value) = written.default.clone() else { return };
        let (definition, kind) = match parameters.get(name) {
            None => {
                let kind = match (&written.kind, &value) {
                    (Some(kind), _) => kind.value,
                    (None, Scalar::Number(..)) => ParameterType::Number,
                    (None, Scalar::Flag(..)) => ParameterType::YesNo,
                    (None, Scalar::Text(_)) => ParameterType::Text,
                };
                (written, kind)
            }
            Some(known) => {
                let changed = [
                    ("type", written.kind.as_ref().map(|at| at.place)),
                    ("min", written.min.as_ref().map(|at| at.place)),
                    ("max", written.max.as_ref().map(|at| at.place)),
                    ("choices", written.choices.as_ref().map(|at| at.place)),
                ];
                let first = known.definition.place;
                for (key, place) in changed.into_iter().filter_map(|(key, place)| Some((key, place?))) {
                    let note = Diagnostic::new(Code::ParameterRedefined, place).with("key", key).with("name", name);
                    self.notes.push(note.also(first, "profile-label-first"));
                }
                (known.definition, known.kind)
            }
        };
        let parameter = Parameter { definition, kind, value };
        self.check_parameter(name, &parameter);
        parameters.insert(name, parameter);
    }

    fn check_parameter(&mut self, name: &str, parameter: &Parameter<'_>) {
        let definition = parameter.definition;
        let (shown, right_type) = match (&parameter.value, parameter.kind) {
            (Scalar::Number(number, _), kind) => (number.to_string(), kind == ParameterType::Number),
            (Scalar::Flag(flag, _), kind) => (flag.to_string(), kind == ParameterType::YesNo),
            (Scalar::Text(written), ParameterType::Level) => {
                (written.text.clone(), level_from_word(&written.text).is_some())
            }
            (Scalar::Text(written), kind) => {
                (written.text.clone(), matches!(kind, ParameterType::Text | ParameterType::Selector))
            }
        };
        let note =
            Diagnostic::new(Code::ParameterValue, parameter.value.place()).with("value", shown).with("name", name);
        if !right_type {
            let hint = match parameter.kind {
                ParameterType::Number => "profile-hint-number",
                ParameterType::YesNo => "profile-hint-true-false",
                ParameterType::Level => "profile-hint-level",
                ParameterType::Text | ParameterType::Selector => "profile-hint-text",
            };
            self.notes.push(note.hint(Message::new(hint)));
            return;
        }
        if let Some(choices) = &definition.choices
            && !choices.value.iter().any(|choice| same(choice, &parameter.value))
        {
            let shown: Vec<String> = choices.value.iter().map(show).collect();
            self.notes.push(note.hint(Message::new("profile-hint-one-of").with("words", shown.join("`, `"))));
            return;
        }
        if let Scalar::Number(number, _) = parameter.value {
            let min = definition.min.as_ref().map_or(i64::MIN, |at| at.value);
            let max = definition.max.as_ref().map_or(i64::MAX, |at| at.value);
            if !(min..=max).contains(&number) {
                let shown = |at: &Option<At<i64>>| at.as_ref().map_or("…".to_string(), |at| at.value.to_string());
                let hint = Message::new("profile-hint-range")
                    .with("min", shown(&definition.min))
                    .with("max", shown(&definition.max));
                self.notes.push(note.hint(hint));
            }
        }
    }

    fn unknown_parameter(&mut self, name: &str, place: Place, parameters: &Parameters<'_>) {
        let note = Diagnostic::new(Code::UnknownParameter, place).with("name", name);
        self.notes.push(note.suggest(name, parameters.keys().copied()));
    }

    /// A string with its `{parameters}` filled in; a string that is one parameter and nothing else keeps that parameter's type.
    fn fill(&mut self, written: &Written, parameters: &Parameters<'_>) -> Option<Scalar> {
        let text = written.text.as_str();
        if let Some(name) = whole_parameter(text) {
            let Some(parameter) = parameters.get(name) else {
                self.unknown_parameter(name, written.part(&(0..text.len())), parameters);
                return None;
            };
            // The value stands elsewhere, but the mistake, if there is one, is in using it here.
            return Some(match &parameter.value {
                Scalar::Text(value) => Scalar::Text(Written::standing_in(value.text.clone(), written.place)),
                Scalar::Number(number, _) => Scalar::Number(*number, written.place),
                Scalar::Flag(flag, _) => Scalar::Flag(*flag, written.place),
            });
        }
        let mut filled = String::new();
        let mut rest = text;
        let mut whole = true;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                filled.push('{');
                rest = after;
                continue;
            };
            if let Some(parameter) = parameters.get(name) {
                filled.push_str(&show(&parameter.value));
            } else {
                let end = text.len() - after.len();
                self.unknown_parameter(name, written.part(&(end - name.len() - 2..end)), parameters);
                whole = false;
            }
            rest = after;
        }
        filled.push_str(rest);
        whole.then(|| Scalar::Text(Written::standing_in(filled, written.place)))
    }

    fn fill_scalar(&mut self, scalar: &Scalar, parameters: &Parameters<'_>) -> Option<Scalar> {
        match scalar {
            Scalar::Text(written) => self.fill(written, parameters),
            other => Some(other.clone()),
        }
    }

    /// A string that must be one of a list of words.
    fn word(
        &mut self,
        key: &str,
        written: &Written,
        parameters: &Parameters<'_>,
        words: &[&'static str],
    ) -> Option<&'static str> {
        let filled = self.fill(written, parameters)?;
        let shown = show(&filled);
        let found = words.iter().find(|word| **word == shown).copied();
        if found.is_none() {
            let note = Diagnostic::new(Code::UnknownWord, written.place).with("word", shown.as_str()).with("key", key);
            self.notes.push(note.suggest(&shown, words.iter().copied()));
        }
        found
    }

    fn level(&mut self, permission: Permission, written: &Written, parameters: &Parameters<'_>) -> Option<Level> {
        let filled = show(&self.fill(written, parameters)?);
        let words = |levels: &[Level]| levels.iter().map(|level| level.word()).collect::<Vec<_>>();
        let Some(level) = level_from_word(&filled) else {
            let note = Diagnostic::new(Code::UnknownLevel, written.place).with("word", filled.as_str());
            let candidates = words(Level::ALL).into_iter().chain(["allowed"]);
            self.notes.push(note.suggest(&filled, candidates));
            return None;
        };
        let possible = &describe(permission).levels;
        if !possible.contains(&level) {
            let note = Diagnostic::new(Code::LevelNotPossible, written.place)
                .with("permission", permission.word())
                .with("level", level.word());
            self.notes.push(note.hint(Message::new("profile-hint-one-of").with("words", words(possible).join("`, `"))));
            return None;
        }
        Some(level)
    }

    fn rule(&mut self, id: &str, draft: &Draft<'a>, parameters: &Parameters<'a>) -> Option<Rule> {
        let document = draft.document;
        let mut parameters = parameters.clone();
        let mut severity = document.severity.as_ref();
        for change in &draft.overrides {
            for (name, value) in &change.parameters {
                let Some(known) = parameters.get(name.value.as_str()).cloned() else {
                    self.unknown_parameter(&name.value, name.place, &parameters);
                    continue;
                };
                let parameter = Parameter { value: value.clone(), ..known };
                self.check_parameter(&name.value, &parameter);
                if let Some(place) = parameters.get_mut(name.value.as_str()) {
                    *place = parameter;
                }
            }
            severity = change.severity.as_ref().or(severity);
        }
        let severities: Vec<&str> = Severity::ALL.iter().map(|severity| severity.word()).collect();
        let severity = severity.and_then(|written| self.word("severity", written, &parameters, &severities));
        let apps = document.apps.as_ref().map(|written| self.selection(written, &parameters));
        let assertion = self.assertion(draft, &parameters);
        Some(Rule {
            id: id.to_string(),
            title: document.title.clone(),
            why: document.why.clone(),
            look: document.look.clone(),
            fix: document.fix.clone(),
            severity: Severity::from_word(severity?)?,
            platform: draft.platform,
            applies_for: document.applies_for.clone(),
            refs: document.references.clone(),
            ignore_master: document.ignore_master,
            footprint: document.footprint,
            apps: match apps {
                Some(selection) => Some(selection?),
                None => None,
            },
            assertion: assertion?,
        })
    }

    fn assertion(&mut self, draft: &Draft<'a>, parameters: &Parameters<'a>) -> Option<Assertion> {
        let assertion = draft.document.assertion.as_ref()?;
        if !matches!(assertion, AssertionDocument::Max { .. }) {
            for change in &draft.overrides {
                let level = change.level.as_ref().map(|written| ("level", written.place));
                let max = change.max.first().map(|(permission, _)| ("max", permission.place));
                let on_ios = change.on_ios.first().map(|(permission, _)| ("on_ios", permission.place));
                for (key, place) in level.into_iter().chain(max).chain(on_ios) {
                    let note = Diagnostic::new(Code::OverrideNotPossible, place).with("key", key);
                    self.notes.push(note.also(draft.document.place, "profile-label-rule"));
                }
            }
        }
        match assertion {
            AssertionDocument::Max { levels, on_ios } => {
                let changes = &draft.overrides;
                let levels =
                    self.levels(levels, changes.iter().map(|change| (change.level.as_ref(), &change.max)), parameters);
                let on_ios = self.levels(on_ios, changes.iter().map(|change| (None, &change.on_ios)), parameters);
                Some(Assertion::Max { levels: levels?, on_ios: on_ios? })
            }
            AssertionDocument::Presence { at_most, residue } => {
                let words: Vec<&str> = Presence::ALL.iter().map(|presence| presence.word()).collect();
                let at_most = Presence::from_word(self.word("presence", at_most, parameters, &words)?)?;
                Some(Assertion::Presence { at_most, residue: *residue })
            }
            AssertionDocument::Source(sources) => Some(Assertion::Source { one_of: sources.iter().copied().collect() }),
            AssertionDocument::Device { check, comparison, values } => {
                let filled: Vec<Option<Scalar>> =
                    values.iter().map(|value| self.fill_scalar(value, parameters)).collect();
                let filled: Vec<Scalar> = filled.into_iter().collect::<Option<_>>()?;
                self.device(check.value, check.place, *comparison, &filled)
            }
            AssertionDocument::UnusedDays(scalar) => match self.fill_scalar(scalar, parameters)? {
                Scalar::Number(number, _) if (1..=MOST_DAYS).contains(&number) => {
                    u32::try_from(number).ok().map(|at_most| Assertion::UnusedDays { at_most })
                }
                other => {
                    let note = Diagnostic::new(Code::NumberOutOfRange, other.place()).with("value", show(&other));
                    let hint = Message::new("profile-hint-range").with("min", 1_i64).with("max", MOST_DAYS);
                    self.notes.push(note.hint(hint));
                    None
                }
            },
            AssertionDocument::Manual(how) => Some(Assertion::Manual { how: how.clone() }),
        }
    }

    fn levels<'b>(
        &mut self,
        written: &[(At<Permission>, Written)],
        changes: impl Iterator<Item = (Option<&'b Written>, &'b Vec<(At<Permission>, Written)>)>,
        parameters: &Parameters<'_>,
    ) -> Option<BTreeMap<Permission, Level>> {
        let mut levels: BTreeMap<Permission, Written> = BTreeMap::new();
        for (permission, level) in written {
            levels.insert(permission.value, level.clone());
        }
        for (every, some) in changes {
            if let Some(level) = every {
                levels.values_mut().for_each(|written| *written = level.clone());
            }
            for (permission, level) in some {
                levels.insert(permission.value, level.clone());
            }
        }
        let found: Vec<_> = levels
            .iter()
            .map(|(permission, level)| (*permission, self.level(*permission, level, parameters)))
            .collect();
        found.into_iter().map(|(permission, level)| Some((permission, level?))).collect()
    }

    fn device(&mut self, check: Check, place: Place, comparison: Comparison, values: &[Scalar]) -> Option<Assertion> {
        let kind = &describe_check(check).value;
        let ordered = matches!(comparison, Comparison::AtMost | Comparison::AtLeast);
        let mut accepted = Vec::new();
        for value in values {
            let fits = match (kind, value) {
                (CheckValue::None, _) => {
                    let note = Diagnostic::new(Code::CheckNotForDevice, place).with("check", check.word());
                    self.notes.push(note.hint(Message::new("profile-hint-not-for-device")));
                    return None;
                }
                (CheckValue::YesNo, Scalar::Flag(..)) => !ordered,
                (CheckValue::Days | CheckValue::Seconds, Scalar::Number(number, _)) => *number >= 0,
                (CheckValue::Words(words), Scalar::Text(written)) => !ordered && words.contains(&written.text),
                _ => false,
            };
            if !fits {
                let note = Diagnostic::new(Code::ValueNotPossible, value.place())
                    .with("check", check.word())
                    .with("value", show(value));
                self.notes.push(note.hint(match kind {
                    CheckValue::YesNo => Message::new("profile-hint-true-false"),
                    CheckValue::Days => Message::new("profile-hint-days"),
                    CheckValue::Seconds => Message::new("profile-hint-seconds"),
                    CheckValue::Words(words) => Message::new("profile-hint-one-of").with("words", words.join("`, `")),
                    CheckValue::None => Message::new("profile-hint-not-for-device"),
                }));
                continue;
            }
            accepted.push(match value {
                Scalar::Text(written) => Value::Text(written.text.clone()),
                Scalar::Number(number, _) => Value::Int(*number),
                Scalar::Flag(flag, _) => Value::Bool(*flag),
            });
        }
        if accepted.len() != values.len() {
            return None;
        }
        let first = accepted.first().cloned();
        let expected = match (comparison, first) {
            (Comparison::Is, Some(value)) => Expected::Is(value),
            (Comparison::AtMost, Some(Value::Int(number))) => Expected::AtMost(number),
            (Comparison::AtLeast, Some(Value::Int(number))) => Expected::AtLeast(number),
            (Comparison::OneOf, Some(_)) => Expected::OneOf(accepted),
            _ => return None,
        };
        Some(Assertion::Device { check, expected })
    }

    fn selection(&mut self, written: &Written, parameters: &Parameters<'_>) -> Option<Selection> {
        let expression = self.expression(written, parameters, &mut Budget::default())?;
        let selection = Selection::new(expression, self.catalog);
        if selection.catalogue_slugs().is_empty() {
            let place = written.part(&(0..written.text.len()));
            self.notes.push(Diagnostic::new(Code::EmptySelection, place));
            return None;
        }
        Some(selection)
    }

    fn expression(
        &mut self,
        written: &Written,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Expression> {
        budget.root.get_or_insert(written.place);
        if written.text.len() > LONGEST {
            self.notes.push(Diagnostic::new(Code::SelectorTooLong, written.place).with("limit", MOST_TERMS));
            return None;
        }
        match selector::parse(&written.text) {
            Ok(node) => self.lower(&node, written, parameters, budget),
            Err((problem, range)) => {
                let place = if written.text.is_empty() { written.place } else { written.part(&range) };
                let note = |code| Diagnostic::new(code, place);
                self.notes.push(match problem {
                    Problem::Character(character) => note(Code::SelectorCharacter)
                        .with("character", character.to_string())
                        .hint(Message::new("profile-hint-operators")),
                    Problem::Quote => note(Code::SelectorQuote),
                    Problem::Parenthesis => note(Code::SelectorParenthesis),
                    Problem::OperatorExpected => {
                        note(Code::SelectorOperatorExpected).hint(Message::new("profile-hint-operators"))
                    }
                    Problem::TermExpected => note(Code::SelectorTermExpected).hint(Message::new("profile-hint-terms")),
                    Problem::TooDeep => note(Code::SelectorTooDeep),
                });
                None
            }
        }
    }

    fn lower(
        &mut self,
        node: &Node,
        written: &Written,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Expression> {
        if budget.spent {
            return None;
        }
        if budget.depth >= DEEPEST {
            budget.spent = true;
            self.notes.push(Diagnostic::new(Code::SelectorTooDeep, budget.root));
            return None;
        }
        budget.depth += 1;
        let lowered = match node {
            Node::Term(word, range) => self.term(word, written.part(range), parameters, budget),
            Node::Not(inner) => {
                self.lower(inner, written, parameters, budget).map(|inner| Expression::Not(Box::new(inner)))
            }
            Node::All(parts) => self.parts(parts, written, parameters, budget).map(Expression::All),
            Node::Any(parts) => self.parts(parts, written, parameters, budget).map(Expression::Any),
        };
        budget.depth -= 1;
        lowered
    }

    /// All the parts, so that each mistake is noted, not only the first.
    fn parts(
        &mut self,
        parts: &[Node],
        written: &Written,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Vec<Expression>> {
        let lowered: Vec<_> = parts.iter().map(|part| self.lower(part, written, parameters, budget)).collect();
        lowered.into_iter().collect()
    }

    fn term(
        &mut self,
        word: &str,
        place: Place,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Expression> {
        // Groups and parameters count as well: without that, groups made of nothing but groups could double for ever.
        budget.terms += 1;
        self.terms += 1;
        if budget.terms > MOST_TERMS || self.terms > MOST_TERMS_IN_ALL {
            budget.spent = true;
            self.notes.push(Diagnostic::new(Code::SelectorTooLong, budget.root).with("limit", MOST_TERMS));
            return None;
        }
        if let Some(name) = whole_parameter(word) {
            let Some(parameter) = parameters.get(name) else {
                self.unknown_parameter(name, place, parameters);
                return None;
            };
            let Scalar::Text(value) = parameter.value.clone() else {
                let note = Diagnostic::new(Code::ParameterValue, place)
                    .with("value", show(&parameter.value))
                    .with("name", name);
                self.notes.push(note.hint(Message::new("profile-hint-text")));
                return None;
            };
            return self.inside(word, place, &value, parameters, budget);
        }
        if let Some(name) = word.strip_prefix('@') {
            let Some((_, group)) = self.groups.get(name).copied() else {
                let note = Diagnostic::new(Code::UnknownGroup, place).with("name", name);
                let known: Vec<String> = self.groups.keys().map(|name| format!("@{name}")).collect();
                self.notes.push(note.suggest(word, known.iter().map(String::as_str)));
                return None;
            };
            return self.inside(word, place, group, parameters, budget);
        }
        let filled;
        let word = if word.contains('{') {
            filled = show(&self.fill(&Written::standing_in(word.to_string(), place), parameters)?);
            filled.as_str()
        } else {
            word
        };
        let term = self.known_term(word, place)?;
        if !self.catalog.apps().iter().any(|app| term.selects(app)) {
            let note = Diagnostic::new(Code::SelectorMatchesNothing, place).with("term", word);
            self.notes.push(self.suggest_term(note, &term));
            return None;
        }
        Some(Expression::Term(term))
    }

    /// A group or a parameter, filled in where it is used.
    fn inside(
        &mut self,
        word: &str,
        place: Place,
        value: &Written,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Expression> {
        if budget.open.iter().any(|open| open == word) {
            self.notes.push(Diagnostic::new(Code::GroupCycle, place).with("name", word));
            return None;
        }
        budget.open.push(word.to_string());
        let expression = self.expression(value, parameters, budget);
        budget.open.pop();
        expression
    }

    fn known_term(&mut self, word: &str, place: Place) -> Option<Term> {
        if word == "any" {
            return Some(Term::Any);
        }
        let Some((kind, value)) = word.split_once(':') else {
            return Some(Term::Slug(word.to_string()));
        };
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value).to_string();
        match kind {
            "category" => Some(Term::Category(value)),
            "owner" => Some(Term::Owner(value)),
            "country" => Some(Term::Country(value)),
            "android" => Some(Term::Id(Platform::Android, value)),
            "ios" => Some(Term::Id(Platform::Ios, value)),
            _ => {
                let note = Diagnostic::new(Code::SelectorUnknownKind, place).with("kind", kind);
                self.notes.push(note.suggest(kind, ["category", "owner", "country", "android", "ios"]));
                None
            }
        }
    }

    fn suggest_term(&self, note: Diagnostic, term: &Term) -> Diagnostic {
        if self.notes.is_busy() {
            return note;
        }
        let apps = self.catalog.apps();
        let near =
            |word: &str, candidates: Vec<&str>| crate::document::nearest::nearest(word, candidates).map(str::to_string);
        let owners = || apps.iter().map(|app| app.publisher.as_str()).collect();
        let ids = |platform| apps.iter().flat_map(|app| app.ids(platform)).map(|known| known.id.as_str()).collect();
        let suggestion = match term {
            Term::Any => None,
            Term::Slug(slug) => {
                let words = apps.iter().map(|app| app.slug.as_str()).chain(["any", "and", "or", "not"]).collect();
                near(slug, words)
            }
            Term::Category(category) => near(category, self.catalog.categories().map(|(word, _)| word).collect())
                .map(|word| format!("category:{word}")),
            Term::Owner(owner) => near(owner, owners()).map(|word| Term::Owner(word).to_string()),
            Term::Country(_) => None,
            Term::Id(platform, id) => near(id, ids(*platform)).map(|word| Term::Id(*platform, word).to_string()),
        };
        match suggestion {
            Some(word) => note.hint(Message::new("profile-hint-did-you-mean").with("word", word)),
            None => note.hint(Message::new("profile-hint-catalogue")),
        }
    }
}

/// The name, when a text is `{name}` and nothing else.
fn whole_parameter(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    (!name.contains(['{', '}'])).then_some(name)
}

fn show(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text(written) => written.text.clone(),
        Scalar::Number(number, _) => number.to_string(),
        Scalar::Flag(flag, _) => flag.to_string(),
    }
}

fn same(left: &Scalar, right: &Scalar) -> bool {
    match (left, right) {
        (Scalar::Text(left), Scalar::Text(right)) => left.text == right.text,
        (Scalar::Number(left, _), Scalar::Number(right, _)) => left == right,
        (Scalar::Flag(left, _), Scalar::Flag(right, _)) => left == right,
        _ => false,
    }
}
