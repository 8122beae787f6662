//! What is taken out of an answer before it is stored: serial numbers, network names and keys, which no rule needs.
//!
//! Values are emptied and lines kept, so that line numbers in reports stay those of the phone's own answer.

use crate::evidence::Kind;

/// Words in the name of a system property whose value identifies the phone or its SIM card.
const PROPERTY_WORDS: [&str; 8] = ["serial", "imei", "meid", "macaddr", "mac_addr", "wifimac", "btmac", "bdaddr"];
/// Words in the name of a system property whose value is a host name, an operator account or an address.
const PROPERTY_ENDS: [&str; 4] = ["net.hostname", ".mac", ".iccid", ".imsi"];
/// Words in the name of a setting whose value identifies the phone, its owner or the networks they use.
const SETTING_WORDS: [&str; 9] = [
    "android_id",
    "bluetooth_address",
    "bluetooth_name",
    "device_name",
    "ssid",
    "lock_screen_owner_info",
    "imei",
    "serial",
    "phone_number",
];
/// The shortest run of base64 characters that is taken for a public key; the key of a computer has 700.
const KEY_LENGTH: usize = 40;

/// The text without what identifies the phone, its owner or the computers it trusts.
pub(crate) fn redact(kind: Kind, text: String) -> String {
    match kind {
        Kind::Properties => by_line(&text, |line| {
            let (name, _) = line.strip_prefix('[')?.split_once("]: [")?;
            let lower = name.to_ascii_lowercase();
            let hit = PROPERTY_WORDS.iter().any(|word| lower.contains(word))
                || PROPERTY_ENDS.iter().any(|end| lower.ends_with(end));
            hit.then(|| format!("[{name}]: []"))
        }),
        Kind::SettingsGlobal | Kind::SettingsSecure | Kind::SettingsSystem => by_line(&text, |line| {
            let (name, _) = line.split_once('=')?;
            let lower = name.to_ascii_lowercase();
            SETTING_WORDS.iter().any(|word| lower.contains(word)).then(|| format!("{name}="))
        }),
        Kind::Adb => by_line(&text, |line| {
            if let Some((before, _)) = line.split_once("last_key_received=") {
                return Some(format!("{before}last_key_received="));
            }
            let start = key_start(line)?;
            Some(format!("{}[key]", line.get(..start).unwrap_or("")))
        }),
        _ => text,
    }
}

/// Where the first public key of a line begins. The rest of its line names the computer and goes with it.
fn key_start(line: &str) -> Option<usize> {
    let mut start = 0;
    for (index, character) in line.char_indices() {
        if character.is_ascii_alphanumeric() || matches!(character, '+' | '/') {
            if index + 1 - start >= KEY_LENGTH {
                return Some(start);
            }
        } else {
            start = index + character.len_utf8();
        }
    }
    None
}

fn by_line(text: &str, replace: impl Fn(&str) -> Option<String>) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (body, end) = match line.strip_suffix('\n') {
            Some(body) => (body, "\n"),
            None => (line, ""),
        };
        match replace(body) {
            Some(replaced) => kept.push_str(&replaced),
            None => kept.push_str(body),
        }
        kept.push_str(end);
    }
    kept
}

/// The serial number that the phone itself tells. It stays the same by every road, where the number by which an ADB
/// server knows a phone is a network address over Wi-Fi.
pub(crate) fn serial_number(properties: &str) -> Option<String> {
    let value = |name: &str| {
        let line = properties.lines().find_map(|line| line.strip_prefix('[')?.strip_prefix(name)?.strip_prefix("]: ["));
        line.and_then(|rest| rest.strip_suffix(']')).filter(|value| !value.is_empty() && *value != "unknown")
    };
    value("ro.serialno").or_else(|| value("ro.boot.serialno")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_leave_the_properties_and_lines_stay() {
        let text =
            "[ro.serialno]: [R5CT1]\n[ro.boot.serialno]: [R5CT1]\n[ro.build.version.sdk]: [34]\n[ril.IMEI]: [35]";
        assert_eq!(serial_number(text).as_deref(), Some("R5CT1"));
        let kept = redact(Kind::Properties, text.to_owned());
        assert_eq!(kept, "[ro.serialno]: []\n[ro.boot.serialno]: []\n[ro.build.version.sdk]: [34]\n[ril.IMEI]: []");
        assert_eq!(serial_number(&kept), None);
    }

    #[test]
    fn settings_lose_names_of_phone_and_network() {
        let text = "adb_enabled=1\ndevice_name=Jeanne's phone\nandroid_id=0123\nwifi_ssid_x=home\n";
        let kept = redact(Kind::SettingsGlobal, text.to_owned());
        assert_eq!(kept, "adb_enabled=1\ndevice_name=\nandroid_id=\nwifi_ssid_x=\n");
    }

    #[test]
    fn trusted_computers_are_counted_and_not_named() {
        let key = "QAAAAPUBsVijHeceeK3bETuudn5I+S+ndOZDsxQDvkjKqSZrM+35".repeat(3);
        let text = format!("    last_key_received=F0:A1\n    user_keys={key} a@b\n{key} c@d\n");
        let kept = redact(Kind::Adb, text);
        assert_eq!(kept, "    last_key_received=\n    user_keys=[key]\n[key]\n");
    }
}
