"""What the sources include: shared by the guards of the floors."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')

# Folder under include/synapse, or file directly in it, and its floor. Folders on one floor are siblings.
FLOORS = {
    "config.hpp": 0,
    "core": 1,
    "kernels": 2,
    "network": 3,
    "memory": 3,
    "metrics": 3,
    "plasticity": 4,
    "learner": 5,
    "agent": 5.5,  # half a floor up: learners composed
    "checkpoint": 6,
    "synapse.hpp": 7,
    "hosted": 8,
}
ROOF = FLOORS["hosted"]

# Needs a package and a desktop's compiler, though its folder is part of the core: the one exception to the core's rules.
GUESTS = {"kernels/xsimd.hpp", "kernels/xsimd_elements.hpp", "kernels/xsimd_registers.hpp", "kernels/xsimd_small.hpp"}


def headers(root):
    """Every header below root/include/synapse, as a path relative to it, sorted."""
    base = root / "include" / "synapse"
    return sorted(path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_file())


def floor_of(header):
    """The floor of "core/ring.hpp", or None if it stands in no known place."""
    return FLOORS.get(header.split("/")[0])


def includes(root, header):
    """(line number, included name, written with quotes) for each #include line of a header."""
    text = (root / "include" / "synapse" / header).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) or match.group(2), match.group(1) is None
