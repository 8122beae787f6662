//! What poucet does not read but knows by sight: encrypted, packed, or another thing of the same field. Whoever gives such a file is told
//! what it is and what to do, instead of that it is nothing.
//!
//! Facts, the marks at the head of a file: age (age-encryption.org/v1, and its ASCII armour), OpenPGP (RFC 9580 §4.2 and §6.2), OpenSSL `enc`
//! (`Salted__`), 7-Zip (7zFormat.txt), RAR (technote), xz, bzip2, Zstandard (RFC 8878), LZ4, tar (POSIX ustar), `adb backup`
//! (AOSP `BackupManagerService`). AndroidQF encrypts with age when a key lies beside it (`acquisition/secure.go`).

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::Path;

/// One such form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Encrypted with age, as AndroidQF stores an acquisition.
    Age,
    /// Encrypted with OpenPGP (GnuPG).
    Pgp,
    /// Encrypted with `openssl enc`.
    OpenSsl,
    /// A zip whose entries need a password.
    ZipPassword,
    /// 7-Zip.
    SevenZip,
    /// RAR.
    Rar,
    /// tar, alone or compressed.
    Tar,
    /// xz, bzip2, Zstandard or LZ4.
    Compressed,
    /// A backup of apps by `adb backup`, which holds no permissions.
    AndroidBackup,
    /// An iOS backup inside a zip or tar.
    PackedBackup,
    /// The files of an iPhone under their own paths: a full file system, or an unpacked backup.
    Extraction,
    /// An App Privacy Report without the backup it belongs to.
    PrivacyReport,
    /// Results of poucet that are no evidence: an audit, a comparison.
    Results,
    /// The names of services that `dumpsys -l` prints.
    ServiceList,
    /// A zip with several zips of evidence in it.
    SeveralInside,
    /// A zip that holds a zip which is too large to be read inside it.
    LargeInside,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 16] = [
        Form::Age,
        Form::Pgp,
        Form::OpenSsl,
        Form::ZipPassword,
        Form::SevenZip,
        Form::Rar,
        Form::Tar,
        Form::Compressed,
        Form::AndroidBackup,
        Form::PackedBackup,
        Form::Extraction,
        Form::PrivacyReport,
        Form::Results,
        Form::ServiceList,
        Form::SeveralInside,
        Form::LargeInside,
    ];

    /// The keys of the sentences that say what it is and what to do.
    pub(crate) fn keys(self) -> (&'static str, &'static str) {
        match self {
            Form::Age => ("source-form-age", "source-form-age-hint"),
            Form::Pgp => ("source-form-pgp", "source-form-pgp-hint"),
            Form::OpenSsl => ("source-form-openssl", "source-form-openssl-hint"),
            Form::ZipPassword => ("source-form-zip-password", "source-form-zip-password-hint"),
            Form::SevenZip => ("source-form-7z", "source-form-7z-hint"),
            Form::Rar => ("source-form-rar", "source-form-rar-hint"),
            Form::Tar => ("source-form-tar", "source-form-tar-hint"),
            Form::Compressed => ("source-form-compressed", "source-form-compressed-hint"),
            Form::AndroidBackup => ("source-form-android-backup", "source-form-android-backup-hint"),
            Form::PackedBackup => ("source-form-packed-backup", "source-form-packed-backup-hint"),
            Form::Extraction => ("source-form-extraction", "source-form-extraction-hint"),
            Form::PrivacyReport => ("source-form-privacy-report", "source-form-privacy-report-hint"),
            Form::Results => ("source-form-results", "source-form-results-hint"),
            Form::ServiceList => ("source-form-service-list", "source-form-service-list-hint"),
            Form::SeveralInside => ("source-form-several-inside", "source-form-several-inside-hint"),
            Form::LargeInside => ("source-form-large-inside", "source-form-large-inside-hint"),
        }
    }

    /// What a file is by its first bytes.
    pub(crate) fn of_bytes(head: &[u8]) -> Option<Form> {
        const MARKS: [(&[u8], Form); 12] = [
            (b"age-encryption.org/v", Form::Age),
            (b"-----BEGIN AGE ENCRYPTED FILE-----", Form::Age),
            (b"-----BEGIN PGP MESSAGE-----", Form::Pgp),
            (b"Salted__", Form::OpenSsl),
            (b"7z\xBC\xAF\x27\x1C", Form::SevenZip),
            (b"Rar!\x1A\x07", Form::Rar),
            (b"\xFD7zXZ\0", Form::Compressed),
            (b"BZh", Form::Compressed),
            (b"\x28\xB5\x2F\xFD", Form::Compressed),
            (b"\x04\x22\x4D\x18", Form::Compressed),
            (b"ANDROID BACKUP\n", Form::AndroidBackup),
            (b"ANDROID BACKUP\r\n", Form::AndroidBackup),
        ];
        // An armour may stand below an empty line or a mark of the encoding.
        let armour = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
        if let Some((_, form)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark) || armour.starts_with(mark)) {
            return Some(*form);
        }
        let pgp = match head {
            // A packet with a session key, old form: its length, then version 3 (public key) or 4 (password).
            [0x84, _, 3, ..] | [0x85, _, _, 3, ..] | [0x8C, _, 4, ..] => true,
            // The same in the new form, versions 3 to 6.
            [0xC1, _, 3 | 6, ..] | [0xC3, _, 4..=6, ..] => true,
            _ => false,
        };
        match () {
            () if pgp => Some(Form::Pgp),
            () if head.get(257..262) == Some(b"ustar") => Some(Form::Tar),
            () => None,
        }
    }

    /// What a text is by its first bytes, decoded.
    pub(crate) fn of_text(head: &str) -> Option<Form> {
        let text = head.trim_start_matches('\u{FEFF}').trim_start();
        let line = text.lines().next().unwrap_or_default();
        // The first row of an App Privacy Report is cut off in no case: its rows have some hundred bytes.
        let is_row = |line: &str| {
            line.starts_with('{')
                && line.contains("\"type\"")
                && (line.contains("\"accessor\"") && line.contains("\"category\"")
                    || line.contains("\"networkActivity\"") && line.contains("\"domain"))
        };
        if is_row(line) {
            return Some(Form::PrivacyReport);
        }
        if line.trim_end() == "Currently running services:" {
            let names = text.lines().skip(1).filter(|line| !line.trim().is_empty());
            return names.clone().all(|line| line.starts_with("  ")).then_some(Form::ServiceList);
        }
        (results(text).is_some() && text.starts_with(['{', '['])).then_some(Form::Results)
    }
}

/// The schema of results of poucet that are no snapshot: `poucet.audit/1`.
pub(crate) fn results(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("\"poucet.") {
        let (word, _) = after.split_once('"')?;
        if !word.starts_with("snapshot/") && word.len() < 40 && word.contains('/') {
            return text.get(text.len() - after.len() - "poucet.".len()..)?.split('"').next();
        }
        rest = after;
    }
    None
}

/// How much of a tar is looked through for what it holds.
const MOST_OF_TAR: u64 = 1 << 30;
/// How many of its entries.
const MOST_ENTRIES: usize = 20_000;
const BLOCK: usize = 512;

/// What a tar holds, as far as its names tell within bounds: an iOS backup, or something else.
pub(crate) fn in_tar(tar: impl Read) -> Form {
    let mut tar = tar.take(MOST_OF_TAR);
    let mut names = BTreeSet::new();
    for _ in 0..MOST_ENTRIES {
        let mut header = [0u8; BLOCK];
        if tar.read_exact(&mut header).is_err() || header.iter().all(|byte| *byte == 0) {
            break;
        }
        let field = |from: usize, length: usize| {
            let bytes = header.get(from..from + length).unwrap_or_default();
            String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
        };
        // ustar: a name's front may stand apart (at 345); a length is octal.
        let (front, name) = (field(345, 155), field(0, 100));
        names.insert(if front.is_empty() { name } else { format!("{front}/{name}") });
        if holds_backup(names.iter().map(String::as_str)) {
            return Form::PackedBackup;
        }
        if holds_extraction(names.iter().map(String::as_str)) {
            return Form::Extraction;
        }
        let Ok(length) = u64::from_str_radix(field(124, 12).trim(), 8) else { break };
        let padded = length.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
        if io::copy(&mut tar.by_ref().take(padded), &mut io::sink()).is_ok_and(|skipped| skipped < padded) {
            break;
        }
        // Names of many thousand payloads tell nothing.
        names.retain(|name| is_telling(name));
    }
    Form::Tar
}

/// The files that stand at the top of a backup.
const BACKUP: [&str; 4] = ["Manifest.db", "Manifest.plist", "Info.plist", "Status.plist"];

fn is_telling(name: &str) -> bool {
    BACKUP.iter().any(|file| name.ends_with(file))
}

/// Whether names are those of an iOS backup, in whatever folder: its index and another file of its top side by side.
pub(crate) fn holds_backup<'n>(names: impl Iterator<Item = &'n str> + Clone) -> bool {
    let folders = names.clone().filter_map(|name| name.strip_suffix("Manifest.db"));
    let indexed: BTreeSet<&str> = folders.filter(|folder| folder.is_empty() || folder.ends_with('/')).collect();
    !indexed.is_empty()
        && names
            .filter_map(|name| name.rsplit_once('/').map_or(Some(("", name)), Some))
            .filter(|(_, file)| *file != "Manifest.db" && BACKUP.contains(file))
            .any(|(folder, _)| indexed.iter().any(|index| index.trim_end_matches('/') == folder))
}

/// Whether names are the paths of an iPhone's own file system, or those of the domains that a backup is unpacked to.
pub(crate) fn holds_extraction<'n>(mut names: impl Iterator<Item = &'n str>) -> bool {
    names.any(|name| {
        let name = format!("/{name}/");
        [
            "/private/var/mobile/",
            "/var/mobile/Library/",
            "/var/mobile/Containers/",
            "/mobile/Library/",
            "/private/var/containers/",
            "/HomeDomain/",
            "/Library/TCC/TCC.db/",
        ]
        .iter()
        .any(|path| name.contains(path))
    })
}

/// How deep an extraction is looked for below a folder, and among how many folders.
const DEEPEST: usize = 6;
const MOST_FOLDERS: usize = 2000;

/// Whether the folder holds the files of an iPhone under their own paths.
pub(crate) fn is_extraction(folder: &Path) -> bool {
    let mut left = MOST_FOLDERS;
    let mut level = vec![(folder.to_owned(), folder.file_name().map(|name| name.to_string_lossy().into_owned()))];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for (place, name) in level {
            let Ok(entries) = std::fs::read_dir(&place) else { continue };
            for entry in entries.filter_map(Result::ok) {
                left = left.saturating_sub(1);
                let shown = entry.file_name().to_string_lossy().into_owned();
                let path = name.as_ref().map_or_else(|| shown.clone(), |name| format!("{name}/{shown}"));
                if holds_extraction(std::iter::once(path.as_str())) {
                    return true;
                }
                if left > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    next.push((entry.path(), Some(path)));
                }
            }
        }
        level = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_bytes_tell() {
        let mut tar = vec![0u8; 600];
        tar[257..262].copy_from_slice(b"ustar");
        for (head, form) in [
            (&b"age-encryption.org/v1\n-> X25519 abc\n"[..], Some(Form::Age)),
            (b"\xEF\xBB\xBF\r\n-----BEGIN AGE ENCRYPTED FILE-----\r\n", Some(Form::Age)),
            (b"-----BEGIN PGP MESSAGE-----\n\nabc", Some(Form::Pgp)),
            (b"\x85\x01\x0c\x03abcdefgh", Some(Form::Pgp)),
            (b"\x8c\x0d\x04\x09\x03\x02", Some(Form::Pgp)),
            (b"7z\xBC\xAF\x27\x1C\0\x04", Some(Form::SevenZip)),
            (b"Rar!\x1A\x07\x01\0", Some(Form::Rar)),
            (b"\xFD7zXZ\0\0\x04", Some(Form::Compressed)),
            (b"ANDROID BACKUP\n5\n1\nnone\n", Some(Form::AndroidBackup)),
            (tar.as_slice(), Some(Form::Tar)),
            (b"Packages:\n  Package [a.b] (1):\n", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(Form::of_bytes(head), form, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_text_of_the_same_field_is_known() {
        let report = include_str!("../../tests/fixtures/ios-17.App_Privacy_Report.ndjson");
        for (text, form) in [
            (report, Some(Form::PrivacyReport)),
            ("Currently running services:\n  DockObserver\n  package\n", Some(Form::ServiceList)),
            ("Currently running services:\n  package\n------\nDUMP OF SERVICE package:\n", None),
            ("[\n {\n  \"schema\": \"poucet.audit/1\",\n", Some(Form::Results)),
            ("{\"schema\":\"poucet.snapshot/1\"}", None),
            ("poucet.audit/1 is \"poucet.audit/1\"", None),
            ("{\"type\":\"dog\"}", None),
        ] {
            assert_eq!(Form::of_text(text), form, "{text}");
        }
        assert_eq!(results("[{\"schema\":\"poucet.audit/1\"}]"), Some("poucet.audit/1"));
    }

    #[test]
    fn names_tell_a_backup_from_an_extraction() {
        let backup = |names: &[&str]| holds_backup(names.iter().copied());
        assert!(backup(&["u/Manifest.db", "u/Info.plist", "u/00/x"]) && backup(&["Manifest.plist", "Manifest.db"]));
        assert!(!backup(&["u/Manifest.db", "v/Info.plist"]) && !backup(&["Info.plist", "Status.plist"]));
        assert!(!backup(&["u/xManifest.db", "u/Info.plist"]));
        for name in ["private/var/mobile/Library/x", "x/HomeDomain/Library/a", "dump/var/mobile/Library"] {
            assert!(holds_extraction([name].into_iter()), "{name}");
        }
        assert!(!holds_extraction(["mobile/notes.txt", "Library/x", "automobile/Library/x"].into_iter()));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..3000), text in "(\\PC|\n|\"poucet\\.|\\{|/){0,40}") {
            let _ = (Form::of_bytes(&bytes), in_tar(bytes.as_slice()), Form::of_text(&text), results(&text));
        }
    }
}
