//! The `poucet` command.

fn main() {}
