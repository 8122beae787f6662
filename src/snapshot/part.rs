//! The parts of a phone that a reading should tell of.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::vocabulary::words::words;

words! {
/// A part of a phone that a reading should tell of.
Part {
    /// Which apps are installed.
    Apps => "apps",
    /// What the apps may touch.
    Access => "access",
    /// The phone's own settings, its users, and who manages it.
    Settings => "settings",
}
}
