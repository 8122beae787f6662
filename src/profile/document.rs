//! The first step: a TOML file becomes a [`Document`] that keeps the place of everything, and each mistake of form is noted.
//!
//! What depends on other files (groups, parameters, the catalogue) is judged in the second step, [`super::resolve`].

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Code, Diagnostic, Diagnostics, Message, Place};
use crate::snapshot::{AppSource, Check, Permission, Platform};
use crate::text::Text;

/// A string of the file with its place.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) place: Place,
    /// Where the text itself starts, when it stands in the file as it is, without escapes.
    inner: Option<usize>,
}

impl Written {
    /// The place of a part of the text; the whole value where the file holds escapes.
    pub(super) fn part(&self, range: &Range<usize>) -> Place {
        match self.inner {
            Some(start) => Place { file: self.place.file, start: start + range.start, end: start + range.end },
            None => self.place,
        }
    }

    /// Another text that stands for this one, as a filled-in parameter does: its place is the whole of `place`.
    pub(super) fn standing_in(text: String, place: Place) -> Written {
        Written { text, place, inner: None }
    }
}

/// A string, a whole number, or true/false.
#[derive(Clone, Debug)]
pub(super) enum Scalar {
    Text(Written),
    Number(i64, Place),
    Flag(bool, Place),
}

impl Scalar {
    pub(super) fn place(&self) -> Place {
        match self {
            Scalar::Text(text) => text.place,
            Scalar::Number(_, place) | Scalar::Flag(_, place) => *place,
        }
    }
}

/// Something with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ParameterType {
    Number,
    YesNo,
    Text,
    Level,
    Selector,
}

/// `[params.<name>]`.
#[derive(Clone, Debug)]
pub(super) struct ParameterDocument {
    pub(super) place: Place,
    pub(super) default: Option<Scalar>,
    pub(super) kind: Option<At<ParameterType>>,
    pub(super) min: Option<At<i64>>,
    pub(super) max: Option<At<i64>>,
    pub(super) choices: Option<At<Vec<Scalar>>>,
}

/// `[override.<rule>]`.
#[derive(Clone, Debug)]
pub(super) struct OverrideDocument {
    pub(super) place: Place,
    pub(super) severity: Option<Written>,
    pub(super) level: Option<Written>,
    pub(super) max: Vec<(At<Permission>, Written)>,
    pub(super) on_ios: Vec<(At<Permission>, Written)>,
    pub(super) parameters: Vec<(At<String>, Scalar)>,
    pub(super) off: bool,
    pub(super) because: Option<Text>,
}

/// How a device rule compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Is,
    AtMost,
    AtLeast,
    OneOf,
}

/// What a rule states.
#[derive(Clone, Debug)]
pub(super) enum AssertionDocument {
    Max { levels: Vec<(At<Permission>, Written)>, on_ios: Vec<(At<Permission>, Written)> },
    Presence { at_most: Written, residue: bool },
    Source(Vec<AppSource>),
    Device { check: At<Check>, comparison: Comparison, values: Vec<Scalar> },
    UnusedDays(Scalar),
    Manual(Text),
}

/// `[rule.<id>]`.
#[derive(Clone, Debug)]
pub(super) struct RuleDocument {
    pub(super) place: Place,
    pub(super) title: Text,
    pub(super) why: Text,
    pub(super) fix: Option<Text>,
    pub(super) severity: Option<Written>,
    pub(super) platform: Option<Platform>,
    pub(super) applies_for: Option<String>,
    pub(super) references: Vec<String>,
    pub(super) ignore_master: bool,
    pub(super) footprint: bool,
    pub(super) apps: Option<Written>,
    pub(super) assertion: Option<AssertionDocument>,
}

/// `[privacy]`.
#[derive(Clone, Debug, Default)]
pub(super) struct PrivacyDocument {
    pub(super) collect: Option<String>,
    pub(super) hide: Option<Vec<Written>>,
    pub(super) consent: Option<String>,
}

/// One profile file.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title: Text,
    pub(super) is_abstract: bool,
    pub(super) platform: Option<Platform>,
    pub(super) extends: Vec<Written>,
    pub(super) parameters: BTreeMap<String, ParameterDocument>,
    pub(super) groups: BTreeMap<String, (Place, Written)>,
    pub(super) overrides: BTreeMap<String, OverrideDocument>,
    pub(super) privacy: PrivacyDocument,
    pub(super) rules: BTreeMap<String, RuleDocument>,
}

/// Reads one file. `None` when it is not TOML at all; otherwise a document, whole but for what was noted.
pub(super) fn read(file: usize, text: &str, notes: &mut Diagnostics) -> Option<Document> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            notes.push(Diagnostic::new(Code::NotToml, Place::new(file, span)).with("reason", error.message()));
        }
        return None;
    }
    let mut reader = Reader { file, text, notes };
    // A missing key of the file itself points at its first byte: the whole file would be underlined otherwise.
    let start = Place { file, start: 0, end: 0 };
    Some(reader.document(table.get_ref(), start))
}

/// The keys of one table that nobody has asked for yet.
struct Fields<'d, 'i> {
    left: BTreeMap<&'d str, (Range<usize>, &'d Spanned<DeValue<'i>>)>,
    asked: Vec<&'static str>,
    place: Place,
}

type Value<'i> = Spanned<DeValue<'i>>;

struct Reader<'t, 'n> {
    file: usize,
    text: &'t str,
    notes: &'n mut Diagnostics,
}

impl Reader<'_, '_> {
    fn at(&self, span: Range<usize>) -> Place {
        Place::new(self.file, span)
    }

    fn fields<'d, 'i>(&self, table: &'d DeTable<'i>, place: Place) -> Fields<'d, 'i> {
        let left = table.iter().map(|(key, value)| (key.get_ref().as_ref(), (key.span(), value))).collect();
        Fields { left, asked: Vec::new(), place }
    }

    fn finish(&mut self, fields: Fields<'_, '_>) {
        for (key, (span, _)) in &fields.left {
            let note = Diagnostic::new(Code::UnknownKey, self.at(span.clone())).with("key", *key);
            self.notes.push(note.suggest(key, fields.asked.iter().copied()));
        }
    }

    fn wrong_type(&mut self, key: &str, value: &Value<'_>, expected: &'static str) {
        let note = Diagnostic::new(Code::WrongType, self.at(value.span()))
            .with("key", key)
            .with("expected", super::diagnostic::Argument::Message(expected));
        self.notes.push(note);
    }

    fn missing(&mut self, key: &'static str, place: Place) {
        self.notes.push(Diagnostic::new(Code::MissingKey, place).with("key", key));
    }

    fn table<'d, 'i>(&mut self, key: &str, value: &'d Value<'i>) -> Option<&'d DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(key, value, "profile-type-table");
        }
        table
    }

    fn written(&mut self, key: &str, value: &Value<'_>) -> Option<Written> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "profile-type-text");
            return None;
        };
        let span = value.span();
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let inner = raw.find(text).filter(|_| !text.is_empty()).map(|offset| span.start + offset);
        Some(Written { text: text.to_string(), place: self.at(span), inner })
    }

    fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, value, "profile-type-flag");
        }
        flag
    }

    fn number(&mut self, key: &str, value: &Value<'_>) -> Option<At<i64>> {
        let number =
            value.get_ref().as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        if number.is_none() {
            self.wrong_type(key, value, "profile-type-number");
        }
        number.map(|value_| At { value: value_, place: self.at(value.span()) })
    }

    fn scalar(&mut self, key: &str, value: &Value<'_>) -> Option<Scalar> {
        match value.get_ref() {
            DeValue::String(_) => self.written(key, value).map(Scalar::Text),
            DeValue::Boolean(flag) => Some(Scalar::Flag(*flag, self.at(value.span()))),
            DeValue::Integer(_) => self.number(key, value).map(|number| Scalar::Number(number.value, number.place)),
            _ => {
                self.wrong_type(key, value, "profile-type-scalar");
                None
            }
        }
    }

    fn list<'d, 'i>(&mut self, key: &str, value: &'d Value<'i>) -> Vec<&'d Value<'i>> {
        match value.get_ref().as_array() {
            Some(list) => list.iter().collect(),
            None => {
                self.wrong_type(key, value, "profile-type-list");
                Vec::new()
            }
        }
    }

    fn texts(&mut self, key: &str, value: &Value<'_>) -> Vec<Written> {
        self.list(key, value).into_iter().filter_map(|item| self.written(key, item)).collect()
    }

    /// A text in both languages.
    fn bilingual(&mut self, key: &str, value: &Value<'_>) -> Text {
        let mut text = Text::default();
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "profile-type-bilingual");
            return text;
        };
        let mut fields = self.fields(table, self.at(value.span()));
        for (language, name, into) in
            [("en", "profile-language-en", &mut text.en), ("fr", "profile-language-fr", &mut text.fr)]
        {
            let Some((_, value)) = fields.take(language) else {
                let note = Diagnostic::new(Code::MissingLanguage, fields.place)
                    .with("key", key)
                    .with("language", super::diagnostic::Argument::Message(name));
                self.notes.push(note);
                continue;
            };
            if let Some(written) = self.written(language, value) {
                self.not_empty(key, &written);
                *into = written.text;
            }
        }
        self.finish(fields);
        text
    }

    fn not_empty(&mut self, key: &str, written: &Written) {
        if written.text.trim().is_empty() {
            self.notes.push(Diagnostic::new(Code::EmptyText, written.place).with("key", key));
        }
    }

    /// A word of a closed list.
    fn word(&mut self, key: &str, value: &Value<'_>, words: &[&'static str]) -> Option<At<&'static str>> {
        let written = self.written(key, value)?;
        let found = words.iter().find(|word| **word == written.text);
        if found.is_none() {
            let note =
                Diagnostic::new(Code::UnknownWord, written.place).with("word", written.text.as_str()).with("key", key);
            self.notes.push(note.suggest(&written.text, words.iter().copied()));
        }
        found.map(|word| At { value: *word, place: written.place })
    }

    fn kebab(&mut self, word: &str, place: Place) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts = word.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !starts || !word.chars().all(plain) || word.len() > 64 {
            self.notes.push(Diagnostic::new(Code::BadId, place).with("id", word));
        }
    }

    fn platform(&mut self, fields: &mut Fields<'_, '_>) -> Option<Platform> {
        let (_, value) = fields.take("platform")?;
        let words: Vec<&str> = Platform::ALL.iter().map(|platform| platform.word()).collect();
        Platform::from_word(self.word("platform", value, &words)?.value)
    }

    fn document(&mut self, table: &DeTable<'_>, start: Place) -> Document {
        let mut fields = self.fields(table, start);
        if let Some((_, value)) = fields.need("format", self) {
            match self.number("format", value) {
                Some(number) if number.value != super::FORMAT => {
                    let note = Diagnostic::new(Code::UnknownFormat, number.place)
                        .with("found", number.value)
                        .with("known", super::FORMAT);
                    self.notes.push(note);
                }
                _ => {}
            }
        }
        let mut id = String::new();
        if let Some((_, value)) = fields.need("id", self)
            && let Some(written) = self.written("id", value)
        {
            self.kebab(&written.text, written.place);
            id = written.text;
        }
        let version = fields.take("version").and_then(|(_, value)| {
            let written = self.written("version", value)?;
            self.not_empty("version", &written);
            Some(written.text)
        });
        let title = fields.need("title", self).map(|(_, value)| self.bilingual("title", value)).unwrap_or_default();
        let is_abstract = fields.take("abstract").and_then(|(_, value)| self.flag("abstract", value)).unwrap_or(false);
        let platform = self.platform(&mut fields);
        let extends = fields.take("extends").map(|(_, value)| self.texts("extends", value)).unwrap_or_default();
        let parameters = self.named("params", &mut fields, Reader::parameter);
        let groups = self.groups(&mut fields);
        let overrides = self.named("override", &mut fields, Reader::override_of);
        let privacy = self.privacy(&mut fields);
        let rules = self.named("rule", &mut fields, Reader::rule);
        self.finish(fields);
        Document {
            id,
            version: version.unwrap_or_default(),
            title,
            is_abstract,
            platform,
            extends,
            parameters,
            groups,
            overrides,
            privacy,
            rules,
        }
    }

    /// A table of tables, as `[rule.<id>]`.
    fn named<T>(
        &mut self,
        key: &'static str,
        fields: &mut Fields<'_, '_>,
        read: impl Fn(&mut Self, Fields<'_, '_>) -> T,
    ) -> BTreeMap<String, T> {
        let mut found = BTreeMap::new();
        let Some((_, value)) = fields.take(key) else { return found };
        let Some(table) = self.table(key, value) else { return found };
        for (name, value) in table {
            let place = self.at(name.span());
            let name = name.get_ref().as_ref();
            if key == "rule" {
                self.kebab(name, place);
            }
            if let Some(inner) = self.table(name, value) {
                let inner = self.fields(inner, place);
                found.insert(name.to_string(), read(self, inner));
            }
        }
        found
    }

    fn groups(&mut self, fields: &mut Fields<'_, '_>) -> BTreeMap<String, (Place, Written)> {
        let mut found = BTreeMap::new();
        let Some((_, value)) = fields.take("groups") else { return found };
        let Some(table) = self.table("groups", value) else { return found };
        for (name, value) in table {
            let place = self.at(name.span());
            self.kebab(name.get_ref(), place);
            if let Some(written) = self.written(name.get_ref(), value) {
                found.insert(name.get_ref().to_string(), (place, written));
            }
        }
        found
    }

    fn parameter(&mut self, mut fields: Fields<'_, '_>) -> ParameterDocument {
        let place = fields.place;
        if let Some((_, value)) = fields.take("title") {
            self.bilingual("title", value);
        }
        let default = fields.need("default", self).and_then(|(_, value)| self.scalar("default", value));
        let kind = fields.take("type").and_then(|(_, value)| {
            let word = self.word("type", value, &["number", "yes-no", "text", "level", "selector"])?;
            let kind = match word.value {
                "number" => ParameterType::Number,
                "yes-no" => ParameterType::YesNo,
                "level" => ParameterType::Level,
                "selector" => ParameterType::Selector,
                _ => ParameterType::Text,
            };
            Some(At { value: kind, place: word.place })
        });
        let min = fields.take("min").and_then(|(_, value)| self.number("min", value));
        let max = fields.take("max").and_then(|(_, value)| self.number("max", value));
        let choices = fields.take("choices").map(|(_, value)| {
            let items =
                self.list("choices", value).into_iter().filter_map(|item| self.scalar("choices", item)).collect();
            At { value: items, place: self.at(value.span()) }
        });
        self.finish(fields);
        ParameterDocument { place, default, kind, min, max, choices }
    }

    fn levels(&mut self, key: &'static str, value: &Value<'_>) -> Vec<(At<Permission>, Written)> {
        let mut found = Vec::new();
        let Some(table) = self.table(key, value) else { return found };
        if table.is_empty() {
            self.notes.push(Diagnostic::new(Code::EmptyText, self.at(value.span())).with("key", key));
        }
        for (name, level) in table {
            let place = self.at(name.span());
            let name = name.get_ref();
            let permission = Permission::from_word(name);
            if permission.is_none() {
                let note = Diagnostic::new(Code::UnknownPermission, place).with("word", name.as_ref());
                self.notes.push(note.suggest(name, Permission::ALL.iter().map(|permission| permission.word())));
            }
            let level = self.written(name, level);
            if let (Some(value), Some(level)) = (permission, level) {
                found.push((At { value, place }, level));
            }
        }
        found
    }

    fn override_of(&mut self, mut fields: Fields<'_, '_>) -> OverrideDocument {
        let place = fields.place;
        let severity = fields.take("severity").and_then(|(_, value)| self.written("severity", value));
        let level = fields.take("level").and_then(|(_, value)| self.written("level", value));
        let max = fields.take("max").map(|(_, value)| self.levels("max", value)).unwrap_or_default();
        let on_ios = fields.take("on_ios").map(|(_, value)| self.levels("on_ios", value)).unwrap_or_default();
        let mut parameters = Vec::new();
        if let Some((_, value)) = fields.take("params")
            && let Some(table) = self.table("params", value)
        {
            for (name, value) in table {
                let place = self.at(name.span());
                if let Some(scalar) = self.scalar(name.get_ref(), value) {
                    parameters.push((At { value: name.get_ref().to_string(), place }, scalar));
                }
            }
        }
        let off = fields.take("off").and_then(|(_, value)| self.flag("off", value)).unwrap_or(false);
        let because = fields.take("because").map(|(_, value)| self.bilingual("because", value));
        if off && because.is_none() {
            self.missing("because", place);
        }
        self.finish(fields);
        OverrideDocument { place, severity, level, max, on_ios, parameters, off, because }
    }

    fn privacy(&mut self, fields: &mut Fields<'_, '_>) -> PrivacyDocument {
        let mut privacy = PrivacyDocument::default();
        let Some((key, value)) = fields.take("privacy") else { return privacy };
        let place = self.at(key);
        let Some(table) = self.table("privacy", value) else { return privacy };
        let mut fields = self.fields(table, place);
        if let Some((_, value)) = fields.take("collect") {
            privacy.collect =
                self.word("collect", value, &["catalogue-only", "all-apps"]).map(|word| word.value.to_string());
        }
        if let Some((_, value)) = fields.take("hide") {
            privacy.hide = Some(self.texts("hide", value));
        }
        if let Some((_, value)) = fields.take("consent") {
            privacy.consent =
                self.word("consent", value, &["required", "not-required"]).map(|word| word.value.to_string());
        }
        self.finish(fields);
        privacy
    }

    fn rule(&mut self, mut fields: Fields<'_, '_>) -> RuleDocument {
        let place = fields.place;
        let title = fields.need("title", self).map(|(_, value)| self.bilingual("title", value)).unwrap_or_default();
        let why = fields.need("why", self).map(|(_, value)| self.bilingual("why", value)).unwrap_or_default();
        let fix = fields.take("fix").map(|(_, value)| self.bilingual("fix", value));
        let severity = fields.need("severity", self).and_then(|(_, value)| self.written("severity", value));
        let platform = self.platform(&mut fields);
        let applies_for = fields.take("for").and_then(|(_, value)| {
            let word = self.word("for", value, &["ownership:institution", "ownership:personal"])?;
            Some(word.value.to_string())
        });
        let references = fields.take("refs").map(|(_, value)| self.references(value)).unwrap_or_default();
        let ignore_master = self.optional_flag("ignore_master", &mut fields);
        let footprint = self.optional_flag("footprint", &mut fields);
        let apps = fields.take("apps").map(|(key, value)| (key, self.written("apps", value)));
        let assertion = self.assertion(&mut fields, &apps, ignore_master);
        self.finish(fields);
        RuleDocument {
            place,
            title,
            why,
            fix,
            severity,
            platform,
            applies_for,
            references,
            ignore_master: ignore_master.is_some_and(|flag| flag.value),
            footprint: footprint.is_some_and(|flag| flag.value),
            apps: apps.and_then(|(_, written)| written),
            assertion,
        }
    }

    fn optional_flag(&mut self, key: &'static str, fields: &mut Fields<'_, '_>) -> Option<At<bool>> {
        let (span, value) = fields.take(key)?;
        Some(At { value: self.flag(key, value)?, place: self.at(span) })
    }

    fn references(&mut self, value: &Value<'_>) -> Vec<String> {
        let mut found = Vec::new();
        for written in self.texts("refs", value) {
            if super::references::is_known(&written.text) {
                found.push(written.text);
            } else {
                let note =
                    Diagnostic::new(Code::UnknownReference, written.place).with("reference", written.text.as_str());
                let known: Vec<String> =
                    if self.notes.is_busy() { Vec::new() } else { super::references::ids().collect() };
                self.notes.push(match super::nearest::nearest(&written.text, known.iter().map(String::as_str)) {
                    Some(near) => note.hint(Message::new("profile-hint-did-you-mean").with("word", near)),
                    None => note.hint(Message::new("profile-hint-reference")),
                });
            }
        }
        found
    }

    /// The one thing that the rule states, with the keys that belong to it.
    fn assertion(
        &mut self,
        fields: &mut Fields<'_, '_>,
        apps: &Option<(Range<usize>, Option<Written>)>,
        ignore_master: Option<At<bool>>,
    ) -> Option<AssertionDocument> {
        let mut stated = Vec::new();
        for key in ["max", "presence", "source", "device", "unused_days", "manual"] {
            if let Some((span, value)) = fields.take(key) {
                stated.push((key, span, value));
            }
        }
        let mut companions: BTreeMap<&'static str, (Range<usize>, &Value<'_>)> = BTreeMap::new();
        for key in ["on_ios", "residue", "is", "at_most", "at_least", "one_of"] {
            if let Some(found) = fields.take(key) {
                companions.insert(key, found);
            }
        }
        let (kind, span, value) = match stated.as_slice() {
            [only] => only.clone(),
            several => {
                let place = several.get(1).map_or(fields.place, |(_, span, _)| self.at(span.clone()));
                let names: Vec<String> = several.iter().map(|(key, _, _)| format!("`{key}`")).collect();
                let mut note = Diagnostic::new(Code::AssertionCount, place).with("count", several.len());
                if let Some((_, first, _)) = several.first() {
                    note = note.also(self.at(first.clone()), "profile-label-first");
                }
                self.notes.push(match names.is_empty() {
                    true => note.hint(Message::new("profile-hint-assertions")),
                    false => note.hint(Message::new("profile-hint-assertion-split").with("names", names.join(", "))),
                });
                return None;
            }
        };
        let owner = |key: &str| match key {
            "on_ios" => "max",
            "residue" => "presence",
            _ => "device",
        };
        for (key, (span, _)) in &companions {
            if owner(key) != kind {
                self.misplaced(key, owner(key), self.at(span.clone()));
            }
        }
        if let Some(flag) = ignore_master
            && kind != "max"
        {
            self.misplaced("ignore_master", "max", flag.place);
        }
        let key_place = self.at(span);
        match (kind, apps) {
            ("max" | "presence" | "source" | "unused_days", None) => {
                self.missing("apps", fields.place);
            }
            ("device", Some((span, _))) => self.misplaced("apps", "max", self.at(span.clone())),
            _ => {}
        }
        match kind {
            "max" => {
                let on_ios =
                    companions.get("on_ios").map(|(_, value)| self.levels("on_ios", value)).unwrap_or_default();
                Some(AssertionDocument::Max { levels: self.levels("max", value), on_ios })
            }
            "presence" => {
                let residue =
                    companions.get("residue").and_then(|(_, value)| self.flag("residue", value)).unwrap_or(false);
                Some(AssertionDocument::Presence { at_most: self.written("presence", value)?, residue })
            }
            "source" => {
                let words: Vec<&str> = AppSource::ALL.iter().map(|source| source.word()).collect();
                let items = self.list("source", value);
                if items.is_empty() {
                    self.notes.push(Diagnostic::new(Code::EmptyText, self.at(value.span())).with("key", "source"));
                }
                let found = items.into_iter().filter_map(|item| self.word("source", item, &words));
                Some(AssertionDocument::Source(found.filter_map(|word| AppSource::from_word(word.value)).collect()))
            }
            "device" => self.device(value, key_place, &companions),
            "unused_days" => self.scalar("unused_days", value).map(AssertionDocument::UnusedDays),
            _ => Some(AssertionDocument::Manual(self.bilingual("manual", value))),
        }
    }

    fn misplaced(&mut self, key: &str, with: &str, place: Place) {
        self.notes.push(Diagnostic::new(Code::MisplacedKey, place).with("key", key).with("with", with));
    }

    fn device(
        &mut self,
        value: &Value<'_>,
        key_place: Place,
        companions: &BTreeMap<&'static str, (Range<usize>, &Value<'_>)>,
    ) -> Option<AssertionDocument> {
        let written = self.written("device", value)?;
        let check = Check::from_word(&written.text);
        if check.is_none() {
            let note = Diagnostic::new(Code::UnknownCheck, written.place).with("word", written.text.as_str());
            self.notes.push(note.suggest(&written.text, Check::ALL.iter().map(|check| check.word())));
        }
        let comparisons = [
            ("is", Comparison::Is),
            ("at_most", Comparison::AtMost),
            ("at_least", Comparison::AtLeast),
            ("one_of", Comparison::OneOf),
        ];
        let mut found: Vec<_> =
            comparisons.iter().filter_map(|(key, kind)| Some((*key, *kind, companions.get(key)?))).collect();
        found.sort_by_key(|(_, _, (span, _))| span.start);
        let (key, comparison, (_, value)) = match found.as_slice() {
            [only] => *only,
            several => {
                let place = several.get(1).map_or(key_place, |(_, _, (span, _))| self.at(span.clone()));
                self.notes.push(Diagnostic::new(Code::ComparisonCount, place).with("count", several.len()));
                return None;
            }
        };
        let values: Vec<Scalar> = if comparison == Comparison::OneOf {
            self.list(key, value).into_iter().filter_map(|item| self.scalar(key, item)).collect()
        } else {
            self.scalar(key, value).into_iter().collect()
        };
        if comparison == Comparison::OneOf && value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            self.notes.push(Diagnostic::new(Code::EmptyText, self.at(value.span())).with("key", key));
        }
        Some(AssertionDocument::Device { check: At { value: check?, place: written.place }, comparison, values })
    }
}

impl<'d, 'i> Fields<'d, 'i> {
    /// The key, when it is there; it counts as known from now on.
    fn take(&mut self, key: &'static str) -> Option<(Range<usize>, &'d Value<'i>)> {
        self.asked.push(key);
        self.left.remove(key)
    }

    /// The key, noted as missing when it is not there.
    fn need(&mut self, key: &'static str, reader: &mut Reader<'_, '_>) -> Option<(Range<usize>, &'d Value<'i>)> {
        let found = self.take(key);
        if found.is_none() {
            reader.missing(key, self.place);
        }
        found
    }
}
