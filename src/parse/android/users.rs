//! The Android users of a phone: `pm list users`, `cmd user list -v`, `dumpsys user` (`UserManagerService`).
//!
//! A user's display name is used for one thing, to tell vendors' app clones, and is not kept.

use crate::parse::text::{indent, numbered_lines};

use super::located::{Located, Tally, boolean, whole_gaps};
use super::parsed::Parsed;

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
    /// A user that a person can be in front of; the system user of a phone with a headless one lacks it.
    pub const FULL: u32 = 0x400;
    /// A profile of another user (Android 11 and later).
    pub const PROFILE: u32 = 0x1000;
    /// The main user (Android 14 and later): the first human one where the system user is headless, else the system user.
    pub const MAIN: u32 = 0x4000;
}

/// What a vendor's fixed display name says about a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VendorName {
    /// Nothing: it is no name that a vendor gives.
    #[default]
    None,
    /// Samsung's Secure Folder.
    SecureFolder,
    /// A second copy of chosen apps: Samsung, Xiaomi, OPPO, Huawei, realme.
    Clone,
}

impl VendorName {
    fn of(name: &str) -> VendorName {
        match name {
            "Secure Folder" => VendorName::SecureFolder,
            "DUAL_APP" | "XSpace" | "MultiApp" | "doubleinstance" | "system_clone" => VendorName::Clone,
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
    /// Whether the flags could be read whole: a name of a flag that is not known leaves open what the user is.
    pub odd_flags: bool,
    /// The type without `android.os.usertype.`: `full.SYSTEM`, `profile.MANAGED`… (Android 11 and later).
    pub type_name: Option<String>,
    /// The user whose profile this is, where it is told.
    pub parent: Option<u32>,
    /// Whether the user is running, where it is told.
    pub running: Option<bool>,
    /// Whether it has a profile owner, where it is told.
    pub has_profile_owner: Option<bool>,
    /// Whether it is the main user though its id is not 0: see [`mark_main`].
    pub is_main: bool,
    /// Whether it is marked as the device owner's user.
    pub is_device_owner: bool,
    /// The restrictions in force (`no_install_unknown_sources`, …); only `dumpsys user` tells.
    pub restrictions: Vec<Located<String>>,
    /// Whether the list of restrictions was there and something follows it, so that what it lacks is not in force.
    pub restrictions_end: bool,
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
                // The person of a phone whose system user is nobody's.
                other if self.is_main && other.starts_with("full.") => return UserKind::Primary,
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
        // The bit of the first user counts on user 0 alone: Xiaomi sets it on the owner of its second space as well.
        if self.id == 0 || self.is_main || has(flags::SYSTEM) {
            UserKind::Primary
        } else if has(flags::GUEST) {
            UserKind::Guest
        } else if has(flags::RESTRICTED) {
            UserKind::Restricted
        } else if has(flags::MANAGED_PROFILE) || controlled && has(flags::PROFILE) {
            UserKind::WorkProfile
        } else if has(flags::PROFILE) || self.parent.is_some_and(|parent| parent != self.id) || self.odd_flags {
            UserKind::UnknownProfile
        } else {
            UserKind::Secondary
        }
    }

    /// Whether it is the second space of a Xiaomi phone: another user of the same person, out of sight of the first.
    pub fn is_second_space(&self) -> bool {
        self.id != 0 && !self.is_main && self.flags & flags::PRIMARY != 0
    }

    /// Whether it is the system user of a phone with a headless one: no person is in front of it.
    fn is_headless(&self) -> bool {
        self.type_name.as_deref() == Some("system.HEADLESS")
            || self.type_name.is_none() && self.flags & (flags::SYSTEM | flags::FULL) == flags::SYSTEM
    }

    /// Whether a person can be in front of it, as far as type and flags tell: no profile, no guest.
    fn is_human(&self) -> bool {
        let not = flags::GUEST | flags::RESTRICTED | flags::MANAGED_PROFILE | flags::PROFILE;
        self.id != 0
            && self.flags & not == 0
            && self.type_name.as_ref().is_none_or(|name| name.starts_with("full.") && name != "full.GUEST")
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

/// Marks the main user of a phone whose system user is headless: the one with the bit for it (Android 14 and later), else
/// the first one that a person can be in front of (`UserManager.getMainUser`). Elsewhere the main user is user 0.
pub fn mark_main(users: &mut [User]) {
    users.iter_mut().for_each(|user| user.is_main = false);
    if !users.iter().any(|user| user.id == 0 && user.is_headless()) {
        return;
    }
    let marked = users.iter().any(|user| user.is_human() && user.flags & flags::MAIN != 0);
    let candidates = users.iter().filter(|user| user.is_human() && (!marked || user.flags & flags::MAIN != 0));
    let first = candidates.map(|user| user.id).min();
    users.iter_mut().filter(|user| Some(user.id) == first).for_each(|user| user.is_main = true);
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
        let parsed = if row.starts_with("UserInfo{") && (depth <= 4 || is_list_row(row)) {
            Some(user_info(row, number))
        } else if is_verbose(row) {
            Some(verbose(row, number))
        } else {
            None
        };
        if in_restrictions
            && depth <= 4
            && let Some(user) = facts.users.last_mut()
        {
            user.restrictions_end = true;
        }
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
    mark_main(&mut facts.users);
    let mut gaps = whole_gaps(text, recognised);
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

/// Whether a row is one of `pm list users`, which prints nothing behind the user but ` running`. Its TAB becomes blanks
/// where it was copied from a terminal, so its depth says nothing.
fn is_list_row(row: &str) -> bool {
    row.strip_suffix(" running").unwrap_or(row).ends_with('}')
}

/// Whether a row is one of `cmd user list -v`: `0: id=0, name=…`.
fn is_verbose(row: &str) -> bool {
    row.split_once(": id=")
        .is_some_and(|(index, _)| !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()))
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
        odd_flags: false,
        type_name: None,
        parent: word("parentId=").and_then(|id| id.parse().ok()),
        running: rest.split_whitespace().any(|token| token == "running").then_some(true),
        has_profile_owner: None,
        is_main: false,
        is_device_owner: false,
        restrictions: Vec::new(),
        restrictions_end: false,
        vendor_name: VendorName::of(name),
        line,
    })
}

/// `0: id=0, name=Owner, type=full.SYSTEM, flags=ADMIN|FULL (running) (current)` (`UserManagerServiceShellCommand`, Android
/// 12 and later). Android 11 (`UserManagerService.Shell`) prints no type: the flags alone tell then.
fn verbose(row: &str, line: u32) -> Option<User> {
    let (_, rest) = row.split_once(": id=")?;
    let (id, rest) = rest.split_once(", name=")?;
    let (rest, marks) = rest.rsplit_once(", flags=")?;
    // A name may hold anything, so that `, type=` in it counts only with a word of a type behind it.
    let (name, kind) = match rest.rsplit_once(", type=") {
        Some((name, kind)) if is_type(kind) => (name, Some(type_name(kind))),
        _ => (rest, None),
    };
    let mut words = marks.split(' ').filter(|word| !word.is_empty());
    let (bits, odd_flags) = words.next().map_or((0, true), flag_bits);
    let marks: Vec<&str> = words.map(|word| word.trim_matches(['(', ')'])).collect();
    Some(User {
        id: id.parse().ok()?,
        flags: bits,
        odd_flags,
        type_name: kind,
        parent: marks.iter().find_map(|mark| mark.strip_prefix("parentId=")?.parse().ok()),
        running: Some(marks.contains(&"running")),
        has_profile_owner: Some(marks.contains(&"profile-owner")),
        is_main: false,
        is_device_owner: marks.contains(&"device-owner"),
        restrictions: Vec::new(),
        restrictions_end: false,
        vendor_name: VendorName::of(name),
        line,
    })
}

/// `full.SYSTEM`, `profile.MANAGED`, `system.HEADLESS` and vendors' own, as a word without blanks.
fn is_type(kind: &str) -> bool {
    let kind = kind.trim();
    kind.contains('.') && kind.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character))
}

fn type_name(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix("android.os.usertype.").unwrap_or(text).to_owned()
}

/// The bits of flag names with `|` between them (`UserInfo.flagsToString`), and whether any name is not known.
fn flag_bits(names: &str) -> (u32, bool) {
    const NAMES: [(&str, u32); 16] = [
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
        ("EPHEMERAL_ON_CREATE", 0x2000),
        ("MAIN", 0x4000),
        ("FOR_TESTING", 0x8000),
    ];
    names.split('|').fold((0, false), |(bits, odd), name| {
        let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, bit)| *bit);
        // Bits without a name, as vendors have, stand at the end as one hexadecimal number (`DebugUtils.flagsToString`).
        match known.or_else(|| u32::from_str_radix(name.trim_start_matches("0x"), 16).ok()) {
            Some(bit) => (bits | bit, odd),
            None => (bits, true),
        }
    })
}

#[cfg(test)]
mod tests;
