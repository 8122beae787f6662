//! Help for the integration tests.
#![allow(unreachable_pub)]

pub mod phone;
