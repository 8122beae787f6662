//! `manual = { en = "…", fr = "…" }`: only a person can look.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use super::about::About;
use super::statement::{Apps, Entry, Kind, Said, Shown, Stated, Statement};
use crate::document::Reader;
use crate::profile::difference::types::{Part, Way, What};
use crate::profile::document::parts::OverrideDocument;
use crate::profile::judged::{Asked, Judged, Why};
use crate::profile::phone::RuleOnPhone;
use crate::profile::resolve::parameters::Filler;
use crate::text::Text;
use crate::text::both::sentences;
use crate::vocabulary::{Platform, Verdict};

/// Only a person can look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Manual {
    /// Where to look, and for what.
    pub how: Text,
}

impl Kind for Manual {
    const KEY: &'static str = "manual";
    const APPS: Apps = Apps::Free;
    type Document = Text;

    fn schema() -> serde_json::Value {
        json!({
            "properties": {
                "manual": {
                    "description": "A person looks; the text says where, in both languages.",
                    "$ref": "#/$defs/text",
                },
            },
        })
    }

    fn read(reader: &mut Reader<'_, '_>, stated: &Stated<'_, '_>) -> Option<Text> {
        Some(reader.bilingual("manual", stated.value))
    }

    fn resolve(document: &Text, _changes: &[&OverrideDocument], _filler: &mut Filler<'_, '_, '_>) -> Option<Manual> {
        Some(Manual { how: document.clone() })
    }

    fn compare(&self, after: &Manual, _platform: Option<Platform>, note: &mut dyn FnMut(Way, What)) {
        if self.how != after.how {
            note(Way::Text, What::Texts { parts: BTreeSet::from([Part::Manual]) });
        }
    }
}

impl Statement for Manual {
    fn about(&self) -> About<'_> {
        About::Person(&self.how)
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        vec![Entry::fixed("manual", Shown::Both(&self.how))]
    }

    fn asked(&self) -> Asked<'_> {
        Asked::Look
    }

    fn judge<'s>(&'s self, _rule: &RuleOnPhone<'_, 's>, tell: &mut dyn FnMut(Judged<'s>)) {
        tell(Judged { by_hand: Some(&self.how), ..Judged::new(Verdict::Manual, Why::plain("reason-manual")) });
    }

    fn asks(&self, _platform: Option<Platform>) -> Vec<Said> {
        vec![Said::plain(sentences().get("kind-manual-asks"))]
    }

    fn verdicts(&self, _platform: Platform) -> Option<Vec<Text>> {
        Some(vec![sentences().get("explain-readable-manual")])
    }
}
