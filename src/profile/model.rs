//! A profile and its rules, with everything filled in.

use std::collections::BTreeMap;

use serde::Serialize;

use super::change::Tailored;
use super::collect::Collect;
use super::kind::Assertion;
use super::origin::Origins;
use super::references::OwnReference;
use super::selector::{AppView, Selection};
use crate::document::ProfileErrors;
use crate::files::fingerprint;
use crate::text::Text;
use crate::vocabulary::guidance::Steps;
use crate::vocabulary::{Platform, Severity};

/// The version of the language that this version of poucet reads: `format = 1`.
pub const FORMAT: i64 = 1;

/// A profile with everything that it extends filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The kebab-case word it is called by.
    pub id: String,
    /// Its version, as its authors count; empty when they do not.
    pub version: String,
    /// Its title.
    pub title: Text,
    /// What conformity with it does not mean.
    pub note: Option<Text>,
    /// SHA-256 of [`Profile::canonical_json`], in lower-case hexadecimal.
    pub sha256: String,
    /// Whether it is made to be extended only, and may judge nothing by itself.
    pub is_abstract: bool,
    /// The platform it was written for; its own rules hold on that platform only.
    pub platform: Option<Platform>,
    /// Whether what could not be judged counts as a failure.
    pub strict: bool,
    /// The rules, sorted by id; those that are off are not among them.
    pub rules: Vec<Rule>,
    /// What may be read and named.
    pub privacy: Privacy,
    /// What it, and the profiles it extends, change in inherited rules.
    pub tailored: Vec<Tailored>,
    /// References of the organization's own that rules may cite, by id.
    pub references: BTreeMap<String, OwnReference>,
    /// Parameters set on the command line, with their values as they were typed.
    pub set: BTreeMap<String, String>,
    /// Where each value comes from.
    pub origins: Origins,
    /// What a person should look at, though the profile judges: rules weakened without a reason.
    pub warnings: Option<ProfileErrors>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The kebab-case code of its findings.
    pub id: String,
    /// What holds when the rule holds.
    pub title: Text,
    /// Why that matters.
    pub why: Text,
    /// How a person sees it by hand, where the vocabulary's own text is not enough.
    #[serde(skip_serializing_if = "Steps::is_empty")]
    pub look: Steps,
    /// What to press to put it right, where the vocabulary's own text is not enough.
    #[serde(skip_serializing_if = "Steps::is_empty")]
    pub fix: Steps,
    /// How much a failure matters.
    pub severity: Severity,
    /// The only platform it holds on.
    pub platform: Option<Platform>,
    /// `ownership:institution` or `ownership:personal`: not applicable unless the audit is told that the phone is so.
    pub applies_for: Option<String>,
    /// References, known to [`super::references`].
    pub refs: Vec<String>,
    /// Judge stored grants as if the phone's main switches were on.
    pub ignore_master: bool,
    /// The visit itself breaks this rule (developer options, pairing): it is judged with that in mind.
    pub footprint: bool,
    /// The apps it is about; `None` for a rule about the phone.
    pub apps: Option<Selection>,
    /// What it states.
    pub assertion: Assertion,
}

/// What a profile says of the person's privacy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Privacy {
    /// Which apps may be read and kept.
    pub collect: Collect,
    /// Apps that are judged and counted, and never named in a report.
    pub hide: Vec<Selection>,
    /// Whether the person must agree before anything is read.
    pub consent_required: bool,
}

impl Privacy {
    /// Whether an app is never to be named.
    pub fn hides(&self, app: &AppView<'_>) -> bool {
        self.hide.iter().any(|selection| selection.matches(app))
    }
}

/// The part of a profile that is hashed: everything that judges, nothing about how it came to be.
#[derive(Serialize)]
struct Canonical<'a> {
    format: i64,
    id: &'a str,
    version: &'a str,
    title: &'a Text,
    r#abstract: bool,
    platform: Option<Platform>,
    strict: bool,
    privacy: &'a Privacy,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    references: &'a BTreeMap<String, OwnReference>,
    rules: &'a [Rule],
}

impl Profile {
    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        let place = self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()?;
        self.rules.get(place)
    }

    /// The resolved profile as JSON with sorted keys and no spaces: the same profile gives the same bytes on every machine.
    pub fn canonical_json(&self) -> String {
        let canonical = Canonical {
            format: FORMAT,
            id: &self.id,
            version: &self.version,
            title: &self.title,
            r#abstract: self.is_abstract,
            platform: self.platform,
            strict: self.strict,
            privacy: &self.privacy,
            references: &self.references,
            rules: &self.rules,
        };
        // Through a `Value`, whose maps are sorted. Only a map with keys that are no strings can fail, and there is none.
        serde_json::to_value(&canonical).map(|value| value.to_string()).unwrap_or_default()
    }

    pub(super) fn sealed(mut self) -> Profile {
        self.sha256 = fingerprint::of_text(&self.canonical_json());
        self
    }
}
