#!/usr/bin/env python3
"""Each header compiles alone, twice in one file, and all of them together in two files that link.

    alone.py --compiler CXX [--core] [--self-test] [-- FLAG...]

--core leaves out hosted/ and the guests, and compiles as firmware does: no exceptions, no RTTI, nothing linked.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "floors"))
from guard import finish, plant  # noqa: E402
from include_lines import GUESTS, ROOF, ROOT, floor_of, headers  # noqa: E402

FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Wsign-conversion", "-Wdouble-promotion", "-Werror",
         "-ffp-contract=off"]
CORE_FLAGS = ["-fno-exceptions", "-fno-rtti", "-Os"]


def compile_text(compiler, flags, text, *output):
    """What the compiler says about a source text, or "" if it is content."""
    command = [compiler, *flags, "-x", "c++", "-", *(output or ["-fsyntax-only"])]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr or f"exit status {done.returncode}"


def guest_present(header, compiler, flags):
    """A guest is compiled where its package is: the package that its own name begins with."""
    package = pathlib.PurePosixPath(header).stem.split("_")[0]
    return compile_text(compiler, flags, f"#include <{package}/{package}.hpp>\n") == ""


def check(root, compiler, flags, core):
    flags = FLAGS + (CORE_FLAGS if core else []) + [f"-I{root / 'include'}"] + flags
    chosen = []
    for header in headers(root):
        if core and (floor_of(header) == ROOF or header in GUESTS):
            continue
        if header in GUESTS and not guest_present(header, compiler, flags):
            print(f"{header}: left out, its package is not installed")
            continue
        chosen.append(header)
    if not chosen:
        return ["no headers found"]

    def one(header):
        line = f"#include <synapse/{header}>\n"
        said = compile_text(compiler, flags, line + line)
        return f"{header}: does not compile alone\n{said}" if said else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [said for said in pool.map(one, chosen) if said]
    if not complaints and not core:
        complaints += link(compiler, flags, "".join(f"#include <synapse/{header}>\n" for header in chosen))
    print(f"{len(chosen)} headers")
    return complaints


def link(compiler, flags, text):
    """Two files that include everything must link: no function is defined twice."""
    with tempfile.TemporaryDirectory() as directory:
        objects = [f"{directory}/{name}.o" for name in ("main", "other")]
        for name, tail in zip(objects, ("int main() { return 0; }\n", "int other() { return 0; }\n")):
            said = compile_text(compiler, flags + ["-Wno-missing-declarations"], text + tail, "-c", "-o", name)
            if said:
                return [f"all headers together do not compile\n{said}"]
        done = subprocess.run([compiler, *objects, "-o", f"{directory}/program"], capture_output=True, text=True, check=False)
        return [f"two files with all headers do not link\n{done.stderr}"] if done.returncode else []


def self_test(compiler):
    good = {"include/synapse/core/good.hpp": "#pragma once\ninline int good() { return 1; }\n"}
    violations = [
        ("a header that needs another first", "#pragma once\ninline good_type f();\n", "alone"),
        ("a header without a guard", "inline int twice() { return 1; }\n", "alone"),
        ("a warning", "#pragma once\ninline float f(float x) { return x * 0.1; }\n", "alone"),
        ("a function that is not inline", "#pragma once\nint once() { return 1; }\n", "link"),
    ]
    wrong = []
    for name, text, words in [("nothing", None, None)] + violations:
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            plant(root, good if text is None else {**good, "include/synapse/core/bad.hpp": text})
            found = check(root, compiler, [], False)
        if bool(found) != bool(words) or (words and words not in found[0]):
            wrong.append(f"planted {name}: expected {words!r}, got {found}")
    finish(wrong, f"{len(violations)} planted violations found")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--core", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("flags", nargs="*")
    given = parser.parse_args()
    if given.self_test:
        self_test(given.compiler)
    finish(check(ROOT, given.compiler, given.flags, given.core), "each compiles alone")


if __name__ == "__main__":
    main()
