//! The rows of an SQLite file: lists of types, then the values.

use std::cmp::Ordering;

use super::page::Answer;
use super::page::TreeError::Damaged;

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'r> {
    Null,
    Integer(i64),
    Real,
    Text(&'r [u8]),
    Blob(&'r [u8]),
}

impl Value<'_> {
    /// SQLite's order, against a text: nothing, numbers, texts by their bytes, then blobs.
    pub(super) fn compare(&self, text: &[u8]) -> Ordering {
        match self {
            Value::Null | Value::Integer(_) | Value::Real => Ordering::Less,
            Value::Text(own) => (*own).cmp(text),
            Value::Blob(_) => Ordering::Greater,
        }
    }

    pub(super) fn text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
            _ => None,
        }
    }
}

/// A row of a table, or an entry of an index: a list of types, then the values.
#[derive(Debug)]
pub(super) struct Record(pub(super) Vec<u8>);

impl Record {
    /// The value of a column; nothing where the row is older than the column.
    pub(super) fn column(&self, number: usize) -> Answer<Value<'_>> {
        Ok(self.columns(number)?.unwrap_or(Value::Null))
    }

    /// The value of the last column.
    pub(super) fn last(&self) -> Answer<Value<'_>> {
        let (mut types, _) = self.split()?;
        let mut last = None;
        for number in 0.. {
            if types.is_empty() {
                break;
            }
            types = varint(types)?.1;
            last = Some(number);
        }
        self.column(last.ok_or(Damaged("an empty row"))?)
    }

    /// The types and the values.
    pub(super) fn split(&self) -> Answer<(&[u8], &[u8])> {
        let (length, _) = varint(&self.0)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (header, values) = self.0.split_at_checked(length).ok_or(Damaged("a row cut off"))?;
        Ok((varint(header)?.1, values))
    }

    pub(super) fn columns(&self, number: usize) -> Answer<Option<Value<'_>>> {
        let (mut types, mut values) = self.split()?;
        for _ in 0..number {
            if types.is_empty() {
                return Ok(None);
            }
            let (kind, rest) = varint(types)?;
            values = values.get(size(kind)?..).ok_or(Damaged("a row cut off"))?;
            types = rest;
        }
        if types.is_empty() {
            return Ok(None);
        }
        let kind = varint(types)?.0;
        let value = values.get(..size(kind)?).ok_or(Damaged("a row cut off"))?;
        Ok(Some(match kind {
            0 => Value::Null,
            1..=6 => Value::Integer(integer(value)),
            7 => Value::Real,
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            kind if kind.is_multiple_of(2) => Value::Blob(value),
            _ => Value::Text(value),
        }))
    }
}

/// How many bytes a value of this type has.
fn size(kind: u64) -> Answer<usize> {
    match kind {
        0 | 8 | 9 => Ok(0),
        1 => Ok(1),
        2 => Ok(2),
        3 => Ok(3),
        4 => Ok(4),
        5 => Ok(6),
        6 | 7 => Ok(8),
        10 | 11 => Err(Damaged("a value of no type")),
        _ => usize::try_from((kind - 12) / 2).map_err(|_| Damaged("a very long value")),
    }
}

/// A signed integer of 1 to 8 bytes, big-endian.
pub(super) fn integer(bytes: &[u8]) -> i64 {
    let sign = bytes.first().map_or(0, |first| if first.cast_signed() < 0 { -1 } else { 0 });
    bytes.iter().fold(sign, |value, byte| value << 8 | i64::from(*byte))
}

/// A number of 1 to 9 bytes, 7 bits in each of the first eight, and what follows.
pub(super) fn varint(bytes: &[u8]) -> Answer<(u64, &[u8])> {
    let mut value = 0;
    let mut rest = bytes;
    for count in 1..=9 {
        let (byte, after) = rest.split_first().ok_or(Damaged("a number cut off"))?;
        rest = after;
        if count == 9 {
            return Ok((value << 8 | u64::from(*byte), rest));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok((value, rest));
        }
    }
    Err(Damaged("a number cut off"))
}
