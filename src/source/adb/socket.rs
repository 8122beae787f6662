//! Where an ADB server listens.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use super::address::{ServerAddress, port_number};
use super::error::AdbError;
use crate::text::clean::sanitize;

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
    pub(super) fn parse(value: &str) -> Option<Self> {
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
}
