//! The history of a fleet: readings and what was judged of them, in an SQLite file or on a PostgreSQL server that desks share.
//!
//! A reading is known by the SHA-256 of its snapshot, and a verdict by what it follows from: however often and by whomever the same
//! is stored, it is there once. Each reading goes in with its verdicts in one transaction. How long readings are kept is settled in
//! the store itself, so that every desk that writes to it keeps to that. `docs/store.md` describes the tables.

mod address;
mod clock;
mod columns;
mod connect;
mod error;
mod ids;
mod keep;
mod model;
mod moments;
mod open;
mod pending;
mod postgresql;
mod query;
mod rows;
mod schema;
mod seal;
mod sql;
mod sqlite;
mod tables;
mod trend;
mod value;
mod write;

pub use address::StoreAddress;
pub use clock::Doubt;
pub use error::StoreError;
pub use ids::device_of;
pub use keep::{Deleted, Deletion};
pub use model::{Added, Device, Period, PeriodLength, Reading, StoredVerdict};
pub use moments::moment;
pub use open::Store;
pub use pending::{Drained, Left, Pending};
pub use rows::{FindingRow, VerdictRow};
