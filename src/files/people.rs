//! Files that people write: where they stand, and what is in them, read within bounds and never waited for.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// A file as it was found.
pub(crate) struct Found {
    /// Its place, without links and `..`.
    pub(crate) canonical: PathBuf,
    /// What it holds.
    pub(crate) content: Content,
}

/// What a file holds.
pub(crate) enum Content {
    /// All of it.
    Whole(Vec<u8>),
    /// More than the bound.
    TooLarge,
    /// Nothing to be read as a file: a folder, a pipe, a device.
    NotAFile,
}

/// Reads a plain file of `most` bytes at most.
///
/// # Errors
/// What the system says when the file is not there or cannot be read.
pub(crate) fn read(path: &Path, most: usize) -> io::Result<Found> {
    let canonical = path.canonicalize()?;
    // A pipe or a device would be waited for without end.
    if !canonical.is_file() {
        return Ok(Found { canonical, content: Content::NotAFile });
    }
    let file = File::open(&canonical)?;
    let mut bytes = Vec::new();
    file.take(u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
    let content = if bytes.len() > most { Content::TooLarge } else { Content::Whole(bytes) };
    Ok(Found { canonical, content })
}

/// The plain files of a folder with their names, of `most` entries that are looked at. A folder that cannot be read has none, and
/// links do not count.
pub(crate) fn plain_files(folder: &Path, most: usize) -> impl Iterator<Item = (String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(most);
    let plain = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    plain.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
}

/// The place of a file without links and `..`.
///
/// # Errors
/// What the system says when it is not there.
pub(crate) fn canonical(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

/// Whether there is a plain file, or a link to one.
pub(crate) fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Whether anything stands there, be it a link that leads nowhere.
pub(crate) fn stands(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
