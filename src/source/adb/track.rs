//! Phones as they come and go: told by the ADB server, or looked for every now and then where there is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::devices::Sightings;
use super::devices::look;
use super::options::Options;
use super::server::Server;

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
    /// `adb/SERVICES.TXT`), which answers with a list each time one of its phones changes. A server is started for the first look
    /// at most: who ends one later wants none.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn start(mut options: Options, seen: impl Fn(Sightings) -> bool + Send + 'static) -> std::io::Result<Tracker> {
        let ended = Arc::new(AtomicBool::new(false));
        let flag = ended.clone();
        std::thread::Builder::new().name("tracker".to_owned()).spawn(move || {
            // What a phone is in for a moment is for those to judge who see it stay or pass.
            let look = |options: &Options| seen(look(options, Duration::ZERO));
            if !look(&options) {
                return;
            }
            options.may_start_server = false;
            while !flag.load(Ordering::Relaxed) {
                match follow(&options, &flag, &|| look(&options)) {
                    Followed::Unwanted => return,
                    // Its end is told of at once.
                    Followed::UntilItsEnd => {}
                    Followed::Never => std::thread::sleep(POLL),
                }
                if flag.load(Ordering::Relaxed) || !look(&options) {
                    return;
                }
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

/// How long a server has told of changes.
enum Followed {
    /// Nobody wants to know any more.
    Unwanted,
    /// It did, and is gone.
    UntilItsEnd,
    /// There is none, or it does not know how to.
    Never,
}

/// Looks around whenever the server says so, until it is gone.
fn follow(options: &Options, ended: &AtomicBool, look: &impl Fn() -> bool) -> Followed {
    let Ok(server) = Server::connect(&options.server, Instant::now() + options.timeout) else { return Followed::Never };
    let Ok(mut changes) = server.track(options.timeout) else { return Followed::Never };
    let mut told = false;
    while !ended.load(Ordering::Relaxed) {
        match changes.next(PATIENCE) {
            Ok(_) if !look() => return Followed::Unwanted,
            Ok(_) => told = true,
            Err(_) if told => return Followed::UntilItsEnd,
            Err(_) => return Followed::Never,
        }
    }
    Followed::Unwanted
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::mpsc;

    use super::super::{program, server::ServerAddress};
    use super::*;

    /// A server that knows the list of phones, and tells of `changes` changes, or, for `None`, does not know how to.
    fn server(changes: Option<usize>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    let mut length = [0; 4];
                    stream.read_exact(&mut length).unwrap();
                    let length = usize::from_str_radix(std::str::from_utf8(&length).unwrap(), 16).unwrap();
                    let mut service = vec![0; length];
                    stream.read_exact(&mut service).unwrap();
                    match (service.as_slice(), changes) {
                        (b"host:version", _) => stream.write_all(b"OKAY00040029").unwrap(),
                        (b"host:devices-l", _) => {
                            stream.write_all(b"OKAY0029R5 device usb:1-1 model:A transport_id:7\n").unwrap()
                        }
                        (b"host:track-devices", Some(changes)) => {
                            stream.write_all(b"OKAY").unwrap();
                            for _ in 0..changes {
                                std::thread::sleep(Duration::from_millis(30));
                                stream.write_all(b"000aR5\tdevice\n").unwrap();
                            }
                            std::thread::sleep(Duration::from_secs(20));
                        }
                        _ => stream.write_all(b"FAIL000funknown service").unwrap(),
                    }
                });
            }
        });
        port
    }

    fn looks(port: u16) -> (Tracker, mpsc::Receiver<Vec<String>>) {
        let options = Options {
            server: ServerAddress { host: "127.0.0.1".to_owned(), port }.into(),
            may_start_server: false,
            program: program::Places::default(),
            keys: super::super::keys::KeyPlaces::default(),
            serial: None,
            timeout: Duration::from_secs(2),
            accept: Duration::from_secs(2),
        };
        let (sender, receiver) = mpsc::channel();
        let seen = move |sightings: Sightings| {
            sender.send(sightings.phones.into_iter().map(|phone| phone.serial).collect()).is_ok()
        };
        (Tracker::start(options, seen).unwrap(), receiver)
    }

    #[test]
    fn a_server_that_tells_is_asked_at_once_and_at_each_change() {
        let (_tracker, looks) = looks(server(Some(3)));
        for _ in 0..4 {
            assert_eq!(looks.recv_timeout(Duration::from_secs(1)).unwrap(), ["R5"]);
        }
        assert!(looks.recv_timeout(Duration::from_millis(300)).is_err(), "nothing changed");
    }

    #[test]
    fn where_nobody_tells_it_is_looked_every_now_and_then() {
        let (tracker, looks) = looks(server(None));
        for _ in 0..3 {
            assert_eq!(looks.recv_timeout(POLL * 2).unwrap(), ["R5"]);
        }
        drop(tracker);
        // What was begun may still come, and then nothing.
        let _ = looks.recv_timeout(POLL * 2);
        assert!(looks.recv_timeout(POLL * 2).is_err());
    }
}
