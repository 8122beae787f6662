//! A before and an after, for people and programs.

pub mod json;
pub mod table;
mod wording;

pub use wording::{STANDINGS, sign};
