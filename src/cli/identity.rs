//! The key by which serial numbers become device ids: the desk's own, made on first use.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use poucet::files::output::{Readers, close_to_others, private_folder, write_atomically};

use super::{Exit, Session};

/// The environment variable that lets several desks share a key.
const VARIABLE: &str = "POUCET_ID_KEY";
/// How long a key of one's own is, in bytes.
const LENGTH: usize = 32;
/// How short a shared key may be, in bytes.
const SHORTEST: usize = 16;

/// The key of this desk, if it has one that can be used.
pub(crate) fn known() -> Option<Vec<u8>> {
    match std::env::var_os(VARIABLE).filter(|key| !key.is_empty()).map(std::ffi::OsString::into_encoded_bytes) {
        Some(key) => (key.len() >= SHORTEST).then_some(key),
        None => std::fs::read(path()?).ok().filter(|key| key.len() >= LENGTH),
    }
}

/// The key of this desk. `None`, with a message, when there is no place to keep one: devices then have no id.
///
/// # Errors
/// With a message, for a key so short that serial numbers could be tried out against the ids until it is found.
pub(crate) fn key(session: &Session) -> Result<Option<Vec<u8>>, Exit> {
    if let Some(key) = std::env::var_os(VARIABLE).filter(|key| !key.is_empty()) {
        let key = key.into_encoded_bytes();
        if key.len() < SHORTEST {
            let count = SHORTEST.to_string();
            let message = session.texts.with("cli-short-id-key", &[("variable", VARIABLE), ("count", &count)]);
            session.error(&message, Some(&session.texts.with("cli-short-id-key-hint", &[("variable", VARIABLE)])));
            return Err(Exit::USAGE);
        }
        return Ok(Some(key));
    }
    Ok(own(session))
}

/// The key that is kept for this desk.
fn own(session: &Session) -> Option<Vec<u8>> {
    let path = path()?;
    if let Ok(key) = std::fs::read(&path)
        && key.len() >= LENGTH
    {
        protect(&path);
        return Some(key);
    }
    let mut key = vec![0; LENGTH];
    let made = getrandom::fill(&mut key).map_err(|error| error.to_string());
    let kept = made.and_then(|()| {
        if let Some(folder) = path.parent() {
            private_folder(folder).map_err(|error| error.to_string())?;
        }
        write_atomically(&path, &key, Readers::Owner).map_err(|error| error.to_string())
    });
    protect(&path);
    match kept {
        Ok(()) => Some(key),
        Err(detail) => {
            session.say(&session.texts.with("cli-no-id-key", &[("detail", &detail)]));
            None
        }
    }
}

/// Keeps others from reading the key and from putting another in its place. Where rights cannot be changed, those of the drive hold.
fn protect(path: &Path) {
    let _ = close_to_others(path, Readers::Owner);
    if let Some(folder) = path.parent() {
        let _ = close_to_others(folder, Readers::Usual);
    }
}

fn path() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("poucet").join("id.key"))
}
