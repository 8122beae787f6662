//! The door of a backup: whether it is encrypted, with which keys it opens, and the files that poucet reads.
//!
//! Nothing that the index says of itself is believed: each file is looked up by the name that poucet computes from its domain and path
//! (SHA-1, `docs/formats/ios-backup.md`), and read from the place that follows from this name.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::find;
use super::index::{Entry, Index, file_id};
use super::keybag::{ClassKeys, Keybag, KeybagError};
use super::password::Password;
use super::payload::{self, Failure, LARGEST};
use crate::evidence::Reason;
use crate::evidence::ios::{Artefact, BackupEvidence, BackupItem, BackupMissing};
use crate::parse::ios::file_record::{self, FileRecord};
use crate::parse::ios::plist::{self, Value};
use crate::parse::ios::sqlite::MAGIC;
use crate::source::SourceError;
use crate::text::clean::sanitize;

/// How many configuration profiles are looked up.
const MOST_PROFILES: usize = 500;
/// How often a password may be asked for, whoever answers.
const MOST_ATTEMPTS: u32 = 20;

/// A password is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// 1 at first; one more after each password that was wrong.
    pub attempt: u32,
    /// How many rounds of key derivation each attempt takes: phones write 10,010,000, about a second.
    pub rounds: u64,
}

/// Opens the backup in `folder` and reads what poucet reads. `ask` is called only when the backup is encrypted; when it has no password at
/// the first attempt, only the files at the top are read and the evidence says `locked`.
///
/// # Errors
/// When no password that was given is right, when the keybag or the index is damaged, when the folder is a backup of iOS 9 or earlier or
/// has no index, or when it may not be read.
pub fn open(folder: &Path, ask: &mut dyn FnMut(Ask) -> Option<Password>) -> Result<BackupEvidence, SourceError> {
    // Folders that may not be listed are refused before anything in them looks absent.
    std::fs::read_dir(folder).map_err(|error| SourceError::io(folder, error))?;
    let name = name_of(folder);
    let mut evidence = BackupEvidence { target: sanitize(&name, 200), ..BackupEvidence::default() };
    for artefact in [Artefact::Info, Artefact::Manifest, Artefact::Status] {
        read_top(folder, artefact, &mut evidence);
    }
    // Lists of apps make up most of both.
    let top = |artefact: Artefact| {
        let item = evidence.first(artefact)?;
        plist::read_without(&item.bytes, &["Applications", "iTunes Files"]).ok()
    };
    let (info, manifest, status) = (top(Artefact::Info), top(Artefact::Manifest), top(Artefact::Status));
    let from_manifest = |keys: &[&str]| manifest.as_ref().and_then(|manifest| manifest.at(keys));
    let serial = serial(info.as_ref(), from_manifest(&["Lockdown", "UniqueDeviceID"]), &name);
    let unfinished = unfinished(folder, status.as_ref());
    evidence.serial = serial;
    evidence.unfinished = unfinished;

    let model = from_manifest(&["Lockdown", "ProductType"])
        .or_else(|| info.as_ref()?.get("Product Type"))
        .and_then(Value::text)
        .unwrap_or_default();
    if is_other_device(model) {
        return Err(SourceError::OtherDevice { path: folder.to_owned(), model: sanitize(model, 60) });
    }

    let index_path = folder.join("Manifest.db");
    let (index_file, has_magic) = open_index(folder, &index_path)?;
    let says = from_manifest(&["IsEncrypted"]).and_then(Value::bool);
    let manifest_key = from_manifest(&["ManifestKey"]).and_then(Value::data);
    let doors = Doors { says, has_magic, has_manifest_key: manifest_key.is_some() };
    evidence.encrypted = doors.is_encrypted();

    let mut keys = None;
    let mut index = if doors.needs_password() {
        let Some(bag) = from_manifest(&["BackupKeyBag"]).and_then(Value::data) else {
            return Err(match says {
                Some(true) => {
                    SourceError::DamagedKeybag { path: folder.to_owned(), detail: "BackupKeyBag: 0".to_owned() }
                }
                _ => SourceError::DamagedIndex { path: folder.to_owned(), detail: NO_MAGIC.to_owned() },
            });
        };
        let bag = Keybag::parse(bag).map_err(|error| keybag_error(folder, &error))?;
        let Some(unlocked) = unlock(folder, bag.rounds(), ask, |password| bag.unlock(password))? else {
            evidence.locked = true;
            for artefact in Artefact::ALL.iter().filter(|artefact| artefact.is_expected()) {
                if *artefact == Artefact::ManifestDb || !artefact.is_at_the_top() {
                    evidence.missing.push(missing(*artefact, Reason::NoPassword, ""));
                }
            }
            return Ok(evidence);
        };
        let index = match manifest_key.filter(|_| !has_magic) {
            Some(wrapped) => {
                let key = unlocked.unwrap_key(wrapped).map_err(|error| keybag_error(folder, &error))?;
                Index::encrypted(index_file, key)
            }
            None if has_magic => Index::plain(&index_path),
            // Not SQLite, and no key that would make it so.
            None => return Err(SourceError::DamagedIndex { path: folder.to_owned(), detail: NO_MAGIC.to_owned() }),
        };
        keys = Some(unlocked);
        index
    } else if has_magic {
        Index::plain(&index_path)
    } else {
        return Err(SourceError::DamagedIndex { path: folder.to_owned(), detail: NO_MAGIC.to_owned() });
    }
    .map_err(|error| SourceError::DamagedIndex {
        path: folder.to_owned(),
        detail: sanitize(&error.to_string(), 200),
    })?;

    let mut reader = Reader { folder, keys: keys.as_ref(), index: &mut index, evidence: &mut evidence };
    for artefact in Artefact::ALL {
        if !artefact.is_at_the_top() && *artefact != Artefact::ProfileStub {
            reader.take(*artefact);
        }
    }
    reader.profiles();
    // Older versions keep these settings in another place.
    if evidence.first(Artefact::EffectiveSettingsOld).is_some() {
        evidence.missing.retain(|gap| (gap.artefact, gap.reason) != (Artefact::EffectiveSettings, Reason::Absent));
    }
    match index.app_domains() {
        Ok(domains) => evidence.app_domains = domains,
        Err(error) => {
            evidence.missing.push(missing(Artefact::ManifestDb, Reason::Unreadable, &error.to_string()));
        }
    }
    Ok(evidence)
}

/// Whether Apple's word for a model (`RealityDevice14,1`) is that of another kind of device, whose system counts its versions otherwise.
/// A word of another form says nothing.
fn is_other_device(model: &str) -> bool {
    let word = model.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let family = model.strip_suffix(word).unwrap_or_default();
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let has_form = word.split_once(',').is_some_and(|(one, other)| is_number(one) && is_number(other));
    has_form && !["iPhone", "iPad", "iPod"].contains(&family)
}

/// What is said of an index that is no database.
const NO_MAGIC: &str = "SQLite format 3?";

/// What the files at the top say about encryption.
#[derive(Clone, Copy, Debug)]
struct Doors {
    /// `IsEncrypted`.
    says: Option<bool>,
    /// `Manifest.db` begins as an SQLite file does.
    has_magic: bool,
    /// `ManifestKey` is there.
    has_manifest_key: bool,
}

impl Doors {
    /// Whether the phone encrypted the backup. A keybag proves nothing: unencrypted backups have one.
    fn is_encrypted(self) -> bool {
        self.says == Some(true) || (!self.has_magic && self.has_manifest_key)
    }

    /// Whether files must be decrypted. With a `ManifestKey` and a readable index a tool has decrypted the folder already; without a
    /// `ManifestKey` it is a backup of iOS 10.0 or 10.1, whose index was not encrypted while its files were.
    fn needs_password(self) -> bool {
        self.is_encrypted() && !(self.has_magic && self.has_manifest_key)
    }
}

/// The name of the folder, also of `.` and `..`.
fn name_of(folder: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    name(folder).or_else(|| name(&std::fs::canonicalize(folder).ok()?)).unwrap_or_default()
}

fn missing(artefact: Artefact, reason: Reason, detail: &str) -> BackupMissing {
    BackupMissing { artefact, reason, detail: sanitize(detail, 300) }
}

fn read_top(folder: &Path, artefact: Artefact, evidence: &mut BackupEvidence) {
    match payload::read_regular(&folder.join(artefact.path()), LARGEST) {
        Ok(bytes) => evidence.items.push(BackupItem { artefact, bytes, origin: artefact.path().to_owned() }),
        Err(Failure::Absent) if !artefact.is_expected() => {}
        Err(failure) => evidence.missing.push(missing(artefact, failure.reason(), &failure.to_string())),
    }
}

/// The phone's identifier. Names that are no identifier say nothing of the phone.
fn serial(info: Option<&Value>, from_phone: Option<&Value>, folder: &str) -> Option<String> {
    let from_computer = |key: &str| info.and_then(|info| info.get(key)).and_then(Value::text);
    let words =
        [from_phone.and_then(Value::text), from_computer("Unique Identifier"), from_computer("Target Identifier")];
    let said = words.into_iter().flatten().map(str::trim).find(|word| !word.is_empty());
    match said {
        Some(word) => Some(find::identifier(word).unwrap_or_else(|| sanitize(word, 100).to_ascii_uppercase())),
        None => find::folder_identifier(folder).map(|(identifier, _)| identifier),
    }
}

fn unfinished(folder: &Path, status: Option<&Value>) -> Option<String> {
    let state = status.and_then(|status| status.get("SnapshotState")).and_then(Value::text);
    match state {
        Some("finished") | None => folder.join("Snapshot").is_dir().then(|| "Snapshot".to_owned()),
        Some(other) => Some(sanitize(other, 60)),
    }
}

/// Opens `Manifest.db` and tells whether it begins as an SQLite file does; without one, what kind of folder this is.
fn open_index(folder: &Path, path: &Path) -> Result<(std::fs::File, bool), SourceError> {
    use std::io::{Read as _, Seek as _};
    let damaged = |detail: String| SourceError::DamagedIndex { path: folder.to_owned(), detail };
    let (mut file, _) = match payload::open_regular(path) {
        Ok(opened) => opened,
        Err(Failure::Absent) if folder.join("Manifest.mbdb").is_file() => {
            return Err(SourceError::OldBackup { path: folder.to_owned() });
        }
        Err(Failure::Absent) => return Err(SourceError::IncompleteBackup { path: folder.to_owned() }),
        Err(Failure::Io(error)) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(SourceError::io(path, error));
        }
        Err(failure) => return Err(damaged(failure.to_string())),
    };
    let mut head = Vec::new();
    let read = std::io::Read::by_ref(&mut file).take(16).read_to_end(&mut head);
    read.and_then(|_| file.rewind()).map_err(|error| SourceError::io(path, error))?;
    if head.is_empty() {
        return Err(damaged("0 B".to_owned()));
    }
    Ok((file, head.as_slice() == MAGIC))
}

/// Asks for passwords until one is right. `None` when there is none at the first attempt.
fn unlock<K>(
    folder: &Path,
    rounds: u64,
    ask: &mut dyn FnMut(Ask) -> Option<Password>,
    mut with: impl FnMut(&Password) -> Result<K, KeybagError>,
) -> Result<Option<K>, SourceError> {
    for attempt in 1..=MOST_ATTEMPTS {
        let Some(password) = ask(Ask { attempt, rounds }) else {
            if attempt == 1 {
                return Ok(None);
            }
            break;
        };
        // The same letters may be written in other bytes; each try costs a second, and only accented letters have several.
        for form in std::iter::once(password.clone()).chain(password.other_forms()) {
            match with(&form) {
                Ok(keys) => return Ok(Some(keys)),
                Err(KeybagError::WrongPassword) => {}
                Err(error) => return Err(keybag_error(folder, &error)),
            }
        }
    }
    Err(SourceError::WrongPassword { path: folder.to_owned() })
}

fn keybag_error(folder: &Path, error: &KeybagError) -> SourceError {
    let path = folder.to_owned();
    match error {
        KeybagError::WrongPassword => SourceError::WrongPassword { path },
        KeybagError::TooManyRounds { rounds, .. } => SourceError::TooManyRounds { path, rounds: rounds.to_string() },
        other => SourceError::DamagedKeybag { path, detail: sanitize(&other.to_string(), 200) },
    }
}

/// Takes files out of an open backup.
struct Reader<'r> {
    folder: &'r Path,
    /// The keys of an encrypted backup; without them files are in the clear.
    keys: Option<&'r ClassKeys>,
    index: &'r mut Index,
    evidence: &'r mut BackupEvidence,
}

impl Reader<'_> {
    /// Reads one of the known files.
    fn take(&mut self, artefact: Artefact) {
        self.read(artefact, artefact.domain(), artefact.path());
    }

    /// Looks a file up and reads it; what stands in the way becomes a gap.
    fn read(&mut self, artefact: Artefact, domain: &str, path: &str) {
        let id = file_id(domain, path);
        match self.index.entry(&id) {
            Ok(Some(entry)) => match self.payload(artefact, &id, &entry, (domain, path)) {
                Ok(Some(bytes)) => {
                    self.evidence.items.push(BackupItem { artefact, bytes, origin: format!("{domain}/{path}") });
                }
                Ok(None) => {}
                Err((reason, detail)) => self.evidence.missing.push(missing(artefact, reason, &detail)),
            },
            Ok(None) => self.absent(artefact),
            Err(error) => {
                self.evidence.missing.push(missing(artefact, Reason::Unreadable, &error.to_string()));
            }
        }
    }

    /// Notes that the index has no such file, where that means something.
    fn absent(&mut self, artefact: Artefact) {
        if artefact.is_log() {
            return;
        }
        if artefact.is_encrypted_only() && !self.evidence.encrypted {
            self.evidence.missing.push(missing(artefact, Reason::EncryptedOnly, ""));
        } else if artefact.is_expected() || artefact == Artefact::ProfileStub {
            self.evidence.missing.push(missing(artefact, Reason::Absent, ""));
        }
    }

    /// The bytes of a file, in the clear; `None` for a file without bytes.
    fn payload(
        &mut self,
        artefact: Artefact,
        id: &str,
        entry: &Entry,
        (domain, path): (&str, &str),
    ) -> Result<Option<Vec<u8>>, (Reason, String)> {
        if let Some(flags) = entry.flags.filter(|flags| *flags != FILE) {
            return Err((Reason::Unreadable, format!("no regular file in the index (flags {flags})")));
        }
        // A record that is not understood hides the length, and the key where there is one.
        let record = match entry.blob.as_deref().map(file_record::parse) {
            Some(Ok(record)) => Ok(record),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("no record in the index".to_owned()),
        };
        let size = record.as_ref().ok().and_then(|record| record.size);
        let read = match payload::read_payload(self.folder, id) {
            // Some tools decrypt a backup and keep its files by their names beside the index (Elcomsoft Phone Breaker).
            Err(Failure::Absent) if self.keys.is_none() => payload::read_named(self.folder, domain, path),
            read => read,
        };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(Failure::Absent) if artefact.is_log() && matches!(size, None | Some(0)) => return Ok(None),
            // A log that the index has and the folder has not: rows of its database are lost.
            Err(Failure::Absent) if artefact.is_log() => return Err((Reason::Truncated, "no payload".to_owned())),
            Err(Failure::Absent) => return Err((Reason::Absent, "no payload".to_owned())),
            Err(failure) => return Err((failure.reason(), failure.to_string())),
        };
        // Nothing to decrypt, whatever the key.
        if bytes.is_empty() {
            return match (artefact.is_log(), size) {
                (true, None | Some(0)) => Ok(None),
                (true, Some(_)) => Err((Reason::Truncated, "0 B".to_owned())),
                (false, _) => Err((Reason::Absent, "0 B".to_owned())),
            };
        }
        let bytes = match self.keys {
            Some(keys) => decrypt(keys, &record.map_err(|detail| (Reason::Unreadable, detail))?, bytes)?,
            None => bytes,
        };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size.is_some_and(|size| size != length) {
            self.evidence.resized.push(artefact);
        }
        Ok(Some(bytes))
    }

    /// Reads the configuration profiles that the list of profiles names.
    fn profiles(&mut self) {
        let Some(list) = self.evidence.first(Artefact::PayloadManifest) else { return };
        // What is wrong with the list is said by whoever reads it for itself.
        let Ok(list) = plist::read(&list.bytes) else { return };
        let named = ["OrderedProfiles", "HiddenProfiles"]
            .into_iter()
            .filter_map(|key| list.get(key))
            .flat_map(|identifiers| identifiers.list().iter().filter_map(Value::text));
        let mut stubs: Vec<String> = Vec::new();
        let mut more = 0_usize;
        for identifier in named {
            let stub = stub_name(identifier);
            if stubs.contains(&stub) {
                continue;
            }
            if stubs.len() < MOST_PROFILES { stubs.push(stub) } else { more += 1 }
        }
        let folder = Artefact::ProfileStub.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        for stub in stubs {
            self.read(Artefact::ProfileStub, Artefact::ProfileStub.domain(), &format!("{folder}/{stub}"));
        }
        if more > 0 {
            let detail = format!("{more} more than {MOST_PROFILES}");
            self.evidence.missing.push(missing(Artefact::ProfileStub, Reason::Truncated, &detail));
        }
    }
}

/// The flag of a regular file in the index; 2 is a folder, 4 a symbolic link.
const FILE: i64 = 1;

fn decrypt(keys: &ClassKeys, record: &FileRecord, bytes: Vec<u8>) -> Result<Vec<u8>, (Reason, String)> {
    let unreadable = |detail: String| (Reason::Unreadable, detail);
    let wrapped = record.encryption_key.as_deref().ok_or_else(|| unreadable("no key in the index".to_owned()))?;
    // Whole blocks are what is written; less is a copy that was cut short.
    let is_cut = !bytes.len().is_multiple_of(16);
    let key = keys.unwrap_key(wrapped).map_err(|error| unreadable(error.to_string()))?;
    match key.decrypt(bytes, record.size) {
        Ok(decrypted) => Ok(decrypted.bytes),
        Err(error) if is_cut => Err((Reason::Truncated, error.to_string())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// The name under which a configuration profile is kept: the SHA-256 of its identifier.
fn stub_name(identifier: &str) -> String {
    let digest: String = Sha256::digest(identifier).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("profile-{digest}.stub")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    const UDID: &str = "00008110-000A1B2C3D4E5F60";
    const FINISHED: &str = "<key>SnapshotState</key><string>finished</string>";

    /// A folder that is filled as a test needs it; not a faithful backup.
    struct Fake {
        place: tempfile::TempDir,
        rows: rusqlite::Connection,
    }

    fn plist(members: &str) -> String {
        format!("<plist version=\"1.0\"><dict>{members}</dict></plist>")
    }

    /// The record of a file of this size.
    fn record(size: usize) -> Vec<u8> {
        format!(
            "<plist version=\"1.0\"><dict><key>$top</key><dict/><key>$objects</key><array><string>$null</string><dict><key>Size</key>\
             <integer>{size}</integer><key>$class</key><dict><key>$classname</key><string>MBFile</string></dict></dict></array></dict>\
             </plist>"
        )
        .into_bytes()
    }

    impl Fake {
        fn new() -> Fake {
            let place = tempfile::tempdir().unwrap();
            fs::create_dir(place.path().join(UDID)).unwrap();
            let rows = rusqlite::Connection::open(place.path().join(UDID).join("Manifest.db")).unwrap();
            rows.execute_batch(
                "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)",
            )
            .unwrap();
            Fake { place, rows }
        }

        fn folder(&self) -> PathBuf {
            self.place.path().join(UDID)
        }

        fn top(self, artefact: Artefact, members: &str) -> Fake {
            fs::write(self.folder().join(artefact.path()), plist(members)).unwrap();
            self
        }

        fn row(&self, id: &str, flags: Option<i64>, blob: Option<Vec<u8>>) {
            self.rows
                .execute("INSERT INTO Files VALUES (?1, 'SomeDomain', '../../outside', ?2, ?3)", (id, flags, blob))
                .unwrap();
        }

        fn payload(&self, id: &str, bytes: &[u8]) -> PathBuf {
            let path = self.folder().join(id.get(..2).unwrap()).join(id);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
            path
        }

        /// A file as it is in a real backup.
        fn file(self, domain: &str, path: &str, bytes: &[u8]) -> Fake {
            let id = file_id(domain, path);
            self.row(&id, Some(1), Some(record(bytes.len())));
            self.payload(&id, bytes);
            self
        }

        fn artefact(self, artefact: Artefact, bytes: &[u8]) -> Fake {
            self.file(artefact.domain(), artefact.path(), bytes)
        }

        fn open(&self) -> Result<BackupEvidence, SourceError> {
            open(&self.folder(), &mut |_| panic!("nothing here needs a password"))
        }

        fn gap(&self, artefact: Artefact) -> (Reason, String) {
            let evidence = self.open().unwrap();
            assert!(evidence.first(artefact).is_none());
            let gap = evidence.missing.iter().find(|gap| gap.artefact == artefact).unwrap();
            (gap.reason, gap.detail.clone())
        }
    }

    fn id(artefact: Artefact) -> String {
        file_id(artefact.domain(), artefact.path())
    }

    /// A folder whose index is no SQLite file, with a `Manifest.plist` of these members.
    fn locked(members: &[(&str, ::plist::Value)]) -> Fake {
        let fake = Fake::new().top(Artefact::Info, "<key>a</key><true/>");
        let members = members.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
        let path = fake.folder().join("Manifest.plist");
        ::plist::Value::Dictionary(members.collect()).to_file_binary(path).unwrap();
        fs::write(fake.folder().join("Manifest.db"), [7; 64]).unwrap();
        fake
    }

    /// A keybag in the form that phones write, of one class, which no password opens.
    fn bag() -> Vec<u8> {
        let mut bag = Vec::new();
        let mut tag = |name: &str, value: &[u8]| {
            bag.extend(name.as_bytes());
            bag.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
            bag.extend(value);
        };
        tag("VERS", &5_u32.to_be_bytes());
        tag("TYPE", &1_u32.to_be_bytes());
        tag("UUID", &[1; 16]);
        tag("HMCK", &[0; 40]);
        tag("WRAP", &0_u32.to_be_bytes());
        tag("SALT", &[2; 20]);
        tag("ITER", &10_u32.to_be_bytes());
        tag("DPWT", &1_u32.to_be_bytes());
        tag("DPIC", &10_u32.to_be_bytes());
        tag("DPSL", &[3; 20]);
        tag("UUID", &[4; 16]);
        tag("CLAS", &3_u32.to_be_bytes());
        tag("WRAP", &2_u32.to_be_bytes());
        tag("KTYP", &0_u32.to_be_bytes());
        tag("WPKY", &[5; 40]);
        bag
    }

    fn encrypted(bag: Vec<u8>) -> Fake {
        locked(&[
            ("IsEncrypted", true.into()),
            ("BackupKeyBag", ::plist::Value::Data(bag)),
            ("ManifestKey", ::plist::Value::Data([&[3, 0, 0, 0][..], &[6; 40]].concat())),
        ])
    }

    #[test]
    fn a_plain_backup_gives_what_is_there_and_says_what_is_not() {
        let lockdown =
            "<key>Lockdown</key><dict><key>UniqueDeviceID</key><string>00008110-000a1b2c3d4e5f60</string></dict>";
        // As every unencrypted backup of today, it has a keybag.
        let bag = "<key>IsEncrypted</key><false/><key>BackupKeyBag</key><data>VkVSUw==</data>";
        let fake = Fake::new()
            .top(Artefact::Info, "<key>Product Version</key><string>17.5</string>")
            .top(Artefact::Manifest, &format!("{bag}{lockdown}"))
            .top(Artefact::Status, FINISHED)
            .artefact(Artefact::Tcc, b"tcc")
            .artefact(Artefact::EffectiveSettingsOld, b"old place");
        let evidence = fake.open().unwrap();
        assert!(!evidence.encrypted && !evidence.locked);
        assert_eq!((evidence.target.as_str(), evidence.serial.as_deref()), (UDID, Some(UDID)));
        assert_eq!((evidence.unfinished, evidence.resized), (None, Vec::new()));
        let read: Vec<Artefact> = evidence.items.iter().map(|item| item.artefact).collect();
        use Artefact::{EffectiveSettingsOld, Info, Manifest, Status, Tcc};
        assert_eq!(read, [Info, Manifest, Status, Tcc, EffectiveSettingsOld]);
        assert_eq!(evidence.items[3].origin, "HomeDomain/Library/TCC/TCC.db");
        let gaps: Vec<(Artefact, Reason)> = evidence.missing.iter().map(|gap| (gap.artefact, gap.reason)).collect();
        assert_eq!(
            gaps,
            [
                (Artefact::LocationClients, Reason::Absent),
                (Artefact::GlobalPreferences, Reason::Absent),
                (Artefact::Health, Reason::EncryptedOnly)
            ],
            "what a phone need not have is no gap, and neither is the new place of the settings"
        );
    }

    #[test]
    fn rows_are_found_by_the_computed_name_alone() {
        // The columns of every row of this fake lie, and these rows would lead out of the folder.
        let fake = Fake::new().top(Artefact::Info, FINISHED).artefact(Artefact::Tcc, b"right");
        fs::write(fake.place.path().join("passwd"), b"secret").unwrap();
        for odd in ["../../passwd", "/etc/passwd", "zz", ""] {
            fake.row(odd, Some(1), Some(record(6)));
        }
        fake.row("null", None, None);
        let evidence = fake.open().unwrap();
        assert_eq!(evidence.first(Artefact::Tcc).unwrap().bytes, b"right");
        assert!(evidence.items.iter().all(|item| item.bytes != b"secret"));
    }

    #[test]
    fn a_row_without_payload_is_absent_and_a_bad_record_costs_nothing_in_the_clear() {
        let tcc = id(Artefact::Tcc);
        let fake = Fake::new().top(Artefact::Info, FINISHED);
        fake.row(&tcc, Some(1), Some(record(5)));
        assert_eq!(fake.gap(Artefact::Tcc), (Reason::Absent, "no payload".to_owned()));
        for blob in [None, Some(b"not a plist".to_vec()), Some(record(5))] {
            let fake = Fake::new().top(Artefact::Info, FINISHED);
            fake.row(&tcc, Some(1), blob);
            fake.payload(&tcc, b"12345");
            assert_eq!(fake.open().unwrap().first(Artefact::Tcc).unwrap().bytes, b"12345");
        }
        let fake = Fake::new().top(Artefact::Info, FINISHED);
        fake.row(&tcc, Some(2), Some(record(5)));
        fake.payload(&tcc, b"12345");
        assert_eq!(fake.gap(Artefact::Tcc).0, Reason::Unreadable);
    }

    #[test]
    fn a_log_without_bytes_is_nothing_to_speak_of() {
        let fake = Fake::new().top(Artefact::Info, FINISHED).artefact(Artefact::TccLog, b"");
        fake.row(&id(Artefact::AppRegistryLog), Some(1), Some(record(0)));
        fake.row(&id(Artefact::HealthLog), Some(1), Some(record(4_152)));
        let evidence = fake.open().unwrap();
        assert!(Artefact::ALL.iter().filter(|artefact| artefact.is_log()).all(|log| evidence.first(*log).is_none()));
        let gaps: Vec<Artefact> =
            evidence.missing.iter().map(|gap| gap.artefact).filter(|artefact| artefact.is_log()).collect();
        assert_eq!(gaps, [Artefact::HealthLog], "one that should have bytes is missed");
    }

    #[test]
    fn a_changed_size_is_a_note_and_a_huge_file_a_gap() {
        let tcc = id(Artefact::Tcc);
        let fake = Fake::new().top(Artefact::Info, FINISHED);
        fake.row(&tcc, Some(1), Some(record(3)));
        let path = fake.payload(&tcc, b"12345");
        let evidence = fake.open().unwrap();
        assert_eq!(
            (evidence.resized.as_slice(), evidence.first(Artefact::Tcc).unwrap().bytes.len()),
            (&[Artefact::Tcc][..], 5)
        );
        assert!(evidence.missing.iter().all(|gap| gap.artefact != Artefact::Tcc));
        fs::File::options().write(true).open(path).unwrap().set_len(LARGEST + 1).unwrap();
        let (reason, detail) = fake.gap(Artefact::Tcc);
        assert_eq!((reason, detail.contains("67108865")), (Reason::Truncated, true), "{detail}");
    }

    #[cfg(unix)]
    #[test]
    fn a_payload_or_a_manifest_that_is_a_link_is_not_read() {
        use std::os::unix::fs::symlink;
        let tcc = id(Artefact::Tcc);
        let fake = Fake::new().top(Artefact::Info, FINISHED);
        fake.row(&tcc, Some(1), Some(record(6)));
        let secret = fake.place.path().join("secret");
        fs::write(&secret, plist("<key>a</key><true/>")).unwrap();
        let path = fake.payload(&tcc, b"");
        fs::remove_file(&path).unwrap();
        symlink(&secret, &path).unwrap();
        symlink(&secret, fake.folder().join("Manifest.plist")).unwrap();
        assert_eq!(fake.gap(Artefact::Tcc).0, Reason::Unreadable);
        assert_eq!(fake.gap(Artefact::Manifest).0, Reason::Unreadable);
        fs::rename(fake.folder().join("Manifest.db"), fake.place.path().join("elsewhere.db")).unwrap();
        symlink(fake.place.path().join("elsewhere.db"), fake.folder().join("Manifest.db")).unwrap();
        assert_eq!(fake.open().unwrap_err().key(), "source-damaged-index");
    }

    #[test]
    fn profiles_are_found_by_the_hash_of_their_identifier() {
        let identifiers = |key: &str, words: &[&str]| {
            let words: String = words.iter().map(|word| format!("<string>{word}</string>")).collect();
            format!("<key>{key}</key><array>{words}</array>")
        };
        let list = plist(&format!(
            "{}{}",
            identifiers("OrderedProfiles", &["com.example.a", "com.example.gone"]),
            identifiers("HiddenProfiles", &["com.apple.attwifi", "com.example.a"])
        ));
        let stub = |identifier: &str| format!("Library/ConfigurationProfiles/{}", stub_name(identifier));
        // The name of a real file of iOS 7.
        assert_eq!(
            stub_name("com.apple.attwifi"),
            "profile-2ccdb2ebb375ce31cfde3b30b2e7c6e17dc09e63231ba70394567dbe0bf8c20b.stub"
        );
        let domain = Artefact::ProfileStub.domain();
        let fake = Fake::new()
            .top(Artefact::Info, FINISHED)
            .artefact(Artefact::PayloadManifest, list.as_bytes())
            .file(domain, &stub("com.example.a"), b"a")
            .file(domain, &stub("com.apple.attwifi"), b"wifi");
        let evidence = fake.open().unwrap();
        let stubs: Vec<&[u8]> = evidence.of(Artefact::ProfileStub).map(|item| item.bytes.as_slice()).collect();
        assert_eq!(stubs, [&b"a"[..], &b"wifi"[..]]);
        let gone = evidence.missing.iter().filter(|gap| gap.artefact == Artefact::ProfileStub).count();
        assert_eq!(gone, 1);

        let many: Vec<String> = (0..MOST_PROFILES + 7).map(|number| format!("p{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let list = plist(&identifiers("OrderedProfiles", &many));
        let fake = Fake::new().top(Artefact::Info, FINISHED).artefact(Artefact::PayloadManifest, list.as_bytes());
        let evidence = fake.open().unwrap();
        let last = evidence.missing.last().unwrap();
        assert_eq!((last.reason, last.detail.as_str()), (Reason::Truncated, "7 more than 500"));
    }

    #[test]
    fn an_unfinished_backup_is_read_and_says_so() {
        let state = |members: &str| {
            let fake = Fake::new().top(Artefact::Status, members).artefact(Artefact::Tcc, b"x");
            let evidence = fake.open().unwrap();
            assert!(evidence.first(Artefact::Tcc).is_some());
            evidence.unfinished
        };
        assert_eq!(state("<key>SnapshotState</key><string>uploading</string>").as_deref(), Some("uploading"));
        assert_eq!(
            state("<key>SnapshotState</key><string>\u{202e}x\nz</string>").map(|state| state.contains('\n')),
            Some(false)
        );
        assert_eq!(state(FINISHED), None);
        let fake = Fake::new().top(Artefact::Status, FINISHED);
        fs::create_dir(fake.folder().join("Snapshot")).unwrap();
        assert_eq!(fake.open().unwrap().unfinished.as_deref(), Some("Snapshot"));
    }

    #[test]
    fn the_phone_is_known_by_what_it_says_then_by_the_computer_then_by_the_folder() {
        let upper = "<key>Unique Identifier</key><string>0123456789ABCDEF0123456789ABCDEF01234567</string>";
        let evidence = Fake::new().top(Artefact::Info, upper).open().unwrap();
        assert_eq!(evidence.serial.as_deref(), Some("0123456789abcdef0123456789abcdef01234567"));
        assert_eq!(Fake::new().top(Artefact::Info, FINISHED).open().unwrap().serial.as_deref(), Some(UDID));
        assert_eq!(serial(None, None, &format!("{UDID}-20240601-120000")).as_deref(), Some(UDID));
        assert_eq!(serial(None, None, "backup"), None, "a name that many folders have is no identifier");
    }

    #[test]
    fn without_a_password_the_files_at_the_top_are_read() {
        let fake = encrypted(bag());
        let mut asked = Vec::new();
        let evidence = open(&fake.folder(), &mut |ask| {
            asked.push(ask.attempt);
            None
        })
        .unwrap();
        assert_eq!(asked, [1]);
        assert!(evidence.encrypted && evidence.locked);
        assert_eq!(evidence.items.len(), 2);
        assert_eq!(evidence.why_missing(Artefact::Tcc), Reason::NoPassword);
        assert!(evidence.missing.iter().any(|gap| (gap.artefact, gap.reason) == (Artefact::Tcc, Reason::NoPassword)));
        assert_eq!(evidence.app_domains, None);
        // A password that is wrong is not the same as none.
        let wrong = open(&fake.folder(), &mut |ask| (ask.attempt == 1).then(|| Password::from_bytes(b"x".to_vec())));
        assert_eq!(wrong.unwrap_err().key(), "source-wrong-password");
    }

    #[test]
    fn a_wrong_password_is_asked_for_again_until_there_is_none() {
        let mut asked = Vec::new();
        let mut ask = |ask: Ask| {
            asked.push(ask.attempt);
            (ask.attempt < 4).then(|| Password::from_bytes(vec![1]))
        };
        let wrong = unlock(Path::new("b"), 1, &mut ask, |_| Err::<(), _>(KeybagError::WrongPassword));
        assert_eq!((wrong.unwrap_err().key(), asked), ("source-wrong-password", vec![1, 2, 3, 4]));
        let mut tried = 0;
        let right = unlock(Path::new("b"), 1, &mut |_| Some(Password::from_bytes(vec![1])), |_| {
            tried += 1;
            if tried == 3 { Ok(7) } else { Err(KeybagError::WrongPassword) }
        });
        assert_eq!(right.unwrap(), Some(7));
        // Whoever answers without end is not listened to without end.
        let endless = unlock(Path::new("b"), 1, &mut |_| Some(Password::from_bytes(vec![1])), |_| {
            Err::<(), _>(KeybagError::WrongPassword)
        });
        assert_eq!(endless.unwrap_err().key(), "source-wrong-password");
        assert!(unlock(Path::new("b"), 1, &mut |_| None, |_| Ok(())).unwrap().is_none());
    }

    #[test]
    fn each_kind_of_wrong_folder_has_its_own_words() {
        let key = |fake: &Fake| open(&fake.folder(), &mut |_| None).unwrap_err().key();
        assert_eq!(key(&locked(&[("IsEncrypted", true.into())])), "source-damaged-keybag");
        assert_eq!(key(&encrypted(vec![1, 2, 3])), "source-damaged-keybag");
        assert_eq!(key(&locked(&[("IsEncrypted", false.into())])), "source-damaged-index");
        assert_eq!(key(&locked(&[])), "source-damaged-index");
        let empty = encrypted(bag());
        fs::write(empty.folder().join("Manifest.db"), b"").unwrap();
        assert_eq!(key(&empty), "source-damaged-index");
        let cut = Fake::new().top(Artefact::Info, FINISHED);
        fs::write(cut.folder().join("Manifest.db"), [MAGIC.as_slice(), &[0; 40]].concat()).unwrap();
        assert_eq!(key(&cut), "source-damaged-index");
        let without = Fake::new().top(Artefact::Info, FINISHED).top(Artefact::Status, FINISHED);
        fs::remove_file(without.folder().join("Manifest.db")).unwrap();
        assert_eq!(key(&without), "source-incomplete-backup");
        fs::write(without.folder().join("Manifest.mbdb"), b"mbdb\x05\x00").unwrap();
        assert_eq!(key(&without), "source-old-backup");
        let nowhere = without.folder().join("nowhere");
        assert_eq!(open(&nowhere, &mut |_| None).unwrap_err().key(), "source-not-found");
        let rounds = keybag_error(Path::new("b"), &KeybagError::TooManyRounds { rounds: 4_000_000_000 });
        assert!(rounds.arguments().contains(&("rounds", "4000000000".to_owned())));
    }

    #[test]
    fn encryption_is_decided_by_two_witnesses() {
        let doors = |says, has_magic, has_manifest_key| {
            let doors = Doors { says, has_magic, has_manifest_key };
            (doors.is_encrypted(), doors.needs_password())
        };
        assert_eq!(doors(Some(true), false, true), (true, true), "the usual");
        assert_eq!(doors(Some(true), true, false), (true, true), "iOS 10.0: files alone are encrypted");
        assert_eq!(doors(Some(true), true, true), (true, false), "decrypted by a tool");
        assert_eq!(doors(None, true, false), (false, false), "no Manifest.plist");
        assert_eq!(doors(Some(false), true, false), (false, false));
        assert_eq!(doors(Some(false), false, true), (true, true), "the flag lies");
        assert_eq!(doors(Some(false), false, false), (false, false), "damaged, said elsewhere");
    }

    #[test]
    fn garbage_in_the_property_lists_is_survived() {
        let fake = Fake::new().artefact(Artefact::Tcc, b"x");
        for name in ["Info.plist", "Manifest.plist", "Status.plist"] {
            fs::write(fake.folder().join(name), b"bplist00 and then nothing").unwrap();
        }
        let evidence = fake.open().unwrap();
        assert_eq!((evidence.items.len(), evidence.encrypted), (4, false));
        fs::write(fake.folder().join("Info.plist"), b"x").unwrap();
        fs::File::options().write(true).open(fake.folder().join("Info.plist")).unwrap().set_len(LARGEST + 1).unwrap();
        assert_eq!(fake.gap(Artefact::Info).0, Reason::Truncated);
    }
    fn corpus() -> Option<PathBuf> {
        std::env::var_os("POUCET_CORPUS").map(|corpus| Path::new(&corpus).join("ios"))
    }

    /// The generated backups whose names begin so, with the password that the name ends in.
    fn generated(kind: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let Some(corpus) = corpus() else { return Vec::new() };
        let mut found: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(corpus.join("generated"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir() && name_of(path).starts_with(kind))
            .map(|path| {
                let name = name_of(&path);
                let password = name.split_once("_pw_").map_or("", |(_, password)| password);
                (path, password.replace("paesswoerd", "p\u{e4}ssw\u{f6}rd").into_bytes())
            })
            .collect();
        found.sort();
        found
    }

    fn assert_whole(evidence: &BackupEvidence, name: &str) {
        for (artefact, begins) in [
            (Artefact::Tcc, MAGIC.as_slice()),
            (Artefact::LocationClients, b"bplist"),
            (Artefact::GlobalPreferences, b"bplist"),
            (Artefact::EffectiveSettings, b"bplist"),
        ] {
            let item = evidence.first(artefact).unwrap_or_else(|| panic!("{name}: no {artefact:?}"));
            assert!(item.bytes.starts_with(begins), "{name}: {artefact:?}");
        }
        let tcc = evidence.first(Artefact::Tcc).unwrap().bytes.len();
        assert_eq!(tcc % 4096, 0, "{name}: whole pages, not cut to a stale size");
        assert_eq!(evidence.serial.is_some(), evidence.first(Artefact::Manifest).is_some(), "{name}");
        let bad: Vec<_> = evidence.missing.iter().filter(|gap| gap.reason != Reason::EncryptedOnly).collect();
        assert!(bad.is_empty(), "{name}: {bad:?}");
    }

    #[test]
    fn plain_backups_of_the_corpus_open() {
        for (path, _) in generated("plain") {
            let name = name_of(&path);
            let evidence = open(&path, &mut |_| panic!("{name} has no password")).unwrap();
            assert_whole(&evidence, &name);
            assert!(!evidence.encrypted);
            assert_eq!(evidence.unfinished.is_some(), name.contains("unfinished"), "{name}");
            assert_eq!(evidence.first(Artefact::TccLog).is_some(), name.contains("tccwal"), "{name}");
            assert_eq!(evidence.first(Artefact::Mdm).is_some(), name.contains("mdm"), "{name}");
            if evidence.first(Artefact::PayloadManifest).is_some() {
                assert!(evidence.first(Artefact::ProfileStub).is_some(), "{name}");
            }
        }
        // Decrypted by a tool: no Manifest.plist, no Status.plist, most payloads left behind.
        if let Some(corpus) = corpus() {
            let evidence = open(&corpus.join("mvt_ios_backup"), &mut |_| panic!("decrypted")).unwrap();
            assert!(!evidence.encrypted && evidence.serial.is_some());
            assert!(evidence.first(Artefact::Tcc).is_some() && evidence.first(Artefact::GlobalPreferences).is_some());
            assert_eq!(evidence.why_missing(Artefact::Manifest), Reason::Absent);
        }
    }

    #[test]
    fn encrypted_backups_of_the_corpus_open_with_their_password_alone() {
        for (path, password) in generated("enc") {
            let name = name_of(&path);
            // Ten million rounds take half a minute without optimisation.
            if name.contains("fullkdf") {
                continue;
            }
            let mut asked = 0;
            let evidence = open(&path, &mut |ask| {
                asked = ask.attempt;
                // Wrong at first.
                Some(Password::from_bytes(if ask.attempt == 1 { b"nonsense".to_vec() } else { password.clone() }))
            })
            .unwrap();
            assert_eq!(asked, 2, "{name}");
            assert_whole(&evidence, &name);
            assert!(evidence.encrypted && !evidence.locked);
            let stale = if name.contains("stalesize") { vec![Artefact::Tcc] } else { Vec::new() };
            assert_eq!(evidence.resized, stale, "{name}");
            let locked = open(&path, &mut |_| None).unwrap();
            assert!(locked.locked && locked.first(Artefact::Tcc).is_none() && locked.items.len() == 3, "{name}");
        }
    }
}
