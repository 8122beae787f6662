//! What judging a rule on a phone comes to.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Deref;

use super::expected::{Expected, Value};
use crate::snapshot::{Because, Cited, Gap, LastUse};
use crate::text::Text;
use crate::vocabulary::{AppSource, Check, DecidedBy, Inert, Level, Permission, Presence, Verdict};

/// What a rule asks for. Kinds of rules that ask for a number or a word ask for it as a [`Asked::Device`].
#[derive(Clone, Debug, PartialEq)]
pub enum Asked<'s> {
    /// At most this level.
    Level(Level),
    /// At most this much of the app.
    Presence(Presence),
    /// One of these places.
    Sources(&'s BTreeSet<AppSource>),
    /// This value.
    Device(Cow<'s, Expected>),
    /// That a person looks.
    Look,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Actual {
    /// A level.
    Level(Level),
    /// The app's presence.
    Presence(Presence),
    /// Where the app came from.
    Source(AppSource),
    /// A value.
    Value(Value),
    /// No such app, or nothing declared.
    Nothing,
    /// It could not be read.
    Unknown,
}

/// A gap as a finding tells it. One of its own is in a box: findings are many, and nearly all of them tell one of the snapshot or none.
#[derive(Clone, Debug)]
pub enum ToldGap<'s> {
    /// As it stands in the snapshot.
    Whole(&'s Gap),
    /// With less in it.
    Less(Box<Gap>),
}

impl ToldGap<'_> {
    /// Changes it for this finding alone.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Gap)) {
        let mut gap = Gap::clone(self);
        change(&mut gap);
        *self = ToldGap::Less(Box::new(gap));
    }
}

impl Deref for ToldGap<'_> {
    type Target = Gap;

    fn deref(&self) -> &Gap {
        match self {
            ToldGap::Whole(gap) => gap,
            ToldGap::Less(gap) => gap,
        }
    }
}

impl PartialEq for ToldGap<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// Why the outcome of a rule is what it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Why<'s> {
    /// The grant's own reason.
    Grant(&'s Because),
    /// A gap is in the way.
    Gap(ToldGap<'s>),
    /// A sentence of the text files (`reason-…`), with a value for `$value`.
    Text(&'static str, Cow<'s, str>),
}

impl Why<'_> {
    /// The word of the reason, without particulars.
    pub fn word(&self) -> &str {
        match self {
            Why::Grant(because) => because.code.word(),
            Why::Gap(gap) => &gap.reason,
            Why::Text(key, _) => key.strip_prefix("reason-").unwrap_or(key),
        }
    }

    /// A sentence that needs no value.
    pub(crate) fn plain(key: &'static str) -> Why<'static> {
        Why::Text(key, Cow::Borrowed(""))
    }
}

/// The outcome of one rule, for one app and permission where it is about apps.
#[derive(Clone, Debug)]
pub(crate) struct Judged<'s> {
    pub(crate) verdict: Verdict,
    /// The place of the app it is about among those of the phone.
    pub(crate) app: Option<usize>,
    pub(crate) permission: Option<Permission>,
    pub(crate) check: Option<Check>,
    /// What is asked for, where that is not what the rule asks for as a whole.
    pub(crate) asked: Option<Asked<'s>>,
    pub(crate) actual: Actual,
    /// Why the grant can do nothing for now.
    pub(crate) inert: Option<Inert>,
    pub(crate) last_used: Option<&'s LastUse>,
    pub(crate) decided_by: Option<DecidedBy>,
    pub(crate) why: Why<'s>,
    pub(crate) evidence: Cited<'s>,
    /// What to press, with `{app}` for the name of the app.
    pub(crate) press: Option<&'s Text>,
    /// How a person sees by hand what the evidence does not show.
    pub(crate) by_hand: Option<&'s Text>,
}

impl<'s> Judged<'s> {
    /// An outcome about nothing in particular yet.
    pub(crate) fn new(verdict: Verdict, why: Why<'s>) -> Judged<'s> {
        Judged {
            verdict,
            app: None,
            permission: None,
            check: None,
            asked: None,
            actual: Actual::Nothing,
            inert: None,
            last_used: None,
            decided_by: None,
            why,
            evidence: Cited::NONE,
            press: None,
            by_hand: None,
        }
    }

    /// What could not be read.
    pub(crate) fn unknown(verdict: Verdict, why: Why<'s>) -> Judged<'s> {
        Judged { actual: Actual::Unknown, ..Judged::new(verdict, why) }
    }
}
