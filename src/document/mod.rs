//! Files that a person writes (profiles, waivers, an organization's catalogue, the configuration): read within bounds, with every
//! mistake kept beside its place, and all of them shown at once.

pub mod diagnostic;
pub(crate) mod nearest;
pub(crate) mod reader;

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::files::people::{self, Content};

pub(crate) use diagnostic::{Argument, Diagnostics, Message, Place, SourceFile};
pub use diagnostic::{Code, Diagnostic, Located, ProfileErrors, Sentences};
pub(crate) use reader::{At, Fields, Reader, Scalar, Value, Written};

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 1024 * 1024;

/// A file as it was found.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    /// Its place, without links and `..`.
    pub(crate) canonical: PathBuf,
    /// What it holds.
    pub(crate) text: String,
}

/// Reads a file that a person wrote: a plain file of UTF-8, not larger than [`LARGEST`]. `asked_at` is the place that names it.
pub(crate) fn open(path: &Path, asked_at: Option<Place>) -> Result<Opened, Box<Diagnostic>> {
    open_as(path, &path.display().to_string(), asked_at)
}

/// The same, with the name that the person knows the file by.
pub(crate) fn open_as(path: &Path, name: &str, asked_at: Option<Place>) -> Result<Opened, Box<Diagnostic>> {
    let unreadable = |reason: Argument| {
        let note = Diagnostic::new(Code::UnreadableFile, asked_at).with("file", name);
        Box::new(note.with("reason", reason))
    };
    let found = people::read(path, LARGEST).map_err(|error| unreadable(error.to_string().into()))?;
    let bytes = match found.content {
        Content::Whole(bytes) => bytes,
        Content::NotAFile => return Err(unreadable(Argument::Message("profile-reason-not-a-file"))),
        Content::TooLarge => {
            let note = Diagnostic::new(Code::FileTooLarge, asked_at).with("file", name).with("limit", LARGEST);
            return Err(Box::new(note));
        }
    };
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Box::new(Diagnostic::new(Code::NotText, asked_at).with("file", name)));
    };
    Ok(Opened { canonical: found.canonical, text })
}

/// The table of a TOML text; `None`, with every mistake noted, when it is not TOML.
pub(crate) fn table<'t>(file: usize, text: &'t str, notes: &mut Diagnostics) -> Option<toml::Spanned<DeTable<'t>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(table);
    }
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        notes.push(Diagnostic::new(Code::NotToml, Place::new(file, span)).with("reason", error.message()));
    }
    None
}
