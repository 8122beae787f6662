//! What judging needs beside profile and snapshot.

use crate::catalog::Catalog;
use crate::waiver::Waivers;

/// What judging needs beside profile and snapshot.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The catalogue that the selectors of the profile were resolved with.
    pub catalog: &'c Catalog,
    /// What the person said of who owns the phone (`institution`, `personal`), for rules with `for = "ownership:…"`.
    pub ownership: Option<&'c str>,
    /// The waivers that somebody signed.
    pub waivers: Option<&'c Waivers>,
    /// The day for which waivers are looked at; without it none holds.
    pub today: Option<jiff::civil::Date>,
}

impl<'c> Context<'c> {
    /// A catalogue, and nothing said of the phone.
    pub fn new(catalog: &'c Catalog) -> Context<'c> {
        Context { catalog, ownership: None, waivers: None, today: None }
    }
}
