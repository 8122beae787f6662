//! Waivers: what somebody signed for, on which phones, why, and until when.
//!
//! They live apart from profiles and are never open-ended. `docs/waivers.md` describes the file.

mod model;
mod read;
#[cfg(test)]
mod tests;

pub use model::{
    Devices, FORMAT, LONGEST_DAYS, RuleName, SHORT_ID, SOON_DAYS, Saying, Waiver, WaiverNote, WaiverState, WaiverUse,
    Waivers, saying,
};
pub use read::{Readers, read};
