//! `VersionedSectionInfo.plist` and the older `SectionInfo.plist`: what each app may do with notifications.
//!
//! The newer file is `{ sectionInfo: { bundle id: archive }, sectionInfoVersionNumber }`, the older one a flat map of bundle ids to
//! archives. Each archive (`NSKeyedArchiver`) holds a `BBSectionInfo`, whose `sectionInfoSettings` are the person's choices and whose
//! `managedSectionInfoSettings`, where they are, are those of device management and take their place.

use std::collections::BTreeSet;

use super::archive::Archive;
use super::plist::{self, PlistError, Value};

/// How much all archives together may hold: values, and text and data by 64 bytes. A phone's hold some hundred thousand; a hostile
/// file may have thousands of archives of which each alone stays within bounds.
const MOST: usize = 4_000_000;

/// The notification settings of one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which entry of the file it is, 1-based, sorted by bundle id.
    pub number: u32,
    /// Bundle id, as the file writes it.
    pub bundle: String,
    /// `authorizationStatus`: 0 not asked, 1 refused, 2 allowed, 3 quietly (provisional), 4 for an App Clip (ephemeral).
    pub status: Option<i64>,
    /// `authorizationExpirationDate`, in seconds since 1970: until then notifications are allowed, whatever the status.
    pub expires: Option<i64>,
    /// Device management rules this app's notifications.
    pub managed: bool,
    /// `contentPreviewSetting`: whether the lock screen shows contents. 1 always, 2 when unlocked, 3 never, 0 or absent as the phone's own
    /// setting (Apple's reader takes any other number for "always").
    pub preview: Option<i64>,
    /// `lockScreenSetting`. What its values mean is not established.
    pub lock_screen: Option<i64>,
}

/// The notification settings of a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sections {
    /// One per app, sorted by bundle id.
    pub sections: Vec<Section>,
    /// How many entries the file has.
    pub entries: u64,
    /// The bundle ids of the entries that were not understood.
    pub unread: BTreeSet<String>,
}

/// Reads either form of the file.
///
/// # Errors
/// When it is no property list, or neither form of it.
pub fn parse(bytes: &[u8]) -> Result<Sections, PlistError> {
    let file = plist::read(bytes)?;
    let entries = match file.get("sectionInfo") {
        Some(sections) => sections.dict(),
        // The flat form has nothing but archives. A file without any entry has no word on anybody: Apple's own apps are in every one.
        None => {
            file.dict().filter(|entries| entries.values().any(|value| matches!(value, Value::Data(_) | Value::Dict(_))))
        }
    };
    let entries = entries.ok_or_else(|| PlistError::Damaged("no section of any app".to_owned()))?;
    let mut found = Sections { entries: u64::try_from(entries.len()).unwrap_or(u64::MAX), ..Sections::default() };
    let mut left = MOST;
    for ((bundle, value), number) in entries.iter().zip(1u32..) {
        match value.data().and_then(|archive| section(number, bundle, archive, &mut left)) {
            Some(section) => found.sections.push(section),
            None => {
                found.unread.insert(bundle.clone());
            }
        }
    }
    Ok(found)
}

/// One entry; none when it is no archive of a section with settings.
fn section(number: u32, bundle: &str, bytes: &[u8], left: &mut usize) -> Option<Section> {
    if *left == 0 {
        return None;
    }
    let archive = match Archive::read(bytes) {
        Ok(archive) => archive,
        Err(error) => {
            let cost = if matches!(error, PlistError::TooLarge(_)) { MOST / 4 } else { 1 + bytes.len() / 64 };
            *left = left.saturating_sub(cost);
            return None;
        }
    };
    *left = left.saturating_sub(archive.objects().iter().map(weight).sum());
    let root = archive.root()?;
    let person = archive.member(root, "sectionInfoSettings");
    let management = archive.member(root, "managedSectionInfoSettings");
    // What device management leaves open stays with the person.
    let setting =
        |key: &str| [management, person].into_iter().flatten().find_map(|settings| archive.member(settings, key));
    person.or(management).and_then(Value::dict)?;
    Some(Section {
        number,
        bundle: bundle.to_owned(),
        status: setting("authorizationStatus").and_then(Value::int),
        expires: setting("authorizationExpirationDate").and_then(|date| moment(&archive, date)),
        managed: management.is_some(),
        preview: setting("contentPreviewSetting").and_then(Value::int),
        lock_screen: setting("lockScreenSetting").and_then(Value::int),
    })
}

/// How much a value holds.
fn weight(value: &Value) -> usize {
    1 + match value {
        Value::Text(text) => text.len() / 64,
        Value::Data(bytes) => bytes.len() / 64,
        Value::List(values) => values.iter().map(weight).sum(),
        Value::Dict(members) => members.values().map(weight).sum(),
        _ => 0,
    }
}

/// An `NSDate` of an archive, or a plain date, in seconds since 1970.
fn moment(archive: &Archive, date: &Value) -> Option<i64> {
    date.date().or_else(|| plist::from_apple_time(archive.member(date, "NS.time")?.real()?))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::ios::testing::{corpus_file, truth, xml_archive, xml_data};

    /// A file of the newer form with one archive for each app: bundle id and the members of its settings.
    pub(crate) fn file(sections: &[(&str, &str)]) -> Vec<u8> {
        let entries: String = sections
            .iter()
            .map(|(bundle, settings)| format!("<key>{bundle}</key>{}", xml_data(&archive(settings, ""))))
            .collect();
        format!("<plist><dict><key>sectionInfo</key><dict>{entries}</dict></dict></plist>").into_bytes()
    }

    /// An archive of one section; `root` holds further members of the section.
    fn archive(settings: &str, root: &str) -> Vec<u8> {
        xml_archive(
            "<key>root</key><dict><key>CF$UID</key><integer>1</integer></dict>",
            &[
                "<string>$null</string>",
                &format!(
                    "<dict><key>sectionInfoSettings</key><dict><key>CF$UID</key><integer>2</integer></dict>{root}</dict>"
                ),
                &format!("<dict>{settings}</dict>"),
                "<dict><key>authorizationStatus</key><integer>1</integer></dict>",
            ],
        )
    }

    #[test]
    fn both_forms_read_alike() {
        let settings =
            "<key>authorizationStatus</key><integer>2</integer><key>lockScreenSetting</key><integer>2</integer>";
        let new = parse(&file(&[("com.a", settings), ("com.b", "")])).unwrap();
        assert_eq!(new.entries, 2);
        let first = new.sections.first().unwrap();
        assert_eq!((first.number, first.bundle.as_str(), first.status), (1, "com.a", Some(2)));
        assert_eq!((first.lock_screen, first.preview, first.managed), (Some(2), None, false));
        assert_eq!(new.sections.get(1).unwrap().status, None);
        let old = format!("<plist><dict><key>com.a</key>{}</dict></plist>", xml_data(&archive(settings, "")));
        assert_eq!(parse(old.as_bytes()).unwrap().sections.first(), Some(first));
    }

    #[test]
    fn what_management_says_takes_the_place_of_the_persons_choice() {
        let settings =
            "<key>authorizationStatus</key><integer>2</integer><key>contentPreviewSetting</key><integer>3</integer>";
        let root = "<key>managedSectionInfoSettings</key><dict><key>CF$UID</key><integer>3</integer></dict>";
        let file = format!("<plist><dict><key>com.a</key>{}</dict></plist>", xml_data(&archive(settings, root)));
        let found = parse(file.as_bytes()).unwrap();
        let section = found.sections.first().unwrap();
        assert_eq!((section.managed, section.status, section.preview), (true, Some(1), Some(3)));
    }

    #[test]
    fn an_expiry_is_read_as_date_and_as_apple_time() {
        let date = "<key>authorizationExpirationDate</key><date>2024-06-01T00:00:00Z</date>";
        let time = "<key>authorizationExpirationDate</key><dict><key>NS.time</key><real>738892800</real></dict>";
        for settings in [date, time] {
            let found = parse(&file(&[("com.a", settings)])).unwrap();
            assert_eq!(found.sections.first().unwrap().expires, Some(1_717_200_000), "{settings}");
        }
    }

    #[test]
    fn an_entry_that_is_not_understood_costs_no_other_and_is_counted() {
        let good = xml_data(&archive("<key>authorizationStatus</key><integer>3</integer>", ""));
        let text = format!(
            "<plist><dict><key>sectionInfo</key><dict><key>com.a</key><data>AAAA</data><key>com.b</key><integer>3</integer>\
             <key>com.c</key>{good}</dict></dict></plist>"
        );
        let found = parse(text.as_bytes()).unwrap();
        assert_eq!((found.entries, found.sections.len()), (3, 1));
        assert_eq!(found.unread, ["com.a".to_owned(), "com.b".to_owned()].into());
        assert_eq!(found.sections.first().unwrap().number, 3);
        assert!(parse(b"<plist><dict><key>sectionInfo</key><integer>1</integer></dict></plist>").is_err());
        assert!(parse(b"<plist><dict><key>other</key><integer>1</integer></dict></plist>").is_err());
        assert!(parse(b"<plist><array/></plist>").is_err());
        assert!(parse(b"<plist><dict/></plist>").is_err());
    }

    #[test]
    fn the_generated_backups_read_as_their_truth_says() {
        for (name, apps) in truth() {
            let Some(bytes) = corpus_file(&name, "064d76faeef55598c754d5f4af2f8903229ee889") else { continue };
            let found = parse(&bytes).unwrap();
            assert_eq!(found.entries, u64::try_from(apps.len()).unwrap(), "{name}");
            for section in &found.sections {
                let expected = match section.status {
                    Some(0) => "not_determined",
                    Some(1) => "denied",
                    Some(2) => "authorized",
                    Some(3) => "provisional",
                    _ => panic!("{section:?}"),
                };
                assert_eq!(apps[&section.bundle]["notifications"], expected, "{name}: {}", section.bundle);
            }
        }
    }

    #[test]
    fn many_archives_that_unfold_are_read_until_they_are_too_much() {
        // Each has five lists of ten times the next: 100,000 values from a few bytes.
        let mut objects = vec!["<string>$null</string>".to_owned(), "<dict/>".to_owned()];
        let mut list = "<integer>1</integer>".to_owned();
        for _ in 0..5 {
            list = format!("<array>{}</array>", list.repeat(10));
        }
        objects.push(list);
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        let archive = xml_data(&xml_archive("", &objects));
        let entries: String = (0..60).map(|n| format!("<key>a{n:02}</key>{archive}")).collect();
        let last = xml_data(&super::tests::archive("", ""));
        let text = format!("<plist><dict>{entries}<key>z</key>{last}</dict></plist>");
        let found = parse(text.as_bytes()).unwrap();
        assert_eq!((found.entries, found.unread.len()), (61, 61));
    }

    proptest! {
        #[test]
        fn never_panics_and_counts_every_entry(
            keys in proptest::collection::btree_set("[a-z.]{1,8}", 1..8),
            values in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 8),
            good in any::<[bool; 8]>(),
        ) {
            let entries: String = keys.iter().zip(&values).zip(good).map(|((key, value), good)| {
                let archive = if good { archive("", "") } else { value.clone() };
                format!("<key>{key}</key>{}", xml_data(&archive))
            }).collect();
            let text = format!("<plist><dict><key>sectionInfo</key><dict>{entries}</dict></dict></plist>");
            let found = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(found.entries as usize, keys.len());
            prop_assert_eq!(found.sections.len() + found.unread.len(), keys.len());
            prop_assert_eq!(found.sections.len(), good.iter().take(keys.len()).filter(|good| **good).count());
            let _ = parse(&values.concat());
        }
    }
}
