//! What lies at a path, as far as its first bytes and its names tell; nothing of it is read for its own sake.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::evidence::Kind;
use crate::files::plain::{is_gzip, plain};
use crate::parse::text;
use crate::source::container::{Container, read_head};
use crate::source::form::{self, Form};
use crate::source::ios_backup::find;
use crate::source::{SourceError, androidqf, bundle, dumpstate, loose};

/// What one child of a folder is, as far as its own head tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    Bundle,
    AndroidQf,
    Bugreport,
    Snapshot,
    IosBackup,
    /// What has to be opened to know, or to be told what it is.
    Other,
}

/// How many zips inside a zip are looked into.
const MOST_INSIDE: usize = 8;
/// How much of a file tells what it is.
pub(super) const HEAD: usize = 64 * 1024;
/// How many files of a folder are looked into to find out whether they are saved texts.
pub(super) const MOST_HEADS: usize = 100;
/// The marks of a snapshot: the key and the value of its schema.
pub(super) const SNAPSHOT_MARKS: [&str; 2] = ["\"schema\"", "\"poucet.snapshot/"];
/// Words that no other file begins with, for one whose members were sorted and whose end, with its schema, was cut off.
pub(super) const SNAPSHOT_WORDS: [&str; 3] = ["\"apps\"", "\"grants\"", "\"decided_by\""];

/// The zip of a bug report, unpacked.
pub(super) fn is_unpacked(container: &Container) -> bool {
    container.has("main_entry.txt") && container.has("version.txt")
}

/// The children of a folder that are targets by themselves, in the order of their names.
pub(super) fn children(folder: &Path, follow_links: bool) -> Result<Vec<(PathBuf, Whole)>, SourceError> {
    let entries = fs::read_dir(folder).map_err(|error| SourceError::io(folder, error))?.filter_map(Result::ok);
    let real = entries.filter(|entry| follow_links || entry.file_type().is_ok_and(|kind| !kind.is_symlink()));
    let mut paths: Vec<PathBuf> = real.map(|entry| entry.path()).collect();
    paths.sort_unstable();
    Ok(paths.into_iter().filter_map(|path| what_is(&path, follow_links).map(|whole| (path, whole))).collect())
}

pub(super) fn what_is(path: &Path, follow_links: bool) -> Option<Whole> {
    let metadata = fs::metadata(path).ok()?;
    let of_container = |container: &mut Container| {
        if bundle::find(container).is_some() {
            Some(Whole::Bundle)
        } else if androidqf::find(container).is_some() {
            Some(Whole::AndroidQf)
        } else {
            dumpstate::main_entry(container).map(|_| Whole::Bugreport)
        }
    };
    let of_zip = |container: &mut Container| {
        if container.needs_password() || form_of_names(container).is_some() {
            // Opening it will tell, with the right words.
            return Some(Whole::Other);
        }
        of_container(container).or_else(|| (!zips_inside(container).is_empty()).then_some(Whole::Other))
    };
    if metadata.is_dir() {
        if find::is_backup(path) || find::has_backups_below(path, follow_links) {
            return Some(Whole::IosBackup);
        }
        return of_container(&mut Container::folder(path, u64::MAX, follow_links).ok()?);
    }
    if !metadata.is_file() {
        return None;
    }
    let mut file = File::open(path).ok()?;
    let head = read_head(&mut file, HEAD);
    if is_zip(&head) {
        return match Container::zip(path, u64::MAX) {
            Ok(mut container) => of_zip(&mut container),
            // It cannot be looked into quickly; opening it will tell, with the right words.
            Err(_) => Some(Whole::Bugreport),
        };
    }
    if Form::of_bytes(&head).is_some() {
        return Some(Whole::Other);
    }
    let head = read_head(plain(std::io::Read::chain(head.as_slice(), &mut file)), HEAD);
    if dumpstate::has_mark(&head) {
        return Some(Whole::Bugreport);
    }
    if Form::of_bytes(&head).is_some() {
        return Some(Whole::Other);
    }
    is_snapshot(&text::decode(head), || tail(&mut file)).then_some(Whole::Snapshot)
}

/// Whether a folder is one target by the files that lie in it directly: a backup, a bundle, an acquisition, an unpacked bug report.
pub(crate) fn is_one_target(folder: &Path, follow_links: bool) -> bool {
    if find::is_backup(folder) || find::around(folder).is_some() {
        return true;
    }
    let Ok(container) = Container::top(folder, follow_links) else { return false };
    [bundle::find(&container), androidqf::find(&container)].contains(&Some(String::new())) || is_unpacked(&container)
}

/// Whether texts that somebody saved lie in a folder directly: together they are one phone's.
pub(crate) fn has_loose_texts(folder: &Path, follow_links: bool) -> bool {
    loose_texts(folder, follow_links, |_| true)
}

/// Whether such texts lie there that each phone has one of: two folders with them are of two phones.
pub(crate) fn is_loose_phone(folder: &Path, follow_links: bool) -> bool {
    loose_texts(folder, follow_links, |kind| matches!(kind, None | Some(Kind::Packages | Kind::Properties)))
}

pub(super) fn loose_texts(folder: &Path, follow_links: bool, is_wanted: impl Fn(Option<Kind>) -> bool) -> bool {
    let Ok(mut container) = Container::top(folder, follow_links) else { return false };
    let names = std::mem::take(&mut container.names);
    let mut kinds = names.iter().take(MOST_HEADS).filter_map(|name| loose::tell::output(&container.head(name, HEAD)));
    kinds.any(is_wanted)
}

/// Whether a file has no bytes. Some that only a system knows say so and never end, or wait for ever: none of them is evidence.
pub(crate) fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0)
}

/// Whether a file is a target by itself.
pub(crate) fn is_target_file(path: &Path) -> bool {
    is_file_with_bytes(path) && what_is(path, false).is_some()
}

/// Why a file that is no target cannot be read, where that is why: what it holds, nobody knows then.
pub(crate) fn unreadable(path: &Path) -> Option<SourceError> {
    if !is_file_with_bytes(path) {
        return None;
    }
    let read = File::open(path).and_then(|mut file| file.read(&mut [0]));
    read.err().map(|error| SourceError::io(path, error))
}

pub(super) fn is_file_with_bytes(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0)
}

/// Whether a file holds snapshots.
pub(crate) fn is_snapshot_file(path: &Path) -> bool {
    is_file_with_bytes(path)
        && File::open(path).is_ok_and(|mut file| {
            let head = read_head(&mut file, HEAD);
            let packed = is_gzip(&head);
            let head = read_head(plain(std::io::Read::chain(head.as_slice(), &mut file)), HEAD);
            !is_zip(&head)
                && !dumpstate::has_mark(&head)
                && is_snapshot(&text::decode(head), || if packed { String::new() } else { tail(&mut file) })
        })
}

/// The end of a file; empty where it cannot be read.
pub(super) fn tail(file: &mut File) -> String {
    let length = i64::try_from(HEAD).unwrap_or(0);
    let mut bytes = Vec::new();
    // A file that is shorter than this was read whole before.
    if file.seek(SeekFrom::End(-length)).is_ok() {
        let _ = file.read_to_end(&mut bytes);
    }
    text::decode(bytes)
}

pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Programs that sort the members of an object put the schema far from the beginning.
pub(super) fn is_snapshot(head: &str, tail: impl FnOnce() -> String) -> bool {
    let is_marked = |text: &str| SNAPSHOT_MARKS.iter().all(|mark| text.contains(mark));
    let has_words = || SNAPSHOT_WORDS.iter().all(|word| head.contains(word));
    // `jq -s` makes one array of several.
    let begins = head.trim_start_matches('\u{FEFF}').trim_start();
    let is_array = || begins.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'));
    (begins.starts_with('{') || is_array()) && (is_marked(head) || has_words() || is_marked(&tail()))
}

/// What a zip holds that is not read there, by the names in it.
pub(super) fn form_of_names(container: &Container) -> Option<Form> {
    let names = || container.names.iter().map(String::as_str);
    if form::holds_backup(names()) {
        return Some(Form::PackedBackup);
    }
    form::holds_extraction(names()).then_some(Form::Extraction)
}

/// The zips that lie in a zip.
pub(super) fn zips_inside(container: &mut Container) -> Vec<String> {
    let is_named = |name: &&String| name.len() >= 4 && name.as_bytes().ends_with(b".zip") || name.ends_with(".ZIP");
    let names: Vec<String> = container.names.iter().filter(is_named).take(MOST_INSIDE).cloned().collect();
    names.into_iter().filter(|name| container.open(name).is_ok_and(|reader| is_zip(&read_head(reader, 4)))).collect()
}
