//! The phone's own configuration: each check of the vocabulary that a backup can show.
