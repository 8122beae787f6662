//! poucet: reads a phone, works out what each social app can really do, and judges it against a hardening profile.
//!
//! The folders spell the way through; arrows never point back:
//!
//! ```text
//! source → Evidence → parse → facts → snapshot → Snapshot → audit → Audit → report
//!                                               Snapshot × Snapshot → compare → Comparison → report
//! ```
//!
//! * [`files`] writes files whole or not at all, reads lines, and knows fingerprints.
//! * [`source`] gets bytes from phones and evidence.
//! * [`parse`] holds pure functions from text to facts and gaps, one file per dump format.
//! * [`vocabulary`] holds the words that all rooms share, and what they mean on each platform.
//! * [`snapshot`] is the model of what a phone allows.
//! * [`access`] holds the rules that turn facts into effective access.
//! * [`catalog`] knows which apps are social and who controls them.
//! * [`config`] reads what a desk has settled once: its profiles, its catalogue, its language.
//! * [`document`] reads files that people write, with every mistake shown where it is.
//! * [`profile`] turns a profile file into validated rules.
//! * [`explain`] says what a word means, from vocabulary, catalogue and profiles.
//! * [`batch`] is many audits at once: what all phones of a batch come to.
//! * [`store`] keeps readings and verdicts, for one desk or several.
//! * [`waiver`] reads what somebody signed for, with its end.
//! * [`audit`] is Snapshot × Profile → findings.
//! * [`compare`] is Snapshot × Snapshot → changes.
//! * [`report`] writes results, one file per format.
//! * [`visit`] takes all of it to many phones, for a terminal, a page or a test: options in, events out.
//! * [`text`] holds every sentence that a person reads, in English and French.

pub mod access;
pub mod audit;
pub mod batch;
pub mod catalog;
pub mod compare;
pub mod config;
pub mod document;
pub mod evidence;
pub mod explain;
pub mod files;
pub mod parse;
pub mod profile;
pub mod report;
pub mod snapshot;
pub mod source;
pub mod store;
pub mod text;
pub mod visit;
pub mod vocabulary;
pub mod waiver;
