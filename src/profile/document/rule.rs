//! One rule as it is written.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::{At, Code, Diagnostic, Fields, Message, Place, Reader, Written};
use crate::profile::kind::statement::{Apps, Kind, Stated};
use crate::profile::kind::{AssertionDocument, KINDS, Max, keys};
use crate::text::Text;
use crate::vocabulary::Platform;
use crate::vocabulary::guidance::Steps;

/// `[rule.<id>]`.
#[derive(Clone, Debug)]
pub(in crate::profile) struct RuleDocument {
    pub(in crate::profile) place: Place,
    pub(in crate::profile) title: Text,
    pub(in crate::profile) why: Text,
    pub(in crate::profile) look: Steps,
    pub(in crate::profile) fix: Steps,
    pub(in crate::profile) severity: Option<Written>,
    pub(in crate::profile) platform: Option<Platform>,
    pub(in crate::profile) applies_for: Option<String>,
    pub(in crate::profile) references: Vec<Written>,
    pub(in crate::profile) ignore_master: bool,
    pub(in crate::profile) footprint: bool,
    pub(in crate::profile) apps: Option<Written>,
    pub(in crate::profile) assertion: Option<AssertionDocument>,
}

impl RuleDocument {
    /// The texts that may name parameters.
    pub(in crate::profile) fn fillable(&self) -> Vec<&Written> {
        let mut texts: Vec<&Written> = self.severity.iter().chain(&self.apps).collect();
        texts.extend(self.assertion.iter().flat_map(AssertionDocument::fillable));
        texts
    }
}

impl Reader<'_, '_> {
    pub(super) fn rule(&mut self, mut fields: Fields<'_, '_>) -> RuleDocument {
        let place = fields.place;
        let title = fields.need("title", self).map(|(_, value)| self.bilingual("title", value)).unwrap_or_default();
        let why = fields.need("why", self).map(|(_, value)| self.bilingual("why", value)).unwrap_or_default();
        let look = fields.take("look").map(|(_, value)| self.steps("look", value)).unwrap_or_default();
        let fix = fields.take("fix").map(|(_, value)| self.steps("fix", value)).unwrap_or_default();
        let severity = fields.need("severity", self).and_then(|(_, value)| self.written("severity", value));
        let platform = self.platform(&mut fields);
        let applies_for = fields.take("for").and_then(|(_, value)| {
            let word = self.word("for", value, &["ownership:institution", "ownership:personal"])?;
            Some(word.value.to_string())
        });
        let references = fields.take("refs").map(|(_, value)| self.texts("refs", value)).unwrap_or_default();
        let ignore_master = self.optional_flag("ignore_master", &mut fields);
        let footprint = self.optional_flag("footprint", &mut fields);
        let apps = fields.take("apps").map(|(key, value)| (key, self.written("apps", value)));
        let assertion = self.assertion(&mut fields, &apps, ignore_master);
        self.finish(fields);
        RuleDocument {
            place,
            title,
            why,
            look,
            fix,
            severity,
            platform,
            applies_for,
            references,
            ignore_master: ignore_master.is_some_and(|flag| flag.value),
            footprint: footprint.is_some_and(|flag| flag.value),
            apps: apps.and_then(|(_, written)| written),
            assertion,
        }
    }

    fn optional_flag(&mut self, key: &'static str, fields: &mut Fields<'_, '_>) -> Option<At<bool>> {
        let (span, value) = fields.take(key)?;
        Some(At { value: self.flag(key, value)?, place: self.at(span) })
    }

    /// The one thing that the rule states, with the keys that belong to it.
    fn assertion(
        &mut self,
        fields: &mut Fields<'_, '_>,
        apps: &Option<(Range<usize>, Option<Written>)>,
        ignore_master: Option<At<bool>>,
    ) -> Option<AssertionDocument> {
        let mut stated = Vec::new();
        for kind in KINDS {
            if let Some((span, value)) = fields.take(kind.key) {
                stated.push((kind, span, value));
            }
        }
        let mut companions = BTreeMap::new();
        for kind in KINDS {
            for key in kind.companions {
                if let Some(found) = fields.take(key) {
                    companions.insert(*key, (kind.key, found));
                }
            }
        }
        let (kind, span, value) = match stated.as_slice() {
            [only] => only.clone(),
            several => {
                let place = several.get(1).map_or(fields.place, |(_, span, _)| self.at(span.clone()));
                let names: Vec<String> = several.iter().map(|(kind, _, _)| format!("`{}`", kind.key)).collect();
                let mut note = Diagnostic::new(Code::AssertionCount, place).with("count", several.len());
                if let Some((_, first, _)) = several.first() {
                    note = note.also(self.at(first.clone()), "profile-label-first");
                }
                self.notes.push(match names.is_empty() {
                    true => {
                        let [rest, last] = keys();
                        note.hint(Message::new("profile-hint-assertions").with("rest", rest).with("last", last))
                    }
                    false => note.hint(Message::new("profile-hint-assertion-split").with("names", names.join(", "))),
                });
                return None;
            }
        };
        for (key, (owner, (span, _))) in &companions {
            if *owner != kind.key {
                self.misplaced(key, owner, self.at(span.clone()));
            }
        }
        if let Some(flag) = ignore_master
            && kind.key != Max::KEY
        {
            self.misplaced("ignore_master", Max::KEY, flag.place);
        }
        let place = self.at(span);
        match (kind.apps, apps) {
            (Apps::Needed, None) => self.missing("apps", fields.place),
            (Apps::Never, Some((span, _))) => self.misplaced("apps", Max::KEY, self.at(span.clone())),
            (Apps::Needed | Apps::Never | Apps::Free, _) => {}
        }
        let companions = companions.into_iter().map(|(key, (_, found))| (key, found)).collect();
        (kind.read)(self, &Stated { place, value, companions })
    }

    fn misplaced(&mut self, key: &str, with: &str, place: Place) {
        self.notes.push(Diagnostic::new(Code::MisplacedKey, place).with("key", key).with("with", with));
    }
}
