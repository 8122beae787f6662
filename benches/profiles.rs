//! How long profiles take to load: files read, extended, filled in, compared with what they extend, and sealed.
//!
//! `cargo bench --bench profiles` runs them. The aim is all the profiles that ship in less than five milliseconds together, so that
//! nobody waits for them before a phone is read.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench that cannot go on stops")]

use poucet::Catalog;
use poucet::profile;

fn main() {
    // The catalogue and the registry are read once for each run of the program, and not a part of what is measured.
    profile::load("base", Catalog::builtin()).unwrap();
    divan::main();
}

/// Every profile that ships, one after the other, as `poucet profile lint` does.
#[divan::bench]
fn load_all_shipped() -> usize {
    let catalog = Catalog::builtin();
    profile::shipped().iter().map(|shipped| profile::load(shipped.id, catalog).unwrap().rules.len()).sum()
}

/// One profile, with all that it extends.
#[divan::bench(args = profile::shipped().into_iter().map(|shipped| shipped.id))]
fn load_one(id: &str) -> usize {
    profile::load(id, Catalog::builtin()).unwrap().rules.len()
}
