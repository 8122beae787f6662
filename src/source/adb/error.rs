//! What can stand between poucet and a phone.

use std::path::PathBuf;

use super::sighting::{Advice, State, Transport};

/// Why a phone or an ADB server cannot be reached. [`AdbError::hint_key`] names the sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdbError {
    /// No ADB server listens, and none could be started.
    #[error("no ADB server answers on {address}: {detail}")]
    NoServer {
        /// Where it was looked for.
        address: String,
        /// What the system said.
        detail: String,
        /// Where the `adb` program was looked for.
        looked: Vec<PathBuf>,
    },
    /// Something accepts connections and does not answer.
    #[error("the ADB server on {address} accepts connections but does not answer")]
    ServerSilent {
        /// Where.
        address: String,
    },
    /// Something answers that is no ADB server.
    #[error("what answers on {address} is no ADB server: {got}")]
    NotAnAdbServer {
        /// Where.
        address: String,
        /// The beginning of its answer.
        got: String,
    },
    /// The ADB server refused a request.
    #[error("the ADB server refused `{service}`: {message}")]
    ServerRefused {
        /// The request.
        service: String,
        /// What the server said.
        message: String,
    },
    /// An environment variable names an ADB server in a form that is not understood.
    #[error("`{variable}={value}` names no ADB server: expected {expected}")]
    BadAddress {
        /// The variable.
        variable: String,
        /// Its value.
        value: String,
        /// The forms that are understood.
        expected: &'static str,
    },
    /// A target is not written in one of the known forms.
    #[error("`{target}` is no target: expected {expected}")]
    BadTarget {
        /// The target.
        target: String,
        /// The forms that are understood.
        expected: &'static str,
    },
    /// No phone at all is in sight.
    #[error("no phone in sight ({place})")]
    NoPhone {
        /// Where it was looked for.
        place: String,
    },
    /// The phone asked for is not in sight.
    #[error("no phone `{serial}` in sight; in sight: {seen}")]
    NotFound {
        /// The phone asked for.
        serial: String,
        /// The phones that are in sight, with their states.
        seen: String,
    },
    /// Several phones fit.
    #[error("several phones fit `{target}`: {seen}")]
    Ambiguous {
        /// The target.
        target: String,
        /// The targets that name exactly one.
        seen: String,
    },
    /// The phone is in sight and cannot be asked.
    #[error("the phone `{serial}` is in state `{}`", state.word())]
    NotReady {
        /// The phone.
        serial: String,
        /// Its state.
        state: State,
    },
    /// Nothing answers at the phone's network address.
    #[error("no phone answers at {address}: {detail}")]
    Unreachable {
        /// The address.
        address: String,
        /// What the system said.
        detail: String,
    },
    /// The phone asks its owner whether this computer may debug it, and nobody has said yes.
    #[error("the phone at {target} has not accepted this computer")]
    Unauthorized {
        /// The target.
        target: String,
    },
    /// The phone speaks wireless debugging (TLS) and does not know this computer.
    #[error("the phone at {target} asks for wireless debugging and is not paired with this computer: {detail}")]
    NotPaired {
        /// The target.
        target: String,
        /// What the connection said.
        detail: String,
    },
    /// The phone speaks wireless debugging (TLS) and this computer has no key that it could know.
    #[error("the phone at {target} asks for wireless debugging, and this computer has no key yet")]
    NoKey {
        /// The target.
        target: String,
    },
    /// A key of this computer cannot be used.
    #[error("the key {} cannot be used: {detail}", path.display())]
    BadKey {
        /// The key's file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// What answers speaks TLS from the first byte, as the port of a phone does on which computers are paired.
    #[error("what answers at {target} speaks as the pairing port of a phone does, which reads no phone")]
    PairingPort {
        /// The target.
        target: String,
    },
    /// What answers at a network address is no phone.
    #[error("what answers at {target} is no phone: {got}")]
    NotAPhone {
        /// The target.
        target: String,
        /// The beginning of its answer.
        got: String,
    },
    /// The phone did not accept the pairing code.
    #[error("the phone at {address} did not accept the pairing code")]
    WrongCode {
        /// The phone's pairing address.
        address: String,
    },
    /// What answers is a phone, but not on the port that pairs.
    #[error("the port of {address} is the one that a phone is read through, and not its pairing port")]
    NotPairingPort {
        /// The address.
        address: String,
    },
    /// The pairing did not come to its end in time.
    #[error("the phone at {address} did not answer the pairing in time")]
    PairingTimedOut {
        /// The phone's pairing address.
        address: String,
    },
    /// The pairing failed in another way.
    #[error("the pairing with {address} failed: {detail}")]
    PairingFailed {
        /// The phone's pairing address.
        address: String,
        /// What was said.
        detail: String,
    },
    /// An ADB server holds the phone's USB connection.
    #[error("the phone {target} is held by the ADB server on {address}, which lists it as `{serial}`")]
    HeldByServer {
        /// The target.
        target: String,
        /// The ADB server.
        address: String,
        /// The serial number under which the server lists it.
        serial: String,
    },
    /// Another program holds the phone's USB connection.
    #[error("the phone {target} is held by {holder}")]
    HeldByProcess {
        /// The target.
        target: String,
        /// The program and its process id, or `another program` where the system does not tell.
        holder: String,
    },
    /// The operating system does not let this user open the phone's USB connection.
    #[error("no permission to open the phone {target} over USB: {detail}")]
    NoPermission {
        /// The target.
        target: String,
        /// What the system said.
        detail: String,
    },
    /// The deadline passed.
    #[error("the phone {target} did not answer in time")]
    TimedOut {
        /// The target.
        target: String,
    },
    /// The connection failed in another way.
    #[error("the connection to the phone {target} failed: {detail}")]
    Connection {
        /// The target.
        target: String,
        /// What was said.
        detail: String,
    },
}

impl AdbError {
    /// The key of the sentence, in `src/text/adb.*.ftl`, that says what happened.
    pub fn key(&self) -> &'static str {
        match self {
            AdbError::NoServer { .. } => "adb-error-no-server",
            AdbError::ServerSilent { .. } => "adb-error-server-silent",
            AdbError::NotAnAdbServer { .. } => "adb-error-not-a-server",
            AdbError::ServerRefused { .. } => "adb-error-server-refused",
            AdbError::BadAddress { .. } => "adb-error-bad-address",
            AdbError::BadTarget { .. } => "adb-error-bad-target",
            AdbError::NoPhone { .. } => "adb-error-no-phone",
            AdbError::NotFound { .. } => "adb-error-not-found",
            AdbError::Ambiguous { .. } => "adb-error-ambiguous",
            AdbError::NotReady { .. } => "adb-error-not-ready",
            AdbError::Unreachable { .. } => "adb-error-unreachable",
            AdbError::Unauthorized { .. } => "adb-error-unauthorized",
            AdbError::NotPaired { .. } => "adb-error-not-paired",
            AdbError::NoKey { .. } => "adb-error-no-key",
            AdbError::BadKey { .. } => "adb-error-bad-key",
            AdbError::PairingPort { .. } => "adb-error-pairing-port",
            AdbError::NotAPhone { .. } => "adb-error-not-a-phone",
            AdbError::WrongCode { .. } => "adb-error-wrong-code",
            AdbError::NotPairingPort { .. } => "adb-error-not-pairing-port",
            AdbError::PairingTimedOut { .. } => "adb-error-pairing-timed-out",
            AdbError::PairingFailed { .. } => "adb-error-pairing-failed",
            AdbError::HeldByServer { .. } => "adb-error-held-by-server",
            AdbError::HeldByProcess { .. } => "adb-error-held-by-process",
            AdbError::NoPermission { .. } => "adb-error-no-permission",
            AdbError::TimedOut { .. } => "adb-error-timed-out",
            AdbError::Connection { .. } => "adb-error-connection",
        }
    }

    /// Every key that [`AdbError::key`] may give.
    pub const KEYS: [&'static str; 26] = [
        "adb-error-no-server",
        "adb-error-server-silent",
        "adb-error-not-a-server",
        "adb-error-server-refused",
        "adb-error-bad-address",
        "adb-error-bad-target",
        "adb-error-no-phone",
        "adb-error-not-found",
        "adb-error-ambiguous",
        "adb-error-not-ready",
        "adb-error-unreachable",
        "adb-error-unauthorized",
        "adb-error-not-paired",
        "adb-error-no-key",
        "adb-error-bad-key",
        "adb-error-pairing-port",
        "adb-error-not-a-phone",
        "adb-error-wrong-code",
        "adb-error-not-pairing-port",
        "adb-error-pairing-timed-out",
        "adb-error-pairing-failed",
        "adb-error-held-by-server",
        "adb-error-held-by-process",
        "adb-error-no-permission",
        "adb-error-timed-out",
        "adb-error-connection",
    ];

    /// The values of the sentence's variables.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            AdbError::NoServer { address, detail, .. } | AdbError::Unreachable { address, detail } => {
                vec![("address", address.clone()), ("detail", detail.clone())]
            }
            AdbError::ServerSilent { address } => vec![("address", address.clone())],
            AdbError::NotAnAdbServer { address, got } => vec![("address", address.clone()), ("got", got.clone())],
            AdbError::ServerRefused { service, message } => {
                vec![("service", service.clone()), ("message", message.clone())]
            }
            AdbError::BadAddress { variable, value, expected } => {
                vec![("variable", variable.clone()), ("value", value.clone()), ("expected", (*expected).to_owned())]
            }
            AdbError::BadTarget { target, expected } => {
                vec![("target", target.clone()), ("expected", (*expected).to_owned())]
            }
            AdbError::NoPhone { place } => vec![("place", place.clone())],
            AdbError::NotFound { serial, seen } => vec![("serial", serial.clone()), ("seen", seen.clone())],
            AdbError::Ambiguous { target, seen } => vec![("target", target.clone()), ("seen", seen.clone())],
            AdbError::NotReady { serial, state } => {
                vec![("serial", serial.clone()), ("state", state.word().to_owned())]
            }
            AdbError::Unauthorized { target }
            | AdbError::TimedOut { target }
            | AdbError::NoKey { target }
            | AdbError::PairingPort { target } => vec![("target", target.clone())],
            AdbError::BadKey { path, detail } => {
                vec![("path", path.display().to_string()), ("detail", detail.clone())]
            }
            AdbError::NotAPhone { target, got } => vec![("target", target.clone()), ("got", got.clone())],
            AdbError::WrongCode { address }
            | AdbError::NotPairingPort { address }
            | AdbError::PairingTimedOut { address } => vec![("address", address.clone())],
            AdbError::PairingFailed { address, detail } => {
                vec![("address", address.clone()), ("detail", detail.clone())]
            }
            AdbError::NotPaired { target, detail }
            | AdbError::NoPermission { target, detail }
            | AdbError::Connection { target, detail } => vec![("target", target.clone()), ("detail", detail.clone())],
            AdbError::HeldByServer { target, address, serial } => {
                vec![("target", target.clone()), ("address", address.clone()), ("serial", serial.clone())]
            }
            AdbError::HeldByProcess { target, holder } => vec![("target", target.clone()), ("holder", holder.clone())],
        }
    }

    /// Whether the ADB server stands in the way, so that nobody knows which phones it has: it does not answer as a server
    /// does, or none is where only somebody else can have put one (`local`: on this machine, where one is looked for by
    /// habit and phones on USB are seen without it).
    pub fn hides_phones(&self, local: bool) -> bool {
        match self {
            AdbError::ServerSilent { .. } | AdbError::NotAnAdbServer { .. } | AdbError::ServerRefused { .. } => true,
            AdbError::NoServer { .. } => !local,
            _ => false,
        }
    }

    /// The key of the sentence, in `src/text/adb.*.ftl`, that says what to do next.
    pub fn hint_key(&self) -> &'static str {
        match self {
            AdbError::NoServer { looked, .. } if looked.is_empty() => "adb-no-server",
            AdbError::NoServer { .. } => "adb-no-server-no-program",
            AdbError::ServerSilent { .. } => "adb-server-silent",
            AdbError::NotAnAdbServer { .. } => "adb-not-a-server",
            AdbError::ServerRefused { .. } => "adb-server-refused",
            AdbError::BadAddress { .. } => "adb-bad-address",
            AdbError::BadTarget { .. } => "adb-bad-target",
            AdbError::NoPhone { .. } => Advice::NoPhoneInSight.key(),
            AdbError::NotFound { .. } => "adb-phone-not-found",
            AdbError::Ambiguous { .. } => "adb-several-phones",
            AdbError::NotReady { serial, state } => {
                let advice = state.advice_over(Transport::of(serial));
                advice.first().copied().unwrap_or(Advice::DeviceUnknown).key()
            }
            AdbError::Unreachable { .. } => "adb-unreachable",
            AdbError::Unauthorized { .. } => Advice::DeviceUnauthorized.key(),
            AdbError::NotPaired { .. } | AdbError::NoKey { .. } => "adb-not-paired",
            AdbError::BadKey { .. } => "adb-bad-key",
            AdbError::PairingPort { .. } => "adb-pairing-port",
            AdbError::NotAPhone { .. } => "adb-not-a-phone",
            AdbError::WrongCode { .. } => "adb-wrong-code",
            AdbError::NotPairingPort { .. } => "adb-not-pairing-port",
            AdbError::PairingTimedOut { .. } | AdbError::PairingFailed { .. } => "adb-pairing-again",
            // There is no cable to unplug.
            AdbError::Connection { target, .. } if target.starts_with("tcp:") => "adb-connection-network",
            AdbError::HeldByServer { .. } => "adb-held-by-server",
            AdbError::HeldByProcess { .. } => "adb-held-by-process",
            AdbError::NoPermission { .. } => Advice::DeviceNoPermissions.key(),
            AdbError::TimedOut { .. } => "adb-timed-out",
            AdbError::Connection { .. } => "adb-connection",
        }
    }

    /// Every key that [`AdbError::hint_key`] may give and that is no [`Advice`].
    pub const HINT_KEYS: [&'static str; 22] = [
        "adb-no-server",
        "adb-no-server-no-program",
        "adb-server-silent",
        "adb-not-a-server",
        "adb-server-refused",
        "adb-bad-address",
        "adb-bad-target",
        "adb-phone-not-found",
        "adb-several-phones",
        "adb-unreachable",
        "adb-not-paired",
        "adb-bad-key",
        "adb-pairing-port",
        "adb-not-a-phone",
        "adb-wrong-code",
        "adb-not-pairing-port",
        "adb-pairing-again",
        "adb-connection-network",
        "adb-held-by-server",
        "adb-held-by-process",
        "adb-timed-out",
        "adb-connection",
    ];
}
