//! A folder or a zip, seen as a list of named files. Names are relative, with `/`, and never point outside.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::SourceError;
use super::ios_backup::payload::without_links;
use crate::evidence::Reason;
use crate::files::plain::plain;
use crate::text::clean::sanitize;

/// Evidence has some dozens of files, an AndroidQF folder with copies of apps some thousands.
const MOST_FILES: usize = 50_000;
/// Deep enough for a bundle's sub-folder inside a folder inside the target.
const DEEPEST: usize = 4;
/// How many entries of a zip are looked at for a password: tools protect all of them or none.
const MOST_LOCKS: usize = 16;

/// The bytes of a zip: a file, or one that was inside another zip.
pub(crate) enum Bytes {
    /// On disk.
    File(BufReader<File>),
    /// In memory.
    Memory(Cursor<Vec<u8>>),
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::File(file) => file.read(buffer),
            Bytes::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Bytes::File(file) => file.seek(to),
            Bytes::Memory(bytes) => bytes.seek(to),
        }
    }
}

/// Where files are read from.
pub(crate) enum Place {
    /// A folder on disk.
    Folder,
    /// A zip with a readable directory.
    Zip(Box<ZipArchive<Bytes>>),
}

/// Something in a folder that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    /// Its name, relative to the container.
    pub(crate) name: String,
    /// [`Reason::Refused`] or [`Reason::Unreadable`].
    pub(crate) reason: Reason,
    /// What the system said.
    pub(crate) said: String,
}

/// A folder or zip, and the names in it.
pub(crate) struct Container {
    /// The folder or the zip.
    pub(crate) path: PathBuf,
    /// The files' names, sorted.
    pub(crate) names: Vec<String>,
    /// Folders in it that may not be listed.
    pub(crate) closed: Vec<Closed>,
    /// Links in it that are not followed: they may lead anywhere on this computer.
    pub(crate) links: Vec<String>,
    /// Whether there are folders so deep that they are not listed.
    pub(crate) is_deep: bool,
    place: Place,
    inflate_limit: u64,
    follow_links: bool,
    /// Files whose names are no text, by the name that stands for theirs.
    paths: BTreeMap<String, PathBuf>,
    /// Entries of a zip whose names are written in another way.
    indexes: BTreeMap<String, usize>,
    /// Names that stand more than once in a zip.
    doubled: BTreeSet<String>,
}

impl Container {
    fn empty(path: &Path, place: Place, inflate_limit: u64) -> Self {
        Container {
            path: path.to_owned(),
            names: Vec::new(),
            closed: Vec::new(),
            links: Vec::new(),
            is_deep: false,
            place,
            inflate_limit,
            follow_links: false,
            paths: BTreeMap::new(),
            indexes: BTreeMap::new(),
            doubled: BTreeSet::new(),
        }
    }

    /// Lists a folder and its sub-folders. Symbolic links inside are followed only where that was asked for.
    pub(crate) fn folder(path: &Path, inflate_limit: u64, follow_links: bool) -> Result<Self, SourceError> {
        let mut container = Container::empty(path, Place::Folder, inflate_limit);
        container.follow_links = follow_links;
        list_folder(path, "", DEEPEST, &mut container)?;
        container.names.sort_unstable();
        container.links.sort_unstable();
        Ok(container)
    }

    /// The files that lie in a folder directly.
    pub(crate) fn top(path: &Path, follow_links: bool) -> Result<Self, SourceError> {
        let mut container = Container::empty(path, Place::Folder, u64::MAX);
        container.follow_links = follow_links;
        list_folder(path, "", 0, &mut container)?;
        container.names.sort_unstable();
        Ok(container)
    }

    /// Opens a zip by its directory; a zip that was cut short has none (see [`super::salvage`]).
    pub(crate) fn zip(path: &Path, inflate_limit: u64) -> Result<Self, SourceError> {
        let file = File::open(path).map_err(|error| SourceError::io(path, error))?;
        Self::archive(path, Bytes::File(BufReader::new(file)), inflate_limit)
    }

    /// Opens a zip that is in memory; `path` is its name for people.
    pub(crate) fn memory(path: &Path, bytes: Vec<u8>, inflate_limit: u64) -> Result<Self, SourceError> {
        Self::archive(path, Bytes::Memory(Cursor::new(bytes)), inflate_limit)
    }

    fn archive(path: &Path, bytes: Bytes, inflate_limit: u64) -> Result<Self, SourceError> {
        let damaged = |detail: &str| SourceError::Damaged { path: path.to_owned(), detail: sanitize(detail, 200) };
        let archive = ZipArchive::new(bytes).map_err(|error| damaged(&error.to_string()))?;
        let mut container = Container::empty(path, Place::Folder, inflate_limit);
        for (index, name) in archive.file_names().enumerate() {
            let name = name.map_err(|error| damaged(&error.to_string()))?;
            if name.ends_with('/') {
                continue;
            }
            if leads_outside(&name) {
                return Err(SourceError::UnsafeName { path: path.to_owned(), file: sanitize(&name, 200) });
            }
            let name = match name.contains('\\') && !name.contains('/') {
                // Some programs of Windows write their own separator.
                true => {
                    let plain = name.replace('\\', "/");
                    container.indexes.insert(plain.clone(), index);
                    plain
                }
                false => name.into_owned(),
            };
            // Odd names, such as `FS//data`, are no crime in a zip that is never unpacked; nothing that is read has one.
            if is_safe_name(&name) {
                container.names.push(name);
            }
        }
        container.names.sort_unstable();
        container.doubled =
            container.names.windows(2).filter(|pair| pair.first() == pair.last()).flatten().cloned().collect();
        container.names.dedup();
        let mut archive = archive;
        if archive.has_duplicate_names() {
            let start = archive.central_directory_start();
            let mut bytes = archive.into_inner();
            let twice = doubled(&mut bytes, start).map_err(|error| damaged(&error.to_string()))?;
            // Where nobody can tell which they are, it may be any of them.
            container.doubled.extend(if twice.is_empty() { container.names.clone() } else { twice });
            archive = ZipArchive::new(bytes).map_err(|error| damaged(&error.to_string()))?;
        }
        container.place = Place::Zip(Box::new(archive));
        Ok(container)
    }

    /// Whether there is a file of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.binary_search_by(|other| other.as_str().cmp(name)).is_ok()
    }

    /// Whether it is a zip.
    pub(crate) fn is_zip(&self) -> bool {
        matches!(self.place, Place::Zip(_))
    }

    /// Whether it is a zip whose entries cannot be read without a password.
    pub(crate) fn needs_password(&mut self) -> bool {
        let Place::Zip(archive) = &mut self.place else { return false };
        (0..archive.len().min(MOST_LOCKS)).any(|index| archive.by_index_raw(index).is_ok_and(|entry| entry.encrypted()))
    }

    /// Where a file of a folder lies.
    pub(crate) fn place_of(&self, name: &str) -> PathBuf {
        self.path.join(self.paths.get(name).map_or(Path::new(name), PathBuf::as_path))
    }

    /// Opens a file for streaming, byte for byte. Reading beyond the limit of inflation is an error.
    pub(crate) fn open(&mut self, name: &str) -> Result<Box<dyn Read + '_>, SourceError> {
        let limit = self.inflate_limit;
        if self.doubled.contains(name) {
            return Err(SourceError::Doubled { path: self.path.clone(), file: sanitize(name, 200) });
        }
        match &mut self.place {
            Place::Folder => {
                let path = self.path.join(self.paths.get(name).map_or(Path::new(name), PathBuf::as_path));
                let mut options = OpenOptions::new();
                options.read(true);
                // What was listed as a file may have become a link since.
                if !self.follow_links {
                    without_links(&mut options);
                }
                let file = options.open(&path).map_err(|error| SourceError::io(&path, error))?;
                Ok(Box::new(Limited { inner: file, left: limit }))
            }
            Place::Zip(archive) => {
                let entry = match self.indexes.get(name) {
                    Some(index) => archive.by_index(*index),
                    None => archive.by_name(name),
                };
                let entry = entry.map_err(|error| SourceError::Damaged {
                    path: self.path.join(name),
                    detail: sanitize(&error.to_string(), 200),
                })?;
                let limit = limit.min(fair(entry.compressed_size()));
                Ok(Box::new(Limited { inner: entry, left: limit }))
            }
        }
    }

    /// Opens a text for streaming, unpacked and in UTF-8 whatever it was saved in (see [`super::plain`]).
    pub(crate) fn text(&mut self, name: &str) -> Result<Box<dyn Read + '_>, SourceError> {
        let limit = self.inflate_limit;
        Ok(Box::new(Limited { inner: plain(self.open(name)?), left: limit }))
    }

    /// Reads the first bytes of a text; fewer when it is shorter or damaged.
    pub(crate) fn head(&mut self, name: &str, most: usize) -> Vec<u8> {
        self.text(name).map(|reader| read_head(reader, most)).unwrap_or_default()
    }

    /// Reads a text of at most `most` bytes. The second value says why the end is lacking, if it is.
    pub(crate) fn read(&mut self, name: &str, most: usize) -> Result<(Vec<u8>, Option<String>), SourceError> {
        let place = self.place_of(name);
        let mut reader = self.text(name)?;
        let mut bytes = Vec::new();
        match reader.as_mut().take(most as u64 + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() > most => {
                bytes.truncate(most);
                Ok((bytes, Some(format!("{name} is larger than {most} bytes"))))
            }
            Ok(_) => Ok((bytes, None)),
            // Where nothing came, the file was not read at all.
            Err(error) if bytes.is_empty() => Err(SourceError::io(&place, error)),
            Err(error) => Ok((bytes, Some(error.to_string()))),
        }
    }
}

/// The most bytes that an entry of a zip may unfold to, by its packed size: bug reports unfold to some twelve times, and what is made to
/// fill the memory to a thousand.
fn fair(packed: u64) -> u64 {
    const MOST_TIMES: u64 = 100;
    const ALWAYS: u64 = 32 << 20;
    packed.saturating_mul(MOST_TIMES).max(ALWAYS)
}

/// The names that stand more than once in a zip's directory, which begins at `start` (APPNOTE.TXT 4.3.12).
fn doubled(bytes: &mut Bytes, start: u64) -> io::Result<Vec<String>> {
    const SIGNATURE: &[u8] = b"PK\x01\x02";
    const HEADER: usize = 46;
    bytes.seek(SeekFrom::Start(start))?;
    let mut reader = BufReader::new(bytes);
    let (mut seen, mut twice) = (BTreeSet::new(), Vec::new());
    while seen.len() <= MOST_FILES {
        let mut header = [0u8; HEADER];
        if reader.read_exact(&mut header).is_err() || !header.starts_with(SIGNATURE) {
            break;
        }
        let short =
            |at: usize| header.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |two| u16::from_le_bytes(*two));
        let mut name = vec![0u8; usize::from(short(28))];
        reader.read_exact(&mut name)?;
        let rest = u64::from(short(30)) + u64::from(short(32));
        io::copy(&mut reader.by_ref().take(rest), &mut io::sink())?;
        if !seen.insert(name.clone()) {
            twice.extend(String::from_utf8(name));
        }
    }
    Ok(twice)
}

/// Reads up to `most` bytes, and what there is of them when the reader fails.
pub(crate) fn read_head(reader: impl Read, most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read before a failure is in `bytes`, and the failure shows again when the file is read whole.
    let _ = reader.take(most as u64).read_to_end(&mut bytes);
    bytes
}

/// A relative name with `/`, without parts that lead elsewhere on any operating system.
pub(crate) fn is_safe_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('/')
        && !name.contains(['\\', '\0'])
        && name.as_bytes().get(1..3) != Some(b":/")
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// A name made to be written somewhere else by whoever unpacks it.
fn leads_outside(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part == "..")
}

fn list_folder(folder: &Path, prefix: &str, depth: usize, into: &mut Container) -> Result<(), SourceError> {
    for entry in fs::read_dir(folder).map_err(|error| SourceError::io(folder, error))? {
        let entry = entry.map_err(|error| SourceError::io(folder, error))?;
        let mut kind = entry.file_type().map_err(|error| SourceError::io(&entry.path(), error))?;
        let is_link = kind.is_symlink();
        if is_link && into.follow_links {
            match followed(folder, &entry.path()) {
                Some(real) => kind = real,
                None => continue,
            }
        }
        let name = match entry.file_name().into_string() {
            Ok(name) => format!("{prefix}{name}"),
            // A name that is no text is cited by one that looks like it.
            Err(name) => {
                let shown = format!("{prefix}{}", name.to_string_lossy());
                let path = entry.path();
                let path = path.strip_prefix(&into.path).map(Path::to_owned).unwrap_or(path);
                if kind.is_file() {
                    into.paths.insert(shown.clone(), path);
                }
                shown
            }
        };
        if kind.is_symlink() {
            into.links.push(name);
        } else if kind.is_dir() && depth > 1 {
            // What is in it cannot be known, which is another thing than that nothing is.
            match list_folder(&entry.path(), &format!("{name}/"), depth - 1, into) {
                Ok(()) => {}
                Err(error) => into.closed.push(Closed::new(name, &error)),
            }
        } else if kind.is_dir() {
            into.is_deep |= depth == 1;
        } else if kind.is_file() {
            into.names.push(name);
        }
        if into.names.len() > MOST_FILES {
            break;
        }
    }
    Ok(())
}

/// What a link in a folder leads to; `None` where that is nothing, or a folder above, which would lead round in a circle.
fn followed(folder: &Path, link: &Path) -> Option<fs::FileType> {
    let kind = fs::metadata(link).ok()?.file_type();
    let leads_up = || Some(fs::canonicalize(folder).ok()?.starts_with(fs::canonicalize(link).ok()?));
    (!kind.is_dir() || leads_up() == Some(false)).then_some(kind)
}

impl Closed {
    /// What an error says of something that is there.
    pub(crate) fn new(name: String, error: &SourceError) -> Closed {
        let (reason, said) = told(error);
        Closed { name, reason, said }
    }
}

/// Why something that is there cannot be read, and in which words of the system.
pub(crate) fn told(error: &SourceError) -> (Reason, String) {
    let (reason, said) = match error {
        SourceError::Io { source, .. } => (reason_of(source), source.to_string()),
        SourceError::BackupRefused { .. } => {
            (Reason::Refused, io::Error::from(io::ErrorKind::PermissionDenied).to_string())
        }
        SourceError::Damaged { detail, .. } => (Reason::Unreadable, detail.clone()),
        error => (Reason::Unreadable, error.to_string()),
    };
    (reason, sanitize(&said, 200))
}

fn reason_of(error: &io::Error) -> Reason {
    if error.kind() == io::ErrorKind::PermissionDenied { Reason::Refused } else { Reason::Unreadable }
}

/// A reader that fails beyond a number of bytes.
pub(crate) struct Limited<R> {
    pub(crate) inner: R,
    pub(crate) left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, "more bytes than evidence can have"))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_outside_are_unsafe() {
        for name in ["../x", "a/../../x", "/etc/passwd", "C:/x", "a\\..\\x", "", "a//b", "./x", "a\0"] {
            assert!(!is_safe_name(name), "{name:?}");
        }
        for name in ["dumpsys.txt", "poucet/users.txt", "lshal-debug/android.hardware.audio@4.0::IDevices", "..x"] {
            assert!(is_safe_name(name), "{name:?}");
        }
    }

    #[test]
    fn a_limited_reader_fails_beyond_its_limit() {
        let mut bytes = Vec::new();
        assert!(Limited { inner: &[0u8; 10][..], left: 10 }.read_to_end(&mut bytes).is_ok());
        assert!(Limited { inner: &[0u8; 11][..], left: 10 }.read_to_end(&mut bytes).is_err());
    }
}
