//! Every command that may run on a phone: one fixed, read-only list.
//!
//! Nothing else is ever sent to a phone's shell, but for `echo` between the commands. The commands stand in the table of kinds
//! (`src/evidence/kinds.rs`), and a test there holds them: only verbs that read, nothing that costs an attempt, changes a state or
//! prints what people wrote (`dumpsys notification` and its like). Facts: AOSP `ShellCommand` classes; Android 8 to 17.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::evidence::{Call, Kind, Scope, Why};
use crate::text::Language;

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
    /// Why it is asked.
    pub why: Why,
}

/// Android 8, the first version that poucet reads.
const FIRST_LEVEL: u8 = 26;

/// The list, from the table of kinds. API level 26 is Android 8, 29 Android 10, 30 Android 11, 31 Android 12.
pub static QUESTIONS: LazyLock<Vec<Question>> = LazyLock::new(|| {
    Kind::questions()
        .map(|(kind, ask)| Question {
            kind,
            command: ask.command,
            scope: ask.call.scope(),
            since: kind.since().unwrap_or(FIRST_LEVEL),
            call: ask.call,
            why: ask.why,
        })
        .collect()
});

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

/// The list as a Markdown table, for `docs/what-poucet-reads.md` and `audit --explain-collection`, in one language. `sentence` gives
/// the text of a key in it: the heads of the columns are asked for by `questions-command`, `questions-since`, `questions-scope` and
/// `questions-why`, the scopes by `questions-phone` and `questions-user`.
pub fn render(language: Language, sentence: impl Fn(&str) -> String) -> String {
    let mut table = format!(
        "| {} | {} | {} | {} |\n|---|---|---|---|\n",
        sentence("questions-command"),
        sentence("questions-since"),
        sentence("questions-scope"),
        sentence("questions-why"),
    );
    for question in QUESTIONS.iter() {
        let command = question.command.replace('|', "\\|").replace("{wait}", "SECONDS").replace("{user}", "USER");
        let scope = match question.scope {
            Scope::Phone => sentence("questions-phone"),
            Scope::User => sentence("questions-user"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| `{command}` | {} | {scope} | {} |", question.since, question.why.of(language));
    }
    table
}

/// The keys that [`render`] asks for.
pub const TABLE_KEYS: [&str; 6] =
    ["questions-command", "questions-since", "questions-scope", "questions-why", "questions-phone", "questions-user"];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let table = render(Language::En, |key| format!("<{key}>"));
        assert_eq!(table.lines().count(), QUESTIONS.len() + 2);
        assert!(table.lines().all(|line| line.replace("\\|", "").matches('|').count() == 5));
    }
}
