//! The seal of a row: that a verdict, and the reading that it is of, are what was stored.
//!
//! With the key of the desk it is an HMAC, which nobody makes without the key. Without one it is a plain SHA-256, which shows an accident
//! and nothing more: whoever changes a row can change it too.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

use super::value::Value;
use crate::files::fingerprint::hex;

/// How much of the hash names a key.
const KEY_NAME: usize = 8;

/// What a seal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// The row is what was stored.
    Right,
    /// It is not.
    Wrong,
    /// Nobody can tell here: there is none, or it is of another key.
    Unproven,
}

/// Values as bytes that no other values have.
fn written(what: &str, values: &[Value]) -> Vec<u8> {
    let mut all = format!("poucet.{what}/1\0").into_bytes();
    let mut add = |tag: u8, bytes: &[u8]| {
        all.push(tag);
        all.extend(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
        all.extend(bytes);
    };
    for value in values {
        match value {
            Value::Nothing => add(0, &[]),
            Value::Text(text) => add(1, text.as_bytes()),
            Value::Integer(number) => add(2, &number.to_le_bytes()),
            // A database may give zero without its sign.
            Value::Real(number) => add(3, &(number + 0.0).to_bits().to_le_bytes()),
            Value::Broken { bytes, is_text } => add(if *is_text { 4 } else { 5 }, bytes),
        }
    }
    all
}

fn keyed(key: &[u8], bytes: &[u8]) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(bytes);
    hex(&mac.finalize().into_bytes())
}

fn name_of(key: &[u8]) -> String {
    keyed(key, b"poucet.key/1\0").get(..KEY_NAME).unwrap_or_default().to_owned()
}

/// The seal of a row.
pub(super) fn of(key: Option<&[u8]>, what: &str, values: &[Value]) -> String {
    let bytes = written(what, values);
    match key {
        Some(key) => format!("hmac:{}:{}", name_of(key), keyed(key, &bytes)),
        None => format!("sha256:{}", digest(&bytes)),
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-256 of some rows.
pub(super) fn of_rows<'r>(what: &str, rows: impl IntoIterator<Item = &'r [Value]>) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(written(what, row));
    }
    hex(&hash.finalize())
}

/// Whether a row is what its seal says.
pub(super) fn check(key: Option<&[u8]>, seal: &Value, what: &str, values: &[Value]) -> Sealed {
    let Value::Text(seal) = seal else {
        return if *seal == Value::Nothing { Sealed::Unproven } else { Sealed::Wrong };
    };
    let is_right = || *seal == of(key, what, values);
    match (seal.split(':').collect::<Vec<_>>().as_slice(), key) {
        (["hmac", name, _], Some(key)) if *name == name_of(key) => {
            if is_right() {
                Sealed::Right
            } else {
                Sealed::Wrong
            }
        }
        (["hmac", _, _], _) => Sealed::Unproven,
        (["sha256", _], None) => {
            if is_right() {
                Sealed::Right
            } else {
                Sealed::Wrong
            }
        }
        // Whoever has no key made it, and anybody could have: that it is right proves nothing, that it is wrong does.
        (["sha256", _], Some(_)) => match *seal == of(None, what, values) {
            true => Sealed::Unproven,
            false => Sealed::Wrong,
        },
        _ => Sealed::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_holds_for_its_values_and_key_alone() {
        let row = [Value::from("ab"), Value::Nothing, Value::Integer(1), Value::Real(0.5)];
        let other = [Value::from("a"), Value::from("b"), Value::Integer(1), Value::Real(0.5)];
        let key: Option<&[u8]> = Some(b"key");
        let seal = Value::from(of(key, "row", &row));
        assert_eq!(check(key, &seal, "row", &row), Sealed::Right);
        assert_eq!(check(key, &seal, "row", &other), Sealed::Wrong);
        assert_eq!(check(key, &seal, "another", &row), Sealed::Wrong);
        assert_eq!(check(Some(b"other"), &seal, "row", &row), Sealed::Unproven);
        assert_eq!(check(None, &seal, "row", &row), Sealed::Unproven);
        assert_eq!(check(key, &Value::Nothing, "row", &row), Sealed::Unproven);
        assert_eq!(check(key, &Value::from("nonsense"), "row", &row), Sealed::Wrong);
        let plain = Value::from(of(None, "row", &row));
        assert_eq!(check(None, &plain, "row", &row), Sealed::Right);
        assert_eq!(check(None, &plain, "row", &other), Sealed::Wrong);
        assert_eq!(check(key, &plain, "row", &row), Sealed::Unproven);
        assert_eq!(check(key, &plain, "row", &other), Sealed::Wrong);
        let zeros = [[Value::Real(0.0)], [Value::Real(-0.0)]].map(|row| of(None, "row", &row));
        assert_eq!(zeros[0], zeros[1]);
    }
}
