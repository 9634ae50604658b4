#!/usr/bin/env python3
"""The README's pictures are what the program's numbers draw, and show what the README says.

    pictures.py PROGRAM
"""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    drawn = subprocess.run([sys.executable, ROOT / "examples/pictures/draw.py", sys.argv[1], "--check"], capture_output=True, text=True)
    failures = [drawn.stdout + drawn.stderr] if drawn.returncode != 0 else []
    data = json.loads(subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout)
    kept = json.loads((ROOT / "examples/pictures/accuracy.json").read_text(encoding="utf-8"))
    if not min(kept["with_replay"][-1]) > 0.9 or not kept["without_replay"][-1][0] < 0.2:
        failures.append(f"replay makes no difference: {kept['with_replay'][-1]} against {kept['without_replay'][-1]}")
    miss = [sum((row[i][0] - row[0][0]) ** 2 + (row[i][1] - row[0][1]) ** 2 for row in data["arm"]) for i in (1, 2)]
    if not miss[1] * 100 < miss[0]:
        failures.append(f"the learner's arm is not ten times closer: {miss}")
    minute = data["miss"][100:120]  # its last ten seconds
    if not 10 * sum(taught for _, taught in minute) < sum(plain for plain, _ in minute):
        failures.append(f"at the end of the minute the learner's arm is not ten times closer: {minute}")
    print("\n".join(failures) or "2 pictures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
