//! The kinds of rules, one file each. A new one is a file here and a line in the list below; its sentences stand in
//! `src/text/kind.*.ftl`.

pub(crate) mod about;
pub(crate) mod guide;
pub(crate) mod statement;

mod device;
mod manual;
mod max;
mod presence;
mod source;
mod unused_days;

use serde::Serialize;

use crate::document::{Reader, Written};
use crate::text::Text;
use crate::text::both::sentences;
use crate::vocabulary::{Level, Permission, Platform};

use super::change::Change;
use super::difference::types::{Way, What};
use super::document::parts::OverrideDocument;
use super::origin::RuleOrigin;
use super::resolve::parameters::{Filler, Whence};
use about::About;
use statement::{Apps, Kind, Stated, Statement};

pub use device::Device;
pub(crate) use device::comparison;
pub use manual::Manual;
pub use max::Max;
pub(crate) use max::at_most;
pub use presence::Presence;
pub use source::Source;
pub use unused_days::UnusedDays;

/// What reading a profile, and the JSON Schema, need to know of a kind.
pub(crate) struct Registered {
    /// The key that states it.
    pub(crate) key: &'static str,
    /// Keys that may stand beside it, and beside no other kind.
    pub(crate) companions: &'static [&'static str],
    /// Whether it names apps.
    pub(crate) apps: Apps,
    /// Reads one, noting every mistake of form.
    pub(crate) read: fn(&mut Reader<'_, '_>, &Stated<'_, '_>) -> Option<AssertionDocument>,
    /// What the schema of a rule says of its keys.
    pub(crate) schema: fn() -> serde_json::Value,
}

/// Makes of a list of kinds the types that stand for any of them.
macro_rules! kinds {
    ($($kind:ident: $says:literal,)+) => {
        /// The one thing that a rule states.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum Assertion {
            $(#[doc = $says] $kind($kind),)+
        }

        /// The same as it is written.
        #[derive(Clone, Debug)]
        pub(crate) enum AssertionDocument {
            $($kind(<$kind as Kind>::Document),)+
        }

        /// Every kind, in the order of the language's description.
        pub(crate) const KINDS: &[Registered] = &[$(Registered {
            key: $kind::KEY,
            companions: $kind::COMPANIONS,
            apps: $kind::APPS,
            read: |reader, stated| $kind::read(reader, stated).map(AssertionDocument::$kind),
            schema: $kind::schema,
        },)+];

        impl AssertionDocument {
            /// The texts that may name parameters.
            pub(crate) fn fillable(&self) -> Vec<&Written> {
                match self {
                    $(AssertionDocument::$kind(document) => $kind::fillable(document),)+
                }
            }

            /// Whether an override may change levels in it.
            pub(crate) fn takes_levels(&self) -> bool {
                match self {
                    $(AssertionDocument::$kind(_) => $kind::TAKES_LEVELS,)+
                }
            }

            /// Fills parameters and overrides in, noting every mistake of sense.
            pub(crate) fn resolve(
                &self,
                changes: &[&OverrideDocument],
                filler: &mut Filler<'_, '_, '_>,
            ) -> Option<Assertion> {
                match self {
                    $(AssertionDocument::$kind(document) => {
                        $kind::resolve(document, changes, filler).map(Assertion::$kind)
                    })+
                }
            }

            /// Where its values come from.
            pub(crate) fn origin(
                &self,
                changes: &[&OverrideDocument],
                whence: Whence<'_, '_>,
                into: &mut RuleOrigin,
            ) {
                match self {
                    $(AssertionDocument::$kind(document) => $kind::origin(document, changes, whence, into),)+
                }
            }
        }

        impl Assertion {
            /// The key that states it in a profile.
            pub fn key(&self) -> &'static str {
                match self {
                    $(Assertion::$kind(_) => $kind::KEY,)+
                }
            }

            /// The word of its kind: the key with hyphens.
            pub fn word(&self) -> &'static str {
                match self {
                    $(Assertion::$kind(_) => $kind::WORD,)+
                }
            }

            /// The statement, whichever its kind.
            pub(crate) fn statement(&self) -> &dyn Statement {
                match self {
                    $(Assertion::$kind(statement) => statement,)+
                }
            }

            /// Notes what changes up to `after`, the same rule of another profile, which holds on `platform` only.
            pub(crate) fn compare(
                &self,
                after: &Assertion,
                platform: Option<Platform>,
                note: &mut dyn FnMut(Way, What),
            ) {
                match (self, after) {
                    $((Assertion::$kind(before), Assertion::$kind(after)) => before.compare(after, platform, note),)+
                    (from, to) => note(Way::Different, What::Statement { from: from.key(), to: to.key() }),
                }
            }

            /// Notes what a profile changes in it, and whether it is looser for it.
            pub(crate) fn tailor(&self, after: &Assertion, note: &mut dyn FnMut(Change, bool)) {
                match (self, after) {
                    $((Assertion::$kind(before), Assertion::$kind(after)) => before.tailor(after, note),)+
                    (_, _) => {}
                }
            }
        }
    };
}

kinds! {
    Max: "Each permission is at this level or lower.",
    Presence: "The app is there this much or less.",
    Source: "The app came from one of these places.",
    Device: "A property of the phone has a value.",
    UnusedDays: "The app was used within this many days, or is not there.",
    Manual: "Only a person can look.",
}

/// The keys of all kinds, as a sentence lists them: all but the last, and the last.
pub(crate) fn keys() -> [String; 2] {
    let quoted: Vec<String> = KINDS.iter().map(|kind| format!("`{}`", kind.key)).collect();
    quoted.split_last().map(|(last, rest)| [rest.join(", "), last.clone()]).unwrap_or_default()
}

impl Assertion {
    /// What it is about.
    pub(crate) fn about(&self) -> About<'_> {
        self.statement().about()
    }

    /// The word of its kind, where findings about an app are about the app as a whole: `kind-<word>-subject` names what of it.
    pub fn topic(&self) -> Option<&'static str> {
        matches!(self.about(), About::Apps(_)).then(|| self.word())
    }

    /// Whether evidence can judge it at all.
    pub fn is_judged(&self) -> bool {
        !matches!(self.about(), About::Person(_))
    }

    /// The highest accepted level of a permission on a platform; `None` when the rule says nothing of it there.
    pub fn max_level(&self, permission: Permission, platform: Platform) -> Option<Level> {
        self.about().limit(permission, platform)
    }

    /// When the answer is something else than “passes” or “fails” on a platform.
    pub(crate) fn verdicts(&self, platform: Platform) -> Vec<Text> {
        self.statement().verdicts(platform).unwrap_or_else(|| {
            let word = self.word();
            let own = format!("kind-{word}-verdict-{platform}");
            let key = if sentences().has(&own) { own } else { format!("kind-{word}-verdict") };
            vec![sentences().get(&key)]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::profile::{load, shipped};

    /// A rule of each kind, as a profile writes it.
    const RULES: [(&str, &str); 6] = [
        ("max", "apps = \"any\"\nmax = { camera = \"none\" }"),
        ("presence", "apps = \"any\"\npresence = \"absent\""),
        ("source", "apps = \"any\"\nsource = [\"play-store\"]"),
        ("device", "device = \"screen-lock\"\nis = true"),
        ("unused_days", "apps = \"any\"\nunused_days = 30"),
        ("manual", "manual = { en = \"Look.\", fr = \"Regardez.\" }"),
    ];

    /// A profile with one rule.
    fn of(text: &str) -> crate::profile::Profile {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        let head = "format = 1\nid = \"mine\"\ntitle = { en = \"Mine\", fr = \"Le mien\" }\n[rule.one]\ntitle = { en = \"One\", fr \
                    = \"Un\" }\nwhy = { en = \"So\", fr = \"Donc\" }\nseverity = \"low\"\n";
        std::fs::write(&path, format!("{head}{text}\n")).unwrap();
        load(path.to_str().unwrap(), Catalog::builtin()).unwrap()
    }

    fn has_its_sentences(rule: &crate::profile::Rule) {
        let assertion = &rule.assertion;
        // How well a property of the phone can be read is said with the property.
        let by_kind = !matches!(assertion.about(), About::Phone(_));
        for platform in Platform::ALL.iter().filter(|_| by_kind) {
            for text in assertion.verdicts(*platform) {
                assert!(text.is_complete() && !text.en.starts_with("kind-"), "{}: {text:?}", rule.id);
            }
        }
        for said in assertion.statement().asks(rule.platform) {
            assert!(said.text.is_complete() && !said.text.en.starts_with("kind-"), "{}: {said:?}", rule.id);
        }
        if let Some(topic) = assertion.topic() {
            assert!(sentences().has(&format!("kind-{topic}-subject")), "{topic}");
        }
    }

    #[test]
    fn every_kind_has_its_sentences() {
        let keys: Vec<&str> = RULES.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, KINDS.iter().map(|kind| kind.key).collect::<Vec<_>>());
        RULES.iter().for_each(|(_, text)| has_its_sentences(&of(text).rules[0]));
        for shipped in shipped() {
            load(shipped.id, Catalog::builtin()).unwrap().rules.iter().for_each(has_its_sentences);
        }
        // What one with a limit says of a change.
        assert!(sentences().has("kind-unused-days-difference"));
    }

    #[test]
    fn the_word_of_a_kind_is_its_key_with_hyphens() {
        for (key, text) in RULES {
            let assertion = &of(text).rules[0].assertion;
            assert_eq!((assertion.key(), assertion.word()), (key, key.replace('_', "-").as_str()));
            let canonical = serde_json::to_value(assertion).unwrap();
            assert_eq!(canonical["kind"], assertion.word(), "{canonical}");
        }
    }
}
