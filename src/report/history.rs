//! What `poucet fleet` tells of a store, in JSON and CSV: `poucet.fleet-list/1`, `poucet.fleet-device/1` and `poucet.fleet-trend/1`.
//!
//! The structs here are the contracts of `docs/schemas/`; they are not the store's own types, so that those can change without
//! breaking a reader.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::content::serial::to_pretty_json;
use super::content::wording::Wording;
use super::csv;
use crate::store::{Device, Period, PeriodLength, Reading, StoredVerdict};
use crate::vocabulary::Severity;

/// The devices of a store.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeviceList<'a> {
    /// `poucet.fleet-list/1`.
    pub schema: &'static str,
    /// For how many days the store keeps readings; null for always.
    pub keep_days: Option<u32>,
    /// The devices, by id.
    pub devices: Vec<ListedDevice<'a>>,
}

/// One device, as its latest reading tells: the latest whole one, and a partial one only where none is whole.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedDevice<'a> {
    /// Its id; null for a reading that names no phone.
    pub id: Option<&'a str>,
    /// How the store names a reading that names no phone: `unknown-` and the beginning of the reading's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// `android` or `ios`.
    pub platform: &'a str,
    /// Maker and model.
    pub model: Option<&'a str>,
    /// Version of the operating system.
    pub os_version: Option<&'a str>,
    /// The time of the first reading, UTC.
    pub first: &'a str,
    /// The time of the latest whole reading, UTC; of the latest one, where none is whole.
    pub latest: &'a str,
    /// How many readings there are.
    pub readings: u64,
    /// The parts of the phone that the latest reading does not tell whole; absent for a whole reading.
    #[serde(default, skip_serializing_if = "<[String]>::is_empty")]
    pub partial: &'a [String],
    /// Later readings, all of them partial; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub later_partial: Option<LaterPartial<'a>>,
    /// The latest verdict of each profile on the latest reading.
    pub verdicts: Vec<KeptVerdict<'a>>,
}

/// Partial readings that came after the latest whole one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LaterPartial<'a> {
    /// How many there are.
    pub readings: u64,
    /// The time of the latest of them, UTC.
    pub latest: &'a str,
}

/// A verdict that the store keeps.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeptVerdict<'a> {
    /// Id of the profile.
    pub profile: &'a str,
    /// Its version.
    pub profile_version: &'a str,
    /// The version of poucet that judged.
    pub tool_version: &'a str,
    /// The worst outcome among the rules: a word of verdicts.
    pub verdict: &'a str,
    /// The highest severity of a rule that fails.
    pub worst: Option<&'a str>,
    /// How many rules fail.
    pub fail: u64,
    /// How many rules tell and do not judge, and have something to tell.
    pub noted: u64,
    /// How many rules could not be judged.
    pub not_assessed: u64,
    /// Weighted share of the rules that hold, 0 to 1.
    pub conformity: Option<f64>,
}

/// The readings of one device.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeviceHistory<'a> {
    /// `poucet.fleet-device/1`.
    pub schema: &'static str,
    /// The device.
    pub id: &'a str,
    /// Its readings, the latest first.
    pub readings: Vec<KeptReading<'a>>,
}

/// A reading that the store keeps.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeptReading<'a> {
    /// SHA-256 of its snapshot, hexadecimal.
    pub sha256: &'a str,
    /// When it was taken, as the snapshot says.
    pub taken_at: Option<&'a str>,
    /// When it was taken, by the best clock there was and never after it was stored, or else stored; UTC.
    pub taken_utc: &'a str,
    /// When it was stored, UTC.
    pub stored_utc: &'a str,
    /// Version of the operating system.
    pub os_version: Option<&'a str>,
    /// The kind of evidence that it was made from.
    pub source: &'a str,
    /// The parts of the phone that it does not tell whole; absent for a whole reading.
    #[serde(default, skip_serializing_if = "<[String]>::is_empty")]
    pub partial: &'a [String],
    /// The latest verdict of each profile.
    pub verdicts: Vec<KeptVerdict<'a>>,
}

/// How a fleet has fared.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Trend<'a> {
    /// `poucet.fleet-trend/1`.
    pub schema: &'static str,
    /// `day`, `week` or `month`.
    pub by: &'static str,
    /// The periods with readings, each by each profile.
    pub periods: Vec<TrendPeriod<'a>>,
}

/// What one profile says of the phones that were read in a period; of each phone the latest reading counts, a whole one before any
/// partial one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TrendPeriod<'a> {
    /// Its first day, or its month.
    pub start: &'a str,
    /// The profile.
    pub profile: &'a str,
    /// Phones that were read.
    pub phones: u64,
    /// Phones of which only half was read; absent for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub partial: u64,
    /// Phones that count by a whole reading, and of which only half was read after it; absent for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub later_partial: u64,
    /// Phones with a rule that fails.
    pub failing: u64,
    /// Failing phones by the highest severity of a rule that fails.
    pub worst: &'a BTreeMap<String, u64>,
    /// Phones of which nothing fails, and something could not be judged.
    pub not_assessed: u64,
    /// Failing rules of all phones.
    pub failing_rules: u64,
    /// The mean conformity of the phones for which it can be told, 0 to 1.
    pub conformity: Option<f64>,
}

impl<'a> From<&'a StoredVerdict> for KeptVerdict<'a> {
    fn from(stored: &'a StoredVerdict) -> KeptVerdict<'a> {
        KeptVerdict {
            profile: &stored.profile,
            profile_version: &stored.profile_version,
            tool_version: &stored.tool_version,
            verdict: &stored.verdict,
            worst: stored.worst.as_deref(),
            fail: stored.fail,
            noted: stored.noted,
            not_assessed: stored.not_assessed,
            conformity: stored.conformity,
        }
    }
}

fn verdicts(stored: &[StoredVerdict]) -> Vec<KeptVerdict<'_>> {
    stored.iter().map(KeptVerdict::from).collect()
}

/// The devices of a store, with for how many days it keeps readings.
pub fn devices(devices: &[Device], keep_days: Option<u32>) -> String {
    let listed = devices.iter().map(listed).collect();
    document(&DeviceList { schema: "poucet.fleet-list/1", keep_days, devices: listed })
}

/// The list of [`devices`] device by device, for a store of any size: the same document in the end.
#[derive(Debug)]
pub struct DeviceStream {
    keep_days: Option<u32>,
    any: bool,
}

impl DeviceStream {
    /// A list that has not begun.
    pub fn new(keep_days: Option<u32>) -> DeviceStream {
        DeviceStream { keep_days, any: false }
    }

    /// What stands before its devices, and what after them.
    fn frame(&self) -> (String, String) {
        let empty = devices(&[], self.keep_days);
        let (before, after) = empty.rsplit_once(']').unwrap_or((&empty, ""));
        (before.to_owned(), format!("]{after}"))
    }

    /// The next device as text.
    pub fn add(&mut self, device: &Device) -> String {
        let before = if self.any { ",".to_owned() } else { self.frame().0 };
        self.any = true;
        let one = to_pretty_json(&listed(device)).replace('\n', "\n    ");
        format!("{before}\n    {one}")
    }

    /// The end of the list.
    pub fn finish(self) -> String {
        if !self.any {
            return devices(&[], self.keep_days);
        }
        format!("\n  {}", self.frame().1)
    }
}

fn listed(device: &Device) -> ListedDevice<'_> {
    ListedDevice {
        id: device.is_named().then_some(&*device.id),
        name: (!device.is_named()).then_some(&*device.id),
        platform: &device.platform,
        model: device.model.as_deref(),
        os_version: device.os_version.as_deref(),
        first: &device.first,
        latest: &device.latest,
        readings: device.readings,
        partial: &device.partial,
        later_partial: device
            .later_partial
            .as_ref()
            .map(|(readings, latest)| LaterPartial { readings: *readings, latest }),
        verdicts: verdicts(&device.verdicts),
    }
}

/// The readings of one device.
pub fn device(id: &str, readings: &[Reading]) -> String {
    let kept = readings.iter().map(|reading| KeptReading {
        sha256: &reading.sha256,
        taken_at: reading.taken_at.as_deref(),
        taken_utc: &reading.taken_utc,
        stored_utc: &reading.stored_utc,
        os_version: reading.os_version.as_deref(),
        source: &reading.source,
        partial: &reading.partial,
        verdicts: verdicts(&reading.verdicts),
    });
    document(&DeviceHistory { schema: "poucet.fleet-device/1", id, readings: kept.collect() })
}

/// How a fleet has fared.
pub fn trend(step: PeriodLength, periods: &[Period]) -> String {
    let told = periods.iter().map(|period| TrendPeriod {
        start: &period.start,
        profile: &period.profile,
        phones: period.phones,
        partial: period.partial,
        later_partial: period.later_partial,
        failing: period.failing,
        worst: &period.worst,
        not_assessed: period.unsure,
        failing_rules: period.failing_rules,
        conformity: period.conformity,
    });
    document(&Trend { schema: "poucet.fleet-trend/1", by: step.word(), periods: told.collect() })
}

/// The columns of a verdict in a sheet; a reading that nobody judged has them empty.
const VERDICT: [&str; 9] =
    ["profile", "profile_version", "tool_version", "verdict", "worst", "fail", "noted", "not_assessed", "conformity"];

/// One row for each verdict, or one for none, each beginning with the same cells.
fn with_verdicts(first: &[String], stored: &[StoredVerdict]) -> Vec<Vec<String>> {
    let row = |verdict: Option<&StoredVerdict>| {
        let mut row = first.to_vec();
        row.extend(match verdict {
            None => VERDICT.map(|_| String::new()),
            Some(one) => [
                one.profile.clone(),
                one.profile_version.clone(),
                one.tool_version.clone(),
                one.verdict.clone(),
                one.worst.clone().unwrap_or_default(),
                one.fail.to_string(),
                one.noted.to_string(),
                one.not_assessed.to_string(),
                share(one.conformity),
            ],
        });
        row
    };
    match stored {
        [] => vec![row(None)],
        several => several.iter().map(|one| row(Some(one))).collect(),
    }
}

/// A share of one as a program reads it, in every language.
fn share(share: Option<f64>) -> String {
    share.map(|share| share.to_string()).unwrap_or_default()
}

/// The devices of a store as `--format csv`, some at a time: a row for each device and profile, with the names and words of
/// [`DeviceList`].
pub struct DeviceSheet<'t> {
    words: Wording<'t>,
    begun: bool,
}

impl<'t> DeviceSheet<'t> {
    /// A sheet that has not begun.
    pub fn new(words: Wording<'t>) -> DeviceSheet<'t> {
        DeviceSheet { words, begun: false }
    }

    /// The next rows, the first time after the names of the columns.
    pub fn add(&mut self, devices: &[Device]) -> String {
        let first = ["id", "platform", "model", "os_version", "first", "latest", "readings", "partial"];
        let columns: Vec<&str> = first.into_iter().chain(VERDICT).collect();
        let mut rows = csv::Rows::new(&columns, self.words);
        for device in devices {
            let cells = [
                device.id.clone(),
                device.platform.clone(),
                device.model.clone().unwrap_or_default(),
                device.os_version.clone().unwrap_or_default(),
                device.first.clone(),
                device.latest.clone(),
                device.readings.to_string(),
                device.partial.join(" "),
            ];
            for row in with_verdicts(&cells, &device.verdicts) {
                rows.row(row.iter().map(String::as_str));
            }
        }
        let head = if self.begun { String::new() } else { csv::head(&columns, self.words) };
        self.begun = true;
        head + &rows.into_text()
    }
}

/// The readings of one device as `--format csv`: a row for each reading and profile, with the names and words of [`DeviceHistory`].
pub fn device_csv(id: &str, readings: &[Reading], words: Wording<'_>) -> String {
    let first = ["id", "sha256", "taken_at", "taken_utc", "stored_utc", "os_version", "source", "partial"];
    let columns: Vec<&str> = first.into_iter().chain(VERDICT).collect();
    let rows = readings.iter().flat_map(|reading| {
        let cells = [
            id.to_owned(),
            reading.sha256.clone(),
            reading.taken_at.clone().unwrap_or_default(),
            reading.taken_utc.clone(),
            reading.stored_utc.clone(),
            reading.os_version.clone().unwrap_or_default(),
            reading.source.clone(),
            reading.partial.join(" "),
        ];
        with_verdicts(&cells, &reading.verdicts)
    });
    csv::sheet(&columns, rows.collect(), words)
}

/// How a fleet has fared as `--format csv`: a row for each period and profile, with the names of [`Trend`]; of `worst` each severity has
/// a column.
pub fn trend_csv(step: PeriodLength, periods: &[Period], words: Wording<'_>) -> String {
    let columns = [
        "by",
        "start",
        "profile",
        "phones",
        "partial",
        "failing",
        "worst_critical",
        "worst_high",
        "worst_medium",
        "worst_low",
        "not_assessed",
        "failing_rules",
        "conformity",
    ];
    let rows = periods.iter().map(|period| {
        let worst = |severity: Severity| period.worst.get(severity.word()).copied().unwrap_or(0).to_string();
        vec![
            step.word().to_owned(),
            period.start.clone(),
            period.profile.clone(),
            period.phones.to_string(),
            period.partial.to_string(),
            period.failing.to_string(),
            worst(Severity::Critical),
            worst(Severity::High),
            worst(Severity::Medium),
            worst(Severity::Low),
            period.unsure.to_string(),
            period.failing_rules.to_string(),
            share(period.conformity),
        ]
    });
    csv::sheet(&columns, rows.collect(), words)
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn document(value: &impl Serialize) -> String {
    to_pretty_json(value) + "\n"
}
