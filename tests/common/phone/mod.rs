//! A simulated phone: the device side of the ADB wire protocol over TCP (AOSP `packages/modules/adb/protocol.txt`),
//! with a real `/bin/sh` behind it whose `PATH` holds nothing but stubs that print the files of a fixture folder.
//!
//! A fixture folder holds one text file per command: `getprop.txt`, `settings_global.txt`, `settings_secure_0.txt`,
//! `settings_system_0.txt`, `pm_list_users.txt`, `cmd_user_list.txt`, `pm_list_packages_0.txt`,
//! `cmd_deviceidle_whitelist.txt`, `cmd_location_0.txt`, `am_get-current-user.txt`, `getenforce.txt`, `date.txt`,
//! `dumpsys_package_packages.txt`, `dumpsys_package_shared-users.txt`, `dumpsys_appops.txt`, `dumpsys_role.txt`, ….
//! Where a file is absent the stub prints what a phone prints that does not know the question.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Whether the phone accepts the computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// Without asking (an emulator).
    #[default]
    None,
    /// Any signature.
    Signature,
    /// Only once the public key was offered and "accepted".
    PublicKey,
    /// Never: the owner does not answer.
    Never,
    /// The owner accepts so long after the public key was offered.
    After(Duration),
    /// Only a signature by the key that [`Behaviour::trusts`].
    Key,
}

/// What goes wrong with the answer of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// After so many bytes nothing more comes, and the connection stays.
    HangAfter(usize),
    /// After so many bytes the connection breaks.
    DropAfter(usize),
    /// Bytes that are no answer.
    Garbage,
    /// The answer comes so much later.
    Delay(Duration),
    /// So many bytes of lines come after the answer's first line.
    Flood(usize),
}

/// The serial number of every fixture.
const SERIAL: &str = "ZY22POUCET";

/// How a simulated phone behaves.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// Whether it accepts the computer.
    pub auth: Auth,
    /// Only the first version of the shell, as before Android 7.
    pub shell_v1_only: bool,
    /// Faults, for commands that contain a text.
    pub faults: Vec<(String, Fault)>,
    /// Its serial number, where it is not the fixtures' own.
    pub serial: Option<String>,
    /// The private key, as a file, of the computer that it trusts.
    pub trusts: Option<PathBuf>,
    /// It speaks the newer protocol, in which the sums of the data are zero.
    pub newer: bool,
    /// What it is, where it is not the running system: `recovery`.
    pub kind: Option<&'static str>,
    /// It listens on IPv6.
    pub ipv6: bool,
    /// It accepts connections and says nothing.
    pub mute: bool,
    /// A command that its shell does not have.
    pub without: Option<&'static str>,
}

/// A phone that listens on a port of its own until it is dropped.
pub struct SimulatedPhone {
    address: SocketAddr,
    shells: Arc<Mutex<Vec<String>>>,
    running: Arc<Running>,
    _stubs: tempfile::TempDir,
    stop: Arc<AtomicUsize>,
}

impl SimulatedPhone {
    /// A phone that answers from `fixture`.
    pub fn start(fixture: &Path, behaviour: Behaviour) -> SimulatedPhone {
        let stubs = stubs(fixture, behaviour.serial.as_deref());
        if let Some(command) = behaviour.without {
            let said =
                format!("#!/bin/sh\necho '/system/bin/sh: {command}: inaccessible or not found' >&2\nexit 127\n");
            std::fs::write(stubs.path().join(command), said).unwrap();
        }
        let listener = TcpListener::bind(if behaviour.ipv6 { "[::1]:0" } else { "127.0.0.1:0" }).unwrap();
        let address = listener.local_addr().unwrap();
        let shells = Arc::new(Mutex::new(Vec::new()));
        let running = Arc::new(Running::default());
        let stop = Arc::new(AtomicUsize::new(0));
        let phone = Arc::new(Inner {
            behaviour,
            running: Arc::clone(&running),
            bin: stubs.path().to_owned(),
            shells: Arc::clone(&shells),
        });
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) > 0 {
                    return;
                }
                let phone = Arc::clone(&phone);
                std::thread::spawn(move || phone.serve(stream));
            }
        });
        SimulatedPhone { address, shells, running, _stubs: stubs, stop }
    }

    /// Where it listens: `127.0.0.1:PORT`, or `[::1]:PORT`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Every command that its shell was given.
    pub fn shells(&self) -> Vec<String> {
        self.shells.lock().unwrap().clone()
    }

    /// How many commands ran at once at the most.
    pub fn most_at_once(&self) -> usize {
        self.running.most.load(Ordering::SeqCst)
    }
}

impl Drop for SimulatedPhone {
    fn drop(&mut self) {
        self.stop.store(1, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// How many commands run now, and how many ran at once at the most.
#[derive(Default)]
struct Running {
    now: AtomicUsize,
    most: AtomicUsize,
}

struct Inner {
    behaviour: Behaviour,
    running: Arc<Running>,
    bin: PathBuf,
    shells: Arc<Mutex<Vec<String>>>,
}

const VERSION: u32 = 0x0100_0000;
const MAX_PAYLOAD: u32 = 256 << 10;

struct Message {
    command: [u8; 4],
    arg0: u32,
    arg1: u32,
    data: Vec<u8>,
}

fn read_message(stream: &mut TcpStream) -> io::Result<Message> {
    let mut head = [0; 24];
    stream.read_exact(&mut head)?;
    let number = |index: usize| u32::from_le_bytes(head[index * 4..index * 4 + 4].try_into().unwrap());
    assert_eq!(number(0), !number(5), "the magic number of a message");
    let mut data = vec![0; number(3) as usize];
    stream.read_exact(&mut data)?;
    Ok(Message { command: head[..4].try_into().unwrap(), arg0: number(1), arg1: number(2), data })
}

/// The other side of a connection, and whether both sides leave the sums out.
struct Wire {
    stream: Mutex<TcpStream>,
    plain: AtomicBool,
}

fn write_message(wire: &Wire, command: &[u8; 4], arg0: u32, arg1: u32, data: &[u8]) -> io::Result<()> {
    let word = u32::from_le_bytes(*command);
    let sum = data.iter().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(*byte)));
    let greets = matches!(command, b"CNXN" | b"AUTH");
    let sum = if wire.plain.load(Ordering::SeqCst) && !greets { 0 } else { sum };
    let mut message = Vec::with_capacity(24 + data.len());
    for number in [word, arg0, arg1, u32::try_from(data.len()).unwrap(), sum, !word] {
        message.extend_from_slice(&number.to_le_bytes());
    }
    message.extend_from_slice(data);
    wire.stream.lock().unwrap().write_all(&message)
}

/// Whether the key made this signature: PKCS#1 over the token, as if it were a digest of SHA-1 (AOSP `adb/client/auth.cpp`).
fn is_signed(token: &[u8], signature: &[u8], key: &Path) -> bool {
    use libadb::keys::AdbKey;
    use libadb::keys::rsa::Pkcs1v15Sign;
    use libadb::keys::rsa::rand_core::OsRng;
    let pem = std::fs::read_to_string(key).unwrap();
    let key = match pem.contains("RSA PRIVATE") {
        true => AdbKey::from_pkcs1_pem(&pem, &mut OsRng, "test"),
        false => AdbKey::from_pkcs8_pem(&pem, &mut OsRng, "test"),
    };
    let digest_of_sha1 = [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
    let scheme = Pkcs1v15Sign { hash_len: Some(20), prefix: digest_of_sha1.into() };
    key.unwrap().private_key().to_public_key().verify(scheme, token, signature).is_ok()
}

impl Inner {
    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let _ = stream.set_nodelay(true);
        if self.behaviour.mute {
            while stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {}
            return None;
        }
        let out = Arc::new(Wire { stream: Mutex::new(stream.try_clone().ok()?), plain: AtomicBool::new(false) });
        let mut streams: HashMap<u32, Sender<()>> = HashMap::new();
        let mut next = 1;
        let mut offered = 0;
        loop {
            let message = read_message(&mut stream).ok()?;
            match &message.command {
                b"CNXN" => {
                    out.plain.store(self.behaviour.newer && message.arg0 > VERSION, Ordering::SeqCst);
                    match self.behaviour.auth {
                        Auth::None => self.welcome(&out),
                        _ => write_message(&out, b"AUTH", 1, 0, &[7; 20]),
                    }
                    .ok()?;
                }
                b"AUTH" => {
                    offered = offered.max(message.arg0);
                    match (self.behaviour.auth, message.arg0) {
                        (Auth::Signature, 2) | (Auth::PublicKey, 3) => self.welcome(&out),
                        (Auth::Key, 2)
                            if [[7; 20], [8; 20]].iter().any(|token| {
                                is_signed(token, &message.data, self.behaviour.trusts.as_deref().unwrap())
                            }) =>
                        {
                            self.welcome(&out)
                        }
                        (Auth::After(time), 3) => {
                            std::thread::sleep(time);
                            self.welcome(&out)
                        }
                        // A public key was offered; the question stands on the screen and nobody answers.
                        (_, 3) => Ok(()),
                        _ => write_message(&out, b"AUTH", 1, 0, &[8; 20]),
                    }
                    .ok()?;
                }
                b"OPEN" => {
                    let (local, remote) = (next, message.arg0);
                    next += 1;
                    let service = String::from_utf8_lossy(&message.data).trim_end_matches('\0').to_owned();
                    let parsed = match service.split_once(':') {
                        Some((options, command)) if options.split(',').next() == Some("shell") => {
                            let v2 = options.split(',').any(|option| option == "v2") && !self.behaviour.shell_v1_only;
                            Some((v2, command.to_owned()))
                        }
                        _ => None,
                    };
                    let Some((v2, command)) = parsed else {
                        write_message(&out, b"CLSE", 0, remote, &[]).ok()?;
                        continue;
                    };
                    self.shells.lock().unwrap().push(command.clone());
                    write_message(&out, b"OKAY", local, remote, &[]).ok()?;
                    let (acknowledged, acknowledge) = mpsc::channel();
                    streams.insert(local, acknowledged);
                    let answer = Answer {
                        out: Arc::clone(&out),
                        local,
                        remote,
                        acknowledge,
                        fault: self.behaviour.faults.iter().find(|(part, _)| command.contains(part)).map(|(_, f)| *f),
                        v2,
                        bin: self.bin.clone(),
                        sent: 0,
                    };
                    let running = Arc::clone(&self.running);
                    std::thread::spawn(move || {
                        running.most.fetch_max(running.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        answer.run(&command);
                        running.now.fetch_sub(1, Ordering::SeqCst);
                    });
                }
                b"WRTE" => write_message(&out, b"OKAY", message.arg1, message.arg0, &[]).ok()?,
                b"OKAY" => {
                    if let Some(stream) = streams.get(&message.arg1) {
                        let _ = stream.send(());
                    }
                }
                b"CLSE" => {
                    streams.remove(&message.arg1);
                }
                _ => return None,
            }
        }
    }

    fn welcome(&self, out: &Wire) -> io::Result<()> {
        let features = if self.behaviour.shell_v1_only { "cmd" } else { "shell_v2,cmd,stat_v2" };
        let kind = self.behaviour.kind.unwrap_or("device");
        let banner = format!(
            "{kind}::ro.product.name=poucet;ro.product.model=Simulated_One;ro.product.device=sim;features={features}"
        );
        let version = VERSION + u32::from(self.behaviour.newer);
        write_message(out, b"CNXN", version, MAX_PAYLOAD, banner.as_bytes())
    }
}

/// The answer to one shell command.
struct Answer {
    out: Arc<Wire>,
    local: u32,
    remote: u32,
    acknowledge: mpsc::Receiver<()>,
    fault: Option<Fault>,
    v2: bool,
    bin: PathBuf,
    sent: usize,
}

impl Answer {
    fn run(mut self, command: &str) -> Option<()> {
        match self.fault {
            Some(Fault::Delay(time)) => std::thread::sleep(time),
            Some(Fault::Garbage) => {
                self.write(&[0xEE; 4000])?;
                return write_message(&self.out, b"CLSE", self.local, self.remote, &[]).ok();
            }
            _ => {}
        }
        let output = Command::new("/bin/sh")
            .args(["-c", command])
            .env_clear()
            .env("PATH", &self.bin)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let mut output = output;
        if let Some(Fault::Flood(bytes)) = self.fault {
            // After the mark with which an answer begins.
            let at = output.stdout.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let line = b"    a line of the flood, a line of the flood, a line of the flood, a line of\n";
            output.stdout.splice(at..at, line.iter().copied().cycle().take(bytes / line.len() * line.len()));
        }
        if self.v2 {
            self.packets(1, &output.stdout)?;
            self.packets(2, &output.stderr)?;
            self.packets(3, &[u8::try_from(output.status.code().unwrap_or(255)).unwrap_or(255)])?;
        } else {
            self.write(&output.stdout)?;
            self.write(&output.stderr)?;
        }
        write_message(&self.out, b"CLSE", self.local, self.remote, &[]).ok()
    }

    fn packets(&mut self, kind: u8, bytes: &[u8]) -> Option<()> {
        for chunk in bytes.chunks(32 << 10) {
            let mut packet = vec![kind];
            packet.extend_from_slice(&u32::try_from(chunk.len()).unwrap().to_le_bytes());
            packet.extend_from_slice(chunk);
            self.write(&packet)?;
        }
        Some(())
    }

    /// One message at a time, each acknowledged before the next, as the protocol wants; faults strike in between.
    fn write(&mut self, bytes: &[u8]) -> Option<()> {
        for chunk in bytes.chunks(MAX_PAYLOAD as usize) {
            let limit = match self.fault {
                Some(Fault::HangAfter(limit) | Fault::DropAfter(limit)) => limit.saturating_sub(self.sent),
                _ => usize::MAX,
            };
            let whole = chunk.len() <= limit;
            let chunk = &chunk[..chunk.len().min(limit)];
            write_message(&self.out, b"WRTE", self.local, self.remote, chunk).ok()?;
            self.sent += chunk.len();
            if !whole {
                std::thread::sleep(Duration::from_millis(100));
                if matches!(self.fault, Some(Fault::DropAfter(_))) {
                    let _ = self.out.stream.lock().unwrap().shutdown(std::net::Shutdown::Both);
                } else {
                    // For ever, as far as a test is concerned.
                    std::thread::sleep(Duration::from_secs(60));
                }
                return None;
            }
            self.acknowledge.recv_timeout(Duration::from_secs(30)).ok()?;
        }
        Some(())
    }
}

/// The programs of the phone: stubs that print files, and the few real filters that the questions use.
fn stubs(fixture: &Path, serial: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixture = std::fs::canonicalize(fixture).unwrap();
    let fixture = fixture.to_str().unwrap();
    for tool in ["cat", "head", "grep"] {
        let real = ["/bin", "/usr/bin"].map(|place| Path::new(place).join(tool)).into_iter().find(|path| path.exists());
        #[cfg(unix)]
        std::os::unix::fs::symlink(real.unwrap(), folder.path().join(tool)).unwrap();
        #[cfg(not(unix))]
        let _ = real;
    }
    let show = |file: &str, otherwise: &str| {
        format!("f=\"{fixture}/{file}.txt\"\nif [ -f \"$f\" ]; then cat \"$f\"; else {otherwise}; fi\n")
    };
    let getprop = match serial {
        Some(serial) => {
            let text = std::fs::read_to_string(format!("{fixture}/getprop.txt")).unwrap();
            let own = folder.path().join("getprop.txt");
            std::fs::write(&own, text.replace(SERIAL, serial)).unwrap();
            format!("cat \"{}\"\n", own.display())
        }
        None => show("getprop", ":"),
    };
    // A fixture that says it once means the owner.
    let location = "cmd_location_is-location-enabled";
    let no_location = format!(
        "if [ \"$u\" = 0 ] && [ -f \"{fixture}/{location}.txt\" ]; then cat \"{fixture}/{location}.txt\"; else \
         echo \"cmd: Can't find service: location\" >&2; exit 20; fi"
    );
    let missing =
        |program: &str| format!("echo \"/system/bin/sh: {program}: inaccessible or not found\" >&2; exit 127");
    let forbidden = "echo \"Error: java.lang.SecurityException: Shell does not have permission to access user $u\"";
    let user = "u=0\np=\nfor a in \"$@\"; do [ \"$p\" = --user ] && u=$a; p=$a; done\n";
    let scripts = [
        ("getprop", getprop),
        ("date", show("date", "echo 1764000000")),
        ("id", "echo 2000\n".to_owned()),
        ("getenforce", show("getenforce", "echo Enforcing")),
        ("am", show("am_get-current-user", "echo 0")),
        (
            "pm",
            format!(
                "{user}case \"$1 $2\" in\n'list users')\n{}exit;;\n'list packages')\n{}exit;;\nesac\necho 'Unknown command'; exit 255\n",
                show("pm_list_users", "printf 'Users:\\n\\tUserInfo{0:Owner:13} running\\n'"),
                show("pm_list_packages_$u", forbidden),
            ),
        ),
        (
            "settings",
            format!(
                "{user}case \"$*\" in\n*global)\n{}exit;;\n*secure)\n{}exit;;\n*system)\n{}exit;;\nesac\nexit 255\n",
                show("settings_global", ":"),
                show("settings_secure_$u", forbidden),
                show("settings_system_$u", forbidden),
            ),
        ),
        (
            "cmd",
            format!(
                "{user}case \"$1 $2\" in\n'user list')\n{}exit;;\n'deviceidle whitelist')\n{}exit;;\n'location is-location-enabled')\n{}exit;;\nesac\necho \"cmd: Can't find service: $1\" >&2; exit 20\n",
                show("cmd_user_list", "echo 'Unknown command: list' >&2; exit 255"),
                show("cmd_deviceidle_whitelist", ":"),
                show("cmd_location_$u", &no_location),
            ),
        ),
        (
            "dumpsys",
            format!(
                "[ \"$1\" = -t ] && shift 2\nn=$1\n[ -n \"$2\" ] && n=$1_$2\n{}",
                show("dumpsys_$n", "echo \"Can't find service: $1\" >&2")
            ),
        ),
        ("reboot", missing("reboot")),
    ];
    for (name, script) in scripts {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    folder
}
