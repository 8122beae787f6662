//! What grants from TCC.db and clients.plist must say, and what they must never say.

use super::*;
use crate::access::ios::facts::{Version, row};
use crate::access::ios::services;
use crate::access::ios::tcc::{
    BLUETOOTH, BLUETOOTH_OLDER, KEYBOARD, NEARBY, PHOTOS, PHOTOS_ADD, SAFARI, TRACKING, WEB_TRACKING,
};
use crate::evidence::ios::{BackupEvidence, BackupItem, BackupMissing};
use crate::parse::ios::location::tests::{entry, int, xml};
use crate::parse::ios::sqlite::tests::bytes_of;
use crate::parse::ios::tcc::tests::{new_row, old_row, sample, schema};
use crate::vocabulary::{BecauseCode, DecidedBy, Platform, State, Usage};

const APP: &str = "com.example.app";

fn item(artefact: Artefact, bytes: Vec<u8>) -> BackupItem {
    BackupItem { artefact, bytes, origin: artefact.path().to_owned() }
}

/// A backup with a TCC.db and a clients.plist, which has a client of the system as that of every phone does.
fn backup(tcc: &str, clients: &str) -> BackupEvidence {
    let clients = &(clients.to_owned() + &entry("p/System/Library/LocationBundles/Routine.bundle:", &[]));
    let items = vec![item(Artefact::Tcc, bytes_of(tcc)), item(Artefact::LocationClients, xml(clients))];
    BackupEvidence { items, ..BackupEvidence::default() }
}

fn facts(evidence: &BackupEvidence, version: Option<Version>) -> Facts<'_> {
    let mut facts = Facts::read(evidence);
    facts.version = version;
    facts
}

/// The access of the app in a backup of a version of iOS, with the promise that holds for every app: each permission of these files
/// has one grant or one gap, at a level that it can have.
fn access(evidence: &BackupEvidence, version: Option<Version>) -> AppAccess {
    let facts = facts(evidence, version);
    let found = Access::read(&facts).of(&facts, APP, None);
    for permission in IN_TCC.iter().chain(&IN_LOCATION) {
        let grants = found.grants.iter().filter(|grant| grant.permission == *permission).count();
        let gaps = found.gaps.iter().filter(|gap| gap.area == permission.word()).count();
        assert_eq!(grants + gaps, 1, "{permission}: {found:?}");
    }
    for grant in &found.grants {
        assert!(describe(grant.permission).levels.contains(&grant.level), "{grant:?}");
        assert!(!grant.evidence.is_empty() || grant.because.code == BecauseCode::NoPermissionNeeded, "{grant:?}");
    }
    found
}

fn grant(found: &AppAccess, permission: Permission) -> &Grant {
    let grant = found.grants.iter().find(|grant| grant.permission == permission);
    grant.unwrap_or_else(|| panic!("{permission} is a gap: {:?}", found.gaps))
}

fn gap(found: &AppAccess, permission: Permission) -> &Gap {
    let gap = found.gaps.iter().find(|gap| gap.area == permission.word());
    gap.unwrap_or_else(|| panic!("{permission} is a grant: {:?}", found.grants))
}

/// The grant of one row of the newer form, on iOS 17.5.
fn of_row(service: &str, permission: Permission, value: i64, reason: i64) -> Grant {
    let evidence = backup(&(schema(26) + &new_row(service, APP, value, reason, 1_700_000_000)), "");
    grant(&access(&evidence, IOS_17), permission).clone()
}

fn shape(grant: &Grant) -> (Level, State, DecidedBy, BecauseCode) {
    (grant.level, grant.state, grant.decided_by, grant.because.code)
}

const IOS_12: Option<Version> = Some(Version(12, 5));
const IOS_14: Option<Version> = Some(Version(14, 3));
const IOS_17: Option<Version> = Some(Version(17, 5));

#[test]
fn every_permission_of_ours_is_decided_by_known_services() {
    for permission in IN_TCC.iter().chain(&IN_LOCATION) {
        assert!(describe(*permission).is_observable_on(Platform::Ios), "{permission}");
    }
    let three = [Permission::Photos, Permission::PhotosAdd, Permission::NearbyDevices];
    for permission in IN_TCC.iter().filter(|permission| !three.contains(permission)) {
        assert!(services::main_service(*permission).is_some(), "{permission}");
    }
    for service in [TRACKING, PHOTOS, PHOTOS_ADD, BLUETOOTH, BLUETOOTH_OLDER[0], BLUETOOTH_OLDER[1], NEARBY, KEYBOARD] {
        assert!(services::permission(service).is_some(), "{service}");
    }
    assert!(services::describe(WEB_TRACKING).is_some());
}

#[test]
fn no_row_is_no_refusal() {
    let found = access(&backup(&schema(26), ""), IOS_17);
    assert!(found.gaps.is_empty());
    for grant in found.grants {
        assert_eq!((grant.level, grant.state, grant.decided_by), (Level::None, State::NeverAsked, DecidedBy::Default));
        let asks = grant.permission == Permission::Clipboard;
        assert_eq!(grant.because.code, if asks { BecauseCode::AsksNextTime } else { BecauseCode::NoRow });
        assert_eq!(grant.evidence[0].line, 0);
    }
}

#[test]
fn a_value_that_is_not_zero_is_not_simply_yes() {
    use {BecauseCode as B, DecidedBy as D, Level as L, Permission as P, State as S};
    for (service, permission, value, expected) in [
        ("Camera", P::Camera, 2, (L::WhileInUse, S::GrantedByPerson, D::User, B::GrantedByPerson)),
        ("Microphone", P::Microphone, 2, (L::WhileInUse, S::GrantedByPerson, D::User, B::GrantedByPerson)),
        ("AddressBook", P::Contacts, 2, (L::Always, S::GrantedByPerson, D::User, B::GrantedByPerson)),
        ("AddressBook", P::Contacts, 3, (L::Limited, S::GrantedByPerson, D::User, B::SelectedContactsOnly)),
        ("Photos", P::Photos, 3, (L::Limited, S::GrantedByPerson, D::User, B::SelectedOnly)),
        ("Calendar", P::Calendar, 4, (L::Limited, S::GrantedByPerson, D::User, B::WriteOnly)),
        ("Photos", P::Photos, 4, (L::None, S::GrantedByPerson, D::User, B::WriteOnly)),
        ("Camera", P::Camera, 0, (L::Denied, S::RefusedByPerson, D::User, B::RefusedByPerson)),
        ("Camera", P::Camera, 1, (L::None, S::NeverAsked, D::Default, B::NeverAsked)),
        ("UserTracking", P::Tracking, 1, (L::None, S::NeverAsked, D::Default, B::NeverAsked)),
        ("Camera", P::Camera, 6, (L::None, S::NeverAsked, D::Default, B::NeverAsked)),
        ("Pasteboard", P::Clipboard, 1, (L::None, S::NeverAsked, D::Default, B::AsksNextTime)),
        ("Pasteboard", P::Clipboard, 2, (L::Always, S::GrantedByPerson, D::User, B::GrantedByPerson)),
        ("Camera", P::Camera, 5, (L::Ask, S::OneTime, D::User, B::OneTime)),
        ("Motion", P::Motion, 5, (L::None, S::OneTime, D::User, B::OneTimeOver)),
    ] {
        assert_eq!(shape(&of_row(service, permission, value, 2)), expected, "{service}={value}");
    }
}

#[test]
fn a_number_that_nobody_has_explained_is_a_gap_and_never_a_guess() {
    for (service, permission, value) in [
        ("Camera", Permission::Camera, 9),
        ("Camera", Permission::Camera, 3),
        ("AddressBook", Permission::Contacts, 4),
        ("UserTracking", Permission::Tracking, -1),
    ] {
        let found = access(&backup(&(schema(26) + &new_row(service, APP, value, 2, 5)), ""), IOS_17);
        let gap = gap(&found, permission);
        assert_eq!((gap.reason.as_str(), gap.app.as_deref()), ("unreadable", Some(APP)));
        assert!(gap.detail.contains(&format!("auth_value={value}")), "{}", gap.detail);
    }
}

#[test]
fn a_row_whose_value_is_lost_is_a_gap_and_not_never_asked() {
    let script = schema(26) + &new_row("Camera", APP, 2, 2, 5) + "UPDATE access SET auth_value = 'yes';";
    let evidence = backup(&script, "");
    assert_eq!(gap(&access(&evidence, IOS_17), Permission::Camera).reason, "unreadable");
    let facts = facts(&evidence, IOS_17);
    Access::read(&facts);
    assert!(facts.gaps().iter().any(|gap| gap.area == "TCC.db" && gap.read == Some(0) && gap.of == Some(1)));
}

#[test]
fn not_every_answer_is_that_of_a_person() {
    use {BecauseCode as B, DecidedBy as D, Level as L, State as S};
    for (value, reason, expected) in [
        (2, 2, (L::Always, S::GrantedByPerson, D::User, B::GrantedByPerson)),
        (2, 3, (L::Always, S::GrantedByPerson, D::User, B::GrantedByPerson)),
        (2, 6, (L::Always, S::GrantedByPolicy, D::Policy, B::GrantedByPolicy)),
        (2, 4, (L::Always, S::GrantedBySystem, D::System, B::GrantedBySystem)),
        (2, 5, (L::Always, S::GrantedBySystem, D::System, B::GrantedBySystem)),
        (2, 7, (L::Always, S::GrantedBySystem, D::System, B::GrantedBySystem)),
        (2, 11, (L::Always, S::GrantedBySystem, D::System, B::GrantedBySystem)),
        (2, 12, (L::Always, S::GrantedBySystem, D::System, B::GrantedBySystem)),
        (2, 0, (L::Always, S::GrantedByPerson, D::Unknown, B::Granted)),
        (2, 99, (L::Always, S::GrantedByPerson, D::Unknown, B::Granted)),
        (0, 3, (L::Denied, S::RefusedByPerson, D::User, B::RefusedByPerson)),
        (0, 6, (L::Denied, S::RefusedByPolicy, D::Policy, B::RefusedByPolicy)),
        (0, 5, (L::Denied, S::RefusedByPolicy, D::System, B::RefusedBySystem)),
        (0, 8, (L::Denied, S::NotDeclared, D::System, B::RefusedBySystem)),
        (0, 9, (L::None, S::NeverAsked, D::Default, B::AsksNextTime)),
        (0, 13, (L::None, S::NeverAsked, D::Default, B::AsksNextTime)),
        (0, 1, (L::Denied, S::RefusedByPerson, D::Unknown, B::Refused)),
        (0, 10, (L::Denied, S::RefusedByPerson, D::Unknown, B::Refused)),
    ] {
        assert_eq!(shape(&of_row("Motion", Permission::Motion, value, reason)), expected, "{value}, reason {reason}");
    }
}

#[test]
fn an_answer_of_the_older_form_is_that_of_a_person_and_its_one_is_yes() {
    let script = schema(15) + &old_row("Camera", APP, 1, 77) + &old_row("Photos", APP, 0, 78);
    let found = access(&backup(&script, ""), IOS_12);
    let camera = grant(&found, Permission::Camera);
    assert_eq!((camera.level, camera.decided_by), (Level::WhileInUse, DecidedBy::User));
    assert_eq!(camera.evidence[0].text, format!("kTCCServiceCamera | {APP} | allowed=1 | last_modified=77"));
    assert_eq!(grant(&found, Permission::Photos).level, Level::Denied);
}

#[test]
fn the_time_is_that_of_the_last_change_in_unix_seconds() {
    let camera = of_row("Camera", Permission::Camera, 2, 3);
    assert_eq!(camera.changed_at.as_deref(), Some("2023-11-14T22:13:20Z"));
    assert_eq!(camera.last_used, None);
    let text = format!("kTCCServiceCamera | {APP} | auth_value=2 | auth_reason=3 | last_modified=1700000000");
    assert_eq!(camera.evidence, [row(Artefact::Tcc, 1, &text)]);
    let never = backup(&(schema(26) + &new_row("Camera", APP, 2, 2, 0)), "");
    assert_eq!(grant(&access(&never, IOS_17), Permission::Camera).changed_at, None);
}

#[test]
fn a_calendar_that_the_update_narrowed_was_not_narrowed_by_a_person() {
    let calendar = of_row("Calendar", Permission::Calendar, 4, 4);
    let expected = (Level::Limited, State::GrantedBySystem, DecidedBy::System, BecauseCode::NarrowedByUpdate);
    assert_eq!(shape(&calendar), expected);
    assert_eq!(calendar.changed_at, None);
    assert!(calendar.evidence[0].text.contains("auth_version=2"));
    let by_person = of_row("Calendar", Permission::Calendar, 4, 3);
    assert_eq!((by_person.because.code, by_person.changed_at.is_some()), (BecauseCode::WriteOnly, true));
}

#[test]
fn the_time_of_the_update_is_no_time_of_a_decision() {
    let rows = |times: [i64; 5]| {
        let services = ["Camera", "Microphone", "Motion", "Siri", "Reminders"];
        let rows: String = services.iter().zip(times).map(|(service, at)| old_row(service, APP, 1, at)).collect();
        let found = access(&backup(&(schema(15) + &rows), ""), IOS_12);
        [Permission::Camera, Permission::Reminders].map(|permission| grant(&found, permission).changed_at.is_some())
    };
    assert_eq!(rows([9, 9, 9, 8, 7]), [false, true]);
    assert_eq!(rows([9, 9, 8, 8, 7]), [true, true]);
    let three: String = ["Camera", "Motion", "Siri"].iter().map(|service| old_row(service, APP, 1, 9)).collect();
    let found = access(&backup(&(schema(15) + &three), ""), IOS_12);
    assert!(grant(&found, Permission::Camera).changed_at.is_some(), "three rows show nothing");
}

#[test]
fn an_override_switches_a_service_off_for_every_app() {
    let script = schema(37)
        + &new_row("UserTracking", APP, 2, 2, 5)
        + "INSERT INTO access_overrides VALUES ('kTCCServiceUserTracking');";
    let mut evidence = backup(&script, "");
    let tracking = grant(&access(&evidence, IOS_17), Permission::Tracking).clone();
    let expected = (Level::Denied, State::RefusedByPerson, DecidedBy::User, BecauseCode::OffForAllApps);
    assert_eq!(shape(&tracking), expected);
    let texts: Vec<&str> = tracking.evidence.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts[0], "access_overrides | kTCCServiceUserTracking");
    assert!(texts[1].contains("auth_value=2"), "the app's own row stays in the evidence");
    evidence.items.push(item(Artefact::Mdm, xml("<key>ServerURL</key><string>https://mdm.example</string>")));
    let tracking = grant(&access(&evidence, IOS_14), Permission::Tracking).clone();
    assert_eq!((tracking.state, tracking.decided_by), (State::RefusedByPolicy, DecidedBy::Policy));
    let facts = facts(&evidence, IOS_17);
    assert!(Access::read(&facts).tcc.tracking_override());
}

#[test]
fn what_device_management_forces_wins_over_the_own_row() {
    let forced = |value: i64| {
        let script = schema(37)
            + &new_row("Camera", APP, 2, 2, 5)
            + &format!(
                "INSERT INTO managed_overrides (service, client, client_type, auth_reason, auth_version, admin_auth_value, last_modified)
                 VALUES ('kTCCServiceCamera', '{APP}', 0, 6, 1, {value}, 99);"
            );
        access(&backup(&script, ""), Some(Version(27, 0)))
    };
    let denied = forced(0);
    let camera = grant(&denied, Permission::Camera);
    assert_eq!(shape(camera), (Level::Denied, State::RefusedByPolicy, DecidedBy::Policy, BecauseCode::RefusedByPolicy));
    assert_eq!(camera.evidence.len(), 2);
    assert_eq!(camera.changed_at.as_deref(), Some("1970-01-01T00:01:39Z"));
    assert_eq!(grant(&forced(1), Permission::Camera).level, Level::WhileInUse, "1 is no decision");
    assert!(gap(&forced(8), Permission::Camera).detail.contains("admin_auth_value=8"));
}

#[test]
fn photos_and_adding_to_them_are_one_choice() {
    let pair = |photos: Option<i64>, add: Option<i64>| {
        let mut script = schema(26);
        for (service, value) in [("Photos", photos), ("PhotosAdd", add)] {
            script += &value.map_or_else(String::new, |value| new_row(service, APP, value, 2, 5));
        }
        let found = access(&backup(&script, ""), IOS_17);
        let of = |permission| (grant(&found, permission).level, grant(&found, permission).because.code);
        (of(Permission::Photos), of(Permission::PhotosAdd))
    };
    use {BecauseCode as B, Level as L};
    let (yes, no) = ((L::Always, B::GrantedByPerson), (L::Denied, B::RefusedByPerson));
    let no_row = (L::None, B::NoRow);
    assert_eq!(pair(Some(2), None), (yes, yes), "all photos bring adding with them");
    assert_eq!(pair(Some(2), Some(0)), (yes, yes));
    assert_eq!(pair(Some(3), None), ((L::Limited, B::SelectedOnly), yes));
    assert_eq!(pair(None, Some(2)), ((L::None, B::WriteOnly), yes));
    assert_eq!(pair(Some(0), Some(2)), (no, yes));
    assert_eq!(pair(Some(0), Some(0)), (no, no));
    assert_eq!(pair(Some(0), None), (no, no_row));
    assert_eq!(pair(None, Some(0)), (no_row, no));
    assert_eq!(pair(Some(4), None), ((L::None, B::WriteOnly), yes));
    assert_eq!(pair(None, None), (no_row, no_row));
}

#[test]
fn nearby_devices_are_the_higher_of_bluetooth_and_the_relative_position() {
    let nearby = |rows: &[(&str, i64)], version| {
        let script: String = rows.iter().map(|(service, value)| new_row(service, APP, *value, 2, 5)).collect();
        grant(&access(&backup(&(schema(26) + &script), ""), version), Permission::NearbyDevices).level
    };
    let (new, older) = (("BluetoothAlways", 0), ("BluetoothPeripheral", 2));
    assert_eq!(nearby(&[new], IOS_17), Level::Denied);
    assert_eq!(nearby(&[new, ("NearbyInteraction", 2)], IOS_17), Level::Always);
    assert_eq!(nearby(&[("BluetoothAlways", 2), ("NearbyInteraction", 0)], IOS_17), Level::Always);
    assert_eq!(nearby(&[("NearbyInteraction", 0)], IOS_17), Level::None, "Bluetooth may still be asked for");
    assert_eq!(nearby(&[new, older], IOS_17), Level::Denied, "the older service counts where the newer has no row");
    assert_eq!(nearby(&[older], IOS_17), Level::Always);
    assert_eq!(nearby(&[("BluetoothWhileInUse", 0)], IOS_17), Level::Denied);
}

#[test]
fn before_a_service_existed_no_permission_was_needed() {
    let script = schema(15);
    let evidence = backup(&script, "");
    let open = |version| {
        let found = access(&evidence, version);
        let three = [Permission::Tracking, Permission::NearbyDevices, Permission::Clipboard];
        three.map(|permission| grant(&found, permission).level == Level::Always)
    };
    assert_eq!(open(IOS_12), [true, true, true]);
    assert_eq!(open(Some(Version(13, 0))), [true, false, true]);
    assert_eq!(open(Some(Version(14, 4))), [true, false, true]);
    assert_eq!(open(Some(Version(14, 5))), [false, false, true]);
    assert_eq!(open(Some(Version(16, 0))), [false, false, false]);
    let tracking = grant(&access(&evidence, IOS_12), Permission::Tracking).clone();
    let expected = (Level::Always, State::InstallTime, DecidedBy::Default, BecauseCode::NoPermissionNeeded);
    assert_eq!(shape(&tracking), expected);
    let asked = backup(&(schema(20) + &new_row("UserTracking", APP, 0, 2, 5)), "");
    assert_eq!(
        grant(&access(&asked, IOS_14), Permission::Tracking).level,
        Level::Denied,
        "a row counts before 14.5 too"
    );
}

#[test]
fn without_a_version_what_depends_on_it_is_a_gap() {
    let found = access(&backup(&schema(26), ""), None);
    let gaps: Vec<&str> = found.gaps.iter().map(|gap| gap.area.as_str()).collect();
    assert_eq!(gaps, ["nearby-devices", "tracking", "clipboard"]);
    assert_eq!(found.gaps[0].detail, "Manifest.plist");
    let rows = ["UserTracking", "BluetoothAlways", "Pasteboard"].map(|service| new_row(service, APP, 2, 2, 5)).concat();
    assert!(access(&backup(&(schema(26) + &rows), ""), None).gaps.is_empty());
}

#[test]
fn a_row_missing_from_half_a_database_is_not_never_asked() {
    let mut script = schema(20) + &new_row("Camera", APP, 2, 2, 5);
    for number in 0..2000 {
        script += &new_row("Camera", &format!("com.example.other{number:05}"), 2, 2, 5);
    }
    let mut bytes = bytes_of(&script);
    let from = bytes.len() / 3 / 4096 * 4096;
    bytes[from..].fill(0xee);
    let clients = entry("e/usr/libexec/locationd:", &[]);
    let items = vec![item(Artefact::Tcc, bytes), item(Artefact::LocationClients, xml(&clients))];
    let found = access(&BackupEvidence { items, ..BackupEvidence::default() }, IOS_17);
    assert_eq!(grant(&found, Permission::Camera).level, Level::WhileInUse);
    assert_eq!(gap(&found, Permission::Microphone).reason, "truncated");
}

#[test]
fn rows_that_only_a_lost_log_has_are_not_never_asked() {
    let mut evidence = backup(&schema(26), "");
    evidence.missing.push(BackupMissing {
        artefact: Artefact::TccLog,
        reason: Reason::Unreadable,
        detail: String::new(),
    });
    assert_eq!(gap(&access(&evidence, IOS_17), Permission::Camera).reason, "unreadable");
    evidence.missing[0].reason = Reason::Absent;
    assert!(access(&evidence, IOS_17).gaps.is_empty());
    evidence.items.push(item(Artefact::TccLog, vec![7; 9000]));
    assert_eq!(gap(&access(&evidence, IOS_17), Permission::Camera).reason, "truncated");
}

#[test]
fn a_path_is_no_app_and_extensions_and_removed_apps_are_counted_apart() {
    let script = schema(26)
        + &new_row("Camera", APP, 2, 2, 5)
        + &new_row("Motion", "com.example.app.watchkitapp", 2, 2, 5)
        + &new_row("Siri", "com.example.app.watchkitapp", 2, 2, 5)
        + &new_row("Photos", "com.example.application", 2, 2, 5)
        + &new_row("Photos", "com.removed.one", 2, 2, 5)
        + &new_row("Liverpool", "com.apple.Health", 2, 4, 5)
        + "INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version)
           VALUES ('kTCCServiceCamera', '/usr/libexec/somed', 1, 2, 11, 1), ('kTCCServiceMotion', 'com.example.app', 1, 0, 2, 1);";
    let clients = [
        entry("icom.removed.one:", &[("Authorization", &int(4))]),
        entry("icom.removed.two:", &[]),
        entry("e/usr/libexec/locationd:", &[]),
        entry("lcom.apple.Maps:p/System/x.bundle", &[]),
        entry("lcom.example.app:p/private/x.bundle", &[]),
    ]
    .concat();
    let evidence = backup(&script, &clients);
    let facts = facts(&evidence, IOS_17);
    let access = Access::read(&facts);
    let counted = access.other_clients(&BTreeSet::from([APP.to_owned()]), true);
    // The system: somed, Health, locationd, Routine, the part of Maps. Extensions: the watch app, the part of the app.
    assert_eq!(counted, OtherClients { system: 5, extensions: 2, removed: 3 });
    // Without a list of apps, nobody knows which of them are removed.
    let unlisted = access.other_clients(&BTreeSet::new(), false);
    assert_eq!((unlisted.extensions, unlisted.removed), (0, 0), "{unlisted:?}");
    assert!(access.clients().contains("com.removed.two") && access.clients().contains("com.removed.one"));
    assert!(!access.clients().iter().any(|client| client.starts_with('/')));
    let motion = access.of(&facts, APP, None);
    assert_eq!(grant(&motion, Permission::Motion).level, Level::None, "a row of a path is not that of the app");
}

#[test]
fn services_that_nobody_knows_are_counted_with_their_names() {
    let script = schema(26) + &new_row("SomethingNew", APP, 2, 2, 5) + &new_row("Camera", APP, 2, 2, 5);
    let evidence = backup(&script, "");
    let facts = facts(&evidence, IOS_17);
    Access::read(&facts);
    let gaps = facts.gaps();
    assert_eq!((gaps[0].read, gaps[0].of, gaps[0].detail.as_str()), (Some(1), Some(2), "kTCCServiceSomethingNew"));
}

#[test]
fn files_that_are_not_there_are_gaps_of_all_apps() {
    let evidence = BackupEvidence { encrypted: true, locked: true, ..BackupEvidence::default() };
    let facts = facts(&evidence, IOS_17);
    let access = Access::read(&facts);
    assert_eq!(access.of(&facts, APP, None), AppAccess::default());
    let gaps = access.gaps(&facts);
    assert_eq!(gaps.len(), IN_TCC.len() + IN_LOCATION.len());
    assert!(gaps.iter().all(|gap| gap.reason == "no-password" && gap.app.is_none()));
    let broken =
        BackupEvidence { items: vec![item(Artefact::Tcc, b"no database".to_vec())], ..BackupEvidence::default() };
    let facts = self::facts(&broken, IOS_14);
    let access = Access::read(&facts);
    let gaps = access.gaps(&facts);
    assert!(gaps.iter().any(|gap| gap.area == "camera" && gap.reason == "unreadable" && gap.detail == "TCC.db"));
    assert!(gaps.iter().any(|gap| gap.area == "location" && gap.reason == "absent" && gap.detail == "clients.plist"));
    assert!(!gaps.iter().any(|gap| gap.area == "clipboard"), "before iOS 16 nothing has to tell");
    assert_eq!(grant(&access.of(&facts, APP, None), Permission::Clipboard).level, Level::Always);
}

#[test]
fn the_protection_of_safari_is_inverted() {
    let protection = |rows: &str, version| {
        let evidence = backup(&(schema(26) + rows), "");
        let facts = facts(&evidence, version);
        Access::read(&facts).tcc.web_tracking_prevention().map(|(on, _)| on)
    };
    let row = |client: &str, value| new_row("WebKitIntelligentTrackingPrevention", client, value, 5, 5);
    assert_eq!(protection(&row(SAFARI, 2), IOS_17), Some(true));
    assert_eq!(protection(&row(SAFARI, 0), IOS_17), Some(false));
    assert_eq!(protection(&row("org.mozilla.ios.Firefox", 0), IOS_17), Some(true), "another browser's row");
    assert_eq!(protection("", IOS_17), Some(true));
    assert_eq!(protection("", IOS_12), None);
    assert_eq!(protection(&row(SAFARI, 77), IOS_17), None);
}

#[test]
fn keyboards_with_full_access_are_named() {
    let script = schema(26)
        + &new_row("KeyboardNetwork", "com.k.one.ext", 2, 3, 5)
        + &new_row("KeyboardNetwork", "com.k.two.ext", 0, 3, 5);
    let evidence = backup(&script, "");
    let facts = facts(&evidence, IOS_17);
    let keyboards = Access::read(&facts).tcc.keyboards_with_full_access();
    assert_eq!(keyboards.len(), 1);
    assert_eq!(keyboards[0].0, "com.k.one.ext");
    assert!(keyboards[0].1.text.contains("auth_value=2"));
}

// ---- location ----

/// The three grants of location of an entry.
fn located(members: &[(&str, String)]) -> AppAccess {
    let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
    access(&backup(&schema(26), &entry("icom.example.app:", &members)), IOS_17)
}

fn levels(found: &AppAccess) -> [Level; 3] {
    IN_LOCATION.map(|permission| grant(found, permission).level)
}

#[test]
fn location_is_a_mask_and_every_mask_that_is_not_known_a_gap() {
    use Level as L;
    for (value, expected, code) in [
        (0, [L::None, L::None, L::None], BecauseCode::AsksNextTime),
        (1, [L::Denied, L::Denied, L::None], BecauseCode::RefusedByPerson),
        (2, [L::WhileInUse, L::Always, L::None], BecauseCode::WhileInUse),
        (4, [L::Always, L::Always, L::Always], BecauseCode::AtAnyTime),
    ] {
        let found = located(&[("Authorization", int(value))]);
        assert_eq!(levels(&found), expected, "{value}");
        assert_eq!(grant(&found, Permission::Location).because.code, code);
    }
    for value in [3, 5, 6, 7, -1] {
        let found = located(&[("Authorization", int(value))]);
        for permission in IN_LOCATION {
            assert!(gap(&found, permission).detail.contains(&format!("Authorization={value}")));
        }
    }
    let lost = located(&[("Authorization", "<string>4</string>".to_owned())]);
    assert_eq!(gap(&lost, Permission::Location).reason, "unreadable");
    let absent = located(&[("Registered", "<true/>".to_owned())]);
    assert_eq!(levels(&absent), [L::None; 3]);
    assert_eq!(grant(&absent, Permission::Location).because.code, BecauseCode::NeverAsked);
}

#[test]
fn while_in_use_with_provisional_monitoring_is_always() {
    let found = located(&[("Authorization", int(2)), ("ProvisionalMonitoring", "<true/>".to_owned())]);
    assert_eq!(levels(&found), [Level::Always; 3]);
    assert_eq!(grant(&found, Permission::Location).because.code, BecauseCode::ProvisionalAlways);
    let denied = located(&[("Authorization", int(1)), ("ProvisionalMonitoring", "<true/>".to_owned())]);
    assert_eq!(levels(&denied)[0], Level::Denied);
}

#[test]
fn widgets_and_one_time_grants_are_told() {
    let widgets = located(&[("Authorization", int(2)), ("IncidentalUseMode", int(3))]);
    assert_eq!(grant(&widgets, Permission::Location).because.code, BecauseCode::WhileInUseOrWidgets);
    let once = located(&[("Authorization", int(0)), ("TemporaryAuthorization", int(1))]);
    assert_eq!(levels(&once), [Level::Ask, Level::Always, Level::None]);
    assert_eq!(grant(&once, Permission::Location).state, State::OneTime);
    let over = located(&[("Authorization", int(0)), ("TemporaryAuthorization", int(0))]);
    assert_eq!(levels(&over)[0], Level::None);
}

#[test]
fn a_two_is_approximate() {
    let precise = |value: i64| {
        let found = located(&[("Authorization", int(2)), ("CorrectiveCompensationEnabled", int(value))]);
        let grant = grant(&found, Permission::LocationPrecise);
        (grant.level, grant.because.code)
    };
    assert_eq!(precise(1), (Level::Always, BecauseCode::Precise));
    assert_eq!(precise(2), (Level::Limited, BecauseCode::ApproximateOnly));
    assert_eq!(precise(0), (Level::Always, BecauseCode::PreciseByDefault));
    let strange = located(&[("Authorization", int(2)), ("CorrectiveCompensationEnabled", int(3))]);
    assert!(gap(&strange, Permission::LocationPrecise).detail.contains("CorrectiveCompensationEnabled=3"));
    assert_eq!(grant(&strange, Permission::Location).level, Level::WhileInUse);
    let refused = located(&[("Authorization", int(1)), ("CorrectiveCompensationEnabled", int(3))]);
    assert_eq!(levels(&refused)[1], Level::Denied);
}

#[test]
fn a_bundle_id_that_begins_with_a_type_letter_keeps_it() {
    for (key, app_has_it) in [("icom.example.app:", true), ("com.example.app", true), ("icom.example.app", false)] {
        let found = access(&backup(&schema(26), &entry(key, &[("Authorization", &int(4))])), IOS_17);
        assert_eq!(grant(&found, Permission::Location).level == Level::Always, app_has_it, "{key}");
    }
    let part = entry("lcom.example.app:p/private/x.bundle", &[("Authorization", &int(4))]);
    assert_eq!(levels(&access(&backup(&schema(26), &part), IOS_17))[0], Level::None, "a part is not the app");
}

#[test]
fn of_two_entries_the_wider_counts() {
    let two = [
        entry("com.example.app", &[("Authorization", &int(4))]),
        entry("icom.example.app:", &[("Authorization", &int(2))]),
    ]
    .concat();
    let found = access(&backup(&schema(26), &two), IOS_17);
    assert_eq!(levels(&found)[0], Level::Always);
    assert_eq!(grant(&found, Permission::Location).evidence.len(), 2);
}

#[test]
fn the_main_switch_makes_every_grant_moot() {
    let entries = entry("icom.example.app:", &[("Authorization", &int(4))]);
    let mut evidence = backup(&schema(26), &entries);
    let settings = xml("<key>LocationServicesEnabledIn8.0</key><false/><key>A</key><true/>");
    evidence.items.push(item(Artefact::LocationSettings, settings));
    let found = access(&evidence, IOS_17);
    for permission in IN_LOCATION {
        let grant = grant(&found, permission);
        assert_eq!((grant.level, grant.inert), (Level::Always, Some(Inert::MainSwitchOff)));
        assert!(grant.evidence.iter().any(|row| row.text == "LocationServicesEnabledIn8.0=false" && row.line == 2));
    }
    assert_eq!(grant(&found, Permission::Camera).inert, None);
    let facts = facts(&evidence, IOS_17);
    let access = Access::read(&facts);
    assert_eq!((access.location.is_on(), access.location.switch_rows().len()), (Some(false), 1));
    let other = access.of(&facts, "com.example.none", None);
    assert_eq!(grant(&other, Permission::Location).inert, None, "nothing granted, nothing moot");
}

#[test]
fn the_last_use_is_told_and_doubted() {
    let used = |members: &[(&str, i64)], taken_at: Option<i64>| {
        let members: Vec<(&str, String)> = members.iter().map(|(name, value)| (*name, int(*value))).collect();
        let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let evidence = backup(&schema(26), &entry("icom.example.app:", &members));
        let facts = facts(&evidence, IOS_17);
        let found = Access::read(&facts).of(&facts, APP, taken_at);
        assert_eq!(grant(&found, Permission::LocationBackground).last_used, None);
        grant(&found, Permission::Location).last_used.clone()
    };
    // 2023-01-01T00:00:00Z.
    let stop = 694_224_000;
    let last = used(&[("Authorization", 1), ("LocationTimeStopped", stop)], None).unwrap();
    assert_eq!((last.at.as_deref(), last.how, last.doubtful), (Some("2023-01-01T00:00:00Z"), Usage::Unknown, false));
    let before = used(&[("LocationTimeStopped", stop)], Some(1_672_531_199)).unwrap();
    assert!(before.doubtful, "after the backup was made");
    assert!(!used(&[("LocationTimeStopped", stop)], Some(1_672_531_201)).unwrap().doubtful);
    assert!(used(&[("LocationTimeStopped", 5)], None).unwrap().doubtful, "before there were apps");
    let background = used(&[("BackgroundLocationTimeStopped", stop)], None).unwrap();
    assert_eq!(background.how, Usage::Background);
    let running = used(&[("LocationTimeStarted", stop + 5), ("LocationTimeStopped", stop)], None).unwrap();
    assert_eq!(running.at.as_deref(), Some("2023-01-01T00:00:05Z"));
    assert_eq!(used(&[("LocationTimeStopped", 0), ("FenceTimeStopped", -7)], None), None);
}

#[test]
fn rows_of_an_entry_read_as_the_file_does() {
    let found = located(&[("Authorization", int(4)), ("CorrectiveCompensationEnabled", int(1))]);
    let text = "icom.example.app: Authorization=4, CorrectiveCompensationEnabled=1";
    assert_eq!(grant(&found, Permission::Location).evidence, [row(Artefact::LocationClients, 1, text)]);
}

// ---- samples ----

/// What a generated backup says it holds, for one service of one app.
fn expected(key: &str, value: Option<&str>, version: Version) -> Option<(Permission, Level)> {
    let permission = match key {
        "photos_add" => Permission::PhotosAdd,
        "bluetooth" => Permission::NearbyDevices,
        "media_library" => Permission::AudioFiles,
        "face_id" => Permission::FaceId,
        "homekit" => Permission::Home,
        other => Permission::from_word(other)?,
    };
    let level = match value {
        Some("denied") => Level::Denied,
        Some("limited" | "add_modify_added") => Level::Limited,
        Some("allowed") if matches!(permission, Permission::Camera | Permission::Microphone) => Level::WhileInUse,
        Some("allowed") => Level::Always,
        None if services::open_before(permission).is_some_and(|since| version < since) => Level::Always,
        None => Level::None,
        Some(other) => panic!("{key}: {other}"),
    };
    Some((permission, level))
}

#[test]
fn generated_backups_say_what_they_hold() {
    let Some(folder) = crate::skip::corpus("") else { return };
    let Ok(entries) = std::fs::read_dir(folder.join("ios/generated")) else { return };
    let mut apps_seen = 0;
    for name in entries.filter_map(|entry| entry.unwrap().file_name().into_string().ok()) {
        if !name.starts_with("plain-") || name.ends_with(".json") {
            continue;
        }
        let truth = sample(&format!("generated/{name}.truth.json")).unwrap();
        let truth: serde_json::Value = serde_json::from_slice(&truth).unwrap();
        let version = Version::read(truth["ios"].as_str().unwrap()).unwrap();
        let mut items = Vec::new();
        for (artefact, path) in [
            (Artefact::Tcc, "64/64d0019cb3d46bfc8cce545a8ba54b93e7ea9347"),
            (Artefact::TccLog, "7d/7dda30fcab73c311cf05ebd2d2d3292ca544dc1e"),
            (Artefact::LocationClients, "a6/a690d7769cce8904ca2b67320b107c8fe5f79412"),
        ] {
            items.extend(sample(&format!("generated/{name}/{path}")).map(|bytes| item(artefact, bytes)));
        }
        let evidence = BackupEvidence { items, ..BackupEvidence::default() };
        let facts = facts(&evidence, Some(version));
        let access = Access::read(&facts);
        for (app, told) in truth["apps"].as_object().unwrap() {
            apps_seen += 1;
            let found = access.of(&facts, app, None);
            assert!(found.gaps.is_empty(), "{name}, {app}: {:?}", found.gaps);
            let tcc = |key: &str| told["tcc"][key]["value"].as_str();
            for key in [
                "camera",
                "microphone",
                "contacts",
                "photos",
                "photos_add",
                "calendar",
                "reminders",
                "bluetooth",
                "motion",
                "media_library",
                "speech",
                "siri",
                "face_id",
                "tracking",
                "homekit",
            ] {
                let (permission, mut level) = expected(key, tcc(key), version).unwrap();
                if key == "photos_add" && matches!(tcc("photos"), Some("allowed" | "limited")) {
                    level = Level::Always;
                }
                assert_eq!(grant(&found, permission).level, level, "{name}, {app}, {key}");
                if let (Some(at), true) = (told["tcc"][key]["last_modified"].as_i64(), key != "photos_add") {
                    assert_eq!(grant(&found, permission).changed_at, moment(at), "{name}, {app}, {key}");
                }
            }
            let location = &told["location"];
            let provisional = location["provisional_always"].as_bool() == Some(true);
            let level = match location["authorization"].as_str().unwrap() {
                "always" => Level::Always,
                "while_using" if provisional => Level::Always,
                "while_using" => Level::WhileInUse,
                "never" => Level::Denied,
                _ => Level::None,
            };
            assert_eq!(grant(&found, Permission::Location).level, level, "{name}, {app}");
            let background = if level == Level::Always { level } else { Level::None };
            assert_eq!(grant(&found, Permission::LocationBackground).level, background, "{name}, {app}");
            let precise = match location["precise"].as_bool() {
                Some(false) if level > Level::None => Level::Limited,
                _ if level > Level::None => Level::Always,
                _ => level,
            };
            assert_eq!(grant(&found, Permission::LocationPrecise).level, precise, "{name}, {app}");
            let uses = grant(&found, Permission::Location).last_used.is_some();
            assert_eq!(uses, location["authorization"] != "no_entry", "{name}, {app}");
        }
    }
    assert!(apps_seen > 40, "{apps_seen}");
}

#[test]
fn a_real_database_gives_no_grant_that_nobody_gave() {
    let Some(bytes) = sample("mvt_ios_backup/64/64d0019cb3d46bfc8cce545a8ba54b93e7ea9347") else { return };
    let clients = entry("e/usr/libexec/locationd:", &[]);
    let items = vec![item(Artefact::Tcc, bytes), item(Artefact::LocationClients, xml(&clients))];
    let evidence = BackupEvidence { items, ..BackupEvidence::default() };
    let facts = facts(&evidence, IOS_14);
    let access = Access::read(&facts);
    // iCloud Drive, granted without a question, is all that this app has.
    let found = access.of(&facts, "net.whatsapp.WhatsApp", None);
    assert!(
        found
            .grants
            .iter()
            .all(|grant| { grant.level == Level::None || grant.because.code == BecauseCode::NoPermissionNeeded })
    );
    let health = access.of(&facts, "com.apple.Health", None);
    assert_eq!(grant(&health, Permission::Motion).decided_by, DecidedBy::System);
    assert_eq!(access.tcc.web_tracking_prevention().map(|(on, _)| on), Some(true));
    assert!(facts.gaps().is_empty(), "{:?}", facts.gaps());
    let counted = access.other_clients(&BTreeSet::from(["net.whatsapp.WhatsApp".to_owned()]), true);
    assert_eq!((counted.extensions, counted.removed), (0, 3), "Firefox, Chrome and one that calls itself Launch");
}

proptest::proptest! {
    #[test]
    fn every_permission_has_one_grant_or_one_gap(
        rows in proptest::collection::vec((proptest::sample::select(vec!["Camera", "Photos", "PhotosAdd", "Calendar", "BluetoothAlways", "NearbyInteraction", "BluetoothWhileInUse", "UserTracking", "Pasteboard", "AddressBook"]), -1i64..9, 0i64..15), 0..10),
        overridden in proptest::bool::ANY,
        members in proptest::collection::vec((proptest::sample::select(vec!["Authorization", "CorrectiveCompensationEnabled", "TemporaryAuthorization", "IncidentalUseMode", "LocationTimeStopped"]), -1i64..9), 0..5),
        version in proptest::option::of(12u32..28),
    ) {
        let mut script = schema(37);
        for (service, value, reason) in rows {
            script += &new_row(service, APP, value, reason, 5).replace("INSERT INTO", "INSERT OR IGNORE INTO");
        }
        if overridden {
            script += "INSERT INTO access_overrides VALUES ('kTCCServicePhotosAdd');";
        }
        // A key that stands twice makes the file a damaged one, which is told for all apps at once.
        let members: std::collections::BTreeMap<&str, String> = members.iter().map(|(name, value)| (*name, int(*value))).collect();
        let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let found = access(&backup(&script, &entry("icom.example.app:", &members)), version.map(|major| Version(major, 0)));
        if overridden {
            proptest::prop_assert_eq!(grant(&found, Permission::PhotosAdd).level, Level::Denied);
        }
    }
}
