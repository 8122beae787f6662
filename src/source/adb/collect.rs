//! Asking one phone every question of the list, in five shell calls whatever the number of apps and users.
//!
//! The commands of one call go in one string, each followed by an `echo` of a marker that nobody can guess, with the
//! number of the question and its exit status; so answers are told apart over either version of the shell, whatever
//! the phone prints. The long calls run side by side from the start where the road allows it. What was read is kept
//! however a call ends, and the rest is said to be missing.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;
use std::time::{Duration, Instant};

use memchr::memmem;

use super::phone::{Ended, Phone, ShellOutput};
use super::questions::{QUESTIONS, Question, UserId};
use crate::evidence::{Call, Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::parse::text::{decode, failure};
use crate::source::redact::Redactor;
use crate::text::clean::sanitize;

/// For how many users the users' questions are put. Android allows four on a usual phone; vendors add clones.
const USER_LIMIT: usize = 32;
/// The longest answer that a refusal alone fills; longer answers hold facts, whatever one of their lines says.
const REFUSAL_LIMIT: usize = 16 << 10;
/// Time kept back from the phone's own waiting, so that its notice of a time-out still reaches us.
const MARGIN: Duration = Duration::from_secs(2);

/// One question put, for one user where it concerns users.
#[derive(Clone, Copy, Debug)]
struct Asked {
    question: &'static Question,
    user: Option<UserId>,
}

/// What came back to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    /// All of it, with the exit status.
    Whole(Vec<u8>, Option<u8>),
    /// Its beginning.
    Cut(Vec<u8>, Reason, String),
    /// Nothing.
    None(Reason, String),
}

/// The answers to one call, in the order of its questions.
type Answers = Vec<(Asked, String, Answer)>;

/// Asks a phone every question of the list and keeps what it answers, in `timeout` at the most.
///
/// `target` names the phone for a person, without serial number; `serial` is the number by which it was reached, in
/// whose place the phone's own is taken where it tells it. Never fails: what was not answered is in
/// [`Evidence::missing`], with the reason.
pub fn collect(phone: &dyn Phone, kind: SourceKind, target: &str, serial: Option<&str>, timeout: Duration) -> Evidence {
    let visit = Visit { phone, deadline: Instant::now() + timeout, timeout };
    // The computer's clock, beside which the phone's own is looked at.
    let now = jiff::Timestamp::now().as_second();
    let calls = if phone.concurrent() { visit.side_by_side() } else { visit.one_by_one() };

    let mut evidence = Evidence::empty(kind, target);
    evidence.taken_at = Some(now);
    let level = calls.iter().flatten().find_map(|(asked, _, answer)| match answer {
        Answer::Whole(bytes, _) if asked.question.kind == Kind::Properties => {
            api_level(&String::from_utf8_lossy(bytes))
        }
        _ => None,
    });
    for (asked, command, answer) in calls.into_iter().flatten() {
        keep(&mut evidence, level, asked, command, answer);
    }
    join_packages(&mut evidence);
    // Another phone may have a network address tomorrow: it is nobody's identity.
    let serial = serial.filter(|serial| !is_network_name(serial));
    evidence.serial = evidence.serial.take().or_else(|| serial.map(str::to_owned));
    evidence
}

/// Whether what an ADB server calls a phone names a place and no phone: `HOST:PORT`, a service of wireless debugging
/// (`adb-…._adb-tls-connect._tcp`), the console port of an emulator.
fn is_network_name(serial: &str) -> bool {
    let has_port = serial.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    let console = serial.strip_prefix("emulator-").is_some_and(|port| port.parse::<u16>().is_ok());
    has_port || console || serial.contains("._adb-tls-connect._tcp") || serial.contains("._adb._tcp")
}

/// One visit to a phone.
struct Visit<'a> {
    phone: &'a dyn Phone,
    deadline: Instant,
    timeout: Duration,
}

impl Visit<'_> {
    /// Every call at once; only the users' questions wait, for the list of users.
    fn side_by_side(&self) -> Vec<Answers> {
        std::thread::scope(|scope| {
            let spawned = [Call::Packages, Call::AppOps, Call::Services].map(|call| {
                let handle = scope.spawn(move || self.call(call, &[], self.deadline));
                (call, handle)
            });
            let identity = self.call(Call::Identity, &[], self.deadline);
            let users = self.users(&identity, self.deadline);
            let mut calls = vec![identity, users];
            for (call, handle) in spawned {
                // A call does not panic; if it ever did, its questions are unanswered like any other.
                calls.push(handle.join().unwrap_or_else(|_| unanswered(&plan(call, &[]), "internal error")));
            }
            calls
        })
    }

    /// One call after the other, where the road carries one at a time. A call that hangs takes at most half of the time
    /// that is left, so that the others still have theirs.
    fn one_by_one(&self) -> Vec<Answers> {
        let half = || {
            let now = Instant::now();
            now + self.deadline.saturating_duration_since(now) / 2
        };
        let identity = self.call(Call::Identity, &[], half());
        let users = self.users(&identity, half());
        let packages = self.call(Call::Packages, &[], half());
        let app_ops = self.call(Call::AppOps, &[], half());
        let services = self.call(Call::Services, &[], self.deadline);
        vec![identity, users, packages, app_ops, services]
    }

    /// The users' questions, for the users that the first call told of; else for the one that every phone has.
    fn users(&self, identity: &Answers, deadline: Instant) -> Answers {
        let told = |kind: Kind| {
            identity.iter().find_map(|(asked, _, answer)| match answer {
                Answer::Whole(bytes, _) | Answer::Cut(bytes, ..) if asked.question.kind == kind => {
                    Some(String::from_utf8_lossy(bytes).into_owned())
                }
                _ => None,
            })
        };
        let mut users = user_numbers(&told(Kind::UserList).unwrap_or_default());
        if users.is_empty() {
            let current = told(Kind::CurrentUser).and_then(|text| UserId::parse(text.trim()));
            users.push(current.unwrap_or(UserId::OWNER));
        }
        let beyond = users.split_off(users.len().min(USER_LIMIT));
        let mut answers = self.call(Call::Users, &users, deadline);
        answers.extend(unanswered(&plan(Call::Users, &beyond), "more users than are asked about"));
        answers
    }

    fn call(&self, call: Call, users: &[UserId], deadline: Instant) -> Answers {
        let asked = plan(call, users);
        if asked.is_empty() {
            return Vec::new();
        }
        let wait = self.wait(call, deadline);
        let commands: Vec<String> = asked.iter().map(|asked| asked.question.command_for(wait, asked.user)).collect();
        let marker = marker();
        let output = self.phone.shell(&script(&commands, &marker), call.limit(), deadline);
        let answers = split(output, call.limit(), &marker, commands.len());
        asked
            .into_iter()
            .zip(commands)
            .zip(answers)
            .map(|((asked, command), answer)| (asked, command, answer))
            .collect()
    }

    /// The seconds that `dumpsys` may wait for one service: less than we wait, so that the phone's own notice of a
    /// time-out is read. Small services share their call, so that one that hangs may not take the time of the others.
    fn wait(&self, call: Call, deadline: Instant) -> u64 {
        let left = deadline.saturating_duration_since(Instant::now()).min(self.timeout);
        match call {
            Call::Packages | Call::AppOps => left.saturating_sub(MARGIN).as_secs().clamp(1, 60),
            _ => (left.as_secs() / 4).clamp(1, 10),
        }
    }
}

/// The questions of one call, for these users.
fn plan(call: Call, users: &[UserId]) -> Vec<Asked> {
    let questions = QUESTIONS.iter().filter(move |question| question.call == call);
    if call == Call::Users {
        let questions: Vec<_> = questions.collect();
        return users
            .iter()
            .flat_map(|user| questions.iter().map(|question| Asked { question, user: Some(*user) }))
            .collect();
    }
    questions.map(|question| Asked { question, user: None }).collect()
}

fn unanswered(asked: &[Asked], why: &str) -> Answers {
    asked.iter().map(|asked| (*asked, String::new(), Answer::None(Reason::Truncated, why.to_owned()))).collect()
}

/// A marker of 128 bits that a phone cannot know before it is asked: [`RandomState`] is seeded by the system.
fn marker() -> String {
    let number = || {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u32(std::process::id());
        hasher.finish()
    };
    format!("@@{:016x}{:016x}", number(), number())
}

/// The commands as one string for the phone's shell: after each, the marker with its number and exit status. Standard
/// error goes where standard output goes, so that a refusal stands in the answer that it belongs to.
fn script(commands: &[String], marker: &str) -> String {
    let mut script = format!("echo {marker}");
    for (index, command) in commands.iter().enumerate() {
        let errors = if command.contains("2>&1") { "" } else { " 2>&1" };
        script.push_str(&format!("; {command}{errors}; echo {marker} {index} $?"));
    }
    script
}

/// Takes the answers of one call apart. An answer may fill most of what a phone may cost, so the longest of them is kept where it
/// stands and not copied.
fn split(output: ShellOutput, limit: usize, marker: &str, count: usize) -> Vec<Answer> {
    let (reason, detail) = match &output.ended {
        Ended::TimedOut => (Reason::TimedOut, "no answer in the time given".to_owned()),
        Ended::Dropped(said) => (Reason::Truncated, said.clone()),
        Ended::TooLong => (Reason::Truncated, format!("the answer is longer than {} MiB", limit >> 20)),
        Ended::Failed(said) => (Reason::Unreadable, said.clone()),
        // Over the first version of the shell a connection that broke looks like an answer that ended.
        Ended::Completed => (Reason::Truncated, "the connection ended before the answer did".to_owned()),
    };
    let detail = sanitize(detail.trim(), 300);
    let first = format!("{marker}\n");
    let begun = find(&output.stdout, &first).or_else(|| find(&output.stdout, &first.replace('\n', "\r\n")));
    let Some((_, mut rest)) = begun else {
        let (reason, detail) = match output.ended {
            Ended::Completed => {
                let said = if output.stdout.is_empty() { &output.stderr } else { &output.stdout };
                let said = sanitize(String::from_utf8_lossy(said.get(..200).unwrap_or(said)).trim(), 120);
                (Reason::Unreadable, format!("the phone's shell did not answer as a shell does: {said}"))
            }
            _ => (reason, detail),
        };
        return vec![Answer::None(reason, detail); count];
    };
    // Where an answer stands is told by what follows it.
    let place = |answer: &[u8], after: &[u8], end: usize| {
        let begin = end.saturating_sub(after.len()).saturating_sub(answer.len());
        begin..begin + answer.len()
    };
    let end = output.stdout.len();
    let mut places = Vec::with_capacity(count);
    let mut statuses = Vec::with_capacity(count);
    for index in 0..count {
        let mark = format!("{marker} {index} ");
        let Some((answer, after)) = find(rest, &mark) else { break };
        let line = memchr::memchr(b'\n', after).unwrap_or(after.len());
        let status =
            std::str::from_utf8(after.get(..line).unwrap_or(&[])).ok().and_then(|text| text.trim().parse().ok());
        places.push(place(answer, after, end.saturating_sub(mark.len())));
        statuses.push(status);
        rest = after.get(line + 1..).unwrap_or(&[]);
    }
    let mut cut = false;
    if places.len() < count {
        // The marker itself may be cut.
        let whole = (0..marker.len()).rev().find_map(|length| rest.strip_suffix(marker.get(..length)?.as_bytes()));
        let begun = whole.unwrap_or(rest);
        cut = !begun.trim_ascii().is_empty();
        if cut {
            places.push(place(begun, rest.get(begun.len()..).unwrap_or(&[]), end));
        }
    }
    let mut texts = take_apart(output.stdout, &places).into_iter();
    let mut answers: Vec<Answer> =
        statuses.into_iter().zip(texts.by_ref()).map(|(status, text)| Answer::Whole(text, status)).collect();
    if cut {
        answers.extend(texts.next().map(|text| Answer::Cut(text, reason, detail.clone())));
    }
    answers.resize(count, Answer::None(reason, detail));
    answers
}

/// The bytes at these places, which follow one another. The longest of them stays in the memory that it came in.
fn take_apart(mut bytes: Vec<u8>, places: &[Range<usize>]) -> Vec<Vec<u8>> {
    let longest = places.iter().enumerate().max_by_key(|(_, place)| place.len()).map(|(index, _)| index);
    let copy = |(index, place): (usize, &Range<usize>)| match Some(index) == longest {
        true => Vec::new(),
        false => bytes.get(place.clone()).unwrap_or(&[]).to_vec(),
    };
    let mut texts: Vec<Vec<u8>> = places.iter().enumerate().map(copy).collect();
    if let Some(index) = longest
        && let Some((place, text)) = places.get(index).zip(texts.get_mut(index))
    {
        bytes.truncate(place.end);
        bytes.drain(..place.start.min(bytes.len()));
        bytes.shrink_to_fit();
        *text = bytes;
    }
    texts
}

fn find<'a>(text: &'a [u8], needle: &str) -> Option<(&'a [u8], &'a [u8])> {
    let at = memmem::find(text, needle.as_bytes())?;
    Some((text.get(..at)?, text.get(at + needle.len()..)?))
}

/// Turns one answer into evidence, or into the reason why there is none.
fn keep(evidence: &mut Evidence, level: Option<u32>, asked: Asked, command: String, answer: Answer) {
    let kind = asked.question.kind;
    let user = asked.user.map(UserId::get);
    // What the version of the platform does not know is no refusal, whatever words the phone finds for it.
    let too_early = level.is_some_and(|level| level < u32::from(asked.question.since));
    let mut missing = |reason: Reason, detail: &str| {
        let reason = if too_early && reason != Reason::TimedOut { Reason::NotSupported } else { reason };
        // Two questions share this kind; which of them has no answer must be told.
        let part = if kind == Kind::Packages { format!("{command}: ") } else { String::new() };
        evidence.missing.push(Missing { kind, user, reason, detail: sanitize(&format!("{part}{detail}"), 300) });
    };
    let (bytes, cut, status) = match answer {
        Answer::None(reason, detail) => return missing(reason, &detail),
        Answer::Whole(bytes, status) => (bytes, None, status),
        Answer::Cut(bytes, reason, detail) => (bytes, Some((reason, detail)), None),
    };
    let (cut, cut_detail) = cut.unzip();
    let filled = asked.question.limit().is_some_and(|limit| bytes.len() >= limit);
    let text = decode(bytes);
    let said = failure(&text).map(|(reason, line)| (reason, line.to_owned()));
    let mut cut = cut.or(filled.then_some(Reason::Truncated));
    match said {
        Some((Reason::TimedOut, line)) if text.trim().len() <= line.len() => return missing(Reason::TimedOut, &line),
        Some((Reason::TimedOut, _)) => cut = Some(Reason::TimedOut),
        // A value that an app wrote may read like it: only `dumpsys` ends well where there is no such thing.
        Some((Reason::NotSupported, _)) if status == Some(0) && !command.starts_with("dumpsys") => {}
        Some((reason, line)) if text.len() <= REFUSAL_LIMIT && stands_first(&text, &line) => {
            return missing(if is_withheld(&command, &line) { Reason::Refused } else { reason }, &line);
        }
        _ => {}
    }
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    match status {
        Some(127) if text.len() < 1000 => return missing(Reason::NotSupported, first),
        Some(126) if text.len() < 1000 => return missing(Reason::Refused, first),
        Some(1..) if text.len() < 1000 && first.contains("ermission denied") => return missing(Reason::Refused, first),
        Some(1..) if too_early => return missing(Reason::NotSupported, first),
        // Nothing to filter out is what `grep` says with status 1.
        Some(status @ 1..) if first.is_empty() => {
            return missing(Reason::Absent, &format!("no answer, exit status {status}"));
        }
        // Ended by a signal: what it had printed is all there is.
        Some(129..) => cut = Some(cut.unwrap_or(Reason::Truncated)),
        _ => {}
    }
    if kind == Kind::Properties {
        evidence.serial = serial_number(&text);
    }
    let mut item = Item::new(kind, text, command);
    // What identifies the phone, its owner or the computers it trusts goes before anything else sees it.
    if matches!(kind, Kind::Properties | Kind::SettingsGlobal | Kind::SettingsSecure | Kind::SettingsSystem | Kind::Adb)
    {
        item.text = Redactor::default().text(&item).into_owned();
    }
    item.user = user;
    item.cut = cut;
    item.cut_detail = cut_detail.unwrap_or_default();
    evidence.items.push(item);
}

/// The commands that every Android has (AOSP `frameworks/native/cmds/dumpsys`, `frameworks/base/cmds`,
/// `system/core/toolbox`): a shell without them is one from which they are withheld.
const ALWAYS: [&str; 5] = ["dumpsys", "settings", "pm", "cmd", "getprop"];

/// Whether the shell says that it has no such command, of one that every phone has (mksh: `sh: dumpsys: inaccessible or
/// not found`). `cmd: Can't find service: role` is said by the command itself.
fn is_withheld(command: &str, line: &str) -> bool {
    let asked = command.split_whitespace().next().unwrap_or("");
    let Some(said) = line.strip_suffix(": inaccessible or not found").or_else(|| line.strip_suffix(": not found"))
    else {
        return false;
    };
    ALWAYS.contains(&asked) && said.rsplit([' ', '/']).next() == Some(asked)
}

/// Whether a line is among the first three that hold something, where a refusal stands.
fn stands_first(text: &str, line: &str) -> bool {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(3).any(|first| first == line)
}

/// Makes one item of the two parts of the package dump: permissions of apps that share a user id stand in the second.
fn join_packages(evidence: &mut Evidence) {
    let mut parts = evidence.items.iter().enumerate().filter(|(_, item)| item.kind == Kind::Packages);
    let (Some((first, _)), Some((second, _))) = (parts.next(), parts.next()) else { return };
    drop(parts);
    let shared = evidence.items.remove(second);
    let Some(packages) = evidence.items.get_mut(first) else { return };
    if !packages.text.ends_with('\n') {
        packages.text.push('\n');
    }
    // As in the dump of all parts, where an empty line stands before each list.
    packages.text.push('\n');
    packages.text.push_str(&shared.text);
    packages.origin = format!("{}; {}", packages.origin, shared.origin);
    if packages.cut.is_none() {
        packages.cut = shared.cut;
        packages.cut_detail = shared.cut_detail;
    }
}

/// `ro.build.version.sdk` of `getprop`.
fn api_level(properties: &str) -> Option<u32> {
    let line = properties.lines().find_map(|line| line.trim().strip_prefix("[ro.build.version.sdk]: ["))?;
    line.strip_suffix(']')?.parse().ok()
}

/// The numbers of the users in `UserInfo{id:name:flags}` lines, each once, in their order.
fn user_numbers(list: &str) -> Vec<UserId> {
    let mut users = Vec::new();
    for line in list.lines() {
        let number = line.trim_start().strip_prefix("UserInfo{").and_then(|rest| rest.split(':').next());
        if let Some(user) = number.and_then(UserId::parse)
            && !users.contains(&user)
        {
            users.push(user);
        }
    }
    users
}

/// The serial number that the phone itself tells. It stays the same by every road, where the number by which an ADB
/// server knows a phone is a network address over Wi-Fi.
fn serial_number(properties: &str) -> Option<String> {
    let value = |name: &str| {
        let line = properties.lines().find_map(|line| line.strip_prefix('[')?.strip_prefix(name)?.strip_prefix("]: ["));
        line.and_then(|rest| rest.strip_suffix(']')).filter(|value| !value.is_empty() && *value != "unknown")
    };
    value("ro.serialno").or_else(|| value("ro.boot.serialno")).map(str::to_owned)
}

#[cfg(test)]
mod tests;
