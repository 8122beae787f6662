//! Cuts the long text of `dumpsys` or `dumpstate` into its sections while it streams by, keeps the ones that poucet
//! reads, and knows when no further one can come.
//!
//! Facts (AOSP `frameworks/native/cmds/dumpsys/dumpsys.cpp`, `cmds/dumpstate/dumpstate.cpp`): a section begins with a
//! line of dashes and `DUMP OF SERVICE [CRITICAL |HIGH ]name:`, and ends with
//! `--------- 0.053s was the duration of dumpsys name, ending at: …`. `dumpsys` without a name prints
//! `Currently running services:` and their names first. `dumpstate` prints the critical and high services early, the
//! system properties in the middle, and all normal services inside `------ DUMPSYS (…) ------`, whose end says
//! `------ 2.4s was the duration of 'DUMPSYS' ------`. The normal services come as two alphabetical runs (those that ask
//! for normal priority, then those that ask for none), so their order alone never tells that one will not come.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::evidence::{Item, Kind, Missing, Reason};
use crate::parse::android::packages::skim::{INDENT, Skim};
use crate::parse::text;
use crate::text::clean::sanitize;

/// A longer line is content whatever it begins with; it is never gathered whole.
const LONGEST_CONTROL_LINE: usize = 64 * 1024;
/// The head of a bug report has some thirty lines; one that does not end is not one.
const LONGEST_HEADER: usize = 64 * 1024;
/// The first Android version (API level) whose lock screen tells its kind in `dumpsys lock_settings`
/// (`LockSettingsService.dumpInternal`, Android 11), so that `dumpsys window` is not needed.
const WINDOW_NOT_NEEDED_FROM: u32 = 30;

/// What the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A bug report's text: header, properties, then sections.
    Dumpstate,
    /// The output of `dumpsys`, of all services or some.
    Dumpsys,
}

/// How the stream of bytes ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At its end, or where nothing more was wanted.
    Clean,
    /// The bytes stop early or make no sense from there on; what the decoder said.
    Damaged(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Heading<'a> {
    service: &'a [u8],
    /// Printed early, among the `CRITICAL` or `HIGH` services; the service may come again among the normal ones.
    early: bool,
}

#[derive(Debug)]
struct Section {
    kind: Kind,
    early: bool,
    bytes: Vec<u8>,
    first_line: u64,
    cut: Option<Reason>,
    /// Whether the text goes on behind it.
    followed: bool,
    limit: usize,
    /// Its own last line has come.
    ended: bool,
    /// An app may have written it.
    doubtful: bool,
    /// How many bytes came, whether they were kept or not.
    taken: usize,
    /// What is left out of it, while anything is.
    skim: Option<Skim>,
    /// What came last, before it is looked at for what is left out.
    recent: Vec<u8>,
}

/// How much comes before what is left out of it is looked for.
const SKIMMED_AT_ONCE: usize = if cfg!(test) { 8 * 1024 } else { 256 * 1024 };
/// What the beginning and the end of a text tell of a failure ([`text::failure`]) is kept as it came, and where its last line begins.
const KEPT_WHOLE: usize = 4096;
/// Lines of which nothing is read.
const PASSED_OVER: &[u8] =
    b" \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n";

impl Section {
    fn add(&mut self, bytes: &[u8]) {
        self.taken += bytes.len();
        if self.skim.is_none() {
            self.bytes.extend_from_slice(bytes);
            return;
        }
        self.recent.extend_from_slice(bytes);
        if self.recent.len() > SKIMMED_AT_ONCE + KEPT_WHOLE {
            self.settle();
        }
    }

    /// Leaves out what nothing is read from, up to near the end of what has come.
    fn settle(&mut self) {
        let Some(mut skim) = self.skim.take() else { return };
        let mut recent = std::mem::take(&mut self.recent);
        let near_end = recent.get(..recent.len().saturating_sub(KEPT_WHOLE)).unwrap_or_default();
        let end = memchr::memrchr(b'\n', near_end).map_or(0, |last| last + 1);
        let region = recent.get(..end).unwrap_or_default();
        let is_first = self.bytes.is_empty();
        if region.is_empty() || !is_plain(region) || is_first && is_odd(region) {
            self.bytes.append(&mut recent);
            return;
        }
        self.bytes.reserve(region.len());
        // The beginning of the text goes by its skim as well, and is kept whole.
        let whole = if is_first { KEPT_WHOLE } else { 0 };
        // Lines that are kept whole are moved together, and those of which nothing is kept but that they are there.
        let (mut from, mut begin, mut passed) = (0, 0, 0);
        for end in memchr::memchr_iter(b'\n', region) {
            let line = region.get(begin..end).unwrap_or_default();
            let kept = skim.keep(line);
            if kept < line.len() && begin >= whole {
                if begin > from {
                    passed_over(&mut self.bytes, &mut passed);
                    self.bytes.extend_from_slice(region.get(from..begin).unwrap_or_default());
                }
                if kept == INDENT {
                    passed += 1;
                } else {
                    passed_over(&mut self.bytes, &mut passed);
                    self.bytes.extend_from_slice(line.get(..kept).unwrap_or_default());
                    self.bytes.push(b'\n');
                }
                from = end + 1;
            }
            begin = end + 1;
        }
        passed_over(&mut self.bytes, &mut passed);
        self.bytes.extend_from_slice(region.get(from..).unwrap_or_default());
        recent.drain(..end);
        self.recent = recent;
        self.skim = Some(skim);
    }

    /// Ends what is left out: what has come stays as it is.
    fn gather(&mut self) {
        if self.skim.take().is_some() {
            self.bytes.append(&mut std::mem::take(&mut self.recent));
        }
    }
}

/// Adds so many lines of which nothing is read.
fn passed_over(kept: &mut Vec<u8>, lines: &mut usize) {
    let mut left = std::mem::take(lines) * 2;
    while left > 0 {
        let some = left.min(PASSED_OVER.len());
        kept.extend_from_slice(PASSED_OVER.get(..some).unwrap_or_default());
        left -= some;
    }
}

/// Whether lines are what they are read as later, and none may be the last of its section (see [`Splitter::take_glued_trailer`]).
fn is_plain(region: &[u8]) -> bool {
    memchr::memchr(b'\r', region).is_none()
        && (region.is_ascii() || str::from_utf8(region).is_ok())
        && memmem::find(region, b"--------- ").is_none()
}

/// Whether a text begins with the mark of UTF-8, or with nothing, or as one of which [`text::failure`] looks at more than its beginning
/// and its end.
fn is_odd(beginning: &[u8]) -> bool {
    let Some(beginning) = beginning.get(..KEPT_WHOLE) else { return true };
    beginning.starts_with(b"\xEF\xBB\xBF")
        || memmem::find(beginning, b"Exception").is_some()
        || str::from_utf8(beginning).is_ok_and(|beginning| beginning.trim().is_empty())
}

/// Splits a text that arrives in pieces of any size. See the module's description.
#[derive(Debug)]
pub struct Splitter {
    shape: Shape,
    kept_limit: usize,
    skims: bool,
    kept: usize,
    line: u64,
    /// The beginning of a line whose end has not come yet.
    carry: Vec<u8>,
    /// The piece that comes next continues a line that is too long to be a control line.
    inside_long_line: bool,
    /// A line of dashes which may announce a heading, with its line end; not yet counted as content.
    dashes: Vec<u8>,
    headings_have_dashes: bool,
    trailers_seen: bool,
    inside_list: bool,
    listed: Option<BTreeSet<Kind>>,
    api_level: Option<u32>,
    open: Option<Section>,
    done: Vec<Section>,
    seen: BTreeSet<Kind>,
    normal_services_over: bool,
    /// A normal service has come, after which no early one does.
    normal_begun: bool,
}

/// What a text held.
#[derive(Debug)]
pub struct Sections {
    /// The sections, in their order.
    pub items: Vec<Item>,
    /// The sections that hold a refusal or nothing.
    pub missing: Vec<Missing>,
    /// Whether the text ended before all that belongs in it had come.
    pub cut_short: bool,
    /// Android's API level, if the properties were in the text or were told before.
    pub api_level: Option<u32>,
}

impl Splitter {
    /// A splitter that keeps at most `kept_limit` bytes. `api_level` where it is known from elsewhere.
    pub fn new(shape: Shape, kept_limit: usize, api_level: Option<u32>) -> Self {
        let mut splitter = Splitter {
            shape,
            kept_limit,
            skims: false,
            kept: 0,
            line: 0,
            carry: Vec::new(),
            inside_long_line: false,
            dashes: Vec::new(),
            headings_have_dashes: false,
            trailers_seen: false,
            inside_list: false,
            listed: None,
            api_level,
            open: None,
            done: Vec::new(),
            seen: BTreeSet::new(),
            normal_services_over: false,
            normal_begun: false,
        };
        if shape == Shape::Dumpstate {
            splitter.begin(Kind::DumpstateHeader, false, 1, LONGEST_HEADER);
        }
        splitter
    }

    /// The same, which leaves out of what is kept what nothing is read from.
    #[must_use]
    pub fn skimming(mut self, skims: bool) -> Self {
        self.skims = skims;
        self
    }

    /// Takes the next piece. Returns whether anything that is still to come is wanted.
    pub fn feed(&mut self, piece: &[u8]) -> bool {
        let mut rest = piece;
        // A line that began in an earlier piece.
        if self.inside_long_line || !self.carry.is_empty() {
            let Some(end) = memchr::memchr(b'\n', rest) else {
                self.hold(rest);
                return self.wants_more();
            };
            let (line, after) = rest.split_at(end + 1);
            rest = after;
            if self.inside_long_line {
                self.inside_long_line = false;
                self.content(line);
            } else {
                let mut whole = std::mem::take(&mut self.carry);
                whole.extend_from_slice(line);
                self.take_line(&whole);
                whole.clear();
                self.carry = whole;
            }
        }
        // Lines that are plain content go together.
        let (mut from, mut begin, mut lines) = (0, 0, 0);
        let mut one_by_one = self.is_between();
        for end in memchr::memchr_iter(b'\n', rest) {
            let first = rest.get(begin);
            if !one_by_one && !matches!(first, Some(b'-' | b'D' | b'C')) {
                lines += 1;
                begin = end + 1;
                continue;
            }
            self.take_lines(rest.get(from..begin).unwrap_or_default(), lines);
            self.take_line(rest.get(begin..=end).unwrap_or_default());
            one_by_one = self.is_between();
            begin = end + 1;
            (from, lines) = (begin, 0);
        }
        self.take_lines(rest.get(from..begin).unwrap_or_default(), lines);
        self.hold(rest.get(begin..).unwrap_or_default());
        self.wants_more()
    }

    /// Whether the next line matters even where it is plain content.
    fn is_between(&self) -> bool {
        !self.dashes.is_empty() || self.inside_list
    }

    /// Takes whole lines that are plain content.
    fn take_lines(&mut self, lines: &[u8], count: u64) {
        self.line += count;
        let Some(open) = &mut self.open else { return };
        if open.cut.is_some() {
            return;
        }
        if self.kept + lines.len() <= self.kept_limit && open.taken + lines.len() <= open.limit {
            self.kept += lines.len();
            open.add(lines);
        } else {
            lines.split_inclusive(|byte| *byte == b'\n').for_each(|line| self.content(line));
        }
    }

    /// Keeps the beginning of a line for the next piece, unless it is too long to be a control line.
    fn hold(&mut self, part: &[u8]) {
        if self.inside_long_line {
            self.content(part);
        } else if self.carry.len() + part.len() > LONGEST_CONTROL_LINE {
            self.flush_dashes();
            self.line += 1;
            let carry = std::mem::take(&mut self.carry);
            self.content(&carry);
            self.content(part);
            self.inside_long_line = true;
        } else {
            self.carry.extend_from_slice(part);
        }
    }

    fn take_line(&mut self, line: &[u8]) {
        self.line += 1;
        match line.first() {
            Some(b'-' | b'D' | b'C') => self.take_control_line(line),
            _ => {
                if !self.dashes.is_empty() {
                    self.flush_dashes();
                }
                if self.inside_list {
                    self.take_listed(line);
                }
                self.content(line);
            }
        }
    }

    fn take_control_line(&mut self, line: &[u8]) {
        let shown = line.trim_ascii_end();
        if let Some(heading) = heading(shown) {
            let announced = !self.dashes.is_empty();
            // A heading without its line of dashes, in a text where they have them, was printed by some app.
            if (announced || !self.headings_have_dashes) && !(heading.early && self.normal_begun) {
                self.headings_have_dashes |= announced;
                self.dashes.clear();
                self.inside_list = false;
                self.take_glued_trailer();
                self.close(None);
                self.normal_begun |= !heading.early;
                self.begin_service(heading);
                return;
            }
        }
        self.flush_dashes();
        if is_dashes(shown) {
            self.inside_list = false;
            self.dashes.extend_from_slice(line);
            return;
        }
        if let Some(service) = trailer(shown) {
            let ours = self.open.as_ref().is_some_and(|open| open.kind.service().map(str::as_bytes) == Some(service));
            self.trailers_seen = true;
            if ours {
                if let Some(open) = &mut self.open {
                    open.ended = true;
                }
                self.close(None);
                return;
            }
            self.doubt_since(service);
        } else if let Some(title) = title(shown) {
            self.inside_list = false;
            self.take_glued_trailer();
            if let Some(open) = &mut self.open
                && open.kind == Kind::Properties
            {
                open.ended = title.ends_with(b"s was the duration of 'SYSTEM PROPERTIES'");
            }
            self.close(None);
            let properties = title.starts_with(b"SYSTEM PROPERTIES") && self.shape == Shape::Dumpstate;
            if properties && !self.normal_begun {
                self.begin(Kind::Properties, false, self.line + 1, usize::MAX);
            } else if title.ends_with(b"s was the duration of 'DUMPSYS'") {
                self.normal_services_over = true;
            }
            return;
        } else if shown == b"Currently running services:" && self.open.is_none() {
            self.inside_list = true;
            self.listed = Some(BTreeSet::new());
            return;
        }
        if self.inside_list {
            self.take_listed(line);
        }
        self.content(line);
    }

    fn take_listed(&mut self, line: &[u8]) {
        let kind = str::from_utf8(line.trim_ascii()).ok().and_then(Kind::of_service);
        if let (Some(listed), Some(kind)) = (&mut self.listed, kind) {
            listed.insert(kind);
        }
    }

    fn begin_service(&mut self, heading: Heading<'_>) {
        let Some(kind) = str::from_utf8(heading.service).ok().and_then(Kind::of_service) else { return };
        // A list that lacks a service which is here is no list of what will come.
        if !heading.early && self.listed.as_ref().is_some_and(|listed| !listed.contains(&kind)) {
            self.listed = None;
        }
        if !heading.early {
            self.seen.insert(kind);
        }
        if kind == Kind::WindowPolicy && !self.wants_window() {
            return;
        }
        self.begin(kind, heading.early, self.line + 1, usize::MAX);
    }

    fn begin(&mut self, kind: Kind, early: bool, first_line: u64, limit: usize) {
        self.open = Some(Section {
            kind,
            early,
            bytes: Vec::new(),
            first_line,
            cut: None,
            limit,
            followed: true,
            ended: false,
            doubtful: false,
            taken: 0,
            skim: (self.skims && kind == Kind::Packages).then(Skim::default),
            recent: Vec::new(),
        });
    }

    /// A service whose text does not end with a line's end has its last line behind its own words.
    fn take_glued_trailer(&mut self) {
        let Some(open) = &mut self.open else { return };
        open.gather();
        let last = memchr::memrchr(b'\n', open.bytes.trim_ascii_end()).map_or(0, |end| end + 1);
        let Some(line) = open.bytes.get(last..) else { return };
        let Some(at) = memmem::rfind(line, b"--------- ") else { return };
        let service = line.get(at..).and_then(|line| trailer(line.trim_ascii_end()));
        if service.is_some() && service == open.kind.service().map(str::as_bytes) {
            open.ended = true;
            open.taken -= open.bytes.len() - (last + at);
            open.bytes.truncate(last + at);
            self.trailers_seen = true;
        }
    }

    /// The last line of a service comes after its section had ended: what ended it was no end, and what has begun since then may be
    /// words of that service.
    fn doubt_since(&mut self, service: &[u8]) {
        let Some(kind) = str::from_utf8(service).ok().and_then(Kind::of_service) else { return };
        let Some(first) =
            self.done.iter().filter(|section| section.kind == kind).map(|section| section.first_line).max()
        else {
            return;
        };
        let since = self.done.iter_mut().chain(&mut self.open).filter(|section| section.first_line >= first);
        for section in since {
            if section.kind == kind {
                section.cut = section.cut.or(Some(Reason::Truncated));
            } else {
                section.doubtful = true;
            }
        }
    }

    #[inline]
    fn content(&mut self, bytes: &[u8]) {
        let Some(open) = &mut self.open else { return };
        if open.cut.is_some() {
            return;
        }
        if self.kept + bytes.len() > self.kept_limit || open.taken + bytes.len() > open.limit {
            open.cut = Some(Reason::Truncated);
            return;
        }
        self.kept += bytes.len();
        open.add(bytes);
    }

    fn flush_dashes(&mut self) {
        if !self.dashes.is_empty() {
            let dashes = std::mem::take(&mut self.dashes);
            self.content(&dashes);
        }
    }

    fn close(&mut self, cut: Option<Reason>) {
        let Some(mut section) = self.open.take() else { return };
        section.cut = section.cut.or(cut);
        section.gather();
        section.bytes.shrink_to_fit();
        match section.kind {
            Kind::Properties => {
                self.seen.insert(Kind::Properties);
                self.api_level = self.api_level.or_else(|| api_level(&section.bytes));
                if let Some(index) = self.done.iter().position(|other| other.kind == Kind::Properties) {
                    self.done.swap_remove(index);
                    section.doubtful = true;
                }
            }
            // The same service may be dumped early and again among the normal ones: the fuller one is kept.
            kind => {
                if let Some(index) = self.done.iter().position(|other| other.kind == kind) {
                    let other = self.done.swap_remove(index);
                    let fuller =
                        |section: &Section| (section.cut.is_none(), section.ended, section.taken, !section.early);
                    let (kept, dropped) =
                        if fuller(&other) > fuller(&section) { (other, section) } else { (section, other) };
                    self.kept = self.kept.saturating_sub(dropped.taken);
                    let twice = !kept.early && !dropped.early;
                    section = Section { doubtful: twice || kept.doubtful || dropped.doubtful, ..kept };
                }
            }
        }
        self.done.push(section);
    }

    fn wants_window(&self) -> bool {
        self.api_level.is_none_or(|level| level < WINDOW_NOT_NEEDED_FROM)
    }

    fn wants_more(&self) -> bool {
        if self.open.is_some() {
            return true;
        }
        let lacks = |kind: &Kind| !self.seen.contains(kind);
        if self.shape == Shape::Dumpstate && lacks(&Kind::Properties) {
            return true;
        }
        if [Kind::Packages, Kind::AppOps].iter().any(lacks) {
            return true;
        }
        !self.normal_services_over
            && Kind::services().filter(lacks).any(|kind| {
                (kind != Kind::WindowPolicy || self.wants_window())
                    && self.listed.as_ref().is_none_or(|listed| listed.contains(&kind))
            })
    }

    /// Ends the text, and hands over what was kept. `origin` names the text in the evidence.
    pub fn finish(mut self, origin: &str, ending: &Ending) -> Sections {
        let carry = std::mem::take(&mut self.carry);
        if !carry.is_empty() && !self.inside_long_line {
            self.take_line(&carry);
        }
        self.flush_dashes();
        self.take_glued_trailer();
        if let Some(open) = self.open.take_if(|open| open.ended) {
            self.open = Some(open);
            self.close(None);
        }
        let damaged = *ending != Ending::Clean;
        // A bug report goes on after its last section, and `dumpsys` says when one is over.
        let ends_inside = self.open.is_some() && (self.shape == Shape::Dumpstate || self.trailers_seen);
        // `dumpsys` names the services that will come.
        let wanted = |kind: &&Kind| **kind != Kind::WindowPolicy || self.wants_window();
        let lacks = self
            .listed
            .as_ref()
            .is_some_and(|listed| listed.iter().filter(wanted).any(|kind| !self.seen.contains(kind)));
        let cut_short = damaged || ends_inside || lacks && !self.normal_services_over;
        if let Some(open) = &mut self.open {
            open.followed = false;
        }
        self.close(cut_short.then_some(Reason::Truncated));
        let wants_window = self.wants_window();
        self.done.sort_by_key(|section| section.first_line);
        let mut sections = Sections { items: Vec::new(), missing: Vec::new(), cut_short, api_level: self.api_level };
        for section in self.done {
            if section.kind == Kind::WindowPolicy && !wants_window {
                continue;
            }
            if section.doubtful {
                let detail = format!("line {}", section.first_line);
                let reason = Reason::Unreadable;
                sections.missing.push(Missing { kind: section.kind, user: None, reason, detail });
                continue;
            }
            let left_out = section.taken - section.bytes.len();
            let mut item = Item::new(section.kind, text::decode(section.bytes), origin);
            item.left_out = left_out;
            item.first_line = section.first_line;
            // Where the others have their last line, one without it was ended by something else.
            let unended = self.trailers_seen && !section.ended && section.kind.service().is_some();
            item.cut = section.cut.or(unended.then_some(Reason::Truncated));
            // An app may write what follows; where sections have a last line of their own, nothing else shows an end.
            let is_service = section.kind.service().is_some();
            let shown = section.ended || section.followed && !(is_service && self.trailers_seen);
            item.proved = shown && item.cut.is_none();
            match answer(item) {
                Ok(item) => sections.items.push(item),
                Err(missing) => sections.missing.push(missing),
            }
        }
        sections
    }
}

/// Tells a usable answer from a failure printed in its place: a refusal, an unknown service, or nothing at all.
pub(crate) fn answer(mut item: Item) -> Result<Item, Missing> {
    let lost =
        |reason, detail: &str| Missing { kind: item.kind, user: item.user, reason, detail: sanitize(detail, 200) };
    if item.text.trim().is_empty() {
        return Err(lost(item.cut.unwrap_or(Reason::Absent), ""));
    }
    let Some((reason, line)) = text::failure(&item.text) else { return Ok(item) };
    match reason {
        Reason::TimedOut => item.cut = Some(Reason::TimedOut),
        // A failure is a line or a stack trace, never a page: a long text is an answer that mentions one.
        _ if item.text.lines().nth(40).is_none() && item.cut.is_none() => return Err(lost(reason, line)),
        _ => {}
    }
    Ok(item)
}

/// What of the services is neither in `items` nor in `missing`, with the reason: not on this version of Android, or not
/// in the evidence, or (with `cut_short`) lost because the text ended early.
pub(crate) fn missing_services(
    items: &[Item],
    missing: &[Missing],
    api_level: Option<u32>,
    cut_short: Option<&str>,
) -> Vec<Missing> {
    let known = |kind: Kind| items.iter().any(|item| item.kind == kind) || missing.iter().any(|gap| gap.kind == kind);
    Kind::services()
        .filter(|kind| !known(*kind))
        .filter(|kind| *kind != Kind::WindowPolicy || api_level.is_none_or(|level| level < WINDOW_NOT_NEEDED_FROM))
        .map(|kind| {
            let too_old = api_level.zip(kind.since()).is_some_and(|(level, first)| level < u32::from(first));
            let (reason, detail) = match cut_short {
                _ if too_old => (Reason::NotSupported, ""),
                Some(detail) => (Reason::Truncated, detail),
                None => (Reason::Absent, ""),
            };
            Missing { kind, user: None, reason, detail: detail.to_owned() }
        })
        .collect()
}

/// The API level in the output of `getprop`: `[ro.build.version.sdk]: [34]`.
pub(crate) fn api_level(properties: &[u8]) -> Option<u32> {
    const KEY: &[u8] = b"[ro.build.version.sdk]: [";
    let value = properties.get(memmem::find(properties, KEY)? + KEY.len()..)?;
    let end = memchr::memchr(b']', value)?;
    str::from_utf8(value.get(..end)?).ok()?.trim().parse().ok()
}

fn is_dashes(line: &[u8]) -> bool {
    line.len() >= 20 && line.iter().all(|byte| *byte == b'-')
}

/// `DUMP OF SERVICE name:`, with `CRITICAL` or `HIGH` before the name.
fn heading(line: &[u8]) -> Option<Heading<'_>> {
    let rest = line.strip_prefix(b"DUMP OF SERVICE ")?.strip_suffix(b":")?;
    let (service, early) = match rest.strip_prefix(b"CRITICAL ").or_else(|| rest.strip_prefix(b"HIGH ")) {
        Some(service) => (service, true),
        None => (rest.strip_prefix(b"NORMAL ").unwrap_or(rest), false),
    };
    (!service.is_empty() && !service.contains(&b' ')).then_some(Heading { service, early })
}

/// What stands in the last line of a section, before the service.
pub(crate) const TRAILER: &[u8] = b"s was the duration of dumpsys ";

/// The service of `--------- 0.053s was the duration of dumpsys NAME, ending at: …`.
fn trailer(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"--------- ")?;
    let rest = rest.get(memmem::find(rest, TRAILER)? + TRAILER.len()..)?;
    Some(memchr::memchr(b',', rest).and_then(|end| rest.get(..end)).unwrap_or(rest))
}

/// The words of `------ TITLE (command) ------`.
fn title(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"------ ")?.strip_suffix(b" ------")
}

/// Whether a text has the mark of a `dumpsys` section in it.
pub(crate) fn has_heading(text: &[u8]) -> bool {
    const WORDS: &[u8] = b"DUMP OF SERVICE ";
    memmem::find_iter(text, WORDS).any(|at| {
        let begins = at == 0 || text.get(at - 1) == Some(&b'\n');
        let line = text.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', line).unwrap_or(line.len());
        begins && line.get(..end).is_some_and(|line| heading(line.trim_ascii_end()).is_some())
    })
}

#[cfg(test)]
mod tests;
