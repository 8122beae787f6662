#!/bin/bash
# One JSON Schema, one TOML file with a date: Taplo accepts the date, Tombi refuses it, unless the schema says `format`.
#
# Versions: tombi 1.9.6 (PyPI), @taplo/cli 0.7.0 (npm).
# Seen: TOML has dates of its own (`granted = 2026-11-01`, without quotes), JSON has none, so that a schema for TOML writes
#   `{"type": "string", "pattern": "^[0-9]{4}-…$"}`. Taplo hands the date to the schema as a string, and the pattern holds. Tombi keeps
#   it a date: "expected a value of type String, but found LocalDate", exit 1. With `"format": "date"` both accept it, with the pattern or
#   without.
# Why it matters: waivers and profiles of an audit are TOML with dates, checked in an editor by a published schema. Half of the editors
#   underline every right date, and people quote it to be left alone, which the program may refuse.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check tombi==1.9.6
npm install --silent --no-audit --no-fund @taplo/cli@0.7.0 > npm.log 2>&1
pattern='"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"'
echo "{\"type\": \"object\", \"properties\": {\"granted\": {$pattern}}}" > pattern.json
echo "{\"type\": \"object\", \"properties\": {\"granted\": {$pattern, \"format\": \"date\"}}}" > format.json
for schema in pattern format; do
  printf '#:schema ./%s.json\ngranted = 2026-11-01\n' "$schema" > "$schema.toml"
  code=0; HOME="$dir" venv/bin/tombi lint --offline "$schema.toml" > "tombi-$schema" 2>&1 || code=$?
  words=$(grep -o 'expected a value of type String, but found LocalDate' "tombi-$schema" || :)
  echo "$schema: tombi $code $words" | tee -a result
  code=0; node_modules/.bin/taplo lint --schema "file://$dir/$schema.json" "$schema.toml" > "taplo-$schema" 2>&1 || code=$?
  echo "$schema: taplo $code" | tee -a result
done
sed 's/ *$//' result | diff - <(cat <<'R'
pattern: tombi 1 expected a value of type String, but found LocalDate
pattern: taplo 0
format: tombi 0
format: taplo 0
R
)
