//! `dumpsys window policy`: the keyguard's own word on whether a lock is set (`KeyguardServiceDelegate.dump`).

use crate::evidence::Reason;
use crate::parse::text::{indent, numbered_lines};

use super::located::{Located, boolean, whole_gaps};
use super::parsed::{ParseGap, Parsed};

/// What the keyguard says about the current user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyguard {
    /// `secure=`: a PIN, pattern or password is set. A swipe is not secure.
    pub secure: Option<Located<bool>>,
    /// `enabled=`: the lock screen is on.
    pub enabled: Option<Located<bool>>,
    /// `showing=`: the phone is locked now.
    pub showing: Option<Located<bool>>,
}

/// Reads `dumpsys window policy`, or the whole `dumpsys window`: the block under `KeyguardServiceDelegate`.
pub fn parse(text: &str) -> Parsed<Keyguard> {
    let mut facts = Keyguard::default();
    // The indentation of the block's heading, while inside.
    let mut inside: Option<usize> = None;
    let mut found = false;
    for (number, line) in numbered_lines(text) {
        let row = line.trim();
        if row == "KeyguardServiceDelegate" {
            inside = Some(indent(line));
            found = true;
            continue;
        }
        let Some(heading) = inside else { continue };
        if !row.is_empty() && indent(line) <= heading {
            inside = None;
            continue;
        }
        let Some((key, value)) = row.split_once('=') else { continue };
        let field = match key {
            "secure" => &mut facts.secure,
            "enabled" => &mut facts.enabled,
            "showing" => &mut facts.showing,
            _ => continue,
        };
        if field.is_none() {
            *field = boolean(value).map(|value| Located::new(value, number));
        }
    }
    let mut gaps = whole_gaps(text, found || text.lines().any(|line| line.trim_start().starts_with("WINDOW MANAGER")));
    if !found && gaps.is_empty() {
        gaps.push(ParseGap { reason: Reason::Absent, read: None, of: None, detail: String::new() });
    }
    Parsed { facts, gaps }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_block_and_nothing_else() {
        let text = "WINDOW MANAGER POLICY STATE (dumpsys window policy)\n    secure=false\n    KeyguardServiceDelegate\n      showing=false\n      secure=true\n      enabled=true\n      KeyguardStateMonitor\n        mIsShowing=false\n    Looper state:\n      secure=false\n";
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        assert_eq!(parsed.facts.secure, Some(Located::new(true, 5)));
        assert_eq!(parsed.facts.enabled, Some(Located::new(true, 6)));
        assert_eq!(parsed.facts.showing, Some(Located::new(false, 4)));
    }

    #[test]
    fn says_when_the_block_is_not_there() {
        assert_eq!(parse("WINDOW MANAGER POLICY STATE\n  x=1\n").gaps[0].reason, Reason::Absent);
        assert_eq!(parse("").gaps[0].reason, Reason::Absent);
    }

    #[test]
    fn reads_a_real_bug_report() {
        use std::io::Read as _;
        let Some(folder) = crate::skip::corpus("") else { return };
        let folder = if folder.join("android").is_dir() { folder.join("android") } else { folder };
        let file = folder.join("whole-bugreports/a09-bugreport-sdk_gphone_x86-PSR1.180720.075.zip");
        let mut archive = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
        let mut bytes = Vec::new();
        let name = "bugreport-sdk_gphone_x86-PSR1.180720.075-2019-08-15-15-08-46.txt";
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        let text = crate::parse::text::decode(bytes);
        let parsed = parse(&text);
        assert_eq!(parsed.facts.secure, Some(Located::new(false, 1879)));
        assert_eq!(parsed.facts.enabled, Some(Located::new(true, 1883)));
        assert_eq!(parsed.gaps, []);
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in "( {0,3}(KeyguardServiceDelegate|secure=[a-z]{0,4}|x)\n){0,9}") {
            let _ = (parse(&text), parse(&near));
        }
    }
}
