//! Reads a bundle back: the items as they were collected.

use std::collections::BTreeMap;
use std::io::{self, Read as _};

use super::manifest::{MANIFEST, Manifest, ManifestItem, SCHEMA};
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::files::fingerprint::hex;
use crate::source::SourceError;
use crate::source::container::{Container, is_safe_name};
use crate::source::options::OpenOptions;
use sha2::{Digest, Sha256};

/// A manifest has some hundred bytes per item.
const LARGEST_MANIFEST: usize = 16 << 20;

fn kind_of(label: &str) -> Option<Kind> {
    Kind::of_label(label)
}

fn reason_of(word: &str) -> Option<Reason> {
    [
        Reason::Refused,
        Reason::Absent,
        Reason::TimedOut,
        Reason::Truncated,
        Reason::Unproven,
        Reason::Unreadable,
        Reason::NotSupported,
    ]
    .into_iter()
    .find(|reason| reason.word() == word)
}

/// The folder inside the container that holds a bundle, as a prefix of names: empty, or one folder down.
pub(crate) fn find(container: &Container) -> Option<String> {
    if container.has(MANIFEST) {
        return Some(String::new());
    }
    let mut found = container.names.iter().filter_map(|name| {
        let prefix = name.strip_suffix(MANIFEST)?;
        (prefix.matches('/').count() == 1).then(|| prefix.to_owned())
    });
    match (found.next(), found.next()) {
        (Some(prefix), None) => Some(prefix),
        _ => None,
    }
}

/// Reads a bundle back: the items as they were collected, redacted.
pub(crate) fn read(container: &mut Container, prefix: &str, options: &OpenOptions) -> Result<Evidence, SourceError> {
    let path = container.path.clone();
    let bad = |detail: String| SourceError::BadManifest {
        path: path.clone(),
        detail: crate::text::clean::sanitize(&detail, 300),
    };
    let (bytes, lost) = container.read(&format!("{prefix}{MANIFEST}"), LARGEST_MANIFEST)?;
    if let Some(detail) = lost {
        return Err(bad(detail));
    }
    let manifest: Manifest =
        serde_json::from_str(&crate::parse::text::decode(bytes)).map_err(|error| bad(error.to_string()))?;
    if manifest.schema != SCHEMA {
        return Err(bad(format!("schema {}", manifest.schema)));
    }
    let wanted = manifest.items.iter().fold(0u64, |sum, item| sum.saturating_add(item.bytes));
    if wanted > options.kept_limit as u64 {
        return Err(SourceError::TooLarge { path: path.clone(), limit: options.kept_limit as u64 });
    }

    let mut evidence = Evidence::empty(SourceKind::Bundle, "");
    evidence.device_id = manifest.device_id;
    evidence.collected = SourceKind::ALL.into_iter().find(|kind| kind.word() == manifest.source);
    if let Some(time) = manifest.taken_at {
        let time: jiff::Timestamp = time.parse().map_err(|error: jiff::Error| bad(error.to_string()))?;
        evidence.taken_at = Some(time.as_second());
    }
    for gap in manifest.missing {
        evidence.missing.push(Missing {
            kind: kind_of(&gap.kind).ok_or_else(|| bad(format!("kind {}", gap.kind)))?,
            user: gap.user,
            reason: reason_of(&gap.reason).ok_or_else(|| bad(format!("reason {}", gap.reason)))?,
            detail: crate::text::clean::sanitize(&gap.detail, 300),
        });
    }

    // Each file is read once, from its beginning; the items keep the order of the manifest.
    let mut by_file: BTreeMap<&str, Vec<(usize, &ManifestItem)>> = BTreeMap::new();
    for (index, item) in manifest.items.iter().enumerate() {
        if !is_safe_name(&item.file) {
            let file = crate::text::clean::sanitize(&item.file, 200);
            return Err(SourceError::UnsafeName { path: path.clone(), file });
        }
        by_file.entry(&item.file).or_default().push((index, item));
    }
    let mut items: Vec<Option<Item>> = manifest.items.iter().map(|_| None).collect();
    for (file, mut rows) in by_file {
        rows.sort_by_key(|(_, row)| row.offset);
        let altered = || SourceError::Altered { path: path.clone(), file: file.to_owned() };
        let name = format!("{prefix}{file}");
        if !container.has(&name) {
            return Err(altered());
        }
        let mut reader = container.open(&name)?;
        let mut position = 0u64;
        for (index, row) in rows {
            let skip = row.offset.checked_sub(position).ok_or_else(|| bad(format!("offset in {file}")))?;
            let skipped = io::copy(&mut reader.as_mut().take(skip), &mut io::sink()).map_err(|_| altered())?;
            let mut bytes = Vec::new();
            reader.as_mut().take(row.bytes).read_to_end(&mut bytes).map_err(|_| altered())?;
            if skipped != skip || bytes.len() as u64 != row.bytes || hex(&Sha256::digest(&bytes)) != row.sha256 {
                return Err(altered());
            }
            position = row.offset.saturating_add(row.bytes);
            let item = Item {
                kind: kind_of(&row.kind).ok_or_else(|| bad(format!("kind {}", row.kind)))?,
                user: row.user,
                text: String::from_utf8(bytes).map_err(|_| altered())?,
                origin: crate::text::clean::sanitize(&row.origin, 300),
                first_line: row.first_line,
                cut: match &row.cut {
                    Some(word) => Some(reason_of(word).ok_or_else(|| bad(format!("reason {word}")))?),
                    None => None,
                },
                // Saved texts and AndroidQF's single files do not show that they are whole.
                proved: row
                    .proved
                    .unwrap_or(!matches!(evidence.collected, None | Some(SourceKind::Files | SourceKind::AndroidQf))),
                cut_detail: crate::text::clean::sanitize(&row.cut_detail, 300),
                left_out: 0,
            };
            // Of two items of one kind and user nobody could tell which a row is of.
            let place = (crate::text::clean::sanitize(&row.file, 300), row.line);
            if evidence.places.insert(item.source_name(), place).is_some() {
                evidence.places.remove(&item.source_name());
            }
            if let Some(place) = items.get_mut(index) {
                *place = Some(item);
            }
        }
    }
    evidence.items = items.into_iter().flatten().collect();
    Ok(evidence)
}
