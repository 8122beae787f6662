//! What gets stricter and what gets laxer from one profile to another.
//!
//! A rule is stricter when fewer phones hold it: a lower level, less of an app, fewer sources, more apps, a higher severity. Of the
//! person's privacy, stricter is what protects more: less read, more hidden, consent asked. Where neither profile accepts all that the
//! other accepts, nobody can say, and the change is told as different.

mod compare;
#[cfg(test)]
mod tests;
pub(crate) mod types;

pub use compare::difference;
pub use types::{Difference, Item, Limit, NamedApp, Part, SCHEMA, Side, What};
