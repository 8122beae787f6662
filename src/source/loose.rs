//! Text files that a person saved with `adb shell … > file`, under any name: what each one is, its content tells.

use std::collections::BTreeSet;
use std::io::Read;

use memchr::memmem;

use super::SourceError;
use super::container::Container;
use super::path::OpenOptions;
use super::sections::{self, Ending, Shape, Splitter};
use crate::evidence::{Evidence, Item, Kind, Missing, Reason, SourceKind};
use crate::parse::android::packages::JOINT;
use crate::parse::text;

const SIGNATURES: &str = include_str!("loose.tsv");
const SETTINGS_KEYS: &str = include_str!("loose_settings.tsv");
/// Deep enough for `phone/settings/global.txt`.
const DEEPEST: usize = 3;
/// A folder with more files than this is somebody's home folder, not evidence.
const MOST_FILES: usize = 500;
/// How much of a file shows whether it is text at all.
const HEAD: usize = 4096;
/// Lines looked at to tell a list from prose.
const SAMPLE_LINES: usize = 200;

/// A file that was seen and not used.
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
}

impl Why {
    /// The kebab-case word that names the reason in the text files.
    pub fn word(self) -> &'static str {
        match self {
            Why::Unrecognised => "unrecognised",
            Why::AppOpsGet => "app-ops-get",
            Why::TooMuch => "too-much",
            Why::Unreadable => "unreadable",
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
    let mut evidence = Evidence::empty(SourceKind::Files, "");
    let mut ignored = Vec::new();
    let mut left = options.kept_limit;
    let mut cut_short = false;
    for (count, name) in container.names.clone().into_iter().enumerate() {
        let ignore = |why| Ignored { file: name.clone(), why };
        if name.split('/').count() > DEEPEST {
            ignored.push(ignore(Why::Unrecognised));
            continue;
        }
        if count >= MOST_FILES {
            ignored.push(ignore(Why::TooMuch));
            continue;
        }
        if !looks_like_text(&container.head(&name, HEAD)) {
            ignored.push(ignore(Why::Unrecognised));
            continue;
        }
        let Ok((bytes, lost)) = container.read(&name, left) else {
            ignored.push(ignore(Why::Unreadable));
            continue;
        };
        match take(&mut evidence, &name, text::decode(bytes), lost.is_some()) {
            Ok((kept, cut)) => {
                left = left.saturating_sub(kept);
                cut_short |= cut;
            }
            Err(_) if lost.is_some() => ignored.push(ignore(Why::TooMuch)),
            Err(why) => ignored.push(ignore(why)),
        }
    }
    finish(&mut evidence, &ignored, cut_short).then_some((evidence, ignored))
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
    let mut evidence = Evidence::empty(SourceKind::Files, "");
    let mut ignored = Vec::new();
    let mut cut_short = false;
    match take(&mut evidence, name, text::decode(bytes), lost) {
        Ok((_, cut)) => cut_short = cut,
        Err(why) => ignored.push(Ignored { file: name.to_owned(), why }),
    }
    Ok(finish(&mut evidence, &ignored, cut_short).then_some((evidence, ignored)))
}

/// Adds what a text holds to the evidence. Returns how many bytes were kept and whether the text was cut short.
fn take(evidence: &mut Evidence, name: &str, content: String, lost: bool) -> Result<(usize, bool), Why> {
    let bytes = content.len();
    let found = match classify(&content) {
        Found::Nothing => match refusal(name, &content) {
            Some(missing) => {
                evidence.missing.push(missing);
                return Ok((bytes, lost));
            }
            None => bare_answer(name, &content),
        },
        Found::Output(kind, None) if is_per_user(kind) => Found::Output(kind, user_in_name(name)),
        found => found,
    };
    match found {
        Found::Sections => {
            let mut splitter = Splitter::new(Shape::Dumpsys, usize::MAX, None);
            splitter.feed(content.as_bytes());
            let ending = if lost { Ending::Damaged(String::new()) } else { Ending::Clean };
            let found = splitter.finish(name, &ending);
            if found.items.is_empty() && found.missing.is_empty() {
                return Err(Why::Unrecognised);
            }
            let kept = found.items.iter().map(|item| item.text.len()).sum();
            evidence.items.extend(found.items);
            evidence.missing.extend(found.missing);
            Ok((kept, found.cut_short))
        }
        Found::Output(kind, user) => {
            let mut item = Item::new(kind, content, name).unproved();
            item.user = user;
            item.cut = lost.then_some(Reason::Truncated);
            match sections::answer(item) {
                Ok(item) => evidence.items.push(item),
                Err(missing) => evidence.missing.push(missing),
            }
            Ok((bytes, lost))
        }
        Found::AppOpsGet => Err(Why::AppOpsGet),
        Found::Nothing => Err(Why::Unrecognised),
    }
}

/// Whether the command that prints a kind is asked once for each user.
fn is_per_user(kind: Kind) -> bool {
    matches!(kind, Kind::SettingsSecure | Kind::SettingsSystem | Kind::PackageList)
}

/// The Android user in a name such as `settings_secure_10.txt`: the content of these outputs does not tell.
fn user_in_name(name: &str) -> Option<u32> {
    let stem = stem(name);
    let (_, number) = stem.rsplit_once(['_', '-', ' '])?;
    number.parse().ok()
}

/// The last part of a path without its ending.
fn stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split_once('.').map_or(file, |(stem, _)| stem)
}

/// An answer of one bare word, such as the seconds that `date +%s` prints: it looks like nothing in particular, so that
/// only with a name that begins with the command it is taken for the answer to that.
fn bare_answer(name: &str, content: &str) -> Found {
    let content = content.trim();
    let stem = stem(name);
    let number = !content.is_empty() && content.bytes().all(|byte| byte.is_ascii_digit());
    let kind = if number && stem.starts_with("date") {
        Kind::Clock
    } else if number && (stem == "id" || stem.starts_with("id_") || stem.starts_with("id-")) {
        Kind::ShellIdentity
    } else if number && stem.contains("get-current-user") {
        Kind::CurrentUser
    } else if matches!(content, "true" | "false") && stem.contains("is-location-enabled") {
        Kind::LocationEnabled
    } else {
        return Found::Nothing;
    };
    Found::Output(kind, None)
}

/// A file that holds nothing but the phone's no (`Permission Denial…`, `Can't find service: role`): what was asked stands
/// in the name of the file only.
fn refusal(name: &str, content: &str) -> Option<Missing> {
    let (reason, said) = text::failure(content)?;
    let stem = stem(name);
    let service = |kind: &Kind| kind.service().is_some_and(|service| stem.starts_with(&format!("dumpsys_{service}")));
    let kind = Kind::ALL.into_iter().find(service).or_else(|| {
        [
            ("settings_global", Kind::SettingsGlobal),
            ("settings_secure", Kind::SettingsSecure),
            ("settings_system", Kind::SettingsSystem),
            ("pm_list_packages", Kind::PackageList),
        ]
        .into_iter()
        .find(|(begins, _)| stem.starts_with(begins))
        .map(|(_, kind)| kind)
    })?;
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
fn finish(evidence: &mut Evidence, ignored: &[Ignored], cut_short: bool) -> bool {
    if evidence.items.is_empty() && evidence.missing.is_empty() {
        return false;
    }
    join_packages(evidence);
    // A refusal in one file does not matter when another file has the answer.
    let answered: BTreeSet<(Kind, Option<u32>)> = evidence.items.iter().map(|item| (item.kind, item.user)).collect();
    evidence.missing.retain(|gap| !answered.contains(&(gap.kind, gap.user)));
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
    for (kind, begins) in signatures() {
        if begins_a_line(content, &begins) {
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

fn signatures() -> impl Iterator<Item = (Kind, String)> {
    rows(SIGNATURES).filter_map(|(label, begins)| {
        let kind = Kind::ALL.into_iter().find(|kind| kind.label() == label)?;
        Some((kind, begins.replace("\\n", "\n").replace("\\t", "\t")))
    })
}

fn begins_a_line(content: &str, begins: &str) -> bool {
    memmem::find_iter(content.as_bytes(), begins.as_bytes())
        .any(|at| at == 0 || content.as_bytes().get(at - 1) == Some(&b'\n'))
}

fn is_property(line: &str) -> bool {
    line.starts_with('[') && line.contains("]: [")
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
fn settings_table(content: &str) -> Option<Kind> {
    let keys: BTreeSet<&str> = content.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key).collect();
    let count = |table: &str| rows(SETTINGS_KEYS).filter(|(other, key)| *other == table && keys.contains(key)).count();
    [("global", Kind::SettingsGlobal), ("secure", Kind::SettingsSecure), ("system", Kind::SettingsSystem)]
        .into_iter()
        .map(|(table, kind)| (count(table), kind))
        .filter(|(count, _)| *count > 0)
        .max_by_key(|(count, _)| *count)
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_data_files_are_well_formed() {
        let lines = |table: &str| table.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(signatures().count(), lines(SIGNATURES), "a row with an unknown label or without a tab");
        assert_eq!(rows(SETTINGS_KEYS).count(), lines(SETTINGS_KEYS));
        let mut seen = BTreeSet::new();
        for (table, key) in rows(SETTINGS_KEYS) {
            assert!(["global", "secure", "system"].contains(&table), "{table}");
            assert!(seen.insert(key), "{key} twice");
        }
    }

    #[test]
    fn content_tells_what_a_text_is() {
        let output = |kind| Found::Output(kind, None);
        for (content, expected) in [
            ("DUMP OF SERVICE appops:\nx\n", Found::Sections),
            ("Activity Resolver Table:\n\nPackages:\n  Package [a.b] (12ab):\n", output(Kind::Packages)),
            ("Current AppOps Service state:\n", output(Kind::AppOps)),
            ("[ro.product.model]: [X]\n[a]: [b]\n", output(Kind::Properties)),
            ("[DEVICE_PROVISIONED]: [1]\n[ro.build.type]: [user]\n", output(Kind::Properties)),
            ("Users:\n\tUserInfo{0:Owner:4c13} running\n", output(Kind::UserList)),
            ("Users:\n  UserInfo{0:null:13} serialNo=0\n", output(Kind::Users)),
            ("1 users:\n0: id=0, name=Owner, type=full.SYSTEM\n", output(Kind::UserListVerbose)),
            ("a=1\nadb_enabled=1\n", output(Kind::SettingsGlobal)),
            ("accessibility_enabled=0\nx=y\n", output(Kind::SettingsSecure)),
            ("screen_off_timeout=60000\n", output(Kind::SettingsSystem)),
            ("system-excidle,com.android.shell,2000\nuser,com.whatsapp,10199\n", output(Kind::BatteryExemptions)),
            ("package:a.b\npackage:c.d\n", output(Kind::PackageList)),
            ("package:a.b  installer=null uid:1010044\n", Found::Output(Kind::PackageList, Some(10))),
            ("package:a.b  installer=null uid:10044,1010044\n", output(Kind::PackageList)),
            ("Enforcing\n", output(Kind::SelinuxMode)),
            ("Uid mode: COARSE_LOCATION: ignore\nCAMERA: allow; time=+3h ago\n", Found::AppOpsGet),
            ("Dear diary,\nPackages: none\n", Found::Nothing),
            ("", Found::Nothing),
        ] {
            assert_eq!(classify(content), expected, "{content}");
        }
    }

    #[test]
    fn a_folder_of_saved_outputs_is_read_whatever_the_names() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        let utf16: Vec<u8> =
            "\u{FEFF}Packages:\r\n  Package [a.b] (1):\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        write("one", &utf16);
        write("sub/deeper/two.log", b"Current AppOps Service state:\n");
        write("photo.jpg", &[0xFF, 0xD8, 0, 1]);
        write("diary.txt", b"Dear diary\n");
        write("ops.txt", b"Uid mode: CAMERA: allow\n");
        let mut container = Container::folder(folder.path(), u64::MAX).unwrap();
        let (evidence, ignored) = read(&mut container, &OpenOptions::default()).unwrap();
        let packages = evidence.first(Kind::Packages).unwrap();
        assert_eq!((packages.text.as_str(), packages.origin.as_str()), ("Packages:\n  Package [a.b] (1):\n", "one"));
        assert_eq!(evidence.first(Kind::AppOps).unwrap().origin, "sub/deeper/two.log");
        let names: Vec<_> = ignored.iter().map(|file| (file.file.as_str(), file.why)).collect();
        assert_eq!(
            names,
            [("diary.txt", Why::Unrecognised), ("ops.txt", Why::AppOpsGet), ("photo.jpg", Why::Unrecognised)]
        );
        assert!(evidence.missing.iter().any(|gap| gap.kind == Kind::Properties && gap.reason == Reason::Absent));
    }

    proptest! {
        #[test]
        fn never_panics(content in "(\\PC|\n|\t|=|\\[ro\\.|package:|Uid mode: ){0,80}") {
            let _ = classify(&content);
        }
    }

    #[test]
    fn the_folders_of_real_dumps_are_recognised() {
        let Some(corpus) = std::env::var_os("POUCET_CORPUS") else { return };
        let android = std::path::Path::new(&corpus).join("android");
        for (folder, kinds) in [
            (
                "a09-google-emulator",
                &[
                    Kind::Packages,
                    Kind::AppOps,
                    Kind::Properties,
                    Kind::SettingsDump,
                    Kind::Users,
                    Kind::Trust,
                    Kind::LockSettings,
                    Kind::DevicePolicy,
                    Kind::DeviceIdle,
                    Kind::Accessibility,
                ][..],
            ),
            (
                "a14-xiaomi-pad6-hyperos2",
                &[
                    Kind::AppOps,
                    Kind::Properties,
                    Kind::SettingsGlobal,
                    Kind::SettingsSecure,
                    Kind::SettingsSystem,
                    Kind::PackageList,
                    Kind::DeviceIdle,
                    Kind::Accessibility,
                ],
            ),
        ] {
            let mut container = Container::folder(&android.join(folder), u64::MAX).unwrap();
            let (evidence, _) = read(&mut container, &OpenOptions::default()).unwrap();
            for kind in kinds {
                assert!(evidence.first(*kind).is_some(), "{folder}: {kind:?}");
            }
        }
    }
}
