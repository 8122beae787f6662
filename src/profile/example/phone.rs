//! An invented phone, and what can be seen of one.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{App as Listed, glob};
use crate::snapshot::Value;
use crate::vocabulary::permissions::{CheckValue, Readable, describe, describe_check};
use crate::vocabulary::{AppSource, Check, Inert, Level, Permission, Platform, Presence, Verdict};

/// An invented phone, and what the profile should say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The kebab-case word it is called by.
    pub name: String,
    /// The phone's system.
    pub platform: Platform,
    /// What the person said of who owns the phone: `institution` or `personal`; `None` when nobody said.
    pub ownership: Option<&'static str>,
    /// The phone was on a cable, so that the visit itself may have left traces.
    pub live: bool,
    /// The apps that the phone tells of, sorted by id.
    pub apps: Vec<ExampleApp>,
    /// Properties of the phone; those that are not named are not in the evidence.
    pub settings: BTreeMap<Check, Value>,
    /// What could not be read.
    pub unread: BTreeSet<Unread>,
    /// The expected outcome of each rule that the example is about: the worst of the rule's findings.
    pub expect: BTreeMap<String, Verdict>,
}

/// An app of an invented phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleApp {
    /// Package name or bundle id.
    pub id: String,
    /// How much of it is there.
    pub presence: Presence,
    /// Where it came from.
    pub source: AppSource,
    /// Part of the system image.
    pub system: bool,
    /// Why its grants can do nothing for now.
    pub inert: Option<Inert>,
    /// How many days before the visit it last used something.
    pub last_used_days: Option<i64>,
    /// What it may touch. What is not named is not declared on Android, and never asked for on iOS.
    pub grants: BTreeMap<Permission, Level>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// A check, a permission, or [`crate::snapshot::APP_LIST`].
    pub area: String,
    /// The app, when it is about one app alone.
    pub app: Option<String>,
}

/// Whether evidence from the platform can show the permission of an app.
pub(crate) fn can_show(permission: Permission, platform: Platform) -> bool {
    describe(permission).is_observable_on(platform)
}

/// Whether evidence from the platform can show the property of the phone.
pub(crate) fn can_tell(check: Check, platform: Platform) -> bool {
    matches!(describe_check(check).readable.of(platform), Readable::Automatic | Readable::Partly)
}

/// The values that a check can have; of numbers, those around `limits`.
pub(crate) fn values(check: Check, limits: &[i64]) -> Vec<Value> {
    match &describe_check(check).value {
        CheckValue::YesNo => vec![Value::Bool(true), Value::Bool(false)],
        CheckValue::Words(words) => words.iter().cloned().map(Value::Text).collect(),
        CheckValue::Days | CheckValue::Seconds => {
            let around = |limit: &i64| [limit.saturating_sub(1), *limit, limit.saturating_add(1)];
            let near = limits.iter().flat_map(around).chain([0]).filter(|number| *number >= 0);
            near.collect::<BTreeSet<_>>().into_iter().map(Value::Int).collect()
        }
        CheckValue::Id => vec![Value::Text("com.example.one".to_owned()), Value::Text("com.example.two".to_owned())],
        CheckValue::None => Vec::new(),
    }
}

/// Whether an app can be there in this way: iOS has no switch that disables an app.
pub(crate) fn can_be(presence: Presence, platform: Platform) -> bool {
    !(presence == Presence::Disabled && platform == Platform::Ios)
}

/// The id under which an app of the catalogue stands in an example: its first id of the platform; where it has none but patterns,
/// one that fits the first.
pub(crate) fn id_of(app: &Listed, platform: Platform) -> Option<String> {
    let ids = app.ids(platform);
    let plain = ids.iter().find(|known| !glob::is_pattern(&known.id)).or_else(|| ids.first())?;
    Some(plain.id.replace('*', "x"))
}

/// Where apps of a platform usually come from.
pub(crate) fn usual_source(platform: Platform) -> AppSource {
    match platform {
        Platform::Android => AppSource::PlayStore,
        Platform::Ios => AppSource::AppStore,
    }
}
