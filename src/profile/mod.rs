//! Hardening profiles: a file becomes validated rules, with mistakes pointed at in the person's own file.
//!
//! A profile is TOML and data only; `docs/profiles.md` describes the language. [`load`] reads one with all that it extends, collects
//! every mistake before it gives up, and returns rules in which groups, parameters and overrides are filled in.

// A new word of an enum is to be met by the compiler wherever something is judged by it.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod by_hand;
mod change;
mod collect;
pub mod controls;
pub mod coverage;
pub mod difference;
mod document;
pub mod example;
mod expected;
mod judged;
pub mod kind;
mod load;
mod model;
pub mod origin;
mod phone;
pub mod references;
mod resolve;
pub mod scaffold;
pub mod schema;
pub mod selector;
pub mod show;
mod tailoring;
#[cfg(test)]
mod tests;

pub use crate::document::{Code, Diagnostic, ProfileErrors, Sentences};
pub use change::{Change, Tailored};
pub use collect::Collect;
pub use example::Example;
pub use expected::{Expected, Value};
pub(crate) use judged::Judged;
pub use judged::{Actual, Asked, ToldGap, Why};
pub use kind::Assertion;
pub(crate) use kind::guide::permission_to_change;
pub use load::{
    Listed, MOST_LISTED, Options, OwnGroup, OwnGroups, Shipped, WithExamples, in_folder, is_shipped, load, load_with,
    load_with_examples, shipped, text_of,
};
pub use model::{FORMAT, Privacy, Profile, Rule};
pub use origin::{Ancestor, Before, Origin, Origins, ParameterOrigin, RuleOrigin};
pub(crate) use phone::{JudgedApp, Phone, RuleOnPhone};
pub use references::OwnReference;
pub use resolve::extend_catalog;
pub(crate) use resolve::selection;
pub use selector::{AppView, Selection};
