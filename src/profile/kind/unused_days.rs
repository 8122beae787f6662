//! `unused_days = 90`: an app that nobody uses has no place on the phone.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::json;

use super::about::About;
use super::statement::{Apps, Entry, Kind, Said, Shown, Stated, Statement};
use crate::document::{Code, Diagnostic, Message, Reader, Scalar, Written};
use crate::profile::change::Change;
use crate::profile::difference::types::{Way, What};
use crate::profile::document::parts::OverrideDocument;
use crate::profile::example::phone::ExampleApp;
use crate::profile::expected::{Expected, Value};
use crate::profile::judged::{Actual, Asked, Judged, Why};
use crate::profile::origin::RuleOrigin;
use crate::profile::phone::RuleOnPhone;
use crate::profile::resolve::parameters::{Filler, Whence, show};
use crate::text::both::sentences;
use crate::vocabulary::{Check, Level, Permission, Platform, Presence, Verdict};

/// Ten years: a longer disuse is a slip of the finger.
const MOST_DAYS: i64 = 3650;

/// The app was used within this many days, or is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnusedDays {
    /// The highest accepted number of days without use.
    pub at_most: u32,
}

impl Kind for UnusedDays {
    const KEY: &'static str = "unused_days";
    const WORD: &'static str = "unused-days";
    const APPS: Apps = Apps::Needed;
    type Document = Scalar;

    fn schema() -> serde_json::Value {
        json!({
            "properties": {
                "unused_days": {
                    "description": "The app was used within this many days, or is not there.",
                    "anyOf": [
                        { "type": "integer", "minimum": 1, "maximum": MOST_DAYS },
                        { "$ref": "#/$defs/placeholder" },
                    ],
                },
            },
        })
    }

    fn read(reader: &mut Reader<'_, '_>, stated: &Stated<'_, '_>) -> Option<Scalar> {
        reader.scalar("unused_days", stated.value)
    }

    fn fillable(document: &Scalar) -> Vec<&Written> {
        document.text().into_iter().collect()
    }

    fn resolve(
        document: &Scalar,
        _changes: &[&OverrideDocument],
        filler: &mut Filler<'_, '_, '_>,
    ) -> Option<UnusedDays> {
        match filler.fill_scalar(document)? {
            Scalar::Number(number, _) if (1..=MOST_DAYS).contains(&number) => {
                u32::try_from(number).ok().map(|at_most| UnusedDays { at_most })
            }
            other @ (Scalar::Number(..) | Scalar::Text(_) | Scalar::Flag(..)) => {
                let note = Diagnostic::new(Code::NumberOutOfRange, other.place()).with("value", show(&other));
                let hint = Message::new("profile-hint-range").with("min", 1_i64).with("max", MOST_DAYS);
                filler.notes.push(note.hint(hint));
                None
            }
        }
    }

    fn origin(document: &Scalar, _changes: &[&OverrideDocument], whence: Whence<'_, '_>, into: &mut RuleOrigin) {
        into.value = whence.of_scalar(document);
    }

    fn compare(&self, after: &UnusedDays, _platform: Option<Platform>, note: &mut dyn FnMut(Way, What)) {
        let (from, to) = (self.at_most, after.at_most);
        if from != to {
            note(Way::stricter_if(to < from), What::limit(Self::WORD, from, to));
        }
    }

    fn tailor(&self, after: &UnusedDays, note: &mut dyn FnMut(Change, bool)) {
        let (from, to) = (self.at_most, after.at_most);
        if from != to {
            note(Change::limit(Self::WORD, from, to), to > from);
        }
    }
}

impl Statement for UnusedDays {
    fn about(&self) -> About<'_> {
        About::Apps(Check::AppPresence)
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        vec![Entry::set("unused_days", Shown::One(Value::Int(self.at_most.into())))]
    }

    fn asked(&self) -> Asked<'_> {
        Asked::Device(Cow::Owned(Expected::AtMost(self.at_most.into())))
    }

    fn judge<'s>(&'s self, rule: &RuleOnPhone<'_, 's>, tell: &mut dyn FnMut(Judged<'s>)) {
        let platform = rule.phone.platform();
        let now = rule.phone.snapshot.taken_at.as_deref().and_then(day_of);
        let press = rule.press(None);
        let mut found = 0;
        for judged in rule.selected().filter(|judged| judged.app.presence >= Presence::Disabled) {
            let grants = &judged.app.grants;
            let last = grants.iter().filter_map(|grant| grant.last_used.as_ref()).filter(|last| !last.doubtful);
            let last = last.max_by(|one, other| one.recency().cmp(&other.recency()));
            let age = last.and_then(|last| last.days_before(now));
            let verdict = match age {
                Some(age) if age <= i64::from(self.at_most) => Verdict::Pass,
                // A backup tells the last use of the location and little else: that nothing newer is in it proves nothing.
                Some(_) if platform == Platform::Ios => Verdict::NotAssessed,
                Some(_) => Verdict::Fail,
                None => Verdict::NotAssessed,
            };
            let why = match last {
                None => Why::plain("reason-no-last-use"),
                Some(last) if last.now => Why::plain("reason-in-use-now"),
                Some(last) => match (last.at.as_deref(), age) {
                    (Some(at), _) => Why::Text("reason-last-use", Cow::Borrowed(at)),
                    (None, Some(days)) => Why::Text("reason-last-use-ago", days.to_string().into()),
                    (None, None) => Why::plain("reason-no-last-use"),
                },
            };
            tell(Judged {
                app: Some(judged.place),
                actual: age.map_or(Actual::Unknown, |age| Actual::Value(Value::Int(age))),
                last_used: last,
                press,
                ..Judged::new(verdict, why)
            });
            found += 1;
        }
        if let Some(rest) = rule.rest(found) {
            tell(rest);
        }
    }

    fn asks(&self, _platform: Option<Platform>) -> Vec<Said> {
        let days = usize::try_from(self.at_most).unwrap_or(usize::MAX);
        vec![Said::plain(sentences().count("kind-unused-days-asks", days, &[]))]
    }

    fn evidence(&self, platform: Platform) -> Option<&'static str> {
        Some(match platform {
            Platform::Android => "dumpsys appops",
            Platform::Ios => "clients.plist",
        })
    }

    fn apps_to_try(&self, plain: &ExampleApp, _platform: Platform) -> Vec<ExampleApp> {
        let used = |days| ExampleApp {
            last_used_days: Some(days),
            grants: [(Permission::Location, Level::WhileInUse)].into(),
            ..plain.clone()
        };
        [0, i64::from(self.at_most) + 1].map(used).into()
    }
}

/// The day of an RFC 3339 time.
fn day_of(time: &str) -> Option<jiff::civil::Date> {
    time.get(..10)?.parse().ok()
}
