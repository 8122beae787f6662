//! The two ways in which Android's dumps write time: local dates without a zone, and durations in units.

use jiff::civil::{Date, DateTime, Time};

use crate::parse::text::fold_digits;

/// Reads a whole `yyyy-MM-dd HH:mm:ss` or `yyyy-MM-dd HH:mm:ss.SSS`, without blanks around it.
///
/// The time is the phone's local time: Android prints no zone (`java.text.SimpleDateFormat` in `Settings.dumpPackageLPr`
/// and `AppOpsService.dump`). The digits are those of the phone's language. `None` when the text is not such a date, or
/// names no day of the calendar.
pub fn timestamp(text: &str) -> Option<DateTime> {
    match leading_timestamp(text)? {
        (time, "") => Some(time),
        _ => None,
    }
}

/// Reads a date as [`timestamp`] does at the beginning of a text, and returns what follows it.
///
/// App-op rows put more behind the date: `2021-05-19 22:02:49.186 (-314d1h25m4s901ms) duration=+33ms`.
pub fn leading_timestamp(text: &str) -> Option<(DateTime, &str)> {
    // Every foreign digit is one character and folds to one, so counts of characters stay true through the folding.
    let long = head(text, 23);
    let folded = fold_digits(long);
    let bytes = folded.as_bytes();
    let (time, characters) = seconds(bytes).map(|(date, hour, minute, second)| {
        let milliseconds = match bytes.get(19) {
            Some(b'.') => number(bytes, 20, 3),
            _ => None,
        };
        let time = Time::new(hour, minute, second, i32::from(milliseconds.unwrap_or(0)) * 1_000_000).ok();
        (time.map(|time| DateTime::from_parts(date, time)), if milliseconds.is_some() { 23 } else { 19 })
    })?;
    let length = head(text, characters).len();
    Some((time?, text.get(length..)?))
}

/// The date and the time to the second in the first nineteen bytes.
fn seconds(bytes: &[u8]) -> Option<(Date, i8, i8, i8)> {
    let separators = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if !separators.iter().all(|(place, separator)| bytes.get(*place) == Some(separator)) {
        return None;
    }
    let small = |place| number(bytes, place, 2).and_then(|value| i8::try_from(value).ok());
    let date = Date::new(number(bytes, 0, 4)?, small(5)?, small(8)?).ok()?;
    Some((date, small(11)?, small(14)?, small(17)?))
}

/// The number written in `length` ASCII digits from `start`.
fn number(bytes: &[u8], start: usize, length: usize) -> Option<i16> {
    bytes.get(start..start.checked_add(length)?)?.iter().try_fold(0_i16, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        value.checked_mul(10)?.checked_add(i16::from(digit))
    })
}

/// The first characters of a text, at most `characters` of them.
fn head(text: &str, characters: usize) -> &str {
    match text.char_indices().nth(characters) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// The units of `TimeUtils.formatDuration` from the longest to the shortest, in milliseconds.
const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// Reads a whole duration as `android.util.TimeUtils.formatDuration` writes it: `+1d2h3m4s5ms`, `-24m50s324ms`, `0`.
/// In milliseconds; negative for what lies in the past.
///
/// The platform prints the units from the first one that is not zero down to milliseconds; builds that leave out zeros
/// (`+18h`) are read too. `None` for anything else: no sign (except `0`), a unit twice or out of order, a number that
/// does not fit.
pub fn duration(text: &str) -> Option<i64> {
    let text = fold_digits(text);
    let (sign, mut rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return (text.as_ref() == "0").then_some(0),
    };
    if rest.is_empty() {
        return None;
    }
    let mut total = 0_i64;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let value: i64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        let unit = rest.get(..letters)?;
        // `units` is only ever advanced, so a unit cannot come back or follow a shorter one.
        let (_, length) = units.find(|(name, _)| *name == unit)?;
        // Dumps that align their columns put a blank between the units.
        let after = rest.get(letters..)?;
        rest = after.strip_prefix(' ').filter(|next| !next.is_empty()).unwrap_or(after);
        total = total.checked_add(value.checked_mul(*length)?)?;
    }
    total.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_dates_with_and_without_milliseconds() {
        assert_eq!(timestamp("2021-05-19 22:02:49.186"), Some(datetime(2021, 5, 19, 22, 2, 49, 186_000_000)));
        assert_eq!(timestamp("1970-01-01 01:00:00"), Some(datetime(1970, 1, 1, 1, 0, 0, 0)));
    }

    #[test]
    fn reads_the_digits_of_other_scripts() {
        let expected = Some(datetime(2026, 10, 3, 3, 38, 33, 0));
        assert_eq!(timestamp("۲۰۲۶-۱۰-۰۳ ۰۳:۳۸:۳۳"), expected);
        assert_eq!(timestamp("٢٠٢٦-١٠-٠٣ ٠٣:٣٨:٣٣"), expected);
        assert_eq!(timestamp("২০২৬-১০-০৩ ০৩:৩৮:৩৩"), expected);
        let (time, rest) = leading_timestamp("۲۰۲۶-۱۰-۰۳ ۰۳:۳۸:۳۳.۰۰۷ (-۱h)").unwrap();
        assert_eq!((time, rest), (datetime(2026, 10, 3, 3, 38, 33, 7_000_000), " (-۱h)"));
    }

    #[test]
    fn leaves_what_follows_the_date() {
        assert_eq!(
            leading_timestamp("2019-08-15 15:09:10 (-4m)"),
            Some((datetime(2019, 8, 15, 15, 9, 10, 0), " (-4m)"))
        );
        assert_eq!(leading_timestamp("2019-08-15 15:09:10.5").map(|(_, rest)| rest), Some(".5"));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in ["", "2021-02-29 00:00:00", "2021-05-19", "2021-05-19T22:02:49", "2021-05-19 25:00:00", "<unknown>"]
        {
            assert_eq!(timestamp(text), None, "{text}");
        }
        assert_eq!(timestamp("2021-05-19 22:02:49 "), None);
    }

    #[test]
    fn reads_durations() {
        assert_eq!(duration("0"), Some(0));
        assert_eq!(duration("+33ms"), Some(33));
        assert_eq!(duration("-24m50s324ms"), Some(-1_490_324));
        assert_eq!(duration("+1d2h3m4s5ms"), Some(93_784_005));
        assert_eq!(duration("-314d1h25m4s901ms"), Some(-27_134_704_901));
        assert_eq!(duration("+18h"), Some(64_800_000));
        assert_eq!(duration("+1h 2m 3s  4ms"), None, "two blanks hold no number");
        assert_eq!(duration("+1h 2m 3s 4ms"), Some(3_723_004));
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in ["", "+", "-", "5ms", "+5", "+5m5h", "+5m5m", "+5w", "+99999999999999d", "+ms", "+1s ago"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    /// `TimeUtils.formatDuration` in our own words: the first unit that is not zero and every one below it.
    fn print_duration(milliseconds: i64) -> String {
        if milliseconds == 0 {
            return "0".to_owned();
        }
        let mut rest = milliseconds.unsigned_abs();
        let mut printed = String::from(if milliseconds < 0 { "-" } else { "+" });
        for (name, length) in UNITS {
            let length = length.unsigned_abs();
            if rest >= length || printed.len() > 1 || name == "ms" {
                printed.push_str(&format!("{}{name}", rest / length));
            }
            rest %= length;
        }
        printed
    }

    fn in_digits_from(zero: char, text: &str) -> String {
        text.chars()
            .map(|character| match character.to_digit(10) {
                Some(value) => char::from_u32(zero as u32 + value).unwrap(),
                None => character,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn durations_come_back(milliseconds in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
            prop_assert_eq!(duration(&print_duration(milliseconds)), Some(milliseconds));
        }

        #[test]
        fn dates_come_back_in_every_script(
            seconds in -62_000_000_000_i64..250_000_000_000,
            milliseconds in proptest::option::of(0..1000_i32),
            zero in proptest::sample::select(vec!['0', '٠', '۰', '०', '০', '၀', '๐', '០']),
            rest in "[^0-9.]{0,20}",
        ) {
            let time = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::from_second(seconds).unwrap());
            let mut printed = time.strftime("%Y-%m-%d %H:%M:%S").to_string();
            if let Some(milliseconds) = milliseconds {
                printed.push_str(&format!(".{milliseconds:03}"));
            }
            let expected = time.with().subsec_nanosecond(milliseconds.unwrap_or(0) * 1_000_000).build().unwrap();
            let text = format!("{}{rest}", in_digits_from(zero, &printed));
            prop_assert_eq!(leading_timestamp(&text), Some((expected, rest.as_str())));
        }

        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = (timestamp(&text), leading_timestamp(&text), duration(&text));
        }

        #[test]
        fn never_panics_on_nearly_right_text(text in "[+\\-]?([0-9۰]{1,20}[dhms]{0,2} ?){0,7}|[0-9۰:. \\-]{0,30}") {
            let _ = (timestamp(&text), leading_timestamp(&text), duration(&text));
        }
    }
}
