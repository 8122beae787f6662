//! Reads the entries of a zip one after the other, without its directory: for downloads that were cut short (the
//! directory of a zip stands at its end), and for a zip inside a zip.
//!
//! Facts: APPNOTE.TXT 4.3.7 (local file header) and 4.3.9 (data descriptor). Android's `ZipWriter` writes sizes after
//! the data, so the end of an entry is known only by inflating it; a deflate stream tells its own end.

use std::io::{self, BufRead, Read};

use flate2::bufread::DeflateDecoder;

use super::container::Limited;

const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
/// Bytes of a local file header after the signature.
const REST_OF_HEADER: usize = 26;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;

/// Calls `visit` with each entry's name and content, until it returns `false` or nothing more can be read. Returns the
/// error that ended the reading, if one did.
pub(crate) fn entries(
    mut zip: impl BufRead,
    inflate_limit: u64,
    mut visit: impl FnMut(&str, &mut dyn Read) -> bool,
) -> Option<io::Error> {
    loop {
        match next_entry(&mut zip, inflate_limit, &mut visit) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(error),
        }
    }
}

fn next_entry(
    zip: &mut impl BufRead,
    inflate_limit: u64,
    visit: &mut impl FnMut(&str, &mut dyn Read) -> bool,
) -> io::Result<bool> {
    if !skip_to_signature(zip)? {
        return Ok(false);
    }
    let mut header = [0u8; REST_OF_HEADER];
    zip.read_exact(&mut header)?;
    let short =
        |at: usize| header.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |two| u16::from_le_bytes(*two));
    let long =
        |at: usize| header.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four));
    let (flags, method, compressed) = (short(2), short(4), long(14));
    let (name_length, extra_length) = (short(22), short(24));
    let mut name = vec![0u8; usize::from(name_length)];
    zip.read_exact(&mut name)?;
    io::copy(&mut zip.by_ref().take(u64::from(extra_length)), &mut io::sink())?;
    let name = String::from_utf8_lossy(&name);
    let goes_on = match method {
        _ if flags & ENCRYPTED != 0 => true,
        DEFLATED => {
            let mut content = Limited { inner: DeflateDecoder::new(&mut *zip), left: inflate_limit };
            let goes_on = visit(&name, &mut content);
            if goes_on {
                io::copy(&mut content, &mut io::sink())?;
            }
            goes_on
        }
        STORED => {
            let mut content = zip.by_ref().take(u64::from(compressed));
            let goes_on = visit(&name, &mut content);
            if goes_on {
                io::copy(&mut content, &mut io::sink())?;
            }
            goes_on
        }
        _ => true,
    };
    Ok(goes_on)
}

/// Moves behind the next local file header's signature; `false` at the end.
fn skip_to_signature(zip: &mut impl BufRead) -> io::Result<bool> {
    let mut matched = 0;
    loop {
        let buffer = zip.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let mut used = 0;
        for byte in buffer {
            used += 1;
            matched = match SIGNATURE.get(matched) {
                Some(wanted) if wanted == byte => matched + 1,
                _ => usize::from(*byte == b'P'),
            };
            if matched == SIGNATURE.len() {
                break;
            }
        }
        zip.consume(used);
        if matched == SIGNATURE.len() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn zipped(streamed: bool) -> Vec<u8> {
        fn fill<W: Write + io::Seek>(writer: &mut zip::ZipWriter<W>) {
            for (name, text) in [("version.txt", "2.0"), ("report.txt", &"line\n".repeat(1000))] {
                writer.start_file(name, SimpleFileOptions::default()).unwrap();
                writer.write_all(text.as_bytes()).unwrap();
            }
        }
        if streamed {
            let mut writer = zip::ZipWriter::new_stream(Vec::new());
            fill(&mut writer);
            writer.finish().unwrap().into_inner()
        } else {
            let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
            fill(&mut writer);
            writer.finish().unwrap().into_inner()
        }
    }

    fn read_all(bytes: &[u8]) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        entries(bytes, 1 << 30, |name, content| {
            let mut text = Vec::new();
            let _ = content.read_to_end(&mut text);
            found.push((name.to_owned(), text.len()));
            true
        });
        found
    }

    #[test]
    fn finds_the_entries_with_and_without_sizes_in_their_headers() {
        for streamed in [false, true] {
            let found = read_all(&zipped(streamed));
            assert_eq!(found, [("version.txt".to_owned(), 3), ("report.txt".to_owned(), 5000)], "{streamed}");
        }
    }

    #[test]
    fn reads_what_is_there_of_a_zip_that_was_cut_short_anywhere() {
        let whole = zipped(true);
        for length in 0..whole.len() {
            for (name, _) in read_all(&whole[..length]) {
                assert!(["version.txt", "report.txt"].contains(&name.as_str()), "{name}");
            }
        }
    }
}
