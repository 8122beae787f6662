//! `com.apple.networkextension.plist`: local network access and mobile data of each app, and the configurations of VPN, DNS and
//! content filters.
//!
//! An archive (`NSKeyedArchiver`) with one `NEConfiguration` for each configuration. Two of them belong to Settings and are known by
//! their `Name`: `com.apple.preferences.networkprivacy` holds the answers on the local network,
//! `com.apple.commcenter.ne.cellularusage` the switches for mobile data. Both have a `PathController` with the list `Rules`, one rule
//! for each app; a member that is not used is the UID of `$null` (a real file of iOS 16, and Apple's own readers up to iOS 26.1). A Mac
//! writes `-<UUID of the user>` behind the first name, and public descriptions of that form call the list `PathRules`.
//!
//! What the other configurations are is told by which member they have. Their names are the person's words, or the organization's,
//! and are not kept; neither are servers and accounts.

use std::collections::BTreeSet;

use super::archive::Archive;
use super::plist::{PlistError, Value};

/// The name of the configuration with the answers on the local network; on a Mac, `-` and the UUID of a user follow.
const PRIVACY: &str = "com.apple.preferences.networkprivacy";
/// The name of the configuration with the switches for mobile data.
const CELLULAR: &str = "com.apple.commcenter.ne.cellularusage";
/// The lists of rules: that of a phone, and that of public descriptions of a Mac's file.
const LISTS: [&str; 2] = ["Rules", "PathRules"];
/// How the rules for every app without one of its own begin (`PathRuleDefaultIdentifier`, `PathRuleDefaultNonSystemIdentifier`);
/// they are no apps.
const DEFAULT_RULES: &str = "PathRuleDefault";
/// The class of a configuration.
const CONFIGURATION: &str = "NEConfiguration";
/// How many configurations, and how many rules of one, are read; the others are counted as not understood.
pub const MOST: usize = 10_000;

/// How many configurations on the local network are read. Phones have one; many that share one long list would cost hours.
const MOST_PRIVACY: usize = 16;

/// Members that tell what a configuration is for, in lower case; the first that is there decides.
const MEMBERS: [(&str, ConfigurationKind); 10] = [
    ("vpn", ConfigurationKind::Vpn),
    ("appvpn", ConfigurationKind::Vpn),
    ("alwaysonvpn", ConfigurationKind::Vpn),
    ("dnssettings", ConfigurationKind::Dns),
    ("dnsproxy", ConfigurationKind::Dns),
    ("contentfilter", ConfigurationKind::Filter),
    ("relay", ConfigurationKind::Other),
    ("apppush", ConfigurationKind::Other),
    ("hotspot", ConfigurationKind::Other),
    ("pathcontroller", ConfigurationKind::Other),
];
/// Members that name the app of a configuration, in lower case.
const APPLICATION: [&str; 2] = ["application", "applicationidentifier"];

/// What a configuration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigurationKind {
    /// A VPN: of an app, of the system, for single apps or always on.
    Vpn,
    /// Name servers of its own, or a proxy for them.
    Dns,
    /// A filter of contents.
    Filter,
    /// Something else that is known: rules for paths, a relay, local push.
    Other,
    /// No member tells.
    Unknown,
}

/// A configuration that is not about the local network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Which configuration of the file it is, 1-based.
    pub number: u32,
    /// What it is for.
    pub kind: ConfigurationKind,
    /// Bundle id of the app that it belongs to, where it names one.
    pub application: Option<String>,
    /// Whether it is switched on, where it says.
    pub enabled: Option<bool>,
}

/// The rule on the local network for one app.
///
/// An app that was registered and asked for nothing yet has `DenyMulticast` true and no answer: 22 of 24 rules of the real file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which rule of its list it is, 1-based.
    pub number: u32,
    /// Bundle id (`SigningIdentifier`).
    pub app: String,
    /// `DenyMulticast`.
    pub deny: bool,
    /// `MulticastPreferenceSet`: the person has answered.
    pub answered: bool,
}

impl Rule {
    /// Whether the app may use the local network; `None` when nobody has answered.
    pub fn allowed(&self) -> Option<bool> {
        self.answered.then_some(!self.deny)
    }
}

/// The switch for mobile data of one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cellular {
    /// Which rule of its list it is, 1-based.
    pub number: u32,
    /// Bundle id (`SigningIdentifier`).
    pub app: String,
    /// `CellularBehavior`: 2 is on, as seen; 1 is off, which nobody has seen in a file yet.
    pub behavior: i64,
}

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Whether the configuration on the local network is there with a list of rules. Without it, that an app has no rule says
    /// nothing.
    pub has_rules: bool,
    /// A configuration on the local network has no list of rules that is known.
    pub lacks_rules: bool,
    /// Rules on the local network, without those for apps that have none.
    pub rules: Vec<Rule>,
    /// How many rules there are, those left out; those that are not in `rules` were not understood.
    pub rules_found: u64,
    /// The bundle ids of rules that were not understood, where they tell one.
    pub unread: BTreeSet<String>,
    /// The switches for mobile data, as the file has them.
    pub cellular: Vec<Cellular>,
    /// The other configurations.
    pub configurations: Vec<Configuration>,
    /// How many configurations there are, those on the local network among them.
    pub configurations_found: u64,
}

/// Reads the file.
///
/// # Errors
/// When it is no archive.
pub fn parse(bytes: &[u8]) -> Result<Network, PlistError> {
    let archive = Archive::read(bytes)?;
    let mut network = Network::default();
    let mut privacy = 0;
    let configurations = archive.objects().iter().filter(|object| archive.class(object) == Some(CONFIGURATION));
    for (object, number) in configurations.zip(1u32..) {
        network.configurations_found += 1;
        if number as usize > MOST {
            continue;
        }
        let name = object.get("Name").and_then(|name| archive.text(name)).unwrap_or("");
        if is_privacy(name) {
            privacy += 1;
            if privacy > MOST_PRIVACY {
                // It counts as one rule of an app that is not told.
                network.rules_found += 1;
                continue;
            }
            match list_of(&archive, object) {
                Some(list) => {
                    network.has_rules = true;
                    rules(&archive, list, &mut network);
                }
                None => network.lacks_rules = true,
            }
        } else {
            if name == CELLULAR && network.cellular.is_empty() {
                network.cellular = cellular(&archive, object);
            }
            network.configurations.push(configuration(&archive, object, number));
        }
    }
    Ok(network)
}

impl Network {
    /// Whether rules were not understood that do not tell their app: any app may have one.
    pub fn has_nameless_rules(&self) -> bool {
        self.rules_found > (self.rules.len() + self.unread.len()) as u64
    }

    /// Whether an app without a rule was never asked: the list is there, and every rule of it tells its app.
    pub fn tells_of_all(&self) -> bool {
        self.has_rules && !self.lacks_rules && !self.has_nameless_rules()
    }
}

/// Whether a name is that of the configuration on the local network.
fn is_privacy(name: &str) -> bool {
    name.strip_prefix(PRIVACY).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The list of rules of a configuration; none when there is no such member, or it is no list.
fn list_of<'a>(archive: &'a Archive, configuration: &'a Value) -> Option<&'a [Value]> {
    let paths = archive.member(configuration, "PathController")?;
    let list = LISTS.iter().find_map(|key| archive.member(paths, key))?;
    match list {
        Value::List(rules) => Some(rules),
        object => match object.get("NS.objects")? {
            Value::List(rules) => Some(rules),
            _ => None,
        },
    }
}

/// The rules on the local network. A rule without one of the two members says nothing, not even that nobody was asked.
fn rules(archive: &Archive, list: &[Value], network: &mut Network) {
    for (rule, number) in list.iter().zip(1u32..) {
        let rule = archive.follow(rule);
        let app = rule.and_then(|rule| archive.text(rule.get("SigningIdentifier")?));
        if app.is_some_and(|app| app.starts_with(DEFAULT_RULES)) {
            continue;
        }
        network.rules_found += 1;
        let flag = |key: &str| archive.member(rule?, key)?.bool();
        // A rule that denies nothing and that nobody answered was never seen: what the phone makes of it is not known.
        let read = match (flag("DenyMulticast"), flag("MulticastPreferenceSet")) {
            (Some(false), Some(false)) => None,
            (Some(deny), Some(answered)) => Some((deny, answered)),
            _ => None,
        };
        if let (Some(app), Some((deny, answered))) = (app, read)
            && network.rules.len() < MOST
        {
            network.rules.push(Rule { number, app: app.to_owned(), deny, answered });
        } else if let Some(app) = app
            && network.unread.len() < MOST
        {
            network.unread.insert(app.to_owned());
        }
    }
}

/// The switches for mobile data that are understood; the others are left out, as nothing is judged by them.
fn cellular(archive: &Archive, configuration: &Value) -> Vec<Cellular> {
    let rules = list_of(archive, configuration).unwrap_or_default();
    let read = |(rule, number): (&Value, u32)| {
        let rule = archive.follow(rule)?;
        let app = archive.text(rule.get("SigningIdentifier")?).filter(|app| !app.starts_with(DEFAULT_RULES))?;
        let behavior = archive.member(rule, "CellularBehavior")?.int()?;
        Some(Cellular { number, app: app.to_owned(), behavior })
    };
    rules.iter().zip(1u32..).filter_map(read).take(MOST).collect()
}

/// What a configuration is, by its members that are not null.
fn configuration(archive: &Archive, object: &Value, number: u32) -> Configuration {
    let present = |wanted: &str| {
        let (_, value) = object.dict()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted))?;
        archive.follow(value)
    };
    let found = MEMBERS.iter().find_map(|(member, kind)| Some((*kind, present(member)?)));
    let enabled =
        found.and_then(|(_, member)| ["Enabled", "enabled"].iter().find_map(|key| archive.member(member, key)?.bool()));
    let application = APPLICATION
        .iter()
        .filter_map(|key| archive.text(present(key)?))
        .find(|text| super::is_bundle_id(text))
        .map(str::to_owned);
    Configuration { number, kind: found.map_or(ConfigurationKind::Unknown, |(kind, _)| kind), application, enabled }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::ios::testing::{corpus_file, truth, xml_archive};

    fn uid(number: usize) -> String {
        format!("<dict><key>CF$UID</key><integer>{number}</integer></dict>")
    }

    /// An archive of configurations, each given by its members; `%CLASS%` is filled in.
    pub(crate) fn file(configurations: &[&str]) -> Vec<u8> {
        let class = format!("<key>$class</key>{}", uid(1));
        let mut objects = vec![
            "<string>$null</string>".to_owned(),
            "<dict><key>$classname</key><string>NEConfiguration</string></dict>".to_owned(),
        ];
        objects.extend(configurations.iter().map(|members| format!("<dict>{members}{class}</dict>")));
        let top: String = (2..objects.len()).map(|place| format!("<key>C{place}</key>{}", uid(place))).collect();
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        xml_archive(&format!("{top}<key>Generation</key><integer>7</integer>"), &objects)
    }

    /// The members of the configuration on the local network.
    pub(crate) fn privacy(rules: &[(&str, bool, bool)]) -> String {
        let rules: String = rules
            .iter()
            .map(|(app, deny, answered)| {
                format!(
                    "<dict><key>SigningIdentifier</key><string>{app}</string><key>DenyMulticast</key><{deny}/>\
                     <key>MulticastPreferenceSet</key><{answered}/></dict>"
                )
            })
            .collect();
        format!(
            "<key>Name</key><string>{PRIVACY}</string><key>PathController</key><dict><key>Rules</key><dict>\
             <key>NS.objects</key><array>{rules}</array></dict></dict>"
        )
    }

    #[test]
    fn a_rule_without_an_answer_is_none_and_the_default_rule_is_no_app() {
        let rules = [
            ("a.b", false, true),
            ("c.d", true, true),
            ("e.f", true, false),
            ("PathRuleDefaultNonSystemIdentifier", true, false),
        ];
        let network = parse(&file(&[&privacy(&rules)])).unwrap();
        let answers: Vec<_> = network.rules.iter().map(|rule| (rule.app.as_str(), rule.allowed())).collect();
        assert_eq!(answers, [("a.b", Some(true)), ("c.d", Some(false)), ("e.f", None)]);
        assert_eq!((network.rules_found, network.configurations_found), (3, 1));
        assert_eq!(network.configurations, []);
    }

    #[test]
    fn the_names_of_a_phone_and_of_a_mac_and_both_lists_are_known() {
        let rules = privacy(&[("a.b", true, true)]);
        for name in [PRIVACY.to_owned(), format!("{PRIVACY}-0A0A")] {
            for list in LISTS {
                let one = rules.replace(PRIVACY, &name).replace("<key>Rules</key>", &format!("<key>{list}</key>"));
                let network = parse(&file(&[&one])).unwrap();
                assert_eq!(network.rules.first().and_then(Rule::allowed), Some(false), "{name}: {list}");
                assert!(network.tells_of_all(), "{name}: {list}");
            }
        }
        let other = parse(&file(&[&rules.replace(PRIVACY, &format!("{PRIVACY}2"))])).unwrap();
        assert_eq!((other.rules.len(), other.has_rules, other.configurations.len()), (0, false, 1));
    }

    #[test]
    fn a_known_configuration_without_its_list_says_nothing_of_any_app() {
        let name = format!("<key>Name</key><string>{PRIVACY}</string>");
        let null = "<dict><key>CF$UID</key><integer>0</integer></dict>";
        for members in [
            String::new(),
            format!("<key>PathController</key>{null}"),
            "<key>PathController</key><dict/>".to_owned(),
            format!("<key>PathController</key><dict><key>Rules</key>{null}</dict>"),
            "<key>PathController</key><dict><key>Rules</key><dict/></dict>".to_owned(),
            "<key>PathController</key><dict><key>AppRules</key><array/></dict>".to_owned(),
        ] {
            let network = parse(&file(&[&format!("{name}{members}")])).unwrap();
            assert!(network.lacks_rules && !network.tells_of_all(), "{members}");
        }
        // No configuration of that name says no more.
        assert!(!parse(&file(&["<key>VPN</key><dict/>"])).unwrap().tells_of_all());
        assert!(parse(&file(&[&privacy(&[])])).unwrap().tells_of_all());
    }

    #[test]
    fn a_rule_without_a_member_and_one_that_leads_nowhere_are_no_answer() {
        let rules = |body: &str| {
            format!(
                "<key>Name</key><string>{PRIVACY}</string><key>PathController</key><dict><key>Rules</key>\
                 <array>{body}</array></dict>"
            )
        };
        let id = "<key>SigningIdentifier</key><string>a.b</string>";
        for odd in [
            format!("<dict>{id}<key>DenyMulticast</key><true/></dict>"),
            format!("<dict>{id}<key>MulticastPreferenceSet</key><false/></dict>"),
            format!("<dict>{id}<key>DenyMulticast</key><false/><key>MulticastPreferenceSet</key><false/></dict>"),
        ] {
            let network = parse(&file(&[&rules(&odd)])).unwrap();
            assert_eq!((network.rules.len(), network.unread.len()), (0, 1), "{odd}");
        }
        let lost = parse(&file(&[&rules("<dict><key>CF$UID</key><integer>999</integer></dict>")])).unwrap();
        assert!(lost.has_nameless_rules() && !lost.tells_of_all());
    }

    #[test]
    fn switches_for_mobile_data_are_read_and_the_default_is_no_app() {
        let rule = |app: &str, behavior: u8| {
            format!(
                "<dict><key>SigningIdentifier</key><string>{app}</string><key>DenyMulticast</key><false/>\
                 <key>MulticastPreferenceSet</key><false/><key>CellularBehavior</key><integer>{behavior}</integer></dict>"
            )
        };
        let list =
            [rule("PathRuleDefaultIdentifier", 2), rule("a.b", 2), rule("c.d", 1), "<dict/>".to_owned()].concat();
        let usage = format!(
            "<key>Name</key><string>{CELLULAR}</string><key>PathController</key><dict><key>Rules</key>\
             <array>{list}</array></dict>"
        );
        let network = parse(&file(&[&usage, &privacy(&[])])).unwrap();
        let found: Vec<_> = network.cellular.iter().map(|one| (one.number, one.app.as_str(), one.behavior)).collect();
        assert_eq!(found, [(2, "a.b", 2), (3, "c.d", 1)]);
        // They are no rules on the local network.
        assert_eq!((network.rules.len(), network.rules_found), (0, 0));
    }

    #[test]
    fn a_configuration_is_what_its_member_says_and_keeps_no_name() {
        let network = parse(&file(&[
            "<key>Name</key><string>Work of Marie</string><key>VPN</key><dict><key>Enabled</key><true/></dict>\
             <key>Application</key><string>com.nordvpn.NordVPN</string>",
            "<key>DNSSettings</key><dict><key>enabled</key><false/></dict>",
            "<key>contentFilter</key><dict/><key>VPN</key><dict><key>CF$UID</key><integer>0</integer></dict>",
            "<key>PathController</key><dict/><key>Application</key><string>not an id</string>",
            "<key>Something</key><dict/>",
        ]))
        .unwrap();
        assert!(!format!("{network:?}").contains("Marie"));
        let found: Vec<_> = network
            .configurations
            .iter()
            .map(|found| (found.number, found.kind, found.application.as_deref(), found.enabled))
            .collect();
        assert_eq!(
            found,
            [
                (1, ConfigurationKind::Vpn, Some("com.nordvpn.NordVPN"), Some(true)),
                (2, ConfigurationKind::Dns, None, Some(false)),
                (3, ConfigurationKind::Filter, None, None),
                (4, ConfigurationKind::Other, None, None),
                (5, ConfigurationKind::Unknown, None, None),
            ]
        );
    }

    #[test]
    fn a_rule_that_is_not_understood_is_counted() {
        let odd = privacy(&[("a.b", false, true)]).replace("<false/>", "<string>no</string>");
        let network = parse(&file(&[&odd, &privacy(&[("c.d", false, true)])])).unwrap();
        assert_eq!((network.rules.len(), network.rules_found), (1, 2));
        assert_eq!(network.unread, ["a.b".to_owned()].into());
        assert!(parse(b"<plist><dict/></plist>").is_err());
    }

    #[test]
    fn the_generated_backups_read_as_their_truth_says() {
        for (name, apps) in truth() {
            let Some(bytes) = corpus_file(&name, "99d3387146335be6c7a02931fea9c405e7802c10") else {
                assert!(apps.values().all(|facts| facts["local_network"].is_null()), "{name}");
                continue;
            };
            let network = parse(&bytes).unwrap();
            assert_eq!(network.rules.len() as u64, network.rules_found, "{name}");
            // That of mobile data alone.
            assert!(network.configurations.iter().all(|found| found.kind == ConfigurationKind::Other), "{name}");
            assert!(network.tells_of_all(), "{name}");
            for (app, facts) in &apps {
                let expected = match network.rules.iter().find(|rule| rule.app == *app).and_then(Rule::allowed) {
                    Some(true) => "allowed",
                    Some(false) => "denied",
                    None => "not_determined",
                };
                assert_eq!(facts["local_network"], expected, "{name}: {app}");
            }
        }
    }

    #[test]
    fn a_list_of_rules_that_many_configurations_share_is_read_a_few_times() {
        let one = privacy(&[("a.b", false, true)]);
        let network = parse(&file(&vec![one.as_str(); 40])).unwrap();
        assert_eq!((network.rules.len(), network.rules_found), (MOST_PRIVACY, 40));
        assert!(network.has_nameless_rules());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), place in any::<usize>(), byte in any::<u8>()) {
            let _ = parse(&bytes);
            let mut near = file(&[&privacy(&[("a.b", false, true), ("c.d", true, true)]), "<key>VPN</key><dict/>"]);
            let length = near.len();
            near[place % length] = byte;
            if let Ok(network) = parse(&near) {
                prop_assert!(network.rules.len() as u64 <= network.rules_found);
            }
        }
    }
}
