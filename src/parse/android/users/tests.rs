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
        ("30:system_clone:1010", Clone),
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
fn reads_the_verbose_list_of_android_11_without_types() {
    use UserKind::*;
    let text = "4 users:\n\n0: id=0, name=Ada, flags=ADMIN|FULL|INITIALIZED|PRIMARY|SYSTEM (running) (current)\n\
            1: id=10, name=a, type=b, flags=INITIALIZED|MANAGED_PROFILE|PROFILE (running) (profile-owner) (parentId=0)\n\
            2: id=11, name=C, flags=INITIALIZED|NEVER_SEEN (running)\n\
            3: id=150, name=D, flags=INITIALIZED|MANAGED_PROFILE|PROFILE|10060000\n";
    let parsed = parse(text);
    assert_eq!(parsed.gaps, []);
    assert_eq!(kinds(text), [(0, Primary), (10, WorkProfile), (11, UnknownProfile), (150, SecureFolder)]);
    assert_eq!(parsed.facts.users[1].type_name, None);
    assert_eq!(parse("x: id=0, name=A, flags=FULL\n: id=1, name=B, flags=FULL\n").facts.users, []);
}

#[test]
fn the_main_user_of_a_headless_phone_is_the_first_human() {
    use UserKind::*;
    let list = |rows: &[&str]| {
        kinds(&rows.iter().fold("Users:\n".to_owned(), |text, row| format!("{text}\tUserInfo{{{row}}} running\n")))
    };
    assert_eq!(list(&["0::814", "10:Ada:4412"]), [(0, Primary), (10, Primary)]);
    assert_eq!(list(&["0::814", "10:Ada:4412", "11:Bo:410"]), [(0, Primary), (10, Primary), (11, Secondary)]);
    assert_eq!(list(&["0::814", "10:Ada:412", "11:Bo:4412"]), [(0, Primary), (10, Secondary), (11, Primary)]);
    // Before Android 14 no bit tells the main user.
    assert_eq!(list(&["0::813", "10:Ada:412", "11:Bo:410"]), [(0, Primary), (10, Primary), (11, Secondary)]);
    // Where the system user is a person's, no other is the main one, whatever its bits.
    assert_eq!(list(&["0:Ada:c13", "10:Bo:4412"]), [(0, Primary), (10, Secondary)]);
    let typed =
        "0: id=0, name=, type=system.HEADLESS, flags=SYSTEM\n1: id=10, name=A, type=full.SECONDARY, flags=FULL|MAIN\n";
    assert_eq!(kinds(typed), [(0, Primary), (10, Primary)]);
}

#[test]
fn a_second_space_with_the_bit_of_the_first_user_is_another_user() {
    let users = parse("Users:\n\tUserInfo{0:Ada:c13} running\n\tUserInfo{10:Ada:413} running\n").facts.users;
    assert_eq!(users[1].kind(None, &[]), UserKind::Secondary);
    assert!(users[1].is_second_space() && !users[0].is_second_space());
}

#[test]
fn reads_a_list_whose_tabs_became_blanks() {
    let text = "Users:\n        UserInfo{0:Ada:c13} running\n        UserInfo{11:Work:1030}\n        UserInfo{151:Secure Folder:10061030} running\n";
    assert_eq!(parse(text).gaps, []);
    assert_eq!(kinds(text), [(0, UserKind::Primary), (11, UserKind::WorkProfile), (151, UserKind::SecureFolder)]);
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
    assert!(users[0].restrictions_end && users[1].restrictions_end);
    let cut = text.split("      no_add_user").next().unwrap();
    assert!(!parse(cut).facts.users[0].restrictions_end);
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
