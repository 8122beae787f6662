//! A snapshot out of its JSON: what poucet once wrote, or somebody else since.
//!
//! A snapshot file is as hostile as a phone. Its words are made safe to show and bounded before anything else sees them.

use memchr::{memchr, memchr_iter, memchr2_iter, memchr3_iter, memrchr};
use thiserror::Error;

use super::{SCHEMA, Snapshot};
use crate::parse::text::{is_hostile, sanitize};

/// How long a word of a snapshot may be, in characters; what poucet writes is shorter.
pub const LONGEST_WORD: usize = 1000;
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
    let wrong = |error: serde_json::Error| ReadError::Shape(sanitize(&error.to_string(), LONGEST_DETAIL));
    let snapshot: Snapshot = if is_plain(text) {
        serde_json::from_str(text).map_err(wrong)?
    } else {
        let mut value: serde_json::Value = serde_json::from_str(text).map_err(wrong)?;
        clean(&mut value);
        serde_json::from_value(value).map_err(wrong)?
    };
    if snapshot.schema != SCHEMA {
        return Err(ReadError::Schema(sanitize(&snapshot.schema, LONGEST_DETAIL)));
    }
    Ok(snapshot)
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EXAMPLE: &str = include_str!("../../docs/examples/staff-phone-later.json");

    #[test]
    fn what_poucet_writes_is_read_at_once_and_back_to_the_same_bytes() {
        let snapshot = parse(EXAMPLE).unwrap();
        let line = serde_json::to_string(&snapshot).unwrap();
        assert!(is_plain(&line), "the quick way is the usual one");
        assert_eq!(serde_json::to_string(&parse(&line).unwrap()).unwrap(), line);
    }

    #[test]
    fn no_hostile_word_comes_in_by_either_way() {
        let name = |escaped: &str| {
            let text = EXAMPLE.replace("\"TikTok\"", &format!("\"{escaped}\""));
            let snapshot = parse(&text).unwrap();
            snapshot.apps.iter().find(|app| app.id == "com.zhiliaoapp.musically").unwrap().name.clone().unwrap()
        };
        assert_eq!(name("Télégram \\\" \\\\"), "Télégram \" \\");
        assert_eq!(name("a\\u001b[31m"), "a\u{fffd}[31m");
        assert_eq!(name("a\\nb\\u202eb"), "a\u{fffd}b\u{fffd}b");
        assert_eq!(name("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(name(&"x".repeat(5000)).chars().count(), LONGEST_WORD + 1);
        assert_eq!(name(&format!("\\\\{}", "x".repeat(5000))).chars().count(), LONGEST_WORD + 1);
    }

    #[test]
    fn another_schema_and_half_a_text_are_told() {
        assert!(matches!(parse(&EXAMPLE.replace("poucet.snapshot/1", "poucet.snapshot/9")), Err(ReadError::Schema(_))));
        assert!(matches!(parse(EXAMPLE.get(..EXAMPLE.len() / 2).unwrap()), Err(ReadError::Shape(_))));
    }

    proptest! {
        #[test]
        fn a_plain_text_has_no_word_to_clean(
            word in "(?s)[\u{80}-\u{a0}\u{2000}-\u{2070}\u{fefe}-\u{ff00}\u{e0000}-\u{e0080}\u{7e}\u{7f}a\"\\\\]{0,6}|(?s).{0,40}",
            long in 0_usize..1200,
        ) {
            let value = serde_json::json!({ "a": [word], "b": "y".repeat(long) });
            let text = value.to_string();
            if is_plain(&text) {
                let mut cleaned = value.clone();
                clean(&mut cleaned);
                prop_assert_eq!(cleaned, value);
            }
        }
    }
}
