//! Waiting for no longer than a deadline.

use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How often a phone is looked at that is about to be in another state.
pub(super) const GLANCE: Duration = Duration::from_millis(100);

/// Runs something that knows no deadline in a thread of its own and stops waiting for it at the deadline. The thread
/// is then left to itself: a blocked system call cannot be called back.
pub(crate) fn within<T: Send + 'static>(deadline: Instant, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new()
        .spawn(move || {
            // The receiver may have gone at the deadline; nobody needs the answer then.
            let _ = sender.send(work());
        })
        .ok()?;
    receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}

/// The outcome of something asynchronous that waits for nothing; `None` if it does wait.
pub(crate) fn ready<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(work).poll(&mut context) {
        std::task::Poll::Ready(outcome) => Some(outcome),
        std::task::Poll::Pending => None,
    }
}

/// The time left until the deadline; `None` when it has passed. Never zero, which sockets refuse as a timeout.
pub(crate) fn left(deadline: Instant) -> Option<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    (left > Duration::from_millis(1)).then_some(left)
}
