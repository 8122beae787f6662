//! The second step: documents that extend each other become one list of rules, with groups, parameters and overrides filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use super::document::{
    AssertionDocument, Comparison, Document, OverrideDocument, ParameterDocument, ParameterType, RuleDocument,
};
use super::origin::{Ancestor, Origin, Origins, ParameterOrigin, RuleOrigin, Sources};
use super::references::{self, OwnReference};
use super::selector::{self, Expression, Node, Problem, Selection, Term};
use super::{Assertion, Collect, Expected, Privacy, Rule, Value};
use crate::catalog::{Catalog, own};
use crate::document::{Argument, At, Code, Diagnostic, Diagnostics, Message, Place, ProfileErrors, Scalar, Written};
use crate::text::Text;
use crate::vocabulary::permissions::{CheckValue, describe, describe_check, level_from_word};
use crate::vocabulary::{Check, Level, Permission, Platform, Presence, Severity};

/// Terms of one selector, groups and parameters counted each time they are used.
const MOST_TERMS: usize = 1000;
/// Terms of all the selectors of a family of profiles: groups inside groups could ask for a thousand terms in each of many lines.
const MOST_TERMS_IN_ALL: usize = 100_000;
/// Bytes of one selector: a thousand long terms fit.
const LONGEST: usize = 64 * 1024;
/// Groups, parameters and operators inside each other.
const DEEPEST: usize = 256;
/// The longest id of an app, in bytes: the file names that Android makes of them are not longer.
const LONGEST_ID: usize = 255;
/// Ten years: a longer disuse is a slip of the finger.
const MOST_DAYS: i64 = 3650;

/// The profiles that were read, in the order they were met, and which of them each one extends.
#[derive(Clone, Copy)]
pub(super) struct Family<'a> {
    pub(super) documents: &'a [Document],
    pub(super) parents: &'a [Vec<usize>],
    /// Groups of the organization, that every profile may use.
    pub(super) groups: &'a [(String, Place, Written)],
    pub(super) sources: &'a Sources,
    pub(super) catalog: &'a Catalog,
}

/// A parameter's value from the command line.
pub(super) struct Setting {
    pub(super) name: Written,
    pub(super) value: Written,
}

/// Why a profile is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// To judge by it: everything in it is checked, and where each value comes from is kept.
    Judge,
    /// To see what another profile changes in it.
    Compare,
}

/// Selections of one family that hang on no parameter: profiles that extend each other write the same ones again and again.
#[derive(Default)]
pub(super) struct Memo {
    selections: BTreeMap<String, Selection>,
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
    pub(super) references: BTreeMap<String, OwnReference>,
    /// Empty unless the aim was to judge.
    pub(super) origins: Origins,
}

/// A parameter with its present value.
#[derive(Clone)]
struct Parameter<'a> {
    definition: &'a ParameterDocument,
    kind: ParameterType,
    value: Scalar,
    /// The value that this one took the place of.
    before: Option<Scalar>,
}

type ParameterTable<'a> = BTreeMap<&'a str, Parameter<'a>>;

/// The parameters as one rule sees them: those of all, and the values that hold for this rule only.
#[derive(Clone, Default)]
struct Parameters<'a> {
    shared: Rc<ParameterTable<'a>>,
    own: ParameterTable<'a>,
}

impl<'a> Parameters<'a> {
    fn get(&self, name: &str) -> Option<&Parameter<'a>> {
        self.own.get(name).or_else(|| self.shared.get(name))
    }
}

/// A rule on its way: where it comes from, and what later profiles change in it.
struct Draft<'a> {
    document: &'a RuleDocument,
    platform: Option<Platform>,
    overrides: Vec<&'a OverrideDocument>,
}

/// Resolves one profile of the family, noting every mistake.
pub(super) fn resolve<'a>(
    family: Family<'a>,
    profile: usize,
    (aim, settings): (Aim, &'a [Setting]),
    memo: &mut Memo,
    notes: &mut Diagnostics,
) -> Resolved {
    Resolver::new(family, aim, memo, notes).resolve(profile, settings)
}

/// Reads a selector that stands outside a profile, with no groups and no parameters.
pub(crate) fn selection(written: &Written, catalog: &Catalog, notes: &mut Diagnostics) -> Option<Selection> {
    let (sources, mut memo) = (Sources::default(), Memo::default());
    let family = Family { documents: &[], parents: &[], groups: &[], sources: &sources, catalog };
    Resolver::new(family, Aim::Judge, &mut memo, notes).selection(written, &Parameters::default())
}

/// The catalogue with what an organization's files add and correct. Without files it is `base` again.
///
/// # Errors
/// Every mistake of every file, each with its place: see [`crate::catalog::own`].
pub fn extend_catalog(base: &Catalog, files: &[PathBuf]) -> Result<Catalog, ProfileErrors> {
    own::extend(base, files, check_groups)
}

/// Notes every mistake in groups that stand in no profile: those of an organization's catalogue. They may use each other.
fn check_groups(groups: &[(String, Place, Written)], catalog: &Catalog, notes: &mut Diagnostics) {
    let (sources, mut memo) = (Sources::default(), Memo::default());
    let family = Family { documents: &[], parents: &[], groups: &[], sources: &sources, catalog };
    let mut resolver = Resolver::new(family, Aim::Judge, &mut memo, notes);
    resolver.groups = groups.iter().map(|(name, place, written)| (name.as_str(), (*place, written))).collect();
    for (name, _, written) in groups {
        let mut budget = Budget { open: vec![format!("@{name}")], ..Budget::default() };
        if let Some(expression) = resolver.expression(written, &Parameters::default(), &mut budget)
            && Selection::new(expression, catalog).catalogue_slugs().is_empty()
        {
            resolver.notes.push(Diagnostic::new(Code::EmptySelection, written.place));
        }
    }
}

struct Resolver<'a, 'n> {
    family: Family<'a>,
    aim: Aim,
    memo: &'n mut Memo,
    notes: &'n mut Diagnostics,
    groups: BTreeMap<&'a str, (Place, &'a Written)>,
    references: BTreeMap<&'a str, (Place, &'a OwnReference)>,
    /// Where the values of each rule come from.
    rules: BTreeMap<String, RuleOrigin>,
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
    /// Whether a parameter is in it: its value may be another one in another rule.
    parameters: bool,
    /// The selector that everything else is filled into: the one to shorten.
    root: Option<Place>,
}

impl<'a, 'n> Resolver<'a, 'n> {
    fn new(family: Family<'a>, aim: Aim, memo: &'n mut Memo, notes: &'n mut Diagnostics) -> Resolver<'a, 'n> {
        let (groups, references, rules) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Resolver { family, aim, memo, notes, groups, references, rules, terms: 0 }
    }

    fn resolve(&mut self, profile: usize, settings: &'a [Setting]) -> Resolved {
        let mut table: ParameterTable<'a> = BTreeMap::new();
        let mut drafts: BTreeMap<&'a str, Draft<'a>> = BTreeMap::new();
        let (mut collect, mut consent, mut hide) = (None, None, None);
        let mut strict = false;
        let mut reasons = BTreeMap::new();
        let order = self.family.order(profile);
        let documents: Vec<&'a Document> = order.iter().filter_map(|index| self.family.documents.get(*index)).collect();
        for (name, place, written) in self.family.groups {
            self.groups.insert(name, (*place, written));
        }
        for document in documents {
            for (name, (place, written)) in &document.groups {
                if let Some((first, _)) = self.groups.get(name.as_str()) {
                    self.redefined("profile-thing-group", name, *place, *first);
                } else {
                    self.groups.insert(name, (*place, written));
                }
            }
            for (id, (place, reference)) in &document.references {
                if let Some((first, _)) = self.references.get(id.as_str()) {
                    self.redefined("profile-thing-reference", id, *place, *first);
                } else {
                    self.references.insert(id, (*place, reference));
                }
            }
            for (name, definition) in &document.parameters {
                self.parameter(name, definition, &mut table);
            }
            for (id, change) in &document.overrides {
                if let Some(draft) = drafts.get_mut(id.as_str()) {
                    draft.overrides.push(change);
                    if let Some(because) = &change.because {
                        reasons.insert(id.clone(), because.clone());
                    }
                } else {
                    let note = Diagnostic::new(Code::UnknownRule, change.place).with("rule", id.as_str());
                    self.suggest(note, id, || drafts.keys().copied());
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
        for setting in settings {
            self.setting(setting, &mut table);
        }
        let parameters = Parameters { shared: Rc::new(table), own: BTreeMap::new() };
        if self.aim == Aim::Judge {
            self.check_what_no_rule_uses(&parameters);
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
                self.rules.remove(*id);
            } else if let Some(rule) = rule {
                rules.insert((*id).to_string(), rule);
            }
        }
        let references =
            self.references.iter().map(|(id, (_, reference))| ((*id).to_string(), (*reference).clone())).collect();
        let origins = match self.aim {
            Aim::Judge => self.origins(&order, &parameters),
            Aim::Compare => Origins::default(),
        };
        Resolved { rules, off, reasons, privacy, strict, references, origins }
    }

    /// A selector parameter is judged even where no rule uses it, and so is every group.
    fn check_what_no_rule_uses(&mut self, parameters: &Parameters<'a>) {
        for parameter in parameters.shared.values().filter(|parameter| parameter.kind == ParameterType::Selector) {
            if let Scalar::Text(written) = &parameter.value {
                self.expression(written, parameters, &mut Budget::default());
            }
        }
        for (name, (_, written)) in self.groups.clone() {
            let mut budget = Budget { open: vec![format!("@{name}")], ..Budget::default() };
            self.expression(written, parameters, &mut budget);
        }
    }

    /// Where everything comes from, once every rule is filled in.
    fn origins(&mut self, order: &[usize], parameters: &Parameters<'a>) -> Origins {
        let sources = self.family.sources;
        let ancestor = |index: &usize| {
            let document = self.family.documents.get(*index)?;
            let (id, version) = (document.id.clone(), document.version.clone());
            Some(Ancestor { id, version, file: sources.name(*index) })
        };
        let order = order.iter().filter_map(ancestor).collect();
        let number = |at: &Option<At<i64>>| at.as_ref().map(|at| at.value);
        let described = |(name, parameter): (&&str, &Parameter<'_>)| {
            let definition = parameter.definition;
            let before = parameter.before.as_ref().map(|before| (show(before), before.place()));
            let origin = ParameterOrigin {
                value: show(&parameter.value),
                set: sources.origin(parameter.value.place(), None, before),
                min: number(&definition.min),
                max: number(&definition.max),
                choices: definition.choices.iter().flat_map(|choices| choices.value.iter().map(show)).collect(),
            };
            ((*name).to_string(), origin)
        };
        let parameters = parameters.shared.iter().map(described).collect();
        Origins { order, rules: std::mem::take(&mut self.rules), parameters }
    }

    /// Where the last of some texts, each of which took the place of the one before, has its value from: a parameter that it is
    /// made of, or one in it that was set anew, says more than the line that names it.
    fn origin_of(&self, chain: &[&Written], parameters: &Parameters<'_>) -> Option<Origin> {
        let (last, earlier) = chain.split_last()?;
        let sources = self.family.sources;
        for name in parameters_in(&last.text) {
            let Some(parameter) = parameters.get(name) else { continue };
            if whole_parameter(&last.text).is_none() && parameter.before.is_none() {
                continue;
            }
            let before = parameter
                .before
                .as_ref()
                .map(|before| (last.text.replace(&format!("{{{name}}}"), &show(before)), before.place()));
            return Some(sources.origin(parameter.value.place(), Some(name), before));
        }
        let shown = |written: &Written| {
            let mut text = written.text.clone();
            for name in parameters_in(&written.text) {
                if let Some(parameter) = parameters.get(name) {
                    text = text.replace(&format!("{{{name}}}"), &show(&parameter.value));
                }
            }
            text
        };
        let before = earlier.last().map(|earlier| (shown(earlier), earlier.place));
        let before = before.filter(|(text, _)| *text != shown(last));
        Some(sources.origin(last.place, None, before))
    }

    fn origin_of_scalar(&self, scalar: &Scalar, parameters: &Parameters<'_>) -> Option<Origin> {
        match scalar {
            Scalar::Text(written) => self.origin_of(&[written], parameters),
            Scalar::Number(_, place) | Scalar::Flag(_, place) => Some(self.family.sources.origin(*place, None, None)),
        }
    }

    /// A mistaken name, with the known name nearest to it.
    fn suggest<'b, I: IntoIterator<Item = &'b str>>(
        &mut self,
        note: Diagnostic,
        written: &str,
        words: impl FnOnce() -> I,
    ) {
        let note = if self.notes.is_busy() { note } else { note.suggest(written, words()) };
        self.notes.push(note);
    }

    /// A value from the command line: read as the parameter's kind asks, and held to its bounds.
    fn setting(&mut self, setting: &'a Setting, table: &mut ParameterTable<'a>) {
        let name = setting.name.text.as_str();
        let Some(known) = table.get(name).cloned() else {
            let note = Diagnostic::new(Code::UnknownParameter, setting.name.place).with("name", name);
            self.suggest(note, name, || table.keys().copied());
            return;
        };
        let (text, place) = (setting.value.text.as_str(), setting.value.place);
        let read = match known.kind {
            ParameterType::Number => text.parse().ok().map(|number| Scalar::Number(number, place)),
            ParameterType::YesNo => text.parse().ok().map(|flag| Scalar::Flag(flag, place)),
            ParameterType::Text | ParameterType::Level | ParameterType::Selector => None,
        };
        // What is not of the right kind stays a text, and the check says what is wanted.
        let value = read.unwrap_or_else(|| Scalar::Text(setting.value.clone()));
        let parameter = Parameter { before: Some(known.value.clone()), value, ..known };
        // A wrong one is told once, and not again where it is used.
        if self.check_parameter(name, &parameter) {
            table.insert(name, parameter);
        }
    }

    fn redefined(&mut self, thing: &'static str, name: &str, place: Place, first: Place) {
        let note =
            Diagnostic::new(Code::Redefinition, place).with("thing", Argument::Message(thing)).with("name", name);
        let hint = if thing == "profile-thing-rule" { "profile-hint-override" } else { "profile-hint-other-name" };
        self.notes.push(note.also(first, "profile-label-first").hint(Message::new(hint).with("name", name)));
    }

    fn parameter(&mut self, name: &'a str, written: &'a ParameterDocument, parameters: &mut ParameterTable<'a>) {
        let Some(value) = written.default.clone() else { return };
        let before = parameters.get(name).map(|known| known.value.clone());
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
        let parameter = Parameter { definition, kind, value, before };
        self.check_parameter(name, &parameter);
        parameters.insert(name, parameter);
    }

    /// Whether a parameter's value is of its kind, and allowed.
    fn check_parameter(&mut self, name: &str, parameter: &Parameter<'_>) -> bool {
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
            return false;
        }
        if let Some(choices) = &definition.choices
            && !choices.value.iter().any(|choice| same(choice, &parameter.value))
        {
            let shown: Vec<String> = choices.value.iter().map(show).collect();
            self.notes.push(note.hint(Message::new("profile-hint-one-of").with("words", shown.join("`, `"))));
            return false;
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
                return false;
            }
        }
        true
    }

    fn unknown_parameter(&mut self, name: &str, place: Place, parameters: &Parameters<'_>) {
        let note = Diagnostic::new(Code::UnknownParameter, place).with("name", name);
        self.suggest(note, name, || parameters.shared.keys().copied());
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
        let mut severities: Vec<&Written> = document.severity.iter().collect();
        for change in &draft.overrides {
            for (name, value) in &change.parameters {
                let Some(known) = parameters.get(name.value.as_str()).cloned() else {
                    self.unknown_parameter(&name.value, name.place, &parameters);
                    continue;
                };
                let parameter = Parameter { before: Some(known.value.clone()), value: value.clone(), ..known };
                self.check_parameter(&name.value, &parameter);
                parameters.own.insert(&name.value, parameter);
            }
            severities.extend(&change.severity);
        }
        let words: Vec<&str> = Severity::ALL.iter().map(|severity| severity.word()).collect();
        let severity = severities.last().and_then(|written| self.word("severity", written, &parameters, &words));
        self.check_references(document);
        let apps = document.apps.as_ref().map(|written| self.selection(written, &parameters));
        let assertion = self.assertion(draft, &parameters);
        if self.aim == Aim::Judge {
            let origin = self.rule_origin(draft, &severities, &parameters);
            self.rules.insert(id.to_string(), origin);
        }
        Some(Rule {
            id: id.to_string(),
            title: document.title.clone(),
            why: document.why.clone(),
            look: document.look.clone(),
            fix: document.fix.clone(),
            severity: Severity::from_word(severity?)?,
            platform: draft.platform,
            applies_for: document.applies_for.clone(),
            refs: document.references.iter().map(|written| written.text.clone()).collect(),
            ignore_master: document.ignore_master,
            footprint: document.footprint,
            apps: match apps {
                Some(selection) => Some(selection?),
                None => None,
            },
            assertion: assertion?,
        })
    }

    fn rule_origin(&self, draft: &Draft<'a>, severities: &[&Written], parameters: &Parameters<'a>) -> RuleOrigin {
        let document = draft.document;
        let mut origin = RuleOrigin {
            defined: self.family.sources.origin(document.place, None, None),
            severity: self.origin_of(severities, parameters).unwrap_or_default(),
            apps: document.apps.as_ref().and_then(|apps| self.origin_of(&[apps], parameters)),
            ..RuleOrigin::default()
        };
        let of_levels = |chains: BTreeMap<Permission, Vec<&Written>>| {
            let found = |(permission, chain): (Permission, Vec<&Written>)| {
                Some((permission, self.origin_of(&chain, parameters)?))
            };
            chains.into_iter().filter_map(found).collect()
        };
        match &document.assertion {
            Some(AssertionDocument::Max { levels, on_ios }) => {
                origin.levels = of_levels(chains(levels, draft.level_changes()));
                origin.on_ios = of_levels(chains(on_ios, draft.ios_changes()));
            }
            Some(AssertionDocument::Presence { at_most, .. }) => origin.value = self.origin_of(&[at_most], parameters),
            Some(AssertionDocument::Device { values, .. }) => {
                origin.value = values.first().and_then(|value| self.origin_of_scalar(value, parameters));
            }
            Some(AssertionDocument::UnusedDays(days)) => origin.value = self.origin_of_scalar(days, parameters),
            Some(AssertionDocument::Source(_) | AssertionDocument::Manual(_)) | None => {}
        }
        origin
    }

    /// References that neither the registry nor a profile of the family lists.
    fn check_references(&mut self, document: &RuleDocument) {
        for written in &document.references {
            let id = written.text.as_str();
            if self.references.contains_key(id) || references::is_known(id) {
                continue;
            }
            let note = Diagnostic::new(Code::UnknownReference, written.place).with("reference", id);
            let known: Vec<String> = if self.notes.is_busy() { Vec::new() } else { references::ids().collect() };
            let own = self.references.keys().copied().take(known.len());
            let candidates = known.iter().map(String::as_str).chain(own);
            self.notes.push(match crate::document::nearest::nearest(id, candidates) {
                Some(near) => note.hint(Message::new("profile-hint-did-you-mean").with("word", near)),
                None => note.hint(Message::new("profile-hint-reference")),
            });
        }
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
                let levels = self.levels(chains(levels, draft.level_changes()), parameters);
                let on_ios = self.levels(chains(on_ios, draft.ios_changes()), parameters);
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

    fn levels(
        &mut self,
        chains: BTreeMap<Permission, Vec<&Written>>,
        parameters: &Parameters<'_>,
    ) -> Option<BTreeMap<Permission, Level>> {
        let found: Vec<_> = chains
            .iter()
            .filter_map(|(permission, chain)| Some((*permission, self.level(*permission, chain.last()?, parameters))))
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
                (CheckValue::Id, Scalar::Text(written)) => !ordered && is_app_id(&written.text),
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
                    CheckValue::Id => Message::new("profile-hint-app-id"),
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
        if let Some(known) = self.memo.selections.get(&written.text) {
            return Some(known.clone());
        }
        let mut budget = Budget::default();
        let expression = self.expression(written, parameters, &mut budget)?;
        let selection = Selection::new(expression, self.family.catalog);
        if selection.catalogue_slugs().is_empty() {
            let place = written.part(&(0..written.text.len()));
            self.notes.push(Diagnostic::new(Code::EmptySelection, place));
            return None;
        }
        if !budget.parameters {
            self.memo.selections.insert(written.text.clone(), selection.clone());
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
        budget.parameters |= word.contains('{');
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
                // Outside a profile (in waivers) the organization's groups are found in its catalogue.
                if let Some(selector) = self.family.catalog.group(name) {
                    let group = Written::standing_in(selector.to_string(), place);
                    return self.inside(word, place, &group, parameters, budget);
                }
                let note = Diagnostic::new(Code::UnknownGroup, place).with("name", name);
                let busy = self.notes.is_busy();
                let own = self.family.catalog.groups().map(|(name, _)| name);
                let names = self.groups.keys().copied().chain(own);
                let known: Vec<String> = names.take_while(|_| !busy).map(|name| format!("@{name}")).collect();
                self.suggest(note, word, || known.iter().map(String::as_str));
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
        if !self.family.catalog.apps().iter().any(|app| term.selects(app)) {
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
        let apps = self.family.catalog.apps();
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
            Term::Category(category) => {
                near(category, self.family.catalog.categories().map(|(word, _)| word).collect())
                    .map(|word| format!("category:{word}"))
            }
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

impl<'a> Draft<'a> {
    /// What each override changes in the levels: one for all, and some by name.
    fn level_changes(&self) -> impl Iterator<Item = Changes<'a>> {
        self.overrides.iter().map(|change| (change.level.as_ref(), change.max.as_slice()))
    }

    /// The same for the levels that hold on iOS.
    fn ios_changes(&self) -> impl Iterator<Item = Changes<'a>> {
        self.overrides.iter().map(|change| (None, change.on_ios.as_slice()))
    }
}

/// A level for every permission of a rule, and levels for some of them.
type Changes<'a> = (Option<&'a Written>, &'a [(At<Permission>, Written)]);

/// The levels of each permission, oldest first: that of the rule, then those that took its place.
fn chains<'a>(
    written: &'a [(At<Permission>, Written)],
    changes: impl Iterator<Item = Changes<'a>>,
) -> BTreeMap<Permission, Vec<&'a Written>> {
    let mut chains: BTreeMap<Permission, Vec<&Written>> = BTreeMap::new();
    for (permission, level) in written {
        chains.entry(permission.value).or_default().push(level);
    }
    for (every, some) in changes {
        if let Some(level) = every {
            chains.values_mut().for_each(|chain| chain.push(level));
        }
        for (permission, level) in some {
            chains.entry(permission.value).or_default().push(level);
        }
    }
    chains
}

/// Whether a text can be a package name or a bundle id: words of letters, digits, `_` and `-`, joined with dots.
pub(super) fn is_app_id(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    text.len() <= LONGEST_ID && text.contains('.') && text.split('.').all(word)
}

/// The names in `{…}` of a text, in their order.
fn parameters_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
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
