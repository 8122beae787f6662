//! A builder of iOS backups, in the form in which a computer writes them, for the tests.
//!
//! Everything in them is invented. A backup is a function of what the test sets and of its seed: the same calls give the
//! same bytes. Keys come from the seed too, so they protect nothing.
//!
//! [`Backup::new`] is a phone in good order without apps; [`Backup::social`] adds five apps of the catalogue in telling
//! states. Tests change what they are about, and call [`Backup::write`].

pub mod look;
pub mod plists;
pub mod seal;
pub mod stores;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use plist::{Dictionary, Value};
use sha1::{Digest as _, Sha1};

use plists::{archive, binary, data, date, dict, list, text, xml};
use seal::{Keys, Rng, Seal};
use stores::Tcc;

/// Where a file stands in the backup: domain and path.
pub type Place = (&'static str, &'static str);

const PROFILES: &str = "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles";

pub const TCC: Place = ("HomeDomain", "Library/TCC/TCC.db");
pub const TCC_LOG: Place = ("HomeDomain", "Library/TCC/TCC.db-wal");
pub const CLIENTS: Place = ("RootDomain", "Library/Caches/locationd/clients.plist");
pub const LOCATION: Place = ("HomeDomain", "Library/Preferences/com.apple.locationd.plist");
pub const ROUTINE: Place = ("HomeDomain", "Library/Preferences/com.apple.routined.plist");
pub const SECTIONS: Place = ("HomeDomain", "Library/BulletinBoard/VersionedSectionInfo.plist");
pub const SECTIONS_OLD: Place = ("HomeDomain", "Library/BulletinBoard/SectionInfo.plist");
pub const REFRESH: Place = ("HomeDomain", "Library/Preferences/com.apple.mt.plist");
pub const NETWORK: Place = ("SystemPreferencesDomain", "com.apple.networkextension.plist");
pub const REGISTRY: Place = ("HomeDomain", "Library/FrontBoard/applicationState.db");
pub const GLOBAL: Place = ("HomeDomain", "Library/Preferences/.GlobalPreferences.plist");
pub const SPRINGBOARD: Place = ("HomeDomain", "Library/Preferences/com.apple.springboard.plist");
pub const SPRINGBOARD_TWIN: Place = ("HomeDomain", "Library/Preferences/com.apple.SpringBoard.plist");
pub const BACKUP_SETTINGS: Place = ("HomeDomain", "Library/Preferences/com.apple.mobile.ldbackup.plist");
pub const UPDATES: Place = ("HomeDomain", "Library/Preferences/com.apple.softwareupdateservicesd.plist");
pub const SAFARI: Place = ("AppDomain-com.apple.mobilesafari", "Library/Preferences/com.apple.mobilesafari.plist");
pub const FIND_MY: Place = (
    "SysSharedContainerDomain-systemgroup.com.apple.icloud.findmydevice.managed",
    "Library/Preferences/FMIPStateInfo.plist",
);
pub const EFFECTIVE: Place = ("HomeDomain", "Library/UserConfigurationProfiles/EffectiveUserSettings.plist");
pub const MANIFEST_OF_PROFILES: Place = (PROFILES, "Library/ConfigurationProfiles/PayloadManifest.plist");
pub const CLOUD: Place = (PROFILES, "Library/ConfigurationProfiles/CloudConfigurationDetails.plist");
pub const MDM: Place = (PROFILES, "Library/ConfigurationProfiles/MDM.plist");
pub const TRUTH_OF_PROFILES: Place = (PROFILES, "Library/ConfigurationProfiles/ProfileTruth.plist");
pub const BULLETIN_BOARD: Place = ("HomeDomain", "Library/Preferences/com.apple.bulletinboard.plist");
pub const CLIENT_TRUTH: Place = (PROFILES, "Library/ConfigurationProfiles/ClientTruth.plist");
pub const CLIENT_TRUTH_OF_USER: Place = ("HomeDomain", "Library/UserConfigurationProfiles/ClientTruth.plist");
pub const USER_SETTINGS_OF_USER: Place = ("HomeDomain", "Library/UserConfigurationProfiles/UserSettings.plist");
pub const USER_SETTINGS: Place = (PROFILES, "Library/ConfigurationProfiles/UserSettings.plist");
pub const EVENTS: Place = (PROFILES, "Library/ConfigurationProfiles/MCProfileEvents.plist");
pub const TRUST: Place = ("ProtectedDomain", "trustd/private/TrustStore.sqlite3");
pub const HEALTH: Place = ("HealthDomain", "Health/healthdb.sqlite");

pub const TIKTOK: &str = "com.zhiliaoapp.musically";
pub const INSTAGRAM: &str = "com.burbn.instagram";
pub const WHATSAPP: &str = "net.whatsapp.WhatsApp";
pub const X: &str = "com.atebits.Tweetie2";
pub const SIGNAL: &str = "org.whispersystems.signal";

/// What no output may repeat: planted in each place where phones and computers write such things.
pub mod personal {
    pub const UDID: &str = "00008110-000A11CE0DDBA115";
    pub const SERIAL: &str = "ZZPLANTED0SERIAL";
    pub const IMEI: &str = "359999991234560";
    pub const IMEI_2: &str = "359999996543210";
    pub const MEID: &str = "35999999123456";
    pub const ICCID: &str = "8933999999999999991";
    pub const PHONE: &str = "+1 (514) 555-0142";
    pub const APPLE_ID: &str = "alice.planted@example.org";
    pub const DEVICE_NAME: &str = "Planted iPhone of Alice";
    pub const WIFI: &str = "PlantedHomeNetwork";
    pub const WIFI_PASSWORD: &str = "planted-wifi-secret";
    pub const TOKEN: &str = "planted-token-4711";
    pub const GUID: &str = "0FFACE00000000000000000000C0FFEE";

    /// All of them but the UDID, which `--show-serial` shows.
    pub const SECRETS: [&str; 12] =
        [SERIAL, IMEI, IMEI_2, MEID, ICCID, PHONE, APPLE_ID, DEVICE_NAME, WIFI, WIFI_PASSWORD, TOKEN, GUID];
}

/// The SHA-1 of `domain-path`, under which a file stands in the backup.
pub fn file_id(domain: &str, path: &str) -> String {
    hex(&Sha1::digest(format!("{domain}-{path}")))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file of the backup, before it is written.
#[derive(Clone)]
struct File {
    bytes: Vec<u8>,
    class: u32,
    /// `Size` in the index, where it is not the length.
    size: Option<i64>,
    /// In the index only.
    without_payload: bool,
    /// What stands on the disk instead of the bytes, or of their ciphertext.
    payload: Option<Vec<u8>>,
}

/// A row of the index as a test wants it, whatever is wrong with it.
#[derive(Clone, Default)]
pub struct Row {
    pub file_id: Option<String>,
    pub domain: Option<String>,
    pub path: Option<String>,
    pub flags: Option<i64>,
    pub blob: Option<Vec<u8>>,
}

/// What the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// `Manifest.db` as iOS 10 and later write it.
    Database,
    /// The same without the index by domain.
    WithoutIndexes,
    /// `Files` is a view over another table, with a trigger.
    View,
    /// `Manifest.mbdb` of iOS 9 and earlier.
    Mbdb,
}

/// A backup that is being put together.
#[derive(Clone)]
pub struct Backup {
    pub ios: String,
    pub build: String,
    pub udid: String,
    /// The folder's name; the UDID unless a test says otherwise.
    pub folder: String,
    /// Seconds since 1970.
    pub now: i64,
    seed: u64,
    /// `None` is no `Info.plist`.
    pub info: Option<Dictionary>,
    pub manifest: Dictionary,
    /// `None` is no `Status.plist`.
    pub status: Option<Dictionary>,
    pub tcc: Tcc,
    pub clients: Dictionary,
    pub sections: BTreeMap<String, plists::Section>,
    pub refresh: Dictionary,
    pub rules: Vec<plists::Rule>,
    pub network_form: plists::NetworkForm,
    /// Mobile data: app and `CellularBehavior`.
    pub cellular: Vec<(String, i64)>,
    /// Further configurations of the network extension store.
    pub configurations: Vec<plists::Configuration>,
    pub profiles: Vec<plists::Profile>,
    pub effective_bool: BTreeMap<String, bool>,
    pub effective_value: BTreeMap<String, Value>,
    pub effective_union: BTreeMap<String, Vec<String>>,
    /// What the phone's own programs restrict: client, and the sections of its restrictions.
    pub clients_of_system: Vec<(String, Dictionary)>,
    /// Seconds until the screen turns off, as the person set them.
    pub own_delay: i64,
    /// Restrictions of profiles: the key of `ProfileTruth.plist`, and its sections.
    pub forced: Vec<(String, Dictionary)>,
    /// Apps of the home screen's registry.
    pub registry: Vec<String>,
    /// Health data, which only encrypted backups hold: apps that asked.
    pub health: Vec<String>,
    /// Certificates that the person trusts.
    pub trusted_certificates: usize,
    pub index: Index,
    pub extra_rows: Vec<Row>,
    pub seal: Option<Seal>,
    plists: BTreeMap<(String, String), Dictionary>,
    files: BTreeMap<(String, String), File>,
    without: BTreeSet<(String, String)>,
    without_payload: BTreeSet<(String, String)>,
    sizes: BTreeMap<(String, String), i64>,
    payloads: BTreeMap<(String, String), Vec<u8>>,
}

impl Backup {
    /// A phone in good order, with a passcode, Find My on, no profiles and no apps.
    pub fn new(ios: &str) -> Backup {
        let mut rng = Rng::new(1);
        let major: u32 = ios.split('.').next().unwrap().parse().unwrap();
        let build = match ios {
            "27.0" => "24A435".to_owned(),
            "27.0.1" => "24A446".to_owned(),
            _ => format!("{}A{}", if major < 19 { major + 4 } else { major - 3 }, 100 + major),
        };
        let now = 1_780_000_000;
        let udid = personal::UDID.to_owned();
        let lockdown = dict([
            ("BuildVersion", text(&build)),
            ("DeviceName", text(personal::DEVICE_NAME)),
            ("ProductType", text("iPhone14,5")),
            ("ProductVersion", text(ios)),
            ("SerialNumber", text(personal::SERIAL)),
            ("UniqueDeviceID", text(&udid)),
            ("com.apple.mobile.data_sync", dict([]).into()),
            ("com.apple.mobile.wireless_lockdown", dict([("EnableWifiConnections", false.into())]).into()),
        ]);
        let manifest = dict([
            ("Version", text("10.0")),
            ("SystemDomainsVersion", text("24.0")),
            ("Date", date(now)),
            ("WasPasscodeSet", true.into()),
            ("Lockdown", lockdown.into()),
            ("Applications", dict([]).into()),
        ]);
        let info = dict([
            ("Applications", dict([]).into()),
            ("Build Version", text(&build)),
            ("Device Name", text(personal::DEVICE_NAME)),
            ("Display Name", text(personal::DEVICE_NAME)),
            ("GUID", text(personal::GUID)),
            ("ICCID", text(personal::ICCID)),
            ("IMEI", text(personal::IMEI)),
            ("IMEI 2", text(personal::IMEI_2)),
            ("Installed Applications", list([])),
            ("Last Backup Date", date(now)),
            ("MEID", text(personal::MEID)),
            ("Phone Number", text(personal::PHONE)),
            ("Product Name", text("iPhone 13")),
            ("Product Type", text("iPhone14,5")),
            ("Product Version", text(ios)),
            ("Serial Number", text(personal::SERIAL)),
            ("Target Identifier", text(&udid)),
            ("Target Type", text("Device")),
            ("Unique Identifier", text(&udid.to_uppercase())),
            ("iTunes Files", dict([("iTunesPrefs", data(b"frpd".as_slice()))]).into()),
            ("iTunes Settings", dict([]).into()),
            ("iTunes Version", text("12.13.4.4")),
        ]);
        let status = dict([
            ("BackupState", text("new")),
            ("Date", date(now)),
            ("IsFullBackup", true.into()),
            ("SnapshotState", text("finished")),
            ("UUID", text(&rng.uuid())),
            ("Version", text("3.3")),
        ]);
        let mut backup = Backup {
            ios: ios.to_owned(),
            build,
            folder: udid.clone(),
            udid,
            now,
            seed: 1,
            info: Some(info),
            manifest,
            status: Some(status),
            tcc: Tcc::of_ios(major),
            clients: Dictionary::new(),
            sections: BTreeMap::new(),
            refresh: Dictionary::new(),
            rules: Vec::new(),
            network_form: plists::NetworkForm::Phone,
            cellular: Vec::new(),
            configurations: Vec::new(),
            profiles: Vec::new(),
            effective_bool: plists::usual_switches(),
            effective_value: plists::usual_values(),
            effective_union: BTreeMap::new(),
            clients_of_system: Vec::new(),
            own_delay: 120,
            forced: Vec::new(),
            registry: Vec::new(),
            health: Vec::new(),
            trusted_certificates: 0,
            index: Index::Database,
            extra_rows: Vec::new(),
            seal: None,
            plists: BTreeMap::new(),
            files: BTreeMap::new(),
            without: BTreeSet::new(),
            without_payload: BTreeSet::new(),
            sizes: BTreeMap::new(),
            payloads: BTreeMap::new(),
        };
        backup.device_state(major);
        backup
    }

    fn device_state(&mut self, major: u32) {
        let mut global = dict([
            ("AppleKeyboards", list([text("en_CA@sw=QWERTY"), text("emoji@sw=Emoji")])),
            ("AppleLanguages", list([text("en-CA")])),
            ("AppleLocale", text("en_CA")),
            ("ApplePasscodeKeyboards", list([text("en_CA@sw=QWERTY;hw=Automatic")])),
        ]);
        if major >= 16 {
            global.insert("LDMGlobalEnabled".into(), false.into());
        }
        self.plist(GLOBAL, global);
        self.plist(LOCATION, dict([("LocationServicesEnabledIn8.0", true.into())]));
        self.plist(UPDATES, dict([("SUAutomaticUpdateV2Enabled", true.into())]));
        self.plist(BULLETIN_BOARD, dict([("BBContentPreviewsSetting", 1.into())]));
        self.plist(SPRINGBOARD, dict([("SBShowBatteryPercentage", true.into())]));
        self.plist(SPRINGBOARD_TWIN, dict([]));
        self.plist(
            BACKUP_SETTINGS,
            dict([
                ("CloudBackupEnabled", false.into()),
                ("LastiTunesBackupDate", (self.now - 978_307_200 - 86_400).into()),
                ("RequiresEncryption", 0.into()),
                ("Version", text("2.0")),
                ("WillEncrypt", false.into()),
            ]),
        );
        self.plist(
            SAFARI,
            dict([("BiometricAuthenticationIsAvailable", true.into()), ("PasscodeIsAvailable", true.into())]),
        );
        self.plist(FIND_MY, dict([("fmipActive", true.into()), ("fmipLostModeType", 0.into())]));
        self.plist(
            CLOUD,
            dict([
                ("AllowPairing", true.into()),
                ("CloudConfigurationUIComplete", true.into()),
                ("ConfigurationSource", 0.into()),
                ("IsSupervised", false.into()),
                ("PostSetupProfileWasInstalled", true.into()),
            ]),
        );
    }

    /// A phone with five apps of the catalogue, each in a telling state.
    ///
    /// TikTok may do everything. Instagram sees some photos, an approximate position while in use, no microphone.
    /// WhatsApp may add photos and events but not see them, and has no position. X was granted the position at any time for
    /// now. Signal never asked for anything.
    pub fn social(ios: &str) -> Backup {
        let mut backup = Backup::new(ios);
        for (bundle, name, seller, genre) in [
            (TIKTOK, "TikTok", "TikTok Ltd.", "Entertainment"),
            (INSTAGRAM, "Instagram", "Instagram, Inc.", "Photo & Video"),
            (WHATSAPP, "WhatsApp Messenger", "WhatsApp Inc.", "Social Networking"),
            (X, "X", "X Corp.", "News"),
            (SIGNAL, "Signal", "Signal Messenger, LLC", "Social Networking"),
        ] {
            backup.app(bundle, name, seller, genre);
        }
        for (bundle, service, value) in [
            (TIKTOK, "Camera", 2),
            (TIKTOK, "Microphone", 2),
            (TIKTOK, "AddressBook", 2),
            (TIKTOK, "Photos", 2),
            (TIKTOK, "UserTracking", 2),
            (TIKTOK, "BluetoothAlways", 2),
            (INSTAGRAM, "Camera", 2),
            (INSTAGRAM, "Microphone", 0),
            (INSTAGRAM, "Photos", if backup.major() >= 14 { 3 } else { 2 }),
            (INSTAGRAM, "AddressBook", if backup.major() >= 18 { 3 } else { 0 }),
            (INSTAGRAM, "UserTracking", 0),
            (WHATSAPP, "Camera", 0),
            (WHATSAPP, "Microphone", 2),
            (WHATSAPP, "AddressBook", 2),
            (WHATSAPP, "Photos", 0),
            (WHATSAPP, "PhotosAdd", 2),
            (WHATSAPP, "Calendar", if backup.major() >= 17 { 4 } else { 2 }),
            (X, "Camera", 2),
            (X, "UserTracking", 0),
        ] {
            // App tracking transparency came with iOS 14, the Bluetooth question with 13.
            let since = match service {
                "UserTracking" => 14,
                "BluetoothAlways" => 13,
                _ => 12,
            };
            if backup.major() >= since {
                backup.tcc.allow(bundle, service, value);
            }
        }
        let mut tiktok = plists::client(4);
        tiktok.insert("CorrectiveCompensationEnabled".into(), 1.into());
        tiktok.insert("LocationTimeStopped".into(), plists::mac(backup.now - 7200));
        backup.client(TIKTOK, tiktok);
        let mut instagram = plists::client(2);
        instagram.insert("CorrectiveCompensationEnabled".into(), 2.into());
        instagram.insert("IncidentalUseMode".into(), 3.into());
        backup.client(INSTAGRAM, instagram);
        backup.client(WHATSAPP, plists::client(1));
        let mut x = plists::client(2);
        x.insert("ProvisionalMonitoring".into(), true.into());
        backup.client(X, x);
        let mut signal = plists::client(0);
        signal.remove("Authorization");
        backup.client(SIGNAL, signal);
        for (bundle, status) in [(TIKTOK, 2), (INSTAGRAM, 3), (WHATSAPP, 1), (X, 2), (SIGNAL, 0)] {
            backup.sections.insert(bundle.into(), plists::Section::of(status));
        }
        backup.refresh.insert(INSTAGRAM.into(), false.into());
        backup.refresh.insert(WHATSAPP.into(), true.into());
        if backup.major() >= 14 {
            backup.rules.push(plists::Rule::answered(TIKTOK, false));
            backup.rules.push(plists::Rule::answered(INSTAGRAM, true));
            backup.rules.push(plists::Rule::unanswered(X));
        }
        backup.cellular = vec![(INSTAGRAM.into(), 1), (TIKTOK.into(), 2)];
        backup
    }

    /// The first number of the version.
    pub fn major(&self) -> u32 {
        self.ios.split('.').next().unwrap().parse().unwrap()
    }

    /// Another seed: other keys, salts and identifiers.
    pub fn seed(&mut self, seed: u64) -> &mut Backup {
        self.seed = seed;
        self
    }

    /// Encrypts the backup at a small cost, as iOS 10.2 and later do.
    pub fn encrypted(&mut self, password: &str, dpic: u32, iter: u32) -> &mut Backup {
        self.seal = Some(Seal::new(password.as_bytes(), dpic, iter));
        self.set(BACKUP_SETTINGS, "WillEncrypt", true.into())
    }

    /// Changes how it is encrypted.
    pub fn sealing(&mut self, change: impl FnOnce(&mut Seal)) -> &mut Backup {
        change(self.seal.as_mut().expect("an encrypted backup"));
        self
    }

    /// Installs an app from the store: both property lists, its containers, the home screen's registry.
    pub fn app(&mut self, bundle: &str, name: &str, seller: &str, genre: &str) -> &mut Backup {
        self.side_loaded(bundle);
        let download = dict([
            (
                "accountInfo",
                dict([("AppleID", text(personal::APPLE_ID)), ("UserName", text(personal::APPLE_ID))]).into(),
            ),
            ("purchaseDate", text("2025-05-01T10:00:00Z")),
        ]);
        let metadata = dict([
            ("artistName", text(seller)),
            ("bundleShortVersionString", text("31.4.1")),
            ("bundleVersion", text("3140100")),
            ("com.apple.iTunesStore.downloadInfo", download.into()),
            ("genre", text(genre)),
            ("itemId", 987_654_321.into()),
            ("itemName", text(name)),
            ("releaseDate", text("2012-01-01T00:00:00Z")),
            ("softwareVersionBundleId", text(bundle)),
            ("sourceApp", text("com.apple.AppStore")),
        ]);
        let entry = dict([
            ("ApplicationSINF", data([0_u8; 16].as_slice())),
            ("PlaceholderIcon", data(b"\x89PNG\r\n\x1a\n".as_slice())),
            ("iTunesMetadata", data(binary(&metadata.into()))),
        ]);
        if let Some(info) = &mut self.info {
            member(info, "Applications").insert(bundle.into(), entry.into());
        }
        self
    }

    /// Installs an app that did not come from the store: nothing in `Applications` of `Info.plist`.
    pub fn side_loaded(&mut self, bundle: &str) -> &mut Backup {
        if let Some(info) = &mut self.info {
            let Some(Value::Array(installed)) = info.get_mut("Installed Applications") else { panic!("a list") };
            installed.push(text(bundle));
        }
        let name = bundle.rsplit('.').next().unwrap();
        let applications = member(&mut self.manifest, "Applications");
        let path = format!("/var/containers/Bundle/Application/{}/{name}.app", Rng::of(bundle).uuid());
        let mut app = container(bundle, "Data/Application");
        app.insert("CFBundleVersion".into(), text("3140100"));
        app.insert("Path".into(), text(&path));
        applications.insert(bundle.into(), app.into());
        for (id, class) in [
            (format!("group.{bundle}"), "Shared/AppGroup"),
            (format!("{bundle}.NotificationExtension"), "Data/PluginKitPlugin"),
        ] {
            applications.insert(id.clone(), container(&id, class).into());
        }
        let preferences = dict([("firstRun", false.into())]);
        let domain = format!("AppDomain-{bundle}");
        self.file_at(&domain, &format!("Library/Preferences/{bundle}.plist"), binary(&preferences.into()));
        self.registry.push(bundle.into());
        self
    }

    /// Changes the metadata that `Info.plist` has of an app from the store.
    pub fn metadata(&mut self, bundle: &str, change: impl FnOnce(&mut Dictionary)) -> &mut Backup {
        let info = self.info.as_mut().expect("an Info.plist");
        let app = member(member(info, "Applications"), bundle);
        let Some(Value::Data(bytes)) = app.get("iTunesMetadata") else { panic!("no metadata of {bundle}") };
        let mut metadata = plists::read(bytes).unwrap();
        change(metadata.as_dictionary_mut().unwrap());
        app.insert("iTunesMetadata".into(), data(binary(&metadata)));
        self
    }

    /// Takes an app out of both lists of `Info.plist`, so that `Manifest.plist` alone names it.
    pub fn manifest_only(&mut self, bundle: &str) -> &mut Backup {
        let info = self.info.as_mut().expect("an Info.plist");
        member(info, "Applications").remove(bundle);
        let Some(Value::Array(installed)) = info.get_mut("Installed Applications") else { panic!("a list") };
        installed.retain(|id| id.as_string() != Some(bundle));
        self
    }

    /// Whether `Manifest.plist` lists the app of a domain.
    pub fn manifest_has(&self, domain: &str) -> bool {
        let listed = self.manifest.get("Applications").and_then(Value::as_dictionary);
        listed.is_some_and(|listed| domain.strip_prefix("AppDomain-").is_some_and(|id| listed.contains_key(id)))
    }

    /// The place of every file of the backup, in a fixed order.
    pub fn places(&self) -> Vec<(String, String)> {
        self.contents().into_keys().collect()
    }

    /// A client of locationd, under the key of this version of iOS. Gives it a `BundleId`.
    pub fn client(&mut self, bundle: &str, mut entry: Dictionary) -> &mut Backup {
        entry.insert("BundleId".into(), text(bundle));
        let key = if self.major() >= 17 { format!("i{bundle}:") } else { bundle.to_owned() };
        self.clients.insert(key, entry.into());
        self
    }

    /// A property list of the backup, to be written.
    pub fn plist(&mut self, place: Place, members: Dictionary) -> &mut Backup {
        self.plists.insert(owned(place), members);
        self
    }

    /// One member of a property list of [`Backup::plist`].
    pub fn set(&mut self, place: Place, key: &str, value: Value) -> &mut Backup {
        self.plists.entry(owned(place)).or_default().insert(key.into(), value);
        self
    }

    /// Takes a member out of a property list.
    pub fn unset(&mut self, place: Place, key: &str) -> &mut Backup {
        self.plists.entry(owned(place)).or_default().remove(key);
        self
    }

    /// A switch of `EffectiveUserSettings.plist`.
    pub fn switch(&mut self, feature: &str, value: bool) -> &mut Backup {
        self.effective_bool.insert(feature.into(), value);
        self
    }

    /// A number of `EffectiveUserSettings.plist`.
    pub fn value(&mut self, feature: &str, value: impl Into<Value>) -> &mut Backup {
        self.effective_value.insert(feature.into(), value.into());
        self
    }

    /// A member of `Lockdown` in `Manifest.plist`.
    pub fn lockdown(&mut self, key: &str, value: Value) -> &mut Backup {
        member(&mut self.manifest, "Lockdown").insert(key.into(), value);
        self
    }

    /// A file with these bytes; one that the builder makes itself is replaced.
    pub fn file(&mut self, place: Place, bytes: Vec<u8>) -> &mut Backup {
        self.file_at(place.0, place.1, bytes)
    }

    pub fn file_at(&mut self, domain: &str, path: &str, bytes: Vec<u8>) -> &mut Backup {
        let file = File { bytes, class: 3, size: None, without_payload: false, payload: None };
        self.files.insert((domain.into(), path.into()), file);
        self
    }

    /// Neither row nor payload.
    pub fn without(&mut self, place: Place) -> &mut Backup {
        self.without.insert(owned(place));
        self
    }

    /// The row alone.
    pub fn without_payload(&mut self, place: Place) -> &mut Backup {
        self.without_payload.insert(owned(place));
        self
    }

    /// Another `Size` in the index than the length.
    pub fn size(&mut self, place: Place, size: i64) -> &mut Backup {
        self.sizes.insert(owned(place), size);
        self
    }

    /// Other bytes on the disk than those of the file or of its ciphertext.
    pub fn payload(&mut self, place: Place, bytes: Vec<u8>) -> &mut Backup {
        self.payloads.insert(owned(place), bytes);
        self
    }

    /// The path that a payload has in a written backup.
    pub fn path_of(root: &Path, place: Place) -> PathBuf {
        let id = file_id(place.0, place.1);
        root.join(&id[..2]).join(id)
    }

    /// An index row of a file that is a well-formed `MBFile` of this size.
    pub fn mbfile(path: &str, size: i64) -> Vec<u8> {
        mbfile(path, 0o100_644, size, 3, None, None)
    }

    /// Every file of the backup with its final bytes.
    fn contents(&self) -> BTreeMap<(String, String), File> {
        let mut rng = Rng::new(self.seed ^ 0xA11CE);
        let mut made: Vec<(Place, Vec<u8>)> = vec![
            (CLIENTS, binary(&self.all_clients().into())),
            (SECTIONS, plists::sections(&self.sections)),
            (REFRESH, binary(&dict([("KeepAppsUpToDateAppList", self.refresh.clone().into())]).into())),
            (NETWORK, plists::network(self.network_form, &self.rules, &self.cellular, &self.configurations, &mut rng)),
            (REGISTRY, stores::registry(&self.registry)),
            (TRUST, stores::trust(self.trusted_certificates)),
            (EFFECTIVE, plists::settings(&self.effective_bool, &self.effective_value, &self.effective_union)),
            (USER_SETTINGS, plists::user_settings(self.own_delay)),
            (USER_SETTINGS_OF_USER, plists::user_settings(self.own_delay)),
            (CLIENT_TRUTH, plists::client_truth(&self.clients_of_system)),
            (CLIENT_TRUTH_OF_USER, plists::client_truth(&[])),
        ];
        let (database, log) = self.tcc.bytes();
        made.push((TCC, database));
        made.extend(log.map(|log| (TCC_LOG, log)));
        if !self.health.is_empty() {
            made.push((HEALTH, stores::health(&self.health)));
        }
        let ids = |hidden: bool| {
            list(self.profiles.iter().filter(|profile| profile.hidden == hidden).map(|profile| text(&profile.id)))
        };
        let manifest = dict([("HiddenProfiles", ids(true)), ("OrderedProfiles", ids(false))]);
        made.push((MANIFEST_OF_PROFILES, binary(&manifest.into())));
        made.push((EVENTS, plists::events(&self.profiles, self.now)));
        let forced: Dictionary =
            self.forced.iter().map(|(key, rules)| (key.clone(), Value::from(rules.clone()))).collect();
        made.push((TRUTH_OF_PROFILES, binary(&forced.into())));
        let mut files: BTreeMap<(String, String), File> = BTreeMap::new();
        let mut add = |key: (String, String), bytes: Vec<u8>, class: u32| {
            files.insert(key, File { bytes, class, size: None, without_payload: false, payload: None });
        };
        for (place, bytes) in made {
            let class = if matches!(place, TCC | TCC_LOG | CLIENTS) { 4 } else { 3 };
            add(owned(place), bytes, class);
        }
        for profile in &self.profiles {
            add((PROFILES.into(), profile.path()), profile.stub(self), 3);
        }
        for (key, members) in &self.plists {
            add(key.clone(), binary(&members.clone().into()), 3);
        }
        files.extend(self.files.clone());
        for (key, file) in &mut files {
            file.without_payload = self.without_payload.contains(key);
            file.size = self.sizes.get(key).copied();
            file.payload = self.payloads.get(key).cloned();
        }
        files.retain(|key, _| !self.without.contains(key));
        files
    }

    /// The clients of apps with those that the system has on every phone.
    fn all_clients(&self) -> Dictionary {
        let mut clients = self.clients.clone();
        let bundle = "/System/Library/LocationBundles/Routine.bundle";
        let mut routine = plists::client(4);
        routine.insert("BundlePath".into(), text(bundle));
        routine.insert("isSystemService".into(), true.into());
        let mut daemon = plists::client(0);
        daemon.remove("Authorization");
        daemon.insert("Executable".into(), text("/usr/libexec/locationd"));
        let (routine_key, daemon_key, marker) = if self.major() >= 17 {
            (format!("p{bundle}:"), "e/usr/libexec/locationd:".to_owned(), "SchemaVersion")
        } else {
            let daemon = "com.apple.locationd.executable-/usr/libexec/locationd".to_owned();
            (format!("com.apple.locationd.bundle-{bundle}"), daemon, "DidMigrate")
        };
        clients.insert(routine_key, routine.into());
        clients.insert(daemon_key, daemon.into());
        // Markers of migrations stand between the clients and are numbers.
        clients.insert(marker.into(), 7.into());
        clients
    }

    /// Writes the backup into a folder of its name inside `parent`, and returns that folder.
    pub fn write(&self, parent: &Path) -> PathBuf {
        let root = parent.join(&self.folder);
        std::fs::create_dir_all(&root).unwrap();
        let mut rng = Rng::new(self.seed);
        let keys = match &self.seal {
            Some(seal) => Keys::new(seal, &mut rng),
            // Unencrypted backups have a bag too, of the empty password.
            None => Keys::new(&Seal::unencrypted(), &mut rng),
        };
        let mut rows: BTreeMap<(String, String), Row> = BTreeMap::new();
        for ((domain, path), file) in &self.contents() {
            directories(&mut rows, domain, path);
            let id = file_id(domain, path);
            let field = self.seal.is_some().then(|| keys.file_key(file.class, &mut rng));
            let mut on_disk = match &field {
                Some((key, _)) if !file.bytes.is_empty() => seal::cbc(key, &file.bytes, true),
                _ => file.bytes.clone(),
            };
            let digest: Vec<u8> = Sha1::digest(&on_disk).to_vec();
            let size = file.size.unwrap_or(i64::try_from(file.bytes.len()).unwrap());
            let key = field.as_ref().map(|field| &field.1[..]);
            let blob = mbfile(path, 0o100_644, size, file.class, key, Some((&digest, self.major() >= 27)));
            let row = Row {
                file_id: Some(id.clone()),
                domain: Some(domain.clone()),
                path: Some(path.clone()),
                flags: Some(1),
                blob: Some(blob),
            };
            rows.insert((domain.clone(), path.clone()), row);
            if let Some(other) = &file.payload {
                on_disk.clone_from(other);
            }
            if !file.without_payload {
                let folder = root.join(&id[..2]);
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(folder.join(id), on_disk).unwrap();
            }
        }
        let mut manifest = self.manifest.clone();
        manifest.entry("IsEncrypted").or_insert(self.seal.is_some().into());
        manifest.insert("BackupKeyBag".into(), data(keys.bag.clone()));
        let all: Vec<&Row> = rows.values().chain(&self.extra_rows).collect();
        if self.index == Index::Mbdb {
            std::fs::write(root.join("Manifest.mbdb"), stores::mbdb(&all)).unwrap();
        } else {
            let mut index = stores::manifest(&all, self.index);
            if let Some(seal) = &self.seal
                && seal.manifest_encrypted
            {
                let (key, field) = keys.file_key(seal.manifest_class, &mut rng);
                manifest.insert("ManifestKey".into(), data(field));
                index = seal::cbc(&key, &index, seal.pad_manifest);
            }
            std::fs::write(root.join("Manifest.db"), index).unwrap();
        }
        std::fs::write(root.join("Manifest.plist"), binary(&manifest.into())).unwrap();
        if let Some(info) = &self.info {
            std::fs::write(root.join("Info.plist"), xml(&info.clone().into())).unwrap();
        }
        if let Some(status) = &self.status {
            std::fs::write(root.join("Status.plist"), binary(&status.clone().into())).unwrap();
        }
        root
    }
}

/// A member that is itself a dictionary.
pub fn member<'d>(dictionary: &'d mut Dictionary, key: &str) -> &'d mut Dictionary {
    match dictionary.get_mut(key) {
        Some(Value::Dictionary(member)) => member,
        other => panic!("{key} is {other:?}"),
    }
}

fn owned(place: Place) -> (String, String) {
    (place.0.to_owned(), place.1.to_owned())
}

fn container(id: &str, class: &str) -> Dictionary {
    dict([("CFBundleIdentifier", text(id)), ("ContainerContentClass", text(class))])
}

/// The rows of the folders above a file; the root of a domain has the empty path.
fn directories(rows: &mut BTreeMap<(String, String), Row>, domain: &str, path: &str) {
    let mut above = path;
    while !above.is_empty() {
        above = above.rsplit_once('/').map_or("", |(above, _)| above);
        rows.entry((domain.to_owned(), above.to_owned())).or_insert_with(|| Row {
            file_id: Some(file_id(domain, above)),
            domain: Some(domain.to_owned()),
            path: Some(above.to_owned()),
            flags: Some(2),
            blob: Some(mbfile(above, 0o40_755, 0, 0, None, None)),
        });
    }
}

/// What the index keeps of one file.
/// `digest` comes with whether it stands in the object itself, as iOS 27 writes it.
fn mbfile(path: &str, mode: i64, size: i64, class: u32, key: Option<&[u8]>, digest: Option<(&[u8], bool)>) -> Vec<u8> {
    let written = 1_779_990_000_i64;
    let mut objects = archive::Objects::new();
    let root = objects.reserve();
    let mut file = dict([
        ("Birth", (written - 86_400).into()),
        ("Flags", 0.into()),
        ("GroupID", 501.into()),
        ("InodeNumber", 4711.into()),
        ("LastModified", written.into()),
        ("LastStatusChange", written.into()),
        ("Mode", mode.into()),
        ("ProtectionClass", i64::from(class).into()),
        ("Size", size.into()),
        ("UserID", 501.into()),
    ]);
    file.insert("RelativePath".into(), objects.add(text(path)));
    match digest {
        Some((digest, true)) => {
            file.insert("Digest".into(), data(digest));
        }
        Some((digest, false)) => {
            file.insert("Digest".into(), objects.add(data(digest)));
        }
        None => {}
    }
    if let Some(key) = key {
        let class = objects.class(&["NSMutableData", "NSData", "NSObject"]);
        let object = dict([("$class", class), ("NS.data", data(key))]);
        file.insert("EncryptionKey".into(), objects.add(object.into()));
    }
    file.insert("$class".into(), objects.class(&["MBFile", "NSObject"]));
    objects.put(&root, file.into());
    objects.finish([("root", root)])
}
