//! Whole commands and whole readings, with nothing but a Rust toolchain: what is left out without other files or programs says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    reason = "a test that cannot go on stops, and says why"
)]
#![allow(unreachable_pub, dead_code, reason = "each program uses its own part of what the tests share")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common_ios/mod.rs"]
mod common_ios;
#[path = "../common_roads/mod.rs"]
mod common_roads;

mod batch;
mod commands;
mod compare;
mod corpus;
mod coverage;
mod documents;
mod example;
mod explain;
mod face;
mod forms;
mod hostile;
mod ios_backups;
mod ios_traps;
mod ios_verdicts;
mod organisation;
mod privacy;
mod profile_examples;
mod profile_tools;
mod roads;
mod sentences;
mod traps;
mod truth;
mod visit;
mod waivers;
