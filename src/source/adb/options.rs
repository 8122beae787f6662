//! Where to look for phones, and what a person hears meanwhile.

use std::time::Duration;

use super::error::AdbError;
use super::socket::ServerSocket;
use super::{keys, program};

/// Where to look for phones and for an ADB server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The ADB server.
    pub server: ServerSocket,
    /// Whether `adb start-server` may be run when no server answers on this machine.
    pub may_start_server: bool,
    /// Where to look for the `adb` program.
    pub program: program::Places,
    /// Where the keys of this computer are, for phones reached without an ADB server.
    pub keys: keys::KeyPlaces,
    /// The phone that is meant where a target names none, as `ANDROID_SERIAL` says it to `adb` (AOSP
    /// `adb/docs/user/adb.1.md`, `ENVIRONMENT`).
    pub serial: Option<String>,
    /// How long the search for a server and for phones may take.
    pub timeout: Duration,
    /// How long the owner of a phone that is reached over TCP has to accept this computer.
    pub accept: Duration,
}

impl Options {
    /// What the environment asks for: `ADB_SERVER_SOCKET`, `ANDROID_ADB_SERVER_ADDRESS`, `ANDROID_ADB_SERVER_PORT`,
    /// `ANDROID_SERIAL`, `PATH`, `ANDROID_HOME`, `ANDROID_SDK_ROOT`, `ADB_VENDOR_KEYS`, `HOME`.
    ///
    /// # Errors
    ///
    /// [`AdbError::BadAddress`] when a variable names a server in a form that is not understood.
    pub fn from_environment() -> Result<Self, AdbError> {
        let variable = |name: &str| std::env::var_os(name);
        Ok(Options {
            server: ServerSocket::from_variables(variable)?,
            may_start_server: true,
            program: program::Places::from_variables(variable, std::env::home_dir()),
            keys: keys::KeyPlaces::from_variables(variable, std::env::home_dir()),
            serial: variable("ANDROID_SERIAL")
                .map(|serial| serial.to_string_lossy().trim().to_owned())
                .filter(|serial| !serial.is_empty()),
            timeout: Duration::from_secs(10),
            accept: Duration::from_secs(10),
        })
    }
}

/// What a person should know while a phone is being opened.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// The phone asks its owner whether this computer may debug it, and is waited for.
    Allow,
    /// A key of this computer cannot be used; the others are.
    BadKey(&'a AdbError),
}
