//! Commands that answer with one word.

use crate::parse::text::fold_digits;

use super::located::{boolean, whole_gaps};
use super::parsed::Parsed;

/// What `getenforce` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelinuxMode {
    /// SELinux decides.
    Enforcing,
    /// SELinux only notes what it would refuse.
    Permissive,
    /// SELinux is not there.
    Disabled,
}

/// `date +%s`: the phone's clock, in seconds since 1970.
pub fn clock(text: &str) -> Parsed<Option<i64>> {
    word(text, |word| fold_digits(word).parse().ok())
}

/// `id -u`: 2000 for the shell, 0 for root.
pub fn shell_identity(text: &str) -> Parsed<Option<u32>> {
    word(text, |word| word.parse().ok())
}

/// `getenforce`.
pub fn selinux_mode(text: &str) -> Parsed<Option<SelinuxMode>> {
    word(text, |word| match word.to_ascii_lowercase().as_str() {
        "enforcing" => Some(SelinuxMode::Enforcing),
        "permissive" => Some(SelinuxMode::Permissive),
        "disabled" => Some(SelinuxMode::Disabled),
        _ => None,
    })
}

/// `am get-current-user`: the Android user in the foreground.
pub fn current_user(text: &str) -> Parsed<Option<u32>> {
    word(text, |word| word.parse().ok())
}

/// `cmd location is-location-enabled` (Android 12 and later).
pub fn location_enabled(text: &str) -> Parsed<Option<bool>> {
    word(text, boolean)
}

/// The answer in the only line that is not empty.
fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Parsed<Option<T>> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next();
    if let (Some(value), None) = (first.and_then(read), lines.next()) {
        return Parsed::complete(Some(value));
    }
    Parsed { facts: None, gaps: whole_gaps(text, false) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Reason;

    #[test]
    fn reads_one_word() {
        assert_eq!(clock("1700000000\n"), Parsed::complete(Some(1_700_000_000)));
        assert_eq!(shell_identity("2000\n").facts, Some(2000));
        assert_eq!(selinux_mode("Permissive\n").facts, Some(SelinuxMode::Permissive));
        assert_eq!(current_user("\n10\n").facts, Some(10));
        assert_eq!(location_enabled("true\n").facts, Some(true));
    }

    #[test]
    fn says_why_not() {
        let denied = selinux_mode("getenforce: Couldn't get enforcing status: Permission denied\n");
        assert_eq!((denied.facts, denied.gaps[0].reason), (None, Reason::Refused));
        assert_eq!(clock("").gaps[0].reason, Reason::Absent);
        assert_eq!(location_enabled("cmd: Can't find service: location\n").gaps[0].reason, Reason::NotSupported);
        assert_eq!(current_user("0\n10\n").gaps[0].reason, Reason::Unreadable);
    }

    proptest! {
        #[test]
        fn an_answer_or_a_gap(text in any::<String>()) {
            prop_assert_eq!(clock(&text).facts.is_none(), !clock(&text).gaps.is_empty());
            prop_assert_eq!(selinux_mode(&text).facts.is_none(), !selinux_mode(&text).gaps.is_empty());
        }
    }
}
