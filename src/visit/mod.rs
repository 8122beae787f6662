//! Taking all of it to many phones: read, judge, keep, and tell.
//!
//! [`Options`] go in, [`Event`]s go to a [`Face`], and a [`Tally`] with its [`Outcome`] comes out. There are no arguments here, no
//! sentences and no exit codes: a terminal prints, a page streams, a test collects.

mod baseline;
mod cancel;
mod error;
mod event;
mod follows;
pub mod judge;
pub mod keep;
pub mod key;
mod options;
mod outcome;
mod pieces;
pub mod read;
pub mod results;
mod run;
pub mod settings;
pub mod sight;
mod tally;
mod target;
mod watch;
pub mod workers;

pub use cancel::Cancel;
pub use error::{BadSnapshot, Failure, Unread};
pub use event::{Event, Face, Flow, Kept, KeptCounts, Note, Watched};
pub use options::{JudgeOptions, Keep, Options, ReadOptions, ResultsOptions, Shown, StoreOptions, Summarise};
pub use outcome::Outcome;
pub use read::Reader;
pub use run::{consent, run, run_with};
pub use tally::{Tally, WaiversUsed};
pub use target::{Target, TargetName};
pub use watch::watch;

// What options and faces are made of, and comes from rooms that are hidden.
pub use crate::access::Scope;
pub use crate::source::OpenOptions;
pub use crate::source::ios_backup::{Ask, Password};
