//! `com.apple.mt.plist`: Background App Refresh of each app.
//!
//! `KeepAppsUpToDateAppList` maps bundle ids to yes or no. An app that is not in it may refresh.

use std::collections::{BTreeMap, BTreeSet};

use super::plist::{self, PlistError, Value};

/// Which apps have a switch of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refresh {
    /// Bundle id → number of the entry (1-based, sorted by bundle id) and whether the app may refresh.
    pub apps: BTreeMap<String, (u32, bool)>,
    /// How many entries the list has.
    pub entries: u64,
    /// The bundle ids of the entries that were not understood.
    pub unread: BTreeSet<String>,
}

/// Reads the file. One without the list is of a phone on which nobody switched anything.
///
/// # Errors
/// When it is no property list, or the list is none.
pub fn parse(bytes: &[u8]) -> Result<Refresh, PlistError> {
    let file = plist::read(bytes)?;
    let members = file.dict().ok_or_else(|| PlistError::Damaged("no dictionary".to_owned()))?;
    let Some(list) = members.get("KeepAppsUpToDateAppList") else { return Ok(Refresh::default()) };
    let list = list.dict().ok_or_else(|| PlistError::Damaged("KeepAppsUpToDateAppList is no dictionary".to_owned()))?;
    let mut refresh = Refresh { entries: u64::try_from(list.len()).unwrap_or(u64::MAX), ..Refresh::default() };
    for ((app, value), number) in list.iter().zip(1u32..) {
        match Value::bool(value) {
            Some(allowed) => {
                refresh.apps.insert(app.clone(), (number, allowed));
            }
            None => {
                refresh.unread.insert(app.clone());
            }
        }
    }
    Ok(refresh)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::ios::testing::{corpus_file, truth};

    #[test]
    fn reads_switches_and_counts_what_is_none() {
        let found = parse(
            b"<plist><dict><key>KeepAppsUpToDateAppList</key><dict><key>b</key><true/><key>a</key><false/><key>c</key>\
              <string>maybe</string></dict></dict></plist>",
        )
        .unwrap();
        assert_eq!(found.apps.get("a"), Some(&(1, false)));
        assert_eq!(found.apps.get("b"), Some(&(2, true)));
        assert_eq!((found.apps.len(), found.entries), (2, 3));
        assert_eq!(found.unread, ["c".to_owned()].into());
    }

    #[test]
    fn a_file_without_the_list_is_no_error_and_a_wrong_one_is() {
        assert_eq!(parse(b"<plist><dict/></plist>"), Ok(Refresh::default()));
        assert!(parse(b"<plist><dict><key>KeepAppsUpToDateAppList</key><true/></dict></plist>").is_err());
        assert!(parse(b"<plist><array/></plist>").is_err());
    }

    #[test]
    fn the_generated_backups_read_as_their_truth_says() {
        for (name, apps) in truth() {
            let Some(bytes) = corpus_file(&name, "3768bd240db869d2b147c945fa68ff83619be11e") else { continue };
            let found = parse(&bytes).unwrap();
            assert_eq!(found.entries, found.apps.len() as u64, "{name}");
            for (app, facts) in &apps {
                let allowed = found.apps.get(app).is_none_or(|(_, allowed)| *allowed);
                assert_eq!(facts["background_refresh"], allowed, "{name}: {app}");
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
