#!/usr/bin/env python3
"""What including <synapse/synapse.hpp> costs a build, beyond an empty file: preprocessed lines, which are held to a budget, and seconds,
which are only told.

    cost.py --compiler CXX
"""
import argparse
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINES = 25000  # of g++ -E, with blank ones and markers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    compiler = parser.parse_args().compiler
    flags = ["-std=c++20", "-O2", "-ffp-contract=off", f"-I{ROOT / 'include'}"]
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("empty", ""), ("synapse", "#include <synapse/synapse.hpp>\n")):
            source = pathlib.Path(folder) / f"{name}.cpp"
            source.write_text(text, encoding="utf-8")
            lines = []
            for more in (["-P"], []):
                done = subprocess.run([compiler, *flags, "-E", *more, source], capture_output=True, text=True, check=True)
                lines.append(len(done.stdout.splitlines()))
            seconds = []
            for _ in range(3):
                began = time.monotonic()
                subprocess.run([compiler, *flags, "-c", source, "-o", source.with_suffix(".o")], check=True)
                seconds.append(time.monotonic() - began)
            said[name] = (*lines, min(seconds))
    lines, printed, seconds = (a - b for a, b in zip(said["synapse"], said["empty"]))
    print(f"<synapse/synapse.hpp> costs {printed} preprocessed lines ({lines} without blank ones and markers) and {seconds:.2f} s")
    if printed > LINES:
        print(f"more than {LINES} lines")
    return 1 if printed > LINES else 0


if __name__ == "__main__":
    raise SystemExit(main())
