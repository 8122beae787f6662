//! Targets: what somebody names to be read.

use std::ffi::OsStr;
use std::path::PathBuf;

/// One place to read.
#[derive(Clone, Debug)]
pub enum Target {
    /// A phone: `adb:…`, `usb:…`, `tcp:…`.
    Phone(String),
    /// A path.
    Path(PathBuf),
    /// Snapshots as JSON Lines on standard input.
    Stdin,
}

impl Target {
    /// What a word names.
    pub fn parse(word: impl AsRef<OsStr>) -> Target {
        let path = word.as_ref();
        let word = path.to_str().unwrap_or_default();
        if word == "-" {
            return Target::Stdin;
        }
        if ["adb:", "usb:", "tcp:"].iter().any(|prefix| word.starts_with(prefix)) {
            return Target::Phone(word.to_owned());
        }
        Target::Path(PathBuf::from(path))
    }

    /// The target as the person wrote it.
    pub fn name(&self) -> String {
        match self {
            Target::Phone(name) => name.clone(),
            Target::Path(path) => path.display().to_string(),
            Target::Stdin => "-".to_owned(),
        }
    }

    /// Whether it is a phone, of which each reading is another.
    pub fn is_phone(&self) -> bool {
        matches!(self, Target::Phone(_))
    }
}

/// Where one snapshot comes from.
#[derive(Clone, Debug)]
pub struct TargetName {
    /// As the person named or would name it; a line by the name of its file and its number.
    pub name: String,
    /// Whether it is a phone, of which each reading is another.
    pub live: bool,
    /// The fingerprint of the evidence, where it was asked for.
    pub fingerprint: Option<String>,
    /// Whether the fingerprint leaves out some of the evidence.
    pub is_partial: bool,
}

impl TargetName {
    /// A name, and nothing known of the evidence.
    pub fn new(name: String, live: bool) -> TargetName {
        TargetName { name, live, fingerprint: None, is_partial: false }
    }
}
