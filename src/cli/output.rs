//! Results on their way out, in the form that was asked for.

use clap::ArgMatches;
use poucet::report::{self, Format, Languages, Wording, Writer, table};
use poucet::text::Texts;

use super::{Exit, Session};

/// The word of `--lang` that asks for both languages.
pub(crate) const BOTH: &str = "both";

/// The texts of the language that is not the session's, where both are asked for.
pub(crate) fn second_language(session: &Session, matches: &ArgMatches) -> Option<Texts> {
    wants_both(matches).then(|| Texts::new(session.texts.language().other()))
}

fn wants_both(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("lang").is_some_and(|word| word == BOTH)
}

/// The results of a call.
pub(crate) struct Output<'p> {
    session: &'p Session,
    matches: &'p ArgMatches,
    writer: Box<dyn Writer + 'p>,
    text: String,
    exit: Exit,
}

impl<'p> Output<'p> {
    /// The form that was asked for.
    ///
    /// # Errors
    /// With a message, when it cannot hold both languages and both are asked for.
    pub(crate) fn format(session: &Session, matches: &ArgMatches) -> Result<Format, Exit> {
        let word = matches.get_one::<String>("format");
        let format = word.and_then(|word| Format::from_word(word)).unwrap_or(Format::Table);
        if wants_both(matches) && !format.takes_both_languages() {
            let forms: Vec<&str> =
                Format::ALL.into_iter().filter(|form| form.takes_both_languages()).map(Format::word).collect();
            session.error(
                &session.texts.with("cli-both-languages", &[("format", format.word())]),
                Some(&session.texts.with("cli-both-languages-hint", &[("formats", &forms.join(", "))])),
            );
            return Err(Exit::USAGE);
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
        let layout = table::Layout {
            width: session.width(),
            colour: session.colour(matches),
            today: Some(today),
            wide: matches.get_flag("wide"),
        };
        let writer = report::writer(format, languages, layout);
        Output { session, matches, writer, text: String::new(), exit: Exit::default() }
    }

    /// Adds a result.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut dyn Writer, &mut String)) {
        write(self.writer.as_mut(), &mut self.text);
        // Results come as they are made, unless they go into one file.
        if self.matches.get_one::<String>("output").is_none() && !self.text.is_empty() {
            self.exit = self.exit.and(self.session.print(&self.text));
            self.text.clear();
        }
    }

    /// Nothing more comes: writes what is left, and the file.
    pub(crate) fn finish(mut self) -> Exit {
        self.writer.end(&mut self.text);
        if self.text.is_empty() {
            return self.exit;
        }
        self.exit.and(self.session.deliver(self.matches, &self.text))
    }
}
