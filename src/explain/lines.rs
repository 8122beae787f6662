//! Lines that several kinds of explanations have.

use super::model::Line;
use super::vocabulary::{self, Read};
use crate::text::Text;
use crate::text::both::{code, codes, sentences};
use crate::vocabulary::permissions::{Readable, describe_check};
use crate::vocabulary::{Check, Platform, Severity};

/// What poucet reads, one line a source.
pub(super) fn read_lines(platform: Platform, reads: Vec<Read>) -> Vec<Line> {
    let mut keys_of: Vec<Read> = Vec::new();
    for (source, keys) in reads {
        match keys_of.iter_mut().find(|(known, _)| *known == source) {
            Some((_, known)) => known.extend(keys),
            None => keys_of.push((source, keys)),
        }
    }
    let line = |(source, keys): Read| {
        let source = code(&source);
        let mut seen: Vec<&str> = Vec::new();
        for key in &keys {
            if !seen.contains(&key.as_str()) {
                seen.push(key);
            }
        }
        let text = if seen.is_empty() {
            source
        } else {
            sentences().with("explain-read", &[("source", &source), ("keys", &codes(seen))])
        };
        Line::on(platform, text)
    };
    keys_of.into_iter().map(line).collect()
}

/// How well a check can be judged on a platform.
pub(super) fn readable(check: Check, platform: Platform) -> Text {
    let described = describe_check(check);
    let readable = *described.readable.of(platform);
    let reads = !vocabulary::reads_for_check(check, platform).is_empty();
    let key = match readable {
        Readable::Absent => "explain-readable-absent",
        Readable::Manual => "explain-readable-manual",
        Readable::Automatic | Readable::Partly if !reads => "explain-readable-unread",
        Readable::Automatic => "explain-readable-automatic",
        Readable::Partly => "explain-readable-partly",
    };
    sentences().get(key)
}

/// What a severity means.
pub(super) fn severity_meaning(severity: Severity) -> Text {
    sentences().get(&format!("explain-severity-{severity}"))
}
