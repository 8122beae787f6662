//! Writing files whole or not at all, and knowing which unfinished ones to delete when the run is interrupted.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How the temporary files of this module begin, so that a person who finds one after a power cut knows whose it is.
pub const TEMPORARY_PREFIX: &str = ".poucet-unfinished-";

/// A file or folder that could not be written. The texts for people are in `src/text/source.*.ftl`.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The disk, or the user's share of it, is full.
    #[error("{path}: no room left on the disk")]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// The operating system refused or failed.
    #[error("{path}: {source}")]
    NotWritable {
        /// What was being written.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The folder that should be made exists and has something in it.
    #[error("{path}: the folder exists and is not empty")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
}

impl OutputError {
    /// The error of one operation on one path.
    pub fn new(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                OutputError::DiskFull { path: path.to_owned() }
            }
            _ => OutputError::NotWritable { path: path.to_owned(), source },
        }
    }

    /// Every message key, for the test that both languages have them all.
    pub const KEYS: [&'static str; 3] = ["output-disk-full", "output-not-writable", "output-not-empty"];

    /// The key of the sentence that says what happened.
    pub fn key(&self) -> &'static str {
        match self {
            OutputError::DiskFull { .. } => "output-disk-full",
            OutputError::NotWritable { .. } => "output-not-writable",
            OutputError::NotEmpty { .. } => "output-not-empty",
        }
    }

    /// The key of the sentence that says what to do next.
    pub fn hint_key(&self) -> &'static str {
        match self {
            OutputError::DiskFull { .. } => "output-disk-full-hint",
            OutputError::NotWritable { .. } => "output-not-writable-hint",
            OutputError::NotEmpty { .. } => "output-not-empty-hint",
        }
    }

    /// The values of the sentence's variables.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            OutputError::DiskFull { path } | OutputError::NotEmpty { path } => {
                vec![("path", path.display().to_string())]
            }
            OutputError::NotWritable { path, source } => {
                vec![("path", path.display().to_string()), ("detail", source.to_string())]
            }
        }
    }
}

/// Who may read what is written (on Unix; elsewhere the folder decides).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the user's umask lets: reports.
    Usual,
    /// The user alone: evidence and snapshots.
    Owner,
}

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Takes note of a temporary file or folder for as long as it lives.
#[derive(Debug)]
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    pub(crate) fn new(path: &Path) -> Self {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        Unfinished(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Deletes what is being written at this moment. For the handler of Ctrl-C, just before the process ends.
pub fn remove_unfinished() {
    // The lock stays held: a writer that is about to begin waits, and the process ends before it goes on.
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    for path in std::mem::take(&mut *unfinished) {
        // Nobody is left to hear of a failure, and the next path must have its turn.
        let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    }
}

/// The folder that a path is in: `.` for a bare name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Writes a file whole or not at all: a temporary file in the same folder, flushed to the disk, then renamed. What was
/// at `path` before stays as it was until the rename. A symbolic link is followed; a device or a pipe (`/dev/null`) is
/// written directly.
pub fn write_atomically(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), OutputError> {
    write_atomically_with(path, readers, |file| file.write_all(bytes))
}

/// Like [`write_atomically`], for content that is written piece by piece.
pub fn write_atomically_with(
    path: &Path,
    readers: Readers,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), OutputError> {
    let mut file = AtomicFile::create(path, readers)?;
    content(file.writer()).map_err(|error| OutputError::new(path, error))?;
    file.finish()
}

/// A file that grows piece by piece and stands at its place whole or not at all, as with [`write_atomically`].
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// A file that will be renamed.
    Beside(io::BufWriter<tempfile::NamedTempFile>, Unfinished),
    /// A device or a pipe, written directly.
    Device(fs::File),
}

impl AtomicFile {
    /// Begins a file.
    ///
    /// # Errors
    /// When there can be none at this place.
    pub fn create(path: &Path, readers: Readers) -> Result<AtomicFile, OutputError> {
        let failed = |error| OutputError::new(path, error);
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let device = fs::OpenOptions::new().write(true).open(&path).map_err(failed)?;
            return Ok(AtomicFile { path, place: Place::Device(device) });
        }
        let (file, unfinished) = temporary_file(&path, readers).map_err(failed)?;
        Ok(AtomicFile { path, place: Place::Beside(io::BufWriter::new(file), unfinished) })
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        self.writer().write_all(bytes).map_err(|error| OutputError::new(&self.path, error))
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.place {
            Place::Beside(file, _) => file,
            Place::Device(device) => device,
        }
    }

    /// Puts the file at its place.
    ///
    /// # Errors
    /// When not all of it can be written; what was at its place before is still there.
    pub fn finish(self) -> Result<(), OutputError> {
        let path = self.path;
        let failed = |error| OutputError::new(&path, error);
        match self.place {
            Place::Device(mut device) => device.flush().map_err(failed),
            Place::Beside(buffered, _unfinished) => {
                let file = buffered.into_inner().map_err(|error| failed(error.into_error()))?;
                file.as_file().sync_all().map_err(failed)?;
                file.persist(&path).map(|_| ()).map_err(|error| failed(error.error))
            }
        }
    }
}

/// A registered temporary file beside `path`.
pub(crate) fn temporary_file(path: &Path, readers: Readers) -> io::Result<(tempfile::NamedTempFile, Unfinished)> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX);
    #[cfg(unix)]
    if readers == Readers::Usual {
        use std::os::unix::fs::PermissionsExt;
        // The umask takes away what the user does not want others to have.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = readers;
    let file = builder.tempfile_in(folder_of(path))?;
    let unfinished = Unfinished::new(file.path());
    Ok((file, unfinished))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn replaces_a_file_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write_atomically(&path, b"one", Readers::Usual).unwrap();
        write_atomically(&path, b"two", Readers::Usual).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(folder.path()), ["report.json"]);
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write_atomically(&path, b"old", Readers::Usual).unwrap();
        let error = write_atomically_with(&path, Readers::Usual, |file| {
            file.write_all(b"new")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        })
        .unwrap_err();
        assert!(matches!(error, OutputError::DiskFull { .. }), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["report.json"]);
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nowhere").join("report.json");
        let error = write_atomically(&path, b"x", Readers::Usual).unwrap_err();
        assert!(error.to_string().contains("report.json"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn evidence_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evidence.json");
        write_atomically(&path, b"x", Readers::Owner).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.json");
        fs::write(&real, b"old").unwrap();
        let link = folder.path().join("link.json");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_atomically(&link, b"new", Readers::Usual).unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        write_atomically(Path::new("/dev/null"), b"x", Readers::Usual).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn an_unfinished_file_is_registered_while_it_lives() {
        let folder = tempfile::tempdir().unwrap();
        let (file, unfinished) = temporary_file(&folder.path().join("x"), Readers::Owner).unwrap();
        let listed = |path: &Path| UNFINISHED.lock().unwrap().contains(path);
        assert!(listed(file.path()));
        drop(unfinished);
        assert!(!listed(file.path()));
    }
}
