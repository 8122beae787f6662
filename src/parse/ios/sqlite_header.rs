//! How an SQLite file begins.

/// The first bytes of every SQLite file.
pub const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The size of a page in bytes (file header, bytes 16 and 17, big-endian; 1 stands for 65,536), if this begins like a database.
pub fn page_size(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..100)?;
    if !head.starts_with(MAGIC) {
        return None;
    }
    let size = u16::from_be_bytes([*head.get(16)?, *head.get(17)?]);
    let size = if size == 1 { 65_536 } else { usize::from(size) };
    (size.is_power_of_two() && size >= 512).then_some(size)
}
