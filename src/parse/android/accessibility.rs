//! `dumpsys accessibility`: the accessibility services that are on (`AccessibilityManagerService.dump`).

use crate::parse::text::numbered_lines;

use super::component::Component;
use super::located::{Located, Tally, whole_gaps};
use super::parsed::Parsed;

/// The accessibility services of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserAccessibility {
    /// The user.
    pub user: u32,
    /// The services that are on. `None` on Android 8 and 9, which print only the bound ones, and those by their label:
    /// the setting `enabled_accessibility_services` names them.
    pub enabled: Option<Vec<Located<Component>>>,
    /// Those that are on and do not run since they crashed (`Crashed services:`, Android 12 and later).
    pub crashed: Vec<Located<Component>>,
    /// How many services are bound at this moment.
    pub bound: u32,
    /// The line on which the user's state begins.
    pub line: u32,
}

/// The accessibility services of a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accessibility {
    /// One entry per `User state[` block.
    pub users: Vec<UserAccessibility>,
}

/// Reads `dumpsys accessibility` in its three forms: `services:{…}` (8 and 9), `Enabled services:{{package/class}, …}`
/// (10 and later), and Samsung's `enabled services: {` with one `0 : package/class` per line.
pub fn parse(text: &str) -> Parsed<Accessibility> {
    let mut facts = Accessibility::default();
    let mut tally = Tally::default();
    let mut recognised = false;
    let mut has_id = true;
    let mut in_list = false;
    let mut in_bound = false;
    for (number, line) in numbered_lines(text) {
        let row = line.trim();
        recognised |= row.starts_with("ACCESSIBILITY MANAGER");
        if row.starts_with("User state[") {
            recognised = true;
            has_id = false;
            in_list = false;
            facts.users.push(UserAccessibility { line: number, ..UserAccessibility::default() });
        }
        let Some(state) = facts.users.last_mut() else { continue };
        if !has_id && let Some((_, rest)) = row.split_once("{id=") {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            match rest.get(..digits).unwrap_or("").parse() {
                Ok(user) => {
                    state.user = user;
                    has_id = true;
                }
                Err(_) => tally.malformed(number),
            }
        }
        if in_list {
            // Samsung: `0 : package/class`, until the brace closes.
            if row.starts_with('}') {
                in_list = false;
            } else if !row.is_empty() {
                let name = row.split_once(" : ").map_or(row, |(_, name)| name);
                keep(name, number, state, &mut tally);
            }
            continue;
        }
        let lower = row.get(..17).unwrap_or(row).to_ascii_lowercase();
        if lower.starts_with("enabled services:") {
            state.enabled.get_or_insert_with(Vec::new);
            let list = row.get(17..).unwrap_or("").trim();
            match list.strip_prefix('{').map(str::trim) {
                Some("") => in_list = true,
                Some(list) => {
                    for name in names(list) {
                        keep(name, number, state, &mut tally);
                    }
                }
                None => tally.malformed(number),
            }
            in_bound = false;
        } else if lower.starts_with("crashed services:") {
            let list = row.get(17..).unwrap_or("").trim();
            let found = names(list).filter_map(Component::parse).map(|service| Located::new(service, number));
            state.crashed.extend(found);
            in_bound = false;
        } else if lower.starts_with("services:{") || lower.starts_with("bound services:") {
            in_bound = true;
        } else if lower.ends_with(":{}") || lower.contains("services:") {
            in_bound = false;
        }
        if in_bound {
            state.bound += u32::try_from(row.matches("Service[label=").count()).unwrap_or(u32::MAX);
        }
    }
    let mut gaps = whole_gaps(text, recognised);
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

/// The names in `{{package/class}, {package/class}}`.
fn names(list: &str) -> impl Iterator<Item = &str> {
    let names = list.trim_end_matches(']').split(',').map(|name| name.trim().trim_matches(['{', '}']));
    names.filter(|name| !name.is_empty())
}

fn keep(name: &str, line: u32, state: &mut UserAccessibility, tally: &mut Tally) {
    match Component::parse(name) {
        Some(component) => {
            tally.read();
            state.enabled.get_or_insert_with(Vec::new).push(Located::new(component, line));
        }
        None => tally.malformed(line),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::corpus;

    fn services(state: &UserAccessibility) -> Option<Vec<String>> {
        Some(state.enabled.as_ref()?.iter().map(|service| service.value.to_string()).collect())
    }

    #[test]
    fn android_8_and_9_tell_only_how_many() {
        let text = "ACCESSIBILITY MANAGER (dumpsys accessibility)\n\nUser state[attributes:{id=0, currentUser=true}\n           services:{Service[label=TalkBack, feedbackType[X]],\n                     Service[label=Other, feedbackType[X]]}]\n\n";
        let parsed = parse(text);
        assert_eq!(parsed.facts.users, [UserAccessibility { bound: 2, line: 3, ..UserAccessibility::default() }]);
        assert_eq!(parsed.gaps, []);
    }

    #[test]
    fn reads_android_10_and_later_for_every_user() {
        let text = "ACCESSIBILITY MANAGER\nUser state[\n     attributes:{id=0, x=1}\n     Bound services:{Service[label=A, feedbackType[X]]}\n     Enabled services:{{com.a/.S}, {com.b/com.c.T}}\n     Binding services:{}\n     Crashed services:{{com.z/.Z}}\nUser state[\n     attributes:{id=10, x=1}\n     Bound services:{}\n     Enabled services:{}\n";
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        let users = &parsed.facts.users;
        assert_eq!(services(&users[0]), Some(vec!["com.a/com.a.S".into(), "com.b/com.c.T".into()]));
        assert_eq!((users[0].bound, users[0].enabled.as_ref().unwrap()[1].line), (1, 5));
        assert_eq!(
            users[0].crashed.iter().map(|service| service.value.to_string()).collect::<Vec<_>>(),
            ["com.z/com.z.Z"]
        );
        assert_eq!((users[1].user, services(&users[1]), users[1].bound), (10, Some(vec![]), 0));
    }

    #[test]
    fn reads_samsung() {
        let text = "User state[attributes:{id=0, currentUser=true\n  mIsX = false\n\n  }\n  installed services: {\n    0 : com.q/.Q\n  }\n  enabled services: {\n    0 : com.a/.S\n    1 : junk\n  }\n  bound services:{\n  }]\n";
        let parsed = parse(text);
        assert_eq!(services(&parsed.facts.users[0]), Some(vec!["com.a/com.a.S".into()]));
        assert_eq!((parsed.gaps[0].read, parsed.gaps[0].of), (Some(1), Some(2)));
    }

    #[test]
    fn reads_real_phones() {
        for path in ["a09-google-emulator", "a09-rockchip-rk3399", "a08.1-smartron-tphone"] {
            let Some(text) = corpus(&format!("{path}/accessibility.txt")) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, []);
            assert_eq!(parsed.facts.users, [UserAccessibility { line: 4, ..UserAccessibility::default() }], "{path}");
        }
        for (path, enabled, bound, line) in [
            ("mvt/dumpsys_accessibility.txt", vec![], 0, None),
            (
                "mvt/dumpsys_accessibility_v14_or_later.txt",
                vec!["com.malware.accessibility/com.malware.service.malwareservice"],
                1,
                Some(21),
            ),
        ] {
            let Some(text) = corpus(path) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, [], "{path}");
            let state = &parsed.facts.users[0];
            assert_eq!(
                (services(state).unwrap(), state.bound),
                (enabled.iter().map(ToString::to_string).collect(), bound),
                "{path}"
            );
            assert_eq!(state.enabled.as_ref().unwrap().first().map(|first| first.line), line, "{path}");
        }
        let Some(text) = corpus("a14-xiaomi-pad6-hyperos2/accesibilidad_full.txt") else { return };
        let parsed = parse(&text);
        assert_eq!(parsed.gaps, []);
        assert_eq!(parsed.facts.users.len(), 1);
        assert_eq!((parsed.facts.users[0].enabled.as_ref().unwrap().len(), parsed.facts.users[0].bound), (9, 9));
        assert_eq!(parsed.facts.users[0].enabled.as_ref().unwrap()[0].line, 25);
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in "( {0,3}(User state\\[|attributes:\\{id=[0-9]{0,11}|[Ee]nabled services: ?\\{?[a-z/{}, ]{0,12}|\\}|é{0,9})\n?){0,12}") {
            let _ = (parse(&text), parse(&near));
        }
    }
}
