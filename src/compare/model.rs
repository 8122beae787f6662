//! What a comparison is made of: changes with their two sides, and rules that moved.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::audit::{AppRef, Audit, Finding};
use crate::snapshot::{App, ConfigProfile, EvidenceRow, Gap, Grant, LastUse, Snapshot, Value};
use crate::vocabulary::words::words;
use crate::vocabulary::{Check, Permission, Standing, Trace};

words! {
/// What kind of change it is.
ChangeKind {
    /// An access that the app did not have.
    Granted => "granted",
    /// An access that the app has no longer.
    Revoked => "revoked",
    /// More of what it had: while in use → always, approximate → precise, chosen → all.
    Widened => "widened",
    /// Less of what it had.
    Narrowed => "narrowed",
    /// The app declares a permission that it did not declare, and has not been given it.
    Declared => "declared",
    /// The app declares a permission no longer that it had not been given.
    NoLongerDeclared => "no-longer-declared",
    /// The same access for another reason: refused by the person and now taken back by the phone, and the like.
    Decided => "decided",
    /// The access stands, and can be used again.
    InForce => "in-force",
    /// The access stands, and can do nothing for now.
    WithoutEffect => "without-effect",
    /// Used since the first reading, which knew of no use.
    NewlyUsed => "newly-used",
    /// Used again since the first reading.
    UsedAgain => "used-again",
    /// An app that was not there.
    Installed => "installed",
    /// An app that came from a file, a browser or a cable and was not there, or was there from elsewhere.
    Sideloaded => "sideloaded",
    /// An app that is there no longer.
    Removed => "removed",
    /// An app that made place for another edition of itself.
    Replaced => "replaced",
    /// Another version of the app.
    Updated => "updated",
    /// The app comes from elsewhere now.
    SourceChanged => "source-changed",
    /// The app is switched off, suspended, or a rest of it is left.
    Disabled => "disabled",
    /// The app is switched on again.
    Enabled => "enabled",
    /// A setting, a main switch, the system, or who manages the phone.
    Changed => "changed",
    /// Something that was not there: a configuration profile, a user, a trace of the visit, a power over the phone.
    Added => "added",
    /// Something that is there no longer, other than an app.
    Gone => "gone",
    /// One side could not be read.
    NotComparable => "not-comparable",
}
}

words! {
/// Whether the app, or an app, may do more or less than before.
Effect {
    /// More.
    More => "more",
    /// Less.
    Less => "less",
    /// Neither, or no one can say without a profile.
    Other => "other",
    /// One side could not be read.
    Unknown => "unknown",
}
}

words! {
/// Whether both readings are of the same phone.
SameDevice {
    /// The ids are the same.
    Same => "same",
    /// The ids differ: a replacement, or a mistake.
    Different => "different",
    /// One of them has no id, or the ids are not of one kind.
    Unknown => "unknown",
}
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The app itself.
    App,
    /// What the app may touch.
    Permission(Permission),
    /// The version of the operating system, as `os-version`, `patch-level` or `build`.
    System(&'static str),
    /// A main switch of the phone: location, camera or microphone.
    Switch(Permission),
    /// A setting of the phone.
    Check(Check),
    /// Who manages the phone: `device-owner`, `profile-owner`, `admin`, `supervised`, `mdm-server`, `organization`.
    Management(&'static str),
    /// A configuration profile (iOS), by its identifier.
    ConfigProfile(String),
    /// A user of the phone, by number.
    User(u32),
    /// A trace of the visit.
    Footprint(Trace),
}

impl Subject {
    /// The word of its kind.
    pub fn word(&self) -> &'static str {
        match self {
            Subject::App => "app",
            Subject::Permission(_) => "permission",
            Subject::System(_) => "system",
            Subject::Switch(_) => "switch",
            Subject::Check(_) => "check",
            Subject::Management(_) => "management",
            Subject::ConfigProfile(_) => "config-profile",
            Subject::User(_) => "user",
            Subject::Footprint(_) => "footprint",
        }
    }

    /// The thing by its own word: a permission, a check, a number, an identifier; empty for an app, which is named apart.
    pub fn thing(&self) -> Cow<'_, str> {
        match self {
            Subject::App => Cow::Borrowed(""),
            Subject::Permission(permission) | Subject::Switch(permission) => Cow::Borrowed(permission.word()),
            Subject::System(word) | Subject::Management(word) => Cow::Borrowed(word),
            Subject::Check(check) => Cow::Borrowed(check.word()),
            Subject::ConfigProfile(id) => Cow::Borrowed(id),
            Subject::User(id) => Cow::Owned(id.to_string()),
            Subject::Footprint(trace) => Cow::Borrowed(trace.word()),
        }
    }
}

/// What one side says.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<'s> {
    /// It is not there, or the app does not declare it.
    Nothing,
    /// The app.
    App(&'s App),
    /// The access.
    Grant(&'s Grant),
    /// The last use; `None`: the phone knows of none.
    Use(Option<&'s LastUse>),
    /// A setting.
    Value(&'s Value),
    /// A main switch: whether it is on.
    Switch(bool),
    /// A text of the phone: a version, a package, a server.
    Text(Cow<'s, str>),
    /// A configuration profile.
    ConfigProfile(&'s ConfigProfile),
    /// It is there, and nothing more is to be said of it.
    There,
    /// It could not be read; the gap, where one tells why.
    Unknown(Option<&'s Gap>),
}

/// One side of a change, with the raw rows it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Side<'s> {
    /// What it says.
    pub fact: Fact<'s>,
    /// The raw rows.
    pub evidence: &'s [EvidenceRow],
}

/// One thing that is not as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<'s> {
    /// What kind of change.
    pub kind: ChangeKind,
    /// More or less than before.
    pub effect: Effect,
    /// The app, as the later reading names it, else as the earlier does; `None` for the phone itself.
    pub app: Option<AppRef>,
    /// What it is about.
    pub subject: Subject,
    /// Before.
    pub before: Side<'s>,
    /// After.
    pub after: Side<'s>,
}

/// How one rule's outcome for one thing moved between the two readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// Fixed, new, still failing, …
    pub standing: Standing,
    /// The finding before, by its place in the earlier audit; `None` where it had none.
    pub before: Option<usize>,
    /// The finding after, by its place in the later audit.
    pub after: Option<usize>,
}

/// What one profile says of both readings.
#[derive(Clone, Debug)]
pub struct Judgement<'s> {
    /// The earlier reading, judged.
    pub before: Audit<'s>,
    /// The later reading, judged by the same profile, catalogue and waivers.
    pub after: Audit<'s>,
    /// What moved, in the order: new, still failing, waived, no longer assessed, fixed, newly assessed; within it the worst first.
    /// What passes on both sides, or could be judged on neither, is not in it.
    pub rules: Vec<RuleChange>,
}

/// A before and an after.
#[derive(Clone, Debug)]
pub struct Comparison<'s> {
    /// The earlier reading.
    pub before: &'s Snapshot,
    /// The later reading.
    pub after: &'s Snapshot,
    /// Whether they are of one phone.
    pub device: SameDevice,
    /// What changed: apps first, in their order, each with what it may touch; then the phone.
    pub changes: Vec<Change<'s>>,
    /// What each profile says of it; empty without a profile.
    pub judgements: Vec<Judgement<'s>>,
    /// How many changes are of apps that a profile never names; they are not in `changes`.
    pub hidden: u64,
}

impl<'s> Judgement<'s> {
    /// The finding of a change in the earlier audit.
    pub fn finding_before(&self, change: &RuleChange) -> Option<&Finding<'s>> {
        self.before.findings.get(change.before?)
    }

    /// The finding of a change in the later audit.
    pub fn finding_after(&self, change: &RuleChange) -> Option<&Finding<'s>> {
        self.after.findings.get(change.after?)
    }

    /// The finding that a report shows: the later one, else the earlier.
    pub fn finding(&self, change: &RuleChange) -> Option<&Finding<'s>> {
        self.finding_after(change).or_else(|| self.finding_before(change))
    }

    /// How many findings stand where.
    pub fn counts(&self) -> &BTreeMap<Standing, u64> {
        static NONE: BTreeMap<Standing, u64> = BTreeMap::new();
        self.after.baseline.as_ref().map_or(&NONE, |baseline| &baseline.counts)
    }
}

impl Comparison<'_> {
    /// Whether an app may be named: no profile keeps it out of reports.
    pub fn names(&self, app: Option<&str>) -> bool {
        let Some(app) = app else { return true };
        let hides = |audit: &Audit<'_>| audit.hidden.iter().any(|id| id == app);
        !self.judgements.iter().any(|judgement| hides(&judgement.before) || hides(&judgement.after))
    }
}

/// Whether two readings are of one phone.
pub fn same_device(before: &Snapshot, after: &Snapshot) -> SameDevice {
    match (before.device.id.as_deref(), after.device.id.as_deref()) {
        (Some(one), Some(other)) if one == other => SameDevice::Same,
        // A serial number and a keyed hash of one say nothing of each other.
        (Some(one), Some(other)) if one.starts_with("serial:") == other.starts_with("serial:") => SameDevice::Different,
        _ if before.device.platform != after.device.platform => SameDevice::Different,
        _ => SameDevice::Unknown,
    }
}

/// Whether a moment is later than another, both RFC 3339, with or without an offset. Where one of them has none, only a difference
/// that no time zone makes up for counts.
pub(super) fn is_later(one: &str, other: &str) -> bool {
    let parse = |text: &str| {
        let instant = text.parse::<jiff::Timestamp>().ok();
        let clock = text.get(..19).unwrap_or(text).parse::<jiff::civil::DateTime>().ok();
        (instant, clock)
    };
    match (parse(one), parse(other)) {
        ((Some(one), _), (Some(other), _)) => one > other,
        ((None, Some(one)), (None, Some(other))) => one > other,
        ((_, Some(one)), (_, Some(other))) => {
            one.checked_sub(jiff::Span::new().hours(26)).is_ok_and(|earliest| earliest > other)
        }
        _ => false,
    }
}
