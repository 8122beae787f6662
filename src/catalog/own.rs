//! An organization's own catalogue: apps that poucet does not ship, corrections of those that it does, and groups of apps.
//!
//! `docs/organisation.md` describes the file. What an organization signs for counts as verified, under the letter [`LETTER`], unless
//! its file says less. Each file carries the day of its facts; [`Catalog::provenance`] tells a report which files judged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{App, AppId, Catalog, IdStatus, OwnFile};
use crate::document::diagnostic::{clean, is_showable};
use crate::document::{
    Argument, Code, Diagnostic, Diagnostics, Fields, Message, Place, ProfileErrors, Reader, SourceFile, Value, Written,
    open, table,
};
use crate::files::fingerprint;
use crate::text::Text;
use crate::vocabulary::Platform;

/// The version of the form that this version of poucet reads: `format = 1`.
pub const FORMAT: i64 = 1;
/// Apps of a catalogue with all its files; the one that ships has about two hundred.
pub const MOST_APPS: usize = 20_000;
/// The letter, among [`Catalog::sources`], of ids that an organization signs for.
pub const LETTER: &str = "O";
/// What the letter stands for.
const LETTER_MEANS: &str = "The organization’s own catalogue file";
/// Characters of a name, a publisher or a note.
const LONGEST_TEXT: usize = 500;
/// Characters of an id; Android and iOS allow fewer than this.
const LONGEST_ID: usize = 255;

/// One file, read and not yet compared with anything.
struct Document {
    name: String,
    sha256: String,
    as_of: String,
    categories: Vec<Named>,
    countries: Vec<Named>,
    groups: Vec<(String, Place, Written)>,
    apps: Vec<(Written, Facts)>,
    corrections: Vec<(String, Place, Facts)>,
}

/// A category or a country with its names.
struct Named {
    word: String,
    place: Place,
    text: Text,
}

/// What a file says of one app; in a correction each part may be missing.
#[derive(Default)]
struct Facts {
    as_of: Option<String>,
    name: Option<String>,
    publisher: Option<String>,
    country: Option<Written>,
    category: Option<Written>,
    note: Option<Text>,
    ids: Vec<(Platform, Written, IdStatus)>,
}

/// A catalogue file of an organization that was in use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct OwnCatalog {
    /// The name of the file, without its folder.
    pub file: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The day of its facts, `YYYY-MM-DD`.
    pub as_of: String,
}

impl OwnCatalog {
    /// Those that a catalogue was extended with.
    pub fn of(catalog: &Catalog) -> Vec<OwnCatalog> {
        let files = catalog.provenance().iter().map(|own| OwnCatalog {
            file: own.name.clone(),
            sha256: own.sha256.clone(),
            as_of: own.as_of.clone(),
        });
        files.collect()
    }
}

/// Notes every mistake in the groups of an organization: selectors are the language of profiles, which stand above the catalogue.
pub(crate) type CheckGroups = fn(&[(String, Place, Written)], &Catalog, &mut Diagnostics);

/// The catalogue with what an organization's files add and correct. Without files it is `base` again.
///
/// # Errors
/// Every mistake of every file, each with its place: a file that cannot be read, unknown keys and words, an app that is known
/// already, a correction of one that is not, an id of another app, a wrong date, more than [`MOST_APPS`] apps.
pub(crate) fn extend(base: &Catalog, files: &[PathBuf], check: CheckGroups) -> Result<Catalog, ProfileErrors> {
    let mut notes = Diagnostics::default();
    let (mut sources, mut documents, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for path in files {
        match open(path, None) {
            Err(note) => notes.push(*note),
            // Naming a file twice says nothing new.
            Ok(opened) if !seen.insert(opened.canonical.clone()) => {}
            Ok(opened) => {
                documents.extend(read(sources.len(), path, &opened.text, &mut notes));
                sources.push(SourceFile { name: path.display().to_string(), text: opened.text });
            }
        }
    }
    let mut merging = Merging::of(base, &mut notes);
    merging.words(&documents);
    merging.apps(&documents);
    merging.corrections(&documents);
    let groups = merging.groups(&documents);
    let Merging { mut file, .. } = merging;
    file.app.sort_by(|left, right| left.slug.cmp(&right.slug));
    if !documents.is_empty() {
        file.sources.insert(LETTER.to_string(), LETTER_MEANS.to_string());
    }
    let mut catalog = Catalog::index(file);
    catalog.groups.clone_from(&base.groups);
    catalog.provenance.clone_from(&base.provenance);
    // Groups use the words of the whole catalogue, so they come last; a word that is wrong already is told once.
    if notes.list.is_empty() {
        check(&groups, &catalog, &mut notes);
    }
    if !notes.list.is_empty() {
        return Err(ProfileErrors::new(sources, notes));
    }
    catalog.groups.extend(groups.into_iter().map(|(name, _, written)| (name, written.text)));
    catalog.provenance.extend(documents.into_iter().map(|document| OwnFile {
        name: document.name,
        sha256: document.sha256,
        as_of: document.as_of,
        apps: document.apps.len(),
        corrections: document.corrections.len(),
    }));
    Ok(catalog)
}

/// Reads one file; `None` when it is no TOML.
fn read(file: usize, path: &Path, text: &str, notes: &mut Diagnostics) -> Option<Document> {
    let root = table(file, text, notes)?;
    let mut reader = Reader { file, text, notes };
    let mut fields = reader.fields(root.get_ref(), Place::new(file, 0..0));
    reader.format(&mut fields, FORMAT);
    let as_of = fields.need("as_of", &mut reader).and_then(|(_, value)| day("as_of", value, &mut reader));
    let categories = named("categories", &mut fields, &mut reader);
    for category in &categories {
        reader.kebab(&category.word, category.place);
    }
    let countries = named("countries", &mut fields, &mut reader);
    for country in &countries {
        let plain = country.word.len() == 2 && country.word.chars().all(|c| c.is_ascii_uppercase());
        if !plain {
            let note = Diagnostic::new(Code::BadCountry, country.place).with("code", country.word.as_str());
            reader.notes.push(note);
        }
    }
    let groups = groups(&mut fields, &mut reader);
    let apps = apps(&mut fields, &mut reader);
    let corrections = corrections(&mut fields, &mut reader);
    reader.finish(fields);
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let sha256 = fingerprint::of_text(text);
    let as_of = as_of.unwrap_or_default();
    Some(Document { name: clean(&name), sha256, as_of, categories, countries, groups, apps, corrections })
}

/// A day such as `2026-05-01`.
fn day(key: &'static str, value: &Value<'_>, reader: &mut Reader<'_, '_>) -> Option<String> {
    let written = reader.written(key, value)?;
    let is_day = written.text.len() == 10 && written.text.parse::<jiff::civil::Date>().is_ok();
    if !is_day {
        let note = Diagnostic::new(Code::BadDate, written.place).with("date", written.text.as_str());
        reader.notes.push(note.hint(Message::new("profile-hint-date")));
    }
    is_day.then_some(written.text)
}

/// A table of words with their names in both languages.
fn named(key: &'static str, fields: &mut Fields<'_, '_>, reader: &mut Reader<'_, '_>) -> Vec<Named> {
    let Some((_, value)) = fields.take(key) else { return Vec::new() };
    let Some(words) = reader.table(key, value) else { return Vec::new() };
    let mut found = Vec::new();
    for (word, value) in words {
        let text = reader.bilingual(word.get_ref(), value);
        showable(&text.en, word.get_ref(), reader.at(value.span()), reader);
        showable(&text.fr, word.get_ref(), reader.at(value.span()), reader);
        found.push(Named { word: word.get_ref().to_string(), place: reader.at(word.span()), text });
    }
    found
}

fn groups(fields: &mut Fields<'_, '_>, reader: &mut Reader<'_, '_>) -> Vec<(String, Place, Written)> {
    let Some((_, value)) = fields.take("groups") else { return Vec::new() };
    let Some(groups) = reader.table("groups", value) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in groups {
        let place = reader.at(name.span());
        reader.kebab(name.get_ref(), place);
        if let Some(written) = reader.written(name.get_ref(), value) {
            found.push((name.get_ref().to_string(), place, written));
        }
    }
    found
}

fn apps(fields: &mut Fields<'_, '_>, reader: &mut Reader<'_, '_>) -> Vec<(Written, Facts)> {
    let Some((_, value)) = fields.take("app") else { return Vec::new() };
    let mut found = Vec::new();
    for item in reader.list("app", value) {
        let Some(inner) = reader.table("app", item) else { continue };
        let mut inner = reader.fields(inner, reader.at(item.span()));
        let slug = inner.need("slug", reader).and_then(|(_, value)| reader.written("slug", value));
        if let Some(slug) = &slug {
            reader.kebab(&slug.text, slug.place);
            // A selector reads these words as something else.
            if ["any", "and", "or", "not"].contains(&slug.text.as_str()) {
                reader.notes.push(Diagnostic::new(Code::BadId, slug.place).with("id", slug.text.as_str()));
            }
        }
        for key in ["name", "publisher", "country_of_control", "category"] {
            if !inner.left.contains_key(key) {
                reader.missing(key, inner.place);
            }
        }
        let facts = facts(&mut inner, reader);
        if let Some(slug) = slug {
            found.push((slug, facts));
        }
        reader.finish(inner);
    }
    found
}

fn corrections(fields: &mut Fields<'_, '_>, reader: &mut Reader<'_, '_>) -> Vec<(String, Place, Facts)> {
    let Some((_, value)) = fields.take("correct") else { return Vec::new() };
    let Some(corrections) = reader.table("correct", value) else { return Vec::new() };
    let mut found = Vec::new();
    for (slug, value) in corrections {
        let place = reader.at(slug.span());
        let Some(inner) = reader.table(slug.get_ref(), value) else { continue };
        let mut inner = reader.fields(inner, place);
        let as_of = inner.take("as_of").and_then(|(_, value)| day("as_of", value, reader));
        let facts = Facts { as_of, ..facts(&mut inner, reader) };
        reader.finish(inner);
        found.push((slug.get_ref().to_string(), place, facts));
    }
    found
}

/// What apps and corrections have in common.
fn facts(fields: &mut Fields<'_, '_>, reader: &mut Reader<'_, '_>) -> Facts {
    let mut facts = Facts::default();
    for (key, into) in [("name", &mut facts.name), ("publisher", &mut facts.publisher)] {
        if let Some(written) = fields.take(key).and_then(|(_, value)| reader.written(key, value)) {
            reader.not_empty(key, &written);
            showable(&written.text, key, written.place, reader);
            *into = Some(written.text);
        }
    }
    for (key, into) in [("country_of_control", &mut facts.country), ("category", &mut facts.category)] {
        *into = fields.take(key).and_then(|(_, value)| reader.written(key, value));
    }
    if let Some((_, value)) = fields.take("note") {
        let text = reader.bilingual("note", value);
        showable(&text.en, "note", reader.at(value.span()), reader);
        showable(&text.fr, "note", reader.at(value.span()), reader);
        facts.note = Some(text);
    }
    for platform in Platform::ALL {
        let key = match platform {
            Platform::Android => "android",
            Platform::Ios => "ios",
        };
        let Some((_, value)) = fields.take(key) else { continue };
        for item in reader.list(key, value) {
            if let Some((id, status)) = app_id(key, item, reader) {
                check_id(*platform, &id, reader);
                facts.ids.push((*platform, id, status));
            }
        }
    }
    facts
}

/// An id, alone or with how far it can be trusted. The organization signs for what it writes without more.
fn app_id(key: &'static str, value: &Value<'_>, reader: &mut Reader<'_, '_>) -> Option<(Written, IdStatus)> {
    if value.get_ref().as_str().is_some() {
        return Some((reader.written(key, value)?, IdStatus::Verified));
    }
    let Some(inner) = value.get_ref().as_table() else {
        reader.wrong_type(key, value, "profile-type-app-id");
        return None;
    };
    let mut inner = reader.fields(inner, reader.at(value.span()));
    let id = inner.need("id", reader).and_then(|(_, value)| reader.written("id", value));
    let words = ["verified", "single-source", "unverified"];
    let status = inner.take("status").and_then(|(_, value)| reader.word("status", value, &words));
    let status = match status.map(|status| status.value) {
        Some("unverified") => IdStatus::Unverified,
        Some("single-source") => IdStatus::SingleSource,
        _ => IdStatus::Verified,
    };
    reader.finish(inner);
    Some((id?, status))
}

/// Refuses what can never be an id, as a name or a pattern: a ban would pass in silence.
fn check_id(platform: Platform, id: &Written, reader: &mut Reader<'_, '_>) {
    let text = id.text.as_str();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._".contains(c) || c == '-' && platform == Platform::Ios;
    let is_id = text.len() <= LONGEST_ID
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(allowed)
        && (platform == Platform::Ios || text.contains('.'));
    if !is_id {
        let name = if platform == Platform::Ios { "iOS" } else { "Android" };
        let note = Diagnostic::new(Code::BadAppId, id.place).with("id", text).with("platform", name);
        reader.notes.push(note.hint(Message::new("profile-hint-own-id")));
    }
}

fn showable(text: &str, key: &str, place: Place, reader: &mut Reader<'_, '_>) {
    if !is_showable(text) || text.chars().nth(LONGEST_TEXT).is_some() {
        let note = Diagnostic::new(Code::UnshowableText, place).with("key", key).with("limit", LONGEST_TEXT);
        reader.notes.push(note);
    }
}

/// The catalogue on its way, and where each new word of it was written.
struct Merging<'n> {
    file: super::File,
    notes: &'n mut Diagnostics,
    /// Slug to the place in the list of apps.
    slugs: BTreeMap<String, usize>,
    /// Id to the place in the list of apps.
    ids: BTreeMap<(Platform, String), usize>,
    written: BTreeMap<(&'static str, String), Place>,
}

impl<'n> Merging<'n> {
    fn of(base: &Catalog, notes: &'n mut Diagnostics) -> Merging<'n> {
        let file = base.file.clone();
        let slugs = file.app.iter().enumerate().map(|(place, app)| (app.slug.clone(), place)).collect();
        let mut ids = BTreeMap::new();
        for (place, app) in file.app.iter().enumerate() {
            for platform in Platform::ALL {
                ids.extend(app.ids(*platform).iter().map(|known| ((*platform, known.id.clone()), place)));
            }
        }
        Merging { file, notes, slugs, ids, written: BTreeMap::new() }
    }

    /// Notes a thing that the files or the catalogue have already; says whether it is new.
    fn is_new(&mut self, thing: &'static str, name: &str, place: Place, known: bool) -> bool {
        let first = self.written.get(&(thing, name.to_string())).copied();
        if first.is_none() && !known {
            self.written.insert((thing, name.to_string()), place);
            return true;
        }
        let note =
            Diagnostic::new(Code::Redefinition, place).with("thing", Argument::Message(thing)).with("name", name);
        let note = match thing {
            "profile-thing-correction" => note.hint(Message::new("profile-hint-one-correction").with("name", name)),
            "profile-thing-country" => note,
            _ => note.hint(Message::new("profile-hint-other-name").with("name", name)),
        };
        self.notes.push(match first {
            Some(first) => note.also(first, "profile-label-first"),
            None => note,
        });
        false
    }

    /// Categories and countries: first of all, since apps of every file may use them.
    fn words(&mut self, documents: &[Document]) {
        for document in documents {
            for category in &document.categories {
                let known = self.file.categories.contains_key(&category.word);
                if self.is_new("profile-thing-category", &category.word, category.place, known) {
                    self.file.categories.insert(category.word.clone(), category.text.clone());
                }
            }
            for country in &document.countries {
                let known = self.file.countries.contains_key(&country.word);
                if self.is_new("profile-thing-country", &country.word, country.place, known) {
                    self.file.countries.insert(country.word.clone(), country.text.clone());
                }
            }
        }
    }

    fn apps(&mut self, documents: &[Document]) {
        for document in documents {
            for (slug, facts) in &document.apps {
                if self.file.app.len() >= MOST_APPS {
                    let note = Diagnostic::new(Code::TooManyApps, slug.place).with("limit", MOST_APPS);
                    self.notes.push(note);
                    return;
                }
                let first = self.written.get(&("profile-thing-app", slug.text.clone())).copied();
                if first.is_none() && self.slugs.contains_key(&slug.text) {
                    let note = Diagnostic::new(Code::KnownApp, slug.place).with("slug", slug.text.as_str());
                    let hint = Message::new("profile-hint-correct").with("slug", slug.text.as_str());
                    self.notes.push(note.hint(hint));
                    continue;
                }
                if !self.is_new("profile-thing-app", &slug.text, slug.place, false) {
                    continue;
                }
                let place = self.file.app.len();
                self.file.app.push(App {
                    slug: slug.text.clone(),
                    name: String::new(),
                    publisher: String::new(),
                    country_of_control: String::new(),
                    category: String::new(),
                    variant_of: None,
                    imitates: None,
                    android: Vec::new(),
                    ios: Vec::new(),
                    note: None,
                    cannot_tell: None,
                    own: true,
                    as_of: None,
                    owner_as_of: None,
                });
                self.slugs.insert(slug.text.clone(), place);
                self.fill(place, facts, &document.as_of);
                if facts.ids.is_empty() {
                    let note = Diagnostic::new(Code::NoAppId, slug.place).with("slug", slug.text.as_str());
                    self.notes.push(note);
                }
            }
        }
    }

    fn corrections(&mut self, documents: &[Document]) {
        for document in documents {
            for (slug, place, facts) in &document.corrections {
                let Some(app) = self.slugs.get(slug).copied() else {
                    let note = Diagnostic::new(Code::UnknownApp, *place).with("slug", slug.as_str());
                    let known: Vec<&str> =
                        if self.notes.is_busy() { Vec::new() } else { self.slugs.keys().map(String::as_str).collect() };
                    self.notes.push(note.suggest(slug, known));
                    continue;
                };
                if self.is_new("profile-thing-correction", slug, *place, false) {
                    self.fill(app, facts, &document.as_of);
                }
            }
        }
    }

    fn groups(&mut self, documents: &[Document]) -> Vec<(String, Place, Written)> {
        let mut found = Vec::new();
        for (name, place, written) in documents.iter().flat_map(|document| &document.groups) {
            if self.is_new("profile-thing-group", name, *place, false) {
                found.push((name.clone(), *place, written.clone()));
            }
        }
        found
    }

    /// Puts what a file says of an app in its place.
    fn fill(&mut self, place: usize, facts: &Facts, file_as_of: &str) {
        let country = self.known_word("country_of_control", facts.country.as_ref());
        let category = self.known_word("category", facts.category.as_ref());
        // Which ids are new is asked of the map: an app may have as many as a file holds.
        let (mut taken, mut added) = (Vec::new(), Vec::new());
        for (platform, id, status) in &facts.ids {
            match self.ids.get(&(*platform, id.text.clone())) {
                Some(owner) if *owner != place => taken.push((*owner, id)),
                Some(_) => added.push((*platform, id, *status, false)),
                None => {
                    self.ids.insert((*platform, id.text.clone()), place);
                    added.push((*platform, id, *status, true));
                }
            }
        }
        for (owner, id) in taken {
            let owner = self.file.app.get(owner).map_or("", |app| app.slug.as_str());
            let note = Diagnostic::new(Code::IdTaken, id.place).with("id", id.text.as_str()).with("slug", owner);
            self.notes.push(note.hint(Message::new("profile-hint-one-owner").with("slug", owner)));
        }
        let Some(app) = self.file.app.get_mut(place) else { return };
        let as_of = facts.as_of.as_deref().unwrap_or(file_as_of);
        let tells_owner = facts.publisher.is_some() || facts.country.is_some() || facts.as_of.is_some();
        if tells_owner || app.own && app.as_of.is_none() {
            app.owner_as_of = Some(as_of.to_string());
        }
        app.as_of = Some(as_of.to_string());
        for (value, into) in [
            (facts.name.clone(), &mut app.name),
            (facts.publisher.clone(), &mut app.publisher),
            (country, &mut app.country_of_control),
            (category, &mut app.category),
        ] {
            if let Some(value) = value {
                *into = value;
            }
        }
        if facts.note.is_some() {
            app.note.clone_from(&facts.note);
        }
        for (platform, id, status, is_new) in added {
            let ids = match platform {
                Platform::Android => &mut app.android,
                Platform::Ios => &mut app.ios,
            };
            let sources = if status == IdStatus::Unverified { "" } else { LETTER };
            if is_new {
                ids.push(AppId { id: id.text.clone(), status, sources: sources.to_string() });
            } else if let Some(known) = ids.iter_mut().find(|known| known.id == id.text) {
                sign(known, status);
            }
        }
    }

    /// A word of the catalogue or of the files, or a note that it is none.
    fn known_word(&mut self, key: &'static str, written: Option<&Written>) -> Option<String> {
        let written = written?;
        let (known, hint) = if key == "category" {
            (&self.file.categories, "profile-hint-add-category")
        } else {
            (&self.file.countries, "profile-hint-add-country")
        };
        if !known.contains_key(&written.text) {
            let note = Diagnostic::new(Code::UnknownWord, written.place).with("word", written.text.as_str());
            let note = note.with("key", key);
            let near = crate::document::nearest::nearest(&written.text, known.keys().map(String::as_str));
            // Nearly every code of two letters is near another, and a suggestion of one would be a guess at a country.
            let near = near.filter(|near| key == "category" || near.eq_ignore_ascii_case(&written.text));
            self.notes.push(match near {
                Some(word) => note.hint(Message::new("profile-hint-did-you-mean").with("word", word)),
                None => note.hint(Message::new(hint)),
            });
        }
        Some(written.text.clone())
    }
}

/// Says anew how far an id that is there can be trusted.
fn sign(known: &mut AppId, status: IdStatus) {
    known.status = status;
    let mut letters: Vec<&str> =
        known.sources.split('+').filter(|letter| !letter.is_empty() && *letter != LETTER).collect();
    letters.push(LETTER);
    known.sources = if status == IdStatus::Unverified { String::new() } else { letters.join("+") };
}

#[cfg(test)]
mod tests;
