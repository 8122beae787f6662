//! Grants from TCC.db and locationd's clients.plist.
//!
//! What the numbers mean stands in `docs/formats/ios-tcc.md` and `docs/formats/ios-location.md`. Three rules hold everything
//! together: no row is no refusal; a value that nobody has explained is a gap of that app and permission; and where a file could not
//! be read whole, what is not in it is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, moment, row};
use super::services;
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::location::{self, Client, Clients, Precision};
use crate::parse::ios::plist;
use crate::parse::ios::tcc::{self, AccessRow, AccessValue, ManagedRow, Tcc, UnreadableRow};
use crate::snapshot::{Because, EvidenceRow, Gap, Grant, LastUse, OtherClients};
use crate::text::clean::sanitize;
use crate::vocabulary::permissions::describe;
use crate::vocabulary::{BecauseCode, DecidedBy, Inert, Level, Permission, State, Usage};

/// The permissions that TCC.db decides.
pub const IN_TCC: [Permission; 16] = [
    Permission::Camera,
    Permission::Microphone,
    Permission::Contacts,
    Permission::Calendar,
    Permission::Reminders,
    Permission::Photos,
    Permission::PhotosAdd,
    Permission::AudioFiles,
    Permission::NearbyDevices,
    Permission::Motion,
    Permission::Tracking,
    Permission::Speech,
    Permission::Home,
    Permission::Siri,
    Permission::Clipboard,
    Permission::FaceId,
];

/// The permissions that locationd decides.
pub const IN_LOCATION: [Permission; 3] =
    [Permission::Location, Permission::LocationPrecise, Permission::LocationBackground];

const TRACKING: &str = "kTCCServiceUserTracking";
const CONTACTS: &str = "kTCCServiceAddressBook";
/// Services that newer versions name beside [`CONTACTS`]; how they share the answer is not known.
const CONTACTS_NEWER: [&str; 2] = ["kTCCServiceContactsFull", "kTCCServiceContactsLimited"];
const PHOTOS: &str = "kTCCServicePhotos";
const PHOTOS_ADD: &str = "kTCCServicePhotosAdd";
const BLUETOOTH: &str = "kTCCServiceBluetoothAlways";
const BLUETOOTH_OLDER: [&str; 2] = ["kTCCServiceBluetoothPeripheral", "kTCCServiceBluetoothWhileInUse"];
const NEARBY: &str = "kTCCServiceNearbyInteraction";
const KEYBOARD: &str = "kTCCServiceKeyboardNetwork";
const WEB_TRACKING: &str = "kTCCServiceWebKitIntelligentTrackingPrevention";
const SAFARI: &str = "com.apple.mobilesafari";

/// How many rows one grant cites. A phone has one or two; a hostile file may have a hundred thousand.
const MOST_ROWS: usize = 10;

/// Before this moment there was no iPhone with apps (2008-07-01): a time of use before it is that of a wrong clock.
const FIRST_APPS: i64 = 1_214_870_400;

/// What TCC.db and clients.plist say.
#[derive(Debug)]
pub struct Access {
    tcc: Option<Tcc>,
    /// Why rows may be missing from what was read of TCC.db.
    incomplete: Option<Reason>,
    clients: Option<Clients>,
    master: Option<bool>,
    master_rows: Vec<EvidenceRow>,
    /// Rows of `access` by client, paths left out.
    rows_of: BTreeMap<String, Vec<usize>>,
    /// Rows of `managed_overrides` by client, paths left out.
    managed_of: BTreeMap<String, Vec<usize>>,
    /// Rows of which the value is lost, by client.
    unreadable_of: BTreeMap<String, Vec<usize>>,
    /// Entries of clients.plist by bundle id.
    entries_of: BTreeMap<String, Vec<usize>>,
    /// The second in which an update of iOS wrote the time of change into most rows of an older database.
    upgraded_at: Option<i64>,
    /// The phone is enrolled in device management.
    has_mdm: bool,
    /// The phone has the switch against tracking between websites (iOS 14 and later).
    has_web_protection: bool,
}

/// What one app may touch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppAccess {
    /// One for each permission that could be judged, in the order of the vocabulary.
    pub grants: Vec<Grant>,
    /// One for each of the others, under the permission's word.
    pub gaps: Vec<Gap>,
}

/// A judgement of one permission of one app.
#[derive(Clone, Debug)]
enum Outcome {
    Known(Decision),
    Unknown { reason: Reason, detail: String },
}

#[derive(Clone, Debug)]
struct Decision {
    level: Level,
    state: State,
    decided_by: DecidedBy,
    because: Because,
    /// In seconds since 1970.
    changed_at: Option<i64>,
    /// The answer lets the app add to the photo library.
    may_add: bool,
    evidence: Vec<EvidenceRow>,
}

impl Decision {
    fn new(level: Level, state: State, decided_by: DecidedBy, code: BecauseCode) -> Decision {
        Decision {
            level,
            state,
            decided_by,
            because: Because::new(code),
            changed_at: None,
            may_add: false,
            evidence: Vec::new(),
        }
    }
}

impl Access {
    /// Reads both files. What is not understood of them becomes gaps of the facts, under the name of the file.
    pub fn read(facts: &Facts<'_>) -> Access {
        let tcc = read_tcc(facts);
        let clients = read_clients(facts);
        let (master, master_rows) = read_master(facts);
        let index = |rows: &mut dyn Iterator<Item = (usize, &String)>| {
            let mut by_client: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (place, client) in rows {
                by_client.entry(client.clone()).or_default().push(place);
            }
            by_client
        };
        let rows = tcc.iter().flat_map(|tcc| tcc.rows.iter().enumerate());
        let managed = tcc.iter().flat_map(|tcc| tcc.managed.iter().enumerate());
        let unreadable = tcc.iter().flat_map(|tcc| tcc.unreadable.iter().enumerate());
        let entries = clients.iter().flat_map(|clients| clients.clients.iter().enumerate());
        let rows_of = index(&mut rows.filter(|(_, row)| !row.is_path).map(|(place, row)| (place, &row.client)));
        let managed_of = index(&mut managed.filter(|(_, row)| !row.is_path).map(|(place, row)| (place, &row.client)));
        let unreadable_of = index(&mut unreadable.map(|(place, row)| (place, &row.client)));
        let entries_of = index(&mut entries.filter_map(|(place, client)| Some((place, client.bundle.as_ref()?))));
        // The log may have been in the backup and out of reach: then rows are missing just the same.
        let lost_log = facts
            .evidence
            .missing
            .iter()
            .find(|missing| missing.artefact == Artefact::TccLog && missing.reason != Reason::Absent)
            .map(|missing| missing.reason);
        let cut = tcc.as_ref().filter(|tcc| tcc.is_incomplete()).map(|_| Reason::Truncated);
        Access {
            incomplete: cut.or(lost_log),
            upgraded_at: tcc.as_ref().and_then(upgraded_at),
            tcc,
            clients,
            master,
            master_rows,
            rows_of,
            managed_of,
            unreadable_of,
            entries_of,
            has_mdm: facts.evidence.first(Artefact::Mdm).is_some_and(|item| {
                plist::read(&item.bytes).is_ok_and(|value| value.dict().is_some_and(|members| !members.is_empty()))
            }),
            has_web_protection: facts.at_least(14, 0) == Some(true),
        }
    }

    /// What one app may touch: for each permission of these files a grant or a gap, except those that are covered by
    /// [`Access::gaps`]. `taken_at` is the time of the backup, in seconds since 1970.
    pub fn of(&self, facts: &Facts<'_>, app: &str, taken_at: Option<i64>) -> AppAccess {
        let mut found = AppAccess::default();
        for permission in Permission::ALL {
            let outcome = if IN_TCC.contains(permission) {
                self.tcc_outcome(facts, app, *permission)
            } else if IN_LOCATION.contains(permission) {
                self.location_outcome(app, *permission)
            } else {
                None
            };
            match outcome {
                None => {}
                Some(Outcome::Known(decision)) if describe(*permission).levels.contains(&decision.level) => {
                    found.grants.push(self.grant(app, *permission, decision, taken_at));
                }
                Some(Outcome::Known(decision)) => {
                    let detail = decision.evidence.first().map_or("", |row| row.text.as_str());
                    found.gaps.push(app_gap(app, *permission, Reason::Unreadable, detail));
                }
                Some(Outcome::Unknown { reason, detail }) => {
                    found.gaps.push(app_gap(app, *permission, reason, &detail));
                }
            }
        }
        found
    }

    /// Permissions that nothing can be said about for any app, because the file that decides was not read.
    pub fn gaps(&self, facts: &Facts<'_>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut push = |permission: Permission, artefact: Artefact| {
            gaps.push(Gap {
                area: permission.word().to_owned(),
                user: None,
                app: None,
                reason: facts.why_missing(artefact).word().to_owned(),
                read: None,
                of: None,
                detail: artefact.label().to_owned(),
            });
        };
        if self.tcc.is_none() {
            for permission in IN_TCC {
                if !(permission == Permission::Clipboard && is_open(facts, permission) == Some(true)) {
                    push(permission, Artefact::Tcc);
                }
            }
        }
        if self.clients.is_none() {
            for permission in IN_LOCATION {
                push(permission, Artefact::LocationClients);
            }
        }
        gaps
    }

    /// The main switch of location services, where the backup tells.
    pub fn location_on(&self) -> Option<bool> {
        self.master
    }

    /// The rows that [`Access::location_on`] rests on.
    pub fn location_rows(&self) -> Vec<EvidenceRow> {
        self.master_rows.clone()
    }

    /// Apps that the person hid, with the entry that tells: `Hidden` on the app's own entry. `None` when clients.plist was not read; an
    /// app that never asked for the position has no entry, so that an empty list proves nothing.
    pub fn hidden_apps(&self) -> Option<Vec<(String, EvidenceRow)>> {
        let clients = self.clients.as_ref()?;
        let is_hidden = |client: &&Client| client.hidden && !client.system;
        let hidden = clients.clients.iter().filter(is_hidden).filter_map(|client| {
            let bundle = client.bundle.as_ref().filter(|bundle| !bundle.starts_with("com.apple."))?;
            Some((bundle.clone(), evidence_of_client(client)))
        });
        Some(hidden.collect())
    }

    /// Whether each file that may speak of a removed app was read to its end.
    pub fn tells_of_removed(&self) -> Result<(), (Reason, Artefact)> {
        match (&self.tcc, self.incomplete, &self.clients) {
            (None, ..) => Err((Reason::Absent, Artefact::Tcc)),
            (_, Some(reason), _) => Err((reason, Artefact::Tcc)),
            (.., None) => Err((Reason::Absent, Artefact::LocationClients)),
            (.., Some(clients)) if clients.not_understood > 0 => Err((Reason::Unreadable, Artefact::LocationClients)),
            _ => Ok(()),
        }
    }

    /// Bundle ids with any row in either file, installed or not.
    pub fn clients(&self) -> BTreeSet<String> {
        let parts =
            self.clients.iter().flat_map(|clients| &clients.clients).filter_map(|client| client.part_of.as_ref());
        let rows = self.rows_of.keys().chain(self.managed_of.keys()).chain(self.unreadable_of.keys());
        let all = rows.chain(self.entries_of.keys()).chain(parts);
        all.filter(|client| !client.starts_with('/')).cloned().collect()
    }

    /// Some rows of a client, to show that it has any.
    pub fn evidence(&self, client: &str) -> Vec<EvidenceRow> {
        const SHOWN: usize = 3;
        let rows = self.tcc.iter().flat_map(|tcc| {
            let places = self.rows_of.get(client).into_iter().flatten();
            places.filter_map(|place| tcc.rows.get(*place)).map(|found| evidence_of(found, tcc.has_auth_value))
        });
        let entries = self.clients.iter().flat_map(|clients| self.entries(clients, client)).map(evidence_of_client);
        rows.chain(entries).take(SHOWN).collect()
    }

    /// Counts the clients of both files that are no installed app, each once: parts of the system, extensions of installed apps, and
    /// what is left of removed ones.
    /// Without a list of apps nobody knows which of them are removed, and only the system's are counted.
    pub fn other_clients(&self, installed: &BTreeSet<String>, is_listed: bool) -> OtherClients {
        // Each client with whether the file marks it as a part of the system.
        let mut others: BTreeMap<&str, bool> = BTreeMap::new();
        if let Some(tcc) = &self.tcc {
            let rows = tcc.rows.iter().map(|row| (row.client.as_str(), row.is_path));
            let managed = tcc.managed.iter().map(|row| (row.client.as_str(), row.is_path));
            let unreadable = tcc.unreadable.iter().map(|row| (row.client.as_str(), false));
            for (client, is_path) in rows.chain(managed).chain(unreadable) {
                *others.entry(client).or_default() |= is_path;
            }
        }
        let mut parts: BTreeMap<&str, (Option<&str>, bool)> = BTreeMap::new();
        for client in self.clients.iter().flat_map(|clients| &clients.clients) {
            match (&client.bundle, &client.part_of) {
                (Some(bundle), _) => *others.entry(bundle).or_default() |= client.system,
                (None, part_of) => {
                    parts.insert(&client.key, (part_of.as_deref(), client.system));
                }
            }
        }
        let mut counted = OtherClients::default();
        for (client, is_system) in others {
            if installed.contains(client) {
                continue;
            }
            if extends_one_of(client, installed) {
                counted.extensions += 1;
            } else if is_system || client.starts_with('/') || client.starts_with("com.apple.") {
                counted.system += 1;
            } else {
                counted.removed += 1;
            }
        }
        if !is_listed {
            (counted.removed, counted.extensions) = (0, 0);
        }
        for (part_of, is_system) in parts.into_values() {
            match part_of {
                Some(owner) if !is_listed && !owner.starts_with("com.apple.") => {}
                Some(owner) if installed.contains(owner) => counted.extensions += 1,
                Some(owner) if !is_system && !owner.starts_with("com.apple.") => counted.removed += 1,
                _ => counted.system += 1,
            }
        }
        counted
    }

    /// Whether "Allow Apps to Request to Track" is off: no app may track, whatever its own row says.
    pub fn tracking_override(&self) -> bool {
        self.is_overridden(TRACKING)
    }

    /// Whether Safari's protection against tracking between websites is on, with the row that tells. The service is the protection
    /// itself: a refusal switches it off, and no row leaves it on. `None` before iOS 14 and where TCC.db does not tell.
    pub fn web_tracking_prevention(&self) -> Option<(bool, EvidenceRow)> {
        let tcc = self.tcc.as_ref()?;
        if let Some(evidence) = self.override_row(WEB_TRACKING) {
            return Some((false, evidence));
        }
        if self.unreadable_row(SAFARI, WEB_TRACKING).is_some() {
            return None;
        }
        match self.rows_for(SAFARI, WEB_TRACKING).last() {
            Some(found) => match found.value {
                AccessValue::Denied => Some((false, evidence_of(found, tcc.has_auth_value))),
                AccessValue::Other(_) => None,
                _ => Some((true, evidence_of(found, tcc.has_auth_value))),
            },
            None if self.incomplete.is_some() || !self.has_web_protection => None,
            None => Some((true, absence(WEB_TRACKING, SAFARI))),
        }
    }

    /// Whether a keyboard that is not among [`Access::keyboards_with_full_access`] has none: `TCC.db` was read to its end.
    pub fn tells_of_keyboards(&self) -> Result<(), Reason> {
        match (&self.tcc, self.incomplete) {
            (None, _) => Err(Reason::Absent),
            (Some(_), Some(reason)) => Err(reason),
            (Some(_), None) => Ok(()),
        }
    }

    /// The keyboards with full access: id of the extension, and the row that tells.
    pub fn keyboards_with_full_access(&self) -> Vec<(String, EvidenceRow)> {
        let Some(tcc) = &self.tcc else { return Vec::new() };
        if self.is_overridden(KEYBOARD) {
            return Vec::new();
        }
        let rows = tcc.rows.iter().filter(|row| row.service == KEYBOARD && row.value == AccessValue::Allowed);
        let mut found: Vec<_> = rows
            .filter(|row| self.managed_row(&row.client, KEYBOARD).is_none_or(|forced| forced.number == row.number))
            .map(|row| (row.client.clone(), evidence_of(row, tcc.has_auth_value)))
            .collect();
        found.sort();
        found
    }

    // ---- TCC.db ----

    /// `None` when TCC.db was not read: the gap is that of all apps.
    fn tcc_outcome(&self, facts: &Facts<'_>, app: &str, permission: Permission) -> Option<Outcome> {
        if permission == Permission::Clipboard && is_open(facts, permission) == Some(true) {
            return Some(Outcome::Known(no_permission_needed()));
        }
        let tcc = self.tcc.as_ref()?;
        Some(match permission {
            Permission::Photos => self.photos(facts, tcc, app),
            Permission::PhotosAdd => self.photos_add(facts, tcc, app),
            Permission::NearbyDevices => self.nearby(facts, tcc, app),
            Permission::Contacts => self.contacts(facts, tcc, app),
            _ => {
                let service = services::main_service(permission)?;
                self.answer(facts, tcc, app, &service, permission)
                    .unwrap_or_else(|| self.no_row(facts, app, &service, permission))
            }
        })
    }

    /// Contacts: an allowing row of a newer service leaves open whether more is allowed than the older one says.
    fn contacts(&self, facts: &Facts<'_>, tcc: &Tcc, app: &str) -> Outcome {
        let answer = self.answer(facts, tcc, app, CONTACTS, Permission::Contacts);
        let outcome = answer.unwrap_or_else(|| self.no_row(facts, app, CONTACTS, Permission::Contacts));
        if matches!(&outcome, Outcome::Known(decision) if decision.level == Level::Always) {
            return outcome;
        }
        let is_open = |row: &&AccessRow| !matches!(row.value, AccessValue::Denied | AccessValue::Unknown);
        let newer = CONTACTS_NEWER.iter().find_map(|service| self.rows_for(app, service).find(is_open));
        match newer {
            Some(row) => {
                Outcome::Unknown { reason: Reason::NotKnown, detail: evidence_of(row, tcc.has_auth_value).text }
            }
            None => outcome,
        }
    }

    /// Photos and adding to them are one choice in Settings: none, adding only, chosen ones, all. Settings reads `Photos` first, and for
    /// all or chosen ones writes it alone: an old refusal of `PhotosAdd` stays behind.
    fn photos(&self, facts: &Facts<'_>, tcc: &Tcc, app: &str) -> Outcome {
        let own = self.answer(facts, tcc, app, PHOTOS, Permission::Photos);
        let add = self.answer(facts, tcc, app, PHOTOS_ADD, Permission::PhotosAdd);
        match (own, add) {
            (Some(Outcome::Known(mut own)), Some(Outcome::Known(add))) => {
                own.evidence.extend(add.evidence);
                Outcome::Known(own)
            }
            (Some(own), _) => own,
            (None, Some(Outcome::Known(add))) if add.may_add => {
                match self.no_row(facts, app, PHOTOS, Permission::Photos) {
                    Outcome::Known(mut own) => {
                        own.because = Because::new(BecauseCode::WriteOnly);
                        own.evidence = add.evidence;
                        Outcome::Known(own)
                    }
                    unknown => unknown,
                }
            }
            (None, _) => self.no_row(facts, app, PHOTOS, Permission::Photos),
        }
    }

    /// Access to photos, all or chosen ones, brings adding with it.
    fn photos_add(&self, facts: &Facts<'_>, tcc: &Tcc, app: &str) -> Outcome {
        let own = self.answer(facts, tcc, app, PHOTOS_ADD, Permission::PhotosAdd);
        let photos = self.answer(facts, tcc, app, PHOTOS, Permission::Photos);
        let is_forced = self.is_overridden(PHOTOS_ADD) || self.managed_row(app, PHOTOS_ADD).is_some();
        match (own, photos) {
            (Some(own), _) if is_forced => own,
            (Some(Outcome::Known(own)), _) if own.may_add => Outcome::Known(own),
            (own, Some(Outcome::Known(mut photos))) if photos.may_add => {
                let (state, code) = granted(photos.decided_by);
                (photos.level, photos.state, photos.because) = (Level::Always, state, Because::new(code));
                if let Some(Outcome::Known(own)) = own {
                    photos.evidence.extend(own.evidence);
                }
                Outcome::Known(photos)
            }
            (None, Some(unknown @ Outcome::Unknown { .. })) => unknown,
            (Some(own), _) => own,
            (None, _) => self.no_row(facts, app, PHOTOS_ADD, Permission::PhotosAdd),
        }
    }

    /// Bluetooth and the position relative to nearby devices: the higher of the two. The older services of Bluetooth count where the
    /// newer one has no row.
    fn nearby(&self, facts: &Facts<'_>, tcc: &Tcc, app: &str) -> Outcome {
        let answer = |service: &str| self.answer(facts, tcc, app, service, Permission::NearbyDevices);
        let bluetooth =
            answer(BLUETOOTH).or_else(|| BLUETOOTH_OLDER.iter().filter_map(|older| answer(older)).reduce(higher));
        let bluetooth = bluetooth.unwrap_or_else(|| self.no_row(facts, app, BLUETOOTH, Permission::NearbyDevices));
        match answer(NEARBY) {
            Some(nearby) => higher(bluetooth, nearby),
            None => bluetooth,
        }
    }

    /// What the database says of one service for one app; `None` when it says nothing.
    fn answer(
        &self,
        facts: &Facts<'_>,
        tcc: &Tcc,
        app: &str,
        service: &str,
        permission: Permission,
    ) -> Option<Outcome> {
        let own: Vec<&AccessRow> = self.rows_for(app, service).collect();
        let own_evidence = own.iter().map(|row| evidence_of(row, tcc.has_auth_value));
        if let Some(evidence) = self.override_row(service) {
            // The switch in Settings and a restriction of an organization leave the same row.
            let (state, by) = if self.has_mdm {
                (State::RefusedByPolicy, DecidedBy::Policy)
            } else {
                (State::RefusedByPerson, DecidedBy::User)
            };
            let mut decision = Decision::new(Level::Denied, state, by, BecauseCode::OffForAllApps);
            decision.evidence = std::iter::once(evidence).chain(own_evidence).collect();
            return Some(Outcome::Known(decision));
        }
        if let Some(found) = self.unreadable_row(app, service) {
            let detail = format!("{service} | {app} | row {}", found.row);
            return Some(Outcome::Unknown { reason: Reason::Unreadable, detail });
        }
        if let Some(forced) = self.managed_row(app, service) {
            let outcome = self.decide(facts, permission, forced.admin_value, Some(POLICY), None);
            return Some(match outcome {
                Some(mut decision) => {
                    decision.changed_at = forced.last_modified;
                    decision.evidence = std::iter::once(evidence_of_managed(forced)).chain(own_evidence).collect();
                    Outcome::Known(decision)
                }
                None => not_explained(&evidence_of_managed(forced)),
            });
        }
        let judged = own.iter().map(|row| {
            let evidence = evidence_of(row, tcc.has_auth_value);
            let reason = if tcc.has_auth_value { row.reason } else { Some(CONSENT) };
            match self.decide(facts, permission, row.value, reason, row.version) {
                Some(mut decision) => {
                    let is_of_update =
                        reason == Some(SYSTEM_SET) || self.upgraded_at.is_some_and(|at| row.last_modified == Some(at));
                    decision.changed_at = row.last_modified.filter(|_| !is_of_update);
                    decision.evidence = vec![evidence];
                    Outcome::Known(decision)
                }
                None => not_explained(&evidence),
            }
        });
        judged.reduce(higher)
    }

    /// What a value means for a permission; `None` when that is not known. Time and evidence are left to the caller.
    fn decide(
        &self,
        facts: &Facts<'_>,
        permission: Permission,
        value: AccessValue,
        reason: Option<i64>,
        version: Option<i64>,
    ) -> Option<Decision> {
        let levels = &describe(permission).levels;
        let by = decided_by(reason);
        let undecided = |code| Decision::new(Level::None, State::NeverAsked, DecidedBy::Default, code);
        let (granted_state, granted_code) = granted(by);
        let mut decision = match value {
            AccessValue::Denied if matches!(reason, Some(TIMED_OUT | CANCELLED)) => {
                undecided(BecauseCode::AsksNextTime)
            }
            AccessValue::Denied => {
                let by = if reason == Some(NO_USAGE_TEXT) { DecidedBy::System } else { by };
                let (state, code) = refused(by, reason);
                Decision::new(Level::Denied, state, by, code)
            }
            AccessValue::Unknown | AccessValue::LearnMore if permission == Permission::Clipboard => {
                undecided(BecauseCode::AsksNextTime)
            }
            AccessValue::Unknown | AccessValue::LearnMore => undecided(BecauseCode::NeverAsked),
            AccessValue::Allowed => {
                let level = match permission {
                    Permission::Camera | Permission::Microphone => Level::WhileInUse,
                    _ => Level::Always,
                };
                Decision::new(level, granted_state, by, granted_code)
            }
            AccessValue::Limited => {
                let code = match permission {
                    Permission::Photos => BecauseCode::SelectedOnly,
                    Permission::Contacts => BecauseCode::SelectedContactsOnly,
                    _ => return None,
                };
                Decision::new(Level::Limited, granted_state, by, code)
            }
            AccessValue::AddOnly => match permission {
                Permission::Calendar => {
                    let is_narrowed =
                        reason == Some(SYSTEM_SET) && version == Some(2) && facts.at_least(17, 0) != Some(false);
                    let code = if is_narrowed { BecauseCode::NarrowedByUpdate } else { BecauseCode::WriteOnly };
                    Decision::new(Level::Limited, granted_state, by, code)
                }
                Permission::Photos => Decision::new(Level::None, granted_state, by, BecauseCode::WriteOnly),
                _ => return None,
            },
            AccessValue::Session if levels.contains(&Level::Ask) => {
                Decision::new(Level::Ask, State::OneTime, by, BecauseCode::OneTime)
            }
            AccessValue::Session => Decision::new(Level::None, State::OneTime, by, BecauseCode::OneTimeOver),
            AccessValue::Other(_) => return None,
        };
        decision.may_add = matches!(permission, Permission::Photos | Permission::PhotosAdd)
            && matches!(value, AccessValue::Allowed | AccessValue::Limited | AccessValue::AddOnly);
        Some(decision)
    }

    /// An app without a row: it never asked, or needed no permission on this version of iOS.
    fn no_row(&self, facts: &Facts<'_>, app: &str, service: &str, permission: Permission) -> Outcome {
        if let Some(reason) = self.incomplete {
            return Outcome::Unknown { reason, detail: Artefact::Tcc.label().to_owned() };
        }
        let mut decision = match is_open(facts, permission) {
            None => {
                let reason = facts.why_missing(Artefact::Manifest);
                return Outcome::Unknown { reason, detail: Artefact::Manifest.label().to_owned() };
            }
            Some(true) => no_permission_needed(),
            Some(false) => {
                let code = match permission {
                    Permission::Clipboard => BecauseCode::AsksNextTime,
                    _ => BecauseCode::NoRow,
                };
                Decision::new(Level::None, State::NeverAsked, DecidedBy::Default, code)
            }
        };
        decision.evidence = vec![absence(service, app)];
        Outcome::Known(decision)
    }

    fn rows_for<'a>(&'a self, client: &str, service: &'a str) -> impl Iterator<Item = &'a AccessRow> + use<'a> {
        let rows = self.tcc.as_ref().map_or(&[][..], |tcc| tcc.rows.as_slice());
        let places = self.rows_of.get(client).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(move |place| rows.get(*place)).filter(move |row| row.service == service)
    }

    fn unreadable_row(&self, client: &str, service: &str) -> Option<&UnreadableRow> {
        let rows = &self.tcc.as_ref()?.unreadable;
        let mut mine = self.unreadable_of.get(client)?.iter().filter_map(|place| rows.get(*place));
        mine.find(|row| row.service == service)
    }

    fn managed_row(&self, client: &str, service: &str) -> Option<&ManagedRow> {
        let rows = &self.tcc.as_ref()?.managed;
        let mut mine = self.managed_of.get(client)?.iter().filter_map(|place| rows.get(*place));
        // 1 is no decision: the person's own answer holds.
        mine.find(|row| {
            row.service == service && !matches!(row.admin_value, AccessValue::Unknown | AccessValue::LearnMore)
        })
    }

    fn is_overridden(&self, service: &str) -> bool {
        self.override_row(service).is_some()
    }

    fn override_row(&self, service: &str) -> Option<EvidenceRow> {
        let overrides = &self.tcc.as_ref()?.overrides;
        let place = overrides.binary_search_by(|overridden| overridden.as_str().cmp(service)).ok()?;
        Some(row(Artefact::Tcc, u32::try_from(place + 1).unwrap_or(0), &format!("access_overrides | {service}")))
    }

    // ---- clients.plist ----

    /// `None` when clients.plist was not read: the gap is that of all apps.
    fn location_outcome(&self, app: &str, permission: Permission) -> Option<Outcome> {
        let clients = self.clients.as_ref()?;
        let entries: Vec<&Client> = self.entries(clients, app).collect();
        let evidence: Vec<EvidenceRow> = if entries.is_empty() {
            vec![row(Artefact::LocationClients, 0, &format!("{app}: no entry"))]
        } else {
            entries.iter().map(|client| evidence_of_client(client)).collect()
        };
        // Entries of the older and the newer form may stand side by side after an update: the wider one counts.
        let widest =
            entries.iter().map(|client| (*client, location_of(client))).reduce(|one, other| match (&one.1, &other.1) {
                (Outcome::Known(first), Outcome::Known(second)) if second.level > first.level => other,
                (Outcome::Known(_), Outcome::Unknown { .. }) => other,
                _ => one,
            });
        let (client, location) = match widest {
            Some((client, outcome)) => (Some(client), outcome),
            // A grant whose app is not told may be this one's.
            None if clients.nameless_grants > 0 => {
                let detail = Artefact::LocationClients.label().to_owned();
                return Some(Outcome::Unknown { reason: Reason::Unreadable, detail });
            }
            None => {
                let none = Decision::new(Level::None, State::NeverAsked, DecidedBy::Default, BecauseCode::NoRow);
                (None, Outcome::Known(none))
            }
        };
        let Outcome::Known(location) = location else { return Some(location) };
        let mut decision = match permission {
            Permission::LocationPrecise if location.level > Level::None => match client.and_then(precise_of) {
                Some((level, code)) => Decision { level, because: Because::new(code), ..location },
                None => {
                    let detail = evidence.first().map_or_else(String::new, |row| row.text.clone());
                    return Some(Outcome::Unknown { reason: Reason::Unreadable, detail });
                }
            },
            Permission::LocationBackground if location.level < Level::Always => {
                Decision { level: Level::None, ..location }
            }
            _ => location,
        };
        decision.evidence = evidence;
        Some(Outcome::Known(decision))
    }

    fn entries<'a>(&'a self, clients: &'a Clients, app: &str) -> impl Iterator<Item = &'a Client> + use<'a> {
        let places = self.entries_of.get(app).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| clients.clients.get(*place))
    }

    fn last_use(&self, app: &str, taken_at: Option<i64>) -> Option<LastUse> {
        let clients = self.clients.as_ref()?;
        let used = |client: &Client| {
            let running = client.started.filter(|_| client.in_use_now);
            let last = client.last_stopped.max(running)?;
            let how = if client.is_background_only && running.is_none() { Usage::Background } else { Usage::Unknown };
            Some((last, how))
        };
        let (last, how) = self.entries(clients, app).filter_map(used).max_by_key(|(last, _)| *last)?;
        let doubtful = last < FIRST_APPS || taken_at.is_some_and(|taken| last > taken);
        Some(LastUse::at(moment(last)?, how, doubtful))
    }

    // ---- both ----

    fn grant(&self, app: &str, permission: Permission, decision: Decision, taken_at: Option<i64>) -> Grant {
        let is_location = IN_LOCATION.contains(&permission);
        let is_off = is_location && self.master == Some(false) && decision.level > Level::None;
        let mut evidence = decision.evidence;
        evidence.truncate(MOST_ROWS);
        if is_off {
            evidence.extend(self.master_rows.iter().cloned());
        }
        Grant {
            permission,
            level: decision.level,
            inert: is_off.then_some(Inert::MainSwitchOff),
            state: decision.state,
            decided_by: decision.decided_by,
            last_used: if permission == Permission::Location { self.last_use(app, taken_at) } else { None },
            changed_at: decision.changed_at.filter(|at| *at > 0).and_then(moment),
            because: decision.because,
            evidence,
        }
    }
}

// ---- auth_reason ----

/// The person answered the question.
const CONSENT: i64 = 2;
/// The system decided.
const SYSTEM_SET: i64 = 4;
/// Device management decided.
const POLICY: i64 = 6;
/// The app does not say what it wants the data for.
const NO_USAGE_TEXT: i64 = 8;
/// The question was not answered in time.
const TIMED_OUT: i64 = 9;
/// The question was put away.
const CANCELLED: i64 = 13;

/// Who decided, by `auth_reason`.
fn decided_by(reason: Option<i64>) -> DecidedBy {
    match reason {
        // Answered the question, or set it in Settings.
        Some(CONSENT | 3) => DecidedBy::User,
        Some(POLICY) => DecidedBy::Policy,
        // Set by the system, policy of the service, its override, entitled, kind of app.
        Some(SYSTEM_SET | 5 | 7 | 11 | 12) => DecidedBy::System,
        // None, an error, asked before it was known, or a number that nobody has explained.
        _ => DecidedBy::Unknown,
    }
}

fn granted(by: DecidedBy) -> (State, BecauseCode) {
    match by {
        DecidedBy::User => (State::GrantedByPerson, BecauseCode::GrantedByPerson),
        DecidedBy::Policy => (State::GrantedByPolicy, BecauseCode::GrantedByPolicy),
        DecidedBy::System => (State::GrantedBySystem, BecauseCode::GrantedBySystem),
        _ => (State::GrantedByPerson, BecauseCode::Granted),
    }
}

fn refused(by: DecidedBy, reason: Option<i64>) -> (State, BecauseCode) {
    match by {
        DecidedBy::User => (State::RefusedByPerson, BecauseCode::RefusedByPerson),
        DecidedBy::Policy => (State::RefusedByPolicy, BecauseCode::RefusedByPolicy),
        DecidedBy::System if reason == Some(NO_USAGE_TEXT) => (State::NotDeclared, BecauseCode::RefusedBySystem),
        DecidedBy::System => (State::RefusedByPolicy, BecauseCode::RefusedBySystem),
        _ => (State::RefusedByPerson, BecauseCode::Refused),
    }
}

/// The higher of two outcomes, with the rows of both; what is not known wins where it could be higher.
fn higher(one: Outcome, other: Outcome) -> Outcome {
    match (one, other) {
        (Outcome::Known(first), Outcome::Known(second)) => {
            let (mut high, low) = if second.level > first.level { (second, first) } else { (first, second) };
            high.evidence.extend(low.evidence);
            Outcome::Known(high)
        }
        (Outcome::Known(known), Outcome::Unknown { .. }) | (Outcome::Unknown { .. }, Outcome::Known(known))
            if known.level == Level::Always =>
        {
            Outcome::Known(known)
        }
        (unknown @ Outcome::Unknown { .. }, _) | (_, unknown) => unknown,
    }
}

fn not_explained(evidence: &EvidenceRow) -> Outcome {
    Outcome::Unknown { reason: Reason::Unreadable, detail: evidence.text.clone() }
}

fn no_permission_needed() -> Decision {
    Decision::new(Level::Always, State::InstallTime, DecidedBy::Default, BecauseCode::NoPermissionNeeded)
}

/// Whether every app has the thing on this version without a permission; `None` when it depends on a version that is not known.
fn is_open(facts: &Facts<'_>, permission: Permission) -> Option<bool> {
    match services::open_before(permission) {
        None => Some(false),
        Some(since) => facts.at_least(since.0, since.1).map(|has_it| !has_it),
    }
}

/// The second that more than half of at least four rows of an older database share. The update to iOS 12 or 13 added the time of
/// change and wrote its own time into every row that was there: those are not times of decisions.
fn upgraded_at(tcc: &Tcc) -> Option<i64> {
    if tcc.has_auth_value || tcc.rows.len() < 4 {
        return None;
    }
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for at in tcc.rows.iter().filter_map(|row| row.last_modified) {
        *counts.entry(at).or_default() += 1;
    }
    counts.into_iter().find(|(_, count)| count * 2 > tcc.rows.len()).map(|(at, _)| at)
}

/// Whether an id is that of an installed app with something behind: an extension, a widget, a watch app.
fn extends_one_of(client: &str, installed: &BTreeSet<String>) -> bool {
    client.match_indices('.').any(|(at, _)| client.get(..at).is_some_and(|owner| installed.contains(owner)))
}

// ---- what clients.plist means ----

/// The level of location; evidence is left to the caller.
fn location_of(client: &Client) -> Outcome {
    let known = |level, state, by, code| Outcome::Known(Decision::new(level, state, by, code));
    if client.not_understood.iter().any(|field| ["Authorization", "TemporaryAuthorization"].contains(field)) {
        return not_explained(&evidence_of_client(client));
    }
    let (granted, by) = if client.system {
        (State::GrantedBySystem, DecidedBy::System)
    } else {
        (State::GrantedByPerson, DecidedBy::User)
    };
    match client.authorization {
        None | Some(0) if client.temporary.is_some_and(|state| state != 0) => {
            known(Level::Ask, State::OneTime, DecidedBy::User, BecauseCode::OneTime)
        }
        None => known(Level::None, State::NeverAsked, DecidedBy::Default, BecauseCode::NeverAsked),
        Some(0) => known(Level::None, State::NeverAsked, DecidedBy::Default, BecauseCode::AsksNextTime),
        Some(1) => known(Level::Denied, State::RefusedByPerson, DecidedBy::User, BecauseCode::RefusedByPerson),
        Some(2) if client.provisional => known(Level::Always, granted, by, BecauseCode::ProvisionalAlways),
        Some(2) if client.not_understood.contains(&"ProvisionalMonitoring") => {
            not_explained(&evidence_of_client(client))
        }
        Some(2) if client.incidental_use == Some(3) => {
            known(Level::WhileInUse, granted, by, BecauseCode::WhileInUseOrWidgets)
        }
        Some(2) => {
            let mut decision = Decision::new(Level::WhileInUse, granted, by, BecauseCode::WhileInUse);
            decision.because = decision.because.about("Authorization=2");
            Outcome::Known(decision)
        }
        Some(4) => known(Level::Always, granted, by, BecauseCode::AtAnyTime),
        Some(_) => not_explained(&evidence_of_client(client)),
    }
}

/// How exactly the position is given; `None` when the value has no known meaning.
fn precise_of(client: &Client) -> Option<(Level, BecauseCode)> {
    if client.not_understood.contains(&"CorrectiveCompensationEnabled") {
        return None;
    }
    match client.precise {
        Precision::On => Some((Level::Always, BecauseCode::Precise)),
        Precision::Off => Some((Level::Limited, BecauseCode::ApproximateOnly)),
        Precision::NotSet => Some((Level::Always, BecauseCode::PreciseByDefault)),
        Precision::Other(_) => None,
    }
}

// ---- rows ----

fn evidence_of(found: &AccessRow, has_auth_value: bool) -> EvidenceRow {
    let value = if has_auth_value { "auth_value" } else { "allowed" };
    let mut text = format!("{} | {} | {value}={}", found.service, found.client, found.number);
    // The form of the question tells whether an update narrowed an answer.
    let version = found.version.filter(|_| services::permission(&found.service) == Some(Permission::Calendar));
    for (name, number) in
        [("auth_reason", found.reason), ("auth_version", version), ("last_modified", found.last_modified)]
    {
        if let Some(number) = number {
            text += &format!(" | {name}={number}");
        }
    }
    row(Artefact::Tcc, found.row, &text)
}

fn evidence_of_managed(forced: &ManagedRow) -> EvidenceRow {
    let text =
        format!("managed_overrides | {} | {} | admin_auth_value={}", forced.service, forced.client, forced.number);
    row(Artefact::Tcc, forced.row, &text)
}

fn absence(service: &str, client: &str) -> EvidenceRow {
    row(Artefact::Tcc, 0, &format!("{service} | {client}: no row"))
}

fn evidence_of_client(client: &Client) -> EvidenceRow {
    let precise = match client.precise {
        Precision::On => Some(1),
        Precision::Off => Some(2),
        Precision::NotSet => None,
        Precision::Other(other) => Some(other),
    };
    let numbers = [
        ("Authorization", client.authorization),
        ("CorrectiveCompensationEnabled", precise),
        ("ProvisionalMonitoring", client.provisional.then_some(1)),
        ("IncidentalUseMode", client.incidental_use),
        ("TemporaryAuthorization", client.temporary),
        ("Hidden", client.hidden.then_some(1)),
        ("SupportedAuthorizationMask", client.supported),
    ];
    let mut fields: Vec<String> =
        numbers.iter().filter_map(|(name, number)| number.map(|number| format!("{name}={number}"))).collect();
    let times =
        [("LocationTimeStarted", client.started.filter(|_| client.in_use_now)), ("…TimeStopped", client.last_stopped)];
    fields.extend(times.iter().filter_map(|(name, at)| Some(format!("{name}={}", moment((*at)?)?))));
    fields.extend(client.not_understood.iter().map(|field| format!("{field}=?")));
    let fields = if fields.is_empty() { "no Authorization".to_owned() } else { fields.join(", ") };
    row(Artefact::LocationClients, client.number, &format!("{}: {fields}", client.key.trim_end_matches(':')))
}

fn app_gap(app: &str, permission: Permission, reason: Reason, detail: &str) -> Gap {
    Gap {
        area: permission.word().to_owned(),
        user: None,
        app: Some(app.to_owned()),
        reason: reason.word().to_owned(),
        read: None,
        of: None,
        detail: sanitize(detail, 300),
    }
}

// ---- reading ----

fn read_tcc(facts: &Facts<'_>) -> Option<Tcc> {
    let item = facts.evidence.first(Artefact::Tcc)?;
    let log = facts.evidence.first(Artefact::TccLog).map(|log| log.bytes.as_slice());
    let tcc = facts.or_gap(Artefact::Tcc, tcc::parse(item.bytes.clone(), log))?;
    if tcc.is_log_unused {
        facts.gap(Artefact::TccLog.label(), Reason::Unreadable, "no whole transaction of TCC.db");
    }
    for cut in &tcc.cut {
        facts.gap(Artefact::Tcc.label(), Reason::Truncated, &format!("{}: {}", cut.table, cut.why));
    }
    facts.counted_gap(Artefact::Tcc, tcc.rows.len() as u64, tcc.of, "access");
    if tcc.nameless > 0 {
        // Such rows may have been anybody's: whoever has no row may have had one.
        facts.gap(Artefact::Tcc.label(), Reason::Unreadable, "access: service, client = NULL");
    }
    let unknown = tcc.rows.iter().filter(|row| services::describe(&row.service).is_none());
    let (count, names) = unknown.fold((0_u64, BTreeSet::new()), |(count, mut names), row| {
        names.insert(row.service.as_str());
        (count + 1, names)
    });
    let names: Vec<&str> = names.into_iter().collect();
    let all = tcc.rows.len() as u64;
    // Their rows were read; what they open, a later version may know.
    facts.counted(Artefact::Tcc, Reason::NotKnown, all - count, all, &names.join(", "));
    Some(tcc)
}

fn read_clients(facts: &Facts<'_>) -> Option<Clients> {
    let item = facts.evidence.first(Artefact::LocationClients)?;
    let clients = facts.or_gap(Artefact::LocationClients, location::parse(&item.bytes))?;
    if clients.clients.is_empty() {
        // Every phone has clients of the system: a file without any has lost them, and says nothing of who was asked.
        facts.gap(Artefact::LocationClients.label(), Reason::Unreadable, "no client");
        return None;
    }
    facts.counted_gap(Artefact::LocationClients, clients.of - clients.not_understood, clients.of, "keys");
    let strange: BTreeSet<&str> =
        clients.clients.iter().flat_map(|client| client.not_understood.iter().copied()).collect();
    let whole = clients.clients.iter().filter(|client| client.not_understood.is_empty()).count();
    let fields: Vec<&str> = strange.into_iter().collect();
    facts.counted_gap(Artefact::LocationClients, whole as u64, clients.clients.len() as u64, &fields.join(", "));
    Some(clients)
}

fn read_master(facts: &Facts<'_>) -> (Option<bool>, Vec<EvidenceRow>) {
    let settings = facts.plist(Artefact::LocationSettings);
    let routined = facts.plist(Artefact::RoutineSettings);
    let trusts_copy = facts.at_least(27, 0) == Some(true);
    let Some((on, artefact)) = location::master(settings.as_ref(), routined.as_ref(), trusts_copy) else {
        return (None, Vec::new());
    };
    let (value, key) = match artefact {
        Artefact::RoutineSettings => (routined, location::MASTER_COPY),
        _ => (settings, location::MASTER),
    };
    let place = value.as_ref().and_then(|value| value.dict()?.keys().position(|name| name == key)).unwrap_or(0);
    let number = u32::try_from(place + 1).unwrap_or(0);
    (Some(on), vec![row(artefact, number, &format!("{key}={on}"))])
}

#[cfg(test)]
mod tests;
