//! A before and an after on a page: the verdicts, what is to be done, what changed, and room to sign.

use maud::{Markup, html};

use super::audit::bar;
use super::finding::press;
use super::phone;
use super::say::{Number, Say, foreign, severity};
use crate::audit::{AppRef, Audit};
use crate::compare::{Change, ChangeKind, Comparison, Effect, Judgement, RuleChange, Subject};
use crate::report::content::comparison::{STANDINGS, sign};
use crate::snapshot::{EvidenceRow, Snapshot};
use crate::vocabulary::Standing;

/// The line of the contents.
pub(super) fn entry(say: &Say<'_>, comparison: &Comparison<'_>) -> Markup {
    html! {
        (say.say(|words| words.device(&comparison.after.device)))
        @for judgement in &comparison.judgements {
            " – " (foreign(judgement.after.profile_id)) ": " (say.say(|words| words.standings(judgement.counts())))
        }
    }
}

/// The section of one comparison.
pub(super) fn section(say: &Say<'_>, comparison: &Comparison<'_>, number: Number) -> Markup {
    html! {
        section .phone aria-labelledby={ "p" (number) } {
            h2 id={ "p" (number) } { (say.say(|words| words.device(&comparison.after.device))) }
            dl .facts {
                @for (key, snapshot) in [("compare-before", comparison.before), ("compare-after", comparison.after)] {
                    dt { (say.key(key)) }
                    dd { (reading(say, snapshot)) }
                }
            }
            @if comparison.before.is_partial() || comparison.after.is_partial() {
                p .verdict .unsure { (say.say(|words| {
                    words.partial_comparison(comparison.before, comparison.after).unwrap_or_default()
                })) }
            }
            @if let crate::compare::SameDevice::Different | crate::compare::SameDevice::Unknown = comparison.device {
                p .verdict .unsure { (say.key(&format!("compare-device-{}", comparison.device))) }
            }
            @for judgement in &comparison.judgements { (verdicts(say, comparison, judgement)) }
            (changes(say, comparison))
            (not_comparable(say, comparison))
            (footprint(say, comparison))
            @if comparison.judgements.iter().any(|judgement| !judgement.rules.is_empty()) { (signatures(say)) }
        }
    }
}

fn reading(say: &Say<'_>, snapshot: &Snapshot) -> Markup {
    html! {
        (say.say(|words| words.device(&snapshot.device)))
        br;
        (say.say(|words| words.moment(snapshot.taken_at.as_deref()))) " – " (foreign(&snapshot.source.kind))
        @if let Some(name) = &snapshot.source.name { " " (foreign(name)) }
        ", poucet " (foreign(&snapshot.tool.version))
        @if snapshot.clock.is_some() { br; (say.say(|words| words.clock(snapshot).unwrap_or_default())) }
    }
}

/// What one profile says of both readings.
fn verdicts(say: &Say<'_>, comparison: &Comparison<'_>, judgement: &Judgement<'_>) -> Markup {
    let after = &judgement.after;
    let class = match after.summary.worst {
        Some(_) => "fails",
        None if after.summary.not_assessed > 0 || !after.applies() => "unsure",
        None => "",
    };
    html! {
        h3 { (say.say(|words| after.profile_title.of(words.language()).to_owned())) }
        p .verdict.(class) { (say.say(|words| super::audit::sentence(after, words))) }
        p { (say.say(|words| words.texts().with("compare-findings", &[("standings", &words.standings(judgement.counts()))]))) }
        dl .facts {
            dt { (say.key("html-profile")) }
            dd {
                (foreign(after.profile_id)) " " (foreign(after.profile_version))
                br; span .soft { "SHA-256 " (after.profile_sha256) }
            }
            dt { (say.key("html-catalog")) }
            dd { (after.catalog.as_of) }
            dt { (say.key("compare-before")) }
            dd { (say.say(|words| words.verdict(&judgement.before))) }
            dt { (say.key("compare-after")) }
            dd { (say.say(|words| words.verdict(after))) }
        }
        @if after.applies() { dl .numbers {
            (number(say, judgement, "html-conformity", |audit| audit.summary.conformity))
            (number(say, judgement, "html-coverage", |audit| Some(audit.summary.coverage)))
        } }
        @for standing in STANDINGS {
            @if judgement.counts().contains_key(&standing) {
                h4 { (say.key(&format!("standing-{standing}"))) }
                @for change in judgement.rules.iter().filter(|change| change.standing == standing) {
                    (rule(say, comparison, judgement, change))
                }
            }
        }
    }
}

fn number(say: &Say<'_>, judgement: &Judgement<'_>, key: &str, share: impl Fn(&Audit<'_>) -> Option<f64>) -> Markup {
    let (was, is) = (share(&judgement.before), share(&judgement.after));
    html! {
        div {
            dt { (say.key(key)) }
            dd .big { (say.say(|words| {
                let said = |share: Option<f64>| match share {
                    Some(share) => words.percent(share),
                    None => words.texts().get("compare-no-number"),
                };
                words.texts().with("compare-was-is", &[("before", &said(was)), ("after", &said(is))])
            })) }
            @for share in [was, is].into_iter().flatten() { dd { (bar(share)) } }
        }
    }
}

/// One finding that moved or still fails, with a box to tick where something is to be done.
fn rule(say: &Say<'_>, comparison: &Comparison<'_>, judgement: &Judgement<'_>, change: &RuleChange) -> Markup {
    let Some(shown) = judgement.finding(change) else { return html! {} };
    let (old, new) = (judgement.finding_before(change), judgement.finding_after(change));
    let open = matches!(change.standing, Standing::New | Standing::PerhapsNew | Standing::StillFailing);
    let class = if open { "fail" } else { "" };
    html! {
        div .finding.(class) {
            p .title {
                @if open { span .box aria-hidden="true" { "☐ " } }
                (severity(say, shown.severity)) " "
                @if let Some(app) = shown.app.as_deref() { (say.say(|words| words.compared_app(comparison, app))) " – " }
                (say.say(|words| words.subject(shown)))
            }
            p { (say.say(|words| shown.rule.title.of(words.language()).to_owned())) }
            p { (say.say(|words| match (words.judged(old), words.judged(new)) {
                (was, is) if was == is => is,
                (was, is) => words.texts().with("compare-was-is", &[("before", &was), ("after", &is)]),
            })) }
            @if let Some(new) = new {
                @if change.standing == Standing::NoLongerAssessed { p { (say.say(|words| words.because(new))) } }
                @if let Some(note) = &new.waiver { p .warn { (say.say(|words| words.waiver(note))) } }
                @if open { (press(say, new)) }
            }
            (sides(say, old.map_or(&[], |finding| &finding.evidence), new.map_or(&[], |finding| &finding.evidence)))
        }
    }
}

/// The rows of both sides, folded; the same rows once.
fn sides(say: &Say<'_>, before: &[EvidenceRow], after: &[EvidenceRow]) -> Markup {
    if before.is_empty() && after.is_empty() {
        return html! {};
    }
    html! {
        details {
            summary { (say.key("html-evidence")) }
            @for (key, rows) in [("compare-before", before), ("compare-after", after)] {
                @let same = key == "compare-after" && before == after;
                @if !rows.is_empty() && !same {
                    p .soft { (say.key(key)) }
                    (super::finding::rows(rows))
                }
            }
        }
    }
}

/// Whether a change stands in the list of changes; the others have lists of their own.
fn is_told(change: &Change<'_>) -> bool {
    change.kind != ChangeKind::NotComparable && !matches!(change.subject, Subject::Footprint(_))
}

fn changes(say: &Say<'_>, comparison: &Comparison<'_>) -> Markup {
    let mut groups: Vec<(Option<&AppRef>, Vec<&Change<'_>>)> = Vec::new();
    for change in comparison.changes.iter().filter(|change| is_told(change)) {
        match groups.last_mut() {
            Some((app, changes)) if *app == change.app.as_ref() => changes.push(change),
            _ => groups.push((change.app.as_ref(), vec![change])),
        }
    }
    html! {
        h3 { (say.key("compare-heading-changes")) }
        @if groups.is_empty() { p { (say.key("compare-no-change")) } }
        @else { p .soft { (say.key("compare-legend")) } }
        @for (app, changes) in &groups {
            div .card {
                h4 {
                    @match app {
                        Some(app) => (say.say(|words| words.compared_app(comparison, app))),
                        None => (say.key("compare-heading-phone")),
                    }
                }
                @for change in changes {
                    @let class = match change.effect { Effect::More => "bad", Effect::Less => "good", _ => "soft" };
                    p {
                        span .(class) { (sign(change.effect)) " " }
                        (say.say(|words| words.change_line(change)))
                    }
                    (sides(say, change.before.evidence, change.after.evidence))
                }
            }
        }
        @if comparison.hidden > 0 { p { (say.count("compare-hidden", comparison.hidden, &[])) } }
    }
}

fn not_comparable(say: &Say<'_>, comparison: &Comparison<'_>) -> Markup {
    let unknown: Vec<&Change<'_>> =
        comparison.changes.iter().filter(|change| change.kind == ChangeKind::NotComparable).collect();
    if unknown.is_empty() {
        return html! {};
    }
    html! {
        h3 { (say.key("compare-heading-not-comparable")) }
        ul {
            @for change in unknown {
                li {
                    @if let Some(app) = &change.app { (say.say(|words| words.compared_app(comparison, app))) " – " }
                    (say.say(|words| words.change_line(change)))
                }
            }
        }
    }
}

fn footprint(say: &Say<'_>, comparison: &Comparison<'_>) -> Markup {
    let moved: Vec<&Change<'_>> = comparison
        .changes
        .iter()
        .filter(|change| matches!(change.subject, Subject::Footprint(_)) && change.kind != ChangeKind::NotComparable)
        .collect();
    html! {
        @if !moved.is_empty() {
            h3 { (say.key("compare-heading-footprint")) }
            ul { @for change in moved { li { (say.say(|words| words.change_line(change))) } } }
        }
        (phone::footprint(say, comparison.after))
    }
}

/// Lines to sign on paper.
fn signatures(say: &Say<'_>) -> Markup {
    html! {
        div .sign {
            p { (say.key("html-sign-owner")) }
            p { (say.key("html-sign-desk")) }
            p { (say.key("html-sign-date")) }
        }
    }
}
