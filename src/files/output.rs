//! Writing files whole or not at all, and knowing which unfinished ones to delete when the run is interrupted.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
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
    /// The file is a link that another user made: it may lead to any file of the person who writes.
    #[error("{path}: a link that another user made")]
    ForeignLink {
        /// The link.
        path: PathBuf,
    },
    /// In place of a folder of poucet's own there is a link, a file, or a folder that another user made.
    #[error("{path}: no folder of this user")]
    ForeignFolder {
        /// What stands there.
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
    pub const KEYS: [&'static str; 5] =
        ["output-disk-full", "output-not-writable", "output-not-empty", "output-foreign-link", "output-foreign-folder"];

    /// The key of the sentence that says what happened.
    pub fn key(&self) -> &'static str {
        match self {
            OutputError::DiskFull { .. } => "output-disk-full",
            OutputError::NotWritable { .. } => "output-not-writable",
            OutputError::NotEmpty { .. } => "output-not-empty",
            OutputError::ForeignLink { .. } => "output-foreign-link",
            OutputError::ForeignFolder { .. } => "output-foreign-folder",
        }
    }

    /// The key of the sentence that says what to do next.
    pub fn hint_key(&self) -> &'static str {
        match self {
            OutputError::DiskFull { .. } => "output-disk-full-hint",
            OutputError::NotWritable { .. } => "output-not-writable-hint",
            OutputError::NotEmpty { .. } => "output-not-empty-hint",
            OutputError::ForeignLink { .. } => "output-foreign-link-hint",
            OutputError::ForeignFolder { .. } => "output-foreign-folder-hint",
        }
    }

    /// The values of the sentence's variables.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            OutputError::DiskFull { path }
            | OutputError::NotEmpty { path }
            | OutputError::ForeignLink { path }
            | OutputError::ForeignFolder { path } => {
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
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        let _ = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    }
}

/// The folder that a path is in: `.` for a bare name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// How many links may lead to a file, one after the other; Linux follows as many.
const MOST_LINKS: usize = 40;

/// Where a name leads that a person gave for a result: through links of the person's own or of the administrator, also to
/// what is not there yet. Anybody may put a link into a folder like `/tmp`, so that one of another user is not followed.
///
/// # Errors
/// [`OutputError::ForeignLink`], or what the operating system said.
pub(crate) fn place_of(path: &Path) -> Result<PathBuf, OutputError> {
    let failed = |error| OutputError::new(path, error);
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&place) {
            Ok(metadata) if metadata.is_symlink() => {
                if !is_trusted(&metadata) {
                    return Err(OutputError::ForeignLink { path: path.to_owned() });
                }
                // What leads to a pipe need not have a name behind it (`/dev/stdout`).
                if is_device(&place) {
                    return Ok(place);
                }
                place = folder_of(&place).join(fs::read_link(&place).map_err(failed)?);
            }
            // What is wrong with it is said when it is written.
            _ => return Ok(place),
        }
    }
    Err(failed(io::ErrorKind::InvalidInput.into()))
}

/// Whether a path leads to something that is written directly: a device or a pipe.
fn is_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Whether the user or the administrator made it. Elsewhere than on Unix, to make a link is a right by itself.
#[cfg(unix)]
fn is_trusted(metadata: &fs::Metadata) -> bool {
    metadata.uid() == 0 || is_own(metadata)
}

#[cfg(not(unix))]
fn is_trusted(_metadata: &fs::Metadata) -> bool {
    true
}

#[cfg(unix)]
fn is_own(metadata: &fs::Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Takes from a new file the rights that the user's file at its place does not give: who closed a report wants it closed.
#[cfg(unix)]
fn narrow(file: &fs::File, path: &Path) -> io::Result<()> {
    let Ok(old) = fs::symlink_metadata(path) else { return Ok(()) };
    if old.is_file() && is_own(&old) { restrict(file, old.mode()) } else { Ok(()) }
}

#[cfg(not(unix))]
fn narrow(_file: &fs::File, _path: &Path) -> io::Result<()> {
    Ok(())
}

/// Leaves a file the rights that are in `most` as well.
#[cfg(unix)]
fn restrict(file: &fs::File, most: u32) -> io::Result<()> {
    let mode = file.metadata()?.mode() & 0o777;
    if mode & most == mode { Ok(()) } else { file.set_permissions(fs::Permissions::from_mode(mode & most)) }
}

/// Makes a folder, and those above it that are not there, for the user alone, whatever the umask lets.
///
/// # Errors
/// What the operating system says.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path)
}

/// Takes from others the right to write into the user's own folder or file, or any right: where they may, they put another key in place
/// of the user's. What is not the user's stays as it is.
///
/// # Errors
/// What the operating system says.
pub fn close_to_others(path: &Path, readers: Readers) -> io::Result<()> {
    #[cfg(unix)]
    {
        let metadata = fs::metadata(path)?;
        let most = if readers == Readers::Owner { 0o700 } else { 0o7755 };
        let mode = metadata.mode() & 0o7777;
        if is_own(&metadata) && mode & most != mode {
            return fs::set_permissions(path, fs::Permissions::from_mode(mode & most));
        }
    }
    #[cfg(not(unix))]
    let _ = (path, readers);
    Ok(())
}

/// Writes a file whole or not at all: a temporary file in the same folder, flushed to the disk, then renamed. What was
/// at `path` before stays as it was until the rename, and gives its rights where they are fewer. A symbolic link is followed where the
/// user or the administrator made it; a device or a pipe (`/dev/null`) is written directly.
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
        let path = place_of(path)?;
        if is_device(&path) {
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
        // The umask takes away what the user does not want others to have.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = readers;
    let file = builder.tempfile_in(folder_of(path))?;
    let unfinished = Unfinished::new(file.path());
    narrow(file.as_file(), path)?;
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
        fs::remove_file(&real).unwrap();
        write_atomically(&link, b"again", Readers::Usual).unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"again", "a link that leads to nothing yet");
        write_atomically(Path::new("/dev/null"), b"x", Readers::Usual).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_closed_stays_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        for (before, readers, after) in [(0o600, Readers::Usual, 0o600), (0o666, Readers::Owner, 0o600)] {
            fs::write(&path, b"old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
            write_atomically(&path, b"new", readers).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, after, "{before:o}");
        }
    }

    #[test]
    fn links_that_lead_round_in_a_circle_are_an_error() {
        #[cfg(unix)]
        {
            let folder = tempfile::tempdir().unwrap();
            let (one, other) = (folder.path().join("one"), folder.path().join("other"));
            std::os::unix::fs::symlink(&one, &other).unwrap();
            std::os::unix::fs::symlink(&other, &one).unwrap();
            assert!(write_atomically(&one, b"x", Readers::Usual).is_err());
        }
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
