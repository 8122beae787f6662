//! The rows of TCC.db and the entries of clients.plist, as reports cite them, and where those of a client stand.

use std::collections::BTreeMap;

use super::facts::{moment, row};
use super::services;
use crate::evidence::ios::Artefact;
use crate::parse::ios::location::{Client, Precision};
use crate::parse::ios::tcc::{AccessRow, ManagedRow};
use crate::snapshot::EvidenceRow;
use crate::vocabulary::Permission;

/// The places of the rows of each client.
pub(super) fn by_client<'a>(rows: impl Iterator<Item = (usize, &'a String)>) -> BTreeMap<String, Vec<usize>> {
    let mut by_client: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, client) in rows {
        by_client.entry(client.clone()).or_default().push(place);
    }
    by_client
}

pub(super) fn evidence_of(found: &AccessRow, has_auth_value: bool) -> EvidenceRow {
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

pub(super) fn evidence_of_managed(forced: &ManagedRow) -> EvidenceRow {
    let text =
        format!("managed_overrides | {} | {} | admin_auth_value={}", forced.service, forced.client, forced.number);
    row(Artefact::Tcc, forced.row, &text)
}

pub(super) fn absence(service: &str, client: &str) -> EvidenceRow {
    row(Artefact::Tcc, 0, &format!("{service} | {client}: no row"))
}

pub(super) fn evidence_of_client(client: &Client) -> EvidenceRow {
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
