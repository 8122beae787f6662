//! The history of the fleet, as one visit writes to it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{Event, Face, Keep, Kept, KeptCounts, Outcome, StoreOptions};
use crate::files::output::OutputError;
use crate::snapshot::Snapshot;
use crate::store::{Doubt, Pending, Store, StoreAddress, StoreError, VerdictRow};

/// How long a store that went away is left alone before it is tried again.
const REST: Duration = Duration::from_secs(10);

/// What a store that refuses makes of the call.
pub fn refusal(error: &StoreError) -> Outcome {
    match error {
        StoreError::Gone { .. } | StoreError::Damaged { .. } => Outcome::UNREADABLE,
        _ => Outcome::REFUSED,
    }
}

/// Writes what one visit keeps.
pub(crate) struct StoreWriter<'s> {
    face: &'s dyn Face,
    place: StoreAddress,
    key: Option<Vec<u8>>,
    /// The store, and `None` for as long as it is away.
    store: Option<Store>,
    /// When it was last tried.
    tried: Instant,
    pending: Option<Pending>,
    /// What the store is to be told of how long it keeps readings, until it knows.
    keep: Option<Keep>,
    counts: KeptCounts,
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
    outcome: Outcome,
}

impl<'s> StoreWriter<'s> {
    /// Opens the store that is asked for, before anything is read. One that does not answer is no reason to send a phone away: what is
    /// read waits beside it.
    ///
    /// # Errors
    /// It can never take what is read: why was told.
    pub(super) fn open(options: StoreOptions, face: &'s dyn Face) -> Result<StoreWriter<'s>, Outcome> {
        let StoreOptions { address, keep, key, pending } = options;
        let mut writer = StoreWriter {
            face,
            counts: KeptCounts { place: address.shown(), ..KeptCounts::default() },
            place: address,
            key,
            store: None,
            tried: Instant::now(),
            pending: pending.map(Pending::new),
            keep,
            undo_days: 0,
            doubt: None,
            waiting: BTreeSet::new(),
            said: BTreeSet::new(),
            told: BTreeSet::new(),
            outcome: Outcome::default(),
        };
        match Store::open(&writer.place) {
            Ok(mut store) => {
                store.set_key(writer.key.clone());
                writer.store = Some(store);
            }
            Err(error @ StoreError::Gone { .. }) => {
                writer.refuse(&error);
            }
            Err(error) => return Err(writer.refuse(&error)),
        }
        writer.settle()?;
        writer.drain();
        Ok(writer)
    }

    fn tell(&self, kept: Kept<'_>) {
        self.face.event(Event::Kept(kept));
    }

    /// Tells what is wrong with the store.
    fn refuse(&self, error: &StoreError) -> Outcome {
        self.tell(Kept::Refused(error));
        refusal(error)
    }

    /// Tells the store for how long it keeps readings, once it is there. One that goes away meanwhile is told when it is back.
    ///
    /// # Errors
    /// With a message, when it refuses.
    fn settle(&mut self) -> Result<(), Outcome> {
        let (Some(keep), Some(store)) = (self.keep, self.store.as_mut()) else { return Ok(()) };
        match store.set_keep(keep.days()) {
            Ok(deleted) => {
                self.counts.expired += deleted.readings;
                self.counts.purged += deleted.purged;
                self.undo_days = deleted.undo_days;
                self.doubt = self.doubt.or(deleted.doubt);
                self.keep = None;
                Ok(())
            }
            Err(error) => {
                let outcome = self.refuse(&error);
                if matches!(error, StoreError::Gone { .. }) {
                    self.leave();
                    return Ok(());
                }
                // It is told once, and asked no more.
                self.keep = None;
                Err(outcome)
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
            store.set_key(self.key.clone());
        }
        if let Err(outcome) = self.settle() {
            self.outcome = self.outcome.and(outcome);
        }
    }

    /// Keeps one reading with its verdicts.
    pub(super) fn keep(&mut self, snapshot: &Snapshot, rows: &[VerdictRow]) {
        let snapshot = &snapshot.without_names();
        if self.store.is_none() && self.tried.elapsed() >= REST {
            self.come_back();
        }
        let Some(store) = self.store.as_mut() else { return self.wait(snapshot, rows) };
        match store.add_rows(snapshot, rows) {
            Ok(added) => {
                self.counts.expired += added.expired;
                self.counts.purged += added.purged;
                self.undo_days = added.undo_days;
                self.doubt = self.doubt.or(added.doubt);
                match (added.too_old, added.new_reading) {
                    (true, _) => self.counts.too_old += 1,
                    (false, true) => self.counts.new += 1,
                    (false, false) => self.counts.known += 1,
                }
            }
            Err(error) => {
                // A disk that is full says the same of each reading.
                if self.said.insert(error.to_string()) {
                    self.refuse(&error);
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
                self.face.event(Event::Unwritten(&error));
                self.outcome = self.outcome.and(Outcome::REFUSED);
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
        self.counts.too_old += u64::try_from(drained.too_old.len()).unwrap_or(u64::MAX);
        self.counts.expired += drained.expired;
        self.doubt = self.doubt.or(drained.doubt);
        let count = u64::try_from(drained.stored.len()).unwrap_or(u64::MAX);
        if count > 0 {
            self.tell(Kept::Drained { count, place: &self.counts.place });
        }
        for left in &drained.left {
            if !self.told.insert(left.file.clone()) {
                continue;
            }
            self.tell(Kept::Left(left));
            self.outcome = self.outcome.and(Outcome::UNREADABLE);
        }
        if let Some(error) = drained.ended {
            let outcome = self.refuse(&error);
            match error {
                StoreError::Gone { .. } => self.leave(),
                _ => self.outcome = self.outcome.and(outcome),
            }
        }
    }

    /// Tells what was kept, and what waits.
    pub(super) fn finish(mut self) -> Outcome {
        let away = self.store.is_none();
        if away {
            self.come_back();
        }
        if away || !self.waiting.is_empty() {
            self.drain();
        }
        self.tell(Kept::Counts(&self.counts));
        if self.counts.expired > 0 {
            self.tell(Kept::Undo(self.undo_days));
        }
        if let Some(doubt) = &self.doubt {
            self.tell(Kept::Doubt(doubt));
        }
        let mut outcome = self.outcome;
        // Away to the end: what waits there still waits, and for how long it keeps readings was not settled.
        if self.store.is_none() {
            outcome = outcome.and(Outcome::UNREADABLE);
        }
        if !self.waiting.is_empty() {
            let count = u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
            let folder =
                self.pending.as_ref().map(|pending| pending.folder().display().to_string()).unwrap_or_default();
            self.tell(Kept::Waiting { count, folder: &folder });
            outcome = outcome.and(Outcome::UNREADABLE);
        }
        outcome
    }
}
