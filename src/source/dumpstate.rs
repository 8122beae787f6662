//! Bug reports: the text of `dumpstate`, alone, in an unpacked folder, or in the zip that a phone makes of it.
//!
//! Fact (AOSP `frameworks/native/cmds/dumpstate`): the zip holds `main_entry.txt`, which names the entry with the text;
//! the text begins with `== dumpstate: DATE` between two lines of `=`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use memchr::memmem;

use super::container::{Container, Limited, read_head};
use super::options::OpenOptions;
use super::sections::{self, Ending, Sections, Shape, Splitter};
use super::{SourceError, salvage};
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::files::plain::plain;

/// The mark of the text stands in its second line.
const MARK: &[u8] = b"== dumpstate: ";
/// How far into a text the mark is looked for.
pub(crate) const MARK_WITHIN: usize = 4096;
/// Large enough that a call costs nothing, small enough to stay in the processor's cache.
const PIECE: usize = 128 * 1024;
/// The entry that names the entry with the text.
pub(crate) const MAIN_ENTRY: &str = "main_entry.txt";

/// Whether a text begins as a bug report does.
pub(crate) fn has_mark(head: &[u8]) -> bool {
    let head = head.get(..MARK_WITHIN).unwrap_or(head);
    memmem::find(head, MARK).is_some_and(|at| at == 0 || head.get(at - 1) == Some(&b'\n'))
}

/// Streams a text through a [`Splitter`] until nothing more is wanted. `kind` of shape and `api_level` as there.
pub(crate) fn stream(
    reader: &mut dyn Read,
    shape: Shape,
    origin: &str,
    options: &OpenOptions,
    api_level: Option<u32>,
) -> (Sections, Ending, u64) {
    let mut splitter = Splitter::new(shape, options.kept_limit, api_level).skimming(options.skim);
    let mut piece = vec![0u8; PIECE];
    let mut total = 0u64;
    let ending = loop {
        match reader.read(&mut piece) {
            Ok(0) => break Ending::Clean,
            Ok(count) => {
                total += count as u64;
                if !splitter.feed(piece.get(..count).unwrap_or_default()) {
                    break Ending::Clean;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => break Ending::Damaged(crate::text::clean::sanitize(&error.to_string(), 200)),
        }
    };
    (splitter.finish(origin, &ending), ending, total)
}

/// Reads a bug report's text.
pub(crate) fn read_text(reader: &mut dyn Read, origin: &str, options: &OpenOptions) -> (Vec<Missing>, Evidence) {
    let (sections, ending, _) = stream(reader, Shape::Dumpstate, origin, options, None);
    let detail = match &ending {
        Ending::Damaged(detail) => Some(detail.clone()),
        Ending::Clean => sections.cut_short.then(String::new),
    };
    let mut evidence = Evidence::empty(SourceKind::Bugreport, "");
    let mut missing = sections.missing;
    if !sections.items.iter().any(|item| item.kind == Kind::Properties) {
        let reason = if detail.is_some() { Reason::Truncated } else { Reason::Absent };
        missing.push(Missing {
            kind: Kind::Properties,
            user: None,
            reason,
            detail: detail.clone().unwrap_or_default(),
        });
    }
    missing.extend(sections::missing_services(&sections.items, &missing, sections.api_level, detail.as_deref()));
    evidence.items = sections.items;
    (missing, evidence)
}

/// The name of the entry with the text, if the container holds a bug report.
pub(crate) fn main_entry(container: &mut Container) -> Option<String> {
    if container.has(MAIN_ENTRY) {
        let named = crate::parse::text::decode(container.head(MAIN_ENTRY, MARK_WITHIN)).trim().to_owned();
        if container.has(&named) {
            return Some(named);
        }
    }
    let candidates: Vec<String> =
        container.names.iter().filter(|name| !name.contains('/') && name.ends_with(".txt")).cloned().collect();
    candidates.into_iter().find(|name| has_mark(&container.head(name, MARK_WITHIN)))
}

/// Reads on to the end of an entry of a zip, where its checksum is looked at: what is wanted may have ended before. What the checksum
/// says, where it is another.
pub(crate) fn wrong_sum(reader: &mut dyn Read) -> Option<String> {
    let error = std::io::copy(reader, &mut std::io::sink()).err()?;
    Some(crate::text::clean::sanitize(&error.to_string(), 200))
}

/// Nothing of a text that is not as it was written counts as whole; what stands there is told all the same.
pub(crate) fn doubt(items: &mut [Item], detail: &str) {
    for item in items {
        item.cut = item.cut.or(Some(Reason::Truncated));
        item.proved = false;
        if item.cut_detail.is_empty() {
            item.cut_detail = detail.to_owned();
        }
    }
}

/// Reads the bug report in a zip or in an unpacked folder.
pub(crate) fn read_container(
    container: &mut Container,
    entry: &str,
    options: &OpenOptions,
) -> Result<Evidence, SourceError> {
    let is_zip = container.is_zip();
    let mut reader = container.text(entry)?;
    let (missing, mut evidence) = read_text(&mut reader, entry, options);
    let wrong = if is_zip { wrong_sum(&mut reader) } else { None };
    drop(reader);
    if let Some(detail) = wrong {
        doubt(&mut evidence.items, &detail);
    }
    finish(&mut evidence, missing, &container.path)?;
    Ok(evidence)
}

/// Reads the bug report in a zip whose directory is lost, or in a stream that cannot be rewound.
pub(crate) fn salvage_zip(
    zip: impl std::io::BufRead,
    path: &Path,
    options: &OpenOptions,
) -> Result<Evidence, SourceError> {
    let mut found = None;
    let error = salvage::entries(zip, options.inflate_limit, |name, content| {
        let mut content = plain(content);
        let head = read_head(&mut content, MARK_WITHIN);
        if !has_mark(&head) {
            return true;
        }
        found = Some(read_text(&mut head.as_slice().chain(content), name, options));
        false
    });
    let (missing, mut evidence) = found.ok_or_else(|| SourceError::Damaged {
        path: path.to_owned(),
        detail: error.map_or_else(|| "no bug report in it".to_owned(), |error| error.to_string()),
    })?;
    finish(&mut evidence, missing, path)?;
    Ok(evidence)
}

/// Reads a bug report from a file: a zip without a directory.
pub(crate) fn salvage_file(path: &Path, options: &OpenOptions) -> Result<Evidence, SourceError> {
    let file = File::open(path).map_err(|error| SourceError::io(path, error))?;
    salvage_zip(BufReader::with_capacity(PIECE, file), path, options)
}

fn finish(evidence: &mut Evidence, missing: Vec<Missing>, path: &Path) -> Result<(), SourceError> {
    let understood = evidence.items.iter().any(|item| item.kind != Kind::DumpstateHeader);
    if !understood {
        let detail = missing.iter().map(|gap| gap.detail.as_str()).find(|detail| !detail.is_empty()).unwrap_or("empty");
        return Err(SourceError::Damaged { path: path.to_owned(), detail: detail.to_owned() });
    }
    evidence.missing = missing;
    Ok(())
}

/// Reads a bug report's text from a file.
pub(crate) fn read_file(path: &Path, name: &str, options: &OpenOptions) -> Result<Evidence, SourceError> {
    let file = File::open(path).map_err(|error| SourceError::io(path, error))?;
    let mut text = Limited { inner: plain(file), left: options.inflate_limit };
    let (missing, mut evidence) = read_text(&mut text, name, options);
    finish(&mut evidence, missing, path)?;
    Ok(evidence)
}
