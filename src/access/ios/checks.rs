//! The phone's own configuration: each check of the vocabulary that a backup can show.
//!
//! Most come from `EffectiveUserSettings.plist`, which says what holds, whoever chose it. It lists every default as well: that a
//! feature is there proves no choice, and for some checks a default proves nothing at all. A check without a value is a gap under
//! the check's word.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::catalog::Catalog;
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::configuration::{self, ProfileRules};
use crate::parse::ios::plist::Value as File;
use crate::parse::ios::restrictions::{self, ClientRules, Number, Restrictions};
use crate::parse::ios::{preferences, trust_store};
use crate::snapshot::{ConfigProfile, EvidenceRow, Gap, Management, Setting, Value};
use crate::vocabulary::{Check, Presence};

use super::apps::AppList;
use super::device::key_row;
use super::facts::{Facts, Version, moment, row};
use super::management;
use super::switches::{effective, restrictions_of};

/// Seconds of a phone that never locks by itself: the largest number of 32 bits in milliseconds, as Android writes it.
const NEVER: i64 = 2_147_483;

/// `maxInactivity` of a phone that never locks by itself (`INT32_MAX`), and anything above.
const NEVER_WRITTEN: f64 = 2_147_483_647.0;

/// The longest delay that one of the phone's own programs is known to set: Low Power Mode's.
const LONGEST_OF_A_PROGRAM: f64 = 30.0;

/// A feature that is on or off.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Its name in `restrictedBool`.
    pub name: String,
    /// The check that it serves.
    pub check: Check,
    /// Its value where nobody chose.
    pub default: bool,
    /// The value that hardening guides ask for.
    pub hardened: bool,
    /// The value at which the check's answer is yes, or its stricter word.
    pub yes: bool,
    /// The first version of iOS that has it.
    pub since: String,
}

/// A feature that is a number, or a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherFeature {
    /// Its name in `restrictedValue`, `union` or `intersection`.
    pub name: String,
    /// The check that it serves.
    pub check: Check,
    /// The number that hardening guides ask for at most, in seconds.
    #[serde(default)]
    pub hardened: Option<i64>,
    /// The first version of iOS that has it.
    pub since: String,
}

/// Types of payloads that matter to checks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payloads {
    intercepting: Vec<String>,
    roots: Vec<String>,
    management: String,
    dns: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jailbreak {
    apps: Vec<String>,
}

/// The file `restrictions.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Features that are on or off.
    pub feature: Vec<Feature>,
    /// Features that are numbers.
    pub number: Vec<OtherFeature>,
    /// Features that are lists.
    pub list: Vec<OtherFeature>,
    payloads: Payloads,
    jailbreak: Jailbreak,
}

const TEXT: &str = include_str!("restrictions.toml");

/// The table, read once. It is part of the program and a test reads it whole.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(TEXT).unwrap_or_default())
}

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
                found.insert(check, Setting { value, evidence });
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

    /// The settings that hold, or why there are none.
    fn effective(&self) -> Result<(Artefact, &Restrictions), (Reason, String)> {
        match &self.effective {
            Some((artefact, found)) => Ok((*artefact, found)),
            None => Err(self.missing(Artefact::EffectiveSettings)),
        }
    }

    /// The raw value of a feature with the rows that show it: where it holds, and which profile forces it.
    fn switch(&self, name: &str) -> Result<(bool, Vec<EvidenceRow>), (Reason, String)> {
        let (artefact, effective) = self.effective()?;
        let Some(switch) = effective.switch(name) else { return Err(self.unlisted(name, "restrictedBool")) };
        let mut rows = vec![switch_row(artefact, switch.place, name, switch.value)];
        rows.extend(self.forced_by(name, switch.value));
        Ok((switch.value, rows))
    }

    /// Why a feature is not listed: the version of iOS has none, or it is not known.
    fn unlisted(&self, name: &str, section: &str) -> (Reason, String) {
        match (since(name), self.facts.version) {
            (Some(since), Some(version)) if version < since => {
                (Reason::NotSupported, format!("{section}.{name} (iOS {}.{})", since.0, since.1))
            }
            _ => (Reason::Absent, format!("{section}.{name}")),
        }
    }

    /// The rows of the profiles that force a feature to a value. A profile that only allows, or repeats the default, forces
    /// nothing.
    fn forced_by(&self, name: &str, value: bool) -> Vec<EvidenceRow> {
        let default = table().feature.iter().find(|feature| feature.name == name).map(|feature| feature.default);
        if default == Some(value) {
            return Vec::new();
        }
        let profiles = (1..).zip(&self.by_profile).filter(|(_, profile)| profile.rules.forces(name, value));
        let mut rows: Vec<EvidenceRow> = profiles
            .map(|(number, profile)| {
                let id = profile.uuid.as_ref().and_then(|uuid| {
                    self.profile_ids.iter().find(|(known, _)| known == uuid).map(|(_, id)| id.as_str())
                });
                let text = format!("{}: restrictedBool.{name} = {value}", id.unwrap_or("?"));
                row(Artefact::ProfileTruth, number, &text)
            })
            .collect();
        if rows.is_empty()
            && let Some(truth) = &self.truth
            && truth.forces(name, value)
            && let Some(switch) = truth.switch(name)
        {
            rows.push(switch_row(Artefact::Truth, switch.place, name, value));
        }
        rows
    }

    /// A check that is one feature.
    fn feature(&self, name: &str) -> Outcome {
        let (value, rows) = self.switch(name)?;
        yes(value == yes_at(name), rows)
    }

    /// A check that a feature settles only when it is off: that it is allowed does not say that it is used.
    fn only_if_off(&self, name: &str) -> Outcome {
        let (value, rows) = self.switch(name)?;
        if value == yes_at(name) {
            return Err((Reason::Absent, format!("restrictedBool.{name} = {value}")));
        }
        yes(false, rows)
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

    /// Seconds from the last touch to the moment when the passcode is asked for.
    fn lock_delay(&self) -> Outcome {
        const SCREEN: &str = "maxInactivity";
        const GRACE: &str = "maxGracePeriod";
        let (artefact, effective) = self.effective()?;
        if !effective.has_numbers {
            return Err((Reason::Absent, "restrictedValue".to_owned()));
        }
        let Some(screen) = effective.number(SCREEN) else {
            return Ok((Value::Int(NEVER), vec![row(artefact, 0, &format!("restrictedValue.{SCREEN}"))]));
        };
        if screen.value >= NEVER_WRITTEN {
            return Ok((Value::Int(NEVER), vec![number_row(artefact, SCREEN, screen)]));
        }
        let Some(grace) = effective.number(GRACE) else {
            return Err((Reason::Absent, format!("restrictedValue.{GRACE}")));
        };
        // No phone locks before it was touched; such a number stands for something that is not known here.
        for (name, number, least) in [(SCREEN, screen, 1.0), (GRACE, grace, 0.0)] {
            if number.value < least {
                return Err((Reason::Unreadable, format!("restrictedValue.{name} = {}", number.value)));
            }
        }
        let (screen, mut rows) = self.decided_number(SCREEN, artefact, screen)?;
        rows.push(number_row(artefact, GRACE, grace));
        let sum = (screen + grace.value).min(NEVER_WRITTEN);
        #[expect(clippy::cast_possible_truncation, reason = "between 1 and 2^31")]
        let seconds = (sum.ceil() as i64).min(NEVER);
        Ok((Value::Int(seconds), rows))
    }

    /// The number that the person or a profile decided, where one of the phone's own programs restricts it for now: Low Power Mode turns
    /// the screen off after 30 seconds (`com.apple.batterysaver`), and the person's own choice is back when it ends.
    fn decided_number(
        &self,
        name: &str,
        artefact: Artefact,
        holds: Number,
    ) -> Result<(f64, Vec<EvidenceRow>), (Reason, String)> {
        let held = number_row(artefact, name, holds);
        // What the person chose, or the strictest profile: with it, no program of the phone decided.
        let own = self.own_number(name);
        let forced = self.by_profile.iter().filter_map(|profile| profile.rules.number(name)).map(|number| number.value);
        let forced = forced.reduce(f64::min);
        let decided = match (&own, forced) {
            (Some((_, own)), Some(forced)) => Some(own.value.min(forced)),
            (Some((_, own)), None) => Some(own.value),
            (None, forced) => forced.filter(|forced| *forced <= holds.value),
        };
        let is_settled = decided.is_some_and(|decided| decided <= holds.value);
        let Some(clients) = &self.clients else {
            // Without the list of what programs restrict, a short delay may be one of theirs.
            if is_settled || holds.value > LONGEST_OF_A_PROGRAM {
                return Ok((holds.value, vec![held]));
            }
            let (reason, label) = self.missing_clients();
            return Err((reason, format!("{label}: restrictedValue.{name} = {}", holds.value)));
        };
        let narrowing = clients.iter().find_map(|(place, client)| {
            let number = client.rules.number(name).filter(|number| number.value <= holds.value)?;
            client
                .is_of_apple()
                .then(|| row(*place, client.place, &format!("{}: {name} = {}", client.client, number.value)))
        });
        // What holds is stricter than what the person set, and neither a profile nor a program says why.
        let is_by_other =
            clients.iter().any(|(_, client)| client.rules.number(name).is_some() && !client.is_of_apple());
        match (narrowing, decided) {
            (None, Some(decided)) if !is_settled && !is_by_other => {
                Err((Reason::Absent, format!("restrictedValue.{name} = {} ({decided})", holds.value)))
            }
            (None, _) => Ok((holds.value, vec![held])),
            (Some(_), _) if is_settled => Ok((holds.value, vec![held])),
            (Some(client), Some(decided)) => {
                let own = own.map(|(place, own)| number_row(place, name, own));
                Ok((decided, [Some(held), Some(client), own].into_iter().flatten().collect()))
            }
            (Some(client), None) => Err((Reason::Absent, client.text)),
        }
    }

    /// A number that the person set: of the two halves of the settings the larger, as which of them the phone follows is not known.
    fn own_number(&self, name: &str) -> Option<(Artefact, Number)> {
        // Both are read, or neither counts: the one that is missing may have the larger.
        let halves = [Artefact::UserSettings, Artefact::UserSettingsOfUser].into_iter();
        if halves.clone().any(|artefact| self.facts.plist(artefact).is_none()) {
            return None;
        }
        let numbers = halves
            .filter_map(|artefact| Some((artefact, restrictions::read(&self.facts.plist(artefact)?).number(name)?)));
        numbers.max_by(|one, other| one.1.value.total_cmp(&other.1.value))
    }

    /// Why what the phone's own programs restrict is not known.
    fn missing_clients(&self) -> (Reason, String) {
        let halves = [Artefact::ClientTruth, Artefact::ClientTruthOfUser];
        let lost = halves.into_iter().find(|half| self.facts.plist(*half).is_none());
        self.missing(lost.unwrap_or(Artefact::ClientTruth))
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

    /// Supervised, or enrolled in device management.
    fn managed(&self) -> Outcome {
        let management = self.given.management;
        let cloud = self.facts.plist(Artefact::CloudConfiguration);
        let supervised = cloud.as_ref().map(|file| key_row(Artefact::CloudConfiguration, file, "IsSupervised"));
        if management.supervised == Some(true) {
            return yes(true, supervised);
        }
        if let Some(mdm) = &management.mdm {
            let place = u32::from(self.facts.evidence.first(Artefact::Mdm).is_some());
            let host = mdm.server.as_deref().unwrap_or("MDM");
            return yes(true, [row(Artefact::Mdm, place, host)]);
        }
        // A no takes all three: not supervised, looked for an enrolment and found none, and no profile that could be one is unread.
        if management.supervised.is_none() {
            return Err(match cloud {
                Some(_) => (Reason::Absent, "IsSupervised".to_owned()),
                None => self.missing(Artefact::CloudConfiguration),
            });
        }
        if let reason @ (Reason::Refused | Reason::Truncated | Reason::Unreadable | Reason::NoPassword) =
            self.facts.why_missing(Artefact::Mdm)
        {
            return Err((reason, Artefact::Mdm.label().to_owned()));
        }
        self.all_profiles()?;
        yes(false, supervised.into_iter().chain([row(Artefact::Mdm, 0, Artefact::Mdm.label())]))
    }

    /// Whether every profile of the phone is known with what it brings.
    fn all_profiles(&self) -> Result<(), (Reason, String)> {
        match self.facts.plist(Artefact::PayloadManifest) {
            None => return Err(self.missing(Artefact::PayloadManifest)),
            Some(file) => {
                let listed = configuration::payload_manifest(&file);
                if !listed.is_whole || listed.not_understood > 0 {
                    let detail = format!("{}: HiddenProfiles, OrderedProfiles", Artefact::PayloadManifest.label());
                    return Err((Reason::Absent, detail));
                }
            }
        }
        match self.unread_stub() {
            Some(reason) => Err((reason, Artefact::ProfileStub.label().to_owned())),
            None => Ok(()),
        }
    }

    /// Profiles, certificates and VPN that nobody can vouch for. A hidden profile of a carrier is none; a hidden one that
    /// intercepts is.
    fn config_profiles(&self) -> Outcome {
        let payloads = &table().payloads;
        let has = |profile: &ConfigProfile, kinds: &[String]| kinds.iter().any(|kind| profile.payloads.contains(kind));
        let enrolling = self.given.management.mdm.as_ref().and_then(|mdm| mdm.profile.as_deref());
        // The profile that enrols comes with device management, though it cannot bring itself.
        let vouched = |profile: &ConfigProfile| {
            profile.by_mdm == Some(true)
                || enrolling == Some(profile.id.as_str())
                || profile.payloads.contains(&payloads.management)
        };
        let counted: Vec<&ConfigProfile> = self
            .given
            .profiles
            .iter()
            .filter(|profile| !profile.hidden || has(profile, &payloads.intercepting))
            .collect();
        let shown = |(number, profile): (u32, &&ConfigProfile)| {
            let kinds = profile.payloads.join(", ");
            row(Artefact::ProfileStub, number, &format!("{}: {kinds}", profile.id))
        };
        let strange: Vec<EvidenceRow> =
            (1..).zip(&counted).filter(|(_, profile)| !vouched(profile)).map(shown).collect();
        if !strange.is_empty() {
            return word("unknown", strange);
        }
        let trusted = match self.facts.evidence.first(Artefact::TrustStore) {
            Some(item) => match self.facts.or_gap(Artefact::TrustStore, trust_store::trusted(&item.bytes)) {
                Some(count) => count,
                None => return Err((Reason::Unreadable, Artefact::TrustStore.label().to_owned())),
            },
            // Without the store, which certificates are trusted beside Apple's is not known.
            None => return Err(self.missing(Artefact::TrustStore)),
        };
        let trust_row = row(Artefact::TrustStore, u32::from(trusted > 0), &format!("tsettings: {trusted}"));
        let explained = counted.iter().any(|profile| vouched(profile) && has(profile, &payloads.roots));
        if trusted > 0 && !explained {
            return word("unknown", vec![trust_row]);
        }
        self.all_profiles()?;
        let mut rows: Vec<EvidenceRow> = (1..).zip(&counted).map(shown).collect();
        if rows.is_empty() {
            rows = vec![row(Artefact::PayloadManifest, 0, "OrderedProfiles"), trust_row];
            return word("none", rows);
        }
        rows.push(trust_row);
        word("known", rows)
    }

    /// Why the contents of some profile are not known: its file is not there, could not be read, or does not say what it brings.
    fn unread_stub(&self) -> Option<Reason> {
        let missing = self.facts.evidence.missing.iter();
        let unread = missing.filter(|missing| missing.artefact == Artefact::ProfileStub).map(|missing| missing.reason);
        let damaged = self.facts.evidence.of(Artefact::ProfileStub).count() > self.stubs;
        unread.chain(damaged.then_some(Reason::Unreadable)).next()
    }

    /// Whether a list of apps that may not run has one that is listed, or a list of those that only may run is in force, by decision of
    /// the person or of an organization. The apps are not named.
    fn blocklist(&self) -> Outcome {
        let (artefact, effective) = self.effective()?;
        let mut rows = Vec::new();
        let mut in_force = false;
        for list in &table().list {
            let Some(listed) = effective.values(&list.name) else { continue };
            // A list of what may run is in force even when it is empty; one of what may not forbids nothing then.
            let is_of_allowed = listed.section == "intersection";
            let decides = match is_of_allowed {
                true => self.is_decided(&list.name, None)?,
                false => {
                    let matters = listed.values.iter().filter(|id| self.given.catalog.by_ios_id(id).is_some());
                    let decided =
                        matters.map(|id| self.is_decided(&list.name, Some(id))).collect::<Result<Vec<_>, _>>()?;
                    decided.into_iter().any(|decided| decided)
                }
            };
            in_force |= decides;
            if !listed.values.is_empty() || is_of_allowed {
                let text = format!("{}.{}: {}", listed.section, list.name, listed.values.len());
                rows.push((decides, row(artefact, listed.place, &text)));
            }
        }
        if in_force {
            return yes(true, rows.into_iter().filter(|(decides, _)| *decides).map(|(_, row)| row));
        }
        if !effective.has_unions {
            return Err((Reason::Absent, "union".to_owned()));
        }
        let mut shown: Vec<EvidenceRow> = rows.into_iter().map(|(_, row)| row).collect();
        if shown.is_empty() {
            let names: Vec<String> = table().list.iter().map(|list| list.name.clone()).collect();
            shown.push(row(artefact, 0, &names.join(", ")));
        }
        for (place, client) in self.clients.iter().flatten() {
            for list in &table().list {
                if let Some(listed) = client.rules.values(&list.name).filter(|listed| !listed.values.is_empty()) {
                    let text = format!("{}: {}.{}: {}", client.client, listed.section, list.name, listed.values.len());
                    shown.push(row(*place, client.place, &text));
                }
            }
        }
        yes(false, shown)
    }

    /// Whether somebody else than the phone's own programs put an app on a list, or made the list. What neither a profile nor a program
    /// explains is not known.
    fn is_decided(&self, list: &str, app: Option<&str>) -> Result<bool, (Reason, String)> {
        let has = |rules: &Restrictions| {
            rules.values(list).is_some_and(|listed| app.is_none_or(|app| listed.values.iter().any(|id| id == app)))
        };
        if self.by_profile.iter().any(|profile| has(&profile.rules)) {
            return Ok(true);
        }
        let Some(clients) = &self.clients else { return Err(self.missing_clients()) };
        let mut listing = clients.iter().filter(|(_, client)| has(&client.rules)).peekable();
        if listing.peek().is_none() {
            return Err((Reason::Absent, Artefact::ProfileTruth.label().to_owned()));
        }
        Ok(listing.any(|(_, client)| !client.is_of_apple()))
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

fn number_row(artefact: Artefact, name: &str, number: Number) -> EvidenceRow {
    row(artefact, number.place, &format!("restrictedValue.{name} = {}", number.value))
}

fn switch_row(artefact: Artefact, place: u32, name: &str, value: bool) -> EvidenceRow {
    row(artefact, place, &format!("restrictedBool.{name} = {value}"))
}

/// The value of a feature at which its check's answer is yes.
fn yes_at(name: &str) -> bool {
    table().feature.iter().find(|feature| feature.name == name).is_none_or(|feature| feature.yes)
}

/// The first version of iOS that has a feature.
fn since(name: &str) -> Option<Version> {
    table().feature.iter().find(|feature| feature.name == name).and_then(|feature| Version::read(&feature.since))
}

#[cfg(test)]
mod tests;
