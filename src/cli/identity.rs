//! The key by which serial numbers become device ids: that of the environment, else the desk's own.

use poucet::visit::key::{self, SHORTEST};

use super::{Outcome, Session};

/// The environment variable that lets several desks share a key.
const VARIABLE: &str = "POUCET_ID_KEY";

/// The key of this desk, if it has one that can be used.
pub(crate) fn known() -> Option<Vec<u8>> {
    match std::env::var_os(VARIABLE).filter(|key| !key.is_empty()).map(std::ffi::OsString::into_encoded_bytes) {
        Some(key) => (key.len() >= SHORTEST).then_some(key),
        None => key::known(),
    }
}

/// The key of this desk. `None`, with a message, when there is no place to keep one: devices then have no id.
///
/// # Errors
/// With a message, for a key so short that serial numbers could be tried out against the ids until it is found.
pub(crate) fn key(session: &Session) -> Result<Option<Vec<u8>>, Outcome> {
    if let Some(key) = std::env::var_os(VARIABLE).filter(|key| !key.is_empty()) {
        let key = key.into_encoded_bytes();
        if key.len() < SHORTEST {
            let count = SHORTEST.to_string();
            let message = session.texts.with("cli-short-id-key", &[("variable", VARIABLE), ("count", &count)]);
            session.error(&message, Some(&session.texts.with("cli-short-id-key-hint", &[("variable", VARIABLE)])));
            return Err(Outcome::REFUSED);
        }
        return Ok(Some(key));
    }
    Ok(key::own().unwrap_or_else(|detail| {
        session.say(&session.texts.with("cli-no-id-key", &[("detail", &detail)]));
        None
    }))
}
