//! How much memory the facts of one text may take.

use super::parsed::ParseGap;
use crate::evidence::Reason;

/// The bytes that the facts of one dump may take. A phone with 1,000 apps and four users needs some ten million; a text of the same
/// size can be made of the shortest rows there are, each of which costs more than the bytes it is told in.
const MOST_BYTES: usize = 32 << 20;
/// The most entries of one list: what is looked up in a list takes its length each time. The longest list of permissions known has
/// some 700, and no phone has so many users.
const LONGEST: usize = 4000;

/// Room for the facts of one text.
#[derive(Debug)]
pub(super) struct Room {
    left: usize,
    /// Whether something found no place: what follows in the text is not read.
    pub(super) is_full: bool,
}

impl Default for Room {
    fn default() -> Room {
        Room { left: MOST_BYTES, is_full: false }
    }
}

impl Room {
    /// Adds an entry to a list that holds one for each app or uid, where there is room.
    #[inline]
    pub(super) fn add<T>(&mut self, list: &mut Vec<T>, entry: T) {
        if self.has_place(size_of::<T>()) {
            list.push(entry);
        }
    }

    /// Adds an entry to a list of one app.
    #[inline]
    pub(super) fn add_short<T>(&mut self, list: &mut Vec<T>, entry: T) {
        if list.len() < LONGEST {
            self.add(list, entry);
        } else {
            self.is_full = true;
        }
    }

    #[inline]
    fn has_place(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => self.is_full = true,
        }
        !self.is_full
    }

    /// The gap of a text that told more than there was room for.
    pub(super) fn gap(&self) -> Option<ParseGap> {
        let detail = || "more entries than a phone has".to_owned();
        self.is_full.then(|| ParseGap { reason: Reason::Truncated, read: None, of: None, detail: detail() })
    }
}
