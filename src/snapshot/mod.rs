//! The vocabulary, and the rules that turn facts into effective access.

pub mod android;
mod device_name;
pub mod guidance;
pub mod ios;
pub mod model;
pub mod permissions;
pub mod read;
pub mod words;

pub use device_name::without_double;
pub use model::*;
pub use words::{
    AppSource, BecauseCode, Check, DecidedBy, Inert, Level, Permission, Platform, Presence, Severity, Standing, State,
    Trace, Usage, UserKind, Verdict,
};
