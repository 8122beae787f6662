//! The registry of references: what a rule may cite, and in which edition. The data stands in `references.toml` beside this file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::controls;
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

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Namespace {
    title: String,
    publisher: String,
}

/// What there is to say of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its title, as it was published where it is listed one by one; for a numbered control, what it is about in our words.
    pub subject: Text,
    /// Who published it.
    pub publisher: &'static str,
    /// The editions in which the number was read, or the date of a document.
    pub edition: Option<String>,
    /// What is to be known of the number itself: editions that disagree, words that it does not cover.
    pub note: Option<Text>,
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

/// Whether a reference is listed, or is a number that an edition of the registry of controls has.
///
/// `stig:GOOG-{os}-007400` means the number in every edition; `stig:GOOG-13-007400` must have been read in an edition for that version.
pub fn is_known(id: &str) -> bool {
    controls::canonical(id).is_some() || file().reference.contains_key(id)
}

/// The edition that a report prints beside a reference: where the number was read, or the date of a document. `None` when the
/// reference is unknown or has no date.
pub fn edition(id: &str) -> Option<String> {
    match controls::find(id) {
        Some((control, os)) => Some(control.edition(os)),
        None => find(id)?.date.clone(),
    }
}

/// What there is to say of a reference; `None` when it is unknown.
pub fn describe(id: &str) -> Option<Described> {
    if let Some((control, os)) = controls::find(id) {
        let namespace = id.split_once(':').and_then(|(name, _)| file().namespace.get(name))?;
        let edition = Some(control.edition(os));
        let note = control.note();
        return Some(Described { subject: control.subject, publisher: &namespace.publisher, edition, note });
    }
    let reference = find(id)?;
    let subject = Text { en: reference.title.clone(), fr: reference.title.clone() };
    Some(Described { subject, publisher: &reference.publisher, edition: reference.date.clone(), note: None })
}

/// Every document that is listed one by one, sorted by id.
pub fn documents() -> impl Iterator<Item = (&'static str, &'static Reference)> {
    file().reference.iter().map(|(id, reference)| (id.as_str(), reference))
}

/// A listed reference.
pub fn find(id: &str) -> Option<&'static Reference> {
    file().reference.get(id)
}

/// The title of the namespace that a numbered control belongs to.
pub fn namespace_title(id: &str) -> Option<&'static str> {
    let (name, _) = id.split_once(':')?;
    file().namespace.get(name).map(|namespace| namespace.title.as_str())
}

/// Every listed reference, then every control.
pub(super) fn ids() -> impl Iterator<Item = String> {
    file().reference.keys().cloned().chain(controls::ids().map(str::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_parses_and_knows_what_the_profiles_cite() {
        let file: File = toml::from_str(include_str!("references.toml")).unwrap();
        assert_eq!(file.reference.len(), 50);
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
            "stig:GOOG-{os}-999999",
            "stig:GOOG-12-006500",
            "cis-ios:9.9",
            "mscp:os_no_such_rule",
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
        assert!(controls::ids().all(|id| is_known(id) && namespace_title(id).is_some()));
    }

    #[test]
    fn what_is_cited_can_be_described() {
        assert!(ids().all(|id| describe(&id).is_some_and(|described| described.subject.is_complete())));
        let described = describe("stig:GOOG-15-007400").unwrap();
        assert_eq!((described.subject.en.as_str(), described.publisher), ("Developer options off", "DISA"));
        assert_eq!(edition("stig:GOOG-15-007400").unwrap(), "15 V1R2 (COBO, COPE)");
        assert_eq!(edition("cisa-mcbp").as_deref(), Some("2024-12-18"));
        assert_eq!(edition("cisa-mcbp-2"), None);
    }
}
