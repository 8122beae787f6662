//! Writes a bundle, whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufWriter, Write};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::manifest::{MANIFEST, Manifest, ManifestItem, ManifestMissing, SCHEMA, Tool};
use super::sink::{Files, FolderSink, Patient, Sink, Written, ZipSink};
use crate::evidence::{Evidence, Item, Kind};
use crate::files::fingerprint::hex;
use crate::files::output::{OutputError, Readers, TEMPORARY_PREFIX, Unfinished, folder_of, place_of, temporary_file};
use crate::parse::android::{package_list, packages};
use crate::source::redact::Redactor;

pub(super) const DUMPSYS: &str = "dumpsys.txt";
pub(super) const HASHES: &str = "hashes.csv";
const ACQUISITION: &str = "acquisition.json";
pub(super) const PACKAGES: &str = "packages.json";
/// The line that `dumpsys` prints before each section.
pub(super) const DASHES: &str = "-------------------------------------------------------------------------------";
/// An id has 32 characters.
const LONGEST_FOLDER: usize = 64;

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

/// The name of the one folder of a zip: the device's id, of characters that every system takes.
fn top_folder(meta: &Meta) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    let id = meta.device_id.as_deref().unwrap_or_default();
    let name: String = id.chars().map(plain).take(LONGEST_FOLDER).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "phone".to_owned() } else { name.to_owned() }
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
        sha256: hex(&Sha256::digest(text)),
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
pub(super) fn packages_json(evidence: &Evidence) -> Option<String> {
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
