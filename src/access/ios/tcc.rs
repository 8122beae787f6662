//! Grants from TCC.db. What its numbers mean stands in `docs/formats/ios-tcc.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, row};
use super::judged::{Decision, Outcome, higher, not_explained};
use super::rows::{absence, by_client, evidence_of, evidence_of_managed};
use super::services;
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::plist;
use crate::parse::ios::tcc::{self, AccessRow, AccessValue, ManagedRow, Tcc, UnreadableRow};
use crate::snapshot::{Because, EvidenceRow};
use crate::vocabulary::permissions::describe;
use crate::vocabulary::{BecauseCode, DecidedBy, Level, Permission, State};

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

pub(super) const TRACKING: &str = "kTCCServiceUserTracking";
const CONTACTS: &str = "kTCCServiceAddressBook";
/// Services that newer versions name beside [`CONTACTS`]; how they share the answer is not known.
const CONTACTS_NEWER: [&str; 2] = ["kTCCServiceContactsFull", "kTCCServiceContactsLimited"];
pub(super) const PHOTOS: &str = "kTCCServicePhotos";
pub(super) const PHOTOS_ADD: &str = "kTCCServicePhotosAdd";
pub(super) const BLUETOOTH: &str = "kTCCServiceBluetoothAlways";
pub(super) const BLUETOOTH_OLDER: [&str; 2] = ["kTCCServiceBluetoothPeripheral", "kTCCServiceBluetoothWhileInUse"];
pub(super) const NEARBY: &str = "kTCCServiceNearbyInteraction";
pub(super) const KEYBOARD: &str = "kTCCServiceKeyboardNetwork";
pub(super) const WEB_TRACKING: &str = "kTCCServiceWebKitIntelligentTrackingPrevention";
pub(super) const SAFARI: &str = "com.apple.mobilesafari";

/// What TCC.db says.
#[derive(Debug)]
pub struct TccAccess {
    pub(super) tcc: Option<Tcc>,
    /// Why rows may be missing from what was read of TCC.db.
    pub(super) incomplete: Option<Reason>,
    /// Rows of `access` by client, paths left out.
    pub(super) rows_of: BTreeMap<String, Vec<usize>>,
    /// Rows of `managed_overrides` by client, paths left out.
    pub(super) managed_of: BTreeMap<String, Vec<usize>>,
    /// Rows of which the value is lost, by client.
    pub(super) unreadable_of: BTreeMap<String, Vec<usize>>,
    /// The second in which an update of iOS wrote the time of change into most rows of an older database.
    upgraded_at: Option<i64>,
    /// The phone is enrolled in device management.
    has_mdm: bool,
    /// The phone has the switch against tracking between websites (iOS 14 and later).
    has_web_protection: bool,
}

impl TccAccess {
    /// Reads the file. What is not understood of it becomes gaps of the facts, under its name.
    pub(super) fn read(facts: &Facts<'_>) -> TccAccess {
        let tcc = read_tcc(facts);
        let rows = tcc.iter().flat_map(|tcc| tcc.rows.iter().enumerate());
        let managed = tcc.iter().flat_map(|tcc| tcc.managed.iter().enumerate());
        let unreadable = tcc.iter().flat_map(|tcc| tcc.unreadable.iter().enumerate());
        let rows_of = by_client(rows.filter(|(_, row)| !row.is_path).map(|(place, row)| (place, &row.client)));
        let managed_of = by_client(managed.filter(|(_, row)| !row.is_path).map(|(place, row)| (place, &row.client)));
        let unreadable_of = by_client(unreadable.map(|(place, row)| (place, &row.client)));
        // The log may have been in the backup and out of reach: then rows are missing just the same.
        let lost_log = facts
            .evidence
            .missing
            .iter()
            .find(|missing| missing.artefact == Artefact::TccLog && missing.reason != Reason::Absent)
            .map(|missing| missing.reason);
        let cut = tcc.as_ref().filter(|tcc| tcc.is_incomplete()).map(|_| Reason::Truncated);
        TccAccess {
            incomplete: cut.or(lost_log),
            upgraded_at: tcc.as_ref().and_then(upgraded_at),
            tcc,
            rows_of,
            managed_of,
            unreadable_of,
            has_mdm: facts.evidence.first(Artefact::Mdm).is_some_and(|item| {
                plist::read(&item.bytes).is_ok_and(|value| value.dict().is_some_and(|members| !members.is_empty()))
            }),
            has_web_protection: facts.at_least(14, 0) == Some(true),
        }
    }

    /// `None` when TCC.db was not read: the gap is that of all apps.
    pub(super) fn outcome(&self, facts: &Facts<'_>, app: &str, permission: Permission) -> Option<Outcome> {
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

    /// Whether a keyboard that is not among [`TccAccess::keyboards_with_full_access`] has none: `TCC.db` was read to its end.
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

fn no_permission_needed() -> Decision {
    Decision::new(Level::Always, State::InstallTime, DecidedBy::Default, BecauseCode::NoPermissionNeeded)
}

/// Whether every app has the thing on this version without a permission; `None` when it depends on a version that is not known.
pub(super) fn is_open(facts: &Facts<'_>, permission: Permission) -> Option<bool> {
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
