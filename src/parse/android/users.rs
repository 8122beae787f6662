//! The Android users of a phone: `pm list users`, `cmd user list -v`, `dumpsys user` (`UserManagerService`).
//!
//! A user's display name is used for one thing, to tell vendors' app clones, and is not kept.

use crate::parse::text::{indent, numbered_lines};

use super::Parsed;
use super::located::{Located, Tally, boolean, whole_gaps};

/// Bits of `UserInfo.flags` (`android.content.pm.UserInfo`).
pub mod flags {
    /// The first user.
    pub const PRIMARY: u32 = 0x1;
    /// A guest.
    pub const GUEST: u32 = 0x4;
    /// A restricted profile of a tablet.
    pub const RESTRICTED: u32 = 0x8;
    /// A profile that a device policy controller manages. Some vendors set it on clones as well.
    pub const MANAGED_PROFILE: u32 = 0x20;
    /// The system user.
    pub const SYSTEM: u32 = 0x800;
    /// A profile of another user (Android 11 and later).
    pub const PROFILE: u32 = 0x1000;
}

/// What a vendor's fixed display name says about a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VendorName {
    /// Nothing: it is no name that a vendor gives.
    #[default]
    None,
    /// Samsung's Secure Folder.
    SecureFolder,
    /// A second copy of chosen apps: Samsung, Xiaomi, OPPO, Huawei.
    Clone,
}

impl VendorName {
    fn of(name: &str) -> VendorName {
        match name {
            "Secure Folder" => VendorName::SecureFolder,
            "DUAL_APP" | "XSpace" | "MultiApp" | "doubleinstance" => VendorName::Clone,
            _ => VendorName::None,
        }
    }
}

/// One Android user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user id; `uid = id * 100000 + app id`.
    pub id: u32,
    /// The bits of [`flags`], and vendors' own.
    pub flags: u32,
    /// The type without `android.os.usertype.`: `full.SYSTEM`, `profile.MANAGED`… (Android 11 and later).
    pub type_name: Option<String>,
    /// The user whose profile this is, where it is told.
    pub parent: Option<u32>,
    /// Whether the user is running, where it is told.
    pub running: Option<bool>,
    /// Whether it has a profile owner, where it is told.
    pub has_profile_owner: Option<bool>,
    /// Whether it is marked as the device owner's user.
    pub is_device_owner: bool,
    /// The restrictions in force (`no_install_unknown_sources`, …); only `dumpsys user` tells.
    pub restrictions: Vec<Located<String>>,
    /// What the display name gave away; the name itself is not kept.
    pub vendor_name: VendorName,
    /// The line on which the user stands.
    pub line: u32,
}

/// What a user is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserKind {
    /// The phone's first user.
    Primary,
    /// Another person's user, or a second space.
    Secondary,
    /// A guest.
    Guest,
    /// A profile that a device policy controller manages.
    WorkProfile,
    /// A vendor's or Android's second copy of apps.
    Clone,
    /// Samsung's Secure Folder.
    SecureFolder,
    /// Android's private space (15 and later).
    PrivateSpace,
    /// A restricted profile.
    Restricted,
    /// A profile of a kind that nothing tells.
    UnknownProfile,
}

/// The package that owns Samsung's Secure Folder as a profile owner.
const SECURE_FOLDER: &str = "com.samsung.knox.securefolder";

impl User {
    /// What the user is for. `profile_owner` is the package that owns the profile according to `dumpsys device_policy`;
    /// `controllers` are the packages known to be device policy controllers.
    ///
    /// Vendors' own spaces are told first, because they use Android's types and flags for other ends: Samsung's Secure
    /// Folder has a profile owner and the managed flag, Huawei's twin user has the managed flag. Their fixed names and
    /// ids must agree, since a person can give any name to a user.
    pub fn kind(&self, profile_owner: Option<&str>, controllers: &[&str]) -> UserKind {
        if let Some(kind) = self.vendor_kind(profile_owner) {
            return kind;
        }
        let controlled = profile_owner.is_some_and(|package| controllers.contains(&package));
        if let Some(type_name) = &self.type_name {
            match type_name.as_str() {
                "full.SYSTEM" | "system.HEADLESS" => return UserKind::Primary,
                "full.GUEST" => return UserKind::Guest,
                "full.RESTRICTED" => return UserKind::Restricted,
                "profile.MANAGED" => return UserKind::WorkProfile,
                "profile.CLONE" => return UserKind::Clone,
                "profile.PRIVATE" => return UserKind::PrivateSpace,
                other if other.starts_with("full.") => return UserKind::Secondary,
                _ if controlled => return UserKind::WorkProfile,
                _ => return UserKind::UnknownProfile,
            }
        }
        let has = |bits| self.flags & bits != 0;
        if self.id == 0 || has(flags::PRIMARY | flags::SYSTEM) {
            UserKind::Primary
        } else if has(flags::GUEST) {
            UserKind::Guest
        } else if has(flags::RESTRICTED) {
            UserKind::Restricted
        } else if has(flags::MANAGED_PROFILE) || controlled && has(flags::PROFILE) {
            UserKind::WorkProfile
        } else if has(flags::PROFILE) || self.parent.is_some_and(|parent| parent != self.id) {
            UserKind::UnknownProfile
        } else {
            UserKind::Secondary
        }
    }

    /// The vendor's space that the id shows, together with the name or the vendor's flag bits: names are translated on
    /// some phones, flags are not. Evidence: `pm list users` of Samsung, Xiaomi, ColorOS and Huawei phones.
    fn vendor_kind(&self, profile_owner: Option<&str>) -> Option<UserKind> {
        let has = |bits: u32| self.flags & bits == bits;
        let clone = self.vendor_name == VendorName::Clone;
        match self.id {
            _ if profile_owner == Some(SECURE_FOLDER) => Some(UserKind::SecureFolder),
            150..=159 if self.vendor_name == VendorName::SecureFolder || has(0x6_0000) => Some(UserKind::SecureFolder),
            95..=99 if clone || has(0x2000_0000) => Some(UserKind::Clone),
            998..=999 if clone || has(0x80_0000) || has(0x400_0000) => Some(UserKind::Clone),
            1.. if clone && has(flags::PROFILE) => Some(UserKind::Clone),
            _ => None,
        }
    }
}

/// The users of a phone and who manages it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// The users, in the order of the text, each id once.
    pub users: Vec<User>,
    /// `Device owner id:` of `dumpsys user`; the value is `None` where the phone says that there is none (`-10000`).
    pub device_owner: Option<Located<Option<u32>>>,
    /// `Device managed:` of `dumpsys user`.
    pub managed: Option<Located<bool>>,
    /// `Current user:` of `dumpsys user` (Android 11 and later).
    pub current: Option<Located<u32>>,
    /// Whether the text itself shows that no user is missing: `cmd user list` counts them first, `dumpsys user` goes on behind them.
    pub complete: bool,
}

/// More users than any phone has (`config_multiuserMaximumUsers` is 4 to 10); what comes after them is counted and not read.
const MOST_USERS: usize = 1000;

/// Reads any of the three forms; they do not resemble one another, so each row tells its own form.
pub fn parse(text: &str) -> Parsed<Users> {
    let mut facts = Users::default();
    let mut tally = Tally::default();
    let mut recognised = false;
    // Whether a `UserInfo` of this text is the one that the deeper lines speak of.
    let mut open = false;
    let mut in_restrictions = false;
    // What the heading `2 users:` counts.
    let mut counted: Option<usize> = None;
    for (number, line) in numbered_lines(text) {
        let depth = indent(line);
        let row = line.trim();
        if row.is_empty() {
            continue;
        }
        let parsed = if row.starts_with("UserInfo{") && depth <= 4 {
            Some(user_info(row, number))
        } else if row.split_once(": id=").is_some_and(|(index, _)| index.bytes().all(|byte| byte.is_ascii_digit())) {
            Some(verbose(row, number))
        } else {
            None
        };
        if let Some(user) = parsed {
            recognised = true;
            in_restrictions = false;
            open = false;
            match user {
                Some(user) if facts.users.len() < MOST_USERS && facts.users.iter().all(|other| other.id != user.id) => {
                    tally.read();
                    facts.users.push(user);
                    open = true;
                }
                _ => tally.malformed(number),
            }
            continue;
        }
        if depth <= 2 {
            open = false;
            in_restrictions = false;
            if let Some(id) = row.strip_prefix("Device owner id:") {
                recognised = true;
                facts.device_owner.get_or_insert(Located::new(id.trim().parse().ok(), number));
            } else if let Some(managed) = row.strip_prefix("Device managed:").and_then(boolean) {
                facts.managed.get_or_insert(Located::new(managed, number));
            } else if let Some(current) = row.strip_prefix("Current user:").and_then(|id| id.trim().parse().ok()) {
                facts.current.get_or_insert(Located::new(current, number));
            } else if row == "Users:" {
                recognised = true;
            } else if let Some(count) = row.strip_suffix(" users:").and_then(|count| count.parse().ok()) {
                counted.get_or_insert(count);
            }
            facts.complete |= recognised && ["Device managed:", "Max users:"].iter().any(|end| row.starts_with(end));
            continue;
        }
        if !open {
            continue;
        }
        let Some(user) = facts.users.last_mut() else { continue };
        if depth > 4 {
            if in_restrictions && row != "none" && row != "null" {
                user.restrictions.push(Located::new(row.to_owned(), number));
            }
            continue;
        }
        in_restrictions = row == "Effective restrictions:";
        if let Some(name) = row.strip_prefix("Type: ") {
            user.type_name.get_or_insert(type_name(name));
        } else if let Some(state) = row.strip_prefix("State: ") {
            user.running = Some(state.starts_with("RUNNING"));
        } else if let Some(owned) = row.strip_prefix("Has profile owner: ") {
            user.has_profile_owner = boolean(owned);
        }
    }
    facts.complete |= counted.is_some_and(|count| count == facts.users.len());
    let mut gaps = whole_gaps(text, recognised);
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

/// `UserInfo{10:Work: profile:30} running` or `UserInfo{10:Name:30} serialNo=10 isPrimary=false parentId=0`. The name
/// may hold anything, so it is bounded from both ends.
fn user_info(row: &str, line: u32) -> Option<User> {
    let (inner, rest) = row.strip_prefix("UserInfo{")?.rsplit_once('}')?;
    let (id, inner) = inner.split_once(':')?;
    let (name, bits) = inner.rsplit_once(':')?;
    let word = |name: &str| rest.split_whitespace().find_map(|token| token.strip_prefix(name));
    Some(User {
        id: id.parse().ok()?,
        flags: u32::from_str_radix(bits, 16).ok()?,
        type_name: None,
        parent: word("parentId=").and_then(|id| id.parse().ok()),
        running: rest.split_whitespace().any(|token| token == "running").then_some(true),
        has_profile_owner: None,
        is_device_owner: false,
        restrictions: Vec::new(),
        vendor_name: VendorName::of(name),
        line,
    })
}

/// `0: id=0, name=Owner, type=full.SYSTEM, flags=ADMIN|FULL (running) (current)`
/// (`UserManagerServiceShellCommand`, Android 11 and later).
fn verbose(row: &str, line: u32) -> Option<User> {
    let (_, rest) = row.split_once(": id=")?;
    let (id, rest) = rest.split_once(", name=")?;
    let (rest, marks) = rest.rsplit_once(", flags=")?;
    let (name, kind) = rest.rsplit_once(", type=")?;
    let mut words = marks.split(' ').filter(|word| !word.is_empty());
    let bits = words.next().map_or(0, flag_bits);
    let marks: Vec<&str> = words.map(|word| word.trim_matches(['(', ')'])).collect();
    Some(User {
        id: id.parse().ok()?,
        flags: bits,
        type_name: Some(type_name(kind)),
        parent: marks.iter().find_map(|mark| mark.strip_prefix("parentId=")?.parse().ok()),
        running: Some(marks.contains(&"running")),
        has_profile_owner: Some(marks.contains(&"profile-owner")),
        is_device_owner: marks.contains(&"device-owner"),
        restrictions: Vec::new(),
        vendor_name: VendorName::of(name),
        line,
    })
}

fn type_name(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix("android.os.usertype.").unwrap_or(text).to_owned()
}

/// The bits of flag names with `|` between them (`UserInfo.flagsToString`); names that are not known count nothing.
fn flag_bits(names: &str) -> u32 {
    const NAMES: [(&str, u32); 14] = [
        ("PRIMARY", 0x1),
        ("ADMIN", 0x2),
        ("GUEST", 0x4),
        ("RESTRICTED", 0x8),
        ("INITIALIZED", 0x10),
        ("MANAGED_PROFILE", 0x20),
        ("DISABLED", 0x40),
        ("QUIET_MODE", 0x80),
        ("EPHEMERAL", 0x100),
        ("DEMO", 0x200),
        ("FULL", 0x400),
        ("SYSTEM", 0x800),
        ("PROFILE", 0x1000),
        ("MAIN", 0x4000),
    ];
    names
        .split('|')
        .filter_map(|name| NAMES.iter().find(|(known, _)| *known == name))
        .fold(0, |bits, (_, bit)| bits | bit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::{corpus, mangled};

    const DUMP: &str = "Current user: 0\nUsers:\n  UserInfo{0:null:c13} serialNo=0 isPrimary=true\n    \
            Type: android.os.usertype.full.SYSTEM\n    Flags: 3091 (ADMIN|FULL)\n    State: RUNNING_UNLOCKED\n    \
            Has profile owner: false\n    Restrictions:\n      no_fun\n    Device policy global restrictions:\n      null\n    \
            Effective restrictions:\n      no_config_wifi\n      no_add_user\n    Ignore errors preparing storage: false\n  \
            UserInfo{10:a:b:1020} serialNo=10 isPrimary=false parentId=0\n    Type: android.os.usertype.profile.MANAGED\n    \
            State: -1\n    Has profile owner: true\n    Effective restrictions:\n      none\n\n  Device owner id:0\n\n  \
            Guest restrictions:\n    no_sms\n\n  Device managed: true\n";

    fn kinds(text: &str) -> Vec<(u32, UserKind)> {
        parse(text).facts.users.iter().map(|user| (user.id, user.kind(None, &[]))).collect()
    }

    #[test]
    fn tells_vendor_spaces_from_work_profiles() {
        use UserKind::*;
        let list = |row: &str| format!("Users:\n\tUserInfo{{0:Anna:4c13}} running\n\tUserInfo{{{row}}} running\n");
        for (row, kind) in [
            ("12:Work profile:1030", WorkProfile),
            ("10:Travail: chez nous:30", WorkProfile),
            ("150:Secure Folder:10061030", SecureFolder),
            ("150:Dossier sécurisé:61010", SecureFolder),
            ("150:My work:1030", WorkProfile),
            ("95:DUAL_APP:20001010", Clone),
            ("999:XSpace:801010", Clone),
            ("998:MultiApp:4001010", Clone),
            ("999:doubleinstance:1030", Clone),
            ("10:XSpace:410", Secondary),
            ("11:Guest:414", Guest),
            ("12:Child:418", Restricted),
            ("13:Odd:1010", UnknownProfile),
        ] {
            assert_eq!(kinds(&list(row))[1].1, kind, "{row}");
        }
    }

    #[test]
    fn a_profile_owner_decides_where_nothing_else_does() {
        let users = parse("Users:\n\tUserInfo{13:Odd:1010} running\n\tUserInfo{14:Sealed:1030}\n").facts.users;
        assert_eq!(users[0].kind(Some("com.dpc"), &["com.dpc"]), UserKind::WorkProfile);
        assert_eq!(users[0].kind(Some("com.other"), &["com.dpc"]), UserKind::UnknownProfile);
        assert_eq!(users[1].kind(Some("com.samsung.knox.securefolder"), &[]), UserKind::SecureFolder);
    }

    #[test]
    fn reads_the_verbose_list() {
        let text = "3 users:\n\n\
            0: id=0, name=Owner, type=full.SYSTEM, flags=ADMIN|FULL|INITIALIZED|MAIN|PRIMARY|SYSTEM (running) (current) (visible)\n\
            1: id=10, name=a, type=full.GUEST, flags=x, type=profile.MANAGED, flags=INITIALIZED|MANAGED_PROFILE|PROFILE (parentId=0) (profile-owner)\n\
            2: id=11, name=P, type=profile.PRIVATE, flags=PROFILE|NEW_FLAG (parentId=0) (running)\n";
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        let users = &parsed.facts.users;
        assert_eq!(kinds(text), [(0, UserKind::Primary), (10, UserKind::WorkProfile), (11, UserKind::PrivateSpace)]);
        assert_eq!(
            (users[1].parent, users[1].running, users[1].has_profile_owner, users[1].line),
            (Some(0), Some(false), Some(true), 4)
        );
        assert_eq!((users[1].flags, users[0].flags), (0x1030, 0x4c13));
        assert_eq!(users[2].running, Some(true));
    }

    #[test]
    fn reads_dumpsys_user_of_android_11_and_later() {
        let text = DUMP;
        let parsed = parse(text);
        assert_eq!(parsed.gaps, []);
        let users = &parsed.facts.users;
        assert_eq!(
            users[0].restrictions,
            [Located::new("no_config_wifi".to_owned(), 13), Located::new("no_add_user".to_owned(), 14)]
        );
        assert_eq!(users[1].restrictions, []);
        assert_eq!((users[1].running, users[1].parent, users[1].has_profile_owner), (Some(false), Some(0), Some(true)));
        assert_eq!(parsed.facts.device_owner.as_ref().map(|owner| owner.value), Some(Some(0)));
        assert_eq!(parsed.facts.managed.as_ref().map(|managed| managed.value), Some(true));
        assert_eq!(parsed.facts.current, Some(Located::new(0, 1)));
    }

    #[test]
    fn counts_rows_it_cannot_read() {
        let parsed = parse("Users:\n\tUserInfo{0:A:13}\n\tUserInfo{x:B:13}\n\tUserInfo{0:C:13}\n");
        assert_eq!(parsed.facts.users.len(), 1);
        assert_eq!((parsed.gaps[0].read, parsed.gaps[0].of), (Some(1), Some(3)));
    }

    #[test]
    fn reads_real_phones() {
        for path in ["a09-google-emulator", "a09-rockchip-rk3399", "a08.1-smartron-tphone"] {
            let Some(text) = corpus(&format!("{path}/user.txt")) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, []);
            assert_eq!(kinds(&text), [(0, UserKind::Primary)], "{path}");
            let user = &parsed.facts.users[0];
            assert_eq!((user.flags, user.running, user.has_profile_owner), (0x13, Some(true), Some(false)));
            assert_eq!((user.restrictions.len(), user.line), (0, 3));
            assert_eq!(parsed.facts.device_owner.map(|owner| owner.value), Some(None));
            assert_eq!(parsed.facts.managed.map(|managed| managed.value), Some(false));
        }
        let Some(text) = corpus("excerpts/pm-list-users-vendors.txt") else { return };
        let phones: Vec<Vec<UserKind>> = text
            .split("Users:\n")
            .skip(1)
            .map(|phone| kinds(&format!("Users:\n{phone}")).into_iter().map(|(_, kind)| kind).collect())
            .collect();
        use UserKind::*;
        assert_eq!(
            phones,
            [
                vec![Primary, WorkProfile, SecureFolder],
                vec![Primary, Clone, SecureFolder],
                vec![Primary, Clone],
                vec![Primary, Clone, Clone],
                vec![Primary, Clone],
                vec![Primary, WorkProfile],
            ]
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in mangled(DUMP)) {
            let _ = (parse(&text), parse(&near));
        }

        #[test]
        fn every_row_is_accounted_for(rows in proptest::collection::vec("\tUserInfo\\{[0-9]{1,2}:[a-z:}]{0,6}:[0-9a-f]{1,4}(\\} running|)", 0..8)) {
            let text = rows.iter().map(|row| format!("{row}\n")).collect::<String>();
            let parsed = parse(&text);
            let lost: u64 = parsed.gaps.iter().filter_map(|gap| Some(gap.of? - gap.read?)).sum();
            prop_assert_eq!(parsed.facts.users.len() as u64 + lost, rows.len() as u64);
        }
    }
}
