//! What the files say of one permission of one app, before it becomes a grant or a gap.

use crate::evidence::Reason;
use crate::snapshot::{Because, EvidenceRow};
use crate::vocabulary::{BecauseCode, DecidedBy, Level, State};

/// A judgement of one permission of one app.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Known(Decision),
    Unknown { reason: Reason, detail: String },
}

#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) level: Level,
    pub(super) state: State,
    pub(super) decided_by: DecidedBy,
    pub(super) because: Because,
    /// In seconds since 1970.
    pub(super) changed_at: Option<i64>,
    /// The answer lets the app add to the photo library.
    pub(super) may_add: bool,
    pub(super) evidence: Vec<EvidenceRow>,
}

impl Decision {
    pub(super) fn new(level: Level, state: State, decided_by: DecidedBy, code: BecauseCode) -> Decision {
        Decision {
            level,
            state,
            decided_by,
            because: Because::new(code),
            changed_at: None,
            may_add: false,
            evidence: Vec::new(),
        }
    }
}

/// The higher of two outcomes, with the rows of both; what is not known wins where it could be higher.
pub(super) fn higher(one: Outcome, other: Outcome) -> Outcome {
    match (one, other) {
        (Outcome::Known(first), Outcome::Known(second)) => {
            let (mut high, low) = if second.level > first.level { (second, first) } else { (first, second) };
            high.evidence.extend(low.evidence);
            Outcome::Known(high)
        }
        (Outcome::Known(known), Outcome::Unknown { .. }) | (Outcome::Unknown { .. }, Outcome::Known(known))
            if known.level == Level::Always =>
        {
            Outcome::Known(known)
        }
        (unknown @ Outcome::Unknown { .. }, _) | (_, unknown) => unknown,
    }
}

pub(super) fn not_explained(evidence: &EvidenceRow) -> Outcome {
    Outcome::Unknown { reason: Reason::Unreadable, detail: evidence.text.clone() }
}
