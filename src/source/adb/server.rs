//! The text protocol of an ADB server, with a deadline on every read and write.
//!
//! A request is four hexadecimal digits of length and its text; the answer is `OKAY` or `FAIL` with a message (AOSP
//! `packages/modules/adb/SERVICES.TXT`, `OVERVIEW.TXT`). Any version of the server is spoken to: what an old one does
//! not know is asked in the old way, and no server is ever ended or replaced.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::devices::{self, Sighting, State};
use super::{AdbError, Ended, Options, Phone, ShellOutput, program, within};
use crate::evidence::SourceKind;
use crate::text::clean::sanitize;

/// The port of an ADB server where nothing else is said.
const DEFAULT_PORT: u16 = 5037;
/// How long a server that accepts a connection may take for a first answer before it counts as silent.
const FIRST_ANSWER: Duration = Duration::from_secs(4);
/// How long a server may take for its list of phones, which it holds in memory.
const LIST: Duration = Duration::from_secs(5);
/// How long a phone that has just come may be in a state that it will leave by itself.
pub(super) const GREETING: Duration = Duration::from_secs(1);
/// How often is looked whether it has left it.
pub(super) const GLANCE: Duration = Duration::from_millis(100);
/// How much later than the other connections to a server its end may show on the one that was kept for that.
const LAST_SIGN: Duration = Duration::from_millis(300);
/// How long `adb start-server` may take; a cold start with many USB devices takes about three seconds.
const START: Duration = Duration::from_secs(8);
/// How long after its start a server may take to find the phones that are plugged in.
const SETTLE: Duration = Duration::from_secs(3);

/// A network address, of an ADB server or of a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// Host name or IP address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl Default for ServerAddress {
    fn default() -> Self {
        ServerAddress { host: "127.0.0.1".to_owned(), port: DEFAULT_PORT }
    }
}

impl std::fmt::Display for ServerAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') {
            true => write!(formatter, "[{}]:{}", self.host, self.port),
            false => write!(formatter, "{}:{}", self.host, self.port),
        }
    }
}

impl ServerAddress {
    /// `HOST:PORT`, `[IPV6]:PORT` or `PORT`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':').unwrap_or(("127.0.0.1", text));
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = bracketed.unwrap_or(host);
        let port = port_number(port)?;
        let well_formed = !host.is_empty() && (bracketed.is_some() || !host.contains(':'));
        well_formed.then(|| ServerAddress { host: host.to_owned(), port })
    }

    /// Whether the address is on this machine, where a server may be started.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The socket addresses, at the latest at `deadline`: a name server may be slow.
    pub(crate) fn resolve(&self, deadline: Instant) -> Result<Vec<SocketAddr>, String> {
        if let Ok(ip) = self.host.parse() {
            return Ok(vec![SocketAddr::new(ip, self.port)]);
        }
        let pair = (self.host.clone(), self.port);
        match within(deadline, move || pair.to_socket_addrs().map(Iterator::collect::<Vec<_>>)) {
            Some(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
            Some(Ok(_)) => Err("the name has no address".to_owned()),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the name was not resolved in time".to_owned()),
        }
    }

    /// A connection to the first address that answers.
    pub(crate) fn connect(&self, deadline: Instant) -> Result<TcpStream, String> {
        let mut said = "no address".to_owned();
        for address in self.resolve(deadline)? {
            let Some(left) = left(deadline) else { return Err("timed out".to_owned()) };
            match TcpStream::connect_timeout(&address, left) {
                Ok(stream) => {
                    // Requests are tiny; without this each waits for the acknowledgement of the one before.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => said = error.to_string(),
            }
        }
        Err(said)
    }
}

/// A port as `adb` reads numbers (AOSP `libbase`, `parseint.h`): decimal, or hexadecimal after `0x`.
fn port_number(text: &str) -> Option<u16> {
    let text = text.trim_start();
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let port = match hexadecimal {
        Some(digits) if digits.starts_with('+') => None,
        Some(digits) => u16::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    port.filter(|port| *port > 0)
}

/// Where an ADB server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerSocket {
    /// A network address.
    Tcp(ServerAddress),
    /// A Unix socket in the file system, as it is handed into a container.
    File(PathBuf),
    /// A Unix socket with a name of its own beside the file system (Linux).
    Abstract(String),
}

impl Default for ServerSocket {
    fn default() -> Self {
        ServerSocket::Tcp(ServerAddress::default())
    }
}

impl From<ServerAddress> for ServerSocket {
    fn from(address: ServerAddress) -> Self {
        ServerSocket::Tcp(address)
    }
}

impl std::fmt::Display for ServerSocket {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ServerSocket::Tcp(address) => address.fmt(formatter),
            ServerSocket::File(path) => write!(formatter, "localfilesystem:{}", sanitize(&path.to_string_lossy(), 300)),
            ServerSocket::Abstract(name) => write!(formatter, "localabstract:{}", sanitize(name, 300)),
        }
    }
}

/// What `ADB_SERVER_SOCKET` may hold on this system (AOSP `adb/socket_spec.cpp`, `kLocalSocketTypes`).
const SOCKETS: &str = if cfg!(any(target_os = "linux", target_os = "android")) {
    "tcp:HOST:PORT, tcp:PORT, localfilesystem:PATH, local:PATH, localabstract:NAME"
} else if cfg!(unix) {
    "tcp:HOST:PORT, tcp:PORT, localfilesystem:PATH, local:PATH (localabstract:NAME: Linux)"
} else {
    "tcp:HOST:PORT, tcp:PORT (localfilesystem:PATH, local:PATH: Linux, macOS; localabstract:NAME: Linux)"
};

impl ServerSocket {
    /// The server that the environment names, as `adb` itself reads it: `ADB_SERVER_SOCKET` before
    /// `ANDROID_ADB_SERVER_ADDRESS` and `ANDROID_ADB_SERVER_PORT` (AOSP `adb/client/commandline.cpp`). An empty variable
    /// counts for nothing.
    ///
    /// # Errors
    ///
    /// [`AdbError::BadAddress`] when a value is not understood.
    pub fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, AdbError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let bad = |variable: &str, value: &OsString, expected: &'static str| AdbError::BadAddress {
            variable: variable.to_owned(),
            value: sanitize(&value.to_string_lossy(), 300),
            expected,
        };
        if let Some(value) = set("ADB_SERVER_SOCKET") {
            let socket = value.to_str().and_then(Self::parse);
            return socket.ok_or_else(|| bad("ADB_SERVER_SOCKET", &value, SOCKETS));
        }
        let mut address = ServerAddress::default();
        if let Some(value) = set("ANDROID_ADB_SERVER_ADDRESS") {
            let host = value.to_str().map(|host| host.trim_matches(['[', ']']));
            // Only an IPv6 address has colons; with a port behind it, it is no address any more.
            let host = host.filter(|host| !host.is_empty() && (!host.contains(':') || host.parse::<IpAddr>().is_ok()));
            let host = host.ok_or_else(|| bad("ANDROID_ADB_SERVER_ADDRESS", &value, "HOST, IP"))?;
            address.host = host.to_owned();
        }
        if let Some(value) = set("ANDROID_ADB_SERVER_PORT") {
            let port = value.to_str().and_then(port_number);
            address.port = port.ok_or_else(|| bad("ANDROID_ADB_SERVER_PORT", &value, "1-65535"))?;
        }
        Ok(ServerSocket::Tcp(address))
    }

    /// A value of `ADB_SERVER_SOCKET`.
    fn parse(value: &str) -> Option<Self> {
        if let Some(address) = value.strip_prefix("tcp:") {
            return ServerAddress::parse(address).map(ServerSocket::Tcp);
        }
        let (kind, name) = value.split_once(':').filter(|(_, name)| !name.is_empty())?;
        match kind {
            "localfilesystem" | "local" if cfg!(unix) => Some(ServerSocket::File(PathBuf::from(name))),
            "localabstract" if cfg!(any(target_os = "linux", target_os = "android")) => {
                Some(ServerSocket::Abstract(name.to_owned()))
            }
            _ => None,
        }
    }

    /// Whether it is a network address of this machine, where a server may be started. Who names a Unix socket means
    /// the server that somebody else put there.
    pub fn is_loopback(&self) -> bool {
        matches!(self, ServerSocket::Tcp(address) if address.is_loopback())
    }

    fn connect(&self, deadline: Instant) -> Result<Stream, String> {
        match self {
            ServerSocket::Tcp(address) => address.connect(deadline).map(Stream::Tcp),
            #[cfg(unix)]
            ServerSocket::File(path) => {
                let path = path.clone();
                // A socket whose queue is full lets its client wait without an end.
                match within(deadline, move || UnixStream::connect(path)) {
                    Some(connected) => connected.map(Stream::Unix).map_err(|error| error.to_string()),
                    None => Err("timed out".to_owned()),
                }
            }
            #[cfg(any(target_os = "linux", target_os = "android"))]
            ServerSocket::Abstract(name) => {
                #[cfg(target_os = "android")]
                use std::os::android::net::SocketAddrExt as _;
                #[cfg(target_os = "linux")]
                use std::os::linux::net::SocketAddrExt as _;
                let address = std::os::unix::net::SocketAddr::from_abstract_name(name.as_bytes())
                    .map_err(|error| error.to_string())?;
                match within(deadline, move || UnixStream::connect_addr(&address)) {
                    Some(connected) => connected.map(Stream::Unix).map_err(|error| error.to_string()),
                    None => Err("timed out".to_owned()),
                }
            }
            #[allow(unreachable_patterns, reason = "which sockets there are depends on the system")]
            _ => Err("this system has no such sockets".to_owned()),
        }
    }
}

/// A connection to a server.
#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Stream {
    fn set_read_timeout(&self, timeout: Duration) -> std::io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.set_read_timeout(Some(timeout)),
            #[cfg(unix)]
            Stream::Unix(stream) => stream.set_read_timeout(Some(timeout)),
        }
    }

    fn set_write_timeout(&self, timeout: Duration) -> std::io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.set_write_timeout(Some(timeout)),
            #[cfg(unix)]
            Stream::Unix(stream) => stream.set_write_timeout(Some(timeout)),
        }
    }

    fn read(&self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).read(buffer),
            #[cfg(unix)]
            Stream::Unix(stream) => (&mut &*stream).read(buffer),
        }
    }

    fn write_all(&self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).write_all(bytes),
            #[cfg(unix)]
            Stream::Unix(stream) => (&mut &*stream).write_all(bytes),
        }
    }
}

/// The time left until the deadline; `None` when it has passed. Never zero, which sockets refuse as a timeout.
pub(crate) fn left(deadline: Instant) -> Option<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    (left > Duration::from_millis(1)).then_some(left)
}

/// How an exchange with the server failed.
#[derive(Debug)]
enum WireError {
    /// No connection.
    Unreachable(String),
    /// The deadline passed.
    TimedOut,
    /// The other side closed the connection, or it broke.
    Closed(String),
    /// `FAIL`, with the server's message.
    Refused(String),
    /// The answer is not in the protocol's form.
    Garbage(String),
}

impl WireError {
    fn into_error(self, address: &ServerSocket, service: &str) -> AdbError {
        let address = address.to_string();
        match self {
            WireError::Unreachable(detail) => AdbError::NoServer { address, detail, looked: Vec::new() },
            WireError::TimedOut => AdbError::ServerSilent { address },
            WireError::Closed(got) | WireError::Garbage(got) => AdbError::NotAnAdbServer { address, got },
            WireError::Refused(message) => AdbError::ServerRefused { service: service.to_owned(), message },
        }
    }

    fn into_ended(self) -> Ended {
        match self {
            WireError::TimedOut => Ended::TimedOut,
            WireError::Closed(detail) => Ended::Dropped(detail),
            WireError::Unreachable(detail) | WireError::Refused(detail) | WireError::Garbage(detail) => {
                Ended::Failed(detail)
            }
        }
    }
}

/// One connection to the server. Each carries one request; after a transport was chosen, one more.
struct Wire {
    stream: Stream,
    deadline: Instant,
    /// A byte that was read ahead.
    ahead: Option<u8>,
}

impl Wire {
    fn connect(address: &ServerSocket, deadline: Instant) -> Result<Wire, WireError> {
        let stream = address.connect(deadline).map_err(WireError::Unreachable)?;
        Ok(Wire { stream, deadline, ahead: None })
    }

    fn failed(error: &std::io::Error) -> WireError {
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => WireError::TimedOut,
            _ => WireError::Closed(error.to_string()),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        let left = left(self.deadline).ok_or(WireError::TimedOut)?;
        self.stream.set_write_timeout(left).map_err(|error| Self::failed(&error))?;
        self.stream.write_all(bytes).map_err(|error| Self::failed(&error))
    }

    /// Reads what is there, at most a buffer full; 0 at the end.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, WireError> {
        if let (Some(byte), Some(first)) = (self.ahead, buffer.first_mut()) {
            *first = byte;
            self.ahead = None;
            return Ok(1);
        }
        loop {
            let left = left(self.deadline).ok_or(WireError::TimedOut)?;
            self.stream.set_read_timeout(left).map_err(|error| Self::failed(&error))?;
            match self.stream.read(buffer) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Self::failed(&error)),
            }
        }
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), WireError> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.read(rest)? {
                0 => return Err(WireError::Closed("the connection was closed in mid-answer".to_owned())),
                count => done += count,
            }
        }
        Ok(())
    }

    /// Text with four hexadecimal digits of length before it, at most 64 KiB.
    fn read_text(&mut self) -> Result<String, WireError> {
        let mut digits = [0; 4];
        self.read_exact(&mut digits)?;
        let length = std::str::from_utf8(&digits)
            .ok()
            .and_then(|digits| usize::from_str_radix(digits, 16).ok())
            .ok_or_else(|| WireError::Garbage(readable(&digits)))?;
        let mut text = vec![0; length];
        self.read_exact(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Sends one request and waits for `OKAY`.
    fn request(&mut self, service: &str) -> Result<(), WireError> {
        self.write(format!("{:04x}{service}", service.len()).as_bytes())?;
        let mut word = [0; 4];
        self.read_exact(&mut word)?;
        match &word {
            b"OKAY" => Ok(()),
            b"FAIL" => Err(WireError::Refused(sanitize(self.read_text()?.trim(), 300))),
            other => Err(WireError::Garbage(readable(other))),
        }
    }
}

fn readable(bytes: &[u8]) -> String {
    sanitize(&String::from_utf8_lossy(bytes), 80)
}

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
        list.map(|text| devices::parse(&text)).map_err(|error| error.into_error(&self.address, "host:devices-l"))
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

/// A request whose answer is one text.
fn ask(address: &ServerSocket, service: &str, deadline: Instant) -> Result<String, WireError> {
    let once = || {
        let mut wire = Wire::connect(address, deadline)?;
        wire.request(service)?;
        wire.read_text()
    };
    match once() {
        // A server that another version of adb has just replaced is there again in a moment.
        Err(WireError::Closed(_)) => {
            std::thread::sleep(GLANCE * 2);
            once()
        }
        answer => answer,
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
        match devices::choose(serial, &phones, &server.address) {
            Err(AdbError::NotReady { state, .. }) if state.is_passing() && Instant::now() < patience => {
                std::thread::sleep(GLANCE);
            }
            chosen => return chosen.cloned(),
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
            lifeline: address.connect(deadline).ok().map(Arc::new),
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
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<ServerSocket, AdbError> {
        ServerSocket::from_variables(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(*value))
        })
    }

    #[test]
    fn the_environment_names_the_server() {
        for (variables, server) in [
            (&[][..], "127.0.0.1:5037"),
            (&[("ANDROID_ADB_SERVER_PORT", "5038")], "127.0.0.1:5038"),
            (&[("ANDROID_ADB_SERVER_PORT", "+05038")], "127.0.0.1:5038"),
            (&[("ANDROID_ADB_SERVER_PORT", "0x13ad")], "127.0.0.1:5037"),
            (&[("ANDROID_ADB_SERVER_PORT", "")], "127.0.0.1:5037"),
            (&[("ANDROID_ADB_SERVER_ADDRESS", "10.0.0.2")], "10.0.0.2:5037"),
            (&[("ANDROID_ADB_SERVER_ADDRESS", "::1")], "[::1]:5037"),
            (&[("ADB_SERVER_SOCKET", "tcp:7")], "127.0.0.1:7"),
            (&[("ADB_SERVER_SOCKET", "tcp:desk:7"), ("ANDROID_ADB_SERVER_PORT", "8")], "desk:7"),
            (&[("ADB_SERVER_SOCKET", "tcp:[::1]:7")], "[::1]:7"),
        ] {
            assert_eq!(from(variables).unwrap().to_string(), server, "{variables:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_unix_socket_is_a_server_and_none_is_started_there() {
        for (value, server) in [
            ("localfilesystem:/run/adb.sock", "localfilesystem:/run/adb.sock"),
            ("local:adb:sock", "localfilesystem:adb:sock"),
            #[cfg(target_os = "linux")]
            ("localabstract:adb", "localabstract:adb"),
        ] {
            let socket = from(&[("ADB_SERVER_SOCKET", value)]).unwrap();
            assert_eq!((socket.to_string().as_str(), socket.is_loopback()), (server, false));
        }
    }

    #[test]
    fn what_names_no_server_is_said_with_the_forms_that_do() {
        for wrong in [
            "localfilesystem:",
            "local:",
            "localabstract:",
            "localreserved:adb",
            "vsock:3",
            "junk",
            ":",
            "tcp:",
            "tcp:a:b",
            "tcp::7",
            "tcp:::1:7",
            "tcp:h:0",
            "tcp:h:70000",
            "tcp:h:-1",
            "tcp:h:0x",
            "TCP:7",
            "127.0.0.1:7",
        ] {
            let error = from(&[("ADB_SERVER_SOCKET", wrong)]).unwrap_err();
            assert_eq!(error.hint_key(), "adb-bad-address", "{wrong}");
            assert!(error.to_string().contains(wrong) && error.to_string().contains("tcp:HOST:PORT"), "{error}");
        }
        for wrong in ["many", "0", "70000", "-1", "5037x", "0x", "0x+5"] {
            assert!(from(&[("ANDROID_ADB_SERVER_PORT", wrong)]).is_err(), "{wrong}");
        }
        for wrong in ["desk:7", "[]", "::1:x", "tcp:desk"] {
            assert!(from(&[("ANDROID_ADB_SERVER_ADDRESS", wrong)]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_server_is_started_on_this_machine_only() {
        for (host, here) in
            [("127.0.0.1", true), ("localhost", true), ("::1", true), ("10.0.0.2", false), ("desk", false)]
        {
            let socket = ServerSocket::from(ServerAddress { host: host.to_owned(), port: 1 });
            assert_eq!(socket.is_loopback(), here, "{host}");
        }
    }
}
