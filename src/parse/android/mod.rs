//! The formats that Android's shell commands print, Android 8 to 17.
//!
//! Two rules keep these parsers alive on vendor builds: parse by key, never by column or line number; and anchor
//! block starts on their exact indentation, because the same words occur in other sections.

pub mod accessibility;
pub mod adb;
pub mod appops;
pub mod battery;
mod blocks;
pub mod component;
pub mod device_policy;
pub mod header;
pub mod located;
pub mod lock_settings;
pub mod package_list;
pub mod packages;
pub mod properties;
pub mod restricted_ops;
pub mod role;
mod room;
pub mod sensor_privacy;
pub mod settings;
pub mod simple;
pub mod time;
pub mod trust;
pub mod users;
pub mod vpn;
pub mod window;

use crate::evidence::Reason;

/// What a parser found, and what it could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What was understood.
    pub facts: T,
    /// What was not.
    pub gaps: Vec<ParseGap>,
}

impl<T> Parsed<T> {
    /// Facts without a gap.
    pub fn complete(facts: T) -> Self {
        Parsed { facts, gaps: Vec::new() }
    }
}

/// Something that a parser met and could not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseGap {
    /// Why.
    pub reason: Reason,
    /// How many were understood, where the parser can count.
    pub read: Option<u64>,
    /// Of how many.
    pub of: Option<u64>,
    /// The words of the phone that show it, one line, or empty.
    pub detail: String,
}

/// What a gap tells of the first row that was not understood: its place. The row itself may hold anything, names of people included.
fn line_of(first: Option<u32>) -> String {
    first.map_or_else(String::new, |line| format!("line {line}"))
}
