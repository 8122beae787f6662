//! What goes into a store, and what is taken out of it again.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::error::StoreError;
use super::ids::device_of;
use super::keep::Deleted;
use super::model::Added;
use super::moments::{in_years, is_live, taken, utc};
use super::open::Store;
use super::rows::VerdictRow;
use super::sql::{Failed, Transaction};
use super::value::{Row, Value};
use super::{clock, keep, rows, seal};
use crate::audit::Audit;
use crate::files::fingerprint;
use crate::snapshot::Snapshot;
use crate::vocabulary::Verdict;

/// How long ago a phone may have been read that is stored as read now.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

impl Store {
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
            let kept = keep::kept_days(transaction)?;
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
