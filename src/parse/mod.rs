//! Pure functions from text to facts and gaps, one file per dump format. Nothing here reads a file or a phone.

pub mod android;
pub mod text;
