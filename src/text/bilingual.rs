//! One text in the two languages of poucet, as data files hold it: `{ en = "…", fr = "…" }`.

use serde::{Deserialize, Serialize};

/// One text in English and in French. Data files give both; their linters refuse one alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The English text.
    pub en: String,
    /// The French text.
    pub fr: String,
}

impl Text {
    /// The text in one language.
    pub fn of(&self, language: super::Language) -> &str {
        match language {
            super::Language::En => &self.en,
            super::Language::Fr => &self.fr,
        }
    }

    /// Whether both languages say something.
    pub fn is_complete(&self) -> bool {
        !self.en.trim().is_empty() && !self.fr.trim().is_empty()
    }
}
