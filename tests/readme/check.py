#!/usr/bin/env python3
"""What README.md and examples/GUIDE.md name is there: every file, and every test case that is quoted behind one. Each promise names a test."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "floors"))
from guard import main  # noqa: E402

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


README = "| promise | how | test |\n|---|---|---|\n| it holds | so | `tests/a.cpp`: \"it holds\" |\n\n"
SOUND = {
    "README.md": README + "`learner/door.hpp`, ![a picture](examples/arm.svg)\n",
    "examples/GUIDE.md": "- `tests/a.cpp`: \"it holds\", \"and this\"\n",
    "tests/a.cpp": 'TEST_CASE("it holds") {}\nTEST_CASE("and this too") {}\n',
    "include/synapse/learner/door.hpp": "",
    "examples/arm.svg": "",
}
VIOLATIONS = [
    ("a file that is gone", {"examples/GUIDE.md": "`tests/b.cpp`\n"}, "there is no tests/b.cpp"),
    ("a header that is gone", {"examples/GUIDE.md": "`learner/window.hpp`\n"}, "there is no learner/window.hpp"),
    ("a picture that is gone", {"examples/GUIDE.md": "![a picture](examples/leg.svg)\n"}, "there is no examples/leg.svg"),
    ("a case that is gone", {"examples/GUIDE.md": '`tests/a.cpp`: "it holds", "nor this"\n'}, "no test case 'nor this'"),
    ("a promise without a test", {"README.md": README.replace("`tests/a.cpp`: \"it holds\"", "trust us")}, "names no test for 'it holds'"),
    ("no promises", {"README.md": "# synapse\n"}, "no table of promises"),
]

if __name__ == "__main__":
    main(check, SOUND, VIOLATIONS)
