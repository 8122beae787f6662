//! Times as the store keeps them.

use jiff::{SignedDuration, Timestamp};

use crate::evidence::SourceKind;
use crate::snapshot::Snapshot;

/// The beginning of 2007, in seconds since 1970. No phone that can be read is older: an earlier time is that of a clock that was reset.
const FIRST_PHONE: i64 = 1_167_609_600;

/// Two years later: as late as a reading may have been taken that came in when nobody knew the time.
pub(super) fn in_years(time: Timestamp) -> Timestamp {
    time.checked_add(SignedDuration::from_hours(2 * 366 * 24)).unwrap_or(time)
}

/// A time as the store keeps it: UTC to the second, so that the order of the texts is that of the times.
pub(super) fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// When a snapshot was taken by the best clock there was, unless it says nothing that can be meant.
pub(super) fn taken(snapshot: &Snapshot) -> Option<Timestamp> {
    snapshot.moment().filter(|time| time.as_second() >= FIRST_PHONE)
}

/// Whether a snapshot is of a phone that was there itself.
pub(super) fn is_live(snapshot: &Snapshot) -> bool {
    SourceKind::ALL.into_iter().any(|kind| kind.is_live() && kind.word() == snapshot.source.kind)
}

/// As [`moment`], without the times of a clock that was reset.
pub(super) fn taken_at(text: &str) -> Option<Timestamp> {
    moment(text).filter(|time| time.as_second() >= FIRST_PHONE)
}

/// A time of a snapshot; one without an offset is taken for UTC.
pub fn moment(text: &str) -> Option<Timestamp> {
    let with_offset = text.parse::<Timestamp>().ok();
    with_offset.or_else(|| jiff::tz::TimeZone::UTC.to_timestamp(text.parse().ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_kept_in_one_zone() {
        let kept = |text: &str| moment(text).map(utc);
        assert_eq!(kept("2026-11-16T09:30:00-05:00").as_deref(), Some("2026-11-16T14:30:00Z"));
        assert_eq!(kept("2026-11-16T09:30:00").as_deref(), Some("2026-11-16T09:30:00Z"));
        assert_eq!(kept("yesterday"), None);
        assert_eq!(taken_at("1970-01-01T00:00:07Z"), None);
        assert_eq!(taken_at("2007-01-01"), "2007-01-01T00:00:00Z".parse().ok());
    }
}
