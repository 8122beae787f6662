//! A phone in sight: its state, and the lists in which servers name phones.

use std::fmt;

use super::address::ServerAddress;
use crate::text::clean::sanitize;

/// The state of a phone, as an ADB server names it (AOSP `adb/adb.cpp`, `to_string(ConnectionState)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Ready to be asked.
    Device,
    /// The owner has not accepted this computer.
    Unauthorized,
    /// The keys are being exchanged.
    Authorizing,
    /// The phone does not answer the server.
    Offline,
    /// The operating system does not let the server open the USB device.
    NoPermissions,
    /// Recovery mode.
    Recovery,
    /// Waiting for an update over the cable.
    Sideload,
    /// Rescue mode.
    Rescue,
    /// The boot loader.
    Bootloader,
    /// The other end is itself a host.
    Host,
    /// The connection is being made.
    Connecting,
    /// The server has let go of the phone, so that another program may have it (`adb detach`).
    Detached,
    /// On USB without an ADB server: present, and not yet asked.
    Present,
    /// Something that is not understood.
    Unknown,
}

impl State {
    /// Every state but [`State::Unknown`] with the words a server prints, longest first where one begins another.
    pub(super) const WORDS: [(&'static str, State); 13] = [
        ("no permissions", State::NoPermissions),
        ("unauthorized", State::Unauthorized),
        ("authorizing", State::Authorizing),
        ("bootloader", State::Bootloader),
        ("connecting", State::Connecting),
        ("detached", State::Detached),
        ("recovery", State::Recovery),
        ("sideload", State::Sideload),
        ("offline", State::Offline),
        ("unknown", State::Unknown),
        ("device", State::Device),
        ("rescue", State::Rescue),
        ("host", State::Host),
    ];

    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            State::Device => "device",
            State::Unauthorized => "unauthorized",
            State::Authorizing => "authorizing",
            State::Offline => "offline",
            State::NoPermissions => "no permissions",
            State::Recovery => "recovery",
            State::Sideload => "sideload",
            State::Rescue => "rescue",
            State::Bootloader => "bootloader",
            State::Host => "host",
            State::Connecting => "connecting",
            State::Detached => "detached",
            State::Present => "present",
            State::Unknown => "unknown",
        }
    }

    /// Whether questions can be put to a phone in this state.
    pub fn is_ready(self) -> bool {
        matches!(self, State::Device | State::Present)
    }

    /// Whether a phone that was just plugged in or connected is in this state for a moment, before it is ready.
    pub fn is_passing(self) -> bool {
        matches!(self, State::Offline | State::Authorizing | State::Connecting)
    }

    /// The one thing to do when the phone is not ready.
    pub fn advice(self) -> Option<Advice> {
        Some(match self {
            State::Device | State::Present => return None,
            State::Unauthorized => Advice::DeviceUnauthorized,
            State::Authorizing => Advice::DeviceAuthorizing,
            State::Offline => Advice::DeviceOffline,
            State::NoPermissions => Advice::DeviceNoPermissions,
            State::Recovery => Advice::DeviceRecovery,
            State::Sideload => Advice::DeviceSideload,
            State::Rescue => Advice::DeviceRescue,
            State::Bootloader => Advice::DeviceBootloader,
            State::Host => Advice::DeviceHost,
            State::Connecting => Advice::DeviceConnecting,
            State::Detached => Advice::DeviceDetached,
            State::Unknown => Advice::DeviceUnknown,
        })
    }
}

impl State {
    /// What to do when the phone is not ready, most likely first: nobody pulls a cable that is not there.
    pub fn advice_over(self, transport: Transport) -> Vec<Advice> {
        let Some(first) = self.advice() else { return Vec::new() };
        let stuck = matches!(self, State::Offline | State::Unknown);
        let asking = matches!(self, State::Unauthorized | State::Authorizing | State::Connecting);
        let again = match transport {
            Transport::Usb => return std::iter::once(first).chain(first.then().iter().copied()).collect(),
            Transport::Tcp | Transport::Wireless => Advice::ReconnectNetwork,
            Transport::Emulator => Advice::RestartEmulator,
        };
        if stuck {
            vec![again]
        } else if asking {
            vec![first, again]
        } else {
            vec![first]
        }
    }
}

/// Something for a person to do, as the key of a sentence in `src/text/adb.*.ftl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Advice {
    /// Accept the question "Allow USB debugging?" on the unlocked phone.
    DeviceUnauthorized,
    /// When that question never appears: switch USB debugging off and on.
    ToggleUsbDebugging,
    /// Wait, and look at the phone.
    DeviceAuthorizing,
    /// Unplug, unlock, plug in again.
    DeviceOffline,
    /// Rights of this computer's user on the USB device (`udev` rules on Linux).
    DeviceNoPermissions,
    /// Restart from recovery mode.
    DeviceRecovery,
    /// Restart from update mode.
    DeviceSideload,
    /// Restart from rescue mode.
    DeviceRescue,
    /// Restart from the boot loader.
    DeviceBootloader,
    /// Swap the roles of the two ends of the cable.
    DeviceHost,
    /// Wait a moment.
    DeviceConnecting,
    /// Let the server take the phone again (`adb attach`).
    DeviceDetached,
    /// A state that is not understood.
    DeviceUnknown,
    /// Connect again over the network.
    ReconnectNetwork,
    /// Restart the emulator.
    RestartEmulator,
    /// Nothing is in sight: switch on USB debugging.
    NoPhoneInSight,
    /// A cable that only charges, or the phone set to charge only.
    CableForData,
    /// Unlock the phone before plugging it in.
    UnlockPhone,
    /// Samsung's Auto Blocker blocks USB commands.
    SamsungAutoBlocker,
    /// Android 16's Advanced Protection blocks new USB connections while locked.
    AdvancedProtection,
}

impl Advice {
    /// Every advice.
    pub const ALL: [Advice; 20] = [
        Advice::DeviceUnauthorized,
        Advice::ToggleUsbDebugging,
        Advice::DeviceAuthorizing,
        Advice::DeviceOffline,
        Advice::DeviceNoPermissions,
        Advice::DeviceRecovery,
        Advice::DeviceSideload,
        Advice::DeviceRescue,
        Advice::DeviceBootloader,
        Advice::DeviceHost,
        Advice::DeviceConnecting,
        Advice::DeviceDetached,
        Advice::DeviceUnknown,
        Advice::ReconnectNetwork,
        Advice::RestartEmulator,
        Advice::NoPhoneInSight,
        Advice::CableForData,
        Advice::UnlockPhone,
        Advice::SamsungAutoBlocker,
        Advice::AdvancedProtection,
    ];

    /// The key of its sentence.
    pub fn key(self) -> &'static str {
        match self {
            Advice::DeviceUnauthorized => "device-unauthorized",
            Advice::ToggleUsbDebugging => "toggle-usb-debugging",
            Advice::DeviceAuthorizing => "device-authorizing",
            Advice::DeviceOffline => "device-offline",
            // The remedy is a matter of the computer's system, not of the phone.
            Advice::DeviceNoPermissions if cfg!(target_os = "linux") => "device-no-permissions-linux",
            Advice::DeviceNoPermissions => "device-no-permissions",
            Advice::DeviceRecovery => "device-recovery",
            Advice::DeviceSideload => "device-sideload",
            Advice::DeviceRescue => "device-rescue",
            Advice::DeviceBootloader => "device-bootloader",
            Advice::DeviceHost => "device-host",
            Advice::DeviceConnecting => "device-connecting",
            Advice::DeviceDetached => "device-detached",
            Advice::DeviceUnknown => "device-unknown",
            Advice::ReconnectNetwork => "reconnect-network",
            Advice::RestartEmulator => "restart-emulator",
            Advice::NoPhoneInSight => "no-phone-in-sight",
            Advice::CableForData => "cable-for-data",
            Advice::UnlockPhone => "unlock-phone",
            Advice::SamsungAutoBlocker => "samsung-auto-blocker",
            Advice::AdvancedProtection => "advanced-protection",
        }
    }

    /// What to try next when this did not help.
    pub fn then(self) -> &'static [Advice] {
        match self {
            Advice::DeviceUnauthorized => &[Advice::ToggleUsbDebugging],
            Advice::DeviceAuthorizing => &[Advice::UnlockPhone, Advice::ToggleUsbDebugging],
            Advice::DeviceOffline => &[Advice::ToggleUsbDebugging, Advice::CableForData],
            Advice::NoPhoneInSight => {
                &[Advice::UnlockPhone, Advice::CableForData, Advice::SamsungAutoBlocker, Advice::AdvancedProtection]
            }
            _ => &[],
        }
    }
}

/// How a phone is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// A USB cable.
    Usb,
    /// A network address (`HOST:PORT`).
    Tcp,
    /// Wireless debugging found on the network (`adb-…._adb-tls-connect._tcp`).
    Wireless,
    /// An emulator or a virtual machine on this machine (`emulator-5554`, `vsock:3:5555`).
    Emulator,
}

impl Transport {
    /// What the form of a serial number tells (AOSP `adb/transport.cpp`, `adb/socket_spec.cpp`). A phone on a cable has
    /// one of any form.
    pub fn of(serial: &str) -> Transport {
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| serial.starts_with(prefix));
        if serial.contains("._adb-tls-connect._tcp") || serial.contains("._adb._tcp") {
            Transport::Wireless
        } else if begins(&["emulator-", "vsock:", "local:", "localabstract:", "localfilesystem:"]) {
            Transport::Emulator
        } else if ServerAddress::parse(serial).is_some_and(|address| serial == address.to_string()) {
            Transport::Tcp
        } else {
            Transport::Usb
        }
    }

    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Transport::Usb => "usb",
            Transport::Tcp => "tcp",
            Transport::Wireless => "wireless",
            Transport::Emulator => "emulator",
        }
    }
}

/// One phone in sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The serial number by which the server knows it; may hold blanks. Empty where there is none.
    pub serial: String,
    /// Its state.
    pub state: State,
    /// How it is connected.
    pub transport: Transport,
    /// The model, with blanks where the server prints underscores.
    pub model: Option<String>,
    /// The server's own number for the connection, unique where serial numbers are not.
    pub transport_id: Option<u64>,
    /// Vendor and product id, where it was seen on USB without a server.
    pub usb: Option<(u16, u16)>,
    /// The target that opens exactly this phone.
    pub target: String,
    /// What the system or the server said beside the state, one line (`no permissions (…)`, a line not understood).
    pub detail: String,
    /// The words that the server lists after the state (`usb:1-1.2` or `1-1.2`, `product:…`, `model:…`, `device:…`).
    pub told: Vec<String>,
}

impl Sighting {
    /// What to do when the phone is not ready, most likely first.
    pub fn advice(&self) -> Vec<Advice> {
        self.state.advice_over(self.transport)
    }

    /// Whether `name` is one of the names by which `adb -s` and `ANDROID_SERIAL` know the phone beside its serial number:
    /// its place on the bus, `product:…`, `model:…`, `device:…`, and its address with `tcp:` or without a port (AOSP
    /// `adb/transport.cpp`, `atransport::MatchesTarget`).
    pub(super) fn is_also(&self, name: &str) -> bool {
        let address = name.strip_prefix("tcp:").or_else(|| name.strip_prefix("udp:")).unwrap_or(name);
        let host = self.serial.rsplit_once(':').map(|(host, _)| host.trim_matches(['[', ']']));
        let at = self.transport == Transport::Tcp
            && (self.serial == address || host == Some(address.trim_matches(['[', ']'])));
        at || !name.starts_with("transport_id:") && self.told.iter().any(|word| word == name)
    }
}

impl fmt::Display for Sighting {
    /// The target and the state, for messages.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.target, self.state.word())
    }
}

/// Reads a server's list, one phone per line: serial number, state, then what else is known of the phone. Every line
/// that holds something becomes a sighting, understood or not, so that no odd line hides another phone.
pub fn parse(list: &str) -> Vec<Sighting> {
    let mut phones: Vec<Sighting> = list.lines().filter(|line| !line.trim().is_empty()).map(parse_line).collect();
    let serials: Vec<String> = phones.iter().map(|phone| phone.serial.clone()).collect();
    for phone in &mut phones {
        let unique = serials.iter().filter(|serial| **serial == phone.serial).count() == 1;
        // A serial number in the form of a number of the server names another phone.
        let misleading = phone.serial.is_empty() || phone.serial.starts_with("transport_id:");
        phone.target = match phone.transport_id {
            Some(id) if !unique || misleading => format!("adb:transport_id:{id}"),
            _ => format!("adb:{}", phone.serial),
        };
    }
    phones
}

fn parse_line(line: &str) -> Sighting {
    let line = sanitize(&line.replace('\t', "  "), LONGEST_LINE);
    let Split { serial, state, rest } = Split::of(&line);
    let serial = match serial.trim() {
        // Two ways of saying that the phone reported none (AOSP `adb/transport.cpp`).
        "????????????" | "(no serial number)" => "",
        serial => serial,
    };
    let explained = explanation(state, rest);
    let after = rest.get(explained.len()..).unwrap_or("");
    let told: Vec<String> = after.split_whitespace().map(str::to_owned).collect();
    let value = |key: &str| told.iter().find_map(|word| word.strip_prefix(key)).filter(|value| !value.is_empty());
    let detail = match state {
        State::NoPermissions => explained.trim().trim_start_matches(';').trim(),
        State::Unknown => line.trim(),
        _ => "",
    };
    let on_bus = told.first().is_some_and(|word| word.starts_with("usb:") || !word.contains(':'));
    // The number stands at the end, whatever words the phone's own names are made of.
    let id = told.last().and_then(|word| word.strip_prefix("transport_id:")).and_then(|id| id.parse().ok());
    Sighting {
        serial: serial.to_owned(),
        state,
        // Not every server tells the place on the bus, nor by the prefix `usb:`; what looks like no network is a cable.
        transport: if on_bus { Transport::Usb } else { Transport::of(serial) },
        model: value("model:").map(|model| model.replace('_', " ")),
        transport_id: id,
        usb: None,
        target: String::new(),
        detail: sanitize(detail, 1000),
        told,
    }
}

/// The explanation of `no permissions`: `(missing udev rules? …); see [http://…]`, either part of which may be lacking
/// (AOSP `diagnose_usb/diagnose_usb.cpp`).
fn explanation(state: State, rest: &str) -> &str {
    let begins = rest.trim_start().starts_with(['(', ';']);
    if state != State::NoPermissions || !begins {
        return "";
    }
    let end = match (rest.find("; see ["), rest.find(')')) {
        (Some(see), _) => rest.get(see..).and_then(|tail| tail.find(']')).map(|at| see + at + 1),
        (None, Some(bracket)) => Some(bracket + 1),
        (None, None) => None,
    };
    let keys = KEYS.iter().filter_map(|key| rest.find(key)).min();
    rest.get(..end.or(keys).unwrap_or(rest.len())).unwrap_or("")
}

/// How many characters of a line are read: more than a server puts in one.
const LONGEST_LINE: usize = 10_000;

/// How wide a server prints a serial number at the least, in bytes (AOSP `adb/transport.cpp`, `append_transport`: `%-22s %s`).
const SERIAL_WIDTH: usize = 22;

/// What follows the state, if not the place on the bus alone; a server that uses libusb prints that without `usb:` (AOSP
/// `adb/docs/user/adb.1.md`, `$ADB_LIBUSB`).
const KEYS: [&str; 5] = [" usb:", " product:", " model:", " device:", " transport_id:"];

/// A line of a server's list, taken apart.
#[derive(Debug)]
struct Split<'a> {
    serial: &'a str,
    state: State,
    /// What follows the state.
    rest: &'a str,
}

impl<'a> Split<'a> {
    /// Where the state stands is known from how the line is made, whatever words follow it. Only of a line that is made in
    /// another way its words must tell.
    fn of(line: &'a str) -> Split<'a> {
        Split::by_column(line).or_else(|| Split::by_gap(line)).unwrap_or_else(|| Split::by_words(line))
    }

    fn at(line: &'a str, at: usize) -> Option<Split<'a>> {
        let (serial, from) = line.split_at_checked(at)?;
        if serial.trim().is_empty() {
            return None;
        }
        State::WORDS.into_iter().find_map(|(word, state)| {
            let rest = from.strip_prefix(word)?;
            let ends =
                rest.is_empty() || rest.starts_with(' ') || state == State::NoPermissions && rest.starts_with(';');
            ends.then_some(Split { serial, state, rest })
        })
    }

    /// A serial number that is shorter than its column.
    fn by_column(line: &'a str) -> Option<Split<'a>> {
        let padding = line.get(SERIAL_WIDTH - 1..=SERIAL_WIDTH)?;
        let from = line.get(SERIAL_WIDTH + 1..)?;
        if padding != "  " || from.starts_with(' ') || from.is_empty() {
            return None;
        }
        let (serial, _) = line.split_at_checked(SERIAL_WIDTH)?;
        let (word, rest) = from.split_at(from.find(' ').unwrap_or(from.len()));
        let unknown = !serial.trim().is_empty() && !word.is_empty();
        Split::at(line, SERIAL_WIDTH + 1).or(unknown.then_some(Split { serial, state: State::Unknown, rest }))
    }

    /// The first state after two blanks or more, as in the short list.
    fn by_gap(line: &'a str) -> Option<Split<'a>> {
        line.match_indices("  ").find_map(|(at, _)| {
            let blanks = line.get(at..)?.len() - line.get(at..)?.trim_start().len();
            Split::at(line, at + blanks)
        })
    }

    /// The last word that is a state before what else is known of the phone: a serial number may hold such a word, and what
    /// follows the state is one word. Else the last word there is, which is no state that is known.
    fn by_words(line: &'a str) -> Split<'a> {
        if let Some((at, _)) = line.match_indices(" no permissions").next()
            && let Some(split) = Split::at(line, at + 1)
        {
            return split;
        }
        let end = KEYS.iter().filter_map(|key| line.find(key)).min().unwrap_or(line.len());
        let (head, tail) = line.split_at_checked(end).unwrap_or((line, ""));
        let mut states = head.match_indices(' ').filter_map(|(at, _)| Split::at(line, at + 1));
        if let Some(split) = states.next_back() {
            return split;
        }
        match head.trim().rsplit_once(' ') {
            Some((serial, _)) if !tail.is_empty() => Split { serial, state: State::Unknown, rest: tail },
            _ => Split { serial: head.trim(), state: State::Unknown, rest: tail },
        }
    }
}
