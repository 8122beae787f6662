//! Everything a backup tells, parsed once, with what could not be parsed.

use std::cell::RefCell;

use crate::evidence::Reason;
use crate::evidence::ios::{Artefact, BackupEvidence};
use crate::parse::ios::backup_manifest::{self, Manifest};
use crate::parse::ios::info::{self, InfoDevice};
use crate::parse::ios::plist::{self, Value};
use crate::snapshot::{EvidenceRow, Gap};
use crate::text::clean::sanitize;

/// A version of iOS: major and minor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl Version {
    /// Reads `17.5.1`; a word without a leading number is none.
    pub fn read(text: &str) -> Option<Version> {
        let mut numbers = text.trim().split('.').map(str::parse::<u32>);
        let major = numbers.next()?.ok()?;
        Some(Version(major, numbers.next().and_then(Result::ok).unwrap_or(0)))
    }
}

/// The facts of one backup.
#[derive(Debug)]
pub struct Facts<'e> {
    /// What they were read from.
    pub evidence: &'e BackupEvidence,
    /// The version of iOS that wrote the backup (`Manifest.plist`, else `Info.plist`).
    pub version: Option<Version>,
    /// What could not be read or understood, under the evidence's name.
    gaps: RefCell<Vec<Gap>>,
}

impl<'e> Facts<'e> {
    /// Parses everything.
    pub fn read(evidence: &'e BackupEvidence) -> Facts<'e> {
        let mut facts = Facts { evidence, version: None, gaps: RefCell::new(Vec::new()) };
        facts.version = version(&facts);
        for missing in &evidence.missing {
            facts.gap(missing.artefact.label(), missing.reason, &missing.detail);
        }
        facts
    }

    /// The gaps so far.
    pub fn gaps(&self) -> Vec<Gap> {
        self.gaps.borrow().clone()
    }

    /// Notes something that could not be read.
    pub fn gap(&self, area: &str, reason: Reason, detail: &str) {
        self.gaps.borrow_mut().push(Gap::new(area, reason, sanitize(detail, 300)));
    }

    /// Notes that some rows of an evidence were not understood, out of how many.
    pub fn counted_gap(&self, artefact: Artefact, read: u64, of: u64, detail: &str) {
        self.counted(artefact, Reason::Unreadable, read, of, detail);
    }

    /// Notes that some rows of an evidence count for nothing, for a reason, out of how many.
    pub fn counted(&self, artefact: Artefact, reason: Reason, read: u64, of: u64, detail: &str) {
        if read < of {
            self.gaps
                .borrow_mut()
                .push(Gap::new(artefact.label(), reason, sanitize(detail, 300)).counted(Some(read), Some(of)));
        }
    }

    /// A property list of the backup, if it is there and can be read; a damaged one is a gap.
    pub fn plist(&self, artefact: Artefact) -> Option<Value> {
        let item = self.evidence.first(artefact)?;
        self.or_gap(artefact, plist::read(&item.bytes))
    }

    /// A result of parsing, or a gap that says why there is none.
    pub fn or_gap<T, E: std::fmt::Display>(&self, artefact: Artefact, outcome: Result<T, E>) -> Option<T> {
        outcome.map_err(|error| self.gap(artefact.label(), Reason::Unreadable, &error.to_string())).ok()
    }

    /// Why an evidence tells nothing: it was not read, or it could not be understood.
    pub fn why_missing(&self, artefact: Artefact) -> Reason {
        if self.evidence.first(artefact).is_some() { Reason::Unreadable } else { self.evidence.why_missing(artefact) }
    }

    /// Whether the phone runs at least this version; `None` when the version is not known.
    pub fn at_least(&self, major: u32, minor: u32) -> Option<bool> {
        self.version.map(|version| version >= Version(major, minor))
    }
}

/// A row of evidence from a backup: the `number`-th entry or row (1-based; 0 stands for the absence of one), in words.
pub fn row(artefact: Artefact, number: u32, text: &str) -> EvidenceRow {
    EvidenceRow { source: artefact.label().to_owned(), line: number, text: sanitize(text, 300) }
}

/// A moment in seconds since 1970 as RFC 3339 in UTC, which is how backups keep time.
pub fn moment(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

/// `Manifest.plist`, if it is there and can be read.
pub fn manifest(facts: &Facts<'_>) -> Option<Manifest> {
    facts.plist(Artefact::Manifest).map(|value| backup_manifest::read(&value))
}

/// What `Info.plist` says about the phone, without its lists of apps.
pub(super) fn info_device(facts: &Facts<'_>) -> Option<InfoDevice> {
    let item = facts.evidence.first(Artefact::Info)?;
    facts.or_gap(Artefact::Info, info::read_device(&item.bytes))
}

/// The version of iOS that wrote the backup: `Manifest.plist`, which the phone writes, else `Info.plist`, which the computer
/// writes.
pub fn version(facts: &Facts<'_>) -> Option<Version> {
    let of_manifest = manifest(facts).and_then(|manifest| Version::read(&manifest.version?));
    of_manifest.or_else(|| Version::read(&info_device(facts)?.version?))
}
