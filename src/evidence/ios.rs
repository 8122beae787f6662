//! Evidence from an iOS backup: the few files that poucet reads, decrypted in memory where need be.

use super::Reason;

/// Declares the files of a backup: variant, word, domain, path. The file's name in the backup is the SHA-1 of
/// `domain-path`, so that each is found without a search.
macro_rules! artefacts {
    ($($(#[$doc:meta])* $variant:ident => $label:literal, $domain:literal, $path:literal;)+) => {
        /// A file of an iOS backup that poucet reads.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Artefact { $($(#[$doc])* $variant,)+ }

        impl Artefact {
            /// Every file, in a fixed order.
            pub const ALL: &'static [Artefact] = &[$(Artefact::$variant,)+];

            /// The name under which reports cite it.
            pub fn label(self) -> &'static str {
                match self { $(Artefact::$variant => $label,)+ }
            }

            /// The domain of the backup that it belongs to; empty for the files at the top of the backup's folder.
            pub fn domain(self) -> &'static str {
                match self { $(Artefact::$variant => $domain,)+ }
            }

            /// Its path in the domain, or its name at the top of the folder.
            pub fn path(self) -> &'static str {
                match self { $(Artefact::$variant => $path,)+ }
            }
        }
    };
}

artefacts! {
    /// Written by the computer: device, version, date, list of installed apps.
    Info => "Info.plist", "", "Info.plist";
    /// Written by the phone: encrypted or not, passcode set or not, apps, keybag.
    Manifest => "Manifest.plist", "", "Manifest.plist";
    /// Whether the backup came to its end.
    Status => "Status.plist", "", "Status.plist";
    /// The index of the files.
    ManifestDb => "Manifest.db", "", "Manifest.db";
    /// What each app was allowed, except location and notifications.
    Tcc => "TCC.db", "HomeDomain", "Library/TCC/TCC.db";
    /// The write-ahead log of the former, where it was backed up by itself.
    TccLog => "TCC.db-wal", "HomeDomain", "Library/TCC/TCC.db-wal";
    /// What each app was allowed of location, and when it last used it.
    LocationClients => "clients.plist", "RootDomain", "Library/Caches/locationd/clients.plist";
    /// The main switch of location services.
    LocationSettings => "com.apple.locationd.plist", "HomeDomain", "Library/Preferences/com.apple.locationd.plist";
    /// The cached copy of the main switch of location services.
    RoutineSettings => "com.apple.routined.plist", "HomeDomain", "Library/Preferences/com.apple.routined.plist";
    /// Notification settings of each app.
    Notifications => "VersionedSectionInfo.plist", "HomeDomain", "Library/BulletinBoard/VersionedSectionInfo.plist";
    /// Notification settings in the older form.
    NotificationsOld => "SectionInfo.plist", "HomeDomain", "Library/BulletinBoard/SectionInfo.plist";
    /// Background App Refresh of each app.
    BackgroundRefresh => "com.apple.mt.plist", "HomeDomain", "Library/Preferences/com.apple.mt.plist";
    /// Local network access of each app, VPN, DNS and filter configurations.
    NetworkExtension => "com.apple.networkextension.plist", "SystemPreferencesDomain", "com.apple.networkextension.plist";
    /// The registry of apps of the home screen; lists removed ones for a while.
    AppRegistry => "applicationState.db", "HomeDomain", "Library/FrontBoard/applicationState.db";
    /// The write-ahead log of the former.
    AppRegistryLog => "applicationState.db-wal", "HomeDomain", "Library/FrontBoard/applicationState.db-wal";
    /// Lockdown Mode, keyboards.
    GlobalPreferences => ".GlobalPreferences.plist", "HomeDomain", "Library/Preferences/.GlobalPreferences.plist";
    /// What the phone thinks of local and cloud backups.
    BackupSettings => "com.apple.mobile.ldbackup.plist", "HomeDomain", "Library/Preferences/com.apple.mobile.ldbackup.plist";
    /// Automatic updates.
    SoftwareUpdate => "com.apple.softwareupdateservicesd.plist", "HomeDomain", "Library/Preferences/com.apple.softwareupdateservicesd.plist";
    /// Whether a passcode is there, as Safari last saw it.
    Safari => "com.apple.mobilesafari.plist", "AppDomain-com.apple.mobilesafari", "Library/Preferences/com.apple.mobilesafari.plist";
    /// Whether Find My is on.
    FindMy => "FMIPStateInfo.plist", "SysSharedContainerDomain-systemgroup.com.apple.icloud.findmydevice.managed", "Library/Preferences/FMIPStateInfo.plist";
    /// Settings that hold: the person's choices and all profiles together.
    EffectiveSettings => "EffectiveUserSettings.plist", "HomeDomain", "Library/UserConfigurationProfiles/EffectiveUserSettings.plist";
    /// The same in the place of older versions.
    EffectiveSettingsOld => "EffectiveUserSettings.plist (old place)", "HomeDomain", "Library/ConfigurationProfiles/EffectiveUserSettings.plist";
    /// Whether the lock screen shows the contents of notifications.
    BulletinBoard => "com.apple.bulletinboard.plist", "HomeDomain", "Library/Preferences/com.apple.bulletinboard.plist";
    /// What the person chose, in the half of the phone.
    UserSettings => "UserSettings.plist", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/UserSettings.plist";
    /// What the person chose, in the half of the user.
    UserSettingsOfUser => "UserSettings.plist (user)", "HomeDomain", "Library/UserConfigurationProfiles/UserSettings.plist";
    /// What the phone's own programs restrict, in the half of the phone.
    ClientTruth => "ClientTruth.plist", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/ClientTruth.plist";
    /// What the phone's own programs restrict, in the half of the user.
    ClientTruthOfUser => "ClientTruth.plist (user)", "HomeDomain", "Library/UserConfigurationProfiles/ClientTruth.plist";
    /// What profiles force.
    Truth => "Truth.plist", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/Truth.plist";
    /// What each profile forces.
    ProfileTruth => "ProfileTruth.plist", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/ProfileTruth.plist";
    /// Which configuration profiles are installed.
    PayloadManifest => "PayloadManifest.plist", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/PayloadManifest.plist";
    /// Supervision and enrolment at set-up.
    CloudConfiguration => "CloudConfigurationDetails.plist", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/CloudConfigurationDetails.plist";
    /// Enrolment in device management.
    Mdm => "MDM.plist", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/MDM.plist";
    /// Which profiles came and went, and when.
    ProfileEvents => "MCProfileEvents.plist", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/MCProfileEvents.plist";
    /// Certificates that the person trusts.
    TrustStore => "TrustStore.sqlite3", "ProtectedDomain", "trustd/private/TrustStore.sqlite3";
    /// Which apps asked for health data. In encrypted backups only.
    Health => "healthdb.sqlite", "HealthDomain", "Health/healthdb.sqlite";
    /// The write-ahead log of the former.
    HealthLog => "healthdb.sqlite-wal", "HealthDomain", "Health/healthdb.sqlite-wal";
    /// One configuration profile. Its name in the backup follows from the profile's identifier.
    ProfileStub => "profile-*.stub", "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles", "Library/ConfigurationProfiles/profile-*.stub";
    /// The App Privacy Report that a person exports from the phone; never part of a backup.
    PrivacyReport => "App Privacy Report", "", "App_Privacy_Report_*.ndjson";
}

impl Artefact {
    /// The key of the sentence that says why poucet reads it.
    pub fn why_key(self) -> String {
        // The variant's own name in the form of the text files.
        let mut key = "ios-reads".to_owned();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() {
                key.push('-');
            }
            key.push(letter.to_ascii_lowercase());
        }
        key
    }

    /// Whether a phone writes it into encrypted backups only (Apple's `Domains.plist`, `RelativePathsToOnlyBackupEncrypted`).
    pub fn is_encrypted_only(self) -> bool {
        matches!(self, Artefact::Health | Artefact::HealthLog)
    }

    /// Whether it stands at the top of the backup's folder, or beside it, and so is never encrypted or in the index.
    pub fn is_at_the_top(self) -> bool {
        self.domain().is_empty()
    }

    /// Whether it is a write-ahead log, which belongs to the file before it.
    pub fn is_log(self) -> bool {
        matches!(self, Artefact::TccLog | Artefact::AppRegistryLog | Artefact::HealthLog)
    }

    /// Whether every phone has it, so that its absence is worth a gap.
    pub fn is_expected(self) -> bool {
        matches!(
            self,
            Artefact::Manifest
                | Artefact::ManifestDb
                | Artefact::Tcc
                | Artefact::LocationClients
                | Artefact::EffectiveSettings
                | Artefact::GlobalPreferences
        )
    }
}

/// The list of files as a Markdown table, for `docs/what-poucet-reads.md` and `audit --explain-collection`. `sentence` gives the
/// text of a key in the reader's language.
pub fn render(sentence: impl Fn(&str) -> String) -> String {
    use std::fmt::Write as _;

    let heads = ["file", "domain", "held", "why"].map(|head| sentence(&format!("ios-reads-heading-{head}")));
    let mut table = format!("| {} |\n|---|---|---|---|\n", heads.join(" | "));
    for artefact in Artefact::ALL {
        let held = match artefact {
            Artefact::PrivacyReport => "ios-reads-held-beside",
            only if only.is_encrypted_only() => "ios-reads-held-encrypted",
            _ => "ios-reads-held-every",
        };
        let domain = if artefact.domain().is_empty() { "–".to_owned() } else { format!("`{}`", artefact.domain()) };
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {domain} | {} | {} |",
            artefact.path(),
            sentence(held),
            sentence(&artefact.why_key())
        );
    }
    table
}

/// One file of a backup, in the clear.
#[derive(Clone)]
pub struct BackupItem {
    /// What it is.
    pub artefact: Artefact,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Domain and path, or the name at the top of the folder.
    pub origin: String,
}

impl std::fmt::Debug for BackupItem {
    /// Without the bytes, which may be secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({} bytes)", self.origin, self.bytes.len())
    }
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupMissing {
    /// What it is.
    pub artefact: Artefact,
    /// Why.
    pub reason: Reason,
    /// What the system or the decoder said, one line, or empty.
    pub detail: String,
}

/// Everything read from one backup, before any of it is understood.
#[derive(Clone, Debug, Default)]
pub struct BackupEvidence {
    /// The folder's name, without its path. Most are named after the phone's identifier.
    pub target: String,
    /// `IsEncrypted` of `Manifest.plist`, checked against the first bytes of `Manifest.db`.
    pub encrypted: bool,
    /// Encrypted, and read without a password: only the files at the top are known.
    pub locked: bool,
    /// `SnapshotState` of `Status.plist`, where it is not `finished`.
    pub unfinished: Option<String>,
    /// What was read.
    pub items: Vec<BackupItem>,
    /// What was looked for and not read.
    pub missing: Vec<BackupMissing>,
    /// Bundle ids of the index's domains `AppDomain-<bundle id>`; `None` when the index was not read, or has none by domain.
    pub app_domains: Option<Vec<String>>,
    /// The phone's identifier (UDID), to make its keyed id; never stored or printed.
    pub serial: Option<String>,
    /// Files that were read whole and have another length than the index says: they changed while the backup ran.
    pub resized: Vec<Artefact>,
}

impl BackupEvidence {
    /// The first item of a kind.
    pub fn first(&self, artefact: Artefact) -> Option<&BackupItem> {
        self.items.iter().find(|item| item.artefact == artefact)
    }

    /// The items of a kind.
    pub fn of(&self, artefact: Artefact) -> impl Iterator<Item = &BackupItem> {
        self.items.iter().filter(move |item| item.artefact == artefact)
    }

    /// Why a file was not read: what was noted, else that the backup is locked, or that it is not there.
    pub fn why_missing(&self, artefact: Artefact) -> Reason {
        match self.missing.iter().find(|missing| missing.artefact == artefact) {
            Some(missing) => missing.reason,
            None if self.locked => Reason::NoPassword,
            None if artefact.is_encrypted_only() && !self.encrypted => Reason::EncryptedOnly,
            None => Reason::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_unique_and_name_no_other_evidence() {
        let mut labels: Vec<&str> = Artefact::ALL.iter().map(|artefact| artefact.label()).collect();
        labels.extend(super::super::Kind::ALL.iter().map(|kind| kind.label()));
        let count = labels.len();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), count);
    }

    #[test]
    fn the_bytes_of_an_item_are_not_for_logs() {
        let item = BackupItem { artefact: Artefact::Tcc, bytes: b"secret".to_vec(), origin: "x".into() };
        assert_eq!(format!("{item:?}"), "x (6 bytes)");
    }
}
