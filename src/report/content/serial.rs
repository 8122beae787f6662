//! Plain data as JSON.

use serde::Serialize;

/// A structure of plain data always serialises.
pub(in crate::report) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// As [`to_json`], for a person to read.
pub(in crate::report) fn to_pretty_json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Adds a member that is there to an object.
pub(in crate::report) fn insert(object: &mut serde_json::Value, name: &str, value: Option<serde_json::Value>) {
    if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
        members.insert(name.to_owned(), value);
    }
}
