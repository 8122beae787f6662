//! Loading a profile: found, read, resolved, sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::loader::Loader;
use super::locate::{locate, text};
use super::own::{OwnGroups, own_groups};
use super::settings::{SETTINGS, settings};
use crate::catalog::Catalog;
use crate::document::{Code, Diagnostic, Diagnostics, Message, Place, ProfileErrors};
use crate::profile::change::Tailored;
use crate::profile::document::Document;
use crate::profile::example::{self, Example};
use crate::profile::model::Profile;
use crate::profile::origin::Sources;
use crate::profile::resolve::{self, Aim, Family, Memo, Resolved, Setting};
use crate::profile::tailoring;

/// Who defines the organization's groups, where a profile's id stands.
const OWN_GROUPS: &str = "";

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

/// The files of a profile that loads, each parent before its children: what [`crate::profile::scaffold`] quotes from.
pub(in crate::profile) fn documents(reference: &str, options: &Options) -> Vec<Document> {
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
                let changes = tailoring::compare((name(*parent), before), (name(child), after));
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
        let changes = tailoring::compare((name(root), before), (SETTINGS, resolved));
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
