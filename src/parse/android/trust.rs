//! `dumpsys trust`: the trust agents that may keep a phone unlocked (`TrustManagerService.dumpUser`).
//!
//! The dump holds display names of users and messages of agents; neither is kept.

use std::collections::BTreeMap;

use crate::parse::text::numbered_lines;

use super::component::Component;
use super::located::{Located, Tally, whole_gaps};
use super::parsed::Parsed;

/// The trust agents of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserTrust {
    /// The agents that are on. On many phones Google's agent is on without a single trusted place or device.
    pub agents: Vec<Located<Component>>,
    /// Whether the list of agents has its end: `Events:` follows it on every version.
    pub ended: bool,
    /// The line that names the user.
    pub line: u32,
}

/// The trust agents of a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// By user.
    pub users: BTreeMap<u32, UserTrust>,
}

/// Reads `dumpsys trust`.
pub fn parse(text: &str) -> Parsed<Trust> {
    let mut facts = Trust::default();
    let mut tally = Tally::default();
    let mut recognised = false;
    let mut current: Option<u32> = None;
    let mut in_agents = false;
    for (number, line) in numbered_lines(text) {
        let row = line.trim();
        if row.starts_with("Trust manager state") {
            recognised = true;
        } else if row.starts_with("User \"") {
            recognised = true;
            in_agents = false;
            current = user_id(row);
            match current {
                Some(user) => {
                    tally.read();
                    facts.users.entry(user).or_insert(UserTrust { line: number, ..UserTrust::default() });
                }
                None => tally.malformed(number),
            }
        } else if row == "Enabled agents:" {
            in_agents = true;
        } else if row == "Events:" {
            in_agents = false;
            if let Some(user) = current.and_then(|user| facts.users.get_mut(&user)) {
                user.ended = true;
            }
        } else if in_agents && !row.is_empty() && !row.contains('=') {
            // Rows with `=` tell the state of the agent above them; duplicated names are noted without `=` or `/`.
            let agents = current.and_then(|user| facts.users.get_mut(&user)).map(|trust| &mut trust.agents);
            match (Component::parse(row), agents) {
                (Some(agent), Some(agents)) => {
                    tally.read();
                    agents.push(Located::new(agent, number));
                }
                _ if row.contains('/') => tally.malformed(number),
                _ => {}
            }
        }
    }
    let mut gaps = whole_gaps(text, recognised);
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

/// The id in `User "NAME" (id=0, flags=0x13) (current): …`; the name may hold anything, so the last `(id=` counts.
fn user_id(row: &str) -> Option<u32> {
    let (_, rest) = row.rsplit_once("(id=")?;
    rest.split([',', ')']).next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::{corpus, mangled};

    const TWO_USERS: &str = "Trust manager state:\n User \"A (id=7, b\" (id=0, flags=0x4c13) (current): trustState=UNTRUSTED, trustManaged=1, deviceLocked=0, isActiveUnlockRunning=0, strongAuthRequired=0x0\n   Enabled agents:\n    com.google.android.gms/.auth.trustagent.GoogleTrustAgent\n     bound=1, connected=1, managingTrust=1, trusted=1\n      message=\"at x/y home\"\n   Events:\n    #0  12-03 10:00:00.000 TrustTimeout: agent=GoogleTrustAgent\n User \"Work\" (id=10, flags=0x1030)(managed profile)\n   disabled because switching to this user is not possible.\n";

    #[test]
    fn reads_agents_of_each_user() {
        let parsed = parse(TWO_USERS);
        assert_eq!(parsed.gaps, []);
        let agents = &parsed.facts.users[&0].agents;
        assert_eq!(agents.len(), 1);
        assert_eq!(
            agents[0].value.to_string(),
            "com.google.android.gms/com.google.android.gms.auth.trustagent.GoogleTrustAgent"
        );
        assert_eq!((agents[0].line, parsed.facts.users[&10].agents.len(), parsed.facts.users[&10].line), (4, 0, 9));
        assert_eq!(parsed.facts.users.len(), 2);
    }

    #[test]
    fn reads_real_phones() {
        for path in ["a09-google-emulator", "a09-rockchip-rk3399", "a08.1-smartron-tphone"] {
            let Some(text) = corpus(&format!("{path}/trust.txt")) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, []);
            assert_eq!(parsed.facts.users[&0], UserTrust { agents: Vec::new(), ended: true, line: 3 }, "{path}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in mangled(TWO_USERS)) {
            let _ = (parse(&text), parse(&near));
        }
    }
}
