//! A snapshot out of its JSON: what poucet once wrote, or somebody else since.
//!
//! A snapshot file is as hostile as a phone. Its words are made safe to show and bounded before anything else sees them.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use memchr::{memchr, memchr_iter, memchr2_iter, memchr3_iter, memrchr};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use thiserror::Error;

pub use super::quick::LONGEST_WORD;
use super::{SCHEMA, Snapshot, quick};
use crate::text::clean::{is_hostile, sanitize};

/// How long what is wrong may be told, in characters.
const LONGEST_DETAIL: usize = 300;

/// The most values of a snapshot: one of a phone with 1,000 apps, four users and `--all-apps` has some 300,000.
const MOST_VALUES: usize = 1_000_000;
/// A text that is too short to tell so many.
const SMALL: usize = 2 << 20;

/// Why a text is no snapshot.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It is no JSON, or JSON of another shape; where and why, safe to show.
    #[error("{0}")]
    Shape(String),
    /// It is of another version, or something else that has a schema.
    #[error("schema `{0}`, not `{SCHEMA}`")]
    Schema(String),
    /// A date that no calendar has, and where it stands.
    #[error("{place}: `{date}` is no date")]
    Date {
        /// The member.
        place: String,
        /// What stands there, safe to show.
        date: String,
    },
}

/// Reads one snapshot from JSON.
///
/// # Errors
/// [`ReadError`], when it is not one that this version can read.
pub fn parse(text: &str) -> Result<Snapshot, ReadError> {
    // Below, even the shortest values there are take no more than a phone's worth.
    if text.len() > SMALL && memchr_iter(b',', text.as_bytes()).count() > MOST_VALUES {
        return Err(ReadError::Shape(format!("more than {MOST_VALUES} values")));
    }
    let snapshot = quick::read(text).or_else(|_| thoroughly(text))?;
    checked(snapshot)
}

/// A snapshot of this version whose dates are dates.
fn checked(snapshot: Snapshot) -> Result<Snapshot, ReadError> {
    if snapshot.schema != SCHEMA {
        return Err(ReadError::Schema(sanitize(&snapshot.schema, LONGEST_DETAIL)));
    }
    check_dates(&snapshot)?;
    Ok(snapshot)
}

/// Reads one of which [`quick`] cannot say that all is in order, and says what is wrong.
fn thoroughly(text: &str) -> Result<Snapshot, ReadError> {
    let wrong = |error: serde_json::Error| ReadError::Shape(sanitize(&error.to_string(), LONGEST_DETAIL));
    if is_plain(text) {
        return serde_json::from_str(text).map_err(wrong);
    }
    let Once(mut value) = serde_json::from_str(text).map_err(wrong)?;
    clean(&mut value);
    serde_json::from_value(value).map_err(wrong)
}

/// The dates by which readings are put in order and shown: each is one, with or without an offset.
fn check_dates(snapshot: &Snapshot) -> Result<(), ReadError> {
    let check = |place: &dyn Fn() -> String, date: Option<&String>| match date {
        Some(date) if !is_date(date) => Err(ReadError::Date { place: place(), date: sanitize(date, LONGEST_DETAIL) }),
        _ => Ok(()),
    };
    check(&|| "taken_at".to_owned(), snapshot.taken_at.as_ref())?;
    for (number, app) in snapshot.apps.iter().enumerate() {
        check(&|| format!("apps[{number}].installed_at"), app.installed_at.as_ref())?;
        check(&|| format!("apps[{number}].updated_at"), app.updated_at.as_ref())?;
        for (grant_number, grant) in app.grants.iter().enumerate() {
            let place = |member: &str| format!("apps[{number}].grants[{grant_number}].{member}");
            check(&|| place("changed_at"), grant.changed_at.as_ref())?;
            check(&|| place("last_used.at"), grant.last_used.as_ref().and_then(|used| used.at.as_ref()))?;
        }
    }
    Ok(())
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || !text.ends_with(['Z', 'z'])
            && text.get(10..).is_some_and(|time| !time.contains(['+', '-']))
            && text.parse::<jiff::civil::DateTime>().is_ok()
}

/// JSON in which no object has a member twice: of two, nobody knows which is meant, and programs differ in which they take.
struct Once(serde_json::Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor).map(Once)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = serde_json::Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(serde_json::Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Once(value)) = elements.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut members = serde_json::Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(twice(&name));
            }
            let Once(value) = entries.next_value()?;
            members.insert(name, value);
        }
        Ok(members.into())
    }
}

fn twice<E: serde::de::Error>(name: &str) -> E {
    E::custom(format!("duplicate member `{}`", sanitize(name, 100)))
}

/// A map of a snapshot in which no key stands twice. The plain way of reading would take the last.
pub(super) fn once<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    struct Entries<K, V>(PhantomData<(K, V)>);

    impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
        type Value = BTreeMap<K, V>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = entries.next_entry()? {
                if map.insert(key, value).is_some() {
                    return Err(serde::de::Error::custom("a member stands twice"));
                }
            }
            Ok(map)
        }
    }

    deserializer.deserialize_map(Entries(PhantomData))
}

/// Whether no word in a JSON text can need cleaning, so that the text is read once. A batch lives by this.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    if has_hostile(text) {
        return false;
    }
    match memchr(b'\\', bytes) {
        None => has_short_words(bytes),
        Some(_) => has_plain_escapes(bytes),
    }
}

/// Whether a hostile character stands in a text. Those of ASCII but one are refused by the parser inside a word, and between words
/// they do no harm; the others begin with one of four bytes in UTF-8.
fn has_hostile(text: &str) -> bool {
    let bytes = text.as_bytes();
    let at = |place: usize| text.get(place..).and_then(|rest| rest.chars().next()).is_some_and(is_hostile);
    memchr3_iter(0xC2, 0xE2, 0xEF, bytes).any(at) || memchr2_iter(0xF3, 0x7F, bytes).any(at)
}

/// Whether no run without a quote is longer than a word may be. Bytes, where the limit is characters: what is longer is looked at
/// word by word.
fn has_short_words(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while rest.len() > LONGEST_WORD {
        let Some(last) = rest.get(..LONGEST_WORD).and_then(|head| memrchr(b'"', head)) else { return false };
        rest = rest.get(last + 1..).unwrap_or(&[]);
    }
    true
}

/// The same for a text with escapes; what they may stand for is not looked at here, but for the two harmless ones.
fn has_plain_escapes(bytes: &[u8]) -> bool {
    let (mut last, mut escaped) = (0, None);
    for at in memchr2_iter(b'"', b'\\', bytes) {
        if escaped == Some(at) {
            continue;
        }
        if bytes.get(at) == Some(&b'\\') {
            if !matches!(bytes.get(at + 1), Some(b'"' | b'\\')) {
                return false;
            }
            escaped = Some(at + 1);
            continue;
        }
        if at - last > LONGEST_WORD {
            return false;
        }
        last = at;
    }
    bytes.len() - last <= LONGEST_WORD
}

fn clean(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = sanitize(text, LONGEST_WORD),
        serde_json::Value::Array(values) => values.iter_mut().for_each(clean),
        serde_json::Value::Object(members) => {
            let names: Vec<String> =
                members.keys().filter(|name| sanitize(name, LONGEST_WORD) != **name).cloned().collect();
            for name in names {
                if let Some(value) = members.remove(&name) {
                    members.insert(sanitize(&name, LONGEST_WORD), value);
                }
            }
            members.values_mut().for_each(clean);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
