//! What the vocabulary says of permissions, checks and levels, in the form that explanations need; and what poucet reads for each.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::access::ios::services;
use crate::profile::references;
use crate::text::Text;
use crate::vocabulary::guidance::{self, Steps};
use crate::vocabulary::permissions::{describe, describe_removal};
use crate::vocabulary::{Check, Permission, Platform};

/// What to press to change a permission: the common menus stand with the permission, those of makers with the guidance.
pub(super) fn fix(permission: Permission) -> Steps {
    let common = &describe(permission).fix;
    let own = &guidance::permission(permission).fix;
    Steps {
        android: own.android.as_ref().or(common.android.as_ref()).cloned(),
        ios: own.ios.as_ref().or(common.ios.as_ref()).cloned(),
        vendors: own.vendors.clone(),
    }
}

/// How to take an app off a phone.
pub(super) fn removal() -> Steps {
    let common = describe_removal();
    Steps { android: common.android.clone(), ios: common.ios.clone(), vendors: BTreeMap::new() }
}

/// A published control or document, as far as the registry knows it.
pub(super) struct Control {
    /// Its title as published, or our own words for its subject.
    pub(super) title: Option<Text>,
    /// Publisher and edition.
    pub(super) edition: String,
    /// When it was published.
    pub(super) date: Option<String>,
    /// What else there is to know of it.
    pub(super) note: Option<Text>,
}

/// What the registry knows of a reference; `None` for one that is in no registry.
pub(super) fn control(id: &str) -> Option<Control> {
    let described = references::describe(id)?;
    // The edition of a document is its date, which is said apart.
    let document = references::find(id).is_some();
    let edition = described.edition.as_ref().filter(|_| !document);
    Some(Control {
        title: Some(described.subject),
        edition: edition
            .map_or_else(|| described.publisher.to_string(), |edition| format!("{}, {edition}", described.publisher)),
        date: described.edition.clone().filter(|_| document),
        note: described.note,
    })
}

/// A source and the keys in it.
pub(super) type Read = (String, Vec<String>);

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reads {
    #[serde(default)]
    android: Option<Vec<Vec<String>>>,
    #[serde(default)]
    ios: Option<Vec<Vec<String>>>,
}

impl Reads {
    fn of(&self, platform: Platform) -> Option<Vec<Read>> {
        let lines = match platform {
            Platform::Android => self.android.as_ref(),
            Platform::Ios => self.ios.as_ref(),
        }?;
        let read = |line: &Vec<String>| line.split_first().map(|(source, keys)| (source.clone(), keys.to_vec()));
        Some(lines.iter().filter_map(read).collect())
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    check: BTreeMap<Check, Reads>,
    permission: BTreeMap<Permission, Reads>,
}

/// The file, read once; a test reads it whole.
fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| toml::from_str(include_str!("reads.toml")).unwrap_or_default())
}

/// What poucet reads for a check on a platform; empty = nothing.
pub(super) fn reads_for_check(check: Check, platform: Platform) -> Vec<Read> {
    file().check.get(&check).and_then(|reads| reads.of(platform)).unwrap_or_default()
}

/// What poucet reads for a permission on a platform; empty = nothing.
pub(super) fn reads_for_permission(permission: Permission, platform: Platform) -> Vec<Read> {
    if !describe(permission).is_observable_on(platform) {
        return Vec::new();
    }
    if let Some(reads) = file().permission.get(&permission).and_then(|reads| reads.of(platform)) {
        return reads;
    }
    match platform {
        Platform::Android => {
            let mut reads = vec![("dumpsys package".to_owned(), Vec::new())];
            let ops = &describe(permission).android.app_ops;
            if !ops.is_empty() {
                reads.push(("dumpsys appops".to_owned(), ops.clone()));
            }
            reads
        }
        Platform::Ios => {
            let services: Vec<String> = services::of(permission).map(|(name, _)| name).collect();
            if services.is_empty() { Vec::new() } else { vec![("TCC.db".to_owned(), services)] }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Kind;
    use crate::evidence::ios::Artefact;
    use crate::vocabulary::permissions::{Readable, describe_check};

    #[test]
    fn every_source_is_one_that_reports_cite() {
        let file: File = toml::from_str(include_str!("reads.toml")).unwrap();
        assert_eq!(file.check.keys().copied().collect::<Vec<_>>(), {
            let mut all = Check::ALL.to_vec();
            all.sort();
            all
        });
        let android: Vec<&str> = Kind::ALL.iter().map(|kind| kind.label()).collect();
        let ios: Vec<&str> = Artefact::ALL.iter().map(|artefact| artefact.label()).collect();
        for reads in file.check.values().chain(file.permission.values()) {
            for (source, _) in reads.of(Platform::Android).unwrap_or_default() {
                assert!(android.contains(&source.as_str()), "{source}");
            }
            for (source, _) in reads.of(Platform::Ios).unwrap_or_default() {
                assert!(ios.contains(&source.as_str()), "{source}");
            }
        }
    }

    #[test]
    fn nothing_is_read_where_only_a_person_can_look() {
        for check in Check::ALL {
            for platform in Platform::ALL {
                let readable = *describe_check(*check).readable.of(*platform);
                if matches!(readable, Readable::Absent | Readable::Manual) {
                    assert!(reads_for_check(*check, *platform).is_empty(), "{check} {platform}");
                }
            }
        }
    }

    #[test]
    fn every_permission_that_can_be_shown_is_read_somewhere() {
        for permission in Permission::ALL {
            for platform in Platform::ALL {
                let shown = describe(*permission).is_observable_on(*platform);
                assert_eq!(shown, !reads_for_permission(*permission, *platform).is_empty(), "{permission} {platform}");
            }
        }
    }
}
