#!/usr/bin/env python3
"""One version everywhere that a package manager, a build system or a program reads it."""
import re

from guard import main

PLACES = {
    "include/synapse/config.hpp": r'version\[\] = "([^"]+)"',
    "CMakeLists.txt": r"project\(synapse VERSION (\S+)",
    "meson.build": r"^\s*version: '([^']+)'",
    # Manifests of firmware package managers, checked where present.
    "library.json": r'"version": "([^"]+)"',
    "library.properties": r"^version=(\S+)",
    "idf_component.yml": r'^version: "?([0-9.]+)"?',
}
OPTIONAL = {"library.json", "library.properties", "idf_component.yml"}


def check(root):
    config = (root / "include/synapse/config.hpp").read_text(encoding="utf-8")
    parts = re.findall(r"version_(?:major|minor|patch) = (\d+)", config)
    expected = ".".join(parts)
    for place, pattern in PLACES.items():
        path = root / place
        if place in OPTIONAL and not path.exists():
            continue
        found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
        if not found:
            yield f"{place}: names no version"
        elif found.group(1) != expected:
            yield f"{place}: says {found.group(1)}, config.hpp's numbers say {expected}"


CONFIG = 'int version_major = 1;\nint version_minor = 2;\nint version_patch = 3;\nchar version[] = "1.2.3";\n'
SOUND = {
    "include/synapse/config.hpp": CONFIG,
    "CMakeLists.txt": "project(synapse VERSION 1.2.3 LANGUAGES CXX)\n",
    "meson.build": "project('synapse', 'cpp',\n  version: '1.2.3',\n  meson_version: '>=1.0')\n",
}
VIOLATIONS = [
    ("string", {"include/synapse/config.hpp": CONFIG.replace('"1.2.3"', '"1.2.4"')}, "config.hpp: says 1.2.4"),
    ("CMake", {"CMakeLists.txt": "project(synapse VERSION 1.2 LANGUAGES CXX)\n"}, "CMakeLists.txt: says 1.2,"),
    ("no version", {"CMakeLists.txt": "project(synapse)\n"}, "names no version"),
    ("Meson", {"meson.build": "project('synapse',\n  version: '1.3.3')\n"}, "meson.build: says"),
    ("manifest", {"library.json": '{"version": "1.2.0"}'}, "library.json: says"),
]

if __name__ == "__main__":
    main(check, SOUND, VIOLATIONS)
