#!/usr/bin/env python3
"""The core as one file, for a project that takes in sources by copying them.

    single_header.py [OUT]           default: synapse.hpp in the current directory
    single_header.py --arduino DIR   a library for Arduino: library.properties and src/synapse.hpp

What <synapse/synapse.hpp> includes, in an order that compiles, with the licence's name and the version at the top. The kernels are the
scalar ones: the same bits as any others, several times slower on a desktop.
"""
import pathlib
import re
import shutil
import sys

INCLUDE = pathlib.Path(__file__).resolve().parents[1] / "include"
LINE = re.compile(r"\s*#include <(synapse/[^>]+)>")
GUEST = "synapse/kernels/xsimd.hpp"


def add(name, seen, out):
    """Appends a header to `out` behind those that it includes."""
    if name in seen:
        return
    seen.add(name)
    body = []
    for line in (INCLUDE / name).read_text(encoding="utf-8").splitlines():
        found = LINE.match(line)
        if line.strip() == "#pragma once":
            continue
        if not found:
            body.append(line)
        elif found.group(1) == GUEST:
            body.append('#error "synapse: the single header has no xsimd kernels: use the headers, or leave SYNAPSE_XSIMD at 0"')
        else:
            add(found.group(1), seen, out)
    out.append(f"// ---- {name}")
    out += body


def single_header():
    version = re.search(r'version\[\] = "([^"]+)"', (INCLUDE / "synapse/config.hpp").read_text(encoding="utf-8")).group(1)
    out = [f"// synapse {version}, the core in one file, written by examples/single_header.py. License: BSL-1.0.", "#pragma once"]
    add("synapse/synapse.hpp", set(), out)
    return "\n".join(out) + "\n"


def main():
    given = sys.argv[1:]
    arduino = given[:1] == ["--arduino"]
    if arduino:
        given = given[1:]
    if len(given) > 1 or (arduino and not given) or any(name.startswith("-") for name in given):
        sys.exit(__doc__)
    to = pathlib.Path(given[0] if given else "synapse.hpp")
    if arduino:
        (to / "src").mkdir(parents=True, exist_ok=True)
        shutil.copy(INCLUDE.parent / "library.properties", to)
        to = to / "src/synapse.hpp"
    to.write_text(single_header(), encoding="utf-8")
    print(f"{to}: {to.stat().st_size} bytes")


if __name__ == "__main__":
    main()
