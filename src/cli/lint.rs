//! `poucet profile lint`: every mistake of files and folders at once.
//!
//! What a file is, poucet finds out by looking inside: the keys at its top tell a profile from waivers, a catalogue and a
//! configuration. Each kind has its reader in [`check`].

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use poucet::Catalog;
use poucet::inner::config;
use poucet::inner::document::{LARGEST, Located, ProfileErrors};
use poucet::text::clean::sanitize;
use poucet::{profile, waiver};

use super::{Outcome, Session};

/// Folders inside each other that are looked into.
const DEEPEST: usize = 4;
/// Files of one folder, with those of the folders in it.
const MOST_FILES: usize = 1000;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Profile,
    Waivers,
    Catalogue,
    Configuration,
}

/// The keys at the top of a file that tell what it is. `format` and `version` stand in several kinds and tell nothing. The first
/// kind with a key in the file wins.
const TELLING: &[(Kind, &[&str])] = &[
    (Kind::Waivers, &["waiver"]),
    (Kind::Catalogue, &["app", "correct", "as_of", "countries", "categories"]),
    (
        Kind::Profile,
        &[
            "id",
            "extends",
            "abstract",
            "rule",
            "override",
            "params",
            "groups",
            "privacy",
            "example",
            "references",
            "title",
        ],
    ),
    (Kind::Configuration, &["profiles", "profile", "catalog", "waivers", "language", "ownership"]),
];

impl Kind {
    /// The kind of a file by its text. What is no TOML at all counts as a profile, whose reader says where it is wrong.
    fn of(text: &str) -> Option<Kind> {
        let (table, errors) = toml::de::DeTable::parse_recoverable(text);
        // A table `[profile]` stands in files of other programs.
        let holds = |key: &&str| {
            table.get_ref().get(*key).is_some_and(|value| *key != "profile" || !value.get_ref().is_table())
        };
        let told = TELLING.iter().find(|(_, keys)| keys.iter().any(&holds)).map(|(kind, _)| *kind);
        told.or(if errors.is_empty() { None } else { Some(Kind::Profile) })
    }
}

/// What became of one file.
enum Checked {
    /// Without mistakes; the line that says so.
    Good(String),
    /// With mistakes.
    Bad(Box<ProfileErrors>),
    /// Refused as a whole: a code, what is wrong, and what to do.
    Refused(&'static str, String, String),
}

/// Reads one file with the reader of its kind.
fn check(session: &Session, file: &str) -> Checked {
    let texts = &session.texts;
    let options = profile::Options { folder: session.config.profiles.clone(), ..profile::Options::default() };
    let Some(kind) = kind_of(file) else {
        let message = texts.with("tools-lint-unknown-kind", &[("file", file)]);
        return Checked::Refused("unknown-kind", message, texts.get("tools-lint-unknown-kind-hint"));
    };
    match kind {
        Kind::Profile => match profile::load_with_examples(file, session.catalog(), &options) {
            // A mistake in an example is one to show here, though it stops no audit.
            Ok(profile::WithExamples { profile, .. }) => {
                if let Some(warnings) = &profile.warnings {
                    session.mistakes(warnings);
                }
                let rules = u64::try_from(profile.rules.len()).unwrap_or(u64::MAX);
                Checked::Good(texts.count("cli-lint-good", rules, &[("file", file), ("sha256", &profile.sha256)]))
            }
            Err(errors) => Checked::Bad(Box::new(errors)),
        },
        Kind::Waivers => {
            let find = |id: &str| profile::load_with(id, session.catalog(), &options).ok();
            let ids = profile::shipped().iter().map(|shipped| shipped.id.to_owned()).collect();
            let readers = waiver::Readers { profile: &find, ids };
            match waiver::read(&[PathBuf::from(file)], session.catalog(), &readers) {
                Ok(waivers) => {
                    let count = u64::try_from(waivers.list.len()).unwrap_or(u64::MAX);
                    Checked::Good(texts.count("tools-lint-good-waivers", count, &[("file", file)]))
                }
                Err(errors) => Checked::Bad(Box::new(errors)),
            }
        }
        Kind::Catalogue => match poucet::profile::extend_catalog(Catalog::builtin(), &[PathBuf::from(file)]) {
            Ok(catalog) => {
                let apps = catalog.provenance().iter().map(|file| file.apps + file.corrections).sum::<usize>();
                let count = u64::try_from(apps).unwrap_or(u64::MAX);
                Checked::Good(texts.count("tools-lint-good-catalogue", count, &[("file", file)]))
            }
            Err(errors) => Checked::Bad(Box::new(errors)),
        },
        Kind::Configuration => match config::read(Path::new(file)) {
            Ok(_) => Checked::Good(texts.with("tools-lint-good-configuration", &[("file", file)])),
            Err(errors) => Checked::Bad(Box::new(errors)),
        },
    }
}

/// The kind of a file or of the id of a profile that ships. What cannot be read counts as a profile, whose reader says why.
fn kind_of(file: &str) -> Option<Kind> {
    let path = Path::new(file);
    let shipped = profile::is_shipped(file);
    // A pipe would be waited for without end, and a large file is refused before it is read.
    let plain = path.metadata().is_ok_and(|data| data.is_file() && data.len() <= LARGEST as u64);
    if shipped || !plain {
        return Some(Kind::Profile);
    }
    match std::fs::read_to_string(path) {
        Ok(text) => Kind::of(&text),
        Err(_) => Some(Kind::Profile),
    }
}

/// Runs `profile lint`.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    let mut lint = Lint { session, json, found: Vec::new(), files: 0, bad: 0, exit: Outcome::default() };
    for path in matches.get_many::<String>("file").into_iter().flatten() {
        if !profile::is_shipped(path) && Path::new(path).is_dir() {
            lint.folder(path);
        } else {
            lint.file(path);
        }
    }
    lint.end()
}

struct Lint<'s> {
    session: &'s Session,
    json: bool,
    found: Vec<Located>,
    files: u64,
    bad: u64,
    exit: Outcome,
}

impl Lint<'_> {
    fn file(&mut self, file: &str) {
        self.files += 1;
        match check(self.session, file) {
            Checked::Good(line) if !self.json => {
                // The name of a file is as hostile as what is in it.
                let line = sanitize(&line, super::LONGEST_MESSAGE);
                self.exit = self.exit.and(self.session.print(&format!("{line}\n")));
            }
            Checked::Good(_) => {}
            Checked::Bad(errors) => {
                self.bad += 1;
                self.exit = self.exit.and(Outcome::REFUSED);
                if self.json {
                    let texts = &self.session.texts;
                    let sentences = |key: &str, arguments: &[(&str, String)]| texts.filled(key, arguments);
                    let mut located = errors.located(&sentences);
                    // A mistake without a place is one of the file as a whole.
                    located.iter_mut().for_each(|mistake| {
                        mistake.file.get_or_insert_with(|| file.to_owned());
                    });
                    self.found.append(&mut located);
                } else {
                    self.session.mistakes(&errors);
                }
            }
            Checked::Refused(code, message, hint) => {
                self.bad += 1;
                self.refuse(Some(file), code, message, hint);
            }
        }
    }

    fn refuse(&mut self, file: Option<&str>, code: &'static str, message: String, hint: String) {
        self.exit = self.exit.and(Outcome::REFUSED);
        if self.json {
            let file = file.map(str::to_owned);
            self.found.push(Located { file, code, message, hint: Some(hint), ..Located::default() });
        } else {
            self.session.error(&message, Some(&hint));
        }
    }

    fn folder(&mut self, folder: &str) {
        let mut files = Vec::new();
        let (key, detail) = match collect(Path::new(folder), 0, &mut files) {
            Err(error) => ("unreadable-folder", error.to_string()),
            Ok(()) if files.is_empty() => ("empty-folder", String::new()),
            Ok(()) if files.len() > MOST_FILES => ("too-many", String::new()),
            Ok(()) => {
                files.sort();
                for file in files {
                    self.file(&file.display().to_string());
                }
                return;
            }
        };
        let texts = &self.session.texts;
        let limit = MOST_FILES.to_string();
        let variables = [("folder", folder), ("detail", detail.as_str()), ("limit", limit.as_str())];
        let message = texts.with(&format!("tools-lint-{key}"), &variables);
        let hint = texts.get(&format!("tools-lint-{key}-hint"));
        self.refuse(Some(folder), key, message, hint);
    }

    /// The last line, or the whole answer as JSON.
    fn end(self) -> Outcome {
        if self.json {
            let value = serde_json::to_value(&self.found).unwrap_or_default();
            return self.exit.and(self.session.print(&format!("{value:#}\n")));
        }
        if self.files < 2 {
            return self.exit;
        }
        let texts = &self.session.texts;
        let files = texts.count("tools-lint-summary", self.files, &[]);
        let line = match self.bad {
            0 => texts.with("tools-lint-all-good", &[("files", &files)]),
            bad => texts.count("tools-lint-some-bad", bad, &[("files", &files)]),
        };
        self.exit.and(self.session.print(&format!("{line}\n")))
    }
}

/// The `.toml` files of a folder and of those in it, a bounded number. Hidden folders and links to folders are passed over.
fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.file_type()?.is_dir() {
            if !hidden && depth < DEEPEST {
                collect(&path, depth + 1, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
            files.push(path);
        }
        if files.len() > MOST_FILES {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_tell_what_a_file_is() {
        for (text, kind) in [
            ("format = 1\nid = \"x\"", Some(Kind::Profile)),
            ("[rule.x]\n", Some(Kind::Profile)),
            ("format = 1\n[[waiver]]\nrule = \"x\"", Some(Kind::Waivers)),
            ("[[app]]\nslug = \"x\"", Some(Kind::Catalogue)),
            ("language = \"fr\"", Some(Kind::Configuration)),
            ("profile = [\"byod\"]", Some(Kind::Configuration)),
            ("format = 1", None),
            ("", None),
            ("[package]\nname = \"x\"\n[profile.release]\nlto = true", None),
            ("this is no TOML", Some(Kind::Profile)),
        ] {
            assert_eq!(Kind::of(text), kind, "{text}");
        }
    }
}
