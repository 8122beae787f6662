//! `Info.plist` of a backup: what the computer wrote about the phone, and its list of installed apps.
//!
//! The computer's program writes it (Finder, iTunes, libimobiledevice), each with its own subset of keys; some write none at all.
//! Every key is optional. Mail addresses, serial and phone numbers stand in it as well and are not kept.

use std::collections::{BTreeMap, BTreeSet};

use super::plist::{self, PlistError, Value};

/// Keys whose values are large and of no use: icons, signatures, files of the media area.
const LEFT_OUT: &[&str] = &["PlaceholderIcon", "ApplicationSINF", "iTunes Files"];

/// Keys of the lists of apps.
const APP_LISTS: &[&str] = &["Applications", "Installed Applications"];

/// How many values the metadata of all apps may unfold into. That of one app has some forty.
const METADATA_VALUES: usize = 3_000_000;

/// What a damaged metadata costs of these, as it may have unfolded far before it failed.
const DAMAGED_COST: usize = 100_000;

/// A phone's identifier (UDID), made comparable: the computer writes it in capitals, folders have it with or without a dash.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier(String);

impl Identifier {
    /// Makes one; an empty text is none.
    pub fn new(text: &str) -> Option<Identifier> {
        let plain: String = text
            .chars()
            .filter(|character| *character != '-')
            .map(|character| character.to_ascii_lowercase())
            .collect();
        (!plain.is_empty()).then_some(Identifier(plain))
    }

    /// Lower case, without dashes. Secret: for a keyed hash only.
    pub fn plain(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Identifier {
    /// Without the identifier, which belongs in no log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Identifier(..)")
    }
}

/// What `Info.plist` says about the phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InfoDevice {
    /// `Product Version`: the version of iOS.
    pub version: Option<String>,
    /// `Build Version`.
    pub build: Option<String>,
    /// `Product Type`, such as `iPhone14,5`.
    pub product_type: Option<String>,
    /// `Last Backup Date`, in seconds since 1970.
    pub last_backup: Option<i64>,
    /// `Unique Identifier`, else `Target Identifier`.
    pub identifier: Option<Identifier>,
}

/// What `Info.plist` says about one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InfoApp {
    /// `bundleShortVersionString`, else `bundleVersion`, of the app's metadata.
    pub version: Option<String>,
    /// Metadata are there. Whose they are, only their contents tell: packages of an organization may bring some of their own.
    pub has_metadata: bool,
    /// `sourceApp`: bundle id of the app through which it was installed, such as `com.apple.AppStore`.
    pub source_app: Option<String>,
    /// `betaExternalVersionIdentifier` or `betaTesterType` is there: a test version, from TestFlight. The App Store's apps have neither
    /// (three apps compared on one phone).
    pub is_beta: bool,
    /// `sideLoadedDeviceBasedVPP`: the organization's device management brought it, with a licence for the phone.
    pub by_management: bool,
    /// The App Store's genre, such as `Social Networking`.
    pub genre: Option<String>,
}

/// What `Info.plist` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// About the phone.
    pub device: InfoDevice,
    /// `Installed Applications`, in the order of the file; `None` when the key is not there.
    pub installed: Option<Vec<String>>,
    /// `Applications`, by bundle id; `None` when the key is not there.
    pub apps: Option<BTreeMap<String, InfoApp>>,
    /// How many entries of the two lists there are.
    pub entries: u64,
    /// How many of them were not understood: an id that is no text, metadata that cannot be read.
    pub not_understood: u64,
}

impl Info {
    /// Every bundle id of either list.
    pub fn ids(&self) -> BTreeSet<&str> {
        let installed = self.installed.iter().flatten().map(String::as_str);
        installed.chain(self.apps.iter().flatten().map(|(id, _)| id.as_str())).collect()
    }

    /// Whether there is a list of apps at all.
    pub fn has_apps(&self) -> bool {
        self.installed.is_some() || self.apps.is_some()
    }
}

/// Reads `Info.plist`.
///
/// # Errors
/// When it is no property list. A missing key is none.
pub fn read(bytes: &[u8]) -> Result<Info, PlistError> {
    let value = plist::read_without(bytes, LEFT_OUT)?;
    let mut info = Info { device: device(&value), ..Info::default() };
    if let Some(listed @ Value::List(_)) = value.get("Installed Applications") {
        let ids: Vec<String> = listed.list().iter().filter_map(|id| id.text().map(str::to_owned)).collect();
        info.entries += listed.list().len() as u64;
        info.not_understood += (listed.list().len() - ids.len()) as u64;
        info.installed = Some(ids);
    }
    if let Some(members) = value.get("Applications").and_then(Value::dict) {
        let mut budget = METADATA_VALUES;
        let mut apps = BTreeMap::new();
        for (id, entry) in members {
            let (app, sound) = app(entry, &mut budget);
            info.entries += 1;
            info.not_understood += u64::from(!sound);
            apps.insert(id.clone(), app);
        }
        info.apps = Some(apps);
    }
    Ok(info)
}

/// Reads only what `Info.plist` says about the phone.
///
/// # Errors
/// As [`read`].
pub fn read_device(bytes: &[u8]) -> Result<InfoDevice, PlistError> {
    let left_out: Vec<&str> = LEFT_OUT.iter().chain(APP_LISTS).copied().collect();
    plist::read_without(bytes, &left_out).map(|value| device(&value))
}

fn device(value: &Value) -> InfoDevice {
    let text = |key: &str| value.get(key).and_then(Value::text).map(str::to_owned);
    InfoDevice {
        version: text("Product Version"),
        build: text("Build Version"),
        product_type: text("Product Type"),
        last_backup: value.get("Last Backup Date").and_then(Value::date),
        identifier: ["Unique Identifier", "Target Identifier"]
            .iter()
            .find_map(|key| Identifier::new(value.get(key)?.text()?)),
    }
}

/// One entry of `Applications`, and whether all of it was understood. The metadata are a property list within the property
/// list; hostile ones may unfold, so that all of them together have a budget.
fn app(entry: &Value, budget: &mut usize) -> (InfoApp, bool) {
    let nested = match entry.get("iTunesMetadata") {
        None => return (InfoApp::default(), entry.dict().is_some()),
        Some(Value::Data(_)) if *budget == 0 => return (InfoApp { has_metadata: true, ..InfoApp::default() }, false),
        Some(Value::Data(data)) => plist::read_without(data, LEFT_OUT),
        Some(other) => Ok(other.clone()),
    };
    let cost = nested.as_ref().map_or(DAMAGED_COST, size);
    *budget = budget.saturating_sub(cost);
    let Ok(Value::Dict(metadata)) = nested else {
        return (InfoApp { has_metadata: true, ..InfoApp::default() }, false);
    };
    let text = |key: &str| metadata.get(key).and_then(Value::text).map(str::to_owned);
    let app = InfoApp {
        version: text("bundleShortVersionString").or_else(|| text("bundleVersion")),
        has_metadata: true,
        source_app: text("sourceApp").filter(|id| super::is_app_id(id)),
        is_beta: ["betaExternalVersionIdentifier", "betaTesterType"].iter().any(|key| metadata.contains_key(*key)),
        by_management: metadata.get("sideLoadedDeviceBasedVPP").and_then(Value::bool) == Some(true),
        genre: text("genre"),
    };
    (app, true)
}

/// How many values a value holds, itself among them. Nesting is bounded by the reader.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::List(values) => values.iter().map(size).sum(),
        Value::Dict(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(body: &str) -> Vec<u8> {
        format!("<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>{body}</dict></plist>").into_bytes()
    }

    fn base64(bytes: &[u8]) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        bytes
            .chunks(3)
            .flat_map(|chunk| {
                let word = u32::from(chunk[0]) << 16
                    | u32::from(*chunk.get(1).unwrap_or(&0)) << 8
                    | u32::from(*chunk.get(2).unwrap_or(&0));
                (0..4).map(move |place| {
                    if place > chunk.len() {
                        '='
                    } else {
                        char::from(LETTERS[(word >> (18 - 6 * place)) as usize & 63])
                    }
                })
            })
            .collect()
    }

    #[test]
    fn the_metadata_is_a_plist_within_the_plist() {
        let metadata =
            xml("<key>bundleShortVersionString</key><string>3.1</string><key>genre</key><string>News</string>\
            <key>sideLoadedDeviceBasedVPP</key><true/><key>itemName</key><string>Name</string>");
        let info = read(&xml(&format!(
            "<key>Applications</key><dict><key>a.b</key><dict><key>iTunesMetadata</key><data>{}</data>\
             <key>PlaceholderIcon</key><data>AAAA</data></dict><key>c.d</key><dict/></dict>\
             <key>Installed Applications</key><array><string>a.b</string><string>e.f</string><integer>3</integer></array>",
            base64(&metadata)
        )))
        .unwrap();
        let apps = info.apps.as_ref().unwrap();
        assert_eq!(
            apps["a.b"],
            InfoApp {
                source_app: None,
                is_beta: false,
                version: Some("3.1".into()),
                has_metadata: true,
                by_management: true,
                genre: Some("News".into())
            }
        );
        assert_eq!(apps["c.d"], InfoApp::default());
        assert_eq!(info.installed.as_deref().unwrap(), ["a.b", "e.f"]);
        assert_eq!((info.entries, info.not_understood), (5, 1));
        assert_eq!(info.ids().into_iter().collect::<Vec<_>>(), ["a.b", "c.d", "e.f"]);
    }

    #[test]
    fn every_key_may_be_missing() {
        let info = read(&xml("")).unwrap();
        assert_eq!(info, Info::default());
        assert!(!info.has_apps());
        let odd = read(&xml("<key>Installed Applications</key><true/><key>Applications</key><array/>\
            <key>Product Version</key><integer>3</integer>"))
        .unwrap();
        assert_eq!(odd, Info::default());
    }

    #[test]
    fn damaged_metadata_cost_one_app_its_version_and_are_counted() {
        let good = base64(&xml("<key>bundleVersion</key><string>7</string>"));
        let info = read(&xml(&format!(
            "<key>Applications</key><dict><key>bad</key><dict><key>iTunesMetadata</key><data>AAAA</data></dict>\
             <key>good</key><dict><key>iTunesMetadata</key><data>{good}</data></dict></dict>"
        )))
        .unwrap();
        let apps = info.apps.as_ref().unwrap();
        assert!(apps["bad"].has_metadata && apps["bad"].version.is_none());
        assert_eq!(apps["good"].version.as_deref(), Some("7"));
        assert_eq!((info.entries, info.not_understood), (2, 1));
    }

    #[test]
    fn metadata_that_unfold_stop_at_a_budget() {
        // Two hundred apps whose metadata hold nothing readable: after thirty the rest is not even tried, and all are counted.
        let entries: String = (0..200)
            .map(|n| format!("<key>a{n}</key><dict><key>iTunesMetadata</key><data>AAAA</data></dict>"))
            .collect();
        let info = read(&xml(&format!("<key>Applications</key><dict>{entries}</dict>"))).unwrap();
        assert_eq!((info.entries, info.not_understood), (200, 200));
        let mut budget = 0;
        let entry = Value::Dict([("iTunesMetadata".to_owned(), Value::Data(xml("")))].into());
        assert!(!app(&entry, &mut budget).1);
    }

    #[test]
    fn identifiers_compare_without_case_and_dashes_and_stay_out_of_logs() {
        let one = Identifier::new("00008110-000A1B2C3D4E5F60").unwrap();
        assert_eq!(Some(one.clone()), Identifier::new("00008110000a1b2c3d4e5f60"));
        assert!(!format!("{one:?}").contains("0000"));
        assert_eq!(Identifier::new(""), None);
    }

    #[test]
    fn a_real_info_plist_reads() {
        let Some(corpus) = crate::skip::corpus("") else { return };
        let bytes = std::fs::read(corpus.join("ios/mvt_ios_backup/Info.plist")).unwrap();
        let info = read(&bytes).unwrap();
        assert_eq!(info.device.version.as_deref(), Some("14.3"));
        assert_eq!(info.device.product_type.as_deref(), Some("iPhone9,3"));
        assert_eq!(info.installed.as_ref().map(Vec::len), Some(6));
        assert_eq!(info.apps, None);
        assert_eq!(info.not_understood, 0);
        assert_eq!(read_device(&bytes).unwrap(), info.device);
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_accounts_for_every_entry(ids in proptest::collection::vec("[a-z.]{1,8}", 0..8), junk in proptest::collection::vec(proptest::num::u8::ANY, 0..40)) {
            let _ = read(&junk);
            let _ = read_device(&junk);
            let listed: String = ids.iter().map(|id| format!("<string>{id}</string>")).collect();
            let info = read(&xml(&format!("<key>Installed Applications</key><array>{listed}<true/></array>"))).unwrap();
            proptest::prop_assert_eq!(info.entries, ids.len() as u64 + 1);
            proptest::prop_assert_eq!(info.installed.unwrap().len() as u64 + info.not_understood, info.entries);
        }
    }
}
