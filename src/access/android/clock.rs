//! The phone's clock: its zoneless times and spans become instants with an offset, where the zone is known.
//!
//! A clock that is set back is the simplest way to pass a rule on the age of something, so it is believed only as far as nothing
//! tells otherwise: live, the clock of the computer does; in saved evidence, later times that the phone itself wrote.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::parse::android::time;
use crate::snapshot::ClockError;
use crate::vocabulary::ClockWitness;

/// How far the phone's clock may be from the computer's, in seconds: an answer takes its time.
const TOLERANCE: i64 = 5 * 60;
/// How far the times of the evidence may be past its own, in seconds: where the zone is not known, up to 14 hours are the zone's.
const TOLERANCE_OF_EVIDENCE: i64 = 26 * 60 * 60;

/// When the evidence was taken and in which zone the phone prints its times.
#[derive(Clone, Debug, Default)]
pub struct PhoneClock {
    /// The phone's zone (`persist.sys.timezone`), if it is known.
    pub zone: Option<TimeZone>,
    /// When the evidence was taken, if an instant is known.
    pub taken_at: Option<Timestamp>,
    /// When the evidence was taken in the phone's local time, if only that is known (bug report without properties).
    pub taken_local: Option<DateTime>,
    /// When the phone was read by the clock of the computer that read it.
    pub computer: Option<Timestamp>,
    /// Whether that computer is this one.
    pub is_live: bool,
    /// The latest time that the evidence proves: it cannot have been taken before.
    pub proven: Option<Timestamp>,
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

    /// The phone's own time as an instant; where only its local time is known and not its zone, as if that were UTC.
    fn own(&self) -> Option<Timestamp> {
        let local = || TimeZone::UTC.to_timestamp(self.taken_local?).ok();
        self.taken_at.or_else(local)
    }

    /// A time as the phone prints it, as an instant.
    pub fn instant_of(&self, printed: &str) -> Option<Timestamp> {
        let local = time::leading_timestamp(printed).map(|(moment, _)| moment)?;
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        Some(zone.to_ambiguous_zoned_datetime(local).compatible().ok()?.timestamp())
    }

    /// The day of the evidence by the best clock there is: the computer's where the phone is on its cable, else the latest of what the
    /// phone's clock says and what the evidence proves. `None` where no clock was read.
    pub fn date(&self) -> Option<jiff::civil::Date> {
        let told = self.computer.or_else(|| self.own())?;
        let best = if self.is_live && self.computer.is_some() { told } else { told.max(self.proven.unwrap_or(told)) };
        Some(best.to_zoned_datetime(self.zone.clone().unwrap_or(TimeZone::UTC)).date())
    }

    /// By how much the phone's clock was wrong, where something tells that it was.
    pub fn error(&self) -> Option<ClockError> {
        let own = self.own()?.as_second();
        let (time, tolerance, by) = match (self.computer, self.proven) {
            (Some(computer), _) => (computer, TOLERANCE, ClockWitness::Computer),
            (None, Some(proven)) if proven.as_second() > own => (proven, TOLERANCE_OF_EVIDENCE, ClockWitness::Evidence),
            (None, _) => return None,
        };
        let ahead = own.saturating_sub(time.as_second());
        (ahead.saturating_abs() > tolerance).then_some(ClockError { ahead, by })
    }
}

/// The latest time that at least two of several tell, each within a day of the other or later: one alone may come from a day on which
/// the clock was ahead.
pub fn latest_of_two(times: impl IntoIterator<Item = Timestamp>) -> Option<Timestamp> {
    let (mut latest, mut second) = (None, None);
    for time in times {
        if latest.is_none_or(|latest| time > latest) {
            second = latest;
            latest = Some(time);
        } else if second.is_none_or(|second| time > second) {
            second = Some(time);
        }
    }
    let (latest, second) = (latest?, second?);
    let day = SignedDuration::from_hours(24);
    Some(if latest.duration_since(second) <= day { latest } else { second })
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
    fn a_clock_that_was_set_back_makes_nothing_younger() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let set_back = PhoneClock { taken_at: at("2024-06-13T12:00:00Z"), ..PhoneClock::default() };
        let day = |clock: &PhoneClock| clock.date().unwrap().to_string();
        assert_eq!((day(&set_back), set_back.error()), ("2024-06-13".to_owned(), None), "nothing tells");
        let proven = PhoneClock { proven: at("2026-11-20T08:00:00Z"), ..set_back.clone() };
        assert_eq!(day(&proven), "2026-11-20");
        let error = proven.error().unwrap();
        assert_eq!((error.ahead, error.by), (-76_881_600, ClockWitness::Evidence));
        let live = PhoneClock { computer: at("2026-11-30T12:00:00Z"), is_live: true, ..proven };
        assert_eq!((day(&live), live.error().unwrap().by), ("2026-11-30".to_owned(), ClockWitness::Computer));
        // One that is ahead makes nothing older either, where the computer was there.
        let ahead = PhoneClock { taken_at: at("2100-01-01T00:00:00Z"), ..live.clone() };
        assert_eq!(day(&ahead), "2026-11-30");
        assert!(ahead.error().unwrap().ahead > 0);
        let right = PhoneClock { taken_at: at("2026-11-30T12:04:00Z"), ..live };
        assert_eq!(right.error(), None, "an answer takes its time");
        let old = PhoneClock { proven: at("2020-01-01T00:00:00Z"), ..set_back };
        assert_eq!((day(&old), old.error()), ("2024-06-13".to_owned(), None), "never an earlier one");
        assert_eq!(PhoneClock { proven: at("2026-11-20T08:00:00Z"), ..PhoneClock::default() }.date(), None);
    }

    #[test]
    fn one_app_alone_proves_no_time() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (may, june, wrong) = (at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z"), at("2031-01-01T00:00:00Z"));
        assert_eq!(latest_of_two([may, wrong, june]), Some(june));
        assert_eq!(latest_of_two([june, june]), Some(june));
        assert_eq!(latest_of_two([june]), None);
        assert_eq!(latest_of_two([]), None);
    }

    #[test]
    fn counts_back_from_the_time_of_the_dump() {
        let clock = PhoneClock { taken_at: Timestamp::from_second(1_700_000_000).ok(), ..PhoneClock::default() };
        assert_eq!(clock.before(65_865).as_deref(), Some("2023-11-14T22:12:14+00:00"));
        assert_eq!(PhoneClock::default().before(1), None);
    }
}
