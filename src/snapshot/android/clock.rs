//! The phone's clock: its zoneless times and spans become instants with an offset, where the zone is known.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::parse::android::time;

/// When the evidence was taken and in which zone the phone prints its times.
#[derive(Clone, Debug, Default)]
pub struct PhoneClock {
    /// The phone's zone (`persist.sys.timezone`), if it is known.
    pub zone: Option<TimeZone>,
    /// When the evidence was taken, if an instant is known.
    pub taken_at: Option<Timestamp>,
    /// When the evidence was taken in the phone's local time, if only that is known (bug report without properties).
    pub taken_local: Option<DateTime>,
}

impl PhoneClock {
    /// A time as the phone prints it (`yyyy-MM-dd HH:mm:ss[.SSS]`, digits of any script) in RFC 3339, to the second:
    /// with the offset where the zone is known, otherwise without one. `None` for dates that system images print
    /// because they were never set (before 2010).
    pub fn moment(&self, printed: &str) -> Option<String> {
        let local = time::leading_timestamp(printed).map(|(moment, _)| moment)?;
        if local.year() < 2010 {
            return None;
        }
        Some(self.local(local))
    }

    /// Like [`PhoneClock::moment`], also for times before 2010.
    pub fn any_moment(&self, printed: &str) -> Option<String> {
        time::leading_timestamp(printed).map(|(moment, _)| moment).map(|local| self.local(local))
    }

    fn local(&self, local: DateTime) -> String {
        match self.zone.as_ref().and_then(|zone| zone.to_ambiguous_zoned_datetime(local).compatible().ok()) {
            Some(zoned) => rfc3339(&zoned),
            None => local.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        }
    }

    /// The instant that lies `milliseconds` before the evidence was taken.
    pub fn before(&self, milliseconds: i64) -> Option<String> {
        let span = SignedDuration::from_millis(milliseconds);
        if let Some(taken) = self.taken_at {
            let moment = taken.checked_sub(span).ok()?;
            return Some(self.instant(moment));
        }
        let local = self.taken_local?.checked_sub(span).ok()?;
        Some(self.local(local))
    }

    /// An instant in RFC 3339, in the phone's zone where it is known, otherwise in UTC.
    pub fn instant(&self, moment: Timestamp) -> String {
        rfc3339(&moment.to_zoned_datetime(self.zone.clone().unwrap_or(TimeZone::UTC)))
    }

    /// When the evidence was taken, in RFC 3339.
    pub fn taken(&self) -> Option<String> {
        match (self.taken_at, self.taken_local) {
            (Some(instant), _) => Some(self.instant(instant)),
            (None, Some(local)) => Some(self.local(local)),
            (None, None) => None,
        }
    }

    /// The phone's date when the evidence was taken.
    pub fn date(&self) -> Option<jiff::civil::Date> {
        match (self.taken_at, self.taken_local) {
            (Some(instant), _) => Some(instant.to_zoned_datetime(self.zone.clone().unwrap_or(TimeZone::UTC)).date()),
            (None, Some(local)) => Some(local.date()),
            (None, None) => None,
        }
    }
}

/// RFC 3339 with a numeric offset and without fractions of a second.
fn rfc3339(zoned: &jiff::ZonedDateTime) -> String {
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_an_offset_only_where_the_zone_is_known() {
        let mut clock = PhoneClock::default();
        assert_eq!(clock.moment("2026-05-04 16:55:25.211").as_deref(), Some("2026-05-04T16:55:25"));
        clock.zone = TimeZone::get("Europe/Berlin").ok();
        assert_eq!(clock.moment("2026-05-04 16:55:25.211").as_deref(), Some("2026-05-04T16:55:25+02:00"));
        assert_eq!(clock.moment("۲۰۲۶-۱۰-۰۳ ۰۳:۳۸:۳۳").as_deref(), Some("2026-10-03T03:38:33+02:00"));
        assert_eq!(clock.moment("2009-01-01 00:00:00"), None);
    }

    #[test]
    fn counts_back_from_the_time_of_the_dump() {
        let clock = PhoneClock { taken_at: Timestamp::from_second(1_700_000_000).ok(), ..PhoneClock::default() };
        assert_eq!(clock.before(65_865).as_deref(), Some("2023-11-14T22:12:14+00:00"));
        assert_eq!(PhoneClock::default().before(1), None);
    }
}
