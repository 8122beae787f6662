//! What an ADB server may say.

use std::ffi::OsString;

use super::*;

fn from(pairs: &[(&str, &str)]) -> Result<ServerSocket, AdbError> {
    ServerSocket::from_variables(|name| {
        pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(*value))
    })
}

#[test]
fn the_environment_names_the_server() {
    for (variables, server) in [
        (&[][..], "127.0.0.1:5037"),
        (&[("ANDROID_ADB_SERVER_PORT", "5038")], "127.0.0.1:5038"),
        (&[("ANDROID_ADB_SERVER_PORT", "+05038")], "127.0.0.1:5038"),
        (&[("ANDROID_ADB_SERVER_PORT", "0x13ad")], "127.0.0.1:5037"),
        (&[("ANDROID_ADB_SERVER_PORT", "")], "127.0.0.1:5037"),
        (&[("ANDROID_ADB_SERVER_ADDRESS", "10.0.0.2")], "10.0.0.2:5037"),
        (&[("ANDROID_ADB_SERVER_ADDRESS", "::1")], "[::1]:5037"),
        (&[("ADB_SERVER_SOCKET", "tcp:7")], "127.0.0.1:7"),
        (&[("ADB_SERVER_SOCKET", "tcp:desk:7"), ("ANDROID_ADB_SERVER_PORT", "8")], "desk:7"),
        (&[("ADB_SERVER_SOCKET", "tcp:[::1]:7")], "[::1]:7"),
    ] {
        assert_eq!(from(variables).unwrap().to_string(), server, "{variables:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_a_server_and_none_is_started_there() {
    for (value, server) in [
        ("localfilesystem:/run/adb.sock", "localfilesystem:/run/adb.sock"),
        ("local:adb:sock", "localfilesystem:adb:sock"),
        #[cfg(target_os = "linux")]
        ("localabstract:adb", "localabstract:adb"),
    ] {
        let socket = from(&[("ADB_SERVER_SOCKET", value)]).unwrap();
        assert_eq!((socket.to_string().as_str(), socket.is_loopback()), (server, false));
    }
}

#[test]
fn what_names_no_server_is_said_with_the_forms_that_do() {
    for wrong in [
        "localfilesystem:",
        "local:",
        "localabstract:",
        "localreserved:adb",
        "vsock:3",
        "junk",
        ":",
        "tcp:",
        "tcp:a:b",
        "tcp::7",
        "tcp:::1:7",
        "tcp:h:0",
        "tcp:h:70000",
        "tcp:h:-1",
        "tcp:h:0x",
        "TCP:7",
        "127.0.0.1:7",
    ] {
        let error = from(&[("ADB_SERVER_SOCKET", wrong)]).unwrap_err();
        assert_eq!(error.hint_key(), "adb-bad-address", "{wrong}");
        assert!(error.to_string().contains(wrong) && error.to_string().contains("tcp:HOST:PORT"), "{error}");
    }
    for wrong in ["many", "0", "70000", "-1", "5037x", "0x", "0x+5"] {
        assert!(from(&[("ANDROID_ADB_SERVER_PORT", wrong)]).is_err(), "{wrong}");
    }
    for wrong in ["desk:7", "[]", "::1:x", "tcp:desk"] {
        assert!(from(&[("ANDROID_ADB_SERVER_ADDRESS", wrong)]).is_err(), "{wrong}");
    }
}

#[test]
fn a_server_is_started_on_this_machine_only() {
    for (host, here) in [("127.0.0.1", true), ("localhost", true), ("::1", true), ("10.0.0.2", false), ("desk", false)]
    {
        let socket = ServerSocket::from(ServerAddress { host: host.to_owned(), port: 1 });
        assert_eq!(socket.is_loopback(), here, "{host}");
    }
}
