//! What became of each app, and of what it may touch.

use super::model::{Change, ChangeKind, Effect, Fact, Side, Subject, is_later};
use super::pairs::{Pair, Pairs};
use super::unread::{Room, Unread};
use crate::audit::{AppRef, Context};
use crate::catalog::Catalog;
use crate::snapshot::{App, Gap, Grant, Part, Snapshot, name_or_id};
use crate::vocabulary::permissions::describe;
use crate::vocabulary::{AppSource, Level, Permission, Platform, Presence};

/// Both readings, with what stands between them.
pub(super) struct Readings<'s, 'c> {
    pub(super) before: &'s Snapshot,
    pub(super) after: &'s Snapshot,
    pub(super) unread_before: Unread<'s>,
    pub(super) unread_after: Unread<'s>,
    pub(super) catalog: &'c Catalog,
}

impl<'s, 'c> Readings<'s, 'c> {
    pub(super) fn of(before: &'s Snapshot, after: &'s Snapshot, context: Context<'c>) -> Readings<'s, 'c> {
        let (unread_before, unread_after) = (Unread::of(before), Unread::of(after));
        Readings { before, after, unread_before, unread_after, catalog: context.catalog }
    }
}

impl<'s> Readings<'s, '_> {
    /// Every change of the apps.
    pub(super) fn apps(&self, pairs: &Pairs<'s>, changes: &mut Vec<Change<'s>>) {
        for pair in &pairs.apps {
            match (pair.before, pair.after) {
                (Some(before), Some(after)) => self.both(pair, before, after, changes),
                (None, Some(after)) => self.appeared(pairs, after, changes),
                (Some(before), None) => self.vanished(pairs, before, changes),
                (None, None) => {}
            }
        }
    }

    /// An app that only the later reading names.
    fn appeared(&self, pairs: &Pairs<'s>, after: &'s App, changes: &mut Vec<Change<'s>>) {
        let dated = after.installed_at.as_deref().zip(self.before.taken_at.as_deref());
        let clocks = self.before.clock.is_none() && self.after.clock.is_none();
        let installed_since = clocks && dated.is_some_and(|(at, taken)| is_later(at, taken));
        // An app that was installed since then was not there, whatever the earlier reading could see.
        let unsure = match pairs.earlier_user(after.user) {
            _ if installed_since => None,
            // With the user came all its apps, unless nobody knows who was there.
            None => self.unread_before.room(Room::Users).map(Some),
            Some(user) => self.untold_in(self.before, &self.unread_before, &App { user, ..after.clone() }),
        };
        let new = Side { fact: Fact::App(after), evidence: &after.evidence };
        if let Some(gap) = unsure {
            let old = Side { fact: Fact::Unknown(gap), evidence: &[] };
            changes.push(change(ChangeKind::NotComparable, Effect::Unknown, after, Subject::App, old, new));
            return;
        }
        if after.presence <= Presence::Residual {
            return;
        }
        let kind = arrival(after);
        changes.push(change(kind, Effect::More, after, Subject::App, Side::nothing(), new));
        for grant in after.grants.iter().filter(|grant| grant.level > Level::None) {
            let effect = if grant.inert.is_none() { Effect::More } else { Effect::Other };
            let subject = Subject::Permission(grant.permission);
            changes.push(change(ChangeKind::Granted, effect, after, subject, Side::nothing(), Side::grant(grant)));
            self.used(after, None, Some(grant), changes);
        }
    }

    /// An app that only the earlier reading names.
    fn vanished(&self, pairs: &Pairs<'s>, before: &'s App, changes: &mut Vec<Change<'s>>) {
        if before.presence <= Presence::Residual {
            return;
        }
        let old = Side { fact: Fact::App(before), evidence: &before.evidence };
        let unsure = match pairs.later_user(before.user) {
            // With the user went all its apps, unless nobody knows who is there.
            None => self.unread_after.room(Room::Users).map(Some),
            Some(user) => self.untold_in(self.after, &self.unread_after, &App { user, ..before.clone() }),
        };
        let (kind, effect, fact) = match unsure {
            Some(gap) => (ChangeKind::NotComparable, Effect::Unknown, Fact::Unknown(gap)),
            None => (ChangeKind::Removed, Effect::Less, Fact::Nothing),
        };
        changes.push(change(kind, effect, before, Subject::App, old, Side { fact, evidence: &[] }));
    }

    /// Whether a reading that does not name an app leaves open what a rule asks of it: that it is there, or that it has an access.
    pub(super) fn is_untold(&self, side: When, app: &App, permission: Option<Permission>) -> bool {
        let (snapshot, unread) = match side {
            When::Before => (self.before, &self.unread_before),
            When::After => (self.after, &self.unread_after),
        };
        if unread.app_list(app.user).is_some() {
            return true;
        }
        // What is left of an app of iOS stands in what the apps may touch.
        if app.presence == Presence::Residual
            && snapshot.device.platform == Platform::Ios
            && snapshot.unread_parts().contains(&Part::Access)
        {
            return true;
        }
        let Some(permission) = permission else { return self.may_be_unnamed(snapshot, app) };
        unread.permission(permission, app).is_some()
            || self.may_be_unnamed(snapshot, app) && !names_its_holder(permission, snapshot.device.platform, app)
    }

    /// Whether a reading that does not name an app leaves open that it is there, and the gap by which it does.
    fn untold_in(&self, snapshot: &Snapshot, unread: &Unread<'s>, app: &App) -> Option<Option<&'s Gap>> {
        match unread.app_list(app.user) {
            Some(gap) => Some(Some(gap)),
            None => self.may_be_unnamed(snapshot, app).then_some(None),
        }
    }

    /// Whether a snapshot may have counted an app without naming it, or was asked about other users only.
    fn may_be_unnamed(&self, snapshot: &Snapshot, app: &App) -> bool {
        let speaks = snapshot.apps.iter().any(|other| other.user == app.user);
        match snapshot.other_apps.get(&app.user) {
            None => !speaks && !snapshot.users.is_empty() && snapshot.users.len() > 1,
            Some(0) => false,
            // What the catalogue lists is named in every snapshot; files of an organization may have been missing then.
            Some(_) => match self.catalog.by_id(snapshot.device.platform, &app.id) {
                Some(listed) => listed.own && snapshot.own_catalogs.is_empty(),
                None => true,
            },
        }
    }

    /// An app that both readings name.
    fn both(&self, pair: &Pair<'s>, before: &'s App, after: &'s App, changes: &mut Vec<Change<'s>>) {
        let old = || Side { fact: Fact::App(before), evidence: &before.evidence[..] };
        let new = || Side { fact: Fact::App(after), evidence: &after.evidence[..] };
        let mut say = |kind, effect| changes.push(change(kind, effect, after, Subject::App, old(), new()));
        if pair.replaced {
            say(ChangeKind::Replaced, Effect::Other);
        }
        let (was_cut, is_cut) = (self.unread_before.is_cut(before), self.unread_after.is_cut(after));
        if was_cut || is_cut {
            // What its block says of it may stand behind the cut.
            let side = |is_cut, side| if is_cut { Side { fact: Fact::Unknown(None), evidence: &[] } } else { side };
            let (old, new) = (side(was_cut, old()), side(is_cut, new()));
            changes.push(change(ChangeKind::NotComparable, Effect::Unknown, after, Subject::App, old, new));
        } else {
            self.itself(pair, before, after, changes);
        }
        for permission in Permission::ALL {
            let find = |app: &'s App| app.grants.iter().find(|grant| grant.permission == *permission);
            self.permission(*permission, (before, find(before)), (after, find(after)), changes);
        }
    }

    /// What became of an app itself.
    fn itself(&self, pair: &Pair<'s>, before: &'s App, after: &'s App, changes: &mut Vec<Change<'s>>) {
        let old = || Side { fact: Fact::App(before), evidence: &before.evidence[..] };
        let new = || Side { fact: Fact::App(after), evidence: &after.evidence[..] };
        let mut say = |kind, effect| changes.push(change(kind, effect, after, Subject::App, old(), new()));
        match (before.presence, after.presence) {
            (was, is) if was == is => {}
            (Presence::Absent | Presence::Residual, is) if is > Presence::Residual => say(arrival(after), Effect::More),
            (was, Presence::Absent | Presence::Residual) if was > Presence::Residual => {
                say(ChangeKind::Removed, Effect::Less);
            }
            (was, is) if is < was => say(ChangeKind::Disabled, Effect::Less),
            _ => say(ChangeKind::Enabled, Effect::More),
        }
        if before.presence == after.presence && before.suspended != after.suspended {
            match after.suspended {
                true => say(ChangeKind::Disabled, Effect::Less),
                false => say(ChangeKind::Enabled, Effect::More),
            }
        }
        let same_platform = self.before.device.platform == self.after.device.platform;
        let remains = before.presence > Presence::Residual && after.presence > Presence::Residual;
        if remains && same_platform {
            if !pair.replaced && before.version != after.version && before.version.is_some() && after.version.is_some()
            {
                say(ChangeKind::Updated, Effect::Other);
            }
            let told = before.source != AppSource::Unknown && after.source != AppSource::Unknown;
            if told && (before.source != after.source || before.installer != after.installer) {
                match after.source {
                    AppSource::Sideloaded if before.source != AppSource::Sideloaded => {
                        say(ChangeKind::Sideloaded, Effect::More);
                    }
                    _ => say(ChangeKind::SourceChanged, Effect::Other),
                }
            }
        }
    }

    /// One permission of an app that both readings name.
    fn permission(
        &self,
        permission: Permission,
        (before, was): (&'s App, Option<&'s Grant>),
        (after, is): (&'s App, Option<&'s Grant>),
        changes: &mut Vec<Change<'s>>,
    ) {
        let subject = Subject::Permission(permission);
        let hidden = |snapshot: &Snapshot, unread: &Unread<'s>, app: &App, other: &Grant| {
            let unobservable = !describe(permission).is_observable_on(snapshot.device.platform);
            unread.lacks(permission, app, other).or(unobservable.then_some(None))
        };
        let unknown = |gap| Side { fact: Fact::Unknown(gap), evidence: &[] };
        let unsure = match (was, is) {
            (None, Some(grant)) => {
                hidden(self.before, &self.unread_before, before, grant).map(|gap| (unknown(gap), Side::grant(grant)))
            }
            (Some(grant), None) => {
                hidden(self.after, &self.unread_after, after, grant).map(|gap| (Side::grant(grant), unknown(gap)))
            }
            (None, None) => return,
            (Some(_), Some(_)) => None,
        };
        if let Some((old, new)) = unsure {
            changes.push(change(ChangeKind::NotComparable, Effect::Unknown, after, subject, old, new));
            return;
        }
        let inert = |grant: Option<&Grant>| grant.and_then(|grant| grant.inert);
        let switch_untold = self.unread_before.hides_switch(permission, before.user, inert(was), inert(is))
            || self.unread_after.hides_switch(permission, after.user, inert(is), inert(was));
        if let Some((kind, effect)) = self.moved(was, is) {
            let (kind, effect) = match kind {
                ChangeKind::InForce | ChangeKind::WithoutEffect if switch_untold => {
                    (ChangeKind::NotComparable, Effect::Unknown)
                }
                _ if switch_untold => (kind, Effect::Other),
                _ => (kind, effect),
            };
            let side = |grant: Option<&'s Grant>| grant.map_or_else(Side::nothing, Side::grant);
            changes.push(change(kind, effect, after, subject, side(was), side(is)));
        }
        self.used(after, was, is, changes);
    }

    /// What kind of change two grants are, if they are one.
    fn moved(&self, was: Option<&Grant>, is: Option<&Grant>) -> Option<(ChangeKind, Effect)> {
        let level = |grant: Option<&Grant>| grant.map_or(Level::None, |grant| grant.level);
        let in_force = |grant: Option<&Grant>| match grant {
            Some(grant) if grant.inert.is_none() => grant.level.max(Level::None),
            _ => Level::None,
        };
        let effect = match in_force(is).cmp(&in_force(was)) {
            std::cmp::Ordering::Greater => Effect::More,
            std::cmp::Ordering::Less => Effect::Less,
            std::cmp::Ordering::Equal => Effect::Other,
        };
        let (had, has) = (level(was) > Level::None, level(is) > Level::None);
        let kind = match (had, has) {
            (false, true) => ChangeKind::Granted,
            (true, false) => ChangeKind::Revoked,
            (true, true) if level(is) > level(was) => ChangeKind::Widened,
            (true, true) if level(is) < level(was) => ChangeKind::Narrowed,
            (true, true) if effect == Effect::More => ChangeKind::InForce,
            (true, true) if effect == Effect::Less => ChangeKind::WithoutEffect,
            _ => match (was, is) {
                // An app of iOS declares nothing that a backup shows: a row means that it has asked.
                (None, Some(_)) if self.after.device.platform == Platform::Android => ChangeKind::Declared,
                (Some(_), None) if self.after.device.platform == Platform::Android => ChangeKind::NoLongerDeclared,
                (Some(was), Some(is)) if was.state == is.state && was.decided_by == is.decided_by => return None,
                _ => ChangeKind::Decided,
            },
        };
        Some((kind, effect))
    }

    /// Whether it was used since the earlier reading.
    fn used(&self, app: &App, was: Option<&'s Grant>, is: Option<&'s Grant>, changes: &mut Vec<Change<'s>>) {
        // By a clock that was wrong nothing is later.
        if self.before.clock.is_some() || self.after.clock.is_some() {
            return;
        }
        let Some(last) = is.and_then(|grant| grant.last_used.as_ref()).filter(|last| !last.doubtful) else { return };
        let earlier = was.and_then(|grant| grant.last_used.as_ref()).filter(|last| !last.doubtful);
        // The earlier reading may lack the row of the same use.
        if was.is_some_and(|was| self.unread_before.permission(was.permission, app).is_some()) {
            return;
        }
        let later = |other: Option<&str>| match (last.at.as_deref(), other) {
            (Some(at), Some(other)) => is_later(at, other),
            _ => false,
        };
        let since = match earlier {
            // What goes on as the later evidence is taken is a use after the earlier one, where that is earlier.
            _ if last.now => match (self.after.taken_at.as_deref(), self.before.taken_at.as_deref()) {
                (Some(after), Some(before)) => is_later(after, before),
                _ => false,
            },
            Some(earlier) => later(earlier.at.as_deref()),
            // What the phone did not tell at first may be as old as it likes; only a later use is a new one.
            None => later(self.before.taken_at.as_deref()),
        };
        if !since {
            return;
        }
        let kind = if earlier.is_some() { ChangeKind::UsedAgain } else { ChangeKind::NewlyUsed };
        let side = |last, grant: Option<&'s Grant>| Side {
            fact: Fact::Use(last),
            evidence: grant.map_or(&[][..], |grant| &grant.evidence),
        };
        let Some(permission) = is.map(|grant| grant.permission) else { return };
        let (old, new) = (side(earlier, was), side(Some(last), is));
        changes.push(change(kind, Effect::Other, app, Subject::Permission(permission), old, new));
    }
}

/// One of the two readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Before,
    After,
}

/// Whether a snapshot names every app that has an access, so that one that it does not name has it not.
fn names_its_holder(permission: Permission, platform: Platform, app: &App) -> bool {
    use Permission::{
        Accessibility, AllFiles, DefaultRole, DeviceAdmin, InstallApps, Keyboard, NotificationAccess, Overlay,
        ScreenCapture, SystemSettings, UsageAccess, Vpn,
    };
    match (platform, permission) {
        (Platform::Android, Accessibility | DeviceAdmin) | (Platform::Ios, Keyboard | Vpn) => true,
        (
            Platform::Android,
            NotificationAccess | Overlay | UsageAccess | AllFiles | InstallApps | SystemSettings | ScreenCapture | Vpn
            | Keyboard | DefaultRole,
        ) => !app.system,
        _ => false,
    }
}

/// How an app came.
fn arrival(app: &App) -> ChangeKind {
    if app.source == AppSource::Sideloaded { ChangeKind::Sideloaded } else { ChangeKind::Installed }
}

fn change<'s>(
    kind: ChangeKind,
    effect: Effect,
    app: &App,
    subject: Subject,
    before: Side<'s>,
    after: Side<'s>,
) -> Change<'s> {
    let name = name_or_id(app.name.as_deref(), &app.id).to_owned();
    Change { kind, effect, app: Some(AppRef { id: app.id.clone(), name, user: app.user }), subject, before, after }
}

impl<'s> Side<'s> {
    /// It is not there.
    pub(super) fn nothing() -> Side<'s> {
        Side { fact: Fact::Nothing, evidence: &[] }
    }

    fn grant(grant: &'s Grant) -> Side<'s> {
        Side { fact: Fact::Grant(grant), evidence: &grant.evidence }
    }
}
