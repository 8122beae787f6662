//! The table of the kinds of Android evidence: one row each, from which every road takes what it needs.
//!
//! A row gives the name under which reports cite the kind, and with `dumpsys NAME` the service, so the heading of its section in a bug
//! report; the version that has it; how much of it is read; AndroidQF's file; its file in a bundle; how a saved text is known; what
//! must not be stored; and the question to a phone. Who reads the text: the table in `src/parse/android/mod.rs`.

use super::row::Call::{AppOps, Identity, Packages, Services, Users};
use super::row::{Ask, Redaction, Row};

/// Declares the kinds: variant and row.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $row:expr;)+) => {
        /// What a piece of evidence is: one variant per question poucet may ask a phone or find in a file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $variant,)+ }

        impl Kind {
            /// Every kind, in a fixed order.
            pub const ALL: [Kind; [$(Kind::$variant),+].len()] = [$(Kind::$variant),+];

            fn row(self) -> &'static Row {
                match self { $(Kind::$variant => { const ROW: Row = $row; &ROW })+ }
            }
        }
    };
}

kinds! {
    /// `getprop`: `[key]: [value]` lines.
    Properties = Row::new("getprop").needed().in_file("getprop.txt").without(Redaction::Properties)
        .asked(Identity, "getprop",
            "The maker, model, version, patch level and boot state of the phone.",
            "Le fabricant, le modèle, la version, le niveau de correctifs et l’état de démarrage du téléphone.");
    /// `date +%s`: seconds since 1970, the phone's own clock.
    Clock = Row::new("date")
        .asked(Identity, "date +%s",
            "The phone's clock, to date the last uses of permissions.",
            "L’heure du téléphone, pour dater les derniers usages des autorisations.");
    /// `id -u`: the user id the shell runs as (2000 = shell, 0 = root).
    ShellIdentity = Row::new("id")
        .asked(Identity, "id -u",
            "With which rights the answers were read.",
            "Avec quels droits les réponses ont été lues.");
    /// `getenforce`: `Enforcing`, `Permissive` or `Disabled`.
    SelinuxMode = Row::new("getenforce").in_file("selinux.txt")
        .asked(Identity, "getenforce",
            "Whether the system's mandatory access control is enforced.",
            "Si le contrôle d’accès obligatoire du système est appliqué.");
    /// `am get-current-user`: the Android user in the foreground.
    CurrentUser = Row::new("am get-current-user")
        .asked(Identity, "am get-current-user",
            "Which user is in the foreground.",
            "Quel utilisateur est au premier plan.");
    /// `pm list users`: `UserInfo{id:name:flags}` lines.
    UserList = Row::new("pm list users").at_most(8 << 20).kept_as("users")
        // A TAB that went through a terminal is eight blanks, four, one or none.
        .begins_with(&["Users:\n\tUserInfo{", "Users:\n        UserInfo{", "Users:\n    UserInfo{",
            "Users:\n UserInfo{", "Users:\nUserInfo{"])
        .without(Redaction::Users)
        .asked(Identity, "pm list users",
            "Which users and profiles share the phone.",
            "Quels utilisateurs et profils partagent le téléphone.");
    /// `cmd user list -v` (Android 11 and later): users with their type.
    UserListVerbose = Row::new("cmd user list").since(30).at_most(8 << 20).kept_as("users_verbose")
        .without(Redaction::Users)
        .asked(Identity, "cmd user list -v",
            "Which of them are work profiles, clones or private spaces.",
            "Lesquels sont des profils professionnels, des clones ou des espaces privés.");
    /// `dumpsys user`.
    Users = Row::new("dumpsys user").at_most(8 << 20).begins_with(&["Users:\n  UserInfo{"])
        .without(Redaction::Users)
        .asked(Services, "dumpsys -t {wait} user",
            "What each user is forbidden to do.",
            "Ce qui est interdit à chaque utilisateur.");
    /// `settings list global`.
    SettingsGlobal = Row::new("settings global").at_most(2 << 20).in_file("settings_global.txt")
        .without(Redaction::Settings)
        .asked(Identity, "settings list global",
            "Settings of the whole phone that a rule judges, such as debugging and private DNS.",
            "Les réglages de tout le téléphone qu’une règle juge, comme le débogage et le DNS privé.");
    /// `settings list --user N secure`.
    SettingsSecure = Row::new("settings secure").at_most(2 << 20).in_file("settings_secure.txt")
        .without(Redaction::Settings)
        .asked(Users, "settings list --user {user} secure",
            "Settings of this user that a rule judges, such as accessibility services and notification access.",
            "Les réglages de cet utilisateur qu’une règle juge, comme les services d’accessibilité et l’accès aux notifications.");
    /// `settings list --user N system`.
    SettingsSystem = Row::new("settings system").at_most(2 << 20).in_file("settings_system.txt")
        .without(Redaction::Settings)
        .asked(Users, "settings list --user {user} system",
            "Settings of this user that a rule judges, such as the screen lock delay.",
            "Les réglages de cet utilisateur qu’une règle juge, comme le délai de verrouillage de l’écran.");
    /// `dumpsys settings`: the three tables of every user in one dump, as bug reports hold them.
    SettingsDump = Row::new("dumpsys settings").at_most(8 << 20).begins_with(&["GLOBAL SETTINGS (user "])
        .without(Redaction::SettingsDump);
    /// `pm list packages -U -i --user N`.
    PackageList = Row::new("pm list packages").at_most(4 << 20).kept_as("packages")
        .asked(Users, "pm list packages -U -i --user {user}",
            "Which apps are installed for this user, and from where.",
            "Quelles applications sont installées pour cet utilisateur, et d’où elles viennent.");
    /// `dumpsys package`, whole or its `packages` and `shared-users` parts.
    Packages = Row::new("dumpsys package").needed().at_most(usize::MAX)
        .begins_with(&["Packages:\n  Package [", "Shared users:\n  SharedUser ["]).without(Redaction::Sessions)
        .asked(Packages, "dumpsys -t {wait} package packages",
            "Which permissions each app holds, and who granted them.",
            "Quelles autorisations détient chaque application, et qui les a accordées.")
        .asked(Packages, "dumpsys -t {wait} package shared-users",
            "The permissions of apps that share one identity.",
            "Les autorisations des applications qui partagent une même identité.");
    /// `dumpsys appops`.
    AppOps = Row::new("dumpsys appops").needed().at_most(usize::MAX).begins_with(&["Current AppOps Service state:"])
        .asked(AppOps, "dumpsys -t {wait} appops",
            "What each app may really do, and when it last did.",
            "Ce que chaque application peut vraiment faire, et quand elle l’a fait pour la dernière fois.");
    /// `dumpsys role` (Android 10 and later).
    Roles = Row::new("dumpsys role").since(29).needed()
        .begins_with(&["user_states=[", "ROLE MANAGER STATE (dumpsys role)"])
        .asked(Services, "dumpsys -t {wait} role",
            "Which app is the default for calls, messages, browsing and the like.",
            "Quelle application est choisie par défaut pour les appels, les messages, la navigation, etc.");
    /// `dumpsys device_policy`.
    DevicePolicy = Row::new("dumpsys device_policy").needed().begins_with(&["Current Device Policy Manager state:"])
        .without(Redaction::DevicePolicy)
        .asked(Services, "dumpsys -t {wait} device_policy",
            "Who manages the phone.",
            "Qui gère le téléphone.");
    /// `dumpsys lock_settings`.
    LockSettings = Row::new("dumpsys lock_settings").needed().begins_with(&["Current lock settings service state:"])
        .asked(Services, "dumpsys -t {wait} lock_settings",
            "Whether a screen lock is set, and of which kind.",
            "Si un verrouillage d’écran est défini, et de quelle sorte.");
    /// `dumpsys window policy` (or the whole `dumpsys window`): only `KeyguardServiceDelegate` is read.
    WindowPolicy = Row::new("dumpsys window").at_most(8 << 20)
        .begins_with(&["WINDOW MANAGER POLICY STATE (dumpsys window policy)", "    KeyguardServiceDelegate\n"])
        .without(Redaction::AllButLockScreen)
        .asked(Services,
            "dumpsys -t {wait} window policy 2>&1 | grep -A16 -e KeyguardServiceDelegate -e 'service: window' -e Denial -e EXPIRED",
            "Whether the lock screen is secure.",
            "Si l’écran de verrouillage est sûr.");
    /// `dumpsys accessibility`.
    Accessibility = Row::new("dumpsys accessibility")
        .begins_with(&["ACCESSIBILITY MANAGER (dumpsys accessibility)"]).without(Redaction::WindowTitles)
        .asked(Services, "dumpsys -t {wait} accessibility 2>&1 | head -c 65536",
            "Which accessibility services are running.",
            "Quels services d’accessibilité fonctionnent.");
    /// `dumpsys adb` (Android 10 and later): only the number of trusted computers is kept.
    Adb = Row::new("dumpsys adb").since(29).begins_with(&["ADB MANAGER STATE (dumpsys adb)"])
        .without(Redaction::Keys)
        .asked(Services, "dumpsys -t {wait} adb 2>&1 | head -c 20000",
            "How many computers the phone trusts; their keys and names are not kept.",
            "À combien d’ordinateurs le téléphone fait confiance; leurs clés et leurs noms ne sont pas conservés.");
    /// `dumpsys trust`.
    Trust = Row::new("dumpsys trust").needed().begins_with(&["Trust manager state:"]).without(Redaction::Users)
        .asked(Services, "dumpsys -t {wait} trust",
            "Whether something keeps the phone unlocked.",
            "Si quelque chose maintient le téléphone déverrouillé.");
    /// `dumpsys vpn_management` (Android 12 and later).
    Vpn = Row::new("dumpsys vpn_management").since(31).begins_with(&["VPNs:"])
        .asked(Services, "dumpsys -t {wait} vpn_management",
            "Whether a VPN is set up, and always on.",
            "Si un VPN est configuré, et toujours actif.");
    /// `dumpsys deviceidle`: battery exemptions as text.
    DeviceIdle = Row::new("dumpsys deviceidle")
        .begins_with(&["  Whitelist (except idle) system apps:", "    light_after_inactive_to=", "  Whitelist system apps:"]);
    /// `cmd deviceidle whitelist`: battery exemptions, `kind,package,uid` lines.
    BatteryExemptions = Row::new("cmd deviceidle whitelist")
        .asked(Identity, "cmd deviceidle whitelist",
            "Which apps may run without the limits of battery saving.",
            "Quelles applications échappent aux limites de l’économie d’énergie.");
    /// `dumpsys sensor_privacy` (Android 12 and later): the camera and microphone switches.
    SensorPrivacy = Row::new("dumpsys sensor_privacy").since(31)
        .begins_with(&["SENSOR PRIVACY MANAGER STATE (dumpsys sensor_privacy)"])
        .asked(Services, "dumpsys -t {wait} sensor_privacy",
            "Whether the camera and microphone switches are off.",
            "Si les interrupteurs de la caméra et du micro sont coupés.");
    /// `cmd location is-location-enabled` (Android 12 and later).
    LocationEnabled = Row::new("cmd location").since(31)
        .asked(Users, "cmd location is-location-enabled --user {user}",
            "Whether this user's location switch is on.",
            "Si l’interrupteur de localisation de cet utilisateur est activé.");
    /// The first lines of a bug report (`== dumpstate: …`, build fingerprint).
    DumpstateHeader = Row::new("dumpstate header").begins_with(&["== dumpstate: "]).without(Redaction::Head);
    /// AndroidQF's `acquisition.json`.
    Acquisition = Row::new("acquisition.json").in_file("acquisition.json").without(Redaction::Acquisition);
    /// AndroidQF's `packages.json`: installed packages with installer and uid.
    PackagesJson = Row::new("packages.json").at_most(8 << 20).in_file("packages.json");
}

/// The kinds that are looked for first where a text is to be told by how its lines begin: the first that fits decides, and the long
/// dumps may hold the beginnings of others. The rest follows in the order of the table.
const LOOKED_FOR_FIRST: [Kind; 13] = [
    Kind::Packages,
    Kind::AppOps,
    Kind::Users,
    Kind::UserList,
    Kind::SettingsDump,
    Kind::Roles,
    Kind::DevicePolicy,
    Kind::LockSettings,
    Kind::Accessibility,
    Kind::Adb,
    Kind::Trust,
    Kind::SensorPrivacy,
    Kind::Vpn,
];

/// The kinds that are asked for first in their call. The rest follows in the order of the table.
const ASKED_FIRST: [Kind; 5] =
    [Kind::PackageList, Kind::Roles, Kind::DevicePolicy, Kind::LockSettings, Kind::WindowPolicy];

/// What stands before the service in the label of a kind that one prints.
const DUMPSYS: &str = "dumpsys ";

impl Kind {
    /// The name under which reports cite this evidence: the command that prints it on a phone, without options.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// The kind that reports cite by this name.
    pub fn of_label(label: &str) -> Option<Kind> {
        Self::ALL.iter().copied().find(|kind| kind.label() == label)
    }

    /// The most bytes of it that are read. The two dumps that have a row for each permission of each app are bounded by what they tell;
    /// the others are some dozens of kilobytes on a real phone, and every line costs several times its length when it is understood.
    pub fn most_bytes(self) -> usize {
        self.row().most_bytes
    }

    /// The first API level that has it; `None` where every version that poucet reads has.
    pub fn since(self) -> Option<u8> {
        self.row().since
    }

    /// Whether rules cannot do without it, so that its absence is a gap whatever the road.
    pub fn is_needed(self) -> bool {
        self.row().is_needed
    }

    /// AndroidQF's file of it.
    pub fn file(self) -> Option<&'static str> {
        self.row().file
    }

    /// How its file in a bundle is called, without extension.
    pub fn stem(self) -> String {
        let from_label = || {
            let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
            self.label().trim_end_matches(".json").chars().map(plain).collect()
        };
        self.row().stem.map_or_else(from_label, str::to_owned)
    }

    /// What must not be stored of it.
    pub fn redaction(self) -> Redaction {
        self.row().redaction
    }

    /// The kind printed by `dumpsys SERVICE`, if poucet reads that service.
    pub fn of_service(service: &str) -> Option<Kind> {
        Self::ALL.iter().copied().find(|kind| kind.service() == Some(service))
    }

    /// The `dumpsys` service that prints this kind, if one does.
    pub fn service(self) -> Option<&'static str> {
        self.label().strip_prefix(DUMPSYS)
    }

    /// The kinds that a service prints.
    pub fn services() -> impl Iterator<Item = Kind> {
        Self::ALL.iter().copied().filter(|kind| kind.service().is_some())
    }

    /// How lines of saved texts begin, with what the text is then; the first that fits decides.
    pub fn beginnings() -> impl Iterator<Item = (Kind, &'static str)> {
        let rest = Self::ALL.iter().filter(|kind| !LOOKED_FOR_FIRST.contains(kind));
        LOOKED_FOR_FIRST.iter().chain(rest).flat_map(|kind| kind.row().begins.iter().map(|begins| (*kind, *begins)))
    }

    /// Every question to a phone, in the order in which they are put.
    pub fn questions() -> impl Iterator<Item = (Kind, Ask)> {
        super::row::Call::ALL.into_iter().flat_map(|call| {
            let rest = Self::ALL.iter().filter(|kind| !ASKED_FIRST.contains(kind));
            let asks = ASKED_FIRST
                .iter()
                .chain(rest)
                .flat_map(|kind| kind.row().asks.iter().flatten().map(|ask| (*kind, *ask)));
            asks.filter(move |(_, ask)| ask.call == call)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_label_and_no_file_stands_twice() {
        let is_unique = |names: Vec<&str>| names.iter().collect::<BTreeSet<_>>().len() == names.len();
        assert!(is_unique(Kind::ALL.iter().map(|kind| kind.label()).collect()));
        assert!(is_unique(Kind::ALL.iter().filter_map(|kind| kind.file()).collect()));
        assert!(is_unique(Kind::beginnings().map(|(_, begins)| begins).collect()));
    }

    #[test]
    fn every_beginning_and_every_question_is_given_out_once() {
        let rows = || Kind::ALL.iter().map(|kind| kind.row());
        assert_eq!(Kind::beginnings().count(), rows().map(|row| row.begins.len()).sum::<usize>());
        assert_eq!(Kind::questions().count(), rows().map(|row| row.asks.iter().flatten().count()).sum::<usize>());
        assert!(Kind::questions().all(|(_, ask)| !ask.why.en.is_empty() && !ask.why.fr.is_empty()));
    }

    /// Every command that may be asked, without numbers. To add a question, prove that it only reads, and say so here as well.
    const ALLOWED: [&str; 16] = [
        "getprop",
        "date +%s",
        "id -u",
        "getenforce",
        "am get-current-user",
        "pm list users",
        "pm list packages -U -i --user {user}",
        "cmd user list -v",
        "cmd deviceidle whitelist",
        "cmd location is-location-enabled --user {user}",
        "settings list global",
        "settings list --user {user} secure",
        "settings list --user {user} system",
        "dumpsys -t {wait} package packages",
        "dumpsys -t {wait} package shared-users",
        "dumpsys -t {wait} window policy",
    ];

    /// Services whose dump may be asked for whole.
    const SERVICES: [&str; 11] = [
        "appops",
        "role",
        "device_policy",
        "lock_settings",
        "user",
        "accessibility",
        "adb",
        "trust",
        "vpn_management",
        "sensor_privacy",
        "deviceidle",
    ];

    fn is_allowed(command: &str) -> bool {
        let (asked, filter) = match command.split_once(" 2>&1 | ") {
            Some((asked, filter)) => (asked, Some(filter)),
            None => (command, None),
        };
        let service = asked.strip_prefix("dumpsys -t {wait} ").is_some_and(|service| SERVICES.contains(&service));
        let filtered = filter.is_none_or(|filter| {
            let plain = !filter.contains(['|', ';', '&', '>', '<', '$', '`', '\\', '\n']);
            plain && (filter.starts_with("grep -A16 -e ") || filter.starts_with("head -c "))
        });
        (ALLOWED.contains(&asked) || service) && filtered
    }

    #[test]
    fn every_question_only_reads() {
        for (_, ask) in Kind::questions() {
            assert!(is_allowed(ask.command), "{}", ask.command);
        }
        for hostile in [
            "settings put global adb_enabled 0",
            "getprop; reboot",
            "dumpsys -t {wait} notification",
            "dumpsys -t {wait} usagestats flush",
            "dumpsys -t {wait} batterystats --reset",
            "locksettings verify",
            "appops set a b allow",
            "cmd deviceidle whitelist +com.example",
            "dumpsys -t {wait} adb 2>&1 | sh",
            "dumpsys -t {wait} adb 2>&1 | head -c 1; reboot",
            "dumpsys -t {wait} adb 2>&1 | grep -A16 -e x | tee /sdcard/x",
        ] {
            assert!(!is_allowed(hostile), "{hostile}");
        }
    }
}
