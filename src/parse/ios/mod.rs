//! The formats of an iOS backup, iOS 12 to 27: property lists, archives and SQLite databases, each from bytes.
//!
//! Two rules: decide by what the file holds (columns, keys), never by the iOS version; and one entry that is not understood never
//! costs the others, it is counted.

pub mod app_registry;
pub mod archive;
pub mod backup_manifest;
pub mod configuration;
pub mod info;
pub mod plist;
pub mod preferences;
pub mod restrictions;
pub mod sqlite;
pub mod trust_store;
pub mod wal;
