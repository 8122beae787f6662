//! The phone's own configuration: each check of the vocabulary that a shell without root can read.
//!
//! Every check says how it reads "not set": for most keys that is the good default. A check whose evidence is missing is
//! a gap under the check's name, so that a rule on it is not assessed for a reason.

mod boot;
mod people;

use std::collections::BTreeSet;

use super::facts::Facts;
use super::special::is_system;
use crate::evidence::{Kind, Reason};
use crate::parse::android::packages::UserBlock;
use crate::parse::android::settings::Namespace;
use crate::snapshot::{App, EvidenceRow, Gap, Setting, Value};
use crate::vocabulary::Check;

/// Milliseconds in a second.
const MILLISECONDS: i64 = 1000;

/// `screen_off_timeout` of a screen that never goes dark, in milliseconds (`Integer.MAX_VALUE`).
const NEVER: i64 = 2_147_483_647;

/// `lock_screen_lock_after_timeout` when it is not set, in milliseconds (`KeyguardViewMediator`).
const LOCK_AFTER_DEFAULT: i64 = 5000;

/// Collects settings and gaps.
pub struct Checks<'c, 'e> {
    facts: &'c Facts<'e>,
    /// The apps that the snapshot names.
    apps: &'c [App],
    /// Values found.
    pub found: std::collections::BTreeMap<Check, Setting>,
    /// Values that could not be found.
    pub gaps: Vec<Gap>,
}

/// The outcome of looking at one check.
type Outcome = Result<(Value, Vec<EvidenceRow>), (Reason, &'static str)>;

fn yes(value: bool, rows: impl IntoIterator<Item = EvidenceRow>) -> Outcome {
    Ok((Value::Bool(value), rows.into_iter().collect()))
}

impl<'c, 'e> Checks<'c, 'e> {
    /// Reads every check.
    pub fn read(facts: &'c Facts<'e>, apps: &'c [App]) -> Checks<'c, 'e> {
        let mut checks = Checks { facts, apps, found: std::collections::BTreeMap::new(), gaps: Vec::new() };
        checks.set(Check::LocationMaster, checks.location_master());
        checks.set(Check::LocationScanning, checks.location_scanning());
        checks.set(Check::OsUpdates, checks.patch_age());
        checks.set(Check::OsAutoUpdate, checks.os_auto_update());
        checks.set(Check::ScreenLock, checks.screen_lock());
        checks.set(Check::LockDelay, checks.lock_delay());
        checks.set(Check::LockNotifications, checks.lock_notifications());
        checks.set(Check::TrustAgents, checks.trust_agents());
        checks.set(
            Check::DeveloperOptions,
            checks.any_global(&["development_settings_enabled", "adb_enabled", "adb_wifi_enabled"]),
        );
        checks.set(Check::RootOrJailbreak, checks.root());
        checks.set(Check::VerifiedBoot, checks.verified_boot());
        checks.set(Check::StorageEncryption, checks.encryption());
        checks.set(Check::PlayProtect, checks.play_protect());
        checks.set(Check::ManagedDevice, checks.managed());
        checks.set(Check::AppBlocklist, checks.blocklist());
        checks.set(Check::RemoteBackup, checks.remote_backup());
        checks.set(Check::HostPairing, checks.any_global(&["adb_enabled", "adb_wifi_enabled"]));
        checks.set(Check::Keyboards, checks.third_party(&["default_input_method", "enabled_input_methods"]));
        checks.set(Check::Autofill, checks.autofill());
        checks.set(Check::AccessibilityServices, checks.third_party(&["enabled_accessibility_services"]));
        checks.set(Check::NotificationListeners, checks.third_party(&["enabled_notification_listeners"]));
        checks.set(Check::PrivateDns, checks.private_dns());
        checks.set(Check::AutoTime, checks.auto_time());
        checks.set(Check::ExtraUsers, checks.extra_users());
        checks.set(Check::HiddenApps, checks.hidden_apps());
        checks.set(Check::UnknownSources, checks.unknown_sources());
        checks.set(Check::LockdownMode, checks.advanced_protection());
        checks.set(Check::DefaultSms, checks.default_sms());
        checks.set(Check::CameraMicPolicy, checks.camera_policy());
        checks
    }

    fn set(&mut self, check: Check, outcome: Outcome) {
        match outcome {
            Ok((value, evidence)) => {
                self.found.insert(check, Setting { value, evidence: evidence.into() });
            }
            Err((reason, area)) => self.gaps.push(Gap::new(check.word(), reason, area)),
        }
    }

    fn user(&self) -> u32 {
        self.facts.current_user
    }

    fn missing(&self, kind: Kind) -> (Reason, &'static str) {
        (self.facts.why_missing(kind), kind.label())
    }

    /// A table of settings with the given keys, or why there is none: in a table that is cut off, a key that is not there
    /// is not known to be unset.
    fn table(&self, namespace: Namespace, keys: &[&str]) -> Result<(), (Reason, &'static str)> {
        let kind = match namespace {
            Namespace::Global => Kind::SettingsGlobal,
            Namespace::Secure => Kind::SettingsSecure,
            Namespace::System => Kind::SettingsSystem,
        };
        if self.facts.settings_of(namespace, self.user()).is_none() {
            return Err(self.missing(kind));
        }
        let unknown = keys.iter().find_map(|key| self.facts.setting_unknown(namespace, self.user(), key));
        unknown.map_or(Ok(()), |reason| Err((reason, kind.label())))
    }

    /// A dump whose absences count as such: `Err` when it may lack its end.
    fn whole(&self, kind: Kind) -> Result<(), (Reason, &'static str)> {
        self.facts.incomplete(kind).map_or(Ok(()), |reason| Err((reason, kind.label())))
    }

    /// Owners and administrators are told before the status of the encryption.
    fn all_administrators(&self) -> Result<(), (Reason, &'static str)> {
        self.facts.administrators_incomplete().map_or(Ok(()), |reason| Err((reason, Kind::DevicePolicy.label())))
    }

    fn value(&self, namespace: Namespace, key: &str) -> Option<&str> {
        self.facts.setting(namespace, self.user(), key).map(str::trim)
    }

    fn rows(&self, namespace: Namespace, keys: &[&str]) -> Vec<EvidenceRow> {
        self.facts.setting_rows(namespace, self.user(), keys)
    }

    /// Whether any of some global switches is on; not set is off.
    fn any_global(&self, keys: &[&str]) -> Outcome {
        let on: Vec<&str> =
            keys.iter().copied().filter(|key| self.value(Namespace::Global, key) == Some("1")).collect();
        if on.is_empty() {
            self.table(Namespace::Global, keys)?;
        }
        let shown = if on.is_empty() { keys } else { &on };
        yes(!on.is_empty(), self.rows(Namespace::Global, shown))
    }

    /// Scanning while Wi-Fi or Bluetooth is off. Not set is off up to Android 10; later the Wi-Fi module keeps a record of
    /// its own (`WifiSettingsConfigStore`), so that only a value of the setting says anything.
    fn location_scanning(&self) -> Outcome {
        const WIFI: &str = "wifi_scan_always_enabled";
        let outcome = self.any_global(&[WIFI, "ble_scan_always_enabled"])?;
        let told = self.value(Namespace::Global, WIFI).is_some() || self.facts.api.is_some_and(|api| api < 30);
        if outcome.0 == Value::Bool(false) && !told {
            return Err((Reason::Absent, WIFI));
        }
        Ok(outcome)
    }

    /// Copies to the cloud. Not set is not off: newer versions keep the switch in a file of the backup service.
    fn remote_backup(&self) -> Outcome {
        const KEY: &str = "backup_enabled";
        let outcome = self.secure_flag(KEY)?;
        match self.value(Namespace::Secure, KEY) {
            Some(_) => Ok(outcome),
            None => Err((Reason::Absent, KEY)),
        }
    }

    fn secure_flag(&self, key: &str) -> Outcome {
        self.table(Namespace::Secure, &[key])?;
        yes(self.value(Namespace::Secure, key) == Some("1"), self.rows(Namespace::Secure, &[key]))
    }

    fn location_master(&self) -> Outcome {
        match self.facts.location_on {
            Some(on) => yes(on, self.facts.location_rows.clone()),
            None => {
                self.table(Namespace::Secure, &["location_mode"])?;
                Err((Reason::Absent, "location_mode"))
            }
        }
    }

    /// The age of the security patch in days, on the day that the evidence was taken.
    fn patch_age(&self) -> Outcome {
        const KEY: &str = "ro.build.version.security_patch";
        let Some(patch) = self.facts.property(KEY) else { return Err(self.missing(Kind::Properties)) };
        let Ok(date) = patch.parse::<jiff::civil::Date>() else { return Err((Reason::Unreadable, KEY)) };
        let Some(today) = self.facts.clock.date() else { return Err((Reason::Absent, Kind::Clock.label())) };
        let days = today.since(date).map(|span| i64::from(span.get_days())).map_err(|_| (Reason::Unreadable, KEY))?;
        Ok((Value::Int(days.max(0)), self.facts.property_row(KEY).into_iter().collect()))
    }

    /// The switch of Android's own updater; not set is on. Phones of other makers fetch their updates by themselves, so that
    /// only a value says anything there.
    fn os_auto_update(&self) -> Outcome {
        let key = "ota_disable_automatic_update";
        self.table(Namespace::Global, &[key])?;
        let value = self.value(Namespace::Global, key);
        let google =
            self.facts.property("ro.product.manufacturer").is_some_and(|maker| maker.eq_ignore_ascii_case("google"));
        if value.is_none() && !google {
            return Err((Reason::NotSupported, key));
        }
        yes(value != Some("1"), self.rows(Namespace::Global, &[key]))
    }

    /// A PIN, pattern or password. Up to Android 10 a secure id of zero may also stand for a phone of another make, so
    /// that only the window manager's word settles it.
    fn screen_lock(&self) -> Outcome {
        let lock = self.facts.dumps.locks.as_ref().and_then(|locks| locks.users.get(&self.user()));
        if let Some(credential) = lock.and_then(|lock| lock.is_set()) {
            let row = self.facts.rows.row(Kind::LockSettings, None, credential.line);
            // A lock of which only the secure id speaks, and says no, is looked up in the window manager's dump.
            let doubtful = !credential.value && lock.is_some_and(|lock| lock.credential.is_none());
            if !doubtful {
                return yes(credential.value, row);
            }
        }
        if let Some(secure) = self.facts.dumps.keyguard.as_ref().and_then(|keyguard| keyguard.secure.as_ref()) {
            return yes(secure.value, self.facts.rows.row(Kind::WindowPolicy, None, secure.line));
        }
        if self.facts.dumps.locks.is_none() {
            return Err(self.missing(Kind::LockSettings));
        }
        Err(self.missing(Kind::WindowPolicy))
    }

    /// Seconds from the last touch to the lock.
    fn lock_delay(&self) -> Outcome {
        const SCREEN: &str = "screen_off_timeout";
        const LOCK: &str = "lock_screen_lock_after_timeout";
        self.table(Namespace::System, &[SCREEN])?;
        self.table(Namespace::Secure, &[LOCK])?;
        let number = |namespace, key: &'static str| match self.value(namespace, key).map(str::parse::<i64>) {
            None => Ok(None),
            // Some makers write a negative number for a screen that never goes dark.
            Some(Ok(negative)) if negative < 0 => Ok(Some(NEVER)),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err((Reason::Unreadable, key)),
        };
        let Some(screen) = number(Namespace::System, SCREEN)? else { return Err((Reason::Absent, SCREEN)) };
        let lock = number(Namespace::Secure, LOCK)?.unwrap_or(LOCK_AFTER_DEFAULT);
        let mut rows = self.rows(Namespace::System, &["screen_off_timeout"]);
        rows.extend(self.rows(Namespace::Secure, &["lock_screen_lock_after_timeout"]));
        Ok((Value::Int(screen.saturating_add(lock) / MILLISECONDS), rows))
    }

    /// Whether contents of notifications are hidden on the lock screen; not set is shown.
    fn lock_notifications(&self) -> Outcome {
        let keys = ["lock_screen_show_notifications", "lock_screen_allow_private_notifications"];
        let hidden = keys.iter().any(|key| self.value(Namespace::Secure, key) == Some("0"));
        if !hidden {
            self.table(Namespace::Secure, &keys)?;
        }
        let word = if hidden { "hidden" } else { "shown" };
        Ok((Value::Text(word.to_owned()), self.rows(Namespace::Secure, &keys)))
    }

    fn trust_agents(&self) -> Outcome {
        let Some(trust) = &self.facts.dumps.trust else { return Err(self.missing(Kind::Trust)) };
        let Some(user) = trust.users.get(&self.user()) else { return Err((Reason::Absent, Kind::Trust.label())) };
        let rows: Vec<EvidenceRow> =
            user.agents.iter().filter_map(|agent| self.named(Kind::Trust, agent.line, "Enabled agents: *")).collect();
        if rows.is_empty() && !user.ended {
            self.whole(Kind::Trust)?;
        }
        yes(!user.agents.is_empty(), rows)
    }

    /// Owned by an organization, in whole or behind a profile of its own. The profile owner of user 0 is no organization's
    /// by itself: parents' supervision (Family Link) is one.
    fn managed(&self) -> Outcome {
        let Some(policy) = &self.facts.device_policy else { return Err(self.missing(Kind::DevicePolicy)) };
        let device = policy.owners.iter().find(|owner| owner.user.is_none()).map(|owner| owner.line);
        // A phone of the organization of which only a profile is managed (Android 11 and later).
        let profile = policy.dump.profile_owners.iter().find(|owner| owner.organization_owned == Some(true));
        if let Some(line) = device.or(profile.map(|owner| owner.line)) {
            return yes(true, self.facts.rows.row(Kind::DevicePolicy, None, line));
        }
        let controllers = super::installer::device_policy_controllers();
        if let Some(owner) = policy.owners.iter().find(|owner| owner.user == Some(0)) {
            return if controllers.contains(&owner.package.as_str()) {
                yes(true, self.facts.rows.row(Kind::DevicePolicy, None, owner.line))
            } else {
                Err((Reason::NotSupported, "Profile Owner (User 0)"))
            };
        }
        self.all_administrators()?;
        yes(false, self.facts.rows.excerpt(Kind::DevicePolicy, None, 0, "Device Owner: none"))
    }

    /// Without an owner nobody can enforce a list; with one, hidden or suspended listed apps show that somebody does.
    fn blocklist(&self) -> Outcome {
        let Some(policy) = &self.facts.device_policy else { return Err(self.missing(Kind::DevicePolicy)) };
        if !policy.owners.iter().any(|owner| owner.user.is_none_or(|user| user == 0)) {
            self.all_administrators()?;
            let row = self.facts.rows.excerpt(Kind::DevicePolicy, None, 0, "Device Owner: none");
            return yes(false, row);
        }
        let Some(packages) = &self.facts.packages else { return Err(self.missing(Kind::Packages)) };
        let hidden = packages.packages.iter().find_map(|package| {
            let user = package.users.iter().find(|user| user.hidden)?;
            Some((package.name, user.line))
        });
        match hidden {
            Some((_, line)) => yes(true, self.facts.rows.row(Kind::Packages, None, line)),
            None => Err((Reason::NotSupported, Kind::DevicePolicy.label())),
        }
    }

    /// Whether any component of some lists belongs to an app that is installed and not part of the system image. Dead entries
    /// of removed apps stay in these lists. Accessibility services stand in the dump of their service as well; either tells.
    fn third_party(&self, keys: &[&str]) -> Outcome {
        let Some(packages) = &self.facts.packages else { return Err(self.missing(Kind::Packages)) };
        let is_accessibility = keys.contains(&"enabled_accessibility_services");
        let mut rows = Vec::new();
        let mut read = false;
        let mut unread = self.facts.packages_incomplete();
        let own = |user: u32| {
            let installed = move |block: &UserBlock<'_>| block.id == user && block.installed;
            packages.packages.iter().filter(move |package| !package.system && package.users.iter().any(installed))
        };
        // Only apps that the snapshot names may be named here.
        let shown = |package: &str| self.apps.iter().any(|app| app.id == package);
        for ((namespace, user), table) in &self.facts.settings.tables {
            if *namespace != Namespace::Secure {
                continue;
            }
            read = true;
            unread = unread.or_else(|| keys.iter().find_map(|key| self.facts.setting_unknown(*namespace, *user, key)));
            // A keyboard is always in use, so that a list without one is no list.
            if keys.contains(&"default_input_method") && !table.contains_key("default_input_method") {
                unread = unread.or(Some(Reason::Absent));
            }
            for package in own(*user) {
                for key in keys {
                    if let Some(entry) = self.facts.listed_component(table, key, package.name, ':') {
                        let entry = if shown(package.name) { entry.as_str() } else { "*" };
                        rows.extend(self.facts.setting_excerpt(*namespace, *user, key, entry));
                    }
                }
            }
        }
        let mut told = BTreeSet::new();
        if is_accessibility {
            for state in self.facts.dumps.accessibility.iter().flat_map(|dump| &dump.users) {
                let Some(enabled) = &state.enabled else { continue };
                if self.facts.incomplete(Kind::Accessibility).is_none() {
                    told.insert(state.user);
                }
                for package in own(state.user) {
                    let service = enabled.iter().find(|service| service.value.package == package.name);
                    let Some(service) = service else { continue };
                    let name = if shown(package.name) { package.name } else { "*" };
                    let text = format!("Enabled services: {name}");
                    rows.extend(self.facts.rows.excerpt(Kind::Accessibility, None, service.line, &text));
                }
            }
        }
        if !read && rows.is_empty() && told.is_empty() {
            return Err(self.missing(Kind::SettingsSecure));
        }
        let found = !rows.is_empty();
        if !found {
            // "None" holds for all users of the phone or for none.
            let unheard = packages.packages.iter().flat_map(|package| &package.users).any(|user| {
                user.installed
                    && !told.contains(&user.id)
                    && self.facts.settings_of(Namespace::Secure, user.id).is_none()
            });
            if let Some(reason) = unread.or(unheard.then_some(Reason::Absent)) {
                return Err((reason, Kind::SettingsSecure.label()));
            }
            for key in keys {
                rows.extend(self.facts.setting_excerpt(Namespace::Secure, self.user(), key, "*"));
            }
        }
        yes(found, rows)
    }

    fn autofill(&self) -> Outcome {
        self.table(Namespace::Secure, &["autofill_service"])?;
        let value = self.value(Namespace::Secure, "autofill_service").filter(|value| !value.is_empty());
        let package = value.and_then(|value| value.split('/').next()).unwrap_or("");
        let known =
            package.is_empty() || is_system(self.facts, package) || self.apps.iter().any(|app| app.id == package);
        let shown = if known { package } else { "*" };
        yes(value.is_some(), self.facts.setting_excerpt(Namespace::Secure, self.user(), "autofill_service", shown))
    }

    /// Off only when somebody switched it off; automatic is the default since Android 9.
    fn private_dns(&self) -> Outcome {
        self.table(Namespace::Global, &["private_dns_mode"])?;
        let Some(api) = self.facts.api else { return Err(self.missing(Kind::Properties)) };
        if api < 28 {
            return Err((Reason::NotSupported, "private_dns_mode"));
        }
        yes(
            self.value(Namespace::Global, "private_dns_mode") != Some("off"),
            self.rows(Namespace::Global, &["private_dns_mode"]),
        )
    }

    fn auto_time(&self) -> Outcome {
        self.table(Namespace::Global, &["auto_time"])?;
        yes(self.value(Namespace::Global, "auto_time") != Some("0"), self.rows(Namespace::Global, &["auto_time"]))
    }

    fn advanced_protection(&self) -> Outcome {
        let Some(api) = self.facts.api else { return Err(self.missing(Kind::Properties)) };
        if api < 36 {
            return Err((Reason::NotSupported, "advanced_protection_mode"));
        }
        let key = "advanced_protection_mode";
        let mut policies = self.facts.device_policy.iter().flat_map(|policy| &policy.dump.enforced);
        if let Some(policy) = policies.find(|policy| policy.by_advanced_protection) {
            return yes(true, self.facts.rows.row(Kind::DevicePolicy, None, policy.line));
        }
        if self.value(Namespace::Global, key) == Some("1") {
            return yes(true, self.rows(Namespace::Global, &[key]));
        }
        let set = self.secure_flag(key)?;
        if set.0 == Value::Bool(false) {
            // The policies of this mode stand in the dump of the device policy, and would say otherwise.
            if self.facts.device_policy.is_none() {
                return Err(self.missing(Kind::DevicePolicy));
            }
            self.whole(Kind::DevicePolicy)?;
        }
        Ok(set)
    }

    fn default_sms(&self) -> Outcome {
        let Some(api) = self.facts.api else { return Err(self.missing(Kind::Properties)) };
        if api >= 29 {
            let Some(roles) = &self.facts.dumps.roles else { return Err(self.missing(Kind::Roles)) };
            let Some(holder) = roles.get(self.user(), "android.app.role.SMS").and_then(|role| role.holders.first())
            else {
                return Err((Reason::Absent, "android.app.role.SMS"));
            };
            let row = self.facts.rows.row(Kind::Roles, None, holder.line);
            return Ok((Value::Text(holder.value.clone()), row.into_iter().collect()));
        }
        self.table(Namespace::Secure, &["sms_default_application"])?;
        match self.value(Namespace::Secure, "sms_default_application") {
            Some(package) => {
                Ok((Value::Text(package.to_owned()), self.rows(Namespace::Secure, &["sms_default_application"])))
            }
            None => Err((Reason::Absent, "sms_default_application")),
        }
    }

    /// Camera or microphone closed by policy, for the user in the foreground. The restrictions in force tell it on every
    /// version; an administrator's `disableCamera` up to Android 14, the policy engine since. Each of them is a yes; a no
    /// needs the restrictions of the user, or all that can set one.
    fn camera_policy(&self) -> Outcome {
        const CLOSED: [&str; 2] = ["no_camera", "no_record_audio"];
        const API_14: u32 = 34;
        let user = self.facts.users.iter().find(|user| user.id == self.user());
        let mut listed = user.iter().flat_map(|user| &user.restrictions);
        if let Some(row) = listed.find(|listed| CLOSED.contains(&listed.value.as_str())) {
            return yes(true, self.facts.rows.row(Kind::Users, None, row.line));
        }
        if let Some(line) = CLOSED.iter().find_map(|closed| self.facts.enforced(closed, self.user())) {
            return yes(true, self.facts.rows.row(Kind::DevicePolicy, None, line));
        }
        if let Some(user) = user.filter(|user| user.restrictions_end) {
            let row =
                self.facts.rows.excerpt(Kind::Users, None, 0, &format!("Effective restrictions of user {}", user.id));
            return yes(false, row);
        }
        let Some(policy) = &self.facts.device_policy else { return Err(self.missing(Kind::DevicePolicy)) };
        self.whole(Kind::DevicePolicy)?;
        // What an organization sets for the personal side of its own phone stands where poucet does not read it.
        let beside = policy.dump.profile_owners.iter().any(|owner| owner.organization_owned == Some(true));
        let old = self.facts.api.is_some_and(|api| api <= API_14)
            && policy.dump.admins.iter().all(|admin| admin.camera_disabled.is_some());
        if beside || !(old || policy.dump.has_engine) {
            return Err((Reason::Absent, Kind::Users.label()));
        }
        yes(false, None)
    }
}
