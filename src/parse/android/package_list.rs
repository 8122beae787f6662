//! Which packages are installed for whom: `pm list packages` and AndroidQF's `packages.json`.

use serde::Deserialize;

use crate::evidence::Reason;
use crate::parse::text::numbered_lines;
use crate::text::clean::sanitize;

use super::located::{Tally, whole_gaps};
use super::parsed::{ParseGap, Parsed};

/// One installed package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPackage {
    /// The package name.
    pub name: String,
    /// Its uids, one per user for whom it was listed (`-U`).
    pub uids: Vec<u32>,
    /// The package that installed it (`-i`); `None` where the phone prints `null` or nothing.
    pub installer: Option<String>,
    /// `--show-versioncode`.
    pub version_code: Option<u64>,
    /// The path of its code (`-f`).
    pub path: Option<String>,
    /// Whether it is part of the system image; only AndroidQF tells.
    pub system: Option<bool>,
    /// Whether it is disabled; only AndroidQF tells.
    pub disabled: Option<bool>,
    /// The line on which it stands.
    pub line: u32,
}

/// The listed packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageList {
    /// In the order of the text; Android 13 and later do not sort them.
    pub packages: Vec<ListedPackage>,
}

/// Reads `pm list packages [-U] [-i] [-f] [--show-versioncode] [--user N]`
/// (`PackageManagerShellCommand.runListPackages`).
///
/// A user whom the shell may not see (Samsung's Secure Folder) makes it print a `SecurityException`, with or without
/// rows and with exit status 0: that is a gap in any case.
pub fn parse(text: &str) -> Parsed<PackageList> {
    let mut facts = PackageList::default();
    let mut tally = Tally::default();
    let mut gaps = Vec::new();
    for (number, line) in numbered_lines(text) {
        let line = line.trim();
        if let Some(row) = line.strip_prefix("package:") {
            match package(row, number) {
                Some(package) => {
                    tally.read();
                    facts.packages.push(package);
                }
                None => tally.malformed(number),
            }
        } else if line.contains("SecurityException") && gaps.is_empty() {
            gaps.push(ParseGap { reason: Reason::Refused, read: None, of: None, detail: sanitize(line, 200) });
        }
    }
    if gaps.is_empty() {
        gaps = whole_gaps(text, tally.any());
    }
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

fn package(row: &str, line: u32) -> Option<ListedPackage> {
    let mut words = row.split_ascii_whitespace();
    let first = words.next()?;
    // The path of an app on Android 11 and later holds `=`: `/data/app/~~x==/com.x-y==/base.apk=com.x`.
    let (path, name) = match first.rsplit_once('=') {
        Some((path, name)) => (Some(path), name),
        None => (None, first),
    };
    if !is_package_name(name) {
        return None;
    }
    let mut package = ListedPackage {
        name: name.to_owned(),
        uids: Vec::new(),
        installer: None,
        version_code: None,
        path: path.map(str::to_owned),
        system: None,
        disabled: None,
        line,
    };
    for word in words {
        if let Some(uids) = word.strip_prefix("uid:") {
            package.uids = uids.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
        } else if let Some(installer) = word.strip_prefix("installer=") {
            package.installer = Some(installer).filter(|name| !name.is_empty() && *name != "null").map(str::to_owned);
        } else if let Some(version) = word.strip_prefix("versionCode:") {
            package.version_code = Some(version.parse().ok()?);
        }
    }
    Some(package)
}

fn is_package_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || "._-".contains(character))
}

/// A row of AndroidQF's `packages.json`, as much of it as is read.
#[derive(Deserialize)]
struct Row {
    name: String,
    #[serde(default)]
    installer: Option<String>,
    #[serde(default)]
    uid: Option<u32>,
    #[serde(default)]
    system: Option<bool>,
    #[serde(default)]
    disabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Element {
    Package(Row),
    Other(serde::de::IgnoredAny),
}

/// How many names are looked for in vain.
const MOST_MISSES: u32 = 20;

/// Reads AndroidQF's `packages.json`: a list of objects with `name`, `installer`, `uid`, `system`, `disabled`.
pub fn parse_json(text: &str) -> Parsed<PackageList> {
    let elements: Vec<Element> = match serde_json::from_str(text) {
        Ok(elements) => elements,
        Err(error) => {
            let reason = match () {
                () if text.trim().is_empty() => Reason::Absent,
                () if error.is_eof() => Reason::Truncated,
                () => Reason::Unreadable,
            };
            let gap = ParseGap { reason, read: None, of: None, detail: format!("line {}", error.line()) };
            return Parsed { facts: PackageList::default(), gaps: vec![gap] };
        }
    };
    let mut facts = PackageList::default();
    let mut tally = Tally::default();
    // The rows come in the order of the text, so the line of each is looked for behind the one before.
    let mut lines = numbered_lines(text);
    let mut last = 1;
    // A name that is written otherwise in the text is looked for to its end: not for ever.
    let mut misses = 0;
    for element in elements {
        let Element::Package(row) = element else {
            tally.malformed(last);
            continue;
        };
        let quoted = format!("\"{}\"", row.name);
        let mut ahead = lines.clone();
        if misses < MOST_MISSES {
            match ahead.find(|(_, line)| line.contains("\"name\"") && line.contains(&quoted)) {
                Some((number, _)) => (last, lines) = (number, ahead),
                None => misses += 1,
            }
        }
        tally.read();
        facts.packages.push(ListedPackage {
            name: row.name,
            uids: row.uid.into_iter().collect(),
            installer: row.installer.filter(|name| !name.is_empty() && name != "null"),
            version_code: None,
            path: None,
            system: row.system,
            disabled: row.disabled,
            line: last,
        });
    }
    let gaps = tally.gap().into_iter().collect();
    Parsed { facts, gaps }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::corpus;

    #[test]
    fn reads_every_option() {
        let text = "package:com.a  installer=com.android.vending uid:10148\n\
            package:com.b versionCode:12 stopped=false  installer=null uid:10044,1010044\n\
            package:/data/app/~~xx==/com.c-yy==/base.apk=com.c versionCode:5  installer=com.x uid:10200\n\
            package:com.d\n";
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        let packages = &parsed.facts.packages;
        assert_eq!(
            (packages[0].installer.as_deref(), packages[0].uids.as_slice()),
            (Some("com.android.vending"), &[10148][..])
        );
        assert_eq!((packages[1].version_code, packages[1].installer.as_deref()), (Some(12), None));
        assert_eq!(packages[1].uids, [10044, 1_010_044]);
        assert_eq!(packages[2].path.as_deref(), Some("/data/app/~~xx==/com.c-yy==/base.apk"));
        assert_eq!((packages[2].name.as_str(), packages[3].name.as_str(), packages[3].line), ("com.c", "com.d", 4));
    }

    #[test]
    fn a_refusal_is_a_gap_even_among_rows() {
        let refused = "Error: java.lang.SecurityException: Shell does not have permission to access user 150\n";
        assert_eq!(parse(refused).gaps[0].reason, Reason::Refused);
        let parsed = parse(&format!("package:com.a uid:1\n{refused}"));
        assert_eq!((parsed.facts.packages.len(), parsed.gaps[0].reason), (1, Reason::Refused));
        assert_eq!(parse("").gaps[0].reason, Reason::Absent);
    }

    #[test]
    fn counts_rows_it_cannot_read() {
        let parsed = parse("package:com.a\npackage:\npackage:com.b uid:x\n");
        assert_eq!((parsed.gaps[0].read, parsed.gaps[0].of), (Some(1), Some(3)));
    }

    #[test]
    fn reads_json() {
        let text = "[\n {\n  \"name\": \"com.a\",\n  \"installer\": \"null\", \"uid\": 10001, \"system\": true, \"disabled\": false, \"files\": []\n },\n 7,\n {\n  \"name\": \"com.b\", \"installer\": \"x.y\" }\n]";
        let parsed = parse_json(text);
        let packages = &parsed.facts.packages;
        assert_eq!((packages[0].installer.as_deref(), packages[0].system, packages[0].line), (None, Some(true), 3));
        assert_eq!((packages[1].installer.as_deref(), packages[1].uids.len(), packages[1].line), (Some("x.y"), 0, 8));
        assert_eq!((parsed.gaps[0].read, parsed.gaps[0].of), (Some(2), Some(3)));
        assert_eq!(parse_json("[{").gaps[0].reason, Reason::Truncated);
        assert_eq!(parse_json("{}").gaps[0].reason, Reason::Unreadable);
    }

    #[test]
    fn reads_real_phones() {
        for (path, count) in [("packages.txt", 322), ("packages_sistema.txt", 267), ("packages_usuario.txt", 55)] {
            let Some(text) = corpus(&format!("a14-xiaomi-pad6-hyperos2/{path}")) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, [], "{path}");
            assert_eq!(parsed.facts.packages.len(), count, "{path}");
        }
        let Some(text) = corpus("mvt/androidqf_packages.json") else { return };
        let parsed = parse_json(&text);
        assert_eq!(parsed.gaps, []);
        let packages = parsed.facts.packages;
        assert_eq!((packages.len(), packages[0].name.as_str(), packages[0].uids[0]), (7, "com.whatsapp", 10271));
        assert_eq!(
            (packages[4].installer.as_deref(), packages[0].installer.as_deref()),
            (Some("org.fdroid.fdroid"), None)
        );
        assert_eq!((packages[0].line, packages[2].system), (3, Some(true)));
        let Some(text) = corpus("excerpts/pm-list-packages-secure-folder-error.txt") else { return };
        assert_eq!(parse(&text).gaps[0].reason, Reason::Refused);
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = (parse(&text), parse_json(&text));
        }

        #[test]
        fn every_row_is_accounted_for(text in "(package:(/a==/b.apk=)?[a-z.]{0,3}( uid:[0-9x]{1,12})?(  installer=[a-z]?)?\n){0,10}") {
            let parsed = parse(&text);
            let lost: u64 = parsed.gaps.iter().filter_map(|gap| Some(gap.of? - gap.read?)).sum();
            prop_assert_eq!(parsed.facts.packages.len() as u64 + lost, text.lines().count() as u64);
        }
    }
}
