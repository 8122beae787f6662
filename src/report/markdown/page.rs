//! A ticket's text: headings, lists and tables of escaped text.

use std::fmt::Write as _;

use crate::report::content::wording::Wording;
use crate::snapshot::Snapshot;
use crate::text::clean::sanitize;

/// How long one text may be, in characters.
const LONGEST: usize = 2000;

/// A text on its way.
pub(super) struct MarkdownPage<'t> {
    pub(super) text: String,
    pub(super) words: Wording<'t>,
}

impl<'t> MarkdownPage<'t> {
    pub(super) fn new(words: Wording<'t>) -> MarkdownPage<'t> {
        MarkdownPage { text: String::new(), words }
    }
}

impl MarkdownPage<'_> {
    pub(super) fn heading(&mut self, level: usize, heading: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let _ = writeln!(self.text, "{} {}\n", "#".repeat(level), escape(heading));
    }

    pub(super) fn paragraph(&mut self, sentence: &str) {
        let _ = writeln!(self.text, "{}\n", escape(sentence));
    }

    /// A line of a list; `box` is empty, or `[ ] ` for a thing to do.
    pub(super) fn item(&mut self, tick: &str, sentence: &str) {
        let _ = writeln!(self.text, "- {tick}{}", escape(sentence));
    }

    pub(super) fn inner(&mut self, sentence: &str) {
        let _ = writeln!(self.text, "  - {}", escape(sentence));
    }

    pub(super) fn key(&self, key: &str) -> String {
        self.words.texts().get(key)
    }
}

pub(super) fn taken(words: Wording<'_>, snapshot: &Snapshot) -> String {
    let source = match &snapshot.source.name {
        Some(name) => format!("{} ({name})", snapshot.source.kind),
        None => snapshot.source.kind.clone(),
    };
    let at = words.moment(snapshot.taken_at.as_deref());
    words.texts().with("table-taken", &[("at", &at), ("source", &source)])
}

pub(super) fn list(page: &mut MarkdownPage<'_>, heading: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    page.heading(3, &page.key(heading));
    lines.iter().for_each(|line| page.item("", line));
}

pub(super) fn row(page: &mut MarkdownPage<'_>, cells: &[String]) {
    row_of(page, cells.iter().map(|cell| escape(cell)));
}

pub(super) fn row_of(page: &mut MarkdownPage<'_>, cells: impl Iterator<Item = String>) {
    page.text.push('|');
    for cell in cells {
        let _ = write!(page.text, " {cell} |");
    }
    page.text.push('\n');
}

pub(super) fn footprint(page: &mut MarkdownPage<'_>, snapshot: &Snapshot) {
    if snapshot.footprint.is_empty() {
        return;
    }
    page.heading(3, &page.key("table-heading-footprint"));
    for footprint in &snapshot.footprint {
        let trace = page.key(&format!("trace-{}", footprint.trace));
        let fix = page.key(&format!("trace-{}-fix", footprint.trace));
        page.item("[ ] ", &format!("{trace} → {fix}"));
    }
}

/// Text that Markdown leaves as it is: every sign that could begin something is escaped, on one line.
///
/// A backslash is enough for ASCII punctuation (CommonMark 2.4). Mentions, references and bare addresses are recognised by sites after
/// that, so `@`, `#`, `!`, `://` and `www.` are parted by a character without width, U+200B, which sites take for the end of a word.
pub(in crate::report) fn escape(text: &str) -> String {
    let flat: String =
        text.chars().map(|character| if matches!(character, '\n' | '\r' | '\t') { ' ' } else { character }).collect();
    let safe = sanitize(flat.trim(), LONGEST);
    let mut escaped = String::with_capacity(safe.len() + 16);
    let lower = safe.to_ascii_lowercase();
    for (place, character) in safe.char_indices() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '$' | '&' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '@' | '#' | '!' => {
                escaped.push('\\');
                escaped.push(character);
                escaped.push('\u{200b}');
            }
            // `https:` and `mailto:`: an address that a site makes a link of.
            ':' if lower.get(place..).is_some_and(|rest| rest.starts_with("://")) => escaped.push_str(":\u{200b}"),
            '.' if lower.get(..place).is_some_and(|before| before.ends_with("www")) => escaped.push_str(".\u{200b}"),
            // A number or a sign at the beginning makes a list or a heading.
            '+' | '-' | '=' if place == 0 => {
                escaped.push('\\');
                escaped.push(character);
            }
            '.' | ')'
                if place > 0 && safe.get(..place).is_some_and(|before| before.bytes().all(|b| b.is_ascii_digit())) =>
            {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    const HOSTILE: [&str; 14] = [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://evil.example/p.png)",
        "a | b | c",
        "# heading",
        "- item",
        "1. one",
        "```\ncode",
        "https://evil.example and www.evil.example",
        "<https://evil.example>",
        "**bold** _it_ ~~no~~ `code` $x$",
        "&lt;b&gt; &#64;all",
        "line\nbreak\r\n\r\n> quote",
        "\\[x\\](y)",
    ];

    #[test]
    fn nothing_foreign_becomes_markup_and_the_text_comes_back() {
        for hostile in HOSTILE {
            for page in [format!("- {}\n", escape(hostile)), format!("{}\n", escape(hostile))] {
                let mut said = String::new();
                for event in Parser::new_ext(&page, Options::all()) {
                    match event {
                        Event::Text(text) => said.push_str(&text),
                        Event::Start(Tag::Paragraph | Tag::List(None) | Tag::Item) | Event::End(_) => {}
                        other => panic!("{hostile:?} in {page:?}: {other:?}"),
                    }
                }
                let flat = hostile.replace(['\n', '\r'], " ");
                assert_eq!(said.replace('\u{200b}', ""), flat, "{page:?}");
            }
        }
    }

    #[test]
    fn mentions_and_addresses_are_parted() {
        for (text, parted) in
            [("@all", "@\u{200b}all"), ("#12", "#\u{200b}12"), ("!3", "!\u{200b}3"), ("www.x.y", "www.\u{200b}x.y")]
        {
            assert!(escape(text).replace('\\', "").contains(parted), "{}", escape(text));
        }
        assert!(!escape("HTTPS://x.example").contains("://"));
    }
}
