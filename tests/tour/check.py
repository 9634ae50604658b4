#!/usr/bin/env python3
"""A program of examples/tour prints what stands in the .txt beside it, on every machine and with every compiler; and it is short.

    check.py PROGRAM EXPECTED
"""
import difflib
import pathlib
import subprocess
import sys

LONGEST = 100  # lines
FIRST = 15  # of the first program, without includes, blank lines and its heading


def main():
    program, expected = sys.argv[1], pathlib.Path(sys.argv[2])
    failures = []
    done = subprocess.run([program], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        failures.append(f"{expected.stem} ended with {done.returncode}\n{done.stderr}")
    wanted = expected.read_text(encoding="utf-8")
    if done.stdout != wanted:
        differing = difflib.unified_diff(wanted.splitlines(), done.stdout.splitlines(), expected.name, "printed", lineterm="")
        failures.append("\n".join(differing))
    lines = expected.with_suffix(".cpp").read_text(encoding="utf-8").splitlines()
    if len(lines) >= LONGEST:
        failures.append(f"{expected.stem}.cpp has {len(lines)} lines; an example stays under {LONGEST}")
    own = sum(bool(line.strip()) and not line.startswith(("#include", "//")) for line in lines)
    if expected.stem.startswith("01_") and own > FIRST:
        failures.append(f"{expected.stem}.cpp has {own} lines of its own; the first program has at most {FIRST}")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
