//! `.GlobalPreferences.plist`: the keyboards that are switched on.
//!
//! `AppleKeyboards` lists the phone's own keyboards by language and layout (`en_GB@sw=QWERTY;hw=Automatic`, `fr_FR`, `emoji`) and
//! those of apps by the bundle id of their extension.

use super::plist::{self, PlistError};

/// How many keyboards of apps are taken for true.
const MOST: usize = 1_000;

/// A keyboard that came with an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyboard {
    /// Its place in the list, 1-based.
    pub number: u32,
    /// Bundle id of the app's extension.
    pub extension: String,
}

/// Reads the keyboards of apps; `None` when the file does not list keyboards.
///
/// # Errors
/// When it is no property list, the list is none, or it has more than 1,000 keyboards of apps.
pub fn parse(bytes: &[u8]) -> Result<Option<Vec<Keyboard>>, PlistError> {
    let file = plist::read(bytes)?;
    let Some(list) = file.get("AppleKeyboards") else { return Ok(None) };
    if !matches!(list, plist::Value::List(_)) {
        return Err(PlistError::Damaged("AppleKeyboards is no list".to_owned()));
    }
    let keyboards = list.list().iter().zip(1u32..).filter_map(|(entry, number)| {
        let extension = entry.text().filter(|entry| is_of_app(entry))?;
        Some(Keyboard { number, extension: extension.to_owned() })
    });
    let keyboards: Vec<Keyboard> = keyboards.take(MOST + 1).collect();
    if keyboards.len() > MOST { Err(PlistError::TooLarge("1,000 keyboards")) } else { Ok(Some(keyboards)) }
}

/// Whether an entry is the bundle id of an app's extension: a name with dots, which no language has, and not Apple's.
fn is_of_app(entry: &str) -> bool {
    super::is_bundle_id(entry) && !entry.starts_with("com.apple.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::ios::testing::corpus;

    fn file(entries: &[&str]) -> Vec<u8> {
        let entries: String = entries.iter().map(|entry| format!("<string>{entry}</string>")).collect();
        format!("<plist><dict><key>AppleKeyboards</key><array>{entries}</array></dict></plist>").into_bytes()
    }

    #[test]
    fn tells_keyboards_of_apps_from_the_phones_own() {
        let own = [
            "en_GB@sw=QWERTY;hw=Automatic",
            "emoji@sw=Emoji",
            "emoji",
            "fr_FR",
            "zh_Hans-Pinyin@sw=Pinyin10-Simplified",
        ];
        assert_eq!(parse(&file(&own)), Ok(Some(Vec::new())));
        let mixed = ["en_GB@sw=QWERTY", "com.touchtype.swiftkey.SwiftKeyKeyboard", "com.apple.Dictation.keyboard"];
        let found = parse(&file(&mixed)).unwrap().unwrap();
        assert_eq!(found, [Keyboard { number: 2, extension: "com.touchtype.swiftkey.SwiftKeyKeyboard".to_owned() }]);
    }

    #[test]
    fn no_list_is_not_an_empty_one() {
        assert_eq!(parse(b"<plist><dict/></plist>"), Ok(None));
        assert!(parse(b"<plist><dict><key>AppleKeyboards</key><true/></dict></plist>").is_err());
    }

    #[test]
    fn a_real_file_has_no_keyboard_of_an_app() {
        let Some(root) = corpus() else { return };
        let path = "mvt_ios_backup/0d/0dc926a1810f7aee4e8f38793ed788701f93bf9d";
        assert_eq!(parse(&std::fs::read(root.join(path)).unwrap()), Ok(Some(Vec::new())));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), entry in "[^<&\u{0}-\u{1f}]{0,40}") {
            let _ = parse(&bytes);
            let _ = parse(&file(&[&entry]));
        }
    }
}
