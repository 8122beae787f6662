//! What a word means, as data.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::Text;
use crate::text::both::{code, codes, join, of_any_app, same, sentences};
use crate::vocabulary::Platform;
use crate::vocabulary::guidance::{Steps, Vendor};

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
    pub(super) fn new(text: Text) -> Line {
        Line { text, ..Line::default() }
    }

    pub(super) fn about(subject: Text, text: Text) -> Line {
        Line { subject: Some(subject), text, ..Line::default() }
    }

    pub(super) fn on(platform: Platform, text: Text) -> Line {
        Line { platform: Some(platform), text, ..Line::default() }
    }

    /// What stands before the statement: subject, platform and maker.
    pub fn label(&self) -> Option<Text> {
        let mut parts: Vec<Text> = self.subject.iter().cloned().collect();
        match (self.platform, self.vendor) {
            (_, Some(vendor)) => parts.push(sentences().get(&format!("explain-vendor-{vendor}"))),
            (Some(platform), None) => parts.push(same(platform_name(platform))),
            (None, None) => {}
        }
        (!parts.is_empty()).then(|| join(&parts, &same(" · ")))
    }
}

impl Explanation {
    pub(super) fn new(kind: Kind, word: &str, title: Text) -> Explanation {
        Explanation { kind, word: word.to_owned(), profiles: Vec::new(), title, sections: Vec::new() }
    }

    /// Adds a section, unless it says nothing.
    pub(super) fn add(&mut self, name: &str, lines: Vec<Line>) {
        let lines: Vec<Line> = lines.into_iter().filter(|line| line.text.is_complete()).collect();
        if !lines.is_empty() {
            let key = format!("explain-section-{name}");
            let heading = sentences().has(&key).then(|| sentences().get(&key));
            self.sections.push(Section { name: name.to_owned(), heading, lines });
        }
    }

    /// Adds a section with one statement.
    pub(super) fn say(&mut self, name: &str, text: Text) {
        self.add(name, vec![Line::new(text)]);
    }

    /// Adds a section of one text of the vocabulary, if there is one.
    pub(super) fn say_if(&mut self, name: &str, text: Option<&Text>) {
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
                let makers = codes(makers.iter().map(|maker| maker.word()));
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
            let name = code(&format!("{home}/{}", first.word));
            explanation.sections.retain(|section| !first.sections.contains(section));
            explanation.say("same", sentences().with("explain-same-otherwise", &[("name", &name)]));
        }
        shown.push(explanation);
    }
    shown
}

/// Steps by hand as lines: for each platform, then for each maker whose menus differ.
pub(super) fn step_lines(subject: Option<&Text>, steps: &Steps, only: Option<Platform>) -> Vec<Line> {
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

/// The name of a platform, the same in both languages.
pub(super) fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "Android",
        Platform::Ios => "iOS",
    }
}
