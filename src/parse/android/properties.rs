//! `getprop`: one `[key]: [value]` per property, in the order of the keys (`toolbox`'s `getprop`).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::parse::text::numbered_lines;

use super::located::{KeySpan, Located, Tally, whole_gaps};
use super::parsed::Parsed;

/// The system properties that the shell may read. A property the shell may not read is missing, not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// Value by key, with the line on which the key stands.
    pub entries: BTreeMap<String, Located<String>>,
    /// From which key to which the list reaches.
    pub span: KeySpan,
    /// Keys that stand twice with two values: which of them is the phone's own, nothing tells.
    pub contradicted: BTreeSet<String>,
}

impl Properties {
    /// Holds a second list of the same phone against this one: of what they say differently, neither is believed.
    pub fn hold_against(&mut self, other: &Properties) {
        let differs = |key: &String| {
            self.entries.get(key).map(|entry| &entry.value) != other.entries.get(key).map(|entry| &entry.value)
        };
        let odd: Vec<String> =
            self.entries.keys().chain(other.entries.keys()).filter(|key| differs(key)).cloned().collect();
        odd.iter().for_each(|key| drop(self.entries.remove(key)));
        self.contradicted.extend(odd);
    }

    /// The value of a property.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.located(key).map(|entry| entry.value.as_str())
    }

    /// The value of a property and its line.
    pub fn located(&self, key: &str) -> Option<&Located<String>> {
        self.entries.get(key)
    }
}

/// An entry whose end has not been met.
struct Open<'a> {
    key: &'a str,
    line: u32,
    /// The value's lines so far.
    lines: Vec<&'a str>,
    /// Up to which of them the value reaches: the last line that ends in `]`.
    closed: usize,
    /// Lines that are neither blank nor a rule of dashes.
    stray: Vec<u32>,
}

/// Reads the output of `getprop`. A value may span lines; it ends with the last `]` at a line end before the next key.
pub fn parse(text: &str) -> Parsed<Properties> {
    let mut facts = Properties::default();
    let mut tally = Tally::default();
    let mut open: Option<Open<'_>> = None;
    for (number, line) in numbered_lines(text) {
        let line = line.trim_end();
        if let Some((key, value)) = line.strip_prefix('[').and_then(|line| line.split_once("]: [")) {
            finish(open.take(), &mut facts, &mut tally);
            let closed = usize::from(value.ends_with(']'));
            open = Some(Open { key, line: number, lines: vec![value], closed, stray: Vec::new() });
        } else if let Some(entry) = &mut open {
            if line.starts_with("------") {
                finish(open.take(), &mut facts, &mut tally);
                continue;
            }
            entry.lines.push(line);
            if line.ends_with(']') {
                entry.closed = entry.lines.len();
                entry.stray.clear();
            } else if !line.is_empty() {
                entry.stray.push(number);
            }
        }
    }
    finish(open, &mut facts, &mut tally);
    let mut gaps = whole_gaps(text, tally.any());
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

fn finish(open: Option<Open<'_>>, facts: &mut Properties, tally: &mut Tally) {
    let Some(entry) = open else { return };
    if entry.closed == 0 {
        tally.malformed(entry.line);
        return;
    }
    for line in entry.stray {
        tally.malformed(line);
    }
    let value = entry.lines.get(..entry.closed).unwrap_or_default().join("\n");
    let value = value.strip_suffix(']').unwrap_or(&value).to_owned();
    tally.read();
    // Its bracket ends the value.
    facts.span.add(entry.key, "null", ']');
    match facts.entries.entry(entry.key.to_owned()) {
        Entry::Vacant(place) if !facts.contradicted.contains(entry.key) => {
            place.insert(Located::new(value, entry.line));
        }
        Entry::Occupied(known) if known.get().value != value => {
            facts.contradicted.insert(entry.key.to_owned());
            known.remove();
        }
        Entry::Vacant(_) | Entry::Occupied(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Reason;
    use crate::parse::android::located::corpus;

    #[test]
    fn reads_values_of_one_line_and_of_more() {
        let text = "[a.b]: [1]\n[empty]: []\n[history]: [shutdown,1\nreboot,[x]\n\nlast]\n[z]: [x=[y]]\n";
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        assert_eq!(parsed.facts.get("a.b"), Some("1"));
        assert_eq!(parsed.facts.get("empty"), Some(""));
        assert_eq!(parsed.facts.located("history"), Some(&Located::new("shutdown,1\nreboot,[x]\n\nlast".into(), 3)));
        assert_eq!(parsed.facts.located("z"), Some(&Located::new("x=[y]".into(), 7)));
        assert_eq!(parsed.facts.get("missing"), None);
    }

    #[test]
    fn counts_what_it_cannot_read() {
        let parsed = parse("[a]: [1]\nstray\n[b]: [cut\n");
        assert_eq!(parsed.facts.entries.len(), 1);
        assert_eq!(
            (parsed.gaps[0].reason, parsed.gaps[0].read, parsed.gaps[0].of),
            (Reason::Unreadable, Some(1), Some(3))
        );
    }

    #[test]
    fn stops_at_the_rule_of_a_bug_report() {
        let parsed = parse(
            "------ SYSTEM PROPERTIES (getprop) ------\n[a]: [1]\n------ 0.010s was the duration of 'X' ------\n",
        );
        assert_eq!((parsed.facts.get("a"), parsed.gaps.len()), (Some("1"), 0));
    }

    #[test]
    fn reads_real_phones() {
        for (path, count, key, value) in [
            ("a14-xiaomi-pad6-hyperos2/getprop.txt", 1178, "ro.boot.verifiedbootstate", "green"),
            ("a09-google-emulator/getprop.txt", 359, "ro.build.version.sdk", "28"),
            ("a09-rockchip-rk3399/getprop.txt", 437, "ro.build.type", "userdebug"),
            ("a08.1-smartron-tphone/getprop.txt", 581, "ro.build.version.release", "8.1.0"),
            ("mvt/getprop.txt", 13, "dalvik.vm.appimageformat", "lz4"),
        ] {
            let Some(text) = corpus(path) else { return };
            let parsed = parse(&text);
            // One value of the 8.1 phone opens and never closes.
            let cut: u64 = parsed.gaps.iter().filter_map(|gap| Some(gap.of? - gap.read?)).sum();
            assert_eq!(cut, u64::from(path.starts_with("a08.1")), "{path}");
            let count = count - usize::from(path.starts_with("a08.1"));
            assert_eq!(parsed.facts.get(key), Some(value), "{path}");
            assert_eq!(parsed.facts.entries.len(), count, "{path}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn every_entry_comes_back(entries in proptest::collection::btree_map("[a-z.]{1,8}", "[a-z\\]\\[ \n]{0,12}[a-z]?", 0..8)) {
            let text: String = entries.iter().map(|(key, value)| format!("[{key}]: [{value}]\n")).collect();
            prop_assume!(!text.contains("\n["));
            let parsed = parse(&text);
            prop_assert_eq!(parsed.facts.entries.len(), entries.len());
        }
    }
}
