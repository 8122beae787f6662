#!/usr/bin/env python3
"""Draws `docs/images/report.png`: the beginning of the page that poucet writes for the example phone.

`python3 docs/picture_html.py`. It needs Chromium (`chromium`, or what `POUCET_CHROMIUM` names).
"""
import os
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WIDTH, HEIGHT = 900, 990
COMMAND = ["cargo", "run", "--quiet", "--", "audit", "docs/examples/staff-phone", "--format", "html", "--lang", "en", "-o"]


def main():
    destination = HERE / "images" / "report.png"
    with tempfile.TemporaryDirectory() as room:
        page = pathlib.Path(room) / "report.html"
        environment = {**os.environ, "LC_ALL": "C", "POUCET_CONFIG": "", "XDG_CONFIG_HOME": room, "POUCET_ID_KEY": "example of a phone"}
        done = subprocess.run([*COMMAND, str(page)], cwd=ROOT, env=environment, check=False)
        assert done.returncode == 1, f"the example fails some rules, so the exit code is 1, not {done.returncode}"
        browser = os.environ.get("POUCET_CHROMIUM", "chromium")
        subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                        f"--user-data-dir={room}/profile", f"--window-size={WIDTH},{HEIGHT}", "--force-device-scale-factor=1.5",
                        f"--screenshot={destination}", page.as_uri()], check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
