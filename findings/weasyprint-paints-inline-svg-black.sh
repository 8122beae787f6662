#!/bin/bash
# WeasyPrint applies no rule of the page's style sheet to an inline SVG: what a browser paints green and half wide is black and full.
#
# Version: weasyprint 70.0 (PyPI).
# Seen: a bar is drawn as <svg><rect class="full"/><rect class="part"/></svg>, with its colours in the <style> of the page, as a
#   browser accepts it. In the PDF both are filled with "0 0 0" (black), so that the upper covers the lower: one black bar, whatever
#   the figure. With `fill="…"` on the elements, or a <style> inside the <svg>, both come out in their colours. The only word about
#   it is a warning that `fill` is an "unknown property", which is also printed for the two pages that come out right.
# Why it matters: reports of phone audits go to people as PDF, and a bar of conformity that is always full tells the person who answers
#   for the result the opposite of the number beside it. Put attributes on the elements, beside the style sheet.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check weasyprint==70.0
python3 - <<'P'
CSS = ".full { fill: #cccccc } .part { fill: #00aa00 }"
def page(name, inside, full, part):
    bar = f'<svg width="100" height="10" viewBox="0 0 100 10">{inside}<rect {full} width="100" height="10"/><rect {part} width="46" height="10"/></svg>'
    html = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>46 %</title><style>{CSS}</style></head><body>{bar}</body></html>'
    open(name + ".html", "w").write(html)
page("page-style", "", 'class="full"', 'class="part"')
page("svg-style", f"<style>{CSS}</style>", 'class="full"', 'class="part"')
page("attributes", "", 'class="full" fill="#cccccc"', 'class="part" fill="#00aa00"')
P
for page in page-style svg-style attributes; do
  venv/bin/weasyprint --uncompressed-pdf "$page.html" "$page.pdf" 2> "$page.log" || { cat "$page.log"; exit 2; }
  # What each rectangle is filled with: the last colour set before it.
  python3 - "$page" <<'P' | tee -a result
import re, sys
stream = open(sys.argv[1] + ".pdf", "rb").read().decode("latin-1")
rows = re.findall(r"^(?:([\d.]+ [\d.]+ [\d.]+) rg|0 0 (100|46) 10 re)$", stream, re.M)
colour, told = None, []
for set_to, width in rows:
    colour = set_to or colour
    if width:
        told.append(f"{width} wide: {colour}")
print(sys.argv[1] + ":", ", ".join(told))
P
done
diff result - <<'R'
page-style: 100 wide: 0 0 0, 46 wide: 0 0 0
svg-style: 100 wide: 0.8 0.8 0.8, 46 wide: 0 0.666667 0
attributes: 100 wide: 0.8 0.8 0.8, 46 wide: 0 0.666667 0
R
