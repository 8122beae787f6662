//! What has no form: the sentences, the names and the tables that several forms share.

pub(super) mod comparison;
pub(super) mod identity;
mod notes;
pub(super) mod overview;
pub(super) mod pairing;
pub(super) mod phrases;
pub(super) mod serial;
pub(super) mod sheets;
pub(super) mod wording;
pub(super) mod words;
