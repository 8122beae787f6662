//! What an organization decides: management, configuration profiles, lists of apps.

use super::table::table;
use super::{Checks, Outcome, word, yes};
use crate::access::ios::device::key_row;
use crate::access::ios::facts::row;
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::configuration;
use crate::parse::ios::restrictions::Restrictions;
use crate::parse::ios::trust_store;
use crate::snapshot::{ConfigProfile, EvidenceRow};

impl Checks<'_, '_, '_> {
    /// Supervised, or enrolled in device management.
    pub(super) fn managed(&self) -> Outcome {
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
    pub(super) fn all_profiles(&self) -> Result<(), (Reason, String)> {
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
    pub(super) fn config_profiles(&self) -> Outcome {
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
    pub(super) fn unread_stub(&self) -> Option<Reason> {
        let missing = self.facts.evidence.missing.iter();
        let unread = missing.filter(|missing| missing.artefact == Artefact::ProfileStub).map(|missing| missing.reason);
        let damaged = self.facts.evidence.of(Artefact::ProfileStub).count() > self.stubs;
        unread.chain(damaged.then_some(Reason::Unreadable)).next()
    }

    /// Whether a list of apps that may not run has one that is listed, or a list of those that only may run is in force, by decision of
    /// the person or of an organization. The apps are not named.
    pub(super) fn blocklist(&self) -> Outcome {
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
    pub(super) fn is_decided(&self, list: &str, app: Option<&str>) -> Result<bool, (Reason, String)> {
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
}
