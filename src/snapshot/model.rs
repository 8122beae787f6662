//! The Snapshot: one phone at one time as plain data, `poucet.snapshot/1`.
//!
//! It knows nothing of the machine it was taken on, and holds no clock but the phone's, with by how much that one was wrong. A reader who has only this can
//! audit it again with another profile years later. Maps are sorted, so that the same evidence gives the same bytes.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::part::Part;
use super::rows::Rows;
use crate::catalog::OwnCatalog;
use crate::evidence::Reason;
use crate::vocabulary::words::{
    AppSource, BecauseCode, Check, ClockWitness, DecidedBy, Inert, Level, Permission, Platform, Presence, State, Trace,
    Usage, UserKind,
};

/// The value of `schema` in every snapshot of this form.
pub const SCHEMA: &str = "poucet.snapshot/1";

/// The `area` of the gap that says: the list of installed apps is not whole.
pub const APP_LIST: &str = "apps";
/// The detail of such a gap, in place of the evidence's name: `dumpsys package` was asked for single packages only.
pub const SINGLE_PACKAGES: &str = "single-packages";

/// One phone at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// `poucet.snapshot/1`.
    pub schema: String,
    /// What wrote the snapshot.
    pub tool: Tool,
    /// When the evidence was taken, by the phone's clock or by the collecting tool's. RFC 3339; without an offset when
    /// the phone's time zone is not known.
    pub taken_at: Option<String>,
    /// By how much the phone's clock was wrong; absent where it was right, or nothing tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockError>,
    /// The parts of the phone that could not be read whole; empty for a whole reading. Half a reading is no reading to compare with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<Part>,
    /// The kind of place that the evidence came from.
    pub source: SourceName,
    /// The phone.
    pub device: Device,
    /// Its users and profiles.
    #[serde(deserialize_with = "at_most::<_, _, 2_000>")]
    pub users: Vec<User>,
    /// Apps of the catalogue, holders of a special access, and with `--all-apps` every app.
    #[serde(deserialize_with = "at_most::<_, _, 50_000>")]
    pub apps: Vec<App>,
    /// How many further apps are installed for each user; they are not named.
    #[serde(deserialize_with = "super::read::once")]
    pub other_apps: BTreeMap<u32, u64>,
    /// The files of an organization whose apps are named too, where there were some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_catalogs: Vec<OwnCatalog>,
    /// Rows of permissions whose owner is no installed app (iOS): counted, and never an access of an app.
    #[serde(default, skip_serializing_if = "OtherClients::is_empty")]
    pub other_clients: OtherClients,
    /// Settings of the phone, by check.
    #[serde(deserialize_with = "super::read::once")]
    pub settings: BTreeMap<Check, Setting>,
    /// The phone's main switches.
    pub switches: Switches,
    /// Who manages the phone.
    pub management: Management,
    /// Configuration profiles (iOS).
    #[serde(deserialize_with = "at_most::<_, _, 2_000>")]
    pub config_profiles: Vec<ConfigProfile>,
    /// What the phone's own App Privacy Report says the apps did (iOS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_report: Option<PrivacyReport>,
    /// What the visit itself switched on or left behind.
    #[serde(deserialize_with = "at_most::<_, _, 1_000>")]
    pub footprint: Vec<Footprint>,
    /// What could not be read, and why.
    #[serde(deserialize_with = "at_most::<_, _, 50_000>")]
    pub gaps: Vec<Gap>,
    /// What was read.
    #[serde(deserialize_with = "at_most::<_, _, 20_000>")]
    pub read: Vec<ReadItem>,
}

/// A list of at most so many entries: what is longer is no phone's, and would take many times its length in memory.
fn at_most<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct List<T, const MOST: usize>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for List<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(formatter, "a list of at most {MOST} entries")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(entry) = entries.next_element()? {
                if list.len() >= MOST {
                    return Err(A::Error::invalid_length(MOST + 1, &self));
                }
                list.push(entry);
            }
            Ok(list)
        }
    }
    deserializer.deserialize_seq(List::<T, MOST>(PhantomData))
}

impl Snapshot {
    /// The same reading without the names that somebody gave to folders and files, after a person perhaps: for what is kept or given on.
    #[must_use]
    pub fn without_names(&self) -> Snapshot {
        let mut snapshot = self.clone();
        snapshot.source.name = None;
        // The files of an iOS backup have the names that Apple gave them.
        if self.device.platform == Platform::Android {
            for item in snapshot.read.iter_mut().filter(|item| item.file.is_some()) {
                (item.file, item.file_line) = (None, None);
                item.origin.clone_from(&item.source);
            }
        }
        snapshot
    }

    /// When the evidence was taken, by the best clock there is: what the phone's own said, without the error that was seen of it. A
    /// time without an offset is taken for UTC.
    pub fn moment(&self) -> Option<jiff::Timestamp> {
        let text = self.taken_at.as_deref()?;
        let local = || jiff::tz::TimeZone::UTC.to_timestamp(text.parse().ok()?).ok();
        let said = text.parse::<jiff::Timestamp>().ok().or_else(local)?;
        let ahead = self.clock.map_or(0, |clock| clock.ahead);
        said.checked_sub(jiff::SignedDuration::from_secs(ahead)).ok()
    }
}

/// Name and version of the program that wrote a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `poucet`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This program.
    pub fn this() -> Tool {
        Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// By how much a phone's clock was wrong when it was read. Dated last uses are doubtful then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockError {
    /// So many seconds was it ahead; behind, where negative.
    pub ahead: i64,
    /// What tells.
    pub by: ClockWitness,
}

/// Where a snapshot came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceName {
    /// `adb`, `usb`, `tcp`, `bugreport`, `androidqf`, `bundle`, `files`, `ios-backup`, …
    pub kind: String,
    /// For a bundle, by which of these it was collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<String>,
    /// The file's or folder's own name, without its path. Absent for a phone, whose name would be its serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What the phone is. No serial number, no name that a person gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// Its operating system.
    pub platform: Platform,
    /// Maker, as the system image tells.
    pub manufacturer: Option<String>,
    /// Model, as the system image tells.
    pub model: Option<String>,
    /// Version of the operating system, such as `14`.
    pub os_version: Option<String>,
    /// Android API level, such as 34.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_level: Option<u32>,
    /// Build id.
    pub build: Option<String>,
    /// Date of the security patch, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch_level: Option<String>,
    /// IANA name of the phone's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// A keyed hash of the serial number: the same phone at the same desk has the same id. With `--show-serial`, the
    /// serial number itself, marked `serial:`.
    pub id: Option<String>,
}

impl Device {
    /// The name of its system as its maker calls it.
    pub fn system(&self) -> &'static str {
        self.platform.system(self.model.as_deref(), self.os_version.as_deref())
    }
}

impl Platform {
    /// The name of a device's system as its maker calls it, by its model (`iPad13,4`, or `Apple iPad13,4`) and version: an iPad has
    /// iPadOS since version 13.
    pub fn system(self, model: Option<&str>, version: Option<&str>) -> &'static str {
        let is_ipad = || model.is_some_and(|model| model.split(' ').any(|word| word.starts_with("iPad")));
        let major = || version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        match self {
            Platform::Android => "Android",
            Platform::Ios if is_ipad() && major().is_none_or(|major| major >= 13) => "iPadOS",
            Platform::Ios => "iOS",
        }
    }
}

/// A user or profile of the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// Its number.
    pub id: u32,
    /// What it is.
    pub kind: UserKind,
}

/// An app as one user has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct App {
    /// Package name or bundle id.
    pub id: String,
    /// The catalogue's word for the app, where it is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// The catalogue's name of the app. The phone's own label is never used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The user of the phone.
    pub user: u32,
    /// How much of it is there.
    pub presence: Presence,
    /// Version as the app words it.
    pub version: Option<String>,
    /// Package name of the installer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installer: Option<String>,
    /// What kind of place it came from.
    pub source: AppSource,
    /// First installation for this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_at: Option<String>,
    /// Last update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Part of the system image.
    pub system: bool,
    /// Not switched off.
    pub enabled: bool,
    /// Greyed out: paused profile, digital wellbeing, quarantine.
    pub suspended: bool,
    /// Force-stopped or never opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<bool>,
    /// The Android API level it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_sdk: Option<u32>,
    /// Rows that show the app and where it came from.
    pub evidence: Rows,
    /// What it may touch. Permissions that it does not declare are left out.
    pub grants: Vec<Grant>,
}

/// Effective access of one app to one thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Grant {
    /// What.
    pub permission: Permission,
    /// How much.
    pub level: Level,
    /// Why it can do nothing for now, though the level stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inert: Option<Inert>,
    /// What produced the level.
    pub state: State,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// The last time the app used it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<LastUse>,
    /// When the grant last changed, where the platform tells (iOS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<String>,
    /// The reason, as a code with its particulars; reports word it in the reader's language.
    pub because: Because,
    /// The raw rows it rests on.
    pub evidence: Rows,
}

/// A use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastUse {
    /// When: RFC 3339, without an offset when the phone's time zone is not known. Absent where the phone told only how long
    /// ago it was, and no clock says when that was counted from. Beside `now`, the latest time that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// How many seconds before the evidence was taken, where `taken_at` of the snapshot is not known and the phone told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ago: Option<i64>,
    /// In use at the moment that the evidence was taken: later than any time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub now: bool,
    /// Whether the app was on the screen.
    pub how: Usage,
    /// The phone's clock was wrong: a time in the future, or before 2008.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
}

impl LastUse {
    /// A use at a time.
    pub fn at(at: String, how: Usage, doubtful: bool) -> LastUse {
        LastUse { at: Some(at), ago: None, now: false, how, doubtful }
    }

    /// How it was used, as one word that tells a use of this moment from an earlier one: `foreground`, `background`,
    /// `unknown`; `now-foreground`, `now-background`, `now`.
    pub fn word(&self) -> &'static str {
        match (self.now, self.how) {
            (true, Usage::Foreground) => "now-foreground",
            (true, Usage::Background) => "now-background",
            (true, Usage::Unknown) => "now",
            (false, how) => how.word(),
        }
    }

    /// What makes a use the later one of two of the same phone: going on now, before a time that is not in doubt, before
    /// the later time.
    pub fn recency(&self) -> impl Ord + '_ {
        (self.now, !self.doubtful, self.at.as_deref(), std::cmp::Reverse(self.ago.unwrap_or(i64::MAX)))
    }

    /// How many whole days before the day that the evidence was taken; `None` where nothing tells.
    pub fn days_before(&self, taken: Option<jiff::civil::Date>) -> Option<i64> {
        const DAY: i64 = 86_400;
        if self.now {
            return Some(0);
        }
        let day = self.at.as_deref().and_then(|at| at.get(..10)?.parse::<jiff::civil::Date>().ok());
        match (taken, day) {
            (Some(taken), Some(day)) => taken.since(day).ok().map(|span| i64::from(span.get_days())),
            _ => self.ago.map(|seconds| seconds.max(0) / DAY),
        }
    }
}

/// A reason in the form of a code with its particulars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Because {
    /// Which sentence.
    pub code: BecauseCode,
    /// The platform permission or the op it turns on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The value found: an op's mode, a flag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Because {
    /// A reason without particulars.
    pub fn new(code: BecauseCode) -> Because {
        Because { code, subject: None, value: None }
    }

    /// The same reason about a platform permission or op.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Because {
        self.subject = Some(subject.into());
        self
    }

    /// The same reason with the value found.
    #[must_use]
    pub fn with(mut self, value: impl Into<String>) -> Because {
        self.value = Some(value.into());
        self
    }
}

/// A value of the phone's configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// The raw rows it rests on.
    pub evidence: Rows,
}

/// Yes or no, a whole number, or a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number; the check tells the unit (days, seconds, a count).
    Int(i64),
    /// A word.
    Text(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Bool(value) => value.fmt(formatter),
            Value::Int(value) => value.fmt(formatter),
            Value::Text(value) => value.fmt(formatter),
        }
    }
}

/// The main switches; absent when they could not be read or the platform has none. `true` is on: apps may use it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Switches {
    /// Location services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<bool>,
    /// Camera access (Android 12 and later).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<bool>,
    /// Microphone access (Android 12 and later).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub microphone: Option<bool>,
}

/// Who manages the phone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Management {
    /// Package of the device owner: the whole phone is managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_owner: Option<String>,
    /// Packages that own a profile. A Secure Folder has one and is no work profile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profile_owners: Vec<ProfileOwner>,
    /// Packages that are active device administrators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub admins: Vec<ProfileOwner>,
    /// Whether the phone is supervised (iOS), by device management or by Apple Configurator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervised: Option<bool>,
    /// Enrolment in device management (iOS); absent when there is none or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mdm: Option<Mdm>,
    /// Name of the organization that set the phone up (iOS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// Enrolment in device management (iOS).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mdm {
    /// Host name of the server; its address may hold a token and is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// What the server may do: the bits of `AccessRights` (Apple, "Mobile Device Management Protocol Reference").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_rights: Option<i64>,
    /// Enrolled for a person's own phone (User Enrollment).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_enrollment: Option<bool>,
    /// The configuration profile that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

/// A package with a power over one user of the phone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ProfileOwner {
    /// The user.
    pub user: u32,
    /// The package.
    pub package: String,
}

/// A configuration profile (iOS).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigProfile {
    /// Its identifier.
    pub id: String,
    /// Its name, as its author wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its organization, as its author wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Not shown in Settings; carriers ship such profiles.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Whether the person may remove it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removable: Option<bool>,
    /// Installed by device management.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_mdm: Option<bool>,
    /// When it was installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_at: Option<String>,
    /// The types of its payloads, such as `com.apple.vpn.managed`, sorted; their contents are not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payloads: Vec<String>,
}

/// Rows of permissions whose owner is no installed app (iOS).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OtherClients {
    /// Of the system: paths, daemons, Apple's own identifiers without an app.
    pub system: u64,
    /// Of extensions, widgets and watch apps of installed apps.
    pub extensions: u64,
    /// Of apps that are installed no longer, or came with a transfer from an older phone.
    pub removed: u64,
}

impl OtherClients {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == OtherClients::default()
    }
}

/// What an App Privacy Report says: what apps did in about seven days before it was exported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrivacyReport {
    /// The first moment that it tells of. RFC 3339, with the offset that the phone wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last moment that it tells of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Apps that a snapshot may name, sorted by id.
    pub apps: Vec<AppActivity>,
    /// How many further apps it speaks of; they are not named.
    pub other_apps: u64,
    /// How many lines were read.
    pub lines: u64,
    /// How many of them were not understood.
    pub not_understood: u64,
}

/// What one app did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AppActivity {
    /// Bundle id.
    pub id: String,
    /// What it used, sorted by category.
    pub uses: Vec<ObservedUse>,
    /// How many different domains it contacted by itself.
    pub domains: u64,
    /// How many of them are no names but IP addresses.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub addresses: u64,
    /// How often.
    pub hits: u64,
    /// How many domains were contacted from web pages shown in the app, or not plainly by the app itself; what they are may be the
    /// person's browsing and is not kept.
    pub browsed_domains: u64,
    /// The domains that it contacted by itself, the most contacted first.
    pub contacted: Vec<Domain>,
}

/// How often an app used one thing, and when it last did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObservedUse {
    /// The report's own word, such as `photos`.
    pub category: String,
    /// The permission that it stands for, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// How many uses; those through a picker of the system do not count.
    pub count: u64,
    /// When the last one was; without a use, the last time that the person picked.
    pub last: String,
    /// How many went through a picker of the system, where the app sees only what the person picks.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub through_picker: u64,
}

/// A domain that an app contacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Domain {
    /// Its name.
    pub domain: String,
    /// How often.
    pub hits: u64,
    /// The last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// The report marks it as one that may collect across apps and websites.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tracker: bool,
    /// Who owns it, where the report says so: a domain that collects across apps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Something that the visit switched on or left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Footprint {
    /// What.
    pub trace: Trace,
    /// A number that goes with it (trusted computers).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The raw rows it rests on.
    pub evidence: Rows,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// What: the name of an evidence such as `dumpsys appops`, a permission, or a check.
    pub area: String,
    /// The user of the phone it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<u32>,
    /// The app it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// `refused`, `absent`, `timed-out`, `truncated`, `unproven`, `unreadable`, `not-known`, `not-supported`, `encrypted-only`, `no-password`.
    pub reason: String,
    /// How many were read, where it can be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<u64>,
    /// Of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// The words of the phone or of the system, one line, or empty.
    pub detail: String,
}

impl Gap {
    /// Nothing is known of an area, on the whole phone.
    pub fn new(area: &str, reason: Reason, detail: impl Into<String>) -> Gap {
        let (area, reason) = (area.to_owned(), reason.word().to_owned());
        Gap { area, user: None, app: None, reason, read: None, of: None, detail: detail.into() }
    }

    /// The same of one user, of one app, or of one app of a user.
    #[must_use]
    pub fn about(self, user: Option<u32>, app: Option<String>) -> Gap {
        Gap { user, app, ..self }
    }

    /// The same where so many were read of so many.
    #[must_use]
    pub fn counted(self, read: Option<u64>, of: Option<u64>) -> Gap {
        Gap { read, of, ..self }
    }
}

/// One thing that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadItem {
    /// The name of the evidence.
    pub source: String,
    /// The command that was run, or the file and line it stands in.
    pub origin: String,
    /// The file of the evidence that holds it, where it is one file; absent for what a phone was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of that file with which it begins, where it is not the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_line: Option<u64>,
    /// How many lines.
    pub lines: u64,
    /// How many bytes of text.
    pub bytes: u64,
}
