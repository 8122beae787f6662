//! Folders and zips that take the files of a bundle one after the other.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Write};
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt as _;

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use crate::files::fingerprint::hex;
use crate::files::output::{folder_of, private_folder};

/// A place that takes files one after the other.
pub(super) trait Sink {
    fn file(&mut self, name: &str, content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()>;
}

pub(super) struct FolderSink {
    pub(super) root: std::path::PathBuf,
}

impl Sink for FolderSink {
    fn file(&mut self, name: &str, content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let path = self.root.join(name);
        private_folder(folder_of(&path))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = BufWriter::with_capacity(1 << 17, options.open(path)?);
        content(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()
    }
}

/// A place that takes everything once it has failed, and keeps why. The library finishes an archive whatever happens, and
/// prints on standard error where it cannot.
pub(super) struct Patient<W> {
    pub(super) inner: W,
    pub(super) failed: Option<io::Error>,
    /// Where the next byte would go, and how far bytes go.
    pub(super) position: u64,
    pub(super) end: u64,
}

impl<W> Patient<W> {
    pub(super) fn new(inner: W) -> Self {
        Patient { inner, failed: None, position: 0, end: 0 }
    }

    fn advance(&mut self, count: usize) -> usize {
        self.position += count as u64;
        self.end = self.end.max(self.position);
        count
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut count = bytes.len();
        if self.failed.is_none() {
            match self.inner.write(bytes) {
                Ok(written) => count = written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => self.failed = Some(error),
            }
        }
        Ok(self.advance(count))
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed.is_none() {
            self.failed = self.inner.flush().err();
        }
        Ok(())
    }
}

impl<W: io::Seek> io::Seek for Patient<W> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let place = match to {
            io::SeekFrom::Start(place) => Some(place),
            io::SeekFrom::Current(by) => self.position.checked_add_signed(by),
            io::SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        let place = place.ok_or(io::ErrorKind::InvalidInput)?;
        if self.failed.is_none() {
            self.failed = self.inner.seek(io::SeekFrom::Start(place)).err();
        }
        self.position = place;
        Ok(place)
    }
}

pub(super) struct ZipSink<W: Write + io::Seek> {
    pub(super) writer: zip::ZipWriter<W>,
    /// The one folder at the top, without its `/`.
    pub(super) folder: String,
}

impl<W: Write + io::Seek> Sink for ZipSink<W> {
    fn file(&mut self, name: &str, content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        // No time of day in the entries: the same evidence gives the same bytes.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        self.writer.start_file(format!("{}/{name}", self.folder), options)?;
        content(&mut self.writer)
    }
}

/// Writes through, and keeps the digest and the position.
pub(super) struct Counted<'a> {
    pub(super) inner: &'a mut dyn Write,
    pub(super) digest: Sha256,
    pub(super) offset: u64,
    pub(super) lines: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write_all(bytes)?;
        self.digest.update(bytes);
        self.offset += bytes.len() as u64;
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Every file with its size in bytes, in the order of writing.
    pub files: Vec<(String, u64)>,
}

/// Writes files to a sink and takes note of their digests.
pub(super) struct Files<'a> {
    pub(super) sink: &'a mut dyn Sink,
    pub(super) hashes: BTreeMap<String, String>,
    pub(super) written: Written,
}

impl Files<'_> {
    pub(super) fn add(
        &mut self,
        name: &str,
        mut content: impl FnMut(&mut Counted<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut end = None;
        self.sink.file(name, &mut |inner| {
            let mut counted = Counted { inner, digest: Sha256::new(), offset: 0, lines: 0 };
            content(&mut counted)?;
            end = Some((hex(&counted.digest.finalize()), counted.offset));
            Ok(())
        })?;
        if let Some((hash, bytes)) = end {
            self.hashes.insert(name.to_owned(), hash);
            self.written.files.push((name.to_owned(), bytes));
        }
        Ok(())
    }
}
