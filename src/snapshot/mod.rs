//! The vocabulary, and the rules that turn facts into effective access.

pub mod permissions;
pub mod words;

pub use words::{AppSource, Check, DecidedBy, Level, Permission, Platform, Presence, Severity, State, Verdict};
