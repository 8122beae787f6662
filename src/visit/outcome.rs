//! What a call came to, for whoever asked: a terminal makes an exit code of it.

/// What happened, each once however often: several may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    refused: bool,
    unreadable: bool,
    no_phone: bool,
    failing: bool,
}

impl Outcome {
    const NOTHING: Outcome = Outcome { refused: false, unreadable: false, no_phone: false, failing: false };
    /// What was asked for cannot be done: wrong arguments, a wrong profile, a place where nothing can be written.
    pub const REFUSED: Outcome = Outcome { refused: true, ..Outcome::NOTHING };
    /// A target could not be read, or evidence that should be there was refused, cut short or damaged.
    pub const UNREADABLE: Outcome = Outcome { unreadable: true, ..Outcome::NOTHING };
    /// There is no phone.
    pub const NO_PHONE: Outcome = Outcome { no_phone: true, ..Outcome::NOTHING };
    /// A failing finding at or above the threshold.
    pub const FAILING: Outcome = Outcome { failing: true, ..Outcome::NOTHING };

    /// Both.
    #[must_use]
    pub fn and(self, other: Outcome) -> Outcome {
        Outcome {
            refused: self.refused || other.refused,
            unreadable: self.unreadable || other.unreadable,
            no_phone: self.no_phone || other.no_phone,
            failing: self.failing || other.failing,
        }
    }

    /// Whether what was asked for cannot be done.
    pub fn is_refused(self) -> bool {
        self.refused
    }

    /// Whether something could not be read.
    pub fn is_unreadable(self) -> bool {
        self.unreadable
    }

    /// Whether there is no phone.
    pub fn has_no_phone(self) -> bool {
        self.no_phone
    }

    /// Whether a finding fails.
    pub fn fails(self) -> bool {
        self.failing
    }
}
