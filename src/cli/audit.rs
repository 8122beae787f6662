//! `poucet audit`: the main job, for one phone or ten thousand.

use std::path::Path;

use clap::{ArgMatches, Command};
use poucet::audit::Audit;
use poucet::batch::Summary;
use poucet::inner::source::ios_backup::{Ask, Password};
use poucet::report::{Format, Languages, Portion, Wording};
use poucet::visit::{
    self, Event, Face, Flow, JudgeOptions, Options, ResultsOptions, Shown, Summarise, Tally, Target, TargetName,
};

use super::arguments::{self, Commands, file, flag, output_dir, targets};
use super::output::{Output, Page, Reports, layout, second_language};
use super::terminal::Terminal;
use super::{Outcome, Session, options, store, told};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    arguments::reading(
        texts,
        arguments::judging(texts, make.build("audit").arg(targets(texts)))
            .arg(file("baseline", texts))
            .arg(flag("fail-on-new", texts).requires("baseline"))
            .arg(file("targets-from", texts))
            .arg(output_dir(texts).conflicts_with_all(["output", "summary"]))
            .arg(flag("summary", texts))
            .arg(arguments::store(texts))
            .arg(arguments::keep(texts))
            .arg(flag("explain-collection", texts)),
    )
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    if matches.get_flag("explain-collection") {
        let head = session.texts.get("cli-explain-collection");
        let table =
            poucet::inner::source::adb::questions::render(session.texts.language(), |key| session.texts.get(key));
        return session.deliver(matches, &format!("{head}\n\n{table}"));
    }
    match prepared(session, matches) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn prepared(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let judge = options::judge(session, matches, &options::default_profiles(session))?;
    let format = Output::format(session, matches)?;
    let alone = summary_alone(session, matches, format)?;
    let (read, passwords) = options::read(session, matches)?;
    let second = second_language(session, matches);
    let languages = Languages { first: Wording::new(&session.texts), second: second.as_ref().map(Wording::new) };
    let place = matches.get_one::<String>("output-dir").map(Path::new);
    let here = layout(session, matches, judge.today);
    let filed = Reports::new(format, languages, here, true);
    let (write, summaries) = (|shown: Shown<'_>| filed.document(shown), |summary: &Summary| filed.summaries(summary));
    let results = place.map(|place| ResultsOptions {
        place,
        look: filed.look(matches),
        extension: format.extension(),
        write: &write,
        summaries: &summaries,
    });
    let page = AuditPage {
        session,
        terminal: Terminal::new(session, passwords),
        judge: &judge,
        reports: Reports::new(format, languages, here, false),
        has_folder: place.is_some(),
        alone,
        page: Page::new(Output::new(session, matches, format, second.as_ref(), judge.today)),
    };
    // What nobody will see is not written.
    let tells = !alone;
    let visit = Options {
        targets: options::targets(session, matches)?,
        read: &read,
        judge: &judge,
        baseline: matches.get_one::<String>("baseline").map(Target::parse),
        store: store::options(session, matches, read.id_key.as_deref())?,
        results,
        summary: match (alone || place.is_some(), format.batch_follows()) {
            (true, _) => Summarise::Always,
            (false, true) => Summarise::Along,
            (false, false) => Summarise::No,
        },
    };
    let make = |_: &TargetName, audits: &[Audit<'_>]| tells.then(|| page.reports.portion(Shown::Audits(audits)));
    let take = |_: &TargetName, portion: Option<Portion>| page.take(portion);
    let tally = page.terminal.during(|| visit::run_with(visit, &page, &make, take));
    Ok(tally.outcome.and(page.page.written()))
}

/// `--summary`: nothing but what all phones come to.
fn summary_alone(session: &Session, matches: &ArgMatches, format: Format) -> Result<bool, Outcome> {
    let alone = matches.get_flag("summary");
    if alone && !format.tells_batches() {
        let forms = Format::words(Format::tells_batches);
        session.error(
            &session.texts.with("cli-no-summary", &[("format", format.word())]),
            Some(&session.texts.with("cli-one-of", &[("words", &forms.join(", "))])),
        );
        return Err(Outcome::REFUSED);
    }
    Ok(alone)
}

/// The face of an audit: results go to the page, all else to the terminal.
struct AuditPage<'a> {
    session: &'a Session,
    terminal: Terminal<'a>,
    judge: &'a JudgeOptions<'a>,
    /// How the reports on the page are written.
    reports: Reports<'a>,
    /// Whether each target has a report of its own in a folder.
    has_folder: bool,
    /// Whether nothing but what all phones come to is wanted.
    alone: bool,
    page: Page<'a>,
}

impl AuditPage<'_> {
    /// Adds what is told of one target.
    fn take(&self, portion: Option<Portion>) -> Flow {
        self.page.add(|page| {
            if let Some(portion) = portion {
                page.join(portion);
            }
        })
    }

    /// Writes what all came to, ends the page, and tells of waivers that nothing needed.
    fn done(&self, tally: &Tally) {
        self.page.end(|page| self.end(page, tally));
        if let Some(waivers) = &self.judge.waivers {
            told::unused_waivers(self.session, waivers, &tally.waivers);
        }
    }

    fn end(&self, mut page: Output<'_>, tally: &Tally) -> Outcome {
        let summary = &tally.summary;
        // A summary is whole by itself.
        if self.has_folder || self.alone {
            let format = if self.has_folder { Format::Table } else { self.reports.format };
            page.add_text(&self.reports.summary(format, summary));
            return page.finish_text();
        }
        if summary.targets() + summary.aside > 1 && summary.read > 0 && self.reports.format.batch_follows() {
            page.add(|form| form.batch(summary));
        }
        page.finish()
    }
}

impl Face for AuditPage<'_> {
    fn event(&self, event: Event<'_>) -> Flow {
        match event {
            Event::Pause => self.page.flush(),
            Event::Done(tally) => {
                self.done(tally);
                Flow::Go
            }
            other => self.terminal.event(other),
        }
    }

    fn password(&self, target: &str, ask: Ask) -> Option<Password> {
        self.terminal.password(target, ask)
    }
}
