//! Why a path gave no evidence: one error for every road through the file system.

use std::path::{Path, PathBuf};

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
    /// An iOS backup: recognised, and not read by this version.
    #[error("{path}: an iOS backup, which this version cannot read yet")]
    IosBackupNotYet {
        /// The backup's folder.
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
    /// The error of an operation of the operating system on one file.
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::NotFound {
            SourceError::NotFound { path: path.to_owned() }
        } else {
            SourceError::Io { path: path.to_owned(), source }
        }
    }

    /// Every message key, for the test that both languages have them all.
    pub const KEYS: [&'static str; 10] = [
        "source-not-found",
        "source-empty",
        "source-io",
        "source-unrecognised",
        "source-damaged",
        "source-too-large",
        "source-ios-backup-not-yet",
        "source-bad-manifest",
        "source-altered",
        "source-unsafe-name",
    ];

    /// The key of the sentence that says what happened.
    pub fn key(&self) -> &'static str {
        match self {
            SourceError::NotFound { .. } => "source-not-found",
            SourceError::Empty { .. } => "source-empty",
            SourceError::Io { .. } => "source-io",
            SourceError::Unrecognised { .. } => "source-unrecognised",
            SourceError::Damaged { .. } => "source-damaged",
            SourceError::TooLarge { .. } => "source-too-large",
            SourceError::IosBackupNotYet { .. } => "source-ios-backup-not-yet",
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
            SourceError::Io { .. } => "source-io-hint",
            SourceError::Unrecognised { .. } => "source-unrecognised-hint",
            SourceError::Damaged { .. } => "source-damaged-hint",
            SourceError::TooLarge { .. } => "source-too-large-hint",
            SourceError::IosBackupNotYet { .. } => "source-ios-backup-not-yet-hint",
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
            | SourceError::Unrecognised { path }
            | SourceError::IosBackupNotYet { path } => vec![shown(path)],
            SourceError::Io { path, source } => vec![shown(path), ("detail", source.to_string())],
            SourceError::Damaged { path, detail } | SourceError::BadManifest { path, detail } => {
                vec![shown(path), ("detail", detail.clone())]
            }
            SourceError::TooLarge { path, limit } => vec![shown(path), ("limit", limit.to_string())],
            SourceError::Altered { path, file } | SourceError::UnsafeName { path, file } => {
                vec![shown(path), ("file", file.clone())]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::output::OutputError;
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
            for name in ["path", "detail", "file", "limit"] {
                arguments.set(name, "VALUE");
            }
            for key in SourceError::KEYS.iter().chain(&OutputError::KEYS) {
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
}
