#!/usr/bin/env python3
"""Answers questions.sql with Spark SQL, as CSV, from the verdict lines of poucet as they are.

    spark-submit spark_query.py VERDICTS [--schema verdict.json]

VERDICTS is a file or the folder that spark_audit.py wrote. The types come from the JSON schema that poucet publishes, so that Spark
reads the lines once, guesses nothing, and knows the fields that no line of today holds.
"""
import argparse
import csv
import json
import pathlib
import sys

from pyspark.sql import SparkSession
from pyspark.sql import types

HERE = pathlib.Path(__file__).resolve().parent
PLAIN = {
    "string": types.StringType(), "boolean": types.BooleanType(), "integer": types.LongType(), "number": types.DoubleType(),
}


def spark_type(node, schema):
    """The Spark type of a node of a JSON schema, as poucet writes them; anything else is an error, not a guess."""
    if "$ref" in node:
        return spark_type(schema["$defs"][node["$ref"].removeprefix("#/$defs/")], schema)
    if "anyOf" in node or "oneOf" in node:
        kinds = [spark_type(one, schema) for one in node.get("anyOf") or node["oneOf"] if one.get("type") != "null"]
        if any(kind != kinds[0] for kind in kinds):
            raise ValueError(f"several types: {node}")
        return kinds[0]
    if "const" in node and "type" not in node:
        return types.StringType()
    name = node["type"]
    if isinstance(name, list):
        (name,) = [one for one in name if one != "null"]
    if name == "array":
        return types.ArrayType(spark_type(node["items"], schema))
    if name == "object":
        if isinstance(node.get("additionalProperties"), dict):
            return types.MapType(types.StringType(), spark_type(node["additionalProperties"], schema))
        return types.StructType([types.StructField(field, spark_type(one, schema))
                                 for field, one in node["properties"].items()])
    return PLAIN[name]


VIEWS = {
    "verdict": """
        select line, coalesce(device.id, concat('line ', line)) as phone, profile.id as profile, verdict, worst, apps, findings
        from line""",
    "finding": """
        select line, phone, profile, f.code as rule, f.severity, f.verdict, f.app, f.permission, f.reason
        from (select line, phone, profile, explode(findings) as f from verdict)""",
    "app": "select line, phone, explode(apps) as app from verdict",
}


def main():
    parser = argparse.ArgumentParser(description="Answers questions.sql with Spark SQL from verdict lines.")
    parser.add_argument("verdicts")
    parser.add_argument("--schema", default=HERE.parent / "schemas" / "verdict.json", help="docs/schemas/verdict.json")
    parser.add_argument("--questions", default=HERE / "questions.sql")
    given = parser.parse_args()
    schema = json.loads(pathlib.Path(given.schema).read_text(encoding="utf-8"))
    questions = pathlib.Path(given.questions).read_text(encoding="utf-8")

    spark = SparkSession.builder.appName("poucet questions").getOrCreate()
    # FAILFAST: a line that is no JSON is an error and not a row of nulls.
    lines = spark.read.schema(spark_type(schema, schema)).option("mode", "FAILFAST").json(given.verdicts)
    lines.selectExpr("monotonically_increasing_id() as line", "*").createOrReplaceTempView("line")
    for name, query in VIEWS.items():
        spark.sql(query).createOrReplaceTempView(name)
    out = csv.writer(sys.stdout, lineterminator="\n")
    text = "\n".join(line for line in questions.splitlines() if not line.startswith("--"))
    for question in filter(str.strip, text.split(";")):
        answer = spark.sql(question)
        out.writerow(answer.columns)
        out.writerows(tuple(row) for row in answer.collect())
    spark.stop()


if __name__ == "__main__":
    main()
