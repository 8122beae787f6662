//! Finding and reading profile files: those that ship in the program, and those on disk.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::Profile;
use super::document::{self, Document};
use super::resolve::{self, Family, Resolved};
use super::tailored::{self, Tailored};
use crate::catalog::Catalog;
use crate::document::{Code, Diagnostic, Diagnostics, Message, Place, ProfileErrors, SourceFile, Written, open};
use crate::text::Text;

/// Profiles that extend each other in one line.
const DEEPEST: usize = 16;
/// Files of one family: width is bounded too, since a folder may hold any number.
const MOST_FILES: usize = 64;

/// The profiles that ship, by id.
const SHIPPED: &[(&str, &str, &str)] = &[
    ("base", "profiles/base.toml", include_str!("../../profiles/base.toml")),
    ("byod", "profiles/byod.toml", include_str!("../../profiles/byod.toml")),
    ("cis-android", "profiles/cis-android.toml", include_str!("../../profiles/cis-android.toml")),
    ("cis-ios", "profiles/cis-ios.toml", include_str!("../../profiles/cis-ios.toml")),
    (
        "communications-team",
        "profiles/communications-team.toml",
        include_str!("../../profiles/communications-team.toml"),
    ),
    (
        "government-of-canada",
        "profiles/government-of-canada.toml",
        include_str!("../../profiles/government-of-canada.toml"),
    ),
    ("high-risk", "profiles/high-risk.toml", include_str!("../../profiles/high-risk.toml")),
    ("location-off", "profiles/location-off.toml", include_str!("../../profiles/location-off.toml")),
    ("minors", "profiles/minors.toml", include_str!("../../profiles/minors.toml")),
    ("precautionary", "profiles/precautionary.toml", include_str!("../../profiles/precautionary.toml")),
];

/// A profile that ships with poucet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// The word it is called by.
    pub id: &'static str,
    /// Its title.
    pub title: Text,
    /// Whether it is made to be extended only.
    pub is_abstract: bool,
    /// The file as it is written, comments and all.
    pub text: &'static str,
}

/// The profiles that ship, sorted by id.
pub fn shipped() -> Vec<Shipped> {
    let mut found = Vec::new();
    for (id, _, text) in SHIPPED {
        let document = document::read(0, text, &mut Diagnostics::default());
        let (title, is_abstract) = document.map(|document| (document.title, document.is_abstract)).unwrap_or_default();
        found.push(Shipped { id, title, is_abstract, text });
    }
    found
}

/// Reads a profile, by the id of one that ships or by the path of a file, with all that it extends.
///
/// A profile may extend shipped ones by id, and files of its own folder by name (`"ours"` is `ours.toml` beside it).
///
/// # Errors
/// Every mistake in it and in the files it extends, each with its place. A wrong profile judges nothing. An abstract profile loads;
/// refusing to judge with it is the caller's part.
pub fn load(reference: &str, catalog: &Catalog) -> Result<Profile, ProfileErrors> {
    let mut loader = Loader::default();
    let origin = if shipped_text(reference).is_some() {
        Some(Origin::Shipped(reference.to_string()))
    } else if looks_like_a_path(reference) {
        Some(Origin::Disk(PathBuf::from(reference)))
    } else {
        let note = Diagnostic::new(Code::UnknownProfile, None).with("name", reference);
        loader.notes.push(note.suggest(reference, SHIPPED.iter().map(|(id, _, _)| *id)));
        None
    };
    let root = origin.and_then(|origin| loader.file(origin, None));
    let Loader { files, documents, parents, mut notes, .. } = loader;
    let documents: Vec<Document> = documents.into_iter().flatten().collect();
    let whole = documents.len() == parents.len();
    let (Some(root), true) = (root, whole) else {
        return Err(ProfileErrors::new(files, notes));
    };
    let family = Family { documents: &documents, parents: &parents };
    let resolved = resolve::resolve(family, root, catalog, &mut notes);
    let Some(document) = documents.get(root).filter(|_| notes.list.is_empty()) else {
        return Err(ProfileErrors::new(files, notes));
    };
    let tailored = tailoring(family, root, &resolved, catalog);
    let profile = Profile {
        id: document.id.clone(),
        version: document.version.clone(),
        title: document.title.clone(),
        note: document.note.clone(),
        sha256: String::new(),
        is_abstract: document.is_abstract,
        platform: document.platform,
        strict: resolved.strict,
        rules: resolved.rules.into_values().collect(),
        privacy: resolved.privacy,
        tailored,
    };
    Ok(profile.sealed())
}

/// What a profile and those it extends change in inherited rules. A parent that is wrong by itself, and right in this family, is
/// passed over: there is nothing to compare with.
fn tailoring(family: Family<'_>, root: usize, resolved: &Resolved, catalog: &Catalog) -> Vec<Tailored> {
    let mut cache: BTreeMap<usize, Option<Resolved>> = BTreeMap::new();
    let mut waiting = vec![root];
    let mut found: Vec<Tailored> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    while let Some(child) = waiting.pop() {
        if !seen.insert(child) {
            continue;
        }
        for parent in family.parents.get(child).into_iter().flatten() {
            waiting.push(*parent);
            for profile in [child, *parent] {
                cache.entry(profile).or_insert_with(|| {
                    let mut notes = Diagnostics::default();
                    let resolved = resolve::resolve(family, profile, catalog, &mut notes);
                    notes.list.is_empty().then_some(resolved)
                });
            }
            let name = |profile: usize| family.documents.get(profile).map_or("", |document| document.id.as_str());
            let child_resolved =
                if child == root { Some(resolved) } else { cache.get(&child).and_then(Option::as_ref) };
            if let (Some(before), Some(after)) = (cache.get(parent).and_then(Option::as_ref), child_resolved) {
                found.extend(tailored::compare((name(*parent), before), (name(child), after)));
            }
        }
    }
    found.sort_by(|left, right| {
        (!left.looser, &left.rule, &left.profile).cmp(&(!right.looser, &right.rule, &right.profile))
    });
    found
}

fn shipped_text(id: &str) -> Option<(&'static str, &'static str)> {
    SHIPPED.iter().find(|(known, _, _)| *known == id).map(|(_, name, text)| (*name, *text))
}

fn looks_like_a_path(reference: &str) -> bool {
    reference.contains(['/', '\\']) || reference.ends_with(".toml") || Path::new(reference).is_file()
}

/// Where a profile comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Shipped(String),
    Disk(PathBuf),
}

#[derive(Default)]
struct Loader {
    files: Vec<SourceFile>,
    /// One for each file; `None` where the file is no TOML.
    documents: Vec<Option<Document>>,
    parents: Vec<Vec<usize>>,
    known: BTreeMap<Origin, usize>,
    /// The files being read, outermost first.
    open: Vec<usize>,
    notes: Diagnostics,
}

impl Loader {
    /// Reads one file and those it extends. `asked_at` is the place that asks for it; the file's own index comes back.
    fn file(&mut self, origin: Origin, asked_at: Option<Place>) -> Option<usize> {
        let (origin, name, text) = match self.text(origin, asked_at) {
            Ok(found) => found,
            Err(note) => {
                self.notes.push(*note);
                return None;
            }
        };
        if let Some(index) = self.known.get(&origin).copied() {
            if self.open.contains(&index) {
                let note = Diagnostic::new(Code::ExtendsCycle, asked_at).with("name", name);
                self.notes.push(note);
                return None;
            }
            return Some(index);
        }
        if self.open.len() >= DEEPEST || self.files.len() >= MOST_FILES {
            self.notes.push(Diagnostic::new(Code::ExtendsTooDeep, asked_at).with("limit", DEEPEST));
            return None;
        }
        let index = self.files.len();
        let document = document::read(index, &text, &mut self.notes);
        self.files.push(SourceFile { name, text });
        self.known.insert(origin.clone(), index);
        self.parents.push(Vec::new());
        self.documents.push(None);
        let document = document?;
        self.open.push(index);
        let mut parents = Vec::new();
        for written in &document.extends {
            match extended(written, &origin) {
                Ok(parent) => parents.extend(self.file(parent, Some(written.place))),
                Err(note) => self.notes.push(*note),
            }
        }
        self.open.pop();
        if let (Some(place), Some(slot)) = (self.parents.get_mut(index), self.documents.get_mut(index)) {
            *place = parents;
            *slot = Some(document);
        }
        Some(index)
    }

    /// The text of a profile, with the name to show and the origin made comparable.
    fn text(&self, origin: Origin, asked_at: Option<Place>) -> Result<(Origin, String, String), Box<Diagnostic>> {
        let path = match origin {
            Origin::Shipped(id) => {
                let (name, text) = shipped_text(&id).unwrap_or_default();
                return Ok((Origin::Shipped(id), name.to_string(), text.to_string()));
            }
            Origin::Disk(path) => path,
        };
        let opened = open(&path, asked_at)?;
        Ok((Origin::Disk(opened.canonical), path.display().to_string(), opened.text))
    }
}

/// Where a name in `extends` leads: a shipped profile, or a file in the folder of the file that says so.
fn extended(written: &Written, from: &Origin) -> Result<Origin, Box<Diagnostic>> {
    let name = written.text.as_str();
    if shipped_text(name).is_some() {
        return Ok(Origin::Shipped(name.to_string()));
    }
    let unknown = || {
        let note = Diagnostic::new(Code::UnknownProfile, written.place).with("name", name);
        Box::new(note.suggest(name, SHIPPED.iter().map(|(id, _, _)| *id)))
    };
    let Origin::Disk(path) = from else { return Err(unknown()) };
    let outside = || {
        let note = Diagnostic::new(Code::ExtendsOutside, written.place).with("name", name);
        Box::new(note.hint(Message::new("profile-hint-own-folder")))
    };
    // One plain name: no folder, no `..`, no drive, and no `\`, which is a folder on Windows and must mean the same everywhere.
    let mut components = Path::new(name).components();
    let plain = matches!((components.next(), components.next()), (Some(Component::Normal(_)), None));
    if !plain || name.contains(['/', '\\', ':']) {
        return Err(outside());
    }
    let file = if name.ends_with(".toml") { name.to_string() } else { format!("{name}.toml") };
    let folder = path.parent().unwrap_or(Path::new("."));
    let found = folder.join(file);
    match found.canonicalize() {
        // A link may lead out of the folder.
        Ok(canonical) if canonical.parent() != Some(folder) => Err(outside()),
        Ok(_) => Ok(Origin::Disk(found)),
        Err(_) => Err(unknown()),
    }
}
