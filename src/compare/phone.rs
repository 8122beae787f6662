//! What became of the phone itself: its system, switches, settings, users, management and what the visits left behind.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::apps::Readings;
use super::model::{Change, ChangeKind, Effect, Fact, Side, Subject};
use super::pairs::Pairs;
use super::unread::{Room, Unread};
use crate::snapshot::{ConfigProfile, Device, Gap, Snapshot};
use crate::vocabulary::{Check, Permission};

impl<'s> Readings<'s, '_> {
    /// Every change of the phone.
    pub(super) fn phone(&self, pairs: &Pairs<'s>, changes: &mut Vec<Change<'s>>) {
        self.system(changes);
        self.switches(changes);
        self.settings(changes);
        self.management(changes);
        self.config_profiles(changes);
        self.users(pairs, changes);
        self.footprint(changes);
    }

    fn system(&self, changes: &mut Vec<Change<'s>>) {
        let (was, is) = (&self.before.device, &self.after.device);
        let version = |device: &'s Device| {
            let version = device.os_version.as_deref()?;
            // Another platform is another system, whatever its number.
            Some(if was.platform == is.platform {
                Cow::Borrowed(version)
            } else {
                format!("{} {version}", device.platform).into()
            })
        };
        let patch = |device: &'s Device| device.patch_level.as_deref().map(Cow::Borrowed);
        let build = |device: &'s Device| device.build.as_deref().map(Cow::Borrowed);
        self.texts(Subject::System("os-version"), version(was), version(is), changes);
        if was.platform == is.platform {
            self.texts(Subject::System("patch-level"), patch(was), patch(is), changes);
            self.texts(Subject::System("build"), build(was), build(is), changes);
        }
    }

    fn switches(&self, changes: &mut Vec<Change<'s>>) {
        let (was, is) = (&self.before.switches, &self.after.switches);
        let pairs = [
            (Permission::Location, was.location, is.location),
            (Permission::Camera, was.camera, is.camera),
            (Permission::Microphone, was.microphone, is.microphone),
        ];
        for (switch, was, is) in pairs {
            let side = |on: Option<bool>| Side { fact: on.map_or(Fact::Unknown(None), Fact::Switch), evidence: &[] };
            let (kind, effect) = match (was, is) {
                (Some(was), Some(is)) if was != is => {
                    (ChangeKind::Changed, if is { Effect::More } else { Effect::Less })
                }
                (Some(_), None) | (None, Some(_)) => (ChangeKind::NotComparable, Effect::Unknown),
                _ => continue,
            };
            changes.push(about_phone(kind, effect, Subject::Switch(switch), side(was), side(is)));
        }
    }

    fn settings(&self, changes: &mut Vec<Change<'s>>) {
        let checks: BTreeSet<Check> = self.before.settings.keys().chain(self.after.settings.keys()).copied().collect();
        for check in checks {
            let (was, is) = (self.before.settings.get(&check), self.after.settings.get(&check));
            let side = |snapshot: &'s Snapshot, gap: Option<&'s Gap>| match snapshot.settings.get(&check) {
                Some(setting) => Side { fact: Fact::Value(&setting.value), evidence: &setting.evidence },
                None => Side { fact: Fact::Unknown(gap), evidence: &[] },
            };
            let (kind, effect) = match (was, is) {
                (Some(was), Some(is)) if was.value == is.value => continue,
                (Some(_), Some(_)) => (ChangeKind::Changed, Effect::Other),
                // A value that is not there is not the opposite of one that is.
                _ => (ChangeKind::NotComparable, Effect::Unknown),
            };
            let old = side(self.before, self.unread_before.check(check.word()));
            let new = side(self.after, self.unread_after.check(check.word()));
            changes.push(about_phone(kind, effect, Subject::Check(check), old, new));
        }
    }

    fn management(&self, changes: &mut Vec<Change<'s>>) {
        let gaps = (self.unread_before.room(Room::Management), self.unread_after.room(Room::Management));
        let (was, is) = (&self.before.management, &self.after.management);
        let text = |text: &'s Option<String>| text.as_deref().map(Cow::Borrowed);
        let flag = |flag: Option<bool>| flag.map(|flag| Cow::Borrowed(if flag { "true" } else { "false" }));
        let server = |snapshot: &'s Snapshot| {
            let mdm = snapshot.management.mdm.as_ref()?;
            Some(mdm.server.as_deref().or(mdm.profile.as_deref()).map_or(Cow::Borrowed("?"), Cow::Borrowed))
        };
        let mut one =
            |word, was: Option<Cow<'s, str>>, is| self.known(Subject::Management(word), was, is, gaps, changes);
        one("device-owner", text(&was.device_owner), text(&is.device_owner));
        one("supervised", flag(was.supervised), flag(is.supervised));
        one("mdm-server", server(self.before), server(self.after));
        one("organization", text(&was.organization), text(&is.organization));
        for (word, was, is) in
            [("profile-owner", &was.profile_owners, &is.profile_owners), ("admin", &was.admins, &is.admins)]
        {
            let packages = |owners: &'s [crate::snapshot::ProfileOwner]| -> BTreeSet<&'s str> {
                owners.iter().map(|owner| owner.package.as_str()).collect()
            };
            let (was, is) = (packages(was), packages(is));
            for package in was.symmetric_difference(&is) {
                let held = |set: &BTreeSet<&str>| set.contains(package).then_some(Cow::Borrowed(*package));
                self.known(Subject::Management(word), held(&was), held(&is), gaps, changes);
            }
        }
    }

    fn config_profiles(&self, changes: &mut Vec<Change<'s>>) {
        let gaps = (self.unread_before.room(Room::ConfigProfiles), self.unread_after.room(Room::ConfigProfiles));
        let by_id = |snapshot: &'s Snapshot| -> BTreeMap<&'s str, &'s ConfigProfile> {
            snapshot.config_profiles.iter().map(|profile| (profile.id.as_str(), profile)).collect()
        };
        let (was, is) = (by_id(self.before), by_id(self.after));
        let ids: BTreeSet<&str> = was.keys().chain(is.keys()).copied().collect();
        for id in ids {
            let (old, new) = (was.get(id).copied(), is.get(id).copied());
            if old == new {
                continue;
            }
            let side = |profile: Option<&'s ConfigProfile>, gap: Option<&'s Gap>| Side {
                fact: match (profile, gap) {
                    (Some(profile), _) => Fact::ConfigProfile(profile),
                    (None, Some(gap)) => Fact::Unknown(Some(gap)),
                    (None, None) => Fact::Nothing,
                },
                evidence: &[],
            };
            let (old, new) = (side(old, gaps.0), side(new, gaps.1));
            let kind = kind_of(&old, &new);
            changes.push(about_phone(kind, effect_of(kind), Subject::ConfigProfile(id.to_owned()), old, new));
        }
    }

    fn users(&self, pairs: &Pairs<'s>, changes: &mut Vec<Change<'s>>) {
        let gaps = (self.unread_before.room(Room::Users), self.unread_after.room(Room::Users));
        let there = || Side { fact: Fact::There, evidence: &[] };
        let missing = |gap: Option<&'s Gap>| Side {
            fact: gap.map_or(Fact::Nothing, |gap| Fact::Unknown(Some(gap))),
            evidence: &[],
        };
        for user in &self.before.users {
            if pairs.later_user(user.id).is_none() {
                let (old, new) = (there(), missing(gaps.1));
                let kind = kind_of(&old, &new);
                changes.push(about_phone(kind, effect_of(kind), Subject::User(user.id), old, new));
            }
        }
        for user in &self.after.users {
            if pairs.earlier_user(user.id).is_none() {
                let (old, new) = (missing(gaps.0), there());
                let kind = kind_of(&old, &new);
                changes.push(about_phone(kind, effect_of(kind), Subject::User(user.id), old, new));
            }
        }
    }

    fn footprint(&self, changes: &mut Vec<Change<'s>>) {
        let side = |snapshot: &'s Snapshot, unread: &Unread<'s>, trace| match snapshot
            .footprint
            .iter()
            .find(|footprint| footprint.trace == trace)
        {
            Some(footprint) => Side { fact: Fact::There, evidence: &footprint.evidence },
            None => Side { fact: unread.trace(trace).map_or(Fact::Nothing, Fact::Unknown), evidence: &[] },
        };
        let all = self.before.footprint.iter().chain(&self.after.footprint);
        for trace in all.map(|footprint| footprint.trace).collect::<BTreeSet<_>>() {
            let old = side(self.before, &self.unread_before, trace);
            let new = side(self.after, &self.unread_after, trace);
            if old.fact != new.fact {
                let kind = kind_of(&old, &new);
                changes.push(about_phone(kind, effect_of(kind), Subject::Footprint(trace), old, new));
            }
        }
    }

    /// Two texts, each of which is there wherever it could be read.
    fn texts(
        &self,
        subject: Subject,
        was: Option<Cow<'s, str>>,
        is: Option<Cow<'s, str>>,
        changes: &mut Vec<Change<'s>>,
    ) {
        if was == is {
            return;
        }
        let side =
            |text: Option<Cow<'s, str>>| Side { fact: text.map_or(Fact::Unknown(None), Fact::Text), evidence: &[] };
        let (old, new) = (side(was), side(is));
        let kind = kind_of(&old, &new);
        changes.push(about_phone(kind, effect_of(kind), subject, old, new));
    }

    /// Two texts whose absence is a fact, unless a gap stands there.
    fn known(
        &self,
        subject: Subject,
        was: Option<Cow<'s, str>>,
        is: Option<Cow<'s, str>>,
        gaps: (Option<&'s Gap>, Option<&'s Gap>),
        changes: &mut Vec<Change<'s>>,
    ) {
        if was == is {
            return;
        }
        let side = |text: Option<Cow<'s, str>>, gap: Option<&'s Gap>| Side {
            fact: match (text, gap) {
                (Some(text), _) => Fact::Text(text),
                (None, Some(gap)) => Fact::Unknown(Some(gap)),
                (None, None) => Fact::Nothing,
            },
            evidence: &[],
        };
        let (old, new) = (side(was, gaps.0), side(is, gaps.1));
        let kind = kind_of(&old, &new);
        changes.push(about_phone(kind, effect_of(kind), subject, old, new));
    }
}

/// What kind of change two sides of the phone are.
fn kind_of(before: &Side<'_>, after: &Side<'_>) -> ChangeKind {
    match (&before.fact, &after.fact) {
        (Fact::Unknown(_), _) | (_, Fact::Unknown(_)) => ChangeKind::NotComparable,
        (Fact::Nothing, _) => ChangeKind::Added,
        (_, Fact::Nothing) => ChangeKind::Gone,
        _ => ChangeKind::Changed,
    }
}

/// Whether such a change is for more or less cannot be told without a profile.
fn effect_of(kind: ChangeKind) -> Effect {
    if kind == ChangeKind::NotComparable { Effect::Unknown } else { Effect::Other }
}

fn about_phone<'s>(
    kind: ChangeKind,
    effect: Effect,
    subject: Subject,
    before: Side<'s>,
    after: Side<'s>,
) -> Change<'s> {
    Change { kind, effect, app: None, subject, before, after }
}
