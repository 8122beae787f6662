//! Configuration profiles, supervision and device management: the files of `ConfigurationProfiles`.
//!
//! Profiles hold secrets (Wi-Fi passwords, keys, addresses with tokens). Of a payload only its type is read, of a server's address
//! only the host.

use super::plist::Value;
use super::restrictions::{self, Restrictions};

/// How many profiles, payloads and events one file may list.
const ENTRIES: usize = 5_000;

/// `PayloadManifest.plist`: which profiles are installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayloadManifest {
    /// `HiddenProfiles`: those that Settings does not show. Carriers ship such.
    pub hidden: Vec<String>,
    /// `OrderedProfiles`: those that Settings shows.
    pub visible: Vec<String>,
    /// How many entries were no text.
    pub not_understood: u64,
    /// Both lists are there: without one, what it would name is not known.
    pub is_whole: bool,
}

/// Reads `PayloadManifest.plist`.
pub fn payload_manifest(value: &Value) -> PayloadManifest {
    let is_list = |key: &str| matches!(value.get(key), Some(Value::List(_)));
    let is_whole = is_list("HiddenProfiles") && is_list("OrderedProfiles");
    let mut not_understood = 0;
    let mut ids = |key: &str| -> Vec<String> {
        let listed = value.get(key).map_or(&[][..], Value::list);
        let ids: Vec<String> = listed.iter().take(ENTRIES).filter_map(|id| id.text().map(str::to_owned)).collect();
        not_understood += (listed.len() - ids.len()) as u64;
        ids
    };
    let (hidden, visible) = (ids("HiddenProfiles"), ids("OrderedProfiles"));
    PayloadManifest { hidden, visible, not_understood, is_whole }
}

/// A configuration profile, from its `profile-<hash>.stub`, without its contents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileStub {
    /// `PayloadIdentifier`.
    pub id: String,
    /// `PayloadUUID`, by which `ProfileTruth.plist` names it.
    pub uuid: Option<String>,
    /// `PayloadDisplayName`, as its author wrote it.
    pub name: Option<String>,
    /// `PayloadOrganization`, as its author wrote it.
    pub organization: Option<String>,
    /// `InstallDate`, in seconds since 1970.
    pub installed_at: Option<i64>,
    /// `PayloadRemovalDisallowed`: the person may not remove it.
    pub is_fixed: Option<bool>,
    /// Device management brought it: `InstallOptions.installedByMDM`, or `managingProfileIdentifier` is there. `None` when
    /// neither key is.
    pub by_mdm: Option<bool>,
    /// `PayloadType` of each payload, sorted, each once.
    pub payloads: Vec<String>,
    /// How many payloads name no type.
    pub not_understood: u64,
    /// `PayloadContent` is there: without it, what the profile brings is not known.
    pub has_contents: bool,
}

/// Reads the stub of a profile; without an identifier it is none.
pub fn profile_stub(value: &Value) -> Option<ProfileStub> {
    let text = |key: &str| value.get(key).and_then(Value::text).map(str::to_owned);
    let options = value.get("InstallOptions");
    let by_mdm = options.and_then(|options| options.get("installedByMDM")).and_then(Value::bool);
    let managed = options.and_then(|options| options.get("managingProfileIdentifier")).is_some().then_some(true);
    let contents = value.get("PayloadContent").map_or(&[][..], Value::list);
    let mut payloads: Vec<String> = contents
        .iter()
        .take(ENTRIES)
        .filter_map(|payload| payload.get("PayloadType")?.text().map(str::to_owned))
        .collect();
    let not_understood = (contents.len() - payloads.len()) as u64;
    payloads.sort();
    payloads.dedup();
    Some(ProfileStub {
        id: text("PayloadIdentifier").filter(|id| !id.is_empty())?,
        uuid: text("PayloadUUID"),
        name: text("PayloadDisplayName"),
        organization: text("PayloadOrganization"),
        installed_at: value.get("InstallDate").and_then(Value::date),
        is_fixed: value.get("PayloadRemovalDisallowed").and_then(Value::bool),
        by_mdm: by_mdm.filter(|by| *by).or(managed).or(by_mdm),
        payloads,
        not_understood,
        has_contents: matches!(value.get("PayloadContent"), Some(Value::List(_))),
    })
}

/// `CloudConfigurationDetails.plist`: how the phone was set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloudConfiguration {
    /// `IsSupervised`: by device management, or by Apple Configurator without any.
    pub supervised: Option<bool>,
    /// `OrganizationName`.
    pub organization: Option<String>,
    /// `AllowPairing`: whether other computers than the supervising one may pair.
    pub pairing: Option<bool>,
    /// `IsMDMUnremovable`.
    pub unremovable: Option<bool>,
    /// `IsMandatory`.
    pub mandatory: Option<bool>,
}

/// Reads `CloudConfigurationDetails.plist`.
pub fn cloud_configuration(value: &Value) -> CloudConfiguration {
    let flag = |key: &str| value.get(key).and_then(Value::bool);
    CloudConfiguration {
        supervised: flag("IsSupervised"),
        organization: value.get("OrganizationName").and_then(Value::text).map(str::to_owned),
        pairing: flag("AllowPairing"),
        unremovable: flag("IsMDMUnremovable"),
        mandatory: flag("IsMandatory"),
    }
}

/// `MDM.plist`, which exists on enrolled phones only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrolment {
    /// Host of `ServerURL`; the rest of the address may hold a token and is not kept.
    pub host: Option<String>,
    /// `AccessRights`: what the server may do, a mask of bits.
    pub access_rights: Option<i64>,
    /// `IsUserEnrollment`.
    pub user_enrollment: Option<bool>,
    /// `ManagingProfileIdentifier`: the profile that brought it.
    pub profile: Option<String>,
}

/// Reads `MDM.plist`.
pub fn enrolment(value: &Value) -> Enrolment {
    Enrolment {
        host: value.get("ServerURL").and_then(Value::text).and_then(host),
        access_rights: value.get("AccessRights").and_then(Value::int),
        user_enrollment: value.get("IsUserEnrollment").and_then(Value::bool),
        profile: value.get("ManagingProfileIdentifier").and_then(Value::text).map(str::to_owned),
    }
}

/// The host of an address, in lower case, without user, password, port and path. Anything that is no plain host name is none.
fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    if !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let place = authority.rsplit('@').next()?;
    let name = match place.strip_prefix('[') {
        Some(version_6) => version_6.split(']').next()?,
        None => place.split(':').next()?,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    (!name.is_empty() && name.len() <= 253 && name.bytes().all(plain)).then(|| name.to_ascii_lowercase())
}

/// One event of `MCProfileEvents.plist`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileEvent {
    /// The profile's identifier.
    pub profile: String,
    /// `install`, `remove` and others.
    pub operation: Option<String>,
    /// `Timestamp`, in seconds since 1970.
    pub at: Option<i64>,
}

/// Reads `MCProfileEvents.plist`: profiles that came and went, also those that are gone. The number is that of the events that
/// were not understood.
pub fn profile_events(value: &Value) -> (Vec<ProfileEvent>, u64) {
    let listed = value.get("ProfileEvents").map_or(&[][..], Value::list);
    let mut events = Vec::new();
    let mut not_understood = listed.len().saturating_sub(ENTRIES) as u64;
    for entry in listed.iter().take(ENTRIES) {
        let members = entry.dict().filter(|members| !members.is_empty() && members.len() < 100);
        let Some(members) = members else {
            not_understood += 1;
            continue;
        };
        events.extend(members.iter().map(|(profile, event)| ProfileEvent {
            profile: profile.clone(),
            operation: event.get("Operation").and_then(Value::text).map(str::to_owned),
            at: event.get("Timestamp").and_then(Value::date),
        }));
    }
    (events, not_understood)
}

/// What one profile forces.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileRules {
    /// The profile's UUID, in capitals, where the key holds one.
    pub uuid: Option<String>,
    /// Its restrictions.
    pub rules: Restrictions,
}

/// Reads `ProfileTruth.plist`: restrictions by profile, and how many entries there are that say none. Its keys are UUIDs, or on newer versions a label that ends in one,
/// `Name from Organization (UUID)`.
pub fn profile_truth(value: &Value) -> (Vec<ProfileRules>, u64) {
    let members = value.dict().into_iter().flatten().take(ENTRIES);
    let rules: Vec<ProfileRules> = members
        .filter(|(_, entry)| entry.dict().is_some())
        .map(|(key, entry)| ProfileRules { uuid: uuid_in(key), rules: restrictions::read(entry) })
        .collect();
    let not_understood = value.dict().map_or(0, |members| members.len() - rules.len());
    (rules, not_understood as u64)
}

/// The UUID that a key is, or that stands in the parentheses at its end.
fn uuid_in(key: &str) -> Option<String> {
    let key = key.trim();
    let inner = key.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map_or(key, |(_, inner)| inner);
    let is_uuid = inner.len() == 36
        && inner.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_uuid.then(|| inner.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::super::plist;
    use super::*;

    fn of(body: &str) -> Value {
        plist::read(format!("<plist version=\"1.0\"><dict>{body}</dict></plist>").as_bytes()).unwrap()
    }

    #[test]
    fn a_stub_gives_types_and_never_contents() {
        let stub = profile_stub(&of("<key>PayloadIdentifier</key><string>a.b</string><key>InstallOptions</key><dict><key>installedBy</key><string>x</string></dict>\
            <key>PayloadContent</key><array>\
              <dict><key>PayloadType</key><string>com.apple.wifi.managed</string><key>Password</key><string>hunter2</string></dict>\
              <dict><key>PayloadType</key><string>com.apple.mdm</string></dict>\
              <dict><key>PayloadType</key><string>com.apple.mdm</string></dict><dict/></array>"))
        .unwrap();
        assert_eq!(stub.payloads, ["com.apple.mdm", "com.apple.wifi.managed"]);
        assert_eq!((stub.not_understood, stub.by_mdm), (1, None));
        assert!(!format!("{stub:?}").contains("hunter2"));
        assert_eq!(profile_stub(&of("")), None);
    }

    #[test]
    fn who_brought_a_profile_stands_in_its_options() {
        let by = |options: &str| {
            let body = format!(
                "<key>PayloadIdentifier</key><string>a</string><key>InstallOptions</key><dict>{options}</dict>"
            );
            profile_stub(&of(&body)).unwrap().by_mdm
        };
        assert_eq!(by("<key>installedByMDM</key><true/>"), Some(true));
        assert_eq!(by("<key>installedByMDM</key><false/>"), Some(false));
        assert_eq!(by("<key>managingProfileIdentifier</key><string>m</string>"), Some(true));
        assert_eq!(
            by("<key>installedByMDM</key><false/><key>managingProfileIdentifier</key><string>m</string>"),
            Some(true)
        );
        assert_eq!(by(""), None);
    }

    #[test]
    fn of_a_server_only_the_host_is_kept() {
        for (address, expected) in [
            ("https://mdm.example.org/s?token=secret", Some("mdm.example.org")),
            ("https://user:secret@MDM.example.org:8443/x", Some("mdm.example.org")),
            ("https://mdm.example.org?token=a@evil", Some("mdm.example.org")),
            ("https://[2001:db8::1]:443/x", Some("2001:db8::1")),
            ("mdm.example.org", None),
            ("https:///path", None),
            ("https://exa mple/", None),
            ("", None),
        ] {
            assert_eq!(host(address).as_deref(), expected, "{address}");
        }
        let enrolled = enrolment(&of(
            "<key>ServerURL</key><string>https://m.example.org/s?t=1</string><key>AccessRights</key><integer>8191</integer>",
        ));
        assert_eq!(
            enrolled,
            Enrolment { host: Some("m.example.org".into()), access_rights: Some(8191), ..Enrolment::default() }
        );
    }

    #[test]
    fn both_forms_of_a_key_name_the_profile() {
        let uuid = "17DC2F9B-313E-4237-B873-82D2297AFC2B";
        assert_eq!(uuid_in(uuid).as_deref(), Some(uuid));
        assert_eq!(uuid_in(&format!("Restrictions (x) from Org ({})", uuid.to_lowercase())).as_deref(), Some(uuid));
        assert_eq!(uuid_in("Restrictions from Org"), None);
        assert_eq!(uuid_in("é7DC2F9B-313E-4237-B873-82D2297AFC2"), None);
        let (rules, not_understood) = profile_truth(&of(&format!(
            "<key>Name from Org ({uuid})</key><dict><key>restrictedBool</key><dict><key>allowCamera</key><dict><key>value</key><false/></dict></dict></dict>\
             <key>odd</key><true/>"
        )));
        assert_eq!((rules.len(), not_understood), (1, 1));
        assert!(rules[0].rules.forces("allowCamera", false) && rules[0].uuid.as_deref() == Some(uuid));
    }

    #[test]
    fn events_tell_of_removed_profiles_too() {
        let (events, not_understood) = profile_events(&of("<key>ProfileEvents</key><array>\
            <dict><key>a.b</key><dict><key>Operation</key><string>install</string><key>Timestamp</key><date>2024-05-12T00:00:00Z</date></dict></dict>\
            <dict><key>a.b</key><dict><key>Operation</key><string>remove</string></dict></dict><true/><dict/></array>"));
        assert_eq!(
            events.iter().map(|event| event.operation.as_deref()).collect::<Vec<_>>(),
            [Some("install"), Some("remove")]
        );
        assert_eq!((events[0].at, not_understood), (Some(1_715_472_000), 2));
    }

    #[test]
    fn real_files_read() {
        let Some(corpus) = crate::skip::corpus("") else { return };
        let folder = corpus.join("ios/reference_only_no_licence");
        let open = |name: &str| plist::read(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        let manifest = payload_manifest(&open("PayloadManifest.plist"));
        assert_eq!((manifest.hidden.as_slice(), manifest.visible.len()), (&["com.apple.attwifi".to_owned()][..], 0));
        let cloud = cloud_configuration(&open("CloudConfigurationDetails.plist"));
        assert_eq!((cloud.supervised, cloud.pairing, cloud.organization), (Some(false), Some(true), None));
        let stub = profile_stub(&open("profile-2ccdb2ebb375ce31cfde3b30b2e7c6e17dc09e63231ba70394567dbe0bf8c20b.stub"))
            .unwrap();
        assert_eq!(stub.id, "com.apple.attwifi");
        assert_eq!(stub.payloads, ["com.apple.applicationaccess", "com.apple.wifi.managed"]);
        let truth = profile_truth(&open("ProfileTruth.plist"));
        assert_eq!(truth.0.first().map(|rules| &rules.uuid), Some(&stub.uuid));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(address in "\\PC{0,40}", key in "\\PC{0,50}") {
            let _ = host(&address);
            let _ = host(&format!("https://{address}"));
            let _ = uuid_in(&key);
            let _ = uuid_in(&format!("{key}({key})"));
        }

        #[test]
        fn accounts_for_every_entry(kinds in proptest::collection::vec(proptest::bool::ANY, 0..20)) {
            let listed: String = kinds.iter().map(|text| if *text { "<string>a</string>" } else { "<dict/>" }).collect();
            let manifest = payload_manifest(&of(&format!("<key>HiddenProfiles</key><array>{listed}</array><key>OrderedProfiles</key><array>{listed}</array>")));
            let read = (manifest.hidden.len() + manifest.visible.len()) as u64;
            proptest::prop_assert_eq!(read + manifest.not_understood, 2 * kinds.len() as u64);
            let stub = profile_stub(&of(&format!("<key>PayloadIdentifier</key><string>a</string><key>PayloadContent</key><array>{listed}</array>")));
            proptest::prop_assert_eq!(stub.unwrap().not_understood, kinds.len() as u64);
        }
    }
}
