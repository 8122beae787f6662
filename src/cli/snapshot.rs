//! `poucet snapshot`: the facts alone, as JSON.

use clap::ArgMatches;
use poucet::files::output::Readers;
use poucet::snapshot::Snapshot;

use super::output::Pipe;
use super::reading::Reading;
use super::target::{Resolved, is_damaged, resolve};
use super::{Exit, Session};

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    let reading = match Reading::from(session, matches) {
        Ok(reading) => reading,
        Err(exit) => return exit,
    };
    let (targets, mut exit) = match resolve(session, matches).and_then(Resolved::ready) {
        Ok(resolved) => resolved,
        Err(exit) => return exit,
    };
    let mut lines = Lines::new(session, matches);
    reading.snapshots(targets, |result| match result {
        Ok(snapshot) => {
            if is_damaged(&snapshot) {
                exit = exit.and(Exit::UNREADABLE);
            }
            lines.add(snapshot);
            if lines.pipe.is_closed() {
                reading.stop();
            }
        }
        Err(failure) => {
            failure.say(session);
            exit = exit.and(failure.exit());
        }
    });
    exit.and(lines.finish())
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

    fn finish(mut self) -> Exit {
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
