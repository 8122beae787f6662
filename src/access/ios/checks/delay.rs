//! When the passcode is asked for: a number that several parties restrict.

use super::{Checks, Outcome};
use crate::access::ios::facts::row;
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::restrictions::{self, Number};
use crate::snapshot::{EvidenceRow, Value};

/// Seconds of a phone that never locks by itself: the largest number of 32 bits in milliseconds, as Android writes it.
pub(super) const NEVER: i64 = 2_147_483;

/// `maxInactivity` of a phone that never locks by itself (`INT32_MAX`), and anything above.
const NEVER_WRITTEN: f64 = 2_147_483_647.0;

/// The longest delay that one of the phone's own programs is known to set: Low Power Mode's.
const LONGEST_OF_A_PROGRAM: f64 = 30.0;

impl Checks<'_, '_, '_> {
    /// Seconds from the last touch to the moment when the passcode is asked for.
    pub(super) fn lock_delay(&self) -> Outcome {
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
    pub(super) fn decided_number(
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
    pub(super) fn own_number(&self, name: &str) -> Option<(Artefact, Number)> {
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
    pub(super) fn missing_clients(&self) -> (Reason, String) {
        let halves = [Artefact::ClientTruth, Artefact::ClientTruthOfUser];
        let lost = halves.into_iter().find(|half| self.facts.plist(*half).is_none());
        self.missing(lost.unwrap_or(Artefact::ClientTruth))
    }
}

fn number_row(artefact: Artefact, name: &str, number: Number) -> EvidenceRow {
    row(artefact, number.place, &format!("restrictedValue.{name} = {}", number.value))
}
