//! Phones reached over TCP without any ADB server: `tcp:HOST:PORT`.
//!
//! The protocol that an ADB server speaks with a phone (AOSP `adb/protocol.txt`): a greeting, the question who this computer is, and then any
//! number of streams side by side on one connection, each acknowledging what it was sent. One thread reads and hands every message to
//! its stream; so every call has its full deadline, and one that hangs costs nothing but its own answer. Where a connection breaks, each call
//! that it cut short is made once more over one of its own, while time is left: every command only reads.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::address::ServerAddress;
use super::answer::{Answer, NO_INPUT};
use super::channel::{Channel, ChannelReader};
use super::error::AdbError;
use super::keys::KeyPlaces;
use super::message::{self, Broken, Command, Head};
use super::options::{Options, Told};
use super::phone::{Ended, Phone, ShellOutput};
use super::sighting::State;
use crate::evidence::SourceKind;
use crate::text::clean::sanitize;

/// How this computer introduces itself. Only the second version of the shell is of use to it.
const BANNER: &[u8] = b"host::features=shell_v2,cmd\0";
/// How many messages a phone may send before it greets: a token for each key, and some more.
const MOST_BEFORE_GREETING: usize = 100;
/// How long a phone may leave what it is sent unread, beside the deadline of a call.
const PATIENCE: Duration = Duration::from_secs(2);

/// A phone reached over TCP. Any number of calls run side by side on one connection.
pub struct TcpPhone {
    target: String,
    address: ServerAddress,
    keys: KeyPlaces,
    timeout: Duration,
    connection: Mutex<Option<Arc<Connection>>>,
}

impl std::fmt::Debug for TcpPhone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TcpPhone").field("target", &self.target).finish_non_exhaustive()
    }
}

/// Opens `tcp:HOST:PORT`, the part after `tcp:`. Wireless debugging (TLS) works with a computer that is already paired. `tell` is told what a
/// person should know while the phone is waited for.
///
/// # Errors
///
/// [`AdbError::BadTarget`], [`AdbError::Unreachable`], [`AdbError::Unauthorized`], [`AdbError::NotPaired`], [`AdbError::NoKey`],
/// [`AdbError::BadKey`], [`AdbError::PairingPort`], [`AdbError::NotAPhone`], [`AdbError::NotReady`], [`AdbError::TimedOut`],
/// [`AdbError::Connection`].
pub fn open(address: &str, options: &Options, tell: &dyn Fn(Told<'_>)) -> Result<TcpPhone, AdbError> {
    let target = format!("tcp:{address}");
    let address = parse_address(address, "tcp:HOST:PORT", &target)?;
    let phone = TcpPhone {
        target,
        address,
        keys: options.keys.clone(),
        timeout: options.timeout,
        connection: Mutex::new(None),
    };
    let begun = Instant::now();
    let connection = phone.connect(begun + options.timeout, begun + options.accept.max(options.timeout), tell)?;
    *phone.connection() = Some(connection);
    Ok(phone)
}

/// `HOST:PORT`, which must both be there.
pub(crate) fn parse_address(address: &str, expected: &'static str, target: &str) -> Result<ServerAddress, AdbError> {
    let parsed = address.contains(':').then(|| ServerAddress::parse(address)).flatten();
    parsed.ok_or_else(|| AdbError::BadTarget { target: target.to_owned(), expected })
}

impl TcpPhone {
    fn connection(&self) -> MutexGuard<'_, Option<Arc<Connection>>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new connection, greeted at the latest at the deadline; a phone that asks its owner is waited for until `accept`.
    fn connect(
        &self,
        deadline: Instant,
        accept: Instant,
        tell: &dyn Fn(Told<'_>),
    ) -> Result<Arc<Connection>, AdbError> {
        let socket = self
            .address
            .connect(deadline)
            .map_err(|detail| AdbError::Unreachable { address: self.address.to_string(), detail })?;
        let greeting =
            Greeting { target: &self.target, address: &self.address, keys: &self.keys, deadline, accept, tell };
        let (channel, reader, greeted) = greeting.run(socket)?;
        let connection = Arc::new(Connection {
            channel,
            second_version: greeted.second_version,
            sums: greeted.sums,
            most_data: greeted.most_data,
            streams: Mutex::new(Streams { next: 1, open: HashMap::new(), broken: None }),
        });
        let reading = Arc::clone(&connection);
        std::thread::Builder::new()
            .spawn(move || reading.run(reader))
            .map_err(|error| AdbError::Connection { target: self.target.clone(), detail: error.to_string() })?;
        Ok(connection)
    }

    /// The connection that stands, or a new one in its place.
    fn standing(&self, deadline: Instant) -> Result<Arc<Connection>, AdbError> {
        let mut slot = self.connection();
        if let Some(connection) = slot.as_ref().filter(|connection| connection.streams().broken.is_none()) {
            return Ok(Arc::clone(connection));
        }
        let connection = self.connect(deadline, deadline, &|_| {})?;
        *slot = Some(Arc::clone(&connection));
        Ok(connection)
    }
}

impl Phone for TcpPhone {
    fn shell(&self, command: &str, limit: usize, deadline: Instant) -> ShellOutput {
        let failed = |error: AdbError| match error {
            AdbError::TimedOut { .. } => ShellOutput::nothing(Ended::TimedOut),
            error => ShellOutput::nothing(Ended::Failed(error.to_string())),
        };
        let first = match self.standing(deadline) {
            Ok(connection) => connection.shell(command, limit, deadline),
            Err(error) => return failed(error),
        };
        if !matches!(first.ended, Ended::Dropped(_)) {
            return first;
        }
        // A connection of its own: another call that breaks it again must not cost this one a second time.
        let again = match self.connect(deadline.min(Instant::now() + self.timeout), deadline, &|_| {}) {
            Ok(connection) => {
                let again = connection.shell(command, limit, deadline);
                connection.channel.shut();
                again
            }
            Err(_) => return first,
        };
        let is_better = again.ended == Ended::Completed || again.stdout.len() > first.stdout.len();
        if is_better { again } else { first }
    }

    fn source(&self) -> SourceKind {
        SourceKind::Tcp
    }
}

impl Drop for TcpPhone {
    fn drop(&mut self) {
        if let Some(connection) = self.connection().take() {
            connection.channel.shut();
        }
    }
}

/// What the phone said in its greeting.
struct Greeted {
    second_version: bool,
    sums: bool,
    most_data: usize,
}

/// From the first byte to the phone's greeting.
struct Greeting<'a> {
    target: &'a str,
    address: &'a ServerAddress,
    keys: &'a KeyPlaces,
    deadline: Instant,
    accept: Instant,
    tell: &'a dyn Fn(Told<'_>),
}

impl Greeting<'_> {
    fn run(&self, socket: TcpStream) -> Result<(Arc<Channel>, ChannelReader, Greeted), AdbError> {
        let (channel, mut reader) = Channel::new(socket);
        reader.until(Some(self.deadline));
        let greeted = self.greet(&channel, &mut reader);
        if greeted.is_err() {
            channel.shut();
        }
        let greeted = greeted?;
        reader.until(None);
        Ok((channel, reader, greeted))
    }

    fn greet(&self, channel: &Channel, reader: &mut ChannelReader) -> Result<Greeted, AdbError> {
        let target = self.target.to_owned();
        let most = u32::try_from(message::MOST_DATA).unwrap_or(u32::MAX);
        let hello = Head { command: Command::Connect, first: message::VERSION, second: most };
        self.send(channel, hello, BANNER)?;
        let mut stage = Stage::Begun;
        let mut loaded = None;
        let mut tried = 0;
        let mut data = Vec::new();
        for _ in 0..MOST_BEFORE_GREETING {
            // Who has not greeted has not said that it needs no sums; and it sends some that say so only later.
            let head = message::read(reader, false, &mut data).map_err(|broken| self.explain(&broken, stage))?;
            match head.command {
                Command::Connect => return self.greeted(head, &data),
                Command::Tls if stage == Stage::Begun => {
                    stage = Stage::Tls;
                    let keys = loaded.get_or_insert_with(|| self.load());
                    if keys.is_empty() {
                        return Err(keys.own_damaged().cloned().unwrap_or(AdbError::NoKey { target }));
                    }
                    let go_on = Head { command: Command::Tls, first: message::TLS_VERSION, second: 0 };
                    self.send(channel, go_on, &[])?;
                    let own_damaged = keys.own_damaged().cloned();
                    reader.start_tls(keys.all(), self.deadline).map_err(|error| {
                        let explained = self.explain(&Broken::Io(error), stage);
                        // The phone may know the key that could not be read.
                        own_damaged.filter(|_| matches!(explained, AdbError::NotPaired { .. })).unwrap_or(explained)
                    })?;
                }
                // 1: a token to be signed (AOSP `adb/adb_auth.h`, `ADB_AUTH_TOKEN`).
                Command::Auth if head.first == 1 && stage != Stage::Asked => {
                    stage = Stage::Auth;
                    let keys = loaded.get_or_insert_with(|| self.load());
                    let signature = keys.all().get_mut(tried).and_then(|key| key.sign(&data));
                    tried += 1;
                    if let Some(signature) = signature {
                        self.send(channel, Head { command: Command::Auth, first: 2, second: 0 }, &signature)?;
                        continue;
                    }
                    // No key that the phone knows: it asks its owner.
                    let key = keys.offered()?;
                    self.send(channel, Head { command: Command::Auth, first: 3, second: 0 }, key.public())?;
                    (self.tell)(Told::Allow);
                    stage = Stage::Asked;
                    reader.until(Some(self.accept));
                }
                // What else a phone may say before it greets means nothing yet.
                _ => {}
            }
        }
        Err(AdbError::Connection { target, detail: "the phone does not come to its greeting".to_owned() })
    }

    /// Reads the keys and tells of those that cannot be used.
    fn load(&self) -> super::keys::Keys {
        let keys = self.keys.load();
        for damaged in keys.damaged() {
            (self.tell)(Told::BadKey(damaged));
        }
        keys
    }

    fn send(&self, channel: &Channel, head: Head, data: &[u8]) -> Result<(), AdbError> {
        // Whoever does not know the newer version wants sums.
        let message = message::write(head, true, data);
        channel.write(&message, self.deadline).map_err(|error| self.explain(&Broken::Io(error), Stage::Begun))
    }

    fn greeted(&self, head: Head, banner: &[u8]) -> Result<Greeted, AdbError> {
        let banner = sanitize(&String::from_utf8_lossy(banner), 4000);
        let (kind, rest) = banner.split_once("::").unwrap_or((&banner, ""));
        let state = state_of(kind);
        if !state.is_ready() {
            return Err(AdbError::NotReady { serial: self.target.to_owned(), state });
        }
        let features = rest.split(';').find_map(|part| part.trim().strip_prefix("features=")).unwrap_or("");
        Ok(Greeted {
            second_version: features.split(',').any(|feature| feature == "shell_v2"),
            sums: head.first <= message::VERSION_WITH_SUMS,
            most_data: usize::try_from(head.second).unwrap_or(message::MOST_DATA).min(message::MOST_DATA),
        })
    }

    /// Whether what hung up on the greeting takes the beginning of TLS instead.
    fn speaks_tls(&self) -> bool {
        let deadline = self.deadline.min(Instant::now() + PATIENCE);
        let Ok(socket) = self.address.connect(deadline) else { return false };
        let (channel, mut reader) = Channel::new(socket);
        let begun = reader.start_tls(&[], deadline);
        channel.shut();
        begun.is_ok()
    }

    /// What a connection means that came to no greeting.
    fn explain(&self, broken: &Broken, stage: Stage) -> AdbError {
        let target = self.target.to_owned();
        let detail = sanitize(&broken.to_string(), 300);
        match (broken, stage) {
            (Broken::Io(error), Stage::Asked) if error.kind() == ErrorKind::TimedOut => {
                AdbError::Unauthorized { target }
            }
            (Broken::Io(error), _) if error.kind() == ErrorKind::TimedOut => AdbError::TimedOut { target },
            (_, Stage::Asked) => AdbError::Unauthorized { target },
            // A phone that does not know the certificate says so only after the handshake, or just goes.
            (_, Stage::Tls) => AdbError::NotPaired { target, detail },
            // An alert of TLS, version 3.x: it took the greeting for a wrong beginning of TLS. It may be gone before it is read.
            (Broken::NoMessage([0x15, 3, ..]), Stage::Begun) => AdbError::PairingPort { target },
            (Broken::Ended | Broken::Io(_), Stage::Begun) if self.speaks_tls() => AdbError::PairingPort { target },
            (Broken::NoMessage(bytes), Stage::Begun) => {
                AdbError::NotAPhone { target, got: sanitize(&String::from_utf8_lossy(bytes), 80) }
            }
            _ => AdbError::Connection { target, detail },
        }
    }
}

/// What kind of system greets (AOSP `adb/transport.cpp`, `parse_banner`).
fn state_of(kind: &str) -> State {
    match kind {
        "device" => State::Device,
        "recovery" => State::Recovery,
        "sideload" => State::Sideload,
        "rescue" => State::Rescue,
        "bootloader" => State::Bootloader,
        "host" => State::Host,
        _ => State::Unknown,
    }
}

/// How far the greeting has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Begun,
    Auth,
    Asked,
    Tls,
}

/// A connection that was greeted.
struct Connection {
    channel: Arc<Channel>,
    second_version: bool,
    sums: bool,
    most_data: usize,
    streams: Mutex<Streams>,
}

struct Streams {
    next: u32,
    open: HashMap<u32, Arc<Stream>>,
    /// Why the connection carries nothing more.
    broken: Option<String>,
}

/// One call.
struct Stream {
    state: Mutex<StreamState>,
    changed: Condvar,
}

struct StreamState {
    /// The phone's number of the stream, once it is open.
    remote: Option<u32>,
    answer: Option<Answer>,
    ended: Option<Ended>,
}

impl Stream {
    fn state(&self) -> MutexGuard<'_, StreamState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, ended: Ended) {
        self.state().ended.get_or_insert(ended);
        self.changed.notify_all();
    }
}

impl Connection {
    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, command: Command, first: u32, second: u32, data: &[u8], deadline: Instant) -> std::io::Result<()> {
        self.channel.write(&message::write(Head { command, first, second }, self.sums, data), deadline)
    }

    /// Runs one command, to its end or to the deadline.
    fn shell(&self, command: &str, limit: usize, deadline: Instant) -> ShellOutput {
        let service = if self.second_version { "shell,v2,raw" } else { "shell" };
        let service = format!("{service}:{command}\0");
        if service.len() > self.most_data {
            let detail = format!("the phone takes {} bytes at once, and the question has more", self.most_data);
            return ShellOutput::nothing(Ended::Failed(detail));
        }
        let stream = Arc::new(Stream {
            state: Mutex::new(StreamState {
                remote: None,
                answer: Some(Answer::new(self.second_version, limit)),
                ended: None,
            }),
            changed: Condvar::new(),
        });
        let id = {
            let mut streams = self.streams();
            if let Some(broken) = &streams.broken {
                return ShellOutput::nothing(Ended::Dropped(broken.clone()));
            }
            let id = streams.next;
            streams.next = id.checked_add(1).unwrap_or(1);
            streams.open.insert(id, Arc::clone(&stream));
            id
        };
        if let Err(error) = self.send(Command::Open, id, 0, service.as_bytes(), deadline) {
            stream.end(match error.kind() {
                ErrorKind::TimedOut | ErrorKind::WouldBlock => Ended::TimedOut,
                _ => Ended::Dropped(error.to_string()),
            });
        }
        let mut state = stream.state();
        while state.ended.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.ended = Some(Ended::TimedOut);
                break;
            }
            let waited = stream.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
        }
        let (remote, answer) = (state.remote, state.answer.take());
        let ended = state.ended.clone().unwrap_or(Ended::TimedOut);
        drop(state);
        self.streams().open.remove(&id);
        if let (Some(remote), Ended::TimedOut | Ended::TooLong | Ended::Failed(_)) = (remote, &ended) {
            // So that the command ends on the phone too. A connection that takes nothing more ends it anyway.
            let _ = self.send(Command::Close, id, remote, &[], Instant::now() + PATIENCE);
        }
        match answer {
            Some(answer) => answer.finish(ended),
            None => ShellOutput::nothing(ended),
        }
    }

    /// Reads until the connection ends, and tells every call that is still open.
    fn run(&self, mut reader: ChannelReader) {
        let mut data = Vec::new();
        let said = loop {
            let taken = match message::read(&mut reader, self.sums, &mut data) {
                Ok(head) => self.take(head, &data),
                Err(broken) => break broken.to_string(),
            };
            if let Err(error) = taken {
                break error.to_string();
            }
        };
        self.channel.shut();
        let said = sanitize(&said, 300);
        let open = {
            let mut streams = self.streams();
            streams.broken = Some(said.clone());
            std::mem::take(&mut streams.open)
        };
        for stream in open.values() {
            stream.end(Ended::Dropped(said.clone()));
        }
    }

    /// Hands one message to its stream. What belongs to none, or to one that is closed, is let go.
    fn take(&self, head: Head, data: &[u8]) -> std::io::Result<()> {
        let (remote, id) = (head.first, head.second);
        let deadline = || Instant::now() + PATIENCE;
        if head.command == Command::Open {
            // Nothing here is the phone's to open.
            return self.send(Command::Close, 0, remote, &[], deadline());
        }
        let Some(stream) = self.streams().open.get(&id).cloned() else { return Ok(()) };
        let mut state = stream.state();
        match head.command {
            Command::Ready if state.remote.is_none() => {
                state.remote = Some(remote);
                drop(state);
                if self.second_version {
                    self.send(Command::Write, id, remote, &NO_INPUT, deadline())?;
                }
            }
            Command::Write if state.remote == Some(remote) && state.ended.is_none() => {
                let ended = state.answer.as_mut().and_then(|answer| answer.take(data));
                drop(state);
                // The phone sends the next only now.
                self.send(Command::Ready, id, remote, &[], deadline())?;
                if let Some(ended) = ended {
                    stream.end(ended);
                }
            }
            Command::Close => {
                let ended = match (state.remote, &state.answer) {
                    (Some(_), Some(answer)) => answer.closed(),
                    _ => Ended::Failed("the phone refused to run a command".to_owned()),
                };
                drop(state);
                stream.end(ended);
            }
            _ => {}
        }
        Ok(())
    }
}
