//! Effective access, special access, checks and sources by table: small dumps as text, and what must come out.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::build::snapshot;
use crate::access::{Options, Scope};
use crate::catalog::Catalog;
use crate::evidence::{Evidence, Item, Kind, Reason, SourceKind};
use crate::snapshot::{App, Snapshot, Value};
use crate::vocabulary::{AppSource, Check, Inert, Level, Permission, Presence, State};

mod situations;

const APP: &str = "com.instagram.android";

/// One phone with one app, written as the phone prints it.
#[derive(Clone)]
struct Phone {
    api: Option<u32>,
    target: u32,
    header: String,
    install: String,
    state: String,
    runtime: String,
    modes: String,
    ops: String,
    has_ops: bool,
    ops_cut: bool,
    more: Vec<(Kind, Option<u32>, String)>,
    cut: Option<Kind>,
}

fn phone(api: u32) -> Phone {
    Phone {
        api: Some(api),
        target: 35,
        header: "    installerPackageName=com.android.vending\n".to_owned(),
        install: String::new(),
        state: "installed=true hidden=false suspended=false stopped=false enabled=0".to_owned(),
        runtime: String::new(),
        modes: String::new(),
        ops: String::new(),
        has_ops: true,
        ops_cut: false,
        more: Vec::new(),
        cut: None,
    }
}

impl Phone {
    fn target(mut self, target: u32) -> Phone {
        self.target = target;
        self
    }

    /// Runtime rows: `NAME true FLAG|FLAG`, separated by `;`.
    fn runtime(mut self, rows: &str) -> Phone {
        for row in rows.split(';').map(str::trim).filter(|row| !row.is_empty()) {
            let mut words = row.split_whitespace();
            let (name, granted) = (words.next().unwrap(), words.next().unwrap());
            let flags = words.next().map_or(String::new(), |flags| format!(", flags=[ {flags}]"));
            self.runtime += &format!("        android.permission.{name}: granted={granted}{flags}\n");
        }
        self
    }

    fn install(mut self, name: &str, granted: bool) -> Phone {
        self.install += &format!("      {name}: granted={granted}\n");
        self
    }

    fn uid_mode(mut self, op: &str, mode: &str) -> Phone {
        self.modes += &format!("      {op}: mode={mode}\n");
        self
    }

    fn op(mut self, op: &str, mode: &str) -> Phone {
        self.ops += &format!("      {op} ({mode}): \n");
        self
    }

    fn with(mut self, kind: Kind, text: &str) -> Phone {
        self.more.push((kind, None, text.to_owned()));
        self
    }

    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::empty(SourceKind::Files, "test");
        if let Some(api) = self.api {
            let text = format!("[ro.build.version.sdk]: [{api}]\n[persist.sys.timezone]: [Etc/UTC]\n");
            let own = self.more.iter().filter(|(kind, ..)| *kind == Kind::Properties);
            let text = own.fold(text, |text, (_, _, more)| text + more);
            evidence.items.push(Item::new(Kind::Properties, text, "getprop"));
        }
        let (target, header, install, state, runtime) =
            (self.target, &self.header, &self.install, &self.state, &self.runtime);
        evidence.items.push(Item::new(
            Kind::Packages,
            format!(
                "Packages:\n  Package [{APP}] (1a):\n    userId=10100\n    versionCode=1 minSdk=21 targetSdk={target}\n\
                 {header}    install permissions:\n{install}    User 0: ceDataInode=1 {state}\n      \
                 runtime permissions:\n{runtime}\nShared users:\n"
            ),
            "package",
        ));
        if self.has_ops {
            let (modes, ops) = (&self.modes, &self.ops);
            let text = format!("  Uid u0a100:\n{modes}    Package {APP}:\n{ops}");
            let mut item = Item::new(Kind::AppOps, text, "appops");
            item.cut = self.ops_cut.then_some(Reason::Truncated);
            evidence.items.push(item);
        }
        for (kind, user, text) in self.more.iter().filter(|(kind, ..)| *kind != Kind::Properties) {
            let mut item = Item::new(*kind, text.clone(), "more");
            item.user = *user;
            item.cut = (self.cut == Some(*kind)).then_some(Reason::Truncated);
            evidence.items.push(item);
        }
        evidence
    }

    fn snapshot(&self) -> Snapshot {
        take(&self.evidence(), true)
    }

    fn app(&self) -> App {
        self.snapshot().apps.into_iter().find(|app| app.id == APP).unwrap()
    }

    /// The level with its state; `None` when the grant is left out.
    fn level(&self, permission: Permission) -> Option<(Level, State)> {
        let app = self.app();
        let grant = app.grants.iter().find(|grant| grant.permission == permission)?;
        assert!(!grant.evidence.is_empty(), "{permission}: no evidence");
        Some((grant.level, grant.state))
    }

    fn has_gap(&self, permission: Permission) -> bool {
        self.snapshot().gaps.iter().any(|gap| gap.area == permission.word() && gap.app.as_deref() == Some(APP))
    }

    fn check(&self, check: Check) -> Option<Value> {
        self.snapshot().settings.get(&check).map(|setting| setting.value.clone())
    }
}

fn take(evidence: &Evidence, all_apps: bool) -> Snapshot {
    let scope = Scope { catalog: Catalog::builtin(), all_apps, user: None };
    snapshot(evidence, Options { scope, id_key: None, show_serial: false })
}

#[test]
fn location_by_version_and_grants() {
    use Level::{Always, Ask, Denied, Limited, None as Nothing, WhileInUse};
    let rows = |list: &str| {
        list.split_whitespace()
            .map(|word| match word {
                "F" => "ACCESS_FINE_LOCATION true USER_SET",
                "C" => "ACCESS_COARSE_LOCATION true USER_SET",
                "B" => "ACCESS_BACKGROUND_LOCATION true",
                "f" => "ACCESS_FINE_LOCATION false",
                "c" => "ACCESS_COARSE_LOCATION false USER_SET",
                "b" => "ACCESS_BACKGROUND_LOCATION false",
                "1" => "ACCESS_FINE_LOCATION true ONE_TIME",
                "R" => "ACCESS_BACKGROUND_LOCATION true APPLY_RESTRICTION",
                _ => unreachable!(),
            })
            .collect::<Vec<_>>()
            .join(";")
    };
    for (api, grants, location, precise, background) in [
        (34, "F C B", Always, Always, Always),
        (34, "F C b", WhileInUse, Always, Nothing),
        (34, "f C B", Always, Limited, Always),
        (34, "f C b", WhileInUse, Limited, Nothing),
        (34, "F c b", WhileInUse, Always, Nothing),
        (34, "F C R", WhileInUse, Always, Nothing),
        (34, "f c b", Nothing, Nothing, Nothing),
        (34, "1 c b", Ask, Always, Nothing),
        (29, "F C B", Always, Always, Always),
        (29, "F C b", WhileInUse, Always, Nothing),
        (28, "F C", Always, Always, Always),
        (27, "C", Always, Limited, Always),
    ] {
        let phone = phone(api).runtime(&rows(grants));
        let level = |permission| phone.level(permission).map(|(level, _)| level);
        assert_eq!(level(Permission::Location), Some(location), "{api} {grants}");
        assert_eq!(level(Permission::LocationPrecise), Some(precise), "{api} {grants}");
        assert_eq!(level(Permission::LocationBackground), Some(background), "{api} {grants}");
    }
    // The op is lower than the grants; up to Android 11 the exact position follows the approximate one.
    let all = |api| phone(api).runtime(&rows("F C B"));
    let level = |phone: &Phone, permission| phone.level(permission).map(|(level, _)| level);
    let both = all(34).uid_mode("COARSE_LOCATION", "foreground").uid_mode("FINE_LOCATION", "foreground");
    assert_eq!(level(&both, Permission::Location), Some(WhileInUse));
    // One of the two at any time is at any time.
    let one = all(34).uid_mode("COARSE_LOCATION", "foreground");
    assert_eq!(level(&one, Permission::Location), Some(Always));
    let sms = phone(34).runtime("READ_SMS true ONE_TIME;SEND_SMS true");
    assert_eq!(level(&sms, Permission::Sms), Some(Always));
    let coarse_off = |api| all(api).uid_mode("COARSE_LOCATION", "ignore");
    assert_eq!(level(&coarse_off(30), Permission::LocationPrecise), Some(Denied));
    assert_eq!(level(&coarse_off(30), Permission::Location), Some(Denied));
    assert_eq!(level(&coarse_off(31), Permission::LocationPrecise), Some(Always));
    let no_api = Phone { api: None, ..all(34) };
    assert_eq!(level(&no_api, Permission::Location), None);
    assert!(no_api.has_gap(Permission::Location) && no_api.has_gap(Permission::LocationPrecise));
}

#[test]
fn every_flag_of_a_permission() {
    use Level::{Always, Ask, Denied, None as Nothing};
    for (row, level, state) in [
        ("READ_CONTACTS false", Nothing, State::NeverAsked),
        ("READ_CONTACTS false USER_SET", Denied, State::RefusedByPerson),
        ("READ_CONTACTS false USER_SET|USER_FIXED", Denied, State::RefusedByPerson),
        ("READ_CONTACTS false POLICY_FIXED|USER_SET", Denied, State::RefusedByPolicy),
        ("READ_CONTACTS false AUTO_REVOKED|USER_SET", Nothing, State::AutoRevoked),
        ("READ_CONTACTS false ONE_TIME|USER_SET", Nothing, State::OneTime),
        ("READ_CONTACTS false USER_SENSITIVE_WHEN_DENIED|RESTRICTION_INSTALLER_EXEMPT", Nothing, State::NeverAsked),
        ("READ_CONTACTS true", Always, State::GrantedByPerson),
        ("READ_CONTACTS true USER_SET", Always, State::GrantedByPerson),
        ("READ_CONTACTS true POLICY_FIXED", Always, State::GrantedByPolicy),
        ("READ_CONTACTS true SYSTEM_FIXED|GRANTED_BY_DEFAULT", Always, State::GrantedBySystem),
        ("READ_CONTACTS true GRANTED_BY_DEFAULT", Always, State::GrantedBySystem),
        ("READ_CONTACTS true GRANTED_BY_ROLE", Always, State::GrantedBySystem),
        ("READ_CONTACTS true REVOKE_WHEN_REQUESTED", Always, State::GrantedBySystem),
        ("READ_CONTACTS true 524288", Always, State::GrantedByPerson),
        ("READ_CONTACTS true ONE_TIME|USER_SET", Ask, State::OneTime),
        ("READ_CONTACTS true REVIEW_REQUIRED", Nothing, State::NeverAsked),
        ("READ_CONTACTS true REVOKED_COMPAT", Denied, State::RefusedByPerson),
        ("READ_CONTACTS true REVOKED_COMPAT|POLICY_FIXED", Denied, State::RefusedByPolicy),
        // Contacts are not restricted; texts are.
        ("READ_CONTACTS true APPLY_RESTRICTION", Always, State::GrantedByPerson),
    ] {
        assert_eq!(phone(33).runtime(row).level(Permission::Contacts), Some((level, state)), "{row}");
    }
    let sms = phone(33).runtime("READ_SMS true APPLY_RESTRICTION");
    assert_eq!(sms.level(Permission::Sms), Some((Denied, State::RefusedByPolicy)));
    assert_eq!(phone(33).level(Permission::Sms), None);
}

#[test]
fn ops_beat_grants_and_uids_beat_packages() {
    let granted = || phone(33).runtime("READ_CONTACTS true USER_SET");
    let level = |phone: Phone| phone.level(Permission::Contacts).map(|(level, _)| level);
    assert_eq!(level(granted().op("READ_CONTACTS", "ignore")), Some(Level::Denied));
    assert_eq!(level(granted().op("READ_CONTACTS", "ask")), Some(Level::Ask));
    assert_eq!(level(granted().uid_mode("READ_CONTACTS", "ignore").op("READ_CONTACTS", "allow")), Some(Level::Denied));
    assert_eq!(level(granted().uid_mode("READ_CONTACTS", "allow").op("READ_CONTACTS", "ignore")), Some(Level::Always));
    // The package mode says nothing without the permission.
    assert_eq!(level(phone(33).op("READ_CONTACTS", "allow")), None);
    // Old apps hold it from the installation on; the op takes it away.
    for api in [26, 28, 33] {
        let old = || phone(api).target(22).install("android.permission.READ_CONTACTS", true);
        assert_eq!(old().level(Permission::Contacts), Some((Level::Always, State::InstallTime)), "{api}");
        assert_eq!(level(old().uid_mode("READ_CONTACTS", "ignore")), Some(Level::Denied), "{api}");
    }
    // Without app-ops a grant is a gap and a refusal is settled.
    let blind = Phone { has_ops: false, ..granted().runtime("CAMERA false USER_SET") };
    assert_eq!(level(blind.clone()), None);
    assert!(blind.has_gap(Permission::Contacts) && !blind.has_gap(Permission::Camera));
    assert_eq!(blind.level(Permission::Camera), Some((Level::Denied, State::RefusedByPerson)));
    let cut = Phone { ops_cut: true, ..granted() };
    assert_eq!(level(cut.clone()), None);
    assert!(cut.snapshot().gaps.iter().any(|gap| gap.area == "contacts" && gap.reason == "truncated"));
    assert!(cut.has_gap(Permission::Clipboard) && cut.has_gap(Permission::BackgroundActivity));
}

#[test]
fn camera_and_microphone() {
    const SERVICE: &str = "android.permission.FOREGROUND_SERVICE_CAMERA";
    let camera = |api| phone(api).runtime("CAMERA true USER_SET").install(SERVICE, true);
    let level = |phone: Phone| phone.level(Permission::Camera).map(|(level, _)| level);
    assert_eq!(level(camera(27)), Some(Level::Always));
    assert_eq!(level(camera(28)), Some(Level::WhileInUse));
    assert_eq!(level(camera(34).uid_mode("CAMERA", "foreground")), Some(Level::WhileInUse));
    assert_eq!(level(camera(34)), Some(Level::WhileInUse));
    assert_eq!(level(camera(34).op("CAMERA", "allow")), Some(Level::Always));
    assert_eq!(level(camera(34).uid_mode("CAMERA", "ignore").op("CAMERA", "allow")), Some(Level::Denied));
    assert_eq!(level(phone(34).runtime("CAMERA true ONE_TIME")), Some(Level::Ask));
    let microphone = phone(33).runtime("RECORD_AUDIO true").uid_mode("RECORD_AUDIO", "foreground");
    assert_eq!(microphone.level(Permission::Microphone).map(|(level, _)| level), Some(Level::WhileInUse));
}

#[test]
fn photos_and_files() {
    use Level::{Always, Ask, Denied, Limited, None as Nothing};
    for (api, target, rows, photos, files) in [
        (34, 34, "READ_MEDIA_IMAGES true;READ_MEDIA_VISUAL_USER_SELECTED true", Some(Always), None),
        (34, 34, "READ_MEDIA_VIDEO true", Some(Always), None),
        (34, 34, "READ_MEDIA_IMAGES false USER_SET;READ_MEDIA_VISUAL_USER_SELECTED true", Some(Limited), None),
        (34, 34, "READ_MEDIA_IMAGES true ONE_TIME;READ_MEDIA_VIDEO true ONE_TIME", Some(Ask), None),
        (34, 34, "READ_MEDIA_IMAGES true ONE_TIME;READ_MEDIA_VISUAL_USER_SELECTED true", Some(Limited), None),
        (34, 34, "READ_MEDIA_IMAGES false USER_SET;READ_MEDIA_VISUAL_USER_SELECTED false USER_SET", Some(Denied), None),
        (34, 34, "READ_EXTERNAL_STORAGE true", None, Some(Denied)),
        (33, 32, "READ_EXTERNAL_STORAGE true", Some(Always), Some(Always)),
        (32, 34, "READ_EXTERNAL_STORAGE true", Some(Always), Some(Always)),
        (32, 30, "WRITE_EXTERNAL_STORAGE true", None, Some(Denied)),
        (32, 29, "WRITE_EXTERNAL_STORAGE true", None, Some(Always)),
        (29, 30, "WRITE_EXTERNAL_STORAGE true", None, Some(Always)),
        (29, 28, "READ_EXTERNAL_STORAGE true APPLY_RESTRICTION", Some(Denied), Some(Denied)),
        (29, 29, "READ_EXTERNAL_STORAGE true APPLY_RESTRICTION", Some(Always), Some(Always)),
        (28, 28, "READ_EXTERNAL_STORAGE false", Some(Nothing), Some(Nothing)),
    ] {
        let phone = phone(api).target(target).runtime(rows);
        assert_eq!(phone.level(Permission::Photos).map(|(level, _)| level), photos, "{api} {target} {rows}");
        assert_eq!(phone.level(Permission::Files).map(|(level, _)| level), files, "{api} {target} {rows}");
    }
}

#[test]
fn contacts_calendar_and_notifications() {
    let level = |phone: Phone, permission| phone.level(permission).map(|(level, _)| level);
    let contacts = phone(33).runtime("READ_CONTACTS false;GET_ACCOUNTS true");
    assert_eq!(level(contacts, Permission::Contacts), Some(Level::Limited));
    let calendar = phone(33).runtime("READ_CALENDAR false;WRITE_CALENDAR true");
    assert_eq!(level(calendar, Permission::Calendar), Some(Level::Limited));
    for (api, target, row, op, expected) in [
        (32, 35, "", "", Some(Level::Always)),
        (32, 35, "", "ignore", Some(Level::Denied)),
        (33, 35, "", "", None),
        (33, 35, "POST_NOTIFICATIONS false", "", Some(Level::None)),
        (33, 35, "POST_NOTIFICATIONS false USER_SET", "", Some(Level::Denied)),
        (33, 35, "POST_NOTIFICATIONS true", "", Some(Level::Always)),
        (33, 35, "POST_NOTIFICATIONS true REVIEW_REQUIRED", "", Some(Level::Always)),
        (33, 32, "POST_NOTIFICATIONS false", "", Some(Level::Always)),
        (33, 32, "POST_NOTIFICATIONS false", "ignore", Some(Level::Denied)),
        (33, 32, "POST_NOTIFICATIONS false USER_SET", "", Some(Level::Denied)),
    ] {
        let mut phone = phone(api).target(target).runtime(row);
        if !op.is_empty() {
            phone = phone.uid_mode("POST_NOTIFICATION", op);
        }
        assert_eq!(level(phone, Permission::Notifications), expected, "{api} {target} {row} {op}");
    }
}

#[test]
fn special_access_by_op() {
    for (permission, op, name) in [
        (Permission::Overlay, "SYSTEM_ALERT_WINDOW", "SYSTEM_ALERT_WINDOW"),
        (Permission::UsageAccess, "GET_USAGE_STATS", "PACKAGE_USAGE_STATS"),
        (Permission::AllFiles, "MANAGE_EXTERNAL_STORAGE", "MANAGE_EXTERNAL_STORAGE"),
        (Permission::SystemSettings, "WRITE_SETTINGS", "WRITE_SETTINGS"),
        (Permission::InstallApps, "REQUEST_INSTALL_PACKAGES", "REQUEST_INSTALL_PACKAGES"),
    ] {
        let level = |phone: Phone| phone.level(permission).map(|(level, _)| level);
        let name = format!("android.permission.{name}");
        assert_eq!(level(phone(33)), None, "{permission}");
        assert_eq!(level(phone(33).op(op, "default")), Some(Level::None), "{permission}");
        assert_eq!(level(phone(33).op(op, "allow")), Some(Level::Always), "{permission}");
        assert_eq!(level(phone(33).uid_mode(op, "allow").op(op, "default")), Some(Level::Always), "{permission}");
        assert_eq!(level(phone(33).uid_mode(op, "ignore").op(op, "allow")), Some(Level::Denied), "{permission}");
        assert_eq!(level(phone(33).install(&name, true)), Some(Level::Always), "{permission}");
        let blind = Phone { has_ops: false, ..phone(33) };
        assert!(blind.has_gap(permission), "{permission}");
    }
    let level = |phone: Phone, permission| phone.level(permission).map(|(level, _)| level);
    assert_eq!(level(phone(29).op("MANAGE_EXTERNAL_STORAGE", "allow"), Permission::AllFiles), None);
    for (permission, op) in [(Permission::Vpn, "ACTIVATE_VPN"), (Permission::ScreenCapture, "PROJECT_MEDIA")] {
        assert_eq!(level(phone(33).op(op, "allow"), permission), Some(Level::Always));
        // Their default is a refusal.
        assert_eq!(level(phone(33).op(op, "default"), permission), None);
    }
    const FULL: &str = "android.permission.USE_FULL_SCREEN_INTENT";
    let full = |api| phone(api).install(FULL, true).uid_mode("USE_FULL_SCREEN_INTENT", "ignore");
    assert_eq!(level(full(33), Permission::FullScreen), Some(Level::Always));
    assert_eq!(level(full(34), Permission::FullScreen), Some(Level::Denied));
    assert_eq!(
        level(phone(33).op("RUN_ANY_IN_BACKGROUND", "ignore"), Permission::BackgroundActivity),
        Some(Level::Denied)
    );
    let exempt = phone(33).with(Kind::BatteryExemptions, &format!("user,{APP},10100\n"));
    assert_eq!(level(exempt, Permission::BackgroundActivity), Some(Level::Always));
    let exempt = phone(33).with(Kind::BatteryExemptions, &format!("system,{APP},10100\nuser,{APP}.other,10101\n"));
    assert_eq!(level(exempt, Permission::BackgroundActivity), None);
}

#[test]
fn listed_components_are_whole_names() {
    let own = format!("{APP}/.Service");
    for (key, permission) in [
        ("enabled_accessibility_services", Permission::Accessibility),
        ("enabled_notification_listeners", Permission::NotificationAccess),
        ("default_input_method", Permission::Keyboard),
    ] {
        for (value, listed) in [
            (own.clone(), true),
            (format!("com.other/.A:{own}"), true),
            (format!(":{own}:"), true),
            (format!("{own}:com.other/.B"), true),
            (format!("{APP}.lite/.Service"), false),
            (format!("x{own}"), false),
            (format!("com.other/{APP}.Service"), false),
            ("null".to_owned(), false),
            (String::new(), false),
        ] {
            let table = format!("accessibility_enabled=1\n{key}={value}\n");
            let level = phone(33).with(Kind::SettingsSecure, &table).level(permission).map(|(level, _)| level);
            assert_eq!(level, listed.then_some(Level::Always), "{key}={value}");
        }
    }
    // A row of a list tells one entry of it.
    let listed =
        phone(33).with(Kind::SettingsSecure, &format!("enabled_notification_listeners=com.secret.app/.A:{own}\n"));
    assert!(!serde_json::to_string(&listed.snapshot()).unwrap().contains("com.secret"));
    let cut = Phone { cut: Some(Kind::SettingsSecure), ..phone(33).with(Kind::SettingsSecure, "assistant=x/.Y\n") };
    let gaps = cut.snapshot().gaps;
    for area in ["accessibility", "notification-access", "keyboard", "accessibility-services", "remote-backup"] {
        assert!(gaps.iter().any(|gap| gap.area == area && gap.reason == "truncated"), "{area}");
    }
}

#[test]
fn why_a_grant_is_inert() {
    let with = |state: &str| {
        let state = format!("installed=true {state}");
        Phone { state, ..phone(34).runtime("ACCESS_FINE_LOCATION true;CAMERA true;READ_CONTACTS false") }
    };
    for (state, inert, presence) in [
        ("enabled=0", None, Presence::Installed),
        ("enabled=1", None, Presence::Installed),
        ("enabled=2", Some(Inert::AppDisabled), Presence::Disabled),
        ("enabled=3", Some(Inert::AppDisabled), Presence::Disabled),
        ("enabled=4", Some(Inert::AppDisabled), Presence::Disabled),
        ("hidden=true enabled=0", Some(Inert::AppHidden), Presence::Disabled),
        ("suspended=true enabled=0", Some(Inert::AppSuspended), Presence::Installed),
        ("quarantined=true enabled=0", Some(Inert::AppSuspended), Presence::Installed),
    ] {
        let app = with(state).app();
        assert_eq!(app.presence, presence, "{state}");
        let inert_of = |permission| app.grants.iter().find(|grant| grant.permission == permission).unwrap().inert;
        assert_eq!(inert_of(Permission::Camera), inert, "{state}");
        assert_eq!(inert_of(Permission::Contacts), None, "{state}: a refusal needs no reason");
    }
    let off = with("enabled=0").with(Kind::SettingsSecure, "location_mode=0\n").app();
    let inert_of = |permission| off.grants.iter().find(|grant| grant.permission == permission).unwrap().inert;
    assert_eq!(inert_of(Permission::Location), Some(Inert::MainSwitchOff));
    assert_eq!(inert_of(Permission::Camera), None);
    let none = Phone { state: "installed=false enabled=0".to_owned(), ..phone(34) };
    assert!(none.snapshot().apps.is_empty());
}

#[test]
fn where_an_app_came_from() {
    for (header, source) in [
        ("installerPackageName=com.android.vending", AppSource::PlayStore),
        ("installerPackageName=org.fdroid.fdroid", AppSource::OtherStore),
        ("installerPackageName=com.airwatch.androidagent", AppSource::Managed),
        ("installerPackageName=com.google.android.packageinstaller", AppSource::Sideloaded),
        (
            "installerPackageName=com.android.vending\n    initiatingPackageName=com.android.shell",
            AppSource::Sideloaded,
        ),
        ("installerPackageName=null", AppSource::Unknown),
        ("installerPackageName=null\n    packageSource=3", AppSource::Sideloaded),
        ("installerPackageName=null\n    originatingPackageName=com.android.chrome", AppSource::Sideloaded),
        ("flags=[ SYSTEM HAS_CODE ]", AppSource::Preloaded),
    ] {
        let header = format!("    {header}\n");
        assert_eq!(Phone { header: header.clone(), ..phone(34) }.app().source, source, "{header}");
    }
}

#[test]
fn checks_and_what_not_set_means() {
    use Check::*;
    let global = |text: &str| phone(34).with(Kind::SettingsGlobal, text);
    let yes = |value| Some(Value::Bool(value));
    for (check, text, expected) in [
        (LocationScanning, "wifi_scan_always_enabled=0\n", yes(false)),
        (LocationScanning, "ble_scan_always_enabled=1\n", yes(true)),
        (DeveloperOptions, "adb_enabled=0\n", yes(false)),
        (DeveloperOptions, "development_settings_enabled=1\n", yes(true)),
        (PlayProtect, "x=1\n", None),
        (PlayProtect, "package_verifier_user_consent=1\n", yes(true)),
        (PlayProtect, "package_verifier_user_consent=-1\n", yes(false)),
        (PlayProtect, "package_verifier_user_consent=1\npackage_verifier_enable=0\n", yes(false)),
        (PrivateDns, "private_dns_mode=null\n", yes(true)),
        (PrivateDns, "private_dns_mode=off\n", yes(false)),
        (AutoTime, "x=1\n", yes(true)),
        (AutoTime, "auto_time=0\n", yes(false)),
        (OsAutoUpdate, "ota_disable_automatic_update=1\n", yes(false)),
    ] {
        assert_eq!(global(text).check(check), expected, "{check} {text}");
    }
    for check in [LocationScanning, DeveloperOptions, PlayProtect, PrivateDns, AutoTime, OsAutoUpdate] {
        let phone = Phone { cut: Some(Kind::SettingsGlobal), ..global("airplane_mode_on=0\n") };
        assert_eq!(phone.check(check), None, "{check}: a table that is cut off proves nothing");
        assert!(phone.snapshot().gaps.iter().any(|gap| gap.area == check.word() && gap.reason == "truncated"));
    }
    let bad = Phone { cut: Some(Kind::SettingsGlobal), ..global("adb_enabled=1\n") };
    assert_eq!(bad.check(DeveloperOptions), yes(true));
    for (system, secure, delay) in [
        ("screen_off_timeout=30000\n", "x=1\n", Some(35)),
        ("screen_off_timeout=30000\n", "lock_screen_lock_after_timeout=0\n", Some(30)),
        ("screen_off_timeout=-1\n", "lock_screen_lock_after_timeout=0\n", Some(2_147_483)),
        ("screen_off_timeout=30000\n", "lock_screen_lock_after_timeout=soon\n", None),
        ("x=1\n", "x=1\n", None),
    ] {
        let phone = phone(34).with(Kind::SettingsSystem, system).with(Kind::SettingsSecure, secure);
        assert_eq!(phone.check(LockDelay), delay.map(Value::Int), "{system} {secure}");
    }
    let secure = |text: &str| phone(34).with(Kind::SettingsSecure, text);
    assert_eq!(secure("x=1\n").check(LockNotifications), Some(Value::Text("shown".to_owned())));
    let hidden = secure("lock_screen_allow_private_notifications=0\n").check(LockNotifications);
    assert_eq!(hidden, Some(Value::Text("hidden".to_owned())));
    assert_eq!(secure("backup_enabled=0\n").check(RemoteBackup), yes(false));
    assert_eq!(secure("backup_enabled=1\n").check(RemoteBackup), yes(true));
    let properties = |api, text: &str| phone(api).with(Kind::Properties, text);
    for (api, check, text, expected) in [
        (34, VerifiedBoot, "[ro.boot.verifiedbootstate]: [green]\n", yes(true)),
        (34, VerifiedBoot, "[ro.boot.verifiedbootstate]: [yellow]\n", yes(true)),
        (34, VerifiedBoot, "[ro.boot.verifiedbootstate]: [orange]\n", yes(false)),
        (34, VerifiedBoot, "[ro.boot.verifiedbootstate]: [green]\n[ro.build.tags]: [test-keys]\n", yes(false)),
        (34, VerifiedBoot, "[ro.boot.verifiedbootstate]: [green]\n[ro.boot.selinux]: [permissive]\n", yes(false)),
        (34, VerifiedBoot, "[ro.boot.verifiedbootstate]: [green]\n[ro.boot.flash.locked]: [0]\n", yes(false)),
        (34, VerifiedBoot, "", None),
        (34, StorageEncryption, "[ro.crypto.state]: [encrypted]\n", yes(true)),
        (28, StorageEncryption, "[ro.crypto.state]: [encrypted]\n", None),
        (28, StorageEncryption, "[ro.crypto.state]: [encrypted]\n[ro.crypto.type]: [file]\n", yes(true)),
        (28, StorageEncryption, "[ro.crypto.state]: [unencrypted]\n", yes(false)),
        (28, StorageEncryption, "[ro.crypto.state]: [encrypted]\n[ro.crypto.type]: [block]\n", None),
        (34, RootOrJailbreak, "[ro.debuggable]: [1]\n", yes(true)),
        (34, RootOrJailbreak, "[ro.build.type]: [userdebug]\n", yes(true)),
        // No sign of root is no proof.
        (34, RootOrJailbreak, "[ro.debuggable]: [0]\n", None),
    ] {
        assert_eq!(properties(api, text).check(check), expected, "{api} {check} {text}");
    }
}

#[test]
fn a_list_that_may_lack_apps_says_so() {
    let list_gap = |phone: &Phone| phone.snapshot().gaps.iter().any(|gap| gap.area == crate::snapshot::APP_LIST);
    assert!(!list_gap(&phone(34)));
    let single = "    requested permissions:\n      android.permission.CAMERA\n".to_owned();
    assert!(list_gap(&Phone { header: single, ..phone(34) }), "the dump of one package");
    let mut evidence = phone(34).evidence();
    evidence.items.iter_mut().filter(|item| item.kind == Kind::Packages).for_each(|item| {
        item.text = item.text.replace("Shared users:", "  Package [com.secret.app (2b):\nShared users:");
    });
    let snapshot = take(&evidence, false);
    assert!(snapshot.gaps.iter().any(|gap| gap.area == crate::snapshot::APP_LIST && gap.reason == "unreadable"));
    assert_eq!(snapshot.settings.get(&Check::UnknownSources), None);
    // The row that was not understood names an app that the snapshot does not.
    assert!(!serde_json::to_string(&snapshot).unwrap().contains("com.secret"));
}

#[test]
fn a_property_of_the_phone_holds_for_all_its_users() {
    let evidence = phone(34).op("REQUEST_INSTALL_PACKAGES", "allow").evidence();
    let scope = Scope { catalog: Catalog::builtin(), all_apps: true, user: Some(10) };
    let snapshot = snapshot(&evidence, Options { scope, id_key: None, show_serial: false });
    assert!(snapshot.apps.is_empty());
    assert_eq!(snapshot.settings[&Check::UnknownSources].value, Value::Bool(true));
}

#[test]
fn a_use_through_another_app_does_not_name_it() {
    let used = "        null=[\n          Access: [top-s] 2026-05-04 16:55:25.211 (-1h) proxy[uid=10070, pkg=com.secret.app, attributionTag=null]\n        ]\n";
    let mut phone = phone(34).runtime("READ_CONTACTS true").op("READ_CONTACTS", "allow");
    phone.ops += used;
    let text = serde_json::to_string(&phone.snapshot()).unwrap();
    assert!(text.contains("2026-05-04 16:55:25") && !text.contains("com.secret"));
}

const FIXTURES: [&str; 10] = [
    "android-08",
    "android-09",
    "android-10",
    "android-11",
    "android-12",
    "android-13",
    "android-14",
    "android-15",
    "android-16",
    "android-17",
];

/// The dumps that decide most, of one of the invented phones.
fn fixture(name: &str) -> Vec<(Kind, Option<u32>, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut found = Vec::new();
    for (kind, user, file) in [
        (Kind::Properties, None, "getprop.txt"),
        (Kind::UserList, None, "pm_list_users.txt"),
        (Kind::AppOps, None, "dumpsys_appops.txt"),
        (Kind::Roles, None, "dumpsys_role.txt"),
        (Kind::DevicePolicy, None, "dumpsys_device_policy.txt"),
        (Kind::SettingsGlobal, None, "settings_global.txt"),
        (Kind::SettingsSecure, Some(0), "settings_secure_0.txt"),
        (Kind::SettingsSystem, Some(0), "settings_system_0.txt"),
        (Kind::Trust, None, "dumpsys_trust.txt"),
        (Kind::SensorPrivacy, None, "dumpsys_sensor_privacy.txt"),
    ] {
        if let Ok(text) = std::fs::read_to_string(root.join(file)) {
            found.push((kind, user, text));
        }
    }
    let part = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_default();
    let packages =
        ["dumpsys_package.txt", "dumpsys_package_packages.txt", "dumpsys_package_shared-users.txt"].map(part).concat();
    assert!(!packages.is_empty(), "{name} has no package dump");
    found.push((Kind::Packages, None, packages));
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever is dropped, doubled or swapped: no panic, the same bytes twice, and no app named without a reason.
    #[test]
    fn any_damage_keeps_the_promises(
        phone in 0..FIXTURES.len(),
        edits in proptest::collection::vec((0..16_usize, 0..3_u8, any::<prop::sample::Index>(), 1..40_usize), 0..24),
    ) {
        let mut dumps = fixture(FIXTURES[phone]);
        for (dump, edit, place, length) in edits {
            let count = dumps.len();
            let text = &mut dumps[dump % count].2;
            let mut lines: Vec<&str> = text.lines().collect();
            if lines.is_empty() {
                continue;
            }
            let start = place.index(lines.len());
            let end = (start + length).min(lines.len());
            match edit {
                0 => drop(lines.drain(start..end)),
                1 => {
                    let again = lines[start..end].to_vec();
                    lines.splice(end..end, again);
                }
                _ => {
                    let other = lines.len() - 1 - start;
                    lines.swap(start, other);
                }
            }
            *text = lines.join("\n") + "\n";
        }
        let mut evidence = Evidence::empty(SourceKind::Files, "test");
        for (kind, user, text) in dumps {
            let mut item = Item::new(kind, text, "test");
            item.user = user;
            evidence.items.push(item);
        }
        let one = take(&evidence, false);
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&take(&evidence, false)).unwrap());
        let special: BTreeSet<Permission> = [
            Permission::Accessibility, Permission::DeviceAdmin, Permission::NotificationAccess, Permission::Overlay,
            Permission::UsageAccess, Permission::AllFiles, Permission::InstallApps, Permission::SystemSettings,
            Permission::ScreenCapture, Permission::Vpn, Permission::Keyboard, Permission::DefaultRole,
            Permission::ComputerControl,
        ].into_iter().collect();
        for app in &one.apps {
            let listed = Catalog::builtin().by_android_id(&app.id).is_some();
            let holds = app.grants.iter().any(|grant| special.contains(&grant.permission) && grant.level > Level::None);
            // What a cut-off block hides is a gap of the app, which was named for what was read of it.
            let gap = one.gaps.iter().any(|gap| gap.app.as_ref() == Some(&app.id));
            prop_assert!(listed || holds || gap, "{} is named for nothing", app.id);
        }
        for gap in one.gaps.iter().filter_map(|gap| gap.app.as_ref()) {
            prop_assert!(one.apps.iter().any(|app| app.id == *gap), "{} stands in a gap only", gap);
        }
    }
}
