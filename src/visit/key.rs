//! The key by which serial numbers become device ids: the desk's own, made on first use.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::files::output::{Readers, close_to_others, private_folder, write_atomically};

/// How long a key of one's own is, in bytes.
const LENGTH: usize = 32;
/// How short a shared key may be, in bytes: serial numbers could be tried out against the ids of a shorter one until it is found.
pub const SHORTEST: usize = 16;

/// The key of this desk, where there is one already.
pub fn known() -> Option<Vec<u8>> {
    std::fs::read(path()?).ok().filter(|key| key.len() >= LENGTH)
}

/// The key of this desk, made where there is none. `None` where there is no place to keep one: devices then have no id.
///
/// # Errors
/// What stood in the way of keeping it.
pub fn own() -> Result<Option<Vec<u8>>, String> {
    let Some(path) = path() else { return Ok(None) };
    if let Ok(key) = std::fs::read(&path)
        && key.len() >= LENGTH
    {
        protect(&path);
        return Ok(Some(key));
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
    kept.map(|()| Some(key))
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
