//! Pure functions from text and bytes to facts and gaps, one file per format. Nothing here reads a file or a phone.

pub mod android;
pub mod ios;
pub mod text;
