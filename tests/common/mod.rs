//! Help for the integration tests.
#![allow(unreachable_pub)]

pub mod desk;
pub mod phone;
pub mod server;
pub mod skip;
pub mod wireless;
