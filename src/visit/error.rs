//! Why a target gave nothing. What is said of it is made elsewhere, from its key and its arguments.

use std::path::PathBuf;

use super::Outcome;
use crate::snapshot::read::ReadError;
use crate::source::SourceError;
use crate::source::adb::AdbError;
use crate::source::adb::devices::State;
use crate::text::Told;
use crate::text::clean::sanitize;

/// How much of the name of a place is shown, in characters.
const LONGEST_PLACE: usize = 500;

/// Why a target gave nothing.
#[derive(Debug)]
pub enum Failure {
    /// A phone.
    Phone(AdbError),
    /// A path.
    Path(SourceError),
    /// A snapshot that cannot be read.
    Snapshot {
        /// The file, or the file and the line.
        place: String,
        /// What is wrong.
        wrong: BadSnapshot,
    },
    /// A backup, which is evidence already and is never copied.
    Backup(PathBuf),
    /// A file or folder among targets that nothing is known of: no target, and said so that the account is whole.
    NotEvidence(PathBuf),
    /// A link among targets that nobody named.
    Link(PathBuf),
    /// An empty folder among targets, as a backup that never began leaves.
    Hollow(PathBuf),
    /// The phone has no user of this number.
    NoUser {
        /// The target.
        target: String,
        /// The number that was asked for.
        user: u32,
        /// Those that it has.
        known: Vec<u32>,
    },
    /// Reading this target went wrong in a way that nobody foresaw.
    Defect(String),
}

/// What is wrong with a snapshot.
#[derive(Debug)]
pub enum BadSnapshot {
    /// The line is no UTF-8 text, or longer than a snapshot can be.
    NoLine,
    /// There is nothing: a filter whose first half failed sends nothing, which is no verdict.
    Empty,
    /// The operating system refused it.
    Unreadable(std::io::Error),
    /// It is none that this version can read.
    Damaged(ReadError),
    /// Raw evidence was wanted, and a snapshot holds none.
    NoEvidence,
}

impl Failure {
    /// What it makes of the call: a target that is written in no known form is a wrong argument.
    pub fn outcome(&self) -> Outcome {
        match self {
            Failure::Phone(AdbError::BadTarget { .. } | AdbError::BadAddress { .. }) | Failure::Backup(_) => {
                Outcome::REFUSED
            }
            failure if failure.is_no_target() => Outcome::default(),
            _ => Outcome::UNREADABLE,
        }
    }

    /// Whether it is about something that only lies among the targets: nothing went wrong.
    pub fn is_no_target(&self) -> bool {
        matches!(self, Failure::NotEvidence(_) | Failure::Link(_) | Failure::Hollow(_))
    }
}

impl Told for Failure {
    fn key(&self) -> &'static str {
        match self {
            Failure::Phone(error) => error.key(),
            Failure::Path(error) => error.key(),
            Failure::Snapshot { wrong: BadSnapshot::NoLine, .. } => "cli-bad-snapshot-no-line",
            Failure::Snapshot { wrong: BadSnapshot::NoEvidence, .. } => "cli-bad-snapshot-no-evidence",
            Failure::Snapshot { .. } => "cli-bad-snapshot",
            Failure::Backup(_) => "cli-collect-backup",
            Failure::NotEvidence(_) => "cli-aside",
            Failure::Link(_) => "cli-link-aside",
            Failure::Hollow(_) => "cli-hollow",
            Failure::NoUser { .. } => "cli-no-user",
            Failure::Defect(_) => "cli-defect",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        let shown = |path: &PathBuf| sanitize(&path.display().to_string(), LONGEST_PLACE);
        match self {
            Failure::Phone(error) => error.arguments(),
            Failure::Path(error) => error.arguments(),
            Failure::Snapshot { place, wrong } => {
                let mut arguments = vec![("place", place.clone())];
                match wrong {
                    BadSnapshot::NoLine | BadSnapshot::NoEvidence => {}
                    // A size is the same in every language.
                    BadSnapshot::Empty => arguments.push(("detail", "0 B".to_owned())),
                    BadSnapshot::Unreadable(error) => arguments.push(("detail", error.to_string())),
                    BadSnapshot::Damaged(error) => arguments.push(("detail", error.to_string())),
                }
                arguments
            }
            Failure::Backup(path) => vec![("path", path.display().to_string())],
            Failure::NotEvidence(path) | Failure::Link(path) => vec![("file", shown(path))],
            Failure::Hollow(path) => vec![("folder", shown(path))],
            Failure::NoUser { target, user, known } => {
                let known: Vec<String> = known.iter().map(u32::to_string).collect();
                vec![("target", target.clone()), ("user", user.to_string()), ("words", known.join(", "))]
            }
            Failure::Defect(target) => vec![("target", sanitize(target, LONGEST_PLACE))],
        }
    }

    fn hint_key(&self) -> Option<&'static str> {
        Some(match self {
            Failure::Phone(error) => error.hint_key(),
            Failure::Path(error) => error.hint_key(),
            Failure::Snapshot { .. } => "cli-bad-snapshot-hint",
            Failure::Backup(_) => "cli-collect-backup-hint",
            Failure::NoUser { .. } => "cli-one-of",
            Failure::Defect(_) => "cli-defect-hint",
            Failure::NotEvidence(_) | Failure::Link(_) | Failure::Hollow(_) => return None,
        })
    }
}

/// Why a phone that was in sight was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It was never ready.
    NotReady {
        /// Its target, or where it is plugged in.
        phone: String,
        /// In which state it was.
        state: State,
    },
    /// It was unplugged before its turn came.
    Unplugged,
    /// The watch ended before its turn came.
    Ended,
}

impl Told for Unread {
    fn key(&self) -> &'static str {
        match self {
            Unread::NotReady { .. } => "cli-not-ready",
            Unread::Unplugged => "cli-watch-unplugged",
            Unread::Ended => "cli-watch-unread",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Unread::NotReady { phone, state } => {
                vec![("target", sanitize(phone, 80)), ("state", state.word().to_owned())]
            }
            Unread::Unplugged | Unread::Ended => Vec::new(),
        }
    }

    fn hint_key(&self) -> Option<&'static str> {
        None
    }
}
