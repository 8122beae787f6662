//! `dumpsys lock_settings`: whether each user has a screen lock, and of what kind (`LockSettingsService.dumpInternal`).

use std::collections::BTreeMap;

use crate::parse::text::numbered_lines;

use super::located::{Located, boolean, whole_gaps};
use super::parsed::Parsed;

/// The kind of a screen lock (`LockPatternUtils.credentialTypeToString`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// None: nothing, or a swipe.
    None,
    /// A pattern.
    Pattern,
    /// A PIN.
    Pin,
    /// A password.
    Password,
    /// A PIN or a password; the phone does not keep which.
    PinOrPassword,
    /// A word that is not known here.
    Other,
}

/// The screen lock of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserLock {
    /// The kind of lock (Android 11 and later).
    pub credential: Option<Located<Credential>>,
    /// Whether there is a secure id, which comes with a PIN, pattern or password.
    pub has_secure_id: Option<Located<bool>>,
    /// Whether even the swipe is off (Android 15 and later).
    pub lock_screen_disabled: Option<Located<bool>>,
    /// Whether a profile has a lock of its own (Android 15 and later).
    pub separate_challenge: Option<Located<bool>>,
    /// The line that names the user.
    pub line: u32,
}

impl UserLock {
    /// Whether a PIN, pattern or password is set, with the line that shows it.
    ///
    /// `None` where the dump does not decide: up to Android 10 a secure id of 0 may also stand on a phone that keeps
    /// its lock without synthetic passwords; `secure=` of `dumpsys window` decides there.
    pub fn is_set(&self) -> Option<Located<bool>> {
        match (&self.credential, &self.has_secure_id) {
            (Some(credential), _) if credential.value != Credential::Other => {
                Some(Located::new(credential.value != Credential::None, credential.line))
            }
            (_, Some(id)) if id.value => Some(id.clone()),
            _ => None,
        }
    }
}

/// The screen locks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockSettings {
    /// By user.
    pub users: BTreeMap<u32, UserLock>,
}

/// Reads `dumpsys lock_settings`: `SID = 0` up to Android 10, `SID: 0000…` and `CredentialType:` since 11.
pub fn parse(text: &str) -> Parsed<LockSettings> {
    let mut facts = LockSettings::default();
    let mut recognised = false;
    let mut current: Option<u32> = None;
    for (number, line) in numbered_lines(text) {
        let row = line.trim();
        recognised |= row.starts_with("Current lock settings service state");
        let user = row.strip_prefix("User ").map(|id| id.trim_end_matches(':'));
        if let Some(user) = user.and_then(|id| id.parse().ok()) {
            recognised = true;
            current = Some(user);
            facts.users.entry(user).or_insert(UserLock { line: number, ..UserLock::default() });
            continue;
        }
        let Some(lock) = current.and_then(|user| facts.users.get_mut(&user)) else { continue };
        let Some((key, value)) = row.split_once([':', '=']) else {
            // The section of the users ends with the first heading at the margin.
            if !row.is_empty() && !line.starts_with(' ') {
                current = None;
            }
            continue;
        };
        let value = value.trim();
        match key.trim() {
            "SID" => {
                let set = value.bytes().any(|byte| byte != b'0' && byte != b'x');
                lock.has_secure_id.get_or_insert(Located::new(set, number));
            }
            "CredentialType" => {
                lock.credential.get_or_insert(Located::new(credential(value), number));
            }
            "IsLockScreenDisabled" => set(&mut lock.lock_screen_disabled, value, number),
            "SeparateChallenge" => set(&mut lock.separate_challenge, value, number),
            _ => {}
        }
    }
    let gaps = whole_gaps(text, recognised);
    Parsed { facts, gaps }
}

fn set(field: &mut Option<Located<bool>>, value: &str, line: u32) {
    if field.is_none() {
        *field = boolean(value).map(|value| Located::new(value, line));
    }
}

/// The words differ in their capitals between versions.
fn credential(word: &str) -> Credential {
    match word.to_ascii_uppercase().as_str() {
        "NONE" => Credential::None,
        "PATTERN" => Credential::Pattern,
        "PIN" => Credential::Pin,
        "PASSWORD" => Credential::Password,
        "PASSWORD_OR_PIN" => Credential::PinOrPassword,
        _ => Credential::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Reason;
    use crate::parse::android::located::corpus;

    #[test]
    fn reads_android_8_to_10() {
        let text = "Current lock settings service state:\nSP Enabled = true\n    User 0\n        SP Handle = 5ab3\n        SID = 7f00\n    User 10\n        SP Handle = 0\n        SID = 0\n";
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        assert_eq!(parsed.facts.users[&0].is_set(), Some(Located::new(true, 5)));
        assert_eq!(parsed.facts.users[&10].is_set(), None);
        assert_eq!(parsed.facts.users[&10].has_secure_id, Some(Located::new(false, 8)));
    }

    #[test]
    fn reads_android_11_and_later() {
        let text = "Current lock settings service state:\n\n  User State:\n    User 0\n      LSKF last changed: 2024-01-02 03:04:05\n      SID: 0000000000000000\n      Quality: 0\n      CredentialType: None\n      IsLockScreenDisabled: false\n      SeparateChallenge: false\n    User 10\n      SID: 00000000000f0000\n      CredentialType: PIN\n    User 11\n      CredentialType: Password\n\nStorage:\n  User 0:\n    CredentialType: PATTERN\n";
        let parsed = parse(text);
        let users = &parsed.facts.users;
        assert_eq!(users[&0].is_set(), Some(Located::new(false, 8)));
        assert_eq!(users[&0].lock_screen_disabled, Some(Located::new(false, 9)));
        assert_eq!(users[&10].credential, Some(Located::new(Credential::Pin, 13)));
        assert_eq!(users[&11].is_set(), Some(Located::new(true, 15)));
        assert_eq!(users.len(), 3);
    }

    #[test]
    fn an_unknown_word_is_not_taken_for_a_lock() {
        let parsed = parse("User 0\n  SID: 00\n  CredentialType: RETINA\n");
        assert_eq!(parsed.facts.users[&0].is_set(), None);
        assert_eq!(parse("").gaps[0].reason, Reason::Absent);
    }

    #[test]
    fn reads_real_phones() {
        for path in ["a09-google-emulator", "a09-rockchip-rk3399", "a08.1-smartron-tphone"] {
            let Some(text) = corpus(&format!("{path}/lock_settings.txt")) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, []);
            assert_eq!(parsed.facts.users[&0].has_secure_id, Some(Located::new(false, 6)), "{path}");
            assert_eq!(parsed.facts.users[&0].is_set(), None);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in "( {0,6}(User [0-9]{0,11}|SID[:=] ?[0x]{0,4}|CredentialType: ?[A-Z]{0,4}|x)\n){0,9}") {
            let _ = (parse(&text), parse(&near));
        }
    }
}
