#!/usr/bin/env python3
"""The standard headers that the core may include: none of them allocates, throws or pulls in the system, and none is large (<span> and
<array> bring the ranges into every file that includes synapse)."""
from guard import main
from include_lines import GUESTS, ROOF, floor_of, headers, includes

ALLOWED = {
    "bit", "cmath", "compare", "concepts", "cstddef", "cstdint", "cstring", "initializer_list", "limits", "new",
    "type_traits", "utility",
}
# A compiler's own header of instructions, and what stands in for it elsewhere: floor 0 alone knows compilers.
INTRINSICS = {("config.hpp", "arm_acle.h"), ("config.hpp", "atomic")}


def check(root):
    for header in headers(root):
        floor = floor_of(header)
        if floor is None or floor >= ROOF or header in GUESTS:
            continue
        for line, name, _ in includes(root, header):
            if not name.startswith("synapse/") and name not in ALLOWED and (header, name) not in INTRINSICS:
                yield f"{header}:{line}: includes {name}, which the core does without"


CORE = "include/synapse/core/"
SOUND = {
    "include/synapse/config.hpp": "#include <arm_acle.h>\n",
    CORE + "a.hpp": "#include <cstdint>\n#include <utility>\n// #include <vector>\n",
    "include/synapse/kernels/xsimd.hpp": "#include <xsimd/xsimd.hpp>\n",
    "include/synapse/hosted/h.hpp": "#include <vector>\n",
}
VIOLATIONS = [
    ("vector", {CORE + "b.hpp": "#include <vector>\n"}, "vector"),
    ("iostream", {"include/synapse/learner/l.hpp": "#include <iostream>\n"}, "iostream"),
    ("C header", {CORE + "b.hpp": "#include <stdlib.h>\n"}, "stdlib.h"),
    ("intrinsics", {CORE + "b.hpp": "#include <arm_acle.h>\n"}, "arm_acle.h"),
    ("a large header", {CORE + "b.hpp": "#include <atomic>\n"}, "atomic"),
    ("ranges", {CORE + "b.hpp": "#include <span>\n"}, "span"),
    ("package", {"include/synapse/memory/m.hpp": "#include <xtensor/xtensor.hpp>\n"}, "xtensor"),
    ("umbrella", {"include/synapse/synapse.hpp": "#include <string>\n"}, "string"),
]

if __name__ == "__main__":
    main(check, SOUND, VIOLATIONS)
