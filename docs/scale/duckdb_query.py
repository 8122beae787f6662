#!/usr/bin/env python3
"""Answers questions.sql with the Python package `duckdb`, as CSV, from verdicts.jsonl in the folder where it runs."""
import csv
import pathlib
import sys

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
base = duckdb.connect()
base.execute((HERE / "duckdb.sql").read_text(encoding="utf-8"))
out = csv.writer(sys.stdout, lineterminator="\n")
for question in base.extract_statements((HERE / "questions.sql").read_text(encoding="utf-8")):
    answer = base.execute(question)
    out.writerow([column[0] for column in answer.description])
    out.writerows(answer.fetchall())
