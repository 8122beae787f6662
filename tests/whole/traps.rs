//! One test per trap of Android's shell commands: what a naive reader of these dumps gets wrong.
//!
//! `tests/fixtures/README.md` says where in the invented phones each trap is. Each test runs the program on a folder of
//! text files and looks at the few fields that the trap is about. Comments name the rule behind the expected value.

use std::collections::BTreeSet;

use crate::common_roads::{self, OTHER_SECTION_ONLY, QUERIED_ONLY, Road, build, fixtures, json, personal, poucet, run};
use serde_json::Value;

const TIKTOK: &str = "com.zhiliaoapp.musically";
const INSTAGRAM: &str = "com.instagram.android";
const FACEBOOK: &str = "com.facebook.katana";
const WHATSAPP: &str = "com.whatsapp";
const TELEGRAM: &str = "org.telegram.messenger";
const SNAPCHAT: &str = "com.snapchat.android";
const X: &str = "com.twitter.android";
const WECHAT: &str = "com.tencent.mm";
const CONTACTS_PROVIDER: &str = "com.android.providers.contacts";

/// A snapshot, with short ways to the few fields that the tests look at.
struct Snapshot {
    value: Value,
    text: String,
}

impl Snapshot {
    /// `poucet snapshot tests/fixtures/PHONE --all-apps`.
    fn of(phone: &str) -> Snapshot {
        Snapshot::of_target(&fixtures().join(phone))
    }

    fn of_target(target: &std::path::Path) -> Snapshot {
        let home = tempfile::tempdir().expect("a temporary folder");
        let output = run(home.path(), &["snapshot", "--all-apps"], target);
        let snapshot = Snapshot { value: json(&output), text: String::from_utf8_lossy(&output.stdout).into_owned() };
        assert_eq!(snapshot.value["schema"], "poucet.snapshot/1");
        snapshot
    }

    fn list(&self, key: &str) -> &[Value] {
        self.value[key].as_array().map_or(&[], Vec::as_slice)
    }

    fn app(&self, id: &str, user: u32) -> Option<&Value> {
        let mut found = self.list("apps").iter().filter(|app| app["id"] == id && app["user"] == user);
        let app = found.next();
        assert!(found.next().is_none(), "{id} is listed twice for user {user}");
        app
    }

    fn assert_listed(&self, id: &str, user: u32) {
        assert_ne!(self.app(id, user), None, "{id} is not listed for user {user}");
    }

    fn assert_not_listed(&self, id: &str, user: u32) {
        assert_eq!(self.app(id, user), None, "{id} is listed for user {user}");
    }

    fn grant(&self, id: &str, user: u32, permission: &str) -> Option<&Value> {
        let app = self.app(id, user).unwrap_or_else(|| panic!("{id} is not listed for user {user}"));
        app["grants"].as_array()?.iter().find(|grant| grant["permission"] == permission)
    }

    /// The level of a grant; an app that declares nothing of the kind has no row, which counts as `denied`.
    fn level(&self, id: &str, user: u32, permission: &str) -> &str {
        self.grant(id, user, permission).map_or("denied", |grant| grant["level"].as_str().expect("a level"))
    }

    fn assert_level(&self, id: &str, user: u32, permission: &str, level: &str) {
        let grant = self.grant(id, user, permission);
        assert!(
            grant.is_some_and(|grant| grant["level"] == level),
            "{id}, user {user}: {permission} should be {level}: {grant:#?}",
        );
    }

    fn assert_not_granted(&self, id: &str, user: u32, permission: &str) {
        let level = self.level(id, user, permission);
        assert!(
            matches!(level, "denied" | "none"),
            "{id}, user {user}: {permission} is {level}, should not be granted"
        );
    }

    fn assert_field(&self, id: &str, user: u32, permission: &str, field: &str, expected: &str) {
        let grant = self.grant(id, user, permission).unwrap_or_else(|| panic!("{id}: no {permission}"));
        assert_eq!(grant[field], expected, "{id}, user {user}: {field} of {permission}: {grant:#?}");
    }

    fn assert_last_used(&self, id: &str, user: u32, permission: &str, expected: &str) {
        let grant = self.grant(id, user, permission).unwrap_or_else(|| panic!("{id}: no {permission}"));
        assert_same_second(
            &grant["last_used"]["at"],
            expected,
            &format!("{id}, user {user}: last use of {permission}"),
        );
    }

    fn setting(&self, check: &str) -> &Value {
        &self.value["settings"][check]["value"]
    }

    fn user_ids(&self) -> BTreeSet<u64> {
        self.list("users").iter().filter_map(|user| user["id"].as_u64()).collect()
    }

    fn kind_of_user(&self, id: u32) -> &str {
        let user = self.list("users").iter().find(|user| user["id"] == id);
        user.and_then(|user| user["kind"].as_str()).unwrap_or("")
    }

    fn gaps(&self, reason: &str) -> Vec<&Value> {
        self.list("gaps").iter().filter(|gap| gap["reason"] == reason).collect()
    }
}

/// Compares two RFC 3339 times to the second, whatever their offsets.
fn assert_same_second(actual: &Value, expected: &str, what: &str) {
    let text = actual.as_str().unwrap_or_else(|| panic!("{what}: {actual} is no time, expected {expected}"));
    let actual: jiff::Timestamp = text.parse().unwrap_or_else(|error| panic!("{what}: {text}: {error}"));
    let expected: jiff::Timestamp = expected.parse().expect("a time in the test");
    assert_eq!(actual.as_second(), expected.as_second(), "{what}: {text}");
}

/// What `poucet audit --explain-collection` prints: every command that poucet may run on a phone.
fn collection() -> String {
    let home = tempfile::tempdir().expect("a temporary folder");
    let output = poucet(home.path()).args(["audit", "--explain-collection"]).output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("SECONDS appops"), "the list of commands is not there: {text}\n{output:?}");
    text
}

// ---- package dump -----------------------------------------------------------------------------------------------------

#[test]
fn trap_01_hidden_system_packages_are_skipped() {
    // android-formats §1.10: factory copies repeat the header with an old version and the same permission rows.
    let samsung = Snapshot::of("android-10");
    let app = samsung.app(FACEBOOK, 0).expect("Facebook is installed");
    assert_eq!(app["version"], "319.0.0.39.119");
    assert_eq!(app["target_sdk"], 29);
    let emulator = Snapshot::of("android-09");
    assert_eq!(emulator.app("com.android.chrome", 0).expect("the browser")["version"], "76.0.3809.132");
}

#[test]
fn trap_02_user_blocks_of_users_without_the_app_are_no_installation() {
    // android-formats §1.3: a block is printed for every user of the phone.
    let pixel = Snapshot::of("android-15");
    pixel.assert_listed(TIKTOK, 0);
    pixel.assert_not_listed(TIKTOK, 11);
    pixel.assert_listed(INSTAGRAM, 11);
    pixel.assert_not_listed(INSTAGRAM, 0);
    let xiaomi = Snapshot::of("android-14");
    xiaomi.assert_not_listed(INSTAGRAM, 999);
    xiaomi.assert_listed(WHATSAPP, 999);
}

#[test]
fn trap_03_user_lines_of_other_sections_are_not_read() {
    // android-formats §1.3: `User 0:` also stands in Queries, Package Changes, domain verification and Shared users.
    let folder = tempfile::tempdir().expect("a temporary folder");
    for phone in ["android-09", "android-12", "android-16"] {
        let report = Snapshot::of_target(&build(phone, Road::BugreportZip, folder.path()));
        let loose = Snapshot::of(phone);
        let apps = |snapshot: &Snapshot| -> Vec<(String, u64, Value)> {
            let grants = |app: &Value| {
                app["grants"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|grant| serde_json::json!([grant["permission"], grant["level"], grant["state"]]))
                    .collect::<Value>()
            };
            snapshot
                .list("apps")
                .iter()
                // It stands last in the saved texts, where its shared user may be cut.
                .filter(|app| app["id"] != "android")
                .map(|app| (app["id"].to_string(), app["user"].as_u64().expect("a user"), grants(app)))
                .collect()
        };
        assert_eq!(apps(&report), apps(&loose), "{phone}");
        assert!(!report.text.contains(OTHER_SECTION_ONLY), "{phone}");
    }
}

#[test]
fn trap_04_permissions_of_shared_users_are_found() {
    // android-formats §1.6: the package block of a shared-user app has no permission rows at all.
    for phone in ["android-08", "android-12", "android-16"] {
        let snapshot = Snapshot::of(phone);
        snapshot.assert_level(CONTACTS_PROVIDER, 0, "contacts", "always");
        snapshot.assert_field(CONTACTS_PROVIDER, 0, "contacts", "state", "granted-by-system");
    }
}

#[test]
fn trap_05_user_id_of_a_package_is_an_app_id() {
    // android-formats §1.2: userId= up to 13, appId= from 14 on, perhaps followed by pccId=.
    let pixel = Snapshot::of("android-12");
    assert_eq!(pixel.user_ids(), BTreeSet::from([0, 10]));
    assert!(pixel.list("apps").iter().all(|app| app["user"] == 0 || app["user"] == 10));
    pixel.assert_listed(TIKTOK, 0);
    // The uid of WhatsApp comes from appId=10616, not from pccId=10873: its last use is found by it.
    let samsung = Snapshot::of("android-16");
    samsung.assert_last_used(WHATSAPP, 0, "contacts", "2026-02-15T05:00:00-05:00");
}

#[test]
fn trap_06_flags_are_separated_by_blanks_or_bars_and_may_be_numbers() {
    // android-formats §1.4 and §1.5.
    let emulator = Snapshot::of("android-09");
    emulator.assert_level(INSTAGRAM, 0, "microphone", "denied");
    emulator.assert_field(INSTAGRAM, 0, "microphone", "state", "refused-by-person");
    // No flags at all: granted all the same.
    emulator.assert_level(INSTAGRAM, 0, "files", "always");
    let transsion = Snapshot::of("android-13");
    transsion.assert_level(TIKTOK, 0, "location-precise", "always");
    transsion.assert_field(TIKTOK, 0, "location", "state", "granted-by-person");
    // Refused by nobody: the op says `ignore` only because nothing is granted (android-formats §3).
    transsion.assert_level(TIKTOK, 0, "camera", "none");
}

#[test]
fn trap_07_install_and_requested_rows_prove_nothing_by_being_there() {
    // android-formats §1.4: install rows may be `granted=false` or speak of one user only; requested rows are no grants.
    let pixel = Snapshot::of("android-12");
    pixel.assert_level(X, 0, "list-apps", "always");
    pixel.assert_not_granted(X, 10, "list-apps");
    let transsion = Snapshot::of("android-13");
    transsion.assert_not_granted(TELEGRAM, 0, "all-files");
    let mediatek = Snapshot::of("android-11");
    mediatek.assert_not_granted(SNAPCHAT, 0, "sms");
    mediatek.assert_not_granted(SNAPCHAT, 0, "files");
}

#[test]
fn trap_08_empty_lines_do_not_end_a_block() {
    // android-formats §1.2: after the parameters of a suspension, and around developerVerificationStatus.
    let samsung = Snapshot::of("android-16");
    samsung.assert_level(TIKTOK, 0, "camera", "while-in-use");
    let work = samsung.app(WHATSAPP, 10).expect("WhatsApp in the work profile");
    assert_eq!(work["suspended"], true);
    samsung.assert_level(WHATSAPP, 10, "contacts", "denied");
    samsung.assert_field(WHATSAPP, 10, "contacts", "state", "refused-by-policy");
    // design §2: a suspended app keeps the level of its grant, and says that it cannot use it.
    samsung.assert_level(WHATSAPP, 10, "camera", "while-in-use");
    assert!(!samsung.grant(WHATSAPP, 10, "camera").expect("the camera")["inert"].is_null());
    let xiaomi = Snapshot::of("android-14");
    assert_eq!(xiaomi.app(X, 0).expect("X")["suspended"], true);
    xiaomi.assert_level(X, 0, "contacts", "always");
}

#[test]
fn trap_09_signature_hash_codes_are_not_shown_as_fingerprints() {
    // android-formats §1.8: a 32-bit Java hash code, not a digest.
    for phone in ["android-08", "android-12", "android-14"] {
        let dump =
            std::fs::read_to_string(fixtures().join(phone).join("dumpsys_package_packages.txt")).expect("the dump");
        let snapshot = Snapshot::of(phone);
        let mut seen = 0;
        for line in dump.lines().filter(|line| line.contains("signatures=PackageSignatures{")) {
            let code = line.split('[').nth(1).and_then(|rest| rest.split(']').next()).expect("a hash code");
            if code.len() == 8 {
                seen += 1;
                assert!(!snapshot.text.contains(code), "{phone}: {code} is shown");
            }
        }
        assert!(seen > 4, "{phone}: the fixture has no hash codes");
    }
}

#[test]
fn trap_10_install_times_and_installers_moved_between_versions() {
    // android-formats §1.7 and §1.8.
    let pixel = Snapshot::of("android-12");
    let app = pixel.app(TIKTOK, 0).expect("TikTok");
    assert_same_second(&app["installed_at"], "2021-11-12T13:14:15-05:00", "installed");
    assert_same_second(&app["updated_at"], "2022-06-01T21:22:23-04:00", "updated");
    assert_eq!(app["source"], "play-store");
    let xiaomi = Snapshot::of("android-14");
    for (user, time) in [(0, "2024-05-06T07:08:09-04:00"), (999, "2024-12-24T18:00:00-05:00")] {
        assert_same_second(&xiaomi.app(WHATSAPP, user).expect("WhatsApp")["installed_at"], time, "installed");
    }
    // `null` is the word for nobody; the shell that began the installation shows a cable.
    let telegram = xiaomi.app(TELEGRAM, 0).expect("Telegram");
    assert!(telegram["installer"].is_null(), "{telegram}");
    assert_eq!(telegram["source"], "sideloaded");
    // Before 14 the line is missing.
    assert!(Snapshot::of("android-08").app(TELEGRAM, 0).expect("Telegram")["installer"].is_null());
    // A download of a browser, by the package installer.
    assert_eq!(Snapshot::of("android-16").app(TELEGRAM, 0).expect("Telegram")["source"], "sideloaded");
    assert_eq!(Snapshot::of("android-08").app("com.facebook.appmanager", 0).expect("the stub")["source"], "preloaded");
}

#[test]
fn trap_11_dates_are_in_local_digits_without_zone() {
    // android-formats §0: `SimpleDateFormat` in the phone's language; the zone comes from persist.sys.timezone.
    let transsion = Snapshot::of("android-13");
    let app = transsion.app(TIKTOK, 0).expect("TikTok");
    assert_same_second(&app["updated_at"], "2023-04-20T03:38:33+03:30", "updated");
    assert_same_second(&app["installed_at"], "2022-10-02T09:58:15+03:30", "installed");
    transsion.assert_last_used(TIKTOK, 0, "location", "2023-05-02T09:10:11+03:30");
}

#[test]
fn trap_12_version_names_hold_blanks_and_brackets() {
    let pixel = Snapshot::of("android-12");
    assert_eq!(pixel.app(X, 0).expect("X")["version"], "9.42.0-release.0 [beta] (build 29420000)");
}

#[test]
fn trap_13_the_gms_permission_is_not_the_platform_permission() {
    // android-formats §1.4: com.google.android.gms.permission.ACTIVITY_RECOGNITION is granted at installation.
    Snapshot::of("android-10").assert_not_granted(TIKTOK, 0, "motion");
}

#[test]
fn trap_14_flags_of_the_system_are_not_decisions_of_the_person() {
    // android-formats §1.5.
    let mediatek = Snapshot::of("android-11");
    mediatek.assert_level(SNAPCHAT, 0, "sms", "none");
    mediatek.assert_field(SNAPCHAT, 0, "sms", "state", "never-asked");
    let messaging = "com.android.messaging";
    mediatek.assert_field(messaging, 0, "contacts", "state", "granted-by-system");
    mediatek.assert_field(messaging, 0, "sms", "decided_by", "role");
    for permission in ["contacts", "sms"] {
        let grant = mediatek.grant(messaging, 0, permission).expect("granted");
        assert_ne!(grant["decided_by"], "user", "{permission}: {grant:#?}");
    }
}

// ---- app-ops ----------------------------------------------------------------------------------------------------------

#[test]
fn trap_15_a_package_mode_proves_no_access() {
    // android-formats §2.4: `CAMERA (allow)` is the package mode, which is the default of the op.
    let pixel = Snapshot::of("android-12");
    pixel.assert_not_granted(X, 0, "camera");
    // The uid mode wins.
    Snapshot::of("android-14").assert_level(INSTAGRAM, 0, "camera", "denied");
    // Up to 10 a missing uid row means nothing.
    Snapshot::of("android-10").assert_level(FACEBOOK, 0, "camera", "while-in-use");
}

#[test]
fn trap_16_appops_get_is_not_asked_and_not_read() {
    // android-formats §2.3: uid and package modes in one list without a mark between them.
    assert!(!collection().contains("appops get"));
    // The folder holds such an answer, with `CAMERA: ignore` in it; the dump says `foreground`.
    let transsion = Snapshot::of("android-13");
    transsion.assert_level(INSTAGRAM, 0, "camera", "while-in-use");
    transsion.assert_last_used(INSTAGRAM, 0, "camera", "2023-05-02T12:00:00+03:30");
}

#[test]
fn trap_17_foreground_is_normal_for_camera_and_microphone() {
    // android-formats §3: camera and microphone always show `foreground`; for location it means "while in use".
    let pixel = Snapshot::of("android-12");
    for permission in ["camera", "microphone", "location"] {
        pixel.assert_level(TIKTOK, 0, permission, "while-in-use");
        pixel.assert_field(TIKTOK, 0, permission, "state", "granted-by-person");
    }
    // Only the coarse permission: approximate.
    pixel.assert_level(INSTAGRAM, 0, "location", "while-in-use");
    pixel.assert_level(INSTAGRAM, 0, "location-precise", "limited");
}

#[test]
fn trap_18_access_rows_have_three_shapes() {
    // android-formats §2.1.
    let numeric = Snapshot::of("android-08");
    numeric.assert_last_used(TIKTOK, 0, "location", "2018-11-20T10:00:00+05:30");
    numeric.assert_last_used(TIKTOK, 0, "camera", "2018-11-19T11:00:00+05:30");
    numeric.assert_not_granted(WECHAT, 0, "phone");
    // design §2: on Android 8 a granted camera works at any time.
    numeric.assert_level(TIKTOK, 0, "camera", "always");
    // The newest access is a row without `Access:`; a later refusal is no access.
    Snapshot::of("android-09").assert_last_used(INSTAGRAM, 0, "camera", "2019-08-19T21:30:00-04:00");
    let samsung = Snapshot::of("android-10");
    samsung.assert_last_used(FACEBOOK, 0, "camera", "2021-05-19T22:02:49-04:00");
    assert!(samsung.grant(FACEBOOK, 0, "contacts").expect("declared")["last_used"].is_null());
}

#[test]
fn trap_19_vendor_ops_with_parentheses_do_not_steal_rows() {
    let xiaomi = Snapshot::of("android-14");
    xiaomi.assert_last_used(WHATSAPP, 0, "contacts", "2025-02-10T04:00:00-05:00");
    xiaomi.assert_field_of_last_use(WHATSAPP, 0, "contacts", "background");
    xiaomi.assert_last_used(WHATSAPP, 0, "camera", "2025-02-09T19:00:00-05:00");
    xiaomi.assert_field_of_last_use(WHATSAPP, 0, "camera", "foreground");
}

#[test]
fn trap_20_watchers_are_not_uid_modes() {
    // android-formats §2.2: children of foregroundOps stand at the indent of uid modes.
    let xiaomi = Snapshot::of("android-14");
    xiaomi.assert_level(SNAPCHAT, 0, "location", "always");
    xiaomi.assert_level(SNAPCHAT, 0, "location-precise", "always");
    Snapshot::of("android-15").assert_level(TIKTOK, 0, "location", "always");
}

#[test]
fn trap_21_the_last_use_is_plausible_and_the_apps_own() {
    // Rows in the future, of 1970, unsorted, and `tp` rows on behalf of another app.
    let samsung = Snapshot::of("android-10");
    samsung.assert_last_used(SNAPCHAT, 0, "location", "2021-05-18T07:15:00-04:00");
    samsung.assert_field_of_last_use(SNAPCHAT, 0, "location", "foreground");
    Snapshot::of("android-09").assert_last_used(TIKTOK, 0, "camera", "2019-08-20T11:00:00-04:00");
    // `tp` again, in a tag, beside a `tpd` that counts (android-collect §5).
    let pixel = Snapshot::of("android-12");
    pixel.assert_last_used(TIKTOK, 0, "camera", "2022-06-09T21:00:00-04:00");
    pixel.assert_last_used(TIKTOK, 0, "microphone", "2022-06-09T21:00:01-04:00");
}

#[test]
fn trap_22_attribution_tags_exist_from_11_on() {
    // A tag is any text that the app chose.
    Snapshot::of("android-11").assert_last_used(INSTAGRAM, 0, "camera", "2022-03-15T07:45:00+01:00");
    Snapshot::of("android-10").assert_last_used(WHATSAPP, 0, "camera", "2021-05-20T06:00:00-04:00");
}

#[test]
fn trap_23_uids_have_many_forms() {
    // android-formats §2.2: `u10a153`, `u0i5`, `u0ai3`, `u11s1000`.
    let samsung = Snapshot::of("android-10");
    assert_eq!(samsung.user_ids(), BTreeSet::from([0, 10]));
    samsung.assert_last_used(WHATSAPP, 0, "camera", "2021-05-20T06:00:00-04:00");
    samsung.assert_last_used(WHATSAPP, 10, "camera", "2021-05-11T11:00:00-04:00");
    let emulator = Snapshot::of("android-09");
    assert_eq!(emulator.user_ids(), BTreeSet::from([0, 11]));
    emulator.assert_last_used(WECHAT, 0, "contacts", "2019-08-20T12:34:56-04:00");
    emulator.assert_last_used(SNAPCHAT, 11, "camera", "2019-08-17T20:00:00-04:00");
}

#[test]
fn trap_24_grants_of_old_apps_may_be_undone() {
    // android-formats §3, step 2: REVOKED_COMPAT (REVOKE_ON_UPGRADE) and REVIEW_REQUIRED.
    let samsung = Snapshot::of("android-10");
    samsung.assert_not_granted(WECHAT, 0, "camera");
    samsung.assert_not_granted(WECHAT, 0, "microphone");
    samsung.assert_level(WECHAT, 0, "contacts", "always");
}

#[test]
fn trap_25_special_access_is_decided_at_different_levels() {
    // android-formats §5.
    let xiaomi = Snapshot::of("android-14");
    xiaomi.assert_level(TELEGRAM, 0, "all-files", "always");
    xiaomi.assert_not_granted(TIKTOK, 0, "all-files");
    xiaomi.assert_not_granted(TELEGRAM, 0, "install-apps");
    let pixel = Snapshot::of("android-12");
    pixel.assert_level(TELEGRAM, 0, "overlay", "always");
    pixel.assert_not_granted(TELEGRAM, 0, "install-apps");
    Snapshot::of("android-13").assert_level(TELEGRAM, 0, "install-apps", "always");
}

#[test]
fn trap_26_chosen_photos_are_not_all_photos() {
    // android-formats §3, media: look at IMAGES and VIDEO first.
    let xiaomi = Snapshot::of("android-14");
    xiaomi.assert_level(FACEBOOK, 0, "photos", "limited");
    xiaomi.assert_level(SNAPCHAT, 0, "photos", "always");
    // An app that does not declare the newer permission: for one session.
    xiaomi.assert_level(TIKTOK, 0, "photos", "ask");
    Snapshot::of("android-15").assert_level(WHATSAPP, 0, "photos", "limited");
}

// ---- users and shell --------------------------------------------------------------------------------------------------

#[test]
fn trap_27_a_refused_user_is_a_gap_and_every_question_names_its_user() {
    let samsung = Snapshot::of("android-16");
    assert!(samsung.gaps("refused").iter().any(|gap| gap["user"] == 150), "{:#}", samsung.value["gaps"]);
    samsung.assert_listed(TIKTOK, 0);
    for line in collection().lines().filter(|line| line.contains("list packages")) {
        assert!(line.contains("--user"), "{line}");
    }
}

#[test]
fn trap_28_secure_folder_and_twin_users_are_no_work_profiles() {
    let samsung = Snapshot::of("android-16");
    assert_eq!(samsung.kind_of_user(150), "secure-folder");
    assert_eq!(samsung.kind_of_user(10), "work-profile");
    assert_eq!(samsung.kind_of_user(0), "primary");
    let huawei = Snapshot::of("android-11");
    assert_eq!(huawei.kind_of_user(999), "clone");
    // Neither makes the phone a managed one.
    assert_ne!(huawei.setting("managed-device"), &Value::Bool(true));
    assert!(!huawei.value["management"].to_string().contains("999"));
    assert_eq!(Snapshot::of("android-14").kind_of_user(999), "clone");
    assert_eq!(Snapshot::of("android-15").kind_of_user(11), "private-space");
    assert_eq!(Snapshot::of("android-13").kind_of_user(10), "guest");
    assert_eq!(Snapshot::of("android-09").kind_of_user(11), "secondary");
}

#[test]
fn trap_29_user_names_hold_colons() {
    let samsung = Snapshot::of("android-10");
    assert_eq!(samsung.user_ids(), BTreeSet::from([0, 10]));
    assert_eq!(samsung.kind_of_user(10), "work-profile");
    let emulator = Snapshot::of("android-09");
    assert_eq!(emulator.kind_of_user(11), "secondary");
}

#[test]
fn trap_30_failures_with_exit_status_zero_are_gaps() {
    // android-formats §0.
    let transsion = Snapshot::of("android-13");
    let holds = |reason: &str, word: &str| transsion.gaps(reason).iter().any(|gap| gap.to_string().contains(word));
    let gaps = || format!("{:#}", transsion.value["gaps"]);
    assert!(holds("timed-out", "device_policy"), "{}", gaps());
    assert!(holds("refused", "rust"), "{}", gaps());
    assert!(holds("not-supported", "vpn_management"), "{}", gaps());
    // Half a dump and a refusal prove nothing.
    assert_ne!(transsion.setting("trust-agents"), &Value::Bool(false));
}

#[test]
fn trap_31_appops_is_asked_whole() {
    // android-formats §2.2: `--package` resolves for user 0 only, and 8.x does not know it.
    assert!(!collection().lines().any(|line| line.contains("appops") && line.contains("--package")));
    Snapshot::of("android-16").assert_last_used(SNAPCHAT, 150, "camera", "2026-02-12T23:00:00-05:00");
}

// ---- hardening --------------------------------------------------------------------------------------------------------

#[test]
fn trap_32_settings_that_mean_nothing() {
    // android-collect §4: install.unknown, lock.type.
    assert_eq!(Snapshot::of("android-12").setting("unknown-sources"), &Value::Bool(false));
    assert_eq!(Snapshot::of("android-13").setting("unknown-sources"), &Value::Bool(true));
    assert_eq!(Snapshot::of("android-14").setting("screen-lock"), &Value::Bool(true));
    assert_eq!(Snapshot::of("android-13").setting("screen-lock"), &Value::Bool(false));
    assert_eq!(Snapshot::of("android-08").setting("screen-lock"), &Value::Bool(false));
    assert_eq!(Snapshot::of("android-10").setting("screen-lock"), &Value::Bool(true));
}

#[test]
fn trap_33_null_is_the_default_of_each_key() {
    // android-collect §4: dns.private, lock.timeout, lock.notifications, verify.apps.
    let pixel = Snapshot::of("android-12");
    assert_eq!(pixel.setting("private-dns"), &Value::Bool(true));
    let delay =
        pixel.setting("lock-delay").as_f64().unwrap_or_else(|| panic!("lock-delay: {}", pixel.setting("lock-delay")));
    // 30 s of screen, and 5 s before locking where nothing else is said.
    assert!((30.0..=35.0).contains(&delay), "{delay}");
    assert_ne!(pixel.setting("lock-notifications"), &Value::from("hidden"));
    assert_ne!(pixel.setting("play-protect"), &Value::Bool(false));
    assert_eq!(Snapshot::of("android-11").setting("private-dns"), &Value::Bool(false));
    // Keys after a value of two lines, after `#` in a key and after `=` in a value.
    assert_eq!(pixel.setting("location-scanning"), &Value::Bool(false));
    assert_eq!(Snapshot::of("android-09").setting("location-scanning"), &Value::Bool(true));
}

#[test]
fn trap_34_location_mode_and_green_boot_are_not_enough() {
    // android-collect §4: on 8 and 9 location_providers_allowed decides; green beside test keys and permissive is nothing.
    let polaris = Snapshot::of("android-08");
    assert_eq!(polaris.setting("location-master"), &Value::Bool(true));
    assert_ne!(polaris.setting("verified-boot"), &Value::Bool(true));
    let emulator = Snapshot::of("android-09");
    assert_eq!(emulator.setting("location-master"), &Value::Bool(false));
    assert_eq!(Snapshot::of("android-12").setting("verified-boot"), &Value::Bool(true));
    // design §2: off for the phone, the grant keeps its level and says that it is inert.
    let pixel = Snapshot::of("android-15");
    assert_eq!(pixel.setting("location-master"), &Value::Bool(false));
    assert!(!pixel.grant(TIKTOK, 0, "location").expect("location")["inert"].is_null());
}

#[test]
fn trap_35_default_keys_are_no_encryption() {
    // android-collect §4: encrypted + block + "block default key" is readable without PIN.
    assert_ne!(Snapshot::of("android-08").setting("storage-encryption"), &Value::Bool(true));
    assert_eq!(Snapshot::of("android-14").setting("storage-encryption"), &Value::Bool(true));
}

#[test]
fn trap_36_lists_of_services_keep_the_dead() {
    // android-collect §4: notif.listeners, a11y.
    let mediatek = Snapshot::of("android-11");
    mediatek.assert_level(TELEGRAM, 0, "notification-access", "always");
    mediatek.assert_not_listed("org.gone.widget", 0);
    assert!(!mediatek.setting("notification-listeners").to_string().contains("org.gone.widget"));
    // On, though it is not bound at the moment: Android itself writes accessibility_enabled.
    mediatek.assert_level(X, 0, "accessibility", "always");
    assert_eq!(mediatek.setting("accessibility-services"), &Value::Bool(true));
    Snapshot::of("android-15").assert_level(TELEGRAM, 0, "accessibility", "always");
}

#[test]
fn trap_37_only_questions_are_asked() {
    // android-collect §1, "never run".
    let commands = collection();
    for forbidden in [
        "locksettings verify",
        "locksettings set",
        "locksettings clear",
        "settings put",
        "settings delete",
        "settings reset",
        "appops set",
        "appops reset",
        "appops start",
        "appops note",
        "pm grant",
        "pm revoke",
        "pm clear",
        "pm disable",
        "trim-caches",
        "bg-dexopt-job",
        "force-idle",
        "usagestats flush",
        "--reset",
        "add-role-holder",
        "remove-role-holder",
        "dpm ",
        "svc ",
        "bugreport",
        "uiautomator",
        "content query",
        "run-as",
        "whitelist +",
        "whitelist -",
    ] {
        let found = commands.lines().find(|line| line.contains(forbidden));
        assert!(found.is_none(), "{forbidden}: {found:?}");
    }
}

#[test]
fn trap_38_private_dumps_are_not_asked_and_identifiers_not_kept() {
    // android-collect §1, privacy.
    let commands = collection();
    for service in
        ["notification", "usagestats", "account", "location", "wifi", "telephony", "content", "dropbox", "activity"]
    {
        let asked = |line: &str| line.contains("dumpsys") && line.split(['`', ' ']).any(|word| word == service);
        assert!(!commands.lines().any(asked), "dumpsys {service}");
    }
    assert!(!commands.contains("logcat"));
    for phone in common_roads::PHONES {
        let snapshot = Snapshot::of(phone);
        for secret in personal() {
            assert!(!snapshot.text.contains(&secret), "{phone}: {secret}");
        }
    }
}

#[test]
fn trap_39_apps_under_queries_are_not_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = tempfile::tempdir().expect("a temporary folder");
    for phone in ["android-11", "android-16"] {
        let report = build(phone, Road::BugreportZip, folder.path());
        assert!(!Snapshot::of_target(&report).text.contains(QUERIED_ONLY), "{phone}");
        let audit = run(home.path(), &["audit", "--format", "json"], &report);
        json(&audit);
        assert!(!String::from_utf8_lossy(&audit.stdout).contains(QUERIED_ONLY), "{phone}");
    }
}

#[test]
fn trap_40_fields_of_the_next_version_do_not_stop_the_reader() {
    let samsung = Snapshot::of("android-16");
    // The row after the unknown permission ACCESS_LOCAL_NETWORK.
    samsung.assert_level(TIKTOK, 0, "camera", "while-in-use");
    // The op after an unknown one, and the user after unknown tokens.
    samsung.assert_last_used(TIKTOK, 0, "camera", "2026-02-14T21:00:00-05:00");
    samsung.assert_level(FACEBOOK, 0, "photos", "always");
}

#[test]
fn trap_41_old_apps_hold_dangerous_permissions_as_install_rows() {
    // android-formats §1.4, last but two.
    Snapshot::of("android-08").assert_level(WECHAT, 0, "contacts", "always");
    let emulator = Snapshot::of("android-09");
    emulator.assert_level(WECHAT, 0, "contacts", "always");
    emulator.assert_level(WECHAT, 0, "location", "always");
    // An op can still refuse it.
    emulator.assert_not_granted(WECHAT, 0, "sms");
    Snapshot::of("android-08").assert_not_granted(WECHAT, 0, "camera");
}

#[test]
fn trap_42_fine_location_follows_the_coarse_op_up_to_11() {
    // android-formats §2.4: the switch op, at package level (9, 11) and at uid level (10).
    for phone in ["android-09", "android-10", "android-11"] {
        let snapshot = Snapshot::of(phone);
        snapshot.assert_not_granted(TIKTOK, 0, "location");
        snapshot.assert_not_granted(TIKTOK, 0, "location-precise");
    }
    // The same grants without that op.
    Snapshot::of("android-08").assert_level(TIKTOK, 0, "location", "always");
    Snapshot::of("android-10").assert_level(SNAPCHAT, 0, "location", "always");
}

#[test]
fn trap_43_apps_that_live_only_in_secure_folder_are_seen() {
    let samsung = Snapshot::of("android-16");
    samsung.assert_listed(SNAPCHAT, 150);
    samsung.assert_level(SNAPCHAT, 150, "camera", "while-in-use");
    samsung.assert_not_listed(SNAPCHAT, 0);
}

// ---- the fixtures themselves ------------------------------------------------------------------------------------------

#[test]
fn every_trap_has_a_test_and_a_place() {
    let tests = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/whole/traps.rs"));
    let tests = tests.expect("this file");
    let table = std::fs::read_to_string(fixtures().join("README.md")).expect("the table");
    for number in 1..=43 {
        assert!(tests.contains(&format!("fn trap_{number:02}_")), "trap {number} has no test");
        assert!(table.contains(&format!("\n| {number} | ")), "trap {number} has no place in the table");
    }
    for row in table.lines().filter(|line| line.contains("| `android-")) {
        let (path, rest) =
            row.split_once("| `").and_then(|(_, rest)| rest.split_once("`:")).expect("a path and a line");
        let line: usize = rest.split(' ').next().and_then(|line| line.parse().ok()).expect("a line");
        let text = std::fs::read_to_string(fixtures().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(line <= text.lines().count(), "{row}");
        assert!(text.len() < 36_000, "{path} is too large for a fixture that people read");
    }
}

impl Snapshot {
    fn assert_field_of_last_use(&self, id: &str, user: u32, permission: &str, how: &str) {
        let grant = self.grant(id, user, permission).unwrap_or_else(|| panic!("{id}: no {permission}"));
        assert_eq!(grant["last_used"]["how"], how, "{id}, user {user}: {permission}: {grant:#?}");
    }
}
