//! The key by which serial numbers become device ids: the desk's own, made on first use.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;
use poucet::source::output::{Readers, write_atomically};

use super::Session;

/// The environment variable that lets several desks share a key.
const VARIABLE: &str = "POUCET_ID_KEY";

/// The key of this desk, if it has one.
pub(crate) fn known() -> Option<Vec<u8>> {
    let named = std::env::var_os(VARIABLE).filter(|key| !key.is_empty()).map(std::ffi::OsString::into_encoded_bytes);
    named.or_else(|| std::fs::read(path()?).ok().filter(|key| key.len() >= 32))
}

/// The key of this desk. `None`, with a message, when there is no place to keep one: devices then have no id.
pub(crate) fn key(session: &Session) -> Option<Vec<u8>> {
    if let Some(key) = known() {
        return Some(key);
    }
    let path = path()?;
    let mut key = vec![0; 32];
    let made = getrandom::fill(&mut key).map_err(|error| error.to_string());
    let kept = made.and_then(|()| {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        }
        write_atomically(&path, &key, Readers::Owner).map_err(|error| error.to_string())
    });
    match kept {
        Ok(()) => Some(key),
        Err(detail) => {
            session.say(&session.texts.with("cli-no-id-key", &[("detail", &detail)]));
            None
        }
    }
}

fn path() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("poucet").join("id.key"))
}
