//! Work for several hands: taken from a source that need not end, handed over in order, with a bounded number under way.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many pieces may be under way or wait for their turn, for each hand.
const AHEAD: usize = 4;
/// How many phones are read at a time where nobody said: each has its dumps in memory.
pub const MOST_PHONES: usize = 16;

/// How many pieces have been taken and not been handed over.
struct Open {
    count: Mutex<usize>,
    fewer: Condvar,
    most: usize,
}

impl Open {
    fn take(&self) {
        let mut count = lock(&self.count);
        while *count >= self.most {
            count = self.fewer.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
        *count += 1;
    }

    fn give_back(&self) {
        let mut count = lock(&self.count);
        *count = count.saturating_sub(1);
        self.fewer.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many hands the system lets work, where it allows few files to be open at once (`ulimit -n`): each has some of its own, and the
/// program a few beside them.
#[cfg(unix)]
pub fn affordable(hands: usize) -> usize {
    const OF_EACH: u64 = 6;
    const BESIDE: u64 = 24;
    let Some(files) = rustix::process::getrlimit(rustix::process::Resource::Nofile).current else { return hands };
    let most = usize::try_from(files.saturating_sub(BESIDE) / OF_EACH).unwrap_or(usize::MAX);
    hands.min(most.max(1))
}

/// As many as were asked for: this system has no such bound.
#[cfg(not(unix))]
pub fn affordable(hands: usize) -> usize {
    hands
}

/// What `work` gives, or something else where it goes wrong in a way that nobody foresaw: what happened has been told by then, and a
/// hand that fell out would leave the others waiting for its result.
pub fn guarded<R>(work: impl FnOnce() -> R, otherwise: impl FnOnce() -> R) -> R {
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| otherwise())
}

/// Runs `work` on what `source` gives, `hands` pieces at a time. Results are handed over in the order of the source, but for those of
/// pieces that `comes_when_done` says need not wait for another: a phone that hangs holds back no other phone.
pub fn run<T: Send, R: Send>(
    source: impl Iterator<Item = T> + Send,
    hands: usize,
    comes_when_done: impl Fn(&T) -> bool + Sync,
    work: impl Fn(usize, T) -> R + Sync,
    mut hand_over: impl FnMut(R),
) {
    let hands = hands.max(1);
    let open = Open { count: Mutex::new(0), fewer: Condvar::new(), most: hands * AHEAD };
    // The place among all pieces, and among those whose order is kept.
    let source = Mutex::new((source, 0_usize, 0_usize));
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..hands {
            let (sender, source, open, work, comes_when_done) =
                (sender.clone(), &source, &open, &work, &comes_when_done);
            scope.spawn(move || {
                loop {
                    let (index, turn, piece) = {
                        // Whoever waits here holds up the others, who would wait for the same.
                        let mut source = lock(source);
                        open.take();
                        let Some(piece) = source.0.next() else {
                            open.give_back();
                            break;
                        };
                        let index = source.1;
                        source.1 += 1;
                        let turn = (!comes_when_done(&piece)).then_some(source.2);
                        source.2 += usize::from(turn.is_some());
                        (index, turn, piece)
                    };
                    if sender.send((turn, work(index, piece))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (turn, result) in receiver {
            let Some(turn) = turn else {
                open.give_back();
                hand_over(result);
                continue;
            };
            waiting.insert(turn, result);
            while let Some(result) = waiting.remove(&next) {
                next += 1;
                open.give_back();
                hand_over(result);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_order_and_few_are_under_way() {
        let (taken, handed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let most = AtomicUsize::new(0);
        let source = (0..500_usize).inspect(|_| {
            let open = taken.fetch_add(1, Ordering::SeqCst) + 1 - handed.load(Ordering::SeqCst);
            most.fetch_max(open, Ordering::SeqCst);
        });
        let mut found = Vec::new();
        let work = |_, n: usize| {
            if n == 3 {
                std::thread::sleep(Duration::from_millis(30));
            }
            n * 2
        };
        run(
            source,
            3,
            |_| false,
            work,
            |n| {
                handed.fetch_add(1, Ordering::SeqCst);
                found.push(n);
            },
        );
        assert_eq!(found, (0..500).map(|n| n * 2).collect::<Vec<_>>());
        assert!(most.load(Ordering::SeqCst) <= 3 * AHEAD + 1, "{most:?}");
    }

    #[test]
    fn a_slow_phone_holds_back_no_other() {
        let work = |_, n: u64| {
            std::thread::sleep(Duration::from_millis(if n == 0 { 300 } else { 1 }));
            n
        };
        let mut found = Vec::new();
        run(0..40, 2, |_| true, work, |n| found.push(n));
        assert_eq!((found.len(), found.last()), (40, Some(&0)));
    }

    #[test]
    fn a_piece_that_goes_wrong_costs_itself() {
        let mut found = Vec::new();
        let work = |_, n: usize| guarded(|| if n == 2 { panic!("one of a hundred") } else { n }, || 1000);
        run(0..100, 2, |_| false, work, |n| found.push(n));
        assert_eq!((found.len(), found.get(2), found.last()), (100, Some(&1000), Some(&99)));
    }

    #[test]
    fn nothing_to_do_ends() {
        run(std::iter::empty::<u8>(), 0, |_| false, |_, n| n, |_| panic!());
    }
}
