//! The last uses of an app over the month before the evidence was taken.

use maud::{Markup, html};

use super::say::{LINE, MARK, Say};
use crate::snapshot::Grant;
use crate::vocabulary::Usage;

/// How many days the line shows.
const DAYS: i32 = 30;

/// A small drawing: a circle for a use with the app open, a square for one in the background. Nothing without a use in that time.
pub(super) fn draw(say: &Say<'_>, taken: Option<&str>, grants: &[&Grant]) -> Markup {
    let day = |at: &str| at.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let taken = taken.and_then(day);
    let mut marks: Vec<(i32, bool)> = grants
        .iter()
        .filter_map(|grant| grant.last_used.as_ref())
        .filter(|last| !last.doubtful)
        .filter_map(|last| {
            let ago = i32::try_from(last.days_before(taken)?).ok()?;
            (0..=DAYS).contains(&ago).then_some((ago, last.how == Usage::Background))
        })
        .collect();
    marks.sort_unstable();
    marks.dedup();
    if marks.is_empty() {
        return html! {};
    }
    // From left to right in days, ten units each.
    let x = |ago: i32| 10 + (DAYS - ago) * 10;
    html! {
        svg .time viewBox="0 0 320 22" role="img" {
            title { (say.plain("html-timeline-title", u64::try_from(marks.len()).unwrap_or(u64::MAX))) }
            path d="M10 12h300M10 7v10M310 7v10" fill="none" stroke=(LINE) stroke-width="2" {}
            @for (ago, background) in &marks {
                @if *background { rect x=(x(*ago) - 4) y="8" width="8" height="8" fill=(MARK) {} }
                @else { circle cx=(x(*ago)) cy="12" r="4.5" fill=(MARK) {} }
            }
        }
    }
}
