//! One phone judged by one profile: the verdict and what to do first, then the rest in the order in which people ask for it.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::finding::{finding, press, rules};
use super::say::{LINE, MARK, Number, Say, foreign, mark};
use super::{apps, phone};
use crate::audit::{AppRef, Audit, COVERAGE_FLOOR, Finding};
use crate::report::content::wording::Wording;
use crate::vocabulary::{Severity, Verdict};

/// How many things to do stand on the first page.
const FIRST: usize = 3;

/// The line of the contents.
pub(super) fn entry(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    let numbers = |words: Wording<'_>| {
        if !audit.applies() {
            return String::new();
        }
        let conformity = match audit.summary.conformity {
            Some(share) => words.percent(share),
            None => words.texts().get("compare-no-number"),
        };
        let coverage = words.percent(audit.summary.coverage);
        words.texts().with("html-short-numbers", &[("conformity", &conformity), ("coverage", &coverage)])
    };
    html! {
        (say.say(|words| words.device(&audit.snapshot.device))) " – " (foreign(audit.profile_id)) ": "
        (say.say(|words| words.verdict(audit))) " " (say.say(numbers))
    }
}

/// The section of one audit.
pub(super) fn section(say: &Say<'_>, audit: &Audit<'_>, number: Number) -> Markup {
    html! {
        section .phone aria-labelledby={ "p" (number) " q" (number) } {
            h2 id={ "p" (number) } { (say.say(|words| words.device(&audit.snapshot.device))) }
            (head(say, audit, number))
            (verdict(say, audit))
            (numbers(say, audit))
            (first_things(say, audit))
            @if let Some(note) = &audit.profile_note {
                p .soft { (say.say(|words| words.texts().with("table-note", &[("note", note.of(words.language()))]))) }
            }
            (apps::section(say, audit, number))
            (phone::configuration(say, audit, number))
            (verdicts(say, audit, number, Verdict::NotAssessed, "table-heading-unassessed"))
            (verdicts(say, audit, number, Verdict::Manual, "table-heading-manual"))
            (verdicts(say, audit, number, Verdict::Waived, "table-heading-waived"))
            (verdicts(say, audit, number, Verdict::Noted, "table-heading-noted"))
            (rules(say, number, audit))
            (tailored(say, audit))
            (phone::activity(say, audit))
            (phone::gaps(say, audit))
            (phone::footprint(say, audit.snapshot))
            (phone::read(say, audit.snapshot))
        }
    }
}

fn head(say: &Say<'_>, audit: &Audit<'_>, number: Number) -> Markup {
    let snapshot = audit.snapshot;
    html! {
        dl .facts {
            dt { (say.key("html-evidence-of")) }
            dd {
                (say.say(|words| words.moment(snapshot.taken_at.as_deref()))) " – " (foreign(&snapshot.source.kind))
                @if let Some(name) = &snapshot.source.name { " " (foreign(name)) }
                @if snapshot.clock.is_some() { br; (say.say(|words| words.clock(snapshot).unwrap_or_default())) }
                @if snapshot.is_partial() { br; (say.say(|words| words.partial(snapshot).unwrap_or_default())) }
            }
            dt { (say.key("html-profile")) }
            dd id={ "q" (number) } {
                (say.say(|words| audit.profile_title.of(words.language()).to_owned())) " – "
                (foreign(audit.profile_id)) " " (foreign(audit.profile_version))
                br; span .soft { "SHA-256 " (audit.profile_sha256) }
            }
            dt { (say.key("html-catalog")) }
            dd {
                (audit.catalog.as_of)
                @for own in &audit.catalog.own { ", " (foreign(&own.file)) " (" (own.as_of) ")" }
            }
            @if let Some(baseline) = &audit.baseline {
                dt { (say.key("html-baseline")) }
                dd {
                    (say.say(|words| words.texts().with("compare-baseline", &[
                        ("at", &words.moment(baseline.taken_at.as_deref())),
                        ("standings", &words.standings(&baseline.counts)),
                    ])))
                    @if baseline.other_device { " " (say.key("compare-baseline-other")) }
                    @if !baseline.partial.is_empty() {
                        " " (say.say(|words| words.partial_baseline(baseline).unwrap_or_default()))
                    }
                }
            }
        }
    }
}

/// The verdict in one sentence, then how many rules fail.
fn verdict(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    let class = match audit.summary.worst {
        Some(_) => "fails",
        None if audit.summary.not_assessed > 0 || !audit.applies() => "unsure",
        None => "",
    };
    html! {
        p .verdict.(class) {
            (say.say(|words| sentence(audit, words)))
        }
        @if audit.applies() { p { (say.say(|words| words.verdict(audit))) } }
    }
}

/// The apps that were judged, with whether one of their findings fails.
fn judged<'a>(audit: &'a Audit<'_>) -> BTreeMap<&'a AppRef, bool> {
    let mut apps = BTreeMap::new();
    for finding in &audit.findings {
        let counts = matches!(finding.verdict, Verdict::Fail | Verdict::Pass | Verdict::Waived | Verdict::Noted);
        if let Some(app) = finding.app.as_deref().filter(|_| counts) {
            *apps.entry(app).or_insert(false) |= finding.verdict == Verdict::Fail;
        }
    }
    apps
}

/// How many of the judged apps meet the profile, and which finding is the worst.
pub(super) fn sentence(audit: &Audit<'_>, words: Wording<'_>) -> String {
    if !audit.applies() {
        return words.verdict(audit);
    }
    let texts = words.texts();
    let profile = audit.profile_title.of(words.language());
    let apps = judged(audit);
    let met = apps.values().filter(|fails| !**fails).count();
    let mut said = match apps.len() {
        0 => texts.with("html-verdict-no-app", &[("profile", profile)]),
        all => {
            let all = u64::try_from(all).unwrap_or(u64::MAX);
            texts.count("html-verdict-apps", all, &[("met", &met.to_string()), ("profile", profile)])
        }
    };
    // The findings come with the worst first.
    let Some(worst) = audit.findings.iter().find(|finding| finding.verdict == Verdict::Fail) else {
        said.push(' ');
        said.push_str(&words.verdict(audit));
        return said;
    };
    let who = worst.app.as_deref().map_or_else(|| texts.get("html-the-phone"), |app| named(words, app));
    let key = match (worst.severity, worst.rule.is_waiver) {
        (_, true) => "html-verdict-waiver",
        (Severity::Critical, _) => "html-verdict-critical",
        _ => "html-verdict-worst",
    };
    let found = words.texts().with(
        key,
        &[
            ("who", &who),
            ("subject", &words.subject(worst)),
            ("actual", &words.actual(worst)),
            ("title", worst.rule.title.of(words.language())),
        ],
    );
    said.push(' ');
    said.push_str(&found);
    said
}

/// The app by its name alone.
fn named(words: Wording<'_>, app: &AppRef) -> String {
    if app.id == crate::audit::HIDDEN { words.texts().get("app-hidden") } else { app.name.clone() }
}

fn numbers(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    let summary = &audit.summary;
    let counts = [
        (Verdict::Fail, summary.fail),
        (Verdict::Waived, summary.waived),
        (Verdict::NotAssessed, summary.not_assessed),
        (Verdict::Manual, summary.manual),
        (Verdict::Noted, summary.noted),
        (Verdict::Pass, summary.pass),
        (Verdict::NotApplicable, summary.not_applicable),
    ];
    html! {
        @if audit.applies() { dl .numbers {
            div {
                dt { (say.key("html-conformity")) }
                @match summary.conformity {
                    Some(share) => {
                        dd .big { (say.say(|words| words.percent(share))) }
                        dd { (bar(share)) }
                        dd .soft { (say.key("html-conformity-means")) }
                    }
                    None => {
                        dd .big { (say.key("compare-no-number")) }
                        dd .soft { (say.say(|words| words.texts().with("table-numbers-few", &[
                            ("coverage", &words.percent(summary.coverage)), ("floor", &words.percent(COVERAGE_FLOOR)),
                        ]))) }
                    }
                }
            }
            div {
                dt { (say.key("html-coverage")) }
                dd .big { (say.say(|words| words.percent(summary.coverage))) }
                dd { (bar(summary.coverage)) }
                dd .soft { (say.key("html-coverage-means")) }
            }
        } }
        ul .counts {
            @for (verdict, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
                li { (mark(verdict)) " " (say.key(&format!("verdict-{verdict}"))) ": " strong { (count) } }
            }
        }
    }
}

/// A share as a bar; the number stands above it. Its colours are attributes too, for printers that apply no style sheet of a page to a
/// drawing in it; where one is applied, as in browsers, it wins.
pub(super) fn bar(share: f64) -> Markup {
    html! {
        svg .bar viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect width="100" height="6" fill=(LINE) {}
            rect .part width=(format!("{:.1}", share * 100.0)) height="6" fill=(MARK) {}
        }
    }
}

/// The worst things to change, an app only once.
fn first_things(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    let mut seen = BTreeSet::new();
    let things: Vec<&Finding<'_>> = audit
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Fail && finding.severity > Severity::Info)
        .filter(|finding| finding.app.as_deref().is_none_or(|app| seen.insert(app)))
        .map(|finding| decisive(audit, finding))
        .filter(|finding| finding.remediation(crate::text::Language::En).is_some())
        .take(FIRST)
        .collect();
    if things.is_empty() {
        return html! {};
    }
    let count = u64::try_from(things.len()).unwrap_or(u64::MAX);
    html! {
        h3 { (say.count("html-first-things", count, &[])) }
        ol .todo {
            @for finding in things {
                li {
                    (who(say, audit, finding)) (say.say(|words| words.line(finding)))
                    (press(say, finding))
                }
            }
        }
    }
}

/// An app that has to go takes its other failures with it.
fn decisive<'a, 's>(audit: &'a Audit<'s>, finding: &'a Finding<'s>) -> &'a Finding<'s> {
    let goes = |other: &&Finding<'_>| {
        other.verdict == Verdict::Fail
            && other.app == finding.app
            && other.severity > Severity::Info
            && matches!(other.expected, crate::audit::Asked::Presence(_))
    };
    match &finding.app {
        Some(_) => audit.findings.iter().find(goes).unwrap_or(finding),
        None => finding,
    }
}

/// The app of a finding, before what is said of it.
pub(super) fn who(say: &Say<'_>, audit: &Audit<'_>, finding: &Finding<'_>) -> Markup {
    match finding.app.as_deref() {
        Some(app) => html! { strong { (say.say(|words| words.app(audit, app))) } " – " },
        None => html! {},
    }
}

/// The findings of one verdict, grouped by app.
fn verdicts(say: &Say<'_>, audit: &Audit<'_>, number: Number, verdict: Verdict, heading: &str) -> Markup {
    let findings: Vec<&Finding<'_>> = audit.findings.iter().filter(|finding| finding.verdict == verdict).collect();
    if findings.is_empty() {
        return html! {};
    }
    let mut groups: BTreeMap<(bool, Option<&AppRef>), Vec<&Finding<'_>>> = BTreeMap::new();
    for one in findings {
        groups.entry((one.app.is_none(), one.app.as_deref())).or_default().push(one);
    }
    html! {
        h3 { (say.key(heading)) }
        @for ((_, app), findings) in groups {
            h4 {
                @match app {
                    Some(app) => (say.say(|words| words.app(audit, app))),
                    None => (say.key("table-heading-phone")),
                }
            }
            // The rows of an app stand with the app.
            @for one in findings { (finding(say, number, one, one.app.is_none() && one.check.is_none())) }
        }
    }
}

fn tailored(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    if audit.tailored.is_empty() {
        return html! {};
    }
    html! {
        h3 { (say.key("table-heading-tailored")) }
        ul {
            @for change in audit.tailored.iter().filter(|change| change.looser) {
                li {
                    (say.say(|words| {
                        let said = words.change(change);
                        let arguments = [("rule", change.rule.as_str()), ("parent", &change.parent), ("change", &said)];
                        let because = match &change.because {
                            Some(because) => because.of(words.language()).to_owned(),
                            None => words.texts().get("table-tailored-no-reason"),
                        };
                        format!("{} {because}", words.texts().with("table-tailored", &arguments))
                    }))
                }
            }
            @let others = audit.tailored.iter().filter(|change| !change.looser).count();
            @if others > 0 { li { (say.count("table-tailored-others", u64::try_from(others).unwrap_or(u64::MAX), &[])) } }
        }
    }
}
