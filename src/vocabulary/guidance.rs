//! What a person should know of each permission, check and level: what it is, why it matters, where to see it by hand on
//! the phone, and what to press to change it, per platform and per vendor where menus differ.
//!
//! The data stands in `guidance.toml` beside this file, compiled into the program and parsed once, on first use: a run
//! that explains nothing never reads it. Parsing its 170 kB takes about 1.8 ms in a release build (and ten times that in a
//! debug build; the ignored test below measures it).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::permissions::describe;
use super::words::{Check, Level, Permission, Platform, words};
use crate::text::Text;

words! {
/// A maker of Android phones whose menus may differ from Google's; sister brands share the menus of one word.
Vendor {
    /// Samsung, with One UI.
    Samsung => "samsung",
    /// Xiaomi, Redmi and POCO, with MIUI or HyperOS.
    Xiaomi => "xiaomi",
    /// Huawei, with EMUI, and Honor, with MagicOS.
    Huawei => "huawei",
    /// OPPO, OnePlus and realme, with ColorOS and its kin.
    Oppo => "oppo",
    /// vivo and iQOO, with Funtouch OS or OriginOS.
    Vivo => "vivo",
    /// Motorola.
    Motorola => "motorola",
}
}

/// The names that phones give their makers.
const MAKERS: [(&str, Vendor); 12] = [
    ("samsung", Vendor::Samsung),
    ("xiaomi", Vendor::Xiaomi),
    ("redmi", Vendor::Xiaomi),
    ("poco", Vendor::Xiaomi),
    ("huawei", Vendor::Huawei),
    ("honor", Vendor::Huawei),
    ("oppo", Vendor::Oppo),
    ("oneplus", Vendor::Oppo),
    ("realme", Vendor::Oppo),
    ("vivo", Vendor::Vivo),
    ("iqoo", Vendor::Vivo),
    ("motorola", Vendor::Motorola),
];

impl Vendor {
    /// The vendor of a phone, from `ro.product.manufacturer` or `ro.product.brand`, in upper or lower case; `None` for
    /// makers whose menus are Google's, and for those that are not known here.
    pub fn of(manufacturer: &str) -> Option<Vendor> {
        // A fleet asks this a million times: no copy is made of the name.
        let named = manufacturer.trim();
        let is = |(name, _): &&(&str, Vendor)| named.eq_ignore_ascii_case(name);
        MAKERS.iter().find(is).map(|(_, vendor)| *vendor)
    }
}

/// A way through the menus of a phone, per platform and, on Android, per vendor where the menus differ. Files write it
/// flat: `android`, `ios`, and the words of [`Vendor`]; any other key is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Text>", into = "BTreeMap<String, Text>")]
pub struct Steps {
    /// On Google's Android, and on phones of vendors without a text of their own; `None` when there is nothing to press.
    pub android: Option<Text>,
    /// On an iPhone or iPad; `None` when there is nothing to press.
    pub ios: Option<Text>,
    /// On phones of vendors whose menus differ.
    pub vendors: BTreeMap<Vendor, Text>,
}

impl Steps {
    /// The text for a phone: on Android the vendor's own before the common one. `manufacturer` is what the phone says
    /// of its maker, as [`Vendor::of`] takes it.
    pub fn of(&self, platform: Platform, manufacturer: Option<&str>) -> Option<&Text> {
        match platform {
            Platform::Android => self.of_vendor(manufacturer).or(self.android.as_ref()),
            Platform::Ios => self.ios.as_ref(),
        }
    }

    /// The text of the phone's vendor alone, without the common one to fall back on.
    fn of_vendor(&self, manufacturer: Option<&str>) -> Option<&Text> {
        self.vendors.get(&manufacturer.and_then(Vendor::of)?)
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.android.is_none() && self.ios.is_none() && self.vendors.is_empty()
    }

    /// Every text with the key it is written under: the platforms first, then the vendors.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &Text)> {
        let common = [(Platform::Android, &self.android), (Platform::Ios, &self.ios)];
        let common = common.into_iter().filter_map(|(platform, text)| Some((platform.word(), text.as_ref()?)));
        common.chain(self.vendors.iter().map(|(vendor, text)| (vendor.word(), text)))
    }
}

impl TryFrom<BTreeMap<String, Text>> for Steps {
    type Error = String;

    fn try_from(written: BTreeMap<String, Text>) -> Result<Steps, String> {
        let mut steps = Steps::default();
        for (key, text) in written {
            match (Platform::from_word(&key), Vendor::from_word(&key)) {
                (Some(Platform::Android), _) => steps.android = Some(text),
                (Some(Platform::Ios), _) => steps.ios = Some(text),
                (None, Some(vendor)) => {
                    steps.vendors.insert(vendor, text);
                }
                (None, None) => {
                    let known: Vec<&str> = keys().collect();
                    return Err(format!("unknown platform or vendor `{key}`, expected one of {}", known.join(", ")));
                }
            }
        }
        Ok(steps)
    }
}

impl From<Steps> for BTreeMap<String, Text> {
    fn from(steps: Steps) -> BTreeMap<String, Text> {
        steps.texts().map(|(key, text)| (key.to_owned(), text.clone())).collect()
    }
}

impl schemars::JsonSchema for Steps {
    fn schema_name() -> Cow<'static, str> {
        "Steps".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let text = generator.subschema_for::<Text>();
        let properties: serde_json::Map<String, serde_json::Value> =
            keys().map(|key| (key.to_owned(), text.clone().to_value())).collect();
        schemars::json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
    }
}

/// The keys under which [`Steps`] may be written.
fn keys() -> impl Iterator<Item = &'static str> {
    let platforms = Platform::ALL.iter().map(|platform| platform.word());
    platforms.chain(Vendor::ALL.iter().map(|vendor| vendor.word()))
}

/// What a person should know of one permission or check. In the texts of permissions `{app}` stands for the app's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// What it is.
    pub what: Text,
    /// Why it matters on a phone with social apps.
    pub why: Text,
    /// Where to see it by hand.
    #[serde(default)]
    pub look: Steps,
    /// What to press to change it. For a permission it holds only what vendors do otherwise: use [`fix_of`].
    #[serde(default)]
    pub fix: Steps,
    /// What poucet cannot know of it, or what a platform does not show.
    #[serde(default)]
    pub limits: Option<Text>,
}

/// What stands under a level.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelGuidance {
    why: Text,
}

const TEXT: &str = include_str!("guidance.toml");

/// One entry of the file. A report needs a few of them, and the file is large: read whole, it would take more memory than all else
/// that is read of a small phone.
///
/// The file is part of the program and a test reads it whole; were it ever damaged, nothing would be explained rather than the program
/// stopped.
fn entry<T: Default + serde::de::DeserializeOwned>(table: &str, word: &str) -> T {
    let Some((_, rest)) = TEXT.split_once(&format!("\n[{table}.{word}]\n")) else { return T::default() };
    // Entries stand one after the other; a line that begins with a bracket begins the next.
    let own = rest.split_once("\n[").map_or(rest, |(own, _)| own);
    toml::from_str(own).unwrap_or_default()
}

/// What a person should know of a permission.
pub fn permission(permission: Permission) -> &'static Guidance {
    static READ: [OnceLock<Guidance>; Permission::ALL.len()] = [const { OnceLock::new() }; Permission::ALL.len()];
    static NOTHING: OnceLock<Guidance> = OnceLock::new();
    let place = READ.get(permission as usize);
    place.map_or_else(
        || NOTHING.get_or_init(Guidance::default),
        |place| place.get_or_init(|| entry("permission", permission.word())),
    )
}

/// What a person should know of a check.
pub fn check(check: Check) -> &'static Guidance {
    static READ: [OnceLock<Guidance>; Check::ALL.len()] = [const { OnceLock::new() }; Check::ALL.len()];
    static NOTHING: OnceLock<Guidance> = OnceLock::new();
    let place = READ.get(check as usize);
    place.map_or_else(
        || NOTHING.get_or_init(Guidance::default),
        |place| place.get_or_init(|| entry("check", check.word())),
    )
}

/// Why a level matters.
pub fn level(level: Level) -> &'static Text {
    static READ: [OnceLock<LevelGuidance>; Level::ALL.len()] = [const { OnceLock::new() }; Level::ALL.len()];
    static NOTHING: Text = Text { en: String::new(), fr: String::new() };
    let place = READ.get(level as usize);
    place.map_or(&NOTHING, |place| &place.get_or_init(|| entry("level", level.word())).why)
}

/// What to press to change a permission on a phone: the vendor's own text, else the common one of
/// [`describe`]; `None` when the platform has no such permission. `manufacturer` as for [`Vendor::of`].
pub fn fix_of(permission: Permission, platform: Platform, manufacturer: Option<&str>) -> Option<&'static Text> {
    let fix = &self::permission(permission).fix;
    fix.of(platform, manufacturer).or_else(|| describe(permission).fix.of(platform))
}

#[cfg(test)]
mod tests {
    use super::super::permissions::{Readable, describe_check};
    use super::*;

    /// The file as it is written.
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        level: BTreeMap<Level, LevelGuidance>,
        permission: BTreeMap<Permission, Guidance>,
        check: BTreeMap<Check, Guidance>,
    }

    #[test]
    fn an_entry_read_alone_is_the_one_of_the_whole_file() {
        let whole: File = toml::from_str(TEXT).unwrap();
        for word in Permission::ALL {
            assert_eq!(permission(*word), &whole.permission[word], "{word}");
        }
        for word in Check::ALL {
            assert_eq!(check(*word), &whole.check[word], "{word}");
        }
        for word in Level::ALL {
            assert_eq!(level(*word), &whole.level[word].why, "{word}");
        }
    }

    /// Checks that nobody can change by pressing something, with the reason.
    const NOTHING_TO_PRESS: &[(Check, Platform, &str)] =
        &[(Check::PrivacyReport, Platform::Android, "the dashboard is always there and has no switch")];

    fn read() -> File {
        toml::from_str(TEXT).unwrap()
    }

    /// Every text of the file, with where it stands.
    fn texts(file: &File) -> Vec<(String, &Text)> {
        let mut texts = Vec::new();
        for (word, level) in &file.level {
            texts.push((format!("level.{word}.why"), &level.why));
        }
        let permissions = file.permission.iter().map(|(word, guidance)| (format!("permission.{word}"), guidance));
        let checks = file.check.iter().map(|(word, guidance)| (format!("check.{word}"), guidance));
        for (place, guidance) in permissions.chain(checks) {
            texts.push((format!("{place}.what"), &guidance.what));
            texts.push((format!("{place}.why"), &guidance.why));
            texts.extend(guidance.limits.iter().map(|text| (format!("{place}.limits"), text)));
            texts.extend(guidance.look.texts().map(|(key, text)| (format!("{place}.look.{key}"), text)));
            texts.extend(guidance.fix.texts().map(|(key, text)| (format!("{place}.fix.{key}"), text)));
        }
        texts
    }

    #[test]
    fn words_and_data_agree_in_both_directions() {
        // An unknown word in the file fails to parse; a word of an enum without an entry is missing from the map.
        let file = read();
        assert_eq!(file.level.keys().copied().collect::<Vec<_>>(), Level::ALL);
        assert_eq!(file.permission.keys().copied().collect::<Vec<_>>(), Permission::ALL);
        assert_eq!(file.check.keys().copied().collect::<Vec<_>>(), Check::ALL);
        for (from, to) in [
            ("[permission.camera]", "[permission.kamera]"),
            ("[check.screen-lock]", "[check.screen-locks]"),
            ("\nlook.android = ", "\nlook.androyd = "),
            ("\nfix.samsung = ", "\nfix.sumsang = "),
            ("\nlimits = ", "\nlimit = "),
        ] {
            assert!(TEXT.contains(from), "{from}");
            assert!(toml::from_str::<File>(&TEXT.replacen(from, to, 1)).is_err(), "{to}");
        }
    }

    #[test]
    fn both_languages_are_there_and_well_set() {
        let file = read();
        for (place, text) in texts(&file) {
            assert!(text.is_complete(), "{place}");
            assert_ne!(text.en, text.fr, "{place}: not translated");
            for (language, one) in [("en", &text.en), ("fr", &text.fr)] {
                assert_eq!(one.trim(), one, "{place}.{language}");
                assert!(
                    !one.contains(['\'', '"', '\n', '\t']),
                    "{place}.{language}: straight quote or break in {one:?}"
                );
                assert!(!one.contains("  "), "{place}.{language}: two spaces in {one:?}");
                assert!(!one.contains(" >>") && !one.ends_with('>'), "{place}.{language}: {one:?}");
            }
            for mark in [" :", " !", " ?", " ;", "« ", " »"] {
                assert!(!text.fr.contains(mark), "{place}: breaking space in {:?}", text.fr);
            }
            let colons = text.fr.matches(':').count();
            assert_eq!(colons, text.fr.matches("\u{a0}:").count(), "{place}: no space before a colon in {:?}", text.fr);
            assert!(!text.en.contains('\u{a0}'), "{place}: no-break space in {:?}", text.en);
            assert_eq!(text.en.contains("{app}"), text.fr.contains("{app}"), "{place}: {text:?}");
            assert_eq!(text.en.matches('{').count(), text.en.matches("{app}").count(), "{place}: {:?}", text.en);
            assert_eq!(text.fr.matches('{').count(), text.fr.matches("{app}").count(), "{place}: {:?}", text.fr);
            assert!(place.starts_with("permission.") || !text.en.contains("{app}"), "{place}: `{{app}}`");
            let steps = place.contains(".look.") || place.contains(".fix.");
            assert_eq!(
                text.en.ends_with('.'),
                !steps,
                "{place}: sentences end with a full stop, menus do not: {:?}",
                text.en
            );
            assert_eq!(text.en.ends_with('.'), text.fr.ends_with('.'), "{place}: {text:?}");
            if steps {
                assert_eq!(text.en.matches(" > ").count(), text.fr.matches(" > ").count(), "{place}: {text:?}");
                assert_eq!(
                    text.en.matches(": off").count(),
                    text.fr.matches("\u{a0}: désactivé").count(),
                    "{place}: {text:?}"
                );
            } else {
                assert!(text.en.chars().count() <= 240 && text.fr.chars().count() <= 300, "{place}: too long");
            }
        }
    }

    #[test]
    fn menus_have_the_names_of_their_platform() {
        let file = read();
        for (place, text) in texts(&file) {
            if place.ends_with(".ios") {
                assert!(!text.fr.contains("Paramètres >"), "{place}: {:?}", text.fr);
                assert_eq!(text.en.contains("Settings >"), text.fr.contains("Réglages >"), "{place}: {text:?}");
            } else if place.contains(".look.") || place.contains(".fix.") {
                assert!(!text.fr.contains("Réglages >"), "{place}: {:?}", text.fr);
                assert_eq!(text.en.contains("Settings >"), text.fr.contains("Paramètres >"), "{place}: {text:?}");
            }
        }
    }

    #[test]
    fn whatever_a_platform_has_can_be_seen_by_hand() {
        for word in Permission::ALL {
            for platform in Platform::ALL {
                let look = permission(*word).look.of(*platform, None);
                assert_eq!(look.is_some(), describe(*word).exists_on(*platform), "{word}: look on {platform}");
            }
            let guidance = permission(*word);
            assert!(guidance.fix.android.is_none() && guidance.fix.ios.is_none(), "{word}: said in permissions.toml");
        }
        for word in Check::ALL {
            for platform in Platform::ALL {
                let exists = *describe_check(*word).readable.of(*platform) != Readable::Absent;
                assert_eq!(check(*word).look.of(*platform, None).is_some(), exists, "{word}: look on {platform}");
                let excepted = NOTHING_TO_PRESS.iter().any(|(check, on, _)| (check, on) == (word, platform));
                let fix = check(*word).fix.of(*platform, None);
                assert_eq!(fix.is_some(), exists && !excepted, "{word}: fix on {platform}");
            }
        }
    }

    #[test]
    fn a_vendor_says_only_what_differs() {
        let file = read();
        let permissions =
            file.permission.iter().map(|(word, guidance)| (word.word(), guidance, &describe(*word).fix.android));
        let checks = file.check.iter().map(|(word, guidance)| (word.word(), guidance, &guidance.fix.android));
        for (word, guidance, common_fix) in permissions.chain(checks) {
            for (vendor, text) in &guidance.look.vendors {
                let common = guidance
                    .look
                    .android
                    .as_ref()
                    .unwrap_or_else(|| panic!("{word}: look.{vendor} without a common text"));
                assert!(text.en != common.en && text.fr != common.fr, "{word}: look.{vendor} repeats the common text");
            }
            for (vendor, text) in &guidance.fix.vendors {
                let common =
                    common_fix.as_ref().unwrap_or_else(|| panic!("{word}: fix.{vendor} without a common text"));
                assert!(text.en != common.en && text.fr != common.fr, "{word}: fix.{vendor} repeats the common text");
            }
        }
    }

    #[test]
    fn vendors_are_known_by_their_sister_brands() {
        for (written, vendor) in [
            ("samsung", Some(Vendor::Samsung)),
            ("Xiaomi", Some(Vendor::Xiaomi)),
            ("Redmi", Some(Vendor::Xiaomi)),
            ("POCO", Some(Vendor::Xiaomi)),
            ("HUAWEI", Some(Vendor::Huawei)),
            ("HONOR", Some(Vendor::Huawei)),
            ("OPPO", Some(Vendor::Oppo)),
            ("OnePlus", Some(Vendor::Oppo)),
            ("realme", Some(Vendor::Oppo)),
            (" vivo\n", Some(Vendor::Vivo)),
            ("motorola", Some(Vendor::Motorola)),
            ("Google", None),
            ("Fairphone", None),
            ("", None),
        ] {
            assert_eq!(Vendor::of(written), vendor, "{written:?}");
        }
        for vendor in Vendor::ALL {
            assert_eq!(Vendor::from_word(vendor.word()), Some(*vendor));
            assert_eq!(Vendor::of(vendor.word()), Some(*vendor));
        }
    }

    #[test]
    fn a_vendors_own_text_comes_before_the_common_one() {
        let steps: Steps = toml::from_str(
            "android = { en = \"common\", fr = \"commun\" }\nsamsung = { en = \"own\", fr = \"propre\" }\nios = { en = \"phone\", fr = \"téléphone\" }",
        )
        .unwrap();
        let on = |platform, manufacturer| steps.of(platform, manufacturer).map(|text| text.en.as_str());
        assert_eq!(on(Platform::Android, None), Some("common"));
        assert_eq!(on(Platform::Android, Some("Google")), Some("common"));
        assert_eq!(on(Platform::Android, Some("OPPO")), Some("common"));
        assert_eq!(on(Platform::Android, Some("SAMSUNG")), Some("own"));
        assert_eq!(on(Platform::Ios, Some("samsung")), Some("phone"));
        assert!(!steps.is_empty() && Steps::default().is_empty());
        assert_eq!(Steps::default().of(Platform::Android, Some("samsung")), None);
        // Written again, it reads the same.
        let again: Steps = toml::from_str(&toml::to_string(&steps).unwrap()).unwrap();
        assert_eq!(again, steps);
        let error = toml::from_str::<Steps>("nokia = { en = \"a\", fr = \"b\" }").unwrap_err().to_string();
        assert!(error.contains("`nokia`") && error.contains("motorola"), "{error}");
    }

    #[test]
    fn the_fix_of_a_permission_falls_back_on_the_common_one() {
        let fix = |word, platform, manufacturer| fix_of(word, platform, manufacturer).map(|text| text.en.as_str());
        let common = describe(Permission::UsageAccess).fix.android.as_ref().map(|text| text.en.as_str());
        assert_eq!(fix(Permission::UsageAccess, Platform::Android, None), common);
        assert_eq!(fix(Permission::UsageAccess, Platform::Android, Some("Google")), common);
        assert_eq!(
            fix(Permission::UsageAccess, Platform::Android, Some("samsung")),
            Some("Settings > Apps > ⋮ > Special access > Usage data access > {app}: off")
        );
        assert_eq!(fix(Permission::UsageAccess, Platform::Ios, None), None);
        for word in Permission::ALL {
            for platform in Platform::ALL {
                for maker in [None, Some("samsung"), Some("Redmi"), Some("HONOR"), Some("realme"), Some("vivo")] {
                    let found = fix_of(*word, *platform, maker);
                    assert_eq!(
                        found.is_some(),
                        describe(*word).exists_on(*platform),
                        "{word} on {platform}, {maker:?}"
                    );
                }
            }
        }
        assert!(level(Level::Always).is_complete());
    }

    /// How long parsing takes, for the comment above: `cargo test --lib guidance -- --ignored --nocapture`.
    #[test]
    #[ignore = "a measurement"]
    fn parsing_takes_a_few_milliseconds() {
        let start = std::time::Instant::now();
        let file = read();
        eprintln!("{} bytes in {:?}", TEXT.len(), start.elapsed());
        assert_eq!(file.check.len(), Check::ALL.len());
    }
}
