#!/usr/bin/env python3
"""What README.md and examples/GUIDE.md name is there: every file, and every test case that is quoted behind one. Each promise names a test."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["README.md", "examples/GUIDE.md"]
PATH = re.compile(r"`(?:\./)?((?:include|examples|tests|zephyr)/[\w./-]+|\w+/[\w/]+\.hpp|\w+\.(?:json|properties|yml))[^`]*`")
CASE = re.compile(r'`([\w./]+\.cpp)`: ("[^"]+"(?:, "[^"]+")*)')
PROMISE = re.compile(r"^\| promise \|.*\n\|[-|]+\n((?:\|.*\n)+)", re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


def check(root):
    for page in PAGES:
        text = (root / page).read_text(encoding="utf-8")
        for name in PATH.findall(text) + PICTURE.findall(text):
            if not (root / name).exists() and not (root / "include/synapse" / name).exists():
                yield f"{page}: there is no {name}"
        for source, cases in CASE.findall(text):
            cpp = (root / source).read_text(encoding="utf-8") if (root / source).exists() else ""
            for case in re.findall(r'"([^"]+)"', cases):
                if f'TEST_CASE("{case}' not in cpp:
                    yield f"{page}: {source} has no test case {case!r}"
    promises = PROMISE.findall((root / "README.md").read_text(encoding="utf-8"))
    if not promises:
        yield "README.md: no table of promises"
    for row in "".join(promises).splitlines():
        promise, _, test = (cell.strip() for cell in row.strip("|").split("|"))
        if not PATH.search(test):
            yield f"README.md: names no test for {promise!r}"


if __name__ == "__main__":
    complaints = list(check(ROOT))
    print("\n".join(complaints) or "all that is named is there")
    sys.exit(1 if complaints else 0)
