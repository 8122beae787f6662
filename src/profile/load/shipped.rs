//! The profiles that ship in the program.

use std::sync::OnceLock;

use crate::profile::document;
use crate::text::Text;

/// The profiles that ship, by id.
pub(super) const SHIPPED: &[(&str, &str, &str)] = &[
    ("base", "profiles/base.toml", include_str!("../../../profiles/base.toml")),
    ("byod", "profiles/byod.toml", include_str!("../../../profiles/byod.toml")),
    ("cis-android", "profiles/cis-android.toml", include_str!("../../../profiles/cis-android.toml")),
    ("cis-ios", "profiles/cis-ios.toml", include_str!("../../../profiles/cis-ios.toml")),
    (
        "communications-team",
        "profiles/communications-team.toml",
        include_str!("../../../profiles/communications-team.toml"),
    ),
    (
        "government-of-canada",
        "profiles/government-of-canada.toml",
        include_str!("../../../profiles/government-of-canada.toml"),
    ),
    ("high-risk", "profiles/high-risk.toml", include_str!("../../../profiles/high-risk.toml")),
    ("location-off", "profiles/location-off.toml", include_str!("../../../profiles/location-off.toml")),
    ("minors", "profiles/minors.toml", include_str!("../../../profiles/minors.toml")),
    ("precautionary", "profiles/precautionary.toml", include_str!("../../../profiles/precautionary.toml")),
];

/// A profile that ships with poucet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// The word it is called by.
    pub id: &'static str,
    /// Its title.
    pub title: Text,
    /// Whether it is made to be extended only.
    pub is_abstract: bool,
    /// The file as it is written, comments and all.
    pub text: &'static str,
}

/// The profiles that ship, sorted by id.
pub fn shipped() -> Vec<Shipped> {
    static FOUND: OnceLock<Vec<Shipped>> = OnceLock::new();
    let read = || {
        let read = |(id, _, text): &(&'static str, &str, &'static str)| {
            let (title, is_abstract) = document::head(text).unwrap_or_default();
            Shipped { id, title, is_abstract, text }
        };
        SHIPPED.iter().map(read).collect()
    };
    FOUND.get_or_init(read).clone()
}

/// Whether a profile of this id ships with poucet.
pub fn is_shipped(id: &str) -> bool {
    shipped_text(id).is_some()
}

/// The file name and the text of a profile that ships.
pub(super) fn shipped_text(id: &str) -> Option<(&'static str, &'static str)> {
    SHIPPED.iter().find(|(known, _, _)| *known == id).map(|(_, name, text)| (*name, *text))
}
