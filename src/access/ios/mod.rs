//! From the facts of an iOS backup to a snapshot.

pub mod access;
pub mod apps;
pub mod build;
pub mod checks;
pub mod device;
pub mod facts;
mod judged;
pub mod location;
pub mod management;
pub mod privacy;
mod rows;
pub mod services;
pub mod switches;
pub mod tcc;
