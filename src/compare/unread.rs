//! What a snapshot could not read, found by what it stands in the way of.

use std::collections::BTreeMap;

use crate::evidence::ios::Artefact;
use crate::evidence::{Kind, Reason};
use crate::snapshot::{APP_LIST, App, Gap, Grant, Snapshot};
use crate::vocabulary::{Check, Inert, Permission, Platform, Trace};

/// The gaps of one side.
pub(super) struct Unread<'s> {
    snapshot: &'s Snapshot,
    by_area: BTreeMap<&'s str, Vec<&'s Gap>>,
}

/// A part of the phone that several facts are read from together.
#[derive(Clone, Copy)]
pub(super) enum Room {
    /// Who manages the phone.
    Management,
    /// Configuration profiles.
    ConfigProfiles,
    /// Users and profiles of the phone.
    Users,
    /// What the visit left behind.
    Footprint,
}

impl Room {
    /// What it is read from on a platform, by the names of the evidence.
    fn evidence(self, platform: Platform) -> &'static [&'static str] {
        match (platform, self) {
            (Platform::Android, Room::Management) => &["dumpsys device_policy"],
            (Platform::Android, Room::Users) => &["dumpsys user", "pm list users", "cmd user list"],
            (Platform::Android, Room::ConfigProfiles | Room::Footprint) | (Platform::Ios, Room::Users) => &[],
            (Platform::Ios, Room::Management) => &["MDM.plist", "CloudConfigurationDetails.plist"],
            (Platform::Ios, Room::ConfigProfiles) => &["profile-*.stub", "PayloadManifest.plist"],
            (Platform::Ios, Room::Footprint) => &["Manifest.plist"],
        }
    }
}

/// The name of an evidence, without the user that it was asked for.
fn without_user(name: &str) -> &str {
    name.split(" (user ").next().unwrap_or(name)
}

impl<'s> Unread<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Unread<'s> {
        let mut by_area: BTreeMap<&str, Vec<&Gap>> = BTreeMap::new();
        for gap in &snapshot.gaps {
            by_area.entry(gap.area.as_str()).or_default().push(gap);
        }
        Unread { snapshot, by_area }
    }

    /// The gap that hides what an app may touch.
    pub(super) fn permission(&self, permission: Permission, app: &App) -> Option<&'s Gap> {
        let gaps = self.by_area.get(permission.word())?;
        let about = |gap: &&Gap| {
            gap.app.as_ref().is_none_or(|id| *id == app.id) && gap.user.is_none_or(|user| user == app.user)
        };
        gaps.iter().copied().find(about)
    }

    /// The gap that hides a setting.
    pub(super) fn check(&self, word: &str) -> Option<&'s Gap> {
        self.by_area.get(word)?.first().copied()
    }

    /// The gap that says: the list of apps is not whole, for this user.
    pub(super) fn app_list(&self, user: u32) -> Option<&'s Gap> {
        let gaps = self.by_area.get(APP_LIST)?;
        gaps.iter().copied().find(|gap| gap.user.is_none_or(|about| about == user))
    }

    /// Whether a trace of the visit that is not there may have been left all the same, and the gap that hides it.
    pub(super) fn trace(&self, trace: Trace) -> Option<Option<&'s Gap>> {
        let kinds: &[Kind] = match (self.snapshot.device.platform, trace) {
            (Platform::Android, Trace::TcpDebugging) => &[Kind::Properties],
            (Platform::Android, Trace::TrustedComputers) => &[Kind::Adb],
            (Platform::Android, _) => &[Kind::SettingsGlobal, Kind::SettingsDump],
            (Platform::Ios, _) => return self.room(Room::Footprint).map(Some),
        };
        let is = |name: &str| kinds.iter().any(|kind| without_user(name) == kind.label());
        if let Some(gap) = self.snapshot.gaps.iter().find(|gap| is(&gap.area)) {
            return Some(Some(gap));
        }
        // A source that most evidence lacks is no gap where it is not there.
        let unasked = !self.snapshot.read.is_empty() && !self.snapshot.read.iter().any(|item| is(&item.source));
        unasked.then_some(None)
    }

    /// Whether an access that is not there may be there all the same, as what the other reading has it from was not read here, and the
    /// gap that tells so.
    pub(super) fn lacks(&self, permission: Permission, app: &App, other: &Grant) -> Option<Option<&'s Gap>> {
        if let Some(gap) = self.permission(permission, app) {
            return Some(Some(gap));
        }
        let part = |name: &str| -> Option<&'s Gap> {
            let name = without_user(name);
            self.snapshot.gaps.iter().find(|gap| {
                // A gap about a permission names the evidence that it comes from.
                let tells = Permission::from_word(&gap.area).is_some() && gap.detail == name;
                let about = gap.app.is_none() && gap.user.is_none_or(|user| user == app.user);
                // What is counted in the report as not understood, among much that is, hides nothing.
                let odd = gap.reason == Reason::NotSupported.word() || gap.read.is_some_and(|read| read > 0);
                about && !odd && (without_user(&gap.area) == name || tells)
            })
        };
        // Without the version, or without the app-ops, an access may look as if nobody had asked for it.
        let mut basis = [Kind::Properties, Kind::AppOps].into_iter();
        let is_android = self.snapshot.device.platform == Platform::Android;
        let unread = if is_android { basis.find_map(|kind| part(kind.label())) } else { None };
        unread.or_else(|| other.evidence.iter().find_map(|row| part(&row.source))).map(Some)
    }

    /// Whether the end of an app's own block in the list of apps was not read, so that nothing that is not there is told.
    pub(super) fn is_cut(&self, app: &App) -> bool {
        let cut = |gap: &Gap| {
            gap.reason == Reason::Truncated.word()
                && gap.app.as_ref().is_some_and(|id| *id == app.id)
                && gap.user.is_none_or(|user| user == app.user)
        };
        // Of an app that only another list names, no more than its name was read.
        let is_unsure = |gap: &Gap| gap.app.as_ref().is_some_and(|id| *id == app.id) && gap.user == Some(app.user);
        self.by_area.get(Check::AppPresence.word()).is_some_and(|gaps| gaps.iter().any(|gap| is_unsure(gap)))
            || self.by_area.contains_key(APP_LIST) && self.snapshot.gaps.iter().any(cut)
    }

    /// Whether an access would be in force here only because nobody knows of a main switch, where the other reading has it without
    /// effect by that switch.
    pub(super) fn hides_switch(
        &self,
        permission: Permission,
        user: u32,
        here: Option<Inert>,
        there: Option<Inert>,
    ) -> bool {
        if there != Some(Inert::MainSwitchOff) || here == there {
            return false;
        }
        if permission == Permission::BackgroundActivity {
            // Only iOS has a switch of it for all apps, in a file that the checks of its features tell of too.
            let label = Artefact::EffectiveSettings.label();
            return self.snapshot.gaps.iter().any(|gap| gap.detail == label);
        }
        let switches = &self.snapshot.switches;
        let (switch, kinds): (_, &[Kind]) = match permission {
            Permission::Camera => (switches.camera, &[Kind::SensorPrivacy]),
            Permission::Microphone => (switches.microphone, &[Kind::SensorPrivacy]),
            _ => (switches.location, &[Kind::SettingsSecure, Kind::SettingsDump, Kind::LocationEnabled]),
        };
        let hides = |gap: &&Gap| {
            let tells = |text: &str| kinds.iter().any(|kind| without_user(text) == kind.label());
            gap.user.is_none_or(|about| about == user) && (tells(&gap.area) || tells(&gap.detail))
        };
        switch.is_none() || self.snapshot.gaps.iter().any(|gap| hides(&gap))
    }

    /// The gap that hides a part of the phone. On iOS, a file that most phones do not have is no gap.
    pub(super) fn room(&self, room: Room) -> Option<&'s Gap> {
        let platform = self.snapshot.device.platform;
        let names = room.evidence(platform);
        self.snapshot.gaps.iter().find(|gap| {
            let named = names.iter().any(|name| {
                let area = gap.area.strip_prefix(name);
                // The gap of a permission names the evidence that it comes from.
                let tells = gap.app.is_none() && gap.detail == *name;
                tells || area.is_some_and(|rest| rest.is_empty() || rest.starts_with(" (user "))
            });
            named && (platform == Platform::Android || gap.reason != "absent")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_read_from_evidence_that_exists() {
        for platform in Platform::ALL {
            for room in [Room::Management, Room::ConfigProfiles, Room::Users, Room::Footprint] {
                for name in room.evidence(*platform) {
                    assert!(
                        Kind::ALL.iter().any(|kind| kind.label() == *name)
                            || Artefact::ALL.iter().any(|artefact| artefact.label() == *name),
                        "{name}"
                    );
                }
            }
        }
    }
}
