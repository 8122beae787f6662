//! The door of a backup: whether it is encrypted, with which keys it opens, and the files that poucet reads.
//!
//! Nothing that the index says of itself is believed: each file is looked up by the name that poucet computes from its domain and path
//! (SHA-1, `docs/formats/ios-backup.md`), and read from the place that follows from this name.

use std::path::Path;

use super::entry::{Entry, file_id};
use super::find;
use super::index::Index;
use super::keybag::{ClassKeys, Keybag, KeybagError};
use super::password::Password;
use super::payload::{self, Failure, LARGEST};
use crate::evidence::Reason;
use crate::evidence::ios::{Artefact, BackupEvidence, BackupItem, BackupMissing};
use crate::files::fingerprint;
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
    format!("profile-{}.stub", fingerprint::of_text(identifier))
}

#[cfg(test)]
mod tests;
