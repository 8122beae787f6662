#!/bin/bash
# Two Python readers of Apple's keyed archives: one gives NSNull as an empty dictionary and a set as a dictionary, the other refuses.
#
# Versions: NSKeyedUnArchiver 1.5.2, bpylist2 4.1.1 (PyPI).
# Seen:
#     class     NSKeyedUnArchiver                 bpylist2
#     (nil)     None                              None
#     NSNull    {}                                MissingClassMapping
#     NSSet     {'NS.objects': ['a']}             {'a'}
#     NSUUID    {'NS.uuidbytes': b'…'}            MissingClassMapping
#     any other class of an app or of Apple:
#               its fields, without its name      MissingClassMapping, for the whole file
#   So an object that has the fields A and B, and a dictionary with the keys A and B, are the same after NSKeyedUnArchiver, and
#   `"a" in value` is False for a set that holds "a".
# Why it matters: configurations of VPN, filters and the local network, and the file records of a backup, are such archives. Asking a
#   set for an app's id answers "not in it" for every app; "present but null" looks like "present and empty".
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check NSKeyedUnArchiver==1.5.2 bpylist2==4.1.1
venv/bin/python - <<'P' | tee result
import plistlib
from plistlib import UID
import NSKeyedUnArchiver
from bpylist2 import archiver

def archive(root, name):
    names = {"$classname": name, "$classes": [name, "NSObject"]}
    objects = ["$null", {**root, "$class": UID(2)}, names, "a"]
    return plistlib.dumps({"$archiver": "NSKeyedArchiver", "$version": 100000, "$top": {"root": UID(1)}, "$objects": objects}, fmt=plistlib.FMT_BINARY)

nil = plistlib.dumps({"$archiver": "NSKeyedArchiver", "$version": 100000, "$top": {"root": UID(0)}, "$objects": ["$null"]}, fmt=plistlib.FMT_BINARY)
cases = {
    "nil": nil,
    "NSNull": archive({}, "NSNull"),
    "NSSet": archive({"NS.objects": [UID(3)]}, "NSSet"),
    "NSUUID": archive({"NS.uuidbytes": bytes(16)}, "NSUUID"),
    "NEPathRule": archive({"MatchSigningIdentifier": UID(3)}, "NEPathRule"),
}
for name, data in cases.items():
    told = []
    for read in (NSKeyedUnArchiver.unserializeNSKeyedArchiver, archiver.unarchive):
        try:
            told.append(repr(read(data)).replace(repr(bytes(16)), "bytes"))
        except Exception as error:
            told.append(type(error).__name__)
    print(name, "|", *told)
print("a in the set:", "a" in NSKeyedUnArchiver.unserializeNSKeyedArchiver(cases["NSSet"]), "a" in archiver.unarchive(cases["NSSet"]))
P
diff result - <<'R'
nil | None None
NSNull | {} MissingClassMapping
NSSet | {'NS.objects': ['a']} {'a'}
NSUUID | {'NS.uuidbytes': bytes} MissingClassMapping
NEPathRule | {'MatchSigningIdentifier': 'a'} MissingClassMapping
a in the set: False True
R
