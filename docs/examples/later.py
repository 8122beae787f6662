#!/usr/bin/env python3
"""Writes `staff-phone-later.json`: the example phone of this folder a week after the desk saw it, as a snapshot.

`python3 docs/examples/later.py`. What was done on the phone, and what its owner did since, is written below; the same code gives
the same bytes.
"""
import json
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COMMAND = ["cargo", "run", "--quiet", "--", "snapshot", "docs/examples/staff-phone"]


def main():
    environment = {**os.environ, "POUCET_CONFIG": "", "LC_ALL": "C"}
    done = subprocess.run(COMMAND, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    phone = json.loads(done.stdout)
    phone["taken_at"] = "2026-11-23T09:05:00-05:00"
    phone["source"] = {"kind": "bundle", "collected": "files", "name": "staff-phone-later"}
    apps = {app["id"]: app for app in phone["apps"]}

    def grant(app, permission):
        return next(grant for grant in apps[app]["grants"] if grant["permission"] == permission)

    # What the desk asked for and the person did.
    del apps["org.telegram.messenger.web"]
    location = grant("com.zhiliaoapp.musically", "location")
    location.update(level="while-in-use", because={"code": "while-in-use", "subject": "ACCESS_FINE_LOCATION"})
    contacts = grant("com.zhiliaoapp.musically", "contacts")
    contacts.update(level="denied", state="refused-by-person", because={"code": "refused-by-person"})
    phone["device"]["patch_level"] = "2026-11-01"
    phone["footprint"] = [trace for trace in phone["footprint"] if trace["trace"] != "usb-debugging"]
    # What happened since.
    apps["com.zhiliaoapp.musically"]["version"] = "46.1.0"
    camera = grant("com.instagram.android", "camera")
    camera["last_used"] = {"at": "2026-11-21T19:12:40-05:00", "how": "foreground"}
    grant("com.instagram.android", "location").update(level="always", because={"code": "background-granted"})
    lite = apps.pop("com.facebook.katana")
    lite.update(id="com.facebook.lite", slug="facebook-lite", name="Facebook Lite", version="480.0.0.8.110",
                installed_at="2026-11-18T20:03:00-05:00", updated_at="2026-11-18T20:03:00-05:00")
    apps["com.facebook.lite"] = lite
    # And what could not be read this time.
    del phone["settings"]["lock-notifications"]
    phone["gaps"].append({"area": "lock-notifications", "reason": "refused", "detail": ""})
    phone["gaps"].sort(key=lambda gap: gap["area"])
    phone["apps"] = [apps[name] for name in sorted(apps)]
    text = json.dumps(phone, indent=2, ensure_ascii=False) + "\n"
    (HERE / "staff-phone-later.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
