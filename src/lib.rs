//! poucet: reads a phone, works out what each social app can really do, and judges it against a hardening profile.
//!
//! The rooms spell the way through; arrows never point back:
//!
//! ```text
//! source → Evidence → parse → facts → snapshot → Snapshot → audit → Audit → report
//!                                               Snapshot × Snapshot → compare → Comparison → report
//! ```
//!
//! What a program builds on:
//!
//! * [`visit`] takes all of it to many phones, for a terminal, a page or a test: options in, events out. Begin here, or with
//!   `examples/audit_folder.rs`.
//! * [`Catalog`] knows which apps are social and who controls them.
//! * [`profile`] turns a profile file into validated rules; [`waiver`] reads what somebody signed for, with its end.
//! * [`snapshot`] is the model of what a phone allows, in the words of [`vocabulary`].
//! * [`audit`] is Snapshot × Profile → findings; [`compare`] is Snapshot × Snapshot → changes.
//! * [`batch`] is many audits at once: what all phones of a batch come to.
//! * [`report`] writes results, one place a form; [`text`] holds every sentence that a person reads, in English and French.
//! * [`store`] keeps readings and verdicts, for one desk or several.
//!
//! The other rooms change without notice. They are hidden in `inner`, for the command line, the tests and the benches of this
//! package: `files` (written whole or not at all, read line by line, fingerprints), `source` (bytes from phones and evidence), `parse`
//! (pure functions from text to facts and gaps), `evidence`, `access` (the rules that turn facts into effective access), `catalog`,
//! `config` (what a desk has settled once), `document` (files that people write, with every mistake shown where it is), `explain` (what
//! a word means).

mod access;
pub mod audit;
pub mod batch;
mod catalog;
pub mod compare;
mod config;
mod document;
mod evidence;
mod explain;
mod files;
mod parse;
pub mod profile;
pub mod report;
pub mod snapshot;
mod source;
pub mod store;
pub mod text;
pub mod visit;
pub mod vocabulary;
pub mod waiver;

/// What unit tests leave out is said and counted as that of the other tests is.
#[cfg(test)]
#[path = "../tests/common/skip.rs"]
mod skip;

pub use catalog::Catalog;

/// Rooms that change without notice.
#[doc(hidden)]
pub mod inner {
    pub mod access {
        pub use crate::access::*;
    }
    pub mod catalog {
        pub use crate::catalog::*;
    }
    pub mod config {
        pub use crate::config::*;
    }
    pub mod document {
        pub use crate::document::*;
    }
    pub mod evidence {
        pub use crate::evidence::*;
    }
    pub mod explain {
        pub use crate::explain::*;
    }
    pub mod files {
        pub use crate::files::*;
    }
    pub mod parse {
        pub use crate::parse::*;
    }
    pub mod source {
        pub use crate::source::*;
    }
}
