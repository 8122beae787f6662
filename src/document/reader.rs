//! Reading a TOML file that a person wrote, so that every mistake can be shown where it is: values keep their place, and each key
//! that nobody asked for is noted.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Place};
use crate::text::Text;
use crate::vocabulary::Platform;
use crate::vocabulary::guidance::{Steps, Vendor};

/// A string of the file with its place.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) place: Place,
    /// Where the text itself starts, when it stands in the file as it is, without escapes.
    pub(crate) inner: Option<usize>,
}

impl Written {
    /// The place of a part of the text; the whole value where the file holds escapes.
    pub(crate) fn part(&self, range: &Range<usize>) -> Place {
        match self.inner {
            Some(start) => Place { file: self.place.file, start: start + range.start, end: start + range.end },
            None => self.place,
        }
    }

    /// Another text that stands for this one, as a filled-in parameter does: its place is the whole of `place`.
    pub(crate) fn standing_in(text: String, place: Place) -> Written {
        Written { text, place, inner: None }
    }
}

/// A string, a whole number, or true/false.
#[derive(Clone, Debug)]
pub(crate) enum Scalar {
    Text(Written),
    Number(i64, Place),
    Flag(bool, Place),
}

impl Scalar {
    pub(crate) fn place(&self) -> Place {
        match self {
            Scalar::Text(text) => text.place,
            Scalar::Number(_, place) | Scalar::Flag(_, place) => *place,
        }
    }

    /// The text, when it is one.
    pub(crate) fn text(&self) -> Option<&Written> {
        match self {
            Scalar::Text(written) => Some(written),
            Scalar::Number(..) | Scalar::Flag(..) => None,
        }
    }
}

/// Something with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// The keys of one table that nobody has asked for yet.
pub(crate) struct Fields<'d, 'i> {
    pub(crate) left: BTreeMap<&'d str, (Range<usize>, &'d Spanned<DeValue<'i>>)>,
    pub(crate) asked: Vec<&'static str>,
    pub(crate) place: Place,
}

/// A value with its place.
pub(crate) type Value<'i> = Spanned<DeValue<'i>>;

/// Reads the values of one file.
pub(crate) struct Reader<'t, 'n> {
    pub(crate) file: usize,
    pub(crate) text: &'t str,
    pub(crate) notes: &'n mut Diagnostics,
}

impl Reader<'_, '_> {
    pub(crate) fn at(&self, span: Range<usize>) -> Place {
        Place::new(self.file, span)
    }

    pub(crate) fn fields<'d, 'i>(&self, table: &'d DeTable<'i>, place: Place) -> Fields<'d, 'i> {
        let left = table.iter().map(|(key, value)| (key.get_ref().as_ref(), (key.span(), value))).collect();
        Fields { left, asked: Vec::new(), place }
    }

    pub(crate) fn finish(&mut self, fields: Fields<'_, '_>) {
        for (key, (span, _)) in &fields.left {
            let note = Diagnostic::new(Code::UnknownKey, self.at(span.clone())).with("key", *key);
            self.notes.push(note.suggest(key, fields.asked.iter().copied()));
        }
    }

    pub(crate) fn wrong_type(&mut self, key: &str, value: &Value<'_>, expected: &'static str) {
        let note = Diagnostic::new(Code::WrongType, self.at(value.span()))
            .with("key", key)
            .with("expected", Argument::Message(expected));
        self.notes.push(note);
    }

    pub(crate) fn missing(&mut self, key: &'static str, place: Place) {
        self.notes.push(Diagnostic::new(Code::MissingKey, place).with("key", key));
    }

    pub(crate) fn table<'d, 'i>(&mut self, key: &str, value: &'d Value<'i>) -> Option<&'d DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(key, value, "profile-type-table");
        }
        table
    }

    pub(crate) fn written(&mut self, key: &str, value: &Value<'_>) -> Option<Written> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "profile-type-text");
            return None;
        };
        let span = value.span();
        let raw = self.text.get(span.clone()).unwrap_or_default();
        // Nearly always the text stands between one quotation mark and another; looking for it costs more.
        let plain = raw.get(1..).is_some_and(|rest| rest.starts_with(text) && rest.len() == text.len() + 1);
        let found = if plain { Some(1) } else { raw.find(text) };
        let inner = found.filter(|_| !text.is_empty()).map(|offset| span.start + offset);
        Some(Written { text: text.to_string(), place: self.at(span), inner })
    }

    pub(crate) fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, value, "profile-type-flag");
        }
        flag
    }

    pub(crate) fn number(&mut self, key: &str, value: &Value<'_>) -> Option<At<i64>> {
        let number =
            value.get_ref().as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        if number.is_none() {
            self.wrong_type(key, value, "profile-type-number");
        }
        number.map(|value_| At { value: value_, place: self.at(value.span()) })
    }

    pub(crate) fn scalar(&mut self, key: &str, value: &Value<'_>) -> Option<Scalar> {
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

    pub(crate) fn list<'d, 'i>(&mut self, key: &str, value: &'d Value<'i>) -> Vec<&'d Value<'i>> {
        match value.get_ref().as_array() {
            Some(list) => list.iter().collect(),
            None => {
                self.wrong_type(key, value, "profile-type-list");
                Vec::new()
            }
        }
    }

    pub(crate) fn texts(&mut self, key: &str, value: &Value<'_>) -> Vec<Written> {
        self.list(key, value).into_iter().filter_map(|item| self.written(key, item)).collect()
    }

    /// A text in both languages.
    pub(crate) fn bilingual(&mut self, key: &str, value: &Value<'_>) -> Text {
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
                    .with("language", Argument::Message(name));
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

    pub(crate) fn not_empty(&mut self, key: &str, written: &Written) {
        if written.text.trim().is_empty() {
            self.notes.push(Diagnostic::new(Code::EmptyText, written.place).with("key", key));
        }
    }

    /// A word of a closed list.
    pub(crate) fn word(&mut self, key: &str, value: &Value<'_>, words: &[&'static str]) -> Option<At<&'static str>> {
        let written = self.written(key, value)?;
        let found = words.iter().find(|word| **word == written.text);
        if found.is_none() {
            let note =
                Diagnostic::new(Code::UnknownWord, written.place).with("word", written.text.as_str()).with("key", key);
            self.notes.push(note.suggest(&written.text, words.iter().copied()));
        }
        found.map(|word| At { value: *word, place: written.place })
    }

    pub(crate) fn kebab(&mut self, word: &str, place: Place) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts = word.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !starts || !word.chars().all(plain) || word.len() > 64 {
            self.notes.push(Diagnostic::new(Code::BadId, place).with("id", word));
        }
    }

    /// What to do by hand: one text for both platforms, or one for each platform and maker.
    pub(crate) fn steps(&mut self, key: &'static str, value: &Value<'_>) -> Steps {
        let mut steps = Steps::default();
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "profile-type-steps");
            return steps;
        };
        if ["en", "fr"].iter().any(|language| table.contains_key(*language)) {
            let text = self.bilingual(key, value);
            return Steps { android: Some(text.clone()), ios: Some(text), ..steps };
        }
        if table.is_empty() {
            self.notes.push(Diagnostic::new(Code::EmptyText, self.at(value.span())).with("key", key));
        }
        let mut fields = self.fields(table, self.at(value.span()));
        steps.android = fields.take("android").map(|(_, value)| self.bilingual(key, value));
        steps.ios = fields.take("ios").map(|(_, value)| self.bilingual(key, value));
        for vendor in Vendor::ALL {
            if let Some((_, value)) = fields.take(vendor.word()) {
                steps.vendors.insert(*vendor, self.bilingual(key, value));
            }
        }
        self.finish(fields);
        steps
    }

    /// `format`: the version of the language that the file is written in.
    pub(crate) fn format(&mut self, fields: &mut Fields<'_, '_>, known: i64) {
        let Some((_, value)) = fields.need("format", self) else { return };
        if let Some(number) = self.number("format", value).filter(|number| number.value != known) {
            let note = Diagnostic::new(Code::UnknownFormat, number.place).with("found", number.value);
            self.notes.push(note.with("known", known));
        }
    }

    pub(crate) fn platform(&mut self, fields: &mut Fields<'_, '_>) -> Option<Platform> {
        let (_, value) = fields.take("platform")?;
        let words: Vec<&str> = Platform::ALL.iter().map(|platform| platform.word()).collect();
        Platform::from_word(self.word("platform", value, &words)?.value)
    }
}

impl<'d, 'i> Fields<'d, 'i> {
    /// The key, when it is there; it counts as known from now on.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<(Range<usize>, &'d Value<'i>)> {
        self.asked.push(key);
        self.left.remove(key)
    }

    /// The key, noted as missing when it is not there.
    pub(crate) fn need(
        &mut self,
        key: &'static str,
        reader: &mut Reader<'_, '_>,
    ) -> Option<(Range<usize>, &'d Value<'i>)> {
        let found = self.take(key);
        if found.is_none() {
            reader.missing(key, self.place);
        }
        found
    }
}
