#!/bin/bash
# MVT lists the components of an app that are switched off or on among its runtime permissions.
#
# Version: mvt 2026.10.26 (PyPI).
# Seen: in `dumpsys package`, the block of a user goes on after "runtime permissions:" with "disabledComponents:" and
#   "enabledComponents:", whose rows stand at the same indentation. The parser knows four headings and these two are not among
#   them, so that an app with one permission and three such components comes out of `check-bugreport` with four runtime permissions:
#     android.permission.CAMERA            granted true
#     org.example.chat.OldShareActivity    granted null
#     org.example.chat.WidgetProvider      granted null
#     org.example.chat.AlarmReceiver       granted null
# Why it matters: many ordinary apps switch components on and off as they run. A count of permissions per app, or a comparison of
#   two phones made from this JSON, moves although nobody granted anything. Take only names with `granted` true or false.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check mvt==2026.10.26
mkdir report
printf 'dumpstate-2026-11-01-09-00-00.txt' > report/main_entry.txt
cat > report/dumpstate-2026-11-01-09-00-00.txt <<'D'
========================================================
== dumpstate: 2026-11-01 09:00:00
========================================================
-------------------------------------------------------------------------------
DUMP OF SERVICE package:
Packages:
  Package [org.example.chat] (a1b2c3):
    appId=10100
    versionCode=7 minSdk=26 targetSdk=34
    versionName=1.7
    requested permissions:
      android.permission.CAMERA
    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false notLaunched=false enabled=0 instant=false virtual=false
      runtime permissions:
        android.permission.CAMERA: granted=true, flags=[ USER_SET]
      disabledComponents:
        org.example.chat.OldShareActivity
        org.example.chat.WidgetProvider
      enabledComponents:
        org.example.chat.AlarmReceiver
--------- 0.010s was the duration of dumpsys package, ending at: 2026-11-01 09:00:01
D
HOME="$dir" venv/bin/mvt-android --disable-update-check --disable-indicator-update-check \
  check-bugreport --output out report > log 2>&1
python3 - <<'P' | tee result
import json
(package,) = json.load(open("out/dumpsys_packages.json"))
for row in package["users"][0]["permissions"]:
    print(row["name"], row["type"], row["granted"])
P
diff result - <<'R'
android.permission.CAMERA runtime True
org.example.chat.OldShareActivity runtime None
org.example.chat.WidgetProvider runtime None
org.example.chat.AlarmReceiver runtime None
R
