//! AndroidQF acquisitions, as a folder or a zip.
//!
//! Fact (AndroidQF 1.8, `modules/`): one file per question with a fixed name. Only those below are opened; the list of
//! all files on the phone (`files.json`), the logs and the copies of apps never are. `hashes.csv` holds the SHA-256 of each file as
//! AndroidQF wrote it (`Acquisition.HashFiles`, `EncryptedZipWriter.CreateHashList`), which is after the command had ended well: a
//! file that has its sum is whole, and one that has another was changed since. A zip's own checksum proves nothing of the kind, since
//! anybody may have packed it. People leave out logs and copies of apps, so that only files that are read here are missed.
//!
//! Development of 2026 (`adb/packages_users.go` of a branch): `packages.json` has a row for each user (`user_id`, `installed`), and
//! `package_users.json` says for whom the list was got: `inventory_status` `collected`, `partial` or `failed`, and `enumeration_error`.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};

use super::SourceError;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::container::{Container, Limited, told};
use super::dumpstate;
use super::loose::{self, Ignored, Why};
use super::options::OpenOptions;
use super::sections::{self, Ending, Shape};
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::files::fingerprint::hex;
use crate::files::plain::plain;
use crate::parse::text;
use crate::text::clean::sanitize;

/// The small files, and what they are: first what tells of the acquisition itself.
fn files() -> impl Iterator<Item = (&'static str, Kind)> {
    let rest = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Acquisition);
    [Kind::Acquisition].into_iter().chain(rest).filter_map(|kind| Some((kind.file()?, kind)))
}

const DUMPSYS: &str = "dumpsys.txt";
const PACKAGE_USERS: &str = "package_users.json";
const HASHES: &str = "hashes.csv";
const ACQUISITION: &str = "acquisition.json";
const BUGREPORT: &str = "bugreport.zip";
/// The largest of the small files, `packages.json`, has some 4 kB per app.
const LARGEST_FILE: usize = 64 * 1024 * 1024;

/// The folder inside the container that holds an acquisition, as a prefix of names: empty, or ending in `/`.
pub(crate) fn find(container: &Container) -> Option<String> {
    if is_acquisition(container, "") {
        return Some(String::new());
    }
    let mut folders: Vec<&str> = container
        .names
        .iter()
        .filter_map(|name| name.split_once('/'))
        .filter(|(_, rest)| !rest.contains('/'))
        .map(|(folder, _)| folder)
        .collect();
    folders.dedup();
    let mut found =
        folders.into_iter().map(|folder| format!("{folder}/")).filter(|prefix| is_acquisition(container, prefix));
    match (found.next(), found.next()) {
        (Some(prefix), None) => Some(prefix),
        _ => None,
    }
}

/// Two of AndroidQF's names, one of which nobody else gives.
fn is_acquisition(container: &Container, prefix: &str) -> bool {
    let has = |name: &str| container.has(&format!("{prefix}{name}"));
    let own = [ACQUISITION, DUMPSYS, "packages.json"].into_iter().filter(|name| has(name)).count();
    let all = files().filter(|(name, _)| has(name)).count() + usize::from(has(DUMPSYS));
    own >= 1 && all >= 2
}

/// Reads an acquisition whose files begin with `prefix`.
pub(crate) fn read(
    container: &mut Container,
    prefix: &str,
    options: &OpenOptions,
) -> Result<(Evidence, Vec<Ignored>), SourceError> {
    let mut evidence = Evidence::empty(SourceKind::AndroidQf, "");
    let sums = sums(container, prefix);
    let mut doubts = Vec::new();
    for (name, kind) in files() {
        let full = format!("{prefix}{name}");
        if let Some(why) = sums.place(name, container.has(&full)) {
            doubts.push(Ignored { file: full.clone(), why });
            if why == Why::Gone {
                let detail = format!("{HASHES}: {name}");
                evidence.missing.push(Missing { kind, user: None, reason: Reason::Absent, detail });
            }
        }
        if !container.has(&full) {
            continue;
        }
        match container.read(&full, LARGEST_FILE) {
            Ok((bytes, lost)) => {
                let found = sums.tells(name).then(|| sum_of(&bytes));
                let mut item = Item::new(kind, text::decode(bytes), full.clone()).unproved();
                item.cut = lost.as_ref().map(|_| Reason::Truncated);
                item.cut_detail = sanitize(&lost.unwrap_or_default(), 200);
                match found.and_then(|found| sums.agrees(name, &found)) {
                    // Not what AndroidQF wrote: who changed it, and what else, nobody knows.
                    Some(false) => {
                        dumpstate::doubt(std::slice::from_mut(&mut item), OTHER_SUM);
                        doubts.push(Ignored { file: full, why: Why::Contradicts });
                    }
                    Some(true) => item.proved = true,
                    None => {}
                }
                match sections::answer(item) {
                    Ok(item) => evidence.items.push(item),
                    Err(missing) => evidence.missing.push(missing),
                }
            }
            Err(error) => evidence.missing.push(unreadable(kind, &error)),
        }
    }
    let mut api_level = evidence.first(Kind::Properties).and_then(|item| sections::api_level(item.text.as_bytes()));
    evidence.taken_at = evidence.first(Kind::Acquisition).and_then(|item| taken_at(&item.text));

    package_users(container, prefix, &mut evidence);
    let mut cut_short = None;
    let mut closed =
        container.closed.first().map(|closed| (closed.reason, format!("{}: {}", closed.name, closed.said)));
    let dumpsys = format!("{prefix}{DUMPSYS}");
    doubts.extend(sums.place(DUMPSYS, container.has(&dumpsys)).map(|why| Ignored { file: dumpsys.clone(), why }));
    if container.has(&dumpsys) {
        let is_zip = container.is_zip();
        match container.open(&dumpsys) {
            Ok(bytes) => {
                let mut bytes = Hashed::new(bytes, sums.tells(DUMPSYS));
                let mut reader = Limited { inner: plain(&mut bytes), left: options.inflate_limit };
                let (mut found, ending, _) =
                    dumpstate::stream(&mut reader, Shape::Dumpsys, &dumpsys, options, api_level);
                let wrong = if is_zip { dumpstate::wrong_sum(&mut reader) } else { None };
                drop(reader);
                let differs = bytes.sum().is_some_and(|found| sums.agrees(DUMPSYS, &found) == Some(false));
                if let Some(detail) = wrong.or(differs.then(|| OTHER_SUM.to_owned())) {
                    dumpstate::doubt(&mut found.items, &detail);
                }
                if differs {
                    doubts.push(Ignored { file: dumpsys.clone(), why: Why::Contradicts });
                }
                cut_short = match ending {
                    Ending::Damaged(detail) => Some(detail),
                    Ending::Clean => found.cut_short.then(String::new),
                };
                evidence.items.extend(found.items);
                evidence.missing.extend(found.missing);
            }
            Err(error) => {
                let (reason, said) = told(&error);
                closed = Some((reason, format!("{dumpsys}: {said}")));
            }
        }
    }
    // Names that AndroidQF gives are others' as well: without its own file this may be a folder of outputs that somebody saved.
    if !container.has(&format!("{prefix}{ACQUISITION}")) {
        others(container, prefix, options, &mut evidence);
    }
    let bugreport = format!("{prefix}{BUGREPORT}");
    let lacks = |evidence: &Evidence| [Kind::Packages, Kind::AppOps].iter().any(|kind| evidence.first(*kind).is_none());
    if lacks(&evidence) && container.has(&bugreport) {
        // A bug report that cannot be read either adds nothing; what is lacking is listed below.
        if let Ok(mut inner) = read_inner_bugreport(container, &bugreport, options) {
            if sums.differs(container, BUGREPORT, &bugreport) {
                dumpstate::doubt(&mut inner.items, OTHER_SUM);
                doubts.push(Ignored { file: bugreport.clone(), why: Why::Contradicts });
            }
            for mut item in inner.items {
                if evidence.first(item.kind).is_none() {
                    evidence.missing.retain(|gap| gap.kind != item.kind);
                    item.origin = format!("{bugreport}/{}", item.origin);
                    evidence.items.push(item);
                }
            }
        }
        api_level = api_level
            .or_else(|| evidence.first(Kind::Properties).and_then(|item| sections::api_level(item.text.as_bytes())));
    }
    if evidence.items.iter().all(|item| item.kind == Kind::Acquisition) {
        return Err(SourceError::Unrecognised { path: container.path.clone() });
    }
    let mut absent = missing(&evidence, api_level, cut_short.as_deref());
    if let Some((reason, detail)) = closed {
        for gap in absent.iter_mut().filter(|gap| gap.reason == Reason::Absent) {
            gap.reason = reason;
            gap.detail = sanitize(&detail, 300);
        }
    }
    evidence.missing.extend(absent);
    Ok((evidence, doubts))
}

/// What is told of a file that was changed.
const OTHER_SUM: &str = "hashes.csv: another SHA-256";

/// The sums of `hashes.csv`, by the last part of each file's name; the folder in which AndroidQF ran stands before it. A name that
/// comes twice has none.
#[derive(Default)]
struct Sums(BTreeMap<String, Option<String>>);

impl Sums {
    /// What the list says of a file that is there or not; nothing without a list. Its own file is written after the sums.
    fn place(&self, name: &str, is_there: bool) -> Option<Why> {
        match (self.0.contains_key(name), is_there) {
            _ if self.0.is_empty() || name == ACQUISITION => None,
            (true, false) => Some(Why::Gone),
            (false, true) => Some(Why::Unlisted),
            _ => None,
        }
    }

    /// Whether a file has its sum, where the list tells.
    fn agrees(&self, name: &str, found: &str) -> Option<bool> {
        let told = self.0.get(name).filter(|_| name != ACQUISITION)?.as_ref()?;
        Some(told.eq_ignore_ascii_case(found))
    }

    /// Whether the list tells the sum of a file.
    fn tells(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Option::is_some)
    }

    /// Whether a large file has another sum than the list tells. What cannot be read is told where it is read.
    fn differs(&self, container: &mut Container, name: &str, full: &str) -> bool {
        if !self.tells(name) {
            return false;
        }
        let Ok(bytes) = container.open(full) else { return false };
        Hashed::new(bytes, true).sum().is_some_and(|found| self.agrees(name, &found) == Some(false))
    }
}

/// The bytes of a file, whose sum is taken while they are read, so that a long one is read once.
struct Hashed<R> {
    inner: R,
    /// None where nobody asks for it, or not all can be read.
    digest: Option<Sha256>,
}

impl<R: Read> Hashed<R> {
    fn new(inner: R, is_wanted: bool) -> Self {
        Hashed { inner, digest: is_wanted.then(Sha256::new) }
    }

    /// The sum of the whole file: what is left is read to its end.
    fn sum(mut self) -> Option<String> {
        let mut piece = vec![0; if self.digest.is_some() { 1 << 16 } else { 0 }];
        while self.digest.is_some() && !matches!(self.read(&mut piece), Ok(0)) {}
        Some(hex(&self.digest?.finalize()))
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        match (&read, &mut self.digest) {
            (Ok(count), Some(digest)) => digest.update(buffer.get(..*count).unwrap_or_default()),
            (Err(error), digest) if error.kind() != io::ErrorKind::Interrupted => *digest = None,
            _ => {}
        }
        read
    }
}

fn sums(container: &mut Container, prefix: &str) -> Sums {
    let name = format!("{prefix}{HASHES}");
    if !container.has(&name) {
        return Sums::default();
    }
    let Ok((bytes, None)) = container.read(&name, LARGEST_FILE) else { return Sums::default() };
    let text = text::decode(bytes);
    let mut sums: BTreeMap<String, Option<String>> = BTreeMap::new();
    for line in text.lines() {
        let Some((path, sum)) = line.rsplit_once(',') else { continue };
        let file = path.trim_matches('"').rsplit(['/', '\\']).next().unwrap_or_default();
        let sum = Some(sum.trim()).filter(|sum| sum.len() == 64).map(str::to_owned);
        sums.entry(file.to_owned()).and_modify(|known| *known = None).or_insert(sum);
    }
    Sums(sums)
}

fn sum_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// For which users the list of packages was not got, or not all of it.
fn package_users(container: &mut Container, prefix: &str, evidence: &mut Evidence) {
    let name = format!("{prefix}{PACKAGE_USERS}");
    if !container.has(&name) {
        return;
    }
    let kind = Kind::PackagesJson;
    let mut push = |user, reason, detail: &str| {
        evidence.missing.push(Missing { kind, user, reason, detail: sanitize(detail, 200) });
    };
    let read = container.read(&name, LARGEST_FILE).map(|(bytes, _)| text::decode(bytes));
    let report = read.map(|text| serde_json::from_str::<PackageUsers>(&text));
    match report {
        Ok(Ok(report)) => {
            // Without the list of users nobody knows whose packages are lacking.
            if let Some(error) = report.enumeration_error.filter(|error| !error.is_empty()) {
                push(None, said(&error), &error);
            }
            for user in report.users.iter().take(MOST_USERS) {
                let reason = match user.inventory_status.as_str() {
                    "collected" => continue,
                    "partial" => Reason::Truncated,
                    _ => said(&user.error),
                };
                push(Some(user.id), reason, &user.error);
            }
        }
        Ok(Err(error)) => push(None, Reason::Unreadable, &format!("{PACKAGE_USERS}: line {}", error.line())),
        Err(error) => {
            let (reason, said) = told(&error);
            push(None, reason, &format!("{PACKAGE_USERS}: {said}"));
        }
    }
}

/// What a phone's words of failure mean: no, or anything else.
fn said(error: &str) -> Reason {
    let refused = ["SecurityException", "ermission"].iter().any(|word| error.contains(word));
    if refused { Reason::Refused } else { Reason::Unreadable }
}

/// More users than any phone has.
const MOST_USERS: usize = 1000;

/// `package_users.json`, as much of it as is read.
#[derive(Deserialize)]
struct PackageUsers {
    #[serde(default)]
    users: Vec<PackageUser>,
    #[serde(default)]
    enumeration_error: Option<String>,
}

#[derive(Deserialize)]
struct PackageUser {
    id: u32,
    #[serde(default)]
    inventory_status: String,
    #[serde(default)]
    error: String,
}

/// Adds the outputs that lie beside the files of these names, and what `dumpsys.txt` is where it is no dump with headings.
fn others(container: &mut Container, prefix: &str, options: &OpenOptions, evidence: &mut Evidence) {
    let known =
        |name: &str| files().any(|(file, _)| file == name) || [PACKAGE_USERS, HASHES, BUGREPORT].contains(&name);
    let from_dumpsys = evidence.items.iter().any(|item| item.origin.ends_with(DUMPSYS));
    let names = container.names.iter().filter(|name| {
        name.strip_prefix(prefix)
            .is_some_and(|name| !name.contains('/') && !known(name) && (name != DUMPSYS || !from_dumpsys))
    });
    let names: Vec<String> = names.cloned().collect();
    let Some(found) = loose::read_these(container, &names, options) else { return };
    for item in found.items {
        if evidence.items.iter().all(|known| (known.kind, known.user) != (item.kind, item.user)) {
            evidence.missing.retain(|gap| (gap.kind, gap.user) != (item.kind, item.user));
            evidence.items.push(item);
        }
    }
    for gap in found.missing {
        let is_known = evidence.items.iter().any(|item| item.kind == gap.kind);
        if !is_known && evidence.missing.iter().all(|known| known.kind != gap.kind) {
            evidence.missing.push(gap);
        }
    }
}

/// What an acquisition should hold and does not. `dumpsys settings` stands for the three lists of settings.
fn missing(evidence: &Evidence, api_level: Option<u32>, cut_short: Option<&str>) -> Vec<Missing> {
    let known = |kind: Kind| evidence.first(kind).is_some() || evidence.missing.iter().any(|gap| gap.kind == kind);
    let mut absent: Vec<Missing> = [Kind::Properties, Kind::SettingsGlobal, Kind::SettingsSecure, Kind::SettingsSystem]
        .into_iter()
        .filter(|kind| !known(*kind) && (*kind == Kind::Properties || !known(Kind::SettingsDump)))
        .map(|kind| Missing { kind, user: None, reason: Reason::Absent, detail: String::new() })
        .collect();
    let lists = [Kind::SettingsGlobal, Kind::SettingsSecure, Kind::SettingsSystem].into_iter().all(known);
    absent.extend(
        sections::missing_services(&evidence.items, &evidence.missing, api_level, cut_short)
            .into_iter()
            // … and the three lists for it.
            .filter(|gap| gap.kind != Kind::SettingsDump || !lists),
    );
    absent
}

fn read_inner_bugreport(container: &mut Container, name: &str, options: &OpenOptions) -> Result<Evidence, SourceError> {
    let path = container.path.join(name);
    if container.is_zip() {
        let reader = container.open(name)?;
        let limited = Limited { inner: reader, left: options.inflate_limit };
        return dumpstate::salvage_zip(BufReader::new(limited), &path, options);
    }
    match Container::zip(&path, options.inflate_limit) {
        Ok(mut inner) => match dumpstate::main_entry(&mut inner) {
            Some(entry) => dumpstate::read_container(&mut inner, &entry, options),
            None => Err(SourceError::Unrecognised { path }),
        },
        Err(_) => dumpstate::salvage_file(&path, options),
    }
}

fn unreadable(kind: Kind, error: &SourceError) -> Missing {
    let (reason, said) = told(error);
    Missing { kind, user: None, reason, detail: said }
}

/// When the acquisition began, in seconds since 1970: `started` of `acquisition.json`.
fn taken_at(acquisition: &str) -> Option<i64> {
    let acquisition: serde_json::Value = serde_json::from_str(acquisition).ok()?;
    let started: jiff::Timestamp = acquisition.get("started")?.as_str()?.parse().ok()?;
    Some(started.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_the_sum_that_was_taken_of_it_is_whole_and_one_with_another_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let properties = "[ro.build.version.sdk]: [34]\n";
        write("acquisition.json", "{}");
        write("getprop.txt", properties);
        write("settings_global.txt", "adb_enabled=1\n");
        write("settings_secure.txt", "a=1\n");
        let sum = sum_of(properties.as_bytes());
        let other = sum_of(b"adb_enabled=1\nb=2\n");
        write(
            "hashes.csv",
            &format!(
                "/home/x/1234/getprop.txt,{sum}\n\"C:\\x\\settings_global.txt\",{other}\nacquisition.json,{other}\n"
            ),
        );
        let mut container = Container::folder(folder.path(), u64::MAX, false).unwrap();
        let (evidence, doubts) = read(&mut container, "", &OpenOptions::default()).unwrap();
        let told = |kind| evidence.first(kind).map(|item| (item.proved && item.cut.is_none(), item.cut)).unwrap();
        assert_eq!(told(Kind::Properties), (true, None));
        assert_eq!(told(Kind::SettingsGlobal), (false, Some(Reason::Truncated)));
        assert_eq!(told(Kind::SettingsSecure), (false, None));
        assert_eq!(told(Kind::Acquisition), (false, None));
        let doubts: Vec<(&str, Why)> = doubts.iter().map(|file| (file.file.as_str(), file.why)).collect();
        assert_eq!(doubts, [("settings_global.txt", Why::Contradicts), ("settings_secure.txt", Why::Unlisted)]);
    }
}
