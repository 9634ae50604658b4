#!/usr/bin/env python3
"""The first program prints what it always printed, to the bit, and the README shows that program, to the letter.

    first_steps.py PROGRAM
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPECTED = """ 5000 samples, error 0.0348 of the variance
10000 samples, error 0.0099 of the variance
15000 samples, error 0.0045 of the variance
20000 samples, error 0.0031 of the variance
0.5 * -0.5 is about -0.25
"""


def main():
    done = subprocess.run([sys.argv[1]], capture_output=True, text=True, timeout=300)
    failures = []
    if done.returncode != 0 or done.stdout != EXPECTED:
        failures.append(f"first_steps printed\n{done.stdout}{done.stderr}not\n{EXPECTED}")
    source = (ROOT / "examples/first_steps/main.cpp").read_text()
    program = source[source.index("#include <cstdio>"):]
    readme = (ROOT / "README.md").read_text()
    if "```cpp\n" + program + "```" not in readme:
        failures.append("README.md does not hold examples/first_steps/main.cpp as it is")
    if "```text\n" + EXPECTED + "```" not in readme:
        failures.append("README.md does not hold what first_steps prints")
    for failure in failures:
        print(failure)
    print(f"{3 - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
