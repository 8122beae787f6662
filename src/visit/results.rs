//! A folder of results: one report per target, and what makes a second run skip what is there.
//!
//! Beside each report stands a small record, named after what the report follows from: the evidence, the profiles, the options and
//! the version. The report is written first, then the record, each whole or not at all: a record without its report counts for nothing.
//!
//! A record is found by its key, so the key must not change meaning in silence: it is the hash of `Key`, written out field by field,
//! with a version of its own. A folder whose records have keys of another version is read anew, and that is said.
//!
//! Others may write into the folder too: no link in it is followed, and the records are in a folder that is the user's alone.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::settings::Settings;
use super::{Outcome, TargetName};
use crate::batch::Entry;
use crate::files::fingerprint;
use crate::files::held::Held;
use crate::files::output::{OutputError, Readers};

/// The folder of the records in the folder of the reports.
const RECORDS: &str = ".poucet";
/// The form of a record. The first one had keys that hashed how the program's own types print themselves.
const SCHEMA: &str = "poucet.result/2";
/// The version of [`Key`]: goes up with every change of what a key is made of, and of how it is written.
const KEYS: &str = "poucet.keys/2";
/// The file beside the records that tells the version of their keys; hidden, as it is no record.
const KEYS_FILE: &str = ".keys";
/// Unfinished files of a run that was killed go when they are so old that no run can still be at them.
const STALE: Duration = Duration::from_secs(3600);
/// How much of a target's name a report bears, in characters.
const LONGEST_NAME: usize = 60;
/// How many characters of a key tell reports of one name apart.
const SHORT_KEY: usize = 12;

/// The folder of one call.
pub struct ResultsFolder {
    reports: Held,
    records: Held,
    extension: &'static str,
    settings: Settings,
    /// Whether there are records whose keys are of another version: nothing of them is used.
    other_keys: bool,
}

/// What a result is found by. Only its hash is kept.
#[derive(Serialize)]
struct Key<'k> {
    keys: &'static str,
    version: &'static str,
    settings: &'k Settings,
    /// A report tells the name of what it was made from, without the folders that lead there.
    name: &'k str,
    /// The fingerprint of the evidence.
    evidence: &'k str,
}

impl Key<'_> {
    fn hash(&self) -> String {
        fingerprint::of_text(&serde_json::to_string(self).unwrap_or_default())
    }
}

/// What is kept of one result.
#[derive(Serialize, Deserialize)]
struct Record {
    schema: String,
    /// The report, in the folder.
    report: String,
    /// SHA-256 of the report and of the outcome.
    sha256: String,
    /// The two outcomes that stay with a result.
    failing: bool,
    unreadable: bool,
    entry: Entry,
}

impl Record {
    fn seal(&self, report: &str) -> String {
        let entry = serde_json::to_string(&self.entry).unwrap_or_default();
        fingerprint::of_text(&format!("{} {} {entry} {report}", self.failing, self.unreadable))
    }
}

impl ResultsFolder {
    /// Makes the folder ready.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(root: &Path, extension: &'static str, settings: Settings) -> Result<ResultsFolder, OutputError> {
        let reports = Held::open(root)?;
        let records = reports.own(RECORDS)?;
        reports.sweep(STALE);
        records.sweep(STALE);
        let is_ours = records.read(KEYS_FILE).is_ok_and(|keys| keys == KEYS.as_bytes());
        let other_keys = !is_ours && records.holds(|name| !name.starts_with('.') && name.ends_with(".json"));
        if !is_ours {
            records.write(KEYS_FILE, KEYS.as_bytes(), Readers::Owner)?;
        }
        Ok(ResultsFolder { reports, records, extension, settings, other_keys })
    }

    /// Whether there are results of another build, of which none is used.
    pub fn has_other_keys(&self) -> bool {
        self.other_keys
    }

    /// The folder as the system knows it.
    pub fn place(&self) -> Option<PathBuf> {
        std::fs::canonicalize(self.reports.path()).ok()
    }

    fn key(&self, target: &str, evidence: &str) -> String {
        let (version, name) = (env!("CARGO_PKG_VERSION"), last_part(target));
        Key { keys: KEYS, version, settings: &self.settings, name, evidence }.hash()
    }

    /// The result for this evidence, where it is there, whole and unchanged. A damaged backup is read again: its fingerprint is that of
    /// its index, and its files may have come since, or its password.
    pub fn known(&self, origin: &TargetName) -> Option<(Entry, Outcome)> {
        let key = self.key(&origin.name, origin.fingerprint.as_deref()?);
        let record: Record = serde_json::from_slice(&self.records.read(&record_name(&key)).ok()?).ok()?;
        let is_name = Path::new(&record.report).components().count() == 1;
        let report = is_name.then(|| self.reports.read(&record.report).ok()).flatten()?;
        let report = String::from_utf8(report).ok()?;
        if record.schema != SCHEMA || record.entry.damaged && origin.is_partial || record.sha256 != record.seal(&report)
        {
            return None;
        }
        let mut outcome = Outcome::default();
        for (happened, what) in [(record.failing, Outcome::FAILING), (record.unreadable, Outcome::UNREADABLE)] {
            outcome = if happened { outcome.and(what) } else { outcome };
        }
        // The same evidence may lie there under another name.
        Some((Entry { target: origin.name.clone(), ..record.entry }, outcome))
    }

    /// Writes a report and its record; gives the name of the report.
    ///
    /// # Errors
    /// When one of them cannot be written.
    pub fn write(
        &self,
        origin: &TargetName,
        text: &str,
        entry: &Entry,
        outcome: Outcome,
    ) -> Result<String, OutputError> {
        // A phone is another reading each time.
        let evidence = match &origin.fingerprint {
            Some(fingerprint) => fingerprint.clone(),
            None => fingerprint::of_text(&format!("{} {text}", origin.name)),
        };
        let key = self.key(&origin.name, &evidence);
        let name = file_name(&origin.name, entry);
        let report = format!("{name}-{}.{}", key.get(..SHORT_KEY).unwrap_or(&key), self.extension);
        self.reports.write(&report, text.as_bytes(), Readers::Usual)?;
        let mut record = Record {
            schema: SCHEMA.to_owned(),
            report: report.clone(),
            sha256: String::new(),
            failing: outcome.fails(),
            unreadable: outcome.is_unreadable(),
            entry: entry.clone(),
        };
        record.sha256 = record.seal(text);
        let record = serde_json::to_string(&record).unwrap_or_default();
        self.records.write(&record_name(&key), record.as_bytes(), Readers::Owner)?;
        Ok(report)
    }

    /// Writes the summary of all targets.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn summary(&self, extension: &str, text: &str) -> Result<(), OutputError> {
        self.reports.write(&format!("fleet.{extension}"), text.as_bytes(), Readers::Usual)
    }
}

/// The name of the record of a result.
fn record_name(key: &str) -> String {
    format!("{key}.json")
}

/// A name for people: the last part of the target's, or the model of a phone on a cable, of characters that every system takes.
fn file_name(target: &str, entry: &Entry) -> String {
    let is_phone = ["adb:", "usb:", "tcp:"].iter().any(|prefix| target.starts_with(prefix));
    let name = match &entry.device.model {
        Some(model) if is_phone => model.as_str(),
        _ => last_part(target),
    };
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    let name: String =
        name.chars().take(LONGEST_NAME).map(|character| if plain(character) { character } else { '_' }).collect();
    // No hidden files, none of the names that mean a folder, and none that a program takes for an option.
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "phone".to_owned() } else { name.to_owned() }
}

/// The last part of a target's name.
fn last_part(target: &str) -> &str {
    target.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(target)
}
