//! From bytes to lines: encodings, carriage returns, foreign digits, and the ways a dump says that it failed.

use crate::evidence::Reason;

/// Decodes what a phone, a shell redirection or Windows PowerShell wrote: UTF-8 or UTF-16 with a byte-order mark, with
/// or without carriage returns. Bytes that are no text become U+FFFD (`dumpsys adb` holds binary ABX on Android 12 and
/// later). Never fails.
pub fn decode(bytes: Vec<u8>) -> String {
    let text = match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    };
    if memchr::memchr(b'\r', text.as_bytes()).is_some() { text.replace('\r', "") } else { text }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// The lines of a text with their 1-based numbers, without their line ends. Like [`str::lines`], faster on large dumps.
pub fn numbered_lines(text: &str) -> NumberedLines<'_> {
    NumberedLines { rest: text, number: 0 }
}

/// Iterator of [`numbered_lines`].
#[derive(Clone, Debug)]
pub struct NumberedLines<'a> {
    rest: &'a str,
    number: u32,
}

impl<'a> Iterator for NumberedLines<'a> {
    type Item = (u32, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.number = self.number.saturating_add(1);
        let (line, rest) = match memchr::memchr(b'\n', self.rest.as_bytes()) {
            Some(end) => (self.rest.get(..end).unwrap_or(""), self.rest.get(end + 1..).unwrap_or("")),
            None => (self.rest, ""),
        };
        self.rest = rest;
        Some((self.number, line))
    }
}

/// As [`str::split_once`], which costs more to prepare than to do on a short line: the words are looked for where their first byte stands,
/// which should be one that is rare in the line.
#[inline]
pub fn split_once<'t>(text: &'t str, words: &str) -> Option<(&'t str, &'t str)> {
    let first = *words.as_bytes().first()?;
    let split = |at| Some((text.get(..at)?, text.get(at..)?.strip_prefix(words)?));
    memchr::memchr_iter(first, text.as_bytes()).find_map(split)
}

/// How many blanks a line begins with.
#[inline]
pub fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// Folds every Unicode decimal digit to ASCII: `SimpleDateFormat` prints dates in the digits of the phone's language
/// (`lastUpdateTime=۲۰۲۶-۱۰-۰۳` on a Persian phone).
pub fn fold_digits(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    text.chars()
        .map(|character| digit_value(character).map_or(character, |value| char::from(b'0' + value)))
        .collect::<String>()
        .into()
}

/// The value of a Unicode decimal digit (general category Nd). In that category the ten digits of a script follow one
/// another, from the zero listed here.
fn digit_value(character: char) -> Option<u8> {
    const ZEROS: [u32; 37] = [
        0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
        0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
        0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    ];
    let code = character as u32;
    let zero = ZEROS.iter().rev().find(|zero| **zero <= code)?;
    u8::try_from(code - zero).ok().filter(|value| *value < 10)
}

/// Recognises the ways in which a command says, on its output and with exit status 0, that there is no answer, or only
/// part of one. Returns the reason and the line that says so.
///
/// Facts: `dumpsys` prints `*** SERVICE 'x' DUMP TIMEOUT (10000ms) EXPIRED ***` after its default ten seconds, the dump
/// before it is truncated; an unknown service prints `Can't find service: x`; a refusal is the text of a
/// `SecurityException` or `Permission Denial`.
pub fn failure(text: &str) -> Option<(Reason, &str)> {
    // The marker of a timeout stands at the end; refusals stand at the beginning, so a dump of megabytes is not searched.
    let tail = text.get(floor_boundary(text, text.len().saturating_sub(600))..).unwrap_or("");
    if let Some(line) = tail.lines().find(|line| line.contains("DUMP TIMEOUT") && line.contains("EXPIRED")) {
        return Some((Reason::TimedOut, line.trim()));
    }
    let head = text.get(..floor_boundary(text, 2000)).unwrap_or(text);
    for line in head.lines().take(12) {
        let line = line.trim();
        if line.starts_with("Can't find service:")
            || line.starts_with("cmd: Can't find service")
            || line.starts_with("Unknown command")
            || line.contains("inaccessible or not found")
            || line.ends_with(": not found")
        {
            return Some((Reason::NotSupported, line));
        }
        if line.starts_with("Permission Denial")
            || line.starts_with("Error: java.lang.SecurityException")
            || line.starts_with("java.lang.SecurityException")
            || line.starts_with("Security exception:")
            || line.starts_with("Exception occurred while executing") && text.contains("SecurityException")
        {
            return Some((Reason::Refused, line));
        }
    }
    None
}

/// The largest character boundary at or below `index`.
fn floor_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while index > 0 && !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_split_as_the_library_does(text in "[:=( é]{0,12}", words in "[:=( ]{1,3}") {
            prop_assert_eq!(split_once(&text, &words), text.split_once(words.as_str()));
        }
    }
}
