//! Single files of a backup's folder, within bounds.
//!
//! The folder may come from anybody: an `xx/<id>` may be a symbolic link to a file of this computer, a named pipe or a device. So
//! links are looked for before, the file is opened without following one, and only a regular file is read.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use crate::evidence::Reason;

/// How large one file of a backup may be. The largest of those that poucet reads, `healthdb.sqlite` apart, stay below 10 MiB.
pub const LARGEST: u64 = 64 << 20;

/// Why a file of a backup was not read.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It is not there.
    #[error("no such file")]
    Absent,
    /// It is more than is read of one file.
    #[error("{size} bytes, of which at most {limit} are read")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A symbolic link, a folder, a pipe or a device stands in its place.
    #[error("{0}, not a regular file")]
    NotRegular(&'static str),
    /// The operating system refused or failed.
    #[error("{0}")]
    Io(std::io::Error),
}

impl Failure {
    fn io(error: std::io::Error) -> Failure {
        // On Unix, a symbolic link that is not followed is `FilesystemLoop` (ELOOP).
        match error.kind() {
            ErrorKind::NotFound => Failure::Absent,
            _ => Failure::Io(error),
        }
    }

    /// The reason of the gap.
    pub fn reason(&self) -> Reason {
        match self {
            Failure::Absent => Reason::Absent,
            Failure::TooLarge { .. } => Reason::Truncated,
            Failure::NotRegular(_) => Reason::Unreadable,
            Failure::Io(error) if error.kind() == ErrorKind::PermissionDenied => Reason::Refused,
            Failure::Io(_) => Reason::Unreadable,
        }
    }
}

/// Opens a regular file for reading, never through a symbolic link, and tells its size.
///
/// # Errors
/// When it is not there, is something else, or the operating system refuses.
pub fn open_regular(path: &Path) -> Result<(File, u64), Failure> {
    let metadata = fs::symlink_metadata(path).map_err(Failure::io)?;
    if metadata.is_symlink() {
        return Err(Failure::NotRegular("a symbolic link"));
    }
    if !metadata.is_file() {
        return Err(Failure::NotRegular("a folder or device"));
    }
    let mut options = OpenOptions::new();
    options.read(true);
    without_links(&mut options);
    let file = options.open(path).map_err(Failure::io)?;
    // What was opened may be something else than what was looked at.
    let metadata = file.metadata().map_err(Failure::io)?;
    if metadata.is_file() { Ok((file, metadata.len())) } else { Err(Failure::NotRegular("a folder or device")) }
}

/// `O_NOFOLLOW`; the number depends on the system and, on Linux, on the processor (`asm/fcntl.h` of each).
#[cfg(unix)]
pub(crate) fn without_links(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    const NO_FOLLOW: i32 = if cfg!(any(target_os = "linux", target_os = "android")) {
        if cfg!(any(target_arch = "arm", target_arch = "aarch64", target_arch = "powerpc", target_arch = "powerpc64")) {
            0x8000
        } else {
            0x2_0000
        }
    } else {
        // macOS and the BSDs.
        0x100
    };
    options.custom_flags(NO_FOLLOW);
}

/// `FILE_FLAG_OPEN_REPARSE_POINT`: the link itself is opened, which is then no regular file.
#[cfg(windows)]
pub(crate) fn without_links(options: &mut OpenOptions) {
    use std::os::windows::fs::OpenOptionsExt as _;
    options.custom_flags(0x0020_0000);
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn without_links(_options: &mut OpenOptions) {}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// When it is not there, too large, something else, or cannot be read.
pub fn read_regular(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let (file, size) = open_regular(path)?;
    if size > limit {
        return Err(Failure::TooLarge { size, limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    // It may grow while it is read.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(Failure::io)?;
    let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if read > limit { Err(Failure::TooLarge { size: read, limit }) } else { Ok(bytes) }
}

/// Reads the payload of a file id: `xx/<id>`, where `xx` are its first two digits, else `<id>` beside the manifest, as iOS 9 and some
/// tools keep it.
///
/// # Errors
/// When the id is not 40 lower-case hexadecimal digits, and as [`read_regular`].
pub fn read_payload(folder: &Path, id: &str) -> Result<Vec<u8>, Failure> {
    let (Some(prefix), true) = (id.get(..2), is_file_id(id)) else { return Err(Failure::Absent) };
    let shelf = folder.join(prefix);
    match fs::symlink_metadata(&shelf) {
        Ok(metadata) if metadata.is_symlink() => return Err(Failure::NotRegular("below a symbolic link")),
        Ok(metadata) if metadata.is_dir() => match read_regular(&shelf.join(id), LARGEST) {
            Err(Failure::Absent) => {}
            outcome => return outcome,
        },
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::Io(error)),
        _ => {}
    }
    read_regular(&folder.join(id), LARGEST)
}

/// Reads a file that a tool keeps by its name: `<domain>/<path>`, both words of poucet's own list. No part of the way may be a link.
///
/// # Errors
/// As [`read_regular`].
pub fn read_named(folder: &Path, domain: &str, path: &str) -> Result<Vec<u8>, Failure> {
    let mut place = folder.to_owned();
    let mut parts = std::iter::once(domain).chain(path.split('/')).peekable();
    while let Some(part) = parts.next() {
        if matches!(part, "" | "." | "..") {
            return Err(Failure::Absent);
        }
        place.push(part);
        // Without the folder there is no file, and what is no folder holds none.
        if parts.peek().is_some() {
            match fs::symlink_metadata(&place) {
                Ok(metadata) if metadata.is_symlink() => return Err(Failure::NotRegular("below a symbolic link")),
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(Failure::Absent),
                Err(error) => return Err(Failure::io(error)),
            }
        }
    }
    read_regular(&place, LARGEST)
}

/// 40 lower-case hexadecimal digits, and so no path that leads elsewhere.
fn is_file_id(id: &str) -> bool {
    id.len() == 40 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "64d0019cb3d46bfc8cce545a8ba54b93e7ea9347";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("64")).unwrap();
        folder
    }

    #[test]
    fn a_payload_is_found_on_its_shelf_and_beside_the_manifest() {
        let folder = folder();
        assert!(matches!(read_payload(folder.path(), ID), Err(Failure::Absent)));
        fs::write(folder.path().join(ID), b"flat").unwrap();
        assert_eq!(read_payload(folder.path(), ID).unwrap(), b"flat");
        fs::write(folder.path().join("64").join(ID), b"shelf").unwrap();
        assert_eq!(read_payload(folder.path(), ID).unwrap(), b"shelf");
    }

    #[test]
    fn an_id_that_is_a_path_reads_nothing() {
        let folder = folder();
        fs::write(folder.path().join("secret"), b"x").unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let upper = ID.to_ascii_uppercase();
        let padded = format!("../{:0>36}/secret", "");
        for id in ["../secret", "/etc/passwd", "", "6", "é", upper.as_str(), padded.as_str()] {
            assert!(matches!(read_payload(&inside, id), Err(Failure::Absent)), "{id}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_folders_are_not_read() {
        use std::os::unix::fs::symlink;
        let folder = folder();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join(ID), b"secret of this computer").unwrap();
        let payload = folder.path().join("64").join(ID);
        symlink(outside.path().join(ID), &payload).unwrap();
        assert!(matches!(read_payload(folder.path(), ID), Err(Failure::NotRegular("a symbolic link"))));
        fs::remove_file(&payload).unwrap();
        fs::create_dir(&payload).unwrap();
        assert!(matches!(read_payload(folder.path(), ID), Err(Failure::NotRegular(_))));
        fs::remove_dir(&payload).unwrap();
        fs::remove_dir(folder.path().join("64")).unwrap();
        symlink(outside.path(), folder.path().join("64")).unwrap();
        assert!(matches!(read_payload(folder.path(), ID), Err(Failure::NotRegular(_))));
        assert!(matches!(read_regular(Path::new("/dev/zero"), 10), Err(Failure::NotRegular(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_comes_after_the_look_is_not_followed_either() {
        let folder = folder();
        fs::write(folder.path().join("real"), b"x").unwrap();
        std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
        let mut options = OpenOptions::new();
        without_links(options.read(true));
        assert!(options.open(folder.path().join("real")).is_ok());
        assert!(options.open(folder.path().join("link")).is_err(), "the flag is right on this processor");
    }

    #[test]
    fn a_file_beyond_the_limit_is_a_gap_with_its_size() {
        let folder = folder();
        fs::write(folder.path().join("x"), b"12345").unwrap();
        assert_eq!(read_regular(&folder.path().join("x"), 5).unwrap(), b"12345");
        let failure = read_regular(&folder.path().join("x"), 4).unwrap_err();
        assert_eq!((failure.reason(), failure.to_string().contains("5 bytes")), (Reason::Truncated, true));
        // Nothing of it takes memory.
        let huge = folder.path().join("64").join(ID);
        File::create(&huge).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(matches!(read_payload(folder.path(), ID), Err(Failure::TooLarge { .. })));
    }
}
