//! A folder or a zip, seen as a list of named files. Names are relative, with `/`, and never point outside.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::SourceError;

/// Evidence has some dozens of files, an AndroidQF folder with copies of apps some thousands.
const MOST_FILES: usize = 50_000;
/// Deep enough for a bundle's sub-folder inside a folder inside the target.
const DEEPEST: usize = 4;

/// Where files are read from.
pub(crate) enum Place {
    /// A folder on disk.
    Folder,
    /// A zip with a readable directory.
    Zip(Box<ZipArchive<BufReader<File>>>),
}

/// A folder or zip, and the names in it.
pub(crate) struct Container {
    /// The folder or the zip.
    pub(crate) path: PathBuf,
    /// The files' names, sorted.
    pub(crate) names: Vec<String>,
    place: Place,
    inflate_limit: u64,
}

impl Container {
    /// Lists a folder and its sub-folders. Symbolic links inside are not followed.
    pub(crate) fn folder(path: &Path, inflate_limit: u64) -> Result<Self, SourceError> {
        let mut names = Vec::new();
        list_folder(path, "", DEEPEST, &mut names)?;
        names.sort_unstable();
        Ok(Container { path: path.to_owned(), names, place: Place::Folder, inflate_limit })
    }

    /// The files that lie in a folder directly.
    pub(crate) fn top(path: &Path) -> Result<Self, SourceError> {
        let mut names = Vec::new();
        list_folder(path, "", 0, &mut names)?;
        names.sort_unstable();
        Ok(Container { path: path.to_owned(), names, place: Place::Folder, inflate_limit: u64::MAX })
    }

    /// Opens a zip by its directory; a zip that was cut short has none (see [`super::salvage`]).
    pub(crate) fn zip(path: &Path, inflate_limit: u64) -> Result<Self, SourceError> {
        let file = File::open(path).map_err(|error| SourceError::io(path, error))?;
        let damaged = |error: zip::result::ZipError| SourceError::Damaged {
            path: path.to_owned(),
            detail: crate::parse::text::sanitize(&error.to_string(), 200),
        };
        let archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        let mut names = Vec::new();
        for name in archive.file_names() {
            let name = name.map_err(damaged)?;
            if name.ends_with('/') {
                continue;
            }
            if leads_outside(&name) {
                return Err(SourceError::UnsafeName {
                    path: path.to_owned(),
                    file: crate::parse::text::sanitize(&name, 200),
                });
            }
            // Odd names, such as `FS//data`, are no crime in a zip that is never unpacked; nothing that is read has one.
            if !is_safe_name(&name) {
                continue;
            }
            names.push(name.into_owned());
        }
        names.sort_unstable();
        Ok(Container { path: path.to_owned(), names, place: Place::Zip(Box::new(archive)), inflate_limit })
    }

    /// Whether there is a file of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.binary_search_by(|other| other.as_str().cmp(name)).is_ok()
    }

    /// Whether it is a zip.
    pub(crate) fn is_zip(&self) -> bool {
        matches!(self.place, Place::Zip(_))
    }

    /// Opens a file for streaming. Reading beyond the limit of inflation is an error.
    pub(crate) fn open(&mut self, name: &str) -> Result<Box<dyn Read + '_>, SourceError> {
        let limit = self.inflate_limit;
        match &mut self.place {
            Place::Folder => {
                let path = self.path.join(name);
                let file = File::open(&path).map_err(|error| SourceError::io(&path, error))?;
                Ok(Box::new(Limited { inner: file, left: limit }))
            }
            Place::Zip(archive) => {
                let entry = archive.by_name(name).map_err(|error| SourceError::Damaged {
                    path: self.path.join(name),
                    detail: crate::parse::text::sanitize(&error.to_string(), 200),
                })?;
                Ok(Box::new(Limited { inner: entry, left: limit }))
            }
        }
    }

    /// Reads the first bytes of a file; fewer when it is shorter or damaged.
    pub(crate) fn head(&mut self, name: &str, most: usize) -> Vec<u8> {
        self.open(name).map(|reader| read_head(reader, most)).unwrap_or_default()
    }

    /// Reads a file of at most `most` bytes. The second value says why the end is lacking, if it is.
    pub(crate) fn read(&mut self, name: &str, most: usize) -> Result<(Vec<u8>, Option<String>), SourceError> {
        let mut reader = self.open(name)?;
        let mut bytes = Vec::new();
        match reader.as_mut().take(most as u64 + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() > most => {
                bytes.truncate(most);
                Ok((bytes, Some(format!("{name} is larger than {most} bytes"))))
            }
            Ok(_) => Ok((bytes, None)),
            Err(error) => Ok((bytes, Some(error.to_string()))),
        }
    }
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

fn list_folder(folder: &Path, prefix: &str, depth: usize, names: &mut Vec<String>) -> Result<(), SourceError> {
    for entry in fs::read_dir(folder).map_err(|error| SourceError::io(folder, error))? {
        let entry = entry.map_err(|error| SourceError::io(folder, error))?;
        // A name that is no text cannot be cited in a report; what poucet reads has plain names.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(|error| SourceError::io(&entry.path(), error))?;
        if kind.is_dir() && depth > 1 {
            // A sub-folder that may not be read is not the evidence that is looked for.
            let _ = list_folder(&entry.path(), &format!("{prefix}{name}/"), depth - 1, names);
        } else if kind.is_file() {
            names.push(format!("{prefix}{name}"));
        }
        if names.len() > MOST_FILES {
            break;
        }
    }
    Ok(())
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
