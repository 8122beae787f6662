//! The keys of this computer, as `adb` keeps and finds them.
//!
//! `adb` has one key of its own in `.android` of the home folder, whatever other tools' variables say, and takes more from
//! `ADB_VENDOR_KEYS`, files and folders of `*.adb_key` (AOSP `adb/client/auth.cpp`, `adb_auth_init`, `get_vendor_keys`, `load_keys`;
//! `adb/adb_utils.cpp`, `adb_get_android_dir_path`). A key is an RSA key of 2048 bits in PEM: PKCS#8 as `adb` writes it, or PKCS#1 as
//! older ones did. Their reading, signing and encoding are those of the crate `libadb`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use libadb::auth::Authenticator as _;
use libadb::keys::rsa::pkcs8::EncodePublicKey as _;
use libadb::keys::rsa::rand_core::OsRng;
use libadb::keys::{AdbKey, store};
use libadb::tls::TlsIdentity;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::error::AdbError;
use super::waiting::ready;
use crate::text::clean::sanitize;

/// How many keys are tried on one phone. Each is one question more to it.
const MOST_KEYS: usize = 32;
/// How long a key's file may be, in bytes; what is longer is another file.
const LONGEST_FILE: u64 = 64 << 10;
/// How `adb` names the files of a folder of keys.
const VENDOR_SUFFIX: &str = ".adb_key";
/// How many random bytes a phone asks to be signed (AOSP `adb/adb_auth.h`, `TOKEN_SIZE`).
const TOKEN: usize = 20;

/// Where the keys of this computer are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPlaces {
    own: Option<PathBuf>,
    vendor: Vec<PathBuf>,
}

impl KeyPlaces {
    /// The places that `adb` looks into: `.android/adbkey` of the home folder, and what `ADB_VENDOR_KEYS` names.
    pub fn from_variables(variable: impl Fn(&str) -> Option<OsString>, home: Option<PathBuf>) -> Self {
        let vendor = variable("ADB_VENDOR_KEYS").unwrap_or_default();
        let vendor = std::env::split_paths(&vendor).filter(|path| !path.as_os_str().is_empty()).collect();
        KeyPlaces { own: home.map(|home| home.join(".android").join("adbkey")), vendor }
    }

    /// One file, and no other.
    pub fn only(file: PathBuf) -> Self {
        KeyPlaces { own: Some(file), vendor: Vec::new() }
    }

    /// The file of the computer's own key, whether it is there or not; `None` where there is no home folder.
    pub fn own(&self) -> Option<&Path> {
        self.own.as_deref()
    }

    /// Reads every key: the computer's own first, each once.
    pub(crate) fn load(&self) -> Keys {
        let mut keys = Keys::default();
        if let Some(own) = self.own.as_deref().filter(|own| own.exists()) {
            keys.own_damaged = keys.add(own).err();
            keys.has_own = keys.own_damaged.is_none();
        }
        for file in self.vendor.iter().flat_map(|place| files(place)) {
            if let Err(damaged) = keys.add(&file) {
                keys.damaged.push(damaged);
            }
        }
        keys
    }

    /// The computer's own key; made and written down, as `adb` does, where there is none. Says whether it was made.
    ///
    /// # Errors
    ///
    /// [`AdbError::BadKey`] where the file is damaged or cannot be read or written; what is there is never replaced.
    pub(crate) fn own_or_new(&self) -> Result<(Key, bool), AdbError> {
        let path = self.own.as_deref();
        let Some((path, folder)) = path.and_then(|path| Some((path, path.parent()?))) else {
            return Err(AdbError::BadKey {
                path: PathBuf::from(".android/adbkey"),
                detail: "there is no home folder".to_owned(),
            });
        };
        let made = !path.exists();
        let failed = |detail: String| AdbError::BadKey { path: path.to_owned(), detail: sanitize(&detail, 300) };
        store::load_or_generate(folder, &mut OsRng, &name())
            .map(|key| (Key(key), made))
            .map_err(|error| failed(told(&error)))
    }
}

/// The files of keys at one place of `ADB_VENDOR_KEYS`.
fn files(place: &Path) -> Vec<PathBuf> {
    if !place.is_dir() {
        return vec![place.to_owned()];
    }
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|file| file.to_str().is_some_and(|file| file.ends_with(VENDOR_SUFFIX))).collect();
    files.sort();
    files
}

/// What the crate says of a key's file, without the file's name, which stands beside it.
fn told(error: &store::StoreError) -> String {
    match error {
        store::StoreError::Io { source, .. } => source.to_string(),
        store::StoreError::Malformed { source, .. } => source.to_string(),
        store::StoreError::NotAKeyFile { .. } => "it holds no text".to_owned(),
        store::StoreError::Key(source) => source.to_string(),
    }
}

/// The name that a key carries to the phone, which lists it among the computers it trusts: `USER@COMPUTER`, as `adb` says it.
fn name() -> String {
    let variable =
        |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    let user = variable(&["LOGNAME", "USER", "USERNAME"]).unwrap_or_else(|| "poucet".to_owned());
    let computer = variable(&["HOSTNAME", "COMPUTERNAME"])
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok())
        .unwrap_or_else(|| "unknown".to_owned());
    let plain = |text: &str| sanitize(text.trim(), 60).replace(char::is_whitespace, "_");
    format!("{}@{}", plain(&user), plain(&computer))
}

/// The keys that could be read, and the files that could not.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    keys: Vec<Key>,
    has_own: bool,
    own_damaged: Option<AdbError>,
    damaged: Vec<AdbError>,
}

impl Keys {
    fn add(&mut self, file: &Path) -> Result<(), AdbError> {
        let key = Key::read(file)?;
        let is_known = self.keys.iter().any(|known| known.public() == key.public());
        if !is_known && self.keys.len() < MOST_KEYS {
            self.keys.push(key);
        }
        Ok(())
    }

    /// The keys, the computer's own first.
    pub(crate) fn all(&mut self) -> &mut [Key] {
        &mut self.keys
    }

    /// The key that a phone is asked to trust: the computer's own; else one that is made for this visit and forgotten, as no audit
    /// writes anything beside its results.
    ///
    /// # Errors
    ///
    /// The computer's own key is damaged: the phone may trust that one, and its owner should not be asked to trust another.
    pub(crate) fn offered(&mut self) -> Result<&Key, AdbError> {
        if let Some(damaged) = self.own_damaged.clone() {
            return Err(damaged);
        }
        if !self.has_own {
            let made = AdbKey::generate(&mut OsRng, &name())
                .map_err(|error| AdbError::BadKey { path: PathBuf::new(), detail: error.to_string() })?;
            self.keys.insert(0, Key(made));
            self.has_own = true;
        }
        self.keys.first().ok_or_else(|| AdbError::BadKey { path: PathBuf::new(), detail: String::new() })
    }

    /// The file of the computer's own key, where it could not be read.
    pub(crate) fn own_damaged(&self) -> Option<&AdbError> {
        self.own_damaged.as_ref()
    }

    /// The files of other keys that could not be read.
    pub(crate) fn damaged(&self) -> &[AdbError] {
        &self.damaged
    }

    /// Whether there is no key at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// One key.
#[derive(Debug)]
pub(crate) struct Key(AdbKey);

impl Key {
    /// Reads a key's file.
    ///
    /// # Errors
    ///
    /// [`AdbError::BadKey`].
    pub(crate) fn read(file: &Path) -> Result<Key, AdbError> {
        let failed = |detail: &str| AdbError::BadKey { path: file.to_owned(), detail: sanitize(detail, 300) };
        let length = std::fs::metadata(file).map_err(|error| failed(&error.to_string()))?.len();
        if length > LONGEST_FILE {
            return Err(failed("it is too long for a key"));
        }
        let bytes = Zeroizing::new(std::fs::read(file).map_err(|error| failed(&error.to_string()))?);
        let text = std::str::from_utf8(&bytes).map_err(|_| failed("it holds no text"))?;
        // What stands before and after the key is for people; `adb` passes over it too.
        let text =
            text.find("-----BEGIN").and_then(|begin| text.get(begin..)).ok_or_else(|| failed("it holds no key"))?;
        let read = match text.starts_with("-----BEGIN RSA PRIVATE KEY-----") {
            true => AdbKey::from_pkcs1_pem(text, &mut OsRng, &name()),
            false => AdbKey::from_pkcs8_pem(text, &mut OsRng, &name()),
        };
        read.map(Key).map_err(|error| failed(&error.to_string()))
    }

    /// The public key as phones take it: base64 and a name, with a zero at the end.
    pub(crate) fn public(&self) -> &[u8] {
        self.0.public_key_wire()
    }

    /// Signs what the phone asks to be signed; `None` for anything but its twenty bytes.
    pub(crate) fn sign(&mut self, token: &[u8]) -> Option<Vec<u8>> {
        if token.len() != TOKEN {
            return None;
        }
        ready(self.0.sign(token)).and_then(Result::ok)
    }

    /// The key as PKCS#8, which is all that some read.
    pub(crate) fn pkcs8(&self) -> Option<Zeroizing<String>> {
        self.0.to_pkcs8_pem().ok()
    }

    /// The key itself.
    pub(crate) fn inner(&self) -> &AdbKey {
        &self.0
    }

    /// What a phone names a key by that it trusts: the SHA-256 of the public key's SubjectPublicKeyInfo, in upper-case hexadecimal digits
    /// (AOSP `adb/daemon/auth.cpp`, `adbd_tls_client_ca_list`).
    fn fingerprint(&self) -> Option<String> {
        let public = self.0.private_key().to_public_key().to_public_key_der().ok()?;
        Some(Sha256::digest(public.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect())
    }

    /// The key with the certificate that carries it through TLS, and its fingerprint.
    pub(crate) fn certified(&self) -> Option<(String, Arc<CertifiedKey>)> {
        let identity = TlsIdentity::from_key(&self.0, &mut OsRng).ok()?;
        let certificate = CertificateDer::from(identity.certificate_der().to_vec());
        let private = self.0.to_pkcs8_der().ok()?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(private.as_bytes().to_vec()));
        let signing = rustls::crypto::ring::sign::any_supported_type(&private).ok()?;
        Some((self.fingerprint()?, Arc::new(CertifiedKey::new(vec![certificate], signing))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_key_is_in_the_home_folder_whatever_other_tools_variables_say() {
        let home = Some(PathBuf::from("/home/someone"));
        let with = |name: &'static str, value: &'static str| {
            KeyPlaces::from_variables(move |asked| (asked == name).then(|| value.into()), Some("/home/someone".into()))
        };
        let own = Path::new("/home/someone/.android/adbkey");
        assert_eq!(KeyPlaces::from_variables(|_| None, home).own(), Some(own));
        assert_eq!(with("ANDROID_USER_HOME", "/keys").own(), Some(own));
        assert_eq!(with("ANDROID_SDK_HOME", "/kit").own(), Some(own));
        assert_eq!(KeyPlaces::from_variables(|_| None, None).own(), None);
        let vendor = if cfg!(windows) { with("ADB_VENDOR_KEYS", "a;;b") } else { with("ADB_VENDOR_KEYS", "a::b") };
        assert_eq!(vendor.vendor, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(vendor.own(), Some(own));
    }

    #[test]
    fn keys_of_both_forms_are_read_and_a_damaged_one_is_named() {
        use libadb::keys::rsa::pkcs1::EncodeRsaPrivateKey as _;
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("home").join(".android").join("adbkey");
        let (key, made) = KeyPlaces::only(own.clone()).own_or_new().unwrap();
        assert!(made && !KeyPlaces::only(own.clone()).own_or_new().unwrap().1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&own).unwrap().permissions().mode() & 0o077, 0);
        }

        let keys = folder.path().join("keys");
        std::fs::create_dir(&keys).unwrap();
        let old = key.inner().private_key().to_pkcs1_pem(libadb::keys::rsa::pkcs8::LineEnding::LF).unwrap();
        std::fs::write(keys.join("desk.adb_key"), format!("the key of the desk\n{}", &*old)).unwrap();
        std::fs::write(keys.join("notes.txt"), "no key").unwrap();
        let places = KeyPlaces { own: None, vendor: vec![keys.clone()] };
        let mut loaded = places.load();
        assert_eq!((loaded.all().len(), loaded.own_damaged(), loaded.damaged().len()), (1, None, 0));
        assert_eq!(loaded.all()[0].public(), key.public());

        // The same key twice is one question to the phone.
        let places = KeyPlaces { own: Some(own.clone()), vendor: vec![keys.join("desk.adb_key")] };
        assert_eq!(places.load().all().len(), 1);
        assert_eq!(places.load().offered().unwrap().public(), key.public());

        for damaged in ["junk\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", ""] {
            std::fs::write(&own, damaged).unwrap();
            let mut loaded = places.load();
            assert_eq!(loaded.all().len(), 1, "the others are tried all the same");
            assert!(matches!(loaded.own_damaged(), Some(AdbError::BadKey { path, .. }) if *path == own));
            assert_eq!(loaded.offered().unwrap_err().hint_key(), "adb-bad-key");
            assert_eq!(places.own_or_new().err().map(|error| error.hint_key()), Some("adb-bad-key"));
            assert_eq!(std::fs::read_to_string(&own).unwrap(), damaged, "a key is never replaced");
        }
        let nowhere = KeyPlaces { own: None, vendor: vec![folder.path().join("nowhere")] };
        let mut loaded = nowhere.load();
        assert_eq!(loaded.damaged().len(), 1);
        assert!(loaded.offered().is_ok(), "a key for this visit");
    }

    #[test]
    fn only_what_phones_ask_for_is_signed() {
        let folder = tempfile::tempdir().unwrap();
        let (mut key, _) = KeyPlaces::only(folder.path().join("adbkey")).own_or_new().unwrap();
        assert_eq!(key.sign(&[7; 20]).map(|signature| signature.len()), Some(256));
        assert!(key.sign(&[7; 32]).is_none() && key.sign(&[]).is_none());
        let (fingerprint, _) = key.certified().unwrap();
        assert_eq!(fingerprint.len(), 64);
    }
}
