//! A folder that is held open, for results in places where others may write too.
//!
//! A name is looked up anew each time it is used, and whoever may write into a folder can put a link, a pipe or another folder under a
//! name that poucet chose. What is written or read here is found below the folder that was opened, not below its name, and the last step
//! is never through a link: a link in the place of a file is replaced. Elsewhere than on Unix, names are used and looked at before.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

#[cfg(unix)]
use rustix::fs::{AtFlags, Mode, OFlags};

use super::fingerprint::hex;
use super::output::{OutputError, Readers, TEMPORARY_PREFIX, Unfinished};

/// How many bytes a result may have to be read again. A report of one phone has some hundred kilobytes.
const LARGEST: u64 = 512 << 20;

/// A folder, held open.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    #[cfg(unix)]
    folder: std::os::fd::OwnedFd,
}

impl Held {
    /// Opens a folder that the person named, and makes it where it is not there.
    ///
    /// # Errors
    /// When there can be none.
    pub fn open(path: &Path) -> Result<Held, OutputError> {
        let failed = |error| OutputError::new(path, error);
        fs::create_dir_all(path).map_err(failed)?;
        #[cfg(unix)]
        let folder = rustix::fs::open(path, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
            .map_err(|error| failed(error.into()))?;
        Ok(Held {
            path: path.to_owned(),
            #[cfg(unix)]
            folder,
        })
    }

    /// Where it is, for people.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a folder in it that is the user's own and nobody else's, and makes it where it is not there.
    ///
    /// # Errors
    /// [`OutputError::ForeignFolder`] for a link, a file, or a folder of another user; else what the operating system said.
    #[cfg(unix)]
    pub fn own(&self, name: &str) -> Result<Held, OutputError> {
        use rustix::io::Errno;
        let path = self.path.join(name);
        let failed = |error: Errno| OutputError::new(&path, error.into());
        match rustix::fs::mkdirat(&self.folder, name, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(failed(error)),
        }
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
        let folder = match rustix::fs::openat(&self.folder, name, flags, Mode::empty()) {
            Ok(folder) => folder,
            Err(Errno::LOOP | Errno::NOTDIR | Errno::MLINK) => return Err(OutputError::ForeignFolder { path }),
            Err(error) => return Err(failed(error)),
        };
        // On a network drive the user may be another than on this computer: a new file tells who.
        let (probe, temporary) = self.temporary(Readers::Owner).map_err(|error| OutputError::new(&self.path, error))?;
        let user = rustix::fs::fstat(&probe);
        let _ = rustix::fs::unlinkat(&self.folder, &temporary.name, AtFlags::empty());
        let (user, found) = (user.map_err(failed)?, rustix::fs::fstat(&folder).map_err(failed)?);
        if user.st_uid != found.st_uid {
            return Err(OutputError::ForeignFolder { path });
        }
        // Not every drive has rights to change, and then others have none that this could take.
        let mode = Mode::from_raw_mode(found.st_mode);
        if mode.intersects(Mode::RWXG | Mode::RWXO) {
            let _ = rustix::fs::fchmod(&folder, mode & Mode::RWXU);
        }
        Ok(Held { path, folder })
    }

    /// As on Unix, as far as names tell.
    ///
    /// # Errors
    /// [`OutputError::ForeignFolder`] for a link or a file; else what the operating system said.
    #[cfg(not(unix))]
    pub fn own(&self, name: &str) -> Result<Held, OutputError> {
        let path = self.path.join(name);
        match fs::create_dir(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(OutputError::new(&path, error)),
        }
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => Ok(Held { path }),
            Ok(_) => Err(OutputError::ForeignFolder { path }),
            Err(error) => Err(OutputError::new(&path, error)),
        }
    }

    /// Reads a file in it, never through a link and never from a pipe or a device.
    ///
    /// # Errors
    /// When there is none, it is something else, or it has more bytes than a result.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let file = self.open_file(name)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        // It may grow while it is read.
        file.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[cfg(unix)]
    fn open_file(&self, name: &str) -> io::Result<File> {
        // A pipe would be waited for.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.folder, name, flags, Mode::empty())?))
    }

    #[cfg(not(unix))]
    fn open_file(&self, name: &str) -> io::Result<File> {
        let path = self.path.join(name);
        if fs::symlink_metadata(&path)?.is_file() { File::open(path) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    /// Writes a file in it whole or not at all. What stands at its place is replaced: a link is not followed, and a file of the user's
    /// own that was closed to others stays closed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8], readers: Readers) -> Result<(), OutputError> {
        let path = self.path.join(name);
        let failed = |error| OutputError::new(&path, error);
        let (mut file, temporary) = self.temporary(readers).map_err(failed)?;
        let written = self
            .narrow(&file, name)
            .and_then(|()| file.write_all(bytes))
            .and_then(|()| file.sync_all())
            .and_then(|()| self.rename(&temporary.name, name));
        if let Err(error) = written {
            // The first failure is the one to tell.
            let _ = self.remove(&temporary.name);
            return Err(failed(error));
        }
        Ok(())
    }

    /// A new file of a name that nobody knows before.
    fn temporary(&self, readers: Readers) -> io::Result<(File, Temporary)> {
        let mut random = [0_u8; 12];
        getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
        let name = format!("{TEMPORARY_PREFIX}{}", hex(&random));
        let unfinished = Unfinished::new(&self.path.join(&name));
        Ok((self.create(&name, readers)?, Temporary { name, _unfinished: unfinished }))
    }

    #[cfg(unix)]
    fn create(&self, name: &str, readers: Readers) -> io::Result<File> {
        let mode = match readers {
            Readers::Owner => 0o600,
            // The umask takes away what the user does not want others to have.
            Readers::Usual => 0o666,
        };
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.folder, name, flags, Mode::from_raw_mode(mode))?))
    }

    #[cfg(not(unix))]
    fn create(&self, name: &str, _readers: Readers) -> io::Result<File> {
        File::create_new(self.path.join(name))
    }

    #[cfg(unix)]
    fn narrow(&self, file: &File, name: &str) -> io::Result<()> {
        let Ok(old) = rustix::fs::statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW) else { return Ok(()) };
        let is_file = rustix::fs::FileType::from_raw_mode(old.st_mode).is_file();
        let new = rustix::fs::fstat(file)?;
        let (most, mode) = (Mode::from_raw_mode(old.st_mode), Mode::from_raw_mode(new.st_mode));
        if is_file && old.st_uid == new.st_uid && !most.contains(mode) {
            rustix::fs::fchmod(file, mode & most)?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn narrow(&self, _file: &File, _name: &str) -> io::Result<()> {
        Ok(())
    }

    #[cfg(unix)]
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.folder, from, &self.folder, to)?)
    }

    #[cfg(not(unix))]
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    #[cfg(unix)]
    fn remove(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.folder, name, AtFlags::empty())?)
    }

    #[cfg(not(unix))]
    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    /// Removes what runs that were killed left half-written, where it is so old that no run can still be at it.
    pub fn sweep(&self, age: Duration) {
        for name in self.leftovers(age) {
            // It is in nobody's way if it stays.
            let _ = self.remove(&name);
        }
    }

    /// Whether a name in it is one of these. Where the folder cannot be listed, nobody knows, and none is.
    #[cfg(unix)]
    pub fn holds(&self, is: impl Fn(&str) -> bool) -> bool {
        let Ok(mut entries) = rustix::fs::Dir::read_from(&self.folder) else { return false };
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_ok_and(&is)))
    }

    /// Whether a name in it is one of these. Where the folder cannot be listed, nobody knows, and none is.
    #[cfg(not(unix))]
    pub fn holds(&self, is: impl Fn(&str) -> bool) -> bool {
        let mut entries = fs::read_dir(&self.path).into_iter().flatten().filter_map(Result::ok);
        entries.any(|entry| entry.file_name().to_str().is_some_and(&is))
    }

    #[cfg(unix)]
    fn leftovers(&self, age: Duration) -> Vec<String> {
        let Ok(entries) = rustix::fs::Dir::read_from(&self.folder) else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().to_str().ok().map(str::to_owned));
        let is_old = |name: &String| {
            let found = rustix::fs::statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW);
            found.is_ok_and(|found| {
                let seconds = u64::try_from(found.st_mtime).unwrap_or(u64::MAX);
                let modified = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
                modified.is_some_and(|modified| modified.elapsed().is_ok_and(|elapsed| elapsed > age))
            })
        };
        names.filter(|name| name.starts_with(TEMPORARY_PREFIX)).filter(is_old).collect()
    }

    #[cfg(not(unix))]
    fn leftovers(&self, age: Duration) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().filter_map(Result::ok);
        let is_old = |entry: &fs::DirEntry| {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|modified: SystemTime| modified.elapsed().is_ok_and(|elapsed| elapsed > age))
        };
        let old = entries.filter(is_old).filter_map(|entry| entry.file_name().into_string().ok());
        old.filter(|name| name.starts_with(TEMPORARY_PREFIX)).collect()
    }
}

/// A file that is being written, and goes when the run is interrupted.
struct Temporary {
    name: String,
    _unfinished: Unfinished,
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    fn held() -> (tempfile::TempDir, Held) {
        let folder = tempfile::tempdir().unwrap();
        let held = Held::open(folder.path()).unwrap();
        (folder, held)
    }

    #[test]
    fn a_link_in_the_place_of_a_file_is_replaced_and_nothing_is_read_through_one() {
        let (folder, held) = held();
        let outside = tempfile::NamedTempFile::new().unwrap();
        fs::write(outside.path(), "precious").unwrap();
        symlink(outside.path(), folder.path().join("fleet.json")).unwrap();
        assert!(held.read("fleet.json").is_err());
        held.write("fleet.json", b"new", Readers::Usual).unwrap();
        assert_eq!(fs::read(outside.path()).unwrap(), b"precious");
        assert_eq!(held.read("fleet.json").unwrap(), b"new");
        assert!(!fs::symlink_metadata(folder.path().join("fleet.json")).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_written_goes_to_the_folder_that_was_opened_whatever_its_name_leads_to() {
        let above = tempfile::tempdir().unwrap();
        let (results, moved, other) = (above.path().join("t"), above.path().join("moved"), above.path().join("other"));
        let held = Held::open(&results).unwrap();
        fs::create_dir(&other).unwrap();
        fs::rename(&results, &moved).unwrap();
        symlink(&other, &results).unwrap();
        held.write("a.txt", b"x", Readers::Usual).unwrap();
        assert_eq!(fs::read(moved.join("a.txt")).unwrap(), b"x");
        assert_eq!(fs::read_dir(&other).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_of_its_own_is_no_link_and_no_file_and_is_closed_to_others() {
        let (folder, held) = held();
        let place = folder.path().join(".poucet");
        symlink("/tmp", &place).unwrap();
        assert!(matches!(held.own(".poucet"), Err(OutputError::ForeignFolder { .. })));
        fs::remove_file(&place).unwrap();
        fs::write(&place, "x").unwrap();
        assert!(matches!(held.own(".poucet"), Err(OutputError::ForeignFolder { .. })));
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o777)).unwrap();
        held.own(".poucet").unwrap().write("r.json", b"x", Readers::Owner).unwrap();
        assert_eq!(fs::metadata(&place).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(place.join("r.json")).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the probe is gone");
    }

    #[test]
    fn a_pipe_in_the_place_of_a_report_is_not_waited_for() {
        let (folder, held) = held();
        let pipe = folder.path().join("a.html");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        if !made.is_ok_and(|status| status.success()) {
            eprintln!("skipped: no mkfifo here");
            return;
        }
        assert!(held.read("a.html").is_err());
    }

    #[test]
    fn only_old_leftovers_go() {
        let (folder, held) = held();
        let old = folder.path().join(format!("{TEMPORARY_PREFIX}old"));
        let file = File::create(&old).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(7200)).unwrap();
        fs::write(folder.path().join(format!("{TEMPORARY_PREFIX}new")), "").unwrap();
        held.sweep(Duration::from_secs(3600));
        assert!(!old.exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
