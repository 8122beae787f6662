//! Who manages the phone, and which configuration profiles it has.

use std::collections::BTreeMap;

use crate::evidence::ios::Artefact;
use crate::parse::ios::configuration::{self, Enrolment, ProfileStub};
use crate::parse::ios::plist;
use crate::snapshot::{ConfigProfile, Management, Mdm};
use crate::text::clean::sanitize;

use super::facts::{Facts, moment};

/// The type of the payload that enrols a phone.
pub const MDM_PAYLOAD: &str = "com.apple.mdm";

/// How many characters of a name are kept.
const NAME: usize = 100;

/// How many characters of an identifier are kept.
const ID: usize = 200;

/// Reads the stubs of all profiles. Damaged ones are noted.
pub fn stubs(facts: &Facts<'_>) -> Vec<ProfileStub> {
    let mut stubs = Vec::new();
    let (mut of, mut payloads, mut untyped) = (0, 0, 0);
    for item in facts.evidence.of(Artefact::ProfileStub) {
        of += 1;
        if let Some(stub) = plist::read(&item.bytes).ok().and_then(|value| configuration::profile_stub(&value)) {
            payloads += stub.payloads.len() as u64;
            untyped += stub.not_understood;
            stubs.push(stub);
        }
    }
    facts.counted_gap(Artefact::ProfileStub, stubs.len() as u64, of, "");
    facts.counted_gap(Artefact::ProfileStub, payloads, payloads + untyped, "PayloadType");
    stubs
}

/// Reads who manages the phone, and its profiles, sorted by identifier. Supervision is one thing and enrolment another: Apple
/// Configurator supervises without a server.
pub fn read(facts: &Facts<'_>) -> (Management, Vec<ConfigProfile>) {
    let cloud = facts
        .plist(Artefact::CloudConfiguration)
        .map(|value| configuration::cloud_configuration(&value))
        .unwrap_or_default();
    // The file exists on enrolled phones only: one that cannot be read still says that much.
    let enrolment = facts
        .evidence
        .first(Artefact::Mdm)
        .map(|_| facts.plist(Artefact::Mdm).map(|value| configuration::enrolment(&value)).unwrap_or_default());
    let profiles = profiles(facts);
    let enrolling = profiles.iter().find(|profile| profile.payloads.iter().any(|kind| kind == MDM_PAYLOAD));
    let mdm = match (enrolment, enrolling) {
        (None, None) => None,
        (enrolment, enrolling) => {
            let Enrolment { host, access_rights, user_enrollment, profile } = enrolment.unwrap_or_default();
            let profile = profile.map(|id| sanitize(&id, ID)).or_else(|| enrolling.map(|profile| profile.id.clone()));
            Some(Mdm { server: host, access_rights, user_enrollment, profile })
        }
    };
    let management = Management {
        supervised: cloud.supervised,
        mdm,
        organization: cloud.organization.map(|name| sanitize(&name, NAME)),
        ..Management::default()
    };
    (management, profiles)
}

/// The profiles: those that `PayloadManifest.plist` lists, with what their stubs tell, and stubs that it does not list.
fn profiles(facts: &Facts<'_>) -> Vec<ConfigProfile> {
    let listed =
        facts.plist(Artefact::PayloadManifest).map(|value| configuration::payload_manifest(&value)).unwrap_or_default();
    let ids = (listed.hidden.len() + listed.visible.len()) as u64;
    facts.counted_gap(Artefact::PayloadManifest, ids, ids + listed.not_understood, "");
    let (events, unread) =
        facts.plist(Artefact::ProfileEvents).map(|value| configuration::profile_events(&value)).unwrap_or_default();
    facts.counted_gap(Artefact::ProfileEvents, events.len() as u64, events.len() as u64 + unread, "");
    let mut profiles = BTreeMap::new();
    for stub in stubs(facts) {
        profiles.insert(sanitize(&stub.id, ID), of_stub(stub));
    }
    for (ids, hidden) in [(&listed.hidden, true), (&listed.visible, false)] {
        for id in ids {
            let id = sanitize(id, ID);
            let profile = profiles.entry(id.clone()).or_insert_with(|| ConfigProfile {
                id,
                name: None,
                organization: None,
                hidden,
                removable: None,
                by_mdm: None,
                installed_at: None,
                payloads: Vec::new(),
            });
            // One that both lists name is shown.
            profile.hidden = hidden;
        }
    }
    for event in events.iter().filter(|event| event.operation.as_deref() == Some("install")) {
        if let Some(profile) = profiles.get_mut(&sanitize(&event.profile, ID))
            && profile.installed_at.is_none()
        {
            profile.installed_at = event.at.and_then(moment);
        }
    }
    profiles.into_values().collect()
}

fn of_stub(stub: ProfileStub) -> ConfigProfile {
    ConfigProfile {
        id: sanitize(&stub.id, ID),
        name: stub.name.map(|name| sanitize(&name, NAME)),
        organization: stub.organization.map(|name| sanitize(&name, NAME)),
        hidden: false,
        removable: stub.is_fixed.map(|fixed| !fixed),
        by_mdm: stub.by_mdm,
        installed_at: stub.installed_at.and_then(moment),
        payloads: stub.payloads.iter().map(|kind| sanitize(kind, NAME)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::device::samples::{backup, corpus, folder, truth_of};
    use super::*;
    use crate::evidence::ios::BackupItem;

    const CARRIER: &str = "<key>PayloadIdentifier</key><string>com.apple.attwifi</string><key>PayloadContent</key><array>\
        <dict><key>PayloadType</key><string>com.apple.wifi.managed</string><key>SSID_STR</key><string>secret</string></dict></array>";

    #[test]
    fn a_hidden_carrier_profile_is_no_management() {
        let listed = "<key>HiddenProfiles</key><array><string>com.apple.attwifi</string></array><key>OrderedProfiles</key><array/>";
        let evidence = backup(&[(Artefact::PayloadManifest, listed), (Artefact::ProfileStub, CARRIER)]);
        let (management, profiles) = read(&Facts::read(&evidence));
        assert_eq!(management, Management::default());
        assert!(profiles.len() == 1 && profiles[0].hidden);
        assert!(!serde_json::to_string(&profiles).unwrap().contains("secret"));
    }

    #[test]
    fn supervision_alone_is_no_device_management() {
        let cloud = "<key>IsSupervised</key><true/><key>OrganizationName</key><string>Org</string>";
        let evidence = backup(&[(Artefact::CloudConfiguration, cloud)]);
        let (management, _) = read(&Facts::read(&evidence));
        assert_eq!((management.supervised, management.mdm), (Some(true), None));
        assert_eq!(management.organization.as_deref(), Some("Org"));
    }

    #[test]
    fn a_file_or_a_payload_of_device_management_is_enrolment() {
        let file = "<key>ServerURL</key><string>https://user:pw@mdm.example.org/s?token=1</string><key>AccessRights</key><integer>8191</integer>\
            <key>CheckInURL</key><string>https://mdm.example.org/checkin-secret</string><key>IsUserEnrollment</key><true/>\
            <key>ManagingProfileIdentifier</key><string>m.profile</string>";
        let (management, _) = read(&Facts::read(&backup(&[(Artefact::Mdm, file)])));
        let mdm = management.mdm.unwrap();
        assert_eq!(
            (mdm.server.as_deref(), mdm.access_rights, mdm.user_enrollment),
            (Some("mdm.example.org"), Some(8191), Some(true))
        );
        let json = serde_json::to_string(&mdm).unwrap();
        assert!(!json.contains("token") && !json.contains("pw") && !json.contains("secret"));
        let stub = "<key>PayloadIdentifier</key><string>m.profile</string><key>PayloadContent</key><array><dict>\
            <key>PayloadType</key><string>com.apple.mdm</string></dict></array>";
        let (management, _) = read(&Facts::read(&backup(&[(Artefact::ProfileStub, stub)])));
        assert_eq!(management.mdm.and_then(|mdm| mdm.profile).as_deref(), Some("m.profile"));
        let mut damaged = backup(&[]);
        damaged.items.push(BackupItem { artefact: Artefact::Mdm, bytes: b"x".to_vec(), origin: String::new() });
        let facts = Facts::read(&damaged);
        assert_eq!(read(&facts).0.mdm, Some(Mdm::default()));
        assert_eq!(facts.gaps().len(), 1);
    }

    #[test]
    fn an_installation_date_comes_from_the_stub_else_from_the_log() {
        let listed = "<key>OrderedProfiles</key><array><string>a</string><string>b</string></array>";
        let stub = "<key>PayloadIdentifier</key><string>a</string><key>InstallDate</key><date>2024-05-01T00:00:00Z</date>\
            <key>PayloadRemovalDisallowed</key><true/>";
        let events = "<key>ProfileEvents</key><array><dict><key>b</key><dict><key>Operation</key><string>install</string>\
            <key>Timestamp</key><date>2024-05-02T00:00:00Z</date></dict></dict><dict><key>gone</key><dict/></dict></array>";
        let evidence = backup(&[
            (Artefact::PayloadManifest, listed),
            (Artefact::ProfileStub, stub),
            (Artefact::ProfileEvents, events),
        ]);
        let (_, profiles) = read(&Facts::read(&evidence));
        let dates: Vec<Option<&str>> = profiles.iter().map(|profile| profile.installed_at.as_deref()).collect();
        assert_eq!(dates, [Some("2024-05-01T00:00:00Z"), Some("2024-05-02T00:00:00Z")]);
        assert_eq!(profiles[0].removable, Some(false));
    }

    #[test]
    fn generated_backups_tell_who_manages_them() {
        let Some(corpus) = corpus() else { return };
        for name in ["plain-ios17.5.1", "plain-ios26.1-mdm", "plain-ios18.2-vpn-ca-nopasscode", "plain-ios12.5.7"] {
            let path = corpus.join("generated").join(name);
            let truth = &truth_of(&path)["device"];
            let evidence = folder(&path);
            let facts = Facts::read(&evidence);
            let (management, profiles) = read(&facts);
            assert_eq!(facts.gaps(), []);
            assert_eq!(management.supervised, truth["supervised"].as_bool(), "{name}");
            assert_eq!(management.mdm.is_some(), name.ends_with("mdm"));
            let mut expected: Vec<(String, bool, Vec<String>)> = truth["profiles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|profile| {
                    let mut kinds: Vec<String> = serde_json::from_value(profile["payload_types"].clone()).unwrap();
                    kinds.sort();
                    (profile["identifier"].as_str().unwrap().to_owned(), profile["hidden"].as_bool().unwrap(), kinds)
                })
                .collect();
            expected.sort();
            let found: Vec<(String, bool, Vec<String>)> =
                profiles.into_iter().map(|profile| (profile.id, profile.hidden, profile.payloads)).collect();
            assert_eq!(found, expected, "{name}");
        }
    }
}
