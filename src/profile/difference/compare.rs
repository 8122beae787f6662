//! Comparing two resolved profiles.

use std::collections::{BTreeMap, BTreeSet};

use super::types::{Difference, Item, NamedApp, Part, SCHEMA, Side, Way, What};
use crate::catalog::Catalog;
use crate::profile::change::Change;
use crate::profile::collect::Collect;
use crate::profile::model::{Privacy, Profile, Rule};
use crate::profile::selector::Selection;
use crate::text::Text;

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
        before.assertion.compare(&after.assertion, after.platform, &mut |way, what| match (way, what) {
            // All that changes in words only is told together.
            (Way::Text, What::Texts { parts: more }) => parts.extend(more),
            (way, what) => self.note(way, what),
        });
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
