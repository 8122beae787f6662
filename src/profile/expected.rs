//! What a property of the phone is compared with.

use serde::Serialize;

pub use crate::snapshot::Value;

/// The longest id of an app, in bytes: the file names that Android makes of them are not longer.
const LONGEST_ID: usize = 255;

/// What a check is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// This value.
    Is(Value),
    /// This number or less, in the unit of the check (days, seconds).
    AtMost(i64),
    /// This number or more, in the unit of the check (days, seconds).
    AtLeast(i64),
    /// One of these values.
    OneOf(Vec<Value>),
}

impl Expected {
    /// Whether a value is what is asked for. A value of another kind is not.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        match (self, value) {
            (Expected::Is(wanted), value) => wanted == value,
            (Expected::OneOf(wanted), value) => wanted.contains(value),
            (Expected::AtMost(limit), Value::Int(value)) => value <= limit,
            (Expected::AtLeast(limit), Value::Int(value)) => value >= limit,
            (Expected::AtMost(_) | Expected::AtLeast(_), Value::Bool(_) | Value::Text(_)) => false,
        }
    }

    /// Whether every value that `narrow` accepts is accepted here.
    pub(crate) fn accepts_all(&self, narrow: &Expected) -> bool {
        match (narrow, self) {
            (Expected::Is(value), _) => self.accepts(value),
            (Expected::OneOf(values), _) => values.iter().all(|value| self.accepts(value)),
            (Expected::AtMost(narrow), Expected::AtMost(wide)) => narrow <= wide,
            (Expected::AtLeast(narrow), Expected::AtLeast(wide)) => narrow >= wide,
            // No limit on one side fits into one on the other, or into a list.
            (Expected::AtMost(_) | Expected::AtLeast(_), _) => false,
        }
    }
}

/// Whether a text can be a package name or a bundle id: words of letters, digits, `_` and `-`, joined with dots.
pub(crate) fn is_app_id(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    text.len() <= LONGEST_ID && text.contains('.') && text.split('.').all(word)
}
