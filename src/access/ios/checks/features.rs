//! What a feature of the restrictions says: its value, the rows that show it, and which profile forces it.

use super::table::{since, table, yes_at};
use super::{Checks, Outcome, yes};
use crate::access::ios::facts::row;
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::restrictions::Restrictions;
use crate::snapshot::EvidenceRow;

impl Checks<'_, '_, '_> {
    /// The settings that hold, or why there are none.
    pub(super) fn effective(&self) -> Result<(Artefact, &Restrictions), (Reason, String)> {
        match &self.effective {
            Some((artefact, found)) => Ok((*artefact, found)),
            None => Err(self.missing(Artefact::EffectiveSettings)),
        }
    }

    /// The raw value of a feature with the rows that show it: where it holds, and which profile forces it.
    pub(super) fn switch(&self, name: &str) -> Result<(bool, Vec<EvidenceRow>), (Reason, String)> {
        let (artefact, effective) = self.effective()?;
        let Some(switch) = effective.switch(name) else { return Err(self.unlisted(name, "restrictedBool")) };
        let mut rows = vec![switch_row(artefact, switch.place, name, switch.value)];
        rows.extend(self.forced_by(name, switch.value));
        Ok((switch.value, rows))
    }

    /// Why a feature is not listed: the version of iOS has none, or it is not known.
    pub(super) fn unlisted(&self, name: &str, section: &str) -> (Reason, String) {
        match (since(name), self.facts.version) {
            (Some(since), Some(version)) if version < since => {
                (Reason::NotSupported, format!("{section}.{name} (iOS {}.{})", since.0, since.1))
            }
            _ => (Reason::Absent, format!("{section}.{name}")),
        }
    }

    /// The rows of the profiles that force a feature to a value. A profile that only allows, or repeats the default, forces
    /// nothing.
    pub(super) fn forced_by(&self, name: &str, value: bool) -> Vec<EvidenceRow> {
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
    pub(super) fn feature(&self, name: &str) -> Outcome {
        let (value, rows) = self.switch(name)?;
        yes(value == yes_at(name), rows)
    }

    /// A check that a feature settles only when it is off: that it is allowed does not say that it is used.
    pub(super) fn only_if_off(&self, name: &str) -> Outcome {
        let (value, rows) = self.switch(name)?;
        if value == yes_at(name) {
            return Err((Reason::Absent, format!("restrictedBool.{name} = {value}")));
        }
        yes(false, rows)
    }
}

fn switch_row(artefact: Artefact, place: u32, name: &str, value: bool) -> EvidenceRow {
    row(artefact, place, &format!("restrictedBool.{name} = {value}"))
}
