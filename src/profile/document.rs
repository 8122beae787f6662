//! The first step: a TOML file becomes a [`Document`] that keeps the place of everything, and each mistake of form is noted.
//!
//! What depends on other files (groups, parameters, the catalogue) is judged in the second step, [`super::resolve`].

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeTable;

use super::references::OwnReference;
use crate::document::{
    Argument, At, Code, Diagnostic, Diagnostics, Fields, Message, Place, Reader, Scalar, Value, Written,
};
use crate::text::Text;
use crate::vocabulary::guidance::Steps;
use crate::vocabulary::{AppSource, Check, Permission, Platform};

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
    pub(super) title: Option<Text>,
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
    pub(super) look: Steps,
    pub(super) fix: Steps,
    pub(super) severity: Option<Written>,
    pub(super) platform: Option<Platform>,
    pub(super) applies_for: Option<String>,
    pub(super) references: Vec<Written>,
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
    /// Where it stands, when it does.
    pub(super) version_place: Option<Place>,
    pub(super) title: Text,
    /// What conformity with the profile does not mean.
    pub(super) note: Option<Text>,
    pub(super) is_abstract: bool,
    /// Whether what could not be judged counts as a failure.
    pub(super) strict: Option<bool>,
    pub(super) platform: Option<Platform>,
    pub(super) extends: Vec<Written>,
    pub(super) parameters: BTreeMap<String, ParameterDocument>,
    pub(super) groups: BTreeMap<String, (Place, Written)>,
    pub(super) overrides: BTreeMap<String, OverrideDocument>,
    pub(super) privacy: PrivacyDocument,
    /// References of an organization's own, each with the place of its id.
    pub(super) references: BTreeMap<String, (Place, OwnReference)>,
    pub(super) rules: BTreeMap<String, RuleDocument>,
}

/// Reads one file. `None` when it is not TOML at all; otherwise a document, whole but for what was noted.
pub(super) fn read(file: usize, text: &str, notes: &mut Diagnostics) -> Option<Document> {
    let table = crate::document::table(file, text, notes)?;
    let mut reader = Reader { file, text, notes };
    // A missing key of the file itself points at its first byte: the whole file would be underlined otherwise.
    let start = Place { file, start: 0, end: 0 };
    Some(reader.document(table.get_ref(), start))
}

/// The title of a file, and whether it is abstract, without judging anything else: for lists.
pub(super) fn head(text: &str) -> Option<(Text, bool)> {
    let mut notes = Diagnostics::default();
    let table = crate::document::table(0, text, &mut notes)?;
    let mut reader = Reader { file: 0, text, notes: &mut notes };
    let title = table.get_ref().get("title").map(|value| reader.bilingual("title", value)).unwrap_or_default();
    let is_abstract = table.get_ref().get("abstract").and_then(|value| value.get_ref().as_bool()).unwrap_or(false);
    Some((title, is_abstract))
}

impl RuleDocument {
    /// The texts that may name parameters.
    pub(super) fn fillable(&self) -> Vec<&Written> {
        let mut texts: Vec<&Written> = self.severity.iter().chain(&self.apps).collect();
        match &self.assertion {
            Some(AssertionDocument::Max { levels, on_ios }) => {
                texts.extend(levels.iter().chain(on_ios).map(|(_, level)| level));
            }
            Some(AssertionDocument::Presence { at_most, .. }) => texts.push(at_most),
            Some(AssertionDocument::Device { values, .. }) => texts.extend(values.iter().filter_map(Scalar::text)),
            Some(AssertionDocument::UnusedDays(scalar)) => texts.extend(scalar.text()),
            Some(AssertionDocument::Source(_) | AssertionDocument::Manual(_)) | None => {}
        }
        texts
    }
}

impl Reader<'_, '_> {
    fn document(&mut self, table: &DeTable<'_>, start: Place) -> Document {
        let mut fields = self.fields(table, start);
        self.format(&mut fields, super::FORMAT);
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
            Some(written)
        });
        let title = fields.need("title", self).map(|(_, value)| self.bilingual("title", value)).unwrap_or_default();
        let note = fields.take("note").map(|(_, value)| self.bilingual("note", value));
        let strict = fields.take("strict").and_then(|(_, value)| self.flag("strict", value));
        let is_abstract = fields.take("abstract").and_then(|(_, value)| self.flag("abstract", value)).unwrap_or(false);
        let platform = self.platform(&mut fields);
        let extends = fields.take("extends").map(|(_, value)| self.texts("extends", value)).unwrap_or_default();
        let parameters = self.named("params", &mut fields, Reader::parameter);
        let groups = self.groups(&mut fields);
        let overrides = self.named("override", &mut fields, Reader::override_of);
        let privacy = self.privacy(&mut fields);
        let references =
            self.named("references", &mut fields, |reader, fields| (fields.place, reader.own_reference(fields)));
        for (id, (place, _)) in &references {
            self.reference_id(id, *place);
        }
        let rules = self.named("rule", &mut fields, Reader::rule);
        // Examples judge nothing: `super::example` reads them for those who ask.
        fields.take("example");
        self.finish(fields);
        Document {
            id,
            version_place: version.as_ref().map(|written| written.place),
            version: version.map(|written| written.text).unwrap_or_default(),
            title,
            note,
            is_abstract,
            strict,
            platform,
            extends,
            parameters,
            groups,
            overrides,
            privacy,
            references,
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
        let title = fields.take("title").map(|(_, value)| self.bilingual("title", value));
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
        ParameterDocument { place, title, default, kind, min, max, choices }
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
        let look = fields.take("look").map(|(_, value)| self.steps("look", value)).unwrap_or_default();
        let fix = fields.take("fix").map(|(_, value)| self.steps("fix", value)).unwrap_or_default();
        let severity = fields.need("severity", self).and_then(|(_, value)| self.written("severity", value));
        let platform = self.platform(&mut fields);
        let applies_for = fields.take("for").and_then(|(_, value)| {
            let word = self.word("for", value, &["ownership:institution", "ownership:personal"])?;
            Some(word.value.to_string())
        });
        let references = fields.take("refs").map(|(_, value)| self.texts("refs", value)).unwrap_or_default();
        let ignore_master = self.optional_flag("ignore_master", &mut fields);
        let footprint = self.optional_flag("footprint", &mut fields);
        let apps = fields.take("apps").map(|(key, value)| (key, self.written("apps", value)));
        let assertion = self.assertion(&mut fields, &apps, ignore_master);
        self.finish(fields);
        RuleDocument {
            place,
            title,
            why,
            look,
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

    /// The id of an own reference: of the form that ids of references have, and none that the registry knows.
    fn reference_id(&mut self, id: &str, place: Place) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:()".contains(c);
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            self.notes.push(Diagnostic::new(Code::BadReference, place).with("id", id));
        } else if super::references::is_known(id) {
            let note = Diagnostic::new(Code::Redefinition, place)
                .with("thing", Argument::Message("profile-thing-reference"))
                .with("name", id);
            self.notes.push(note.hint(Message::new("profile-hint-in-registry").with("name", id)));
        }
    }

    fn own_reference(&mut self, mut fields: Fields<'_, '_>) -> OwnReference {
        let mut reference = OwnReference::default();
        if let Some((_, value)) = fields.need("title", self) {
            // Most documents have one title only, in the language they were published in.
            if value.get_ref().is_str() {
                let title = self.said("title", value).unwrap_or_default();
                reference.title = Text { en: title.clone(), fr: title };
            } else {
                reference.title = self.bilingual("title", value);
            }
        }
        if let Some((_, value)) = fields.need("publisher", self) {
            reference.publisher = self.said("publisher", value).unwrap_or_default();
        }
        reference.edition = fields.take("edition").and_then(|(_, value)| self.said("edition", value));
        reference.date = fields.take("date").and_then(|(_, value)| self.said("date", value));
        self.finish(fields);
        reference
    }

    /// A text that says something.
    fn said(&mut self, key: &'static str, value: &Value<'_>) -> Option<String> {
        let written = self.written(key, value)?;
        self.not_empty(key, &written);
        Some(written.text)
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
