//! What every parser gives: facts, and what it could not read.

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
pub(super) fn line_of(first: Option<u32>) -> String {
    first.map_or_else(String::new, |line| format!("line {line}"))
}
