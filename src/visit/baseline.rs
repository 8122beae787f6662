//! Earlier readings that results are held against.

use super::{Note, TargetName};
use crate::compare::{SameDevice, same_device};
use crate::files::fingerprint;
use crate::snapshot::Snapshot;

/// The earlier readings of a visit.
pub(super) struct Baselines(pub(super) Vec<Snapshot>);

/// What is to be told of the baseline of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubtful {
    /// The only one there is, and it is not known to be of this phone.
    Other,
    /// There is none of this phone.
    None,
}

impl Doubtful {
    pub(super) fn note<'n>(self, target: &'n TargetName) -> Note<'n> {
        match self {
            Doubtful::Other => Note::OtherBaseline(&target.name),
            Doubtful::None => Note::NoBaseline(&target.name),
        }
    }
}

impl Baselines {
    /// SHA-256 of the readings, hexadecimal.
    pub(super) fn fingerprint(&self) -> String {
        fingerprint::of_text(&serde_json::to_string(&self.0).unwrap_or_default())
    }

    /// The latest reading of a phone. One baseline for one target is meant for it, and it is told when it is another phone's.
    pub(super) fn of(&self, after: &Snapshot, only: bool) -> (Option<&Snapshot>, Option<Doubtful>) {
        let same = |before: &&Snapshot| same_device(before, after) == SameDevice::Same;
        // Half a reading is nothing to compare with where there is a whole one.
        let latest = self.0.iter().filter(same).max_by_key(|before| (!before.is_partial(), before.moment()));
        match (latest, self.0.as_slice()) {
            (Some(before), _) => (Some(before), None),
            (None, [before]) if only => (Some(before), Some(Doubtful::Other)),
            (None, _) => (None, Some(Doubtful::None)),
        }
    }
}
