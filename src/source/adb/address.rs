//! A network address, of an ADB server or of a phone.

use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Instant;

use super::waiting::{left, within};

/// The port of an ADB server where nothing else is said.
const DEFAULT_PORT: u16 = 5037;

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
pub(super) fn port_number(text: &str) -> Option<u16> {
    let text = text.trim_start();
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let port = match hexadecimal {
        Some(digits) if digits.starts_with('+') => None,
        Some(digits) => u16::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    port.filter(|port| *port > 0)
}
