//! Phones as they come and go: told by the ADB server, or looked for every now and then where there is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::server::Server;
use super::{Options, Sightings, sightings};

/// How often is looked where nobody tells.
const POLL: Duration = Duration::from_secs(2);
/// How long a server that tells is waited for before the phones are looked at all the same: a message may be lost with a server.
const PATIENCE: Duration = Duration::from_secs(30);

/// A look around whenever something may have changed. Ends when it is dropped.
#[derive(Debug)]
pub struct Tracker {
    ended: Arc<AtomicBool>,
}

impl Tracker {
    /// Begins to look; each look around is handed to `seen`, the first at once. A server is asked by `host:track-devices` (AOSP
    /// `adb/SERVICES.TXT`), which answers with a list each time one of its phones changes.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn start(options: Options, seen: impl Fn(Sightings) -> bool + Send + 'static) -> std::io::Result<Tracker> {
        let ended = Arc::new(AtomicBool::new(false));
        let flag = ended.clone();
        std::thread::Builder::new().name("tracker".to_owned()).spawn(move || {
            while !flag.load(Ordering::Relaxed) {
                let look = || seen(sightings(&options));
                if !look() || !follow(&options, &flag, &look) {
                    return;
                }
                std::thread::sleep(POLL);
            }
        })?;
        Ok(Tracker { ended })
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

/// Looks around whenever the server says so, until it is gone. `false`: nobody wants to know any more.
fn follow(options: &Options, ended: &AtomicBool, look: &impl Fn() -> bool) -> bool {
    let Ok(server) = Server::connect(&options.server, Instant::now() + options.timeout) else { return true };
    let Ok(mut changes) = server.track(options.timeout) else { return true };
    while !ended.load(Ordering::Relaxed) {
        match changes.next(PATIENCE) {
            Ok(_) if !look() => return false,
            Ok(_) => {}
            Err(_) => return true,
        }
    }
    false
}
