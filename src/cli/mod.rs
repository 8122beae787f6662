//! The command line: one file per subcommand.
//!
//! Data goes to standard output, everything else to standard error. Exit codes are a contract: see [`Exit`].

mod apps;
mod arguments;
mod audit;
mod collect;
mod compare;
mod desk;
mod devices;
mod explain;
mod fleet;
mod folder;
mod identity;
mod judging;
mod lint;
mod output;
mod pair;
mod password;
mod profile;
mod profile_test;
mod profile_tools;
mod progress;
mod queue;
mod reading;
mod signals;
mod snapshot;
mod store;
mod target;
mod waiver;
mod watch;

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use poucet::catalog::Catalog;
use poucet::config::Config;
use poucet::files::output::{OutputError, Readers, remove_unfinished, write_atomically};
use poucet::profile::ProfileErrors;
use poucet::text::clean::sanitize;
use poucet::text::{Language, Texts};

/// The exit codes, in the order in which one beats another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exit {
    usage: bool,
    unreadable: bool,
    no_phone: bool,
    failing: bool,
}

impl Exit {
    /// 2: wrong arguments or a wrong profile.
    pub(crate) const USAGE: Exit = Exit { usage: true, unreadable: false, no_phone: false, failing: false };
    /// 3: a target could not be read, or evidence that should be there was refused, cut short or damaged.
    pub(crate) const UNREADABLE: Exit = Exit { usage: false, unreadable: true, no_phone: false, failing: false };
    /// 4: no phone found.
    pub(crate) const NO_PHONE: Exit = Exit { usage: false, unreadable: false, no_phone: true, failing: false };
    /// 1: a failing finding at or above the threshold.
    pub(crate) const FAILING: Exit = Exit { usage: false, unreadable: false, no_phone: false, failing: true };

    /// Both.
    pub(crate) fn and(self, other: Exit) -> Exit {
        Exit {
            usage: self.usage || other.usage,
            unreadable: self.unreadable || other.unreadable,
            no_phone: self.no_phone || other.no_phone,
            failing: self.failing || other.failing,
        }
    }

    /// Whether a finding fails.
    pub(crate) fn fails(self) -> bool {
        self.failing
    }

    /// Whether something could not be read.
    pub(crate) fn is_unreadable(self) -> bool {
        self.unreadable
    }

    /// With several, 2 before 3 before 1; 4 stands alone.
    fn code(self) -> u8 {
        if self.usage {
            2
        } else if self.unreadable {
            3
        } else if self.no_phone {
            4
        } else {
            u8::from(self.failing)
        }
    }
}

/// How long a message may be, in characters: names of files and words of phones stand in it.
const LONGEST_MESSAGE: usize = 2000;

/// What every subcommand has at hand.
pub(crate) struct Session {
    /// The sentences of the person's language.
    pub(crate) texts: Texts,
    /// What the desk has settled in its configuration file.
    pub(crate) config: Config,
    /// The catalogue with the organization's own files; `None` as it ships.
    own_catalog: Option<Catalog>,
}

impl Session {
    /// Before anything is settled: no configuration, and the catalogue as it ships.
    pub(crate) fn new(texts: Texts) -> Session {
        Session { texts, config: Config::default(), own_catalog: None }
    }

    /// The catalogue of this call.
    pub(crate) fn catalog(&self) -> &Catalog {
        self.own_catalog.as_ref().unwrap_or_else(|| Catalog::builtin())
    }

    /// The mistakes of a file that a person wrote, on standard error.
    pub(crate) fn mistakes(&self, errors: &ProfileErrors) {
        let sentences = |key: &str, arguments: &[(&str, String)]| {
            let variables: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
            self.texts.with(key, &variables)
        };
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
    pub(crate) fn deliver(&self, matches: &ArgMatches, text: &str) -> Exit {
        match matches.get_one::<String>("output") {
            Some(path) => match write_atomically(Path::new(path), text.as_bytes(), Readers::Usual) {
                Ok(()) => Exit::default(),
                Err(error) => {
                    self.output_error(&error);
                    Exit::USAGE
                }
            },
            None => self.print(text),
        }
    }

    /// What happened with a phone or an ADB server, in one sentence.
    pub(crate) fn adb_error(&self, error: &poucet::source::adb::AdbError) -> String {
        let arguments = error.arguments();
        let variables: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.texts.with(error.key(), &variables)
    }

    /// Says why a file could not be written.
    pub(crate) fn output_error(&self, error: &OutputError) {
        let arguments = error.arguments();
        let variables: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let hint = self.texts.with(error.hint_key(), &variables);
        self.error(&self.texts.with(error.key(), &variables), Some(&hint));
    }

    /// Writes to standard output. A reader that has seen enough is no error.
    pub(crate) fn print(&self, text: &str) -> Exit {
        self.print_on(text).err().unwrap_or_default()
    }

    /// Writes to standard output, and tells whether more is of use.
    ///
    /// # Errors
    /// Nobody takes it: 0 for a reader that has seen enough; with a message, 2 for anything else.
    pub(crate) fn print_on(&self, text: &str) -> Result<(), Exit> {
        let written = progress::aside(|| {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        });
        match written {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Exit::default()),
            Err(error) => {
                self.error(&self.texts.with("cli-stdout", &[("detail", &error.to_string())]), None);
                Err(Exit::USAGE)
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

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    // Unfinished files go when the person stops the program; everything else of it ends with the process.
    signals::on_end(|| {
        // A question hides what is typed, and must be the one to bring the terminal back.
        password::settle();
        if watch::asked_to_end() {
            return;
        }
        stop();
    });
    let words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let settled = desk::config(&words);
    let wished = settled.as_ref().ok().and_then(|config| config.language);
    let language = arguments::language(&words, wished, |name| std::env::var(name).ok());
    let mut session = Session::new(Texts::new(language));
    let exit = match arguments::command(&session.texts).try_get_matches_from(words) {
        Ok(matches) => match desk::settle(&mut session, settled, &matches) {
            Ok(()) => dispatch(&session, &matches),
            Err(exit) => exit,
        },
        Err(error) => arguments::refuse(&session, &error),
    };
    ExitCode::from(exit.code())
}

/// Ends the program because the person stopped it.
pub(crate) fn stop() -> ! {
    remove_unfinished();
    progress::wipe();
    std::process::exit(130);
}

fn dispatch(session: &Session, matches: &ArgMatches) -> Exit {
    match matches.subcommand() {
        Some(("devices", matches)) => match matches.subcommand() {
            Some(("pair", matches)) => pair::run(session, matches),
            _ => devices::run(session, matches),
        },
        Some(("audit", matches)) => audit::run(session, matches),
        Some(("compare", matches)) => compare::run(session, matches),
        Some(("snapshot", matches)) => snapshot::run(session, matches),
        Some(("collect", matches)) => collect::run(session, matches),
        Some(("profile", matches)) => profile::run(session, matches),
        Some(("waiver", matches)) => waiver::run(session, matches),
        Some(("apps", matches)) => apps::run(session, matches),
        Some(("explain", matches)) => explain::run(session, matches),
        Some(("fleet", matches)) => fleet::run(session, matches),
        Some(("watch", matches)) => watch::run(session, matches),
        _ => Exit::USAGE,
    }
}

/// The other language's word, for arguments that name one.
pub(crate) fn language_words() -> [&'static str; 2] {
    Language::ALL.map(Language::word)
}
