#!/bin/bash
# Three libraries give three answers to "which phones are plugged in?", from one and the same list of the ADB server.
#
# Versions: pure-python-adb 0.3.0.dev0 and adbutils 2.12.0 (PyPI), @devicefarmer/adbkit 3.3.8 (npm).
# The list: four phones, one ready, one that waits for "Allow", one offline, one that udev does not let the computer open
#   (the words are adb's own: "no permissions (…); see […]", a state with blanks in it).
# Seen:
#   pure-python-adb  devices()              four devices, none with its state: the refused ones look ready until the first command
#   adbutils         device_list()          one device; the other three are not there, nor is there an error
#   adbutils         list()                 four, and the last one's state is "no"
#   adbkit           listDevices()          four, with the whole state
#   adbkit           listDevicesWithPaths() four; the fields are taken by position, so that a phone without a product has
#                                           `product: "transport_id:2"`, and the last one is of type "no" at path "permissions"
# Why it matters: a desk that reads "one phone" while two owners wait with theirs on the cable sends them away unread; a batch that
#   reads "four" reports three failures of reading for what is one tap on the phone. Ask for the state, and match it as adb prints it.
set -eu
server=; dir=$(mktemp -d); trap 'kill $server 2> /dev/null || :; rm -rf "$dir"' EXIT; cd "$dir"
cat > server.py <<'P'
import socketserver
REFUSED = "no permissions (missing udev rules? user is in the plugdev group); see [http://developer.android.com/tools/device.html]"
SHORT = f"EXAMPLE0001\tdevice\nEXAMPLE0002\tunauthorized\nEXAMPLE0003\toffline\nEXAMPLE0004\t{REFUSED}\n"
LONG = f"""EXAMPLE0001            device usb:1-1 product:example model:Example_1 device:example transport_id:1
EXAMPLE0002            unauthorized usb:1-2 transport_id:2
EXAMPLE0003            offline usb:1-3 transport_id:3
EXAMPLE0004            {REFUSED} usb:1-4 transport_id:4
"""
class Adb(socketserver.StreamRequestHandler):
    def handle(self):
        question = self.rfile.read(int(self.rfile.read(4), 16)).decode()
        answer = {"host:version": "0029", "host:devices": SHORT, "host:devices-l": LONG}[question].encode()
        self.wfile.write(b"OKAY%04x" % len(answer) + answer)
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Adb)
print(server.server_address[1], flush=True)
server.serve_forever()
P
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check pure-python-adb==0.3.0.dev0 adbutils==2.12.0
npm install --silent --no-audit --no-fund @devicefarmer/adbkit@3.3.8 > npm.log 2>&1
timeout 900 python3 server.py > port & server=$!
until [ -s port ]; do sleep 0.1; done
venv/bin/python - "$(cat port)" <<'P' | tee result
import sys
import adbutils
from ppadb.client import Client
port = int(sys.argv[1])
print("pure-python-adb devices():", len(Client("127.0.0.1", port).devices()))
client = adbutils.AdbClient("127.0.0.1", port)
print("adbutils device_list():", len(client.device_list()))
print("adbutils list():", [phone.state for phone in client.list()])
P
node - "$(cat port)" <<'J' | tee -a result
const { Adb } = require('@devicefarmer/adbkit');
const client = Adb.createClient({ host: '127.0.0.1', port: Number(process.argv[2]) });
(async () => {
  const phones = await client.listDevices();
  console.log('adbkit listDevices():', phones.length, phones[3].type.startsWith('no permissions (missing udev rules?'));
  const long = await client.listDevicesWithPaths();
  console.log('adbkit listDevicesWithPaths():', long[1].product, long[3].type, long[3].path);
  process.exit(0);
})();
J
diff result - <<'R'
pure-python-adb devices(): 4
adbutils device_list(): 1
adbutils list(): ['device', 'unauthorized', 'offline', 'no']
adbkit listDevices(): 4 true
adbkit listDevicesWithPaths(): transport_id:2 no permissions
R
