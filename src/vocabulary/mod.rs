//! The words that snapshots, profiles, reports and catalogues share, what each means on each platform, and how a person changes it.

pub mod guidance;
pub mod permissions;
pub mod words;

pub use words::{
    AppSource, BecauseCode, Check, ClockWitness, DecidedBy, Inert, Level, Permission, Platform, Presence, Severity,
    Standing, State, Trace, Usage, UserKind, Verdict,
};
