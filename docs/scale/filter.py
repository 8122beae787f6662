#!/usr/bin/env python3
"""Times poucet as a filter beside `jq -c .device.id` on the same lines, on one processor:

    filter.py target/release/poucet            # beside jq
    filter.py target/release/poucet --with before/poucet   # beside another build as well, whose bytes have to be the same

Three inputs are made for it: the lines of the example phone as poucet writes them, the same as every Python program writes them (`json.dumps`), and
the small invented ones of generate.py. The programs take turns, and the ratio is that of each turn; figures are processor time (user and system),
which other work on the machine disturbs least, and the most memory that poucet held.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(HERE, "..", "examples", "staff-phone")
# Name, profile, form: what is judged and written, and how many times as fast as jq it is to be.
WAYS = [("byod", "verdicts", 5), ("high-risk", "verdicts", 3), ("byod", "jsonl", None)]


def inputs(poucet, folder, share):
    phone = json.loads(subprocess.run([poucet, "snapshot", EXAMPLE], check=True, capture_output=True).stdout)
    chance = random.Random(1)
    plain, escaped, small = (os.path.join(folder, name) for name in ("plain.jsonl", "escaped.jsonl", "small.jsonl"))
    with open(plain, "w", encoding="utf-8") as as_poucet, open(escaped, "w", encoding="ascii") as as_python:
        for _ in range(4000 // share):
            phone["device"]["id"] = f"{chance.getrandbits(128):032x}"
            as_poucet.write(json.dumps(phone, ensure_ascii=False, separators=(",", ":")) + "\n")
            as_python.write(json.dumps(phone) + "\n")
    with open(small, "wb") as out:
        subprocess.run([sys.executable, os.path.join(HERE, "generate.py"), str(30000 // share)], check=True, stdout=out)
    return [("45 kB, as poucet writes them", plain), ("the same with `\\u` escapes", escaped), ("6 kB, `generate.py`", small)]


def run(command, path, out):
    """Processor time in seconds, and the most memory in MiB."""
    pid = os.fork()
    if pid == 0:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        os.dup2(os.open(path, os.O_RDONLY), 0)
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.environ["POUCET_CONFIG"] = ""
        os.execvp(command[0], command)
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def same(one, other):
    return subprocess.run(["cmp", one, other]).returncode == 0


def main():
    parser = argparse.ArgumentParser(description="Times poucet as a filter beside jq, on one processor.")
    parser.add_argument("poucet")
    parser.add_argument("--with", dest="other", help="another build of poucet, timed in turn; its bytes have to be the same")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--share", type=int, default=1, help="a so much smaller input")
    arguments = parser.parse_args()
    poucet = os.path.realpath(arguments.poucet)
    print("| lines | judged by | form | poucet | lines a second | jq | times as fast | wanted | other build | times as fast | memory |")
    print("|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        own, others, null = os.path.join(folder, "own"), os.path.join(folder, "other"), os.devnull
        for name, path in inputs(poucet, folder, arguments.share):
            lines = sum(1 for _ in open(path, "rb"))
            for profile, form, wanted in WAYS:
                command = ["audit", "-", "-p", profile, "-f", form, "--fail-on", "none", "--jobs", "1"]
                if arguments.other:
                    run([poucet, *command], path, own)
                    run([os.path.realpath(arguments.other), *command], path, others)
                    if not same(own, others):
                        sys.exit(f"{name}, {profile}, {form}: other bytes")
                times = []
                for _ in range(arguments.turns):
                    jq = run(["jq", "-c", ".device.id"], path, null)[0]
                    ours, memory = run([poucet, *command], path, null)
                    before = run([os.path.realpath(arguments.other), *command], path, null)[0] if arguments.other else 0
                    times.append((ours, jq, before, jq / ours, before / ours, memory))
                ours, jq, before, ratio, gain, memory = (statistics.median(column) for column in zip(*times))
                asked = f"{wanted}" if wanted else ""
                beside = f"{before:.2f} s | {gain:.1f}" if arguments.other else " | "
                print(f"| {name} | `{profile}` | `{form}` | {ours:.2f} s | {lines / ours:,.0f} | {jq:.2f} s | **{ratio:.1f}** | {asked} | {beside} | {memory:.1f} MiB |", flush=True)


if __name__ == "__main__":
    main()
