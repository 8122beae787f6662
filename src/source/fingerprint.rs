//! The fingerprint of evidence: the same bytes under the same names give the same one.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::SourceError;
use super::container::Container;
use super::ios_backup::{is_backup, report};
use crate::files::fingerprint::hex;

/// The files of an iOS backup that say what all others hold: its index names each payload with its date and size.
const BACKUP: [&str; 4] = ["Info.plist", "Manifest.db", "Manifest.plist", "Status.plist"];

/// SHA-256 over what is at a path, hexadecimal: of a file its bytes, of a folder the names and bytes of all files in it, of an iOS
/// backup those of its index files and of the App Privacy Report that lies beside it.
///
/// # Errors
/// When something of it cannot be read.
pub fn of_path(path: &Path) -> Result<String, SourceError> {
    of_path_without(path, None, false)
}

/// As [`of_path`], but for a folder, as the system knows it: results that lie among the evidence are none of it. What links in a folder
/// lead to counts where they are followed.
///
/// # Errors
/// As [`of_path`].
pub fn of_path_without(path: &Path, without: Option<&Path>, follow_links: bool) -> Result<String, SourceError> {
    let metadata = fs::metadata(path).map_err(|error| SourceError::io(path, error))?;
    let mut hash = Sha256::new();
    if metadata.is_file() {
        add(&mut hash, path).map_err(|error| SourceError::io(path, error))?;
    } else if is_backup(path) {
        for name in BACKUP {
            let file = path.join(name);
            if file.is_file() {
                hash.update(name.as_bytes());
                add(&mut hash, &file).map_err(|error| SourceError::io(&file, error))?;
            }
        }
        if let Some(report) = report::privacy_report_near(path) {
            hash.update(b"App Privacy Report");
            add(&mut hash, &report).map_err(|error| SourceError::io(&report, error))?;
        }
    } else {
        let root = fs::canonicalize(path).map_err(|error| SourceError::io(path, error))?;
        let without = without.and_then(|without| without.strip_prefix(&root).ok());
        let is_evidence = |name: &&String| without.is_none_or(|without| !Path::new(name).starts_with(without));
        let container = Container::folder(path, u64::MAX, follow_links)?;
        for name in container.names.iter().filter(is_evidence) {
            let file = container.place_of(name);
            hash.update(name.as_bytes());
            hash.update([0]);
            add(&mut hash, &file).map_err(|error| SourceError::io(&file, error))?;
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Whether the fingerprint of what is at a path leaves out some of its bytes: that of an iOS backup is of its index.
pub fn is_partial(path: &Path) -> bool {
    is_backup(path)
}

/// A file with its length, so that no byte of one can be taken for the next one's.
fn add(hash: &mut Sha256, path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 64 << 10];
    let mut length = 0_u64;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        length += u64::try_from(count).unwrap_or(0);
        hash.update(buffer.get(..count).unwrap_or(&[]));
    }
    hash.update(length.to_le_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_name_counts() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let print = || of_path(folder.path()).unwrap();
        write("a", "one");
        write("b", "two");
        let first = print();
        assert_eq!(first, print());
        write("b", "twO");
        let changed = print();
        write("a", "onet");
        write("b", "wo");
        let moved = print();
        fs::rename(folder.path().join("b"), folder.path().join("c")).unwrap();
        let renamed = print();
        let all = [&first, &changed, &moved, &renamed];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        assert!(of_path(&folder.path().join("nowhere")).is_err());
    }

    #[test]
    fn results_among_the_evidence_are_none_of_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "one").unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        let without = fs::canonicalize(&out).unwrap();
        let before = of_path_without(folder.path(), Some(&without), false).unwrap();
        fs::write(out.join("report.txt"), "one").unwrap();
        assert_eq!(of_path_without(folder.path(), Some(&without), false).unwrap(), before);
        assert_ne!(of_path(folder.path()).unwrap(), before);
        // What only begins alike is evidence.
        fs::write(folder.path().join("output"), "one").unwrap();
        assert_ne!(of_path_without(folder.path(), Some(&without), false).unwrap(), before);
    }
}
