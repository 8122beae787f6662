//! `poucet snapshot`: the facts alone, as JSON.

use clap::{ArgMatches, Command};
use poucet::inner::files::output::Readers;
use poucet::snapshot::Snapshot;
use poucet::visit::Reader;
use poucet::visit::judge::is_damaged;
use poucet::visit::sight::{Resolved, resolve};

use super::arguments::{self, Commands, file, output, targets};
use super::output::Pipe;
use super::terminal::Terminal;
use super::{Outcome, Session, options, told};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    arguments::reading(
        texts,
        make.build("snapshot").arg(targets(texts)).arg(file("targets-from", texts)).arg(output(texts)),
    )
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let (read, passwords) = match options::read(session, matches) {
        Ok(read) => read,
        Err(outcome) => return outcome,
    };
    let terminal = Terminal::new(session, passwords);
    let named = options::targets(session, matches);
    let (targets, mut outcome) = match named.and_then(|named| resolve(named, &terminal)).and_then(Resolved::ready) {
        Ok(resolved) => resolved,
        Err(outcome) => return outcome,
    };
    let mut lines = Lines::new(session, matches);
    terminal.during(|| {
        Reader::new(&read, &terminal).each_snapshot(targets, |result| match result {
            Ok(snapshot) => {
                if is_damaged(&snapshot) {
                    outcome = outcome.and(Outcome::UNREADABLE);
                }
                lines.add(snapshot);
                if lines.pipe.is_closed() {
                    read.cancel.stop();
                }
            }
            Err(failure) => {
                told::failure(session, &failure);
                outcome = outcome.and(failure.outcome());
            }
        });
    });
    outcome.and(lines.finish())
}

/// One snapshot is a document; several are lines.
struct Lines<'p> {
    first: Option<Snapshot>,
    several: bool,
    pipe: Pipe<'p>,
}

impl<'p> Lines<'p> {
    fn new(session: &'p Session, matches: &'p ArgMatches) -> Lines<'p> {
        Lines { first: None, several: false, pipe: Pipe::new(session, matches, Readers::Owner) }
    }

    fn add(&mut self, snapshot: Snapshot) {
        // A file from before there was a mark gets it.
        let snapshot = snapshot.marked();
        if !self.several && self.first.is_none() {
            self.first = Some(snapshot);
            return;
        }
        self.several = true;
        let first = self.first.take();
        for snapshot in first.iter().chain(std::iter::once(&snapshot)) {
            self.pipe.add(&line(snapshot));
        }
        self.pipe.flush();
    }

    fn finish(mut self) -> Outcome {
        if let Some(only) = self.first.take() {
            // A structure of plain data always serialises.
            self.pipe.add(&(serde_json::to_string_pretty(&only).unwrap_or_default() + "\n"));
        }
        self.pipe.finish()
    }
}

fn line(snapshot: &Snapshot) -> String {
    serde_json::to_string(snapshot).unwrap_or_default() + "\n"
}
