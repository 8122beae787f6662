//! `dumpsys role` (Android 10 and later): which apps hold the roles of default apps (`RoleManagerService.dump`).

use std::collections::BTreeMap;

use crate::evidence::Reason;

use super::blocks;
use super::located::{Located, Tally, whole_gaps};
use super::parsed::{ParseGap, Parsed};

/// One role of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// The packages that hold it; none when nobody does.
    pub holders: Vec<Located<String>>,
    /// The line of the role's name.
    pub line: u32,
}

/// The roles of every user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Role by user and name (`android.app.role.SMS`).
    pub users: BTreeMap<u32, BTreeMap<String, Role>>,
    /// Whether every block that opens also closes, so that no role is missing.
    pub complete: bool,
}

impl Roles {
    /// One role of a user. `None` when the phone does not list it.
    pub fn get(&self, user: u32, name: &str) -> Option<&Role> {
        self.users.get(&user)?.get(name)
    }
}

/// Reads `dumpsys role`. One user's state stands as `user_states={`, those of several as `user_states=[`; the same
/// holds for roles and holders.
pub fn parse(text: &str) -> Parsed<Roles> {
    let (root, complete) = blocks::parse(text);
    let mut facts = Roles { complete, ..Roles::default() };
    let mut tally = Tally::default();
    let states = root.all("user_states");
    for state in &states {
        let Some(user) = state.field("user_id").and_then(|id| id.value.parse().ok()) else {
            tally.malformed(state.line());
            continue;
        };
        let roles = facts.users.entry(user).or_default();
        for block in state.blocks("roles") {
            let Some(name) = block.field("name") else {
                tally.malformed(block.line());
                continue;
            };
            tally.read();
            let holders = block.fields("holders").map(|holder| Located::new(holder.value.to_owned(), holder.line));
            let role = Role { holders: holders.collect(), line: name.line };
            roles.entry(name.value.to_owned()).or_insert(role);
        }
    }
    let mut gaps = whole_gaps(text, !states.is_empty());
    if !complete && !states.is_empty() && gaps.is_empty() {
        gaps.push(ParseGap { reason: Reason::Truncated, read: None, of: None, detail: String::new() });
    }
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::mangled;

    const ONE_USER: &str = "ROLE MANAGER STATE (dumpsys role):\n{\n  user_states={\n    user_id=0\n    version=-1\n    roles=[\n      {\n        name=android.app.role.SMS\n        holders=com.a\n      }\n      {\n        name=android.app.role.DIALER\n      }\n      {\n        name=android.app.role.HOME\n        holders=[\n          com.b\n          com.c\n        ]\n      }\n      {\n        name=android.app.role.X\n        fallback_enabled=true\n        holders=com.d\n        holders=com.e\n      }\n    ]\n  }\n}\n";

    fn holders<'a>(roles: &'a Roles, user: u32, name: &str) -> Vec<(&'a str, u32)> {
        let role = roles.get(user, &format!("android.app.role.{name}")).unwrap();
        role.holders.iter().map(|holder| (holder.value.as_str(), holder.line)).collect()
    }

    #[test]
    fn reads_one_user() {
        let parsed = parse(ONE_USER);
        assert_eq!(parsed.gaps, []);
        assert_eq!(holders(&parsed.facts, 0, "SMS"), [("com.a", 9)]);
        assert_eq!(holders(&parsed.facts, 0, "DIALER"), []);
        assert_eq!(holders(&parsed.facts, 0, "HOME"), [("com.b", 17), ("com.c", 18)]);
        assert_eq!(holders(&parsed.facts, 0, "X"), [("com.d", 24), ("com.e", 25)]);
        assert_eq!(parsed.facts.get(0, "android.app.role.BROWSER"), None);
        assert_eq!(parsed.facts.get(0, "android.app.role.DIALER").unwrap().line, 12);
    }

    #[test]
    fn reads_several_users() {
        let text = "{\n  user_states=[\n    {\n      user_id=0\n      roles={\n        name=r\n        holders=com.a\n      }\n    }\n    {\n      user_id=10\n      roles={\n        name=r\n        holders=com.b\n      }\n    }\n  ]\n}\n";
        let parsed = parse(text);
        assert_eq!(parsed.facts.get(10, "r").unwrap().holders[0].value, "com.b");
        assert_eq!(parsed.facts.get(0, "r").unwrap().holders[0].value, "com.a");
    }

    #[test]
    fn says_what_is_missing() {
        assert_eq!(parse("Can't find service: role\n").gaps[0].reason, Reason::NotSupported);
        let cut: String = ONE_USER.lines().take(20).map(|line| format!("{line}\n")).collect();
        assert_eq!(parse(&cut).gaps[0].reason, Reason::Truncated);
        let parsed = parse("{\n  user_states={\n    user_id=0\n    roles={\n      holders=a\n    }\n  }\n}\n");
        assert_eq!((parsed.gaps[0].read, parsed.gaps[0].of), (Some(0), Some(1)));
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in mangled(ONE_USER)) {
            let _ = (parse(&text), parse(&near));
        }
    }
}
