//! The rules that turn the facts of a phone into effective access: one folder per platform.

pub mod android;
pub mod ios;
mod options;

pub use options::{Options, Scope, device_id};
