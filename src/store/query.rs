//! What a store tells of phones and their readings.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::address::StoreAddress;
use super::columns::{
    FINDING, HALF, Outcome, VERDICT, check_verdict, reading_columns, sealed_readings, verdict_columns, verdict_name,
};
use super::error::StoreError;
use super::ids::stored_id;
use super::keep::{self, Deletion};
use super::model::{Device, Reading, StoredVerdict};
use super::moments::{is_live, taken, taken_at, utc};
use super::open::{Store, damaged};
use super::seal::{self, Sealed};
use super::sql::{Failed, LONGEST_SNAPSHOT, Transaction};
use super::tables::{Marks, marks};
use super::value::{Broken, Kind, Row, Shape, Value, named};
use crate::files::fingerprint;
use crate::snapshot::{Snapshot, read, without_double};

/// How many snapshots are fetched from a server at a time; of a file one, as nothing is saved there by more.
const PAGE: usize = 32;
/// How many devices are fetched at a time.
const DEVICES: usize = 1000;
/// How many devices a word that fits several is told.
const MOST_MATCHES: usize = 5;

impl Store {
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
            let marks = marks(transaction)?;
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
        let page = if matches!(self.place, StoreAddress::File(_)) { 1 } else { PAGE };
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
        self.read(keep::kept_days)
    }
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
            let reading = row.get(1).map(named).unwrap_or_default();
            let profile = row.get(2).map(named).unwrap_or_default();
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
    let marks = marks(transaction)?;
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
        LONGEST_SNAPSHOT,
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
