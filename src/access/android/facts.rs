//! Everything that the parsers understood of one phone, with what they did not.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::PhoneClock;
use super::lists::{Elsewhere, PackageLists};
use super::rows::Rows;
use crate::evidence::{Evidence, Kind};
use crate::parse::android::Dumps;
use crate::parse::android::appops::AppOps;
use crate::parse::android::battery::BatteryExemptions;
use crate::parse::android::component::parse_component_list;
use crate::parse::android::device_policy::DevicePolicy;
use crate::parse::android::packages::{PackageDump, PackageRecord};
use crate::parse::android::properties::Properties;
use crate::parse::android::restricted_ops::Closed;
use crate::parse::android::sensor_privacy::Sensor;
use crate::parse::android::settings::{Namespace, Setting, Settings};
use crate::parse::android::simple::SelinuxMode;
use crate::parse::android::users;
use crate::snapshot::{EvidenceRow, Gap};
use crate::vocabulary::Permission;

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
    pub(super) settings_from: BTreeMap<(Namespace, u32), Kind>,
    /// The dumps that are read by themselves.
    pub dumps: Dumps,
    /// `dumpsys device_policy`.
    pub device_policy: Option<Policy>,
    /// Battery exemptions, and the evidence that they came from.
    pub battery: Option<(Kind, BatteryExemptions)>,
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
    pub(super) has_odd_package: bool,
    /// The lists of packages beside the dump.
    pub(super) lists: PackageLists,
    /// Whether nothing but the lists of packages can show that the package dump is whole.
    pub(super) packages_unproven: bool,
    /// Whether every user of the phone is known.
    pub(super) users_complete: bool,
    /// Whose device owner `dumpsys user` tells of; `Some(None)` where it says that there is none.
    pub(super) device_owner: Option<Option<u32>>,
    /// Evidence that may be cut, and whose own text shows that it is not.
    pub(super) ended: BTreeSet<Kind>,
}

impl<'e> Facts<'e> {
    /// Facts of which nothing has been read yet.
    pub(super) fn empty(evidence: &'e Evidence) -> Facts<'e> {
        Facts {
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
            dumps: Dumps::default(),
            device_policy: None,
            battery: None,
            selinux: None,
            shell_identity: None,
            location_on: None,
            location_rows: Vec::new(),
            gaps: Vec::new(),
            has_odd_package: false,
            lists: PackageLists::default(),
            packages_unproven: false,
            users_complete: false,
            device_owner: None,
            ended: BTreeSet::new(),
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

    /// The packages that something beside the package dump names, and the dump does not have for that user.
    pub fn named_elsewhere(&self) -> Vec<Elsewhere> {
        let Some(packages) = &self.packages else { return Vec::new() };
        self.lists.names_beyond(packages, self.app_ops.as_ref(), self.current_user)
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
    pub(super) fn place(&self, namespace: Namespace, user: u32) -> Option<(Kind, Option<u32>)> {
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
        let sensors = self.dumps.sensors.as_ref()?;
        // Profiles follow the switch of the main user.
        let blocked = sensors.blocked(user, sensor).or_else(|| sensors.blocked(self.current_user, sensor))?;
        Some(!blocked.value)
    }
}
