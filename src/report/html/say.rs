//! Sentences and words as the page says them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

use maud::{Markup, PreEscaped, html};

use crate::report::content::wording::Wording;
use crate::report::form::Languages;
use crate::text::Language;
use crate::text::clean::sanitize;
use crate::vocabulary::{Severity, Verdict};

/// The colours of a drawing on light paper: those of `--line` and `--link` in the style, where a style sheet does not reach.
pub(super) const LINE: &str = "#d4d9df";
pub(super) const MARK: &str = "#0a58ad";

/// How long one text of a phone may be, in characters.
const LONGEST: usize = 1000;

/// Stands for the number of a section until the page is put together: a character that no text keeps, as it is made harmless first.
const PLACE: char = '\u{1}';

/// The number of a section among those of the page, which is known when they are joined.
#[derive(Clone, Copy)]
pub(super) struct Number;

impl Number {
    /// A text with its number.
    pub(super) fn fill(self, text: &str, number: usize) -> String {
        text.replace(PLACE, &number.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{PLACE}")
    }
}

/// Sentences in the language of the page, or in both.
pub(super) struct Say<'t> {
    pub(super) languages: Languages<'t>,
    /// Constant sentences, which a long page says thousands of times.
    known: RwLock<HashMap<String, String>>,
}

impl<'t> Say<'t> {
    pub(super) fn new(languages: Languages<'t>) -> Say<'t> {
        Say { languages, known: RwLock::default() }
    }

    /// A sentence; twice where there are two languages and it differs between them.
    pub(super) fn say(&self, sentence: impl Fn(Wording<'_>) -> String) -> Markup {
        self.either(&sentence(self.languages.first), self.languages.second.map(sentence).as_deref())
    }

    /// A sentence that is there in both languages already.
    pub(super) fn either(&self, first: &str, second: Option<&str>) -> Markup {
        let first = sanitize(first, 4 * LONGEST);
        let other = second.map(|second| sanitize(second, 4 * LONGEST)).filter(|other| *other != first);
        let Some(other) = other else { return html! { (first) } };
        let language = self.languages.first.language();
        html! { span lang=(language.word()) { (first) } span lang=(language.other().word()) { (other) } }
    }

    /// A constant sentence, looked up once.
    pub(super) fn key(&self, key: &str) -> Markup {
        self.once(key, |words| words.texts().get(key))
    }

    /// A sentence that is the same each time under one name.
    pub(super) fn once(&self, name: &str, sentence: impl Fn(Wording<'_>) -> String) -> Markup {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return PreEscaped(known.clone());
        }
        let made = self.say(sentence);
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), made.0.clone());
        made
    }

    /// A sentence with its variables.
    pub(super) fn with(&self, key: &str, variables: &[(&str, &str)]) -> Markup {
        self.say(|words| words.texts().with(key, variables))
    }

    /// A sentence that counts.
    pub(super) fn count(&self, key: &str, count: u64, variables: &[(&str, &str)]) -> Markup {
        self.say(|words| words.texts().count(key, count, variables))
    }

    /// The words of the first language.
    pub(super) fn first(&self) -> Wording<'t> {
        self.languages.first
    }

    /// The words of the second language.
    pub(super) fn second(&self) -> Option<Wording<'t>> {
        self.languages.second
    }

    /// A sentence that counts where no element can stand: both languages after each other.
    pub(super) fn plain(&self, key: &str, count: u64) -> String {
        let all = std::iter::once(self.languages.first).chain(self.languages.second);
        all.map(|words| words.texts().count(key, count, &[])).collect::<Vec<_>>().join(" · ")
    }

    /// The two radio buttons that choose the language.
    pub(super) fn switch(&self) -> Markup {
        let Some(second) = self.languages.second else { return html! {} };
        html! {
            fieldset .switch {
                legend { "Language · Langue" }
                @for (words, chosen) in [(self.languages.first, true), (second, false)] {
                    @let word = words.language().word();
                    input type="radio" name="language" id={ "show-" (word) } checked[chosen];
                    label for={ "show-" (word) } lang=(tag(words.language())) { (words.texts().get("html-language")) }
                }
            }
        }
    }
}

/// Words that come from a phone or a file: harmless, cut, and apart from the writing direction of what stands around them.
pub(super) fn foreign(text: &str) -> Markup {
    html! { bdi { (sanitize(text, LONGEST)) } }
}

/// The language of a page as browsers know it.
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Fr => "fr-CA",
    }
}

/// The sign that stands beside the word of a verdict.
pub(super) fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail => "✗",
        Verdict::Waived => "✓*",
        Verdict::NotAssessed => "?",
        Verdict::Manual => "☞",
        Verdict::Noted => "ⓘ",
        Verdict::Pass => "✓",
        Verdict::NotApplicable => "–",
    }
}

/// A severity as a label.
pub(super) fn severity(say: &Say<'_>, severity: Severity) -> Markup {
    html! { span .sev.{ "s-" (severity.word()) } { (say.key(&format!("severity-{severity}"))) } }
}
