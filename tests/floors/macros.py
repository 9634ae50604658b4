#!/usr/bin/env python3
"""config.hpp alone reads the compiler's macros; the rest of the core asks it, by names that begin with SYNAPSE_."""
import re

from guard import main
from include_lines import GUESTS, ROOF, floor_of, headers

CONDITION = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b(.*)$")
WORDS = re.compile(r"[A-Za-z_]\w*")


def check(root):
    for header in headers(root):
        floor = floor_of(header)
        if floor is None or floor >= ROOF or header in GUESTS or header == "config.hpp":
            continue
        text = (root / "include" / "synapse" / header).read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            match = CONDITION.match(line)
            if not match:
                continue
            for word in WORDS.findall(match.group(1).split("//")[0]):
                if word != "defined" and not word.startswith("SYNAPSE_"):
                    yield f"{header}:{number}: reads the macro {word}: ask config.hpp"


CORE = "include/synapse/core/"
SOUND = {
    "include/synapse/config.hpp": "#if defined(__FMA__)\n#endif\n",
    CORE + "a.hpp": "#if SYNAPSE_XSIMD  // where __AVX__ may be on\n#endif\n",
    "include/synapse/kernels/xsimd.hpp": "#if XSIMD_VERSION_MAJOR < 9\n#endif\n",
    "include/synapse/hosted/h.hpp": "#if defined(_WIN32)\n#endif\n",
}
VIOLATIONS = [
    ("a compiler's macro", {CORE + "b.hpp": "#ifdef __clang__\n#endif\n"}, "__clang__"),
    ("one among ours", {"include/synapse/kernels/k.hpp": "#if SYNAPSE_XSIMD && defined(__AVX2__)\n#endif\n"}, "__AVX2__"),
    ("in an elif", {CORE + "b.hpp": "#if SYNAPSE_XSIMD\n# elif defined(NDEBUG)\n#endif\n"}, "NDEBUG"),
]

if __name__ == "__main__":
    main(check, SOUND, VIOLATIONS)
