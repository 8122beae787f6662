//! What the desk has settled: its configuration file, and the catalogue that follows from it and from the arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use etcetera::BaseStrategy as _;
use poucet::inner::config::{self, Config};
use poucet::profile::{self, ProfileErrors};

use super::arguments::NO_CONFIG;
use super::{Outcome, Session};

/// The environment variable that names the configuration file; empty: there is none.
const VARIABLE: &str = "POUCET_CONFIG";

/// The configuration of this call, before its arguments are understood: none with `--no-config`, else the file that the environment
/// names, else the one at the usual place, where there is one.
pub(crate) fn config(words: &[OsString]) -> Result<Config, ProfileErrors> {
    let no_config = format!("--{NO_CONFIG}");
    if words.iter().take_while(|word| *word != "--").any(|word| *word == no_config.as_str()) {
        return Ok(Config::default());
    }
    match std::env::var_os(VARIABLE) {
        Some(path) if path.is_empty() => Ok(Config::default()),
        Some(path) => config::read(Path::new(&path)),
        None => match usual_place() {
            // Whatever stands there is meant; only when nothing does, nothing was settled.
            Some(path) if path.symlink_metadata().is_ok() => config::read(&path),
            _ => Ok(Config::default()),
        },
    }
}

fn usual_place() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("poucet").join("config.toml"))
}

/// Puts the configuration and the catalogue of this call in place.
///
/// # Errors
/// With every mistake shown: a wrong configuration, or a wrong catalogue, judges nothing.
pub(crate) fn settle(
    session: &mut Session,
    settled: Result<Config, ProfileErrors>,
    matches: &ArgMatches,
) -> Result<(), Outcome> {
    match settled {
        Ok(config) => session.config = config,
        Err(errors) => {
            session.mistakes(&errors);
            let hint = session.texts.get("cli-config-hint");
            session.error(&session.texts.get("cli-config-wrong"), Some(&hint));
            return Err(Outcome::REFUSED);
        }
    }
    let Some(files) = catalog_files(session, matches) else { return Ok(()) };
    match profile::extend_catalog(session.catalog(), &files) {
        Ok(catalog) => session.own_catalog = Some(catalog),
        Err(errors) => {
            session.mistakes(&errors);
            return Err(Outcome::REFUSED);
        }
    }
    Ok(())
}

/// The organization's catalogue files: those of the arguments, else those of the configuration. `None` where there are none, or the
/// command asks for no catalogue.
fn catalog_files(session: &Session, matches: &ArgMatches) -> Option<Vec<PathBuf>> {
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        innermost = inner;
    }
    // Commands that know no `--catalog` need none.
    let named = innermost.try_get_many::<String>("catalog").ok()?;
    let named: Vec<PathBuf> = named.into_iter().flatten().map(PathBuf::from).collect();
    let files = if named.is_empty() { session.config.catalog.clone() } else { named };
    (!files.is_empty()).then_some(files)
}

impl Session {
    /// Where a profile is, by the name that a person gave it: the id of one that ships, or of a file in the organization's own
    /// folder of profiles, or a path.
    pub(crate) fn reference(&self, name: &str) -> String {
        let Some(folder) = &self.config.profiles else { return name.to_owned() };
        let is_id = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let file = folder.join(format!("{name}.toml"));
        if !is_id || !file.is_file() || profile::shipped().iter().any(|shipped| shipped.id == name) {
            return name.to_owned();
        }
        file.display().to_string()
    }

    /// The files of the organization's own folder of profiles, sorted by name.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(crate) fn own_profiles(&self) -> std::io::Result<Vec<PathBuf>> {
        let Some(folder) = &self.config.profiles else { return Ok(Vec::new()) };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }
}
