//! `poucet watch`: each phone as it is plugged in, until somebody says that it is enough.

use std::io::Write as _;
use std::path::Path;

use clap::{ArgMatches, Command};
use poucet::batch::Summary;
use poucet::inner::source::ios_backup::{Ask, Password};
use poucet::report::{Format, Languages, Wording};
use poucet::visit::{
    self, Event, Face, Failure, Flow, Options, ResultsOptions, Shown, Summarise, Tally, TargetName, Watched,
};

use super::arguments::{self, Commands, output_dir};
use super::output::{Output, Page, Reports, layout, portion, second_language};
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
        page: Page::new(page),
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
    let tally = visit::watch(visit, &page, |shown| page.page.add(|page| page.add(|form| portion(form, shown))));
    Ok(tally.outcome.and(page.page.written()))
}

/// The face of a watch: results go to the page, all else to the terminal.
struct WatchPage<'a> {
    session: &'a Session,
    terminal: Terminal<'a>,
    reports: &'a Reports<'a>,
    /// Whether each plugging-in has a report of its own in a folder.
    has_folder: bool,
    page: Page<'a>,
}

impl WatchPage<'_> {
    /// Each phone is somebody's at the desk: what to do is said each time.
    fn failed(&self, target: &TargetName, failure: &Failure) {
        self.session.say(&self.session.texts.with("cli-target", &[("target", &target.name)]));
        told::failure(self.session, failure);
    }

    /// Writes what all came to, and ends the page.
    fn done(&self, tally: &Tally) {
        self.page.end(|mut page| {
            if self.has_folder {
                page.add_text(&self.reports.summary(Format::Table, &tally.summary));
                return page.finish_text();
            }
            if tally.summary.targets() > 1 {
                page.add(|form| form.batch(&tally.summary));
            }
            page.finish()
        });
    }
}

impl Face for WatchPage<'_> {
    fn event(&self, event: Event<'_>) -> Flow {
        match event {
            Event::Pause => return self.page.flush(),
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
