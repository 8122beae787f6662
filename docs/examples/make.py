#!/usr/bin/env python3
"""Makes the example of this folder: `python3 docs/examples/make.py`. The same bytes on every run.

It invents a staff phone (Android 15, work profile), prints what its commands would answer with the writer of the test
fixtures, and has `poucet collect` turn those text files into the bundle `staff-phone/`. Versions, dates, hashes and the
serial number are invented; only the package names of apps are real. There is no person behind it.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "fixtures"))

from make import Phone  # noqa: E402
from phones import (  # noqa: E402
    FIXS, LOCATION, PLAY, PRECISE, SENS, US, USS, app, providers_contacts, rows, shared_contacts)

BROWSER = "com.android.chrome"
PORTAL = "com.microsoft.windowsintune.companyportal"
STORE_OF_MAKER = "com.sec.android.app.samsungapps"
ONCE = f"{US} ONE_TIME {SENS}"

# The app-op of a permission, where it is not simply the permission's name.
OPS = {"ACCESS_FINE_LOCATION": "FINE_LOCATION", "ACCESS_COARSE_LOCATION": "COARSE_LOCATION",
       "POST_NOTIFICATIONS": "POST_NOTIFICATION"}
WITHOUT_OP = {"ACCESS_BACKGROUND_LOCATION", "READ_MEDIA_VISUAL_USER_SELECTED"}


def photos(everything, chosen):
    """The three permissions of the photo prompt since Android 14."""
    refused = SENS if not (everything or chosen) else USS
    return [("READ_MEDIA_IMAGES", everything, refused), ("READ_MEDIA_VIDEO", everything, refused),
            ("READ_MEDIA_VISUAL_USER_SELECTED", everything or chosen, refused)]


def location(precise, background=False, flags=None):
    """What a person who says yes to the location prompt grants."""
    flags = flags or USS
    found = [("ACCESS_FINE_LOCATION", precise, PRECISE if precise and flags == USS else flags),
             ("ACCESS_COARSE_LOCATION", True, flags)]
    return found + [("ACCESS_BACKGROUND_LOCATION", background, USS if background else SENS)]


def sensors(granted=True, flags=USS):
    return [("CAMERA", granted, flags), ("RECORD_AUDIO", granted, flags)]


def used(**ops):
    """Rows of the last uses: op = (process state, when)."""
    return {op: {"uses": [("null", [("Access", f"{state}-s", when + ".000")])]} for op, (state, when) in ops.items()}


def uid_of(package, user, rows_, uses=(), modes=()):
    """The block of an app in `dumpsys appops`: uid modes follow from the permissions, as Android 15 computes them."""
    uses = dict(uses)
    background = any(name == "ACCESS_BACKGROUND_LOCATION" and granted for name, granted, *_ in rows_)
    found = []
    for name, granted, *_ in rows_:
        if name in WITHOUT_OP:
            continue
        op = OPS.get(name, name)
        if not granted:
            found.append((op, "ignore"))
        elif op in ("CAMERA", "RECORD_AUDIO") or (op.endswith("_LOCATION") and not background):
            found.append((op, "foreground"))
    ops = [(op, "allow", more) for op, more in uses.items()]
    return {"uid": f"u{user}a{package['appid'] - 10000}", "modes": sorted(found + list(modes)),
            "packages": [(package["name"], ops)]}


def staff_phone():
    p = Phone(15, 35, "America/Toronto", "2026-11-16T09:30:00", manufacturer="samsung", model="SM-A356W", device="a35x",
              build="AP3A.240905.015.A2", patch="2026-10-01")
    p.users = [
        {"id": 0, "name": "Owner", "flags": 0x4c13, "type": "full.SYSTEM"},
        {"id": 10, "name": "Work profile", "flags": 0x1030, "type": "profile.MANAGED", "parent": 0, "owner": True},
    ]
    p.getprop({
        "gsm.sim.operator.alpha": None, "persist.radio.imei": None, "ro.boot.serialno": "EXAMPLE0001",
        "ro.boot.warranty_bit": "0", "ro.boot.wifimacaddr": None, "ro.build.version.oneui": "70000",
        "ro.serialno": "EXAMPLE0001", "ro.vendor.oem.note": None,
    })
    p.basics()
    p.settings("global", {
        "adb_enabled": 1, "adb_wifi_enabled": 0, "auto_time": 1, "auto_time_zone": 1, "ble_scan_always_enabled": 0,
        "bluetooth_on": 1, "development_settings_enabled": 1, "package_verifier_user_consent": 1,
        "private_dns_mode": "opportunistic", "stay_on_while_plugged_in": 0, "wifi_on": 1, "wifi_scan_always_enabled": 1, "zen_mode": 0,
    })
    service = "org.telegram.messenger.web/org.telegram.ui.TapHelperService"
    secure = {
        "accessibility_enabled": 1, "default_input_method": "com.samsung.android.honeyboard/.service.HoneyBoardService",
        "enabled_accessibility_services": service, "enabled_notification_listeners":
        "com.sec.android.app.launcher/com.android.launcher3.notification.NotificationListener", "install_non_market_apps": 1,
        "location_mode": 3, "lock_screen_allow_private_notifications": 1, "lock_screen_show_notifications": 1,
        "user_setup_complete": 1, "zen_settings_updated": 1,
    }
    work = {**secure, "accessibility_enabled": 0, "enabled_accessibility_services": "", "lock_screen_allow_private_notifications": 0}
    p.settings("secure_0", secure)
    p.settings("secure_10", work)
    system = {"font_scale": "1.0", "screen_brightness": 102, "screen_off_timeout": 30000, "volume_ring": 5}
    p.settings("system_0", system)
    p.settings("system_10", system)
    p.small(
        roles={0: {"SMS": "com.samsung.android.messaging", "BROWSER": BROWSER, "DIALER": "com.samsung.android.dialer"}, 10: {}},
        owners=f"  Profile Owner (User 10): \n    admin=ComponentInfo{{{PORTAL}/com.microsoft.omadm.client.PolicyManagerReceiver}}\n"
               f"    name=\n    package={PORTAL}\n    isOrganizationOwnedDevice=false\n    User ID: 10\n",
        bound="Service[label=Tap helper, feedbackType[FEEDBACK_GENERIC], capabilities=1, eventTypes=TYPES_ALL_MASK, "
              "notificationTimeout=100, requestA11yBtn=false]", enabled=f"{{{service}}}",
        whitelist=["user,com.whatsapp,10322"])
    # This phone's shell may not read the lock settings, so that the report has something it could not assess.
    del p.files["dumpsys_lock_settings.txt"], p.files["dumpsys_window_policy.txt"]
    # Nor is there anybody's computer to name.
    p.file("dumpsys_adb.txt", "ADB MANAGER STATE (dumpsys adb):\n{\n  debugging_manager={\n    connected_to_adb=true\n"
           "    user_keys=QAAAAEXAMPLE desk@example\n\n  }\n}\n")
    p.newer(vpn="[no VPN]")
    p.file("dumpsys_vpn_management.txt", "VPNs:\n")

    def listed(name, appid, code, vname, update, first, permissions, uses=(), modes=(), user=0, install=(), **more):
        state = {"first": first, "perms": permissions, "reason": more.pop("reason", 4)}
        found = app(name, appid, code, vname, 35, update, {user: state}, install=list(install),
                    category=True, **more)
        p.packages.append(found)
        p.uids.append(uid_of(found, user, permissions, uses, modes))

    listed("com.zhiliaoapp.musically", 10320, 2024507030, "45.7.3", "2026-11-09 06:12:40", "2025-08-17 20:44:02",
           location(True, background=True) + sensors() + photos(True, True) + rows(["READ_CONTACTS"], True, USS)
           + rows(["POST_NOTIFICATIONS"], True, USS),
           used(FINE_LOCATION=("bg", "2026-11-16 07:58:21"), CAMERA=("top", "2026-11-14 21:10:03"),
                RECORD_AUDIO=("top", "2026-11-14 21:10:03"), READ_CONTACTS=("bg", "2026-11-15 23:40:10"),
                READ_MEDIA_VIDEO=("top", "2026-11-14 21:12:44"), READ_CLIPBOARD=("top", "2026-11-16 07:31:55")),
           installer=PLAY)
    listed("com.instagram.android", 10321, 381200771, "408.0.0.38.92", "2026-11-11 05:20:11", "2024-02-03 18:01:37",
           location(True) + sensors() + photos(False, True) + rows(["READ_CONTACTS"], False, FIXS)
           + rows(["POST_NOTIFICATIONS"], True, USS),
           used(FINE_LOCATION=("top", "2026-11-15 22:05:12"), CAMERA=("top", "2026-11-13 12:25:09"),
                RECORD_AUDIO=("top", "2026-11-13 12:25:09")), installer=PLAY)
    listed("com.whatsapp", 10322, 263200400, "2.26.32.4", "2026-11-12 04:48:30", "2023-05-21 09:15:00",
           rows(LOCATION, False, SENS) + sensors() + photos(True, True) + rows(["READ_CONTACTS", "WRITE_CONTACTS"], True, USS)
           + rows(["POST_NOTIFICATIONS"], True, USS),
           used(CAMERA=("top", "2026-11-15 19:22:47"), RECORD_AUDIO=("fgsvc", "2026-11-15 19:40:02"),
                READ_CONTACTS=("bg", "2026-11-16 09:02:33")), installer=PLAY)
    listed("com.facebook.katana", 10323, 493000512, "561.0.0.44.73", "2026-11-10 05:02:19", "2024-02-03 17:55:20",
           location(False) + sensors(False, SENS) + photos(False, True) + rows(["READ_CONTACTS"], False, SENS)
           + rows(["POST_NOTIFICATIONS"], False, FIXS),
           used(COARSE_LOCATION=("top", "2026-11-14 08:11:38")), modes=[("SYSTEM_ALERT_WINDOW", "allow")],
           install=[("SYSTEM_ALERT_WINDOW", True)], installer=PLAY)
    listed("com.snapchat.android", 10324, 142033, "14.20.0.33", "2026-11-08 04:30:58", "2025-12-27 15:09:44",
           location(True, flags=ONCE) + sensors() + photos(False, False) + rows(["READ_CONTACTS"], False, SENS),
           used(FINE_LOCATION=("top", "2026-11-16 08:40:11"), CAMERA=("top", "2026-11-16 08:39:52")), installer=PLAY)
    listed("com.twitter.android", 10325, 311400002, "11.40.0-release.2", "2026-11-07 05:11:00", "2024-06-30 11:20:31",
           rows(LOCATION, False, FIXS) + sensors(False, SENS) + photos(False, True), (), installer=PLAY)
    # From the site of its maker, through the browser; the service is the invented part.
    listed("org.telegram.messenger.web", 10326, 66820, "12.6.8", "2026-10-29 22:17:05", "2026-10-29 22:17:05",
           rows(LOCATION, False, SENS) + sensors() + rows(["READ_CONTACTS"], True, USS),
           used(READ_CONTACTS=("bg", "2026-11-16 06:00:12"), CAMERA=("top", "2026-11-12 20:31:00")),
           modes=[("ACCESS_RESTRICTED_SETTINGS", "allow"), ("REQUEST_INSTALL_PACKAGES", "allow")],
           install=[("REQUEST_INSTALL_PACKAGES", True)],
           installer="com.google.android.packageinstaller", originating=BROWSER, package_source=4)
    # Moved from the person's previous phone: nothing tells where it came from.
    listed("com.pinterest", 10327, 14388010, "14.38.0", "2026-03-02 13:00:00", "2026-03-02 13:00:00",
           photos(False, False), ())
    # The work profile.
    listed("com.linkedin.android", 10328, 194100, "4.1.1040", "2026-11-05 05:40:00", "2026-01-12 10:02:00",
           sensors(False, SENS) + rows(["READ_CONTACTS"], True, USS), used(READ_CONTACTS=("top", "2026-11-10 11:03:27")),
           user=10, installer=PLAY)
    listed("com.microsoft.teams", 10329, 2026228301, "1416/1.0.0.2026213001", "2026-11-06 05:40:00", "2026-01-12 10:01:00",
           sensors() + rows(["READ_CONTACTS"], False, "POLICY_FIXED " + SENS),
           used(CAMERA=("top", "2026-11-13 14:00:20"), RECORD_AUDIO=("fgsvc", "2026-11-16 09:01:02")),
           user=10, installer=PLAY, reason=1)

    both = lambda **state: {0: dict(state), 10: dict(state)}
    system_app = lambda name, appid, **more: app(name, appid, 350000000, "15", 35, "2009-01-01 01:00:00",
                                                 more.pop("users", both()), system=True, **more)
    p.packages += [
        system_app("com.facebook.appmanager", 10201, users={0: {}}),
        system_app(BROWSER, 10120),
        system_app("com.samsung.android.messaging", 10121),
        system_app("com.samsung.android.dialer", 10122),
        system_app("com.samsung.android.honeyboard", 10123),
        system_app("com.sec.android.app.launcher", 10124),
        system_app("com.google.android.gms", 10012),
        system_app(STORE_OF_MAKER, 10125),
        app(PORTAL, 10340, 6700, "5.0.6700.0", 35, "2026-10-15 04:00:00", {10: {"reason": 1}}, installer=PLAY),
        app("ca.example.transit", 10341, 812, "8.1.2", 35, "2026-09-20 04:00:00", {0: {"perms": location(True)}}, installer=PLAY),
        app("ca.example.bank", 10342, 4400, "44.0", 35, "2026-11-01 04:00:00", {0: {"perms": sensors(True)[:1]}}, installer=PLAY),
        app("ca.example.groceries", 10343, 96, "9.6", 35, "2026-08-11 04:00:00", {0: {}}, installer=PLAY),
        providers_contacts(),
    ]
    p.shared = [shared_contacts()]
    return p


def main():
    phone = staff_phone()
    phone.end_with_the_system()
    phone.package_dump()
    phone.appops_dump()
    # Every run of this script answers the same, on every machine: no key of a desk, no colours, no locale.
    environment = {**os.environ, "POUCET_ID_KEY": "example of a phone", "POUCET_CONFIG": "", "LC_ALL": "C", "NO_COLOR": "1"}
    destination = HERE / "staff-phone"
    with tempfile.TemporaryDirectory() as folder:
        answers = pathlib.Path(folder) / "answers"
        answers.mkdir()
        for name, text in sorted(phone.files.items()):
            (answers / name).write_text(text, encoding="utf-8", newline="\n")
        shutil.rmtree(destination, ignore_errors=True)
        subprocess.run(["cargo", "run", "--quiet", "--", "collect", str(answers), "-o", str(destination)],
                       cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    main()
