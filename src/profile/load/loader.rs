//! Reading a profile with all that it extends.

use std::collections::{BTreeMap, BTreeSet};

use super::locate::{Origin, extended, text};
use super::shipped::shipped_text;
use crate::document::{Code, Diagnostic, Diagnostics, Place, SourceFile};
use crate::files::people;
use crate::profile::document::{self, Document};

/// Profiles that extend each other in one line.
const DEEPEST: usize = 16;
/// Files of one family: width is bounded too, since a folder may hold any number.
const MOST_FILES: usize = 64;

/// The files of a family as they are read.
#[derive(Default)]
pub(super) struct Loader {
    pub(super) files: Vec<SourceFile>,
    /// One for each file; `None` where the file is no TOML.
    pub(super) documents: Vec<Option<Document>>,
    pub(super) parents: Vec<Vec<usize>>,
    known: BTreeMap<Origin, usize>,
    /// The files being read, outermost first.
    open: Vec<usize>,
    pub(super) notes: Diagnostics,
}

impl Loader {
    /// Reads one file and those it extends. `asked_at` is the place that asks for it; the file's own index comes back.
    pub(super) fn file(&mut self, origin: Origin, asked_at: Option<Place>) -> Option<usize> {
        // Before it is opened: files that extend each other many times over are read once.
        let (name, origin) = match origin {
            Origin::Disk(path) => {
                let name = path.display().to_string();
                (name, Origin::Disk(people::canonical(&path).unwrap_or(path)))
            }
            Origin::Shipped(id) => (shipped_text(&id).unwrap_or_default().0.to_string(), Origin::Shipped(id)),
        };
        if let Some(index) = self.known.get(&origin).copied() {
            if self.open.contains(&index) {
                self.notes.push(Diagnostic::new(Code::ExtendsCycle, asked_at).with("name", name));
                return None;
            }
            return Some(index);
        }
        let (origin, text) = match text(origin, &name, asked_at) {
            Ok(found) => found,
            Err(note) => {
                self.notes.push(*note);
                return None;
            }
        };
        if self.open.len() >= DEEPEST || self.files.len() >= MOST_FILES {
            self.notes.push(Diagnostic::new(Code::ExtendsTooDeep, asked_at).with("limit", DEEPEST));
            return None;
        }
        let index = self.files.len();
        let document = document::read(index, &text, &mut self.notes);
        self.files.push(SourceFile { name, text: text.into_owned() });
        self.known.insert(origin.clone(), index);
        self.parents.push(Vec::new());
        self.documents.push(None);
        let document = document?;
        self.open.push(index);
        let mut parents = Vec::new();
        for (count, written) in document.extends.iter().enumerate() {
            if count >= MOST_FILES {
                self.notes.push(Diagnostic::new(Code::ExtendsTooDeep, written.place).with("limit", DEEPEST));
                break;
            }
            match extended(written, &origin) {
                Ok(parent) => parents.extend(self.file(parent, Some(written.place))),
                Err(note) => self.notes.push(*note),
            }
        }
        // A parent that is named twice comes once, where it is named first.
        let mut met = BTreeSet::new();
        parents.retain(|parent| met.insert(*parent));
        self.open.pop();
        if let (Some(place), Some(slot)) = (self.parents.get_mut(index), self.documents.get_mut(index)) {
            *place = parents;
            *slot = Some(document);
        }
        Some(index)
    }
}
