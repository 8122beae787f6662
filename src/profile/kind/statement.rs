//! What every kind of rule tells of itself.
//!
//! [`Kind`] is how it is written: its key, its reading, its comparing. [`Statement`] is one rule of it: how it is shown, what
//! it hangs on, how it judges. Sentences about a kind have keys made of its word, `kind-<word>-…`, in `src/text/kind.*.ftl`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::Range;

use super::about::About;
use crate::document::{Place, Reader, Value as Item, Written};
use crate::profile::change::Change;
use crate::profile::difference::types::{Way, What};
use crate::profile::document::parts::OverrideDocument;
use crate::profile::example::phone::ExampleApp;
use crate::profile::expected::Value;
use crate::profile::judged::{Asked, Judged};
use crate::profile::origin::RuleOrigin;
use crate::profile::phone::RuleOnPhone;
use crate::profile::resolve::parameters::{Filler, Whence};
use crate::text::Text;
use crate::vocabulary::{Check, Level, Permission, Platform};

/// Whether a rule of a kind names apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apps {
    /// It must.
    Needed,
    /// It may.
    Free,
    /// It is about the phone.
    Never,
}

/// The key of a kind in a rule, with what stands beside it.
pub(crate) struct Stated<'d, 'i> {
    /// The place of the key.
    pub(crate) place: Place,
    /// Its value.
    pub(crate) value: &'d Item<'i>,
    /// Those of all [`Kind::COMPANIONS`] that the rule has.
    pub(crate) companions: BTreeMap<&'static str, (Range<usize>, &'d Item<'i>)>,
}

/// A kind of rule, as it is written in a profile.
pub(crate) trait Kind: Statement + Sized {
    /// The key that states it.
    const KEY: &'static str;
    /// Its word in sentences and results: the key with hyphens.
    const WORD: &'static str = Self::KEY;
    /// Keys that may stand beside it, and beside no other kind.
    const COMPANIONS: &'static [&'static str] = &[];
    /// Whether it names apps.
    const APPS: Apps;
    /// Whether an override may change levels in it.
    const TAKES_LEVELS: bool = false;
    /// The rule as a file states it, with places and parameters.
    type Document: Clone + Debug;

    /// What the JSON Schema of a rule says of its keys: `properties`, and what else belongs to a schema. Which keys go together
    /// follows from the constants.
    fn schema() -> serde_json::Value;

    /// Reads it, noting every mistake of form.
    fn read(reader: &mut Reader<'_, '_>, stated: &Stated<'_, '_>) -> Option<Self::Document>;

    /// The texts of a document that may name parameters.
    fn fillable(_document: &Self::Document) -> Vec<&Written> {
        Vec::new()
    }

    /// Fills parameters and overrides in, noting every mistake of sense.
    fn resolve(
        document: &Self::Document,
        changes: &[&OverrideDocument],
        filler: &mut Filler<'_, '_, '_>,
    ) -> Option<Self>;

    /// Where its values come from.
    fn origin(
        _document: &Self::Document,
        _changes: &[&OverrideDocument],
        _whence: Whence<'_, '_>,
        _into: &mut RuleOrigin,
    ) {
    }

    /// Notes what changes up to `after`, the same rule of another profile, which holds on `platform` only.
    fn compare(&self, after: &Self, platform: Option<Platform>, note: &mut dyn FnMut(Way, What));

    /// Notes what a profile changes in it, and whether it is looser for it.
    fn tailor(&self, _after: &Self, _note: &mut dyn FnMut(Change, bool)) {}
}

/// A key of a rule with its value, as a file shows it.
pub(crate) struct Entry<'k> {
    pub(crate) key: &'static str,
    pub(crate) value: Shown<'k>,
    /// Whether it is the one that [`RuleOrigin::value`] is about.
    pub(crate) is_value: bool,
}

impl<'k> Entry<'k> {
    /// An entry that nobody can change from outside.
    pub(crate) fn fixed(key: &'static str, value: Shown<'k>) -> Entry<'k> {
        Entry { key, value, is_value: false }
    }

    /// The entry that parameters set.
    pub(crate) fn set(key: &'static str, value: Shown<'k>) -> Entry<'k> {
        Entry { key, value, is_value: true }
    }
}

/// A value of a rule.
pub(crate) enum Shown<'k> {
    One(Value),
    Several(Vec<Value>),
    Levels(&'k BTreeMap<Permission, Level>),
    Both(&'k Text),
}

impl Shown<'_> {
    /// A word.
    pub(crate) fn word(word: &str) -> Shown<'static> {
        Shown::One(Value::Text(word.to_owned()))
    }
}

/// A sentence about a rule, in both languages.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// What it is about, where the rule is about several things.
    pub(crate) subject: Option<Text>,
    /// The platform it holds on; none = both.
    pub(crate) platform: Option<Platform>,
    pub(crate) text: Text,
}

impl Said {
    /// A sentence that needs no subject.
    pub(crate) fn plain(text: Text) -> Said {
        Said { subject: None, platform: None, text }
    }
}

/// One rule of a kind.
pub(crate) trait Statement {
    /// What it is about.
    fn about(&self) -> About<'_>;

    /// Its keys and values, as a file would state it.
    fn entries(&self) -> Vec<Entry<'_>>;

    /// What it asks for, in results.
    fn asked(&self) -> Asked<'_>;

    /// Judges one phone: one finding for each app that matters, or one for the rule.
    fn judge<'s>(&'s self, rule: &RuleOnPhone<'_, 's>, tell: &mut dyn FnMut(Judged<'s>));

    /// What it asks for, in words, on its only platform if it has one.
    fn asks(&self, platform: Option<Platform>) -> Vec<Said>;

    /// When the answer is something else than “passes” or “fails”. `None` = the sentence `kind-<word>-verdict`, or that of
    /// the platform, `kind-<word>-verdict-<platform>`, tells it.
    fn verdicts(&self, _platform: Platform) -> Option<Vec<Text>> {
        None
    }

    /// What evidence it is judged by, where that does not follow from what it is about.
    fn evidence(&self, _platform: Platform) -> Option<&'static str> {
        None
    }

    /// An app as it could be, in every way that matters.
    fn apps_to_try(&self, _plain: &ExampleApp, _platform: Platform) -> Vec<ExampleApp> {
        Vec::new()
    }

    /// Properties of a phone as they could be, one at a time, in every way that matters.
    fn settings_to_try(&self, _platform: Platform) -> Vec<(Check, Value)> {
        Vec::new()
    }
}
