//! The phones in sight, their states, and what to do on a phone that is not ready.

use std::time::{Duration, Instant};

use super::direct;
use super::error::AdbError;
use super::options::Options;
use super::server::{GREETING, Server};
pub use super::sighting::{Advice, Sighting, State, Transport, parse};
use super::waiting::GLANCE;

/// What a look around found.
#[derive(Clone, Debug)]
pub struct Sightings {
    /// The ADB server that answered, or why there is none.
    pub server: Result<ServerSeen, AdbError>,
    /// Every phone: the server's list in its order, or, without a server, those on USB.
    pub phones: Vec<Sighting>,
}

impl Sightings {
    /// The phones that a name means, as `adb -s` and `ANDROID_SERIAL` take it: those of this serial number, else those that
    /// have it for another of their names.
    pub fn named(&self, name: &str) -> Vec<&Sighting> {
        let by_serial: Vec<&Sighting> = self.phones.iter().filter(|phone| phone.serial == name).collect();
        if by_serial.is_empty() { self.phones.iter().filter(|phone| phone.is_also(name)).collect() } else { by_serial }
    }
}

/// An ADB server that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSeen {
    /// Where it listens.
    pub address: String,
    /// Its protocol version, where it tells.
    pub version: Option<u32>,
    /// Whether poucet started it.
    pub started: bool,
}

/// Every phone in sight, through the ADB server where one answers or can be started, else on USB directly. A phone that
/// has just come gets a moment to be ready. Takes no longer than [`Options::timeout`], that moment, and the time to start
/// a server.
pub fn sightings(options: &Options) -> Sightings {
    look(options, GREETING)
}

/// As [`sightings`], with as much time for a phone that has just come.
pub(super) fn look(options: &Options, greeting: Duration) -> Sightings {
    let deadline = Instant::now() + options.timeout;
    let server = match Server::find(options, deadline) {
        Ok(server) => server,
        Err(error) => return Sightings { server: Err(error), phones: direct::present(deadline) },
    };
    let seen =
        ServerSeen { address: server.address().to_string(), version: server.version(), started: server.started() };
    let deadline = deadline.max(Instant::now() + Duration::from_secs(2));
    let patience = Instant::now() + greeting;
    loop {
        match server.devices(deadline) {
            Ok(phones) if phones.iter().any(|phone| phone.state.is_passing()) && Instant::now() < patience => {
                std::thread::sleep(GLANCE);
            }
            Ok(phones) => return Sightings { server: Ok(seen), phones },
            Err(error) => return Sightings { server: Err(error), phones: direct::present(deadline) },
        }
    }
}

#[cfg(test)]
mod tests;
