//! What goes and what stays.

use super::*;
use crate::evidence::Kind;
use proptest::prelude::*;

fn redact(kind: Kind, text: &str) -> String {
    Redactor { serial: Some("R5CW00SYNTH"), is_live: true }.text(&Item::new(kind, text, "x")).into_owned()
}

#[test]
fn the_table_is_well_formed() {
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let (scope, pattern) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
        assert!(["setting", "property", "keep-property", "kernel", "user", "acquisition"].contains(&scope), "{line}");
        assert!(!pattern.is_empty() && pattern == pattern.to_lowercase() && pattern.trim() == pattern, "{line}");
        assert!(pattern.trim_matches('*').len() >= 3, "too wide: {line}");
    }
    assert!(PATTERNS.settings.len() > 20 && PATTERNS.properties.len() > 20 && PATTERNS.users.len() > 10);
}

#[test]
fn patterns_match_whole_names() {
    assert!(matches("*ssid*", "wifi_ssid") && matches("*ssid*", "ssid") && matches("a*b*c", "aXbYc"));
    assert!(!matches("android_id", "android_id2") && !matches("*_mac", "x_macro") && !matches("a*b", "ba"));
}

#[test]
fn personal_data_is_gone_and_lines_keep_their_number() {
    let secrets = ["SECRET", "marie", "Marie", "Tremblay", "R5CW00SYNTH", "@example.org"];
    for (kind, text) in [
        (
            Kind::SettingsSecure,
            "android_id=SECRET\nbluetooth_address=SECRET\nbluetooth_name=Téléphone de Marie\nlock_screen_owner_info=Marie Tremblay\nrue SECRET\nadb_enabled=1\n",
        ),
        (
            Kind::SettingsGlobal,
            "device_name=Marie\nwifi_ssid_x=SECRET\nWIFI_SAP_SSID=SECRET\nwifi_p2p_mac_x=SECRET\nx=marie.t+1@example.org\ny=\n",
        ),
        (
            Kind::SettingsDump,
            "GLOBAL SETTINGS (user 0)\n_id:1 name:device_name pkg:android value:Marie Tremblay default:Marie defaultSystemSet:true\n_id:2 name:adb_enabled pkg:android value:1 default:1 defaultSystemSet:true\n",
        ),
        (
            Kind::Properties,
            "[ro.serialno]: [SECRET]\n[ro.boot.serialno]: [SECRET]\n[persist.radio.imei]: [SECRET]\n[ro.ril.oem.wifimac]: [SECRET]\n[gsm.sim.iccid]: [SECRET\nSECRET]\n[x.y]: [R5CW00SYNTH]\n",
        ),
        (Kind::UserList, "Users:\n\tUserInfo{0:Owner:4c13} running\n\tUserInfo{10:Marie: Tremblay}:30} running\n"),
        (Kind::UserListVerbose, "2 users:\n0: id=0, name=Marie, type=full.SYSTEM, flags=ADMIN (running)\n"),
        (Kind::UserListVerbose, "1 users:\n0: id=0, name=Marie, type=SECRET, flags=ADMIN (running)\n"),
        (Kind::Users, "Users:\n  UserInfo{0:Marie:13} serialNo=0\n    State: RUNNING\n  Owner name: Marie\n"),
        (Kind::Trust, "Trust manager state:\n User \"Marie T\" (id=0, flags=0x13) (current): trusted=0\n"),
        (
            Kind::Adb,
            "ADB MANAGER STATE (dumpsys adb):\n  debugging_manager={\n    connected_to_adb=true\n    user_keys=SECRET marie@laptop\n    last_key_received=SECRET\n    keystore=ABX\u{0}SECRET\nSECRET==\n    adb_wifi={\n      network_ssid=SECRET\n      network_bssid=\n",
        ),
        (
            Kind::Accessibility,
            "A11yWindow[AccessibilityWindowInfo[title=SECRET, displayId=0, id=1]]\nWindow attributes:[{1=A{mAccessibilityWindowTitle=SECRETmLocales=[en]}, 2=A{mAccessibilityWindowTitle=nullmLocales=[]}}]\n",
        ),
        (
            Kind::WindowPolicy,
            "WINDOW MANAGER POLICY STATE (dumpsys window policy)\n  mFocused=SECRET\n    KeyguardServiceDelegate\n      secure=true\n  next=SECRET\n",
        ),
        (
            Kind::DumpstateHeader,
            "Command line: a=1 androidboot.serialno=SECRET androidboot.wifimacaddr=SECRET androidboot.verifiedbootstate=green\n",
        ),
        (
            Kind::DumpstateHeader,
            "== dumpstate: 2026-10-30 11:00:00\nBuild: AP1A\nNetwork: SECRET\nPhone number: SECRET\n\nmore of SECRET: SECRET\n",
        ),
        (
            Kind::DevicePolicy,
            "  Device Owner:\n    admin=ComponentInfo{a/b}\n    name=Marie\nTremblay\n    package=a\n",
        ),
        (Kind::Trust, " User \"Marie\nTremblay\" (id=0, flags=0x13) (current): trusted=0\n"),
        (Kind::DevicePolicy, "  admin for marie.tremblay@example.org\n"),
        (Kind::Packages, "Packages:\n  Package [a] (1):\n    name=R5CW00SYNTH, marie@example.org.\n"),
        (Kind::Acquisition, "{\n  \"uuid\": \"u\",\n  \"storage_path\": \"/home/marie/SECRET\"\n}"),
    ] {
        let redacted = redact(kind, text);
        for secret in secrets {
            assert!(!redacted.contains(secret), "{kind:?}: {secret} in\n{redacted}");
        }
        assert_eq!(redacted.matches('\n').count(), text.matches('\n').count(), "{kind:?}\n{redacted}");
        assert_eq!(redact(kind, &redacted), redacted, "{kind:?}: twice is more than once");
    }
}

#[test]
fn what_rules_read_stays() {
    for (kind, text) in [
        (
            Kind::SettingsGlobal,
            "adb_enabled=1\nadb_wifi_enabled=0\nadb_allowed_connection_time=0\ndevelopment_settings_enabled=1\npackage_verifier_user_consent=1\npackage_verifier_enable=1\nprivate_dns_mode=hostname\nprivate_dns_specifier=dns.example.net\nwifi_scan_always_enabled=1\nble_scan_always_enabled=0\nstay_on_while_plugged_in=7\nauto_time=1\nauto_time_zone=1\nguest_user_enabled=1\nadd_users_when_locked=0\nota_disable_automatic_update=0\nverifier_verify_adb_installs=0\nbluetooth_on=1\nupload_apk_enable=1\nandroid_id_x=2\n",
        ),
        (
            Kind::SettingsSecure,
            "enabled_accessibility_services=a.b/.C:d.e/f.G\naccessibility_enabled=1\nenabled_notification_listeners=a/b\ndefault_input_method=a/.b\nlock_screen_lock_after_timeout=5000\nlock_screen_show_notifications=1\nlock_screen_allow_private_notifications=0\nlocation_mode=3\nlocation_providers_allowed=gps\nautofill_service=a/b\nassistant=a/b\nalways_on_vpn_app=a.b\nalways_on_vpn_lockdown=1\nbackup_enabled=1\nadvanced_protection_mode=1\nsms_default_application=a.b\nlock_to_app_exit_locked=1\n",
        ),
        (Kind::SettingsSystem, "screen_off_timeout=60000\nshow_password=1\nlockscreen.disabled=0\n"),
        (
            Kind::Properties,
            "[ro.product.manufacturer]: [samsung]\n[ro.product.model]: [SM-S911B]\n[ro.build.version.sdk]: [34]\n[ro.build.version.security_patch]: [2026-05-01]\n[ro.build.fingerprint]: [a/b/c:14/d/e:user/release-keys]\n[ro.boot.verifiedbootstate]: [green]\n[ro.boot.flash.locked]: [1]\n[ro.boot.vbmeta.device_state]: [locked]\n[ro.boot.veritymode]: [enforcing]\n[sys.oem_unlock_allowed]: [0]\n[ro.crypto.state]: [encrypted]\n[ro.crypto.type]: [file]\n[persist.sys.timezone]: [Europe/Berlin]\n[service.adb.tcp.port]: [5555]\n[sys.usb.config]: [mtp,adb]\n[ro.debuggable]: [0]\n[ro.boot.warranty_bit]: [0]\n[ro.serialno]: []\n",
        ),
        (
            Kind::UserList,
            "Users:\n\tUserInfo{0:Owner:4c13} running\n\tUserInfo{150:Secure Folder:10061030} running\n\tUserInfo{95:DUAL_APP:20001010}\n\tUserInfo{999:XSpace:801010}\n\tUserInfo{998:MultiApp:4001010}\n\tUserInfo{999:doubleinstance:1030}\n\tUserInfo{12:Work profile:1030}\n\tUserInfo{10:Guest:4}\n\tUserInfo{11:Private space:1}\n",
        ),
        (
            Kind::Trust,
            " User \"Owner\" (id=0, flags=0x13) (current): trusted=0\n   Enabled agents:\n    com.google.android.gms/.auth.trustagent.GoogleTrustAgent\n",
        ),
        (
            Kind::WindowPolicy,
            "WINDOW MANAGER POLICY STATE (dumpsys window policy)\n    KeyguardServiceDelegate\n      showing=false\n      secure=true\n      enabled=true\n",
        ),
        (
            Kind::Accessibility,
            "User state[\n     attributes:{id=0}\n     Bound services:{Service[label=TalkBack, feedbackType[X]]}\n     Enabled services:{{a.b/a.b.C}}\n",
        ),
        (
            Kind::Packages,
            "    User 0: ceDataInode=1 installed=true\n        android.permission.CAMERA: granted=true, flags=[ USER_SET]\n   lib android.hardware.drm@1.0-service.widevine android.hidl@4.0::I Foo@1a2b3c\n",
        ),
        (Kind::SettingsDump, "_id:2 name:adb_enabled pkg:android value:1 default:1 defaultSystemSet:true\n"),
    ] {
        assert_eq!(redact(kind, text), text, "{kind:?}");
    }
}

proptest! {
    #[test]
    fn never_panics_and_keeps_every_line(text in "(\\PC|\n|=|@|\\.|\\[|\\]: \\[|UserInfo\\{|:|\\}|, name=|title=|ssid=|a@b\\.cd){0,60}", index in 0..Kind::ALL.len()) {
        let kind = Kind::ALL[index];
        let item = Item::new(kind, text.clone(), "x");
        let once = Redactor::default().text(&item).into_owned();
        if kind != Kind::Acquisition {
            prop_assert_eq!(once.matches('\n').count(), text.matches('\n').count());
        }
        let twice = Redactor::default().text(&Item::new(kind, once.clone(), "x")).into_owned();
        prop_assert_eq!(once, twice);
    }
}
