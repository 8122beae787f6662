//! `--store`: the history of the fleet, as one call writes to it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::ArgMatches;
use etcetera::BaseStrategy as _;
use poucet::files::output::OutputError;
use poucet::snapshot::Snapshot;
use poucet::store::{Doubt, Pending, Store, StoreAddress, StoreError, VerdictRow};

use super::{Exit, Session, identity};

/// The environment variable that names the store.
const VARIABLE: &str = "POUCET_STORE";
/// The environment variables that hold the password of its server, ours before PostgreSQL's own.
const PASSWORDS: [&str; 2] = ["POUCET_STORE_PASSWORD", "PGPASSWORD"];
/// How long a store that went away is left alone before it is tried again.
const REST: Duration = Duration::from_secs(10);

/// The store that results are to be kept in: `--store`, with or without a place, or the one that the desk has settled.
pub(crate) fn asked_for(session: &Session, matches: &ArgMatches) -> Result<Option<StoreAddress>, Exit> {
    let named = matches.get_one::<String>("store").map(String::as_str);
    match (named, &session.config.store) {
        (None, None) => Ok(None),
        _ => place(session, matches).map(Some),
    }
}

/// The store to read: as named, else the desk's, else the usual one.
pub(crate) fn place(session: &Session, matches: &ArgMatches) -> Result<StoreAddress, Exit> {
    let named = matches.get_one::<String>("store").filter(|named| !named.is_empty()).cloned();
    let settled = || session.config.store.clone();
    let environment = || std::env::var(VARIABLE).ok().filter(|named| !named.is_empty());
    let usual = || Some(data_folder()?.join("fleet.db").display().to_string());
    let Some(word) = named.or_else(environment).or_else(settled).or_else(usual) else {
        session.error(&session.texts.get("cli-no-home"), Some(&session.texts.get("cli-no-home-hint")));
        return Err(Exit::USAGE);
    };
    let password = PASSWORDS.iter().find_map(|name| std::env::var(name).ok().filter(|password| !password.is_empty()));
    Ok(StoreAddress::parse(&word).with_password(password))
}

fn data_folder() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.data_dir().join("poucet"))
}

/// Opens a store to read.
pub(crate) fn open(session: &Session, matches: &ArgMatches) -> Result<Store, Exit> {
    let place = place(session, matches)?;
    let mut store = Store::open_to_read(&place).map_err(|error| refuse(session, &error))?;
    store.set_key(identity::known());
    Ok(store)
}

/// Opens a store that is there, to write.
pub(crate) fn open_to_write(session: &Session, matches: &ArgMatches) -> Result<Store, Exit> {
    let place = place(session, matches)?;
    Store::open_existing(&place).map_err(|error| refuse(session, &error))
}

/// Says what is wrong with a store.
pub(crate) fn refuse(session: &Session, error: &StoreError) -> Exit {
    let arguments = error.arguments();
    let variables: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let hint = session.texts.with(&error.hint_key(), &variables);
    session.error(&session.texts.with(error.key(), &variables), Some(&hint));
    match error {
        StoreError::Gone { .. } | StoreError::Damaged { .. } => Exit::UNREADABLE,
        _ => Exit::USAGE,
    }
}

/// Tells of the rows that were passed over, and of verdicts that nobody can prove here.
pub(crate) fn passed_over(session: &Session, store: &mut Store) -> Exit {
    let unproven = store.unproven();
    if unproven > 0 {
        session.say(&session.texts.count("cli-store-unproven", unproven, &[]));
    }
    store.passed_over().iter().fold(Exit::default(), |exit, error| exit.and(refuse(session, error)))
}

/// Says for how long what was deleted can be brought back.
pub(crate) fn say_undo(session: &Session, days: u32) {
    if days > 0 {
        session.say(&session.texts.count("cli-store-undo", days.into(), &[]));
    }
}

/// Says why nothing, or less, was deleted than the clock of the desk says.
pub(crate) fn say_doubt(session: &Session, doubt: &Doubt) {
    let time = |seconds: i64| {
        let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MIN);
        time.strftime("%Y-%m-%d %H:%M UTC").to_string()
    };
    let (clock, store) = doubt.times();
    let said = session.texts.with(doubt.key(), &[("clock", &time(clock)), ("store", &time(store))]);
    session.say(&format!("{said} {}", session.texts.get("store-clock-hint")));
}

/// What one call keeps.
pub(crate) struct Keeper<'s> {
    session: &'s Session,
    place: StoreAddress,
    /// The store, and `None` for as long as it is away.
    store: Option<Store>,
    /// When it was last tried.
    tried: Instant,
    pending: Option<Pending>,
    /// What the store is to be told of how long it keeps readings, until it knows.
    keep: Option<Keep>,
    new: u64,
    known: u64,
    too_old: u64,
    expired: u64,
    purged: u64,
    /// For how many days what was deleted can be brought back.
    undo_days: u32,
    /// Why nothing, or less, was deleted.
    doubt: Option<Doubt>,
    /// The files of this call's readings that wait.
    waiting: BTreeSet<PathBuf>,
    /// What the store said where it refused a reading.
    said: BTreeSet<String>,
    /// The files that were told of; each is told of once.
    told: BTreeSet<PathBuf>,
    /// What is wrong with files that are left, and with what could not even be put beside.
    exit: Exit,
}

impl<'s> Keeper<'s> {
    /// Opens the store that is asked for, before anything is read. One that does not answer is no reason to send a phone away: what is
    /// read waits beside it.
    ///
    /// # Errors
    /// With a message, when it can never take what is read.
    pub(crate) fn from(session: &'s Session, matches: &ArgMatches) -> Result<Option<Keeper<'s>>, Exit> {
        let wished = matches.try_get_one::<Keep>("keep").ok().flatten().copied();
        let Some(place) = asked_for(session, matches)? else {
            if wished.is_some() {
                session
                    .error(&session.texts.get("cli-keep-nothing"), Some(&session.texts.get("cli-keep-nothing-hint")));
                return Err(Exit::USAGE);
            }
            return Ok(None);
        };
        let mut keeper = Keeper {
            session,
            place: place.clone(),
            store: None,
            tried: Instant::now(),
            pending: data_folder().map(|folder| Pending::new(folder.join("pending"))),
            keep: wished.or(session.config.keep.map(Keep::Days)),
            new: 0,
            known: 0,
            too_old: 0,
            expired: 0,
            purged: 0,
            undo_days: 0,
            doubt: None,
            waiting: BTreeSet::new(),
            said: BTreeSet::new(),
            told: BTreeSet::new(),
            exit: Exit::default(),
        };
        match Store::open(&place) {
            Ok(mut store) => {
                store.set_key(identity::key(session)?);
                keeper.store = Some(store);
            }
            Err(error @ StoreError::Gone { .. }) => {
                refuse(session, &error);
            }
            Err(error) => return Err(refuse(session, &error)),
        }
        keeper.settle()?;
        keeper.drain();
        Ok(Some(keeper))
    }

    /// Tells the store for how long it keeps readings, once it is there. One that goes away meanwhile is told when it is back.
    ///
    /// # Errors
    /// With a message, when it refuses.
    fn settle(&mut self) -> Result<(), Exit> {
        let (Some(keep), Some(store)) = (self.keep, self.store.as_mut()) else { return Ok(()) };
        match store.set_keep(keep.days()) {
            Ok(deleted) => {
                self.expired += deleted.readings;
                self.purged += deleted.purged;
                self.undo_days = deleted.undo_days;
                self.doubt = self.doubt.or(deleted.doubt);
                self.keep = None;
                Ok(())
            }
            Err(error) => {
                let exit = refuse(self.session, &error);
                if matches!(error, StoreError::Gone { .. }) {
                    self.leave();
                    return Ok(());
                }
                // It is told once, and asked no more.
                self.keep = None;
                Err(exit)
            }
        }
    }

    /// Leaves a store alone that went away.
    fn leave(&mut self) {
        self.store = None;
        self.tried = Instant::now();
    }

    /// Tries a store again that went away.
    fn come_back(&mut self) {
        self.tried = Instant::now();
        self.store = Store::open(&self.place).ok();
        if let Some(store) = &mut self.store {
            store.set_key(identity::known());
        }
        if let Err(exit) = self.settle() {
            self.exit = self.exit.and(exit);
        }
    }

    /// Keeps one reading with its verdicts.
    pub(crate) fn keep(&mut self, snapshot: &Snapshot, rows: &[VerdictRow]) {
        let snapshot = &snapshot.without_names();
        if self.store.is_none() && self.tried.elapsed() >= REST {
            self.come_back();
        }
        let Some(store) = self.store.as_mut() else { return self.wait(snapshot, rows) };
        match store.add_rows(snapshot, rows) {
            Ok(added) => {
                self.expired += added.expired;
                self.purged += added.purged;
                self.undo_days = added.undo_days;
                self.doubt = self.doubt.or(added.doubt);
                match (added.too_old, added.new_reading) {
                    (true, _) => self.too_old += 1,
                    (false, true) => self.new += 1,
                    (false, false) => self.known += 1,
                }
            }
            Err(error) => {
                // A disk that is full says the same of each reading.
                if self.said.insert(error.to_string()) {
                    refuse(self.session, &error);
                }
                if matches!(error, StoreError::Gone { .. }) {
                    self.leave();
                }
                self.wait(snapshot, rows);
            }
        }
    }

    /// Keeps a reading beside the store.
    fn wait(&mut self, snapshot: &Snapshot, rows: &[VerdictRow]) {
        let saved = match &self.pending {
            Some(pending) => pending.save(&self.place, snapshot, rows),
            None => Err(OutputError::new(std::path::Path::new("pending"), std::io::ErrorKind::NotFound.into())),
        };
        match saved {
            Ok(file) => {
                if self.store.is_some() {
                    // Why it was refused has just been said.
                    self.told.insert(file.clone());
                }
                self.waiting.insert(file);
            }
            Err(error) => {
                self.session.output_error(&error);
                self.exit = self.exit.and(Exit::USAGE);
            }
        }
    }

    /// Stores what waits.
    fn drain(&mut self) {
        let (Some(pending), Some(store)) = (&self.pending, self.store.as_mut()) else { return };
        let drained = pending.drain(store);
        for file in drained.stored.iter().chain(&drained.too_old) {
            self.waiting.remove(file);
        }
        self.too_old += u64::try_from(drained.too_old.len()).unwrap_or(u64::MAX);
        self.expired += drained.expired;
        self.doubt = self.doubt.or(drained.doubt);
        let count = u64::try_from(drained.stored.len()).unwrap_or(u64::MAX);
        if count > 0 {
            let variables = [("place", &*self.place.shown())];
            self.session.say(&self.session.texts.count("cli-store-drained", count, &variables));
        }
        for left in &drained.left {
            if !self.told.insert(left.file.clone()) {
                continue;
            }
            let file = left.file.display().to_string();
            let variables = [("file", file.as_str()), ("detail", left.detail())];
            let hint = self.session.texts.with(&format!("{}-hint", left.key()), &variables);
            self.session.error(&self.session.texts.with(left.key(), &variables), Some(&hint));
            self.exit = self.exit.and(Exit::UNREADABLE);
        }
        if let Some(error) = drained.ended {
            let exit = refuse(self.session, &error);
            match error {
                StoreError::Gone { .. } => self.leave(),
                _ => self.exit = self.exit.and(exit),
            }
        }
    }

    /// Says what was kept, and what waits.
    pub(crate) fn finish(mut self) -> Exit {
        let away = self.store.is_none();
        if away {
            self.come_back();
        }
        if away || !self.waiting.is_empty() {
            self.drain();
        }
        let texts = &self.session.texts;
        let place = self.place.shown();
        let told = [
            ("cli-store-new", self.new),
            ("cli-store-known", self.known),
            ("cli-store-too-old", self.too_old),
            ("cli-store-expired", self.expired),
            ("cli-store-purged", self.purged),
        ];
        for (key, count) in told {
            if count > 0 {
                self.session.say(&texts.count(key, count, &[("place", &place)]));
            }
        }
        if self.expired > 0 {
            say_undo(self.session, self.undo_days);
        }
        if let Some(doubt) = &self.doubt {
            say_doubt(self.session, doubt);
        }
        let mut exit = self.exit;
        // Away to the end: what waits there still waits, and for how long it keeps readings was not settled.
        if self.store.is_none() {
            exit = exit.and(Exit::UNREADABLE);
        }
        if !self.waiting.is_empty() {
            let count = u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
            let folder =
                self.pending.as_ref().map(|pending| pending.folder().display().to_string()).unwrap_or_default();
            let message = texts.count("cli-store-waiting", count, &[("folder", &folder)]);
            self.session.error(&message, Some(&texts.get("cli-store-waiting-hint")));
            exit = exit.and(Exit::UNREADABLE);
        }
        exit
    }
}

/// For how long a store keeps readings.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keep {
    Days(u32),
    Forever,
}

impl Keep {
    /// The word of `--keep`: `90d`, `90`, `forever`.
    pub(crate) fn parse(text: &str) -> Result<Keep, String> {
        if text == "forever" {
            return Ok(Keep::Forever);
        }
        days(text).map(Keep::Days)
    }

    pub(crate) fn days(self) -> Option<u32> {
        match self {
            Keep::Days(days) => Some(days),
            Keep::Forever => None,
        }
    }
}

/// A number of days, at least one: `90d`, or `90`; `52w` for weeks.
pub(crate) fn days(text: &str) -> Result<u32, String> {
    let (number, factor) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    let number = number.parse::<u32>().map_err(|error| error.to_string())?;
    number.checked_mul(factor).filter(|days| (1..=36_500).contains(days)).ok_or_else(|| text.to_owned())
}

/// A number of days that may be none: `0`, else as [`days`].
pub(crate) fn undo_days(text: &str) -> Result<u32, String> {
    if matches!(text, "0" | "0d") { Ok(0) } else { days(text) }
}
