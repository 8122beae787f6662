//! What an organization has of its own: its folder of profiles, and groups of apps for all of them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::shipped::shipped_text;
use crate::document::{Diagnostics, Place, SourceFile, Written, open};
use crate::files::people;
use crate::profile::document;
use crate::text::Text;

/// Profiles that are listed of one folder.
pub const MOST_LISTED: usize = 200;
/// Entries of a folder that are looked at to find them.
const MOST_ENTRIES: usize = 10_000;

/// Groups of apps that an organization defines once for all its profiles.
#[derive(Clone, Debug, Default)]
pub struct OwnGroups {
    /// The file they stand in, as it is shown in messages.
    pub file_name: String,
    /// The text of that file: mistakes are underlined in it.
    pub file_text: String,
    /// The groups.
    pub groups: Vec<OwnGroup>,
}

/// One group of an organization.
#[derive(Clone, Debug, Default)]
pub struct OwnGroup {
    /// Its name, without `@`.
    pub name: String,
    /// The selector, in the language of [`crate::profile::selector`].
    pub selector: String,
    /// Where the name stands in the text of the file, in bytes.
    pub name_at: Range<usize>,
    /// Where the selector stands, with its quotation marks, in bytes.
    pub selector_at: Range<usize>,
}

impl OwnGroups {
    /// Groups that stand in no file: a text with one line for each is made up, so that mistakes have a place.
    pub fn of(file_name: &str, groups: &BTreeMap<String, String>) -> OwnGroups {
        let mut own = OwnGroups { file_name: file_name.to_string(), ..OwnGroups::default() };
        for (name, selector) in groups {
            let start = own.file_text.len();
            let name_at = start..start + name.len();
            own.file_text.push_str(&format!("{name} = '{selector}'\n"));
            let selector_at = name_at.end + " = ".len()..own.file_text.len() - 1;
            own.groups.push(OwnGroup { name: name.clone(), selector: selector.clone(), name_at, selector_at });
        }
        own
    }
}

/// A profile of an organization's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The word it is called by: the name of its file without `.toml`.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// Its title; empty when the file is broken.
    pub title: Text,
    /// Whether it is made to be extended only.
    pub is_abstract: bool,
    /// Whether the file holds mistakes of form; `poucet profile lint` shows them, and those that only appear with the files it
    /// extends.
    pub is_broken: bool,
    /// Whether a shipped profile has the same id, so that neither can be called by it.
    pub is_ambiguous: bool,
}

/// The profiles of an organization's folder, sorted by id: plain `.toml` files, [`MOST_LISTED`] at most. A folder that cannot be
/// read has none.
pub fn in_folder(folder: &Path) -> Vec<Listed> {
    let listed = |(id, path): (String, PathBuf)| {
        let mut notes = Diagnostics::default();
        let document = open(&path, None).ok().and_then(|opened| document::read(0, &opened.text, &mut notes));
        let is_ambiguous = shipped_text(&id).is_some();
        let is_broken = document.is_none() || !notes.list.is_empty();
        let (title, is_abstract) = document.map(|document| (document.title, document.is_abstract)).unwrap_or_default();
        Listed { id, path, title, is_abstract, is_broken, is_ambiguous }
    };
    stems(folder).into_iter().map(listed).collect()
}

/// The plain `.toml` files of a folder with their names without the ending, sorted.
pub(super) fn stems(folder: &Path) -> BTreeMap<String, PathBuf> {
    let named = people::plain_files(folder, MOST_ENTRIES)
        .filter_map(|(name, path)| Some((name.strip_suffix(".toml")?.to_string(), path)));
    let all: BTreeMap<String, PathBuf> = named.collect();
    all.into_iter().take(MOST_LISTED).collect()
}

/// The organization's groups with their places in a file that is added to those of the family.
pub(super) fn own_groups(own: &OwnGroups, files: &mut Vec<SourceFile>) -> Vec<(String, Place, Written)> {
    let file = files.len();
    files.push(SourceFile { name: own.file_name.clone(), text: own.file_text.clone() });
    let placed = |group: &OwnGroup| {
        let raw = own.file_text.get(group.selector_at.clone()).unwrap_or_default();
        let inner = raw.find(&group.selector).filter(|_| !group.selector.is_empty());
        let written = Written {
            text: group.selector.clone(),
            place: Place::new(file, group.selector_at.clone()),
            inner: inner.map(|offset| group.selector_at.start + offset),
        };
        (group.name.clone(), Place::new(file, group.name_at.clone()), written)
    };
    own.groups.iter().map(placed).collect()
}

/// The file of a plain id in the organization's folder, when there is one.
pub(super) fn own_file(id: &str, folder: &Path) -> Option<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.is_empty() || !id.chars().all(plain) {
        return None;
    }
    let path = folder.join(format!("{id}.toml"));
    people::stands(&path).then_some(path)
}
