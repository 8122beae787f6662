//! The end of a visit, asked for from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody wants a visit to end. Copies are of one wish.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    asked: Arc<AtomicBool>,
    heard: Arc<AtomicBool>,
}

impl Cancel {
    /// Asks for the end: what has begun is brought to its end, and nothing else is begun. Gives whether that is in hand: a watch is at
    /// work, and was not asked before.
    pub fn ask(&self) -> bool {
        self.heard.load(Ordering::Relaxed) && !self.asked.swap(true, Ordering::Relaxed)
    }

    /// Takes up no further target.
    pub fn stop(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Tells those who ask whether anybody listens.
    pub(super) fn listen(&self, listens: bool) {
        self.heard.store(listens, Ordering::Relaxed);
    }
}
