//! The vocabulary, and the rules that turn facts into effective access.

pub mod android;
pub mod guidance;
pub mod ios;
pub mod model;
mod names;
pub mod permissions;
pub mod read;
pub mod words;

pub use model::*;
pub use names::{name_or_id, without_double};
pub use words::{
    AppSource, BecauseCode, Check, DecidedBy, Inert, Level, Permission, Platform, Presence, Severity, Standing, State,
    Trace, Usage, UserKind, Verdict,
};
