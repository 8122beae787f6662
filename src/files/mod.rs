//! Files as such, whatever they hold: written whole or not at all, read line by line, unpacked on the way, and their fingerprints.

pub mod fingerprint;
pub mod held;
pub mod lines;
pub mod output;
pub(crate) mod people;
pub mod plain;
