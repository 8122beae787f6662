//! The App Privacy Report that a person exports from the phone (`App_Privacy_Report_v4_….ndjson`, iOS 15.2 and later): one JSON
//! object a line, of about the last seven days.
//!
//! Two kinds of lines are known. `access`: an app used something; begin and end of one use have the same `identifier`, either may lie
//! outside the window, and a single moment is an `event`. `outOfProcess` says that the person picked through the system, so that the
//! app saw nothing else: no use of a permission. `networkActivity`: an app contacted a domain. Older and beta forms have other lines;
//! they are counted.
//!
//! The file is read as a stream, whatever its size. Domains that web pages in an app contacted are the person's browsing: they are
//! counted, and their names are dropped here.
//!
//! Not every tracker has an owner (16 of 208 such lines of a real report of 2024), and rows may name an IP address. `accessCount`, which
//! reports of 2024 have on every access, was 0 throughout and is not read.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash, Hasher};
use std::io::BufRead;

use serde::Deserialize;

use crate::text::clean::sanitize;

/// The longest line that is read, in bytes.
pub const LONGEST_LINE: usize = 1 << 20;
/// How many apps are kept.
pub const MOST_APPS: usize = 20_000;
/// How many domains are kept, and how many are counted, for each app.
pub const MOST_DOMAINS: usize = 5_000;
/// How many categories are kept for each app; phones have about ten.
const MOST_CATEGORIES: usize = 64;
/// How many lines are read; a phone writes some thousands.
const MOST_LINES: u64 = 5_000_000;
/// How many uses are told apart by their identifiers; beyond, begins are counted and ends are not.
const MOST_USES: usize = 1_000_000;
/// How many domains are kept and counted altogether.
const MOST_DOMAINS_OF_ALL: usize = 200_000;
/// How many pairs of app and category are kept altogether.
const MOST_CATEGORIES_OF_ALL: usize = 100_000;

/// A moment as the phone wrote it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The moment itself.
    pub instant: jiff::Timestamp,
    /// RFC 3339 with the phone's offset.
    pub text: String,
}

impl Moment {
    /// Reads RFC 3339 with an offset.
    fn read(text: &str) -> Option<Moment> {
        let shape = b"0000-00-00T00:00:00";
        let is_shaped = text.len() <= 40
            && text.len() > shape.len()
            && text.bytes().zip(shape).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                _ => byte == *form,
            })
            && text.bytes().skip(shape.len()).all(|byte| byte.is_ascii_digit() || b".:+-Z".contains(&byte));
        let instant = text.parse().ok().filter(|_| is_shaped)?;
        Some(Moment { instant, text: text.to_owned() })
    }
}

/// How often an app used one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// How many uses; begin and end are one.
    pub count: u64,
    /// The last moment of one, and the line that tells it (1-based).
    pub last: Option<(Moment, u32)>,
    /// How many times the person picked through the system instead.
    pub through_picker: u64,
    /// The last of these.
    pub last_through_picker: Option<Moment>,
}

/// How often an app contacted one domain by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// How often.
    pub hits: u64,
    /// The last time.
    pub last: Option<Moment>,
    /// Apple lists it as one that may collect across apps and websites (`domainType` 1), whoever owns it.
    pub is_tracker: bool,
    /// Who owns such a domain, where the report names somebody.
    pub owner: Option<String>,
    /// It is no name but an IP address.
    pub is_address: bool,
}

/// What the report says of one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppReport {
    /// Category → uses.
    pub uses: BTreeMap<String, Uses>,
    /// Domain → contacts that the app made by itself.
    pub domains: BTreeMap<String, Contacts>,
    /// How many domains were contacted from web pages, or by something else than the app.
    pub browsed: u64,
    /// Their hashes, to count each once.
    browsed_seen: BTreeSet<u64>,
}

/// What the report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Bundle id → what the app did.
    pub apps: BTreeMap<String, AppReport>,
    /// The first moment it tells of.
    pub from: Option<Moment>,
    /// The last moment it tells of.
    pub to: Option<Moment>,
    /// How many lines were read, empty ones left out.
    pub lines: u64,
    /// Lines of kind `access` that were understood.
    pub accesses: u64,
    /// Lines of kind `networkActivity` that were understood.
    pub network: u64,
    /// Lines that were not: other kinds, damaged, too long.
    pub not_understood: u64,
    /// Lines that were understood and are not in `apps`, because there are too many apps, categories or domains.
    pub left_out: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The file could not be read to its end, or is longer than any phone writes.
    pub cut: bool,
}

/// One line; members that are not here are of no use.
#[derive(Deserialize)]
struct Line<'l> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'l, str>,
    #[serde(borrow)]
    accessor: Option<Accessor<'l>>,
    /// Of recordings of the screen, the app that does it where it is not the accessor.
    #[serde(borrow)]
    broadcaster: Option<Broadcaster<'l>>,
    #[serde(borrow)]
    category: Option<Cow<'l, str>>,
    #[serde(borrow)]
    identifier: Option<Cow<'l, str>>,
    #[serde(rename = "kind", borrow)]
    edge: Option<Cow<'l, str>>,
    #[serde(rename = "outOfProcess")]
    out_of_process: Option<bool>,
    #[serde(rename = "timeStamp", borrow)]
    time: Option<Cow<'l, str>>,
    #[serde(rename = "firstTimeStamp", borrow)]
    first: Option<Cow<'l, str>>,
    #[serde(rename = "bundleID", borrow)]
    bundle: Option<Cow<'l, str>>,
    #[serde(borrow)]
    domain: Option<Cow<'l, str>>,
    hits: Option<u64>,
    #[serde(borrow)]
    context: Option<Cow<'l, str>>,
    #[serde(rename = "initiatedType", borrow)]
    initiated: Option<Cow<'l, str>>,
    #[serde(rename = "domainType")]
    domain_type: Option<i64>,
    #[serde(rename = "domainOwner", borrow)]
    owner: Option<Cow<'l, str>>,
}

#[derive(Deserialize)]
struct Accessor<'l> {
    #[serde(borrow)]
    identifier: Cow<'l, str>,
}

/// A member that may have another form than that of an app, which costs no line.
#[derive(Deserialize)]
#[serde(untagged)]
enum Broadcaster<'l> {
    App(#[serde(borrow)] Accessor<'l>),
    Other(serde::de::IgnoredAny),
}

impl<'l> Broadcaster<'l> {
    fn app(&self) -> Option<&Accessor<'l>> {
        if let Broadcaster::App(app) = self { Some(app) } else { None }
    }
}

/// Reads a report to its end. Never fails: what cannot be read or understood is counted.
pub fn parse(mut input: impl BufRead) -> Report {
    let mut report = Report::default();
    let mut state = State::default();
    let mut line = Vec::new();
    let mut number = 0u32;
    loop {
        match read_line(&mut input, &mut line, &mut report.bytes) {
            Read::End => break,
            Read::Failed => {
                report.cut = true;
                break;
            }
            Read::TooLong => {
                number = number.saturating_add(1);
                report.lines += 1;
                report.not_understood += 1;
            }
            Read::Line => {
                number = number.saturating_add(1);
                let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
                if text.is_empty() {
                    continue;
                }
                report.lines += 1;
                match state.take(&mut report, text, number) {
                    Some(true) => {}
                    Some(false) => report.left_out += 1,
                    None => report.not_understood += 1,
                }
            }
        }
        if report.lines >= MOST_LINES {
            report.cut = true;
            break;
        }
    }
    report
}

/// What came of reading one line.
enum Read {
    Line,
    TooLong,
    End,
    Failed,
}

/// Reads a line into `line`, without its end; of one that is too long nothing is kept.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>, bytes: &mut u64) -> Read {
    line.clear();
    let mut too_long = false;
    let mut any = false;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return Read::Failed,
        };
        if available.is_empty() {
            return match (any, too_long) {
                (false, _) => Read::End,
                (true, true) => Read::TooLong,
                (true, false) => Read::Line,
            };
        }
        any = true;
        let end = memchr::memchr(b'\n', available);
        let part = available.get(..end.unwrap_or(available.len())).unwrap_or(available);
        if too_long || line.len() + part.len() > LONGEST_LINE {
            too_long = true;
            line.clear();
        } else {
            line.extend_from_slice(part);
        }
        let used = end.map_or(available.len(), |end| end + 1);
        *bytes = bytes.saturating_add(used as u64);
        input.consume(used);
        if end.is_some() {
            return if too_long { Read::TooLong } else { Read::Line };
        }
    }
}

/// What is needed only while reading.
#[derive(Default)]
struct State {
    /// Hashes of app and identifier of each use seen.
    uses: HashSet<u64>,
    /// How many domains are kept or counted, of all apps.
    domains: usize,
    /// How many pairs of app and category are kept.
    categories: usize,
}

impl State {
    /// Takes one line: whether it was kept; `None` when it was not understood.
    fn take(&mut self, report: &mut Report, text: &[u8], number: u32) -> Option<bool> {
        let line: Line<'_> = serde_json::from_slice(text).ok()?;
        let time = Moment::read(line.time.as_deref()?)?;
        match line.kind.as_ref() {
            "access" => {
                let kept = self.access(report, &line, &time, number)?;
                report.accesses += 1;
                report.tells_of(&time);
                Some(kept)
            }
            "networkActivity" => {
                let first = match line.first.as_deref() {
                    Some(first) => Some(Moment::read(first)?),
                    None => None,
                };
                let kept = self.network(report, &line, &time)?;
                report.network += 1;
                report.tells_of(&time);
                if let Some(first) = first {
                    report.tells_of(&first);
                }
                Some(kept)
            }
            _ => None,
        }
    }

    fn access(&mut self, report: &mut Report, line: &Line<'_>, time: &Moment, number: u32) -> Option<bool> {
        let app = name(&line.accessor.as_ref().or_else(|| line.broadcaster.as_ref()?.app())?.identifier, 255)?;
        let category = name(line.category.as_deref()?, 60)?;
        let is_end = match line.edge.as_deref()? {
            "intervalBegin" | "event" => false,
            "intervalEnd" => true,
            _ => return None,
        };
        let Some(entry) = report.app(&app) else { return Some(false) };
        if !entry.uses.contains_key(&category) {
            if entry.uses.len() >= MOST_CATEGORIES || self.categories >= MOST_CATEGORIES_OF_ALL {
                return Some(false);
            }
            self.categories += 1;
        }
        let is_new = match line.identifier.as_deref() {
            Some(identifier) if self.uses.len() < MOST_USES => self.uses.insert(hash(&(&app, &category, identifier))),
            _ => !is_end,
        };
        let uses = entry.uses.entry(category).or_default();
        if line.out_of_process == Some(true) {
            uses.through_picker += u64::from(is_new);
            later(&mut uses.last_through_picker, time);
        } else {
            uses.count += u64::from(is_new);
            if uses.last.as_ref().is_none_or(|(last, _)| last.instant < time.instant) {
                uses.last = Some((time.clone(), number));
            }
        }
        Some(true)
    }

    fn network(&mut self, report: &mut Report, line: &Line<'_>, time: &Moment) -> Option<bool> {
        let app = name(line.bundle.as_deref()?, 255)?;
        let domain = name(&folded(line.domain.as_deref()?), 255)?;
        let hits = line.hits?;
        let Some(entry) = report.app(&app) else { return Some(false) };
        // Whatever is not plainly the app's own doing may be the person's browsing.
        let by_itself =
            line.initiated.as_deref() == Some("AppInitiated") && line.context.as_deref().unwrap_or("").is_empty();
        if !by_itself {
            let hash = hash(&domain);
            if !entry.browsed_seen.contains(&hash) {
                if entry.browsed_seen.len() >= MOST_DOMAINS || self.domains >= MOST_DOMAINS_OF_ALL {
                    return Some(false);
                }
                self.domains += 1;
                entry.browsed_seen.insert(hash);
                entry.browsed += 1;
            }
            return Some(true);
        }
        if !entry.domains.contains_key(&domain) {
            if entry.domains.len() >= MOST_DOMAINS || self.domains >= MOST_DOMAINS_OF_ALL {
                return Some(false);
            }
            self.domains += 1;
        }
        // `domainClassification` 2 marks addresses; the text tells as well.
        let is_address = domain.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
        let contacts = entry.domains.entry(domain).or_default();
        contacts.is_address = is_address;
        contacts.hits = contacts.hits.saturating_add(hits);
        later(&mut contacts.last, time);
        if line.domain_type == Some(1) {
            contacts.is_tracker = true;
            if let Some(owner) = line.owner.as_deref().and_then(|owner| name(owner, 120)) {
                contacts.owner = Some(owner);
            }
        }
        Some(true)
    }
}

impl Report {
    /// The entry of an app; none when there are too many apps.
    fn app(&mut self, id: &str) -> Option<&mut AppReport> {
        if self.apps.len() >= MOST_APPS && !self.apps.contains_key(id) {
            return None;
        }
        Some(self.apps.entry(id.to_owned()).or_default())
    }

    fn tells_of(&mut self, time: &Moment) {
        if self.from.as_ref().is_none_or(|from| time.instant < from.instant) {
            self.from = Some(time.clone());
        }
        later(&mut self.to, time);
    }
}

fn later(last: &mut Option<Moment>, time: &Moment) {
    if last.as_ref().is_none_or(|last| last.instant < time.instant) {
        *last = Some(time.clone());
    }
}

/// A domain in the one form in which it is counted: names do not differ by case, and a dot at the end says no more.
fn folded(domain: &str) -> String {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    domain.to_ascii_lowercase()
}

/// A name of the file, safe to show; an empty one is none.
fn name(text: &str, limit: usize) -> Option<String> {
    (!text.is_empty()).then(|| sanitize(text, limit))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
