//! A real ADB server on a port of its own, for whole-command tests.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use poucet::inner::source::adb::program;

use super::phone::SimulatedPhone;
use super::skip::skipped;

/// The `adb` program; `None` where there is none and none is required (`POUCET_REQUIRE_ADB`).
pub fn adb_program() -> Option<PathBuf> {
    let found = program::Places::from_variables(|name| std::env::var_os(name), None).find();
    assert!(found.is_some() || std::env::var("POUCET_REQUIRE_ADB").as_deref() != Ok("1"), "no adb program");
    found
}

/// The `adb` program, for a test that is skipped without.
pub fn needed_adb_program() -> Option<PathBuf> {
    let found = adb_program();
    if found.is_none() {
        skipped("no adb is here");
    }
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
        let program = needed_adb_program()?;
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

/// A server that lists what it is told to, in front of a real one to which it passes on what is asked of its phones. It
/// stays until the end of the test program.
pub struct ListServer {
    /// Where it listens.
    pub port: u16,
    list: Arc<Mutex<String>>,
}

impl ListServer {
    /// Starts one; `behind` says which phone of the real server answers for a serial number or a number of the list.
    pub fn start(list: &str, real: u16, behind: &[(&str, String)]) -> ListServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let list = Arc::new(Mutex::new(list.to_owned()));
        let shared = Arc::clone(&list);
        let behind: Vec<(String, String)> = behind.iter().map(|(name, at)| ((*name).to_owned(), at.clone())).collect();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (list, behind) = (Arc::clone(&shared), behind.clone());
                // A client that goes is no failure.
                std::thread::spawn(move || serve(stream, &list, real, &behind).ok());
            }
        });
        ListServer { port, list }
    }

    /// Lists something else from now on.
    pub fn set(&self, list: &str) {
        *self.list.lock().unwrap() = list.to_owned();
    }
}

fn serve(mut stream: TcpStream, list: &Mutex<String>, real: u16, behind: &[(String, String)]) -> std::io::Result<()> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::from_str_radix(&String::from_utf8_lossy(&length), 16).unwrap();
    let mut request = vec![0; length];
    stream.read_exact(&mut request)?;
    let request = String::from_utf8(request).unwrap();
    let text = |text: &str| format!("{:04x}{text}", text.len());
    let passed = behind.iter().find_map(|(name, at)| {
        let rest = ["host:transport-id:", "host:transport:"].iter().find_map(|head| request.strip_prefix(head));
        if rest == Some(name) {
            return Some(format!("host:transport:{at}"));
        }
        let rest = ["host-transport-id:", "host-serial:"].iter().find_map(|head| request.strip_prefix(head));
        rest?.strip_prefix(name.as_str())?.strip_prefix(':').map(|service| format!("host-serial:{at}:{service}"))
    });
    match (request.as_str(), passed) {
        ("host:version", _) => stream.write_all(b"OKAY00040029"),
        ("host:devices-l", _) => stream.write_all(format!("OKAY{}", text(&list.lock().unwrap())).as_bytes()),
        ("host:track-devices", _) => {
            stream.write_all(b"OKAY")?;
            let mut before = None;
            loop {
                let now = list.lock().unwrap().clone();
                if before.as_ref() != Some(&now) {
                    stream.write_all(text(&now).as_bytes())?;
                    before = Some(now);
                }
                std::thread::sleep(Duration::from_millis(30));
            }
        }
        (_, Some(request)) => {
            let mut other = TcpStream::connect(("127.0.0.1", real))?;
            other.write_all(text(&request).as_bytes())?;
            join(stream, other)
        }
        _ => stream.write_all(b"FAIL000funknown service"),
    }
}

/// Passes on what both sides say until both have ended.
pub fn join(one: TcpStream, other: TcpStream) -> std::io::Result<()> {
    let (mut from, mut to) = (one.try_clone()?, other.try_clone()?);
    let back = std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (other, one);
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
    let _ = back.join();
    Ok(())
}
