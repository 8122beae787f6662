//! The three settings tables: `settings list NAMESPACE`, and the tables of all users in `dumpsys settings`
//! (`SettingsProvider.dumpInternal`).

use std::collections::{BTreeMap, BTreeSet};

use crate::parse::text::numbered_lines;

use super::located::{KeySpan, Tally, whole_gaps};
use super::parsed::Parsed;

/// Which of the three tables a setting stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// One table for the whole phone.
    Global,
    /// Per user, written by the system only.
    Secure,
    /// Per user, apps may be allowed to write it.
    System,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value; `None` where the phone prints `null`, which is the platform's default.
    pub value: Option<String>,
    /// The package that wrote it; only `dumpsys settings` tells.
    pub package: Option<String>,
    /// The line on which the setting begins.
    pub line: u32,
}

/// Settings by table and user, then by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The tables. A table that was read and is empty is here without keys.
    pub tables: BTreeMap<(Namespace, u32), BTreeMap<String, Setting>>,
    /// From which key to which the tables reach.
    pub spans: BTreeMap<(Namespace, u32), KeySpan>,
    /// Keys that stand twice in a table with two values: which of them is the phone's own, nothing tells.
    pub contradicted: BTreeSet<(Namespace, u32, String)>,
}

impl Settings {
    /// One setting of a user; global settings belong to user 0.
    pub fn get(&self, namespace: Namespace, user: u32, key: &str) -> Option<&Setting> {
        self.tables.get(&(namespace, user))?.get(key)
    }
}

/// The settings that the rules read; all others are passed over while parsing, and never kept.
pub const WANTED: [&str; 44] = [
    "accessibility_enabled",
    "adb_allowed_connection_time",
    "adb_enabled",
    "adb_wifi_enabled",
    "add_users_when_locked",
    "advanced_protection_mode",
    "always_on_vpn_app",
    "always_on_vpn_lockdown",
    "assistant",
    "auto_time",
    "auto_time_zone",
    "autofill_service",
    "backup_enabled",
    "ble_scan_always_enabled",
    "credential_service",
    "default_input_method",
    "development_settings_enabled",
    "dialer_default_application",
    "enabled_accessibility_services",
    "enabled_input_methods",
    "enabled_notification_assistant",
    "enabled_notification_listeners",
    "enabled_notification_policy_access_packages",
    "guest_user_enabled",
    "location_mode",
    "location_providers_allowed",
    "lock_screen_allow_private_notifications",
    "lock_screen_lock_after_timeout",
    "lock_screen_show_notifications",
    "lockscreen.disabled",
    "ota_disable_automatic_update",
    "package_verifier_enable",
    "package_verifier_user_consent",
    "private_dns_mode",
    "private_dns_specifier",
    "screen_off_timeout",
    "show_password",
    "sms_default_application",
    "stay_on_while_plugged_in",
    "upload_apk_enable",
    "verifier_verify_adb_installs",
    "voice_interaction_service",
    "wifi_scan_always_enabled",
    "install_non_market_apps",
];

/// Reads `settings list NAMESPACE` of one user: `key=value` lines. With `wanted`, only these keys are kept.
///
/// Keys hold `#`, `:` and `.`, never blanks; values hold `=` and newlines. A line that does not begin like `key=` goes
/// on with the value before it. A key that comes twice with two values is not known at all: values hold what apps choose, a line end in
/// one of them can put a row before or behind the real one.
///
/// `settings list` sorts its lines (`SettingsService`, and every list of a real phone at hand), so a list that is cut tells of the keys
/// before its last one that they are not set.
pub fn parse_list(text: &str, namespace: Namespace, user: u32, wanted: Option<&[&str]>) -> Parsed<Settings> {
    let mut span = KeySpan::default();
    let mut table: BTreeMap<String, Setting> = BTreeMap::new();
    let mut tally = Tally::default();
    let mut twice = BTreeSet::new();
    let mut open: Option<(&str, String, u32)> = None;
    let mut keep = |entry: Option<(&str, String, u32)>, tally: &mut Tally| {
        let Some((key, value, line)) = entry else { return };
        span.add(key, &value, '=');
        // Blank lines behind the last row of a file belong to no value.
        let value = value.trim_end_matches('\n');
        let value = (value != "null").then(|| value.to_owned());
        if let Some(known) = table.get(key) {
            tally.malformed(line);
            if known.value != value {
                twice.insert((namespace, user, key.to_owned()));
            }
            return;
        }
        tally.read();
        if wanted.is_none_or(|wanted| wanted.contains(&key)) {
            table.insert(key.to_owned(), Setting { value, package: None, line });
        }
    };
    for (number, line) in numbered_lines(text) {
        match line.split_once('=').filter(|(key, _)| is_key(key)) {
            Some((key, value)) => {
                keep(open.take(), &mut tally);
                open = Some((key, value.to_owned(), number));
            }
            None => match &mut open {
                Some((_, value, _)) => {
                    value.push('\n');
                    value.push_str(line);
                }
                None if line.trim().is_empty() => {}
                None => tally.malformed(number),
            },
        }
    }
    keep(open, &mut tally);
    let read_some =
        !table.is_empty() || text.lines().any(|line| line.split_once('=').is_some_and(|(key, _)| is_key(key)));
    let mut gaps = whole_gaps(text, read_some);
    if read_some {
        gaps.extend(tally.gap());
    }
    twice.iter().for_each(|(_, _, key)| drop(table.remove(key)));
    let place = (namespace, user);
    let (tables, spans) = (BTreeMap::from([(place, table)]), BTreeMap::from([(place, span)]));
    Parsed { facts: Settings { tables, spans, contradicted: twice }, gaps }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && !key.chars().any(|character| character.is_whitespace() || "\"'{}<>,;".contains(character))
}

/// Reads `dumpsys settings`: headings `GLOBAL SETTINGS (user 0)`, `SECURE SETTINGS (user N)`, `SYSTEM SETTINGS
/// (user N)`, then rows `_id:65 name:adb_enabled pkg:android value:1 default:1 defaultSystemSet:true`. With `wanted`,
/// only these keys are kept. Other tables (`CONFIG`, `SSAID`) are passed over.
pub fn parse_dump(text: &str, wanted: Option<&[&str]>) -> Parsed<Settings> {
    let mut facts = Settings::default();
    let mut tally = Tally::default();
    let mut recognised = false;
    let mut table: Option<(Namespace, u32)> = None;
    let mut open: Option<(String, u32)> = None;
    for (number, line) in numbered_lines(text) {
        if line.starts_with("_id:") {
            finish_row(open.take(), table, wanted, &mut facts, &mut tally);
            open = Some((line.to_owned(), number));
        } else if let Some((name, user)) = heading(line) {
            finish_row(open.take(), table, wanted, &mut facts, &mut tally);
            recognised = true;
            table = name.zip(user);
            if let Some(table) = table {
                facts.tables.entry(table).or_default();
            }
        } else if line.is_empty() || line.starts_with("-----") {
            finish_row(open.take(), table, wanted, &mut facts, &mut tally);
        } else if let Some((row, _)) = &mut open {
            row.push('\n');
            row.push_str(line);
        }
    }
    finish_row(open, table, wanted, &mut facts, &mut tally);
    let mut gaps = whole_gaps(text, recognised);
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

/// The table a heading opens, where it is one of the three.
fn heading(line: &str) -> Option<(Option<Namespace>, Option<u32>)> {
    let (name, rest) = line.trim().split_once(" SETTINGS")?;
    let known = match name {
        "GLOBAL" => Some(Namespace::Global),
        "SECURE" => Some(Namespace::Secure),
        "SYSTEM" => Some(Namespace::System),
        _ if name.chars().all(|character| character.is_ascii_uppercase()) => None,
        _ => return None,
    };
    let user = rest.trim().strip_prefix("(user ").and_then(|rest| rest.strip_suffix(')'));
    Some((known, user.and_then(|user| user.parse().ok())))
}

fn finish_row(
    open: Option<(String, u32)>,
    table: Option<(Namespace, u32)>,
    wanted: Option<&[&str]>,
    facts: &mut Settings,
    tally: &mut Tally,
) {
    let (Some((row, line)), Some(table)) = (open, table) else { return };
    let Some((key, package, value)) = row_parts(&row) else {
        tally.malformed(line);
        return;
    };
    let value = (value != "{null}" && value != "null").then(|| value.to_owned());
    let place = (table.0, table.1, key.to_owned());
    let settings = facts.tables.entry(table).or_default();
    if facts.contradicted.contains(&place) || settings.contains_key(key) {
        tally.malformed(line);
        if settings.get(key).is_some_and(|known| known.value != value) {
            settings.remove(key);
            facts.contradicted.insert(place);
        }
        return;
    }
    tally.read();
    if wanted.is_none_or(|wanted| wanted.contains(&key)) {
        settings.insert(key.to_owned(), Setting { value, package: package.map(str::to_owned), line });
    }
}

/// Key, package and value of a row. The value may hold anything, so the fields behind it are looked for from the end.
fn row_parts(row: &str) -> Option<(&str, Option<&str>, &str)> {
    let (_, rest) = row.split_once(" name:")?;
    let (head, value) = rest.split_once(" value:")?;
    let (key, package) = match head.split_once(" pkg:") {
        Some((key, package)) => (key, Some(package).filter(|package| *package != "{null}")),
        None => (head, None),
    };
    let value = match value.rsplit_once(" defaultSystemSet:") {
        Some((value, _)) => value.rsplit_once(" default:").map_or(value, |(value, _)| value),
        None => match value.rsplit_once(" tag:") {
            Some((value, tag)) if !tag.contains(char::is_whitespace) => value,
            _ => value,
        },
    };
    (!key.is_empty()).then_some((key, package, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Reason;
    use crate::parse::android::located::corpus;

    fn value<'a>(parsed: &'a Parsed<Settings>, namespace: Namespace, user: u32, key: &str) -> Option<&'a str> {
        parsed.facts.get(namespace, user, key)?.value.as_deref()
    }

    #[test]
    fn reads_a_list() {
        let text =
            "0#dev=1\nadb_enabled=1\njson={\"a\":\"b=c\"}\nmultiline=one\n two words\n\nlast\nnone=null\nempty=\n\n";
        let parsed = parse_list(text, Namespace::Global, 0, None);
        assert_eq!(parsed.gaps, []);
        assert_eq!(value(&parsed, Namespace::Global, 0, "json"), Some("{\"a\":\"b=c\"}"));
        assert_eq!(value(&parsed, Namespace::Global, 0, "multiline"), Some("one\n two words\n\nlast"));
        assert_eq!(
            parsed.facts.get(Namespace::Global, 0, "none").map(|none| (none.value.clone(), none.line)),
            Some((None, 8))
        );
        assert_eq!(value(&parsed, Namespace::Global, 0, "empty"), Some(""));
        assert_eq!(parsed.facts.tables[&(Namespace::Global, 0)].len(), 6);
        let few = parse_list(text, Namespace::Secure, 10, Some(&["adb_enabled", "missing"]));
        assert_eq!(few.facts.tables[&(Namespace::Secure, 10)].len(), 1);
        assert_eq!(few.gaps, []);
    }

    #[test]
    fn a_key_with_two_values_has_none() {
        let parsed = parse_list("adb_enabled=1\nfree=text\nadb_enabled=0\n", Namespace::System, 0, None);
        assert_eq!(value(&parsed, Namespace::System, 0, "adb_enabled"), None);
        assert!(parsed.facts.contradicted.contains(&(Namespace::System, 0, "adb_enabled".to_owned())));
        assert_eq!((parsed.gaps[0].read, parsed.gaps[0].of), (Some(2), Some(3)));
    }

    #[test]
    fn says_when_it_was_refused() {
        let text = "Error: java.lang.SecurityException: Shell does not have permission to access user 150\n";
        let parsed = parse_list(text, Namespace::Secure, 150, None);
        assert_eq!(parsed.gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(), [Reason::Refused]);
        assert_eq!(parse_list("", Namespace::Secure, 0, None).gaps[0].reason, Reason::Absent);
    }

    #[test]
    fn reads_a_dump() {
        let text = "Unknown argument: -a; use -h for help\n\
            GLOBAL SETTINGS (user 0)\n\
            _id:65 name:adb_enabled pkg:android value:1 default:0 defaultSystemSet:true\n\
            _id:66 name:text pkg:com.x value:some default: words default:some default:x defaultSystemSet:false tag:{null}\n\
            _id:67 name:bare value:\n\
            _id:68 broken\n\
            \n\
            SSAID SETTINGS (user 0)\n\
            _id:1 name:10001 pkg:android value:secret\n\
            SECURE SETTINGS (user 10)\n\
            _id:1 name:backup_enabled pkg:android value:{null}\n\
            _id:2 name:lines pkg:android value:a\nb default:c defaultSystemSet:true\n";
        let parsed = parse_dump(text, None);
        let adb = parsed.facts.get(Namespace::Global, 0, "adb_enabled").unwrap();
        assert_eq!((adb.value.as_deref(), adb.package.as_deref(), adb.line), (Some("1"), Some("android"), 3));
        assert_eq!(value(&parsed, Namespace::Global, 0, "text"), Some("some default: words default:some"));
        assert_eq!(value(&parsed, Namespace::Global, 0, "bare"), Some(""));
        assert_eq!(parsed.facts.get(Namespace::Secure, 10, "backup_enabled").unwrap().value, None);
        assert_eq!(value(&parsed, Namespace::Secure, 10, "lines"), Some("a\nb"));
        assert_eq!(parsed.facts.tables.len(), 2);
        assert_eq!(parsed.gaps.iter().map(|gap| (gap.read, gap.of)).collect::<Vec<_>>(), [(Some(5), Some(6))]);
    }

    #[test]
    fn reads_a_real_list() {
        for (name, namespace, keys) in [
            (
                "global",
                Namespace::Global,
                [
                    ("0#bt_plugin_settings_miuix", Some("settings_miuix_version_3")),
                    ("always_on_display_constants", None),
                ],
            ),
            ("secure", Namespace::Secure, [("FBO_RULES", Some("")), ("dropbox:data_app_anr", Some("disabled"))]),
            (
                "system",
                Namespace::System,
                [("AIM_SENSITIVITY_TRANSITION_TIME", Some("GRADUAL")), ("AccelerationX", Some("true"))],
            ),
        ] {
            let Some(text) = corpus(&format!("a14-xiaomi-pad6-hyperos2/settings/{name}.txt")) else { return };
            let parsed = parse_list(&text, namespace, 0, None);
            assert_eq!(parsed.gaps, [], "{name}");
            assert_eq!(parsed.facts.tables[&(namespace, 0)].len(), text.lines().count(), "{name}");
            for (key, expected) in keys {
                assert_eq!(parsed.facts.get(namespace, 0, key).unwrap().value.as_deref(), expected, "{key}");
            }
        }
        let Some(text) = corpus("mvt/androidqf_settings_random.txt") else { return };
        let parsed = parse_list(&text, Namespace::Global, 0, None);
        assert_eq!(value(&parsed, Namespace::Global, 0, "package_verifier_user_consent"), Some("1"));
    }

    #[test]
    fn reads_real_dumps() {
        for (path, rows) in [("a09-google-emulator/settings.txt", 192), ("a08.1-smartron-tphone/settings.txt", 187)] {
            let Some(text) = corpus(path) else { return };
            let parsed = parse_dump(&text, None);
            assert_eq!(parsed.gaps, [], "{path}");
            assert_eq!(parsed.facts.tables.keys().map(|(_, user)| *user).collect::<Vec<_>>(), [0, 0, 0]);
            assert_eq!(parsed.facts.tables.values().map(BTreeMap::len).sum::<usize>(), rows, "{path}");
            assert_eq!(parsed.facts.get(Namespace::Secure, 0, "backup_enabled").unwrap().value, None);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = (parse_list(&text, Namespace::System, 0, None), parse_dump(&text, None));
        }

        #[test]
        fn every_row_of_a_list_is_accounted_for(text in "([ab]{1,2}=[a=\n ]{0,4}\n){0,12}") {
            let rows = text.lines().filter(|line| line.split_once('=').is_some_and(|(key, _)| is_key(key))).count() as u64;
            let parsed = parse_list(&text, Namespace::System, 0, None);
            let kept = (parsed.facts.tables[&(Namespace::System, 0)].len() + parsed.facts.contradicted.len()) as u64;
            let lost: u64 = parsed.gaps.iter().map(|gap| gap.of.unwrap_or(0) - gap.read.unwrap_or(0)).sum();
            if rows > 0 { prop_assert_eq!(kept + lost, rows); }
        }

        #[test]
        fn never_panics_on_nearly_right_dumps(text in "((GLOBAL|SECURE|X) SETTINGS \\(user [0-9]{0,3}\\)?\n|_id:1( name:[ab])?( pkg:c)?( value:d e?)?( default:)?( defaultSystemSet:)?\n|\n|x\n){0,12}") {
            let _ = parse_dump(&text, None);
        }
    }
}
