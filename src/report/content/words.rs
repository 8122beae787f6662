//! What a rule asks and what was found, in words of the vocabulary, for programs.

use std::borrow::Cow;

use crate::audit::{Actual, Expected};
use crate::profile;

/// What a rule asks for: words, numbers with `<=` or `>=`, lists with `|`.
pub(in crate::report) fn expected(expected: &Expected) -> Cow<'static, str> {
    match expected {
        Expected::Level(level) => Cow::Borrowed(level.word()),
        Expected::Presence(presence) => Cow::Borrowed(presence.word()),
        Expected::Sources(sources) => {
            Cow::Owned(sources.iter().map(|source| source.word()).collect::<Vec<_>>().join("|"))
        }
        Expected::Device(profile::Expected::Is(value)) => Cow::Owned(value.to_string()),
        Expected::Device(profile::Expected::AtMost(number)) => Cow::Owned(format!("<= {number}")),
        Expected::Device(profile::Expected::AtLeast(number)) => Cow::Owned(format!(">= {number}")),
        Expected::Device(profile::Expected::OneOf(values)) => {
            Cow::Owned(values.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"))
        }
        Expected::Look => Cow::Borrowed("manual"),
    }
}

/// What was found, as a word; `None` where it is not known.
pub(in crate::report) fn actual(actual: &Actual) -> Option<Cow<'static, str>> {
    match actual {
        Actual::Level(level) => Some(Cow::Borrowed(level.word())),
        Actual::Presence(presence) => Some(Cow::Borrowed(presence.word())),
        Actual::Source(source) => Some(Cow::Borrowed(source.word())),
        Actual::Value(value) => Some(Cow::Owned(value.to_string())),
        Actual::Nothing => Some(Cow::Borrowed("absent")),
        Actual::Unknown => None,
    }
}
