//! SHA-256, in hexadecimal.

use sha2::{Digest as _, Sha256};

/// SHA-256 of a text, hexadecimal.
pub fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as digits of base 16.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
