//! The manifest of a bundle: what each item is, and where it stands.

use serde::{Deserialize, Serialize};

pub(super) const SCHEMA: &str = "poucet.bundle/1";
pub(super) const MANIFEST: &str = "poucet/manifest.json";

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) schema: String,
    pub(super) tool: Tool,
    /// The kind of place the evidence was collected from ([`crate::evidence::SourceKind::word`]).
    pub(super) source: String,
    /// RFC 3339.
    pub(super) taken_at: Option<String>,
    pub(super) device_id: Option<String>,
    pub(super) items: Vec<ManifestItem>,
    pub(super) missing: Vec<ManifestMissing>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) version: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ManifestItem {
    /// The file of the bundle that holds the text.
    pub(super) file: String,
    /// Where in the file the text begins, in bytes, and its length.
    pub(super) offset: u64,
    pub(super) bytes: u64,
    /// The line of the file at which the text begins, for people.
    pub(super) line: u64,
    /// Of the text, not of the file.
    pub(super) sha256: String,
    /// [`crate::evidence::Kind::label`].
    pub(super) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cut: Option<String>,
    /// Whether it was known to be whole when it was collected; bundles of earlier versions do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) proved: Option<bool>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) cut_detail: String,
    /// Where the text stood when it was collected, as reports cite it.
    pub(super) origin: String,
    pub(super) first_line: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ManifestMissing {
    pub(super) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<u32>,
    pub(super) reason: String,
    pub(super) detail: String,
}
