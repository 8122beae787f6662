//! The text protocol of an ADB server, with a deadline on every read and write.
//!
//! A request is four hexadecimal digits of length and its text; the answer is `OKAY` or `FAIL` with a message (AOSP
//! `packages/modules/adb/SERVICES.TXT`, `OVERVIEW.TXT`). Any version of the server is spoken to: what an old one does
//! not know is asked in the old way, and no server is ever ended or replaced.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use super::address::ServerAddress;
use super::error::AdbError;
use super::options::Options;
use super::phone::{Ended, Phone, ShellOutput};
use super::program;
use super::sighting::{self, Sighting, State};
pub use super::socket::ServerSocket;
use super::waiting::GLANCE;
use super::wire::{Stream, Wire, WireError, ask, connect};
use crate::evidence::SourceKind;

/// How long a server that accepts a connection may take for a first answer before it counts as silent.
const FIRST_ANSWER: Duration = Duration::from_secs(4);
/// How long a server may take for its list of phones, which it holds in memory.
const LIST: Duration = Duration::from_secs(5);
/// How long a phone that has just come may be in a state that it will leave by itself.
pub(super) const GREETING: Duration = Duration::from_secs(1);
/// How much later than the other connections to a server its end may show on the one that was kept for that.
const LAST_SIGN: Duration = Duration::from_millis(300);
/// How long `adb start-server` may take; a cold start with many USB devices takes about three seconds.
const START: Duration = Duration::from_secs(8);
/// How long after its start a server may take to find the phones that are plugged in.
const SETTLE: Duration = Duration::from_secs(3);

/// A server that answers.
#[derive(Clone, Debug)]
pub struct Server {
    address: ServerSocket,
    version: Option<u32>,
    started: bool,
}

impl Server {
    /// Asks the server for its version, and never starts one.
    ///
    /// # Errors
    ///
    /// [`AdbError::NoServer`], [`AdbError::ServerSilent`] or [`AdbError::NotAnAdbServer`].
    pub fn connect(address: &ServerSocket, deadline: Instant) -> Result<Server, AdbError> {
        let deadline = deadline.min(Instant::now() + FIRST_ANSWER);
        match ask(address, "host:version", deadline) {
            Ok(text) => Ok(Server {
                address: address.clone(),
                version: u32::from_str_radix(text.trim(), 16).ok(),
                started: false,
            }),
            // It speaks the protocol; what it cannot tell is not needed.
            Err(WireError::Refused(_)) => Ok(Server { address: address.clone(), version: None, started: false }),
            Err(error) => Err(error.into_error(address, "host:version")),
        }
    }

    /// The server that answers; else, on this machine and where [`Options::may_start_server`] allows, one started with
    /// an `adb` program that is found. What listens on the port already is left alone, whatever it is.
    ///
    /// # Errors
    ///
    /// As [`Server::connect`]; [`AdbError::NoServer`] names the folders in which no `adb` was found.
    pub fn find(options: &Options, deadline: Instant) -> Result<Server, AdbError> {
        let (address, detail) = match Self::connect(&options.server, deadline) {
            Err(AdbError::NoServer { address, detail, .. }) => (address, detail),
            other => return other,
        };
        if !options.may_start_server || !options.server.is_loopback() {
            return Err(AdbError::NoServer { address, detail, looked: Vec::new() });
        }
        let Some(program) = options.program.find() else {
            return Err(AdbError::NoServer { address, detail, looked: options.program.folders().to_vec() });
        };
        let ServerSocket::Tcp(ServerAddress { port, .. }) = options.server else {
            return Err(AdbError::NoServer { address, detail, looked: Vec::new() });
        };
        // The time to start a server is not taken from the time to find phones: it is spent once.
        let begun = Instant::now();
        program::start_server(&program, port, begun + START).map_err(|detail| AdbError::NoServer {
            address,
            detail,
            looked: Vec::new(),
        })?;
        let mut server = Self::connect(&options.server, deadline + begun.elapsed())?;
        server.started = true;
        server.settle();
        Ok(server)
    }

    /// Waits a little until a server that was just started has found the phones.
    fn settle(&self) {
        let deadline = Instant::now() + SETTLE;
        while Instant::now() < deadline {
            let settling = |phone: &Sighting| phone.state.is_passing() || phone.state == State::Unknown;
            match self.devices(deadline) {
                Ok(phones) if !phones.is_empty() && !phones.iter().any(settling) => return,
                _ => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// Where it listens.
    pub fn address(&self) -> &ServerSocket {
        &self.address
    }

    /// Its protocol version, where it tells (41 for `adb` 1.0.41).
    pub fn version(&self) -> Option<u32> {
        self.version
    }

    /// Whether it was started by this call.
    pub fn started(&self) -> bool {
        self.started
    }

    /// Every phone that the server lists, in its order.
    ///
    /// # Errors
    ///
    /// As [`Server::connect`], and [`AdbError::ServerRefused`].
    pub fn devices(&self, deadline: Instant) -> Result<Vec<Sighting>, AdbError> {
        let deadline = deadline.min(Instant::now() + LIST);
        let list = match ask(&self.address, "host:devices-l", deadline) {
            // Servers before 1.0.29 know the short list only.
            Err(WireError::Refused(_)) => ask(&self.address, "host:devices", deadline),
            other => other,
        };
        list.map(|text| sighting::parse(&text)).map_err(|error| error.into_error(&self.address, "host:devices-l"))
    }
}

/// A connection on which a server tells of every change.
pub struct Changes {
    wire: Wire,
    address: ServerSocket,
}

impl Server {
    /// Asks to be told of every change of the list of phones; the first message comes at once.
    ///
    /// # Errors
    ///
    /// As [`Server::devices`].
    pub fn track(&self, timeout: Duration) -> Result<Changes, AdbError> {
        const SERVICE: &str = "host:track-devices";
        let failed = |error: WireError| error.into_error(&self.address, SERVICE);
        let mut wire = Wire::connect(&self.address, Instant::now() + timeout).map_err(failed)?;
        wire.request(SERVICE).map_err(failed)?;
        Ok(Changes { wire, address: self.address.clone() })
    }
}

impl Changes {
    /// Waits for the next change; `false` when there was none in this time.
    ///
    /// # Errors
    ///
    /// The server is gone, or says what is not understood.
    pub fn next(&mut self, patience: Duration) -> Result<bool, AdbError> {
        self.wire.deadline = Instant::now() + patience;
        let mut first = [0; 1];
        match self.wire.read(&mut first) {
            Ok(1) => self.wire.ahead = first.first().copied(),
            Err(WireError::TimedOut) => return Ok(false),
            // What else is wrong shows when the rest is read.
            _ => {}
        }
        self.wire.deadline = Instant::now() + LIST;
        // The list in the message is short; who wants to know asks for the long one.
        self.wire.read_text().map(|_| true).map_err(|error| error.into_error(&self.address, "host:track-devices"))
    }
}

/// A phone through an ADB server.
#[derive(Clone, Debug)]
pub struct ServerPhone {
    address: ServerSocket,
    serial: String,
    transport_id: Option<u64>,
    shell_v2: bool,
    /// A connection on which nothing is said: it ends with the server, and not with the phone.
    lifeline: Option<Arc<Stream>>,
}

/// Finds the phone that `serial` names in the server's list (`SERIAL`, `transport_id:N`, another way in which `adb -s`
/// names phones, or nothing for the one of [`Options::serial`], else the only ready one) and asks what it can do.
///
/// # Errors
///
/// Those of [`Server::find`]; [`AdbError::NotFound`], [`AdbError::NotReady`], [`AdbError::Ambiguous`],
/// [`AdbError::NoPhone`].
pub fn open(serial: &str, options: &Options, deadline: Instant) -> Result<ServerPhone, AdbError> {
    let server = Server::find(options, deadline)?;
    // Starting a server has its own time.
    let deadline = deadline.max(Instant::now() + Duration::from_secs(2));
    let serial = if serial.is_empty() { options.serial.as_deref().unwrap_or("") } else { serial };
    let phone = choose(&server, serial, deadline)?;
    Ok(ServerPhone::new(&server.address, &phone, deadline))
}

/// The phone that `serial` names; one that has just come gets a moment to be ready.
fn choose(server: &Server, serial: &str, deadline: Instant) -> Result<Sighting, AdbError> {
    let patience = deadline.min(Instant::now() + GREETING);
    loop {
        let phones = server.devices(deadline)?;
        match one_of(serial, &phones, &server.address) {
            Err(AdbError::NotReady { state, .. }) if state.is_passing() && Instant::now() < patience => {
                std::thread::sleep(GLANCE);
            }
            chosen => return chosen.cloned(),
        }
    }
}

/// The one phone that `serial` names in the list.
pub(super) fn one_of<'a>(
    serial: &str,
    phones: &'a [Sighting],
    address: &ServerSocket,
) -> Result<&'a Sighting, AdbError> {
    let list = |phones: &[&Sighting]| phones.iter().map(|phone| format!("{phone}")).collect::<Vec<_>>().join(", ");
    let number = serial.strip_prefix("transport_id:").and_then(|number| number.parse::<u64>().ok());
    let fitting = |fits: &dyn Fn(&Sighting) -> bool| phones.iter().filter(|phone| fits(phone)).collect::<Vec<_>>();
    let mut fits = fitting(&|phone: &Sighting| match number {
        Some(number) => phone.transport_id == Some(number),
        None => serial.is_empty() || phone.serial == serial,
    });
    if fits.is_empty() {
        fits = fitting(&|phone: &Sighting| phone.is_also(serial));
    }
    // A phone that is not ready does not stand in the way of one that is.
    let ready: Vec<&Sighting> = fits.iter().copied().filter(|phone| phone.state.is_ready()).collect();
    match (ready.as_slice(), fits.as_slice()) {
        ([phone], _) => Ok(phone),
        ([], [phone]) => Err(AdbError::NotReady { serial: phone.serial.clone(), state: phone.state }),
        ([], []) if phones.is_empty() => Err(AdbError::NoPhone { place: format!("ADB server on {address}") }),
        ([], []) => {
            Err(AdbError::NotFound { serial: serial.to_owned(), seen: list(&phones.iter().collect::<Vec<_>>()) })
        }
        ([], several) | (several, _) => {
            Err(AdbError::Ambiguous { target: format!("adb:{serial}"), seen: list(several) })
        }
    }
}

/// Finds a phone again, on a server that was replaced while it was being read. None is started, and a phone that shares
/// its serial number with another cannot be known again.
pub(super) fn find_again(serial: &str, options: &Options, deadline: Instant) -> Option<ServerPhone> {
    while Instant::now() < deadline {
        std::thread::sleep(GLANCE * 2);
        let Ok(server) = Server::connect(&options.server, deadline) else { continue };
        let Ok(phones) = server.devices(deadline) else { continue };
        let mut named = phones.iter().filter(|phone| phone.serial == serial);
        match (named.next(), named.next()) {
            (Some(phone), None) if phone.state.is_ready() => {
                return Some(ServerPhone::new(&server.address, phone, deadline));
            }
            (Some(_), Some(_)) => return None,
            _ => {}
        }
    }
    None
}

impl ServerPhone {
    /// The phone of one line of the server's list.
    pub fn new(address: &ServerSocket, phone: &Sighting, deadline: Instant) -> Self {
        let mut opened = ServerPhone {
            address: address.clone(),
            serial: phone.serial.clone(),
            transport_id: phone.transport_id,
            shell_v2: false,
            lifeline: connect(address, deadline).ok().map(Arc::new),
        };
        // A server that does not know the question is old enough to have no second version of the shell either.
        let service = format!("{}:features", opened.selector("host-transport-id", "host-serial"));
        opened.shell_v2 = ask(address, &service, deadline)
            .is_ok_and(|features| features.split(',').any(|feature| feature.trim() == "shell_v2"));
        opened
    }

    /// How a request names this phone: by the server's own number, which stays unique where two phones carry the same
    /// serial number; else by serial number.
    fn selector(&self, by_id: &str, by_serial: &str) -> String {
        match self.transport_id {
            Some(id) => format!("{by_id}:{id}"),
            None => format!("{by_serial}:{}", self.serial),
        }
    }

    fn run(
        &self,
        command: &str,
        limit: usize,
        deadline: Instant,
        output: &mut ShellOutput,
    ) -> Result<Ended, WireError> {
        let mut wire = Wire::connect(&self.address, deadline)?;
        wire.request(&self.selector("host:transport-id", "host:transport"))?;
        if self.shell_v2 {
            wire.request(&format!("shell,v2,raw:{command}"))?;
            read_packets(&mut wire, limit, output)
        } else {
            wire.request(&format!("shell:{command}"))?;
            read_stream(&mut wire, limit, output)
        }
    }
}

impl Phone for ServerPhone {
    fn shell(&self, command: &str, limit: usize, deadline: Instant) -> ShellOutput {
        let mut output = ShellOutput::nothing(Ended::Completed);
        output.ended = match self.run(command, limit, deadline, &mut output) {
            Ok(ended) => ended,
            Err(error) => error.into_ended(),
        };
        output
    }

    fn source(&self) -> SourceKind {
        SourceKind::Adb
    }

    fn serial(&self) -> Option<&str> {
        Some(&self.serial)
    }

    fn server_ended(&self) -> bool {
        let Some(lifeline) = &self.lifeline else { return false };
        if lifeline.set_read_timeout(LAST_SIGN).is_err() {
            return true;
        }
        match lifeline.read(&mut [0; 1]) {
            Ok(0) => true,
            Ok(_) => false,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted),
        }
    }
}

/// Shell protocol version 1: bytes until the end.
fn read_stream(wire: &mut Wire, limit: usize, output: &mut ShellOutput) -> Result<Ended, WireError> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = wire.read(&mut buffer)?;
        if count == 0 {
            return Ok(Ended::Completed);
        }
        output.stdout.extend_from_slice(buffer.get(..count).unwrap_or(&[]));
        if output.stdout.len() > limit {
            output.stdout.truncate(limit);
            return Ok(Ended::TooLong);
        }
    }
}

/// Shell protocol version 2: packets of one byte of kind, four bytes of length (little-endian) and data (AOSP
/// `adb/shell_protocol.h`).
fn read_packets(wire: &mut Wire, limit: usize, output: &mut ShellOutput) -> Result<Ended, WireError> {
    const STDOUT: u8 = 1;
    const STDERR: u8 = 2;
    const EXIT: u8 = 3;
    const CLOSE_STDIN: u8 = 4;
    // So that a command that reads its input does not wait for it. A phone that already closed will say so when read.
    let _ = wire.write(&[CLOSE_STDIN, 0, 0, 0, 0]);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let mut head = [0; 5];
        wire.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let mut length = u32::from_le_bytes(length) as usize;
        if !matches!(kind, STDOUT | STDERR | EXIT) || kind == EXIT && length != 1 {
            return Err(WireError::Garbage(format!("a shell packet of unknown kind {kind}, length {length}")));
        }
        while length > 0 {
            let want = length.min(buffer.len());
            let count = wire.read(buffer.get_mut(..want).unwrap_or(&mut []))?;
            if count == 0 {
                return Err(WireError::Closed("the connection was closed in mid-answer".to_owned()));
            }
            length -= count;
            let bytes = buffer.get(..count).unwrap_or(&[]);
            match kind {
                STDOUT => output.stdout.extend_from_slice(bytes),
                STDERR => output.stderr.extend_from_slice(bytes),
                _ => output.status = bytes.first().copied(),
            }
            if output.stdout.len() + output.stderr.len() > limit {
                return Ok(Ended::TooLong);
            }
        }
        if kind == EXIT {
            return Ok(Ended::Completed);
        }
    }
}

#[cfg(test)]
mod tests;
