//! Help for the integration tests.

pub mod phone;
