//! `dumpsys package`: what is installed for whom, from where, and which permissions it holds.
//!
//! Source of the format: AOSP `services/core/java/com/android/server/pm/Settings.java`, `dumpPackagesLPr`,
//! `dumpPackageLPr`, `dumpRuntimePermissionsLPr`, `dumpSharedUsersLPr`. `docs/formats/dumpsys-package.md` describes every
//! version; the parser takes the whole dump, its `packages` and `shared-users` parts, and the dump of one package alike.

pub mod skim;

use std::collections::BTreeSet;

use memchr::memmem;

use super::parsed::{ParseGap, Parsed, line_of};
use super::room::Room;
use crate::evidence::Reason;
use crate::parse::text::{self, numbered_lines};

/// Flags of a permission's state, `PackageManager.FLAG_PERMISSION_*`, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionFlags(u32);

impl PermissionFlags {
    /// The person answered the prompt or moved the switch.
    pub const USER_SET: u32 = 1;
    /// The person said "don't ask again".
    pub const USER_FIXED: u32 = 1 << 1;
    /// A device or profile owner decided.
    pub const POLICY_FIXED: u32 = 1 << 2;
    /// `REVOKE_ON_UPGRADE` up to Android 10, `REVOKED_COMPAT` since: an app that targets less than API 23 keeps
    /// `granted=true` while its app-op is `ignore`.
    pub const REVOKED_COMPAT: u32 = 1 << 3;
    /// Part of the system image.
    pub const SYSTEM_FIXED: u32 = 1 << 4;
    /// Granted at first boot, nobody was asked.
    pub const GRANTED_BY_DEFAULT: u32 = 1 << 5;
    /// An app that targets less than API 23 and was not reviewed yet: it cannot run before the person has reviewed it.
    pub const REVIEW_REQUIRED: u32 = 1 << 6;
    /// Added by a split permission; the app never asked.
    pub const REVOKE_WHEN_REQUESTED: u32 = 1 << 7;
    /// The installer allows a restricted permission to be granted. Says nothing about the grant.
    pub const RESTRICTION_INSTALLER_EXEMPT: u32 = 1 << 11;
    /// The system allows a restricted permission to be granted.
    pub const RESTRICTION_SYSTEM_EXEMPT: u32 = 1 << 12;
    /// An upgrade allows a restricted permission to be granted.
    pub const RESTRICTION_UPGRADE_EXEMPT: u32 = 1 << 13;
    /// The restriction holds: a hard-restricted permission has no effect.
    pub const APPLY_RESTRICTION: u32 = 1 << 14;
    /// Comes with a role.
    pub const GRANTED_BY_ROLE: u32 = 1 << 15;
    /// "Only this time".
    pub const ONE_TIME: u32 = 1 << 16;
    /// Taken away because the app was not used.
    pub const AUTO_REVOKED: u32 = 1 << 17;

    /// Names that `PackageManager.permissionFlagToString` prints, with the bit of each.
    const NAMES: [(&'static str, u32); 22] = [
        ("USER_SET", Self::USER_SET),
        ("USER_FIXED", Self::USER_FIXED),
        ("POLICY_FIXED", Self::POLICY_FIXED),
        ("REVOKED_COMPAT", Self::REVOKED_COMPAT),
        ("REVOKE_ON_UPGRADE", Self::REVOKED_COMPAT),
        ("SYSTEM_FIXED", Self::SYSTEM_FIXED),
        ("GRANTED_BY_DEFAULT", Self::GRANTED_BY_DEFAULT),
        ("REVIEW_REQUIRED", Self::REVIEW_REQUIRED),
        ("REVOKE_WHEN_REQUESTED", Self::REVOKE_WHEN_REQUESTED),
        ("USER_SENSITIVE_WHEN_GRANTED", 1 << 8),
        ("USER_SENSITIVE_WHEN_DENIED", 1 << 9),
        ("RESTRICTION_INSTALLER_EXEMPT", Self::RESTRICTION_INSTALLER_EXEMPT),
        ("RESTRICTION_SYSTEM_EXEMPT", Self::RESTRICTION_SYSTEM_EXEMPT),
        ("RESTRICTION_UPGRADE_EXEMPT", Self::RESTRICTION_UPGRADE_EXEMPT),
        ("APPLY_RESTRICTION", Self::APPLY_RESTRICTION),
        ("GRANTED_BY_ROLE", Self::GRANTED_BY_ROLE),
        ("ONE_TIME", Self::ONE_TIME),
        ("AUTO_REVOKED", Self::AUTO_REVOKED),
        ("USER_SENSITIVE", 1 << 8),
        ("DELEGATED_PERMISSION", 0),
        ("LEGACY_GRANTED", 0),
        ("SELECTED_LOCATION_ACCURACY", 1 << 19),
    ];

    /// Whether any of the given bits is set.
    pub fn has(self, bits: u32) -> bool {
        self.0 & bits != 0
    }

    /// Reads the text between the brackets: names separated by `|` (Android 10 and later) or blanks (8 and 9). Bits for
    /// which the phone has no name stand as decimal numbers (`524288`); names that we do not know are passed over, since
    /// vendors add their own.
    fn parse(list: &str) -> PermissionFlags {
        let mut bits = 0;
        for token in list.split(['|', ' ']).filter(|token| !token.is_empty()) {
            if let Some((_, bit)) = Self::NAMES.iter().find(|(name, _)| *name == token) {
                bits |= bit;
            } else if let Ok(number) = token.parse::<u32>() {
                bits |= number;
            }
        }
        PermissionFlags(bits)
    }
}

/// How many lists of flags are remembered.
const MOST_LISTS: usize = 16;

/// The lists of flags that came first, as printed, with their bits: most rows have one of a few.
#[derive(Default)]
struct KnownFlags<'a>(Vec<(&'a str, PermissionFlags)>);

impl<'a> KnownFlags<'a> {
    fn of(&mut self, list: &'a str) -> PermissionFlags {
        if let Some((_, flags)) = self.0.iter().find(|(known, _)| *known == list) {
            return *flags;
        }
        let flags = PermissionFlags::parse(list);
        if self.0.len() < MOST_LISTS {
            self.0.push((list, flags));
        }
        flags
    }
}

/// One row `android.permission.CAMERA: granted=true, flags=[ USER_SET]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermissionRow<'a> {
    /// The permission's full name.
    pub name: &'a str,
    /// The raw grant. What the app can really do follows from it together with flags, app-op and target SDK.
    pub granted: bool,
    /// The flags of the state.
    pub flags: PermissionFlags,
    /// `, userId=10` (Android 12 and later, install permissions only): the row holds for that user instead of for all.
    pub user: Option<u32>,
    /// The line of the dump.
    pub line: u32,
}

/// One `User N:` block of a package. Printed for every user of the phone, also where the app is not installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserBlock<'a> {
    /// The Android user.
    pub id: u32,
    /// The line of the block's first row.
    pub line: u32,
    /// Whether the app is installed for this user.
    pub installed: bool,
    /// Hidden by a device owner or `pm hide`.
    pub hidden: bool,
    /// Greyed out: paused work profile, Digital Wellbeing.
    pub suspended: bool,
    /// Quarantined (Android 15 and later).
    pub quarantined: bool,
    /// Force-stopped, or never opened.
    pub stopped: bool,
    /// Never launched since installation.
    pub not_launched: bool,
    /// `enabled=`: 0 default, 1 enabled, 2 disabled, 3 disabled by the person, 4 disabled until used.
    pub enabled: u8,
    /// Archived (Android 15 and later): the code is gone, the data and the icon remain.
    pub archived: bool,
    /// `firstInstallTime` (Android 13 and later), local time of the phone.
    pub first_install_time: Option<&'a str>,
    /// `installReason`: 1 means policy.
    pub install_reason: Option<u32>,
    /// Rows under `runtime permissions:`.
    pub runtime: Vec<PermissionRow<'a>>,
}

/// Where a package came from, as its block tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Installer<'a> {
    /// `installerPackageName`; the line is missing (Android 13 and earlier) or says `null` (14 and later) without one.
    pub package: Option<&'a str>,
    /// `initiatingPackageName` (Android 14 and later): who asked for the installation; `com.android.shell` is a cable.
    pub initiating: Option<&'a str>,
    /// `originatingPackageName` (Android 14 and later): the browser or chat that brought the file.
    pub originating: Option<&'a str>,
    /// `packageSource` (Android 13 and later): 0 unspecified, 1 other, 2 store, 3 local file, 4 downloaded file.
    pub source: Option<u32>,
    /// The line of `installerPackageName`, or of the package's header.
    pub line: u32,
}

/// One package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageRecord<'a> {
    /// The package name.
    pub name: &'a str,
    /// The line of its header.
    pub line: u32,
    /// The line after its last one.
    pub end_line: u32,
    /// The app id: `userId=` up to Android 13, `appId=` since 14. Not an Android user; uid = user × 100000 + app id.
    pub app_id: Option<u32>,
    /// The shared user it belongs to; then its permissions stand in [`SharedUser`].
    pub shared_user: Option<&'a str>,
    /// `codePath`, `null` where only data is left.
    pub code_path: Option<&'a str>,
    /// `pkg=null`: the code is gone.
    pub code_missing: bool,
    /// `versionName`, the rest of the line whatever it holds.
    pub version_name: Option<&'a str>,
    /// `versionCode`.
    pub version_code: Option<u64>,
    /// `targetSdk`.
    pub target_sdk: Option<u32>,
    /// The line of `versionCode=… targetSdk=…`.
    pub version_line: u32,
    /// Flag `SYSTEM`: part of the system image.
    pub system: bool,
    /// Flag `UPDATED_SYSTEM_APP`.
    pub updated_system: bool,
    /// Flag `DEBUGGABLE`.
    pub debuggable: bool,
    /// Where it came from.
    pub installer: Installer<'a>,
    /// `firstInstallTime` (Android 12 and earlier), local time of the phone.
    pub first_install_time: Option<&'a str>,
    /// `lastUpdateTime`, local time of the phone.
    pub last_update_time: Option<&'a str>,
    /// Names under `requested permissions:`; that list is printed only by the dump of a single package.
    pub requested: Vec<&'a str>,
    /// Rows under `install permissions:`.
    pub install: Vec<PermissionRow<'a>>,
    /// One block per user of the phone.
    pub users: Vec<UserBlock<'a>>,
    /// Whether rows of it may be missing or another's: the text may end inside it, it lacks the block of a user, or something stands
    /// twice that a package has once.
    pub open: bool,
    /// Whether something stands twice that a package has once, so that one of the two is not the phone's.
    pub contradicted: bool,
    /// Whether its own value `pkg=` names it; `None` without one.
    pub named: Option<bool>,
}

/// A shared user: several packages with one uid and one set of permissions. A grant to one is a grant to all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedUser<'a> {
    /// Its name, such as `android.uid.shared`.
    pub name: &'a str,
    /// The line of its header.
    pub line: u32,
    /// Rows under `install permissions:`.
    pub install: Vec<PermissionRow<'a>>,
    /// Rows under `runtime permissions:`, per Android user.
    pub runtime: Vec<(u32, Vec<PermissionRow<'a>>)>,
    /// Whether rows of it may be missing, since the text may end inside it.
    pub open: bool,
}

/// The understood parts of a `dumpsys package`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageDump<'a> {
    /// Packages in the order of the dump.
    pub packages: Vec<PackageRecord<'a>>,
    /// Shared users in the order of the dump.
    pub shared_users: Vec<SharedUser<'a>>,
    /// How many factory copies stood under `Hidden system packages:` and were passed over: they repeat the permission
    /// rows of the live copy with an older version.
    pub hidden_system_packages: u64,
    /// How many rows `granted=` of runtime permissions stood under those copies: counted, so that every row of the text
    /// is accounted for, and passed over.
    pub hidden_runtime_rows: u64,
    /// How many rows with `granted=` were understood outside the hidden copies.
    pub permission_rows: u64,
    /// How many lines begin as the header of a package does, wherever they stand.
    pub headers: u64,
    /// Whether `Shared users:` was there at all.
    pub has_shared_users: bool,
    /// How many `Packages:` headings there were: dumps of single packages have one each, with one package below.
    pub lists: u64,
    /// Whether the text is seen to end inside a package, so that the last one lacks rows and later ones are missing.
    pub last_is_open: bool,
    /// Whether a list begins twice, a name comes twice, a list begins without the empty line before it, or a record does not name itself:
    /// signs that a line of the text is an app's and not the phone's.
    pub is_contradictory: bool,
    /// Where the text, or one of the texts that it was joined from, ends inside a list: no heading follows. Whether that list is whole,
    /// only something beside the text can tell. With the place of its last entry.
    pub ends: Vec<(List, usize)>,
}

/// The line between two texts that were saved apart and are read as one. No command prints it, and one that an app writes leaves open what
/// stands before it.
pub const JOINT: &str = "\u{1d}";

/// A list of the dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// `Packages:`.
    Packages,
    /// `Shared users:`.
    SharedUsers,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    Packages,
    Hidden,
    SharedUsers,
    #[default]
    Other,
}

/// Where a `granted=` row belongs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Rows {
    Install,
    Runtime,
    Requested,
    /// A list of names that an app chose.
    Content,
    #[default]
    None,
}

/// Reads a `dumpsys package`, whole or in part.
///
/// Never fails: what is not understood is counted in a gap. Every `  Package [` header of the text is accounted for, as
/// a package, as a hidden system package, or as not understood.
pub fn parse(dump: &str) -> Parsed<PackageDump<'_>> {
    let mut reader = Reader::default();
    for (number, line) in numbered_lines(dump) {
        reader.line(number, line);
        if reader.room.is_full {
            break;
        }
    }
    let truncated = reader.room.is_full || !dump.is_empty() && !dump.ends_with('\n');
    reader.facts.last_is_open = truncated && reader.section == Section::Packages;
    reader.note_end();
    let mut names: Vec<&str> = reader.facts.packages.iter().map(|package| package.name).collect();
    names.sort_unstable();
    let twice = reader.facts.lists == 1 && !names.is_sorted_by(|one, next| one < next);
    reader.facts.is_contradictory = reader.is_broken || twice;
    if reader.has_pkg {
        for package in reader.facts.packages.iter_mut().filter(|package| package.named != Some(true)) {
            package.open = true;
            // The last one may be cut before its name.
            reader.facts.is_contradictory |= package.named == Some(false) || !package.users.is_empty();
        }
    }
    let mut gaps: Vec<ParseGap> = reader.room.gap().into_iter().collect();
    reader.facts.last_is_open |= reader.room.is_full;
    if let Some((reason, detail)) = text::failure(dump) {
        gaps.push(ParseGap { reason, read: None, of: None, detail: detail.to_owned() });
        reader.facts.last_is_open |= reader.section == Section::Packages;
    }
    let understood = u64::try_from(reader.facts.packages.len()).unwrap_or(u64::MAX);
    reader.facts.headers = count_headers(dump);
    let headers = reader.facts.headers.saturating_sub(reader.facts.hidden_system_packages);
    if headers > understood {
        gaps.push(ParseGap {
            reason: Reason::Unreadable,
            read: Some(understood),
            of: Some(headers),
            detail: line_of(reader.first_odd_header),
        });
    }
    if reader.odd_rows > 0 {
        gaps.push(ParseGap {
            reason: Reason::Unreadable,
            read: Some(reader.facts.permission_rows),
            of: Some(reader.facts.permission_rows + reader.odd_rows),
            detail: line_of(reader.first_odd_row),
        });
    }
    Parsed { facts: reader.facts, gaps }
}

/// Whether a name can be that of a package: `PackageManager` lets in ASCII letters, digits, `_`, `.` and, in the names of
/// static libraries, `-`; a file name of at most 255 bytes holds it.
fn is_package_name(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !name.is_empty() && name.len() <= 255 && name.bytes().all(known)
}

/// What begins with a line in column 0, if it is a heading: headings of this dump begin with a capital. Some vendors print
/// `com.android.systemui overlay paths:` in column 0 in the middle of a package; that is none.
fn heading_of(line: &[u8]) -> Option<Section> {
    Some(match line {
        b"Packages:" => Section::Packages,
        b"Hidden system packages:" => Section::Hidden,
        b"Shared users:" => Section::SharedUsers,
        [b'A'..=b'Z' | b'-', ..] => Section::Other,
        _ => return None,
    })
}

/// `User 0: ceDataInode=…`, the first line of a user's block: the user, and what is told of the app there.
fn user_head(content: &str) -> Option<(u32, &str)> {
    let (id, state) = content.strip_prefix("User ")?.split_once(": ")?;
    if !state.contains("ceDataInode=") {
        return None;
    }
    Some((id.parse().ok()?, state))
}

/// The name and the state of a row of permissions: what stands before the first `: granted=`, and behind it.
fn granted(content: &str) -> Option<(&str, &str)> {
    text::split_once(content, ": granted=")
}

/// How the block of a package begins.
const HEADER: &str = "  Package [";

/// Counts header lines without looking at sections: the independent check on the reader above.
fn count_headers(dump: &str) -> u64 {
    let inside = memmem::find_iter(dump.as_bytes(), b"\n  Package [").count();
    let first = usize::from(dump.starts_with(HEADER));
    u64::try_from(inside + first).unwrap_or(u64::MAX)
}

#[derive(Default)]
struct Reader<'a> {
    facts: PackageDump<'a>,
    section: Section,
    rows: Rows,
    /// Whether the current package has a header that was understood.
    keep: bool,
    in_user: bool,
    odd_rows: u64,
    first_odd_row: Option<u32>,
    first_odd_header: Option<u32>,
    /// Values of the current package that stand once in each and were met.
    keys: Vec<(usize, &'a str)>,
    /// Whether any package says `pkg=`, as all do on every version.
    has_pkg: bool,
    /// Whether a list began again, or inside a package.
    is_broken: bool,
    /// Whether a line of dashes came inside a package.
    is_dashed: bool,
    /// Whether the list of shared users has one.
    has_shared_user: bool,
    after_blank: bool,
    begun: Vec<Section>,
    room: Room,
    flags: KnownFlags<'a>,
}

impl PackageDump<'_> {
    /// Notes what the end of the text leaves open, where nothing beside the text shows that it is whole.
    pub fn leave_open(&mut self) {
        for (list, last) in &self.ends {
            match list {
                List::Packages => self.packages.get_mut(*last).into_iter().for_each(|last| last.open = true),
                List::SharedUsers => self.shared_users.get_mut(*last).into_iter().for_each(|last| last.open = true),
            }
        }
    }

    /// Whether the list of packages ends with a text.
    pub fn ends_in_packages(&self) -> bool {
        self.ends.iter().any(|(list, _)| *list == List::Packages)
    }

    /// Notes the packages that lack the block of a user: `Settings.dumpPackageLPr` prints one for each user of the phone, whether the
    /// app is installed for that user or not. Returns whether there is one beside the last, which the end of the text may explain.
    pub fn note_missing_users(&mut self) -> bool {
        let all: BTreeSet<u32> = self.packages.iter().flat_map(|package| &package.users).map(|user| user.id).collect();
        let last = self.packages.len().saturating_sub(1);
        let mut found = false;
        for (place, package) in self.packages.iter_mut().enumerate() {
            let own = package.users.iter().map(|user| user.id).collect::<BTreeSet<u32>>().len();
            if own < all.len() || own == 0 {
                found |= place < last || !package.open;
                package.open = true;
            }
        }
        found
    }
}

impl<'a> Reader<'a> {
    #[inline]
    fn line(&mut self, number: u32, line: &'a str) {
        if line == JOINT {
            self.close_package(number);
            self.note_end();
            (self.section, self.rows, self.in_user, self.keep) = (Section::Other, Rows::None, false, false);
            (self.is_dashed, self.after_blank) = (false, true);
            self.begun.clear();
            return;
        }
        self.is_broken |= self.is_dashed && self.section == Section::Other && line.starts_with(' ');
        let after_blank = std::mem::replace(&mut self.after_blank, line.is_empty());
        match line.as_bytes().first() {
            None => {}
            Some(b' ') => match self.section {
                Section::Other => {}
                Section::Packages => self.package_line(number, line),
                Section::Hidden => {
                    if line.starts_with(HEADER) {
                        self.facts.hidden_system_packages += 1;
                    } else if line.starts_with("        ") && granted(line).is_some() {
                        self.facts.hidden_runtime_rows += 1;
                    }
                }
                Section::SharedUsers => self.shared_user_line(number, line),
            },
            Some(_) => self.heading(number, line, after_blank),
        }
    }

    /// A line in column 0 ends the section before it, if it is a heading.
    fn heading(&mut self, number: u32, line: &'a str, after_blank: bool) {
        let Some(next) = heading_of(line.as_bytes()) else { return };
        self.close_package(number);
        // The platform prints an empty line before each list but the first, and each list once; several dumps may follow one another.
        let inside = matches!(self.section, Section::Packages | Section::Hidden) && self.keep;
        if line.starts_with('-') {
            // A line of dashes ends the dump, or parts it from another output; inside a record it may be an app's.
            self.is_dashed |= inside;
        } else if inside && !after_blank && !matches!(next, Section::Packages | Section::SharedUsers) {
            self.is_broken = true;
        }
        if next != Section::Other {
            self.is_broken |= next != Section::Packages && self.begun.contains(&next);
            if next == Section::Packages {
                self.begun.clear();
            }
            self.room.add_short(&mut self.begun, next);
        }
        match next {
            Section::SharedUsers => self.facts.has_shared_users = true,
            Section::Packages => self.facts.lists += 1,
            Section::Hidden | Section::Other => {}
        }
        self.has_shared_user = false;
        self.section = next;
        self.rows = Rows::None;
        self.in_user = false;
        self.keep = false;
    }

    /// Takes note that the text ends here.
    fn note_end(&mut self) {
        let end = match self.section {
            Section::Packages => (List::Packages, self.facts.packages.len()),
            Section::SharedUsers => (List::SharedUsers, self.facts.shared_users.len()),
            Section::Hidden | Section::Other => return,
        };
        self.facts.ends.push((end.0, end.1.saturating_sub(1)));
    }

    fn close_package(&mut self, number: u32) {
        if self.keep
            && let Some(package) = self.facts.packages.last_mut()
        {
            package.end_line = number;
        }
    }

    fn package_line(&mut self, number: u32, line: &'a str) {
        if let Some(rest) = line.strip_prefix(HEADER) {
            self.close_package(number);
            self.rows = Rows::None;
            self.in_user = false;
            self.keep = false;
            let Some((name, tail)) = rest.split_once("] (") else {
                self.first_odd_header.get_or_insert(number);
                return;
            };
            if !is_package_name(name) || !tail.trim_end().ends_with("):") {
                self.first_odd_header.get_or_insert(number);
                return;
            }
            self.keep = true;
            self.keys.clear();
            let installer = Installer { line: number, ..Installer::default() };
            let package = PackageRecord { name, line: number, end_line: number, installer, ..PackageRecord::default() };
            self.room.add(&mut self.facts.packages, package);
            return;
        }
        if !self.keep {
            return;
        }
        let Some(package) = self.facts.packages.last_mut() else { return };
        package.end_line = number;
        let depth = text::indent(line);
        let content = line.get(depth..).unwrap_or_default();
        // Many lines are nothing but there.
        if content.is_empty() && depth < 4 {
            return;
        }
        if depth == 4
            && let Some((id, state)) = user_head(content)
        {
            // A user stands once in a package: which of two blocks is the phone's own, nothing tells.
            package.contradicted |= package.users.iter().any(|user| user.id == id);
            self.room.add_short(&mut package.users, user_block(id, number, state));
            self.in_user = true;
            self.rows = Rows::None;
            return;
        }
        // Headings stand at the depth of the values, one step above their rows; deeper ones are content, whatever they say.
        let (of_values, of_rows) = if self.in_user { (6, 8) } else { (4, 6) };
        let value = key_and_value(content);
        if depth == of_values
            && value.is_none()
            && let Some(heading) = content.strip_suffix(':')
        {
            self.rows = match heading {
                "install permissions" if !self.in_user => Rows::Install,
                "runtime permissions" if self.in_user => Rows::Runtime,
                "requested permissions" if !self.in_user => Rows::Requested,
                _ if CONTENT.contains(&heading) => Rows::Content,
                _ => Rows::None,
            };
            return;
        }
        if depth >= of_rows && self.rows != Rows::None {
            if self.rows == Rows::Content {
                return;
            }
            if self.rows == Rows::Requested {
                let name = text::split_once(content, ": ").map_or(content, |(name, _)| name);
                self.room.add_short(&mut package.requested, name.trim_end_matches(':'));
                return;
            }
            let Some((name, state)) = granted(content) else { return };
            let row = permission_row(name, state, number, &mut self.flags).filter(|_| depth == of_rows);
            let list = match self.rows {
                Rows::Install => Some(&mut package.install),
                _ => package.users.last_mut().map(|user| &mut user.runtime),
            };
            match (row, list) {
                (Some(row), Some(list)) => {
                    // A permission stands once in a list, or twice with the same words.
                    let same = list.iter().find(|known| known.name == row.name && known.user == row.user);
                    package.contradicted |=
                        same.is_some_and(|known| (known.granted, known.flags) != (row.granted, row.flags));
                    self.room.add_short(list, row);
                    self.facts.permission_rows += 1;
                }
                _ => {
                    package.open = true;
                    self.odd(number);
                }
            }
            return;
        }
        if value.is_none() && depth == of_rows && granted(content).is_some() {
            // Rows under a heading that is not known: permissions of a vendor's, or names of an app's own. Neither is taken for the other.
            package.open = true;
            self.odd(number);
            return;
        }
        if let Some((key, value)) = value {
            if self.in_user {
                if let Some(user) = package.users.last_mut() {
                    user_value(user, key, value);
                }
                // `archiveState=` and its like stand among the rows of a user; they end a list of permissions.
                if depth <= 6 {
                    self.rows = Rows::None;
                }
            } else if depth == 4 {
                self.rows = Rows::None;
                // What stands once is not believed twice, nor what stands before its place.
                if let Some(place) = ONCE.iter().position(|known| *known == key) {
                    let (last, known) = (self.keys.last(), self.keys.iter().find(|(other, _)| *other == place));
                    package.contradicted |= known.is_some_and(|(_, other)| *other != value)
                        || known.is_none() && last.is_some_and(|(last, _)| *last > place);
                    if known.is_none() {
                        self.keys.push((place, value));
                    }
                }
                if key == "pkg" {
                    self.has_pkg = true;
                    package.named = Some(is_package_of(value, package.name));
                }
                package_value(package, key, value, number);
            }
        }
    }

    fn odd(&mut self, number: u32) {
        self.odd_rows += 1;
        self.first_odd_row.get_or_insert(number);
    }

    fn shared_user_line(&mut self, number: u32, line: &'a str) {
        if let Some(rest) = line.strip_prefix("  SharedUser [") {
            self.rows = Rows::None;
            self.in_user = false;
            if let Some((name, _)) = rest.split_once(']') {
                self.has_shared_user = true;
                let shared = SharedUser { name, line: number, ..SharedUser::default() };
                self.room.add(&mut self.facts.shared_users, shared);
            }
            return;
        }
        if !self.has_shared_user {
            // The heading stood inside a package: what follows is still of that one.
            self.is_broken = true;
            return;
        }
        let Some(shared) = self.facts.shared_users.last_mut() else { return };
        let content = line.trim();
        if let Some(id) = content.strip_prefix("User ").and_then(|rest| rest.strip_suffix(':')) {
            if let Ok(id) = id.parse() {
                self.room.add_short(&mut shared.runtime, (id, Vec::new()));
                self.in_user = true;
                self.rows = Rows::None;
            }
            return;
        }
        match content {
            "install permissions:" => self.rows = Rows::Install,
            "runtime permissions:" => self.rows = Rows::Runtime,
            _ => {
                let Some((name, state)) = granted(content) else { return };
                let row = permission_row(name, state, number, &mut self.flags);
                let target = match self.rows {
                    Rows::Install => Some(&mut shared.install),
                    Rows::Runtime => shared.runtime.last_mut().map(|(_, rows)| rows),
                    _ => None,
                };
                match (row, target) {
                    (Some(row), Some(list)) => {
                        self.room.add_short(list, row);
                        self.facts.permission_rows += 1;
                    }
                    _ => {
                        shared.open = true;
                        self.odd(number);
                    }
                }
            }
        }
    }
}

/// Lists of names that an app chooses: nothing in them is a row, whatever it looks like.
const CONTENT: [&str; 18] = [
    "declared permissions",
    "disabledComponents",
    "dynamic libraries",
    "enabledComponents",
    "known secondary dex files",
    "legacy overlay paths",
    "mimeGroups",
    "overlay paths",
    "static library",
    "usesLibraries",
    "usesLibraryFiles",
    "usesNativeLibraries",
    "usesOptionalLibraries",
    "usesOptionalNativeLibraries",
    "usesSdkLibraries",
    "usesStaticLibraries",
    "usesSharedLibraries",
    "Suspend params",
];

/// Values that a package has once, in the order in which they stand on every version (`Settings.dumpPackageLPr`). Whoever writes a line end
/// into the version cannot put the installer behind the flags.
const ONCE: [&str; 11] = [
    "userId",
    "appId",
    "sharedUser",
    "pkg",
    "codePath",
    "versionCode",
    "versionName",
    "flags",
    "lastUpdateTime",
    "installerPackageName",
    "signatures",
];

/// The values of a package and of a user's block that are read, or of which it is looked at how often and in which order they stand.
const KNOWN: [&str; 20] = [
    "appId",
    "archiveState",
    "archiveTime",
    "codePath",
    "firstInstallTime",
    "flags",
    "initiatingPackageName",
    "installReason",
    "installerPackageName",
    "lastUpdateTime",
    "originatingPackageName",
    "packageSource",
    "pkg",
    "pkgFlags",
    "sharedUser",
    "signatures",
    "unarchiveInstallerTitle",
    "userId",
    "versionCode",
    "versionName",
];

/// What stands before and behind the first `=` of a line, where the former can be the name of a value: one word.
fn key_and_value(content: &str) -> Option<(&str, &str)> {
    let end = content.bytes().position(|byte| !is_of_word(byte)).filter(|end| *end > 0)?;
    Some((content.get(..end)?, content.get(end..)?.strip_prefix('=')?))
}

#[inline]
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether `pkg=Package{3a1b2c NAME}` names the package of the header; `pkg=null` names none and fits all.
fn is_package_of(value: &str, name: &str) -> bool {
    let value = value.trim_end();
    value == "null"
        || value
            .strip_prefix("Package{")
            .and_then(|rest| rest.strip_suffix('}'))
            .and_then(|rest| rest.split_once(' '))
            .is_some_and(|(_, named)| named == name)
}

/// `User 0: ceDataInode=… installed=true hidden=false …`: tokens in any order, unknown ones passed over.
fn user_block(id: u32, line: u32, state: &str) -> UserBlock<'_> {
    let mut user = UserBlock { id, line, ..UserBlock::default() };
    for token in state.split(' ') {
        let Some((key, value)) = token.split_once('=') else { continue };
        let yes = value == "true";
        match key {
            "installed" => user.installed = yes,
            "hidden" => user.hidden = yes,
            "suspended" => user.suspended = yes,
            "quarantined" => user.quarantined = yes,
            "stopped" => user.stopped = yes,
            "notLaunched" => user.not_launched = yes,
            "enabled" => user.enabled = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    user
}

fn user_value<'a>(user: &mut UserBlock<'a>, key: &str, value: &'a str) {
    match key {
        "firstInstallTime" => user.first_install_time = Some(value),
        "installReason" => user.install_reason = value.trim().parse().ok(),
        "archiveTime" | "unarchiveInstallerTitle" | "archiveState" => user.archived = true,
        _ => {}
    }
}

fn package_value<'a>(package: &mut PackageRecord<'a>, key: &str, value: &'a str, line: u32) {
    let not_null = || Some(value.trim_end()).filter(|value| *value != "null" && !value.is_empty());
    match key {
        // `userId=` is the app id up to Android 13; it is not an Android user.
        "userId" | "appId" => package.app_id = value.trim_end().parse().ok(),
        "sharedUser" => package.shared_user = shared_user_name(value),
        "pkg" => package.code_missing = value == "null",
        "codePath" => package.code_path = not_null(),
        "versionCode" => {
            package.version_line = line;
            let mut tokens = value.split(' ');
            package.version_code = tokens.next().and_then(|code| code.parse().ok());
            for token in tokens {
                if let Some(("targetSdk", sdk)) = token.split_once('=') {
                    package.target_sdk = sdk.parse().ok();
                }
            }
        }
        "versionName" => package.version_name = not_null(),
        "flags" | "pkgFlags" => {
            for flag in value.split(['[', ']', ' ', '|']) {
                match flag {
                    "SYSTEM" => package.system = true,
                    "UPDATED_SYSTEM_APP" => package.updated_system = true,
                    "DEBUGGABLE" => package.debuggable = true,
                    _ => {}
                }
            }
        }
        "installerPackageName" => {
            package.installer.package = not_null();
            package.installer.line = line;
        }
        "initiatingPackageName" => package.installer.initiating = not_null(),
        "originatingPackageName" => package.installer.originating = not_null(),
        "packageSource" => package.installer.source = value.trim_end().parse().ok(),
        "firstInstallTime" => package.first_install_time = not_null(),
        "lastUpdateTime" => package.last_update_time = not_null(),
        _ => {}
    }
}

/// The name in `SharedUserSetting{fa22bf1 android.uid.shared/10038}`.
fn shared_user_name(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once('{')?;
    let (_, rest) = rest.split_once(' ')?;
    let (name, _) = rest.rsplit_once('/')?;
    Some(name)
}

/// The part of a row behind `granted=`: `true, flags=[ USER_SET|USER_FIXED], userId=10`.
fn permission_row<'a>(
    name: &'a str,
    state: &'a str,
    line: u32,
    flags: &mut KnownFlags<'a>,
) -> Option<PermissionRow<'a>> {
    let named = !name.is_empty() && name.bytes().all(|byte| is_of_word(byte) || matches!(byte, b'.' | b'-'));
    if !named {
        return None;
    }
    let (granted, rest) = match state.strip_prefix("true") {
        Some(rest) => (true, rest),
        None => (false, state.strip_prefix("false")?),
    };
    let mut row = PermissionRow { name, granted, flags: PermissionFlags::default(), user: None, line };
    let mut rest = rest.trim_end();
    if let Some(list) = rest.strip_prefix(", flags=[") {
        let (list, tail) = text::split_once(list, "]")?;
        row.flags = flags.of(list);
        rest = tail;
    }
    if let Some(user) = rest.strip_prefix(", userId=") {
        row.user = Some(user.parse().ok()?);
        rest = "";
    }
    rest.is_empty().then_some(row)
}

#[cfg(test)]
mod tests;
