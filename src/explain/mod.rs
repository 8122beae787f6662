//! What a word of poucet means: a rule, a permission, a level, a check, a word of the reports, a name of Android or iOS, a published
//! control. Also what it is good for, how to see it on the phone, and what to press to change it.
//!
//! An [`Explanation`] is plain data in both languages, made from the vocabulary, the catalogue and the profiles that ship, without a
//! phone and without a network. `poucet explain` shows it, and `docs/rules/` is made of it.

mod index;
mod library;
mod lines;
mod lookup;
mod model;
mod platform;
mod rule;
mod selector;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

pub use index::{Group, index};
pub use library::Library;
pub use model::{Explanation, Kind, Line, Section, without_repeats};
