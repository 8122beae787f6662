//! The registry of references: what a rule may cite, and in which edition. The data stands in `references.toml` beside this file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A document, or a numbered part of one, that rules cite.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its title, in the language it was published in.
    pub title: String,
    /// Who published it, with the edition where there are several.
    pub publisher: String,
    /// When, `YYYY-MM-DD` or `YYYY-MM`, where one day stands for it.
    #[serde(default)]
    pub date: Option<String>,
}

/// A document of an organization's own, from `[references]` of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OwnReference {
    /// Its title; a title in one language only stands for both.
    pub title: Text,
    /// Who published it.
    pub publisher: String,
    /// The edition, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// When, as the profile writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// The form of the numbers of a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    Stig,
    Numbers,
    Rule,
}

impl Shape {
    fn fits(self, number: &str) -> bool {
        let digits = |part: &str| !part.is_empty() && part.len() <= 6 && part.chars().all(|c| c.is_ascii_digit());
        match self {
            Shape::Stig => {
                let parts: Vec<&str> = number.split('-').collect();
                let [product, os, last] = parts.as_slice() else { return false };
                !product.is_empty()
                    && product.chars().all(|c| c.is_ascii_uppercase())
                    && (*os == "{os}" || digits(os))
                    && digits(last)
                    && last.len() == 6
            }
            Shape::Numbers => number.split('.').all(digits),
            Shape::Rule => {
                !number.is_empty() && number.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            }
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Namespace {
    title: String,
    shape: Shape,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    namespace: BTreeMap<String, Namespace>,
    reference: BTreeMap<String, Reference>,
}

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| toml::from_str(include_str!("references.toml")).unwrap_or_default())
}

/// Whether a reference is listed, or has the form of a number of a known namespace.
pub fn is_known(id: &str) -> bool {
    file().reference.contains_key(id)
        || id.split_once(':').is_some_and(|(name, number)| {
            file().namespace.get(name).is_some_and(|namespace| namespace.shape.fits(number))
        })
}

/// A listed reference.
pub fn find(id: &str) -> Option<&'static Reference> {
    file().reference.get(id)
}

/// The title and edition of the namespace that a reference belongs to, where its numbers are accepted by form.
pub fn namespace_title(id: &str) -> Option<&'static str> {
    let (name, _) = id.split_once(':')?;
    file().namespace.get(name).map(|namespace| namespace.title.as_str())
}

/// Every listed reference, then every namespace with its colon.
pub(super) fn ids() -> impl Iterator<Item = String> {
    file().reference.keys().cloned().chain(file().namespace.keys().map(|name| format!("{name}:")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_parses_and_knows_what_the_profiles_cite() {
        let file: File = toml::from_str(include_str!("references.toml")).unwrap();
        assert_eq!(file.reference.len(), 49);
        assert!(
            file.reference.values().all(|reference| !reference.title.is_empty() && !reference.publisher.is_empty())
        );
        for known in [
            "nist-800-53:SC-42(3)",
            "stig:GOOG-{os}-006500",
            "stig:AIOS-18-014900",
            "cis-ios:3.2.1.14",
            "cisa-mcbp",
            "cis-android-1.3.0:1.10",
            "mscp:os_application_deny_list",
        ] {
            assert!(is_known(known), "{known}");
        }
        for unknown in [
            "nist-800-53:SC-99",
            "stig:GOOG-{os}-6500",
            "stig:GOOG",
            "cis-ios:",
            "cis-ios:a.b",
            "mscp:Os Deny",
            "",
            "x:1",
        ] {
            assert!(!is_known(unknown), "{unknown}");
        }
        assert_eq!(find("jdm-2022-08-05").map(|reference| reference.publisher.as_str()), Some("Journal de Montréal"));
        assert!(namespace_title("stig:GOOG-{os}-006500").is_some());
    }
}
