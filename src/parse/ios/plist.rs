//! Property lists, binary or XML, read within bounds.
//!
//! A binary property list may refer to one object many times, so that a file of a kilobyte unfolds into more than memory
//! holds; it may nest without end as well. The `plist` library reads the events, and this file counts them.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::{SystemTime, UNIX_EPOCH};

use plist::stream::{Event, Reader};

/// How deep collections may nest. Apple's own files stay below a dozen.
const DEPTH: usize = 48;
/// How many values one file may unfold into. `Info.plist` of a phone with 400 apps has some 20,000.
const VALUES: usize = 1_000_000;
/// How many bytes its strings and data may unfold into.
const BYTES: usize = 96 << 20;

/// A value of a property list.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Data(Vec<u8>),
    /// A moment, in seconds since 1970.
    Date(i64),
    /// A reference into the objects of an archive (`NSKeyedArchiver`).
    Uid(u64),
    /// A list.
    List(Vec<Value>),
    /// A dictionary; sorted, so that the same file gives the same results in the same order.
    Dict(BTreeMap<String, Value>),
}

/// Why a property list could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlistError {
    /// It is not a property list, or it is damaged.
    #[error("no readable property list: {0}")]
    Damaged(String),
    /// It unfolds into more than any phone writes.
    #[error("property list grows beyond {0}")]
    TooLarge(&'static str),
}

/// Reads a property list, which must be a dictionary.
///
/// # Errors
/// When it is damaged or no dictionary, or unfolds into more than 1,000,000 values, 96 MiB of text and data or 48 levels.
pub fn read(bytes: &[u8]) -> Result<Value, PlistError> {
    read_without(bytes, &[])
}

/// Reads a property list and leaves out the values of some keys, wherever they stand: icons and signatures make up most of an
/// `Info.plist` and nobody asks for them.
///
/// # Errors
/// As [`read`].
pub fn read_without(bytes: &[u8], left_out: &[&str]) -> Result<Value, PlistError> {
    // The library reads the old form in plain text as well, which no backup has and for which any bytes may pass.
    let is_xml =
        bytes.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte)) == Some(&b'<');
    if !is_xml && !bytes.starts_with(b"bplist") {
        return Err(PlistError::Damaged("it begins like none".to_owned()));
    }
    let mut builder = Builder { left_out, values: 0, bytes: 0, open: Vec::new(), root: None };
    for event in Reader::new(Cursor::new(bytes)) {
        builder.take(event.map_err(|error| PlistError::Damaged(error.to_string()))?)?;
    }
    match builder.root.filter(|_| builder.open.is_empty()) {
        Some(root @ Value::Dict(_)) => Ok(root),
        // Every file of a backup that is a property list is a dictionary.
        Some(_) => Err(PlistError::Damaged("it is no dictionary".to_owned())),
        None => Err(PlistError::Damaged("it ends too early".to_owned())),
    }
}

/// A collection that is not closed yet.
enum Open {
    List(Vec<Value>),
    Dict(BTreeMap<String, Value>, Option<String>),
}

struct Builder<'k> {
    left_out: &'k [&'k str],
    values: usize,
    bytes: usize,
    open: Vec<Open>,
    root: Option<Value>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), PlistError> {
        self.values += 1;
        if self.values > VALUES {
            return Err(PlistError::TooLarge("1,000,000 values"));
        }
        self.bytes = self.bytes.saturating_add(match &event {
            Event::Data(data) => data.len(),
            Event::String(text) => text.len(),
            _ => 0,
        });
        if self.bytes > BYTES {
            return Err(PlistError::TooLarge("96 MiB"));
        }
        // In a dictionary, keys and values take turns.
        if let (Event::String(text), Some(Open::Dict(_, key @ None))) = (&event, self.open.last_mut()) {
            *key = Some(text.to_string());
            return Ok(());
        }
        let value = match event {
            Event::StartArray(_) => return self.begin(Open::List(Vec::new())),
            Event::StartDictionary(_) => return self.begin(Open::Dict(BTreeMap::new(), None)),
            Event::EndCollection => match self.open.pop() {
                Some(Open::List(values)) => Value::List(values),
                Some(Open::Dict(members, None)) => Value::Dict(members),
                _ => return Err(PlistError::Damaged("a key without a value".to_owned())),
            },
            Event::Boolean(value) => Value::Bool(value),
            Event::Integer(value) => match value.as_signed() {
                Some(value) => Value::Int(value),
                None => Value::Int(value.as_unsigned().and_then(|value| i64::try_from(value).ok()).unwrap_or(i64::MAX)),
            },
            Event::Real(value) => Value::Real(value),
            Event::String(value) => Value::Text(value.into_owned()),
            Event::Data(value) => Value::Data(value.into_owned()),
            Event::Date(value) => Value::Date(seconds(value.into())),
            Event::Uid(value) => Value::Uid(value.get()),
            _ => return Err(PlistError::Damaged("a value of an unknown kind".to_owned())),
        };
        self.place(value)
    }

    fn begin(&mut self, collection: Open) -> Result<(), PlistError> {
        if self.open.len() >= DEPTH {
            return Err(PlistError::TooLarge("48 levels"));
        }
        self.open.push(collection);
        Ok(())
    }

    fn place(&mut self, value: Value) -> Result<(), PlistError> {
        match self.open.last_mut() {
            None if self.root.is_none() => self.root = Some(value),
            None => return Err(PlistError::Damaged("two roots".to_owned())),
            Some(Open::List(values)) => values.push(value),
            Some(Open::Dict(members, key)) => match key.take() {
                Some(key) if self.left_out.contains(&key.as_str()) => {}
                Some(key) => match members.get(&key) {
                    // A phone writes each key once: of two values, nobody knows which is meant, and programs differ in which they take.
                    Some(known) if *known != value => {
                        return Err(PlistError::Damaged("a key stands twice, with two values".to_owned()));
                    }
                    _ => drop(members.insert(key, value)),
                },
                None => return Err(PlistError::Damaged("a key that is no text".to_owned())),
            },
        }
        Ok(())
    }
}

fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
    }
}

impl Value {
    /// The value of a key, where this is a dictionary that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.dict()?.get(key)
    }

    /// The value below several keys, one within the other.
    pub fn at(&self, keys: &[&str]) -> Option<&Value> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The members, where this is a dictionary.
    pub fn dict(&self) -> Option<&BTreeMap<String, Value>> {
        if let Value::Dict(members) = self { Some(members) } else { None }
    }

    /// The values, where this is a list; else none.
    pub fn list(&self) -> &[Value] {
        if let Value::List(values) = self { values } else { &[] }
    }

    /// Yes or no; the numbers 0 and 1 count as well, which older versions write.
    pub fn bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }

    /// A whole number; a real one that is whole, and yes or no as 1 and 0, count as well.
    pub fn int(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            Value::Bool(value) => Some(i64::from(*value)),
            // Beyond 2^53 a real number is not exact.
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
            Value::Real(value) if value.fract() == 0.0 && value.abs() < 9.0e15 => Some(*value as i64),
            _ => None,
        }
    }

    /// A number.
    pub fn real(&self) -> Option<f64> {
        match self {
            Value::Real(value) => Some(*value),
            #[expect(clippy::cast_precision_loss, reason = "times and counts, far below 2^53")]
            Value::Int(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// A text.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// Bytes.
    pub fn data(&self) -> Option<&[u8]> {
        if let Value::Data(data) = self { Some(data) } else { None }
    }

    /// A moment, in seconds since 1970.
    pub fn date(&self) -> Option<i64> {
        if let Value::Date(seconds) = self { Some(*seconds) } else { None }
    }
}

/// Seconds between 1970-01-01 and 2001-01-01 UTC, where Apple's absolute time begins.
pub const APPLE_EPOCH: i64 = 978_307_200;

/// Apple's absolute time (seconds since 2001-01-01 UTC) in seconds since 1970. Zero, negative and impossible times are none:
/// files have them where nothing happened yet.
pub fn from_apple_time(seconds: f64) -> Option<i64> {
    // Up to the year 2200.
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    (seconds > 0.0 && seconds < 6.3e9).then(|| seconds as i64 + APPLE_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_read_only_where_both_agree() {
        let list = |first: &str, second: &str| {
            let text = format!(
                "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>a</key>{first}<key>b</key><true/><key>a</key>{second}</dict></plist>"
            );
            read(text.as_bytes())
        };
        assert_eq!(list("<true/>", "<true/>").unwrap().get("a"), Some(&Value::Bool(true)));
        assert!(matches!(list("<true/>", "<false/>"), Err(PlistError::Damaged(_))));
    }

    /// A binary property list of the given objects; the first is the root.
    fn binary(objects: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = b"bplist00".to_vec();
        let mut offsets = Vec::new();
        for object in objects {
            offsets.push(u16::try_from(bytes.len()).unwrap());
            bytes.extend(object);
        }
        let table = bytes.len() as u64;
        bytes.extend(offsets.iter().flat_map(|offset| offset.to_be_bytes()));
        bytes.extend([0, 0, 0, 0, 0, 0, 2, 1]);
        for number in [objects.len() as u64, 0, table] {
            bytes.extend(number.to_be_bytes());
        }
        bytes
    }

    #[test]
    fn a_plist_bomb_is_refused() {
        // Thirty lists, each with ten times the next: 10^30 values.
        let bomb: Vec<Vec<u8>> = (0..30u8).map(|n| std::iter::once(0xaa).chain([n + 1; 10]).collect()).collect();
        let bytes = binary(&bomb.into_iter().chain([vec![0x09]]).collect::<Vec<_>>());
        assert!(bytes.len() < 1000);
        assert_eq!(read(&bytes), Err(PlistError::TooLarge("1,000,000 values")));
    }

    #[test]
    fn a_large_text_repeated_is_refused() {
        let text: Vec<u8> = [0x5f, 0x11, 0x7f, 0xff].into_iter().chain([b'x'; 0x7fff]).collect();
        let refs: Vec<u8> = [0xaf, 0x11, 0x1f, 0xff].into_iter().chain([1; 0x1fff]).collect();
        assert_eq!(read(&binary(&[refs, text])), Err(PlistError::TooLarge("96 MiB")));
    }

    #[test]
    fn deep_nesting_is_refused_and_a_cycle_is_damage() {
        let deep: Vec<Vec<u8>> = (0..100u8).map(|n| vec![0xa1, n + 1]).chain([vec![0x09]]).collect();
        assert_eq!(read(&binary(&deep)), Err(PlistError::TooLarge("48 levels")));
        assert!(matches!(read(&binary(&[vec![0xa1, 0]])), Err(PlistError::Damaged(_))));
    }

    #[test]
    fn xml_and_binary_read_alike_and_keys_can_be_left_out() {
        let xml = br#"<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><dict><key>a</key><integer>3</integer><key>Icon</key><dict><key>deep</key><true/></dict><key>d</key><date>2024-06-01T00:00:00Z</date></dict></plist>"#;
        let value = read_without(xml, &["Icon"]).unwrap();
        assert_eq!(value.get("a").and_then(Value::int), Some(3));
        assert_eq!(value.get("d").and_then(Value::date), Some(1_717_200_000));
        assert_eq!(value.get("Icon"), None);
        let binary = binary(&[vec![0xd1, 1, 2], vec![0x51, b'a'], vec![0x10, 3]]);
        assert_eq!(read(&binary).unwrap().get("a").and_then(Value::int), Some(3));
    }

    #[test]
    fn what_is_no_property_list_is_said_so() {
        for bytes in [&b""[..], b"bplist00", b"<plist><dict><key>a</key></dict>", &[0; 64]] {
            assert!(matches!(read(bytes), Err(PlistError::Damaged(_))), "{bytes:?}");
        }
    }

    #[test]
    fn times_before_the_epoch_and_zero_are_none() {
        assert_eq!(from_apple_time(0.0), None);
        assert_eq!(from_apple_time(-5.0), None);
        assert_eq!(from_apple_time(f64::NAN), None);
        assert_eq!(from_apple_time(f64::INFINITY), None);
        assert_eq!(from_apple_time(738_892_800.5), Some(1_717_200_000));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = read(&bytes);
            let mut marked = b"bplist00".to_vec();
            marked.extend(&bytes);
            let _ = read(&marked);
        }

        #[test]
        fn any_byte_of_a_good_file_may_be_wrong(place in 0usize..200, byte in proptest::num::u8::ANY) {
            let mut bytes = binary(&[vec![0xd2, 1, 2, 3, 4], vec![0x51, b'a'], vec![0x51, b'b'], vec![0x10, 3], vec![0xa1, 3]]);
            let length = bytes.len();
            if let Some(old) = bytes.get_mut(place % length) {
                *old = byte;
            }
            let _ = read(&bytes);
        }
    }
}
