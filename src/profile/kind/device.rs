//! `device = "check"`: a property of the phone itself.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, json};

use super::about::About;
use super::statement::{Apps, Entry, Kind, Said, Shown, Stated, Statement};
use crate::document::{At, Code, Diagnostic, Message, Place, Reader, Scalar, Written};
use crate::profile::change::Change;
use crate::profile::difference::types::{Way, What};
use crate::profile::document::parts::OverrideDocument;
use crate::profile::example::phone::{can_tell, values};
use crate::profile::expected::{Expected, Value, is_app_id};
use crate::profile::judged::{Actual, Asked, Judged, ToldGap, Why};
use crate::profile::origin::RuleOrigin;
use crate::profile::phone::RuleOnPhone;
use crate::profile::resolve::parameters::{Filler, Whence, show};
use crate::profile::schema::parts::{described, device_checks, or_placeholder, value_of};
use crate::snapshot::Cited;
use crate::text::Text;
use crate::text::both::{code, list_with, same, sentences};
use crate::vocabulary::permissions::{CheckValue, Readable, describe_check};
use crate::vocabulary::{Check, Platform, Verdict};

/// A property of the phone has a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    /// The property.
    pub check: Check,
    /// What it is compared with.
    pub expected: Expected,
}

/// The same as it is written.
#[derive(Clone, Debug)]
pub(crate) struct DeviceDocument {
    check: At<Check>,
    comparison: Comparison,
    values: Vec<Scalar>,
}

/// How a device rule compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Is,
    AtMost,
    AtLeast,
    OneOf,
}

impl Comparison {
    /// Each with the key that states it.
    const ALL: [(&'static str, Comparison); 4] = [
        ("is", Comparison::Is),
        ("at_most", Comparison::AtMost),
        ("at_least", Comparison::AtLeast),
        ("one_of", Comparison::OneOf),
    ];
}

impl Kind for Device {
    const KEY: &'static str = "device";
    const COMPANIONS: &'static [&'static str] = &["is", "at_most", "at_least", "one_of"];
    const APPS: Apps = Apps::Never;
    type Document = DeviceDocument;

    fn schema() -> serde_json::Value {
        // One schema for each check, so that an editor shows what each one is.
        let checks: Vec<serde_json::Value> = device_checks()
            .map(|(check, _)| described(json!({ "const": check.word() }), &describe_check(check).name.en))
            .collect();
        let number = |description: &str| {
            json!({
                "description": description,
                "anyOf": [{ "type": "integer", "minimum": 0 }, { "$ref": "#/$defs/placeholder" }],
            })
        };
        let compared = Comparison::ALL.map(|(key, _)| json!({ "required": [key] }));
        json!({
            "properties": {
                "device": {
                    "description":
                        "A property of the phone; compare it with one of `is`, `at_most`, `at_least`, `one_of`.",
                    "oneOf": checks,
                },
                "is": { "description": "The value of the property.", "$ref": "#/$defs/scalar" },
                "at_most": number("The highest number accepted, in days or seconds."),
                "at_least": number("The lowest number accepted, in days or seconds."),
                "one_of": {
                    "description": "The values accepted.",
                    "type": "array",
                    "minItems": 1,
                    "items": { "$ref": "#/$defs/scalar" },
                },
            },
            "dependentSchemas": { "device": { "not": { "required": ["apps"] }, "oneOf": compared } },
            "allOf": comparisons(),
        })
    }

    fn read(reader: &mut Reader<'_, '_>, stated: &Stated<'_, '_>) -> Option<DeviceDocument> {
        let written = reader.written("device", stated.value)?;
        let check = Check::from_word(&written.text);
        if check.is_none() {
            let note = Diagnostic::new(Code::UnknownCheck, written.place).with("word", written.text.as_str());
            reader.notes.push(note.suggest(&written.text, Check::ALL.iter().map(|check| check.word())));
        }
        let companions = &stated.companions;
        let mut found: Vec<_> =
            Comparison::ALL.iter().filter_map(|(key, kind)| Some((*key, *kind, companions.get(key)?))).collect();
        found.sort_by_key(|(_, _, (span, _))| span.start);
        let (key, comparison, (_, value)) = match found.as_slice() {
            [only] => *only,
            several => {
                let place = several.get(1).map_or(stated.place, |(_, _, (span, _))| reader.at(span.clone()));
                reader.notes.push(Diagnostic::new(Code::ComparisonCount, place).with("count", several.len()));
                return None;
            }
        };
        let values: Vec<Scalar> = if comparison == Comparison::OneOf {
            reader.list(key, value).into_iter().filter_map(|item| reader.scalar(key, item)).collect()
        } else {
            reader.scalar(key, value).into_iter().collect()
        };
        if comparison == Comparison::OneOf && value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            let place = reader.at(value.span());
            reader.notes.push(Diagnostic::new(Code::EmptyText, place).with("key", key));
        }
        Some(DeviceDocument { check: At { value: check?, place: written.place }, comparison, values })
    }

    fn fillable(document: &DeviceDocument) -> Vec<&Written> {
        document.values.iter().filter_map(Scalar::text).collect()
    }

    fn resolve(
        document: &DeviceDocument,
        _changes: &[&OverrideDocument],
        filler: &mut Filler<'_, '_, '_>,
    ) -> Option<Device> {
        let filled: Vec<Option<Scalar>> = document.values.iter().map(|value| filler.fill_scalar(value)).collect();
        let filled: Vec<Scalar> = filled.into_iter().collect::<Option<_>>()?;
        let check = document.check;
        let expected = expected(check.value, check.place, document.comparison, &filled, filler)?;
        Some(Device { check: check.value, expected })
    }

    fn origin(
        document: &DeviceDocument,
        _changes: &[&OverrideDocument],
        whence: Whence<'_, '_>,
        into: &mut RuleOrigin,
    ) {
        into.value = document.values.first().and_then(|value| whence.of_scalar(value));
    }

    fn compare(&self, after: &Device, _platform: Option<Platform>, note: &mut dyn FnMut(Way, What)) {
        if self.check != after.check {
            note(Way::Different, What::Check { from: self.check, to: after.check });
            return;
        }
        let (from, to) = (&self.expected, &after.expected);
        let way = match (to.accepts_all(from), from.accepts_all(to)) {
            // `is = 3` and `one_of = [3]` are two ways to write one thing.
            (true, true) => return,
            (true, false) => Way::Laxer,
            (false, true) => Way::Stricter,
            (false, false) => Way::Different,
        };
        note(way, What::Expected { check: self.check, from: from.clone(), to: to.clone() });
    }

    fn tailor(&self, after: &Device, note: &mut dyn FnMut(Change, bool)) {
        let (from, to) = (&self.expected, &after.expected);
        if from == to {
            return;
        }
        let looser = match (from, to) {
            (Expected::AtMost(from), Expected::AtMost(to)) => to > from,
            (Expected::AtLeast(from), Expected::AtLeast(to)) => to < from,
            // Another value altogether: nobody can say which is stricter, so a person should look.
            _ => true,
        };
        note(Change::Expected { from: from.clone(), to: to.clone() }, looser);
    }
}

impl Statement for Device {
    fn about(&self) -> About<'_> {
        About::Phone(self.check)
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        let (key, value) = comparison(&self.expected);
        vec![Entry::fixed("device", Shown::word(self.check.word())), Entry::set(key, value)]
    }

    fn asked(&self) -> Asked<'_> {
        Asked::Device(Cow::Borrowed(&self.expected))
    }

    /// One finding.
    fn judge<'s>(&'s self, rule: &RuleOnPhone<'_, 's>, tell: &mut dyn FnMut(Judged<'s>)) {
        let mut finding = self.outcome(rule);
        finding.check = Some(self.check);
        if matches!(finding.verdict, Verdict::Manual | Verdict::NotAssessed) {
            finding.by_hand = rule.by_hand(None);
        }
        if !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable) {
            finding.press = rule.press(None);
        }
        tell(finding);
    }

    fn asks(&self, _platform: Option<Platform>) -> Vec<Said> {
        let name = sentences()
            .with("explain-named", &[("name", &describe_check(self.check).name), ("word", &same(self.check.word()))]);
        vec![Said { subject: Some(name), platform: None, text: self.in_words() }]
    }

    /// Every value that matters to the comparison, where the platform tells the check at all.
    fn settings_to_try(&self, platform: Platform) -> Vec<(Check, Value)> {
        if !can_tell(self.check, platform) {
            return Vec::new();
        }
        let wanted: &[Value] = match &self.expected {
            Expected::AtMost(limit) | Expected::AtLeast(limit) => &[Value::Int(*limit)],
            Expected::Is(value) => std::slice::from_ref(value),
            Expected::OneOf(values) => values,
        };
        let limits: Vec<i64> =
            wanted.iter().filter_map(|value| if let Value::Int(limit) = value { Some(*limit) } else { None }).collect();
        let mut tried = values(self.check, &limits);
        // Of ids there are too many to try: the wanted ones, beside some others.
        tried.extend(wanted.iter().filter(|value| matches!(value, Value::Text(_))).cloned());
        tried.into_iter().map(|value| (self.check, value)).collect()
    }
}

impl Device {
    /// What it is compared with, in words.
    pub(crate) fn in_words(&self) -> Text {
        let number = |number: i64| self.value_in_words(&Value::Int(number));
        match &self.expected {
            Expected::Is(wanted) => self.value_in_words(wanted),
            Expected::AtMost(limit) => sentences().with("explain-at-most", &[("value", &number(*limit))]),
            Expected::AtLeast(limit) => sentences().with("explain-at-least", &[("value", &number(*limit))]),
            Expected::OneOf(values) => {
                let values: Vec<Text> = values.iter().map(|wanted| self.value_in_words(wanted)).collect();
                list_with(&values, "explain-list-or")
            }
        }
    }

    fn value_in_words(&self, value: &Value) -> Text {
        match value {
            Value::Bool(true) => sentences().get("value-yes"),
            Value::Bool(false) => sentences().get("value-no"),
            Value::Int(number) => {
                let number = same(&number.to_string());
                match describe_check(self.check).value {
                    CheckValue::Days => sentences().with("value-days", &[("number", &number)]),
                    CheckValue::Seconds => sentences().with("value-seconds", &[("number", &number)]),
                    CheckValue::YesNo | CheckValue::Words(_) | CheckValue::Id | CheckValue::None => number,
                }
            }
            Value::Text(word) => {
                let key = format!("value-{word}");
                if sentences().has(&key) {
                    sentences().with("explain-named", &[("name", &sentences().get(&key)), ("word", &same(word))])
                } else {
                    code(word)
                }
            }
        }
    }

    fn outcome<'s>(&self, rule: &RuleOnPhone<'_, 's>) -> Judged<'s> {
        let phone = rule.phone;
        let Some(setting) = phone.snapshot.settings.get(&self.check) else {
            let (verdict, why) = match phone.gaps(self.check.word()).first() {
                Some(gap) => (Verdict::NotAssessed, Why::Gap(ToldGap::Whole(gap))),
                None => match describe_check(self.check).readable.of(phone.platform()) {
                    Readable::Absent => (Verdict::NotApplicable, Why::plain("reason-not-on-platform")),
                    Readable::Manual => (Verdict::Manual, Why::plain("reason-manual")),
                    Readable::Automatic | Readable::Partly => {
                        (Verdict::NotAssessed, Why::plain("reason-not-in-evidence"))
                    }
                },
            };
            return Judged::unknown(verdict, why);
        };
        let holds = self.expected.accepts(&setting.value);
        // The visit itself needs debugging: what it switched on is for the person to look at after the cable is out.
        let by_visit = rule.footprint && phone.is_live() && !holds;
        let (verdict, reason) = if holds {
            (Verdict::Pass, "reason-value")
        } else if by_visit {
            (Verdict::Manual, "reason-footprint")
        } else {
            (Verdict::Fail, "reason-value")
        };
        Judged {
            actual: Actual::Value(setting.value.clone()),
            evidence: Cited::All(&setting.evidence),
            ..Judged::new(verdict, Why::Text(reason, word(&setting.value)))
        }
    }
}

/// A value as the reasons name it.
fn word(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        Value::Int(number) => Cow::Owned(number.to_string()),
        Value::Text(text) => Cow::Borrowed(text),
    }
}

/// What the values as they are written come to, each held against what the check can be.
fn expected(
    check: Check,
    place: Place,
    comparison: Comparison,
    values: &[Scalar],
    filler: &mut Filler<'_, '_, '_>,
) -> Option<Expected> {
    let kind = &describe_check(check).value;
    let ordered = matches!(comparison, Comparison::AtMost | Comparison::AtLeast);
    let mut accepted = Vec::new();
    for value in values {
        let fits = match (kind, value) {
            (CheckValue::None, _) => {
                let note = Diagnostic::new(Code::CheckNotForDevice, place).with("check", check.word());
                filler.notes.push(note.hint(Message::new("profile-hint-not-for-device")));
                return None;
            }
            (CheckValue::YesNo, Scalar::Flag(..)) => !ordered,
            (CheckValue::Days | CheckValue::Seconds, Scalar::Number(number, _)) => *number >= 0,
            (CheckValue::Words(words), Scalar::Text(written)) => !ordered && words.contains(&written.text),
            (CheckValue::Id, Scalar::Text(written)) => !ordered && is_app_id(&written.text),
            _ => false,
        };
        if !fits {
            let note = Diagnostic::new(Code::ValueNotPossible, value.place())
                .with("check", check.word())
                .with("value", show(value));
            filler.notes.push(note.hint(match kind {
                CheckValue::YesNo => Message::new("profile-hint-true-false"),
                CheckValue::Days => Message::new("profile-hint-days"),
                CheckValue::Seconds => Message::new("profile-hint-seconds"),
                CheckValue::Words(words) => Message::new("profile-hint-one-of").with("words", words.join("`, `")),
                CheckValue::Id => Message::new("profile-hint-app-id"),
                CheckValue::None => Message::new("profile-hint-not-for-device"),
            }));
            continue;
        }
        accepted.push(match value {
            Scalar::Text(written) => Value::Text(written.text.clone()),
            Scalar::Number(number, _) => Value::Int(*number),
            Scalar::Flag(flag, _) => Value::Bool(*flag),
        });
    }
    if accepted.len() != values.len() {
        return None;
    }
    let first = accepted.first().cloned();
    let expected = match (comparison, first) {
        (Comparison::Is, Some(value)) => Expected::Is(value),
        (Comparison::AtMost, Some(Value::Int(number))) => Expected::AtMost(number),
        (Comparison::AtLeast, Some(Value::Int(number))) => Expected::AtLeast(number),
        (Comparison::OneOf, Some(_)) => Expected::OneOf(accepted),
        _ => return None,
    };
    Some(expected)
}

/// What a check is compared with, as a file states it: the key and the value.
pub(crate) fn comparison(expected: &Expected) -> (&'static str, Shown<'static>) {
    match expected {
        Expected::Is(value) => ("is", Shown::One(value.clone())),
        Expected::AtMost(number) => ("at_most", Shown::One(Value::Int(*number))),
        Expected::AtLeast(number) => ("at_least", Shown::One(Value::Int(*number))),
        Expected::OneOf(values) => ("one_of", Shown::Several(values.clone())),
    }
}

/// What each check may be compared with: an `if` and a `then` for each.
fn comparisons() -> serde_json::Value {
    let rules = device_checks().map(|(check, kind)| {
        let value = or_placeholder(value_of(kind));
        let mut then = Map::new();
        then.insert("is".to_owned(), value.clone());
        then.insert("one_of".to_owned(), json!({ "items": value }));
        if !matches!(kind, CheckValue::Days | CheckValue::Seconds) {
            then.insert("at_most".to_owned(), json!(false));
            then.insert("at_least".to_owned(), json!(false));
        }
        json!({
            "if": { "properties": { "device": { "const": check.word() } }, "required": ["device"] },
            "then": { "properties": then },
        })
    });
    rules.collect::<Vec<serde_json::Value>>().into()
}
