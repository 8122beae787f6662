//! Results on their way out, in the form that was asked for.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::ArgMatches;
use poucet::batch::Summary;
use poucet::inner::files::output::{AtomicFile, OutputError, Readers, write_atomically_with};
use poucet::report::{Form, Format, Join, Languages, Layout, Portion, Wording};
use poucet::text::Texts;
use poucet::visit::settings::Look;
use poucet::visit::{Flow, Shown};

use super::arguments::BOTH;
use super::{Outcome, Session};

/// The texts of the language that is not the session's, where both are asked for.
pub(crate) fn second_language(session: &Session, matches: &ArgMatches) -> Option<Texts> {
    wants_both(matches).then(|| Texts::new(session.texts.language().other()))
}

fn wants_both(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("lang").is_some_and(|word| word == BOTH)
}

/// How much may wait before it is written, in bytes.
const WAITING: usize = 256 << 10;

/// Text on its way out: to standard output as it comes, or to a file that stands at its place when it is whole.
pub(crate) struct Pipe<'p> {
    session: &'p Session,
    waiting: String,
    file: Option<&'p str>,
    readers: Readers,
    begun: Option<AtomicFile>,
    /// What a file holds that is whole after each result.
    kept: Option<String>,
    exit: Outcome,
    closed: bool,
}

impl<'p> Pipe<'p> {
    /// To `--output`, or to standard output.
    pub(crate) fn new(session: &'p Session, matches: &'p ArgMatches, readers: Readers) -> Pipe<'p> {
        Pipe {
            session,
            waiting: String::new(),
            file: matches.get_one::<String>("output").map(String::as_str),
            readers,
            begun: None,
            kept: None,
            exit: Outcome::default(),
            closed: false,
        }
    }

    /// Whether nobody takes what is written: a reader that has seen enough, or a disk that is full.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Adds a text.
    pub(crate) fn add(&mut self, text: &str) {
        self.waiting.push_str(text);
        if self.waiting.len() >= WAITING {
            self.flush();
        }
    }

    /// Lets a text be added to what waits.
    fn write(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.waiting);
        if self.waiting.len() >= WAITING && self.kept.is_none() {
            self.flush();
        }
    }

    /// Writes what waits.
    pub(crate) fn flush(&mut self) {
        if self.waiting.is_empty() || self.closed {
            self.waiting.clear();
            return;
        }
        let written = match self.file {
            None => self.session.print_on(&self.waiting),
            Some(path) => self.write_file(path).map_err(|error| {
                self.session.output_error(&error);
                Outcome::REFUSED
            }),
        };
        if let Err(exit) = written {
            self.exit = self.exit.and(exit);
            self.closed = true;
            self.begun = None;
        }
        self.waiting.clear();
    }

    fn write_file(&mut self, path: &str) -> Result<(), OutputError> {
        let mut file = match self.begun.take() {
            Some(file) => file,
            None => AtomicFile::create(Path::new(path), self.readers)?,
        };
        file.add(self.waiting.as_bytes())?;
        self.begun = Some(file);
        Ok(())
    }

    /// Writes what came so far, and after it `end`, in the place of what the file held. What cannot be written is said, and
    /// comes with the next result.
    ///
    /// # Errors
    /// 2, with a message.
    fn put(&mut self, end: &str) -> Result<(), Outcome> {
        let (Some(kept), Some(path)) = (self.kept.as_mut(), self.file) else { return Ok(()) };
        kept.push_str(&self.waiting);
        self.waiting.clear();
        let parts = [kept.as_bytes(), end.as_bytes()];
        if parts.iter().all(|part| part.is_empty()) {
            return Ok(());
        }
        let content = |file: &mut dyn std::io::Write| parts.iter().try_for_each(|part| file.write_all(part));
        write_atomically_with(Path::new(path), self.readers, content).map_err(|error| {
            self.session.output_error(&error);
            Outcome::REFUSED
        })
    }

    /// Nothing more comes.
    pub(crate) fn finish(mut self) -> Outcome {
        if self.kept.is_some() {
            return self.exit.and(self.put("").err().unwrap_or_default());
        }
        self.flush();
        if let Some(file) = self.begun.take()
            && let Err(error) = file.finish()
        {
            self.session.output_error(&error);
            return self.exit.and(Outcome::REFUSED);
        }
        self.exit
    }
}

/// The results of a call.
pub(crate) struct Output<'p> {
    form: Box<dyn Form + 'p>,
    join: Box<dyn Join + 'p>,
    pipe: Pipe<'p>,
}

impl<'p> Output<'p> {
    /// The form that was asked for.
    ///
    /// # Errors
    /// With a message, when it cannot hold both languages and both are asked for.
    pub(crate) fn format(session: &Session, matches: &ArgMatches) -> Result<Format, Outcome> {
        let word = matches.get_one::<String>("format");
        let format = word.and_then(|word| Format::from_word(word)).unwrap_or(Format::Table);
        if wants_both(matches) && !format.takes_both_languages() {
            let forms = Format::words(Format::takes_both_languages);
            session.error(
                &session.texts.with("cli-both-languages", &[("format", format.word())]),
                Some(&session.texts.with("cli-both-languages-hint", &[("formats", &forms.join(", "))])),
            );
            return Err(Outcome::REFUSED);
        }
        Ok(format)
    }

    /// Ready for results. `second` is what [`second_language`] gave.
    pub(crate) fn new(
        session: &'p Session,
        matches: &'p ArgMatches,
        format: Format,
        second: Option<&'p Texts>,
        today: jiff::civil::Date,
    ) -> Output<'p> {
        let languages = Languages { first: Wording::new(&session.texts), second: second.map(Wording::new) };
        let layout = layout(session, matches, today);
        Output {
            form: format.form(languages, layout),
            join: format.join(languages, layout),
            pipe: Pipe::new(session, matches, Readers::Usual),
        }
    }

    /// Adds a result, whose portion is made here.
    pub(crate) fn add(&mut self, tell: impl FnOnce(&dyn Form) -> Portion) {
        let portion = tell(self.form.as_ref());
        self.join(portion);
    }

    /// Adds a portion that the same form made elsewhere.
    pub(crate) fn join(&mut self, portion: Portion) {
        let join = self.join.as_mut();
        self.pipe.write(|text| join.add(portion, text));
    }

    /// Adds a result that is written already.
    pub(crate) fn add_text(&mut self, text: &str) {
        self.pipe.add(text);
    }

    /// Keeps the file whole after each result, for a call that goes on for a day. A device or a pipe takes what comes.
    ///
    /// # Errors
    /// With a message, when there can be no such file: better now than after the first phone.
    pub(crate) fn growing(mut self) -> Result<Output<'p>, Outcome> {
        let Some(path) = self.pipe.file.map(Path::new) else { return Ok(self) };
        if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            return Ok(self);
        }
        let failed = if path.is_dir() {
            Some(OutputError::new(path, std::io::ErrorKind::IsADirectory.into()))
        } else {
            AtomicFile::create(path, self.pipe.readers).err()
        };
        if let Some(error) = failed {
            self.pipe.session.output_error(&error);
            return Err(Outcome::REFUSED);
        }
        self.pipe.kept = Some(String::new());
        Ok(self)
    }

    /// Lets people and programs see what is there.
    pub(crate) fn flush(&mut self) {
        if self.pipe.kept.is_none() {
            return self.pipe.flush();
        }
        let mut end = String::new();
        self.join.end(&mut end);
        // What failed is tried again with the next result, and counts where it is the last.
        let _ = self.pipe.put(&end);
    }

    /// Whether more is of use.
    fn flow(&self) -> Flow {
        if self.pipe.is_closed() { Flow::Stop } else { Flow::Go }
    }

    /// Nothing more comes, and nothing but whole texts was added.
    pub(crate) fn finish_text(self) -> Outcome {
        self.pipe.finish()
    }

    /// Nothing more comes: writes what is left, and the file.
    pub(crate) fn finish(mut self) -> Outcome {
        let join = self.join.as_mut();
        self.pipe.write(|text| join.end(text));
        self.pipe.finish()
    }
}

/// How a table is laid out in this call.
pub(crate) fn layout(session: &Session, matches: &ArgMatches, today: jiff::civil::Date) -> Layout {
    Layout {
        width: session.width(),
        colour: session.colour(matches),
        today: Some(today),
        wide: matches.get_flag("wide"),
    }
}

/// Columns of a table in a folder of results.
const FILE_WIDTH: usize = 100;

/// `--output-dir`: how its reports are written. A file is read elsewhere and later: it looks alike wherever it was written.
pub(crate) struct Reports<'r> {
    pub(crate) format: Format,
    languages: Languages<'r>,
    layout: Layout,
    form: Box<dyn Form + 'r>,
}

impl<'r> Reports<'r> {
    /// As a file shows them where `is_filed`: as wide for everybody, and without colours.
    pub(crate) fn new(format: Format, languages: Languages<'r>, layout: Layout, is_filed: bool) -> Reports<'r> {
        let layout = if is_filed { Layout { width: FILE_WIDTH, colour: false, ..layout } } else { layout };
        Reports { format, languages, layout, form: format.form(languages, layout) }
    }

    /// What is told of one target, for [`Output::join`].
    pub(crate) fn portion(&self, shown: Shown<'_>) -> Portion {
        portion(self.form.as_ref(), shown)
    }

    /// The report of one target, whole by itself.
    pub(crate) fn document(&self, shown: Shown<'_>) -> String {
        self.format.document(self.languages, self.layout, [self.portion(shown)])
    }

    /// What all targets come to: in the form that was asked for, where it has one, and for programs.
    pub(crate) fn summaries(&self, summary: &Summary) -> Vec<(&'static str, String)> {
        let own = [self.format].into_iter().filter(|form| form.tells_batches() && *form != Format::Json);
        own.chain([Format::Json]).map(|form| (form.extension(), self.summary(form, summary))).collect()
    }

    /// What all targets come to, in one form.
    pub(crate) fn summary(&self, form: Format, summary: &Summary) -> String {
        form.batch(summary, self.languages, self.layout)
    }

    /// What tells these reports from others.
    pub(crate) fn look(&self, matches: &ArgMatches) -> Look {
        Look {
            format: self.format.word(),
            language: self.languages.first.language().word(),
            second_language: self.languages.second.map(|second| second.language().word()),
            wide: matches.get_flag("wide"),
        }
    }
}

/// What a form tells of one target.
pub(crate) fn portion(form: &dyn Form, shown: Shown<'_>) -> Portion {
    match shown {
        Shown::Audits(audits) => form.audits(audits),
        Shown::Comparison(comparison) => form.comparison(comparison),
    }
}

/// The page of a visit: several threads tell of it, and one ends it.
pub(crate) struct Page<'p> {
    /// Until all is written.
    output: Mutex<Option<Output<'p>>>,
    /// What writing it came to.
    written: Mutex<Outcome>,
}

impl<'p> Page<'p> {
    /// A page of these results.
    pub(crate) fn new(output: Output<'p>) -> Page<'p> {
        Page { output: Mutex::new(Some(output)), written: Mutex::default() }
    }

    fn output(&self) -> MutexGuard<'_, Option<Output<'p>>> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to it, and tells whether more is of use: after its end nothing is.
    pub(crate) fn add(&self, add: impl FnOnce(&mut Output<'p>)) -> Flow {
        let mut output = self.output();
        let Some(output) = output.as_mut() else { return Flow::Stop };
        add(output);
        output.flow()
    }

    /// Lets people and programs see what is there, and tells whether more is of use.
    pub(crate) fn flush(&self) -> Flow {
        let mut output = self.output();
        let Some(output) = output.as_mut() else { return Flow::Go };
        output.flush();
        output.flow()
    }

    /// Ends it, once.
    pub(crate) fn end(&self, end: impl FnOnce(Output<'p>) -> Outcome) {
        let Some(output) = self.output().take() else { return };
        let written = end(output);
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = written;
    }

    /// What writing it came to.
    pub(crate) fn written(&self) -> Outcome {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
