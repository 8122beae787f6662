//! `presence = "absent"`: how much of an app may be on the phone.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::json;

use super::about::About;
use super::statement::{Apps, Entry, Kind, Said, Shown, Stated, Statement};
use crate::document::{Reader, Written};
use crate::profile::change::Change;
use crate::profile::difference::types::{Way, What};
use crate::profile::document::parts::OverrideDocument;
use crate::profile::example::phone::{ExampleApp, can_be};
use crate::profile::expected::Value;
use crate::profile::judged::{Actual, Asked, Judged, ToldGap, Why};
use crate::profile::origin::RuleOrigin;
use crate::profile::phone::RuleOnPhone;
use crate::profile::resolve::parameters::{Filler, Whence};
use crate::snapshot::Cited;
use crate::text::both::sentences;
use crate::vocabulary::{self, Check, Platform, Verdict};

/// The area of gaps about whether apps are there: with an app, about that one; without, about what removed ones left behind.
const AREA: &str = "app-presence";

/// The app is there this much or less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Presence {
    /// The most that is accepted.
    pub at_most: vocabulary::Presence,
    /// Whether data left behind and the copies of other users count too.
    pub residue: bool,
}

/// The same as it is written.
#[derive(Clone, Debug)]
pub(crate) struct PresenceDocument {
    at_most: Written,
    residue: bool,
}

impl Kind for Presence {
    const KEY: &'static str = "presence";
    const COMPANIONS: &'static [&'static str] = &["residue"];
    const APPS: Apps = Apps::Needed;
    type Document = PresenceDocument;

    fn schema() -> serde_json::Value {
        json!({
            "properties": {
                "presence": { "description": "The app is there that much or less.", "$ref": "#/$defs/presence" },
                "residue": {
                    "description": "Data left behind and the copies of other users count too.",
                    "type": "boolean",
                },
            },
        })
    }

    fn read(reader: &mut Reader<'_, '_>, stated: &Stated<'_, '_>) -> Option<PresenceDocument> {
        let residue =
            stated.companions.get("residue").and_then(|(_, value)| reader.flag("residue", value)).unwrap_or(false);
        Some(PresenceDocument { at_most: reader.written("presence", stated.value)?, residue })
    }

    fn fillable(document: &PresenceDocument) -> Vec<&Written> {
        vec![&document.at_most]
    }

    fn resolve(
        document: &PresenceDocument,
        _changes: &[&OverrideDocument],
        filler: &mut Filler<'_, '_, '_>,
    ) -> Option<Presence> {
        let words: Vec<&str> = vocabulary::Presence::ALL.iter().map(|presence| presence.word()).collect();
        let at_most = vocabulary::Presence::from_word(filler.word("presence", &document.at_most, &words)?)?;
        Some(Presence { at_most, residue: document.residue })
    }

    fn origin(
        document: &PresenceDocument,
        _changes: &[&OverrideDocument],
        whence: Whence<'_, '_>,
        into: &mut RuleOrigin,
    ) {
        into.value = whence.of(&[&document.at_most]);
    }

    fn compare(&self, after: &Presence, _platform: Option<Platform>, note: &mut dyn FnMut(Way, What)) {
        let (from, to) = (self.at_most, after.at_most);
        if from != to {
            note(Way::stricter_if(to < from), What::Presence { from, to });
        }
        if self.residue != after.residue {
            note(Way::stricter_if(after.residue), What::Residue { counts: after.residue });
        }
    }

    fn tailor(&self, after: &Presence, note: &mut dyn FnMut(Change, bool)) {
        let (from, to) = (self.at_most, after.at_most);
        if from != to {
            note(Change::Presence { from, to }, to > from);
        }
    }
}

impl Statement for Presence {
    fn about(&self) -> About<'_> {
        About::Apps(Check::AppPresence)
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries = vec![Entry::set("presence", Shown::word(self.at_most.word()))];
        if self.residue {
            entries.push(Entry::fixed("residue", Shown::One(Value::Bool(true))));
        }
        entries
    }

    fn asked(&self) -> Asked<'_> {
        Asked::Presence(self.at_most)
    }

    /// One finding for each app that is there in part or whole; one for the rule when none is.
    fn judge<'s>(&'s self, rule: &RuleOnPhone<'_, 's>, tell: &mut dyn FnMut(Judged<'s>)) {
        use vocabulary::Presence as There;
        let platform = rule.phone.platform();
        let press = rule.press(None);
        let gaps = rule.phone.gaps(AREA);
        let mut found = 0;
        for judged in rule.selected() {
            let app = judged.app;
            // Two lists that disagree: it is not known whether the app is there at all.
            // One that somebody installed is there, switched on or off; what was preloaded may be off for good.
            let is_there = platform == Platform::Android && app.installer.is_some();
            if !(is_there && self.at_most < There::Disabled)
                && app.presence > There::Residual
                && (self.residue || app.presence > self.at_most)
                && let Some(gap) = gaps.iter().find(|gap| gap.app.as_deref() == Some(app.id.as_str()))
            {
                tell(Judged {
                    app: Some(judged.place),
                    evidence: Cited::All(&app.evidence),
                    ..Judged::unknown(Verdict::NotAssessed, Why::Gap(ToldGap::Whole(gap)))
                });
                found += 1;
                continue;
            }
            // A rest of a removed app counts only for the rules that ask for it.
            if app.presence == There::Residual && !self.residue && self.at_most == There::Absent {
                continue;
            }
            // A rule on rests alone leaves what is installed to the rule on the app itself.
            if self.residue && app.presence > There::Residual {
                continue;
            }
            // A preloaded app cannot be taken off the phone: switched off is as far as a person gets.
            let preloaded = app.system && app.presence == There::Disabled;
            let (verdict, reason) = if app.presence <= self.at_most {
                (Verdict::Pass, "reason-presence")
            } else if preloaded {
                (Verdict::Pass, "reason-preloaded-disabled")
            } else {
                (Verdict::Fail, "reason-presence")
            };
            tell(Judged {
                app: Some(judged.place),
                actual: Actual::Presence(app.presence),
                evidence: Cited::All(&app.evidence),
                press: if verdict == Verdict::Fail { press } else { None },
                ..Judged::new(verdict, Why::Text(reason, Cow::Borrowed(app.presence.word())))
            });
            found += 1;
        }
        // That nothing is left behind takes every place where something could be.
        if self.residue
            && let Some(gap) = gaps.iter().find(|gap| gap.app.is_none())
        {
            tell(Judged::unknown(Verdict::NotAssessed, Why::Gap(ToldGap::Whole(gap))));
            return;
        }
        let Some(mut last) = rule.rest(found) else { return };
        // An absence that rests on an id which nobody verified says so.
        if let Some(selection) = rule.apps
            && last.verdict == Verdict::Pass
        {
            let selected = selection.catalogue_slugs();
            let unverified = rule.phone.catalog.unverified(platform);
            let unverified: Vec<&str> =
                unverified.filter(|app| selected.contains(&app.slug)).map(|app| app.name.as_str()).collect();
            if !unverified.is_empty() {
                last.why = Why::Text("reason-no-such-app-unverified", unverified.join(", ").into());
            }
        }
        tell(last);
    }

    fn asks(&self, _platform: Option<Platform>) -> Vec<Said> {
        let what = if self.residue { "residue" } else { self.at_most.word() };
        vec![Said::plain(sentences().get(&format!("kind-presence-asks-{what}")))]
    }

    fn apps_to_try(&self, plain: &ExampleApp, platform: Platform) -> Vec<ExampleApp> {
        let possible = vocabulary::Presence::ALL.iter().filter(|presence| can_be(**presence, platform));
        possible.map(|presence| ExampleApp { presence: *presence, ..plain.clone() }).collect()
    }
}
