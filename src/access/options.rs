//! How a snapshot is made, whichever kind of phone it is of.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::catalog::Catalog;

/// How a snapshot is made.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// Which apps it names.
    pub scope: Scope<'o>,
    /// The key of the device id; without one the id is left out.
    pub id_key: Option<&'o [u8]>,
    /// Put the serial number itself in place of the device id.
    pub show_serial: bool,
}

/// Which apps a snapshot names.
#[derive(Clone, Copy)]
pub struct Scope<'c> {
    /// The catalogue.
    pub catalog: &'c Catalog,
    /// Name every app.
    pub all_apps: bool,
    /// Only this user of the phone.
    pub user: Option<u32>,
}

/// The keyed hash that stands for a serial number: the first 16 bytes of HMAC-SHA-256, hexadecimal.
pub fn device_id(key: &[u8], serial: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(serial.trim().as_bytes());
    Some(mac.finalize().into_bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}
