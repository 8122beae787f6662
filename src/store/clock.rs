//! Whether a clock is believed when something is to be deleted.
//!
//! A clock that is behind deletes too little, one that is ahead what is still to be kept; and one that was reset gives a reading an age that
//! it has not. So the clock of the desk is held against what the store has heard before: the time that was last believed, the median of the
//! latest readings by the order in which they came in, the day on which poucet's own catalogue was made, and on a server its clock.

/// A day, in seconds.
pub(super) const DAY: i64 = 86_400;
/// The day of the catalogue of the first version with a store, 2026-11-01: no clock that is right has been before it since.
const BUILT: i64 = 1_793_491_200;
/// How much later than what the store has heard a clock may be, to be believed at once.
const LEAP: i64 = 14 * DAY;
/// For how long a clock that leapt must have gone on.
const RUN: i64 = 20 * 3600;
/// How much later a clock may be to be believed at all: some desks go their round once a year.
const YEARS: i64 = 731 * DAY;

/// What the store has heard before; seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// The latest time that was believed.
    pub(super) believed: Option<i64>,
    /// The last leap: from when, and to when.
    pub(super) leap: Option<(i64, i64)>,
    /// The median of when the latest readings were stored.
    pub(super) median: Option<i64>,
    /// The last time that a person said was right.
    pub(super) settled: Option<i64>,
}

/// Why age is not counted from now. Seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The clock is before the day of poucet's own catalogue.
    TooEarly {
        /// What the clock says.
        clock: i64,
        /// That day.
        built: i64,
    },
    /// The clocks of the desk and of the server differ by more than a day.
    Server {
        /// What the clock of the desk says.
        clock: i64,
        /// What that of the server says.
        server: i64,
    },
    /// The clock is years later than anything in the store.
    Ahead {
        /// What the clock says.
        clock: i64,
        /// What the store last heard.
        store: i64,
    },
    /// The clock is more than a day earlier than what the store has heard.
    Behind {
        /// What the clock says.
        clock: i64,
        /// What the store last heard.
        store: i64,
    },
    /// The clock is weeks later than what the store had heard, and has not been for a day: age counts from what it had heard.
    Leap {
        /// What the clock says.
        clock: i64,
        /// What the store had heard.
        store: i64,
    },
}

impl Doubt {
    /// The keys of all sentences, for the test of the texts.
    pub const KEYS: [&'static str; 5] =
        ["store-clock-early", "store-clock-server", "store-clock-ahead", "store-clock-behind", "store-clock-leap"];

    /// The key of its sentence in `src/text/store.*.ftl`, for `clock` and `store`.
    pub fn key(&self) -> &'static str {
        match self {
            Doubt::TooEarly { .. } => "store-clock-early",
            Doubt::Server { .. } => "store-clock-server",
            Doubt::Ahead { .. } => "store-clock-ahead",
            Doubt::Behind { .. } => "store-clock-behind",
            Doubt::Leap { .. } => "store-clock-leap",
        }
    }

    /// What the clock says, and what it is held against.
    pub fn times(&self) -> (i64, i64) {
        match *self {
            Doubt::TooEarly { clock, built: other }
            | Doubt::Server { clock, server: other }
            | Doubt::Ahead { clock, store: other }
            | Doubt::Behind { clock, store: other }
            | Doubt::Leap { clock, store: other } => (clock, other),
        }
    }

    /// Whether nothing is deleted, and not only less.
    pub fn is_whole(&self) -> bool {
        !matches!(self, Doubt::Leap { .. })
    }
}

/// What a clock is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    /// When what is stored now is stored.
    pub(super) now: i64,
    /// Whether that may be wrong.
    pub(super) doubted: bool,
    /// From when age is counted; `None` where nothing is deleted.
    pub(super) ages_from: Option<i64>,
    pub(super) doubt: Option<Doubt>,
    /// What the store has heard from now on.
    pub(super) heard: Heard,
}

/// Holds the clock of a desk, and of a server where there is one, against what the store has heard.
pub(super) fn judge(desk: i64, server: Option<i64>, heard: Heard) -> Judged {
    let now = server.unwrap_or(desk);
    // A time that was believed and that most of the store contradicts was that of a first desk whose clock was wrong.
    let reference = match (heard.believed, heard.median) {
        (Some(believed), Some(median))
            if believed > median.saturating_add(YEARS) && heard.settled.is_none_or(|settled| believed < settled) =>
        {
            Some(median)
        }
        (Some(believed), _) => Some(believed),
        (None, median) => median,
    };
    let doubted =
        |doubt: Doubt, now: i64, doubted: bool| Judged { now, doubted, ages_from: None, doubt: Some(doubt), heard };
    if now < BUILT {
        let doubt = Doubt::TooEarly { clock: now, built: BUILT };
        return doubted(doubt, reference.unwrap_or(BUILT).max(BUILT), true);
    }
    let believe = |ages_from: i64, leap: Option<(i64, i64)>, doubt: Option<Doubt>| Judged {
        now,
        doubted: false,
        ages_from: Some(ages_from),
        doubt,
        heard: Heard { believed: Some(now), leap, ..heard },
    };
    let judged = match (reference, heard.leap) {
        (None, _) => believe(now, None, None),
        (Some(store), _) if now > store.saturating_add(YEARS) => doubted(Doubt::Ahead { clock: now, store }, now, true),
        // Another desk does not bear the leap out: it is taken back.
        (Some(store), Some((from, _))) if now < store - DAY && now >= from - DAY => believe(now, None, None),
        (Some(store), _) if now < store - DAY => doubted(Doubt::Behind { clock: now, store }, now, true),
        (Some(store), _) if now > store + LEAP => {
            believe(store, Some((store, now)), Some(Doubt::Leap { clock: now, store }))
        }
        (Some(store), Some((from, to))) if now < to + RUN => Judged {
            heard: Heard { believed: Some(now.max(store)), ..heard },
            ..believe(from, heard.leap, Some(Doubt::Leap { clock: now, store: from }))
        },
        (Some(store), _) => {
            Judged { heard: Heard { believed: Some(now.max(store)), leap: None, ..heard }, ..believe(now, None, None) }
        }
    };
    match server {
        Some(server) if (server - desk).abs() > DAY => {
            Judged { ages_from: None, doubt: Some(Doubt::Server { clock: desk, server }), heard, ..judged }
        }
        _ => judged,
    }
}

/// What the store has heard when a person says that the clock is right.
pub(super) fn settled(desk: i64, server: Option<i64>, heard: Heard) -> Judged {
    let now = server.unwrap_or(desk);
    let heard = Heard { believed: Some(now), leap: None, settled: Some(now), ..heard };
    Judged { now, doubted: false, ages_from: Some(now), doubt: None, heard }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = BUILT + 100 * DAY;
    const HEARD: Heard = Heard { believed: Some(NOW - DAY), leap: None, median: Some(NOW - 3 * DAY), settled: None };
    const IN_2099: i64 = 4_070_908_800;

    #[test]
    fn a_clock_that_goes_on_is_believed() {
        let judged = judge(NOW, None, HEARD);
        assert_eq!((judged.ages_from, judged.doubt, judged.heard.believed), (Some(NOW), None, Some(NOW)));
        assert_eq!(judge(NOW, Some(NOW - 60), HEARD).ages_from, Some(NOW - 60));
        assert_eq!(judge(NOW, None, Heard::default()).ages_from, Some(NOW));
        // A little earlier than another desk, and the store forgets nothing.
        let earlier = judge(NOW - DAY - 3600, None, HEARD);
        assert_eq!((earlier.doubt, earlier.heard.believed), (None, HEARD.believed));
    }

    #[test]
    fn a_clock_that_jumps_deletes_nothing_however_often_it_is_asked() {
        let mut heard = HEARD;
        for _ in 0..500 {
            let judged = judge(IN_2099, None, heard);
            assert_eq!(judged.ages_from, None);
            assert!(judged.doubted && matches!(judged.doubt, Some(Doubt::Ahead { .. })));
            // Its readings become the most of the store.
            heard = Heard { median: Some(IN_2099), ..judged.heard };
        }
        assert_eq!(judge(NOW, None, heard).ages_from, Some(NOW));
        for early in [0, 86_400, BUILT - 1] {
            let judged = judge(early, None, HEARD);
            assert_eq!((judged.ages_from, judged.doubted, judged.now), (None, true, NOW - DAY));
            assert!(matches!(judged.doubt, Some(Doubt::TooEarly { .. })));
            assert_eq!(judge(early, None, Heard::default()).now, BUILT);
        }
        let behind = judge(NOW - 30 * DAY, None, HEARD);
        assert!(behind.ages_from.is_none() && matches!(behind.doubt, Some(Doubt::Behind { .. })));
    }

    #[test]
    fn a_leap_counts_once_it_has_gone_on_for_a_day_and_no_other_desk_denies_it() {
        let later = NOW + 60 * DAY;
        let first = judge(later, None, HEARD);
        assert_eq!((first.ages_from, first.doubted), (Some(NOW - DAY), false));
        assert!(matches!(first.doubt, Some(Doubt::Leap { .. })));
        // A second reading of the same minute is no second witness.
        assert_eq!(judge(later + 60, None, first.heard).ages_from, Some(NOW - DAY));
        let next = judge(later + DAY, None, first.heard);
        assert_eq!((next.ages_from, next.doubt), (Some(later + DAY), None));
        // Another desk says otherwise.
        let denied = judge(NOW, None, first.heard);
        assert_eq!((denied.ages_from, denied.heard.believed, denied.heard.leap), (Some(NOW), Some(NOW), None));
    }

    #[test]
    fn a_first_desk_that_was_wrong_is_outvoted() {
        let wrong = judge(IN_2099, None, Heard::default()).heard;
        assert!(judge(NOW, None, Heard { median: Some(IN_2099), ..wrong }).ages_from.is_none());
        let judged = judge(NOW, None, Heard { median: Some(NOW), ..wrong });
        assert_eq!((judged.ages_from, judged.heard.believed), (Some(NOW), Some(NOW)));
    }

    #[test]
    fn two_clocks_that_differ_delete_nothing_and_the_server_says_when() {
        let judged = judge(IN_2099, Some(NOW), HEARD);
        assert_eq!((judged.ages_from, judged.now, judged.doubted), (None, NOW, false));
        assert!(matches!(judged.doubt, Some(Doubt::Server { .. })));
    }

    #[test]
    fn a_person_settles_it() {
        let judged = settled(IN_2099, None, HEARD);
        assert_eq!((judged.ages_from, judged.heard.believed), (Some(IN_2099), Some(IN_2099)));
        // What is in the store says otherwise, and is not asked any more.
        assert_eq!(judge(IN_2099 + DAY, None, judged.heard).ages_from, Some(IN_2099 + DAY));
        let again = settled(NOW, None, judged.heard);
        assert_eq!(judge(NOW + DAY, None, again.heard).ages_from, Some(NOW + DAY));
    }
}
