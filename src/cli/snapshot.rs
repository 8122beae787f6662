//! `poucet snapshot`: the facts alone, as JSON.

use clap::ArgMatches;
use poucet::snapshot::Snapshot;

use super::target::{Reading, is_damaged, resolve};
use super::{Exit, Session};

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    let reading = match Reading::from(session, matches) {
        Ok(reading) => reading,
        Err(exit) => return exit,
    };
    let (targets, mut exit) = match resolve(session, matches) {
        Ok(resolved) => resolved,
        Err(exit) => return exit,
    };
    let mut first: Option<Snapshot> = None;
    let mut text = String::new();
    reading.each(session, targets, |_, result| match result {
        Ok(snapshot) => {
            if is_damaged(&snapshot) {
                exit = exit.and(Exit::UNREADABLE);
            }
            // One snapshot is a document; several are lines.
            if first.is_none() && text.is_empty() {
                first = Some(snapshot);
                return;
            }
            if let Some(first) = first.take() {
                line(&mut text, &first);
            }
            line(&mut text, &snapshot);
        }
        Err(failure) => {
            failure.say(session);
            exit = exit.and(failure.exit());
        }
    });
    if let Some(only) = first {
        // A structure of plain data always serialises.
        text = serde_json::to_string_pretty(&only).unwrap_or_default();
        text.push('\n');
    }
    if text.is_empty() {
        return exit;
    }
    exit.and(session.deliver(matches, &text))
}

fn line(text: &mut String, snapshot: &Snapshot) {
    text.push_str(&serde_json::to_string(snapshot).unwrap_or_default());
    text.push('\n');
}
