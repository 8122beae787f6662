//! `poucet explain`: what words mean, on a terminal, as Markdown and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use serde::Serialize;

use super::content::wording::Wording;
use crate::explain::{Explanation, Group, Kind, Line, Section};
use crate::text::Text;
use crate::text::clean::sanitize;

/// How long one text may be, in characters.
const LONGEST_TEXT: usize = 8000;
/// The schema of the JSON form.
pub const SCHEMA: &str = "poucet.explanation/1";

/// The explanations of one word as JSON, in both languages.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ExplanationReport<'e> {
    /// `poucet.explanation/1`.
    schema: &'static str,
    /// The word that was looked up; none for the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<&'e str>,
    /// Everything that it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanations: Option<&'e [Explanation]>,
    /// Every word that can be explained, when none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Vec<IndexEntry<'e>>>,
}

/// One word of the index.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct IndexEntry<'e> {
    kind: Kind,
    word: &'e str,
    title: &'e Text,
}

/// Explanations as JSON, with a newline at the end.
pub fn json(word: &str, explanations: &[Explanation]) -> String {
    write(&ExplanationReport { schema: SCHEMA, word: Some(word), explanations: Some(explanations), words: None })
}

/// The index as JSON, with a newline at the end.
pub fn index_json(groups: &[Group]) -> String {
    let entries = groups
        .iter()
        .flat_map(|group| group.entries.iter().map(|(word, title)| IndexEntry { kind: group.kind, word, title }))
        .collect();
    write(&ExplanationReport { schema: SCHEMA, word: None, explanations: None, words: Some(entries) })
}

fn write(report: &ExplanationReport<'_>) -> String {
    // Only maps with keys that are no strings cannot be written, and there is none.
    serde_json::to_string_pretty(report).map(|text| text + "\n").unwrap_or_default()
}

/// How the text for a terminal is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether headings may be bold.
    pub colour: bool,
}

struct WordPage<'t> {
    text: String,
    words: Wording<'t>,
    layout: Layout,
}

/// Explanations as text for a terminal.
pub fn table(explanations: &[Explanation], words: Wording<'_>, layout: Layout) -> String {
    let mut page = WordPage { text: String::new(), words, layout };
    for explanation in explanations {
        if !page.text.is_empty() {
            page.text.push('\n');
        }
        page.explanation(explanation);
    }
    page.text
}

/// The index as text for a terminal.
pub fn index_table(groups: &[Group], words: Wording<'_>, layout: Layout) -> String {
    let mut page = WordPage { text: String::new(), words, layout };
    for group in groups {
        page.bold(group.heading.of(words.language()));
        // A title starts in the same column for all words, unless a word is too long for that.
        let longest = group.entries.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(0).min(28);
        for (word, title) in &group.entries {
            let first = format!("  {:longest$}  ", sanitize(word, LONGEST_TEXT));
            page.wrap(title.of(words.language()), &first, &" ".repeat(longest + 4));
        }
        page.text.push('\n');
    }
    page.wrap(&words.texts().get("explain-index-hint"), "", "");
    page.text
}

impl WordPage<'_> {
    fn explanation(&mut self, explanation: &Explanation) {
        let name = full_name(explanation);
        let title = self.title(explanation);
        self.bold(&format!("{name} · {title}"));
        for section in &explanation.sections {
            if let Some(heading) = &section.heading {
                self.text.push('\n');
                self.bold(heading.of(self.words.language()));
            }
            let listed = is_list(section);
            for line in &section.lines {
                let text = statement(line, self.words);
                if listed { self.wrap(&text, "  - ", "    ") } else { self.wrap(&text, "  ", "  ") }
            }
        }
    }

    fn title(&self, explanation: &Explanation) -> String {
        title(explanation, self.words)
    }

    fn bold(&mut self, text: &str) {
        let text = sanitize(text, LONGEST_TEXT);
        let style = Style::new().bold();
        for line in textwrap::wrap(&text, self.options("", "  ")) {
            let line = line.trim_end();
            let _ = if self.layout.colour {
                writeln!(self.text, "{}{line}{}", style.render(), style.render_reset())
            } else {
                writeln!(self.text, "{line}")
            };
        }
    }

    fn options<'o>(&self, first: &'o str, rest: &'o str) -> textwrap::Options<'o> {
        textwrap::Options::new(self.layout.width.max(40))
            .initial_indent(first)
            .subsequent_indent(rest)
            .break_words(false)
    }

    fn wrap(&mut self, text: &str, first: &str, rest: &str) {
        // Texts of profiles on disk may hold anything.
        let text = sanitize(text, LONGEST_TEXT);
        for line in textwrap::wrap(&text, self.options(first, rest)) {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}

/// `base/no-control` for a rule, else the word.
fn full_name(explanation: &Explanation) -> String {
    match explanation.profiles.first() {
        Some(profile) => format!("{profile}/{}", explanation.word),
        None => explanation.word.clone(),
    }
}

/// The kind and the title: “Rule: No control over the phone”.
fn title(explanation: &Explanation, words: Wording<'_>) -> String {
    let kind = words.texts().get(&format!("explain-kind-{}", explanation.kind));
    words.texts().with("explain-title", &[("kind", &kind), ("title", explanation.title.of(words.language()))])
}

/// A line with what stands before it.
fn statement(line: &Line, words: Wording<'_>) -> String {
    // A text of a profile may run over several lines.
    let text = &line.text.of(words.language()).replace(['\n', '\r', '\t'], " ");
    match line.label() {
        Some(label) => words.texts().with("explain-labelled", &[("label", label.of(words.language())), ("text", text)]),
        None => text.to_owned(),
    }
}

/// One bare statement is a paragraph; anything else is a list.
fn is_list(section: &Section) -> bool {
    section.lines.len() > 1 || section.lines.iter().any(|line| line.label().is_some())
}

/// Explanations as Markdown; each begins with a heading of the second level that holds nothing but its word.
pub fn markdown(explanations: &[Explanation], words: Wording<'_>) -> String {
    let mut text = String::new();
    for explanation in explanations {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "## {}\n", escape(&explanation.word));
        let _ = writeln!(text, "**{}**", escape(&title(explanation, words)));
        for section in &explanation.sections {
            text.push('\n');
            if let Some(heading) = &section.heading {
                let _ = writeln!(text, "### {}\n", escape(heading.of(words.language())));
            }
            let listed = is_list(section);
            for line in &section.lines {
                let mark = if listed { "- " } else { "" };
                let _ = writeln!(text, "{mark}{}", escape(&statement(line, words)));
            }
        }
    }
    text
}

/// The index as Markdown.
pub fn index_markdown(groups: &[Group], words: Wording<'_>) -> String {
    let mut text = String::new();
    for group in groups {
        let _ = writeln!(text, "## {}\n", escape(group.heading.of(words.language())));
        for (word, title) in &group.entries {
            let line = words
                .texts()
                .with("explain-labelled", &[("label", &format!("`{word}`")), ("text", title.of(words.language()))]);
            let _ = writeln!(text, "- {}", escape(&line));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}", escape(&words.texts().get("explain-index-hint")));
    text
}

/// Text as Markdown shows it literally; what stands between backticks is literal already.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let text = sanitize(text, LONGEST_TEXT);
    // A backtick without its fellow would swallow what follows.
    let paired = text.matches('`').count().is_multiple_of(2);
    let mut literal = false;
    for character in text.chars() {
        match character {
            '`' if paired => {
                literal = !literal;
                escaped.push(character);
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '#' if !literal => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_shows_what_is_written() {
        assert_eq!(escape("a_b `c_d` [x](y) <b>"), "a\\_b `c_d` \\[x\\](y) \\<b>");
        assert_eq!(escape("one ` alone *"), "one \\` alone \\*");
        assert_eq!(escape("\u{1b}[31m"), "\u{fffd}\\[31m");
    }
}
