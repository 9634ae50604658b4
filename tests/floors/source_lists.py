#!/usr/bin/env python3
"""Meson names its sources, CMake finds them: the names in meson.build files must be the files on disk.

    source_lists.py              check
    source_lists.py --write      bring the lists in examples/meson.build and tests/meson.build up to date

A list is what stands between the lines "# begin NAME" and "# end NAME", written by this script.
"""
import pathlib
import re
import sys

from guard import main
from include_lines import ROOT

# Folders of tests/ whose .cpp files belong to no doctest program, as in tests/CMakeLists.txt.
OTHERS = {"boards", "headers", "floors", "promises", "compile_fail", "consume", "fuzz", "size", "bench", "twin"}


def by_folder(base, leave_out=()):
    found = {}
    for path in sorted(base.glob("*/**/*.cpp")):
        source = path.relative_to(base).as_posix()
        folder = source.split("/")[0]
        if folder not in leave_out:
            found.setdefault(folder, []).append(source)
    return found


def as_dictionary(name, found):
    lines = [f"{name} = {{"]
    for folder, sources in sorted(found.items()):
        lines.append(f"  '{folder}': files(")
        lines += [f"    '{source}'," for source in sorted(sources)]
        lines.append("  ),")
    return lines + ["}"]


def as_list(name, paths):
    return [f"{name} = ["] + [f"  '{p}'," for p in sorted(paths)] + ["]"]


def lists(root):
    """(meson.build file, name of the list) -> its lines as they should be."""
    tests, examples = root / "tests", root / "examples"
    fuzz = [p.stem for p in tests.glob("fuzz/*.cpp") if p.name != "replay.cpp"]
    return {
        ("examples/meson.build", "programs"): as_dictionary("programs", by_folder(examples, {"firmware", "tour"})),
        ("examples/meson.build", "tour"): as_list("tour", [p.stem for p in examples.glob("tour/*.cpp")]),
        ("tests/meson.build", "unit_tests"): as_dictionary("unit_tests", by_folder(tests, OTHERS)),
        ("tests/meson.build", "benchmarks"): as_list("benchmarks", [p.stem for p in tests.glob("bench/bench_*.cpp")]),
        ("tests/meson.build", "fuzz_targets"): as_list("fuzz_targets", fuzz),
    }


def block(name):
    return re.compile(rf"(^# begin {name}\n)(.*?)(^# end {name}$)", re.MULTILINE | re.DOTALL)


def check(root):
    for (place, name), wanted in lists(root).items():
        text = (root / place).read_text(encoding="utf-8")
        found = block(name).search(text)
        if not found:
            yield f"{place}: has no list {name}"
            continue
        listed = found.group(2).splitlines()
        if listed != wanted:
            absent = [line.strip() for line in wanted if line not in listed]
            extra = [line.strip() for line in listed if line not in wanted]
            yield f"{place}: {name} differs from the files on disk: missing {absent}, left over {extra}; run source_lists.py --write"


def write(root):
    for (place, name), wanted in lists(root).items():
        path = root / place
        text = path.read_text(encoding="utf-8")
        updated = block(name).sub(lambda m: m.group(1) + "\n".join(wanted) + "\n" + m.group(3), text)
        if updated != text:
            path.write_text(updated, encoding="utf-8")
            print(f"{place}: {name} written")


SOUND = {
    "examples/train/main.cpp": "",
    "examples/worlds/arm.hpp": "",
    "tests/core/ring.cpp": "",
    "tests/fuzz/replay.cpp": "",
    "tests/headers/alone.cpp": "",
    "examples/meson.build": "# begin programs\nprograms = {\n  'train': files(\n    'train/main.cpp',\n  ),\n}\n# end programs\n"
                            "# begin tour\ntour = [\n]\n# end tour\n",
    "tests/meson.build": "# begin unit_tests\nunit_tests = {\n  'core': files(\n    'core/ring.cpp',\n  ),\n}\n# end unit_tests\n"
                         "# begin benchmarks\nbenchmarks = [\n]\n# end benchmarks\n# begin fuzz_targets\nfuzz_targets = [\n]\n# end fuzz_targets\n",
}
VIOLATIONS = [
    ("a new test", {"tests/core/slots.cpp": ""}, "core/slots.cpp"),
    ("a new folder", {"tests/memory/replay.cpp": ""}, "memory/replay.cpp"),
    ("a folder in a folder", {"tests/core/deep/er.cpp": ""}, "core/deep/er.cpp"),
    ("a new source of a program", {"examples/train/options.cpp": ""}, "train/options.cpp"),
    ("a new stop of the tour", {"examples/tour/01_first.cpp": ""}, "01_first"),
    ("a new benchmark", {"tests/bench/bench_step.cpp": ""}, "bench_step"),
    ("a new fuzz target", {"tests/fuzz/loader.cpp": ""}, "loader"),
    ("a list without its file",
     {"examples/meson.build": SOUND["examples/meson.build"].replace("main.cpp',", "main.cpp',\n    'train/gone.cpp',")}, "train/gone.cpp"),
    ("no list", {"examples/meson.build": SOUND["examples/meson.build"].replace("# begin tour", "# tour")}, "no list"),
]

if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write(pathlib.Path(ROOT))
    else:
        main(check, SOUND, VIOLATIONS)
