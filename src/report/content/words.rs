//! What a rule asks and what was found, in words of the vocabulary, for programs.

use std::borrow::Cow;

use crate::audit::{Actual, Asked};
use crate::profile;

/// What a rule asks for: words, numbers with `<=` or `>=`, lists with `|`.
pub(in crate::report) fn expected(expected: &Asked<'_>) -> Cow<'static, str> {
    match expected {
        Asked::Level(level) => Cow::Borrowed(level.word()),
        Asked::Presence(presence) => Cow::Borrowed(presence.word()),
        Asked::Sources(sources) => Cow::Owned(sources.iter().map(|source| source.word()).collect::<Vec<_>>().join("|")),
        Asked::Device(expected) => Cow::Owned(match &**expected {
            profile::Expected::Is(value) => value.to_string(),
            profile::Expected::AtMost(number) => format!("<= {number}"),
            profile::Expected::AtLeast(number) => format!(">= {number}"),
            profile::Expected::OneOf(values) => values.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"),
        }),
        Asked::Look => Cow::Borrowed("manual"),
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
