//! The formats of an iOS backup, iOS 12 to 27: property lists, archives and SQLite databases, each from bytes.
//!
//! Two rules: decide by what the file holds (columns, keys), never by the iOS version; and one entry that is not understood never
//! costs the others, it is counted.

pub mod archive;
pub mod location;
pub mod plist;
pub mod sqlite;
pub mod tcc;
pub mod wal;
