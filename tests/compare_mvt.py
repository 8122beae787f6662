#!/usr/bin/env python3
"""Compares what poucet and MVT read in the same iOS backups: nothing that MVT extracts may be missing from poucet.

    compare_mvt.py POUCET FOLDER [--mvt-ios PROGRAM] [--password WORD] [--timeout SECONDS]

FOLDER is a backup or holds backups. An encrypted one is decrypted by MVT into a temporary folder, which is removed;
its password stands in `NAME.truth.json` beside it, in its name after `_pw_`, or in --password. `mvt-ios` is a program
of its own (https://docs.mvt.re); it is looked for in PATH. Backups to compare are written by

    POUCET_WRITE_BACKUPS=FOLDER cargo test --test whole -- --ignored backups_for_other_programs

Prints a table: backup, module, rows of MVT, rows that poucet has as well, rows that it only counts or leaves aside on
purpose (parts of the system, clients that are no installed app, services that are no permission), and what is missing. Exit code 0: nothing is missing; 1: something
is; 2: wrong arguments, or poucet gave no snapshot; 77: there is no mvt-ios, nothing was compared.
"""
import argparse
import datetime
import json
import os
import plistlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Services of TCC.db that are a permission in poucet, with the level of "allowed".
SERVICES = {
    "Camera": ("camera", "while-in-use"),
    "Microphone": ("microphone", "while-in-use"),
    "AddressBook": ("contacts", "always"),
    "Photos": ("photos", "always"),
    "PhotosAdd": ("photos-add", "always"),
    "Calendar": ("calendar", "always"),
    "Reminders": ("reminders", "always"),
    "BluetoothAlways": ("nearby-devices", "always"),
    "Motion": ("motion", "always"),
    "MediaLibrary": ("audio-files", "always"),
    "SpeechRecognition": ("speech", "always"),
    "Siri": ("siri", "always"),
    "FaceID": ("face-id", "always"),
    "UserTracking": ("tracking", "always"),
    "Willow": ("home", "always"),
}
# Services that stand for no permission of an app in poucet's vocabulary, on purpose: they ask nobody, or tell of
# something that no rule is about.
ASIDE = {"Liverpool", "Ubiquity", "FocusStatus", "WebKitIntelligentTrackingPrevention", "Calls", "ShareKit"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("poucet", type=Path, help="the program")
    parser.add_argument("folder", type=Path, help="a backup, or a folder of backups")
    parser.add_argument("--mvt-ios", help="MVT's program; otherwise the one in PATH")
    parser.add_argument("--password", help="for encrypted backups whose name does not tell it")
    parser.add_argument("--timeout", type=float, default=300, help="seconds that a program may take")
    return parser.parse_args()


def backups(folder):
    """The backups in a folder, or the folder itself."""
    if (folder / "Manifest.db").exists():
        return [folder]
    return sorted(path for path in folder.iterdir() if (path / "Manifest.db").exists())


def is_encrypted(backup):
    try:
        with open(backup / "Manifest.plist", "rb") as file:
            return bool(plistlib.load(file).get("IsEncrypted"))
    except (OSError, ValueError):
        return False


def password_of(backup, given):
    truth = backup.with_name(backup.name + ".truth.json")
    if truth.exists():
        told = json.loads(truth.read_text(encoding="utf-8")).get("password")
        if told is not None:
            return told
    if "_pw_" in backup.name:
        return backup.name.split("_pw_", 1)[1]
    return given


def read_by_mvt(program, backup, password, room, timeout):
    """What MVT extracts, by module; None where it reads nothing at all."""
    environment = {**os.environ, "HOME": str(room), "NO_COLOR": "1"}
    call = [program, "--disable-update-check", "--disable-indicator-update-check"]

    def run(*words):
        return subprocess.run([*call, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=timeout, check=False)

    if is_encrypted(backup):
        clear = room / "clear"
        run("decrypt-backup", "-p", password or "", "-d", str(clear), str(backup))
        if not (clear / "Manifest.db").exists():
            return None
        backup = clear
    results = room / "results"
    run("check-backup", "-o", str(results), str(backup))
    if not results.is_dir():
        return None
    modules = {}
    for name in ("tcc", "locationd_clients", "applications", "configuration_profiles"):
        file = results / f"{name}.json"
        modules[name] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    return modules


def read_by_poucet(program, backup, password, room, timeout):
    environment = {"HOME": str(room), "PATH": os.environ.get("PATH", ""), "POUCET_ID_KEY": "compare-with-others", "LC_ALL": "C.UTF-8"}
    if password is not None:
        environment["POUCET_BACKUP_PASSWORD"] = password
    done = subprocess.run([str(program), "snapshot", str(backup), "--all-apps"], env=environment,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        words = done.stderr.decode("utf-8", "replace").strip()
        print(f"compare_mvt.py: {backup.name}: poucet gave no snapshot (exit code {done.returncode}): {words}",
              file=sys.stderr)
        sys.exit(2)


def moment(text):
    """Seconds since 1970 of a time as either program writes it; MVT's have no zone and are UTC."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=datetime.timezone.utc)
    return int(time.timestamp())


def grants(snapshot):
    return {app["id"]: {grant["permission"]: grant for grant in app["grants"]} for app in snapshot["apps"]}


def compare_tcc(rows, snapshot):
    """Each row of an installed app is a grant of that level; the others are counted."""
    granted, missing, seen, aside, others, unknown = grants(snapshot), [], 0, 0, set(), []
    for row in rows:
        service = row["service"].removeprefix("kTCCService")
        client, answer = row["client"], row.get("auth_value", row.get("allowed_value"))
        if answer is None:
            # Old databases have yes and no.
            answer = {"0": "denied", "1": "allowed", "False": "denied", "True": "allowed"}.get(str(row.get("allowed")))
        if client not in granted:
            others.add(client)
            aside += 1
            continue
        if service in ASIDE:
            aside += 1
            continue
        if service not in SERVICES:
            unknown.append(f"{client}: {service}: neither a grant nor counted")
            continue
        permission, allowed = SERVICES[service]
        # MVT has no word for 4, "add only".
        level = {"denied": "denied", "allowed": allowed, "limited": "limited", "": "limited"}.get(answer)
        grant = granted[client].get(permission)
        if grant is None:
            # A value that has no meaning is a gap of the app.
            if level is not None or not has_gap(snapshot, permission, client):
                missing.append(f"{client}: {permission}: MVT has {answer}")
            else:
                aside += 1
            continue
        seen += 1
        # Who sees photos may add some, whatever the row for adding says.
        follows = permission == "photos-add" and granted[client].get("photos", {}).get("level") in ("limited", "always")
        if follows:
            continue
        if level is not None and grant["level"] != level and grant["because"]["code"] != "off-for-all-apps":
            missing.append(f"{client}: {permission}: MVT has {answer}, poucet {grant['level']}")
        changed = moment(grant.get("changed_at"))
        if changed is not None and changed != moment(row.get("last_modified")):
            missing.append(f"{client}: {permission}: MVT has {row.get('last_modified')}, poucet {grant['changed_at']}")
    # Services that poucet does not know are counted: "read so many of so many".
    counted = sum(gap["of"] - gap["read"] for gap in snapshot["gaps"] if gap["area"] == "TCC.db" and gap.get("of"))
    if len(unknown) > counted:
        missing += unknown
    else:
        aside += len(unknown)
    counted = sum(snapshot.get("other_clients", {}).values())
    if counted < len(others):
        missing.append(f"{len(others)} clients that are no installed app, and poucet counts {counted}")
    return seen, aside, missing


def has_gap(snapshot, permission, app):
    return any(gap["area"] == permission and gap.get("app") == app for gap in snapshot["gaps"])


def compare_clients(rows, snapshot):
    granted, missing, seen, aside = grants(snapshot), [], 0, 0
    levels = {1: ("denied",), 2: ("while-in-use", "always"), 4: ("always",), 0: ("none", "ask")}
    for row in rows:
        bundle = row.get("BundleId")
        if bundle is None:
            # MVT strips the colon of a key of iOS 17 and later, and leaves the letter.
            key = row["package"].rstrip(":")
            bundle = key[1:] if key not in granted and key[1:] in granted else key
        if bundle not in granted:
            aside += 1
            continue
        grant, authorization = granted[bundle].get("location"), row.get("Authorization")
        if grant is None:
            if authorization in (1, 2, 4):
                missing.append(f"{bundle}: location: MVT has {authorization}")
            else:
                aside += 1
            continue
        seen += 1
        if authorization in levels and grant["level"] not in levels[authorization]:
            missing.append(f"{bundle}: location: MVT has {authorization}, poucet {grant['level']}")
        if authorization == 2 and grant["level"] == "always" and not row.get("ProvisionalMonitoring"):
            missing.append(f"{bundle}: location: MVT has while in use, poucet always")
        precise = granted[bundle].get("location-precise", {}).get("level")
        if authorization in (2, 4) and row.get("CorrectiveCompensationEnabled") == 2 and precise != "limited":
            missing.append(f"{bundle}: location: MVT has approximate, poucet {precise}")
        stopped = moment(row.get("LocationTimeStopped"))
        if stopped is not None and stopped > 0:
            used = moment((grant.get("last_used") or {}).get("at"))
            if used is None or used < stopped:
                missing.append(f"{bundle}: location: MVT has a use at {row['LocationTimeStopped']}")
    return seen, aside, missing


def compare_apps(rows, snapshot):
    apps, missing, seen = {app["id"]: app for app in snapshot["apps"]}, [], 0
    for row in rows:
        bundle = row.get("softwareVersionBundleId") or row["name"]
        if bundle not in apps:
            missing.append(f"{bundle} is not listed")
            continue
        seen += 1
        version = row.get("bundleShortVersionString")
        if version is not None and apps[bundle]["version"] != version:
            missing.append(f"{bundle}: MVT has version {version}, poucet {apps[bundle]['version']}")
    return seen, 0, missing


def compare_profiles(rows, snapshot):
    profiles, missing, seen = {profile["id"]: profile for profile in snapshot["config_profiles"]}, [], 0
    for row in rows:
        stub = row["plist"]
        profile = profiles.get(stub["PayloadIdentifier"])
        if profile is None:
            missing.append(f"{stub['PayloadIdentifier']} is not listed")
            continue
        seen += 1
        types = {payload["PayloadType"] for payload in stub.get("PayloadContent", [])}
        if not types <= set(profile.get("payloads", [])):
            missing.append(f"{stub['PayloadIdentifier']}: MVT has the payloads {sorted(types)}")
        installed = moment(profile.get("installed_at"))
        if installed is not None and installed != moment(stub.get("InstallDate")):
            missing.append(f"{stub['PayloadIdentifier']}: MVT has {stub.get('InstallDate')}")
    return seen, 0, missing


COMPARISONS = {
    "tcc": compare_tcc,
    "locationd_clients": compare_clients,
    "applications": compare_apps,
    "configuration_profiles": compare_profiles,
}


def main():
    options = arguments()
    program = options.mvt_ios or shutil.which("mvt-ios")
    if program is None or shutil.which(program) is None:
        print("compare_mvt.py: there is no mvt-ios: nothing was compared", file=sys.stderr)
        return 77
    found = backups(options.folder)
    if not found:
        print(f"compare_mvt.py: no backup in {options.folder.name}", file=sys.stderr)
        return 2
    form = "{:<44} {:<24} {:>8} {:>8} {:>8} {:>8}"
    print(form.format("backup", "module", "MVT", "poucet", "aside", "missing"))
    lines = []
    for backup in found:
        password = password_of(backup, options.password) if is_encrypted(backup) else None
        with tempfile.TemporaryDirectory() as room:
            room = Path(room)
            modules = read_by_mvt(program, backup, password, room, options.timeout)
            snapshot = read_by_poucet(options.poucet.resolve(), backup, password, room, options.timeout)
        if modules is None:
            print(form.format(backup.name, "(MVT reads nothing of it)", "-", "-", "-", "-"))
            continue
        for module, compare in COMPARISONS.items():
            seen, aside, missing = compare(modules[module], snapshot)
            print(form.format(backup.name, module, len(modules[module]), seen, aside, len(missing)))
            lines += [f"{backup.name}: {module}: {line}" for line in missing]
    for line in lines:
        print(f"missing: {line}")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
