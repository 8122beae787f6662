//! Which packages are installed for whom: `pm list packages` and AndroidQF's `packages.json`.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

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
struct Row {
    name: String,
    installer: Option<String>,
    uid: Option<u32>,
    system: Option<bool>,
    disabled: Option<bool>,
}

/// What is read of a row.
#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Name,
    Installer,
    Uid,
    System,
    Disabled,
    #[serde(other)]
    Other,
}

impl Key {
    /// In the order of a row that is written as a list.
    const ALL: [Key; 5] = [Key::Name, Key::Installer, Key::Uid, Key::System, Key::Disabled];
}

/// A value of the list, of which type it may be. What is in lists and objects that are not read, which is most of the text, is looked at
/// and not held.
enum Value<'t> {
    Text(Cow<'t, str>),
    Number(u64),
    Truth(bool),
    Null,
    Row(Row),
    Other,
}

/// The values of a row while they come.
#[derive(Default)]
struct Values<'t> {
    values: [Option<Value<'t>>; 5],
    /// One came twice, or more than a row has.
    is_wrong: bool,
}

impl<'t> Values<'t> {
    fn add(&mut self, key: Key, value: Value<'t>) {
        match self.values.get_mut(key as usize) {
            Some(place @ None) => *place = Some(value),
            _ => self.is_wrong = true,
        }
    }

    /// The row, where all of them are of their types.
    fn row(self) -> Option<Row> {
        let [name, installer, uid, system, disabled] = self.values;
        let truth = |value| match value {
            None | Some(Value::Null) => Some(None),
            Some(Value::Truth(truth)) => Some(Some(truth)),
            Some(_) => None,
        };
        let row = Row {
            name: match name {
                Some(Value::Text(name)) => name.into_owned(),
                _ => return None,
            },
            installer: match installer {
                None | Some(Value::Null) => None,
                Some(Value::Text(installer)) => Some(installer.into_owned()),
                Some(_) => return None,
            },
            uid: match uid {
                None | Some(Value::Null) => None,
                Some(Value::Number(uid)) => Some(u32::try_from(uid).ok()?),
                Some(_) => return None,
            },
            system: truth(system)?,
            disabled: truth(disabled)?,
        };
        (!self.is_wrong).then_some(row)
    }
}

/// Reads a value, which is a row where rows stand.
struct Reader {
    reads_row: bool,
}

impl<'t> Visitor<'t> for Reader {
    type Value = Value<'t>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Value<'t>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'t>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value<'t>, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value<'t>, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value<'t>, E> {
        Ok(Value::Other)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value<'t>, E> {
        Ok(Value::Truth(truth))
    }

    fn visit_unit<E>(self) -> Result<Value<'t>, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<Value<'t>, A::Error> {
        let mut values = Values::default();
        let mut keys = Key::ALL.into_iter();
        while let Some(value) = list.next_element()? {
            if self.reads_row {
                values.add(keys.next().unwrap_or(Key::Other), value);
            }
        }
        Ok(values.row().map_or(Value::Other, Value::Row))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut object: A) -> Result<Value<'t>, A::Error> {
        if !self.reads_row {
            while object.next_entry::<Value<'t>, Value<'t>>()?.is_some() {}
            return Ok(Value::Other);
        }
        let mut values = Values::default();
        while let Some(key) = object.next_key()? {
            let value = object.next_value()?;
            if !matches!(key, Key::Other) {
                values.add(key, value);
            }
        }
        Ok(values.row().map_or(Value::Other, Value::Row))
    }
}

impl<'t> Deserialize<'t> for Value<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader { reads_row: false })
    }
}

/// An element of the list; `None` where it is no row.
struct Element(Option<Row>);

impl<'t> Deserialize<'t> for Element {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Element(match deserializer.deserialize_any(Reader { reads_row: true })? {
            Value::Row(row) => Some(row),
            _ => None,
        }))
    }
}

/// How many names are looked for in vain.
const MOST_MISSES: u32 = 20;

/// The lines of a text that hold `"name"`, one after the other.
struct NamedLines<'t> {
    text: &'t str,
    name: memmem::Finder<'static>,
    /// Where the line begins that comes next, and its number.
    begin: usize,
    number: u32,
}

impl<'t> NamedLines<'t> {
    fn of(text: &'t str) -> Self {
        NamedLines { text, name: memmem::Finder::new(b"\"name\""), begin: 0, number: 1 }
    }

    /// The number of the next of them that holds a text as well. Without one the lines are as before.
    fn next(&mut self, wanted: &str) -> Option<u32> {
        let (mut begin, mut number) = (self.begin, self.number);
        loop {
            let rest = self.text.as_bytes().get(begin..)?;
            let at = self.name.find(rest)?;
            let (before, behind) = rest.split_at_checked(at)?;
            let starts = begin + memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            let ends = begin + at + memchr::memchr(b'\n', behind).unwrap_or(behind.len());
            let lines = u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX);
            let found = number.saturating_add(lines);
            (begin, number) = (ends + 1, found.saturating_add(1));
            if self.text.get(starts..ends)?.contains(wanted) {
                (self.begin, self.number) = (begin, number);
                return Some(found);
            }
        }
    }
}

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
    let mut lines = NamedLines::of(text);
    let mut last = 1;
    // A name that is written otherwise in the text is looked for to its end: not for ever.
    let mut misses = 0;
    for element in elements {
        let Element(Some(row)) = element else {
            tally.malformed(last);
            continue;
        };
        if misses < MOST_MISSES {
            match lines.next(&format!("\"{}\"", row.name)) {
                Some(number) => last = number,
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
    use serde::de::IgnoredAny;

    use super::*;
    use crate::parse::android::located::corpus;

    /// The same, as `serde` makes it of the types.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Derived {
        Package(DerivedRow),
        Other(IgnoredAny),
    }

    #[derive(Deserialize)]
    struct DerivedRow {
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

    type Told = Option<(String, Option<String>, Option<u32>, Option<bool>, Option<bool>)>;
    /// The rows, or what a gap tells of why there are none.
    type Read = Result<Vec<Told>, (bool, usize, usize)>;

    fn why_not(error: serde_json::Error) -> (bool, usize, usize) {
        (error.is_eof(), error.line(), error.column())
    }

    fn by_hand(text: &str) -> Read {
        let elements: Vec<Element> = serde_json::from_str(text).map_err(why_not)?;
        let told = |row: Row| (row.name, row.installer, row.uid, row.system, row.disabled);
        Ok(elements.into_iter().map(|Element(row)| row.map(told)).collect())
    }

    fn derived(text: &str) -> Read {
        let elements: Vec<Derived> = serde_json::from_str(text).map_err(why_not)?;
        let told = |element| match element {
            Derived::Package(row) => Some((row.name, row.installer, row.uid, row.system, row.disabled)),
            Derived::Other(_) => None,
        };
        Ok(elements.into_iter().map(told).collect())
    }

    const VALUES: [&str; 24] = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "10123",
        "-1",
        "1.5",
        "1e3",
        "4294967295",
        "4294967296",
        "18446744073709551616",
        "1e999",
        "01",
        "\"a.b\"",
        "\"\"",
        "\"\\n\\u00e9\"",
        "\"\\ud800\"",
        "\"\\q\"",
        "[]",
        "{}",
        "[[1],{\"name\":2}]",
        "{\"name\":\"c\",\"x\":[null,\"\\ud800\"]}",
        "{\"\\udfff\":1e999}",
    ];
    const KEYS: [&str; 8] = ["name", "installer", "uid", "system", "disabled", "files", "Name", "n\\u0061me"];

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

    #[test]
    fn nesting_has_the_same_bound() {
        for depth in [120, 124, 125, 126, 127, 128, 140] {
            for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                for text in [format!("[{value}]"), format!("[{{\"name\":\"a\",\"x\":{value}}}]")] {
                    assert_eq!(by_hand(&text), derived(&text), "{depth}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_row_is_what_its_types_say(
            object in proptest::collection::vec((0..KEYS.len(), 0..VALUES.len()), 0..7),
            list in proptest::collection::vec(0..VALUES.len(), 0..7),
            (cut, at, by) in (0_usize..600, any::<proptest::sample::Index>(), "[\\[\\]{}:,\"\\\\0e \u{1}]"),
        ) {
            let object: Vec<String> =
                object.iter().map(|(key, value)| format!("\"{}\":{}", KEYS[*key], VALUES[*value])).collect();
            let list: Vec<&str> = list.iter().map(|value| VALUES[*value]).collect();
            let text =
                format!("[{{{}}},\n[{}],{},{{\"name\":\"z\"}}]", object.join(","), list.join(","), VALUES[list.len()]);
            prop_assert_eq!(by_hand(&text), derived(&text));
            let mut mutated: Vec<char> = text.chars().collect();
            let at = at.index(mutated.len());
            mutated[at] = by.chars().next().unwrap();
            let mutated: String = mutated.into_iter().collect();
            prop_assert_eq!(by_hand(&mutated), derived(&mutated));
            let text = text.get(..cut).unwrap_or(&text);
            prop_assert_eq!(by_hand(text), derived(text));
        }

        #[test]
        fn a_row_stands_on_the_next_line_with_its_name(text in "(\"name\"|\"a\"|\"b\"|\n|é){0,20}", names in "[abc]{0,6}") {
            let mut lines = NamedLines::of(&text);
            let mut rest = numbered_lines(&text);
            for name in names.chars() {
                let wanted = format!("\"{name}\"");
                let mut ahead = rest.clone();
                let found = ahead.find(|(_, line)| line.contains("\"name\"") && line.contains(&wanted));
                if found.is_some() {
                    rest = ahead;
                }
                prop_assert_eq!(lines.next(&wanted), found.map(|(number, _)| number));
            }
        }

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
