//! Opens the phone that a target names, and reads it.

use std::time::{Duration, Instant};

use super::collect::collect;
use super::error::AdbError;
use super::options::{Options, Told};
use super::phone::Phone;
use super::{direct, server, tcp};
use crate::evidence::{Evidence, Reason};

/// How long a server that was replaced, and the phone on it, may take to be there again.
const RETURN: Duration = Duration::from_secs(15);
/// With less time than this nothing is read again.
const SOON: Duration = Duration::from_secs(1);

/// Opens the phone that a target names: `adb:SERIAL`, `adb:transport_id:N` (for phones that share a serial number),
/// `adb:` (the one of [`Options::serial`], else the only ready one), `usb:`, `usb:VID:PID`, `tcp:HOST:PORT`.
///
/// # Errors
///
/// An [`AdbError`] that says which phone, what stands in the way, and by [`AdbError::hint_key`] what to do.
pub fn open(target: &str, options: &Options) -> Result<Box<dyn Phone>, AdbError> {
    open_telling(target, options, &|_| {})
}

/// [`open`], telling what there is to tell while a phone is waited for.
///
/// # Errors
///
/// As [`open`].
pub fn open_telling(target: &str, options: &Options, tell: &dyn Fn(Told<'_>)) -> Result<Box<dyn Phone>, AdbError> {
    let deadline = Instant::now() + options.timeout;
    match target.split_once(':') {
        Some(("adb", serial)) => Ok(Box::new(server::open(serial, options, deadline)?)),
        Some(("usb", ids)) => Ok(Box::new(direct::open_usb(ids, options)?)),
        Some(("tcp", address)) => Ok(Box::new(tcp::open(address, options, tell)?)),
        _ => Err(AdbError::BadTarget {
            target: target.to_owned(),
            expected: "adb:SERIAL, usb:, usb:VID:PID, tcp:HOST:PORT",
        }),
    }
}

/// Opens the phone that a target names and asks it every question of the list, in `timeout` at the most. Where the ADB
/// server ended in the midst of it, as one does that another version of `adb` replaces, the phone is looked for once more
/// and read again while there is time; what came first is kept where that gives no more.
///
/// # Errors
///
/// As [`open`].
pub fn read(target: &str, options: &Options, timeout: Duration, tell: &dyn Fn(Told<'_>)) -> Result<Evidence, AdbError> {
    let deadline = Instant::now() + timeout;
    let gather = |phone: &dyn Phone| {
        let left = deadline.saturating_duration_since(Instant::now());
        collect(phone, phone.source(), phone.source().word(), phone.serial(), left)
    };
    let phone = open_telling(target, options, tell)?;
    let first = gather(phone.as_ref());
    let broken = broken_of(&first);
    let serial = phone.serial().unwrap_or("");
    let late = Instant::now() + SOON >= deadline;
    if broken == 0 || late || serial.is_empty() || !phone.server_ended() {
        return Ok(first);
    }
    let Some(again) = server::find_again(serial, options, deadline.min(Instant::now() + RETURN)) else {
        return Ok(first);
    };
    let second = gather(&again);
    // Under one address there may be another phone by now: both must tell the same number of their own, where both tell one.
    let own = |evidence: &Evidence| evidence.serial.clone().filter(|own| own != serial);
    let same = own(&first).zip(own(&second)).is_none_or(|(first, second)| first == second);
    Ok(if same && broken_of(&second) < broken { second } else { first })
}

/// How many answers a connection that broke has cost.
fn broken_of(evidence: &Evidence) -> usize {
    let broke = |reason: Reason| matches!(reason, Reason::Truncated | Reason::TimedOut | Reason::Unreadable);
    evidence.missing.iter().filter(|missing| broke(missing.reason)).count()
        + evidence.items.iter().filter(|item| item.cut.is_some_and(broke)).count()
}
