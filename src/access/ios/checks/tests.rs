//! Checks by table: small files as text, and what must come out; then whole backups against what they were made of.

use super::super::apps;
use super::super::device::samples::{backup, corpus, folder, truth_of};
use super::super::device::taken_at;
use super::super::facts::version;
use super::delay::NEVER;
use super::table::{TEXT, Table};
use super::*;
use crate::evidence::ios::{BackupEvidence, BackupItem, BackupMissing};
use crate::parse::ios::sqlite::tests::bytes_of;
use crate::vocabulary::permissions::{CheckValue, Readable, describe_check};

static NO_APPS: AppList =
    AppList { apps: BTreeMap::new(), gap: None, unsure: std::collections::BTreeSet::new(), residue_gap: None };

static NO_MANAGEMENT: Management = Management {
    device_owner: None,
    profile_owners: Vec::new(),
    admins: Vec::new(),
    supervised: None,
    mdm: None,
    organization: None,
};

fn nothing() -> Given<'static> {
    Given {
        location_on: None,
        location_rows: Vec::new(),
        tracking_override: false,
        web_tracking_prevention: None,
        keyboards: None,
        protected_dns: None,
        apps: &NO_APPS,
        profiles: &[],
        management: &NO_MANAGEMENT,
        taken_at: None,
        hidden: Some(Vec::new()),
        previews: Some((Vec::new(), false)),
        catalog: Catalog::builtin(),
    }
}

/// What was found, with the helpers that tests ask of it.
struct Outcomes {
    found: BTreeMap<Check, Setting>,
    gaps: Vec<Gap>,
}

impl Outcomes {
    fn value(&self, check: Check) -> Option<String> {
        self.found.get(&check).map(|setting| setting.value.to_string())
    }

    fn gap(&self, check: Check) -> Option<(&str, &str)> {
        let gap = self.gaps.iter().find(|gap| gap.area == check.word())?;
        Some((gap.reason.as_str(), gap.detail.as_str()))
    }

    fn rows(&self, check: Check) -> Vec<&str> {
        self.found[&check].evidence.iter().map(|row| row.text.as_str()).collect()
    }

    fn gap_reason(&self, check: Check) -> Option<&str> {
        self.gap(check).map(|(reason, _)| reason)
    }
}

/// Reads a backup as the snapshot does, with what the other parts give.
fn with(evidence: &BackupEvidence, change: impl FnOnce(&mut Given<'_>)) -> Outcomes {
    let mut facts = Facts::read(evidence);
    facts.version = version(&facts);
    let list = apps::read(&facts);
    let (management, profiles) = management::read(&facts);
    let mut given =
        Given { apps: &list, profiles: &profiles, management: &management, taken_at: taken_at(&facts), ..nothing() };
    change(&mut given);
    let (found, gaps) = read(&facts, given);
    Outcomes { found, gaps }
}

fn of(evidence: &BackupEvidence) -> Outcomes {
    with(evidence, |_| {})
}

fn manifest(version: &str, body: &str) -> String {
    format!("<key>Lockdown</key><dict><key>ProductVersion</key><string>{version}</string></dict>{body}")
}

/// The body of a file of settings with these switches, written `allowCamera=true …`.
fn switches(words: &str) -> String {
    let entries: String = words
        .split_whitespace()
        .map(|word| word.split_once('=').unwrap())
        .map(|(name, value)| format!("<key>{name}</key><dict><key>value</key><{value}/></dict>"))
        .collect();
    format!("<key>restrictedBool</key><dict>{entries}</dict>")
}

fn numbers(words: &str) -> String {
    let entries: String = words
        .split_whitespace()
        .map(|word| word.split_once('=').unwrap())
        .map(|(name, value)| format!("<key>{name}</key><dict><key>value</key><integer>{value}</integer></dict>"))
        .collect();
    format!("<key>restrictedValue</key><dict>{entries}</dict>")
}

/// A phone of a version with these settings.
fn phone(version: &str, settings: &str) -> BackupEvidence {
    backup(&[(Artefact::Manifest, &manifest(version, "")), (Artefact::EffectiveSettings, settings)])
}

#[test]
fn the_table_is_whole_and_speaks_of_checks_that_exist() {
    let table: Table = toml::from_str(TEXT).unwrap();
    let mut names: Vec<&str> = table.feature.iter().map(|feature| feature.name.as_str()).collect();
    assert!(names.is_sorted(), "features are sorted by name");
    names.extend(table.number.iter().chain(&table.list).map(|feature| feature.name.as_str()));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "no feature twice");
    for feature in &table.feature {
        assert!(feature.name.starts_with("allow") || feature.name.starts_with("force"), "{}", feature.name);
        assert_eq!(
            feature.default,
            feature.name.starts_with("allow"),
            "{}: what is allowed is so by default",
            feature.name
        );
        assert!(Version::read(&feature.since).is_some(), "{}", feature.name);
        // Guides change every default but this one, which is the protection itself.
        let kept = feature.name == "allowUSBRestrictedMode";
        assert_eq!(feature.hardened == feature.default, kept, "{}", feature.name);
    }
    let checks = table.feature.iter().map(|feature| feature.check);
    for check in checks.chain(table.number.iter().chain(&table.list).map(|feature| feature.check)) {
        let readable = describe_check(check).readable.ios;
        assert!(matches!(readable, Readable::Automatic | Readable::Partly), "{check}");
    }
    assert!(table.number.iter().all(|number| number.hardened.is_some() && Version::read(&number.since).is_some()));
    for list in [&table.payloads.intercepting, &table.payloads.roots, &table.jailbreak.apps] {
        assert!(list.is_sorted() && !list.is_empty());
    }
    assert!(table.payloads.roots.iter().all(|kind| table.payloads.intercepting.contains(kind)));
    assert!(table.payloads.intercepting.contains(&table.payloads.management));
    assert!(table.payloads.intercepting.contains(&table.payloads.dns));
}

#[test]
fn every_check_with_a_source_is_a_value_of_its_kind_or_a_gap() {
    let everything =
        phone("26.1", &format!("{}{}", switches("allowCamera=true"), numbers("maxInactivity=60 maxGracePeriod=0")));
    for outcomes in [of(&everything), of(&backup(&[]))] {
        for check in Check::ALL.iter().copied() {
            let description = describe_check(check);
            let readable = matches!(description.readable.ios, Readable::Automatic | Readable::Partly);
            // An app of a named group is for rules on apps, as on Android.
            let expected = readable && description.value != CheckValue::None && check != Check::MtdApp;
            let known = outcomes.found.contains_key(&check) || outcomes.gap(check).is_some();
            assert_eq!(known, expected, "{check}");
            let Some(setting) = outcomes.found.get(&check) else { continue };
            let fits = match (&description.value, &setting.value) {
                (CheckValue::YesNo, Value::Bool(_)) | (CheckValue::Days | CheckValue::Seconds, Value::Int(_)) => true,
                (CheckValue::Words(words), Value::Text(word)) => words.contains(word),
                _ => false,
            };
            assert!(fits, "{check}: {:?}", setting.value);
            assert!(!setting.evidence.is_empty(), "{check}");
        }
    }
}

#[test]
fn a_backup_without_its_password_says_so_for_every_check_that_needs_it() {
    let evidence = BackupEvidence {
        locked: true,
        encrypted: true,
        ..backup(&[(
            Artefact::Manifest,
            &manifest("17.5", "<key>IsEncrypted</key><true/><key>WasPasscodeSet</key><true/>"),
        )])
    };
    let outcomes = of(&evidence);
    let mut known: Vec<&str> = outcomes.found.keys().map(|check| check.word()).collect();
    known.sort_unstable();
    assert_eq!(known, ["backup-encrypted", "local-backup", "screen-lock", "storage-encryption"]);
    let other: Vec<&str> =
        outcomes.gaps.iter().filter(|gap| gap.reason != "no-password").map(|gap| gap.area.as_str()).collect();
    assert_eq!(other, ["os-updates", "root-or-jailbreak"]);
}

/// One table for checks that one feature settles: version, settings, check, expected value or reason.
#[test]
fn features_settle_their_checks() {
    for (version, settings, check, expected) in [
        ("17.0", "allowDiagnosticSubmission=true", Check::Diagnostics, Ok("true")),
        ("17.0", "allowDiagnosticSubmission=false", Check::Diagnostics, Ok("false")),
        ("17.0", "allowHostPairing=false", Check::HostPairing, Ok("false")),
        ("17.0", "allowPasswordAutoFill=true", Check::Autofill, Ok("true")),
        ("17.0", "allowScreenShot=false", Check::ScreenRecording, Ok("false")),
        ("17.0", "allowCamera=false", Check::CameraMicPolicy, Ok("true")),
        ("17.0", "allowCamera=true", Check::CameraMicPolicy, Ok("false")),
        // It hides earlier notifications, and not those that arrive.
        ("17.0", "allowLockScreenNotificationsView=false", Check::LockNotifications, Err("absent")),
        ("17.0", "allowLockScreenNotificationsView=true", Check::LockNotifications, Err("absent")),
        // The switch names the protection, the check its opposite.
        ("17.0", "allowUSBRestrictedMode=true", Check::UsbAccessories, Ok("false")),
        ("17.0", "allowUSBRestrictedMode=false", Check::UsbAccessories, Ok("true")),
        ("17.0", "allowAssistant=true allowAssistantWhileLocked=true", Check::AssistantLocked, Ok("true")),
        ("17.0", "allowAssistant=true allowAssistantWhileLocked=false", Check::AssistantLocked, Ok("false")),
        ("17.0", "allowAssistant=false allowAssistantWhileLocked=true", Check::AssistantLocked, Ok("false")),
        ("17.0", "allowAutoUnlock=false", Check::TrustAgents, Ok("false")),
        ("17.0", "allowAutoUnlock=true", Check::TrustAgents, Err("absent")),
        ("13.0", "allowCamera=true", Check::TrustAgents, Err("not-supported")),
        ("18.1", "allowAppsToBeHidden=false", Check::HiddenApps, Ok("false")),
        ("18.1", "allowAppsToBeHidden=true", Check::HiddenApps, Err("absent")),
        ("17.5", "allowCamera=true", Check::HiddenApps, Err("not-supported")),
        ("17.0", "forceAutomaticDateAndTime=true", Check::AutoTime, Ok("true")),
        ("17.0", "forceAutomaticDateAndTime=false", Check::AutoTime, Err("absent")),
        ("17.0", "forceLimitAdTracking=true", Check::AdTracking, Ok("limited")),
        (
            "17.0",
            "forceLimitAdTracking=false allowApplePersonalizedAdvertising=false",
            Check::AdTracking,
            Ok("unlimited"),
        ),
        ("17.0", "allowCamera=true", Check::AdTracking, Err("absent")),
        ("17.0", "allowCloudBackup=false", Check::RemoteBackup, Ok("false")),
        ("17.0", "allowCloudBackup=true", Check::RemoteBackup, Err("absent")),
        ("17.3", "allowEnterpriseAppTrust=true", Check::UnknownSources, Ok("true")),
        ("17.3", "allowEnterpriseAppTrust=false", Check::UnknownSources, Ok("false")),
        ("17.4", "allowEnterpriseAppTrust=false", Check::UnknownSources, Err("absent")),
        (
            "17.4",
            "allowEnterpriseAppTrust=false allowMarketplaceAppInstallation=false",
            Check::UnknownSources,
            Ok("false"),
        ),
        (
            "17.5",
            "allowEnterpriseAppTrust=false allowMarketplaceAppInstallation=true",
            Check::UnknownSources,
            Ok("true"),
        ),
    ] {
        let outcomes = of(&phone(version, &switches(settings)));
        match expected {
            Ok(value) => assert_eq!(outcomes.value(check).as_deref(), Some(value), "{check}, {version}, {settings}"),
            Err(reason) => {
                assert_eq!(outcomes.gap_reason(check), Some(reason), "{check}, {version}, {settings}");
                assert_eq!(outcomes.value(check), None);
            }
        }
    }
}

#[test]
fn a_listed_restriction_is_not_a_set_restriction() {
    let uuid = "17DC2F9B-313E-4237-B873-82D2297AFC2B";
    let stub =
        format!("<key>PayloadIdentifier</key><string>a.profile</string><key>PayloadUUID</key><string>{uuid}</string>");
    let rows = |effective: &str, of_profile: &str, truth: &str| {
        let profile = format!("<key>Name from Org ({uuid})</key><dict>{}</dict>", switches(of_profile));
        let evidence = backup(&[
            (Artefact::EffectiveSettings, &switches(effective)),
            (Artefact::ProfileStub, &stub),
            (Artefact::ProfileTruth, &profile),
            (Artefact::Truth, &switches(truth)),
        ]);
        of(&evidence).rows(Check::CameraMicPolicy).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    // A default is listed everywhere, and nobody set it.
    assert_eq!(rows("allowCamera=true", "allowCamera=true", "allowCamera=true"), ["restrictedBool.allowCamera = true"]);
    assert_eq!(
        rows("allowCamera=false", "allowCamera=false", ""),
        ["restrictedBool.allowCamera = false", "a.profile: restrictedBool.allowCamera = false"]
    );
    // A profile that allows does not force what another, or the person, forbids.
    assert_eq!(rows("allowCamera=false", "allowCamera=true", ""), ["restrictedBool.allowCamera = false"]);
    assert_eq!(
        rows("allowCamera=false", "", "allowCamera=false"),
        ["restrictedBool.allowCamera = false", "restrictedBool.allowCamera = false"]
    );
}

#[test]
fn grace_periods_are_seconds_and_a_phone_may_never_lock() {
    for (listed, expected) in [
        ("maxInactivity=120 maxGracePeriod=300", Ok("420")),
        ("maxInactivity=31 maxGracePeriod=0", Ok("31")),
        // Low Power Mode sets as much, and what programs set was not read.
        ("maxInactivity=30 maxGracePeriod=0", Err("absent")),
        ("maxGracePeriod=0", Ok("2147483")),
        ("maxInactivity=2147483647 maxGracePeriod=0", Ok("2147483")),
        ("maxInactivity=9223372036854775807", Ok("2147483")),
        ("maxInactivity=2147483646 maxGracePeriod=2147483646", Ok("2147483")),
        ("maxInactivity=60", Err("absent")),
        ("maxInactivity=0 maxGracePeriod=0", Err("unreadable")),
        ("maxInactivity=60 maxGracePeriod=-5", Err("unreadable")),
    ] {
        let outcomes = of(&phone("17.0", &numbers(listed)));
        match expected {
            Ok(value) => assert_eq!(outcomes.value(Check::LockDelay).as_deref(), Some(value), "{listed}"),
            Err(reason) => assert_eq!(outcomes.gap_reason(Check::LockDelay), Some(reason), "{listed}"),
        }
    }
    // Without the section nothing says that it never locks.
    assert_eq!(of(&phone("17.0", "")).gap_reason(Check::LockDelay), Some("absent"));
    assert_eq!(NEVER, i64::from(i32::MAX) / 1000);
}

#[test]
fn the_delay_of_low_power_mode_is_no_decision_of_the_person() {
    let client = |name: &str, value: u32| {
        format!(
            "<key>{name}</key><dict><key>clientRestrictions</key><dict>{}</dict></dict>",
            numbers(&format!("maxInactivity={value}"))
        )
    };
    let saver = client("com.apple.batterysaver", 30);
    // Effective, clients, own setting, profile, expected.
    for (holds, clients, own, forced, expected) in [
        (30, saver.as_str(), Some(300), None, Ok("300")),
        (30, &saver, Some(30), None, Ok("30")),
        (30, &saver, Some(300), Some(120), Ok("120")),
        (30, &saver, None, None, Err("absent")),
        (30, &saver, None, Some(20), Ok("30")),
        (30, "", None, None, Ok("30")),
        // Nobody says why it is shorter than what the person set.
        (30, "", Some(300), None, Err("absent")),
        (30, &client("com.example.agent", 30), Some(300), None, Ok("30")),
        (60, &client("com.apple.batterysaver", 90), Some(60), None, Ok("60")),
        (60, &saver, Some(300), Some(60), Ok("60")),
    ] {
        let effective = numbers(&format!("maxInactivity={holds} maxGracePeriod=0"));
        let own = own.map(|own: u32| numbers(&format!("maxInactivity={own}"))).unwrap_or_default();
        let profile = forced
            .map(|forced: u32| format!("<key>P</key><dict>{}</dict>", numbers(&format!("maxInactivity={forced}"))));
        let profile = profile.unwrap_or_default();
        let outcomes = of(&backup(&[
            (Artefact::EffectiveSettings, &effective),
            (Artefact::ClientTruth, clients),
            (Artefact::ClientTruthOfUser, ""),
            (Artefact::UserSettings, &own),
            (Artefact::UserSettingsOfUser, ""),
            (Artefact::ProfileTruth, &profile),
        ]));
        let shown = format!("{holds} {clients} {own} {profile}");
        match expected {
            Ok(value) => assert_eq!(outcomes.value(Check::LockDelay).as_deref(), Some(value), "{shown}"),
            Err(reason) => assert_eq!(outcomes.gap_reason(Check::LockDelay), Some(reason), "{shown}"),
        }
    }
}

#[test]
fn contents_on_the_lock_screen_follow_the_phones_setting_and_each_apps_own() {
    let shown = || vec![EvidenceRow { source: "x".into(), line: 1, text: "contentPreviewSetting = 1".into() }];
    let set = |value: &str| Some(format!("<key>BBContentPreviewsSetting</key>{value}"));
    let number = |value: i64| set(&format!("<integer>{value}</integer>"));
    for (own, apps, expected) in [
        (number(1), Some((Vec::new(), false)), Ok("shown")),
        (number(1), None, Ok("shown")),
        (number(2), Some((Vec::new(), false)), Ok("hidden")),
        (number(3), Some((Vec::new(), false)), Ok("hidden")),
        // One app shows its own whatever the phone does.
        (number(3), Some((shown(), false)), Ok("shown")),
        (Some(String::new()), Some((shown(), true)), Ok("shown")),
        (None, Some((shown(), false)), Ok("shown")),
        // What is not known of apps may be that.
        (number(2), Some((Vec::new(), true)), Err("unreadable")),
        (number(2), None, Err("absent")),
        // The default hangs on the model.
        (Some(String::new()), Some((Vec::new(), false)), Err("absent")),
        (number(0), Some((Vec::new(), false)), Err("absent")),
        (None, Some((Vec::new(), false)), Err("absent")),
        (number(7), Some((Vec::new(), false)), Err("unreadable")),
        (set("<string>2</string>"), Some((Vec::new(), false)), Err("unreadable")),
    ] {
        let files: Vec<(Artefact, &str)> = own.iter().map(|body| (Artefact::BulletinBoard, body.as_str())).collect();
        let outcomes = with(&backup(&files), |given| given.previews = apps.clone());
        match expected {
            Ok(value) => {
                assert_eq!(outcomes.value(Check::LockNotifications).as_deref(), Some(value), "{own:?} {apps:?}")
            }
            Err(reason) => assert_eq!(outcomes.gap_reason(Check::LockNotifications), Some(reason), "{own:?} {apps:?}"),
        }
    }
}

#[test]
fn an_app_that_the_person_hid_is_told_and_none_takes_a_phone_that_allows_none() {
    let hidden = || Some(vec![EvidenceRow { source: "x".into(), line: 1, text: "Hidden=1".into() }]);
    for (version, restriction, rows, expected) in [
        ("18.0", "allowAppsToBeHidden=true", hidden(), Ok("true")),
        ("26.1", "allowAppsToBeHidden=false", hidden(), Ok("true")),
        ("", "", hidden(), Ok("true")),
        ("17.5", "allowCamera=true", hidden(), Err("not-supported")),
        ("26.1", "allowAppsToBeHidden=true", Some(Vec::new()), Err("absent")),
        ("26.1", "allowAppsToBeHidden=false", Some(Vec::new()), Ok("false")),
        ("26.1", "allowAppsToBeHidden=false", None, Err("absent")),
    ] {
        let outcomes = with(&phone(version, &switches(restriction)), |given| given.hidden.clone_from(&rows));
        match expected {
            Ok(value) => {
                assert_eq!(outcomes.value(Check::HiddenApps).as_deref(), Some(value), "{version} {restriction}")
            }
            Err(reason) => assert_eq!(outcomes.gap_reason(Check::HiddenApps), Some(reason), "{version} {restriction}"),
        }
    }
}

#[test]
fn a_passcode_that_two_sources_disagree_on_is_not_known() {
    let of_phone = |set: &str, safari: Option<&str>| {
        let manifest = manifest("17.0", &format!("<key>WasPasscodeSet</key><{set}/>"));
        let safari = safari.map(|seen| format!("<key>PasscodeIsAvailable</key><{seen}/>"));
        let mut files = vec![(Artefact::Manifest, manifest.as_str())];
        files.extend(safari.iter().map(|body| (Artefact::Safari, body.as_str())));
        of(&backup(&files))
    };
    assert_eq!(of_phone("true", Some("true")).value(Check::ScreenLock).as_deref(), Some("true"));
    assert_eq!(of_phone("false", None).value(Check::ScreenLock).as_deref(), Some("false"));
    assert_eq!(of_phone("false", None).value(Check::StorageEncryption).as_deref(), Some("false"));
    let doubtful = of_phone("false", Some("true"));
    assert_eq!(
        doubtful.gap(Check::ScreenLock),
        Some(("unreadable", "WasPasscodeSet = false, PasscodeIsAvailable = true"))
    );
    assert_eq!(doubtful.value(Check::StorageEncryption), None);
    assert_eq!(of(&backup(&[])).gap_reason(Check::ScreenLock), Some("absent"));
}

#[test]
fn lockdown_mode_is_not_off_where_it_does_not_exist() {
    let of_phone = |version: &str, preferences: &str| {
        let manifest = manifest(version, "");
        of(&backup(&[(Artefact::Manifest, &manifest), (Artefact::GlobalPreferences, preferences)]))
    };
    let on = "<key>LDMGlobalEnabled</key><true/>";
    let off = "<key>LDMGlobalEnabled</key><false/>";
    assert_eq!(of_phone("15.8", "").gap_reason(Check::LockdownMode), Some("not-supported"));
    assert_eq!(of_phone("15.8", off).gap_reason(Check::LockdownMode), Some("not-supported"));
    assert_eq!(of_phone("16.0", "").value(Check::LockdownMode).as_deref(), Some("false"));
    assert_eq!(of_phone("16.0", off).value(Check::LockdownMode).as_deref(), Some("false"));
    assert_eq!(of_phone("16.0", on).value(Check::LockdownMode).as_deref(), Some("true"));
    assert_eq!(of_phone("", "").gap_reason(Check::LockdownMode), Some("absent"));
    assert_eq!(
        of_phone("17.0", "<key>LDMGlobalEnabled</key><string>x</string>").gap_reason(Check::LockdownMode),
        Some("unreadable")
    );
    // It cuts off accessories whatever the setting says.
    let manifest = manifest("17.0", "");
    let settings = switches("allowUSBRestrictedMode=false");
    let both = backup(&[
        (Artefact::Manifest, &manifest),
        (Artefact::GlobalPreferences, on),
        (Artefact::EffectiveSettings, &settings),
    ]);
    assert_eq!(of(&both).value(Check::UsbAccessories).as_deref(), Some("false"));
}

#[test]
fn what_a_backup_cannot_know_is_neither_passed_nor_failed() {
    let outcomes =
        of(&phone("17.0", &switches("allowAutoUnlock=true forceAutomaticDateAndTime=false allowAppsToBeHidden=true")));
    for check in [Check::OsUpdates, Check::RootOrJailbreak, Check::TrustAgents, Check::AutoTime, Check::HiddenApps] {
        assert!(outcomes.value(check).is_none() && outcomes.gap(check).is_some(), "{check}");
    }
    for check in [Check::DeveloperOptions, Check::PrivacyReport, Check::DefaultSms, Check::MtdApp] {
        assert!(outcomes.value(check).is_none() && outcomes.gap(check).is_none(), "{check}");
    }
}

#[test]
fn the_index_knows_better_than_a_key_whether_a_backup_is_encrypted() {
    let evidence =
        backup(&[(Artefact::Manifest, "<key>IsEncrypted</key><true/><key>BackupKeyBag</key><data>AAAA</data>")]);
    assert_eq!(of(&evidence).gap_reason(Check::BackupEncrypted), Some("unreadable"));
    let encrypted = BackupEvidence { encrypted: true, ..evidence };
    assert_eq!(of(&encrypted).value(Check::BackupEncrypted).as_deref(), Some("true"));
    let keybag = backup(&[(Artefact::Manifest, "<key>BackupKeyBag</key><data>AAAA</data>")]);
    assert_eq!(of(&keybag).gap_reason(Check::BackupEncrypted), Some("absent"));
}

#[test]
fn cloud_backup_follows_the_restriction_then_the_phones_own_note() {
    let of_phone = |settings: &str, note: &str| {
        let settings = switches(settings);
        of(&backup(&[(Artefact::EffectiveSettings, &settings), (Artefact::BackupSettings, note)]))
            .value(Check::RemoteBackup)
    };
    let on = "<key>CloudBackupEnabled</key><true/>";
    assert_eq!(of_phone("allowCloudBackup=true", on).as_deref(), Some("true"));
    assert_eq!(
        of_phone("allowCloudBackup=true", "<key>CloudBackupEnabled</key><integer>0</integer>").as_deref(),
        Some("false")
    );
    assert_eq!(of_phone("allowCloudBackup=false", on).as_deref(), Some("false"));
    assert_eq!(of_phone("", on).as_deref(), Some("true"));
    assert_eq!(of_phone("", ""), None);
}

#[test]
fn no_device_management_takes_two_looks() {
    let cloud = |supervised: &str| format!("<key>IsSupervised</key><{supervised}/>");
    let (yes, no) = (cloud("true"), cloud("false"));
    let mdm = "<key>ServerURL</key><string>https://m.example.org/s?token=1</string>";
    let value = |files: &[(Artefact, &str)]| of(&backup(files)).value(Check::ManagedDevice);
    let listed = "<key>HiddenProfiles</key><array/><key>OrderedProfiles</key><array/>";
    assert_eq!(value(&[(Artefact::CloudConfiguration, &yes)]).as_deref(), Some("true"));
    let looked = [(Artefact::CloudConfiguration, no.as_str()), (Artefact::PayloadManifest, listed)];
    assert_eq!(value(&looked).as_deref(), Some("false"));
    // A profile that enrols may be among those that are not listed.
    assert_eq!(value(&[(Artefact::CloudConfiguration, &no)]), None);
    let half = "<key>OrderedProfiles</key><array/>";
    assert_eq!(value(&[(Artefact::CloudConfiguration, &no), (Artefact::PayloadManifest, half)]), None);
    assert_eq!(value(&[(Artefact::CloudConfiguration, &no), (Artefact::Mdm, mdm)]).as_deref(), Some("true"));
    assert_eq!(value(&[(Artefact::Mdm, mdm)]).as_deref(), Some("true"));
    assert_eq!(value(&[]), None);
    let mut unread = backup(&[(Artefact::CloudConfiguration, &no)]);
    unread.missing.push(BackupMissing { artefact: Artefact::Mdm, reason: Reason::Unreadable, detail: String::new() });
    assert_eq!(of(&unread).gap_reason(Check::ManagedDevice), Some("unreadable"));
}

/// Profiles as identifier, hidden, payload types and whether device management brought them.
fn profiles(listed: &[(&str, bool, &str, Option<bool>)], roots: Option<u32>, mdm: bool) -> Outcomes {
    let ids = |hidden: bool| -> String {
        listed.iter().filter(|entry| entry.1 == hidden).map(|entry| format!("<string>{}</string>", entry.0)).collect()
    };
    let manifest = format!(
        "<key>HiddenProfiles</key><array>{}</array><key>OrderedProfiles</key><array>{}</array>",
        ids(true),
        ids(false)
    );
    let stubs: Vec<String> = listed
        .iter()
        .map(|(id, _, kinds, by_mdm)| {
            let contents: String = kinds
                .split_whitespace()
                .map(|kind| format!("<dict><key>PayloadType</key><string>{kind}</string></dict>"))
                .collect();
            let by = by_mdm.map_or(String::new(), |by| format!("<key>installedByMDM</key><{by}/>"));
            format!(
                "<key>PayloadIdentifier</key><string>{id}</string><key>PayloadContent</key><array>{contents}</array>\
                 <key>InstallOptions</key><dict>{by}</dict>"
            )
        })
        .collect();
    let mut files = vec![(Artefact::PayloadManifest, manifest.as_str())];
    files.extend(stubs.iter().map(|stub| (Artefact::ProfileStub, stub.as_str())));
    if mdm {
        files.push((Artefact::Mdm, "<key>ManagingProfileIdentifier</key><string>m</string>"));
    }
    let mut evidence = backup(&files);
    if let Some(roots) = roots {
        let rows: String = (0..roots).map(|_| "INSERT INTO tsettings VALUES (x'00');").collect();
        let bytes = bytes_of(&format!("CREATE TABLE tsettings (sha256 BLOB);{rows}"));
        evidence.items.push(BackupItem { artefact: Artefact::TrustStore, bytes, origin: String::new() });
    }
    of(&evidence)
}

#[test]
fn a_hidden_carrier_profile_is_no_unknown_profile() {
    let wifi = "com.apple.wifi.managed com.apple.applicationaccess";
    let root = "com.apple.security.root";
    for (listed, roots, mdm, expected) in [
        (&[][..], Some(0), false, "none"),
        (&[("c", true, wifi, None)][..], Some(0), false, "none"),
        // Hidden, but it sees what the phone sends.
        (&[("c", true, "com.apple.vpn.managed", None)], None, false, "unknown"),
        (&[("p", false, wifi, None)], None, false, "unknown"),
        (&[("p", false, wifi, Some(false))], None, true, "unknown"),
        (&[("p", false, wifi, Some(true))], Some(0), true, "known"),
        (&[("m", false, "com.apple.applicationaccess", None)], Some(0), true, "known"),
        (&[("m", false, "com.apple.mdm", None), ("p", false, root, Some(true))], Some(1), true, "known"),
        (&[("m", false, "com.apple.mdm", None), ("p", false, root, None)], None, true, "unknown"),
        // A certificate that no profile explains was trusted by hand.
        (&[], Some(1), false, "unknown"),
        (&[("p", false, wifi, Some(true))], Some(2), true, "unknown"),
    ] {
        let outcomes = profiles(listed, roots, mdm);
        assert_eq!(outcomes.value(Check::ConfigProfiles).as_deref(), Some(expected), "{listed:?} {roots:?}");
    }
    // Without the store of certificates, what is trusted by hand is not known.
    assert_eq!(profiles(&[], None, false).gap_reason(Check::ConfigProfiles), Some("absent"));
    let managed = profiles(&[("c", true, wifi, None)], None, false);
    assert_eq!(managed.value(Check::ManagedDevice), None, "a carrier’s profile is no device management");
}

#[test]
fn certificates_that_cannot_be_counted_are_a_gap() {
    let mut evidence = backup(&[(Artefact::PayloadManifest, "")]);
    evidence.items.push(BackupItem { artefact: Artefact::TrustStore, bytes: b"x".to_vec(), origin: String::new() });
    assert_eq!(of(&evidence).gap_reason(Check::ConfigProfiles), Some("unreadable"));
    assert_eq!(of(&backup(&[])).gap_reason(Check::ConfigProfiles), Some("absent"));
}

#[test]
fn a_hidden_profile_that_cannot_be_read_is_not_taken_for_a_carriers() {
    let store = || BackupItem {
        artefact: Artefact::TrustStore,
        bytes: bytes_of("CREATE TABLE tsettings (sha256 BLOB);"),
        origin: String::new(),
    };
    let listed = "<key>HiddenProfiles</key><array><string>c</string></array><key>OrderedProfiles</key><array/>";
    let stub = "<key>PayloadIdentifier</key><string>c</string>";
    let whole = format!("{stub}<key>PayloadContent</key><array/>");
    let reason = |stubs: &[&str], missing: Option<Reason>| {
        let files = stubs.iter().map(|stub| (Artefact::ProfileStub, *stub));
        let files: Vec<(Artefact, &str)> = std::iter::once((Artefact::PayloadManifest, listed)).chain(files).collect();
        let mut evidence = backup(&files);
        evidence.items.push(store());
        let lost = |reason| BackupMissing { artefact: Artefact::ProfileStub, reason, detail: String::new() };
        evidence.missing.extend(missing.map(lost));
        let outcomes = of(&evidence);
        outcomes
            .value(Check::ConfigProfiles)
            .unwrap_or_else(|| outcomes.gap_reason(Check::ConfigProfiles).unwrap().into())
    };
    assert_eq!(reason(&[&whole], None), "none");
    // It is not there, was cut, or does not say what it brings.
    assert_eq!(reason(&[], Some(Reason::Absent)), "absent");
    assert_eq!(reason(&[], Some(Reason::Truncated)), "truncated");
    assert_eq!(reason(&[stub], None), "unreadable");
    assert_eq!(reason(&["<key>x</key><true/>"], None), "unreadable");
    // One of the two lists of profiles is missing.
    for half in ["<key>HiddenProfiles</key><array/>", "<key>OrderedProfiles</key><array/>", ""] {
        let mut evidence = backup(&[(Artefact::PayloadManifest, half)]);
        evidence.items.push(store());
        assert_eq!(of(&evidence).gap_reason(Check::ConfigProfiles), Some("absent"), "{half}");
    }
}

#[test]
fn block_lists_count_when_somebody_decided_them_and_they_have_a_listed_app() {
    let list = |section: &str, feature: &str, ids: &[&str]| {
        let values: String = ids.iter().map(|id| format!("<string>{id}</string>")).collect();
        format!(
            "<key>{section}</key><dict><key>{feature}</key><dict><key>values</key><array>{values}</array></dict></dict>"
        )
    };
    let tiktok = "com.zhiliaoapp.musically";
    let blocked = |ids: &[&str]| list("union", "blockedAppBundleIDs", ids);
    let client = |name: &str, rules: &str| {
        format!("<key>{name}</key><dict><key>clientRestrictions</key><dict>{rules}</dict></dict>")
    };
    let news = client("com.apple.profiled.appenforced.com.apple.news", &blocked(&["com.apple.news"]));
    let limits = client("com.apple.screentime", &blocked(&[tiktok]));
    let profile = |rules: &str| format!("<key>P</key><dict>{rules}</dict>");
    let some = |clients: &str| Some(clients.to_owned());
    for (effective, clients, of_profile, expected) in [
        ("<key>union</key><dict/>".to_owned(), some(""), String::new(), "false"),
        (
            "<key>union</key><dict><key>blockedAppBundleIDs</key><dict/></dict>".to_owned(),
            some(""),
            String::new(),
            "false",
        ),
        (blocked(&[]), some(""), String::new(), "false"),
        (blocked(&[tiktok]), some(""), profile(&blocked(&[tiktok])), "true"),
        // Neither a profile nor a program explains it.
        (blocked(&[tiktok]), some(""), String::new(), "absent"),
        (
            list("union", "blacklistedAppBundleIDs", &[tiktok]),
            some(""),
            profile(&list("union", "blacklistedAppBundleIDs", &[tiktok])),
            "true",
        ),
        // Of no interest to any rule.
        (blocked(&["com.example.game"]), some(""), String::new(), "false"),
        // What Apple's own programs block.
        (blocked(&["com.apple.news"]), some(&news), String::new(), "false"),
        (blocked(&["com.apple.news"]), None, String::new(), "false"),
        (blocked(&["com.apple.news", tiktok]), some(&news), profile(&blocked(&[tiktok])), "true"),
        (blocked(&[tiktok]), some(&limits), String::new(), "false"),
        (blocked(&[tiktok]), some(&limits), profile(&blocked(&[tiktok])), "true"),
        (blocked(&[tiktok]), some(&client("org.example.agent", &blocked(&[tiktok]))), String::new(), "true"),
        // Whose doing it is takes the lists of clients, or a profile that has it.
        (blocked(&[tiktok]), None, String::new(), "absent"),
        (blocked(&[tiktok]), None, profile(&blocked(&[tiktok])), "true"),
        // A list of what only may run.
        (
            list("intersection", "whitelistedAppBundleIDs", &[]),
            some(""),
            profile(&list("intersection", "whitelistedAppBundleIDs", &[])),
            "true",
        ),
        (list("intersection", "whitelistedAppBundleIDs", &[]), some(""), String::new(), "absent"),
        (
            list("intersection", "whitelistedAppBundleIDs", &[]),
            some(&client("com.apple.setup", &list("intersection", "whitelistedAppBundleIDs", &[]))),
            String::new(),
            "absent",
        ),
        (
            "<key>intersection</key><dict><key>whitelistedAppBundleIDs</key><dict/></dict>".to_owned(),
            some(""),
            String::new(),
            "absent",
        ),
        // Without the section of lists nothing is known of them.
        ("<key>restrictedBool</key><dict/>".to_owned(), some(""), String::new(), "absent"),
    ] {
        let mut files = vec![(Artefact::EffectiveSettings, effective.as_str()), (Artefact::ProfileTruth, &of_profile)];
        if let Some(clients) = &clients {
            files.extend([(Artefact::ClientTruth, clients.as_str()), (Artefact::ClientTruthOfUser, "")]);
        }
        let outcomes = of(&backup(&files));
        let found = outcomes.value(Check::AppBlocklist);
        let found = found.as_deref().or(outcomes.gap_reason(Check::AppBlocklist));
        assert_eq!(found, Some(expected), "{effective} {clients:?} {of_profile}");
        if let Some(setting) = outcomes.found.get(&Check::AppBlocklist) {
            assert!(setting.evidence.iter().all(|row| !row.text.contains("musically")), "the apps are not named");
        }
    }
}

#[test]
fn a_jailbreak_app_is_a_sign_and_its_absence_is_none() {
    let info = "<key>Installed Applications</key><array><string>com.opa334.TrollStore</string></array>";
    assert_eq!(of(&backup(&[(Artefact::Info, info)])).value(Check::RootOrJailbreak).as_deref(), Some("true"));
    let mut evidence = backup(&[(Artefact::Info, "<key>Installed Applications</key><array/>")]);
    assert_eq!(of(&evidence).gap_reason(Check::RootOrJailbreak), Some("not-supported"));
    let bytes = bytes_of(
        "CREATE TABLE application_identifier_tab (id INTEGER, application_identifier TEXT);
         INSERT INTO application_identifier_tab VALUES (1, 'com.saurik.Cydia');",
    );
    evidence.items.push(BackupItem { artefact: Artefact::AppRegistry, bytes, origin: String::new() });
    assert_eq!(of(&evidence).value(Check::RootOrJailbreak).as_deref(), Some("true"));
}

#[test]
fn what_other_parts_found_becomes_settings() {
    let shown = |text: &str| EvidenceRow { source: "x".into(), line: 1, text: text.into() };
    let outcomes = with(&backup(&[]), |given| {
        given.location_on = Some(false);
        given.tracking_override = true;
        given.web_tracking_prevention = Some((false, shown("itp")));
        given.keyboards = Some(vec![shown("keyboard")]);
        given.protected_dns = Some((false, vec![shown("dns")]));
        given.taken_at = Some(1_717_200_000);
    });
    for (check, expected) in [
        (Check::LocationMaster, "false"),
        (Check::AdTracking, "limited"),
        (Check::Keyboards, "true"),
        (Check::PrivateDns, "false"),
        (Check::LocalBackup, "true"),
    ] {
        assert_eq!(outcomes.value(check).as_deref(), Some(expected), "{check}");
    }
    assert_eq!(outcomes.rows(Check::AdTracking), ["access_overrides: kTCCServiceUserTracking", "itp"]);
    assert_eq!(outcomes.rows(Check::LocalBackup), ["Date = 2024-06-01T00:00:00Z"]);
    let none = with(&backup(&[]), |given| given.keyboards = Some(Vec::new()));
    assert_eq!(none.value(Check::Keyboards).as_deref(), Some("false"));
    let dns = profiles(&[("d", false, "com.apple.dnsSettings.managed", None)], None, false);
    assert_eq!(dns.value(Check::PrivateDns).as_deref(), Some("true"));
}

#[test]
fn the_old_place_of_settings_is_read_too() {
    let settings = switches("allowCamera=false");
    let outcomes = of(&backup(&[(Artefact::EffectiveSettingsOld, &settings)]));
    assert_eq!(outcomes.value(Check::CameraMicPolicy).as_deref(), Some("true"));
    assert_eq!(outcomes.found[&Check::CameraMicPolicy].evidence[0].source, Artefact::EffectiveSettingsOld.label());
}

#[test]
fn generated_backups_say_what_they_were_made_of() {
    let Some(corpus) = corpus() else { return };
    let mut names: Vec<String> = std::fs::read_dir(corpus.join("generated"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("plain-") && !name.ends_with(".json"))
        .collect();
    names.sort();
    assert!(names.len() >= 9);
    for name in names {
        let path = corpus.join("generated").join(&name);
        let truth = &truth_of(&path)["device"];
        let outcomes = of(&folder(&path));
        let value = |check| outcomes.value(check);
        let yes = |key: &str| truth[key].as_bool().map(|yes| yes.to_string());
        assert_eq!(value(Check::ScreenLock), yes("passcode_set"), "{name}");
        assert_eq!(value(Check::StorageEncryption), yes("passcode_set"), "{name}");
        assert_eq!(value(Check::LockdownMode), yes("lockdown_mode"), "{name}");
        assert_eq!(value(Check::FindMy), yes("find_my"), "{name}");
        let delay = truth["auto_lock_s"].as_i64().unwrap() + truth["max_grace_period_s"].as_i64().unwrap();
        assert_eq!(value(Check::LockDelay), Some(delay.to_string()), "{name}");
        assert_eq!(value(Check::ManagedDevice), yes("supervised"), "{name}");
        // A key that the truth leaves out for versions before 14 is the older switch, which is off in all of these.
        let limited = truth["tracking_requests_allowed"].as_bool() == Some(false);
        assert_eq!(value(Check::AdTracking).as_deref(), Some(if limited { "limited" } else { "unlimited" }), "{name}");
        assert_eq!(value(Check::BackupEncrypted).as_deref(), Some("false"), "{name}");
        assert_eq!(value(Check::OsAutoUpdate).as_deref(), Some("true"), "{name}");
        assert_eq!(value(Check::RemoteBackup).as_deref(), Some("false"), "{name}");
        assert_eq!(value(Check::UnknownSources).as_deref(), Some("true"), "{name}");
        // What iOS itself blocks is no block list.
        assert_eq!(value(Check::AppBlocklist), yes("app_blocklist"), "{name}");
        let visible = truth["profiles"].as_array().unwrap().iter().any(|profile| profile["hidden"] == false);
        // Without the store of trusted certificates "none" is not known.
        match value(Check::ConfigProfiles) {
            Some(word) => assert_eq!(word, if visible { "unknown" } else { "none" }, "{name}"),
            None => {
                assert_eq!((visible, outcomes.gap_reason(Check::ConfigProfiles)), (false, Some("absent")), "{name}")
            }
        }
        let pairing = if name.ends_with("mdm") { "false" } else { "true" };
        assert_eq!(value(Check::HostPairing).as_deref(), Some(pairing), "{name}");
    }
}

#[test]
fn a_real_backup_that_mixes_two_versions_is_read_without_guesses() {
    let Some(corpus) = corpus() else { return };
    let outcomes = of(&folder(&corpus.join("mvt_ios_backup")));
    // The folder’s only version is 14.3, and its preferences, of a later one, say yes.
    assert_eq!(outcomes.value(Check::LockdownMode).as_deref(), Some("true"));
    assert_eq!(outcomes.gap_reason(Check::ScreenLock), Some("absent"));
    assert_eq!(outcomes.gap_reason(Check::CameraMicPolicy), Some("absent"));
    assert_eq!(outcomes.value(Check::LocalBackup).as_deref(), Some("true"));
}

#[test]
fn real_settings_of_an_old_version_are_understood() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reference_only_no_licence");
    let mut evidence = backup(&[(Artefact::Manifest, &manifest("7.1.2", ""))]);
    for (artefact, name) in [
        (Artefact::EffectiveSettingsOld, "EffectiveUserSettings.plist"),
        (Artefact::PayloadManifest, "PayloadManifest.plist"),
        (Artefact::ProfileTruth, "ProfileTruth.plist"),
        (Artefact::CloudConfiguration, "CloudConfigurationDetails.plist"),
        (Artefact::ProfileStub, "profile-2ccdb2ebb375ce31cfde3b30b2e7c6e17dc09e63231ba70394567dbe0bf8c20b.stub"),
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        evidence.items.push(BackupItem { artefact, bytes, origin: name.to_owned() });
    }
    let outcomes = of(&evidence);
    // The sample has no store of certificates.
    assert_eq!(outcomes.gap_reason(Check::ConfigProfiles), Some("absent"));
    assert_eq!(outcomes.value(Check::ManagedDevice).as_deref(), Some("false"));
    assert_eq!(outcomes.value(Check::LockDelay).as_deref(), Some("60"));
    assert_eq!(outcomes.value(Check::Diagnostics).as_deref(), Some("false"));
    // The carrier’s profile lists the camera and forbids nothing.
    assert_eq!(outcomes.rows(Check::CameraMicPolicy), ["restrictedBool.allowCamera = true"]);
    assert_eq!(outcomes.gap_reason(Check::UsbAccessories), Some("not-supported"));
}

proptest::proptest! {
    #[test]
    fn never_panics_whatever_the_files_hold(kinds in proptest::collection::vec(0usize..8, 30..31), junk in proptest::collection::vec(proptest::num::u8::ANY, 0..60), at in 0usize..40) {
        let values = ["<true/>", "<false/>", "<integer>-1</integer>", "<real>nan</real>", "<string>x</string>", "<dict/>", "<array><dict/></array>", "<date>2024-06-01T00:00:00Z</date>"];
        let keys = ["WasPasscodeSet", "IsEncrypted", "Lockdown", "Applications", "Date", "Installed Applications", "restrictedBool", "restrictedValue", "union", "intersection", "IsSupervised", "ServerURL", "HiddenProfiles", "OrderedProfiles", "ProfileEvents", "PayloadContent", "PayloadIdentifier", "InstallOptions", "LDMGlobalEnabled", "fmipActive", "CloudBackupEnabled", "PasscodeIsAvailable", "Unique Identifier", "Product Version", "SUAutomaticUpdateV2Enabled"];
        let body: String = keys.iter().zip(&kinds).map(|(key, kind)| format!("<key>{key}</key>{}", values[*kind])).collect();
        let files: Vec<(Artefact, &str)> = Artefact::ALL.iter().map(|artefact| (*artefact, body.as_str())).collect();
        let mut evidence = backup(&files);
        let place = at % evidence.items.len();
        evidence.items[place].bytes = junk;
        let _ = of(&evidence);
    }
}
