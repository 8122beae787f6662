//! The bundle that `poucet collect` writes: an AndroidQF-shaped folder or zip, readable by other tools, with a manifest
//! that lets poucet read back exactly what was collected.
//!
//! ```text
//! acquisition.json  dumpsys.txt  getprop.txt  selinux.txt  settings_*.txt  packages.json  hashes.csv
//! poucet/manifest.json   what each item is, where it stands, and its SHA-256
//! poucet/*.txt           what AndroidQF has no file for: users, other users' settings, lists of packages …
//! ```
//!
//! In a zip all of it is in one folder, by whose `/` MVT finds its files (`*/packages.json`), as in AndroidQF's own zips.
//!
//! Every text passes through [`super::redact`] first. A bundle is written whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufWriter, Read, Write};
#[cfg(unix)]
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use super::SourceError;
use super::container::{Container, is_safe_name};
use super::path::OpenOptions;
use super::redact::Redactor;
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::files::output::{
    OutputError, Readers, TEMPORARY_PREFIX, Unfinished, folder_of, place_of, private_folder, temporary_file,
};
use crate::parse::android::{package_list, packages};

const SCHEMA: &str = "poucet.bundle/1";
const MANIFEST: &str = "poucet/manifest.json";
const DUMPSYS: &str = "dumpsys.txt";
const HASHES: &str = "hashes.csv";
const ACQUISITION: &str = "acquisition.json";
const PACKAGES: &str = "packages.json";
/// The line that `dumpsys` prints before each section.
const DASHES: &str = "-------------------------------------------------------------------------------";
/// An id has 32 characters.
const LONGEST_FOLDER: usize = 64;
/// A manifest has some hundred bytes per item.
const LARGEST_MANIFEST: usize = 16 << 20;

/// What the writer of a bundle knows besides the evidence.
#[derive(Clone, Debug)]
pub struct Meta {
    /// The version of poucet.
    pub version: String,
    /// When the evidence was taken, in seconds since 1970.
    pub taken_at: Option<i64>,
    /// The keyed device id; never the serial number.
    pub device_id: Option<String>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Every file with its size in bytes, in the order of writing.
    pub files: Vec<(String, u64)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    schema: String,
    tool: Tool,
    /// The kind of place the evidence was collected from ([`SourceKind::word`]).
    source: String,
    /// RFC 3339.
    taken_at: Option<String>,
    device_id: Option<String>,
    items: Vec<ManifestItem>,
    missing: Vec<ManifestMissing>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Tool {
    name: String,
    version: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct ManifestItem {
    /// The file of the bundle that holds the text.
    file: String,
    /// Where in the file the text begins, in bytes, and its length.
    offset: u64,
    bytes: u64,
    /// The line of the file at which the text begins, for people.
    line: u64,
    /// Of the text, not of the file.
    sha256: String,
    /// [`Kind::label`].
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<String>,
    /// Whether it was known to be whole when it was collected; bundles of earlier versions do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proved: Option<bool>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    cut_detail: String,
    /// Where the text stood when it was collected, as reports cite it.
    origin: String,
    first_line: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct ManifestMissing {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<u32>,
    reason: String,
    detail: String,
}

fn kind_of(label: &str) -> Option<Kind> {
    Kind::of_label(label)
}

fn reason_of(word: &str) -> Option<Reason> {
    [
        Reason::Refused,
        Reason::Absent,
        Reason::TimedOut,
        Reason::Truncated,
        Reason::Unproven,
        Reason::Unreadable,
        Reason::NotSupported,
    ]
    .into_iter()
    .find(|reason| reason.word() == word)
}

// ---- writing ------------------------------------------------------------------------------------------------------

/// Writes the evidence, redacted, into a new folder, or into a zip when the name of `destination` ends in `.zip`.
///
/// # Errors
/// [`OutputError::NotEmpty`] for a folder with something in it; else what the operating system said. Nothing is left
/// behind then.
pub fn write(evidence: &Evidence, destination: &Path, meta: &Meta) -> Result<Written, OutputError> {
    if destination.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        write_zip(evidence, destination, meta)
    } else {
        write_folder(evidence, destination, meta)
    }
}

fn write_folder(evidence: &Evidence, destination: &Path, meta: &Meta) -> Result<Written, OutputError> {
    let failed = |error| OutputError::new(destination, error);
    let place = place_of(destination)?;
    let destination = place.as_path();
    match fs::read_dir(destination) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(OutputError::NotEmpty { path: destination.to_owned() });
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX);
    #[cfg(unix)]
    builder.permissions(fs::Permissions::from_mode(0o700));
    let folder = builder.tempdir_in(folder_of(destination)).map_err(failed)?;
    let _unfinished = Unfinished::new(folder.path());
    let mut sink = FolderSink { root: folder.path().to_owned() };
    let written = write_files(evidence, meta, &mut sink).map_err(failed)?;
    // A rename replaces an empty folder on Unix only.
    if destination.exists() {
        fs::remove_dir(destination).map_err(failed)?;
    }
    fs::rename(folder.path(), destination).map_err(failed)?;
    // The temporary folder is no more: there is nothing left to delete.
    let _ = folder.keep();
    Ok(written)
}

fn write_zip(evidence: &Evidence, destination: &Path, meta: &Meta) -> Result<Written, OutputError> {
    let failed = |error| OutputError::new(destination, error);
    let place = place_of(destination)?;
    let destination = place.as_path();
    let (file, _unfinished) = temporary_file(destination, Readers::Owner).map_err(failed)?;
    let writer = BufWriter::with_capacity(1 << 17, file.reopen().map_err(failed)?);
    let mut sink = ZipSink { writer: zip::ZipWriter::new(Patient::new(writer)), folder: top_folder(meta) };
    let written = write_files(evidence, meta, &mut sink);
    let Patient { inner: mut writer, failed: said, .. } =
        sink.writer.finish().map_err(|error| failed(io::Error::from(error)))?;
    if let Some(error) = said {
        return Err(failed(error));
    }
    let written = written.map_err(failed)?;
    writer.flush().map_err(failed)?;
    writer.get_ref().sync_all().map_err(failed)?;
    drop(writer);
    file.persist(destination).map_err(|error| failed(error.error))?;
    Ok(written)
}

/// A place that takes files one after the other.
trait Sink {
    fn file(&mut self, name: &str, content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()>;
}

struct FolderSink {
    root: std::path::PathBuf,
}

impl Sink for FolderSink {
    fn file(&mut self, name: &str, content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let path = self.root.join(name);
        private_folder(folder_of(&path))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = BufWriter::with_capacity(1 << 17, options.open(path)?);
        content(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()
    }
}

/// A place that takes everything once it has failed, and keeps why. The library finishes an archive whatever happens, and
/// prints on standard error where it cannot.
struct Patient<W> {
    inner: W,
    failed: Option<io::Error>,
    /// Where the next byte would go, and how far bytes go.
    position: u64,
    end: u64,
}

impl<W> Patient<W> {
    fn new(inner: W) -> Self {
        Patient { inner, failed: None, position: 0, end: 0 }
    }

    fn advance(&mut self, count: usize) -> usize {
        self.position += count as u64;
        self.end = self.end.max(self.position);
        count
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut count = bytes.len();
        if self.failed.is_none() {
            match self.inner.write(bytes) {
                Ok(written) => count = written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => self.failed = Some(error),
            }
        }
        Ok(self.advance(count))
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed.is_none() {
            self.failed = self.inner.flush().err();
        }
        Ok(())
    }
}

impl<W: io::Seek> io::Seek for Patient<W> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let place = match to {
            io::SeekFrom::Start(place) => Some(place),
            io::SeekFrom::Current(by) => self.position.checked_add_signed(by),
            io::SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        let place = place.ok_or(io::ErrorKind::InvalidInput)?;
        if self.failed.is_none() {
            self.failed = self.inner.seek(io::SeekFrom::Start(place)).err();
        }
        self.position = place;
        Ok(place)
    }
}

struct ZipSink<W: Write + io::Seek> {
    writer: zip::ZipWriter<W>,
    /// The one folder at the top, without its `/`.
    folder: String,
}

/// The name of the one folder of a zip: the device's id, of characters that every system takes.
fn top_folder(meta: &Meta) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    let id = meta.device_id.as_deref().unwrap_or_default();
    let name: String = id.chars().map(plain).take(LONGEST_FOLDER).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "phone".to_owned() } else { name.to_owned() }
}

impl<W: Write + io::Seek> Sink for ZipSink<W> {
    fn file(&mut self, name: &str, content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        // No time of day in the entries: the same evidence gives the same bytes.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        self.writer.start_file(format!("{}/{name}", self.folder), options)?;
        content(&mut self.writer)
    }
}

/// Writes through, and keeps the digest and the position.
struct Counted<'a> {
    inner: &'a mut dyn Write,
    digest: Sha256,
    offset: u64,
    lines: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write_all(bytes)?;
        self.digest.update(bytes);
        self.offset += bytes.len() as u64;
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes files to a sink and takes note of their digests.
struct Files<'a> {
    sink: &'a mut dyn Sink,
    hashes: BTreeMap<String, String>,
    written: Written,
}

impl Files<'_> {
    fn add(&mut self, name: &str, mut content: impl FnMut(&mut Counted<'_>) -> io::Result<()>) -> io::Result<()> {
        let mut end = None;
        self.sink.file(name, &mut |inner| {
            let mut counted = Counted { inner, digest: Sha256::new(), offset: 0, lines: 0 };
            content(&mut counted)?;
            end = Some((hex(counted.digest.finalize()), counted.offset));
            Ok(())
        })?;
        if let Some((hash, bytes)) = end {
            self.hashes.insert(name.to_owned(), hash);
            self.written.files.push((name.to_owned(), bytes));
        }
        Ok(())
    }
}

fn write_files(evidence: &Evidence, meta: &Meta, sink: &mut dyn Sink) -> io::Result<Written> {
    let redactor = Redactor { serial: evidence.serial.as_deref(), is_live: evidence.source.is_live() };
    let mut files = Files { sink, hashes: BTreeMap::new(), written: Written { files: Vec::new() } };
    let mut rows: Vec<Option<ManifestItem>> = evidence.items.iter().map(|_| None).collect();

    let (sections, others): (Vec<_>, Vec<_>) =
        evidence.items.iter().zip(&mut rows).partition(|(item, _)| item.kind.service().is_some());
    let mut taken = BTreeSet::from([DUMPSYS, ACQUISITION, HASHES, MANIFEST].map(str::to_owned));
    for (item, row) in others {
        let name = file_name(item, &mut taken);
        let text = redactor.text(item);
        files.add(&name, |file| file.write_all(text.as_bytes()))?;
        *row = Some(manifest_item(item, &redactor, &name, &text, 0, 1));
    }
    if !sections.is_empty() {
        let mut sections: Vec<_> = sections;
        files.add(DUMPSYS, |file| {
            for (item, row) in &mut sections {
                let service = item.kind.service().unwrap_or_default();
                let text = redactor.text(item);
                write!(file, "{DASHES}\nDUMP OF SERVICE {service}:\n")?;
                **row = Some(manifest_item(item, &redactor, DUMPSYS, &text, file.offset, file.lines + 1));
                file.write_all(text.as_bytes())?;
                if !text.is_empty() && !text.ends_with('\n') {
                    file.write_all(b"\n")?;
                }
                // How long it took and when it ended are not known; tools look for the words.
                writeln!(
                    file,
                    "--------- 0.000s was the duration of dumpsys {service}, ending at: 1970-01-01 00:00:00"
                )?;
            }
            Ok(())
        })?;
    }
    if !taken.contains(PACKAGES)
        && let Some(packages) = packages_json(evidence)
    {
        files.add(PACKAGES, |file| file.write_all(packages.as_bytes()))?;
    }

    let taken_at = meta.taken_at.or(evidence.taken_at).and_then(rfc3339);
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "poucet".to_owned(), version: meta.version.clone() },
        source: evidence.road().word().to_owned(),
        taken_at: taken_at.clone(),
        device_id: meta.device_id.clone().or_else(|| evidence.device_id.clone()),
        items: rows.into_iter().flatten().collect(),
        missing: evidence
            .missing
            .iter()
            .map(|gap| ManifestMissing {
                kind: gap.kind.label().to_owned(),
                user: gap.user,
                reason: gap.reason.word().to_owned(),
                detail: redactor.words(&gap.detail),
            })
            .collect(),
    };
    let manifest = serde_json::to_string_pretty(&manifest)? + "\n";
    files.add(MANIFEST, |file| file.write_all(manifest.as_bytes()))?;
    let acquisition = serde_json::json!({
        "uuid": uuid(&Sha256::digest(&manifest)),
        "androidqf_version": format!("poucet {}", meta.version),
        "started": taken_at,
        "completed": taken_at,
    });
    let acquisition = serde_json::to_string_pretty(&acquisition)? + "\n";
    files.add(ACQUISITION, |file| file.write_all(acquisition.as_bytes()))?;
    let hashes: String = files.hashes.iter().map(|(name, hash)| format!("{name},{hash}\n")).collect();
    files.add(HASHES, |file| file.write_all(hashes.as_bytes()))?;
    Ok(files.written)
}

fn manifest_item(item: &Item, redactor: &Redactor<'_>, file: &str, text: &str, offset: u64, line: u64) -> ManifestItem {
    ManifestItem {
        file: file.to_owned(),
        offset,
        bytes: text.len() as u64,
        line,
        sha256: hex(Sha256::digest(text)),
        kind: item.kind.label().to_owned(),
        user: item.user,
        cut: item.cut.map(|reason| reason.word().to_owned()),
        proved: Some(item.proved),
        cut_detail: redactor.words(&item.cut_detail),
        origin: redactor.origin(item),
        first_line: item.first_line,
    }
}

/// AndroidQF's name for an item, or one in `poucet/` where it has none or the name is taken.
fn file_name(item: &Item, taken: &mut BTreeSet<String>) -> String {
    let first_user = item.user.is_none_or(|user| user == 0);
    // Theirs of a user's settings is that of the first one, and their record of an acquisition tells of their own.
    let is_theirs = match item.kind {
        Kind::Acquisition => false,
        Kind::SettingsSecure | Kind::SettingsSystem => first_user,
        _ => true,
    };
    if let Some(name) = item.kind.file().filter(|_| is_theirs)
        && taken.insert(name.to_owned())
    {
        return name.to_owned();
    }
    let stem = item.kind.stem();
    // MVT takes every `*/settings_*.txt` for a table of settings, named by what stands behind the last `_`: a file of ours does not begin
    // with that word.
    let is_settings = stem.starts_with("settings_");
    let (before, behind) = match (item.kind, item.user) {
        (_, Some(user)) if is_settings => (format!("user_{user}_"), String::new()),
        (_, None) if is_settings => ("more_".to_owned(), String::new()),
        (_, None) => (String::new(), String::new()),
        (Kind::PackageList, Some(user)) => (String::new(), format!("_user_{user}")),
        (_, Some(user)) => (String::new(), format!("_{user}")),
    };
    (1u32..)
        .map(|count| if count == 1 { String::new() } else { format!("-{count}") })
        .map(|count| format!("poucet/{before}{stem}{behind}{count}.txt"))
        .find(|name| taken.insert(name.clone()))
        .unwrap_or_default()
}

/// AndroidQF's list of packages, from `pm list packages`. AndroidQF asks that command again with `-s`, `-3` and `-d`; what it would
/// answer follows from the flags and states of the package dump, for the user whose list it is. What the dump does not tell is `null`.
fn packages_json(evidence: &Evidence) -> Option<String> {
    let dumps: Vec<_> = evidence.of(Kind::Packages).map(|item| packages::parse(&item.text).facts).collect();
    let mut known: BTreeMap<&str, &packages::PackageRecord<'_>> = BTreeMap::new();
    for dump in &dumps {
        // The last package of a dump that ends within it may lack anything.
        let whole = dump.packages.len() - usize::from(dump.last_is_open && !dump.packages.is_empty());
        for record in dump.packages.iter().take(whole) {
            known.entry(record.name).or_insert(record);
        }
    }
    let mut listed: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for item in evidence.of(Kind::PackageList) {
        let rows: Vec<&str> = item.text.lines().collect();
        for package in package_list::parse(&item.text).facts.packages {
            // The phone's own word for no installer is kept, as AndroidQF does: MVT looks for it.
            let row = usize::try_from(package.line).ok().and_then(|line| rows.get(line.checked_sub(1)?));
            let no_installer = row.is_some_and(|row| row.split_ascii_whitespace().any(|word| word == "installer=null"));
            let installer = package.installer.or_else(|| no_installer.then(|| "null".to_owned()));
            let record = known.get(package.name.as_str());
            // The users of a package stand behind its flags: where they are read, the flags were.
            let system = record.filter(|record| !record.users.is_empty()).map(|record| record.system);
            let user = item.user.unwrap_or(0);
            let block = record.and_then(|record| record.users.iter().find(|block| block.id == user));
            let disabled = block.map(|block| (2..=4).contains(&block.enabled));
            listed.entry(package.name.clone()).or_insert_with(|| {
                serde_json::json!({
                    "name": package.name, "files": [], "installer": installer, "uid": package.uids.first(),
                    "disabled": package.disabled.or(disabled), "system": package.system.or(system),
                    "third_party": package.system.or(system).map(|system| !system),
                })
            });
        }
    }
    if listed.is_empty() {
        return None;
    }
    serde_json::to_string_pretty(&listed.into_values().collect::<Vec<_>>()).ok()
}

fn rfc3339(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

/// A UUID of version 8 (RFC 9562: of the maker's own content) from a digest, so that the same evidence has the same.
fn uuid(digest: &[u8]) -> String {
    let mut digits: Vec<char> = hex(digest).chars().take(32).collect();
    for (at, digit) in [(12, '8'), (16, '8')] {
        if let Some(place) = digits.get_mut(at) {
            *place = digit;
        }
    }
    let mut out = String::new();
    for (at, digit) in digits.into_iter().enumerate() {
        if [8, 12, 16, 20].contains(&at) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}

// ---- reading ------------------------------------------------------------------------------------------------------

/// The folder inside the container that holds a bundle, as a prefix of names: empty, or one folder down.
pub(crate) fn find(container: &Container) -> Option<String> {
    if container.has(MANIFEST) {
        return Some(String::new());
    }
    let mut found = container.names.iter().filter_map(|name| {
        let prefix = name.strip_suffix(MANIFEST)?;
        (prefix.matches('/').count() == 1).then(|| prefix.to_owned())
    });
    match (found.next(), found.next()) {
        (Some(prefix), None) => Some(prefix),
        _ => None,
    }
}

/// Reads a bundle back: the items as they were collected, redacted.
pub(crate) fn read(container: &mut Container, prefix: &str, options: &OpenOptions) -> Result<Evidence, SourceError> {
    let path = container.path.clone();
    let bad = |detail: String| SourceError::BadManifest {
        path: path.clone(),
        detail: crate::text::clean::sanitize(&detail, 300),
    };
    let (bytes, lost) = container.read(&format!("{prefix}{MANIFEST}"), LARGEST_MANIFEST)?;
    if let Some(detail) = lost {
        return Err(bad(detail));
    }
    let manifest: Manifest =
        serde_json::from_str(&crate::parse::text::decode(bytes)).map_err(|error| bad(error.to_string()))?;
    if manifest.schema != SCHEMA {
        return Err(bad(format!("schema {}", manifest.schema)));
    }
    let wanted = manifest.items.iter().fold(0u64, |sum, item| sum.saturating_add(item.bytes));
    if wanted > options.kept_limit as u64 {
        return Err(SourceError::TooLarge { path: path.clone(), limit: options.kept_limit as u64 });
    }

    let mut evidence = Evidence::empty(SourceKind::Bundle, "");
    evidence.device_id = manifest.device_id;
    evidence.collected = SourceKind::ALL.into_iter().find(|kind| kind.word() == manifest.source);
    if let Some(time) = manifest.taken_at {
        let time: jiff::Timestamp = time.parse().map_err(|error: jiff::Error| bad(error.to_string()))?;
        evidence.taken_at = Some(time.as_second());
    }
    for gap in manifest.missing {
        evidence.missing.push(Missing {
            kind: kind_of(&gap.kind).ok_or_else(|| bad(format!("kind {}", gap.kind)))?,
            user: gap.user,
            reason: reason_of(&gap.reason).ok_or_else(|| bad(format!("reason {}", gap.reason)))?,
            detail: crate::text::clean::sanitize(&gap.detail, 300),
        });
    }

    // Each file is read once, from its beginning; the items keep the order of the manifest.
    let mut by_file: BTreeMap<&str, Vec<(usize, &ManifestItem)>> = BTreeMap::new();
    for (index, item) in manifest.items.iter().enumerate() {
        if !is_safe_name(&item.file) {
            let file = crate::text::clean::sanitize(&item.file, 200);
            return Err(SourceError::UnsafeName { path: path.clone(), file });
        }
        by_file.entry(&item.file).or_default().push((index, item));
    }
    let mut items: Vec<Option<Item>> = manifest.items.iter().map(|_| None).collect();
    for (file, mut rows) in by_file {
        rows.sort_by_key(|(_, row)| row.offset);
        let altered = || SourceError::Altered { path: path.clone(), file: file.to_owned() };
        let name = format!("{prefix}{file}");
        if !container.has(&name) {
            return Err(altered());
        }
        let mut reader = container.open(&name)?;
        let mut position = 0u64;
        for (index, row) in rows {
            let skip = row.offset.checked_sub(position).ok_or_else(|| bad(format!("offset in {file}")))?;
            let skipped = io::copy(&mut reader.as_mut().take(skip), &mut io::sink()).map_err(|_| altered())?;
            let mut bytes = Vec::new();
            reader.as_mut().take(row.bytes).read_to_end(&mut bytes).map_err(|_| altered())?;
            if skipped != skip || bytes.len() as u64 != row.bytes || hex(Sha256::digest(&bytes)) != row.sha256 {
                return Err(altered());
            }
            position = row.offset.saturating_add(row.bytes);
            let item = Item {
                kind: kind_of(&row.kind).ok_or_else(|| bad(format!("kind {}", row.kind)))?,
                user: row.user,
                text: String::from_utf8(bytes).map_err(|_| altered())?,
                origin: crate::text::clean::sanitize(&row.origin, 300),
                first_line: row.first_line,
                cut: match &row.cut {
                    Some(word) => Some(reason_of(word).ok_or_else(|| bad(format!("reason {word}")))?),
                    None => None,
                },
                // Saved texts and AndroidQF's single files do not show that they are whole.
                proved: row
                    .proved
                    .unwrap_or(!matches!(evidence.collected, None | Some(SourceKind::Files | SourceKind::AndroidQf))),
                cut_detail: crate::text::clean::sanitize(&row.cut_detail, 300),
            };
            // Of two items of one kind and user nobody could tell which a row is of.
            let place = (crate::text::clean::sanitize(&row.file, 300), row.line);
            if evidence.places.insert(item.source_name(), place).is_some() {
                evidence.places.remove(&item.source_name());
            }
            if let Some(place) = items.get_mut(index) {
                *place = Some(item);
            }
        }
    }
    evidence.items = items.into_iter().flatten().collect();
    Ok(evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Opened, open_path};
    use proptest::prelude::*;

    fn meta() -> Meta {
        Meta { version: "0.1.0".to_owned(), taken_at: Some(1_782_000_000), device_id: Some("hmac:1234".to_owned()) }
    }

    fn sample() -> Evidence {
        let mut evidence = Evidence::empty(SourceKind::Adb, "adb");
        evidence.serial = Some("R5CW00SYNTH".to_owned());
        let mut packages = Item::new(Kind::Packages, "Packages:\n  Package [a.b] (1):\n", "dumpsys package");
        packages.first_line = 4711;
        packages.cut = Some(Reason::TimedOut);
        evidence.items = vec![
            Item::new(Kind::UserList, "Users:\n\tUserInfo{0:Marie:13} running\n", "pm list users"),
            packages,
            Item::new(Kind::Properties, "[ro.serialno]: [R5CW00SYNTH]\n[ro.build.version.sdk]: [34]\n", "getprop"),
            Item::new(Kind::SettingsSecure, "android_id=1234567\na=1\n", "settings").for_user(0),
            Item::new(Kind::SettingsSecure, "a=2", "settings").for_user(10),
            Item::new(Kind::AppOps, "no line end; DUMP OF SERVICE package:\nforged", "dumpsys appops"),
            Item::new(Kind::PackageList, "package:a.b  installer=com.android.vending uid:10123\n", "pm").for_user(0),
            Item::new(Kind::Acquisition, "{\"uuid\":\"x\"}", "acquisition.json"),
        ];
        evidence.missing = vec![Missing {
            kind: Kind::Roles,
            user: Some(10),
            reason: Reason::Refused,
            detail: "no, R5CW00SYNTH".to_owned(),
        }];
        evidence
    }

    fn reopen(path: &Path) -> Evidence {
        match open_path(path, &OpenOptions::default()).unwrap() {
            Opened::Evidence { evidence, .. } => *evidence,
            other => panic!("{other:?}"),
        }
    }

    type Shown = (Kind, Option<u32>, String, String, u64, Option<Reason>);

    fn shown(evidence: &Evidence, redactor: Redactor<'_>) -> Vec<Shown> {
        let show = |item: &Item| {
            let text = redactor.text(item).into_owned();
            (item.kind, item.user, text, redactor.origin(item), item.first_line, item.cut)
        };
        evidence.items.iter().map(show).collect()
    }

    #[test]
    fn a_bundle_reads_back_as_it_was_written_and_holds_no_personal_data() {
        let evidence = sample();
        let folder = tempfile::tempdir().unwrap();
        for name in ["bundle", "bundle.zip"] {
            let path = folder.path().join(name);
            write(&evidence, &path, &meta()).unwrap();
            let back = reopen(&path);
            assert_eq!(back.source, SourceKind::Bundle);
            assert_eq!(
                shown(&back, Redactor { serial: None, is_live: true }),
                shown(&evidence, Redactor { serial: evidence.serial.as_deref(), is_live: evidence.source.is_live() })
            );
            assert_eq!(back.missing[0].detail, "no, [redacted]");
            assert_eq!(
                (back.missing.len(), back.missing[0].user, back.missing[0].reason),
                (1, Some(10), Reason::Refused)
            );
            assert_eq!((back.taken_at, back.device_id.as_deref()), (Some(1_782_000_000), Some("hmac:1234")));
            assert_eq!(back.serial, None);
        }
        let mut container = Container::folder(&folder.path().join("bundle"), u64::MAX, false).unwrap();
        for name in container.names.clone() {
            let text = String::from_utf8(container.read(&name, 1 << 20).unwrap().0).unwrap();
            for secret in ["R5CW00SYNTH", "Marie", "1234567"] {
                assert!(!text.contains(secret), "{secret} in {name}");
            }
        }
    }

    #[test]
    fn other_tools_find_androidqf_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bundle");
        let written = write(&sample(), &path, &meta()).unwrap();
        let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
        for name in [
            "acquisition.json",
            "getprop.txt",
            "settings_secure.txt",
            "poucet/users.txt",
            "poucet/user_10_settings_secure.txt",
            "poucet/packages_user_0.txt",
            "poucet/acquisition.txt",
        ] {
            assert!(path.join(name).is_file(), "{name} not in {written:?}");
        }
        let dumpsys = read(DUMPSYS);
        assert!(dumpsys.starts_with(&format!("{DASHES}\nDUMP OF SERVICE package:\nPackages:\n")));
        assert!(dumpsys.contains("s was the duration of dumpsys appops, ending at: "));
        let packages: serde_json::Value = serde_json::from_str(&read(PACKAGES)).unwrap();
        assert_eq!(packages[0]["name"], "a.b");
        assert_eq!(packages[0]["uid"], 10123);
        assert_eq!(packages[0]["installer"], "com.android.vending");
        for line in read(HASHES).lines() {
            let (name, hash) = line.rsplit_once(',').unwrap();
            assert_eq!(hash, hex(Sha256::digest(fs::read(path.join(name)).unwrap())), "{name}");
        }
        assert_eq!(read(HASHES).lines().count() + 1, written.files.len());
        // Without its manifest the bundle is an AndroidQF acquisition.
        fs::remove_dir_all(path.join("poucet")).unwrap();
        let back = reopen(&path);
        assert_eq!(back.source, SourceKind::AndroidQf);
        assert!(back.first(Kind::Packages).is_some() && back.first(Kind::Properties).is_some());
    }

    #[test]
    fn a_zip_has_one_folder_that_other_tools_look_into_and_reads_as_one_without() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bundle.zip");
        for (id, top) in [(Some("hmac:1234"), "hmac-1234/"), (Some("../.."), "phone/"), (None, "phone/")] {
            let meta = Meta { device_id: id.map(str::to_owned), ..meta() };
            write(&sample(), &path, &meta).unwrap();
            let names = Container::zip(&path, u64::MAX).unwrap().names;
            assert!(names.iter().all(|name| name.starts_with(top)), "{names:?}");
            assert!(names.contains(&format!("{top}packages.json")), "{names:?}");
            assert_eq!(reopen(&path).items.len(), sample().items.len());
        }
        // Bundles of earlier versions had no folder in their zips, and other names for the settings of other users.
        let old = folder.path().join("old.zip");
        write(&sample(), &folder.path().join("plain"), &meta()).unwrap();
        let mut zip = zip::ZipWriter::new(fs::File::create(&old).unwrap());
        let plain = Container::folder(&folder.path().join("plain"), u64::MAX, false).unwrap();
        for name in &plain.names {
            let text = fs::read_to_string(folder.path().join("plain").join(name)).unwrap();
            let (before, now) = ("poucet/settings_secure_10.txt", "poucet/user_10_settings_secure.txt");
            zip.start_file(name.replace(now, before), SimpleFileOptions::default()).unwrap();
            zip.write_all(text.replace(now, before).as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        assert_eq!(reopen(&old).items.len(), sample().items.len());
    }

    #[test]
    fn the_list_of_packages_tells_what_the_dump_tells_and_nothing_else() {
        let mut evidence = sample();
        let block = |name: &str, flags: &str, users: &str| {
            format!(
                "  Package [{name}] (1a2b):\n    appId=10123\n    pkg=Package{{1 {name}}}\n    flags=[ {flags} ]\n{users}"
            )
        };
        let user = |id: u32, enabled: u32| {
            format!("    User {id}: ceDataInode=1 installed=true hidden=false enabled={enabled}\n")
        };
        let dump = format!(
            "Packages:\n{}{}{}{}\nShared users:\n",
            block("com.system", "SYSTEM HAS_CODE", &user(0, 3)),
            block("com.loaded", "HAS_CODE", &user(0, 0)),
            block("com.other", "HAS_CODE", &user(10, 2)),
            block("com.cut", "HAS_CODE", ""),
        );
        evidence.items = vec![
            Item::new(Kind::Packages, &dump, "dumpsys package"),
            Item::new(
                Kind::PackageList,
                "package:com.system  installer=null uid:10123\npackage:com.loaded  installer=null uid:10124\n\
                 package:com.other uid:10125\npackage:com.cut  installer=com.android.vending uid:10126\n\
                 package:com.unknown  installer=null uid:10127\n",
                "pm",
            )
            .for_user(0),
        ];
        let list: Vec<serde_json::Value> = serde_json::from_str(&packages_json(&evidence).unwrap()).unwrap();
        let told: Vec<String> = list
            .iter()
            .map(|one| {
                format!(
                    "{} {} {} {} {}",
                    one["name"], one["system"], one["third_party"], one["disabled"], one["installer"]
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                r#""com.cut" null null null "com.android.vending""#,
                r#""com.loaded" false true false "null""#,
                r#""com.other" false true null null"#,
                r#""com.system" true false true "null""#,
                r#""com.unknown" null null null "null""#,
            ]
        );
        // Cut within the last package, the dump tells nothing of it.
        let end = dump.find("com.other] (1a2b)").unwrap() + 90;
        evidence.items[0].text.truncate(end);
        let list: Vec<serde_json::Value> = serde_json::from_str(&packages_json(&evidence).unwrap()).unwrap();
        assert_eq!((&list[1]["system"], &list[2]["system"]), (&serde_json::json!(false), &serde_json::Value::Null));
    }

    #[test]
    fn the_same_evidence_gives_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["1.zip", "2.zip"].map(|name| folder.path().join(name));
        write(&sample(), &one, &meta()).unwrap();
        write(&sample(), &two, &meta()).unwrap();
        assert_eq!(fs::read(one).unwrap(), fs::read(two).unwrap());
    }

    #[test]
    fn altered_evidence_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bundle");
        write(&sample(), &path, &meta()).unwrap();
        let text = fs::read_to_string(path.join(DUMPSYS)).unwrap();
        fs::write(path.join(DUMPSYS), text.replace("a.b", "x.y")).unwrap();
        match open_path(&path, &OpenOptions::default()) {
            Err(SourceError::Altered { file, .. }) => assert_eq!(file, DUMPSYS),
            other => panic!("{other:?}"),
        }
        fs::remove_file(path.join(DUMPSYS)).unwrap();
        assert!(matches!(open_path(&path, &OpenOptions::default()), Err(SourceError::Altered { .. })));
    }

    #[test]
    fn a_manifest_that_points_outside_or_makes_no_sense_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bundle");
        write(&sample(), &path, &meta()).unwrap();
        let manifest = fs::read_to_string(path.join(MANIFEST)).unwrap();
        fs::write(path.join(MANIFEST), manifest.replace("\"getprop.txt\"", "\"../getprop.txt\"")).unwrap();
        assert!(matches!(open_path(&path, &OpenOptions::default()), Err(SourceError::UnsafeName { .. })));
        for broken in [
            manifest.replace(SCHEMA, "poucet.bundle/9"),
            manifest.replace("\"getprop\"", "\"nothing\""),
            "{".to_owned(),
        ] {
            fs::write(path.join(MANIFEST), broken).unwrap();
            assert!(matches!(open_path(&path, &OpenOptions::default()), Err(SourceError::BadManifest { .. })));
        }
        fs::write(path.join(MANIFEST), manifest.replace("\"bytes\": 2", "\"bytes\": 999999999992")).unwrap();
        assert!(matches!(open_path(&path, &OpenOptions::default()), Err(SourceError::TooLarge { .. })));
    }

    #[test]
    fn a_folder_with_something_in_it_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine"), "x").unwrap();
        assert!(matches!(write(&sample(), folder.path(), &meta()), Err(OutputError::NotEmpty { .. })));
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        write(&sample(), &empty, &meta()).unwrap();
        assert!(empty.join(MANIFEST).is_file());
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
    }

    fn items() -> impl Strategy<Value = Vec<Item>> {
        let item = (
            0usize..Kind::ALL.len(),
            proptest::option::of(0u32..12),
            "(\\PC|\n|\r|=|\u{FEFF}|DUMP OF SERVICE package:\n|-{79}\n){0,20}",
            1u64..100_000,
            proptest::option::of(Just(Reason::Truncated)),
        );
        proptest::collection::vec(item, 0..12).prop_map(|items| {
            items
                .into_iter()
                .map(|(kind, user, text, first_line, cut)| Item {
                    kind: Kind::ALL[kind],
                    user,
                    text,
                    origin: "x".to_owned(),
                    first_line,
                    cut,
                    proved: cut.is_none(),
                    cut_detail: String::new(),
                })
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn any_evidence_reads_back(items in items(), zip in any::<bool>()) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(if zip { "b.zip" } else { "b" });
            let mut evidence = Evidence::empty(SourceKind::Files, "x");
            evidence.items = items;
            write(&evidence, &path, &meta()).unwrap();
            let back = reopen(&path);
            let plain: Vec<Shown> = back.items.iter().map(|item| (item.kind, item.user, item.text.clone(), item.origin.clone(), item.first_line, item.cut)).collect();
            prop_assert_eq!(plain, shown(&evidence, Redactor::default()));
        }
    }
}
