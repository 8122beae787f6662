//! `source = ["play-store", …]`: where an app may come from.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use super::about::About;
use super::statement::{Apps, Entry, Kind, Said, Shown, Stated, Statement};
use crate::document::{Code, Diagnostic, Reader};
use crate::profile::difference::types::{Way, What};
use crate::profile::document::parts::OverrideDocument;
use crate::profile::example::phone::ExampleApp;
use crate::profile::expected::Value;
use crate::profile::judged::{Actual, Asked, Judged, Why};
use crate::profile::phone::RuleOnPhone;
use crate::profile::resolve::parameters::Filler;
use crate::snapshot::{App, Cited};
use crate::text::Text;
use crate::text::both::{list_with, sentences};
use crate::vocabulary::{AppSource, Check, Platform, Presence, Verdict};

/// The app came from one of these places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The accepted places.
    pub one_of: BTreeSet<AppSource>,
}

impl Kind for Source {
    const KEY: &'static str = "source";
    const APPS: Apps = Apps::Needed;
    type Document = Vec<AppSource>;

    fn schema() -> serde_json::Value {
        json!({
            "properties": {
                "source": {
                    "description": "The app came from one of these places.",
                    "type": "array",
                    "minItems": 1,
                    "items": { "$ref": "#/$defs/source" },
                },
            },
        })
    }

    fn read(reader: &mut Reader<'_, '_>, stated: &Stated<'_, '_>) -> Option<Vec<AppSource>> {
        let words: Vec<&str> = AppSource::ALL.iter().map(|source| source.word()).collect();
        let items = reader.list("source", stated.value);
        if items.is_empty() {
            let place = reader.at(stated.value.span());
            reader.notes.push(Diagnostic::new(Code::EmptyText, place).with("key", "source"));
        }
        let found = items.into_iter().filter_map(|item| reader.word("source", item, &words));
        Some(found.filter_map(|word| AppSource::from_word(word.value)).collect())
    }

    fn resolve(
        document: &Vec<AppSource>,
        _changes: &[&OverrideDocument],
        _filler: &mut Filler<'_, '_, '_>,
    ) -> Option<Source> {
        Some(Source { one_of: document.iter().copied().collect() })
    }

    fn compare(&self, after: &Source, _platform: Option<Platform>, note: &mut dyn FnMut(Way, What)) {
        let added: Vec<AppSource> = after.one_of.difference(&self.one_of).copied().collect();
        let removed: Vec<AppSource> = self.one_of.difference(&after.one_of).copied().collect();
        if !removed.is_empty() {
            note(Way::Stricter, What::SourcesRemoved { sources: removed });
        }
        if !added.is_empty() {
            note(Way::Laxer, What::SourcesAdded { sources: added });
        }
    }
}

impl Statement for Source {
    fn about(&self) -> About<'_> {
        About::Apps(Check::AppSource)
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        let words = self.one_of.iter().map(|source| Value::Text(source.word().to_owned())).collect();
        vec![Entry::fixed("source", Shown::Several(words))]
    }

    fn asked(&self) -> Asked<'_> {
        Asked::Sources(&self.one_of)
    }

    /// One finding for each installed app; one for the rule when there is none.
    fn judge<'s>(&'s self, rule: &RuleOnPhone<'_, 's>, tell: &mut dyn FnMut(Judged<'s>)) {
        let press = rule.press(None);
        let mut found = 0;
        for judged in rule.selected().filter(|judged| judged.app.presence >= Presence::Disabled) {
            let app = judged.app;
            let verdict = match app.source {
                AppSource::Unknown => Verdict::NotAssessed,
                source if self.one_of.contains(&source) => Verdict::Pass,
                AppSource::PlayStore
                | AppSource::AppStore
                | AppSource::OtherStore
                | AppSource::Managed
                | AppSource::Preloaded
                | AppSource::Sideloaded => Verdict::Fail,
            };
            tell(Judged {
                app: Some(judged.place),
                actual: if app.source == AppSource::Unknown { Actual::Unknown } else { Actual::Source(app.source) },
                evidence: Cited::All(&app.evidence),
                press: if verdict == Verdict::Pass { None } else { press },
                ..Judged::new(verdict, decided_by(app))
            });
            found += 1;
        }
        if let Some(rest) = rule.rest(found) {
            tell(rest);
        }
    }

    fn asks(&self, _platform: Option<Platform>) -> Vec<Said> {
        let names: Vec<Text> = self.one_of.iter().map(|source| sentences().get(&format!("source-{source}"))).collect();
        let names = list_with(&names, "explain-list-or");
        vec![Said::plain(sentences().with("kind-source-asks", &[("sources", &names)]))]
    }

    fn apps_to_try(&self, plain: &ExampleApp, _platform: Platform) -> Vec<ExampleApp> {
        AppSource::ALL.iter().map(|source| ExampleApp { source: *source, ..plain.clone() }).collect()
    }
}

/// The sentence of what decided on where an app came from: the row beside the installer's, where one of the phone's other
/// words said more than it.
fn decided_by(app: &App) -> Why<'_> {
    const WORDS: [&str; 4] = ["initiatingPackageName=", "originatingPackageName=", "installReason=", "packageSource="];
    // What each of them says first, unless it says nothing.
    let mut said = [const { None }; WORDS.len()];
    app.evidence.each(|text| {
        for (value, word) in said.iter_mut().zip(WORDS) {
            if value.is_none() {
                *value = after(&text, word);
            }
        }
    });
    let [initiating, originating, policy, road] = said.map(|value| value.filter(|value| !value.is_empty()));
    if let Some(package) = initiating {
        return Why::Text("reason-initiated-by", package);
    }
    if let Some(package) = originating {
        return Why::Text("reason-brought-by", package);
    }
    if policy.is_some() {
        return Why::plain("reason-by-policy");
    }
    match app.installer.as_deref().filter(|installer| !installer.is_empty()) {
        Some(installer) if road.is_some() => Why::Text("reason-from-store", Cow::Borrowed(installer)),
        Some(installer) => Why::Text("reason-installer", Cow::Borrowed(installer)),
        None if road.is_some() => Why::plain("reason-from-file"),
        None if app.source == AppSource::Preloaded => Why::plain("reason-preloaded"),
        None => Why::plain("reason-no-installer"),
    }
}

/// What stands behind a word that a text begins with.
fn after<'s>(text: &Cow<'s, str>, word: &str) -> Option<Cow<'s, str>> {
    match text {
        Cow::Borrowed(text) => text.strip_prefix(word).map(Cow::Borrowed),
        Cow::Owned(text) => text.strip_prefix(word).map(|value| Cow::Owned(value.to_owned())),
    }
}
