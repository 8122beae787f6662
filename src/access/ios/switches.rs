//! Grants from the other per-app switches: notifications, background refresh, local network, keyboards, VPN, health.
//!
//! Each of the six gives every app either a grant or a gap, so that nothing unread ever looks like "not asked for". A source that is
//! missing is one gap for all apps ([`Switches::gaps`]); an entry that was not understood is a gap for its app.

use super::apps::AppList;
use super::facts::{Facts, row};
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::health::{self, Health};
use crate::parse::ios::keyboards::{self, Keyboard};
use crate::parse::ios::network::{self, Configuration, ConfigurationKind, Network};
use crate::parse::ios::notifications::{self, Section, Sections};
use crate::parse::ios::plist;
use crate::parse::ios::refresh::{self, Refresh};
use crate::parse::ios::restrictions::{self, Restrictions};
use crate::snapshot::{Because, EvidenceRow, Gap, Grant};
use crate::vocabulary::{BecauseCode, DecidedBy, Inert, Level, Permission, State};

/// The first version of iOS that asks before an app uses the local network.
const LOCAL_NETWORK_SINCE: (u32, u32) = (14, 0);

/// The per-app switches of one backup that stand outside TCC and locationd.
#[derive(Debug, Default)]
pub struct Switches {
    notifications: Option<(Artefact, Sections)>,
    refresh: Option<Refresh>,
    network: Option<Network>,
    keyboards: Option<Vec<Keyboard>>,
    /// The file of keyboards was read, and has no list of them.
    lacks_keyboards: bool,
    /// Background App Refresh is off for all apps, with the row that tells.
    refresh_off: Option<EvidenceRow>,
    health: Option<Health>,
    /// The log of the health database was in the backup and is lost, with rows that may have been any app's.
    health_log_is_lost: bool,
    /// When the backup was made, in seconds since 1970.
    taken: Option<i64>,
}

/// What the switches say of one app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppSwitches {
    /// What it may do.
    pub grants: Vec<Grant>,
    /// What is not known of this app alone; what is known of none stands in [`Switches::gaps`].
    pub gaps: Vec<Gap>,
}

/// The outcome for one permission of one app: a grant, a gap of this app, or nothing, as the gap for all apps says it.
enum Outcome {
    Grant(Grant),
    Gap(Gap),
    Nothing,
}

impl Switches {
    /// Parses the files; a damaged one and entries that were not understood become gaps of the facts.
    pub fn read(facts: &Facts<'_>) -> Switches {
        let bytes = |artefact: Artefact| facts.evidence.first(artefact).map(|item| item.bytes.as_slice());
        let notifications = [Artefact::Notifications, Artefact::NotificationsOld].into_iter().find_map(|artefact| {
            let sections = facts.or_gap(artefact, notifications::parse(bytes(artefact)?))?;
            counted(facts, artefact, sections.sections.len(), sections.entries);
            Some((artefact, sections))
        });
        let refresh = bytes(Artefact::BackgroundRefresh)
            .and_then(|bytes| facts.or_gap(Artefact::BackgroundRefresh, refresh::parse(bytes)));
        if let Some(refresh) = &refresh {
            counted(facts, Artefact::BackgroundRefresh, refresh.apps.len(), refresh.entries);
        }
        let network = bytes(Artefact::NetworkExtension)
            .and_then(|bytes| facts.or_gap(Artefact::NetworkExtension, network::parse(bytes)));
        if let Some(network) = &network {
            counted(facts, Artefact::NetworkExtension, network.rules.len(), network.rules_found);
        }
        // A damaged file is noted by whoever asks it for more.
        let listed = bytes(Artefact::GlobalPreferences).and_then(|bytes| keyboards::parse(bytes).ok());
        let lacks_keyboards = listed == Some(None);
        let keyboards = listed.flatten();
        let health = bytes(Artefact::Health).and_then(|database| {
            let health = health::parse(database.to_vec(), bytes(Artefact::HealthLog));
            facts.or_gap(Artefact::Health, health)
        });
        if let Some(health) = &health {
            facts.counted_gap(Artefact::Health, health.understood, health.rows, "authorization");
        }
        let health_log_is_lost = facts
            .evidence
            .missing
            .iter()
            .any(|missing| missing.artefact == Artefact::HealthLog && missing.reason == Reason::Truncated);
        Switches {
            notifications,
            refresh,
            network,
            keyboards,
            lacks_keyboards,
            refresh_off: refresh_off(facts),
            health,
            health_log_is_lost,
            taken: taken(facts),
        }
    }

    /// What one app may do. `keyboards_with_full_access`: clients of TCC's `KeyboardNetwork` that are allowed, with their rows.
    pub fn of(
        &self,
        facts: &Facts<'_>,
        app: &str,
        keyboards_with_full_access: &[(String, EvidenceRow)],
    ) -> AppSwitches {
        let mut found = AppSwitches::default();
        for outcome in [
            self.notifications_of(app),
            self.refresh_of(app),
            self.local_network_of(facts, app),
            self.keyboard_of(app, keyboards_with_full_access),
            self.vpn_of(app),
            self.health_of(app),
        ] {
            match outcome {
                Outcome::Grant(grant) => found.grants.push(grant),
                Outcome::Gap(gap) => found.gaps.push(gap),
                Outcome::Nothing => {}
            }
        }
        found
    }

    /// Whether an app is named in every snapshot: it holds a VPN, or its keyboard has full access.
    pub fn is_worth_naming(&self, app: &str, keyboards_with_full_access: &[(String, EvidenceRow)]) -> bool {
        [self.vpn_of(app), self.keyboard_of(app, keyboards_with_full_access)]
            .into_iter()
            .any(|outcome| matches!(outcome, Outcome::Grant(grant) if grant.level == Level::Always))
    }

    /// What is known of no app, because a source is missing: one gap for each permission.
    pub fn gaps(&self, facts: &Facts<'_>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut lacks = |permission: Permission, reason: Reason, detail: &str| {
            gaps.push(gap(permission, None, reason, detail));
        };
        let mut lacks_file = |permission: Permission, artefact: Artefact| {
            lacks(permission, facts.why_missing(artefact), artefact.label());
        };
        if self.notifications.is_none() {
            // Whichever of the two forms is there is the one that was not understood.
            let old = facts.evidence.first(Artefact::NotificationsOld).is_some();
            let artefact = if old { Artefact::NotificationsOld } else { Artefact::Notifications };
            lacks_file(Permission::Notifications, artefact);
        }
        if self.refresh.is_none() {
            lacks_file(Permission::BackgroundActivity, Artefact::BackgroundRefresh);
        }
        if self.network.is_none() {
            if facts.at_least(LOCAL_NETWORK_SINCE.0, LOCAL_NETWORK_SINCE.1) != Some(false) {
                lacks_file(Permission::LocalNetwork, Artefact::NetworkExtension);
            }
            lacks_file(Permission::Vpn, Artefact::NetworkExtension);
        }
        if self.keyboards.is_none() && !self.lacks_keyboards {
            lacks_file(Permission::Keyboard, Artefact::GlobalPreferences);
        }
        if self.health.is_none() {
            lacks_file(Permission::Health, Artefact::Health);
        }
        if self.lacks_keyboards {
            lacks(Permission::Keyboard, Reason::Absent, Artefact::GlobalPreferences.label());
        }
        gaps
    }

    /// Keyboards of apps that are switched on, one row each; `None` when the list of keyboards is not known.
    pub fn third_party_keyboards(&self) -> Option<Vec<EvidenceRow>> {
        Some(self.keyboards.as_ref()?.iter().map(keyboard_row).collect())
    }

    /// Whether a configuration protects DNS, with its rows; `None` when it is not known.
    pub fn protected_dns(&self) -> Option<(bool, Vec<EvidenceRow>)> {
        let network = self.network.as_ref()?;
        let rows: Vec<EvidenceRow> = network
            .configurations
            .iter()
            .filter(|found| found.kind == ConfigurationKind::Dns && found.enabled != Some(false))
            .map(configuration_row)
            .collect();
        if !rows.is_empty() {
            return Some((true, rows));
        }
        // A configuration that is not understood may be one of DNS.
        let all_known =
            is_whole(network) && network.configurations.iter().all(|found| found.kind != ConfigurationKind::Unknown);
        let text = format!("{} NEConfiguration", network.configurations_found);
        all_known.then(|| (false, vec![row(Artefact::NetworkExtension, 0, &text)]))
    }

    /// Whether apps show their contents on the lock screen although the phone as a whole hides them; `None` when that was not read. Apps
    /// that are no longer installed, and those that may send nothing, do not count.
    pub fn previews(&self, apps: &AppList) -> Option<Previews> {
        let (artefact, sections) = self.notifications.as_ref()?;
        let mut previews = Previews { is_unclear: !sections.unread.is_empty(), ..Previews::default() };
        let is_there = |id: &str| apps.gap.is_some() || apps.is_installed(id) || id.starts_with("com.apple.");
        let may_send = |section: &&Section| {
            !matches!(section.status, Some(0 | 1)) || self.is_within_expiry(section) != Some(false)
        };
        for section in sections.sections.iter().filter(|section| is_there(&section.bundle)).filter(may_send) {
            match section.preview {
                None | Some(0 | 2 | 3) => {}
                // What the other values of `lockScreenSetting` mean nobody has said.
                Some(1) if matches!(section.lock_screen, None | Some(2)) => {
                    let text = format!("{}: contentPreviewSetting = 1", section.bundle);
                    previews.shown.push((section.bundle.clone(), row(*artefact, section.number, &text)));
                }
                Some(_) => previews.is_unclear = true,
            }
        }
        Some(previews)
    }

    /// The switch for mobile data of an app, as the phone wrote it: shown, and judged by nobody.
    pub fn mobile_data(&self, app: &str) -> Option<EvidenceRow> {
        let rule = self.network.as_ref()?.cellular.iter().find(|rule| rule.app == app)?;
        let text = format!("CellularBehavior {app} = {}", rule.behavior);
        Some(row(Artefact::NetworkExtension, rule.number, &text))
    }

    fn notifications_of(&self, app: &str) -> Outcome {
        let permission = Permission::Notifications;
        let Some((artefact, sections)) = &self.notifications else { return Outcome::Nothing };
        if sections.unread.contains(app) {
            return unread(permission, app, *artefact);
        }
        let Ok(place) = sections.sections.binary_search_by(|section| section.bundle.as_str().cmp(app)) else {
            return never(permission, BecauseCode::NoRow, absence(*artefact, app));
        };
        let Some(section) = sections.sections.get(place) else { return unread(permission, app, *artefact) };
        let (level, state, decided_by, code) = match (section.status, self.is_within_expiry(section)) {
            (Some(2), _) => (Level::Always, State::GrantedByPerson, DecidedBy::User, BecauseCode::GrantedByPerson),
            // Allowed for a while, and no source says by whom: an App Clip, or a grant with an end.
            (Some(4), _) | (_, Some(true)) => {
                (Level::Always, State::NotObserved, DecidedBy::Unknown, BecauseCode::Granted)
            }
            (_, None) => return unread(permission, app, *artefact),
            (Some(0), _) => (Level::None, State::NeverAsked, DecidedBy::Default, BecauseCode::NeverAsked),
            (Some(1), _) => (Level::Denied, State::RefusedByPerson, DecidedBy::User, BecauseCode::RefusedByPerson),
            (Some(3), _) => (Level::Limited, State::GrantedBySystem, DecidedBy::Default, BecauseCode::DeliveredQuietly),
            _ => return unread(permission, app, *artefact),
        };
        // What device management sets, the person did not decide.
        let (state, decided_by, code) = match (section.managed, level) {
            (false, _) => (state, decided_by, code),
            (true, Level::Denied) => (State::RefusedByPolicy, DecidedBy::Policy, BecauseCode::RefusedByPolicy),
            (true, Level::Always) => (State::GrantedByPolicy, DecidedBy::Policy, BecauseCode::GrantedByPolicy),
            (true, _) => (state, DecidedBy::Policy, code),
        };
        grant(permission, level, state, decided_by, code, vec![section_row(*artefact, section)])
    }

    /// Whether a grant with an end still holds on the day of the backup: no end, an end to come, or (`None`) a day that is not known.
    fn is_within_expiry(&self, section: &Section) -> Option<bool> {
        match (section.expires, self.taken) {
            (None, _) => Some(false),
            (Some(end), Some(taken)) => Some(end > taken),
            (Some(_), None) => None,
        }
    }

    fn refresh_of(&self, app: &str) -> Outcome {
        let Some(refresh) = &self.refresh else { return Outcome::Nothing };
        let outcome = self.refresh_row(refresh, app);
        // The switch for all apps leaves each app's own in its place, as that of location does.
        match (outcome, &self.refresh_off) {
            (Outcome::Grant(mut grant), Some(off)) if grant.level > Level::None => {
                grant.inert = Some(Inert::MainSwitchOff);
                grant.evidence.push(off.clone());
                Outcome::Grant(grant)
            }
            (outcome, _) => outcome,
        }
    }

    /// Background App Refresh by the app's own entry.
    fn refresh_row(&self, refresh: &Refresh, app: &str) -> Outcome {
        let permission = Permission::BackgroundActivity;
        if refresh.unread.contains(app) {
            return unread(permission, app, Artefact::BackgroundRefresh);
        }
        let switch = |number: u32, value: bool| {
            vec![row(Artefact::BackgroundRefresh, number, &format!("KeepAppsUpToDateAppList {app} = {value}"))]
        };
        match refresh.apps.get(app) {
            Some((number, false)) => {
                let rows = switch(*number, false);
                grant(
                    permission,
                    Level::Denied,
                    State::RefusedByPerson,
                    DecidedBy::User,
                    BecauseCode::SwitchedOff,
                    rows,
                )
            }
            // An entry that says yes may be the system's own doing as well.
            Some((number, true)) => {
                let rows = switch(*number, true);
                grant(permission, Level::Always, State::NotObserved, DecidedBy::Unknown, BecauseCode::SwitchedOn, rows)
            }
            None => grant(
                permission,
                Level::Always,
                State::GrantedBySystem,
                DecidedBy::Default,
                BecauseCode::OnByDefault,
                vec![absence(Artefact::BackgroundRefresh, app)],
            ),
        }
    }

    fn local_network_of(&self, facts: &Facts<'_>, app: &str) -> Outcome {
        let permission = Permission::LocalNetwork;
        let asks = facts.at_least(LOCAL_NETWORK_SINCE.0, LOCAL_NETWORK_SINCE.1);
        if asks == Some(false) {
            return grant(
                permission,
                Level::Always,
                State::GrantedBySystem,
                DecidedBy::Default,
                BecauseCode::NoPermissionNeeded,
                Vec::new(),
            );
        }
        let Some(network) = &self.network else { return Outcome::Nothing };
        let rules: Vec<_> = network.rules.iter().filter(|rule| rule.app == app).collect();
        let rows: Vec<EvidenceRow> = rules
            .iter()
            .map(|rule| {
                let text =
                    format!("Rules {app} DenyMulticast = {}, MulticastPreferenceSet = {}", rule.deny, rule.answered);
                row(Artefact::NetworkExtension, rule.number, &text)
            })
            .collect();
        // Of several rules the widest counts: which of them the phone follows is not established.
        match rules.iter().filter_map(|rule| rule.allowed()).max() {
            Some(true) => {
                let by = BecauseCode::GrantedByPerson;
                grant(permission, Level::Always, State::GrantedByPerson, DecidedBy::User, by, rows)
            }
            _ if network.unread.contains(app) || network.has_nameless_rules() || network.lacks_rules => {
                unread(permission, app, Artefact::NetworkExtension)
            }
            Some(false) => {
                let by = BecauseCode::RefusedByPerson;
                grant(permission, Level::Denied, State::RefusedByPerson, DecidedBy::User, by, rows)
            }
            // A version that is not known may be one that asks nobody.
            None if asks.is_none() => {
                let reason = facts.why_missing(Artefact::Manifest);
                Outcome::Gap(gap(permission, Some(app), reason, Artefact::Manifest.label()))
            }
            // No list, no word on who was asked.
            None if !network.has_rules => {
                Outcome::Gap(gap(permission, Some(app), Reason::Absent, Artefact::NetworkExtension.label()))
            }
            None if rows.is_empty() => never(permission, BecauseCode::NoRow, absence(Artefact::NetworkExtension, app)),
            None => grant(permission, Level::None, State::NeverAsked, DecidedBy::Default, BecauseCode::NoRow, rows),
        }
    }

    fn keyboard_of(&self, app: &str, keyboards_with_full_access: &[(String, EvidenceRow)]) -> Outcome {
        let permission = Permission::Keyboard;
        let full = |extension: &str| {
            keyboards_with_full_access.iter().find(|(client, _)| client == extension || client == app)
        };
        let on = |level: Level, code: BecauseCode, rows: Vec<EvidenceRow>| {
            grant(permission, level, State::GrantedByPerson, DecidedBy::User, code, rows)
        };
        let Some(keyboards) = &self.keyboards else {
            // Which keyboards are on is not known; that one may send what is typed is.
            let known = keyboards_with_full_access.iter().find(|(client, _)| client == app || is_part_of(client, app));
            return match known {
                Some((_, row)) => on(Level::Always, BecauseCode::KeyboardFullAccess, vec![row.clone()]),
                None => Outcome::Nothing,
            };
        };
        let mut own = keyboards.iter().filter(|keyboard| is_part_of(&keyboard.extension, app)).peekable();
        if own.peek().is_none() {
            return never(permission, BecauseCode::ServiceNotEnabled, absence(Artefact::GlobalPreferences, app));
        }
        let mut rows = Vec::new();
        let mut has_full_access = false;
        for keyboard in own {
            rows.push(keyboard_row(keyboard));
            if let Some((_, row)) = full(&keyboard.extension) {
                has_full_access = true;
                rows.push(row.clone());
            }
        }
        if has_full_access {
            on(Level::Always, BecauseCode::KeyboardFullAccess, rows)
        } else {
            on(Level::Limited, BecauseCode::KeyboardInstalled, rows)
        }
    }

    fn vpn_of(&self, app: &str) -> Outcome {
        let permission = Permission::Vpn;
        let Some(network) = &self.network else { return Outcome::Nothing };
        let vpns = || network.configurations.iter().filter(|found| found.kind == ConfigurationKind::Vpn);
        let own: Vec<EvidenceRow> = vpns()
            .filter(|found| found.application.as_deref().is_some_and(|id| id == app || is_part_of(id, app)))
            .map(configuration_row)
            .collect();
        if !own.is_empty() {
            let code = BecauseCode::VpnConfigured;
            return grant(permission, Level::Always, State::GrantedByPerson, DecidedBy::Unknown, code, own);
        }
        // A VPN that names no app, or a configuration that is not understood, may be this app's.
        let is_open = |found: &Configuration| {
            matches!(found.kind, ConfigurationKind::Vpn | ConfigurationKind::Unknown) && found.application.is_none()
        };
        if !is_whole(network) || network.configurations.iter().any(is_open) {
            return unread(permission, app, Artefact::NetworkExtension);
        }
        never(permission, BecauseCode::ServiceNotEnabled, absence(Artefact::NetworkExtension, app))
    }

    fn health_of(&self, app: &str) -> Outcome {
        let permission = Permission::Health;
        let Some(health) = &self.health else { return Outcome::Nothing };
        match health.asked.get(app) {
            // The detail is the word of a sentence, which reports put in the reader's language.
            Some(rows) => {
                let mut gap = gap(permission, Some(app), Reason::Unreadable, BecauseCode::HealthAsked.word());
                (gap.read, gap.of) = (Some(0), Some(*rows));
                Outcome::Gap(gap)
            }
            None if health.understood < health.rows => unread(permission, app, Artefact::Health),
            None if self.health_log_is_lost => unread(permission, app, Artefact::HealthLog),
            None => never(permission, BecauseCode::NoRow, absence(Artefact::Health, app)),
        }
    }
}

/// When the backup was made, by the phone.
fn taken(facts: &Facts<'_>) -> Option<i64> {
    [Artefact::Manifest, Artefact::Status].into_iter().find_map(|artefact| {
        // A damaged file is noted by whoever asks it for more.
        plist::read(&facts.evidence.first(artefact)?.bytes).ok()?.get("Date")?.date()
    })
}

fn counted(facts: &Facts<'_>, artefact: Artefact, read: usize, of: u64) {
    facts.counted_gap(artefact, u64::try_from(read).unwrap_or(u64::MAX), of, "");
}

/// Whether every configuration of the file was looked at. A file with none has lost them: every phone has those of Settings.
fn is_whole(network: &Network) -> bool {
    (1..=network::MOST as u64).contains(&network.configurations_found)
}

/// Background App Refresh switched off for all apps: the feature `allowAutomaticAppUpdates` (dasd asks for it before it looks at an app's
/// own entry).
fn refresh_off(facts: &Facts<'_>) -> Option<EvidenceRow> {
    const FEATURE: &str = "allowAutomaticAppUpdates";
    let (artefact, restrictions) = effective(facts)?;
    let switch = restrictions.switch(FEATURE)?;
    let text = format!("restrictedBool.{FEATURE} = {}", switch.value);
    (!switch.value).then(|| row(artefact, switch.place, &text))
}

/// The settings that are in force, and the file that has them: that of an older iOS counts only where there is no other.
pub(super) fn effective(facts: &Facts<'_>) -> Option<(Artefact, Restrictions)> {
    [Artefact::EffectiveSettings, Artefact::EffectiveSettingsOld]
        .into_iter()
        .find_map(|artefact| Some((artefact, restrictions_of(facts, artefact)?)))
}

/// The restrictions of a file that has them; what of it is not understood is a gap.
pub(super) fn restrictions_of(facts: &Facts<'_>, artefact: Artefact) -> Option<Restrictions> {
    let found = restrictions::read(&facts.plist(artefact)?);
    facts.counted_gap(artefact, found.entries - found.not_understood, found.entries, "");
    Some(found)
}

/// What apps may show on the lock screen, beside the phone's own setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Previews {
    /// Apps whose contents always show: bundle id and row.
    pub shown: Vec<(String, EvidenceRow)>,
    /// An app's setting is not understood: it may show.
    pub is_unclear: bool,
}

/// Whether an id is that of an app's extension.
fn is_part_of(extension: &str, app: &str) -> bool {
    extension.strip_prefix(app).is_some_and(|rest| rest.starts_with('.'))
}

fn section_row(artefact: Artefact, section: &Section) -> EvidenceRow {
    let mut text = format!("{} authorizationStatus = ", section.bundle);
    text.push_str(&section.status.map_or_else(|| "–".to_owned(), |status| status.to_string()));
    if let Some(moment) = section.expires.and_then(super::facts::moment) {
        text.push_str(&format!(", authorizationExpirationDate = {moment}"));
    }
    if section.managed {
        text.push_str(", managedSectionInfoSettings");
    }
    row(artefact, section.number, &text)
}

fn keyboard_row(keyboard: &Keyboard) -> EvidenceRow {
    row(Artefact::GlobalPreferences, keyboard.number, &format!("AppleKeyboards {}", keyboard.extension))
}

fn configuration_row(found: &Configuration) -> EvidenceRow {
    let kind = match found.kind {
        ConfigurationKind::Vpn => "VPN",
        ConfigurationKind::Dns => "DNS",
        ConfigurationKind::Filter => "ContentFilter",
        ConfigurationKind::Other | ConfigurationKind::Unknown => "",
    };
    let text = format!("NEConfiguration {kind} {}", found.application.as_deref().unwrap_or(""));
    row(Artefact::NetworkExtension, found.number, text.trim_end())
}

/// The row that stands for the absence of one.
fn absence(artefact: Artefact, app: &str) -> EvidenceRow {
    row(artefact, 0, app)
}

/// Nothing now: nobody has asked for it or switched it on.
fn never(permission: Permission, code: BecauseCode, absent: EvidenceRow) -> Outcome {
    grant(permission, Level::None, State::NeverAsked, DecidedBy::Default, code, vec![absent])
}

fn grant(
    permission: Permission,
    level: Level,
    state: State,
    decided_by: DecidedBy,
    code: BecauseCode,
    evidence: Vec<EvidenceRow>,
) -> Outcome {
    Outcome::Grant(Grant {
        permission,
        level,
        inert: None,
        state,
        decided_by,
        last_used: None,
        changed_at: None,
        because: Because::new(code),
        evidence: evidence.into(),
    })
}

/// An entry of this app that was not understood.
fn unread(permission: Permission, app: &str, artefact: Artefact) -> Outcome {
    Outcome::Gap(gap(permission, Some(app), Reason::Unreadable, artefact.label()))
}

fn gap(permission: Permission, app: Option<&str>, reason: Reason, detail: &str) -> Gap {
    Gap::new(permission.word(), reason, detail).about(None, app.map(|app| crate::text::clean::sanitize(app, 255)))
}

#[cfg(test)]
mod tests;
