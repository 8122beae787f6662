//! What gets stricter and what gets laxer from one profile to another.
//!
//! A rule is stricter when fewer phones hold it: a lower level, less of an app, fewer sources, more apps, a higher severity. Of the
//! person's privacy, stricter is what protects more: less read, more hidden, consent asked. Where neither profile accepts all that the
//! other accepts, nobody can say, and the change is told as different.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::tailored::Change;
use super::{Assertion, Collect, Expected, Privacy, Profile, Rule, Selection, Value};
use crate::catalog::Catalog;
use crate::text::Text;
use crate::vocabulary::permissions::describe;
use crate::vocabulary::{AppSource, Check, Level, Permission, Platform, Presence, Severity};

/// The version of the JSON that a [`Difference`] becomes.
pub const SCHEMA: &str = "poucet.profile-difference/1";

/// The differences from one profile to another; each list is sorted by rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The profile that is compared from.
    pub from: Side,
    /// The profile that is compared to.
    pub to: Side,
    /// Whether both are one and the same resolved profile.
    pub same: bool,
    /// What the second profile asks more of.
    pub stricter: Vec<Item>,
    /// What the second profile asks less of.
    pub laxer: Vec<Item>,
    /// What is neither more nor less.
    pub different: Vec<Item>,
    /// What changes in words only and judges the same.
    pub texts: Vec<Item>,
}

/// One of the two profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its id.
    pub id: String,
    /// Its version; empty when it has none.
    pub version: String,
    /// Its title.
    pub title: Text,
    /// SHA-256 of the resolved profile.
    pub sha256: String,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The rule; `None` for the profile as a whole.
    pub rule: Option<String>,
    /// The title of the rule, as the second profile has it when both do.
    pub title: Option<Text>,
    /// What changes.
    #[serde(flatten)]
    pub what: What,
    /// The reason, when a profile gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Text>,
}

/// An app of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NamedApp {
    /// The word of the catalogue.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A text of a rule or a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The title.
    Title,
    /// Why the rule is there.
    Why,
    /// How to look by hand.
    Look,
    /// What to press.
    Fix,
    /// Where a person looks, for a rule that only a person can judge.
    Manual,
    /// The references.
    Refs,
    /// How the apps are written; the same ones are selected.
    Apps,
    /// What conformity does not mean.
    Note,
    /// The version.
    Version,
}

/// What changes from the first profile to the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// The rule is new.
    RuleAdded {
        /// Its severity.
        severity: Severity,
    },
    /// The rule was off in the first profile.
    RuleOn {
        /// Its severity.
        severity: Severity,
    },
    /// The rule is gone.
    RuleRemoved {
        /// Its severity before.
        severity: Severity,
    },
    /// The second profile inherits the rule and switches it off.
    RuleOff {
        /// Its severity before.
        severity: Severity,
    },
    /// How much a failure matters.
    Severity {
        /// Before.
        from: Severity,
        /// After.
        to: Severity,
    },
    /// The highest level of a permission; `None` = the rule says nothing of it.
    Level {
        /// The permission.
        permission: Permission,
        /// The platform, when the other one has no such change.
        platform: Option<Platform>,
        /// Before.
        from: Option<Level>,
        /// After.
        to: Option<Level>,
    },
    /// Apps that the rule covers now.
    AppsAdded {
        /// The apps.
        apps: Vec<NamedApp>,
    },
    /// Apps that the rule no longer covers.
    AppsRemoved {
        /// The apps.
        apps: Vec<NamedApp>,
    },
    /// The same apps of the catalogue, and other ids outside it.
    Selector {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// How much of an app may be there.
    Presence {
        /// Before.
        from: Presence,
        /// After.
        to: Presence,
    },
    /// Whether data left behind counts.
    Residue {
        /// Whether it does now.
        counts: bool,
    },
    /// Places that apps may come from now.
    SourcesAdded {
        /// The places.
        sources: Vec<AppSource>,
    },
    /// Places that apps may no longer come from.
    SourcesRemoved {
        /// The places.
        sources: Vec<AppSource>,
    },
    /// What a property of the phone is compared with.
    Expected {
        /// The property.
        check: Check,
        /// Before.
        from: Expected,
        /// After.
        to: Expected,
    },
    /// Another property of the phone.
    Check {
        /// Before.
        from: Check,
        /// After.
        to: Check,
    },
    /// The highest number of days without use.
    UnusedDays {
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// The rule states another kind of thing: the key of the statement, as `max` or `presence`.
    Statement {
        /// Before.
        from: &'static str,
        /// After.
        to: &'static str,
    },
    /// Whether stored grants count while a main switch of the phone is off.
    IgnoreMaster {
        /// Whether they do now.
        counts: bool,
    },
    /// Whether the visit itself breaks the rule.
    Footprint {
        /// Whether the rule says so now.
        says: bool,
    },
    /// The only platform that the rule, or the profile, is for.
    Platform {
        /// Before.
        from: Option<Platform>,
        /// After.
        to: Option<Platform>,
    },
    /// The only phones that the rule is for, as `ownership:institution`.
    For {
        /// Before.
        from: Option<String>,
        /// After.
        to: Option<String>,
    },
    /// Whether what could not be judged counts as a failure.
    Strict {
        /// Whether it does now.
        counts: bool,
    },
    /// Whether the profile is made to be extended only.
    Abstract {
        /// Whether it is now.
        is: bool,
    },
    /// Which apps may be read and kept.
    Collect {
        /// Before.
        from: Collect,
        /// After.
        to: Collect,
    },
    /// Whether the person must agree first.
    Consent {
        /// Whether the person must now.
        required: bool,
    },
    /// Apps that are no longer named in a report.
    Hidden {
        /// The apps.
        apps: Vec<NamedApp>,
    },
    /// Apps that a report names now.
    Shown {
        /// The apps.
        apps: Vec<NamedApp>,
    },
    /// The same apps of the catalogue are hidden, and other ids outside it.
    Hide {
        /// Before.
        from: Vec<String>,
        /// After.
        to: Vec<String>,
    },
    /// Words only.
    Texts {
        /// Which ones.
        parts: BTreeSet<Part>,
    },
}

/// Which way a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Stricter,
    Laxer,
    Different,
    Text,
}

impl Way {
    fn stricter_if(stricter: bool) -> Way {
        if stricter { Way::Stricter } else { Way::Laxer }
    }
}

impl Difference {
    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.stricter.is_empty() && self.laxer.is_empty() && self.different.is_empty() && self.texts.is_empty()
    }
}

/// Compares two resolved profiles.
pub fn difference(a: &Profile, b: &Profile, catalog: &Catalog) -> Difference {
    let side = |profile: &Profile| Side {
        id: profile.id.clone(),
        version: profile.version.clone(),
        title: profile.title.clone(),
        sha256: profile.sha256.clone(),
    };
    let mut comparison = Comparison {
        catalog,
        rule: None,
        found: Difference {
            schema: SCHEMA,
            from: side(a),
            to: side(b),
            same: a.sha256 == b.sha256,
            stricter: Vec::new(),
            laxer: Vec::new(),
            different: Vec::new(),
            texts: Vec::new(),
        },
    };
    comparison.profiles(a, b);
    let mut ids: BTreeSet<&str> = a.rules.iter().map(|rule| rule.id.as_str()).collect();
    ids.extend(b.rules.iter().map(|rule| rule.id.as_str()));
    let (off_in_a, off_in_b) = (switched_off(a), switched_off(b));
    for id in ids {
        comparison.one(a, b, (&off_in_a, &off_in_b), id);
    }
    comparison.found
}

/// Rules that a profile inherits and has off, with the reason.
type Off<'p> = BTreeMap<&'p str, Option<&'p Text>>;

fn switched_off(profile: &Profile) -> Off<'_> {
    let off = profile.tailored.iter().filter(|tailored| tailored.change == Change::Off);
    off.map(|tailored| (tailored.rule.as_str(), tailored.because.as_ref())).collect()
}

struct Comparison<'c> {
    catalog: &'c Catalog,
    /// The rule that is compared, with its title and the reason for changing it.
    rule: Option<(String, Text, Option<Text>)>,
    found: Difference,
}

impl Comparison<'_> {
    fn note(&mut self, way: Way, what: What) {
        let (rule, title, because) = match self.rule.clone() {
            Some((rule, title, because)) => (Some(rule), Some(title), because),
            None => (None, None, None),
        };
        let list = match way {
            Way::Stricter => &mut self.found.stricter,
            Way::Laxer => &mut self.found.laxer,
            Way::Different => &mut self.found.different,
            Way::Text => &mut self.found.texts,
        };
        list.push(Item { rule, title, what, because });
    }

    fn named(&self, slugs: impl IntoIterator<Item = String>) -> Vec<NamedApp> {
        let name = |slug: &str| self.catalog.by_slug(slug).map_or_else(|| slug.to_string(), |app| app.name.clone());
        slugs.into_iter().map(|slug| NamedApp { name: name(&slug), slug }).collect()
    }

    fn profiles(&mut self, a: &Profile, b: &Profile) {
        if a.strict != b.strict {
            self.note(Way::stricter_if(b.strict), What::Strict { counts: b.strict });
        }
        if a.is_abstract != b.is_abstract {
            self.note(Way::Different, What::Abstract { is: b.is_abstract });
        }
        if a.platform != b.platform {
            // What it does to each rule is told with the rule.
            self.note(Way::Different, What::Platform { from: a.platform, to: b.platform });
        }
        self.privacy(&a.privacy, &b.privacy);
        let mut parts = BTreeSet::new();
        if a.note != b.note {
            parts.insert(Part::Note);
        }
        // Two profiles have two titles; of one profile at two times, the change is worth a word.
        if a.id == b.id && a.title != b.title {
            parts.insert(Part::Title);
        }
        if a.id == b.id && a.version != b.version {
            parts.insert(Part::Version);
        }
        if !parts.is_empty() {
            self.note(Way::Text, What::Texts { parts });
        }
    }

    fn privacy(&mut self, a: &Privacy, b: &Privacy) {
        if a.collect != b.collect {
            let way = Way::stricter_if(b.collect == Collect::CatalogueOnly);
            self.note(way, What::Collect { from: a.collect, to: b.collect });
        }
        if a.consent_required != b.consent_required {
            self.note(Way::stricter_if(b.consent_required), What::Consent { required: b.consent_required });
        }
        let slugs = |privacy: &Privacy| -> BTreeSet<String> {
            privacy.hide.iter().flat_map(|selection| selection.catalogue_slugs().iter().cloned()).collect()
        };
        let (from, to) = (slugs(a), slugs(b));
        let (hidden, shown) = (self.named(&to - &from), self.named(&from - &to));
        if from == to {
            let written = |privacy: &Privacy| privacy.hide.iter().map(Selection::to_string).collect::<Vec<_>>();
            let (from, to) = (written(a), written(b));
            if from != to && from.iter().chain(&to).any(|text| reaches_outside(text)) {
                self.note(Way::Different, What::Hide { from, to });
            }
        }
        if !hidden.is_empty() {
            self.note(Way::Stricter, What::Hidden { apps: hidden });
        }
        if !shown.is_empty() {
            self.note(Way::Laxer, What::Shown { apps: shown });
        }
    }

    fn one(&mut self, a: &Profile, b: &Profile, off: (&Off<'_>, &Off<'_>), id: &str) {
        match (a.rule(id), b.rule(id)) {
            (Some(before), Some(after)) => {
                self.rule = Some((id.to_string(), after.title.clone(), None));
                self.rules(before, after);
            }
            (Some(before), None) => {
                let severity = before.severity;
                let off = off.1.get(id).copied();
                self.rule = Some((id.to_string(), before.title.clone(), off.flatten().cloned()));
                self.note(
                    Way::Laxer,
                    if off.is_some() { What::RuleOff { severity } } else { What::RuleRemoved { severity } },
                );
            }
            (None, Some(after)) => {
                let severity = after.severity;
                self.rule = Some((id.to_string(), after.title.clone(), None));
                let was_off = off.0.contains_key(id);
                self.note(
                    Way::Stricter,
                    if was_off { What::RuleOn { severity } } else { What::RuleAdded { severity } },
                );
            }
            (None, None) => {}
        }
    }

    fn rules(&mut self, before: &Rule, after: &Rule) {
        if before.severity != after.severity {
            let what = What::Severity { from: before.severity, to: after.severity };
            self.note(Way::stricter_if(after.severity > before.severity), what);
        }
        if before.platform != after.platform {
            let what = What::Platform { from: before.platform, to: after.platform };
            self.note(narrowed(&before.platform, &after.platform), what);
        }
        if before.applies_for != after.applies_for {
            let what = What::For { from: before.applies_for.clone(), to: after.applies_for.clone() };
            self.note(narrowed(&before.applies_for, &after.applies_for), what);
        }
        if before.ignore_master != after.ignore_master {
            self.note(Way::stricter_if(after.ignore_master), What::IgnoreMaster { counts: after.ignore_master });
        }
        if before.footprint != after.footprint {
            self.note(Way::Different, What::Footprint { says: after.footprint });
        }
        let mut parts = BTreeSet::new();
        match (&before.apps, &after.apps) {
            (Some(from), Some(to)) => self.apps(from, to, &mut parts),
            (None, None) => {}
            // A rule of another kind, or one to look at by hand, that names apps now or no longer does.
            (from, to) => {
                let written = |apps: &Option<Selection>| apps.as_ref().map(Selection::to_string).unwrap_or_default();
                self.note(Way::Different, What::Selector { from: written(from), to: written(to) });
            }
        }
        self.assertions(before, after, &mut parts);
        for (part, changed) in [
            (Part::Title, before.title != after.title),
            (Part::Why, before.why != after.why),
            (Part::Look, before.look != after.look),
            (Part::Fix, before.fix != after.fix),
            (Part::Refs, before.refs != after.refs),
        ] {
            if changed {
                parts.insert(part);
            }
        }
        if !parts.is_empty() {
            self.note(Way::Text, What::Texts { parts });
        }
    }

    fn apps(&mut self, from: &Selection, to: &Selection, parts: &mut BTreeSet<Part>) {
        let added = self.named(to.catalogue_slugs() - from.catalogue_slugs());
        let removed = self.named(from.catalogue_slugs() - to.catalogue_slugs());
        let (from, to) = (from.to_string(), to.to_string());
        if added.is_empty() && removed.is_empty() && from != to {
            if reaches_outside(&from) || reaches_outside(&to) {
                self.note(Way::Different, What::Selector { from, to });
            } else {
                parts.insert(Part::Apps);
            }
        }
        if !added.is_empty() {
            self.note(Way::Stricter, What::AppsAdded { apps: added });
        }
        if !removed.is_empty() {
            self.note(Way::Laxer, What::AppsRemoved { apps: removed });
        }
    }

    fn assertions(&mut self, before: &Rule, after: &Rule, parts: &mut BTreeSet<Part>) {
        match (&before.assertion, &after.assertion) {
            (Assertion::Max { .. }, Assertion::Max { .. }) => self.levels(before, after),
            (
                Assertion::Presence { at_most: from, residue: counted },
                Assertion::Presence { at_most: to, residue: counts },
            ) => {
                if from != to {
                    self.note(Way::stricter_if(to < from), What::Presence { from: *from, to: *to });
                }
                if counted != counts {
                    self.note(Way::stricter_if(*counts), What::Residue { counts: *counts });
                }
            }
            (Assertion::Source { one_of: from }, Assertion::Source { one_of: to }) => {
                let (added, removed): (Vec<_>, Vec<_>) =
                    (to.difference(from).copied().collect(), from.difference(to).copied().collect());
                if !removed.is_empty() {
                    self.note(Way::Stricter, What::SourcesRemoved { sources: removed });
                }
                if !added.is_empty() {
                    self.note(Way::Laxer, What::SourcesAdded { sources: added });
                }
            }
            (Assertion::Device { check: before, .. }, Assertion::Device { check: after, .. }) if before != after => {
                self.note(Way::Different, What::Check { from: *before, to: *after });
            }
            (Assertion::Device { check, expected: from }, Assertion::Device { expected: to, .. }) => {
                let way = match (accepts_all(to, from), accepts_all(from, to)) {
                    // `is = 3` and `one_of = [3]` are two ways to write one thing.
                    (true, true) => return,
                    (true, false) => Way::Laxer,
                    (false, true) => Way::Stricter,
                    (false, false) => Way::Different,
                };
                self.note(way, What::Expected { check: *check, from: from.clone(), to: to.clone() });
            }
            (Assertion::UnusedDays { at_most: from }, Assertion::UnusedDays { at_most: to }) => {
                if from != to {
                    self.note(Way::stricter_if(to < from), What::UnusedDays { from: *from, to: *to });
                }
            }
            (Assertion::Manual { how: from }, Assertion::Manual { how: to }) => {
                if from != to {
                    parts.insert(Part::Manual);
                }
            }
            (from, to) => self.note(Way::Different, What::Statement { from: key(from), to: key(to) }),
        }
    }

    /// The levels as they hold on each platform; a change that is the same on both is told once.
    fn levels(&mut self, before: &Rule, after: &Rule) {
        let mut permissions = BTreeSet::new();
        for rule in [before, after] {
            if let Assertion::Max { levels, on_ios } = &rule.assertion {
                permissions.extend(levels.keys().chain(on_ios.keys()).copied());
            }
        }
        for permission in permissions {
            let description = describe(permission);
            // Where the platform has no such thing, or the rule does not hold, no level means anything.
            let platforms: Vec<Platform> = Platform::ALL
                .iter()
                .copied()
                .filter(|platform| description.exists_on(*platform))
                .filter(|platform| after.platform.is_none_or(|only| only == *platform))
                .collect();
            let mut changes: BTreeMap<(Option<Level>, Option<Level>), Vec<Platform>> = BTreeMap::new();
            for platform in &platforms {
                let from = before.assertion.max_level(permission, *platform);
                let to = after.assertion.max_level(permission, *platform);
                changes.entry((from, to)).or_default().push(*platform);
            }
            for ((from, to), on) in changes {
                if from == to {
                    continue;
                }
                let platform = if on.len() == platforms.len() { None } else { on.first().copied() };
                let stricter = match (from, to) {
                    (Some(from), Some(to)) => to < from,
                    (from, _) => from.is_none(),
                };
                self.note(Way::stricter_if(stricter), What::Level { permission, platform, from, to });
            }
        }
    }
}

/// The key that states it in a profile.
fn key(assertion: &Assertion) -> &'static str {
    match assertion {
        Assertion::Max { .. } => "max",
        Assertion::Presence { .. } => "presence",
        Assertion::Source { .. } => "source",
        Assertion::Device { .. } => "device",
        Assertion::UnusedDays { .. } => "unused_days",
        Assertion::Manual { .. } => "manual",
    }
}

/// A rule for some phones only is laxer than one for all; of two kinds of phones, nobody can say.
fn narrowed<T>(before: &Option<T>, after: &Option<T>) -> Way {
    match (before, after) {
        (None, Some(_)) => Way::Laxer,
        (Some(_), None) => Way::Stricter,
        _ => Way::Different,
    }
}

/// Whether a selector names ids, and so may match apps outside the catalogue.
fn reaches_outside(selector: &str) -> bool {
    selector.contains("android:") || selector.contains("ios:")
}

/// Whether every value that `narrow` accepts is accepted by `wide`.
fn accepts_all(wide: &Expected, narrow: &Expected) -> bool {
    let accepts = |value: &Value| match (wide, value) {
        (Expected::Is(accepted), _) => accepted == value,
        (Expected::OneOf(accepted), _) => accepted.contains(value),
        (Expected::AtMost(limit), Value::Int(number)) => number <= limit,
        (Expected::AtLeast(limit), Value::Int(number)) => number >= limit,
        _ => false,
    };
    match (narrow, wide) {
        (Expected::Is(value), _) => accepts(value),
        (Expected::OneOf(values), _) => values.iter().all(accepts),
        (Expected::AtMost(narrow), Expected::AtMost(wide)) => narrow <= wide,
        (Expected::AtLeast(narrow), Expected::AtLeast(wide)) => narrow >= wide,
        // No limit on one side fits into one on the other, or into a list.
        _ => false,
    }
}

#[cfg(test)]
#[path = "difference_tests.rs"]
mod tests;
