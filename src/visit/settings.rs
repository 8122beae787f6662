//! What a kept result follows from, in words that outlive the program's types.

use serde::Serialize;

/// What a result follows from beside the evidence. Field by field, and of plain words alone: what a type of the program is called, and
/// how it prints itself, is no part of it.
#[derive(Debug, Serialize)]
pub struct Settings {
    /// `audit` or `watch`.
    pub command: &'static str,
    /// What the reports look like.
    pub look: Look,
    /// What the verdicts follow from.
    pub judged_by: JudgedBy,
    /// For a watch, whose results are never used again, nothing of these.
    pub read_by: Option<ReadBy>,
    /// The earlier readings, where there are any.
    pub baseline: Option<HeldAgainst>,
    /// The store, as people are shown it: what is to be kept there must be read.
    pub store: Option<String>,
}

/// What a verdict follows from beside the snapshot.
#[derive(Debug, Serialize)]
pub struct JudgedBy {
    /// Id and SHA-256 of each profile.
    pub profiles: Vec<(String, String)>,
    /// SHA-256 of the waivers, and the day they are looked at: without any, the day changes nothing but the age of a backup.
    pub waivers: Option<(String, String)>,
    /// Who owns the phone.
    pub ownership: Option<String>,
    /// The word of the severity.
    pub threshold: Option<&'static str>,
    /// Whether what could not be judged counts as a failure.
    pub strict: bool,
    /// Whether only new failures count.
    pub only_new: bool,
}

/// What a snapshot follows from beside the evidence.
#[derive(Debug, Serialize)]
pub struct ReadBy {
    /// The user, where one was asked for.
    pub user: Option<u32>,
    /// Whether every app is named.
    pub all_apps: bool,
    /// Whether serial numbers are shown.
    pub show_serial: bool,
    /// SHA-256 of the App Privacy Report.
    pub privacy_report: Option<String>,
    /// SHA-256 of the key that makes device ids.
    pub id_key: Option<String>,
    /// SHA-256 of each file of the organization's catalogue.
    pub catalog: Vec<String>,
    /// The state of the catalogue that ships.
    pub as_of: String,
}

/// What the reports of a folder look like, in words.
#[derive(Clone, Debug, Serialize)]
pub struct Look {
    /// The word of the form.
    pub format: &'static str,
    /// The language.
    pub language: &'static str,
    /// The other language, where both are there.
    pub second_language: Option<&'static str>,
    /// Whether every column is shown.
    pub wide: bool,
}

/// The earlier readings that results are held against.
#[derive(Debug, Serialize)]
pub struct HeldAgainst {
    /// SHA-256 of the readings.
    pub sha256: String,
    /// The target, where one was named: it is held against the one reading there is, whatever phone that is of.
    pub only: Option<String>,
}
