//! What a test leaves out, because this machine lacks something.

use std::io::Write as _;
use std::path::PathBuf;

/// Says that the running test, or a part of it, is left out: one line, `skipped: TEST: WHY`.
///
/// A test that returns early counts as passed, and what it prints is not shown then. So the line also goes to the end of the file that
/// `POUCET_SKIPPED` names, where somebody can count.
pub(crate) fn skipped(why: &str) {
    let thread = std::thread::current();
    let line = format!("skipped: {}: {why}\n", thread.name().unwrap_or("a test"));
    eprint!("{line}");
    if let Some(file) = std::env::var_os("POUCET_SKIPPED") {
        // One write for a whole line: tests run side by side, and so may programs of tests.
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}

/// A part of the real dumps; `None`, and said, where they are not at hand.
pub(crate) fn corpus(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("POUCET_CORPUS");
    if root.is_none() {
        skipped("the real dumps are not here (POUCET_CORPUS)");
    }
    root.map(|root| PathBuf::from(root).join(part))
}
