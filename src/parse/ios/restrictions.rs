//! Files of settings and restrictions: `EffectiveUserSettings.plist`, `UserSettings.plist`, `Truth.plist`, and each entry of
//! `ProfileTruth.plist` and of `ClientTruth.plist`. All have one shape.
//!
//! That a feature is listed does not mean that somebody restricted it: dozens of defaults always are, and restrictions that allow
//! stand beside those that forbid. This file says what is written; what it means is for the reader to decide.

use std::collections::BTreeMap;

use super::plist::Value;

/// How many features one section may list; a phone has some two hundred.
const FEATURES: usize = 5_000;

/// A feature that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its value.
    pub value: bool,
    /// The value that wins where two profiles disagree, the stricter one, where the file tells.
    pub preference: Option<bool>,
    /// Its 1-based place among the features of its section, sorted by name.
    pub place: u32,
}

/// A feature that is a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value. Times are in seconds, also where device management speaks of minutes.
    pub value: f64,
    /// Its 1-based place among the features of its section, sorted by name.
    pub place: u32,
}

/// A feature that is a list of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its values; those that are no text are left out.
    pub values: Vec<String>,
    /// `union` or `intersection`: how the lists of several profiles become one.
    pub section: &'static str,
    /// Its 1-based place among the features of its section, sorted by name.
    pub place: u32,
}

/// What one file, or one profile, says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restrictions {
    switches: BTreeMap<String, Switch>,
    numbers: BTreeMap<String, Number>,
    lists: BTreeMap<String, Listed>,
    /// How many features of the four sections there are.
    pub entries: u64,
    /// How many were not understood.
    pub not_understood: u64,
    /// Whether the section of numbers is there: without it, a number that is not listed says nothing.
    pub has_numbers: bool,
    /// Whether the section of lists that are joined (`union`) is there: without it, that there is no list says nothing.
    pub has_unions: bool,
}

impl Restrictions {
    /// A feature of `restrictedBool`.
    pub fn switch(&self, feature: &str) -> Option<Switch> {
        self.switches.get(feature).copied()
    }

    /// The value of a feature of `restrictedBool`.
    pub fn bool(&self, feature: &str) -> Option<bool> {
        self.switch(feature).map(|switch| switch.value)
    }

    /// A feature of `restrictedValue`.
    pub fn number(&self, feature: &str) -> Option<Number> {
        self.numbers.get(feature).copied()
    }

    /// A feature of `union`, else of `intersection`, that has a list, which may be empty. A feature that is named without one is
    /// none: it is always listed so.
    pub fn values(&self, feature: &str) -> Option<&Listed> {
        self.lists.get(feature)
    }

    /// Whether this, as the word of one profile, forces a feature to a value: it says the value, and the value is not the one
    /// that gives way to any other profile.
    pub fn forces(&self, feature: &str, value: bool) -> bool {
        self.switch(feature)
            .is_some_and(|switch| switch.value == value && switch.preference.is_none_or(|strict| strict == value))
    }
}

/// Reads one such dictionary.
pub fn read(value: &Value) -> Restrictions {
    let mut found = Restrictions::default();
    for (place, name, entry) in section(value, "restrictedBool", &mut found) {
        match entry.get("value").and_then(Value::bool) {
            Some(value) => {
                let preference = entry.get("preference").and_then(Value::bool);
                found.switches.insert(name.to_owned(), Switch { value, preference, place });
            }
            // A feature of which only the way to ask is written has no value, and needs none.
            None if is_empty(entry) => {}
            None => found.not_understood += 1,
        }
    }
    found.has_numbers = value.get("restrictedValue").is_some_and(|section| section.dict().is_some());
    for (place, name, entry) in section(value, "restrictedValue", &mut found) {
        match entry.get("value").and_then(Value::real).filter(|number| number.is_finite()) {
            Some(value) => {
                found.numbers.insert(name.to_owned(), Number { value, place });
            }
            // A range without a value: nobody set one.
            None if entry.dict().is_some() && entry.get("value").is_none() => {}
            None => found.not_understood += 1,
        }
    }
    found.has_unions = value.get("union").is_some_and(|section| section.dict().is_some());
    for key in ["intersection", "union"] {
        for (place, name, entry) in section(value, key, &mut found) {
            match entry.get("values") {
                Some(Value::List(values)) => {
                    let values = values.iter().filter_map(|value| value.text().map(str::to_owned)).collect();
                    found.lists.insert(name.to_owned(), Listed { values, section: key, place });
                }
                None if entry.dict().is_some() => {}
                _ => found.not_understood += 1,
            }
        }
    }
    found
}

/// What one of the phone's own programs restricts, from `ClientTruth.plist`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientRules {
    /// Its 1-based place among the clients, sorted by name.
    pub place: u32,
    /// The client, such as `com.apple.batterysaver`.
    pub client: String,
    /// Its restrictions.
    pub rules: Restrictions,
}

impl ClientRules {
    /// Whether this is a program of Apple: what it restricts, neither the person nor an organization decided.
    pub fn is_of_apple(&self) -> bool {
        self.client.starts_with("com.apple.")
    }
}

/// Reads `ClientTruth.plist`: restrictions by client, `{ client: { clientType, clientRestrictions, … } }` (a real file of iOS 16), and how
/// many entries say none.
pub fn client_truth(value: &Value) -> (Vec<ClientRules>, u64) {
    let members = value.dict();
    let clients: Vec<ClientRules> = members
        .into_iter()
        .flatten()
        .take(FEATURES)
        .zip(1u32..)
        .filter_map(|((client, entry), place)| {
            let rules = entry.get("clientRestrictions").filter(|rules| rules.dict().is_some())?;
            Some(ClientRules { place, client: client.clone(), rules: read(rules) })
        })
        .collect();
    let odd = members.map_or(0, |members| members.len() - clients.len());
    (clients, odd as u64)
}

/// The features of a section with their places: no more than a phone can have, the others counted as not understood.
fn section<'v>(
    value: &'v Value,
    key: &str,
    found: &mut Restrictions,
) -> impl Iterator<Item = (u32, &'v str, &'v Value)> + use<'v> {
    let members = value.get(key).and_then(Value::dict);
    let count = members.map_or(0, |members| members.len());
    found.entries += count as u64;
    found.not_understood += count.saturating_sub(FEATURES) as u64;
    members.into_iter().flatten().take(FEATURES).zip(1u32..).map(|((name, entry), place)| (place, name.as_str(), entry))
}

fn is_empty(entry: &Value) -> bool {
    entry.dict().is_some_and(|members| !members.contains_key("value"))
}

#[cfg(test)]
mod tests {
    use super::super::plist;
    use super::*;

    fn of(body: &str) -> Restrictions {
        read(&plist::read(format!("<plist version=\"1.0\"><dict>{body}</dict></plist>").as_bytes()).unwrap())
    }

    #[test]
    fn the_four_sections_read() {
        let found = of("<key>restrictedBool</key><dict>\
              <key>allowCamera</key><dict><key>value</key><false/><key>preference</key><false/></dict>\
              <key>allowOdd</key><dict><key>value</key><string>x</string></dict>\
              <key>allowBare</key><dict><key>ask</key><true/></dict></dict>\
            <key>restrictedValue</key><dict>\
              <key>maxInactivity</key><dict><key>rangeMinimum</key><integer>30</integer><key>value</key><integer>120</integer></dict>\
              <key>minLength</key><dict><key>rangeMinimum</key><integer>4</integer></dict>\
              <key>safariAcceptCookies</key><dict><key>value</key><real>1.5</real></dict></dict>\
            <key>union</key><dict><key>blockedAppBundleIDs</key><dict><key>values</key><array><string>a.b</string><true/></array></dict>\
              <key>managedWebDomains</key><dict/></dict>\
            <key>intersection</key><dict><key>appLockBundleIDs</key><true/></dict>");
        assert_eq!(found.switch("allowCamera"), Some(Switch { value: false, preference: Some(false), place: 2 }));
        assert_eq!(found.bool("allowOdd"), None);
        assert_eq!(found.number("maxInactivity").map(|number| number.value), Some(120.0));
        assert_eq!(found.number("minLength"), None);
        assert_eq!(found.number("safariAcceptCookies").map(|number| number.value), Some(1.5));
        assert_eq!(
            found.values("blockedAppBundleIDs").map(|list| (&*list.values[0], list.section)),
            Some(("a.b", "union"))
        );
        assert_eq!(found.values("managedWebDomains"), None);
        assert_eq!((found.entries, found.not_understood), (9, 2));
        assert!(found.has_numbers && !of("").has_numbers);
    }

    #[test]
    fn a_profile_that_allows_forces_nothing() {
        let entry = |value: &str, preference: &str| {
            of(&format!(
                "<key>restrictedBool</key><dict><key>allowCamera</key><dict><key>value</key>{value}{preference}</dict></dict>"
            ))
        };
        let strict = "<key>preference</key><false/>";
        assert!(!entry("<true/>", strict).forces("allowCamera", true));
        assert!(entry("<false/>", strict).forces("allowCamera", false));
        assert!(entry("<false/>", "").forces("allowCamera", false));
        assert!(!entry("<false/>", "").forces("allowCamera", true));
    }

    #[test]
    fn real_settings_read_whole() {
        let Some(corpus) = crate::skip::corpus("") else { return };
        let folder = corpus.join("ios/reference_only_no_licence");
        let open = |name: &str| plist::read(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        let effective = read(&open("EffectiveUserSettings.plist"));
        assert_eq!(effective.bool("allowCamera"), Some(true));
        assert_eq!(effective.bool("allowDiagnosticSubmission"), Some(false));
        assert_eq!(effective.number("maxInactivity").map(|number| number.value), Some(60.0));
        assert_eq!(effective.not_understood, 0);
        assert!(effective.entries > 60);
        let chosen = read(&open("UserSettings.plist"));
        assert_eq!(chosen.not_understood, 0);
        // A carrier's profile lists seventeen features, and every one of them allows.
        for profile in open("ProfileTruth.plist").dict().unwrap().values().map(read) {
            assert_eq!((profile.not_understood, profile.bool("allowCamera")), (0, Some(true)));
            assert!(!profile.forces("allowCamera", true) && !profile.forces("forceEncryptedBackup", false));
        }
    }

    proptest::proptest! {
        #[test]
        fn accounts_for_every_feature(kinds in proptest::collection::vec(0u8..6, 0..20)) {
            let entries: String = kinds.iter().enumerate().map(|(n, kind)| format!("<key>f{n}</key>{}", match kind {
                0 => "<dict><key>value</key><true/></dict>",
                1 => "<dict><key>value</key><integer>0</integer></dict>",
                2 => "<dict/>",
                3 => "<true/>",
                4 => "<dict><key>value</key><integer>7</integer></dict>",
                _ => "<array/>",
            })).collect();
            let found = of(&format!("<key>restrictedBool</key><dict>{entries}</dict>"));
            let empty = kinds.iter().filter(|kind| **kind == 2).count();
            proptest::prop_assert_eq!(found.entries, kinds.len() as u64);
            proptest::prop_assert_eq!((found.switches.len() + empty) as u64 + found.not_understood, found.entries);
            let _ = of(&format!("<key>restrictedValue</key><dict>{entries}</dict><key>union</key><dict>{entries}</dict>"));
        }
    }
}
