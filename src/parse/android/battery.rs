//! Which apps may run without battery limits: `cmd deviceidle whitelist` and `dumpsys deviceidle`
//! (`DeviceIdleController`).

use crate::parse::text::{indent, numbered_lines};

use super::located::{Located, Tally, whole_gaps};
use super::parsed::Parsed;

/// The apps that are exempt from battery limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatteryExemptions {
    /// Exempt by choice, made on the phone or by an app's request that the person accepted: "Unrestricted". Some vendors
    /// put apps of their own here.
    pub user: Vec<Located<String>>,
    /// Exempt by the system image.
    pub system: Vec<Located<String>>,
    /// Exempt by the system image except in deep sleep.
    pub system_except_idle: Vec<Located<String>>,
    /// Whether the text goes on behind the lists, so that none of them is cut short; only `dumpsys deviceidle` does.
    pub ended: bool,
}

/// Reads either form, told by its rows: `user,com.x,10199`, or names under `  Whitelist user apps:` (a build may say
/// `Allowlist`).
pub fn parse(text: &str) -> Parsed<BatteryExemptions> {
    let mut facts = BatteryExemptions::default();
    let mut tally = Tally::default();
    let mut recognised = false;
    // The list a heading opened, and the heading's indentation.
    let mut open: Option<(Kind, usize)> = None;
    for (number, line) in numbered_lines(text) {
        let row = line.trim();
        if row.is_empty() {
            continue;
        }
        if let Some((kind, rest)) = row.split_once(',').and_then(|(kind, rest)| Some((of_row(kind)?, rest))) {
            recognised = true;
            match rest.split_once(',') {
                Some((package, uid)) if is_package(package) && uid.bytes().all(|byte| byte.is_ascii_digit()) => {
                    tally.read();
                    list(&mut facts, kind).push(Located::new(package.to_owned(), number));
                }
                _ => tally.malformed(number),
            }
            continue;
        }
        if open.is_some_and(|(_, heading)| indent(line) <= heading) {
            open = None;
        }
        if let Some((kind, _)) = open {
            if is_package(row) {
                tally.read();
                list(&mut facts, kind).push(Located::new(row.to_owned(), number));
            } else {
                tally.malformed(number);
            }
            continue;
        }
        let Some(heading) = row.strip_suffix(':') else {
            recognised |= row.starts_with("mLightEnabled=");
            facts.ended |= row.starts_with("mLightEnabled=");
            continue;
        };
        let heading = heading.to_ascii_lowercase().replace("allowlist", "whitelist");
        recognised |= heading.starts_with("whitelist ");
        facts.ended |= heading == "whitelist all app ids";
        open = match heading.as_str() {
            "whitelist user apps" => Some(Kind::User),
            "whitelist system apps" => Some(Kind::System),
            "whitelist (except idle) system apps" => Some(Kind::SystemExceptIdle),
            _ => None,
        }
        .map(|kind| (kind, indent(line)));
    }
    let mut gaps = whole_gaps(text, recognised);
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

#[derive(Clone, Copy)]
enum Kind {
    User,
    System,
    SystemExceptIdle,
}

fn of_row(kind: &str) -> Option<Kind> {
    match kind {
        "user" => Some(Kind::User),
        "system" => Some(Kind::System),
        "system-excidle" => Some(Kind::SystemExceptIdle),
        _ => None,
    }
}

fn list(facts: &mut BatteryExemptions, kind: Kind) -> &mut Vec<Located<String>> {
    match kind {
        Kind::User => &mut facts.user,
        Kind::System => &mut facts.system,
        Kind::SystemExceptIdle => &mut facts.system_except_idle,
    }
}

fn is_package(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || "._-".contains(character))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Reason;
    use crate::parse::android::located::corpus;

    #[test]
    fn reads_rows() {
        let parsed = parse("system-excidle,com.a,10079\nsystem,com.b,2000\nuser,com.c,10199\nuser,com.d\n");
        assert_eq!(parsed.facts.user, [Located::new("com.c".to_owned(), 3)]);
        assert_eq!(parsed.facts.system, [Located::new("com.b".to_owned(), 2)]);
        assert_eq!(parsed.facts.system_except_idle, [Located::new("com.a".to_owned(), 1)]);
        assert_eq!((parsed.gaps[0].read, parsed.gaps[0].of), (Some(3), Some(4)));
    }

    #[test]
    fn reads_a_dump_in_both_wordings() {
        for word in ["Whitelist", "Allowlist"] {
            let text = format!(
                "  Settings:\n    a_{word}=1\n  {word} (except idle) system apps:\n    com.a\n  {word} user apps:\n    com.b\n    com.c\n  {word} (except idle) all app ids:\n    1000\n  {word} user app ids:\n    10199\n  mLightEnabled=true\n"
            );
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, []);
            assert_eq!(parsed.facts.user, [Located::new("com.b".to_owned(), 6), Located::new("com.c".to_owned(), 7)]);
            assert_eq!((parsed.facts.system.len(), parsed.facts.system_except_idle.len()), (0, 1));
        }
        assert_eq!(parse("nonsense").gaps[0].reason, Reason::Unreadable);
    }

    #[test]
    fn reads_real_phones() {
        for (path, user, system, except_idle) in [
            ("a14-xiaomi-pad6-hyperos2/deviceidle.txt", 34, 13, 18),
            ("a09-google-emulator/deviceidle.txt", 0, 4, 7),
            ("a09-rockchip-rk3399/deviceidle.txt", 0, 3, 5),
            ("a08.1-smartron-tphone/deviceidle.txt", 0, 9, 10),
            ("excerpts/deviceidle-whitelist.txt", 1, 1, 2),
        ] {
            let Some(text) = corpus(path) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, [], "{path}");
            let facts = parsed.facts;
            assert_eq!(
                (facts.user.len(), facts.system.len(), facts.system_except_idle.len()),
                (user, system, except_idle),
                "{path}"
            );
            assert_eq!(facts.user.iter().any(|app| app.value == "com.whatsapp"), user > 0, "{path}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in "( {0,4}(Whitelist user apps:|user,[a,]{0,5}|com\\.a|x=1)\n){0,10}") {
            let _ = (parse(&text), parse(&near));
        }
    }
}
