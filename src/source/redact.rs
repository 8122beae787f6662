//! Takes personal data out of evidence before it is stored. Lines keep their number, and what poucet's rules read stays.
//!
//! Of settings and properties, what poucet reads stays, and what can name nobody: a short number, yes or no, a word of the system's own. Which
//! others go, and which stay: `redact.tsv`. Besides those: e-mail addresses anywhere, the serial number by which the phone was reached
//! anywhere, names of users up to the end of their record, the keys in `dumpsys adb`, window titles in `dumpsys accessibility`, words that
//! an organization chose in `dumpsys device_policy`, sessions of installers in `dumpsys package`, what the head of a bug report says
//! of networks, and all of `dumpsys window` but the lock screen's state.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;

use crate::evidence::{Item, Redaction};
use crate::parse::android::settings::WANTED;
use crate::parse::text::failure;

const TABLE: &str = include_str!("redact.tsv");
/// What stands in place of a value.
pub const REDACTED: &str = "[redacted]";
/// A shorter serial number would also occur by chance.
const SHORTEST_SERIAL: usize = 6;

/// Redacts texts of one phone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Redactor<'a> {
    /// The serial number by which the phone was reached, which may occur in any dump.
    pub serial: Option<&'a str>,
    /// Whether the phone itself was asked, so that nobody gave names to what was read.
    pub is_live: bool,
}

/// The patterns of one scope of the table.
struct Patterns {
    settings: Vec<&'static str>,
    properties: Vec<&'static str>,
    /// Properties that stay whatever their value.
    kept: Vec<&'static str>,
    kernel: Vec<&'static str>,
    users: Vec<&'static str>,
    acquisition: Vec<&'static str>,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    settings: scope("setting"),
    properties: scope("property"),
    kept: scope("keep-property"),
    kernel: scope("kernel"),
    users: scope("user"),
    acquisition: scope("acquisition"),
});

fn scope(scope: &str) -> Vec<&'static str> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .filter(|(other, _)| *other == scope)
        .map(|(_, pattern)| pattern)
        .collect()
}

fn any_matches(patterns: &[&str], name: &str) -> bool {
    let name = name.to_lowercase();
    patterns.iter().any(|pattern| matches(pattern, &name))
}

/// Whether a name matches a pattern in which `*` is any run of characters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

impl Redactor<'_> {
    /// The text of an item without personal data.
    pub fn text<'t>(&self, item: &'t Item) -> Cow<'t, str> {
        let text = self.anywhere(Cow::Borrowed(item.text.as_str()));
        match item.kind.redaction() {
            Redaction::Settings => settings(&text).into(),
            Redaction::SettingsDump => settings_dump(&text).into(),
            Redaction::Properties => properties(&text).into(),
            Redaction::Head => by_line(&text, head_row).into(),
            Redaction::Users => users(&text).into(),
            Redaction::DevicePolicy => device_policy(&text).into(),
            Redaction::Sessions if text.contains(SESSIONS) => sessions(&text).into(),
            Redaction::Keys => adb(&text).into(),
            Redaction::WindowTitles => by_line(&text, window_titles).into(),
            Redaction::AllButLockScreen => window(&text).into(),
            Redaction::Acquisition => acquisition(&text).into(),
            Redaction::Sessions | Redaction::Nothing => text,
        }
    }

    /// Any other words of the evidence: names of files, what the phone said.
    pub fn words(&self, words: &str) -> String {
        self.anywhere(Cow::Borrowed(words)).into_owned()
    }

    /// Where an item came from. A command is poucet's own; a file has the name that somebody gave it, after a person perhaps.
    pub fn origin(&self, item: &Item) -> String {
        if self.is_live { self.words(&item.origin) } else { item.source_name() }
    }

    fn anywhere<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        let text = match e_mails(&text) {
            Some(redacted) => Cow::Owned(redacted),
            None => text,
        };
        match self.serial {
            Some(serial)
                if serial.len() >= SHORTEST_SERIAL && memmem::find(text.as_bytes(), serial.as_bytes()).is_some() =>
            {
                text.replace(serial, REDACTED).into()
            }
            _ => text,
        }
    }
}

/// Applies a function to every line; `None` leaves the line as it is.
fn by_line(text: &str, mut change: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        match change(line) {
            Some(changed) => out.push_str(&changed),
            None => out.push_str(line),
        }
        out.push_str(end);
    }
    out
}

/// Not worth replacing: it names nobody, and rules read it.
fn is_void(value: &str) -> bool {
    matches!(value.trim(), "" | "null" | "{null}" | REDACTED)
}

/// Whether a value can name nobody: a short number, yes or no.
fn is_plain(value: &str) -> bool {
    let number = value.strip_prefix('-').unwrap_or(value);
    let is_number = (1..=6).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_void(value) || is_number || matches!(value, "true" | "false" | "on" | "off")
}

/// Whether the value of a setting stays.
fn is_kept_setting(key: &str, value: &str) -> bool {
    WANTED.contains(&key) || !any_matches(&PATTERNS.settings, key) && is_plain(value)
}

/// `key=value`; the lines after it without `=` belong to the same value, and stay only where poucet reads it: a value that begins with a
/// number may go on with anything. What the phone says in place of a list stays.
fn settings(text: &str) -> String {
    let mut is_read = false;
    by_line(text, |line| match line.split_once('=') {
        Some((key, value)) if !key.is_empty() && !key.contains([' ', '\t', '"', '{']) => {
            is_read = WANTED.contains(&key);
            (!is_kept_setting(key, value) && !is_void(value)).then(|| format!("{key}={REDACTED}"))
        }
        _ => (!is_read && failure(line).is_none()).then(String::new),
    })
}

/// Rows `_id:65 name:android_id pkg:android value:… default:… defaultSystemSet:true` and headings `GLOBAL SETTINGS (user 0)`; all other
/// lines go on with a value, or tell of operations that poucet does not read.
fn settings_dump(text: &str) -> String {
    let mut is_read = true;
    by_line(text, |line| {
        if line.starts_with("_id:") || line.starts_with("name:") {
            is_read = settings_name(line).is_some_and(|(_, rest)| {
                WANTED.iter().any(|name| rest.strip_prefix(*name).is_some_and(|rest| rest.starts_with(' ')))
            });
            return settings_row(line);
        }
        let heading = line
            .split_once(" SETTINGS")
            .is_some_and(|(name, rest)| name.bytes().all(|byte| byte.is_ascii_uppercase()) && rest.len() < 20);
        if heading || line.starts_with("-----") {
            is_read = false;
            return None;
        }
        (!is_read && failure(line).is_none() && !line.is_empty()).then(String::new)
    })
}

/// What stands before the name of a row, with `name:`, and what begins with the name.
fn settings_name(line: &str) -> Option<(&str, &str)> {
    let at = line.find(" name:").map(|at| at + 6).or_else(|| line.starts_with("name:").then_some(5))?;
    line.split_at_checked(at)
}

fn settings_row(line: &str) -> Option<String> {
    let (before, rest) = settings_name(line)?;
    let name = rest.split(' ').next()?;
    let (package, values) = rest.split_once(" value:")?;
    let value = values.split(" default:").next().unwrap_or_default();
    if is_kept_setting(name, value) || is_void(value) {
        return None;
    }
    let flags = values.rsplit_once(" defaultSystemSet:").map(|(_, flag)| format!(" defaultSystemSet:{flag}"));
    Some(format!("{before}{package} value:{REDACTED}{}", flags.unwrap_or_default()))
}

/// `[key]: [value]`; a value may have several lines and ends with `]`.
fn properties(text: &str) -> String {
    let mut inside = false;
    by_line(text, |line| {
        if let Some((key, value)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: [")) {
            let shown = value.strip_suffix(']').unwrap_or(value);
            // A number that is not closed may go on with anything.
            let is_plain = value.ends_with(']') && is_plain(shown);
            let kept = !any_matches(&PATTERNS.properties, key) && (any_matches(&PATTERNS.kept, key) || is_plain);
            inside = !kept && !value.ends_with(']');
            // Closed on its first line, so that the empty lines after it belong to no value.
            return (!kept && (inside || !is_void(shown))).then(|| format!("[{key}]: [{REDACTED}]"));
        }
        if !inside {
            return None;
        }
        inside = !line.ends_with(']');
        Some(String::new())
    })
}

/// A row of the head of a bug report: what says which build it is stays, and so does the kernel's command line but for some of its words.
/// Networks and numbers go.
fn head_row(line: &str) -> Option<String> {
    const KEPT: [&str; 12] = [
        "== ",
        "=====",
        "Build:",
        "Build fingerprint:",
        "Bootloader:",
        "Radio:",
        "Module Metadata",
        "Android SDK version:",
        "SDK extensions:",
        "Kernel:",
        "Uptime:",
        "Bugreport format version:",
    ];
    if line.starts_with("Command line: ") {
        return kernel_arguments(line);
    }
    if line.trim().is_empty() || line.starts_with("Dumpstate info:") || KEPT.iter().any(|kept| line.starts_with(kept)) {
        return None;
    }
    let label = ["Network", "Phone number"].into_iter().find(|label| line.starts_with(*label));
    Some(label.map_or_else(String::new, |label| format!("{label}: {REDACTED}")))
}

/// `name=value` words of the kernel's command line, in the head of a bug report.
fn kernel_arguments(line: &str) -> Option<String> {
    let arguments = line.strip_prefix("Command line: ")?;
    let redacted: Vec<Cow<'_, str>> = arguments
        .split(' ')
        .map(|word| match word.split_once('=') {
            Some((name, _)) if any_matches(&PATTERNS.kernel, name) => format!("{name}={REDACTED}").into(),
            _ => word.into(),
        })
        .collect();
    Some(format!("Command line: {}", redacted.join(" ")))
}

/// Names of users, each up to the end of its record: a line end in a name does not end it.
fn users(text: &str) -> String {
    // What a record that is not over yet ends with.
    let mut until: Option<&str> = None;
    by_line(text, |line| {
        if let Some(end) = until {
            let Some(at) = line.find(end) else { return Some(String::new()) };
            until = None;
            return line.get(at..).map(str::to_owned);
        }
        let records = [("UserInfo{", "}"), ("User \"", "\" (id="), (", name=", ", flags=")];
        let first = records.into_iter().filter_map(|(begin, end)| Some((line.find(begin)?, begin, end))).min();
        let Some(first) = first else { return user_name(line) };
        let at = first.0 + first.1.len();
        let rest = line.get(at..)?;
        if !rest.contains(first.2) {
            until = Some(first.2);
            // The number before the name stays.
            let number =
                rest.split_once(':').filter(|_| first.1 == "UserInfo{").map_or(0, |(number, _)| number.len() + 1);
            return line.get(..at + number).map(|kept| format!("{kept}{REDACTED}"));
        }
        user_name(line)
    })
}

/// The name of a user in `UserInfo{0:NAME:flags}`, `name=NAME, type=`, `User "NAME" (id=` and `Owner name: NAME`.
fn user_name(line: &str) -> Option<String> {
    let replaced = |before: &str, name: &str, after: &str| {
        let known = is_void(name) || any_matches(&PATTERNS.users, name.trim());
        (!known).then(|| format!("{before}{REDACTED}{after}"))
    };
    if let Some((before, rest)) = line.split_once("UserInfo{") {
        let (id, rest) = rest.split_once(':')?;
        // A name may hold ':' and '}': the flags are what stands between the last of each.
        let (inner, after) = rest.rsplit_once('}')?;
        let (name, flags) = inner.rsplit_once(':')?;
        return replaced(&format!("{before}UserInfo{{{id}:"), name, &format!(":{flags}}}{after}"));
    }
    if let Some((before, rest)) = line.split_once("User \"") {
        let (name, after) = rest.rsplit_once("\" (id=")?;
        return replaced(&format!("{before}User \""), name, &format!("\" (id={after}"));
    }
    if let Some((before, rest)) = line.split_once(", name=") {
        // Android 11 prints no type, and a name may hold the words of one: a type is a word with a dot, before the flags.
        let typed = rest.rsplit_once(", type=").filter(|(_, after)| {
            let kind = after.split_once(", flags=").map_or(*after, |(kind, _)| kind);
            kind.contains('.') && !kind.contains(' ')
        });
        let untyped = || rest.rsplit_once(", flags=").map(|(name, after)| (name, format!(", flags={after}")));
        let (name, after) = typed
            .map(|(name, after)| (name, format!(", type={after}")))
            .or_else(untyped)
            .unwrap_or((rest, String::new()));
        return replaced(&format!("{before}, name="), name, &after);
    }
    let blanks = line.len() - line.trim_start().len();
    let (indent, words) = line.split_at_checked(blanks)?;
    ["Owner name: ", "Seed account name: ", "Account name: "]
        .into_iter()
        .find_map(|label| replaced(&format!("{indent}{label}"), words.strip_prefix(label)?, ""))
}

/// Where the sessions of installers begin: they hold labels of apps and the addresses that they came from.
const SESSIONS: &str = "nstall sessions:";

/// `dumpsys package`: the sessions of installers become empty, up to the next heading.
fn sessions(text: &str) -> String {
    let mut inside = false;
    by_line(text, |line| {
        if line.ends_with(SESSIONS) {
            inside = true;
            return None;
        }
        inside &= line.is_empty() || line.starts_with(' ');
        (inside && !line.is_empty()).then(String::new)
    })
}

/// `dumpsys device_policy`: what an organization or a person wrote goes.
fn device_policy(text: &str) -> String {
    const WORDS: [&str; 9] = [
        "name=",
        "organizationName=",
        "mOrganizationName=",
        "organizationId=",
        "mOrganizationId=",
        "organizationColor=",
        "mEnrollmentSpecificId=",
        "shortSupportMessage=",
        "longSupportMessage=",
    ];
    const INFO: &str = "eviceOwnerLockScreenInfo=";
    let mut inside = false;
    by_line(text, |line| {
        let words = line.trim_start();
        let indent = line.len() - words.len();
        let found = WORDS.iter().find(|word| words.starts_with(**word)).map(|word| indent + word.len());
        let found = found.or_else(|| line.find(INFO).map(|at| at + INFO.len()));
        if let Some((label, value)) = found.and_then(|at| line.split_at_checked(at)) {
            inside = !is_void(value);
            return inside.then(|| format!("{label}{REDACTED}"));
        }
        // What was written goes on where a line is none of the dump: those begin with blanks and have a sign.
        let is_row = line.starts_with(' ') && line.contains(['=', ':', '{', '}']);
        inside &= !(line.is_empty() || is_row);
        inside.then(String::new)
    })
}

/// `dumpsys adb`: state stays, keys, fingerprints of keys and network names go. A key is one line and stays one.
fn adb(text: &str) -> String {
    const STATE: [&str; 8] = [
        "ADB MANAGER STATE (dumpsys adb):",
        "debugging_manager={",
        "connected_to_adb=",
        "adb_wifi={",
        "enabled=",
        "is_trusted_network=",
        "tls_port=",
        "DUMP OF SERVICE adb:",
    ];
    by_line(text, |line| {
        let words = line.trim();
        let (indent, _) = line.split_at_checked(line.len() - line.trim_start().len()).unwrap_or_default();
        if matches!(words, "" | "{" | "}" | REDACTED | "</keyStore>")
            || STATE.iter().any(|state| words.starts_with(state))
        {
            return None;
        }
        if words.starts_with("<adbKey ") {
            return Some(format!("{indent}<adbKey key=\"{REDACTED}\" />"));
        }
        if words.starts_with("<keyStore ") {
            return Some(format!("{indent}<keyStore />"));
        }
        match words.split_once('=') {
            // A value that is not there says that there is no key, no network.
            Some((_, value)) if is_void(value) => None,
            Some((name, _)) if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') => {
                Some(format!("{indent}{name}={REDACTED}"))
            }
            _ => Some(format!("{indent}{REDACTED}")),
        }
    })
}

/// `title=…, displayId=` and `mAccessibilityWindowTitle=…mLocales=` hold what was on the screen.
fn window_titles(line: &str) -> Option<String> {
    let mut out = Cow::Borrowed(line);
    for (begin, end) in [("[title=", ", displayId="), ("WindowTitle=", "mLocales="), ("WindowTitle=", ", mLocales=")] {
        if out.contains(begin) {
            let mut parts = out.split(begin);
            let mut replaced = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                replaced.push_str(begin);
                match part.split_once(end) {
                    Some((title, _)) if is_void(title) => replaced.push_str(part),
                    Some((_, after)) => replaced.extend([REDACTED, end, after]),
                    None if begin == "WindowTitle=" => replaced.push_str(part),
                    None => replaced.push_str(REDACTED),
                }
            }
            out = replaced.into();
        }
    }
    match out {
        Cow::Borrowed(_) => None,
        Cow::Owned(changed) => Some(changed),
    }
}

/// Keeps the lock screen's block and the headings; blanks the rest, which names windows and apps in use.
fn window(text: &str) -> String {
    let mut block = None;
    by_line(text, |line| {
        let indent = crate::parse::text::indent(line);
        if block.is_some_and(|begin| indent <= begin) {
            block = None;
        }
        if line.trim() == "KeyguardServiceDelegate" {
            block = Some(indent);
        }
        // The title of a section stays, and so does the word that the phone stopped dumping.
        let title = line.starts_with("WINDOW MANAGER ") || line.starts_with("*** SERVICE ");
        (block.is_none() && !title && !line.is_empty()).then(String::new)
    })
}

/// Keeps the values of the table; the others may hold folders with people's names in them.
fn acquisition(text: &str) -> String {
    let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_str(text) else { return REDACTED.to_owned() };
    for (name, value) in &mut fields {
        if !any_matches(&PATTERNS.acquisition, name) && !value.is_null() {
            *value = REDACTED.into();
        }
    }
    // One line or many, as it was: the numbers of lines stay.
    let pretty = text.trim().contains('\n');
    let written = if pretty { serde_json::to_string_pretty(&fields) } else { serde_json::to_string(&fields) };
    written.unwrap_or_else(|_| REDACTED.to_owned())
}

/// Replaces e-mail addresses. `None` when there is none.
fn e_mails(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out: Option<String> = None;
    let mut copied = 0;
    for at in memchr::memchr_iter(b'@', bytes) {
        let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
        let local = bytes.get(copied..at)?.iter().rev().take_while(|byte| is_local(byte)).count();
        let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
        let domain = bytes.get(at + 1..)?.iter().take_while(|byte| is_domain(byte)).count();
        let name = text.get(at + 1..at + 1 + domain)?.trim_end_matches(['.', '-']);
        if local == 0 || !is_mail_domain(name) {
            continue;
        }
        let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
        out.push_str(text.get(copied..at - local)?);
        out.push_str(REDACTED);
        copied = at + 1 + name.len();
    }
    out.map(|mut out| {
        out.push_str(text.get(copied..).unwrap_or_default());
        out
    })
}

/// `example.org`, not `1.0-service.rc` (a vendor's service) nor `4.0` (a version).
fn is_mail_domain(domain: &str) -> bool {
    let Some((before, top)) = domain.rsplit_once('.') else { return false };
    let version = domain.split('.').take(2).all(|part| part.starts_with(|first: char| first.is_ascii_digit()));
    !before.is_empty() && !version && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;
