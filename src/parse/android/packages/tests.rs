use super::*;

const MODERN: &str = "\
Packages:
  Package [org.example.chat] (3e7a506):
    appId=10614
    sharedUser=null
    pkg=Package{3a org.example.chat}
    codePath=/data/app/~~x==/org.example.chat-y==
    versionCode=766 minSdk=23 targetSdk=35

    minExtensionVersions=[]
    versionName=17.9.17-all [0] [PR] 284629082
    flags=[ HAS_CODE DEBUGGABLE ]
com.android.systemui overlay paths:
  /product/overlay/X.apk

    lastUpdateTime=2026-10-03 03:38:33
    installerPackageName=null
    initiatingPackageName=com.android.shell
    packageSource=3
    requested permissions:
      android.permission.CAMERA
      android.permission.READ_SMS: restricted=true
    install permissions:
      android.permission.INTERNET: granted=true
      android.permission.MANAGE_EXTERNAL_STORAGE: granted=false, flags=[ USER_SET]
      android.permission.NFC: granted=true, userId=10
    User 0: ceDataInode=12 deDataInode=4 installed=true hidden=false suspended=false stopped=false notLaunched=false enabled=0 instant=false privacy_hidden=false
      installReason=4
      dataDir=/data/user/0/org.example.chat
      firstInstallTime=2026-01-02 10:00:00
      Suspend params:
        suspendingPackage=<22>root dialogInfo=null

      gids=[3003]
      runtime permissions:
        android.permission.CAMERA: granted=true, flags=[ USER_SET|ONE_TIME|524288]
        android.permission.READ_SMS: granted=false
      disabledComponents:
        androidx.work.impl.background.systemalarm.RescheduleReceiver
    User 150: ceDataInode=0 installed=false hidden=false suspended=false stopped=true notLaunched=true enabled=0
      firstInstallTime=1970-01-01 01:00:00
      gids=[3003]
      runtime permissions:
        android.permission.CAMERA: granted=false

Hidden system packages:
  Package [org.example.chat] (1):
    versionCode=1 targetSdk=22
    User 0: ceDataInode=12 installed=true enabled=0
      runtime permissions:
        android.permission.CAMERA: granted=true

Queries:
  queryable via interaction:
    User 0:
      [org.example.chat]

Shared users:
  SharedUser [android.uid.shared] (ab):
    appId=10038
    Packages
      PackageSetting{e63ee07 com.android.mtp/10038}
    install permissions:
      android.permission.INTERNET: granted=true
    User 0: 
      gids=[1]
      runtime permissions:
        android.permission.READ_CONTACTS: granted=true, flags=[ SYSTEM_FIXED|GRANTED_BY_DEFAULT]

Package Changes:
  Sequence number=1
  User 0:
    seq=0
";

#[test]
fn reads_a_modern_dump() {
    let parsed = parse(MODERN);
    assert_eq!(parsed.gaps, []);
    let dump = parsed.facts;
    assert_eq!((dump.packages.len(), dump.hidden_system_packages, dump.shared_users.len()), (1, 1, 1));
    assert_eq!(dump.hidden_runtime_rows, 1);
    assert_eq!(dump.permission_rows, 8);
    let package = &dump.packages[0];
    assert_eq!(package.app_id, Some(10614));
    assert_eq!((package.version_code, package.target_sdk), (Some(766), Some(35)));
    assert_eq!(package.version_name, Some("17.9.17-all [0] [PR] 284629082"));
    assert!(package.debuggable && !package.system && package.shared_user.is_none());
    assert_eq!(package.installer.initiating, Some("com.android.shell"));
    assert_eq!(package.installer.package, None);
    assert_eq!(package.requested, ["android.permission.CAMERA", "android.permission.READ_SMS"]);
    assert_eq!(package.install.len(), 3);
    assert!(!package.install[1].granted);
    assert_eq!(package.install[2].user, Some(10));
    assert_eq!(package.users.len(), 2);
    let owner = &package.users[0];
    assert!(owner.installed && !owner.suspended);
    assert_eq!(owner.runtime.len(), 2);
    assert!(owner.runtime[0].flags.has(PermissionFlags::ONE_TIME));
    assert_eq!(
        owner.runtime[0].line,
        MODERN.lines().position(|line| line.contains("CAMERA: granted")).unwrap() as u32 + 1
    );
    assert!(!package.users[1].installed);
    let shared = &dump.shared_users[0];
    assert_eq!(shared.name, "android.uid.shared");
    assert_eq!(shared.runtime[0].1[0].name, "android.permission.READ_CONTACTS");
}

#[test]
fn reads_flags_of_android_8_and_9() {
    let flags = PermissionFlags::parse(" USER_SET GRANTED_BY_DEFAULT ");
    assert!(flags.has(PermissionFlags::USER_SET) && flags.has(PermissionFlags::GRANTED_BY_DEFAULT));
    assert!(!flags.has(PermissionFlags::USER_FIXED));
}

#[test]
fn counts_headers_and_rows_that_it_cannot_read() {
    let dump = "Packages:\n  Package [broken\n  Package [a.b] (1):\n    User 0: ceDataInode=1 installed=true\n      runtime permissions:\n        android.permission.CAMERA: granted=maybe\n";
    let parsed = parse(dump);
    assert_eq!(parsed.facts.packages.len(), 1);
    let counts: Vec<_> = parsed.gaps.iter().map(|gap| (gap.read, gap.of)).collect();
    assert_eq!(counts, [(Some(1), Some(2)), (Some(0), Some(1))]);
}

#[test]
fn a_timed_out_dump_leaves_its_last_package_open() {
    let dump =
        "Packages:\n  Package [a.b] (1):\n    appId=10001\n*** SERVICE 'package' DUMP TIMEOUT (10000ms) EXPIRED ***\n";
    let parsed = parse(dump);
    assert!(parsed.facts.last_is_open);
    assert_eq!(parsed.gaps[0].reason, Reason::TimedOut);
}

proptest::proptest! {
    #[test]
    fn never_panics_and_accounts_for_every_header(lines in proptest::collection::vec(proptest::sample::select(MODERN.lines().collect::<Vec<_>>()), 0..80), noise in ".{0,40}") {
        let mut text = lines.join("\n");
        text.push('\n');
        text.push_str(&noise);
        let parsed = parse(&text);
        let missing: u64 = parsed.gaps.iter().filter(|gap| gap.detail.contains("Package [") || gap.detail.is_empty()).filter_map(|gap| Some(gap.of? - gap.read?)).sum();
        let known = parsed.facts.packages.len() as u64 + parsed.facts.hidden_system_packages;
        proptest::prop_assert!(known + missing >= count_headers(&text));
    }
}
