//! The values of columns, whatever the database, and whether a row is one that poucet writes.

use postgres::types::{IsNull, ToSql, Type};
use rusqlite::types::ValueRef;

use crate::files::fingerprint::hex;
use crate::text::clean::sanitize;

/// How many bytes a text of a row may have, the snapshot aside: poucet writes no longer ones.
const LONGEST_CELL: usize = 1 << 16;
/// How much is told of what names a row.
const LONGEST_NAME: usize = 80;

/// A value of a column, or for a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Nothing,
    Text(String),
    Integer(i64),
    Real(f64),
    /// What no column of ours holds: bytes, or a text that is no UTF-8. It is kept as it is, so that a page can go on after it.
    Broken {
        bytes: Vec<u8>,
        is_text: bool,
    },
}

/// A text as both databases can keep it: PostgreSQL refuses NUL.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(plain(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::from(text.as_str())
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        text.map_or(Value::Nothing, Value::from)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Value {
        number.map_or(Value::Nothing, Value::Real)
    }
}

impl Value {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> u64 {
        match self {
            Value::Integer(number) => u64::try_from(*number).unwrap_or(0),
            _ => 0,
        }
    }

    pub(super) fn real(&self) -> Option<f64> {
        match self {
            Value::Real(number) => Some(*number),
            // SQLite keeps a whole number as one.
            Value::Integer(number) => i32::try_from(*number).ok().map(f64::from),
            _ => None,
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::ToSqlOutput::Borrowed;
        Ok(Borrowed(match self {
            Value::Nothing => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Real(number) => ValueRef::Real(*number),
            Value::Broken { bytes, is_text: true } => ValueRef::Text(bytes),
            Value::Broken { bytes, is_text: false } => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Nothing | Value::Broken { .. } => Ok(IsNull::Yes),
            Value::Text(text) => text.as_str().to_sql(kind, out),
            Value::Integer(number) => number.to_sql(kind, out),
            Value::Real(number) => number.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// A row.
pub(super) type Row = Vec<Value>;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    TextOrNothing,
    Integer,
    IntegerOrNothing,
    RealOrNothing,
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Kind::Text | Kind::TextOrNothing, Value::Text(text)) => text.len() <= LONGEST_CELL,
            (Kind::TextOrNothing | Kind::IntegerOrNothing | Kind::RealOrNothing, Value::Nothing)
            | (Kind::Integer | Kind::IntegerOrNothing, Value::Integer(_)) => true,
            (Kind::RealOrNothing, value) => value.real().is_some(),
            _ => false,
        }
    }
}

/// What the rows of a question are made of: which column names the reading, and what each column holds.
pub(super) struct Shape<'s> {
    pub(super) reading: usize,
    pub(super) columns: &'s [(&'static str, Kind)],
}

impl Shape<'_> {
    /// What is wrong with a row, if anything: the reading, and the column.
    pub(super) fn fault(&self, row: &[Value]) -> Option<Broken> {
        let wrong = self.columns.iter().zip(row).find(|((_, kind), value)| !kind.fits(value))?;
        let (reading, column) = (row.get(self.reading).map(named).unwrap_or_default(), wrong.0.0.to_owned());
        Some(Broken { reading, column })
    }
}

/// A value that names a row, for a person, whatever it is.
pub(super) fn named(value: &Value) -> String {
    match value {
        Value::Text(text) => sanitize(text, LONGEST_NAME),
        Value::Broken { bytes, .. } => {
            let shown = bytes.get(..LONGEST_NAME / 2).unwrap_or(bytes);
            format!("x'{}'", hex(shown))
        }
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Nothing => "NULL".to_owned(),
    }
}

/// A row that is not what poucet writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Broken {
    pub(super) reading: String,
    pub(super) column: String,
}
