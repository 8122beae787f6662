//! The password of an encrypted backup.

use zeroize::{Zeroize, Zeroizing};

/// The password of an encrypted backup: its bytes exactly as typed. A phone derives its keys from the UTF-8 bytes, without
/// trimming or normalising, so nothing here changes them. They are wiped when it goes.
#[derive(Clone)]
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Takes the bytes as they are.
    pub fn from_bytes(bytes: Vec<u8>) -> Password {
        Password(Zeroizing::new(bytes))
    }

    /// Takes the bytes of a file or of a pipe: without one end of line at the end (`\n` or `\r\n`) and without a byte order mark at the
    /// beginning, which editors put there. UTF-16 behind its mark, which Windows PowerShell writes, becomes UTF-8. Everything else stays,
    /// spaces too. What was given is wiped.
    ///
    /// # Errors
    /// When the bytes are no text in UTF-8 or, behind a mark, UTF-16: a phone derives its keys from UTF-8, so that they cannot be a
    /// password.
    pub fn from_file_bytes(mut bytes: Vec<u8>) -> Result<Password, NotText> {
        let text = match bytes.as_slice() {
            [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
            [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
            text => {
                let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
                std::str::from_utf8(text).ok().map(|text| Zeroizing::new(text.to_owned()))
            }
        };
        bytes.zeroize();
        let text = text.ok_or(NotText)?;
        let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        Ok(Password(Zeroizing::new(line.as_bytes().to_vec())))
    }

    /// The same password with its accents composed, then decomposed, where that gives other bytes: keyboards and editors differ in how they
    /// write `ä`, and the phone takes the bytes as they came.
    pub(crate) fn other_forms(&self) -> Vec<Password> {
        use unicode_normalization::UnicodeNormalization as _;

        let Ok(text) = std::str::from_utf8(&self.0) else { return Vec::new() };
        let mut forms: Vec<Password> = Vec::new();
        // Composing may give more bytes than there were, and room that grows leaves a copy behind.
        let form = |characters: &mut dyn Iterator<Item = char>| {
            let mut bytes = Zeroizing::new(Vec::with_capacity(self.0.len().saturating_mul(12)));
            let mut buffer = Zeroizing::new([0; 4]);
            for character in characters {
                bytes.extend_from_slice(character.encode_utf8(buffer.as_mut()).as_bytes());
            }
            Password(bytes)
        };
        for other in [form(&mut text.nfc()), form(&mut text.nfd())] {
            if other.0 != self.0 && forms.iter().all(|known| known.0 != other.0) {
                forms.push(other);
            }
        }
        forms
    }

    /// Whether there is not one byte.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes, for the derivation of the key only.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Bytes that are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither UTF-8 nor UTF-16 with a byte order mark")]
pub struct NotText;

/// Text of UTF-16; none when a unit is cut or a pair is broken.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Zeroizing<String>> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let units = pairs.filter_map(|pair| Some(unit(<[u8; 2]>::try_from(pair).ok()?)));
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().saturating_mul(2)));
    for character in char::decode_utf16(units) {
        text.push(character.ok()?);
    }
    Some(text)
}

impl std::fmt::Debug for Password {
    /// Shows nothing of it, not even its length.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_not_touched() {
        for typed in ["", " a b \n", "\u{feff}x", "pässwörd", "pa\u{308}ss"] {
            assert_eq!(Password::from_bytes(typed.into()).as_bytes(), typed.as_bytes());
        }
    }

    #[test]
    fn a_file_loses_one_end_of_line_and_its_mark() {
        let cases: [(&[u8], &[u8]); 9] = [
            (b"secret\n", b"secret"),
            (b"secret\r\n", b"secret"),
            (b"secret\n\n", b"secret\n"),
            (b"secret\r", b"secret\r"),
            (b" secret \n", b" secret "),
            (b"\xef\xbb\xbfsecret\r\n", b"secret"),
            (b"\n", b""),
            (b"", b""),
            (b"\xef\xbb\xbf\xef\xbb\xbf\n", b"\xef\xbb\xbf"),
        ];
        for (file, password) in cases {
            assert_eq!(Password::from_file_bytes(file.to_vec()).unwrap().as_bytes(), password);
        }
    }

    #[test]
    fn text_of_windows_is_read_and_other_bytes_are_refused() {
        let utf16 = |text: &str, unit: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
        };
        for text in ["p\u{e4}ssw\u{f6}rd", "\u{1f511}", ""] {
            let line = format!("{text}\r\n");
            for file in [
                utf16(&line, u16::to_le_bytes, [0xff, 0xfe]),
                utf16(&line, u16::to_be_bytes, [0xfe, 0xff]),
                format!("\u{feff}{line}").into_bytes(),
            ] {
                assert_eq!(Password::from_file_bytes(file).unwrap().as_bytes(), text.as_bytes());
            }
        }
        // Windows-1252, half a unit, half a pair, UTF-16 without a mark of an accented letter.
        for file in [&b"p\xe4ss\r\n"[..], b"\xff\xfea", b"\xff\xfe\x3d\xd8", b"\xe4\0"] {
            assert!(matches!(Password::from_file_bytes(file.to_vec()), Err(NotText)), "{file:?}");
        }
    }

    #[test]
    fn accents_may_be_written_in_two_ways_and_other_letters_in_one() {
        let forms = |text: &str| -> Vec<Vec<u8>> {
            let password = Password::from_bytes(text.as_bytes().to_vec());
            password.other_forms().iter().map(|form| form.as_bytes().to_vec()).collect()
        };
        assert_eq!(forms("p\u{e4}"), ["pa\u{308}".as_bytes()]);
        assert_eq!(forms("pa\u{308}"), ["p\u{e4}".as_bytes()]);
        assert_eq!(forms("\u{e4}a\u{308}").len(), 2);
        assert!(forms("plain 123").is_empty() && forms("").is_empty());
        assert!(Password::from_bytes(vec![0xe4]).other_forms().is_empty());
    }

    #[test]
    fn nothing_is_shown() {
        assert_eq!(format!("{:?}", Password::from_bytes(b"secret".to_vec())), "Password");
    }
}
