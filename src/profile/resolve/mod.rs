//! From documents to a profile: parameters, selectors and rules filled in.

mod expression;
mod family;
pub(crate) mod parameters;
mod resolver;
mod rules;

pub use expression::extend_catalog;
pub(crate) use expression::selection;
pub(super) use family::{Aim, Family, Memo, Resolved};
pub(super) use parameters::Setting;
pub(super) use rules::resolve;
