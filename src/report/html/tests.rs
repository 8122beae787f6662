//! The page: one style, no script, unique ids, hostile names inert.
