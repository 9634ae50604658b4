#!/usr/bin/env python3
"""Wrong programs are refused, with a sentence that says what is wrong.

    check.py --compiler CXX [--self-test] [-- FLAG...]

Each .cpp file here is sound as it stands and wrong with SYNAPSE_WRONG defined. Its first line is "// refused: SENTENCE": the
first must compile, the second must not, and the compiler must have said the sentence and complained of nothing else.
"// refused by gcc: ..." and "// refused by clang: ..." where the words are the compiler's own.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "floors"))
from guard import finish, plant  # noqa: E402

FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", "-fsyntax-only", f"-I{HERE.parents[1] / 'include'}"]


def is_clang(compiler):
    return "clang" in subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout


def sentences(text, clang):
    """What this compiler must say, from the file's leading comment."""
    found = []
    for line in text.splitlines():
        match = re.match(r"// refused(?: by (gcc|clang))?: (.+)", line)
        if not match:
            break
        if match.group(1) in (None, "clang" if clang else "gcc"):
            found.append(match.group(2).strip())
    return found


def check(folder, compiler, flags):
    clang = is_clang(compiler)
    files = sorted(folder.glob("*.cpp"))
    if not files:
        return ["no files found"]

    def one(path):
        said = {}
        for wrong in (False, True):
            command = [compiler, *FLAGS, *flags, *(["-DSYNAPSE_WRONG"] if wrong else []), str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
            said[wrong] = (done.returncode, done.stderr)
        wanted = sentences(path.read_text(encoding="utf-8"), clang)
        if not wanted:
            return f"{path.name}: names no sentence"
        if said[False][0] != 0:
            return f"{path.name}: does not compile even without SYNAPSE_WRONG\n{said[False][1]}"
        if said[True][0] == 0:
            return f"{path.name}: compiles, but must be refused"
        for sentence in wanted:
            if sentence not in said[True][1]:
                return f"{path.name}: refused without saying {sentence!r}\n{said[True][1]}"
        if said[True][1].count(" error: ") != 1:
            return f"{path.name}: refused with more than one error\n{said[True][1]}"
        return None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [said for said in pool.map(one, files) if said]
    print(f"{len(files)} wrong programs")
    return complaints


def self_test(compiler):
    body = '#ifdef SYNAPSE_WRONG\nstatic_assert(false, "no bytes");\n#endif\n'
    cases = [
        ("a file that is refused as it says", "// refused: no bytes\n" + body, None),
        ("a file that compiles", "// refused: no bytes\nint x;\n", "must be refused"),
        ("another sentence", "// refused: no bits\n" + body, "without saying"),
        ("two complaints", "// refused: no bytes\n" + body + body, "more than one"),
        ("a file that is wrong anyway", "// refused: no bytes\nint;;x\n" + body, "even without"),
        ("no sentence", body, "names no sentence"),
    ]
    wrong = []
    for name, text, words in cases:
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory)
            plant(folder, {"case.cpp": text})
            found = check(folder, compiler, [])
        if bool(found) != bool(words) or (words and words not in found[0]):
            wrong.append(f"planted {name}: expected {words!r}, got {found}")
    finish(wrong, f"{len(cases) - 1} planted violations found")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("flags", nargs="*")
    given = parser.parse_args()
    if given.self_test:
        self_test(given.compiler)
    finish(check(HERE, given.compiler, given.flags), "each is refused")


if __name__ == "__main__":
    main()
