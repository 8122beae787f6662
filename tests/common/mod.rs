//! Help for the integration tests.

pub mod desk;
pub mod phone;
pub mod server;
pub mod skip;
pub mod wireless;
