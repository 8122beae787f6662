//! Every sentence that a person reads, in English and French.
//!
//! The sentences stand in Fluent files beside this one, one pair per room of the program (`report.en.ftl`,
//! `report.fr.ftl`, …); code names them by key. A test holds that both languages have the same keys with the same
//! variables, and that every key that the code can make up from the vocabulary exists.

pub mod bilingual;
pub(crate) mod both;
pub mod clean;
pub mod told;

use std::borrow::Cow;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

pub use bilingual::Text;
pub use told::Told;

/// A language of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// French.
    Fr,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::En, Language::Fr];

    /// `en` or `fr`.
    pub fn word(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Fr => "fr",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Language {
        match self {
            Language::En => Language::Fr,
            Language::Fr => Language::En,
        }
    }

    /// The language of a word such as `fr`, `fr_CA.UTF-8` or `en-GB`; `None` for other languages.
    pub fn from_locale(locale: &str) -> Option<Language> {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or(locale).to_ascii_lowercase();
        match language.as_str() {
            "fr" => Some(Language::Fr),
            "en" => Some(Language::En),
            _ => None,
        }
    }

    /// The language of the environment: the first of `LC_ALL`, `LC_MESSAGES`, `LANGUAGE` and `LANG` that is set, English
    /// unless it is French.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Language {
        ["LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .and_then(|locale| Language::from_locale(&locale))
            .unwrap_or(Language::En)
    }
}

/// The Fluent files of both languages.
const FILES: [(Language, &str, &str); 28] = [
    (Language::En, "cli", include_str!("cli.en.ftl")),
    (Language::Fr, "cli", include_str!("cli.fr.ftl")),
    (Language::En, "report", include_str!("report.en.ftl")),
    (Language::Fr, "report", include_str!("report.fr.ftl")),
    (Language::En, "html", include_str!("html.en.ftl")),
    (Language::Fr, "html", include_str!("html.fr.ftl")),
    (Language::En, "compare", include_str!("compare.en.ftl")),
    (Language::Fr, "compare", include_str!("compare.fr.ftl")),
    (Language::En, "fleet", include_str!("fleet.en.ftl")),
    (Language::Fr, "fleet", include_str!("fleet.fr.ftl")),
    (Language::En, "store", include_str!("store.en.ftl")),
    (Language::Fr, "store", include_str!("store.fr.ftl")),
    (Language::En, "adb", include_str!("adb.en.ftl")),
    (Language::Fr, "adb", include_str!("adb.fr.ftl")),
    (Language::En, "source", include_str!("source.en.ftl")),
    (Language::Fr, "source", include_str!("source.fr.ftl")),
    (Language::En, "ios", include_str!("ios.en.ftl")),
    (Language::Fr, "ios", include_str!("ios.fr.ftl")),
    (Language::En, "profile", include_str!("profile.en.ftl")),
    (Language::Fr, "profile", include_str!("profile.fr.ftl")),
    (Language::En, "kind", include_str!("kind.en.ftl")),
    (Language::Fr, "kind", include_str!("kind.fr.ftl")),
    (Language::En, "tools", include_str!("tools.en.ftl")),
    (Language::Fr, "tools", include_str!("tools.fr.ftl")),
    (Language::En, "explain", include_str!("explain.en.ftl")),
    (Language::Fr, "explain", include_str!("explain.fr.ftl")),
    (Language::En, "example", include_str!("example.en.ftl")),
    (Language::Fr, "example", include_str!("example.fr.ftl")),
];

/// The sentences of one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Texts").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Texts {
    /// Loads one language.
    pub fn new(language: Language) -> Texts {
        let locale: LanguageIdentifier = language.word().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // The marks that isolate a value's writing direction would show as odd signs in tables and tickets.
        bundle.set_use_isolating(false);
        for (file_language, _, content) in FILES {
            if file_language == language {
                // A file with a mistake loses the mistaken sentence only; the tests refuse it.
                let resource = match FluentResource::try_new(content.to_owned()) {
                    Ok(resource) | Err((resource, _)) => resource,
                };
                bundle.add_resource_overriding(resource);
            }
        }
        Texts { language, bundle }
    }

    /// Which language these are.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The sentence of a key without variables. A key that does not exist gives the key itself.
    pub fn get(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The sentence of a key with its variables filled in.
    pub fn with(&self, key: &str, variables: &[(&str, &str)]) -> String {
        let mut arguments = FluentArgs::with_capacity(variables.len());
        for (name, value) in variables {
            arguments.set(Cow::Borrowed(*name), FluentValue::String(Cow::Borrowed(*value)));
        }
        self.format(key, Some(&arguments))
    }

    /// The sentence of a key with a number that decides on singular and plural, as `$count`, and other variables.
    pub fn count(&self, key: &str, count: u64, variables: &[(&str, &str)]) -> String {
        let mut arguments = FluentArgs::with_capacity(variables.len() + 1);
        arguments.set("count", FluentValue::from(count));
        for (name, value) in variables {
            arguments.set(Cow::Borrowed(*name), FluentValue::String(Cow::Borrowed(*value)));
        }
        self.format(key, Some(&arguments))
    }

    /// The sentence of a key with the variables as errors give them.
    pub fn filled(&self, key: &str, arguments: &[(&str, String)]) -> String {
        let variables: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.with(key, &variables)
    }

    /// What happened, in one sentence.
    pub fn told(&self, what: &dyn Told) -> String {
        self.filled(what.key(), &what.arguments())
    }

    /// What to do about it.
    pub fn hint(&self, what: &dyn Told) -> Option<String> {
        what.hint_key().map(|key| self.filled(key, &what.arguments()))
    }

    /// Whether a key exists.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, arguments, &mut errors).into_owned()
    }
}

/// What a sentence calls an app when it is about no app in particular.
pub fn any_app(language: Language) -> &'static str {
    static WORDS: OnceLock<[String; 2]> = OnceLock::new();
    let [en, fr] = WORDS.get_or_init(|| Language::ALL.map(|language| Texts::new(language).get("explain-any-app")));
    match language {
        Language::En => en,
        Language::Fr => fr,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::evidence::Reason;
    use crate::vocabulary::*;

    /// Key → variables, of one file, read with the parser that the program uses.
    fn keys(content: &str) -> BTreeMap<String, BTreeSet<String>> {
        let resource = FluentResource::try_new(content.to_owned()).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
        let mut keys = BTreeMap::new();
        for line in resource.source().lines() {
            if let Some((key, _)) = line.split_once(" =")
                && !key.starts_with([' ', '#', '-', '}'])
            {
                keys.insert(key.to_owned(), BTreeSet::new());
            }
        }
        let mut current = String::new();
        for line in resource.source().lines() {
            if let Some((key, _)) = line.split_once(" =")
                && !key.starts_with([' ', '#', '-', '}'])
            {
                current = key.to_owned();
            }
            for variable in line.split("$").skip(1) {
                let name: String = variable
                    .chars()
                    .take_while(|character| character.is_alphanumeric() || *character == '_' || *character == '-')
                    .collect();
                if let Some(variables) = keys.get_mut(&current) {
                    variables.insert(name);
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_sentences_with_the_same_variables() {
        for (language, name, content) in FILES {
            if language == Language::En {
                let (_, _, french) =
                    FILES.into_iter().find(|(other, file, _)| *other == Language::Fr && *file == name).unwrap();
                let (english, french) = (keys(content), keys(french));
                assert_eq!(english.keys().collect::<Vec<_>>(), french.keys().collect::<Vec<_>>(), "{name}");
                for (key, variables) in &english {
                    assert_eq!(variables, &french[key], "{name}: {key}");
                }
            }
        }
    }

    #[test]
    fn no_sentence_is_written_twice() {
        for language in Language::ALL {
            let mut seen = BTreeSet::new();
            for (_, file, content) in FILES.into_iter().filter(|(own, ..)| *own == language) {
                let heads = content.lines().filter_map(|line| line.split_once(" =").map(|(key, _)| key));
                for key in heads.filter(|key| !key.starts_with([' ', '#', '-', '}'])) {
                    assert!(seen.insert(key), "{language:?} {file}: {key} is written a second time");
                }
            }
        }
    }

    #[test]
    fn every_word_of_the_vocabulary_has_its_sentence() {
        let mut wanted = Vec::new();
        wanted.extend(BecauseCode::ALL.iter().map(|word| format!("because-{word}")));
        wanted.extend(Verdict::ALL.iter().map(|word| format!("verdict-{word}")));
        wanted.extend(Severity::ALL.iter().map(|word| format!("severity-{word}")));
        wanted.extend(UserKind::ALL.iter().map(|word| format!("user-{word}")));
        wanted.extend(Inert::ALL.iter().map(|word| format!("inert-{word}")));
        wanted.extend(DecidedBy::ALL.iter().map(|word| format!("decided-{word}")));
        wanted.extend(Usage::ALL.iter().map(|word| format!("usage-{word}")));
        wanted.extend(Presence::ALL.iter().map(|word| format!("presence-{word}")));
        wanted.extend(AppSource::ALL.iter().map(|word| format!("source-{word}")));
        wanted.extend(Trace::ALL.iter().flat_map(|word| [format!("trace-{word}"), format!("trace-{word}-fix")]));
        wanted.extend(Standing::ALL.iter().map(|word| format!("standing-{word}")));
        wanted.extend(State::ALL.iter().map(|word| format!("state-{word}")));
        wanted.extend(crate::compare::ChangeKind::ALL.iter().map(|word| format!("change-kind-{word}")));
        wanted.extend(crate::compare::Effect::ALL.iter().map(|word| format!("effect-{word}")));
        for reason in [
            Reason::Refused,
            Reason::Absent,
            Reason::TimedOut,
            Reason::Truncated,
            Reason::Unreadable,
            Reason::NotKnown,
            Reason::NotSupported,
            Reason::EncryptedOnly,
            Reason::NoPassword,
        ] {
            wanted.push(format!("reason-{}", reason.word()));
        }
        for language in Language::ALL {
            let texts = Texts::new(language);
            let missing: Vec<_> = wanted.iter().filter(|key| !texts.has(key)).collect();
            assert_eq!(missing, Vec::<&String>::new(), "{language:?}");
        }
    }

    /// The variables of a key's sentence.
    fn variables(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        FILES.into_iter().filter(|(own, ..)| *own == language).flat_map(|(_, _, content)| keys(content)).collect()
    }

    #[test]
    fn no_sentence_shows_a_placeholder_when_its_variables_are_given() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for (key, variables) in variables(language) {
                let given: Vec<(&str, &str)> = variables.iter().map(|name| (name.as_str(), "VALUE")).collect();
                for said in [texts.with(&key, &given), texts.count(&key, 1, &given), texts.count(&key, 7, &given)] {
                    // What explains the placeholder of a profile's references names it.
                    let said = said.replace("{os}", "").replace("{name}", "");
                    assert!(!said.contains("{$") && !said.contains("{ $"), "{language:?} {key}: {said}");
                    assert!(!said.trim().is_empty(), "{language:?} {key}");
                }
            }
        }
    }

    /// Each call of `.get`, `.with` and `.count` with a key that is written out: the key, and what stands between the parentheses.
    fn calls(code: &str) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        for method in [".get(", ".with(", ".count("] {
            for (at, _) in code.match_indices(method) {
                let inside = code.get(at + method.len()..).unwrap_or_default();
                let Some(key) = inside.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                    continue;
                };
                let mut depth = 1;
                let end = inside.char_indices().find(|(_, sign)| {
                    depth += match sign {
                        '(' => 1,
                        ')' => -1,
                        _ => 0,
                    };
                    depth == 0
                });
                found.push((key, inside.get(..end.map_or(inside.len(), |(end, _)| end)).unwrap_or_default()));
            }
        }
        found
    }

    #[test]
    fn every_call_gives_a_sentence_the_variables_that_it_names() {
        let wanted = variables(Language::En);
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut checked = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                    continue;
                }
                if entry.extension().is_none_or(|extension| extension != "rs") {
                    continue;
                }
                let code = std::fs::read_to_string(&entry).unwrap();
                for (key, inside) in calls(&code) {
                    let Some(variables) = wanted.get(key) else { continue };
                    checked += 1;
                    for name in variables.iter().filter(|name| *name != "count") {
                        // Where the arguments have a name of their own, they are in the same file.
                        let written: String = inside.split_whitespace().collect();
                        let here = if written.contains("&[(") { inside } else { code.as_str() };
                        let quoted = format!("\"{name}\"");
                        assert!(here.contains(&quoted), "{}: {key} is not given ${name}", entry.display());
                    }
                }
            }
        }
        assert!(checked > 300, "only {checked} calls were found");
    }

    #[test]
    fn finds_the_language_of_the_environment() {
        let with =
            |name: &'static str, value: &'static str| move |asked: &str| (asked == name).then(|| value.to_owned());
        assert_eq!(Language::from_environment(with("LANG", "fr_CA.UTF-8")), Language::Fr);
        assert_eq!(Language::from_environment(with("LC_ALL", "de_DE")), Language::En);
        assert_eq!(Language::from_environment(|_| None), Language::En);
    }
}
