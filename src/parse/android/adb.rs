//! `dumpsys adb` (Android 10 and later): how many computers the phone trusts (`AdbDebuggingManager.dump`).
//!
//! The keys, the names of the computers and the names of Wi-Fi networks in this dump are not kept.

use crate::parse::text::numbered_lines;

use super::located::{Located, boolean, whole_gaps};
use super::parsed::Parsed;

/// What the debugging service says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adb {
    /// How many computers may connect without asking, with the line on which the keys begin. `None` when the dump holds
    /// no list.
    pub trusted_computers: Option<Located<u32>>,
    /// Whether a computer is connected.
    pub connected: Option<Located<bool>>,
    /// Whether wireless debugging is on (Android 11 and later).
    pub wifi_enabled: Option<Located<bool>>,
}

/// Reads `dumpsys adb`. `user_keys` holds one key per line. The `keystore` is XML, or binary since Android 12, and
/// counts only where there is no `user_keys`.
pub fn parse(text: &str) -> Parsed<Adb> {
    let mut facts = Adb::default();
    let mut recognised = false;
    let mut in_keys = false;
    let mut in_wifi = false;
    let mut keystore: Option<Located<u32>> = None;
    for (number, line) in numbered_lines(text) {
        let row = line.trim();
        recognised |= row.starts_with("ADB MANAGER STATE") || row.starts_with("debugging_manager=");
        let stored = u32::try_from(row.matches("<adbKey ").count() + row.matches("lastConnection\0").count());
        match (&mut keystore, stored) {
            (Some(count), Ok(stored)) => count.value = count.value.saturating_add(stored),
            (None, Ok(stored)) if row.starts_with("keystore=") => keystore = Some(Located::new(stored, number)),
            _ => {}
        }
        if let Some(first) = row.strip_prefix("user_keys=") {
            in_keys = true;
            facts.trusted_computers = Some(Located::new(u32::from(is_key(first)), number));
        } else if in_keys && is_key(row) {
            if let Some(count) = &mut facts.trusted_computers {
                count.value = count.value.saturating_add(1);
            }
        } else if !row.is_empty() {
            in_keys = false;
        }
        match row.split_once('=') {
            Some(("connected_to_adb", value)) => keep(&mut facts.connected, value, number),
            Some(("adb_wifi", _)) => in_wifi = true,
            Some(("enabled", value)) if in_wifi => keep(&mut facts.wifi_enabled, value, number),
            _ if row == "}" => in_wifi = false,
            _ => {}
        }
    }
    if facts.trusted_computers.is_none() {
        facts.trusted_computers = keystore.filter(|count| count.value > 0);
    }
    let gaps = whole_gaps(text, recognised);
    Parsed { facts, gaps }
}

/// Whether a line is a public key: the base64 of a structure that begins with the length of a 2048-bit key in words
/// (`adb_auth`), and then the computer's name.
fn is_key(row: &str) -> bool {
    row.starts_with("QAAAA")
}

fn keep(field: &mut Option<Located<bool>>, value: &str, line: u32) {
    if field.is_none() {
        *field = boolean(value).map(|value| Located::new(value, line));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Reason;
    use crate::parse::android::located::corpus;

    #[test]
    fn counts_keys() {
        let text = "ADB MANAGER STATE (dumpsys adb):\n{\n  debugging_manager={\n    connected_to_adb=true\n    user_keys=QAAAAx a@b\nQAAAAy c@d\n\n    keystore=<?xml?>\n    <adbKey key=\"QAAAAx\" />\n    adb_wifi={\n      enabled=true\n    }\n  }\n}\n";
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        assert_eq!(parsed.facts.trusted_computers, Some(Located::new(2, 5)));
        assert_eq!(parsed.facts.wifi_enabled, Some(Located::new(true, 11)));
        assert_eq!(parsed.facts.connected, Some(Located::new(true, 4)));
    }

    #[test]
    fn falls_back_to_the_keystore() {
        let text =
            "ADB MANAGER STATE (dumpsys adb):\n  keystore=<keyStore>\n<adbKey key=\"a\" />\n<adbKey key=\"b\" />\n";
        assert_eq!(parse(text).facts.trusted_computers, Some(Located::new(2, 2)));
        let none = parse("ADB MANAGER STATE (dumpsys adb):\n  user_keys=\n");
        assert_eq!(none.facts.trusted_computers, Some(Located::new(0, 2)));
        assert_eq!(parse("Can't find service: adb").gaps[0].reason, Reason::NotSupported);
    }

    #[test]
    fn reads_real_phones() {
        for (path, wifi) in
            [("dumpsys_adb.txt", None), ("dumpsys_adb_wifi.txt", Some(false)), ("dumpsys_adb_xml.txt", None)]
        {
            let Some(text) = corpus(&format!("mvt/{path}")) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, [], "{path}");
            assert_eq!(parsed.facts.trusted_computers.map(|count| count.value), Some(1), "{path}");
            assert_eq!(parsed.facts.wifi_enabled.map(|wifi| wifi.value), wifi, "{path}");
            assert_eq!(parsed.facts.connected, Some(Located::new(true, 6)));
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in "( {0,3}(user_keys=|QAAAA|keystore=|\0|enabled=|adb_wifi=\\{|\\})\n?){0,12}") {
            let _ = (parse(&text), parse(&near));
        }
    }
}
