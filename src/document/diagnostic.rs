//! Mistakes in a profile: what is wrong, where in the person's own file, and what to write instead.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use serde::Serialize;

/// Mistakes kept; a hostile file could hold a hundred thousand, and nobody reads more than this.
const MOST: usize = 100;
/// Words among which a near one is looked for.
const MOST_SUGGESTED: usize = 1000;
/// Bytes of source shown for one mistake; a longer line is named by its number and column alone.
const LONGEST_SHOWN: usize = 4096;

/// Declares the codes, each with its kebab-case word.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $word:literal,)+) => {
        /// What is wrong, as a stable kebab-case word. The sentence stands in `src/text/profile.*.ftl` under `profile-` and the word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The kebab-case word.
            pub fn word(self) -> &'static str {
                match self { $(Code::$variant => $word,)+ }
            }

            /// The key of its sentence.
            pub fn key(self) -> &'static str {
                match self { $(Code::$variant => concat!("profile-", $word),)+ }
            }
        }
    };
}

codes! {
    /// The file could not be read.
    UnreadableFile => "unreadable-file",
    /// No shipped profile and no file has that name.
    UnknownProfile => "unknown-profile",
    /// The file is larger than a profile may be.
    FileTooLarge => "file-too-large",
    /// The file is not UTF-8 text.
    NotText => "not-text",
    /// The file is not TOML.
    NotToml => "not-toml",
    /// The file is written in a format that this version does not read.
    UnknownFormat => "unknown-format",
    /// A required key is not there.
    MissingKey => "missing-key",
    /// A key has no meaning where it stands.
    UnknownKey => "unknown-key",
    /// A key is there without the key that gives it meaning.
    MisplacedKey => "misplaced-key",
    /// A value is of the wrong kind.
    WrongType => "wrong-type",
    /// An id is not kebab-case.
    BadId => "bad-id",
    /// A word is not in the closed list for its key.
    UnknownWord => "unknown-word",
    /// No permission has that name.
    UnknownPermission => "unknown-permission",
    /// No level has that name.
    UnknownLevel => "unknown-level",
    /// The permission can never be at that level.
    LevelNotPossible => "level-not-possible",
    /// No check has that name.
    UnknownCheck => "unknown-check",
    /// The check is not a property of the phone.
    CheckNotForDevice => "check-not-for-device",
    /// The check can never have that value.
    ValueNotPossible => "value-not-possible",
    /// A number is out of range.
    NumberOutOfRange => "number-out-of-range",
    /// A text is there in one language only.
    MissingLanguage => "missing-language",
    /// A text says nothing.
    EmptyText => "empty-text",
    /// A reference is in no registry.
    UnknownReference => "unknown-reference",
    /// A rule states nothing, or several things.
    AssertionCount => "assertion-count",
    /// A device rule compares with nothing, or with several things.
    ComparisonCount => "comparison-count",
    /// A selector holds a character that means nothing there.
    SelectorCharacter => "selector-character",
    /// A quotation mark is not closed.
    SelectorQuote => "selector-quote",
    /// A parenthesis has no partner.
    SelectorParenthesis => "selector-parenthesis",
    /// Two terms follow each other without `and` or `or`.
    SelectorOperatorExpected => "selector-operator-expected",
    /// A term is missing.
    SelectorTermExpected => "selector-term-expected",
    /// A selector is nested too deep.
    SelectorTooDeep => "selector-too-deep",
    /// A selector has too many terms.
    SelectorTooLong => "selector-too-long",
    /// A term starts with a word that is no selector.
    SelectorUnknownKind => "selector-unknown-kind",
    /// A term matches no app of the catalogue.
    SelectorMatchesNothing => "selector-matches-nothing",
    /// The terms together select no app.
    EmptySelection => "empty-selection",
    /// No group has that name.
    UnknownGroup => "unknown-group",
    /// A group or parameter is defined by itself.
    GroupCycle => "group-cycle",
    /// A rule or group exists already.
    Redefinition => "redefinition",
    /// No parameter has that name.
    UnknownParameter => "unknown-parameter",
    /// A parameter's value is not one of those allowed.
    ParameterValue => "parameter-value",
    /// A child changes more of a parameter than its value.
    ParameterRedefined => "parameter-redefined",
    /// An override names a rule that does not exist.
    UnknownRule => "unknown-rule",
    /// An override changes what the rule does not have.
    OverrideNotPossible => "override-not-possible",
    /// A profile extends itself.
    ExtendsCycle => "extends-cycle",
    /// Profiles extend each other too many times over.
    ExtendsTooDeep => "extends-too-deep",
    /// A profile extends a file outside its own folder.
    ExtendsOutside => "extends-outside",
    /// The id of an own reference is not of the form that such ids have.
    BadReference => "bad-reference",
    /// A setting of the command line is not `name=value`.
    SettingForm => "setting-form",
    /// A profile that ships and a file of the organization's folder have the same id.
    AmbiguousProfile => "ambiguous-profile",
    /// A profile weakens an inherited rule and gives no reason. A warning: the profile judges all the same.
    UnreasonedChange => "unreasoned-change",
    /// A version reads as a decimal number, which spreadsheets change. A warning: the profile judges all the same.
    VersionIsNumber => "version-is-number",
    /// There is more of something than is read.
    TooMany => "too-many",
    /// A waiver names a rule in a form that is not `profile/rule`.
    WaiverRuleForm => "waiver-rule-form",
    /// A waiver names a rule that the profile does not have.
    WaiverUnknownRule => "waiver-unknown-rule",
    /// A waiver ends before it begins, or too long after.
    WaiverTooLong => "waiver-too-long",
    /// A waiver rests on the rule that it waives.
    WaiverOfItself => "waiver-of-itself",
    /// A waiver names a phone in a form that no id has.
    WaiverDevice => "waiver-device",
    /// An organization's catalogue adds an app that the catalogue knows already.
    KnownApp => "known-app",
    /// An organization's catalogue corrects an app that the catalogue does not know.
    UnknownApp => "unknown-app",
    /// An id belongs to another app already.
    IdTaken => "id-taken",
    /// An id cannot be a package name or a bundle id.
    BadAppId => "bad-app-id",
    /// An app without any id would never be found.
    NoAppId => "no-app-id",
    /// A code of a country is not two capital letters.
    BadCountry => "bad-country",
    /// A date is no day of the calendar.
    BadDate => "bad-date",
    /// There are more apps than poucet handles.
    TooManyApps => "too-many-apps",
    /// A text holds characters that cannot be shown, or is too long to be.
    UnshowableText => "unshowable-text",
    /// A path of the configuration leads to nothing, or to the wrong kind of thing.
    PathNotFound => "path-not-found",
    /// An example names an app that is neither of the catalogue nor an id.
    ExampleUnknownApp => "example-unknown-app",
    /// An example names an app that its platform does not have.
    ExampleAppElsewhere => "example-app-elsewhere",
    /// An example speaks of an app that it does not have.
    ExampleAppMissing => "example-app-missing",
    /// An example states a fact that poucet can never read on the platform.
    ExampleNeverSeen => "example-never-seen",
    /// A fact of an example changes nothing.
    ExampleNoEffect => "example-no-effect",
    /// An example gives a check a value that it never has.
    ExampleValue => "example-value",
    /// An example expects a verdict of a rule that the profile does not have.
    ExampleUnknownRule => "example-unknown-rule",
    /// An example names a rule twice.
    ExampleRuleTwice => "example-rule-twice",
    /// An example expects nothing.
    ExampleEmpty => "example-empty",
}

impl Code {
    /// Whether it is a warning: something to look at, with which a profile still judges.
    pub fn is_warning(self) -> bool {
        matches!(self, Code::UnreasonedChange | Code::VersionIsNumber)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

/// A stretch of a file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Place {
    pub(crate) fn new(file: usize, span: Range<usize>) -> Place {
        Place { file, start: span.start, end: span.end }
    }
}

/// A value put into a sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Argument {
    /// Text from the file or the vocabulary.
    Text(String),
    /// The key of another sentence, so that it reads in the reader's language.
    Message(&'static str),
}

impl From<&str> for Argument {
    fn from(text: &str) -> Argument {
        Argument::Text(text.to_string())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Argument {
        Argument::Text(text)
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Argument {
        Argument::Text(number.to_string())
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Argument {
        Argument::Text(number.to_string())
    }
}

/// A sentence to be: its key and what goes into it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message {
    pub(crate) key: &'static str,
    pub(crate) arguments: Vec<(&'static str, Argument)>,
}

/// Something that gives sentences: from a key and its arguments to the text in the reader's language.
pub type Sentences<'a> = dyn Fn(&str, &[(&str, String)]) -> String + 'a;

impl Message {
    pub(crate) fn new(key: &'static str) -> Message {
        Message { key, arguments: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Message {
        self.arguments.push((name, value.into()));
        self
    }

    fn say(&self, sentences: &Sentences<'_>) -> String {
        let arguments: Vec<(&str, String)> = self
            .arguments
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Argument::Text(text) => clean(text),
                    Argument::Message(key) => sentences(key, &[]),
                };
                (*name, value)
            })
            .collect();
        sentences(self.key, &arguments)
    }
}

/// Text from a file on its way to a terminal: no control characters, not longer than a line.
pub(crate) fn clean(text: &str) -> String {
    const LONGEST: usize = 240;
    let mut cleaned: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        cleaned.push('…');
    }
    cleaned
}

/// Whether a text shows as what it is: no control character, and none of those that hide or turn others.
pub(crate) fn is_showable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || is_invisible(c))
}

/// Characters that turn the direction of writing or take no room: they make a line read as what it is not.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    // The order of the fields is the order of the report: by place.
    place: Option<Place>,
    code: Code,
    message: Message,
    also: Option<(Place, &'static str)>,
    hint: Option<Message>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, place: impl Into<Option<Place>>) -> Diagnostic {
        Diagnostic { place: place.into(), code, message: Message::new(code.key()), also: None, hint: None }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Diagnostic {
        self.message = self.message.with(name, value);
        self
    }

    pub(crate) fn also(mut self, place: Place, label: &'static str) -> Diagnostic {
        self.also = Some((place, label));
        self
    }

    pub(crate) fn hint(mut self, hint: Message) -> Diagnostic {
        self.hint = Some(hint);
        self
    }

    /// "did you mean `word`?", when there is a near word; otherwise the list of words, when it is short.
    pub(crate) fn suggest<'a>(self, written: &str, words: impl IntoIterator<Item = &'a str>) -> Diagnostic {
        // Beyond this many words a hostile file is at work, and looking for a near one would take long.
        let words: Vec<&str> = words.into_iter().take(MOST_SUGGESTED).collect();
        if let Some(word) = super::nearest::nearest(written, words.iter().copied()) {
            self.hint(Message::new("profile-hint-did-you-mean").with("word", word))
        } else if !words.is_empty() && words.len() <= 12 {
            self.hint(Message::new("profile-hint-one-of").with("words", words.join("`, `")))
        } else {
            self
        }
    }

    /// What is wrong.
    pub fn code(&self) -> Code {
        self.code
    }
}

/// A file that mistakes point into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// The name as it is shown.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Mistakes on their way.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    pub(crate) list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Whether there are so many already that looking for a near word is no longer worth the time.
    pub(crate) fn is_busy(&self) -> bool {
        self.list.len() > MOST * 2
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        // Sorting and removing twins comes later, so more than MOST are kept here.
        if self.list.len() < MOST * 20 {
            self.list.push(diagnostic);
        }
    }
}

/// One mistake as plain data. Lines and columns count from 1, columns in characters; the end is the first character after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Located {
    /// The file as it is named; `None` when no file was found at all.
    pub file: Option<String>,
    /// The line of the first character.
    pub line: Option<usize>,
    /// The column of the first character.
    pub column: Option<usize>,
    /// The line where it ends.
    pub end_line: Option<usize>,
    /// The column after its last character.
    pub end_column: Option<usize>,
    /// What is wrong: the word of a [`Code`].
    pub code: &'static str,
    /// What is wrong, in words.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// The line and the column of a byte, from 1; `None` where it is no border of a character.
fn position(text: &str, offset: usize) -> Option<(usize, usize)> {
    let before = text.get(..offset.min(text.len()))?;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Some((before.matches('\n').count() + 1, before.get(start..)?.chars().count() + 1))
}

/// All the mistakes of a profile and of those it extends. A wrong profile judges nothing. The same form carries the warnings of a
/// profile that does judge ([`Code::is_warning`]).
///
/// [`Display`](fmt::Display) renders in English without colour; [`ProfileErrors::render`] in any language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileErrors {
    files: Vec<SourceFile>,
    diagnostics: Vec<Diagnostic>,
    unshown: usize,
}

impl ProfileErrors {
    pub(crate) fn new(files: Vec<SourceFile>, collected: Diagnostics) -> ProfileErrors {
        let mut diagnostics = collected.list;
        diagnostics.sort();
        diagnostics.dedup();
        let unshown = diagnostics.len().saturating_sub(MOST);
        diagnostics.truncate(MOST);
        ProfileErrors { files, diagnostics, unshown }
    }

    /// The mistakes, sorted by place.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Every mistake with its line and its hint, in the language that `sentences` speaks; escape sequences only with `colour`.
    pub fn render(&self, sentences: &Sentences<'_>, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let error = sentences("profile-level-error", &[]);
        let warning = sentences("profile-level-warning", &[]);
        let hint = sentences("profile-level-hint", &[]);
        let mut rendered = String::new();
        for diagnostic in &self.diagnostics {
            let title = diagnostic.message.say(sentences);
            let level = if diagnostic.code.is_warning() {
                Level::WARNING.with_name(warning.as_str())
            } else {
                Level::ERROR.with_name(error.as_str())
            };
            let mut group = level
                .primary_title(title)
                .id(diagnostic.code.word())
                .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
            let mut window = None;
            if let Some(place) = diagnostic.place {
                let near =
                    |also: &Place| also.file == place.file && also.start.abs_diff(place.start) < LONGEST_SHOWN / 4;
                let label = diagnostic.also.filter(|(also, _)| near(also));
                let marks = [Some((place, None)), label.map(|(also, key)| (also, Some(key)))];
                if let Some(snippet) = self.snippet(&marks, sentences) {
                    group = group.element(snippet);
                }
                window = diagnostic.also.filter(|(also, _)| !near(also));
            }
            if let Some((also, key)) = window
                && let Some(snippet) = self.snippet(&[Some((also, Some(key)))], sentences)
            {
                group = group.element(snippet);
            }
            if let Some(message) = &diagnostic.hint {
                group = group.element(Level::HELP.with_name(hint.as_str()).message(message.say(sentences)));
            }
            if !rendered.is_empty() {
                rendered.push('\n');
            }
            rendered.push_str(&renderer.render(&[group]));
            rendered.push('\n');
        }
        if self.unshown > 0 {
            rendered.push('\n');
            rendered.push_str(&sentences("profile-more", &[("count", self.unshown.to_string())]));
            rendered.push('\n');
        }
        rendered
    }

    /// Every mistake as plain data, for editors and pipelines: sorted by place, in the language that `sentences` speaks.
    ///
    /// Mistakes beyond the bound are one last entry with the code `more`.
    pub fn located(&self, sentences: &Sentences<'_>) -> Vec<Located> {
        let mut found: Vec<Located> = self
            .diagnostics
            .iter()
            .map(|diagnostic| {
                let file = diagnostic.place.and_then(|place| self.files.get(place.file));
                let at = |offset: usize| file.and_then(|file| position(&file.text, offset));
                let start = diagnostic.place.and_then(|place| at(place.start));
                let end = diagnostic.place.and_then(|place| at(place.end));
                Located {
                    file: file.map(|file| file.name.clone()),
                    line: start.map(|(line, _)| line),
                    column: start.map(|(_, column)| column),
                    end_line: end.map(|(line, _)| line),
                    end_column: end.map(|(_, column)| column),
                    code: diagnostic.code.word(),
                    message: diagnostic.message.say(sentences),
                    hint: diagnostic.hint.as_ref().map(|hint| hint.say(sentences)),
                }
            })
            .collect();
        if self.unshown > 0 {
            let message = sentences("profile-more", &[("count", self.unshown.to_string())]);
            found.push(Located { code: "more", message, ..Located::default() });
        }
        found
    }

    /// The lines around some places of one file, with the words marked. Only those lines are handed over, so that a large file
    /// with many mistakes stays quick.
    fn snippet<'a>(
        &'a self,
        marks: &[Option<(Place, Option<&'static str>)>],
        sentences: &Sentences<'_>,
    ) -> Option<Element<'a>> {
        let marks: Vec<_> = marks.iter().flatten().copied().collect();
        let file = self.files.get(marks.first()?.0.file)?;
        let first = marks.iter().map(|(place, _)| place.start).min()?.min(file.text.len());
        let last = marks.iter().map(|(place, _)| place.end).max()?.min(file.text.len());
        let start = file.text.get(..first)?.rfind('\n').map_or(0, |newline| newline + 1);
        let end = file.text.get(last..)?.find('\n').map_or(file.text.len(), |newline| last + newline);
        let line = file.text.get(..start)?.matches('\n').count() + 1;
        let shown = file.text.get(start..end)?;
        if shown.len() > LONGEST_SHOWN {
            let column = file.text.get(start..first)?.chars().count() + 1;
            return Some(Origin::path(file.name.as_str()).line(line).char_column(column).into());
        }
        let annotations: Vec<_> = marks
            .iter()
            .map(|(place, label)| {
                let kind = if label.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
                let from = place.start.clamp(start, end) - start;
                let annotation = kind.span(from..(place.end.clamp(start, end) - start).max(from));
                match label {
                    Some(key) => annotation.label(sentences(key, &[])),
                    None => annotation,
                }
            })
            .collect();
        Some(Snippet::source(shown).line_start(line).path(file.name.as_str()).annotations(annotations).into())
    }
}

impl fmt::Display for ProfileErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(&english, false))
    }
}

impl std::error::Error for ProfileErrors {}

/// The English sentences, for logs and tests: one `key = sentence` a line, `{ $name }` replaced.
fn english(key: &str, arguments: &[(&str, String)]) -> String {
    static SENTENCES: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    let sentences = SENTENCES.get_or_init(|| simple_sentences(include_str!("../text/profile.en.ftl")));
    fill(sentences.get(key).copied().unwrap_or(key), arguments)
}

/// The sentences of a Fluent file that uses nothing but `key = sentence` lines.
pub(crate) fn simple_sentences(text: &str) -> BTreeMap<&str, &str> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, sentence)| (key.trim(), sentence.trim()))
        .collect()
}

/// A sentence with its `{ $name }` replaced, in one pass: an argument that looks like a placeable stays as it is.
pub(crate) fn fill(sentence: &str, arguments: &[(&str, String)]) -> String {
    let mut filled = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("{ $") {
        filled.push_str(before);
        let Some((name, after)) = after.split_once(" }") else {
            filled.push_str("{ $");
            rest = after;
            continue;
        };
        if let Some((_, value)) = arguments.iter().find(|(known, _)| *known == name) {
            filled.push_str(value);
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}
