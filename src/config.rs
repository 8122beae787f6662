//! What a desk has settled once, in a file: its profiles, its catalogue, its waivers, its language.
//!
//! `docs/organisation.md` describes the file. Options of the command line win over it. The library never looks for it; the command
//! line does, and names the file.

use std::path::{Path, PathBuf};

use crate::document::diagnostic::is_showable;
use crate::document::{
    Argument, Code, Diagnostic, Diagnostics, Fields, Message, Place, ProfileErrors, Reader, SourceFile, Written, open,
    table,
};
use crate::text::Language;

/// The version of the form that this version of poucet reads: `format = 1`.
pub const FORMAT: i64 = 1;
/// Entries of one list: nobody judges by more profiles at a time.
const MOST_ENTRIES: usize = 64;
/// Characters of one entry.
const LONGEST_ENTRY: usize = 4096;

/// For how many days a store may be told to keep readings.
const LONGEST_KEEP: u32 = 36_500;

/// The settings of a desk. The default is a desk without a configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The folder with the organization's own profiles.
    pub profiles: Option<PathBuf>,
    /// The profiles to judge by when no option names one: ids, or paths of files.
    pub profile: Vec<String>,
    /// The organization's catalogue files, for [`crate::profile::extend_catalog`].
    pub catalog: Vec<PathBuf>,
    /// The files with waivers.
    pub waivers: Vec<PathBuf>,
    /// The language of texts and reports.
    pub language: Option<Language>,
    /// Who owns the phones of this desk: `institution` or `personal`, as in `for = "ownership:…"` of a rule.
    pub ownership: Option<&'static str>,
    /// Where results are kept: a file, or `postgres://…`. Where it is set, every audit is kept there.
    pub store: Option<String>,
    /// For how many days the store keeps readings.
    pub keep: Option<u32>,
}

/// The words for who owns a phone.
pub const OWNERSHIP: [&str; 2] = ["institution", "personal"];

/// Reads a configuration file. Paths in it start at its own folder, and what they lead to must be there.
///
/// # Errors
/// Every mistake, each with its place. A wrong configuration judges nothing.
pub fn read(path: &Path) -> Result<Config, ProfileErrors> {
    let mut notes = Diagnostics::default();
    let opened = match open(path, None) {
        Ok(opened) => opened,
        Err(note) => {
            notes.push(*note);
            return Err(ProfileErrors::new(Vec::new(), notes));
        }
    };
    // The folder of the file as it was named, so that messages name paths as the person knows them.
    let folder = path.parent().unwrap_or(Path::new(""));
    let config = settings(&opened.text, folder, &mut notes);
    if notes.list.is_empty() {
        return Ok(config);
    }
    let source = SourceFile { name: path.display().to_string(), text: opened.text };
    Err(ProfileErrors::new(vec![source], notes))
}

fn settings(text: &str, folder: &Path, notes: &mut Diagnostics) -> Config {
    let Some(root) = table(0, text, notes) else { return Config::default() };
    let mut reader = Reader { file: 0, text, notes };
    let mut fields = reader.fields(root.get_ref(), Place::new(0, 0..0));
    reader.format(&mut fields, FORMAT);
    let profiles = fields.take("profiles").and_then(|(_, value)| reader.written("profiles", value));
    let profiles = profiles.and_then(|written| found(&written, folder, Path::is_dir, "folder", &mut reader));
    let profile = list("profile", &mut fields, &mut reader);
    let profile = profile.iter().map(|written| reference(&written.text, folder)).collect();
    let catalog = files("catalog", folder, &mut fields, &mut reader);
    let waivers = files("waivers", folder, &mut fields, &mut reader);
    let words = Language::ALL.map(Language::word);
    let language = fields.take("language").and_then(|(_, value)| reader.word("language", value, &words));
    let language = language.and_then(|word| Language::from_locale(word.value));
    let ownership = fields.take("ownership").and_then(|(_, value)| reader.word("ownership", value, &OWNERSHIP));
    let store = fields.take("store").and_then(|(_, value)| reader.written("store", value));
    let store = store.filter(|written| is_entry("store", written, &mut reader));
    let keep = fields.take("keep_days").and_then(|(_, value)| reader.number("keep_days", value));
    let keep = keep.and_then(|days| {
        let known = u32::try_from(days.value).ok().filter(|days| (1..=LONGEST_KEEP).contains(days));
        if known.is_none() {
            let note = Diagnostic::new(Code::NumberOutOfRange, days.place).with("value", days.value.to_string());
            let most = i64::from(LONGEST_KEEP).to_string();
            reader.notes.push(note.hint(Message::new("profile-hint-range").with("min", 1_usize).with("max", most)));
        }
        known
    });
    reader.finish(fields);
    Config {
        profiles,
        profile,
        catalog,
        waivers,
        language,
        ownership: ownership.map(|word| word.value),
        store: store.map(|written| place(&written.text, folder)),
        keep,
    }
}

/// A list of texts that say something and can be shown.
fn list(key: &'static str, fields: &mut Fields<'_, '_>, reader: &mut Reader<'_, '_>) -> Vec<Written> {
    let Some((_, value)) = fields.take(key) else { return Vec::new() };
    let entries = reader.texts(key, value);
    if entries.len() > MOST_ENTRIES {
        let note = Diagnostic::new(Code::NumberOutOfRange, reader.at(value.span())).with("value", entries.len());
        let hint = Message::new("profile-hint-range").with("min", 0_usize).with("max", MOST_ENTRIES);
        reader.notes.push(note.hint(hint));
        return Vec::new();
    }
    entries.into_iter().filter(|written| is_entry(key, written, reader)).collect()
}

fn is_entry(key: &'static str, written: &Written, reader: &mut Reader<'_, '_>) -> bool {
    reader.not_empty(key, written);
    let showable = is_showable(&written.text) && written.text.len() <= LONGEST_ENTRY;
    if !showable {
        let note = Diagnostic::new(Code::UnshowableText, written.place).with("key", key).with("limit", LONGEST_ENTRY);
        reader.notes.push(note);
    }
    showable && !written.text.trim().is_empty()
}

fn files(key: &'static str, folder: &Path, fields: &mut Fields<'_, '_>, reader: &mut Reader<'_, '_>) -> Vec<PathBuf> {
    let entries = list(key, fields, reader);
    entries.iter().filter_map(|written| found(written, folder, Path::is_file, "file", reader)).collect()
}

/// The path that a text leads to, when there is such a thing.
fn found(
    written: &Written,
    folder: &Path,
    is_there: impl Fn(&Path) -> bool,
    thing: &str,
    reader: &mut Reader<'_, '_>,
) -> Option<PathBuf> {
    let path = folder.join(&written.text);
    if !written.text.is_empty() && is_there(&path) {
        return Some(path);
    }
    let thing = if thing == "folder" { "profile-thing-folder" } else { "profile-thing-file" };
    let note = Diagnostic::new(Code::PathNotFound, written.place).with("path", written.text.as_str());
    reader.notes.push(note.with("thing", Argument::Message(thing)).hint(Message::new("profile-hint-config-path")));
    None
}

/// A server stays one, a file starts at the folder of the configuration; it need not be there yet.
fn place(text: &str, folder: &Path) -> String {
    if text.contains("://") { text.to_owned() } else { folder.join(text).display().to_string() }
}

/// A profile as the command line names it: an id stays one, a path starts at the folder of the configuration.
fn reference(text: &str, folder: &Path) -> String {
    if text.contains(['/', '\\']) || text.ends_with(".toml") {
        return folder.join(text).display().to_string();
    }
    text.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("rules")).unwrap();
        for name in ["apps.toml", "waivers.toml"] {
            std::fs::write(folder.path().join(name), "format = 1\n").unwrap();
        }
        folder
    }

    fn read_text(text: &str) -> (tempfile::TempDir, Result<Config, ProfileErrors>) {
        let folder = folder();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, text).unwrap();
        let read = read(&file);
        (folder, read)
    }

    #[test]
    fn every_setting_is_read_and_paths_start_at_the_file() {
        let (folder, config) = read_text(
            "format = 1\nprofiles = \"rules\"\nprofile = [\"our-desk\", \"extra/one.toml\"]\ncatalog = [\"apps.toml\"]\n\
             waivers = [\"waivers.toml\"]\nlanguage = \"fr\"\nownership = \"personal\"\n",
        );
        let at = |name: &str| folder.path().join(name);
        let expected = Config {
            store: None,
            keep: None,
            profiles: Some(at("rules")),
            profile: vec!["our-desk".to_string(), at("extra/one.toml").display().to_string()],
            catalog: vec![at("apps.toml")],
            waivers: vec![at("waivers.toml")],
            language: Some(Language::Fr),
            ownership: Some("personal"),
        };
        assert_eq!(config.unwrap(), expected);
        let (_, least) = read_text("format = 1\n");
        assert_eq!(least.unwrap(), Config::default());
    }

    #[test]
    fn every_mistake_is_told_at_once_with_its_place() {
        let (folder, config) = read_text(
            "format = 2\nprofiles = \"~/rules\"\nprofile = \"our-desk\"\ncatalog = [\"app.toml\", \"rules\", \"\"]\n\
             language = \"de\"\nownership = \"institutions\"\nwaiver = []\n",
        );
        let told = config.unwrap_err().to_string().replace(&folder.path().display().to_string(), "DESK");
        insta::assert_snapshot!(told, @r##"
        error[unknown-format]: format 2 is not known; this version of poucet reads format 1
         --> DESK/config.toml:1:10
          |
        1 | format = 2
          |          ^

        error[path-not-found]: there is no folder `~/rules`
         --> DESK/config.toml:2:12
          |
        2 | profiles = "~/rules"
          |            ^^^^^^^^^
          |
          = hint: paths start at the folder of this file; `~` and variables are not filled in

        error[wrong-type]: `profile` must be a list
         --> DESK/config.toml:3:11
          |
        3 | profile = "our-desk"
          |           ^^^^^^^^^^

        error[path-not-found]: there is no file `app.toml`
         --> DESK/config.toml:4:12
          |
        4 | catalog = ["app.toml", "rules", ""]
          |            ^^^^^^^^^^
          |
          = hint: paths start at the folder of this file; `~` and variables are not filled in

        error[path-not-found]: there is no file `rules`
         --> DESK/config.toml:4:24
          |
        4 | catalog = ["app.toml", "rules", ""]
          |                        ^^^^^^^
          |
          = hint: paths start at the folder of this file; `~` and variables are not filled in

        error[empty-text]: `catalog` says nothing
         --> DESK/config.toml:4:33
          |
        4 | catalog = ["app.toml", "rules", ""]
          |                                 ^^

        error[unknown-word]: `de` is not a word for `language`
         --> DESK/config.toml:5:12
          |
        5 | language = "de"
          |            ^^^^
          |
          = hint: write one of `en`, `fr`

        error[unknown-word]: `institutions` is not a word for `ownership`
         --> DESK/config.toml:6:13
          |
        6 | ownership = "institutions"
          |             ^^^^^^^^^^^^^^
          |
          = hint: did you mean `institution`?

        error[unknown-key]: `waiver` means nothing here
         --> DESK/config.toml:7:1
          |
        7 | waiver = []
          | ^^^^^^
          |
          = hint: did you mean `waivers`?
        "##);
    }

    #[test]
    fn a_file_that_is_not_there_or_no_toml_is_a_mistake() {
        let folder = folder();
        let missing = read(&folder.path().join("none.toml")).unwrap_err();
        assert_eq!(missing.diagnostics().first().map(Diagnostic::code), Some(Code::UnreadableFile));
        let (_, broken) = read_text("format = \n");
        assert_eq!(broken.unwrap_err().diagnostics().first().map(Diagnostic::code), Some(Code::NotToml));
        let (_, hidden) = read_text("format = 1\nprofile = [\"a\\u202eb\"]\n");
        assert_eq!(hidden.unwrap_err().diagnostics().first().map(Diagnostic::code), Some(Code::UnshowableText));
        let many = format!("format = 1\nprofile = [{}]\n", "\"a\",".repeat(MOST_ENTRIES + 1));
        let (_, many) = read_text(&many);
        assert_eq!(many.unwrap_err().diagnostics().first().map(Diagnostic::code), Some(Code::NumberOutOfRange));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]

        #[test]
        fn never_panics(text in "(format|profiles|profile|catalog|language|[=\"\\[\\]{}~ \n]|\\PC){0,40}") {
            let mut notes = Diagnostics::default();
            let config = settings(&text, Path::new("."), &mut notes);
            proptest::prop_assert!(!notes.list.is_empty() || config.catalog.is_empty());
        }
    }
}
