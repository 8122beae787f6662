//! What a word of poucet means: a rule, a permission, a level, a check, a word of the reports, a name of Android or iOS, a published
//! control. Also what it is good for, how to see it on the phone, and what to press to change it.
//!
//! An [`Explanation`] is plain data in both languages, made from the vocabulary, the catalogue and the profiles that ship, without a
//! phone and without a network. `poucet explain` shows it, and `docs/rules/` is made of it.

mod index;
mod platform;
mod rule;
mod selector;
mod sentences;
mod vocabulary;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::catalog::Catalog;
use crate::profile::{self, Profile, Rule};
use crate::text::Text;
use crate::vocabulary::guidance::{Steps, Vendor};
use crate::vocabulary::{Permission, Platform};

pub use index::{Group, index};
use sentences::{of_any_app, same, sentences};

/// The longest word that is looked up, in bytes.
const LONGEST_WORD: usize = 200;

crate::vocabulary::words::words! {
/// What kind of thing a word stands for.
Kind {
    /// A profile that ships.
    Profile => "profile",
    /// A rule of a profile.
    Rule => "rule",
    /// What an app may touch.
    Permission => "permission",
    /// How much an app may touch something.
    Level => "level",
    /// A property of the phone.
    Check => "check",
    /// The outcome of a rule.
    Verdict => "verdict",
    /// How much a failing rule matters.
    Severity => "severity",
    /// What produced a level.
    State => "state",
    /// Who decided on a grant.
    DecidedBy => "decided-by",
    /// Why a grant has its level.
    Because => "because",
    /// Why a grant can do nothing for now.
    Inert => "inert",
    /// How much of an app is on the phone.
    Presence => "presence",
    /// Where an app came from.
    Source => "source",
    /// Why something could not be read.
    Gap => "gap",
    /// What a user of the phone is.
    User => "user",
    /// What a visit leaves behind.
    Trace => "trace",
    /// A service of iOS for which the vocabulary has no word.
    Service => "service",
    /// A published control or document.
    Control => "control",
}
}

/// What a word means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Explanation {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The word, as profiles and reports write it.
    pub word: String,
    /// For a rule: the profiles that have it in this form, the one it comes from first.
    pub profiles: Vec<String>,
    /// Its name, or what holds when the rule holds.
    pub title: Text,
    /// What there is to say, in order.
    pub sections: Vec<Section>,
}

/// One part of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Section {
    /// Its word, the same in every explanation: `why`, `look`, `fix`, …
    pub name: String,
    /// Its heading; none for what stands at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<Text>,
    /// What it says.
    pub lines: Vec<Line>,
}

/// One statement of a section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Line {
    /// What it is about, where the section is about several things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Text>,
    /// The platform it holds on; none = both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// The maker on whose phones it holds in the place of the common one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    /// The statement.
    pub text: Text,
}

impl Line {
    fn new(text: Text) -> Line {
        Line { text, ..Line::default() }
    }

    fn about(subject: Text, text: Text) -> Line {
        Line { subject: Some(subject), text, ..Line::default() }
    }

    fn on(platform: Platform, text: Text) -> Line {
        Line { platform: Some(platform), text, ..Line::default() }
    }

    /// What stands before the statement: subject, platform and maker.
    pub fn label(&self) -> Option<Text> {
        let mut parts: Vec<Text> = self.subject.iter().cloned().collect();
        match (self.platform, self.vendor) {
            (_, Some(vendor)) => parts.push(sentences().get(&format!("explain-vendor-{vendor}"))),
            (Some(platform), None) => parts.push(same(selector::platform_name(platform))),
            (None, None) => {}
        }
        (!parts.is_empty()).then(|| sentences::join(&parts, &same(" · ")))
    }
}

impl Explanation {
    fn new(kind: Kind, word: &str, title: Text) -> Explanation {
        Explanation { kind, word: word.to_owned(), profiles: Vec::new(), title, sections: Vec::new() }
    }

    /// Adds a section, unless it says nothing.
    fn add(&mut self, name: &str, lines: Vec<Line>) {
        let lines: Vec<Line> = lines.into_iter().filter(|line| line.text.is_complete()).collect();
        if !lines.is_empty() {
            let key = format!("explain-section-{name}");
            let heading = sentences().has(&key).then(|| sentences().get(&key));
            self.sections.push(Section { name: name.to_owned(), heading, lines });
        }
    }

    /// Adds a section with one statement.
    fn say(&mut self, name: &str, text: Text) {
        self.add(name, vec![Line::new(text)]);
    }

    /// Adds a section of one text of the vocabulary, if there is one.
    fn say_if(&mut self, name: &str, text: Option<&Text>) {
        if let Some(text) = text {
            self.say(name, of_any_app(text));
        }
    }

    /// What of it holds on one platform and on phones of one maker only; what holds everywhere stays.
    pub fn narrowed(mut self, platform: Option<Platform>, vendor: Option<Vendor>) -> Explanation {
        for section in &mut self.sections {
            let own: Vec<Option<Text>> = section
                .lines
                .iter()
                .filter(|line| line.vendor.is_some() && line.vendor == vendor)
                .map(|line| line.subject.clone())
                .collect();
            section.lines.retain(|line| {
                let elsewhere = platform.is_some() && line.platform.is_some_and(|on| Some(on) != platform);
                let other_maker = vendor.is_some() && line.vendor.is_some_and(|of| Some(of) != vendor);
                // Where the maker has a menu of its own, the common way leads nowhere.
                let replaced = line.vendor.is_none()
                    && line.platform == Some(Platform::Android)
                    && own.contains(&line.subject)
                    && matches!(section.name.as_str(), "look" | "fix");
                !elsewhere && !other_maker && !replaced
            });
        }
        self.sections.retain(|section| !section.lines.is_empty());
        self
    }

    /// The same without the menus of makers where several things would each list them: a hint takes their place.
    pub fn without_makers(mut self) -> Explanation {
        for section in &mut self.sections {
            let makers: BTreeSet<Vendor> = section
                .lines
                .iter()
                .filter(|line| line.subject.is_some() && matches!(section.name.as_str(), "look" | "fix"))
                .filter_map(|line| line.vendor)
                .collect();
            if !makers.is_empty() {
                section.lines.retain(|line| line.vendor.is_none());
                let makers = sentences::codes(makers.iter().map(|maker| maker.word()));
                let word = [("word", &same(&self.word)), ("makers", &makers)];
                section.lines.push(Line::new(sentences().with("explain-makers", &word)));
            }
        }
        self
    }
}

/// The same without what was said already: of several forms of one rule, the later ones say only what differs from the first.
pub fn without_repeats(explanations: Vec<Explanation>) -> Vec<Explanation> {
    let mut shown: Vec<Explanation> = Vec::new();
    for mut explanation in explanations {
        let first = shown.iter().find(|known| (known.kind, &known.word) == (explanation.kind, &explanation.word));
        if let Some((first, home)) = first.and_then(|first| Some((first, first.profiles.first()?))) {
            let name = sentences::code(&format!("{home}/{}", first.word));
            explanation.sections.retain(|section| !first.sections.contains(section));
            explanation.say("same", sentences().with("explain-same-otherwise", &[("name", &name)]));
        }
        shown.push(explanation);
    }
    shown
}

/// Steps by hand as lines: for each platform, then for each maker whose menus differ.
fn step_lines(subject: Option<&Text>, steps: &Steps, only: Option<Platform>) -> Vec<Line> {
    let line = |platform, vendor, text: &Text| Line {
        subject: subject.cloned(),
        platform: Some(platform),
        vendor,
        text: of_any_app(text),
    };
    if let (None, true, Some(text)) = (only, steps.android == steps.ios && steps.vendors.is_empty(), &steps.ios) {
        return vec![Line { platform: None, ..line(Platform::Ios, None, text) }];
    }
    let mut lines = Vec::new();
    if only != Some(Platform::Ios) {
        lines.extend(steps.android.iter().map(|text| line(Platform::Android, None, text)));
        lines.extend(steps.vendors.iter().map(|(vendor, text)| line(Platform::Android, Some(*vendor), text)));
    }
    if only != Some(Platform::Android) {
        lines.extend(steps.ios.iter().map(|text| line(Platform::Ios, None, text)));
    }
    lines
}

/// The profiles among which words are looked up.
pub struct Library<'c> {
    catalog: &'c Catalog,
    profiles: Vec<Profile>,
    /// The rules that each profile writes itself, where that is known.
    own: BTreeMap<String, BTreeSet<String>>,
}

/// One form of a rule, and the profiles that have it so.
#[derive(Clone, Debug)]
struct Variant<'l> {
    rule: &'l Rule,
    /// The profile that the form comes from first.
    profiles: Vec<&'l Profile>,
}

impl<'l> Variant<'l> {
    /// The profile that this form comes from.
    fn home(&self) -> &'l str {
        self.profiles.first().map_or("", |profile| profile.id.as_str())
    }

    /// The profile in which the rule was defined, which a profile that only changes it is not.
    fn defined_in(&self) -> &'l str {
        let origin = self.profiles.first().and_then(|profile| profile.origins.rules.get(&self.rule.id));
        origin.map_or(self.home(), |origin| origin.defined.profile.as_str())
    }

    /// `base/no-control`.
    fn full_name(&self) -> String {
        format!("{}/{}", self.home(), self.rule.id)
    }
}

impl<'c> Library<'c> {
    /// The profiles that ship. One that the catalogue does not fit is left out.
    pub fn shipped(catalog: &'c Catalog) -> Library<'c> {
        let load = |shipped: profile::Shipped| profile::load(shipped.id, catalog).ok();
        Library::of(profile::shipped().into_iter().filter_map(load).collect(), catalog)
    }

    /// These profiles and no others.
    pub fn of(profiles: Vec<Profile>, catalog: &'c Catalog) -> Library<'c> {
        let mut own = BTreeMap::new();
        for shipped in profile::shipped() {
            let rules = toml::from_str::<toml::Table>(shipped.text).ok();
            let rules = rules.as_ref().and_then(|file| file.get("rule")?.as_table());
            own.insert(shipped.id.to_owned(), rules.into_iter().flat_map(|rules| rules.keys().cloned()).collect());
        }
        let mut known = BTreeSet::new();
        let profiles =
            profiles.into_iter().filter(|profile| known.insert((profile.id.clone(), profile.sha256.clone()))).collect();
        Library { catalog, profiles, own }
    }

    /// The profiles.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The ids of the rules that a profile has in a form of its own: the ones it writes, and the ones it changes.
    pub fn rules_at_home_in(&self, profile: &str) -> BTreeSet<&str> {
        let ids = self.rule_ids();
        let at_home = |id: &&str| self.variants(id).iter().any(|variant| variant.home() == profile);
        ids.into_iter().filter(at_home).collect()
    }

    /// The profile in whose form a profile has a rule.
    pub fn home_of(&self, profile: &str, rule: &str) -> Option<&str> {
        let variants = self.variants(rule);
        let found = variants.iter().find(|variant| variant.profiles.iter().any(|holder| holder.id == profile))?;
        Some(found.home())
    }

    fn rule_ids(&self) -> BTreeSet<&str> {
        self.profiles.iter().flat_map(|profile| &profile.rules).map(|rule| rule.id.as_str()).collect()
    }

    /// The different forms of a rule; the forms that a profile writes itself before those that a profile changed.
    fn variants(&self, id: &str) -> Vec<Variant<'_>> {
        let mut found: Vec<Variant<'_>> = Vec::new();
        for profile in &self.profiles {
            let Some(rule) = profile.rule(id) else { continue };
            match found.iter_mut().find(|variant| variant.rule == rule) {
                Some(variant) => variant.profiles.push(profile),
                None => found.push(Variant { rule, profiles: vec![profile] }),
            }
        }
        let rank = |profile: &Profile| {
            let writes = self.own.get(&profile.id).is_some_and(|rules| rules.contains(id));
            let changes = profile.tailored.iter().any(|change| change.rule == id && change.profile == profile.id);
            if writes {
                0
            } else if changes {
                1
            } else {
                2
            }
        };
        for variant in &mut found {
            variant.profiles.sort_by_key(|profile| rank(profile));
        }
        found.sort_by_key(|variant| variant.profiles.first().map_or(2, |profile| rank(profile)));
        found
    }

    /// Every form of every rule.
    fn all_variants(&self) -> Vec<Variant<'_>> {
        self.rule_ids().into_iter().flat_map(|id| self.variants(id)).collect()
    }

    /// Everything that a word means; nothing when nobody knows it.
    pub fn explain(&self, word: &str) -> Vec<Explanation> {
        let word = word.trim();
        if word.is_empty() || word.len() > LONGEST_WORD {
            return Vec::new();
        }
        let mut found = self.exactly(word);
        let mut named = self.platform_name(word);
        if found.is_empty() && named.is_empty() {
            found = self.exactly(&word.to_lowercase());
        }
        // The word of the vocabulary comes before a name of Android that is spelt alike.
        named.retain(|new| !found.iter().any(|known| known.kind == new.kind && known.word == new.word));
        found.extend(named);
        found.extend(self.control(word));
        found
    }

    /// The meanings of a word of poucet's own.
    fn exactly(&self, word: &str) -> Vec<Explanation> {
        let mut found: Vec<Explanation> = Vec::new();
        found.extend(self.profiles.iter().find(|profile| profile.id == word).map(|profile| self.profile(profile)));
        let (profile, id) = word.split_once('/').map_or((None, word), |(profile, id)| (Some(profile), id));
        for variant in self.variants(id) {
            if profile.is_none_or(|wanted| variant.profiles.iter().any(|profile| profile.id == wanted)) {
                found.push(self.rule(&variant));
            }
        }
        found.extend(Permission::from_word(word).map(|permission| self.permission(permission, None)));
        found.extend(self.vocabulary(word));
        found
    }

    /// The known word closest to a mistyped one.
    pub fn suggest(&self, word: &str) -> Option<String> {
        let words: Vec<String> = self.known_words();
        crate::document::nearest::nearest(word, words.iter().map(String::as_str)).map(str::to_owned)
    }

    fn known_words(&self) -> Vec<String> {
        let mut words: Vec<String> =
            index(self).into_iter().flat_map(|group| group.entries).map(|entry| entry.0).collect();
        words.extend(platform::names());
        let references = self.all_variants().into_iter().flat_map(|variant| &variant.rule.refs);
        words.extend(references.cloned().collect::<BTreeSet<_>>());
        words
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn library() -> &'static Library<'static> {
        static LIBRARY: std::sync::OnceLock<Library<'static>> = std::sync::OnceLock::new();
        LIBRARY.get_or_init(|| Library::shipped(Catalog::builtin()))
    }

    fn line(platform: Option<Platform>, vendor: Option<Vendor>, text: &str) -> Line {
        Line { platform, vendor, ..Line::new(same(text)) }
    }

    #[test]
    fn narrowing_keeps_what_holds() {
        let mut whole = Explanation::new(Kind::Check, "lock-delay", same("x"));
        whole.add(
            "fix",
            vec![
                line(Some(Platform::Android), None, "common"),
                line(Some(Platform::Android), Some(Vendor::Samsung), "samsung"),
                line(Some(Platform::Ios), None, "ios"),
                line(None, None, "both"),
            ],
        );
        whole.add("reads", vec![line(Some(Platform::Ios), None, "ios")]);
        let texts = |platform, vendor| -> Vec<String> {
            let narrowed = whole.clone().narrowed(platform, vendor);
            narrowed.sections.iter().flat_map(|section| &section.lines).map(|line| line.text.en.clone()).collect()
        };
        assert_eq!(texts(None, None), ["common", "samsung", "ios", "both", "ios"]);
        assert_eq!(texts(Some(Platform::Android), None), ["common", "samsung", "both"]);
        assert_eq!(texts(Some(Platform::Android), Some(Vendor::Samsung)), ["samsung", "both"]);
        assert_eq!(texts(Some(Platform::Android), Some(Vendor::Oppo)), ["common", "both"]);
        assert_eq!(texts(Some(Platform::Ios), None), ["ios", "both", "ios"]);
    }

    #[test]
    fn makers_of_several_things_become_a_hint() {
        let mut whole = Explanation::new(Kind::Rule, "one", same("x"));
        let maker = |subject: &str| Line {
            subject: Some(same(subject)),
            ..line(Some(Platform::Android), Some(Vendor::Samsung), "samsung")
        };
        whole.add("fix", vec![line(Some(Platform::Android), None, "common"), maker("Camera"), maker("Contacts")]);
        let shorter = whole.without_makers();
        let texts: Vec<&str> = shorter.sections[0].lines.iter().map(|line| line.text.en.as_str()).collect();
        assert_eq!(texts.len(), 2);
        assert!(texts[1].contains("poucet explain one --vendor NAME`, with one of `samsung`"), "{texts:?}");
    }

    #[test]
    fn alike_on_both_platforms_is_said_once() {
        let steps = Steps { android: Some(same("do it")), ios: Some(same("do it")), ..Steps::default() };
        assert_eq!(step_lines(None, &steps, None), [Line::new(same("do it"))]);
        assert_eq!(step_lines(None, &steps, Some(Platform::Ios)).len(), 1);
    }

    #[test]
    fn each_rule_is_at_home_in_some_profile() {
        let library = library();
        for profile in library.profiles() {
            for rule in &profile.rules {
                let home = library.home_of(&profile.id, &rule.id).unwrap();
                assert!(library.rules_at_home_in(home).contains(rule.id.as_str()), "{} {}", profile.id, rule.id);
            }
        }
        assert_eq!(library.home_of("location-off", "no-control"), Some("base"));
        assert_eq!(library.home_of("byod", "no-control"), Some("byod"));
        assert_eq!(library.home_of("byod", "nothing"), None);
    }

    proptest! {
        #[test]
        fn any_word_is_answered(word in "\\PC{0,250}") {
            if library().explain(&word).is_empty() {
                let _ = library().suggest(&word);
            }
        }

        #[test]
        fn likely_words_are_answered(parts in prop::collection::vec(prop::sample::select(vec![
            "base", "/", "no-control", "camera", ":", "stig", "GOOG-{os}-006500", "GOOG-", "{os}", "cis-ios", "1.2",
            "android.permission.", "kTCCService", "*", "\u{0}", "\n", "none", "é", "(", "SC-42",
        ]), 0..6)) {
            let word = parts.concat();
            for one in library().explain(&word) {
                prop_assert!(!one.sections.is_empty(), "{word}");
            }
            let _ = library().suggest(&word);
        }
    }
}
