#!/usr/bin/env python3
"""hosted/xtensor.hpp takes xtensor as it was until 0.25, its headers in one folder, and as it is since, in several: the other layout than the
installed one is played by headers that lead to it.

    xtensor_layouts.py --compiler CXX [-- FLAG...]
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "floors"))
from guard import finish  # noqa: E402
from include_lines import ROOT  # noqa: E402

SOURCE = "#include <synapse/hosted/xtensor.hpp>\n"
FOLDERS = {"xadapt.hpp": "containers", "xtensor.hpp": "containers"}


def used(compiler, flags):
    """(what the compiler says, paths of the headers that it read)"""
    done = subprocess.run([compiler, "-std=c++20", *flags, f"-I{ROOT / 'include'}", "-fsyntax-only", "-H", "-x", "c++", "-"], input=SOURCE,
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("flags", nargs="*")
    options = parser.parse_args()
    code, said = used(options.compiler, options.flags)
    if code != 0:
        finish([f"does not compile with the installed xtensor\n{said[-3000:]}"], "")
    if "xtensor/containers/" in said:
        finish([], "the installed xtensor has its headers in several folders; the older layout cannot be played beside it")
    complaints = []
    with tempfile.TemporaryDirectory() as scratch:
        base = pathlib.Path(scratch) / "xtensor"
        for name, folder in FOLDERS.items():
            (base / folder).mkdir(parents=True, exist_ok=True)
            (base / folder / name).write_text(f"#pragma once\n#include <xtensor/{name}>\n", encoding="ascii")
        code, said = used(options.compiler, [f"-I{scratch}", *options.flags])
        if code != 0:
            complaints.append(f"does not compile with headers in folders\n{said[-3000:]}")
        for name, folder in FOLDERS.items():
            if f"{scratch}/xtensor/{folder}/{name}" not in said:
                complaints.append(f"xtensor/{folder}/{name} is there, and was not taken")
    finish(complaints, "both layouts")


if __name__ == "__main__":
    main()
