//! What every subcommand has at hand: the person's language, what the desk has settled, and where to print.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use clap::ArgMatches;
use poucet::Catalog;
use poucet::inner::config::Config;
use poucet::inner::files::output::{OutputError, Readers, write_atomically};
use poucet::profile::ProfileErrors;
use poucet::text::Texts;
use poucet::text::clean::sanitize;
use poucet::visit::{Cancel, Outcome};

use super::progress;

/// How long a message may be, in characters: names of files and words of phones stand in it.
pub(crate) const LONGEST_MESSAGE: usize = 2000;

/// What every subcommand has at hand.
pub(crate) struct Session {
    /// The sentences of the person's language.
    pub(crate) texts: Texts,
    /// What the desk has settled in its configuration file.
    pub(crate) config: Config,
    /// The catalogue with the organization's own files; `None` as it ships.
    pub(crate) own_catalog: Option<Catalog>,
    /// The wish to end, which a signal brings.
    pub(crate) cancel: Cancel,
}

impl Session {
    /// Before anything is settled: no configuration, and the catalogue as it ships.
    pub(crate) fn new(texts: Texts, cancel: Cancel) -> Session {
        Session { texts, config: Config::default(), own_catalog: None, cancel }
    }

    /// The catalogue of this call.
    pub(crate) fn catalog(&self) -> &Catalog {
        self.own_catalog.as_ref().unwrap_or_else(|| Catalog::builtin())
    }

    /// The mistakes of a file that a person wrote, on standard error.
    pub(crate) fn mistakes(&self, errors: &ProfileErrors) {
        let sentences = |key: &str, arguments: &[(&str, String)]| self.texts.filled(key, arguments);
        let colour =
            std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        self.say(errors.render(&sentences, colour).trim_end());
    }

    /// A message on standard error.
    pub(crate) fn say(&self, message: &str) {
        // Standard error may be closed; nothing is lost then that anybody reads.
        let _ = progress::aside(|| writeln!(std::io::stderr(), "{message}"));
    }

    /// An error with its hint, each on a line of its own.
    pub(crate) fn error(&self, message: &str, hint: Option<&str>) {
        self.say(&format!("{} {}", self.texts.get("cli-error"), sanitize(message, LONGEST_MESSAGE)));
        if let Some(hint) = hint {
            self.say(&format!("{} {}", self.texts.get("cli-hint"), sanitize(hint, LONGEST_MESSAGE)));
        }
    }

    /// Writes a result to `--output`, whole or not at all, or to standard output.
    pub(crate) fn deliver(&self, matches: &ArgMatches, text: &str) -> Outcome {
        match matches.get_one::<String>("output") {
            Some(path) => match write_atomically(Path::new(path), text.as_bytes(), Readers::Usual) {
                Ok(()) => Outcome::default(),
                Err(error) => {
                    self.output_error(&error);
                    Outcome::REFUSED
                }
            },
            None => self.print(text),
        }
    }

    /// What happened with a phone or an ADB server, in one sentence.
    pub(crate) fn adb_error(&self, error: &poucet::inner::source::adb::AdbError) -> String {
        self.texts.filled(error.key(), &error.arguments())
    }

    /// Says why a file could not be written.
    pub(crate) fn output_error(&self, error: &OutputError) {
        let arguments = error.arguments();
        let hint = self.texts.filled(error.hint_key(), &arguments);
        self.error(&self.texts.filled(error.key(), &arguments), Some(&hint));
    }

    /// Writes to standard output. A reader that has seen enough is no error.
    pub(crate) fn print(&self, text: &str) -> Outcome {
        self.print_on(text).err().unwrap_or_default()
    }

    /// Writes to standard output, and tells whether more is of use.
    ///
    /// # Errors
    /// Nobody takes it: 0 for a reader that has seen enough; with a message, 2 for anything else.
    pub(crate) fn print_on(&self, text: &str) -> Result<(), Outcome> {
        let written = progress::aside(|| {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        });
        match written {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Outcome::default()),
            Err(error) => {
                self.error(&self.texts.with("cli-stdout", &[("detail", &error.to_string())]), None);
                Err(Outcome::REFUSED)
            }
        }
    }

    /// Whether colours may be used on standard output.
    pub(crate) fn colour(&self, matches: &ArgMatches) -> bool {
        matches.get_one::<String>("output").is_none()
            && std::io::stdout().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var("TERM").map_or(true, |terminal| terminal != "dumb")
    }

    /// Columns of the page: the terminal's, else 100 so that a file reads well.
    pub(crate) fn width(&self) -> usize {
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        columns
            .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
            .unwrap_or(100)
            .clamp(60, 160)
    }
}
