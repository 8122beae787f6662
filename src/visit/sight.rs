//! The phones in sight, for a visit that names none.

use super::{Event, Face, Failure, Note, Outcome, Target, Unread};
use crate::source::adb::devices::{Sighting, Sightings, sightings};
use crate::source::adb::{self, AdbError};

/// What there is to read.
#[derive(Default)]
pub struct Resolved {
    /// The targets.
    pub targets: Vec<Target>,
    /// Phones that are in sight and not ready, with the name of each.
    pub unready: Vec<(String, Unread)>,
    /// What looking around came to.
    pub outcome: Outcome,
}

impl Resolved {
    /// For those who do nothing where nothing can be read.
    ///
    /// # Errors
    /// What looking around came to, where there is nothing to read.
    pub fn ready(self) -> Result<(Vec<Target>, Outcome), Outcome> {
        if self.targets.is_empty() { Err(self.outcome) } else { Ok((self.targets, self.outcome)) }
    }
}

/// The targets of a visit: those named, else every phone that is in sight.
///
/// # Errors
/// Nothing can be read: why was told.
pub fn resolve(named: Vec<Target>, face: &dyn Face) -> Result<Resolved, Outcome> {
    if !named.is_empty() {
        return Ok(Resolved { targets: named, ..Resolved::default() });
    }
    let options = options(face)?;
    let sightings = sightings(&options);
    let mut resolved = Resolved::default();
    if let Some(trouble) = trouble(&options, &sightings) {
        failed(face, trouble.clone());
        resolved.outcome = Outcome::UNREADABLE;
        // Phones that the server has are not seen; those on USB are, and may be free.
        if sightings.phones.is_empty() {
            return Err(resolved.outcome);
        }
    } else if sightings.phones.is_empty() {
        face.event(Event::NoPhone(&options, &sightings));
        return Err(Outcome::NO_PHONE);
    }
    for phone in meant(face, &options, &sightings)? {
        if phone.state.is_ready() {
            resolved.targets.push(Target::Phone(phone.target.clone()));
        } else {
            face.event(Event::Unready(phone));
            resolved.unready.push((name(phone).to_owned(), not_ready(phone)));
            resolved.outcome = Outcome::UNREADABLE;
        }
    }
    Ok(resolved)
}

/// How this computer's environment says that phones are reached.
///
/// # Errors
/// [`Outcome::REFUSED`], told: it says something that cannot be.
pub fn options(face: &dyn Face) -> Result<adb::Options, Outcome> {
    adb::Options::from_environment().map_err(|error| {
        failed(face, error);
        Outcome::REFUSED
    })
}

/// What hides the phones that a server may have: then nobody knows whether there are any.
pub fn trouble<'f>(options: &adb::Options, found: &'f Sightings) -> Option<&'f AdbError> {
    found.server.as_ref().err().filter(|error| error.hides_phones(options.server.is_loopback()))
}

/// The target of a phone, else where it is plugged in.
pub fn name(phone: &Sighting) -> &str {
    if phone.target.is_empty() { &phone.detail } else { &phone.target }
}

/// Why a phone was not read that is not ready.
pub fn not_ready(phone: &Sighting) -> Unread {
    Unread::NotReady { phone: name(phone).to_owned(), state: phone.state }
}

fn failed(face: &dyn Face, error: AdbError) {
    face.event(Event::Failed(None, &Failure::Phone(error)));
}

/// The phones that are meant where no target is named: every one, or the one of `ANDROID_SERIAL`. Who exports that means
/// one phone, and nobody asked the owners of the others.
fn meant<'s>(face: &dyn Face, options: &adb::Options, sightings: &'s Sightings) -> Result<Vec<&'s Sighting>, Outcome> {
    let Some(serial) = &options.serial else { return Ok(sightings.phones.iter().collect()) };
    face.event(Event::Note(Note::OnePhone(serial)));
    let named = sightings.named(serial);
    let shown = |phones: &[&Sighting]| phones.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if named.is_empty() {
        let seen = shown(&sightings.phones.iter().collect::<Vec<_>>());
        failed(face, AdbError::NotFound { serial: serial.clone(), seen });
        return Err(Outcome::UNREADABLE);
    }
    if named.iter().filter(|phone| phone.state.is_ready()).count() > 1 {
        failed(face, AdbError::Ambiguous { target: format!("ANDROID_SERIAL={serial}"), seen: shown(&named) });
        return Err(Outcome::UNREADABLE);
    }
    Ok(named)
}
