#!/bin/bash
# The one variable that says where usbmuxd listens has two spellings for a socket file, and no spelling works in all tools.
#
# Versions: pymobiledevice3 11.45.0 (PyPI), go-ios 1.2.0 (npm), libimobiledevice 1.3.0-6+b3 with libusbmuxd 2.0.2-3 (Debian 12).
# Seen, of USBMUXD_SOCKET_ADDRESS, with the same server behind a socket file and a port:
#                        idevice_id (libusbmuxd)      pymobiledevice3               go-ios
#     UNIX:/path         lists the iPhone             ValueError (port "/path")     "unknown port"
#     /path              "Unable to retrieve device   lists the iPhone              lists the iPhone
#                        list!", exit 255
#     127.0.0.1:PORT     lists the iPhone             lists the iPhone              lists the iPhone
# Why it matters: a desk that shares usbmuxd with a container by its socket file sets the variable once, and half of its tools say
#   that no iPhone is there. Only HOST:PORT means the same to all of them.
set -eu
server=; dir=$(mktemp -d); trap 'kill $server 2> /dev/null || :; rm -rf "$dir"' EXIT; cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check pymobiledevice3==11.45.0
npm install --silent --no-audit --no-fund go-ios@1.2.0 > npm.log 2>&1
# Unpacked here, not installed on the computer.
apt-get download -qq libimobiledevice-utils=1.3.0-6+b3 libimobiledevice6=1.3.0-6+b3 libusbmuxd6=2.0.2-3 libplist3=2.2.0-6+b2 2> apt.log
for package in *.deb; do dpkg -x "$package" debian; done
libraries=$(dirname "$(find debian -name 'libusbmuxd-2.0.so.6' | head -1)")
cat > server.py <<'P'
import os, plistlib, socketserver, struct, sys, threading
PHONE = {"ConnectionType": "USB", "DeviceID": 1, "LocationID": 0, "ProductID": 4776, "SerialNumber": "00008110-000A11112222333E"}
ANSWER = {"DeviceList": [{"DeviceID": 1, "MessageType": "Attached", "Properties": PHONE}]}
class Usbmuxd(socketserver.StreamRequestHandler):
    def handle(self):
        while head := self.rfile.read(16):
            length, version, kind, tag = struct.unpack("<4I", head)
            question = plistlib.loads(self.rfile.read(length - 16))
            answer = ANSWER if question["MessageType"] == "ListDevices" else {"MessageType": "Result", "Number": 0}
            data = plistlib.dumps(answer)
            self.wfile.write(struct.pack("<4I", 16 + len(data), 1, 8, tag) + data)
file = socketserver.ThreadingUnixStreamServer(sys.argv[1], Usbmuxd)
port = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Usbmuxd)
threading.Thread(target=file.serve_forever, daemon=True).start()
print(port.server_address[1], flush=True)
port.serve_forever()
P
timeout 900 python3 server.py "$dir/usbmuxd" > port & server=$!
until [ -s port ]; do sleep 0.1; done
export HOME="$dir"
# The package's own launcher needs an install script, which npm may not run.
case $(uname -m) in x86_64) arch=amd64 ;; *) arch=arm64 ;; esac
ios=node_modules/go-ios/dist/go-ios-linux-${arch}_linux_$arch/ios; chmod +x "$ios"
for address in "UNIX:$dir/usbmuxd" "$dir/usbmuxd" "127.0.0.1:$(cat port)"; do
  export USBMUXD_SOCKET_ADDRESS=$address
  LD_LIBRARY_PATH=$libraries debian/usr/bin/idevice_id -l > libusbmuxd 2>&1 || :
  venv/bin/pymobiledevice3 usbmux list --simple > pymobiledevice3 2>&1 || :
  $ios list > go-ios 2>&1 || :
  told=
  for tool in libusbmuxd pymobiledevice3 go-ios; do
    if grep -q 00008110-000A11112222333E "$tool"; then told="$told $tool: yes"; else told="$told $tool: no"; fi
  done
  echo "$address$told" | sed "s|$dir|DIR|; s|:$(cat port)|:PORT|" | tee -a result
done
diff result - <<'R'
UNIX:DIR/usbmuxd libusbmuxd: yes pymobiledevice3: no go-ios: no
DIR/usbmuxd libusbmuxd: no pymobiledevice3: yes go-ios: yes
127.0.0.1:PORT libusbmuxd: yes pymobiledevice3: yes go-ios: yes
R
