//! The App Privacy Report that a person exported from the phone and saved beside a backup.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::find::backups_in;
use super::payload::Failure;
use crate::evidence::Reason;
use crate::evidence::ios::{Artefact, BackupItem, BackupMissing};
use crate::source::SourceError;

/// How much of an App Privacy Report is read; a week of a busy phone has some 50 MiB.
pub const LARGEST_REPORT: u64 = 256 << 20;

/// The App Privacy Report that a person exported from the phone and saved inside a backup's folder, or beside it where no other
/// backup is there that it could be about; of several the newest by name, which ends in the date.
pub fn privacy_report_near(folder: &Path) -> Option<PathBuf> {
    newest_report(folder).or_else(|| {
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty())?;
        let backups = backups_in(parent).ok()?;
        (backups.len() < 2).then(|| newest_report(parent)).flatten()
    })
}

fn newest_report(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let mut reports: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
            name.starts_with("app_privacy_report")
                && name.ends_with(".ndjson")
                && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
        })
        .collect();
    reports.sort_unstable();
    reports.pop()
}

/// Reads an App Privacy Report. Of one that is larger than [`LARGEST_REPORT`] the first part is read, up to a whole line, and the gap
/// is returned with it.
///
/// # Errors
/// When it cannot be read. The person named it, so a symbolic link is followed.
pub fn privacy_report(path: &Path) -> Result<(BackupItem, Option<BackupMissing>), SourceError> {
    let file = File::open(path).map_err(|error| SourceError::io(path, error))?;
    let size = file.metadata().map_err(|error| SourceError::io(path, error))?.len();
    let mut bytes = Vec::new();
    file.take(LARGEST_REPORT).read_to_end(&mut bytes).map_err(|error| SourceError::io(path, error))?;
    let missing = (size > LARGEST_REPORT).then(|| {
        let end = memchr::memrchr(b'\n', &bytes).map_or(bytes.len(), |end| end + 1);
        bytes.truncate(end);
        let detail = Failure::TooLarge { size, limit: LARGEST_REPORT }.to_string();
        BackupMissing { artefact: Artefact::PrivacyReport, reason: Reason::Truncated, detail }
    });
    // The name holds nothing but the date; one that a person chose may say more.
    let origin = Artefact::PrivacyReport.label().to_owned();
    Ok((BackupItem { artefact: Artefact::PrivacyReport, bytes, origin }, missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_report_inside_wins_and_one_beside_several_backups_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        let backup = |name: &str| {
            let backup = folder.path().join(name);
            fs::create_dir(&backup).unwrap();
            for file in ["Manifest.db", "Info.plist"] {
                fs::write(backup.join(file), b"x").unwrap();
            }
            backup
        };
        let first = backup("a");
        assert_eq!(privacy_report_near(&first), None);
        let beside = folder.path().join("App_Privacy_Report_v4_2024-05-31T09_00_00.ndjson");
        fs::write(&beside, b"{}\n").unwrap();
        assert_eq!(privacy_report_near(&first), Some(beside));
        let second = backup("b");
        assert_eq!((privacy_report_near(&first), privacy_report_near(&second)), (None, None));
        for day in ["2024-05-30", "2024-06-02", "2024-06-01"] {
            fs::write(first.join(format!("App_Privacy_Report_v4_{day}T09_00_00.ndjson")), b"{}\n").unwrap();
        }
        let found = privacy_report_near(&first).unwrap();
        assert!(found.ends_with("App_Privacy_Report_v4_2024-06-02T09_00_00.ndjson"), "{found:?}");
        let (item, missing) = privacy_report(&found).unwrap();
        assert_eq!((item.bytes.as_slice(), missing), (b"{}\n".as_slice(), None));
        assert!(privacy_report(&folder.path().join("nowhere")).is_err());
    }
}
