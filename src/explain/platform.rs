//! Permissions, the names that Android and iOS have for them, profiles, and published controls.

use std::collections::BTreeSet;

use super::library::Library;
use super::lines::read_lines;
use super::model::{Explanation, Kind, Line, step_lines};
use super::rule::reference;
use super::vocabulary;
use crate::access::ios::services::{self, ServiceKind};
use crate::catalog::glob;
use crate::profile::Profile;
use crate::text::Text;
use crate::text::both::{code, codes, of_any_app, same, sentences};
use crate::vocabulary::guidance;
use crate::vocabulary::permissions::{AndroidKind, AndroidPermission, describe, describe_level};
use crate::vocabulary::{Permission, Platform};

/// What most names of Android permissions begin with.
const ANDROID: &str = "android.permission.";

/// The names of Android and of iOS that are known, for “did you mean”.
pub(super) fn names() -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        services::all().map(|(name, _)| name).filter(|name| !name.contains('*')).collect();
    for permission in Permission::ALL {
        let android = &describe(*permission).android;
        names.extend(android.app_ops.iter().cloned());
        names.extend(android.permissions.iter().map(|known| known.name.clone()).filter(|name| !name.contains('*')));
    }
    names
}

/// Whether a word names an Android permission: in full, or without the package that defines it.
fn is_named(known: &AndroidPermission, word: &str) -> bool {
    let short = known.name.rsplit('.').next().unwrap_or(&known.name);
    known.name.eq_ignore_ascii_case(word)
        || (!glob::is_pattern(short) && short.eq_ignore_ascii_case(word))
        || (glob::is_pattern(&known.name) && glob::matches(&known.name, word))
}

impl Library<'_> {
    /// The permissions of the vocabulary behind a name of Android or iOS.
    pub(super) fn platform_name(&self, word: &str) -> Vec<Explanation> {
        let mut found = Vec::new();
        for permission in Permission::ALL {
            let android = &describe(*permission).android;
            let declared = android.permissions.iter().any(|known| is_named(known, word));
            let op = android.app_ops.iter().any(|op| op.eq_ignore_ascii_case(word));
            let key = match (declared, op) {
                (true, true) => "explain-asked-permission-and-op",
                (true, false) => "explain-asked-permission",
                (false, true) => "explain-asked-op",
                (false, false) => continue,
            };
            let asked = sentences().with(key, &[("name", &code(word)), ("permission", &code(permission.word()))]);
            found.push(self.permission(*permission, Some(asked)));
        }
        let known = services::all().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(name, _)| name);
        let name = known.as_deref().unwrap_or(word);
        let Some(service) = services::describe(name) else { return found };
        match service.permission {
            Some(permission) => {
                let names = [("name", &code(name)), ("permission", &code(permission.word()))];
                found.push(self.permission(permission, Some(sentences().with("explain-asked-service", &names))));
            }
            None => {
                let title = service.name.clone().unwrap_or_else(|| same(name));
                let mut explanation = Explanation::new(Kind::Service, name, title);
                let key = match service.kind {
                    ServiceKind::GrantedSilently => "explain-service-granted-silently",
                    ServiceKind::Inverted => "explain-service-inverted",
                    ServiceKind::Permission | ServiceKind::NoPermission => "explain-service-no-permission",
                };
                explanation.say("what", sentences().get(key));
                found.push(explanation);
            }
        }
        found
    }

    /// A permission; `asked` says what it has to do with the word that was looked up.
    pub(super) fn permission(&self, permission: Permission, asked: Option<Text>) -> Explanation {
        let described = describe(permission);
        let mut explanation = Explanation::new(Kind::Permission, permission.word(), described.name.clone());
        let mut what: Vec<Line> = asked.map(Line::new).into_iter().collect();
        let guidance = guidance::permission(permission);
        what.push(Line::new(of_any_app(&guidance.what)));
        explanation.add("what", what);
        explanation.say_if("why", Some(&guidance.why));
        let levels = described.levels.iter().map(|level| {
            let meaning = &describe_level(*level).meaning;
            let text = sentences()
                .with("explain-level-of-permission", &[("name", described.level_name(*level)), ("meaning", meaning)]);
            Line::about(code(level.word()), text)
        });
        explanation.add("levels", levels.collect());
        let platforms = Platform::ALL.iter().map(|platform| {
            let key = if !described.exists_on(*platform) {
                "explain-readable-absent"
            } else if described.is_observable_on(*platform) {
                "explain-verdict-judged"
            } else {
                "explain-permission-unobservable"
            };
            Line::on(*platform, sentences().get(key))
        });
        explanation.add("verdicts", platforms.collect());
        explanation.add("look", step_lines(None, &guidance.look, None));
        explanation.add("fix", step_lines(None, &vocabulary::fix(permission), None));
        explanation.say_if("limits", guidance.limits.as_ref());
        explanation.add("behind", behind(permission));
        let reads = Platform::ALL
            .iter()
            .flat_map(|platform| read_lines(*platform, vocabulary::reads_for_permission(permission, *platform)));
        explanation.add("reads", reads.collect());
        let rules = self.rules_about_permission(permission);
        explanation.add("rules", rules.iter().map(|(variant, text)| self.rule_line(variant, Some(text))).collect());
        explanation.add("references", self.reference_lines(rules.iter().flat_map(|(variant, _)| &variant.rule.refs)));
        explanation
    }

    /// A profile: what it is for and which rules it has.
    pub(super) fn profile(&self, profile: &Profile) -> Explanation {
        let mut explanation = Explanation::new(Kind::Profile, &profile.id, profile.title.clone());
        let mut lines: Vec<Line> = profile.note.iter().cloned().map(Line::new).collect();
        if profile.is_abstract {
            lines.push(Line::new(sentences().get("explain-profile-abstract")));
        }
        lines.push(Line::new(sentences().count("explain-profile-rules", profile.rules.len(), &[])));
        explanation.add("what", lines);
        let rules = profile.rules.iter().map(|rule| {
            let severity = sentences().get(&format!("severity-{}", rule.severity));
            let text = sentences().with("explain-rule-severity", &[("title", &rule.title), ("severity", &severity)]);
            Line::about(code(&rule.id), text)
        });
        explanation.add("rules", rules.collect());
        explanation
    }

    /// A published control or document that rules serve.
    pub(super) fn control(&self, word: &str) -> Option<Explanation> {
        let serving: Vec<_> = self
            .all_variants()
            .into_iter()
            .filter(|variant| variant.rule.refs.iter().any(|id| id == word || is_edition_of(id, word)))
            .collect();
        let control = vocabulary::control(word);
        if serving.is_empty() && control.is_none() {
            return None;
        }
        let title = control.as_ref().and_then(|control| control.title.clone()).unwrap_or_else(|| same(word));
        let mut explanation = Explanation::new(Kind::Control, word, title);
        let mut what = vec![Line::new(reference(word))];
        if let Some(control) = control {
            let date = control.date.map(|date| sentences().with("explain-control-date", &[("date", &same(&date))]));
            what.extend(date.into_iter().chain(control.note).map(Line::new));
        }
        explanation.add("what", what);
        let mut seen = BTreeSet::new();
        // A rule that a profile only changes is the same rule here.
        let rules = serving.iter().filter(|variant| seen.insert(&variant.rule.id));
        let mut lines: Vec<Line> = rules.map(|variant| self.rule_line(variant, None)).collect();
        if lines.is_empty() {
            lines.push(Line::new(sentences().get("explain-control-no-rule")));
        }
        explanation.add("rules", lines);
        Some(explanation)
    }
}

/// Whether a word is a reference with the version of a system in the place of `{os}`.
fn is_edition_of(reference: &str, word: &str) -> bool {
    reference.split_once("{os}").is_some_and(|(before, after)| {
        word.strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|os| !os.is_empty() && os.len() <= 3 && os.chars().all(|digit| digit.is_ascii_digit()))
    })
}

/// What Android and iOS call it.
fn behind(permission: Permission) -> Vec<Line> {
    let described = describe(permission);
    let mut lines = Vec::new();
    for known in &described.android.permissions {
        let kind = match known.kind {
            AndroidKind::Runtime => "runtime",
            AndroidKind::Install => "install",
            AndroidKind::Special => "special",
            AndroidKind::Service => "service",
        };
        let kind = sentences().get(&format!("explain-android-{kind}"));
        let (from, name) = (same(&known.from.to_string()), code(&known.name));
        let text = match known.until {
            Some(until) => sentences().with(
                "explain-android-permission-until",
                &[("name", &name), ("kind", &kind), ("from", &from), ("until", &same(&until.to_string()))],
            ),
            None => {
                sentences().with("explain-android-permission", &[("name", &name), ("kind", &kind), ("from", &from)])
            }
        };
        lines.push(Line::on(Platform::Android, text));
    }
    if !described.android.app_ops.is_empty() {
        let ops = codes(described.android.app_ops.iter().map(|op| op.strip_prefix(ANDROID).unwrap_or(op)));
        lines.push(Line::on(Platform::Android, sentences().with("explain-android-ops", &[("ops", &ops)])));
    }
    let mut services: Vec<Line> = services::of(permission)
        .map(|(name, service)| {
            let shown = service.name.clone().unwrap_or_else(|| same(&name));
            let name = code(&name);
            let text = match service.since {
                Some(since) => {
                    let since = same(&format!("{}.{}", since.0, since.1).replace(".0", ""));
                    sentences()
                        .with("explain-ios-service-since", &[("name", &name), ("shown", &shown), ("since", &since)])
                }
                None => sentences().with("explain-ios-service", &[("name", &name), ("shown", &shown)]),
            };
            Line::on(Platform::Ios, text)
        })
        .collect();
    if services.is_empty() && described.exists_on(Platform::Ios) {
        services.push(Line::on(Platform::Ios, sentences().get("explain-ios-no-service")));
    }
    lines.extend(services);
    lines
}
