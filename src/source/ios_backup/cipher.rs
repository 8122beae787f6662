//! Files of an encrypted backup: AES-256-CBC, one stream from the first byte to the last, the first vector all zeros.
//!
//! There is no integrity check: a wrong or changed file decrypts to something. Phones pad with PKCS#7; some files that other
//! programs made have no padding. The recorded size may be stale, when the file changed while it was backed up, so that the
//! padding counts before it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use zeroize::Zeroizing;

use super::page::{Pages, TreeError};
use crate::parse::ios::sqlite;

/// The length of a block of AES in bytes.
pub const BLOCK: usize = 16;
/// [`BLOCK`], for offsets in files.
const BLOCK_LENGTH: u64 = 16;
/// How many bytes are decrypted at once.
const AT_ONCE: usize = 1 << 20;

/// Why an encrypted file could not be decrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// The length is no multiple of 16: the file was cut off, or is not encrypted.
    #[error("{length} bytes are not a whole number of encrypted blocks; copy the backup again")]
    Truncated {
        /// The length in bytes.
        length: u64,
    },
    /// A part was asked for that does not begin and end with a block of the file.
    #[error("no encrypted blocks at byte {offset}")]
    Outside {
        /// Where it begins, in bytes.
        offset: u64,
    },
    /// The operating system refused or failed.
    #[error("{0}")]
    Read(String),
}

impl From<std::io::Error> for CipherError {
    fn from(error: std::io::Error) -> CipherError {
        CipherError::Read(error.to_string())
    }
}

/// The key of one file. It is wiped when it goes.
#[derive(Clone)]
pub struct FileKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for FileKey {
    /// Shows nothing of it.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FileKey")
    }
}

/// A file in the clear.
#[derive(Clone, PartialEq, Eq)]
pub struct Decrypted {
    /// Its bytes, without padding.
    pub bytes: Vec<u8>,
    /// Set when the recorded size is another one.
    pub note: Option<SizeNote>,
}

impl std::fmt::Debug for Decrypted {
    /// Without the bytes, which may be secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} bytes, {:?}", self.bytes.len(), self.note)
    }
}

/// The index records another size than the file has: it changed while it was backed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeNote {
    /// What the index records, in bytes (`Size` of `MBFile`).
    pub stated: u64,
    /// What was there and was kept, in bytes.
    pub found: u64,
}

impl FileKey {
    /// Takes the 32 bytes of a key.
    pub fn new(key: [u8; 32]) -> FileKey {
        FileKey(Zeroizing::new(key))
    }

    pub(crate) fn from_zeroizing(key: Zeroizing<[u8; 32]>) -> FileKey {
        FileKey(key)
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Decrypts a whole file in its place. `size` is the recorded length in bytes.
    ///
    /// A last block that is valid PKCS#7 padding is taken off. Where there is none, the file is cut to `size` if this lies in the
    /// last block. What is left counts; a `size` that says otherwise is noted and not obeyed.
    ///
    /// # Errors
    /// When the length is no multiple of 16.
    pub fn decrypt(&self, mut bytes: Vec<u8>, size: Option<u64>) -> Result<Decrypted, CipherError> {
        self.decrypt_blocks(&[0; BLOCK], &mut bytes)?;
        let length = bytes.len();
        let kept = match (padding(&bytes), size.and_then(|size| usize::try_from(size).ok())) {
            (Some(padding), _) => length - padding,
            (None, Some(size)) if size <= length && length - size < BLOCK => size,
            (None, _) => length,
        };
        bytes.truncate(kept);
        let found = u64::try_from(kept).unwrap_or(u64::MAX);
        let note = size.filter(|size| *size != found).map(|stated| SizeNote { stated, found });
        Ok(Decrypted { bytes, note })
    }

    /// Decrypts whole blocks in their place; `before` is the encrypted block before them, or zeros. The crate takes many at once.
    fn decrypt_blocks(&self, before: &[u8; BLOCK], blocks: &mut [u8]) -> Result<(), CipherError> {
        let length = u64::try_from(blocks.len()).unwrap_or(u64::MAX);
        let decryptor = cbc::Decryptor::<aes::Aes256>::new((&*self.0).into(), before.into());
        match decryptor.decrypt_padded::<NoPadding>(blocks) {
            Ok(_) => Ok(()),
            Err(_) => Err(CipherError::Truncated { length }),
        }
    }
}

/// The length of valid PKCS#7 padding at the end: 1 to 16 bytes that all say how many they are.
fn padding(bytes: &[u8]) -> Option<usize> {
    let last = *bytes.last()?;
    let length = usize::from(last);
    let tail = bytes.get(bytes.len().checked_sub(length)?..)?;
    ((1..=BLOCK).contains(&length) && tail.iter().all(|byte| *byte == last)).then_some(length)
}

/// An encrypted file of which any blocks can be read: with CBC, only the block before is needed to decrypt one.
#[derive(Debug)]
pub struct EncryptedFile {
    file: File,
    key: FileKey,
    length: u64,
}

impl EncryptedFile {
    /// Takes an open file and its key.
    ///
    /// # Errors
    /// When the length is no multiple of 16, or the system does not tell it.
    pub fn new(file: File, key: FileKey) -> Result<EncryptedFile, CipherError> {
        let length = file.metadata()?.len();
        if length.is_multiple_of(BLOCK_LENGTH) {
            Ok(EncryptedFile { file, key, length })
        } else {
            Err(CipherError::Truncated { length })
        }
    }

    /// The length in bytes, with padding.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads and decrypts the blocks from `offset` on, as many as `buffer` takes, and no others.
    ///
    /// # Errors
    /// When `offset` or the length of `buffer` is no multiple of 16, when the file ends before, or cannot be read.
    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), CipherError> {
        let length = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        let inside = offset.checked_add(length).is_some_and(|end| end <= self.length);
        if !inside || !offset.is_multiple_of(BLOCK_LENGTH) || !length.is_multiple_of(BLOCK_LENGTH) {
            return Err(CipherError::Outside { offset });
        }
        let mut before = [0; BLOCK];
        match offset.checked_sub(BLOCK_LENGTH) {
            Some(start) => {
                self.file.seek(SeekFrom::Start(start))?;
                self.file.read_exact(&mut before)?;
            }
            None => {
                self.file.seek(SeekFrom::Start(0))?;
            }
        }
        self.file.read_exact(buffer)?;
        self.key.decrypt_blocks(&before, buffer)
    }

    /// The first `length` bytes in the clear, as a stream. `length` is a multiple of 16.
    pub fn reader(&mut self, length: u64) -> Plaintext<'_> {
        Plaintext { length: length.min(self.length), file: self, offset: 0 }
    }
}

/// The stream of [`EncryptedFile::reader`]. It decrypts where the caller wants the bytes, without a copy of its own, and so needs
/// room for 16 of them or more.
#[derive(Debug)]
pub struct Plaintext<'file> {
    file: &'file mut EncryptedFile,
    offset: u64,
    length: u64,
}

impl Read for Plaintext<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.length - self.offset).unwrap_or(usize::MAX);
        let most = left.min(buffer.len()).min(AT_ONCE);
        let blocks = buffer.get_mut(..most - most % BLOCK).unwrap_or_default();
        if blocks.is_empty() && left > 0 {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "room for less than one block"));
        }
        self.file.read_at(self.offset, blocks).map_err(std::io::Error::other)?;
        self.offset += u64::try_from(blocks.len()).unwrap_or(0);
        Ok(blocks.len())
    }
}

/// The pages of an encrypted SQLite database. Each is decrypted when it is asked for.
#[derive(Debug)]
pub struct EncryptedPages {
    file: EncryptedFile,
    page_size: usize,
}

impl EncryptedPages {
    /// Looks at the header of the database. `None` when the file does not begin like one: the key is not its key, or it was no
    /// database.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn new(mut file: EncryptedFile) -> Result<Option<EncryptedPages>, CipherError> {
        let mut head = [0; 112];
        if file.length() < 112 {
            return Ok(None);
        }
        file.read_at(0, &mut head)?;
        Ok(sqlite::page_size(&head).map(|page_size| EncryptedPages { file, page_size }))
    }

    /// The size of a page in bytes, as the header says.
    pub fn page_size(&self) -> usize {
        self.page_size
    }

    /// The file.
    pub fn file(&mut self) -> &mut EncryptedFile {
        &mut self.file
    }
}

impl Pages for EncryptedPages {
    fn page(&mut self, number: u32) -> Result<Vec<u8>, TreeError> {
        let size = u64::try_from(self.page_size).unwrap_or(u64::MAX);
        let offset = number.checked_sub(1).and_then(|before| u64::from(before).checked_mul(size));
        let mut page = vec![0; self.page_size];
        match self.file.read_at(offset.unwrap_or(u64::MAX), &mut page) {
            Ok(()) => Ok(page),
            Err(CipherError::Read(detail)) => Err(TreeError::Read(detail)),
            Err(_) => Err(TreeError::Damaged("a page that is not there")),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use aes::cipher::BlockModeEncrypt;
    use aes::cipher::block_padding::Pkcs7;

    use super::*;

    /// Encrypts as a phone does, with padding or without.
    pub(crate) fn encrypt(key: &FileKey, bytes: &[u8], padded: bool) -> Vec<u8> {
        let encryptor = cbc::Encryptor::<aes::Aes256>::new((&*key.0).into(), &[0; 16].into());
        let length = bytes.len();
        let mut buffer = bytes.to_vec();
        buffer.resize(length + BLOCK, 0);
        let encrypted = if padded {
            encryptor.encrypt_padded::<Pkcs7>(&mut buffer, length).unwrap()
        } else {
            encryptor.encrypt_padded::<NoPadding>(&mut buffer, length).unwrap()
        };
        encrypted.to_vec()
    }

    /// An open file with these bytes and no name.
    pub(crate) fn file_of(bytes: &[u8]) -> File {
        use std::io::Write;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn key() -> FileKey {
        FileKey::new(std::array::from_fn(|index| index as u8 * 7))
    }

    fn text(length: usize) -> Vec<u8> {
        (0..length).map(|index| 32 + (index % 90) as u8).collect()
    }

    #[test]
    fn aes_256_cbc_of_nist() {
        // NIST SP 800-38A, F.2.6, with the first vector folded into the first block, as it is zeros here.
        let key: [u8; 32] = [
            0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81, 0x1f, 0x35,
            0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4,
        ];
        let encrypted =
            [0xf5, 0x8c, 0x4c, 0x04, 0xd6, 0xe5, 0xf1, 0xba, 0x77, 0x9e, 0xab, 0xfb, 0x5f, 0x7b, 0xfb, 0xd6];
        let plain = [0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a];
        let expected: Vec<u8> = plain.iter().zip(0u8..).map(|(byte, vector)| byte ^ vector).collect();
        assert_eq!(FileKey::new(key).decrypt(encrypted.to_vec(), None).unwrap().bytes, expected);
    }

    #[test]
    fn padding_counts_first() {
        for length in [0, 1, 15, 16, 17, 495, 496, 4096] {
            let encrypted = encrypt(&key(), &text(length), true);
            for size in [None, Some(length as u64)] {
                let decrypted = key().decrypt(encrypted.clone(), size).unwrap();
                assert_eq!(decrypted, Decrypted { bytes: text(length), note: None });
            }
            // A stale size, too small, too large or beyond reason, costs no byte.
            for stated in [length as u64 + 4096, 0, (length / 2) as u64, 1 << 62] {
                let decrypted = key().decrypt(encrypted.clone(), Some(stated)).unwrap();
                assert_eq!(decrypted.bytes, text(length));
                let note = SizeNote { stated, found: length as u64 };
                assert_eq!(decrypted.note, (stated != length as u64).then_some(note));
            }
        }
    }

    #[test]
    fn without_padding_the_size_counts_in_the_last_block_only() {
        let encrypted = encrypt(&key(), &text(160), false);
        let decrypt = |size| {
            let decrypted = key().decrypt(encrypted.clone(), size).unwrap();
            (decrypted.bytes.len(), decrypted.note)
        };
        assert_eq!(decrypt(None), (160, None));
        assert_eq!(decrypt(Some(160)), (160, None));
        assert_eq!(decrypt(Some(145)), (145, None));
        assert_eq!(decrypt(Some(144)), (160, Some(SizeNote { stated: 144, found: 160 })));
        assert_eq!(decrypt(Some(161)), (160, Some(SizeNote { stated: 161, found: 160 })));
        assert_eq!(decrypt(Some(u64::MAX)), (160, Some(SizeNote { stated: u64::MAX, found: 160 })));
    }

    #[test]
    fn odd_tails_are_no_padding() {
        assert_eq!(padding(&[]), None);
        assert_eq!(padding(&[0; 16]), None);
        assert_eq!(padding(&[17; 32]), None);
        assert_eq!(padding(&[2, 3, 3]), None);
        assert_eq!(padding(&[9, 3, 3, 3]), Some(3));
        assert_eq!(padding(&[16; 16]), Some(16));
        assert_eq!(padding(&[16; 15]), None);
    }

    #[test]
    fn a_cut_file_is_refused() {
        let mut encrypted = encrypt(&key(), &text(100), true);
        encrypted.pop();
        let length = encrypted.len() as u64;
        assert_eq!(key().decrypt(encrypted.clone(), None), Err(CipherError::Truncated { length }));
        let file = EncryptedFile::new(file_of(&encrypted), key());
        assert_eq!(file.err(), Some(CipherError::Truncated { length }));
        assert!(key().decrypt(Vec::new(), Some(0)).unwrap().bytes.is_empty());
    }

    #[test]
    fn keys_and_texts_are_not_for_logs() {
        assert_eq!(format!("{:?}", key()), "FileKey");
        assert_eq!(format!("{:?}", Decrypted { bytes: b"secret".to_vec(), note: None }), "6 bytes, None");
    }

    #[test]
    fn a_stream_gives_the_whole_file() {
        let plain = text(3 * AT_ONCE + 4096);
        let mut file = EncryptedFile::new(file_of(&encrypt(&key(), &plain, true)), key()).unwrap();
        let mut bytes = vec![0; plain.len()];
        file.reader(plain.len() as u64).read_exact(&mut bytes).unwrap();
        assert!(bytes == plain);
        assert!(file.reader(32).read(&mut [0; 15]).is_err());
        assert_eq!(file.reader(0).read(&mut [0; 15]).unwrap(), 0);
    }

    proptest::proptest! {
        #[test]
        fn any_blocks_alone_are_those_of_the_whole(blocks in 1usize..40, from in 0usize..40, count in 0usize..41) {
            let plain = text(blocks * BLOCK);
            let mut file = EncryptedFile::new(file_of(&encrypt(&key(), &plain, false)), key()).unwrap();
            let mut part = vec![0; count * BLOCK];
            let outcome = file.read_at((from * BLOCK) as u64, &mut part);
            match plain.get(from * BLOCK..(from + count) * BLOCK) {
                Some(expected) => { outcome.unwrap(); proptest::prop_assert_eq!(part, expected); }
                None => proptest::prop_assert!(outcome.is_err()),
            }
            proptest::prop_assert!(file.read_at(1, &mut [0; 16]).is_err());
            proptest::prop_assert!(file.read_at(0, &mut [0; 15]).is_err());
        }
    }
}
