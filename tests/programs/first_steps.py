#!/usr/bin/env python3
"""The README shows the first program and what it prints, to the letter; tests/tour holds the program to that.

    first_steps.py PROGRAM
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPECTED = (ROOT / "examples/tour/01_first_steps.txt").read_text()


def main():
    done = subprocess.run([sys.argv[1]], capture_output=True, text=True, timeout=300)
    failures = []
    if done.returncode != 0 or done.stdout != EXPECTED:
        failures.append(f"first_steps printed\n{done.stdout}{done.stderr}not\n{EXPECTED}")
    source = (ROOT / "examples/tour/01_first_steps.cpp").read_text()
    program = source[source.index("#include <cstdio>"):]
    readme = (ROOT / "README.md").read_text()
    if "```cpp\n" + program + "```" not in readme:
        failures.append("README.md does not hold examples/tour/01_first_steps.cpp as it is")
    if "```text\n" + EXPECTED + "```" not in readme:
        failures.append("README.md does not hold what first_steps prints")
    for failure in failures:
        print(failure)
    print(f"{3 - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
