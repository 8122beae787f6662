//! `dumpsys device_policy`: who manages the phone, and what is enforced (`DevicePolicyManagerService.dump`).
//!
//! Blocks are told by their own words and not by their indentation: Samsung indents headings differently, and adds
//! sections of its own inside an administrator.

use crate::parse::text::{indent, numbered_lines};

use super::component::Component;
use super::located::{Located, Tally, boolean, whole_gaps};
use super::parsed::Parsed;

/// A device owner or a profile owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user it owns or runs in.
    pub user: u32,
    /// Its administrator component.
    pub component: Option<Component>,
    /// Its package.
    pub package: Option<String>,
    /// Whether the phone belongs to the organization although only a profile is managed (Android 11 and later).
    pub organization_owned: Option<bool>,
    /// The line of the heading.
    pub line: u32,
}

/// An active device administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// The user in which it is active.
    pub user: u32,
    /// Its component.
    pub component: Component,
    /// Its uid.
    pub uid: Option<u32>,
    /// Whether it is declared for tests only, so that a computer may remove it.
    pub test_only: Option<bool>,
    /// The powers it asked for: `wipe-data`, `force-lock`, `disable-camera`, …
    pub policies: Vec<Located<String>>,
    /// Whether it switched the camera off.
    pub camera_disabled: Option<Located<bool>>,
    /// Whether it forbade screenshots.
    pub screen_capture_disabled: Option<Located<bool>>,
    /// The quality of password it asks for (`DevicePolicyManager.PASSWORD_QUALITY_*`); 0 is any.
    pub password_quality: Option<Located<u32>>,
    /// The shortest password it allows; 0 is any.
    pub minimum_password_length: Option<Located<u32>>,
    /// After how many milliseconds the phone must lock; 0 is never.
    pub maximum_time_to_unlock: Option<Located<u64>>,
    /// After how many wrong passwords the phone is wiped; 0 is never.
    pub maximum_failed_passwords: Option<Located<u32>>,
    /// User restrictions it sets (`no_install_apps`, …).
    pub restrictions: Vec<Located<String>>,
    /// The line that names it.
    pub line: u32,
}

/// A policy of the policy engine (Android 14 and later) whose resolved value is `true`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnforcedPolicy {
    /// The user it holds for; `None` for the whole phone.
    pub user: Option<u32>,
    /// Its key: the name of a user restriction without `userRestriction_`, or another key as `cameraDisabled`.
    pub name: String,
    /// Whether the system itself set it, for Advanced Protection (16 and later), and no organization.
    pub by_advanced_protection: bool,
    /// The line of the key.
    pub line: u32,
}

/// Who manages the phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DevicePolicy {
    /// The device owner.
    pub device_owner: Option<Owner>,
    /// The profile owners. Samsung's Secure Folder is one.
    pub profile_owners: Vec<Owner>,
    /// The active administrators of all users.
    pub admins: Vec<Admin>,
    /// The users whose list of administrators was there, whether with any or without.
    pub admin_lists: Vec<u32>,
    /// The word behind `Encryption Status:`: `per-user`, `block`, `block default key`, `inactive`, `unsupported`.
    pub encryption: Option<Located<String>>,
    /// Policies in force (Android 14 and later).
    pub enforced: Vec<EnforcedPolicy>,
    /// Whether the policy engine's two parts were there to their ends, with policies or without.
    pub has_engine: bool,
    /// Users for whom screenshots are forbidden, -1 for all (`Device policy cache:`, Android 10 and later).
    pub screen_capture_disallowed: Option<Located<Vec<i32>>>,
}

/// Which part of the dump a line belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    Other,
    DeviceOwner,
    ProfileOwner,
    Admins(u32),
    Global,
    Local(Option<u32>),
}

/// A list whose rows stand deeper than its heading.
#[derive(Clone, Copy, PartialEq)]
enum List {
    Policies,
    Restrictions,
}

/// Reads `dumpsys device_policy`.
pub fn parse(text: &str) -> Parsed<DevicePolicy> {
    let mut facts = DevicePolicy::default();
    let mut tally = Tally::default();
    let mut recognised = false;
    let mut section = (Section::Other, 0);
    let mut list: Option<(List, usize)> = None;
    let mut key: Option<(String, u32)> = None;
    let mut resolved = false;
    let mut by_advanced_protection = false;
    // Which of the two parts of the policy engine began.
    let (mut has_local, mut has_global) = (false, false);
    for (number, line) in numbered_lines(text) {
        let row = line.trim();
        if row.is_empty() {
            continue;
        }
        let depth = indent(line);
        let leaves = matches!(section.0, Section::Global | Section::Local(_)) && depth <= section.1;
        facts.has_engine |= leaves && has_local && has_global;
        if let Some(found) = heading(row) {
            recognised = true;
            list = None;
            key = None;
            section = (Section::Other, depth);
            match found {
                Ok(found) => {
                    section.0 = found;
                    has_local |= matches!(found, Section::Local(_));
                    has_global |= found == Section::Global;
                    let user = profile_user(row).unwrap_or(0);
                    let owner = Owner { user, component: None, package: None, organization_owned: None, line: number };
                    match found {
                        Section::DeviceOwner if facts.device_owner.is_none() => facts.device_owner = Some(owner),
                        Section::ProfileOwner => facts.profile_owners.push(owner),
                        Section::Admins(user) => facts.admin_lists.push(user),
                        _ => {}
                    }
                }
                Err(()) => tally.malformed(number),
            }
            continue;
        }
        if let Some(status) = row.strip_prefix("Encryption Status:") {
            recognised = true;
            facts.encryption.get_or_insert(Located::new(status.trim().to_owned(), number));
            continue;
        }
        if let Some(users) = row.strip_prefix("Screen capture disallowed user") {
            facts.screen_capture_disallowed = disallowed(users).map(|users| Located::new(users, number));
            continue;
        }
        recognised |= row.starts_with("Current Device Policy Manager state") || row.starts_with("Device policy cache:");
        if section.0 != Section::Other && depth <= section.1 {
            section.0 = Section::Other;
        }
        match section.0 {
            Section::Other => {}
            Section::DeviceOwner => {
                if let Some(owner) = &mut facts.device_owner {
                    owner_row(owner, row);
                }
            }
            Section::ProfileOwner => {
                if let Some(owner) = facts.profile_owners.last_mut() {
                    owner_row(owner, row);
                }
            }
            Section::Admins(user) => {
                if let Some(name) = row.strip_suffix(':').filter(|name| name.contains('/') && !name.contains('=')) {
                    list = None;
                    match Component::parse(name) {
                        Some(component) => {
                            tally.read();
                            facts.admins.push(Admin::new(user, component, number));
                        }
                        None => tally.malformed(number),
                    }
                    continue;
                }
                let Some(admin) = facts.admins.last_mut().filter(|admin| admin.user == user) else { continue };
                if list.is_some_and(|(_, heading)| depth <= heading) {
                    list = None;
                }
                match list {
                    Some((List::Policies, _)) => admin.policies.push(Located::new(row.to_owned(), number)),
                    Some((List::Restrictions, _)) if row != "null" && row != "none" => {
                        admin.restrictions.push(Located::new(row.to_owned(), number));
                    }
                    Some(_) => {}
                    None => match row {
                        "policies:" if admin.policies.is_empty() => list = Some((List::Policies, depth)),
                        "userRestrictions:" => list = Some((List::Restrictions, depth)),
                        _ => admin_row(admin, row, number),
                    },
                }
            }
            Section::Global | Section::Local(_) => {
                if let (Section::Local(_), Some(user)) = (section.0, row.strip_prefix("User ")) {
                    section.0 = Section::Local(user.trim_end_matches(':').parse().ok());
                    key = None;
                } else if let Some(name) = policy_key(row) {
                    key = Some((name.to_owned(), number));
                    (resolved, by_advanced_protection) = (false, false);
                } else if !resolved && system_entity(row) == Some(ADVANCED_PROTECTION) {
                    by_advanced_protection = true;
                } else if row.starts_with("Resolved Policy") {
                    resolved = true;
                } else if row.starts_with("Per-admin Policy") {
                    resolved = false;
                } else if resolved && row.contains("BooleanPolicyValue") && row.contains("mValue= true") {
                    let user = match section.0 {
                        Section::Local(user) => user,
                        _ => None,
                    };
                    if let Some((name, line)) = key.take() {
                        tally.read();
                        facts.enforced.push(EnforcedPolicy { user, name, by_advanced_protection, line });
                    }
                }
            }
        }
    }
    let mut gaps = whole_gaps(text, recognised);
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

impl Admin {
    fn new(user: u32, component: Component, line: u32) -> Admin {
        Admin {
            user,
            component,
            uid: None,
            test_only: None,
            policies: Vec::new(),
            camera_disabled: None,
            screen_capture_disabled: None,
            password_quality: None,
            minimum_password_length: None,
            maximum_time_to_unlock: None,
            maximum_failed_passwords: None,
            restrictions: Vec::new(),
            line,
        }
    }
}

/// The section a heading opens; `Err` for a heading of administrators without a user.
fn heading(row: &str) -> Option<Result<Section, ()>> {
    Some(match row {
        "Device Owner:" => Ok(Section::DeviceOwner),
        "Global Policies:" => Ok(Section::Global),
        "Local Policies:" => Ok(Section::Local(None)),
        _ if row.starts_with("Profile Owner (User ") => profile_user(row).map(|_| Section::ProfileOwner).ok_or(()),
        _ if row.starts_with("Enabled Device Admins (User ") => profile_user(row).map(Section::Admins).ok_or(()),
        _ => return None,
    })
}

/// The user in `… (User 150): ` or `… (User 0, provisioningState: 0):`.
fn profile_user(row: &str) -> Option<u32> {
    row.split_once("(User ")?.1.split([',', ')']).next()?.trim().parse().ok()
}

fn owner_row(owner: &mut Owner, row: &str) {
    if let Some(admin) = row.strip_prefix("admin=") {
        owner.component = Component::parse(admin);
        let package = owner.component.as_ref().map(|component| component.package.clone());
        owner.package = owner.package.take().or(package);
    } else if let Some(package) = row.strip_prefix("package=") {
        owner.package = Some(package.to_owned());
    } else if let Some(owned) = row.strip_prefix("isOrganizationOwnedDevice=") {
        owner.organization_owned = boolean(owned);
    } else if let Some(user) = row.strip_prefix("User ID:")
        && let Ok(user) = user.trim().parse()
    {
        owner.user = user;
    }
}

/// A `key=value` of an administrator. The first one counts: the block of the parent profile's policies and vendors'
/// sections repeat some keys further down.
fn admin_row(admin: &mut Admin, row: &str, line: u32) {
    let Some((key, value)) = row.split_once('=') else { return };
    match key {
        "uid" => admin.uid = admin.uid.or_else(|| value.parse().ok()),
        "testOnlyAdmin" => admin.test_only = admin.test_only.or_else(|| boolean(value)),
        "disableCamera" => keep(&mut admin.camera_disabled, boolean(value), line),
        "disableScreenCapture" => keep(&mut admin.screen_capture_disabled, boolean(value), line),
        "passwordQuality" => {
            let hexadecimal = value.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
            keep(&mut admin.password_quality, hexadecimal.or_else(|| value.parse().ok()), line);
        }
        "minimumPasswordLength" => keep(&mut admin.minimum_password_length, value.parse().ok(), line),
        "maximumTimeToUnlock" => keep(&mut admin.maximum_time_to_unlock, value.parse().ok(), line),
        "maximumFailedPasswordsForWipe" => keep(&mut admin.maximum_failed_passwords, value.parse().ok(), line),
        _ => {}
    }
}

fn keep<T>(field: &mut Option<Located<T>>, value: Option<T>, line: u32) {
    if field.is_none() {
        *field = value.map(|value| Located::new(value, line));
    }
}

/// What stands for Advanced Protection among those who set a policy (`AdvancedProtectionManager`, 16 and later).
const ADVANCED_PROTECTION: &str = "android.security.advancedprotection";

/// The system's own part that set a policy: `… mSystemEntity = null }` for an app, `mSystemEntity= android.security.…` else.
fn system_entity(row: &str) -> Option<&str> {
    let rest = row.strip_prefix("EnforcingAdmin")?.split_once("mSystemEntity")?.1;
    let entity = rest.trim_start_matches([' ', '=']).split([',', ' ', '}']).next()?;
    (!entity.is_empty() && entity != "null").then_some(entity)
}

/// The name in `UserRestrictionPolicyKey userRestriction_no_x`, `UserRestrictionPolicyKey { mRestriction= no_x }`,
/// `NoArgsPolicyKey cameraDisabled`, `PackagePolicyKey{mPolicyKey= packageUninstallBlocked; mPackageName= …}` and
/// `PackagePermissionPolicyKey{mIdentifier= permissionGrant; …}` (`android.app.admin.PolicyKey` and its children).
fn policy_key(row: &str) -> Option<&str> {
    let (class, rest) = row.split_at_checked(row.find([' ', '{'])?)?;
    if !class.ends_with("PolicyKey") {
        return None;
    }
    let named = ["mRestriction=", "mPolicyKey=", "mIdentifier="].into_iter().find_map(|word| rest.split_once(word));
    let name = match named {
        Some((_, name)) => name.split([';', '}']).next().unwrap_or(name).trim(),
        None => rest.trim_matches([' ', '{', '}']),
    };
    Some(name.strip_prefix("userRestriction_").unwrap_or(name))
}

/// The users in `s: [0, 10]` (Android 13 and later) or `: -10000` (before; nobody).
fn disallowed(rest: &str) -> Option<Vec<i32>> {
    let (_, list) = rest.split_once(':')?;
    let list = list.trim().trim_start_matches('[').trim_end_matches(']');
    let users: Vec<i32> = list
        .split(',')
        .map(str::trim)
        .filter(|user| !user.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    Some(users.into_iter().filter(|user| *user != -10000).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Reason;
    use crate::parse::android::located::{corpus, mangled};

    const MANAGED: &str = "Current Device Policy Manager state:\n  Device Owner: \n    admin=ComponentInfo{com.dpc/com.dpc.Receiver}\n    name=Some Body\n    package=com.dpc\n    User ID: 0\n\n  Profile Owner (User 10): \n    admin=ComponentInfo{com.po/.R}\n    name=\n    package=com.po\n    isOrganizationOwnedDevice=true\n\n  Enabled Device Admins (User 0, provisioningState: 3):\n    com.dpc/.Receiver:\n      uid=10200\n      testOnlyAdmin=true\n      policies:\n        wipe-data\n        disable-camera\n      passwordQuality=0x20000\n      minimumPasswordLength=6\n      maximumTimeToUnlock=60000\n      maximumFailedPasswordsForWipe=10\n      disableCamera=true\n      disableScreenCapture=true\n      userRestrictions:\n        no_install_apps\n        no_debugging_features\n      defaultEnabledRestrictionsAlreadySet={}\n      isParent=false\n      parentAdmin:\n        policies:\n          force-lock\n        disableCamera=false\n    mPasswordOwner=-1\n\n  Enabled Device Admins (User 10, provisioningState: 0):\n    com.po/.R:\n      uid=1010300\n\n  Constants:\n    x/y:\n  Encryption Status: per-user\n";

    #[test]
    fn reads_owners_and_administrators() {
        let parsed = parse(MANAGED);
        assert_eq!(parsed.gaps, []);
        let facts = parsed.facts;
        let owner = facts.device_owner.unwrap();
        assert_eq!((owner.user, owner.package.as_deref(), owner.line), (0, Some("com.dpc"), 2));
        assert_eq!(owner.component.unwrap().class, "com.dpc.Receiver");
        assert_eq!((facts.profile_owners[0].user, facts.profile_owners[0].organization_owned), (10, Some(true)));
        assert_eq!(facts.admins.len(), 2);
        let admin = &facts.admins[0];
        assert_eq!((admin.user, admin.uid, admin.test_only, admin.line), (0, Some(10200), Some(true), 15));
        assert_eq!(
            admin.policies.iter().map(|policy| policy.value.as_str()).collect::<Vec<_>>(),
            ["wipe-data", "disable-camera"]
        );
        assert_eq!(admin.camera_disabled, Some(Located::new(true, 25)));
        assert_eq!(admin.screen_capture_disabled, Some(Located::new(true, 26)));
        assert_eq!(admin.password_quality, Some(Located::new(0x20000, 21)));
        assert_eq!(admin.minimum_password_length, Some(Located::new(6, 22)));
        assert_eq!(admin.maximum_time_to_unlock, Some(Located::new(60_000, 23)));
        assert_eq!(admin.maximum_failed_passwords, Some(Located::new(10, 24)));
        assert_eq!(
            admin.restrictions,
            [Located::new("no_install_apps".to_owned(), 28), Located::new("no_debugging_features".to_owned(), 29)]
        );
        assert_eq!((facts.admins[1].user, facts.admins[1].uid), (10, Some(1_010_300)));
        assert_eq!(facts.encryption, Some(Located::new("per-user".to_owned(), 44)));
    }

    #[test]
    fn reads_both_shapes_of_the_policy_engine() {
        let text = "  Local Policies: \n    User 0:\n      UserRestrictionPolicyKey { mRestriction= no_config_wifi }\n        Per-admin Policy:\n          x\n            BooleanPolicyValue { mValue= true }\n        Resolved Policy (MostRestrictive):\n          BooleanPolicyValue { mValue= true }\n      UserRestrictionPolicyKey userRestriction_no_sms\n        Per-admin Policy:\n            BooleanPolicyValue { mValue= true }\n        Resolved Policy (MostRestrictive):\n          null\n  Global Policies: \n    NoArgsPolicyKey cameraDisabled\n      Resolved Policy (MostRestrictive):\n        BooleanPolicyValue { mValue= true }\nDevice policy cache:\n  Screen capture disallowed users: [0, 10]\n";
        let facts = parse(text).facts;
        assert_eq!(
            facts.enforced,
            [enforced(Some(0), "no_config_wifi", false, 3), enforced(None, "cameraDisabled", false, 15),]
        );
        assert_eq!(facts.screen_capture_disallowed, Some(Located::new(vec![0, 10], 19)));
        assert_eq!(disallowed("s: []"), Some(vec![]));
        assert_eq!(disallowed(": -10000"), Some(vec![]));
    }

    fn enforced(user: Option<u32>, name: &str, by_advanced_protection: bool, line: u32) -> EnforcedPolicy {
        EnforcedPolicy { user, name: name.to_owned(), by_advanced_protection, line }
    }

    #[test]
    fn reads_the_policy_engine_of_android_16_and_17() {
        let admin = |package: &str, entity: &str| {
            format!(
                "EnforcingAdmin {{ mPackageName= {package}, mUserId= 0, mIsSystemAuthority= false, mSystemEntity = {entity} }}"
            )
        };
        let resolved = "        Resolved Policy (MostRestrictive):\n";
        let yes = "          BooleanPolicyValue { mValue= true }\n";
        let text = [
            "  Local Policies: \n    User 0:\n      UserRestrictionPolicyKey userRestriction_no_camera\n        Per-admin Policy:\n          ",
            &admin("com.dpc", "null"), "\n  ", yes, resolved, yes,
            // A policy that nobody set, and one after it of a class that is written without a blank.
            "      UserRestrictionPolicyKey userRestriction_no_sms\n        Per-admin Policy:\n          null\n", resolved, "          null\n",
            "      PackagePolicyKey{mPolicyKey= packageUninstallBlocked; mPackageName= com.secret.app}\n        Per-admin Policy:\n", resolved, yes,
            "      PackagePermissionPolicyKey{mIdentifier= permissionGrant; mPackageName= com.secret.app; mPermissionName= android.permission.CAMERA}\n",
            resolved, "          IntegerPolicyValue { mValue= 2 }\n",
            "  Global Policies: \n    UserRestrictionPolicyKey userRestriction_no_install_unknown_sources_globally\n        Per-admin Policy:\n          ",
            &admin("null", "android.security.advancedprotection"), "\n  ", yes, resolved, yes, "  Constants:\n",
        ]
        .concat();
        let facts = parse(&text).facts;
        assert!(facts.has_engine);
        // A dump that ends within the engine's part may lack any policy.
        assert!(!parse(text.trim_end_matches("  Constants:\n")).facts.has_engine);
        assert!(!parse(text.split("  Global Policies").next().unwrap()).facts.has_engine);
        assert_eq!(
            facts.enforced,
            [
                enforced(Some(0), "no_camera", false, 3),
                enforced(Some(0), "packageUninstallBlocked", false, 14),
                enforced(None, "no_install_unknown_sources_globally", true, 22),
            ]
        );
        // The name of an app is no word of the system's.
        assert_eq!(system_entity(&admin("android.security.advancedprotection", "null")), None);
    }

    #[test]
    fn says_when_there_is_nothing() {
        assert_eq!(parse("Permission Denial: can't dump device_policy\n").gaps[0].reason, Reason::Refused);
        let parsed = parse("Current Device Policy Manager state:\n  Enabled Device Admins (User x):\n    a/.B:\n");
        assert_eq!((parsed.gaps[0].of, parsed.facts.admins.len()), (Some(1), 0));
    }

    #[test]
    fn reads_real_phones() {
        let Some(text) = corpus("a09-google-emulator/device_policy.txt") else { return };
        let parsed = parse(&text);
        assert_eq!(parsed.gaps, []);
        let admin = &parsed.facts.admins[0];
        assert_eq!(
            admin.component.to_string(),
            "com.google.android.gms/com.google.android.gms.mdm.receivers.MdmDeviceAdminReceiver"
        );
        assert_eq!((parsed.facts.admins.len(), admin.uid, admin.policies.len(), admin.line), (1, Some(10008), 4, 5));
        assert_eq!(admin.camera_disabled.as_ref().map(|camera| camera.value), Some(false));
        assert!(admin.restrictions.is_empty() && parsed.facts.device_owner.is_none());
        for path in ["a09-google-emulator", "a09-rockchip-rk3399", "a08.1-smartron-tphone"] {
            let Some(text) = corpus(&format!("{path}/device_policy.txt")) else { return };
            let parsed = parse(&text);
            assert_eq!(parsed.gaps, []);
            assert_eq!(
                parsed.facts.encryption.map(|status| status.value).as_deref(),
                Some("block default key"),
                "{path}"
            );
        }
    }

    #[test]
    fn reads_samsung() {
        let read = |name: &str| corpus(&format!("device_policy-samsung-impp/{name}.txt")).map(|text| parse(&text));
        let Some(whole) = read("09") else { return };
        assert_eq!(whole.gaps, []);
        let owner = &whole.facts.profile_owners[0];
        assert_eq!(
            (owner.user, owner.package.as_deref(), owner.organization_owned),
            (150, Some("com.samsung.knox.securefolder"), Some(false))
        );
        assert_eq!(
            (whole.facts.admins.len(), whole.facts.admins[0].policies.len(), whole.facts.enforced.len()),
            (1, 2, 0)
        );
        assert_eq!(
            whole.facts.admins[0].component.to_string(),
            "com.samsung.android.kgclient/com.samsung.android.kgclient.agent.KGDeviceAdminReceiver"
        );
        let admin = read("01").unwrap().facts.admins.remove(0);
        assert_eq!(
            (admin.policies.len(), admin.policies[7].value.as_str(), admin.test_only),
            (8, "disable-camera", Some(false))
        );
        let two = read("02").unwrap().facts.admins;
        assert_eq!(
            two.iter().map(|admin| (admin.user, admin.uid)).collect::<Vec<_>>(),
            [(0, Some(10094)), (150, Some(15_010_144))]
        );
        let enforced = read("03").unwrap().facts.enforced;
        assert_eq!(
            enforced.iter().map(|policy| (policy.user, policy.name.as_str())).collect::<Vec<_>>(),
            [(Some(150), "no_debugging_features")]
        );
        assert_eq!(read("04").unwrap().facts.enforced, []);
        assert_eq!(read("07").unwrap().facts.screen_capture_disallowed.map(|users| users.value), Some(vec![]));
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), near in mangled(MANAGED)) {
            let _ = (parse(&text), parse(&near));
        }
    }
}
