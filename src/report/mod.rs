//! Results for people and programs, one file per format. Nothing here reads a phone or a file.

pub mod difference;
pub mod explain;
pub mod json;
pub mod side;
pub mod table;
mod wording;

pub use wording::Wording;
