#!/usr/bin/env python3
"""Prints snapshot lines of invented phones: `generate.py 1000 > snapshots.jsonl`. The same numbers give the same bytes.

The ids of the apps are real and stand in the catalogue, so that rules bite; everything else is invented. A line has some 7 kB with
three apps. Some rows hold quotes, backslashes and letters of other scripts, which a careless loader spoils.
"""
import argparse
import json
import random
import sys

APPS = [
    ("com.facebook.katana", "facebook", "Facebook"),
    ("com.facebook.lite", "facebook-lite", "Facebook Lite"),
    ("com.instagram.android", "instagram", "Instagram"),
    ("com.zhiliaoapp.musically", "tiktok", "TikTok"),
    ("com.snapchat.android", "snapchat", "Snapchat"),
    ("com.twitter.android", "x-twitter", "X (Twitter)"),
    ("com.whatsapp", "whatsapp", "WhatsApp"),
    ("com.pinterest", "pinterest", "Pinterest"),
    ("com.linkedin.android", "linkedin", "LinkedIn"),
    ("com.discord", "discord", "Discord"),
    ("com.bumble.app", "bumble", "Bumble"),
    ("com.bereal.ft", "bereal", "BeReal"),
    ("com.badoo.mobile", "badoo", "Badoo"),
    ("com.clubhouse.app", "clubhouse", "Clubhouse"),
    ("com.flickr.android", "flickr", "Flickr"),
    ("com.lemon.lvoverseas", "capcut", "CapCut"),
    ("sg.bigo.live", "bigo-live", "BIGO LIVE"),
    ("xyz.blueskyweb.app", "bluesky", "Bluesky"),
]

# Permission, its name on Android, and its levels as the phone may show them: level, state, who decided, reason.
GRANTS = [
    ("location", "ACCESS_COARSE_LOCATION", [
        ("while-in-use", "granted-by-person", "user", "while-in-use"),
        ("always", "granted-by-person", "user", "background-granted"),
        ("denied", "refused-by-person", "user", "refused-for-good")]),
    ("location-precise", "ACCESS_FINE_LOCATION", [
        ("always", "granted-by-person", "user", "precise"),
        ("limited", "granted-by-person", "user", "approximate-only")]),
    ("contacts", "READ_CONTACTS", [
        ("always", "granted-by-person", "user", "granted-by-person"),
        ("none", "never-asked", "default", "never-asked")]),
    ("camera", "CAMERA", [
        ("while-in-use", "granted-by-person", "user", "granted-by-person"),
        ("none", "never-asked", "default", "never-asked")]),
    ("microphone", "RECORD_AUDIO", [
        ("while-in-use", "granted-by-person", "user", "granted-by-person"),
        ("denied", "refused-by-person", "user", "refused-for-good")]),
    ("notifications", "POST_NOTIFICATIONS", [("always", "granted-by-person", "user", "granted-by-person")]),
]

MODELS = [("samsung", "SM-A356W"), ("Google", "Pixel 8"), ("motorola", "moto g\\stylus \"5G\""), ("HMD", "Nokia «Ä» 😀")]
LABELS = ["", "", " label=\"Chloé\\'s \\\\ phone\"", " path=C:\\new\\table", " label=日本 😀", " label=a|b,c;'d'"]


def row(source, line, text):
    return {"source": source, "line": line, "text": text}


def grant(chance, permission, name, levels, line):
    level, state, decided, code = chance.choice(levels)
    granted = "true" if state == "granted-by-person" else "false"
    text = f"android.permission.{name}: granted={granted}, flags=[ USER_SET]{chance.choice(LABELS)}"
    return {
        "permission": permission, "level": level, "state": state, "decided_by": decided,
        "because": {"code": code, "subject": f"android.permission.{name}"},
        "evidence": [row("dumpsys package", line, text)],
    }


def app(chance, known, position):
    identifier, slug, name = known
    line = 100 + 60 * position
    store = chance.random() < 0.9
    installer = "com.android.vending" if store else "null"
    made = {
        "id": identifier, "slug": slug, "name": name, "user": 0, "presence": "installed",
        "version": f"{chance.randint(1, 400)}.{chance.randint(0, 99)}.{chance.randint(0, 9)}",
    }
    if store:
        made["installer"] = installer
    made.update({
        "source": "play-store" if store else "unknown",
        "system": False, "enabled": True, "suspended": False, "stopped": False, "target_sdk": 35,
        "evidence": [
            row("dumpsys package", line, f"Package [{identifier}] ({chance.randrange(1 << 28):x}):"),
            row("dumpsys package", line + 1, f"installerPackageName={installer}"),
        ],
        "grants": [grant(chance, *kind, line + 2 + at) for at, kind in enumerate(GRANTS)
                   if kind[0].startswith("location") or chance.random() < 0.25],
    })
    return made


def settings(chance):
    days = chance.randint(10, 200)
    developer = chance.random() < 0.2
    found = {
        "unknown-sources": (chance.random() < 0.1, row("dumpsys appops", 9, "REQUEST_INSTALL_PACKAGES: mode=allow")),
        "os-updates": (days, row("getprop", 16, "[ro.build.version.security_patch]: [2026-10-01]")),
        "developer-options": (developer, row("settings global", 7, f"development_settings_enabled={int(developer)}")),
        "verified-boot": (True, row("getprop", 5, "[ro.boot.verifiedbootstate]: [green]")),
        "storage-encryption": (True, row("getprop", 17, "[ro.crypto.state]: [encrypted]")),
        "play-protect": (True, row("settings global", 8, "package_verifier_user_consent=1")),
    }
    gaps = []
    for check, source in [("screen-lock", "dumpsys lock_settings"), ("lock-notifications", "settings secure (user 0)")]:
        fate = chance.random()
        if fate < 0.7:
            found[check] = (check == "screen-lock", row(source, 1, "credential=PIN" if check == "screen-lock" else "show=0"))
        else:
            reason = "refused" if fate < 0.8 else "timed-out" if fate < 0.9 else "absent"
            gaps.append({"area": check, "reason": reason, "detail": source if reason == "absent" else ""})
    return {check: {"value": value, "evidence": [evidence]} for check, (value, evidence) in found.items()}, gaps


def snapshot(seed, number, apps):
    # Each line has its own chance, so that line 7 is the same whether ten are asked for or a million.
    chance = random.Random(f"{seed}/{number}")
    maker, model = chance.choice(MODELS)
    found, gaps = settings(chance)
    return {
        "schema": "poucet.snapshot/1",
        "tool": {"name": "poucet", "version": "0.1.0"},
        "taken_at": f"2026-11-{chance.randint(1, 23):02}T{chance.randint(8, 17):02}:{chance.randint(0, 59):02}:00-05:00",
        "source": {"kind": "bundle", "collected": "files", "name": f"phone-{number}"},
        "device": {
            "platform": "android", "manufacturer": maker, "model": model, "os_version": "15", "api_level": 35,
            "build": "AP3A.240905.015.A2", "patch_level": "2026-10-01", "timezone": "America/Toronto",
            "id": f"{chance.getrandbits(128):032x}",
        },
        "users": [{"id": 0, "kind": "primary"}],
        "apps": [app(chance, known, at) for at, known in enumerate(sorted(chance.sample(APPS, min(apps, len(APPS)))))],
        "other_apps": {"0": chance.randint(5, 90)},
        "settings": found,
        "switches": {"location": True, "camera": True, "microphone": True},
        "management": {},
        "config_profiles": [],
        "footprint": [],
        "gaps": gaps,
        "read": [{"source": source, "origin": source.replace(" ", "_") + ".txt", "lines": chance.randint(1, 900),
                  "bytes": chance.randint(10, 90000)}
                 for source in ("dumpsys appops", "dumpsys package", "getprop", "settings global")],
    }


def main():
    parser = argparse.ArgumentParser(description="Prints snapshot lines of invented phones.")
    parser.add_argument("lines", type=int, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other phones")
    parser.add_argument("--apps", type=int, default=3, help=f"named apps on each phone, at most {len(APPS)}")
    arguments = parser.parse_args()
    # The same bytes on every system: UTF-8, and no carriage returns.
    out = sys.stdout.buffer
    for number in range(1, arguments.lines + 1):
        line = json.dumps(snapshot(arguments.seed, number, arguments.apps), ensure_ascii=False, separators=(",", ":"))
        out.write(line.encode() + b"\n")


if __name__ == "__main__":
    main()
