//! The registry of published controls: every number that a rule may cite, in which editions it was read, our words for it, and how
//! poucet stands to it.
//!
//! `controls.tsv` holds one control a line, sorted, so that asking whether a number exists is a search and no parsing.
//! `controls.toml` says what its codes mean; it is parsed on first use, by explanations and the coverage page only.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::text::Text;
use crate::vocabulary::permissions::PerPlatform;
use crate::vocabulary::{Check, Permission, Platform};

/// How poucet stands to a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stance {
    /// Properties of the phone show it, in full or in part.
    Checks(Vec<Check>),
    /// The grants of apps show it.
    Permissions(Vec<Permission>),
    /// Rules on apps in general show it: presence, source, permissions.
    Apps,
    /// Only a person can look: a code of `[manual]`.
    Manual(&'static str),
    /// Not covered: a code of `[reason]`.
    NotCovered(&'static str),
}

impl Stance {
    fn parse(written: &'static str) -> Option<Stance> {
        if written == "apps" {
            return Some(Stance::Apps);
        }
        let (kind, words) = written.split_once(':')?;
        match kind {
            "check" => words.split(',').map(Check::from_word).collect::<Option<_>>().map(Stance::Checks),
            "permission" => words.split(',').map(Permission::from_word).collect::<Option<_>>().map(Stance::Permissions),
            "manual" => Some(Stance::Manual(words)),
            "why" => Some(Stance::NotCovered(words)),
            _ => None,
        }
    }
}

/// One published control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// The number as profiles cite it; `{os}` stands for the version of the system.
    pub id: &'static str,
    /// Codes of the editions in which the number was read; [`Control::edition`] says them in full.
    pub editions: Vec<&'static str>,
    /// `L1` or `L2` where a CIS benchmark has levels and the source told this one.
    pub level: Option<&'static str>,
    /// How poucet stands to it.
    pub stance: Stance,
    /// What it is about, in our words.
    pub subject: Text,
    /// Codes of `[note]`.
    notes: Vec<&'static str>,
}

impl Control {
    fn parse(line: &'static str) -> Option<Control> {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let (id, editions, level, stance) = (next()?, next()?, next()?, next()?);
        let (en, fr, notes) = (next()?, next()?, next()?);
        Some(Control {
            id,
            editions: editions.split_whitespace().collect(),
            level: Some(level).filter(|level| !level.is_empty()),
            stance: Stance::parse(stance)?,
            subject: Text { en: en.to_string(), fr: fr.to_string() },
            notes: notes.split_whitespace().collect(),
        })
    }

    /// What is to be known of the number itself: editions that disagree, words that it does not cover.
    pub fn note(&self) -> Option<Text> {
        let notes: Vec<&Text> = self.notes.iter().filter_map(|code| file().note.get(*code)).collect();
        let joined = |of: fn(&Text) -> &str| notes.iter().map(|note| of(note)).collect::<Vec<_>>().join(" ");
        (!notes.is_empty()).then(|| Text { en: joined(|note| &note.en), fr: joined(|note| &note.fr) })
    }

    /// The editions in which it was read, in full; only those for one version of the system where one is given (`18`).
    pub fn edition(&self, os: Option<&str>) -> String {
        let mut names: Vec<(&str, Vec<&str>)> = Vec::new();
        for code in self.editions.iter().filter(|code| os.is_none_or(|os| version_of(code) == Some(os))) {
            let (name, part) = match file().edition.get(*code) {
                Some(edition) => (edition.name.as_str(), edition.part.as_deref()),
                None => (*code, None),
            };
            match names.last_mut() {
                Some((last, parts)) if *last == name => parts.extend(part),
                _ => names.push((name, part.into_iter().collect())),
            }
        }
        let shown = names.iter().map(|(name, parts)| match parts.as_slice() {
            [] => (*name).to_string(),
            parts => format!("{name} ({})", parts.join(", ")),
        });
        shown.collect::<Vec<_>>().join("; ")
    }
}

/// A framework of the coverage page: the controls whose id begins with a prefix.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// What the ids of its controls begin with.
    pub prefix: String,
    /// The platform that it is about.
    pub platform: Platform,
    /// Its name.
    pub title: Text,
}

/// An edition in which numbers were read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edition {
    /// The version of the system, and what the publisher calls the edition.
    name: String,
    /// The part of it, where an edition comes in several.
    #[serde(default)]
    part: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    edition: BTreeMap<String, Edition>,
    note: BTreeMap<String, Text>,
    reason: BTreeMap<String, Text>,
    manual: BTreeMap<String, Text>,
    framework: Vec<Framework>,
    page: BTreeMap<String, Text>,
    evidence: BTreeMap<Check, PerPlatform<Text>>,
    unread: Option<PerPlatform<BTreeSet<Check>>>,
}

const LINES: &str = include_str!("controls.tsv");
const CODES: &str = include_str!("controls.toml");

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| toml::from_str(CODES).unwrap_or_default())
}

fn lines() -> &'static [&'static str] {
    static FOUND: OnceLock<Vec<&'static str>> = OnceLock::new();
    FOUND.get_or_init(|| LINES.lines().filter(|line| !line.starts_with('#')).collect())
}

fn id_of(line: &'static str) -> &'static str {
    line.split('\t').next().unwrap_or(line)
}

fn line(id: &str) -> Option<&'static str> {
    let lines = lines();
    let place = lines.binary_search_by(|line| -> Ordering { id_of(line).cmp(id) }).ok()?;
    lines.get(place).copied()
}

/// The version of the system that the code of an edition ends with.
fn version_of(code: &str) -> Option<&str> {
    code.rsplit_once('-').map(|(_, version)| version)
}

/// The line of a control, and the version of the system where the id names one.
fn look_up(id: &str) -> Option<(&'static str, Option<&str>)> {
    if let Some(line) = line(id) {
        return Some((line, None));
    }
    let mut parts = id.strip_prefix("stig:")?.split('-');
    let (product, os, last) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let line = line(&format!("stig:{product}-{{os}}-{last}"))?;
    let editions = line.split('\t').nth(1)?;
    editions.split_whitespace().any(|code| version_of(code) == Some(os)).then_some((line, Some(os)))
}

/// The id in the registry that a citation means: `stig:AIOS-18-014900` is `stig:AIOS-{os}-014900`, where that number was read in
/// an edition for that version. `None` when no edition has it.
pub fn canonical(id: &str) -> Option<&'static str> {
    look_up(id).map(|(line, _)| id_of(line))
}

/// A control, and the version of the system where the citation names one.
pub fn find(id: &str) -> Option<(Control, Option<&str>)> {
    let (line, os) = look_up(id)?;
    Some((Control::parse(line)?, os))
}

/// Every control, sorted by id.
pub fn all() -> impl Iterator<Item = Control> {
    lines().iter().filter_map(|line| Control::parse(line))
}

/// The id of every control, sorted.
pub fn ids() -> impl Iterator<Item = &'static str> {
    lines().iter().map(|line| id_of(line))
}

/// The sentence for a reason why a control is not covered.
pub fn reason(code: &str) -> Option<&'static Text> {
    file().reason.get(code)
}

/// The sentence that says where a person looks.
pub fn manual(code: &str) -> Option<&'static Text> {
    file().manual.get(code)
}

/// What a check is read from on a platform.
pub fn evidence(check: Check, platform: Platform) -> Option<&'static Text> {
    file().evidence.get(&check).map(|evidence| evidence.of(platform))
}

/// Whether snapshots of a platform have a value for a check, where the phone or the backup tells it.
pub fn is_read(check: Check, platform: Platform) -> bool {
    file().unread.as_ref().is_none_or(|unread| !unread.of(platform).contains(&check))
}

/// The frameworks, in the order of the coverage page.
pub fn frameworks() -> &'static [Framework] {
    &file().framework
}

/// A sentence of the coverage page.
pub(super) fn page(key: &str) -> Option<&'static Text> {
    file().page.get(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_whole_sorted_and_explained() {
        let parsed: File = toml::from_str(CODES).unwrap();
        let mut used = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
        for line in lines() {
            assert_eq!(line.split('\t').count(), 7, "{line}");
            let control = Control::parse(line).unwrap_or_else(|| panic!("{line}"));
            assert!(control.subject.is_complete() && !control.editions.is_empty(), "{line}");
            assert!(control.subject.en.chars().count() <= 60 && control.subject.fr.chars().count() <= 80, "{line}");
            assert!(!control.subject.fr.contains('\''), "{line}");
            assert!(matches!(control.level, None | Some("L1" | "L2")), "{line}");
            assert_eq!(
                frameworks().iter().filter(|framework| control.id.starts_with(&framework.prefix)).count(),
                1,
                "{line}"
            );
            used[0].extend(control.editions.iter().copied());
            used[1].extend(control.notes.iter().copied());
            match control.stance {
                Stance::NotCovered(code) => used[2].insert(code),
                Stance::Manual(code) => used[3].insert(code),
                _ => false,
            };
        }
        let keys = |texts: &BTreeMap<String, Text>| texts.keys().cloned().collect::<BTreeSet<_>>();
        let known =
            [parsed.edition.keys().cloned().collect(), keys(&parsed.note), keys(&parsed.reason), keys(&parsed.manual)];
        for (used, known) in used.iter().zip(known) {
            assert_eq!(used.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), known);
        }
        assert!(lines().windows(2).all(|pair| id_of(pair[0]) < id_of(pair[1])), "sorted, none twice");
        let texts = [&parsed.note, &parsed.reason, &parsed.manual, &parsed.page];
        assert!(texts.iter().flat_map(|texts| texts.values()).all(Text::is_complete));
        assert_eq!(parsed.evidence.len(), Check::ALL.len());
        assert!(parsed.evidence.values().all(|both| both.android.is_complete() && both.ios.is_complete()));
    }

    #[test]
    fn a_number_is_known_only_in_an_edition_that_has_it() {
        for (id, expected) in [
            ("stig:AIOS-{os}-014900", Some("stig:AIOS-{os}-014900")),
            ("stig:AIOS-18-014900", Some("stig:AIOS-{os}-014900")),
            ("stig:AIOS-26-014900", Some("stig:AIOS-{os}-014900")),
            ("stig:AIOS-17-014900", None),
            ("stig:GOOG-16-013400", Some("stig:GOOG-{os}-013400")),
            ("stig:GOOG-15-013400", None),
            ("stig:GOOG-13-800500", Some("stig:GOOG-{os}-800500")),
            ("stig:GOOG--006500", None),
            ("stig:GOOG-{os}-006501", None),
            ("stig:GOOG-13-006500-", None),
            ("cis-ios:2.2.1.4", Some("cis-ios:2.2.1.4")),
            ("cis-ios:2.4.2", None),
            ("cis-android-1.3.0:1.27", Some("cis-android-1.3.0:1.27")),
            ("cis-android-1.3.0:1.28", None),
            ("mscp:os_application_deny_list", Some("mscp:os_application_deny_list")),
            ("mscp:os_application_deny", None),
        ] {
            assert_eq!(canonical(id), expected, "{id}");
        }
    }

    #[test]
    fn an_edition_stands_beside_each_number() {
        let (control, os) = find("stig:AIOS-18-015500").unwrap();
        assert_eq!(control.edition(os), "18 release 4 of 2025-06-30; 18 (mSCP ios_18)");
        assert!(control.note().unwrap().en.contains("beta"));
        let (control, os) = find("cis-ios:2.2.1.4").unwrap();
        assert_eq!((control.level, os), (Some("L1"), None));
        assert_eq!(control.edition(os), "16 v1.1.0; 17 v1.0.0; 18 v1.0.0; 26 v1.0.0 (draft)");
        assert_eq!(control.note(), None);
    }
}
