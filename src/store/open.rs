//! A store that is open, and its transactions.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::address::StoreAddress;
use super::connect::connect;
use super::error::StoreError;
use super::sql::{Access, Connection, Failed, Transaction};
use super::value::Broken;

/// How long a server that went away is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// The first pause between two attempts; each is twice as long as the one before, to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A store that is open.
pub struct Store {
    pub(super) place: StoreAddress,
    pub(super) connection: Option<Connection>,
    pub(super) access: Access,
    pub(super) patience: Duration,
    pub(super) key: Option<Vec<u8>>,
    pub(super) clock: fn() -> Timestamp,
    pub(super) broken: BTreeSet<Broken>,
    pub(super) unproven: u64,
}

impl Store {
    /// Opens a store to write to; makes it where there is none.
    ///
    /// # Errors
    /// A [`StoreError`] that says what stands in the way.
    pub fn open(place: &StoreAddress) -> Result<Store, StoreError> {
        Store::open_as(place, true, PATIENCE)
    }

    /// Opens a store that should be there, to write to.
    ///
    /// # Errors
    /// [`StoreError::Missing`], and as [`Store::open`].
    pub fn open_existing(place: &StoreAddress) -> Result<Store, StoreError> {
        Store::open_as(place, false, PATIENCE)
    }

    /// Opens a store that should be there, to read: the right to read it is enough.
    ///
    /// # Errors
    /// As [`Store::open_existing`].
    pub fn open_to_read(place: &StoreAddress) -> Result<Store, StoreError> {
        Store::open_for(place, Access::Read, PATIENCE)
    }

    /// Opens a store to write to, and sets how long a server that goes away, or what another desk holds there, is waited for.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_as(place: &StoreAddress, may_make: bool, patience: Duration) -> Result<Store, StoreError> {
        Store::open_for(place, if may_make { Access::Make } else { Access::Write }, patience)
    }

    fn open_for(place: &StoreAddress, access: Access, patience: Duration) -> Result<Store, StoreError> {
        if place.is_no_file() {
            return Err(StoreError::NotAFile { place: place.shown() });
        }
        // What is gone later is not made again, as if nothing had been in it.
        let later = if access == Access::Make { Access::Write } else { access };
        let mut store = Store {
            place: place.clone(),
            connection: None,
            access: later,
            patience,
            key: None,
            clock: Timestamp::now,
            broken: BTreeSet::new(),
            unproven: 0,
        };
        match connect(place, access, patience) {
            Ok(connection) => store.connection = Some(connection),
            Err(Failed::For(error)) => return Err(error),
            // Nothing was there to go away: a server that is not reached at first is told at once.
            Err(Failed::Again(detail)) => return Err(StoreError::Gone { place: place.shown(), detail }),
        }
        Ok(store)
    }

    /// Where it is.
    pub fn place(&self) -> &StoreAddress {
        &self.place
    }

    /// Seals what is stored with the key of the desk, and proves with it what is read. Without one a seal shows an accident, and no more.
    pub fn set_key(&mut self, key: Option<Vec<u8>>) {
        self.key = key;
    }

    /// Goes by another clock than that of the system, as tests must.
    pub fn set_clock(&mut self, clock: fn() -> Timestamp) {
        self.clock = clock;
    }

    /// How many verdicts were told since this was asked last that nobody can prove here to be what was stored: they have no seal, or one of
    /// another key.
    pub fn unproven(&mut self) -> u64 {
        std::mem::take(&mut self.unproven)
    }

    /// The rows that were passed over since this was asked last, as they are not what poucet writes; of very many the first.
    pub fn passed_over(&mut self) -> Vec<StoreError> {
        let broken = std::mem::take(&mut self.broken);
        broken.into_iter().map(|one| damaged(&self.place, &one.reading, one.column)).collect()
    }

    /// Runs a transaction that writes.
    pub(super) fn write<R>(
        &mut self,
        work: impl Fn(&mut Transaction<'_>) -> Result<R, Failed>,
    ) -> Result<R, StoreError> {
        self.transact(Access::Write, work)
    }

    /// Runs a transaction that only reads.
    pub(super) fn read<R>(
        &mut self,
        work: impl Fn(&mut Transaction<'_>) -> Result<R, Failed>,
    ) -> Result<R, StoreError> {
        self.transact(Access::Read, work)
    }

    /// Runs a transaction; with a server that goes away, again from its beginning, until it is back or patience is over.
    fn transact<R>(
        &mut self,
        access: Access,
        work: impl Fn(&mut Transaction<'_>) -> Result<R, Failed>,
    ) -> Result<R, StoreError> {
        let begun = Instant::now();
        let mut pause = PAUSE;
        loop {
            let result = match self.connection.take() {
                Some(connection) => Ok(connection),
                None => connect(&self.place, self.access, self.patience),
            };
            let detail = match result {
                Ok(mut connection) => match connection.transact_and_tell(&self.place, access, &work) {
                    Ok((result, mut told)) => {
                        self.broken.append(&mut told.broken);
                        self.unproven += told.unproven;
                        self.connection = Some(connection);
                        return Ok(result);
                    }
                    Err(Failed::For(error)) => {
                        self.connection = Some(connection);
                        return Err(error);
                    }
                    Err(Failed::Again(detail)) => detail,
                },
                Err(Failed::For(error)) => return Err(error),
                Err(Failed::Again(detail)) => detail,
            };
            if begun.elapsed() + pause > self.patience {
                return Err(StoreError::Gone { place: self.place.shown(), detail });
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Leaves no deleted byte behind in the file or beside it.
    pub(super) fn forget(&mut self) {
        if let Some(Connection::Sqlite(sqlite)) = &self.connection {
            // What another desk reads at this moment goes when it is done.
            let _ = sqlite.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}

/// What is kept of a reading is not what was stored.
pub(super) fn damaged(place: &StoreAddress, reading: &str, detail: String) -> StoreError {
    StoreError::Damaged { place: place.shown(), reading: reading.to_owned(), detail }
}
