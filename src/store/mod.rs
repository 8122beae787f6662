//! The history of a fleet: readings and what was judged of them, in an SQLite file or on a PostgreSQL server that desks share.
//!
//! A reading is known by the SHA-256 of its snapshot, and a verdict by what it follows from: however often and by whomever the same
//! is stored, it is there once. Each reading goes in with its verdicts in one transaction. How long readings are kept is settled in
//! the store itself, so that every desk that writes to it keeps to that. `docs/store.md` describes the tables.

mod clock;
mod error;
mod keep;
mod pending;
mod place;
mod rows;
mod schema;
mod seal;
mod sql;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::audit::Audit;
use crate::evidence::SourceKind;
use crate::files::fingerprint;
use crate::snapshot::{Snapshot, read, without_double};
use crate::vocabulary::{Severity, Verdict};

pub use clock::Doubt;
pub use error::StoreError;
pub use keep::{Deleted, Deletion};
pub use pending::{Drained, Left, Pending};
pub use place::Place;
pub use rows::{FindingRow, VerdictRow};
use seal::Sealed;
use sql::{Access, Broken, Connection, Failed, Kind, Marks, Row, Shape, Transaction, Value};

/// How long a server that went away is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// The first pause between two attempts; each is twice as long as the one before, to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The beginning of 2007, in seconds since 1970. No phone that can be read is older: an earlier time is that of a clock that was reset.
const FIRST_PHONE: i64 = 1_167_609_600;
/// How long ago a phone may have been read that is stored as read now.
const FRESH: SignedDuration = SignedDuration::from_mins(15);
/// How many bytes the id of a device may have: PostgreSQL refuses rows of an index above some 2,700.
const LONGEST_ID: usize = 200;
/// How much of a longer one is kept, before the beginning of its SHA-256.
const KEPT_OF_ID: usize = 180;
/// How the name of a reading begins that names no phone.
const NAMELESS: &str = "unknown-";
/// How many snapshots are fetched from a server at a time; of a file one, as nothing is saved there by more.
const PAGE: usize = 32;
/// How many devices are fetched at a time.
const DEVICES: usize = 1000;
/// How many devices a word that fits several is told.
const MOST_MATCHES: usize = 5;

/// A store that is open.
pub struct Store {
    place: Place,
    connection: Option<Connection>,
    access: Access,
    patience: Duration,
    key: Option<Vec<u8>>,
    clock: fn() -> Timestamp,
    broken: BTreeSet<Broken>,
    unproven: u64,
}

/// What became of a reading that was to be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Whether it was not there before.
    pub new_reading: bool,
    /// How many of its verdicts were not there before.
    pub new_verdicts: u64,
    /// Whether it is older than the store keeps readings, and was not stored.
    pub too_old: bool,
    /// How many older readings were deleted, as the store keeps them no longer.
    pub expired: u64,
    /// For how many days those can be brought back.
    pub undo_days: u32,
    /// How many that were deleted before are gone for good.
    pub purged: u64,
    /// Why nothing, or less, was deleted than the clock of the desk says.
    pub doubt: Option<Doubt>,
}

/// A phone of the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// Its id; `unknown-` and the beginning of the reading's for a reading that names none.
    pub id: String,
    /// `android` or `ios`.
    pub platform: String,
    /// Maker and model, as in the latest reading.
    pub model: Option<String>,
    /// Version of the operating system in the latest reading.
    pub os_version: Option<String>,
    /// The time of the first reading, UTC.
    pub first: String,
    /// The time of the latest whole reading, UTC; of the latest one, where none is whole.
    pub latest: String,
    /// How many readings there are.
    pub readings: u64,
    /// The parts of the phone that the latest reading does not tell whole: it is the latest whole one, unless there is none.
    pub partial: Vec<String>,
    /// How many readings after it are partial, and the time of the latest of them, UTC.
    pub later_partial: Option<(u64, String)>,
    /// The latest verdicts on the latest reading, one for each profile.
    pub verdicts: Vec<StoredVerdict>,
}

impl Device {
    /// Whether it is a phone, and not a reading that names none.
    pub fn is_named(&self) -> bool {
        !self.id.starts_with(NAMELESS)
    }
}

/// One reading of the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// SHA-256 of its snapshot.
    pub sha256: String,
    /// The phone.
    pub device: String,
    /// When it was taken, as the snapshot says.
    pub taken_at: Option<String>,
    /// When it was taken, by the best clock there was and never after it was stored, or else stored; UTC.
    pub taken_utc: String,
    /// When it was stored, UTC.
    pub stored_utc: String,
    /// Version of the operating system.
    pub os_version: Option<String>,
    /// What kind of evidence it was made from.
    pub source: String,
    /// The parts of the phone that it does not tell whole, as words.
    pub partial: Vec<String>,
    /// The verdicts on it, the latest of each profile.
    pub verdicts: Vec<StoredVerdict>,
}

/// One verdict of the store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredVerdict {
    /// Id of the profile.
    pub profile: String,
    /// Its version.
    pub profile_version: String,
    /// The version of poucet that judged.
    pub tool_version: String,
    /// The verdict, as a word.
    pub verdict: String,
    /// The highest severity of a rule that fails, as a word.
    pub worst: Option<String>,
    /// How many rules fail.
    pub fail: u64,
    /// How many rules tell and do not judge, and have something to tell.
    pub noted: u64,
    /// How many rules could not be judged.
    pub not_assessed: u64,
    /// Weighted share of the rules that hold, 0 to 1.
    pub conformity: Option<f64>,
}

/// How long a period of a trend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A day, UTC.
    Day,
    /// A week from Monday, by its first day.
    Week,
    /// A month.
    Month,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 3] = [Step::Day, Step::Week, Step::Month];

    /// The word of `--by`.
    pub fn word(self) -> &'static str {
        match self {
            Step::Day => "day",
            Step::Week => "week",
            Step::Month => "month",
        }
    }

    /// The period of a time.
    fn period(self, utc: &str) -> String {
        let day = utc.get(..10).unwrap_or(utc);
        match self {
            Step::Day => day.to_owned(),
            Step::Month => utc.get(..7).unwrap_or(utc).to_owned(),
            Step::Week => {
                let date: Option<jiff::civil::Date> = day.parse().ok();
                let monday = date
                    .and_then(|date| date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok());
                monday.map_or_else(|| day.to_owned(), |monday| monday.to_string())
            }
        }
    }
}

/// What one profile says of all phones that were read in a period: of each phone the latest reading counts, a whole one before any other.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// Its first day, or its month.
    pub start: String,
    /// The profile.
    pub profile: String,
    /// Phones that were read.
    pub phones: u64,
    /// Phones of which only half was read.
    pub partial: u64,
    /// Phones that count by a whole reading, and of which half was read after it.
    pub later_partial: u64,
    /// Phones with a rule that fails.
    pub failing: u64,
    /// Phones of which nothing fails, and something could not be judged.
    pub unsure: u64,
    /// Failing phones by the highest severity of a rule that fails.
    pub worst: BTreeMap<String, u64>,
    /// Failing rules of all phones.
    pub failing_rules: u64,
    /// The mean conformity of the phones for which it can be told, 0 to 1.
    pub conformity: Option<f64>,
}

impl Store {
    /// Opens a store to write to; makes it where there is none.
    ///
    /// # Errors
    /// A [`StoreError`] that says what stands in the way.
    pub fn open(place: &Place) -> Result<Store, StoreError> {
        Store::open_as(place, true, PATIENCE)
    }

    /// Opens a store that should be there, to write to.
    ///
    /// # Errors
    /// [`StoreError::Missing`], and as [`Store::open`].
    pub fn open_existing(place: &Place) -> Result<Store, StoreError> {
        Store::open_as(place, false, PATIENCE)
    }

    /// Opens a store that should be there, to read: the right to read it is enough.
    ///
    /// # Errors
    /// As [`Store::open_existing`].
    pub fn open_to_read(place: &Place) -> Result<Store, StoreError> {
        Store::open_for(place, Access::Read, PATIENCE)
    }

    /// Opens a store to write to, and sets how long a server that goes away, or what another desk holds there, is waited for.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_as(place: &Place, may_make: bool, patience: Duration) -> Result<Store, StoreError> {
        Store::open_for(place, if may_make { Access::Make } else { Access::Write }, patience)
    }

    fn open_for(place: &Place, access: Access, patience: Duration) -> Result<Store, StoreError> {
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
        match Connection::open(place, access, patience) {
            Ok(connection) => store.connection = Some(connection),
            Err(Failed::For(error)) => return Err(error),
            // Nothing was there to go away: a server that is not reached at first is told at once.
            Err(Failed::Again(detail)) => return Err(StoreError::Gone { place: place.shown(), detail }),
        }
        Ok(store)
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
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
    fn write<R>(&mut self, work: impl Fn(&mut Transaction<'_>) -> Result<R, Failed>) -> Result<R, StoreError> {
        self.transact(Access::Write, work)
    }

    /// Runs a transaction that only reads.
    fn read<R>(&mut self, work: impl Fn(&mut Transaction<'_>) -> Result<R, Failed>) -> Result<R, StoreError> {
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
                None => Connection::open(&self.place, self.access, self.patience),
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

    /// Stores a reading with its verdicts. What is there already stays as it is.
    ///
    /// # Errors
    /// When it could not be stored; then nothing of it was.
    pub fn add(&mut self, snapshot: &Snapshot, audits: &[Audit<'_>]) -> Result<Added, StoreError> {
        let rows: Vec<VerdictRow> = audits.iter().map(VerdictRow::of).collect();
        self.add_rows(snapshot, &rows)
    }

    /// As [`Store::add`], with verdicts that were made before.
    ///
    /// # Errors
    /// As [`Store::add`].
    pub fn add_rows(&mut self, snapshot: &Snapshot, rows: &[VerdictRow]) -> Result<Added, StoreError> {
        let body = serde_json::to_string(snapshot).unwrap_or_default();
        let sha256 = fingerprint::of_text(&body);
        let desk = (self.clock)();
        let device = device_of(snapshot, &sha256);
        let partial = rows::words(snapshot.unread_parts());
        let key = self.key.clone();
        let key = key.as_deref();
        let added = self.write(|transaction| {
            let (judged, last) = keep::hear(transaction, desk, false)?;
            let stored = Timestamp::from_second(judged.now).unwrap_or(desk);
            // A phone that was just read was read now, however right its clock is; and no reading is later than its storing, if that is known.
            let fresh = |taken: &Timestamp| is_live(snapshot) && stored.duration_since(*taken).abs() <= FRESH;
            let latest = if judged.now == desk.as_second() || !judged.doubted { stored } else { in_years(stored) };
            let taken = taken(snapshot).filter(|taken| !fresh(taken)).unwrap_or(stored).min(latest);
            let (taken, now) = (utc(taken), utc(stored));
            let mut added = Added { undo_days: keep::undo_days(transaction)?, ..Added::default() };
            let kept = kept_days(transaction)?;
            // Where nothing is ever deleted, it makes no difference that less is.
            added.doubt = judged.doubt.filter(|doubt| kept.is_some() || doubt.is_whole());
            added.purged = keep::purge(transaction, &judged, false)?;
            if let Some(days) = kept {
                added.expired = keep::delete_before(transaction, &judged, days, "keep")?;
                if keep::cutoff(&judged, days).is_some_and(|cutoff| taken < keep::cutoff_text(cutoff)) {
                    added.too_old = true;
                    return Ok(added);
                }
            }
            let known = transaction.query("SELECT sha256 FROM reading WHERE sha256 = $1", &[Value::from(sha256.as_str())])?;
            if known.is_empty() {
                let name = snapshot.device.name();
                let sequence = last.saturating_add(1);
                keep::settle(transaction, "sequence", Some(sequence.to_string()))?;
                let mut reading = vec![
                    Value::from(sha256.as_str()),
                    Value::from(device.as_str()),
                    Value::from(snapshot.device.platform.word()),
                    Value::from(name.as_deref()),
                    Value::from(snapshot.device.os_version.as_deref()),
                    Value::from(snapshot.source.kind.as_str()),
                    Value::from(snapshot.taken_at.as_deref()),
                    Value::from(taken.as_str()),
                    Value::from(now.as_str()),
                    Value::from(partial.as_str()),
                    Value::Integer(sequence),
                ];
                let seal = seal::of(key, "reading", &reading);
                reading.extend([Value::from(seal), Value::from(body.as_str()), Value::Integer(keep::doubted(&judged))]);
                added.new_reading = transaction.execute(
                    "INSERT INTO reading (sha256, device, platform, model, os_version, source, taken_at, taken_utc, stored_utc, partial, \
                     sequence, seal, snapshot, doubted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
                     ON CONFLICT (sha256) DO NOTHING",
                    &reading,
                )? > 0;
            }
            // To the microsecond, as far as the clock of the desk may be believed.
            let is_near = (judged.now - desk.as_second()).abs() <= clock::DAY;
            let judged_at = if is_near { desk } else { stored };
            for row in rows {
                added.new_verdicts += add_verdict(transaction, &sha256, row, key, judged_at)?;
            }
            Ok(added)
        })?;
        if added.purged > 0 || (added.expired > 0 && added.undo_days == 0) {
            self.forget();
        }
        Ok(added)
    }

    /// The phones, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn devices(&mut self) -> Result<Vec<Device>, StoreError> {
        let mut devices = Vec::new();
        self.each_device(|device| {
            devices.push(device);
            true
        })?;
        Ok(devices)
    }

    /// Each phone, by id, until `take` has enough. However many there are, some hundreds are held at a time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn each_device(&mut self, mut take: impl FnMut(Device) -> bool) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let key = self.key.clone();
            let (devices, last) = self.read(|transaction| device_page(transaction, after.as_ref(), key.as_deref()))?;
            if !devices.into_iter().all(&mut take) || last.is_none() {
                return Ok(());
            }
            if last == after {
                // Pages of a file that somebody made may lead back to themselves.
                return Err(StoreError::Changed { place: self.place.shown(), detail: "reading.device".to_owned() });
            }
            after = last;
        }
    }

    /// The one device whose id begins with a word, or is it.
    ///
    /// # Errors
    /// [`StoreError::NoDevice`], [`StoreError::Ambiguous`].
    pub fn find(&mut self, word: &str) -> Result<String, StoreError> {
        let whole = stored_id(word);
        let shape = Shape { reading: 0, columns: &[("reading.device", Kind::Text)] };
        let ids = self.read(|transaction| {
            let same = "SELECT DISTINCT device FROM reading WHERE device = $1";
            let same = transaction.rows(&shape, same, &[Value::from(whole.as_str())])?;
            if !same.is_empty() || word.is_empty() {
                return Ok(same);
            }
            let begin = format!(
                "SELECT DISTINCT device FROM reading WHERE substr(device, 1, length($1)) = $1 ORDER BY device LIMIT {MOST_MATCHES}"
            );
            transaction.rows(&shape, &begin, &[Value::from(word)])
        })?;
        let matches: Vec<&str> = ids.iter().filter_map(|row| row.first()?.text()).collect();
        let place = self.place.shown();
        match matches.as_slice() {
            [] => Err(StoreError::NoDevice { place, word: word.to_owned() }),
            [id] => Ok((*id).to_owned()),
            several => Err(StoreError::Ambiguous { place, word: word.to_owned(), matches: several.join(", ") }),
        }
    }

    /// The readings of a device, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn readings(&mut self, device: &str) -> Result<Vec<Reading>, StoreError> {
        let key = self.key.clone();
        let key = key.as_deref();
        self.read(|transaction| {
            let marks = sql::marks(transaction)?;
            let (columns, sequence) = (reading_columns(&marks), marks.sequence);
            let statement = format!(
                "SELECT {columns} FROM reading r WHERE r.device = $1 ORDER BY r.taken_utc DESC, {sequence} DESC, r.sha256 DESC"
            );
            let values = [Value::from(device)];
            let rows = sealed_readings(transaction, &statement, &values, key)?;
            check_findings(transaction, &marks, &values)?;
            let mut verdicts = verdicts(transaction, &marks, "WHERE r.device = $1", &values, key)?;
            Ok(rows.iter().map(|row| reading(row, &mut verdicts)).collect())
        })
    }

    /// The latest reading of a device, at a time or before it: the latest whole one, and a partial one only where none is whole.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn latest(&mut self, device: &str, at: Option<Timestamp>) -> Result<Option<Reading>, StoreError> {
        let limit = at.map(utc);
        let readings = self.readings(device)?.into_iter();
        Ok(whole_first(readings.filter(|reading| limit.as_ref().is_none_or(|limit| reading.taken_utc <= *limit))))
    }

    /// The latest reading of a device before a snapshot, which may be one of the store; a whole one before any partial one. Of readings
    /// that tell no time the one before is the one that was stored before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn before(&mut self, device: &str, than: &Snapshot) -> Result<Option<Reading>, StoreError> {
        let sha256 = fingerprint::of_text(&serde_json::to_string(than).unwrap_or_default());
        let readings = self.readings(device)?;
        let same = readings.iter().position(|reading| reading.sha256 == sha256);
        // One that is not in the store and tells no time is of now, and so is one of a phone that is read now.
        let limit = taken(than).filter(|_| same.is_some() || !is_live(than)).map(utc);
        let earlier = |reading: &Reading| {
            let timeless = reading.taken_at.as_deref().and_then(taken_at).is_none();
            match &limit {
                Some(_) if same.is_some() => true,
                Some(limit) => reading.taken_utc < *limit || (timeless && reading.taken_utc == *limit),
                None => true,
            }
        };
        Ok(whole_first(readings.into_iter().skip(same.map_or(0, |same| same + 1)).filter(earlier)))
    }

    /// A reading's snapshot.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], when it is not what was stored.
    pub fn snapshot(&mut self, sha256: &str) -> Result<Snapshot, StoreError> {
        let bodies = self.read(|transaction| bodies(transaction, &[sha256.into()]))?;
        let damaged = |detail: String| damaged(&self.place, sha256, detail);
        let body = bodies.get(sha256).ok_or_else(|| damaged("0 B".to_owned()))?;
        let body = body.as_deref().ok_or_else(|| damaged("reading.snapshot".to_owned()))?;
        if fingerprint::of_text(body) != sha256 {
            return Err(damaged("SHA-256".to_owned()));
        }
        read::parse(body).map_err(|error| damaged(error.to_string()))
    }

    /// Every snapshot, or every one of a device, as one line of JSON each, the oldest first, until `take` has enough; in the place of
    /// one that is not what was stored, [`StoreError::Damaged`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn each_snapshot(
        &mut self,
        device: Option<&str>,
        mut take: impl FnMut(Result<&str, StoreError>) -> bool,
    ) -> Result<(), StoreError> {
        // Which there are is asked once, so that no page of a file that somebody made can come for ever.
        let shape = Shape { reading: 0, columns: &[("reading.sha256", Kind::Text), ("reading.taken_utc", Kind::Text)] };
        let all = self.read(|transaction| {
            let filter = if device.is_some() { "WHERE device = $1" } else { "" };
            let statement = format!("SELECT sha256, taken_utc FROM reading {filter} ORDER BY taken_utc, sha256");
            let values: Vec<Value> = device.map(Value::from).into_iter().collect();
            let mut all: Vec<Box<str>> = Vec::new();
            transaction.each_of(&shape, &statement, &values, |row| {
                all.extend(row.first().and_then(Value::text).map(Box::from));
            })?;
            Ok(all)
        })?;
        let page = if matches!(self.place, Place::File(_)) { 1 } else { PAGE };
        for keys in all.chunks(page) {
            let bodies = self.read(|transaction| bodies(transaction, keys))?;
            for sha256 in keys {
                // What another desk has deleted meanwhile is not there.
                let Some(body) = bodies.get(&**sha256) else { continue };
                let line = match body.as_deref() {
                    Some(body) if fingerprint::of_text(body) == **sha256 => Ok(body),
                    Some(_) => Err(damaged(&self.place, sha256, "SHA-256".to_owned())),
                    None => Err(damaged(&self.place, sha256, "reading.snapshot".to_owned())),
                };
                if !take(line) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// How the fleet has fared, period by period, the earliest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn trend(&mut self, step: Step) -> Result<Vec<Period>, StoreError> {
        // The last one of a phone and profile in a period is the one that counts; those of whole readings come last.
        type Place = (String, u64);
        type Latest = BTreeMap<(String, String, String), (Place, bool, Outcome, Option<f64>)>;
        let shape = Shape { reading: 0, columns: &[&READING[..], &VERDICT[..]].concat() };
        let key = self.key.clone();
        let key = key.as_deref();
        let (latest, halves) = self.read(|transaction| {
            let marks = sql::marks(transaction)?;
            let (readings, verdicts) = (reading_columns(&marks), verdict_columns(&marks));
            let statement = format!(
                "SELECT {readings}, {verdicts} FROM verdict v JOIN reading r ON r.sha256 = v.reading \
                 ORDER BY CASE WHEN {partial} = '' THEN 1 ELSE 0 END, r.taken_utc, {sequence}, r.sha256, v.judged_utc, v.id",
                partial = marks.partial,
                sequence = marks.sequence
            );
            let mut latest = Latest::new();
            let mut halves: BTreeMap<(String, String, String), Place> = BTreeMap::new();
            let (mut broken, mut unproven) = (Vec::new(), 0);
            transaction.each_of(&shape, &statement, &[], |row| {
                let (read, judged) = row.split_at(READING.len());
                let text = |row: &[Value], column: usize| row.get(column).and_then(Value::text).unwrap_or("").to_owned();
                let key_of = (step.period(&text(read, 7)), text(judged, 2), text(read, 1));
                let seals = [(check_reading(key, read), "reading".to_owned()), (check_verdict(key, judged), verdict_name(judged))];
                if let Some((_, column)) = seals.iter().find(|(sealed, _)| *sealed == Sealed::Wrong) {
                    broken.push(Broken { reading: text(read, 0), column: column.clone() });
                    // What was said before it is not what holds.
                    latest.remove(&key_of);
                    return;
                }
                unproven += u64::from(seals.iter().any(|(sealed, _)| *sealed == Sealed::Unproven));
                let place = (text(read, 7), read.get(10).map_or(0, Value::number));
                let is_half = !text(read, 9).is_empty();
                if is_half {
                    halves.insert(key_of.clone(), place.clone());
                }
                latest.insert(key_of, (place, is_half, Outcome::of(judged), judged.get(15).and_then(Value::real)));
            })?;
            broken.into_iter().for_each(|one| transaction.pass_over(one));
            transaction.unproven(unproven);
            Ok((latest, halves))
        })?;
        let mut periods: Vec<Period> = Vec::new();
        let mut shares: Vec<f64> = Vec::new();
        let mean = |shares: &[f64]| {
            let count = u32::try_from(shares.len()).ok().filter(|count| *count > 0)?;
            Some((shares.iter().sum::<f64>() / f64::from(count) * 1000.0).round() / 1000.0)
        };
        for (key, (place, is_half, outcome, conformity)) in latest {
            let later = !is_half && halves.get(&key).is_some_and(|half| *half > place);
            let (start, profile, _) = key;
            // A profile for another platform says nothing of the phone, and its phones are not those of the profile.
            if outcome.verdict == Verdict::NotApplicable.word() {
                continue;
            }
            if periods.last().is_none_or(|period| (&period.start, &period.profile) != (&start, &profile)) {
                shares.clear();
                periods.push(Period {
                    start,
                    profile,
                    phones: 0,
                    partial: 0,
                    later_partial: 0,
                    failing: 0,
                    unsure: 0,
                    worst: BTreeMap::new(),
                    failing_rules: 0,
                    conformity: None,
                });
            }
            let Some(period) = periods.last_mut() else { continue };
            period.phones += 1;
            period.partial += u64::from(is_half);
            period.later_partial += u64::from(later);
            period.failing += u64::from(outcome.verdict == Verdict::Fail.word());
            period.unsure += u64::from(outcome.verdict == Verdict::NotAssessed.word());
            if let Some(worst) = outcome.worst {
                *period.worst.entry(worst).or_insert(0) += 1;
            }
            period.failing_rules += outcome.fail;
            shares.extend(conformity);
            period.conformity = mean(&shares);
        }
        Ok(periods)
    }

    /// Deletes the readings that were taken or stored so many days ago or earlier, with all that was judged of them.
    ///
    /// # Errors
    /// When they could not be deleted; then none was.
    pub fn prune(&mut self, days: u32) -> Result<Deleted, StoreError> {
        self.delete(|transaction, judged| keep::delete_before(transaction, judged, days, "older-than"))
    }

    fn delete(
        &mut self,
        work: impl Fn(&mut Transaction<'_>, &clock::Judged) -> Result<u64, Failed>,
    ) -> Result<Deleted, StoreError> {
        let desk = (self.clock)();
        let deleted = self.write(|transaction| {
            let (judged, _) = keep::hear(transaction, desk, false)?;
            let purged = keep::purge(transaction, &judged, false)?;
            let readings = work(transaction, &judged)?;
            Ok(Deleted { readings, undo_days: keep::undo_days(transaction)?, purged, doubt: judged.doubt })
        })?;
        self.forget();
        Ok(deleted)
    }

    /// Says that the clock of this desk is right, whatever the store has heard.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn settle_clock(&mut self) -> Result<(), StoreError> {
        let desk = (self.clock)();
        self.write(|transaction| keep::hear(transaction, desk, true).map(|_| ()))
    }

    /// Settles for how many days what is deleted from now on can be brought back. With 0 it goes at once, and so does what could still be
    /// brought back; gives how many readings that were.
    ///
    /// # Errors
    /// When it cannot be settled.
    pub fn set_undo(&mut self, days: u32) -> Result<u64, StoreError> {
        let desk = (self.clock)();
        let purged = self.write(|transaction| {
            keep::settle(transaction, "undo_days", Some(days.to_string()))?;
            let (judged, _) = keep::hear(transaction, desk, false)?;
            keep::purge(transaction, &judged, days == 0)
        })?;
        self.forget();
        Ok(purged)
    }

    /// Brings back what a deletion took, by default the last; gives the number of the deletion and of readings that came back.
    ///
    /// # Errors
    /// [`StoreError::NothingDeleted`], where nothing is there to be brought back.
    pub fn restore(&mut self, deletion: Option<u64>) -> Result<(u64, u64), StoreError> {
        let desk = (self.clock)();
        let restored = self.write(|transaction| keep::restore(transaction, deletion, desk))?;
        restored.ok_or_else(|| StoreError::NothingDeleted { place: self.place.shown() })
    }

    /// The latest deletions, the last first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deletions(&mut self) -> Result<Vec<Deletion>, StoreError> {
        self.read(keep::deletions)
    }

    /// For how many days the store keeps readings; `None` for as long as it is there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn keep(&mut self) -> Result<Option<u32>, StoreError> {
        self.read(kept_days)
    }

    /// Settles for how many days the store keeps readings, for every desk that writes to it, and deletes those that are older.
    ///
    /// # Errors
    /// When it cannot be settled.
    pub fn set_keep(&mut self, days: Option<u32>) -> Result<Deleted, StoreError> {
        self.delete(|transaction, judged| {
            keep::settle(transaction, "keep_days", days.map(|days| days.to_string()))?;
            days.map_or(Ok(0), |days| keep::delete_before(transaction, judged, days, "keep"))
        })
    }

    /// Leaves no deleted byte behind in the file or beside it.
    fn forget(&mut self) {
        if let Some(Connection::Sqlite(sqlite)) = &self.connection {
            // What another desk reads at this moment goes when it is done.
            let _ = sqlite.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}

/// The device of a reading, as the store names it.
pub fn device_of(snapshot: &Snapshot, sha256: &str) -> String {
    let unknown = || format!("{NAMELESS}{}", sha256.get(..8).unwrap_or(sha256));
    snapshot.device.id.as_deref().filter(|id| !id.is_empty()).map_or_else(unknown, stored_id)
}

/// The columns of a reading, as [`reading_columns`] asks for them: the seal is of all before it.
const READING: [(&str, Kind); 12] = [
    ("reading.sha256", Kind::Text),
    ("reading.device", Kind::Text),
    ("reading.platform", Kind::Text),
    ("reading.model", Kind::TextOrNothing),
    ("reading.os_version", Kind::TextOrNothing),
    ("reading.source", Kind::Text),
    ("reading.taken_at", Kind::TextOrNothing),
    ("reading.taken_utc", Kind::Text),
    ("reading.stored_utc", Kind::Text),
    ("reading.partial", Kind::Text),
    ("reading.sequence", Kind::Integer),
    ("reading.seal", Kind::TextOrNothing),
];
/// Those of a partial reading.
const HALF: Shape<'static> = Shape {
    reading: 3,
    columns: &[
        ("reading.device", Kind::Text),
        ("reading.taken_utc", Kind::Text),
        ("reading.sequence", Kind::Integer),
        ("reading.sha256", Kind::Text),
    ],
};
/// The columns of a verdict, as [`verdict_columns`] asks for them: the seal is of all before it, and after it is what is counted from the
/// findings.
const VERDICT: [(&str, Kind); 22] = [
    ("verdict.id", Kind::Text),
    ("verdict.reading", Kind::Text),
    ("verdict.profile", Kind::Text),
    ("verdict.profile_version", Kind::Text),
    ("verdict.profile_sha256", Kind::Text),
    ("verdict.tool_version", Kind::Text),
    ("verdict.judged_utc", Kind::Text),
    ("verdict.verdict", Kind::Text),
    ("verdict.worst", Kind::TextOrNothing),
    ("verdict.pass", Kind::Integer),
    ("verdict.fail", Kind::Integer),
    ("verdict.waived", Kind::Integer),
    ("verdict.not_assessed", Kind::Integer),
    ("verdict.manual", Kind::Integer),
    ("verdict.not_applicable", Kind::Integer),
    ("verdict.conformity", Kind::RealOrNothing),
    ("verdict.coverage", Kind::RealOrNothing),
    ("verdict.noted", Kind::IntegerOrNothing),
    ("verdict.findings_sha256", Kind::TextOrNothing),
    ("verdict.seal", Kind::TextOrNothing),
    ("finding", Kind::Integer),
    ("finding", Kind::Integer),
];
/// Where the seals stand.
const READING_SEAL: usize = 11;
const VERDICT_SEAL: usize = 19;
/// The columns of a finding, in their order.
const FINDING: [(&str, Kind); 9] = [
    ("verdict.id", Kind::Text),
    ("verdict.reading", Kind::Text),
    ("finding.place", Kind::Integer),
    ("finding.rule", Kind::Text),
    ("finding.severity", Kind::Text),
    ("finding.verdict", Kind::Text),
    ("finding.app", Kind::TextOrNothing),
    ("finding.app_user", Kind::IntegerOrNothing),
    ("finding.permission", Kind::TextOrNothing),
];

fn reading_columns(marks: &Marks) -> String {
    format!(
        "r.sha256, r.device, r.platform, r.model, r.os_version, r.source, r.taken_at, r.taken_utc, r.stored_utc, {}, {}, {}",
        marks.partial, marks.sequence, marks.seal
    )
}

/// The two last are counted from the findings where the tables are from before what is noted was told apart: rules that are noted, and
/// rules that an earlier version counted as failing though they only tell.
fn verdict_columns(marks: &Marks) -> String {
    let noted = marks.verdict.split(',').next().unwrap_or_default();
    format!(
        "v.id, v.reading, v.profile, v.profile_version, v.profile_sha256, v.tool_version, v.judged_utc, v.verdict, v.worst, v.pass, \
         v.fail, v.waived, v.not_assessed, v.manual, v.not_applicable, v.conformity, v.coverage, {marks}, \
         CASE WHEN {noted} IS NOT NULL THEN {noted} ELSE (SELECT count(DISTINCT f.rule) FROM finding f WHERE f.verdict_id = v.id \
         AND f.verdict = 'noted') END, \
         CASE WHEN {noted} IS NOT NULL THEN 0 ELSE (SELECT count(DISTINCT f.rule) FROM finding f WHERE f.verdict_id = v.id \
         AND f.verdict = 'fail' AND f.severity = 'info' AND f.rule NOT LIKE 'waiver-%') END",
        marks = marks.verdict
    )
}

fn check_reading(key: Option<&[u8]>, row: &[Value]) -> Sealed {
    let seal = row.get(READING_SEAL).unwrap_or(&Value::Nothing);
    seal::check(key, seal, "reading", row.get(..READING_SEAL).unwrap_or_default())
}

fn check_verdict(key: Option<&[u8]>, row: &[Value]) -> Sealed {
    let seal = row.get(VERDICT_SEAL).unwrap_or(&Value::Nothing);
    seal::check(key, seal, "verdict", row.get(..VERDICT_SEAL).unwrap_or_default())
}

/// How a verdict is named that is not what was stored.
fn verdict_name(row: &[Value]) -> String {
    format!("verdict {}", row.get(2).map(sql::named).unwrap_or_default())
}

/// Readings that are what was stored, as far as their seals tell; the others are passed over.
fn sealed_readings(
    transaction: &mut Transaction<'_>,
    statement: &str,
    values: &[Value],
    key: Option<&[u8]>,
) -> Result<Vec<Row>, Failed> {
    let mut rows = transaction.rows(&Shape { reading: 0, columns: &READING }, statement, values)?;
    rows.retain(|row| {
        let is_right = check_reading(key, row) != Sealed::Wrong;
        if !is_right {
            let reading = row.first().map(sql::named).unwrap_or_default();
            transaction.pass_over(Broken { reading, column: "reading".to_owned() });
        }
        is_right
    });
    Ok(rows)
}

/// Names the verdicts of a device whose findings are not those that were stored.
fn check_findings(transaction: &mut Transaction<'_>, marks: &Marks, device: &[Value]) -> Result<(), Failed> {
    let hash = marks.verdict.split(", ").nth(1).unwrap_or_default();
    let verdicts = format!(
        "SELECT v.id, v.reading, v.profile, {hash} FROM verdict v JOIN reading r ON r.sha256 = v.reading WHERE r.device = $1 \
         AND {hash} IS NOT NULL"
    );
    let verdicts = transaction.query(&verdicts, device)?;
    let statement = "SELECT f.verdict_id, v.reading, f.place, f.rule, f.severity, f.verdict, f.app, f.app_user, f.permission FROM finding f \
                     JOIN verdict v ON v.id = f.verdict_id JOIN reading r ON r.sha256 = v.reading WHERE r.device = $1 \
                     ORDER BY f.verdict_id, f.place";
    let mut found: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for mut row in transaction.rows(&Shape { reading: 1, columns: &FINDING }, statement, device)? {
        let values = row.split_off(2);
        found.entry(row.first().and_then(Value::text).unwrap_or_default().to_owned()).or_default().push(values);
    }
    for row in &verdicts {
        let findings =
            row.first().and_then(Value::text).and_then(|id| found.get(id)).map(Vec::as_slice).unwrap_or_default();
        let hash = seal::of_rows("finding", findings.iter().map(Vec::as_slice));
        if row.get(3).and_then(Value::text) != Some(hash.as_str()) {
            let reading = row.get(1).map(sql::named).unwrap_or_default();
            let profile = row.get(2).map(sql::named).unwrap_or_default();
            transaction.pass_over(Broken { reading, column: format!("finding {profile}") });
        }
    }
    Ok(())
}

/// The devices that come after one, and the last that was looked at, if more may come.
fn device_page(
    transaction: &mut Transaction<'_>,
    after: Option<&Value>,
    key: Option<&[u8]>,
) -> Result<(Vec<Device>, Option<Value>), Failed> {
    let marks = sql::marks(transaction)?;
    let (partial, sequence) = (marks.partial, marks.sequence);
    let filter = if after.is_some() { "WHERE device > $1" } else { "" };
    let statement = format!(
        "SELECT device, min(taken_utc), count(*) FROM reading {filter} GROUP BY device ORDER BY device LIMIT {DEVICES}"
    );
    let values: Vec<Value> = after.cloned().into_iter().collect();
    // As they are, for the next page begins after the last of them whatever it is.
    let page = transaction.query(&statement, &values)?;
    let id = |row: &Row| row.first().cloned().unwrap_or(Value::Nothing);
    let (Some(first), Some(last)) = (page.first().map(id), page.last().map(id)) else { return Ok((Vec::new(), None)) };
    let range = [first, last.clone()];
    // Of two readings of one moment the one stored last counts.
    let latest = format!(
        "JOIN (SELECT r.sha256, ROW_NUMBER() OVER (PARTITION BY r.device ORDER BY CASE WHEN {partial} = '' THEN 0 ELSE 1 END, \
         r.taken_utc DESC, {sequence} DESC, r.sha256 DESC) AS place FROM reading r WHERE r.device >= $1 AND r.device <= $2) n \
         ON n.sha256 = r.sha256 AND n.place = 1"
    );
    let columns = reading_columns(&marks);
    let statement =
        format!("SELECT {columns} FROM reading r {latest} WHERE r.device >= $1 AND r.device <= $2 ORDER BY r.device");
    let rows = sealed_readings(transaction, &statement, &range, key)?;
    let halves = transaction.rows(
        &HALF,
        &format!(
            "SELECT r.device, r.taken_utc, {sequence}, r.sha256 FROM reading r WHERE {partial} <> '' \
             AND r.device >= $1 AND r.device <= $2 ORDER BY r.taken_utc, {sequence}"
        ),
        &range,
    )?;
    let mut verdicts = verdicts(transaction, &marks, &latest, &range, key)?;
    let text = |row: &Row, column: usize| row.get(column).and_then(Value::text).map(str::to_owned);
    let counts: BTreeMap<String, (String, u64)> = page
        .iter()
        .filter_map(|row| Some((text(row, 0)?, (text(row, 1)?, row.get(2).map_or(0, Value::number)))))
        .collect();
    let mut later: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for row in &halves {
        let place = (text(row, 1).unwrap_or_default(), row.get(2).map_or(0, Value::number));
        later.entry(text(row, 0).unwrap_or_default()).or_default().push(place);
    }
    let mut devices = Vec::new();
    for row in &rows {
        let (id, latest) = (text(row, 1).unwrap_or_default(), text(row, 7).unwrap_or_default());
        // One of its readings tells no time: that one is named where the readings are asked for.
        let (first, readings) = counts.get(&id).cloned().unwrap_or((latest.clone(), 1));
        let place = (latest.clone(), row.get(10).map_or(0, Value::number));
        let halves = later.remove(&id).unwrap_or_default();
        let after: Vec<_> = halves.into_iter().filter(|half| *half > place).collect();
        let count = u64::try_from(after.len()).unwrap_or(u64::MAX);
        devices.push(Device {
            id,
            platform: text(row, 2).unwrap_or_default(),
            model: text(row, 3).map(|stored| without_double(&stored).to_owned()),
            os_version: text(row, 4),
            first,
            latest,
            readings,
            partial: parts(&text(row, 9).unwrap_or_default()),
            later_partial: after.last().map(|(time, _)| (count, time.clone())),
            verdicts: verdicts.remove(&text(row, 0).unwrap_or_default()).unwrap_or_default(),
        });
    }
    Ok((devices, (page.len() == DEVICES).then_some(last)))
}

/// The snapshots of some readings, by the reading; `None` for what is too long or no text.
fn bodies(
    transaction: &mut Transaction<'_>,
    readings: &[Box<str>],
) -> Result<BTreeMap<String, Option<String>>, Failed> {
    let places: Vec<String> = (1..=readings.len()).map(|place| format!("${place}")).collect();
    let statement = format!(
        "SELECT sha256, CASE WHEN octet_length(snapshot) <= {} THEN snapshot END FROM reading WHERE sha256 IN ({})",
        sql::LONGEST_SNAPSHOT,
        places.join(", ")
    );
    let values: Vec<Value> = readings.iter().map(|reading| Value::from(&**reading)).collect();
    let mut bodies = BTreeMap::new();
    transaction.each(&statement, &values, |row| {
        let mut row = row.into_iter();
        if let (Some(Value::Text(sha256)), Some(body)) = (row.next(), row.next()) {
            bodies.insert(sha256, if let Value::Text(body) = body { Some(body) } else { None });
        }
    })?;
    Ok(bodies)
}

/// What is kept of a reading is not what was stored.
fn damaged(place: &Place, reading: &str, detail: String) -> StoreError {
    StoreError::Damaged { place: place.shown(), reading: reading.to_owned(), detail }
}

/// An id as the store keeps it: a very long one by its beginning and its SHA-256.
fn stored_id(id: &str) -> String {
    // As every text of the store is kept.
    let id = sql::plain(id);
    if id.len() <= LONGEST_ID {
        return id;
    }
    let hash = fingerprint::of_text(&id);
    let kept = (0..=KEPT_OF_ID).rev().find_map(|end| id.get(..end)).unwrap_or_default();
    format!("{kept}-{}", hash.get(..16).unwrap_or(&hash))
}

fn add_verdict(
    transaction: &mut Transaction<'_>,
    reading: &str,
    row: &VerdictRow,
    key: Option<&[u8]>,
    at: Timestamp,
) -> Result<u64, Failed> {
    // Of two judgements within a second the later one counts too.
    let now = at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    let id = fingerprint::of_text(&format!("{reading} {}", row.identity));
    let findings: Vec<Row> = (0_u64..)
        .zip(&row.findings)
        .map(|(place, finding)| {
            vec![
                Value::from(place),
                Value::from(finding.rule.as_str()),
                Value::from(finding.severity.as_str()),
                Value::from(finding.verdict.word()),
                Value::from(finding.app.as_deref()),
                finding.user.map_or(Value::Nothing, |user| Value::Integer(user.into())),
                Value::from(finding.permission.as_deref()),
            ]
        })
        .collect();
    let noted = row.findings.iter().filter(|finding| finding.verdict == Verdict::Noted);
    let noted: BTreeSet<&str> = noted.map(|finding| finding.rule.as_str()).collect();
    let mut values = vec![
        Value::from(id.as_str()),
        Value::from(reading),
        Value::from(row.profile.as_str()),
        Value::from(row.profile_version.as_str()),
        Value::from(row.profile_sha256.as_str()),
        Value::from(row.tool_version.as_str()),
        Value::from(now.as_str()),
        Value::from(row.verdict.word()),
        Value::from(row.worst.as_deref()),
    ];
    values.extend(row.counts.map(Value::from));
    values.extend([
        Value::from(row.conformity),
        Value::Real(row.coverage),
        Value::from(u64::try_from(noted.len()).unwrap_or(u64::MAX)),
        Value::from(seal::of_rows("finding", findings.iter().map(Vec::as_slice))),
    ]);
    values.push(Value::from(seal::of(key, "verdict", &values)));
    let new = transaction.execute(
        "INSERT INTO verdict (id, reading, profile, profile_version, profile_sha256, tool_version, judged_utc, verdict, worst, \
         pass, fail, waived, not_assessed, manual, not_applicable, conformity, coverage, noted, findings_sha256, seal) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT (id) DO NOTHING",
        &values,
    )?;
    if new == 0 {
        // Judged so again: this is what holds now, whatever was said between, as with a waiver that was withdrawn. The seal is that of
        // what was judged: a row that somebody changed meanwhile is none the truer for it.
        let again = "UPDATE verdict SET judged_utc = $1, noted = $2, findings_sha256 = $3, seal = $4 WHERE id = $5 AND judged_utc < $1";
        let mut changed = vec![Value::from(now)];
        changed.extend(values.drain(17..));
        changed.push(Value::from(id));
        transaction.execute(again, &changed)?;
        return Ok(0);
    }
    for finding in findings {
        let mut values = vec![Value::from(id.as_str())];
        values.extend(finding);
        transaction.execute(
            "INSERT INTO finding (verdict_id, place, rule, severity, verdict, app, app_user, permission) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &values,
        )?;
    }
    Ok(1)
}

fn reading(row: &Row, verdicts: &mut BTreeMap<String, Vec<StoredVerdict>>) -> Reading {
    let text = |column: usize| row.get(column).and_then(Value::text).map(str::to_owned);
    let sha256 = text(0).unwrap_or_default();
    Reading {
        verdicts: verdicts.remove(&sha256).unwrap_or_default(),
        sha256,
        device: text(1).unwrap_or_default(),
        taken_at: text(6),
        taken_utc: text(7).unwrap_or_default(),
        stored_utc: text(8).unwrap_or_default(),
        os_version: text(4),
        source: text(5).unwrap_or_default(),
        partial: parts(&text(9).unwrap_or_default()),
    }
}

/// What was judged of a reading, as this version counts it.
struct Outcome {
    verdict: String,
    worst: Option<String>,
    fail: u64,
    noted: u64,
}

impl Outcome {
    /// From the columns of a verdict.
    fn of(row: &[Value]) -> Outcome {
        let text = |column: usize| row.get(column).and_then(Value::text).map(str::to_owned);
        let number = |column: usize| row.get(column).map_or(0, Value::number);
        let (verdict, worst) = (text(7).unwrap_or_default(), text(8));
        let (noted, told) = (number(20), number(21));
        let fail = number(10).saturating_sub(told);
        if worst.as_deref() != Some(Severity::Info.word()) {
            return Outcome { verdict, worst, fail, noted: noted + told };
        }
        // Nothing failed but what only tells: the next worst is the verdict.
        let next = [(Verdict::Waived, number(11)), (Verdict::NotAssessed, number(12)), (Verdict::Manual, number(13))];
        let verdict = next.into_iter().find(|(_, count)| *count > 0).map_or(Verdict::Noted, |(verdict, _)| verdict);
        Outcome { verdict: verdict.word().to_owned(), worst: None, fail: 0, noted: noted + told.max(number(10)) }
    }
}

/// The parts that a reading does not tell whole, out of the words that the store keeps.
fn parts(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

/// The first that is whole, else the first.
fn whole_first(readings: impl Iterator<Item = Reading>) -> Option<Reading> {
    let mut half = None;
    for reading in readings {
        if reading.partial.is_empty() {
            return Some(reading);
        }
        half.get_or_insert(reading);
    }
    half
}

/// The latest verdict of each profile on some readings, by reading and profile. `which` says of which readings `r`.
fn verdicts(
    transaction: &mut Transaction<'_>,
    marks: &Marks,
    which: &str,
    values: &[Value],
    key: Option<&[u8]>,
) -> Result<BTreeMap<String, Vec<StoredVerdict>>, Failed> {
    let columns = verdict_columns(marks);
    let statement = format!(
        "SELECT {columns} FROM verdict v JOIN reading r ON r.sha256 = v.reading {which} ORDER BY v.reading, v.profile, v.judged_utc, v.id"
    );
    let mut all: BTreeMap<String, Vec<(StoredVerdict, Sealed)>> = BTreeMap::new();
    for row in transaction.rows(&Shape { reading: 1, columns: &VERDICT }, &statement, values)? {
        let text = |column: usize| row.get(column).and_then(Value::text).map(str::to_owned);
        let outcome = Outcome::of(&row);
        let verdict = StoredVerdict {
            profile: text(2).unwrap_or_default(),
            profile_version: text(3).unwrap_or_default(),
            tool_version: text(5).unwrap_or_default(),
            verdict: outcome.verdict,
            worst: outcome.worst,
            fail: outcome.fail,
            noted: outcome.noted,
            not_assessed: row.get(12).map_or(0, Value::number),
            conformity: row.get(15).and_then(Value::real),
        };
        let reading = text(1).unwrap_or_default();
        let of_reading = all.entry(reading.clone()).or_default();
        // As in a trend, the last one counts; and one that is not what was stored leaves no earlier one in its place.
        of_reading.retain(|(earlier, _)| earlier.profile != verdict.profile);
        match check_verdict(key, &row) {
            Sealed::Wrong => transaction.pass_over(Broken { reading, column: verdict_name(&row) }),
            sealed => of_reading.push((verdict, sealed)),
        }
    }
    let unproven = all.values().flatten().filter(|(_, sealed)| *sealed == Sealed::Unproven).count();
    transaction.unproven(u64::try_from(unproven).unwrap_or(u64::MAX));
    let without = |of: Vec<(StoredVerdict, Sealed)>| of.into_iter().map(|(verdict, _)| verdict).collect();
    Ok(all.into_iter().map(|(reading, of)| (reading, without(of))).collect())
}

fn kept_days(transaction: &mut Transaction<'_>) -> Result<Option<u32>, Failed> {
    keep::days(transaction, "keep_days")
}

/// Two years later: as late as a reading may have been taken that came in when nobody knew the time.
fn in_years(time: Timestamp) -> Timestamp {
    time.checked_add(SignedDuration::from_hours(2 * 366 * 24)).unwrap_or(time)
}

/// A time as the store keeps it: UTC to the second, so that the order of the texts is that of the times.
fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// When a snapshot was taken by the best clock there was, unless it says nothing that can be meant.
fn taken(snapshot: &Snapshot) -> Option<Timestamp> {
    snapshot.moment().filter(|time| time.as_second() >= FIRST_PHONE)
}

/// Whether a snapshot is of a phone that was there itself.
fn is_live(snapshot: &Snapshot) -> bool {
    SourceKind::ALL.into_iter().any(|kind| kind.is_live() && kind.word() == snapshot.source.kind)
}

/// As [`moment`], without the times of a clock that was reset.
fn taken_at(text: &str) -> Option<Timestamp> {
    moment(text).filter(|time| time.as_second() >= FIRST_PHONE)
}

/// A time of a snapshot; one without an offset is taken for UTC.
pub fn moment(text: &str) -> Option<Timestamp> {
    let with_offset = text.parse::<Timestamp>().ok();
    with_offset.or_else(|| jiff::tz::TimeZone::UTC.to_timestamp(text.parse().ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_where_people_say() {
        let of = |step: Step| step.period("2026-11-22T23:30:00Z");
        assert_eq!(
            (of(Step::Day), of(Step::Week), of(Step::Month)),
            ("2026-11-22".into(), "2026-11-16".into(), "2026-11".into())
        );
        assert_eq!(Step::Week.period("nonsense"), "nonsense");
    }

    #[test]
    fn times_are_kept_in_one_zone() {
        let kept = |text: &str| moment(text).map(utc);
        assert_eq!(kept("2026-11-16T09:30:00-05:00").as_deref(), Some("2026-11-16T14:30:00Z"));
        assert_eq!(kept("2026-11-16T09:30:00").as_deref(), Some("2026-11-16T09:30:00Z"));
        assert_eq!(kept("yesterday"), None);
        assert_eq!(taken_at("1970-01-01T00:00:07Z"), None);
        assert_eq!(taken_at("2007-01-01"), "2007-01-01T00:00:00Z".parse().ok());
    }
}
