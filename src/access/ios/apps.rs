//! The apps of a phone: three lists, reconciled.
//!
//! `Info.plist` and `Manifest.plist` list what is installed; the index's domains and the home screen's registry also keep what was
//! removed. Apple's own apps stand in neither of the first two.

use std::collections::BTreeMap;

use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::app_registry::{self, Registry};
use crate::parse::ios::backup_manifest::Manifest;
use crate::parse::ios::info::{self, Info, InfoApp};
use crate::parse::ios::is_app_id;
use crate::snapshot::EvidenceRow;
use crate::text::clean::sanitize;
use crate::vocabulary::{AppSource, Presence};

use super::device;
use super::facts::{Facts, manifest, row};

/// How Apple's own bundle ids begin.
const APPLE: &str = "com.apple.";

/// How many characters of a bundle id are kept; Apple allows 155.
const ID: usize = 200;

/// How many characters of a version are kept.
const VERSION: usize = 100;

/// An app of the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Installed, or only its traces are left (`Residual`).
    pub presence: Presence,
    /// One of Apple's own.
    pub system: bool,
    /// The version that the App Store shows, else the build's number.
    pub version: Option<String>,
    /// Where it came from, as far as the lists tell.
    pub source: AppSource,
    /// Bundle id of the app that installed it, where that is not the App Store.
    pub installer: Option<String>,
    /// The entries that show it.
    pub evidence: Vec<EvidenceRow>,
}

/// The apps of the phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppList {
    /// By bundle id.
    pub apps: BTreeMap<String, Found>,
    /// Why the list may not be whole: neither of the two lists of installed apps is there. Belongs under the area
    /// [`crate::snapshot::APP_LIST`].
    pub gap: Option<(Reason, String)>,
    /// Apps that the phone names and the computer's list of installed apps does not: installed, or offloaded or removed since.
    pub unsure: std::collections::BTreeSet<String>,
    /// Why apps that were removed may have left traces that are not seen.
    pub residue_gap: Option<(Reason, Artefact)>,
}

impl AppList {
    /// Whether an app is installed.
    pub fn is_installed(&self, id: &str) -> bool {
        self.apps.get(id).is_some_and(|app| app.presence == Presence::Installed)
    }

    /// The ids of the installed apps.
    pub fn installed(&self) -> std::collections::BTreeSet<String> {
        self.apps.keys().filter(|id| self.is_installed(id)).cloned().collect()
    }
}

/// Reconciles the lists of apps. Notes what of them could not be read, and whether they speak of two phones.
pub fn read(facts: &Facts<'_>) -> AppList {
    let read =
        facts.evidence.first(Artefact::Info).and_then(|item| facts.or_gap(Artefact::Info, info::read(&item.bytes)));
    // A file that was read and has no such key lacks the list; one that was not has a reason of its own.
    let why = if read.is_some() { Reason::Absent } else { facts.why_missing(Artefact::Info) };
    let info = read.unwrap_or_default();
    let manifest = manifest(facts).unwrap_or_default();
    facts.counted_gap(Artefact::Info, info.entries - info.not_understood, info.entries, "Applications");
    let containers = manifest.containers.as_ref().map_or(0, |containers| containers.len() as u64);
    facts.counted_gap(Artefact::Manifest, containers, containers + manifest.not_understood, "Applications");
    let of_one_phone = device::of_one_phone(facts, &info, &manifest);
    // A list of another phone's apps says nothing about this one; without a list of its own it is still better than none.
    let info = if of_one_phone || manifest.containers.is_none() { info } else { Info::default() };
    let has_lists = info.has_apps() || manifest.containers.is_some();
    let mut list = AppList::default();
    add_installed(&mut list, &info, &manifest);
    add_domains(&mut list, facts, has_lists);
    match registry(facts) {
        Ok(registry) => add_registry(&mut list, &registry),
        Err(reason) => list.residue_gap = Some((reason, Artefact::AppRegistry)),
    }
    // Without an index by domain, the owners of what is left behind are not known.
    if facts.evidence.app_domains.is_none() {
        list.residue_gap = Some((facts.why_missing(Artefact::ManifestDb), Artefact::ManifestDb));
    }
    if !has_lists {
        let detail = format!("{}, {}", Artefact::Info.label(), Artefact::Manifest.label());
        list.gap = Some((why, detail));
    }
    list
}

/// The home screen's registry, or why it is not known.
fn registry(facts: &Facts<'_>) -> Result<Registry, Reason> {
    let Some(item) = facts.evidence.first(Artefact::AppRegistry) else {
        return Err(facts.why_missing(Artefact::AppRegistry));
    };
    let log = facts.evidence.first(Artefact::AppRegistryLog).map(|item| item.bytes.as_slice());
    let registry =
        facts.or_gap(Artefact::AppRegistry, app_registry::read(&item.bytes, log)).ok_or(Reason::Unreadable)?;
    let read = registry.ids.len() as u64;
    facts.counted_gap(Artefact::AppRegistry, read, read + registry.not_understood, "application_identifier_tab");
    Ok(registry)
}

/// Bundle ids of the apps that install others, as `sourceApp` of the metadata names them.
const APP_STORE: &str = "com.apple.AppStore";
const TESTFLIGHT: &str = "com.apple.TestFlight";

/// Where an app came from, who installed it and the member that tells, by the contents of its metadata: that there are some proves
/// nothing, as a package of an organization may bring its own. Only the App Store's own name in `sourceApp`, which the phone writes,
/// makes an app one of the App Store.
fn source_of(entry: &InfoApp) -> (AppSource, Option<String>, String) {
    match entry.source_app.as_deref() {
        _ if entry.is_beta => (
            AppSource::OtherStore,
            Some(TESTFLIGHT.to_owned()),
            "iTunesMetadata, betaExternalVersionIdentifier".to_owned(),
        ),
        _ if entry.by_management => (AppSource::Managed, None, "sideLoadedDeviceBasedVPP = true".to_owned()),
        Some(APP_STORE) => (AppSource::AppStore, None, "iTunesMetadata".to_owned()),
        Some(source) => {
            // Another store, TestFlight; of Apple's other programs nobody said what they install.
            let is_store = source == TESTFLIGHT || !is_apple(source);
            let kind = if is_store { AppSource::OtherStore } else { AppSource::Unknown };
            (kind, Some(sanitize(source, ID)), format!("iTunesMetadata, sourceApp = {source}"))
        }
        None => (AppSource::Unknown, None, "iTunesMetadata, no sourceApp".to_owned()),
    }
}

fn is_apple(id: &str) -> bool {
    id.starts_with(APPLE)
}

/// Adds what the two lists of installed apps name.
fn add_installed(list: &mut AppList, info: &Info, manifest: &Manifest) {
    let ids = info.ids();
    for (number, id) in (1..).zip(info.installed.iter().flatten()) {
        installed(list, id).evidence.push(row(Artefact::Info, number, &format!("Installed Applications: {id}")));
    }
    let entries: BTreeMap<&str, (u32, &InfoApp)> =
        (1..).zip(info.apps.iter().flatten()).map(|(number, (id, entry))| (id.as_str(), (number, entry))).collect();
    for id in entries.keys() {
        installed(list, id);
    }
    let listed = manifest.containers.iter().flatten();
    for (number, (id, container)) in (1..).zip(listed) {
        // A container of an unknown class is an app where the other list says so.
        if container.is_app() || (container.class.is_none() && ids.contains(id.as_str())) {
            let app = installed(list, id);
            app.version = container.version.as_deref().map(|version| sanitize(version, VERSION));
            let class = container.class.as_deref().unwrap_or("Path");
            app.evidence.push(row(Artefact::Manifest, number, &format!("Applications.{id}: {class}")));
        }
    }
    // Offloaded apps are missing from the computer's list, and removed ones were seen to stay in the phone's.
    if !ids.is_empty() {
        let only_phone = manifest.apps().map(|(id, _)| id).filter(|id| !ids.contains(id) && !is_apple(id));
        list.unsure = only_phone.map(|id| sanitize(id, ID)).collect();
    }
    let store = entries.values().any(|(_, app)| app.has_metadata);
    for id in ids {
        let app = installed(list, id);
        let entry = entries.get(id).copied();
        if let Some(version) = entry.and_then(|(_, entry)| entry.version.as_deref()) {
            app.version = Some(sanitize(version, VERSION));
        }
        if app.system {
            continue;
        }
        match entry {
            Some((number, entry)) if entry.has_metadata => {
                let (source, installer, member) = source_of(entry);
                (app.source, app.installer) = (source, installer);
                app.evidence.push(row(Artefact::Info, number, &format!("Applications.{id}: {member}")));
            }
            // Others have the App Store's metadata and this one has none: a hint that it came another way, and no proof, as
            // programs may skip the look-up.
            _ if store => app.evidence.push(row(Artefact::Info, 0, &format!("Applications.{id}: iTunesMetadata"))),
            _ => {}
        }
    }
}

/// Adds the owners of data in the backup. Without a list of installed apps they decide; Apple's own apps have no other list.
fn add_domains(list: &mut AppList, facts: &Facts<'_>, has_lists: bool) {
    let (mut read, mut of) = (0, 0);
    for (number, id) in (1..).zip(facts.evidence.app_domains.iter().flatten()) {
        of += 1;
        // The index is hostile: `AppDomain-../..` is no app.
        if !is_app_id(id) {
            continue;
        }
        read += 1;
        let presence = if has_lists && !is_apple(id) { Presence::Residual } else { Presence::Installed };
        entry(list, id, presence).evidence.push(row(Artefact::ManifestDb, number, &format!("AppDomain-{id}")));
    }
    facts.counted_gap(Artefact::ManifestDb, read, of, "AppDomain");
}

/// Adds what the registry names and nothing else does: left-overs, except Apple's own.
fn add_registry(list: &mut AppList, registry: &Registry) {
    for (number, id) in &registry.ids {
        let presence = if is_apple(id) { Presence::Installed } else { Presence::Residual };
        entry(list, id, presence).evidence.push(row(Artefact::AppRegistry, *number, id));
    }
}

fn installed<'l>(list: &'l mut AppList, id: &str) -> &'l mut Found {
    entry(list, id, Presence::Installed)
}

/// The entry of an app; a new one has the given presence.
fn entry<'l>(list: &'l mut AppList, id: &str, presence: Presence) -> &'l mut Found {
    let system = is_apple(id);
    list.apps.entry(sanitize(id, ID)).or_insert_with(|| Found {
        presence,
        system,
        version: None,
        source: if system { AppSource::Preloaded } else { AppSource::Unknown },
        installer: None,
        evidence: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::device::samples::{backup, corpus, folder, truth_of};
    use super::*;
    use crate::evidence::ios::{BackupEvidence, BackupItem};
    use crate::parse::ios::sqlite::tests::bytes_of;

    const MANIFEST: &str = "<key>Applications</key><dict>\
        <key>a.app</key><dict><key>ContainerContentClass</key><string>Data/Application</string><key>CFBundleVersion</key><string>9</string></dict>\
        <key>group.a</key><dict><key>ContainerContentClass</key><string>Shared/AppGroup</string></dict>\
        <key>a.app.widget</key><dict><key>ContainerContentClass</key><string>Data/PluginKitPlugin</string></dict></dict>";

    fn of(evidence: &BackupEvidence) -> AppList {
        read(&Facts::read(evidence))
    }

    fn installed_ids(list: &AppList) -> Vec<&str> {
        list.apps.keys().map(String::as_str).filter(|id| list.is_installed(id)).collect()
    }

    #[test]
    fn a_backup_without_info_plist_lists_its_apps_from_the_manifest() {
        let list = of(&backup(&[(Artefact::Manifest, MANIFEST)]));
        assert_eq!(installed_ids(&list), ["a.app"]);
        assert_eq!(list.gap, None);
        assert_eq!(list.apps["a.app"].version.as_deref(), Some("9"));
        assert_eq!(list.apps["a.app"].source, AppSource::Unknown);
    }

    #[test]
    fn groups_plug_ins_and_containers_of_the_manifest_are_no_apps() {
        let list = of(&backup(&[(Artefact::Manifest, MANIFEST)]));
        assert_eq!(list.apps.len(), 1);
    }

    #[test]
    fn the_union_is_installed_and_what_only_left_traces_is_residual() {
        let info = "<key>Installed Applications</key><array><string>b.app</string></array>";
        let mut evidence = backup(&[(Artefact::Manifest, MANIFEST), (Artefact::Info, info)]);
        evidence.app_domains = Some(vec!["a.app".into(), "gone.app".into(), "com.apple.mobilesafari".into()]);
        evidence.items.push(BackupItem {
            artefact: Artefact::AppRegistry,
            bytes: bytes_of(
                "CREATE TABLE application_identifier_tab (id INTEGER PRIMARY KEY, application_identifier TEXT);
                 INSERT INTO application_identifier_tab VALUES (1, 'long.gone'), (2, 'b.app'), (3, 'com.apple.Maps');",
            ),
            origin: String::new(),
        });
        let list = of(&evidence);
        assert_eq!(installed_ids(&list), ["a.app", "b.app", "com.apple.Maps", "com.apple.mobilesafari"]);
        let residual: Vec<&str> =
            list.apps.iter().filter(|(_, app)| app.presence == Presence::Residual).map(|(id, _)| id.as_str()).collect();
        assert_eq!(residual, ["gone.app", "long.gone"]);
        assert!(list.apps["com.apple.Maps"].system && list.apps["com.apple.Maps"].source == AppSource::Preloaded);
        assert_eq!(list.apps["b.app"].evidence.len(), 2);
    }

    #[test]
    fn without_either_list_the_domains_decide_and_the_gap_says_so() {
        let mut evidence = backup(&[(Artefact::Info, "<key>Product Version</key><string>17.0</string>")]);
        evidence.app_domains = Some(vec!["a.app".into()]);
        let list = of(&evidence);
        assert_eq!(installed_ids(&list), ["a.app"]);
        assert_eq!(list.gap.map(|(reason, _)| reason), Some(Reason::Absent));
        let locked = BackupEvidence { locked: true, encrypted: true, ..backup(&[]) };
        assert_eq!(of(&locked).gap.map(|(reason, _)| reason), Some(Reason::NoPassword));
    }

    #[test]
    fn where_an_app_came_from_is_read_from_its_metadata() {
        let metadata = |body: &str| {
            // A nested property list may also stand there unwrapped.
            format!("<key>iTunesMetadata</key><dict>{body}</dict>")
        };
        let info = format!(
            "<key>Installed Applications</key><array><string>store</string><string>vpp</string><string>side</string></array>\
             <key>Applications</key><dict><key>store</key><dict>{}</dict><key>vpp</key><dict>{}</dict></dict>",
            metadata(
                "<key>bundleShortVersionString</key><string>3.1</string><key>sourceApp</key><string>com.apple.AppStore</string>"
            ),
            metadata("<key>sideLoadedDeviceBasedVPP</key><true/>"),
        );
        let list = of(&backup(&[(Artefact::Info, &info)]));
        let source = |id: &str| list.apps[id].source;
        assert_eq!(
            [source("store"), source("vpp"), source("side")],
            [AppSource::AppStore, AppSource::Managed, AppSource::Unknown]
        );
        assert_eq!(list.apps["store"].version.as_deref(), Some("3.1"));
        // The hint is the absence of an entry.
        let hint = list.apps["side"].evidence.last().unwrap();
        assert_eq!((hint.line, hint.text.as_str()), (0, "Applications.side: iTunesMetadata"));
        // Without any metadata at all there is no hint either.
        let bare =
            of(&backup(&[(Artefact::Info, "<key>Installed Applications</key><array><string>side</string></array>")]));
        assert!(bare.apps["side"].evidence.iter().all(|row| row.line > 0));
    }

    #[test]
    fn the_list_of_another_phone_is_not_taken() {
        let manifest =
            format!("{MANIFEST}<key>Lockdown</key><dict><key>UniqueDeviceID</key><string>AA-1</string></dict>");
        let info = |id: &str| {
            format!(
                "<key>Unique Identifier</key><string>{id}</string><key>Installed Applications</key><array><string>b.app</string></array>"
            )
        };
        let same = backup(&[(Artefact::Manifest, &manifest), (Artefact::Info, &info("aa1"))]);
        assert_eq!(installed_ids(&of(&same)), ["a.app", "b.app"]);
        let other = backup(&[(Artefact::Manifest, &manifest), (Artefact::Info, &info("bb2"))]);
        assert_eq!(installed_ids(&of(&other)), ["a.app"]);
    }

    #[test]
    fn hostile_names_are_tamed_and_damaged_files_are_gaps() {
        let info = "<key>Installed Applications</key><array><string>a&#x202e;b</string><true/></array>";
        let mut evidence = backup(&[(Artefact::Info, info)]);
        evidence.items.push(BackupItem {
            artefact: Artefact::AppRegistry,
            bytes: b"x".to_vec(),
            origin: String::new(),
        });
        let facts = Facts::read(&evidence);
        assert_eq!(read(&facts).apps.keys().collect::<Vec<_>>(), ["a\u{fffd}b"]);
        let gaps: Vec<(String, Option<u64>)> = facts.gaps().into_iter().map(|gap| (gap.area, gap.of)).collect();
        assert_eq!(gaps, [("Info.plist".to_owned(), Some(2)), ("applicationState.db".to_owned(), None)]);
    }

    #[test]
    fn generated_backups_list_their_apps_and_a_side_loaded_one() {
        let Some(corpus) = corpus() else { return };
        for name in ["plain-ios12.5.7", "plain-ios17.5.1", "plain-ios26.1-mdm", "plain-ios18.2-hostile"] {
            let path = corpus.join("generated").join(name);
            let list = of(&folder(&path));
            let expected = truth_of(&path)["apps"].as_object().unwrap().len() + 1;
            assert_eq!(installed_ids(&list).into_iter().filter(|id| !is_apple(id)).count(), expected, "{name}");
            assert_eq!(list.apps["com.example.sideloaded"].source, AppSource::Unknown);
            assert_eq!(list.apps["com.burbn.instagram"].source, AppSource::AppStore);
            assert_eq!(list.apps["com.burbn.instagram"].version.as_deref(), Some("1.0"));
            assert_eq!(list.gap, None);
        }
    }

    #[test]
    fn a_real_backup_without_a_manifest_lists_its_apps() {
        let Some(corpus) = corpus() else { return };
        let evidence = folder(&corpus.join("mvt_ios_backup"));
        let list = of(&evidence);
        let own: Vec<&str> = installed_ids(&list).into_iter().filter(|id| !is_apple(id)).collect();
        assert_eq!(own.len(), 6);
        assert!(list.is_installed("net.whatsapp.WhatsApp") && list.gap.is_none());
    }

    proptest::proptest! {
        #[test]
        fn every_id_of_every_list_is_accounted_for(a in "[a-c]{1,2}", b in "[a-c]{1,2}", c in "\\PC{1,9}", has_info in proptest::bool::ANY) {
            let info = format!("<key>Installed Applications</key><array><string>{a}</string></array>");
            let mut evidence = backup(&[(Artefact::Info, info.as_str())][..usize::from(has_info)]);
            evidence.app_domains = Some(vec![b.clone(), c.clone()]);
            let list = of(&evidence);
            proptest::prop_assert_eq!(has_info, list.apps.contains_key(&a) && list.gap.is_none() && list.is_installed(&a));
            proptest::prop_assert!(list.apps.contains_key(&b));
            proptest::prop_assert_eq!(list.apps.contains_key(&c), is_app_id(&c) || c == a || c == b);
            let facts = Facts::read(&evidence);
            read(&facts);
            let refused = facts.gaps().iter().any(|gap| gap.area == Artefact::ManifestDb.label());
            proptest::prop_assert_eq!(refused, !is_app_id(&c));
        }
    }
}
