#!/bin/bash
# adbutils runs another command on the phone than the one it was given, when it is asked for the exit status.
#
# Version: adbutils 2.12.0 (PyPI).
# Seen: `shell2("settings list secure")` sends `settings list secure; echo X4EXIT:$?`, on a phone that speaks the protocol with exit
#   statuses (`shell_v2`) as well: that one is used only with `v2=True`. The ShellReturn names the command as it was given. So the
#   words after a `#` are lost together with the status:
#     shell2("settings list secure")               sent: settings list secure; echo X4EXIT:$?
#     shell2("settings list secure  # as agreed")  sent: settings list secure  # as agreed; echo X4EXIT:$?   -> AdbError, no status
#     shell2("settings list secure", v2=True)      sent: settings list secure
#   Standard error comes mixed into standard output in the first form, apart in the last.
# Why it matters: who audits a phone promises a list of commands, and may compare it with what the phone or a proxy logged. With
#   this call no line of the two is the same, and a refusal on standard error is read as a setting. Pass `v2=True`.
set -eu
server=; dir=$(mktemp -d); trap 'kill $server 2> /dev/null || :; rm -rf "$dir"' EXIT; cd "$dir"
cat > server.py <<'P'
import socketserver, struct, sys
class Adb(socketserver.StreamRequestHandler):
    """One phone that knows `settings list secure`; the shell stops at a `#`, as every shell does."""
    def handle(self):
        while length := self.rfile.read(4):
            question = self.rfile.read(int(length, 16)).decode()
            if question == "host:version":
                return self.wfile.write(b"OKAY00040029")
            if "features" in question:
                return self.wfile.write(b"OKAY0008shell_v2")
            if question.startswith("host:tport"):
                self.wfile.write(b"OKAY" + bytes(8))
                continue
            if question.startswith("host:transport"):
                self.wfile.write(b"OKAY")
                continue
            kind, command = question.split(":", 1)
            print(command, file=sys.stderr, flush=True)
            out = b"adb_enabled=1\n"
            if kind == "shell,v2":
                packet = lambda number, data: struct.pack("<BI", number, len(data)) + data
                return self.wfile.write(b"OKAY" + packet(1, out) + packet(3, b"\0"))
            if "X4EXIT" in command.split("#")[0]:
                out += b"X4EXIT:0\n"
            return self.wfile.write(b"OKAY" + out)
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Adb)
print(server.server_address[1], flush=True)
server.serve_forever()
P
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check adbutils==2.12.0
timeout 900 python3 server.py > port 2> sent & server=$!
until [ -s port ]; do sleep 0.1; done
venv/bin/python - "$(cat port)" <<'P' | tee result
import sys
import adbutils
phone = adbutils.AdbClient("127.0.0.1", int(sys.argv[1])).device("EXAMPLE0001")
for command, options in (("settings list secure", {}), ("settings list secure  # as agreed", {}), ("settings list secure", {"v2": True})):
    try:
        answer = phone.shell2(command, **options)
        print("told:", answer.command, "| status:", answer.returncode)
    except adbutils.AdbError as error:
        print("told:", command, "| status: none,", type(error).__name__)
P
sed 's/^/sent: /' sent | tee -a result
diff result - <<'R'
told: settings list secure | status: 0
told: settings list secure  # as agreed | status: none, AdbError
told: settings list secure | status: 0
sent: settings list secure; echo X4EXIT:$?
sent: settings list secure  # as agreed; echo X4EXIT:$?
sent: settings list secure
R
