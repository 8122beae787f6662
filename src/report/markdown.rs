//! `--format markdown`: a ticket's text, for GitHub, GitLab, Jira and the like.
//!
//! Everything that comes from a phone or a file is text: no link, picture, HTML, mention, table cell or heading comes of it.

use std::fmt::Write as _;

use super::comparison::{Pairing, STANDINGS, sign};
use super::{Languages, Wording, Writer};
use crate::audit::{AppRef, Audit, Finding};
use crate::compare::{ChangeKind, Comparison, Effect};
use crate::fleet::Summary;
use crate::snapshot::{App, Snapshot, name_or_id};
use crate::text::clean::sanitize;
use crate::vocabulary::{Level, Permission, Presence, Standing, Verdict};

/// How long one text may be, in characters.
const LONGEST: usize = 2000;

/// The columns of the overview.
const OVERVIEW: [(Permission, &str); 5] = [
    (Permission::Location, "table-column-location"),
    (Permission::Camera, "table-column-camera"),
    (Permission::Microphone, "table-column-microphone"),
    (Permission::Contacts, "table-column-contacts"),
    (Permission::Photos, "table-column-photos"),
];

/// `--format markdown`.
pub(super) struct Ticket<'t> {
    languages: Languages<'t>,
    count: usize,
}

impl<'t> Ticket<'t> {
    pub(super) fn new(languages: Languages<'t>) -> Ticket<'t> {
        Ticket { languages, count: 0 }
    }

    /// One text in each language, with a line between two.
    fn each(&mut self, text: &mut String, write: impl Fn(Wording<'_>) -> String) {
        for words in std::iter::once(self.languages.first).chain(self.languages.second) {
            if self.count > 0 {
                text.push_str("\n---\n\n");
            }
            text.push_str(&write(words));
            self.count += 1;
        }
    }
}

impl Writer for Ticket<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String) {
        for one in audits {
            self.each(text, |words| audit(one, words));
        }
    }

    fn comparison(&mut self, one: &Comparison<'_>, text: &mut String) {
        self.each(text, |words| comparison(one, words));
    }

    fn pairing(&mut self, pairing: &Pairing, text: &mut String) {
        self.each(text, |words| {
            let mut page = Page { text: String::new(), words };
            page.heading(2, &words.texts().get("compare-summary-heading"));
            words.pairing(pairing).iter().for_each(|line| page.item("", line));
            page.text
        });
    }

    fn fleet(&mut self, summary: &Summary, text: &mut String) {
        self.each(text, |words| {
            let mut page = Page { text: String::new(), words };
            let shown = super::fleet::Shown::of(summary, words);
            page.heading(2, &words.texts().get("fleet-title"));
            shown.lines.iter().for_each(|line| page.item("", line));
            for (sheet, more) in &shown.sheets {
                page.heading(3, &sheet.heading);
                let rule = vec!["---".to_owned(); sheet.columns.len()];
                let escaped = |row: &Vec<String>| row.iter().map(|text| escape(text)).collect();
                for row in [escaped(&sheet.columns), rule].into_iter().chain(sheet.rows.iter().map(escaped)) {
                    let _ = writeln!(page.text, "| {} |", row.join(" | "));
                }
                if let Some(more) = more {
                    page.text.push('\n');
                    page.item("", more);
                }
            }
            page.text
        });
    }

    fn end(&mut self, _: &mut String) {}
}

/// What all phones of a batch come to.
pub(super) fn fleet(summary: &Summary, languages: Languages<'_>) -> String {
    let mut text = String::new();
    Ticket::new(languages).fleet(summary, &mut text);
    text
}

/// A text on its way.
struct Page<'t> {
    text: String,
    words: Wording<'t>,
}

impl Page<'_> {
    fn heading(&mut self, level: usize, heading: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let _ = writeln!(self.text, "{} {}\n", "#".repeat(level), escape(heading));
    }

    fn paragraph(&mut self, sentence: &str) {
        let _ = writeln!(self.text, "{}\n", escape(sentence));
    }

    /// A line of a list; `box` is empty, or `[ ] ` for a thing to do.
    fn item(&mut self, tick: &str, sentence: &str) {
        let _ = writeln!(self.text, "- {tick}{}", escape(sentence));
    }

    fn inner(&mut self, sentence: &str) {
        let _ = writeln!(self.text, "  - {}", escape(sentence));
    }

    fn key(&self, key: &str) -> String {
        self.words.texts().get(key)
    }
}

/// One phone judged by one profile.
fn audit(audit: &Audit<'_>, words: Wording<'_>) -> String {
    let mut page = Page { text: String::new(), words };
    let texts = words.texts();
    page.heading(2, &words.device(&audit.snapshot.device));
    let _ = writeln!(page.text, "**{}**\n", escape(&words.verdict(audit)));
    if let Some(numbers) = words.numbers(audit) {
        page.paragraph(&numbers);
    }
    let profile = texts.with(
        "table-profile",
        &[
            ("id", &audit.profile_id),
            ("version", &audit.profile_version),
            ("title", audit.profile_title.of(words.language())),
        ],
    );
    page.item("", &profile);
    page.item("", &format!("SHA-256 {}", audit.profile_sha256));
    page.item("", &taken(words, audit.snapshot));
    words.clock(audit.snapshot).iter().chain(&words.partial(audit.snapshot)).for_each(|line| page.item("", line));
    if let Some(baseline) = &audit.baseline {
        let at = words.moment(baseline.taken_at.as_deref());
        let standings = words.standings(&baseline.counts);
        page.item("", &texts.with("compare-baseline", &[("at", &at), ("standings", &standings)]));
        words.partial_baseline(baseline).iter().for_each(|line| page.item("", line));
    }
    if let Some(note) = &audit.profile_note {
        page.item("", &texts.with("table-note", &[("note", note.of(words.language()))]));
    }
    overview(&mut page, audit);
    findings(&mut page, audit, Verdict::Fail, "table-heading-fail");
    findings(&mut page, audit, Verdict::NotAssessed, "table-heading-unassessed");
    findings(&mut page, audit, Verdict::Manual, "table-heading-manual");
    findings(&mut page, audit, Verdict::Waived, "table-heading-waived");
    findings(&mut page, audit, Verdict::Noted, "table-heading-noted");
    let gaps = audit.snapshot.gaps.iter().filter(|gap| gap.app.is_none());
    list(&mut page, "table-heading-gaps", gaps.map(|gap| words.gap(gap)).collect());
    footprint(&mut page, audit.snapshot);
    let read = audit.snapshot.read.iter().map(|item| format!("{} – {}", item.source, item.origin));
    list(&mut page, "table-heading-read", read.collect());
    page.text
}

fn taken(words: Wording<'_>, snapshot: &Snapshot) -> String {
    let source = match &snapshot.source.name {
        Some(name) => format!("{} ({name})", snapshot.source.kind),
        None => snapshot.source.kind.clone(),
    };
    let at = words.moment(snapshot.taken_at.as_deref());
    words.texts().with("table-taken", &[("at", &at), ("source", &source)])
}

fn list(page: &mut Page<'_>, heading: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    page.heading(3, &page.key(heading));
    lines.iter().for_each(|line| page.item("", line));
}

/// Apps by permissions.
fn overview(page: &mut Page<'_>, audit: &Audit<'_>) {
    let words = page.words;
    let apps: Vec<&App> = audit
        .snapshot
        .apps
        .iter()
        .filter(|app| app.presence >= Presence::Disabled && !audit.hidden.contains(&app.id))
        .collect();
    page.heading(3, &page.key("table-heading-apps"));
    if apps.is_empty() {
        page.paragraph(&page.key("table-no-apps"));
        return;
    }
    let mut header = vec![page.key("table-column-app")];
    header.extend(OVERVIEW.iter().map(|(_, key)| page.key(key)));
    row(page, &header);
    row_of(page, header.iter().map(|_| "---".to_owned()));
    for app in apps {
        let reference =
            AppRef { id: app.id.clone(), name: name_or_id(app.name.as_deref(), &app.id).to_owned(), user: app.user };
        let mut cells = vec![words.app(audit, &reference)];
        cells.extend(OVERVIEW.iter().map(|(permission, _)| cell(words, audit, app, *permission)));
        row(page, &cells);
    }
}

fn cell(words: Wording<'_>, audit: &Audit<'_>, app: &App, permission: Permission) -> String {
    let Some(grant) = app.grants.iter().find(|grant| grant.permission == permission) else {
        let gap = audit.snapshot.gaps.iter().any(|gap| {
            gap.area == permission.word()
                && gap.app.as_ref().is_none_or(|id| *id == app.id)
                && gap.user.is_none_or(|user| user == app.user)
        });
        return if gap { "?" } else { "–" }.to_owned();
    };
    let failing = audit.findings.iter().any(|finding| {
        finding.verdict == Verdict::Fail
            && finding.permission == Some(permission)
            && finding.app.as_ref().is_some_and(|named| named.id == app.id && named.user == app.user)
    });
    let mut said = words.texts().get(&format!("table-short-{}", grant.level));
    if grant.inert.is_some() && grant.level > Level::None {
        said.push(' ');
        said.push_str(&words.texts().get("table-short-inert"));
    }
    if failing {
        said.push_str(" ✗");
    }
    said
}

fn row(page: &mut Page<'_>, cells: &[String]) {
    row_of(page, cells.iter().map(|cell| escape(cell)));
}

fn row_of(page: &mut Page<'_>, cells: impl Iterator<Item = String>) {
    page.text.push('|');
    for cell in cells {
        let _ = write!(page.text, " {cell} |");
    }
    page.text.push('\n');
}

/// The findings of one verdict; those that fail have a box to tick.
fn findings(page: &mut Page<'_>, audit: &Audit<'_>, verdict: Verdict, heading: &str) {
    let found: Vec<&Finding<'_>> = audit.findings.iter().filter(|finding| finding.verdict == verdict).collect();
    if found.is_empty() {
        return;
    }
    page.heading(3, &page.key(heading));
    let words = page.words;
    for finding in found {
        let app = finding.app.as_deref().map(|app| format!("{}: ", words.app(audit, app))).unwrap_or_default();
        let standing = finding.standing.map(|standing| format!("{} · ", words.standing(standing))).unwrap_or_default();
        let said = if verdict.tells_what_was_found() && !finding.rule.is_waiver {
            words.line(finding)
        } else if finding.permission.is_some() {
            format!("{} – {}", words.subject(finding), words.because(finding))
        } else {
            words.because(finding)
        };
        let severity = page.key(&format!("severity-{}", finding.severity));
        let tick = if verdict == Verdict::Fail { "[ ] " } else { "" };
        let title = finding.rule.title.of(words.language());
        page.item(tick, &format!("({severity}) {standing}{app}{said} · {title} · {}", finding.code()));
        if let Some(note) = &finding.waiver {
            page.inner(&words.waiver(note));
        }
        if let Some(look) = finding.look(words.language()).filter(|_| finding.app.is_none()) {
            page.inner(&words.texts().with("table-look", &[("text", &look)]));
        }
        if let Some(press) = finding
            .remediation(words.language())
            .filter(|_| matches!(verdict, Verdict::Fail | Verdict::Manual | Verdict::Noted))
        {
            page.inner(&words.texts().with("table-press", &[("text", &press)]));
        }
    }
}

fn footprint(page: &mut Page<'_>, snapshot: &Snapshot) {
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

/// A before and an after.
fn comparison(comparison: &Comparison<'_>, words: Wording<'_>) -> String {
    let mut page = Page { text: String::new(), words };
    let texts = words.texts();
    page.heading(2, &format!("{} – {}", texts.get("compare-title"), words.device(&comparison.after.device)));
    for (key, snapshot) in [("compare-before", comparison.before), ("compare-after", comparison.after)] {
        let said = format!("{}; {}", words.device(&snapshot.device), taken(words, snapshot));
        page.item("", &texts.with("compare-app", &[("kind", &texts.get(key)), ("what", &said)]));
        words.clock(snapshot).iter().for_each(|line| page.inner(line));
    }
    if let Some(partial) = words.partial_comparison(comparison.before, comparison.after) {
        page.item("", &partial);
    }
    if let Some(warning) = words.other_device(comparison.device) {
        page.item("", &warning);
    }
    for judgement in &comparison.judgements {
        let after = &judgement.after;
        let title = after.profile_title.of(words.language());
        page.heading(3, &format!("{title} ({} {})", after.profile_id, after.profile_version));
        let standings = words.standings(judgement.counts());
        let _ = writeln!(page.text, "**{}**\n", escape(&texts.with("compare-findings", &[("standings", &standings)])));
        for (key, audit) in [("compare-verdict-before", &judgement.before), ("compare-verdict-after", after)] {
            page.item("", &texts.with(key, &[("verdict", &words.verdict(audit))]));
        }
        for standing in STANDINGS {
            rules(&mut page, comparison, judgement, standing);
        }
    }
    changes(&mut page, comparison);
    footprint(&mut page, comparison.after);
    page.text
}

fn rules(
    page: &mut Page<'_>,
    comparison: &Comparison<'_>,
    judgement: &crate::compare::Judgement<'_>,
    standing: Standing,
) {
    if !judgement.counts().contains_key(&standing) {
        return;
    }
    let words = page.words;
    page.heading(4, &words.standing(standing));
    let open = matches!(standing, Standing::New | Standing::PerhapsNew | Standing::StillFailing);
    for change in judgement.rules.iter().filter(|change| change.standing == standing) {
        let Some(finding) = judgement.finding(change) else { continue };
        let app = finding.app.as_deref().map(|app| format!("{}: ", words.compared_app(comparison, app)));
        let severity = page.key(&format!("severity-{}", finding.severity));
        let moved =
            match (words.judged(judgement.finding_before(change)), words.judged(judgement.finding_after(change))) {
                (was, is) if was == is => is,
                (was, is) => words.texts().with("compare-was-is", &[("before", &was), ("after", &is)]),
            };
        let said =
            format!("({severity}) {}{}: {moved} · {}", app.unwrap_or_default(), words.subject(finding), finding.code());
        page.item(if open { "[ ] " } else { "" }, &said);
        if let Some(press) = finding.remediation(words.language()).filter(|_| open) {
            page.inner(&words.texts().with("table-press", &[("text", &press)]));
        }
    }
}

fn changes(page: &mut Page<'_>, comparison: &Comparison<'_>) {
    let words = page.words;
    let texts = words.texts();
    let named = |app: &Option<AppRef>| match app {
        Some(app) => words.compared_app(comparison, app),
        None => texts.get("compare-heading-phone"),
    };
    page.heading(3, &texts.get("compare-heading-changes"));
    let told: Vec<_> = comparison.changes.iter().filter(|change| change.kind != ChangeKind::NotComparable).collect();
    if told.is_empty() {
        page.paragraph(&texts.get("compare-no-change"));
    }
    for change in told {
        let said = format!("{} {} – {}", sign(change.effect), named(&change.app), words.change_line(change));
        page.item("", &said);
    }
    if comparison.hidden > 0 {
        page.item("", &texts.count("compare-hidden", comparison.hidden, &[]));
    }
    let unknown = comparison.changes.iter().filter(|change| change.effect == Effect::Unknown);
    let lines = unknown.map(|change| format!("{} – {}", named(&change.app), words.change_line(change))).collect();
    list(page, "compare-heading-not-comparable", lines);
}

/// Text that Markdown leaves as it is: every sign that could begin something is escaped, on one line.
///
/// A backslash is enough for ASCII punctuation (CommonMark 2.4). Mentions, references and bare addresses are recognised by sites after
/// that, so `@`, `#`, `!`, `://` and `www.` are parted by a character without width, U+200B, which sites take for the end of a word.
pub(super) fn escape(text: &str) -> String {
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
