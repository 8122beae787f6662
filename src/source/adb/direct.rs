//! Phones on USB without any ADB server, with the crate `adb_client`. Those over TCP are in [`super::tcp`].
//!
//! That crate knows no deadline and runs one command at a time. So each connection lives in a worker thread that can be
//! abandoned. There is no second version of the shell here: standard error is mixed in, and there is no exit status.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use adb_client::usb::{ADBUSBDevice, find_all_connected_adb_devices};
use adb_client::{ADBDeviceExt, RustADBError};

use super::error::AdbError;
use super::keys::{Key, KeyPlaces};
use super::options::Options;
use super::phone::{Ended, Phone, ShellOutput};
use super::server::Server;
use super::sighting::{Sighting, State, Transport};
use super::socket::ServerSocket;
use super::waiting::{left, within};
use crate::evidence::SourceKind;
use crate::text::clean::sanitize;

/// How long the owner has to accept this computer; `adb_client` itself gives up after ten seconds.
const ACCEPT: Duration = Duration::from_secs(14);

type Device = Box<dyn ADBDeviceExt>;
type Connect = dyn Fn() -> Result<Device, AdbError> + Send + Sync;

/// A phone reached without an ADB server. One call at a time; after a call that hung, the next makes a new connection.
pub struct DirectPhone {
    source: SourceKind,
    target: String,
    connect: Arc<Connect>,
    worker: Mutex<Option<Worker>>,
}

impl std::fmt::Debug for DirectPhone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("DirectPhone").field("target", &self.target).finish_non_exhaustive()
    }
}

/// Opens `usb:` (the only phone) or `usb:VID:PID` (hexadecimal), the part after `usb:`.
///
/// # Errors
///
/// [`AdbError::BadTarget`], [`AdbError::NoPhone`], [`AdbError::Ambiguous`], [`AdbError::HeldByServer`],
/// [`AdbError::HeldByProcess`], [`AdbError::NoPermission`], [`AdbError::Unauthorized`], [`AdbError::TimedOut`],
/// [`AdbError::Connection`].
pub fn open_usb(ids: &str, options: &Options) -> Result<DirectPhone, AdbError> {
    let target = format!("usb:{ids}");
    let wanted =
        match ids {
            "" => None,
            ids => Some(parse_ids(ids).ok_or_else(|| AdbError::BadTarget {
                target: target.clone(),
                expected: "usb:, usb:VID:PID (0-9, a-f)",
            })?),
        };
    let phones: Vec<Sighting> = present(Instant::now() + options.timeout)
        .into_iter()
        .filter(|phone| wanted.is_none() || phone.usb == wanted)
        .collect();
    let phone = match phones.as_slice() {
        [phone] => phone.clone(),
        [] => return Err(AdbError::NoPhone { place: "USB".to_owned() }),
        several => {
            let seen = several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            return Err(AdbError::Ambiguous { target, seen });
        }
    };
    let Some((vendor, product)) = phone.usb else { return Err(AdbError::NoPhone { place: "USB".to_owned() }) };
    let (keys, server, name) = (options.keys.clone(), options.server.clone(), phone.target.clone());
    let connect: Arc<Connect> = Arc::new(move || {
        let key = KeyFile::of(&keys)?;
        match ADBUSBDevice::new_with_custom_private_key(vendor, product, key.path()) {
            Ok(device) => Ok(Box::new(device) as Device),
            Err(error) => Err(explain_usb(&error, &name, &phone.serial, &server)),
        }
    });
    DirectPhone::open(SourceKind::Usb, format!("usb:{vendor:04x}:{product:04x}"), connect, accept(options))
}

/// The computer's own key in the form that `adb_client` reads, PKCS#8: its own file, or a copy that is gone with this.
enum KeyFile {
    Own(PathBuf),
    Copy(tempfile::TempPath),
}

impl KeyFile {
    /// Without a key the crate makes one for this visit.
    fn of(keys: &KeyPlaces) -> Result<KeyFile, AdbError> {
        let path = keys.own().unwrap_or(Path::new("")).to_owned();
        if !path.is_file() {
            return Ok(KeyFile::Own(path));
        }
        let failed = |detail: String| AdbError::BadKey { path: path.clone(), detail: sanitize(&detail, 300) };
        let key = Key::read(&path)?.pkcs8().ok_or_else(|| failed("it cannot be written as PKCS#8".to_owned()))?;
        let begins = std::fs::read_to_string(&path).is_ok_and(|text| text.starts_with("-----BEGIN PRIVATE KEY-----"));
        if begins {
            return Ok(KeyFile::Own(path));
        }
        // Only this user may read a temporary file.
        let mut copy = tempfile::NamedTempFile::new().map_err(|error| failed(error.to_string()))?;
        copy.write_all(key.as_bytes()).map_err(|error| failed(error.to_string()))?;
        Ok(KeyFile::Copy(copy.into_temp_path()))
    }

    fn path(&self) -> &Path {
        match self {
            KeyFile::Own(path) => path,
            KeyFile::Copy(path) => path,
        }
    }
}

/// How long a connection may wait for the owner: what is asked for. Only a build without optimisation, which takes many
/// seconds to make a key where there is none, waits longer.
fn accept(options: &Options) -> Duration {
    let has_key = options.keys.own().is_some_and(Path::is_file);
    if has_key || !cfg!(debug_assertions) { options.timeout.min(ACCEPT) } else { ACCEPT }
}

fn parse_ids(ids: &str) -> Option<(u16, u16)> {
    let (vendor, product) = ids.split_once(':')?;
    let number = |digits: &str| {
        let digits = digits.strip_prefix("0x").unwrap_or(digits);
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    Some((number(vendor)?, number(product)?))
}

fn explain_usb(error: &RustADBError, target: &str, serial: &str, server: &ServerSocket) -> AdbError {
    let target = target.to_owned();
    let detail = sanitize(&error.to_string(), 300);
    // The crate keeps libusb's error kinds inside a type of another crate; their texts are libusb's own
    // (`libusb_strerror`, as `rusb` words them).
    let busy = matches!(error, RustADBError::DeviceBusy) || detail.contains("busy") || detail.contains("Busy");
    if busy {
        return holder(&target, serial, server);
    }
    if detail.contains("Access denied") {
        return AdbError::NoPermission { target, detail };
    }
    // The crate waits for the owner with a timeout of its own, and only then with one.
    if detail.contains("timed out") || detail.contains("AUTH") {
        return AdbError::Unauthorized { target };
    }
    AdbError::Connection { target, detail }
}

/// Who holds a phone that is busy: the ADB server if it lists it, else the process that has its USB node open.
fn holder(target: &str, serial: &str, server: &ServerSocket) -> AdbError {
    let deadline = Instant::now() + Duration::from_secs(2);
    let listed = Server::connect(server, deadline).and_then(|server| server.devices(deadline)).unwrap_or_default();
    let mut on_usb = listed.iter().filter(|phone| phone.transport == Transport::Usb);
    // Without a serial number from the system, a server that lists any phone on USB is the likeliest holder.
    if let Some(phone) = on_usb.find(|phone| serial.is_empty() || phone.serial == serial) {
        return AdbError::HeldByServer {
            target: target.to_owned(),
            address: server.to_string(),
            serial: phone.serial.clone(),
        };
    }
    let holder = usb_nodes(Path::new("/sys/bus/usb/devices"))
        .into_iter()
        .filter(|node| node.serial == serial || serial.is_empty())
        .find_map(|node| process_with_open(Path::new("/proc"), &node.path()))
        .unwrap_or_else(|| "another program".to_owned());
    AdbError::HeldByProcess { target: target.to_owned(), holder }
}

/// The name and id of a process that has this file open, as far as this user may see (Linux).
fn process_with_open(proc: &Path, file: &Path) -> Option<String> {
    for entry in std::fs::read_dir(proc).ok()?.flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(descriptors) = std::fs::read_dir(entry.path().join("fd")) else { continue };
        // poucet itself is not the other program.
        let open = id != std::process::id()
            && descriptors.flatten().any(|descriptor| std::fs::read_link(descriptor.path()).is_ok_and(|to| to == file));
        if open {
            let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            return Some(format!("{} (process {id})", sanitize(name.trim(), 40)));
        }
    }
    None
}

/// A USB device with an ADB interface, as Linux tells it without opening the device.
#[derive(Clone, Debug, PartialEq, Eq)]
struct UsbNode {
    vendor: u16,
    product: u16,
    bus: u16,
    device: u16,
    serial: String,
    model: String,
}

impl UsbNode {
    fn path(&self) -> PathBuf {
        PathBuf::from(format!("/dev/bus/usb/{:03}/{:03}", self.bus, self.device))
    }
}

/// The USB devices with an interface of class 255, subclass 66, protocol 1 (AOSP `adb/adb.h`, `ADB_CLASS`).
fn usb_nodes(devices: &Path) -> Vec<UsbNode> {
    let text = |path: PathBuf| std::fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default();
    let Ok(entries) = std::fs::read_dir(devices) else { return Vec::new() };
    let entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let is_adb = |interface: &Path| {
        ["bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"].map(|file| text(interface.join(file)))
            == ["ff", "42", "01"]
    };
    let mut nodes: Vec<UsbNode> = entries
        .iter()
        .filter(|interface| is_adb(interface))
        .filter_map(|interface| {
            let (device, _) = interface.file_name()?.to_str()?.split_once(':')?;
            let device = devices.join(device);
            Some(UsbNode {
                vendor: u16::from_str_radix(&text(device.join("idVendor")), 16).ok()?,
                product: u16::from_str_radix(&text(device.join("idProduct")), 16).ok()?,
                bus: text(device.join("busnum")).parse().ok()?,
                device: text(device.join("devnum")).parse().ok()?,
                serial: sanitize(&text(device.join("serial")), 100),
                model: sanitize(&text(device.join("product")), 100),
            })
        })
        .collect();
    nodes.sort_by_key(|node| (node.bus, node.device));
    nodes.dedup();
    nodes
}

/// The phones on USB with an ADB interface, without asking any ADB server. Empty where USB cannot be listed.
pub(crate) fn present(deadline: Instant) -> Vec<Sighting> {
    let sighting = |usb: (u16, u16), serial: String, model: String, state, detail| Sighting {
        serial,
        state,
        transport: Transport::Usb,
        model: (!model.is_empty()).then_some(model),
        transport_id: None,
        usb: Some(usb),
        target: format!("usb:{:04x}:{:04x}", usb.0, usb.1),
        detail,
        told: Vec::new(),
    };
    if cfg!(target_os = "linux") {
        let nodes = usb_nodes(Path::new("/sys/bus/usb/devices"));
        return nodes
            .into_iter()
            .map(|node| {
                let opened = std::fs::OpenOptions::new().read(true).write(true).open(node.path());
                let (state, detail) = match opened {
                    Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                        (State::NoPermissions, format!("{}: {error}", node.path().display()))
                    }
                    _ => (State::Present, String::new()),
                };
                sighting((node.vendor, node.product), node.serial, node.model, state, detail)
            })
            .collect();
    }
    let found = within(deadline, || find_all_connected_adb_devices().unwrap_or_default()).unwrap_or_default();
    found
        .into_iter()
        .map(|info| {
            let model = sanitize(&info.device_description, 100);
            sighting((info.vendor_id, info.product_id), String::new(), model, State::Present, String::new())
        })
        .collect()
}

impl DirectPhone {
    fn open(
        source: SourceKind,
        target: String,
        connect: Arc<Connect>,
        timeout: Duration,
    ) -> Result<DirectPhone, AdbError> {
        let phone = DirectPhone { source, target, connect, worker: Mutex::new(None) };
        let worker = phone.start(Instant::now() + timeout)?;
        *phone.lock() = Some(worker);
        Ok(phone)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Worker>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects in a thread of its own, which then stays and carries out commands.
    fn start(&self, deadline: Instant) -> Result<Worker, AdbError> {
        let (orders, received) = mpsc::channel::<Order>();
        let (opened, open) = mpsc::channel();
        let connect = Arc::clone(&self.connect);
        let failed = |detail: String| AdbError::Connection { target: self.target.clone(), detail };
        std::thread::Builder::new()
            .spawn(move || match connect() {
                Ok(device) => {
                    if opened.send(Ok(())).is_ok() {
                        work(device, &received);
                    }
                }
                Err(error) => {
                    // Whoever waited may have stopped waiting.
                    let _ = opened.send(Err(error));
                }
            })
            .map_err(|error| failed(error.to_string()))?;
        match open.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(opened) => opened.map(|()| Worker { orders }),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(AdbError::TimedOut { target: self.target.clone() }),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(failed("the connection broke".to_owned())),
        }
    }
}

impl Phone for DirectPhone {
    fn shell(&self, command: &str, limit: usize, deadline: Instant) -> ShellOutput {
        let mut slot = self.lock();
        if left(deadline).is_none() {
            return ShellOutput::nothing(Ended::TimedOut);
        }
        let worker = match slot.take().map_or_else(|| self.start(deadline), Ok) {
            Ok(worker) => worker,
            Err(AdbError::TimedOut { .. }) => return ShellOutput::nothing(Ended::TimedOut),
            Err(error) => return ShellOutput::nothing(Ended::Failed(error.to_string())),
        };
        let printed = Arc::new(Mutex::new(Vec::new()));
        let (done, wait) = mpsc::channel();
        let order = Order { command: command.to_owned(), printed: Sink(Arc::clone(&printed), limit), done };
        let mut keep = false;
        let ended = match worker.orders.send(order) {
            Err(_) => Ended::Dropped("the connection had ended".to_owned()),
            Ok(()) => match wait.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Ok(())) => {
                    keep = true;
                    Ended::Completed
                }
                Ok(Err(detail)) => Ended::Dropped(detail),
                Err(mpsc::RecvTimeoutError::Timeout) => Ended::TimedOut,
                Err(mpsc::RecvTimeoutError::Disconnected) => Ended::Dropped("the connection broke".to_owned()),
            },
        };
        if keep {
            *slot = Some(worker);
        }
        let stdout = std::mem::take(&mut *printed.lock().unwrap_or_else(PoisonError::into_inner));
        let ended = if stdout.len() >= limit { Ended::TooLong } else { ended };
        ShellOutput { stdout, stderr: Vec::new(), status: None, ended }
    }

    fn concurrent(&self) -> bool {
        false
    }

    fn source(&self) -> SourceKind {
        self.source
    }
}

/// A command for the worker.
struct Order {
    command: String,
    printed: Sink,
    done: mpsc::Sender<Result<(), String>>,
}

/// The thread that holds the connection. It ends once this is dropped and its call is over.
struct Worker {
    orders: mpsc::Sender<Order>,
}

fn work(mut device: Device, orders: &mpsc::Receiver<Order>) {
    while let Ok(mut order) = orders.recv() {
        let result = device.shell_command(&order.command, Some(&mut order.printed), None);
        let broken = result.is_err();
        let said = result.map(|_| ()).map_err(|error| sanitize(&error.to_string(), 300));
        if order.done.send(said).is_err() || broken {
            return;
        }
    }
}

/// Where a command's output goes, at most so many bytes of it, so that what was read survives a call that hangs.
struct Sink(Arc<Mutex<Vec<u8>>>, usize);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.1.saturating_sub(kept.len());
        kept.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or(&[]));
        match bytes.len() <= room {
            true => Ok(bytes.len()),
            false => Err(std::io::Error::other("the answer is too long")),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_two_hexadecimal_numbers() {
        assert_eq!(parse_ids("18d1:4ee7"), Some((0x18d1, 0x4ee7)));
        assert_eq!(parse_ids("0x18D1:0x4EE7"), Some((0x18d1, 0x4ee7)));
        for wrong in ["18d1", "18d1:", ":", "18d1:4ee7:1", "+1:2", "18d1:14ee7", "x:y", " 1:2"] {
            assert_eq!(parse_ids(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn phones_on_usb_are_read_from_the_system_without_opening_them() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        for (file, text) in [("idVendor", "18d1\n"), ("idProduct", "4ee7\n"), ("busnum", "1\n"), ("devnum", "12\n")] {
            write(&format!("1-2/{file}"), text);
            write(&format!("1-3/{file}"), text);
        }
        write("1-2/serial", "R5\n");
        write("1-2/product", "Pixel 9\n");
        for (file, adb, camera) in
            [("bInterfaceClass", "ff", "06"), ("bInterfaceSubClass", "42", "01"), ("bInterfaceProtocol", "01", "01")]
        {
            if cfg!(unix) {
                write(&format!("1-2:1.1/{file}"), adb);
                write(&format!("1-3:1.0/{file}"), camera);
            }
        }
        let nodes = usb_nodes(folder.path());
        if cfg!(unix) {
            assert_eq!(nodes.len(), 1, "{nodes:?}");
            assert_eq!((nodes[0].serial.as_str(), nodes[0].model.as_str()), ("R5", "Pixel 9"));
            assert_eq!(nodes[0].path(), Path::new("/dev/bus/usb/001/012"));
        }
        assert!(usb_nodes(Path::new("/nowhere")).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn the_process_that_holds_a_phone_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let process = folder.path().join("4242");
        std::fs::create_dir_all(process.join("fd")).unwrap();
        std::fs::write(process.join("comm"), "scrcpy\n").unwrap();
        std::os::unix::fs::symlink("/dev/bus/usb/001/012", process.join("fd/7")).unwrap();
        let found = process_with_open(folder.path(), Path::new("/dev/bus/usb/001/012"));
        assert_eq!(found.as_deref(), Some("scrcpy (process 4242)"));
        assert_eq!(process_with_open(folder.path(), Path::new("/dev/bus/usb/001/013")), None);
    }
}
