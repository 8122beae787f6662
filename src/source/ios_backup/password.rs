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

    /// Takes the bytes of a file or of a pipe: without one end of line at the end (`\n` or `\r\n`) and without a UTF-8 byte order
    /// mark at the beginning, which editors put there. Everything else stays, spaces too. What was given is wiped.
    pub fn from_file_bytes(mut bytes: Vec<u8>) -> Password {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let text = text.strip_suffix(b"\n").map_or(text, |line| line.strip_suffix(b"\r").unwrap_or(line));
        let password = Password(Zeroizing::new(text.to_vec()));
        bytes.zeroize();
        password
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
            assert_eq!(Password::from_file_bytes(file.to_vec()).as_bytes(), password);
        }
    }

    #[test]
    fn nothing_is_shown() {
        assert_eq!(format!("{:?}", Password::from_bytes(b"secret".to_vec())), "Password");
    }
}
