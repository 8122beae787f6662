//! Rows of the evidence, as a snapshot keeps them: half of its text, of which a verdict shows nothing.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Visitor;
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::quick;

/// A raw row of the evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceRow {
    /// The name of the evidence, such as `dumpsys package`.
    pub source: String,
    /// The 1-based line in it; 0 when the row stands for the absence of one.
    pub line: u32,
    /// The row itself, without its indentation; cut after 300 characters, control characters replaced.
    pub text: String,
}

/// The rows that something rests on. Those of a snapshot that was read stay text until somebody looks at them.
#[derive(Clone, Default)]
pub struct Rows {
    raw: Option<Raw>,
    /// The rows, where they are no text.
    own: Vec<EvidenceRow>,
}

/// A list of at least one row in JSON, which [`quick`] has looked through.
#[derive(Clone)]
struct Raw {
    text: Box<str>,
    rows: OnceLock<Vec<EvidenceRow>>,
}

impl Raw {
    fn read(&self) -> Vec<EvidenceRow> {
        let mut rows = Vec::new();
        self.each(|row| {
            rows.push(EvidenceRow { source: row.source.into_owned(), line: row.line, text: row.text.into_owned() });
            true
        });
        rows
    }

    fn each<'r>(&'r self, take: impl FnMut(quick::Row<'r>) -> bool) {
        // It was looked through by the same function when it was kept, so that nothing can be wrong with it.
        let _ = quick::each_row(&self.text, take);
    }
}

impl Rows {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.raw.is_none() && self.own.is_empty()
    }

    /// Hands over the text of each row.
    pub(crate) fn each<'r>(&'r self, mut take: impl FnMut(Cow<'r, str>)) {
        match &self.raw {
            Some(raw) => raw.each(|row| {
                take(row.text);
                true
            }),
            None => self.own.iter().for_each(|row| take(Cow::Borrowed(&row.text))),
        }
    }

    /// Serialises the first `most` rows. Those that are text still are told from it: a report looks at most of them once.
    fn tell<S: Serializer>(&self, most: usize, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(raw) = self.raw.as_ref().filter(|raw| raw.rows.get().is_none()) else {
            return serializer.collect_seq(self.iter().take(most));
        };
        let mut rows = serializer.serialize_seq(None)?;
        let (mut told, mut result) = (0, Ok(()));
        raw.each(|row| {
            result = rows.serialize_element(&row);
            told += 1;
            told < most && result.is_ok()
        });
        result?;
        rows.end()
    }

    /// Whether a row may hold a text; where it says no, none does.
    pub(crate) fn may_hold(&self, text: &str) -> bool {
        // Of a text with escapes, what it says is not what stands there.
        self.raw.as_ref().is_none_or(|raw| raw.text.contains('\\') || raw.text.contains(text))
    }
}

impl Deref for Rows {
    type Target = Vec<EvidenceRow>;

    fn deref(&self) -> &Vec<EvidenceRow> {
        match &self.raw {
            Some(raw) => raw.rows.get_or_init(|| raw.read()),
            None => &self.own,
        }
    }
}

impl DerefMut for Rows {
    fn deref_mut(&mut self) -> &mut Vec<EvidenceRow> {
        if let Some(raw) = self.raw.take() {
            self.own = raw.read();
        }
        &mut self.own
    }
}

impl From<Vec<EvidenceRow>> for Rows {
    fn from(own: Vec<EvidenceRow>) -> Rows {
        Rows { raw: None, own }
    }
}

impl FromIterator<EvidenceRow> for Rows {
    fn from_iter<I: IntoIterator<Item = EvidenceRow>>(rows: I) -> Rows {
        Vec::from_iter(rows).into()
    }
}

impl IntoIterator for Rows {
    type Item = EvidenceRow;
    type IntoIter = std::vec::IntoIter<EvidenceRow>;

    fn into_iter(mut self) -> Self::IntoIter {
        std::mem::take(&mut *self).into_iter()
    }
}

impl<'r> IntoIterator for &'r Rows {
    type Item = &'r EvidenceRow;
    type IntoIter = std::slice::Iter<'r, EvidenceRow>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Rows) -> bool {
        **self == **other
    }
}

impl Eq for Rows {}

impl<const COUNT: usize> PartialEq<[EvidenceRow; COUNT]> for Rows {
    fn eq(&self, other: &[EvidenceRow; COUNT]) -> bool {
        **self == other[..]
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.tell(usize::MAX, serializer)
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Rows, D::Error> {
        struct RowsVisitor;

        impl<'de> Visitor<'de> for RowsVisitor {
            type Value = Rows;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a sequence")
            }

            /// From [`quick`] alone: every other reader takes the name for a wrapping, and reads the rows.
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Rows, E> {
                let raw = text.contains('{').then(|| Raw { text: text.into(), rows: OnceLock::new() });
                Ok(Rows { raw, own: Vec::new() })
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Rows, D::Error> {
                Vec::deserialize(deserializer).map(Rows::from)
            }
        }

        deserializer.deserialize_newtype_struct(quick::RAW_ROWS, RowsVisitor)
    }
}

impl JsonSchema for Rows {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<EvidenceRow>::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        Vec::<EvidenceRow>::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<EvidenceRow>::json_schema(generator)
    }
}

/// The rows that a finding rests on.
#[derive(Clone, Debug)]
pub enum Cited<'s> {
    /// All of these.
    All(&'s Rows),
    /// The first of these.
    First(&'s Rows),
    /// Its own.
    Own(Vec<EvidenceRow>),
}

impl Cited<'_> {
    /// None.
    pub const NONE: Cited<'static> = Cited::Own(Vec::new());

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        match self {
            Cited::All(rows) | Cited::First(rows) => rows.is_empty(),
            Cited::Own(rows) => rows.is_empty(),
        }
    }

    /// Whether a row may hold a text; where it says no, none does.
    pub(crate) fn may_hold(&self, text: &str) -> bool {
        match self {
            Cited::All(rows) | Cited::First(rows) => rows.may_hold(text),
            Cited::Own(_) => true,
        }
    }

    /// Changes the rows for this finding alone.
    pub(crate) fn change(&mut self, change: impl FnMut(&mut EvidenceRow)) {
        let mut rows = self.to_vec();
        rows.iter_mut().for_each(change);
        *self = Cited::Own(rows);
    }
}

impl Deref for Cited<'_> {
    type Target = [EvidenceRow];

    fn deref(&self) -> &[EvidenceRow] {
        match self {
            Cited::All(rows) => rows,
            Cited::First(rows) => rows.get(..1).unwrap_or_default(),
            Cited::Own(rows) => rows,
        }
    }
}

impl Serialize for Cited<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cited::All(rows) => rows.serialize(serializer),
            Cited::First(rows) => rows.tell(1, serializer),
            Cited::Own(rows) => rows.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Cited<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Cited::Own)
    }
}

impl PartialEq for Cited<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        r#"[{"source": "getprop", "line": 7, "text": "a=\u00e9"}, {"line": 8, "text": "b=2", "source": "getprop"}]"#;

    fn raw(text: &str) -> Rows {
        quick::read(text).unwrap()
    }

    #[test]
    fn rows_that_stay_text_are_those_that_are_read_at_once() {
        let (mut lazy, read): (Rows, Rows) = (raw(TEXT), serde_json::from_str(TEXT).unwrap());
        assert!(lazy.raw.is_some() && read.raw.is_none() && !lazy.is_empty());
        let texts = |rows: &Rows| {
            let mut texts = Vec::new();
            rows.each(|text| texts.push(text.into_owned()));
            texts
        };
        assert_eq!(texts(&lazy), ["a=é", "b=2"]);
        assert_eq!(texts(&lazy), texts(&read));
        // Told before they are read, and after.
        for _ in 0..2 {
            let told =
                |rows: &Rows| [Cited::All(rows), Cited::First(rows)].map(|rows| serde_json::to_string(&rows).unwrap());
            assert_eq!(told(&lazy), told(&read));
            assert_eq!(lazy, read);
        }
        assert_eq!(serde_json::to_string(&lazy).unwrap(), serde_json::to_string(&read).unwrap());
        assert_eq!(*Cited::First(&lazy), read[..1]);
        lazy.push(read[0].clone());
        assert_eq!((lazy.len(), texts(&lazy)), (3, vec!["a=é".to_owned(), "b=2".to_owned(), "a=é".to_owned()]));
        assert!(raw(" [ ] ").is_empty() && raw("[]").raw.is_none());
    }

    #[test]
    fn a_text_that_a_row_holds_is_never_denied() {
        assert!(raw(TEXT).may_hold("a=é"), "written with an escape");
        let plain = raw(r#"[{"source":"x","line":1,"text":"holders=com.a"}]"#);
        assert!(plain.may_hold("com.a") && !plain.may_hold("com.b"));
        assert!(Rows::from(plain.to_vec()).may_hold("com.b"), "it is looked at");
    }
}
