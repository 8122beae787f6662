//! Results for people and programs, one form a file or folder; what has no form is in `content/`. Nothing here reads a phone or a file.
//!
//! All that the rest of the program knows of the forms stands in one table below; nothing in the room uses it.

mod content;
mod csv;
pub mod difference;
pub mod explain;
mod form;
pub mod history;
mod html;
pub mod json;
mod junit;
mod markdown;
mod ocsf;
mod oscal;
mod sarif;
mod table;
pub mod verdict;

use crate::batch::Summary;
use form::Between;

pub use content::pairing::Pairing;
pub use content::wording::Wording;
pub use form::{Form, Join, Languages, Layout, Portion};
pub use table::sheet_table;

/// What a form does with the sum of all phones of a batch.
enum Batch {
    /// It cannot hold it.
    Never,
    /// It can be asked for alone.
    Alone(Whole),
    /// The same, and it follows the results of several phones by itself.
    Follows(Whole),
}

/// Makes a document of the sum of all phones.
type Whole = fn(&Summary, Languages<'_>, Layout) -> String;

/// What there is to know of a form.
struct Entry {
    /// The word of `--format`.
    word: &'static str,
    /// The ending of a file.
    extension: &'static str,
    /// Whether results can be in both languages at once.
    both: bool,
    /// What all phones come to.
    batch: Batch,
    /// Makes the portions.
    form: for<'t> fn(Languages<'t>, Layout) -> Box<dyn Form + 't>,
    /// Joins them.
    join: for<'t> fn(Languages<'t>, Layout) -> Box<dyn Join + 't>,
}

/// One list gives the variants, their order and what there is to know of each.
macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident => $entry:expr;)*) => {
        /// A form of the results.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $($(#[$doc])* $name,)*
        }

        impl Format {
            /// Every form, with the table, which is the default, first.
            pub const ALL: &'static [Format] = &[$(Format::$name,)*];

            fn entry(self) -> &'static Entry {
                match self {
                    $(Format::$name => const { &$entry },)*
                }
            }
        }
    };
}

formats! {
    /// For a person at a terminal.
    Table => Entry {
        word: "table",
        extension: "txt",
        both: false,
        batch: Batch::Follows(|summary, languages, layout| table::batch(summary, languages.first, layout)),
        form: |languages, layout| Box::new(table::Pages::new(languages.first, layout)),
        join: |_, layout| Box::new(table::join(layout)),
    };
    /// `poucet.audit/1` and `poucet.comparison/1`.
    Json => Entry {
        word: "json",
        extension: "json",
        both: false,
        batch: Batch::Alone(|summary, languages, _| json::batch(summary, languages.first)),
        form: |languages, _| Box::new(json::Results::indented(languages.first)),
        join: |_, _| Box::new(json::Array::default()),
    };
    /// The same, one a line.
    JsonLines => Entry {
        word: "jsonl",
        extension: "jsonl",
        both: false,
        batch: Batch::Never,
        form: |languages, _| Box::new(json::Results::lines(languages.first)),
        join: |_, _| Box::new(Between::default()),
    };
    /// Comma- or semicolon-separated, for a spreadsheet.
    Csv => Entry {
        word: "csv",
        extension: "csv",
        both: false,
        batch: Batch::Alone(|summary, languages, _| csv::batch(summary, languages.first)),
        form: |languages, _| Box::new(csv::Findings::new(languages.first)),
        join: |_, _| Box::new(csv::Joined::default()),
    };
    /// One page that stands by itself.
    Html => Entry {
        word: "html",
        extension: "html",
        both: true,
        batch: Batch::Follows(|summary, languages, _| html::batch(summary, languages)),
        form: |languages, _| Box::new(html::Sections::new(languages)),
        join: |languages, _| Box::new(html::HtmlPage::new(languages)),
    };
    /// For tickets.
    Markdown => Entry {
        word: "markdown",
        extension: "md",
        both: true,
        batch: Batch::Follows(|summary, languages, _| markdown::batch(summary, languages)),
        form: |languages, _| Box::new(markdown::Ticket::new(languages)),
        join: |_, _| Box::new(markdown::join()),
    };
    /// SARIF 2.1.0.
    Sarif => Entry {
        word: "sarif",
        extension: "sarif",
        both: false,
        batch: Batch::Never,
        form: |languages, _| Box::new(sarif::Runs::new(languages.first)),
        join: |_, _| Box::new(sarif::Log::default()),
    };
    /// JUnit XML.
    Junit => Entry {
        word: "junit",
        extension: "xml",
        both: false,
        batch: Batch::Never,
        form: |languages, _| Box::new(junit::Suites::new(languages.first)),
        join: |_, _| Box::new(junit::Joined::default()),
    };
    /// OSCAL assessment results.
    Oscal => Entry {
        word: "oscal",
        extension: "oscal.json",
        both: false,
        batch: Batch::Never,
        form: |languages, _| Box::new(oscal::Results::new(languages.first)),
        join: |languages, _| Box::new(oscal::Joined::new(languages.first)),
    };
    /// OCSF compliance findings, one a line.
    Ocsf => Entry {
        word: "ocsf",
        extension: "ocsf.jsonl",
        both: false,
        batch: Batch::Never,
        form: |languages, _| Box::new(ocsf::Events::new(languages.first)),
        join: |_, _| Box::new(Between::default()),
    };
    /// `poucet.verdict/1`, one short line per phone and profile.
    Verdicts => Entry {
        word: "verdicts",
        extension: "verdicts.jsonl",
        both: false,
        batch: Batch::Never,
        form: |_, _| Box::new(verdict::Lines),
        join: |_, _| Box::new(Between::default()),
    };
}

impl Format {
    /// The word of `--format`.
    pub fn word(self) -> &'static str {
        self.entry().word
    }

    /// The form of a word.
    pub fn from_word(word: &str) -> Option<Format> {
        Format::ALL.iter().copied().find(|format| format.word() == word)
    }

    /// The words of all forms that something is true of.
    pub fn words(holds: impl Fn(Format) -> bool) -> Vec<&'static str> {
        Format::ALL.iter().copied().filter(|format| holds(*format)).map(Format::word).collect()
    }

    /// The ending of a file of this form.
    pub fn extension(self) -> &'static str {
        self.entry().extension
    }

    /// Whether results can be in both languages at once.
    pub fn takes_both_languages(self) -> bool {
        self.entry().both
    }

    /// Whether what all phones come to can be told alone.
    pub fn tells_batches(self) -> bool {
        !matches!(self.entry().batch, Batch::Never)
    }

    /// Whether what all phones come to follows the results by itself.
    pub fn batch_follows(self) -> bool {
        matches!(self.entry().batch, Batch::Follows(_))
    }

    /// What all phones come to and nothing else, as a document; empty for a form that does not tell it. `layout` is for the table alone.
    pub fn batch(self, summary: &Summary, languages: Languages<'_>, layout: Layout) -> String {
        match self.entry().batch {
            Batch::Never => String::new(),
            Batch::Alone(whole) | Batch::Follows(whole) => whole(summary, languages, layout),
        }
    }

    /// What makes the portions of a document; several hands can use it at once. `layout` is for the table alone.
    pub fn form<'t>(self, languages: Languages<'t>, layout: Layout) -> Box<dyn Form + 't> {
        (self.entry().form)(languages, layout)
    }

    /// What joins the portions, in order.
    pub fn join<'t>(self, languages: Languages<'t>, layout: Layout) -> Box<dyn Join + 't> {
        (self.entry().join)(languages, layout)
    }

    /// A document of portions.
    pub fn document(
        self,
        languages: Languages<'_>,
        layout: Layout,
        portions: impl IntoIterator<Item = Portion>,
    ) -> String {
        let (mut join, mut text) = (self.join(languages, layout), String::new());
        portions.into_iter().for_each(|portion| join.add(portion, &mut text));
        join.end(&mut text);
        text
    }
}

#[cfg(test)]
mod tests;
