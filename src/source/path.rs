//! What is at a path: found by looking inside, never by its name.

pub(super) mod shape;

use std::fs::{self, File};
use std::io::{BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use self::shape::{
    HEAD, Whole, children, form_of_names, is_empty, is_snapshot, is_unpacked, is_zip, tail, zips_inside,
};
use super::container::{Container, Limited, read_head};
use super::form::{self, Form};
use super::ios_backup::find;
use super::loose::{self, Ignored, Why};
use super::options::OpenOptions;
use super::{SourceError, androidqf, bundle, dumpstate};
use crate::evidence::{Evidence, Kind, SourceKind};
use crate::files::plain::{is_gzip, plain};
use crate::parse::text;
use crate::text::clean::sanitize;

/// What was at a path.
#[derive(Debug)]
pub enum Opened {
    /// Evidence of one phone.
    Evidence {
        /// What was read.
        evidence: Box<Evidence>,
        /// The files of a folder of loose texts that were not used.
        ignored: Vec<Ignored>,
    },
    /// Files with `poucet.snapshot/1` objects, JSON or JSON Lines, for the caller to parse.
    Snapshots {
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// The folder of one iOS backup, for [`super::ios_backup::open()`], which may ask for a password.
    IosBackup(PathBuf),
    /// A folder of several targets, in the order of their names; each is to be opened by itself.
    Several(Vec<PathBuf>),
}

/// How large a zip inside a zip may be to be taken into memory. Bug reports with their logs have 5 to 60 MB.
const LARGEST_INSIDE: usize = 128 << 20;

/// Opens whatever is at `path`: a bug report (zip, unpacked, or text), an AndroidQF acquisition (folder or zip), a
/// bundle of [`super::bundle`], saved outputs (a folder, a zip or one file), a snapshot, an iOS backup (its folder, a file at its
/// top, or a folder above), or a folder of several of these.
///
/// # Errors
/// When there is nothing, nothing that is known, or nothing that can be read.
pub fn open_path(path: &Path, options: &OpenOptions) -> Result<Opened, SourceError> {
    let metadata = fs::metadata(path).map_err(|error| SourceError::io(path, error))?;
    if metadata.is_dir() {
        open_folder(path, options)
    } else if metadata.is_file() {
        open_file(path, options)
    } else {
        Err(SourceError::Unrecognised { path: path.to_owned() })
    }
}

fn evidence_of(path: &Path, mut evidence: Evidence, ignored: Vec<Ignored>) -> Opened {
    evidence.target = name_of(path);
    Opened::Evidence { evidence: Box::new(evidence), ignored }
}

/// The last part of the path, also of `.` and `..`.
fn name_of(path: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    name(path).or_else(|| name(&fs::canonicalize(path).ok()?)).unwrap_or_else(|| path.display().to_string())
}

fn open_file(path: &Path, options: &OpenOptions) -> Result<Opened, SourceError> {
    match find::around(path) {
        Some((backup, true)) => return Ok(Opened::IosBackup(backup)),
        Some((backup, false)) => return Err(SourceError::InsideBackup { path: path.to_owned(), backup }),
        None => {}
    }
    if is_empty(path) {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    let mut file = File::open(path).map_err(|error| SourceError::io(path, error))?;
    let head = read_head(&mut file, HEAD);
    if head.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    let name = name_of(path);
    if is_zip(&head) {
        return open_zip(path, options);
    }
    if let Some(form) = form_of(path, &head) {
        return Err(told_form(path, form, ""));
    }
    let head = read_head(plain(std::io::Read::chain(head.as_slice(), &mut file)), HEAD);
    if dumpstate::has_mark(&head) {
        return match dumpstate::read_file(path, &name, options) {
            Ok(evidence) => Ok(evidence_of(path, evidence, Vec::new())),
            // A head without a single section is no bug report.
            Err(SourceError::Damaged { .. }) => Err(SourceError::Unrecognised { path: path.to_owned() }),
            Err(error) => Err(error),
        };
    }
    let text = text::decode(head);
    if is_snapshot(&text, || tail(&mut file)) {
        return Ok(Opened::Snapshots { paths: vec![path.to_owned()] });
    }
    if let Some(form) = Form::of_text(&text) {
        return Err(told_form(path, form, form::results(&text).unwrap_or_default()));
    }
    file.rewind().map_err(|error| SourceError::io(path, error))?;
    let whole = Limited { inner: plain(&mut file), left: options.inflate_limit };
    match loose::read_one(whole, &name, options)? {
        Some((evidence, ignored)) => Ok(evidence_of(path, evidence, ignored)),
        None => Err(results_at_the_end(path, &text, &mut file)
            .unwrap_or_else(|| SourceError::Unrecognised { path: path.to_owned() })),
    }
}

fn told_form(path: &Path, form: Form, detail: &str) -> SourceError {
    SourceError::Form { path: path.to_owned(), form, detail: sanitize(detail, 300) }
}

/// What a file is that poucet knows and does not read, by its first bytes; of a tar, by what it holds.
fn form_of(path: &Path, head: &[u8]) -> Option<Form> {
    let packed = is_gzip(head);
    let form = match packed {
        true => Form::of_bytes(&read_head(plain(head), BLOCK_OF_TAR)),
        false => Form::of_bytes(head),
    };
    match form {
        Some(Form::Tar) => Some(File::open(path).map_or(Form::Tar, |file| form::in_tar(plain(file)))),
        form => form,
    }
}

/// The first header of a tar.
const BLOCK_OF_TAR: usize = 512;

/// Results whose members were sorted: their schema stands at the end.
fn results_at_the_end(path: &Path, head: &str, file: &mut File) -> Option<SourceError> {
    let text = tail(file);
    let found = head.trim_start().starts_with(['{', '[']).then(|| form::results(&text)).flatten()?;
    Some(told_form(path, Form::Results, found))
}

fn open_zip(path: &Path, options: &OpenOptions) -> Result<Opened, SourceError> {
    let mut container = match Container::zip(path, options.inflate_limit) {
        Ok(container) => container,
        // Without its directory a zip can still be read from the front.
        Err(SourceError::Damaged { detail, .. }) => {
            return match dumpstate::salvage_file(path, options) {
                Ok(evidence) => Ok(evidence_of(path, evidence, Vec::new())),
                Err(_) => Err(SourceError::Damaged { path: path.to_owned(), detail }),
            };
        }
        Err(error) => return Err(error),
    };
    if container.names.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    if container.needs_password() {
        return Err(told_form(path, Form::ZipPassword, ""));
    }
    if let Some((evidence, ignored)) = open_container(&mut container, options)? {
        return Ok(evidence_of(path, evidence, ignored));
    }
    if let Some(form) = form_of_names(&container) {
        return Err(told_form(path, form, ""));
    }
    match Inside::of(&mut container, options) {
        Inside::Evidence(evidence) => return Ok(evidence_of(path, *evidence, Vec::new())),
        Inside::Form(form, names) => return Err(told_form(path, form, &names)),
        Inside::Failed(error) => return Err(error),
        Inside::Nothing => {}
    }
    match loose::read(&mut container, options) {
        Some((evidence, ignored)) => Ok(evidence_of(path, evidence, ignored)),
        None => Err(SourceError::Unrecognised { path: path.to_owned() }),
    }
}

/// What the zips inside a zip hold. Xiaomi's phones (MIUI, HyperOS) hand over a bug report like that, beside logs.
enum Inside {
    /// One of them is evidence.
    Evidence(Box<Evidence>),
    /// They cannot be read here: what they are, and their names.
    Form(Form, String),
    /// One of them is evidence that cannot be read.
    Failed(SourceError),
    /// None of them is anything.
    Nothing,
}

impl Inside {
    fn of(container: &mut Container, options: &OpenOptions) -> Inside {
        let names = zips_inside(container);
        let mut found: Vec<(String, Result<Evidence, Form>)> = Vec::new();
        for name in names {
            let place = container.path.join(&name);
            let outcome = match inner(container, &name, options) {
                Some(mut inner) => match inner.needs_password() {
                    true => Err(Form::ZipPassword),
                    false => match open_container(&mut inner, options) {
                        Ok(Some((evidence, _))) => Ok(evidence),
                        Ok(None) => match form_of_names(&inner) {
                            Some(form) => Err(form),
                            None => continue,
                        },
                        Err(error) => return Inside::Failed(error),
                    },
                },
                // A bug report is read from the front, however large; anything else has to be taken out.
                None => match container.open(&name) {
                    Ok(reader) => {
                        let reader = BufReader::new(Limited { inner: reader, left: options.inflate_limit });
                        dumpstate::salvage_zip(reader, &place, options).map_err(|_| Form::LargeInside)
                    }
                    Err(_) => continue,
                },
            };
            found.push((name, outcome));
        }
        let names = || found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        match found.len() {
            0 => Inside::Nothing,
            1 => match found.pop() {
                Some((name, Ok(mut evidence))) => {
                    for item in &mut evidence.items {
                        item.origin = format!("{name}/{}", item.origin);
                    }
                    Inside::Evidence(Box::new(evidence))
                }
                Some((name, Err(form))) => Inside::Form(form, name),
                None => Inside::Nothing,
            },
            _ => Inside::Form(Form::SeveralInside, names()),
        }
    }
}

/// A zip inside a zip, where it is small enough to be taken into memory and has its directory.
fn inner(container: &mut Container, name: &str, options: &OpenOptions) -> Option<Container> {
    let place = container.path.join(name);
    let mut bytes = Vec::new();
    let mut reader = container.open(name).ok()?.take(LARGEST_INSIDE as u64 + 1);
    let read = reader.read_to_end(&mut bytes);
    drop(reader);
    (read.is_ok() && bytes.len() <= LARGEST_INSIDE)
        .then(|| Container::memory(&place, bytes, options.inflate_limit).ok())
        .flatten()
}

fn open_container(
    container: &mut Container,
    options: &OpenOptions,
) -> Result<Option<(Evidence, Vec<Ignored>)>, SourceError> {
    let whole = |evidence| Some((evidence, Vec::new()));
    if let Some(prefix) = bundle::find(container) {
        return bundle::read(container, &prefix, options).map(whole);
    }
    if let Some(prefix) = androidqf::find(container) {
        return androidqf::read(container, &prefix, options).map(Some);
    }
    if let Some(entry) = dumpstate::main_entry(container) {
        return match dumpstate::read_container(container, &entry, options) {
            // The head of a bug report that somebody took apart: its sections lie beside it as files.
            Err(SourceError::Damaged { .. }) if container.names.len() > 1 && entry != dumpstate::MAIN_ENTRY => Ok(None),
            outcome => outcome.map(whole),
        };
    }
    Ok(None)
}

fn open_folder(path: &Path, options: &OpenOptions) -> Result<Opened, SourceError> {
    let follow = options.follow_links;
    if find::is_backup(path) {
        return Ok(Opened::IosBackup(path.to_owned()));
    }
    if let Some((backup, _)) = find::around(path) {
        return Err(SourceError::InsideBackup { path: path.to_owned(), backup });
    }
    // Backups have some hundred thousand files each, so what is around them is looked at one level at a time.
    if find::has_backups_below(path, follow) {
        return match children(path, follow)?.as_slice() {
            [(only, _)] => open_path(only, options),
            several => Ok(Opened::Several(several.iter().map(|(path, _)| path.clone()).collect())),
        };
    }
    if find::is_keeper(path) {
        // Not to be listed is another thing than to be empty.
        fs::read_dir(path).map_err(|error| SourceError::io(path, error))?;
        return Err(SourceError::NoBackups { path: path.to_owned() });
    }
    if find::is_never_made(path) {
        return Err(SourceError::IncompleteBackup { path: path.to_owned() });
    }
    let mut container = Container::folder(path, options.inflate_limit, follow)?;
    if container.names.is_empty() {
        return Err(why_nothing(&container));
    }
    // An acquisition in the folder itself comes before its children: AndroidQF keeps a bug report beside its files.
    let own = [bundle::find(&container), androidqf::find(&container)].contains(&Some(String::new()));
    let children = if own { Vec::new() } else { children(path, follow)? };
    if let [(only, whole)] = children.as_slice() {
        // One text among loose files may be a bug report that somebody saved beside them; all are one phone's.
        if *whole != Whole::Snapshot && (container.names.len() == 1 || only.is_dir() || is_unpacked(&container)) {
            return match is_unpacked(&container) {
                true => open_as_one(path, &mut container, options),
                false => open_path(only, options).map(|opened| with_links(opened, &container)),
            };
        }
    }
    if children.len() >= 2 && !is_unpacked(&container) {
        let snapshots = children.iter().all(|(_, whole)| *whole == Whole::Snapshot);
        let paths = children.into_iter().map(|(path, _)| path).collect();
        return Ok(if snapshots { Opened::Snapshots { paths } } else { Opened::Several(paths) });
    }
    let one = open_as_one(path, &mut container, options);
    match (one, children.as_slice()) {
        (Err(SourceError::Unrecognised { .. }), [(only, _)]) => {
            open_path(only, options).map(|opened| with_links(opened, &container))
        }
        (Ok(Opened::Evidence { mut evidence, mut ignored }), [(only, Whole::Bugreport | Whole::Other)])
            if only.is_file() && !has_apps(&evidence) =>
        {
            if let Ok(Opened::Evidence { evidence: beside, .. }) = open_path(only, options)
                && add_beside(&mut evidence, *beside, &name_of(only))
            {
                let name = name_of(only);
                ignored.retain(|file| file.file != name);
            }
            Ok(Opened::Evidence { evidence, ignored })
        }
        (one, _) => one,
    }
}

/// Whether the two dumps are there that nearly every rule rests on.
fn has_apps(evidence: &Evidence) -> bool {
    [Kind::Packages, Kind::AppOps].iter().all(|kind| evidence.first(*kind).is_some())
}

/// Adds what loose outputs lack from the bug report that lies beside them. Nothing is added where the two say that they are of
/// different phones, or of different states of one.
fn add_beside(evidence: &mut Evidence, beside: Evidence, name: &str) -> bool {
    let property = |evidence: &Evidence, key: &str| {
        let item = evidence.first(Kind::Properties)?;
        item.text.lines().find(|line| line.starts_with(key)).map(str::to_owned)
    };
    let differ = ["[ro.build.fingerprint]", "[ro.product.model]", "[ro.serialno]"]
        .iter()
        .any(|key| property(evidence, key).zip(property(&beside, key)).is_some_and(|(one, other)| one != other));
    if differ || beside.source != SourceKind::Bugreport {
        return false;
    }
    for mut item in beside.items {
        if evidence.first(item.kind).is_none() {
            evidence.missing.retain(|gap| gap.kind != item.kind);
            item.origin = format!("{name}/{}", item.origin);
            evidence.items.push(item);
        }
    }
    true
}

fn open_as_one(path: &Path, container: &mut Container, options: &OpenOptions) -> Result<Opened, SourceError> {
    let found = match open_container(container, options)? {
        Some(found) => Some(found),
        None => loose::read(container, options),
    };
    match found {
        Some((evidence, ignored)) => Ok(with_links(evidence_of(path, evidence, ignored), container)),
        None => Err(why_unknown(container)),
    }
}

/// Counts the links of a folder that were not followed among what was left aside.
fn with_links(opened: Opened, container: &Container) -> Opened {
    match opened {
        Opened::Evidence { evidence, mut ignored } => {
            ignored.extend(container.links.iter().map(|file| Ignored { file: file.clone(), why: Why::Link }));
            Opened::Evidence { evidence, ignored }
        }
        opened => opened,
    }
}

/// Why a folder in which no file was found holds nothing: it has folders only, or may not be looked into, or is empty.
fn why_nothing(container: &Container) -> SourceError {
    let path = container.path.clone();
    match (container.closed.first(), container.links.first()) {
        (None, Some(link)) => SourceError::Links { path, file: sanitize(link, 200) },
        (None, None) if !container.is_deep => SourceError::Empty { path },
        _ => why_unknown(container),
    }
}

/// Why a folder with nothing that is known holds nothing: what it is instead, or what could not be looked at.
fn why_unknown(container: &Container) -> SourceError {
    let path = &container.path;
    if form::is_extraction(path) {
        return told_form(path, Form::Extraction, "");
    }
    if let Some(closed) = container.closed.first() {
        // Asked again, the system says it again.
        let place = path.join(&closed.name);
        if let Err(error) = fs::read_dir(&place) {
            return SourceError::io(&place, error);
        }
    }
    // The only file there tells what it is.
    if let [only] = container.names.as_slice() {
        let place = container.place_of(only);
        let file = match File::open(&place) {
            Ok(file) => file,
            Err(error) => return SourceError::io(&place, error),
        };
        let head = read_head(file, HEAD);
        let text = || Form::of_text(&text::decode(read_head(plain(head.as_slice()), HEAD)));
        if let Some(form) = form_of(&place, &head).or_else(text) {
            return told_form(&place, form, "");
        }
    }
    SourceError::Unrecognised { path: path.to_owned() }
}

#[cfg(test)]
mod tests;
