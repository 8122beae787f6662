//! Simulated phones, asked directly over TCP and through a real ADB server.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::phone::{Auth, Behaviour, Fault, SimulatedPhone};
use crate::common::server::{AdbServer, adb_program, free_port, needed_adb_program};
use crate::common::skip::skipped;
use crate::common::wireless::{self, WirelessPhone};
use poucet::inner::evidence::{Evidence, Kind, Reason, SourceKind};
use poucet::inner::source::adb::keys::KeyPlaces;
use poucet::inner::source::adb::server::ServerAddress;
use poucet::inner::source::adb::{self, AdbError, Options, Phone, State, Told, program};

/// A small phone with two users, of which the second is closed to the shell.
fn fixture() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let long: String =
        (0..6000).map(|app| format!("  Package com.example.app{app}:\n      CAMERA (allow): \n")).collect();
    for (name, text) in [
        ("getprop", "[ro.build.version.sdk]: [34]\n[ro.serialno]: [SIM1]\n[ro.product.model]: [Simulated One]\n"),
        ("settings_global", "adb_enabled=1\ndevice_name=Jeanne\n"),
        ("settings_secure_0", "accessibility_enabled=0\n"),
        ("settings_system_0", "screen_off_timeout=60000\n"),
        ("pm_list_users", "Users:\n\tUserInfo{0:Owner:4c13} running\n\tUserInfo{150:Secure Folder:61010}\n"),
        ("cmd_user_list", "2 users:\n0: id=0, name=Owner, type=full.SYSTEM, flags=ADMIN (running)\n"),
        ("cmd_location_0", "true\n"),
        ("cmd_deviceidle_whitelist", "user,com.example.app1,10001\n"),
        ("pm_list_packages_0", "package:com.example.app1  installer=null uid:10001\n"),
        ("dumpsys_package_packages", "Packages:\n  Package [com.example.app1] (abc):\n    userId=10001\n"),
        ("dumpsys_package_shared-users", "Shared users:\n"),
        ("dumpsys_appops", long.as_str()),
        ("dumpsys_device_policy", "Current Device Policy Manager state:\n"),
        ("dumpsys_window_policy", "noise\n    KeyguardServiceDelegate\n      showing=false\n      secure=true\n"),
        ("dumpsys_adb", "ADB MANAGER STATE\n"),
    ] {
        std::fs::write(folder.path().join(format!("{name}.txt")), text).unwrap();
    }
    folder
}

fn phone(behaviour: Behaviour) -> (SimulatedPhone, tempfile::TempDir) {
    let fixture = fixture();
    (SimulatedPhone::start(fixture.path(), behaviour), fixture)
}

fn faulty(part: &str, fault: Fault) -> Behaviour {
    Behaviour { faults: vec![(part.to_owned(), fault)], ..Behaviour::default() }
}

fn options(port: u16, home: &Path) -> Options {
    Options {
        server: ServerAddress { host: "127.0.0.1".to_owned(), port }.into(),
        may_start_server: false,
        program: program::Places::default(),
        keys: KeyPlaces::only(key(home)),
        serial: None,
        timeout: Duration::from_secs(5),
        accept: Duration::from_secs(5),
    }
}

/// A key made for one test. Without an `adb` to make it, the library makes one for itself, which takes longer.
fn key(home: &Path) -> PathBuf {
    let file = home.join("adbkey");
    if !file.exists()
        && let Some(program) = adb_program()
    {
        let _ = Command::new(program).arg("keygen").arg(&file).env("HOME", home).stderr(Stdio::null()).status();
    }
    file
}

/// A real ADB server on a port of its own, ended with the test.
struct RealServer(AdbServer);

impl RealServer {
    fn start() -> Option<RealServer> {
        AdbServer::start().map(RealServer)
    }

    fn options(&self) -> Options {
        options(self.0.port, self.0.home())
    }

    fn connect(&self, phone: &SimulatedPhone) {
        self.0.adb(&["connect", &phone.address()]);
    }

    /// Waits until the server lists the phone in this state.
    fn wait_for(&self, phone: &SimulatedPhone, state: State) {
        let begun = Instant::now();
        loop {
            let seen = adb::sightings(&self.options());
            if seen.phones.iter().any(|seen| seen.serial == phone.address() && seen.state == state) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(15), "{state:?}: {:?}", seen.phones);
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn read(phone: &dyn Phone, seconds: u64) -> Evidence {
    let begun = Instant::now();
    let evidence = adb::collect(phone, phone.source(), "phone", phone.serial(), Duration::from_secs(seconds));
    let spent = begun.elapsed();
    assert!(spent < Duration::from_secs(seconds) + Duration::from_millis(700), "{spent:?} of {seconds} s");
    evidence
}

fn missing(evidence: &Evidence, kind: Kind) -> Option<Reason> {
    evidence.missing.iter().find(|missing| missing.kind == kind).map(|missing| missing.reason)
}

/// What came, but not wholly, and why.
fn cut(evidence: &Evidence) -> Vec<(Kind, Reason)> {
    evidence.items.iter().filter_map(|item| Some((item.kind, item.cut?))).collect()
}

/// These came, wholly or in part.
fn assert_came(evidence: &Evidence, kinds: &[Kind], what: &dyn std::fmt::Debug) {
    for kind in kinds {
        assert!(evidence.items.iter().any(|item| item.kind == *kind), "{what:?}: no {kind:?}: {:?}", evidence.missing);
    }
}

/// What every road must bring home from the fixture.
fn assert_whole(evidence: &Evidence, phone: &SimulatedPhone) {
    let text = |kind| evidence.first(kind).map(|item| item.text.as_str());
    assert_eq!(evidence.serial.as_deref(), Some("SIM1"));
    assert!(text(Kind::Properties).unwrap().contains("[ro.serialno]: [[redacted]]"));
    assert_eq!(text(Kind::Clock), Some("1764000000\n"));
    assert_eq!(text(Kind::ShellIdentity), Some("2000\n"));
    assert_eq!(text(Kind::SettingsGlobal), Some("adb_enabled=1\ndevice_name=[redacted]\n"));
    assert_eq!(text(Kind::AppOps).unwrap().lines().count(), 12_000);
    assert!(text(Kind::Packages).unwrap().ends_with("userId=10001\n\nShared users:\n"));
    assert_eq!(text(Kind::WindowPolicy), Some("    KeyguardServiceDelegate\n      showing=false\n      secure=true\n"));
    assert_eq!(text(Kind::LocationEnabled), Some("true\n"));
    assert_eq!(missing(evidence, Kind::Roles), Some(Reason::NotSupported));
    let closed = evidence.missing.iter().find(|missing| missing.kind == Kind::PackageList).unwrap();
    assert_eq!((closed.user, closed.reason), (Some(150), Reason::Refused));
    assert_eq!(cut(evidence), []);
    let shells = phone.shells();
    assert!(shells.len() <= 6, "{} shell calls", shells.len());
    assert!(shells.iter().all(|command| command.len() < 4000));
}

#[test]
fn directly_over_tcp_whatever_the_phone_asks_of_the_key() {
    let home = tempfile::tempdir().unwrap();
    for (auth, newer) in [(Auth::None, false), (Auth::None, true), (Auth::Signature, false), (Auth::PublicKey, true)] {
        let (simulated, _fixture) = phone(Behaviour { auth, newer, ..Behaviour::default() });
        let opened = adb::open(&format!("tcp:{}", simulated.address()), &options(1, home.path())).unwrap();
        assert_eq!(opened.source(), SourceKind::Tcp);
        assert_whole(&read(opened.as_ref(), 20), &simulated);
    }
}

#[test]
fn directly_an_unaccepted_computer_is_named_as_such() {
    let home = tempfile::tempdir().unwrap();
    let (simulated, _fixture) = phone(Behaviour { auth: Auth::Never, ..Behaviour::default() });
    let begun = Instant::now();
    let error = adb::open(&format!("tcp:{}", simulated.address()), &options(1, home.path())).err().unwrap();
    assert_eq!(error.hint_key(), "device-unauthorized", "{error}");
    assert!(begun.elapsed() < Duration::from_secs(16));
}

#[test]
fn directly_a_hang_a_drop_and_garbage_cost_their_own_answer_only() {
    let home = tempfile::tempdir().unwrap();
    for (fault, reason) in [
        (Fault::HangAfter(100_000), Reason::TimedOut),
        (Fault::DropAfter(100_000), Reason::Truncated),
        (Fault::Garbage, Reason::Unreadable),
    ] {
        let (simulated, _fixture) = phone(faulty(" appops", fault));
        let opened = adb::open(&format!("tcp:{}", simulated.address()), &options(1, home.path())).unwrap();
        let evidence = read(opened.as_ref(), 6);
        let told = evidence.first(Kind::AppOps).and_then(|item| item.cut).or(missing(&evidence, Kind::AppOps));
        assert_eq!(told, Some(reason), "{fault:?}");
        // The call that comes after it is answered over a new connection.
        assert_came(&evidence, &[Kind::DevicePolicy, Kind::Packages], &fault);
    }
}

#[test]
fn directly_what_is_no_phone_is_said_in_time() {
    let home = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 100]);
            // A length of 4 GiB less one byte, that must never be made room for.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            let _ = stream.write_all(&[0xFF; 100]);
        }
    });
    let error = adb::open(&format!("tcp:{address}"), &options(1, home.path())).err().unwrap();
    assert!(matches!(&error, AdbError::NotAPhone { got, .. } if got.starts_with("HTTP")), "{error}");
    let nobody = adb::open(&format!("tcp:127.0.0.1:{}", free_port()), &options(1, home.path())).err().unwrap();
    assert_eq!(nobody.hint_key(), "adb-unreachable");
}

#[test]
fn directly_calls_run_side_by_side_and_one_that_hangs_takes_no_time_of_the_others() {
    let home = tempfile::tempdir().unwrap();
    let faults = vec![
        ("package packages".to_owned(), Fault::HangAfter(0)),
        ("echo".to_owned(), Fault::Delay(Duration::from_millis(1500))),
    ];
    let (simulated, _fixture) = phone(Behaviour { faults, ..Behaviour::default() });
    let opened = adb::open(&format!("tcp:{}", simulated.address()), &options(1, home.path())).unwrap();
    assert!(opened.concurrent());
    // One after the other, the call that hangs would leave the later ones too little of this.
    let evidence = read(opened.as_ref(), 8);
    assert_eq!(missing(&evidence, Kind::Packages), Some(Reason::TimedOut));
    for kind in [Kind::Properties, Kind::SettingsSecure, Kind::AppOps, Kind::DevicePolicy] {
        assert_eq!(evidence.first(kind).map(|item| item.cut), Some(None), "{kind:?}: {:?}", evidence.missing);
    }
    assert!(simulated.most_at_once() >= 4, "{} at once", simulated.most_at_once());
}

#[test]
fn directly_the_first_version_of_the_shell_is_enough() {
    let home = tempfile::tempdir().unwrap();
    let (simulated, _fixture) = phone(Behaviour { shell_v1_only: true, ..Behaviour::default() });
    let opened = adb::open(&format!("tcp:{}", simulated.address()), &options(1, home.path())).unwrap();
    assert_whole(&read(opened.as_ref(), 20), &simulated);
}

#[test]
fn directly_a_phone_that_says_nothing_or_is_no_running_system_is_named() {
    let home = tempfile::tempdir().unwrap();
    let open = |behaviour: Behaviour| {
        let (simulated, _fixture) = phone(behaviour);
        let options = Options { timeout: Duration::from_secs(1), ..options(1, home.path()) };
        adb::open(&format!("tcp:{}", simulated.address()), &options).err().unwrap()
    };
    let begun = Instant::now();
    assert!(matches!(open(Behaviour { mute: true, ..Behaviour::default() }), AdbError::TimedOut { .. }));
    assert!(begun.elapsed() < Duration::from_secs(3));
    let recovery = open(Behaviour { kind: Some("recovery"), ..Behaviour::default() });
    assert_eq!(recovery.hint_key(), "device-recovery");
    assert_eq!(open(Behaviour { kind: Some("novelty"), ..Behaviour::default() }).hint_key(), "device-unknown");
}

#[test]
fn directly_over_ipv6() {
    let home = tempfile::tempdir().unwrap();
    if TcpListener::bind("[::1]:0").is_err() {
        skipped("no IPv6 is here");
        return;
    }
    let (simulated, _fixture) = phone(Behaviour { ipv6: true, ..Behaviour::default() });
    let opened = adb::open(&format!("tcp:{}", simulated.address()), &options(1, home.path())).unwrap();
    assert_whole(&read(opened.as_ref(), 20), &simulated);
}

/// A key of its own, in a folder: as PKCS#8 and as PKCS#1.
fn made_key(folder: &Path, name: &str, old_form: bool) -> PathBuf {
    use libadb::keys::rsa::pkcs1::EncodeRsaPrivateKey as _;
    use libadb::keys::rsa::pkcs8::LineEnding;
    use libadb::keys::rsa::rand_core::OsRng;
    let key = libadb::keys::AdbKey::generate(&mut OsRng, "test").unwrap();
    let text = match old_form {
        true => key.private_key().to_pkcs1_pem(LineEnding::LF).unwrap().to_string(),
        false => key.to_pkcs8_pem().unwrap().to_string(),
    };
    let file = folder.join(name);
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(&file, text).unwrap();
    file
}

/// The places of a computer with this home folder and these vendor keys.
fn places(home: &Path, vendor: Option<&Path>) -> KeyPlaces {
    let variable =
        |name: &str| (name == "ADB_VENDOR_KEYS").then(|| vendor.map(|path| path.as_os_str().to_owned())).flatten();
    KeyPlaces::from_variables(variable, Some(home.to_owned()))
}

#[test]
fn directly_every_key_of_this_computer_is_tried_in_either_form() {
    let home = tempfile::tempdir().unwrap();
    let own = made_key(&home.path().join(".android"), "adbkey", true);
    let folder = home.path().join("keys");
    let vendor = made_key(&folder, "desk.adb_key", false);
    for (trusts, vendor_keys) in [(&own, None), (&vendor, Some(vendor.as_path())), (&vendor, Some(folder.as_path()))] {
        let (simulated, _fixture) =
            phone(Behaviour { auth: Auth::Key, trusts: Some(trusts.clone()), ..Behaviour::default() });
        let options = Options { keys: places(home.path(), vendor_keys), ..options(1, home.path()) };
        let asked = std::cell::Cell::new(0);
        let tell = |_: Told<'_>| asked.set(asked.get() + 1);
        let opened = adb::open_telling(&format!("tcp:{}", simulated.address()), &options, &tell).unwrap();
        assert_eq!(asked.get(), 0, "the owner is not asked");
        assert_whole(&read(opened.as_ref(), 20), &simulated);
    }
}

#[test]
fn directly_a_damaged_key_is_named_and_the_owner_is_not_asked_to_trust_another() {
    let home = tempfile::tempdir().unwrap();
    let own = home.path().join(".android").join("adbkey");
    std::fs::create_dir_all(own.parent().unwrap()).unwrap();
    std::fs::write(&own, "junk\n").unwrap();
    let (simulated, _fixture) = phone(Behaviour { auth: Auth::PublicKey, ..Behaviour::default() });
    let options = Options { keys: places(home.path(), None), ..options(1, home.path()) };
    let target = format!("tcp:{}", simulated.address());
    let error = adb::open(&target, &options).err().unwrap();
    assert!(matches!(&error, AdbError::BadKey { path, .. } if *path == own), "{error}");
    assert_eq!(error.hint_key(), "adb-bad-key");
    // Where no key is asked for, none is missed.
    let (open, _open) = phone(Behaviour::default());
    adb::open(&format!("tcp:{}", open.address()), &options).unwrap();
    // A vendor key that is damaged is said, and the computer's own is offered.
    let broken = home.path().join("broken.adb_key");
    std::fs::rename(&own, &broken).unwrap();
    made_key(own.parent().unwrap(), "adbkey", false);
    let options = Options { keys: places(home.path(), Some(&broken)), ..options };
    let told = std::cell::RefCell::new(Vec::new());
    let opened = adb::open_telling(&target, &options, &|what| {
        told.borrow_mut().push(match what {
            Told::Allow => "allow".to_owned(),
            Told::BadKey(error) => error.to_string(),
        });
    });
    opened.unwrap();
    let told = told.into_inner();
    assert!(told.len() == 2 && told[0].contains("broken.adb_key") && told[1] == "allow", "{told:?}");
}

#[test]
fn directly_an_owner_who_accepts_later_is_waited_for_and_that_is_said() {
    let home = tempfile::tempdir().unwrap();
    let auth = Auth::After(Duration::from_millis(2500));
    let (simulated, _fixture) = phone(Behaviour { auth, ..Behaviour::default() });
    let target = format!("tcp:{}", simulated.address());
    // Whoever searches for phones for a second waits for their owners as long as was said.
    let patient =
        Options { timeout: Duration::from_secs(1), accept: Duration::from_secs(20), ..options(1, home.path()) };
    let asked = std::cell::Cell::new(0);
    let tell = |told: Told<'_>| asked.set(asked.get() + usize::from(matches!(told, Told::Allow)));
    let opened = adb::open_telling(&target, &patient, &tell).unwrap();
    assert_eq!(asked.get(), 1);
    assert_whole(&read(opened.as_ref(), 20), &simulated);
    let hasty = Options { accept: Duration::from_secs(1), ..patient };
    assert!(matches!(adb::open(&target, &hasty), Err(AdbError::Unauthorized { .. })));
}

#[test]
fn wireless_debugging_is_read_once_paired_and_each_mistake_is_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let (simulated, _fixture) = phone(Behaviour { newer: true, ..Behaviour::default() });
    let wireless = WirelessPhone::start(&simulated, "246810");
    let (target, pairing) = (format!("tcp:{}", wireless.address()), wireless.pairing_address());
    let options = Options { keys: places(home.path(), None), ..options(1, home.path()) };
    let second = Duration::from_secs(20);
    let failed = |error: Option<AdbError>| error.map(|error| (error.key(), error.hint_key()));

    let no_key = adb::open(&target, &options).err();
    assert_eq!(failed(no_key), Some(("adb-error-no-key", "adb-not-paired")));
    let wrong = adb::pair(&pairing, "246811", &options.keys, second).err();
    assert_eq!(failed(wrong), Some(("adb-error-wrong-code", "adb-wrong-code")));
    let not_paired = adb::open(&target, &options).err();
    assert_eq!(failed(not_paired), Some(("adb-error-not-paired", "adb-not-paired")));
    let other_port = adb::pair(&wireless.address(), "246810", &options.keys, second).err();
    assert_eq!(failed(other_port), Some(("adb-error-not-pairing-port", "adb-not-pairing-port")));
    let pairing_port = adb::open(&format!("tcp:{pairing}"), &options).err();
    assert_eq!(failed(pairing_port), Some(("adb-error-pairing-port", "adb-pairing-port")));
    assert_eq!(wireless.trusted(), 0);

    let paired = adb::pair(&pairing, "246810", &options.keys, second).unwrap();
    assert_eq!((paired.name.as_str(), paired.host.as_str(), paired.key_made), (wireless::NAME, "127.0.0.1", false));
    assert_eq!(paired.key, home.path().join(".android").join("adbkey"));
    assert!(home.path().join(".android").join("adbkey.pub").exists());
    let opened = adb::open(&target, &options).unwrap();
    assert_whole(&read(opened.as_ref(), 20), &simulated);
}

#[test]
fn a_pairing_that_is_not_answered_ends_in_time() {
    let home = tempfile::tempdir().unwrap();
    let keys = places(home.path(), None);
    let (mute, _mute) = phone(Behaviour { mute: true, ..Behaviour::default() });
    let begun = Instant::now();
    let error = adb::pair(&mute.address(), "123456", &keys, Duration::from_secs(1)).err().unwrap();
    assert!(matches!(error, AdbError::PairingTimedOut { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(15));
    let nobody = adb::pair(&format!("127.0.0.1:{}", free_port()), "123456", &keys, Duration::from_secs(1));
    assert!(matches!(nobody, Err(AdbError::Unreachable { .. })));
    let web = fake_server(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let error = adb::pair(&format!("127.0.0.1:{web}"), "123456", &keys, Duration::from_secs(5)).err().unwrap();
    assert!(matches!(error, AdbError::PairingFailed { .. }), "{error}");
    for wrong in ["", "127.0.0.1", "127.0.0.1:0", "a:b"] {
        assert!(matches!(adb::pair(wrong, "123456", &keys, Duration::from_secs(1)), Err(AdbError::BadTarget { .. })));
    }
}

#[test]
fn over_tls_the_key_that_the_phone_names_is_shown_to_it() {
    let home = tempfile::tempdir().unwrap();
    made_key(&home.path().join(".android"), "adbkey", false);
    let vendor = made_key(home.path(), "desk.adb_key", false);
    let (simulated, _fixture) = phone(Behaviour::default());
    let wireless = WirelessPhone::start(&simulated, "246810");
    wireless.trust(&std::fs::read_to_string(&vendor).unwrap());
    let options = Options { keys: places(home.path(), Some(&vendor)), ..options(1, home.path()) };
    let opened = adb::open(&format!("tcp:{}", wireless.address()), &options).unwrap();
    assert_whole(&read(opened.as_ref(), 20), &simulated);
}

#[test]
fn two_phones_at_once_through_a_real_server_beside_one_that_is_not_accepted() {
    let Some(server) = RealServer::start() else { return };
    let (one, _one) = phone(Behaviour::default());
    let (two, _two) = phone(Behaviour { auth: Auth::PublicKey, ..Behaviour::default() });
    let (closed, _closed) = phone(Behaviour { auth: Auth::Never, ..Behaviour::default() });
    for phone in [&one, &two, &closed] {
        server.connect(phone);
    }
    server.wait_for(&one, State::Device);
    server.wait_for(&two, State::Device);
    server.wait_for(&closed, State::Unauthorized);

    let seen = adb::sightings(&server.options());
    // Every server that speaks of transports by number says so of itself.
    let version = seen.server.as_ref().unwrap().version;
    assert!(version > Some(30), "{version:?}");
    assert_eq!(seen.phones.len(), 3);
    let ready = seen.phones.iter().find(|phone| phone.serial == one.address()).unwrap();
    assert_eq!(ready.model.as_deref(), Some("Simulated One"));

    std::thread::scope(|scope| {
        for phone in [&one, &two] {
            let options = server.options();
            scope.spawn(move || {
                let opened = adb::open(&format!("adb:{}", phone.address()), &options).unwrap();
                assert_whole(&read(opened.as_ref(), 20), phone);
            });
        }
    });
    let error = adb::open(&format!("adb:{}", closed.address()), &server.options()).err().unwrap();
    assert_eq!(error.hint_key(), "device-unauthorized");
    assert!(matches!(adb::open("adb:", &server.options()).err().unwrap(), AdbError::Ambiguous { .. }));
    assert_eq!(adb::open("adb:nobody", &server.options()).err().unwrap().hint_key(), "adb-phone-not-found");
    assert!(closed.shells().is_empty());
}

#[test]
fn through_a_real_server_the_first_version_of_the_shell_is_enough() {
    let Some(server) = RealServer::start() else { return };
    let (simulated, _fixture) = phone(Behaviour { shell_v1_only: true, ..Behaviour::default() });
    server.connect(&simulated);
    server.wait_for(&simulated, State::Device);
    let opened = adb::open("adb:", &server.options()).unwrap();
    assert_whole(&read(opened.as_ref(), 20), &simulated);
}

#[test]
fn through_a_real_server_faults_cost_their_own_answer_only() {
    let Some(server) = RealServer::start() else { return };
    let slow = Fault::Delay(Duration::from_millis(800));
    for (fault, reason, older) in [
        (Fault::HangAfter(100_000), Some(Reason::TimedOut), false),
        (Fault::HangAfter(0), Some(Reason::TimedOut), true),
        (Fault::Garbage, Some(Reason::Unreadable), false),
        (Fault::Garbage, Some(Reason::Unreadable), true),
        (slow, None, false),
    ] {
        let (simulated, _fixture) = phone(Behaviour { shell_v1_only: older, ..faulty(" appops", fault) });
        server.connect(&simulated);
        server.wait_for(&simulated, State::Device);
        let opened = adb::open(&format!("adb:{}", simulated.address()), &server.options()).unwrap();
        let evidence = read(opened.as_ref(), 4);
        let told = evidence.first(Kind::AppOps).and_then(|item| item.cut).or(missing(&evidence, Kind::AppOps));
        assert_eq!(told, reason, "{fault:?}");
        for kind in [Kind::Properties, Kind::SettingsSecure, Kind::Packages, Kind::DevicePolicy] {
            assert_eq!(evidence.first(kind).map(|item| item.cut), Some(None), "{fault:?}: {kind:?}");
        }
        server.0.adb(&["disconnect", &simulated.address()]);
    }
}

#[test]
fn a_phone_unplugged_in_mid_dump_keeps_what_was_read() {
    let Some(server) = RealServer::start() else { return };
    for shell_v1_only in [false, true] {
        let (simulated, _fixture) = phone(Behaviour { shell_v1_only, ..faulty(" appops", Fault::DropAfter(100_000)) });
        server.connect(&simulated);
        server.wait_for(&simulated, State::Device);
        let opened = adb::open("adb:", &server.options()).unwrap();
        let evidence = read(opened.as_ref(), 5);
        let ops = evidence.first(Kind::AppOps).expect("what came before");
        assert!(ops.cut.is_some() && ops.text.len() > 50_000, "{:?} {}", ops.cut, ops.text.len());
        server.0.adb(&["disconnect"]);
    }
}

/// Two versions of `adb` on one computer end each other's server.
#[test]
fn a_server_that_is_replaced_in_mid_reading_is_asked_again_and_one_that_stays_away_costs_what_is_missing() {
    let Some(server) = RealServer::start() else { return };
    let slow = Fault::Delay(Duration::from_millis(2500));
    let (simulated, _fixture) = phone(faulty(" appops", slow));
    let port = server.0.port;
    server.connect(&simulated);
    server.wait_for(&simulated, State::Device);
    let target = format!("adb:{}", simulated.address());
    let options = server.options();
    let reading = |seconds: u64| {
        let (target, options) = (target.clone(), options.clone());
        std::thread::spawn(move || {
            let begun = Instant::now();
            (adb::read(&target, &options, Duration::from_secs(seconds), &|_| {}).unwrap(), begun.elapsed())
        })
    };
    let begun = |count: usize| {
        let start = Instant::now();
        while simulated.shells().iter().filter(|command| command.contains(" appops")).count() < count {
            assert!(start.elapsed() < Duration::from_secs(10), "the phone was not asked");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let first = reading(40);
    begun(1);
    drop(server);
    let server = RealServer(AdbServer::start_on(port).unwrap());
    server.connect(&simulated);
    let (evidence, _) = first.join().unwrap();
    assert_eq!(cut(&evidence), [], "{:?}", evidence.missing);
    assert_eq!(evidence.first(Kind::AppOps).unwrap().text.lines().count(), 12_000);

    server.wait_for(&simulated, State::Device);
    let second = reading(6);
    begun(3);
    // The short answers have come by then.
    std::thread::sleep(Duration::from_millis(1500));
    drop(server);
    let (evidence, spent) = second.join().unwrap();
    assert!(spent < Duration::from_secs(8), "{spent:?}");
    assert_came(&evidence, &[Kind::Properties], &"what came is kept");
    let lost = evidence.first(Kind::AppOps).and_then(|item| item.cut).or(missing(&evidence, Kind::AppOps));
    assert_eq!(lost, Some(Reason::Truncated));
}

/// A server that gives scripted answers and knows one request.
fn fake_server(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 300];
            let count = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..count]).into_owned();
            let answer = match request.get(4..) {
                Some("host:version") if answer.starts_with(b"OKAY") => b"OKAY00040020".as_slice(),
                _ => answer,
            };
            let _ = stream.write_all(answer);
            if answer.is_empty() {
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_secs(30));
                    drop(stream);
                });
            }
        }
    });
    port
}

#[test]
fn one_phone_without_permissions_hides_no_other() {
    let home = tempfile::tempdir().unwrap();
    let port = fake_server(
        b"OKAY00abX1                     no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html] usb:1-1\nR5  device usb:1-2 transport_id:2\n",
    );
    let mut options = options(port, home.path());
    options.timeout = Duration::from_secs(2);
    let seen = adb::sightings(&options);
    assert_eq!(seen.server.as_ref().unwrap().version, Some(32));
    let states: Vec<_> = seen.phones.iter().map(|phone| (phone.serial.as_str(), phone.state)).collect();
    assert_eq!(states, [("X1", State::NoPermissions), ("R5", State::Device)]);
    let error = adb::open("adb:X1", &options).err().unwrap();
    assert!(error.hint_key().starts_with("device-no-permissions"));
}

/// Phones of one maker that carry the same serial number; and an answer that comes a byte at a time, for ever.
#[test]
fn two_phones_with_one_serial_number_are_told_apart_and_a_trickle_ends_at_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = std::sync::Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let heard = std::sync::Arc::clone(&heard);
            std::thread::spawn(move || {
                let mut length = [0; 4];
                while stream.read_exact(&mut length).is_ok() {
                    let length = usize::from_str_radix(std::str::from_utf8(&length).unwrap(), 16).unwrap();
                    let mut request = vec![0; length];
                    stream.read_exact(&mut request).unwrap();
                    let request = String::from_utf8(request).unwrap();
                    heard.lock().unwrap().push(request.clone());
                    let list = "SAME device usb:1-1 transport_id:4\nSAME device usb:1-2 transport_id:5\n";
                    let answer = match request.as_str() {
                        "host:version" => "OKAY00040029".to_owned(),
                        "host:devices-l" => format!("OKAY{:04x}{list}", list.len()),
                        request if request.ends_with(":features") => "FAIL0007unknown".to_owned(),
                        _ => "OKAY".to_owned(),
                    };
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                    while request.starts_with("shell:") && stream.write_all(b"x").is_ok() {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                }
            });
        }
    });
    let home = tempfile::tempdir().unwrap();
    let options = options(port, home.path());
    let targets: Vec<_> = adb::sightings(&options).phones.into_iter().map(|phone| phone.target).collect();
    assert_eq!(targets, ["adb:transport_id:4", "adb:transport_id:5"]);
    assert_eq!(adb::open("adb:SAME", &options).err().unwrap().hint_key(), "adb-several-phones");
    let opened = adb::open("adb:transport_id:5", &options).unwrap();
    let evidence = read(opened.as_ref(), 1);
    assert_eq!((evidence.items.len(), missing(&evidence, Kind::Packages)), (0, Some(Reason::TimedOut)));
    let asked = asked.lock().unwrap();
    assert!(asked.iter().any(|request| request == "host:transport-id:5"));
    assert!(!asked.iter().any(|request| request == "host:transport-id:4" || request == "host:transport:SAME"));
    assert!(asked.iter().filter(|request| request.starts_with("shell:")).count() <= 6);
}

#[test]
fn a_port_held_by_something_else_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    for (answer, key) in
        [(b"".as_slice(), "adb-server-silent"), (b"HTTP/1.1 400 Bad Request\r\n\r\n", "adb-not-a-server")]
    {
        let mut options = options(fake_server(answer), home.path());
        options.may_start_server = true;
        options.program = program::Places::from_variables(|name| std::env::var_os(name), None);
        options.timeout = Duration::from_secs(1);
        let begun = Instant::now();
        let error = adb::open("adb:", &options).err().unwrap();
        assert_eq!(error.hint_key(), key, "{error}");
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn without_a_server_and_without_a_program_the_places_are_told() {
    let home = tempfile::tempdir().unwrap();
    let mut options = options(free_port(), home.path());
    options.may_start_server = true;
    options.program = program::Places::only(vec!["/nowhere/platform-tools".into()]);
    match adb::sightings(&options).server {
        Err(AdbError::NoServer { looked, .. }) => assert_eq!(looked, [PathBuf::from("/nowhere/platform-tools")]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_is_started_only_where_none_answers() {
    let Some(program) = needed_adb_program() else { return };
    let home = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut options = options(port, home.path());
    options.may_start_server = true;
    // The server keeps its key in the home folder, which must not be that of whoever runs the test.
    let (wrapper, home_path) = (home.path().join("adb"), home.path().display());
    std::fs::write(&wrapper, format!("#!/bin/sh\nHOME='{home_path}' exec '{}' \"$@\"\n", program.display())).unwrap();
    std::fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    options.program = program::Places::only(vec![home.path().to_owned()]);
    let first = adb::sightings(&options).server.unwrap();
    let second = adb::sightings(&options).server.unwrap();
    let port = port.to_string();
    let _ = Command::new(&program).args(["-P", &port, "kill-server"]).stderr(Stdio::null()).status();
    assert_eq!((first.started, second.started), (true, false));
}

/// Not a test: `cargo test --test servers adb:: -- --ignored --nocapture` prints what poucet adds to the time of `adb` itself.
#[test]
#[ignore = "a measurement"]
fn time_beside_the_adb_program() {
    let Some(server) = RealServer::start() else { return };
    let (simulated, _fixture) = phone(Behaviour::default());
    server.connect(&simulated);
    server.wait_for(&simulated, State::Device);
    let _warm = read(adb::open("adb:", &server.options()).unwrap().as_ref(), 20);
    let scripts = simulated.shells();
    let rounds = 10u32;
    let begun = Instant::now();
    for _ in 0..rounds {
        let opened = adb::open("adb:", &server.options()).unwrap();
        let _evidence = read(opened.as_ref(), 20);
    }
    let ours = begun.elapsed() / rounds;
    let begun = Instant::now();
    for _ in 0..rounds {
        for script in &scripts {
            server.0.adb(&["shell", script]);
        }
    }
    let same = begun.elapsed() / rounds;
    let commands: Vec<&str> =
        scripts.iter().flat_map(|script| script.split("; ")).filter(|part| !part.starts_with("echo ")).collect();
    let begun = Instant::now();
    for command in &commands {
        server.0.adb(&["shell", command]);
    }
    let apart = begun.elapsed();
    println!(
        "poucet {ours:?}; the same {} calls with adb {same:?}; {} commands with adb {apart:?}",
        scripts.len(),
        commands.len()
    );
}
