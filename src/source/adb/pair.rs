//! Making this computer known to a phone in wireless debugging, as `adb pair` does.
//!
//! The phone shows six digits and a port of their own for it (AOSP `adb/docs/dev/adb_wifi.md`). Over TLS both sides prove by SPAKE2 that they
//! know the digits, and then the phone takes this computer's public key. The exchange is that of the crate `libadb`; the connection, its
//! deadlines, and what a failure means are here.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use libadb::keys::rsa::rand_core::OsRng;
use libadb::pairing::PairingError;
use libadb::tls::{TlsClientConfig, TlsIdentity};
use libadb::transport::tls::{MaybeTls, TlsError};

use super::address::ServerAddress;
use super::channel::Channel;
use super::error::AdbError;
use super::keys::KeyPlaces;
use super::message::{self, Command, Head};
use super::tcp::parse_address;
use super::waiting::{left, ready};
use crate::text::clean::sanitize;

/// How long a pairing port may take for its first word; another port may wait for ours for ever.
const FIRST_WORD: Duration = Duration::from_secs(5);
/// How long a port that does not pair is asked what it is.
const PROBE: Duration = Duration::from_secs(3);

/// A phone that knows this computer now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paired {
    /// The name under which the phone announces itself on the network, `adb-SERIAL-…`.
    pub name: String,
    /// The host of the phone, without its pairing port.
    pub host: String,
    /// The file of the key that the phone knows now.
    pub key: PathBuf,
    /// Whether that key was made for it.
    pub key_made: bool,
}

/// Whether a text is a pairing code: six digits, in groups or not. Gives them without blanks.
pub fn code(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    (digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit())).then_some(digits)
}

/// Whether a text is an address to pair at: `HOST:PORT`.
pub fn is_address(text: &str) -> bool {
    parse_address(text, "HOST:PORT", text).is_ok()
}

/// Pairs this computer with the phone whose pairing port is at `HOST:PORT`. The computer's own key is made where there is none, as `adb` does.
///
/// # Errors
///
/// [`AdbError::BadTarget`], [`AdbError::Unreachable`], [`AdbError::BadKey`], [`AdbError::WrongCode`], [`AdbError::NotPairingPort`],
/// [`AdbError::PairingTimedOut`], [`AdbError::PairingFailed`].
pub fn pair(address: &str, code: &str, keys: &KeyPlaces, timeout: Duration) -> Result<Paired, AdbError> {
    let server = parse_address(address, "HOST:PORT", address)?;
    let shown = server.to_string();
    let deadline = Instant::now() + timeout;
    let stream = connect(&server, deadline)?;
    let (key, key_made) = keys.own_or_new()?;
    let failed = |detail: &str| AdbError::PairingFailed { address: shown.clone(), detail: sanitize(detail, 300) };
    let identity = TlsIdentity::from_key(key.inner(), &mut OsRng).map_err(|error| failed(&error.to_string()))?;
    let tls = TlsClientConfig::adb(&identity).map_err(|error| failed(&error.to_string()))?;
    let heard = Rc::new(Cell::new(false));
    let socket = Socket { stream, heard: Rc::clone(&heard), first: Instant::now() + FIRST_WORD, deadline };
    let mut transport = MaybeTls::plain(socket);
    let outcome = ready(libadb::pairing::pair(&mut transport, &tls, key.inner(), code, &mut OsRng));
    let error = match outcome {
        Some(Ok(paired)) => {
            return Ok(Paired {
                name: sanitize(&paired.guid, 200),
                host: server.host,
                key: keys.own().map(PathBuf::from).unwrap_or_default(),
                key_made,
            });
        }
        Some(Err(error)) => error,
        None => return Err(failed("the exchange stands still")),
    };
    let timed_out = |error: &io::Error| matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock);
    match &error {
        PairingError::WrongCode => return Err(AdbError::WrongCode { address: shown }),
        // What does not come through the handshake may be another port of the phone.
        PairingError::Transport(TlsError::HandshakeClosed | TlsError::Tls(_) | TlsError::Io(_))
            if (!heard.get() || !matches!(error, PairingError::Transport(TlsError::Io(_))))
                && reads_phones(&server) =>
        {
            return Err(AdbError::NotPairingPort { address: shown });
        }
        _ => {}
    }
    Err(match &error {
        PairingError::Transport(TlsError::Io(error)) if timed_out(error) => {
            AdbError::PairingTimedOut { address: shown }
        }
        error => failed(&error.to_string()),
    })
}

fn connect(server: &ServerAddress, deadline: Instant) -> Result<TcpStream, AdbError> {
    server.connect(deadline).map_err(|detail| AdbError::Unreachable { address: server.to_string(), detail })
}

/// Whether what listens there answers the greeting of `adb`, as the port does that phones are read through.
fn reads_phones(server: &ServerAddress) -> bool {
    let deadline = Instant::now() + PROBE;
    let Ok(stream) = connect(server, deadline) else { return false };
    let (channel, mut reader) = Channel::new(stream);
    reader.until(Some(deadline));
    let most = u32::try_from(message::MOST_DATA).unwrap_or(u32::MAX);
    let hello = Head { command: Command::Connect, first: message::VERSION, second: most };
    let greeted = channel.write(&message::write(hello, true, b"host::\0"), deadline);
    let answer = greeted.is_ok().then(|| message::read(&mut reader, false, &mut Vec::new()));
    channel.shut();
    matches!(answer, Some(Ok(Head { command: Command::Connect | Command::Auth | Command::Tls, .. })))
}

/// A connection whose every read and write has a deadline. It blocks, so that nothing asynchronous ever waits.
struct Socket {
    stream: TcpStream,
    /// Whether anything came.
    heard: Rc<Cell<bool>>,
    first: Instant,
    deadline: Instant,
}

impl Socket {
    fn left(&self) -> io::Result<Duration> {
        let deadline = if self.heard.get() { self.deadline } else { self.deadline.min(self.first) };
        left(deadline).ok_or_else(|| ErrorKind::TimedOut.into())
    }
}

impl embedded_io_async::ErrorType for Socket {
    type Error = io::Error;
}

impl embedded_io_async::Read for Socket {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.stream.set_read_timeout(Some(self.left()?))?;
            match self.stream.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => {
                    self.heard.set(self.heard.get() || matches!(other, Ok(1..)));
                    return other;
                }
            }
        }
    }
}

impl embedded_io_async::Write for Socket {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits() {
        assert_eq!(code("123456\n").as_deref(), Some("123456"));
        assert_eq!(code(" 123 456 ").as_deref(), Some("123456"));
        for wrong in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            assert_eq!(code(wrong), None, "{wrong}");
        }
    }
}
