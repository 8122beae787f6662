//! AndroidQF acquisitions, as a folder or a zip.
//!
//! Fact (AndroidQF 1.8, `modules/`): one file per question with a fixed name. Only those below are opened; the list of
//! all files on the phone (`files.json`), the logs and the copies of apps never are.

use std::io::BufReader;

use super::SourceError;
use super::container::{Container, Limited};
use super::dumpstate;
use super::path::OpenOptions;
use super::sections::{self, Ending, Shape};
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::parse::text;

/// The small files, and what they are.
const FILES: [(&str, Kind); 7] = [
    ("acquisition.json", Kind::Acquisition),
    ("getprop.txt", Kind::Properties),
    ("selinux.txt", Kind::SelinuxMode),
    ("settings_global.txt", Kind::SettingsGlobal),
    ("settings_secure.txt", Kind::SettingsSecure),
    ("settings_system.txt", Kind::SettingsSystem),
    ("packages.json", Kind::PackagesJson),
];
const DUMPSYS: &str = "dumpsys.txt";
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
    let own = ["acquisition.json", DUMPSYS, "packages.json"].into_iter().filter(|name| has(name)).count();
    let all = FILES.iter().filter(|(name, _)| has(name)).count() + usize::from(has(DUMPSYS));
    own >= 1 && all >= 2
}

/// Reads an acquisition whose files begin with `prefix`.
pub(crate) fn read(container: &mut Container, prefix: &str, options: &OpenOptions) -> Result<Evidence, SourceError> {
    let mut evidence = Evidence::empty(SourceKind::AndroidQf, "");
    for (name, kind) in FILES {
        let full = format!("{prefix}{name}");
        if !container.has(&full) {
            continue;
        }
        match container.read(&full, LARGEST_FILE) {
            Ok((bytes, lost)) => {
                let mut item = Item::new(kind, text::decode(bytes), full).unproved();
                item.cut = lost.map(|_| Reason::Truncated);
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

    let mut cut_short = None;
    let dumpsys = format!("{prefix}{DUMPSYS}");
    if container.has(&dumpsys) {
        match container.open(&dumpsys) {
            Ok(mut reader) => {
                let (found, ending, _) = dumpstate::stream(&mut reader, Shape::Dumpsys, &dumpsys, options, api_level);
                cut_short = match ending {
                    Ending::Damaged(detail) => Some(detail),
                    Ending::Clean => found.cut_short.then(String::new),
                };
                evidence.items.extend(found.items);
                evidence.missing.extend(found.missing);
            }
            Err(error) => cut_short = Some(error.to_string()),
        }
    }
    let bugreport = format!("{prefix}{BUGREPORT}");
    let lacks = |evidence: &Evidence| [Kind::Packages, Kind::AppOps].iter().any(|kind| evidence.first(*kind).is_none());
    if lacks(&evidence) && container.has(&bugreport) {
        // A bug report that cannot be read either adds nothing; what is lacking is listed below.
        if let Ok(inner) = read_inner_bugreport(container, &bugreport, options) {
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
    let absent = missing(&evidence, api_level, cut_short.as_deref());
    evidence.missing.extend(absent);
    Ok(evidence)
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
    Missing { kind, user: None, reason: Reason::Unreadable, detail: text::sanitize(&error.to_string(), 200) }
}

/// When the acquisition began, in seconds since 1970: `started` of `acquisition.json`.
fn taken_at(acquisition: &str) -> Option<i64> {
    let acquisition: serde_json::Value = serde_json::from_str(acquisition).ok()?;
    let started: jiff::Timestamp = acquisition.get("started")?.as_str()?.parse().ok()?;
    Some(started.as_second())
}
