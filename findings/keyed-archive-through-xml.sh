#!/bin/bash
# A keyed archive of an iPhone that went through XML once is read as nothing, without an error.
#
# Versions: NSKeyedUnArchiver 1.5.2, bpylist2 4.1.1 (PyPI); Python's own plistlib.
# Seen: files such as com.apple.networkextension.plist hold an object graph (NSKeyedArchiver) whose references are UIDs, a type that only the
#   binary form has. Apple's plutil, libplist's plistutil and most viewers write them into XML as a dictionary with one key, `CF$UID`.
#   Then:
#     NSKeyedUnArchiver on the binary file  {'Name': 'Example', 'Enabled': True}
#     NSKeyedUnArchiver on the XML file     {'CF$UID': 1}       no error: a dictionary, without any of the keys that are asked for
#     plistlib writing that XML             TypeError: unsupported type: <class 'plistlib.UID'>
#   Written back as binary the references stay dictionaries: NSKeyedUnArchiver answers as before, bpylist2 fails with TypeError.
# Why it matters: evidence is often converted "so that it can be read". A reader that then looks for VPN or local network rules finds no
#   key, and "nothing configured" is reported of a phone that has it. Keep the binary file, and take a `$top` that is no UID as damage.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check NSKeyedUnArchiver==1.5.2 bpylist2==4.1.1
venv/bin/python - <<'P' | tee result
import plistlib
import NSKeyedUnArchiver
from bpylist2 import archiver

def graph(uid):
    """Two pairs in a dictionary, as Apple's archiver writes it."""
    return {
        "$archiver": "NSKeyedArchiver", "$version": 100000, "$top": {"root": uid(1)},
        "$objects": [
            "$null",
            {"NS.keys": [uid(2), uid(3)], "NS.objects": [uid(4), uid(5)], "$class": uid(6)},
            "Name", "Enabled", "Example", True,
            {"$classname": "NSDictionary", "$classes": ["NSDictionary", "NSObject"]},
        ],
    }

binary = plistlib.dumps(graph(plistlib.UID), fmt=plistlib.FMT_BINARY)
xml = plistlib.dumps(graph(lambda number: {"CF$UID": number}))  # as plutil -convert xml1 writes it
back = plistlib.dumps(plistlib.loads(xml), fmt=plistlib.FMT_BINARY)

def told(name, call):
    try:
        print(name, call())
    except Exception as error:
        print(name, type(error).__name__ + ":", error)

for name, data in (("binary:", binary), ("xml:", xml), ("back to binary:", back)):
    told("NSKeyedUnArchiver, " + name, lambda: NSKeyedUnArchiver.unserializeNSKeyedArchiver(data))
told("bpylist2, binary:", lambda: archiver.unarchive(binary))
told("bpylist2, back to binary:", lambda: archiver.unarchive(back))
told("plistlib, to xml:", lambda: plistlib.dumps(plistlib.loads(binary)))
P
diff result - <<'R'
NSKeyedUnArchiver, binary: {'Name': 'Example', 'Enabled': True}
NSKeyedUnArchiver, xml: {'CF$UID': 1}
NSKeyedUnArchiver, back to binary: {'CF$UID': 1}
bpylist2, binary: {'Name': 'Example', 'Enabled': True}
bpylist2, back to binary: TypeError: unhashable type: 'dict'
plistlib, to xml: TypeError: unsupported type: <class 'plistlib.UID'>
R
