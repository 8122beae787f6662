#!/bin/bash
# The usual reader of binary property lists in JavaScript cuts integers to 32 bits, with their sign.
#
# Versions: bplist-parser 0.3.2 (npm; December 2024 to September 2026 the newest), as simple-plist 1.4.0 still asks for by exact
#   version; bplist-parser 0.5.0 reads them right. Written by Python's plistlib.
# Seen: the eight bytes of an integer are put together with JavaScript's bit operators, which work on 32 bits.
#     2147483647 -> 2147483647        (the last that is right)
#     2147483648 -> -2147483648
#     4294967301 -> 5
#     5000000000 -> 705032704
#   The same values in an XML property list come out right, from the same call of simple-plist.
# Why it matters: property lists of iPhones hold such numbers: sizes of files beyond 2 GiB, the chip id (ECID) by which a device is
#   known, identifiers of 64 bits, and from 2038 on, times in seconds since 1970. Nothing fails; the number is another one, and a
#   device told by its ECID is another device.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm install --silent --no-audit --no-fund simple-plist@1.4.0 > npm.log 2>&1
npm install --silent --no-audit --no-fund --prefix newer bplist-parser@0.5.0 > npm.log 2>&1
python3 - <<'P'
import plistlib
values = {"largest": 2**31 - 1, "next": 2**31, "five": 2**32 + 5, "five GB": 5_000_000_000}
plistlib.dump(values, open("binary.plist", "wb"), fmt=plistlib.FMT_BINARY)
plistlib.dump(values, open("xml.plist", "wb"))
P
cat > read.js <<'J'
const simple = require('simple-plist');
const newer = require('./newer/node_modules/bplist-parser');
console.log('installed:', require('bplist-parser/package.json').version);
const told = (name, values) => console.log(name, values.largest, values.next, values.five, values['five GB']);
told('binary:', simple.readFileSync('binary.plist'));
told('xml:', simple.readFileSync('xml.plist'));
told('binary, 0.5.0:', newer.parseBuffer(require('fs').readFileSync('binary.plist'))[0]);
J
node read.js | tee result
diff result - <<'R'
installed: 0.3.2
binary: 2147483647 -2147483648 5 705032704
xml: 2147483647 2147483648 4294967301 5000000000
binary, 0.5.0: 2147483647 2147483648 4294967301 5000000000
R
