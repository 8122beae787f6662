//! Hardening profiles: a file becomes validated rules, with mistakes pointed at in the person's own file.
