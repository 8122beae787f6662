//! What can go wrong with a store.

use thiserror::Error;

/// Why a store cannot do what is asked of it. `place` is the store as [`super::StoreAddress::shown`] names it, never with a password.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nobody has stored anything there yet.
    #[error("{place}: no store")]
    Missing {
        /// The store.
        place: String,
    },
    /// There is a file, and it is something else, which is left as it is.
    #[error("{place}: no store of poucet")]
    NotOurs {
        /// The store.
        place: String,
    },
    /// A store, and not as poucet made it: tables, views or triggers of somebody else, or pages that cannot be.
    #[error("{place}: not as poucet made it: {detail}")]
    Changed {
        /// The store.
        place: String,
        /// What of it.
        detail: String,
    },
    /// A name that SQLite takes for something else than a file.
    #[error("{place}: no file")]
    NotAFile {
        /// The name.
        place: String,
    },
    /// A later version of poucet has written it.
    #[error("{place}: of a later version ({version})")]
    Newer {
        /// The store.
        place: String,
        /// The version of its tables.
        version: i64,
    },
    /// The address of a server is not understood.
    #[error("{place}: {detail}")]
    BadAddress {
        /// The store.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// No authority that could vouch for a server is known on this computer.
    #[error("{place}: no certificate authorities")]
    NoAuthorities {
        /// The store.
        place: String,
    },
    /// The server does not answer, or went away and did not come back in time.
    #[error("{place}: {detail}")]
    Gone {
        /// The store.
        place: String,
        /// What the last attempt said.
        detail: String,
    },
    /// The database refused.
    #[error("{place}: {detail}")]
    Refused {
        /// The store.
        place: String,
        /// What it said.
        detail: String,
    },
    /// What was stored is not what was read: somebody, or a disk, has changed it.
    #[error("{place}: reading {reading} is damaged: {detail}")]
    Damaged {
        /// The store.
        place: String,
        /// SHA-256 of the reading.
        reading: String,
        /// What is wrong with it.
        detail: String,
    },
    /// No device of this name.
    #[error("{place}: no device {word}")]
    NoDevice {
        /// The store.
        place: String,
        /// What was asked for.
        word: String,
    },
    /// Nothing that was deleted can be brought back.
    #[error("{place}: nothing to bring back")]
    NothingDeleted {
        /// The store.
        place: String,
    },
    /// Several devices whose names begin so.
    #[error("{place}: several devices {word}: {matches}")]
    Ambiguous {
        /// The store.
        place: String,
        /// What was asked for.
        word: String,
        /// The first of them.
        matches: String,
    },
}

impl StoreError {
    /// The keys of all sentences, for the test of the texts.
    pub const KEYS: [&'static str; 13] = [
        "store-missing",
        "store-not-ours",
        "store-changed",
        "store-not-a-file",
        "store-newer",
        "store-bad-address",
        "store-no-authorities",
        "store-gone",
        "store-refused",
        "store-damaged",
        "store-no-device",
        "store-nothing-deleted",
        "store-ambiguous",
    ];

    /// The key of its sentence in `src/text/store.*.ftl`; that of its hint ends in `-hint`.
    pub fn key(&self) -> &'static str {
        match self {
            StoreError::Missing { .. } => "store-missing",
            StoreError::NotOurs { .. } => "store-not-ours",
            StoreError::Changed { .. } => "store-changed",
            StoreError::NotAFile { .. } => "store-not-a-file",
            StoreError::Newer { .. } => "store-newer",
            StoreError::BadAddress { .. } => "store-bad-address",
            StoreError::NoAuthorities { .. } => "store-no-authorities",
            StoreError::Gone { .. } => "store-gone",
            StoreError::Refused { .. } => "store-refused",
            StoreError::Damaged { .. } => "store-damaged",
            StoreError::NoDevice { .. } => "store-no-device",
            StoreError::NothingDeleted { .. } => "store-nothing-deleted",
            StoreError::Ambiguous { .. } => "store-ambiguous",
        }
    }

    /// The key of what to do.
    pub fn hint_key(&self) -> String {
        format!("{}-hint", self.key())
    }

    /// The values for both sentences.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let text = |name: &'static str, value: &str| (name, value.to_owned());
        match self {
            StoreError::Missing { place }
            | StoreError::NotOurs { place }
            | StoreError::NotAFile { place }
            | StoreError::NothingDeleted { place }
            | StoreError::NoAuthorities { place } => vec![text("place", place)],
            StoreError::Newer { place, version } => vec![text("place", place), ("version", version.to_string())],
            StoreError::BadAddress { place, detail }
            | StoreError::Changed { place, detail }
            | StoreError::Gone { place, detail }
            | StoreError::Refused { place, detail } => vec![text("place", place), text("detail", detail)],
            StoreError::Damaged { place, reading, detail } => {
                vec![text("place", place), text("reading", reading), text("detail", detail)]
            }
            StoreError::NoDevice { place, word } => vec![text("place", place), text("word", word)],
            StoreError::Ambiguous { place, word, matches } => {
                vec![text("place", place), text("word", word), text("matches", matches)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Texts};

    #[test]
    fn every_error_has_its_sentence_and_its_hint_in_both_languages() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for key in crate::store::Doubt::KEYS.iter().chain(&["store-clock-hint"]) {
                let said = texts.with(key, &[("clock", "VALUE"), ("store", "VALUE")]);
                assert!(said != *key && !said.contains('{'), "{}: {said}", language.word());
            }
            let names = ["place", "version", "detail", "reading", "word", "matches", "file"];
            let variables = names.map(|name| (name, "VALUE"));
            for key in StoreError::KEYS.iter().chain(&["store-left-refused", "store-left-unreadable"]) {
                for key in [(*key).to_owned(), format!("{key}-hint")] {
                    let said = texts.with(&key, &variables);
                    assert!(said != key && !said.contains('{'), "{}: {said}", language.word());
                }
            }
        }
    }
}
