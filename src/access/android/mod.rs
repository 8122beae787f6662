//! From the facts of an Android phone to a snapshot.

pub mod apps;
pub mod build;
pub mod checks;
pub mod clock;
pub mod effective;
pub mod facts;
pub mod installer;
pub mod rows;
pub mod special;

#[cfg(test)]
mod tests;
