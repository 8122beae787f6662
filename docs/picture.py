#!/usr/bin/env python3
"""Draws `docs/images/audit.svg`: what `poucet audit docs/examples/staff-phone` prints, as it prints it.

`python3 docs/picture.py`. The text is the real command's output; the same output gives the same bytes.
"""
import os
import pathlib
import re
import subprocess
import tempfile
import unicodedata
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
COLUMNS = 100
# From the first to the second line the picture leaves out more of the same, and it ends at the third.
CUT, RESUME, END = "  Facebook (com.facebook.katana)", "Not assessed", "Before the phone goes back"
ROW, CELL, SIZE = 18, 8.43, 14
COLOURS = {"31": "#ff7b72", "33": "#e3b341", "36": "#56d4dd"}
COMMAND = ["cargo", "run", "--quiet", "--", "audit", "docs/examples/staff-phone"]
SHOWN = "$ cargo run --release -- audit docs/examples/staff-phone"


def output():
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "COLUMNS": str(COLUMNS), "LC_ALL": "C", "POUCET_CONFIG": "", "XDG_CONFIG_HOME": home,
                       "POUCET_ID_KEY": "example of a phone", "CLICOLOR_FORCE": "1"}
        environment.pop("NO_COLOR", None)
        done = subprocess.run(COMMAND, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=False)
    assert done.returncode == 1, f"the example fails some rules, so the exit code is 1, not {done.returncode}"
    return re.sub("\x1b\\[[0-9;]*m", "", done.stdout.decode())


def colour_of(line):
    """The terminal's colours, which are left out of a pipe: by the words that have them."""
    if re.match(r"\d+ rules? fails?,", line):
        return "#ff7b72"
    return None


LABELS = {"[critical]": "#ff7b72", "[high]": "#ff7b72", "[medium]": "#e3b341", "[low]": "#56d4dd"}


def spans(line, heading):
    """The line in pieces: (text, style)."""
    style = 'font-weight="bold" text-decoration="underline"' if heading else ""
    if colour := colour_of(line):
        style = f'fill="{colour}"'
    for label, colour in LABELS.items():
        if line.strip().startswith(label):
            before, after = line.split(label, 1)
            return [(before, ""), (label, f'fill="{colour}"'), (after, "")]
    if re.match(r"  [^ \[].*\)( – .*)?$", line) or line == "  The phone itself":
        style = 'font-weight="bold"'
    pieces, rest = [], line
    # `!` marks what is more than the profile allows.
    if re.match(r" \S", line) and " !" in line:
        for part in re.split(r"(\S+(?: \S+)* !)", line):
            pieces.append((part, 'fill="#ff7b72"' if part.endswith(" !") else ""))
        return pieces
    return [(rest, style)]


def width(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def main():
    lines = output().split("\n")
    end = next(number for number, line in enumerate(lines) if line.startswith(END))
    lines = [SHOWN, ""] + lines[:lines.index(CUT)] + ["  …", ""] + lines[lines.index(RESUME):end - 1]
    total = round(CELL * COLUMNS + 40)
    height = ROW * len(lines) + 40
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{height}" viewBox="0 0 {total} {height}" role="img">',
           "<title>poucet audits an example phone</title>",
           f'<rect width="{total}" height="{height}" rx="8" fill="#0d1117"/>',
           f'<g font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="{SIZE}" fill="#c9d1d9" '
           'xml:space="preserve">']
    for number, line in enumerate(lines):
        y = 32 + ROW * number
        # A rule of box characters is a line: fonts leave gaps between them.
        if line and set(line) <= set("═─"):
            svg.append(f'<rect x="20" y="{y - 5}" width="{round(CELL * width(line), 1)}" height="1" fill="#6e7681"/>')
            continue
        heading = number > 2 and bool(line) and not line.startswith(" ") and not lines[number - 1]
        column = 0
        for text, style in spans(line, heading):
            if number == 0:
                style = 'fill="#7ee787"'
            if number == 2:
                style = 'font-weight="bold"'
            # Words are placed by column, so that the table keeps straight in any font.
            for word in re.finditer(r"\S+(?: \S+)*", text):
                x = round(20 + CELL * (column + width(text[:word.start()])), 1)
                length = round(CELL * width(word.group()), 1)
                svg.append(f'<text x="{x}" y="{y}" textLength="{length}" lengthAdjust="spacingAndGlyphs" {style}>'
                           .replace(" >", ">") + f"{escape(word.group())}</text>")
            column += width(text)
    svg += ["</g>", "</svg>", ""]
    destination = HERE / "images" / "audit.svg"
    destination.parent.mkdir(exist_ok=True)
    destination.write_text("\n".join(svg), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
