//! The vocabulary, and the rules that turn facts into effective access.

pub mod android;
pub mod damage;
pub mod guidance;
pub mod ios;
pub mod model;
pub mod permissions;
pub mod read;
pub mod words;

pub use damage::Part;
pub use model::*;
pub use words::{
    AppSource, BecauseCode, Check, ClockWitness, DecidedBy, Inert, Level, Permission, Platform, Presence, Severity,
    Standing, State, Trace, Usage, UserKind, Verdict,
};
