//! Examples in a profile: the facts of an invented phone, and the verdicts that its author expects.
//!
//! Examples judge nothing, so an audit passes over them: only those who ask ([`super::load_with_examples`]) have them read, from
//! the same text in a second pass. That keeps loading quick, keeps them out of the hash, and lets a mistake in an example stop
//! `profile lint` and `profile test` and nothing else.
//!
//! A fact that poucet can never read on that platform is a mistake: an example that rests on it would prove nothing.

pub(crate) mod phone;
mod read;
#[cfg(test)]
mod tests;

pub use phone::{Example, ExampleApp, Unread};
pub(super) use read::{Known, read};
