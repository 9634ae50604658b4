#!/usr/bin/env python3
"""The umbrella is whole: synapse.hpp includes every header of floors 0 to 6, in order, but no guest."""
from guard import main
from include_lines import FLOORS, GUESTS, floor_of, headers, includes

UMBRELLA = "synapse.hpp"


def check(root):
    wanted = [h for h in headers(root) if floor_of(h) is not None and floor_of(h) < FLOORS[UMBRELLA] and h not in GUESTS]
    wanted.sort(key=lambda h: (h.count("/"), h))
    found = [name[len("synapse/"):] for _, name, _ in includes(root, UMBRELLA)]
    absent = [h for h in wanted if h not in found]
    extra = [h for h in found if h not in wanted]
    if absent:
        yield f"{UMBRELLA}: does not include {absent}"
    if extra:
        yield f"{UMBRELLA}: must not include {extra}"
    if not absent and not extra and found != wanted:
        yield f"{UMBRELLA}: includes are not in alphabetical order, or not once each"


CONFIG, CORE = "include/synapse/config.hpp", "include/synapse/core/a.hpp"
UMBRELLA_PATH = "include/synapse/synapse.hpp"
LINES = ["#include <synapse/config.hpp>\n", "#include <synapse/core/a.hpp>\n"]
SOUND = {CONFIG: "", CORE: "", "include/synapse/kernels/xsimd.hpp": "", "include/synapse/hosted/h.hpp": "", UMBRELLA_PATH: "".join(LINES)}
VIOLATIONS = [
    ("a header left out", {"include/synapse/core/b.hpp": ""}, "core/b.hpp"),
    ("a guest taken in", {UMBRELLA_PATH: "".join(LINES) + "#include <synapse/kernels/xsimd.hpp>\n"}, "xsimd.hpp"),
    ("disorder", {UMBRELLA_PATH: "".join(reversed(LINES))}, "order"),
    ("twice", {UMBRELLA_PATH: "".join(LINES + LINES[1:])}, "once"),
]

if __name__ == "__main__":
    main(check, SOUND, VIOLATIONS)
