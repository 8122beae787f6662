//! The phone's own configuration: each check of the vocabulary that a backup can show.
//!
//! Most come from `EffectiveUserSettings.plist`, which says what holds, whoever chose it. It lists every default as well: that a
//! feature is there proves no choice, and for some checks a default proves nothing at all. A check without a value is a gap under
//! the check's word.

mod delay;
mod features;
mod organisation;
mod table;

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::configuration::{self, ProfileRules};
use crate::parse::ios::plist::Value as File;
use crate::parse::ios::preferences;
use crate::parse::ios::restrictions::{self, ClientRules, Restrictions};
use crate::snapshot::{ConfigProfile, EvidenceRow, Gap, Management, Setting, Value};
use crate::vocabulary::{Check, Presence};

use super::apps::AppList;
use super::device::key_row;
use super::facts::{Facts, Version, moment, row};
use super::management;
use super::switches::{effective, restrictions_of};

pub use table::table;

/// What other parts found and checks rest on.
#[derive(Clone)]
pub struct Given<'g> {
    /// The main switch of location services.
    pub location_on: Option<bool>,
    /// The rows that show it.
    pub location_rows: Vec<EvidenceRow>,
    /// `TCC.db` overrides tracking for every app: none may ask.
    pub tracking_override: bool,
    /// Whether Safari prevents tracking across sites, with the row that says so.
    pub web_tracking_prevention: Option<(bool, EvidenceRow)>,
    /// The rows of keyboards that are not Apple's; `None` when that was not read.
    pub keyboards: Option<Vec<EvidenceRow>>,
    /// Whether a DNS configuration with encryption is on; `None` when that was not read.
    pub protected_dns: Option<(bool, Vec<EvidenceRow>)>,
    /// The apps.
    pub apps: &'g AppList,
    /// The configuration profiles.
    pub profiles: &'g [ConfigProfile],
    /// Who manages the phone.
    pub management: &'g Management,
    /// When the backup was made, in seconds since 1970.
    pub taken_at: Option<i64>,
    /// The rows of apps that the person hid; `None` when that was not read.
    pub hidden: Option<Vec<EvidenceRow>>,
    /// The rows of apps that show contents on the lock screen whatever the phone's own setting says, and whether some app's setting is
    /// not understood; `None` when that was not read.
    pub previews: Option<(Vec<EvidenceRow>, bool)>,
    /// The listed apps: a list of blocked ones matters when it has one of them.
    pub catalog: &'g Catalog,
}

/// The outcome of looking at one check: its value, or why there is none and which key or file is the matter.
type Outcome = Result<(Value, Vec<EvidenceRow>), (Reason, String)>;

fn yes(value: bool, rows: impl IntoIterator<Item = EvidenceRow>) -> Outcome {
    Ok((Value::Bool(value), rows.into_iter().collect()))
}

fn word(value: &str, rows: Vec<EvidenceRow>) -> Outcome {
    Ok((Value::Text(value.to_owned()), rows))
}

/// Reads every check that a backup can show. What is neither among the settings nor among the gaps is for a person to look at, or
/// no such thing on iOS (`permissions.toml`).
pub fn read(facts: &Facts<'_>, given: Given<'_>) -> (BTreeMap<Check, Setting>, Vec<Gap>) {
    let checks = Checks::new(facts, given);
    let mut found = BTreeMap::new();
    let mut gaps = Vec::new();
    for (check, outcome) in checks.all() {
        match outcome {
            Ok((value, evidence)) => {
                found.insert(check, Setting { value, evidence: evidence.into() });
            }
            Err((reason, detail)) => {
                gaps.push(Gap::new(check.word(), reason, crate::text::clean::sanitize(&detail, 300)))
            }
        }
    }
    (found, gaps)
}

struct Checks<'c, 'e, 'g> {
    facts: &'c Facts<'e>,
    given: Given<'g>,
    /// Settings that hold, and the file that they stand in.
    effective: Option<(Artefact, Restrictions)>,
    /// What profiles force, all together.
    truth: Option<Restrictions>,
    /// What each profile forces.
    by_profile: Vec<ProfileRules>,
    /// UUID and identifier of each profile.
    profile_ids: Vec<(String, String)>,
    /// How many stubs of profiles were read with all that they bring.
    stubs: usize,
    /// What the phone's own programs restrict; `None` where one of the two files was not read.
    clients: Option<Vec<(Artefact, ClientRules)>>,
    manifest: Option<File>,
}

impl<'c, 'e, 'g> Checks<'c, 'e, 'g> {
    fn new(facts: &'c Facts<'e>, given: Given<'g>) -> Checks<'c, 'e, 'g> {
        let stubs = management::stubs(facts);
        Checks {
            facts,
            given,
            effective: effective(facts),
            truth: restrictions_of(facts, Artefact::Truth),
            by_profile: by_profile(facts),
            stubs: stubs.iter().filter(|stub| stub.has_contents && stub.not_understood == 0).count(),
            clients: clients(facts),
            profile_ids: stubs
                .into_iter()
                .filter_map(|stub| Some((stub.uuid?.to_ascii_uppercase(), stub.id)))
                .collect(),
            manifest: facts.plist(Artefact::Manifest),
        }
    }

    fn all(&self) -> Vec<(Check, Outcome)> {
        vec![
            (Check::LocationMaster, self.location_master()),
            (Check::OsUpdates, self.os_updates()),
            (
                Check::OsAutoUpdate,
                self.key(Artefact::SoftwareUpdate, "SUAutomaticUpdateV2Enabled", preferences::automatic_updates),
            ),
            (Check::ScreenLock, self.screen_lock()),
            (Check::StorageEncryption, self.screen_lock()),
            (Check::LockDelay, self.lock_delay()),
            (Check::LockNotifications, self.lock_notifications()),
            (Check::TrustAgents, self.only_if_off("allowAutoUnlock")),
            (Check::UnknownSources, self.unknown_sources()),
            (Check::RootOrJailbreak, self.jailbreak()),
            (Check::ManagedDevice, self.managed()),
            (Check::ConfigProfiles, self.config_profiles()),
            (Check::AppBlocklist, self.blocklist()),
            (Check::LocalBackup, self.local_backup()),
            (Check::BackupEncrypted, self.backup_encrypted()),
            (Check::RemoteBackup, self.remote_backup()),
            (Check::HostPairing, self.feature("allowHostPairing")),
            (Check::UsbAccessories, self.usb_accessories()),
            (Check::Keyboards, self.keyboards()),
            (Check::Autofill, self.feature("allowPasswordAutoFill")),
            (Check::PrivateDns, self.private_dns()),
            (Check::AutoTime, self.auto_time()),
            (Check::HiddenApps, self.hidden_apps()),
            (Check::AdTracking, self.ad_tracking()),
            (Check::Diagnostics, self.feature("allowDiagnosticSubmission")),
            (Check::AssistantLocked, self.assistant_locked()),
            (Check::FindMy, self.key(Artefact::FindMy, "fmipActive", preferences::find_my)),
            (Check::LockdownMode, self.lockdown_mode()),
            (Check::ScreenRecording, self.feature("allowScreenShot")),
            (Check::CameraMicPolicy, self.feature("allowCamera")),
        ]
    }

    fn missing(&self, artefact: Artefact) -> (Reason, String) {
        (self.facts.why_missing(artefact), artefact.label().to_owned())
    }

    /// A check that is one key of a file of preferences.
    fn key(&self, artefact: Artefact, key: &str, read: fn(&File) -> Option<bool>) -> Outcome {
        let Some(file) = self.facts.plist(artefact) else { return Err(self.missing(artefact)) };
        match read(&file) {
            Some(value) => yes(value, [key_row(artefact, &file, key)]),
            None => Err((Reason::Absent, key.to_owned())),
        }
    }

    fn location_master(&self) -> Outcome {
        match self.given.location_on {
            Some(on) => yes(on, self.given.location_rows.clone()),
            None => Err(self.missing(Artefact::LocationSettings)),
        }
    }

    /// How old the version is takes a dated table of versions, which is not here.
    fn os_updates(&self) -> Outcome {
        let version = self.facts.version.map(|Version(major, minor)| format!("iOS {major}.{minor}"));
        Err((Reason::Absent, version.unwrap_or_else(|| "ProductVersion".to_owned())))
    }

    /// A passcode, as the phone says and as Safari last saw it. Some tools make backups that deny a passcode that is there: where
    /// the two disagree, neither is believed.
    fn screen_lock(&self) -> Outcome {
        const KEY: &str = "WasPasscodeSet";
        const SECOND: &str = "PasscodeIsAvailable";
        let Some(manifest) = &self.manifest else { return Err(self.missing(Artefact::Manifest)) };
        let Some(set) = manifest.get(KEY).and_then(File::bool) else { return Err((Reason::Absent, KEY.to_owned())) };
        let mut rows = vec![key_row(Artefact::Manifest, manifest, KEY)];
        if let Some(safari) = self.facts.plist(Artefact::Safari)
            && let Some(seen) = preferences::passcode_available(&safari)
        {
            if seen != set {
                return Err((Reason::Unreadable, format!("{KEY} = {set}, {SECOND} = {seen}")));
            }
            rows.push(key_row(Artefact::Safari, &safari, SECOND));
        }
        yes(set, rows)
    }

    /// Whether the lock screen shows the contents of notifications. `allowLockScreenNotificationsView` hides earlier notifications and not
    /// those that arrive (Apple, "Device Management"), so that it is shown beside it and decides nothing.
    fn lock_notifications(&self) -> Outcome {
        const KEY: &str = preferences::PREVIEWS;
        let artefact = Artefact::BulletinBoard;
        let earlier = self.switch("allowLockScreenNotificationsView").map(|(_, rows)| rows).unwrap_or_default();
        let file = self.facts.plist(artefact);
        let own = file.iter().map(|file| key_row(artefact, file, KEY)).filter(|row| row.line > 0);
        let with =
            |rows: &[EvidenceRow]| own.clone().chain(rows.iter().cloned()).chain(earlier.iter().cloned()).collect();
        let shown = self.given.previews.iter().flat_map(|(shown, _)| shown.iter().cloned()).collect::<Vec<_>>();
        match (file.as_ref().map(|file| (file.get(KEY).is_some(), preferences::previews(file))), &self.given.previews) {
            (Some((_, Some(1))), _) => word("shown", with(&[])),
            // Contents of one app that always show are shown, whatever holds for the others.
            (_, Some((rows, _))) if !rows.is_empty() => word("shown", with(&shown)),
            (Some((_, Some(2 | 3))), Some((_, false))) => word("hidden", with(&[])),
            (Some((_, Some(2 | 3))), Some((_, true))) => {
                Err((Reason::Unreadable, format!("{}: contentPreviewSetting", Artefact::Notifications.label())))
            }
            (Some((_, Some(2 | 3))), None) => Err(self.missing(Artefact::Notifications)),
            (Some((_, Some(0)) | (false, _)), _) => Err((Reason::Absent, KEY.to_owned())),
            (Some((true, other)), _) => {
                Err((Reason::Unreadable, other.map_or_else(|| KEY.to_owned(), |other| format!("{KEY} = {other}"))))
            }
            (None, _) => Err(self.missing(artefact)),
        }
    }

    /// Apps that the person hid (iOS 18 and later). Only apps with an entry of locationd show it: that none is hidden takes a phone on
    /// which none may be.
    fn hidden_apps(&self) -> Outcome {
        match &self.given.hidden {
            Some(rows) if !rows.is_empty() && self.facts.at_least(18, 0) != Some(false) => yes(true, rows.clone()),
            Some(_) => self.only_if_off("allowAppsToBeHidden"),
            None => match self.only_if_off("allowAppsToBeHidden") {
                Ok(_) => Err(self.missing(Artefact::LocationClients)),
                why => why,
            },
        }
    }

    /// Whether apps may come from elsewhere than the App Store: a developer's or company's certificate, another store, the web.
    fn unknown_sources(&self) -> Outcome {
        let mut rows = Vec::new();
        let mut unknown = None;
        let mut allowed = false;
        let features = table().feature.iter().filter(|feature| feature.check == Check::UnknownSources);
        for feature in features {
            match self.switch(&feature.name) {
                Ok((value, shown)) => {
                    allowed |= value == feature.yes;
                    rows.extend(shown);
                }
                // What this version does not have, it cannot allow.
                Err((Reason::NotSupported, _)) => {}
                Err(why) => unknown = unknown.or(Some(why)),
            }
        }
        match unknown {
            Some(why) if !allowed => Err(why),
            _ => yes(allowed, rows),
        }
    }

    /// Signs of a jailbreak. That there is none proves nothing, and is not reported as a no. Such apps lie with the system's own,
    /// so that only the registry may list them.
    fn jailbreak(&self) -> Outcome {
        let rows: Vec<EvidenceRow> = table()
            .jailbreak
            .apps
            .iter()
            .filter_map(|id| self.given.apps.apps.get(id))
            .filter(|app| app.presence != Presence::Absent)
            .flat_map(|app| app.evidence.iter().cloned())
            .collect();
        if rows.is_empty() {
            return Err((Reason::NotSupported, "/Applications".to_owned()));
        }
        yes(true, rows)
    }

    /// That there is a backup says so.
    fn local_backup(&self) -> Outcome {
        let made = self.given.taken_at.and_then(moment).map(|made| format!("Date = {made}"));
        let artefact = if self.manifest.is_some() { Artefact::Manifest } else { Artefact::ManifestDb };
        yes(true, [row(artefact, 1, made.as_deref().unwrap_or(artefact.label()))])
    }

    fn backup_encrypted(&self) -> Outcome {
        const KEY: &str = "IsEncrypted";
        let Some(manifest) = &self.manifest else { return Err(self.missing(Artefact::Manifest)) };
        let Some(encrypted) = manifest.get(KEY).and_then(File::bool) else {
            return Err((Reason::Absent, KEY.to_owned()));
        };
        // The first bytes of the index know better.
        if encrypted != self.facts.evidence.encrypted {
            return Err((Reason::Unreadable, format!("{KEY} = {encrypted}")));
        }
        yes(encrypted, [key_row(Artefact::Manifest, manifest, KEY)])
    }

    /// Backups to iCloud: forbidden, or as the phone's own note says.
    fn remote_backup(&self) -> Outcome {
        const KEY: &str = "CloudBackupEnabled";
        let allowed = self.switch("allowCloudBackup");
        if let Ok((false, rows)) = allowed {
            return yes(false, rows);
        }
        let Some(file) = self.facts.plist(Artefact::BackupSettings) else {
            return Err(self.missing(Artefact::BackupSettings));
        };
        let Some(enabled) = preferences::backup_settings(&file).cloud else {
            return Err((Reason::Absent, KEY.to_owned()));
        };
        let rows = allowed.map(|(_, rows)| rows).unwrap_or_default();
        yes(enabled, [key_row(Artefact::BackupSettings, &file, KEY)].into_iter().chain(rows))
    }

    /// Whether accessories get data while the phone is locked. Lockdown Mode cuts them off whatever the setting says.
    fn usb_accessories(&self) -> Outcome {
        match self.lockdown_mode() {
            Ok((Value::Bool(true), rows)) => yes(false, rows),
            _ => self.feature("allowUSBRestrictedMode"),
        }
    }

    fn keyboards(&self) -> Outcome {
        const KEY: &str = "AppleKeyboards";
        match &self.given.keyboards {
            // A file that was read and has no list of keyboards lacks it.
            None => Err(match self.facts.plist(Artefact::GlobalPreferences) {
                Some(file) if file.get(KEY).is_none() => (Reason::Absent, KEY.to_owned()),
                _ => self.missing(Artefact::GlobalPreferences),
            }),
            Some(rows) if rows.is_empty() => yes(false, [row(Artefact::GlobalPreferences, 0, KEY)]),
            Some(rows) => yes(true, rows.clone()),
        }
    }

    /// Encrypted DNS, by an app's configuration or by a profile.
    fn private_dns(&self) -> Outcome {
        let dns = &table().payloads.dns;
        let profiles = (1..).zip(self.given.profiles).filter(|(_, profile)| profile.payloads.contains(dns));
        let rows: Vec<EvidenceRow> = profiles
            .map(|(number, profile)| row(Artefact::ProfileStub, number, &format!("{}: {dns}", profile.id)))
            .collect();
        match &self.given.protected_dns {
            Some((true, shown)) => yes(true, shown.iter().cloned().chain(rows)),
            _ if !rows.is_empty() => yes(true, rows),
            Some((false, shown)) => yes(false, shown.clone()),
            None => Err(self.missing(Artefact::NetworkExtension)),
        }
    }

    /// Forced, or not known: the person's own switch is in no file that is understood.
    fn auto_time(&self) -> Outcome {
        const NAME: &str = "forceAutomaticDateAndTime";
        let (forced, rows) = self.switch(NAME)?;
        if forced { yes(true, rows) } else { Err((Reason::Absent, format!("restrictedBool.{NAME} = {forced}"))) }
    }

    /// Limited: apps may not ask to track. What Apple's own advertising and Safari do is shown beside it and decides nothing.
    fn ad_tracking(&self) -> Outcome {
        let mut rows = Vec::new();
        if self.given.tracking_override {
            rows.push(row(Artefact::Tcc, 1, "access_overrides: kTCCServiceUserTracking"));
        }
        let limited = match self.switch("forceLimitAdTracking") {
            Ok((limited, shown)) => {
                rows.extend(shown);
                limited || self.given.tracking_override
            }
            Err(_) if self.given.tracking_override => true,
            Err(why) => return Err(why),
        };
        rows.extend(self.switch("allowApplePersonalizedAdvertising").map(|(_, rows)| rows).unwrap_or_default());
        rows.extend(self.given.web_tracking_prevention.iter().map(|(_, row)| row.clone()));
        word(if limited { "limited" } else { "unlimited" }, rows)
    }

    /// Siri on the lock screen; without Siri there is none.
    fn assistant_locked(&self) -> Outcome {
        if let Ok((false, rows)) = self.switch("allowAssistant") {
            return yes(false, rows);
        }
        self.feature("allowAssistantWhileLocked")
    }

    /// A key that is not there is off on versions that know it; on others nothing is off that never was.
    fn lockdown_mode(&self) -> Outcome {
        const KEY: &str = "LDMGlobalEnabled";
        let artefact = Artefact::GlobalPreferences;
        let Some(file) = self.facts.plist(artefact) else { return Err(self.missing(artefact)) };
        match (preferences::lockdown_mode(&file), self.facts.at_least(16, 0)) {
            // Only a phone that has it writes a yes, whatever version the computer noted.
            (Some(true), _) => yes(true, [key_row(artefact, &file, KEY)]),
            (_, Some(false)) => Err((Reason::NotSupported, KEY.to_owned())),
            (Some(false), _) => yes(false, [key_row(artefact, &file, KEY)]),
            (None, Some(true)) if file.get(KEY).is_none() => yes(false, [row(artefact, 0, KEY)]),
            (None, Some(true)) => Err((Reason::Unreadable, KEY.to_owned())),
            (None, None) => Err((Reason::Absent, KEY.to_owned())),
        }
    }
}

/// What each profile forces. Entries that were not understood are noted.
fn by_profile(facts: &Facts<'_>) -> Vec<ProfileRules> {
    let Some(file) = facts.plist(Artefact::ProfileTruth) else { return Vec::new() };
    let (profiles, odd) = configuration::profile_truth(&file);
    let of: u64 = odd + profiles.iter().map(|profile| profile.rules.entries).sum::<u64>();
    let unread: u64 = odd + profiles.iter().map(|profile| profile.rules.not_understood).sum::<u64>();
    facts.counted_gap(Artefact::ProfileTruth, of - unread, of, "");
    profiles
}

/// What the phone's own programs restrict, of both halves; none where one of them was not read, as which of them a program writes into
/// is not known.
fn clients(facts: &Facts<'_>) -> Option<Vec<(Artefact, ClientRules)>> {
    let mut found = Vec::new();
    for artefact in [Artefact::ClientTruth, Artefact::ClientTruthOfUser] {
        let (clients, odd) = restrictions::client_truth(&facts.plist(artefact)?);
        let of = odd + clients.iter().map(|client| client.rules.entries).sum::<u64>();
        let unread = odd + clients.iter().map(|client| client.rules.not_understood).sum::<u64>();
        facts.counted_gap(artefact, of - unread, of, "clientRestrictions");
        found.extend(clients.into_iter().map(|client| (artefact, client)));
    }
    Some(found)
}

#[cfg(test)]
mod tests;
