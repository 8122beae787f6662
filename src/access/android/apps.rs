//! The apps of a phone, per user, with what each may touch.

use std::collections::{BTreeMap, BTreeSet};

use super::effective::{Decision, Outcome, RowAt, Subject, op_of};
use super::facts::Facts;
use super::installer;
use super::lists::Elsewhere;
use super::rows::Rows;
use super::special::Special;
use crate::access::Scope;
use crate::evidence::{Kind, Reason};
use crate::parse::android::packages::{PackageRecord, PermissionRow, UserBlock};
use crate::snapshot::{App, EvidenceRow, Gap, Grant, LastUse};
use crate::vocabulary::permissions::{AndroidKind, Description, describe};
use crate::vocabulary::{AppSource, Check, Inert, Level, Permission, Platform, Presence};

/// The apps that a snapshot names, and how many more there are.
#[derive(Debug, Default)]
pub struct Apps {
    /// Named apps, sorted by id and user.
    pub apps: Vec<App>,
    /// Installed and not named, per user.
    pub others: BTreeMap<u32, u64>,
    /// What is not known about named apps.
    pub gaps: Vec<Gap>,
}

/// Works out every app of every user.
pub fn apps(facts: &Facts<'_>, rows: &Rows<'_>, scope: Scope<'_>) -> Apps {
    let mut found = Apps::default();
    let Some(packages) = &facts.packages else { return found };
    let shared: BTreeMap<&str, _> = packages.shared_users.iter().map(|shared| (shared.name, shared)).collect();
    let mut seen = BTreeSet::new();
    for package in &packages.packages {
        // The dump of one package repeated in a folder of dumps: the first one counts.
        if !seen.insert(package.name) {
            continue;
        }
        let listed = scope.catalog.by_android_id(package.name);
        let shared = package.shared_user.map(|name| shared.get(name).copied());
        let mut anywhere = false;
        for user in &package.users {
            anywhere |= user.installed || user.archived;
            if scope.user.is_some_and(|only| only != user.id) || !(user.installed || user.archived) {
                continue;
            }
            let (install, runtime): (&[PermissionRow<'_>], &[PermissionRow<'_>]) = match shared {
                None => (&package.install, &user.runtime),
                Some(None) => (&[], &[]),
                Some(Some(shared)) => {
                    let runtime = shared.runtime.iter().find(|(id, _)| *id == user.id);
                    (&shared.install, runtime.map_or(&[], |(_, rows)| rows))
                }
            };
            let subject = Subject {
                api: facts.api,
                package,
                user,
                install,
                runtime,
                uid: package.app_id.and_then(|app_id| user.id.checked_mul(100_000)?.checked_add(app_id % 100_000)),
                ops: facts.app_ops.as_ref(),
            };
            let special = Special { facts, subject: &subject };
            if listed.is_none() && !scope.all_apps && !special.is_worth_naming() {
                *found.others.entry(user.id).or_default() += 1;
                continue;
            }
            let mut builder = Builder { facts, rows, subject: &subject, special: &special, gaps: &mut found.gaps };
            // A package whose rows are cut off, or whose shared user is missing, has rows that nobody read.
            let missing = if packages.is_contradictory || package.contradicted {
                Some(Reason::Unreadable)
            } else if package.open {
                Some(facts.incomplete(Kind::Packages).unwrap_or(Reason::Truncated))
            } else if matches!(shared, Some(None)) {
                Some(facts.packages_incomplete().unwrap_or(Reason::Absent))
            } else if matches!(shared, Some(Some(shared)) if shared.open) {
                Some(facts.incomplete(Kind::Packages).unwrap_or(Reason::Truncated))
            } else {
                None
            };
            let mut app = builder.app(missing);
            if packages.is_contradictory || package.contradicted {
                app.source = AppSource::Unknown;
                app.system = false;
            }
            // What it was to be named for is not believed, and the list as a whole is said to be in doubt.
            if listed.is_none() && !scope.all_apps && packages.is_contradictory && !Special::is_held(&app) {
                *found.others.entry(user.id).or_default() += 1;
                continue;
            }
            app.slug = listed.map(|listed| listed.slug.clone());
            app.name = listed.map(|listed| listed.name.clone());
            found.apps.push(app);
        }
        // Data that was kept when the app was removed: `pkg=null`, installed for nobody.
        if !anywhere
            && package.code_missing
            && (listed.is_some() || scope.all_apps)
            && scope.user.is_none_or(|user| user == 0)
        {
            found.apps.push(App {
                slug: listed.map(|listed| listed.slug.clone()),
                name: listed.map(|listed| listed.name.clone()),
                ..residual(package, facts, rows)
            });
        }
    }
    for named in facts.named_elsewhere() {
        let listed = scope.catalog.by_android_id(&named.name);
        let is_wanted = listed.is_some() && scope.user.is_none_or(|only| only == named.user);
        let is_known = |app: &App| app.id == named.name && app.user == named.user;
        if !is_wanted || found.apps.iter().any(is_known) {
            continue;
        }
        found.gaps.extend(unread(facts, &named));
        let evidence = rows.row(named.kind, named.of_user, named.line).into_iter().collect();
        found.apps.push(App {
            slug: listed.map(|listed| listed.slug.clone()),
            name: listed.map(|listed| listed.name.clone()),
            ..without_record(&named, evidence)
        });
    }
    found.apps.sort_by(|one, other| (&one.id, one.user).cmp(&(&other.id, other.user)));
    found.gaps.sort();
    found.gaps.dedup();
    found
}

/// What is left of a removed app.
fn residual(package: &PackageRecord<'_>, facts: &Facts<'_>, rows: &Rows<'_>) -> App {
    App {
        id: package.name.to_owned(),
        slug: None,
        name: None,
        user: package.users.first().map_or(0, |user| user.id),
        presence: Presence::Residual,
        version: package.version_name.map(str::to_owned),
        installer: package.installer.package.map(|name| crate::text::clean::sanitize(name, 255)),
        source: installer::source(package, &UserBlock::default()),
        installed_at: None,
        updated_at: package.last_update_time.and_then(|time| facts.clock.moment(time)),
        system: package.system,
        enabled: false,
        suspended: false,
        stopped: None,
        target_sdk: package.target_sdk,
        evidence: rows.row(Kind::Packages, None, package.line).into_iter().collect(),
        grants: Vec::new(),
    }
}

/// An app of which only the name is known.
fn without_record(named: &Elsewhere, evidence: Vec<EvidenceRow>) -> App {
    App {
        id: named.name.clone(),
        slug: None,
        name: None,
        user: named.user,
        presence: Presence::Installed,
        version: None,
        installer: named.installer.as_deref().map(|name| crate::text::clean::sanitize(name, 255)),
        source: AppSource::Unknown,
        installed_at: None,
        updated_at: None,
        system: false,
        enabled: true,
        suspended: false,
        stopped: None,
        target_sdk: None,
        evidence: evidence.into(),
        grants: Vec::new(),
    }
}

/// What is not known of such an app: whether it is there and switched on, and everything that it may touch.
fn unread(facts: &Facts<'_>, named: &Elsewhere) -> Vec<Gap> {
    let gap = |area: &str, kind: Kind| {
        Gap::new(area, Reason::Absent, kind.label()).about(Some(named.user), Some(named.name.clone()))
    };
    let unsure = gap(Check::AppPresence.word(), named.kind);
    observable(facts.api).map(|(permission, _)| gap(permission.word(), Kind::Packages)).chain([unsure]).collect()
}

/// The permissions that a phone of this version can have and evidence can tell of.
fn observable(api: Option<u32>) -> impl Iterator<Item = (Permission, &'static Description)> {
    Permission::ALL.iter().map(|permission| (*permission, describe(*permission))).filter(move |(_, description)| {
        let none_yet = api.is_some_and(|api| !description.android.exists_at(api));
        !none_yet && description.exists_on(Platform::Android) && description.is_observable_on(Platform::Android)
    })
}

struct Builder<'b, 'd> {
    facts: &'b Facts<'d>,
    rows: &'b Rows<'d>,
    subject: &'b Subject<'b>,
    special: &'b Special<'b, 'd>,
    gaps: &'b mut Vec<Gap>,
}

impl Builder<'_, '_> {
    fn app(&mut self, missing: Option<Reason>) -> App {
        let (package, user) = (self.subject.package, self.subject.user);
        let enabled = !matches!(user.enabled, 2..=4);
        let presence = if !user.installed {
            Presence::Residual
        } else if enabled && !user.hidden {
            Presence::Installed
        } else {
            Presence::Disabled
        };
        let mut evidence: Vec<EvidenceRow> = [package.line, user.line, package.installer.line]
            .into_iter()
            .filter_map(|line| self.rows.row(Kind::Packages, None, line))
            .collect();
        if let Some(row) = installer::deciding_row(self.rows, package, user) {
            evidence.push(row);
        }
        evidence.dedup();
        let installed = user.first_install_time.or(package.first_install_time);
        let mut app = App {
            id: package.name.to_owned(),
            slug: None,
            name: None,
            user: user.id,
            presence,
            version: package.version_name.map(|version| crate::text::clean::sanitize(version, 100)),
            installer: package.installer.package.map(|name| crate::text::clean::sanitize(name, 255)),
            source: installer::source(package, user),
            installed_at: installed.and_then(|time| self.facts.clock.moment(time)),
            updated_at: package.last_update_time.and_then(|time| self.facts.clock.moment(time)),
            system: package.system,
            enabled,
            suspended: user.suspended || user.quarantined,
            stopped: Some(user.stopped),
            target_sdk: package.target_sdk,
            evidence: evidence.into(),
            grants: Vec::new(),
        };
        let blocked = inert_app(user, enabled);
        for (permission, description) in observable(self.facts.api) {
            match self.outcome(permission, description) {
                // What is granted in full on a row that was read cannot become more by rows that were not.
                Outcome::Known(decision) if missing.is_some() && self.is_settled(permission, decision.level) => {
                    self.note_use_unknown(permission, description);
                    app.grants.push(self.grant(permission, description, decision, blocked));
                }
                // Where the whole list is in doubt, one gap for each permission says so for every app.
                _ if missing.is_some() && is_in_package_dump(description) => {
                    if !self.facts.packages.as_ref().is_some_and(|packages| packages.is_contradictory) {
                        self.gap(permission, missing.unwrap_or(Reason::Absent), "");
                    }
                }
                Outcome::NotDeclared => {}
                Outcome::Unknown => self.unknown(permission),
                // Without the version only what is recorded as refused is a no.
                Outcome::Known(decision) if self.facts.api.is_none() && decision.level == Level::None => {
                    self.unknown(permission);
                }
                Outcome::Known(decision) => {
                    self.note_use_unknown(permission, description);
                    app.grants.push(self.grant(permission, description, decision, blocked));
                }
            }
        }
        app
    }

    /// Whether no row that the block of the app may lack could give a permission a higher level than this.
    fn is_settled(&self, permission: Permission, level: Level) -> bool {
        let package = self.subject.package;
        let is_own = package.open
            && package.named == Some(true)
            && !package.contradicted
            && self.facts.packages.as_ref().is_some_and(|dump| !dump.is_contradictory)
            && self.facts.api.is_some();
        // Neither of the two can be had in the background.
        let in_use = matches!(permission, Permission::Camera | Permission::Microphone);
        is_own && (level == Level::Always || in_use && level == Level::WhileInUse || self.has_every_row())
    }

    /// Whether each permission that the app requests has its row. Only the dump of one package lists them, before their rows, and a
    /// shared user has the rows of other packages too.
    fn has_every_row(&self) -> bool {
        let package = self.subject.package;
        let mut requested = package.requested.iter();
        package.shared_user.is_none()
            && !package.requested.is_empty()
            && requested.all(|name| self.subject.row_line(name).is_some())
    }

    fn outcome(&self, permission: Permission, description: &Description) -> Outcome {
        if let Some(outcome) = self.special.outcome(permission) {
            return outcome;
        }
        let names: Vec<String> = self.names(description);
        self.subject.runtime(permission, &names)
    }

    /// The platform permissions behind a permission; a family (`android.permission.health.*`) by what the app has of it.
    fn names(&self, description: &Description) -> Vec<String> {
        let mut names = Vec::new();
        for known in description.android.permissions.iter().filter(|known| known.kind == AndroidKind::Runtime) {
            match known.name.strip_suffix('*') {
                None => names.push(known.name.clone()),
                Some(family) => {
                    let mine = self.subject.runtime.iter().filter(|row| row.name.starts_with(family));
                    names.extend(mine.map(|row| row.name.to_owned()));
                }
            }
        }
        names
    }

    fn grant(
        &self,
        permission: Permission,
        description: &Description,
        decision: Decision,
        blocked: Option<Inert>,
    ) -> Grant {
        let mut evidence: Vec<EvidenceRow> = decision.rows.iter().filter_map(|row| self.row(*row)).collect();
        evidence.extend(decision.other_rows);
        let last = self.last_use(permission, description);
        let used = last.iter().flat_map(|(_, lines)| lines);
        evidence.extend(used.filter_map(|line| self.rows.row(Kind::AppOps, None, *line)).map(without_proxy));
        let switch = match permission {
            Permission::Location | Permission::LocationPrecise | Permission::LocationBackground => {
                self.facts.location_on_for(self.subject.user.id)
            }
            Permission::Camera => self.facts.sensor_on(self.subject.user.id, Permission::Camera),
            Permission::Microphone => self.facts.sensor_on(self.subject.user.id, Permission::Microphone),
            _ => None,
        };
        let closed = if decision.level <= Level::None { None } else { self.closed_by(permission, description, switch) };
        let inert = if decision.level <= Level::None {
            None
        } else {
            let by_restriction =
                closed.as_ref().map(|(inert, _)| *inert).filter(|inert| *inert != Inert::MainSwitchOff);
            let switched_off = switch == Some(false) || closed.is_some();
            blocked.or(by_restriction).or_else(|| switched_off.then_some(Inert::MainSwitchOff))
        };
        evidence.extend(closed.map(|(_, row)| row));
        evidence.dedup();
        Grant {
            permission,
            level: decision.level,
            inert,
            state: decision.state,
            decided_by: decision.decided_by,
            last_used: last.map(|(last, _)| last),
            changed_at: None,
            because: decision.because,
            evidence: evidence.into(),
        }
    }

    /// What closes a permission to every app of the user, and where that stands: a restriction of the user, or a main
    /// switch as the app-ops show it. Only where it closes all that the app holds of the permission.
    fn closed_by(
        &self,
        permission: Permission,
        description: &Description,
        switch: Option<bool>,
    ) -> Option<(Inert, EvidenceRow)> {
        let ops: Vec<&str> = match permission {
            Permission::Overlay => vec!["SYSTEM_ALERT_WINDOW"],
            Permission::Location | Permission::LocationPrecise | Permission::LocationBackground => {
                vec!["FINE_LOCATION", "COARSE_LOCATION"]
            }
            _ => {
                let named = description.android.permissions.iter().filter(|known| known.kind == AndroidKind::Runtime);
                named.map(|known| known.name.as_str()).filter(|name| self.subject.holds(name)).map(op_of).collect()
            }
        };
        let mut found: Option<(Inert, EvidenceRow)> = None;
        for op in &ops {
            let (inert, row) = self.facts.closed_op(
                op,
                self.subject.user.id,
                self.subject.package.name,
                self.subject.package.system,
            )?;
            // A switch that its own evidence shows on is not off because an op of it is closed for the moment.
            if inert == Inert::MainSwitchOff && switch == Some(true) {
                return None;
            }
            // The person can lift the main switch alone, so that a restriction must close every one to be told.
            found = match found {
                Some((Inert::MainSwitchOff, row)) => Some((Inert::MainSwitchOff, row)),
                _ => Some((inert, row)),
            };
        }
        found
    }

    fn last_use(&self, permission: Permission, description: &Description) -> Option<(LastUse, Vec<u32>)> {
        let ops: Vec<&str> = match permission {
            Permission::Location => {
                vec!["FINE_LOCATION", "COARSE_LOCATION", "MONITOR_LOCATION", "MONITOR_HIGH_POWER_LOCATION", "GPS"]
            }
            Permission::LocationPrecise => vec!["FINE_LOCATION", "GPS"],
            Permission::Microphone => vec!["RECORD_AUDIO", "PHONE_CALL_MICROPHONE", "RECORD_AUDIO_HOTWORD"],
            Permission::Photos => {
                vec![
                    "READ_MEDIA_IMAGES",
                    "READ_MEDIA_VIDEO",
                    "READ_MEDIA_VISUAL_USER_SELECTED",
                    "READ_EXTERNAL_STORAGE",
                ]
            }
            // Its ops are those of location; a use in the foreground is none in the background.
            Permission::LocationBackground => return None,
            _ => description.android.app_ops.iter().map(String::as_str).collect(),
        };
        self.subject.last_use(&ops, &self.facts.clock)
    }

    fn row(&self, row: RowAt) -> Option<EvidenceRow> {
        match row {
            RowAt::Package(line) => self.rows.row(Kind::Packages, None, line),
            RowAt::AppOps(line) => self.rows.row(Kind::AppOps, None, line),
        }
    }

    /// Granted on paper, and what could take it away was not read.
    fn unknown(&mut self, permission: Permission) {
        let covered = match (&self.facts.app_ops, self.subject.uid) {
            (Some(ops), Some(uid)) => Some(ops.covers(uid)),
            _ => None,
        };
        let reason = if covered == Some(true) && self.facts.api.is_none() {
            self.facts.why_missing(Kind::Properties)
        } else if covered == Some(false) {
            self.facts.incomplete(Kind::AppOps).unwrap_or(Reason::Truncated)
        } else if covered == Some(true) || self.facts.app_ops.is_some() {
            // No app id, or no target version: the package's own block is not understood.
            Reason::Unreadable
        } else {
            self.facts.why_missing(Kind::AppOps)
        };
        self.gap(permission, reason, "");
    }

    /// Notes that a later use may be missing though the mode is known: the block of the app's ops may end before it.
    fn note_use_unknown(&mut self, permission: Permission, description: &Description) {
        let (Some(ops), Some(uid)) = (self.facts.app_ops.as_ref(), self.subject.uid) else { return };
        let has_use = permission != Permission::LocationBackground && !description.android.app_ops.is_empty();
        if has_use && !ops.covers(uid) && ops.of_uid(uid).next().is_some() {
            let reason = self.facts.incomplete(Kind::AppOps).unwrap_or(Reason::Truncated);
            self.gap(permission, reason, Kind::AppOps.label());
        }
    }

    fn gap(&mut self, permission: Permission, reason: Reason, detail: &str) {
        self.gaps.push(
            Gap::new(permission.word(), reason, detail)
                .about(Some(self.subject.user.id), Some(self.subject.package.name.to_owned())),
        );
    }
}

/// Whether the rows of the package dump decide on a permission.
pub(super) fn is_in_package_dump(description: &Description) -> bool {
    description.android.permissions.iter().any(|known| known.kind != AndroidKind::Service)
}

/// A row of use without the app that it went through, which the snapshot may not name: `… proxy[uid=…, pkg=…]`.
fn without_proxy(mut row: EvidenceRow) -> EvidenceRow {
    if let Some((own, _)) = row.text.split_once(" proxy[") {
        row.text = format!("{own} proxy[…]");
    }
    row
}

fn inert_app(user: &UserBlock<'_>, enabled: bool) -> Option<Inert> {
    if user.archived && !user.installed {
        Some(Inert::AppArchived)
    } else if user.hidden {
        Some(Inert::AppHidden)
    } else if !enabled {
        Some(Inert::AppDisabled)
    } else if user.suspended || user.quarantined {
        Some(Inert::AppSuspended)
    } else {
        None
    }
}
