#!/bin/sh
# Judges the same lines by one process, by GNU parallel and by Spark with two workers, tells the times and compares the bytes:
#     measure.sh POUCET LINES [PYTHON]
set -eu
poucet=$(realpath "$1")
lines=$2
python=${3:-python3}
here=$(dirname "$(realpath "$0")")
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
export POUCET_CONFIG=

"$python" "$here/generate.py" "$lines" > snapshots.jsonl
time_of() {
    name=$1
    shift
    begun=$(date +%s.%N)
    "$@"
    ended=$(date +%s.%N)
    echo "$name: $(echo "$ended - $begun" | bc) s"
}
one() { "$poucet" audit - -f verdicts --fail-on none --jobs "$1" < snapshots.jsonl > "verdicts-$1.jsonl"; }
spread() { parallel --pipe -k --block 8M -j 2 "$poucet" audit - -f verdicts --fail-on none --jobs 1 < snapshots.jsonl > parallel.jsonl; }
spark() {
    "$python" "$here/spark_audit.py" --poucet "$poucet" --parts 8 snapshots.jsonl spark > /dev/null 2> spark.log || { cat spark.log; exit 1; }
}
export PYSPARK_PYTHON="$python"
export PYSPARK_SUBMIT_ARGS="--master local-cluster[2,1,1024] --conf spark.ui.enabled=false pyspark-shell"
export SPARK_LOCAL_IP=127.0.0.1

ls -l snapshots.jsonl | awk '{ print "input: " $5 " bytes" }'
time_of "one process, one hand" one 1
time_of "one process, two hands" one 2
time_of "GNU parallel, two at a time" spread
time_of "Spark, two workers" spark
cat spark/part-* > spark.jsonl
cmp verdicts-1.jsonl verdicts-2.jsonl
cmp verdicts-1.jsonl parallel.jsonl
cmp verdicts-1.jsonl spark.jsonl
echo "the same bytes each time"
