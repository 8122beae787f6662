//! Which apps are social, who controls them, and under which ids they are installed.
