//! From the facts of an Android phone to a snapshot.

pub mod clock;
pub mod effective;
