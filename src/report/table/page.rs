//! A page for a terminal: lines, tables and headings. Colour is never the only sign of anything.

use anstyle::{AnsiColor, Style};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};

use crate::report::content::wording::Wording;
use crate::report::form::Layout;
use crate::text::clean::sanitize;
use crate::vocabulary::Severity;

/// How long one text of the page may be, in characters.
const LONGEST_TEXT: usize = 4000;

/// A page on its way.
pub(super) struct TablePage<'t> {
    pub(super) text: String,
    pub(super) words: Wording<'t>,
    pub(super) layout: Layout,
}

impl<'t> TablePage<'t> {
    pub(super) fn new(words: Wording<'t>, layout: Layout) -> TablePage<'t> {
        TablePage { text: String::new(), words, layout }
    }
}

impl TablePage<'_> {
    /// An empty table as wide as the page.
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new();
        let arrangement = if self.layout.wide { ContentArrangement::Disabled } else { ContentArrangement::Dynamic };
        table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(arrangement);
        table.set_width(u16::try_from(self.layout.width).unwrap_or(80));
        table
    }

    pub(super) fn sheet(&mut self, columns: &[String], rows: &[Vec<String>]) {
        let mut table = self.table();
        table.set_header(columns);
        for row in rows {
            table.add_row(row.iter().map(|text| sanitize(text, LONGEST_TEXT)));
        }
        // What a row is about gets its room first: a code cut into pieces is no code.
        let first = rows.iter().filter_map(|row| row.first()).map(|text| text.chars().count()).max().unwrap_or(0);
        let room = u16::try_from(first.min(self.layout.width / 3)).unwrap_or(20);
        if let Some(column) = table.column_mut(0) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(room + 2)));
        }
        self.print(&table);
    }

    /// A table, without a line between every two rows, which would make it twice as long.
    pub(super) fn print(&mut self, table: &Table) {
        for row in table.lines().filter(|row| !row.starts_with('─') || !row.contains("──")) {
            self.line(row.trim_end());
        }
    }

    pub(super) fn heading(&mut self, key: &str) {
        let heading = self.words.texts().get(key);
        self.title(&heading);
    }

    /// A heading that is a text already.
    pub(super) fn title(&mut self, heading: &str) {
        self.text.push('\n');
        self.wrap(&self.paint(heading, Style::new().bold().underline()), "", "  ");
    }

    /// A line of its own in bold.
    pub(super) fn strong(&mut self, text: &str) {
        self.line(&self.paint(text, Style::new().bold()));
    }

    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    pub(super) fn wrap(&mut self, text: &str, first: &str, rest: &str) {
        let width = if self.layout.wide { usize::MAX } else { self.layout.width.max(40) };
        let options = textwrap::Options::new(width).initial_indent(first).subsequent_indent(rest).break_words(false);
        // Words of phones and files were made safe when they were read, and those of profiles were not; nothing but our
        // own colours may reach the terminal.
        let text = if self.layout.colour { keep_colours(text) } else { sanitize(text, LONGEST_TEXT) };
        for line in textwrap::wrap(&text, options) {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    pub(super) fn paint(&self, text: &str, style: Style) -> String {
        let text = sanitize(text, LONGEST_TEXT);
        if self.layout.colour { format!("{}{text}{}", style.render(), style.render_reset()) } else { text }
    }
}

/// Makes a text safe to show and leaves sequences that only choose a colour.
fn keep_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut kept = sanitize(pieces.next().unwrap_or(""), LONGEST_TEXT);
    for piece in pieces {
        match piece.split_once('m') {
            Some((codes, rest)) if codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') => {
                kept.push_str(&format!("\u{1b}[{codes}m"));
                kept.push_str(&sanitize(rest, LONGEST_TEXT));
            }
            _ => kept.push_str(&sanitize(piece, LONGEST_TEXT)),
        }
    }
    kept
}

/// The colour of a severity.
pub(super) fn severity_style(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Critical | Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Cyan,
        Severity::Info => return Style::new(),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    if severity == Severity::Critical { style.bold() } else { style }
}
