//! Who else uses the phone, what they hid, and where apps may come from.

use super::{Checks, Outcome, yes};
use crate::evidence::{Kind, Reason};
use crate::parse::android::settings::Namespace;
use crate::parse::android::users;
use crate::snapshot::{EvidenceRow, Gap};
use crate::vocabulary::{Level, Permission};

impl Checks<'_, '_> {
    /// Why a user or profile may be there that nobody heard of: a list that is cut, one with rows that were not understood,
    /// or one that leaves out a user of whom another dump speaks.
    pub(super) fn users_unknown(&self) -> Option<(Reason, &'static str)> {
        const LISTS: [Kind; 3] = [Kind::UserList, Kind::UserListVerbose, Kind::Users];
        if let Some(reason) = self.facts.users_incomplete() {
            return Some((reason, Kind::UserList.label()));
        }
        let present = || LISTS.iter().filter(|kind| self.facts.evidence.first(**kind).is_some());
        let odd = |kind: &Kind| {
            let unread = |gap: &&Gap| gap.area == kind.label() && gap.reason == Reason::Unreadable.word();
            self.facts.gaps.iter().any(|gap| unread(&gap))
        };
        if let Some(kind) = present().find(|kind| odd(kind)) {
            return Some((Reason::Unreadable, kind.label()));
        }
        None
    }

    /// What every user of the phone is, by all that is known of them.
    pub(super) fn kinds(&self) -> Vec<users::UserKind> {
        let controllers = crate::access::android::installer::device_policy_controllers();
        let owners = self.facts.device_policy.as_ref().map_or(&[][..], |policy| &policy.owners);
        let owner = |id: u32| owners.iter().find(|owner| owner.user == Some(id)).map(|owner| owner.package.as_str());
        self.facts.users.iter().map(|user| user.kind(owner(user.id), &controllers)).collect()
    }

    pub(super) fn user_rows(&self) -> Vec<EvidenceRow> {
        let kind = [Kind::UserList, Kind::UserListVerbose, Kind::Users]
            .into_iter()
            .find(|kind| self.facts.evidence.first(*kind).is_some());
        // The rows hold names that people gave; the numbers tell enough.
        let ids: Vec<String> = self.facts.users.iter().map(|user| user.id.to_string()).collect();
        kind.and_then(|kind| self.facts.rows.excerpt(kind, None, 0, &format!("users: {}", ids.join(", "))))
            .into_iter()
            .collect()
    }

    /// Another person's user or a guest, or the right to add one from the lock screen.
    pub(super) fn extra_users(&self) -> Outcome {
        use users::UserKind;
        if self.facts.users.is_empty() {
            return Err(self.missing(Kind::UserList));
        }
        let kinds = self.kinds();
        let other =
            kinds.iter().any(|kind| matches!(kind, UserKind::Secondary | UserKind::Guest | UserKind::Restricted));
        let keys = ["guest_user_enabled", "add_users_when_locked"];
        let added = keys.iter().any(|key| self.value(Namespace::Global, key) == Some("1"));
        if !other && !added {
            self.table(Namespace::Global, &keys)?;
            if let Some(reason) = self.users_unknown() {
                return Err(reason);
            }
            // A user whose flags were not understood may be anybody's; a profile belongs to its user.
            let open = |user: &users::User| user.type_name.is_none() && user.odd_flags;
            if self.facts.users.iter().zip(&kinds).any(|(user, kind)| *kind == UserKind::UnknownProfile && open(user)) {
                return Err((Reason::NotSupported, Kind::UserList.label()));
            }
        }
        let mut rows = self.user_rows();
        rows.extend(self.rows(Namespace::Global, &keys));
        yes(other || added, rows)
    }

    /// Rooms of the phone that its home screen does not show: a private space, a Secure Folder, copies of apps, a second
    /// space. A profile of an unknown kind may be any of them.
    pub(super) fn hidden_apps(&self) -> Outcome {
        use users::UserKind;
        if self.facts.users.is_empty() {
            return Err(self.missing(Kind::UserList));
        }
        let kinds = self.kinds();
        let hidden =
            kinds.iter().any(|kind| matches!(kind, UserKind::PrivateSpace | UserKind::SecureFolder | UserKind::Clone))
                || self.facts.users.iter().any(users::User::is_second_space);
        if !hidden {
            if kinds.contains(&UserKind::UnknownProfile) {
                return Err((Reason::NotSupported, Kind::UserList.label()));
            }
            if let Some(reason) = self.users_unknown() {
                return Err(reason);
            }
        }
        yes(hidden, self.user_rows())
    }

    /// Whether an app that is not part of the system image may install others. The old setting
    /// `install_non_market_apps` says nothing since Android 8.
    pub(super) fn unknown_sources(&self) -> Outcome {
        let Some(packages) = &self.facts.packages else { return Err(self.missing(Kind::Packages)) };
        let Some(ops) = &self.facts.app_ops else { return Err(self.missing(Kind::AppOps)) };
        let holders: Vec<EvidenceRow> = self
            .apps
            .iter()
            .filter(|app| !app.system)
            .flat_map(|app| &app.grants)
            .filter(|grant| grant.permission == Permission::InstallApps && grant.level > Level::None)
            .flat_map(|grant| grant.evidence.iter().cloned())
            .collect();
        // Nor does an app whose number is not known, so that its ops are not found.
        let numberless = self
            .facts
            .packages
            .iter()
            .flat_map(|dump| &dump.packages)
            .any(|package| package.app_id.is_none() && package.users.iter().any(|user| user.installed));
        if holders.is_empty() && numberless {
            return Err((Reason::Unreadable, Kind::Packages.label()));
        }
        // None among the apps that were read says nothing of the others.
        if holders.is_empty() {
            if let Some(reason) = self.facts.packages_incomplete() {
                return Err((reason, Kind::Packages.label()));
            }
            let uids = packages.packages.iter().filter(|package| !package.system).flat_map(|package| {
                let installed = package.users.iter().filter(|user| user.installed).map(|user| user.id);
                installed.map(move |user| user.checked_mul(100_000)?.checked_add(package.app_id? % 100_000))
            });
            if uids.into_iter().any(|uid| uid.is_none_or(|uid| !ops.covers(uid))) {
                return Err((self.facts.incomplete(Kind::AppOps).unwrap_or(Reason::Unreadable), Kind::AppOps.label()));
            }
        }
        yes(!holders.is_empty(), holders)
    }
}
