//! Judging a snapshot by a profile: Snapshot × Profile → findings.
//!
//! How each kind of rule judges stands with the kind, in [`crate::profile::kind`]. Unknown is never pass: where a gap is in the
//! way, the verdict is `not-assessed` and the reason is the gap's.

// A new word of an enum is to be met by the compiler wherever something is judged by it.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod context;
pub mod example;
mod hide;
mod judge;
mod model;
pub mod moves;
mod references;
mod run;
mod summary;
#[cfg(test)]
pub(crate) mod tests;
mod waive;

pub use crate::profile::{Actual, Asked, ToldGap, Why};
pub use context::Context;
pub use hide::HIDDEN;
pub use model::{AppRef, Audit, Baseline, COVERAGE_FLOOR, CatalogUsed, Finding, RuleText, Summary};
pub use references::References;
pub use run::audit;
pub(crate) use summary::share;
