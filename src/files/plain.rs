//! The text of a file as it streams by, whatever it was saved in: compressed with gzip, or in UTF-16 as Windows PowerShell writes.
//!
//! Facts: RFC 1952 (gzip: 1F 8B, method 8); Windows PowerShell 5.1 writes UTF-16 with its mark for `>`, and goes on without one for
//! `>>`.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

/// How much of a stream tells what it is.
const SNIFFED: usize = 8;
/// How much of a UTF-16 stream is turned at a time.
const PIECE: usize = 16 * 1024;

/// Whether a file is compressed with gzip.
pub(crate) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1F, 0x8B, 8])
}

/// What was looked at, and what comes after it.
type Whole<R> = Chain<Chain<Cursor<Vec<u8>>, Failing>, R>;

/// The content of a file: unpacked where it is compressed with gzip, and in UTF-8 where it is UTF-16. Everything else is as it was.
pub enum Plain<R> {
    /// As it was.
    Bytes(Whole<R>),
    /// In UTF-16.
    Utf16(Utf16<Whole<R>>),
    /// Compressed.
    Gzip(Box<Whole<MultiGzDecoder<Whole<R>>>>),
    /// Compressed, and in UTF-16.
    GzipUtf16(Box<Utf16<Whole<MultiGzDecoder<Whole<R>>>>>),
}

/// Looks at the first bytes of a file, and gives its content.
pub fn plain<R: Read>(mut reader: R) -> Plain<R> {
    let (head, failed) = sniff(&mut reader);
    let gzip = failed.is_none() && is_gzip(&head);
    let order = utf16(&head);
    let whole = Cursor::new(head).chain(Failing(failed)).chain(reader);
    if gzip {
        let mut unpacked = MultiGzDecoder::new(whole);
        let (head, failed) = sniff(&mut unpacked);
        let order = utf16(&head);
        let whole = Cursor::new(head).chain(Failing(failed)).chain(unpacked);
        return match order {
            Some(order) => Plain::GzipUtf16(Box::new(Utf16::new(whole, order))),
            None => Plain::Gzip(Box::new(whole)),
        };
    }
    match order {
        Some(order) => Plain::Utf16(Utf16::new(whole, order)),
        None => Plain::Bytes(whole),
    }
}

impl<R: Read> Read for Plain<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Plain::Bytes(reader) => reader.read(buffer),
            Plain::Utf16(reader) => reader.read(buffer),
            Plain::Gzip(reader) => reader.read(buffer),
            Plain::GzipUtf16(reader) => reader.read(buffer),
        }
    }
}

/// The first bytes, and the failure that came after them if one did.
fn sniff(reader: &mut impl Read) -> (Vec<u8>, Option<io::Error>) {
    let mut head = Vec::with_capacity(SNIFFED);
    let failed = reader.take(SNIFFED as u64).read_to_end(&mut head).err();
    (head, failed)
}

/// Fails once, where it has a failure to tell, and is empty otherwise.
pub struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The unit of two bytes, in the order of the file.
type Order = fn([u8; 2]) -> u16;

/// The order of the bytes of UTF-16, by its mark, or by zeros in every second place where a part was cut off its front.
fn utf16(head: &[u8]) -> Option<Order> {
    match head {
        [0xFF, 0xFE, ..] => Some(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => Some(u16::from_be_bytes),
        [a, 0, b, 0, c, 0, ..] if [a, b, c].iter().all(|byte| is_plain(**byte)) => Some(u16::from_le_bytes),
        [0, a, 0, b, 0, c, ..] if [a, b, c].iter().all(|byte| is_plain(**byte)) => Some(u16::from_be_bytes),
        _ => None,
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// UTF-16 to UTF-8, in pieces of bounded size. What is no text becomes U+FFFD; the mark is left out.
pub struct Utf16<R> {
    inner: R,
    order: Order,
    /// The first byte of a unit that is not whole yet.
    half: Option<u8>,
    /// The first half of a character of two units.
    high: Option<u16>,
    out: Vec<u8>,
    at: usize,
}

impl<R: Read> Utf16<R> {
    fn new(inner: R, order: Order) -> Self {
        Utf16 { inner, order, half: None, high: None, out: Vec::new(), at: 0 }
    }

    /// Turns the next piece, which may give nothing; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let mut bytes = vec![0; PIECE];
        let count = self.inner.read(&mut bytes)?;
        self.out.clear();
        self.at = 0;
        let mut out = String::with_capacity(count);
        if count == 0 && (self.half.take().is_some() | self.high.take().is_some()) {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        for byte in bytes.into_iter().take(count) {
            let Some(first) = self.half.take() else {
                self.half = Some(byte);
                continue;
            };
            let unit = (self.order)([first, byte]);
            let units = self.high.take().into_iter().chain([unit]);
            for character in char::decode_utf16(units) {
                match character {
                    Ok('\u{FEFF}') => {}
                    Ok(character) => out.push(character),
                    Err(error) if error.unpaired_surrogate() == unit && (0xD800..0xDC00).contains(&unit) => {
                        self.high = Some(unit);
                    }
                    Err(_) => out.push(char::REPLACEMENT_CHARACTER),
                }
            }
        }
        self.out = out.into_bytes();
        Ok(count > 0)
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A piece may hold nothing but a mark or half a character.
        while self.at >= self.out.len() && self.fill()? {}
        let left = self.out.get(self.at..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), left.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::Write as _;

    /// Hands out what it holds in small pieces.
    struct Dripping<'b>(&'b [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn read(bytes: &[u8], piece: usize) -> String {
        let mut text = Vec::new();
        plain(Dripping(bytes, piece)).read_to_end(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut writer = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn utf_16_without_its_mark_is_known_by_its_zeros() {
        for turn in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<u8> = "[ro.a]: [é]\n".encode_utf16().flat_map(turn).collect();
            assert_eq!(read(&bytes, 3), "[ro.a]: [é]\n");
        }
        assert_eq!(read(&[0, 0, 1, 0, 2, 0], 3), "\0\0\u{1}\0\u{2}\0", "a database is left alone");
    }

    #[test]
    fn what_is_cut_off_in_the_middle_gives_what_is_there() {
        let text = "Packages:\n".repeat(1000);
        let packed = gzip(text.as_bytes());
        let mut found = Vec::new();
        let mut reader = plain(&packed[..packed.len() / 2]);
        assert!(reader.read_to_end(&mut found).is_err() && text.as_bytes().starts_with(&found));
        assert_eq!(read(b"\xFF\xFEa\0b", 2), "a\u{FFFD}");
    }

    proptest! {
        #[test]
        fn every_way_of_saving_a_text_gives_the_text(text in "[a-z]{3}(\\PC|\n){0,40}", piece in 1_usize..9) {
            let mark = format!("\u{FEFF}{text}");
            let expected = text.replace('\u{FEFF}', "");
            for turn in [u16::to_le_bytes, u16::to_be_bytes] {
                let bytes: Vec<u8> = mark.encode_utf16().flat_map(turn).collect();
                prop_assert_eq!(&read(&bytes, piece), &expected);
                prop_assert_eq!(&read(&gzip(&bytes), piece), &expected);
            }
            prop_assert_eq!(&read(text.as_bytes(), piece), &text);
            prop_assert_eq!(&read(&gzip(text.as_bytes()), piece), &text);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60), piece in 1_usize..9) {
            let mut found = Vec::new();
            let _ = plain(Dripping(&bytes, piece)).read_to_end(&mut found);
        }
    }
}
