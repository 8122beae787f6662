//! Text files that a person saved with `adb shell … > file`, under any name: what each one is, its content tells.

pub(in crate::source) mod names;
pub(in crate::source) mod tell;

use std::collections::BTreeSet;
use std::io::Read;

use self::names::{is_per_user, kind_in_name, user_in_name};
use self::tell::{Found, HEAD, bare_answer, classify, looks_like_text, table_counts};
use super::SourceError;
use super::container::{Container, read_head, told};
use super::form::Form;
use super::options::OpenOptions;
use super::sections::{self, Ending, Shape, Splitter};
use super::split::{self, Begin};
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::parse::android::packages::JOINT;
use crate::parse::text;
use crate::text::clean::sanitize;

/// Deep enough for `phone/settings/global.txt`.
const DEEPEST: usize = 3;
/// A folder with more files than this is somebody's home folder, not evidence.
const MOST_FILES: usize = 500;
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
                first.left_out += item.left_out;
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

#[cfg(test)]
mod tests;
