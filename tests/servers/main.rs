//! What needs servers and other programs: ADB, PostgreSQL, a browser, Python, Spark, the programs that poucet's outputs are for.

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
#[path = "../common_browser/mod.rs"]
mod common_browser;
#[path = "../common_postgres/mod.rs"]
mod common_postgres;
#[path = "../common_roads/mod.rs"]
mod common_roads;

mod adb;
mod browser;
mod consumers;
mod fleet;
mod generated;
mod live;
mod scale;
mod store;
