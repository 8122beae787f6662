//! Finding and reading profile files: those that ship in the program, and those on disk.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use super::Profile;
use super::document::{self, Document};
use super::example::{self, Example};
use super::origin::Sources;
use super::resolve::{self, Aim, Family, Memo, Resolved, Setting};
use super::tailored::{self, Tailored};
use crate::catalog::Catalog;
use crate::document::{
    Code, Diagnostic, Diagnostics, Message, Place, ProfileErrors, SourceFile, Written, open, open_as,
};
use crate::text::Text;

/// Profiles that extend each other in one line.
const DEEPEST: usize = 16;
/// Files of one family: width is bounded too, since a folder may hold any number.
const MOST_FILES: usize = 64;
/// Profiles that are listed of one folder.
pub const MOST_LISTED: usize = 200;
/// Entries of a folder that are looked at to find them.
const MOST_ENTRIES: usize = 10_000;
/// The file that settings of the command line stand in, in messages; also who changes a rule by them.
const SETTINGS: &str = "--set";
/// Who defines the organization's groups, where a profile's id stands.
const OWN_GROUPS: &str = "";

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
    static FOUND: OnceLock<Vec<Shipped>> = OnceLock::new();
    let read = || {
        let read = |(id, _, text): &(&'static str, &str, &'static str)| {
            let (title, is_abstract) = document::head(text).unwrap_or_default();
            Shipped { id, title, is_abstract, text }
        };
        SHIPPED.iter().map(read).collect()
    };
    FOUND.get_or_init(read).clone()
}

/// What a profile is loaded with, beside its own files.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Values of parameters, each as `name=value`, that take the place of those in all files (`--set`). Of two for one name the
    /// later counts.
    pub set: Vec<String>,
    /// The organization's folder of profiles, where an id that is none of a shipped profile is looked up as `<id>.toml`.
    pub folder: Option<PathBuf>,
    /// The organization's groups, which every profile may use as `@name`; without any, those of the catalogue.
    pub groups: OwnGroups,
}

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
    /// The selector, in the language of [`super::selector`].
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

/// Reads a profile, by the id of one that ships or by the path of a file, with all that it extends.
///
/// A profile may extend shipped ones by id, and files of its own folder by name (`"ours"` is `ours.toml` beside it).
///
/// # Errors
/// Every mistake in it and in the files it extends, each with its place. A wrong profile judges nothing. An abstract profile loads;
/// refusing to judge with it is the caller's part.
pub fn load(reference: &str, catalog: &Catalog) -> Result<Profile, ProfileErrors> {
    load_with(reference, catalog, &Options::default())
}

/// Reads a profile as [`load`] does, with the organization's own folder and groups, and with values from the command line.
///
/// # Errors
/// As [`load`]; mistakes in values of the command line are shown in a file called `--set`. An id that both a shipped profile and a
/// file of the organization's folder have is an error: nobody could tell by which of them a phone was judged.
pub fn load_with(reference: &str, catalog: &Catalog, options: &Options) -> Result<Profile, ProfileErrors> {
    load_and(reference, catalog, options, false).map(|loaded| loaded.profile)
}

/// A profile with its examples.
#[derive(Clone, Debug)]
pub struct WithExamples {
    /// The profile.
    pub profile: Profile,
    /// The examples that its own file holds, in the order of the file. Those of the files that it extends are about the rules as
    /// they stand there.
    pub examples: Vec<Example>,
    /// The rules that its own file defines and that are not off, sorted.
    pub own_rules: Vec<String>,
}

/// Reads a profile as [`load`] does, and its examples too.
///
/// # Errors
/// Those of [`load_with`], and every mistake in an example.
pub fn load_with_examples(
    reference: &str,
    catalog: &Catalog,
    options: &Options,
) -> Result<WithExamples, ProfileErrors> {
    load_and(reference, catalog, options, true)
}

fn load_and(
    reference: &str,
    catalog: &Catalog,
    options: &Options,
    examples: bool,
) -> Result<WithExamples, ProfileErrors> {
    let mut loader = Loader::default();
    let root = match locate(reference, options.folder.as_deref()) {
        Ok(origin) => loader.file(origin, None),
        Err(note) => {
            loader.notes.push(*note);
            None
        }
    };
    let Loader { mut files, documents, parents, mut notes, .. } = loader;
    let groups = match options.groups.groups.is_empty() {
        true => {
            let groups = catalog.groups().map(|(name, selector)| (name.to_owned(), selector.to_owned())).collect();
            own_groups(&OwnGroups::of("[groups]", &groups), &mut files)
        }
        false => own_groups(&options.groups, &mut files),
    };
    let settings = settings(&options.set, &mut files, &mut notes);
    let documents: Vec<Document> = documents.into_iter().flatten().collect();
    let whole = documents.len() == parents.len();
    let (Some(root), true) = (root, whole) else {
        return Err(ProfileErrors::new(files, notes));
    };
    let ids = documents.iter().map(|document| document.id.as_str()).chain([OWN_GROUPS, SETTINGS]);
    let sources = Sources::new(ids.zip(&files));
    let family = Family { documents: &documents, parents: &parents, groups: &groups, sources: &sources, catalog };
    let mut memo = Memo::default();
    let resolved = resolve::resolve(family, root, (Aim::Judge, &settings), &mut memo, &mut notes);
    let examples = match files.get(root).filter(|_| examples) {
        Some(file) => {
            let rules: BTreeSet<&str> =
                documents.iter().flat_map(|document| document.rules.keys()).map(String::as_str).collect();
            let known = example::Known { catalog, rules: &rules, off: &resolved.off };
            example::read(root, &file.text, known, &mut notes)
        }
        None => Vec::new(),
    };
    let Some(document) = documents.get(root).filter(|_| notes.list.is_empty()) else {
        return Err(ProfileErrors::new(files, notes));
    };
    let own_rules = document.rules.keys().filter(|rule| !resolved.off.contains(*rule)).cloned().collect();
    let mut warnings = Diagnostics::default();
    let tailored = tailoring(family, (root, &settings), &resolved, &mut memo, &mut warnings);
    if let Some(place) = document.version_place.filter(|_| is_decimal(&document.version)) {
        let note = Diagnostic::new(Code::VersionIsNumber, place).with("version", document.version.as_str());
        warnings
            .push(note.hint(Message::new("profile-hint-version").with("version", format!("{}.0", document.version))));
    }
    let warnings = (!warnings.list.is_empty()).then(|| ProfileErrors::new(files, warnings));
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
        references: resolved.references,
        set: settings.into_iter().map(|setting| (setting.name.text, setting.value.text)).collect(),
        origins: resolved.origins,
        warnings,
    };
    Ok(WithExamples { profile: profile.sealed(), examples, own_rules })
}

/// The files of a profile that loads, each parent before its children: what [`super::scaffold`] quotes from.
pub(super) fn documents(reference: &str, options: &Options) -> Vec<Document> {
    let mut loader = Loader::default();
    let origin = locate(reference, options.folder.as_deref()).ok();
    let root = origin.and_then(|origin| loader.file(origin, None));
    let (mut waiting, mut order) = (Vec::from_iter(root.map(|root| (root, false))), Vec::new());
    while let Some((index, ready)) = waiting.pop() {
        if ready {
            order.push(index);
        } else if !order.contains(&index) && !waiting.contains(&(index, true)) {
            waiting.push((index, true));
            // The last one in is the first one out: from right to left, so that parents come from left to right.
            waiting.extend(loader.parents.get(index).into_iter().flatten().rev().map(|parent| (*parent, false)));
        }
    }
    order.into_iter().filter_map(|index| loader.documents.get(index).cloned().flatten()).collect()
}

/// Whether a profile of this id ships with poucet.
pub fn is_shipped(id: &str) -> bool {
    shipped_text(id).is_some()
}

/// The text of a profile as it is written, remarks and all, found as [`load_with`] finds it.
///
/// # Errors
/// When there is no such profile, or its file cannot be read.
pub fn text_of(reference: &str, options: &Options) -> Result<String, ProfileErrors> {
    let found = locate(reference, options.folder.as_deref());
    found.and_then(|origin| text(origin, reference, None)).map(|(_, text)| text.into_owned()).map_err(|note| {
        let notes = Diagnostics { list: vec![*note] };
        ProfileErrors::new(Vec::new(), notes)
    })
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
fn stems(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_ENTRIES);
    let plain = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let named = plain.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some((name.strip_suffix(".toml")?.to_string(), entry.path()))
    });
    let all: BTreeMap<String, PathBuf> = named.collect();
    all.into_iter().take(MOST_LISTED).collect()
}

/// The organization's groups with their places in a file that is added to those of the family.
fn own_groups(own: &OwnGroups, files: &mut Vec<SourceFile>) -> Vec<(String, Place, Written)> {
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

/// The settings of the command line with their places in a file that is added to those of the family.
fn settings(set: &[String], files: &mut Vec<SourceFile>, notes: &mut Diagnostics) -> Vec<Setting> {
    let file = files.len();
    let mut text = String::new();
    let mut found = Vec::new();
    for setting in set {
        let start = text.len();
        text.push_str(setting);
        text.push('\n');
        let part = |from: usize, part: &str| Written {
            text: part.to_string(),
            place: Place::new(file, from..from + part.len()),
            inner: Some(from),
        };
        match setting.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                found.push(Setting { name: part(start, name), value: part(start + name.len() + 1, value) });
            }
            _ => {
                let place = part(start, setting).place;
                let note = Diagnostic::new(Code::SettingForm, place).with("text", setting.as_str());
                notes.push(note.hint(Message::new("profile-hint-setting")));
            }
        }
    }
    files.push(SourceFile { name: SETTINGS.to_string(), text });
    found
}

/// Whether a version is a plain decimal number, as `2026.10`: a spreadsheet shows that as `2026.1`, which is another version.
fn is_decimal(version: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    version.trim().split_once(['.', ',']).is_some_and(|(whole, part)| digits(whole) && digits(part))
}

/// What a profile and those it extends change in inherited rules, and then what the command line changes. A parent that is wrong by
/// itself, and right in this family, is passed over: there is nothing to compare with.
fn tailoring(
    family: Family<'_>,
    (root, settings): (usize, &[Setting]),
    resolved: &Resolved,
    memo: &mut Memo,
    warnings: &mut Diagnostics,
) -> Vec<Tailored> {
    let mut alone = |profile: usize| {
        let mut notes = Diagnostics::default();
        let resolved = resolve::resolve(family, profile, (Aim::Compare, &[]), memo, &mut notes);
        notes.list.is_empty().then_some(resolved)
    };
    // Each profile is resolved once; the one asked for is there already, unless settings changed it.
    let as_written = if settings.is_empty() { None } else { alone(root) };
    let asked = if settings.is_empty() { Some(resolved) } else { as_written.as_ref() };
    let mut parents: BTreeMap<usize, Option<Resolved>> = BTreeMap::new();
    let mut waiting = vec![root];
    let mut found: Vec<Tailored> = Vec::new();
    let mut seen = BTreeSet::new();
    let name = |profile: usize| family.documents.get(profile).map_or("", |document| document.id.as_str());
    while let Some(child) = waiting.pop() {
        if !seen.insert(child) {
            continue;
        }
        for parent in family.parents.get(child).into_iter().flatten() {
            waiting.push(*parent);
            parents.entry(*parent).or_insert_with(|| alone(*parent));
            let after = if child == root { asked } else { parents.get(&child).and_then(Option::as_ref) };
            if let (Some(before), Some(after)) = (parents.get(parent).and_then(Option::as_ref), after) {
                let changes = tailored::compare((name(*parent), before), (name(child), after));
                for change in changes.iter().filter(|change| change.looser && change.because.is_none()) {
                    let place = changed_at(family, child, &change.rule);
                    let note = Diagnostic::new(Code::UnreasonedChange, place).with("rule", change.rule.as_str());
                    let hint = Message::new("profile-hint-because").with("name", change.rule.as_str());
                    warnings.push(note.hint(hint));
                }
                found.extend(changes);
            }
        }
    }
    if let (Some(before), false) = (asked, settings.is_empty()) {
        // Who typed the value gave no reason, and that of a file is about another value.
        let changes = tailored::compare((name(root), before), (SETTINGS, resolved));
        found.extend(changes.into_iter().map(|change| Tailored { because: None, ..change }));
    }
    found.sort_by(|left, right| {
        (!left.looser, &left.rule, &left.profile).cmp(&(!right.looser, &right.rule, &right.profile))
    });
    found
}

/// The place in a profile that changes an inherited rule: its override, else a parameter of the rule, else its head.
fn changed_at(family: Family<'_>, child: usize, rule: &str) -> Place {
    let head = Place { file: child, start: 0, end: 0 };
    let Some(document) = family.documents.get(child) else { return head };
    if let Some(change) = document.overrides.get(rule) {
        return change.place;
    }
    let defined = family.documents.iter().find_map(|document| document.rules.get(rule));
    let texts = defined.map(|rule| rule.fillable()).unwrap_or_default();
    let named = |name: &str| texts.iter().any(|written| written.text.contains(&format!("{{{name}}}")));
    document.parameters.iter().find(|(name, _)| named(name)).map_or(head, |(_, parameter)| parameter.place)
}

/// Where a reference of the command line leads: a shipped profile, a file, or a profile of the organization's folder.
fn locate(reference: &str, folder: Option<&Path>) -> Result<Origin, Box<Diagnostic>> {
    let own = folder.and_then(|folder| own_file(reference, folder));
    if shipped_text(reference).is_some() {
        let Some(path) = own else { return Ok(Origin::Shipped(reference.to_string())) };
        let note = Diagnostic::new(Code::AmbiguousProfile, None).with("name", reference);
        let note = note.with("file", path.display().to_string());
        return Err(Box::new(note.hint(Message::new("profile-hint-rename"))));
    }
    if looks_like_a_path(reference) {
        return Ok(Origin::Disk(PathBuf::from(reference)));
    }
    let Some((folder, path)) = folder.zip(own) else {
        let note = Diagnostic::new(Code::UnknownProfile, None).with("name", reference);
        let own = folder.map(stems).unwrap_or_default();
        let known = SHIPPED.iter().map(|(id, _, _)| *id).chain(own.keys().map(String::as_str));
        return Err(Box::new(note.suggest(reference, known)));
    };
    // A link may lead out of the folder; one that leads nowhere is told when the file is opened.
    let inside = match (path.canonicalize(), folder.canonicalize()) {
        (Ok(file), Ok(folder)) => file.parent() == Some(folder.as_path()),
        _ => true,
    };
    if inside {
        Ok(Origin::Disk(path))
    } else {
        let note = Diagnostic::new(Code::ExtendsOutside, None).with("name", reference);
        Err(Box::new(note.hint(Message::new("profile-hint-own-folder"))))
    }
}

/// The file of a plain id in the organization's folder, when there is one.
fn own_file(id: &str, folder: &Path) -> Option<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.is_empty() || !id.chars().all(plain) {
        return None;
    }
    let path = folder.join(format!("{id}.toml"));
    path.symlink_metadata().is_ok().then_some(path)
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
        // Before it is opened: files that extend each other many times over are read once.
        let (name, origin) = match origin {
            Origin::Disk(path) => {
                let name = path.display().to_string();
                (name, Origin::Disk(path.canonicalize().unwrap_or(path)))
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

/// The text of a profile, with its origin as it was opened. `name` is its file as the person knows it.
fn text(origin: Origin, name: &str, asked_at: Option<Place>) -> Result<(Origin, Cow<'static, str>), Box<Diagnostic>> {
    match origin {
        Origin::Shipped(id) => {
            let text = shipped_text(&id).unwrap_or_default().1;
            Ok((Origin::Shipped(id), Cow::Borrowed(text)))
        }
        Origin::Disk(path) => {
            let opened = open_as(&path, name, asked_at)?;
            Ok((Origin::Disk(opened.canonical), Cow::Owned(opened.text)))
        }
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
