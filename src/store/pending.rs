//! What could not be stored, kept beside until the store is back.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Place, Store, StoreError, VerdictRow};
use crate::snapshot::Snapshot;
use crate::source::fingerprint;
use crate::source::output::{OutputError, Readers, write_atomically};

/// A folder of readings that wait, one file each.
#[derive(Clone, Debug)]
pub struct Pending {
    folder: PathBuf,
}

/// One reading that waits.
#[derive(Serialize, Deserialize)]
struct Waiting {
    snapshot: Snapshot,
    verdicts: Vec<VerdictRow>,
}

impl Pending {
    /// Those of a folder, which need not be there yet.
    pub fn new(folder: PathBuf) -> Pending {
        Pending { folder }
    }

    /// Where they are.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    fn prefix(place: &Place) -> String {
        let hash = fingerprint::of_text(&place.identity());
        format!("{}-", hash.get(..16).unwrap_or(&hash))
    }

    /// Keeps a reading for a store, for its owner alone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, place: &Place, snapshot: &Snapshot, verdicts: &[VerdictRow]) -> Result<(), OutputError> {
        fs::create_dir_all(&self.folder).map_err(|error| OutputError::new(&self.folder, error))?;
        let waiting = Waiting { snapshot: snapshot.clone(), verdicts: verdicts.to_vec() };
        let text = serde_json::to_string(&waiting).unwrap_or_default();
        let name = format!("{}{}.json", Pending::prefix(place), fingerprint::of_text(&text));
        write_atomically(&self.folder.join(name), text.as_bytes(), Readers::Owner)
    }

    /// Stores what waits for a store, and forgets each that is stored; gives their number. A file that cannot be read is left for
    /// a person to look at.
    ///
    /// # Errors
    /// When the store cannot take one; those after it still wait.
    pub fn drain(&self, store: &mut Store) -> Result<u64, StoreError> {
        let prefix = Pending::prefix(store.place());
        let entries = fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let mut files: Vec<PathBuf> = entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
            .map(|entry| entry.path())
            .collect();
        files.sort_unstable();
        let mut count = 0;
        for file in files {
            let waiting: Option<Waiting> = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            let Some(waiting) = waiting else { continue };
            store.add_rows(&waiting.snapshot, &waiting.verdicts)?;
            count += 1;
            // Stored again, it would be the same row.
            let _ = fs::remove_file(&file);
        }
        Ok(count)
    }
}
