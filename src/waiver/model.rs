//! A waiver, and what becomes of it, as data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::profile::{Profile, Selection};
use crate::text::Text;
use crate::vocabulary::{Permission, Severity, Verdict};

/// The version of the files that this version of poucet reads: `format = 1`.
pub const FORMAT: i64 = 1;
/// The longest time that a waiver may hold, in days.
pub const LONGEST_DAYS: i64 = 365;
/// How long before its end a waiver is reported, in days.
pub const SOON_DAYS: i64 = 30;

/// A rule of a profile, written `profile/rule`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleName {
    /// The profile's id.
    pub profile: String,
    /// The rule's id.
    pub rule: String,
}

impl std::fmt::Display for RuleName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.profile, self.rule)
    }
}

/// The phones that a waiver is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Devices {
    /// Every phone.
    Any,
    /// The phones with these ids, as reports give them.
    Ids(BTreeSet<String>),
}

impl Devices {
    /// Whether a phone is among them. A phone without an id is none of the named ones. The first twelve characters of an id, which
    /// is what a table shows, stand for it.
    pub fn contains(&self, id: Option<&str>) -> bool {
        match self {
            Devices::Any => true,
            Devices::Ids(ids) => id.is_some_and(|id| {
                ids.contains(id) || id.get(..SHORT_ID).is_some_and(|short| ids.iter().any(|known| known == short))
            }),
        }
    }
}

/// Characters of a phone's id that a table shows.
pub const SHORT_ID: usize = 12;

/// One waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The rule that need not hold.
    pub rule: RuleName,
    /// The phones.
    pub devices: Devices,
    /// The apps; `None` = every app that the rule is about.
    pub apps: Option<Selection>,
    /// The permissions; empty = every permission that the rule is about.
    pub permissions: BTreeSet<Permission>,
    /// Why.
    pub reason: Text,
    /// Who signed.
    pub approver: String,
    /// Where it is written down.
    pub ticket: Option<String>,
    /// The first day.
    pub granted: Date,
    /// The last day.
    pub expires: Date,
    /// Rules that must pass on the same phone for the waiver to hold.
    pub mitigations: Vec<RuleName>,
    /// The file it stands in, as it was named.
    pub file: String,
    /// Its line there, 1-based.
    pub line: usize,
}

impl Waiver {
    /// What a day makes of it, mitigations apart.
    pub fn on(&self, today: Date) -> WaiverState {
        if today > self.expires {
            WaiverState::Expired
        } else if today < self.granted {
            WaiverState::NotYet
        } else if self.days_left(today) <= SOON_DAYS {
            WaiverState::Expiring
        } else {
            WaiverState::Holds
        }
    }

    /// Days until its last day; negative when that is past.
    pub fn days_left(&self, today: Date) -> i64 {
        self.expires.since(today).map_or(0, |span| i64::from(span.get_days()))
    }
}

/// Waivers with the profiles that their mitigations need.
#[derive(Clone, Debug, Default)]
pub struct Waivers {
    /// In the order of the files.
    pub list: Vec<Waiver>,
    /// The profiles whose rules are mitigations, by id.
    pub profiles: BTreeMap<String, Profile>,
}

crate::vocabulary::words::words! {
/// What became of a waiver on a phone.
WaiverState {
    /// It holds.
    Holds => "holds",
    /// It holds, and ends within a month.
    Expiring => "expiring",
    /// It has ended.
    Expired => "expired",
    /// It has not begun.
    NotYet => "not-yet",
    /// A rule that must pass for it to hold does not.
    Unmitigated => "unmitigated",
    /// Nothing fails that it would be needed for.
    Unused => "unused",
}
}

impl WaiverState {
    /// Whether a failure is waived.
    pub fn is_in_force(self) -> bool {
        matches!(self, WaiverState::Holds | WaiverState::Expiring)
    }
}

/// A waiver as a finding shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverNote {
    /// The rule it is about.
    pub rule: RuleName,
    /// What became of it.
    pub state: WaiverState,
    /// Why it was given.
    pub reason: Text,
    /// Who signed.
    pub approver: String,
    /// Where it is written down.
    pub ticket: Option<String>,
    /// Its first day.
    pub granted: Date,
    /// Its last day.
    pub expires: Date,
    /// The rules that must pass, with their outcome on this phone.
    pub mitigations: Vec<(RuleName, Verdict)>,
}

/// What became of one waiver on one phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverUse {
    /// Its place in [`Waivers::list`].
    pub waiver: usize,
    /// What became of it.
    pub state: WaiverState,
    /// How many failures it is about.
    pub matched: usize,
}

/// What a waiver has to say in a report: the words of one state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Saying {
    /// The code of the finding.
    pub code: String,
    /// What is so.
    pub title: Text,
    /// Why it matters.
    pub why: Text,
    /// What to do.
    pub fix: Text,
    /// How much it matters; `None` = as much as the failure it is about.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The outcome.
    pub fails: bool,
}

/// What a waiver in this state has to say; `None` where there is nothing to say.
pub fn saying(state: WaiverState) -> Option<&'static Saying> {
    static SAYINGS: OnceLock<BTreeMap<WaiverState, Saying>> = OnceLock::new();
    // The file is part of the program and a test reads it whole.
    SAYINGS.get_or_init(|| toml::from_str(include_str!("sayings.toml")).unwrap_or_default()).get(&state)
}
