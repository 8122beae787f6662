//! What a saved text is, by its content.

use std::collections::BTreeSet;

use memchr::memmem;

use super::names::{is_number, plain_name};
use crate::evidence::Kind;
use crate::parse::text;
use crate::source::sections;

pub(in crate::source) const SETTINGS_KEYS: &str = include_str!("../loose_settings.tsv");
/// How much of a file shows whether it is text at all.
pub(in crate::source) const HEAD: usize = 4096;
/// Lines looked at to tell a list from prose.
const SAMPLE_LINES: usize = 200;

/// What one text is.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::source) enum Found {
    Sections,
    Output(Kind, Option<u32>),
    AppOpsGet,
    Nothing,
}

/// What a text begins as, where it is an output that poucet reads: inside, its kind, or nothing for several in one.
pub(in crate::source) fn output(head: &[u8]) -> Option<Option<Kind>> {
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

/// No zero bytes, except in UTF-16 with its mark.
pub(in crate::source) fn looks_like_text(head: &[u8]) -> bool {
    matches!(head, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) || !head.is_empty() && !head.contains(&0)
        // `dumpsys adb` holds binary, after its heading.
        || memmem::find(head, b"ADB MANAGER STATE").is_some()
}

pub(in crate::source) fn classify(content: &str) -> Found {
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
pub(in crate::source) fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

pub(in crate::source) fn begins_a_line(content: &str, begins: &str) -> bool {
    memmem::find_iter(content.as_bytes(), begins.as_bytes())
        .any(|at| at == 0 || content.as_bytes().get(at - 1) == Some(&b'\n'))
}

/// `[key]: [value]`; an array of JSON is none.
pub(in crate::source) fn is_property(line: &str) -> bool {
    let key = line.strip_prefix('[').and_then(|line| line.split_once("]: [")).map(|(key, _)| key);
    key.is_some_and(|key| !key.contains(['[', ']', '{', '"']))
}

/// `system-excidle,package,uid`
pub(in crate::source) fn is_exemption(line: &str) -> bool {
    let mut columns = line.trim().split(',');
    matches!(columns.next(), Some("system-excidle" | "system" | "user"))
        && columns.next().is_some_and(|package| package.contains('.'))
        && columns.next().is_some_and(|uid| uid.parse::<u32>().is_ok())
        && columns.next().is_none()
}

/// `CAMERA: allow; time=+3h ago`
pub(in crate::source) fn is_appop(line: &str) -> bool {
    let Some((op, mode)) = line.trim().split_once(": ") else { return false };
    !op.is_empty()
        && op.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_()".contains(&byte))
        && ["allow", "ignore", "deny", "default", "foreground"].iter().any(|word| mode.starts_with(word))
}

/// The one Android user that all `uid:` columns belong to (`uid = user * 100000 + app`).
pub(in crate::source) fn user_of_packages(lines: &[&str]) -> Option<u32> {
    let mut users = BTreeSet::new();
    for line in lines {
        for uid in line.split_once(" uid:")?.1.split(',') {
            users.insert(uid.trim().parse::<u32>().ok()? / 100_000);
        }
    }
    users.first().copied().filter(|_| users.len() == 1)
}

/// The table of a `settings list`, by the keys that only that table has.
pub(in crate::source) fn settings_table(content: &str) -> Option<Kind> {
    let found = table_counts(content).into_iter().filter(|(count, _)| *count > 0);
    found.max_by_key(|(count, _)| *count).map(|(_, kind)| kind)
}

/// How many keys of each table a text has.
pub(in crate::source) fn table_counts(content: &str) -> [(usize, Kind); 3] {
    let keys: BTreeSet<&str> = content.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key).collect();
    let count = |table: &str| rows(SETTINGS_KEYS).filter(|(other, key)| *other == table && keys.contains(key)).count();
    [("global", Kind::SettingsGlobal), ("secure", Kind::SettingsSecure), ("system", Kind::SettingsSystem)]
        .map(|(table, kind)| (count(table), kind))
}

/// An answer of one bare word, such as the seconds that `date +%s` prints: it looks like nothing in particular, so that
/// only with a name that begins with the command it is taken for the answer to that.
pub(in crate::source) fn bare_answer(name: &str, content: &str) -> Found {
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
