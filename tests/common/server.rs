//! A real ADB server on a port of its own, for whole-command tests.
// Each test crate uses its own part of this module.
#![allow(dead_code, unreachable_pub)]
// A server that cannot go on must fail its test.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use poucet::source::adb::program;

use super::phone::SimulatedPhone;

/// The `adb` program; absent, a test is skipped, unless `POUCET_REQUIRE_ADB` is 1.
pub fn adb_program() -> Option<PathBuf> {
    let found = program::Places::from_variables(|name| std::env::var_os(name), None).find();
    assert!(found.is_some() || std::env::var("POUCET_REQUIRE_ADB").as_deref() != Ok("1"), "no adb program");
    found
}

/// A port of this machine on which nothing listens.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server with a home of its own, ended with the test.
pub struct AdbServer {
    child: Child,
    program: PathBuf,
    home: tempfile::TempDir,
    /// Where it listens.
    pub port: u16,
}

impl AdbServer {
    /// Starts one; `None` where there is no `adb` and none is required.
    pub fn start() -> Option<AdbServer> {
        AdbServer::start_on(free_port())
    }

    /// Starts one on a port.
    pub fn start_on(port: u16) -> Option<AdbServer> {
        let program = adb_program()?;
        let home = tempfile::tempdir().unwrap();
        let child = Command::new(&program)
            .args(["-P", &port.to_string(), "nodaemon", "server"])
            .env("HOME", home.path())
            .env("ADB_MDNS_OPENSCREEN", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = AdbServer { child, program, home, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the ADB server did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    /// The home folder that it runs in.
    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// Runs `adb` against this server and returns what it printed.
    pub fn adb(&self, arguments: &[&str]) -> String {
        let port = self.port.to_string();
        let mut command = Command::new(&self.program);
        let output = command.args(["-P", &port]).args(arguments).env("HOME", self.home.path()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Connects a phone and waits until the server lists it in this state; gives its target.
    pub fn connect(&self, phone: &SimulatedPhone, state: &str) -> String {
        self.adb(&["connect", &phone.address()]);
        let begun = Instant::now();
        loop {
            let list = self.adb(&["devices"]);
            if list.lines().any(|line| line == format!("{}\t{state}", phone.address())) {
                return format!("adb:{}", phone.address());
            }
            assert!(begun.elapsed() < Duration::from_secs(15), "{state}: {list}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for AdbServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
