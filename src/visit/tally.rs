//! What became of every target.

use super::Outcome;
use crate::batch::Summary;
use crate::waiver::Waivers;

/// What a visit came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// What all phones come to, as far as that was wanted; how many there were, always.
    pub summary: Summary,
    /// What happened.
    pub outcome: Outcome,
    /// Which waivers were judged by.
    pub waivers: WaiversUsed,
}

impl Tally {
    /// A visit that ended before anything was read.
    pub(super) fn ended(outcome: Outcome) -> Tally {
        Tally { outcome, ..Tally::default() }
    }

    /// Adds to what happened.
    pub(super) fn add(&mut self, outcome: Outcome) {
        self.outcome = self.outcome.and(outcome);
    }
}

/// Which waivers were judged by, and which were needed, by their place in the list.
#[derive(Clone, Debug, Default)]
pub struct WaiversUsed {
    /// Those that were looked at for some phone.
    pub judged: Vec<bool>,
    /// Those that some failure needed.
    pub needed: Vec<bool>,
}

impl WaiversUsed {
    pub(super) fn of(waivers: Option<&Waivers>) -> WaiversUsed {
        let count = waivers.map_or(0, |waivers| waivers.list.len());
        WaiversUsed { judged: vec![false; count], needed: vec![false; count] }
    }

    pub(super) fn add(&mut self, waivers: &[(usize, bool)]) {
        for (place, needed) in waivers {
            note(&mut self.judged, *place, true);
            note(&mut self.needed, *place, *needed);
        }
    }
}

fn note(list: &mut [bool], place: usize, holds: bool) {
    if let Some(noted) = list.get_mut(place) {
        *noted |= holds;
    }
}
