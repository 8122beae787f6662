//! What a visit is to do: everything that a person settles before it begins.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::settings::Look;
use super::{Cancel, Target};
use crate::access::Scope;
use crate::audit::{Audit, Context};
use crate::batch::Summary;
use crate::catalog::Catalog;
use crate::compare::Comparison;
use crate::profile::Profile;
use crate::source::OpenOptions;
use crate::store::StoreAddress;
use crate::vocabulary::Severity;
use crate::waiver::Waivers;

/// What a visit is to do.
pub struct Options<'o> {
    /// What to read; none means every phone in sight.
    pub targets: Vec<Target>,
    /// How it is read.
    pub read: &'o ReadOptions<'o>,
    /// What it is judged by.
    pub judge: &'o JudgeOptions<'o>,
    /// Earlier readings that the results are held against.
    pub baseline: Option<Target>,
    /// Where readings and verdicts are kept.
    pub store: Option<StoreOptions>,
    /// A folder for one report per target.
    pub results: Option<ResultsOptions<'o>>,
    /// Whether what all phones come to is wanted, and so is to be told where there is no phone.
    pub summary: Summarise,
}

impl<'o> Options<'o> {
    /// To read and to judge, and nothing else.
    pub fn new(targets: Vec<Target>, read: &'o ReadOptions<'o>, judge: &'o JudgeOptions<'o>) -> Options<'o> {
        Options { targets, read, judge, baseline: None, store: None, results: None, summary: Summarise::Along }
    }
}

/// Whether anybody will see what all phones come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summarise {
    /// Nobody.
    No,
    /// It follows the results.
    Along,
    /// It is wanted of no phone too.
    Always,
}

/// How snapshots are made.
pub struct ReadOptions<'o> {
    /// The catalogue, and which apps and which user.
    pub scope: Scope<'o>,
    /// The key that makes device ids of serial numbers.
    pub id_key: Option<Vec<u8>>,
    /// Whether serial numbers are shown as they are.
    pub show_serial: bool,
    /// How long one phone may take.
    pub timeout: Duration,
    /// How many are read at a time; 0 for as many phones as there are, and as many files as there are processors.
    pub jobs: usize,
    /// The App Privacy Report of the phone whose backup is read.
    pub privacy_report: Option<PathBuf>,
    /// How paths are opened.
    pub open: OpenOptions,
    /// The wish to end.
    pub cancel: Cancel,
}

/// What targets are judged by, and from when on a failure counts.
pub struct JudgeOptions<'o> {
    /// The catalogue that the profiles were loaded with.
    pub catalog: &'o Catalog,
    /// The profiles.
    pub profiles: Vec<Profile>,
    /// What somebody signed for.
    pub waivers: Option<Waivers>,
    /// The day for which waivers are looked at.
    pub today: jiff::civil::Date,
    /// Who owns the phone: `institution`, `personal`.
    pub ownership: Option<&'o str>,
    /// The severity from which on a failure counts; none: no failure does.
    pub threshold: Option<Severity>,
    /// Whether what could not be judged counts as a failure.
    pub strict: bool,
    /// Whether only failures count that the baseline does not have.
    pub only_new: bool,
}

/// Where readings and verdicts are kept.
pub struct StoreOptions {
    /// The store.
    pub address: StoreAddress,
    /// For how long it is to keep readings, where that is said.
    pub keep: Option<Keep>,
    /// The key that proves verdicts.
    pub key: Option<Vec<u8>>,
    /// The folder for what waits while the store is away.
    pub pending: Option<PathBuf>,
}

/// For how long a store keeps readings.
#[derive(Clone, Copy, Debug)]
pub enum Keep {
    /// So many days.
    Days(u32),
    /// For ever.
    Forever,
}

impl Keep {
    /// The days, where they end.
    pub fn days(self) -> Option<u32> {
        match self {
            Keep::Days(days) => Some(days),
            Keep::Forever => None,
        }
    }
}

/// A folder for one report per target.
pub struct ResultsOptions<'o> {
    /// The folder.
    pub place: &'o Path,
    /// What the reports look like.
    pub look: Look,
    /// How their names end.
    pub extension: &'static str,
    /// Writes one.
    pub write: &'o (dyn Fn(Shown<'_>) -> String + Sync),
    /// Writes what all come to: how the names of the files end, and their text.
    pub summaries: &'o (dyn Fn(&Summary) -> Vec<(&'static str, String)> + Sync),
}

/// What is shown of one target.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'s> {
    /// What each profile says.
    Audits(&'s [Audit<'s>]),
    /// What changed since it was read the time before.
    Comparison(&'s Comparison<'s>),
}

impl<'o> JudgeOptions<'o> {
    /// These profiles, today, without waivers; every failure counts.
    pub fn new(catalog: &'o Catalog, profiles: Vec<Profile>) -> JudgeOptions<'o> {
        JudgeOptions {
            catalog,
            profiles,
            waivers: None,
            today: jiff::ZonedDateTime::now().date(),
            ownership: None,
            threshold: Some(Severity::Low),
            strict: false,
            only_new: false,
        }
    }
}

impl JudgeOptions<'_> {
    /// What judging needs beside profile and snapshot.
    pub fn context(&self) -> Context<'_> {
        Context {
            ownership: self.ownership,
            waivers: self.waivers.as_ref(),
            today: Some(self.today),
            ..Context::new(self.catalog)
        }
    }
}

/// How long one phone may take where nobody said.
const USUAL_TIMEOUT: Duration = Duration::from_secs(60);

impl<'o> ReadOptions<'o> {
    /// As usual: the apps of a catalogue, every user, and no device ids.
    pub fn new(catalog: &'o Catalog) -> ReadOptions<'o> {
        ReadOptions {
            scope: Scope { catalog, all_apps: false, user: None },
            id_key: None,
            show_serial: false,
            timeout: USUAL_TIMEOUT,
            jobs: 0,
            privacy_report: None,
            open: OpenOptions::default(),
            cancel: Cancel::default(),
        }
    }
}
