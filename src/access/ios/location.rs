//! Grants from locationd's clients.plist. What its numbers mean stands in `docs/formats/ios-location.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, moment, row};
use super::judged::{Decision, Outcome, not_explained};
use super::rows::{by_client, evidence_of_client};
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::location::{self, Client, Clients, Precision};
use crate::snapshot::{Because, EvidenceRow, LastUse};
use crate::vocabulary::{BecauseCode, DecidedBy, Level, Permission, State, Usage};

/// The permissions that locationd decides.
pub const IN_LOCATION: [Permission; 3] =
    [Permission::Location, Permission::LocationPrecise, Permission::LocationBackground];

/// Before this moment there was no iPhone with apps (2008-07-01): a time of use before it is that of a wrong clock.
const FIRST_APPS: i64 = 1_214_870_400;

/// What clients.plist and the main switch say.
#[derive(Debug)]
pub struct LocationAccess {
    pub(super) clients: Option<Clients>,
    pub(super) master: Option<bool>,
    pub(super) master_rows: Vec<EvidenceRow>,
    /// Entries of clients.plist by bundle id.
    pub(super) entries_of: BTreeMap<String, Vec<usize>>,
}

impl LocationAccess {
    /// Reads the files. What is not understood of them becomes gaps of the facts, under the name of the file.
    pub(super) fn read(facts: &Facts<'_>) -> LocationAccess {
        let clients = read_clients(facts);
        let (master, master_rows) = read_master(facts);
        let entries = clients.iter().flat_map(|clients| clients.clients.iter().enumerate());
        let entries_of = by_client(entries.filter_map(|(place, client)| Some((place, client.bundle.as_ref()?))));
        LocationAccess { clients, master, master_rows, entries_of }
    }

    /// `None` when clients.plist was not read: the gap is that of all apps.
    pub(super) fn outcome(&self, app: &str, permission: Permission) -> Option<Outcome> {
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

    pub(super) fn entries<'a>(&'a self, clients: &'a Clients, app: &str) -> impl Iterator<Item = &'a Client> + use<'a> {
        let places = self.entries_of.get(app).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| clients.clients.get(*place))
    }

    pub(super) fn last_use(&self, app: &str, taken_at: Option<i64>) -> Option<LastUse> {
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

    /// The main switch of location services, where the backup tells.
    pub fn is_on(&self) -> Option<bool> {
        self.master
    }

    /// The rows that [`LocationAccess::is_on`] rests on.
    pub fn switch_rows(&self) -> Vec<EvidenceRow> {
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
