//! Examples judged.
