//! Parameters and their values, and texts with `{parameters}` in them filled in.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::document::{At, Code, Diagnostic, Diagnostics, Message, Place, Scalar, Written};
use crate::profile::document::{ParameterDocument, ParameterType};
use crate::profile::origin::{Origin, Sources};
use crate::vocabulary::permissions::{describe, level_from_word};
use crate::vocabulary::{Level, Permission};

/// A parameter's value from the command line.
pub(in crate::profile) struct Setting {
    pub(in crate::profile) name: Written,
    pub(in crate::profile) value: Written,
}

/// A parameter with its present value.
#[derive(Clone)]
pub(crate) struct Parameter<'a> {
    pub(crate) definition: &'a ParameterDocument,
    pub(crate) kind: ParameterType,
    pub(crate) value: Scalar,
    /// The value that this one took the place of.
    pub(crate) before: Option<Scalar>,
}

pub(crate) type ParameterTable<'a> = BTreeMap<&'a str, Parameter<'a>>;

/// The parameters as one rule sees them: those of all, and the values that hold for this rule only.
#[derive(Clone, Default)]
pub(crate) struct Parameters<'a> {
    pub(crate) shared: Rc<ParameterTable<'a>>,
    pub(crate) own: ParameterTable<'a>,
}

impl<'a> Parameters<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&Parameter<'a>> {
        self.own.get(name).or_else(|| self.shared.get(name))
    }
}

/// Fills parameters into texts as one rule sees them, and notes what does not fit.
pub(crate) struct Filler<'p, 'a, 'n> {
    pub(crate) parameters: &'p Parameters<'a>,
    pub(crate) notes: &'n mut Diagnostics,
}

impl Filler<'_, '_, '_> {
    pub(crate) fn unknown_parameter(&mut self, name: &str, place: Place) {
        let note = Diagnostic::new(Code::UnknownParameter, place).with("name", name);
        suggest(self.notes, note, name, || self.parameters.shared.keys().copied());
    }

    /// A string with its `{parameters}` filled in; a string that is one parameter and nothing else keeps that parameter's type.
    pub(crate) fn fill(&mut self, written: &Written) -> Option<Scalar> {
        let text = written.text.as_str();
        if let Some(name) = whole_parameter(text) {
            let Some(parameter) = self.parameters.get(name) else {
                self.unknown_parameter(name, written.part(&(0..text.len())));
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
            if let Some(parameter) = self.parameters.get(name) {
                filled.push_str(&show(&parameter.value));
            } else {
                let end = text.len() - after.len();
                self.unknown_parameter(name, written.part(&(end - name.len() - 2..end)));
                whole = false;
            }
            rest = after;
        }
        filled.push_str(rest);
        whole.then(|| Scalar::Text(Written::standing_in(filled, written.place)))
    }

    pub(crate) fn fill_scalar(&mut self, scalar: &Scalar) -> Option<Scalar> {
        match scalar {
            Scalar::Text(written) => self.fill(written),
            Scalar::Number(..) | Scalar::Flag(..) => Some(scalar.clone()),
        }
    }

    /// A string that must be one of a list of words.
    pub(crate) fn word(&mut self, key: &str, written: &Written, words: &[&'static str]) -> Option<&'static str> {
        let filled = self.fill(written)?;
        let shown = show(&filled);
        let found = words.iter().find(|word| **word == shown).copied();
        if found.is_none() {
            let note = Diagnostic::new(Code::UnknownWord, written.place).with("word", shown.as_str()).with("key", key);
            self.notes.push(note.suggest(&shown, words.iter().copied()));
        }
        found
    }

    pub(crate) fn level(&mut self, permission: Permission, written: &Written) -> Option<Level> {
        let filled = show(&self.fill(written)?);
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
}

/// Tells where values come from, as one rule sees the parameters.
#[derive(Clone, Copy)]
pub(crate) struct Whence<'p, 'a> {
    pub(crate) sources: &'p Sources,
    pub(crate) parameters: &'p Parameters<'a>,
}

impl Whence<'_, '_> {
    /// Where the last of some texts, each of which took the place of the one before, has its value from: a parameter that it is
    /// made of, or one in it that was set anew, says more than the line that names it.
    pub(crate) fn of(&self, chain: &[&Written]) -> Option<Origin> {
        let (last, earlier) = chain.split_last()?;
        let sources = self.sources;
        for name in parameters_in(&last.text) {
            let Some(parameter) = self.parameters.get(name) else { continue };
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
                if let Some(parameter) = self.parameters.get(name) {
                    text = text.replace(&format!("{{{name}}}"), &show(&parameter.value));
                }
            }
            text
        };
        let before = earlier.last().map(|earlier| (shown(earlier), earlier.place));
        let before = before.filter(|(text, _)| *text != shown(last));
        Some(sources.origin(last.place, None, before))
    }

    pub(crate) fn of_scalar(&self, scalar: &Scalar) -> Option<Origin> {
        match scalar {
            Scalar::Text(written) => self.of(&[written]),
            Scalar::Number(_, place) | Scalar::Flag(_, place) => Some(self.sources.origin(*place, None, None)),
        }
    }
}

/// A value from the command line: read as the parameter's kind asks, and held to its bounds.
pub(super) fn set<'a>(setting: &'a Setting, table: &mut ParameterTable<'a>, notes: &mut Diagnostics) {
    let name = setting.name.text.as_str();
    let Some(known) = table.get(name).cloned() else {
        let note = Diagnostic::new(Code::UnknownParameter, setting.name.place).with("name", name);
        suggest(notes, note, name, || table.keys().copied());
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
    if check(name, &parameter, notes) {
        table.insert(name, parameter);
    }
}

/// A parameter of a document: defined, or given a new value.
pub(super) fn define<'a>(
    name: &'a str,
    written: &'a ParameterDocument,
    parameters: &mut ParameterTable<'a>,
    notes: &mut Diagnostics,
) {
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
                notes.push(note.also(first, "profile-label-first"));
            }
            (known.definition, known.kind)
        }
    };
    let parameter = Parameter { definition, kind, value, before };
    check(name, &parameter, notes);
    parameters.insert(name, parameter);
}

/// Whether a parameter's value is of its kind, and allowed.
pub(super) fn check(name: &str, parameter: &Parameter<'_>, notes: &mut Diagnostics) -> bool {
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
    let note = Diagnostic::new(Code::ParameterValue, parameter.value.place()).with("value", shown).with("name", name);
    if !right_type {
        let hint = match parameter.kind {
            ParameterType::Number => "profile-hint-number",
            ParameterType::YesNo => "profile-hint-true-false",
            ParameterType::Level => "profile-hint-level",
            ParameterType::Text | ParameterType::Selector => "profile-hint-text",
        };
        notes.push(note.hint(Message::new(hint)));
        return false;
    }
    if let Some(choices) = &definition.choices
        && !choices.value.iter().any(|choice| same(choice, &parameter.value))
    {
        let shown: Vec<String> = choices.value.iter().map(show).collect();
        notes.push(note.hint(Message::new("profile-hint-one-of").with("words", shown.join("`, `"))));
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
            notes.push(note.hint(hint));
            return false;
        }
    }
    true
}

/// A mistaken name, with the known name nearest to it.
pub(super) fn suggest<'b, I: IntoIterator<Item = &'b str>>(
    notes: &mut Diagnostics,
    note: Diagnostic,
    written: &str,
    words: impl FnOnce() -> I,
) {
    let note = if notes.is_busy() { note } else { note.suggest(written, words()) };
    notes.push(note);
}

/// The names in `{…}` of a text, in their order.
fn parameters_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// The name, when a text is `{name}` and nothing else.
pub(super) fn whole_parameter(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    (!name.contains(['{', '}'])).then_some(name)
}

/// A value as a person wrote it.
pub(crate) fn show(scalar: &Scalar) -> String {
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
