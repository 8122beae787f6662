//! Grants from TCC.db and locationd's clients.plist.
//!
//! What the numbers mean stands in `docs/formats/ios-tcc.md` and `docs/formats/ios-location.md`. Three rules hold everything
//! together: no row is no refusal; a value that nobody has explained is a gap of that app and permission; and where a file could not
//! be read whole, what is not in it is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, moment};
use super::judged::{Decision, Outcome};
use super::location::{IN_LOCATION, LocationAccess};
use super::rows::{evidence_of, evidence_of_client};
use super::tcc::{IN_TCC, TccAccess, is_open};
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::snapshot::{EvidenceRow, Gap, Grant, OtherClients};
use crate::text::clean::sanitize;
use crate::vocabulary::permissions::describe;
use crate::vocabulary::{Inert, Level, Permission};

/// How many rows one grant cites. A phone has one or two; a hostile file may have a hundred thousand.
const MOST_ROWS: usize = 10;

/// What TCC.db and clients.plist say.
#[derive(Debug)]
pub struct Access {
    /// TCC.db.
    pub tcc: TccAccess,
    /// clients.plist and the main switch of location services.
    pub location: LocationAccess,
}

/// What one app may touch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppAccess {
    /// One for each permission that could be judged, in the order of the vocabulary.
    pub grants: Vec<Grant>,
    /// One for each of the others, under the permission's word.
    pub gaps: Vec<Gap>,
}

impl Access {
    /// Reads both files. What is not understood of them becomes gaps of the facts, under the name of the file.
    pub fn read(facts: &Facts<'_>) -> Access {
        Access { tcc: TccAccess::read(facts), location: LocationAccess::read(facts) }
    }

    /// What one app may touch: for each permission of these files a grant or a gap, except those that are covered by
    /// [`Access::gaps`]. `taken_at` is the time of the backup, in seconds since 1970.
    pub fn of(&self, facts: &Facts<'_>, app: &str, taken_at: Option<i64>) -> AppAccess {
        let mut found = AppAccess::default();
        for permission in Permission::ALL {
            let outcome = if IN_TCC.contains(permission) {
                self.tcc.outcome(facts, app, *permission)
            } else if IN_LOCATION.contains(permission) {
                self.location.outcome(app, *permission)
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
            gaps.push(Gap::new(permission.word(), facts.why_missing(artefact), artefact.label()));
        };
        if self.tcc.tcc.is_none() {
            for permission in IN_TCC {
                if !(permission == Permission::Clipboard && is_open(facts, permission) == Some(true)) {
                    push(permission, Artefact::Tcc);
                }
            }
        }
        if self.location.clients.is_none() {
            for permission in IN_LOCATION {
                push(permission, Artefact::LocationClients);
            }
        }
        gaps
    }

    /// Whether each file that may speak of a removed app was read to its end.
    pub fn tells_of_removed(&self) -> Result<(), (Reason, Artefact)> {
        match (&self.tcc.tcc, self.tcc.incomplete, &self.location.clients) {
            (None, ..) => Err((Reason::Absent, Artefact::Tcc)),
            (_, Some(reason), _) => Err((reason, Artefact::Tcc)),
            (.., None) => Err((Reason::Absent, Artefact::LocationClients)),
            (.., Some(clients)) if clients.not_understood > 0 => Err((Reason::Unreadable, Artefact::LocationClients)),
            _ => Ok(()),
        }
    }

    /// Bundle ids with any row in either file, installed or not.
    pub fn clients(&self) -> BTreeSet<String> {
        let parts = self
            .location
            .clients
            .iter()
            .flat_map(|clients| &clients.clients)
            .filter_map(|client| client.part_of.as_ref());
        let rows = self.tcc.rows_of.keys().chain(self.tcc.managed_of.keys()).chain(self.tcc.unreadable_of.keys());
        let all = rows.chain(self.location.entries_of.keys()).chain(parts);
        all.filter(|client| !client.starts_with('/')).cloned().collect()
    }

    /// Some rows of a client, to show that it has any.
    pub fn evidence(&self, client: &str) -> Vec<EvidenceRow> {
        const SHOWN: usize = 3;
        let rows = self.tcc.tcc.iter().flat_map(|tcc| {
            let places = self.tcc.rows_of.get(client).into_iter().flatten();
            places.filter_map(|place| tcc.rows.get(*place)).map(|found| evidence_of(found, tcc.has_auth_value))
        });
        let entries = self
            .location
            .clients
            .iter()
            .flat_map(|clients| self.location.entries(clients, client))
            .map(evidence_of_client);
        rows.chain(entries).take(SHOWN).collect()
    }

    /// Counts the clients of both files that are no installed app, each once: parts of the system, extensions of installed apps, and
    /// what is left of removed ones.
    /// Without a list of apps nobody knows which of them are removed, and only the system's are counted.
    pub fn other_clients(&self, installed: &BTreeSet<String>, is_listed: bool) -> OtherClients {
        // Each client with whether the file marks it as a part of the system.
        let mut others: BTreeMap<&str, bool> = BTreeMap::new();
        if let Some(tcc) = &self.tcc.tcc {
            let rows = tcc.rows.iter().map(|row| (row.client.as_str(), row.is_path));
            let managed = tcc.managed.iter().map(|row| (row.client.as_str(), row.is_path));
            let unreadable = tcc.unreadable.iter().map(|row| (row.client.as_str(), false));
            for (client, is_path) in rows.chain(managed).chain(unreadable) {
                *others.entry(client).or_default() |= is_path;
            }
        }
        let mut parts: BTreeMap<&str, (Option<&str>, bool)> = BTreeMap::new();
        for client in self.location.clients.iter().flat_map(|clients| &clients.clients) {
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

    fn grant(&self, app: &str, permission: Permission, decision: Decision, taken_at: Option<i64>) -> Grant {
        let is_location = IN_LOCATION.contains(&permission);
        let is_off = is_location && self.location.master == Some(false) && decision.level > Level::None;
        let mut evidence = decision.evidence;
        evidence.truncate(MOST_ROWS);
        if is_off {
            evidence.extend(self.location.master_rows.iter().cloned());
        }
        Grant {
            permission,
            level: decision.level,
            inert: is_off.then_some(Inert::MainSwitchOff),
            state: decision.state,
            decided_by: decision.decided_by,
            last_used: if permission == Permission::Location { self.location.last_use(app, taken_at) } else { None },
            changed_at: decision.changed_at.filter(|at| *at > 0).and_then(moment),
            because: decision.because,
            evidence: evidence.into(),
        }
    }
}

/// Whether an id is that of an installed app with something behind: an extension, a widget, a watch app.
fn extends_one_of(client: &str, installed: &BTreeSet<String>) -> bool {
    client.match_indices('.').any(|(at, _)| client.get(..at).is_some_and(|owner| installed.contains(owner)))
}

fn app_gap(app: &str, permission: Permission, reason: Reason, detail: &str) -> Gap {
    Gap::new(permission.word(), reason, sanitize(detail, 300)).about(None, Some(app.to_owned()))
}

#[cfg(test)]
mod tests;
