//! The phone itself: model, version, identifier, and when the backup was made.

use crate::access::{Options, device_id};
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::backup_manifest::{self, Manifest};
use crate::parse::ios::info::{Identifier, Info, InfoDevice};
use crate::parse::ios::plist::Value;
use crate::snapshot::{Device, EvidenceRow, Footprint};
use crate::text::clean::sanitize;
use crate::vocabulary::{Platform, Trace};

use super::facts::{Facts, info_device, manifest, moment, row};

/// How many characters of a version, build or model are kept.
const WORD: usize = 100;

/// When the backup was made, in seconds since 1970: `Date` of `Manifest.plist`, else of `Status.plist`, else `Last Backup Date` of
/// `Info.plist`.
pub fn taken_at(facts: &Facts<'_>) -> Option<i64> {
    manifest(facts)
        .and_then(|manifest| manifest.date)
        .or_else(|| backup_manifest::read_status(&facts.plist(Artefact::Status)?).date)
        .or_else(|| info_device(facts)?.last_backup)
}

/// What the phone is. Its serial number, name and numbers are left out; its identifier is a keyed hash, or itself where the
/// options ask for it.
pub fn device(facts: &Facts<'_>, options: Options<'_>) -> Device {
    let manifest = manifest(facts).unwrap_or_default();
    // Word by word: a manifest may lack one of them.
    let info = match (&manifest.version, &manifest.build, &manifest.product_type) {
        (Some(_), Some(_), Some(_)) => InfoDevice::default(),
        _ => info_device(facts).unwrap_or_default(),
    };
    // The build number of another version than the phone's own would be wrong rather than missing.
    let same = manifest.version.is_none() || manifest.version == info.version;
    let word = |of_phone: Option<String>, of_computer: Option<String>| {
        of_phone.or(of_computer).map(|word| sanitize(&word, WORD))
    };
    let id = facts.evidence.serial.as_deref().and_then(|serial| {
        if options.show_serial {
            return Some(format!("serial:{}", sanitize(serial, WORD)));
        }
        // Folders and files write the identifier in either case, with or without a dash: it is one phone.
        device_id(options.id_key?, Identifier::new(serial.trim())?.plain())
    });
    Device {
        platform: Platform::Ios,
        manufacturer: Some("Apple".to_owned()),
        model: word(manifest.product_type, info.product_type),
        os_version: word(manifest.version, info.version),
        api_level: None,
        build: word(manifest.build, info.build.filter(|_| same)),
        patch_level: None,
        timezone: None,
        id,
    }
}

/// Whether `Info.plist` and `Manifest.plist` speak of the same phone. Where they differ, the folder was put together from several
/// backups; that is noted, and the manifest is right.
pub fn of_one_phone(facts: &Facts<'_>, info: &Info, manifest: &Manifest) -> bool {
    if let (Some(of_computer), Some(of_phone)) = (&info.device.version, &manifest.version)
        && of_computer != of_phone
    {
        let detail = format!("Product Version = {of_computer}, ProductVersion = {of_phone}");
        facts.gap(Artefact::Info.label(), Reason::Unreadable, &detail);
    }
    let one = match (&info.device.identifier, &manifest.identifier) {
        (Some(of_computer), Some(of_phone)) => of_computer == of_phone,
        _ => true,
    };
    if !one {
        // The identifiers themselves stay out.
        facts.gap(Artefact::Info.label(), Reason::Unreadable, "Unique Identifier ≠ UniqueDeviceID");
    }
    one
}

/// What making the backup left behind: a copy of the phone on the computer, and a computer that the phone trusts.
pub fn footprint(facts: &Facts<'_>) -> Vec<Footprint> {
    let noted = || Some(format!("Last Backup Date = {}", moment(info_device(facts)?.last_backup?)?));
    let evidence: Vec<EvidenceRow> = match facts.plist(Artefact::Manifest) {
        Some(value) => vec![key_row(Artefact::Manifest, &value, "Date")],
        None => noted().map(|text| row(Artefact::Info, 1, &text)).into_iter().collect(),
    };
    [Trace::LocalBackup, Trace::TrustedHost]
        .map(|trace| Footprint { trace, count: None, evidence: evidence.clone().into() })
        .to_vec()
}

/// The row of one key of a file: its 1-based place among the file's keys, sorted, and its value where that is a plain one.
pub fn key_row(artefact: Artefact, file: &Value, key: &str) -> EvidenceRow {
    let members = file.dict();
    let place = members.and_then(|members| members.keys().position(|name| name == key));
    let number = place.and_then(|place| u32::try_from(place + 1).ok()).unwrap_or(0);
    let text = match file.get(key) {
        Some(Value::Bool(value)) => format!("{key} = {value}"),
        Some(Value::Int(value)) => format!("{key} = {value}"),
        Some(Value::Date(seconds)) => format!("{key} = {}", moment(*seconds).unwrap_or_default()),
        _ => key.to_owned(),
    };
    row(artefact, number, &text)
}

#[cfg(test)]
pub(super) mod samples {
    //! Backups for tests: made of text, or read from the folders of the corpus.

    use std::path::{Path, PathBuf};

    use sha1::{Digest, Sha1};
    use sha2::Sha256;

    use crate::evidence::ios::{Artefact, BackupEvidence, BackupItem};
    use crate::parse::ios::{configuration, plist, sqlite};

    /// One property list with a dictionary as its root.
    pub(crate) fn xml(body: &str) -> Vec<u8> {
        format!("<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>{body}</dict></plist>").into_bytes()
    }

    /// A backup of the given files.
    pub(crate) fn backup(files: &[(Artefact, &str)]) -> BackupEvidence {
        let items = files.iter().map(|(artefact, body)| BackupItem {
            artefact: *artefact,
            bytes: xml(body),
            origin: artefact.label().to_owned(),
        });
        BackupEvidence { target: "test".into(), items: items.collect(), ..BackupEvidence::default() }
    }

    /// The folder of iOS samples, where there is one.
    pub(crate) fn corpus() -> Option<PathBuf> {
        crate::skip::corpus("ios")
    }

    fn hex(bytes: impl AsRef<[u8]>) -> String {
        bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn payload(folder: &Path, domain: &str, path: &str) -> Option<Vec<u8>> {
        let id = hex(Sha1::digest(format!("{domain}-{path}")));
        std::fs::read(folder.join(id.split_at(2).0).join(&id)).ok()
    }

    /// What a generated backup was made of.
    pub(crate) fn truth_of(folder: &Path) -> serde_json::Value {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        serde_json::from_slice(&std::fs::read(folder.with_file_name(format!("{name}.truth.json"))).unwrap()).unwrap()
    }

    /// Every file of an unencrypted backup that poucet reads.
    pub(crate) fn folder(folder: &Path) -> BackupEvidence {
        let mut evidence = BackupEvidence::default();
        let mut add = |artefact: Artefact, bytes: Option<Vec<u8>>| {
            let origin = artefact.label().to_owned();
            evidence.items.extend(bytes.map(|bytes| BackupItem { artefact, bytes, origin }));
        };
        for artefact in Artefact::ALL {
            let bytes = match artefact.domain() {
                "" => std::fs::read(folder.join(artefact.path())).ok(),
                domain => payload(folder, domain, artefact.path()),
            };
            add(*artefact, bytes);
        }
        let domain = Artefact::PayloadManifest.domain();
        if let Some(bytes) = payload(folder, domain, Artefact::PayloadManifest.path()) {
            let listed = configuration::payload_manifest(&plist::read(&bytes).unwrap());
            for id in listed.hidden.iter().chain(&listed.visible) {
                let path = format!("Library/ConfigurationProfiles/profile-{}.stub", hex(Sha256::digest(id)));
                add(Artefact::ProfileStub, payload(folder, domain, &path));
            }
        }
        let index = evidence.first(Artefact::ManifestDb).map(|item| item.bytes.clone()).unwrap();
        let database = sqlite::Database::open(index, None).unwrap();
        let mut statement = database
            .connection()
            .prepare("SELECT DISTINCT substr(domain, 11) FROM Files WHERE domain LIKE 'AppDomain-%'")
            .unwrap();
        let ids = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<Vec<String>, _>>().unwrap();
        drop(statement);
        evidence.app_domains = Some(ids);
        evidence.target = folder.file_name().unwrap().to_string_lossy().into_owned();
        evidence.serial = Some("00008110-000A1B2C3D4E5F60".to_owned());
        evidence
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Version, version};
    use super::samples::{backup, corpus, folder, truth_of};
    use super::*;
    use crate::access::Scope;
    use crate::catalog::Catalog;
    use crate::evidence::ios::BackupEvidence;
    use crate::parse::ios::info;

    const MANIFEST: &str = "<key>Date</key><date>2024-06-01T00:00:00Z</date><key>Lockdown</key><dict>\
        <key>ProductVersion</key><string>17.5.1</string><key>BuildVersion</key><string>21F90</string>\
        <key>ProductType</key><string>iPhone14,5</string><key>UniqueDeviceID</key><string>00008110-AB</string></dict>";

    fn with_options<T>(show_serial: bool, id_key: Option<&[u8]>, run: impl FnOnce(Options<'_>) -> T) -> T {
        let catalog = Catalog::builtin();
        run(Options { scope: Scope { catalog, all_apps: false, user: None }, id_key, show_serial })
    }

    fn of(evidence: &BackupEvidence) -> Device {
        with_options(false, Some(b"key"), |options| device(&Facts::read(evidence), options))
    }

    #[test]
    fn a_folder_put_together_from_two_backups_follows_the_manifest_and_says_so() {
        let info = "<key>Product Version</key><string>14.3</string><key>Build Version</key><string>18C66</string>\
            <key>Unique Identifier</key><string>ANOTHERPHONE</string>";
        let evidence = backup(&[(Artefact::Manifest, MANIFEST), (Artefact::Info, info)]);
        let facts = Facts::read(&evidence);
        assert_eq!(version(&facts), Some(Version(17, 5)));
        let parsed = info::read(&evidence.first(Artefact::Info).unwrap().bytes).unwrap();
        assert!(!of_one_phone(&facts, &parsed, &manifest(&facts).unwrap()));
        let gaps = facts.gaps();
        let details: Vec<&str> = gaps.iter().map(|gap| gap.detail.as_str()).collect();
        assert_eq!(details, ["Product Version = 14.3, ProductVersion = 17.5.1", "Unique Identifier ≠ UniqueDeviceID"]);
        assert!(gaps.iter().all(|gap| gap.area == "Info.plist" && gap.reason == "unreadable"));
        assert_eq!(of(&evidence).os_version.as_deref(), Some("17.5.1"));
    }

    #[test]
    fn a_build_of_another_version_is_not_taken_over() {
        let manifest = "<key>Lockdown</key><dict><key>ProductVersion</key><string>17.5.1</string></dict>";
        let info = |version: &str| {
            format!("<key>Product Version</key><string>{version}</string><key>Build Version</key><string>B</string>")
        };
        assert_eq!(of(&backup(&[(Artefact::Manifest, manifest), (Artefact::Info, &info("14.3"))])).build, None);
        let same = backup(&[(Artefact::Manifest, manifest), (Artefact::Info, &info("17.5.1"))]);
        assert_eq!(of(&same).build.as_deref(), Some("B"));
    }

    #[test]
    fn a_backup_without_info_plist_or_without_a_manifest_still_says_what_it_is() {
        let without_info = backup(&[(Artefact::Manifest, MANIFEST)]);
        assert_eq!(of(&without_info).model.as_deref(), Some("iPhone14,5"));
        assert_eq!(taken_at(&Facts::read(&without_info)), Some(1_717_200_000));
        let info = "<key>Product Version</key><string>16.1</string><key>Last Backup Date</key><date>2023-01-01T00:00:00Z</date>";
        let without_manifest = backup(&[(Artefact::Info, info)]);
        assert_eq!(of(&without_manifest).os_version.as_deref(), Some("16.1"));
        assert_eq!(taken_at(&Facts::read(&without_manifest)), Some(1_672_531_200));
        let status = "<key>Date</key><date>2023-01-02T00:00:00Z</date>";
        let with_status = backup(&[(Artefact::Info, info), (Artefact::Status, status)]);
        assert_eq!(taken_at(&Facts::read(&with_status)), Some(1_672_617_600));
        let nothing = backup(&[]);
        assert_eq!((version(&Facts::read(&nothing)), taken_at(&Facts::read(&nothing))), (None, None));
    }

    #[test]
    fn the_identifier_is_one_in_either_case_and_never_shown_unasked() {
        let with = |serial: &str| BackupEvidence { serial: Some(serial.to_owned()), ..backup(&[]) };
        let id = of(&with("00008110-000A1B2C3D4E5F60")).id.unwrap();
        assert_eq!(Some(&id), of(&with("00008110000a1b2c3d4e5f60")).id.as_ref());
        assert!(!id.contains("8110") && id.len() == 32);
        let evidence = with("00008110-00\u{1b}");
        let shown = with_options(true, None, |options| device(&Facts::read(&evidence), options).id);
        assert_eq!(shown.as_deref(), Some("serial:00008110-00\u{fffd}"));
        assert_eq!(with_options(false, None, |options| device(&Facts::read(&evidence), options).id), None);
    }

    #[test]
    fn nothing_of_the_person_enters_the_device() {
        let info = "<key>Device Name</key><string>Alice’s phone</string><key>Serial Number</key><string>SERIAL</string>\
            <key>IMEI</key><string>3500</string><key>Phone Number</key><string>555</string><key>Product Version</key><string>17.0</string>";
        let json =
            serde_json::to_string(&of(&backup(&[(Artefact::Info, info), (Artefact::Manifest, MANIFEST)]))).unwrap();
        for secret in ["Alice", "SERIAL", "3500", "555", "00008110"] {
            assert!(!json.contains(secret), "{secret}");
        }
    }

    #[test]
    fn a_backup_leaves_a_copy_and_a_trusted_computer() {
        let evidence = backup(&[(Artefact::Manifest, MANIFEST)]);
        let traces = footprint(&Facts::read(&evidence));
        assert_eq!(
            traces.iter().map(|footprint| footprint.trace).collect::<Vec<_>>(),
            [Trace::LocalBackup, Trace::TrustedHost]
        );
        assert_eq!(traces[0].evidence[0].text, "Date = 2024-06-01T00:00:00Z");
        assert_eq!(footprint(&Facts::read(&backup(&[]))).len(), 2);
    }

    #[test]
    fn generated_backups_tell_model_and_version() {
        let Some(corpus) = corpus() else { return };
        for name in ["plain-ios12.5.7", "plain-ios17.5.1", "plain-ios26.1-mdm"] {
            let path = corpus.join("generated").join(name);
            let device = of(&folder(&path));
            let truth = truth_of(&path);
            assert_eq!(device.os_version.as_deref(), truth["ios"].as_str(), "{name}");
            assert_eq!(device.model.as_deref(), truth["device"]["product_type"].as_str(), "{name}");
        }
    }
}
