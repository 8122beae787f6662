#!/usr/bin/env python3
"""Judges snapshot lines with poucet on the workers of Apache Spark.

    spark-submit spark_audit.py --poucet target/release/poucet SNAPSHOTS VERDICTS [-- --profile cis-android]

SNAPSHOTS is a file or a folder of lines that Spark can read; VERDICTS is a folder that must not exist yet. Its parts, joined in
their order, are what one process writes. What follows `--` goes to `poucet audit`. Exit codes: 0; 3 when a line has no verdict (the
message names its line in the input); any other failure of poucet fails the job, as Spark fails jobs.
"""
import argparse
import os
import re
import shlex
import sys

from pyspark import SparkConf, SparkContext
from pyspark.accumulators import AccumulatorParam

# What each partition is piped through. Three things that `rdd.pipe` alone would get wrong:
# - messages would stay in the log of a worker: they come after the verdicts, marked with `#`;
# - with `checkCode=True` an unreadable line (exit 3) would fail the whole job, and without it a crash would pass for a success:
#   3 is told, everything else but 0 is a failure;
# - a partition without lines is an error for poucet (a filter whose first half failed sends nothing), and none here.
FILTER = """
IFS= read -r first || exit 0
told=$(mktemp -p .) || exit 2
{ printf '%s\\n' "$first"; cat; } | "$0" audit - --format verdicts --fail-on none "$@" 2>"$told"
code=$?
sed 's/^/#/' "$told" && rm "$told"
if [ $code -eq 3 ]; then echo '#exit 3'; code=0; fi
exit $code
"""


class Union(AccumulatorParam):
    """A set that grows: a task that Spark runs twice adds the same things twice."""

    def zero(self, _):
        return set()

    def addInPlace(self, one, other):
        return one | other


def main():
    parser = argparse.ArgumentParser(description="Judges snapshot lines with poucet on the workers of Apache Spark.")
    parser.add_argument("snapshots")
    parser.add_argument("verdicts")
    parser.add_argument("--poucet", help="the program to send to the workers; without it, spark-submit --files poucet sent it")
    parser.add_argument("--parts", type=int, help="at least so many partitions")
    arguments = sys.argv[1:]
    at = arguments.index("--") if "--" in arguments else len(arguments)
    given, options = parser.parse_args(arguments[:at]), arguments[at + 1:]

    with SparkContext(conf=SparkConf().setIfMissing("spark.app.name", "poucet audit")) as context:
        # Spark puts files that are sent into the folder where a worker runs its commands, and makes them executable.
        program = "./poucet"
        if given.poucet and context.master.startswith("local") and not context.master.startswith("local-cluster"):
            program = os.path.abspath(given.poucet)
        elif given.poucet:
            context.addFile(given.poucet)
            program = "./" + os.path.basename(given.poucet)
        command = " ".join(map(shlex.quote, ["sh", "-c", FILTER, program, *options]))
        counts, told = context.accumulator(set(), Union()), context.accumulator(set(), Union())

        def counted(part, lines):
            count = 0
            for line in lines:
                count += 1
                yield line
            counts.add({(part, count)})

        def verdicts(part, lines):
            for at, line in enumerate(lines):
                if line.startswith("#"):
                    told.add({(part, at, line[1:])})
                else:
                    yield line

        # `env` is the whole environment of the command. An empty POUCET_CONFIG reads no configuration file of a worker.
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "POUCET_CONFIG": ""}
        (context.textFile(given.snapshots, given.parts)
            .mapPartitionsWithIndex(counted)
            .pipe(command, env=environment, checkCode=True)
            .mapPartitionsWithIndex(verdicts)
            .saveAsTextFile(given.verdicts))

    # A worker counts the lines of its partition; the reader wants those of the input.
    counts = dict(counts.value)
    before = {part: sum(count for other, count in counts.items() if other < part) for part in counts}
    code = 0 if any(counts.values()) else 3
    if code:
        print("error: no line in the input", file=sys.stderr)
    for part, _, message in sorted(told.value):
        if message == "exit 3":
            code = 3
            continue
        print(re.sub(r"-:(\d+)", lambda found: f"-:{before[part] + int(found[1])}", message), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
