//! Lists of devices as servers print them.

use proptest::prelude::*;

use super::*;
use crate::source::adb::server::{one_of, one_of as choose};
use crate::source::adb::socket::ServerSocket;

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
MNO                    detached 1-6 transport_id:15
vsock:3:5555           device product:x model:Y device:z transport_id:16
transport_id:3         device 2-1 product:x model:Y device:z transport_id:17
";

#[test]
fn every_odd_line_is_a_phone_of_its_own() {
    let phones = parse(LIST);
    let told: Vec<_> =
        phones.iter().map(|phone| (phone.serial.as_str(), phone.state, phone.transport, phone.transport_id)).collect();
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
            ("MNO", Detached, Usb, Some(15)),
            ("vsock:3:5555", Device, Emulator, Some(16)),
            ("transport_id:3", Device, Usb, Some(17)),
        ]
    );
    assert_eq!(phones[0].model.as_deref(), Some("SM G973F"));
    let targets: Vec<&str> = [0, 1, 2, 19].map(|index: usize| phones[index].target.as_str()).into();
    assert_eq!(targets, ["adb:R58M12ABCDE", "adb:transport_id:4", "adb:transport_id:5", "adb:transport_id:17"]);
    assert!(phones[4].detail.contains("missing udev rules"), "{}", phones[4].detail);
    assert!(phones[4].detail.ends_with(']'), "{}", phones[4].detail);
    assert!(phones[12].detail.contains("hibernating"));
}

/// The place on the bus as the back ends of a server print it: native on Linux and macOS, libusb, none on Windows; and
/// words that nobody has seen yet.
#[test]
fn whatever_follows_the_state_changes_no_state() {
    for (word, state) in State::WORDS {
        for place in ["", "usb:1-1.2 ", "usb:18022400X ", "1-1.2 ", "2-1 ", "device ", "a b c ", "offline device "] {
            for serial in ["R58M12ABCDE", "my device 7", "????????????", "HT device offline"] {
                let line = format!("{serial:<22} {word} {place}product:x y model:SM_1 device:z transport_id:3");
                let phones = parse(&line);
                let phone = &phones[0];
                assert_eq!((phone.state, phone.transport_id), (state, Some(3)), "{line}");
                assert_eq!(phone.serial, if serial == "????????????" { "" } else { serial }, "{line}");
                assert_eq!(phone.model.as_deref(), Some("SM 1"), "{line}");
            }
        }
    }
    // A serial number that fills its column, and lines of servers that keep none.
    for line in [
        "a-serial-number-of-many-letters (2) device 1-1.2 product:x model:Y device:z transport_id:3",
        "R5 device 1-1.2 product:x",
        "R5 device 1-1.2",
        "R5 device",
        "R5\tdevice",
        "R5\tdevice\tusb:1-1",
        "HT unauthorized 1 device 1-1.2 product:offline model:Y",
    ] {
        assert_eq!(parse(line)[0].state, State::Device, "{line}");
    }
    assert_eq!(parse("R5 hibernating 1-1.2 product:x transport_id:3")[0].state, State::Unknown);
}

#[test]
fn a_phone_without_a_cable_gets_no_advice_of_cables() {
    let list = parse(
        "10.0.0.7:5555          offline transport_id:1
adb-R3CT90._adb-tls-connect._tcp offline transport_id:2
emulator-5554          offline transport_id:3
R5                     offline usb:1-1 transport_id:4
R6                     offline 1-1 transport_id:5
10.0.0.8:5555          unauthorized transport_id:6
",
    );
    let advice: Vec<Vec<Advice>> = list.iter().map(Sighting::advice).collect();
    let cable = vec![Advice::DeviceOffline, Advice::ToggleUsbDebugging, Advice::CableForData];
    let network = vec![Advice::ReconnectNetwork];
    assert_eq!(
        advice,
        [
            network.clone(),
            network,
            vec![Advice::RestartEmulator],
            cable.clone(),
            cable,
            vec![Advice::DeviceUnauthorized, Advice::ReconnectNetwork],
        ]
    );
    let error = choose("10.0.0.7:5555", &list, &ServerSocket::default()).unwrap_err();
    assert_eq!(error.hint_key(), "reconnect-network");
}

/// AOSP `adb/transport.cpp`, `atransport::MatchesTarget`: what `adb -s` and `ANDROID_SERIAL` take.
#[test]
fn a_phone_is_named_as_adb_names_it() {
    let phones = parse(LIST);
    let address = ServerSocket::default();
    for (name, id) in [
        ("usb:1-1.3", 4),
        ("1-6", 15),
        ("model:SM_G973F", 3),
        ("product:beyond1", 3),
        ("device:tokay", 6),
        ("tcp:192.168.1.20:5555", 8),
        ("192.168.1.20", 8),
        ("fe80::1", 9),
    ] {
        let chosen = phones.iter().filter(|phone| phone.is_also(name)).collect::<Vec<_>>();
        assert_eq!(chosen.iter().map(|phone| phone.transport_id).collect::<Vec<_>>(), [Some(id)], "{name}");
    }
    assert!(matches!(choose("model:Cheap_One", &phones, &address).unwrap_err(), AdbError::Ambiguous { .. }));
    assert!(matches!(choose("1-1", &phones, &address).unwrap_err(), AdbError::NotFound { .. }));
    assert_eq!(choose("transport_id:3", &phones, &address).unwrap().serial, "R58M12ABCDE");
}

#[test]
fn a_phone_is_chosen_and_others_do_not_stand_in_the_way() {
    let phones = parse(LIST);
    let address = ServerSocket::default();
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
    assert_eq!(one_of("", &beside, &address).unwrap().serial, "B");
    assert_eq!(one_of("", &[], &address).unwrap_err().hint_key(), "no-phone-in-sight");
}

#[test]
fn every_state_that_is_not_ready_has_its_advice() {
    for (_, state) in State::WORDS {
        assert_eq!(state.advice().is_none(), state.is_ready(), "{state:?}");
    }
}

/// One line as a server writes it, with what must be read from it.
fn line() -> impl Strategy<Value = (String, String, State, Option<u64>)> {
    let serial =
        prop_oneof!["[!-~]{1,21}", "[!-~]{1,6} [!-~]{1,6} (device|offline|1)", "[A-Za-z0-9._-]{22,40}( \\(2\\))?"];
    let word = prop_oneof![
        prop::sample::select(State::WORDS.to_vec()),
        "zz[a-z]{1,10}".prop_map(|word| (&*word.leak(), State::Unknown)),
    ];
    let place =
        prop_oneof![Just(String::new()), " usb:[0-9A-FX.-]{1,8}", " [0-9]-[0-9.]{1,5}", "( [a-z0-9]{1,8}){1,3}"];
    let names = prop_oneof![Just(String::new()), " product:[a-z ]{0,9} model:[A-Z_]{1,9} device:[a-z:]{1,9}"];
    (serial, word, place, names, proptest::option::of(any::<u64>())).prop_map(
        |(serial, (word, state), place, names, id)| {
            let id_text = id.map_or_else(String::new, |id| format!(" transport_id:{id}"));
            (format!("{serial:<22} {word}{place}{names}{id_text}"), serial, state, id)
        },
    )
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

    #[test]
    fn every_line_that_a_server_writes_is_read_as_it_was_meant(lines in prop::collection::vec(line(), 1..8)) {
        let list: String = lines.iter().map(|(line, ..)| format!("{line}\n")).collect();
        let phones = parse(&list);
        prop_assert_eq!(phones.len(), lines.len());
        for (phone, (line, serial, state, id)) in phones.iter().zip(&lines) {
            // A long serial number before words that are no place on the bus is told apart by nobody.
            if serial.len() < 22 {
                prop_assert_eq!((&phone.serial, phone.state), (serial, *state), "{}", line);
            } else if *state != State::Unknown {
                prop_assert_ne!(phone.state, State::Unknown, "{}", line);
            }
            prop_assert_eq!(phone.transport_id, *id, "{}", line);
        }
    }
}
