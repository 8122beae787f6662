#!/bin/bash
# pure-python-adb leaves out every system property whose value has more than one line.
#
# Versions: pure-python-adb 0.3.0.dev0 (PyPI), beside @devicefarmer/adbkit 3.3.8 (npm).
# Seen: both clients ask for `getprop` and match its output with the same expression, in brackets that may span lines. adbkit
#   applies it to the whole answer; get_properties() of pure-python-adb splits the answer at line ends first, so that the first and the
#   last line of such a value match nothing. No error, no warning; the key is missing.
#     pure-python-adb  ro.product.model, ro.build.version.security_patch
#     adbkit           the same and persist.sys.boot.reason.history, in three lines
# Why it matters: persist.sys.boot.reason.history has a line per boot and says when the phone was last started, updated or reset.
#   "Not set" is then the answer for a phone that does set it. (The server below answers as adb does.)
set -eu
server=; dir=$(mktemp -d); trap 'kill $server 2> /dev/null || :; rm -rf "$dir"' EXIT; cd "$dir"
cat > server.py <<'P'
import socketserver, sys
PROPERTIES = """[ro.product.model]: [Example 1]
[persist.sys.boot.reason.history]: [reboot,1793520000
reboot,ota,1793433600
shutdown,1793347200]
[ro.build.version.security_patch]: [2026-11-05]
"""
class Adb(socketserver.StreamRequestHandler):
    def handle(self):
        while length := self.rfile.read(4):
            question = self.rfile.read(int(length, 16)).decode()
            if question == "host:version":
                return self.wfile.write(b"OKAY00040029")
            if question == "host:devices":
                return self.wfile.write(b"OKAY0013EXAMPLE0001\tdevice\n")
            if question.startswith("host:transport"):
                self.wfile.write(b"OKAY")
                continue
            assert question == "shell:getprop", question
            return self.wfile.write(b"OKAY" + PROPERTIES.encode())
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Adb)
print(server.server_address[1], flush=True)
server.serve_forever()
P
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check pure-python-adb==0.3.0.dev0
npm install --silent --no-audit --no-fund @devicefarmer/adbkit@3.3.8 > npm.log 2>&1
timeout 900 python3 server.py > port & server=$!
until [ -s port ]; do sleep 0.1; done
venv/bin/python - "$(cat port)" <<'P' | tee result
import sys
from ppadb.client import Client
properties = Client("127.0.0.1", int(sys.argv[1])).device("EXAMPLE0001").get_properties()
print("pure-python-adb:", *sorted(properties))
P
node - "$(cat port)" <<'J' | tee -a result
const { Adb } = require('@devicefarmer/adbkit');
const phone = Adb.createClient({ host: '127.0.0.1', port: Number(process.argv[2]) }).getDevice('EXAMPLE0001');
phone.getProperties().then((properties) => {
  console.log('adbkit:', ...Object.keys(properties).sort());
  console.log('lines:', properties['persist.sys.boot.reason.history'].split('\n').length);
  process.exit(0);
});
J
diff result - <<'R'
pure-python-adb: ro.build.version.security_patch ro.product.model
adbkit: persist.sys.boot.reason.history ro.build.version.security_patch ro.product.model
lines: 3
R
