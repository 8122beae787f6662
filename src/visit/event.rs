//! What happens in the course of a visit, and who is told of it.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Failure, Tally, TargetName};
use crate::files::output::OutputError;
use crate::profile::Profile;
use crate::source::adb::devices::{Sighting, Sightings};
use crate::source::adb::{self, AdbError};
use crate::source::ios_backup::{Ask, Password};
use crate::source::loose::Ignored;
use crate::store::{Doubt, Left, StoreError};

/// Who asked for a visit: a terminal prints, a page streams, a test collects. It is told by several threads at a time.
pub trait Face: Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>) -> Flow;

    /// The password of a backup, where there is one; the same backup asks again after a wrong one.
    fn password(&self, target: &str, ask: Ask) -> Option<Password>;
}

/// Nobody: everything that happens is in the tally, and there is no password.
impl Face for () {
    fn event(&self, _event: Event<'_>) -> Flow {
        Flow::Go
    }

    fn password(&self, _target: &str, _ask: Ask) -> Option<Password> {
        None
    }
}

/// Whether results are still wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// They are.
    Go,
    /// Nobody takes them any more: no further target is begun.
    Stop,
}

/// What happens.
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// Targets are about to be read: how many, where that is known before.
    Seen(Option<usize>),
    /// There is no phone, or none that is meant.
    NoPhone(&'e adb::Options, &'e Sightings),
    /// A phone is in sight and not ready.
    Unready(&'e Sighting),
    /// A target was begun.
    Began {
        /// Its place among all.
        place: usize,
        /// Its name.
        name: &'e str,
    },
    /// What was begun at this place is done, and gave so many results.
    Ended {
        /// Its place among all.
        place: usize,
        /// How many results.
        results: usize,
    },
    /// Something to know of a target or of the call, which stops nothing.
    Note(Note<'e>),
    /// A target gave nothing. Without a name it was named by an option, and its name is in the failure.
    Failed(Option<&'e TargetName>, &'e Failure),
    /// A file could not be written.
    Unwritten(&'e OutputError),
    /// The next result may be long in coming: what is there can be shown.
    Pause,
    /// All targets have been read.
    AllRead,
    /// What all came to, but for what the store has to say.
    Done(&'e Tally),
    /// Of the store.
    Kept(Kept<'e>),
    /// No phone can be watched for.
    NoWatch(&'e std::io::Error),
    /// Of a watch.
    Watch(Watched<'e>),
}

/// Something to know, which stops nothing.
#[derive(Clone, Copy, Debug)]
pub enum Note<'n> {
    /// A backup is encrypted, and was read without its password.
    BackupLocked(&'n str),
    /// A backup is not encrypted: a password was not needed.
    NotEncrypted(&'n str),
    /// A backup that was not finished, and the state that it is in.
    Unfinished(&'n str, &'n str),
    /// Files of a backup have another size than its index says.
    Resized(&'n str, &'n [&'static str]),
    /// Files of a folder that were left aside.
    Ignored(&'n Path, &'n [Ignored]),
    /// Snapshots of these targets were made with an older catalogue: so many apps are only counted.
    OlderCatalog(&'n BTreeMap<String, u64>),
    /// The owner of a phone is waited for, who has to accept this computer.
    WaitingForOwner(&'n str),
    /// A key of this computer cannot be used.
    BadKey(&'n AdbError),
    /// The one baseline is not known to be of the phone.
    OtherBaseline(&'n str),
    /// No baseline is of the phone.
    NoBaseline(&'n str),
    /// A phone was read by two roads: the target, and the one that came before.
    SamePhone(&'n str, &'n str),
    /// One phone is meant and no other: the serial number of `ANDROID_SERIAL`.
    OnePhone(&'n str),
    /// A profile asks for the agreement of whoever uses the phone.
    Consent(&'n Profile),
    /// The folder holds results of another build, of which none is used.
    OtherResults(&'n Path),
}

/// What happens with the store.
#[derive(Clone, Copy, Debug)]
pub enum Kept<'k> {
    /// It refuses, or it is away.
    Refused(&'k StoreError),
    /// So many readings that waited are in it now.
    Drained {
        /// How many.
        count: u64,
        /// The store, as people are shown it.
        place: &'k str,
    },
    /// A file that waits is left for a person to look at.
    Left(&'k Left),
    /// What one call came to.
    Counts(&'k KeptCounts),
    /// For so many days what was deleted can be brought back.
    Undo(u32),
    /// Why nothing, or less, was deleted than the clock says.
    Doubt(&'k Doubt),
    /// So many readings wait beside it.
    Waiting {
        /// How many.
        count: u64,
        /// Where.
        folder: &'k str,
    },
}

/// What a store took in one call.
#[derive(Clone, Debug, Default)]
pub struct KeptCounts {
    /// The store, as people are shown it.
    pub place: String,
    /// Readings that it did not have.
    pub new: u64,
    /// Readings that it had.
    pub known: u64,
    /// Readings older than it keeps any.
    pub too_old: u64,
    /// Readings that it keeps no longer.
    pub expired: u64,
    /// Readings that are gone for good.
    pub purged: u64,
}

/// What happens in a watch.
#[derive(Clone, Copy, Debug)]
pub enum Watched<'w> {
    /// It has begun.
    Ready,
    /// The server that was away answers.
    ServerBack {
        /// Its address.
        address: &'w str,
        /// Its version.
        version: Option<u32>,
    },
    /// The server at this address was ended.
    ServerGone(&'w str),
    /// A phone is being read.
    Reading(&'w str),
    /// A report was written.
    Written {
        /// Of which target.
        target: &'w str,
        /// The name of the file.
        file: &'w str,
    },
    /// One phone is done; the next may come.
    Next,
    /// The end is asked for, and so many phones are still being read.
    Ending(u64),
}
