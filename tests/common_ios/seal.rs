//! Keys and encryption of a backup, and the numbers that only look random.

use aes_kw::{KeyInit as _, KwAes256};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};

/// Numbers from a seed (SplitMix64).
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// Numbers that belong to a word.
    pub fn of(word: &str) -> Rng {
        Rng(word.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = u8::try_from(self.next() & 0xFF).unwrap();
        }
        bytes
    }

    pub fn uuid(&mut self) -> String {
        let bytes: [u8; 16] = self.bytes();
        let hex = super::hex(&bytes).to_uppercase();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}

/// How a backup is encrypted.
#[derive(Clone, Debug)]
pub struct Seal {
    pub password: Vec<u8>,
    /// Rounds of SHA-256 under `DPSL`; `None` is a bag of iOS before 10.2.
    pub dpic: Option<u32>,
    /// Rounds of SHA-1 under `SALT`.
    pub iter: u32,
    /// Rounds that the bag claims instead of the true ones.
    pub claimed_dpic: Option<u32>,
    pub claimed_iter: Option<u32>,
    /// Padding of `Manifest.db`; real phones pad.
    pub pad_manifest: bool,
    /// `Manifest.db` of iOS 10.0 and 10.1 is in the clear, without `ManifestKey`.
    pub manifest_encrypted: bool,
    pub manifest_class: u32,
    /// The groups of the classes from the last to the first, as bags of encrypted backups have them.
    pub descending: bool,
    /// `WRAP` of a class.
    pub wrap: fn(u32) -> u32,
    /// Classes whose wrapped key is damaged.
    pub damaged: &'static [u32],
}

impl Seal {
    pub fn new(password: &[u8], dpic: u32, iter: u32) -> Seal {
        Seal {
            password: password.to_vec(),
            dpic: Some(dpic),
            iter,
            claimed_dpic: None,
            claimed_iter: None,
            pad_manifest: true,
            manifest_encrypted: true,
            manifest_class: 3,
            descending: true,
            wrap: |class| if matches!(class, 5 | 9..=11) { 3 } else { 2 },
            damaged: &[],
        }
    }

    /// The bag that unencrypted backups have: the empty password, SHA-1 only.
    pub fn unencrypted() -> Seal {
        let wrap = |class| if class <= 4 { 2 } else { 3 };
        Seal { dpic: None, descending: false, wrap, ..Seal::new(b"", 0, 10) }
    }
}

/// The keys of one backup.
pub struct Keys {
    pub bag: Vec<u8>,
    classes: Vec<(u32, [u8; 32])>,
}

impl Keys {
    pub fn new(seal: &Seal, rng: &mut Rng) -> Keys {
        let (salt, second_salt): ([u8; 20], [u8; 20]) = (rng.bytes(), rng.bytes());
        let mut secret = seal.password.clone();
        if let Some(rounds) = seal.dpic {
            let mut stretched = [0; 32];
            pbkdf2::pbkdf2_hmac::<sha2::Sha256>(&secret, &second_salt, rounds, &mut stretched);
            secret = stretched.to_vec();
        }
        let mut over_all = [0; 32];
        pbkdf2::pbkdf2_hmac::<sha1::Sha1>(&secret, &salt, seal.iter, &mut over_all);
        let mut bag = Vec::new();
        let mut put = |tag: &[u8; 4], value: &[u8]| {
            bag.extend_from_slice(tag);
            bag.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
            bag.extend_from_slice(value);
        };
        put(b"VERS", &5_u32.to_be_bytes());
        put(b"TYPE", &1_u32.to_be_bytes());
        put(b"UUID", &rng.bytes::<16>());
        put(b"HMCK", &[0; 40]);
        put(b"WRAP", &0_u32.to_be_bytes());
        put(b"SALT", &salt);
        put(b"ITER", &seal.claimed_iter.unwrap_or(seal.iter).to_be_bytes());
        if let Some(rounds) = seal.dpic {
            put(b"DPWT", &1_u32.to_be_bytes());
            put(b"DPIC", &seal.claimed_dpic.unwrap_or(rounds).to_be_bytes());
            put(b"DPSL", &second_salt);
        }
        let mut classes: Vec<(u32, [u8; 32])> = (1..=11).map(|class| (class, rng.bytes())).collect();
        if seal.descending {
            classes.reverse();
        }
        for (class, key) in &classes {
            let mut wrapped = wrap(&over_all, key);
            if seal.damaged.contains(class) {
                wrapped[7] ^= 1;
            }
            put(b"UUID", &rng.bytes::<16>());
            put(b"CLAS", &class.to_be_bytes());
            put(b"WRAP", &(seal.wrap)(*class).to_be_bytes());
            put(b"KTYP", &0_u32.to_be_bytes());
            put(b"WPKY", &wrapped);
        }
        Keys { bag, classes }
    }

    /// A new key for a file, and the field that wraps it: the class in little-endian order, then the wrapped key.
    pub fn file_key(&self, class: u32, rng: &mut Rng) -> ([u8; 32], Vec<u8>) {
        let (_, of_class) = self.classes.iter().find(|(number, _)| *number == class).expect("a class of the bag");
        let key: [u8; 32] = rng.bytes();
        let mut field = class.to_le_bytes().to_vec();
        field.extend_from_slice(&wrap(of_class, &key));
        (key, field)
    }
}

/// RFC 3394.
fn wrap(with: &[u8; 32], key: &[u8; 32]) -> [u8; 40] {
    let mut wrapped = [0; 40];
    KwAes256::new_from_slice(with).unwrap().wrap_key(key, &mut wrapped).unwrap();
    wrapped
}

/// AES-256-CBC with a zero initialization vector; padded by PKCS#7, or not at all.
pub fn cbc(key: &[u8; 32], plain: &[u8], pad: bool) -> Vec<u8> {
    let mut bytes = plain.to_vec();
    if pad {
        let missing = 16 - bytes.len() % 16;
        bytes.extend(std::iter::repeat_n(u8::try_from(missing).unwrap(), missing));
    }
    let length = bytes.len();
    let encryptor = cbc::Encryptor::<aes::Aes256>::new_from_slices(key, &[0; 16]).unwrap();
    encryptor.encrypt_padded::<NoPadding>(&mut bytes, length).unwrap();
    bytes
}
