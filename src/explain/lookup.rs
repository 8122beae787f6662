//! Looking a word up.

use std::collections::BTreeSet;

use super::index::index;
use super::library::Library;
use super::model::Explanation;
use super::platform;
use crate::vocabulary::Permission;

/// The longest word that is looked up, in bytes.
const LONGEST_WORD: usize = 200;

impl Library<'_> {
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
