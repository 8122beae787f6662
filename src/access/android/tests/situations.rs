//! Situations of real phones in which a naive reading says "no", or takes what the system derives for the person's word.

use super::*;
use crate::snapshot::Grant;
use crate::vocabulary::{BecauseCode, DecidedBy, Usage, UserKind};

/// The grant of the one app.
fn grant(phone: &Phone, permission: Permission) -> Option<Grant> {
    phone.app().grants.into_iter().find(|grant| grant.permission == permission)
}

fn level(phone: &Phone, permission: Permission) -> Option<Level> {
    phone.level(permission).map(|(level, _)| level)
}

fn yes(value: bool) -> Option<Value> {
    Some(Value::Bool(value))
}

/// `dumpsys user` of a phone whose users have these restrictions in force.
fn users(list: &[(u32, u32, &[&str])]) -> String {
    let mut text = "Users:\n".to_owned();
    for (id, flags, restrictions) in list {
        text += &format!("  UserInfo{{{id}:A:{flags:x}}} serialNo={id}\n    Effective restrictions:\n");
        for restriction in restrictions.iter().copied().chain(restrictions.is_empty().then_some("none")) {
            text += &format!("      {restriction}\n");
        }
    }
    text + "  Device owner id:-10000\n"
}

#[test]
fn an_accessibility_service_that_is_not_bound_is_on() {
    let service = format!("{APP}/{APP}.Watch");
    let dump = |bound: &str, enabled: &str, crashed: &str| {
        format!(
            "ACCESSIBILITY MANAGER (dumpsys accessibility)\n\nUser state[\n     attributes:{{id=0, x=1}}\n     Bound services:{{{bound}}}\n     Enabled services:{{{enabled}}}\n     Binding services:{{}}\n     Crashed services:{{{crashed}}}\n]\n"
        )
    };
    let one = format!("{{{service}}}");
    let listed = |enabled: &str| format!("accessibility_enabled={enabled}\nenabled_accessibility_services={service}\n");
    let none = "accessibility_enabled=0\n".to_owned();
    for (settings, accessibility, code) in [
        (Some(listed("1")), None, BecauseCode::ServiceEnabled),
        (Some(listed("0")), None, BecauseCode::ServiceNotBound),
        (Some(listed("0")), Some(dump("", &one, &one)), BecauseCode::ServiceNotBound),
        (None, Some(dump("", &one, &one)), BecauseCode::ServiceNotBound),
        (None, Some(dump("Service[label=A, x]", &one, "")), BecauseCode::ServiceEnabled),
        // The two places do not agree: the one that names it counts.
        (Some(none.clone()), Some(dump("", &one, &one)), BecauseCode::ServiceNotBound),
        (Some(listed("0")), Some(dump("", "", "")), BecauseCode::ServiceNotBound),
    ] {
        let mut phone = phone(35);
        for (kind, text) in [(Kind::SettingsSecure, &settings), (Kind::Accessibility, &accessibility)] {
            phone.more.extend(text.as_ref().map(|text| (kind, None, text.clone())));
        }
        let told = format!("{settings:?} {accessibility:?}");
        let found = grant(&phone, Permission::Accessibility).expect(&told);
        assert_eq!((found.level, found.because.code, found.inert), (Level::Always, code, None), "{told}");
        assert_eq!(phone.check(Check::AccessibilityServices), yes(true), "{told}");
    }
    let off = phone(35).with(Kind::SettingsSecure, &none).with(Kind::Accessibility, &dump("", "", ""));
    assert_eq!(level(&off, Permission::Accessibility), None);
    assert_eq!(off.check(Check::AccessibilityServices), yes(false));
}

#[test]
fn rooms_that_the_home_screen_does_not_show_are_hidden_apps() {
    let list = |rows: &[&str]| {
        let rows: String = rows.iter().map(|row| format!("\tUserInfo{{{row}}} running\n")).collect();
        phone(35)
            .with(Kind::UserList, &format!("Users:\n{rows}"))
            .with(Kind::SettingsGlobal, "guest_user_enabled=0\nadd_users_when_locked=0\n")
    };
    let checks = |phone: &Phone| (phone.check(Check::HiddenApps), phone.check(Check::ExtraUsers));
    const OWNER: &str = "0:Ada:4c13";
    for (rows, hidden, extra) in [
        (&[OWNER][..], yes(false), yes(false)),
        (&[OWNER, "11:Work:1030"], yes(false), yes(false)),
        (&[OWNER, "95:DUAL_APP:20001010"], yes(true), yes(false)),
        (&[OWNER, "150:Secure Folder:10061030"], yes(true), yes(false)),
        (&[OWNER, "999:XSpace:801010"], yes(true), yes(false)),
        // Any of them, or a private space that is locked: the list does not tell.
        (&[OWNER, "10:Private space:1090"], None, yes(false)),
        (&[OWNER, "30:system_clone:1010"], yes(true), yes(false)),
        (&[OWNER, "12:Odd:1010"], None, yes(false)),
        // A second space of the same person, and another person's user.
        (&["0:Ada:c13", "10:Ada:413"], yes(true), yes(true)),
        (&["0:Ada:c13", "10:Bo:410"], yes(false), yes(true)),
        // The person of a phone whose system user is nobody's is no extra user.
        (&["0::814", "10:Ada:4412"], yes(false), yes(false)),
        (&["0::814", "10:Ada:4412", "11:Bo:410"], yes(false), yes(true)),
        // A row that is not understood may be anything.
        (&[OWNER, "x:A:1090"], None, None),
    ] {
        assert_eq!(checks(&list(rows)), (hidden, extra), "{rows:?}");
    }
    // A user of whom only another dump speaks, and a list that is cut.
    let two = Phone {
        state: "installed=true enabled=0\n    User 10: ceDataInode=1 installed=true enabled=0".to_owned(),
        ..list(&[OWNER])
    };
    assert_eq!(checks(&two), (None, None));
    // A list that is cut, beside the records of packages, each of which has a block for every user.
    let cut = Phone { cut: Some(Kind::UserList), ..list(&[OWNER]) };
    assert_eq!(checks(&cut), (yes(false), yes(false)));
    let typed = phone(35).with(Kind::UserListVerbose, "2 users:\n\n0: id=0, name=A, type=full.SYSTEM, flags=FULL|SYSTEM (running)\n1: id=10, name=B, type=profile.PRIVATE, flags=PROFILE (parentId=0)\n");
    assert_eq!(typed.check(Check::HiddenApps), yes(true));
}

#[test]
fn users_of_android_11_have_no_type_and_are_told_by_their_flags() {
    let list = "2 users:\n\n0: id=0, name=Ada, flags=ADMIN|FULL|INITIALIZED|PRIMARY|SYSTEM (running) (current)\n1: id=10, name=Work, flags=INITIALIZED|MANAGED_PROFILE|PROFILE (running) (profile-owner) (parentId=0)\n";
    let snapshot = phone(30).with(Kind::UserListVerbose, list).snapshot();
    let kinds: Vec<_> = snapshot.users.iter().map(|user| (user.id, user.kind)).collect();
    assert_eq!(kinds, [(0, UserKind::Primary), (10, UserKind::WorkProfile)]);
    assert!(!snapshot.gaps.iter().any(|gap| gap.area == Kind::UserListVerbose.label()), "{:?}", snapshot.gaps);
}

#[test]
fn a_restriction_of_the_user_closes_what_its_apps_hold() {
    let held = || {
        phone(34)
            .runtime("READ_SMS true USER_SET;READ_CALL_LOG true USER_SET;CAMERA true USER_SET;RECORD_AUDIO true USER_SET;CALL_PHONE true USER_SET;ACCESS_FINE_LOCATION true USER_SET;READ_CONTACTS true USER_SET")
            .op("SYSTEM_ALERT_WINDOW", "allow")
    };
    let inert = |phone: &Phone, permission| grant(phone, permission).and_then(|grant| grant.inert);
    let closed = Some(Inert::UserRestriction);
    for (restriction, permission) in [
        ("no_sms", Permission::Sms),
        ("no_outgoing_calls", Permission::CallLog),
        ("no_camera", Permission::Camera),
        ("no_record_audio", Permission::Microphone),
        ("no_share_location", Permission::Location),
        ("no_create_windows", Permission::Overlay),
    ] {
        let under = held().with(Kind::Users, &users(&[(0, 0xc13, &[restriction])]));
        for other in [
            Permission::Sms,
            Permission::CallLog,
            Permission::Camera,
            Permission::Microphone,
            Permission::Location,
            Permission::Overlay,
            Permission::Phone,
            Permission::Contacts,
        ] {
            assert_eq!(
                inert(&under, other),
                (other == permission).then_some(Inert::UserRestriction),
                "{restriction} {other}"
            );
        }
        let row = grant(&under, permission).unwrap().evidence.into_iter().find(|row| row.text == restriction);
        assert_eq!(row.map(|row| row.source).as_deref(), Some("dumpsys user"), "{restriction}");
        let elsewhere = held().with(Kind::Users, &users(&[(0, 0xc13, &[]), (11, 0x410, &[restriction])]));
        assert_eq!(inert(&elsewhere, permission), None, "{restriction} holds for its own user");
    }
    // One of the permissions of the group stays open.
    let push = held().runtime("RECEIVE_WAP_PUSH true USER_SET").with(Kind::Users, &users(&[(0, 0xc13, &["no_sms"])]));
    assert_eq!(inert(&push, Permission::Sms), None);
    // The app-ops show it as well, and the policy of an organization.
    let with_ops = |block: &str| Phone { ops: held().ops + block, ..held() };
    let block = |row: &str| {
        format!(
            "\n  User restrictions for token com.android.server.pm.UserRestrictionsUtils$1@1:\n      Restricted ops:\n        {row}\n"
        )
    };
    let mine = with_ops(&block("user: 0 restricted ops: [CAMERA, READ_SMS]"));
    assert_eq!((inert(&mine, Permission::Camera), inert(&mine, Permission::Sms)), (closed, closed));
    assert_eq!(inert(&mine, Permission::CallLog), None);
    let others = with_ops(&block("user: 11 restricted ops: [CAMERA]"));
    assert_eq!(inert(&others, Permission::Camera), None);
    let policy = |section: &str| {
        held().with(
            Kind::DevicePolicy,
            &format!("Current Device Policy Manager state:\n{section}      UserRestrictionPolicyKey userRestriction_no_camera\n        Resolved Policy (MostRestrictive):\n          BooleanPolicyValue {{ mValue= true }}\n"),
        )
    };
    assert_eq!(inert(&policy("  Global Policies: \n"), Permission::Camera), closed);
    assert_eq!(inert(&policy("  Local Policies: \n    User 0:\n"), Permission::Camera), closed);
    assert_eq!(inert(&policy("  Local Policies: \n    User 10:\n"), Permission::Camera), None);
    // Before the policy engine, the restrictions of an owner.
    let owned = "Current Device Policy Manager state:\n  Device Owner: \n    admin=ComponentInfo{com.dpc/com.dpc.R}\n    package=com.dpc\n    User ID: 0\n\n  Enabled Device Admins (User 0, provisioningState: 3):\n    com.dpc/.R:\n      uid=10200\n      disableCamera=true\n      userRestrictions:\n        no_sms\n";
    let owned = held().with(Kind::DevicePolicy, owned);
    assert_eq!((inert(&owned, Permission::Sms), inert(&owned, Permission::Camera)), (closed, closed));
    assert_eq!(inert(&owned, Permission::Microphone), None);
}

#[test]
fn location_that_is_off_is_the_main_switch_and_no_restriction() {
    let block = "\n  User restrictions for token android.os.Binder@1:\n      Restricted ops:\n        user: 0 restricted ops: [COARSE_LOCATION, FINE_LOCATION]\n";
    let excepted = format!("      Excluded packages:\n        user: 0 packages: [{APP}]\n");
    let phone = |more: &str| {
        let held = phone(34).runtime("ACCESS_FINE_LOCATION true USER_SET");
        Phone { ops: format!("{block}{more}"), ..held }
    };
    let inert = |phone: &Phone| grant(phone, Permission::Location).and_then(|grant| grant.inert);
    let end = "  AppOps policy location tags:\n";
    assert_eq!(inert(&phone(end)), Some(Inert::MainSwitchOff));
    assert_eq!(inert(&phone(&format!("{excepted}{end}"))), None);
    // The exceptions may be cut off.
    assert_eq!(inert(&phone("")), None);
    // The switch itself is known to be on.
    assert_eq!(inert(&phone(end).with(Kind::SettingsSecure, "location_mode=3\n")), None);
    // The switch for the camera closes its op for the whole phone.
    let global = "\n  Global restrictions for token android.os.Binder@1:\n      Restricted ops: [CAMERA]\n";
    let camera = Phone { ops: global.to_owned(), ..super::phone(34).runtime("CAMERA true USER_SET") };
    assert_eq!(grant(&camera, Permission::Camera).unwrap().inert, Some(Inert::MainSwitchOff));
}

/// One app with the microphone, as it used it.
fn recorder(api: u32, rows: &str) -> Phone {
    let phone = phone(api).runtime("RECORD_AUDIO true USER_SET");
    let ops = match api {
        26 | 27 => format!("      RECORD_AUDIO: mode=0{rows}\n"),
        _ => format!("      RECORD_AUDIO (allow): \n        null=[\n{rows}        ]\n"),
    };
    Phone { ops, ..phone }
}

#[test]
fn what_is_in_use_at_this_moment_is_the_strongest_use() {
    const BEFORE: &str = "          Access: [fgsvc-s] 2026-08-21 09:58:00.000 (-2m0s0ms)\n";
    const NOW: &str = "          Running start at: +2m0s0ms\n";
    let last = |phone: &Phone| grant(phone, Permission::Microphone).unwrap().last_used.unwrap();
    // Without a clock the time of the row before stays.
    let loose = last(&recorder(35, &format!("{BEFORE}{NOW}")));
    assert_eq!((loose.now, loose.how, loose.word()), (true, Usage::Foreground, "now-foreground"));
    assert_eq!(loose.at.as_deref(), Some("2026-08-21T09:58:00+00:00"));
    let rows = grant(&recorder(35, &format!("{BEFORE}{NOW}")), Permission::Microphone).unwrap().evidence;
    for text in ["Running start at:", "Access: [fgsvc-s]"] {
        assert!(rows.iter().any(|row| row.text.starts_with(text)), "{text}: {rows:?}");
    }
    let clock = recorder(35, &format!("{BEFORE}{NOW}")).with(Kind::Clock, "1787306400\n");
    assert_eq!(last(&clock).at.as_deref(), Some("2026-08-21T10:00:00+00:00"));
    let background = recorder(35, &format!("{}{NOW}", BEFORE.replace("fgsvc", "bg")));
    assert_eq!(last(&background).word(), "now-background");
    assert_eq!(last(&recorder(35, NOW)).word(), "now");
    assert!(!last(&recorder(35, BEFORE)).now);
    // Android 8 tells it behind the time; without a clock only how long ago the last one began.
    let old = last(&recorder(26, "; time=+3m8s558ms ago (running)"));
    assert_eq!((old.now, old.at, old.ago), (true, None, Some(0)));
    let over = last(&recorder(26, "; time=+2d3h0m0s0ms ago; duration=+4s28ms"));
    assert_eq!((over.now, over.at, over.ago), (false, None, Some(183_600)));
    let dated = last(&recorder(26, "; time=+2d3h0m0s0ms ago").with(Kind::Clock, "1787306400\n"));
    assert_eq!((dated.at.as_deref(), dated.ago), (Some("2026-08-19T07:00:00+00:00"), None));
}

#[test]
fn watching_the_position_is_a_use_of_it() {
    for op in ["GPS", "MONITOR_LOCATION", "MONITOR_HIGH_POWER_LOCATION"] {
        let used = "        null=[\n          Access: [bg-s] 2026-08-21 09:58:00.000 (-2m0s0ms)\n        ]\n";
        let held = phone(34).runtime("ACCESS_FINE_LOCATION true USER_SET");
        let phone = Phone { ops: format!("      {op} (allow / switch COARSE_LOCATION=allow): \n{used}"), ..held };
        let last = grant(&phone, Permission::Location).unwrap().last_used;
        assert_eq!(last.map(|last| last.how), Some(Usage::Background), "{op}");
    }
}

#[test]
fn an_app_of_the_system_installs_others_by_its_permission() {
    let name = "android.permission.REQUEST_INSTALL_PACKAGES";
    let system = Phone { header: "    flags=[ SYSTEM HAS_CODE ]\n".to_owned(), ..phone(34).install(name, true) };
    let held = grant(&system, Permission::InstallApps).unwrap();
    assert_eq!((held.level, held.because.code), (Level::Always, BecauseCode::SpecialAccessByPermission));
    assert_eq!(
        level(&phone(34).install(name, true).op("REQUEST_INSTALL_PACKAGES", "default"), Permission::InstallApps),
        Some(Level::Always)
    );
    assert_eq!(
        level(&phone(34).install(name, false).op("REQUEST_INSTALL_PACKAGES", "default"), Permission::InstallApps),
        Some(Level::None)
    );
    assert_eq!(
        level(&phone(34).install(name, true).op("REQUEST_INSTALL_PACKAGES", "ignore"), Permission::InstallApps),
        Some(Level::Denied)
    );
}

#[test]
fn an_old_app_holds_from_the_installation_on_what_newer_ones_ask_for() {
    let accounts = phone(28).target(22).install("android.permission.GET_ACCOUNTS", true).op("GET_ACCOUNTS", "allow");
    let held = grant(&accounts, Permission::Contacts).unwrap();
    assert_eq!((held.level, held.state, held.decided_by), (Level::Limited, State::InstallTime, DecidedBy::Default));
    assert_eq!(held.because.code, BecauseCode::AccountsOnly);
    let off = phone(28).target(22).install("android.permission.GET_ACCOUNTS", true).op("GET_ACCOUNTS", "ignore");
    assert_eq!(level(&off, Permission::Contacts), Some(Level::Denied));
    // Physical activity of Android 8 and 9 comes with Google's services, at installation.
    const OF_GOOGLE: &str = "com.google.android.gms.permission.ACTIVITY_RECOGNITION";
    for (api, expected) in [(26, Some(Level::Always)), (28, Some(Level::Always)), (29, None)] {
        assert_eq!(level(&phone(api).install(OF_GOOGLE, true), Permission::Motion), expected, "{api}");
    }
}

#[test]
fn chosen_photos_of_an_app_that_does_not_know_of_them_are_limited() {
    let compat = "READ_MEDIA_IMAGES true REVOKED_COMPAT|ONE_TIME;READ_MEDIA_VIDEO true REVOKED_COMPAT|ONE_TIME";
    assert_eq!(
        level(&phone(34).target(33).runtime(compat).uid_mode("READ_MEDIA_IMAGES", "ignore"), Permission::Photos),
        Some(Level::Limited)
    );
    let revoked = "READ_MEDIA_IMAGES true REVOKED_COMPAT;READ_MEDIA_VIDEO true REVOKED_COMPAT";
    assert_eq!(level(&phone(34).target(33).runtime(revoked), Permission::Photos), Some(Level::Denied));
    // All videos are more than chosen pictures.
    let mixed = "READ_MEDIA_IMAGES true REVOKED_COMPAT|ONE_TIME;READ_MEDIA_VIDEO true USER_SET";
    assert_eq!(level(&phone(34).target(33).runtime(mixed), Permission::Photos), Some(Level::Always));
    // Music stands in shared storage for older phones and apps.
    for (api, target, expected) in [(32, 34, Some(Level::Always)), (33, 32, Some(Level::Always)), (33, 33, None)] {
        let storage = phone(api).target(target).runtime("READ_EXTERNAL_STORAGE true USER_SET");
        assert_eq!(level(&storage, Permission::AudioFiles), expected, "{api} {target}");
    }
}

#[test]
fn the_local_network_is_told_from_android_17_on() {
    const NET: &str = "android.permission.INTERNET";
    let row = |api, target, row: &str| phone(api).target(target).install(NET, true).runtime(row);
    let told = |phone: &Phone| grant(phone, Permission::LocalNetwork).map(|grant| (grant.level, grant.state));
    // Up to 16 every app with access to the internet reaches it, whatever the rows of a newer version say.
    assert_eq!(told(&row(36, 36, "ACCESS_LOCAL_NETWORK true USER_SET;NEARBY_WIFI_DEVICES false USER_SET")), None);
    let chosen = row(37, 37, "ACCESS_LOCAL_NETWORK true USER_SET");
    assert_eq!(told(&chosen), Some((Level::Always, State::GrantedByPerson)));
    let refused = row(37, 37, "ACCESS_LOCAL_NETWORK false USER_SET");
    assert_eq!(told(&refused), Some((Level::Denied, State::RefusedByPerson)));
    assert_eq!(told(&row(37, 37, "")), None);
    // An older app has it with the internet, from nobody.
    let implicit = row(37, 36, "ACCESS_LOCAL_NETWORK true REVOKE_WHEN_REQUESTED");
    assert_eq!(told(&implicit), Some((Level::Always, State::GrantedBySystem)));
    assert_eq!(grant(&implicit, Permission::LocalNetwork).unwrap().because.code, BecauseCode::ImplicitGrant);
    let by_person = row(37, 36, "ACCESS_LOCAL_NETWORK true USER_SET");
    assert_eq!(told(&by_person), Some((Level::Always, State::GrantedByPerson)));
    for unknown in [row(37, 36, ""), row(37, 36, "ACCESS_LOCAL_NETWORK false USER_SET")] {
        assert_eq!(told(&unknown), None);
        assert!(unknown.has_gap(Permission::LocalNetwork));
    }
}

#[test]
fn a_phone_that_asks_for_the_internet_keeps_its_rows() {
    // GrapheneOS: access to the internet and to the other sensors are permissions of the person.
    let graphene = phone(36).runtime("INTERNET false USER_SET;OTHER_SENSORS true USER_SET;CAMERA true USER_SET");
    assert_eq!(level(&graphene, Permission::LocalNetwork), Some(Level::Denied));
    assert_eq!(level(&graphene, Permission::Camera), Some(Level::WhileInUse));
    assert_eq!(level(&graphene, Permission::Motion), None);
    let gaps = graphene.snapshot().gaps;
    assert!(!gaps.iter().any(|gap| gap.area == Kind::Packages.label()), "{gaps:?}");
}

#[test]
fn an_app_that_may_operate_the_phone_is_told() {
    const NAME: &str = "android.permission.ACCESS_COMPUTER_CONTROL";
    let held = |op: &str| {
        let phone = phone(37).install(NAME, true);
        if op.is_empty() { phone } else { phone.op("COMPUTER_CONTROL", op) }
    };
    for (op, expected) in
        [("", Level::Ask), ("default", Level::Ask), ("allow", Level::Always), ("ignore", Level::Denied)]
    {
        assert_eq!(level(&held(op), Permission::ComputerControl), Some(expected), "{op}");
    }
    // Without the permission the op opens nothing; before Android 17 there is no such thing.
    assert_eq!(level(&phone(37).op("COMPUTER_CONTROL", "allow"), Permission::ComputerControl), Some(Level::None));
    assert_eq!(level(&phone(37), Permission::ComputerControl), None);
    assert_eq!(level(&phone(36).install(NAME, true), Permission::ComputerControl), None);
    let named = take(&held("allow").evidence(), false);
    assert!(named.apps.iter().any(|app| app.id == APP));
    let blind = Phone { has_ops: false, ..held("") };
    assert!(blind.has_gap(Permission::ComputerControl));
}

#[test]
fn the_location_button_asks_each_time() {
    const BUTTON: &str = "android.permission.USE_LOCATION_BUTTON";
    let with = |api, row: &str| phone(api).install(BUTTON, true).runtime(row);
    for (api, row, location, precise) in [
        (37, "ACCESS_FINE_LOCATION false", Some(Level::Ask), Some(Level::Always)),
        (37, "", Some(Level::Ask), Some(Level::Always)),
        (37, "ACCESS_FINE_LOCATION true ONE_TIME", Some(Level::Ask), Some(Level::Always)),
        (37, "ACCESS_FINE_LOCATION true USER_SET", Some(Level::WhileInUse), Some(Level::Always)),
        (37, "ACCESS_FINE_LOCATION false USER_SET|USER_FIXED", Some(Level::Denied), Some(Level::Denied)),
        (36, "ACCESS_FINE_LOCATION false", Some(Level::None), Some(Level::None)),
    ] {
        let phone = with(api, row);
        assert_eq!(level(&phone, Permission::Location), location, "{api} {row}");
        assert_eq!(level(&phone, Permission::LocationPrecise), precise, "{api} {row}");
    }
}

#[test]
fn who_brought_an_app_stands_in_its_evidence() {
    let app = |lines: &[&str]| {
        let header: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        Phone { header, ..phone(35) }.app()
    };
    let unpacked = "installerPackageName=com.android.packageinstaller";
    for (lines, source, row) in [
        (
            &[
                unpacked,
                "initiatingPackageName=com.android.packageinstaller",
                "originatingPackageName=org.fdroid.fdroid",
                "packageSource=3",
            ][..],
            AppSource::OtherStore,
            Some("originatingPackageName=org.fdroid.fdroid"),
        ),
        (
            &["installerPackageName=com.android.vending", "initiatingPackageName=com.android.shell"],
            AppSource::Sideloaded,
            Some("initiatingPackageName=com.android.shell"),
        ),
        (&["installerPackageName=null", "packageSource=3"], AppSource::Sideloaded, Some("packageSource=3")),
        (
            &["installerPackageName=org.example.market", "packageSource=2"],
            AppSource::OtherStore,
            Some("packageSource=2"),
        ),
        (
            &["installerPackageName=com.android.vending", "initiatingPackageName=com.android.vending"],
            AppSource::PlayStore,
            None,
        ),
    ] {
        let app = app(lines);
        assert_eq!(app.source, source, "{lines:?}");
        let deciding = ["initiatingPackageName=", "originatingPackageName=", "packageSource="];
        let found = app.evidence.iter().find(|found| deciding.iter().any(|word| found.text.starts_with(word)));
        assert_eq!(found.map(|found| found.text.as_str()), row, "{lines:?}");
    }
}

#[test]
fn a_missing_value_is_no_answer() {
    let global = |api, text: &str| phone(api).with(Kind::SettingsGlobal, text);
    let secure = |api, text: &str| phone(api).with(Kind::SettingsSecure, text);
    for (phone, check, expected) in [
        (global(34, "ble_scan_always_enabled=0\n"), Check::LocationScanning, None),
        (global(34, "ble_scan_always_enabled=0\nwifi_scan_always_enabled=0\n"), Check::LocationScanning, yes(false)),
        (global(29, "x=1\n"), Check::LocationScanning, yes(false)),
        (global(34, "x=1\n"), Check::OsAutoUpdate, None),
        (global(34, "ota_disable_automatic_update=0\n"), Check::OsAutoUpdate, yes(true)),
        (
            global(34, "x=1\n").with(Kind::Properties, "[ro.product.manufacturer]: [Google]\n"),
            Check::OsAutoUpdate,
            yes(true),
        ),
        (secure(34, "x=1\n"), Check::RemoteBackup, None),
        (secure(34, "backup_enabled=0\n"), Check::RemoteBackup, yes(false)),
        (secure(34, "x=1\n"), Check::Keyboards, None),
        (secure(34, "default_input_method=com.android.x/.Ime\n"), Check::Keyboards, yes(false)),
        (
            secure(
                34,
                &format!(
                    "default_input_method=com.android.x/.Ime\nenabled_input_methods=com.android.x/.Ime:{APP}/.Ime\n"
                ),
            ),
            Check::Keyboards,
            yes(true),
        ),
        // An empty list of providers is no switch that is off, but on the versions that kept it.
        (secure(34, "location_providers_allowed=\n"), Check::LocationMaster, None),
        (secure(28, "location_providers_allowed=\n"), Check::LocationMaster, yes(false)),
    ] {
        assert_eq!(phone.check(check), expected, "{check} {:?}", phone.more);
    }
}

#[test]
fn what_a_policy_closes_is_told_by_what_is_in_force() {
    let policy = |text: &str| format!("Current Device Policy Manager state:\n{text}");
    const ADMINS: &str = "  Enabled Device Admins (User 0, provisioningState: 0):\n    com.a/.B:\n      uid=10100\n";
    const ENGINE: &str = "  Local Policies: \n    User 0:\n";
    const BAN: &str = "      UserRestrictionPolicyKey userRestriction_no_camera\n        Resolved Policy (MostRestrictive):\n          BooleanPolicyValue { mValue= true }\n";
    let with = |api, text: &str| phone(api).with(Kind::DevicePolicy, &policy(text));
    for (phone, expected) in [
        (with(36, &format!("{ADMINS}{ENGINE}{BAN}")), yes(true)),
        (with(36, &format!("{ADMINS}{ENGINE}  Global Policies: \n  Constants:\n")), yes(false)),
        // It may end before the policy that counts.
        (with(36, &format!("{ADMINS}{ENGINE}")), None),
        (with(36, &format!("{ADMINS}{ENGINE}  Global Policies: \n")), None),
        // No word of the camera, and no policy engine: nothing is known.
        (with(36, ADMINS), None),
        (with(33, &format!("{ADMINS}      disableCamera=true\n")), yes(true)),
        (with(33, &format!("{ADMINS}      disableCamera=false\n")), yes(false)),
        (with(33, ADMINS), None),
        // A profile's own policy is not the phone's.
        (
            with(
                33,
                &format!(
                    "  Enabled Device Admins (User 0, provisioningState: 0):\n{}      disableCamera=true\n",
                    ADMINS.replace("User 0", "User 10")
                ),
            ),
            yes(false),
        ),
        (phone(36).with(Kind::Users, &users(&[(0, 0xc13, &["no_camera"])])), yes(true)),
        (phone(36).with(Kind::Users, &users(&[(0, 0xc13, &[])])), yes(false)),
        (phone(36).with(Kind::Users, "Users:\n  UserInfo{0:A:c13} serialNo=0\n    Effective restrictions:\n"), None),
    ] {
        assert_eq!(phone.check(Check::CameraMicPolicy), expected, "{:?}", phone.more);
    }
    let family = "  Profile Owner (User 0): \n    admin=ComponentInfo{com.google.android.gms/com.google.android.gms.supervision.Receiver}\n    package=com.google.android.gms\n    User ID: 0\n";
    assert_eq!(with(34, family).check(Check::ManagedDevice), None, "parents, and no organization");
    assert_eq!(with(34, ADMINS).check(Check::ManagedDevice), yes(false));
    let protected = format!(
        "{ENGINE}      UserRestrictionPolicyKey userRestriction_no_x\n        Per-admin Policy:\n          EnforcingAdmin {{ mPackageName= null, mSystemEntity = android.security.advancedprotection }}\n        Resolved Policy (MostRestrictive):\n          BooleanPolicyValue {{ mValue= true }}\n"
    );
    assert_eq!(with(36, &protected).check(Check::LockdownMode), yes(true));
    assert_eq!(with(36, &protected).check(Check::ManagedDevice), yes(false));
}

#[test]
fn a_dump_without_a_part_for_a_user_says_nothing_of_that_user() {
    let roles = "ROLE MANAGER STATE (dumpsys role):\n{\n  user_states={\n    user_id=0\n    roles={\n      name=android.app.role.SMS\n    }\n  }\n}\n";
    let policy = "Current Device Policy Manager state:\n  Enabled Device Admins (User 0, provisioningState: 0):\n";
    let state = "installed=true enabled=0\n    User 10: ceDataInode=1 installed=true enabled=0".to_owned();
    let two = Phone { state, ..phone(34).with(Kind::Roles, roles).with(Kind::DevicePolicy, policy) };
    let gaps = two.snapshot().gaps;
    for permission in [Permission::DeviceAdmin, Permission::DefaultRole] {
        let of =
            |user| gaps.iter().any(|gap| gap.area == permission.word() && gap.app.is_none() && gap.user == Some(user));
        assert!(of(10) && !of(0), "{permission}: {gaps:?}");
    }
}
