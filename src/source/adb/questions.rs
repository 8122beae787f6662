//! Every command that may run on a phone: one fixed, read-only list.
//!
//! Nothing else is ever sent to a phone's shell, but for `echo` between the commands. A test holds the list: only verbs
//! that read, nothing that costs an attempt, changes a state or prints what people wrote (`dumpsys notification` and its
//! like). Facts: AOSP `ShellCommand` classes; Android 8 to 17.

use std::fmt::Write as _;

use crate::evidence::Kind;

/// Into which of the shell calls of a visit a question goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// What the phone is, and who uses it. The users' own questions wait for it.
    Identity,
    /// The questions that are put for each user.
    Users,
    /// The packages and their permissions, by far the longest answer.
    Packages,
    /// The app-ops.
    AppOps,
    /// The states of system services.
    Services,
}

impl Call {
    /// Every call, in the order in which answers are kept. A phone is never asked more often than this.
    pub const ALL: [Call; 5] = [Call::Identity, Call::Users, Call::Packages, Call::AppOps, Call::Services];

    /// The most bytes that the call may answer. The longest dump known (`dumpsys package` of a phone with many users) has 20 MB;
    /// a phone that sends more than this is wedged or hostile. All of them together stay below what one phone may cost.
    pub fn limit(self) -> usize {
        match self {
            Call::Identity => 4 << 20,
            Call::Users => 8 << 20,
            Call::Packages => 62 << 20,
            Call::AppOps => 20 << 20,
            Call::Services => 6 << 20,
        }
    }
}

/// Whom a question concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The whole phone; asked once.
    Phone,
    /// One Android user; asked for each.
    User,
}

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// What the answer is.
    pub kind: Kind,
    /// The command. `{wait}` stands for the seconds that `dumpsys` may wait for a service, `{user}` for a user's number.
    pub command: &'static str,
    /// Whom it concerns.
    pub scope: Scope,
    /// The first API level on which the phone knows an answer; below it a failure is no surprise.
    pub since: u8,
    /// The call into which it goes.
    pub call: Call,
    /// The key, in `src/text/adb.*.ftl`, of the sentence that says why it is asked.
    pub why: &'static str,
}

const fn question(
    call: Call,
    scope: Scope,
    since: u8,
    kind: Kind,
    command: &'static str,
    why: &'static str,
) -> Question {
    Question { kind, command, scope, since, call, why }
}

use Call::{AppOps, Identity, Packages, Services, Users};
use Scope::{Phone, User};

/// The list. API level 26 is Android 8, 29 Android 10, 30 Android 11, 31 Android 12.
pub const QUESTIONS: [Question; 26] = [
    question(Identity, Phone, 26, Kind::Properties, "getprop", "question-properties"),
    question(Identity, Phone, 26, Kind::Clock, "date +%s", "question-clock"),
    question(Identity, Phone, 26, Kind::ShellIdentity, "id -u", "question-shell-identity"),
    question(Identity, Phone, 26, Kind::SelinuxMode, "getenforce", "question-selinux"),
    question(Identity, Phone, 26, Kind::CurrentUser, "am get-current-user", "question-current-user"),
    question(Identity, Phone, 26, Kind::UserList, "pm list users", "question-users"),
    question(Identity, Phone, 30, Kind::UserListVerbose, "cmd user list -v", "question-user-types"),
    question(Identity, Phone, 26, Kind::SettingsGlobal, "settings list global", "question-settings-global"),
    question(Identity, Phone, 26, Kind::BatteryExemptions, "cmd deviceidle whitelist", "question-battery"),
    question(Users, User, 26, Kind::PackageList, "pm list packages -U -i --user {user}", "question-package-list"),
    question(Users, User, 26, Kind::SettingsSecure, "settings list --user {user} secure", "question-settings-secure"),
    question(Users, User, 26, Kind::SettingsSystem, "settings list --user {user} system", "question-settings-system"),
    question(
        Users,
        User,
        31,
        Kind::LocationEnabled,
        "cmd location is-location-enabled --user {user}",
        "question-location",
    ),
    question(Packages, Phone, 26, Kind::Packages, "dumpsys -t {wait} package packages", "question-packages"),
    question(Packages, Phone, 26, Kind::Packages, "dumpsys -t {wait} package shared-users", "question-shared-users"),
    question(AppOps, Phone, 26, Kind::AppOps, "dumpsys -t {wait} appops", "question-app-ops"),
    question(Services, Phone, 29, Kind::Roles, "dumpsys -t {wait} role", "question-roles"),
    question(Services, Phone, 26, Kind::DevicePolicy, "dumpsys -t {wait} device_policy", "question-device-policy"),
    question(Services, Phone, 26, Kind::LockSettings, "dumpsys -t {wait} lock_settings", "question-lock"),
    question(
        Services,
        Phone,
        26,
        Kind::WindowPolicy,
        "dumpsys -t {wait} window policy 2>&1 | grep -A16 -e KeyguardServiceDelegate -e 'service: window' -e Denial -e EXPIRED",
        "question-keyguard",
    ),
    question(Services, Phone, 26, Kind::Users, "dumpsys -t {wait} user", "question-user-restrictions"),
    question(
        Services,
        Phone,
        26,
        Kind::Accessibility,
        "dumpsys -t {wait} accessibility 2>&1 | head -c 65536",
        "question-accessibility",
    ),
    question(Services, Phone, 29, Kind::Adb, "dumpsys -t {wait} adb 2>&1 | head -c 20000", "question-adb"),
    question(Services, Phone, 26, Kind::Trust, "dumpsys -t {wait} trust", "question-trust"),
    question(Services, Phone, 31, Kind::Vpn, "dumpsys -t {wait} vpn_management", "question-vpn"),
    question(Services, Phone, 31, Kind::SensorPrivacy, "dumpsys -t {wait} sensor_privacy", "question-sensor-privacy"),
];

impl Question {
    /// The bytes after which the phone cuts the answer (`head -c`), where it does.
    pub fn limit(&self) -> Option<usize> {
        self.command.rsplit_once(" | head -c ").and_then(|(_, bytes)| bytes.parse().ok())
    }

    /// The command as it is sent.
    pub fn command_for(&self, wait: u64, user: Option<UserId>) -> String {
        let command = self.command.replace("{wait}", &wait.to_string());
        match user {
            Some(user) => command.replace("{user}", &user.to_string()),
            None => command,
        }
    }
}

/// The number of an Android user: the only thing from a phone that ever enters a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(u32);

impl UserId {
    /// The user that every phone has.
    pub const OWNER: UserId = UserId(0);

    /// Reads a number as a phone prints it: one to five ASCII digits and nothing else. A uid is user × 100000 + app id
    /// in 31 bits, so user numbers stay below 21475 (AOSP `UserHandle.PER_USER_RANGE`).
    pub fn parse(text: &str) -> Option<UserId> {
        let plain = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = plain.then(|| text.parse::<u32>().ok()).flatten()?;
        (number < 21_475).then_some(UserId(number))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl std::fmt::Display for UserId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Whether a text may enter a command as a package name: letters, digits, `_` and `.`, beginning with a letter, at most
/// 255 characters (AOSP `FrameworkParsingPackageUtils.validateName`). No question takes one today; a question that does
/// must ask here.
pub fn is_package_name(text: &str) -> bool {
    text.len() <= 255
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// The list as a Markdown table, for `docs/what-poucet-reads.md` and `audit --explain-collection`. `sentence` gives the
/// text of a key in the reader's language; the heads of the columns are asked for by `questions-command`,
/// `questions-since`, `questions-scope` and `questions-why`, the scopes by `questions-phone` and `questions-user`.
pub fn render(sentence: impl Fn(&str) -> String) -> String {
    let mut table = format!(
        "| {} | {} | {} | {} |\n|---|---|---|---|\n",
        sentence("questions-command"),
        sentence("questions-since"),
        sentence("questions-scope"),
        sentence("questions-why"),
    );
    for question in &QUESTIONS {
        let command = question.command.replace('|', "\\|").replace("{wait}", "SECONDS").replace("{user}", "USER");
        let scope = match question.scope {
            Scope::Phone => sentence("questions-phone"),
            Scope::User => sentence("questions-user"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| `{command}` | {} | {scope} | {} |", question.since, sentence(question.why));
    }
    table
}

/// The keys that [`render`] asks for beside those of the questions.
pub const TABLE_KEYS: [&str; 6] =
    ["questions-command", "questions-since", "questions-scope", "questions-why", "questions-phone", "questions-user"];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every command that may be on the list, without numbers. To add a question, prove that it only reads, and say so
    /// here as well.
    const ALLOWED: [&str; 16] = [
        "getprop",
        "date +%s",
        "id -u",
        "getenforce",
        "am get-current-user",
        "pm list users",
        "pm list packages -U -i --user {user}",
        "cmd user list -v",
        "cmd deviceidle whitelist",
        "cmd location is-location-enabled --user {user}",
        "settings list global",
        "settings list --user {user} secure",
        "settings list --user {user} system",
        "dumpsys -t {wait} package packages",
        "dumpsys -t {wait} package shared-users",
        "dumpsys -t {wait} window policy",
    ];

    /// Services whose dump may be asked for whole.
    const SERVICES: [&str; 11] = [
        "appops",
        "role",
        "device_policy",
        "lock_settings",
        "user",
        "accessibility",
        "adb",
        "trust",
        "vpn_management",
        "sensor_privacy",
        "deviceidle",
    ];

    fn is_allowed(command: &str) -> bool {
        let (asked, filter) = match command.split_once(" 2>&1 | ") {
            Some((asked, filter)) => (asked, Some(filter)),
            None => (command, None),
        };
        let service = asked.strip_prefix("dumpsys -t {wait} ").is_some_and(|service| SERVICES.contains(&service));
        let filtered = filter.is_none_or(|filter| {
            let plain = !filter.contains(['|', ';', '&', '>', '<', '$', '`', '\\', '\n']);
            plain && (filter.starts_with("grep -A16 -e ") || filter.starts_with("head -c "))
        });
        (ALLOWED.contains(&asked) || service) && filtered
    }

    #[test]
    fn every_question_only_reads() {
        for question in &QUESTIONS {
            assert!(is_allowed(question.command), "{}", question.command);
        }
        for hostile in [
            "settings put global adb_enabled 0",
            "getprop; reboot",
            "dumpsys -t {wait} notification",
            "dumpsys -t {wait} usagestats flush",
            "dumpsys -t {wait} batterystats --reset",
            "locksettings verify",
            "appops set a b allow",
            "cmd deviceidle whitelist +com.example",
            "dumpsys -t {wait} adb 2>&1 | sh",
            "dumpsys -t {wait} adb 2>&1 | head -c 1; reboot",
            "dumpsys -t {wait} adb 2>&1 | grep -A16 -e x | tee /sdcard/x",
        ] {
            assert!(!is_allowed(hostile), "{hostile}");
        }
    }

    #[test]
    fn placeholders_fit_the_scope_and_commands_are_asked_once() {
        for (index, question) in QUESTIONS.iter().enumerate() {
            assert_eq!(question.command.contains("{user}"), question.scope == Scope::User, "{}", question.command);
            assert_eq!(question.scope == Scope::User, question.call == Call::Users);
            assert_eq!(question.command.starts_with("dumpsys"), question.command.contains("{wait}"));
            let later = QUESTIONS.get(index + 1..).unwrap();
            assert!(later.iter().all(|other| other.command != question.command && other.why != question.why));
            let sent = question.command_for(60, Some(UserId::OWNER));
            assert!(!sent.contains(['{', '}']), "{sent}");
        }
        assert!(Call::ALL.len() <= 6);
    }

    #[test]
    fn hostile_user_numbers_and_package_names_never_enter_a_command() {
        assert_eq!(UserId::parse("150").map(UserId::get), Some(150));
        for hostile in ["", "-1", "+1", "1;reboot", "1 ", "０", "١", "99999", "4294967296", "0x1", "1\n", "$(id)"] {
            assert_eq!(UserId::parse(hostile), None, "{hostile:?}");
        }
        assert!(is_package_name("com.zhiliaoapp.musically") && is_package_name("android"));
        let long = "a".repeat(256);
        for hostile in ["", ".a", "1a", "a b", "a;reboot", "a'b", "$(id)", "a\nb", "a-b", "com.évil", "a/b", &long] {
            assert!(!is_package_name(hostile), "{hostile:?}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_holds_nothing_a_shell_understands(text in "\\PC{0,20}") {
            if let Some(user) = UserId::parse(&text) {
                prop_assert!(user.to_string().bytes().all(|byte| byte.is_ascii_digit()));
            }
            if is_package_name(&text) {
                prop_assert!(!text.contains([' ', ';', '&', '|', '$', '`', '\'', '"', '\\', '(', '<', '>', '*', '?', '~', '#']));
            }
        }
    }

    #[test]
    fn the_list_is_rendered_whole() {
        let table = render(|key| format!("<{key}>"));
        assert_eq!(table.lines().count(), QUESTIONS.len() + 2);
        assert!(table.lines().all(|line| line.replace("\\|", "").matches('|').count() == 5));
    }
}
