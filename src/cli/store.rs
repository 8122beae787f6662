//! `--store`: where the history of the fleet is.

use std::path::PathBuf;

use clap::ArgMatches;
use etcetera::BaseStrategy as _;
use poucet::store::{Store, StoreAddress, StoreError};
use poucet::visit::keep::refusal;
use poucet::visit::{Keep, StoreOptions};

use super::{Outcome, Session, identity, told};

/// The environment variable that names the store.
const VARIABLE: &str = "POUCET_STORE";
/// The environment variables that hold the password of its server, ours before PostgreSQL's own.
const PASSWORDS: [&str; 2] = ["POUCET_STORE_PASSWORD", "PGPASSWORD"];
/// The store that results are to be kept in: `--store`, with or without a place, or the one that the desk has settled.
fn asked_for(session: &Session, matches: &ArgMatches) -> Result<Option<StoreAddress>, Outcome> {
    let named = matches.get_one::<String>("store").map(String::as_str);
    match (named, &session.config.store) {
        (None, None) => Ok(None),
        _ => place(session, matches).map(Some),
    }
}

/// The store to read: as named, else the desk's, else the usual one.
pub(crate) fn place(session: &Session, matches: &ArgMatches) -> Result<StoreAddress, Outcome> {
    let named = matches.get_one::<String>("store").filter(|named| !named.is_empty()).cloned();
    let settled = || session.config.store.clone();
    let environment = || std::env::var(VARIABLE).ok().filter(|named| !named.is_empty());
    let usual = || Some(data_folder()?.join("fleet.db").display().to_string());
    let Some(word) = named.or_else(environment).or_else(settled).or_else(usual) else {
        session.error(&session.texts.get("cli-no-home"), Some(&session.texts.get("cli-no-home-hint")));
        return Err(Outcome::REFUSED);
    };
    let password = PASSWORDS.iter().find_map(|name| std::env::var(name).ok().filter(|password| !password.is_empty()));
    Ok(StoreAddress::parse(&word).with_password(password))
}

fn data_folder() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.data_dir().join("poucet"))
}

/// Opens a store to read.
pub(crate) fn open(session: &Session, matches: &ArgMatches) -> Result<Store, Outcome> {
    let place = place(session, matches)?;
    let mut store = Store::open_to_read(&place).map_err(|error| refuse(session, &error))?;
    store.set_key(identity::known());
    Ok(store)
}

/// Opens a store that is there, to write.
pub(crate) fn open_to_write(session: &Session, matches: &ArgMatches) -> Result<Store, Outcome> {
    let place = place(session, matches)?;
    Store::open_existing(&place).map_err(|error| refuse(session, &error))
}

/// Says what is wrong with a store.
pub(crate) fn refuse(session: &Session, error: &StoreError) -> Outcome {
    told::store_error(session, error);
    refusal(error)
}

/// Tells of the rows that were passed over, and of verdicts that nobody can prove here.
pub(crate) fn passed_over(session: &Session, store: &mut Store) -> Outcome {
    let unproven = store.unproven();
    if unproven > 0 {
        session.say(&session.texts.count("cli-store-unproven", unproven, &[]));
    }
    store.passed_over().iter().fold(Outcome::default(), |exit, error| exit.and(refuse(session, error)))
}

/// The store in which a call keeps what it reads.
///
/// # Errors
/// With a message, when there is no place for one, or there is nothing to keep.
pub(crate) fn options(
    session: &Session,
    matches: &ArgMatches,
    key: Option<&[u8]>,
) -> Result<Option<StoreOptions>, Outcome> {
    let wished = matches.try_get_one::<Keep>("keep").ok().flatten().copied();
    let Some(address) = asked_for(session, matches)? else {
        if wished.is_some() {
            session.error(&session.texts.get("cli-keep-nothing"), Some(&session.texts.get("cli-keep-nothing-hint")));
            return Err(Outcome::REFUSED);
        }
        return Ok(None);
    };
    Ok(Some(StoreOptions {
        address,
        keep: wished.or(session.config.keep.map(Keep::Days)),
        key: key.map(<[u8]>::to_vec),
        pending: data_folder().map(|folder| folder.join("pending")),
    }))
}
