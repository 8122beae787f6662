//! What a backup looks like, and where computers keep them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::payload::{self, LARGEST};
use crate::parse::ios::plist::{self, Value};
use crate::source::SourceError;
use crate::text::clean::sanitize;

/// The environment variable that names folders of backups, separated as `PATH` is.
pub const VARIABLE: &str = "POUCET_BACKUPS";
/// The files at the top of a backup; two of them make one. iOS 9 and earlier wrote `Manifest.mbdb`.
const TOP: [&str; 5] = ["Manifest.db", "Manifest.plist", "Info.plist", "Status.plist", "Manifest.mbdb"];
/// How many entries of one folder are looked at in the search for backups.
const MOST_ENTRIES: usize = 2_000;
/// How many folders are looked into below one.
const MOST_FOLDERS: usize = 500;
/// How deep backups may lie: `MobileSync/Backup/<UDID>`.
const DEEPEST: usize = 3;

/// The folders in which the programs of Apple keep backups on this computer, and those of `POUCET_BACKUPS`; whether they exist or
/// not.
///
/// macOS: `~/Library/Application Support/MobileSync/Backup`. Windows: `%APPDATA%\Apple Computer\MobileSync\Backup` (iTunes) and
/// `%USERPROFILE%\Apple\MobileSync\Backup` (iTunes of the Store, Apple Devices). Elsewhere libimobiledevice writes
/// where it is told to, which is the home folder more often than not.
pub fn usual_places() -> Vec<PathBuf> {
    places(std::env::consts::OS, |name| std::env::var_os(name).filter(|value| !value.is_empty()))
}

fn places(system: &str, variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let below = |name: &str, parts: &[&str]| {
        let mut path = PathBuf::from(variable(name)?);
        path.extend(parts);
        Some(path)
    };
    let mut places: Vec<PathBuf> = match system {
        "macos" => vec![below("HOME", &["Library", "Application Support", "MobileSync", "Backup"])],
        "windows" => vec![
            below("APPDATA", &["Apple Computer", "MobileSync", "Backup"]),
            below("USERPROFILE", &["Apple", "MobileSync", "Backup"]),
        ],
        _ => vec![below("HOME", &[])],
    }
    .into_iter()
    .flatten()
    .collect();
    if let Some(named) = variable(VARIABLE) {
        places.extend(std::env::split_paths(&named).filter(|place| !place.as_os_str().is_empty()));
    }
    let mut seen = Vec::new();
    places.retain(|place| {
        !seen.contains(place) && {
            seen.push(place.clone());
            true
        }
    });
    places
}

/// Whether a folder is a backup: two of the files that stand at the top of one, whichever. Some tools write no `Info.plist`, others
/// no `Manifest.plist`. `Manifest.db` with payloads beside it is one as well.
pub fn is_backup(folder: &Path) -> bool {
    let count = TOP.iter().filter(|name| folder.join(name).is_file()).count();
    count >= 2 || (count == 1 && folder.join("Manifest.db").is_file() && has_payloads(folder))
}

fn has_payloads(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.take(MOST_ENTRIES).filter_map(Result::ok).any(|entry| is_shelf(&entry.path()) && entry.path().is_dir())
    })
}

/// A folder `00` to `ff`, by its name.
fn is_shelf(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.len() == 2 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The backup that a file or folder lies in, and whether it is one of the files at its top.
pub(crate) fn around(path: &Path) -> Option<(PathBuf, bool)> {
    let absolute = fs::canonicalize(path).ok()?;
    let parent = absolute.parent()?;
    // Named as the person named it, where that is possible.
    let named = |levels: usize| {
        let place = path.ancestors().nth(levels)?;
        match place.as_os_str().is_empty() {
            true => Some(PathBuf::from(".")),
            false => Some(place.to_owned()),
        }
    };
    if is_backup(parent) {
        let name = absolute.file_name()?.to_string_lossy().into_owned();
        let at_top = absolute.is_file() && TOP.contains(&name.as_str());
        let inside = at_top || is_shelf(&absolute) || name == "Snapshot";
        return inside.then(|| Some((named(1).unwrap_or_else(|| parent.to_owned()), at_top))).flatten();
    }
    let above = parent.parent()?;
    (is_shelf(parent) && is_backup(above)).then(|| (named(2).unwrap_or_else(|| above.to_owned()), false))
}

/// The backups that are direct children of a folder, in the order of their names.
///
/// # Errors
/// When the folder cannot be listed.
pub(crate) fn backups_in(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let mut found: Vec<PathBuf> = folders(folder, true)?.into_iter().filter(|child| is_backup(child)).collect();
    found.sort_unstable();
    Ok(found)
}

fn folders(folder: &Path, follow_links: bool) -> Result<Vec<PathBuf>, SourceError> {
    let entries = fs::read_dir(folder).map_err(|error| SourceError::io(folder, error))?;
    let entries = entries.take(MOST_ENTRIES).filter_map(Result::ok);
    let real = entries.filter(|entry| follow_links || entry.file_type().is_ok_and(|kind| !kind.is_symlink()));
    Ok(real.map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
}

/// Whether there is a backup somewhere below a folder, at most three levels down. What cannot be listed holds none.
pub(crate) fn has_backups_below(folder: &Path, follow_links: bool) -> bool {
    let mut left = MOST_FOLDERS;
    let mut level = vec![folder.to_owned()];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for place in level {
            for child in folders(&place, follow_links).unwrap_or_default() {
                if left == 0 {
                    return false;
                }
                left -= 1;
                if is_backup(&child) {
                    return true;
                }
                next.push(child);
            }
        }
        level = next;
    }
    false
}

/// Whether a folder is one in which Apple's programs keep backups, by its name.
pub(crate) fn is_keeper(folder: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let above = whole.parent().and_then(name);
    match name(&whole).as_deref() {
        Some("MobileSync") => true,
        Some("Backup") => above.as_deref() == Some("MobileSync"),
        _ => false,
    }
}

/// A phone's identifier (UDID) in the one form in which its keyed id is made: 40 lower-case digits, or eight and sixteen upper-case
/// ones with a dash between. `None` for other words.
pub(crate) fn identifier(word: &str) -> Option<String> {
    let word = word.trim();
    let digits: String = word.chars().filter(|character| *character != '-').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    match (digits.len(), word.len()) {
        (40, 40) => Some(digits.to_ascii_lowercase()),
        (24, 24) | (24, 25) if word.len() == 24 || word.as_bytes().get(8) == Some(&b'-') => {
            let upper = digits.to_ascii_uppercase();
            Some(format!("{}-{}", upper.get(..8)?, upper.get(8..)?))
        }
        _ => None,
    }
}

/// A folder's name split into the phone's identifier and what an archived copy adds: `-YYYYMMDD-HHMMSS`. `None` for names that
/// hold no identifier.
pub(crate) fn folder_identifier(name: &str) -> Option<(String, &str)> {
    [40, 25, 24].into_iter().find_map(|length| {
        let (head, rest) = (name.get(..length)?, name.get(length..)?);
        (rest.is_empty() || rest.starts_with(['-', '.', '_', ' '])).then(|| Some((identifier(head)?, rest))).flatten()
    })
}

/// Whether a folder is that of a backup that was never made: named by a phone's identifier, and without anything in it.
pub(crate) fn is_never_made(folder: &Path) -> bool {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    folder_identifier(&name).is_some() && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// A backup as the files at its top tell, without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The backup's folder. Its name is most often the phone's identifier: not for display, see [`Summary::shown`].
    pub path: PathBuf,
    /// When the backup ended, RFC 3339 in UTC.
    pub date: Option<String>,
    /// The version of iOS.
    pub os_version: Option<String>,
    /// Apple's word for the model, such as `iPhone14,5`.
    pub model: Option<String>,
    /// `IsEncrypted`; `None` where no file tells.
    pub encrypted: Option<bool>,
    /// Whether the backup came to its end; `None` where no file tells.
    pub finished: Option<bool>,
}

impl Summary {
    /// Reads the property lists of a backup; what cannot be read is not known.
    fn read(folder: &Path) -> Summary {
        let read = |name: &str, left_out: &[&str]| {
            let bytes = payload::read_regular(&folder.join(name), LARGEST).ok()?;
            plist::read_without(&bytes, left_out).ok()
        };
        // Lists of apps and icons make up most of the two.
        let manifest = read("Manifest.plist", &["Applications", "BackupKeyBag"]);
        let info = read("Info.plist", &["Applications", "iTunes Files", "Installed Applications"]);
        let status = read("Status.plist", &[]);
        let word = |value: Option<&Value>| value.and_then(Value::text).map(|text| sanitize(text, 60));
        let at = |plist: &Option<Value>, keys: &[&str]| plist.as_ref().and_then(|plist| plist.at(keys)).cloned();
        let date = [at(&status, &["Date"]), at(&manifest, &["Date"]), at(&info, &["Last Backup Date"])];
        let first = |from_phone: Option<Value>, from_computer: Option<Value>| {
            word(from_phone.as_ref()).or_else(|| word(from_computer.as_ref()))
        };
        Summary {
            path: folder.to_owned(),
            date: date
                .into_iter()
                .flatten()
                .find_map(|date| jiff::Timestamp::from_second(date.date()?).ok())
                .map(|date| date.to_string()),
            os_version: first(at(&manifest, &["Lockdown", "ProductVersion"]), at(&info, &["Product Version"])),
            model: first(at(&manifest, &["Lockdown", "ProductType"]), at(&info, &["Product Type"])),
            encrypted: at(&manifest, &["IsEncrypted"]).and_then(|encrypted| encrypted.bool()),
            finished: word(at(&status, &["SnapshotState"]).as_ref())
                .map(|state| state == "finished" && !folder.join("Snapshot").is_dir()),
        }
    }

    /// The path for people: with `…` in place of the phone's identifier, unless it is asked for.
    pub fn shown(&self, with_identifier: bool) -> String {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match (folder_identifier(&name), self.path.parent()) {
            (Some((_, rest)), Some(parent)) if !with_identifier => {
                parent.join(format!("…{rest}")).display().to_string()
            }
            _ => self.path.display().to_string(),
        }
    }
}

/// The backups in some places, in the order of their names. A place that does not exist holds none.
///
/// # Errors
/// One for each place that exists and cannot be listed: on macOS, most often for want of Full Disk Access.
pub fn summaries(places: &[PathBuf]) -> Vec<Result<Summary, SourceError>> {
    let mut found = Vec::new();
    for place in places {
        if is_backup(place) {
            found.push(Ok(Summary::read(place)));
            continue;
        }
        match backups_in(place) {
            Ok(backups) => found.extend(backups.iter().take(MOST_FOLDERS).map(|backup| Ok(Summary::read(backup)))),
            Err(SourceError::NotFound { .. }) => {}
            Err(error) => found.push(Err(error)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_identifier_found_is_in_its_one_form(name in "[0-9a-fA-F-]{20,60}|.{0,60}") {
            if let Some((found, rest)) = folder_identifier(&name) {
                prop_assert_eq!(identifier(&found), Some(found.clone()));
                prop_assert!(name.ends_with(rest) && !rest.contains(&found));
            }
        }
    }

    const OLD: &str = "0123456789abcdef0123456789abcdef01234567";
    const NEW: &str = "00008110-000A1B2C3D4E5F60";

    fn plist(members: &str) -> String {
        format!("<plist version=\"1.0\"><dict>{members}</dict></plist>")
    }

    fn backup(parent: &Path, name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = parent.join(name);
        fs::create_dir_all(&folder).unwrap();
        for (file, text) in files {
            fs::write(folder.join(file), text).unwrap();
        }
        folder
    }

    #[test]
    fn each_system_has_its_places() {
        let variable = |name: &str| {
            let value = match name {
                "HOME" => "/Users/x",
                "APPDATA" => "roaming",
                "USERPROFILE" => "profile",
                _ => return None,
            };
            Some(OsString::from(value))
        };
        assert_eq!(
            places("macos", variable),
            [PathBuf::from("/Users/x/Library/Application Support/MobileSync/Backup")]
        );
        assert_eq!(
            places("windows", variable),
            [
                PathBuf::from("roaming").join("Apple Computer").join("MobileSync").join("Backup"),
                PathBuf::from("profile").join("Apple").join("MobileSync").join("Backup")
            ]
        );
        assert_eq!(places("linux", variable), [PathBuf::from("/Users/x")]);
        let named = std::env::join_paths(["/srv/a", "", "/srv/b", "/srv/a"]).unwrap();
        let places = places("linux", |name| (name == VARIABLE).then(|| named.clone()));
        assert_eq!(places, [PathBuf::from("/srv/a"), PathBuf::from("/srv/b")]);
    }

    #[test]
    fn two_files_of_five_make_a_backup() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, files: &[&str]| {
            let files: Vec<(&str, &str)> = files.iter().map(|file| (*file, "x")).collect();
            backup(folder.path(), name, &files)
        };
        assert!(is_backup(&make("without-info", &["Manifest.db", "Manifest.plist", "Status.plist"])));
        assert!(is_backup(&make("decrypted", &["Manifest.db", "Info.plist"])));
        assert!(is_backup(&make("begun", &["Info.plist", "Status.plist"])));
        assert!(is_backup(&make("old", &["Manifest.mbdb", "Info.plist"])));
        assert!(!is_backup(&make("program", &["Info.plist", "PkgInfo"])));
        let bare = make("bare", &["Manifest.db"]);
        assert!(!is_backup(&bare));
        fs::create_dir(bare.join("0d")).unwrap();
        assert!(is_backup(&bare));
    }

    #[test]
    fn the_identifier_has_one_form() {
        assert_eq!(identifier(&OLD.to_ascii_uppercase()).as_deref(), Some(OLD));
        for word in [NEW, "00008110-000a1b2c3d4e5f60", "00008110000A1B2C3D4E5F60", " 00008110-000A1B2C3D4E5F60\n"] {
            assert_eq!(identifier(word).as_deref(), Some(NEW), "{word}");
        }
        for word in ["", "backup", "0000811-0000A1B2C3D4E5F60", OLD.trim_start_matches('0'), "é"] {
            assert_eq!(identifier(word), None, "{word}");
        }
        let archived = format!("{NEW}-20240601-120000");
        assert_eq!(folder_identifier(&archived), Some((NEW.to_owned(), "-20240601-120000")));
        assert_eq!(folder_identifier(&format!("{OLD}-20240601-120000")).map(|(id, _)| id), Some(OLD.to_owned()));
        assert_eq!(folder_identifier("plain-ios17"), None);
    }

    #[test]
    fn backups_are_summed_up_without_their_identifier() {
        let place = tempfile::tempdir().unwrap();
        let manifest = plist(
            "<key>IsEncrypted</key><true/><key>Date</key><date>2024-06-01T10:00:00Z</date><key>Lockdown</key><dict>\
             <key>ProductVersion</key><string>17.5.1</string><key>ProductType</key><string>iPhone14,5</string></dict>",
        );
        let status =
            plist("<key>SnapshotState</key><string>finished</string><key>Date</key><date>2024-06-01T10:05:00Z</date>");
        let info = plist(
            "<key>Product Version</key><string>12.5.7</string><key>Last Backup Date</key><date>2023-01-02T03:04:05Z</date>",
        );
        backup(place.path(), NEW, &[("Manifest.plist", &manifest), ("Status.plist", &status), ("Info.plist", "junk")]);
        backup(place.path(), &format!("{OLD}-20230102-030405"), &[("Info.plist", &info), ("Manifest.db", "x")]);
        backup(place.path(), "letters", &[("a.txt", "x")]);
        let found: Vec<Summary> = summaries(&[place.path().to_owned()]).into_iter().map(Result::unwrap).collect();
        let [new, old] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(new.date.as_deref(), Some("2024-06-01T10:05:00Z"));
        assert_eq!((new.os_version.as_deref(), new.model.as_deref()), (Some("17.5.1"), Some("iPhone14,5")));
        assert_eq!((new.encrypted, new.finished), (Some(true), Some(true)));
        assert_eq!((old.os_version.as_deref(), old.encrypted, old.finished), (Some("12.5.7"), None, None));
        assert_eq!(new.shown(false), place.path().join("…").display().to_string());
        assert_eq!(old.shown(false), place.path().join("…-20230102-030405").display().to_string());
        assert!(new.shown(true).ends_with(NEW));
        assert_eq!(summaries(&[place.path().join("nowhere")]).len(), 0);
        assert_eq!(summaries(&[place.path().join(NEW)]).len(), 1, "a place that is itself a backup");
        assert_eq!(summaries(&[place.path().join("letters/a.txt")]).len(), 1, "a file is no place");
    }

    #[test]
    fn what_lies_in_a_backup_knows_it() {
        let place = tempfile::tempdir().unwrap();
        let whole = backup(place.path(), NEW, &[("Manifest.db", "x"), ("Info.plist", "x")]);
        let shelf = backup(&whole, "64", &[(OLD, "x")]);
        assert_eq!(around(&whole.join("Manifest.db")), Some((whole.clone(), true)));
        assert_eq!(around(&shelf), Some((whole.clone(), false)));
        assert_eq!(around(&shelf.join(OLD)), Some((whole.clone(), false)));
        fs::write(whole.join("notes.txt"), "x").unwrap();
        assert_eq!(around(&whole.join("notes.txt")), None);
        assert_eq!(around(&whole), None);
        assert!(has_backups_below(place.path(), false));
        assert!(!has_backups_below(&whole, false));
    }
}
