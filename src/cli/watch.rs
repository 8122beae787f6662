//! `poucet watch`: each phone as it is plugged in, until somebody says that it is enough.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::{ArgMatches, Command};
use poucet::batch::Summary;
use poucet::inner::source::ios_backup::{Ask, Password};
use poucet::report::{Format, Languages, Wording};
use poucet::visit::{
    self, Event, Face, Failure, Flow, Options, ResultsOptions, Shown, Summarise, Tally, TargetName, Watched,
};

use super::arguments::{self, Commands, output_dir};
use super::output::{Output, Reports, flow, layout, second_language};
use super::terminal::Terminal;
use super::{Outcome, Session, options, store, told};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    arguments::reading(
        texts,
        arguments::judging(texts, make.build("watch"))
            .mut_arg("output", |output| output.help(texts.get("cli-option-watch-output")))
            .arg(output_dir(texts).conflicts_with("output").help(texts.get("cli-option-watch-output-dir")))
            .arg(arguments::store(texts))
            .arg(arguments::keep(texts)),
    )
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    match prepared(session, matches) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn prepared(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let judge = options::judge(session, matches, &options::default_profiles(session))?;
    let format = Output::format(session, matches)?;
    let (read, passwords) = options::read(session, matches)?;
    let second = second_language(session, matches);
    let languages = Languages { first: Wording::new(&session.texts), second: second.as_ref().map(Wording::new) };
    let store = store::options(session, matches, read.id_key.as_deref())?;
    let place = matches.get_one::<String>("output-dir").map(Path::new);
    let reports = Reports::new(format, languages, layout(session, matches, judge.today), true);
    let (write, summaries) =
        (|shown: Shown<'_>| reports.document(shown), |summary: &Summary| reports.summaries(summary));
    let results = place.map(|place| ResultsOptions {
        place,
        look: reports.look(matches),
        extension: format.extension(),
        write: &write,
        summaries: &summaries,
    });
    let page = Output::new(session, matches, format, second.as_ref(), judge.today).growing()?;
    let page = WatchPage {
        session,
        terminal: Terminal::new(session, passwords),
        reports: &reports,
        has_folder: place.is_some(),
        page: Mutex::new(Some(page)),
        written: Mutex::default(),
    };
    let visit = Options {
        targets: Vec::new(),
        read: &read,
        judge: &judge,
        baseline: None,
        store,
        results,
        summary: Summarise::Always,
    };
    let tally = visit::watch(visit, &page, |shown| page.take(shown));
    Ok(tally.outcome.and(page.written()))
}

/// The face of a watch: results go to the page, all else to the terminal.
struct WatchPage<'a> {
    session: &'a Session,
    terminal: Terminal<'a>,
    reports: &'a Reports<'a>,
    /// Whether each plugging-in has a report of its own in a folder.
    has_folder: bool,
    /// Until all is written.
    page: Mutex<Option<Output<'a>>>,
    /// What writing the page came to.
    written: Mutex<Outcome>,
}

impl<'a> WatchPage<'a> {
    fn page(&self) -> MutexGuard<'_, Option<Output<'a>>> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, shown: Shown<'_>) -> Flow {
        let mut page = self.page();
        let Some(page) = page.as_mut() else { return Flow::Stop };
        page.add(|form| match shown {
            Shown::Audits(audits) => form.audits(audits),
            Shown::Comparison(comparison) => form.comparison(comparison),
        });
        flow(page)
    }

    /// Each phone is somebody's at the desk: what to do is said each time.
    fn failed(&self, target: &TargetName, failure: &Failure) {
        self.session.say(&self.session.texts.with("cli-target", &[("target", &target.name)]));
        told::failure(self.session, failure);
    }

    /// Writes what all came to, and ends the page.
    fn done(&self, tally: &Tally) {
        let Some(mut page) = self.page().take() else { return };
        let written = if self.has_folder {
            page.add_text(&self.reports.summary(Format::Table, &tally.summary));
            page.finish_text()
        } else {
            if tally.summary.targets() > 1 {
                page.add(|form| form.batch(&tally.summary));
            }
            page.finish()
        };
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = written;
    }

    fn written(&self) -> Outcome {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Face for WatchPage<'_> {
    fn event(&self, event: Event<'_>) -> Flow {
        match event {
            Event::Pause => {
                let mut page = self.page();
                let Some(page) = page.as_mut() else { return Flow::Go };
                page.flush();
                return flow(page);
            }
            Event::Failed(Some(target), failure) => self.failed(target, failure),
            Event::Done(tally) => self.done(tally),
            Event::Watch(Watched::Next) => {
                // The desk may be across the room.
                let _ = write!(std::io::stderr(), "{}", bell());
                return self.terminal.event(event);
            }
            other => return self.terminal.event(other),
        }
        Flow::Go
    }

    fn password(&self, target: &str, ask: Ask) -> Option<Password> {
        self.terminal.password(target, ask)
    }
}

/// The bell of a terminal; nothing where there is none.
fn bell() -> &'static str {
    use std::io::IsTerminal as _;
    if std::io::stderr().is_terminal() { "\u{7}" } else { "" }
}
