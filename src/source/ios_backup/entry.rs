//! A row of a backup's index, and the names by which it is found.

use sha1::{Digest, Sha1};

use crate::files::fingerprint::hex;

/// The most domains of apps that are listed.
pub const MOST_DOMAINS: usize = 20_000;
/// The longest domain that is listed, in bytes; Apple allows 155 characters for a bundle id.
pub(super) const LONGEST_DOMAIN: usize = 1024;
/// What the domain of an app's own files begins with.
pub(super) const APP_DOMAIN: &[u8] = b"AppDomain-";

/// A row of the index. A column of a wrong type counts as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// 1 for a file, 2 for a folder, 4 for a symbolic link. Only files have a payload.
    pub flags: Option<i64>,
    /// The keyed archive of the `MBFile`.
    pub blob: Option<Vec<u8>>,
    /// The domain as the row says; it may be none that the `fileID` follows from.
    pub domain: Option<String>,
    /// The path in the domain as the row says.
    pub path: Option<String>,
}

/// The name of a file in a backup: the SHA-1 of `domain-path`, 40 lower-case hexadecimal digits.
pub fn file_id(domain: &str, path: &str) -> String {
    let mut hash = Sha1::new();
    for part in [domain, "-", path] {
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

/// Goes from each domain of an app to the next one, whatever number of rows each has. `next` gives the first domain behind another.
pub(crate) fn bundle_ids<E>(mut next: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>, E>) -> Result<Vec<String>, E> {
    let mut ids = Vec::new();
    let mut last = APP_DOMAIN.to_vec();
    // Those that are too long are passed over, and not without end.
    for _ in 0..2 * MOST_DOMAINS {
        let Some(domain) = next(&last)?.filter(|domain| *domain != last) else { break };
        let Some(id) = domain.strip_prefix(APP_DOMAIN) else { break };
        if domain.len() <= LONGEST_DOMAIN {
            ids.push(String::from_utf8_lossy(id).into_owned());
        }
        if ids.len() == MOST_DOMAINS {
            break;
        }
        last = domain;
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
