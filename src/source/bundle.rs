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

mod manifest;
mod read;
mod sink;
mod write;

pub(crate) use read::{find, read};
pub use sink::Written;
pub use write::{Meta, write};

#[cfg(test)]
mod tests;
