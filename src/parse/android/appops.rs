//! `dumpsys appops`: what apps may do by app-op, and when they last did it.
//!
//! Source of the format: AOSP `AppOpsService.dump` (`services/core/java/com/android/server/appop/AppOpsService.java`; up
//! to Android 10 in `com/android/server/`). Four generations are in use: 8.x (numeric modes, relative times on one
//! line), 9 (names, one row per process state), 10 (`[state-flag]` keys), 11 and later (rows inside attribution tags).
//! `docs/formats/dumpsys-appops.md` shows each.

use std::borrow::Cow;

use super::parsed::{ParseGap, Parsed, line_of};
use super::room::Room;
use crate::evidence::Reason;
use crate::parse::text::{self, fold_digits, numbered_lines};

/// The mode of an app-op, `AppOpsManager.MODE_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Allowed.
    Allow,
    /// Refused in silence: the app gets empty data.
    Ignore,
    /// Refused with an exception (`MODE_ERRORED`, printed `deny`).
    Deny,
    /// Decided elsewhere: by the permission or by the target SDK.
    Default,
    /// Allowed while in use (Android 10 and later).
    Foreground,
    /// Asked each time: a mode of MIUI and HyperOS, on their own ops.
    Ask,
}

impl Mode {
    /// The word that `dumpsys appops` prints, or the number of Android 8.
    fn parse(word: &str) -> Option<Mode> {
        Some(match word {
            "allow" | "0" => Mode::Allow,
            "ignore" | "1" => Mode::Ignore,
            "deny" | "errored" | "2" => Mode::Deny,
            "default" | "3" => Mode::Default,
            "foreground" | "4" => Mode::Foreground,
            "ask" | "5" => Mode::Ask,
            _ => return None,
        })
    }

    /// The word of Android 9 and later.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Allow => "allow",
            Mode::Ignore => "ignore",
            Mode::Deny => "deny",
            Mode::Default => "default",
            Mode::Foreground => "foreground",
            Mode::Ask => "ask",
        }
    }
}

/// In which state the app was when it used an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProcessState {
    /// `top`, `fg`, `fgsvc`, `fgsvcl`: on the screen, or with a visible notice.
    Foreground,
    /// `bg`, `cch`: in the background.
    Background,
    /// `pers`, or not told (Android 8).
    Unknown,
}

/// When an op was last used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment<'a> {
    /// `yyyy-MM-dd HH:mm:ss.SSS` in the phone's local time, ASCII digits.
    Stamp(Cow<'a, str>),
    /// Android 8: how long before the dump, as printed (`+6s865ms`).
    Ago(&'a str),
}

/// A use that went on while the dump was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// In which state of the app: that of the latest access of the same tag, which is the one that goes on.
    pub state: ProcessState,
    /// The line of the dump.
    pub line: u32,
}

/// One use of an op.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access<'a> {
    /// When.
    pub moment: Moment<'a>,
    /// In which state of the app.
    pub state: ProcessState,
    /// Whether the phone's clock was wrong: a time in the future, or before 2008.
    pub doubtful: bool,
    /// The line of the dump.
    pub line: u32,
}

/// One op under a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpRow<'a> {
    /// The op's name without `OP_`; vendors have their own, such as `MIUIOP(10008)`.
    pub op: &'a str,
    /// The package mode.
    pub mode: Mode,
    /// The latest use for the app itself; uses on behalf of others (`tp`, `up`) do not count.
    pub last_access: Option<Access<'a>>,
    /// The use that goes on, if there is one.
    pub running: Option<Running>,
    /// How long before the dump the latest use was, as printed behind its time (`-1h34m36s526ms`).
    pub last_age: Option<&'a str>,
    /// Whether there is a `Reject:` row: the app tried and was refused.
    pub rejected: bool,
    /// The line of the dump.
    pub line: u32,
}

/// The ops of one package under a uid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageOps<'a> {
    /// The package name.
    pub name: &'a str,
    /// Its ops, in the order of the dump.
    pub ops: Vec<OpRow<'a>>,
}

/// A mode set for a whole uid. Only modes that differ from the op's default are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UidMode<'a> {
    /// The op's name without `OP_`.
    pub op: &'a str,
    /// The mode; it beats the package mode.
    pub mode: Mode,
    /// The line of the dump.
    pub line: u32,
}

/// One `Uid …:` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UidOps<'a> {
    /// user × 100000 + app id.
    pub uid: u32,
    /// The line of its header.
    pub line: u32,
    /// Modes of the whole uid.
    pub modes: Vec<UidMode<'a>>,
    /// Packages under it.
    pub packages: Vec<PackageOps<'a>>,
}

/// A `dumpsys appops`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppOps<'a> {
    /// Blocks sorted by uid; a uid that the dump names twice has two.
    pub uids: Vec<UidOps<'a>>,
    /// How many op rows and uid modes were understood.
    pub rows: u64,
    /// Whether the dump is seen to end inside a block, so that later uids are missing and the last may lack rows.
    pub last_is_open: bool,
    /// Whether the text ends among the blocks: nothing that follows them stands behind. Whether they are whole, only something beside
    /// the text can tell.
    pub ends_in_uids: bool,
    /// Whether the dump begins with its own first line, so that no block stands before the first one.
    pub has_begun: bool,
    /// Whether the uids rise from block to block, as `AppOpsService` keeps them (a `SparseArray`).
    pub ordered: bool,
    /// The uid of the first block in the order of the dump.
    pub first_uid: Option<u32>,
    /// The uid of the last block in the order of the dump.
    pub last_uid: Option<u32>,
}

impl<'a> AppOps<'a> {
    /// The blocks of one uid.
    pub fn of_uid(&self, uid: u32) -> impl Iterator<Item = &UidOps<'a>> {
        let start = self.uids.partition_point(|block| block.uid < uid);
        self.uids.iter().skip(start).take_while(move |block| block.uid == uid)
    }

    /// Whether the dump can be trusted about this uid: it is whole, or it goes on beyond the block of the uid, or beyond the place
    /// where that block would stand. What lies beyond the last uid seen is unknown; what lies before it is known.
    pub fn covers(&self, uid: u32) -> bool {
        let begun = self.has_begun || (self.ordered && self.first_uid.is_some_and(|first| first < uid));
        let ended = !self.last_is_open || (self.ordered && self.last_uid.is_some_and(|last| uid < last));
        let passed = self.has_head_of(uid) && self.last_uid != Some(uid) && self.of_uid(uid).next().is_some();
        (begun && ended) || passed
    }

    /// Whether the block of a uid, where there is one, begins with its own first line: the text does not begin inside it.
    pub fn has_head_of(&self, uid: u32) -> bool {
        self.has_begun || self.first_uid != Some(uid)
    }
}

/// The line that the dump begins with, on every version.
const FIRST_LINE: &str = "Current AppOps Service state:";

/// Reads a `dumpsys appops` of any generation. Never fails: what is not understood is counted in a gap.
pub fn parse(dump: &str) -> Parsed<AppOps<'_>> {
    let mut reader = Reader::default();
    for (number, line) in numbered_lines(dump) {
        reader.line(number, line);
        if reader.room.is_full {
            break;
        }
    }
    let mut facts = reader.facts;
    facts.first_uid = facts.uids.first().map(|block| block.uid);
    facts.last_uid = facts.uids.last().map(|block| block.uid);
    facts.ordered = facts.uids.is_sorted_by(|one, next| one.uid < next.uid);
    facts.has_begun =
        dump.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with(FIRST_LINE));
    facts.ends_in_uids = reader.in_uids || facts.uids.is_empty();
    let mut gaps: Vec<ParseGap> = reader.room.gap().into_iter().collect();
    let mut open = reader.room.is_full || !dump.is_empty() && !dump.ends_with('\n') && reader.in_uids;
    if let Some((reason, detail)) = text::failure(dump) {
        gaps.push(ParseGap { reason, read: None, of: None, detail: detail.to_owned() });
        open = true;
    }
    facts.last_is_open = open;
    if reader.odd_rows > 0 {
        gaps.push(ParseGap {
            reason: Reason::Unreadable,
            read: Some(facts.rows),
            of: Some(facts.rows + reader.odd_rows),
            detail: line_of(reader.first_odd),
        });
    }
    facts.uids.sort_by_key(|block| block.uid);
    Parsed { facts, gaps }
}

#[derive(Default)]
struct Reader<'a> {
    facts: AppOps<'a>,
    room: Room,
    in_uids: bool,
    /// Whether the last op row was understood, so that the rows below it belong to it.
    in_op: bool,
    /// Whether the row above was `Access:` (Android 9 continues it on rows without a word).
    continues_access: bool,
    /// The latest access of the attribution tag that is being read: its time, its state, and whether it is the app's own.
    tag: Option<(Cow<'a, str>, ProcessState, bool)>,
    odd_rows: u64,
    first_odd: Option<u32>,
}

impl<'a> Reader<'a> {
    #[inline]
    fn line(&mut self, number: u32, line: &'a str) {
        let depth = text::indent(line);
        let content = line.get(depth..).unwrap_or_default();
        if depth == 2 {
            self.in_op = false;
            match content.strip_prefix("Uid ").and_then(|rest| rest.trim_end().strip_suffix(':')) {
                Some(uid) => match parse_uid(uid) {
                    Some(uid) => {
                        self.in_uids = true;
                        let block = UidOps { uid, line: number, modes: Vec::new(), packages: Vec::new() };
                        self.room.add(&mut self.facts.uids, block);
                    }
                    None => self.odd(number),
                },
                // Restrictions, policies and history follow the uids; watchers come before them.
                None => self.in_uids = false,
            }
            return;
        }
        if !self.in_uids || content.is_empty() {
            return;
        }
        match depth {
            // The end of the service's dump. The marker of a timeout stands there too, and leaves the block open.
            0 if content.starts_with("--------- ") => self.in_uids = false,
            0 => {}
            4 => {
                self.in_op = false;
                let Some(block) = self.facts.uids.last_mut() else { return };
                if let Some(name) = content.strip_prefix("Package ").and_then(|rest| rest.trim_end().strip_suffix(':'))
                {
                    self.room.add(&mut block.packages, PackageOps { name, ops: Vec::new() });
                }
            }
            6 => self.row(number, content),
            8 => self.tag = None, // An attribution tag, opened or closed: `null=[`, `]`.
            _ if self.in_op => self.detail(number, content),
            _ => {}
        }
    }

    fn odd(&mut self, number: u32) {
        self.odd_rows += 1;
        self.first_odd.get_or_insert(number);
    }

    /// A row at the depth of uid modes and of ops.
    fn row(&mut self, number: u32, content: &'a str) {
        self.in_op = false;
        self.continues_access = false;
        self.tag = None;
        let Some(block) = self.facts.uids.last_mut() else { return };
        let content = content.trim_end();
        // 8.x: `NAME: mode=0; time=+6s ago; …`, as uid mode and as op. Later: `NAME: mode=word`, as uid mode only.
        if let Some((name, rest)) = text::split_once(content, ": mode=") {
            let (mode, details) = rest.split_once(';').unwrap_or((rest, ""));
            let (mode, running) = mode.strip_suffix(" (running)").map_or((mode, false), |mode| (mode, true));
            let Some(mode) = Mode::parse(mode.trim()) else { return self.odd(number) };
            let op = name.strip_prefix("OP_").unwrap_or(name);
            self.facts.rows += 1;
            match block.packages.last_mut() {
                None => self.room.add(&mut block.modes, UidMode { op, mode, line: number }),
                Some(package) => self.room.add(&mut package.ops, old_row(op, mode, details, running, number)),
            }
            return;
        }
        // 9 and later: `NAME (mode): `, `NAME (mode / switch OTHER=mode): `; the name may hold parentheses.
        if let Some(head) = content.strip_suffix("):")
            && let Some((name, modes)) = name_and_modes(head)
        {
            let own = text::split_once(modes, " / ").map_or(modes, |(own, _)| own);
            let (Some(mode), Some(package)) = (Mode::parse(own), block.packages.last_mut()) else {
                return self.odd(number);
            };
            let op = name.strip_prefix("OP_").unwrap_or(name);
            let row =
                OpRow { op, mode, last_access: None, running: None, last_age: None, rejected: false, line: number };
            self.room.add(&mut package.ops, row);
            self.facts.rows += 1;
            self.in_op = true;
            return;
        }
        // The children of `foregroundOps:` are `NAME: WATCHER` or `NAME: SILENT`, at the same depth.
        let harmless = content.ends_with(':')
            || content
                .split_once(": ")
                .is_some_and(|(_, word)| word.starts_with("WATCHER") || word.starts_with("SILENT"));
        if !harmless {
            self.odd(number);
        }
    }

    /// A row below an op of Android 9 and later.
    fn detail(&mut self, number: u32, content: &'a str) {
        let Some(op) = self
            .facts
            .uids
            .last_mut()
            .and_then(|uid| uid.packages.last_mut())
            .and_then(|package| package.ops.last_mut())
        else {
            return;
        };
        if let Some(rest) = content.strip_prefix("Access: ").or_else(|| content.strip_prefix("Access:")) {
            self.continues_access = true;
            note_access(op, rest, number, &mut self.tag);
        } else if content.starts_with("Reject:") {
            self.continues_access = false;
            op.rejected = true;
        } else if content.starts_with("Running start at:") {
            // What an app does for another one is the other one's use, and goes on in its row.
            let own = self.tag.as_ref().is_none_or(|(_, _, own)| *own);
            let state = self.tag.as_ref().map_or(ProcessState::Unknown, |(_, state, _)| *state);
            if own && op.running.is_none_or(|before| before.state == ProcessState::Unknown) {
                op.running = Some(Running { state, line: number });
            }
        } else if self.continues_access
            && content.split_once(" = ").is_some_and(|(word, _)| state_of(word.trim()).is_some())
        {
            note_access(op, content, number, &mut self.tag);
        }
    }
}

/// What stands before and behind the last ` (`.
fn name_and_modes(head: &str) -> Option<(&str, &str)> {
    let split = |at| Some((head.get(..at)?.strip_suffix(' ')?, head.get(at + 1..)?));
    memchr::memrchr_iter(b'(', head.as_bytes()).find_map(split)
}

/// The part of a row behind `Access:`: `[top-s] 2026-05-04 16:55:25.211 (-1h34m36s526ms) duration=+33ms` (10 and later)
/// or `top   = 2023-08-23 07:55:36.220 (-2h6m59s412ms)` (9).
fn note_access<'a>(op: &mut OpRow<'a>, row: &'a str, line: u32, tag: &mut Option<(Cow<'a, str>, ProcessState, bool)>) {
    let (state, own, rest) = if let Some(keyed) = row.trim_start().strip_prefix('[') {
        let Some((key, rest)) = text::split_once(keyed, "]") else { return };
        let (state, flag) = text::split_once(key, "-").unwrap_or((key, "s"));
        // `tp` and `up` mean that the app passed data on for another one, which is the user of it.
        (state_of(state).unwrap_or(ProcessState::Unknown), !matches!(flag, "tp" | "up"), rest)
    } else {
        let Some((state, rest)) = row.split_once('=') else { return };
        (state_of(state.trim()).unwrap_or(ProcessState::Unknown), true, rest)
    };
    let rest = rest.trim_start();
    let (stamp, relative) = match text::split_once(rest, "(") {
        Some((stamp, tail)) => (stamp.trim_end(), text::split_once(tail, ")").map_or(tail, |(relative, _)| relative)),
        None => (rest.trim_end(), ""),
    };
    if stamp.is_empty() {
        return;
    }
    let stamp = fold_digits(stamp);
    if tag.as_ref().is_none_or(|(latest, ..)| stamp >= *latest) {
        *tag = Some((stamp.clone(), state, own));
    }
    if !own {
        return;
    }
    // `SimpleDateFormat` pads every field, so that text order is time order. Clocks that were never set print 1970.
    let doubtful = fold_digits(relative).starts_with('+') || stamp.get(..4).is_none_or(|year| year < "2008");
    let access = Access { moment: Moment::Stamp(stamp), state, doubtful, line };
    let replace = match &op.last_access {
        None => true,
        Some(before) => match (&before.moment, &access.moment) {
            (Moment::Stamp(old), Moment::Stamp(new)) => {
                if before.doubtful == doubtful {
                    new > old
                } else {
                    before.doubtful
                }
            }
            _ => false,
        },
    };
    if replace {
        op.last_access = Some(access);
        op.last_age = Some(relative).filter(|age| !age.is_empty());
    }
}

/// An op of Android 8: `; time=+6s865ms ago; rejectTime=+1h ago; duration=+4s28ms`.
fn old_row<'a>(op: &'a str, mode: Mode, details: &'a str, running: bool, line: u32) -> OpRow<'a> {
    let mut row = OpRow { op, mode, last_access: None, running: None, last_age: None, rejected: false, line };
    for detail in details.split(';') {
        let detail = detail.trim();
        if let Some(ago) = detail.strip_prefix("time=") {
            let moment = Moment::Ago(ago.split_once(" ago").map_or(ago, |(duration, _)| duration));
            // A negative duration is a time in the future; more than thirty years is a clock that was never set.
            let doubtful = ago.starts_with('-') || ago.split_once('d').is_some_and(|(days, _)| days.len() > 5);
            row.last_access = Some(Access { moment, state: ProcessState::Unknown, doubtful, line });
        } else if detail.starts_with("rejectTime=") {
            row.rejected = true;
        }
    }
    if running || details.contains("(running)") {
        row.running = Some(Running { state: ProcessState::Unknown, line });
    }
    row
}

/// The process states that `AppOpsManager.keyToString` and the Android 9 dump print.
fn state_of(word: &str) -> Option<ProcessState> {
    Some(match word {
        "top" | "fg" | "fgsvc" | "fgsvcl" => ProcessState::Foreground,
        "bg" | "cch" => ProcessState::Background,
        "pers" => ProcessState::Unknown,
        _ => return None,
    })
}

/// `UserHandle.formatUid`: a plain number below 10000, `u<user>a<n>` for apps, `u<user>s<n>` for system ids of another
/// user, `u<user>i<n>` and `u<user>ai<n>` for isolated processes.
fn parse_uid(text: &str) -> Option<u32> {
    const PER_USER: u32 = 100_000;
    const FIRST_APPLICATION: u32 = 10_000;
    const FIRST_ISOLATED: u32 = 99_000;
    const FIRST_APP_ZYGOTE_ISOLATED: u32 = 90_000;
    let Some(rest) = text.strip_prefix('u') else { return text.parse().ok() };
    let (user, rest) = rest.split_at_checked(rest.find(|character: char| !character.is_ascii_digit())?)?;
    let user: u32 = user.parse().ok()?;
    let (kind, number) = rest.split_at_checked(rest.find(|character: char| character.is_ascii_digit())?)?;
    let number: u32 = number.parse().ok()?;
    let base = match kind {
        "a" => FIRST_APPLICATION,
        "s" => 0,
        "i" => FIRST_ISOLATED,
        "ai" => FIRST_APP_ZYGOTE_ISOLATED,
        _ => return None,
    };
    user.checked_mul(PER_USER)?.checked_add(base)?.checked_add(number)
}

#[cfg(test)]
mod tests;
