//! When and of what the evidence was taken: the first lines of a bug report, and AndroidQF's `acquisition.json`.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::evidence::Reason;
use crate::parse::text::numbered_lines;

use super::located::{Located, whole_gaps};
use super::parsed::{ParseGap, Parsed};
use super::time::timestamp;

/// The header of a bug report (`dumpstate.cpp`, `PrintHeader`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DumpstateHeader {
    /// When it was taken, in the phone's local time; the zone is not in the header.
    pub taken_at: Option<Located<DateTime>>,
    /// `Build fingerprint:`: `brand/product/device:release/id/incremental:type/tags`.
    pub fingerprint: Option<Located<String>>,
    /// `Build:`, the display id.
    pub build: Option<Located<String>>,
}

/// Reads the first lines of a bug report.
pub fn parse(text: &str) -> Parsed<DumpstateHeader> {
    let mut facts = DumpstateHeader::default();
    let mut recognised = false;
    for (number, line) in numbered_lines(text) {
        if let Some(date) = line.strip_prefix("== dumpstate:") {
            recognised = true;
            if facts.taken_at.is_none() {
                facts.taken_at = timestamp(date.trim()).map(|date| Located::new(date, number));
            }
        } else if let Some(fingerprint) = line.strip_prefix("Build fingerprint:") {
            recognised = true;
            let fingerprint = fingerprint.trim().trim_matches('\'').to_owned();
            facts.fingerprint.get_or_insert(Located::new(fingerprint, number));
        } else if let Some(build) = line.strip_prefix("Build:") {
            recognised = true;
            facts.build.get_or_insert(Located::new(build.trim().to_owned(), number));
        } else if recognised && line.starts_with("------ ") {
            break;
        }
    }
    let mut gaps = whole_gaps(text, recognised);
    if recognised && facts.taken_at.is_none() {
        gaps.push(ParseGap { reason: Reason::Unreadable, read: None, of: None, detail: "== dumpstate:".to_owned() });
    }
    Parsed { facts, gaps }
}

/// AndroidQF's own record of its visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acquisition {
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended. A visit that was broken off has none.
    pub completed: Option<Timestamp>,
    /// AndroidQF's version.
    pub version: Option<String>,
}

/// Reads `acquisition.json`: an object with `started`, `completed` (RFC 3339) and `androidqf_version`, whatever their
/// capitals. The year 1 is Go's way to write "never".
pub fn parse_acquisition(text: &str) -> Parsed<Acquisition> {
    let object: serde_json::Map<String, serde_json::Value> = match serde_json::from_str(text) {
        Ok(object) => object,
        Err(error) => {
            let reason = match () {
                () if text.trim().is_empty() => Reason::Absent,
                () if error.is_eof() => Reason::Truncated,
                () => Reason::Unreadable,
            };
            let gap = ParseGap { reason, read: None, of: None, detail: format!("line {}", error.line()) };
            return Parsed { facts: Acquisition::default(), gaps: vec![gap] };
        }
    };
    let word = |names: &[&str]| {
        object
            .iter()
            .find(|(key, _)| names.contains(&key.to_ascii_lowercase().as_str()))
            .and_then(|(_, value)| value.as_str())
    };
    let never = Timestamp::UNIX_EPOCH;
    let time = |name| word(&[name]).and_then(|time| time.parse::<Timestamp>().ok()).filter(|time| *time > never);
    let facts = Acquisition {
        started: time("started"),
        completed: time("completed"),
        version: word(&["androidqf_version", "androidqfversion", "version"]).map(str::to_owned),
    };
    let mut gaps = Vec::new();
    if facts.started.is_none() {
        gaps.push(ParseGap { reason: Reason::Unreadable, read: None, of: None, detail: "started".to_owned() });
    }
    Parsed { facts, gaps }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::corpus;

    #[test]
    fn reads_a_header() {
        let text = "=====\n== dumpstate: 2024-03-01 10:20:30\n=====\n\nBuild: X.1\nBuild fingerprint: 'a/b/c:14/X.1/2:user/release-keys'\n------ UPTIME ------\nBuild: other\n";
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        assert_eq!(parsed.facts.taken_at, Some(Located::new(datetime(2024, 3, 1, 10, 20, 30, 0), 2)));
        assert_eq!(parsed.facts.fingerprint, Some(Located::new("a/b/c:14/X.1/2:user/release-keys".to_owned(), 6)));
        assert_eq!(parsed.facts.build.map(|build| build.value).as_deref(), Some("X.1"));
        assert_eq!(parse("== dumpstate: soon\n").gaps[0].reason, Reason::Unreadable);
    }

    #[test]
    fn reads_an_acquisition() {
        let text = "{\"uuid\":\"x\",\"androidqf_version\":\"v1.7\",\"started\":\"2024-03-01T10:20:30.5+01:00\",\"completed\":\"0001-01-01T00:00:00Z\"}";
        let facts = parse_acquisition(text).facts;
        assert_eq!(facts.started, "2024-03-01T09:20:30.5Z".parse().ok());
        assert_eq!((facts.completed, facts.version.as_deref()), (None, Some("v1.7")));
        assert_eq!(parse_acquisition("{\"Started\":7}").gaps[0].reason, Reason::Unreadable);
        assert_eq!(parse_acquisition("{\"started\"").gaps[0].reason, Reason::Truncated);
    }

    #[test]
    fn reads_real_headers() {
        for (path, time, fingerprint) in [
            (
                "a09-google-emulator",
                datetime(2019, 8, 15, 15, 8, 46, 0),
                "google/sdk_gphone_x86/generic_x86:9/PSR1.180720.075/5124027:user/release-keys",
            ),
            (
                "a09-rockchip-rk3399",
                datetime(2023, 8, 15, 8, 4, 58, 0),
                "rockchip/rk3399/rk3399:9/PI/william09260949:userdebug/test-keys",
            ),
            (
                "a08.1-smartron-tphone",
                datetime(2018, 4, 25, 11, 45, 7, 0),
                "Smartron/tphoneE/rimoE:8.1.0/T5911INDURD-147/147:user/release-keys",
            ),
        ] {
            let Some(text) = corpus(&format!("{path}/header.txt")) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, []);
            assert_eq!(parsed.facts.taken_at, Some(Located::new(time, 2)), "{path}");
            assert_eq!(parsed.facts.fingerprint, Some(Located::new(fingerprint.to_owned(), 6)), "{path}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = (parse(&text), parse_acquisition(&text));
        }
    }
}
