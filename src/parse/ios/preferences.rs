//! Single keys of the phone's preference files.
//!
//! Each function says `None` when the key is not there or holds something else: what that means is for the reader to decide, as a
//! missing key is the default for some and unknown for others.

use super::plist::Value;

/// `.GlobalPreferences.plist`, `LDMGlobalEnabled`: whether Lockdown Mode is on (iOS 16 and later; not there is off).
pub fn lockdown_mode(value: &Value) -> Option<bool> {
    value.get("LDMGlobalEnabled")?.bool()
}

/// `com.apple.softwareupdateservicesd.plist`, `SUAutomaticUpdateV2Enabled`: whether updates install by themselves.
pub fn automatic_updates(value: &Value) -> Option<bool> {
    value.get("SUAutomaticUpdateV2Enabled")?.bool()
}

/// `com.apple.mobilesafari.plist`, `PasscodeIsAvailable`: whether the phone had a passcode when Safari last looked.
pub fn passcode_available(value: &Value) -> Option<bool> {
    value.get("PasscodeIsAvailable")?.bool()
}

/// `FMIPStateInfo.plist`, `fmipActive`: whether Find My is on.
pub fn find_my(value: &Value) -> Option<bool> {
    value.get("fmipActive")?.bool()
}

/// `com.apple.bulletinboard.plist`, `BBContentPreviewsSetting`: whether the lock screen shows the contents of notifications (Settings >
/// Notifications > Show Previews). 1 always, 2 when unlocked, 3 never; 0 presumably the model's default.
pub fn previews(value: &Value) -> Option<i64> {
    value.get(PREVIEWS)?.int()
}

/// The key of [`previews`].
pub const PREVIEWS: &str = "BBContentPreviewsSetting";

/// `com.apple.mobile.ldbackup.plist`: what the phone thinks of its backups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackupSettings {
    /// `WillEncrypt`: the next local backup will be encrypted.
    pub will_encrypt: Option<bool>,
    /// `RequiresEncryption`: a profile demands that.
    pub requires_encryption: Option<bool>,
    /// `CloudBackupEnabled`: backups go to iCloud.
    pub cloud: Option<bool>,
}

/// Reads `com.apple.mobile.ldbackup.plist`.
pub fn backup_settings(value: &Value) -> BackupSettings {
    let key = |name: &str| value.get(name).and_then(Value::bool);
    BackupSettings {
        will_encrypt: key("WillEncrypt"),
        requires_encryption: key("RequiresEncryption"),
        cloud: key("CloudBackupEnabled"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::plist;
    use super::*;

    #[test]
    fn numbers_count_as_yes_and_no_and_other_kinds_as_nothing() {
        let of =
            |body: &str| plist::read(format!("<plist version=\"1.0\"><dict>{body}</dict></plist>").as_bytes()).unwrap();
        let value = of("<key>WillEncrypt</key><true/><key>RequiresEncryption</key><integer>0</integer>\
            <key>CloudBackupEnabled</key><string>no</string><key>fmipActive</key><integer>1</integer>");
        assert_eq!(
            backup_settings(&value),
            BackupSettings { will_encrypt: Some(true), requires_encryption: Some(false), cloud: None }
        );
        assert_eq!(find_my(&value), Some(true));
        for read in [lockdown_mode, automatic_updates, passcode_available] {
            assert_eq!(read(&value), None);
            assert_eq!(read(&Value::List(Vec::new())), None);
        }
    }

    #[test]
    fn real_global_preferences_say_lockdown_mode() {
        let Some(corpus) = crate::skip::corpus("") else { return };
        let file = "ios/mvt_ios_backup/0d/0dc926a1810f7aee4e8f38793ed788701f93bf9d";
        let value = plist::read(&std::fs::read(corpus.join(file)).unwrap()).unwrap();
        assert_eq!(lockdown_mode(&value), Some(true));
    }
}
