//! The property lists of a backup.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use plist::{Dictionary, Value};
use sha2::{Digest as _, Sha256};

use super::seal::Rng;

pub fn dict<const N: usize>(members: [(&str, Value); N]) -> Dictionary {
    members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

pub fn list(members: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(members.into_iter().collect())
}

pub fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

pub fn data(bytes: impl Into<Vec<u8>>) -> Value {
    Value::Data(bytes.into())
}

/// Seconds since 1970.
pub fn date(seconds: i64) -> Value {
    Value::Date((UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap())).into())
}

/// Seconds since 1970 as seconds since 2001.
pub fn mac(seconds: i64) -> Value {
    Value::Real((seconds - 978_307_200) as f64)
}

pub fn binary(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.to_writer_binary(&mut bytes).unwrap();
    bytes
}

/// A property list of either form; none when it is none.
pub fn read(bytes: &[u8]) -> Option<Value> {
    Value::from_reader(std::io::Cursor::new(bytes)).ok()
}

pub fn xml(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.to_writer_xml(&mut bytes).unwrap();
    bytes
}

/// Archives of `NSKeyedArchiver`.
pub mod archive {
    use plist::{Dictionary, Uid, Value};

    use super::{binary, dict, list, text};

    /// The objects of an archive that is being written.
    pub struct Objects(Vec<Value>);

    impl Objects {
        pub fn new() -> Objects {
            Objects(vec![text("$null")])
        }

        /// Adds an object and returns the reference to it.
        pub fn add(&mut self, object: Value) -> Value {
            self.0.push(object);
            Value::Uid(Uid::new(self.0.len() as u64 - 1))
        }

        /// A place for an object that refers to later ones.
        pub fn reserve(&mut self) -> Value {
            self.add(text("$null"))
        }

        pub fn put(&mut self, place: &Value, object: Value) {
            let number = place.as_uid().expect("a reference").get();
            self.0[usize::try_from(number).unwrap()] = object;
        }

        pub fn class(&mut self, names: &[&str]) -> Value {
            let class = dict([("$classes", list(names.iter().map(|name| text(name)))), ("$classname", text(names[0]))]);
            self.add(class.into())
        }

        pub fn finish<'k>(self, top: impl IntoIterator<Item = (&'k str, Value)>) -> Vec<u8> {
            let top: Dictionary = top.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            let archive = dict([
                ("$archiver", text("NSKeyedArchiver")),
                ("$objects", Value::Array(self.0)),
                ("$top", top.into()),
                ("$version", 100_000.into()),
            ]);
            binary(&archive.into())
        }
    }
}

/// A client of locationd with this `Authorization`.
pub fn client(authorization: i64) -> Dictionary {
    dict([
        ("Authorization", authorization.into()),
        ("Registered", true.into()),
        ("SupportedAuthorizationMask", if authorization == 4 { 7 } else { 3 }.into()),
    ])
}

/// Notification settings of one app.
#[derive(Clone, Debug)]
pub struct Section {
    pub status: Option<i64>,
    pub lock_screen: i64,
    pub previews: i64,
}

impl Section {
    pub fn of(status: i64) -> Section {
        Section { status: Some(status), lock_screen: 2, previews: 0 }
    }
}

/// `VersionedSectionInfo.plist`.
pub fn sections(of: &BTreeMap<String, Section>) -> Vec<u8> {
    let entries: Dictionary =
        of.iter().map(|(bundle, section)| (bundle.clone(), data(section_archive(bundle, section)))).collect();
    binary(&dict([("sectionInfo", entries.into()), ("sectionInfoVersionNumber", 3.into())]).into())
}

/// What it holds for one app.
pub fn section_archive(bundle: &str, section: &Section) -> Vec<u8> {
    let mut objects = archive::Objects::new();
    let root = objects.reserve();
    let mut settings = dict([
        ("alertType", 1.into()),
        ("announceSetting", 0.into()),
        ("contentPreviewSetting", section.previews.into()),
        ("lockScreenSetting", section.lock_screen.into()),
        ("notificationCenterSetting", 2.into()),
        ("pushSettings", 63.into()),
    ]);
    if let Some(status) = section.status {
        settings.insert("authorizationStatus".into(), status.into());
    }
    settings.insert("$class".into(), objects.class(&["BBSectionInfoSettings", "NSObject"]));
    let settings = objects.add(settings.into());
    let mut info = dict([
        ("displayName", Value::Uid(plist::Uid::new(0))),
        ("sectionType", 0.into()),
        ("suppressFromSettings", false.into()),
        ("version", 1.into()),
    ]);
    info.insert("sectionID".into(), objects.add(text(bundle)));
    info.insert("sectionInfoSettings".into(), settings);
    info.insert("$class".into(), objects.class(&["BBSectionInfo", "NSObject"]));
    objects.put(&root, info.into());
    objects.finish([("root", root)])
}

/// A rule on the local network.
#[derive(Clone, Debug)]
pub struct Rule {
    pub identifier: String,
    pub deny: bool,
    pub answered: bool,
}

impl Rule {
    pub fn answered(bundle: &str, deny: bool) -> Rule {
        Rule { identifier: bundle.into(), deny, answered: true }
    }

    /// An app that was registered and asked for nothing yet.
    pub fn unanswered(bundle: &str) -> Rule {
        Rule { identifier: bundle.into(), deny: true, answered: false }
    }
}

/// A VPN, filter or DNS configuration.
#[derive(Clone, Debug)]
pub struct Configuration {
    pub name: String,
    /// The app that made it.
    pub application: String,
    /// `VPN`, `DNSSettings`, `ContentFilter`, …
    pub kind: String,
}

/// How the configurations of Settings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkForm {
    /// As a phone writes them.
    Phone,
    /// The name of a Mac and the list of public descriptions, which no phone was seen to write.
    Mac,
    /// As a phone, and the list under a name that nobody knows.
    Renamed,
    /// Without the configuration on the local network.
    Without,
}

/// The members of a configuration that is for nothing else: the UID of `$null`.
const NO_MEMBERS: [&str; 11] = [
    "AlwaysOnVPN",
    "AppPush",
    "AppVPN",
    "Application",
    "ApplicationName",
    "ContentFilter",
    "DNSProxy",
    "DNSSettings",
    "ExternalIdentifierString",
    "ProfileInfo",
    "VPN",
];

/// `com.apple.networkextension.plist`: the rules on the local network, mobile data (app and `CellularBehavior`), and other
/// configurations.
pub fn network(
    form: NetworkForm,
    rules: &[Rule],
    cellular: &[(String, i64)],
    others: &[Configuration],
    rng: &mut Rng,
) -> Vec<u8> {
    let null = || Value::Uid(plist::Uid::new(0));
    let mut objects = archive::Objects::new();
    let rule_class = objects.class(&["NEPathRule", "NEAppRule", "NSObject"]);
    let list_class = objects.class(&["NSArray", "NSObject"]);
    let controller_class = objects.class(&["NEPathController", "NSObject"]);
    let configuration_class = objects.class(&["NEConfiguration", "NSObject"]);
    let rule = |objects: &mut archive::Objects, rule: &Rule, cellular: i64| {
        let identifier = objects.add(text(&rule.identifier));
        let object = dict([
            ("$class", rule_class.clone()),
            ("CellularBehavior", cellular.into()),
            ("DenyAll", false.into()),
            ("DenyCellularFallback", false.into()),
            ("DenyMulticast", rule.deny.into()),
            ("IsIdentifierExternal", false.into()),
            ("MatchDomains", null()),
            ("MulticastPreferenceSet", rule.answered.into()),
            ("NoDivertDNS", false.into()),
            ("Path", null()),
            ("SigningIdentifier", identifier),
            ("WiFiBehavior", cellular.into()),
        ]);
        objects.add(object.into())
    };
    let list_of_settings = |objects: &mut archive::Objects, name: &str, key: &str, references: Vec<Value>| {
        let list = objects.add(dict([("$class", list_class.clone()), ("NS.objects", Value::Array(references))]).into());
        let controller = dict([
            ("$class", controller_class.clone()),
            ("Enabled", true.into()),
            ("PayloadAppRules", null()),
            (key, list),
        ]);
        let controller = objects.add(controller.into());
        let name = objects.add(text(name));
        let mut object = dict([
            ("$class", configuration_class.clone()),
            ("Grade", 2.into()),
            ("Name", name),
            ("PathController", controller),
        ]);
        for member in NO_MEMBERS {
            object.insert(member.into(), null());
        }
        objects.add(object.into())
    };
    let mut top = vec![
        ("Generation".to_owned(), 208.into()),
        ("SCPreferencesSignature2".to_owned(), null()),
        ("Version".to_owned(), 1.into()),
    ];
    if form != NetworkForm::Without {
        // An app of the system is registered on every phone.
        let registered = Rule::unanswered("com.apple.tv");
        let mut references: Vec<Value> =
            rules.iter().chain([&registered]).map(|one| rule(&mut objects, one, 0)).collect();
        let mut name = "com.apple.preferences.networkprivacy".to_owned();
        if form == NetworkForm::Mac {
            name = format!("{name}-{}", rng.uuid());
            references.push(rule(&mut objects, &Rule::unanswered("PathRuleDefaultNonSystemIdentifier"), 0));
        }
        let key = match form {
            NetworkForm::Mac => "PathRules",
            NetworkForm::Renamed => "AppRules",
            _ => "Rules",
        };
        top.push((rng.uuid(), list_of_settings(&mut objects, &name, key, references)));
    }
    let unasked = |identifier: &str| Rule { identifier: identifier.into(), deny: false, answered: false };
    let mut references = vec![rule(&mut objects, &unasked("PathRuleDefaultIdentifier"), 2)];
    references.extend(cellular.iter().map(|(app, behavior)| rule(&mut objects, &unasked(app), *behavior)));
    let usage = "com.apple.commcenter.ne.cellularusage";
    top.push((rng.uuid(), list_of_settings(&mut objects, usage, "Rules", references)));
    for other in others {
        let class = objects.class(&[&format!("NE{}", other.kind), "NSObject"]);
        let inner = objects.add(dict([("$class", class), ("Enabled", true.into())]).into());
        let (name, application) = (objects.add(text(&other.name)), objects.add(text(&other.application)));
        let mut object = dict([("$class", configuration_class.clone()), ("Application", application), ("Name", name)]);
        object.insert(other.kind.clone(), inner);
        top.push((rng.uuid(), objects.add(object.into())));
    }
    objects.finish(top.iter().map(|(key, value)| (key.as_str(), value.clone())))
}

/// The switches that every phone lists, with their defaults.
pub fn usual_switches() -> BTreeMap<String, bool> {
    [
        ("allowAirDrop", true),
        ("allowApplePersonalizedAdvertising", true),
        ("allowAssistant", true),
        ("allowAssistantWhileLocked", true),
        ("allowAutoUnlock", true),
        ("allowAutomaticAppUpdates", true),
        ("allowCamera", true),
        ("allowCloudBackup", true),
        ("allowDiagnosticSubmission", false),
        ("allowEnterpriseAppTrust", true),
        ("allowFingerprintForUnlock", true),
        ("allowHostPairing", true),
        ("allowLockScreenControlCenter", true),
        ("allowLockScreenNotificationsView", true),
        ("allowLockScreenTodayView", true),
        ("allowOTAPKIUpdates", true),
        ("allowPasswordAutoFill", true),
        ("allowScreenShot", true),
        ("allowUIConfigurationProfileInstallation", true),
        ("allowUSBRestrictedMode", true),
        ("allowUntrustedTLSPrompt", true),
        ("forceEncryptedBackup", false),
        ("forceLimitAdTracking", false),
        ("safariAllowAutoFill", true),
        ("safariAllowJavaScript", true),
        ("safariForceFraudWarning", false),
    ]
    .into_iter()
    .map(|(feature, value)| (feature.to_owned(), value))
    .collect()
}

/// The numbers that every phone lists.
pub fn usual_values() -> BTreeMap<String, Value> {
    [
        ("enforcedSoftwareUpdateDelay", 30.into()),
        ("maxGracePeriod", 0.into()),
        ("maxInactivity", 120.into()),
        ("passcodeKeyboardComplexity", 0.into()),
        ("safariAcceptCookies", 1.5_f64.into()),
    ]
    .into_iter()
    .map(|(feature, value): (&str, Value)| (feature.to_owned(), value))
    .collect()
}

/// The shape of `EffectiveUserSettings.plist` and its like.
pub fn settings(
    switches: &BTreeMap<String, bool>,
    values: &BTreeMap<String, Value>,
    union: &BTreeMap<String, Vec<String>>,
) -> Vec<u8> {
    let switches: Dictionary =
        switches.iter().map(|(key, value)| (key.clone(), Value::from(dict([("value", (*value).into())])))).collect();
    let values: Dictionary = values
        .iter()
        .map(|(key, value)| {
            let members = [("rangeMaximum", 14_400.into()), ("rangeMinimum", 0.into()), ("value", value.clone())];
            (key.clone(), Value::from(dict(members)))
        })
        .collect();
    let union: Dictionary = union
        .iter()
        .map(|(key, values)| {
            (key.clone(), Value::from(dict([("values", list(values.iter().map(|value| text(value))))])))
        })
        .collect();
    let whole = dict([
        ("intersection", dict([("appLockBundleIDs", dict([]).into())]).into()),
        ("restrictedBool", switches.into()),
        ("restrictedValue", values.into()),
        ("union", union.into()),
    ]);
    binary(&whole.into())
}

/// `UserSettings.plist`: what the person set. Some features of a real file have no value.
pub fn user_settings(delay: i64) -> Vec<u8> {
    let mut values = usual_values();
    values.insert("maxInactivity".into(), delay.into());
    let bytes = settings(&usual_switches(), &values, &BTreeMap::new());
    let mut whole = read(&bytes).unwrap();
    let switches = whole.as_dictionary_mut().unwrap().get_mut("restrictedBool").unwrap();
    switches.as_dictionary_mut().unwrap().insert("allowExplicitContent".into(), dict([]).into());
    binary(&whole)
}

/// `ClientTruth.plist`: client, and the sections of its restrictions.
pub fn client_truth(clients: &[(String, Dictionary)]) -> Vec<u8> {
    let entries: Dictionary = clients
        .iter()
        .map(|(client, rules)| {
            let entry = dict([
                ("clientRestrictions", rules.clone().into()),
                ("clientType", text(client)),
                ("compliant", true.into()),
            ]);
            (client.clone(), Value::from(entry))
        })
        .collect();
    binary(&entries.into())
}

/// The section of a list of apps.
pub fn union(feature: &str, ids: &[&str]) -> Dictionary {
    let values = dict([("values", list(ids.iter().map(|id| text(id))))]);
    dict([("union", dict([(feature, values.into())]).into())])
}

/// The section of a number.
pub fn number(feature: &str, value: i64) -> Dictionary {
    let entry = dict([("value", value.into())]);
    dict([("restrictedValue", dict([(feature, entry.into())]).into())])
}

/// A configuration profile.
#[derive(Clone, Debug)]
pub struct Profile {
    pub id: String,
    pub name: String,
    pub organization: String,
    pub hidden: bool,
    pub removable: bool,
    pub by_mdm: bool,
    pub payloads: Vec<Dictionary>,
}

impl Profile {
    pub fn new(id: &str, name: &str, organization: &str, types: &[&str]) -> Profile {
        Profile {
            id: id.into(),
            name: name.into(),
            organization: organization.into(),
            hidden: false,
            removable: true,
            by_mdm: false,
            payloads: types.iter().map(|kind| dict([("PayloadType", text(kind))])).collect(),
        }
    }

    /// The profile that carriers ship; Settings does not show it.
    pub fn carrier() -> Profile {
        let mut profile =
            Profile::new("com.apple.examplecarrier", "Example Carrier", "Apple Inc.", &["com.apple.wifi.managed"]);
        profile.hidden = true;
        profile
    }

    /// Its path: named by the SHA-256 of its identifier.
    pub fn path(&self) -> String {
        format!("Library/ConfigurationProfiles/profile-{}.stub", super::hex(&Sha256::digest(self.id.as_bytes())))
    }

    pub fn stub(&self, backup: &super::Backup) -> Vec<u8> {
        let mut rng = Rng::of(&self.id);
        let payloads = self.payloads.iter().enumerate().map(|(number, payload)| {
            let mut content = payload.clone();
            content.insert("PayloadIdentifier".into(), text(&format!("{}.{number}", self.id)));
            content.insert("PayloadUUID".into(), text(&rng.uuid()));
            content.insert("PayloadVersion".into(), 1.into());
            Value::Dictionary(content)
        });
        let payloads = list(payloads.collect::<Vec<Value>>());
        let mut options = dict([("filterFlag", 2.into()), ("installedBy", text("com.apple.Preferences"))]);
        if self.by_mdm {
            options.insert("installedByMDM".into(), true.into());
        }
        let stub = dict([
            ("HasRemovalPasscode", false.into()),
            ("InstallDate", date(backup.now - 20 * 86_400)),
            ("InstallOptions", options.into()),
            ("MCProfileIsRemovalStub", true.into()),
            ("PayloadContent", payloads),
            ("PayloadDescription", text(&self.name)),
            ("PayloadDisplayName", text(&self.name)),
            ("PayloadIdentifier", text(&self.id)),
            ("PayloadOrganization", text(&self.organization)),
            ("PayloadRemovalDisallowed", (!self.removable).into()),
            ("PayloadType", text("Configuration")),
            ("PayloadUUID", text(&rng.uuid())),
            ("PayloadVersion", 1.into()),
            ("ProductBuildVersion", text(&backup.build)),
            ("ProductVersion", text(&backup.ios)),
            ("ProfileWasEncrypted", false.into()),
            ("SignerCerts", list([])),
        ]);
        binary(&stub.into())
    }
}

/// `MCProfileEvents.plist`.
pub fn events(profiles: &[Profile], now: i64) -> Vec<u8> {
    let events = profiles.iter().map(|profile| {
        let event = dict([
            ("Operation", text("install")),
            ("Process", text("profiled")),
            ("Timestamp", date(now - 20 * 86_400)),
        ]);
        Value::Dictionary(dict([(profile.id.as_str(), event.into())]))
    });
    binary(&dict([("ProfileEvents", list(events.collect::<Vec<Value>>()))]).into())
}

/// A binary property list of a few hundred bytes that says to be 2^`depth` objects.
pub fn bomb(depth: u8) -> Vec<u8> {
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for number in 0..depth {
        offsets.push(u8::try_from(bytes.len()).expect("a small bomb"));
        // An array of two, both the next object.
        bytes.extend_from_slice(&[0xA2, number + 1, number + 1]);
    }
    offsets.push(u8::try_from(bytes.len()).expect("a small bomb"));
    bytes.push(0x09);
    let table = u64::try_from(bytes.len()).unwrap();
    bytes.extend_from_slice(&offsets);
    bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 1, 1]);
    for number in [offsets.len() as u64, 0, table] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes
}
