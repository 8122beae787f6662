//! The phones in sight, their states, and what to do on a phone that is not ready.

use std::fmt;
use std::time::Instant;

use super::server::{Server, ServerAddress};
use super::{AdbError, Options, direct};
use crate::parse::text::sanitize;

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
    /// On USB without an ADB server: present, and not yet asked.
    Present,
    /// Something that is not understood.
    Unknown,
}

impl State {
    /// Every state but [`State::Unknown`] with the words a server prints, longest first where one begins another.
    const WORDS: [(&'static str, State); 13] = [
        ("no permissions", State::NoPermissions),
        ("unauthorized", State::Unauthorized),
        ("authorizing", State::Authorizing),
        ("bootloader", State::Bootloader),
        ("connecting", State::Connecting),
        ("detached", State::Connecting),
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
            State::Present => "present",
            State::Unknown => "unknown",
        }
    }

    /// Whether questions can be put to a phone in this state.
    pub fn is_ready(self) -> bool {
        matches!(self, State::Device | State::Present)
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
            State::Unknown => Advice::DeviceUnknown,
        })
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
    /// A state that is not understood.
    DeviceUnknown,
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
    pub const ALL: [Advice; 17] = [
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
        Advice::DeviceUnknown,
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
            Advice::DeviceUnknown => "device-unknown",
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
    /// An emulator on this machine.
    Emulator,
}

impl Transport {
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
}

/// What a look around found.
#[derive(Clone, Debug)]
pub struct Sightings {
    /// The ADB server that answered, or why there is none.
    pub server: Result<ServerSeen, AdbError>,
    /// Every phone: the server's list in its order, or, without a server, those on USB.
    pub phones: Vec<Sighting>,
}

/// An ADB server that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSeen {
    /// Where it listens.
    pub address: String,
    /// Its protocol version, where it tells.
    pub version: Option<u32>,
    /// Whether poucet started it.
    pub started: bool,
}

/// Every phone in sight, through the ADB server where one answers or can be started, else on USB directly. Takes no
/// longer than [`Options::timeout`], and the time to start a server.
pub fn sightings(options: &Options) -> Sightings {
    let deadline = Instant::now() + options.timeout;
    let server = match Server::find(options, deadline) {
        Ok(server) => server,
        Err(error) => return Sightings { server: Err(error), phones: direct::present(deadline) },
    };
    let seen =
        ServerSeen { address: server.address().to_string(), version: server.version(), started: server.started() };
    match server.devices(deadline.max(Instant::now() + std::time::Duration::from_secs(2))) {
        Ok(phones) => Sightings { server: Ok(seen), phones },
        Err(error) => Sightings { server: Err(error), phones: direct::present(deadline) },
    }
}

/// Reads a server's list, one phone per line: serial number, state, then `key:value` pairs. Every line that holds
/// something becomes a sighting, understood or not, so that no odd line hides another phone.
pub fn parse(list: &str) -> Vec<Sighting> {
    let mut phones: Vec<Sighting> = list.lines().filter(|line| !line.trim().is_empty()).map(parse_line).collect();
    let serials: Vec<String> = phones.iter().map(|phone| phone.serial.clone()).collect();
    for phone in &mut phones {
        let unique = serials.iter().filter(|serial| **serial == phone.serial).count() == 1;
        phone.target = match phone.transport_id {
            Some(id) if !unique || phone.serial.is_empty() => format!("adb:transport_id:{id}"),
            _ => format!("adb:{}", phone.serial),
        };
    }
    phones
}

fn parse_line(line: &str) -> Sighting {
    let line = sanitize(&line.replace('\t', "  "), 1000);
    let (before, state, after) = split_state(&line).unwrap_or_else(|| {
        let (serial, rest) = line.trim().split_once("  ").unwrap_or((line.trim(), ""));
        (serial, State::Unknown, rest)
    });
    let serial = match before.trim() {
        // Two ways of saying that the phone reported none (AOSP `adb/transport.cpp`).
        "????????????" | "(no serial number)" => "",
        serial => serial,
    };
    let mut sighting = Sighting {
        serial: serial.to_owned(),
        state,
        transport: Transport::Usb,
        model: None,
        transport_id: None,
        usb: None,
        target: String::new(),
        detail: String::new(),
    };
    let mut on_usb = false;
    for (key, value) in after.split_whitespace().filter_map(|word| word.split_once(':')) {
        match key {
            "usb" => on_usb = true,
            "model" if !value.is_empty() => sighting.model = Some(value.replace('_', " ")),
            "transport_id" => sighting.transport_id = value.parse().ok(),
            _ => {}
        }
    }
    sighting.transport = match serial {
        _ if on_usb => Transport::Usb,
        _ if serial.contains("._adb-tls-connect._tcp") => Transport::Wireless,
        _ if serial.starts_with("emulator-") => Transport::Emulator,
        _ if ServerAddress::parse(serial).is_some_and(|address| serial == address.to_string()) => Transport::Tcp,
        // Only Linux and macOS tell the USB path.
        _ => Transport::Usb,
    };
    if state == State::NoPermissions {
        let said = after.split(" usb:").next().and_then(|said| said.split(" transport_id:").next());
        sighting.detail = said.unwrap_or("").trim().trim_start_matches(';').trim().to_owned();
    } else if state == State::Unknown {
        sighting.detail = line.trim().to_owned();
    }
    sighting
}

/// Splits a line at its state. A serial number may hold blanks, and even a word that is a state; what follows the state
/// is nothing, the `key:value` pairs, or the explanation of `no permissions`. So the last place counts where that holds.
fn split_state(line: &str) -> Option<(&str, State, &str)> {
    let mut best: Option<(usize, &str, State, &str)> = None;
    for (word, state) in State::WORDS {
        for (at, _) in line.match_indices(word) {
            let before = line.get(..at).unwrap_or("");
            let after = line.get(at + word.len()..).unwrap_or("");
            if before.trim().is_empty() || !before.ends_with(' ') || !(after.is_empty() || after.starts_with(' ')) {
                continue;
            }
            let rest = after.trim_start();
            let pairs = rest.split_whitespace().all(|word| word.contains(':'));
            let explained = state == State::NoPermissions && (rest.starts_with('(') || rest.starts_with(';'));
            if (pairs || explained) && best.is_none_or(|(found, ..)| found < at) {
                best = Some((at, before, state, after));
            }
        }
    }
    // An explanation may itself end in a word that is a state.
    if let Some((before, rest)) = line.split_once(" no permissions")
        && !before.trim().is_empty()
    {
        return Some((before, State::NoPermissions, rest));
    }
    best.map(|(_, before, state, after)| (before, state, after))
}

/// The one phone that `serial` names in the list.
pub(crate) fn choose<'a>(
    serial: &str,
    phones: &'a [Sighting],
    address: &ServerAddress,
) -> Result<&'a Sighting, AdbError> {
    let list = |phones: &[&Sighting]| phones.iter().map(|phone| format!("{phone}")).collect::<Vec<_>>().join(", ");
    let number = serial.strip_prefix("transport_id:").and_then(|number| number.parse::<u64>().ok());
    let fits: Vec<&Sighting> = phones
        .iter()
        .filter(|phone| match number {
            Some(number) => phone.transport_id == Some(number),
            None => serial.is_empty() || phone.serial == serial,
        })
        .collect();
    // A phone that is not ready does not stand in the way of one that is.
    let ready: Vec<&Sighting> = fits.iter().copied().filter(|phone| phone.state.is_ready()).collect();
    match (ready.as_slice(), fits.as_slice()) {
        ([phone], _) => Ok(phone),
        ([], [phone]) => Err(AdbError::NotReady { serial: phone.serial.clone(), state: phone.state }),
        ([], []) if phones.is_empty() => Err(AdbError::NoPhone { place: format!("ADB server on {address}") }),
        ([], []) => {
            Err(AdbError::NotFound { serial: serial.to_owned(), seen: list(&phones.iter().collect::<Vec<_>>()) })
        }
        ([], several) | (several, _) => {
            Err(AdbError::Ambiguous { target: format!("adb:{serial}"), seen: list(several) })
        }
    }
}

impl fmt::Display for Sighting {
    /// The target and the state, for messages.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.target, self.state.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIST: &str = "\
R58M12ABCDE            device usb:1-1.2 product:beyond1 model:SM_G973F device:beyond1 transport_id:3
0123456789ABCDEF       device usb:1-1.3 product:a model:Cheap_One device:a transport_id:4
0123456789ABCDEF       device usb:1-1.4 product:a model:Cheap_One device:a transport_id:5
adb-R3CT90 (2)._adb-tls-connect._tcp device product:x model:Pixel_9 device:tokay transport_id:6
????????????           no permissions (missing udev rules? user is in the plugdev group); see [http://developer.android.com/tools/device.html] usb:1-1.5 transport_id:7
X99                    no permissions; see [http://developer.android.com/tools/device.html] usb:1-1.5
192.168.1.20:5555      offline transport_id:8
[fe80::1]:5555         unauthorized transport_id:9
emulator-5554          authorizing transport_id:10
HT4                    unauthorized usb:1-2 transport_id:11
my device 7            recovery usb:1-3 transport_id:12
(no serial number)     sideload usb:1-4 transport_id:13
ABC                    hibernating usb:1-5 transport_id:14
what is this
DEF                    connecting
GHI                    bootloader
JKL\trescue
";

    #[test]
    fn every_odd_line_is_a_phone_of_its_own() {
        let phones = parse(LIST);
        let told: Vec<_> = phones
            .iter()
            .map(|phone| (phone.serial.as_str(), phone.state, phone.transport, phone.transport_id))
            .collect();
        use State::*;
        use Transport::*;
        assert_eq!(
            told,
            [
                ("R58M12ABCDE", Device, Usb, Some(3)),
                ("0123456789ABCDEF", Device, Usb, Some(4)),
                ("0123456789ABCDEF", Device, Usb, Some(5)),
                ("adb-R3CT90 (2)._adb-tls-connect._tcp", Device, Wireless, Some(6)),
                ("", NoPermissions, Usb, Some(7)),
                ("X99", NoPermissions, Usb, None),
                ("192.168.1.20:5555", Offline, Tcp, Some(8)),
                ("[fe80::1]:5555", Unauthorized, Tcp, Some(9)),
                ("emulator-5554", Authorizing, Emulator, Some(10)),
                ("HT4", Unauthorized, Usb, Some(11)),
                ("my device 7", Recovery, Usb, Some(12)),
                ("", Sideload, Usb, Some(13)),
                ("ABC", Unknown, Usb, Some(14)),
                ("what is this", Unknown, Usb, None),
                ("DEF", Connecting, Usb, None),
                ("GHI", Bootloader, Usb, None),
                ("JKL", Rescue, Usb, None),
            ]
        );
        assert_eq!(phones[0].model.as_deref(), Some("SM G973F"));
        assert_eq!(phones[0].target, "adb:R58M12ABCDE");
        assert_eq!(
            (phones[1].target.as_str(), phones[2].target.as_str()),
            ("adb:transport_id:4", "adb:transport_id:5")
        );
        assert!(phones[4].detail.contains("missing udev rules"), "{}", phones[4].detail);
        assert!(phones[12].detail.contains("hibernating"));
    }

    #[test]
    fn a_phone_is_chosen_and_others_do_not_stand_in_the_way() {
        let phones = parse(LIST);
        let address = ServerAddress::default();
        let choose = |serial: &str| choose(serial, &phones, &address);
        assert_eq!(choose("R58M12ABCDE").unwrap().transport_id, Some(3));
        assert_eq!(choose("transport_id:5").unwrap().transport_id, Some(5));
        assert_eq!(choose("adb-R3CT90 (2)._adb-tls-connect._tcp").unwrap().transport_id, Some(6));
        let shared = choose("0123456789ABCDEF").unwrap_err();
        assert!(matches!(&shared, AdbError::Ambiguous { seen, .. } if seen.contains("adb:transport_id:4")), "{shared}");
        assert!(matches!(choose("").unwrap_err(), AdbError::Ambiguous { .. }));
        assert_eq!(choose("HT4").unwrap_err().hint_key(), "device-unauthorized");
        assert_eq!(choose("ABC").unwrap_err().hint_key(), "device-unknown");
        assert!(matches!(choose("nobody").unwrap_err(), AdbError::NotFound { .. }));

        let beside = parse("A unauthorized transport_id:1\nB device transport_id:2\n");
        assert_eq!(super::choose("", &beside, &address).unwrap().serial, "B");
        assert_eq!(super::choose("", &[], &address).unwrap_err().hint_key(), "no-phone-in-sight");
    }

    #[test]
    fn every_state_that_is_not_ready_has_its_advice() {
        for (_, state) in State::WORDS {
            assert_eq!(state.advice().is_none(), state.is_ready(), "{state:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_loses_no_line(list in "(?s).{0,300}") {
            let lines = list.lines().filter(|line| !line.trim().is_empty()).count();
            prop_assert_eq!(parse(&list).len(), lines);
        }

        #[test]
        fn an_odd_line_hides_no_other_phone(odd in "[ -~]{0,80}") {
            let list = format!("{odd}\nR5 device usb:1-1 transport_id:77\n{odd}\n");
            prop_assert!(parse(&list).iter().any(|phone| phone.serial == "R5" && phone.transport_id == Some(77)));
        }
    }
}
