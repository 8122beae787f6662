//! A before and an after, for people and programs.

pub mod json;
pub mod table;
