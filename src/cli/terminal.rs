//! The face of a visit at a terminal: events become sentences on standard error, and questions are asked there.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use poucet::inner::source::ios_backup::{Ask, Password};
use poucet::visit::{Event, Face, Failure, Flow, TargetName};

use super::password::Passwords;
use super::progress::Progress;
use super::{Session, told};

/// A terminal, without what a command writes on standard output.
pub(crate) struct Terminal<'t> {
    session: &'t Session,
    passwords: Passwords,
    progress: Progress,
    /// What to do, as far as it was said.
    hints: Mutex<BTreeSet<String>>,
}

impl<'t> Terminal<'t> {
    /// `passwords` answers for encrypted backups.
    pub(crate) fn new(session: &'t Session, passwords: Passwords) -> Terminal<'t> {
        Terminal { session, passwords, progress: Progress::default(), hints: Mutex::default() }
    }

    /// Does the work while the lines of what is being read move.
    pub(crate) fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        self.progress.during(work)
    }

    fn failed(&self, target: &TargetName, failure: &Failure) {
        let session = self.session;
        if target.live {
            session.say(&session.texts.with("cli-target", &[("target", &target.name)]));
        }
        // Of thousands of bad lines each is told, and what to do about them once.
        let mut hints = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = session.texts.hint(failure).is_some_and(|hint| !hints.insert(hint));
        if is_known {
            session.error(&session.texts.told(failure), None);
        } else {
            told::failure(session, failure);
        }
    }
}

impl Face for Terminal<'_> {
    fn event(&self, event: Event<'_>) -> Flow {
        let session = self.session;
        match event {
            Event::Seen(targets) => self.progress.seen(&session.texts, targets),
            Event::Began { place, name } => self.progress.begin(place, name),
            Event::Ended { place, results } => self.progress.end(place, results),
            Event::AllRead => self.progress.clear(),
            Event::NoPhone(options, sightings) => told::no_phone(session, options, sightings),
            Event::Unready(phone) => told::not_ready(session, phone),
            Event::Note(note) => told::note(session, note, self.passwords.is_given()),
            Event::Failed(Some(target), failure) => self.failed(target, failure),
            Event::Failed(None, failure) => told::failure(session, failure),
            Event::Unwritten(error) => session.output_error(error),
            Event::Kept(kept) => told::kept(session, kept),
            Event::NoWatch(error) => session.error(&error.to_string(), None),
            Event::Watch(watched) => told::watched(session, watched),
            Event::Pause | Event::Done(_) => {}
        }
        Flow::Go
    }

    fn password(&self, target: &str, ask: Ask) -> Option<Password> {
        self.passwords.answer(self.session, target, ask)
    }
}
