//! Which published control is served by which shipped rule, on which evidence, or why it cannot be: `docs/coverage.md`.
//!
//! The sentences stand in `controls.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::controls::{self, Control, Framework, Stance};
use super::references;
use crate::catalog::Catalog;
use crate::text::{Language, Text};
use crate::vocabulary::permissions::{Readable, describe, describe_check};
use crate::vocabulary::{Check, Platform};

/// Where a control stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// A shipped rule cites it and judges it from evidence, in full or in part.
    Covered,
    /// Only a person can look.
    ByHand,
    /// The evidence could tell, in full or in part, and no shipped rule cites it.
    NoRuleYet,
    /// Not covered, for a reason.
    NotCovered,
}

impl Standing {
    /// Every standing, in the order of the page.
    pub const ALL: [Standing; 4] = [Standing::Covered, Standing::ByHand, Standing::NoRuleYet, Standing::NotCovered];
}

/// A control with the shipped rules that serve it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The control.
    pub control: Control,
    /// The platform that it is about.
    pub platform: Platform,
    /// Ids of rules, each with the shipped profiles that have it.
    pub rules: BTreeMap<String, BTreeSet<String>>,
    /// Where it stands.
    pub standing: Standing,
}

/// The rules of the shipped profiles that cite a reference.
#[derive(Default)]
struct Serving {
    rules: BTreeMap<String, BTreeSet<String>>,
    is_judged: bool,
}

/// The rules of every shipped profile that may judge, by what they cite.
fn served(catalog: &Catalog) -> BTreeMap<String, Serving> {
    let mut found: BTreeMap<String, Serving> = BTreeMap::new();
    for shipped in super::shipped().iter().filter(|shipped| !shipped.is_abstract) {
        // A test holds that every shipped profile loads.
        let Ok(profile) = super::load(shipped.id, catalog) else { continue };
        for rule in &profile.rules {
            for reference in &rule.refs {
                let id = controls::canonical(reference).unwrap_or(reference);
                let serving = found.entry(id.to_string()).or_default();
                serving.rules.entry(rule.id.clone()).or_default().insert(shipped.id.to_string());
                serving.is_judged |= rule.assertion.is_judged();
            }
        }
    }
    found
}

/// How well a check can be read; one that snapshots have no value for is as good as absent, unless a person can look.
fn readable_check(check: Check, platform: Platform) -> Readable {
    let readable = *describe_check(check).readable.of(platform);
    let by_itself = matches!(readable, Readable::Automatic | Readable::Partly);
    if by_itself && !controls::is_read(check, platform) { Readable::Absent } else { readable }
}

/// How well a control can be read at best on its platform; `None` when it is said to be for a person or not covered.
fn readable(stance: &Stance, platform: Platform) -> Option<Readable> {
    match stance {
        Stance::Checks(checks) => checks.iter().map(|check| readable_check(*check, platform)).min(),
        Stance::Permissions(permissions) => {
            Some(if permissions.iter().any(|permission| describe(*permission).is_observable_on(platform)) {
                Readable::Automatic
            } else {
                Readable::Absent
            })
        }
        Stance::Apps => Some(Readable::Automatic),
        Stance::Manual(_) | Stance::NotCovered(_) => None,
    }
}

fn standing(stance: &Stance, platform: Platform, serving: Option<&Serving>) -> Standing {
    let readable = readable(stance, platform);
    match (serving, readable) {
        // A rule that always ends in "not assessed" covers nothing.
        (Some(serving), Some(Readable::Absent | Readable::Manual)) if serving.is_judged => match readable {
            Some(Readable::Manual) => Standing::ByHand,
            _ => Standing::NotCovered,
        },
        (Some(serving), _) if serving.is_judged => Standing::Covered,
        (Some(_), _) | (None, Some(Readable::Manual)) => Standing::ByHand,
        (None, Some(Readable::Automatic | Readable::Partly)) => Standing::NoRuleYet,
        (None, Some(Readable::Absent)) => Standing::NotCovered,
        (None, None) if matches!(stance, Stance::Manual(_)) => Standing::ByHand,
        (None, None) => Standing::NotCovered,
    }
}

fn entries_of(framework: &Framework, served: &BTreeMap<String, Serving>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = controls::all()
        .filter(|control| control.id.starts_with(&framework.prefix))
        .map(|control| {
            let serving = served.get(control.id);
            Entry {
                platform: framework.platform,
                rules: serving.map(|serving| serving.rules.clone()).unwrap_or_default(),
                standing: standing(&control.stance, framework.platform, serving),
                control,
            }
        })
        .collect();
    // 1.9 before 1.10.
    entries.sort_by_cached_key(|entry| {
        let number = entry.control.id.rsplit(':').next().unwrap_or_default();
        let parts: Option<Vec<u32>> = number.split('.').map(|part| part.parse().ok()).collect();
        (parts.unwrap_or_default(), entry.control.id)
    });
    entries
}

/// Every control with the shipped rules that serve it, in the order of the page.
pub fn entries(catalog: &Catalog) -> Vec<Entry> {
    let served = served(catalog);
    controls::frameworks().iter().flat_map(|framework| entries_of(framework, &served)).collect()
}

/// The page, in Markdown.
pub fn render(language: Language, catalog: &Catalog) -> String {
    let served = served(catalog);
    let page = Page { language };
    let frameworks: Vec<(&Framework, Vec<Entry>)> =
        controls::frameworks().iter().map(|framework| (framework, entries_of(framework, &served))).collect();
    let mut text = format!("# {}\n", page.say("title"));
    for key in ["intro", "counting", "licence"] {
        let _ = write!(text, "\n{}\n", page.say(key));
    }
    text.push('\n');
    text.push_str(&page.counts(&frameworks));
    for (framework, entries) in &frameworks {
        let _ = write!(text, "\n## {}\n\n", framework.title.of(language));
        text.push_str(&page.head(&["control", "editions", "subject", "rules", "android", "ios", "why"]));
        for entry in entries {
            text.push_str(&page.entry(entry));
        }
    }
    text.push_str(&page.documents(&served));
    text
}

struct Page {
    language: Language,
}

impl Page {
    fn say(&self, key: &str) -> &'static str {
        controls::page(key).map_or("", |text| text.of(self.language))
    }

    fn head(&self, keys: &[&str]) -> String {
        let names: Vec<&str> = keys.iter().map(|key| self.say(key)).collect();
        format!("{}|{}\n", row(&names), "---|".repeat(keys.len()))
    }

    fn counts(&self, frameworks: &[(&Framework, Vec<Entry>)]) -> String {
        let mut text = self.head(&["framework", "total", "covered", "by-hand", "no-rule", "not-covered"]);
        let mut sums = [0_usize; 5];
        for (framework, entries) in frameworks {
            let counts: Vec<usize> = std::iter::once(entries.len())
                .chain(Standing::ALL.map(|standing| entries.iter().filter(|entry| entry.standing == standing).count()))
                .collect();
            sums.iter_mut().zip(&counts).for_each(|(sum, count)| *sum += count);
            text.push_str(&counted(framework.title.of(self.language), &counts));
        }
        text.push_str(&counted(self.say("sum"), &sums));
        text
    }

    fn rules(rules: &BTreeMap<String, BTreeSet<String>>) -> String {
        let mut shown = Vec::new();
        for (rule, profiles) in rules {
            let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
            shown.push(format!("`{rule}` ({})", profiles.join(", ")));
        }
        shown.join("; ")
    }

    fn entry(&self, entry: &Entry) -> String {
        let control = &entry.control;
        let id = match control.level {
            Some(level) => format!("`{}` ({level})", control.id),
            None => format!("`{}`", control.id),
        };
        let (evidence, stated) = self.evidence(&control.stance, entry.platform);
        let mut why: Vec<&str> = Vec::new();
        match entry.standing {
            Standing::Covered => {}
            Standing::NoRuleYet => why.push(self.say("none-cites")),
            Standing::ByHand => why.push(stated.unwrap_or_else(|| self.say("by-hand"))),
            Standing::NotCovered => why.push(stated.unwrap_or_else(|| self.say("unread"))),
        }
        let note = control.note();
        why.extend(note.as_ref().map(|note| note.of(self.language)));
        let (android, ios) = match entry.platform {
            Platform::Android => (evidence.as_str(), ""),
            Platform::Ios => ("", evidence.as_str()),
        };
        let (edition, rules, why) = (control.edition(None), Page::rules(&entry.rules), why.join(" "));
        row(&[&id, &edition, control.subject.of(self.language), &rules, android, ios, &why])
    }

    /// What the control is read from, or the sentence that stands in its place.
    fn evidence(&self, stance: &Stance, platform: Platform) -> (String, Option<&'static str>) {
        let said = |text: Option<&'static Text>| text.map(|text| text.of(self.language));
        match stance {
            Stance::Checks(checks) => {
                let shown: Vec<String> = checks.iter().map(|check| self.check(*check, platform)).collect();
                (shown.join("; "), None)
            }
            Stance::Permissions(_) | Stance::Apps => {
                let key = if platform == Platform::Android { "apps-android" } else { "apps-ios" };
                (self.say(key).to_string(), None)
            }
            Stance::Manual(code) => (String::new(), said(controls::manual(code))),
            Stance::NotCovered(code) => (String::new(), said(controls::reason(code))),
        }
    }

    fn check(&self, check: Check, platform: Platform) -> String {
        let text = controls::evidence(check, platform).map_or("", |text| text.of(self.language));
        match describe_check(check).readable.of(platform) {
            Readable::Partly => format!("{} {text}", self.say("partly")),
            Readable::Manual => format!("{} {text}", self.say("manually")),
            Readable::Automatic | Readable::Absent => text.to_string(),
        }
    }

    /// The documents that are listed one by one.
    fn documents(&self, served: &BTreeMap<String, Serving>) -> String {
        let mut rows = String::new();
        let (mut cited, mut uncited) = (0_usize, 0_usize);
        for (id, reference) in references::documents() {
            let rules = served.get(id).map(|serving| Page::rules(&serving.rules));
            *(if rules.is_some() { &mut cited } else { &mut uncited }) += 1;
            let date = reference.date.as_deref().unwrap_or_default();
            let rules = rules.as_deref().unwrap_or_else(|| self.say("uncited"));
            rows.push_str(&row(&[&format!("`{id}`"), date, &reference.title, &reference.publisher, rules]));
        }
        let mut text = format!("\n## {}\n\n{}\n\n", self.say("others"), self.say("others-intro"));
        text.push_str(&row(&[self.say("cited"), self.say("uncited")]));
        text.push_str("|---|---|\n");
        text.push_str(&row(&[&cited.to_string(), &uncited.to_string()]));
        text.push('\n');
        text.push_str(&self.head(&["reference", "editions", "published-title", "publisher", "rules"]));
        text.push_str(&rows);
        text
    }
}

fn counted(title: &str, counts: &[usize]) -> String {
    let numbers: Vec<String> = counts.iter().map(ToString::to_string).collect();
    row(&std::iter::once(title).chain(numbers.iter().map(String::as_str)).collect::<Vec<_>>())
}

fn row(cells: &[&str]) -> String {
    let mut text = String::from("|");
    for cell in cells {
        let cell = cell.replace('|', "\\|");
        let _ = write!(text, " {}{}|", cell, if cell.is_empty() { "" } else { " " });
    }
    text.push('\n');
    text
}
