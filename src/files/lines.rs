//! Text that comes line by line, in pieces of bounded size: a pipe may never end, and one line may be all there is. One array of objects,
//! as `jq -s` makes of lines, gives its elements as lines would come.

use std::io::{self, BufRead, BufReader, Read};

/// How long one line may be, in bytes. A snapshot of 600 apps has about 3 MB.
const LONGEST_LINE: usize = 64 << 20;
/// How much may come without anything of use in it, in bytes: a line that is too long, or empty ones. Beyond, nothing of use will come.
const MOST_IDLE: u64 = 1 << 30;
/// The byte order mark, in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// How much is handed over at a time, in bytes, unless one line is longer: little enough to be judged before it has left the cache.
const MUCH: usize = 256 << 10;
/// How much is asked of the source at a time.
const BUFFER: usize = 256 << 10;

/// One line that holds something.
#[derive(Debug)]
pub struct Line {
    /// Its number, from 1; of an array that of the element.
    pub number: u64,
    /// The text without the line's end; `None` where it is no UTF-8, or longer than a line may be.
    pub text: Option<String>,
}

/// Lines of a source, as they come.
#[derive(Debug)]
pub struct Lines<R> {
    reader: BufReader<R>,
    number: u64,
    ended: bool,
    /// How many bytes came since anything of use did.
    idle: u64,
    /// A line that was read to find out what the one before it is.
    next: Option<Bytes>,
    /// Whether anything has been looked at.
    begun: bool,
    /// Whether the text is an array, whose elements come one by one.
    is_array: bool,
}

/// A line's bytes, where they are not too many.
type Bytes = Option<Vec<u8>>;

impl<R: Read> Lines<R> {
    /// Lines of this source.
    pub fn new(source: R) -> Lines<R> {
        Lines {
            reader: BufReader::with_capacity(BUFFER, source),
            number: 0,
            ended: false,
            idle: 0,
            next: None,
            begun: false,
            is_array: false,
        }
    }

    /// The lines that are there: at least one, unless the source has ended, and those that came along with it, up to
    /// `most` and to some 256 kB. It never waits for a second line. One document that is spread over many lines is one line here.
    ///
    /// # Errors
    /// The source cannot be read on.
    pub fn next_lines(&mut self, most: usize) -> io::Result<Vec<Line>> {
        let (mut lines, mut held) = (Vec::new(), 0);
        if !std::mem::replace(&mut self.begun, true) {
            self.is_array = self.begins_an_array()?;
        }
        if self.is_array {
            while !self.ended && lines.len() < most && held < MUCH {
                match self.element()? {
                    Some(bytes) => {
                        held += bytes.as_ref().map_or(0, Vec::len);
                        self.number += 1;
                        self.idle = 0;
                        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                        lines.push(Line { number: self.number, text });
                    }
                    None => self.ended = true,
                }
            }
            return Ok(lines);
        }
        while !self.ended && lines.len() < most && held < MUCH && (lines.is_empty() || self.is_there()) {
            let Some(bytes) = self.line()? else { break };
            if let Some(blank) = bytes.as_deref().filter(|bytes| bytes.iter().all(u8::is_ascii_whitespace)) {
                self.idle(blank.len() + 1)?;
                continue;
            }
            self.idle = 0;
            let number = self.number;
            let bytes = match bytes {
                Some(bytes) if number == 1 && self.begins_a_document(&bytes)? => self.rest(bytes)?,
                bytes => bytes,
            };
            held += bytes.as_ref().map_or(0, Vec::len);
            lines.push(Line { number, text: bytes.and_then(|bytes| String::from_utf8(bytes).ok()) });
        }
        Ok(lines)
    }

    /// Whether the text begins as an array of objects does; its bracket is taken off then. Only what has come already is looked at, and
    /// a first line that is an array of something else stays a line.
    fn begins_an_array(&mut self) -> io::Result<bool> {
        let buffer = self.reader.fill_buf()?;
        let marked = buffer.strip_prefix(MARK).unwrap_or(buffer);
        let Some(after) = marked.trim_ascii_start().strip_prefix(b"[") else { return Ok(false) };
        // A pipe may have given no more than the bracket.
        if !after.trim_ascii_start().is_empty() && !after.trim_ascii_start().starts_with(b"{") {
            return Ok(false);
        }
        let used = buffer.len() - after.len();
        self.reader.consume(used);
        Ok(true)
    }

    /// The next element of the array: from its first byte to the comma or bracket behind it. `None` at the end. What is longer than a
    /// line may be is passed over.
    fn element(&mut self) -> io::Result<Option<Bytes>> {
        let (mut bytes, mut depth, mut in_string, mut escaped, mut too_long) = (Vec::new(), 0_u32, false, false, false);
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                // A file that was cut off inside an element: it is no snapshot, and is told.
                return Ok((!bytes.trim_ascii().is_empty()).then_some((!too_long).then_some(bytes)));
            }
            let mut end = None;
            for (at, byte) in buffer.iter().enumerate() {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_string => escaped = true,
                    b'"' => in_string = !in_string,
                    _ if in_string => {}
                    b'{' | b'[' => depth = depth.saturating_add(1),
                    b',' | b']' if depth == 0 => {
                        end = Some((at, *byte == b']'));
                        break;
                    }
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            let (used, closed) = end.map_or((buffer.len(), None), |(at, last)| (at, Some(last)));
            too_long |= bytes.len() + used > LONGEST_LINE;
            if !too_long {
                bytes.extend_from_slice(buffer.get(..used).unwrap_or_default());
            }
            self.reader.consume(used + usize::from(closed.is_some()));
            if too_long {
                self.idle(used)?;
            }
            match closed {
                None => {}
                Some(last) => {
                    self.ended = last;
                    return Ok(match bytes.trim_ascii().is_empty() && !too_long {
                        true if last => None,
                        _ => Some((!too_long).then_some(bytes)),
                    });
                }
            }
        }
    }

    /// Whether a whole line can be had without waiting.
    fn is_there(&self) -> bool {
        self.next.is_some() || memchr::memchr(b'\n', self.reader.buffer()).is_some()
    }

    /// Whether a first line is the beginning of one document that goes on below it: it is not closed, and the next line opens no other.
    /// A line that was cut and is followed by whole ones is a bad line.
    fn begins_a_document(&mut self, first: &[u8]) -> io::Result<bool> {
        let first = first.trim_ascii();
        if !first.starts_with(b"{") || first.len() > 1 && first.ends_with(b"}") {
            return Ok(false);
        }
        self.next = self.read_line()?;
        let next = self.next.as_ref().and_then(Option::as_deref);
        Ok(next.is_some_and(|next| !next.trim_ascii_start().starts_with(b"{\"")))
    }

    fn line(&mut self) -> io::Result<Option<Bytes>> {
        let line = match self.next.take() {
            Some(next) => Some(next),
            None => self.read_line()?,
        };
        self.ended = line.is_none();
        self.number += u64::from(line.is_some());
        Ok(line)
    }

    /// The next line of the source; `None` at its end.
    fn read_line(&mut self) -> io::Result<Option<Bytes>> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
        let count = self.reader.by_ref().take(limit).read_until(b'\n', &mut bytes)?;
        if count == 0 {
            return Ok(None);
        }
        // Some editors begin a file with a mark of its encoding.
        if self.number == 0 && bytes.starts_with(MARK) {
            bytes.drain(..MARK.len());
        }
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
            return Ok(Some(Some(bytes)));
        }
        if count < LONGEST_LINE {
            return Ok(Some(Some(bytes)));
        }
        loop {
            let buffer = self.reader.fill_buf()?;
            let (end, length) = (memchr::memchr(b'\n', buffer), buffer.len());
            let used = end.map_or(length, |at| at + 1);
            self.reader.consume(used);
            if end.is_some() || length == 0 {
                self.idle = 0;
                return Ok(Some(None));
            }
            self.idle(used)?;
        }
    }

    /// Takes note of bytes without anything of use.
    fn idle(&mut self, bytes: usize) -> io::Result<()> {
        self.idle = self.idle.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        match self.idle > MOST_IDLE {
            true => {
                Err(io::Error::new(io::ErrorKind::FileTooLarge, "more than 1 GiB without a line that could be read"))
            }
            false => Ok(()),
        }
    }

    /// Everything from a first line on.
    fn rest(&mut self, mut bytes: Vec<u8>) -> io::Result<Bytes> {
        self.ended = true;
        for line in [Some(Vec::new()), self.next.take().flatten()].into_iter().flatten() {
            bytes.extend(line);
            bytes.push(b'\n');
        }
        let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
        let count = self.reader.by_ref().take(limit).read_to_end(&mut bytes)?;
        Ok((count < LONGEST_LINE).then_some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &[u8], most: usize) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::new(text);
        let mut found = Vec::new();
        loop {
            let piece = lines.next_lines(most).unwrap();
            if piece.is_empty() {
                return found;
            }
            found.extend(piece.into_iter().map(|line| (line.number, line.text)));
        }
    }

    #[test]
    fn lines_are_numbered_as_an_editor_does() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(all(b"a\n\n b\r\n\xff\nlast", 2), [(1, text("a")), (3, text(" b")), (4, None), (5, text("last"))]);
        assert_eq!(all(b"", 2), []);
        assert_eq!(all("\u{feff}a\nb".as_bytes(), 2), [(1, text("a")), (2, text("b"))]);
    }

    #[test]
    fn a_document_over_many_lines_is_one_and_a_cut_line_is_not() {
        let one =
            |text: &[u8]| all(text, 2).len() == 1 && all(text, 2)[0].1.as_deref() == std::str::from_utf8(text).ok();
        assert!(one(b"{\n \"a\": 1\n}\n"));
        assert!(one(b"{ \"a\": 1,\n \"b\": 2 }\n"));
        assert_eq!(all(b"{\"a\": 1,\n{\"a\": 1}\n{\"a\": 1}\n", 9).len(), 3);
        assert_eq!(all(b"{\"a\": 1,", 9).len(), 1);
    }

    #[test]
    fn a_line_that_came_is_not_kept_until_the_next() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let mut lines = Lines::new(reader);
        io::Write::write_all(&mut writer, b"one\ntwo\nhal").unwrap();
        assert_eq!(lines.next_lines(64).unwrap().len(), 2);
        io::Write::write_all(&mut writer, b"f\n").unwrap();
        drop(writer);
        assert_eq!(lines.next_lines(64).unwrap()[0].text.as_deref(), Some("half"));
        assert!(lines.next_lines(64).unwrap().is_empty());
    }

    #[test]
    fn an_array_gives_its_elements_one_by_one() {
        let text = |text: &str| Some(text.to_owned());
        for array in ["[{\"a\":1},{\"a\":\"],}\\\"{\"}]", "\u{feff} [\n{\"a\":1}\n,\n{\"a\":\"],}\\\"{\"}\n]\n"] {
            let found: Vec<_> = all(array.as_bytes(), 2)
                .into_iter()
                .map(|(number, text)| (number, text.map(|text| text.trim().to_owned())))
                .collect();
            assert_eq!(found, [(1, text("{\"a\":1}")), (2, text("{\"a\":\"],}\\\"{\"}"))], "{array}");
        }
        assert_eq!(all(b"[]", 2).len(), 1, "nothing is no snapshot, and is told");
        // Cut off: what is there comes, and the rest is told by whoever parses it.
        assert_eq!(all(b"[{\"a\":1},{\"a\"", 2).last().unwrap().1.as_deref(), Some("{\"a\""));
        assert_eq!(all(b"[1,2]\n[3]\n", 9).len(), 2, "lines of other arrays are lines");
        let source = (&b"[{\"a\":\""[..]).chain(io::repeat(b'x').take(LONGEST_LINE as u64)).chain(&b"\"},{}]"[..]);
        let mut lines = Lines::new(source);
        assert!(lines.next_lines(1).unwrap()[0].text.is_none());
        assert_eq!(lines.next_lines(1).unwrap()[0].text.as_deref(), Some("{}"));
    }

    #[test]
    fn an_endless_line_is_passed_over() {
        let source = io::repeat(b'x').take(LONGEST_LINE as u64 + 10).chain(&b"\nnext\n"[..]);
        let mut lines = Lines::new(source);
        let first = lines.next_lines(1).unwrap();
        assert!(first[0].text.is_none());
        assert_eq!(lines.next_lines(1).unwrap()[0].text.as_deref(), Some("next"));
    }

    proptest! {
        #[test]
        fn no_line_is_lost(lines in proptest::collection::vec("[a-z]{1,12}", 0..40), most in 1_usize..9) {
            let text = lines.join("\n");
            let found: Vec<String> = all(text.as_bytes(), most).into_iter().filter_map(|(_, text)| text).collect();
            prop_assert_eq!(found, lines);
        }
    }
}
