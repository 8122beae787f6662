//! The quick way of reading a snapshot: JSON as programs write it, of which no word needs cleaning.
//!
//! It takes only what it knows, and gives [`Unusual`] for everything else: a word that is hostile or too long, a member that it does not know,
//! a number that is not written as a whole one, and every mistake. The caller then reads the text in the thorough way, which alone decides and
//! says what is wrong. So what is read here is what the thorough way would give, and nothing is accepted that it would refuse.

use std::borrow::Cow;
use std::fmt::Display;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};

use crate::text::clean::is_hostile;

/// How long a word of a snapshot may be, in characters; what poucet writes is shorter.
pub const LONGEST_WORD: usize = 1000;

/// The name by which rows of evidence ask for their text, as it stands there and already looked through.
pub(super) const RAW_ROWS: &str = "poucet rows of evidence";

/// Not a text for the quick way. What is wrong with it, if anything is, the thorough way tells.
#[derive(Debug)]
pub(super) struct Unusual;

impl Display for Unusual {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("not for the quick way")
    }
}

impl std::error::Error for Unusual {}

impl serde::de::Error for Unusual {
    fn custom<T: Display>(_: T) -> Unusual {
        Unusual
    }
}

/// A value out of a text that is nothing but this value.
pub(super) fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, Unusual> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    reader.skip_space();
    if reader.at == text.len() { Ok(value) } else { Err(Unusual) }
}

/// One row of evidence, as it stands in a text; told as [`super::EvidenceRow`] is.
#[derive(Serialize)]
pub(super) struct Row<'t> {
    pub(super) source: Cow<'t, str>,
    pub(super) line: u32,
    pub(super) text: Cow<'t, str>,
}

/// Hands over the rows of a text that [`RAW_ROWS`] gave, until `take` has enough.
pub(super) fn each_row<'t>(text: &'t str, mut take: impl FnMut(Row<'t>) -> bool) -> Result<(), Unusual> {
    let mut reader = Reader::new(text);
    reader.rows(|reader| {
        let (mut source, mut line, mut words) = (Cow::Borrowed(""), 0, Cow::Borrowed(""));
        reader.row(|reader, member| {
            match member {
                Member::Source => source = reader.owned_word()?,
                Member::Line => line = reader.line()?,
                Member::Text => words = reader.owned_word()?,
            }
            Ok(())
        })?;
        Ok(take(Row { source, line, text: words }))
    })
}

/// A word of a text.
enum Word<'t> {
    /// As it stands there.
    Plain(&'t str),
    /// With escapes, which are resolved in [`Reader::word`].
    Resolved,
}

/// A member of a row of evidence.
#[derive(Clone, Copy)]
enum Member {
    Source,
    Line,
    Text,
}

impl Member {
    /// In the order in which they are written.
    const ALL: [(Member, &'static str); 3] =
        [(Member::Source, "\"source\":"), (Member::Line, "\"line\":"), (Member::Text, "\"text\":")];
}

struct Reader<'t> {
    text: &'t str,
    /// The place of the next byte; always one between two characters.
    at: usize,
    /// The last word that had escapes.
    word: String,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Reader<'t> {
        Reader { text, at: 0, word: String::new() }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is no space, which stays.
    fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over a byte, where it is the next one.
    fn skip(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unusual> {
        if self.skip(byte) { Ok(()) } else { Err(Unusual) }
    }

    /// Passes over a text, where it comes next.
    fn skip_all(&mut self, wanted: &str) -> bool {
        let is_there = self.rest().starts_with(wanted.as_bytes());
        if is_there {
            self.at += wanted.len();
        }
        is_there
    }

    /// Passes over the end of a list or object, or over the comma before its next part; whether a part comes.
    fn goes_on(&mut self, first: bool, end: u8) -> Result<bool, Unusual> {
        match self.peek() {
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            Some(_) if first => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(Unusual),
        }
    }

    /// The next word, from its quotation mark on.
    fn word(&mut self) -> Result<Word<'t>, Unusual> {
        self.expect(b'"')?;
        let bytes = self.text.as_bytes();
        let (mut begin, mut escaped) = (self.at, false);
        loop {
            self.at = next_of_note(bytes, self.at);
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    if !escaped {
                        self.word.clear();
                        escaped = true;
                    }
                    self.word.push_str(self.text.get(begin..self.at).ok_or(Unusual)?);
                    let character = self.escape()?;
                    self.word.push(character);
                    begin = self.at;
                }
                Some(0x80..) => {
                    let character = self.text.get(self.at..).and_then(|rest| rest.chars().next()).ok_or(Unusual)?;
                    if is_hostile(character) {
                        return Err(Unusual);
                    }
                    self.at += character.len_utf8();
                }
                _ => return Err(Unusual),
            }
        }
        let last = self.text.get(begin..self.at).ok_or(Unusual)?;
        self.at += 1;
        if escaped {
            self.word.push_str(last);
        }
        let word = if escaped { self.word.as_str() } else { last };
        if word.len() > LONGEST_WORD && word.chars().count() > LONGEST_WORD {
            return Err(Unusual);
        }
        Ok(if escaped { Word::Resolved } else { Word::Plain(last) })
    }

    fn owned_word(&mut self) -> Result<Cow<'t, str>, Unusual> {
        Ok(match self.word()? {
            Word::Plain(word) => Cow::Borrowed(word),
            Word::Resolved => Cow::Owned(self.word.clone()),
        })
    }

    /// What an escape stands for; what would have to be cleaned is unusual.
    fn escape(&mut self) -> Result<char, Unusual> {
        let kind = self.text.as_bytes().get(self.at + 1).copied();
        self.at += 2;
        let character = match kind {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'u') => match self.unit()? {
                high @ 0xD800..=0xDBFF => {
                    if !self.skip_all("\\u") {
                        return Err(Unusual);
                    }
                    let low = self.unit()?;
                    char::decode_utf16([high, low]).next().and_then(Result::ok).ok_or(Unusual)?
                }
                unit => char::from_u32(unit.into()).ok_or(Unusual)?,
            },
            // The others stand for control characters.
            _ => return Err(Unusual),
        };
        if is_hostile(character) { Err(Unusual) } else { Ok(character) }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, Unusual> {
        let digits = self.rest().first_chunk::<4>().ok_or(Unusual)?;
        let mut unit = 0;
        for digit in digits {
            let value = char::from(*digit).to_digit(16).and_then(|value| u16::try_from(value).ok());
            unit = unit << 4 | value.ok_or(Unusual)?;
        }
        self.at += digits.len();
        Ok(unit)
    }

    /// A whole number as programs write it, without its sign: of so many digits that it cannot be too large.
    fn digits(&mut self) -> Result<u64, Unusual> {
        const MOST: usize = 18;
        let bytes = self.rest();
        let count = bytes.iter().take(MOST + 1).take_while(|byte| byte.is_ascii_digit()).count();
        let digits = bytes.get(..count).unwrap_or_default();
        let is_plain = match digits {
            [] | [b'0', _, ..] => false,
            _ => count <= MOST && !matches!(bytes.get(count), Some(b'.' | b'e' | b'E')),
        };
        if !is_plain {
            return Err(Unusual);
        }
        self.at += count;
        Ok(digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
    }

    fn line(&mut self) -> Result<u32, Unusual> {
        self.skip_space();
        u32::try_from(self.digits()?).map_err(|_| Unusual)
    }

    fn number<V: Visitor<'t>>(&mut self, visitor: V) -> Result<V::Value, Unusual> {
        self.skip_space();
        if !self.skip_all("-") {
            return visitor.visit_u64(self.digits()?);
        }
        match i64::try_from(self.digits()?) {
            Ok(number) if number > 0 => visitor.visit_i64(-number),
            _ => Err(Unusual),
        }
    }

    fn any_word<V: Visitor<'t>>(&mut self, visitor: V) -> Result<V::Value, Unusual> {
        match self.word()? {
            Word::Plain(word) => visitor.visit_borrowed_str(word),
            Word::Resolved => visitor.visit_str(&self.word),
        }
    }

    /// Reads a list of rows by `row`, which says whether it wants more.
    fn rows(&mut self, mut row: impl FnMut(&mut Reader<'t>) -> Result<bool, Unusual>) -> Result<(), Unusual> {
        self.expect(b'[')?;
        let mut first = true;
        while self.goes_on(first, b']')? {
            first = false;
            if !row(self)? {
                break;
            }
        }
        Ok(())
    }

    /// Reads one row: each of its members once, and no other.
    fn row(&mut self, mut take: impl FnMut(&mut Reader<'t>, Member) -> Result<(), Unusual>) -> Result<(), Unusual> {
        self.expect(b'{')?;
        let mut seen = [false; Member::ALL.len()];
        for number in 0..Member::ALL.len() {
            if number > 0 {
                self.expect(b',')?;
            }
            self.skip_space();
            let rest = self.rest();
            let is_next =
                |place: &usize| Member::ALL.get(*place).is_some_and(|(_, name)| rest.starts_with(name.as_bytes()));
            // They nearly always come in the order in which they are written.
            let place = Some(number).filter(is_next).or_else(|| (0..Member::ALL.len()).find(is_next)).ok_or(Unusual)?;
            let (member, name) = Member::ALL.get(place).ok_or(Unusual)?;
            self.at += name.len();
            match seen.get_mut(place) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(Unusual),
            }
            take(self, *member)?;
        }
        self.expect(b'}')
    }

    /// The text of a list of rows, looked through.
    fn raw_rows(&mut self) -> Result<&'t str, Unusual> {
        self.skip_space();
        let begin = self.at;
        self.rows(|reader| {
            reader.row(|reader, member| match member {
                Member::Source | Member::Text => reader.word().map(|_| ()),
                Member::Line => reader.line().map(|_| ()),
            })?;
            Ok(true)
        })?;
        self.text.get(begin..self.at).ok_or(Unusual)
    }
}

/// The place of the next byte inside a word that is more than itself: the end of the word, an escape, a control character, and whatever
/// is not ASCII.
fn next_of_note(bytes: &[u8], from: usize) -> usize {
    /// Most words are shorter than twice this.
    const FEW: usize = 8;
    /// Rows of evidence are long.
    const MANY: usize = 32;
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<FEW>) {
        let found = place_of_note(*chunk);
        if found < FEW {
            return at + found;
        }
        at += FEW;
        if at >= from + 2 * FEW {
            while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<MANY>) {
                // Without a way out in between, so that the compiler looks at many bytes at once.
                if chunk.iter().fold(0, |found, byte| found | u8::from(is_of_note(*byte))) != 0 {
                    break;
                }
                at += MANY;
            }
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| is_of_note(*byte)).unwrap_or(rest.len())
}

fn is_of_note(byte: u8) -> bool {
    // As a signed number, what is not ASCII is below zero.
    (byte.cast_signed() < 0x20) | (byte == b'"') | (byte == b'\\') | (byte == 0x7F)
}

/// The place of the first byte of note among eight; 8 where there is none.
fn place_of_note(chunk: [u8; 8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = ONES << 7;
    let chunk = u64::from_le_bytes(chunk);
    // The highest bit of a byte is set where it is below the number that is taken off; what a borrow does to the bytes above the first
    // one that is of note does not matter.
    let below = |chunk: u64, number: u8| chunk.wrapping_sub(ONES * u64::from(number)) & !chunk;
    let is = |byte: u8| below(chunk ^ (ONES * u64::from(byte)), 1);
    let of_note = (chunk | below(chunk, 0x20) | is(b'"') | is(b'\\') | is(0x7F)) & TOPS;
    usize::try_from(of_note.trailing_zeros() / 8).unwrap_or_default()
}

impl<'t> Deserializer<'t> for &mut Reader<'t> {
    type Error = Unusual;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        match self.peek() {
            Some(b'"') => self.any_word(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            Some(b'-' | b'0'..=b'9') => self.number(visitor),
            _ => Err(Unusual),
        }
    }

    fn deserialize_bool<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.skip_space();
        if self.skip_all("true") {
            visitor.visit_bool(true)
        } else if self.skip_all("false") {
            visitor.visit_bool(false)
        } else {
            Err(Unusual)
        }
    }

    fn deserialize_i64<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.number(visitor)
    }

    fn deserialize_u32<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.number(visitor)
    }

    fn deserialize_u64<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.number(visitor)
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.any_word(visitor)
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.any_word(visitor)
    }

    fn deserialize_identifier<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.any_word(visitor)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.skip_space();
        if self.skip_all("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, name: &'static str, visitor: V) -> Result<V::Value, Unusual> {
        if name == RAW_ROWS { visitor.visit_borrowed_str(self.raw_rows()?) } else { visitor.visit_newtype_struct(self) }
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.expect(b'[')?;
        visitor.visit_seq(Parts { reader: self, first: true })
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.expect(b'{')?;
        visitor.visit_map(Parts { reader: self, first: true })
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unusual> {
        self.deserialize_map(visitor)
    }

    /// A member that no snapshot of this version has: what stands in it would have to be looked through too.
    fn deserialize_ignored_any<V: Visitor<'t>>(self, _: V) -> Result<V::Value, Unusual> {
        Err(Unusual)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        i8 i16 i32 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct enum
    }
}

/// The elements of a list, or the members of an object.
struct Parts<'r, 't> {
    reader: &'r mut Reader<'t>,
    first: bool,
}

impl<'t> SeqAccess<'t> for Parts<'_, 't> {
    type Error = Unusual;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Unusual> {
        let first = std::mem::replace(&mut self.first, false);
        if !self.reader.goes_on(first, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'t> MapAccess<'t> for Parts<'_, 't> {
    type Error = Unusual;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Unusual> {
        let first = std::mem::replace(&mut self.first, false);
        if !self.reader.goes_on(first, b'}')? {
            return Ok(None);
        }
        seed.deserialize(Key { reader: &mut *self.reader }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Unusual> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The name of a member: a word, or a number in quotation marks.
struct Key<'r, 't> {
    reader: &'r mut Reader<'t>,
}

impl<'t> Deserializer<'t> for Key<'_, 't> {
    type Error = Unusual;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        match self.reader.word()? {
            Word::Plain(word) => visitor.visit_borrowed_str(word),
            // Nobody writes one so, and two ways of writing one name are looked at in the thorough way.
            Word::Resolved => Err(Unusual),
        }
    }

    fn deserialize_u32<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.reader.expect(b'"')?;
        let number = self.reader.digits()?;
        if !self.reader.skip_all("\"") {
            return Err(Unusual);
        }
        visitor.visit_u64(number)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
