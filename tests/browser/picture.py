#!/usr/bin/env python3
"""Draws examples/pictures/dashboard.png: the dashboard over a life on the arm that grows, as a browser shows it.

    picture.py DASHBOARD TRAIN_CONTINUOUS [OUT]
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import chromium

OUT = pathlib.Path(__file__).resolve().parents[2] / "examples/pictures/dashboard.png"


def main():
    if len(sys.argv) not in (3, 4) or chromium.find() is None:
        sys.exit(__doc__ + "\nNeeds chromium.")
    dashboard, train = map(os.path.abspath, sys.argv[1:3])
    out = os.path.abspath(sys.argv[3]) if len(sys.argv) == 4 else str(OUT)
    with tempfile.TemporaryDirectory(prefix="synapse-") as home:
        life = os.path.join(home, "arm")
        os.mkdir(life)
        subprocess.run([train, "--steps", "150000", "--neurogenesis", "--metrics", "metrics.jsonl", "--status-interval", "0.01", "--save-interval", "0.5", "-q"],
                       cwd=life, check=True)
        server = subprocess.Popen([dashboard, home, "--port", "0", "--index-dir", os.path.join(home, "index")], stdout=subprocess.PIPE, text=True)
        page = chromium.Browser()
        try:
            page.prefer("light")
            page.ask("Emulation.setDeviceMetricsOverride", width=1180, height=1130, deviceScaleFactor=0.75, mobile=False)
            page.open(server.stdout.readline().strip())
            page.wait_for("document.documentElement.dataset.ready === 'yes'")
            page.listen(0.5)
            page.picture(out, whole=False)
        finally:
            page.close()
            server.terminate()
            server.wait(10)
            server.stdout.close()
    print(f"{out}  {os.path.getsize(out)} bytes")


if __name__ == "__main__":
    main()
