//! What could not be stored, kept beside until the store is back.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::address::StoreAddress;
use super::clock::Doubt;
use super::error::StoreError;
use super::open::Store;
use super::rows::VerdictRow;
use crate::files::fingerprint;
use crate::files::output::{OutputError, Readers, write_atomically};
use crate::snapshot::{Snapshot, read};

/// A folder of readings that wait, one file each.
#[derive(Clone, Debug)]
pub struct Pending {
    folder: PathBuf,
}

/// What became of the readings that waited.
#[derive(Debug, Default)]
pub struct Drained {
    /// The files of those that the store has now. They are gone.
    pub stored: Vec<PathBuf>,
    /// Those that are older than the store keeps readings. They are gone too.
    pub too_old: Vec<PathBuf>,
    /// How many readings of the store were deleted meanwhile, as it keeps them no longer.
    pub expired: u64,
    /// Why nothing, or less, was deleted than the clock of the desk says.
    pub doubt: Option<Doubt>,
    /// Those that wait on, as the store refuses them, or cannot be read.
    pub left: Vec<Left>,
    /// Why nothing more could be tried.
    pub ended: Option<StoreError>,
}

/// A file that is left for a person to look at.
#[derive(Debug)]
pub struct Left {
    /// The file.
    pub file: PathBuf,
    /// What the store said; `None` where the file is no reading that waits.
    pub refusal: Option<StoreError>,
}

impl Left {
    /// The key of its sentence in `src/text/store.*.ftl`, for `file` and `detail`; that of its hint ends in `-hint`.
    pub fn key(&self) -> &'static str {
        match self.refusal {
            Some(_) => "store-left-refused",
            None => "store-left-unreadable",
        }
    }

    /// What the database said.
    pub fn detail(&self) -> &str {
        match &self.refusal {
            Some(StoreError::Refused { detail, .. }) => detail,
            _ => "",
        }
    }
}

/// One reading that waits.
#[derive(Serialize, Deserialize)]
struct Waiting {
    snapshot: Snapshot,
    verdicts: Vec<VerdictRow>,
}

impl Waiting {
    /// Out of a file, which anybody may have written since: the snapshot in it is cleaned and checked as any other is.
    fn read(bytes: &[u8]) -> Option<Waiting> {
        let Waiting { snapshot, verdicts } = serde_json::from_slice(bytes).ok()?;
        let snapshot = read::parse(&serde_json::to_string(&snapshot).ok()?).ok()?;
        Some(Waiting { snapshot, verdicts })
    }
}

/// Makes a folder that only its owner can look into: the names of files tell too how many phones wait.
fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    // One of an earlier version was open to all.
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
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

    fn prefix(place: &StoreAddress) -> String {
        let hash = fingerprint::of_text(&place.identity());
        format!("{}-", hash.get(..16).unwrap_or(&hash))
    }

    /// Keeps a reading for a store, for its owner alone; gives its file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(
        &self,
        place: &StoreAddress,
        snapshot: &Snapshot,
        verdicts: &[VerdictRow],
    ) -> Result<PathBuf, OutputError> {
        private_folder(&self.folder).map_err(|error| OutputError::new(&self.folder, error))?;
        let waiting = Waiting { snapshot: snapshot.clone(), verdicts: verdicts.to_vec() };
        let text = serde_json::to_string(&waiting).unwrap_or_default();
        let name = format!("{}{}.json", Pending::prefix(place), fingerprint::of_text(&text));
        let file = self.folder.join(name);
        write_atomically(&file, text.as_bytes(), Readers::Owner)?;
        Ok(file)
    }

    /// Stores what waits for a store, in the order in which it came to wait, and forgets each that is stored. What the store refuses, or
    /// what cannot be read, is left for a person to look at, and holds up nothing that waits after it.
    pub fn drain(&self, store: &mut Store) -> Drained {
        let prefix = Pending::prefix(store.place());
        let entries = fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let mut files: Vec<(Option<SystemTime>, PathBuf)> = entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
            .map(|entry| (entry.metadata().and_then(|metadata| metadata.modified()).ok(), entry.path()))
            .collect();
        files.sort_unstable();
        let mut drained = Drained::default();
        for (_, file) in files {
            let bytes = match fs::read(&file) {
                Ok(bytes) => bytes,
                // Another desk was faster.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(_) => Vec::new(),
            };
            let Some(waiting) = Waiting::read(&bytes) else {
                drained.left.push(Left { file, refusal: None });
                continue;
            };
            match store.add_rows(&waiting.snapshot, &waiting.verdicts) {
                Ok(added) => {
                    // Stored again, it would be the same row.
                    let _ = fs::remove_file(&file);
                    drained.expired += added.expired;
                    drained.doubt = drained.doubt.or(added.doubt);
                    if added.too_old { &mut drained.too_old } else { &mut drained.stored }.push(file);
                }
                Err(refusal @ StoreError::Refused { .. }) => drained.left.push(Left { file, refusal: Some(refusal) }),
                Err(error) => {
                    drained.ended = Some(error);
                    break;
                }
            }
        }
        drained
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::phone;

    #[test]
    fn what_waits_is_cleaned_before_it_is_stored_and_what_is_no_snapshot_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let place = StoreAddress::parse(&folder.path().join("store.db").display().to_string());
        let pending = Pending::new(folder.path().join("pending"));
        let mut hostile = phone();
        hostile.device.model = Some("Pixel\u{1b}[2J\u{202e} 9".to_owned());
        pending.save(&place, &hostile, &[]).unwrap();
        let other = Snapshot { schema: "poucet.snapshot/99".to_owned(), ..phone() };
        let left = pending.save(&place, &other, &[]).unwrap();
        let mut store = Store::open(&place).unwrap();
        let drained = pending.drain(&mut store);
        assert_eq!(
            (drained.stored.len(), drained.left.iter().map(|left| &left.file).collect::<Vec<_>>()),
            (1, vec![&left])
        );
        let models: Vec<String> = store.devices().unwrap().into_iter().filter_map(|device| device.model).collect();
        assert!(models.len() == 1 && models.iter().all(|model| !model.contains(['\u{1b}', '\u{202e}'])), "{models:?}");
    }
}
