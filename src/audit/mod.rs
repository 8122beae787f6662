//! Judging a snapshot by a profile.
