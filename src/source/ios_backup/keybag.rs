//! The keybag of a backup: from the password to the keys of its files.
//!
//! `BackupKeyBag` of `Manifest.plist` is a flat list of tag (4 letters), length (4 bytes, big-endian) and value: first a header,
//! then one group for each protection class, which begins with a `UUID` of its own. The password goes through PBKDF2 with
//! HMAC-SHA-256 (`DPSL`, `DPIC`; since iOS 10.2), then through PBKDF2 with HMAC-SHA-1 (`SALT`, `ITER`); the result unwraps (RFC
//! 3394) the key of each class, and the key of a class unwraps those of its files. RFC 3394 has an integrity value, so that a wrong
//! password unwraps nothing.
//!
//! The file is hostile: the number of rounds is bounded before any work is done.

use aes::cipher::KeyInit;
use aes_kw::KwAes256;
use pbkdf2::pbkdf2_hmac;
use zeroize::Zeroizing;

use super::cipher::FileKey;
use super::password::Password;

/// The longest keybag in bytes; those of phones have some 1,400.
const LONGEST: usize = 64 << 10;
/// The most rounds of the first derivation (`DPIC`); phones write 10,000,000.
pub const MOST_FIRST_ROUNDS: u32 = 40_000_000;
/// The most rounds of the second derivation (`ITER`); phones write 10,000.
pub const MOST_SECOND_ROUNDS: u32 = 10_000_000;
/// A key of 32 bytes, wrapped.
const WRAPPED: usize = 40;

/// Why a keybag gave no keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeybagError {
    /// More bytes than a keybag can have.
    #[error("a keybag of {length} bytes; copy the backup again")]
    TooLong {
        /// The length in bytes.
        length: usize,
    },
    /// It ends in the middle of a value.
    #[error("the keybag is cut off at byte {offset}; copy the backup again")]
    Truncated {
        /// Where the last whole value ends, in bytes.
        offset: usize,
    },
    /// A value has a length or a content that it cannot have.
    #[error("the keybag has a bad {tag}; copy the backup again")]
    Malformed {
        /// The tag of the value.
        tag: &'static str,
    },
    /// A value is missing without which nothing can be derived.
    #[error("the keybag has no {tag}; copy the backup again")]
    Missing {
        /// The tag of the value.
        tag: &'static str,
    },
    /// The key would take minutes or days to derive: no phone writes such a number.
    #[error("the keybag asks for {rounds} rounds of key derivation, which no phone does; do not trust this backup")]
    TooManyRounds {
        /// All rounds together.
        rounds: u64,
    },
    /// Not one class could be unwrapped.
    #[error("the password is not that of this backup")]
    WrongPassword,
    /// The class of the file's key is not in the keybag, or could not be unwrapped.
    #[error("the keybag gives no key of protection class {class}")]
    NoClass {
        /// The protection class.
        class: u32,
    },
    /// A wrapped key has another form than 4 bytes of class and 40 bytes of key.
    #[error("a wrapped key of {length} bytes instead of 44")]
    BadWrappedKey {
        /// The length in bytes.
        length: usize,
    },
    /// The key of the class does not unwrap it: it was damaged, or belongs to another backup.
    #[error("a wrapped key of protection class {class} is damaged, or of another backup")]
    DamagedKey {
        /// The protection class.
        class: u32,
    },
}

/// One class, still wrapped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Class {
    number: Option<u32>,
    wrapped: Option<Vec<u8>>,
}

/// A keybag that was read, and not yet opened. There is nothing secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keybag {
    salt: Vec<u8>,
    rounds: u32,
    /// Salt and rounds of the first derivation; none before iOS 10.2, or without a password.
    first: Option<(Vec<u8>, u32)>,
    classes: Vec<Class>,
}

impl Keybag {
    /// Reads `BackupKeyBag`. Tags that are not known are passed over.
    ///
    /// # Errors
    /// When it is cut off, or a value is missing or cannot be true.
    pub fn parse(bytes: &[u8]) -> Result<Keybag, KeybagError> {
        if bytes.len() > LONGEST {
            return Err(KeybagError::TooLong { length: bytes.len() });
        }
        let (mut salt, mut rounds, mut first_salt, mut first_rounds) = (None, None, None, None);
        let mut in_header = true;
        let mut identifiers = 0;
        let mut classes: Vec<Class> = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let truncated = KeybagError::Truncated { offset: bytes.len() - rest.len() };
            let Some((tag, value, after)) = split(rest) else { return Err(truncated) };
            rest = after;
            match (tag, classes.last_mut()) {
                (b"UUID", _) => {
                    identifiers += 1;
                    in_header = identifiers < 2;
                    if !in_header {
                        classes.push(Class::default());
                    }
                }
                (b"SALT", _) if in_header => salt = Some(value),
                (b"ITER", _) if in_header => rounds = Some(integer(value).ok_or(malformed("ITER"))?),
                (b"DPSL", _) if in_header => first_salt = Some(value),
                (b"DPIC", _) if in_header => first_rounds = Some(integer(value).ok_or(malformed("DPIC"))?),
                (b"CLAS", Some(class)) => class.number = Some(integer(value).ok_or(malformed("CLAS"))?),
                (b"WPKY", Some(class)) => class.wrapped = Some(value.to_vec()),
                _ => {}
            }
        }
        classes.retain(|class| class.number.is_some() && class.wrapped.is_some());
        if classes.is_empty() {
            return Err(KeybagError::Missing { tag: "WPKY" });
        }
        let first = match (first_salt, first_rounds) {
            (Some(salt), Some(rounds)) => Some((salt.to_vec(), positive(rounds, "DPIC")?)),
            (None, None) => None,
            (None, Some(_)) => return Err(KeybagError::Missing { tag: "DPSL" }),
            (Some(_), None) => return Err(KeybagError::Missing { tag: "DPIC" }),
        };
        Ok(Keybag {
            salt: salt.ok_or(KeybagError::Missing { tag: "SALT" })?.to_vec(),
            rounds: positive(rounds.ok_or(KeybagError::Missing { tag: "ITER" })?, "ITER")?,
            first,
            classes,
        })
    }

    /// How many rounds of key derivation [`Keybag::unlock`] does: 10,010,000 for a backup of today, about a second.
    pub fn rounds(&self) -> u64 {
        u64::from(self.rounds) + self.first.as_ref().map_or(0, |(_, rounds)| u64::from(*rounds))
    }

    /// Derives the key from the password and unwraps the classes, all of them, whatever their `WRAP` says (in a backup the password
    /// alone wraps them). Some that do not unwrap are damaged, or of a kind that this version does not know: they are left out.
    ///
    /// # Errors
    /// When it would take too long, or the password is wrong.
    pub fn unlock(&self, password: &Password) -> Result<ClassKeys, KeybagError> {
        let first_rounds = self.first.as_ref().map_or(0, |(_, rounds)| *rounds);
        if first_rounds > MOST_FIRST_ROUNDS || self.rounds > MOST_SECOND_ROUNDS {
            return Err(KeybagError::TooManyRounds { rounds: self.rounds() });
        }
        let mut key = Zeroizing::new([0; 32]);
        match &self.first {
            Some((salt, rounds)) => {
                let mut first = Zeroizing::new([0; 32]);
                pbkdf2_hmac::<sha2::Sha256>(password.as_bytes(), salt, *rounds, &mut *first);
                pbkdf2_hmac::<sha1::Sha1>(&*first, &self.salt, self.rounds, &mut *key);
            }
            None => pbkdf2_hmac::<sha1::Sha1>(password.as_bytes(), &self.salt, self.rounds, &mut *key),
        }
        let mut keys = ClassKeys { keys: Vec::new(), left_out: 0 };
        for class in &self.classes {
            let unwrapped = class.wrapped.as_deref().and_then(|wrapped| unwrap(&key, wrapped));
            match (class.number, unwrapped) {
                (Some(number), Some(key)) if keys.key(number).is_none() => keys.keys.push((number, key)),
                _ => keys.left_out += 1,
            }
        }
        if keys.keys.is_empty() { Err(KeybagError::WrongPassword) } else { Ok(keys) }
    }
}

/// The keys of the protection classes. They are wiped when they go.
pub struct ClassKeys {
    keys: Vec<(u32, Zeroizing<[u8; 32]>)>,
    left_out: usize,
}

impl std::fmt::Debug for ClassKeys {
    /// Without the keys.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ClassKeys ({} classes, {} left out)", self.keys.len(), self.left_out)
    }
}

impl ClassKeys {
    /// Unwraps `ManifestKey` of `Manifest.plist` or `EncryptionKey` of a file: 4 bytes of class, little-endian, and 40 bytes.
    ///
    /// # Errors
    /// When it has another form, its class has no key, or the key does not unwrap it.
    pub fn unwrap_key(&self, wrapped: &[u8]) -> Result<FileKey, KeybagError> {
        let bad = KeybagError::BadWrappedKey { length: wrapped.len() };
        let Some((class, wrapped)) = wrapped.split_first_chunk::<4>() else { return Err(bad) };
        if wrapped.len() != WRAPPED {
            return Err(bad);
        }
        let class = u32::from_le_bytes(*class);
        let key = self.key(class).ok_or(KeybagError::NoClass { class })?;
        unwrap(key, wrapped).map(FileKey::from_zeroizing).ok_or(KeybagError::DamagedKey { class })
    }

    /// How many classes of the keybag gave no key.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    fn key(&self, class: u32) -> Option<&Zeroizing<[u8; 32]>> {
        self.keys.iter().find(|(number, _)| *number == class).map(|(_, key)| key)
    }
}

/// RFC 3394.
fn unwrap(key: &Zeroizing<[u8; 32]>, wrapped: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let mut unwrapped = Zeroizing::new([0; 32]);
    let length = KwAes256::new((&**key).into()).unwrap_key(wrapped, &mut *unwrapped).ok()?.len();
    (length == unwrapped.len()).then_some(unwrapped)
}

/// Tag, value, and what follows.
fn split(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (value, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some((tag, value, rest))
}

fn integer(value: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(value.try_into().ok()?))
}

fn malformed(tag: &'static str) -> KeybagError {
    KeybagError::Malformed { tag }
}

fn positive(rounds: u32, tag: &'static str) -> Result<u32, KeybagError> {
    if rounds > 0 { Ok(rounds) } else { Err(malformed(tag)) }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A keybag as a phone writes it.
    pub(crate) struct Bag {
        pub(crate) salt: Vec<u8>,
        pub(crate) rounds: u32,
        pub(crate) first: Option<(Vec<u8>, u32)>,
        /// Number, value of `WRAP`, wrapped key.
        pub(crate) classes: Vec<(u32, u32, Vec<u8>)>,
    }

    impl Bag {
        pub(crate) fn bytes(&self) -> Vec<u8> {
            let mut bag = Vec::new();
            let mut put = |tag: &str, value: &[u8]| {
                bag.extend_from_slice(tag.as_bytes());
                bag.extend_from_slice(&(value.len() as u32).to_be_bytes());
                bag.extend_from_slice(value);
            };
            put("VERS", &5u32.to_be_bytes());
            put("TYPE", &1u32.to_be_bytes());
            put("UUID", &[1; 16]);
            put("HMCK", &[0; 40]);
            put("WRAP", &0u32.to_be_bytes());
            put("SALT", &self.salt);
            put("ITER", &self.rounds.to_be_bytes());
            if let Some((salt, rounds)) = &self.first {
                put("DPWT", &1u32.to_be_bytes());
                put("DPIC", &rounds.to_be_bytes());
                put("DPSL", salt);
            }
            for (number, wrap, wrapped) in &self.classes {
                put("UUID", &[2; 16]);
                put("CLAS", &number.to_be_bytes());
                put("WRAP", &wrap.to_be_bytes());
                put("KTYP", &0u32.to_be_bytes());
                put("WPKY", wrapped);
                put("PBKY", &[9; 32]);
            }
            bag
        }
    }

    fn wrap(key: &[u8; 32], plain: &[u8; 32]) -> Vec<u8> {
        let mut wrapped = [0; 40];
        KwAes256::new(key.into()).wrap_key(plain, &mut wrapped).unwrap();
        wrapped.to_vec()
    }

    fn password(text: &str) -> Password {
        Password::from_bytes(text.into())
    }

    /// A cheap keybag of the password `password` with the key of class `n` all `n`.
    fn cheap() -> Bag {
        let (mut first, mut key) = ([0; 32], [0; 32]);
        pbkdf2_hmac::<sha2::Sha256>(b"password", b"first", 3, &mut first);
        pbkdf2_hmac::<sha1::Sha1>(&first, b"second", 2, &mut key);
        let classes =
            (1u8..=11).map(|class| (u32::from(class), u32::from(class) % 4, wrap(&key, &[class; 32]))).collect();
        Bag { salt: b"second".to_vec(), rounds: 2, first: Some((b"first".to_vec(), 3)), classes }
    }

    #[test]
    fn every_class_unwraps_whatever_its_flags_say() {
        let bag = Keybag::parse(&cheap().bytes()).unwrap();
        assert_eq!(bag.rounds(), 5);
        let keys = bag.unlock(&password("password")).unwrap();
        assert_eq!(keys.left_out(), 0);
        for class in 1u8..=11 {
            assert_eq!(**keys.key(u32::from(class)).unwrap(), [class; 32]);
            let mut field = u32::from(class).to_le_bytes().to_vec();
            field.extend(wrap(&[class; 32], &[77; 32]));
            assert_eq!(keys.unwrap_key(&field).unwrap().bytes(), &[77; 32]);
        }
        assert_eq!(format!("{keys:?}"), "ClassKeys (11 classes, 0 left out)");
    }

    #[test]
    fn a_wrong_password_is_said_so() {
        let bag = Keybag::parse(&cheap().bytes()).unwrap();
        for wrong in ["", "Password", "password ", "password\n"] {
            assert_eq!(bag.unlock(&password(wrong)).err(), Some(KeybagError::WrongPassword));
        }
    }

    #[test]
    fn damaged_classes_do_not_cost_the_others() {
        let mut damaged = cheap();
        damaged.classes[0].2[5] ^= 1;
        damaged.classes[1].2.pop();
        damaged.classes[2].2.clear();
        damaged.classes[3].2.extend([0; 8]);
        let keys = Keybag::parse(&damaged.bytes()).unwrap().unlock(&password("password")).unwrap();
        assert_eq!(keys.left_out(), 4);
        let field = |class: u32| [class.to_le_bytes().as_slice(), &[0; 40]].concat();
        assert_eq!(keys.unwrap_key(&field(1)).err(), Some(KeybagError::NoClass { class: 1 }));
        assert_eq!(keys.unwrap_key(&field(5)).err(), Some(KeybagError::DamagedKey { class: 5 }));
        for length in [0, 3, 4, 40, 43, 45] {
            let outcome = keys.unwrap_key(&vec![0; length]).err();
            assert_eq!(outcome, Some(KeybagError::BadWrappedKey { length }));
        }
    }

    #[test]
    fn too_many_rounds_are_refused_before_any_work() {
        let started = std::time::Instant::now();
        for (first, second) in [(MOST_FIRST_ROUNDS + 1, 1), (u32::MAX, u32::MAX), (1, MOST_SECOND_ROUNDS + 1)] {
            let bag = Bag { rounds: second, first: Some((vec![0; 20], first)), ..cheap() };
            let bag = Keybag::parse(&bag.bytes()).unwrap();
            let rounds = u64::from(first) + u64::from(second);
            assert_eq!(bag.unlock(&password("x")).err(), Some(KeybagError::TooManyRounds { rounds }));
        }
        assert!(started.elapsed().as_secs() < 5);
        let none = Bag { rounds: 0, ..cheap() };
        assert_eq!(Keybag::parse(&none.bytes()), Err(KeybagError::Malformed { tag: "ITER" }));
        let none = Bag { first: Some((vec![], 0)), ..cheap() };
        assert_eq!(Keybag::parse(&none.bytes()), Err(KeybagError::Malformed { tag: "DPIC" }));
    }

    #[test]
    fn what_is_missing_or_cut_is_named() {
        let whole = cheap().bytes();
        assert_eq!(Keybag::parse(&[]), Err(KeybagError::Missing { tag: "WPKY" }));
        assert_eq!(Keybag::parse(&vec![0; LONGEST + 1]), Err(KeybagError::TooLong { length: LONGEST + 1 }));
        assert_eq!(Keybag::parse(&whole[..whole.len() - 1]), Err(KeybagError::Truncated { offset: whole.len() - 40 }));
        let renamed = |from: &str, to: &str| {
            let mut bytes = whole.clone();
            let at = bytes.windows(4).position(|tag| tag == from.as_bytes()).unwrap();
            bytes[at..at + 4].copy_from_slice(to.as_bytes());
            Keybag::parse(&bytes)
        };
        for tag in ["SALT", "ITER", "DPSL", "DPIC"] {
            assert_eq!(renamed(tag, "XXXX"), Err(KeybagError::Missing { tag }));
        }
        assert_eq!(renamed("DPSL", "ITER"), Err(KeybagError::Malformed { tag: "ITER" }));
    }

    #[derive(serde::Deserialize)]
    struct Vector {
        password: String,
        salt: String,
        iter: u32,
        dpsl: Option<String>,
        dpic: Option<u32>,
        wpky: String,
        class_key: String,
    }

    fn hex(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
    }

    fn corpus() -> Option<std::path::PathBuf> {
        crate::skip::corpus("ios/keybags")
    }

    fn vectors(most_rounds: u64) -> Option<usize> {
        let corpus = corpus()?;
        let file = std::fs::read(corpus.join("itunes_backup_hash_vectors.json")).unwrap();
        let vectors: Vec<Vector> = serde_json::from_slice(&file).unwrap();
        assert_eq!(vectors.len(), 6);
        assert_eq!(vectors.iter().filter(|vector| vector.dpsl.is_none()).count(), 2);
        let mut tried = 0;
        for vector in vectors {
            let first = vector.dpsl.map(|salt| (hex(&salt), vector.dpic.unwrap()));
            let classes = vec![(4, 2, hex(&vector.wpky))];
            let bag = Bag { salt: hex(&vector.salt), rounds: vector.iter, first, classes };
            let bag = Keybag::parse(&bag.bytes()).unwrap();
            if bag.rounds() <= most_rounds {
                let keys = bag.unlock(&password(&vector.password)).unwrap();
                assert_eq!(keys.key(4).unwrap().as_slice(), hex(&vector.class_key));
                tried += 1;
            }
        }
        Some(tried)
    }

    /// Two of iOS before 10.2, and one after it.
    #[test]
    fn published_vectors_with_few_rounds() {
        assert!(vectors(100_000).is_none_or(|tried| tried == 3));
    }

    /// All, two of real phones among them.
    #[test]
    #[ignore = "30,000,000 rounds: a minute without optimisation"]
    fn published_vectors_with_the_rounds_of_a_phone() {
        assert!(vectors(u64::MAX).is_none_or(|tried| tried == 6));
    }

    fn full_bag(name: &str) {
        let Some(corpus) = corpus() else { return };
        let expected = std::fs::read(corpus.join("expected_class_keys.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
        let expected = &expected[name];
        let bag = Keybag::parse(&std::fs::read(corpus.join(name)).unwrap()).unwrap();
        let keys = bag.unlock(&password(expected["password"].as_str().unwrap())).unwrap();
        let classes = expected["class_keys"].as_object().unwrap();
        assert_eq!((classes.len(), keys.keys.len(), keys.left_out()), (11, 11, 0));
        for (class, key) in classes {
            assert_eq!(keys.key(class.parse().unwrap()).unwrap().as_slice(), hex(key.as_str().unwrap()));
        }
    }

    #[test]
    fn the_bag_of_a_backup_without_password_opens_with_the_empty_one() {
        full_bag("unencrypted_backup_keybag.bin");
    }

    #[test]
    #[ignore = "10,000,000 rounds: 20 seconds without optimisation"]
    fn a_bag_with_the_rounds_of_a_phone() {
        full_bag("pyiosbackup_zero_salt_keybag.bin");
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Keybag::parse(&bytes);
        }

        #[test]
        fn never_panics_on_nearly_right_bags(place in 0usize..2000, byte in any::<u8>(), cut in 0usize..2000) {
            let mut bytes = cheap().bytes();
            let length = bytes.len();
            bytes[place % length] = byte;
            bytes.truncate(cut.max(1));
            if let Ok(bag) = Keybag::parse(&bytes) && bag.rounds() < 100_000 && let Ok(keys) = bag.unlock(&password("password")) {
                prop_assert_eq!(keys.keys.len() + keys.left_out(), bag.classes.len());
                let _ = keys.unwrap_key(&bytes);
            }
        }

        #[test]
        fn every_group_is_a_class(classes in prop::collection::vec((any::<u32>(), any::<u32>()), 1..40), salt in prop::collection::vec(any::<u8>(), 0..60)) {
            let groups = classes.iter().map(|(number, wrap)| (*number, *wrap, vec![7; 40])).collect();
            let bag = Bag { salt: salt.clone(), rounds: 1, first: None, classes: groups };
            let bag = Keybag::parse(&bag.bytes()).unwrap();
            prop_assert_eq!(&bag.salt, &salt);
            let read: Vec<Option<u32>> = bag.classes.iter().map(|class| class.number).collect();
            prop_assert_eq!(read, classes.iter().map(|(number, _)| Some(*number)).collect::<Vec<_>>());
            prop_assert_eq!(bag.unlock(&password("x")).err(), Some(KeybagError::WrongPassword));
        }
    }
}
