//! locationd's `clients.plist`: what each app was allowed of location, and when it last used it.
//!
//! One flat dictionary, from a key that names a client to the client's own dictionary. The form is described in
//! `docs/formats/ios-location.md`.

use std::collections::BTreeMap;

use super::plist::{self, PlistError, Value, from_apple_time};
use crate::evidence::ios::Artefact;

/// How long a bundle id or a key may be, in bytes.
const LONGEST_KEY: usize = 1024;

/// Whether the exact position is given (`CorrectiveCompensationEnabled`, iOS 14 and later).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 1: exact.
    On,
    /// 2: approximate.
    Off,
    /// 0 or absent: nobody chose.
    NotSet,
    /// A number that nobody has explained.
    Other(i64),
}

/// A client of locationd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The place of its entry in the file, 1-based, the entries sorted by their keys.
    pub number: u32,
    /// Its key, without the name of a user of the phone.
    pub key: String,
    /// The bundle id, where the entry is that of an app or an extension itself; none for paths and for parts of an app.
    pub bundle: Option<String>,
    /// The bundle id of the app that the entry is a part of: a bundle or zone that acts for it.
    pub part_of: Option<String>,
    /// `Authorization`: 0 ask, 1 never, 2 in use, 4 always. Absent where the app never asked.
    pub authorization: Option<i64>,
    /// `SupportedAuthorizationMask`: what Settings may offer, as a sum of the same numbers.
    pub supported: Option<i64>,
    /// `ProvisionalMonitoring`: "always" until the person is asked again.
    pub provisional: bool,
    /// `IncidentalUseMode`: 2 the app only, 3 the app or its widgets.
    pub incidental_use: Option<i64>,
    /// Whether the exact position is given.
    pub precise: Precision,
    /// `TemporaryAuthorization`: the state of a grant for one time.
    pub temporary: Option<i64>,
    /// A part of the system (`Whitelisted`, `isSystemService`).
    pub system: bool,
    /// `Hidden`: the person hid the app (iOS 18 and later, locationd of iOS 26). It goes when the app is shown again, and meanwhile
    /// "always" is "in use".
    pub hidden: bool,
    /// The last end of a use, in seconds since 1970.
    pub last_stopped: Option<i64>,
    /// The last end of a use in the background (`BackgroundLocationTimeStopped`), in seconds since 1970.
    pub background_stopped: Option<i64>,
    /// The last end of a use in the background is the only one known.
    pub is_background_only: bool,
    /// The last beginning of a use (`LocationTimeStarted`), in seconds since 1970.
    pub started: Option<i64>,
    /// A use had begun and not ended when the file was written.
    pub in_use_now: bool,
    /// Fields that are there in a form that nobody has explained.
    pub not_understood: Vec<&'static str>,
}

/// What a `clients.plist` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clients {
    /// The clients, sorted by key.
    pub clients: Vec<Client>,
    /// Entries that are no client: numbers that a migration left.
    pub markers: u64,
    /// How many entries there were.
    pub of: u64,
    /// How many of them name nobody.
    pub not_understood: u64,
    /// How many of those hold a grant, or what may be one: it may be anybody's.
    pub nameless_grants: u64,
}

/// Fields with the end of a use. `ConsumptionPeriodBegin` and the beginnings of a watch over a place tell no use.
const ENDS: [&str; 8] = [
    "LocationTimeStopped",
    "ReceivingLocationInformationTimeStopped",
    "SignificantTimeStopped",
    "NonPersistentSignificantTimeStopped",
    "VisitTimeStopped",
    "FenceTimeStopped",
    "BeaconRegionTimeStopped",
    BACKGROUND_END,
];
const BACKGROUND_END: &str = "BackgroundLocationTimeStopped";

/// Fields that mark a part of the system.
const SYSTEM: [&str; 2] = ["Whitelisted", "isSystemService"];

/// Reads a `clients.plist`.
///
/// # Errors
/// When it is no property list, or no dictionary.
pub fn parse(bytes: &[u8]) -> Result<Clients, PlistError> {
    let Value::Dict(entries) = plist::read(bytes)? else {
        return Err(PlistError::Damaged("it is no dictionary".to_owned()));
    };
    let mut found = Clients { of: entries.len() as u64, ..Clients::default() };
    for (number, (key, value)) in (1_u32..).zip(&entries) {
        let Value::Dict(fields) = value else {
            found.markers += 1;
            continue;
        };
        match client(number, key, fields) {
            Some(client) => found.clients.push(client),
            None => {
                found.not_understood += 1;
                // 0 asks and 1 is never, which is also what an entry without the field allows.
                let allows = |value: &Value| !matches!(value, Value::Int(0 | 1));
                found.nameless_grants += u64::from(fields.get("Authorization").is_some_and(allows));
            }
        }
    }
    Ok(found)
}

fn client(number: u32, key: &str, fields: &BTreeMap<String, Value>) -> Option<Client> {
    let named = |field: &str| {
        let text = fields.get(field).and_then(Value::text)?;
        (!text.is_empty() && text.len() <= LONGEST_KEY).then(|| text.to_owned())
    };
    let name = Name::of(key);
    let (bundle, part_of) = match (&name, named("BundleId")) {
        (Name::Part { of, .. }, _) => (None, of.clone()),
        (_, Some(bundle)) => (Some(bundle), None),
        (Name::Bundle { id, .. }, None) => (Some((*id).to_owned()), None),
        (Name::Path { .. }, None) => (None, None),
        (Name::Nobody, None) => return None,
    };
    let shown = match name {
        Name::Bundle { key, .. } | Name::Path { key } | Name::Part { key, .. } => key,
        // A key of an unknown form may hold the name of a person.
        Name::Nobody => bundle.as_deref().unwrap_or_default(),
    };
    if shown.len() > LONGEST_KEY {
        return None;
    }
    let mut not_understood = Vec::new();
    let mut whole = |field: &'static str| match fields.get(field) {
        None => None,
        // Yes and no are not numbers here: 1 means "never" in one field and "exact" in another.
        Some(Value::Bool(_)) => {
            not_understood.push(field);
            None
        }
        Some(value) => value.int().or_else(|| {
            not_understood.push(field);
            None
        }),
    };
    let authorization = whole("Authorization");
    let supported = whole("SupportedAuthorizationMask");
    let incidental_use = whole("IncidentalUseMode");
    let temporary = whole("TemporaryAuthorization");
    let precise = match whole("CorrectiveCompensationEnabled") {
        Some(1) => Precision::On,
        Some(2) => Precision::Off,
        Some(0) | None => Precision::NotSet,
        Some(other) => Precision::Other(other),
    };
    let mut yes = |field: &'static str| match fields.get(field) {
        None => false,
        Some(value) => value.bool().unwrap_or_else(|| {
            not_understood.push(field);
            false
        }),
    };
    let provisional = yes("ProvisionalMonitoring");
    let time = |field: &str| fields.get(field).and_then(Value::real).and_then(from_apple_time);
    let ends: Vec<i64> = ENDS.iter().filter_map(|field| time(field)).collect();
    let (started, stopped, background) =
        (time("LocationTimeStarted"), time("LocationTimeStopped"), time(BACKGROUND_END));
    Some(Client {
        number,
        key: shown.to_owned(),
        bundle,
        part_of,
        authorization,
        supported,
        provisional,
        incidental_use,
        precise,
        temporary,
        system: SYSTEM.iter().any(|field| fields.get(*field).and_then(Value::bool) == Some(true)),
        hidden: fields.get("Hidden").and_then(Value::bool) == Some(true),
        last_stopped: ends.iter().max().copied(),
        background_stopped: background,
        is_background_only: background.is_some() && ends.len() == 1,
        started,
        in_use_now: started.is_some_and(|started| stopped.is_none_or(|stopped| started > stopped)),
        not_understood,
    })
}

/// Whom a key names.
#[derive(Debug, PartialEq, Eq)]
enum Name<'k> {
    /// An app or an extension.
    Bundle { key: &'k str, id: &'k str },
    /// A bundle or a program by its path.
    Path { key: &'k str },
    /// A part of somebody, who may be an app.
    Part { key: &'k str, of: Option<String> },
    /// Nobody.
    Nobody,
}

impl<'k> Name<'k> {
    /// Reads a key of any version. The type letter is one only where a `:` says that the key has the newer form: bundle ids may
    /// begin with the same letters.
    fn of(key: &'k str) -> Name<'k> {
        let Some((first, rest)) = key.split_once(':') else {
            let is_path = key.starts_with('/')
                || key.starts_with("com.apple.locationd.bundle-")
                || key.starts_with("com.apple.locationd.executable-");
            return match key {
                "" => Name::Nobody,
                _ if is_path => Name::Path { key },
                id => Name::Bundle { key, id },
            };
        };
        // A phone with several users puts the user's name first: `name:icom.example.app:`. Behind an anchor, only the path of a
        // nested bundle looks like another one.
        let (key, anchor, part) = match rest.split_once(':') {
            Some((anchor, part)) if typed(anchor).is_some_and(|(letter, _)| letter != 'p' || !is_anchor(first)) => {
                (rest, anchor, part)
            }
            _ => (key, first, rest),
        };
        match typed(anchor) {
            Some(('l', id)) => Name::Part { key, of: Some(id.to_owned()) },
            Some(('i', id)) if part.is_empty() => Name::Bundle { key, id },
            Some(('i', id)) => Name::Part { key, of: Some(id.to_owned()) },
            Some((_, _)) if part.is_empty() => Name::Path { key },
            Some((_, _)) => Name::Part { key, of: None },
            None => Name::Nobody,
        }
    }
}

/// A component with its type letter: bundle id, executable, bundle path, limiting bundle id.
fn typed(component: &str) -> Option<(char, &str)> {
    let mut characters = component.chars();
    let letter = characters.next().filter(|letter| matches!(letter, 'i' | 'e' | 'p' | 'l'))?;
    let rest = characters.as_str();
    (!rest.is_empty()).then_some((letter, rest))
}

/// Whether a component is more than a person's name: a bundle id or a path behind a type letter.
fn is_anchor(component: &str) -> bool {
    typed(component).is_some_and(|(_, rest)| rest.contains(['.', '/']))
}

/// The key of the main switch in the settings of locationd.
pub const MASTER: &str = "LocationServicesEnabledIn8.0";
/// The key of its copy in the settings of routined.
pub const MASTER_COPY: &str = "RTAuthorizationManagerCachedLocationServicesEnabled";

/// The main switch of location services and the file that tells it: `com.apple.locationd.plist`, else its copy in
/// `com.apple.routined.plist`, which iOS 27 is reported to keep alone. Where the first should be there (`trusts_copy` is false), a copy
/// that says off may be stale and tells nothing.
pub fn master(settings: Option<&Value>, routined: Option<&Value>, trusts_copy: bool) -> Option<(bool, Artefact)> {
    let read = |value: Option<&Value>, key: &str| value?.get(key)?.bool();
    read(settings, MASTER).map(|on| (on, Artefact::LocationSettings)).or_else(|| {
        let copy = read(routined, MASTER_COPY).filter(|on| *on || trusts_copy)?;
        Some((copy, Artefact::RoutineSettings))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::parse::ios::plist::APPLE_EPOCH;
    use crate::parse::ios::tcc::tests::sample;

    /// An XML property list of the given body.
    pub(crate) fn xml(body: &str) -> Vec<u8> {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>{body}</dict></plist>")
            .into_bytes()
    }

    /// An entry of the file: a key and the members of its dictionary.
    pub(crate) fn entry(key: &str, members: &[(&str, &str)]) -> String {
        let members: String = members.iter().map(|(name, value)| format!("<key>{name}</key>{value}")).collect();
        format!("<key>{key}</key><dict>{members}</dict>")
    }

    /// A whole number.
    pub(crate) fn int(value: i64) -> String {
        format!("<integer>{value}</integer>")
    }

    fn read(body: &str) -> Clients {
        let clients = parse(&xml(body)).unwrap();
        assert_eq!(clients.clients.len() as u64 + clients.markers + clients.not_understood, clients.of);
        clients
    }

    fn one(members: &[(&str, &str)]) -> Client {
        read(&entry("icom.example.app:", members)).clients.remove(0)
    }

    #[test]
    fn every_form_of_key_names_its_client() {
        let part = |of: &str| (None, Some(of.to_owned()));
        let bundle = |id: &str| (Some(id.to_owned()), None);
        for (key, expected) in [
            ("com.example.app", bundle("com.example.app")),
            ("pinterest", bundle("pinterest")),
            ("icom.example.app", bundle("icom.example.app")),
            ("icom.example.app:", bundle("com.example.app")),
            ("iinstagram:", bundle("instagram")),
            ("ipinterest:", bundle("pinterest")),
            ("iiio.example:", bundle("iio.example")),
            ("com.apple.locationd.bundle-/System/Library/LocationBundles/Routine.bundle", (None, None)),
            ("com.apple.locationd.executable-/usr/libexec/locationd", (None, None)),
            ("/usr/libexec/locationd", (None, None)),
            ("e/usr/libexec/locationd:", (None, None)),
            ("p/System/Library/LocationBundles/Routine.bundle:", (None, None)),
            ("lcom.apple.Maps:p/System/Library/LocationBundles/Navd.bundle", part("com.apple.Maps")),
            ("icom.example.app:p/private/var/nested.bundle", part("com.example.app")),
            ("icom.example.app:zhome", part("com.example.app")),
            ("icom.example.app:p/nested.bundle:", part("com.example.app")),
            ("mobile:icom.example.app:", bundle("com.example.app")),
            ("ivan:icom.example.app:", bundle("com.example.app")),
            ("mobile:lcom.apple.Maps:p/System/x.bundle", part("com.apple.Maps")),
            ("mobile:e/usr/libexec/x:", (None, None)),
        ] {
            let clients = read(&entry(key, &[]));
            let client = clients.clients.first().unwrap_or_else(|| panic!("{key} is nobody"));
            assert_eq!((client.bundle.clone(), client.part_of.clone()), expected, "{key}");
        }
    }

    #[test]
    fn the_field_of_the_bundle_id_comes_first_and_a_part_is_not_the_app() {
        let with =
            |key: &str| read(&entry(key, &[("BundleId", "<string>com.example.real</string>")])).clients.remove(0);
        assert_eq!(with("inot.this:").bundle.as_deref(), Some("com.example.real"));
        assert_eq!(with("p/private/var/x.app:").bundle.as_deref(), Some("com.example.real"));
        assert_eq!(with("9$strange:").bundle.as_deref(), Some("com.example.real"));
        let part = with("lcom.example.app:p/x");
        assert_eq!((part.bundle, part.part_of.as_deref()), (None, Some("com.example.app")));
    }

    #[test]
    fn the_name_of_a_user_is_not_kept() {
        for key in ["jeanne:icom.example.app:", "ilana.roy:icom.example.app:", "jeanne:icom.example.app"] {
            let named = [("BundleId", "<string>com.example.app</string>")];
            let client = read(&entry(key, &named)).clients.remove(0);
            assert_eq!(client.bundle.as_deref(), Some("com.example.app"), "{key}");
            assert!(client.key.contains("com.example.app") && !client.key.contains("jeanne"), "{}", client.key);
            assert!(!client.key.contains("lana"), "{}", client.key);
        }
    }

    #[test]
    fn numbers_beside_the_clients_are_markers_and_nameless_ones_are_counted() {
        let clients = read(&format!(
            "<key>SchemaVersion</key>{}{}{}{}",
            int(7),
            entry("icom.example.app:", &[]),
            entry(":", &[]),
            entry("", &[])
        ));
        assert_eq!((clients.of, clients.markers, clients.not_understood, clients.clients.len()), (4, 1, 2, 1));
        assert!(parse(b"<plist><array/></plist>").is_err());
        assert!(parse(b"").is_err());
    }

    #[test]
    fn the_fields_are_read() {
        let client = one(&[
            ("Authorization", &int(2)),
            ("SupportedAuthorizationMask", &int(7)),
            ("ProvisionalMonitoring", "<true/>"),
            ("IncidentalUseMode", &int(3)),
            ("TemporaryAuthorization", &int(2)),
            ("Hidden", "<true/>"),
        ]);
        assert_eq!((client.authorization, client.supported), (Some(2), Some(7)));
        assert_eq!((client.incidental_use, client.temporary), (Some(3), Some(2)));
        // Hidden by the person, and no part of the system for that.
        assert!(client.provisional && client.hidden && !client.system && client.not_understood.is_empty());
        assert!(one(&[("isSystemService", "<true/>")]).system);
        let empty = one(&[]);
        assert_eq!((empty.authorization, empty.precise, empty.last_stopped), (None, Precision::NotSet, None));
    }

    #[test]
    fn a_two_is_approximate_and_a_one_is_exact() {
        let precise = |value: i64| one(&[("CorrectiveCompensationEnabled", &int(value))]).precise;
        assert_eq!(precise(1), Precision::On);
        assert_eq!(precise(2), Precision::Off);
        assert_eq!(precise(0), Precision::NotSet);
        assert_eq!(precise(5), Precision::Other(5));
    }

    #[test]
    fn yes_is_no_number() {
        let client = one(&[("Authorization", "<true/>"), ("CorrectiveCompensationEnabled", "<string>1</string>")]);
        assert_eq!((client.authorization, client.precise), (None, Precision::NotSet));
        assert_eq!(client.not_understood, ["Authorization", "CorrectiveCompensationEnabled"]);
    }

    #[test]
    fn times_are_those_of_apple_and_zero_and_negative_ones_are_none() {
        let real = |value: f64| format!("<real>{value}</real>");
        let client = one(&[
            ("LocationTimeStopped", &real(1000.5)),
            ("SignificantTimeStopped", &real(5000.0)),
            ("VisitTimeStopped", &real(-63_114_076_800.0)),
            ("FenceTimeStopped", &real(0.0)),
            ("ConsumptionPeriodBegin", &real(9000.0)),
        ]);
        assert_eq!(client.last_stopped, Some(APPLE_EPOCH + 5000));
        assert!(!client.is_background_only && !client.in_use_now);
        let background = one(&[(BACKGROUND_END, &real(7.0)), ("LocationTimeStopped", &real(0.0))]);
        assert_eq!((background.background_stopped, background.is_background_only), (Some(APPLE_EPOCH + 7), true));
    }

    #[test]
    fn a_beginning_without_an_end_is_a_use_now() {
        let now = |started: i64, stopped: Option<i64>| {
            let (started, stopped) = (int(started), stopped.map(int));
            let mut members = vec![("LocationTimeStarted", started.as_str())];
            members.extend(stopped.as_deref().map(|stopped| ("LocationTimeStopped", stopped)));
            one(&members).in_use_now
        };
        assert!(now(100, None));
        assert!(now(100, Some(50)));
        assert!(now(100, Some(0)));
        assert!(!now(100, Some(150)));
        assert!(!now(0, None));
    }

    #[test]
    fn the_main_switch_is_read_from_either_file() {
        let settings = |key: &str, value: &str| plist::read(&xml(&format!("<key>{key}</key>{value}"))).unwrap();
        let (off, on) = (settings(MASTER, "<false/>"), settings(MASTER_COPY, "<true/>"));
        let copy_off = settings(MASTER_COPY, &int(0));
        for trusts_copy in [false, true] {
            let (no, master) = (settings(MASTER, "<string>no</string>"), |one, other| master(one, other, trusts_copy));
            assert_eq!(master(Some(&off), Some(&on)), Some((false, Artefact::LocationSettings)));
            assert_eq!(master(Some(&on), Some(&on)), Some((true, Artefact::RoutineSettings)));
            assert_eq!(master(Some(&no), None), None);
            assert_eq!(master(None, None), None);
            // A copy that says off may be stale where the file itself should be there.
            let off = master(None, Some(&copy_off));
            assert_eq!(off, trusts_copy.then_some((false, Artefact::RoutineSettings)));
        }
    }

    #[test]
    fn the_samples_are_read() {
        for (folder, count) in [("plain-ios12.5.7", 7), ("plain-ios17.5.1", 8)] {
            let path = format!("generated/{folder}/a6/a690d7769cce8904ca2b67320b107c8fe5f79412");
            let Some(bytes) = sample(&path) else { return };
            let clients = parse(&bytes).unwrap();
            assert_eq!((clients.markers, clients.not_understood), (1, 0));
            assert!(clients.clients.len() >= count, "{folder}: {}", clients.clients.len());
            let app = clients.clients.iter().find(|client| client.bundle.as_deref() == Some("com.burbn.instagram"));
            assert_eq!(app.unwrap().authorization, Some(4));
            assert!(
                clients
                    .clients
                    .iter()
                    .all(|client| client.bundle.is_some() || client.part_of.is_some() || client.key.contains('/'))
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_every_entry_is_accounted_for(entries in proptest::collection::vec(
            ("[ielpz:/.a-c]{0,12}", "(Authorization|LocationTimeStopped|BundleId|Hidden)", "(<integer>-?[0-9]{1,18}</integer>|<true/>|<string>[a.]{0,3}</string>|<real>-?[0-9]{1,30}</real>|<data>AA==</data>)", proptest::bool::ANY),
            0..12,
        )) {
            let body: String = entries.iter().map(|(key, name, value, is_client)| {
                if *is_client { entry(key, &[(name, value)]) } else { format!("<key>{key}</key>{value}") }
            }).collect();
            if let Ok(clients) = parse(&xml(&body)) {
                proptest::prop_assert_eq!(clients.clients.len() as u64 + clients.markers + clients.not_understood, clients.of);
            }
        }

        #[test]
        fn any_bytes_may_come(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
