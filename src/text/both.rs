//! Sentences in both languages at once: an explanation is plain data, and the language is chosen when it is shown.

use std::sync::OnceLock;

use super::{Language, Text, Texts};

/// The texts of both languages.
pub(crate) struct Sentences {
    en: Texts,
    fr: Texts,
}

/// The texts of both languages, loaded on first use.
pub(crate) fn sentences() -> &'static Sentences {
    static SENTENCES: OnceLock<Sentences> = OnceLock::new();
    SENTENCES.get_or_init(|| Sentences { en: Texts::new(Language::En), fr: Texts::new(Language::Fr) })
}

impl Sentences {
    /// The sentence of a key without variables.
    pub(crate) fn get(&self, key: &str) -> Text {
        Text { en: self.en.get(key), fr: self.fr.get(key) }
    }

    /// Whether a key exists.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.en.has(key) && self.fr.has(key)
    }

    /// The sentence of a key with its variables, each in its own language.
    pub(crate) fn with(&self, key: &str, variables: &[(&str, &Text)]) -> Text {
        let of = |language| -> Vec<(&str, &str)> {
            variables.iter().map(|(name, text)| (*name, text.of(language))).collect()
        };
        Text { en: self.en.with(key, &of(Language::En)), fr: self.fr.with(key, &of(Language::Fr)) }
    }

    /// The sentence of a key with a number that decides on singular and plural, as `$count`.
    pub(crate) fn count(&self, key: &str, count: usize, variables: &[(&str, &Text)]) -> Text {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let of = |language| -> Vec<(&str, &str)> {
            variables.iter().map(|(name, text)| (*name, text.of(language))).collect()
        };
        Text { en: self.en.count(key, count, &of(Language::En)), fr: self.fr.count(key, count, &of(Language::Fr)) }
    }
}

/// A name that is the same in both languages.
pub(crate) fn same(name: &str) -> Text {
    Text { en: name.to_owned(), fr: name.to_owned() }
}

/// A word of the vocabulary or an identifier of a platform, marked as such.
pub(crate) fn code(name: &str) -> Text {
    same(&format!("`{name}`"))
}

/// Several identifiers, marked as such.
pub(crate) fn codes<'a>(names: impl IntoIterator<Item = &'a str>) -> Text {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    same(&names.join(", "))
}

/// Texts with something between them.
pub(crate) fn join(texts: &[Text], between: &Text) -> Text {
    let of = |language| texts.iter().map(|text| text.of(language)).collect::<Vec<_>>().join(between.of(language));
    Text { en: of(Language::En), fr: of(Language::Fr) }
}

/// Texts with commas between them.
pub(crate) fn list(texts: &[Text]) -> Text {
    join(texts, &same(", "))
}

/// Texts with commas between them and a word before the last: `a, b and c`.
pub(crate) fn list_with(texts: &[Text], key: &str) -> Text {
    match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => sentences().with(key, &[("rest", &list(rest)), ("last", last)]),
        _ => list(texts),
    }
}

/// A text of the vocabulary about “{app}”, where no particular app is meant.
pub(crate) fn of_any_app(text: &Text) -> Text {
    let any = sentences().get("explain-any-app");
    Text { en: text.en.replace("{app}", &any.en), fr: text.fr.replace("{app}", &any.fr) }
}
