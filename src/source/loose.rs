//! Text files that a person saved with `adb shell … > file`, under any name: what each one is, its content tells.

use std::collections::BTreeSet;
use std::io::Read;

use memchr::memmem;

use super::SourceError;
use super::container::{Container, read_head, told};
use super::form::Form;
use super::path::OpenOptions;
use super::sections::{self, Ending, Shape, Splitter};
use super::split::{self, Begin};
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::parse::android::packages::JOINT;
use crate::parse::text;
use crate::text::clean::sanitize;

const SETTINGS_KEYS: &str = include_str!("loose_settings.tsv");
/// Deep enough for `phone/settings/global.txt`.
const DEEPEST: usize = 3;
/// A folder with more files than this is somebody's home folder, not evidence.
const MOST_FILES: usize = 500;
/// How much of a file shows whether it is text at all.
const HEAD: usize = 4096;
/// Lines looked at to tell a list from prose.
const SAMPLE_LINES: usize = 200;

/// A file that was seen and not used, or not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Its name, relative to the target.
    pub file: String,
    /// Why.
    pub why: Why,
}

/// Why a file was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its content is none of the outputs that poucet reads.
    Unrecognised,
    /// The output of `cmd appops get`, which names no app and no user; `dumpsys appops` holds the same and more.
    AppOpsGet,
    /// There were more bytes or files than evidence has.
    TooMuch,
    /// The operating system or the zip failed.
    Unreadable,
    /// It is encrypted or packed in a form that is not opened here.
    Packed,
    /// Its bytes are not those of which a digest was taken with it.
    Contradicts,
    /// A digest was taken of it, and it is not there.
    Gone,
    /// Digests were taken of the others and none of it.
    Unlisted,
    /// It is a link, which may lead anywhere on this computer.
    Link,
    /// Another output seems to begin at this line of a file, and nothing proves that no app wrote it.
    Doubtful,
}

impl Why {
    /// Whether it is not left aside, and told because it does not agree with what lies beside it.
    pub fn is_doubt(self) -> bool {
        matches!(self, Why::Contradicts | Why::Gone | Why::Unlisted)
    }

    /// The kebab-case word that names the reason in the text files.
    pub fn word(self) -> &'static str {
        match self {
            Why::Unrecognised => "unrecognised",
            Why::AppOpsGet => "app-ops-get",
            Why::TooMuch => "too-much",
            Why::Unreadable => "unreadable",
            Why::Packed => "packed",
            Why::Contradicts => "contradicts",
            Why::Gone => "gone",
            Why::Unlisted => "unlisted",
            Why::Link => "link",
            Why::Doubtful => "doubtful",
        }
    }
}

/// What one text is.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Sections,
    Output(Kind, Option<u32>),
    AppOpsGet,
    Nothing,
}

/// Reads every recognisable text of a container. `None` when there is none.
pub(crate) fn read(container: &mut Container, options: &OpenOptions) -> Option<(Evidence, Vec<Ignored>)> {
    let mut loose = Loose::new(options);
    for closed in &container.closed {
        loose.close(&closed.name, closed.reason, &closed.said);
    }
    for (count, name) in container.names.clone().into_iter().enumerate() {
        if name.split('/').count() > DEEPEST {
            loose.leave(&name, Why::Unrecognised);
        } else if count >= MOST_FILES {
            loose.leave(&name, Why::TooMuch);
        } else {
            loose.file(container, &name);
        }
    }
    loose.finish()
}

/// Reads some texts of a container, without a word on what else should be there. `None` where nothing is known.
pub(crate) fn read_these(container: &mut Container, names: &[String], options: &OpenOptions) -> Option<Evidence> {
    let mut loose = Loose::new(options);
    for name in names.iter().take(MOST_FILES) {
        loose.file(container, name);
    }
    join_packages(&mut loose.evidence);
    let is_any = !loose.evidence.items.is_empty() || !loose.evidence.missing.is_empty();
    is_any.then_some(loose.evidence)
}

/// Texts of one phone, gathered from files.
struct Loose {
    evidence: Evidence,
    ignored: Vec<Ignored>,
    /// How many bytes may still be kept.
    left: usize,
    cut_short: bool,
    /// Why a file that is there could not be read, and what the system said: what is lacking may be in it.
    closed: Option<(Reason, String)>,
    /// What was said of each such file.
    unread: BTreeSet<String>,
}

impl Loose {
    fn new(options: &OpenOptions) -> Loose {
        Loose {
            evidence: Evidence::empty(SourceKind::Files, ""),
            ignored: Vec::new(),
            left: options.kept_limit,
            cut_short: false,
            closed: None,
            unread: BTreeSet::new(),
        }
    }

    fn leave(&mut self, name: &str, why: Why) {
        self.ignored.push(Ignored { file: name.to_owned(), why });
    }

    fn close(&mut self, name: &str, reason: Reason, said: &str) {
        self.leave(name, Why::Unreadable);
        let detail = format!("{}: {said}", sanitize(name, 200));
        // The name may tell what it is.
        if let Some(kind) = kind_in_name(name) {
            let user = if is_per_user(kind) { user_in_name(name) } else { None };
            self.evidence.missing.push(Missing { kind, user, reason, detail: detail.clone() });
        }
        self.unread.insert(detail.clone());
        self.closed.get_or_insert((reason, detail));
    }

    /// Reads one file of a container.
    fn file(&mut self, container: &mut Container, name: &str) {
        let head = match container.open(name) {
            Ok(reader) => read_head(reader, HEAD),
            Err(error) => {
                let (reason, said) = told(&error);
                return self.close(name, reason, &said);
            }
        };
        if Form::of_bytes(&head).is_some() || head.starts_with(b"PK\x03\x04") {
            return self.leave(name, Why::Packed);
        }
        if !looks_like_text(&container.head(name, HEAD)) {
            return self.leave(name, Why::Unrecognised);
        }
        match container.read(name, self.left) {
            Ok((bytes, lost)) => self.text(name, text::decode(bytes), lost.is_some()),
            Err(error) => {
                let (reason, said) = told(&error);
                self.close(name, reason, &said);
            }
        }
    }

    /// Takes one text, which may hold several outputs.
    fn text(&mut self, name: &str, content: String, lost: bool) {
        match self.take(name, content, lost) {
            Ok(()) => {}
            Err(_) if lost => self.leave(name, Why::TooMuch),
            Err(why) => self.leave(name, why),
        }
    }

    fn take(&mut self, name: &str, content: String, lost: bool) -> Result<(), Why> {
        let split::Parts { parts, doubts } = split::parts(&content);
        for doubt in doubts {
            let detail = format!("lines {}-{}", doubt.first_line, doubt.last_line);
            let (kind, reason) = (doubt.kind, Reason::Unreadable);
            self.evidence.missing.push(Missing { kind, user: None, reason, detail });
            self.leave(&format!("{name}:{}", doubt.first_line), Why::Doubtful);
        }
        match parts.as_slice() {
            [] => self.one(name, name, None, content, 1, lost),
            // Nothing is copied where one output is all there is.
            [only] if only.text.len() == content.len() => {
                let begin = only.begin.clone();
                self.one(name, name, Some(&begin), content, 1, lost)
            }
            several => {
                let last = several.len() - 1;
                let mut outcome = Err(Why::Unrecognised);
                for (index, part) in several.iter().enumerate() {
                    let hint = part.command.as_deref().unwrap_or(name);
                    let lost = lost && index == last;
                    let read = self.evidence.items.len();
                    match self.one(name, hint, Some(&part.begin), part.text.to_owned(), part.first_line, lost) {
                        Ok(()) => {
                            // What follows, an output or a prompt, shows that this one had come to its end.
                            let end = (part.text.as_ptr() as usize + part.text.len())
                                .saturating_sub(content.as_ptr() as usize);
                            let ended = index < last || end < content.trim_end().len();
                            let items = self.evidence.items.iter_mut().skip(read);
                            items.for_each(|item| item.proved |= ended && item.cut.is_none());
                            outcome = Ok(());
                        }
                        Err(Why::Unrecognised) => {}
                        Err(why) => outcome = outcome.or(Err(why)),
                    }
                }
                outcome
            }
        }
    }

    /// Adds one output to the evidence. `hint` is the name of the file or the command, where the content does not tell.
    fn one(
        &mut self,
        name: &str,
        hint: &str,
        begin: Option<&Begin>,
        content: String,
        first_line: u64,
        lost: bool,
    ) -> Result<(), Why> {
        let evidence = &mut self.evidence;
        let found = match begin {
            Some(Begin::Output(kind)) if *kind != Kind::PackageList => Found::Output(*kind, None),
            Some(Begin::Sections) => Found::Sections,
            _ => classify(&content),
        };
        let found = match found {
            Found::Nothing => match refusal(hint, &content) {
                Some(missing) => {
                    self.left = self.left.saturating_sub(content.len());
                    evidence.missing.push(missing);
                    return Ok(());
                }
                None => bare_answer(hint, &content),
            },
            Found::Output(kind, None) if is_per_user(kind) => Found::Output(kind, user_in_name(hint)),
            found => found,
        };
        self.left = self.left.saturating_sub(content.len());
        match found {
            Found::Sections => {
                let mut splitter = Splitter::new(Shape::Dumpsys, usize::MAX, None);
                splitter.feed(content.as_bytes());
                let ending = if lost { Ending::Damaged(String::new()) } else { Ending::Clean };
                let found = splitter.finish(name, &ending);
                if found.items.is_empty() && found.missing.is_empty() {
                    return Err(Why::Unrecognised);
                }
                evidence.items.extend(found.items.into_iter().map(|mut item| {
                    item.first_line += first_line - 1;
                    item
                }));
                evidence.missing.extend(found.missing);
                self.cut_short |= found.cut_short;
            }
            Found::Output(kind, user) => {
                evidence.missing.extend(other_tables(kind, name, &content));
                let mut item = Item::new(kind, content, name).unproved();
                item.user = user;
                item.first_line = first_line;
                item.cut = lost.then_some(Reason::Truncated);
                match sections::answer(item) {
                    Ok(item) => evidence.items.push(item),
                    Err(missing) => evidence.missing.push(missing),
                }
                self.cut_short |= lost;
            }
            Found::AppOpsGet => return Err(Why::AppOpsGet),
            Found::Nothing => return Err(Why::Unrecognised),
        }
        Ok(())
    }

    /// All that was gathered, with what is missing; `None` when nothing was found at all.
    fn finish(mut self) -> Option<(Evidence, Vec<Ignored>)> {
        let is_any = finish(&mut self.evidence, &self.ignored, self.cut_short, self.closed.as_ref(), &self.unread);
        is_any.then_some((self.evidence, self.ignored))
    }
}

/// What a text begins as, where it is an output that poucet reads: inside, its kind, or nothing for several in one.
pub(crate) fn output(head: &[u8]) -> Option<Option<Kind>> {
    // Pictures and databases are not decoded for nothing.
    if !looks_like_text(head.get(..HEAD).unwrap_or(head)) {
        return None;
    }
    match classify(&text::decode(head.to_vec())) {
        Found::Output(kind, _) => Some(Some(kind)),
        Found::Sections => Some(None),
        Found::AppOpsGet => Some(Some(Kind::AppOps)),
        Found::Nothing => None,
    }
}

/// Reads one text file that is itself the target.
pub(crate) fn read_one(
    mut reader: impl Read,
    name: &str,
    options: &OpenOptions,
) -> Result<Option<(Evidence, Vec<Ignored>)>, SourceError> {
    let mut bytes = Vec::new();
    reader
        .by_ref()
        .take(options.kept_limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| SourceError::io(name.as_ref(), error))?;
    let lost = bytes.len() > options.kept_limit;
    bytes.truncate(options.kept_limit);
    let mut loose = Loose::new(options);
    loose.text(name, text::decode(bytes), lost);
    Ok(loose.finish())
}

/// Tables of settings whose keys stand among those of another: two lists were joined, and only one can be told apart.
fn other_tables(kind: Kind, name: &str, content: &str) -> Vec<Missing> {
    if !matches!(kind, Kind::SettingsGlobal | Kind::SettingsSecure | Kind::SettingsSystem) {
        return Vec::new();
    }
    let others = table_counts(content).into_iter().filter(|(count, other)| *other != kind && *count >= 2);
    others
        .map(|(_, kind)| Missing { kind, user: None, reason: Reason::Unreadable, detail: sanitize(name, 200) })
        .collect()
}

/// Whether the command that prints a kind is asked once for each user.
fn is_per_user(kind: Kind) -> bool {
    matches!(kind, Kind::SettingsSecure | Kind::SettingsSystem | Kind::PackageList)
}

/// The words of a file's name, in lower case: `2026-08-21_dumpsys_package (1).txt` has `2026`, `08`, `21`, `dumpsys`, `package`, `1`.
fn words(name: &str) -> Vec<String> {
    let file = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let words = file.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !matches!(*word, "txt" | "log" | "out" | "gz" | "copy" | "copie")).map(str::to_owned).collect()
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of a name without its numbers, each between low lines: dates and the numbers of copies are no part of what it says.
fn plain_name(name: &str) -> String {
    let words: Vec<String> = words(name).into_iter().filter(|word| !is_number(word)).collect();
    format!("_{}_", words.join("_"))
}

/// The Android user in a name such as `settings_secure_10.txt`: the content of these outputs does not tell. A date is none, and
/// neither is the number of a copy: users are 0 or at least 10 (AOSP `UserManagerService.MIN_USER_ID`).
fn user_in_name(name: &str) -> Option<u32> {
    let words = words(name);
    let numbers = |from: usize| words.iter().skip(from).take_while(|word| is_number(word)).count();
    let is_user = |user: &u32| *user == 0 || (10..1990).contains(user);
    words.iter().enumerate().find_map(|(at, word)| match word.as_str() {
        "secure" | "system" | "packages" | "user" | "u" if (1..=2).contains(&numbers(at + 1)) => {
            words.get(at + 1)?.parse().ok().filter(is_user)
        }
        word => word.strip_prefix("user").or(word.strip_prefix('u'))?.parse().ok().filter(is_user),
    })
}

/// An answer of one bare word, such as the seconds that `date +%s` prints: it looks like nothing in particular, so that
/// only with a name that begins with the command it is taken for the answer to that.
fn bare_answer(name: &str, content: &str) -> Found {
    let content = content.trim();
    let name = plain_name(name);
    let number = !content.is_empty() && is_number(content);
    let kind = if number && name.starts_with("_date_") {
        Kind::Clock
    } else if number && name.starts_with("_id_") {
        Kind::ShellIdentity
    } else if number && name.contains("_get_current_user_") {
        Kind::CurrentUser
    } else if matches!(content, "true" | "false") && name.contains("_is_location_enabled_") {
        Kind::LocationEnabled
    } else {
        return Found::Nothing;
    };
    Found::Output(kind, None)
}

/// The output that a file's name, or a command, says: `dumpsys_package`, `appops (1).txt`.
pub(crate) fn kind_in_name(name: &str) -> Option<Kind> {
    let name = plain_name(name);
    let service = |kind: &Kind| {
        kind.service()
            .is_some_and(|service| name.contains(&format!("_dumpsys_{service}_")) || name == format!("_{service}_"))
    };
    Kind::ALL.into_iter().find(service).or_else(|| {
        [
            ("_settings_global_", Kind::SettingsGlobal),
            ("_settings_secure_", Kind::SettingsSecure),
            ("_settings_system_", Kind::SettingsSystem),
            ("_settings_list_global_", Kind::SettingsGlobal),
            ("_settings_list_secure_", Kind::SettingsSecure),
            ("_settings_list_system_", Kind::SettingsSystem),
            ("_pm_list_packages_", Kind::PackageList),
            ("_pm_list_users_", Kind::UserList),
            ("_getprop_", Kind::Properties),
            ("_getenforce_", Kind::SelinuxMode),
        ]
        .into_iter()
        .find(|(words, _)| name.contains(words))
        .map(|(_, kind)| kind)
    })
}

/// A file that holds nothing but the phone's no (`Permission Denial…`, `Can't find service: role`): what was asked stands
/// in the name of the file only.
fn refusal(name: &str, content: &str) -> Option<Missing> {
    let (reason, said) = text::failure(content)?;
    let kind = kind_in_name(name)?;
    let user = if is_per_user(kind) { user_in_name(name) } else { None };
    Some(Missing { kind, user, reason, detail: said.to_owned() })
}

/// Dumps of several packages, or the two parts of one dump, become one text: evidence is cited by line, and two texts of
/// one name would have the same lines.
fn join_packages(evidence: &mut Evidence) {
    let mut joined: Option<Item> = None;
    let mut rest = Vec::with_capacity(evidence.items.len());
    for item in evidence.items.drain(..) {
        if item.kind != Kind::Packages {
            rest.push(item);
            continue;
        }
        match &mut joined {
            None => joined = Some(item),
            Some(first) => {
                if !first.text.ends_with('\n') {
                    first.text.push('\n');
                }
                first.text.push_str(JOINT);
                first.text.push('\n');
                first.text.push_str(&item.text);
                first.origin = format!("{}, {}", first.origin, item.origin);
                first.cut = first.cut.or(item.cut);
                first.proved &= item.proved;
            }
        }
    }
    rest.extend(joined);
    evidence.items = rest;
}

/// Adds what is missing; `false` when nothing was found at all.
fn finish(
    evidence: &mut Evidence,
    ignored: &[Ignored],
    cut_short: bool,
    closed: Option<&(Reason, String)>,
    unread: &BTreeSet<String>,
) -> bool {
    if evidence.items.is_empty() && evidence.missing.is_empty() {
        return false;
    }
    join_packages(evidence);
    // A refusal in one file does not matter when another file has the answer.
    let answered: BTreeSet<(Kind, Option<u32>)> = evidence.items.iter().map(|item| (item.kind, item.user)).collect();
    // The dump of packages may come in several files, and of two parts none answers for the other.
    let is_part = |gap: &Missing| gap.kind == Kind::Packages && unread.contains(&gap.detail);
    evidence.missing.retain(|gap| !answered.contains(&(gap.kind, gap.user)) || is_part(gap));
    let api_level = evidence.first(Kind::Properties).and_then(|item| sections::api_level(item.text.as_bytes()));
    if api_level.is_some_and(|level| level >= 30) {
        evidence.items.retain(|item| item.kind != Kind::WindowPolicy);
    }
    let known = |kind: Kind| answered.iter().any(|(other, _)| *other == kind);
    for kind in [Kind::Properties, Kind::SettingsGlobal, Kind::SettingsSecure, Kind::SettingsSystem] {
        if !known(kind) && (kind == Kind::Properties || !known(Kind::SettingsDump)) {
            evidence.missing.push(Missing { kind, user: None, reason: Reason::Absent, detail: String::new() });
        }
    }
    let lists = [Kind::SettingsGlobal, Kind::SettingsSecure, Kind::SettingsSystem].into_iter().all(known);
    let appops_get = ignored.iter().filter(|file| file.why == Why::AppOpsGet).count();
    let cut = cut_short.then_some("");
    for mut gap in sections::missing_services(&evidence.items, &evidence.missing, api_level, cut) {
        if gap.kind == Kind::SettingsDump && lists || gap.kind == Kind::DeviceIdle && known(Kind::BatteryExemptions) {
            continue;
        }
        if gap.kind == Kind::AppOps && appops_get > 0 {
            gap.detail = format!("cmd appops get: {appops_get}");
        }
        evidence.missing.push(gap);
    }
    // Something is there that could not be read: what is lacking may be in it.
    if let Some((reason, detail)) = closed {
        for gap in evidence.missing.iter_mut().filter(|gap| gap.reason == Reason::Absent && gap.detail.is_empty()) {
            gap.reason = *reason;
            gap.detail.clone_from(detail);
        }
    }
    true
}

/// No zero bytes, except in UTF-16 with its mark.
fn looks_like_text(head: &[u8]) -> bool {
    matches!(head, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) || !head.is_empty() && !head.contains(&0)
        // `dumpsys adb` holds binary, after its heading.
        || memmem::find(head, b"ADB MANAGER STATE").is_some()
}

fn classify(content: &str) -> Found {
    if sections::has_heading(content.as_bytes()) {
        return Found::Sections;
    }
    for (kind, begins) in Kind::beginnings() {
        if begins_a_line(content, begins) {
            return Found::Output(kind, None);
        }
    }
    let lines: Vec<&str> = content.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE_LINES).collect();
    let Some(first) = lines.first() else { return Found::Nothing };
    let many = |matches: fn(&str) -> bool| lines.iter().filter(|line| matches(line)).count() * 10 >= lines.len() * 8;
    if content.starts_with("[ro.") || is_property(first) && many(is_property) {
        return Found::Output(Kind::Properties, None);
    }
    if first.ends_with(" users:") && lines.get(1).is_some_and(|line| line.contains(": id=") && line.contains(", name="))
    {
        return Found::Output(Kind::UserListVerbose, None);
    }
    if many(is_exemption) {
        return Found::Output(Kind::BatteryExemptions, None);
    }
    if many(|line| line.starts_with("package:")) {
        return Found::Output(Kind::PackageList, user_of_packages(&lines));
    }
    if lines.len() == 1 && matches!(first.trim(), "Enforcing" | "Permissive" | "Disabled") {
        return Found::Output(Kind::SelinuxMode, None);
    }
    if let Some(kind) = settings_table(content) {
        return Found::Output(kind, None);
    }
    if lines.iter().any(|line| line.starts_with("Uid mode: ")) || many(is_appop) {
        return Found::AppOpsGet;
    }
    Found::Nothing
}

/// The rows of a data file: its lines without comments, cut at the tab.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

fn begins_a_line(content: &str, begins: &str) -> bool {
    memmem::find_iter(content.as_bytes(), begins.as_bytes())
        .any(|at| at == 0 || content.as_bytes().get(at - 1) == Some(&b'\n'))
}

/// `[key]: [value]`; an array of JSON is none.
pub(crate) fn is_property(line: &str) -> bool {
    let key = line.strip_prefix('[').and_then(|line| line.split_once("]: [")).map(|(key, _)| key);
    key.is_some_and(|key| !key.contains(['[', ']', '{', '"']))
}

/// `system-excidle,package,uid`
fn is_exemption(line: &str) -> bool {
    let mut columns = line.trim().split(',');
    matches!(columns.next(), Some("system-excidle" | "system" | "user"))
        && columns.next().is_some_and(|package| package.contains('.'))
        && columns.next().is_some_and(|uid| uid.parse::<u32>().is_ok())
        && columns.next().is_none()
}

/// `CAMERA: allow; time=+3h ago`
fn is_appop(line: &str) -> bool {
    let Some((op, mode)) = line.trim().split_once(": ") else { return false };
    !op.is_empty()
        && op.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_()".contains(&byte))
        && ["allow", "ignore", "deny", "default", "foreground"].iter().any(|word| mode.starts_with(word))
}

/// The one Android user that all `uid:` columns belong to (`uid = user * 100000 + app`).
fn user_of_packages(lines: &[&str]) -> Option<u32> {
    let mut users = BTreeSet::new();
    for line in lines {
        for uid in line.split_once(" uid:")?.1.split(',') {
            users.insert(uid.trim().parse::<u32>().ok()? / 100_000);
        }
    }
    users.first().copied().filter(|_| users.len() == 1)
}

/// The table of a `settings list`, by the keys that only that table has.
pub(crate) fn settings_table(content: &str) -> Option<Kind> {
    let found = table_counts(content).into_iter().filter(|(count, _)| *count > 0);
    found.max_by_key(|(count, _)| *count).map(|(_, kind)| kind)
}

/// How many keys of each table a text has.
fn table_counts(content: &str) -> [(usize, Kind); 3] {
    let keys: BTreeSet<&str> = content.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key).collect();
    let count = |table: &str| rows(SETTINGS_KEYS).filter(|(other, key)| *other == table && keys.contains(key)).count();
    [("global", Kind::SettingsGlobal), ("secure", Kind::SettingsSecure), ("system", Kind::SettingsSystem)]
        .map(|(table, kind)| (count(table), kind))
}

#[cfg(test)]
mod tests;
