//! App by app: what it may touch, when it last did, and what to press.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::finding::{evidence, finding};
use super::say::{Number, Say, foreign, mark};
use super::timeline;
use crate::audit::{Audit, Finding};
use crate::report::content::overview::dot;
use crate::snapshot::{App, EvidenceRow, Grant, name_or_id};
use crate::vocabulary::{Level, Permission, Presence, Severity, Verdict};

/// An app with what the profile says of it.
struct Card<'a, 's> {
    app: &'s App,
    findings: Vec<&'a Finding<'s>>,
}

impl Card<'_, '_> {
    fn worst(&self) -> Option<Severity> {
        let failing = self.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
        failing.map(|finding| finding.severity).max()
    }

    /// Every row about the app, each once: a row may speak of several accesses. Those of the failures stand with them.
    fn rows(&self) -> Vec<EvidenceRow> {
        let failing = self.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
        let told: BTreeSet<&EvidenceRow> = failing.flat_map(|finding| finding.evidence.iter()).collect();
        let of_grants = self.app.grants.iter().flat_map(|grant| &grant.evidence);
        let rows: BTreeSet<&EvidenceRow> = self.app.evidence.iter().chain(of_grants).collect();
        rows.difference(&told).copied().cloned().collect()
    }

    /// The worst verdict on one permission.
    fn verdict(&self, permission: Permission) -> Option<Verdict> {
        let own = self.findings.iter().filter(|finding| finding.permission == Some(permission));
        own.map(|finding| finding.verdict).min()
    }
}

/// Every app that may be named, the worst first.
pub(super) fn section(say: &Say<'_>, audit: &Audit<'_>, number: Number) -> Markup {
    let snapshot = audit.snapshot;
    let mut findings: BTreeMap<(&str, u32), Vec<&Finding<'_>>> = BTreeMap::new();
    for finding in &audit.findings {
        if let Some(app) = finding.app.as_deref() {
            findings.entry((&app.id, app.user)).or_default().push(finding);
        }
    }
    let mut cards: Vec<Card<'_, '_>> = snapshot
        .apps
        .iter()
        .filter(|app| app.presence > Presence::Absent && !audit.hidden.contains(&app.id))
        .map(|app| Card { app, findings: findings.remove(&(app.id.as_str(), app.user)).unwrap_or_default() })
        .collect();
    cards.sort_by_cached_key(|card| {
        let name = name_or_id(card.app.name.as_deref(), &card.app.id).to_lowercase();
        (std::cmp::Reverse(card.worst()), name, card.app.id.clone(), card.app.user)
    });
    let is_there = |id: &&String| snapshot.apps.iter().any(|app| app.id == **id);
    let hidden = audit.hidden.iter().filter(is_there).count();
    let others = snapshot.other_apps.values().sum::<u64>() + u64::try_from(hidden).unwrap_or(0);
    // Failures of apps that are judged and never named.
    let nameless: Vec<&Finding<'_>> = findings
        .iter()
        .filter(|((id, _), _)| *id == crate::audit::HIDDEN)
        .flat_map(|(_, own)| own.iter().copied())
        .collect();
    html! {
        h3 { (say.key("table-heading-apps")) }
        @if cards.is_empty() {
            @let whole = snapshot.gaps.iter().all(|gap| gap.area != crate::snapshot::APP_LIST);
            p { (say.key(if whole { "table-no-apps" } else { "table-apps-unknown" })) }
        }
        @if !cards.is_empty() { p .soft { (say.key("html-timeline")) } }
        @for card in &cards { (self::card(say, audit, number, card)) }
        @if nameless.iter().any(|finding| finding.verdict == Verdict::Fail) {
            div .card {
                h4 { (say.key("app-hidden")) }
                @for one in nameless.iter().filter(|finding| finding.verdict == Verdict::Fail) { (finding(say, number, one, false)) }
            }
        }
        @if others > 0 { p { (say.count("table-other-apps", others, &[])) } }
    }
}

fn card(say: &Say<'_>, audit: &Audit<'_>, number: Number, card: &Card<'_, '_>) -> Markup {
    let app = card.app;
    let name = name_or_id(app.name.as_deref(), &app.id);
    let user = audit.snapshot.users.iter().find(|user| user.id == app.user && user.id != 0);
    let mut grants: Vec<&Grant> = app.grants.iter().collect();
    grants.sort_by_key(|grant| grant.permission);
    let (held, refused): (Vec<&Grant>, Vec<&Grant>) = grants.into_iter().partition(|grant| grant.level > Level::None);
    html! {
        div .card {
            h4 {
                (foreign(name))
                @if let Some(user) = user {
                    (say.say(|words| {
                        let kind = words.texts().get(&format!("user-{}", user.kind));
                        words.texts().with("app-of-user", &[("kind", &kind), ("user", &user.id.to_string())])
                    }))
                }
            }
            p .soft { (about(say, app)) }
            @for one in card.findings.iter().filter(|finding| finding.verdict == Verdict::Fail) {
                    (finding(say, number, one, true))
            }
            @if !held.is_empty() {
                table {
                    caption { (say.key("html-may-touch")) }
                    thead { tr {
                        th scope="col" { (say.key("html-column-access")) }
                        th scope="col" { (say.key("html-column-now")) }
                        th scope="col" { (say.key("html-column-who")) }
                        th scope="col" { (say.key("html-column-rule")) }
                    } }
                    tbody { @for grant in &held { (row(say, card, grant)) } }
                }
                (timeline::draw(say, audit.snapshot.taken_at.as_deref(), &held))
            } @else {
                p { (say.key("html-touches-nothing")) }
            }
            @if !refused.is_empty() {
                details {
                    summary { (say.count("html-no-access", u64::try_from(refused.len()).unwrap_or(u64::MAX), &[])) }
                    @for grant in &refused {
                        p { (permission(say, grant)) " – " (say.key(&format!("state-{}", grant.state))) }
                    }
                }
            }
            (evidence(say, &card.rows()))
        }
    }
}

/// Id, version and where it came from.
fn about(say: &Say<'_>, app: &App) -> Markup {
    html! {
        @if app.name.is_some() { (foreign(&app.id)) " · " }
        @if let Some(version) = &app.version { (foreign(version)) " · " }
        (say.key(&format!("source-{}", app.source)))
        @if let Some(installer) = &app.installer { " (" (foreign(installer)) ")" }
        @if app.presence != Presence::Installed { " · " (say.key(&format!("presence-{}", app.presence))) }
        @if app.suspended { " · " (say.key("compare-suspended")) }
        @for (key, at) in [("html-installed", &app.installed_at), ("html-updated", &app.updated_at)] {
            @if let Some(day) = at.as_deref().and_then(|at| at.get(..10)) { " · " (say.key(key)) " " (foreign(day)) }
        }
    }
}

fn permission(say: &Say<'_>, grant: &Grant) -> Markup {
    say.once(grant.permission.word(), |words| words.permission(grant.permission).to_owned())
}

fn row(say: &Say<'_>, card: &Card<'_, '_>, grant: &Grant) -> Markup {
    let verdict = card.verdict(grant.permission);
    let level = format!("{}/{}", grant.permission, grant.level);
    let cells = html! {
        th scope="row" { (permission(say, grant)) }
        td {
            (dot(grant.level)) " " (say.once(&level, |words| words.level(Some(grant.permission), grant.level)))
            @if let Some(inert) = grant.inert { br; (say.key(&format!("inert-{inert}"))) }
        }
        td {
            (say.key(&format!("decided-{}", grant.decided_by)))
            @if let Some(last) = &grant.last_used { br; (say.say(|words| words.last_use(last))) }
        }
        td {
            @if let Some(verdict) = verdict { (mark(verdict)) " " (say.key(&format!("verdict-{verdict}"))) }
            @else { "–" }
        }
    };
    // A row that stands out has a class; the thousands of others have none.
    html! { @if verdict == Some(Verdict::Fail) { tr .over { (cells) } } @else { tr { (cells) } } }
}
