//! A profile file as it is written, with the place of everything in it.

mod file;
pub(crate) mod parts;
mod rule;

pub(super) use file::{Document, head, read};
pub(super) use parts::{OverrideDocument, ParameterDocument, ParameterType};
pub(super) use rule::RuleDocument;
