//! Files that a call names and people write: profiles and waivers. Wrong ones are shown with every mistake.

use std::path::PathBuf;

use clap::ArgMatches;
use jiff::civil::Date;
use poucet::profile::{self, Options, Profile};
use poucet::waiver::{self, Readers, Waivers};

use super::{Outcome, Session};

/// What profiles of this call are loaded with.
pub(crate) fn profile_options(session: &Session, matches: &ArgMatches) -> Options {
    let set = matches.try_get_many::<String>("set").ok().flatten().into_iter().flatten().cloned().collect();
    Options { set, folder: session.config.profiles.clone(), ..Options::default() }
}

/// Loads a profile; a wrong one is shown with every mistake.
pub(crate) fn load(session: &Session, reference: &str, options: &Options) -> Result<Profile, ()> {
    profile::load_with(reference, session.catalog(), options).map_err(|errors| session.mistakes(&errors))
}

/// The day for which waivers are looked at: that of the arguments, else the day it is.
pub(crate) fn today(matches: &ArgMatches) -> Date {
    matches.get_one::<Date>("today").copied().unwrap_or_else(|| jiff::ZonedDateTime::now().date())
}

/// The waivers of a call: those of the arguments, else those of the configuration. `None` where there are none. Mistakes are shown,
/// and judge nothing.
pub(crate) fn waivers(session: &Session, matches: &ArgMatches, loaded: &[Profile]) -> Result<Option<Waivers>, Outcome> {
    let named: Vec<PathBuf> = matches.get_many::<String>("waivers").into_iter().flatten().map(PathBuf::from).collect();
    let files = if named.is_empty() { session.config.waivers.clone() } else { named };
    if files.is_empty() {
        return Ok(None);
    }
    let options = profile_options(session, matches);
    // The profiles of this call first: one that is named by its file has its id inside.
    let find = |id: &str| {
        let own = loaded.iter().find(|profile| profile.id == id).cloned();
        own.or_else(|| {
            profile::load_with(id, session.catalog(), &profile::Options { set: Vec::new(), ..options.clone() }).ok()
        })
    };
    let shipped = profile::shipped().into_iter().map(|shipped| shipped.id.to_owned());
    let ids = loaded.iter().map(|profile| profile.id.clone()).chain(shipped).collect();
    match waiver::read(&files, session.catalog(), &Readers { profile: &find, ids }) {
        Ok(waivers) => Ok(Some(waivers)),
        Err(errors) => {
            session.mistakes(&errors);
            Err(Outcome::REFUSED)
        }
    }
}
