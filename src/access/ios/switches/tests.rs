//! What the switches of apps and of the phone must say.

use super::*;
use crate::access::ios::facts::Version;
use crate::evidence::ios::{BackupEvidence, BackupItem};
use crate::parse::ios::testing::{corpus_file, truth};
use crate::parse::ios::{network::tests as networks, notifications::tests as sections};

const APP: &str = "com.burbn.instagram";
const NEW: Option<Version> = Some(Version(17, 5));

fn evidence(files: &[(Artefact, &[u8])]) -> BackupEvidence {
    let items = files.iter().map(|(artefact, bytes)| BackupItem {
        artefact: *artefact,
        bytes: bytes.to_vec(),
        origin: artefact.path().to_owned(),
    });
    BackupEvidence { items: items.collect(), ..BackupEvidence::default() }
}

fn look<T>(evidence: &BackupEvidence, version: Option<Version>, look: impl Fn(&Facts<'_>, &Switches) -> T) -> T {
    let mut facts = Facts::read(evidence);
    facts.version = version;
    let switches = Switches::read(&facts);
    look(&facts, &switches)
}

/// What one app may do, without keyboards of full access.
fn of(evidence: &BackupEvidence, version: Option<Version>, app: &str) -> AppSwitches {
    look(evidence, version, |facts, switches| switches.of(facts, app, &[]))
}

fn grant_of(found: &AppSwitches, permission: Permission) -> Option<&Grant> {
    found.grants.iter().find(|grant| grant.permission == permission)
}

fn level(found: &AppSwitches, permission: Permission) -> Option<(Level, BecauseCode, DecidedBy)> {
    grant_of(found, permission).map(|grant| (grant.level, grant.because.code, grant.decided_by))
}

const MANIFEST: (Artefact, &[u8]) =
    (Artefact::Manifest, b"<plist><dict><key>Date</key><date>2024-06-01T00:00:00Z</date></dict></plist>");

#[test]
fn notifications_by_status() {
    let status = |number: i64| format!("<key>authorizationStatus</key><integer>{number}</integer>");
    let cases = [
        (status(0), Level::None, BecauseCode::NeverAsked, DecidedBy::Default),
        (status(1), Level::Denied, BecauseCode::RefusedByPerson, DecidedBy::User),
        (status(2), Level::Always, BecauseCode::GrantedByPerson, DecidedBy::User),
        (status(3), Level::Limited, BecauseCode::DeliveredQuietly, DecidedBy::Default),
        (status(4), Level::Always, BecauseCode::Granted, DecidedBy::Unknown),
        (
            status(1) + "<key>authorizationExpirationDate</key><date>2024-06-01T01:00:00Z</date>",
            Level::Always,
            BecauseCode::Granted,
            DecidedBy::Unknown,
        ),
        (
            status(1) + "<key>authorizationExpirationDate</key><date>2024-05-31T01:00:00Z</date>",
            Level::Denied,
            BecauseCode::RefusedByPerson,
            DecidedBy::User,
        ),
    ];
    for (settings, expected, code, by) in cases {
        let file = sections::file(&[(APP, &settings)]);
        let evidence = evidence(&[MANIFEST, (Artefact::Notifications, &file)]);
        let found = of(&evidence, NEW, APP);
        assert_eq!(level(&found, Permission::Notifications), Some((expected, code, by)), "{settings}");
        let none = level(&of(&evidence, NEW, "com.other"), Permission::Notifications);
        assert_eq!(none, Some((Level::None, BecauseCode::NoRow, DecidedBy::Default)));
    }
}

#[test]
fn a_status_that_nobody_knows_is_a_gap_and_so_is_an_end_without_a_date() {
    let odd = sections::file(&[(APP, "<key>authorizationStatus</key><integer>9</integer>")]);
    let end = sections::file(&[(
        APP,
        "<key>authorizationStatus</key><integer>1</integer><key>authorizationExpirationDate</key><date>2024-06-01T01:00:00Z</date>",
    )]);
    let bad = b"<plist><dict><key>sectionInfo</key><dict><key>com.burbn.instagram</key><data>AAAA</data></dict></dict></plist>";
    for file in [odd.as_slice(), end.as_slice(), bad] {
        let found = of(&evidence(&[(Artefact::Notifications, file)]), NEW, APP);
        assert_eq!(level(&found, Permission::Notifications), None);
        let gap = found.gaps.iter().find(|gap| gap.area == "notifications").unwrap();
        assert_eq!((gap.app.as_deref(), gap.reason.as_str()), (Some(APP), "unreadable"));
    }
}

#[test]
fn refresh_is_on_where_nobody_switched_it_off() {
    let file = b"<plist><dict><key>KeepAppsUpToDateAppList</key><dict><key>off</key><false/><key>on</key><true/>\
            <key>odd</key><string>x</string></dict></dict></plist>";
    let evidence = evidence(&[(Artefact::BackgroundRefresh, file)]);
    let refresh = |app: &str| level(&of(&evidence, NEW, app), Permission::BackgroundActivity);
    assert_eq!(refresh("off"), Some((Level::Denied, BecauseCode::SwitchedOff, DecidedBy::User)));
    assert_eq!(refresh("on"), Some((Level::Always, BecauseCode::SwitchedOn, DecidedBy::Unknown)));
    assert_eq!(refresh("new"), Some((Level::Always, BecauseCode::OnByDefault, DecidedBy::Default)));
    assert_eq!(refresh("odd"), None);
    assert!(of(&evidence, NEW, "odd").gaps.iter().any(|gap| gap.area == "background-activity"));
}

#[test]
fn the_local_network_by_rule_and_version() {
    let privacy = networks::privacy(&[("yes.app", false, true), ("no.app", true, true), ("mute.app", true, false)]);
    let file = networks::file(&[&privacy]);
    let evidence = evidence(&[(Artefact::NetworkExtension, &file)]);
    let local = |version, app: &str| level(&of(&evidence, version, app), Permission::LocalNetwork);
    assert_eq!(local(NEW, "yes.app"), Some((Level::Always, BecauseCode::GrantedByPerson, DecidedBy::User)));
    assert_eq!(local(NEW, "no.app"), Some((Level::Denied, BecauseCode::RefusedByPerson, DecidedBy::User)));
    assert_eq!(local(NEW, "mute.app"), Some((Level::None, BecauseCode::NoRow, DecidedBy::Default)));
    assert_eq!(local(NEW, "other.app"), Some((Level::None, BecauseCode::NoRow, DecidedBy::Default)));
    let old = Some(Version(13, 7));
    assert_eq!(local(old, "no.app"), Some((Level::Always, BecauseCode::NoPermissionNeeded, DecidedBy::Default)));
    // Without a version, an answer is one and its absence is none.
    assert_eq!(local(None, "no.app").unwrap().0, Level::Denied);
    assert_eq!(local(None, "other.app"), None);
    assert!(of(&evidence, None, "other.app").gaps.iter().any(|gap| gap.area == "local-network"));
}

#[test]
fn keyboards_with_and_without_full_access() {
    let file = b"<plist><dict><key>AppleKeyboards</key><array><string>en_GB@sw=QWERTY</string>\
            <string>com.burbn.instagram.Keys</string></array></dict></plist>";
    let with = evidence(&[(Artefact::GlobalPreferences, file)]);
    let access = [("com.burbn.instagram.Keys".to_owned(), row(Artefact::Tcc, 3, "KeyboardNetwork"))];
    let none = evidence(&[]);
    look(&with, NEW, |facts, switches| {
        let plain = switches.of(facts, APP, &[]);
        assert_eq!(level(&plain, Permission::Keyboard).unwrap().0, Level::Limited);
        assert!(!switches.is_worth_naming(APP, &[]));
        let full = switches.of(facts, APP, &access);
        assert_eq!(level(&full, Permission::Keyboard).unwrap().0, Level::Always);
        assert_eq!(grant_of(&full, Permission::Keyboard).unwrap().evidence.len(), 2);
        assert!(switches.is_worth_naming(APP, &access));
        let other = switches.of(facts, "com.burbn.insta", &access);
        assert_eq!(level(&other, Permission::Keyboard).unwrap().0, Level::None);
        assert_eq!(switches.third_party_keyboards().unwrap().len(), 1);
    });
    look(&none, NEW, |facts, switches| {
        assert_eq!(level(&switches.of(facts, APP, &access), Permission::Keyboard).unwrap().0, Level::Always);
        assert_eq!(level(&switches.of(facts, APP, &[]), Permission::Keyboard), None);
        assert!(switches.gaps(facts).iter().any(|gap| gap.area == "keyboard" && gap.reason == "absent"));
        assert_eq!(switches.third_party_keyboards(), None);
    });
}

#[test]
fn a_vpn_is_its_apps_and_one_without_an_app_is_nobodys_for_sure() {
    let own = networks::file(&["<key>VPN</key><dict/><key>Application</key><string>com.nordvpn.NordVPN</string>"]);
    let own = evidence(&[(Artefact::NetworkExtension, &own)]);
    look(&own, NEW, |facts, switches| {
        let found = switches.of(facts, "com.nordvpn.NordVPN", &[]);
        assert_eq!(level(&found, Permission::Vpn).unwrap().0, Level::Always);
        assert!(switches.is_worth_naming("com.nordvpn.NordVPN", &[]));
        assert_eq!(level(&switches.of(facts, APP, &[]), Permission::Vpn).unwrap().0, Level::None);
        assert!(!switches.protected_dns().unwrap().0);
    });
    let nameless = networks::file(&["<key>VPN</key><dict/>", "<key>DNSSettings</key><dict/>"]);
    look(&evidence(&[(Artefact::NetworkExtension, &nameless)]), NEW, |facts, switches| {
        let found = switches.of(facts, APP, &[]);
        assert_eq!(level(&found, Permission::Vpn), None);
        assert!(found.gaps.iter().any(|gap| gap.area == "vpn"));
        assert!(switches.protected_dns().unwrap().0);
    });
    let unknown = networks::file(&["<key>New</key><dict/>"]);
    look(&evidence(&[(Artefact::NetworkExtension, &unknown)]), NEW, |_, switches| {
        assert_eq!(switches.protected_dns(), None);
    });
}

#[test]
fn health_is_never_a_level_when_an_app_asked() {
    let database = crate::parse::ios::sqlite::tests::bytes_of(
        "CREATE TABLE sources (ROWID INTEGER PRIMARY KEY, bundle_id TEXT);
             CREATE TABLE \"authorization\" (source_id INTEGER, status INTEGER);
             INSERT INTO sources VALUES (1, 'com.burbn.instagram');
             INSERT INTO \"authorization\" VALUES (1, 101), (1, 102);",
    );
    let mut with = evidence(&[(Artefact::Health, &database)]);
    with.encrypted = true;
    let found = of(&with, NEW, APP);
    assert_eq!(level(&found, Permission::Health), None);
    let gap = found.gaps.iter().find(|gap| gap.area == "health").unwrap();
    assert_eq!((gap.detail.as_str(), gap.read, gap.of), ("health-asked", Some(0), Some(2)));
    assert_eq!(level(&of(&with, NEW, "com.other"), Permission::Health).unwrap().0, Level::None);
}

#[test]
fn every_permission_of_every_app_is_a_grant_or_a_gap() {
    let network = networks::file(&[&networks::privacy(&[(APP, false, true)])]);
    let files: [(Artefact, &[u8]); 5] = [
        (Artefact::Notifications, b"<plist><dict/></plist>"),
        (Artefact::BackgroundRefresh, b"<plist><dict/></plist>"),
        (Artefact::NetworkExtension, &network),
        (Artefact::GlobalPreferences, b"damaged"),
        (Artefact::Health, b"damaged"),
    ];
    for present in 0..1 << files.len() {
        let some: Vec<_> =
            files.iter().enumerate().filter(|(bit, _)| present >> bit & 1 == 1).map(|(_, file)| *file).collect();
        for version in [None, NEW, Some(Version(12, 5))] {
            for encrypted in [false, true] {
                let mut evidence = evidence(&some);
                evidence.encrypted = encrypted;
                look(&evidence, version, |facts, switches| {
                    let found = switches.of(facts, APP, &[]);
                    let gaps = switches.gaps(facts);
                    for permission in [
                        Permission::Notifications,
                        Permission::BackgroundActivity,
                        Permission::LocalNetwork,
                        Permission::Keyboard,
                        Permission::Vpn,
                        Permission::Health,
                    ] {
                        let told = grant_of(&found, permission).is_some();
                        let gap = found.gaps.iter().chain(&gaps).any(|gap| gap.area == permission.word());
                        assert!(told != gap, "{permission} with {present:b}: {told}, {gap}");
                    }
                    if present >> 4 & 1 == 0 {
                        let health = gaps.iter().find(|gap| gap.area == "health").unwrap();
                        assert_eq!(health.reason, if encrypted { "absent" } else { "encrypted-only" });
                    }
                });
            }
        }
    }
}

#[test]
fn the_generated_backups_read_as_their_truth_says() {
    for (name, apps) in truth() {
        let mut files: Vec<(Artefact, Vec<u8>)> = Vec::new();
        for (artefact, id) in [
            (Artefact::Notifications, "064d76faeef55598c754d5f4af2f8903229ee889"),
            (Artefact::BackgroundRefresh, "3768bd240db869d2b147c945fa68ff83619be11e"),
            (Artefact::NetworkExtension, "99d3387146335be6c7a02931fea9c405e7802c10"),
            (Artefact::GlobalPreferences, "0dc926a1810f7aee4e8f38793ed788701f93bf9d"),
        ] {
            files.extend(corpus_file(&name, id).map(|bytes| (artefact, bytes)));
        }
        let files: Vec<(Artefact, &[u8])> =
            files.iter().map(|(artefact, bytes)| (*artefact, bytes.as_slice())).collect();
        let version = Version::read(name.trim_start_matches("plain-ios").split('-').next().unwrap());
        for (app, facts) in &apps {
            let found = of(&evidence(&files), version, app);
            let word = |permission| level(&found, permission).map(|(level, ..)| level.word());
            let expected = match facts["notifications"].as_str().unwrap() {
                "not_determined" => "none",
                "denied" => "denied",
                "authorized" => "always",
                _ => "limited",
            };
            assert_eq!(word(Permission::Notifications), Some(expected), "{name}: {app}");
            let expected = if facts["background_refresh"] == true { "always" } else { "denied" };
            assert_eq!(word(Permission::BackgroundActivity), Some(expected), "{name}: {app}");
            let expected = match facts["local_network"].as_str() {
                None | Some("allowed") => "always",
                Some("denied") => "denied",
                Some(_) => "none",
            };
            assert_eq!(word(Permission::LocalNetwork), Some(expected), "{name}: {app}");
            assert_eq!(word(Permission::Keyboard), Some("none"), "{name}: {app}");
        }
    }
}
