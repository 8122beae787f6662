//! The parts of a document that hang on no kind of rule: parameters, overrides, what is said of privacy.

use crate::document::{At, Code, Diagnostic, Fields, Place, Reader, Scalar, Value, Written};
use crate::text::Text;
use crate::vocabulary::Permission;

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterType {
    Number,
    YesNo,
    Text,
    Level,
    Selector,
}

/// `[params.<name>]`.
#[derive(Clone, Debug)]
pub(crate) struct ParameterDocument {
    pub(crate) place: Place,
    pub(crate) title: Option<Text>,
    pub(crate) default: Option<Scalar>,
    pub(crate) kind: Option<At<ParameterType>>,
    pub(crate) min: Option<At<i64>>,
    pub(crate) max: Option<At<i64>>,
    pub(crate) choices: Option<At<Vec<Scalar>>>,
}

/// `[override.<rule>]`.
#[derive(Clone, Debug)]
pub(crate) struct OverrideDocument {
    pub(crate) place: Place,
    pub(crate) severity: Option<Written>,
    pub(crate) level: Option<Written>,
    pub(crate) max: Vec<(At<Permission>, Written)>,
    pub(crate) on_ios: Vec<(At<Permission>, Written)>,
    pub(crate) parameters: Vec<(At<String>, Scalar)>,
    pub(crate) off: bool,
    pub(crate) because: Option<Text>,
}

/// `[privacy]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct PrivacyDocument {
    pub(crate) collect: Option<String>,
    pub(crate) hide: Option<Vec<Written>>,
    pub(crate) consent: Option<String>,
}

/// A table of permissions with a level each.
pub(crate) fn levels(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    value: &Value<'_>,
) -> Vec<(At<Permission>, Written)> {
    let mut found = Vec::new();
    let Some(table) = reader.table(key, value) else { return found };
    if table.is_empty() {
        reader.notes.push(Diagnostic::new(Code::EmptyText, reader.at(value.span())).with("key", key));
    }
    for (name, level) in table {
        let place = reader.at(name.span());
        let name = name.get_ref();
        let permission = Permission::from_word(name);
        if permission.is_none() {
            let note = Diagnostic::new(Code::UnknownPermission, place).with("word", name.as_ref());
            reader.notes.push(note.suggest(name, Permission::ALL.iter().map(|permission| permission.word())));
        }
        let level = reader.written(name, level);
        if let (Some(value), Some(level)) = (permission, level) {
            found.push((At { value, place }, level));
        }
    }
    found
}

impl Reader<'_, '_> {
    pub(super) fn parameter(&mut self, mut fields: Fields<'_, '_>) -> ParameterDocument {
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

    pub(super) fn override_of(&mut self, mut fields: Fields<'_, '_>) -> OverrideDocument {
        let place = fields.place;
        let severity = fields.take("severity").and_then(|(_, value)| self.written("severity", value));
        let level = fields.take("level").and_then(|(_, value)| self.written("level", value));
        let max = fields.take("max").map(|(_, value)| levels(self, "max", value)).unwrap_or_default();
        let on_ios = fields.take("on_ios").map(|(_, value)| levels(self, "on_ios", value)).unwrap_or_default();
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

    pub(super) fn privacy(&mut self, fields: &mut Fields<'_, '_>) -> PrivacyDocument {
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
}
