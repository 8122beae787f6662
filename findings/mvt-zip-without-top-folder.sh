#!/bin/bash
# MVT reads an AndroidQF acquisition in a zip only if one folder stands around its files, and ends with exit code 0 either way.
#
# Version: mvt 2026.10.26 (PyPI).
# Seen: `mvt-android check-androidqf` takes a folder whose files lie at its top, as AndroidQF writes it. Zip the same files from
#   inside that folder (`cd acquisition && zip -r ../phone.zip .`) and MVT says "packages.json file not found in this androidqf
#   bundle. Possibly malformed?" and "Identified 0 settings", raises no alert and exits 0. Zip the folder itself and it reads
#   everything. It looks for `*/packages.json` among the names in the zip, and `*/` must match something.
#     folder             exit 0, packages and settings read, 2 alerts
#     zip of its files   exit 0, nothing read, 0 alerts
#     zip of the folder  exit 0, packages and settings read, 2 alerts
# Why it matters: a script that checks a shelf of zips by exit code, or by "0 alerts", takes phones for clean that were never read.
#   Whoever packs evidence for MVT puts one folder around it; whoever runs MVT counts its output files.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check mvt==2026.10.26
mkdir acquisition
cat > acquisition/packages.json <<'J'
[{"name": "org.example.chat", "files": [], "installer": "null", "uid": 10100, "disabled": false, "system": false, "third_party": true}]
J
printf '[ro.product.vendor.model]: [Example 1]\n' > acquisition/getprop.txt
printf 'adb_enabled=1\naccessibility_enabled=1\n' > acquisition/settings_secure.txt
python3 - <<'P'
import os, zipfile
for name, top in (("files.zip", ""), ("folder.zip", "acquisition/")):
    with zipfile.ZipFile(name, "w") as zip:
        for file in sorted(os.listdir("acquisition")):
            zip.write("acquisition/" + file, top + file)
P
for input in acquisition files.zip folder.zip; do
  code=0
  HOME="$dir" venv/bin/mvt-android --disable-update-check --disable-indicator-update-check \
    check-androidqf --non-interactive --output "out-$input" "$input" > "log-$input" 2>&1 || code=$?
  alerts=0; [ ! -f "out-$input/alerts.json" ] || alerts=$(grep -c '"level"' "out-$input/alerts.json")
  read=no; [ ! -f "out-$input/aqf_packages.json" ] || read=yes
  echo "$input: exit $code, packages read: $read, alerts: $alerts" | tee -a result
done
diff result - <<'R'
acquisition: exit 0, packages read: yes, alerts: 2
files.zip: exit 0, packages read: no, alerts: 0
folder.zip: exit 0, packages read: yes, alerts: 2
R
