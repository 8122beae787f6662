//! The first step: a TOML file becomes a [`Document`] that keeps the place of everything, and each mistake of form is noted.
//!
//! What depends on other files (groups, parameters, the catalogue) is judged in the second step, [`crate::profile::resolve`].

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::parts::{OverrideDocument, ParameterDocument, PrivacyDocument};
use super::rule::RuleDocument;
use crate::document::{Argument, Code, Diagnostic, Diagnostics, Fields, Message, Place, Reader, Value, Written};
use crate::profile::model::FORMAT;
use crate::profile::references::{self, OwnReference};
use crate::text::Text;
use crate::vocabulary::Platform;

/// One profile file.
#[derive(Clone, Debug)]
pub(in crate::profile) struct Document {
    pub(in crate::profile) id: String,
    pub(in crate::profile) version: String,
    /// Where it stands, when it does.
    pub(in crate::profile) version_place: Option<Place>,
    pub(in crate::profile) title: Text,
    /// What conformity with the profile does not mean.
    pub(in crate::profile) note: Option<Text>,
    pub(in crate::profile) is_abstract: bool,
    /// Whether what could not be judged counts as a failure.
    pub(in crate::profile) strict: Option<bool>,
    pub(in crate::profile) platform: Option<Platform>,
    pub(in crate::profile) extends: Vec<Written>,
    pub(in crate::profile) parameters: BTreeMap<String, ParameterDocument>,
    pub(in crate::profile) groups: BTreeMap<String, (Place, Written)>,
    pub(in crate::profile) overrides: BTreeMap<String, OverrideDocument>,
    pub(in crate::profile) privacy: PrivacyDocument,
    /// References of an organization's own, each with the place of its id.
    pub(in crate::profile) references: BTreeMap<String, (Place, OwnReference)>,
    pub(in crate::profile) rules: BTreeMap<String, RuleDocument>,
}

/// Reads one file. `None` when it is not TOML at all; otherwise a document, whole but for what was noted.
pub(in crate::profile) fn read(file: usize, text: &str, notes: &mut Diagnostics) -> Option<Document> {
    let table = crate::document::table(file, text, notes)?;
    let mut reader = Reader { file, text, notes };
    // A missing key of the file itself points at its first byte: the whole file would be underlined otherwise.
    let start = Place { file, start: 0, end: 0 };
    Some(reader.document(table.get_ref(), start))
}

/// The title of a file, and whether it is abstract, without judging anything else: for lists.
pub(in crate::profile) fn head(text: &str) -> Option<(Text, bool)> {
    let mut notes = Diagnostics::default();
    let table = crate::document::table(0, text, &mut notes)?;
    let mut reader = Reader { file: 0, text, notes: &mut notes };
    let title = table.get_ref().get("title").map(|value| reader.bilingual("title", value)).unwrap_or_default();
    let is_abstract = table.get_ref().get("abstract").and_then(|value| value.get_ref().as_bool()).unwrap_or(false);
    Some((title, is_abstract))
}

impl Reader<'_, '_> {
    fn document(&mut self, table: &DeTable<'_>, start: Place) -> Document {
        let mut fields = self.fields(table, start);
        self.format(&mut fields, FORMAT);
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
        // Examples judge nothing: [`crate::profile::example`] reads them for those who ask.
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

    /// The id of an own reference: of the form that ids of references have, and none that the registry knows.
    fn reference_id(&mut self, id: &str, place: Place) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:()".contains(c);
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            self.notes.push(Diagnostic::new(Code::BadReference, place).with("id", id));
        } else if references::is_known(id) {
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
}
