//! Phones over the Android Debug Bridge.
//!
//! Two roads lead to a phone. Through a running ADB server ([`server`]), whose small text protocol is spoken here with
//! a deadline on every read and write; a server is never killed or replaced, and started only when none answers.
//! Without any ADB server, over USB ([`direct`]) or TCP ([`tcp`]), with the computer's own [`keys`], which [`pair()`] makes known
//! to a phone. Both end in one [`Phone`], of which [`collect()`] asks the questions of one fixed read-only list,
//! [`questions`]. [`devices`] says which phones are in sight, in which state, and what to do on a phone that is not ready.

mod answer;
mod channel;
pub mod collect;
pub mod devices;
pub mod direct;
mod error;
pub mod keys;
mod message;
pub mod pair;
pub mod program;
pub mod questions;
pub mod server;
pub mod tcp;
pub mod track;

use std::sync::mpsc;
use std::time::{Duration, Instant};

pub use collect::collect;
pub use devices::{Sighting, Sightings, State, sightings};
pub use error::AdbError;
pub use pair::pair;

use crate::evidence::{Evidence, Reason, SourceKind};

/// The English sentences of this room, Fluent syntax, for the text module to load.
pub const SENTENCES_EN: &str = include_str!("../../text/adb.en.ftl");
/// The French sentences of this room, Fluent syntax, for the text module to load.
pub const SENTENCES_FR: &str = include_str!("../../text/adb.fr.ftl");

/// How a shell call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The command ran to its end, as far as the transport can tell: shell protocol version 1 has no exit status, and
    /// there a dropped connection looks the same.
    Completed,
    /// Our deadline passed.
    TimedOut,
    /// The phone or the server closed the connection before the end.
    Dropped(String),
    /// More bytes came than the call may answer.
    TooLong,
    /// The call could not be made, or the answer was not in the protocol's form; what the other side said.
    Failed(String),
}

/// What a shell call printed. Partial output is kept however the call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellOutput {
    /// Standard output; where the transport cannot tell them apart, standard error is mixed in.
    pub stdout: Vec<u8>,
    /// Standard error, where the transport keeps it apart (shell protocol version 2).
    pub stderr: Vec<u8>,
    /// The exit status of the command, where the transport tells (shell protocol version 2).
    pub status: Option<u8>,
    /// How the call ended.
    pub ended: Ended,
}

impl ShellOutput {
    /// No output, for this reason.
    pub(crate) fn nothing(ended: Ended) -> Self {
        ShellOutput { stdout: Vec::new(), stderr: Vec::new(), status: None, ended }
    }
}

/// A phone on which a shell command can be run.
pub trait Phone: Send + Sync {
    /// Runs one command and returns what it printed, at most `limit` bytes and at the latest at `deadline`. Never fails:
    /// [`ShellOutput::ended`] says how far it came.
    fn shell(&self, command: &str, limit: usize, deadline: Instant) -> ShellOutput;

    /// Whether several calls may run at the same time.
    fn concurrent(&self) -> bool {
        true
    }

    /// By which road the phone is reached.
    fn source(&self) -> SourceKind;

    /// The serial number by which the phone was found, where it was found by one.
    fn serial(&self) -> Option<&str> {
        None
    }

    /// Whether the ADB server through which the phone was found has ended since.
    fn server_ended(&self) -> bool {
        false
    }
}

/// Where to look for phones and for an ADB server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The ADB server.
    pub server: server::ServerSocket,
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
            server: server::ServerSocket::from_variables(variable)?,
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

/// Opens the phone that a target names: `adb:SERIAL`, `adb:transport_id:N` (for phones that share a serial number),
/// `adb:` (the one of [`Options::serial`], else the only ready one), `usb:`, `usb:VID:PID`, `tcp:HOST:PORT`.
///
/// # Errors
///
/// An [`AdbError`] that says which phone, what stands in the way, and by [`AdbError::hint_key`] what to do.
pub fn open(target: &str, options: &Options) -> Result<Box<dyn Phone>, AdbError> {
    open_telling(target, options, &|_| {})
}

/// What a person should know while a phone is being opened.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// The phone asks its owner whether this computer may debug it, and is waited for.
    Allow,
    /// A key of this computer cannot be used; the others are.
    BadKey(&'a AdbError),
}

/// [`open`], telling what there is to tell while a phone is waited for.
///
/// # Errors
///
/// As [`open`].
pub fn open_telling(target: &str, options: &Options, tell: &dyn Fn(Told<'_>)) -> Result<Box<dyn Phone>, AdbError> {
    let deadline = Instant::now() + options.timeout;
    match target.split_once(':') {
        Some(("adb", serial)) => Ok(Box::new(server::open(serial, options, deadline)?)),
        Some(("usb", ids)) => Ok(Box::new(direct::open_usb(ids, options)?)),
        Some(("tcp", address)) => Ok(Box::new(tcp::open(address, options, tell)?)),
        _ => Err(AdbError::BadTarget {
            target: target.to_owned(),
            expected: "adb:SERIAL, usb:, usb:VID:PID, tcp:HOST:PORT",
        }),
    }
}

/// How long a server that was replaced, and the phone on it, may take to be there again.
const RETURN: Duration = Duration::from_secs(15);

/// With less time than this nothing is read again.
const SOON: Duration = Duration::from_secs(1);

/// Opens the phone that a target names and asks it every question of the list, in `timeout` at the most. Where the ADB
/// server ended in the midst of it, as one does that another version of `adb` replaces, the phone is looked for once more
/// and read again while there is time; what came first is kept where that gives no more.
///
/// # Errors
///
/// As [`open`].
pub fn read(target: &str, options: &Options, timeout: Duration, tell: &dyn Fn(Told<'_>)) -> Result<Evidence, AdbError> {
    let deadline = Instant::now() + timeout;
    let gather = |phone: &dyn Phone| {
        let left = deadline.saturating_duration_since(Instant::now());
        collect(phone, phone.source(), phone.source().word(), phone.serial(), left)
    };
    let phone = open_telling(target, options, tell)?;
    let first = gather(phone.as_ref());
    let broken = broken(&first);
    let serial = phone.serial().unwrap_or("");
    let late = Instant::now() + SOON >= deadline;
    if broken == 0 || late || serial.is_empty() || !phone.server_ended() {
        return Ok(first);
    }
    let Some(again) = server::find_again(serial, options, deadline.min(Instant::now() + RETURN)) else {
        return Ok(first);
    };
    let second = gather(&again);
    // Under one address there may be another phone by now: both must tell the same number of their own, where both tell one.
    let own = |evidence: &Evidence| evidence.serial.clone().filter(|own| own != serial);
    let same = own(&first).zip(own(&second)).is_none_or(|(first, second)| first == second);
    Ok(if same && self::broken(&second) < broken { second } else { first })
}

/// How many answers a connection that broke has cost.
fn broken(evidence: &Evidence) -> usize {
    let broke = |reason: Reason| matches!(reason, Reason::Truncated | Reason::TimedOut | Reason::Unreadable);
    evidence.missing.iter().filter(|missing| broke(missing.reason)).count()
        + evidence.items.iter().filter(|item| item.cut.is_some_and(broke)).count()
}

/// Runs something that knows no deadline in a thread of its own and stops waiting for it at the deadline. The thread
/// is then left to itself: a blocked system call cannot be called back.
pub(crate) fn within<T: Send + 'static>(deadline: Instant, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new()
        .spawn(move || {
            // The receiver may have gone at the deadline; nobody needs the answer then.
            let _ = sender.send(work());
        })
        .ok()?;
    receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}

/// The outcome of something asynchronous that waits for nothing; `None` if it does wait.
pub(crate) fn ready<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(work).poll(&mut context) {
        std::task::Poll::Ready(outcome) => Some(outcome),
        std::task::Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fluent_bundle::FluentResource;

    use super::*;

    fn keys(sentences: &str) -> BTreeSet<String> {
        FluentResource::try_new(sentences.to_owned()).expect("Fluent syntax");
        let names = sentences.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
        let names: Vec<_> = names.map(|(name, _)| name.to_owned()).collect();
        let set: BTreeSet<_> = names.iter().cloned().collect();
        assert_eq!(set.len(), names.len(), "a key stands twice");
        set
    }

    #[test]
    fn every_key_has_its_sentence_in_both_languages_and_no_other_stands_there() {
        let (english, french) = (keys(SENTENCES_EN), keys(SENTENCES_FR));
        assert_eq!(english, french);
        let advice = devices::Advice::ALL.iter().map(|advice| advice.key());
        let no_permissions = ["device-no-permissions", "device-no-permissions-linux"].into_iter();
        let wanted: BTreeSet<String> = advice
            .chain(no_permissions)
            .chain(AdbError::HINT_KEYS)
            .chain(AdbError::KEYS)
            .chain(questions::TABLE_KEYS)
            .map(str::to_owned)
            .collect();
        assert_eq!(english, wanted);
    }

    #[test]
    fn targets_that_are_none_say_which_are() {
        let options = Options {
            server: server::ServerAddress { host: "127.0.0.1".to_owned(), port: 1 }.into(),
            may_start_server: false,
            program: program::Places::default(),
            keys: keys::KeyPlaces::default(),
            serial: None,
            timeout: Duration::from_secs(1),
            accept: Duration::from_secs(1),
        };
        for wrong in ["", "R5", "http:x", "usb:1", "usb:xyzw:1", "tcp:", "tcp:5555", "tcp:host:0"] {
            assert_eq!(open(wrong, &options).err().map(|error| error.hint_key()), Some("adb-bad-target"), "{wrong}");
        }
        assert!(matches!(open("adb:R5", &options), Err(AdbError::NoServer { .. })));
    }
}
