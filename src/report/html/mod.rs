//! `--format html`: one page that stands by itself, for the one who answers for the result.
//!
//! No script, no network, nothing beside the file: a content security policy with the hash of the one style holds it to that. With
//! two languages every sentence is there twice, and two radio buttons choose, by style alone. What comes from a phone or a file is
//! text, and nothing else.

mod apps;
mod audit;
mod batch;
mod comparison;
mod finding;
mod phone;
mod say;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::content::pairing::Pairing;
use super::content::wording::Wording;
use super::form::{Form, Join, Languages, Portion};
use crate::audit::Audit;
use crate::batch::Summary;
use crate::compare::Comparison;
use crate::snapshot::Tool;
use say::{Number, Say, tag};

/// The one style of the page, without the line end at the end of its file: the Nu checker hashes the text of the element without white
/// space at its ends, browsers hash it as it is.
fn style() -> &'static str {
    include_str!("style.css").trim()
}

/// One section a result.
pub(super) struct Sections<'t> {
    say: Say<'t>,
}

/// What the page must know of a section.
#[derive(Default)]
struct Aside {
    /// Its line in the contents.
    contents: Option<String>,
    /// Whether it stands before all others.
    first: bool,
    /// What the page is called where it holds such a section.
    title: Option<&'static str>,
}

impl<'t> Sections<'t> {
    pub(super) fn new(languages: Languages<'t>) -> Sections<'t> {
        Sections { say: Say::new(languages) }
    }

    /// What stands in the contents.
    fn contents(entry: Markup) -> Option<String> {
        Some(html! { li { a href={ "#p" (Number) } { (entry) } } }.into_string())
    }
}

impl Form for Sections<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        let section = |one: &Audit<'_>| audit::section(&self.say, one, Number).into_string();
        let aside =
            |one: &Audit<'_>| Aside { contents: Sections::contents(audit::entry(&self.say, one)), ..Aside::default() };
        Portion::with(audits.iter().map(section).collect(), audits.iter().map(aside).collect::<Vec<_>>())
    }

    fn comparison(&self, comparison: &Comparison<'_>) -> Portion {
        let section = comparison::section(&self.say, comparison, Number).into_string();
        let contents = Sections::contents(comparison::entry(&self.say, comparison));
        Portion::with(vec![section], vec![Aside { contents, first: false, title: Some("compare-title") }])
    }

    fn pairing(&self, pairing: &Pairing) -> Portion {
        let say = &self.say;
        let lines = |words: Wording<'_>| words.pairing(pairing).join(" ");
        let section = html! {
            section aria-labelledby="summary" {
                h2 id="summary" { (say.key("compare-summary-heading")) }
                p { (say.say(lines)) }
            }
        };
        Portion::of([section.into_string()])
    }

    fn batch(&self, summary: &Summary) -> Portion {
        let contents = html! { li { a href="#fleet" { (self.say.key("fleet-title")) } } };
        // What all phones come to stands before the first of them.
        let aside = Aside { contents: Some(contents.into_string()), first: true, title: None };
        Portion::with(vec![batch::section(&self.say, summary).into_string()], vec![aside])
    }
}

/// The page: a frame, and the sections in it.
pub(super) struct HtmlPage<'t> {
    say: Say<'t>,
    sections: Vec<String>,
    contents: Vec<String>,
    title: &'static str,
}

impl<'t> HtmlPage<'t> {
    pub(super) fn new(languages: Languages<'t>) -> HtmlPage<'t> {
        HtmlPage { say: Say::new(languages), sections: Vec::new(), contents: Vec::new(), title: "html-title" }
    }
}

impl Join for HtmlPage<'_> {
    fn add(&mut self, portion: Portion, _: &mut String) {
        let (sections, asides): (_, Vec<Aside>) = portion.open();
        for (section, aside) in
            sections.into_iter().zip(asides.into_iter().chain(std::iter::repeat_with(Aside::default)))
        {
            let number = self.sections.len() + 1;
            let contents = aside.contents.map(|entry| Number.fill(&entry, number));
            let (sections, entries) = match aside.first {
                true => (0, 0),
                false => (self.sections.len(), self.contents.len()),
            };
            self.sections.insert(sections, Number.fill(&section, number));
            contents.into_iter().for_each(|entry| self.contents.insert(entries, entry));
            self.title = aside.title.unwrap_or(self.title);
        }
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
                                ol { @for entry in &self.contents { (PreEscaped(entry)) } }
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
pub(super) fn batch(summary: &Summary, languages: Languages<'_>) -> String {
    let (mut page, mut text) = (HtmlPage::new(languages), String::new());
    page.title = "fleet-title";
    page.add(Sections::new(languages).batch(summary), &mut text);
    page.end(&mut text);
    text
}

/// Stands for the sections in the frame of the page.
const SECTIONS: &str = "<!-- sections -->";

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
