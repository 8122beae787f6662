//! Everything that the parsers understood of one phone, with what they did not.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::clock::{self, PhoneClock};
use super::rows::Rows;
use crate::evidence::{Evidence, Item, Kind, Reason};
use crate::parse::android::accessibility::{self, Accessibility};
use crate::parse::android::adb::{self, Adb};
use crate::parse::android::appops::{self, AppOps};
use crate::parse::android::battery::{self, BatteryExemptions};
use crate::parse::android::component::parse_component_list;
use crate::parse::android::device_policy::{self, DevicePolicy};
use crate::parse::android::header;
use crate::parse::android::lock_settings::{self, LockSettings};
use crate::parse::android::package_list;
use crate::parse::android::packages::{self, PackageDump, PackageRecord};
use crate::parse::android::properties::{self, Properties};
use crate::parse::android::restricted_ops::{self, Closed};
use crate::parse::android::role::{self, Roles};
use crate::parse::android::sensor_privacy::{self, Sensor, SensorPrivacy};
use crate::parse::android::settings::{self, Namespace, Setting, Settings};
use crate::parse::android::simple::{self, SelinuxMode};
use crate::parse::android::trust::{self, Trust};
use crate::parse::android::users::{self, Users};
use crate::parse::android::window::{self, Keyguard};
use crate::parse::android::{ParseGap, Parsed, vpn};
use crate::snapshot::{EvidenceRow, Gap};
use crate::vocabulary::{Inert, Permission};

/// Android 10: the list of location providers no longer follows the switch.
const API_10: u32 = 29;

/// An owner of the device (`user` is `None`) or of one user's profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user whose profile it owns; `None` for the whole device.
    pub user: Option<u32>,
    /// Its package.
    pub package: String,
    /// The line of the dump.
    pub line: u32,
}

/// An active device administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// The user.
    pub user: u32,
    /// Its package.
    pub package: String,
    /// The line of the dump.
    pub line: u32,
}

/// Who manages the phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Device owner and profile owners.
    pub owners: Vec<Owner>,
    /// Administrators.
    pub admins: Vec<Administrator>,
    /// The dump itself.
    pub dump: DevicePolicy,
}

/// The facts of one phone.
pub struct Facts<'e> {
    /// The rows of the evidence, for citing.
    pub rows: Rows<'e>,
    /// Where the evidence came from and what is missing.
    pub evidence: &'e Evidence,
    /// `getprop`.
    pub properties: Option<Properties>,
    /// API level.
    pub api: Option<u32>,
    /// The phone's clock.
    pub clock: PhoneClock,
    /// The Android user in the foreground, 0 when not told.
    pub current_user: u32,
    /// Users, from whatever evidence lists them.
    pub users: Vec<users::User>,
    /// `dumpsys package`.
    pub packages: Option<PackageDump<'e>>,
    /// `dumpsys appops`.
    pub app_ops: Option<AppOps<'e>>,
    /// The ops that `dumpsys appops` shows closed for a user or for the phone.
    pub closed_ops: Vec<Closed<'e>>,
    /// Settings, with the evidence that each table came from.
    pub settings: Settings,
    /// The evidence of each table.
    settings_from: BTreeMap<(Namespace, u32), Kind>,
    /// `dumpsys role`.
    pub roles: Option<Roles>,
    /// `dumpsys device_policy`.
    pub device_policy: Option<Policy>,
    /// `dumpsys lock_settings`.
    pub locks: Option<LockSettings>,
    /// `KeyguardServiceDelegate` of `dumpsys window`.
    pub keyguard: Option<Keyguard>,
    /// `dumpsys accessibility`.
    pub accessibility: Option<Accessibility>,
    /// `dumpsys adb`.
    pub adb: Option<Adb>,
    /// `dumpsys trust`.
    pub trust: Option<Trust>,
    /// Battery exemptions, and the evidence that they came from.
    pub battery: Option<(Kind, BatteryExemptions)>,
    /// `dumpsys sensor_privacy`.
    pub sensors: Option<SensorPrivacy>,
    /// `getenforce`.
    pub selinux: Option<SelinuxMode>,
    /// `id -u`.
    pub shell_identity: Option<u32>,
    /// The location switch.
    pub location_on: Option<bool>,
    /// Where the location switch was read.
    pub location_rows: Vec<EvidenceRow>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// Whether the package dump has headers that were not understood, so that packages are missing.
    has_odd_package: bool,
    /// The lists of packages beside the dump.
    lists: Vec<PackageNames>,
    /// Whether nothing but the lists of packages can show that the package dump is whole.
    packages_unproven: bool,
    /// Whether every user of the phone is known.
    users_complete: bool,
    /// Whose device owner `dumpsys user` tells of; `Some(None)` where it says that there is none.
    device_owner: Option<Option<u32>>,
    /// Evidence that may be cut, and whose own text shows that it is not.
    ended: BTreeSet<Kind>,
}

/// The names in one list of packages.
struct PackageNames {
    kind: Kind,
    user: Option<u32>,
    /// Each name, with its line and its installer.
    names: BTreeMap<String, (u32, Option<String>)>,
}

/// A package that something beside the package dump names, and the dump does not have for that user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its name.
    pub name: String,
    /// The user.
    pub user: u32,
    /// What names it.
    pub kind: Kind,
    /// The user of that evidence, where it is made for one.
    pub of_user: Option<u32>,
    /// The line of the evidence.
    pub line: u32,
    /// Who installed it, where the list of installed packages says so; the other lists may name what was removed.
    pub installer: Option<String>,
}

impl<'e> Facts<'e> {
    /// Runs every parser over its evidence.
    pub fn read(evidence: &'e Evidence) -> Facts<'e> {
        let mut facts = Facts {
            rows: Rows::new(evidence),
            evidence,
            properties: None,
            api: None,
            clock: PhoneClock::default(),
            current_user: 0,
            users: Vec::new(),
            packages: None,
            app_ops: None,
            closed_ops: Vec::new(),
            settings: Settings::default(),
            settings_from: BTreeMap::new(),
            roles: None,
            device_policy: None,
            locks: None,
            keyguard: None,
            accessibility: None,
            adb: None,
            trust: None,
            battery: None,
            sensors: None,
            selinux: None,
            shell_identity: None,
            location_on: None,
            location_rows: Vec::new(),
            gaps: Vec::new(),
            has_odd_package: false,
            lists: Vec::new(),
            packages_unproven: false,
            users_complete: false,
            device_owner: None,
            ended: BTreeSet::new(),
        };
        let mut instant = evidence.taken_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let mut location_answer = None;
        // The current user comes first: it is the one whose settings an unnamed list holds.
        for item in evidence.of(Kind::CurrentUser) {
            facts.current_user = simple::current_user(item.readable()).facts.unwrap_or(0);
        }
        for item in &evidence.items {
            facts.cut(item);
            let text = item.readable();
            match item.kind {
                Kind::Properties => {
                    let found = facts.keep(item, properties::parse(text));
                    match &mut facts.properties {
                        None => facts.properties = Some(found),
                        Some(known) => known.hold_against(&found),
                    }
                }
                Kind::Clock => {
                    let seconds = facts.keep(item, simple::clock(text));
                    instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).or(instant);
                }
                Kind::ShellIdentity => facts.shell_identity = facts.keep(item, simple::shell_identity(text)),
                Kind::SelinuxMode => facts.selinux = facts.keep(item, simple::selinux_mode(text)),
                Kind::CurrentUser => {}
                Kind::UserList | Kind::UserListVerbose | Kind::Users => {
                    let users = facts.keep(item, users::parse(text));
                    facts.users_complete |= users.complete || item.proved && item.why_cut().is_none();
                    facts.merge_users(users);
                }
                Kind::SettingsGlobal => facts.settings_list(item, Namespace::Global, 0),
                Kind::SettingsSecure => {
                    facts.settings_list(item, Namespace::Secure, item.user.unwrap_or(facts.current_user))
                }
                Kind::SettingsSystem => {
                    facts.settings_list(item, Namespace::System, item.user.unwrap_or(facts.current_user))
                }
                Kind::SettingsDump => {
                    let dump = facts.keep(item, settings::parse_dump(text, Some(&settings::WANTED)));
                    facts.merge_settings(item.kind, dump);
                }
                Kind::Packages => {
                    let dump = facts.keep(item, packages::parse(text));
                    facts.merge_packages(dump, item);
                }
                Kind::AppOps => {
                    let mut ops = facts.keep(item, appops::parse(text));
                    ops.last_is_open |= item.why_cut().is_some() || !item.proved && ops.ends_in_uids;
                    ops.has_begun |= item.proved;
                    if facts.app_ops.is_none() {
                        facts.closed_ops = restricted_ops::parse(text);
                    }
                    facts.app_ops.get_or_insert(ops);
                }
                Kind::Roles => {
                    let roles = facts.keep(item, role::parse(text));
                    facts.note_end(item, roles.complete);
                    facts.roles = Some(roles);
                }
                Kind::DevicePolicy => {
                    let dump = facts.keep(item, device_policy::parse(text));
                    facts.device_policy = Some(policy(dump));
                }
                Kind::LockSettings => facts.locks = Some(facts.keep(item, lock_settings::parse(text))),
                Kind::WindowPolicy => facts.keyguard = Some(facts.keep(item, window::parse(text))),
                Kind::Accessibility => facts.accessibility = Some(facts.keep(item, accessibility::parse(text))),
                Kind::Adb => facts.adb = Some(facts.keep(item, adb::parse(text))),
                Kind::Trust => facts.trust = Some(facts.keep(item, trust::parse(text))),
                Kind::Vpn => {
                    // Which app may be a VPN follows from the app-ops; the dump is read so that its refusal is told.
                    facts.keep(item, vpn::parse(text));
                }
                Kind::DeviceIdle | Kind::BatteryExemptions => {
                    let exemptions = facts.keep(item, battery::parse(text));
                    facts.note_end(item, exemptions.ended);
                    if facts.battery.is_none() || item.kind == Kind::BatteryExemptions {
                        facts.battery = Some((item.kind, exemptions));
                    }
                }
                Kind::SensorPrivacy => facts.sensors = Some(facts.keep(item, sensor_privacy::parse(text))),
                Kind::LocationEnabled => location_answer = facts.keep(item, simple::location_enabled(text)),
                Kind::DumpstateHeader => {
                    let header = facts.keep(item, header::parse(text));
                    facts.clock.taken_local = header.taken_at.map(|taken| taken.value);
                }
                Kind::Acquisition => {
                    let acquisition = facts.keep(item, header::parse_acquisition(text));
                    instant = instant.or(acquisition.completed).or(acquisition.started);
                }
                Kind::PackageList | Kind::PackagesJson => {
                    // What is installed for whom follows from `dumpsys package`; a refused user is told.
                    let list = if item.kind == Kind::PackageList {
                        package_list::parse(text)
                    } else {
                        package_list::parse_json(text)
                    };
                    let list = facts.keep(item, list);
                    let names = list
                        .packages
                        .into_iter()
                        .map(|package| (package.name, (package.line, package.installer)))
                        .collect();
                    facts.lists.push(PackageNames { kind: item.kind, user: item.user, names });
                }
            }
        }
        facts.finish(instant, location_answer);
        facts
    }

    /// Takes note that the text of an item shows its own end.
    fn note_end(&mut self, item: &Item, ended: bool) {
        if ended && item.why_cut().is_none() {
            self.ended.insert(item.kind);
        }
    }

    fn finish(&mut self, instant: Option<Timestamp>, location_answer: Option<bool>) {
        self.api = self.property("ro.build.version.sdk").and_then(|sdk| sdk.trim().parse().ok());
        self.clock.zone = self
            .property("persist.sys.timezone")
            .filter(|name| !name.trim().is_empty())
            .and_then(|name| TimeZone::get(name.trim()).ok());
        // A bug report tells its local time only; with the zone that is an instant.
        self.clock.taken_at = instant.or_else(|| {
            let (zone, local) = (self.clock.zone.as_ref()?, self.clock.taken_local?);
            Some(zone.to_ambiguous_zoned_datetime(local).compatible().ok()?.timestamp())
        });
        if self.evidence.road().is_live() {
            self.clock.computer = self.evidence.taken_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
            self.clock.is_live = self.evidence.source.is_live();
        }
        self.clock.proven = self.proven();
        self.location(location_answer);
        self.missing_evidence();
        // A package whose block is cut off by the end of the evidence is not the phone's last word on it.
        self.gaps.sort();
        self.gaps.dedup();
    }

    /// The latest time that the evidence proves: when the system was built, and the last installations, updates and uses of apps.
    fn proven(&self) -> Option<Timestamp> {
        let built = self.property("ro.build.date.utc").and_then(|seconds| seconds.parse().ok());
        let built = built.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let packages = self.packages.iter().flat_map(|dump| &dump.packages).filter_map(|package| {
            let users = package.users.iter().filter_map(|user| user.first_install_time);
            let times = users.chain(package.first_install_time).chain(package.last_update_time);
            times.filter_map(|time| self.clock.instant_of(time)).max()
        });
        let uids = self.app_ops.iter().flat_map(|ops| &ops.uids).filter_map(|uid| {
            let rows = uid.packages.iter().flat_map(|package| &package.ops);
            let stamps = rows.filter_map(|row| match &row.last_access.as_ref()?.moment {
                appops::Moment::Stamp(stamp) => Some(&**stamp),
                appops::Moment::Ago(_) => None,
            });
            // Their order is that of their texts.
            self.clock.instant_of(stamps.max()?)
        });
        built.max(clock::latest_of_two(packages.chain(uids)))
    }

    /// Whether location is on: the phone's own answer (12 and later), else `location_mode`, else the list of providers
    /// that Android 8 and 9 keep (`location_mode` is often null there).
    fn location(&mut self, answer: Option<bool>) {
        let user = self.current_user;
        if let Some(on) = answer {
            self.location_on = Some(on);
            self.location_rows = self.rows.row(Kind::LocationEnabled, None, 1).into_iter().collect();
            return;
        }
        let Some(table) = self.settings_of(Namespace::Secure, user) else { return };
        let value = |key: &str| table.get(key).and_then(|setting| setting.value.as_deref());
        if self.setting_unknown(Namespace::Secure, user, "location_mode") == Some(Reason::Unreadable) {
            return;
        }
        let (key, on) = if let Some(mode) = value("location_mode") {
            ("location_mode", mode != "0")
        } else if self.api.is_some_and(|api| api < API_10) && table.contains_key("location_providers_allowed") {
            // Later versions leave that list empty whatever the switch.
            (
                "location_providers_allowed",
                value("location_providers_allowed").is_some_and(|list| !list.trim().is_empty()),
            )
        } else {
            return;
        };
        let rows = self.setting_rows(Namespace::Secure, user, &[key]);
        self.location_on = Some(on);
        self.location_rows = rows;
    }

    /// Keeps the facts of a parser and books its gaps.
    fn keep<T>(&mut self, item: &Item, parsed: Parsed<T>) -> T {
        for ParseGap { reason, read, of, detail } in parsed.gaps {
            // An item that is known to be cut has its own gap, with the better reason.
            if item.why_cut().is_some() && read.is_none() {
                continue;
            }
            self.gap(item.kind.label(), item.user, reason, read, of, &detail);
        }
        parsed.facts
    }

    fn cut(&mut self, item: &Item) {
        if let Some(reason) = item.why_cut() {
            let detail = match crate::parse::text::failure(&item.text) {
                Some((_, line)) => line.to_owned(),
                None if item.cut.is_none() => format!("more than {} bytes", item.kind.most_bytes()),
                None => item.cut_detail.clone(),
            };
            self.gap(item.kind.label(), item.user, reason, None, None, &detail);
        }
    }

    fn gap(&mut self, area: &str, user: Option<u32>, reason: Reason, read: Option<u64>, of: Option<u64>, detail: &str) {
        // No version of Android is without these: a phone that says so has not shown them.
        let always = [Kind::Packages, Kind::AppOps].iter().any(|kind| kind.label() == area);
        let reason = if always && reason == Reason::NotSupported { Reason::Absent } else { reason };
        self.gaps.push(Gap {
            area: area.to_owned(),
            user,
            app: None,
            reason: reason.word().to_owned(),
            read,
            of,
            detail: crate::text::clean::sanitize(&without_names(detail), 200),
        });
    }

    /// What was asked and not answered, and what is not there at all though the rules need it.
    fn missing_evidence(&mut self) {
        let mut known: BTreeSet<(&str, Option<u32>)> = BTreeSet::new();
        for missing in &self.evidence.missing {
            // Asking for what the version does not have is no gap: the rules know what each version lacks.
            let old = missing.reason == Reason::NotSupported && !self.is_expected(missing.kind);
            known.insert((missing.kind.label(), missing.user));
            if !old {
                self.gap(missing.kind.label(), missing.user, missing.reason, None, None, &missing.detail);
            }
        }
        let present = |kind: Kind| self.evidence.first(kind).is_some();
        let mut absent = Vec::new();
        for kind in [
            Kind::Properties,
            Kind::Packages,
            Kind::AppOps,
            Kind::Roles,
            Kind::DevicePolicy,
            Kind::LockSettings,
            Kind::Trust,
        ] {
            if self.is_expected(kind) && !present(kind) {
                absent.push(kind);
            }
        }
        if !present(Kind::UserList) && !present(Kind::UserListVerbose) && !present(Kind::Users) {
            absent.push(Kind::UserList);
        }
        for (kind, namespace) in [
            (Kind::SettingsGlobal, Namespace::Global),
            (Kind::SettingsSecure, Namespace::Secure),
            (Kind::SettingsSystem, Namespace::System),
        ] {
            if !self.settings.tables.keys().any(|(table, _)| *table == namespace) {
                absent.push(kind);
            }
        }
        for kind in absent {
            if !known.iter().any(|(label, _)| *label == kind.label()) {
                self.gap(kind.label(), None, Reason::Absent, None, None, "");
            }
        }
    }

    /// Whether a phone of this version has an evidence of this kind.
    fn is_expected(&self, kind: Kind) -> bool {
        let from = match kind {
            Kind::Roles | Kind::Adb => 29,
            Kind::UserListVerbose => 30,
            Kind::Vpn | Kind::SensorPrivacy | Kind::LocationEnabled => 31,
            _ => return true,
        };
        self.api.is_none_or(|api| api >= from)
    }

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
            Some(packages) if self.has_unlisted(packages) => Some(Reason::Truncated),
            // Only the dump of one package prints what it requests: such dumps say nothing of the apps not dumped.
            Some(packages) if packages.packages.iter().any(|package| !package.requested.is_empty()) => {
                Some(Reason::Absent)
            }
            Some(packages) if self.packages_unproven && !self.lists_agree(packages) => Some(Reason::Unproven),
            Some(_) => None,
        }
    }

    /// Whether a list of packages names one that the dump does not have for that user. AndroidQF asks for removed packages as well, whose
    /// records stay in the dump as long as data is left; what its list does not have at all is missing all the same.
    fn has_unlisted(&self, packages: &PackageDump<'_>) -> bool {
        self.lists.iter().any(|list| {
            let has = |package: &PackageRecord<'_>| match list.kind {
                Kind::PackageList => {
                    package.users.iter().any(|user| list.user.is_none_or(|only| only == user.id) && user.installed)
                }
                _ => true,
            };
            let known: BTreeSet<&str> = packages
                .packages
                .iter()
                .filter(|package| has(package))
                .map(|package| plain_name(package.name))
                .collect();
            list.names.keys().any(|name| !known.contains(plain_name(name)))
        })
    }

    /// The packages that the lists beside the dump or the app-ops name, and the dump does not have for that user: an app can keep out of
    /// the dump's way, and not out of the way of all of them.
    pub fn named_elsewhere(&self) -> Vec<Elsewhere> {
        let Some(packages) = &self.packages else { return Vec::new() };
        let mut installed: BTreeSet<(&str, u32)> = BTreeSet::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for package in &packages.packages {
            let name = plain_name(package.name);
            known.insert(name);
            installed.extend(package.users.iter().filter(|user| user.installed).map(|user| (name, user.id)));
        }
        let mut found = Vec::new();
        for list in &self.lists {
            let (user, kind) = (list.user.unwrap_or(self.current_user), list.kind);
            let is_of_installed = kind == Kind::PackageList;
            for (name, (line, installer)) in &list.names {
                let plain = plain_name(name);
                let is_known = if is_of_installed { installed.contains(&(plain, user)) } else { known.contains(plain) };
                if !is_known {
                    let installer = installer.clone().filter(|_| is_of_installed);
                    let (name, of_user, line) = (name.clone(), list.user, *line);
                    found.push(Elsewhere { name, user, installer, kind, of_user, line });
                }
            }
        }
        // App-ops are forgotten with the package.
        for block in self.app_ops.iter().flat_map(|ops| &ops.uids).filter(|block| block.uid % 100_000 >= FIRST_APP) {
            for package in block.packages.iter().filter(|package| !known.contains(plain_name(package.name))) {
                let (name, user) = (package.name.to_owned(), block.uid / 100_000);
                let (kind, line) = (Kind::AppOps, block.line);
                found.push(Elsewhere { name, user, installer: None, kind, of_user: None, line });
            }
        }
        found.sort_by(|one, other| {
            let place = |named: &Elsewhere| (named.user, named.installer.is_none(), named.kind, named.line);
            (&one.name, place(one)).cmp(&(&other.name, place(other)))
        });
        found.dedup_by(|one, other| (&one.name, one.user) == (&other.name, other.user));
        found
    }

    /// Whether the list of every user of the phone names exactly the packages that the dump has as installed for that user. Two lists
    /// that were made apart from each other, in orders of their own, are not cut at the same place.
    fn lists_agree(&self, packages: &PackageDump<'_>) -> bool {
        let users: BTreeSet<u32> =
            packages.packages.iter().flat_map(|package| &package.users).map(|user| user.id).collect();
        // The dump of one package would agree with its own row of a list; the system itself is on every phone.
        let is_list_of_all = packages.packages.iter().any(|package| package.name == FRAMEWORK);
        is_list_of_all
            && users.iter().all(|user| {
                let installed: BTreeSet<&str> = packages
                    .packages
                    .iter()
                    .filter(|package| {
                        package.users.iter().any(|block| block.id == *user && block.installed && !block.hidden)
                    })
                    .map(|package| plain_name(package.name))
                    .collect();
                self.lists
                    .iter()
                    .filter(|list| list.kind == Kind::PackageList && list.user.unwrap_or(0) == *user)
                    .any(|list| list.names.keys().map(|name| plain_name(name)).collect::<BTreeSet<_>>() == installed)
            })
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

    fn merge_users(&mut self, found: Users) {
        if self.evidence.first(Kind::CurrentUser).is_none()
            && let Some(current) = &found.current
        {
            self.current_user = current.value;
        }
        if let Some(owner) = &found.device_owner {
            self.device_owner.get_or_insert(owner.value);
        }
        for user in found.users {
            match self.users.iter_mut().find(|known| known.id == user.id) {
                None => self.users.push(user),
                Some(known) => {
                    // Each form tells what the others leave out.
                    known.flags |= user.flags;
                    known.odd_flags &= user.odd_flags;
                    if !known.restrictions_end && known.restrictions.is_empty() {
                        known.restrictions_end = user.restrictions_end;
                        known.restrictions = user.restrictions;
                    }
                    known.type_name = known.type_name.take().or(user.type_name);
                    known.parent = known.parent.or(user.parent);
                    known.has_profile_owner = known.has_profile_owner.or(user.has_profile_owner);
                    if known.vendor_name == users::VendorName::None {
                        known.vendor_name = user.vendor_name;
                    }
                }
            }
        }
        self.users.sort_by_key(|user| user.id);
        users::mark_main(&mut self.users);
    }

    /// What closes an op to every app of a user, and the row that says so: a restriction of the user, a policy, or the main
    /// switch behind it. Parts of the system are let past some of them.
    pub fn closed_op(&self, op: &str, user: u32, package: &str, system: bool) -> Option<(Inert, EvidenceRow)> {
        let (restriction, lets_system_past) = restriction_of(op)?;
        if lets_system_past && system {
            return None;
        }
        let known = self.users.iter().find(|known| known.id == user);
        let listed = known.iter().flat_map(|known| &known.restrictions).find(|listed| listed.value == restriction);
        if let Some(listed) = listed {
            return Some((Inert::UserRestriction, self.rows.row(Kind::Users, None, listed.line)?));
        }
        if let Some(line) = self.enforced(restriction, user) {
            return Some((Inert::UserRestriction, self.rows.row(Kind::DevicePolicy, None, line)?));
        }
        let is_location = restriction == "no_share_location";
        let closed = self.closed_ops.iter().find(|closed| {
            closed.user.is_none_or(|closed| closed == user)
                && closed.ops.contains(&op)
                && !closed.except.contains(&package)
                // Exceptions stand below their rule: where the dump may end before them, nothing is known to be closed.
                && (closed.ended || !(is_location || op == "SYSTEM_ALERT_WINDOW"))
        })?;
        // Location that is off closes its ops in the same way as a restriction does, and so do the two other switches.
        let inert = if closed.user.is_none() || is_location { Inert::MainSwitchOff } else { Inert::UserRestriction };
        Some((inert, self.rows.row(Kind::AppOps, None, closed.line)?))
    }

    /// The line on which an organization's policy sets a restriction for a user: the policy engine (14 and later), or the
    /// restrictions of an owner (before) and an administrator's own switch for the camera.
    pub fn enforced(&self, restriction: &str, user: u32) -> Option<u32> {
        let policy = self.device_policy.as_ref()?;
        let by_engine = policy.dump.enforced.iter().find(|enforced| {
            enforced.user.is_none_or(|enforced| enforced == user)
                && (enforced.name == restriction || restriction == "no_camera" && enforced.name == "cameraDisabled")
        });
        if let Some(enforced) = by_engine {
            return Some(enforced.line);
        }
        let owner = |package: &str| policy.owners.iter().any(|owner| owner.user.is_none() && owner.package == package);
        let admins = policy.dump.admins.iter();
        let mut mine = admins.filter(|admin| admin.user == user || owner(&admin.component.package));
        mine.find_map(|admin| {
            let set = admin.restrictions.iter().find(|set| set.value == restriction).map(|set| set.line);
            let off = admin.camera_disabled.as_ref().filter(|off| off.value && restriction == "no_camera");
            set.or(off.map(|off| off.line))
        })
    }

    fn settings_list(&mut self, item: &Item, namespace: Namespace, user: u32) {
        let list = self.keep(item, settings::parse_list(item.readable(), namespace, user, Some(&settings::WANTED)));
        self.merge_settings(item.kind, list);
    }

    /// A table that was read by its own command beats the one of the dump of all.
    fn merge_settings(&mut self, kind: Kind, found: Settings) {
        for (place, table) in found.tables {
            if kind == Kind::SettingsDump && self.settings.tables.contains_key(&place) {
                continue;
            }
            self.settings_from.insert(place, kind);
            self.settings.tables.insert(place, table);
            self.settings.spans.remove(&place);
            let own = found.contradicted.iter().filter(|(namespace, user, _)| (*namespace, *user) == place);
            self.settings.contradicted.extend(own.cloned());
            if let Some(span) = found.spans.get(&place) {
                self.settings.spans.insert(place, span.clone());
            }
        }
    }

    fn merge_packages(&mut self, mut dump: PackageDump<'e>, item: &Item) {
        let headers = memchr::memmem::find_iter(item.text.as_bytes(), b"\n  Package [").count()
            + usize::from(item.text.starts_with("  Package ["));
        let hidden = usize::try_from(dump.hidden_system_packages).unwrap_or(usize::MAX);
        self.has_odd_package |= headers > dump.packages.len().saturating_add(hidden);
        dump.last_is_open |= item.why_cut().is_some();
        if dump.last_is_open || !item.proved {
            self.packages_unproven |= dump.ends_in_packages();
            dump.leave_open();
        }
        // A record that is cut in its middle, with whole ones behind it, is no list of all either.
        self.has_odd_package |= dump.note_missing_users();
        match &mut self.packages {
            None => self.packages = Some(dump),
            Some(known) => {
                // A folder of dumps of single packages.
                known.packages.append(&mut dump.packages);
                known.shared_users.append(&mut dump.shared_users);
                known.hidden_system_packages += dump.hidden_system_packages;
                known.hidden_runtime_rows += dump.hidden_runtime_rows;
                known.permission_rows += dump.permission_rows;
                known.has_shared_users |= dump.has_shared_users;
                known.last_is_open |= dump.last_is_open;
                known.is_contradictory |= dump.is_contradictory;
            }
        }
    }

    /// A system property.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.properties.as_ref()?.get(key).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The row of a system property.
    pub fn property_row(&self, key: &str) -> Option<EvidenceRow> {
        let line = self.properties.as_ref()?.located(key)?.line;
        self.rows.row(Kind::Properties, None, line)
    }

    /// A package by name.
    pub fn package(&self, name: &str) -> Option<&PackageRecord<'e>> {
        self.packages.as_ref()?.packages.iter().find(|package| package.name == name)
    }

    /// One table of settings.
    pub fn settings_of(&self, namespace: Namespace, user: u32) -> Option<&BTreeMap<String, Setting>> {
        let user = if namespace == Namespace::Global { 0 } else { user };
        self.settings.tables.get(&(namespace, user))
    }

    /// A setting's value; `None` where the table lacks the key or holds `null`.
    pub fn setting(&self, namespace: Namespace, user: u32, key: &str) -> Option<&str> {
        self.settings_of(namespace, user)?.get(key)?.value.as_deref()
    }

    /// The rows of some settings; for a key that is not set, one that says so.
    pub fn setting_rows(&self, namespace: Namespace, user: u32, keys: &[&str]) -> Vec<EvidenceRow> {
        let Some(table) = self.settings_of(namespace, user) else { return Vec::new() };
        keys.iter()
            .filter_map(|key| match table.get(*key) {
                Some(setting) => self.setting_row(namespace, user, setting.line),
                None => self.excerpt_of(namespace, user, 0, &format!("{key}: not set")),
            })
            .collect()
    }

    fn setting_row(&self, namespace: Namespace, user: u32, line: u32) -> Option<EvidenceRow> {
        let (kind, user) = self.place(namespace, user)?;
        self.rows.row(kind, user, line)
    }

    fn excerpt_of(&self, namespace: Namespace, user: u32, line: u32, text: &str) -> Option<EvidenceRow> {
        let (kind, user) = self.place(namespace, user)?;
        self.rows.excerpt(kind, user, line, text)
    }

    /// The evidence that a table came from, and the user under which that evidence stands.
    fn place(&self, namespace: Namespace, user: u32) -> Option<(Kind, Option<u32>)> {
        let user = if namespace == Namespace::Global { 0 } else { user };
        let kind = *self.settings_from.get(&(namespace, user))?;
        let named = self.evidence.of(kind).any(|item| item.user == Some(user));
        Some((kind, named.then_some(user)))
    }

    /// The entry of a package in a setting that lists components, as it stands there.
    pub fn listed_component(
        &self,
        table: &BTreeMap<String, Setting>,
        key: &str,
        package: &str,
        separator: char,
    ) -> Option<String> {
        let value = table.get(key)?.value.as_deref()?;
        if !value.contains(package) {
            return None;
        }
        let listed = parse_component_list(value).components.iter().any(|component| component.package == package);
        // Some settings name a package without a class.
        let entry = value
            .split(separator)
            .map(str::trim)
            .find(|entry| *entry == package || entry.split('/').next() == Some(package));
        entry.filter(|entry| listed || *entry == package || entry.contains('/')).map(str::to_owned)
    }

    /// The row of a list, cut down to one entry: the others name apps that nobody asked about.
    pub fn setting_excerpt(&self, namespace: Namespace, user: u32, key: &str, entry: &str) -> Vec<EvidenceRow> {
        let line = self.settings_of(namespace, user).and_then(|table| table.get(key)).map_or(0, |setting| setting.line);
        self.excerpt_of(namespace, user, line, &format!("{key}=…{entry}…")).into_iter().collect()
    }

    /// The row by which the person excepted a package from battery saving.
    pub fn battery_exemption(&self, package: &str) -> Option<(Kind, u32)> {
        let (kind, exemptions) = self.battery.as_ref()?;
        exemptions.user.iter().find(|entry| entry.value == package).map(|entry| (*kind, entry.line))
    }

    /// Whether the camera or microphone switch is on for a user; `None` where it is not known.
    pub fn sensor_on(&self, user: u32, permission: Permission) -> Option<bool> {
        let sensor = match permission {
            Permission::Camera => Sensor::Camera,
            Permission::Microphone => Sensor::Microphone,
            _ => return None,
        };
        let sensors = self.sensors.as_ref()?;
        // Profiles follow the switch of the main user.
        let blocked = sensors.blocked(user, sensor).or_else(|| sensors.blocked(self.current_user, sensor))?;
        Some(!blocked.value)
    }
}

/// The user restriction that closes an op, and whether parts of the system are let past it (`AppOpsManager.sOpRestrictions`
/// and `sOpAllowSystemRestrictionBypass`; the same from Android 8 to 17). `RECEIVE_WAP_PUSH`, `PROCESS_OUTGOING_CALLS` and
/// `CALL_PHONE` have none.
fn restriction_of(op: &str) -> Option<(&'static str, bool)> {
    Some(match op {
        "COARSE_LOCATION" | "FINE_LOCATION" => ("no_share_location", true),
        "READ_SMS" | "SEND_SMS" | "RECEIVE_SMS" | "RECEIVE_MMS" => ("no_sms", false),
        "READ_CALL_LOG" | "WRITE_CALL_LOG" => ("no_outgoing_calls", false),
        "CAMERA" => ("no_camera", false),
        "RECORD_AUDIO" => ("no_record_audio", true),
        "SYSTEM_ALERT_WINDOW" => ("no_create_windows", true),
        _ => return None,
    })
}

/// Why an item may lack its end, as its source or its own words tell.
fn cut_of(item: &Item) -> Option<Reason> {
    let said = || crate::parse::text::failure(&item.text).map(|(reason, _)| reason);
    item.why_cut().or_else(said).or_else(|| (!item.proved).then_some(Reason::Unproven))
}

/// The first app id of apps; those below are of the system (`Process.FIRST_APPLICATION_UID`).
const FIRST_APP: u32 = 10_000;

/// The package that is the system itself (`framework-res`).
const FRAMEWORK: &str = "android";

/// The name of a package without the version that static libraries carry in the dump and not in every list.
fn plain_name(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((plain, version)) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => plain,
        _ => name,
    }
}

/// Takes out of the words of a gap what could be the name of an app: a row that was not understood may name any, and a
/// snapshot names only some. Names of the platform's own classes and permissions stay.
fn without_names(detail: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '.' || character == '_';
    let mut kept = String::with_capacity(detail.len());
    let mut rest = detail;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|character| !is_part(character)).unwrap_or(from.len()));
        kept.push_str(before);
        let name = word.trim_end_matches('.');
        let of_platform = ["android.", "java.", "com.android.server."].iter().any(|prefix| name.starts_with(prefix));
        let is_number = name.chars().all(|character| character.is_ascii_digit() || character == '.');
        if name.contains('.') && !of_platform && !is_number {
            kept.push('…')
        } else {
            kept.push_str(word)
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

fn policy(dump: DevicePolicy) -> Policy {
    let package_of = |owner: &device_policy::Owner| {
        owner.package.clone().or_else(|| owner.component.as_ref().map(|component| component.package.clone()))
    };
    let mut owners: Vec<Owner> = Vec::new();
    if let Some(owner) = &dump.device_owner
        && let Some(package) = package_of(owner)
    {
        owners.push(Owner { user: None, package, line: owner.line });
    }
    for owner in &dump.profile_owners {
        if let Some(package) = package_of(owner) {
            owners.push(Owner { user: Some(owner.user), package, line: owner.line });
        }
    }
    let admins = dump
        .admins
        .iter()
        .map(|admin| Administrator { user: admin.user, package: admin.component.package.clone(), line: admin.line })
        .collect();
    Policy { owners, admins, dump }
}
