//! What the name of a saved text says of it.

use crate::evidence::Kind;

/// Whether the command that prints a kind is asked once for each user.
pub(in crate::source) fn is_per_user(kind: Kind) -> bool {
    matches!(kind, Kind::SettingsSecure | Kind::SettingsSystem | Kind::PackageList)
}

/// The words of a file's name, in lower case: `2026-08-21_dumpsys_package (1).txt` has `2026`, `08`, `21`, `dumpsys`, `package`, `1`.
pub(in crate::source) fn words(name: &str) -> Vec<String> {
    let file = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let words = file.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !matches!(*word, "txt" | "log" | "out" | "gz" | "copy" | "copie")).map(str::to_owned).collect()
}

pub(in crate::source) fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of a name without its numbers, each between low lines: dates and the numbers of copies are no part of what it says.
pub(in crate::source) fn plain_name(name: &str) -> String {
    let words: Vec<String> = words(name).into_iter().filter(|word| !is_number(word)).collect();
    format!("_{}_", words.join("_"))
}

/// The Android user in a name such as `settings_secure_10.txt`: the content of these outputs does not tell. A date is none, and
/// neither is the number of a copy: users are 0 or at least 10 (AOSP `UserManagerService.MIN_USER_ID`).
pub(in crate::source) fn user_in_name(name: &str) -> Option<u32> {
    let words = words(name);
    let numbers = |from: usize| words.iter().skip(from).take_while(|word| is_number(word)).count();
    let is_user = |user: &u32| *user == 0 || (10..1990).contains(user);
    words.iter().enumerate().find_map(|(at, word)| match word.as_str() {
        "secure" | "system" | "packages" | "user" | "u" if (1..=2).contains(&numbers(at + 1)) => {
            words.get(at + 1)?.parse().ok().filter(is_user)
        }
        word => word.strip_prefix("user").or(word.strip_prefix('u'))?.parse().ok().filter(is_user),
    })
}

/// The output that a file's name, or a command, says: `dumpsys_package`, `appops (1).txt`.
pub(in crate::source) fn kind_in_name(name: &str) -> Option<Kind> {
    let name = plain_name(name);
    let service = |kind: &Kind| {
        kind.service()
            .is_some_and(|service| name.contains(&format!("_dumpsys_{service}_")) || name == format!("_{service}_"))
    };
    Kind::ALL.into_iter().find(service).or_else(|| {
        [
            ("_settings_global_", Kind::SettingsGlobal),
            ("_settings_secure_", Kind::SettingsSecure),
            ("_settings_system_", Kind::SettingsSystem),
            ("_settings_list_global_", Kind::SettingsGlobal),
            ("_settings_list_secure_", Kind::SettingsSecure),
            ("_settings_list_system_", Kind::SettingsSystem),
            ("_pm_list_packages_", Kind::PackageList),
            ("_pm_list_users_", Kind::UserList),
            ("_getprop_", Kind::Properties),
            ("_getenforce_", Kind::SelinuxMode),
        ]
        .into_iter()
        .find(|(words, _)| name.contains(words))
        .map(|(_, kind)| kind)
    })
}
