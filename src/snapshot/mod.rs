//! What a phone allows, as data: the model, how it is read back, and what a partial one lacks.

pub mod damage;
pub mod model;
mod names;
mod part;
mod quick;
pub mod read;
mod rows;

pub use model::*;
pub use names::{name_or_id, without_double};
pub use part::Part;
pub use rows::{Cited, EvidenceRow, Rows};
