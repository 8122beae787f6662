//! One finding with what it rests on.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::say::{Number, Say, foreign, mark, severity};
use crate::audit::{Audit, Finding};
use crate::profile::references;
use crate::snapshot::EvidenceRow;
use crate::text::clean::sanitize;
use crate::vocabulary::Verdict;

/// The rows that something rests on, folded; nothing where there are none.
pub(super) fn evidence(say: &Say<'_>, rows: &[EvidenceRow]) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    html! {
        details {
            summary { (say.key("html-evidence")) }
            (self::rows(rows))
        }
    }
}

/// Raw rows, each source named once.
pub(super) fn rows(rows: &[EvidenceRow]) -> Markup {
    let mut last = "";
    html! {
        @for row in rows {
            code {
                @if row.source != last {
                    b { (sanitize(&row.source, 200)) } " "
                    @let () = last = &row.source;
                }
                @if row.line > 0 { (row.line) ": " }
                (sanitize(&row.text, 400))
            }
        }
    }
}

/// A finding: what the rule asks, what was found, why, and what to press. `rows`: with its evidence.
pub(super) fn finding(say: &Say<'_>, number: Number, finding: &Finding<'_>, rows: bool) -> Markup {
    let judged = finding.verdict.tells_what_was_found() && !finding.rule.is_waiver;
    html! {
        div .finding.(finding.verdict.word()) {
            p .title {
                (mark(finding.verdict)) " " (say.key(&format!("verdict-{}", finding.verdict))) " " (severity(say, finding.severity)) " "
                @if let Some(standing) = finding.standing {
                    span .sev { (say.say(|words| words.standing(standing))) } " "
                }
                (say.say(|words| finding.rule.title.of(words.language()).to_owned()))
            }
            @if judged {
                p {
                    strong { (say.say(|words| words.line(finding))) }
                    @if let Some(last) = finding.last_used { "; " (say.say(|words| words.last_use(last))) }
                }
                @if let Some(inert) = finding.inert { p { (say.key(&format!("inert-{inert}"))) } }
            }
            p {
                @if !judged && finding.permission.is_some() { (say.say(|words| words.subject(finding))) " – " }
                (say.say(|words| words.because(finding)))
            }
            @if let Some(note) = &finding.waiver { p .warn { (say.say(|words| words.waiver(note))) } }
            @if finding.look(crate::text::Language::En).is_some() && finding.app.is_none() {
                p { (say.say(|words| {
                    let look = finding.look(words.language()).unwrap_or_default();
                    words.texts().with("table-look", &[("text", &look)])
                })) }
            }
            @if !matches!(finding.verdict, Verdict::NotAssessed | Verdict::Waived) { (press(say, finding)) }
            @if !finding.rule.is_waiver {
                p { a href=(place(number, finding.code())) { (say.key("html-why")) } }
            }
            @if rows { (evidence(say, &finding.evidence)) }
        }
    }
}

/// Where a rule stands on the page; ids of rules are words of their own, and those that were not would be no place.
fn place(number: Number, code: &str) -> String {
    format!("#p{number}-{}", anchor(code))
}

fn anchor(code: &str) -> String {
    code.chars().filter(|character| character.is_ascii_alphanumeric() || *character == '-').collect()
}

/// The rules that a finding on the page names, each once: why it exists, and whom it follows.
pub(super) fn rules(say: &Say<'_>, number: Number, audit: &Audit<'_>) -> Markup {
    let told = |finding: &&Finding<'_>| {
        !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable) && !finding.rule.is_waiver
    };
    let rules: BTreeMap<&str, &Finding<'_>> =
        audit.findings.iter().filter(told).map(|finding| (finding.code(), finding)).collect();
    if rules.is_empty() {
        return html! {};
    }
    html! {
        h3 { (say.key("html-rules")) }
        @for (code, finding) in rules {
            div .finding id={ "p" (number) "-" (anchor(code)) } {
                h4 { (say.say(|words| finding.rule.title.of(words.language()).to_owned())) }
                p { (say.say(|words| finding.rule.why.of(words.language()).to_owned())) }
                p .soft { (say.key("html-rule")) " " (foreign(code)) }
                @if !finding.rule.references.is_empty() {
                    ul { @for reference in finding.rule.references.iter() { li { (foreign(reference)) (titled(say, reference)) } } }
                }
            }
        }
    }
}

/// What to press, where something is to be done.
pub(super) fn press(say: &Say<'_>, finding: &Finding<'_>) -> Markup {
    if finding.remediation(crate::text::Language::En).is_none() {
        return html! {};
    }
    html! {
        p .do { (say.say(|words| {
            let text = finding.remediation(words.language()).unwrap_or_default();
            words.texts().with("table-press", &[("text", &text)])
        })) }
    }
}

/// The title of a published document, after its number.
fn titled(say: &Say<'_>, reference: &str) -> Markup {
    let Some(found) = references::describe(reference) else { return html! {} };
    html! { " – " (say.say(|words| found.subject.of(words.language()).to_owned())) }
}
