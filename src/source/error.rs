//! Why a path gave no evidence: one error for every road through the file system.

use std::path::{Path, PathBuf};

use super::form::Form;

/// A target that could not be read. The texts for people are in `src/text/source.*.ftl`, under [`SourceError::key`]
/// and [`SourceError::hint_key`].
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is nothing at the path.
    #[error("{path}: no such file or folder")]
    NotFound {
        /// The target as it was given.
        path: PathBuf,
    },
    /// The file has no bytes, or the folder has no files.
    #[error("{path}: empty")]
    Empty {
        /// The target as it was given.
        path: PathBuf,
    },
    /// A folder, a device or a pipe, where one file is needed.
    #[error("{path}: no file")]
    NotAFile {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The folder holds links, which are not followed, and nothing else.
    #[error("{path}: nothing but links: {file}")]
    Links {
        /// The target as it was given.
        path: PathBuf,
        /// The first of them.
        file: String,
    },
    /// The operating system refused or failed.
    #[error("{path}: {source}")]
    Io {
        /// The file that could not be read.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It can be read, and is none of the things that poucet knows.
    #[error(
        "{path}: looked for a bug report, an AndroidQF acquisition, a poucet bundle, dumpsys outputs and poucet snapshots, found none"
    )]
    Unrecognised {
        /// The target as it was given.
        path: PathBuf,
    },
    /// Something that poucet knows by sight and does not read.
    #[error("{path}: {form:?} {detail}")]
    Form {
        /// The target as it was given.
        path: PathBuf,
        /// What it is.
        form: Form,
        /// What is told of it besides: a name inside it, or empty.
        detail: String,
    },
    /// A file stands twice in a zip under one name: which of the two is meant, nobody knows.
    #[error("{path}: {file} is in it twice")]
    Doubled {
        /// The zip.
        path: PathBuf,
        /// The name.
        file: String,
    },
    /// A zip of which not even the first entries can be read.
    #[error("{path}: damaged zip: {detail}")]
    Damaged {
        /// The target as it was given.
        path: PathBuf,
        /// What the decoder said.
        detail: String,
    },
    /// More bytes than a phone's evidence can have: a zip bomb, or a file that is something else.
    #[error("{path}: more than {limit} bytes after decompression")]
    TooLarge {
        /// The file or entry.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// None of the passwords that were given opens the backup.
    #[error("{path}: wrong password")]
    WrongPassword {
        /// The backup's folder.
        path: PathBuf,
    },
    /// The keys of an encrypted backup cannot be understood.
    #[error("{path}: damaged keybag: {detail}")]
    DamagedKeybag {
        /// The backup's folder.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The backup asks for so many rounds of key derivation that opening it would not end.
    #[error("{path}: asks for {rounds} rounds of key derivation")]
    TooManyRounds {
        /// The backup's folder.
        path: PathBuf,
        /// How many.
        rounds: String,
    },
    /// `Manifest.db`, the index of a backup, cannot be read.
    #[error("{path}: Manifest.db: {detail}")]
    DamagedIndex {
        /// The backup's folder.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A backup of iOS 9 or earlier, with `Manifest.mbdb` in place of `Manifest.db`.
    #[error("{path}: a backup of iOS 9 or earlier (Manifest.mbdb)")]
    OldBackup {
        /// The backup's folder.
        path: PathBuf,
    },
    /// A backup without its index: it was never finished, or only a part of it was copied.
    #[error("{path}: an iOS backup without Manifest.db")]
    IncompleteBackup {
        /// The backup's folder.
        path: PathBuf,
    },
    /// A backup of another kind of device: its system is no iOS, and has versions and settings of its own.
    #[error("{path}: a backup of a {model}, which is neither an iPhone nor an iPad")]
    OtherDevice {
        /// The backup's folder.
        path: PathBuf,
        /// Apple's word for the model.
        model: String,
    },
    /// A folder or file inside of a backup, which tells nothing without the others.
    #[error("{path}: a part of the iOS backup {backup}")]
    InsideBackup {
        /// The target as it was given.
        path: PathBuf,
        /// The backup's folder.
        backup: PathBuf,
    },
    /// A folder in which Apple's programs keep backups, without one.
    #[error("{path}: no iOS backup in it")]
    NoBackups {
        /// The folder.
        path: PathBuf,
    },
    /// The operating system keeps the folder of the backups from other programs (macOS: Full Disk Access).
    #[error("{path}: the system allows no look into the folder of the backups")]
    BackupRefused {
        /// What could not be read.
        path: PathBuf,
    },
    /// A bundle whose manifest cannot be understood.
    #[error("{path}: manifest of the bundle: {detail}")]
    BadManifest {
        /// The bundle.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A file of a bundle is not what the manifest says: the evidence was altered after it was collected.
    #[error("{path}: {file} does not match the manifest")]
    Altered {
        /// The bundle.
        path: PathBuf,
        /// The file inside it.
        file: String,
    },
    /// A name inside a zip or manifest that points outside of it.
    #[error("{path}: unsafe file name inside: {file}")]
    UnsafeName {
        /// The zip or bundle.
        path: PathBuf,
        /// The name, as found.
        file: String,
    },
}

impl SourceError {
    /// The error of an operation of the operating system on one file: what is guarded by macOS and what is not there have words of their
    /// own.
    pub fn io(path: &Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::NotFound => SourceError::NotFound { path: path.to_owned() },
            std::io::ErrorKind::PermissionDenied if super::guarded::is_guarded(path) => {
                SourceError::BackupRefused { path: path.to_owned() }
            }
            _ => SourceError::Io { path: path.to_owned(), source },
        }
    }

    /// Every message key but those of [`Form`], for the test that both languages have them all.
    pub const KEYS: [&'static str; 22] = [
        "source-not-found",
        "source-empty",
        "source-links",
        "source-not-a-file",
        "source-io",
        "source-unrecognised",
        "source-doubled",
        "source-damaged",
        "source-too-large",
        "source-wrong-password",
        "source-damaged-keybag",
        "source-too-many-rounds",
        "source-damaged-index",
        "source-old-backup",
        "source-incomplete-backup",
        "source-other-device",
        "source-inside-backup",
        "source-no-backups",
        "source-backup-refused",
        "source-bad-manifest",
        "source-altered",
        "source-unsafe-name",
    ];

    /// The key of the sentence that says what happened.
    pub fn key(&self) -> &'static str {
        match self {
            SourceError::NotFound { .. } => "source-not-found",
            SourceError::Empty { .. } => "source-empty",
            SourceError::Links { .. } => "source-links",
            SourceError::NotAFile { .. } => "source-not-a-file",
            SourceError::Io { .. } => "source-io",
            SourceError::Unrecognised { .. } => "source-unrecognised",
            SourceError::Form { form, .. } => form.keys().0,
            SourceError::Doubled { .. } => "source-doubled",
            SourceError::Damaged { .. } => "source-damaged",
            SourceError::TooLarge { .. } => "source-too-large",
            SourceError::WrongPassword { .. } => "source-wrong-password",
            SourceError::DamagedKeybag { .. } => "source-damaged-keybag",
            SourceError::TooManyRounds { .. } => "source-too-many-rounds",
            SourceError::DamagedIndex { .. } => "source-damaged-index",
            SourceError::OldBackup { .. } => "source-old-backup",
            SourceError::IncompleteBackup { .. } => "source-incomplete-backup",
            SourceError::OtherDevice { .. } => "source-other-device",
            SourceError::InsideBackup { .. } => "source-inside-backup",
            SourceError::NoBackups { .. } => "source-no-backups",
            SourceError::BackupRefused { .. } => "source-backup-refused",
            SourceError::BadManifest { .. } => "source-bad-manifest",
            SourceError::Altered { .. } => "source-altered",
            SourceError::UnsafeName { .. } => "source-unsafe-name",
        }
    }

    /// The key of the sentence that says what to do next.
    pub fn hint_key(&self) -> &'static str {
        match self {
            SourceError::NotFound { .. } => "source-not-found-hint",
            SourceError::Empty { .. } => "source-empty-hint",
            SourceError::Links { .. } => "source-links-hint",
            SourceError::NotAFile { .. } => "source-not-a-file-hint",
            SourceError::Io { .. } => "source-io-hint",
            SourceError::Unrecognised { .. } => "source-unrecognised-hint",
            SourceError::Form { form, .. } => form.keys().1,
            SourceError::Doubled { .. } => "source-doubled-hint",
            SourceError::Damaged { .. } => "source-damaged-hint",
            SourceError::TooLarge { .. } => "source-too-large-hint",
            SourceError::WrongPassword { .. } => "source-wrong-password-hint",
            SourceError::DamagedKeybag { .. } => "source-damaged-keybag-hint",
            SourceError::TooManyRounds { .. } => "source-too-many-rounds-hint",
            SourceError::DamagedIndex { .. } => "source-damaged-index-hint",
            SourceError::OldBackup { .. } => "source-old-backup-hint",
            SourceError::IncompleteBackup { .. } => "source-incomplete-backup-hint",
            SourceError::OtherDevice { .. } => "source-other-device-hint",
            SourceError::InsideBackup { .. } => "source-inside-backup-hint",
            SourceError::NoBackups { .. } => "source-no-backups-hint",
            SourceError::BackupRefused { .. } => "source-backup-refused-hint",
            SourceError::BadManifest { .. } => "source-bad-manifest-hint",
            SourceError::Altered { .. } => "source-altered-hint",
            SourceError::UnsafeName { .. } => "source-unsafe-name-hint",
        }
    }

    /// The values of the sentence's variables.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let shown = |path: &Path| ("path", path.display().to_string());
        match self {
            SourceError::NotFound { path }
            | SourceError::Empty { path }
            | SourceError::NotAFile { path }
            | SourceError::Unrecognised { path }
            | SourceError::WrongPassword { path }
            | SourceError::OldBackup { path }
            | SourceError::IncompleteBackup { path }
            | SourceError::NoBackups { path }
            | SourceError::BackupRefused { path } => vec![shown(path)],
            SourceError::TooManyRounds { path, rounds } => vec![shown(path), ("rounds", rounds.clone())],
            SourceError::OtherDevice { path, model } => vec![shown(path), ("model", model.clone())],
            SourceError::InsideBackup { path, backup } => {
                vec![shown(path), ("backup", backup.display().to_string())]
            }
            SourceError::Io { path, source } => vec![shown(path), ("detail", source.to_string())],
            SourceError::Damaged { path, detail }
            | SourceError::BadManifest { path, detail }
            | SourceError::DamagedKeybag { path, detail }
            | SourceError::DamagedIndex { path, detail }
            | SourceError::Form { path, detail, .. } => vec![shown(path), ("detail", detail.clone())],
            SourceError::TooLarge { path, limit } => vec![shown(path), ("limit", limit.to_string())],
            SourceError::Altered { path, file }
            | SourceError::Links { path, file }
            | SourceError::UnsafeName { path, file }
            | SourceError::Doubled { path, file } => {
                vec![shown(path), ("file", file.clone())]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::output::OutputError;
    use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

    #[test]
    fn every_error_has_its_sentence_and_its_hint_in_both_languages() {
        for (language, text) in
            [("en", include_str!("../text/source.en.ftl")), ("fr", include_str!("../text/source.fr.ftl"))]
        {
            let resource = FluentResource::try_new(text.to_owned()).expect("Fluent text");
            let mut bundle = FluentBundle::new(vec![language.parse().expect("language tag")]);
            bundle.add_resource(resource).expect("no key twice");
            let mut arguments = FluentArgs::new();
            for name in ["path", "detail", "file", "limit", "rounds", "backup", "model"] {
                arguments.set(name, "VALUE");
            }
            let forms = Form::ALL.map(|form| form.keys().0);
            for key in SourceError::KEYS.iter().chain(&OutputError::KEYS).chain(&forms) {
                for key in [key.to_string(), format!("{key}-hint")] {
                    let pattern = bundle
                        .get_message(&key)
                        .and_then(|message| message.value())
                        .unwrap_or_else(|| panic!("{language}: no text for {key}"));
                    let mut errors = Vec::new();
                    let shown = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
                    assert!(errors.is_empty(), "{language}: {key}: {errors:?}");
                    assert!(shown.chars().count() > 10, "{language}: {key} says nothing");
                }
            }
        }
    }

    #[test]
    fn the_sentence_and_the_hint_share_their_key() {
        let error = SourceError::Altered { path: "b".into(), file: "getprop.txt".into() };
        assert_eq!(error.hint_key(), format!("{}-hint", error.key()));
        assert!(error.arguments().contains(&("file", "getprop.txt".to_owned())));
    }
    #[test]
    fn what_macos_guards_is_refused_with_the_way_to_allow_it() {
        let denied = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let guarded = Path::new("/Users/x/Library/Application Support/MobileSync/Backup");
        for path in [guarded.to_owned(), guarded.join("00008110-000A1B2C3D4E5F60").join("Manifest.db")] {
            assert_eq!(SourceError::io(&path, denied()).key(), "source-backup-refused");
        }
        assert_eq!(SourceError::io(Path::new("/srv/backup"), denied()).key(), "source-io");
        assert_eq!(SourceError::io(guarded, std::io::ErrorKind::NotFound.into()).key(), "source-not-found");
        let hint = crate::text::Texts::new(crate::text::Language::En).get("source-backup-refused-hint");
        assert!(hint.contains("Full Disk Access"), "{hint}");
    }
}
