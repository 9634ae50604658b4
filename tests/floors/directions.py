#!/usr/bin/env python3
"""An include points only downward: to a lower floor, or within its own folder."""
from guard import main
from include_lines import GUESTS, ROOF, floor_of, headers, includes


def check(root):
    known = set(headers(root))
    if not known:
        yield "no headers found"
    for header in sorted(known):
        floor = floor_of(header)
        if floor is None:
            yield f"{header}: stands on no floor"
            continue
        for line, name, quoted in includes(root, header):
            place = f"{header}:{line}: includes {name}"
            if not name.startswith("synapse/"):
                if quoted:
                    yield f"{place}: in quotes; write the full path in angle brackets"
                continue
            target = name[len("synapse/"):]
            if quoted:
                yield f"{place}: in quotes; write the full path in angle brackets"
            elif target not in known:
                yield f"{place}: no such header"
            elif floor_of(target) is None:
                continue  # complained about above
            elif target in GUESTS and floor < ROOF and header.split("/")[0] != target.split("/")[0]:
                yield f"{place}: a guest, which the core must not need"
            elif header.split("/")[0] == target.split("/")[0]:
                if header == target:
                    yield f"{place}: itself"
            elif floor_of(target) == floor:
                yield f"{place}: sideways, floor {floor}"
            elif floor_of(target) > floor:
                yield f"{place}: upward, from floor {floor} to {floor_of(target)}"


CORE = "include/synapse/core/"
SOUND = {
    "include/synapse/config.hpp": "#include <cstddef>\n",
    CORE + "a.hpp": "#include <synapse/config.hpp>\n",
    CORE + "b.hpp": "#include <synapse/core/a.hpp>\n",
    "include/synapse/kernels/xsimd.hpp": "#include <xsimd/xsimd.hpp>\n#include <synapse/core/a.hpp>\n",
    "include/synapse/kernels/default.hpp": "#include <synapse/kernels/xsimd.hpp>\n",
    "include/synapse/network/n.hpp": "#include <synapse/core/b.hpp>\n",
    "include/synapse/memory/m.hpp": "#include <synapse/core/b.hpp>\n",
    "include/synapse/synapse.hpp": "#include <synapse/network/n.hpp>\n",
    "include/synapse/hosted/h.hpp": "#include <synapse/synapse.hpp>\n#include <synapse/kernels/xsimd.hpp>\n",
}
VIOLATIONS = [
    ("upward", {CORE + "c.hpp": "#include <synapse/network/n.hpp>\n"}, "upward"),
    ("upward, spaced out", {CORE + "c.hpp": "  #  include   <synapse/network/n.hpp>\n"}, "upward"),
    ("sideways", {"include/synapse/memory/c.hpp": "#include <synapse/network/n.hpp>\n"}, "sideways"),
    ("core to hosted", {CORE + "c.hpp": "#include <synapse/hosted/h.hpp>\n"}, "upward"),
    ("umbrella to hosted", {"include/synapse/synapse.hpp": "#include <synapse/hosted/h.hpp>\n"}, "upward"),
    ("umbrella from below", {"include/synapse/memory/c.hpp": "#include <synapse/synapse.hpp>\n"}, "upward"),
    ("guest", {"include/synapse/network/c.hpp": "#include <synapse/kernels/xsimd.hpp>\n"}, "guest"),
    ("quotes", {CORE + "c.hpp": '#include "a.hpp"\n'}, "quotes"),
    ("absent", {CORE + "c.hpp": "#include <synapse/core/gone.hpp>\n"}, "no such header"),
    ("no floor", {"include/synapse/attic/c.hpp": "#include <cstddef>\n"}, "no floor"),
]

if __name__ == "__main__":
    main(check, SOUND, VIOLATIONS)
