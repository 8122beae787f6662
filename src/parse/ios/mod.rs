//! The formats of an iOS backup, iOS 12 to 27: property lists, archives and SQLite databases, each from bytes.
//!
//! Two rules: decide by what the file holds (columns, keys), never by the iOS version; and one entry that is not understood never
//! costs the others, it is counted.

pub mod app_registry;
pub mod archive;
pub mod backup_manifest;
pub mod configuration;
pub mod file_record;
pub mod health;
pub mod info;
pub mod keyboards;
pub mod location;
pub mod network;
pub mod notifications;
pub mod plist;
pub mod preferences;
pub mod privacy_report;
pub mod refresh;
pub mod restrictions;
pub mod sqlite;
mod sqlite_header;
pub mod tcc;
pub mod trust_store;
pub mod wal;

#[cfg(test)]
pub(crate) mod testing;

/// Whether a text has the form of a bundle id in reverse-DNS notation: two names or more of letters, digits, `-` and `_`, with dots
/// between them.
pub fn is_bundle_id(text: &str) -> bool {
    text.contains('.') && is_app_id(text)
}

/// Whether a text may be the id of an app: letters, digits, `-`, `_` and dots with something between them. Some have no dot at all
/// (`pinterest`).
pub fn is_app_id(text: &str) -> bool {
    text.len() <= 255
        && text.split('.').all(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}
