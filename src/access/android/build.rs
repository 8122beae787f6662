//! From evidence to snapshot.

use super::apps;
use super::checks::Checks;
use super::facts::Facts;
use super::installer;
use crate::access::{Options, Scope, device_id};
use crate::catalog::OwnCatalog;
use crate::evidence::{Evidence, Item, Kind, Reason, SourceKind};
use crate::parse::android::settings::Namespace;
use crate::parse::android::users;
use crate::snapshot::model::SCHEMA;
use crate::snapshot::{
    APP_LIST, Device, Footprint, Gap, Management, OtherClients, ProfileOwner, ReadItem, SINGLE_PACKAGES, Snapshot,
    SourceName, Switches, Tool, User,
};
use crate::vocabulary::permissions::describe;
use crate::vocabulary::{Permission, Platform, Trace, UserKind};

/// Makes the snapshot of an Android phone.
pub fn snapshot(evidence: &Evidence, options: Options<'_>) -> Snapshot {
    let facts = Facts::read(evidence);
    let mut found = apps::apps(&facts, &facts.rows, options.scope);
    // Properties of the phone hold for all its users, whichever one the snapshot is about.
    let everyone =
        options.scope.user.map(|_| apps::apps(&facts, &facts.rows, Scope { user: None, ..options.scope }).apps);
    let checks = Checks::read(&facts, everyone.as_deref().unwrap_or(&found.apps));
    let (settings, unread) = (checks.found, checks.gaps);
    let mut gaps = facts.gaps.clone();
    gaps.append(&mut found.gaps);
    gaps.extend(unread);
    gaps.extend(area_gaps(&facts));
    gaps.extend(footprint_gaps(&facts));
    gaps.sort();
    gaps.dedup();
    let clock = facts.clock.error();
    if clock.is_some() {
        // Whatever the phone wrote down of times, it wrote by that clock, or by another one before it was set.
        let grants = found.apps.iter_mut().flat_map(|app| &mut app.grants);
        grants.filter_map(|grant| grant.last_used.as_mut()).for_each(|last| last.doubtful = true);
    }
    let snapshot = Snapshot {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        taken_at: facts.clock.taken(),
        clock,
        partial: Vec::new(),
        source: SourceName {
            kind: evidence.source.word().to_owned(),
            collected: evidence.collected.map(|road| road.word().to_owned()),
            name: (!evidence.source.is_live()).then(|| crate::text::clean::sanitize(&evidence.target, 200)),
        },
        device: device(&facts, options),
        users: users_of(&facts),
        apps: found.apps,
        other_apps: found.others,
        own_catalogs: OwnCatalog::of(options.scope.catalog),
        other_clients: OtherClients::default(),
        switches: Switches {
            location: facts.location_on,
            camera: facts.sensor_on(facts.current_user, Permission::Camera),
            microphone: facts.sensor_on(facts.current_user, Permission::Microphone),
        },
        management: management(&facts),
        config_profiles: Vec::new(),
        privacy_report: None,
        footprint: footprint(&facts, evidence.road()),
        settings,
        gaps,
        read: read(evidence),
    };
    snapshot.marked()
}

fn device(facts: &Facts<'_>, options: Options<'_>) -> Device {
    let text = |key: &str| facts.property(key).map(|value| crate::text::clean::sanitize(value, 100));
    let serial = facts
        .property("ro.serialno")
        .or_else(|| facts.property("ro.boot.serialno"))
        .filter(|serial| *serial != "unknown" && !serial.to_ascii_lowercase().contains("redacted"))
        .or(facts.evidence.serial.as_deref());
    let id = match (&facts.evidence.device_id, serial) {
        (_, Some(serial)) if options.show_serial => {
            Some(format!("serial:{}", crate::text::clean::sanitize(serial, 100)))
        }
        (_, Some(serial)) => options.id_key.and_then(|key| device_id(key, serial)),
        (Some(id), None) => Some(id.clone()),
        (None, None) => None,
    };
    Device {
        platform: Platform::Android,
        manufacturer: text("ro.product.manufacturer"),
        model: text("ro.product.model"),
        os_version: text("ro.build.version.release"),
        api_level: facts.api,
        build: text("ro.build.display.id").or_else(|| text("ro.build.id")),
        patch_level: text("ro.build.version.security_patch"),
        timezone: facts.clock.zone.as_ref().and_then(|zone| zone.iana_name()).map(str::to_owned),
        id,
    }
}

fn users_of(facts: &Facts<'_>) -> Vec<User> {
    let controllers = installer::device_policy_controllers();
    let owner = |user: u32| {
        facts
            .device_policy
            .as_ref()?
            .owners
            .iter()
            .find(|owner| owner.user == Some(user))
            .map(|owner| owner.package.as_str())
    };
    let mut users: Vec<User> = facts
        .users
        .iter()
        .map(|user| User { id: user.id, kind: kind(user.kind(owner(user.id), &controllers)) })
        .collect();
    // Users that only the package dump speaks of.
    if let Some(packages) = &facts.packages {
        for id in packages.packages.iter().flat_map(|package| &package.users).map(|user| user.id) {
            if !users.iter().any(|user| user.id == id) {
                let kind = if id == 0 { UserKind::Primary } else { UserKind::UnknownProfile };
                users.push(User { id, kind });
            }
        }
    }
    users.sort_by_key(|user| user.id);
    users
}

fn kind(kind: users::UserKind) -> UserKind {
    match kind {
        users::UserKind::Primary => UserKind::Primary,
        users::UserKind::Secondary => UserKind::Secondary,
        users::UserKind::Guest => UserKind::Guest,
        users::UserKind::WorkProfile => UserKind::WorkProfile,
        users::UserKind::Clone => UserKind::Clone,
        users::UserKind::SecureFolder => UserKind::SecureFolder,
        users::UserKind::PrivateSpace => UserKind::PrivateSpace,
        users::UserKind::Restricted => UserKind::Restricted,
        users::UserKind::UnknownProfile => UserKind::UnknownProfile,
    }
}

fn management(facts: &Facts<'_>) -> Management {
    let Some(policy) = &facts.device_policy else { return Management::default() };
    let mut management = Management::default();
    for owner in &policy.owners {
        match owner.user {
            None => management.device_owner = Some(owner.package.clone()),
            Some(user) => management.profile_owners.push(ProfileOwner { user, package: owner.package.clone() }),
        }
    }
    management.admins =
        policy.admins.iter().map(|admin| ProfileOwner { user: admin.user, package: admin.package.clone() }).collect();
    management.profile_owners.sort();
    management.admins.sort();
    management
}

/// The traces that a setting of the phone shows, with its key.
const TRACES: [(Trace, &str); 4] = [
    (Trace::DeveloperOptions, "development_settings_enabled"),
    (Trace::UsbDebugging, "adb_enabled"),
    (Trace::WirelessDebugging, "adb_wifi_enabled"),
    (Trace::StayAwake, "stay_on_while_plugged_in"),
];

/// What the visit switched on. Read from any evidence: a bug report is taken over a cable as well.
fn footprint(facts: &Facts<'_>, source: SourceKind) -> Vec<Footprint> {
    let mut found = Vec::new();
    for (trace, key) in TRACES {
        let value = facts.setting(Namespace::Global, 0, key);
        // The phone answered over USB debugging, whatever its settings say.
        let certain = trace == Trace::UsbDebugging && matches!(source, SourceKind::Usb);
        if certain || value.is_some_and(|value| value != "0") {
            found.push(Footprint {
                trace,
                count: None,
                evidence: facts.setting_rows(Namespace::Global, 0, &[key]).into(),
            });
        }
    }
    for key in ["service.adb.tcp.port", "persist.adb.tcp.port"] {
        if facts.property(key).and_then(|port| port.parse::<i64>().ok()).is_some_and(|port| port > 0) {
            found.push(Footprint {
                trace: Trace::TcpDebugging,
                count: None,
                evidence: facts.property_row(key).into_iter().collect(),
            });
            break;
        }
    }
    let trusted = facts.dumps.adb.as_ref().and_then(|adb| adb.trusted_computers.as_ref());
    if source.is_live() || trusted.is_some_and(|trusted| trusted.value > 0) {
        found.push(Footprint {
            trace: Trace::TrustedComputers,
            count: trusted.map(|trusted| u64::from(trusted.value)),
            // The rows hold the computers' keys and are never shown.
            evidence: trusted
                .and_then(|trusted| facts.rows.excerpt(Kind::Adb, None, trusted.line, "user_keys"))
                .into_iter()
                .collect(),
        });
    }
    found
}

/// Why a trace of the visit may be there though no row shows it: the output that would is there, and may lack its end. What was never
/// asked is no gap.
fn footprint_gaps(facts: &Facts<'_>) -> impl Iterator<Item = Gap> {
    let global = |(trace, key): (Trace, &str)| {
        let kind = facts.settings_of(Namespace::Global, 0).and(Some(Kind::SettingsGlobal))?;
        Some((trace, kind, facts.setting_unknown(Namespace::Global, 0, key)?))
    };
    let no_computer = facts.dumps.adb.as_ref().is_some_and(|adb| adb.trusted_computers.is_none());
    let computers = no_computer.then(|| facts.incomplete(Kind::Adb)).flatten();
    let computers = computers.map(|reason| (Trace::TrustedComputers, Kind::Adb, reason));
    TRACES
        .into_iter()
        .filter_map(global)
        .chain(computers)
        .map(|(trace, kind, reason)| Gap::new(kind.label(), reason, trace.word()))
}

/// Gaps that stand between poucet and a whole permission, for one user or for all.
fn area_gaps(facts: &Facts<'_>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut push = |area: &str, user: Option<u32>, reason: Reason, detail: &str| {
        gaps.push(Gap::new(area, reason, detail).about(user, None));
    };
    // What a missing permission means, and what a button or an op decides, hangs on the version of Android.
    let no_version = facts.api.is_none().then(|| (facts.why_missing(Kind::Properties), Kind::Properties.label()));
    let in_doubt = facts.packages.as_ref().is_some_and(|packages| packages.is_contradictory);
    for permission in Permission::ALL {
        let description = describe(*permission);
        if !description.exists_on(Platform::Android) || !description.is_observable_on(Platform::Android) {
            continue;
        }
        if let Some((reason, label)) = no_version {
            push(permission.word(), None, reason, label);
        } else if in_doubt && apps::is_in_package_dump(description) {
            push(permission.word(), None, Reason::Unreadable, Kind::Packages.label());
        }
    }
    if let Some(reason) = facts.packages_incomplete() {
        let is_single = reason == Reason::Absent && facts.packages.is_some();
        push(APP_LIST, None, reason, if is_single { SINGLE_PACKAGES } else { Kind::Packages.label() });
    }
    let users: Vec<u32> = facts
        .packages
        .iter()
        .flat_map(|packages| &packages.packages)
        .flat_map(|package| &package.users)
        .filter(|user| user.installed)
        .map(|user| user.id)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    for user in &users {
        // A table that is cut off may lack the very list that names an app.
        let unknown = |keys: &[&str]| keys.iter().find_map(|key| facts.setting_unknown(Namespace::Secure, *user, key));
        let detail = Kind::SettingsSecure.label();
        for (permission, keys) in [
            (Permission::NotificationAccess, &["enabled_notification_listeners"][..]),
            (Permission::Keyboard, &["default_input_method", "enabled_input_methods"]),
        ] {
            if let Some(reason) = unknown(keys) {
                push(permission.word(), Some(*user), reason, detail);
            }
        }
        // The list of services is one line, which is there or is not.
        let told = matches!(facts.incomplete(Kind::Accessibility), None | Some(Reason::Unproven))
            && facts
                .dumps
                .accessibility
                .as_ref()
                .is_some_and(|dump| dump.users.iter().any(|told| told.user == *user && told.enabled.is_some()));
        if let Some(reason) = unknown(&["accessibility_enabled", "enabled_accessibility_services"])
            && (!told || facts.settings_of(Namespace::Secure, *user).is_some())
        {
            push(Permission::Accessibility.word(), Some(*user), reason, detail);
        }
        if facts.api.is_none_or(|api| api < 29)
            && facts.dumps.roles.is_none()
            && let Some(reason) = unknown(&[
                "assistant",
                "dialer_default_application",
                "sms_default_application",
                "voice_interaction_service",
            ])
        {
            push(Permission::DefaultRole.word(), Some(*user), reason, detail);
        }
        // A service's dump has a part for each user that was started; of the others it says nothing.
        let of_others = [
            (
                Permission::DeviceAdmin,
                Kind::DevicePolicy,
                facts.device_policy.as_ref().is_some_and(|policy| !policy.dump.admin_lists.contains(user)),
            ),
            (
                Permission::DefaultRole,
                Kind::Roles,
                facts
                    .dumps
                    .roles
                    .as_ref()
                    .is_some_and(|roles| !roles.users.is_empty() && !roles.users.contains_key(user)),
            ),
        ];
        for (permission, kind, missing) in of_others {
            if missing {
                push(permission.word(), Some(*user), Reason::Absent, kind.label());
            }
        }
    }
    if let Some(reason) = facts.administrators_incomplete() {
        push(Permission::DeviceAdmin.word(), None, reason, Kind::DevicePolicy.label());
    }
    if facts.api.is_none_or(|api| api >= 29) {
        let told = facts.dumps.roles.as_ref().filter(|roles| !roles.users.is_empty());
        if told.is_none() || facts.incomplete(Kind::Roles).is_some() {
            push(Permission::DefaultRole.word(), None, facts.why_missing(Kind::Roles), Kind::Roles.label());
        }
    }
    if let Some(reason) = facts.battery_incomplete() {
        push(Permission::BackgroundActivity.word(), None, reason, Kind::BatteryExemptions.label());
    }
    if facts.app_ops.is_none() {
        let reason = facts.why_missing(Kind::AppOps);
        for permission in [
            Permission::Overlay,
            Permission::UsageAccess,
            Permission::AllFiles,
            Permission::InstallApps,
            Permission::SystemSettings,
            Permission::ScreenCapture,
            Permission::Vpn,
            Permission::ComputerControl,
        ] {
            if facts.api.is_none_or(|api| describe(permission).android.exists_at(api)) {
                push(permission.word(), None, reason, Kind::AppOps.label());
            }
        }
    }
    gaps
}

fn read(evidence: &Evidence) -> Vec<ReadItem> {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    // What a phone was asked stands in no file, and two files that were joined are not one.
    let own = |item: &Item| {
        let is_file =
            !evidence.source.is_live() && evidence.source != SourceKind::Bundle && !item.origin.contains(", ");
        is_file.then(|| (item.origin.clone(), item.first_line))
    };
    let place = |item: &Item| evidence.places.get(&item.source_name()).cloned().or_else(|| own(item));
    let told = evidence.items.iter().map(|item| (item, place(item)));
    told.map(|(item, place)| ReadItem {
        file: place.as_ref().map(|(file, _)| file.clone()),
        file_line: place.map(|(_, line)| line).filter(|line| *line > 1),
        source: item.source_name(),
        origin: if item.first_line > 1 { format!("{}:{}", item.origin, item.first_line) } else { item.origin.clone() },
        lines: count(memchr::memchr_iter(b'\n', item.text.as_bytes()).count()),
        bytes: count(item.text.len() + item.left_out),
    })
    .collect()
}
