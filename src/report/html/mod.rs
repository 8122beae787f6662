//! `--format html`: one page that stands by itself, for the one who answers for the result.
//!
//! No script, no network, nothing beside the file: a content security policy with the hash of the one style holds it to that. With
//! two languages every sentence is there twice, and two radio buttons choose, by style alone. What comes from a phone or a file is
//! text, and nothing else.

mod apps;
mod audit;
mod comparison;
mod finding;
mod phone;
mod timeline;

use std::cell::RefCell;
use std::collections::HashMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::comparison::Pairing;
use super::{Languages, Wording, Writer};
use crate::audit::Audit;
use crate::compare::Comparison;
use crate::fleet::Summary;
use crate::snapshot::Tool;
use crate::text::Language;
use crate::text::clean::sanitize;
use crate::vocabulary::{Severity, Verdict};

/// The one style of the page, without the line end at the end of its file: the Nu checker hashes the text of the element without white
/// space at its ends, browsers hash it as it is.
fn style() -> &'static str {
    include_str!("style.css").trim()
}

/// The colours of a drawing on light paper: those of `--line` and `--link` in the style, where a style sheet does not reach.
const LINE: &str = "#d4d9df";
const MARK: &str = "#0a58ad";

/// How long one text of a phone may be, in characters.
const LONGEST: usize = 1000;

/// `--format html`.
pub(super) struct Page<'t> {
    say: Say<'t>,
    sections: Vec<String>,
    contents: Vec<Markup>,
    title: &'static str,
}

impl<'t> Page<'t> {
    pub(super) fn new(languages: Languages<'t>) -> Page<'t> {
        Page { say: Say::new(languages), sections: Vec::new(), contents: Vec::new(), title: "html-title" }
    }

    fn add(&mut self, entry: Markup, section: impl FnOnce(&Say<'t>, usize) -> Markup) {
        let number = self.sections.len() + 1;
        self.sections.push(section(&self.say, number).into_string());
        self.contents.push(html! { li { a href={ "#p" (number) } { (entry) } } });
    }
}

impl Writer for Page<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], _: &mut String) {
        for one in audits {
            let entry = audit::entry(&self.say, one);
            self.add(entry, |say, number| audit::section(say, one, number));
        }
    }

    fn comparison(&mut self, comparison: &Comparison<'_>, _: &mut String) {
        self.title = "compare-title";
        let entry = comparison::entry(&self.say, comparison);
        self.add(entry, |say, number| comparison::section(say, comparison, number));
    }

    fn pairing(&mut self, pairing: &Pairing, _: &mut String) {
        let say = &self.say;
        let lines = |words: Wording<'_>| words.pairing(pairing).join(" ");
        let section = html! {
            section aria-labelledby="summary" {
                h2 id="summary" { (say.key("compare-summary-heading")) }
                p { (say.say(lines)) }
            }
        };
        self.sections.push(section.into_string());
    }

    fn fleet(&mut self, summary: &Summary, _: &mut String) {
        // What all phones come to stands before the first of them.
        self.sections.insert(0, super::fleet::section(&self.say, summary).into_string());
        self.contents.insert(0, html! { li { a href="#fleet" { (self.say.key("fleet-title")) } } });
    }

    fn end(&mut self, text: &mut String) {
        if self.sections.is_empty() {
            return;
        }
        let say = &self.say;
        let first = say.languages.first;
        let digest = base64(&Sha256::digest(style().as_bytes()));
        let policy = format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'");
        let head = html! {
            (DOCTYPE)
            html lang=(tag(first.language())) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="referrer" content="no-referrer";
                    meta name="robots" content="noindex";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { "poucet – " (first.texts().get(self.title)) }
                    style { (PreEscaped(style())) }
                }
                body {
                    header {
                        a .skip href="#main" { (say.key("html-skip")) }
                        (say.switch())
                    }
                    main id="main" tabindex="-1" {
                        h1 { (say.key(self.title)) }
                        @if self.contents.len() > 1 {
                            nav aria-labelledby="contents" {
                                h2 id="contents" { (say.key("html-contents")) }
                                ol { @for entry in &self.contents { (entry) } }
                            }
                        }
                        (PreEscaped(SECTIONS))
                    }
                    footer {
                        p { (say.with("html-made-by", &[("version", &Tool::this().version)])) }
                        p { (say.key("html-evidence-note")) }
                    }
                }
            }
        };
        // The sections are long, and made already.
        let page = head.into_string();
        let (head, foot) = page.split_once(SECTIONS).unwrap_or((&page, ""));
        text.reserve(page.len() + self.sections.iter().map(String::len).sum::<usize>());
        text.push_str(head);
        self.sections.iter().for_each(|section| text.push_str(section));
        text.push_str(foot);
        text.push('\n');
    }
}

/// What all phones of a batch come to, as a page of its own.
pub(super) fn fleet(summary: &Summary, languages: Languages<'_>) -> String {
    let (mut page, mut text) = (Page::new(languages), String::new());
    page.title = "fleet-title";
    page.fleet(summary, &mut text);
    page.end(&mut text);
    text
}

/// Stands for the sections in the frame of the page.
const SECTIONS: &str = "<!-- sections -->";

/// Sentences in the language of the page, or in both.
pub(super) struct Say<'t> {
    languages: Languages<'t>,
    /// Constant sentences, which a long page says thousands of times.
    known: RefCell<HashMap<String, String>>,
}

impl<'t> Say<'t> {
    fn new(languages: Languages<'t>) -> Say<'t> {
        Say { languages, known: RefCell::default() }
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
        if let Some(known) = self.known.borrow().get(name) {
            return PreEscaped(known.clone());
        }
        let made = self.say(sentence);
        self.known.borrow_mut().insert(name.to_owned(), made.0.clone());
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
    fn switch(&self) -> Markup {
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
fn tag(language: Language) -> &'static str {
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

/// RFC 4648, with padding, as a content security policy wants it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let index = (number >> (18 - 6 * place)) & 63;
            let letter = LETTERS.get(index as usize).copied().unwrap_or(b'A');
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests;
