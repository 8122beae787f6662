//! `Manifest.plist` and `Status.plist` of a backup: what the phone wrote about itself and about the backup.
//!
//! Where it disagrees with `Info.plist`, this one is right: the other belongs to the computer's program.

use std::collections::BTreeMap;

use super::info::Identifier;
use super::plist::Value;

/// The class of the containers that are apps; groups, plug-ins and system containers stand in the same list.
const APP_CLASS: &str = "Data/Application";

/// One entry of `Applications`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// `ContainerContentClass`, such as `Data/Application` or `Shared/AppGroup`.
    pub class: Option<String>,
    /// `CFBundleVersion`: the build's number, not what the App Store shows.
    pub version: Option<String>,
    /// `Path` is there: the place of the app's bundle.
    pub has_path: bool,
}

impl Container {
    /// Whether this is an app. Older versions write no class; apps have a path.
    pub fn is_app(&self) -> bool {
        self.class.as_deref().map_or(self.has_path, |class| class == APP_CLASS)
    }
}

/// What `Manifest.plist` says. Every key is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `IsEncrypted`. A keybag is there either way.
    pub encrypted: Option<bool>,
    /// `Date`, in seconds since 1970.
    pub date: Option<i64>,
    /// `WasPasscodeSet`: the phone had a passcode when the backup ran.
    pub passcode_set: Option<bool>,
    /// `Lockdown.ProductVersion`: the version of iOS.
    pub version: Option<String>,
    /// `Lockdown.BuildVersion`.
    pub build: Option<String>,
    /// `Lockdown.ProductType`.
    pub product_type: Option<String>,
    /// `Lockdown.UniqueDeviceID`.
    pub identifier: Option<Identifier>,
    /// `Applications`, by identifier; `None` when the key is not there.
    pub containers: Option<BTreeMap<String, Container>>,
    /// How many of the containers were not understood.
    pub not_understood: u64,
}

impl Manifest {
    /// The apps among the containers.
    pub fn apps(&self) -> impl Iterator<Item = (&str, &Container)> {
        let containers = self.containers.iter().flatten();
        containers.filter(|(_, container)| container.is_app()).map(|(id, container)| (id.as_str(), container))
    }
}

/// Reads `Manifest.plist`.
pub fn read(value: &Value) -> Manifest {
    let lockdown = |key: &str| value.at(&["Lockdown", key]).and_then(Value::text).map(str::to_owned);
    let mut manifest = Manifest {
        encrypted: value.get("IsEncrypted").and_then(Value::bool),
        date: value.get("Date").and_then(Value::date),
        passcode_set: value.get("WasPasscodeSet").and_then(Value::bool),
        version: lockdown("ProductVersion"),
        build: lockdown("BuildVersion"),
        product_type: lockdown("ProductType"),
        identifier: lockdown("UniqueDeviceID").and_then(|id| Identifier::new(&id)),
        ..Manifest::default()
    };
    if let Some(members) = value.get("Applications").and_then(Value::dict) {
        let mut containers = BTreeMap::new();
        for (id, entry) in members {
            if entry.dict().is_none() {
                manifest.not_understood += 1;
                continue;
            }
            let text = |key: &str| entry.get(key).and_then(Value::text).map(str::to_owned);
            let container = Container {
                class: text("ContainerContentClass"),
                version: text("CFBundleVersion"),
                has_path: entry.get("Path").is_some(),
            };
            containers.insert(id.clone(), container);
        }
        manifest.containers = Some(containers);
    }
    manifest
}

/// What `Status.plist` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// `SnapshotState`; only `finished` is a whole backup.
    pub state: Option<String>,
    /// `Date`, in seconds since 1970.
    pub date: Option<i64>,
}

/// Reads `Status.plist`.
pub fn read_status(value: &Value) -> Status {
    Status {
        state: value.get("SnapshotState").and_then(Value::text).map(str::to_owned),
        date: value.get("Date").and_then(Value::date),
    }
}

#[cfg(test)]
mod tests {
    use super::super::plist;
    use super::*;

    fn of(body: &str) -> Value {
        plist::read(format!("<plist version=\"1.0\"><dict>{body}</dict></plist>").as_bytes()).unwrap()
    }

    #[test]
    fn app_groups_and_plug_ins_are_no_apps() {
        let entry = |id: &str, class: &str| {
            format!("<key>{id}</key><dict><key>ContainerContentClass</key><string>{class}</string></dict>")
        };
        let value = of(&format!(
            "<key>Applications</key><dict>{}{}{}{}<key>old</key><dict><key>Path</key><string>/x</string></dict>\
             <key>odd</key><string>x</string></dict>",
            entry("a.app", "Data/Application"),
            entry("group.a", "Shared/AppGroup"),
            entry("a.app.widget", "Data/PluginKitPlugin"),
            entry("a.system", "Data/System"),
        ));
        let manifest = read(&value);
        assert_eq!(manifest.apps().map(|(id, _)| id).collect::<Vec<_>>(), ["a.app", "old"]);
        assert_eq!(manifest.not_understood, 1);
    }

    #[test]
    fn a_keybag_says_nothing_about_encryption_and_every_key_may_be_missing() {
        assert_eq!(read(&of("<key>BackupKeyBag</key><data>AAAA</data>")).encrypted, None);
        assert_eq!(read(&Value::Bool(true)), Manifest::default());
        let odd = of(
            "<key>IsEncrypted</key><string>yes</string><key>Date</key><integer>1</integer><key>Lockdown</key><array/>",
        );
        assert_eq!(read(&odd), Manifest::default());
        let status = read_status(&of("<key>SnapshotState</key><string>uploading</string>"));
        assert_eq!(status, Status { state: Some("uploading".into()), date: None });
    }

    #[test]
    fn generated_manifests_read() {
        let Some(corpus) = crate::skip::corpus("") else { return };
        let folder = corpus.join("ios/generated/enc-ios17.5.1_pw_test-password");
        let manifest = read(&plist::read(&std::fs::read(folder.join("Manifest.plist")).unwrap()).unwrap());
        assert_eq!(manifest.encrypted, Some(true));
        assert_eq!(manifest.passcode_set, Some(true));
        assert_eq!((manifest.version.as_deref(), manifest.build.as_deref()), (Some("17.5.1"), Some("21F90")));
        assert_eq!(manifest.date, Some(1_717_200_000));
        assert_eq!((manifest.apps().count(), manifest.containers.map(|all| all.len())), (6, Some(12)));
    }

    proptest::proptest! {
        #[test]
        fn accounts_for_every_container(kinds in proptest::collection::vec(0u8..3, 0..12)) {
            let entries: String = kinds.iter().enumerate().map(|(n, kind)| match kind {
                0 => format!("<key>k{n}</key><dict/>"),
                1 => format!("<key>k{n}</key><true/>"),
                _ => format!("<key>k{n}</key><dict><key>ContainerContentClass</key><integer>1</integer></dict>"),
            }).collect();
            let manifest = read(&of(&format!("<key>Applications</key><dict>{entries}</dict>")));
            proptest::prop_assert_eq!(manifest.containers.unwrap().len() as u64 + manifest.not_understood, kinds.len() as u64);
        }
    }
}
