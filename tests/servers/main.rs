//! What needs servers and other programs: ADB, PostgreSQL, a browser, Python, Spark, the programs that poucet's outputs are for.

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
