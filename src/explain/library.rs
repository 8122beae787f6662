//! The profiles among which words are looked up, and the forms of their rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::profile::{self, Profile, Rule};

/// The profiles among which words are looked up.
pub struct Library<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) profiles: Vec<Profile>,
    /// The rules that each profile writes itself, where that is known.
    own: BTreeMap<String, BTreeSet<String>>,
}

/// One form of a rule, and the profiles that have it so.
#[derive(Clone, Debug)]
pub(super) struct Variant<'l> {
    pub(super) rule: &'l Rule,
    /// The profile that the form comes from first.
    pub(super) profiles: Vec<&'l Profile>,
}

impl<'l> Variant<'l> {
    /// The profile that this form comes from.
    pub(super) fn home(&self) -> &'l str {
        self.profiles.first().map_or("", |profile| profile.id.as_str())
    }

    /// The profile in which the rule was defined, which a profile that only changes it is not.
    pub(super) fn defined_in(&self) -> &'l str {
        let origin = self.profiles.first().and_then(|profile| profile.origins.rules.get(&self.rule.id));
        origin.map_or(self.home(), |origin| origin.defined.profile.as_str())
    }

    /// `base/no-control`.
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.home(), self.rule.id)
    }
}

impl<'c> Library<'c> {
    /// The profiles that ship. One that the catalogue does not fit is left out.
    pub fn shipped(catalog: &'c Catalog) -> Library<'c> {
        let load = |shipped: profile::Shipped| profile::load(shipped.id, catalog).ok();
        Library::of(profile::shipped().into_iter().filter_map(load).collect(), catalog)
    }

    /// These profiles and no others.
    pub fn of(profiles: Vec<Profile>, catalog: &'c Catalog) -> Library<'c> {
        let mut own = BTreeMap::new();
        for shipped in profile::shipped() {
            let rules = toml::from_str::<toml::Table>(shipped.text).ok();
            let rules = rules.as_ref().and_then(|file| file.get("rule")?.as_table());
            own.insert(shipped.id.to_owned(), rules.into_iter().flat_map(|rules| rules.keys().cloned()).collect());
        }
        let mut known = BTreeSet::new();
        let profiles =
            profiles.into_iter().filter(|profile| known.insert((profile.id.clone(), profile.sha256.clone()))).collect();
        Library { catalog, profiles, own }
    }

    /// The profiles.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The ids of the rules that a profile has in a form of its own: the ones it writes, and the ones it changes.
    pub fn rules_at_home_in(&self, profile: &str) -> BTreeSet<&str> {
        let ids = self.rule_ids();
        let at_home = |id: &&str| self.variants(id).iter().any(|variant| variant.home() == profile);
        ids.into_iter().filter(at_home).collect()
    }

    /// The profile in whose form a profile has a rule.
    pub fn home_of(&self, profile: &str, rule: &str) -> Option<&str> {
        let variants = self.variants(rule);
        let found = variants.iter().find(|variant| variant.profiles.iter().any(|holder| holder.id == profile))?;
        Some(found.home())
    }

    pub(super) fn rule_ids(&self) -> BTreeSet<&str> {
        self.profiles.iter().flat_map(|profile| &profile.rules).map(|rule| rule.id.as_str()).collect()
    }

    /// The different forms of a rule; the forms that a profile writes itself before those that a profile changed.
    pub(super) fn variants(&self, id: &str) -> Vec<Variant<'_>> {
        let mut found: Vec<Variant<'_>> = Vec::new();
        for profile in &self.profiles {
            let Some(rule) = profile.rule(id) else { continue };
            match found.iter_mut().find(|variant| variant.rule == rule) {
                Some(variant) => variant.profiles.push(profile),
                None => found.push(Variant { rule, profiles: vec![profile] }),
            }
        }
        let rank = |profile: &Profile| {
            let writes = self.own.get(&profile.id).is_some_and(|rules| rules.contains(id));
            let changes = profile.tailored.iter().any(|change| change.rule == id && change.profile == profile.id);
            if writes {
                0
            } else if changes {
                1
            } else {
                2
            }
        };
        for variant in &mut found {
            variant.profiles.sort_by_key(|profile| rank(profile));
        }
        found.sort_by_key(|variant| variant.profiles.first().map_or(2, |profile| rank(profile)));
        found
    }

    /// Every form of every rule.
    pub(super) fn all_variants(&self) -> Vec<Variant<'_>> {
        self.rule_ids().into_iter().flat_map(|id| self.variants(id)).collect()
    }
}
