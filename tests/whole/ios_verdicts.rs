//! Verdicts on iPhones that must hold on real phones: what the system does is no decision of anybody, what a form does not say is not
//! known, and less evidence never looks better.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use crate::common_ios;
use crate::common_ios::look::{Room, Seen, any, whole};
use crate::common_ios::plists::{
    self, Configuration, NetworkForm, Profile, Rule, Section, binary, client, dict, list, text,
};
use crate::common_ios::{
    BULLETIN_BOARD, Backup, CLIENTS, EFFECTIVE, GLOBAL, INSTAGRAM, Index, NETWORK, Row, SECTIONS, SIGNAL, TCC, TIKTOK,
    WHATSAPP, X, file_id, member,
};
use poucet::Catalog;
use poucet::audit::{Context, audit};
use poucet::inner::access::Options;
use poucet::inner::access::Scope;
use poucet::inner::access::ios::build::snapshot;
use poucet::inner::source::ios_backup::{Password, open};
use poucet::profile;
use poucet::vocabulary::Verdict;
use serde_json::Value;

/// The findings of `audit --all-apps -f json` with one profile.
fn audited(backup: &Backup, arguments: &[&str]) -> Seen {
    let room = Room::new();
    let root = backup.write(&room.backups()).display().to_string();
    let words: Vec<&str> =
        ["audit", &root, "--all-apps", "--format", "json"].into_iter().chain(arguments.iter().copied()).collect();
    room.run(&words)
}

/// The verdict of a rule, on an app where one is named.
fn verdict(seen: &Seen, code: &str, app: Option<&str>) -> String {
    let of = |finding: &&Value| finding["code"] == code && app.is_none_or(|id| finding["app"]["id"] == id);
    let found: BTreeSet<&str> =
        seen.list("findings").iter().filter(of).filter_map(|finding| finding["verdict"].as_str()).collect();
    assert!(!found.is_empty(), "no finding of {code} on {app:?}: {}", seen.stderr);
    found.into_iter().collect::<Vec<_>>().join(",")
}

// ---- local network ---------------------------------------------------------------------------------------------------

#[test]
fn the_answers_on_the_local_network_are_read_as_a_phone_writes_them() {
    for form in [NetworkForm::Phone, NetworkForm::Mac] {
        let mut backup = Backup::social("17.5.1");
        backup.network_form = form;
        let seen = whole(&backup);
        seen.assert_level(TIKTOK, "local-network", "always");
        assert_eq!(seen.because(TIKTOK, "local-network"), "granted-by-person");
        seen.assert_level(INSTAGRAM, "local-network", "denied");
        assert_eq!(seen.because(INSTAGRAM, "local-network"), "refused-by-person");
        // Registered and not asked, and not registered at all.
        for app in [X, SIGNAL] {
            seen.assert_level(app, "local-network", "none");
            assert_eq!(seen.because(app, "local-network"), "no-row");
        }
    }
    let audit = audited(&Backup::social("17.5.1"), &["-p", "location-off"]);
    assert!(verdict(&audit, "indirect-location", Some(TIKTOK)).contains("fail"), "{audit:?}");
}

#[test]
fn a_known_configuration_without_its_list_is_not_known_for_every_app() {
    for form in [NetworkForm::Renamed, NetworkForm::Without] {
        let mut backup = Backup::social("17.5.1");
        backup.network_form = form;
        let seen = any(&backup);
        for app in [TIKTOK, INSTAGRAM, X, SIGNAL, WHATSAPP] {
            assert!(seen.grant(app, "local-network").is_none(), "{form:?}: {app}");
            assert!(seen.is_unknown(app, "local-network", "com.apple.networkextension.plist"), "{form:?}: {app}");
        }
        let audit = audited(&backup, &["-p", "location-off"]);
        let local = audit.list("findings").iter().filter(|finding| finding["permission"] == "local-network");
        assert!(local.clone().count() >= 5);
        for finding in local {
            assert_eq!(finding["verdict"], "not-assessed", "{form:?}: {finding}");
        }
    }
}

#[test]
fn configurations_of_settings_are_no_vpn_and_hide_none() {
    let seen = whole(&Backup::social("17.5.1"));
    assert_eq!(seen.level(SIGNAL, "vpn"), "none");
    assert_eq!(seen.setting("private-dns"), false);
    let mut backup = Backup::social("17.5.1");
    backup.configurations.push(Configuration { name: "x".into(), application: SIGNAL.into(), kind: "VPN".into() });
    let seen = whole(&backup);
    seen.assert_level(SIGNAL, "vpn", "always");
    // A file that lost its configurations tells of no VPN, and not that there is none.
    backup.file(NETWORK, {
        let mut objects = plists::archive::Objects::new();
        let root = objects.add(dict([("Name", text("x"))]).into());
        objects.finish([("A", root)])
    });
    let seen = any(&backup);
    assert!(seen.grant(SIGNAL, "vpn").is_none() && seen.setting("private-dns").is_null(), "{seen:?}");
}

#[test]
fn mobile_data_of_each_app_is_shown_and_judged_by_nobody() {
    let seen = whole(&Backup::social("17.5.1"));
    for (app, behavior) in [(TIKTOK, 2), (INSTAGRAM, 1)] {
        let rows = seen.app(app)["evidence"].as_array().unwrap();
        let row = format!("CellularBehavior {app} = {behavior}");
        assert!(rows.iter().any(|found| found["text"] == row.as_str()), "{rows:?}");
    }
    assert!(!seen.app(SIGNAL)["evidence"].to_string().contains("CellularBehavior"));
}

// ---- what Apple's own programs restrict ------------------------------------------------------------------------------

/// Apple News and #images are blocked by iOS itself on most phones.
fn blocked_by_apple(backup: &mut Backup) {
    let news = "com.apple.news";
    let images = "com.apple.siri.parsec.HashtagImagesApp";
    for feature in ["blockedAppBundleIDs", "blacklistedAppBundleIDs"] {
        backup.effective_union.insert(feature.into(), vec![news.into(), images.into()]);
    }
    for (client, app) in [("com.apple.profiled.appenforced.com.apple.news", news), (images, images)] {
        backup.clients_of_system.push((client.into(), plists::union("blockedAppBundleIDs", &[app])));
    }
}

#[test]
fn apps_that_ios_itself_blocks_are_no_block_list() {
    let mut backup = Backup::social("18.5");
    blocked_by_apple(&mut backup);
    assert_eq!(whole(&backup).setting("app-blocklist"), false);
    for (profile, rule) in [("precautionary", "enforced"), ("government-of-canada", "blocked")] {
        let audit = audited(&backup, &["-p", profile, "--ownership", "institution"]);
        assert_eq!(verdict(&audit, rule, None), "fail", "{profile}");
    }
    // An organization's profile beside them.
    backup.effective_union.get_mut("blockedAppBundleIDs").unwrap().push(TIKTOK.into());
    backup
        .forced
        .push(("Name (17DC2F9B-313E-4237-B873-82D2297AFC2B)".into(), plists::union("blockedAppBundleIDs", &[TIKTOK])));
    assert_eq!(whole(&backup).setting("app-blocklist"), true);
}

#[test]
fn a_block_of_screen_time_is_no_block_of_an_organization() {
    let mut backup = Backup::social("18.5");
    backup.effective_union.insert("blockedAppBundleIDs".into(), vec![TIKTOK.into()]);
    backup
        .clients_of_system
        .push(("com.apple.ScreenTimeAgent".into(), plists::union("blockedAppBundleIDs", &[TIKTOK])));
    assert_eq!(whole(&backup).setting("app-blocklist"), false);
}

#[test]
fn the_short_delay_of_low_power_mode_is_not_the_persons() {
    let mut backup = Backup::social("17.5.1");
    backup.own_delay = 300;
    backup.value("maxInactivity", 30);
    backup.clients_of_system.push(("com.apple.batterysaver".into(), plists::number("maxInactivity", 30)));
    assert_eq!(whole(&backup).setting("lock-delay"), 300);
    assert_eq!(verdict(&audited(&backup, &["-p", "cis-ios"]), "lock-delay", None), "fail");
    // Without the person's own setting nobody knows what comes back.
    backup.without(common_ios::USER_SETTINGS);
    let seen = any(&backup);
    assert!(seen.setting("lock-delay").is_null(), "{}", seen.setting("lock-delay"));
    // Without the programs' restrictions, half a minute may be theirs.
    backup.without(common_ios::CLIENT_TRUTH);
    assert!(any(&backup).setting("lock-delay").is_null());
}

// ---- hidden apps -----------------------------------------------------------------------------------------------------

#[test]
fn an_app_that_the_person_hid_is_granted_by_the_person_and_told_as_hidden() {
    for ios in ["18.2", "26.1", "27.0"] {
        let mut backup = Backup::social(ios);
        let mut entry = client(2);
        entry.insert("Hidden".into(), true.into());
        backup.client(INSTAGRAM, entry);
        let seen = whole(&backup);
        seen.assert_level(INSTAGRAM, "location", "while-in-use");
        assert_eq!(seen.field(INSTAGRAM, "location", "state"), "granted-by-person", "{ios}");
        assert_eq!(seen.field(INSTAGRAM, "location", "decided_by"), "user", "{ios}");
        assert_eq!(seen.setting("hidden-apps"), true, "{ios}");
        let evidence = seen.value["settings"]["hidden-apps"]["evidence"].to_string();
        assert!(evidence.contains("Hidden=1") && evidence.contains(INSTAGRAM), "{evidence}");
        assert!(whole(&Backup::social(ios)).setting("hidden-apps").is_null(), "{ios}");
    }
    // Before iOS 18 no app could be hidden, and a part of the system is marked by other fields.
    let mut old = Backup::social("17.5.1");
    let mut entry = client(2);
    entry.insert("Hidden".into(), true.into());
    old.client(INSTAGRAM, entry);
    let seen = whole(&old);
    assert!(seen.setting("hidden-apps").is_null());
    assert_eq!(seen.field(INSTAGRAM, "location", "state"), "granted-by-person");
}

#[test]
fn a_hidden_app_that_is_not_listed_is_told_without_its_name() {
    let mut backup = Backup::social("26.1");
    backup.app("com.example.dating.planted", "Planted", "Somebody", "Lifestyle");
    let mut entry = client(4);
    entry.insert("Hidden".into(), true.into());
    backup.client("com.example.dating.planted", entry);
    backup.sections.insert("com.example.dating.planted".into(), Section { previews: 1, ..Section::of(2) });
    backup.set(BULLETIN_BOARD, "BBContentPreviewsSetting", 3.into());
    let room = Room::new();
    let seen = room.snapshot(&backup, &[]);
    assert_eq!(seen.setting("hidden-apps"), true);
    assert_eq!(seen.setting("lock-notifications"), "shown");
    assert!(!seen.stdout.contains("dating.planted"), "{}", seen.stdout);
}

// ---- where apps come from --------------------------------------------------------------------------------------------

#[test]
fn only_what_the_app_store_installed_is_from_the_app_store() {
    type Change = fn(&mut plist::Dictionary);
    let cases: [(&str, Change, &str, Value, &str); 7] = [
        ("as installed", |_| (), "app-store", Value::Null, "pass"),
        (
            "a test version",
            |metadata| {
                metadata.insert("betaExternalVersionIdentifier".into(), 234_431_759.into());
                metadata.insert("betaTesterType".into(), 2.into());
            },
            "other-store",
            "com.apple.TestFlight".into(),
            "fail",
        ),
        (
            "one of the two marks of a test version",
            |metadata| {
                metadata.insert("betaTesterType".into(), 1.into());
            },
            "other-store",
            "com.apple.TestFlight".into(),
            "fail",
        ),
        (
            "TestFlight by its name",
            |metadata| {
                metadata.insert("sourceApp".into(), text("com.apple.TestFlight"));
            },
            "other-store",
            "com.apple.TestFlight".into(),
            "fail",
        ),
        (
            "another marketplace",
            |metadata| {
                metadata.insert("sourceApp".into(), text("com.example.market"));
            },
            "other-store",
            "com.example.market".into(),
            "fail",
        ),
        (
            "metadata of the package itself",
            |metadata| {
                metadata.remove("sourceApp");
            },
            "unknown",
            Value::Null,
            "not-assessed",
        ),
        (
            "another program of Apple",
            |metadata| {
                metadata.insert("sourceApp".into(), text("com.apple.dt.Xcode"));
            },
            "unknown",
            "com.apple.dt.Xcode".into(),
            "not-assessed",
        ),
    ];
    for (name, change, source, installer, expected) in cases {
        let mut backup = Backup::social("17.5.1");
        backup.metadata(INSTAGRAM, change);
        let seen = whole(&backup);
        let app = seen.app(INSTAGRAM);
        assert_eq!((&app["source"], &app["installer"]), (&source.into(), &installer), "{name}: {app}");
        assert_eq!(verdict(&audited(&backup, &["-p", "byod"]), "store-only", Some(INSTAGRAM)), expected, "{name}");
    }
}

#[test]
fn an_app_that_the_phone_alone_lists_may_be_gone() {
    let mut backup = Backup::social("17.5.1");
    backup.manifest_only(TIKTOK);
    let seen = whole(&backup);
    seen.assert_gap("app-presence", "absent");
    let audit = audited(&backup, &["-p", "precautionary"]);
    assert_eq!(verdict(&audit, "absent", Some(TIKTOK)), "not-assessed");
    let plain = audited(&Backup::social("17.5.1"), &["-p", "precautionary"]);
    assert_eq!(verdict(&plain, "absent", Some(TIKTOK)), "fail");
    // Where the computer wrote no list, or an empty one, the phone's is all there is.
    for change in [
        |info: &mut plist::Dictionary| info.clear(),
        |info: &mut plist::Dictionary| {
            info.insert("Installed Applications".into(), list([]));
            info.insert("Applications".into(), dict([]).into());
        },
    ] {
        let mut backup = Backup::social("17.5.1");
        change(backup.info.as_mut().unwrap());
        let audit = audited(&backup, &["-p", "precautionary"]);
        assert_eq!(verdict(&audit, "absent", Some(TIKTOK)), "fail");
    }
}

#[test]
fn that_nothing_is_left_behind_takes_every_place_that_could_tell() {
    let rests = |backup: &Backup| verdict(&audited(backup, &["-p", "precautionary"]), "no-residue", None);
    let mut backup = Backup::new("17.5.1");
    assert_eq!(rests(&backup), "pass");
    backup.index = Index::WithoutIndexes;
    backup.encrypted("word", 20, 10);
    let room = Room::new();
    let path = backup.write(&room.backups()).display().to_string();
    let mut command = room.command(&["audit", &path, "-p", "precautionary", "--format", "json"]);
    let seen = Seen::of(command.env("POUCET_BACKUP_PASSWORD", "word"));
    assert_eq!(verdict(&seen, "no-residue", None), "not-assessed", "no list of domains");
    for place in [common_ios::REGISTRY, TCC, CLIENTS] {
        let mut backup = Backup::new("17.5.1");
        backup.without(place);
        assert_eq!(rests(&backup), "not-assessed", "{place:?}");
    }
}

#[test]
fn without_any_list_of_apps_none_is_counted_as_removed() {
    let mut backup = Backup::social("17.5.1");
    backup.info.as_mut().unwrap().clear();
    backup.manifest.remove("Applications");
    backup.index = Index::WithoutIndexes;
    backup.encrypted("word", 20, 10);
    let room = Room::new();
    let path = backup.write(&room.backups()).display().to_string();
    let mut command = room.command(&["snapshot", &path, "--all-apps"]);
    let seen = Seen::of(command.env("POUCET_BACKUP_PASSWORD", "word"));
    assert_eq!(seen.value["other_clients"]["removed"], 0, "{}", seen.value["other_clients"]);
    seen.assert_gap("apps", "absent");
}

// ---- switches --------------------------------------------------------------------------------------------------------

#[test]
fn background_refresh_that_is_off_for_all_apps_leaves_their_own_switch_and_does_nothing() {
    let mut backup = Backup::social("17.5.1");
    backup.switch("allowAutomaticAppUpdates", false);
    let seen = whole(&backup);
    for app in [TIKTOK, WHATSAPP, SIGNAL] {
        seen.assert_level(app, "background-activity", "always");
        assert_eq!(seen.field(app, "background-activity", "inert"), "main-switch-off", "{app}");
        assert!(seen.field(app, "background-activity", "evidence").to_string().contains("allowAutomaticAppUpdates"));
    }
    seen.assert_level(INSTAGRAM, "background-activity", "denied");
    assert!(seen.field(INSTAGRAM, "background-activity", "inert").is_null());
    // On, not listed, and not read: nothing is idle.
    let mut unlisted = Backup::social("17.5.1");
    unlisted.effective_bool.remove("allowAutomaticAppUpdates");
    let mut unread = Backup::social("17.5.1");
    unread.without(EFFECTIVE);
    for backup in [Backup::social("17.5.1"), unlisted, unread] {
        assert!(any(&backup).field(TIKTOK, "background-activity", "inert").is_null());
    }
}

#[test]
fn settings_of_an_older_ios_that_were_left_behind_are_not_in_force() {
    const OLD: &str = "Library/ConfigurationProfiles/EffectiveUserSettings.plist";
    let off = [("allowAutomaticAppUpdates".to_owned(), false)].into();
    let old = plists::settings(&off, &BTreeMap::new(), &BTreeMap::new());
    let mut backup = Backup::social("17.5.1");
    backup.file_at("HomeDomain", OLD, old.clone());
    let inert = |backup: &Backup| any(backup).field(TIKTOK, "background-activity", "inert").clone();
    assert!(inert(&backup).is_null(), "the file of today says nothing of it");
    backup.switch("allowAutomaticAppUpdates", true);
    assert!(inert(&backup).is_null());
    let mut before = Backup::social("10.3.3");
    before.without(EFFECTIVE).file_at("HomeDomain", OLD, old);
    assert_eq!(inert(&before), "main-switch-off");
}

#[test]
fn previews_that_are_hidden_are_hidden_and_the_default_is_not_known() {
    for (setting, value, expected) in [
        (Some(1), Value::from("shown"), "fail"),
        (Some(2), "hidden".into(), "pass"),
        (Some(3), "hidden".into(), "pass"),
        (Some(0), Value::Null, "not-assessed"),
        (None, Value::Null, "not-assessed"),
    ] {
        let mut backup = Backup::social("17.5.1");
        match setting {
            Some(setting) => backup.set(BULLETIN_BOARD, "BBContentPreviewsSetting", i64::from(setting).into()),
            None => backup.unset(BULLETIN_BOARD, "BBContentPreviewsSetting"),
        };
        assert_eq!(whole(&backup).setting("lock-notifications"), &value, "{setting:?}");
        assert_eq!(verdict(&audited(&backup, &["-p", "byod"]), "lock-notifications", None), expected, "{setting:?}");
        // The Notification Centre alone says nothing of what arrives.
        backup.switch("allowLockScreenNotificationsView", false);
        assert_eq!(whole(&backup).setting("lock-notifications"), &value, "{setting:?}");
    }
}

#[test]
fn one_app_that_always_shows_its_contents_counts_unless_it_may_send_nothing() {
    let with = |section: Section| {
        let mut backup = Backup::social("17.5.1");
        backup.set(BULLETIN_BOARD, "BBContentPreviewsSetting", 3.into());
        backup.sections.insert(SIGNAL.into(), section);
        any(&backup).setting("lock-notifications").clone()
    };
    assert_eq!(with(Section { previews: 1, ..Section::of(2) }), "shown");
    assert_eq!(with(Section { previews: 1, ..Section::of(1) }), "hidden");
    assert_eq!(with(Section { previews: 2, ..Section::of(2) }), "hidden");
    assert_eq!(with(Section { previews: 9, ..Section::of(2) }), Value::Null);
    assert_eq!(with(Section { previews: 1, lock_screen: 1, ..Section::of(2) }), Value::Null);
    // What no section says of apps is not known.
    let mut backup = Backup::social("17.5.1");
    backup.set(BULLETIN_BOARD, "BBContentPreviewsSetting", 3.into());
    backup.without(SECTIONS);
    assert!(any(&backup).setting("lock-notifications").is_null());
}

#[test]
fn an_old_refusal_of_adding_does_not_take_back_all_photos() {
    for (photos, level) in [(2, "always"), (3, "limited")] {
        let mut backup = Backup::social("17.5.1");
        backup.tcc.allow(SIGNAL, "PhotosAdd", 0);
        backup.tcc.allow(SIGNAL, "Photos", photos);
        let seen = whole(&backup);
        seen.assert_level(SIGNAL, "photos", level);
        seen.assert_level(SIGNAL, "photos-add", "always");
    }
    // And none of both is none.
    let mut backup = Backup::social("17.5.1");
    backup.tcc.allow(SIGNAL, "PhotosAdd", 0);
    backup.tcc.allow(SIGNAL, "Photos", 0);
    let seen = whole(&backup);
    seen.assert_level(SIGNAL, "photos", "denied");
    seen.assert_level(SIGNAL, "photos-add", "denied");
}

#[test]
fn a_file_without_the_list_of_keyboards_lacks_it_and_is_not_damaged() {
    let mut backup = Backup::social("17.5.1");
    backup.unset(GLOBAL, "AppleKeyboards");
    let seen = whole(&backup);
    for area in ["keyboard", "keyboards"] {
        assert_eq!(seen.gaps_of(area), ["absent"], "{area}");
    }
    backup.file(GLOBAL, b"bplist00".to_vec());
    for area in ["keyboard", "keyboards"] {
        assert_eq!(any(&backup).gaps_of(area), ["unreadable"], "{area}");
    }
}

#[test]
fn a_keyboard_whose_full_access_is_not_known_is_not_known() {
    let mut backup = Backup::social("17.5.1");
    backup.set(GLOBAL, "AppleKeyboards", list([text("en_CA"), text(&format!("{TIKTOK}.Board"))]));
    whole(&backup).assert_level(TIKTOK, "keyboard", "limited");
    backup.without(TCC);
    let seen = any(&backup);
    assert!(seen.grant(TIKTOK, "keyboard").is_none() && seen.is_unknown(TIKTOK, "keyboard", ""), "{seen:?}");
    seen.assert_level(SIGNAL, "keyboard", "none");
}

#[test]
fn a_stale_copy_of_the_main_switch_makes_nothing_idle() {
    let mut backup = Backup::social("17.5.1");
    backup.without(common_ios::LOCATION);
    backup.set(common_ios::ROUTINE, "RTAuthorizationManagerCachedLocationServicesEnabled", false.into());
    let seen = any(&backup);
    assert!(seen.setting("location-master").is_null());
    assert!(seen.field(TIKTOK, "location", "inert").is_null());
}

// ---- services and versions -------------------------------------------------------------------------------------------

#[test]
fn services_of_ios_26_and_27_are_others_and_the_next_ones_are_not_known() {
    let known = [
        "ContactlessAccessPayments",
        "ExternalCameraMedia",
        "PKPassLibraryBackgroundAddPasses",
        "SensorKitHearing",
        "SensorKitSleep",
        "AccessoryNotifications",
        "AccessoryWorker",
        "AccessoryWorkerGPU",
        "AccessoryLiveActivities",
        "AccessoryWiFiNetworkSharing",
        "AccessoryAutomaticAudioSwitching",
        "MotionSensors",
        "SiriAccess",
        "HealthAccessReminder",
    ];
    let plain = whole(&Backup::social("27.0")).grants();
    let mut backup = Backup::social("27.0");
    for service in known {
        backup.tcc.allow(SIGNAL, service, 2);
    }
    let seen = whole(&backup);
    assert_eq!(seen.grants(), plain, "nothing is judged by them");
    assert!(seen.gaps_of("TCC.db").is_empty(), "{:#?}", seen.list("gaps"));
    // One that comes later was read, and is not understood in no other sense.
    backup.tcc.allow(SIGNAL, "HolodeckAccess", 2);
    let seen = whole(&backup);
    assert_eq!(seen.grants(), plain);
    assert_eq!(seen.gaps_of("TCC.db"), ["not-known"]);
    let gap = seen.list("gaps").iter().find(|gap| gap["area"] == "TCC.db").unwrap();
    assert_eq!(gap["detail"], "kTCCServiceHolodeckAccess", "{gap}");
    assert!(seen.value.get("partial").is_none(), "the table was read: {}", seen.value["partial"]);
}

#[test]
fn a_newer_service_of_contacts_leaves_open_whether_more_is_allowed() {
    for service in ["ContactsFull", "ContactsLimited"] {
        let mut backup = Backup::social("26.1");
        backup.tcc.allow(SIGNAL, service, 2);
        let seen = whole(&backup);
        assert!(seen.grant(SIGNAL, "contacts").is_none(), "{service}");
        assert_eq!(seen.gaps_of("contacts"), ["not-known"], "{service}");
        // More than all is nothing.
        seen.assert_level(TIKTOK, "contacts", "always");
        let mut refused = Backup::social("26.1");
        refused.tcc.allow(SIGNAL, service, 0);
        whole(&refused).assert_level(SIGNAL, "contacts", "none");
    }
}

#[test]
fn ios_27_is_read_as_every_version_before() {
    for (ios, build) in [("27.0", "24A435"), ("27.0.1", "24A446")] {
        for password in [None, Some("word")] {
            let mut backup = Backup::social(ios);
            // Such files are in the backups of iOS 27.
            backup.file_at("HomeDomain", "Library/Preferences/com.apple.x.notbackedup.plist", b"bplist00".to_vec());
            if let Some(password) = password {
                backup.encrypted(password, 20, 10);
            }
            let room = Room::new();
            let path = backup.write(&room.backups()).display().to_string();
            let mut command = room.command(&["snapshot", &path, "--all-apps"]);
            let seen = Seen::of(command.env("POUCET_BACKUP_PASSWORD", password.unwrap_or("unneeded")));
            assert_eq!(seen.code, Some(0), "{seen:?}");
            assert_eq!(
                (&seen.value["device"]["os_version"], &seen.value["device"]["build"]),
                (&ios.into(), &build.into())
            );
            seen.assert_level(TIKTOK, "camera", "while-in-use");
            seen.assert_level(TIKTOK, "location", "always");
            seen.assert_level(INSTAGRAM, "contacts", "limited");
            seen.assert_level(INSTAGRAM, "local-network", "denied");
            assert_eq!(seen.setting("lock-delay"), 120);
        }
    }
}

#[test]
fn an_ipad_has_ipados_and_other_devices_are_not_judged() {
    let with = |model: &str| {
        let mut backup = Backup::social("17.5.1");
        backup.lockdown("ProductType", text(model));
        backup.info.as_mut().unwrap().insert("Product Type".into(), text(model));
        backup
    };
    let room = Room::new();
    let path = with("iPad13,4").write(&room.backups()).display().to_string();
    let table = room.run(&["audit", &path]);
    assert!(table.stdout.contains("iPadOS 17.5.1") && !table.stdout.contains("iOS 17.5.1 "), "{}", table.stdout);
    let store = format!("--store={}", room.backups().join("fleet.db").display());
    room.run(&["audit", &path, &store]);
    let list = room.run(&["fleet", "list", &store]);
    assert!(list.stdout.contains("iPadOS 17.5.1"), "{list:?}");
    for model in ["RealityDevice14,1", "AppleTV14,1", "Watch7,5", "AudioAccessory5,1"] {
        let room = Room::new();
        let path = with(model).write(&room.backups()).display().to_string();
        for command in ["audit", "snapshot"] {
            let seen = room.run(&[command, &path]);
            assert_eq!((seen.code, seen.stdout.as_str()), (Some(3), ""), "{model}: {seen:?}");
            assert!(seen.stderr.contains(model) && seen.stderr.contains("hint"), "{}", seen.stderr);
        }
    }
    // A word of another form, and none, say nothing.
    for model in ["", "iPhone", "N104AP"] {
        whole(&with(model));
    }
}

/// Of two values of one key, the last won; now nothing of the file is believed.
#[test]
fn a_property_list_that_says_two_things_tells_nothing_of_any_app() {
    let whole = audited(&Backup::social("17.5.1"), &["-p", "location-off"]);
    assert!(verdict(&whole, "location", Some(TIKTOK)).contains("fail"));
    let mut backup = Backup::social("17.5.1");
    let entry = format!(
        "<key>i{TIKTOK}:</key><dict><key>BundleId</key><string>{TIKTOK}</string><key>Authorization</key><integer>4</integer>\
         <key>Authorization</key><integer>1</integer></dict>"
    );
    let text = format!("<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>{entry}</dict></plist>");
    backup.file(CLIENTS, text.into_bytes());
    let seen = audited(&backup, &["-p", "location-off"]);
    let told = verdict(&seen, "location", None);
    assert!(told.contains("not-assessed") && !told.contains("pass"), "{told}");
    assert_eq!(seen.code, Some(3), "{seen:?}");
}

// ---- passwords -------------------------------------------------------------------------------------------------------

#[test]
fn a_password_file_of_windows_opens_and_one_that_is_no_text_is_named() {
    let word = "p\u{e4}ssw\u{f6}rd";
    let mut backup = Backup::social("17.5.1");
    backup.encrypted(word, 20, 10);
    let room = Room::new();
    let path = backup.write(&room.backups()).display().to_string();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(format!("{word}\r\n").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let run = |bytes: &[u8]| {
        let file = room.with_file("password.txt", bytes);
        room.run(&["snapshot", &path, "--password-file", &file, "--all-apps"])
    };
    for bytes in [utf16, format!("\u{feff}{word}\r\n").into_bytes(), "pa\u{308}sswo\u{308}rd\n".as_bytes().to_vec()] {
        let seen = run(&bytes);
        assert_eq!(seen.code, Some(0), "{bytes:?}: {seen:?}");
        seen.assert_level(TIKTOK, "camera", "while-in-use");
    }
    let seen = run(b"p\xe4ssw\xf6rd\r\n");
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(2), ""), "{seen:?}");
    assert!(seen.stderr.contains("UTF-8") && seen.stderr.contains("hint"), "{}", seen.stderr);
}

#[test]
fn a_password_opens_in_either_form_of_its_accents() {
    for (set, typed) in [("p\u{e4}ss", "pa\u{308}ss"), ("pa\u{308}ss", "p\u{e4}ss")] {
        let mut backup = Backup::social("17.5.1");
        backup.encrypted(set, 20, 10);
        let room = Room::new();
        let path = backup.write(&room.backups()).display().to_string();
        let mut command = room.command(&["snapshot", &path]);
        assert_eq!(Seen::of(command.env("POUCET_BACKUP_PASSWORD", typed)).code, Some(0), "{set:?} {typed:?}");
    }
}

// ---- folders ---------------------------------------------------------------------------------------------------------

#[test]
fn an_empty_folder_of_a_phone_beside_backups_is_left_aside() {
    let room = Room::new();
    let mut backup = Backup::social("17.5.1");
    for folder in ["00008110-00000000000000D1", "00008110-00000000000000D2"] {
        backup.folder = folder.into();
        backup.write(&room.backups());
    }
    let plain = room.run(&["audit", &room.backups().display().to_string()]);
    let empty = room.backups().join("00008110-00000000000000D3");
    std::fs::create_dir(&empty).unwrap();
    let seen = room.run(&["audit", &room.backups().display().to_string()]);
    assert_eq!(seen.code, plain.code, "{}", seen.stderr);
    assert!(!seen.stderr.contains("is empty"), "{}", seen.stderr);
    // By its own name it is a backup that was never made.
    let alone = room.run(&["audit", &empty.display().to_string()]);
    assert_eq!(alone.code, Some(3));
    assert!(alone.stderr.contains("new backup") && !alone.stderr.contains("bug report"), "{}", alone.stderr);
}

#[test]
fn a_backup_whose_files_stand_by_their_names_is_read() {
    let room = Room::new();
    let backup = Backup::social("17.5.1");
    let root = backup.write(&room.backups());
    let plain = room.snapshot_of(&root, &["--all-apps"]);
    for (domain, path) in backup.places() {
        let id = file_id(&domain, &path);
        let named = root.join(&domain).join(&path);
        std::fs::create_dir_all(named.parent().unwrap()).unwrap();
        std::fs::rename(root.join(&id[..2]).join(&id), named).unwrap();
    }
    let seen = room.snapshot_of(&root, &["--all-apps"]);
    assert_eq!(seen.code, Some(0), "{seen:?}");
    assert_eq!((seen.grants(), &seen.value["settings"]), (plain.grants(), &plain.value["settings"]));
    // A link on the way leads nowhere.
    let folder = root.join("HomeDomain/Library");
    std::fs::rename(&folder, room.here().join("Library")).unwrap();
    std::os::unix::fs::symlink(room.here().join("Library"), &folder).unwrap();
    let seen = room.snapshot_of(&root, &["--all-apps"]);
    assert_eq!(seen.code, Some(3), "{seen:?}");
    assert!(seen.has_gap("TCC.db", "unreadable") && seen.grant(TIKTOK, "camera").is_none(), "{seen:?}");
}

// ---- App Privacy Report ----------------------------------------------------------------------------------------------

fn contact(domain: &str, kind: u32, owner: &str) -> String {
    serde_json::json!({
        "bundleID": INSTAGRAM, "context": "", "domain": domain, "domainClassification": 1, "domainOwner": owner,
        "domainType": kind, "firstTimeStamp": "2026-05-27T10:00:00.000-04:00", "hits": 3, "initiatedType": "AppInitiated",
        "timeStamp": "2026-05-27T11:00:00.000-04:00", "type": "networkActivity",
    })
    .to_string()
}

fn reported(lines: &[String], arguments: &[&str]) -> Seen {
    let room = Room::new();
    let path = Backup::social("17.5.1").write(&room.backups()).display().to_string();
    let report = room.with_file("report.ndjson", lines.join("\n").as_bytes());
    let words: Vec<&str> =
        arguments.iter().copied().chain([path.as_str(), "--privacy-report", report.as_str()]).collect();
    room.run(&words)
}

#[test]
fn a_tracker_counts_whether_or_not_its_owner_is_named() {
    let lines = [
        contact("ads.example", 1, "Example Ads"),
        contact("graph.tracker.example", 1, ""),
        contact("API.Example.com.", 2, ""),
        contact("api.example.com", 2, ""),
        contact("203.0.113.7", 2, ""),
        contact("2001:db8::1", 2, ""),
    ];
    let seen = reported(&lines, &["snapshot"]);
    let told = seen.value["privacy_report"]["apps"][0].clone();
    assert_eq!((&told["domains"], &told["addresses"]), (&5.into(), &2.into()), "{told}");
    let trackers: Vec<&str> = told["contacted"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|domain| domain["tracker"] == true)
        .filter_map(|domain| domain["domain"].as_str())
        .collect();
    assert_eq!(trackers, ["ads.example", "graph.tracker.example"]);
    let folded = told["contacted"].as_array().unwrap().iter().find(|domain| domain["domain"] == "api.example.com");
    assert_eq!(folded.unwrap()["hits"], 6);
    let table = reported(&lines, &["audit", "-p", "byod"]);
    let page: String = table.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("2 of them belong to known trackers: Example Ads; the owner of one is not named"), "{page}");
    let french = reported(&lines, &["audit", "-p", "byod", "--lang", "fr"]);
    assert!(french.stdout.contains("Example Ads"), "{french:?}");
}

#[test]
fn a_report_of_nothing_is_a_gap_and_new_members_cost_no_line() {
    let seen = reported(&[], &["snapshot"]);
    seen.assert_gap("App Privacy Report", "unreadable");
    let access = |extra: Value| {
        let mut line = serde_json::json!({
            "accessor": { "identifier": INSTAGRAM, "identifierType": "bundleID" }, "category": "screenRecording",
            "identifier": "A", "kind": "event", "timeStamp": "2026-05-27T10:00:00.000-04:00", "type": "access",
        });
        line.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        line.to_string()
    };
    let lines = [
        access(serde_json::json!({ "accessCount": 0, "broadcaster": { "identifier": "com.example.b" } })),
        access(serde_json::json!({ "identifier": "B", "broadcaster": "com.example.b" })),
        access(serde_json::json!({ "identifier": "C", "accessor": null, "broadcaster": { "identifier": INSTAGRAM } })),
    ];
    let seen = reported(&lines, &["snapshot"]);
    assert_eq!(seen.value["privacy_report"]["not_understood"], 0, "{}", seen.value["privacy_report"]);
    assert_eq!(seen.value["privacy_report"]["apps"][0]["uses"][0]["count"], 3);
}

// ---- less evidence never looks better --------------------------------------------------------------------------------

/// The verdicts of every shipped profile on a backup, by profile and rule; and by app and permission.
type Verdicts = BTreeMap<(String, String, String), Verdict>;

fn judged(root: &Path) -> Option<Verdicts> {
    let evidence = open(root, &mut |_| Some(Password::from_bytes(b"word".to_vec()))).ok()?;
    let catalog = Catalog::builtin();
    let scope = Scope { catalog, all_apps: true, user: None };
    let snapshot = snapshot(&evidence, Options { scope, id_key: None, show_serial: false });
    let mut verdicts = Verdicts::new();
    static PROFILES: OnceLock<Vec<(String, profile::Profile)>> = OnceLock::new();
    let profiles = PROFILES.get_or_init(|| {
        let shipped = profile::shipped().into_iter().filter(|shipped| !shipped.is_abstract);
        shipped.map(|shipped| (shipped.id.to_owned(), profile::load(shipped.id, catalog).unwrap())).collect()
    });
    for (id, profile) in profiles {
        let context = Context { ownership: Some("institution"), ..Context::new(catalog) };
        for finding in &audit(&snapshot, profile, context).findings {
            let app = finding.app.as_ref().map(|app| app.id.clone()).unwrap_or_default();
            let permission = finding.permission.map(|permission| permission.word()).unwrap_or_default();
            let about = format!("{app} {permission}");
            verdicts.insert((id.clone(), finding.code().to_owned(), about), finding.verdict);
        }
    }
    Some(verdicts)
}

/// What of the whole looks better in the part: a rule that failed and passes, on an app or altogether.
fn better(whole: &Verdicts, part: &Verdicts) -> Vec<String> {
    let mut found = Vec::new();
    for (key, _) in whole.iter().filter(|(_, verdict)| **verdict == Verdict::Fail) {
        if part.get(key) == Some(&Verdict::Pass) {
            found.push(format!("{key:?}"));
        }
        let rule: Vec<Verdict> = part
            .iter()
            .filter(|(other, _)| (&other.0, &other.1) == (&key.0, &key.1))
            .map(|(_, verdict)| *verdict)
            .collect();
        if !rule.is_empty() && rule.iter().all(|verdict| *verdict == Verdict::Pass) {
            found.push(format!("{} {} altogether", key.0, key.1));
        }
    }
    found.dedup();
    found
}

/// A phone on which as much as possible is wrong, each thing told by one file or one key.
fn all_wrong(ios: &str) -> Backup {
    let mut backup = Backup::social(ios);
    backup.app("com.example.keys", "Keys", "Somebody", "Utilities");
    backup.set(GLOBAL, "AppleKeyboards", list([text("en_CA"), text("com.example.keys.Board")]));
    backup.tcc.allow("com.example.keys.Board", "KeyboardNetwork", 2);
    backup.profiles.push(Profile::carrier());
    let mut hidden = Profile::new("com.example.hidden", "VPN", "Nobody", &["com.apple.vpn.managed"]);
    hidden.hidden = true;
    backup.profiles.push(hidden);
    backup.trusted_certificates = 1;
    // Removed, and only the registry still has it.
    backup.registry.push("com.toyopagroup.picaboo".into());
    // Another whose data are left, and one of which only rows speak.
    backup.file_at("AppDomain-ph.telegra.Telegraph", "Library/x.plist", b"bplist00".to_vec());
    backup.tcc.allow("com.reddit.Reddit", "Camera", 2);
    backup.own_delay = 300;
    backup.value("maxInactivity", 30);
    backup.clients_of_system.push(("com.apple.batterysaver".into(), plists::number("maxInactivity", 30)));
    backup.effective_union.insert("blockedAppBundleIDs".into(), vec![TIKTOK.into()]);
    backup
        .clients_of_system
        .push(("com.apple.ScreenTimeAgent".into(), plists::union("blockedAppBundleIDs", &[TIKTOK])));
    backup.sections.insert(SIGNAL.into(), Section { previews: 1, ..Section::of(2) });
    backup.rules.push(Rule::answered(SIGNAL, false));
    backup.switch("allowDiagnosticSubmission", true);
    backup.set(common_ios::BACKUP_SETTINGS, "CloudBackupEnabled", true.into());
    backup.set(common_ios::FIND_MY, "fmipActive", false.into());
    backup.set(common_ios::UPDATES, "SUAutomaticUpdateV2Enabled", false.into());
    backup.set(common_ios::SAFARI, "PasscodeIsAvailable", false.into());
    backup.manifest.insert("WasPasscodeSet".into(), false.into());
    backup
}

/// Whether a top-level key of a file is content and not form: an app's own entry, whose absence is an app that never asked.
fn is_entry_of_an_app(place: &(String, String), key: &str) -> bool {
    (place.0.as_str(), place.1.as_str()) == CLIENTS && key.starts_with('i')
}

#[test]
fn no_part_of_a_backup_passes_where_the_whole_fails() {
    let mut backups = vec![all_wrong("26.1")];
    backups[0].profiles.retain(|profile| profile.id != "com.example.hidden");
    if std::env::var("POUCET_PARTS").is_ok_and(|value| value == "all") {
        backups.extend(["13.7", "16.5", "17.5.1", "27.0"].map(all_wrong));
        let mut hidden = all_wrong("18.2");
        hidden.set(BULLETIN_BOARD, "BBContentPreviewsSetting", 3.into());
        backups.push(hidden);
    }
    // The other way to be wrong: contents hidden but for one app.
    let mut one_app = all_wrong("17.5.1");
    one_app.set(BULLETIN_BOARD, "BBContentPreviewsSetting", 3.into());
    one_app.trusted_certificates = 0;
    one_app.effective_union.clear();
    backups.push(one_app);
    let mut faults = Vec::new();
    let (mut parts, mut failing) = (0, 0);
    for backup in &backups {
        let room = Room::new();
        let root = backup.write(&room.backups());
        let whole = judged(&root).unwrap();
        failing += whole.values().filter(|verdict| **verdict == Verdict::Fail).count();
        let mut look = |what: String| {
            parts += 1;
            // What cannot be opened at all is no part that passes.
            if let Some(part) = judged(&root) {
                let found = better(&whole, &part);
                if !found.is_empty() {
                    faults.push(format!("{} {what}: {}", backup.ios, found.join("; ")));
                }
            }
        };
        let mut files: Vec<((String, String), std::path::PathBuf)> = backup
            .places()
            .into_iter()
            // Of the apps' own files none is read; that they are there tells of an app that was removed.
            .filter(|(domain, _)| !domain.starts_with("AppDomain-") || !backup.manifest_has(domain))
            .map(|place| {
                let id = file_id(&place.0, &place.1);
                let path = root.join(&id[..2]).join(&id);
                (place, path)
            })
            .collect();
        for top in ["Info.plist", "Manifest.plist", "Status.plist"] {
            files.push((("".into(), top.into()), root.join(top)));
        }
        for (place, path) in &files {
            let bytes = std::fs::read(path).unwrap();
            std::fs::remove_file(path).unwrap();
            look(format!("without {place:?}"));
            // An index without its row.
            if !place.0.is_empty() {
                let index = std::fs::read(root.join("Manifest.db")).unwrap();
                let connection = rusqlite::Connection::open(root.join("Manifest.db")).unwrap();
                let id = file_id(&place.0, &place.1);
                connection.execute_batch("PRAGMA journal_mode = DELETE").unwrap();
                assert_eq!(connection.execute("DELETE FROM Files WHERE fileID = ?1", [&id]).unwrap(), 1);
                drop(connection);
                look(format!("without the row of {place:?}"));
                std::fs::write(root.join("Manifest.db"), index).unwrap();
            }
            // Half of it.
            std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            look(format!("half of {place:?}"));
            if let Some(plist::Value::Dictionary(members)) = plists::read(&bytes) {
                for key in members.keys().filter(|key| !is_entry_of_an_app(place, key)) {
                    let mut less = members.clone();
                    less.remove(key);
                    std::fs::write(path, binary(&less.into())).unwrap();
                    look(format!("{place:?} without {key}"));
                }
            }
            std::fs::write(path, &bytes).unwrap();
        }
        assert_eq!(judged(&root).unwrap(), whole, "the backup was put together again");
    }
    assert!(parts > 200 && failing > 60, "{parts} parts, {failing} failing");
    assert!(faults.is_empty(), "{} of {parts} parts look better:\n{}", faults.len(), faults.join("\n"));
}

/// Rows of the index that lead nowhere change nothing.
#[test]
fn rows_of_names_that_nobody_asked_for_change_nothing() {
    let plain = whole(&Backup::social("17.5.1"));
    let mut backup = Backup::social("17.5.1");
    backup.extra_rows.push(Row {
        file_id: Some(file_id("HomeDomain", "Library/TCC/TCC.db.old")),
        domain: Some("HomeDomain".into()),
        path: Some("Library/TCC/TCC.db".into()),
        flags: Some(1),
        blob: Some(Backup::mbfile("Library/TCC/TCC.db", 1)),
    });
    member(&mut backup.manifest, "Lockdown").insert("com.apple.new".into(), dict([]).into());
    let seen = whole(&backup);
    assert_eq!(seen.grants(), plain.grants());
    assert_eq!(seen.value["settings"], plain.value["settings"]);
}
