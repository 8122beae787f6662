//! The names of devices, as the store keeps them.

use super::value;
use crate::files::fingerprint;
use crate::snapshot::Snapshot;

/// How many bytes the id of a device may have: PostgreSQL refuses rows of an index above some 2,700.
const LONGEST_ID: usize = 200;
/// How much of a longer one is kept, before the beginning of its SHA-256.
const KEPT_OF_ID: usize = 180;
/// How the name of a reading begins that names no phone.
pub(super) const NAMELESS: &str = "unknown-";

/// The device of a reading, as the store names it.
pub fn device_of(snapshot: &Snapshot, sha256: &str) -> String {
    let unknown = || format!("{NAMELESS}{}", sha256.get(..8).unwrap_or(sha256));
    snapshot.device.id.as_deref().filter(|id| !id.is_empty()).map_or_else(unknown, stored_id)
}

/// An id as the store keeps it: a very long one by its beginning and its SHA-256.
pub(super) fn stored_id(id: &str) -> String {
    // As every text of the store is kept.
    let id = value::plain(id);
    if id.len() <= LONGEST_ID {
        return id;
    }
    let hash = fingerprint::of_text(&id);
    let kept = (0..=KEPT_OF_ID).rev().find_map(|end| id.get(..end)).unwrap_or_default();
    format!("{kept}-{}", hash.get(..16).unwrap_or(&hash))
}
