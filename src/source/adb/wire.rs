//! The text protocol of an ADB server, with a deadline on every read and write.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::error::AdbError;
use super::phone::Ended;
use super::socket::ServerSocket;
use super::waiting::{GLANCE, left, within};
use crate::text::clean::sanitize;

/// A connection to a server.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

pub(super) fn connect(socket: &ServerSocket, deadline: Instant) -> Result<Stream, String> {
    match socket {
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

impl Stream {
    pub(super) fn set_read_timeout(&self, timeout: Duration) -> std::io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.set_read_timeout(Some(timeout)),
            #[cfg(unix)]
            Stream::Unix(stream) => stream.set_read_timeout(Some(timeout)),
        }
    }

    pub(super) fn set_write_timeout(&self, timeout: Duration) -> std::io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.set_write_timeout(Some(timeout)),
            #[cfg(unix)]
            Stream::Unix(stream) => stream.set_write_timeout(Some(timeout)),
        }
    }

    pub(super) fn read(&self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).read(buffer),
            #[cfg(unix)]
            Stream::Unix(stream) => (&mut &*stream).read(buffer),
        }
    }

    pub(super) fn write_all(&self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).write_all(bytes),
            #[cfg(unix)]
            Stream::Unix(stream) => (&mut &*stream).write_all(bytes),
        }
    }
}

/// How an exchange with the server failed.
#[derive(Debug)]
pub(super) enum WireError {
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
    pub(super) fn into_error(self, address: &ServerSocket, service: &str) -> AdbError {
        let address = address.to_string();
        match self {
            WireError::Unreachable(detail) => AdbError::NoServer { address, detail, looked: Vec::new() },
            WireError::TimedOut => AdbError::ServerSilent { address },
            WireError::Closed(got) | WireError::Garbage(got) => AdbError::NotAnAdbServer { address, got },
            WireError::Refused(message) => AdbError::ServerRefused { service: service.to_owned(), message },
        }
    }

    pub(super) fn into_ended(self) -> Ended {
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
pub(super) struct Wire {
    pub(super) stream: Stream,
    pub(super) deadline: Instant,
    /// A byte that was read ahead.
    pub(super) ahead: Option<u8>,
}

impl Wire {
    pub(super) fn connect(address: &ServerSocket, deadline: Instant) -> Result<Wire, WireError> {
        let stream = connect(address, deadline).map_err(WireError::Unreachable)?;
        Ok(Wire { stream, deadline, ahead: None })
    }

    pub(super) fn failed(error: &std::io::Error) -> WireError {
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => WireError::TimedOut,
            _ => WireError::Closed(error.to_string()),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        let left = left(self.deadline).ok_or(WireError::TimedOut)?;
        self.stream.set_write_timeout(left).map_err(|error| Self::failed(&error))?;
        self.stream.write_all(bytes).map_err(|error| Self::failed(&error))
    }

    /// Reads what is there, at most a buffer full; 0 at the end.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, WireError> {
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

    pub(super) fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), WireError> {
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
    pub(super) fn read_text(&mut self) -> Result<String, WireError> {
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
    pub(super) fn request(&mut self, service: &str) -> Result<(), WireError> {
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

/// A request whose answer is one text.
pub(super) fn ask(address: &ServerSocket, service: &str, deadline: Instant) -> Result<String, WireError> {
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
