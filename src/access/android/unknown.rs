//! Why something is not known of a phone: what the evidence does not show is no proof of absence.

use std::collections::BTreeSet;

use super::facts::Facts;
use crate::evidence::{Item, Kind, Reason};
use crate::parse::android::settings::Namespace;
use crate::parse::android::users;

impl Facts<'_> {
    /// Why an evidence of a kind is missing or incomplete.
    pub fn why_missing(&self, kind: Kind) -> Reason {
        let missing = self.evidence.missing.iter().find(|missing| missing.kind == kind).map(|missing| missing.reason);
        missing.or_else(|| self.incomplete(kind)).unwrap_or(Reason::Absent)
    }

    /// Why an evidence of a kind that is there may lack its end: what it does not show is then no proof of absence.
    pub fn incomplete(&self, kind: Kind) -> Option<Reason> {
        let shown = self.ended.contains(&kind);
        self.evidence.of(kind).filter_map(cut_of).find(|reason| *reason != Reason::Unproven || !shown)
    }

    /// Why it is not known whether a setting is set, or all of its value: there is no such table, or one that may be cut before the key.
    pub fn setting_unknown(&self, namespace: Namespace, user: u32, key: &str) -> Option<Reason> {
        let user = if namespace == Namespace::Global { 0 } else { user };
        if self.settings.contradicted.contains(&(namespace, user, key.to_owned())) {
            return Some(Reason::Unreadable);
        }
        let known = self.settings.spans.get(&(namespace, user)).is_some_and(|span| span.tells(key, '='));
        match self.place(namespace, user) {
            None => Some(self.why_no_settings(namespace, user)),
            Some(_) if known => None,
            Some((kind, user)) => {
                self.evidence.of(kind).filter(|item| user.is_none() || item.user == user).find_map(cut_of)
            }
        }
    }

    /// Why there is no table of settings.
    fn why_no_settings(&self, namespace: Namespace, user: u32) -> Reason {
        let kind = match namespace {
            Namespace::Global => Kind::SettingsGlobal,
            Namespace::Secure => Kind::SettingsSecure,
            Namespace::System => Kind::SettingsSystem,
        };
        let asked = self.evidence.missing.iter().find(|missing| missing.kind == kind && missing.user == Some(user));
        asked.map_or_else(|| self.why_missing(kind), |missing| missing.reason)
    }

    /// Why it is not known whether a system property is set; `None` where it is known.
    pub fn property_unknown(&self, key: &str) -> Option<Reason> {
        let Some(properties) = &self.properties else { return Some(self.why_missing(Kind::Properties)) };
        if properties.contradicted.contains(key) {
            return Some(Reason::Unreadable);
        }
        if properties.get(key).is_some() || properties.span.tells(key, ']') {
            return None;
        }
        self.incomplete(Kind::Properties)
    }

    /// Why an app may be excepted from battery saving without a row that says so.
    pub fn battery_incomplete(&self) -> Option<Reason> {
        match &self.battery {
            None => Some(self.why_missing(Kind::BatteryExemptions)),
            Some((kind, _)) => self.incomplete(*kind),
        }
    }

    /// Why an owner or an administrator may be missing from the dump: they stand before the status of the encryption.
    pub fn administrators_incomplete(&self) -> Option<Reason> {
        let Some(policy) = &self.device_policy else { return Some(self.why_missing(Kind::DevicePolicy)) };
        // Two services tell whether the phone has an owner, and one of them is wrong.
        let has_owner = policy.owners.iter().any(|owner| owner.user.is_none());
        if self.device_owner.is_some_and(|owner| owner.is_some() != has_owner) {
            return Some(Reason::Unreadable);
        }
        match self.incomplete(Kind::DevicePolicy) {
            Some(Reason::Unproven) if policy.dump.encryption.is_some() => None,
            reason => reason,
        }
    }

    /// Why the list of packages may lack some: they are then not known to be absent.
    pub fn packages_incomplete(&self) -> Option<Reason> {
        match &self.packages {
            None => Some(self.why_missing(Kind::Packages)),
            Some(packages) if packages.last_is_open => {
                Some(self.incomplete(Kind::Packages).unwrap_or(Reason::Truncated))
            }
            Some(packages) if packages.packages.is_empty() || packages.is_contradictory || self.has_odd_package => {
                Some(Reason::Unreadable)
            }
            // A package that another list names is on the phone, and its record is not here.
            Some(packages) if self.lists.name_more_than(packages) => Some(Reason::Truncated),
            // Only the dump of one package prints what it requests: such dumps say nothing of the apps not dumped.
            Some(packages) if packages.packages.iter().any(|package| !package.requested.is_empty()) => {
                Some(Reason::Absent)
            }
            Some(packages) if self.packages_unproven && !self.lists.agree_with(packages) => Some(Reason::Unproven),
            Some(_) => None,
        }
    }

    /// Why a user of the phone may be missing from [`Facts::users`]; `None` where all are known.
    pub fn users_incomplete(&self) -> Option<Reason> {
        let kinds = [Kind::UserList, Kind::UserListVerbose, Kind::Users];
        if self.users.is_empty() {
            return Some(self.why_missing(Kind::UserList));
        }
        // Every record of the package dump has a block for each user.
        let mut told: BTreeSet<u32> = BTreeSet::new();
        let records = self.packages.iter().flat_map(|dump| &dump.packages).filter(|package| !package.open);
        told.extend(records.flat_map(|package| &package.users).map(|user| user.id));
        let unknown = told.iter().any(|id| self.users.iter().all(|user| user.id != *id));
        if !unknown && (self.users_complete || !told.is_empty()) {
            return None;
        }
        kinds.into_iter().find_map(|kind| self.incomplete(kind)).or(Some(Reason::Unproven))
    }

    /// Whether location is on for a user: its own setting; for a profile, the switch of the user in the foreground.
    /// `None` where it is not known, as for another person's user whose settings were not read.
    pub fn location_on_for(&self, user: u32) -> Option<bool> {
        if user == self.current_user {
            return self.location_on;
        }
        if let Some(mode) = self.setting(Namespace::Secure, user, "location_mode") {
            return Some(mode.trim() != "0");
        }
        if self.settings_of(Namespace::Secure, user).is_some()
            && self.setting_unknown(Namespace::Secure, user, "location_mode").is_some()
        {
            return None;
        }
        let kind = self.users.iter().find(|known| known.id == user).map(|known| known.kind(None, &[]));
        let own = matches!(
            kind,
            Some(
                users::UserKind::Primary
                    | users::UserKind::Secondary
                    | users::UserKind::Guest
                    | users::UserKind::Restricted
            )
        );
        if own { None } else { self.location_on }
    }
}

/// Why an item may lack its end, as its source or its own words tell.
fn cut_of(item: &Item) -> Option<Reason> {
    let said = || crate::parse::text::failure(&item.text).map(|(reason, _)| reason);
    item.why_cut().or_else(said).or_else(|| (!item.proved).then_some(Reason::Unproven))
}
