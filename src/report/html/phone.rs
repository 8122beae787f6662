//! The phone itself: its configuration, what was not read, what the visit left behind, and what was read.

use maud::{Markup, html};

use super::finding::{evidence, finding};
use super::say::{Number, Say, foreign, mark};
use crate::audit::{Audit, Finding};
use crate::snapshot::{Snapshot, name_or_id};
use crate::vocabulary::permissions::describe_check;
use crate::vocabulary::{Check, Permission, Verdict};

/// How many domains are named for each app.
const DOMAINS: usize = 20;

/// Settings, main switches, management, configuration profiles and users.
pub(super) fn configuration(say: &Say<'_>, audit: &Audit<'_>, number: Number) -> Markup {
    let snapshot = audit.snapshot;
    let failing: Vec<&Finding<'_>> =
        audit.findings.iter().filter(|finding| finding.app.is_none() && finding.verdict == Verdict::Fail).collect();
    html! {
        h3 { (say.key("html-configuration")) }
        @for one in failing { (finding(say, number, one, one.check.is_none())) }
        @if !snapshot.settings.is_empty() { (settings(say, audit)) }
        dl .facts {
            @for (switch, on) in [
                (Permission::Location, snapshot.switches.location),
                (Permission::Camera, snapshot.switches.camera),
                (Permission::Microphone, snapshot.switches.microphone),
            ] {
                @if let Some(on) = on {
                    dt { (say.say(|words| words.texts().with("compare-switch", &[("what", words.permission(switch))]))) }
                    dd { (say.key(if on { "compare-on" } else { "compare-off" })) }
                }
            }
            (management(say, audit))
            @if !snapshot.users.is_empty() {
                dt { (say.key("html-users")) }
                dd {
                    @for (place, user) in snapshot.users.iter().enumerate() {
                        @if place > 0 { ", " }
                        (user.id) " " (say.key(&format!("user-{}", user.kind)))
                    }
                }
            }
        }
        @if !snapshot.config_profiles.is_empty() {
            h4 { (say.key("html-config-profiles")) }
            ul {
                @for profile in &snapshot.config_profiles {
                    li {
                        (foreign(name_or_id(profile.name.as_deref(), &profile.id))) " – " (foreign(&profile.id))
                        @if let Some(organization) = &profile.organization { ", " (foreign(organization)) }
                        @if !profile.payloads.is_empty() { br; span .soft { (foreign(&profile.payloads.join(", "))) } }
                    }
                }
            }
        }
    }
}

fn settings(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    let verdict = |check: Check| {
        let own = audit.findings.iter().filter(|finding| finding.app.is_none() && finding.check == Some(check));
        own.map(|finding| finding.verdict).min()
    };
    html! {
        table {
            caption { (say.key("html-settings")) }
            thead { tr {
                th scope="col" { (say.key("html-column-setting")) }
                th scope="col" { (say.key("html-column-value")) }
                th scope="col" { (say.key("html-column-rule")) }
            } }
            tbody {
                @for (check, setting) in &audit.snapshot.settings {
                    @let verdict = verdict(*check);
                    @let hidden = audit.hidden.iter().any(|id| setting.value.to_string().contains(id.as_str())
                        || setting.evidence.iter().any(|row| row.text.contains(id.as_str())));
                    tr .over[verdict == Some(Verdict::Fail)] {
                        th scope="row" { (say.say(|words| describe_check(*check).name.of(words.language()).to_owned())) }
                        td {
                            @if hidden { "…" }
                            @else { (say.say(|words| words.setting(*check, &setting.value))) (evidence(say, &setting.evidence)) }
                        }
                        td {
                            @if let Some(verdict) = verdict { (mark(verdict)) " " (say.key(&format!("verdict-{verdict}"))) }
                            @else { "–" }
                        }
                    }
                }
            }
        }
    }
}

fn management(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    let management = &audit.snapshot.management;
    // An app that the profile never names is not named as the owner of the phone either.
    let told = |name: &str| if audit.hidden.iter().any(|id| id == name) { "…".to_owned() } else { name.to_owned() };
    let server = management.mdm.as_ref().map(|mdm| mdm.server.as_deref().or(mdm.profile.as_deref()).unwrap_or("?"));
    let packages = |owners: &[crate::snapshot::ProfileOwner]| {
        let names: Vec<String> = owners.iter().map(|owner| told(&owner.package)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let rows = [
        ("device-owner", management.device_owner.as_deref().map(told)),
        ("profile-owner", packages(&management.profile_owners)),
        ("admin", packages(&management.admins)),
        ("mdm-server", server.map(str::to_owned)),
        ("organization", management.organization.clone()),
    ];
    html! {
        @for (word, value) in rows {
            @if let Some(value) = value {
                dt { (say.key(&format!("compare-management-{word}"))) }
                dd { (foreign(&value)) }
            }
        }
        @if let Some(supervised) = management.supervised {
            dt { (say.key("compare-management-supervised")) }
            dd { (say.key(if supervised { "value-yes" } else { "value-no" })) }
        }
    }
}

/// What the phone's own report says the apps did.
pub(super) fn activity(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    let Some(report) = audit.privacy_report() else { return html! {} };
    html! {
        h3 { (say.say(|words| words.activity_heading(&report))) }
        @if report.apps.is_empty() { p { (say.key("activity-no-app")) } }
        @for app in &report.apps {
            @let listed = audit.snapshot.apps.iter().find(|named| named.id == app.id);
            h4 { (foreign(name_or_id(listed.and_then(|named| named.name.as_deref()), &app.id))) }
            @let count = say.first().activity(app, DOMAINS).len();
            @if count == 0 { p { (say.key("activity-none")) } }
            @else {
                ul { @for place in 0..count {
                    li { (say.say(|words| words.activity(app, DOMAINS).into_iter().nth(place).unwrap_or_default())) }
                } }
            }
        }
        @if report.other_apps > 0 { p { (say.count("activity-others", report.other_apps, &[])) } }
        @if report.not_understood > 0 {
            p { (say.count("activity-lines", report.not_understood, &[("lines", &report.lines.to_string())])) }
        }
    }
}

/// What could not be read.
pub(super) fn gaps(say: &Say<'_>, audit: &Audit<'_>) -> Markup {
    let shown = |app: &Option<String>| app.as_ref().is_none_or(|app| !audit.hidden.contains(app));
    let gaps: Vec<_> = audit.snapshot.gaps.iter().filter(|gap| shown(&gap.app)).collect();
    if gaps.is_empty() {
        return html! {};
    }
    let (single, whole): (Vec<_>, Vec<_>) = gaps.into_iter().partition(|gap| gap.app.is_some());
    html! {
        h3 { (say.key("table-heading-gaps")) }
        ul { @for gap in &whole { li { (say.say(|words| words.gap(gap))) } } }
        @if !single.is_empty() {
            details {
                summary { (say.count("html-gaps-of-apps", u64::try_from(single.len()).unwrap_or(u64::MAX), &[])) }
                ul { @for gap in &single {
                    li { (foreign(gap.app.as_deref().unwrap_or(""))) " – " (say.say(|words| words.gap(gap))) }
                } }
            }
        }
    }
}

/// What the visit switched on or left behind.
pub(super) fn footprint(say: &Say<'_>, snapshot: &Snapshot) -> Markup {
    if snapshot.footprint.is_empty() {
        return html! {};
    }
    html! {
        h3 { (say.key("table-heading-footprint")) }
        ul {
            @for footprint in &snapshot.footprint {
                li {
                    span .box aria-hidden="true" { "☐ " }
                    (say.key(&format!("trace-{}", footprint.trace))) " → " (say.key(&format!("trace-{}-fix", footprint.trace)))
                    (evidence(say, &footprint.evidence))
                }
            }
        }
    }
}

/// What was read, for the phone's owner.
pub(super) fn read(say: &Say<'_>, snapshot: &Snapshot) -> Markup {
    if snapshot.read.is_empty() {
        return html! {};
    }
    html! {
        h3 { (say.key("html-read")) }
        p { (say.key("html-read-note")) }
        details {
            summary { (say.count("html-read-sources", u64::try_from(snapshot.read.len()).unwrap_or(u64::MAX), &[])) }
            table {
                caption { (say.key("html-read")) }
                thead { tr {
                    th scope="col" { (say.key("html-column-source")) }
                    th scope="col" { (say.key("html-column-origin")) }
                    th scope="col" { (say.key("html-column-size")) }
                } }
                tbody {
                    @for item in &snapshot.read {
                        tr {
                            th scope="row" { (foreign(&item.source)) }
                            td { (foreign(&item.origin)) }
                            td { (say.with("html-size", &[("lines", &item.lines.to_string()), ("bytes", &item.bytes.to_string())])) }
                        }
                    }
                }
            }
        }
    }
}
