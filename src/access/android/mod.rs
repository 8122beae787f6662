//! From the facts of an Android phone to a snapshot.

pub mod apps;
pub mod build;
pub mod checks;
pub mod clock;
mod closed;
pub mod effective;
pub mod facts;
mod groups;
pub mod installer;
pub mod lists;
mod merge;
pub mod rows;
pub mod special;
mod unknown;

#[cfg(test)]
mod tests;
