//! What each permission is on each platform, in words and in numbers: names, weight, levels, Android permissions and app-ops,
//! where a person changes it. Also the names of levels and of checks.
//!
//! The data stands in `permissions.toml` beside this file, compiled into the program and parsed once, on first use. The words are
//! those of [`super::words`]; a test holds the two together in both directions.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::words::{Check, Level, Permission, Platform};
use crate::text::Text;

/// One value for each platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerPlatform<T> {
    /// The value for Android.
    pub android: T,
    /// The value for iOS and iPadOS.
    pub ios: T,
}

impl<T> PerPlatform<T> {
    /// The value for a platform.
    pub fn of(&self, platform: Platform) -> &T {
        match platform {
            Platform::Android => &self.android,
            Platform::Ios => &self.ios,
        }
    }
}

/// How an app comes to hold an Android permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AndroidKind {
    /// The person is asked while the app runs (AOSP protection level `dangerous`).
    Runtime,
    /// Granted at installation, nobody is asked (`normal`).
    Install,
    /// An app-op switch under "Special app access" (`appop`).
    Special,
    /// Asked by a service that the app declares, and that the person switches on in Settings (`BIND_…`).
    Service,
}

/// One Android permission behind a permission of the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AndroidPermission {
    /// The full name, as `android.permission.CAMERA`; a last `*` stands for a family (`android.permission.health.*`).
    pub name: String,
    /// The API level that added it.
    pub from: u32,
    /// The highest target SDK of an app for which it still opens anything; `None` = no end.
    #[serde(default)]
    pub until: Option<u32>,
    /// How an app comes to hold it.
    pub kind: AndroidKind,
}

/// What stands behind a permission on Android. Empty when Android has no such thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Android {
    /// Android permissions, most telling first.
    #[serde(default)]
    pub permissions: Vec<AndroidPermission>,
    /// App-op names as `dumpsys appops` prints them. Names and not numbers: vendors renumber.
    #[serde(default)]
    pub app_ops: Vec<String>,
    /// The first API level on which there is such a thing in any form; before it, a rule is not applicable.
    #[serde(default)]
    pub since: Option<u32>,
    /// The first API level on which an app without a grant cannot do it. Before, apps can without any (the permission is
    /// newer than the thing), so that a missing grant says nothing and a rule is not assessed.
    #[serde(default)]
    pub settled_from: Option<u32>,
}

impl Android {
    /// Whether a phone of this API level has such a thing in any form.
    pub fn exists_at(&self, api: u32) -> bool {
        self.since.is_none_or(|since| api >= since)
    }

    /// Whether an app without a grant cannot do it, on a phone of this API level; where the level is not known, only if
    /// that holds on every one.
    pub fn is_settled_at(&self, api: Option<u32>) -> bool {
        self.settled_from.is_none_or(|from| api.is_some_and(|api| api >= from))
    }
}

/// How to change a permission by hand; `{app}` stands for the name of the app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// On Android; `None` when Android has no such thing.
    #[serde(default)]
    pub android: Option<Text>,
    /// On iOS; `None` when iOS has no such thing.
    #[serde(default)]
    pub ios: Option<Text>,
}

impl Fix {
    /// The text for a platform.
    pub fn of(&self, platform: Platform) -> Option<&Text> {
        match platform {
            Platform::Android => self.android.as_ref(),
            Platform::Ios => self.ios.as_ref(),
        }
    }
}

/// What a permission is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Its names.
    pub name: Text,
    /// Its suggested share of an exposure index, 1 (little) to 5 (much). Ours, not a standard.
    pub weight: u8,
    /// The levels it can have, lowest first.
    pub levels: Vec<Level>,
    /// Names of levels that mean something particular here (`limited` location is "Approximate").
    #[serde(default)]
    pub level_names: BTreeMap<Level, Text>,
    /// Whether the platform has such a thing at all; where it has none, a rule is not applicable.
    pub on: PerPlatform<bool>,
    /// Whether evidence from the platform can show it; where it cannot, a rule is not assessed. `None` = yes wherever it exists.
    #[serde(default)]
    observable: Option<PerPlatform<bool>>,
    /// What stands behind it on Android.
    #[serde(default)]
    pub android: Android,
    /// Where an iOS backup keeps it.
    #[serde(default)]
    pub ios: Option<String>,
    /// How to change it by hand.
    #[serde(default)]
    pub fix: Fix,
}

impl Description {
    /// Whether the platform has such a thing at all.
    pub fn exists_on(&self, platform: Platform) -> bool {
        *self.on.of(platform)
    }

    /// Whether the platform has it and evidence can show it.
    pub fn is_observable_on(&self, platform: Platform) -> bool {
        self.exists_on(platform) && self.observable.as_ref().is_none_or(|observable| *observable.of(platform))
    }

    /// The name of a level as it reads for this permission.
    pub fn level_name(&self, level: Level) -> &Text {
        self.level_names.get(&level).unwrap_or_else(|| &describe_level(level).name)
    }
}

/// What a level is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelDescription {
    /// Its names.
    pub name: Text,
    /// What it means.
    pub meaning: Text,
}

/// How well a check can be read on a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readable {
    /// The evidence tells.
    Automatic,
    /// The evidence tells in some cases, or in part.
    Partly,
    /// Only a person can look.
    Manual,
    /// The platform has no such thing.
    Absent,
}

/// The kind of value a check has, and so what a profile may compare it with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "WrittenValue")]
pub enum CheckValue {
    /// `true` or `false`: whether the thing that the check names is on.
    YesNo,
    /// A whole number of days.
    Days,
    /// A whole number of seconds.
    Seconds,
    /// One of these words.
    Words(Vec<String>),
    /// The id of an app: a package name or a bundle id.
    Id,
    /// Not a property of the phone: rules on apps cover it, and a `device` rule cannot ask for it.
    None,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenValue {
    Kind(WrittenKind),
    Words(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenKind {
    YesNo,
    Days,
    Seconds,
    Id,
    None,
}

impl From<WrittenValue> for CheckValue {
    fn from(written: WrittenValue) -> CheckValue {
        match written {
            WrittenValue::Kind(WrittenKind::YesNo) => CheckValue::YesNo,
            WrittenValue::Kind(WrittenKind::Days) => CheckValue::Days,
            WrittenValue::Kind(WrittenKind::Seconds) => CheckValue::Seconds,
            WrittenValue::Kind(WrittenKind::Id) => CheckValue::Id,
            WrittenValue::Kind(WrittenKind::None) => CheckValue::None,
            WrittenValue::Words(words) => CheckValue::Words(words),
        }
    }
}

/// What a check is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckDescription {
    /// Its names.
    pub name: Text,
    /// The kind of value it has.
    pub value: CheckValue,
    /// How well each platform lets it be read.
    pub readable: PerPlatform<Readable>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    level: BTreeMap<Level, LevelDescription>,
    permission: BTreeMap<Permission, Description>,
    presence: Fix,
    check: BTreeMap<Check, CheckDescription>,
}

const TEXT: &str = include_str!("permissions.toml");

/// The file, read once. It is part of the program and a test reads it whole; were it ever damaged, everything would be nameless
/// rather than the program stopped.
fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| {
        toml::from_str(TEXT).unwrap_or_else(|_| File {
            level: BTreeMap::new(),
            permission: BTreeMap::new(),
            presence: Fix::default(),
            check: BTreeMap::new(),
        })
    })
}

/// What a permission is.
pub fn describe(permission: Permission) -> &'static Description {
    static NAMELESS: OnceLock<Description> = OnceLock::new();
    file().permission.get(&permission).unwrap_or_else(|| {
        NAMELESS.get_or_init(|| Description {
            name: Text::default(),
            weight: 0,
            levels: Vec::new(),
            level_names: BTreeMap::new(),
            on: PerPlatform { android: true, ios: true },
            observable: None,
            android: Android::default(),
            ios: None,
            fix: Fix::default(),
        })
    })
}

/// What a level is.
pub fn describe_level(level: Level) -> &'static LevelDescription {
    static NAMELESS: LevelDescription = LevelDescription {
        name: Text { en: String::new(), fr: String::new() },
        meaning: Text { en: String::new(), fr: String::new() },
    };
    file().level.get(&level).unwrap_or(&NAMELESS)
}

/// What a check is.
pub fn describe_check(check: Check) -> &'static CheckDescription {
    static NAMELESS: CheckDescription = CheckDescription {
        name: Text { en: String::new(), fr: String::new() },
        value: CheckValue::None,
        readable: PerPlatform { android: Readable::Manual, ios: Readable::Manual },
    };
    file().check.get(&check).unwrap_or(&NAMELESS)
}

/// How to take an app off a phone by hand; `{app}` stands for its name.
pub fn describe_removal() -> &'static Fix {
    &file().presence
}

/// The level of a word; profiles may write `allowed` for `always`.
pub fn level_from_word(word: &str) -> Option<Level> {
    if word == "allowed" { Some(Level::Always) } else { Level::from_word(word) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_and_data_agree_in_both_directions() {
        // An unknown word in the file fails to parse; a word of an enum without an entry is missing from the map.
        let file: File = toml::from_str(TEXT).unwrap();
        assert_eq!(file.level.keys().copied().collect::<Vec<_>>(), Level::ALL);
        assert_eq!(file.permission.keys().copied().collect::<Vec<_>>(), Permission::ALL);
        assert_eq!(file.check.keys().copied().collect::<Vec<_>>(), Check::ALL);
        assert!(toml::from_str::<File>(&TEXT.replace("[permission.camera]", "[permission.kamera]")).is_err());
    }

    #[test]
    fn both_languages_are_there() {
        let file: File = toml::from_str(TEXT).unwrap();
        let mut texts: Vec<(String, &Text)> = Vec::new();
        for (level, description) in &file.level {
            texts.push((level.to_string(), &description.name));
            texts.push((level.to_string(), &description.meaning));
        }
        for (permission, description) in &file.permission {
            texts.push((permission.to_string(), &description.name));
            texts.extend(description.level_names.values().map(|name| (permission.to_string(), name)));
            texts.extend(
                Platform::ALL.iter().filter_map(|on| description.fix.of(*on)).map(|fix| (permission.to_string(), fix)),
            );
        }
        for (check, description) in &file.check {
            texts.push((check.to_string(), &description.name));
        }
        texts.extend(
            Platform::ALL.iter().filter_map(|on| file.presence.of(*on)).map(|fix| ("presence".to_string(), fix)),
        );
        for (word, text) in texts {
            assert!(text.is_complete(), "{word}: {text:?}");
            assert!(!text.fr.contains('\''), "{word}: straight apostrophe in {:?}", text.fr);
            for mark in [" :", " !", " ?"] {
                assert!(!text.fr.contains(mark), "{word}: breaking space in {:?}", text.fr);
            }
            assert_eq!(text.en.contains("{app}"), text.fr.contains("{app}"), "{word}: {text:?}");
        }
        assert!(file.presence.android.is_some() && file.presence.ios.is_some());
    }

    #[test]
    fn every_description_is_whole() {
        let mut names = BTreeSet::new();
        for permission in Permission::ALL {
            let description = describe(*permission);
            assert!((1..=5).contains(&description.weight), "{permission}");
            assert!(names.insert(&description.name), "{permission}: name taken");
            assert!(description.levels.is_sorted() && description.levels.len() >= 2, "{permission}");
            assert!(
                description.levels.contains(&Level::None) && description.levels.contains(&Level::Always),
                "{permission}"
            );
            assert!(description.level_names.keys().all(|level| description.levels.contains(level)), "{permission}");
            for platform in Platform::ALL {
                let exists = description.exists_on(*platform);
                assert_eq!(description.fix.of(*platform).is_some(), exists, "{permission}: fix on {platform}");
            }
            assert!(description.exists_on(Platform::Android) || description.exists_on(Platform::Ios), "{permission}");
            assert_eq!(description.ios.is_some(), description.exists_on(Platform::Ios), "{permission}: ios");
            let behind = &description.android;
            if !description.exists_on(Platform::Android) {
                assert_eq!(behind, &Android::default(), "{permission}");
            }
            for known in &behind.permissions {
                assert!(known.name.contains(".permission."), "{permission}: {}", known.name);
                assert!(
                    (1..=37).contains(&known.from) && known.until.is_none_or(|until| until >= known.from),
                    "{}",
                    known.name
                );
            }
            for op in &behind.app_ops {
                assert!(op.chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{permission}: {op}");
            }
        }
    }

    #[test]
    fn levels_and_platforms_are_those_of_the_platforms() {
        assert_eq!(
            describe(Permission::Camera).levels,
            [Level::Denied, Level::None, Level::Ask, Level::WhileInUse, Level::Always]
        );
        assert!(!describe(Permission::Contacts).levels.contains(&Level::WhileInUse));
        assert!(!describe(Permission::Sms).exists_on(Platform::Ios));
        assert!(!describe(Permission::Siri).exists_on(Platform::Android));
        assert!(describe(Permission::Tracking).exists_on(Platform::Android));
        assert!(!describe(Permission::Tracking).is_observable_on(Platform::Android));
        assert!(describe(Permission::Tracking).is_observable_on(Platform::Ios));
        assert_eq!(describe(Permission::LocationPrecise).level_name(Level::Limited).fr, "Approximative");
        assert_eq!(describe(Permission::Location).level_name(Level::Always).fr, "Toujours");
        assert_eq!(describe_check(Check::OsUpdates).value, CheckValue::Days);
        assert_eq!(describe_check(Check::DefaultSms).value, CheckValue::Id);
        assert_eq!(
            describe_check(Check::LockNotifications).value,
            CheckValue::Words(vec!["hidden".into(), "shown".into()])
        );
        assert_eq!(describe_check(Check::BackupEncrypted).readable.android, Readable::Absent);
        assert_eq!(level_from_word("allowed"), Some(Level::Always));
        assert_eq!(level_from_word("sometimes"), None);
        assert!(describe_removal().android.as_ref().is_some_and(|text| text.en.contains("{app}")));
    }
}
