//! The apps at a glance.

use crate::vocabulary::{Level, Permission};

/// The columns of the overview: what people ask for first.
pub(in crate::report) const OVERVIEW: [(Permission, &str); 5] = [
    (Permission::Location, "table-column-location"),
    (Permission::Camera, "table-column-camera"),
    (Permission::Microphone, "table-column-microphone"),
    (Permission::Contacts, "table-column-contacts"),
    (Permission::Photos, "table-column-photos"),
];

/// The sign that stands beside the word of a level.
pub(in crate::report) fn dot(level: Level) -> &'static str {
    match level {
        Level::Always => "●",
        Level::WhileInUse => "◐",
        Level::Limited => "◔",
        Level::Ask => "◌",
        Level::None | Level::Denied => "○",
    }
}
